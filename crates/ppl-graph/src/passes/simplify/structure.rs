//! Rules for access.

use super::make;
use crate::{Graph, NodeId, Op, Shape};

pub(super) fn structure(g: &mut Graph, op: &Op, shape: &Shape) -> Option<NodeId> {
    match *op {
        Op::Broadcast { source, ref axes } => broadcast(g, source, axes, shape),
        Op::Transpose { source, ref permutation } => transpose(g, source, permutation),
        Op::Reshape(source) => reshape(g, source, shape),
        Op::Gather { source, index } => gather(g, source, index, shape),
        Op::Concat(ref parts) => concat(g, parts, shape),
        _ => None,
    }
}

/// Broadcasts of broadcasts are one.
fn broadcast(g: &mut Graph, source: NodeId, axes: &[usize], shape: &Shape) -> Option<NodeId> {
    let Op::Broadcast { source: inner, axes: inner_axes } = &g.node(source).op else { return None };
    let (inner, axes) = (*inner, inner_axes.iter().map(|&axis| axes[axis]).collect::<Vec<_>>());
    Some(g.broadcast(inner, &axes, shape.clone()))
}

fn transpose(g: &mut Graph, source: NodeId, permutation: &[usize]) -> Option<NodeId> {
    let Op::Transpose { source: inner, permutation: first } = &g.node(source).op else { return None };
    let (inner, both) = (*inner, permutation.iter().map(|&axis| first[axis]).collect::<Vec<_>>());
    Some(g.transpose(inner, &both))
}

fn reshape(g: &mut Graph, source: NodeId, shape: &Shape) -> Option<NodeId> {
    match g.node(source).op {
        Op::Reshape(inner) => Some(g.reshape(inner, shape.clone())),
        Op::Broadcast { source: scalar, .. } if g.shape(scalar).is_scalar() => {
            Some(g.broadcast(scalar, &[], shape.clone()))
        }
        _ => None,
    }
}

/// Gathers of gathers are one; those that keep everything in its place are none.
fn gather(g: &mut Graph, source: NodeId, index: crate::IndexId, shape: &Shape) -> Option<NodeId> {
    let positions = g.index(index).clone();
    match g.node(source).op {
        Op::Gather { source: inner, index: first } => {
            let first = g.index(first).clone();
            let both: Vec<u32> = positions.iter().map(|&p| first[p as usize]).collect();
            return Some(make_gather(g, inner, both, shape));
        }
        Op::Reshape(inner) => return Some(make_gather(g, inner, positions.to_vec(), shape)),
        Op::Concat(ref parts) => {
            if let Some((part, start)) = only_part(g, parts, &positions) {
                let inner: Vec<u32> = positions.iter().map(|&p| p - start).collect();
                return Some(make_gather(g, part, inner, shape));
            }
        }
        Op::Broadcast { source: scalar, .. } if g.shape(scalar).is_scalar() => {
            return Some(g.broadcast(scalar, &[], shape.clone()));
        }
        _ => {}
    }
    let in_place = positions.len() == g.shape(source).size() && positions.iter().zip(0..).all(|(&p, k)| p == k);
    if !in_place {
        return None;
    }
    Some(if g.shape(source) == shape { source } else { make(g, Op::Reshape(source), shape) })
}

/// The one part that all positions lie in, and where it starts.
fn only_part(g: &Graph, parts: &[NodeId], positions: &[u32]) -> Option<(NodeId, u32)> {
    let (&low, &high) = (positions.iter().min()?, positions.iter().max()?);
    let mut start = 0;
    for &part in parts {
        let end = start + g.shape(part).size() as u32;
        if (start..end).contains(&low) {
            return (high < end).then_some((part, start));
        }
        start = end;
    }
    None
}

fn make_gather(g: &mut Graph, source: NodeId, positions: Vec<u32>, shape: &Shape) -> NodeId {
    let index = g.positions(positions);
    make(g, Op::Gather { source, index }, shape)
}

fn concat(g: &mut Graph, parts: &[NodeId], shape: &Shape) -> Option<NodeId> {
    match *parts {
        [only] => Some(g.reshape(only, shape.clone())),
        _ => None,
    }
}
