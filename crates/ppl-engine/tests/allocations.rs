//! A transition allocates nothing once warm-up is over.
#![allow(unsafe_code, reason = "a global allocator that counts cannot be written without")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ppl_engine::*;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Notes the number of allocations at the first and at the last draw.
#[derive(Default)]
struct Witness {
    first: Option<usize>,
    last: usize,
}

impl Sink for Witness {
    fn warmup_done(&mut self, _: &Adapted) -> Result<(), SinkError> {
        Ok(())
    }
    fn draw(&mut self, _: &Draw) -> Result<(), SinkError> {
        self.last = ALLOCATIONS.load(Ordering::Relaxed);
        self.first.get_or_insert(self.last);
        Ok(())
    }
    fn finish(&mut self, _: &ChainEnd) -> Result<(), SinkError> {
        Ok(())
    }
}

#[test]
fn transitions_after_warm_up_allocate_nothing() {
    let samplers = [
        Sampler::Nuts(Nuts::default()),
        Sampler::Nuts(Nuts { metric: Metric::Dense, ..Nuts::default() }),
        Sampler::Nuts(Nuts { integrator: Integrator::Walnuts, ..Nuts::default() }),
        Sampler::Ensemble(Ensemble::default()),
        Sampler::Metropolis(Metropolis::default()),
        common::all_moves(),
        common::mixed(),
    ];
    let plain = |sampler| Settings { sampler, chains: 1, warmup: 200, draws: 200, ..Settings::default() };
    let tempered = samplers.clone().map(|sampler| Settings { tempering: Some(Tempering::default()), ..plain(sampler) });
    let tempered = tempered.into_iter().filter(|settings| !matches!(settings.sampler, Sampler::Ensemble(_)));
    for settings in samplers.map(plain).into_iter().chain(tempered) {
        let name = format!("{settings:?}");
        let mut witness = Witness::default();
        let (output, stop) = (Positions { dim: 5 }, AtomicBool::new(false));
        let sinks = vec![&mut witness];
        let target = common::normal(5);
        sample(&target, &output, &settings, &Starts::random(), sinks, &(), &stop).unwrap();
        assert_eq!(witness.last - witness.first.unwrap(), 0, "{name}");
    }
}
