use std::f64::consts::TAU;

use ppl_graph::{Graph, NodeId, Tensor, evaluate, gradient};

use super::{Distribution, Unsupported};
use crate::testing::{assert_close, integral, quadrature, rng, vector};
use crate::{Event, Structure, Values, family};

const NEVER: f64 = f64::NEG_INFINITY;

/// A family with constant scalar arguments.
fn of(graph: &mut Graph, name: &str, arguments: &[f64]) -> Distribution {
    let arguments = arguments.iter().map(|&a| graph.constant(a)).collect();
    Distribution::Family { family: family(name).unwrap(), arguments }
}

fn truncated(graph: &mut Graph, base: Distribution, lower: Option<f64>, upper: Option<f64>) -> Distribution {
    let [lower, upper] = [lower, upper].map(|bound| bound.map(|value| graph.constant(value)));
    Distribution::Truncated { base: Box::new(base), lower, upper }
}

fn values(graph: &Graph, node: NodeId) -> Vec<f64> {
    evaluate(graph, &[], &[node])[0].values.to_vec()
}

/// The log density at numbers.
fn at(graph: &Graph, distribution: &Distribution, x: &[f64]) -> Vec<f64> {
    let mut graph = graph.clone();
    let x = vector(&mut graph, x);
    let density = distribution.log_density(&mut graph, x).unwrap();
    values(&graph, density)
}

/// The log density at one vector.
fn at_vector(graph: &Graph, distribution: &Distribution, x: &[f64]) -> f64 {
    at(graph, distribution, x)[0]
}

fn draws(graph: &Graph, distribution: &Distribution, len: usize, count: usize) -> Vec<Vec<f64>> {
    let nodes = distribution.arguments();
    let known: Vec<Vec<f64>> = nodes.iter().map(|&node| values(graph, node)).collect();
    let argument = |node: NodeId| &known[nodes.iter().position(|&n| n == node).unwrap()][..];
    let mut rng = rng(11);
    (0..count)
        .map(|_| {
            let mut out = vec![0.0; len];
            distribution.draw(&mut rng, &argument, &mut out);
            out
        })
        .collect()
}

/// A family, its arguments, a lower and an upper bound.
type Truncation = (&'static str, &'static [f64], Option<f64>, Option<f64>);

/// Among them are tails far out and intervals across the median.
const TRUNCATIONS: &[Truncation] = &[
    ("normal", &[0.0, 1.0], Some(0.0), None),
    ("normal", &[0.0, 1.0], Some(9.0), None),
    ("normal", &[0.0, 1.0], None, Some(-12.0)),
    ("normal", &[0.5, 2.0], Some(-1.0), Some(4.0)),
    ("normal", &[0.0, 1.0], Some(20.0), Some(21.0)),
    ("normal", &[0.0, 1.0], Some(-21.0), Some(-20.0)),
    ("student_t", &[3.0, 0.0, 2.5], Some(0.0), None),
    ("student_t", &[3.0, 0.0, 1.0], Some(50.0), Some(80.0)),
    ("half_student_t", &[4.0, 1.0], Some(0.5), Some(3.0)),
    ("cauchy", &[0.0, 1.0], Some(-1e4), Some(-1e3)),
    ("half_cauchy", &[2.0], None, Some(10.0)),
    ("half_normal", &[2.0], Some(1.0), None),
    ("laplace", &[1.0, 0.5], Some(0.0), Some(40.0)),
    ("logistic", &[1.0, 0.5], Some(5.0), None),
    ("exponential", &[2.0], Some(3.0), None),
    ("gamma", &[2.5, 1.0], Some(0.5), Some(9.0)),
    ("gamma", &[0.5, 1.0], Some(-3.0), Some(2.0)),
    ("inv_gamma", &[3.0, 2.0], Some(0.5), None),
    ("chi_square", &[3.0], Some(10.0), None),
    ("weibull", &[1.5, 2.0], Some(1.0), Some(1.5)),
    ("lognormal", &[0.0, 1.0], Some(3.0), Some(6.0)),
    ("beta", &[2.0, 3.0], Some(0.9), None),
    ("beta", &[20.0, 3.0], Some(0.1), Some(0.2)),
    ("uniform", &[0.0, 4.0], Some(1.0), Some(9.0)),
    ("elastic_net", &[1.0, 0.5], Some(0.0), None),
];

#[test]
fn truncated_densities_integrate_to_one() {
    for &(name, arguments, lower, upper) in TRUNCATIONS {
        let mut graph = Graph::new();
        let base = of(&mut graph, name, arguments);
        let (own_lower, own_upper) = base.family().support().interval(arguments);
        let distribution = truncated(&mut graph, base, lower, upper);
        let from = lower.map_or(own_lower, |bound| bound.max(own_lower));
        let to = upper.map_or(own_upper, |bound| bound.min(own_upper));
        let median = family(name).unwrap().quantile(0.5, arguments).unwrap();
        let total = integral([from, median.max(from).min(to), to], |x| at(&graph, &distribution, x));
        assert_close(total, 1.0, 1e-9, &format!("{name} {arguments:?} from {lower:?} to {upper:?}"));
    }
}

#[test]
fn truncated_draws_have_the_truncated_distribution() {
    // Massart's bound with probability 1e-6 on the largest distance of 2000 draws.
    let (count, largest) = (2000, (2e6f64.ln() / 2.0 / 2000.0).sqrt());
    for &(name, arguments, lower, upper) in TRUNCATIONS {
        let mut graph = Graph::new();
        let base = of(&mut graph, name, arguments);
        let family = base.family();
        let distribution = truncated(&mut graph, base, lower, upper);
        let mut x = draws(&graph, &distribution, 1, count).concat();
        x.sort_by(f64::total_cmp);
        let tails = |x: f64| family.tails(x, arguments).unwrap();
        let (low, high) = (tails(lower.unwrap_or(NEVER)), tails(upper.unwrap_or(f64::INFINITY)));
        let share = |x: f64| {
            if low.below > 0.5 {
                (low.above - tails(x).above) / (low.above - high.above)
            } else {
                (tails(x).below - low.below) / (high.below - low.below)
            }
        };
        let steps = x.iter().enumerate().map(|(k, &x)| (share(x) - k as f64 / count as f64).abs());
        let distance = steps.fold(0.0, f64::max);
        assert!(distance < largest + 1.0 / count as f64, "{name} {lower:?} {upper:?}: {distance}");
        assert!(lower.is_none_or(|bound| x[0] >= bound), "{name}");
        assert!(upper.is_none_or(|bound| x[count - 1] <= bound), "{name}");
    }
}

#[test]
fn truncated_counts_include_both_bounds() {
    for (name, arguments) in [("poisson", &[4.0][..]), ("neg_binomial", &[4.0, 2.0]), ("binomial", &[9.0, 0.4])] {
        for (lower, upper) in [(Some(2.0), Some(5.0)), (Some(1.0), None), (None, Some(3.0)), (Some(7.0), Some(8.0))] {
            let mut graph = Graph::new();
            let base = of(&mut graph, name, arguments);
            let distribution = truncated(&mut graph, base, lower, upper);
            let points: Vec<f64> = (0..200).map(f64::from).collect();
            let logs = at(&graph, &distribution, &points);
            assert_close(logs.iter().map(|log| log.exp()).sum(), 1.0, 1e-10, name);
            let first = lower.unwrap_or(0.0) as usize;
            assert!(logs[first].is_finite());
            assert!(upper.is_none_or(|last| logs[last as usize].is_finite() && logs[last as usize + 1] == NEVER));
            assert!(draws(&graph, &distribution, 1, 100).concat().iter().all(|&x| logs[x as usize].is_finite()));
        }
    }
}

#[test]
fn distribution_functions_of_truncated_families_integrate_their_density() {
    for &(name, arguments, lower, upper) in TRUNCATIONS {
        let mut graph = Graph::new();
        let base = of(&mut graph, name, arguments);
        let distribution = truncated(&mut graph, base, lower, upper);
        let mut points = draws(&graph, &distribution, 1, 5).concat();
        points.sort_by(f64::total_cmp);
        let ends = [lower.unwrap_or(-1e3) - 1.0, upper.unwrap_or(1e9) + 1.0];
        points.extend(ends);
        let x = vector(&mut graph, &points);
        let below = distribution.log_cdf(&mut graph, x).unwrap();
        let above = distribution.log_ccdf(&mut graph, x).unwrap();
        let (below, above) = (values(&graph, below), values(&graph, above));
        for (low, high) in below.iter().zip(&above) {
            assert_close(low.exp() + high.exp(), 1.0, 1e-9, &format!("{name} {lower:?} {upper:?}"));
        }
        for k in 1..5 {
            let between = integral([points[k - 1], points[k - 1], points[k]], |x| at(&graph, &distribution, x));
            let own = below[k].exp() - below[k - 1].exp();
            // A kink of laplace or elastic_net between two points costs the quadrature accuracy.
            let tolerance = if ["laplace", "elastic_net"].contains(&name) { 1e-3 } else { 1e-8 };
            assert_close(own, between, tolerance, &format!("{name} {lower:?} {upper:?}"));
        }
        assert!(lower.is_none_or(|_| below[5] == NEVER || below[5].exp() == 0.0), "{name}");
        assert!(upper.is_none_or(|_| above[6] == NEVER), "{name}");
    }
}

#[test]
fn distribution_functions_of_truncated_counts_sum_their_density() {
    let mut graph = Graph::new();
    let base = of(&mut graph, "poisson", &[4.0]);
    let distribution = truncated(&mut graph, base, Some(2.0), Some(6.0));
    let points: Vec<f64> = (0..9).map(f64::from).collect();
    let x = vector(&mut graph, &points);
    let below = distribution.log_cdf(&mut graph, x).unwrap();
    let above = distribution.log_ccdf(&mut graph, x).unwrap();
    let mut total = 0.0;
    let logs = at(&graph, &distribution, &points);
    for ((log, low), high) in logs.iter().zip(values(&graph, below)).zip(values(&graph, above)) {
        total += log.exp();
        assert_close(low.exp(), total, 1e-12, "cdf");
        assert_close(high.exp(), 1.0 - total, 1e-12, "ccdf");
    }
}

#[test]
fn nested_truncations_intersect() {
    let mut graph = Graph::new();
    let base = of(&mut graph, "normal", &[0.0, 1.0]);
    let once = truncated(&mut graph, base, Some(-1.0), Some(2.0));
    let twice = truncated(&mut graph, once, Some(0.0), Some(5.0));
    let base = of(&mut graph, "normal", &[0.0, 1.0]);
    let direct = truncated(&mut graph, base, Some(0.0), Some(2.0));
    let x = [-0.5, 0.5, 1.5, 3.0];
    assert_eq!(at(&graph, &twice, &x), at(&graph, &direct, &x));
    assert_eq!(twice.support(&mut graph), direct.support(&mut graph));
}

#[test]
fn truncation_keeps_faults_visible() {
    let mut graph = Graph::new();
    let base = of(&mut graph, "normal", &[0.0, -1.0]);
    let bad_scale = truncated(&mut graph, base, Some(0.0), None);
    assert!(at(&graph, &bad_scale, &[-1.0, 1.0]).iter().all(|log| log.is_nan()));
    let base = of(&mut graph, "normal", &[0.0, 1.0]);
    let no_room = truncated(&mut graph, base, Some(2.0), Some(1.0));
    assert!(at(&graph, &no_room, &[1.5]).iter().all(|log| log.is_nan()));
    assert!(draws(&graph, &no_room, 1, 1)[0][0].is_nan());
}

#[test]
fn a_truncated_flat_density_stays_one() {
    let mut graph = Graph::new();
    let base = of(&mut graph, "flat", &[NEVER, f64::INFINITY]);
    let distribution = truncated(&mut graph, base, Some(0.0), None);
    assert_eq!(at(&graph, &distribution, &[-1.0, 2.0]), [NEVER, 0.0]);
    assert!(!distribution.is_proper());
}

#[test]
fn a_half_of_a_symmetric_family_is_its_folded_form() {
    for (name, folded, arguments) in [
        ("normal", "half_normal", &[0.0, 1.3][..]),
        ("cauchy", "half_cauchy", &[0.0, 1.3]),
        ("student_t", "half_student_t", &[3.0, 0.0, 1.3]),
    ] {
        let mut graph = Graph::new();
        let base = of(&mut graph, name, arguments);
        let upper_half = truncated(&mut graph, base, Some(0.0), None);
        let kept: Vec<f64> = arguments.iter().copied().filter(|a| *a != 0.0).collect();
        let folded = of(&mut graph, folded, &kept);
        let x = [-0.4, 0.0, 0.7, 5.0];
        let pairs = at(&graph, &upper_half, &x).into_iter().zip(at(&graph, &folded, &x));
        pairs.for_each(|(a, b)| assert_close(a, b, 1e-13, name));
    }
}

#[test]
fn a_scale_below_a_truncation_at_the_centre_has_a_finite_gradient() {
    for name in ["normal", "student_t", "cauchy", "laplace", "logistic"] {
        let mut graph = Graph::new();
        let (x, scale) = (graph.input(0, []), graph.input(1, []));
        let zero = graph.constant(0.0);
        let mut arguments = vec![zero, scale];
        if name == "student_t" {
            arguments.insert(0, graph.constant(3.0));
        }
        let base = Distribution::Family { family: family(name).unwrap(), arguments };
        let half = Distribution::Truncated { base: Box::new(base), lower: Some(zero), upper: None };
        let density = half.log_density(&mut graph, x).unwrap();
        let slopes = gradient(&mut graph, density, 2);
        let slopes = evaluate(&graph, &[1.0, 2.0], &[slopes])[0].values.to_vec();
        assert!(slopes.iter().all(|slope| slope.is_finite()), "{name}: {slopes:?}");
    }
}

#[test]
fn what_has_no_density_says_why() {
    let mut graph = Graph::new();
    let x = vector(&mut graph, &[0.2, 0.8]);
    let vector_family = {
        let alpha = vector(&mut graph, &[1.0, 1.0]);
        Distribution::Family { family: family("dirichlet").unwrap(), arguments: vec![alpha] }
    };
    let beta_binomial = of(&mut graph, "beta_binomial", &[5.0, 1.0, 1.0]);
    let cauchy = of(&mut graph, "cauchy", &[0.0, 1.0]);
    let scales = vector(&mut graph, &[1.0, 2.0]);
    let zero = graph.constant(0.0);
    let uneven = Distribution::Family { family: family("normal").unwrap(), arguments: vec![zero, scales] };
    let cases = [
        (
            truncated(&mut graph, beta_binomial, Some(1.0), None),
            Unsupported::NoDistributionFunction { family: "beta_binomial" },
        ),
        (
            truncated(&mut graph, vector_family.clone(), Some(0.1), None),
            Unsupported::TruncatedVector { family: "dirichlet" },
        ),
        (Distribution::Ordered(Box::new(vector_family)), Unsupported::OrderedVector { family: "dirichlet" }),
        (Distribution::ZeroSum(Box::new(cauchy)), Unsupported::ZeroSumFamily { family: "cauchy" }),
        (Distribution::ZeroSum(Box::new(uneven)), Unsupported::ZeroSumScale),
    ];
    for (distribution, reason) in cases {
        assert_eq!(distribution.log_density(&mut graph, x), Err(reason));
        assert!(!reason.to_string().is_empty());
    }
}

#[test]
fn ordered_draws_of_one_distribution_are_normalised() {
    let mut graph = Graph::new();
    let gamma = of(&mut graph, "gamma", &[2.0, 0.5]);
    let ordered = Distribution::Ordered(Box::new(gamma));
    assert_eq!(ordered.event(), Event::Vector);
    // ∫∫ over x ≤ y, with y = x + step.
    let (points, weights) = quadrature(0.0, f64::INFINITY);
    let (points, weights): (Vec<f64>, Vec<f64>) =
        points.iter().zip(weights).filter(|(x, w)| **x < 1e3 && *w > 1e-12).unzip();
    let pairs: Vec<f64> = points.iter().flat_map(|x| points.iter().flat_map(move |s| [*x, x + s])).collect();
    let x = graph.data(Tensor::new(vec![points.len() * points.len(), 2], pairs));
    let density = ordered.log_density(&mut graph, x).unwrap();
    let logs = values(&graph, density);
    let weights = weights.iter().flat_map(|a| weights.iter().map(move |b| a * b));
    let total: f64 = logs.iter().zip(weights).map(|(log, weight)| log.exp() * weight).sum();
    assert_close(total, 1.0, 1e-8, "ordered gamma");
    assert_eq!(at_vector(&graph, &ordered, &[2.0, 1.0]), NEVER);
}

#[test]
fn the_orders_count_only_where_the_elements_share_a_distribution() {
    let mut graph = Graph::new();
    let (one, x) = (graph.constant(1.0), [0.1, 0.5, 0.9]);
    let normal = |mu: NodeId| {
        let base = Distribution::Family { family: family("normal").unwrap(), arguments: vec![mu, one] };
        Distribution::Ordered(Box::new(base))
    };
    let zero = graph.constant(0.0);
    let repeated = graph.broadcast(zero, &[], vec![3]);
    let same = vector(&mut graph, &[0.0, 0.0, 0.0]);
    let differing = vector(&mut graph, &[0.0, 0.0, 1e-300]);
    let log_orders = 6f64.ln();
    let plain = at_vector(&graph, &normal(differing), &x);
    for mu in [zero, repeated, same] {
        assert_close(at_vector(&graph, &normal(mu), &x), plain + log_orders, 1e-14, "shared");
    }
    let by_row = vector(&mut graph, &[0.0, 4.0]);
    let rows = graph.data(Tensor::new(vec![2, 3], [0.1, 0.5, 0.9, 4.1, 4.5, 4.9]));
    let density = normal(by_row).log_density(&mut graph, rows).unwrap();
    values(&graph, density).iter().for_each(|log| assert_close(*log, plain + log_orders, 1e-14, "rows"));
}

#[test]
fn ordered_draws_increase() {
    let mut graph = Graph::new();
    let base = of(&mut graph, "normal", &[0.0, 1.0]);
    let base = truncated(&mut graph, base, Some(-1.0), None);
    let ordered = Distribution::Ordered(Box::new(base));
    let support = ordered.support(&mut graph);
    assert_eq!((support.structure, support.upper), (Structure::Ordered, None));
    assert_eq!(support.lower.and_then(|node| graph.as_constant(node)), Some(-1.0));
    for x in draws(&graph, &ordered, 5, 50) {
        assert!(x.is_sorted() && x[0] >= -1.0, "{x:?}");
        assert!(at_vector(&graph, &ordered, &x).is_finite());
    }
    let centres = vector(&mut graph, &[0.0, 1.0, 2.0]);
    let one = graph.constant(1.0);
    let base = Distribution::Family { family: family("normal").unwrap(), arguments: vec![centres, one] };
    for x in draws(&graph, &Distribution::Ordered(Box::new(base)), 3, 50) {
        assert!(x.is_sorted(), "{x:?}");
    }
}

#[test]
fn zero_sum_is_a_normal_of_orthonormal_coordinates() {
    let mut graph = Graph::new();
    let s: f64 = 1.7;
    let base = of(&mut graph, "normal", &[0.4, s]);
    let zero_sum = Distribution::ZeroSum(Box::new(base));
    // The orthonormal coordinates of (a, b, −a−b) are (a − b)/√2 and (a + b)·√(3/2).
    let [a, b]: [f64; 2] = [0.8, -1.9];
    let coordinates = [(a - b) / 2f64.sqrt(), (a + b) * 1.5f64.sqrt()];
    let expected: f64 = coordinates.iter().map(|u| -0.5 * (u / s).powi(2) - s.ln() - 0.5 * TAU.ln()).sum();
    assert_close(at_vector(&graph, &zero_sum, &[a, b, -a - b]), expected, 1e-14, "zero_sum");
    assert_eq!(at_vector(&graph, &zero_sum, &[a, b, 0.0]), NEVER);
    for x in draws(&graph, &zero_sum, 4, 20) {
        assert!(at_vector(&graph, &zero_sum, &x).is_finite(), "{x:?}");
    }
    // Each coordinate has variance s² (K − 1) / K; 2000 draws, six standard errors.
    let x = draws(&graph, &zero_sum, 4, 2000);
    let variance = x.iter().map(|x| x[0] * x[0]).sum::<f64>() / 2000.0;
    let expected = s * s * 0.75;
    assert!((variance - expected).abs() < 6.0 * expected * (2.0f64 / 2000.0).sqrt(), "{variance}");
}

#[test]
fn zero_sum_takes_scales_by_row_and_centres_by_element() {
    let mut graph = Graph::new();
    let scales = vector(&mut graph, &[1.0, 2.0]);
    let repeated = graph.broadcast(scales, &[0], vec![2, 3]);
    let zero = graph.constant(0.0);
    let rows = graph.data(Tensor::new(vec![2, 3], [1.0, -2.0, 1.0, 0.5, 0.5, -1.0]));
    let by_row = [scales, repeated].map(|sigma| {
        let base = Distribution::Family { family: family("normal").unwrap(), arguments: vec![zero, sigma] };
        let density = Distribution::ZeroSum(Box::new(base)).log_density(&mut graph, rows).unwrap();
        values(&graph, density)
    });
    for (row, (sigma, x)) in [(1.0, [1.0, -2.0, 1.0]), (2.0, [0.5, 0.5, -1.0])].into_iter().enumerate() {
        let base = of(&mut graph, "normal", &[0.0, sigma]);
        let alone = at_vector(&graph, &Distribution::ZeroSum(Box::new(base)), &x);
        by_row.iter().for_each(|logs| assert_close(logs[row], alone, 1e-14, "row"));
    }
    let centres = vector(&mut graph, &[3.0, 1.0, 2.0]);
    let one = graph.constant(1.0);
    let base = Distribution::Family { family: family("normal").unwrap(), arguments: vec![centres, one] };
    let centred = Distribution::ZeroSum(Box::new(base));
    let at_centre = at_vector(&graph, &centred, &[1.0, -1.0, 0.0]);
    assert_close(at_centre, -TAU.ln(), 1e-14, "at the centre");
}

#[test]
fn bounds_become_nodes_and_infinite_ones_vanish() {
    let mut graph = Graph::new();
    let upper = graph.input(0, []);
    let lower = graph.constant(NEVER);
    let flat = Distribution::Family { family: family("flat").unwrap(), arguments: vec![lower, upper] };
    let support = flat.support(&mut graph);
    assert_eq!((support.lower, support.upper), (None, Some(upper)));
    let gamma = of(&mut graph, "gamma", &[2.0, 1.0]);
    let truncated = truncated(&mut graph, gamma, Some(-3.0), Some(4.0));
    let support = truncated.support(&mut graph);
    let numbers = [support.lower, support.upper].map(|node| graph.as_constant(node.unwrap()));
    assert_eq!(numbers, [Some(0.0), Some(4.0)]);
    assert_eq!(support.values, Values::Real);
}
