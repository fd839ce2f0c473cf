//! Coordinates that take whole numbers: draws follow distributions that can be enumerated, alone and beside others.

mod common;

use std::sync::Mutex;

use common::{mean_and_error, settings};
use ppl_engine::*;

/// The change of one coordinate of a position to a value.
type Change = fn(&[f64], usize, f64) -> f64;

/// A density from a function of the position, with some coordinates that take whole numbers.
#[derive(Clone)]
struct Mixed {
    dim: usize,
    integers: Vec<Integer>,
    value: fn(&[f64]) -> f64,
    gradient: fn(&[f64], &mut [f64]),
    /// The change of one coordinate, told without evaluating the whole.
    change: Option<Change>,
}

impl LogDensity for Mixed {
    fn dim(&self) -> usize {
        self.dim
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        for Integer { coordinate, low, high } in &self.integers {
            assert!(q[*coordinate].fract() == 0.0 && (*low..=*high).contains(&q[*coordinate]), "{q:?}");
        }
        Ok((self.value)(q))
    }
    fn log_density_and_gradient(&mut self, q: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        (self.gradient)(q, gradient);
        self.log_density(q)
    }
    fn integers(&self) -> Vec<Integer> {
        self.integers.clone()
    }
    fn log_density_change(&mut self, q: &[f64], coordinate: usize, value: f64) -> Result<Option<f64>, Fault> {
        Ok(self.change.map(|change| change(q, coordinate, value)))
    }
}

fn whole(bounds: &[(f64, f64)], value: fn(&[f64]) -> f64) -> Mixed {
    let integers = bounds.iter().enumerate().map(|(coordinate, &(low, high))| Integer { coordinate, low, high });
    Mixed { dim: bounds.len(), integers: integers.collect(), value, gradient: |_, _| {}, change: None }
}

fn samplers() -> [Sampler; 2] {
    [Sampler::Nuts(Nuts::default()), Sampler::Metropolis(Metropolis::default())]
}

fn run(density: &Mixed, settings: &Settings) -> Vec<MemorySink> {
    sample_to_memory(density, &Positions { dim: density.dim }, settings, &Starts::random()).unwrap()
}

/// Fails unless the share of draws for which `f` holds is that expected.
fn assert_share(what: &str, chains: &[MemorySink], expected: f64, f: impl Fn(&[f64]) -> bool) {
    let (share, error) = mean_and_error(chains, |q| f64::from(f(q)));
    let near = (share - expected).abs() < 4.5 * error || expected < 1e-4 && share < 1e-3;
    assert!(near && error < 0.02, "{what}: {share} ± {error}, {expected} expected");
}

/// Probabilities of the values of the first coordinate, those of the others summed.
fn enumerated(density: &Mixed) -> Vec<f64> {
    let [first, second] = [0, 1].map(|at| density.integers.get(at).copied());
    let (first, second) = (first.unwrap(), second.unwrap_or(Integer { coordinate: 1, low: 0.0, high: 0.0 }));
    let values = |integer: Integer| (0..=(integer.high - integer.low) as i64).map(move |k| integer.low + k as f64);
    let weight = |a: f64| values(second).map(|b| (density.value)(&[a, b]).exp()).sum::<f64>();
    let weights: Vec<f64> = values(first).map(weight).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

#[test]
fn few_values_have_their_probabilities() {
    let tables = [
        whole(&[(-2.0, 2.0), (0.0, 3.0)], |q| 0.4 * q[0] * q[1] - 0.5 * q[0] * q[0] - 0.3 * q[1]),
        whole(&[(0.0, 1.0), (0.0, 1.0)], |q| 2.0 * q[0] * q[1] - 0.5 * q[0]),
        // Three values of which one has no probability.
        whole(&[(0.0, 2.0), (5.0, 5.0)], |q| if q[0] == 1.0 { f64::NEG_INFINITY } else { 0.7 * q[0] }),
        whole(&[(0.0, 63.0), (0.0, 1.0)], |q| -(q[0] - 20.0 - 15.0 * q[1]).powi(2) / 200.0),
    ];
    for (table, density) in tables.iter().enumerate() {
        for sampler in samplers() {
            let chains = run(density, &settings(sampler, 100, 20_000));
            for (k, probability) in enumerated(density).into_iter().enumerate() {
                let value = density.integers[0].low + k as f64;
                assert_share(&format!("table {table}, value {value}"), &chains, probability, |q| q[0] == value);
            }
        }
    }
}

#[test]
fn many_values_have_their_probabilities() {
    let bumps = whole(&[(-50.0, 100.0)], |q| {
        let bump = |centre: f64, sd: f64| (-0.5 * ((q[0] - centre) / sd).powi(2)).exp();
        (bump(-40.0, 12.0) + 0.5 * bump(0.0, 20.0)).ln()
    });
    let chains = run(&bumps, &settings(samplers()[0].clone(), 200, 40_000));
    let probabilities = enumerated(&bumps);
    for (k, probability) in probabilities.iter().enumerate().step_by(5) {
        assert_share("bumps", &chains, *probability, |q| q[0] == k as f64 - 50.0);
    }
    let upper: f64 = probabilities[50..].iter().sum();
    assert_share("upper bump", &chains, upper, |q| q[0] >= 0.0);
}

#[test]
fn counts_follow_the_binomial_and_the_poisson_distribution() {
    fn log_factorial(n: f64) -> f64 {
        (1..=n as u64).map(|i| (i as f64).ln()).sum()
    }
    let density = whole(&[(0.0, 12.0), (0.0, f64::INFINITY)], |q| {
        let [k, n] = [q[0], q[1]];
        k * (0.3_f64 / 0.7).ln() - log_factorial(k) - log_factorial(12.0 - k) + n * 4.0_f64.ln() - log_factorial(n)
    });
    let chains = run(&density, &settings(samplers()[0].clone(), 200, 20_000));
    for value in 0..13 {
        let x = f64::from(value);
        let ways = log_factorial(12.0) - log_factorial(x) - log_factorial(12.0 - x);
        let binomial = ways.exp() * 0.3_f64.powi(value) * 0.7_f64.powi(12 - value);
        let poisson = (x * 4.0_f64.ln() - 4.0 - log_factorial(x)).exp();
        assert_share("binomial", &chains, binomial, |q| q[0] == x);
        assert_share("Poisson", &chains, poisson, |q| q[1] == x);
    }
}

#[test]
fn unbounded_values_are_found_and_followed_far_out() {
    // x ~ geometric(0.2) from 3, y discrete normal around 1e6, z downwards from −7.
    let bounds = [(3.0, f64::INFINITY), (f64::NEG_INFINITY, f64::INFINITY), (f64::NEG_INFINITY, -7.0)];
    let density = whole(&bounds, |q| {
        (q[0] - 3.0) * 0.8_f64.ln() - 0.5 * ((q[1] - 1e6) / 1e3).powi(2) - 0.5 * ((q[2] + 40.0) / 5.0).powi(2)
    });
    let chains = run(&density, &settings(samplers()[1].clone(), 500, 20_000));
    for (expected, precision, f) in [
        (7.0, 0.2, (|q| q[0]) as fn(&[f64]) -> f64),
        (0.0, 0.05, |q| (q[1] - 1e6) / 1e3),
        (1.0, 0.1, |q| ((q[1] - 1e6) / 1e3).powi(2)),
        (-40.0, 0.2, |q| q[2]),
        (25.0, 2.0, |q| (q[2] + 40.0).powi(2)),
    ] {
        common::assert_mean("unbounded", &chains, expected, precision, f);
    }
}

const DATA: [f64; 8] = [-2.1, -1.3, -1.8, -0.2, 0.4, 1.1, 1.9, 2.4];

/// Two components at ±m, a normal prior of m, and an indicator for each datum: 1 for the component at m.
fn mixture() -> Mixed {
    fn residual(q: &[f64], i: usize) -> f64 {
        DATA[i] - if q[i + 1] == 1.0 { q[0] } else { -q[0] }
    }
    let integers = (1..9).map(|coordinate| Integer { coordinate, low: 0.0, high: 1.0 }).collect();
    Mixed {
        dim: 9,
        integers,
        value: |q| -0.5 * (q[0] - 1.0).powi(2) - 0.5 * (0..8).map(|i| residual(q, i).powi(2)).sum::<f64>(),
        gradient: |q, g| {
            let pull = (0..8).map(|i| residual(q, i) * if q[i + 1] == 1.0 { 1.0 } else { -1.0 });
            g[0] = 1.0 - q[0] + pull.sum::<f64>();
        },
        change: Some(|q, coordinate, value| {
            let sign = if value == 1.0 { 1.0 } else { -1.0 };
            let there = DATA[coordinate - 1] - sign * q[0];
            0.5 * (residual(q, coordinate - 1).powi(2) - there.powi(2))
        }),
    }
}

/// Expectations under the mixture with its indicators summed out, on a grid: of m, m², and of the fourth indicator.
fn by_quadrature() -> [f64; 3] {
    let mut sums = [0.0; 4];
    for k in -8000..8000 {
        let m = f64::from(k) * 1e-3;
        let both = |y: f64| [(-0.5 * (y - m).powi(2)).exp(), (-0.5 * (y + m).powi(2)).exp()];
        let weight =
            (-0.5 * (m - 1.0).powi(2)).exp() * DATA.iter().map(|y| both(*y).iter().sum::<f64>()).product::<f64>();
        let [up, down] = both(DATA[3]);
        for (sum, value) in sums.iter_mut().zip([1.0, m, m * m, up / (up + down)]) {
            *sum += weight * value;
        }
    }
    [1, 2, 3].map(|at: usize| sums[at] / sums[0])
}

#[test]
fn indicators_of_a_mixture_agree_with_their_sum() {
    let [mean, square, indicator] = by_quadrature();
    for sampler in samplers() {
        for change in [mixture().change, None] {
            let chains = run(&Mixed { change, ..mixture() }, &settings(sampler.clone(), 500, 20_000));
            common::assert_mean("mean", &chains, mean, 0.05, |q| q[0]);
            common::assert_mean("square", &chains, square, 0.1, |q| q[0] * q[0]);
            assert_share("indicator", &chains, indicator, |q| q[4] == 1.0);
            for stats in chains[0].draws.stats().iter().zip(0..).step_by(1000) {
                let expected = (mixture().value)(chains[0].draws.row(stats.1));
                assert!((stats.0.log_density - expected).abs() < 1e-9, "{stats:?}");
            }
        }
    }
}

#[test]
fn threads_and_company_change_no_bit() {
    let settings = Settings { threads: 1, ..settings(samplers()[0].clone(), 60, 40) };
    let (one, two) = (run(&mixture(), &settings), run(&mixture(), &Settings { threads: 2, ..settings.clone() }));
    assert!(one.iter().zip(&two).all(|(a, b)| a.draws == b.draws));
    let alone = run(&mixture(), &Settings { chains: 1, first_chain: 2, ..settings });
    assert_eq!(alone[0].draws, one[1].draws);
}

/// Keeps the state of one iteration.
struct At(usize, Mutex<Vec<ChainState>>);

impl Supervisor for At {
    fn stop(&self) -> bool {
        false
    }
    fn keep_every(&self) -> Option<usize> {
        Some(self.0)
    }
    fn keep(&self, states: Vec<ChainState>) {
        let mut kept = self.1.lock().unwrap();
        kept.extend(states.into_iter().filter(|state| state.iterations() == self.0));
    }
}

#[test]
fn a_run_goes_on_from_a_state_to_the_same_bits() {
    for sampler in samplers() {
        let settings = Settings { chains: 1, ..settings(sampler, 60, 40) };
        let go = |starts: &Starts, keeper: &At| {
            let mut sinks = vec![MemorySink::default()];
            let output = Positions { dim: 9 };
            sample(&mixture(), &output, &settings, starts, sinks.iter_mut().collect(), &(), keeper).unwrap();
            sinks.remove(0).draws
        };
        for cut in [7, 60, 73] {
            let keeper = At(cut, Mutex::default());
            let all = go(&Starts::random(), &keeper);
            let bytes = postcard::to_stdvec(&keeper.1.into_inner().unwrap()[0]).unwrap();
            let state: ChainState = postcard::from_bytes(&bytes).unwrap();
            let after = Starts::random().after(vec![state]);
            for integers in [Vec::new(), mixture().integers[1..].to_vec()] {
                let other = Mixed { integers, ..mixture() };
                let refused = sample_to_memory(&other, &Positions { dim: 9 }, &settings, &after).unwrap_err();
                assert!(refused.to_string().contains("go on with the same sampler and model"), "{refused}");
            }
            let rest = go(&after, &At(1000, Mutex::default()));
            assert_eq!(rest.len(), 40 - cut.saturating_sub(60));
            assert!((0..rest.len()).all(|k| rest.row(k) == all.row(all.len() - rest.len() + k)), "{cut}");
        }
    }
}

#[test]
fn what_cannot_run_is_refused() {
    let refuse = |density: &Mixed, settings: &Settings, starts: &Starts| {
        sample_to_memory(density, &Positions { dim: density.dim }, settings, starts).unwrap_err().to_string()
    };
    let (fine, random) = (settings(samplers()[0].clone(), 10, 10), Starts::random());
    let ensemble = Settings { sampler: Sampler::Ensemble(Ensemble::default()), ..fine.clone() };
    let message = refuse(&mixture(), &ensemble, &random);
    assert!(message.ends_with("whole numbers need NUTS or Metropolis, without tempering"), "{message}");
    let tempered = Settings { tempering: Some(Tempering::default()), ..fine.clone() };
    assert!(refuse(&mixture(), &tempered, &random).starts_with("`tempering` is on"));
    for (integer, message) in [
        (Integer { coordinate: 9, low: 0.0, high: 1.0 }, "coordinate 9 is not one of 9"),
        (Integer { coordinate: 0, low: 0.5, high: 1.0 }, "coordinate 0 goes from 0.5 to 1"),
        (Integer { coordinate: 0, low: f64::INFINITY, high: f64::INFINITY }, "coordinate 0 goes from inf to inf"),
        (Integer { coordinate: 1, low: 0.0, high: 1.0 }, "coordinate 1 is named twice"),
    ] {
        let mut wrong = mixture();
        wrong.integers.push(integer);
        assert!(refuse(&wrong, &fine, &random).contains(message), "{}", refuse(&wrong, &fine, &random));
    }
    let mut given = vec![Some(0.0); 9];
    given[3] = Some(2.0);
    let message = refuse(&mixture(), &fine, &Starts::same(given));
    assert!(message.contains("coordinate 3 is 2: a whole number from 0 to 1 is wanted"), "{message}");
}

#[test]
fn failures_and_divergences_have_whole_positions() {
    // A wall that leapfrog steps run into, and beyond it nothing can be evaluated.
    let wall = Mixed {
        dim: 2,
        integers: vec![Integer { coordinate: 0, low: 7.0, high: 9.0 }],
        value: |q| if q[1].abs() < 1.0 { 0.0 } else { -1e9 },
        gradient: |q, g| g.copy_from_slice(&[f64::NAN, if q[1].abs() < 1.0 { 1e-3 } else { 0.0 }]),
        change: None,
    };
    let nuts = Settings { chains: 1, ..settings(samplers()[0].clone(), 50, 200) };
    let end = common::ends(&wall, &nuts).unwrap().remove(0);
    assert!(end.divergences > 0 && !end.divergence_places.is_empty());
    for divergence in end.divergence_places {
        assert!((7.0..=9.0).contains(&divergence.start[0]) && divergence.start[1].abs() < 1.0, "{divergence:?}");
        assert!(divergence.end[0] == divergence.start[0] && divergence.end[1].abs() >= 1.0, "{divergence:?}");
    }
    let value = |q: &[f64]| if q[1] < 2.5 { -0.5 * q[1] * q[1] } else { f64::INFINITY };
    let improper = Mixed { value, gradient: |q, g| g.copy_from_slice(&[f64::NAN, -q[1]]), ..wall };
    for sampler in samplers() {
        let settings = Settings { sampler, warmup: 50, draws: 10_000, ..nuts.clone() };
        let starts = Starts::same(vec![Some(8.0), Some(0.0)]);
        let run = sample_to_memory(&improper, &Positions { dim: 2 }, &settings, &starts);
        let failure = match run {
            Err(Error::Chain { source, .. }) => source,
            Ok(chains) => match &chains[0].end.as_ref().unwrap().outcome {
                Outcome::Failed(source) => source.clone(),
                outcome => panic!("{outcome:?}"),
            },
            Err(error) => panic!("{error}"),
        };
        let ChainError::Fatal(fatal) = failure else { panic!("{failure}") };
        assert!((7.0..=9.0).contains(&fatal.position[0]) && fatal.position[1] >= 2.5, "{fatal}");
    }
}

#[test]
fn a_value_without_probability_is_no_fault_but_nan_is_one_at_its_place() {
    let faults = |value: fn(&[f64]) -> f64| {
        let (density, settings) = (whole(&[(0.0, 2.0), (0.0, 1.0)], value), settings(samplers()[0].clone(), 0, 50));
        let starts = Starts::same(vec![Some(0.0), Some(0.0)]);
        let chains = sample_to_memory(&density, &Positions { dim: 2 }, &settings, &starts).unwrap();
        chains[0].end.as_ref().unwrap().faults.clone()
    };
    assert_eq!(faults(|q| if q[0] == 1.0 && q[1] == 1.0 { f64::NEG_INFINITY } else { 0.0 }), []);
    let noted = faults(|q| if q[0] == 1.0 && q[1] == 1.0 { f64::NAN } else { 0.0 });
    assert_eq!((noted.len(), &noted[0].kind, &noted[0].first.position[..]), (1, &FaultKind::Nan, &[1.0, 1.0][..]));
}

#[test]
fn the_starting_point_has_whole_numbers() {
    let settings = settings(samplers()[0].clone(), 0, 1);
    let point = starting_point(mixture(), &settings, &Starts::random()).unwrap();
    assert!(point[0].fract() != 0.0 && point[1..].iter().all(|q| *q == 0.0 || *q == 1.0), "{point:?}");
}

#[test]
fn given_whole_numbers_are_where_chains_start() {
    let density = whole(&[(0.0, f64::INFINITY), (0.0, 9.0)], |q| -1e9 * ((q[0] - 123.0).abs() + (q[1] - 4.0).abs()));
    let starts = Starts::same(vec![Some(123.0), Some(4.0)]);
    let settings = settings(samplers()[0].clone(), 0, 3);
    let chains = sample_to_memory(&density, &Positions { dim: 2 }, &settings, &starts).unwrap();
    assert_eq!(chains[0].draws.row(2), [123.0, 4.0]);
}
