//! Regressions with several linear predictors.

use super::*;

/// Log density of classes by log odds `bias + X·B`, and its gradient. Inputs are the bias and B, row-major, of which
/// the plan is given either the matrix itself or one that is computed.
fn softmax(n: usize, p: usize, k: usize, computed: bool) -> (Graph, Vec<NodeId>, Vec<f64>) {
    let mut g = Graph::new();
    let (bias, beta) = (g.input(0, [k]), g.input(k, [p, k]));
    let design = g.data(Tensor::new([n, p], numbers(n * p, |x| x)));
    let slopes = if computed { g.square(beta) } else { beta };
    let product = g.matmul(design, slopes);
    let (spread, mirrored) = (g.broadcast(bias, &[0], [k, n]), g.transpose(product, &[1, 0]));
    let sum = g.add(spread, mirrored);
    let odds = g.transpose(sum, &[1, 0]);
    let total = g.reduce_last(Reduction::LogSumExp, odds);
    let chosen = g.gather(odds, (0..n).map(|row| (row * k + row * row % k) as u32).collect::<Vec<u32>>(), [n]);
    let each = g.sub(chosen, total);
    let weights = data(&mut g, numbers(n, |x| 1.5 + x));
    let weighted = g.mul(each, weights);
    let value = g.sum(weighted);
    let slope = gradient(&mut g, value, k + p * k);
    let (g, outputs) = crate::passes::optimize(&g, &[value, slope]);
    (g, outputs, numbers(k + p * k, |x| x))
}

#[test]
fn softmax_regressions_agree_with_the_interpreter() {
    for (n, p, k) in [(1, 1, 2), (31, 3, 2), (32, 1, 3), (257, 5, 4), (300, 40, 8), (300, 3, 9), (40, 40, 4)] {
        for computed in [false, true] {
            let (g, outputs, inputs) = softmax(n, p, k, computed);
            agree(&g, &outputs, &inputs);
        }
    }
}

#[test]
fn softmax_regressions_are_one_pass_over_the_rows() {
    for computed in [false, true] {
        let (g, outputs, _) = softmax(1000, 10, 4, computed);
        let text = compile(&g, &outputs, Kernels::detect(), Division::default()).to_string();
        assert_eq!((text.matches("pass 1000").count(), text.matches("pass 4000").count()), (1, 0), "{text}");
        assert_eq!((text.matches("= rows").count(), text.matches("times rows").count()), (4, 4), "{text}");
        // The gradient needs no exponentials of its own.
        assert_eq!(text.matches("= exp").count(), 4, "{text}");
    }
}

#[test]
fn infinite_log_odds_of_other_classes_do_not_spread() {
    let (g, outputs, mut inputs) = softmax(64, 2, 3, false);
    inputs[1] = -INF;
    agree(&g, &outputs, &inputs);
}
