//! Checks that need the whole program: who influences whom.

use std::collections::HashSet;

use ppl_diagnostic::Diagnostic;

use super::Checker;
use crate::hir::{Role, Scalar, Statement, StatementKind, VarId};
use crate::influence::Influence;

impl Checker<'_> {
    pub(super) fn whole_program(&mut self) {
        let influence = Influence::of(&self.hir);
        // A statement that failed may be what reads or observes an unknown.
        let complete = !self.diagnostics.iter().any(Diagnostic::is_error);
        let drawn_given_unknowns = self.drawn_given_unknowns();
        let discrete = self.discrete_unknowns();
        for v in 0..self.hir.vars.len() {
            let var = VarId(v);
            if self.var(var).role != Role::Latent {
                continue;
            }
            if discrete.contains(&var) && influence.reaches_data(var) {
                self.discrete_unknown(var);
            }
            if complete && !drawn_given_unknowns.contains(&var) {
                self.idle_unknown(var, &influence);
            }
        }
        if complete {
            self.improper_and_simulated(&influence);
        }
    }

    /// Unknowns of which elements at least take whole numbers or labels.
    fn discrete_unknowns(&self) -> HashSet<VarId> {
        let of_discrete = |s: &Statement| match &s.kind {
            StatementKind::Sample { var, distribution, .. } => {
                Some(*var).filter(|_| self.value_type(distribution) != Scalar::Real)
            }
            _ => None,
        };
        self.hir.statements.iter().filter_map(of_discrete).collect()
    }

    fn discrete_unknown(&mut self, var: VarId) {
        let record = self.var(var).clone();
        let error =
            Diagnostic::error("E0901", "a discrete unknown with something observed below it is not supported yet")
                .at(record.span, format!("`{}` takes whole numbers or labels", record.name))
                .help("sum it out by hand: `factor` with `log_sum_exp` or `log_mix` of the cases");
        self.report(error);
    }

    fn idle_unknown(&mut self, var: VarId, influence: &Influence) {
        let record = self.var(var).clone();
        if record.reported || influence.is_read(var) || influence.reaches_data(var) {
            return;
        }
        let warning = Diagnostic::warning("W0201", format!("`{}` influences nothing", record.name))
            .at(record.span, "nothing reads it, so it is drawn from its prior");
        self.report(warning);
    }

    /// Unknowns that are drawn given others: they are predictions.
    fn drawn_given_unknowns(&self) -> HashSet<VarId> {
        let mut drawn = HashSet::new();
        for statement in &self.hir.statements {
            let StatementKind::Sample { var, distribution, .. } = &statement.kind else { continue };
            distribution.for_each_expr(&mut |e| {
                if self.hir.is_random(e) {
                    drawn.insert(*var);
                }
            });
        }
        drawn
    }

    /// What is simulated needs a distribution that can be drawn from.
    fn improper_and_simulated(&mut self, influence: &Influence) {
        let mut errors = Vec::new();
        for statement in &self.hir.statements {
            let StatementKind::Sample { var, distribution, .. } = &statement.kind else { continue };
            let record = self.var(*var);
            let simulated = record.role == Role::Latent && !influence.reaches_data(*var);
            if !simulated || distribution.family().is_proper() {
                continue;
            }
            let text = format!("`{}` has nothing observed below it and cannot be drawn from `flat`", record.name);
            let error = Diagnostic::error("E0406", text)
                .at(distribution.span, "integrates to no finite number")
                .help("give it a proper distribution, or let an outcome depend on it");
            errors.push(error);
        }
        self.diagnostics.extend(errors);
    }
}
