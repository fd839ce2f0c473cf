//! What is reduced to what.

use super::*;
use crate::SparseMatrix;
use crate::testing::SplitMix;

/// Numbers from a rule of the row.
fn data(g: &mut Graph, rows: usize, rule: impl Fn(usize) -> f64) -> NodeId {
    g.data(Tensor::new([rows], (0..rows).map(rule).collect::<Vec<f64>>()))
}

fn noise(rows: usize, seed: u64) -> Vec<f64> {
    let mut random = SplitMix(seed);
    (0..rows).map(|_| random.uniform(-2.0, 2.0)).collect()
}

/// The largest extent of an array that is left.
fn tallest(graph: &Graph) -> usize {
    graph.nodes().iter().filter_map(|node| node.shape.first().copied()).max().unwrap_or(0)
}

const ROWS: usize = 600;

/// Σ y·η[group] − exp η[group] − ln y!, as Poisson counts have it.
fn poisson(groups: usize) -> (Graph, NodeId) {
    let mut g = Graph::new();
    let rates = g.input(0, [groups]);
    let labels: Vec<u32> = (0..ROWS).map(|row| (row * 7 % groups) as u32).collect();
    let rate = g.gather(rates, labels, [ROWS]);
    let counts = data(&mut g, ROWS, |row| (row % 4) as f64);
    let none = data(&mut g, ROWS, |row| f64::from(row % 4 == 0));
    let constant = data(&mut g, ROWS, |row| [0.0, 0.0, 0.69, 1.79][row % 4]);
    let product = g.mul(counts, rate);
    let zero = g.constant(0.0);
    let product = g.select(none, zero, product);
    let expected = g.exp(rate);
    let terms = g.sub(product, expected);
    let terms = g.sub(terms, constant);
    let value = g.sum(terms);
    (g, value)
}

#[test]
fn counts_in_groups_become_one_row_a_group() {
    let (g, value) = poisson(20);
    let at: Vec<f64> = (0..20).map(|k| 0.1 * k as f64 - 1.0).collect();
    let notes = assert_kept(&g, value, &at, 0.0, "poisson");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 20, whole: true });
    assert_eq!(tallest(&condensed(&g, value, Condense::default()).graph), 20);
}

#[test]
fn sums_without_curves_in_the_rows_become_scalars() {
    // Σ ln b − b·y, as exponential times have it.
    let mut g = Graph::new();
    let log_rate = g.input(0, []);
    let rate = g.exp(log_rate);
    let times = g.data(Tensor::new([ROWS], noise(ROWS, 1)));
    let product = g.mul(rate, times);
    let terms = g.sub(log_rate, product);
    let value = g.sum(terms);
    assert_kept(&g, value, &[0.3], 0.0, "exponential");
    assert_eq!(tallest(&condensed(&g, value, Condense::default()).graph), 0);
}

#[test]
fn terms_of_shared_parameters_are_reduced_one_by_one() {
    // Σ_nk lgamma(a_k + y_nk) + Σ_n lgamma(A) − lgamma(A + t_n), all rows different.
    let mut g = Graph::new();
    let alpha = g.input(0, [3]);
    let alpha = g.exp(alpha);
    let counts: Vec<f64> = (0..ROWS * 3).map(|at| ((at / 3) / [1, 10, 100][at % 3] % 10) as f64).collect();
    let totals: Vec<f64> = counts.chunks(3).map(|row| row.iter().sum()).collect();
    let (counts, totals) = (g.data(Tensor::new([ROWS, 3], counts)), g.data(Tensor::new([ROWS], totals)));
    let repeated = g.broadcast(alpha, &[1], [ROWS, 3]);
    let after = g.add(counts, repeated);
    let after = g.log_gamma(after);
    let parts = g.reduce_last(Reduction::Sum, after);
    let total = g.sum(alpha);
    let log_total = g.log_gamma(total);
    let total = g.add(total, totals);
    let log_after = g.log_gamma(total);
    let ratio = g.sub(log_total, log_after);
    let terms = g.add(parts, ratio);
    let value = g.sum(terms);
    let notes = assert_kept(&g, value, &[0.1, 0.4, -0.3], 0.0, "Dirichlet-multinomial");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 26, whole: true });
    assert_eq!(tallest(&condensed(&g, value, Condense::default()).graph), 26);
}

/// Σ ((y − X b) / s)² with rows in groups.
fn regression(columns: usize) -> (Graph, NodeId) {
    let mut g = Graph::new();
    let (slopes, log_scale) = (g.input(0, [columns]), g.input(columns, []));
    let matrix = g.data(Tensor::new([ROWS, columns], noise(ROWS * columns, 2)));
    let mean = g.matmul(matrix, slopes);
    let y = g.data(Tensor::new([ROWS], noise(ROWS, 3)));
    let residual = g.sub(y, mean);
    let scale = g.exp(log_scale);
    let standard = g.div(residual, scale);
    let square = g.square(standard);
    let value = g.sum(square);
    (g, value)
}

#[test]
fn normal_linear_models_become_triangles() {
    let (g, value) = regression(5);
    let notes = assert_kept(&g, value, &[0.1, -0.2, 0.3, 0.0, 1.0, 0.5], 0.0, "regression");
    assert_eq!(notes[0].rewrite, Rewrite::NormalLinear { columns: 5 });
    assert_eq!(tallest(&condensed(&g, value, Condense::default()).graph), 5);
}

#[test]
fn sparse_designs_become_triangles() {
    // Two of six columns in each row, as rows and as columns.
    let mut random = SplitMix(9);
    let mut place = |row: usize| [row as u32 % 3, 3 + random.below(3) as u32];
    let columns: Vec<u32> = (0..ROWS).flat_map(&mut place).collect();
    let starts: Vec<u32> = (0..=ROWS as u32).map(|row| 2 * row).collect();
    let matrix = SparseMatrix::new(ROWS, 6, starts, columns, noise(2 * ROWS, 10)).unwrap();
    for transposed in [false, true] {
        let mut g = Graph::new();
        let slopes = g.input(0, [6]);
        let matrix = if transposed { matrix.transposed() } else { matrix.clone() };
        let matrix = g.sparse(matrix);
        let mean = g.sparse_product(matrix, slopes, transposed);
        let y = g.data(Tensor::new([ROWS], noise(ROWS, 3)));
        let residual = g.sub(y, mean);
        let square = g.square(residual);
        let value = g.sum(square);
        let notes = assert_kept(&g, value, &[0.1, -0.2, 0.3, 0.0, 1.0, 0.5], 0.0, "sparse");
        assert_eq!(notes[0].rewrite, Rewrite::NormalLinear { columns: 6 });
    }
}

#[test]
fn triangles_that_do_not_pay_are_not_made() {
    let (g, value) = regression(30);
    assert_eq!(rewrites(&g, value, Condense::default()), [Rewrite::Distinct]);
}

#[test]
fn a_line_of_labels_and_products_of_parameters_is_linear() {
    // Σ w (s (a[g] + b (x − m) + c x / 10) − y)²
    let mut g = Graph::new();
    let (effects, b, m, c) = (g.input(0, [3]), g.input(3, []), g.input(4, []), g.input(5, []));
    let labels: Vec<u32> = (0..ROWS).map(|row| (row % 3) as u32).collect();
    let effect = g.gather(effects, labels, [ROWS]);
    let x = g.data(Tensor::new([ROWS], noise(ROWS, 4)));
    let centred = g.sub(x, m);
    let slope = g.mul(b, centred);
    let tenth = g.scaled(0.1, x);
    let other = g.mul(c, tenth);
    let mean = g.add(effect, slope);
    let mean = g.add(mean, other);
    let y = g.data(Tensor::new([ROWS], noise(ROWS, 5)));
    let residual = g.sub(mean, y);
    let square = g.square(residual);
    let weights = data(&mut g, ROWS, |row| 0.5 + (row % 5) as f64);
    let weighted = g.mul(weights, square);
    let value = g.sum(weighted);
    let notes = assert_kept(&g, value, &[0.1, 0.2, -0.4, 0.7, 0.3, -0.9], 0.0, "line");
    assert_eq!(notes[0].rewrite, Rewrite::NormalLinear { columns: 6 });
}

#[test]
fn columns_that_repeat_others_do_no_harm() {
    let mut g = Graph::new();
    let (a, b) = (g.input(0, []), g.input(1, []));
    let x = g.data(Tensor::new([ROWS], noise(ROWS, 4)));
    let both_slopes = g.add(a, b);
    let (first, second, third) = (g.mul(a, x), g.mul(b, x), g.mul(both_slopes, x));
    let sum = g.add(first, second);
    let sum = g.add(sum, third);
    let square = g.square(sum);
    let value = g.sum(square);
    assert_kept(&g, value, &[0.4, -0.1], 0.0, "repeated columns");
}

#[test]
fn each_switch_turns_its_rewrite_off() {
    let (g, value) = regression(5);
    let only_rows = Condense { normal_linear: false, ..Condense::default() };
    assert_eq!(rewrites(&g, value, only_rows), [Rewrite::Distinct]);
    let (g, value) = poisson(20);
    let only_triangles = Condense { equal_rows: false, ..Condense::default() };
    assert_eq!(rewrites(&g, value, only_triangles), []);
}

#[test]
fn a_sum_that_gains_nothing_stays_digit_for_digit() {
    let mut g = Graph::new();
    let (slope, scale) = (g.input(0, []), g.input(1, []));
    let x = g.data(Tensor::new([ROWS], noise(ROWS, 8)));
    let signed = g.mul(slope, x);
    let terms = g.softplus(signed);
    let terms = g.mul(scale, terms);
    let loss = g.sum(terms);
    let (graph, outputs) = optimize(&g, &[loss]);
    let result = condense(&graph, outputs[0], Condense::default());
    assert!(result.graph.nodes() == graph.nodes());
    assert_eq!(result.notes[0].rewrite, Rewrite::Distinct);
}

#[test]
fn what_does_not_gain_stays_beside_what_does() {
    // Σ softplus(b x) over different x, and Σ exp(a[g]) over three groups.
    let mut g = Graph::new();
    let (slope, effects) = (g.input(0, []), g.input(1, [3]));
    let x = g.data(Tensor::new([ROWS], noise(ROWS, 8)));
    let line = g.mul(slope, x);
    let loss = g.softplus(line);
    let labels: Vec<u32> = (0..ROWS).map(|row| (row % 3) as u32).collect();
    let effect = g.gather(effects, labels, [ROWS]);
    let rate = g.exp(effect);
    let terms = g.sub(loss, rate);
    let value = g.sum(terms);
    let notes = assert_kept(&g, value, &[0.3, 0.1, 0.2, -0.5], 0.0, "mixed");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 3, whole: false });
}

#[test]
fn softmaxes_of_equal_rows_are_computed_once() {
    let mut g = Graph::new();
    let (bias, slopes) = (g.input(0, [3]), g.input(3, [2, 3]));
    let matrix = data(&mut g, ROWS * 2, |at| (at * 5 % 3) as f64);
    let matrix = match g.node(matrix).op {
        Op::Data(id) => {
            let values = g.tensor(id).values.clone();
            g.data(Tensor::new([ROWS, 2], values))
        }
        _ => unreachable!("data is data"),
    };
    let line = g.matmul(matrix, slopes);
    let repeated = g.broadcast(bias, &[1], [ROWS, 3]);
    let scores = g.add(repeated, line);
    let losses = g.reduce_last(Reduction::LogSumExp, scores);
    let value = g.sum(losses);
    let notes = assert_kept(&g, value, &[0.1, 0.2, 0.3, 0.5, -0.4, 0.3, 0.0, 0.1, 0.9], 0.0, "softmax");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 3, whole: true });
}

#[test]
fn labels_pick_from_rows_however_they_lie() {
    // Σ s[i, label[i]] − ln Σ_k exp s[i, k], s transposed from classes by rows.
    let mut g = Graph::new();
    let (bias, effects) = (g.input(0, [3]), g.input(3, [2, 3]));
    let groups: Vec<u32> = (0..ROWS * 3).map(|at| ((at / 3 % 2) * 3 + at % 3) as u32).collect();
    let effect = g.gather(effects, groups, [ROWS, 3]);
    let effect = g.transpose(effect, &[1, 0]);
    let repeated = g.broadcast(bias, &[0], [3, ROWS]);
    let weights =
        g.data(Tensor::new([3, ROWS], (0..3 * ROWS).map(|at| f64::from(at as u32 % 2)).collect::<Vec<f64>>()));
    let scores = g.add(repeated, effect);
    let scores = g.add(scores, weights);
    let scores = g.transpose(scores, &[1, 0]);
    let labels: Vec<u32> = (0..ROWS).map(|row| (row * 3 + row / 2 % 3) as u32).collect();
    let chosen = g.gather(scores, labels, [ROWS]);
    let total = g.reduce_last(Reduction::LogSumExp, scores);
    let terms = g.sub(chosen, total);
    let value = g.sum(terms);
    let notes = assert_kept(&g, value, &[0.1, 0.2, 0.3, 0.5, -0.4, 0.3, 0.0, 0.1, 0.9], 0.0, "labels");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 6, whole: true });
}

#[test]
fn repeated_rows_are_seen_through() {
    // Σ_ik exp(a[g[i]] + x[i] b[k]), three groups and two values of x beside two columns.
    let mut g = Graph::new();
    let (effects, slopes) = (g.input(0, [3]), g.input(3, [2]));
    let labels: Vec<u32> = (0..ROWS).map(|row| (row % 3) as u32).collect();
    let effect = g.gather(effects, labels, [ROWS]);
    let x = data(&mut g, ROWS, |row| (row / 3 % 2) as f64);
    let [effect, x] = [effect, x].map(|column| g.broadcast(column, &[0], [ROWS, 2]));
    let slope = g.broadcast(slopes, &[1], [ROWS, 2]);
    let product = g.mul(x, slope);
    let line = g.add(effect, product);
    let rate = g.exp(line);
    let value = g.sum(rate);
    let notes = assert_kept(&g, value, &[0.1, 0.2, 0.3, 0.5, -0.4], 0.0, "repeated");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 12, whole: true });
}

#[test]
fn data_of_a_sum_is_read_as_one() {
    // Σ lgamma((y + a) + (b + (n − y))) reads n alone.
    let mut g = Graph::new();
    let (a, b) = (g.input(0, []), g.input(1, []));
    let successes = data(&mut g, ROWS, |row| (row % 37) as f64);
    let failures = data(&mut g, ROWS, |row| 40.0 + (row % 2) as f64 - (row % 37) as f64);
    let (left, right) = (g.add(successes, a), g.add(b, failures));
    let both_counts = g.add(left, right);
    let terms = g.log_gamma(both_counts);
    let value = g.sum(terms);
    let notes = assert_kept(&g, value, &[1.5, 2.5], 0.0, "beta-binomial");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 2, whole: true });
}

#[test]
fn logs_of_data_are_weights() {
    // Σ (a[g] − 1) ln y + (b − 1) ln(1 − y), as shares have it.
    let mut g = Graph::new();
    let (shapes, b) = (g.input(0, [3]), g.input(3, []));
    let labels: Vec<u32> = (0..ROWS).map(|row| (row % 3) as u32).collect();
    let shape = g.gather(shapes, labels, [ROWS]);
    let y = data(&mut g, ROWS, |row| (row as f64 + 0.5) / ROWS as f64);
    let minus = g.neg(y);
    let (first, second) = (g.x_log_y(shape, y), g.x_log1p(b, minus));
    let terms = g.add(first, second);
    let value = g.sum(terms);
    let notes = assert_kept(&g, value, &[1.5, 2.5, 0.5, 3.0], 0.0, "shares");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 3, whole: true });
}

#[test]
fn notes_tell_what_happened() {
    let (mut g, _) = poisson(20);
    g.set_origin(crate::Origin(7));
    let rates = g.input(0, [20]);
    let labels: Vec<u32> = (0..ROWS).map(|row| (row % 20) as u32).collect();
    let rate = g.gather(rates, labels, [ROWS]);
    let value = g.sum(rate);
    let note = condensed(&g, value, Condense::default()).notes.remove(0);
    assert_eq!((note.origin, note.to_string()), (crate::Origin(7), "600 rows, 20 distinct".into()));
    let texts = [
        (Rewrite::NormalLinear { columns: 4 }, "8 rows, a normal linear model of 4 parameters"),
        (Rewrite::Constants, "8 rows, terms of data alone added up"),
        (Rewrite::Distinct, "8 rows, kept: too few are equal"),
        (Rewrite::Inaccurate { error: 3.2e-7 }, "8 rows, kept: as a normal linear model they would be off by 3.2e-7"),
    ];
    for (rewrite, text) in texts {
        assert_eq!(CondenseNote { rewrite, rows: 8, ..note.clone() }.to_string(), text);
    }
}
