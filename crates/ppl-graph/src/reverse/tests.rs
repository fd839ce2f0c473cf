use super::*;
use crate::testing::{SplitMix, binary_domain, gradient_by_differences, random_graph, unary_domain};
use crate::{Reduction, Unary, evaluate};

/// The gradient by reverse mode.
fn gradient_at(graph: &Graph, output: NodeId, inputs: &[f64]) -> Vec<f64> {
    let mut graph = graph.clone();
    let gradient = gradient(&mut graph, output, inputs.len());
    evaluate(&graph, inputs, &[gradient])[0].values.to_vec()
}

/// Asserts that reverse mode agrees with differences, and returns how many inputs could be compared.
fn compare(graph: &Graph, output: NodeId, inputs: &[f64], what: &str) -> usize {
    let exact = gradient_at(graph, output, inputs);
    let expected = gradient_by_differences(graph, output, inputs);
    let mut compared = 0;
    for (k, (x, y)) in exact.iter().zip(&expected).enumerate() {
        if !y.is_nan() {
            assert!((x - y).abs() <= 2e-6 * (1.0 + y.abs()), "{what}: input {k} at {inputs:?}: {x} against {y}");
            compared += 1;
        }
    }
    compared
}

/// Those made by reverse mode only, whose own derivative is not a number so that no wrong one passes for right.
const UNDIFFERENTIATED: (&[Unary], &[Binary]) = (&[Unary::Tetragamma], &[Binary::GammaPShape]);

#[test]
fn every_function_of_one_number_agrees_with_differences() {
    let mut random = SplitMix(1);
    for &f in Unary::ALL {
        let (low, high) = unary_domain(f);
        let mut graph = Graph::new();
        let x = graph.input(0, [5]);
        let y = graph.unary(f, x);
        let weights = graph.data(Tensor::new([5], vec![1.0, -0.5, 2.0, 0.3, 1.5]));
        let weighted = graph.mul(weights, y);
        let total = graph.sum(weighted);
        let inputs: Vec<f64> = (0..5).map(|_| random.uniform(low, high)).collect();
        if UNDIFFERENTIATED.0.contains(&f) {
            assert!(gradient_at(&graph, total, &inputs).iter().all(|x| x.is_nan()));
        } else {
            assert!(compare(&graph, total, &inputs, f.name()) >= 4);
        }
    }
}

#[test]
fn every_function_of_two_numbers_agrees_with_differences_lifted_or_not() {
    let mut random = SplitMix(2);
    for &f in Binary::ALL {
        let (left, right) = binary_domain(f);
        for (a_shape, b_shape) in [(&[3][..], &[3][..]), (&[], &[3]), (&[3], &[])] {
            let mut graph = Graph::new();
            let a = graph.input(0, a_shape);
            let b = graph.input(graph.shape(a).size(), b_shape);
            let y = graph.binary(f, a, b);
            let squares = graph.square(y);
            let total = graph.sum(squares);
            let mut inputs: Vec<f64> = Vec::new();
            inputs.extend((0..graph.shape(a).size()).map(|_| random.uniform(left.0, left.1)));
            inputs.extend((0..graph.shape(b).size()).map(|_| random.uniform(right.0, right.1)));
            if UNDIFFERENTIATED.1.contains(&f) {
                assert!(gradient_at(&graph, total, &inputs)[0].is_nan());
            } else {
                assert!(compare(&graph, total, &inputs, f.name()) + 1 >= inputs.len(), "{}", f.name());
            }
        }
    }
}

#[test]
fn random_graphs_agree_with_differences() {
    let (mut compared, mut all) = (0, 0);
    for seed in 0..1200 {
        let random = random_graph(seed, 8 + seed as usize % 20);
        compared += compare(&random.graph, random.output, &random.inputs, &format!("seed {seed}"));
        all += random.inputs.len();
    }
    assert!(compared * 100 >= all * 97, "{compared} of {all} inputs compared");
}

/// Which operation a node has, as a number; a new operation does not compile until it is counted here.
fn kind(op: &Op) -> usize {
    match op {
        Op::Input { .. } => 0,
        Op::Data(_) => 1,
        Op::Const(_) => 2,
        Op::Unary(..) => 3,
        Op::Binary(..) => 4,
        Op::Select(..) => 5,
        Op::Broadcast { .. } => 6,
        Op::Transpose { .. } => 7,
        Op::Reshape(_) => 8,
        Op::Gather { .. } => 9,
        Op::Scatter { .. } => 10,
        Op::Take { .. } => 11,
        Op::Put { .. } => 12,
        Op::Concat(_) => 13,
        Op::Reduce { .. } => 14,
        Op::CumulativeSum { .. } => 15,
        Op::MatMul(..) => 16,
        Op::Cholesky(_) => 17,
        Op::SolveTriangular { .. } => 18,
        Op::Solve(..) => 19,
        Op::Inverse(_) => 20,
        Op::LogDeterminant(_) => 21,
        Op::Sort(_) => 22,
        Op::ArgSort(_) => 23,
        Op::LinearRecurrence { .. } => 24,
        Op::Scan { .. } => 25,
        Op::SparseProduct { .. } => 26,
    }
}

#[test]
fn random_graphs_hold_every_operation() {
    let mut kinds = [0; 27];
    let (mut unary, mut binary, mut reductions) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..400 {
        for node in random_graph(seed, 20).graph.nodes() {
            kinds[kind(&node.op)] += 1;
            match node.op {
                Op::Unary(f, _) => unary.push(f),
                Op::Binary(f, ..) => binary.push(f),
                Op::Reduce { kind, .. } => reductions.push(kind),
                _ => {}
            }
        }
    }
    assert!(kinds.iter().all(|&count| count > 0), "{kinds:?}");
    assert!(Unary::ALL.iter().all(|f| unary.contains(f)) && Binary::ALL.iter().all(|f| binary.contains(f)));
    assert!(Reduction::ALL.iter().all(|kind| reductions.contains(kind)));
}

#[test]
fn inputs_that_overlap_add_up() {
    let mut g = Graph::new();
    let (x, y, z) = (g.input(0, [3]), g.input(1, [1, 2]), g.input(4, []));
    let (a, b) = (g.sum(x), g.sum(y));
    let c = g.mul(b, z);
    let total = g.add(a, c);
    assert_eq!(gradient_at(&g, total, &[1.0, 2.0, 3.0, 0.0, 5.0]), [1.0, 6.0, 6.0, 0.0, 5.0]);
}

#[test]
fn outputs_without_inputs_have_gradient_zero() {
    let mut g = Graph::new();
    let c = g.constant(3.0);
    assert_eq!(gradient_at(&g, c, &[1.0, 2.0]), [0.0, 0.0]);
    assert!(gradient_at(&g, c, &[]).is_empty());
}

/// select(0 < x, f(x), 0) summed over inputs.
fn guarded(build: impl Fn(&mut Graph, NodeId) -> NodeId) -> (Graph, NodeId) {
    let mut g = Graph::new();
    let x = g.input(0, [3]);
    let zero = g.constant(0.0);
    let positive = g.lt(zero, x);
    let value = build(&mut g, x);
    let chosen = g.select(positive, value, zero);
    let total = g.sum(chosen);
    (g, total)
}

#[test]
fn the_unchosen_side_has_no_gradient_however_wild_it_is() {
    let (g, total) = guarded(|g, x| g.log(x));
    assert_eq!(gradient_at(&g, total, &[0.0, -1.0, 2.0]), [0.0, 0.0, 0.5]);
    let (g, total) = guarded(|g, x| {
        let root = g.sqrt(x);
        let log = g.log(root);
        g.exp(log)
    });
    assert_eq!(gradient_at(&g, total, &[0.0, -1.0, 4.0])[..2], [0.0, 0.0]);
    let (g, total) = guarded(|g, x| {
        let log = g.log(x);
        g.matmul(log, log)
    });
    assert_eq!(gradient_at(&g, total, &[-1.0, -2.0, -3.0]), [0.0, 0.0, 0.0]);
}

#[test]
fn impossible_components_of_a_mixture_do_not_poison_the_others() {
    let mut g = Graph::new();
    let x = g.input(0, [2]);
    let log = g.log(x);
    let all = g.reduce_all(Reduction::LogSumExp, log);
    assert_eq!(gradient_at(&g, all, &[0.0, 2.0])[1], 0.5);
    let minus = g.constant(f64::NEG_INFINITY);
    let (none, one) = (g.gather(log, vec![0], []), g.gather(log, vec![1], []));
    let inner = g.log_add_exp(none, minus);
    let outer = g.log_add_exp(inner, one);
    let slope = gradient_at(&g, outer, &[0.0, 2.0]);
    assert_eq!(slope, [0.0, 0.5]);
}

#[test]
fn powers_and_logs_are_safe_at_zero() {
    let slope = |exponent: f64, constant: bool| {
        let mut g = Graph::new();
        let x = g.input(0, []);
        let y = if constant { g.constant(exponent) } else { g.input(1, []) };
        let power = g.pow(x, y);
        gradient_at(&g, power, &[0.0, exponent])
    };
    for constant in [true, false] {
        assert_eq!(slope(2.0, constant), [0.0, 0.0]);
        assert_eq!(slope(1.0, constant), [1.0, 0.0]);
        assert_eq!(slope(0.0, constant)[0], 0.0);
        assert_eq!(slope(3.5, constant), [0.0, 0.0]);
    }
    let mut g = Graph::new();
    let (x, y) = (g.input(0, []), g.input(1, []));
    let product = g.x_log_y(x, y);
    assert_eq!(gradient_at(&g, product, &[0.0, 0.0])[1], 0.0);
}

#[test]
fn products_with_zeros_have_gradients() {
    let mut g = Graph::new();
    let x = g.input(0, [2, 3]);
    let product = g.reduce(Reduction::Product, x, &[1]);
    let total = g.sum(product);
    let slopes = gradient_at(&g, total, &[2.0, 0.0, 5.0, 0.0, 0.0, 4.0]);
    assert_eq!(slopes, [0.0, 10.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn ties_share_the_gradient_of_an_extreme() {
    let mut g = Graph::new();
    let x = g.input(0, [3]);
    let largest = g.reduce_all(Reduction::Max, x);
    assert_eq!(gradient_at(&g, largest, &[1.0, 4.0, 4.0]), [0.0, 0.5, 0.5]);
}

#[test]
fn a_loop_over_elements_scatters_once() {
    let mut g = Graph::new();
    let x = g.input(0, [50]);
    let mut total = g.constant(0.0);
    for t in 1..50 {
        let (now, before) = (g.gather(x, vec![t], []), g.gather(x, vec![t - 1], []));
        let step = g.sub(now, before);
        let square = g.square(step);
        total = g.add(total, square);
    }
    gradient(&mut g, total, 50);
    let scatters = g.nodes().iter().filter(|node| matches!(node.op, Op::Scatter { .. })).count();
    assert_eq!(scatters, 1);
}

#[test]
fn logistic_regression_has_its_textbook_gradient() {
    let mut g = Graph::new();
    let design = g.data(Tensor::new([3, 2], vec![1.0, 2.0, 1.0, -1.0, 1.0, 0.5]));
    let response = g.data(Tensor::new([3], vec![1.0, 0.0, 1.0]));
    let slopes = g.input(0, [2]);
    let predictor = g.matmul(design, slopes);
    let (hits, misses) = (g.mul(response, predictor), g.softplus(predictor));
    let density = g.sub(hits, misses);
    let total = g.sum(density);
    let nodes = g.len();
    let at_zero = gradient_at(&g, total, &[0.0, 0.0]);
    approx::assert_relative_eq!(at_zero[..], [0.5, 1.75][..], epsilon = 1e-15);
    gradient(&mut g, total, 2);
    assert!(g.len() <= nodes + 8, "the adjoint takes {} nodes", g.len() - nodes);
}

#[test]
fn origins_follow_the_statement() {
    let mut g = Graph::new();
    let x = g.input(0, []);
    g.set_origin(crate::Origin(7));
    let y = g.exp(x);
    let z = g.square(y);
    g.set_origin(crate::Origin(3));
    let slope = gradient(&mut g, z, 1);
    assert_eq!(g.current_origin(), crate::Origin(3));
    let product = g.needs_of(&[slope]).into_iter().rfind(|&id| matches!(g.node(id).op, Op::Binary(Binary::Mul, ..)));
    assert_eq!(g.origin(product.unwrap()), crate::Origin(7));
}

/// A hidden Markov model of three states that can only be passed from left to right, the last number of which is the
/// log density of having been seen.
fn left_to_right(n: usize) -> (Graph, NodeId) {
    let mut turn = Graph::new();
    let [a, b, c, stay, go, e] = [0, 1, 2, 5, 6, 3].map(|k| turn.input(k, []));
    let never = turn.constant(f64::NEG_INFINITY);
    let mut reach = |paths: [(NodeId, NodeId); 3]| {
        let [x, y, z] = paths.map(|(from, step)| turn.add(from, step));
        let sum = turn.log_add_exp(x, y);
        let sum = turn.log_add_exp(sum, z);
        turn.add(sum, e)
    };
    let next = [
        reach([(a, stay), (b, never), (c, never)]),
        reach([(a, go), (b, stay), (c, never)]),
        reach([(a, never), (b, go), (c, stay)]),
    ];
    let body = crate::Body::new(&turn, &next);
    let mut g = Graph::new();
    let (stay, go, each, zero) = (g.input(0, []), g.input(1, []), g.input(2, [n]), g.constant(0.0));
    let never = g.constant(f64::NEG_INFINITY);
    let unread = g.exp(each);
    let states = g.scan(body, [&[zero, never, never], &[each, unread], &[stay, go]], n, false);
    let last = g.element(states, 3 * (n + 1) - 1);
    (g, last)
}

#[test]
fn impossible_states_of_a_loop_do_not_poison_the_others() {
    let inputs = [-0.3, -1.2, 0.1, 0.4, -0.5, 0.2, 0.3];
    let (graph, last) = left_to_right(5);
    assert_eq!(compare(&graph, last, &inputs, "left to right"), inputs.len());
    let (graph, outputs) = crate::passes::optimize(&graph, &[last]);
    assert_eq!(compare(&graph, outputs[0], &inputs, "left to right, optimized"), inputs.len());
    let mut graph = graph;
    let slope = gradient(&mut graph, outputs[0], inputs.len());
    let expected = evaluate(&graph, &inputs, &[slope]).remove(0);
    let (graph, outputs) = crate::passes::optimize(&graph, &[slope]);
    let found = evaluate(&graph, &inputs, &outputs).remove(0);
    assert!(found.values.iter().zip(expected.values.iter()).all(|(x, y)| (x - y).abs() < 1e-12), "{found:?}");
}
