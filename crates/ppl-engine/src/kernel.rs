//! What the chain loop needs of a sampler, and the samplers there are.

use ppl_density::{Integer, LogDensity};
use serde::{Deserialize, Serialize};

use crate::discrete::Sweeps;
use crate::divergence::Astray;
use crate::ensemble::Walkers;
use crate::error::ChainError;
use crate::fixed::Fixed;
use crate::metropolis::RandomWalk;
use crate::nuts::NoUTurn;
use crate::rng::Streams;
use crate::settings::{Nuts, Sampler, Settings};
use crate::sink::{Adapted, Ladder, Stats};
use crate::target::Target;
use crate::tempering::{Tally, Tempering};

/// A Markov kernel with its current state: one walker, or the walkers of an ensemble.
///
/// A step depends on the state, the streams and the iteration alone. After [`Kernel::freeze`] it leaves the target
/// invariant and allocates nothing.
pub(crate) trait Kernel<D: LogDensity> {
    /// One transition of all walkers.
    fn step(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError>;

    /// Learns from the step just made; called in warm-up only.
    fn adapt(&mut self, target: &mut Target<D>, streams: &Streams, iteration: usize) -> Result<(), ChainError>;

    /// Ends warm-up, which may have had no iteration at all.
    fn freeze(&mut self);

    /// What warm-up has led to.
    fn adapted(&self) -> Adapted;

    /// Number of walkers.
    fn walkers(&self) -> usize {
        1
    }

    /// The unconstrained position of a walker.
    fn position(&self, walker: usize) -> &[f64];

    /// How a walker got to its position.
    fn stats(&self, walker: usize) -> Stats;

    /// Where the last step diverged, if it did.
    fn astray(&self) -> Option<Astray<'_>> {
        None
    }
}

/// The kernel of a chain, as it is kept for going on later.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum AnyKernel {
    Fixed(Fixed),
    Nuts(Box<NoUTurn>),
    Ensemble(Box<Walkers>),
    Metropolis(Box<RandomWalk>),
    TemperedNuts(Box<Tempering<NoUTurn>>),
    TemperedMetropolis(Box<Tempering<RandomWalk>>),
    SweptNuts(Box<Sweeps<NoUTurn>>),
    SweptMetropolis(Box<Sweeps<RandomWalk>>),
}

/// The same options for chains that do not learn from each other, and so need not keep what others could learn from.
fn without_meetings(nuts: &Nuts) -> Nuts {
    Nuts { pool: false, ..nuts.clone() }
}

impl AnyKernel {
    /// Finds a start and makes the kernel that the settings ask for.
    pub(crate) fn start<D: LogDensity>(
        settings: &Settings,
        target: &mut Target<D>,
        streams: &Streams,
        given: &[Option<f64>],
        radius: f64,
    ) -> Result<Self, ChainError> {
        if settings.tempering.is_some() && target.dim() > 0 {
            return AnyKernel::start_tempered(settings, target, streams, given, radius);
        }
        if !target.density().integers().is_empty() {
            return AnyKernel::start_swept(settings, target, streams, given, radius);
        }
        Ok(match &settings.sampler {
            _ if target.dim() == 0 => AnyKernel::Fixed(Fixed::new(target, settings.walkers(0))?),
            Sampler::Nuts(nuts) => {
                let nuts = if settings.chains > 1 { nuts } else { &without_meetings(nuts) };
                let kernel = NoUTurn::start(nuts, settings.warmup, target, streams, given, radius)?;
                AnyKernel::Nuts(Box::new(kernel))
            }
            Sampler::Ensemble(ensemble) => {
                AnyKernel::Ensemble(Box::new(Walkers::start(ensemble, target, streams, given, radius)?))
            }
            Sampler::Metropolis(metropolis) => {
                let kernel = RandomWalk::start(metropolis, target, streams, given, radius)?;
                AnyKernel::Metropolis(Box::new(kernel))
            }
        })
    }

    fn start_tempered<D: LogDensity>(
        settings: &Settings,
        target: &mut Target<D>,
        streams: &Streams,
        given: &[Option<f64>],
        radius: f64,
    ) -> Result<Self, ChainError> {
        Ok(match &settings.sampler {
            Sampler::Nuts(nuts) => {
                let nuts = without_meetings(nuts);
                let kernel = Tempering::start(settings, &nuts, target, streams, given, radius)?;
                AnyKernel::TemperedNuts(Box::new(kernel))
            }
            Sampler::Metropolis(metropolis) => {
                let kernel = Tempering::start(settings, metropolis, target, streams, given, radius)?;
                AnyKernel::TemperedMetropolis(Box::new(kernel))
            }
            Sampler::Ensemble(_) => unreachable!("settings are checked"),
        })
    }

    fn start_swept<D: LogDensity>(
        settings: &Settings,
        target: &mut Target<D>,
        streams: &Streams,
        given: &[Option<f64>],
        radius: f64,
    ) -> Result<Self, ChainError> {
        Ok(match &settings.sampler {
            Sampler::Nuts(nuts) => {
                let kernel = Sweeps::start(settings, &without_meetings(nuts), target, streams, given, radius)?;
                AnyKernel::SweptNuts(Box::new(kernel))
            }
            Sampler::Metropolis(metropolis) => {
                let kernel = Sweeps::start(settings, metropolis, target, streams, given, radius)?;
                AnyKernel::SweptMetropolis(Box::new(kernel))
            }
            Sampler::Ensemble(_) => unreachable!("settings are checked"),
        })
    }

    pub(crate) fn kernel_mut<D: LogDensity>(&mut self) -> &mut dyn Kernel<D> {
        match self {
            AnyKernel::Fixed(kernel) => kernel,
            AnyKernel::Nuts(kernel) => &mut **kernel,
            AnyKernel::Ensemble(kernel) => &mut **kernel,
            AnyKernel::Metropolis(kernel) => &mut **kernel,
            AnyKernel::TemperedNuts(kernel) => &mut **kernel,
            AnyKernel::TemperedMetropolis(kernel) => &mut **kernel,
            AnyKernel::SweptNuts(kernel) => &mut **kernel,
            AnyKernel::SweptMetropolis(kernel) => &mut **kernel,
        }
    }

    /// Whether this is a kernel for such settings and dimensions, some of which take whole numbers.
    pub(crate) fn fits(&self, settings: &Settings, dim: usize, integers: &[Integer]) -> bool {
        match (self, &settings.sampler, settings.temperatures()) {
            (AnyKernel::Fixed(_), ..) => dim == 0,
            (AnyKernel::SweptNuts(kernel), Sampler::Nuts(_), 1) => kernel.fits(dim, integers),
            (AnyKernel::SweptMetropolis(kernel), Sampler::Metropolis(_), 1) => kernel.fits(dim, integers),
            _ if !integers.is_empty() => false,
            (AnyKernel::Nuts(kernel), Sampler::Nuts(_), 1) => kernel.dim() == dim,
            (AnyKernel::Ensemble(kernel), Sampler::Ensemble(_), 1) => kernel.dim() == dim,
            (AnyKernel::Metropolis(kernel), Sampler::Metropolis(_), 1) => kernel.dim() == dim,
            (AnyKernel::TemperedNuts(kernel), Sampler::Nuts(_), n) => kernel.fits(n, dim),
            (AnyKernel::TemperedMetropolis(kernel), Sampler::Metropolis(_), n) => kernel.fits(n, dim),
            _ => false,
        }
    }

    /// What a tempered chain has counted in the current round of its warm-up.
    pub(crate) fn tally(&mut self) -> Option<&mut Tally> {
        match self {
            AnyKernel::TemperedNuts(kernel) => Some(kernel.tally()),
            AnyKernel::TemperedMetropolis(kernel) => Some(kernel.tally()),
            _ => None,
        }
    }

    /// The ladder of temperatures, with tempering.
    pub(crate) fn ladder(&self) -> Option<Ladder> {
        match self {
            AnyKernel::TemperedNuts(kernel) => Some(kernel.ladder()),
            AnyKernel::TemperedMetropolis(kernel) => Some(kernel.ladder()),
            _ => None,
        }
    }
}
