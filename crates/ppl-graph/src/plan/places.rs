//! Which nodes have a place in memory, and where.

use std::collections::BTreeMap;

use super::classes::{Class, reduces, resolve};
use super::instruction::{Operand, Span};
use super::layout::{Constants, Layout};
use super::schedule::Schedule;
use crate::{Graph, NodeId, Op};

/// The places of nodes; computed nodes without one live in registers of their pass.
pub(super) struct Places<'a> {
    pub graph: &'a Graph,
    pub schedule: &'a Schedule,
    pub constants: &'a mut Constants,
    pub layout: Layout,
    inputs: Span,
    spans: Vec<Option<Span>>,
    /// How often each computed node is used, by other nodes and as an output.
    uses: Vec<usize>,
}

impl<'a> Places<'a> {
    pub(super) fn new(
        graph: &'a Graph,
        schedule: &'a Schedule,
        constants: &'a mut Constants,
        outputs: &[NodeId],
        dim: usize,
    ) -> Self {
        let mut layout = Layout::default();
        let inputs = layout.own(dim);
        let (spans, uses) = (vec![None; graph.len()], vec![0; graph.len()]);
        let mut places = Places { graph, schedule, constants, layout, inputs, spans, uses };
        let lives = places.lives(outputs);
        places.place_all(&lives);
        places
    }

    /// For each node that needs a place: the last moment at which it is read. Counts uses.
    fn lives(&mut self, outputs: &[NodeId]) -> Vec<Option<usize>> {
        let mut lives = vec![None; self.graph.len()];
        for (moment, nodes) in self.schedule.moments().enumerate() {
            nodes.iter().for_each(|&id| self.visit(id, moment, &mut lives));
        }
        for &id in outputs {
            let root = self.root(id).0 as usize;
            self.uses[root] += 1;
            lives[root] = Some(usize::MAX);
        }
        lives
    }

    /// A node that does not live in a register has a place, and so have the operands that it cannot read in step.
    fn visit(&mut self, id: NodeId, moment: usize, lives: &mut [Option<usize>]) {
        let graph = self.graph;
        let in_pass = matches!(self.schedule.classes[id.0 as usize], Class::Stream { .. });
        if !in_pass || reduces(graph, id) {
            lives[id.0 as usize] = lives[id.0 as usize].max(Some(moment));
        }
        let tiled =
            |operand: NodeId| in_pass && matches!(graph.node(id).op, Op::MatMul(..)) && graph.shape(operand).len() == 2;
        graph.node(id).op.for_each_operand(|operand| {
            let root = self.root(operand).0 as usize;
            self.uses[root] += 1;
            let in_step = self.schedule.in_same_pass(graph, id, operand);
            if lives[root].is_some() || !(in_step || tiled(operand)) {
                lives[root] = lives[root].max(Some(moment));
            }
        });
    }

    /// Gives out places in the order of time; arrays that nothing reads later make room for others.
    fn place_all(&mut self, lives: &[Option<usize>]) {
        for id in self.graph.ids().filter(|id| self.schedule.classes[id.0 as usize] == Class::Leaf) {
            if lives[id.0 as usize].is_some() {
                self.place(id);
            }
        }
        let mut dying: BTreeMap<usize, Vec<NodeId>> = BTreeMap::new();
        for (moment, nodes) in self.schedule.moments().enumerate() {
            for &id in nodes {
                if let Some(last) = lives[id.0 as usize] {
                    self.place(id);
                    dying.entry(last).or_default().push(id);
                }
            }
            for id in dying.remove(&moment).unwrap_or_default() {
                self.layout.free(self.span(id));
            }
        }
    }

    fn place(&mut self, root: NodeId) {
        let size = self.graph.shape(root).size();
        self.spans[root.0 as usize] = Some(match self.graph.node(root).op {
            Op::Input { offset } => Span { offset: self.inputs.offset + offset, len: size, ..self.inputs },
            Op::Const(bits) => self.layout.constant(f64::from_bits(bits)),
            Op::Data(data) => self.constants.array(self.graph, data),
            _ if size == 1 => self.layout.scalar(),
            _ => self.layout.array(size),
        });
    }

    /// The inputs.
    pub(super) fn inputs(&self) -> Span {
        self.inputs
    }

    /// The node whose elements a node shows.
    pub(super) fn root(&self, id: NodeId) -> NodeId {
        resolve(&self.schedule.classes, id).0
    }

    /// How often a computed node is used.
    pub(super) fn uses(&self, root: NodeId) -> usize {
        self.uses[root.0 as usize]
    }

    /// Whether a computed node lives in a register.
    pub(super) fn in_register(&self, root: NodeId) -> bool {
        self.spans[root.0 as usize].is_none()
    }

    /// Where the elements of a node that is not in a register lie.
    pub(super) fn span(&self, id: NodeId) -> Span {
        let (root, offset) = resolve(&self.schedule.classes, id);
        let span = self.spans[root.0 as usize].expect("the node has a place");
        Span { offset: span.offset + offset, len: self.graph.shape(id).size(), ..span }
    }

    /// A node as an operand of a pass; one number serves all elements.
    pub(super) fn operand(&self, id: NodeId, length: usize) -> Operand {
        let root = self.root(id);
        if self.in_register(root) {
            return Operand::register(root.0 as usize);
        }
        let span = self.span(id);
        if span.len == length {
            Operand::stream(span.arena, span.offset)
        } else {
            Operand::number(span.arena, span.offset)
        }
    }

    /// The place of one number in the work arena.
    pub(super) fn scalar(&mut self, id: NodeId) -> usize {
        let (root, offset) = resolve(&self.schedule.classes, id);
        match self.graph.node(root).op {
            Op::Data(data) => self.layout.constant(self.graph.tensor(data).values[offset]).offset,
            _ => self.span(id).offset,
        }
    }
}
