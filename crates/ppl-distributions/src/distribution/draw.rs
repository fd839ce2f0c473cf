//! Draws from distributions.

use ppl_graph::NodeId;
use rand::Rng;

use super::{Distribution, zero_sum};
use crate::sampling::{normal, positive, uniform};
use crate::search::smallest;
use crate::{Family, Tails, Values};

/// How often a draw by rejection is tried.
const TRIES: usize = 10_000;

impl Distribution {
    /// One draw: a number into `out[0]`, or a vector into all of `out`.
    ///
    /// `argument` gives the value of a node for this draw: one number where the node is a scalar (or `[batch…]`), K
    /// where it varies along the event, K·K for a matrix. NaN where arguments are outside their domain, where a
    /// truncation leaves no representable mass, or where rejection does not succeed in ten thousand tries.
    pub fn draw<'v>(&self, rng: &mut dyn Rng, argument: &dyn Fn(NodeId) -> &'v [f64], out: &mut [f64]) {
        match self {
            Distribution::Family { family, arguments } => {
                let values: Vec<&[f64]> = arguments.iter().map(|&a| argument(a)).collect();
                family.draw(rng, &values, out);
            }
            Distribution::Truncated { .. } => out[0] = self.draw_between(rng, argument),
            Distribution::Ordered(base) => draw_ordered(base, rng, argument, out),
            Distribution::ZeroSum(base) => draw_zero_sum(base, rng, argument, out),
        }
    }

    fn draw_between<'v>(&self, rng: &mut dyn Rng, argument: &dyn Fn(NodeId) -> &'v [f64]) -> f64 {
        let family = self.family();
        let (nodes, (lower, upper)) = self.bounds(argument);
        let values: Vec<&[f64]> = nodes.iter().map(|&a| argument(a)).collect();
        let scalars: Vec<f64> = values.iter().map(|v| v[0]).collect();
        match family.tails(lower, &scalars) {
            Some(_) => by_inversion(family, &scalars, lower, upper, rng),
            None => by_rejection(family, &values, lower, upper, rng),
        }
    }

    /// The family's arguments and the intersection of all truncations.
    fn bounds<'v>(&self, argument: &dyn Fn(NodeId) -> &'v [f64]) -> (&[NodeId], (f64, f64)) {
        match self {
            Distribution::Family { arguments, .. } => (arguments, (f64::NEG_INFINITY, f64::INFINITY)),
            Distribution::Truncated { base, lower, upper } => {
                let (arguments, (low, high)) = base.bounds(argument);
                let lower = lower.map_or(low, |node| low.max(argument(node)[0]));
                let upper = upper.map_or(high, |node| high.min(argument(node)[0]));
                (arguments, (lower, upper))
            }
            Distribution::Ordered(base) | Distribution::ZeroSum(base) => base.bounds(argument),
        }
    }
}

/// Inverts the distribution function in the tail where it is accurate.
fn by_inversion(family: &dyn Family, arguments: &[f64], lower: f64, upper: f64, rng: &mut dyn Rng) -> f64 {
    let nothing = Tails { below: f64::NAN, above: f64::NAN };
    let tails = |x: f64| family.tails(x, arguments).unwrap_or(nothing);
    let whole = family.support().values != Values::Real;
    let low = tails(if whole { lower.ceil() - 1.0 } else { lower });
    let high = tails(upper);
    let share = uniform(rng);
    if low.below < 0.5 {
        let p = low.below + share * positive(high.below - low.below);
        let x = family.quantile(p, arguments).unwrap_or(f64::NAN);
        return if x.is_nan() { x } else { x.max(lower).min(upper) };
    }
    let q = high.above + share * positive(low.above - high.above);
    if q.is_nan() { q } else { smallest(lower, upper, |x| tails(x).above <= q) }
}

fn by_rejection(family: &dyn Family, arguments: &[&[f64]], lower: f64, upper: f64, rng: &mut dyn Rng) -> f64 {
    for _ in 0..TRIES {
        let mut x = [0.0];
        family.draw(rng, arguments, &mut x);
        if x[0].is_nan() || (lower..=upper).contains(&x[0]) {
            return x[0];
        }
    }
    f64::NAN
}

/// Sorted draws of one distribution; draws of several are repeated until they increase.
fn draw_ordered<'v>(base: &Distribution, rng: &mut dyn Rng, argument: &dyn Fn(NodeId) -> &'v [f64], out: &mut [f64]) {
    let shared = base.arguments().iter().all(|&a| argument(a).len() == 1);
    for _ in 0..TRIES {
        draw_elements(base, rng, argument, out);
        if shared {
            out.sort_by(f64::total_cmp);
        }
        if out.is_sorted() || out.iter().any(|x| x.is_nan()) {
            return;
        }
    }
    out.fill(f64::NAN);
}

fn draw_elements<'v>(base: &Distribution, rng: &mut dyn Rng, argument: &dyn Fn(NodeId) -> &'v [f64], out: &mut [f64]) {
    for (k, slot) in out.chunks_mut(1).enumerate() {
        let element = |node: NodeId| {
            let values = argument(node);
            if values.len() > 1 { &values[k..=k] } else { values }
        };
        base.draw(rng, &element, slot);
    }
}

/// Independent normals projected onto the plane in which the sum is 0.
fn draw_zero_sum<'v>(base: &Distribution, rng: &mut dyn Rng, argument: &dyn Fn(NodeId) -> &'v [f64], out: &mut [f64]) {
    let Ok((mu, sigma)) = zero_sum::location_and_scale(base) else {
        return out.fill(f64::NAN);
    };
    let (mu, sigma) = (argument(mu), positive(argument(sigma)[0]));
    for (k, slot) in out.iter_mut().enumerate() {
        *slot = mu[k.min(mu.len() - 1)] + sigma * normal(rng);
    }
    let mean = out.iter().sum::<f64>() / out.len() as f64;
    out.iter_mut().for_each(|x| *x -= mean);
}
