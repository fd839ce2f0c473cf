//! Every move leaves the joint distribution of parameters and data alone, and mistakes would be seen.

use super::*;
use crate::moves::Coordinates;
use crate::testing::{Joint, Posterior, banana, beta_binomial, log_gamma, normal_means};

const WALKERS: usize = 12;
const STEPS: usize = 12;

fn moves() -> Vec<Move> {
    let gaussian = |coordinates| Move::Gaussian { scale: 0.7, spread: 2.0, coordinates };
    vec![
        Move::STRETCH,
        Move::Stretch { largest: 3.0 },
        Move::WALK,
        Move::Walk { walkers: Some(3) },
        Move::Differential,
        Move::Snooker,
        Move::Side,
        Move::Kde,
        Move::Slice,
        gaussian(Coordinates::Together),
        gaussian(Coordinates::Random),
        gaussian(Coordinates::Sequential),
    ]
}

fn moved(moves: &[(Move, f64)], density: &Posterior, positions: Vec<f64>, streams: &Streams) -> Vec<f64> {
    let mut target = Target::new(density.clone());
    let mut walkers = Walkers::at(positions, density.dim(), moves.to_vec(), &mut target).unwrap();
    (0..STEPS).for_each(|iteration| walkers.step(&mut target, streams, iteration).unwrap());
    walkers.state.positions
}

#[test]
fn every_move_is_invariant() {
    let joints: [(&str, Joint<Posterior>); 4] =
        [("normal", normal_means()), ("bounded", beta_binomial()), ("skewed", log_gamma()), ("banana", banana())];
    for (name, joint) in joints {
        for kind in moves() {
            let transition =
                |density: &Posterior, positions, streams: &Streams| moved(&[(kind, 1.0)], density, positions, streams);
            joint.assert_invariant(&format!("{kind} on {name}"), (400, WALKERS), transition);
        }
    }
}

#[test]
fn a_mixture_of_all_moves_is_invariant() {
    let mixture: Vec<(Move, f64)> = moves().into_iter().map(|kind| (kind, 1.0)).collect();
    let transition = |density: &Posterior, positions, streams: &Streams| moved(&mixture, density, positions, streams);
    normal_means().assert_invariant("mixture", (2000, WALKERS), transition);
}

/// The steps of `kind` with its log Hastings factor replaced by what `factor` makes of it.
fn tampered(
    kind: Move,
    factor: fn(f64) -> f64,
    density: &Posterior,
    positions: Vec<f64>,
    streams: &Streams,
) -> Vec<f64> {
    let mut target = Target::new(density.clone());
    let mut walkers = Walkers::at(positions, density.dim(), vec![(kind, 1.0)], &mut target).unwrap();
    let dim = walkers.dim;
    walkers.order.extend(0..WALKERS);
    for iteration in 0..STEPS * kind.groups() {
        let moving = iteration % kind.groups();
        let State { positions, stats, .. } = &walkers.state;
        let others = Complement::new(positions, dim, &walkers.order, kind.groups(), moving);
        let members = &walkers.order[complement::members(moving, kind.groups(), WALKERS)];
        let movers = members.iter().map(|walker| &positions[walker * dim..(walker + 1) * dim]);
        walkers.estimate.fit(&others, movers, dim);
        let estimate = &walkers.estimate;
        let group = Group { kind, iteration, members, positions, stats, others, estimate, scale: 1.0 };
        let mut rng = streams.open(Purpose::Proposal, iteration);
        walkers.steps.proposals.resize(members.len() * dim, 0.0);
        group.metropolis(&mut target, &mut rng, &mut walkers.steps, factor).unwrap();
        walkers.settle((kind, moving));
    }
    walkers.state.positions
}

#[test]
fn a_missing_hastings_factor_is_seen() {
    for kind in [Move::STRETCH, Move::Snooker, Move::Kde] {
        let joint = normal_means();
        joint.assert_invariant(&format!("untouched {kind}"), (400, WALKERS), |density, positions, streams| {
            tampered(kind, |factor| factor, density, positions, streams)
        });
        joint.assert_caught(&format!("{kind} without its factor"), (400, WALKERS), |density, positions, streams| {
            tampered(kind, |_| 0.0, density, positions, streams)
        });
    }
}

#[test]
fn a_wrong_power_of_the_stretch_is_seen() {
    // d in place of d − 1.
    normal_means().assert_caught("a power too many", (400, WALKERS), |density, positions, streams| {
        tampered(Move::STRETCH, |factor| 1.5 * factor, density, positions, streams)
    });
}
