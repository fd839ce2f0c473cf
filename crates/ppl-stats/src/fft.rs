//! Radix-2 fast Fourier transform (Cooley & Tukey 1965) in place, without putting its result in order.

use std::f64::consts::PI;

/// Transforms of one length, a power of two, of series whose real and imaginary parts are apart.
///
/// Frequencies are in the order of their reversed bits: the even ones come first, then the odd. Where spectra are only multiplied
/// number by number, nothing is gained by another order.
pub(crate) struct Fourier {
    /// cos(πk/h) at h + k for each h = 1, 2, 4, … and k < h.
    cos: Vec<f64>,
    /// sin(πk/h) likewise.
    sin: Vec<f64>,
}

impl Fourier {
    pub(crate) fn new(len: usize) -> Self {
        debug_assert!(len.is_power_of_two());
        let angle = |place: usize| {
            let half = if place == 0 { 1 } else { 1 << place.ilog2() };
            PI * (place % half) as f64 / half as f64
        };
        let (sin, cos) = (0..len).map(|place| angle(place).sin_cos()).unzip();
        Fourier { cos, sin }
    }

    pub(crate) fn len(&self) -> usize {
        self.cos.len()
    }

    /// X_k = Σ_j x_j exp(−2πijk/n), with frequencies in the order of their reversed bits.
    pub(crate) fn forward(&self, re: &mut [f64], im: &mut [f64]) {
        let mut half = self.len() / 2;
        while half > 0 {
            for (re, im) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)) {
                let [(low_re, high_re), (low_im, high_im)] = [re.split_at_mut(half), im.split_at_mut(half)];
                for k in 0..half {
                    let (cos, sin) = (self.cos[half + k], self.sin[half + k]);
                    let (x, y) = (low_re[k] - high_re[k], low_im[k] - high_im[k]);
                    (low_re[k], low_im[k]) = (low_re[k] + high_re[k], low_im[k] + high_im[k]);
                    (high_re[k], high_im[k]) = (x * cos + y * sin, y * cos - x * sin);
                }
            }
            half /= 2;
        }
    }

    /// x_j = Σ_k X_k exp(2πijk/n), n times what [`Self::forward`] made X of.
    pub(crate) fn backward(&self, re: &mut [f64], im: &mut [f64]) {
        let mut half = 1;
        while half < self.len() {
            for (re, im) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)) {
                let [(low_re, high_re), (low_im, high_im)] = [re.split_at_mut(half), im.split_at_mut(half)];
                for k in 0..half {
                    let (cos, sin) = (self.cos[half + k], self.sin[half + k]);
                    let (x, y) = (high_re[k] * cos - high_im[k] * sin, high_im[k] * cos + high_re[k] * sin);
                    (high_re[k], high_im[k]) = (low_re[k] - x, low_im[k] - y);
                    (low_re[k], low_im[k]) = (low_re[k] + x, low_im[k] + y);
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_is_the_defining_sum_in_the_order_of_reversed_bits() {
        let re: Vec<f64> = (0..8).map(|i| f64::from(i * i % 5)).collect();
        let im: Vec<f64> = (0..8).map(|i| f64::from(i % 3)).collect();
        let (mut a, mut b) = (re.clone(), im.clone());
        Fourier::new(8).forward(&mut a, &mut b);
        for (place, k) in [0, 4, 2, 6, 1, 5, 3, 7].into_iter().enumerate() {
            let (mut x, mut y) = (0.0, 0.0);
            for j in 0..8 {
                let (sin, cos) = (-2.0 * PI * (j * k) as f64 / 8.0).sin_cos();
                x += re[j] * cos - im[j] * sin;
                y += re[j] * sin + im[j] * cos;
            }
            assert!((a[place] - x).abs() < 1e-12 && (b[place] - y).abs() < 1e-12);
        }
    }

    #[test]
    fn back_and_forth_is_the_length_times_as_much() {
        let (mut re, mut im) = (vec![1.0, -2.0, 0.5, 4.0], vec![0.0, 1.0, -1.0, 3.0]);
        let fourier = Fourier::new(4);
        fourier.forward(&mut re, &mut im);
        fourier.backward(&mut re, &mut im);
        assert_eq!(re, [4.0, -8.0, 2.0, 16.0]);
        assert_eq!(im, [0.0, 4.0, -4.0, 12.0]);
    }

    #[test]
    fn a_transform_of_length_one_does_nothing() {
        let (mut re, mut im) = ([3.0], [1.0]);
        Fourier::new(1).forward(&mut re, &mut im);
        Fourier::new(1).backward(&mut re, &mut im);
        assert_eq!((re, im), ([3.0], [1.0]));
    }
}
