//! Reductions of data: sums over rows of data that need fewer passes, or none, over the rows at run time.
//!
//! They rewrite the value of a log density before it is differentiated, so that the gradient follows by itself. The two
//! rewrites, both of any sum over all elements of an array, whatever distribution it comes from:
//!
//! - **Normal linear model** ([`normal_linear`]): a sum of squares of an expression that is linear in few parameters is
//!   the square of a small triangle times the parameters.
//! - **Equal rows** ([`equal_rows`]): a summand is split into terms, and rows that agree in all data that a term reads
//!   are computed once and counted. Weights add up, data alone becomes a number.
//!
//! Values and gradients stay the same up to rounding, and a sum that gains nothing stays as it is.

mod affine;
mod equal_rows;
mod flatten;
mod keys;
mod normal_linear;
mod note;
mod numbers;
mod rows;
mod separate;
mod split;
mod spread;
mod triangle;
mod upright;

#[cfg(test)]
mod tests;

use equal_rows::Grouped;
use flatten::Flatten;
use keys::Sorter;
use split::{Splitter, Term, without};

use super::{Rebuild, dead};
use crate::{Graph, NodeId, Op, Reduction};

pub use note::{CondenseNote, Rewrite};

/// Which reductions of data are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Condense {
    /// Sums of squares of linear expressions become small triangles.
    pub normal_linear: bool,
    /// Rows that agree in all data are computed once.
    pub equal_rows: bool,
}

impl Default for Condense {
    /// All of them.
    fn default() -> Self {
        Condense { normal_linear: true, equal_rows: true }
    }
}

impl Condense {
    /// None of them.
    pub fn none() -> Self {
        Condense { normal_linear: false, equal_rows: false }
    }
}

/// A graph with its data reduced.
#[derive(Clone, Debug)]
pub struct Condensed {
    /// The graph, with what `value` needs.
    pub graph: Graph,
    /// The same value.
    pub value: NodeId,
    /// What was done, and what was tried in vain, in the order of the graph.
    pub notes: Vec<CondenseNote>,
}

/// Sums over fewer elements than this stay as they are.
const FEWEST: usize = 8;

/// Reduces the data that a scalar value sums over. Constants should have been folded before.
pub fn condense(graph: &Graph, value: NodeId, condense: Condense) -> Condensed {
    let mut work = Work { condense, flatten: Flatten::default(), sorter: Sorter::default(), notes: Vec::new() };
    let (graph, outputs) = Rebuild::run(graph, &[value], |rebuild, id| {
        let copy = rebuild.copy(id);
        work.total(&mut rebuild.to, copy).unwrap_or(copy)
    });
    let (graph, outputs) = dead(&graph, &outputs);
    Condensed { graph, value: outputs[0], notes: work.notes }
}

/// What is kept from sum to sum.
struct Work {
    condense: Condense,
    flatten: Flatten,
    sorter: Sorter,
    notes: Vec<CondenseNote>,
}

impl Work {
    /// The sum over all elements of an array, reduced; nothing where it stays as it is.
    fn total(&mut self, g: &mut Graph, id: NodeId) -> Option<NodeId> {
        let Op::Reduce { kind: Reduction::Sum, source, .. } = g.node(id).op else { return None };
        if !g.shape(id).is_scalar() || g.shape(source).size() < FEWEST {
            return None;
        }
        let mut splitter = Splitter { g, flatten: &mut self.flatten, terms: Vec::new() };
        let tree = splitter.split(source);
        let terms = splitter.terms;
        let mut grouped = self.grouped(g, &terms);
        let linear = self.linear(g, &terms, &mut grouped, source);
        settle(g, &terms, &mut grouped, &linear);
        self.note_rows(g, source, &terms, &grouped, &linear);
        if grouped.iter().all(Option::is_none) && linear.iter().all(Option::is_none) {
            return None;
        }
        let gone: Vec<bool> =
            (0..terms.len()).map(|k| grouped[k].is_some() || linear[k].is_some() || terms[k].is_nothing()).collect();
        let rest = without(g, &tree, &gone).map(|rest| g.sum(rest));
        let equal = equal_rows::sum(g, &terms, &grouped);
        let parts: Vec<NodeId> = rest.into_iter().chain(linear.into_iter().flatten()).chain(equal).collect();
        parts.into_iter().reduce(|a, b| g.add(a, b))
    }

    fn grouped(&mut self, g: &mut Graph, terms: &[Term]) -> Vec<Option<Grouped>> {
        if !self.condense.equal_rows {
            return vec![None; terms.len()];
        }
        terms.iter().map(|term| Grouped::of(g, &mut self.sorter, term)).collect()
    }

    /// The terms that are normal linear models, unless equal rows are fewer still.
    fn linear(
        &mut self,
        g: &mut Graph,
        terms: &[Term],
        grouped: &mut [Option<Grouped>],
        source: NodeId,
    ) -> Vec<Option<NodeId>> {
        let mut made = vec![None; terms.len()];
        for (k, term) in terms.iter().enumerate().filter(|_| self.condense.normal_linear) {
            let distinct = grouped[k].as_ref().map(|own| own.groups.len());
            let Some(outcome) = normal_linear::reduce(g, term, distinct) else { continue };
            self.notes.push(CondenseNote { origin: g.origin(source), rows: term.rows, rewrite: outcome.rewrite });
            if let Some(sum) = outcome.sum {
                grouped[k] = None;
                made[k] = Some(term.scale.iter().fold(sum, |sum, scale| scale.of(g, sum)));
            }
        }
        made
    }

    fn note_rows(
        &mut self,
        g: &Graph,
        source: NodeId,
        terms: &[Term],
        grouped: &[Option<Grouped>],
        linear: &[Option<NodeId>],
    ) {
        let all = || terms.iter().zip(grouped);
        let counts = |(term, own): (&Term, &Option<Grouped>)| {
            let own = own.as_ref().filter(|_| !term.is_constant())?;
            Some((own.groups.len(), term.rows))
        };
        let whole = (0..terms.len()).all(|k| grouped[k].is_some() || linear[k].is_some() || terms[k].is_nothing());
        let size = g.shape(source).size();
        let (rows, rewrite) = match all().filter_map(counts).max() {
            Some((distinct, rows)) => (rows, Rewrite::EqualRows { distinct, whole }),
            None if linear.iter().any(Option::is_some) => return,
            None if all().any(|(_, own)| own.is_some()) => (size, Rewrite::Constants),
            None if self.condense.equal_rows && reads_data(g, terms) => (size, Rewrite::Distinct),
            None => return,
        };
        self.notes.push(CondenseNote { origin: g.origin(source), rows, rewrite });
    }
}

/// Whether a term reads data in each row.
fn reads_data(g: &Graph, terms: &[Term]) -> bool {
    let reads = |term: &Term| keys::key(g, term.kernel.as_slice(), term.rows).is_some_and(|key| !key.is_empty());
    terms.iter().any(reads)
}

/// Keeps terms in their sum that gain nothing by leaving it or would lose digits, and puts data with what it belongs to.
fn settle(g: &Graph, terms: &[Term], grouped: &mut [Option<Grouped>], linear: &[Option<NodeId>]) {
    let stays =
        |grouped: &[Option<Grouped>], k: usize| grouped[k].is_none() && linear[k].is_none() && !terms[k].is_nothing();
    let some_stay = (0..terms.len()).any(|k| stays(grouped, k));
    for (k, term) in terms.iter().enumerate() {
        if term.is_nothing() || (some_stay && term.is_idle(g)) {
            grouped[k] = None;
        }
    }
    for (k, term) in terms.iter().enumerate().filter(|(_, term)| term.kernel.is_none()) {
        let beside = |other: &usize| term.residual.is_some() && terms[*other].residual == term.residual;
        if (0..terms.len()).filter(beside).any(|other| stays(grouped, other)) {
            grouped[k] = None;
        }
        let fits = |other: &usize| {
            terms[*other].kernel.is_some() && terms[*other].rows == term.rows && (term.is_constant() || beside(other))
        };
        let other = (0..terms.len()).filter(fits).find_map(|other| grouped[other].clone());
        if let (Some(own), Some(other)) = (&mut grouped[k], other) {
            own.groups = other.groups;
        }
    }
}
