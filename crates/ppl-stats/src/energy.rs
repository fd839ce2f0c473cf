//! Energy diagnostics of Hamiltonian samplers.

use crate::chains::Chains;
use crate::moments::{average, variance};
use crate::rhat::FEWEST;
use crate::undefined::Undefined;

/// Estimated Bayesian fraction of missing information of one chain: mean squared change of the energy between draws over the
/// variance of the energy (Betancourt 2016, arXiv 1604.00695). Below 0.3 the momentum refresh is too weak for the target's
/// energy range.
///
/// # Errors
/// Fewer than four draws, an energy that is not finite, or all energies equal.
pub fn ebfmi(energy: &[f64]) -> Result<f64, Undefined> {
    let chains = Chains::varying(&[energy], FEWEST)?;
    let steps: Vec<f64> = chains.pooled().windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).collect();
    Ok(average(&steps) / variance(chains.pooled()))
}
