//! A run that is cut off anywhere goes on from the states kept last as if it had never stopped.

mod common;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{all_moves, mixed, normal};
use ppl_engine::*;

/// Keeps states as bytes, and stops the run when it has been asked so many times.
struct Keeper {
    patience: AtomicUsize,
    every: usize,
    kept: Mutex<Vec<(u64, Vec<u8>)>>,
}

impl Keeper {
    fn new(patience: usize, every: usize) -> Self {
        Keeper { patience: AtomicUsize::new(patience), every, kept: Mutex::default() }
    }

    fn states(&self) -> Vec<ChainState> {
        let kept = self.kept.lock().unwrap();
        kept.iter().map(|(_, bytes)| postcard::from_bytes(bytes).unwrap()).collect()
    }
}

impl Supervisor for Keeper {
    fn stop(&self) -> bool {
        self.patience.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err()
    }

    fn keep_every(&self) -> Option<usize> {
        Some(self.every)
    }

    fn keep(&self, states: Vec<ChainState>) {
        // What comes after the cut is lost, as it would be with the process.
        if self.patience.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut kept = self.kept.lock().unwrap();
        for state in states {
            kept.retain(|(chain, _)| *chain != state.chain());
            kept.push((state.chain(), postcard::to_stdvec(&state).unwrap()));
        }
    }
}

fn settings(sampler: Sampler) -> Settings {
    Settings {
        sampler,
        chains: 3,
        warmup: 120,
        draws: 60,
        thin: 2,
        threads: 1,
        save_warmup: true,
        ..Settings::default()
    }
}

/// The rows of each chain, warm-up first.
fn rows(sinks: &[MemorySink]) -> Vec<Vec<Vec<u64>>> {
    let row = |draws: &Draws, k| -> Vec<u64> { draws.row(k).iter().map(|x| x.to_bits()).collect() };
    let bits = |draws: &Draws| -> Vec<Vec<u64>> { (0..draws.len()).map(|k| row(draws, k)).collect() };
    sinks.iter().map(|sink| [bits(&sink.warmup), bits(&sink.draws)].concat()).collect()
}

fn run(settings: &Settings, starts: &Starts, keeper: &Keeper) -> (Vec<MemorySink>, Vec<ChainEnd>) {
    let mut sinks = vec![MemorySink::default(); settings.chains];
    let (density, output) = (normal(10), Positions { dim: 10 });
    let ends = sample(&density, &output, settings, starts, sinks.iter_mut().collect(), &(), keeper).unwrap();
    (sinks, ends)
}

/// A run that was not cut off.
struct Whole {
    settings: Settings,
    rows: Vec<Vec<Vec<u64>>>,
    ends: Vec<ChainEnd>,
}

impl Whole {
    fn run(settings: Settings) -> Self {
        let (sinks, ends) = run(&settings, &Starts::random(), &Keeper::new(usize::MAX, 7));
        Whole { settings, rows: rows(&sinks), ends }
    }

    /// Iterations of warm-up.
    fn warmup(&self) -> usize {
        self.ends[0].iterations - self.settings.draws * self.settings.thin
    }

    /// Cuts such a run off when it has been asked so many times, and lets it go on.
    fn is_the_same_after_a_cut(&self, patience: usize) {
        let Whole { settings, ends, .. } = self;
        let keeper = Keeper::new(patience, 7);
        let (first, _) = run(settings, &Starts::random(), &keeper);
        let (first, states) = (rows(&first), keeper.states());
        let (rest, again) = run(settings, &Starts::random().after(states.clone()), &Keeper::new(usize::MAX, 7));
        for (index, rest) in rows(&rest).iter().enumerate() {
            let state = states.iter().find(|state| state.chain() == index as u64 + 1);
            let joined = [&first[index][..self.kept(index, state)], rest].concat();
            assert!(joined == self.rows[index], "{settings:?} cut after {patience}: chain {index}");
        }
        assert_eq!(format!("{again:?}"), format!("{ends:?}"), "counts after a cut at {patience}");
    }

    /// Rows of a chain at a state: every other iteration of warm-up and of sampling is kept.
    fn kept(&self, index: usize, state: Option<&ChainState>) -> usize {
        let iterations = state.map_or(0, ChainState::iterations);
        let warmup = iterations.min(self.warmup());
        let walkers = self.rows[index].len() / (self.warmup() / 2 + self.settings.draws);
        (warmup / 2 + (iterations - warmup) / 2) * walkers
    }
}

#[test]
fn a_run_cut_off_anywhere_goes_on_as_if_it_had_not_been() {
    let samplers = [
        Sampler::Nuts(Nuts::default()),
        Sampler::Nuts(Nuts { pool: false, metric: Metric::Dense, ..Nuts::default() }),
        Sampler::Ensemble(Ensemble { walkers: Some(20), ..Ensemble::default() }),
        Sampler::Metropolis(Metropolis::default()),
        all_moves(),
        mixed(),
    ];
    let tempered = |pool| Settings {
        tempering: Some(Tempering { temperatures: 3, pool }),
        ..settings(Sampler::Nuts(Nuts::default()))
    };
    let tempered_walk = Settings { sampler: Sampler::Metropolis(Metropolis::default()), ..tempered(true) };
    for settings in samplers.map(settings).into_iter().chain([tempered(true), tempered(false), tempered_walk]) {
        let whole = Whole::run(settings);
        (1..720).step_by(37).for_each(|patience| whole.is_the_same_after_a_cut(patience));
    }
}

#[test]
fn a_run_whose_warm_up_ended_early_goes_on_where_it_was_cut_around_that_end() {
    for integrator in [Integrator::Leapfrog, Integrator::Auto] {
        let nuts = Sampler::Nuts(Nuts { integrator, ..Nuts::default() });
        let whole = Whole::run(Settings { warmup: 500, ..settings(nuts) });
        let end = whole.warmup();
        assert!(end < 400, "an end after {end} iterations is not early");
        // Each chain asks before an iteration, and all together at a meeting; after warm-up chain 1 goes on alone.
        let asked = |iterations: usize| 3 * iterations + iterations / 25;
        let meetings = (asked(end - 55)..asked(end + 5)).step_by(11);
        let around = asked(end) - 8..asked(end) + 12;
        let later = [20, 119, 121, 150, 239, 241, 350].map(|since| asked(end) + since);
        meetings.chain(around).chain(later).for_each(|patience| whole.is_the_same_after_a_cut(patience));
    }
}

#[test]
fn what_only_warm_up_needs_is_not_kept_after_it() {
    let size = |warmup, sampler| {
        let keeper = Keeper::new(usize::MAX, 1000);
        run(&Settings { warmup, ..settings(sampler) }, &Starts::random(), &keeper);
        let kept = keeper.kept.lock().unwrap();
        kept.iter().map(|(_, bytes)| bytes.len()).max().unwrap()
    };
    for pool in [true, false] {
        let nuts =
            Sampler::Nuts(Nuts { pool, metric: Metric::Diagonal, integrator: Integrator::Auto, ..Nuts::default() });
        let (short, long) = (size(50, nuts.clone()), size(800, nuts));
        assert!(long < short + 100 && long < 2_000, "{short} bytes after a short warm-up, {long} after a long one");
    }
}

#[test]
fn chains_that_meet_no_others_keep_nothing_for_them() {
    let size = |chains, tempering: Option<Tempering>, pool| {
        let keeper = Keeper::new(100 * chains, 7);
        let nuts = Sampler::Nuts(Nuts { pool, ..Nuts::default() });
        run(&Settings { chains, tempering, ..settings(nuts) }, &Starts::random(), &keeper);
        let kept = keeper.kept.lock().unwrap();
        kept.iter().map(|(_, bytes)| bytes.len()).max().unwrap()
    };
    let tempering = Some(Tempering { temperatures: 3, pool: true });
    assert_eq!(size(1, None, true), size(1, None, false));
    assert_eq!(size(3, tempering.clone(), true), size(3, tempering, false));
    assert!(size(3, None, true) != size(3, None, false));
}

#[test]
fn a_finished_run_can_be_extended() {
    let short = settings(Sampler::Nuts(Nuts::default()));
    let long = Settings { draws: 100, ..short.clone() };
    let keeper = Keeper::new(usize::MAX, 1000);
    let (first, _) = run(&short, &Starts::random(), &keeper);
    let (rest, _) = run(&long, &Starts::random().after(keeper.states()), &keeper);
    let (whole, _) = run(&long, &Starts::random(), &Keeper::new(usize::MAX, 1000));
    for index in 0..3 {
        let joined = [&rows(&first)[index][..], &rows(&rest)[index]].concat();
        assert!(joined == rows(&whole)[index]);
    }
}

#[test]
fn states_of_another_run_are_refused() {
    let nuts = settings(Sampler::Nuts(Nuts::default()));
    let keeper = Keeper::new(usize::MAX, 1000);
    run(&nuts, &Starts::random(), &keeper);
    let other = settings(Sampler::Metropolis(Metropolis::default()));
    let starts = Starts::random().after(keeper.states());
    let sinks = vec![MemorySink::default(); 3];
    let error = sample(&normal(10), &Positions { dim: 10 }, &other, &starts, sinks, &(), &keeper).unwrap_err();
    assert_eq!(
        error.to_string(),
        "starting values: the state kept of chain 1 is not of this run: go on with the same sampler and model"
    );
}

/// Notes at how many draws it is asked whether they suffice, which they never do.
struct Asked(Keeper, Mutex<Vec<usize>>);

impl Supervisor for Asked {
    fn stop(&self) -> bool {
        self.0.stop()
    }
    fn check_every(&self) -> Option<usize> {
        Some(10)
    }
    fn enough(&self, draws: usize) -> bool {
        self.1.lock().unwrap().push(draws);
        false
    }
    fn keep_every(&self) -> Option<usize> {
        self.0.keep_every()
    }
    fn keep(&self, states: Vec<ChainState>) {
        self.0.keep(states);
    }
}

#[test]
fn a_run_that_goes_on_is_asked_only_what_it_was_not_asked_before() {
    let settings = Settings { draws: 45, ..settings(Sampler::Metropolis(Metropolis::default())) };
    let go = |patience, starts: &Starts| {
        let asked = Asked(Keeper::new(patience, 7), Mutex::default());
        let (density, output) = (normal(10), Positions { dim: 10 });
        let sinks = vec![MemorySink::default(); settings.chains];
        sample(&density, &output, &settings, starts, sinks, &(), &asked).unwrap();
        (asked.0.states(), asked.1.into_inner().unwrap())
    };
    assert_eq!(go(usize::MAX, &Starts::random()).1, [10, 20, 30, 40]);
    // Three chains of 120 iterations of warm-up and two a draw: cut off in the middle of the third ten.
    let (states, before) = go(3 * (120 + 2 * 25), &Starts::random());
    assert_eq!(before, [10, 20]);
    let (_, after) = go(usize::MAX, &Starts::random().after(states));
    assert!(after == [20, 30, 40] || after == [30, 40], "{after:?}");
}
