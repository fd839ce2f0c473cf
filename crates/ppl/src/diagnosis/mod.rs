//! A run looked at after its end: which checks failed, and where in the model.

mod contrast;
mod faults;
mod places;

use std::path::Path;

use ppl_compiler::{Condense, Machine};
use ppl_engine::{Divergence, Integrator, Nuts, Sampler, Settings};
use ppl_store::{ChainRecord, Content, Row, Run, RunFolder, State, StoreError};

use crate::convergence::{depth_limits, unjudged};
use crate::{Convergence, Data, DivergencePlace, Fit, Model, Program, RunError};
pub use contrast::{Contrast, Difference};
pub use faults::RunFault;
pub use places::{Place, Places};

/// A run looked at after its end.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// Name of the model's file, as places are told.
    pub model: String,
    /// What was run.
    pub settings: Settings,
    /// How it stands.
    pub state: State,
    /// The checks.
    pub convergence: Convergence,
    /// The columns whose R̂ is too large, the largest first.
    pub large_rhat: Vec<(String, f64)>,
    /// The columns with too few effective draws in the bulk, the fewest first.
    pub small_bulk: Vec<(String, f64)>,
    /// The columns with too few effective draws in a tail, the fewest first.
    pub small_tail: Vec<(String, f64)>,
    /// The integrator that warm-up chose in each chain, where that was left to it.
    pub integrators: Vec<(u64, Integrator)>,
    /// Faults of the log density.
    pub faults: Vec<RunFault>,
    /// What differs where trajectories diverged; none for few divergences, or where the model could not be run again.
    pub contrast: Option<Contrast>,
    /// Where draws after divergences gather, which can be told without the model.
    pub divergence_place: Option<DivergencePlace>,
    /// Why the model could not be run again, if it could not.
    pub unavailable: Option<String>,
    /// Where variables and statements stand in the model.
    pub places: Places,
}

impl Diagnosis {
    /// Looks at a run folder, finished or not. The model is run again at draws and divergences, if its data are where they
    /// were and as they were.
    ///
    /// # Errors
    /// The folder is no run folder, or its files cannot be read.
    pub fn open(path: &Path) -> Result<Diagnosis, StoreError> {
        Ok(Diagnosis::new(RunFolder::open(path)?))
    }

    fn new(run: Run) -> Diagnosis {
        let name = format!("{}.model", run.record.model_name);
        let model = Model::parse(name.clone(), &run.model);
        let program = program(&model, &run);
        let divergences: Vec<Divergence> = run.divergences.into_iter().map(|(_, place)| place).collect();
        let thin = run.record.settings.thin;
        let fit = Fit { draws: run.draws, chains: run.record.chains, thin, stopped_by: run.record.stopped_by };
        let summary = fit.summary();
        let chains = if run.record.state == State::Running { &run.kept } else { &fit.chains };
        let (unjudged, depth_limits) = (unjudged(chains), depth_limits(chains));
        let convergence = Convergence { unjudged, depth_limits, ..fit.convergence(&summary) };
        let needed = convergence.needed_ess();
        let contrast = program.as_ref().ok().and_then(|p| Contrast::new(p, &fit.draws, &divergences));
        Diagnosis {
            model: name,
            integrators: chosen(&run.record.settings, chains),
            settings: run.record.settings,
            state: run.record.state,
            large_rhat: failing(&summary, |s| s.rhat, Convergence::is_large, true),
            small_bulk: failing(&summary, |s| s.ess_bulk, |ess| ess < needed, false),
            small_tail: failing(&summary, |s| s.ess_tail, |ess| ess < needed, false),
            faults: faults::of_chains(chains, program.as_ref().ok()),
            contrast,
            divergence_place: fit.divergence_place(),
            unavailable: program.err(),
            places: model.places(),
            convergence,
        }
    }

    /// Whether every check passed.
    pub fn passed(&self) -> bool {
        self.convergence.passed()
    }
}

/// The program of a run, or why there is none.
fn program(model: &Model, run: &Run) -> Result<Program, String> {
    let data = Data::of_run(&run.record.data).map_err(|error| match error {
        RunError::Data { path, reason } => format!("`{}` {reason}", path.display()),
        other => other.to_string(),
    })?;
    // Terms are evaluated node by node, so no plan is made.
    let bound = model.bind_on(Machine::Interpreter, Condense::none(), &data, &mut |_| {});
    let program = bound.map_err(|_| "the model of the run cannot be compiled by this version".to_string())?;
    match program.columns() == run.draws.columns {
        true => Ok(program),
        false => Err("the model of the run has other columns with this version".to_string()),
    }
}

/// The integrator that each chain chose, if it had a choice.
fn chosen(settings: &Settings, chains: &[ChainRecord]) -> Vec<(u64, Integrator)> {
    let Sampler::Nuts(Nuts { integrator: Integrator::Auto, .. }) = settings.sampler else { return Vec::new() };
    chains.iter().filter_map(|chain| Some((chain.chain, chain.integrator?))).collect()
}

/// The columns whose measure fails, the worst first.
fn failing(
    summary: &[Row],
    measure: impl Fn(&ppl_stats::Summary) -> f64,
    fails: impl Fn(f64) -> bool,
    largest_first: bool,
) -> Vec<(String, f64)> {
    let numbers = summary.iter().filter_map(|row| match &row.content {
        Content::Numbers(summary) => Some((row.name.clone(), measure(summary))),
        Content::Shares(_) => None,
    });
    let mut failing: Vec<(String, f64)> = numbers.filter(|(_, value)| fails(*value)).collect();
    failing.sort_by(|a, b| if largest_first { b.1.total_cmp(&a.1) } else { a.1.total_cmp(&b.1) });
    failing
}

#[cfg(test)]
mod tests;
