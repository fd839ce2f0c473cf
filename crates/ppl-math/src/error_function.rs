//! The error function and its complement.
//!
//! Source: Cody (1969), "Rational Chebyshev approximation for the error function", Mathematics of Computation 23.

use std::f64::consts::PI;

use crate::polynomial::polynomial;

pub(crate) const NEAR: (&[f64], &[f64]) = (
    &[
        3.209377589138469472562e3,
        3.774852376853020208137e2,
        1.138641541510501556495e2,
        3.161123743870565596947,
        1.857777061846031526730e-1,
    ],
    &[2.844236833439170622273e3, 1.282616526077372275645e3, 2.440246379344441733056e2, 2.360129095234412093499e1, 1.0],
);

pub(crate) const MIDDLE: (&[f64], &[f64]) = (
    &[
        1.23033935479799725272e3,
        2.05107837782607146532e3,
        1.71204761263407058314e3,
        8.81952221241769090411e2,
        2.98635138197400131132e2,
        6.61191906371416294775e1,
        8.88314979438837594118,
        5.64188496988670089180e-1,
        2.15311535474403846343e-8,
    ],
    &[
        1.23033935480374942043e3,
        3.43936767414372163696e3,
        4.36261909014324715820e3,
        3.29079923573345962678e3,
        1.62138957456669018874e3,
        5.37181101862009857509e2,
        1.17693950891312499305e2,
        1.57449261107098347253e1,
        1.0,
    ],
);

pub(crate) const FAR: (&[f64], &[f64]) = (
    &[
        6.58749161529837803157e-4,
        1.60837851487422766278e-2,
        1.25781726111229246204e-1,
        3.60344899949804439429e-1,
        3.05326634961232344035e-1,
        1.63153871373020978498e-2,
    ],
    &[
        2.33520497626869185443e-3,
        6.05183413124413191178e-2,
        5.27905102951428412248e-1,
        1.87295284992346047209,
        2.56852019228982242072,
        1.0,
    ],
);

/// Below this the odd rational function serves.
pub(crate) const SMALL: f64 = 0.46875;

fn ratio((numerator, denominator): (&[f64], &[f64]), x: f64) -> f64 {
    polynomial(numerator, x) / polynomial(denominator, x)
}

/// 2/√π ∫₀ˣ exp(−t²) dt.
pub fn erf(x: f64) -> f64 {
    if x.abs() <= SMALL {
        x * ratio(NEAR, x * x)
    } else if x < 0.0 {
        erfc(-x) - 1.0
    } else {
        1.0 - erfc(x)
    }
}

/// 1 − erf(x), with relative accuracy for large x.
pub fn erfc(x: f64) -> f64 {
    if x.abs() <= SMALL {
        1.0 - erf(x)
    } else if x < 0.0 {
        2.0 - erfc(-x)
    } else {
        exp_minus_square(x) * scaled_positive(x)
    }
}

/// exp(x²)·erfc(x): what is left of erfc without its exponential fall.
pub fn erfc_scaled(x: f64) -> f64 {
    if x.abs() <= SMALL {
        (x * x).exp() * (1.0 - erf(x))
    } else if x < 0.0 {
        2.0 / exp_minus_square(x) - scaled_positive(-x)
    } else {
        scaled_positive(x)
    }
}

/// exp(x²)·erfc(x) for x > 0.46875.
fn scaled_positive(x: f64) -> f64 {
    if x <= 4.0 {
        return ratio(MIDDLE, x);
    }
    let r = 1.0 / (x * x);
    (1.0 / PI.sqrt() - r * ratio(FAR, r)) / x
}

/// exp(−x²) where the rounding of x² would cost digits: x is split so that the first square is exact.
fn exp_minus_square(x: f64) -> f64 {
    let head = (x * 16.0).trunc() / 16.0;
    if !head.is_finite() || head.abs() > 1e8 {
        return (-x * x).exp();
    }
    (-head * head).exp() * (-(x - head) * (x + head)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// x, erfc(x), from the defining integral at forty digits.
    const KNOWN: [(f64, f64); 9] = [
        (-3.0, 1.9999779095030014146),
        (-0.5, 1.5204998778130465377),
        (0.1, 0.8875370839817151078),
        (0.46875, 0.50738652678206200841),
        (1.0, 0.15729920705028513066),
        (2.5, 0.00040695201744495893956),
        (4.0, 1.5417257900280018852e-8),
        (10.0, 2.088487583762544757e-45),
        (26.0, 5.6631924088561428465e-296),
    ];

    #[test]
    fn erfc_agrees_with_known_values() {
        for (x, expected) in KNOWN {
            assert_relative_eq!(erfc(x), expected, max_relative = 4e-15);
            assert_relative_eq!(erf(x), 1.0 - expected, max_relative = 1e-15);
            if x.abs() < 5.0 {
                assert_relative_eq!(erfc_scaled(x), expected * (x * x).exp(), max_relative = 2e-14);
            }
        }
    }

    #[test]
    fn edges_are_limits() {
        let inf = f64::INFINITY;
        assert_eq!((erf(inf), erf(-inf), erfc(inf), erfc(-inf), erf(0.0)), (1.0, -1.0, 0.0, 2.0, 0.0));
        assert_eq!(erf(1e-300), 1e-300 * 2.0 / PI.sqrt());
        assert!(erf(f64::NAN).is_nan() && erfc(f64::NAN).is_nan() && erfc_scaled(f64::NAN).is_nan());
        assert_relative_eq!(erfc_scaled(1e10), 1e-10 / PI.sqrt(), max_relative = 1e-15);
        assert_eq!(erfc_scaled(-30.0), inf);
    }
}
