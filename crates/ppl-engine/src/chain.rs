//! One chain: find a start, warm up, draw, and say how it ended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use ppl_density::{Fault, LogDensity};

use crate::crew::Helper;
use crate::divergence;
use crate::error::{ChainError, Fatal};
use crate::fault::{FaultKind, Moment};
use crate::kernel::{AnyKernel, Kernel};
use crate::nuts::NoUTurn;
use crate::observer::{Event, Observer, Progress};
use crate::output::Output;
use crate::rng::{Purpose, Stream, Streams};
use crate::settings::{Sampler, Settings};
use crate::sink::{ChainEnd, Draw, Outcome, Sink, SinkError, Stats};
use crate::state::ChainState;
use crate::supervisor::Supervisor;
use crate::target::{Target, fatal, guard, panic_message};
use crate::tempering::Tally;

/// Dimensions from which ensembles mix poorly.
const MANY_DIMENSIONS: usize = 20;

/// What all chains of a run share.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) supervisor: &'a dyn Supervisor,
    pub(crate) radius: f64,
}

/// How far a chain shall go before the next barrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// So many iterations, or the end of warm-up.
    Warmup(usize),
    /// So many draws.
    Draws(usize),
}

/// A chain of a run, on its way.
pub(crate) struct Chain<'a, D, O, S> {
    run: Run<'a>,
    streams: Streams,
    target: Target<D>,
    /// Densities for threads that help.
    spare: Vec<D>,
    output: O,
    sink: S,
    given: Vec<Option<f64>>,
    row: Vec<f64>,
    state: ChainState,
    begun: bool,
    over: bool,
}

impl<'a, D: LogDensity + Send, O: Output, S: Sink> Chain<'a, D, O, S> {
    /// A chain that starts from `given` values where there are any, or goes on from `state`.
    pub(crate) fn new(
        run: Run<'a>,
        density: D,
        output: O,
        sink: S,
        given: Vec<Option<f64>>,
        state: ChainState,
    ) -> Self {
        let mut target = Target::new(density);
        target.evaluations = state.end.evaluations;
        target.faults.clone_from(&state.end.faults);
        Chain {
            run,
            streams: Streams::new(run.settings.seed, state.chain()),
            target,
            spare: Vec::new(),
            row: vec![0.0; output.width()],
            output,
            sink,
            given,
            begun: false,
            over: false,
            state,
        }
    }

    /// The same chain, with a thread more for each of `spare`, copies of the density, to evaluate walkers.
    pub(crate) fn with_helpers(self, spare: Vec<D>) -> Self {
        Chain { spare, ..self }
    }

    /// Runs the chain to a goal, unless it ends before.
    pub(crate) fn run_to(&mut self, goal: Goal) {
        if self.over {
            return;
        }
        if !std::mem::replace(&mut self.begun, true) {
            self.run.observer.event(Event::Started { chain: self.state.chain() });
        }
        let driven = self.helped(|chain| catch_unwind(AssertUnwindSafe(|| chain.drive(goal))));
        let driven = driven.unwrap_or_else(|panic| Err(fatal(panic_message(&*panic), &[]).into()));
        match driven {
            Ok(Some(outcome)) => self.finish(outcome),
            Ok(None) => {}
            Err(error) => self.finish(Outcome::Failed(error)),
        }
    }

    /// Runs with helpers, which rest before this returns. What is run must not panic, or they would be waited for.
    fn helped<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let mut spare = std::mem::take(&mut self.spare);
        let result = thread::scope(|scope| {
            self.target.helpers = spare.iter_mut().map(|density| Helper::hire(scope, density)).collect();
            let result = run(self);
            self.target.helpers.clear();
            result
        });
        self.spare = spare;
        result
    }

    /// Advances until the goal is reached; an outcome says that the chain is over.
    fn drive(&mut self, goal: Goal) -> Result<Option<Outcome>, ChainError> {
        let mut kernel = match self.state.kernel.take() {
            Some(kernel) => kernel,
            None => self.start()?,
        };
        let driven = self.iterate(&mut kernel, goal);
        self.state.kernel = Some(kernel);
        let driven = driven?;
        if driven.is_some() {
            self.keep()?;
        }
        Ok(driven)
    }

    fn start(&mut self) -> Result<AnyKernel, ChainError> {
        self.warn_of_dimensions(self.target.dim());
        AnyKernel::start(self.run.settings, &mut self.target, &self.streams, &self.given, self.run.radius)
    }

    fn iterate(&mut self, kernel: &mut AnyKernel, goal: Goal) -> Result<Option<Outcome>, ChainError> {
        let (until, total) = (self.iteration_of(goal), self.total());
        loop {
            let iteration = self.state.end.iterations;
            if iteration >= until {
                return Ok((iteration >= total).then_some(Outcome::Finished));
            }
            if iteration >= self.state.warmup && self.state.end.adapted.is_none() {
                self.end_warmup(kernel.kernel_mut())?;
            }
            if self.run.supervisor.stop() {
                return Ok(Some(Outcome::Stopped));
            }
            self.advance(kernel.kernel_mut(), iteration)?;
            self.offer(kernel)?;
        }
    }

    /// The number of iterations at which a goal is reached.
    fn iteration_of(&self, goal: Goal) -> usize {
        let ChainState { warmup, .. } = self.state;
        match goal {
            Goal::Warmup(iterations) => iterations.min(warmup),
            Goal::Draws(draws) => warmup + draws.min(self.run.settings.draws) * self.run.settings.thin,
        }
    }

    fn total(&self) -> usize {
        self.iteration_of(Goal::Draws(self.run.settings.draws))
    }

    fn advance(&mut self, kernel: &mut dyn Kernel<D>, iteration: usize) -> Result<(), ChainError> {
        let warmup = iteration < self.state.warmup;
        self.target.moment = Moment::of(iteration, self.state.warmup);
        kernel.step(&mut self.target, &self.streams, iteration)?;
        self.state.end.iterations += 1;
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
    fn count(&mut self, kernel: &dyn Kernel<D>, warmup: bool) -> f64 {
        let stats = kernel.stats(0);
        let walkers = kernel.walkers();
        let accept = (0..walkers).map(|w| kernel.stats(w).accept).sum::<f64>() / walkers as f64;
        if warmup {
            self.state.end.warmup_divergences += usize::from(stats.divergent);
            return accept;
        }
        self.state.end.divergences += usize::from(stats.divergent);
        if let (Some(astray), Moment::Sampling(iteration)) = (kernel.astray(), self.target.moment) {
            divergence::keep(&mut self.state.end.divergence_places, iteration, astray);
        }
        if let Sampler::Nuts(nuts) = &self.run.settings.sampler {
            self.state.end.depth_limits += usize::from(stats.depth >= nuts.max_depth);
        }
        self.state.accept += accept;
        accept
    }

    /// Copies the walkers' positions, so that they outlive the kernel.
    fn keep_positions(&mut self, kernel: &dyn Kernel<D>) {
        self.state.end.positions.clear();
        for walker in 0..kernel.walkers() {
            self.state.end.positions.extend_from_slice(kernel.position(walker));
        }
    }

    fn store(&mut self, kernel: &dyn Kernel<D>, iteration: usize, warmup: bool) -> Result<(), ChainError> {
        let settings = self.run.settings;
        let since = if warmup { iteration } else { iteration - self.state.warmup };
        if (warmup && !settings.save_warmup) || !(since + 1).is_multiple_of(settings.thin) {
            return Ok(());
        }
        let mut rng = self.streams.open(Purpose::Output, iteration);
        for walker in 0..kernel.walkers() {
            let position = kernel.position(walker);
            self.write_row(position, &mut rng)?;
            let stats = kernel.stats(walker);
            let kept = since / settings.thin;
            let draw = Draw { iteration: kept, warmup, walker, row: &self.row, position, stats };
            let stored = self.sink.draw(&draw);
            stored.map_err(|reason| self.sink_failed(reason))?;
        }
        match warmup {
            true => self.state.end.warmup_draws += 1,
            false => self.state.end.draws += 1,
        }
        Ok(())
    }

    fn write_row(&mut self, position: &[f64], rng: &mut Stream) -> Result<(), Box<Fatal>> {
        let Chain { output, row, .. } = self;
        match guard(|| output.write(position, rng, row)) {
            Ok(()) => Ok(()),
            Err(Fault::Fatal(reason)) => Err(self.target.fatal(reason, position)),
            Err(Fault::Reject(reason)) => {
                self.row.fill(f64::NAN);
                self.target.note(FaultKind::Output(reason), position);
                Ok(())
            }
        }
    }

    fn end_warmup(&mut self, kernel: &mut dyn Kernel<D>) -> Result<(), ChainError> {
        kernel.freeze();
        let adapted = kernel.adapted();
        let told = self.sink.warmup_done(&adapted);
        told.map_err(|reason| self.sink_failed(reason))?;
        let event = Event::WarmupDone { chain: self.state.end.chain, step_size: adapted.step_size };
        self.run.observer.event(event);
        self.state.end.adapted = Some(adapted);
        Ok(())
    }

    fn report(&self, stats: Stats, accept: f64, warmup: bool) {
        self.run.observer.event(Event::Progress(Progress {
            chain: self.state.end.chain,
            iteration: self.state.end.iterations,
            total: self.total(),
            warmup,
            divergences: self.state.end.divergences,
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
            self.run.observer.event(Event::Warning { chain: self.state.end.chain, message });
        }
    }

    fn sink_failed(&self, reason: SinkError) -> ChainError {
        ChainError::Sink { reason, kept: self.state.end.draws }
    }

    /// Offers the state of the chain to the supervisor, where it is time to.
    fn offer(&mut self, kernel: &AnyKernel) -> Result<(), ChainError> {
        let supervisor = self.run.supervisor;
        let due = supervisor.keep_every().is_some_and(|every| self.state.end.iterations.is_multiple_of(every));
        if !due || !supervisor.keeps() {
            return Ok(());
        }
        self.settle()?;
        supervisor.keep(vec![ChainState { kernel: Some(kernel.clone()), ..self.state.clone() }]);
        Ok(())
    }

    fn keep(&mut self) -> Result<(), ChainError> {
        if self.run.supervisor.keep_every().is_some() {
            self.settle()?;
            self.run.supervisor.keep(vec![self.state.clone()]);
        }
        Ok(())
    }

    /// Makes the sink's draws safe, so that the supervisor can look at them.
    pub(crate) fn settle_draws(&mut self) {
        if self.over {
            return;
        }
        if let Err(error) = self.settle() {
            self.finish(Outcome::Failed(error));
        }
    }

    /// Brings the counts of the state up to date, and makes the sink's draws safe.
    fn settle(&mut self) -> Result<(), ChainError> {
        self.state.end.evaluations = self.target.evaluations;
        self.state.end.faults.clone_from(&self.target.faults);
        let mark = self.sink.mark();
        self.state.mark = mark.map_err(|reason| self.sink_failed(reason))?;
        Ok(())
    }

    /// The kernel of NUTS, if that is what the chain runs, and it has not ended.
    pub(crate) fn nuts(&mut self) -> Option<&mut NoUTurn> {
        match &mut self.state.kernel {
            Some(AnyKernel::Nuts(kernel)) if !self.over => Some(kernel),
            _ => None,
        }
    }

    /// The tally of a tempered chain that has not ended.
    pub(crate) fn tally(&mut self) -> Option<&mut Tally> {
        let kernel = self.state.kernel.as_mut().filter(|_| !self.over);
        kernel.and_then(AnyKernel::tally)
    }

    /// Notes that the chain has met the others, and perhaps that its warm-up is over; returns its state to be kept.
    pub(crate) fn has_met(&mut self, warmup_is_over: bool) -> Option<ChainState> {
        self.tell_of_move();
        self.state.met = self.state.end.iterations;
        if warmup_is_over && !self.over {
            self.state.warmup = self.state.end.iterations;
        }
        self.settle_draws();
        (!self.over).then(|| self.state.clone())
    }

    fn tell_of_move(&mut self) {
        if self.nuts().is_some_and(NoUTurn::was_moved) {
            let message = "next to none of the posterior is where the chain was, so warm-up moved it to another chain";
            self.run.observer.event(Event::Warning { chain: self.state.chain(), message: message.to_string() });
        }
    }

    /// Iterations of warm-up, fewer than planned once it has ended early.
    pub(crate) fn warmup(&self) -> usize {
        self.state.warmup
    }

    /// The iteration at which the chain last met the others.
    pub(crate) fn met(&self) -> usize {
        self.state.met
    }

    /// Draws that the sink has taken.
    pub(crate) fn draws(&self) -> usize {
        self.state.end.draws
    }

    /// Whether the chain can go no further.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Whether the supervisor stopped the chain.
    pub(crate) fn was_stopped(&self) -> bool {
        self.over && self.state.end.outcome == Outcome::Stopped
    }

    /// Ends a chain whose draws suffice.
    pub(crate) fn end(mut self) -> ChainEnd {
        if !self.over {
            let outcome = self.keep().map_or_else(Outcome::Failed, |()| Outcome::Finished);
            self.finish(outcome);
        }
        self.state.end
    }

    /// Completes the counts and tells sink and observer.
    fn finish(&mut self, outcome: Outcome) {
        self.over = true;
        let ChainState { end, accept, warmup, kernel, .. } = &mut self.state;
        end.outcome = outcome;
        end.ladder = kernel.as_ref().filter(|_| end.adapted.is_some()).and_then(AnyKernel::ladder);
        end.accept = *accept / end.iterations.saturating_sub(*warmup) as f64;
        end.evaluations = self.target.evaluations;
        end.faults = std::mem::take(&mut self.target.faults);
        let sink = &mut self.sink;
        let closed = catch_unwind(AssertUnwindSafe(|| sink.finish(end)))
            .unwrap_or_else(|panic| Err(SinkError { message: panic_message(&*panic) }));
        if let (Err(reason), false) = (closed, matches!(end.outcome, Outcome::Failed(_))) {
            end.outcome = Outcome::Failed(ChainError::Sink { reason, kept: end.draws });
        }
        self.announce();
    }

    fn announce(&self) {
        let end = &self.state.end;
        if let Outcome::Failed(error) = &end.outcome {
            self.run.observer.event(Event::Failed { chain: end.chain, error });
        }
        self.run.observer.event(Event::Finished { end });
    }
}

impl ChainEnd {
    pub(crate) fn new(chain: u64) -> Self {
        ChainEnd {
            chain,
            outcome: Outcome::Stopped,
            draws: 0,
            warmup_draws: 0,
            iterations: 0,
            divergences: 0,
            divergence_places: Vec::new(),
            warmup_divergences: 0,
            depth_limits: 0,
            accept: f64::NAN,
            adapted: None,
            ladder: None,
            evaluations: 0,
            faults: Vec::new(),
            positions: Vec::new(),
        }
    }
}
