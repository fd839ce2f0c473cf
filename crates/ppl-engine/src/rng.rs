//! Random streams: one for each (seed, chain, purpose, iteration), opened where it is needed.
//!
//! No stream is stored, and none depends on how many numbers another has yielded. So the draws are the same for any
//! number of threads, and a chain is the same alone or among others.

use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng;

/// The generator behind every stream.
pub(crate) type Stream = Xoshiro256PlusPlus;

/// What a stream is for; the numbers are part of the key and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Init = 1,
    StepSize = 2,
    Momentum = 3,
    Tree = 4,
    Proposal = 5,
    Output = 6,
    Swap = 7,
    Reference = 8,
    Sweep = 9,
}

/// How many chains, one after another from the first, have some streams in common.
pub(crate) const COMPANY: usize = 4;

/// Opens the streams of one chain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Streams {
    own: Key,
    common: Key,
    place: usize,
}

/// The part of a key that is already known.
#[derive(Clone, Copy, Debug)]
struct Key {
    lanes: [u64; 2],
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Streams {
    /// The streams of a chain; chains are counted from 1.
    pub(crate) fn new(seed: u64, chain: u64) -> Self {
        // Two lanes, because two of some 2^32 keys would meet in a single word of 64 bits.
        let start = Key { lanes: [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344] }.absorb(seed);
        let (before, size) = (chain.wrapping_sub(1), COMPANY as u64);
        Streams {
            own: start.absorb(chain),
            common: start.absorb(u64::MAX).absorb(before / size),
            place: (before % size) as usize,
        }
    }

    /// The streams of one replica among several, in one round.
    pub(crate) fn of_replica(&self, replica: usize, round: usize) -> Self {
        let [own, common] = [self.own, self.common].map(|key| key.absorb(replica as u64).absorb(round as u64));
        Streams { own, common, ..*self }
    }

    /// Opens the stream of an iteration; of [`Purpose::Init`] the stream of a walker.
    pub(crate) fn open(&self, purpose: Purpose, index: usize) -> Stream {
        self.own.open(purpose, index)
    }

    /// Opens a stream that yields the same numbers in all chains of a company of [`COMPANY`].
    pub(crate) fn open_common(&self, purpose: Purpose, index: usize) -> Stream {
        self.common.open(purpose, index)
    }

    /// Which chain of its company this is, in 0..[`COMPANY`].
    pub(crate) fn place(&self) -> usize {
        self.place
    }
}

impl Key {
    fn absorb(self, word: u64) -> Self {
        Key { lanes: self.lanes.map(|lane| mix((lane ^ word).wrapping_add(GOLDEN))) }
    }

    fn open(&self, purpose: Purpose, index: usize) -> Stream {
        let [a, b] = self.absorb((purpose as u64) << 56).absorb(index as u64).lanes;
        let next = |lane: u64, n: u64| mix(lane.wrapping_add(n.wrapping_mul(GOLDEN)));
        let words = [next(a, 1), next(a, 2), next(b, 1), next(b, 2)];
        let mut bytes = [0; 32];
        for (bytes, word) in bytes.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Stream::from_seed(bytes)
    }
}

/// A number in [0, 1), a multiple of 2⁻⁵³.
#[inline]
pub(crate) fn uniform(rng: &mut Stream) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A standard normal variate.
#[inline]
pub(crate) fn normal(rng: &mut Stream) -> f64 {
    StandardNormal.sample(rng)
}

/// A number in 0..n, without bias that could matter for the few thousand walkers of an ensemble.
pub(crate) fn below(rng: &mut Stream, n: usize) -> usize {
    ((u128::from(rng.next_u64()) * n as u128) >> 64) as usize
}

/// The place of one of `options`, drawn by their weights, of which one at least is positive.
pub(crate) fn weighted<T>(rng: &mut Stream, options: &[(T, f64)]) -> usize {
    let total: f64 = options.iter().map(|(_, weight)| weight).sum();
    let mut left = uniform(rng) * total;
    let chosen = options.iter().position(|(_, weight)| {
        left -= weight;
        left < 0.0
    });
    // Rounding may leave a little at the end.
    chosen.or_else(|| options.iter().rposition(|(_, weight)| *weight > 0.0)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bits_of_uniform_variates_never_change() {
        let mut rng = Streams::new(1, 1).open(Purpose::Momentum, 0);
        let bits: Vec<u64> = (0..3).map(|_| uniform(&mut rng).to_bits()).collect();
        assert_eq!(bits, [0x3fe5_b2e1_1525_57c7, 0x3fec_9326_0c87_21fa, 0x3fce_7c42_1546_7220]);
    }

    #[test]
    fn the_bits_of_normal_variates_never_change() {
        let mut rng = Streams::new(1, 2).open(Purpose::Proposal, 7);
        let bits: Vec<u64> = (0..3).map(|_| normal(&mut rng).to_bits()).collect();
        assert_eq!(bits, [0xbffe_5b0e_cc49_1ad6, 0x3fbe_4202_48e0_ad2d, 0x3fe0_a310_31bb_1d45]);
    }

    #[test]
    fn every_part_of_the_key_opens_another_stream() {
        let mut first = HashSet::new();
        for (seed, chain) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            for purpose in [Purpose::Init, Purpose::Tree, Purpose::Output] {
                for index in 0..4 {
                    first.insert(Streams::new(seed, chain).open(purpose, index).next_u64());
                }
            }
        }
        for (replica, round) in [(1, 0), (2, 0), (1, 1)] {
            first.insert(Streams::new(0, 0).of_replica(replica, round).open(Purpose::Tree, 0).next_u64());
        }
        assert_eq!(first.len(), 4 * 3 * 4 + 3);
    }

    #[test]
    fn four_chains_one_after_another_have_streams_in_common() {
        let first = |chain: u64| Streams::new(1, chain).open_common(Purpose::Init, 0).next_u64();
        assert!([2, 3, 4].iter().all(|chain| first(*chain) == first(1)));
        assert!(first(5) != first(1) && first(8) == first(5));
        assert_eq!([1, 2, 3, 4, 5].map(|chain| Streams::new(1, chain).place()), [0, 1, 2, 3, 0]);
        assert_ne!(first(1), Streams::new(2, 1).open_common(Purpose::Init, 0).next_u64());
    }

    #[test]
    fn the_first_numbers_of_neighbouring_streams_are_uniform_and_uncorrelated() {
        let n = 20_000;
        let streams = Streams::new(1, 1);
        let first: Vec<f64> = (0..n).map(|i| uniform(&mut streams.open(Purpose::Tree, i)) - 0.5).collect();
        let mean = first.iter().sum::<f64>() / n as f64;
        let lagged = first.windows(2).map(|w| w[0] * w[1] * 12.0).sum::<f64>() / n as f64;
        assert!(mean.abs() < 4.0 * (1.0 / 12.0 / n as f64).sqrt(), "mean {mean}");
        assert!(lagged.abs() < 4.0 / (n as f64).sqrt(), "correlation {lagged}");
    }

    #[test]
    fn options_are_drawn_by_their_weights() {
        let options = [((), 0.0), ((), 1.0), ((), 3.0), ((), 0.0)];
        let mut rng = Streams::new(1, 1).open(Purpose::Proposal, 0);
        let mut counts = [0_usize; 4];
        (0..4000).for_each(|_| counts[weighted(&mut rng, &options)] += 1);
        assert_eq!((counts[0], counts[3]), (0, 0));
        assert!(counts[1].abs_diff(1000) < 120, "{counts:?}");
    }

    proptest! {
        #[test]
        fn below_stays_below(seed: u64, n in 1usize..1000) {
            let mut rng = Streams::new(seed, 0).open(Purpose::Init, 0);
            prop_assert!(below(&mut rng, n) < n);
        }
    }
}
