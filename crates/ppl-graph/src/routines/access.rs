//! Reading and writing elements elsewhere than in order.

use crate::{Graph, NodeId, Op};

/// How far one step along each axis moves in the other array: for [`Op::Broadcast`] and [`Op::Transpose`] from an axis
/// of the result in the source, for [`Op::Reduce`] from an axis of the source in the result. Empty for other nodes.
pub(super) fn strides(graph: &Graph, id: NodeId) -> Vec<usize> {
    let node = graph.node(id);
    match &node.op {
        Op::Broadcast { source, axes } => {
            let mut strides = vec![0; node.shape.len()];
            for (&axis, stride) in axes.iter().zip(graph.shape(*source).strides()) {
                strides[axis] = stride;
            }
            strides
        }
        Op::Transpose { source, permutation } => {
            let own = graph.shape(*source).strides();
            permutation.iter().map(|&axis| own[axis]).collect()
        }
        Op::Reduce { source, axes, .. } => {
            let mut kept = node.shape.strides().into_iter();
            let rank = graph.shape(*source).len();
            (0..rank).map(|axis| if axes.contains(&axis) { 0 } else { kept.next().unwrap_or(0) }).collect()
        }
        _ => Vec::new(),
    }
}

/// Calls `visit(start, step, count)` for each run along the last axis, in row-major order: `start` is the position in
/// the other array, which moves by `step` from one element of the run to the next.
pub(super) fn for_each_run(
    extents: &[usize],
    strides: &[usize],
    start: usize,
    visit: &mut impl FnMut(usize, usize, usize),
) {
    match (extents, strides) {
        ([], _) | (_, []) => visit(start, 0, 1),
        ([count], [step]) => visit(start, *step, *count),
        ([count, inner @ ..], [step, inner_steps @ ..]) => {
            for k in 0..*count {
                for_each_run(inner, inner_steps, start + k * step, visit);
            }
        }
    }
}

/// Reads the source along strides.
pub(super) fn read(source: &[f64], extents: &[usize], strides: &[usize], out: &mut [f64]) {
    let mut at = 0;
    for_each_run(extents, strides, 0, &mut |start, step, count| {
        let run = &mut out[at..at + count];
        at += count;
        match step {
            _ if count == 0 => {}
            0 => run.fill(source[start]),
            1 => run.copy_from_slice(&source[start..start + count]),
            _ => super::fill(run, source[start..].iter().step_by(step).copied()),
        }
    });
}

pub(super) fn gather(source: &[f64], index: &[u32], out: &mut [f64]) {
    super::fill(out, index.iter().map(|&p| source[p as usize]));
}

pub(super) fn scatter(source: &[f64], index: &[u32], out: &mut [f64]) {
    out.fill(0.0);
    for (&p, x) in index.iter().zip(source) {
        out[p as usize] += x;
    }
}

/// A computed position, where it lies within `size`.
fn position(p: f64, size: usize) -> Option<usize> {
    (p >= 0.0 && p < size as f64).then_some(p as usize)
}

pub(super) fn take(source: &[f64], index: &[f64], out: &mut [f64]) {
    super::fill(out, index.iter().map(|&p| position(p, source.len()).map_or(f64::NAN, |p| source[p])));
}

pub(super) fn put(source: &[f64], index: &[f64], out: &mut [f64]) {
    out.fill(0.0);
    for (&p, x) in index.iter().zip(source) {
        if let Some(p) = position(p, out.len()) {
            out[p] += x;
        }
    }
}

pub(super) fn concat<'a>(parts: impl Iterator<Item = &'a [f64]>, out: &mut [f64]) {
    let mut rest = out;
    for part in parts {
        let (slot, after) = rest.split_at_mut(part.len());
        slot.copy_from_slice(part);
        rest = after;
    }
}

/// Transposes a matrix whose transpose has `rows` rows, in squares that stay in cache.
pub(super) fn transpose(source: &[f64], rows: usize, out: &mut [f64]) {
    const SIDE: usize = 8;
    let columns = out.len().checked_div(rows).unwrap_or(0);
    for top in (0..rows).step_by(SIDE) {
        for left in (0..columns).step_by(SIDE) {
            for i in top..rows.min(top + SIDE) {
                let row = &mut out[i * columns..(i + 1) * columns];
                (left..columns.min(left + SIDE)).for_each(|j| row[j] = source[j * rows + i]);
            }
        }
    }
}
