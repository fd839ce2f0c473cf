use ppl_density::Fault;

use super::*;

/// A normal with standard deviations 10 and 0.1 and correlation 0.9; a Cauchy in its first coordinate if `heavy`.
#[derive(Clone)]
struct Tilted {
    heavy: bool,
}

impl LogDensity for Tilted {
    fn dim(&self) -> usize {
        2
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        let (x, y) = (q[0] / 10.0, q[1] / 0.1);
        Ok(match self.heavy {
            true => -(1.0 + x * x).ln() - (1.0 + y * y).ln(),
            false => -0.5 * (x * x - 1.8 * x * y + y * y) / 0.19,
        })
    }
    fn log_density_and_gradient(&mut self, _: &[f64], _: &mut [f64]) -> Result<f64, Fault> {
        Err(Fault::Fatal("no gradient".to_string()))
    }
    fn has_gradient(&self) -> bool {
        false
    }
}

/// A walk after 20,000 steps of warm-up, and the mean acceptance statistic of 10,000 more.
fn adapted(heavy: bool, metropolis: Metropolis) -> (RandomWalk, f64) {
    let mut target = Target::new(Tilted { heavy });
    let streams = Streams::new(1, 1);
    let mut walk = RandomWalk::start(&metropolis, &mut target, &streams, &[None; 2], 2.0).unwrap();
    for iteration in 0..20_000 {
        walk.step(&mut target, &streams, iteration).unwrap();
        Kernel::<Tilted>::adapt(&mut walk, &mut target, &streams, iteration).unwrap();
    }
    let accepts = (20_000..30_000).map(|iteration| {
        walk.step(&mut target, &streams, iteration).unwrap();
        walk.place.stats.accept
    });
    let rate = accepts.sum::<f64>() / 10_000.0;
    (walk, rate)
}

fn updates(updates: &[UpdateKind]) -> Metropolis {
    Metropolis { updates: updates.iter().map(|kind| (*kind, 1.0)).collect(), ..Metropolis::default() }
}

#[test]
fn the_proposal_takes_the_shape_of_the_target_and_the_wanted_rate() {
    let wanted_0_4 = Metropolis { target_accept: Some(0.4), ..Metropolis::default() };
    for (metropolis, wanted) in [(Metropolis::default(), 0.234), (wanted_0_4, 0.4)] {
        let (walk, rate) = adapted(false, metropolis);
        assert!((rate - wanted).abs() < 0.04, "accepts {rate}, wanted {wanted}");
        let InverseMetric::Dense(covariance, 2) = Kernel::<Tilted>::adapted(&walk).inverse_metric else {
            panic!("a joint walk has a covariance")
        };
        let correlation = covariance[1] / (covariance[0] * covariance[3]).sqrt();
        let ratio = (covariance[0] / covariance[3]).sqrt();
        assert!((correlation - 0.9).abs() < 0.08, "correlation {correlation}");
        assert!((ratio / 100.0).ln().abs() < 0.3, "ratio of scales {ratio}");
    }
}

#[test]
fn every_coordinate_takes_its_scale_and_accepts_at_0_44() {
    let (walk, rate) = adapted(false, updates(&[UpdateKind::Componentwise]));
    assert!((rate - 0.44).abs() < 0.03, "accepts {rate}");
    let scales = Kernel::<Tilted>::adapted(&walk).inverse_metric.diagonal();
    let ratio = (scales[0] / scales[1]).sqrt();
    assert!((ratio / 100.0).ln().abs() < 0.3, "ratio of scales {ratio}");
}

#[test]
fn a_target_without_moments_is_adapted_to() {
    let (_, rate) = adapted(true, Metropolis::default());
    assert!((rate - 0.234).abs() < 0.05, "accepts {rate}");
}

#[test]
fn a_second_try_moves_more_often() {
    let moved = |delayed_rejection| {
        let mut target = Target::new(Tilted { heavy: false });
        let metropolis = Metropolis { delayed_rejection, ..Metropolis::default() };
        let streams = Streams::new(1, 1);
        let mut walk = RandomWalk::start(&metropolis, &mut target, &streams, &[None; 2], 2.0).unwrap();
        let steps = (0..2000).filter(|&iteration| {
            walk.step(&mut target, &streams, iteration).unwrap();
            walk.place.stats.accepted
        });
        steps.count()
    };
    assert!(moved(Some(0.1)) > 3 * moved(None), "{} {}", moved(Some(0.1)), moved(None));
}

#[test]
fn updates_are_drawn_by_weight_or_made_in_turn() {
    let both = updates(&[UpdateKind::Joint, UpdateKind::Componentwise]);
    let made = |metropolis: &Metropolis| {
        let mut target = Target::new(Tilted { heavy: false });
        let streams = Streams::new(1, 1);
        let mut walk = RandomWalk::start(metropolis, &mut target, &streams, &[None; 2], 2.0).unwrap();
        let mut counts = [0_usize; 2];
        for iteration in 0..1000 {
            walk.step(&mut target, &streams, iteration).unwrap();
            (walk.made.0..walk.made.1).for_each(|at| counts[at] += 1);
        }
        counts
    };
    let [joint, single] = made(&both);
    assert!(joint + single == 1000 && joint.abs_diff(500) < 70, "{joint}");
    assert_eq!(made(&Metropolis { scan: Scan::Systematic, ..both }), [1000, 1000]);
}
