//! Loops over vectors that every leapfrog step runs, written so that processors do several elements at a time.
//!
//! Sums go into eight partial sums; the order of additions is fixed, so the bits are too.

use super::leapfrog::Motion;

const LANES: usize = 8;
/// Columns of a matrix taken at a time.
const COLUMNS: usize = 4;

type Lanes = [f64; LANES];

fn total(sums: Lanes) -> f64 {
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// a·b.
#[inline]
pub(super) fn product(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in a.0.iter().zip(b.0) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a.1.iter().zip(b.1).map(|(a, b)| a * b).sum();
    total(sums) + rest
}

/// u·(a + b) and v·(a + b).
#[inline]
pub(super) fn products_with_sum([u, v]: [&[f64]; 2], a: &[f64], b: &[f64]) -> [f64; 2] {
    let [u, v, a, b] = [u, v, a, b].map(<[f64]>::as_chunks::<LANES>);
    let mut sums = [[0.0; LANES]; 2];
    for (((u, v), a), b) in u.0.iter().zip(v.0).zip(a.0).zip(b.0) {
        for lane in 0..LANES {
            let sum = a[lane] + b[lane];
            sums[0][lane] += u[lane] * sum;
            sums[1][lane] += v[lane] * sum;
        }
    }
    let mut products = sums.map(total);
    for (((u, v), a), b) in u.1.iter().zip(v.1).zip(a.1).zip(b.1) {
        products[0] += u * (a + b);
        products[1] += v * (a + b);
    }
    products
}

/// A kick of `size` along the gradient, and along `push` for the velocity; returns ½ p·v after it.
#[inline]
pub(super) fn kick(size: f64, gradient: &[f64], push: &[f64], motion: &mut Motion) -> f64 {
    let Motion { momentum, velocity } = motion;
    momentum.iter_mut().zip(gradient).for_each(|(p, g)| *p += size * g);
    velocity.iter_mut().zip(push).for_each(|(v, w)| *v += size * w);
    0.5 * product(momentum, velocity)
}

/// A kick, and then a drift: to ← from + ε v.
#[inline]
pub(super) fn kick_and_drift(
    (size, step_size): (f64, f64),
    [gradient, push, from]: [&[f64]; 3],
    motion: &mut Motion,
    to: &mut [f64],
) {
    let moving = motion.momentum.iter_mut().zip(&mut motion.velocity);
    for (((p, v), (g, w)), (from, to)) in moving.zip(gradient.iter().zip(push)).zip(from.iter().zip(to)) {
        *p += size * g;
        *v += size * w;
        *to = from + step_size * *v;
    }
}

/// y ← M x, for the columns of M one after another.
#[inline]
pub(super) fn multiply(columns: &[f64], x: &[f64], y: &mut [f64]) {
    y.fill(0.0);
    let (blocks, rest) = x.as_chunks::<COLUMNS>();
    let (block_columns, rest_columns) = columns.split_at(blocks.len() * COLUMNS * y.len());
    for (columns, x) in block_columns.chunks_exact(COLUMNS * y.len().max(1)).zip(blocks) {
        add_columns(columns, *x, y);
    }
    for (column, x) in rest_columns.chunks_exact(y.len().max(1)).zip(rest) {
        add_columns(column, [*x], y);
    }
}

/// y ← (I + U F Uᵀ) y for orthonormal columns U and diagonal F, `COLUMNS` directions at a time, which may follow one
/// another because they are orthonormal.
#[inline]
pub(super) fn stretch(directions: &[f64], factors: impl ExactSizeIterator<Item = f64>, y: &mut [f64]) {
    let mut factors = factors;
    let mut blocks = directions.chunks_exact(COLUMNS * y.len().max(1));
    for block in blocks.by_ref() {
        let mut weights = products_with_columns::<COLUMNS>(block, y);
        weights.iter_mut().zip(factors.by_ref()).for_each(|(w, f)| *w *= f);
        add_columns(block, weights, y);
    }
    for (direction, factor) in blocks.remainder().chunks_exact(y.len().max(1)).zip(factors) {
        let along = factor * product(direction, y);
        add_columns(direction, [along], y);
    }
}

/// y ← y + Σ xₖ columnₖ.
#[inline]
fn add_columns<const N: usize>(columns: &[f64], x: [f64; N], y: &mut [f64]) {
    let columns = split::<N>(columns, y.len());
    for (i, y) in y.iter_mut().enumerate() {
        for k in 0..N {
            *y += x[k] * columns[k][i];
        }
    }
}

#[inline]
fn products_with_columns<const N: usize>(columns: &[f64], y: &[f64]) -> [f64; N] {
    split::<N>(columns, y.len()).map(|column| product(column, y))
}

/// N columns of this length.
#[inline]
fn split<const N: usize>(columns: &[f64], length: usize) -> [&[f64]; N] {
    std::array::from_fn(|k| &columns[k * length..(k + 1) * length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_counts_every_element() {
        for dim in 0..20 {
            let a: Vec<f64> = (1..=dim).map(f64::from).collect();
            let squares = f64::from(dim * (dim + 1) * (2 * dim + 1) / 6);
            let linear = f64::from(dim * (dim + 1) / 2);
            let ones = vec![1.0; a.len()];
            assert_eq!(product(&a, &a), squares);
            assert_eq!(products_with_sum([&a, &ones], &a, &a), [2.0 * squares, 2.0 * linear]);
            let mut motion = Motion { momentum: a.clone(), velocity: ones.clone() };
            assert_eq!(kick(2.0, &ones, &ones, &mut motion), 1.5 * (linear + 2.0 * f64::from(dim)));
            let mut to = a.clone();
            kick_and_drift((1.0, 2.0), [&ones, &ones, &a], &mut motion, &mut to);
            assert!((0..a.len()).all(|i| motion.momentum[i] == a[i] + 3.0 && to[i] == a[i] + 8.0));
        }
    }

    #[test]
    fn every_number_of_columns_counts_every_column() {
        for rows in 0..6_usize {
            for columns in 0..10_usize {
                let matrix: Vec<f64> = (0..rows * columns).map(|k| k as f64).collect();
                let (x, mut y) = (vec![2.0; columns], vec![f64::NAN; rows]);
                multiply(&matrix, &x, &mut y);
                let row = |i: usize| 2.0 * (0..columns).map(|j| (i + j * rows) as f64).sum::<f64>();
                assert!((0..rows).all(|i| y[i] == row(i)), "{rows} × {columns}");
            }
        }
    }

    #[test]
    fn each_direction_is_stretched_by_its_factor() {
        for directions in 0..10_usize {
            let mut unit = vec![0.0; 11 * directions];
            (0..directions).for_each(|k| unit[11 * k + k + 1] = 1.0);
            let mut y: Vec<f64> = (0..11).map(|i| i as f64).collect();
            stretch(&unit, (0..directions).map(|k| k as f64), &mut y);
            let stretched = |i: usize| if (1..=directions).contains(&i) { (i * i) as f64 } else { i as f64 };
            assert!((0..11).all(|i| y[i] == stretched(i)), "{directions}: {y:?}");
        }
    }
}
