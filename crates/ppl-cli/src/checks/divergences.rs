//! What the trajectories of NUTS tell: divergences, depth limits, energies.

use ppl::{Contrast, Diagnosis, Difference, FaultName, Integrator, Sampler};

use super::{Check, count, percent, short, statement};

/// Differences shown of each sort.
const SHOWN: usize = 2;

/// The checks of NUTS.
pub fn checks(diagnosis: &Diagnosis) -> Vec<Check> {
    match &diagnosis.settings.sampler {
        Sampler::Nuts(nuts) => vec![divergences(diagnosis), energy(diagnosis), depth(diagnosis, nuts.max_depth)],
        _ => Vec::new(),
    }
}

fn divergences(diagnosis: &Diagnosis) -> Check {
    let checks = &diagnosis.convergence;
    if checks.divergences == 0 {
        return Check::passed("divergences", "no divergences");
    }
    let number = count(checks.divergences, "divergence");
    let share = percent(checks.divergences, checks.trajectories);
    let places = places(diagnosis);
    match checks.divergences_are_many() {
        true => Check::failed(
            "divergences",
            format!(
                "{number} after warm-up ({share} of the trajectories): the sampler does not reach all of the posterior"
            ),
            places,
            remedy(diagnosis),
        ),
        false => Check::noted(
            "divergences",
            format!("{number} after warm-up ({share} of the trajectories): too few to matter"),
            places,
            "a --target-accept nearer to 1 may remove them",
        ),
    }
}

fn places(diagnosis: &Diagnosis) -> Vec<String> {
    match (&diagnosis.contrast, &diagnosis.unavailable) {
        (Some(contrast), _) => contrasts(diagnosis, contrast),
        (None, unavailable) => {
            let gather = diagnosis.divergence_place.as_ref().map(|place| {
                format!("mostly where `{}` is {}", place.column, if place.low { "small" } else { "large" })
            });
            let unknown = unavailable.as_ref().map(|why| format!("the statements cannot be compared: {why}"));
            gather.into_iter().chain(unknown).collect()
        }
    }
}

fn contrasts(diagnosis: &Diagnosis, contrast: &Contrast) -> Vec<String> {
    let culprit = contrast.culprits.first().map(|(term, number)| {
        let of = format!("{number} of {}", contrast.divergences);
        format!("{} falls most in the steps that diverge ({of})", statement(diagnosis, term))
    });
    let unknowns = contrast.unknowns.iter().take(SHOWN).map(|d| difference(&format!("`{}`", d.name), d));
    let statements = contrast.statements.iter().take(SHOWN);
    let statements =
        statements.map(|d| difference(&format!("the log density of {}", statement(diagnosis, &d.name)), d));
    culprit.into_iter().chain(unknowns).chain(statements).collect()
}

/// `` `tau` is 0.31 there and 3.21 among the draws (1.9 sd lower) ``
fn difference(what: &str, found: &Difference) -> String {
    let Difference { there, usual, deviations, .. } = found;
    let side = if *deviations < 0.0 { "lower" } else { "higher" };
    let (there, usual, by) = (short(*there), short(*usual), deviations.abs());
    format!("{what} is {there} there and {usual} among the draws ({by:.1} sd {side})")
}

fn remedy(diagnosis: &Diagnosis) -> String {
    let culprit = diagnosis.contrast.as_ref().and_then(|contrast| contrast.culprits.first()).map(|(term, _)| term);
    if culprit.is_some_and(|term| has_an_edge(diagnosis, term)) {
        return "its log density is −∞ beyond an edge: give the unknown that moves the edge the support that the data leave it"
            .to_string();
    }
    let stands = culprit.and_then(|term| diagnosis.places.of_term(term));
    let centred = stands.filter(|place| {
        let text = place.text.as_str();
        text.contains('~') && !text.starts_with("data ") && !text.contains("noncentered")
    });
    match centred {
        Some(place) => format!(
            "write `with noncentered` at the end of line {} if its distribution has a location and a scale, or try {}",
            place.line,
            finer_steps(diagnosis)
        ),
        None => format!(
            "try {}; if divergences stay, give the unknowns named here priors that keep them away from where they diverge",
            finer_steps(diagnosis)
        ),
    }
}

/// The options that make steps finer than they were.
fn finer_steps(diagnosis: &Diagnosis) -> &'static str {
    let chosen = |integrator| diagnosis.integrators.iter().any(|(_, chosen)| *chosen == integrator);
    let has_macro_steps = chosen(Integrator::Walnuts) && !chosen(Integrator::Leapfrog);
    match &diagnosis.settings.sampler {
        Sampler::Nuts(nuts) if nuts.integrator != Integrator::Walnuts && !has_macro_steps => {
            "--integrator walnuts, or --target-accept 0.95"
        }
        _ => "--target-accept 0.95 or 0.99",
    }
}

/// Whether a statement was seen to be −∞.
fn has_an_edge(diagnosis: &Diagnosis, term: &str) -> bool {
    let endless = diagnosis.faults.iter().filter(|fault| fault.kind == FaultName::MinusInfinity);
    endless.flat_map(|fault| &fault.statements).any(|culprit| culprit.statement == term)
}

fn energy(diagnosis: &Diagnosis) -> Check {
    let checks = &diagnosis.convergence;
    match checks.lowest_ebfmi {
        Some(ebfmi) if checks.ebfmi_is_small() => Check::failed(
            "energy",
            format!("E-BFMI is {ebfmi:.2} where 0.3 is wanted: the tails are explored too slowly"),
            Vec::new(),
            "give scales tighter priors, or write `with noncentered` in a hierarchy; then draw more",
        ),
        Some(ebfmi) => Check::passed("energy", format!("E-BFMI at least {ebfmi:.2}")),
        None => Check::passed("energy", "too few draws for E-BFMI"),
    }
}

fn depth(diagnosis: &Diagnosis, max_depth: u32) -> Check {
    let checks = &diagnosis.convergence;
    if checks.depth_limits == 0 {
        return Check::passed("depth", "no trajectory reached the depth limit");
    }
    let share = percent(checks.depth_limits, checks.trajectories);
    Check::noted(
        "depth",
        format!("{share} of the trajectories reached the depth limit, which costs time but no trust"),
        Vec::new(),
        format!("try a longer --warmup, or --max-depth {}", (max_depth + 2).min(20)),
    )
}
