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

/// Standard normals, of which the first two take whole numbers.
#[derive(Clone)]
struct Mixed(common::Target);

impl LogDensity for Mixed {
    fn dim(&self) -> usize {
        self.0.dim
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        self.0.log_density(q)
    }
    fn log_density_and_gradient(&mut self, q: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        self.0.log_density_and_gradient(q, gradient)
    }
    fn integers(&self) -> Vec<Integer> {
        let integer = |coordinate, high| Integer { coordinate, low: -3.0, high };
        vec![integer(0, 3.0), integer(1, f64::INFINITY)]
    }
}

/// The allocations from the first draw to the last.
fn allocations(target: &(impl LogDensity + Clone + Send), settings: &Settings) -> usize {
    let mut witness = Witness::default();
    let (output, stop) = (Positions { dim: target.dim() }, AtomicBool::new(false));
    sample(target, &output, settings, &Starts::random(), vec![&mut witness], &(), &stop).unwrap();
    witness.last - witness.first.unwrap()
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
        assert_eq!(allocations(&common::normal(5), &settings), 0, "{settings:?}");
        if settings.tempering.is_none() && !matches!(settings.sampler, Sampler::Ensemble(_)) {
            assert_eq!(allocations(&Mixed(common::normal(5)), &settings), 0, "whole numbers, {settings:?}");
        }
    }
}
