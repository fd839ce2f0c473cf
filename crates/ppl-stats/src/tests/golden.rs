//! Reference numbers computed with arviz-stats 0.8.0; the standard error of the sd follows R's `posterior`.

use super::{Diagnostic, assert_printed, autoregression, golden_chains, slices};
use crate::*;

#[test]
fn the_generator_starts_as_specified() {
    let chain = autoregression(1, 3, 0.6);
    for (value, printed) in chain.iter().zip(["-0.193690358421249", "-0.092631066891011", "0.325316293408993"]) {
        assert_printed("first draws", *value, printed);
    }
}

const TABLE: [((&str, Diagnostic), [&str; 2]); 18] = [
    (("mean", mean), ["0.016159933263", "0.014520873071"]),
    (("sd", sd), ["1.273581398644", "1.271476731038"]),
    (("R-hat", rhat), ["1.01412252372", "1.01367185"]),
    (("split R-hat", rhat_split), ["1.0150083833", "1.01450678627"]),
    (("unsplit R-hat", rhat_basic), ["1.00061207357", "1.00063525177"]),
    (("ESS bulk", ess_bulk), ["220.53131355", "221.252483665"]),
    (("ESS tail", ess_tail), ["366.516673937", "363.008190848"]),
    (("ESS q05", |x| ess_quantile(x, 0.05)), ["444.702150747", "448.758671367"]),
    (("ESS q95", |x| ess_quantile(x, 0.95)), ["366.516673937", "363.008190848"]),
    (("ESS median", ess_median), ["307.229416774", "307.532327669"]),
    (("ESS mean", ess_mean), ["220.774812862", "221.412257329"]),
    (("ESS sd", ess_sd), ["405.07873703", "407.606915363"]),
    (("ESS unsplit", ess_basic), ["218.064714013", "219.069134654"]),
    (("MCSE mean", mcse_mean), ["0.0857140359115", "0.0854491184979"]),
    (("MCSE sd", mcse_sd), ["0.0440851471325", "0.0439532129017"]),
    (("MCSE q05", |x| mcse_quantile(x, 0.05)), ["0.127110468586", "0.127110468586"]),
    (("MCSE median", mcse_median), ["0.0990867804419", "0.0971180301174"]),
    (("BFMI of x² on chain 1", first_energy), ["1.46892720959", "1.46553534066"]),
];

fn first_energy(chains: &[&[f64]]) -> Result<f64, Undefined> {
    ebfmi(&chains[0].iter().map(|x| x * x).collect::<Vec<_>>())
}

#[test]
fn every_diagnostic_of_the_golden_set_holds() {
    for (column, len) in [250, 251].into_iter().enumerate() {
        let chains = golden_chains(len);
        for ((what, diagnostic), printed) in TABLE {
            let value = diagnostic(&slices(&chains)).unwrap();
            assert_printed(&format!("{what}, N = {len}"), value, printed[column]);
        }
    }
}

#[test]
fn the_summary_holds_the_single_diagnostics() {
    let chains = golden_chains(250);
    let x = slices(&chains);
    let summary = summarize(&x);
    let expected = [
        (summary.mean, mean(&x)),
        (summary.sd, sd(&x)),
        (summary.mcse_mean, mcse_mean(&x)),
        (summary.q5, quantile(&x, 0.05)),
        (summary.q50, quantile(&x, 0.5)),
        (summary.q95, quantile(&x, 0.95)),
        (summary.ess_bulk, ess_bulk(&x)),
        (summary.ess_tail, ess_tail(&x)),
        (summary.rhat, rhat(&x)),
    ];
    for (value, single) in expected {
        assert!((value / single.unwrap() - 1.0).abs() < 1e-12, "{value}, not {single:?}");
    }
    assert_eq!((summary.draws, summary.flags, summary.undefined), (1000, vec![], None));
}

#[test]
fn strongly_antithetic_draws_reach_the_cap_exactly() {
    let chains = golden_autoregression_alternating();
    for diagnostic in [ess_bulk, ess_mean, ess_basic] {
        assert_eq!(diagnostic(&slices(&chains)), Ok(3000.0));
    }
    assert_eq!(summarize(&slices(&chains)).flags, [Flag::SingleChain, Flag::Antithetic]);
}

fn golden_autoregression_alternating() -> Vec<Vec<f64>> {
    vec![autoregression(1, 1000, -0.9)]
}
