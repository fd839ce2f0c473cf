//! Every kernel on every instruction set of this machine, against the functions on numbers.

mod access;
mod accuracy;
mod edges;
mod known;
mod linear;
mod octet;
mod reduce;
mod sparse;

use super::{Isa, Kernels, Map1, Map2};

/// The tables of the instruction sets of this machine.
fn tables() -> impl Iterator<Item = &'static Kernels> {
    Isa::available().into_iter().map(Kernels::for_isa)
}

/// A stream of numbers that is the same in every run.
struct Stream(u64);

impl Stream {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn between(&mut self, lower: f64, upper: f64) -> f64 {
        lower + (upper - lower) * (self.bits() >> 11) as f64 * 2f64.powi(-53)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    fn vector(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.between(-2.0, 2.0)).collect()
    }
}

/// Distance in units of the last place of the second, those of the subnormal numbers at least; 0 for two NaNs.
fn ulps(found: f64, expected: f64) -> f64 {
    if found == expected || (found.is_nan() && expected.is_nan()) {
        return 0.0;
    }
    if !found.is_finite() || !expected.is_finite() {
        return f64::INFINITY;
    }
    let size = expected.abs().max(f64::MIN_POSITIVE);
    let unit = f64::from_bits(size.to_bits() + 1) - size;
    (found - expected).abs() / unit
}

/// A map with the function on numbers that it stands for.
struct Case {
    name: &'static str,
    kernel: fn(&Kernels) -> Map1,
    function: fn(f64) -> f64,
}

macro_rules! cases {
    ($($name:ident $function:expr;)*) => {
        [$(Case { name: stringify!($name), kernel: |k| k.$name, function: $function }),*]
    };
}

fn maps_of_one() -> [Case; 38] {
    use crate::*;
    cases! {
        negate |x| -x;
        abs f64::abs;
        sign |x| if x == 0.0 { 0.0 } else { x.signum() };
        not |x| truth(x == 0.0);
        floor f64::floor;
        ceil f64::ceil;
        round f64::round;
        sqrt f64::sqrt;
        square |x| x * x;
        reciprocal |x| 1.0 / x;
        exp f64::exp;
        expm1 f64::exp_m1;
        log f64::ln;
        log1p f64::ln_1p;
        log1m_exp log1m_exp;
        softplus softplus;
        sigmoid sigmoid;
        sin f64::sin;
        cos f64::cos;
        tan f64::tan;
        asin f64::asin;
        acos f64::acos;
        atan f64::atan;
        sinh f64::sinh;
        cosh f64::cosh;
        tanh f64::tanh;
        asinh f64::asinh;
        acosh f64::acosh;
        atanh f64::atanh;
        log_gamma log_gamma;
        digamma digamma;
        trigamma trigamma;
        tetragamma tetragamma;
        erf erf;
        erfc erfc;
        normal_cdf normal_cdf;
        log_normal_cdf log_normal_cdf;
        normal_quantile normal_quantile;
    }
}

/// A map of two with the function on numbers that it stands for.
struct Case2 {
    name: &'static str,
    kernel: fn(&Kernels) -> Map2,
    function: fn(f64, f64) -> f64,
}

macro_rules! cases2 {
    ($($name:ident $function:expr;)*) => {
        [$(Case2 { name: stringify!($name), kernel: |k| k.$name, function: $function }),*]
    };
}

fn maps_of_two() -> [Case2; 23] {
    use crate::*;
    cases2! {
        add |x, y| x + y;
        sub |x, y| x - y;
        mul |x, y| x * y;
        mul_or_zero |x, y| if x == 0.0 { 0.0 } else { x * y };
        div |x, y| x / y;
        pow f64::powf;
        min |x, y| if y < x || y.is_nan() { y } else { x };
        max |x, y| if y > x || y.is_nan() { y } else { x };
        atan2 f64::atan2;
        modulo |x, y| x - y * (x / y).floor();
        less |x, y| truth(x < y);
        less_equal |x, y| truth(x <= y);
        equal |x, y| truth(x == y);
        not_equal |x, y| truth(x != y);
        and |x, y| truth(x != 0.0 && y != 0.0);
        or |x, y| truth(x != 0.0 || y != 0.0);
        x_log_y x_log_y;
        x_log1p x_log1p;
        log_add_exp log_add_exp;
        log_sub_exp log_sub_exp;
        gamma_p gamma_p;
        gamma_q gamma_q;
        gamma_p_shape gamma_p_shape;
    }
}

fn truth(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

/// Where functions have their edges.
const SPECIAL: [f64; 40] = [
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    1e-310,
    -1e-310,
    f64::MIN_POSITIVE,
    -f64::MIN_POSITIVE,
    1e-300,
    -1e-300,
    1e-20,
    -1e-20,
    0.5,
    -0.5,
    1.0,
    -1.0,
    2.0,
    -2.0,
    3.0,
    -3.0,
    1.5,
    -1.5,
    10.0,
    -10.0,
    36.0,
    -36.0,
    709.0,
    -709.0,
    710.0,
    -744.0,
    -746.0,
    1e10,
    -1e10,
    1e300,
    -1e300,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];
