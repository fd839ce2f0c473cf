//! Checks that need the whole program: who influences whom.

use ppl_diagnostic::Diagnostic;

use super::Checker;
use crate::hir::{Role, Scalar, StatementKind, VarId};
use crate::influence::Influence;

impl Checker<'_> {
    pub(super) fn whole_program(&mut self) {
        let influence = Influence::of(&self.hir);
        for v in 0..self.hir.vars.len() {
            let var = VarId(v);
            if self.var(var).role != Role::Latent {
                continue;
            }
            self.discrete_unknown(var, &influence);
            self.idle_unknown(var, &influence);
        }
        self.improper_and_simulated(&influence);
    }

    fn discrete_unknown(&mut self, var: VarId, influence: &Influence) {
        let record = self.var(var).clone();
        if record.ty.scalar == Scalar::Real || !influence.reaches_data(var) {
            return;
        }
        let error = Diagnostic::error("E0901", "a discrete unknown with something observed below it is not supported yet")
            .at(record.span, format!("`{}` takes whole numbers or labels", record.name))
            .help("sum it out by hand: `factor` with `log_sum_exp` or `log_mix` of the cases");
        self.report(error);
    }

    fn idle_unknown(&mut self, var: VarId, influence: &Influence) {
        let record = self.var(var).clone();
        if influence.is_read(var) || influence.reaches_data(var) || self.depends_on_unknowns(var) {
            return;
        }
        let warning = Diagnostic::warning("W0201", format!("`{}` influences nothing", record.name))
            .at(record.span, "nothing reads it, so it is drawn from its prior");
        self.report(warning);
    }

    /// Whether an unknown is drawn given others, so that it is a prediction.
    fn depends_on_unknowns(&self, var: VarId) -> bool {
        self.hir.statements.iter().any(|s| match &s.kind {
            StatementKind::Sample { var: v, distribution, .. } if *v == var => {
                let mut found = false;
                distribution.for_each_expr(&mut |e| found |= self.hir.is_random(e));
                found
            }
            _ => false,
        })
    }

    /// What is simulated needs a distribution that can be drawn from.
    fn improper_and_simulated(&mut self, influence: &Influence) {
        for statement in self.hir.statements.clone() {
            let StatementKind::Sample { var, distribution, .. } = &statement.kind else { continue };
            let simulated = self.var(*var).role == Role::Latent && !influence.reaches_data(*var);
            if simulated && !distribution.family().is_proper() {
                let name = self.var(*var).name.clone();
                let error = Diagnostic::error("E0406", format!("`{name}` has nothing observed below it and cannot be drawn from `flat`"))
                    .at(distribution.span, "integrates to no finite number")
                    .help("give it a proper distribution, or let an outcome depend on it");
                self.report(error);
            }
        }
    }
}
