use super::*;
use crate::Body;

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
    let plan = Plan::compile(&g, &[&[states, line]], 6, Kernels::detect()).remove(0);
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
