//! The beta-binomial distribution.

use ppl_graph::{Graph, NodeId};
use rand::Rng;

use super::binomial::{SUPPORT, is_part};
use crate::Domain::{Count, Positive, Unit};
use crate::expressions::Expressions;
use crate::sampling::{binomial, sample};
use crate::{Alternate, Family, Parameter, Support};

/// `beta_binomial(trials, alpha, beta)`.
pub struct BetaBinomial;

impl Family for BetaBinomial {
    fn name(&self) -> &'static str {
        "beta_binomial"
    }

    fn doc(&self) -> &'static str {
        "C(trials, x) B(x + alpha, trials − x + beta) / B(alpha, beta): binomial with p ~ beta(alpha, beta); \
         Johnson, Kemp and Kotz (2005), section 6.2"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Count.named("trials"), Positive.named("alpha"), Positive.named("beta")] }
    }

    fn alternates(&self) -> &'static [Alternate] {
        const {
            &[Alternate {
                parameters: &[Count.named("trials"), Unit.named("mean"), Positive.named("size")],
                convert: from_size,
            }]
        }
    }

    fn support(&self) -> Support {
        SUPPORT
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let [trials, alpha, beta] = [0, 1, 2].map(|k| arguments[k]);
        let (whole, positive) = (graph.whole(trials), graph.all_positive(&[alpha, beta]));
        let valid = graph.both(whole, positive);
        let failures = graph.sub(trials, x);
        let (yes, no) = (graph.add(x, alpha), graph.add(failures, beta));
        let after = graph.log_beta(yes, no);
        let before = graph.log_beta(alpha, beta);
        let before = graph.valid_or_nan(valid, before);
        let kernel = graph.sub(after, before);
        let ways = graph.log_choose(trials, x);
        let density = graph.add(ways, kernel);
        let inside = is_part(graph, x, trials);
        graph.on_support(inside, valid, density)
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let p = sample(rand_distr::Beta::new(arguments[1][0], arguments[2][0]), rng);
        out[0] = binomial(arguments[0][0], p, rng);
    }
}

fn from_size(graph: &mut Graph, arguments: &[NodeId]) -> Vec<NodeId> {
    let shapes = super::beta::from_size(graph, &arguments[1..]);
    [&arguments[..1], &shapes].concat()
}
