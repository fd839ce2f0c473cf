//! The labels of a dim, in order.

use std::collections::HashMap;
use std::sync::Arc;

/// The labels of a dim: names, or whole numbers in a row.
#[derive(Clone, Debug)]
pub struct Labels(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    Range { first: i64, len: usize },
    List { names: Arc<[String]>, positions: HashMap<String, u32> },
}

impl Labels {
    /// No labels.
    pub(crate) fn none() -> Self {
        Labels::range(1, 0)
    }

    /// The numbers `first`, `first` + 1, ….
    pub(crate) fn range(first: i64, len: usize) -> Self {
        Labels(Arc::new(Kind::Range { first, len }))
    }

    /// Names in the given order; they must be distinct.
    pub(crate) fn list(names: Vec<String>) -> Self {
        let positions = names.iter().enumerate().map(|(i, n)| (n.clone(), i as u32)).collect();
        Labels(Arc::new(Kind::List { names: names.into(), positions }))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &*self.0 {
            Kind::Range { len, .. } => *len,
            Kind::List { names, .. } => names.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether they are whole numbers in a row rather than names.
    pub fn is_range(&self) -> bool {
        matches!(&*self.0, Kind::Range { .. })
    }

    /// The number that stands for the first label: its own in a range, else 1.
    pub fn first(&self) -> i64 {
        match &*self.0 {
            Kind::Range { first, .. } => *first,
            Kind::List { .. } => 1,
        }
    }

    /// The label at a position from 0.
    pub fn name(&self, position: usize) -> String {
        match &*self.0 {
            Kind::Range { first, .. } => (first + position as i64).to_string(),
            Kind::List { names, .. } => names[position].clone(),
        }
    }

    /// All labels as text.
    pub fn names(&self) -> Arc<[String]> {
        match &*self.0 {
            Kind::Range { .. } => (0..self.len()).map(|i| self.name(i)).collect(),
            Kind::List { names, .. } => names.clone(),
        }
    }

    /// The position from 0 of a label.
    pub fn position(&self, name: &str) -> Option<usize> {
        match &*self.0 {
            Kind::Range { first, len } => {
                let offset = name.parse::<i64>().ok()?.checked_sub(*first)?;
                usize::try_from(offset).ok().filter(|o| o < len)
            }
            Kind::List { positions, .. } => positions.get(name).map(|&p| p as usize),
        }
    }
}
