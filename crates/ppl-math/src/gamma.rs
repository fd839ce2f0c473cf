//! The logarithm of the gamma function and its derivatives.
//!
//! Source: Abramowitz and Stegun (1964), 6.1.33 (series about 2), 6.1.41, 6.3.18 and 6.4.11–6.4.12 (asymptotic), with
//! recurrence and reflection. Coefficients from ζ and the Bernoulli numbers at forty digits.

use std::f64::consts::{PI, TAU};

use crate::polynomial::polynomial;

/// From here on the asymptotic series reach full precision.
const ASYMPTOTIC: f64 = 10.0;

/// ln Γ(2 + z) = Σ c\[k\]·z^(k+1); c\[0\] = 1 − γ, then (−1)^k (ζ(k) − 1)/k for k = 2, 3, ….
const ABOUT_TWO: [f64; 28] = [
    0.42278433509846713939,
    0.3224670334241132182,
    -0.06735230105319809513,
    0.02058080842778454788,
    -0.007385551028673985266,
    0.002890510330741523286,
    -0.001192753911703260977,
    0.0005096695247430424223,
    -0.0002231547584535793798,
    0.00009945751278180853371,
    -0.0000449262367381331417,
    0.00002050721277567069155,
    -9.439488275268395904e-6,
    4.374866789907487804e-6,
    -2.039215753801366237e-6,
    9.551412130407419833e-7,
    -4.492469198764566043e-7,
    2.120718480555466587e-7,
    -1.004322482396809961e-7,
    4.769810169363980566e-8,
    -2.271109460894316491e-8,
    1.083865921489695409e-8,
    -5.183475041970046655e-9,
    2.483674543802478317e-9,
    -1.192140140586091207e-9,
    5.731367241678862013e-10,
    -2.759522885124233145e-10,
    1.330476437424448948e-10,
];

/// ln |Γ(x)|; +∞ at 0, −1, −2, ….
pub fn log_gamma(x: f64) -> f64 {
    if x >= ASYMPTOTIC {
        (x - 0.5) * (x.ln() - 1.0) + (0.5 * TAU.ln() - 0.5) + stirling_correction(x)
    } else if x >= 2.5 {
        let steps = (x - 1.5).floor();
        let product = (1..=steps as u32).fold(1.0, |product, k| product * (x - f64::from(k)));
        product.ln() + log_gamma_two_plus(x - steps - 2.0)
    } else if x >= 1.5 {
        log_gamma_two_plus(x - 2.0)
    } else if x >= 0.5 {
        log_gamma_one_plus(x - 1.0)
    } else if x > 0.0 {
        log_gamma_one_plus(x) - x.ln()
    } else if x.is_nan() {
        x
    } else if x == x.floor() {
        f64::INFINITY
    } else {
        (PI / sin_pi(x).abs()).ln() - log_gamma(1.0 - x)
    }
}

/// ln Γ(2 + z) for |z| ≤ 1/2.
fn log_gamma_two_plus(z: f64) -> f64 {
    z * polynomial(&ABOUT_TWO, z)
}

/// ln Γ(1 + z) for |z| ≤ 1/2, with relative accuracy at 0.
pub(crate) fn log_gamma_one_plus(z: f64) -> f64 {
    log_gamma_two_plus(z) - z.ln_1p()
}

/// ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π), for x ≥ 10.
pub(crate) fn stirling_correction(x: f64) -> f64 {
    const SERIES: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360360.0,
        1.0 / 156.0,
        -3617.0 / 122400.0,
    ];
    polynomial(&SERIES, 1.0 / (x * x)) / x
}

/// sin(πx), without loss for large x.
fn sin_pi(x: f64) -> f64 {
    (PI * (x % 2.0)).sin()
}

/// The derivative of [`log_gamma`]; −∞ at 0, NaN at −1, −2, ….
pub fn digamma(x: f64) -> f64 {
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x < 0.0 {
        if x == x.floor() {
            return f64::NAN;
        }
        return digamma(1.0 - x) - PI / (PI * (x % 1.0)).tan();
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < ASYMPTOTIC {
        sum -= 1.0 / x;
        x += 1.0;
    }
    const SERIES: [f64; 7] =
        [-1.0 / 12.0, 1.0 / 120.0, -1.0 / 252.0, 1.0 / 240.0, -1.0 / 132.0, 691.0 / 32760.0, -1.0 / 12.0];
    let r = 1.0 / x;
    sum + x.ln() - 0.5 * r + r * r * polynomial(&SERIES, r * r)
}

/// The derivative of [`digamma`]; +∞ at 0, −1, −2, ….
pub fn trigamma(x: f64) -> f64 {
    if x <= 0.0 {
        if x == x.floor() {
            return if x.is_finite() { f64::INFINITY } else { f64::NAN };
        }
        return (PI / sin_pi(x)).powi(2) - trigamma(1.0 - x);
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < ASYMPTOTIC {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    const SERIES: [f64; 8] =
        [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0, -3617.0 / 510.0];
    let r = 1.0 / x;
    sum + r + 0.5 * r * r + r * r * r * polynomial(&SERIES, r * r)
}

/// The derivative of [`trigamma`]; NaN at 0, −1, −2, ….
pub fn tetragamma(x: f64) -> f64 {
    if x == 0.0 || (x < 0.0 && x == x.floor()) {
        return f64::NAN;
    }
    if x < 0.0 {
        let (sine, cosine) = (sin_pi(x), (PI * (x % 2.0)).cos());
        return tetragamma(1.0 - x) - 2.0 * PI.powi(3) * cosine / sine.powi(3);
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < ASYMPTOTIC {
        sum -= 2.0 / (x * x * x);
        x += 1.0;
    }
    const SERIES: [f64; 8] =
        [-0.5, 1.0 / 6.0, -1.0 / 6.0, 3.0 / 10.0, -5.0 / 6.0, 691.0 / 210.0, -35.0 / 2.0, 3617.0 / 30.0];
    let r = 1.0 / x;
    sum - r * r - r * r * r + r.powi(4) * polynomial(&SERIES, r * r)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// x, ln |Γ(x)|, ψ(x), ψ′(x), ψ″(x) at sixty digits, rounded to twenty.
    const KNOWN: [(f64, f64, f64, f64, f64); 18] = [
        (1e-10, 23.025850929882735237, -1.00000000005772153e+10, 9.9999999999999992715e+19, -1.9999999999999997814e+30),
        (0.1, 2.252712651734205902, -10.423754940411076232, 101.4332991507927477, -2001.8614573783436732),
        (0.5, 0.57236494292470008707, -1.9635100260214234794, 4.9348022005446793094, -16.828796644234319996),
        (0.99, 0.0058548067647097814532, -0.59378630405559515926, 1.6693041010718245379, -2.4703181672880190676),
        (1.25, -0.098271836421813161464, -0.22745353337626540809, 1.1973291545071107393, -1.3277399375369203333),
        (1.5, -0.12078223763524522235, 0.036489973978576520559, 0.93480220054467930942, -0.8287966442343199956),
        (1.99, -0.0041955290887916687019, 0.41631470604541495081, 0.64900005046474360947, -0.40909786303128990083),
        (2.3, 0.1541894549596304745, 0.60003988036396947876, 0.5425374586652584588, -0.28813024337293980488),
        (3.7, 1.4280723266653881292, 1.1671535393615114409, 0.31003785767003830216, -0.095395308728554033483),
        (9.99, 12.77931521435019336, 2.250700372831201122, 0.10527695014824178439, -0.011073070531461051158),
        (10.0, 12.801827480081469611, 2.2517525890667211076, 0.10516633568168574612, -0.011049834970802067462),
        (12.5, 18.734347511936445702, 2.4851956512749120482, 0.083285224601578370444, -0.0069324365857882407909),
        (171.5, 709.14316303092824227, 5.1416649814339996289, 0.0058479365506103837617, -3.4198264441412620009e-5),
        (1e5, 1051287.7089736568949, 11.512920464961895087, 1.0000050000166666667e-5, -1.00001000005e-10),
        (1e12, 2.6631021115915651636e+13, 27.631021115928048208, 1.0000000000005e-12, -1.000000000001e-24),
        (-0.5, 1.2655121234846453965, 0.036489973978576520559, 8.9348022005446793094, -0.8287966442343199956),
        (-1.7, 0.92184468769463743838, -1.4857174995110567089, 14.632201633884014385, -69.034549550114209742),
        (-10.3, -14.457515440024208334, 4.6624034935820870175, 14.98688706572263782, 68.828988611036967985),
    ];

    #[test]
    fn agrees_with_known_values() {
        for (x, log_gamma_x, digamma_x, trigamma_x, tetragamma_x) in KNOWN {
            assert_relative_eq!(log_gamma(x), log_gamma_x, max_relative = 2e-15, epsilon = 1e-15);
            assert_relative_eq!(digamma(x), digamma_x, max_relative = 4e-15, epsilon = 2e-15);
            assert_relative_eq!(trigamma(x), trigamma_x, max_relative = 4e-15);
            assert_relative_eq!(tetragamma(x), tetragamma_x, max_relative = 2e-14);
        }
    }

    #[test]
    fn log_gamma_keeps_relative_accuracy_at_its_roots() {
        assert_relative_eq!(log_gamma(1.0 + 1e-12), -0.5772156649e-12, max_relative = 1e-3);
        assert_eq!((log_gamma(1.0), log_gamma(2.0)), (0.0, 0.0));
        let z = f64::EPSILON;
        assert_relative_eq!(log_gamma(2.0 + 2.0 * z), 2.0 * z * 0.42278433509846714, max_relative = 1e-14);
    }

    #[test]
    fn recurrence_holds_across_every_branch() {
        for k in 1..2000 {
            let x = f64::from(k) * 0.013;
            let scale = 1.0 + log_gamma(x).abs();
            assert!((log_gamma(x + 1.0) - log_gamma(x) - x.ln()).abs() < 4e-15 * scale, "at {x}");
            assert_relative_eq!(digamma(x + 1.0), digamma(x) + 1.0 / x, max_relative = 1e-13, epsilon = 1e-14);
            assert_relative_eq!(trigamma(x), trigamma(x + 1.0) + 1.0 / (x * x), max_relative = 1e-14);
        }
    }

    #[test]
    fn edges_are_limits() {
        let inf = f64::INFINITY;
        assert_eq!((log_gamma(0.0), log_gamma(-3.0), log_gamma(inf)), (inf, inf, inf));
        assert_eq!((digamma(0.0), digamma(inf), trigamma(0.0), trigamma(inf)), (-inf, inf, inf, 0.0));
        assert_eq!(log_gamma(1e300), 1e300 * (1e300f64.ln() - 1.0));
        for f in [log_gamma, digamma, trigamma, tetragamma] {
            assert!(f(f64::NAN).is_nan());
        }
        assert!(digamma(-2.0).is_nan() && tetragamma(0.0).is_nan() && digamma(-inf).is_nan());
    }
}
