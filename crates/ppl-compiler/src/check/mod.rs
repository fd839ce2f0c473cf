//! Syntax tree to checked program: names, roles, dims, types, supports.
//!
//! Every check goes on after a failure: what failed is [`Reported`], and a name that could not be defined is known as
//! such, so that one mistake is told once.

mod bodies;
mod calls;
mod compare;
mod data;
mod declarations;
mod dist;
mod dist_axes;
mod domains;
mod expr;
mod foreign;
mod functions;
mod index;
mod matrices;
mod reductions;
mod scope;
mod statements;
mod targets;
mod whole;

use std::collections::{HashMap, HashSet};

use ppl_data::similar_name;
use ppl_diagnostic::{Diagnosed, Diagnostic, Span};
use ppl_syntax::ast::{self, Ast};

use crate::hir::{
    Axis, BinderId, Dim, DimId, Expr, ExprKind, GuardId, Hir, Scalar, SliceId, Statement, StatementKind, Type, Var,
    VarId,
};
use scope::Scopes;

/// A mistake that has been reported already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reported;

/// A checked value, or a mistake that has been reported.
pub(crate) type Checked<T> = Result<T, Reported>;

/// Checks a program without its data.
///
/// Errors: everything that can be known to be wrong whatever the data are; the value is there only without errors.
pub fn check(ast: &Ast) -> Diagnosed<Hir> {
    let mut checker = Checker::new();
    checker.hir.doc = ast.doc.clone();
    checker.collect(&ast.items);
    checker.block(&ast.items);
    checker.whole_program();
    let Checker { hir, mut diagnostics, .. } = checker;
    told_once(&mut diagnostics);
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    Diagnosed { value: (!failed).then_some(hir), diagnostics }
}

/// Diagnostics up to which names nearby are suggested.
const MOST_SUGGESTIONS: usize = 100;

/// Sorts by place; of several of one kind at one place, as from a function that is called twice, one stays.
fn told_once(diagnostics: &mut Vec<Diagnostic>) {
    let place = |d: &Diagnostic| d.primary.as_ref().map(|l| (l.span.start, l.span.end));
    diagnostics.sort_by_key(place);
    let mut told = HashSet::new();
    diagnostics.retain(|d| told.insert((d.code, place(d))));
}

/// A function of the program.
#[derive(Clone, Copy)]
pub(crate) struct Function<'a> {
    definition: &'a ast::FnDef,
    /// How many variables stand above it, which are the ones it sees.
    sees: usize,
}

/// A function being expanded.
struct Call {
    name: String,
    sees: usize,
    span: Span,
}

/// The state of a check.
pub(crate) struct Checker<'a> {
    hir: Hir,
    diagnostics: Vec<Diagnostic>,
    scopes: Scopes,
    dims: HashMap<String, DimId>,
    functions: HashMap<String, Function<'a>>,
    /// Dims and functions whose declaration failed: their uses are not reported too.
    failed: HashSet<String>,
    /// A `use` was refused, so that functions may come from elsewhere.
    foreign_functions: bool,
    /// Names of the dims of each variable, by position, collected before the check.
    target_dims: HashMap<String, Vec<Option<String>>>,
    /// Loop variables around the statement, outermost first.
    loops: Vec<BinderId>,
    /// The variable on the left side of the statement.
    left_name: String,
    /// Dims that stand bare on the left side of the statement.
    left_dims: Vec<DimId>,
    /// The name on the left side of the statement.
    target_name: String,
    /// How many statements define each name from here to the end of the outermost loop around.
    pending: HashMap<String, usize>,
    /// Names that were local to a loop turn, and where.
    local_names: HashMap<String, Span>,
    /// Variables that a statement has defined in part at least.
    defined: HashSet<VarId>,
    guard: Option<GuardId>,
    /// The functions being expanded.
    calls: Vec<Call>,
    /// How many calls have been expanded.
    expanded: usize,
    /// The axes of the left side of a `~`, from which literal arguments take their dims.
    dist_place: Vec<Axis>,
    /// The declared type of the left side of a `~`: literal probabilities are over its labels.
    dist_labels: Option<DimId>,
    /// The statement is a `const`, a `report` or a `require`: reductions of data are no surprise there.
    reductions_expected: bool,
}

impl<'a> Checker<'a> {
    fn new() -> Self {
        Checker {
            hir: Hir::default(),
            diagnostics: Vec::new(),
            scopes: Scopes::default(),
            dims: HashMap::new(),
            functions: HashMap::new(),
            failed: HashSet::new(),
            foreign_functions: false,
            target_dims: HashMap::new(),
            loops: Vec::new(),
            left_name: String::new(),
            left_dims: Vec::new(),
            target_name: String::new(),
            pending: HashMap::new(),
            local_names: HashMap::new(),
            defined: HashSet::new(),
            guard: None,
            calls: Vec::new(),
            expanded: 0,
            dist_place: Vec::new(),
            dist_labels: None,
            reductions_expected: false,
        }
    }

    fn report(&mut self, mut diagnostic: Diagnostic) -> Reported {
        if let (Some(call), Some(label)) = (self.calls.first(), &diagnostic.primary) {
            let outside = label.span.start < call.span.start || label.span.end > call.span.end;
            if outside {
                diagnostic = diagnostic.also(call.span, "in this call");
            }
        }
        self.diagnostics.push(diagnostic);
        Reported
    }

    fn error<T>(&mut self, diagnostic: Diagnostic) -> Checked<T> {
        Err(self.report(diagnostic))
    }

    /// What the language has and this compiler does not yet.
    fn unsupported<T>(&mut self, span: Span, what: &str) -> Checked<T> {
        let error = Diagnostic::error("E0901", format!("{what} is not supported yet")).at(span, "");
        self.error(error)
    }

    /// The candidate that may have been meant. A broken file is not searched through for each of thousands of mistakes.
    fn nearest<'n>(&self, name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<String> {
        if self.diagnostics.len() > MOST_SUGGESTIONS {
            return None;
        }
        similar_name(name, candidates).map(str::to_string)
    }

    fn dim(&self, id: DimId) -> &Dim {
        &self.hir.dims[id.0]
    }

    fn var(&self, id: VarId) -> &Var {
        &self.hir.vars[id.0]
    }

    /// The dim that an axis runs along.
    fn dim_of(&self, axis: Axis) -> DimId {
        self.hir.dim_of(axis)
    }

    fn axis_name(&self, axis: Axis) -> String {
        self.dim(self.dim_of(axis)).name.clone()
    }

    fn push(&mut self, kind: StatementKind, span: Span) {
        if let StatementKind::Define { var, .. } | StatementKind::Sample { var, .. } = &kind {
            self.defined.insert(*var);
        }
        self.hir.statements.push(Statement { kind, guard: self.guard, span });
    }

    /// A fresh slice, or the one of the same range.
    fn slice(&mut self, slice: crate::hir::Slice) -> SliceId {
        let same = |s: &crate::hir::Slice| s.dim == slice.dim && s.text == slice.text;
        if let Some(found) = self.hir.slices.iter().position(same) {
            return SliceId(found);
        }
        self.hir.slices.push(slice);
        SliceId(self.hir.slices.len() - 1)
    }
}

impl Hir {
    /// The dim that an axis runs along.
    pub fn dim_of(&self, axis: Axis) -> DimId {
        match axis {
            Axis::Dim(dim) => dim,
            Axis::Binder(binder) => self.binders[binder.0].dim,
            Axis::Slice(slice) => self.slices[slice.0].dim,
        }
    }

    /// Whether a value can depend on an unknown.
    pub fn is_random(&self, e: &Expr) -> bool {
        e.any(&mut |e| matches!(e.kind, ExprKind::Var(v) if self.vars[v.0].random))
    }
}

/// An expression from its parts.
fn make(kind: ExprKind, scalar: Scalar, axes: Vec<Axis>, span: Span) -> Expr {
    Expr { kind, ty: Type { scalar, axes }, span }
}

/// Axes in the order in which they first appear.
fn union_axes<'e>(parts: impl IntoIterator<Item = &'e Expr>) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::new();
    for part in parts {
        if has_repeats(&part.ty.axes) && axes.is_empty() {
            axes = part.ty.axes.clone();
            continue;
        }
        for &axis in &part.ty.axes {
            if !axes.contains(&axis) {
                axes.push(axis);
            }
        }
    }
    axes
}

fn has_repeats(axes: &[Axis]) -> bool {
    axes.iter().enumerate().any(|(i, a)| axes[..i].contains(a))
}
