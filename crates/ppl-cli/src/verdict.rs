//! What to think of a run, in plain words.

use ppl::{Convergence, Evidence, Fit, Reliability, StuckWalker, Tau};

use crate::digits::{decimals, number};
use crate::interrupt;
use crate::words::{count, percent};

/// Lines below the headline at most.
const LINES: usize = 4;

/// How long it took and what there is.
pub fn headline(checks: &Convergence, seconds: f64, stopped_by: Option<&str>, folder: &str) -> String {
    let stopped = match stopped_by {
        None => String::new(),
        Some(interrupt::REASON) => "stopped early: ".to_string(),
        Some(time) if time.starts_with("time=") => format!("ended by {time}, another time perhaps elsewhere: "),
        Some(reason) => format!("ended by {reason}: "),
    };
    match checks.draws {
        0 => format!("{stopped}no draws in {}; `{folder}` holds what is known of the run", time(seconds)),
        draws => format!(
            "{stopped}{draws} draws from {} in {}: `ppl summary {folder}` shows them",
            count(checks.chains, if checks.ensembles { "ensemble" } else { "chain" }),
            time(seconds)
        ),
    }
}

/// What the checks say, good or bad.
pub fn lines(checks: &Convergence, fit: &Fit) -> Vec<String> {
    let mut lines = problems(checks, fit);
    if let (Some(line), false) = (mixing(checks), mixes_badly(checks)) {
        lines.insert(checks.failures.len().min(1), line);
    }
    lines.extend(times(checks).filter(|_| checks.walkers_are_fast()));
    lines.extend(evidence(fit));
    lines.truncate(LINES);
    lines
}

/// What is wrong, the worst first.
pub fn problems(checks: &Convergence, fit: &Fit) -> Vec<String> {
    let mut lines: Vec<String> = failures(checks).into_iter().collect();
    lines.extend(stuck(checks));
    lines.extend(too_few(checks));
    lines.extend(mixing(checks).filter(|_| mixes_badly(checks)));
    lines.extend(stuck_walkers(checks));
    lines.extend(times(checks).filter(|_| !checks.walkers_are_fast()));
    lines.extend(few_round_trips(fit));
    lines.extend(divergences(checks, fit));
    lines.extend(energy(checks));
    lines.extend(unjudged(checks));
    lines.extend(not_finite(checks));
    lines.extend(depth_limits(checks));
    lines
}

fn failures(checks: &Convergence) -> Option<String> {
    let (chain, reason) = checks.failures.first()?;
    let others = match checks.failures.len() - 1 {
        0 => String::new(),
        others => format!(" (and {} more)", count(others, "chain")),
    };
    Some(format!("chain {chain} failed{others}: {reason}"))
}

fn stuck(checks: &Convergence) -> Option<String> {
    let chain = checks.stuck.first()?;
    let others = match checks.stuck.len() - 1 {
        0 => String::new(),
        others => format!(" (and {} more)", count(others, "chain")),
    };
    Some(format!("chain {chain} never moved{others}: start it elsewhere with --init, or give it a longer --warmup"))
}

fn unjudged(checks: &Convergence) -> Option<String> {
    let (number, evaluations) = checks.unjudged;
    checks.unjudged_are_many().then(|| {
        format!(
            "the log density was no number at {} of its evaluations: what lies there is missing from the draws",
            percent(number as usize, evaluations as usize)
        )
    })
}

fn too_few(checks: &Convergence) -> Option<String> {
    let draws = count(checks.too_few?, "draw");
    Some(format!(
        "{draws} a chain cannot tell whether {} agree, so trust nothing yet: draw more with --draws",
        compared(checks)
    ))
}

fn mixes_badly(checks: &Convergence) -> bool {
    checks.rhat_is_large() || checks.ess_is_small()
}

fn mixing(checks: &Convergence) -> Option<String> {
    let (rhat_name, rhat) = checks.worst_rhat.as_ref()?;
    let (ess_name, ess) = checks.lowest_ess.as_ref()?;
    let needed = checks.needed_ess();
    let parts = compared(checks);
    let disagree = format!("{parts} disagree, so trust nothing yet; draw more, or look at the model");
    Some(match (checks.rhat_is_large(), checks.ess_is_small()) {
        (true, _) => format!("R̂ is {rhat:.3} for `{rhat_name}` ({ess:.0} effective draws of `{ess_name}`): {disagree}"),
        (false, true) => format!(
            "only {ess:.0} effective draws of `{ess_name}` where {needed:.0} are wanted (R̂ at most {rhat:.3}): draw more with --draws"
        ),
        (false, false) => format!(
            "{parts} agree: R̂ at most {rhat:.3} (`{rhat_name}`), at least {ess:.0} effective draws (`{ess_name}`)"
        ),
    })
}

/// What R̂ compares.
pub fn compared(checks: &Convergence) -> &'static str {
    match (checks.chains, checks.ensembles) {
        (1, false) => "the halves of the chain",
        (1, true) => "the halves of the ensemble",
        (_, false) => "the chains",
        (_, true) => "the ensembles",
    }
}

/// How far the autocorrelation times of an ensemble can be trusted.
fn times(checks: &Convergence) -> Option<String> {
    let (name, Tau { tau, iterations, reliability, stuck_walkers }) = checks.slowest.as_ref()?;
    let ratio = *iterations as f64 / tau.max(1.0);
    Some(match reliability {
        Reliability::Reliable => {
            format!(
                "autocorrelation times are reliable: at most {tau:.0} iterations (`{name}`), in a run of {ratio:.0} times that"
            )
        }
        Reliability::Tentative if ratio > 50.0 => {
            let walkers = count(*stuck_walkers, "walker");
            format!("autocorrelation times are tentative: {walkers} never changed `{name}`")
        }
        Reliability::Tentative => format!(
            "autocorrelation times are tentative: that of `{name}` is some {tau:.0} iterations, and the run only \
             {ratio:.0} times as long, where 50 are wanted; draw more"
        ),
        Reliability::Unusable => format!(
            "autocorrelation times are unusable: that of `{name}` is {tau:.0} iterations or more, and the run only \
             {ratio:.0} times as long, where 50 are wanted; draw more, or use --sampler nuts"
        ),
    })
}

fn stuck_walkers(checks: &Convergence) -> Option<String> {
    let StuckWalker { ensemble, walker, still, log_density, median } = checks.stuck_walkers.first()?;
    let others = match checks.stuck_walkers.len() - 1 {
        0 => String::new(),
        others => format!(" (and {others} more)"),
    };
    Some(format!(
        "walker {walker} of ensemble {ensemble} is stuck{others}: no step in {still} iterations, at a log density of \
         {log_density:.0} where the others have {median:.0}; warm up longer, or give starting values"
    ))
}

/// The log evidence with as many digits as are known.
pub fn evidence(fit: &Fit) -> Option<String> {
    let Evidence { log_evidence, error, round_trips, .. } = fit.evidence()?;
    let places = decimals(error);
    let (value, error) = (number(log_evidence, places), number(error, places.map(|p| p + 1)));
    Some(format!("log evidence {value} ± {error}, after at least {} a chain", count(round_trips, "round trip")))
}

fn few_round_trips(fit: &Fit) -> Option<String> {
    let evidence = fit.evidence().filter(Evidence::is_doubtful)?;
    let trips = count(evidence.round_trips, "round trip");
    Some(format!(
        "only {trips} between the hottest and the coldest replica of a chain: try --temperatures {}, or a longer --warmup",
        evidence.temperatures()
    ))
}

fn divergences(checks: &Convergence, fit: &Fit) -> Option<String> {
    let number = checks.divergences;
    let place = fit.divergence_place().map_or(String::new(), |place| {
        let end = if place.low { "small" } else { "large" };
        format!(", mostly where `{}` is {end}", place.column)
    });
    let meaning = match checks.divergences_are_many() {
        true => {
            "the sampler does not reach all of the posterior; try --target-accept 0.95, or `with noncentered` in a hierarchy"
        }
        false => "too few to matter; a --target-accept nearer to 1 may remove them",
    };
    (number > 0).then(|| {
        let share = percent(number, checks.trajectories);
        format!("{} ({share}){place}: {meaning}", count(number, "divergence"))
    })
}

fn energy(checks: &Convergence) -> Option<String> {
    let ebfmi = checks.lowest_ebfmi.filter(|_| checks.ebfmi_is_small())?;
    Some(format!(
        "E-BFMI is {ebfmi:.2}: the tails are explored too slowly; give scales tighter priors, or write `with noncentered`"
    ))
}

fn not_finite(checks: &Convergence) -> Option<String> {
    let name = checks.not_finite.first()?;
    let others = match checks.not_finite.len() - 1 {
        0 => String::new(),
        others => format!(" (and {others} more)"),
    };
    Some(format!("`{name}`{others} is not finite in some draws, so it has no summary"))
}

fn depth_limits(checks: &Convergence) -> Option<String> {
    let number = checks.depth_limits;
    (number > 0).then(|| {
        format!(
            "{} ({}) reached the depth limit, which costs time: try a longer --warmup, or --max-depth 12",
            count(number, "trajectory"),
            percent(number, checks.trajectories)
        )
    })
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s < 0.0995 => format!("{:.0} ms", 1000.0 * s),
        s if s < 9.95 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks() -> Convergence {
        Convergence {
            draws: 4000,
            trajectories: 4000,
            chains: 4,
            worst_rhat: Some(("tau".into(), 1.002)),
            lowest_ess: Some(("mu".into(), 812.4)),
            too_few: None,
            not_finite: Vec::new(),
            divergences: 0,
            depth_limits: 0,
            lowest_ebfmi: Some(0.9),
            ensembles: false,
            slowest: None,
            stuck: Vec::new(),
            stuck_walkers: Vec::new(),
            unjudged: (0, 0),
            failures: Vec::new(),
        }
    }

    fn no_draws() -> Fit {
        Fit { draws: Default::default(), chains: Vec::new(), thin: 1, stopped_by: None }
    }

    #[test]
    fn a_good_run_has_two_lines() {
        assert_eq!(
            headline(&checks(), 0.42, None, "run"),
            "4000 draws from 4 chains in 0.4 s: `ppl summary run` shows them"
        );
        let lines = lines(&checks(), &no_draws());
        assert_eq!(lines, ["the chains agree: R̂ at most 1.002 (`tau`), at least 812 effective draws (`mu`)"]);
    }

    #[test]
    fn one_chain_is_compared_with_itself() {
        let one = Convergence { chains: 1, ..checks() };
        let told = "the halves of the chain agree: R̂ at most 1.002 (`tau`), at least 812 effective draws (`mu`)";
        assert_eq!(lines(&one, &no_draws()), [told]);
    }

    #[test]
    fn a_bad_run_has_five_lines_at_most_and_the_worst_first() {
        let bad = Convergence {
            worst_rhat: Some(("tau".into(), 1.3)),
            divergences: 33,
            depth_limits: 1,
            lowest_ebfmi: Some(0.1),
            failures: vec![(2, "it broke".into())],
            not_finite: vec!["x".into()],
            ..checks()
        };
        let lines = lines(&bad, &no_draws());
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0], "chain 2 failed: it broke");
        assert!(lines[1].starts_with("R̂ is 1.300 for `tau`"), "{}", lines[1]);
        assert!(lines[2].starts_with("33 divergences (0.82 %): the sampler does not reach"), "{}", lines[2]);
    }

    #[test]
    fn an_ensemble_says_how_far_its_times_can_be_trusted() {
        let with = |tau: f64, reliability| Convergence {
            slowest: Some(("mu".into(), Tau { tau, iterations: 1000, reliability, stuck_walkers: 0 })),
            ..checks()
        };
        let reliable = lines(&with(12.3, Reliability::Reliable), &no_draws());
        assert_eq!(
            reliable[1],
            "autocorrelation times are reliable: at most 12 iterations (`mu`), in a run of 81 times that"
        );
        let tentative = problems(&with(31.0, Reliability::Tentative), &no_draws());
        assert!(tentative[0].starts_with("autocorrelation times are tentative: that of `mu` is some 31 iterations"));
        let unusable = problems(&with(99.0, Reliability::Unusable), &no_draws());
        assert!(unusable[0].starts_with("autocorrelation times are unusable: that of `mu` is 99 iterations or more"));
    }

    #[test]
    fn a_stuck_walker_is_named() {
        let walker = StuckWalker { ensemble: 2, walker: 7, still: 400, log_density: -812.3, median: -20.0 };
        let stuck = Convergence { stuck_walkers: vec![walker.clone(), walker], ..checks() };
        assert!(!stuck.passed());
        assert_eq!(
            problems(&stuck, &no_draws()),
            ["walker 7 of ensemble 2 is stuck (and 1 more): no step in 400 iterations, at a log density of -812 \
                 where the others have -20; warm up longer, or give starting values"]
        );
    }

    #[test]
    fn a_run_that_tells_nothing_says_so() {
        let short = Convergence { draws: 4, too_few: Some(1), worst_rhat: None, lowest_ess: None, ..checks() };
        let told = "1 draw a chain cannot tell whether the chains agree, so trust nothing yet: draw more with --draws";
        assert_eq!(lines(&short, &no_draws()), [told]);
    }

    #[test]
    fn too_few_effective_draws_are_told() {
        let short = Convergence { lowest_ess: Some(("mu".into(), 80.0)), ..checks() };
        assert!(lines(&short, &no_draws())[0].starts_with("only 80 effective draws of `mu` where 400 are wanted"));
    }
}
