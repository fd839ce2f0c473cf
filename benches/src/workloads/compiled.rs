//! A workload's density on any machine.

use ppl::{Data, LogDensity, Machine, Model, Program};

use super::Workload;

/// A workload compiled with its data.
pub struct Compiled {
    program: Option<Program>,
}

impl Compiled {
    pub(super) fn new(workload: &Workload) -> Self {
        let model = Model::parse(format!("{}.model", workload.name), workload.model);
        let data = Data::new().json(format!("{}.json", workload.name), workload.json());
        let program = model.bind(&data).unwrap_or_else(|report| panic!("{}: {report}", workload.name));
        Compiled { program: Some(program) }
    }

    /// The density, evaluated by a machine.
    pub fn on(&mut self, machine: Machine) -> Box<dyn LogDensity> {
        let program = self.program.take().expect("a program between calls").on(machine);
        let density = Box::new(program.density());
        self.program = Some(program);
        density
    }
}
