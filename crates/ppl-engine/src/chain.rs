//! One chain: find a start, warm up, draw, and say how it ended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use ppl_density::{Fault, LogDensity};

use crate::ensemble::Walkers;
use crate::error::{ChainError, Fatal};
use crate::fixed::Fixed;
use crate::kernel::Kernel;
use crate::metropolis::RandomWalk;
use crate::nuts::NoUTurn;
use crate::observer::{Event, Observer, Progress};
use crate::output::Output;
use crate::rng::{Purpose, Streams};
use crate::settings::{Sampler, Settings};
use crate::sink::{ChainEnd, Draw, Outcome, Sink, SinkError, Stats};
use crate::target::{Target, fatal, guard, panic_message};

/// Dimensions from which ensembles mix poorly.
const MANY_DIMENSIONS: usize = 20;

/// What all chains of a run share.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) stop: &'a AtomicBool,
    pub(crate) radius: f64,
}

/// A chain that has not begun.
pub(crate) struct Chain<'a, D, O, S> {
    run: Run<'a>,
    streams: Streams,
    target: Target<D>,
    output: O,
    sink: S,
    end: ChainEnd,
    row: Vec<f64>,
    accept: f64,
}

impl<'a, D: LogDensity, O: Output, S: Sink> Chain<'a, D, O, S> {
    pub(crate) fn new(run: Run<'a>, chain: u64, density: D, output: O, sink: S) -> Self {
        Chain {
            run,
            streams: Streams::new(run.settings.seed, chain),
            target: Target::new(density),
            row: vec![0.0; output.width()],
            output,
            sink,
            end: ChainEnd::new(chain),
            accept: 0.0,
        }
    }

    /// Runs the chain to its end, from `given` values where there are any.
    pub(crate) fn run(mut self, given: &[Option<f64>]) -> ChainEnd {
        self.run.observer.event(Event::Started { chain: self.end.chain });
        let driven = catch_unwind(AssertUnwindSafe(|| self.drive(given)));
        let driven = driven.unwrap_or_else(|panic| Err(fatal(panic_message(&*panic), &[]).into()));
        self.end.outcome = driven.unwrap_or_else(Outcome::Failed);
        self.close()
    }

    fn drive(&mut self, given: &[Option<f64>]) -> Result<Outcome, ChainError> {
        let (dim, radius) = (self.target.dim(), self.run.radius);
        self.warn_of_dimensions(dim);
        let (target, streams) = (&mut self.target, &self.streams);
        match &self.run.settings.sampler {
            _ if dim == 0 => {
                let fixed = Fixed::new(target, self.run.settings.walkers(0))?;
                self.iterate(fixed)
            }
            Sampler::Nuts(nuts) => {
                let warmup = self.run.settings.warmup;
                let kernel = NoUTurn::start(nuts, warmup, target, streams, given, radius)?;
                self.iterate(kernel)
            }
            Sampler::Metropolis(metropolis) => {
                let kernel = RandomWalk::start(metropolis, target, streams, given, radius)?;
                self.iterate(kernel)
            }
            Sampler::Ensemble(ensemble) => {
                let kernel = Walkers::start(ensemble, target, streams, given, radius)?;
                self.iterate(kernel)
            }
        }
    }

    fn iterate(&mut self, mut kernel: impl Kernel<D>) -> Result<Outcome, ChainError> {
        let settings = self.run.settings;
        let sampling = settings.draws * settings.thin;
        for iteration in 0..settings.warmup + sampling {
            if iteration == settings.warmup {
                self.end_warmup(&mut kernel)?;
            }
            if self.run.stop.load(Ordering::Relaxed) {
                return Ok(Outcome::Stopped);
            }
            self.advance(&mut kernel, iteration)?;
        }
        Ok(Outcome::Finished)
    }

    fn advance(&mut self, kernel: &mut impl Kernel<D>, iteration: usize) -> Result<(), ChainError> {
        let warmup = iteration < self.run.settings.warmup;
        kernel.step(&mut self.target, &self.streams, iteration)?;
        self.end.iterations += 1;
        let accept = self.count(kernel, warmup);
        self.keep_positions(kernel);
        self.store(kernel, iteration, warmup)?;
        if warmup {
            kernel.adapt(&mut self.target, &self.streams, iteration)?;
        }
        self.report(kernel.stats(0), accept, warmup);
        Ok(())
    }

    /// Adds this iteration to the counts; returns the mean acceptance statistic of the walkers.
    fn count(&mut self, kernel: &impl Kernel<D>, warmup: bool) -> f64 {
        let stats = kernel.stats(0);
        let walkers = kernel.walkers();
        let accept = (0..walkers).map(|w| kernel.stats(w).accept).sum::<f64>() / walkers as f64;
        if warmup {
            self.end.warmup_divergences += usize::from(stats.divergent);
            return accept;
        }
        self.end.divergences += usize::from(stats.divergent);
        if let Sampler::Nuts(nuts) = &self.run.settings.sampler {
            self.end.depth_limits += usize::from(stats.depth >= nuts.max_depth);
        }
        self.accept += accept;
        accept
    }

    /// Copies the walkers' positions, so that they outlive the kernel.
    fn keep_positions(&mut self, kernel: &impl Kernel<D>) {
        self.end.positions.clear();
        for walker in 0..kernel.walkers() {
            self.end.positions.extend_from_slice(kernel.position(walker));
        }
    }

    fn store(&mut self, kernel: &impl Kernel<D>, iteration: usize, warmup: bool) -> Result<(), ChainError> {
        let settings = self.run.settings;
        let since = if warmup { iteration } else { iteration - settings.warmup };
        if (warmup && !settings.save_warmup) || !(since + 1).is_multiple_of(settings.thin) {
            return Ok(());
        }
        for walker in 0..kernel.walkers() {
            let position = kernel.position(walker);
            self.write_row(position, iteration, walker)?;
            let stats = kernel.stats(walker);
            let kept = since / settings.thin;
            let draw = Draw { iteration: kept, warmup, walker, row: &self.row, position, stats };
            let stored = self.sink.draw(&draw);
            stored.map_err(|reason| self.sink_failed(reason))?;
        }
        match warmup {
            true => self.end.warmup_draws += 1,
            false => self.end.draws += 1,
        }
        Ok(())
    }

    fn write_row(&mut self, position: &[f64], iteration: usize, walker: usize) -> Result<(), Box<Fatal>> {
        let Chain { output, row, streams, .. } = self;
        let mut rng = streams.open(Purpose::Output, iteration, walker);
        match guard(|| output.write(position, &mut rng, row)) {
            Ok(()) => Ok(()),
            Err(Fault::Fatal(reason)) => Err(fatal(reason, position)),
            Err(Fault::Reject(reason)) => {
                self.row.fill(f64::NAN);
                self.target.reject(reason);
                Ok(())
            }
        }
    }

    fn end_warmup(&mut self, kernel: &mut impl Kernel<D>) -> Result<(), ChainError> {
        kernel.freeze();
        let adapted = kernel.adapted();
        let told = self.sink.warmup_done(&adapted);
        told.map_err(|reason| self.sink_failed(reason))?;
        let event = Event::WarmupDone { chain: self.end.chain, step_size: adapted.step_size };
        self.run.observer.event(event);
        self.end.adapted = Some(adapted);
        Ok(())
    }

    fn report(&self, stats: Stats, accept: f64, warmup: bool) {
        let settings = self.run.settings;
        self.run.observer.event(Event::Progress(Progress {
            chain: self.end.chain,
            iteration: self.end.iterations,
            total: settings.warmup + settings.draws * settings.thin,
            warmup,
            divergences: self.end.divergences,
            step_size: stats.step_size,
            accept,
            steps: stats.steps,
            evaluations: self.target.evaluations,
        }));
    }

    fn warn_of_dimensions(&self, dim: usize) {
        if dim > MANY_DIMENSIONS && matches!(self.run.settings.sampler, Sampler::Ensemble(_)) {
            let message = format!(
                "ensembles of walkers mix slowly in {dim} dimensions and may look converged when they are not: \
                 prefer NUTS where the log density has a gradient"
            );
            self.run.observer.event(Event::Warning { chain: self.end.chain, message });
        }
    }

    fn sink_failed(&self, reason: SinkError) -> ChainError {
        ChainError::Sink { reason, kept: self.end.draws }
    }

    /// Completes the counts and tells sink and observer.
    fn close(mut self) -> ChainEnd {
        let sampled = self.end.iterations.saturating_sub(self.run.settings.warmup);
        self.end.accept = self.accept / sampled as f64;
        self.end.evaluations = self.target.evaluations;
        self.end.rejections = std::mem::take(&mut self.target.rejections);
        let Chain { sink, end, .. } = &mut self;
        let closed = catch_unwind(AssertUnwindSafe(|| sink.finish(end)))
            .unwrap_or_else(|panic| Err(SinkError { message: panic_message(&*panic) }));
        if let (Err(reason), false) = (closed, matches!(self.end.outcome, Outcome::Failed(_))) {
            self.end.outcome = Outcome::Failed(self.sink_failed(reason));
        }
        self.announce();
        self.end
    }

    fn announce(&self) {
        if let Outcome::Failed(error) = &self.end.outcome {
            self.run.observer.event(Event::Failed { chain: self.end.chain, error });
        }
        self.run.observer.event(Event::Finished { end: &self.end });
    }
}

impl ChainEnd {
    fn new(chain: u64) -> Self {
        ChainEnd {
            chain,
            outcome: Outcome::Stopped,
            draws: 0,
            warmup_draws: 0,
            iterations: 0,
            divergences: 0,
            warmup_divergences: 0,
            depth_limits: 0,
            accept: f64::NAN,
            adapted: None,
            evaluations: 0,
            rejections: Vec::new(),
            positions: Vec::new(),
        }
    }
}
