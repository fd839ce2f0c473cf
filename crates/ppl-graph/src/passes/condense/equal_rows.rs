//! Rows with the same data have the same value: they are computed once and counted.
//!
//! Terms with the same key make one sum Σ_k n_k·(mean weight · kernel + ...) over the groups, with the weights' means in
//! place of their totals: what nearly cancels in every row, such as `y − mu`, then does so in the group before it is
//! multiplied, and digits are as good as they were.

use std::sync::Arc;

use super::keys::{Groups, Sorter, key};
use super::numbers::{Numbers, Sum, node};
use super::rows::Rows;
use super::split::Term;
use super::spread::Spread;
use crate::{Graph, NodeId};

/// How a term is summed over equal rows.
#[derive(Clone, Debug)]
pub(super) struct Grouped {
    pub(super) groups: Arc<Groups>,
    spread: Option<Spread>,
}

impl Grouped {
    /// The groups of a term; nothing where there are too many.
    pub(super) fn of(g: &mut Graph, sorter: &mut Sorter, term: &Term) -> Option<Grouped> {
        let positive = term.weights.all(|w| w > 0.0) && term.active.is_none();
        let spread = term.kernel.filter(|_| positive).and_then(|kernel| Spread::of(g, kernel));
        let reads = spread.as_ref().map_or(term.kernel.into_iter().collect(), Spread::reads);
        let key = key(g, &reads, term.rows)?;
        let groups = sorter.groups(g, &key, term.rows)?;
        Some(Grouped { groups, spread })
    }
}

/// The sum of all terms, those with the same groups together; nothing where there are none.
pub(super) fn sum<'a>(g: &mut Graph, terms: impl Iterator<Item = (&'a Term, &'a Grouped)>) -> Option<NodeId> {
    let mut bundles: Vec<Vec<(&Term, &Grouped)>> = Vec::new();
    for (term, own) in terms {
        let fits = |bundle: &&mut Vec<(&Term, &Grouped)>| Arc::ptr_eq(&bundle[0].1.groups, &own.groups);
        match bundles.iter_mut().find(fits) {
            Some(bundle) => bundle.push((term, own)),
            None => bundles.push(vec![(term, own)]),
        }
    }
    let sums: Vec<NodeId> = bundles.iter().filter_map(|bundle| bundle_sum(g, bundle)).collect();
    sums.into_iter().reduce(|a, b| g.add(a, b))
}

/// The sum of terms with the same groups.
fn bundle_sum(g: &mut Graph, bundle: &[(&Term, &Grouped)]) -> Option<NodeId> {
    let groups = &bundle[0].1.groups;
    let mut rows = Rows::new(&groups.first, groups.of.len());
    let mut whole = None;
    for (term, own) in bundle {
        let Some(mean) = mean(g, &mut rows, groups, term, own.spread.as_ref()) else { continue };
        let scaled = term.scaled(g, mean);
        whole = Some(whole.map_or(scaled, |whole| g.add(whole, scaled)));
    }
    let whole = whole?;
    if g.shape(whole).is_scalar() {
        return Some(g.scaled(groups.of.len() as f64, whole));
    }
    let counts = node(g, groups.counts());
    let counted = g.mul(counts, whole);
    Some(g.sum(counted))
}

/// The mean of a term over the rows of each group, without its scale; nothing where it has no rows.
fn mean(g: &mut Graph, rows: &mut Rows, groups: &Groups, term: &Term, spread: Option<&Spread>) -> Option<NodeId> {
    let kernel = match (spread, term.kernel) {
        (Some(spread), _) => Some(spread.collapse(g, rows, groups, &term.weights)),
        (None, kernel) => kernel.map(|kernel| rows.of(g, kernel)),
    };
    let weights = node(g, groups.means(&term.weights, term.active.as_ref()));
    let value = match kernel {
        Some(kernel) if g.as_constant(weights) == Some(1.0) => kernel,
        Some(kernel) => g.mul(weights, kernel),
        None => weights,
    };
    let Some(active) = &term.active else { return Some(value) };
    let occurs = groups.means(active, None);
    match occurs.contains(&0.0) {
        false => Some(value),
        true if occurs.iter().all(|&share| share == 0.0) => None,
        true => {
            let occurs = node(g, occurs);
            let zero = g.constant(0.0);
            Some(g.select(occurs, value, zero))
        }
    }
}

impl Groups {
    /// How many rows each group has.
    fn counts(&self) -> Vec<f64> {
        let mut counts = vec![0.0; self.len()];
        self.of.iter().for_each(|&group| counts[group as usize] += 1.0);
        counts
    }

    /// The mean of each group, of rows that are not active 0.
    fn means(&self, weights: &Numbers, active: Option<&Numbers>) -> Vec<f64> {
        if let (Numbers::Same(w), None) = (weights, active) {
            return vec![*w; self.len()];
        }
        let mut sums = vec![Sum::default(); self.len()];
        for (row, &group) in self.of.iter().enumerate() {
            if active.is_none_or(|active| active.at(row) != 0.0) {
                sums[group as usize].add(weights.at(row));
            }
        }
        sums.iter().zip(self.counts()).map(|(sum, count)| sum.value() / count).collect()
    }
}
