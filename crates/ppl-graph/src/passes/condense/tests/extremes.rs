//! Data at the edges of what there is.

use super::*;

/// Σ w·exp(a·x) − y·b over rows.
fn sum(w: &[f64], x: &[f64], y: &[f64]) -> (Graph, NodeId) {
    let mut g = Graph::new();
    let (a, b) = (g.input(0, []), g.input(1, []));
    let column = |g: &mut Graph, values: &[f64]| g.data(Tensor::new([values.len()], values.to_vec()));
    let (w, x, y) = (column(&mut g, w), column(&mut g, x), column(&mut g, y));
    let line = g.mul(a, x);
    let curve = g.exp(line);
    let (weighted, other) = (g.mul(w, curve), g.mul(b, y));
    let terms = g.sub(weighted, other);
    let value = g.sum(terms);
    (g, value)
}

/// Σ (y − m)² / s[g]² over rows.
fn squares(y: &[f64]) -> (Graph, NodeId) {
    let mut g = Graph::new();
    let (mean, scales) = (g.input(0, []), g.input(1, [2]));
    let y = g.data(Tensor::new([y.len()], y.to_vec()));
    let residual = g.sub(y, mean);
    let labels: Vec<u32> = (0..g.shape(residual).size()).map(|row| (row % 2) as u32).collect();
    let scale = g.gather(scales, labels, g.shape(residual).clone());
    let standard = g.div(residual, scale);
    let square = g.square(standard);
    let value = g.sum(square);
    (g, value)
}

const AT: [f64; 3] = [0.3, -0.7, 1.1];

/// Sixteen rows of two values.
fn two(first: f64, second: f64) -> Vec<f64> {
    (0..16).map(|row| if row % 2 == 0 { first } else { second }).collect()
}

#[test]
fn few_rows_are_left_alone() {
    for rows in [0, 1, 2, 7] {
        let ones = vec![1.0; rows];
        let (g, value) = sum(&ones, &ones, &ones);
        assert!(assert_kept(&g, value, &AT[..2], 1.0, "few").is_empty());
    }
}

#[test]
fn rows_that_are_all_equal_are_one() {
    let (g, value) = sum(&[2.0; 16], &[0.5; 16], &[3.0; 16]);
    let notes = assert_kept(&g, value, &AT[..2], 1.0, "equal");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 1, whole: true });
    let (g, value) = squares(&[3.0; 16]);
    let notes = assert_kept(&g, value, &AT, 1.0, "equal squares");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 2, whole: true });
}

#[test]
fn rows_that_all_differ_keep_their_curve() {
    let x: Vec<f64> = (0..16).map(f64::from).map(|row| 0.1 * row).collect();
    let (g, value) = sum(&x, &x, &x);
    let notes = assert_kept(&g, value, &AT[..2], 1.0, "distinct");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 1, whole: false });
}

#[test]
fn numbers_that_are_none_stay_what_they_are() {
    for wild in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let (tame, wild) = (two(1.0, 2.0), two(1.0, wild));
        for (w, x, y) in [(&wild, &tame, &tame), (&tame, &wild, &tame), (&tame, &tame, &wild)] {
            let (g, value) = sum(w, x, y);
            assert_kept(&g, value, &AT[..2], 1.0, "wild");
        }
        let (g, value) = squares(&wild);
        assert_kept(&g, value, &AT, 1.0, "wild squares");
    }
}

#[test]
fn the_two_zeros_are_told_apart() {
    // 1 / x is +∞ for one and −∞ for the other.
    let mut g = Graph::new();
    let a = g.input(0, []);
    let x = g.data(Tensor::new([16], two(0.0, -0.0)));
    let product = g.mul(x, a);
    let inverse = g.reciprocal(product);
    let squeezed = g.atan(inverse);
    let value = g.sum(squeezed);
    let notes = assert_kept(&g, value, &[1.0], 1.0, "zeros");
    assert_eq!(notes[0].rewrite, Rewrite::EqualRows { distinct: 2, whole: true });
}

#[test]
fn weights_of_zero_are_weights() {
    let (g, value) = sum(&two(0.0, 1.0), &two(0.5, 0.5), &two(0.0, 0.0));
    assert_kept(&g, value, &AT[..2], 1.0, "zero weights");
    let (g, value) = sum(&[0.0; 16], &two(0.5, 1.5), &[0.0; 16]);
    assert_kept(&g, value, &AT[..2], 1.0, "all weights zero");
}

#[test]
fn infinite_parameters_reject_as_before() {
    let (g, value) = sum(&two(1.0, 2.0), &two(1.0, 2.0), &two(1.0, 2.0));
    for at in [[f64::INFINITY, 0.0], [f64::NAN, 0.0], [0.0, f64::NEG_INFINITY]] {
        assert_kept(&g, value, &at, 1.0, "infinite parameters");
    }
}

#[test]
fn a_perfect_fit_is_a_fit() {
    let mut g = Graph::new();
    let (a, b) = (g.input(0, []), g.input(1, []));
    let x: Vec<f64> = (0..64).map(|row| f64::from(row) * 0.37).collect();
    let y: Vec<f64> = x.iter().map(|x| 3.0 + 2.0 * x).collect();
    let (x, y) = (g.data(Tensor::new([64], x)), g.data(Tensor::new([64], y)));
    let slope = g.mul(b, x);
    let mean = g.add(a, slope);
    let residual = g.sub(y, mean);
    let square = g.square(residual);
    let value = g.sum(square);
    let notes = assert_kept(&g, value, &[3.5, 1.0], 0.0, "perfect");
    assert_eq!(notes[0].rewrite, Rewrite::NormalLinear { columns: 2 });
}
