//! Where divergent trajectories gather.

use ppl_store::Draws;

/// Divergences fewer than which have no pattern.
const FEWEST: usize = 5;
/// How far from one half the chance must be that a draw after a divergence exceeds another draw.
const CLEAR: f64 = 0.25;

/// The column in which draws after divergent trajectories differ most from the others.
#[derive(Clone, Debug, PartialEq)]
pub struct DivergencePlace {
    /// Name of the column.
    pub column: String,
    /// Whether its values are small there rather than large.
    pub low: bool,
}

/// Compares draws after divergences with the others by the rank-sum statistic of Mann and Whitney (1947).
pub(crate) fn place(draws: &Draws) -> Option<DivergencePlace> {
    let divergent: Vec<bool> = draws.chains.iter().flat_map(|c| c.stats.iter().map(|s| s.divergent)).collect();
    let number = divergent.iter().filter(|d| **d).count();
    if number < FEWEST || number == divergent.len() {
        return None;
    }
    let effects =
        (0..draws.columns.len()).map(|i| (i, exceedance(&draws.column(i).concat(), &divergent, number) - 0.5));
    let (column, effect) = effects.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    let name = &draws.columns[column].name;
    (effect.abs() > CLEAR).then(|| DivergencePlace { column: name.clone(), low: effect < 0.0 })
}

/// Chance that a marked value exceeds an unmarked one, ties counting one half; one half if values are not finite.
fn exceedance(values: &[f64], marked: &[bool], number: usize) -> f64 {
    if values.iter().any(|value| !value.is_finite()) {
        return 0.5;
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut below = 0.0;
    let mut exceeded = 0.0;
    for ties in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let inside = ties.iter().filter(|&&i| marked[i]).count() as f64;
        let outside = ties.len() as f64 - inside;
        exceeded += inside * (below + 0.5 * outside);
        below += outside;
    }
    exceeded / (number as f64 * (values.len() - number) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ppl_engine::Settings;
    use ppl_store::{Chain, Column};

    fn draws(divergent_below: f64) -> Draws {
        let tau: Vec<f64> = (0..100).map(f64::from).collect();
        let mu: Vec<f64> = (0..100).map(|i| f64::from(i * 37 % 100)).collect();
        let stats = |x: &f64| ppl_engine::Stats { divergent: *x < divergent_below, ..Default::default() };
        let chain = Chain {
            id: Settings::default().first_chain,
            walker: 0,
            stats: tau.iter().map(stats).collect(),
            values: vec![mu, tau],
        };
        Draws { columns: vec![Column::real("mu", &[]), Column::real("tau", &[])], chains: vec![chain] }
    }

    #[test]
    fn the_neck_of_a_funnel_is_found() {
        assert_eq!(place(&draws(12.0)), Some(DivergencePlace { column: "tau".into(), low: true }));
    }

    #[test]
    fn a_few_divergences_have_no_place() {
        assert_eq!(place(&draws(4.0)), None);
    }
}
