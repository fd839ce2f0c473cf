//! Who has been where on the ladder.

use serde::{Deserialize, Serialize};

/// A round trip goes from the reference to the target and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Journey {
    NotBegun,
    Out,
    Back,
}

/// Follows the replicas as they swap temperatures.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Trips {
    /// Which replica is at each temperature.
    replicas: Vec<usize>,
    /// The journey of each replica.
    journeys: Vec<Journey>,
    round_trips: usize,
}

impl Trips {
    pub(crate) fn new(temperatures: usize) -> Self {
        Trips { replicas: (0..temperatures).collect(), journeys: vec![Journey::NotBegun; temperatures], round_trips: 0 }
    }

    /// Forgets all journeys.
    pub(crate) fn clear(&mut self) {
        self.journeys.fill(Journey::NotBegun);
        self.round_trips = 0;
    }

    /// The replicas at a temperature and at the next one change places.
    pub(crate) fn swap(&mut self, lower: usize) {
        self.replicas.swap(lower, lower + 1);
    }

    /// Notes who is at the ends, after the swaps of an iteration.
    pub(crate) fn note(&mut self) {
        let (reference, target) = (self.replicas[0], self.replicas[self.replicas.len() - 1]);
        if self.journeys[target] == Journey::Out {
            self.journeys[target] = Journey::Back;
        }
        self.round_trips += usize::from(self.journeys[reference] == Journey::Back);
        self.journeys[reference] = Journey::Out;
    }

    /// Round trips of all replicas together.
    pub(crate) fn round_trips(&self) -> usize {
        self.round_trips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_trip_begins_and_ends_at_the_reference() {
        let mut trips = Trips::new(3);
        trips.note();
        // The replica that begins at the target comes down: half a trip.
        for lower in [1, 0] {
            trips.swap(lower);
            trips.note();
        }
        assert_eq!(trips.round_trips(), 0);
        // It goes up, another takes its place at the reference, and it comes back.
        for lower in [0, 1, 1, 0] {
            trips.swap(lower);
            trips.note();
        }
        assert_eq!(trips.round_trips(), 1);
        trips.clear();
        assert_eq!(trips.round_trips(), 0);
    }
}
