//! Walkers and ensembles.

use super::{assert_printed, autoregression, slices};
use crate::*;

fn walkers(count: u64, len: usize, phi: f64) -> Vec<Vec<f64>> {
    (1..=count).map(|seed| autoregression(seed, len, phi)).collect()
}

#[test]
fn the_autocorrelation_time_is_that_of_emcee() {
    // emcee 3.1.6, autocorr.integrated_time.
    for (count, len, phi, printed) in
        [(6, 250, 0.6, "4.06260722434591"), (6, 1000, 0.9, "16.0286058107439"), (2, 60, 0.9, "3.43671805292801")]
    {
        let walkers = walkers(count, len, phi);
        assert_printed("τ", autocorrelation_time(&slices(&walkers)).unwrap().tau, printed);
    }
}

#[test]
fn the_time_of_an_autoregression_is_near_its_closed_form() {
    let tau = autocorrelation_time(&slices(&walkers(20, 5000, 0.9))).unwrap();
    assert!((tau.tau / 19.0 - 1.0).abs() < 0.2, "{tau:?}");
    assert!(tau.reliable());
}

#[test]
fn a_short_run_is_tentative_and_a_shorter_one_unusable() {
    let of = |len| autocorrelation_time(&slices(&walkers(20, len, 0.9))).unwrap().reliability;
    assert_eq!([of(5000), of(500), of(20)], [Reliability::Reliable, Reliability::Tentative, Reliability::Unusable]);
}

#[test]
fn a_walker_that_never_moved_takes_the_trust_away() {
    let mut walkers = walkers(6, 500, 0.0);
    assert!(autocorrelation_time(&slices(&walkers)).unwrap().reliable());
    walkers[3] = vec![1.0; 500];
    let tau = autocorrelation_time(&slices(&walkers)).unwrap();
    assert_eq!((tau.stuck_walkers, tau.reliability), (1, Reliability::Tentative));
}

#[test]
fn rhat_goes_over_ensembles_and_never_over_walkers() {
    // Walkers far apart from each other, but alike in both ensembles.
    let apart = |seed: u64| -> Vec<Vec<f64>> {
        (0..4).map(|w| autoregression(seed + w, 500, 0.3).iter().map(|x| x + 20.0 * w as f64).collect()).collect()
    };
    let (first, second) = (apart(1), apart(50));
    let (summary, tau) = summarize_ensembles(&[slices(&first), slices(&second)]);
    assert!(summary.rhat < 1.01, "{}", summary.rhat);
    assert!((summary.mean - 30.0).abs() < 0.5);
    assert_eq!((summary.draws, &summary.flags, summary.undefined), (4000, &vec![], None));
    let own = tau.unwrap();
    assert!((summary.mcse_mean - summary.sd / (4000.0 / own.tau).sqrt()).abs() < 1e-12);
}

#[test]
fn ensembles_that_disagree_have_a_large_rhat() {
    let first = walkers(4, 300, 0.3);
    let second: Vec<Vec<f64>> = first.iter().map(|walker| walker.iter().map(|x| x + 5.0).collect()).collect();
    let (summary, _) = summarize_ensembles(&[slices(&first), slices(&second)]);
    assert!(summary.rhat > 1.5, "{}", summary.rhat);
}

#[test]
fn one_ensemble_is_flagged_and_awkward_draws_are_undefined() {
    let ensemble = walkers(4, 300, 0.3);
    assert_eq!(summarize_ensembles(&[slices(&ensemble)]).0.flags, [Flag::SingleChain]);
    let constant = vec![vec![1.0; 100]; 4];
    let (summary, tau) = summarize_ensembles(&[slices(&constant)]);
    assert_eq!((summary.undefined, tau), (Some(Undefined::Constant), None));
    assert_eq!(summarize_ensembles(&[]).0.undefined, Some(Undefined::TooFew { have: 0, need: 1 }));
}
