use super::*;
use crate::Body;
use crate::plan::divide::Division;

/// A plan with a recurrence and a loop.
fn sound_loops() -> Plan {
    let mut turn = Graph::new();
    let [x, y, e] = [0, 1, 2].map(|k| turn.input(k, []));
    let product = turn.mul(x, y);
    let next = turn.add(product, e);
    let mut g = Graph::new();
    let (each, start) = (g.input(0, [5]), g.input(5, []));
    let states = g.scan(Body::new(&turn, &[y, next]), [&[start, start], &[each], &[]], 5, false);
    let after = g.states_after(states, 1);
    let line = g.linear_recurrence(start, after, start, true);
    let plan = compile(&g, &[states, line], Kernels::detect(), Division::default());
    std::sync::Arc::into_inner(plan).expect("the only owner")
}

/// A plan whose loop or recurrence was changed in one place must be refused.
macro_rules! refuses_step {
    ($kind:ident, $step:ident => $change:expr) => {
        let mut plan = sound_loops();
        let found = plan.steps.iter_mut().find_map(|s| if let Step::$kind(step) = s { Some(step) } else { None });
        let $step = found.unwrap();
        $change;
        assert!(verify(&plan).is_err());
    };
}

#[test]
fn the_verifier_refuses_loops_that_leave_their_places() {
    assert_eq!(verify(&sound_loops()), Ok(()));
    refuses_step!(Recurrence, step => step.coefficient.len = 2);
    refuses_step!(Recurrence, step => step.to.len -= 1);
    refuses_step!(Recurrence, step => step.to = step.addend);
    refuses_step!(Recurrence, step => step.first = Some(usize::MAX / 2));
    refuses_step!(Recurrence, step => step.first = Some(step.to.offset));
    refuses_step!(Loop, step => step.turns += 1);
    refuses_step!(Loop, step => step.to.len -= 1);
    refuses_step!(Loop, step => step.to.offset = step.registers.offset);
    refuses_step!(Loop, step => step.registers.len = 1);
    refuses_step!(Loop, step => step.each[0].0.len -= 1);
    refuses_step!(Loop, step => step.each[0].1 += 1000);
    refuses_step!(Loop, step => step.each[0].0 = step.to);
    refuses_step!(Loop, step => step.code[0].to = step.registers.len as u32);
    refuses_step!(Loop, step => step.carries[0].after = u32::MAX);
    refuses_step!(Loop, step => step.carries[0].initial.arena = Arena::Data);
}

#[test]
fn loops_agree_at_every_length_and_in_both_directions() {
    for n in LENGTHS {
        for reverse in [false, true] {
            // A lag, a swap and a product: x ← y, y ← x, z ← z·x + e, u ← y + z·z.
            let mut turn = Graph::new();
            let [x, y, z, e] = [0, 1, 2, 4].map(|k| turn.input(k, []));
            let (product, square) = (turn.mul(z, x), turn.square(z));
            let (next, other) = (turn.add(product, e), turn.add(y, square));
            let body = Body::new(&turn, &[y, x, next, other]);
            let mut g = Graph::new();
            let (each, [a, b]) = (g.input(2, [n]), [0, 1].map(|k| g.input(k, [])));
            let states = g.scan(body, [&[a, b, a, b], &[each], &[]], n, reverse);
            let line = g.linear_recurrence(a, each, b, reverse);
            let sums = g.cumulative_sum(each, reverse);
            agree(&g, &[states, line, sums], &numbers(n + 2, |x| 0.5 * x));
            let (graph, outputs) = crate::passes::optimize(&g, &[states, line, sums]);
            agree(&graph, &outputs, &numbers(n + 2, |x| 0.5 * x));
        }
    }
}

/// x[i] ← Σ f(x[j], factor[i, j]) + added[i], where factors and summands are arrays, numbers, constants, or not there.
fn system_body(carries: usize, f: Binary) -> Body {
    let mut turn = Graph::new();
    let x: Vec<NodeId> = (0..carries).map(|k| turn.input(k, [])).collect();
    let (each, shared, half) = (turn.input(carries, []), turn.input(carries + 1, []), turn.constant(0.5));
    let outputs: Vec<NodeId> = (0..carries)
        .map(|row| {
            let mut sum = [Some(each), None, Some(shared), Some(half)][row];
            for (column, &x) in x.iter().enumerate() {
                let term = match (row + column) % 4 {
                    0 => turn.binary(f, x, each),
                    1 => turn.binary(f, x, shared),
                    2 if column % 2 == 1 => turn.mul(half, x),
                    2 => x,
                    _ => continue,
                };
                sum = Some(sum.map_or(term, |sum| turn.add(sum, term)));
            }
            sum.unwrap_or(half)
        })
        .collect();
    Body::new(&turn, &outputs)
}

#[test]
fn systems_agree_at_every_size_and_length_and_in_both_directions() {
    for (carries, n) in (1..=4).flat_map(|carries| LENGTHS.map(|n| (carries, n))) {
        for (f, reverse) in [(Binary::Mul, false), (Binary::Mul, true), (Binary::MulOrZero, true)] {
            let mut g = Graph::new();
            let (each, shared, first) = (g.input(1, [n]), g.input(0, []), g.constant(0.3));
            let small = g.scaled(0.1, each);
            let initial = vec![first; carries];
            let states = g.scan(system_body(carries, f), [&initial, &[small], &[shared]], n, reverse);
            let plan = Plan::compile(&g, &[&[states]], n + 1, Kernels::detect(), Division::default()).remove(0);
            assert!(plan.to_string().contains("= system"));
            agree(&g, &[states], &numbers(n + 1, |x| 0.2 * x));
        }
    }
}

#[test]
fn steep_recurrences_do_not_overflow_before_their_states_do() {
    for reverse in [false, true] {
        let mut g = Graph::new();
        let (steep, zeros, first) = (g.input(0, [9]), g.input(9, [9]), g.constant(1e-200));
        let states = g.linear_recurrence(steep, zeros, first, reverse);
        let coefficients: Vec<f64> = (0..9).map(|t| if t % 5 == 4 { 1e-300 } else { 1e80 }).collect();
        agree(&g, &[states], &[coefficients, vec![0.0; 9]].concat());
        assert!(evaluate(&g, &[vec![1e80; 9], vec![0.0; 9]].concat(), &[states])[0].values.contains(&INF));
    }
}

/// Impossible states, whose log probability is −∞, beside others.
#[test]
fn states_that_do_not_count_may_be_infinite() {
    for reverse in [false, true] {
        // x ← y; y ← x + e, or a new start; the same with one carry: z ← z + e, or a new start.
        let mut turn = Graph::new();
        let [x, y, z, e, start] = [0, 1, 2, 3, 4].map(|k| turn.input(k, []));
        let (half, zero) = (turn.constant(0.5), turn.constant(0.0));
        let next = [turn.add(x, e), turn.add(z, e)].map(|next| turn.select(start, zero, next));
        let nonlinear = turn.unary(Unary::Abs, next[1]);
        let nonlinear = turn.add(nonlinear, half);
        let bodies = [[y, next[0], next[1]], [y, next[0], nonlinear]].map(|outputs| Body::new(&turn, &outputs));
        for body in bodies {
            let mut g = Graph::new();
            let (each, impossible) = (g.input(0, [6]), g.constant(-INF));
            let starts = data(&mut g, vec![0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
            let states = g.scan(body, [&[impossible, impossible, impossible], &[each, starts], &[]], 6, reverse);
            let inputs = numbers(6, |x| x);
            let expected = evaluate(&g, &inputs, &[states]);
            assert!(expected[0].values.iter().any(|x| x.is_finite()) && !expected[0].values.iter().any(|x| x.is_nan()));
            agree(&g, &[states], &inputs);
            let (graph, outputs) = crate::passes::optimize(&g, &[states]);
            let optimized = evaluate(&graph, &inputs, &outputs);
            assert!(optimized[0].values.iter().zip(expected[0].values.iter()).all(|(&x, &y)| close(x, y, 10.0)));
            agree(&graph, &outputs, &inputs);
        }
    }
}

#[test]
fn masked_systems_pass_over_factors_that_are_not_finite() {
    let mut g = Graph::new();
    let (each, shared, zero) = (g.input(1, [3]), g.input(0, []), g.constant(0.0));
    let states = g.scan(system_body(1, Binary::MulOrZero), [&[zero], &[each], &[shared]], 3, false);
    agree(&g, &[states], &[0.0, 0.0, INF, 2.0]);
    let states = g.scan(system_body(1, Binary::Mul), [&[zero], &[each], &[shared]], 3, false);
    agree(&g, &[states], &[0.0, 0.0, INF, 2.0]);
}

#[test]
fn the_verifier_refuses_systems_that_leave_their_places() {
    let broken = |change: fn(&mut crate::plan::instruction::SystemStep)| {
        let mut g = Graph::new();
        let (each, first) = (g.input(0, [5]), g.input(5, []));
        let states = g.scan(system_body(2, Binary::Mul), [&[first, first], &[each], &[first]], 5, false);
        let plan = Plan::compile(&g, &[&[states]], 6, Kernels::detect(), Division::default()).remove(0);
        let mut plan = std::sync::Arc::into_inner(plan).expect("the only owner");
        let step = plan.steps.iter_mut().find_map(|s| if let Step::System(step) = s { Some(step) } else { None });
        change(step.unwrap());
        verify(&plan)
    };
    assert_eq!(broken(|_| {}), Ok(()));
    assert!(broken(|step| step.turns += 1).is_err());
    assert!(broken(|step| step.to.len -= 1).is_err());
    assert!(broken(|step| step.to.arena = Arena::Data).is_err());
    assert!(broken(|step| step.initial[0] = step.to).is_err());
    assert!(broken(|step| step.factors[0].offset = usize::MAX / 2).is_err());
    assert!(broken(|step| step.factors[0].offset = step.to.offset).is_err());
    assert!(broken(|step| step.added[0].mask = 0).is_err());
    assert!(broken(|step| step.factors.truncate(3)).is_err());
    assert!(broken(|step| step.initial.clear()).is_err());
}

/// x, y ← ln Σ exp of five terms, one of which is used twice, one a carry, one a constant.
fn sums_of_exponentials() -> Body {
    let mut turn = Graph::new();
    let [x, y, e, s] = [0, 1, 2, 3].map(|k| turn.input(k, []));
    let (shifted, scaled, low) = (turn.add(x, e), turn.mul(y, s), turn.constant(-3.0));
    let first = [shifted, scaled, y, low].into_iter().reduce(|sum, term| turn.log_add_exp(sum, term)).unwrap();
    let second = turn.log_add_exp(x, shifted);
    let nested = [turn.log_add_exp(low, e), second];
    let second = turn.log_add_exp(nested[0], nested[1]);
    let outputs = [first, second].map(|sum| turn.sub(sum, s));
    Body::new(&turn, &outputs)
}

#[test]
fn sums_of_exponentials_in_a_turn_are_one_instruction() {
    for n in LENGTHS {
        let mut g = Graph::new();
        let (each, shared, a, b) = (g.input(1, [n]), g.input(0, []), g.constant(0.1), g.constant(-0.2));
        let states = g.scan(sums_of_exponentials(), [&[a, b], &[each], &[shared]], n, n % 2 == 0);
        let text = Plan::compile(&g, &[&[states]], n + 1, Kernels::detect(), Division::default()).remove(0).to_string();
        assert_eq!((text.matches("log_sum_exp").count(), text.matches("log_add_exp").count()), (2, 0), "{text}");
        agree(&g, &[states], &numbers(n + 1, |x| 0.5 + 0.3 * x));
        let low = vec![-INF; n];
        agree(&g, &[states], &[&[0.5], &low[..]].concat());
    }
}

#[test]
fn the_verifier_refuses_sums_that_leave_the_registers() {
    let mut g = Graph::new();
    let (each, first) = (g.input(0, [5]), g.input(5, []));
    let states = g.scan(sums_of_exponentials(), [&[first, first], &[each], &[first]], 5, false);
    for (start, count) in [(0, u32::MAX), (u32::MAX, 2), (1000, 3)] {
        let plan = Plan::compile(&g, &[&[states]], 6, Kernels::detect(), Division::default()).remove(0);
        let mut plan = std::sync::Arc::into_inner(plan).expect("the only owner");
        let step = plan.steps.iter_mut().find_map(|s| if let Step::Loop(step) = s { Some(step) } else { None });
        let code = &mut step.unwrap().code;
        let sum = code.iter_mut().find(|i| i.f == crate::plan::turn::TurnFunction::LogSumExp).unwrap();
        (sum.a, sum.b) = (start, count);
        assert!(verify(&plan).is_err());
    }
}
