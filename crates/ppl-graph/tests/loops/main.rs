//! Densities with loops against central differences and against plain loops by hand, at several lengths.

mod hand;
mod models;
mod workloads;

use ppl_density::LogDensity;
use ppl_graph::{PlanDensity, evaluate};
use ppl_math::kernels::{Isa, Kernels};

#[test]
fn plans_agree_with_loops_by_hand() {
    for n in [5, 40, 700] {
        for mut workload in workloads::all(n) {
            let (graph, value, dim) = &workload.built;
            let (mut expected, mut slope) = (vec![0.0; *dim], vec![0.0; *dim]);
            let by_hand = (workload.hand)(&workload.position, &mut expected);
            let scale = expected.iter().fold(1.0, |scale: f64, x| scale.max(x.abs()));
            for isa in Isa::available() {
                let mut plan = PlanDensity::differentiate(graph, *value, *dim, &[], Kernels::for_isa(isa));
                let ours = plan.log_density_and_gradient(&workload.position, &mut slope).unwrap();
                let name = workload.name;
                assert!((ours - by_hand).abs() <= 1e-10 * by_hand.abs(), "{name} {n} {isa:?}: {ours} for {by_hand}");
                let worst = slope.iter().zip(&expected).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
                assert!(worst <= 1e-9 * scale, "{name} {n} {isa:?}: off by {worst:e} of {scale:e}");
            }
        }
    }
}

#[test]
fn loops_by_hand_agree_with_differences() {
    for mut workload in workloads::all(24) {
        let (graph, value, dim) = &workload.built;
        let mut slope = vec![0.0; *dim];
        (workload.hand)(&workload.position, &mut slope);
        for (k, x) in slope.iter().enumerate() {
            let at = |step: f64| {
                let mut position = workload.position.clone();
                position[k] += step;
                evaluate(graph, &position, &[*value])[0].values[0]
            };
            let y = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((x - y).abs() <= 1e-6 * (1.0 + y.abs()), "{} {k}: {x} for {y}", workload.name);
        }
    }
}

#[test]
fn sequential_densities_leave_loops_only_where_they_must() {
    let expected = [(1, 1, 0), (1, 0, 3), (0, 0, 2), (1, 1, 0), (0, 2, 0)];
    for (workload, expected) in workloads::all(1000).into_iter().zip(expected) {
        let (graph, value, dim) = &workload.built;
        let text = PlanDensity::differentiate(graph, *value, *dim, &[], Kernels::detect()).plan_text();
        let count = |head: &str| text.matches(head).count();
        let found = (count("= loop"), count("= system"), count("\nrecurrence"));
        assert_eq!(found, expected, "{}: {text}", workload.name);
    }
}
