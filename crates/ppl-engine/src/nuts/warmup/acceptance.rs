//! The acceptance statistic to aim at.

/// What is aimed at in posteriors near to normal, where long steps cost nothing, and in others, where they diverge.
const TARGETS: [f64; 2] = [0.65, 0.85];
/// The misfits up to which and from which these hold.
const MISFITS: [f64; 2] = [0.1, 1.0];

/// The acceptance statistic to aim at, given the mean square of the largest component of Aᵀα + A⁻¹(x − μ).
///
/// For a normal posterior and its covariance that is 0. A narrow place that the metric knows nothing of makes it large.
pub(crate) fn target_for(misfit: f64) -> f64 {
    let share = (misfit / MISFITS[0]).ln() / (MISFITS[1] / MISFITS[0]).ln();
    // A misfit that is no number is no reason for long steps.
    let share = if share.is_nan() { 1.0 } else { share.clamp(0.0, 1.0) };
    TARGETS[0] + share * (TARGETS[1] - TARGETS[0])
}

/// What is aimed at as long as nothing is known.
pub(crate) fn cautious_target() -> f64 {
    TARGETS[1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_farther_from_normal_the_shorter_the_steps() {
        assert_eq!(
            [0.0, 0.1, 1.0, 50.0, f64::INFINITY, f64::NAN].map(target_for),
            [0.65, 0.65, 0.85, 0.85, 0.85, 0.85]
        );
        assert!((target_for(0.1 * 10_f64.sqrt()) - 0.75).abs() < 1e-12);
    }
}
