//! Matrices, sums of vectors and recurrences.

use super::*;
use crate::kernels::{AlignedBuffer, TiledMatrix};

fn near(found: &[f64], expected: &[f64], tolerance: f64) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(x, y)| (x - y).abs() <= tolerance)
}

#[test]
fn buffers_begin_at_a_cache_line() {
    for n in 0..20 {
        let buffer = AlignedBuffer::from(&vec![1.5; n][..]);
        assert!(buffer.len() == n && buffer.as_ptr().addr().is_multiple_of(64) && buffer.iter().all(|&x| x == 1.5));
    }
}

#[test]
fn tiled_products_agree_with_their_definition() {
    let mut stream = Stream(12);
    for (rows, columns) in (0..=67).map(|n| (n, 1 + n % 11)).chain([(256, 25), (300, 3), (33, 0), (513, 8)]) {
        let x = stream.vector(rows * columns);
        let (v, r) = (stream.vector(columns), stream.vector(rows));
        let tiled = TiledMatrix::from_row_major(rows, columns, &x);
        let product: Vec<f64> = (0..rows).map(|i| (0..columns).map(|j| x[i * columns + j] * v[j]).sum()).collect();
        let transposed: Vec<f64> =
            (0..columns).map(|j| 1.0 + (0..rows).map(|i| x[i * columns + j] * r[i]).sum::<f64>()).collect();
        for table in tables() {
            let (mut out, mut sums) = (vec![0.0; rows], vec![1.0; columns]);
            tiled.times_vector(table, &v, &mut out);
            tiled.add_transposed_times_vector(table, &r, &mut sums);
            assert!(near(&out, &product, 1e-13), "{:?}, {rows} × {columns}", table.isa);
            assert!(near(&sums, &transposed, 1e-12), "{:?}, {rows} × {columns}", table.isa);
        }
    }
}

#[test]
fn row_major_products_and_vector_sums_agree_with_their_definition() {
    let mut stream = Stream(13);
    for [m, k, n] in [[0, 3, 2], [1, 1, 1], [3, 4, 5], [2, 0, 3], [7, 9, 17], [5, 3, 1], [16, 8, 33], [4, 5, 8]] {
        let (a, b, y) = (stream.vector(m * k), stream.vector(k * n), stream.vector(m * n));
        let entry = |i: usize, j: usize| (0..k).map(|l| a[i * k + l] * b[l * n + j]).sum::<f64>();
        let expected: Vec<f64> = (0..m * n).map(|p| entry(p / n, p % n)).collect();
        for table in tables() {
            let mut out = vec![f64::NAN; m * n];
            table.matrix_product.apply([m, k, n], &a, &b, &mut out);
            assert!(near(&out, &expected, 1e-13), "{:?}, {m} × {k} × {n}", table.isa);
            table.axpy.apply(-2.0, &y, &mut out);
            assert!((0..m * n).all(|i| (out[i] - (expected[i] - 2.0 * y[i])).abs() < 1e-13));
        }
    }
}

#[test]
fn recurrences_follow_their_definition() {
    let mut stream = Stream(14);
    for n in 0..=67 {
        let (phi, b) = (stream.vector(n), stream.vector(n));
        for phi in [&phi[..], &[0.97]] {
            let at = |t: usize| phi[if phi.len() == 1 { 0 } else { t }];
            let mut x = 0.3;
            let forward: Vec<f64> = (0..n)
                .map(|t| {
                    x = at(t) * x + b[t];
                    x
                })
                .collect();
            let (mut y, mut after) = (vec![0.0; n], 0.3);
            for t in (0..n).rev() {
                y[t] = at(t) * after + b[t];
                after = y[t];
            }
            let scale = forward.iter().chain(&y).fold(1.0, |m: f64, x| m.max(x.abs()));
            for table in tables() {
                let mut out = vec![0.0; n];
                table.recurrence.apply(0.3, phi, &b, &mut out);
                assert!(near(&out, &forward, 1e-14 * scale), "{:?}, {n}: {out:?} for {forward:?}", table.isa);
                table.recurrence_reverse.apply(0.3, phi, &b, &mut out);
                assert!(near(&out, &y, 1e-14 * scale), "{:?}, {n}", table.isa);
            }
        }
    }
}

#[test]
fn a_recurrence_that_ends_does_not_lose_its_later_values() {
    for table in tables() {
        let mut out = [0.0; 9];
        table.recurrence.apply(1e200, &[0.0], &[1.0; 9], &mut out);
        assert_eq!(out, [1.0; 9]);
    }
}
