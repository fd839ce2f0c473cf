//! Nanoseconds an element of each kernel on each instruction set of this machine, beside a plain loop over the
//! function on numbers, for 256 elements in the first-level cache.
//!
//! Run with `cargo run --release -p ppl-math --example kernel_speed`, with words to choose kernels by name.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use ppl_math::kernels::{AlignedBuffer, Isa, Kernels, TiledMatrix};

const N: usize = 256;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    print!("{:<28}{:>10}", "ns/element", "loop");
    Isa::available().iter().for_each(|isa| print!("{:>10}", isa.name()));
    println!();
    let wanted = |name: &str| words.is_empty() || words.iter().any(|w| name.contains(w.as_str()));
    maps_of_one(&wanted);
    maps_of_two(&wanted);
    others(&wanted);
}

/// The least time of a call over many samples, by element.
fn nanoseconds<T>(elements: usize, mut call: impl FnMut() -> T) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..40 {
        let start = Instant::now();
        (0..50).for_each(|_| drop(black_box(call())));
        best = best.min(start.elapsed().as_nanos() as f64);
    }
    best / (50 * elements) as f64
}

fn row(name: &str, baseline: f64, kernel: impl Fn(&'static Kernels) -> f64) {
    print!("{name:<28}{baseline:>10.3}");
    Isa::available().into_iter().for_each(|isa| print!("{:>10.3}", kernel(Kernels::for_isa(isa))));
    println!();
}

fn points(lower: f64, upper: f64) -> AlignedBuffer {
    let mut x = AlignedBuffer::zeros(N);
    (0..N).for_each(|i| x[i] = lower + (upper - lower) * ((i * 97) % N) as f64 / N as f64);
    x
}

/// One row of a map of one operand; a macro, so that the plain loop inlines its function.
macro_rules! map1 {
    ($wanted:ident, $name:literal, $kernel:ident, $function:expr, $lower:literal, $upper:literal) => {
        if $wanted($name) {
            let (x, mut out) = (points($lower, $upper), [0.0; N]);
            let function = $function;
            let baseline = nanoseconds(N, || {
                black_box(&x).iter().zip(&mut out).for_each(|(x, y)| *y = function(*x));
                black_box(&mut out);
            });
            row($name, baseline, |table| {
                let mut out = AlignedBuffer::zeros(N);
                nanoseconds(N, || table.$kernel.apply(black_box(&x), &mut out))
            });
        }
    };
}

fn maps_of_one(wanted: &impl Fn(&str) -> bool) {
    use ppl_math::*;
    map1!(wanted, "negate", negate, |x: f64| -x, -3.0, 3.0);
    map1!(wanted, "sqrt", sqrt, f64::sqrt, 0.0, 3.0);
    map1!(wanted, "square", square, |x: f64| x * x, -3.0, 3.0);
    map1!(wanted, "reciprocal", reciprocal, |x: f64| 1.0 / x, 0.1, 3.0);
    map1!(wanted, "exp", exp, f64::exp, -5.0, 5.0);
    map1!(wanted, "expm1", expm1, f64::exp_m1, -5.0, 5.0);
    map1!(wanted, "log", log, f64::ln, 0.1, 9.0);
    map1!(wanted, "log1p", log1p, f64::ln_1p, -0.9, 9.0);
    map1!(wanted, "log1m_exp", log1m_exp, log1m_exp, -5.0, 0.0);
    map1!(wanted, "softplus", softplus, softplus, -5.0, 5.0);
    map1!(wanted, "sigmoid", sigmoid, sigmoid, -5.0, 5.0);
    map1!(wanted, "tanh", tanh, f64::tanh, -5.0, 5.0);
    map1!(wanted, "sin", sin, f64::sin, -5.0, 5.0);
    map1!(wanted, "cos", cos, f64::cos, -5.0, 5.0);
    map1!(wanted, "floor", floor, f64::floor, -5.0, 5.0);
    map1!(wanted, "log_gamma (0–10)", log_gamma, log_gamma, 0.01, 10.0);
    map1!(wanted, "log_gamma (10–50)", log_gamma, log_gamma, 10.0, 50.0);
    map1!(wanted, "digamma (0–10)", digamma, digamma, 0.01, 10.0);
    map1!(wanted, "digamma (10–50)", digamma, digamma, 10.0, 50.0);
    map1!(wanted, "trigamma", trigamma, trigamma, 0.01, 10.0);
    map1!(wanted, "erf", erf, erf, -3.0, 3.0);
    map1!(wanted, "erfc", erfc, erfc, -3.0, 3.0);
    map1!(wanted, "normal_cdf", normal_cdf, normal_cdf, -3.0, 3.0);
    map1!(wanted, "log_normal_cdf", log_normal_cdf, log_normal_cdf, -3.0, 3.0);
    pair_rows(wanted);
}

fn pair_rows(wanted: &impl Fn(&str) -> bool) {
    if wanted("softplus_sigmoid") {
        let x = points(-5.0, 5.0);
        let (mut first, mut second) = (AlignedBuffer::zeros(N), AlignedBuffer::zeros(N));
        let baseline = nanoseconds(N, || {
            for i in 0..N {
                first[i] = ppl_math::softplus(black_box(x[i]));
                second[i] = ppl_math::sigmoid(x[i]);
            }
        });
        row("softplus_sigmoid", baseline, |table| {
            let (mut first, mut second) = (AlignedBuffer::zeros(N), AlignedBuffer::zeros(N));
            nanoseconds(N, || table.softplus_sigmoid.apply(black_box(&x), &mut first, &mut second))
        });
    }
}

/// Two rows of a map of two operands: arrays, then an array and a number.
macro_rules! map2 {
    ($wanted:ident, $kernel:ident, $function:expr) => {
        if $wanted(stringify!($kernel)) {
            let (x, y, mut out) = (points(0.1, 5.0), points(0.2, 4.0), [0.0; N]);
            let function = $function;
            let baseline = nanoseconds(N, || {
                let operands = black_box(&x).iter().zip(y.iter());
                operands.zip(&mut out).for_each(|((x, y), out)| *out = function(*x, *y));
                black_box(&mut out);
            });
            for (name, y) in [(stringify!($kernel), &y[..]), (concat!(stringify!($kernel), ", by a number"), &y[3..4])]
            {
                row(name, baseline, |table| {
                    let mut out = AlignedBuffer::zeros(N);
                    nanoseconds(N, || table.$kernel.apply(black_box(&x), y, &mut out))
                });
            }
        }
    };
}

fn maps_of_two(wanted: &impl Fn(&str) -> bool) {
    map2!(wanted, add, |x: f64, y: f64| x + y);
    map2!(wanted, mul, |x: f64, y: f64| x * y);
    map2!(wanted, div, |x: f64, y: f64| x / y);
    map2!(wanted, max, f64::max);
    map2!(wanted, pow, f64::powf);
    map2!(wanted, x_log_y, ppl_math::x_log_y);
    map2!(wanted, log_add_exp, ppl_math::log_add_exp);
    map2!(wanted, less, |x: f64, y: f64| f64::from(u8::from(x < y)));
}

fn others(wanted: &impl Fn(&str) -> bool) {
    let (x, y) = (points(0.1, 5.0), points(0.2, 4.0));
    if wanted("mul_add") {
        let mut out = AlignedBuffer::zeros(N);
        let baseline = nanoseconds(N, || (0..N).for_each(|i| out[i] = black_box(&x)[i] * y[i] + x[i]));
        row("mul_add", baseline, |table| {
            let mut out = AlignedBuffer::zeros(N);
            nanoseconds(N, || table.mul_add.apply(black_box(&x), &y, &x, &mut out))
        });
    }
    if wanted("sum") {
        let baseline = nanoseconds(N, || black_box(&x).iter().sum::<f64>());
        row("sum", baseline, |table| nanoseconds(N, || table.sum.apply(black_box(&x))));
    }
    if wanted("dot") {
        let loops = || black_box(&x).iter().zip(y.iter()).map(|(x, y)| x * y).sum::<f64>();
        let baseline = nanoseconds(N, loops);
        row("dot", baseline, |table| nanoseconds(N, || table.dot.apply(black_box(&x), &y)));
    }
    if wanted("log_sum_exp") {
        let baseline = nanoseconds(N, || ppl_math::log_sum_exp(black_box(&x)));
        row("log_sum_exp", baseline, |table| nanoseconds(N, || table.log_sum_exp.apply(black_box(&x))));
    }
    if wanted("axpy") {
        let mut out = AlignedBuffer::zeros(N);
        let baseline = nanoseconds(N, || (0..N).for_each(|i| out[i] += 0.1 * black_box(&x)[i]));
        row("axpy", baseline, |table| {
            let mut out = AlignedBuffer::zeros(N);
            nanoseconds(N, || table.axpy.apply(0.1, black_box(&x), &mut out))
        });
    }
    access(wanted);
    matrices(wanted);
    recurrences(wanted);
}

fn access(wanted: &impl Fn(&str) -> bool) {
    let source = points(0.0, 1.0);
    let random: Vec<u32> = (0..N as u32).map(|i| i * 97 % 64).collect();
    let sorted: Vec<u32> = (0..N as u32).map(|i| i / 50).collect();
    if wanted("gather") {
        let mut out = AlignedBuffer::zeros(N);
        let baseline = nanoseconds(N, || (0..N).for_each(|i| out[i] = source[black_box(&random)[i] as usize]));
        row("gather with check", baseline, |table| {
            let mut out = AlignedBuffer::zeros(N);
            nanoseconds(N, || table.gather_checked(&source, black_box(&random), &mut out))
        });
        row("gather with check, sorted", baseline, |table| {
            let mut out = AlignedBuffer::zeros(N);
            nanoseconds(N, || table.gather_checked(&source, black_box(&sorted), &mut out))
        });
    }
    if wanted("scatter") {
        let mut out = AlignedBuffer::zeros(N);
        let baseline = nanoseconds(N, || (0..N).for_each(|i| out[black_box(&sorted)[i] as usize] += source[i]));
        row("scatter with check", baseline, |table| {
            let mut out = AlignedBuffer::zeros(N);
            nanoseconds(N, || table.scatter_add_checked(&source, black_box(&random), &mut out))
        });
        row("scatter with check, sorted", baseline, |table| {
            let mut out = AlignedBuffer::zeros(N);
            nanoseconds(N, || table.scatter_add_checked(&source, black_box(&sorted), &mut out))
        });
    }
}

fn matrices(wanted: &impl Fn(&str) -> bool) {
    if !wanted("matrix") {
        return;
    }
    for columns in [10, 25] {
        let values: Vec<f64> = (0..N * columns).map(|i| (i % 17) as f64 - 8.0).collect();
        let tiled = TiledMatrix::from_row_major(N, columns, &values);
        let (v, r) = (vec![0.1; columns], points(0.0, 1.0));
        let mut out = vec![0.0; N];
        let baseline = nanoseconds(N * columns, || {
            black_box(&mut out);
            for (row, out) in black_box(&values).chunks_exact(columns).zip(&mut out) {
                *out = row.iter().zip(&v).map(|(x, y)| x * y).sum();
            }
        });
        row(&format!("matrix·v, {columns} columns"), baseline, |table| {
            let mut out = AlignedBuffer::zeros(N);
            nanoseconds(N * columns, || tiled.times_vector(table, black_box(&v), &mut out))
        });
        row(&format!("matrixᵀ·r, {columns} columns"), baseline, |table| {
            let mut out = vec![0.0; columns];
            nanoseconds(N * columns, || tiled.add_transposed_times_vector(table, black_box(&r), &mut out))
        });
    }
}

fn recurrences(wanted: &impl Fn(&str) -> bool) {
    if !wanted("recurrence") {
        return;
    }
    let (b, mut out) = (points(-1.0, 1.0), AlignedBuffer::zeros(N));
    let baseline = nanoseconds(N, || {
        let mut x = 0.0;
        for (out, b) in out.iter_mut().zip(black_box(&b).iter()) {
            x = 0.97 * x + b;
            *out = x;
        }
        black_box(&mut out);
    });
    row("recurrence, one phi", baseline, |table| {
        let mut out = AlignedBuffer::zeros(N);
        nanoseconds(N, || table.recurrence.apply(0.0, &[0.97], black_box(&b), &mut out))
    });
    row("recurrence, many phi", baseline, |table| {
        let mut out = AlignedBuffer::zeros(N);
        nanoseconds(N, || table.recurrence.apply(0.0, &b, black_box(&b), &mut out))
    });
    row("recurrence_reverse", baseline, |table| {
        let mut out = AlignedBuffer::zeros(N);
        nanoseconds(N, || table.recurrence_reverse.apply(0.0, &[0.97], black_box(&b), &mut out))
    });
}
