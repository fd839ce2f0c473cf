//! The engine's draws, through files and beside them.

use super::*;
use ppl_density::{Fault, LogDensity};
use ppl_engine::{Positions, Starts, sample, sample_to_memory};
use std::sync::atomic::AtomicBool;

#[derive(Clone)]
struct Normal;

impl LogDensity for Normal {
    fn dim(&self) -> usize {
        5
    }
    fn log_density(&mut self, position: &[f64]) -> Result<f64, Fault> {
        Ok(position.iter().map(|x| -0.5 * x * x).sum())
    }
    fn log_density_and_gradient(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        gradient.iter_mut().zip(position).for_each(|(slope, x)| *slope = -x);
        self.log_density(position)
    }
}

#[test]
fn draws_from_the_folder_are_those_from_memory_for_every_sampler() {
    for base in [settings(), metropolis(), ensemble(12)] {
        let settings = Settings { warmup: 60, draws: 30, save_warmup: true, ..base };
        let (_scratch, path) = scratch();
        let mut folder = RunFolder::create(&path, &info(settings.clone())).unwrap();
        let (output, starts, stop) = (Positions { dim: 5 }, Starts::default(), AtomicBool::new(false));
        let sinks = folder.sinks().unwrap();
        let ends = sample(&Normal, &output, &settings, &starts, sinks, &(), &stop).unwrap();
        folder.finish(&ends, None).unwrap();
        let run = RunFolder::open(&path).unwrap();
        assert_eq!(run.record.state, State::Finished);
        let memory = sample_to_memory(&Normal, &output, &settings, &starts).unwrap();
        let walkers = run.record.walkers;
        for (chain, warmup) in run.draws.chains.iter().zip(&run.warmup.chains) {
            let expected = &memory[chain.id as usize - 1];
            assert_eq!((chain.len(), warmup.len()), (30, 60));
            for draw in 0..30 {
                assert_eq!(chain.row(draw), expected.draws.row(draw * walkers + chain.walker));
                assert_eq!(warmup.row(draw), expected.warmup.row(draw * walkers + chain.walker));
            }
        }
    }
}
