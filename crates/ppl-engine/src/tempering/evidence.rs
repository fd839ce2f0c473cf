//! The log evidence along a ladder of temperatures, with its standard error.

use serde::{Deserialize, Serialize};

/// Batches kept at most; when they are full, neighbours are joined.
const BATCHES: usize = 64;

/// Log of a sum of exponentials, kept from overflow.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct LogSum {
    largest: f64,
    /// Σ exp(x − largest)
    sum: f64,
}

impl LogSum {
    const EMPTY: LogSum = LogSum { largest: f64::NEG_INFINITY, sum: 0.0 };

    fn add(&mut self, other: LogSum) {
        if other.largest > self.largest {
            self.sum = self.sum * (self.largest - other.largest).exp() + other.sum;
            self.largest = other.largest;
        } else if other.sum > 0.0 {
            self.sum += other.sum * (other.largest - self.largest).exp();
        }
    }

    fn of(exponent: f64) -> Self {
        LogSum { largest: exponent, sum: if exponent > f64::NEG_INFINITY { 1.0 } else { 0.0 } }
    }

    fn log(&self) -> f64 {
        self.largest + self.sum.ln()
    }
}

/// Stepping stones from the reference to the target (Xie, Lewis, Fan, Kuo and Chen 2011), two for each step: the ratio
/// of neighbouring normalising constants is that of both to the point half way between (Meng and Wong 1996, the
/// geometric bridge).
///
/// With V = log target − log reference and δ the step, it is the mean of exp(½ δ V) at the hotter temperature over
/// the mean of exp(−½ δ V) at the colder one. Sums are kept in batches of equal length in time, whose differences give
/// the standard error: they hold what is correlated in time and between temperatures.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Evidence {
    /// The two sums of each step: at the hotter temperature, then at the colder.
    series: usize,
    /// One row of sums a batch.
    batches: Vec<LogSum>,
    batch_size: usize,
    /// Iterations in the last batch.
    filled: usize,
    iterations: usize,
}

impl Evidence {
    pub(crate) fn new(temperatures: usize) -> Self {
        let series = 2 * (temperatures - 1);
        let batches = Vec::with_capacity(BATCHES * series);
        Evidence { series, batches, batch_size: 1, filled: 1, iterations: 0 }
    }

    pub(crate) fn clear(&mut self) {
        self.batches.clear();
        (self.batch_size, self.filled, self.iterations) = (1, 1, 0);
    }

    /// Takes V at each temperature after one iteration.
    pub(crate) fn add(&mut self, schedule: &[f64], log_ratios: &[f64]) {
        if self.filled == self.batch_size {
            self.begin_batch();
        }
        self.filled += 1;
        self.iterations += 1;
        let begin = self.batches.len() - self.series;
        let sums = self.batches[begin..].chunks_exact_mut(2);
        for ((sums, beta), ratio) in sums.zip(schedule.windows(2)).zip(log_ratios.windows(2)) {
            let half = 0.5 * (beta[1] - beta[0]);
            sums[0].add(LogSum::of(half * ratio[0]));
            sums[1].add(LogSum::of(-half * ratio[1]));
        }
    }

    fn begin_batch(&mut self) {
        if self.batches.len() == BATCHES * self.series {
            self.join_batches();
        }
        self.batches.resize(self.batches.len() + self.series, LogSum::EMPTY);
        self.filled = 0;
    }

    fn join_batches(&mut self) {
        let series = self.series;
        for batch in 0..BATCHES / 2 {
            for at in 0..series {
                let mut sum = self.batches[2 * batch * series + at];
                sum.add(self.batches[(2 * batch + 1) * series + at]);
                self.batches[batch * series + at] = sum;
            }
        }
        self.batches.truncate(BATCHES / 2 * series);
        self.batch_size *= 2;
    }

    /// The log evidence and its standard error; NaN without iterations, the error also with fewer than two batches.
    pub(crate) fn estimate(&self) -> (f64, f64) {
        let totals: Vec<f64> = (0..self.series).map(|at| self.log_mean(at)).collect();
        let log_evidence = totals.chunks_exact(2).map(|step| step[0] - step[1]).sum();
        let complete = (self.iterations / self.batch_size).min(self.batches.len() / self.series.max(1));
        let deviations: Vec<f64> = (0..complete).map(|batch| self.deviation(batch, &totals)).collect();
        let n = complete as f64;
        let mean = deviations.iter().sum::<f64>() / n;
        let variance = deviations.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (log_evidence, (variance / n).sqrt())
    }

    /// Log of the mean over all iterations.
    fn log_mean(&self, at: usize) -> f64 {
        let mut sum = LogSum::EMPTY;
        self.batches.chunks_exact(self.series).for_each(|batch| sum.add(batch[at]));
        sum.log() - (self.iterations as f64).ln()
    }

    /// By how much a batch would change the log evidence, to first order.
    fn deviation(&self, batch: usize, totals: &[f64]) -> f64 {
        let sums = &self.batches[batch * self.series..(batch + 1) * self.series];
        let log_size = (self.batch_size as f64).ln();
        let relative = |at: usize| (sums[at].log() - log_size - totals[at]).exp();
        (0..self.series).step_by(2).map(|at| relative(at) - relative(at + 1)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams, normal};

    /// V = −c − ½ (a − 1) q² for a reference N(0, 1) and an unnormalised target exp(−c − ½ a q²)/√2π.
    fn estimate(iterations: usize, chain: u64) -> (f64, f64) {
        let schedule = [0.0, 0.3, 1.0];
        let (a, c) = (9.0_f64, 800.0);
        let (streams, mut evidence) = (Streams::new(5, chain), Evidence::new(3));
        for iteration in 0..iterations {
            let mut rng = streams.open(Purpose::Swap, iteration);
            let ratios: Vec<f64> = (0..3)
                .map(|k| {
                    let precision = 1.0 + schedule[k] * (a - 1.0);
                    let q = normal(&mut rng) / precision.sqrt();
                    -c - 0.5 * (a - 1.0) * q * q
                })
                .collect();
            evidence.add(&schedule, &ratios);
        }
        evidence.estimate()
    }

    #[test]
    fn independent_draws_give_the_evidence_within_its_error() {
        let truth = -800.0 - 0.5 * 9.0_f64.ln();
        let z: Vec<f64> =
            (0..200).map(|chain| estimate(500, chain)).map(|(value, error)| (value - truth) / error).collect();
        let mean_square = z.iter().map(|z| z * z).sum::<f64>() / 200.0;
        assert!((0.75..1.3).contains(&mean_square), "{mean_square}");
    }

    #[test]
    fn joining_batches_loses_no_iteration() {
        let mut evidence = Evidence::new(2);
        for i in 0..1000 {
            evidence.add(&[0.0, 1.0], &[2.0 * f64::from(i).ln(), 0.0]);
        }
        // Means of i and of 1.
        assert!((evidence.log_mean(0) - 499.5_f64.ln()).abs() < 1e-12);
        assert_eq!(evidence.log_mean(1), 0.0);
        assert!(evidence.batches.len() <= 2 * BATCHES);
        assert_eq!(evidence.batch_size, 16);
    }

    #[test]
    fn places_outside_the_support_have_weight_0() {
        let mut evidence = Evidence::new(2);
        for ratio in [f64::NEG_INFINITY, 0.0, f64::NEG_INFINITY, 0.0] {
            evidence.add(&[0.0, 1.0], &[ratio, 0.0]);
        }
        assert!((evidence.estimate().0 - 0.5_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn too_few_iterations_have_no_error() {
        let mut evidence = Evidence::new(2);
        assert!(evidence.estimate().0.is_nan());
        evidence.add(&[0.0, 1.0], &[-3.0, -3.0]);
        let (value, error) = evidence.estimate();
        assert!((value + 3.0).abs() < 1e-12 && error.is_nan());
    }
}
