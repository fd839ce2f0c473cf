//! Kernels: loops over arrays, compiled for each instruction set and chosen at run time.
//!
//! A [`Kernels`] is a table of functions for one [`Isa`]. Each kernel has a raw function on pointers, for the runner of
//! a plan that has checked its operands once, and a call on slices that checks them every time.
//!
//! ```
//! use ppl_math::kernels::{Isa, Kernels};
//! let kernels = Kernels::for_isa(Isa::detect());
//! let mut out = [0.0; 3];
//! kernels.exp.apply(&[0.0, 1.0, f64::NEG_INFINITY], &mut out);
//! assert_eq!((out[0], out[2]), (1.0, 0.0));
//! kernels.mul.apply(&[1.0, 2.0, 3.0], &[2.0], &mut out); // an operand of one element serves every position
//! assert_eq!(out, [2.0, 4.0, 6.0]);
//! ```
//!
//! A [`Processor`] runs the loops of other crates, [`Task`]s on [`Octet`]s, on the same instruction sets and with the same bits.
//!
//! **Contract of the raw functions.** Every pointer is valid for the count of elements that is stated (for reads or
//! writes as its type says) and aligned to its element, 8 bytes for `f64`; 64 bytes make it faster. An output may
//! *equal* an operand, which it then replaces; any other overlap is forbidden. A stride is 1 for an array and 0 for one
//! number that serves every position. A count of 0 reads and writes nothing.
//!
//! **Order of sums.** Element i is added to partial sum i mod 32; the upper half of the partial sums is then added to
//! the lower until one is left. The order depends on the length alone: neither on alignment nor on who calls.
//!
//! **Same bits.** Maps of `+ − × ÷ √`, comparisons, selections, access but for `segment_sum`, and `sum` give the same bits on every
//! instruction set. What multiplies and adds is rounded once from AVX2 on and twice below, so the others agree within
//! their stated accuracy only.
//!
//! **Accuracy.** The largest distance from references at forty digits, over arguments of every size (`tests/references`):
//!
#![doc = include_str!("accuracy.md")]
#![allow(unsafe_code)] // Vector instructions and raw operands: the one place, with the plan runner, that needs it.

mod access;
mod exponential;
mod gamma;
mod isa;
mod lanes;
mod map;
mod matrix;
mod normal;
mod octet;
mod power;
mod recurrence;
mod reduce;
mod shape;
mod simd;
mod sparse;
mod table;
mod task;
mod tiled;
mod trigonometric;

pub use isa::Isa;
pub use octet::Octet;
pub use shape::{
    Access, Axpy, Map1, Map2, Map3, MapPair, MatrixProduct, Raw, Recurrence, Reduce1, Reduce2, SparseProduct,
    TiledProduct,
};
pub use sparse::CompressedRows;
pub use table::Kernels;
pub use task::{Processor, Task};
pub use tiled::{AlignedBuffer, TiledMatrix};

#[cfg(test)]
mod tests;
