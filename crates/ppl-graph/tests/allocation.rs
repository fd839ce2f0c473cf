//! A compiled density allocates nothing once it is made, and making it takes little more room than its data.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use ppl_density::LogDensity;
use ppl_graph::passes::Condense;
use ppl_graph::{Body, Graph, GraphDensity, PlanDensity, Reduction, Tensor, Unary};
use ppl_math::kernels::Kernels;

struct Counting;

thread_local! {
    /// Those of one thread: others are about their start when this one counts.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// Bytes that are held, and the most there were at a time.
    static HELD: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is passed on to the system's allocator.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        HELD.set(HELD.get() + layout.size());
        MOST.set(MOST.get().max(HELD.get()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.set(HELD.get().saturating_sub(layout.size()));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The states of x ← sin(x·y) + e, y ← cos x, and those of a linear recurrence.
fn loops(g: &mut Graph, each: ppl_graph::NodeId) -> [ppl_graph::NodeId; 2] {
    let mut turn = Graph::new();
    let [x, y, e] = [0, 1, 2].map(|k| turn.input(k, []));
    let product = turn.mul(x, y);
    let (sine, cosine) = (turn.unary(Unary::Sin, product), turn.unary(Unary::Cos, x));
    let next = turn.add(sine, e);
    let start = g.constant(0.3);
    let turns = g.shape(each).size();
    let states = g.scan(Body::new(&turn, &[next, cosine]), [&[start, start], &[each], &[]], turns, false);
    [states, g.linear_recurrence(start, each, start, true)]
}

/// A matrix product, loops, a gather, a factorisation, a sort and sums of exponentials.
fn density() -> PlanDensity {
    let mut g = Graph::new();
    let x = g.input(0, [12]);
    let design = g.data(Tensor::new([300, 12], (0..3600).map(|k| (k as f64).sin()).collect::<Vec<f64>>()));
    let mean = g.matmul(design, x);
    let cost = g.softplus(mean);
    let far = g.gather(x, (0..400).map(|k| k % 12).collect::<Vec<u32>>(), [400]);
    let curve = g.log_gamma(cost);
    let column = g.reshape(x, [4, 3]);
    let row = g.transpose(column, &[1, 0]);
    let gram = g.matmul(row, column);
    let identity = g.data(Tensor::new([3, 3], vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]));
    let positive = g.add(gram, identity);
    let factor = g.cholesky(positive);
    let sorted = g.sort(x);
    let running = g.cumulative_sum(sorted, false);
    let inverse = g.inverse(positive);
    let [states, line] = loops(&mut g, sorted);
    let pieces = [states, line, cost, far, curve, factor, running, inverse].map(|id| g.sum(id));
    let each = g.reduce_last(Reduction::LogSumExp, column);
    let each = g.sum(each);
    let value = pieces.into_iter().fold(each, |sum, piece| g.add(sum, piece));
    PlanDensity::differentiate(&g, value, 12, &[], Kernels::detect())
}

#[test]
fn values_and_gradients_allocate_nothing() {
    let mut density = density();
    let mut clone = density.clone();
    let position: Vec<f64> = (0..12).map(|k| (k as f64 * 0.3).cos()).collect();
    let mut gradient = vec![0.0; 12];
    let before = ALLOCATIONS.get();
    for density in [&mut density, &mut clone] {
        density.log_density(&position).unwrap();
        density.log_density_and_gradient(&position, &mut gradient).unwrap();
    }
    assert_eq!(ALLOCATIONS.get(), before);
}

#[test]
fn shared_passes_allocate_nothing_once_the_threads_are_there() {
    let mut g = Graph::new();
    let x = g.input(0, [1]);
    let far = g.gather(x, vec![0; 50_000], [50_000]);
    let data = g.data(Tensor::new([50_000], (0..50_000).map(f64::from).collect::<Vec<f64>>()));
    let shifted = g.add(far, data);
    let curve = g.log_gamma(shifted);
    let value = g.sum(curve);
    let mut density = PlanDensity::differentiate(&g, value, 1, &[], Kernels::detect()).with_threads(2);
    assert!(density.plan_text().contains("parts"));
    let mut gradient = [0.0];
    density.log_density_and_gradient(&[2.5], &mut gradient).unwrap();
    let before = ALLOCATIONS.get();
    for _ in 0..20 {
        density.log_density_and_gradient(&[2.5], &mut gradient).unwrap();
    }
    assert_eq!(ALLOCATIONS.get(), before);
}

/// A linear regression of 20,000 rows and 10 columns.
fn regression() -> (Graph, ppl_graph::NodeId) {
    let (rows, columns) = (20_000, 10);
    let mut g = Graph::new();
    let x: Vec<f64> = (0..rows * columns).map(|k| (k as f64 * 0.7).sin()).collect();
    let y: Vec<f64> = (0..rows).map(|k| (k as f64 * 0.3).cos()).collect();
    let (x, y) = (g.data(Tensor::new([rows, columns], x)), g.data(Tensor::new([rows], y)));
    let slopes = g.input(0, [columns]);
    let mean = g.matmul(x, slopes);
    let residual = g.sub(y, mean);
    let squares = g.square(residual);
    let total = g.sum(squares);
    let value = g.scaled(-0.5, total);
    (g, value)
}

#[test]
fn making_a_density_takes_little_more_room_than_its_data() {
    let data = 20_000 * 11 * size_of::<f64>();
    for condense in [Condense::none(), Condense::default()] {
        let (graph, value) = regression();
        let before = HELD.get();
        MOST.set(before);
        let density = PlanDensity::of(GraphDensity::differentiate(&graph, value, 10, &[]), Kernels::detect(), condense);
        let most = MOST.get() - before;
        assert!(2 * most <= 3 * data, "{most} bytes beside {data} of data");
        drop(density);
    }
}
