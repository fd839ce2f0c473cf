//! Natural values to unconstrained coordinates.

use ppl_distributions::transform::{NumericSupport, noncentered_coordinates, unconstrain};
use ppl_distributions::{Distribution, Structure};
use ppl_graph::Evaluator;

use crate::lower::{LatentBlock, Slicing};

/// The coordinates of a block's values, whose parents are set as inputs: none where a value is missing, an error where
/// it is outside the support.
pub(super) fn coordinates(
    block: &LatentBlock,
    len: usize,
    values: &[Option<f64>],
    natural: &mut Evaluator,
) -> Vec<Result<Option<f64>, String>> {
    let event = block.event.max(1);
    let events = values.len() / event;
    let width = len.checked_div(events).unwrap_or(0);
    let bounds = Bounds::of(block, natural);
    let arguments = arguments(block, natural);
    let mut all = Vec::with_capacity(len);
    for (k, own) in values.chunks(event).enumerate() {
        let Some(own) = own.iter().copied().collect::<Option<Vec<f64>>>() else {
            all.extend(vec![Ok(None); width]);
            continue;
        };
        match event_coordinates(block, &own, &bounds, &arguments, k) {
            Ok(found) => all.extend(found.into_iter().map(|v| Ok(Some(v)))),
            Err(reason) => all.extend(vec![Err(reason); width.max(1)]),
        }
    }
    all
}

/// The bounds of a block's support at the current inputs.
struct Bounds {
    lower: Option<Vec<f64>>,
    upper: Option<Vec<f64>>,
}

impl Bounds {
    fn of(block: &LatentBlock, natural: &mut Evaluator) -> Self {
        let mut value = |node: Option<_>| node.map(|node| natural.value(node).to_vec());
        Bounds { lower: value(block.support.lower), upper: value(block.support.upper) }
    }
}

fn slice(bound: &Option<Vec<f64>>, event: usize, k: usize) -> Option<&[f64]> {
    bound.as_ref().map(|all| if all.len() == 1 { &all[..] } else { &all[k * event..(k + 1) * event] })
}

type Arguments = Vec<(Vec<f64>, Slicing)>;

fn arguments(block: &LatentBlock, natural: &mut Evaluator) -> Arguments {
    let nodes = block.dist.distribution.arguments();
    let slicing = |node| block.dist.slicing.get(node).copied().unwrap_or(Slicing::Whole);
    nodes.iter().map(|node| (natural.value(*node).to_vec(), slicing(node))).collect()
}

fn event_coordinates(
    block: &LatentBlock,
    own: &[f64],
    bounds: &Bounds,
    arguments: &Arguments,
    k: usize,
) -> Result<Vec<f64>, String> {
    if let (true, Distribution::Family { family, .. }) = (block.noncentered, &block.dist.distribution) {
        let of_event: Vec<&[f64]> = arguments
            .iter()
            .map(|(all, slicing)| match slicing {
                Slicing::Whole => &all[..],
                Slicing::Each(n) => &all[k * n..(k + 1) * n],
            })
            .collect();
        return noncentered_coordinates(*family, &of_event, own).ok_or_else(|| "has no location and scale".to_string());
    }
    let event = own.len();
    let (lower, upper) = (slice(&bounds.lower, event, k), slice(&bounds.upper, event, k));
    let unbounded = |bound: Option<&[f64]>| bound.is_some_and(|b| b.iter().any(|v| v.is_nan()));
    if unbounded(lower) || unbounded(upper) {
        return Err("its bound depends on a value that is missing".to_string());
    }
    let structure = match block.support.structure {
        Structure::Counts(_) => Structure::Free,
        other => other,
    };
    let support = NumericSupport { values: block.support.values, lower, upper, structure };
    unconstrain(&support, own, event)
}
