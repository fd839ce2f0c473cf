//! Functions of one, two or three numbers, element by element.

use super::fill;
use crate::{Binary, Unary};

pub(super) fn unary(f: Unary, a: &[f64], out: &mut [f64]) {
    match f {
        Unary::Neg => fill(out, a.iter().map(|x| -x)),
        Unary::Square => fill(out, a.iter().map(|x| x * x)),
        _ => {
            let function = f.function();
            fill(out, a.iter().map(|&x| function(x)));
        }
    }
}

pub(super) fn binary(f: Binary, a: &[f64], b: &[f64], out: &mut [f64]) {
    match f {
        Binary::Add => lift(|x, y| x + y, a, b, out),
        Binary::Sub => lift(|x, y| x - y, a, b, out),
        Binary::Mul => lift(|x, y| x * y, a, b, out),
        Binary::Div => lift(|x, y| x / y, a, b, out),
        _ => lift(f.function(), a, b, out),
    }
}

/// Applies `f` to pairs; an operand of another size than the result is a scalar.
fn lift(f: impl Fn(f64, f64) -> f64, a: &[f64], b: &[f64], out: &mut [f64]) {
    let size = out.len();
    match (a.len() == size, b.len() == size) {
        (true, true) => fill(out, a.iter().zip(b).map(|(&x, &y)| f(x, y))),
        (true, false) => fill(out, a.iter().map(|&x| f(x, b[0]))),
        (false, true) => fill(out, b.iter().map(|&y| f(a[0], y))),
        (false, false) => unreachable!("one operand has the shape of the result"),
    }
}

pub(super) fn select(c: &[f64], a: &[f64], b: &[f64], out: &mut [f64]) {
    let size = out.len();
    let at = |values: &[f64], i: usize| if values.len() == size { values[i] } else { values[0] };
    fill(out, (0..size).map(|i| if at(c, i) != 0.0 { at(a, i) } else { at(b, i) }));
}
