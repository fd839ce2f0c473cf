//! The order of work: nodes that can share a pass over memory form one step.
//!
//! A node's level grows where it needs a result that is finished only later: a reduction, or an array that it does not
//! read in step. Within a level routines come first, then numbers, then passes from the shortest to the longest, so a
//! longer pass may use what a shorter one of the same level finished.

use std::collections::BTreeMap;

use super::classes::{Class, classify, reads_in_step, reduces, resolve};
use crate::{Graph, NodeId};

/// What kind of step a node belongs to; steps of one level run in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Routines,
    Scalars,
    /// A pass over so many elements.
    Pass(usize),
}

/// When a node is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    pub level: usize,
    pub phase: Phase,
}

/// The order of work for some outputs of a graph.
pub(super) struct Schedule {
    pub classes: Vec<Class>,
    /// The slot of each node that is computed.
    pub slots: Vec<Option<Slot>>,
    /// The nodes of each step, operands first.
    pub steps: Vec<(Slot, Vec<NodeId>)>,
}

impl Schedule {
    pub(super) fn new(graph: &Graph, outputs: &[NodeId]) -> Self {
        let classes = classify(graph);
        let mut slots = vec![None; graph.len()];
        let mut steps: BTreeMap<Slot, Vec<NodeId>> = BTreeMap::new();
        for id in graph.needs_of(outputs) {
            let Some(phase) = phase(classes[id.0 as usize]) else { continue };
            let mut level = 0;
            graph.node(id).op.for_each_operand(|operand| {
                level = level.max(earliest(graph, &classes, &slots, (id, phase), operand));
            });
            let slot = Slot { level, phase };
            slots[id.0 as usize] = Some(slot);
            steps.entry(slot).or_default().push(id);
        }
        Schedule { classes, slots, steps: steps.into_iter().collect() }
    }

    /// The nodes that are computed at the same time: those of a step, but routines one by one.
    pub(super) fn moments(&self) -> impl Iterator<Item = &[NodeId]> {
        self.steps
            .iter()
            .flat_map(|(slot, nodes)| nodes.chunks(if slot.phase == Phase::Routines { 1 } else { nodes.len() }))
    }

    /// Whether a node reads the operand while both are under way in the same pass.
    pub(super) fn in_same_pass(&self, graph: &Graph, id: NodeId, operand: NodeId) -> bool {
        let (root, offset) = resolve(&self.classes, operand);
        let slot = |id: NodeId| self.slots[id.0 as usize];
        slot(root).is_some()
            && slot(root) == slot(id)
            && is_whole(graph, root, offset, operand)
            && reads_in_step(graph, id, operand)
            && !reduces(graph, root)
    }
}

fn phase(class: Class) -> Option<Phase> {
    match class {
        Class::Leaf | Class::View { .. } => None,
        Class::Scalar => Some(Phase::Scalars),
        Class::Stream { length } => Some(Phase::Pass(length)),
        Class::Routine => Some(Phase::Routines),
    }
}

fn is_whole(graph: &Graph, root: NodeId, offset: usize, view: NodeId) -> bool {
    offset == 0 && graph.shape(root).size() == graph.shape(view).size()
}

/// The first level at which a node of a phase can use an operand.
fn earliest(
    graph: &Graph,
    classes: &[Class],
    slots: &[Option<Slot>],
    (id, phase): (NodeId, Phase),
    operand: NodeId,
) -> usize {
    let (root, offset) = resolve(classes, operand);
    let Some(made) = slots[root.0 as usize] else { return 0 };
    let in_step = match phase {
        Phase::Pass(_) => {
            made.phase == phase
                && !reduces(graph, root)
                && is_whole(graph, root, offset, operand)
                && reads_in_step(graph, id, operand)
        }
        _ => made.phase == phase,
    };
    if in_step || made.phase < phase { made.level } else { made.level + 1 }
}
