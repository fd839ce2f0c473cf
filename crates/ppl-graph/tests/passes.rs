//! Graph in, graph out: what the passes do, told in the textual form.

use ppl_graph::passes::{cse, dead, fold, optimize, simplify};
use ppl_graph::text::{parse, print_full};
use ppl_graph::{Graph, NodeId, gradient};

type Pass = fn(&Graph, &[NodeId]) -> (Graph, Vec<NodeId>);

/// Runs a pass and leaves out what is no longer needed.
fn after(pass: Pass, text: &str) -> String {
    let (graph, outputs) = parse(text).unwrap();
    let (graph, outputs) = pass(&graph, &outputs);
    let (graph, outputs) = dead(&graph, &outputs);
    print_full(&graph, &outputs)
}

fn unindent(text: &str) -> String {
    text.trim().lines().map(|line| format!("{}\n", line.trim())).collect()
}

#[track_caller]
fn check(pass: Pass, before: &str, expected: &str) {
    assert_eq!(after(pass, before), unindent(expected));
}

#[test]
fn dead_nodes_are_left_out() {
    check(
        dead,
        "%0 = input 0 : []
         %1 = exp %0 : []
         %2 = input 1 : [3]
         %3 = neg %2 : [3]
         return %3",
        "%0 = input 1 : [3]
         %1 = neg %0 : [3]
         return %1",
    );
}

#[test]
fn constants_are_evaluated() {
    check(
        fold,
        "%0 = data [1, 2, 3] : [3]
         %1 = const 2
         %2 = mul %1 %0 : [3]
         %3 = reduce sum %2 axes [0] : []
         %4 = input 0 : []
         %5 = add %4 %3 : []
         return %5 %2",
        "%0 = data [2, 4, 6] : [3]
         %1 = const 12
         %2 = input 0 : []
         %3 = add %2 %1 : []
         return %3 %0",
    );
}

#[test]
fn equal_computations_meet() {
    check(
        cse,
        "%0 = input 0 : [2]
         %1 = data [1, 2] : [2]
         %2 = data [1, 2] : [2]
         %3 = add %0 %1 : [2]
         %4 = add %2 %0 : [2]
         %5 = sub %3 %4 : [2]
         return %5",
        "%0 = input 0 : [2]
         %1 = data [1, 2] : [2]
         %2 = add %0 %1 : [2]
         %3 = sub %2 %2 : [2]
         return %3",
    );
}

/// Simplifies one expression of `x` (scalar, `%0`), `v` (vector, `%1`) and `w` (vector, `%2`).
#[track_caller]
fn simplifies(body: &str, expected: &str) {
    let leaves = "%0 = input 0 : []\n%1 = input 1 : [4]\n%2 = input 5 : [4]\n";
    // The leaves are outputs too, so that they keep their numbers.
    let last = body.trim().lines().last().unwrap().trim().split(' ').next().unwrap();
    let result = after(simplify, &format!("{leaves}{body}\nreturn %0 %1 %2 {last}"));
    let result: String = result.lines().skip(3).map(|line| format!("{line}\n")).collect();
    assert_eq!(result, unindent(expected));
}

#[test]
fn neutral_elements_vanish() {
    simplifies("%3 = const 0\n%4 = add %1 %3 : [4]", "return %0 %1 %2 %1");
    simplifies("%3 = const 1\n%4 = mul %3 %1 : [4]", "return %0 %1 %2 %1");
    simplifies("%3 = const 1\n%4 = div %1 %3 : [4]", "return %0 %1 %2 %1");
    simplifies("%3 = const 1\n%4 = pow %1 %3 : [4]", "return %0 %1 %2 %1");
    simplifies("%3 = neg %1 : [4]\n%4 = neg %3 : [4]", "return %0 %1 %2 %1");
    simplifies("%3 = const 2\n%4 = pow %1 %3 : [4]", "%3 = square %1 : [4]\nreturn %0 %1 %2 %3");
}

#[test]
fn a_neutral_element_does_not_shrink_an_array() {
    simplifies(
        "%3 = data [0, 0, 0, 0] : [4]\n%4 = add %0 %3 : [4]",
        "%3 = data [0, 0, 0, 0] : [4]\n%4 = add %0 %3 : [4]\nreturn %0 %1 %2 %4",
    );
}

#[test]
fn constants_gather_on_the_left() {
    simplifies(
        "%3 = const 2\n%4 = mul %1 %3 : [4]\n%5 = const 3\n%6 = mul %5 %4 : [4]",
        "%3 = const 6\n%4 = mul %3 %1 : [4]\nreturn %0 %1 %2 %4",
    );
    simplifies(
        "%3 = const 2\n%4 = add %1 %3 : [4]\n%5 = const 3\n%6 = sub %4 %5 : [4]",
        "%3 = const -1\n%4 = add %3 %1 : [4]\nreturn %0 %1 %2 %4",
    );
}

#[test]
fn negations_move_out() {
    simplifies(
        "%3 = neg %1 : [4]\n%4 = mul %3 %2 : [4]\n%5 = reduce sum %4 axes [0] : []",
        "%3 = mul %1 %2 : [4]\n%4 = reduce sum %3 axes [0] : []\n%5 = neg %4 : []\nreturn %0 %1 %2 %5",
    );
    simplifies("%3 = neg %2 : [4]\n%4 = add %1 %3 : [4]", "%3 = sub %1 %2 : [4]\nreturn %0 %1 %2 %3");
}

#[test]
fn scalars_leave_sums() {
    simplifies(
        "%3 = mul %0 %1 : [4]\n%4 = reduce sum %3 axes [0] : []",
        "%3 = reduce sum %1 axes [0] : []\n%4 = mul %0 %3 : []\nreturn %0 %1 %2 %4",
    );
    simplifies(
        "%3 = square %1 : [4]\n%4 = sub %3 %0 : [4]\n%5 = reduce sum %4 axes [0] : []",
        "%3 = square %1 : [4]
         %4 = reduce sum %3 axes [0] : []
         %5 = const 4
         %6 = mul %5 %0 : []
         %7 = sub %4 %6 : []
         return %0 %1 %2 %7",
    );
}

#[test]
fn choices_by_a_scalar_leave_sums() {
    simplifies(
        "%3 = const -inf\n%4 = select %0 %1 %3 : [4]\n%5 = reduce sum %4 axes [0] : []",
        "%3 = const -inf
         %4 = reduce sum %1 axes [0] : []
         %5 = select %0 %4 %3 : []
         return %0 %1 %2 %5",
    );
}

#[test]
fn sums_of_residuals_stay_whole() {
    simplifies(
        "%3 = sub %1 %0 : [4]\n%4 = reduce sum %3 axes [0] : []",
        "%3 = sub %1 %0 : [4]\n%4 = reduce sum %3 axes [0] : []\nreturn %0 %1 %2 %4",
    );
}

#[test]
fn scalars_leave_products() {
    simplifies(
        "%3 = mul %1 %0 : [4]\n%4 = mul %3 %2 : [4]\n%5 = square %3 : [4]",
        "%3 = square %0 : []\n%4 = square %1 : [4]\n%5 = mul %3 %4 : [4]\nreturn %0 %1 %2 %5",
    );
    simplifies(
        "%3 = mul %1 %0 : [4]\n%4 = mul %3 %2 : [4]",
        "%3 = mul %1 %2 : [4]\n%4 = mul %0 %3 : [4]\nreturn %0 %1 %2 %4",
    );
}

#[test]
fn logs_meet_their_exponentials() {
    simplifies("%3 = exp %1 : [4]\n%4 = log %3 : [4]", "return %0 %1 %2 %1");
    simplifies(
        "%3 = exp %1 : [4]\n%4 = const 1\n%5 = add %3 %4 : [4]\n%6 = log %5 : [4]",
        "%3 = softplus %1 : [4]\nreturn %0 %1 %2 %3",
    );
    simplifies(
        "%3 = sigmoid %1 : [4]\n%4 = const 1\n%5 = sub %4 %3 : [4]\n%6 = log %5 : [4]",
        "%3 = softplus %1 : [4]\n%4 = neg %3 : [4]\nreturn %0 %1 %2 %4",
    );
}

#[test]
fn exponentials_of_logs_stay() {
    simplifies("%3 = log %1 : [4]\n%4 = exp %3 : [4]", "%3 = log %1 : [4]\n%4 = exp %3 : [4]\nreturn %0 %1 %2 %4");
}

#[test]
fn access_composes() {
    simplifies(
        "%3 = gather %1 at [3, 2, 1] : [3]\n%4 = gather %3 at [2, 0] : [2]",
        "%3 = gather %1 at [1, 3] : [2]\nreturn %0 %1 %2 %3",
    );
    simplifies("%3 = gather %1 at [0, 1, 2, 3] : [4]", "return %0 %1 %2 %1");
    simplifies("%3 = gather %1 at [0, 1, 2, 3] : [2,2]", "%3 = reshape %1 : [2,2]\nreturn %0 %1 %2 %3");
    simplifies("%3 = reshape %1 : [2,2]\n%4 = reshape %3 : [4]", "return %0 %1 %2 %1");
    simplifies("%3 = broadcast %0 axes [] : [4]\n%4 = mul %3 %1 : [4]", "%3 = mul %0 %1 : [4]\nreturn %0 %1 %2 %3");
}

#[test]
fn choices_by_constants_are_made() {
    simplifies("%3 = const 1\n%4 = select %3 %1 %2 : [4]", "return %0 %1 %2 %1");
    simplifies("%3 = const 0\n%4 = select %3 %1 %0 : [4]", "%3 = broadcast %0 axes [] : [4]\nreturn %0 %1 %2 %3");
}

#[test]
fn conditions_that_hold_everywhere_vanish() {
    simplifies("%3 = data [1, 1, 1, 1] : [4]\n%4 = select %3 %1 %2 : [4]", "return %0 %1 %2 %1");
    simplifies("%3 = data [0, 0, 0, 0] : [4]\n%4 = select %3 %1 %2 : [4]", "return %0 %1 %2 %2");
    simplifies(
        "%3 = data [1, 1, 1, 1] : [4]\n%4 = const 0\n%5 = lt %4 %0 : []\n%6 = and %3 %5 : [4]\n%7 = select %6 %1 %2 : [4]",
        "%3 = const 0\n%4 = lt %3 %0 : []\n%5 = select %4 %1 %2 : [4]\nreturn %0 %1 %2 %5",
    );
    simplifies(
        "%3 = data [1, 0, 1, 1] : [4]\n%4 = select %3 %1 %2 : [4]",
        "%3 = data [1, 0, 1, 1] : [4]\n%4 = select %3 %1 %2 : [4]\nreturn %0 %1 %2 %4",
    );
}

#[test]
fn positive_inputs_are_not_asked_whether_they_are() {
    simplifies(
        "%3 = exp %1 : [4]\n%4 = const 0\n%5 = le %4 %3 : [4]\n%6 = select %5 %2 %0 : [4]",
        "return %0 %1 %2 %2",
    );
    for kept in ["%3 = exp %1 : [4]\n%4 = const 1", "%3 = tan %1 : [4]\n%4 = const 0"] {
        let text = format!("{kept}\n%5 = le %4 %3 : [4]\n%6 = select %5 %2 %0 : [4]");
        simplifies(&text, &format!("{text}\nreturn %0 %1 %2 %6"));
    }
}

#[test]
fn functions_apply_before_repeating() {
    simplifies(
        "%3 = gather %1 at [0, 0, 1, 1, 2, 3] : [6]\n%4 = exp %3 : [6]",
        "%3 = exp %1 : [4]\n%4 = gather %3 at [0, 0, 1, 1, 2, 3] : [6]\nreturn %0 %1 %2 %4",
    );
    simplifies(
        "%3 = broadcast %1 axes [1] : [3,4]\n%4 = exp %3 : [3,4]",
        "%3 = exp %1 : [4]\n%4 = broadcast %3 axes [1] : [3,4]\nreturn %0 %1 %2 %4",
    );
}

#[test]
fn masks_by_a_scalar_leave_sums() {
    simplifies(
        "%3 = mul_or_zero %0 %1 : [4]\n%4 = mul_or_zero %3 %2 : [4]\n%5 = reduce sum %4 axes [0] : []",
        "%3 = mul_or_zero %1 %2 : [4]
         %4 = reduce sum %3 axes [0] : []
         %5 = mul_or_zero %0 %4 : []
         return %0 %1 %2 %5",
    );
}

#[test]
fn a_normal_model_and_its_gradient_pass_over_the_data_once() {
    let (graph, outputs) = parse(
        "%0 = input 0 : []
         %1 = input 1 : []
         %2 = exp %1 : []
         %3 = data [1, 2, 4] : [3]
         %4 = sub %3 %0 : [3]
         %5 = div %4 %2 : [3]
         %6 = square %5 : [3]
         %7 = const -0.5
         %8 = mul %7 %6 : [3]
         %9 = log %2 : []
         %10 = sub %8 %9 : [3]
         %11 = reduce sum %10 axes [0] : []
         return %11",
    )
    .unwrap();
    let (mut graph, mut outputs) = optimize(&graph, &outputs);
    outputs.push(gradient(&mut graph, outputs[0], 2));
    let (graph, outputs) = optimize(&graph, &outputs);
    // Four operations go over the data; all else is scalars.
    let expected = "%0 = input 0 : []
         %1 = input 1 : []
         %2 = data [1, 2, 4] : [3]
         %3 = sub %2 %0 : [3]
         %4 = neg %1 : []
         %5 = exp %4 : []
         %6 = square %5 : []
         %7 = square %3 : [3]
         %8 = const -0.5
         %9 = reduce sum %7 axes [0] : []
         %10 = mul %6 %9 : []
         %11 = mul %8 %10 : []
         %12 = const 3
         %13 = mul %12 %1 : []
         %14 = sub %11 %13 : []
         %15 = const -3
         %16 = mul %5 %9 : []
         %17 = mul %5 %16 : []
         %18 = add %15 %17 : []
         %19 = reduce sum %3 axes [0] : []
         %20 = mul %6 %19 : []
         %21 = concat %20 %18 : [2]
         return %14 %21";
    assert_eq!(print_full(&graph, &outputs), unindent(expected));
}
