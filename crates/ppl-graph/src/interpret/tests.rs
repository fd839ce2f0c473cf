use super::*;
use crate::Reduction;

const INF: f64 = f64::INFINITY;

fn array(graph: &mut Graph, shape: &[usize], values: &[f64]) -> NodeId {
    graph.data(Tensor::new(shape.to_vec(), values))
}

fn value(graph: &Graph, id: NodeId) -> Vec<f64> {
    evaluate(graph, &vec![0.0; graph.inputs_len()], &[id])[0].values.to_vec()
}

fn counting(graph: &mut Graph, shape: &[usize]) -> NodeId {
    let values: Vec<f64> = (0..shape.iter().product()).map(|i: usize| i as f64).collect();
    array(graph, shape, &values)
}

#[test]
fn scalars_lift_to_arrays() {
    let mut g = Graph::new();
    let a = counting(&mut g, &[3]);
    let two = g.constant(2.0);
    let (left, right) = (g.sub(two, a), g.sub(a, two));
    assert_eq!(value(&g, left), [2.0, 1.0, 0.0]);
    assert_eq!(value(&g, right), [-2.0, -1.0, 0.0]);
}

#[test]
fn the_unchosen_side_does_not_poison() {
    let mut g = Graph::new();
    let c = array(&mut g, &[2], &[1.0, 0.0]);
    let a = array(&mut g, &[2], &[5.0, f64::NAN]);
    let b = g.constant(7.0);
    let chosen = g.select(c, a, b);
    assert_eq!(value(&g, chosen), [5.0, 7.0]);
}

#[test]
fn broadcast_repeats_along_new_axes() {
    let mut g = Graph::new();
    let a = counting(&mut g, &[2]);
    let (rows, columns) = (g.broadcast(a, &[1], [3, 2]), g.broadcast(a, &[0], [2, 3]));
    assert_eq!(value(&g, rows), [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(value(&g, columns), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    let scalar = g.constant(4.0);
    let all = g.broadcast(scalar, &[], [2, 1]);
    assert_eq!(value(&g, all), [4.0, 4.0]);
}

#[test]
fn transpose_moves_every_axis() {
    let mut g = Graph::new();
    let a = counting(&mut g, &[2, 3, 4]);
    let b = g.transpose(a, &[2, 0, 1]);
    let values = value(&g, b);
    for i in 0..2 {
        for j in 0..3 {
            for k in 0..4 {
                assert_eq!(values[k * 6 + i * 3 + j], (i * 12 + j * 4 + k) as f64);
            }
        }
    }
}

#[test]
fn gather_and_scatter_are_adjoint() {
    let mut g = Graph::new();
    let a = counting(&mut g, &[4]);
    let picked = g.gather(a, vec![3, 1, 3], [3]);
    let back = g.scatter(picked, vec![3, 1, 3], [4]);
    assert_eq!(value(&g, picked), [3.0, 1.0, 3.0]);
    assert_eq!(value(&g, back), [0.0, 1.0, 0.0, 6.0]);
}

#[test]
fn computed_positions_out_of_range_give_nan() {
    let mut g = Graph::new();
    let a = counting(&mut g, &[2]);
    let index = array(&mut g, &[4], &[1.0, -1.0, 2.0, f64::NAN]);
    let taken = g.take(a, index);
    let put = g.put(index, index, [2]);
    let values = value(&g, taken);
    assert_eq!(values[0], 1.0);
    assert!(values[1..].iter().all(|x| x.is_nan()));
    assert_eq!(value(&g, put), [0.0, 1.0]);
}

#[test]
fn reductions_work_over_any_axes() {
    let mut g = Graph::new();
    let a = counting(&mut g, &[2, 3]);
    let expect = |g: &mut Graph, kind, axes: &[usize], expected: &[f64]| {
        let id = g.reduce(kind, a, axes);
        let values = value(g, id);
        assert_eq!(values.len(), expected.len());
        for (x, y) in values.iter().zip(expected) {
            assert!((x - y).abs() < 1e-14, "{kind:?} {axes:?}: {values:?}");
        }
    };
    expect(&mut g, Reduction::Sum, &[0], &[3.0, 5.0, 7.0]);
    expect(&mut g, Reduction::Sum, &[1], &[3.0, 12.0]);
    expect(&mut g, Reduction::Sum, &[0, 1], &[15.0]);
    expect(&mut g, Reduction::Product, &[1], &[0.0, 60.0]);
    expect(&mut g, Reduction::Min, &[0], &[0.0, 1.0, 2.0]);
    expect(&mut g, Reduction::Max, &[0, 1], &[5.0]);
    expect(&mut g, Reduction::ArgMax, &[1], &[2.0, 2.0]);
    expect(&mut g, Reduction::ArgMin, &[0, 1], &[0.0]);
    expect(&mut g, Reduction::ArgMax, &[0, 1], &[5.0]);
    let log_sum = |values: &[f64]| ppl_math::log_sum_exp(values);
    expect(&mut g, Reduction::LogSumExp, &[1], &[log_sum(&[0.0, 1.0, 2.0]), log_sum(&[3.0, 4.0, 5.0])]);
}

#[test]
fn reductions_take_infinities_nan_and_nothing() {
    let mut g = Graph::new();
    let cases = [([-INF, -INF], -INF), ([INF, 0.0], INF), ([-INF, 2.0], 2.0)];
    for (values, expected) in cases {
        let a = array(&mut g, &[2], &values);
        let id = g.reduce_all(Reduction::LogSumExp, a);
        assert_eq!(value(&g, id), [expected]);
    }
    let a = array(&mut g, &[2], &[f64::NAN, 1.0]);
    for kind in [Reduction::LogSumExp, Reduction::Min, Reduction::Max] {
        let id = g.reduce_all(kind, a);
        assert!(value(&g, id)[0].is_nan(), "{kind:?}");
    }
    let empty = array(&mut g, &[0, 2], &[]);
    for (kind, expected) in [(Reduction::Sum, 0.0), (Reduction::Product, 1.0), (Reduction::LogSumExp, -INF)] {
        let id = g.reduce(kind, empty, &[0]);
        assert_eq!(value(&g, id), [expected, expected]);
    }
}

#[test]
fn the_first_of_equals_is_the_largest() {
    let mut g = Graph::new();
    let a = array(&mut g, &[4], &[f64::NAN, 2.0, 1.0, 2.0]);
    let id = g.reduce_all(Reduction::ArgMax, a);
    assert_eq!(value(&g, id), [1.0]);
}

#[test]
fn running_sums_go_both_ways_along_rows() {
    let mut g = Graph::new();
    let a = counting(&mut g, &[2, 3]);
    let (forth, back) = (g.cumulative_sum(a, false), g.cumulative_sum(a, true));
    assert_eq!(value(&g, forth), [0.0, 1.0, 3.0, 3.0, 7.0, 12.0]);
    assert_eq!(value(&g, back), [3.0, 3.0, 2.0, 12.0, 9.0, 5.0]);
}

#[test]
fn matrix_products_of_all_ranks_agree() {
    let mut g = Graph::new();
    let (a, b) = (counting(&mut g, &[2, 3]), counting(&mut g, &[3, 2]));
    let (v, w) = (counting(&mut g, &[3]), counting(&mut g, &[2]));
    let products = [g.matmul(a, b), g.matmul(a, v), g.matmul(w, a), g.matmul(v, v)];
    let values: Vec<Vec<f64>> = products.iter().map(|&id| value(&g, id)).collect();
    assert_eq!(values, [vec![10.0, 13.0, 28.0, 40.0], vec![5.0, 14.0], vec![3.0, 4.0, 5.0], vec![5.0]]);
}

fn positive_definite(n: usize) -> Vec<f64> {
    (0..n * n).map(|at| if at % (n + 1) == 0 { n as f64 } else { 1.0 / (1.0 + (at / n + at % n) as f64) }).collect()
}

#[test]
fn factorisations_agree_with_nalgebra() {
    let n = 7;
    let entries = positive_definite(n);
    let oracle = nalgebra::DMatrix::from_row_slice(n, n, &entries);
    let mut g = Graph::new();
    let a = array(&mut g, &[n, n], &entries);
    let right = counting(&mut g, &[n, 2]);
    let right_oracle = nalgebra::DMatrix::from_fn(n, 2, |i, j| (2 * i + j) as f64);
    let factor = g.cholesky(a);
    let nodes = [
        factor,
        g.solve_triangular(factor, right, false),
        g.solve_triangular(factor, right, true),
        g.solve(a, right),
        g.inverse(a),
        g.log_determinant(a),
    ];
    let l = oracle.clone().cholesky().unwrap().l();
    let expected = [
        l.clone(),
        l.solve_lower_triangular(&right_oracle).unwrap(),
        l.transpose().solve_upper_triangular(&right_oracle).unwrap(),
        oracle.clone().lu().solve(&right_oracle).unwrap(),
        oracle.clone().try_inverse().unwrap(),
        nalgebra::DMatrix::from_element(1, 1, oracle.determinant().abs().ln()),
    ];
    for (id, expected) in nodes.into_iter().zip(expected) {
        approx::assert_relative_eq!(value(&g, id)[..], expected.transpose().as_slice()[..], max_relative = 1e-12);
    }
}

#[test]
fn pivots_are_exchanged() {
    let mut g = Graph::new();
    let a = array(&mut g, &[2, 2], &[0.0, 2.0, 4.0, 1.0]);
    let b = array(&mut g, &[2], &[2.0, 5.0]);
    let (x, size) = (g.solve(a, b), g.log_determinant(a));
    assert_eq!((value(&g, x), value(&g, size)), (vec![1.0, 1.0], vec![2f64.ln() + 4f64.ln()]));
}

#[test]
fn singular_matrices_are_not_numbers() {
    let mut g = Graph::new();
    let a = array(&mut g, &[2, 2], &[1.0, 2.0, 2.0, 4.0]);
    let b = array(&mut g, &[2], &[1.0, 1.0]);
    let (x, inverse, size, factor) = (g.solve(a, b), g.inverse(a), g.log_determinant(a), g.cholesky(a));
    for id in [x, inverse] {
        assert!(value(&g, id).iter().all(|x| x.is_nan()));
    }
    assert_eq!(value(&g, size), [-INF]);
    assert!(value(&g, factor)[3].is_nan() && value(&g, factor)[1] == 0.0);
}

#[test]
fn sorting_puts_nan_last_and_keeps_ties_in_order() {
    let mut g = Graph::new();
    let a = array(&mut g, &[2, 3], &[f64::NAN, 2.0, -1.0, 1.0, 0.0, 1.0]);
    let (sorted, positions) = (g.sort(a), g.arg_sort(a));
    let values = value(&g, sorted);
    assert_eq!(values[..2], [-1.0, 2.0]);
    assert!(values[2].is_nan());
    assert_eq!(values[3..], [0.0, 1.0, 1.0]);
    assert_eq!(value(&g, positions), [2.0, 1.0, 0.0, 1.0, 0.0, 2.0]);
}

#[test]
fn parts_follow_one_another_and_reshapes_share() {
    let mut g = Graph::new();
    let x = g.input(0, [2]);
    let one = g.constant(1.0);
    let row = g.concat(&[x, one, x], [5]);
    let y = g.reshape(x, [1, 2]);
    let values = evaluate(&g, &[8.0, 9.0], &[row, y]);
    assert_eq!(values[0].values[..], [8.0, 9.0, 1.0, 8.0, 9.0]);
    assert_eq!((&values[1].values[..], &values[1].shape[..]), (&[8.0, 9.0][..], &[1, 2][..]));
}

#[test]
fn values_are_recomputed_where_their_inputs_change_and_only_there() {
    let mut g = Graph::new();
    let (x, y) = (g.input(0, []), g.input(1, [2]));
    let (a, b) = (g.exp(x), g.neg(y));
    let total = g.mul(a, b);
    let mut evaluator = Evaluator::new(Arc::new(g));
    assert!(evaluator.value(total)[0].is_nan());
    evaluator.set_input_range(0, &[0.0]);
    assert_eq!(evaluator.value(a), [1.0]);
    assert!(evaluator.value(b)[0].is_nan());
    evaluator.set_input_range(1, &[1.0, 2.0]);
    assert!(evaluator.current[a.0 as usize] && !evaluator.current[b.0 as usize]);
    assert_eq!(evaluator.value(total), [-1.0, -2.0]);
    evaluator.set_inputs(&[0.0, 3.0, 2.0]);
    assert_eq!(evaluator.value(total), [-3.0, -2.0]);
}

#[test]
#[should_panic(expected = "reads 3 inputs, 1 were given")]
fn too_few_inputs_are_refused() {
    let mut g = Graph::new();
    g.input(1, [2]);
    evaluate(&g, &[1.0], &[]);
}

#[test]
fn deep_chains_do_not_recurse() {
    let mut g = Graph::new();
    let mut x = g.input(0, []);
    let one = g.constant(1.0);
    for _ in 0..200_000 {
        x = g.add(x, one);
    }
    assert_eq!(evaluate(&g, &[0.0], &[x])[0].values[0], 200_000.0);
}

#[test]
fn recurrences_run_in_both_directions() {
    let mut g = Graph::new();
    let (c, b) = (array(&mut g, &[3], &[2.0, 3.0, 4.0]), array(&mut g, &[3], &[1.0, 0.0, -1.0]));
    let one = g.constant(1.0);
    let (forward, backward) = (g.linear_recurrence(c, b, one, false), g.linear_recurrence(c, b, one, true));
    assert_eq!(value(&g, forward), [1.0, 3.0, 9.0, 35.0]);
    assert_eq!(value(&g, backward), [19.0, 9.0, 3.0, 1.0]);
    let (before, after) = (g.states_before(backward, 0), g.states_after(backward, 0));
    assert_eq!((value(&g, before), value(&g, after)), (vec![9.0, 3.0, 1.0], vec![19.0, 9.0, 3.0]));
}

/// The turn (x, y) ← (y, x·y + e·s).
fn body() -> crate::Body {
    let mut g = Graph::new();
    let [x, y, e, s] = [0, 1, 2, 3].map(|k| g.input(k, []));
    let (product, shock) = (g.mul(x, y), g.mul(e, s));
    let next = g.add(product, shock);
    crate::Body::new(&g, &[y, next])
}

#[test]
fn loops_carry_several_numbers() {
    let mut g = Graph::new();
    let each = array(&mut g, &[3], &[1.0, 2.0, 3.0]);
    let [one, two, ten] = [1.0, 2.0, 10.0].map(|c| g.constant(c));
    let forward = g.scan(body(), [&[one, two], &[each], &[ten]], 3, false);
    assert_eq!(value(&g, forward), [1.0, 2.0, 12.0, 44.0, 2.0, 12.0, 44.0, 558.0]);
    let backward = g.scan(body(), [&[one, two], &[each], &[ten]], 3, true);
    assert_eq!(value(&g, backward), [84.0, 32.0, 2.0, 1.0, 2698.0, 84.0, 32.0, 2.0]);
    let (before, after) = (g.states_before(forward, 1), g.states_after(forward, 0));
    assert_eq!((value(&g, before), value(&g, after)), (vec![2.0, 12.0, 44.0], vec![2.0, 12.0, 44.0]));
    assert!(g.verify().is_ok());
}

#[test]
fn loops_without_turns_have_their_first_states() {
    let mut g = Graph::new();
    let each = array(&mut g, &[0], &[]);
    let [one, two, ten] = [1.0, 2.0, 10.0].map(|c| g.constant(c));
    let states = g.scan(body(), [&[one, two], &[each], &[ten]], 0, true);
    assert_eq!(value(&g, states), [1.0, 2.0]);
    let states = g.linear_recurrence(two, each, ten, false);
    assert_eq!(value(&g, states), [10.0]);
}
