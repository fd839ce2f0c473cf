//! A workload's density on any machine.

use ppl::{Condense, Data, Machine, Model, Program};
use ppl_graph::{GraphDensity, PlanDensity};
use ppl_math::kernels::Kernels;

use super::{Source, Workload};
use crate::Density;

/// A workload compiled with its data.
pub struct Compiled(Kind);

enum Kind {
    Program(Box<Option<Program>>),
    Graph(Box<GraphDensity>),
}

impl Compiled {
    pub(super) fn new(workload: &Workload) -> Self {
        Compiled(match &workload.source {
            Source::Program(text) => Kind::Program(Box::new(Some(bind(workload, text)))),
            Source::Graph(built) => {
                let dim = workload.position.len();
                Kind::Graph(Box::new(GraphDensity::differentiate(&built.graph, built.value, dim, &[])))
            }
        })
    }

    /// The density, evaluated by a machine with such reductions of the data.
    pub fn on(&mut self, machine: Machine, condense: Condense) -> Density {
        match (&mut self.0, machine) {
            (Kind::Program(program), machine) => {
                let bound = program.take().expect("a program between calls");
                let bound = bound.on(Machine::Interpreter).condensed(condense).on(machine);
                Density::new(program.insert(bound).density())
            }
            (Kind::Graph(graph), Machine::Interpreter) => Density::new((**graph).clone()),
            (Kind::Graph(graph), Machine::Plan(isa)) => {
                Density::new(PlanDensity::of((**graph).clone(), Kernels::for_isa(isa), condense))
            }
        }
    }
}

fn bind(workload: &Workload, text: &str) -> Program {
    let model = Model::parse(format!("{}.model", workload.name), text);
    let data = Data::new().json(format!("{}.json", workload.name), workload.json());
    let bound = model.bind_on(Machine::Interpreter, Condense::none(), &data, &mut |_| {});
    bound.unwrap_or_else(|report| panic!("{}: {report}", workload.name))
}
