use super::*;
use crate::testing::{SplitMix, random_graph};
use crate::{Reduction, Tensor, evaluate, gradient};

type Pass = fn(&Graph, &[NodeId]) -> (Graph, Vec<NodeId>);

fn assert_same(before: &Tensor, after: &Tensor, what: &str) {
    assert_eq!(before.shape, after.shape, "{what}");
    for (x, y) in before.values.iter().zip(after.values.iter()) {
        let same = x == y || (x.is_nan() && y.is_nan()) || (x - y).abs() <= 1e-10 * (1.0 + x.abs());
        assert!(same, "{what}: {x} became {y}");
    }
}

#[test]
fn every_pass_keeps_values_and_gradients_on_random_graphs() {
    let passes: [(&str, Pass); 7] = [
        ("dead", dead),
        ("cse", cse),
        ("fold", fold),
        ("simplify", simplify),
        ("fission", fission),
        ("transposes", transposes),
        ("optimize", optimize),
    ];
    for seed in 0..400 {
        let mut random = random_graph(seed, 5 + seed as usize % 25);
        let slope = gradient(&mut random.graph, random.output, random.inputs.len());
        let outputs: Vec<NodeId> = [slope].into_iter().chain(random.nodes).collect();
        let before = evaluate(&random.graph, &random.inputs, &outputs);
        for (name, pass) in passes {
            let (graph, outputs) = pass(&random.graph, &outputs);
            graph.verify().unwrap();
            let after = evaluate(&graph, &random.inputs, &outputs);
            for (k, (x, y)) in before.iter().zip(&after).enumerate() {
                assert_same(x, y, &format!("{name}, seed {seed}, output {k}"));
            }
        }
    }
}

#[test]
fn a_second_run_changes_nothing() {
    let compact = |pass: Pass, graph: &Graph, outputs: &[NodeId]| {
        let (graph, outputs) = pass(graph, outputs);
        dead(&graph, &outputs)
    };
    for seed in 0..100 {
        let random = random_graph(seed, 20);
        for (name, pass) in [("dead", dead as Pass), ("cse", cse), ("fold", fold)] {
            let (once, outputs) = compact(pass, &random.graph, &[random.output]);
            let (twice, again) = compact(pass, &once, &outputs);
            assert!(once.nodes() == twice.nodes() && outputs == again, "{name}, seed {seed}");
        }
    }
}

#[test]
fn gradients_of_optimized_graphs_agree() {
    for seed in 0..200 {
        let random = random_graph(seed, 15);
        let slope = |mut graph: Graph, output| {
            let slope = gradient(&mut graph, output, random.inputs.len());
            evaluate(&graph, &random.inputs, &[slope]).remove(0)
        };
        let before = slope(random.graph.clone(), random.output);
        let (graph, outputs) = optimize(&random.graph, &[random.output]);
        assert_same(&before, &slope(graph, outputs[0]), &format!("seed {seed}"));
    }
}

#[test]
fn origins_survive() {
    let mut g = Graph::new();
    g.set_origin(crate::Origin(5));
    let x = g.input(0, [2]);
    let total = g.sum(x);
    let (after, outputs) = optimize(&g, &[total]);
    assert_eq!(after.origin(outputs[0]), crate::Origin(5));
}

#[test]
fn products_with_zero_keep_infinities() {
    let mut g = Graph::new();
    let x = g.input(0, []);
    let product = g.scaled(0.0, x);
    let difference = g.sub(x, x);
    let (after, outputs) = optimize(&g, &[product, difference]);
    for value in evaluate(&after, &[f64::INFINITY], &outputs) {
        assert!(value.values[0].is_nan());
    }
}

#[test]
fn repeated_numbers_do_not_become_arrays() {
    let mut g = Graph::new();
    let one = g.constant(1.0);
    let repeated = g.broadcast(one, &[], [1000]);
    let x = g.input(0, [1000]);
    let shifted = g.add(x, repeated);
    let total = g.reduce_all(Reduction::Sum, shifted);
    let (after, _) = optimize(&g, &[total]);
    assert!(after.nodes().iter().all(|node| !matches!(node.op, Op::Data(_) | Op::Broadcast { .. })));
}

/// Sums, products and quotients of scalars, arrays and constants, of which many rules fit.
fn random_arithmetic(seed: u64) -> (Graph, Vec<NodeId>, Vec<f64>) {
    let mut random = SplitMix(seed);
    let mut g = Graph::new();
    let mut pool = vec![g.input(0, []), g.input(1, []), g.input(2, [3]), g.input(5, [3])];
    pool.extend([-1.0, 1.0, 0.0, 2.0, 0.3].map(|c| g.constant(c)));
    for _ in 0..40 {
        let (a, b) = (random.pick(&pool), random.pick(&pool));
        let node = match random.below(9) {
            0 | 1 => g.mul(a, b),
            2 => g.add(a, b),
            3 => g.sub(a, b),
            4 => g.neg(a),
            5 => g.square(a),
            6 => g.sum(a),
            7 => {
                let odds = g.exp(a);
                g.div(b, odds)
            }
            _ => {
                let shape = g.shape(a).clone();
                let repeated = if g.shape(b).is_scalar() { g.broadcast_scalar(b, &shape) } else { b };
                g.mul(a, repeated)
            }
        };
        pool.push(node);
    }
    let inputs = (0..8).map(|_| random.uniform(-1.0, 1.0)).collect();
    (g, pool, inputs)
}

#[test]
fn rules_of_arithmetic_come_to_an_end_and_keep_values() {
    for seed in 0..2000 {
        let (graph, outputs, inputs) = random_arithmetic(seed);
        let before = evaluate(&graph, &inputs, &outputs);
        let (after, outputs) = optimize(&graph, &outputs);
        for (x, y) in before.iter().zip(evaluate(&after, &inputs, &outputs)) {
            let tame = x.values.iter().all(|x| x.abs() < 1e6);
            if tame {
                assert_same(x, &y, &format!("seed {seed}"));
            }
        }
    }
}
