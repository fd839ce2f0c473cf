//! Evaluations that gave no usable number.

use ppl::{ChainPhase, CulpritRecord, Diagnosis, FaultName, RunFault};

use super::{Check, count, percent, short, statement};

/// Unknowns shown of a point.
const UNKNOWNS: usize = 8;
/// Chains counted apart.
const CHAINS: usize = 8;

/// Whether the log density could be evaluated wherever the sampler went.
pub fn faults(diagnosis: &Diagnosis) -> Check {
    let faults: Vec<&RunFault> = diagnosis.faults.iter().filter(|fault| fault.kind != FaultName::Fatal).collect();
    let (unjudged, evaluations) = diagnosis.convergence.unjudged;
    if faults.is_empty() {
        return Check::passed("evaluations", "the log density was a number wherever it was evaluated");
    }
    let places = faults.iter().flat_map(|fault| [vec![summary(fault)], places(diagnosis, fault)].concat()).collect();
    let finding = finding(&faults, unjudged as usize, evaluations as usize);
    match diagnosis.convergence.unjudged_are_many() {
        true => Check::failed(
            "evaluations",
            format!("{finding}: what lies there is missing from the draws"),
            places,
            remedy(&faults),
        ),
        false => Check::noted("evaluations", finding, places, remedy(&faults)),
    }
}

/// What happened after warm-up, as far as anything did.
fn finding(faults: &[&RunFault], unjudged: usize, evaluations: usize) -> String {
    let after_warmup = |kind| faults.iter().filter(|f| f.kind == kind).map(|f| f.sampling as usize).sum::<usize>();
    let of_gradients = faults.iter().any(|fault| fault.kind == FaultName::Gradient);
    let density = if of_gradients { "the log density or its gradient" } else { "the log density" };
    let (endless, rows) = (after_warmup(FaultName::MinusInfinity), after_warmup(FaultName::Output));
    let positions = |number| count(number, "position");
    let mut found = Vec::new();
    if unjudged > 0 {
        let share = percent(unjudged, evaluations);
        found.push(format!("{density} was no number at {} ({share} of all evaluations)", positions(unjudged)));
    }
    if endless > 0 {
        found.push(format!(
            "{} −∞ at {}",
            if unjudged > 0 { "it was" } else { "the log density was" },
            positions(endless)
        ));
    }
    if rows > 0 {
        found.push(format!("the row of {} could not be computed", count(rows, "draw")));
    }
    match found.is_empty() {
        true => format!("{density} was not finite at some positions of warm-up, but at all after it"),
        false => format!("after warm-up {}", found.join(", and ")),
    }
}

fn summary(fault: &RunFault) -> String {
    let of = |(chain, number): &(u64, u64)| format!("{number} in chain {chain}");
    let chains = match fault.chains.len() {
        many if many > CHAINS => format!("{} in {many} chains", fault.count),
        _ => fault.chains.iter().map(of).collect::<Vec<_>>().join(", "),
    };
    format!("{}: {chains}", fault.reason)
}

/// The statements to blame for a fault, and the point at which it happened first.
pub fn places(diagnosis: &Diagnosis, fault: &RunFault) -> Vec<String> {
    let mut lines: Vec<String> = fault.statements.iter().map(|culprit| blame(diagnosis, culprit)).collect();
    lines.push(format!("first {}{}", moment(fault), point(fault)));
    lines
}

fn blame(diagnosis: &Diagnosis, culprit: &CulpritRecord) -> String {
    let CulpritRecord { statement: term, value, element, direction } = culprit;
    let (statement, element) = (statement(diagnosis, term), element.as_ref());
    match direction {
        Some(direction) => format!("the gradient of {statement} was {value} in the direction of {direction}"),
        None => format!("{statement} was {value}{}", element.map_or(String::new(), |e| format!(", for example {e}"))),
    }
}

fn moment(fault: &RunFault) -> String {
    let chain = fault.chains.first().map_or(0, |(chain, _)| *chain);
    let iteration = fault.iteration.map_or(0, |iteration| iteration + 1);
    match fault.phase {
        ChainPhase::Start => format!("at the start of chain {chain}"),
        ChainPhase::Warmup => format!("in iteration {iteration} of the warm-up of chain {chain}"),
        ChainPhase::Sampling => format!("in iteration {iteration} after the warm-up of chain {chain}"),
    }
}

fn point(fault: &RunFault) -> String {
    let values: Vec<String> =
        fault.point.iter().take(UNKNOWNS).map(|(name, value)| format!("{name} = {}", short(*value))).collect();
    let more = match fault.point.len().saturating_sub(UNKNOWNS) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    if values.is_empty() { String::new() } else { format!(", at {}{more}", values.join(", ")) }
}

fn remedy(faults: &[&RunFault]) -> String {
    let any = |kinds: &[FaultName]| faults.iter().any(|fault| kinds.contains(&fault.kind));
    let mut remedies = Vec::new();
    if any(&[FaultName::Nan, FaultName::Rejected, FaultName::Gradient, FaultName::Other]) {
        remedies.push(
            "keep the arguments of these statements inside their domains, with supports such as `real(min = 0)` or priors \
             that cannot reach so far",
        );
    }
    if any(&[FaultName::MinusInfinity]) {
        remedies.push(
            "where a density is −∞ an unknown decides whether the data are possible at all: give it the support that the \
             data leave it",
        );
    }
    if any(&[FaultName::Output]) {
        remedies.push("draws whose row could not be computed are NaN: look at what is simulated or reported there");
    }
    remedies.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(kind: FaultName, sampling: u64) -> RunFault {
        RunFault {
            kind,
            reason: String::new(),
            count: sampling + 3,
            sampling,
            phase: ChainPhase::Warmup,
            iteration: Some(0),
            chains: vec![(1, sampling + 3)],
            statements: Vec::new(),
            point: Vec::new(),
        }
    }

    #[test]
    fn only_what_happened_is_told() {
        let (nan, endless) = (fault(FaultName::Nan, 2), fault(FaultName::MinusInfinity, 1));
        let row = fault(FaultName::Output, 5);
        for (faults, unjudged, told) in [
            (vec![&nan], 2, "after warm-up the log density was no number at 2 positions (0.20 % of all evaluations)"),
            (vec![&endless], 0, "after warm-up the log density was −∞ at 1 position"),
            (
                vec![&fault(FaultName::Nan, 0)],
                0,
                "the log density was not finite at some positions of warm-up, but at all after it",
            ),
            (vec![&row], 0, "after warm-up the row of 5 draws could not be computed"),
            (
                vec![&nan, &endless],
                2,
                "after warm-up the log density was no number at 2 positions (0.20 % of all evaluations), and it was −∞ at 1 position",
            ),
        ] {
            assert_eq!(finding(&faults, unjudged, 1000), told);
        }
    }
}
