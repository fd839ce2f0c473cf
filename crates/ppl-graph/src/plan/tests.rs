use std::sync::Arc;

use ppl_density::{Fault, LogDensity};
use ppl_math::kernels::{Isa, Kernels};

use super::instruction::{Arena, Instruction, Step};
use super::verify::verify;
use super::{Division, Machine, Plan};
use crate::testing::{RandomGraph, random_graph, tall_random_graph};
use crate::{
    Binary, Graph, GraphDensity, NodeId, Op, PlanDensity, Reduction, SparseMatrix, Tensor, Unary, evaluate, gradient,
};

mod classes;
mod loops;
mod threads;

const INF: f64 = f64::INFINITY;

fn tables() -> impl Iterator<Item = &'static Kernels> {
    Isa::available().into_iter().map(Kernels::for_isa)
}

fn compile(graph: &Graph, outputs: &[NodeId], kernels: &'static Kernels, division: Division) -> Arc<Plan> {
    Plan::compile(graph, &[outputs], graph.inputs_len(), kernels, division).remove(0)
}

fn machine(graph: &Graph, outputs: &[NodeId], kernels: &'static Kernels) -> Machine {
    Machine::new(compile(graph, outputs, kernels, Division::default()))
}

/// Up to 1e-11 of the size of the largest number about.
fn close(plan: f64, reference: f64, scale: f64) -> bool {
    if reference.is_finite() { (plan - reference).abs() <= 1e-11 * scale } else { same(plan, reference) }
}

fn same(x: f64, y: f64) -> bool {
    x == y || (x.is_nan() && y.is_nan())
}

/// Whether a node jumps at a position, as rounded numbers and positions in sorted order may: there rounding decides.
fn jumps(graph: &Graph, node: NodeId, inputs: &[f64]) -> bool {
    if graph.needs_of(&[node]).into_iter().any(|id| has_ties(graph, id, inputs)) {
        return true;
    }
    let here = &evaluate(graph, inputs, &[node])[0].values;
    (0..8).any(|seed| {
        let mut random = crate::testing::SplitMix(seed);
        let nearby: Vec<f64> = inputs.iter().map(|x| x + 1e-12 * random.uniform(-1.0, 1.0)).collect();
        let there = &evaluate(graph, &nearby, &[node])[0].values;
        here.iter().zip(there.iter()).any(|(x, y)| !close(*x, *y, 1e6 * scale(here)))
    })
}

/// Whether a node compares numbers that are equal but for rounding.
fn has_ties(graph: &Graph, id: NodeId, inputs: &[f64]) -> bool {
    let value = |id: NodeId| evaluate(graph, inputs, &[id])[0].values.to_vec();
    match graph.node(id).op {
        Op::ArgSort(a) | Op::Reduce { kind: Reduction::ArgMax | Reduction::ArgMin, source: a, .. } => {
            let mut values = value(a);
            values.sort_by(f64::total_cmp);
            values.windows(2).any(|pair| close(pair[0], pair[1], 1.0))
        }
        Op::Binary(Binary::Lt | Binary::Le | Binary::Eq | Binary::Ne, a, b) => {
            let (a, b) = (value(a), value(b));
            (0..a.len().max(b.len())).any(|k| close(a[k % a.len()], b[k % b.len()], 1.0))
        }
        _ => false,
    }
}

fn scale(values: &[f64]) -> f64 {
    values.iter().filter(|x| x.is_finite()).fold(1.0, |scale, x| x.abs().max(scale))
}

/// Compares the plan with the interpreter, node by node, on every instruction set.
fn agree(graph: &Graph, outputs: &[NodeId], inputs: &[f64]) {
    let expected = evaluate(graph, inputs, outputs);
    for kernels in tables() {
        let mut machine = machine(graph, outputs, kernels);
        for round in 0..2 {
            machine.run(&inputs[..graph.inputs_len()]);
            for (k, expected) in expected.iter().enumerate() {
                let (own, scale) = (machine.output(k), scale(&expected.values));
                let fits = own.iter().zip(expected.values.iter()).all(|(&x, &y)| close(x, y, scale));
                assert!(
                    own.len() == expected.values.len() && (fits || jumps(graph, outputs[k], inputs)),
                    "{:?} round {round} output {k}: {own:?} {:?}\n{}\n{}",
                    kernels.isa,
                    expected.values,
                    machine.plan(),
                    crate::text::print(graph, &outputs[k..=k]),
                );
            }
        }
    }
}

/// How many random graphs are compared; `PPL_RANDOM_GRAPHS` asks for more.
fn rounds() -> u64 {
    std::env::var("PPL_RANDOM_GRAPHS").ok().and_then(|text| text.parse().ok()).unwrap_or(1000)
}

#[test]
fn plans_agree_with_the_interpreter_on_random_graphs() {
    for seed in 0..rounds() {
        let RandomGraph { graph, nodes, inputs, .. } = random_graph(seed, 4 + seed as usize % 24);
        agree(&graph, &nodes, &inputs);
    }
}

#[test]
fn plans_agree_with_the_interpreter_on_long_arrays() {
    for seed in 0..rounds() / 10 {
        let RandomGraph { mut graph, output, nodes, inputs } = tall_random_graph(seed, 4 + seed as usize % 16);
        agree(&graph, &nodes, &inputs);
        let gradient = gradient(&mut graph, output, inputs.len());
        let (graph, outputs) = crate::passes::optimize(&graph, &[output, gradient]);
        agree_loosely(&graph, &outputs, &inputs, seed);
    }
}

#[test]
fn gradients_agree_with_the_interpreter_on_random_graphs() {
    for seed in 0..rounds() / 2 {
        let RandomGraph { mut graph, output, inputs, .. } = random_graph(seed + 1_000_000, 4 + seed as usize % 16);
        let gradient = gradient(&mut graph, output, inputs.len());
        let (graph, outputs) = crate::passes::optimize(&graph, &[output, gradient]);
        agree_loosely(&graph, &outputs, &inputs, seed);
    }
}

/// Derivatives may amplify rounding; what the interpreter itself does not determine is not asked for.
fn agree_loosely(graph: &Graph, outputs: &[NodeId], inputs: &[f64], seed: u64) {
    let nodes: Vec<NodeId> = graph.needs_of(outputs);
    let largest = evaluate(graph, inputs, &nodes).iter().map(|t| scale(&t.values)).fold(1.0, f64::max);
    let expected = evaluate(graph, inputs, outputs);
    for kernels in tables() {
        let mut machine = machine(graph, outputs, kernels);
        machine.run(&inputs[..graph.inputs_len()]);
        for (k, expected) in expected.iter().enumerate() {
            let fits = machine.output(k).iter().zip(expected.values.iter()).all(|(&x, &y)| close(x, y, largest));
            assert!(
                fits || jumps(graph, outputs[k], inputs),
                "{:?} seed {seed}: {:?} {:?}",
                kernels.isa,
                machine.output(k),
                expected.values
            );
        }
    }
}

/// Lengths about the sizes of vectors, tiles and blocks.
const LENGTHS: [usize; 11] = [0, 1, 2, 7, 8, 9, 31, 255, 256, 257, 1030];

fn numbers(n: usize, f: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..n).map(|k| f((k as f64 * 0.7).sin())).collect()
}

fn data(g: &mut Graph, values: Vec<f64>) -> NodeId {
    g.data(Tensor::new([values.len()], values))
}

#[test]
fn every_elementwise_function_agrees_at_every_length() {
    for n in LENGTHS {
        let mut g = Graph::new();
        let x = g.input(0, [n]);
        let c = data(&mut g, numbers(n, |x| 2.0 + x));
        let s = g.constant(0.4);
        let mut outputs: Vec<NodeId> = Unary::ALL
            .iter()
            .map(|&f| {
                let (low, high) = crate::testing::unary_domain(f);
                let inside = g.scaled(0.25 * (high - low), x);
                let inside = g.shifted(0.5 * (low + high), inside);
                g.unary(f, inside)
            })
            .collect();
        for &f in Binary::ALL {
            outputs.extend([g.binary(f, x, c), g.binary(f, c, s), g.binary(f, s, c)]);
        }
        agree(&g, &outputs, &numbers(n, |x| x));
    }
}

#[test]
fn sums_products_and_extremes_agree_at_every_length() {
    for n in LENGTHS {
        let mut g = Graph::new();
        let (x, s) = (g.input(1, [n]), g.input(0, []));
        let c = data(&mut g, numbers(n, |x| 1.0 - x));
        let (square, product, scaled) = (g.square(x), g.mul(x, c), g.mul(s, x));
        let fused = [g.add(product, x), g.sub(x, product), g.add(scaled, c), g.sub(product, s)];
        let mut outputs = vec![g.sum(x), g.sum(square), g.sum(product), g.sum(scaled)];
        outputs.extend(fused.map(|id| g.sum(id)));
        for &kind in Reduction::ALL {
            outputs.push(g.reduce_all(kind, x));
        }
        agree(&g, &outputs, &numbers(n + 1, |x| x));
    }
}

#[test]
fn gathers_and_scatters_agree_sorted_and_not() {
    for n in LENGTHS {
        let mut g = Graph::new();
        let x = g.input(0, [9]);
        let y = g.exp(x);
        let mixed: Vec<u32> = (0..n as u32).map(|k| k * 7 % 9).collect();
        let mut sorted = mixed.clone();
        sorted.sort_unstable();
        let mut outputs = Vec::new();
        for positions in [mixed, sorted] {
            let far = g.gather(y, positions.clone(), [n]);
            let root = g.sqrt(far);
            outputs.extend([root, g.scatter(root, positions, [9])]);
        }
        let back = g.add(outputs[1], outputs[3]);
        outputs.push(g.mul(back, x));
        agree(&g, &outputs, &numbers(9, |x| x));
    }
}

#[test]
fn generalised_linear_models_agree_at_every_length() {
    for n in LENGTHS {
        for p in [1, 3, 20] {
            let mut g = Graph::new();
            let beta = g.input(0, [p]);
            let x = g.data(Tensor::new([n, p], numbers(n * p, |x| x)));
            let y = data(&mut g, numbers(n, |x| f64::from(x > 0.0)));
            let eta = g.matmul(x, beta);
            let (cost, hits) = (g.softplus(eta), g.mul(y, eta));
            let terms = g.sub(hits, cost);
            let value = g.sum(terms);
            let slope = gradient(&mut g, value, p);
            let (g, outputs) = crate::passes::optimize(&g, &[value, slope]);
            agree(&g, &outputs, &numbers(p, |x| x));
        }
    }
}

/// Row i has i mod 4 elements, the first in column 3i mod `columns`.
fn sparse(rows: usize, columns: usize) -> SparseMatrix {
    let (mut starts, mut indices) = (vec![0], Vec::new());
    for i in 0..rows {
        let first = 3 * i % columns;
        indices.extend((first..columns.min(first + i % 4)).map(|j| j as u32));
        starts.push(indices.len() as u32);
    }
    let values = numbers(indices.len(), |x| x);
    SparseMatrix::new(rows, columns, starts, indices, values).unwrap()
}

#[test]
fn sparse_products_agree_at_every_length() {
    for n in LENGTHS {
        for p in [1, 5, 300] {
            let mut g = Graph::new();
            let beta = g.input(0, [p]);
            let x = g.sparse(sparse(n, p));
            let (shifted, mean) = (g.exp(beta), g.sparse_product(x, beta, false));
            let curve = g.softplus(mean);
            let mut outputs = vec![mean, g.sparse_product(x, curve, true), g.sparse_product(x, shifted, false)];
            let value = g.sum(curve);
            outputs.push(gradient(&mut g, value, p));
            agree(&g, &outputs, &numbers(p, |x| x));
        }
    }
}

#[test]
fn infinities_and_not_a_number_flow_alike() {
    let special = vec![1.0, 0.0, -0.0, INF, -INF, f64::NAN, -1.0, 1e300, 1e-310];
    let mut g = Graph::new();
    let x = g.input(0, [9]);
    let zero = g.constant(0.0);
    let mut outputs: Vec<NodeId> = [Unary::Exp, Unary::Log, Unary::Sqrt, Unary::Softplus, Unary::Sigmoid, Unary::Not]
        .map(|f| g.unary(f, x))
        .to_vec();
    let log = g.log(x);
    let positive = g.lt(zero, x);
    outputs.extend([g.select(positive, log, zero), g.binary(Binary::MulOrZero, positive, log)]);
    for f in [Binary::Min, Binary::Max, Binary::Le, Binary::Eq, Binary::Ne, Binary::And, Binary::Or] {
        outputs.push(g.binary(f, x, zero));
    }
    for &kind in Reduction::ALL {
        outputs.push(g.reduce_all(kind, x));
    }
    agree(&g, &outputs, &special);
}

#[test]
fn sums_of_exponentials_keep_their_infinities() {
    for low in [-INF, 0.0, INF, f64::NAN] {
        let mut g = Graph::new();
        let x = g.input(0, [20, 3]);
        let outputs = [&[0usize][..], &[1], &[0, 1]].map(|axes| g.reduce(Reduction::LogSumExp, x, axes));
        let mut inputs = numbers(60, |x| 800.0 * x);
        inputs[3..6].fill(low);
        agree(&g, &outputs, &inputs);
    }
}

/// Everything that can be done with an array of a long and a short axis, in both orders.
fn short_axis_agrees(n: usize, k: usize, shape: [usize; 2], long: usize) {
    let mut g = Graph::new();
    let (row, part, scale) = (g.input(0, [n]), g.input(n, [k]), g.input(n + k, []));
    let table = g.data(Tensor::new(shape, numbers(n * k, |x| x)));
    let (rows, parts) = (g.broadcast(row, &[long], shape), g.broadcast(part, &[1 - long], shape));
    let same = g.broadcast(scale, &[], shape);
    let gap = g.sub(rows, parts);
    let scaled = g.mul(gap, table);
    let mixed = g.mul(scaled, same);
    let mut outputs = Vec::new();
    for source in [mixed, gap, parts, rows, same] {
        for kind in [Reduction::Sum, Reduction::Max, Reduction::Min, Reduction::LogSumExp, Reduction::Product] {
            outputs.extend([&[0][..], &[1], &[0, 1]].map(|axes| g.reduce(kind, source, axes)));
        }
    }
    let part_at = |at: usize| (if long == 0 { at % k } else { at / n }) as u32;
    let order: Vec<u32> = (0..n * k).map(part_at).collect();
    let jumble: Vec<u32> = (0..n * k).map(|at| (at * 7 % n) as u32).collect();
    let (repeated, jumbled) = (g.gather(part, order.clone(), shape), g.gather(row, jumble.clone(), shape));
    let product = g.mul(repeated, jumbled);
    outputs.extend([g.scatter(product, order.clone(), [k]), g.scatter(product, jumble, [n])]);
    outputs.push(g.reduce(Reduction::Sum, product, &[1 - long]));
    let second: Vec<u32> = (0..(n * k) as u32).filter(|&at| order[at as usize] == 1).collect();
    outputs.push(g.gather(scaled, second, [n]));
    let inputs = numbers(n + k + 1, |x| x);
    outputs.iter().for_each(|&id| agree(&g, &[id], &inputs));
    outputs.push(mixed);
    agree(&g, &outputs, &inputs);
}

#[test]
fn arrays_with_a_short_axis_agree_whoever_reads_them() {
    for (n, k) in [(31, 3), (32, 3), (300, 2), (257, 8), (300, 9)] {
        short_axis_agrees(n, k, [n, k], 0);
        short_axis_agrees(n, k, [k, n], 1);
    }
}

#[test]
fn autoregressions_are_one_pass_over_time() {
    let (n, k) = (195, 5);
    let mut g = Graph::new();
    let beta = g.input(0, [k]);
    let before = g.data(Tensor::new([k, n], numbers(n * k, |x| x)));
    let repeated = g.broadcast(beta, &[0], [k, n]);
    let parts = g.mul(repeated, before);
    let mean = g.reduce(Reduction::Sum, parts, &[0]);
    let square = g.square(mean);
    let value = g.sum(square);
    let text = PlanDensity::differentiate(&g, value, k, &[], Kernels::detect()).plan_text();
    assert_eq!((text.matches("pass 195").count(), text.matches("pass 975").count()), (1, 0), "{text}");
}

#[test]
fn mixtures_are_one_pass_over_the_rows() {
    let (n, k) = (1000, 3);
    let mut g = Graph::new();
    let means = g.input(0, [k]);
    let observed = data(&mut g, numbers(n, |x| x));
    let (observed, means) = (g.broadcast(observed, &[0], [n, k]), g.broadcast(means, &[1], [n, k]));
    let residual = g.sub(observed, means);
    let square = g.square(residual);
    let component = g.neg(square);
    let each = g.reduce_last(Reduction::LogSumExp, component);
    let value = g.sum(each);
    let mut density = PlanDensity::differentiate(&g, value, k, &[], Kernels::detect());
    let text = density.plan_text();
    assert_eq!((text.matches("pass 1000").count(), text.matches("pass 3000").count()), (1, 0), "{text}");
    let (mut slope, mut expected) = ([0.0; 3], [0.0; 3]);
    density.log_density_and_gradient(&[0.1, 0.2, -0.3], &mut slope).unwrap();
    density.reference().clone().log_density_and_gradient(&[0.1, 0.2, -0.3], &mut expected).unwrap();
    assert!(slope.iter().zip(&expected).all(|(&x, &y)| close(x, y, 1000.0)));
}

#[test]
fn overlapping_inputs_and_views_do_not_disturb_each_other() {
    let mut g = Graph::new();
    let (whole, part, one) = (g.input(0, [12]), g.input(3, [2, 3]), g.input(5, []));
    let doubled = g.scaled(2.0, whole);
    let view = g.gather(doubled, (3..9).collect::<Vec<u32>>(), [6]);
    let flat = g.reshape(part, [6]);
    let sum = g.add(view, flat);
    let shaped = g.reshape(sum, [2, 3]);
    let outputs = [sum, g.mul(shaped, one), g.concat(&[view, one, flat], [13]), view, g.square(doubled), whole];
    agree(&g, &outputs, &numbers(12, |x| x));
}

#[test]
fn a_plan_reads_the_design_once_for_value_and_gradient() {
    let mut g = Graph::new();
    let beta = g.input(0, [4]);
    let x = g.data(Tensor::new([1000, 4], numbers(4000, |x| x)));
    let eta = g.matmul(x, beta);
    let cost = g.softplus(eta);
    let value = g.sum(cost);
    let density = PlanDensity::differentiate(&g, value, 4, &[], Kernels::detect());
    let text = density.plan_text();
    assert_eq!(text.matches("pass 1000").count(), 1, "{text}");
    assert!(text.contains("softplus_sigmoid"), "{text}");
}

#[test]
fn profiles_tell_the_time_of_every_instruction() {
    let (mut density, _) = density();
    let mut ticks = 0.0;
    let mut clock = || {
        ticks += 1.0;
        ticks
    };
    let profile = density.profile(&[2.0; 300], &mut clock);
    // Two blocks of 300 elements take two ticks.
    assert!(profile.iter().any(|(line, time)| line.starts_with("300: ") && line.contains("log") && *time == 2.0));
    assert!(profile.iter().all(|(_, time)| *time > 0.0));
}

/// ln x summed over 300 inputs.
fn density() -> (PlanDensity, GraphDensity) {
    let mut g = Graph::new();
    let x = g.input(0, [300]);
    let log = g.log(x);
    let value = g.sum(log);
    let term = crate::NamedTerm { name: "x (1:1)".into(), origin: crate::Origin(0), node: log };
    let reference = GraphDensity::differentiate(&g, value, 300, &[term]);
    (PlanDensity::of(reference.clone(), Kernels::detect(), crate::passes::Condense::none()), reference)
}

#[test]
fn densities_fault_as_the_interpreter_does() {
    let (mut density, mut reference) = density();
    for wild in [1.0, 0.0, -1.0, INF, f64::NAN] {
        let mut position = numbers(300, |x| 2.0 + x);
        position[200] = wild;
        let (mut slope, mut expected) = (vec![0.0; 300], vec![0.0; 300]);
        let own = density.log_density_and_gradient(&position, &mut slope);
        let other = reference.log_density_and_gradient(&position, &mut expected);
        match (&own, &other) {
            (Ok(x), Ok(y)) => assert!(close(*x, *y, 300.0)),
            _ => assert_eq!(own, other),
        }
        if own.is_ok() {
            assert!(slope.iter().zip(&expected).all(|(&x, &y)| same(x, y)));
        }
        assert_eq!(density.log_density(&position).is_ok(), own.is_ok());
    }
    let mut position = vec![1.0; 300];
    position[7] = -1.0;
    assert_eq!(density.log_density(&position), Err(Fault::Reject("x (1:1) is not a number".into())));
}

#[test]
fn clones_on_other_threads_give_the_same_bits() {
    let (mut density, _) = density();
    let position = numbers(300, |x| 2.0 + x);
    let here = density.log_density(&position).unwrap();
    let mut clone = density.clone();
    let there = std::thread::spawn(move || clone.log_density(&position).unwrap()).join().unwrap();
    assert_eq!(here.to_bits(), there.to_bits());
}

/// A plan with a pass, a gather, a matrix, a routine and scalars.
fn sound() -> Plan {
    let mut g = Graph::new();
    let x = g.input(0, [4]);
    let design = g.data(Tensor::new([300, 4], numbers(1200, |x| x)));
    let mean = g.matmul(design, x);
    let far = g.gather(mean, (0..300).rev().collect::<Vec<u32>>(), [300]);
    let rows = g.sparse(sparse(300, 4));
    let (near, wide) = (g.sparse_product(rows, x, false), g.sparse(sparse(300, 500)));
    let spread = g.sparse_product(wide, near, true);
    let far = g.add(far, near);
    let back = g.scatter(far, (0..300).map(|k| k % 4).collect::<Vec<u32>>(), [4]);
    let sorted = g.sort(back);
    let total = g.sum(sorted);
    let root = g.exp(total);
    let plan = compile(&g, &[root, far, spread], Kernels::detect(), Division::default());
    Arc::into_inner(plan).expect("the only owner")
}

macro_rules! refuses {
    ($pattern:pat => $change:expr) => {
        refused(|instruction| {
            let found = if let $pattern = instruction { Some($change) } else { None };
            found.is_some()
        })
    };
}

/// Breaks the first instruction of a pass, or the first step, for which `change` finds something to break.
fn refused(change: impl Fn(&mut Instruction) -> bool) {
    let mut plan = sound();
    let instructions = plan.steps.iter_mut().filter_map(|step| match step {
        Step::Pass(pass) => Some(pass.instructions.iter_mut()),
        _ => None,
    });
    assert!(instructions.flatten().any(change), "nothing was broken");
    assert!(verify(&plan).is_err());
}

#[test]
fn the_verifier_refuses_places_outside_and_overlaps() {
    assert_eq!(verify(&sound()), Ok(()));
    let far = usize::MAX / 2;
    refuses!(Instruction::RowsTimes { to, .. } => to.offset = far);
    refuses!(Instruction::RowsTimes { to, vector, .. } => to.offset = vector.offset);
    refuses!(Instruction::RowsTimes { to, .. } => to.arena = Arena::Data);
    refuses!(Instruction::RowsTimes { matrix, .. } => matrix.columns += 1);
    refuses!(Instruction::RowsTimes { matrix, .. } => matrix.span.offset = far);
    refuses!(Instruction::Gather { source, .. } => source.len -= 1);
    refuses!(Instruction::Gather { positions, .. } => positions.offset += 1000);
    refuses!(Instruction::Gather { to, source, .. } => to.offset = source.offset);
    refuses!(Instruction::Scatter { to, .. } => to.len = 3);
    refuses!(Instruction::Scatter { a, .. } => a.stride = 0);
    refuses!(Instruction::Reduce { a, .. } => a.mask = 1);
    refuses!(Instruction::SparseRowsTimes { vector, .. } => vector.len -= 1);
    refuses!(Instruction::SparseRowsTimes { matrix, .. } => matrix.starts.offset += 1);
    refuses!(Instruction::SparseRowsTimes { matrix, .. } => matrix.starts = matrix.columns);
    refuses!(Instruction::SparseRowsTimes { matrix, .. } => matrix.values.len -= 1);
    refuses!(Instruction::TimesSparseRows { matrix, .. } => matrix.columns.offset = far);
    refuses!(Instruction::TimesSparseRows { to, .. } => to.len = 9);
    refuses!(Instruction::TimesSparseRows { a, to, .. } => a.offset = to.offset);
    let mut plan = sound();
    plan.work_len = 16;
    assert!(verify(&plan).is_err());
    let mut plan = sound();
    let routine = plan.steps.iter_mut().find_map(|s| if let Step::Routine(r) = s { Some(r) } else { None }).unwrap();
    routine.to = routine.operands[0].1;
    assert!(verify(&plan).is_err());
}

#[test]
fn arrays_that_nothing_reads_any_more_make_room() {
    let mut g = Graph::new();
    let mut x = g.input(0, [1000]);
    for _ in 0..10 {
        let sorted = g.sort(x);
        x = g.cumulative_sum(sorted, true);
    }
    agree(&g, &[x], &numbers(1000, |x| 1e-3 * x));
    let plan = compile(&g, &[x], Kernels::detect(), Division::default());
    assert!(plan.work_len < 5000, "{}", plan.work_len);
}
