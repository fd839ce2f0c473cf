//! Outcomes: given values, checked against the support of their distribution, with their density.

use ppl_diagnostic::{Diagnostic, Span};
use ppl_distributions::{Domain, ResolvedSupport, Structure, Values};
use ppl_graph::{NodeId, Tensor};

use super::axes::Env;
use super::latent::reordered;
use super::{Coordinates, Lowered, Lowering};
use crate::hir::{Dist, TargetAxis, VarId};

impl Lowering<'_> {
    pub(super) fn outcome(&mut self, statement: usize, var: VarId, target: &[TargetAxis], dist: &Dist, env: &Env) -> Lowered<()> {
        let elements = self.elements(var, target, env)?;
        let (layout, order) = self.layout(dist, &elements.axes, env)?;
        let positions = reordered(&elements.positions, &self.extents(&elements.axes), &order);
        let shape = self.extents(&layout.axes());
        let all = self.bound.data[&var].values.clone();
        let identity = positions.len() == all.len() && positions.iter().enumerate().all(|(i, &p)| i == p as usize);
        let values = if identity { all } else { positions.iter().map(|&p| all[p as usize]).collect() };
        let x = self.graph.data(Tensor::new(shape, values.clone()));
        let x = self.from_zero(x, dist);
        let lowered = self.dist(dist, &layout, env)?;
        if self.coordinates == Coordinates::Natural {
            let support = lowered.distribution.support(&mut self.graph);
            self.within_support(var, &values, &positions, &support, dist)?;
        }
        let node = self.log_density(&lowered, x, dist.span)?;
        let event = layout.event.map_or(1, |e| self.extent(e));
        self.term(statement, var, node, &positions, event);
        Ok(())
    }

    /// Every value must be where the density can be positive, as far as that is known before sampling.
    fn within_support(&mut self, var: VarId, values: &[f64], positions: &[u32], support: &ResolvedSupport, dist: &Dist) -> Lowered<()> {
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
            return self.outside(var, values, positions, &wrong, wanted, dist.span);
        }
        self.structured(var, values, support, dist)
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

    fn outside(&mut self, var: VarId, values: &[f64], positions: &[u32], wrong: &[usize], wanted: String, span: Span) -> Lowered<()> {
        let record = &self.hir.vars[var.0];
        let shown: Vec<String> = wrong
            .iter()
            .take(5)
            .map(|&i| format!("{} is {}", self.element_name(var, positions[i] as usize), values[i]))
            .collect();
        let more = if wrong.len() > 5 { format!(", and {} more", wrong.len() - 5) } else { String::new() };
        let text = format!("`{}` must be {wanted}; {}{more}", record.name, shown.join(", "));
        let error = Diagnostic::error("E0522", text)
            .at(span, "has density 0 there")
            .also(record.span, "the outcome");
        Err(Box::new(error))
    }

    /// Vectors that must sum to something.
    fn structured(&mut self, var: VarId, values: &[f64], support: &ResolvedSupport, dist: &Dist) -> Lowered<()> {
        let event = dist.axis.map_or(1, |a| self.bound.size(self.hir.dim_of(a))).max(1);
        let fits: fn(&[f64]) -> bool = match support.structure {
            Structure::Simplex => |x| (x.iter().sum::<f64>() - 1.0).abs() < 1e-8,
            Structure::ZeroSum => |x| x.iter().sum::<f64>().abs() < 1e-8 * (1.0 + x.iter().map(|v| v.abs()).sum::<f64>()),
            Structure::Ordered => |x| x.windows(2).all(|w| w[0] < w[1]),
            Structure::Free | Structure::Counts(_) => return Ok(()),
        };
        if !dist.is_vector() || values.chunks(event).all(fits) {
            return Ok(());
        }
        let wanted = match support.structure {
            Structure::Simplex => "sum to 1",
            Structure::ZeroSum => "sum to 0",
            _ => "increase",
        };
        let name = self.hir.vars[var.0].name.clone();
        self.fail("E0522", format!("the elements of `{name}` must {wanted} along the event"), dist.span, "not so in these data")
    }
}
