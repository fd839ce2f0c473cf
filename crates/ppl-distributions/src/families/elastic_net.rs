//! The elastic net prior, normalised.

use std::f64::consts::{LN_2, PI};

use ppl_graph::{Graph, NodeId};
use ppl_math::erfc_scaled;
use rand::Rng;

use crate::Domain::Real;
use crate::expressions::Expressions;
use crate::sampling::{normal, uniform};
use crate::{Family, Parameter, Support, Tails};

/// From this ratio l1 / √(2 l2) on the continued fraction is used.
const FAR: f64 = 8.0;
/// Levels of the continued fraction: at [`FAR`] more do not change the last bit.
const LEVELS: usize = 12;

/// `elastic_net(l1, l2)`: between `laplace(0, 1 / l1)` and a normal of variance 1 / (2 l2).
pub struct ElasticNet;

impl Family for ElasticNet {
    fn name(&self) -> &'static str {
        "elastic_net"
    }

    fn doc(&self) -> &'static str {
        "exp(−l1 |x| − l2 x²) / Z with Z = √(π / l2) exp(l1² / (4 l2)) erfc(l1 / (2 √l2)), for l1, l2 ≥ 0, not both 0; \
         Zou and Hastie (2005), section 2"
    }

    fn parameters(&self) -> &'static [Parameter] {
        // Either may be 0, which `Positive` would refuse.
        const { &[Real.named("l1"), Real.named("l2")] }
    }

    fn support(&self) -> Support {
        Support::REAL
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let (l1, l2) = (arguments[0], arguments[1]);
        let distance = graph.abs(x);
        let cost = penalty(graph, distance, l1, l2);
        let half = log_half(graph, l1, l2);
        let normaliser = graph.plus(half, LN_2);
        let minus = graph.neg(cost);
        graph.sub(minus, normaliser)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_cdf(graph, x, arguments)?;
        Some(graph.exp(log))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let minus = graph.neg(x);
        self.log_ccdf(graph, minus, arguments)
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let (l1, l2) = (arguments[0], arguments[1]);
        let distance = graph.abs(x);
        let cost = penalty(graph, distance, l1, l2);
        // Beyond |x| the density has the same form with l1 + 2 l2 |x| for l1.
        let slope = graph.mul(l2, distance);
        let slope = graph.times(slope, 2.0);
        let slope = graph.add(l1, slope);
        let (beyond, half) = (log_half(graph, slope, l2), log_half(graph, l1, l2));
        let ratio = graph.sub(beyond, half);
        let ratio = graph.sub(ratio, cost);
        let tail = graph.plus(ratio, -LN_2);
        let bulk = graph.log1m_exp(tail);
        let above = graph.at_least(x, 0.0);
        Some(graph.select(above, tail, bulk))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let (l1, l2, distance) = (arguments[0], arguments[1], x.abs());
        let cost = (l1 + l2 * distance) * distance;
        let tail = if distance.is_infinite() {
            0.0 * half(l1, l2)
        } else {
            0.5 * (-cost).exp() * half(l1 + 2.0 * l2 * distance, l2) / half(l1, l2)
        };
        let upper = Tails { below: 1.0 - tail, above: tail };
        Some(if x < 0.0 { upper.swapped() } else { upper })
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let (l1, l2) = (arguments[0][0], arguments[1][0]);
        let size = if half(l1, l2).is_nan() { f64::NAN } else { draw_size(l1, l2, rng) };
        out[0] = if uniform(rng) < 0.5 { -size } else { size };
    }
}

/// l1 d + l2 d².
fn penalty(graph: &mut Graph, distance: NodeId, l1: NodeId, l2: NodeId) -> NodeId {
    let linear = graph.mul(l1, distance);
    let square = graph.square(distance);
    let quadratic = graph.mul(l2, square);
    graph.add(linear, quadratic)
}

/// ln ∫₀^∞ exp(−l1 b − l2 b²) db, which is the log of Mills' ratio R(t) / √(2 l2) at t = l1 / √(2 l2).
///
/// Where t is large, R(t) = M(1/t²) / t with Laplace's continued fraction M (DLMF 7.9.2), so that l2 = 0 is its limit;
/// elsewhere R(t) = √(2π) exp(t²/2) Φ(−t), so that l1 = 0 is.
fn log_half(graph: &mut Graph, l1: NodeId, l2: NodeId) -> NodeId {
    let (valid, far, ratio) = {
        let (a, b) = (graph.at_least(l1, 0.0), graph.at_least(l2, 0.0));
        let signs = graph.both(a, b);
        let total = graph.add(l1, l2);
        let some = graph.positive(total);
        let double = graph.times(l2, 2.0);
        let square = graph.square(l1);
        let least = graph.times(double, FAR * FAR);
        (graph.both(signs, some), graph.le(least, square), double)
    };
    let (large, small) = (log_half_far(graph, l1, ratio), log_half_near(graph, l1, ratio));
    let log = graph.select(far, large, small);
    graph.valid_or_nan(valid, log)
}

/// For large t: −ln l1 + ln M(q), with q = 2 l2 / l1² and M(q) = 1 / (1 + q / (1 + 2q / (1 + 3q / …))).
fn log_half_far(graph: &mut Graph, l1: NodeId, twice_l2: NodeId) -> NodeId {
    let square = graph.square(l1);
    let q = graph.div(twice_l2, square);
    let one = graph.constant(1.0);
    let fraction = (1..=LEVELS).rev().fold(one, |below, level| {
        let above = graph.times(q, level as f64);
        let part = graph.div(above, below);
        graph.plus(part, 1.0)
    });
    let product = graph.mul(l1, fraction);
    let log = graph.log(product);
    graph.neg(log)
}

/// For small t: ½ ln(2π / (2 l2)) + t²/2 + ln Φ(−t).
fn log_half_near(graph: &mut Graph, l1: NodeId, twice_l2: NodeId) -> NodeId {
    let root = graph.sqrt(twice_l2);
    let t = graph.div(l1, root);
    let square = graph.square(t);
    let growth = graph.times(square, 0.5);
    let minus = graph.neg(t);
    let tail = graph.log_normal_cdf(minus);
    let mills = graph.add(growth, tail);
    let mills = graph.plus(mills, 0.5 * (2.0 * PI).ln());
    let log_root = graph.log(root);
    graph.sub(mills, log_root)
}

/// ∫₀^∞ exp(−l1 b − l2 b²) db as a number; NaN outside the domain.
fn half(l1: f64, l2: f64) -> f64 {
    if !(l1 >= 0.0 && l2 >= 0.0 && l1 + l2 > 0.0) {
        return f64::NAN;
    }
    if l2 == 0.0 {
        return 1.0 / l1;
    }
    let root = l2.sqrt();
    0.5 * PI.sqrt() / root * erfc_scaled(0.5 * l1 / root)
}

/// |x| by rejection from the half with the heavier pull: accepted more than half of the time.
fn draw_size(l1: f64, l2: f64, rng: &mut dyn Rng) -> f64 {
    let spread = (2.0 * l2).sqrt();
    loop {
        let (size, cost) = if l1 >= spread {
            let size = -uniform(rng).ln() / l1;
            (size, l2 * size * size)
        } else {
            let size = normal(rng).abs() / spread;
            (size, l1 * size)
        };
        if uniform(rng) <= (-cost).exp() {
            return size;
        }
    }
}
