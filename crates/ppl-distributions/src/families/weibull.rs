//! The Weibull distribution.

use ppl_graph::{Graph, NodeId};
use rand::Rng;

use crate::Domain::Positive;
use crate::expressions::Expressions;
use crate::sampling::{positive, probability, uniform};
use crate::{Family, Parameter, Support, Tails};

/// `weibull(shape, scale)`.
pub struct Weibull;

impl Family for Weibull {
    fn name(&self) -> &'static str {
        "weibull"
    }

    fn doc(&self) -> &'static str {
        "(shape / scale) (x / scale)^(shape − 1) exp(−(x / scale)^shape) for x ≥ 0; \
         Johnson, Kotz and Balakrishnan (1994), chapter 21"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("shape"), Positive.named("scale")] }
    }

    fn support(&self) -> Support {
        Support::POSITIVE
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let (shape, scale) = (arguments[0], arguments[1]);
        let (log_shape, log_scale) = (graph.log(shape), graph.log(scale));
        let constant = graph.sub(log_shape, log_scale);
        let ratio = graph.div(x, scale);
        let less = graph.plus(shape, -1.0);
        let rise = graph.x_log_y(less, ratio);
        let hazard = graph.pow(ratio, shape);
        let kernel = graph.sub(rise, hazard);
        let density = graph.add(constant, kernel);
        let (inside, valid) = (graph.at_least(x, 0.0), graph.all_positive(arguments));
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_ccdf(graph, x, arguments)?;
        let minus = graph.expm1(log);
        Some(graph.neg(minus))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_ccdf(graph, x, arguments)?;
        Some(graph.log1m_exp(log))
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let valid = graph.all_positive(arguments);
        let ratio = graph.div(x, arguments[1]);
        let hazard = graph.pow(ratio, arguments[0]);
        let inside = graph.positive(x);
        let zero = graph.constant(0.0);
        let hazard = graph.select(inside, hazard, zero);
        let hazard = graph.valid_or_nan(valid, hazard);
        Some(graph.neg(hazard))
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        let ratio = x.max(0.0) / positive(arguments[1]);
        let hazard = ratio.powf(positive(arguments[0]));
        Some(Tails { below: -(-hazard).exp_m1(), above: (-hazard).exp() })
    }

    fn quantile(&self, p: f64, arguments: &[f64]) -> Option<f64> {
        let hazard = -(-probability(p)).ln_1p();
        Some(positive(arguments[1]) * hazard.powf(positive(arguments[0]).recip()))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let hazard = -uniform(rng).ln();
        out[0] = positive(arguments[1][0]) * hazard.powf(positive(arguments[0][0]).recip());
    }
}
