//! Faults of the log density, over all chains.

use ppl_store::{ChainRecord, CulpritRecord, FaultName, FaultRecord, Phase};

use crate::Program;

/// Evaluations of a run that gave no usable number, all for the same reason.
#[derive(Clone, Debug, PartialEq)]
pub struct RunFault {
    /// What sort of fault it is.
    pub kind: FaultName,
    /// What happened, in words.
    pub reason: String,
    /// How often, warm-up included.
    pub count: u64,
    /// How often after warm-up.
    pub sampling: u64,
    /// The chains in which it happened, with the number in each.
    pub chains: Vec<(u64, u64)>,
    /// When it happened first in the first of these chains.
    pub phase: Phase,
    /// The iteration of that phase, from 0.
    pub iteration: Option<usize>,
    /// The statements whose log density was not finite there.
    pub statements: Vec<CulpritRecord>,
    /// The unknowns there, by name and on their natural scale; without a program the coordinates as `u[1]`, ….
    pub point: Vec<(String, f64)>,
}

/// The faults of all chains, those of the same reason together.
pub(crate) fn of_chains(chains: &[ChainRecord], program: Option<&Program>) -> Vec<RunFault> {
    let mut faults: Vec<RunFault> = Vec::new();
    for (chain, fault) in chains.iter().flat_map(|chain| chain.faults.iter().map(|fault| (chain.chain, fault))) {
        let same = |known: &&mut RunFault| known.kind == fault.kind && known.reason == fault.reason;
        match faults.iter_mut().find(same) {
            Some(known) => known.add(chain, fault),
            None => faults.push(RunFault::new(chain, fault, program)),
        }
    }
    faults
}

/// An unconstrained position on the natural scale, as far as that can be told.
fn named(position: &[f64], program: Option<&Program>) -> Vec<(String, f64)> {
    match program.filter(|program| program.dim() == position.len()) {
        Some(program) => {
            let mut unknowns = program.unknowns();
            let values = unknowns.of_position(position);
            unknowns.names().iter().cloned().zip(values).collect()
        }
        None => (1..).zip(position).map(|(k, q)| (format!("u[{k}]"), *q)).collect(),
    }
}

impl RunFault {
    fn new(chain: u64, fault: &FaultRecord, program: Option<&Program>) -> Self {
        let FaultRecord { kind, reason, count, sampling, phase, iteration, statements, .. } = fault.clone();
        let position: Vec<f64> = fault.position.iter().map(|q| q.unwrap_or(f64::NAN)).collect();
        RunFault {
            kind,
            reason,
            count,
            sampling,
            chains: vec![(chain, count)],
            phase,
            iteration,
            statements,
            point: named(&position, program),
        }
    }

    fn add(&mut self, chain: u64, fault: &FaultRecord) {
        self.count += fault.count;
        self.sampling += fault.sampling;
        self.chains.push((chain, fault.count));
    }
}
