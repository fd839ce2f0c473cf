//! What holds for any draws.

use super::slices;
use crate::*;
use proptest::collection::vec;
use proptest::prelude::*;

fn chains() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (1_usize..5, 4_usize..60).prop_flat_map(|(count, len)| vec(vec(-10.0..10.0_f64, len), count))
}

/// As [`chains`], with many ties.
fn integers() -> impl Strategy<Value = Vec<Vec<f64>>> {
    chains().prop_map(|chains| chains.into_iter().map(|chain| chain.into_iter().map(f64::round).collect()).collect())
}

fn mapped(chains: &[Vec<f64>], f: impl Fn(f64) -> f64) -> Vec<Vec<f64>> {
    chains.iter().map(|chain| chain.iter().map(|&x| f(x)).collect()).collect()
}

proptest! {
    #[test]
    fn rank_diagnostics_do_not_change_under_an_increasing_map(chains in integers()) {
        let cubed = mapped(&chains, |x| x.powi(3) + x);
        prop_assert_eq!(rhat_bulk(&slices(&chains)), rhat_bulk(&slices(&cubed)));
        prop_assert_eq!(ess_bulk(&slices(&chains)), ess_bulk(&slices(&cubed)));
    }

    #[test]
    fn errors_scale_with_the_draws(chains in chains()) {
        let doubled = mapped(&chains, |x| 2.0 * x);
        for error in [mcse_mean, mcse_sd, mcse_median] {
            let (one, two) = (error(&slices(&chains)), error(&slices(&doubled)));
            if let (Ok(one), Ok(two)) = (one, two) {
                prop_assert!((2.0 * one - two).abs() <= 1e-9 * two.abs());
            }
        }
    }

    #[test]
    fn effective_sizes_lie_between_zero_and_the_cap(chains in integers()) {
        let total = chains.concat().len() as f64;
        for size in [ess_bulk, ess_tail, ess_mean, ess_sd, ess_median, ess_basic] {
            if let Ok(size) = size(&slices(&chains)) {
                prop_assert!(size > 0.0 && size <= total * total.log10() * (1.0 + 1e-12), "{}", size);
            }
        }
    }

    #[test]
    fn the_order_of_the_chains_does_not_matter(chains in chains()) {
        let forward = summarize(&slices(&chains));
        let mut chains = chains;
        chains.reverse();
        let backward = summarize(&slices(&chains));
        prop_assert!((forward.rhat - backward.rhat).abs() < 1e-9);
        prop_assert!((forward.ess_bulk / backward.ess_bulk - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_summary_never_fails(chains in vec(vec(prop_oneof![Just(f64::NAN), Just(1.0), -5.0..5.0_f64], 0..12), 0..4)) {
        let summary = summarize(&slices(&chains));
        prop_assert!(summary.undefined.is_some() || summary.rhat.is_finite() || summary.rhat == f64::INFINITY);
        let (ensemble, tau) = summarize_ensembles(&[slices(&chains)]);
        prop_assert!(ensemble.undefined.is_some() || tau.is_some());
    }
}
