//! Trees of macro steps on a ring of states, enumerated: at level ℓ a step goes `SHIFTS[ℓ]` states on, and which levels stay
//! within the tolerance is a table of the steps. Directions and levels are enumerated, selections carried as distributions.

use std::convert::Infallible;

use super::*;
use crate::nuts::tree::{Direction, Leaf, Trajectory, grow};

const STATES: usize = 7;
const FINEST_OF_RING: u32 = 2;
/// Of the levels that are looked at, and the two beyond.
const SHIFTS: [usize; FINEST_OF_RING as usize + 3] = [3, 2, 1, 5, 4];

type Distribution = [f64; STATES];

#[derive(Clone, Copy)]
struct Ring {
    log_density: fn(usize) -> f64,
    /// Energies of the step at a level, forwards from a state.
    energies: fn(usize, u32) -> Energies,
    /// Whether the stretch from one state to another, so many states, turns back.
    turns: fn(usize, usize, usize) -> bool,
    /// Whether the weights count the levels, as they must.
    weighs_levels: bool,
}

impl Ring {
    /// Where the step at a level leads.
    fn step(state: usize, level: u32, direction: Direction) -> usize {
        let shift = SHIFTS[level as usize];
        match direction {
            Direction::Forward => (state + shift) % STATES,
            Direction::Backward => (state + STATES - shift) % STATES,
        }
    }

    /// The energies between two neighbours are the same both ways.
    fn energies(&self, from: usize, level: u32, direction: Direction) -> Energies {
        match direction {
            Direction::Forward => (self.energies)(from, level),
            Direction::Backward => (self.energies)(Ring::step(from, level, direction), level),
        }
    }
}

/// A macro step on the ring.
struct Hop {
    ring: Ring,
    direction: Direction,
    from: usize,
    to: usize,
}

impl Levels for Hop {
    type Error = Infallible;

    fn finest(&self) -> u32 {
        FINEST_OF_RING
    }

    fn go(&mut self, level: u32, _: bool) -> Result<Energies, Infallible> {
        self.to = Ring::step(self.from, level, self.direction);
        Ok(self.ring.energies(self.from, level, self.direction))
    }

    fn go_back(&mut self, level: u32) -> Result<Energies, Infallible> {
        let back = match self.direction {
            Direction::Forward => Direction::Backward,
            Direction::Backward => Direction::Forward,
        };
        Ok(self.ring.energies(self.to, level, back))
    }
}

/// Choices of one tree: those of the script, and then always the first of two.
#[derive(Default)]
struct Script {
    choices: Vec<bool>,
    read: usize,
    probability: f64,
}

impl Script {
    fn choose(&mut self, probability: f64) -> bool {
        if self.read == self.choices.len() {
            self.choices.push(false);
        }
        let choice = self.choices[self.read];
        self.read += 1;
        self.probability *= if choice { probability } else { 1.0 - probability };
        choice
    }

    /// Goes on to the next script; false after the last.
    fn advance(&mut self) -> bool {
        while self.choices.pop_if(|choice| *choice).is_some() {}
        (self.read, self.probability) = (0, 1.0);
        let Some(last) = self.choices.last_mut() else { return false };
        *last = true;
        true
    }
}

struct Walk<'a> {
    ring: Ring,
    start: usize,
    ends: [usize; 2],
    log_ratios: [f64; 2],
    latest: usize,
    script: &'a mut Script,
    subtree: Distribution,
    tree: Distribution,
}

fn mix(onto: &mut Distribution, other: &Distribution, probability: f64) {
    onto.iter_mut().zip(other).for_each(|(p, q)| *p += probability * (q - *p));
}

fn certain(state: usize) -> Distribution {
    std::array::from_fn(|other| f64::from(u8::from(other == state)))
}

impl Trajectory for Walk<'_> {
    /// First and last state in the order in which they were reached, how many, and in which direction.
    type Segment = ([usize; 2], usize, bool);
    type Error = Infallible;

    fn choose_direction(&mut self) -> Direction {
        if self.script.choose(0.5) { Direction::Forward } else { Direction::Backward }
    }

    fn advance(
        &mut self,
        direction: Direction,
        before: &Self::Segment,
        leaf: &mut Self::Segment,
    ) -> Result<Leaf, Infallible> {
        let finer = self.script.choose(1.0 - PROBABILITY_OF_FIRST);
        let end = &mut self.ends[direction as usize];
        assert_eq!(before.0[1], *end, "the state before is the end");
        let mut hop = Hop { ring: self.ring, direction, from: *end, to: *end };
        let Ok(log_ratio) = macro_step(&mut hop, finer);
        *end = hop.to;
        self.latest = hop.to;
        if self.ring.weighs_levels || log_ratio == f64::NEG_INFINITY {
            self.log_ratios[direction as usize] += log_ratio;
        }
        *leaf = ([hop.to; 2], 1, direction == Direction::Forward);
        let error = (self.ring.log_density)(self.start) - (self.ring.log_density)(hop.to);
        Ok(Leaf { log_weight: self.log_ratios[direction as usize] - error, accept: None, divergent: false })
    }

    fn join(&self, earlier: &mut Self::Segment, later: &mut Self::Segment) -> bool {
        earlier.0[1] = later.0[1];
        earlier.1 += later.1;
        earlier.2 = later.2;
        let [first, last] = earlier.0;
        let [low, high] = if earlier.2 { [first, last] } else { [last, first] };
        !(self.ring.turns)(low, high, earlier.1)
    }

    fn reverse(&self, segment: &mut Self::Segment) {
        segment.0.reverse();
    }

    fn propose_leaf(&mut self, probability: f64) {
        mix(&mut self.subtree, &certain(self.latest), probability);
    }

    fn propose_subtree(&mut self, probability: f64) {
        mix(&mut self.tree, &self.subtree, probability);
    }
}

/// P(start, ·), over all directions and levels.
fn transition(ring: Ring, start: usize, depth: u32) -> Distribution {
    let (mut total, mut script) = ([0.0; STATES], Script { probability: 1.0, ..Script::default() });
    loop {
        let mut walk = Walk {
            ring,
            start,
            ends: [start; 2],
            log_ratios: [0.0; 2],
            latest: start,
            script: &mut script,
            subtree: [0.0; STATES],
            tree: certain(start),
        };
        let mut stack = vec![([start; 2], 1, true); depth as usize];
        let Ok(_) = grow(&mut walk, &mut ([start; 2], 1, true), &mut stack, depth);
        let tree = walk.tree;
        total.iter_mut().zip(tree).for_each(|(total, p)| *total += script.probability * p);
        if !script.advance() {
            return total;
        }
    }
}

/// Largest |Σ π(z) P(z, z′) / π(z′) − 1|.
fn violation(ring: Ring, depth: u32) -> f64 {
    let mut arriving = [0.0; STATES];
    let mass = |z: usize| (ring.log_density)(z).exp();
    for start in 0..STATES {
        let reached = transition(ring, start, depth);
        assert!((reached.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        arriving.iter_mut().zip(reached).for_each(|(sum, p)| *sum += mass(start) * p);
    }
    (0..STATES).map(|z| (arriving[z] / mass(z) - 1.0).abs()).fold(0.0, f64::max)
}

fn scattered(state: usize, level: u32) -> Energies {
    match (state * 5 + level as usize * 3) % 7 {
        0..=3 => Energies::Beyond,
        _ => Energies::Within,
    }
}

const UNEVEN: Ring = Ring {
    log_density: |z| (z as f64 * 1.7).sin(),
    energies: scattered,
    turns: |low, high, count| count > 2 && (low * 3 + high) % 4 == 0,
    weighs_levels: true,
};

fn rings() -> [Ring; 5] {
    let narrow = |z: usize, level: u32| if z < 3 && level < 2 { Energies::Beyond } else { Energies::Within };
    let never = |_: usize, _: u32| Energies::Beyond;
    let lost = |z: usize, level: u32| if z == 4 && level != 1 { Energies::Lost } else { scattered(z, level) };
    [
        Ring { energies: |_, _| Energies::Within, ..UNEVEN },
        UNEVEN,
        Ring { energies: narrow, ..UNEVEN },
        Ring { energies: never, ..UNEVEN },
        Ring { energies: lost, ..UNEVEN },
    ]
}

#[test]
fn macro_steps_leave_the_density_invariant() {
    for (at, ring) in rings().into_iter().enumerate() {
        for depth in 1..=4 {
            let violation = violation(ring, depth);
            assert!(violation < 1e-12, "ring {at} is off by {violation:e} at depth {depth}");
        }
    }
}

#[test]
fn weights_without_the_levels_are_noticed() {
    let off = violation(Ring { weighs_levels: false, ..UNEVEN }, 3);
    assert!(off > 1e-2, "{off:e}");
}

#[test]
fn levels_are_weighed_by_their_probabilities_both_ways() {
    // First levels there and back, whether finer, and ln p(back) − ln p(there).
    let (one, two) = ((1.0 - PROBABILITY_OF_FIRST).ln(), PROBABILITY_OF_FIRST.ln());
    let table: [(u32, u32, bool, f64); 8] = [
        (0, 0, false, 0.0),
        (0, 0, true, 0.0),
        (0, 1, true, two - one),
        (1, 0, false, one - two),
        (1, 0, true, f64::NEG_INFINITY),
        (2, 0, false, f64::NEG_INFINITY),
        (3, 3, true, 0.0),
        (3, 2, false, one - two),
    ];
    for (there, back, finer, expected) in table {
        let found = macro_step(&mut Given { there, back, level: 0 }, finer).unwrap();
        let same = found == expected || (found - expected).abs() < 1e-15;
        assert!(same, "{there} there, {back} back, {finer}: {found}, expected {expected}");
    }
}

/// First levels as given, where that is possible.
struct Given {
    there: u32,
    back: u32,
    level: u32,
}

impl Levels for Given {
    type Error = Infallible;

    fn finest(&self) -> u32 {
        FINEST_OF_RING
    }

    fn go(&mut self, level: u32, _: bool) -> Result<Energies, Infallible> {
        self.level = level;
        Ok(if level >= self.there { Energies::Within } else { Energies::Beyond })
    }

    fn go_back(&mut self, level: u32) -> Result<Energies, Infallible> {
        assert!(level < self.level, "the level itself is known");
        Ok(if level >= self.back { Energies::Within } else { Energies::Beyond })
    }
}
