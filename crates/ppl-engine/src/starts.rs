//! Where chains start, as far as the user says.

use ppl_density::Integer;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::settings::Settings;
use crate::state::ChainState;

/// Starting values on the unconstrained scale: a coordinate that is `None` or NaN is left to chance.
///
/// The walkers of an ensemble start around the given values, at most 0.1 from them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Starts {
    given: Given,
    /// Never written with the rest: states are kept apart, and go on changing.
    #[serde(skip)]
    states: Vec<ChainState>,
    /// Coordinates left to chance are uniform between minus and plus this, 2 by default. Chains 1 and 2 start opposite to
    /// each other, as do 3 and 4, and so on.
    pub radius: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Given {
    Nothing,
    All(Vec<Option<f64>>),
    PerChain(Vec<Vec<Option<f64>>>),
}

impl Default for Starts {
    fn default() -> Self {
        Starts::random()
    }
}

impl Starts {
    /// Every coordinate of every chain is left to chance.
    pub fn random() -> Self {
        Starts { given: Given::Nothing, states: Vec::new(), radius: 2.0 }
    }

    /// The same values for all chains, one a coordinate.
    pub fn same(values: Vec<Option<f64>>) -> Self {
        Starts { given: Given::All(values), states: Vec::new(), radius: 2.0 }
    }

    /// Values for each chain in turn.
    pub fn per_chain(values: Vec<Vec<Option<f64>>>) -> Self {
        Starts { given: Given::PerChain(values), states: Vec::new(), radius: 2.0 }
    }

    /// The same, but chains of which a state was kept go on from there.
    pub fn after(self, states: Vec<ChainState>) -> Self {
        Starts { states, ..self }
    }

    /// The state from which the chain at `index` begins.
    pub(crate) fn state(&self, settings: &Settings, index: usize) -> ChainState {
        let id = settings.first_chain.wrapping_add(index as u64);
        let kept = self.states.iter().find(|state| state.chain() == id);
        kept.cloned().unwrap_or_else(|| ChainState::new(id, settings.warmup))
    }

    /// The values of the chain at `index`, one a coordinate.
    pub(crate) fn of_chain(&self, index: usize, dim: usize) -> Vec<Option<f64>> {
        match &self.given {
            Given::Nothing => vec![None; dim],
            Given::All(values) => values.clone(),
            Given::PerChain(values) => values[index].clone(),
        }
    }

    /// Checks that there are values for all chains of `dim` coordinates, none of them infinite, and that states are of
    /// such chains.
    pub(crate) fn check(&self, settings: &Settings, dim: usize, integers: &[Integer]) -> Result<(), Error> {
        let chains = settings.chains;
        if let Some(state) = self.states.iter().find(|state| !state.fits(settings, dim, integers)) {
            let chain = state.chain();
            return Err(Error::Starts(format!(
                "the state kept of chain {chain} is not of this run: go on with the same sampler and model"
            )));
        }
        if !(self.radius >= 0.0 && self.radius.is_finite()) {
            return Err(Error::Starts(format!("the radius is {}: choose a positive number", self.radius)));
        }
        match &self.given {
            Given::Nothing => Ok(()),
            Given::All(values) => check_values(values, dim),
            Given::PerChain(all) if all.len() != chains => {
                Err(Error::Starts(format!("{} sets were given for {chains} chains: give one for each", all.len())))
            }
            Given::PerChain(all) => all.iter().try_for_each(|values| check_values(values, dim)),
        }
    }
}

fn check_values(values: &[Option<f64>], dim: usize) -> Result<(), Error> {
    if values.len() != dim {
        return Err(Error::Starts(format!("{} values were given for {dim} coordinates", values.len())));
    }
    match values.iter().position(|value| value.is_some_and(f64::is_infinite)) {
        Some(at) => Err(Error::Starts(format!("coordinate {at} is infinite: give a finite number, or none"))),
        None => Ok(()),
    }
}
