//! Chains that failed or never moved.

use ppl::{Diagnosis, FaultName, Integrator, State, StuckWalker};

use super::{Check, count, evaluations, short};

/// Stuck walkers named.
const WALKERS: usize = 5;

/// Whether there are draws at all.
pub fn draws(diagnosis: &Diagnosis) -> Check {
    let checks = &diagnosis.convergence;
    let all = diagnosis.settings.chains;
    let chains = count(all, if checks.ensembles { "ensemble" } else { "chain" });
    let chains = if checks.chains < all { format!("{} of {chains}", checks.chains) } else { chains };
    match checks.draws {
        0 => Check::failed("draws", "there are no draws", Vec::new(), without_draws(diagnosis.state)),
        draws if diagnosis.state == State::Running => Check::noted(
            "draws",
            format!("{draws} draws from {chains} so far: the run is going on, or was killed"),
            Vec::new(),
            "go on with `ppl sample --resume RUN` if it was killed; evaluations and trajectories are told as its last checkpoint knows them",
        ),
        draws if diagnosis.state == State::Interrupted && checks.chains < all => Check::noted(
            "draws",
            format!("{draws} draws from {chains}: the others have none yet"),
            Vec::new(),
            "go on with `ppl sample --resume RUN`",
        ),
        draws => Check::passed("draws", format!("{draws} draws from {chains}")),
    }
}

/// What to do about a run without draws.
fn without_draws(state: State) -> &'static str {
    match state {
        State::Running => {
            "wait if the run is going on; if it was killed in its warm-up, `ppl sample --resume RUN` goes on with it"
        }
        State::Interrupted => "the run was stopped in its warm-up: go on with `ppl sample --resume RUN`",
        State::Finished | State::Failed => "sample again, once what is told here of its chains is corrected",
    }
}

/// Whether all chains came to their end.
pub fn failures(diagnosis: &Diagnosis) -> Check {
    let failures = &diagnosis.convergence.failures;
    if failures.is_empty() {
        return Check::passed("chains", "no chain failed");
    }
    let mut places: Vec<String> = failures.iter().map(|(chain, reason)| format!("chain {chain}: {reason}")).collect();
    let fatal = diagnosis.faults.iter().filter(|fault| fault.kind == FaultName::Fatal);
    places.extend(fatal.flat_map(|fault| evaluations::places(diagnosis, fault)));
    let finding = match failures.len() {
        1 => "1 chain failed; its draws up to there are kept, and the other chains went on".to_string(),
        many => format!("{many} chains failed; their draws up to there are kept"),
    };
    let remedy = "correct what is told there and sample again; what is left of a chain that failed says little of the \
                  places where it would have gone";
    Check::failed("chains", finding, places, remedy)
}

/// Whether all chains moved.
pub fn stuck(diagnosis: &Diagnosis) -> Check {
    let stuck = &diagnosis.convergence.stuck;
    if stuck.is_empty() {
        return Check::passed("stuck", "every chain moved");
    }
    let ids: Vec<String> = stuck.iter().map(u64::to_string).collect();
    let finding = match ids.len() {
        1 => format!("chain {} never moved: every proposal was rejected", ids[0]),
        _ => format!("chains {} never moved: every proposal was rejected", ids.join(", ")),
    };
    let remedy = "start it elsewhere with --init or another --seed, or give it a longer --warmup; if it stays, the log \
                  density jumps near its start: look for a condition or a rounding in the model";
    Check::failed("stuck", finding, Vec::new(), remedy)
}

/// Whether all walkers of ensembles are where the others are.
pub fn stuck_walkers(diagnosis: &Diagnosis) -> Option<Check> {
    let stuck = &diagnosis.convergence.stuck_walkers;
    if !diagnosis.convergence.ensembles {
        return None;
    }
    let finding = match stuck.len() {
        0 => return Some(Check::passed("stuck_walkers", "no walker stayed behind its ensemble")),
        1 => "1 walker is stuck where its ensemble hardly ever is: its draws are no draws of the posterior".to_string(),
        many => format!(
            "{many} walkers are stuck where their ensembles hardly ever are: their draws are no draws of the posterior"
        ),
    };
    let mut places: Vec<String> = stuck.iter().take(WALKERS).map(walker).collect();
    if stuck.len() > WALKERS {
        places.push(format!("and {} more", stuck.len() - WALKERS));
    }
    let remedy = "warm up longer with --warmup, or start the walkers with --init where the posterior is; if some stay, \
                  use --sampler nuts";
    Some(Check::failed("stuck_walkers", finding, places, remedy))
}

fn walker(stuck: &StuckWalker) -> String {
    let StuckWalker { ensemble, walker, still, log_density, median } = stuck;
    let (here, others) = (short(*log_density), short(*median));
    format!(
        "walker {walker} of ensemble {ensemble}: no step in {still} iterations, at a log density of {here} where the median is {others}"
    )
}

/// Which integrator warm-up chose, where that was left to it.
pub fn integrators(diagnosis: &Diagnosis) -> Vec<Check> {
    let of = |wanted: Integrator| diagnosis.integrators.iter().filter(move |(_, chosen)| *chosen == wanted);
    let macro_steps: Vec<String> = of(Integrator::Walnuts).map(|(chain, _)| chain.to_string()).collect();
    let chosen = match (macro_steps.len(), diagnosis.integrators.len()) {
        (_, 0) => return Vec::new(),
        (0, _) => "leapfrog steps in every chain".to_string(),
        (some, all) if some == all => "macro steps (walnuts) in every chain".to_string(),
        (1, _) => format!("macro steps (walnuts) in chain {}, leapfrog steps in the others", macro_steps[0]),
        _ => format!("macro steps (walnuts) in chains {}, leapfrog steps in the others", macro_steps.join(", ")),
    };
    vec![Check::passed("integrator", format!("--integrator auto chose {chosen}"))]
}

#[cfg(test)]
mod tests {
    use ppl::{ChainPhase, Convergence, CulpritRecord, Places, RunFault, Settings};

    use super::*;
    use crate::checks::Status;

    fn diagnosis() -> Diagnosis {
        let statement = CulpritRecord {
            statement: "y (3:1)".into(),
            value: "inf".into(),
            element: Some("y[2]".into()),
            direction: None,
        };
        let fault = RunFault {
            kind: FaultName::Fatal,
            reason: "it broke".into(),
            count: 1,
            sampling: 1,
            chains: vec![(2, 1)],
            phase: ChainPhase::Sampling,
            iteration: Some(6),
            statements: vec![statement],
            point: vec![("tau".into(), 1e-9)],
        };
        let convergence = Convergence {
            draws: 1000,
            trajectories: 1000,
            chains: 4,
            worst_rhat: None,
            lowest_ess: None,
            too_few: None,
            not_finite: Vec::new(),
            divergences: 0,
            depth_limits: 0,
            lowest_ebfmi: None,
            ensembles: false,
            slowest: None,
            stuck_walkers: Vec::new(),
            stuck: vec![1, 3],
            unjudged: (0, 0),
            failures: vec![(2, "it broke".into())],
        };
        Diagnosis {
            model: "m.model".into(),
            settings: Settings::default(),
            state: State::Failed,
            convergence,
            large_rhat: Vec::new(),
            small_bulk: Vec::new(),
            small_tail: Vec::new(),
            integrators: Vec::new(),
            faults: vec![fault],
            contrast: None,
            divergence_place: None,
            unavailable: None,
            places: Places::default(),
        }
    }

    #[test]
    fn a_chain_that_failed_is_told_with_statement_and_point() {
        let check = failures(&diagnosis());
        assert_eq!((check.status, check.places.len()), (Status::Failed, 3));
        assert_eq!(check.places[0], "chain 2: it broke");
        assert_eq!(check.places[1], "`y (3:1)` was inf, for example y[2]");
        assert_eq!(check.places[2], "first in iteration 7 after the warm-up of chain 2, at tau = 1.0e-9");
    }

    #[test]
    fn chains_without_draws_are_counted() {
        let of = |chains, state| {
            let convergence = Convergence { chains, ..diagnosis().convergence };
            draws(&Diagnosis { convergence, state, ..diagnosis() })
        };
        let check = of(2, State::Interrupted);
        let told = "1000 draws from 2 of 4 chains: the others have none yet";
        assert_eq!((check.status, &*check.finding), (Status::Noted, told));
        let check = of(4, State::Interrupted);
        assert_eq!((check.status, &*check.finding), (Status::Passed, "1000 draws from 4 chains"));
        assert_eq!(of(3, State::Failed).finding, "1000 draws from 3 of 4 chains");
    }

    #[test]
    fn chains_that_never_moved_are_named() {
        let check = stuck(&diagnosis());
        assert_eq!(check.finding, "chains 1, 3 never moved: every proposal was rejected");
        let moved = Diagnosis { convergence: Convergence { stuck: vec![], ..diagnosis().convergence }, ..diagnosis() };
        assert_eq!(stuck(&moved).status, Status::Passed);
    }

    #[test]
    fn stuck_walkers_are_named() {
        assert_eq!(stuck_walkers(&diagnosis()), None);
        let walker = |walker| StuckWalker { ensemble: 2, walker, still: 400, log_density: -812.3, median: -1.5 };
        let of = |found| {
            let convergence = Convergence { ensembles: true, stuck_walkers: found, ..diagnosis().convergence };
            stuck_walkers(&Diagnosis { convergence, ..diagnosis() }).unwrap()
        };
        assert_eq!(of(vec![]).status, Status::Passed);
        let check = of((0..7).map(walker).collect());
        assert_eq!((check.status, check.places.len(), &*check.places[5]), (Status::Failed, 6, "and 2 more"));
        let told =
            "walker 1 of ensemble 2: no step in 400 iterations, at a log density of -812 where the median is -1.50";
        assert_eq!(check.places[1], told);
    }

    #[test]
    fn the_integrator_that_was_chosen_is_told_where_there_was_a_choice() {
        assert_eq!(integrators(&diagnosis()), []);
        let chose = |second| {
            let chosen = vec![(1, Integrator::Walnuts), (2, second)];
            integrators(&Diagnosis { integrators: chosen, ..diagnosis() })[0].finding.clone()
        };
        assert_eq!(chose(Integrator::Walnuts), "--integrator auto chose macro steps (walnuts) in every chain");
        let mixed = "--integrator auto chose macro steps (walnuts) in chain 1, leapfrog steps in the others";
        assert_eq!(chose(Integrator::Leapfrog), mixed);
    }

    #[test]
    fn a_run_without_draws_and_one_that_goes_on_are_told_apart() {
        let none = Diagnosis { convergence: Convergence { draws: 0, ..diagnosis().convergence }, ..diagnosis() };
        let running = Diagnosis { state: State::Running, ..diagnosis() };
        let status = [&none, &running, &diagnosis()].map(|diagnosis| draws(diagnosis).status);
        assert_eq!(status, [Status::Failed, Status::Noted, Status::Passed]);
        // Nothing is said to be well that never happened.
        let names: Vec<&str> = crate::checks::checks(&none).iter().map(|check| check.name).collect();
        assert_eq!(names, ["draws", "chains", "evaluations"]);
        let stopped = Diagnosis { state: State::Interrupted, ..none };
        assert!(draws(&stopped).remedy.unwrap().contains("--resume"));
    }
}
