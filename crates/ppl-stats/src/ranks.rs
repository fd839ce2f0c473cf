//! Pooled order of the draws: quantiles and rank-normal scores from one sort.

use crate::chains::Chains;
use crate::moments::quantile_of_sorted;
use statrs::function::erf::erfc_inv;

/// Chains together with the order of their pooled draws.
pub(crate) struct Ordered<'a> {
    chains: &'a Chains,
    /// The draws, ascending.
    pub(crate) sorted: Vec<f64>,
    /// Where each of `sorted` stands in the pooled draws.
    places: Vec<usize>,
}

impl<'a> Ordered<'a> {
    pub(crate) fn new(chains: &'a Chains) -> Self {
        let mut pairs: Vec<(f64, usize)> = chains.pooled().iter().copied().zip(0..).collect();
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (sorted, places) = pairs.into_iter().unzip();
        Self { chains, sorted, places }
    }

    pub(crate) fn quantile(&self, probability: f64) -> f64 {
        quantile_of_sorted(&self.sorted, probability)
    }

    /// Each draw replaced by the normal score of its rank among all draws; ties share their average rank.
    pub(crate) fn scores(&self) -> Chains {
        let total = self.sorted.len();
        let mut scores = vec![0.0; total];
        let mut first = 0;
        while first < total {
            let tied = self.sorted[first..].iter().take_while(|&&value| value == self.sorted[first]).count();
            // Ranks count from one: the tied ranks are first+1 ..= first+tied.
            let rank = first as f64 + (tied as f64 + 1.0) / 2.0;
            let score = normal_score(rank, total as f64);
            for &place in &self.places[first..first + tied] {
                scores[place] = score;
            }
            first += tied;
        }
        Chains::from_values(scores, self.chains.len())
    }
}

/// Rank-normal scores of the halves of the chains. Ranks are among the draws of the halves, without the middle ones.
pub(crate) fn scores_of_halves(ordered: &Ordered) -> Chains {
    if ordered.chains.len().is_multiple_of(2) {
        // No draw is dropped, so the order at hand serves.
        ordered.scores().split()
    } else {
        Ordered::new(&ordered.chains.split()).scores()
    }
}

/// Normal score of a rank in 1..=total with Blom's (1958) offsets.
fn normal_score(rank: f64, total: f64) -> f64 {
    let probability = (rank - 0.375) / (total + 0.25);
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tied_draws_share_their_average_score() {
        let chains = Chains::new(&[&[2.0, 1.0, 2.0, 9.0]], 1).unwrap();
        let scores = Ordered::new(&chains).scores();
        let scores = scores.pooled();
        assert_eq!(scores[0], scores[2]);
        assert!((scores[0] - normal_score(2.5, 4.0)).abs() < 1e-15);
        assert!((scores[1] + scores[3]).abs() < 1e-14, "the lowest and highest score are opposite");
    }

    #[test]
    fn negative_zero_ties_with_zero() {
        let chains = Chains::new(&[&[0.0, -0.0, 1.0, -0.0]], 1).unwrap();
        let scores = Ordered::new(&chains).scores();
        assert_eq!(scores.pooled()[0], scores.pooled()[1]);
        assert_eq!(scores.pooled()[1], scores.pooled()[3]);
    }

    #[test]
    fn the_score_of_a_known_probability_is_the_normal_quantile() {
        // (rank - 3/8) / (total + 1/4) = 0.975
        let total = 1000.0;
        let rank = 0.975 * (total + 0.25) + 0.375;
        assert!((normal_score(rank, total) - 1.959_963_984_540_054).abs() < 1e-13);
    }
}
