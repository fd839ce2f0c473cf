//! Where in a box chains start: anywhere, but not all in the same part.

use crate::rng::{COMPANY, Purpose, Stream, Streams, uniform};

/// Chains in two pairs.
const PAIRS: usize = COMPANY / 2;

/// Numbers in [−1, 1), one for each coordinate of each try.
///
/// Of four chains one after another the second starts opposite to the first, and the fourth to the third (antithetic
/// variates, Hammersley and Morton 1956); of the two pairs one is in the inner half of the interval, in every coordinate
/// another (Latin hypercube sampling, McKay, Beckman and Conover 1979). So chains do not all start on one side of a
/// valley between two modes by mere chance, and each chain by itself still starts anywhere with the same probability.
pub(super) struct Chances {
    common: Stream,
    place: usize,
}

impl Chances {
    pub(super) fn new(streams: &Streams, walker: usize) -> Self {
        Chances { common: streams.open_common(Purpose::Init, walker), place: streams.place() }
    }

    /// The next number.
    pub(super) fn next(&mut self) -> f64 {
        let (pair, is_opposite) = (self.place / 2, self.place % 2 == 1);
        let outer_pair = usize::from(uniform(&mut self.common) < 0.5);
        let is_negative = uniform(&mut self.common) < 0.5;
        let distances: [f64; PAIRS] = std::array::from_fn(|_| uniform(&mut self.common));
        let half = if pair == outer_pair { 0.5 } else { 0.0 };
        let distance = half + 0.5 * distances[pair];
        if is_negative != is_opposite { -distance } else { distance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(chain: u64) -> Vec<f64> {
        let mut chances = Chances::new(&Streams::new(3, chain), 0);
        (0..4000).map(|_| chances.next()).collect()
    }

    #[test]
    fn four_chains_are_in_opposite_pairs_in_four_parts_of_every_coordinate() {
        let chains = [5, 6, 7, 8].map(numbers);
        for at in 0..chains[0].len() {
            let [a, b, c, d] = chains.each_ref().map(|numbers| numbers[at]);
            assert!(a == -b && c == -d && (a.abs() < 0.5) != (c.abs() < 0.5), "{a} {b} {c} {d}");
        }
    }

    #[test]
    fn each_chain_alone_starts_anywhere() {
        for chain in 1..=4 {
            let numbers = numbers(chain);
            let n = numbers.len() as f64;
            let moment = |power: i32| numbers.iter().map(|x| x.powi(power)).sum::<f64>() / n;
            assert!(moment(1).abs() < 4.0 / (3.0 * n).sqrt(), "mean {}", moment(1));
            assert!((moment(2) - 1.0 / 3.0).abs() < 4.0 * (4.0 / 45.0 / n).sqrt(), "square {}", moment(2));
            let lagged = numbers.windows(2).map(|w| 3.0 * w[0] * w[1]).sum::<f64>() / n;
            assert!(lagged.abs() < 4.0 / n.sqrt(), "correlation {lagged}");
        }
    }
}
