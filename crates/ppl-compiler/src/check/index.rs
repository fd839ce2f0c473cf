//! Brackets on the right side: which elements of an array.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_syntax::ast::{self, ExprKind as Ast, Index};

use super::{Checked, Checker, make, scope::Entry};
use crate::hir::{Axis, DimId, Expr, ExprKind, Role, Scalar, Slice, Subscript};

impl<'a> Checker<'a> {
    /// `base[i, j]`
    pub(super) fn index(&mut self, base: &'a ast::Expr, indices: &'a [Index], span: Span) -> Checked<Expr> {
        self.defined_in_time(base, indices)?;
        let base = self.expr(base)?;
        // What is local to a loop turn varies over the turns, but brackets choose among the elements of one turn.
        let own: Vec<usize> =
            (0..base.ty.axes.len()).filter(|&k| !matches!(base.ty.axes[k], Axis::Binder(_))).collect();
        if indices.len() > own.len() {
            return self.too_many(&base, indices.len(), span);
        }
        let mut subscripts = vec![Subscript::Keep; base.ty.axes.len()];
        let mut failed = None;
        for (&place, index) in own.iter().zip(indices) {
            match self.subscript(base.ty.axes[place], index, &base) {
                Ok(subscript) => subscripts[place] = subscript,
                Err(reported) => failed = Some(reported),
            }
        }
        if let Some(reported) = failed {
            return Err(reported);
        }
        let axes = indexed_axes(&base.ty.axes, &subscripts);
        let scalar = base.ty.scalar;
        Ok(make(ExprKind::Index(Box::new(base), subscripts), scalar, axes, span))
    }

    /// A variable that the loop around defines further down can be read neither in this turn nor, yet, at another.
    fn defined_in_time(&mut self, base: &ast::Expr, indices: &[Index]) -> Checked<()> {
        let Ast::Name(name) = &base.kind else { return Ok(()) };
        if self.scopes.get(name).is_some() || !self.pending.contains_key(name) {
            return Ok(());
        }
        let turn = |index: &Index| match index {
            Index::Expr(ast::Expr { kind: Ast::Name(n), .. }) => matches!(self.scopes.get(n), Some(Entry::Binder(_))),
            _ => false,
        };
        let same_turn = indices.iter().all(turn);
        self.not_yet_in_loop(name, base.span, same_turn)
    }

    fn too_many(&mut self, base: &Expr, given: usize, span: Span) -> Checked<Expr> {
        let own = base.ty.axes.iter().filter(|a| !matches!(a, Axis::Binder(_)));
        let names: Vec<String> = own.map(|&a| self.axis_name(a)).collect();
        let has = match names.len() {
            0 => "it is one value, over no dim".to_string(),
            _ => format!("it varies over {}", names.join(", ")),
        };
        let error = Diagnostic::error("E0305", format!("{given} indices, but {has}")).at(span, "too many indices");
        self.error(error)
    }

    fn subscript(&mut self, axis: Axis, index: &'a Index, base: &Expr) -> Checked<Subscript> {
        let dim = self.dim_of(axis);
        match index {
            Index::All(_) => Ok(Subscript::Keep),
            Index::Range(ast::Range { span, .. }) | Index::Expr(ast::Expr { span, .. })
                if matches!(axis, Axis::Slice(_)) =>
            {
                self.unsupported(*span, "an index into a part of a dim")
            }
            Index::Range(range) => {
                let bounds = self.bounds(dim, range)?;
                let text = format!("{:?}..{:?}", range.start.as_deref().map(plain), range.end.as_deref().map(plain));
                Ok(Subscript::Slice(self.slice(Slice { dim, bounds, text })))
            }
            Index::Expr(e) => match &e.kind {
                Ast::Name(name) => self.named_subscript(dim, name, e.span, base),
                Ast::Text(text) => Ok(Subscript::At(self.label(dim, text, e.span)?)),
                _ => {
                    let value = self.expr(e)?;
                    self.element_at(dim, value)
                }
            },
        }
    }

    /// A name among the indices: a loop variable, a bare dim of the left side, a lookup, a dim, a label, in this order.
    fn named_subscript(&mut self, dim: DimId, name: &str, span: Span, base: &Expr) -> Checked<Subscript> {
        let named_dim = self.dims.get(name).copied();
        let entry = self.scopes.get(name).cloned();
        let is_label = self.dim(dim).labels().iter().any(|l| l == name);
        if let Some(Entry::Binder(binder)) = entry {
            if is_label {
                return Ok(Subscript::At(self.bare_label(dim, name, span)?));
            }
            let turn = self.turn(binder, span);
            return self.element_at(dim, turn);
        }
        if let Some(named) = named_dim.filter(|named| self.left_dims.contains(named) || entry.is_none()) {
            return self.kept_axis(dim, named, span, base);
        }
        if is_label {
            return Ok(Subscript::At(self.bare_label(dim, name, span)?));
        }
        if entry.is_some() {
            let value = self.name(name, span)?;
            return self.element_at(dim, value);
        }
        self.unknown_index(dim, name, span)
    }

    fn kept_axis(&mut self, dim: DimId, named: DimId, span: Span, base: &Expr) -> Checked<Subscript> {
        if named == dim {
            return Ok(Subscript::Keep);
        }
        let (own, other) = (self.dim(dim).name.clone(), self.dim(named).name.clone());
        let lookup = self.lookup(named, dim);
        let mut error = Diagnostic::error("E0304", format!("this array is indexed by `{own}`, not by `{other}`"))
            .at(span, format!("`{other}` is another dim"))
            .also(base.span, format!("varies over `{own}`"));
        if let Some(lookup) = lookup {
            error = error.help(format!("to use each {other}'s own {own}, write `[{lookup}]`")).fix(span, lookup);
        }
        self.error(error)
    }

    /// A lookup column from one dim into another, by name.
    pub(super) fn lookup(&self, from: DimId, into: DimId) -> Option<String> {
        let fits = |v: &&crate::hir::Var| {
            v.ty.scalar == Scalar::Label(into) && v.ty.axes == [Axis::Dim(from)] && v.role == Role::Input
        };
        self.hir.vars.iter().find(fits).map(|v| v.name.clone())
    }

    /// A value as an index of a dim: a label of it, or a whole number where it has positions.
    fn element_at(&mut self, dim: DimId, value: Expr) -> Checked<Subscript> {
        self.warn_of_jumping_index(&value);
        match value.ty.scalar {
            Scalar::Label(own) if own == dim => Ok(Subscript::At(value)),
            Scalar::Label(own) if self.dim(own).may_have_positions() && self.dim(dim).may_have_positions() => {
                Ok(Subscript::At(self.number(value)?))
            }
            Scalar::Label(own) => {
                let (has, wants) = (self.dim(own).name.clone(), self.dim(dim).name.clone());
                let error = Diagnostic::error("E0304", format!("this array is indexed by `{wants}`, not by `{has}`"))
                    .at(value.span, format!("a label of `{has}`"))
                    .help(format!("index it by a loop variable over `{wants}`, or by a column declared `: {wants}`"));
                self.error(error)
            }
            Scalar::Int | Scalar::Bool => {
                self.whole_index_allowed(dim, &value)?;
                Ok(Subscript::At(value))
            }
            Scalar::Real | Scalar::Text => {
                let words = self.in_words(value.ty.scalar);
                let error = Diagnostic::error("E0303", "an index is a label or a whole number")
                    .at(value.span, words)
                    .help("declare a column of whole numbers as `: int`, or as `: category` to index by its values");
                self.error(error)
            }
        }
    }

    /// A choice within the index has been told already.
    fn warn_of_jumping_index(&mut self, value: &Expr) {
        let chooses = value.any(&mut |e| matches!(e.kind, ExprKind::If(..)));
        if self.reductions_expected || chooses || !self.jumps(value) {
            return;
        }
        let warning = Diagnostic::warning("W0302", "the index depends on a continuous unknown, so the density jumps")
            .at(value.span, "gradients do not see the jump")
            .help("NUTS mixes badly over jumps; a smooth weight such as `softmax` avoids them");
        self.report(warning);
    }

    fn whole_index_allowed(&mut self, dim: DimId, value: &Expr) -> Checked<()> {
        if self.dim(dim).may_have_positions() {
            return Ok(());
        }
        let name = self.dim(dim).name.clone();
        let error = Diagnostic::error("E0303", format!("`{name}` has no first element: its labels are in no order"))
            .at(value.span, "a whole number");
        let example = self.dim(dim).labels().first().cloned();
        let column = match value.kind {
            ExprKind::Var(v) => Some(self.var(v).name.clone()),
            _ => None,
        };
        let error = match (column, example) {
            (Some(column), _) => error.help(format!("declare the column as labels: `{column}[…]: {name}`")),
            (None, Some(label)) => error.help(format!("index by a label: [\"{label}\"]")),
            (None, None) => error.help("index by a label in quotes, such as [\"Choate\"]"),
        };
        self.error(error)
    }

    fn unknown_index(&mut self, dim: DimId, name: &str, span: Span) -> Checked<Subscript> {
        if self.failed.contains(name) {
            return Err(super::Reported);
        }
        if self.target_dims.contains_key(name) {
            return self.not_yet_in_loop(name, span, true);
        }
        let labels = self.dim(dim).labels().to_vec();
        let dim_name = self.dim(dim).name.clone();
        let lookups = self.hir.vars.iter().map(|v| &v.name);
        let candidates = labels.iter().chain(lookups).chain(self.dims.keys());
        let similar = self.nearest(name, candidates.map(String::as_str));
        let mut error = Diagnostic::error("E0210", format!("`{name}` is neither a label, a lookup nor a dim"))
            .at(span, format!("an index into `{dim_name}`"));
        error = match similar {
            Some(similar) => error.help(format!("did you mean `{similar}`?")).fix(span, similar),
            None => error.help(format!("a label that is only in the data stands in quotes: \"{name}\"")),
        };
        self.error(error)
    }
}

/// The axes that remain behind brackets, in the order of the brackets.
pub(crate) fn indexed_axes(axes: &[Axis], subscripts: &[Subscript]) -> Vec<Axis> {
    let mut result: Vec<Axis> = Vec::new();
    for (&axis, subscript) in axes.iter().zip(subscripts) {
        match subscript {
            Subscript::Keep => result.push(axis),
            Subscript::Slice(slice) => result.push(Axis::Slice(*slice)),
            Subscript::At(e) => {
                for &own in &e.ty.axes {
                    if !result.contains(&own) {
                        result.push(own);
                    }
                }
            }
        }
    }
    result
}

/// The text of a simple range end, by which equal slices are recognised.
fn plain(e: &ast::Expr) -> String {
    match &e.kind {
        Ast::Number(value) => value.to_string(),
        Ast::Name(name) => name.clone(),
        _ => format!("at {}", e.span.start),
    }
}

/// The place where a value of another turn of the same loop is read before all its turns are defined; data are known,
/// so they may be read at any turn.
pub(super) fn carried_read(checker: &Checker, name: &str, e: &Expr) -> Option<Span> {
    let own = |v: crate::hir::VarId| {
        let var = checker.var(v);
        let unfinished = var.name == name || checker.pending.contains_key(&var.name);
        unfinished && !var.local && !matches!(var.role, Role::Input | Role::Outcome)
    };
    match &e.kind {
        ExprKind::Var(v) if own(*v) && !e.ty.axes.is_empty() => return Some(e.span),
        ExprKind::Index(base, subscripts) => {
            if let ExprKind::Var(v) = base.kind {
                if own(v) && !in_time(checker, subscripts) {
                    return Some(e.span);
                }
                return subscripts.iter().find_map(|s| match s {
                    Subscript::At(e) => carried_read(checker, name, e),
                    _ => None,
                });
            }
        }
        _ => {}
    }
    let mut found = None;
    e.for_each_child(&mut |child| found = found.or_else(|| carried_read(checker, name, child)));
    found
}

/// Whether elements of an unfinished variable that are read are of this turn, or the same at every turn.
fn in_time(checker: &Checker, subscripts: &[Subscript]) -> bool {
    let turn = |s: &Subscript| match s {
        Subscript::At(Expr { kind: ExprKind::Turn(turn), .. }) => Some(*turn),
        _ => None,
    };
    let another = |s: &Subscript| matches!(s, Subscript::At(e) if !e.ty.axes.is_empty() && turn(s).is_none());
    if subscripts.iter().any(another) {
        return false;
    }
    let whole = |s: &Subscript| !matches!(s, Subscript::At(_));
    let pinned = |open: &crate::hir::BinderId| subscripts.iter().any(|s| turn(s) == Some(*open));
    !subscripts.iter().any(whole) || checker.loops.iter().all(pinned)
}
