//! The absolute value of a centred Student t number.

use std::f64::consts::LN_2;

use ppl_graph::{Graph, NodeId};
use rand::Rng;
use rand_distr::StudentT;

use super::half_normal::folded_score;
use super::student_t::{log_density, log_two_sided, two_sided};
use crate::Domain::Positive;
use crate::expressions::Expressions;
use crate::sampling::{positive, sample};
use crate::{Family, Parameter, Support, Tails};

/// `half_student_t(nu, sigma)`.
pub struct HalfStudentT;

impl Family for HalfStudentT {
    fn name(&self) -> &'static str {
        "half_student_t"
    }

    fn doc(&self) -> &'static str {
        "twice the density of student_t(nu, 0, sigma), for x ≥ 0; Gelman (2006), section 3"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[Positive.named("nu"), Positive.named("sigma")] }
    }

    fn support(&self) -> Support {
        Support::POSITIVE
    }

    fn log_density(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> NodeId {
        let z = graph.div(x, arguments[1]);
        let whole = log_density(graph, z, arguments[0], arguments[1]);
        let density = graph.plus(whole, LN_2);
        let (inside, valid) = (graph.at_least(x, 0.0), graph.all_positive(arguments));
        graph.on_support(inside, valid, density)
    }

    fn cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let log = self.log_cdf(graph, x, arguments)?;
        Some(graph.exp(log))
    }

    fn log_cdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = folded_score(graph, x, arguments[1]);
        Some(log_two_sided(graph, z, arguments[0]).0)
    }

    fn log_ccdf(&self, graph: &mut Graph, x: NodeId, arguments: &[NodeId]) -> Option<NodeId> {
        let z = folded_score(graph, x, arguments[1]);
        Some(log_two_sided(graph, z, arguments[0]).1)
    }

    fn tails(&self, x: f64, arguments: &[f64]) -> Option<Tails> {
        Some(two_sided(x.max(0.0) / positive(arguments[1]), arguments[0]))
    }

    fn draw(&self, rng: &mut dyn Rng, arguments: &[&[f64]], out: &mut [f64]) {
        let standard = sample(StudentT::new(arguments[0][0]), rng);
        out[0] = positive(arguments[1][0]) * standard.abs();
    }
}
