//! Draws that have no diagnostic, or one that needs a warning.

use super::{Diagnostic, autoregression, golden_chains, slices};
use crate::*;

const ALL: [Diagnostic; 13] = [
    rhat,
    rhat_bulk,
    rhat_tail,
    rhat_split,
    rhat_basic,
    ess_bulk,
    ess_tail,
    ess_mean,
    ess_sd,
    ess_median,
    mcse_mean,
    mcse_sd,
    mcse_median,
];

#[test]
fn constant_draws_have_a_mean_but_no_diagnostics() {
    let chains = vec![vec![2.5; 50]; 4];
    for diagnostic in ALL {
        assert_eq!(diagnostic(&slices(&chains)), Err(Undefined::Constant));
    }
    let summary = summarize(&slices(&chains));
    assert_eq!((summary.mean, summary.sd, summary.q95), (2.5, 0.0, 2.5));
    assert!(
        summary.rhat.is_nan() && summary.ess_bulk.is_nan() && summary.ess_tail.is_nan() && summary.mcse_mean.is_nan()
    );
    assert_eq!((summary.undefined, summary.flags), (Some(Undefined::Constant), vec![]));
}

#[test]
fn one_draw_that_is_not_finite_leaves_everything_undefined() {
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut chains = golden_chains(50);
        chains[2][17] = wrong;
        for diagnostic in ALL {
            assert_eq!(diagnostic(&slices(&chains)), Err(Undefined::NonFinite));
        }
        let summary = summarize(&slices(&chains));
        assert!(summary.mean.is_nan() && summary.q50.is_nan());
        assert_eq!(summary.undefined, Some(Undefined::NonFinite));
    }
}

#[test]
fn three_draws_a_chain_are_too_few_and_four_enough() {
    let few = Undefined::TooFew { have: 3, need: 4 };
    for diagnostic in ALL {
        assert_eq!(diagnostic(&slices(&golden_chains(3))), Err(few));
    }
    let summary = summarize(&slices(&golden_chains(3)));
    assert!(summary.mean.is_finite() && summary.rhat.is_nan());
    assert_eq!(summary.undefined, Some(few));
    assert!(rhat(&slices(&golden_chains(4))).unwrap().is_finite());
    assert!(ess_bulk(&slices(&golden_chains(4))).unwrap().is_finite());
    assert_eq!(few.to_string(), "too few draws: 3 a chain where 4 are needed");
}

#[test]
fn no_draws_at_all_are_too_few() {
    for chains in [vec![], vec![vec![], vec![]]] {
        let summary = summarize(&slices(&chains));
        assert_eq!(summary.undefined, Some(Undefined::TooFew { have: 0, need: 1 }));
        assert_eq!(summary.draws, 0);
    }
}

#[test]
fn one_chain_is_split_and_flagged() {
    let chain = autoregression(1, 200, 0.6);
    let summary = summarize(&[&chain]);
    let halves = summarize(&[&chain[..100], &chain[100..]]);
    assert!(summary.rhat.is_finite());
    assert_eq!(summary.flags, [Flag::SingleChain]);
    assert_eq!(halves.flags, []);
    assert!(rhat_basic(&[&chain]).unwrap().is_nan(), "without halves there is nothing to compare");
}

#[test]
fn a_chain_that_is_stuck_alone_is_named() {
    let mut chains = golden_chains(100);
    chains[1] = vec![0.3; 100];
    let summary = summarize(&slices(&chains));
    assert!(summary.rhat > 1.01 && summary.ess_bulk.is_finite());
    assert_eq!(summary.flags, [Flag::StuckChain(1)]);
    assert_eq!(summary.flags[0].to_string(), "stuck chain 2");
}

#[test]
fn chains_stuck_at_different_places_have_an_infinite_rhat() {
    let chains = vec![vec![0.0; 50], vec![1.0; 50]];
    assert_eq!(rhat(&slices(&chains)), Ok(f64::INFINITY));
    assert_eq!(summarize(&slices(&chains)).flags, [Flag::StuckChain(0), Flag::StuckChain(1)]);
}

#[test]
fn the_middle_draw_of_an_odd_chain_does_not_count_for_split_rhat() {
    let mut chains = golden_chains(51);
    let before = rhat_split(&slices(&chains));
    chains.iter_mut().for_each(|chain| chain[25] += 3.0);
    assert_eq!(rhat_split(&slices(&chains)), before);
}

#[test]
fn unequal_chains_are_cut_to_the_shortest_and_empty_ones_left_out() {
    let chains = golden_chains(100);
    let uneven: [&[f64]; 4] = [&chains[0], &chains[1][..60], &[], &chains[3][..80]];
    let cut: [&[f64]; 3] = [&chains[0][..60], &chains[1][..60], &chains[3][..60]];
    let (uneven, cut) = (summarize(&uneven), summarize(&cut));
    assert_eq!(uneven.flags, [Flag::Uneven(60)]);
    assert_eq!(Summary { flags: vec![], ..uneven }, cut);
}

#[test]
fn a_quantity_with_two_values_has_a_tail_size_and_an_rhat() {
    let rare: Vec<Vec<f64>> =
        golden_chains(400).iter().map(|chain| chain.iter().map(|x| f64::from(*x > 2.0)).collect()).collect();
    let summary = summarize(&slices(&rare));
    assert!(summary.rhat.is_finite() && summary.ess_tail.is_finite() && summary.ess_bulk.is_finite());
    assert_eq!(summary.undefined, None);
}

#[test]
fn chains_of_different_scale_are_seen_by_the_tail() {
    let mut chains = golden_chains(250);
    chains[0].iter_mut().for_each(|x| *x *= 5.0);
    let x = slices(&chains);
    assert!(rhat_bulk(&x).unwrap() < 1.03 && rhat_tail(&x).unwrap() > 1.2);
    assert_eq!(rhat(&x), rhat_tail(&x));
}

#[test]
fn the_highest_and_lowest_quantiles_have_errors_too() {
    let chains = golden_chains(100);
    for p in [0.0, 1.0] {
        assert!(mcse_quantile(&slices(&chains), p).unwrap() >= 0.0);
    }
}

#[test]
fn an_energy_that_never_changes_has_no_fraction_of_missing_information() {
    assert_eq!(ebfmi(&[1.0; 10]), Err(Undefined::Constant));
    assert_eq!(ebfmi(&[1.0, 2.0]), Err(Undefined::TooFew { have: 2, need: 4 }));
}
