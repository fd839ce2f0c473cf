//! Whether chains are in the same place: which of them belong together, and whether these agree.

use super::leg::Leg;

/// Means that are further apart than this many standard deviations are in different places.
const APART: f64 = 5.0;
/// What R̂² − 1 may be where chains agree: R̂ of 1.05.
const DISAGREEMENT: f64 = 0.1;

/// For each chain the number of the first chain that is in the same place, directly or by way of others.
///
/// Distances between means of positions are in terms of the standard deviation within chains, the middle of all chains.
pub(crate) fn places(legs: &[&Leg]) -> Vec<usize> {
    let scales = scales(legs);
    let mut places: Vec<usize> = (0..legs.len()).collect();
    for a in 0..legs.len() {
        for b in 0..a {
            if distance(legs[a], legs[b], &scales) <= APART {
                let (from, to) = (places[a].max(places[b]), places[a].min(places[b]));
                places.iter_mut().filter(|place| **place == from).for_each(|place| *place = to);
            }
        }
    }
    places
}

fn distance(a: &Leg, b: &Leg, scales: &[f64]) -> f64 {
    let pairs = a.draws.positions.mean.iter().zip(&b.draws.positions.mean).zip(scales);
    // Where no chain moves, none can be told to be away from another.
    pairs.map(|((a, b), s)| ((a - b) / s).abs()).filter(|d| !d.is_nan()).fold(0.0, f64::max)
}

/// The median over chains of the standard deviation of each coordinate.
fn scales(legs: &[&Leg]) -> Vec<f64> {
    let dim = legs.first().map_or(0, |leg| leg.draws.dim());
    let deviation = |leg: &&Leg, i: usize| (leg.draws.positions.squares[i] / leg.draws.count() as f64).sqrt();
    (0..dim).map(|i| median(legs.iter().map(|leg| deviation(leg, i)).filter(|s| !s.is_nan()).collect())).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Whether groups of draws, the legs of chains that shall agree, have the same mean: of every coordinate and of the
/// log density R̂ is small, with allowance for what the largest of many reaches by chance.
pub(crate) fn agree(legs: &[&Leg]) -> bool {
    let (groups, dim) = (legs.len() as f64, legs.first().map_or(0, |leg| leg.draws.dim()));
    let n = legs.iter().map(|leg| leg.draws.count()).min().unwrap_or(0);
    if n < 2 {
        return false;
    }
    let allowed = DISAGREEMENT + 2.0 * (dim as f64 + 1.0).ln() / ((groups - 1.0) * n as f64);
    let coordinate = |i: usize| {
        excess(
            &legs
                .iter()
                .map(|leg| {
                    let Leg { draws, .. } = leg;
                    (draws.positions.mean[i], draws.positions.squares[i] / (draws.count() as f64 - 1.0))
                })
                .collect::<Vec<_>>(),
        )
    };
    let height = excess(&legs.iter().map(|leg| moments(&leg.log_densities)).collect::<Vec<_>>());
    (0..dim).map(coordinate).chain([height]).all(|excess| excess <= allowed)
}

/// R̂² − 1 of groups with a mean and a variance each, of so many draws that the variance of the means is all of it.
fn excess(groups: &[(f64, f64)]) -> f64 {
    let n = groups.len() as f64;
    let within = groups.iter().map(|(_, variance)| variance).sum::<f64>() / n;
    let mean = groups.iter().map(|(mean, _)| mean).sum::<f64>() / n;
    let between = groups.iter().map(|(m, _)| (m - mean) * (m - mean)).sum::<f64>() / (n - 1.0);
    between / within
}

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A leg of draws around a place, their scores those of a standard normal.
    fn leg(place: f64) -> Leg {
        let mut leg = Leg::new(1);
        for k in 0..40 {
            let x = (f64::from(k) * 2.4).sin();
            leg.add([&[place + x], &[-x]], -0.5 * x * x);
        }
        leg
    }

    #[test]
    fn chains_are_together_by_way_of_others() {
        let legs = [0.0, 30.0, 3.0, 33.0, 6.0].map(leg);
        assert_eq!(places(&legs.each_ref()), [0, 1, 0, 1, 0]);
    }

    #[test]
    fn groups_agree_where_their_means_do() {
        let [here, near, far] = [0.0, 0.1, 1.0].map(leg);
        assert!(agree(&[&here, &here, &near, &here]));
        assert!(!agree(&[&here, &here, &far, &here]));
        assert!(!agree(&[&here, &Leg::new(1)]));
    }
}
