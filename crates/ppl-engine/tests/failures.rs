//! Chains, outputs and sinks that fail, and densities that cannot be sampled: no chain takes others with it, and the
//! reason is told.

mod common;

use std::sync::atomic::AtomicBool;

use common::{ends, samplers, settings};
use ppl_density::{Fault, LogDensity};
use ppl_engine::*;

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
    let [negative, too_far] = &end.faults[..] else { panic!("{:?}", end.faults) };
    assert_eq!(negative.kind, FaultKind::Output("negative".to_string()));
    assert_eq!((negative.sampling, too_far.count), (missing as u64, 1));
    assert!(negative.first.position[0] < 0.0 && matches!(negative.first.moment, Moment::Sampling(_)));
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
    let flat = common::Target { dim: 1, value: |_| 0.0, gradient: |_, g| g[0] = 0.0 };
    let failed = ends(&flat, &settings(Sampler::Nuts(Nuts::default()), 10, 10)).unwrap_err();
    assert!(failed.to_string().contains("the same everywhere is improper"), "{failed}");
}

#[test]
fn positions_of_another_length_are_told_in_words() {
    let settings = settings(Sampler::Nuts(Nuts::default()), 10, 10);
    let failed = sample_to_memory(&common::normal(2), &Positions { dim: 3 }, &settings, &Starts::random()).unwrap_err();
    assert!(failed.to_string().contains("made for 3 dimensions and the log density has 2"), "{failed}");
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
