//! Every update leaves the joint distribution of parameters and data alone, and mistakes would be seen.

use super::joint::Tries;
use super::*;
use crate::testing::{Joint as Proof, Posterior, banana, beta_binomial, log_gamma, normal_means};

const STEPS: usize = 12;

fn walks() -> [(&'static str, Metropolis); 5] {
    let metropolis = Metropolis::default();
    let single = vec![(UpdateKind::Componentwise, 1.0)];
    let both = vec![(UpdateKind::Joint, 1.0), (UpdateKind::Componentwise, 2.0)];
    [
        ("joint", metropolis.clone()),
        ("delayed rejection", Metropolis { delayed_rejection: Some(0.3), ..metropolis.clone() }),
        ("componentwise", Metropolis { updates: single, ..metropolis.clone() }),
        ("mixture", Metropolis { updates: both.clone(), ..metropolis.clone() }),
        ("in turn", Metropolis { updates: both, scan: Scan::Systematic, ..metropolis }),
    ]
}

#[test]
fn every_update_is_invariant() {
    let joints: [(&str, Proof<Posterior>); 4] =
        [("normal", normal_means()), ("bounded", beta_binomial()), ("skewed", log_gamma()), ("banana", banana())];
    for (name, joint) in joints {
        for (walk, metropolis) in walks() {
            joint.assert_invariant(&format!("{walk} on {name}"), (4000, 1), |density, position, streams| {
                let mut target = Target::new(density.clone());
                let mut walk = RandomWalk::at(&metropolis, &mut target, position).unwrap();
                (0..STEPS).for_each(|iteration| walk.step(&mut target, streams, iteration).unwrap());
                walk.place.position
            });
        }
    }
}

/// Steps of delayed rejection in which the second try is accepted with the probability `judge` says.
fn tampered(judge: impl Fn(&Tries) -> f64, density: &Posterior, position: Vec<f64>, streams: &Streams) -> Vec<f64> {
    let mut target = Target::new(density.clone());
    let log_density = target.log_density(&position).unwrap();
    let mut place = Place { stats: Stats { log_density, ..Stats::default() }, position };
    let mut joint = Joint::new(place.position.len(), None, Some(0.5));
    for iteration in 0..STEPS {
        let mut rng = streams.open(Purpose::Proposal, iteration);
        joint.attempt(&mut place, &mut target, &mut rng, &judge).unwrap();
    }
    place.position
}

#[test]
fn a_second_try_without_its_correction_is_seen() {
    let joint = log_gamma();
    joint.assert_invariant("the two-stage ratio", (100_000, 1), |density, position, streams| {
        tampered(Tries::accept, density, position, streams)
    });
    joint.assert_caught("a plain ratio", (100_000, 1), |density, position, streams| {
        tampered(|tries| (tries.second - tries.current).exp().min(1.0), density, position, streams)
    });
    joint.assert_caught("a way back that need not be rejected first", (100_000, 1), |density, position, streams| {
        let forward = |tries: &Tries| (1.0 - (tries.first - tries.current).exp()).max(f64::MIN_POSITIVE);
        tampered(
            |tries| ((tries.second - tries.current + tries.shift).exp() / forward(tries)).min(1.0),
            density,
            position,
            streams,
        )
    });
}
