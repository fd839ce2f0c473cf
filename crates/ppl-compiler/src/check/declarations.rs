//! Dims, functions, and what has to be known of left sides before the first statement is checked.

use std::collections::HashMap;

use ppl_diagnostic::{Diagnostic, Span};
use ppl_syntax::ast::{self, DimExtent, ExprKind, StmtKind, TargetIndex};

use super::{Checked, Checker, Function, scope::Entry};
use crate::hir::{Dim, DimId, Extent, Scalar};

impl<'a> Checker<'a> {
    /// Notes the dims of every left side, so that `z["a"] = 0` above `z[k in group] ~ …` has a dim.
    pub(super) fn collect(&mut self, items: &'a [ast::Stmt]) {
        self.collect_block(items, &mut HashMap::new());
    }

    fn collect_block(&mut self, items: &'a [ast::Stmt], binders: &mut HashMap<String, String>) {
        for item in items {
            match &item.kind {
                StmtKind::For { binders: own, body } => {
                    let outer = binders.clone();
                    binders.extend(own.iter().map(|b| (b.name.name.clone(), b.dim.name.clone())));
                    self.collect_block(body, binders);
                    *binders = outer;
                }
                StmtKind::If { then, otherwise, .. } => {
                    self.collect_block(then, binders);
                    self.collect_block(otherwise.as_deref().unwrap_or_default(), binders);
                }
                StmtKind::Data(items) => items.iter().for_each(|i| self.collect_target(&i.target, binders)),
                StmtKind::Binding(b) | StmtKind::ReportBinding(b) => self.collect_target(&b.target, binders),
                StmtKind::Const { target, .. } => self.collect_target(target, binders),
                _ => {}
            }
        }
    }

    fn collect_target(&mut self, target: &ast::Target, binders: &HashMap<String, String>) {
        let known = self.target_dims.entry(target.name.name.clone()).or_default();
        known.resize(known.len().max(target.indices.len()), None);
        for (slot, index) in known.iter_mut().zip(&target.indices) {
            let name = match index {
                TargetIndex::Binder(b) => Some(b.dim.name.clone()),
                TargetIndex::Expr(ast::Expr { kind: ExprKind::Name(n), .. }) => {
                    binders.get(n).cloned().or_else(|| Some(n.clone()))
                }
                TargetIndex::Expr(_) => None,
            };
            // A bare label looks like a dim here; a dim that another statement names wins when it is declared.
            if slot.is_none() || name.as_ref().is_some_and(|n| binders.values().any(|d| d == n)) {
                *slot = name.or(slot.take());
            }
        }
    }

    pub(super) fn dim_declaration(&mut self, declaration: &'a ast::DimDecl) -> Checked<()> {
        if let Some(within) = &declaration.within {
            return self.unsupported(within.span, "a ragged dim (`within`)");
        }
        let extent = match &declaration.extent {
            None => Extent::Data,
            Some(DimExtent::Labels(labels)) => Extent::Labels(self.declared_labels(labels)),
            Some(DimExtent::Range(first, last)) => {
                let first = self.range_end(first);
                let last = self.range_end(last);
                Extent::Range(Box::new(first?), Box::new(last?))
            }
        };
        let ordered = match &declaration.ty {
            None => false,
            Some(ty) if ty.name.name == "ordered" => true,
            Some(ty) => {
                let error = Diagnostic::error("E0306", format!("a dim cannot be `{}`", ty.name.name))
                    .at(ty.span, "only `ordered` may stand here");
                return self.error(error);
            }
        };
        let name = &declaration.name;
        let dim = Dim { name: name.name.clone(), span: name.span, ordered, category: false, extent };
        self.declare_dim(dim).map(|_| ())
    }

    fn declared_labels(&mut self, labels: &[ast::Label]) -> Vec<String> {
        let mut seen: Vec<String> = Vec::new();
        for label in labels {
            if seen.contains(&label.text) {
                self.report(
                    Diagnostic::error("E0202", format!("label `{}` stands twice", label.text))
                        .at(label.span, "again here"),
                );
            } else {
                seen.push(label.text.clone());
            }
        }
        seen
    }

    fn range_end(&mut self, end: &'a ast::Expr) -> Checked<crate::hir::Expr> {
        let e = self.expr(end)?;
        let e = self.number(e)?;
        if self.hir.is_random(&e) || !e.ty.axes.is_empty() {
            let error = Diagnostic::error("E0308", "the ends of a range must be single numbers known before sampling")
                .at(end.span, "")
                .help("use whole numbers, `data` counts and `size(dim)`");
            return self.error(error);
        }
        if e.ty.scalar == Scalar::Real {
            let error = Diagnostic::error("E0306", "the ends of a range must be whole numbers")
                .at(end.span, "this is a real number");
            return self.error(error);
        }
        Ok(e)
    }

    /// Adds a dim; its name may be that of a lookup, but not of another dim.
    pub(super) fn declare_dim(&mut self, dim: Dim) -> Checked<DimId> {
        if let Some(&known) = self.dims.get(&dim.name) {
            let error = Diagnostic::error("E0202", format!("dim `{}` is declared twice", dim.name))
                .at(dim.span, "again here")
                .also(self.dim(known).span, "first declared here");
            return self.error(error);
        }
        if let Some(Entry::Var(var)) = self.scopes.get(&dim.name).filter(|_| !dim.category).cloned() {
            let error = Diagnostic::error("E0202", format!("`{}` is a variable already", dim.name))
                .at(dim.span, "choose another name")
                .also(self.var(var).span, "defined here");
            return self.error(error);
        }
        let id = DimId(self.hir.dims.len());
        self.dims.insert(dim.name.clone(), id);
        self.hir.dims.push(dim);
        Ok(id)
    }

    /// The dim of a name that must be one.
    pub(super) fn known_dim(&mut self, name: &str, span: Span) -> Checked<DimId> {
        if let Some(&id) = self.dims.get(name) {
            return Ok(id);
        }
        if self.failed.contains(name) {
            return Err(super::Reported);
        }
        let mut error = Diagnostic::error("E0205", format!("there is no dim `{name}`")).at(span, "not a dim");
        error = match self.nearest(name, self.dims.keys().map(String::as_str)) {
            Some(similar) => error.help(format!("did you mean `{similar}`?")).fix(span, similar),
            None => error.help(format!("declare it above: `dim {name}`")),
        };
        self.error(error)
    }

    pub(super) fn fn_definition(&mut self, function: &'a ast::FnDef) -> Checked<()> {
        let name = &function.name;
        if let Some(known) = self.functions.get(&name.name) {
            let error = Diagnostic::error("E0202", format!("function `{}` is defined twice", name.name))
                .at(name.span, "again here")
                .also(known.definition.name.span, "first defined here");
            return self.error(error);
        }
        if super::calls::is_builtin(&name.name) || ppl_distributions::family(&name.name).is_some() {
            let error =
                Diagnostic::error("E0202", format!("`{}` is built in", name.name)).at(name.span, "choose another name");
            return self.error(error);
        }
        let sees = self.hir.vars.len();
        self.functions.insert(name.name.clone(), Function { definition: function, sees });
        self.body_names(function);
        Ok(())
    }
}
