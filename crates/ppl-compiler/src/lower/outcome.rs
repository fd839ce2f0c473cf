//! Outcomes: given values, checked against the support of their distribution, with their density.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_distributions::{Domain, ResolvedSupport, Structure, Values};
use ppl_graph::{NodeId, Tensor};

use super::axes::Env;
use super::latent::reordered;
use super::{Coordinates, Lowered, LoweredDist, Lowering};
use crate::hir::{Dist, TargetAxis, VarId};

/// The values of an outcome that one statement models, events one after the other.
struct Given<'v> {
    var: VarId,
    values: &'v [f64],
    /// Flat positions in the variable.
    positions: &'v [u32],
    /// How many values one event has.
    event: usize,
}

impl Lowering<'_> {
    pub(super) fn outcome(
        &mut self,
        statement: usize,
        var: VarId,
        target: &[TargetAxis],
        dist: &Dist,
        env: &Env,
    ) -> Lowered<()> {
        let elements = self.elements(var, target, env)?;
        self.defined_once(var, &elements.positions, dist.span)?;
        let (layout, order) = self.layout(dist, &elements.axes, env)?;
        let positions = reordered(&elements.positions, &self.extents(&elements.axes), &order);
        let shape = self.extents(&layout.axes());
        let all = self.bound.data[&var].values.clone();
        let identity = positions.len() == all.len() && positions.iter().enumerate().all(|(i, &p)| i == p as usize);
        let values = if identity { all } else { positions.iter().map(|&p| all[p as usize]).collect() };
        let x = self.graph.data(Tensor::new(shape, values.clone()));
        let x = self.counted_from_zero(x, dist);
        let lowered = self.dist(dist, &layout, env)?;
        let event = layout.event.map_or(1, |e| self.extent(e));
        if self.coordinates == Coordinates::Natural {
            let support = lowered.distribution.support(&mut self.graph);
            let given = Given { var, values: &values, positions: &positions, event: event.max(1) };
            self.within_support(&given, &support, dist)?;
            self.structured(&given, &support, dist, &lowered)?;
        }
        let node = self.log_density(&lowered, x, dist.span)?;
        self.term(statement, var, node, &positions, event);
        Ok(())
    }

    /// Every value must be where the density can be positive, as far as that is known before sampling.
    fn within_support(&mut self, given: &Given, support: &ResolvedSupport, dist: &Dist) -> Lowered<()> {
        let values = given.values;
        let lower = self.known_bound(support.lower, values.len(), f64::NEG_INFINITY);
        let upper = match support.values {
            Values::Label => vec![f64::INFINITY; values.len()],
            _ => self.known_bound(support.upper, values.len(), f64::INFINITY),
        };
        let count = self.choices(dist);
        let fits = |i: usize| {
            let v = values[i];
            let own = match support.values {
                Values::Real => true,
                Values::Integer => v.fract() == 0.0,
                Values::Bool => v == 0.0 || v == 1.0,
                Values::Label => dist.labels.is_some() || (v >= 1.0 && v <= count && v.fract() == 0.0),
            };
            own && v >= lower[i] && v <= upper[i]
        };
        let wrong: Vec<usize> = (0..values.len()).filter(|&i| !fits(i)).collect();
        if let Some(&first) = wrong.first() {
            let wanted = self.support_in_words(support, lower[first], upper[first], count);
            return self.outside(given, &wrong, wanted, dist.span);
        }
        Ok(())
    }

    fn known_bound(&mut self, bound: Option<NodeId>, len: usize, open: f64) -> Vec<f64> {
        match bound.and_then(|node| self.constant(node)) {
            Some(tensor) if tensor.values.len() == len => tensor.values.to_vec(),
            Some(tensor) if tensor.values.len() == 1 => vec![tensor.values[0]; len],
            _ => vec![open; len],
        }
    }

    /// How many values there are to choose from.
    fn choices(&self, dist: &Dist) -> f64 {
        let (_, parameters) = dist.arguments();
        let size = dist.axis.map_or(0, |a| self.bound.size(self.hir.dim_of(a)));
        let cuts = parameters.iter().any(|p| p.domain == Domain::Increasing);
        (size + usize::from(cuts)) as f64
    }

    fn support_in_words(&self, support: &ResolvedSupport, lower: f64, upper: f64, count: f64) -> String {
        let whole = match support.values {
            Values::Real => "a number",
            Values::Integer => "a whole number",
            Values::Bool => return "true or false".to_string(),
            Values::Label => return format!("a whole number from 1 to {count}"),
        };
        match (lower.is_finite(), upper.is_finite()) {
            (true, true) => format!("{whole} from {lower} to {upper}"),
            (true, false) => format!("{whole} ≥ {lower}"),
            (false, true) => format!("{whole} ≤ {upper}"),
            (false, false) => whole.to_string(),
        }
    }

    fn outside(&mut self, given: &Given, wrong: &[usize], wanted: String, span: Span) -> Lowered<()> {
        let record = &self.hir.vars[given.var.0];
        let shown: Vec<String> = wrong
            .iter()
            .take(5)
            .map(|&i| format!("{} is {}", self.element_name(given.var, given.positions[i] as usize), given.values[i]))
            .collect();
        let more = if wrong.len() > 5 { format!(", and {} more", wrong.len() - 5) } else { String::new() };
        let text = format!("`{}` must be {wanted}; {}{more}", record.name, shown.join(", "));
        let error = Diagnostic::error("E0522", text).at(span, "has density 0 there").also(record.span, "the outcome");
        Err(Box::new(error))
    }

    /// Vectors that must sum to something, or increase.
    fn structured(
        &mut self,
        given: &Given,
        support: &ResolvedSupport,
        dist: &Dist,
        lowered: &LoweredDist,
    ) -> Lowered<()> {
        let Some(axis) = dist.axis.filter(|_| dist.is_vector()) else { return Ok(()) };
        let sums = match support.structure {
            Structure::Counts(argument) => self.known_sums(argument, lowered),
            _ => None,
        };
        let mut wrong = Vec::new();
        for (k, x) in given.values.chunks(given.event).enumerate() {
            let sum = x.iter().sum::<f64>();
            let size = x.iter().map(|v| v.abs()).sum::<f64>();
            let what = match support.structure {
                Structure::Simplex if (sum - 1.0).abs() >= 1e-8 => format!("sums to {sum}, not 1"),
                Structure::ZeroSum if sum.abs() >= 1e-8 * (1.0 + size) => format!("sums to {sum}, not 0"),
                Structure::Ordered if !x.windows(2).all(|w| w[0] < w[1]) => "does not increase".to_string(),
                Structure::Counts(_) => match sums.as_ref().map(|all| all[if all.len() == 1 { 0 } else { k }]) {
                    Some(wanted) if wanted != sum => format!("sums to {sum}, not {wanted}"),
                    _ => continue,
                },
                _ => continue,
            };
            wrong.push(format!(
                "{} {what}",
                self.event_name(given.var, given.positions[k * given.event] as usize, axis)
            ));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let more = if wrong.len() > 5 { format!(", and {} more", wrong.len() - 5) } else { String::new() };
        let name = self.hir.vars[given.var.0].name.clone();
        let text = format!(
            "`{name}` does not fit `{}`: {}{more}",
            dist.family().name(),
            wrong[..wrong.len().min(5)].join(", ")
        );
        let error = Diagnostic::error("E0522", text)
            .at(dist.span, "has density 0 there")
            .also(self.hir.vars[given.var.0].span, "the outcome");
        Err(Box::new(error))
    }

    /// What counts must sum to, event by event, where that is data.
    fn known_sums(&mut self, argument: usize, lowered: &LoweredDist) -> Option<Vec<f64>> {
        let node = lowered.distribution.arguments()[argument];
        self.constant(node).map(|tensor| tensor.values.to_vec())
    }
}
