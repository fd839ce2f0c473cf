//! A checked program with a value for all that it reads.

use std::collections::HashMap;
use std::sync::Arc;

use ppl_graph::Tensor;

use crate::hir::{DimId, Hir, VarId};
use crate::labels::Labels;

/// A program with its data.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The program.
    pub hir: Arc<Hir>,
    /// The labels of each dim.
    pub dims: Vec<Labels>,
    /// The values of inputs and outcomes; labels are positions from 0, blanks are NaN.
    pub data: HashMap<VarId, Tensor>,
}

impl Bound {
    /// How many labels a dim has.
    pub fn size(&self, dim: DimId) -> usize {
        self.dims[dim.0].len()
    }
}
