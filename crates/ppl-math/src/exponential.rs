//! Exponentials and logs that keep their digits where the naive form loses them.
//!
//! Source: Mächler (2012), "Accurately computing log(1 − exp(−|a|))".

use std::f64::consts::LN_2;

/// ln(1 + exp(x)), for all x.
pub fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

/// 1 / (1 + exp(−x)), for all x.
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// ln(p / (1 − p)) for p in \[0, 1\]; ∓∞ at the ends.
pub fn logit(p: f64) -> f64 {
    if (0.25..=0.75).contains(&p) { ((2.0 * p - 1.0) / (1.0 - p)).ln_1p() } else { (p / (1.0 - p)).ln() }
}

/// ln(1 − exp(x)) for x ≤ 0; −∞ at 0.
pub fn log1m_exp(x: f64) -> f64 {
    if x > -LN_2 { (-x.exp_m1()).ln() } else { (-x.exp()).ln_1p() }
}

/// ln(exp x + exp y).
pub fn log_add_exp(x: f64, y: f64) -> f64 {
    if x == y {
        return x + LN_2;
    }
    let larger = if x > y { x } else { y };
    larger + (-(x - y).abs()).exp().ln_1p()
}

/// ln(exp x − exp y) for x ≥ y; −∞ where they are equal.
pub fn log_sub_exp(x: f64, y: f64) -> f64 {
    if x == y && x < f64::INFINITY {
        return f64::NEG_INFINITY;
    }
    x + log1m_exp(y - x)
}

/// ln Σ exp(x), −∞ where there are no elements.
pub fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest.is_infinite() && values.iter().all(|v| !v.is_nan()) {
        return largest;
    }
    largest + values.iter().map(|v| (v - largest).exp()).sum::<f64>().ln()
}

/// x·ln y, with 0·ln 0 = 0.
pub fn x_log_y(x: f64, y: f64) -> f64 {
    if x == 0.0 && !y.is_nan() { 0.0 } else { x * y.ln() }
}

/// x·ln(1 + y), with 0·ln 0 = 0.
pub fn x_log1p(x: f64, y: f64) -> f64 {
    if x == 0.0 && !y.is_nan() { 0.0 } else { x * y.ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    const INF: f64 = f64::INFINITY;

    #[test]
    fn softplus_and_sigmoid_hold_in_both_tails() {
        assert_relative_eq!(softplus(-50.0), (-50f64).exp(), max_relative = 1e-15);
        assert_eq!(softplus(800.0), 800.0);
        assert_relative_eq!(sigmoid(-740.0), (-740f64).exp(), max_relative = 1e-15);
        assert_eq!((sigmoid(INF), sigmoid(-INF), softplus(INF), softplus(-INF)), (1.0, 0.0, INF, 0.0));
        assert!(softplus(f64::NAN).is_nan() && sigmoid(f64::NAN).is_nan());
    }

    #[test]
    fn logit_inverts_sigmoid() {
        for x in [-700.0, -30.0, -1.0, -1e-3, -1e-17, 0.0, 1e-17, 1e-3, 1.0, 5.0] {
            assert_relative_eq!(logit(sigmoid(x)), x, max_relative = 1e-13, epsilon = 2e-16);
        }
        assert_eq!((logit(0.0), logit(1.0)), (-INF, INF));
        assert!(logit(-0.1).is_nan() && logit(1.1).is_nan() && logit(f64::NAN).is_nan());
    }

    #[test]
    fn log_of_one_minus_exp_holds_near_zero_and_far_away() {
        assert_relative_eq!(log1m_exp(-1e-20), (1e-20f64).ln(), max_relative = 1e-15);
        assert_relative_eq!(log1m_exp(-50.0), -(-50f64).exp(), max_relative = 1e-15);
        assert_eq!((log1m_exp(0.0), log1m_exp(-INF)), (-INF, 0.0));
        assert!(log1m_exp(0.1).is_nan() && log1m_exp(f64::NAN).is_nan());
    }

    #[test]
    fn sums_and_differences_of_exponentials_take_infinities() {
        assert_relative_eq!(log_add_exp(1000.0, 1000.0), 1000.0 + LN_2);
        assert_relative_eq!(log_add_exp(2f64.ln(), 3f64.ln()), 5f64.ln(), max_relative = 1e-15);
        assert_relative_eq!(log_sub_exp(5f64.ln(), 3f64.ln()), 2f64.ln(), max_relative = 1e-15);
        assert_eq!(log_add_exp(-INF, 3.0), 3.0);
        assert_eq!(log_add_exp(-INF, -INF), -INF);
        assert_eq!(log_add_exp(INF, 3.0), INF);
        assert_eq!(log_sub_exp(3.0, -INF), 3.0);
        assert_eq!((log_sub_exp(3.0, 3.0), log_sub_exp(-INF, -INF)), (-INF, -INF));
        assert!(log_sub_exp(1.0, 2.0).is_nan() && log_add_exp(f64::NAN, 0.0).is_nan());
        assert!(log_add_exp(0.0, f64::NAN).is_nan() && log_sub_exp(INF, INF).is_nan());
    }

    #[test]
    fn log_sum_exp_agrees_with_pairs() {
        assert_relative_eq!(log_sum_exp(&[1.0, 2.0]), log_add_exp(1.0, 2.0), max_relative = 1e-15);
        assert_eq!(log_sum_exp(&[]), -INF);
        assert_eq!(log_sum_exp(&[-INF, -INF]), -INF);
        assert_eq!(log_sum_exp(&[0.0, INF]), INF);
        assert!(log_sum_exp(&[0.0, f64::NAN]).is_nan() && log_sum_exp(&[f64::NAN]).is_nan());
    }

    #[test]
    fn products_with_logs_are_zero_at_zero() {
        assert_eq!((x_log_y(0.0, 0.0), x_log1p(0.0, -1.0)), (0.0, 0.0));
        assert_eq!(x_log_y(2.0, 0.0), -INF);
        assert!(x_log_y(0.0, f64::NAN).is_nan());
        assert_relative_eq!(x_log1p(2.0, 1e-18), 2e-18);
    }
}
