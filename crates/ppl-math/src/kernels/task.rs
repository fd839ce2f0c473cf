//! Safe loops on the widest instruction set of this machine.

use super::Isa;
use super::octet::{Octet, OctetScalar};
#[cfg(target_arch = "x86_64")]
use super::octet::{OctetAvx2, OctetAvx512, OctetSse2};

/// A loop that [`Processor::run`] compiles for each instruction set. Its results are the same bits on all of them.
///
/// `run` and all that it calls with octets must be `#[inline(always)]`, and closures over octets be called at one place:
/// what stays out of line is compiled for the narrowest instruction set, where every operation on an octet becomes a
/// call. Library functions over arrays, such as `map`, stay out of line.
pub trait Task {
    /// What it gives.
    type Output;

    /// Runs it with octets of one instruction set.
    fn run<V: Octet>(self) -> Self::Output;
}

/// An instruction set that this machine has, by which it runs [`Task`]s.
///
/// ```
/// use ppl_math::kernels::{AlignedBuffer, Octet, Processor, Task};
///
/// /// x ← factor·x.
/// struct Scale<'a>(f64, &'a mut AlignedBuffer);
/// impl Task for Scale<'_> {
///     type Output = ();
///     #[inline(always)]
///     fn run<V: Octet>(self) {
///         let factor = V::splat(self.0);
///         for x in self.1.octets_mut() {
///             (V::load(x) * factor).store(x);
///         }
///     }
/// }
///
/// let mut x = AlignedBuffer::from(&[1.0, 2.0, 3.0][..]);
/// Processor::detect().run(Scale(2.0, &mut x));
/// assert_eq!(x[..], [2.0, 4.0, 6.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Processor {
    /// The machine has it: whatever makes a `Processor` has asked.
    isa: Isa,
}

impl Processor {
    /// With the widest instruction set that this machine has.
    pub fn detect() -> Self {
        Processor { isa: Isa::detect() }
    }

    /// With this instruction set; nothing if the machine does not have it.
    pub fn with(isa: Isa) -> Option<Self> {
        isa.is_available().then_some(Processor { isa })
    }

    /// What its tasks are compiled for.
    pub fn isa(self) -> Isa {
        self.isa
    }

    /// Runs a task.
    #[inline]
    pub fn run<T: Task>(self, task: T) -> T::Output {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the machine has the instruction set.
            Isa::Avx512 => unsafe { run_avx512(task) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the machine has the instruction set.
            Isa::Avx2 => unsafe { run_avx2(task) },
            #[cfg(target_arch = "x86_64")]
            Isa::Sse2 => task.run::<OctetSse2>(),
            _ => task.run::<OctetScalar>(),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
fn run_avx512<T: Task>(task: T) -> T::Output {
    task.run::<OctetAvx512>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<T: Task>(task: T) -> T::Output {
    task.run::<OctetAvx2>()
}
