//! A rectangle of finite draws, chain by chain.

use crate::undefined::Undefined;

/// Draws whose range is not above this are constant.
const NO_RANGE: f64 = f64::EPSILON;

/// Draws of one quantity: `count` chains of `len` finite draws each, stored one chain after the other.
#[derive(Clone, Debug)]
pub(crate) struct Chains {
    values: Vec<f64>,
    len: usize,
}

impl Chains {
    /// Leaves out empty chains, cuts the others to the shortest, and demands `need` finite draws of each.
    pub(crate) fn new(chains: &[&[f64]], need: usize) -> Result<Self, Undefined> {
        let have = shortest(chains);
        if have < need.max(1) {
            return Err(Undefined::TooFew { have, need: need.max(1) });
        }
        let values: Vec<f64> =
            chains.iter().filter(|chain| !chain.is_empty()).flat_map(|chain| &chain[..have]).copied().collect();
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Undefined::NonFinite);
        }
        Ok(Self { values, len: have })
    }

    /// As [`Chains::new`], and not all draws may be equal.
    pub(crate) fn varying(chains: &[&[f64]], need: usize) -> Result<Self, Undefined> {
        Self::new(chains, need)?.require_variation()
    }

    pub(crate) fn from_values(values: Vec<f64>, len: usize) -> Self {
        debug_assert_eq!(values.len() % len, 0);
        Self { values, len }
    }

    pub(crate) fn require_variation(self) -> Result<Self, Undefined> {
        if is_constant(&self.values) { Err(Undefined::Constant) } else { Ok(self) }
    }

    /// Draws in each chain.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Number of chains.
    pub(crate) fn count(&self) -> usize {
        self.values.len() / self.len
    }

    /// All draws, chain by chain.
    pub(crate) fn pooled(&self) -> &[f64] {
        &self.values
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.len)
    }

    /// The halves of every chain as chains of their own; the middle draw of an odd chain is dropped, a chain of one draw is
    /// left whole.
    pub(crate) fn split(&self) -> Self {
        if self.len < 2 {
            return self.clone();
        }
        let half = self.len / 2;
        let halves = self.iter().flat_map(|chain| [&chain[..half], &chain[self.len - half..]]);
        Self { values: halves.flatten().copied().collect(), len: half }
    }

    pub(crate) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        Self { values: self.values.iter().map(|&value| f(value)).collect(), len: self.len }
    }
}

/// Draws in the shortest chain that has any.
pub(crate) fn shortest(chains: &[&[f64]]) -> usize {
    chains.iter().map(|chain| chain.len()).filter(|&len| len > 0).min().unwrap_or(0)
}

/// Whether all values are equal but for rounding.
pub(crate) fn is_constant(values: &[f64]) -> bool {
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    high - low <= NO_RANGE
}
