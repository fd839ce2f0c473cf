//! Inner products, in four sums that processors add side by side. The order of additions is fixed, so the bits are too.

const LANES: usize = 4;

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
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

/// v·(a + b).
#[inline]
pub(super) fn product_with_sum(v: &[f64], a: &[f64], b: &[f64]) -> f64 {
    let [v, a, b] = [v, a, b].map(<[f64]>::as_chunks::<LANES>);
    let mut sums = [0.0; LANES];
    for ((v, a), b) in v.0.iter().zip(a.0).zip(b.0) {
        for lane in 0..LANES {
            sums[lane] += v[lane] * (a[lane] + b[lane]);
        }
    }
    let rest = v.1.iter().zip(a.1).zip(b.1).map(|((v, a), b)| v * (a + b));
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_counts_every_element() {
        for dim in 0..12 {
            let a: Vec<f64> = (1..=dim).map(f64::from).collect();
            let squares = f64::from(dim * (dim + 1) * (2 * dim + 1) / 6);
            assert_eq!(product(&a, &a), squares);
            assert_eq!(product_with_sum(&a, &a, &a), 2.0 * squares);
        }
    }
}
