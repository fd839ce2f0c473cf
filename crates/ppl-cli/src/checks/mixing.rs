//! Whether chains agree, and whether there are draws enough.

use ppl::Diagnosis;

use super::{Check, columns, count};
use crate::verdict::compared;

/// R̂, effective draws, autocorrelation times, and columns that have none.
pub fn checks(diagnosis: &Diagnosis) -> Vec<Check> {
    let mut checks = match diagnosis.convergence.too_few {
        Some(draws) => vec![too_few(diagnosis, draws)],
        None => vec![
            rhat(diagnosis),
            ess(diagnosis, "ess_bulk", "in the bulk", &diagnosis.small_bulk),
            ess(diagnosis, "ess_tail", "in the tails", &diagnosis.small_tail),
        ],
    };
    checks.extend(walkers(diagnosis));
    checks.extend(not_finite(diagnosis));
    checks
}

fn too_few(diagnosis: &Diagnosis, draws: usize) -> Check {
    let finding =
        format!("{} a chain cannot tell whether {} agree", count(draws, "draw"), compared(&diagnosis.convergence));
    Check::failed("rhat", finding, Vec::new(), "draw more: about --draws 1000")
}

fn rhat(diagnosis: &Diagnosis) -> Check {
    let Some((worst, largest)) = diagnosis.convergence.worst_rhat.as_ref() else {
        return Check::passed("rhat", "no column has an R̂");
    };
    let parts = compared(&diagnosis.convergence);
    if diagnosis.large_rhat.is_empty() {
        return Check::passed("rhat", format!("{parts} agree: R̂ at most {largest:.3} (`{worst}`)"));
    }
    let finding = match diagnosis.large_rhat.len() {
        1 => format!("{parts} disagree about `{worst}`: R̂ is {largest:.3} where less than 1.015 is wanted"),
        many => {
            format!("{parts} disagree about {many} columns: R̂ is up to {largest:.3} where less than 1.015 is wanted")
        }
    };
    let places = columns(diagnosis, &diagnosis.large_rhat, |rhat| format!("R̂ {rhat:.3}"));
    let crossing = match diagnosis.settings.tempering.is_none() && !diagnosis.convergence.ensembles {
        true => ", or let chains cross with --temperatures 10",
        false => "",
    };
    let remedy = format!(
        "draw more, after a longer --warmup; if chains still disagree, they sit in different modes: give these unknowns an \
         order or priors that tell them apart{crossing}"
    );
    Check::failed("rhat", finding, places, remedy)
}

fn ess(diagnosis: &Diagnosis, name: &'static str, whereabouts: &str, found: &[(String, f64)]) -> Check {
    let needed = diagnosis.convergence.needed_ess();
    let Some((column, least)) = found.first() else {
        return Check::passed(name, format!("at least {needed:.0} effective draws {whereabouts}"));
    };
    let finding = match found.len() {
        1 => format!("only {least:.0} effective draws {whereabouts} of `{column}` where {needed:.0} are wanted"),
        many => format!(
            "{many} columns have only {least:.0} effective draws or more {whereabouts} where {needed:.0} are wanted"
        ),
    };
    let places = columns(diagnosis, found, |ess| format!("{ess:.0} effective draws"));
    let remedy = match diagnosis.large_rhat.is_empty() {
        true => format!("draw more: about --draws {}", enough(diagnosis.settings.draws, needed / least.max(1.0))),
        false => "see to it first that the chains agree: how many draws it takes is not known before".to_string(),
    };
    Check::failed(name, finding, places, remedy)
}

/// So many draws times a factor, rounded up to two digits.
fn enough(draws: usize, factor: f64) -> usize {
    let wanted = draws as f64 * factor;
    let unit = 10f64.powf(wanted.log10().floor() - 1.0).max(1.0);
    ((wanted / unit).ceil() * unit) as usize
}

fn walkers(diagnosis: &Diagnosis) -> Option<Check> {
    if !diagnosis.convergence.ensembles {
        return None;
    }
    let slowest = diagnosis.convergence.slowest.as_ref().filter(|(_, tau)| !tau.reliable());
    Some(match slowest.map(|(name, tau)| (name, tau.tau)) {
        None => Check::passed("autocorrelation", "every ensemble ran for more than 50 autocorrelation times"),
        Some((name, tau)) => Check::failed(
            "autocorrelation",
            format!("the run is shorter than 50 autocorrelation times, which are {tau:.0} iterations or more"),
            columns(diagnosis, &[(name.clone(), tau)], |tau| format!("{tau:.0} iterations")),
            format!("draw more: about --draws {}; or use --sampler nuts", enough(1, 50.0 * tau)),
        ),
    })
}

fn not_finite(diagnosis: &Diagnosis) -> Option<Check> {
    let names = &diagnosis.convergence.not_finite;
    let found: Vec<(String, f64)> = names.iter().map(|name| (name.clone(), f64::NAN)).collect();
    let remedy = "look at the statements that define them; a row is NaN where it cannot be computed";
    let finding = "some draws are not finite, so that these columns have no summary";
    (!names.is_empty())
        .then(|| Check::noted("finite", finding, columns(diagnosis, &found, |_| "not finite".to_string()), remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_draws_has_two_digits() {
        assert_eq!([enough(1000, 1.3), enough(1000, 12.34), enough(7, 1.0)], [1300, 13_000, 7]);
    }
}
