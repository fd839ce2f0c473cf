//! Both graphs of a program, side by side.

use std::sync::Arc;

use ppl_diagnostic::{Diagnosed, Diagnostic, Sources};
use ppl_graph::passes::optimize;
use ppl_graph::{GraphDensity, NamedTerm, NodeId, Origin, gradient};

use super::density::{Elements, Machine, ModelDensity, TermSource};
use super::places::Places;
use super::{Natural, Program, Unknown, columns, refused};
use crate::bound::Bound;
use crate::hir::{Axis, Role, StatementKind, VarId};
use crate::influence::Influence;
use crate::lower::{Coordinates, Lowering, Term};

pub(super) fn program(bound: Bound, sources: &Sources, machine: Machine) -> Diagnosed<Program> {
    let bound = Arc::new(bound);
    let influence = Influence::of(&bound.hir);
    let mut diagnostics = nothing_to_sample(&bound);
    let mut natural = Lowering::new(&bound, Coordinates::Natural);
    natural.run(&|_| true);
    natural.check_coverage();
    diagnostics.append(&mut natural.errors);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return refused(diagnostics);
    }
    let mut unconstrained = Lowering::new(&bound, Coordinates::Unconstrained);
    unconstrained.run(&|var| influence.reaches_data(var));
    diagnostics.append(&mut unconstrained.errors);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return refused(diagnostics);
    }
    let raw = (unconstrained.graph.clone(), unconstrained.terms.iter().map(|t| t.node).collect());
    let density = density(&bound, &mut unconstrained, sources);
    let natural = natural_graph(natural, &unconstrained, &influence, sources);
    let columns = columns::columns(&bound, &natural);
    let natural = Arc::new(natural);
    let program = Program {
        bound: bound.clone(),
        density: density.with_prior(natural.clone()).on(machine),
        natural,
        columns: columns.into(),
        raw: Arc::new(raw),
    };
    Diagnosed { value: Some(program), diagnostics }
}

/// A model must have an unknown, and something observed.
fn nothing_to_sample(bound: &Bound) -> Vec<Diagnostic> {
    let hir = &bound.hir;
    let observed = hir.statements.iter().any(|s| match &s.kind {
        StatementKind::Factor { .. } => true,
        StatementKind::Sample { var, .. } => hir.vars[var.0].role == Role::Outcome,
        _ => false,
    });
    let unknown = hir.vars.iter().any(|v| v.role == Role::Latent);
    let mut found = Vec::new();
    if !unknown {
        let error = Diagnostic::error("E0601", "the model has no unknowns: there is nothing to infer")
            .help("give a variable a distribution without `data`: `mu ~ normal(0, 1)`");
        found.push(error);
    } else if !observed {
        let error = Diagnostic::error("E0602", "the model has no outcome: nothing is observed")
            .help("an outcome is data with a distribution: `data y[obs] ~ normal(mu, sigma)`; drawing from the prior alone is not supported yet");
        found.push(error);
    }
    found
}

/// The sum of all terms and log-Jacobians, with its gradient.
fn density(bound: &Arc<Bound>, lowering: &mut Lowering, sources: &Sources) -> ModelDensity {
    let terms = named(lowering, &lowering.terms.clone(), sources);
    let mut nodes: Vec<NodeId> = terms.iter().map(|t| t.node).collect();
    nodes.extend(&lowering.jacobians);
    let total = total(lowering, &nodes);
    let jacobian = self::total(lowering, &lowering.jacobians.clone());
    let mut named = terms.clone();
    named.push(NamedTerm { name: "log_jacobian".to_string(), origin: Origin::default(), node: jacobian });
    let sources_of_terms: Vec<TermSource> = lowering.terms.iter().map(|t| term_source(lowering, t, sources)).collect();
    let graph = GraphDensity::differentiate(&lowering.graph, total, lowering.inputs, &named);
    let value_nodes: Vec<NodeId> = lowering.latents.iter().map(|l| l.value).collect();
    let (values, value_nodes) = optimize(&lowering.graph, &value_nodes);
    ModelDensity::new(bound.clone(), graph, sources_of_terms, Arc::new(values), value_nodes)
}

/// A scalar: the sum of all elements of all nodes.
fn total(lowering: &mut Lowering, nodes: &[NodeId]) -> NodeId {
    let mut total = lowering.graph.constant(0.0);
    for &node in nodes {
        let sum = lowering.graph.sum(node);
        total = lowering.graph.add(total, sum);
    }
    total
}

/// Terms by the name of their variable and the place of their statement.
fn named(lowering: &Lowering, terms: &[Term], sources: &Sources) -> Vec<NamedTerm> {
    let mut places = Places::default();
    let mut name = |t: &Term| {
        let (line, column) = places.line_column(sources, lowering.hir.statements[t.statement].span);
        format!("{} ({line}:{column})", lowering.hir.vars[t.var.0].name)
    };
    terms.iter().map(|t| NamedTerm { name: name(t), origin: Origin(t.statement as u32 + 1), node: t.node }).collect()
}

/// What a message about a term's element needs: which it is, and the text of its distribution.
fn term_source(lowering: &Lowering, term: &Term, sources: &Sources) -> TermSource {
    let whole = lowering.hir.vars[term.var.0].ty.axes.iter().all(|a| matches!(a, Axis::Dim(_)));
    let name = |&p: &u32| lowering.element_name(term.var, p as usize);
    let elements = match whole {
        true => Elements::Of(term.var, term.positions.as_slice().into()),
        false => Elements::Named(term.positions.iter().map(name).collect()),
    };
    let distribution = match &lowering.hir.statements[term.statement].kind {
        StatementKind::Sample { distribution, .. } => Some(sources.snippet(distribution.span).to_string()),
        _ => None,
    };
    TermSource { elements, distribution }
}

fn natural_graph(
    mut lowering: Lowering,
    unconstrained: &Lowering,
    influence: &Influence,
    sources: &Sources,
) -> Natural {
    let sampled = |var: VarId| lowering.hir.vars[var.0].role != Role::Latent || influence.reaches_data(var);
    let terms: Vec<Term> = lowering.terms.iter().filter(|t| sampled(t.var)).cloned().collect();
    let mut terms = named(&lowering, &terms, sources);
    let nodes: Vec<NodeId> = terms.iter().map(|t| t.node).collect();
    let value = total(&mut lowering, &nodes);
    let gradient = gradient(&mut lowering.graph, value, lowering.inputs);
    let mut reports = report_nodes(&mut lowering);
    let mut coordinates = unconstrained.latents.iter().map(|l| (l.offset, l.len));
    let blocks = std::mem::take(&mut lowering.latents);
    let mut unknowns: Vec<Unknown> = blocks
        .into_iter()
        .map(|block| {
            let coordinates = if influence.reaches_data(block.var) { coordinates.next() } else { None };
            Unknown { block, coordinates }
        })
        .collect();
    let graph = optimized(&lowering.graph, &mut terms, gradient, &mut reports, &mut unknowns);
    Natural { graph: Arc::new(graph.0), inputs: lowering.inputs, unknowns, terms, gradient: graph.1, reports }
}

/// The nodes of everything that goes to the output.
fn report_nodes(lowering: &mut Lowering) -> Vec<(VarId, NodeId)> {
    let hir = lowering.hir;
    let mut reports = Vec::new();
    for (v, var) in hir.vars.iter().enumerate() {
        if var.local || !(var.reported || var.role == Role::Latent) {
            continue;
        }
        if let Some(node) = lowering.node_of(VarId(v)) {
            reports.push((VarId(v), node));
        }
    }
    reports
}

/// Runs the passes over everything that is asked of the natural graph, and renames all nodes.
fn optimized(
    graph: &ppl_graph::Graph,
    terms: &mut [NamedTerm],
    gradient: NodeId,
    reports: &mut [(VarId, NodeId)],
    unknowns: &mut [Unknown],
) -> (ppl_graph::Graph, NodeId) {
    let mut outputs: Vec<NodeId> = vec![gradient];
    outputs.extend(terms.iter().map(|t| t.node));
    outputs.extend(reports.iter().map(|r| r.1));
    for unknown in unknowns.iter() {
        outputs.extend(unknown.block.nodes());
    }
    let (graph, renamed) = optimize(graph, &outputs);
    let mut names = renamed.into_iter();
    let mut next = || names.next().expect("as many outputs as were asked for");
    let gradient = next();
    terms.iter_mut().for_each(|t| t.node = next());
    reports.iter_mut().for_each(|r| r.1 = next());
    unknowns.iter_mut().for_each(|u| u.block.rename(&mut next));
    (graph, gradient)
}
