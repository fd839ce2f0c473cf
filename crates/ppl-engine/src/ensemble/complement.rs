//! The walkers that stand still while a group moves.

use std::ops::Range;

use crate::rng::{Stream, below};

/// The places in a shuffled order of `walkers` that belong to a group.
pub(super) fn members(group: usize, groups: usize, walkers: usize) -> Range<usize> {
    group * walkers / groups..(group + 1) * walkers / groups
}

/// All walkers but those of the group that moves.
#[derive(Clone, Copy)]
pub(super) struct Complement<'a> {
    positions: &'a [f64],
    dim: usize,
    order: &'a [usize],
    groups: usize,
    moving: usize,
    own: (usize, usize),
}

impl<'a> Complement<'a> {
    pub(super) fn new(positions: &'a [f64], dim: usize, order: &'a [usize], groups: usize, moving: usize) -> Self {
        let own = members(moving, groups, order.len());
        Complement { positions, dim, order, groups, moving, own: (own.start, own.end) }
    }

    pub(super) fn len(&self) -> usize {
        self.order.len() - (self.own.1 - self.own.0)
    }

    /// Length of a position.
    pub(super) fn dim(&self) -> usize {
        self.dim
    }

    /// The position of the walker number `index` of the complement.
    pub(super) fn walker(&self, index: usize) -> &'a [f64] {
        let skipped = if index < self.own.0 { 0 } else { self.own.1 - self.own.0 };
        self.at(index + skipped)
    }

    fn at(&self, place: usize) -> &'a [f64] {
        let walker = self.order[place];
        &self.positions[walker * self.dim..(walker + 1) * self.dim]
    }

    pub(super) fn any(&self, rng: &mut Stream) -> &'a [f64] {
        self.walker(below(rng, self.len()))
    }

    /// Two different walkers, in random order.
    pub(super) fn pair(&self, rng: &mut Stream) -> [&'a [f64]; 2] {
        self.pair_of_numbers(rng).map(|index| self.walker(index))
    }

    /// The numbers of two different walkers, in random order.
    pub(super) fn pair_of_numbers(&self, rng: &mut Stream) -> [usize; 2] {
        let first = below(rng, self.len());
        let second = below(rng, self.len() - 1);
        [first, second + usize::from(second >= first)]
    }

    /// One walker of each of three other groups, in random order; there must be four groups.
    pub(super) fn one_of_each(&self, rng: &mut Stream) -> [&'a [f64]; 3] {
        let first = below(rng, 3);
        // The remaining two groups in either order.
        let second = 1 + below(rng, 2);
        [first, (first + second) % 3, (first + 3 - second) % 3].map(|other| {
            let group = other + usize::from(other >= self.moving);
            let members = members(group, self.groups, self.order.len());
            self.at(members.start + below(rng, members.len()))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::rng::{Purpose, Streams};

    #[test]
    fn groups_part_the_walkers() {
        for walkers in [4, 5, 10, 33] {
            for groups in [2, 4] {
                let all: Vec<usize> = (0..groups).flat_map(|g| members(g, groups, walkers)).collect();
                assert_eq!(all, (0..walkers).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn no_walker_of_the_moving_group_is_ever_chosen() {
        let positions: Vec<f64> = (0..10).map(f64::from).collect();
        let order = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7];
        let mut rng = Streams::new(1, 1).open(Purpose::Proposal, 0);
        for moving in 0..4 {
            let own: HashSet<usize> = order[members(moving, 4, 10)].iter().copied().collect();
            let others = Complement::new(&positions, 1, &order, 4, moving);
            let mut seen = HashSet::new();
            for _ in 0..500 {
                let [a, b] = others.pair(&mut rng).map(|w| w[0] as usize);
                let [c, d, e] = others.one_of_each(&mut rng).map(|w| w[0] as usize);
                assert!(a != b && c != d && d != e && c != e);
                seen.extend([a, b, c, d, e, others.any(&mut rng)[0] as usize]);
            }
            assert!(seen.is_disjoint(&own));
            assert_eq!(seen.len() + own.len(), 10);
        }
    }

    #[test]
    fn one_of_each_takes_the_groups_in_any_order() {
        let positions: Vec<f64> = (0..4).map(f64::from).collect();
        let order = [0, 1, 2, 3];
        let mut rng = Streams::new(1, 1).open(Purpose::Proposal, 0);
        let others = Complement::new(&positions, 1, &order, 4, 1);
        let orders: HashSet<[u8; 3]> = (0..200).map(|_| others.one_of_each(&mut rng).map(|w| w[0] as u8)).collect();
        assert_eq!(orders.len(), 6);
    }
}
