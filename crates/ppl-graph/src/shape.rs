//! Sizes of arrays.

use std::fmt;
use std::ops::Deref;

/// The extents of a row-major array, outermost first; no extents is a scalar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shape(Vec<usize>);

impl Shape {
    /// The shape of one number.
    pub fn scalar() -> Self {
        Shape(Vec::new())
    }

    /// A shape of the given extents.
    pub fn new(extents: impl Into<Vec<usize>>) -> Self {
        Shape(extents.into())
    }

    /// How many numbers an array of this shape holds.
    pub fn size(&self) -> usize {
        self.0.iter().product()
    }

    /// Whether it is one number without extents.
    pub fn is_scalar(&self) -> bool {
        self.0.is_empty()
    }

    /// How many numbers lie between neighbours along each axis.
    pub fn strides(&self) -> Vec<usize> {
        let mut strides = vec![1; self.0.len()];
        for axis in (1..self.0.len()).rev() {
            strides[axis - 1] = strides[axis] * self.0[axis];
        }
        strides
    }
}

/// For each element of an array, row-major, where it stands in another; nothing where that is too far to count.
pub(crate) fn positions(shape: &Shape, strides: &[usize]) -> Option<Vec<u32>> {
    u32::try_from(shape.size()).ok()?;
    let mut positions = vec![0u32];
    for (&extent, &stride) in shape.iter().zip(strides) {
        positions = positions.iter().flat_map(|&p| (0..extent).map(move |k| p + (k * stride) as u32)).collect();
    }
    Some(positions)
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl<T: Into<Vec<usize>>> From<T> for Shape {
    fn from(extents: T) -> Self {
        Shape(extents.into())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let extents: Vec<String> = self.0.iter().map(usize::to_string).collect();
        write!(f, "[{}]", extents.join(","))
    }
}
