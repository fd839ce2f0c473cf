//! A bound program to a graph, statement by statement.
//!
//! Every expression becomes a [`Value`]: a node whose axes are known. Loops need nothing more: a loop variable is an
//! axis, a static `if` restricts it to some of its turns, and indexing by what is known is a gather. The same walk
//! makes two graphs: over unconstrained coordinates for the sampler, and over natural values for everything else.

mod along;
mod axes;
mod choice;
mod define;
mod dist;
mod expr;
mod index;
mod latent;
mod matrix;
mod outcome;
mod reduce;
mod statics;

use std::collections::{HashMap, HashSet};

use ppl_diagnostic::{Diagnostic, Span};
use ppl_graph::{Graph, NodeId, Origin};

use crate::bound::Bound;
use crate::hir::{Axis, GuardId, Hir, Role, Statement, StatementKind, VarId};
pub(crate) use axes::MOST_ELEMENTS;
use axes::{AxisId, AxisInfo, Env};
use define::{Owners, Part};
pub(crate) use dist::{LoweredDist, Slicing};
pub(crate) use latent::LatentBlock;
pub(crate) use statics::{data_read_by, dims_read_by, evaluate_default, evaluate_static, used_dims};

/// A mistake in the program that only its data show.
pub(crate) type Lowered<T> = Result<T, Box<Diagnostic>>;

/// An array in the graph.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    /// The node; its shape has one extent an axis.
    pub node: NodeId,
    /// What it varies over, outermost first.
    pub axes: Vec<AxisId>,
}

/// What the inputs of the graph are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coordinates {
    /// Unconstrained coordinates of the sampled unknowns.
    Unconstrained,
    /// All unknowns as they are named, simulated ones included.
    Natural,
}

/// One summand of the log density.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    /// The variable of the statement.
    pub var: VarId,
    /// The statement, as an index into the program.
    pub statement: usize,
    /// The summands, one an element or an event.
    pub node: NodeId,
    /// Flat positions of the elements in the variable, where there is one summand an element.
    pub positions: Vec<u32>,
}

/// A graph with what is known of it.
pub(crate) struct Lowering<'a> {
    pub bound: &'a Bound,
    pub hir: &'a Hir,
    pub graph: Graph,
    pub coordinates: Coordinates,
    /// How many inputs the graph has.
    pub inputs: usize,
    pub terms: Vec<Term>,
    pub latents: Vec<LatentBlock>,
    /// Log-Jacobians of the constraining transforms, scalars.
    pub jacobians: Vec<NodeId>,
    pub errors: Vec<Diagnostic>,
    axes: Vec<AxisInfo>,
    known_axes: HashMap<Axis, AxisId>,
    parts: HashMap<VarId, Vec<Part>>,
    whole: HashMap<VarId, Value>,
    /// Which elements of a variable are undefined so far, for those that have been asked about.
    gaps: HashMap<VarId, Option<Value>>,
    owners: HashMap<VarId, Owners>,
    /// Variables of which a statement could not be lowered.
    failed: HashSet<VarId>,
    envs: HashMap<Option<GuardId>, Env>,
    /// Values of nodes that were asked for and depend on data only.
    constants: HashMap<NodeId, ppl_graph::Tensor>,
    /// For each node, whether it depends on an unknown.
    varying: Vec<bool>,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(bound: &'a Bound, coordinates: Coordinates) -> Self {
        Lowering {
            bound,
            hir: &bound.hir,
            graph: Graph::new(),
            coordinates,
            inputs: 0,
            terms: Vec::new(),
            latents: Vec::new(),
            jacobians: Vec::new(),
            errors: Vec::new(),
            axes: Vec::new(),
            known_axes: HashMap::new(),
            parts: HashMap::new(),
            whole: HashMap::new(),
            gaps: HashMap::new(),
            owners: HashMap::new(),
            failed: HashSet::new(),
            envs: HashMap::new(),
            constants: HashMap::new(),
            varying: Vec::new(),
        }
    }

    /// Lowers the statements that define variables in `needed`, in the order of the text.
    pub(crate) fn run(&mut self, needed: &dyn Fn(VarId) -> bool) {
        let hir = self.hir;
        for (index, statement) in hir.statements.iter().enumerate() {
            self.graph.set_origin(Origin(index as u32 + 1));
            let var = defined_by(statement);
            let wanted = match (&statement.kind, var) {
                (StatementKind::Require { .. }, _) => self.coordinates == Coordinates::Natural,
                (StatementKind::Factor { .. }, _) => true,
                (StatementKind::Sample { .. }, Some(v)) if hir.vars[v.0].role == Role::Outcome => true,
                (_, Some(v)) => needed(v),
                (_, None) => true,
            };
            let blocked = crate::influence::reads(hir, statement).iter().any(|v| self.failed.contains(v));
            if !wanted || blocked {
                self.failed.extend(var.filter(|_| blocked));
                continue;
            }
            if let Err(error) = self.statement(index, statement) {
                self.errors.push(*error);
                self.failed.extend(var);
            }
        }
    }

    fn statement(&mut self, index: usize, statement: &Statement) -> Lowered<()> {
        let env = self.env(statement.guard)?;
        if !env.active {
            return Ok(());
        }
        match &statement.kind {
            StatementKind::Data(var) => {
                let tensor = self.bound.data[var].clone();
                let node = self.graph.data(tensor);
                let axes = self.hir.vars[var.0].ty.axes.iter().map(|&a| self.axis(a)).collect::<Lowered<_>>()?;
                self.whole.insert(*var, Value { node, axes });
                Ok(())
            }
            StatementKind::Define { var, target, value } => self.define(*var, target, value, &env, statement.span),
            StatementKind::Factor { var, target, value } => {
                let (node, positions) = self.defined_elements(*var, target, value, &env)?;
                self.terms.push(Term { var: *var, statement: index, node, positions });
                Ok(())
            }
            StatementKind::Require { condition, message } => self.require(condition, message.as_deref(), &env),
            StatementKind::Sample { var, target, distribution, hints } => {
                if self.hir.vars[var.0].role == Role::Outcome {
                    self.outcome(index, *var, target, distribution, &env)
                } else {
                    self.latent(index, *var, target, distribution, hints, &env, statement.span)
                }
            }
        }
    }

    fn require(&mut self, condition: &crate::hir::Expr, message: Option<&str>, env: &Env) -> Lowered<()> {
        let value = self.expr(condition, env)?;
        let Some(truth) = self.constant(value.node) else { return Ok(()) };
        if truth.values.iter().all(|&t| t != 0.0) {
            return Ok(());
        }
        let text = message.unwrap_or("a requirement does not hold");
        Err(Box::new(Diagnostic::error("E0531", text).at(condition.span, "false for these data")))
    }

    /// An error with a place.
    pub(crate) fn fail<T>(
        &self,
        code: &'static str,
        text: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) -> Lowered<T> {
        Err(Box::new(Diagnostic::error(code, text).at(span, label)))
    }
}

/// The variable that a statement defines or weighs.
fn defined_by(statement: &Statement) -> Option<VarId> {
    match &statement.kind {
        StatementKind::Data(var) => Some(*var),
        StatementKind::Define { var, .. } | StatementKind::Sample { var, .. } | StatementKind::Factor { var, .. } => {
            Some(*var)
        }
        StatementKind::Require { .. } => None,
    }
}
