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
mod design;
mod equal_rows;
mod fate;
mod flatten;
mod form;
mod gate;
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
use fate::{Fate, settle, summary};
use flatten::Flatten;
use keys::Sorter;
use normal_linear::Outcome;
use split::{Splitter, Term, without};

use super::{Rebuild, dead};
use crate::{Graph, NodeId, Op, Origin, Reduction};

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

    /// The names of those that are made.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [("normal-linear", self.normal_linear), ("equal-rows", self.equal_rows)];
        all.into_iter().filter_map(|(name, made)| made.then_some(name))
    }

    /// Those of such names; nothing where one is unknown.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        names.into_iter().try_fold(Condense::none(), |condense, name| match name {
            "normal-linear" => Some(Condense { normal_linear: true, ..condense }),
            "equal-rows" => Some(Condense { equal_rows: true, ..condense }),
            _ => None,
        })
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
        let origin = g.origin(source);
        let mut fates: Vec<Fate> = terms.iter().map(|term| self.fate(g, term, origin)).collect();
        settle(g, &terms, &mut fates);
        self.note_rows(g, source, &terms, &fates);
        if !fates.iter().any(Fate::is_reduced) {
            return None;
        }
        let gone: Vec<bool> = fates.iter().map(|fate| !fate.stays()).collect();
        let rest = without(g, &tree, &gone).map(|rest| g.sum(rest));
        let sums = fates.iter().filter_map(|fate| if let Fate::Sum(sum) = fate { Some(*sum) } else { None });
        let mut parts: Vec<NodeId> = rest.into_iter().chain(sums).collect();
        let equal = terms.iter().zip(&fates).filter_map(|(term, fate)| Some((term, fate.grouped()?)));
        parts.extend(equal_rows::sum(g, equal));
        parts.into_iter().reduce(|a, b| g.add(a, b))
    }

    /// What becomes of a term: a normal linear model, unless equal rows are fewer still.
    fn fate(&mut self, g: &mut Graph, term: &Term, origin: Origin) -> Fate {
        if term.is_nothing() {
            return Fate::Nothing;
        }
        let grouped = self.condense.equal_rows.then(|| Grouped::of(g, &mut self.sorter, term)).flatten();
        let distinct = grouped.as_ref().map(|own| own.groups.len());
        let linear = self.condense.normal_linear.then(|| normal_linear::reduce(g, term, distinct)).flatten();
        if let Some(Outcome { sum, rewrite }) = linear {
            self.notes.push(CondenseNote { origin, rows: term.rows, rewrite });
            if let Some(sum) = sum {
                return Fate::Sum(term.scaled(g, sum));
            }
        }
        grouped.map_or(Fate::Stays, Fate::Equal)
    }

    /// Notes what equal rows did to a sum over data.
    fn note_rows(&mut self, g: &Graph, source: NodeId, terms: &[Term], fates: &[Fate]) {
        let found = summary(g.shape(source).size(), terms, fates).filter(|(_, rewrite)| {
            rewrite.is_made() || (self.condense.equal_rows && terms.iter().any(|term| reads_data(g, term)))
        });
        if let Some((rows, rewrite)) = found {
            self.notes.push(CondenseNote { origin: g.origin(source), rows, rewrite });
        }
    }
}

/// Whether a term reads data in each row.
fn reads_data(g: &Graph, term: &Term) -> bool {
    keys::key(g, term.kernel.as_slice(), term.rows).is_some_and(|key| !key.is_empty())
}
