//! Passes that threads share.

use super::*;
use crate::plan::divide::MOST;

/// Divides every pass of more than one block.
const ALWAYS: Division = Division { part: 0.0, share: INF };

const THREADS: [usize; 4] = [1, 2, 3, 8];

fn bits(machine: &Machine) -> Vec<u64> {
    (0..machine.plan().outputs.len()).flat_map(|k| machine.output(k).iter().map(|x| x.to_bits())).collect()
}

/// The plan of all passes divided, and that of none.
fn both_ways(graph: &Graph, outputs: &[NodeId], kernels: &'static Kernels) -> [Arc<Plan>; 2] {
    let never = Division { part: INF, share: 0.0 };
    [ALWAYS, never].map(|division| compile(graph, outputs, kernels, division))
}

fn most_parts(plan: &Plan) -> usize {
    let parts = |step: &Step| if let Step::Pass(pass) = step { pass.parts } else { 1 };
    plan.steps.iter().map(parts).max().unwrap_or(1)
}

#[test]
fn any_number_of_threads_gives_the_same_bits_on_random_graphs() {
    let mut divided = 0;
    for seed in 0..rounds() / 10 {
        let RandomGraph { mut graph, output, nodes, inputs } = tall_random_graph(seed, 4 + seed as usize % 16);
        let slope = gradient(&mut graph, output, inputs.len());
        let outputs: Vec<NodeId> = nodes.into_iter().chain([slope]).collect();
        let [plan, undivided] = both_ways(&graph, &outputs, Kernels::detect());
        divided += usize::from(most_parts(&plan) > 1);
        let run = |plan: &Arc<Plan>, threads: usize| {
            let mut machine = Machine::new(plan.clone()).with_threads(threads);
            (0..2).for_each(|_| machine.run(&inputs));
            machine
        };
        let (expected, whole) = (run(&plan, 1), run(&undivided, 1));
        for threads in THREADS {
            assert!(bits(&run(&plan, threads)) == bits(&expected), "seed {seed}, {threads} threads\n{plan}");
        }
        let largest =
            outputs.iter().enumerate().flat_map(|(k, _)| expected.output(k).iter()).fold(1.0, |a, x| x.abs().max(a));
        for (k, &id) in outputs.iter().enumerate() {
            let near = whole.output(k).iter().zip(expected.output(k)).all(|(&x, &y)| close(x, y, largest));
            assert!(near || jumps(&graph, id, &inputs), "seed {seed}, output {k}\n{plan}");
        }
    }
    assert!(divided > 10, "{divided} plans are divided");
}

/// A regression with groups, two designs and an extreme: every kind of accumulator, of more than one cache line.
fn regression(n: usize) -> (Graph, Vec<NodeId>, Vec<f64>) {
    let mut g = Graph::new();
    let (beta, effects, weights) = (g.input(0, [12]), g.input(12, [30]), g.input(42, [40]));
    let dense = g.data(Tensor::new([n, 12], numbers(n * 12, |x| x)));
    let narrow = g.sparse(sparse(n, 40));
    let groups: Vec<u32> = (0..n as u32).map(|k| k * 7 % 30).collect();
    let (a, b, c) = (g.matmul(dense, beta), g.gather(effects, groups, [n]), g.sparse_product(narrow, weights, false));
    let (sum, y) = (g.add(a, b), data(&mut g, numbers(n, |x| f64::from(x > 0.0))));
    let eta = g.add(sum, c);
    let (cost, hits) = (g.softplus(eta), g.mul(y, eta));
    let terms = g.sub(hits, cost);
    let (value, largest) = (g.sum(terms), g.reduce_all(Reduction::Max, eta));
    let slope = gradient(&mut g, value, 82);
    let (g, outputs) = crate::passes::optimize(&g, &[value, slope, largest, eta]);
    (g, outputs, numbers(82, |x| x))
}

#[test]
fn long_passes_are_divided_and_agree_with_the_interpreter() {
    for n in [30_000, 30_001] {
        let (g, outputs, inputs) = regression(n);
        let expected = evaluate(&g, &inputs, &outputs);
        for kernels in tables() {
            let plan = compile(&g, &outputs, kernels, Division::default());
            assert!(most_parts(&plan) > 1, "{plan}");
            let mut alone = Machine::new(plan.clone());
            alone.run(&inputs);
            for (k, expected) in expected.iter().enumerate() {
                let (own, scale) = (alone.output(k), scale(&expected.values));
                assert!(own.iter().zip(expected.values.iter()).all(|(&x, &y)| close(x, y, scale)), "output {k}");
            }
            for threads in THREADS {
                let mut machine = Machine::new(plan.clone()).with_threads(threads);
                machine.run(&inputs);
                assert!(bits(&machine) == bits(&alone), "{threads} threads");
            }
        }
    }
}

#[test]
fn special_values_come_through_parts() {
    let n = 8 * 256;
    for special in [INF, -INF, f64::NAN] {
        let mut g = Graph::new();
        let x = g.input(0, [n]);
        let positions: Vec<u32> = (0..n as u32).map(|k| k % 3).collect();
        let outputs = [g.sum(x), g.reduce_all(Reduction::Max, x), g.scatter(x, positions, [3])];
        let mut inputs = numbers(n, |x| x);
        inputs[1000] = special;
        let expected = evaluate(&g, &inputs, &outputs);
        let mut machine = Machine::new(compile(&g, &outputs, Kernels::detect(), ALWAYS)).with_threads(2);
        machine.run(&inputs);
        for (k, expected) in expected.iter().enumerate() {
            assert!(machine.output(k).iter().zip(expected.values.iter()).all(|(&x, &y)| close(x, y, 1000.0)));
        }
    }
}

#[test]
fn short_passes_stay_whole_and_so_do_those_with_large_accumulators() {
    let text = |n: usize, groups: u32| {
        let mut g = Graph::new();
        let x = g.input(0, [n]);
        let curve = g.log_gamma(x);
        let back = g.scatter(curve, (0..n as u32).map(|k| k % groups).collect::<Vec<u32>>(), [groups as usize]);
        compile(&g, &[back], Kernels::detect(), Division::default()).to_string()
    };
    assert!(!text(5_000, 4).contains("parts"));
    assert!(text(50_000, 4).contains("pass 50000 in 8 parts"));
    assert!(text(20_000, 4).contains("pass 20000 in 2 parts"));
    assert!(text(50_000, 4000).contains("pass 50000 in 4 parts"));
    assert!(!text(50_000, 20_000).contains("parts"));
}

#[test]
fn many_machines_with_threads_do_not_disturb_each_other() {
    let (g, outputs, inputs) = regression(3000);
    let plan = compile(&g, &outputs, Kernels::detect(), ALWAYS);
    let mut first = Machine::new(plan).with_threads(3);
    first.run(&inputs);
    let expected = bits(&first);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            let mut machine = first.clone();
            let (inputs, expected) = (&inputs, &expected);
            scope.spawn(move || {
                for round in 0..40 {
                    machine.run(&numbers(inputs.len(), |x| x + round as f64));
                    machine.run(inputs);
                    assert!(bits(&machine) == *expected, "round {round}");
                }
            });
        }
    });
}

#[test]
fn machines_end_with_their_threads_whether_these_sleep_or_not() {
    let (g, outputs, inputs) = regression(1000);
    let plan = compile(&g, &outputs, Kernels::detect(), ALWAYS);
    for round in 0..40 {
        let mut machine = Machine::new(plan.clone()).with_threads(1 + round % 4);
        (0..round % 3).for_each(|_| machine.run(&inputs));
        std::thread::sleep(std::time::Duration::from_millis(round as u64 % 2 * 3));
        drop(machine);
        assert_eq!(Arc::strong_count(&plan), 1);
    }
}

/// Changes the first divided pass of a sound plan.
fn refused_part(change: impl FnOnce(&mut crate::plan::instruction::Pass)) {
    let (g, outputs, _) = regression(3000);
    let mut plan = Arc::into_inner(compile(&g, &outputs, Kernels::detect(), ALWAYS)).expect("the only owner");
    assert_eq!(verify(&plan), Ok(()));
    let divided = |step: &Step| matches!(step, Step::Pass(pass) if pass.parts > 1);
    let Some(Step::Pass(pass)) = plan.steps.iter_mut().rfind(|step| divided(step)) else { panic!("none is divided") };
    change(pass);
    assert!(verify(&plan).is_err());
}

#[test]
fn the_verifier_refuses_what_parts_would_race_for() {
    let stream = |pass: &crate::plan::instruction::Pass| {
        let mut found = None;
        for instruction in &pass.instructions {
            instruction.clone().for_each_operand(|operand, written| {
                let in_work = written && operand.arena == Arena::Work;
                found = found.or(in_work.then_some(*operand));
            });
        }
        found.expect("a stream that is written")
    };
    refused_part(|pass| pass.parts = MOST + 1);
    refused_part(|pass| pass.parts = 0);
    refused_part(|pass| pass.accumulators[0].to = pass.accumulators[0].whole);
    refused_part(|pass| pass.accumulators[0].to.offset = 1 << 20);
    refused_part(|pass| pass.accumulators[0].to = pass.accumulators[1].to);
    refused_part(|pass| pass.accumulators[0].whole.offset = pass.accumulators[1].whole.offset);
    refused_part(|pass| pass.accumulators[0].whole.offset = stream(pass).offset);
    refused_part(|pass| pass.accumulators.truncate(1));
    // A neighbour's element would be read while its own part writes it.
    refused_part(|pass| {
        let written = stream(pass);
        let read = pass.instructions.iter_mut().find_map(|instruction| match instruction {
            Instruction::Binary { a, .. } | Instruction::Ternary { a, .. } => Some(a),
            _ => None,
        });
        *read.expect("an operand") = super::super::instruction::Operand { offset: written.offset + 8, ..written };
    });
}
