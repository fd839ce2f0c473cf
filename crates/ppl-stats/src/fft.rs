//! Radix-2 fast Fourier transform (Cooley & Tukey 1965), in place.

use std::f64::consts::TAU;

/// Discrete Fourier transform of `re + i·im`, whose common length is a power of two: X_k = Σ_j x_j exp(−2πijk/n).
///
/// Exchanging the two arguments gives the inverse without its 1/n.
pub(crate) fn transform(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    debug_assert!(n.is_power_of_two() && im.len() == n);
    reverse_bits(re, im);
    let roots: Vec<(f64, f64)> = (0..n / 2).map(|k| (TAU * k as f64 / n as f64).sin_cos()).collect();
    let mut half = 1;
    while half < n {
        for start in (0..n).step_by(2 * half) {
            for k in 0..half {
                butterfly(re, im, start + k, half, roots[k * (n / (2 * half))]);
            }
        }
        half *= 2;
    }
}

#[inline]
fn butterfly(re: &mut [f64], im: &mut [f64], low: usize, half: usize, (sin, cos): (f64, f64)) {
    let high = low + half;
    let (x, y) = (re[high] * cos + im[high] * sin, im[high] * cos - re[high] * sin);
    (re[high], im[high]) = (re[low] - x, im[low] - y);
    (re[low], im[low]) = (re[low] + x, im[low] + y);
}

fn reverse_bits(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    let shift = usize::BITS - n.trailing_zeros();
    for i in 1..n {
        let j = i.reverse_bits() >> shift;
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_is_the_defining_sum() {
        let re: Vec<f64> = (0..8).map(|i| f64::from(i * i % 5)).collect();
        let im: Vec<f64> = (0..8).map(|i| f64::from(i % 3)).collect();
        let (mut a, mut b) = (re.clone(), im.clone());
        transform(&mut a, &mut b);
        for k in 0..8 {
            let (mut x, mut y) = (0.0, 0.0);
            for j in 0..8 {
                let (sin, cos) = (-TAU * (j * k) as f64 / 8.0).sin_cos();
                x += re[j] * cos - im[j] * sin;
                y += re[j] * sin + im[j] * cos;
            }
            assert!((a[k] - x).abs() < 1e-12 && (b[k] - y).abs() < 1e-12);
        }
    }

    #[test]
    fn exchanging_the_parts_inverts() {
        let (mut re, mut im) = (vec![1.0, -2.0, 0.5, 4.0], vec![0.0, 1.0, -1.0, 3.0]);
        transform(&mut re, &mut im);
        transform(&mut im, &mut re);
        assert_eq!(re.iter().map(|x| x / 4.0).collect::<Vec<_>>(), [1.0, -2.0, 0.5, 4.0]);
        assert_eq!(im.iter().map(|x| x / 4.0).collect::<Vec<_>>(), [0.0, 1.0, -1.0, 3.0]);
    }

    #[test]
    fn a_transform_of_length_one_does_nothing() {
        let (mut re, mut im) = ([3.0], [1.0]);
        transform(&mut re, &mut im);
        assert_eq!((re, im), ([3.0], [1.0]));
    }
}
