//! What becomes of the terms of one sum.

use super::equal_rows::Grouped;
use super::note::Rewrite;
use super::split::Term;
use crate::{Graph, NodeId};

/// What becomes of a term.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// It stays in the sum over all rows.
    Stays,
    /// It adds nothing.
    Nothing,
    /// Equal rows are computed once.
    Equal(Grouped),
    /// It is this scalar.
    Sum(NodeId),
}

impl Fate {
    pub(super) fn stays(&self) -> bool {
        matches!(self, Fate::Stays)
    }

    /// Whether it is computed in another way than before.
    pub(super) fn is_reduced(&self) -> bool {
        matches!(self, Fate::Equal(_) | Fate::Sum(_))
    }

    pub(super) fn grouped(&self) -> Option<&Grouped> {
        match self {
            Fate::Equal(grouped) => Some(grouped),
            _ => None,
        }
    }
}

/// Keeps terms in their sum that gain nothing by leaving it or would lose digits, and puts data with what it belongs to.
pub(super) fn settle(g: &Graph, terms: &[Term], fates: &mut [Fate]) {
    let some_stay = fates.iter().any(Fate::stays);
    for (term, fate) in terms.iter().zip(&mut *fates) {
        if some_stay && term.is_idle(g) {
            *fate = Fate::Stays;
        }
    }
    for (k, term) in terms.iter().enumerate().filter(|(_, term)| term.kernel.is_none()) {
        let beside = |other: &Term| term.residual.is_some() && other.residual == term.residual;
        if terms.iter().zip(&*fates).any(|(other, fate)| beside(other) && fate.stays()) && fates[k].is_reduced() {
            fates[k] = Fate::Stays;
        }
        let fits =
            |other: &Term| other.kernel.is_some() && other.rows == term.rows && (term.is_constant() || beside(other));
        let mut others = terms.iter().zip(&*fates).filter(|(other, _)| fits(other));
        let groups = others.find_map(|(_, fate)| fate.grouped()).map(|other| other.groups.clone());
        if let (Fate::Equal(own), Some(groups)) = (&mut fates[k], groups) {
            own.groups = groups;
        }
    }
}

/// What equal rows did to a sum over `size` elements, and how many rows there were; nothing where they do not matter.
pub(super) fn summary(size: usize, terms: &[Term], fates: &[Fate]) -> Option<(usize, Rewrite)> {
    let counts = |(term, fate): (&Term, &Fate)| {
        let grouped = fate.grouped().filter(|_| !term.is_constant())?;
        Some((grouped.groups.len(), term.rows))
    };
    let whole = !fates.iter().any(Fate::stays);
    match terms.iter().zip(fates).filter_map(counts).max() {
        Some((distinct, rows)) => Some((rows, Rewrite::EqualRows { distinct, whole })),
        None if fates.iter().any(|fate| matches!(fate, Fate::Sum(_))) => None,
        None if fates.iter().any(Fate::is_reduced) => Some((size, Rewrite::Constants)),
        None => Some((size, Rewrite::Distinct)),
    }
}
