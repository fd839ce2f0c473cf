//! The regularised incomplete gamma functions and the derivative in their shape.
//!
//! Small shapes use the power series below the mean and Legendre's continued fraction above it (Gautschi 1979, ACM
//! TOMS 5), each carried together with its derivative in the shape. Large shapes integrate the density of ln t with
//! Gauss–Legendre nodes, which costs the same for every shape.

use std::f64::consts::TAU;

use crate::gamma::{digamma, log_gamma, log_gamma_one_plus, stirling_correction};
use crate::polynomial::polynomial;

/// From this shape on the integral is used.
const LARGE: f64 = 100.0;
/// Relative size below which a term no longer counts.
const NEGLIGIBLE: f64 = 1e-17;

/// Both regularised functions and their derivative in the shape.
#[derive(Clone, Copy)]
struct Parts {
    p: f64,
    q: f64,
    /// ∂P/∂a = −∂Q/∂a.
    p_shape: f64,
}

/// P(a, x) = ∫₀ˣ t^(a−1) exp(−t) dt / Γ(a), for a > 0 and x ≥ 0.
pub fn gamma_p(a: f64, x: f64) -> f64 {
    parts(a, x).p
}

/// Q(a, x) = 1 − P(a, x), with relative accuracy in the upper tail.
pub fn gamma_q(a: f64, x: f64) -> f64 {
    parts(a, x).q
}

/// ∂P(a, x)/∂a, which is negative.
pub fn gamma_p_shape(a: f64, x: f64) -> f64 {
    parts(a, x).p_shape
}

fn parts(a: f64, x: f64) -> Parts {
    let outside = a.is_nan() || x.is_nan() || a <= 0.0 || x < 0.0 || (a.is_infinite() && x.is_infinite());
    if outside {
        return Parts { p: f64::NAN, q: f64::NAN, p_shape: f64::NAN };
    }
    if x == 0.0 || a.is_infinite() {
        Parts { p: 0.0, q: 1.0, p_shape: 0.0 }
    } else if x.is_infinite() {
        Parts { p: 1.0, q: 0.0, p_shape: 0.0 }
    } else if a >= LARGE {
        by_integral(a, x)
    } else if x < a + 1.0 && (a >= 1.0 || x < 1.5) {
        by_series(a, x)
    } else {
        by_fraction(a, x)
    }
}

/// x^a exp(−x) / Γ(a).
fn front(a: f64, x: f64) -> f64 {
    (a * x.ln() - x - log_gamma(a)).exp()
}

/// P(a, x) = x^a exp(−x) Σ xⁿ/Γ(a + n + 1); the derivative of each term is itself times ln x − ψ(a + n + 1).
fn by_series(a: f64, x: f64) -> Parts {
    let (mut term, mut slope) = (1.0 / a, x.ln() - digamma(a) - 1.0 / a);
    let (mut sum, mut slopes) = (term, term * slope);
    let mut n = 1.0;
    while term * slope.abs().max(1.0) > NEGLIGIBLE * sum.min(slopes.abs()) {
        term *= x / (a + n);
        slope -= 1.0 / (a + n);
        sum += term;
        slopes += term * slope;
        n += 1.0;
    }
    let front = front(a, x);
    let p = (front * sum).min(1.0);
    let q = if a < 1.0 { small_complement(a, x) } else { 1.0 - p };
    Parts { p, q, p_shape: front * slopes }
}

/// Q(a, x) for a < 1 and small x, where 1 − P would lose digits:
/// 1 − x^a/Γ(1 + a) − a x^a/Γ(1 + a) Σ_{n≥1} (−x)ⁿ/(n!(a + n)).
fn small_complement(a: f64, x: f64) -> f64 {
    let exponent = a * x.ln() - if a <= 0.5 { log_gamma_one_plus(a) } else { log_gamma(1.0 + a) };
    let (mut power, mut sum, mut n) = (1.0, 0.0, 1.0);
    loop {
        power *= -x / n;
        let term: f64 = power / (a + n);
        sum += term;
        if term.abs() <= NEGLIGIBLE * sum.abs() {
            break;
        }
        n += 1.0;
    }
    -exponent.exp_m1() - exponent.exp() * a * sum
}

/// Q(a, x) = x^a exp(−x)/Γ(a) · 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − …)), by Lentz's rule with its derivative in a.
fn by_fraction(a: f64, x: f64) -> Parts {
    let mut b = x + 1.0 - a;
    // c, d and the value h, each with its logarithmic or plain derivative in a.
    let (mut c, mut c_slope) = (f64::INFINITY, 0.0);
    let (mut d, mut d_slope) = (1.0 / b, 1.0 / (b * b));
    let (mut h, mut h_log_slope) = (d, d_slope / d);
    for n in 1..10_000 {
        let n = f64::from(n);
        let numerator = -n * (n - a);
        b += 2.0;
        let denominator = numerator * d + b;
        let denominator_slope = n * d + numerator * d_slope - 1.0;
        d = 1.0 / denominator;
        d_slope = -denominator_slope * d * d;
        let next_c = b + numerator / c;
        c_slope = -1.0 + n / c - numerator / c * (c_slope / c);
        c = next_c;
        let change = c * d;
        let log_slope_change = c_slope / c - denominator_slope * d;
        h *= change;
        h_log_slope += log_slope_change;
        if (change - 1.0).abs() < 1e-16 && log_slope_change.abs() < 1e-16 * h_log_slope.abs().max(1e-3) {
            break;
        }
    }
    let q = front(a, x) * h;
    Parts { p: 1.0 - q, q, p_shape: -q * (x.ln() - digamma(a) + h_log_slope) }
}

/// With t = a·exp(u) the density of u is √(a/2π)/Γ*(a) · exp(−a φ(u)), φ(u) = exp(u) − 1 − u, near enough a normal.
fn by_integral(a: f64, x: f64) -> Parts {
    let start = ((x - a) / a).ln_1p().max(f64::MIN);
    let start = if x < 0.5 * a { (x / a).ln() } else { start };
    let upper = start > 0.0;
    let width = reach(a, start);
    let shift = a.ln() - digamma(a);
    let (mut mass, mut moment) = (0.0, 0.0);
    const PANELS: u32 = 3;
    let half = 0.5 * width / f64::from(PANELS);
    for panel in 0..PANELS {
        let centre = half * (2.0 * f64::from(panel) + 1.0);
        for (node, weight) in NODES {
            for node in [-node, node] {
                let distance = centre + half * node;
                let u = if upper { start + distance } else { start - distance };
                let density = weight * (-a * (excess(u) - excess(start))).exp();
                mass += density;
                moment += density * (u + shift);
            }
        }
    }
    let scale = half * (a / TAU).sqrt() * (-stirling_correction(a) - a * excess(start)).exp();
    let (mass, moment) = ((mass * scale).min(1.0), moment * scale);
    if upper {
        Parts { p: 1.0 - mass, q: mass, p_shape: -moment }
    } else {
        Parts { p: mass, q: 1.0 - mass, p_shape: moment }
    }
}

/// How far from `start`, outwards, the density falls by exp(−40).
fn reach(a: f64, start: f64) -> f64 {
    const FALL: f64 = 40.0;
    let slope = start.exp_m1().abs() * a;
    let curvature = if start > 0.0 { a * start.exp() } else { a * start.exp() * 0.6 };
    if slope == 0.0 {
        return (2.0 * FALL / curvature).sqrt();
    }
    2.0 * FALL / (slope + (slope * slope + 2.0 * curvature * FALL).sqrt())
}

/// exp(u) − 1 − u, without cancellation near 0.
fn excess(u: f64) -> f64 {
    if u.abs() > 0.2 {
        return u.exp_m1() - u;
    }
    const SERIES: [f64; 10] = [
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5040.0,
        1.0 / 40320.0,
        1.0 / 362880.0,
        1.0 / 3628800.0,
        1.0 / 39916800.0,
    ];
    u * u * polynomial(&SERIES, u)
}

/// Positive Gauss–Legendre nodes and weights of order 20 on \[−1, 1\].
const NODES: [(f64, f64); 10] = [
    (0.993128599185094925, 0.0176140071391521183),
    (0.963971927277913791, 0.0406014298003869413),
    (0.912234428251325906, 0.0626720483341090636),
    (0.839116971822218823, 0.0832767415767047487),
    (0.746331906460150793, 0.101930119817240435),
    (0.636053680726515025, 0.118194531961518417),
    (0.510867001950827098, 0.131688638449176627),
    (0.373706088715419561, 0.142096109318382051),
    (0.227785851141645078, 0.149172986472603747),
    (0.0765265211334973338, 0.152753387130725851),
];

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    /// a, x, P, Q, ∂P/∂a at forty digits, rounded to eighteen.
    const KNOWN: [(f64, f64, f64, f64, f64); 25] = [
        (1e-5, 0.5, 0.999994402234714577, 5.59776528542266021e-6, -0.559779462276557499),
        (0.1, 1e-8, 0.166593988381602152, 0.833406011618397848, -2.99817964959652324),
        (0.1, 0.3, 0.908357989730034275, 0.0916420102699657249, -0.921987161993401123),
        (0.1, 1.6, 0.990161634314574023, 0.00983836568542597672, -0.110568025556389814),
        (0.7, 1.2, 0.811185096772392195, 0.188814903227607805, -0.35621055076502437),
        (0.7, 5.0, 0.996953757968873267, 0.003046242031126733, -0.00911869603935287189),
        (1.0, 3.0, 0.950212931632136057, 0.049787068367863943, -0.0964829419913463526),
        (2.5, 0.01, 2.98760153190659384e-6, 0.999997012398468093, -1.70566474977782065e-5),
        (2.5, 3.4, 0.764055462305478604, 0.235944537694521396, -0.195423915250929322),
        (2.5, 3.6, 0.793814080290444125, 0.206185919709555875, -0.179088631042205018),
        (2.5, 40.0, 0.999999999999999161, 8.39182511483161009e-16, -2.5267860704828765e-15),
        (20.0, 5.0, 3.45213582091446025e-7, 0.999999654786417909, -4.92026840322874667e-7),
        (20.0, 21.5, 0.655990180940137109, 0.344009819059862891, -0.0818720983412002124),
        (50.0, 90.0, 0.999998350501498282, 1.64949850171782483e-6, -1.02355073048775738e-6),
        (99.9, 100.0, 0.517291483115331239, 0.482708516884668761, -0.0399255325588518328),
        (99.9, 150.0, 0.999994324267753509, 5.67573224649109251e-6, -2.43785805872483428e-6),
        (99.9, 40.0, 1.32343608951955054e-15, 0.999999999999998677, -1.22633051764969551e-15),
        (100.0, 100.0, 0.513298798279148665, 0.486701201720851335, -0.0399274978577860522),
        (100.0, 30.0, 7.33846863287833335e-24, 1.0, -8.90217711113138581e-24),
        (100.0, 190.0, 0.999999999999733671, 2.66328996184349371e-13, -1.7511078629120139e-13),
        (1000.0, 1005.0, 0.566860944666084264, 0.433139055333915736, -0.0124294560822099009),
        (1000.0, 800.0, 5.50141977617922814e-12, 0.99999999999449858, -1.251364571083481e-12),
        (1e4, 10300.0, 0.998529505103614319, 0.00147049489638568128, -4.76849951404636106e-5),
        (1e6, 999000.0, 0.158655213574303652, 0.841344786425696348, -0.000242011066399744551),
        (1e6, 1004000.0, 0.999967654552686522, 3.23454473134776803e-5, -1.36434544330685428e-7),
    ];

    #[test]
    fn agrees_with_known_values() {
        for (a, x, p, q, p_shape) in KNOWN {
            assert_relative_eq!(gamma_p(a, x), p, max_relative = 1e-12);
            assert_relative_eq!(gamma_q(a, x), q, max_relative = 1e-12);
            assert_relative_eq!(gamma_p_shape(a, x), p_shape, max_relative = 1e-11);
        }
    }

    #[test]
    fn branches_meet() {
        for x in [40.0, 90.0, 99.0, 101.0, 130.0, 200.0] {
            let (below, above) = (LARGE - 1e-11, LARGE);
            assert_relative_eq!(gamma_q(below, x), gamma_q(above, x), max_relative = 1e-10);
            assert_relative_eq!(gamma_p(below, x), gamma_p(above, x), max_relative = 1e-10);
            assert_relative_eq!(gamma_p_shape(below, x), gamma_p_shape(above, x), max_relative = 1e-10);
        }
        for a in [0.2, 1.0, 7.3, 60.0] {
            let x = a + 1.0;
            assert_relative_eq!(gamma_q(a, x * (1.0 - 1e-13)), gamma_q(a, x), max_relative = 1e-12);
            assert_relative_eq!(gamma_p_shape(a, x * (1.0 - 1e-13)), gamma_p_shape(a, x), max_relative = 1e-11);
        }
    }

    #[test]
    fn huge_shapes_are_nearly_normal() {
        for a in [1e9, 1e12] {
            assert_relative_eq!(gamma_p(a, a + a.sqrt()), crate::normal_cdf(1.0), max_relative = 1e-4);
        }
    }

    #[test]
    fn edges_are_limits() {
        let inf = f64::INFINITY;
        assert_eq!((gamma_p(2.0, 0.0), gamma_q(2.0, 0.0), gamma_p(2.0, inf), gamma_q(2.0, inf)), (0.0, 1.0, 1.0, 0.0));
        assert_eq!((gamma_p(500.0, 1e-300), gamma_q(500.0, 1e300)), (0.0, 0.0));
        assert_eq!((gamma_p_shape(2.0, 0.0), gamma_p_shape(2.0, inf)), (0.0, 0.0));
        for (a, x) in [(-1.0, 1.0), (0.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (1.0, f64::NAN)] {
            assert!(gamma_p(a, x).is_nan() && gamma_q(a, x).is_nan() && gamma_p_shape(a, x).is_nan());
        }
    }
}
