use ppl_density::Fault;

use super::*;
use crate::moves::Coordinates;
use crate::rng::uniform;

/// N(mean, A Aᵀ) given the inverse of A.
#[derive(Clone)]
struct Affine {
    inverse: [[f64; 2]; 2],
    shift: [f64; 2],
}

impl LogDensity for Affine {
    fn dim(&self) -> usize {
        2
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        let x = [q[0] - self.shift[0], q[1] - self.shift[1]];
        let row = |r: [f64; 2]| r[0] * x[0] + r[1] * x[1];
        let [a, b] = self.inverse.map(row);
        Ok(-0.5 * (a * a + b * b) - 0.1 * a.powi(4))
    }
    fn log_density_and_gradient(&mut self, _: &[f64], _: &mut [f64]) -> Result<f64, Fault> {
        Err(Fault::Fatal("no gradient".to_string()))
    }
}

/// The moves that do not see a change of coordinates; the estimate of the last only not a triangular one.
const AFFINE: [Move; 7] = [
    Move::STRETCH,
    Move::Differential,
    Move::WALK,
    Move::Walk { walkers: Some(4) },
    Move::Side,
    Move::Slice,
    Move::Kde,
];

const PLAIN: Affine = Affine { inverse: [[1.0, 0.0], [0.0, 1.0]], shift: [0.0, 0.0] };

fn walkers(target: &mut Target<Affine>, kind: Move, map: impl Fn(f64, f64) -> [f64; 2]) -> Walkers {
    let mut rng = Streams::new(5, 5).open(Purpose::Init, 0);
    let mut draw = || 4.0 * uniform(&mut rng) - 2.0;
    let positions = (0..20).flat_map(|_| map(draw(), draw())).collect();
    Walkers::at(positions, 2, vec![(kind, 1.0)], target).unwrap()
}

/// Which walkers accepted, iteration after iteration.
fn acceptances(density: Affine, kind: Move, iterations: usize, map: impl Fn(f64, f64) -> [f64; 2]) -> Vec<bool> {
    let mut target = Target::new(density);
    let mut walkers = walkers(&mut target, kind, map);
    let mut all = Vec::new();
    for iteration in 0..iterations {
        walkers.step(&mut target, &Streams::new(1, 1), iteration).unwrap();
        all.extend(walkers.state.stats.iter().map(|stats| stats.accepted));
    }
    all
}

#[test]
fn a_stretched_target_is_sampled_by_the_same_decisions() {
    for kind in AFFINE {
        // Powers of two change no digit.
        let stretched = Affine { inverse: [[1.0 / 128.0, 0.0], [0.0, 64.0]], shift: [0.0; 2] };
        let plain = acceptances(PLAIN, kind, 200, |a, b| [a, b]);
        let map = |a: f64, b: f64| [128.0 * a, b / 64.0];
        assert_eq!(plain, acceptances(stretched, kind, 200, map), "{kind:?}");
        let rate = plain.iter().filter(|a| **a).count() as f64 / plain.len() as f64;
        let rates = if kind == Move::Slice { 1.0..=1.0 } else { 0.1..=0.95 };
        assert!(rates.contains(&rate), "{kind:?} accepts {rate}");
    }
}

#[test]
fn a_sheared_target_is_sampled_by_the_same_decisions() {
    for kind in AFFINE {
        // A = [[100, 0], [3, 0.02]]; rounding grows from move to move, so the paths part in the end.
        let sheared = Affine { inverse: [[0.01, 0.0], [-1.5, 50.0]], shift: [7.0, -3.0] };
        let plain = acceptances(PLAIN, kind, 20, |a, b| [a, b]);
        let map = |a: f64, b: f64| [7.0 + 100.0 * a, -3.0 + 3.0 * a + 0.02 * b];
        assert_eq!(plain, acceptances(sheared, kind, 20, map), "{kind:?}");
    }
}

#[test]
fn snooker_is_invariant_under_scaling() {
    let scaled = Affine { inverse: [[0.25, 0.0], [0.0, 0.25]], shift: [0.0; 2] };
    let plain = acceptances(PLAIN, Move::Snooker, 200, |a, b| [a, b]);
    let map = |a: f64, b: f64| [4.0 * a, 4.0 * b];
    assert_eq!(plain, acceptances(scaled, Move::Snooker, 200, map));
}

#[test]
fn the_walk_move_has_the_covariance_of_the_others() {
    let mut target = Target::new(PLAIN);
    let mut walkers = walkers(&mut target, Move::WALK, |a, b| [a, a + 0.5 * b]);
    walkers.order.extend(0..20);
    let others = Complement::new(&walkers.state.positions, 2, &walkers.order, 2, 0);
    let n = others.len() as f64;
    let moment = |f: &dyn Fn(&[f64]) -> f64| (0..others.len()).map(|i| f(others.walker(i))).sum::<f64>();
    let (x, y) = (moment(&|w| w[0]) / n, moment(&|w| w[1]) / n);
    let expected = moment(&|w| (w[0] - x) * (w[1] - y)) / (n - 1.0);
    let mut rng = Streams::new(1, 1).open(Purpose::Proposal, 0);
    for chosen in [others.len(), 4] {
        let (mut sum, mut q) = (0.0, [0.0; 2]);
        for _ in 0..20_000 {
            walk::propose(&[100.0, 200.0], &others, chosen, &mut rng, &mut q);
            sum += (q[0] - 100.0) * (q[1] - 200.0);
        }
        assert!((sum / 20_000.0 - expected).abs() < 0.05 * expected, "{sum} {expected}");
    }
}

#[test]
fn walkers_on_a_line_are_refused() {
    let line: Vec<f64> = (0..20).flat_map(|i| [f64::from(i), 2.0 * f64::from(i)]).collect();
    assert!(matches!(check_spread(&line, 2), Err(ChainError::DegenerateWalkers { dim: 2, .. })));
    let stuck: Vec<f64> = (0..20).flat_map(|i| [f64::from(i), 1.0]).collect();
    assert!(check_spread(&stuck, 2).is_err());
    let spread: Vec<f64> = (0..20).flat_map(|i| [f64::from(i), 1e6 * f64::from(i * i)]).collect();
    assert!(check_spread(&spread, 2).is_ok());
}

#[test]
fn the_slice_settles_where_it_expands_as_often_as_it_contracts() {
    // Walkers of a narrow target that start far apart.
    let narrow = Affine { inverse: [[1000.0, 0.0], [0.0, 1.0]], shift: [0.0; 2] };
    let mut target = Target::new(narrow);
    let mut walkers = walkers(&mut target, Move::Slice, |a, b| [a, b]);
    let streams = Streams::new(1, 1);
    for iteration in 0..2000 {
        walkers.step(&mut target, &streams, iteration).unwrap();
        Kernel::<Affine>::adapt(&mut walkers, &mut target, &streams, iteration).unwrap();
    }
    let (mut expansions, mut contractions) = (0, 0);
    for iteration in 2000..3000 {
        walkers.step(&mut target, &streams, iteration).unwrap();
        expansions += walkers.state.expansions;
        contractions += walkers.state.contractions;
    }
    let share = expansions as f64 / (expansions + contractions) as f64;
    assert!((share - 0.5).abs() < 0.03, "{share} of the steps are outwards");
    assert_eq!(Kernel::<Affine>::adapted(&walkers).step_size, walkers.state.length.scale);
}

#[test]
fn a_gaussian_step_changes_the_coordinates_it_is_told_to() {
    let mut rng = Streams::new(1, 1).open(Purpose::Proposal, 0);
    let mut changed = |coordinates, iteration| {
        let mut q = [0.0; 3];
        gaussian::propose(&[1.0; 3], (0.5, 2.0), (coordinates, iteration), &mut rng, &mut q);
        q.map(|q| q != 1.0)
    };
    assert_eq!(changed(Coordinates::Together, 0), [true; 3]);
    assert_eq!(changed(Coordinates::Sequential, 4), [false, true, false]);
    assert_eq!(changed(Coordinates::Random, 0).iter().filter(|changed| **changed).count(), 1);
}
