//! Loops in, array code, linear recurrences and smaller loops out, told in the textual form.

use ppl_graph::passes::{dead, fission, optimize, simplify};
use ppl_graph::text::{parse, print_full};
use ppl_graph::{Graph, NodeId, evaluate, gradient};

fn unindent(text: &str) -> String {
    text.trim().lines().map(|line| format!("{}\n", line.trim())).collect()
}

fn apart(text: &str) -> (Graph, Vec<NodeId>) {
    let (graph, outputs) = parse(&unindent(text)).unwrap();
    let (graph, outputs) = fission(&graph, &outputs);
    let (graph, outputs) = simplify(&graph, &outputs);
    dead(&graph, &outputs)
}

#[track_caller]
fn check(before: &str, expected: &str) {
    let (graph, outputs) = apart(before);
    graph.verify().unwrap();
    assert_eq!(print_full(&graph, &outputs), unindent(expected));
}

#[test]
fn what_does_not_depend_on_carries_leaves_the_loop() {
    check(
        "%0 = input 0 : []
         %1 = input 1 : [5]
         %2 = input 6 : []
         %3 = scan %0 each %1 shared %2 { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = exp %2 : []; %4 = mul %3 %1 : []; %5 = sin %0 : []; %6 = add %5 %4 : []; return %6 } : [1,6]
         return %3",
        "%0 = input 0 : []
         %1 = input 1 : [5]
         %2 = input 6 : []
         %3 = exp %2 : []
         %4 = mul %3 %1 : [5]
         %5 = scan %0 each %4 shared { %0 = input 0 : []; %1 = input 1 : []; %2 = sin %0 : []; %3 = add %1 %2 : []; return %3 } : [1,6]
         return %5",
    );
}

#[test]
fn affine_loops_are_linear_recurrences() {
    // x ← mu + phi (x − mu) + e
    check(
        "%0 = input 0 : []
         %1 = input 1 : [5]
         %2 = input 6 : []
         %3 = input 7 : []
         %4 = scan %0 each %1 shared %2 %3 reverse { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = input 3 : []; %4 = sub %0 %3 : []; %5 = mul %2 %4 : []; %6 = add %3 %5 : []; %7 = add %6 %1 : []; return %7 } : [1,6]
         return %4",
        "%0 = input 0 : []
         %1 = input 1 : [5]
         %2 = input 6 : []
         %3 = input 7 : []
         %4 = mul %2 %3 : []
         %5 = sub %3 %4 : []
         %6 = add %1 %5 : [5]
         %7 = linear_recurrence %2 %6 %0 reverse : [6]
         %8 = reshape %7 : [1,6]
         return %8",
    );
}

#[test]
fn carries_that_do_not_need_each_other_get_loops_of_their_own() {
    // u ← e; v ← v·v + u; w ← w·v + 1
    check(
        "%0 = input 0 : []
         %1 = input 1 : [4]
         %2 = scan %0 %0 %0 each %1 shared { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = input 3 : []; %4 = square %1 : []; %5 = add %4 %0 : []; %6 = mul %2 %1 : []; %7 = const 1; %8 = add %7 %6 : []; return %3 %5 %8 } : [3,5]
         return %2",
        "%0 = input 0 : []
         %1 = input 1 : [4]
         %2 = concat %0 %1 : [5]
         %3 = gather %2 at [0, 1, 2, 3] : [4]
         %4 = const 1
         %5 = scan %0 each %3 shared { %0 = input 0 : []; %1 = input 1 : []; %2 = square %0 : []; %3 = add %1 %2 : []; return %3 } : [1,5]
         %6 = reshape %5 : [5]
         %7 = gather %5 at [0, 1, 2, 3] : [4]
         %8 = broadcast %4 axes [] : [4]
         %9 = linear_recurrence %7 %8 %0 : [5]
         %10 = concat %2 %6 %9 : [3,5]
         return %10",
    );
}

#[test]
fn chains_of_sums_and_products_become_one_of_each() {
    // x ← x·exp(r − x/k + e)
    check(
        "%0 = input 0 : []
         %1 = input 1 : [4]
         %2 = input 5 : []
         %3 = input 6 : []
         %4 = scan %0 each %1 shared %2 %3 { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = input 3 : []; %4 = div %0 %3 : []; %5 = sub %2 %4 : []; %6 = add %5 %1 : []; %7 = exp %6 : []; %8 = mul %0 %7 : []; return %8 } : [1,5]
         return %4",
        "%0 = input 0 : []
         %1 = input 1 : [4]
         %2 = input 5 : []
         %3 = input 6 : []
         %4 = reciprocal %3 : []
         %5 = neg %4 : []
         %6 = add %1 %2 : [4]
         %7 = scan %0 each %6 shared %5 { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = mul %0 %2 : []; %4 = add %3 %1 : []; %5 = exp %4 : []; %6 = mul %0 %5 : []; return %6 } : [1,5]
         return %7",
    );
}

#[test]
fn a_choice_between_two_updates_stays_affine() {
    // Where nothing was observed the state stays.
    let (graph, outputs) = apart(
        "%0 = input 0 : []
         %1 = input 1 : [4]
         %2 = data [1, 0, 1, 1] : [4]
         %3 = scan %0 each %1 %2 shared { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = add %0 %1 : []; %4 = select %2 %3 %0 : []; return %4 } : [1,5]
         return %3",
    );
    assert!(print_full(&graph, &outputs).contains("linear_recurrence"));
}

#[test]
fn series_behind_each_other_are_one_recurrence() {
    // Where a new series starts the state does too.
    let (graph, outputs) = apart(
        "%0 = const 0
         %1 = input 0 : [4]
         %2 = data [1, 0, 1, 0] : [4]
         %3 = scan %0 each %1 %2 shared { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = const 0.5; %4 = mul %3 %0 : []; %5 = select %2 %3 %4 : []; %6 = add %5 %1 : []; return %6 } : [1,5]
         return %3",
    );
    assert!(print_full(&graph, &outputs).contains("linear_recurrence"));
    assert_eq!(evaluate(&graph, &[1.0; 4], &outputs)[0].values[..], [0.0, 1.5, 1.75, 1.5, 1.75]);
}

#[test]
fn linear_loops_add_one_product_with_each_carry() {
    // x ← a·(x + y) − e; y ← −(x − y)/2, or a new start
    check(
        "%0 = input 0 : []
         %1 = input 1 : [4]
         %2 = data [1, 0, 1, 0] : [4]
         %3 = scan %0 %0 each %1 %2 shared %0 { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = input 3 : []; %4 = input 4 : []; %5 = add %0 %1 : []; %6 = mul %4 %5 : []; %7 = sub %6 %2 : []; %8 = sub %0 %1 : []; %9 = const -0.5; %10 = mul %9 %8 : []; %11 = select %3 %10 %9 : []; return %7 %11 } : [2,5]
         return %3",
        "%0 = input 0 : []
         %1 = input 1 : [4]
         %2 = data [1, 0, 1, 0] : [4]
         %3 = const -0.5
         %4 = neg %1 : [4]
         %5 = const 0
         %6 = select %2 %3 %5 : [4]
         %7 = select %2 %5 %3 : [4]
         %8 = const 0.5
         %9 = select %2 %8 %5 : [4]
         %10 = scan %0 %0 each %4 %6 %7 %9 shared %0 { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = input 6 : []; %4 = mul %0 %3 : []; %5 = add %2 %4 : []; %6 = mul %1 %3 : []; %7 = add %5 %6 : []; %8 = input 4 : []; %9 = input 3 : []; %10 = mul_or_zero %9 %0 : []; %11 = add %8 %10 : []; %12 = input 5 : []; %13 = mul_or_zero %12 %1 : []; %14 = add %11 %13 : []; return %7 %14 } : [2,5]
         return %10",
    );
}

#[test]
fn masks_stay_masks_in_linear_loops() {
    // x ← 0 or x·e, whatever e is where x is 0; the same once more with f.
    let (graph, outputs) = apart(
        "%0 = input 0 : []
         %1 = input 1 : [4]
         %2 = input 5 : [4]
         %3 = scan %0 each %1 %2 shared { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = mul_or_zero %0 %1 : []; %4 = mul_or_zero %3 %2 : []; return %4 } : [1,5]
         return %3",
    );
    let text = print_full(&graph, &outputs);
    assert!(text.contains("%3 = mul_or_zero %1 %2 : [4]"), "{text}");
    assert!(
        text.contains("{ %0 = input 0 : []; %1 = input 1 : []; %2 = mul_or_zero %0 %1 : []; return %2 }"),
        "{text}"
    );
}

#[test]
fn adjoints_of_nonlinear_loops_with_one_carry_are_linear_recurrences() {
    let (graph, outputs) = parse(&unindent(
        "%0 = input 0 : []
         %1 = input 1 : [4]
         %2 = scan %0 each %1 shared { %0 = input 0 : []; %1 = input 1 : []; %2 = add %0 %1 : []; %3 = exp %2 : []; %4 = neg %3 : []; return %4 } : [1,5]
         %3 = reduce sum %2 axes [0, 1] : []
         return %3",
    ))
    .unwrap();
    let (mut graph, mut outputs) = optimize(&graph, &outputs);
    outputs.push(gradient(&mut graph, outputs[0], 5));
    let (graph, outputs) = optimize(&graph, &outputs);
    let text = print_full(&graph, &outputs);
    assert_eq!((text.matches("scan").count(), text.matches("linear_recurrence").count()), (1, 1), "{text}");
}

#[test]
fn linear_loops_stay_as_they_are_when_taken_apart_again() {
    let (graph, outputs) = apart(
        "%0 = input 0 : []
         %1 = input 1 : [4]
         %2 = data [1, 0, 1, 0] : [4]
         %3 = scan %0 %0 each %1 %2 shared { %0 = input 0 : []; %1 = input 1 : []; %2 = input 2 : []; %3 = input 3 : []; %4 = add %0 %1 : []; %5 = select %3 %2 %4 : []; %6 = sub %5 %2 : []; return %1 %6 } : [2,5]
         return %3",
    );
    let once = print_full(&graph, &outputs);
    let (graph, outputs) = apart(&once);
    assert_eq!(print_full(&graph, &outputs), once);
    assert!(once.contains("mul_or_zero"), "{once}");
}
