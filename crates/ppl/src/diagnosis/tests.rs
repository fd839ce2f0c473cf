//! Runs that went badly, and what is found in their folders.

use std::fs;
use std::path::PathBuf;

use ppl_store::Phase;

use super::*;
use crate::{Control, Stop};

/// Positions beyond the data are impossible, and below −1 the scale is no number.
const EDGES: &str = "dim obs\na ~ normal(0, 3)\nb ~ normal(0, 1)\ndata y[obs] ~ uniform(-3, a)\n\
                     data z[obs] ~ normal(0, sqrt(b + 1))\n";

struct Sampled {
    scratch: tempfile::TempDir,
    run: PathBuf,
    diagnosis: Diagnosis,
}

impl Sampled {
    fn data(&self) -> PathBuf {
        self.scratch.path().join("data.json")
    }
}

fn sampled(settings: &Settings) -> Sampled {
    let scratch = tempfile::tempdir().unwrap();
    let (data, run) = (scratch.path().join("data.json"), scratch.path().join("run"));
    fs::write(&data, "{\"y\": [0.5, 1.0, 1.4, -2], \"z\": [0.1, 0.2, -0.3, 0.4]}").unwrap();
    let program = Model::parse("edges.model", EDGES).bind(&Data::new().file(None, &data)).unwrap();
    let stop = Stop::new();
    program.sample_into(&run, settings, &program.starts(None).unwrap(), &Control::new(&(), &stop)).unwrap();
    let diagnosis = Diagnosis::open(&run).unwrap();
    Sampled { scratch, run, diagnosis }
}

#[test]
fn divergences_and_faults_name_their_statements_and_points() {
    let settings = Settings { chains: 2, warmup: 200, draws: 400, ..Settings::default() };
    let Sampled { diagnosis, .. } = sampled(&settings);
    assert!(!diagnosis.passed());
    let contrast = diagnosis.contrast.unwrap();
    assert_eq!(contrast.culprits[0].0, "y (4:6)");
    assert_eq!(diagnosis.places.of_term("y (4:6)").unwrap().text, "data y[obs] ~ uniform(-3, a)");
    let endless = diagnosis.faults.iter().find(|fault| fault.kind == ppl_store::FaultName::MinusInfinity).unwrap();
    assert_eq!(endless.chains.iter().map(|(chain, _)| *chain).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(endless.count, endless.chains.iter().map(|(_, count)| count).sum::<u64>());
    assert!(endless.statements.iter().any(|culprit| culprit.statement == "y (4:6)" && culprit.element.is_some()));
    let names: Vec<&str> = endless.point.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn a_run_that_was_killed_tells_what_its_checkpoint_knows() {
    let Sampled { scratch: _scratch, run, diagnosis } =
        sampled(&Settings { chains: 2, draws: 400, ..Settings::default() });
    // The record is again that of a run that is going on.
    RunFolder::reopen(&run).unwrap().go_on(400, &[]).unwrap();
    fs::remove_file(run.join("divergences.csv")).unwrap();
    let killed = Diagnosis::open(&run).unwrap();
    assert!(!killed.faults.is_empty() && killed.contrast.is_some());
    assert_eq!((&killed.faults, &killed.contrast), (&diagnosis.faults, &diagnosis.contrast));
    assert_eq!(killed.convergence.unjudged, diagnosis.convergence.unjudged);
    fs::write(run.join("checkpoint"), "torn").unwrap();
    assert_eq!(Diagnosis::open(&run).unwrap().faults, []);
}

#[test]
fn without_its_data_a_run_tells_what_cannot_be_told() {
    let settings = Settings { chains: 2, warmup: 100, draws: 200, ..Settings::default() };
    let sampled = sampled(&settings);
    assert_eq!(sampled.diagnosis.unavailable, None);
    fs::write(sampled.data(), "{\"y\": [0.5], \"z\": [0.1]}").unwrap();
    let diagnosis = Diagnosis::open(&sampled.run).unwrap();
    let why = diagnosis.unavailable.clone().unwrap();
    assert!(why.ends_with("data.json` has changed since"), "{why}");
    assert_eq!(diagnosis.contrast, None);
    assert_eq!(diagnosis.faults[0].point[0].0, "u[1]");
    assert_eq!(diagnosis.convergence, sampled.diagnosis.convergence);
}

#[test]
fn an_ensemble_tells_of_holes_without_trajectories() {
    let sampler = crate::Sampler::Ensemble(crate::Ensemble::default());
    let settings = Settings { sampler, chains: 2, warmup: 100, draws: 200, ..Settings::default() };
    let Sampled { diagnosis, .. } = sampled(&settings);
    assert!(diagnosis.convergence.unjudged_are_many() && diagnosis.contrast.is_none());
    let hole = diagnosis.faults.iter().find(|fault| fault.reason == "z (5:6) is not a number").unwrap();
    assert!(hole.phase != Phase::Sampling && hole.sampling > 0);
}
