//! The standard normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use crate::error_function::{erfc, erfc_scaled};
use crate::polynomial::polynomial;

/// −x²/2 − ½ ln 2π.
pub fn log_normal_density(x: f64) -> f64 {
    -0.5 * x * x - 0.5 * TAU.ln()
}

/// exp(−x²/2)/√(2π).
pub fn normal_density(x: f64) -> f64 {
    exp_minus_half_square(x) / TAU.sqrt()
}

/// exp(−x²/2), with the square split so that its rounding does not show in the tail.
fn exp_minus_half_square(x: f64) -> f64 {
    let head = (x * 16.0).trunc() / 16.0;
    if head.is_nan() || head.abs() > 1e8 {
        return (-0.5 * x * x).exp();
    }
    (-0.5 * head * head).exp() * (-0.5 * (x - head) * (x + head)).exp()
}

/// Φ(x), the standard normal distribution function, with relative accuracy in the lower tail.
pub fn normal_cdf(x: f64) -> f64 {
    if x < -1.0 {
        0.5 * erfc_scaled(-x * FRAC_1_SQRT_2) * exp_minus_half_square(x)
    } else {
        0.5 * erfc(-x * FRAC_1_SQRT_2)
    }
}

/// ln Φ(x), accurate in both tails.
pub fn log_normal_cdf(x: f64) -> f64 {
    if x < -1.0 {
        (0.5 * erfc_scaled(-x * FRAC_1_SQRT_2)).ln() - 0.5 * x * x
    } else if x > 1.0 {
        (-normal_cdf(-x)).ln_1p()
    } else {
        normal_cdf(x).ln()
    }
}

/// Φ⁻¹(p) for p in \[0, 1\]; ∓∞ at the ends.
///
/// Source: Wichura (1988), "Algorithm AS 241", Applied Statistics 37, PPND16.
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(&CENTRE, 0.180625 - q * q);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail == 0.0 {
        return q.signum() * f64::INFINITY;
    }
    let r = (-tail.ln()).sqrt();
    let size = if r <= 5.0 { ratio(&TAIL, r - 1.6) } else { ratio(&FAR_TAIL, r - 5.0) };
    q.signum() * size
}

fn ratio(coefficients: &[[f64; 8]; 2], x: f64) -> f64 {
    polynomial(&coefficients[0], x) / polynomial(&coefficients[1], x)
}

const CENTRE: [[f64; 8]; 2] = [
    [
        3.3871328727963666080,
        133.14166789178437745,
        1971.5909503065514427,
        13731.693765509461125,
        45921.953931549871457,
        67265.770927008700853,
        33430.575583588128105,
        2509.0809287301226727,
    ],
    [
        1.0,
        42.313330701600911252,
        687.18700749205790830,
        5394.1960214247511077,
        21213.794301586595867,
        39307.895800092710610,
        28729.085735721942674,
        5226.4952788528545610,
    ],
];

const TAIL: [[f64; 8]; 2] = [
    [
        1.42343711074968357734,
        4.63033784615654529590,
        5.76949722146069140550,
        3.64784832476320460504,
        1.27045825245236838258,
        0.241780725177450611770,
        0.0227238449892691845833,
        7.74545014278341407640e-4,
    ],
    [
        1.0,
        2.05319162663775882187,
        1.67638483018380384940,
        0.689767334985100004550,
        0.148103976427480074590,
        0.0151986665636164571966,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ],
];

const FAR_TAIL: [[f64; 8]; 2] = [
    [
        6.65790464350110377720,
        5.46378491116411436990,
        1.78482653991729133580,
        0.296560571828504891230,
        0.0265321895265761230930,
        0.00124266094738807843860,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ],
    [
        1.0,
        0.599832206555887937690,
        0.136929880922735805310,
        0.0148753612908506148525,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// x, Φ(x), ln Φ(x) at sixty digits, rounded to twenty.
    const KNOWN: [(f64, f64, f64); 9] = [
        (-37.5, 4.6053530095819548438e-308, -707.66898931750719107),
        (-10.0, 7.619853024160526066e-24, -53.231285150512470578),
        (-5.3, 5.7901340399645884827e-8, -16.664525302382473188),
        (-1.2, 0.11506967022170826802, -2.1622175060437394036),
        (-0.3, 0.38208857781104736269, -0.96210281816885066774),
        (0.0, 0.5, -std::f64::consts::LN_2),
        (0.7, 0.75803634777692698525, -0.27702394227713124471),
        (2.0, 0.9772498680518207928, -0.023012909328963488465),
        (8.0, 0.9999999999999993779, -6.2209605742717860585e-16),
    ];

    #[test]
    fn agrees_with_known_values() {
        for (x, cdf, log_cdf) in KNOWN {
            assert_relative_eq!(normal_cdf(x), cdf, max_relative = 4e-15);
            assert_relative_eq!(log_normal_cdf(x), log_cdf, max_relative = 2e-15);
        }
        assert_relative_eq!(log_normal_cdf(-1000.0), -500007.82669481218431, max_relative = 1e-15);
    }

    #[test]
    fn quantile_inverts_the_distribution_function() {
        for k in -370..80 {
            let x = f64::from(k) * 0.1;
            // Above 0 the rounding of Φ itself is all that is lost.
            let loss = f64::EPSILON / normal_density(x);
            let tolerance = if x > 0.0 { loss } else { 0.0 } + 2e-15 * x.abs().max(1.0);
            assert!((normal_quantile(normal_cdf(x)) - x).abs() <= tolerance, "at {x}");
        }
    }

    #[test]
    fn density_and_its_log_agree() {
        for x in [-37.0, -3.0, 0.0, 0.5, 20.0] {
            assert_relative_eq!(normal_density(x).ln(), log_normal_density(x), max_relative = 1e-14);
        }
    }

    #[test]
    fn edges_are_limits() {
        let inf = f64::INFINITY;
        assert_eq!((normal_cdf(-inf), normal_cdf(inf)), (0.0, 1.0));
        assert_eq!((log_normal_cdf(-inf), log_normal_cdf(inf)), (-inf, 0.0));
        assert_eq!((normal_quantile(0.0), normal_quantile(1.0), normal_quantile(0.5)), (-inf, inf, 0.0));
        for f in [normal_cdf, log_normal_cdf, normal_quantile, normal_density] {
            assert!(f(f64::NAN).is_nan());
        }
        assert!(normal_quantile(-0.1).is_nan() && normal_quantile(1.1).is_nan());
    }
}
