//! Gradients in values and arguments agree with differences.

use ppl_graph::testing::gradient_by_differences;
use ppl_graph::{NodeId, gradient};

use super::cases::CASES;
use crate::testing::{Case, Stage, assert_close};
use crate::{Domain, Event, Values};

/// Checks the gradient of the sum of an expression in x (where it is continuous) and in all arguments.
fn check(case: &Case, what: &str, build: impl Fn(&mut Stage) -> Option<NodeId>) {
    let family = case.family();
    let shape: &[usize] = if family.event() == Event::Vector { &[3] } else { &[case.inside.len()] };
    let mut stage = Stage::new(family, case.arguments, case.inside, shape);
    let Some(node) = build(&mut stage) else {
        return;
    };
    let total = stage.graph.sum(node);
    let exact = gradient(&mut stage.graph, total, stage.inputs.len());
    let exact = stage.values(exact);
    let numeric = gradient_by_differences(&stage.graph, total, &stage.inputs);
    let smooth = smooth_inputs(case);
    for (k, (a, b)) in exact.iter().zip(numeric).enumerate() {
        if !smooth[k] || b.is_nan() {
            continue;
        }
        assert_close(*a, b, 2e-6, &format!("{what} of {} in input {k}", case.family));
    }
}

/// Which inputs are real numbers: whole numbers cannot be varied a little.
fn smooth_inputs(case: &Case) -> Vec<bool> {
    let family = case.family();
    let values = vec![family.support().values == Values::Real; case.inside.len()];
    let arguments = family.parameters().iter().zip(case.arguments);
    let arguments = arguments.flat_map(|(p, a)| vec![p.domain != Domain::Count; a.len()]);
    values.into_iter().chain(arguments).collect()
}

/// Families whose values or arguments cannot be varied one at a time.
fn on_a_plane(case: &Case) -> bool {
    ["dirichlet", "categorical", "multinomial", "multi_normal"].contains(&case.family)
}

#[test]
fn gradients_of_log_densities_agree_with_differences() {
    for case in CASES.iter().filter(|case| !on_a_plane(case)) {
        check(case, "log density", |stage| Some(stage.log_density(case.family())));
    }
}

#[test]
fn gradients_of_distribution_functions_agree_with_differences() {
    for case in CASES {
        let family = case.family();
        check(case, "log cdf", |s| family.log_cdf(&mut s.graph, s.x, &s.arguments));
        check(case, "log ccdf", |s| family.log_ccdf(&mut s.graph, s.x, &s.arguments));
    }
}

/// Arguments and values on a plane, made from free coordinates.
#[test]
fn gradients_on_simplexes_and_covariances_agree_with_differences() {
    let mut graph = ppl_graph::Graph::new();
    let inputs = [0.3, -0.2, 0.7, 1.1, -0.4, 0.9, 1.3, 0.2, 0.8];
    let free = graph.input(0, [3]);
    let weights = graph.exp(free);
    let total = graph.sum(weights);
    let simplex = graph.div(weights, total);
    let rows = graph.input(3, [2, 2]);
    let across = graph.transpose(rows, &[1, 0]);
    let covariance = graph.matmul(rows, across);
    let mu = graph.input(7, [2]);
    let alpha = crate::testing::vector(&mut graph, &[2.0, 0.7, 3.0]);
    let counts = crate::testing::vector(&mut graph, &[1.0, 3.0, 0.0]);
    let x = crate::testing::vector(&mut graph, &[0.4, -0.3]);
    let (trials, label) = (graph.constant(4.0), graph.constant(2.0));
    let terms = [
        ("dirichlet", simplex, vec![alpha]),
        ("multinomial", counts, vec![trials, simplex]),
        ("categorical", label, vec![simplex]),
        ("multi_normal", x, vec![mu, covariance]),
    ]
    .map(|(name, x, arguments)| crate::family(name).unwrap().log_density(&mut graph, x, &arguments));
    for term in terms {
        let exact = gradient(&mut graph, term, inputs.len());
        let exact = ppl_graph::evaluate(&graph, &inputs, &[exact])[0].values.to_vec();
        let numeric = gradient_by_differences(&graph, term, &inputs);
        exact.iter().zip(numeric).for_each(|(a, b)| assert_close(*a, b, 1e-7, "plane"));
    }
}

#[test]
fn certain_outcomes_have_finite_gradients() {
    for (name, arguments, x) in [
        ("binomial", &[&[7.0][..], &[0.0]][..], 0.0),
        ("bernoulli", &[&[0.0]], 0.0),
        ("poisson", &[&[0.0]], 0.0),
        ("poisson_log", &[&[f64::NEG_INFINITY]], 0.0),
    ] {
        let family = crate::family(name).unwrap();
        let mut stage = Stage::new(family, arguments, &[x], &[]);
        let density = stage.log_density(family);
        let slopes = gradient(&mut stage.graph, density, stage.inputs.len());
        let last = *stage.values(slopes).last().unwrap();
        assert!(last.is_finite(), "{name}: {last}");
    }
}
