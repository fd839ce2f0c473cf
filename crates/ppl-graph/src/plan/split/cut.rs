//! Where an array is cut.

use crate::Shape;

/// The longest axis that is split.
const LONGEST: usize = 8;
/// The fewest rows for which it pays.
const FEWEST: usize = 32;

/// Where an array is cut into parts: along its last axis, else along its first, if that is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub axis: usize,
    pub parts: usize,
    pub rows: usize,
}

impl Cut {
    pub(super) fn of(shape: &Shape) -> Option<Cut> {
        let last = shape.len().checked_sub(1).filter(|&last| last > 0)?;
        let along = |axis: usize| {
            let parts = shape[axis];
            let rows = shape.size() / parts.max(1);
            ((2..=LONGEST).contains(&parts) && rows >= FEWEST).then_some(Cut { axis, parts, rows })
        };
        along(last).or_else(|| along(0))
    }

    /// The shape of a part.
    pub(super) fn rest(self, shape: &Shape) -> Shape {
        self.others(shape.len()).map(|axis| shape[axis]).collect::<Vec<usize>>().into()
    }

    /// The axes that parts keep.
    pub(super) fn others(self, rank: usize) -> impl Iterator<Item = usize> {
        (0..rank).filter(move |&axis| axis != self.axis)
    }

    /// The elements of part `k`.
    pub(super) fn part<T: Copy>(self, elements: &[T], k: usize) -> Vec<T> {
        match self.axis {
            0 => elements[k * self.rows..(k + 1) * self.rows].to_vec(),
            _ => elements.iter().skip(k).step_by(self.parts).copied().collect(),
        }
    }

    /// The part that positions read from beginning to end.
    pub(super) fn read_by(self, positions: &[u32]) -> Option<usize> {
        let step = if self.axis == 0 { 1 } else { self.parts };
        let start = |k: usize| if self.axis == 0 { k * self.rows } else { k };
        let reads = |k: &usize| positions.iter().enumerate().all(|(row, &p)| p as usize == start(*k) + row * step);
        (0..self.parts).find(|k| positions.len() == self.rows && reads(k))
    }

    /// For each row the part of which positions read its element, where they read one element of each row in order.
    pub(super) fn picked_by(self, positions: &[u32]) -> Option<Vec<usize>> {
        let part = |(row, &p): (usize, &u32)| {
            let (own, part) = match self.axis {
                0 => (p as usize % self.rows, p as usize / self.rows),
                _ => (p as usize / self.parts, p as usize % self.parts),
            };
            (own == row).then_some(part)
        };
        if positions.len() == self.rows { positions.iter().enumerate().map(part).collect() } else { None }
    }
}
