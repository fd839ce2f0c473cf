//! Stopwatches.

use std::hint::black_box;
use std::time::Instant;

/// Seconds that evaluating takes where nobody says how often.
const EVALUATING: f64 = 0.7;
/// Samples into which evaluations are split.
const SAMPLES: usize = 101;
/// Passes over a plan, line by line, at most.
const PLAN_RUNS: usize = 200;

/// The time between one event and the next.
pub struct Laps {
    start: Instant,
    last: Instant,
    /// Names with milliseconds.
    pub laps: Vec<(&'static str, f64)>,
}

impl Laps {
    /// Starts now.
    pub fn start() -> Self {
        let now = Instant::now();
        Laps { start: now, last: now, laps: Vec::new() }
    }

    /// Ends a lap and begins the next.
    pub fn end(&mut self, name: &'static str) {
        let now = Instant::now();
        self.laps.push((name, 1e3 * (now - self.last).as_secs_f64()));
        self.last = now;
    }

    /// Milliseconds from the start to the end of the last lap.
    pub fn total(&self) -> f64 {
        1e3 * (self.last - self.start).as_secs_f64()
    }
}

/// Microseconds of one evaluation, over samples of several.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// The fastest sample.
    pub min: f64,
    /// The sample in the middle.
    pub median: f64,
}

/// How many evaluations take about [`EVALUATING`].
pub fn evaluations(evaluate: &mut impl FnMut() -> f64) -> usize {
    let mut calls = 1;
    loop {
        let seconds = seconds_of(calls, evaluate);
        if seconds > 0.02 * EVALUATING {
            return ((EVALUATING / seconds * calls as f64) as usize).max(1);
        }
        calls *= 2;
    }
}

/// The time of one evaluation, from so many of them.
pub fn times(evals: usize, evaluate: &mut impl FnMut() -> f64) -> Times {
    let samples = evals.clamp(1, SAMPLES);
    let calls = evals.div_ceil(samples);
    let mut times: Vec<f64> = (0..samples).map(|_| 1e6 * seconds_of(calls, evaluate) / calls as f64).collect();
    times.sort_by(f64::total_cmp);
    Times { min: times[0], median: times[samples / 2] }
}

fn seconds_of(calls: usize, evaluate: &mut impl FnMut() -> f64) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(evaluate());
    }
    start.elapsed().as_secs_f64()
}

/// The lines of a plan with their nanoseconds, from several runs; `run` gives the lines of one, by a clock.
pub fn plan(evals: usize, mut run: impl FnMut(&mut dyn FnMut() -> f64) -> Vec<(String, f64)>) -> Vec<(String, f64)> {
    let mut clock = honest_clock();
    let runs: Vec<_> = (0..evals.clamp(1, PLAN_RUNS)).map(|_| run(&mut clock)).collect();
    let times = |line: usize| runs.iter().map(|run| run[line].1).collect();
    let lines = runs[0].iter().enumerate();
    lines.map(|(line, (text, _))| (text.clone(), undisturbed(times(line)))).collect()
}

/// The mean of the faster half: the clock is too coarse for the least, and the slower half were disturbed.
fn undisturbed(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.truncate(times.len().div_ceil(2));
    (times.iter().sum::<f64>() / times.len() as f64).max(0.0)
}

/// Nanoseconds without those that reading the clock takes: an instruction on a block may take no longer.
fn honest_clock() -> impl FnMut() -> f64 {
    let start = Instant::now();
    let now = move || 1e9 * start.elapsed().as_secs_f64();
    let cost = (0..1000).map(|_| -now() + now()).fold(f64::INFINITY, f64::min);
    let mut readings = 0.0;
    move || {
        readings += 1.0;
        now() - cost * readings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slower_half_does_not_count() {
        assert_eq!(undisturbed(vec![100.0, 2.0, 1.0, 3.0]), 1.5);
        assert_eq!(undisturbed(vec![-1.0]), 0.0);
    }

    #[test]
    fn every_evaluation_is_made() {
        let mut calls = 0;
        times(250, &mut || {
            calls += 1;
            0.0
        });
        assert!((250..=350).contains(&calls), "{calls}");
    }
}
