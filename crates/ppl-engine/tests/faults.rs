//! Densities with faults, injected now and then or in a whole region: nothing hangs, every chain ends as it should, and
//! each fault is told with its first position and the statement to blame.

mod common;

use common::{ends, samplers, settings};
use ppl_density::{Fault, LogDensity, Slope, Term};
use ppl_engine::*;

/// What a density does where it is faulty.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Misdeed {
    Nan,
    Outside,
    Reject,
    NanGradient,
    EndlessGradient,
    ZeroGradient,
    Improper,
    Fatal,
    Panic,
}

/// Where it is faulty; a function of the position alone, as a density must be.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// At about one in a thousand positions.
    NowAndThen,
    /// Beyond one and a half standard deviations.
    Tail,
}

/// Normals, one of them faulty.
#[derive(Clone, Copy, Debug)]
struct Faulty {
    dim: usize,
    place: Place,
    misdeed: Misdeed,
}

impl Faulty {
    fn strikes(&self, q: &[f64]) -> bool {
        match self.place {
            Place::NowAndThen => q[0].to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54 == 0,
            Place::Tail => q[0] > 1.5,
        }
    }
}

impl LogDensity for Faulty {
    fn dim(&self) -> usize {
        self.dim
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        let value = -0.5 * q.iter().map(|x| x * x).sum::<f64>();
        match self.strikes(q) {
            true => self.misdeed.commit(value),
            false => Ok(value),
        }
    }
    fn log_density_and_gradient(&mut self, q: &[f64], g: &mut [f64]) -> Result<f64, Fault> {
        g.iter_mut().zip(q).for_each(|(g, x)| *g = -x);
        match self.misdeed {
            Misdeed::NanGradient if self.strikes(q) => g[0] = f64::NAN,
            Misdeed::EndlessGradient if self.strikes(q) => g[0] = f64::NEG_INFINITY,
            Misdeed::ZeroGradient if self.strikes(q) => g.fill(0.0),
            _ => {}
        }
        self.log_density(q)
    }
    fn terms(&mut self, q: &[f64]) -> Vec<Term> {
        let term = |name: &str, value| Term { name: name.to_string(), value, example: None };
        let value = self.log_density(q).unwrap_or(f64::NAN);
        vec![term("x (1:1)", -1.0), term("y (2:1)", value)]
    }
    fn slopes(&mut self, q: &[f64]) -> Vec<Slope> {
        let mut gradient = vec![0.0; self.dim];
        self.log_density_and_gradient(q, &mut gradient).unwrap_or_default();
        match gradient[0].is_finite() {
            true => Vec::new(),
            false => vec![Slope { name: "z (3:1)".to_string(), coordinate: 0, unknown: None, value: gradient[0] }],
        }
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
            Misdeed::NanGradient | Misdeed::EndlessGradient | Misdeed::ZeroGradient => Ok(value),
        }
    }

    /// What a chain notes of it; nothing where it does no harm to this sampler.
    fn kind(self, sampler: &Sampler) -> Option<FaultKind> {
        match self {
            Misdeed::Nan => Some(FaultKind::Nan),
            Misdeed::Outside => Some(FaultKind::MinusInfinity),
            Misdeed::Reject => Some(FaultKind::Rejected("not this one".to_string())),
            Misdeed::NanGradient | Misdeed::EndlessGradient if matches!(sampler, Sampler::Nuts(_)) => {
                Some(FaultKind::Gradient)
            }
            _ => None,
        }
    }
}

const HARMLESS: [Misdeed; 6] = [
    Misdeed::Nan,
    Misdeed::Outside,
    Misdeed::Reject,
    Misdeed::NanGradient,
    Misdeed::EndlessGradient,
    Misdeed::ZeroGradient,
];
const DEADLY: [(Misdeed, &str); 3] = [
    (Misdeed::Improper, "the log density is +∞, so it is improper"),
    (Misdeed::Fatal, "no more"),
    (Misdeed::Panic, "it panicked: index out of bounds at"),
];

/// Every kernel there is: the metrics and integrators of NUTS, the moves of an ensemble, the updates of Metropolis.
fn kernels() -> Vec<Sampler> {
    let metrics = [Metric::Auto, Metric::Diagonal, Metric::LowRank, Metric::Dense];
    let nuts = metrics.map(|metric| Sampler::Nuts(Nuts { metric, ..Nuts::default() }));
    let integrators = [Integrator::Leapfrog, Integrator::Walnuts];
    let integrators = integrators.map(|integrator| Sampler::Nuts(Nuts { integrator, ..Nuts::default() }));
    let gaussian = Move::Gaussian { scale: 1.0, spread: 1.0, coordinates: Coordinates::Random };
    let moves =
        [Move::STRETCH, Move::WALK, Move::Differential, Move::Snooker, Move::Side, Move::Kde, Move::Slice, gaussian];
    let ensembles = moves.map(|kind| Sampler::Ensemble(Ensemble { moves: vec![(kind, 1.0)], ..Ensemble::default() }));
    let both = vec![(UpdateKind::Joint, 1.0), (UpdateKind::Componentwise, 1.0)];
    let updates = [
        Metropolis::default(),
        Metropolis { updates: vec![(UpdateKind::Componentwise, 1.0)], ..Metropolis::default() },
        Metropolis { updates: both, scan: Scan::Systematic, ..Metropolis::default() },
        Metropolis { delayed_rejection: Some(0.2), ..Metropolis::default() },
    ];
    [&nuts[..], &integrators, &ensembles, &updates.map(Sampler::Metropolis)].concat()
}

#[test]
fn what_can_be_rejected_is_rejected_and_told_with_its_first_position() {
    for (misdeed, place) in HARMLESS.into_iter().flat_map(|m| [(m, Place::NowAndThen), (m, Place::Tail)]) {
        for sampler in kernels() {
            let density = Faulty { dim: 2, place, misdeed };
            let kind = misdeed.kind(&sampler);
            // An iteration has one evaluation or few, one a leaf, or one a walker.
            let draws = match &sampler {
                Sampler::Metropolis(_) => 10_000,
                Sampler::Nuts(_) => 2000,
                _ => 300,
            };
            for end in ends(&density, &settings(sampler.clone(), draws / 5, draws)).unwrap() {
                assert_eq!((&end.outcome, end.draws), (&Outcome::Finished, draws), "{density:?}");
                let kinds: Vec<&FaultKind> = end.faults.iter().map(|fault| &fault.kind).collect();
                assert_eq!(kinds, kind.iter().collect::<Vec<_>>(), "{density:?} {sampler:?}");
                for ChainFault { count, sampling, first, .. } in &end.faults {
                    assert!((1..=*count).contains(sampling) && density.strikes(&first.position), "{first:?}");
                    let blamed = |term: &Culprit| (term.name.clone(), term.direction.clone());
                    let blamed: Vec<(String, Option<String>)> = first.terms.iter().map(blamed).collect();
                    let gradient = matches!(kind, Some(FaultKind::Gradient));
                    let (statement, direction) = if gradient { ("z (3:1)", Some("u[1]")) } else { ("y (2:1)", None) };
                    assert_eq!(blamed, [(statement.to_string(), direction.map(str::to_string))]);
                }
            }
        }
    }
}

/// The same, the second of them a whole number, in whose direction there is no gradient.
#[derive(Clone)]
struct Counting(Faulty);

impl LogDensity for Counting {
    fn dim(&self) -> usize {
        2
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        self.0.log_density(q)
    }
    fn log_density_and_gradient(&mut self, q: &[f64], g: &mut [f64]) -> Result<f64, Fault> {
        let value = self.0.log_density_and_gradient(q, g);
        g[1] = f64::NAN;
        value
    }
    fn integers(&self) -> Vec<Integer> {
        vec![Integer { coordinate: 1, low: -3.0, high: 3.0 }]
    }
    fn slopes(&mut self, q: &[f64]) -> Vec<Slope> {
        self.0.slopes(q)
    }
}

#[test]
fn gradients_that_are_not_finite_are_told_of_tempered_chains_and_those_with_whole_numbers() {
    let faulty = Faulty { dim: 2, place: Place::Tail, misdeed: Misdeed::NanGradient };
    let alone = settings(Sampler::Nuts(Nuts::default()), 200, 2000);
    let tempered = Settings { tempering: Some(Tempering::default()), ..alone.clone() };
    for end in [ends(&faulty, &tempered).unwrap(), ends(&Counting(faulty), &alone).unwrap()].concat() {
        assert_eq!((&end.outcome, end.draws), (&Outcome::Finished, 2000));
        let [ChainFault { kind: FaultKind::Gradient, sampling, first, .. }] = &end.faults[..] else {
            panic!("{:?}", end.faults);
        };
        assert!(*sampling > 0 && faulty.strikes(&first.position) && first.position.len() == 2);
        assert_eq!((&*first.terms[0].name, first.terms[0].direction.as_deref()), ("z (3:1)", Some("u[1]")));
    }
}

#[test]
fn a_divergence_is_kept_with_the_step_that_diverged() {
    for misdeed in [Misdeed::Nan, Misdeed::Outside, Misdeed::Reject, Misdeed::NanGradient] {
        let mut density = Faulty { dim: 2, place: Place::Tail, misdeed };
        for end in ends(&density, &settings(Sampler::Nuts(Nuts::default()), 300, 1000)).unwrap() {
            assert_eq!(end.divergence_places.len(), end.divergences.min(100));
            assert!(end.divergences > 100);
            for place in &end.divergence_places {
                assert!(!place.energy_error.is_finite() && place.iteration < 1000);
                assert!(density.strikes(&place.end) && density.log_density(&place.start).is_ok_and(f64::is_finite));
            }
        }
    }
}

#[test]
fn what_is_fatal_ends_its_chain_with_the_position_and_keeps_the_draws() {
    for (misdeed, reason) in DEADLY {
        for (sampler, place) in kernels().into_iter().flat_map(|s| [(s.clone(), Place::NowAndThen), (s, Place::Tail)]) {
            let density = Faulty { dim: 2, place, misdeed };
            let settings = settings(sampler, 0, 20_000);
            let ends = match ends(&density, &settings) {
                Ok(ends) => ends,
                Err(Error::Chain { source: ChainError::Fatal(_), .. }) => continue,
                Err(other) => panic!("{other}"),
            };
            for end in ends {
                let Outcome::Failed(ChainError::Fatal(fatal)) = &end.outcome else {
                    panic!("expected a fatal fault, got {:?}", end.outcome);
                };
                assert!(fatal.reason.starts_with(reason), "{}", fatal.reason);
                assert!(density.strikes(&fatal.position));
                assert_eq!(end.draws, end.iterations);
                let [fault] = &end.faults[..] else { panic!("{:?}", end.faults) };
                assert_eq!((&fault.first.position, fault.count), (&fatal.position, 1));
                assert!(matches!(&fault.kind, FaultKind::Fatal(told) if *told == fatal.reason));
            }
        }
    }
}

/// Settings for a short run of one chain, where each iteration may be expensive.
fn short(sampler: Sampler) -> Settings {
    Settings { chains: 1, threads: 1, ..settings(sampler, 4, 2) }
}

#[test]
fn one_dimension_and_none_are_enough() {
    for (misdeed, sampler) in HARMLESS.into_iter().flat_map(|m| samplers().map(|s| (m, s))) {
        let line = Faulty { dim: 1, place: Place::Tail, misdeed };
        for end in ends(&line, &settings(sampler.clone(), 100, 100)).unwrap() {
            assert_eq!((end.outcome, end.draws), (Outcome::Finished, 100), "{misdeed:?} {sampler:?}");
        }
    }
    for (answer, faults) in [(0.0, 0), (f64::NAN, 1), (f64::NEG_INFINITY, 1)] {
        for sampler in samplers() {
            let end = &ends(&Point(answer), &short(sampler)).unwrap()[0];
            assert_eq!((&end.outcome, end.draws, end.faults.len()), (&Outcome::Finished, 2, faults));
        }
    }
}

/// A density without coordinates.
#[derive(Clone)]
struct Point(f64);

impl LogDensity for Point {
    fn dim(&self) -> usize {
        0
    }
    fn log_density(&mut self, _: &[f64]) -> Result<f64, Fault> {
        Ok(self.0)
    }
    fn log_density_and_gradient(&mut self, q: &[f64], _: &mut [f64]) -> Result<f64, Fault> {
        self.log_density(q)
    }
}

#[test]
fn many_dimensions_are_sampled_or_refused_with_the_reason() {
    for dim in [10_000, 1_000_000] {
        let density = Faulty { dim, place: Place::Tail, misdeed: Misdeed::NanGradient };
        let nuts = Nuts { max_depth: 3, ..Nuts::default() };
        let end = &ends(&density, &short(Sampler::Nuts(nuts))).unwrap()[0];
        assert_eq!((&end.outcome, end.draws), (&Outcome::Finished, 2));
        let dense = Sampler::Nuts(Nuts { metric: Metric::Dense, ..Nuts::default() });
        for sampler in [dense, Sampler::Ensemble(Ensemble::default()), Sampler::Metropolis(Metropolis::default())] {
            let refused = ends(&density, &short(sampler)).unwrap_err().to_string();
            assert!(refused.contains(&format!("{dim} dimensions")), "{refused}");
        }
    }
}
