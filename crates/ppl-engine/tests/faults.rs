//! Densities, outputs and sinks that fail: nothing hangs, no chain takes others with it, and every reason is told.

mod common;

use std::sync::atomic::AtomicBool;

use common::settings;
use ppl_density::{Fault, LogDensity};
use ppl_engine::*;

/// What a density does now and then.
#[derive(Clone, Copy, Debug)]
enum Misdeed {
    Nan,
    Outside,
    Improper,
    Reject,
    Fatal,
    Panic,
    NanGradient,
}

/// Two normals, with a misdeed at about one in a thousand positions.
#[derive(Clone)]
struct Faulty {
    misdeed: Misdeed,
}

impl LogDensity for Faulty {
    fn dim(&self) -> usize {
        2
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        let value = -0.5 * (q[0] * q[0] + q[1] * q[1]);
        // A function of the position alone, as a density must be.
        match q[0].to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54 {
            0 => self.misdeed.commit(value),
            _ => Ok(value),
        }
    }
    fn log_density_and_gradient(&mut self, q: &[f64], g: &mut [f64]) -> Result<f64, Fault> {
        let value = self.log_density(q);
        let spoilt = matches!(self.misdeed, Misdeed::NanGradient) && value == Ok(-1e-300);
        g[0] = if spoilt { f64::NAN } else { -q[0] };
        g[1] = -q[1];
        value
    }
}

impl Misdeed {
    fn commit(self, value: f64) -> Result<f64, Fault> {
        match self {
            Misdeed::Nan => Ok(f64::NAN),
            Misdeed::Outside => Ok(f64::NEG_INFINITY),
            Misdeed::Improper => Ok(f64::INFINITY),
            Misdeed::Reject => Err(Fault::Reject("not this one".to_string())),
            Misdeed::Fatal => Err(Fault::Fatal("no more".to_string())),
            Misdeed::Panic => panic!("index out of bounds at {value}"),
            Misdeed::NanGradient => Ok(-1e-300),
        }
    }
}

fn samplers() -> [Sampler; 3] {
    [Sampler::Nuts(Nuts::default()), Sampler::Ensemble(Ensemble::default()), Sampler::Metropolis(Metropolis::default())]
}

fn ends(density: &(impl LogDensity + Clone + Send), settings: &Settings) -> Result<Vec<ChainEnd>, Error> {
    let sinks = vec![MemorySink::default(); settings.chains];
    let output = Positions { dim: density.dim() };
    sample(density, &output, settings, &Starts::random(), sinks, &(), &AtomicBool::new(false))
}

#[test]
fn what_can_be_rejected_is_rejected_and_counted() {
    for misdeed in [Misdeed::Nan, Misdeed::Outside, Misdeed::Reject, Misdeed::NanGradient] {
        for sampler in samplers() {
            let is_nuts = matches!(sampler, Sampler::Nuts(_));
            for end in ends(&Faulty { misdeed }, &settings(sampler, 500, 3000)).unwrap() {
                assert_eq!(end.outcome, Outcome::Finished);
                let reasons: Vec<&str> = end.rejections.iter().map(|r| r.reason.as_str()).collect();
                match misdeed {
                    Misdeed::Nan => assert_eq!(reasons, ["the log density is NaN"]),
                    Misdeed::Reject => assert_eq!(reasons, ["not this one"]),
                    _ => assert!(reasons.is_empty()),
                }
                assert_eq!(end.divergences > 0, is_nuts, "{misdeed:?}");
            }
        }
    }
}

#[test]
fn what_is_fatal_ends_its_chain_with_the_position_and_keeps_the_draws() {
    let cases = [
        (Misdeed::Improper, "the log density is +∞, so it is improper"),
        (Misdeed::Fatal, "no more"),
        (Misdeed::Panic, "it panicked: index out of bounds at"),
    ];
    for (misdeed, reason) in cases {
        for sampler in samplers() {
            for seed in 0..3 {
                let settings = Settings { seed, ..settings(sampler.clone(), 0, 20_000) };
                let ends = match ends(&Faulty { misdeed }, &settings) {
                    Ok(ends) => ends,
                    Err(Error::Chain { source: ChainError::Fatal(_), .. }) => continue,
                    Err(other) => panic!("{other}"),
                };
                for end in ends {
                    let Outcome::Failed(ChainError::Fatal(fatal)) = &end.outcome else {
                        panic!("expected a fatal fault, got {:?}", end.outcome);
                    };
                    assert!(fatal.reason.starts_with(reason), "{}", fatal.reason);
                    assert_eq!(fatal.position.len(), 2);
                    assert_eq!(end.draws, end.iterations);
                }
            }
        }
    }
}

/// Fails at the first evaluation of all but one clone.
#[derive(Debug)]
struct Fragile {
    clones: std::cell::Cell<u32>,
    broken: bool,
}

impl Clone for Fragile {
    fn clone(&self) -> Self {
        self.clones.set(self.clones.get() + 1);
        Fragile { clones: std::cell::Cell::new(0), broken: self.clones.get() == 1 }
    }
}

impl LogDensity for Fragile {
    fn dim(&self) -> usize {
        1
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        if self.broken { Err(Fault::Fatal("broken".to_string())) } else { Ok(-0.5 * q[0] * q[0]) }
    }
    fn log_density_and_gradient(&mut self, q: &[f64], g: &mut [f64]) -> Result<f64, Fault> {
        g[0] = -q[0];
        self.log_density(q)
    }
}

#[test]
fn a_chain_that_fails_leaves_the_others_alone() {
    for sampler in samplers() {
        let fragile = Fragile { clones: std::cell::Cell::new(0), broken: false };
        let ends = ends(&fragile, &settings(sampler, 50, 50)).unwrap();
        assert!(matches!(&ends[0].outcome, Outcome::Failed(ChainError::Fatal(f)) if f.reason == "broken"));
        assert_eq!((&ends[1].outcome, ends[1].draws), (&Outcome::Finished, 50));
    }
}

/// A disk that is full after so many draws.
struct Disk {
    left: usize,
    finished: bool,
}

impl Sink for Disk {
    fn warmup_done(&mut self, _: &Adapted) -> Result<(), SinkError> {
        Ok(())
    }
    fn draw(&mut self, _: &Draw) -> Result<(), SinkError> {
        self.left = self.left.checked_sub(1).ok_or(SinkError { message: "disk full".to_string() })?;
        Ok(())
    }
    fn finish(&mut self, _: &ChainEnd) -> Result<(), SinkError> {
        self.finished = true;
        Ok(())
    }
}

#[test]
fn a_full_disk_stops_its_chain_alone() {
    let mut sinks = [Disk { left: 30, finished: false }, Disk { left: 1000, finished: false }];
    let settings = settings(Sampler::Nuts(Nuts::default()), 10, 100);
    let (output, stop) = (Positions { dim: 2 }, AtomicBool::new(false));
    let sinks_mut = sinks.iter_mut().collect();
    let target = common::normal(2);
    let ends = sample(&target, &output, &settings, &Starts::random(), sinks_mut, &(), &stop).unwrap();
    let Outcome::Failed(error) = &ends[0].outcome else { panic!("{:?}", ends[0].outcome) };
    let told = "draws cannot be stored: disk full";
    assert_eq!(error.to_string(), told);
    assert_eq!((ends[0].draws, ends[1].draws), (30, 100));
    assert!(sinks.iter().all(|sink| sink.finished));
}

/// Refuses negative positions, and panics beyond three.
#[derive(Clone)]
struct Picky;

impl Output for Picky {
    fn width(&self) -> usize {
        1
    }
    fn write(&mut self, q: &[f64], _: &mut dyn rand::Rng, row: &mut [f64]) -> Result<(), Fault> {
        assert!(q[0] < 2.5, "too far");
        if q[0] < 0.0 {
            return Err(Fault::Reject("negative".to_string()));
        }
        row[0] = q[0];
        Ok(())
    }
}

#[test]
fn an_output_may_fail_for_one_draw_or_for_good() {
    let settings = Settings { chains: 1, ..settings(Sampler::Nuts(Nuts::default()), 100, 10_000) };
    let target = common::normal(1);
    let chains = sample_to_memory(&target, &Picky, &settings, &Starts::random()).unwrap();
    let end = chains[0].end.as_ref().unwrap();
    let missing = chains[0].draws.column(0).iter().filter(|value| value.is_nan()).count();
    assert_eq!(end.rejections, [Rejection { reason: "negative".to_string(), count: missing as u64 }]);
    assert!(missing > end.draws / 4 && missing < end.draws);
    let Outcome::Failed(ChainError::Fatal(fatal)) = &end.outcome else { panic!("{:?}", end.outcome) };
    assert!(fatal.reason.contains("too far") && fatal.position[0] > 2.5);
}

#[test]
fn a_density_that_is_nowhere_finite_fails_at_the_start_with_the_reason() {
    for sampler in samplers() {
        let nowhere = common::Target { value: |_| f64::NEG_INFINITY, ..common::normal(2) };
        let Err(Error::Chain { chain: 1, source: ChainError::Initialisation(failure) }) =
            ends(&nowhere, &settings(sampler, 10, 10))
        else {
            panic!("expected no start");
        };
        assert_eq!(failure.minus_infinity, failure.attempts);
        assert!(failure.to_string().contains("the log density was −∞"), "{failure}");
    }
}

#[test]
fn a_flat_density_is_called_improper() {
    let slope = common::Target { dim: 1, value: |q| 1e-9 * q[0], gradient: |_, g| g[0] = 1e-9 };
    let failed = ends(&slope, &settings(Sampler::Nuts(Nuts::default()), 10, 10)).unwrap_err();
    assert!(failed.to_string().contains("improper"), "{failed}");
}

#[test]
fn a_gradient_that_lies_ends_in_a_message_not_in_a_hang() {
    let cliff = common::Target {
        dim: 1,
        value: |q| {
            if q[0] == q[0].trunc() { 0.0 } else { f64::NEG_INFINITY }
        },
        gradient: |_, g| g[0] = 1.0,
    };
    let starts = Starts::same(vec![Some(1.0)]);
    let settings = settings(Sampler::Nuts(Nuts::default()), 10, 10);
    let failed = sample_to_memory(&cliff, &Positions { dim: 1 }, &settings, &starts).unwrap_err();
    assert!(failed.to_string().contains("no step size works"), "{failed}");
}
