//! Building loops: recurrences along one axis.

use std::ops::Range;
use std::sync::Arc;

use crate::{Body, Graph, NodeId, Op};

impl Graph {
    /// The states of [`Op::LinearRecurrence`], one more than `addend` has elements.
    ///
    /// ```
    /// use ppl_graph::{Graph, Tensor, evaluate};
    /// let mut graph = Graph::new();
    /// let (half, start) = (graph.constant(0.5), graph.constant(8.0));
    /// let shocks = graph.data(Tensor::new([3], vec![0.0, 1.0, 0.0]));
    /// let states = graph.linear_recurrence(half, shocks, start, false);
    /// assert_eq!(evaluate(&graph, &[], &[states])[0].values[..], [8.0, 4.0, 3.0, 1.5]);
    /// ```
    pub fn linear_recurrence(&mut self, coefficient: NodeId, addend: NodeId, initial: NodeId, reverse: bool) -> NodeId {
        assert_eq!(self.shape(addend).len(), 1, "a recurrence goes along one axis");
        assert!(self.shape(coefficient).is_scalar() || self.shape(coefficient) == self.shape(addend));
        assert!(self.shape(initial).is_scalar(), "a recurrence begins with one number");
        let states = self.shape(addend)[0] + 1;
        self.push(Op::LinearRecurrence { coefficient, addend, initial, reverse }, [states].into())
    }

    /// The states of a loop of so many turns, one row a carry; see [`Op::Scan`] and [`Body`]. The three lists are the
    /// carries before the first turn, arrays with one element a turn, and numbers that all turns read.
    ///
    /// ```
    /// use ppl_graph::{Body, Graph, Tensor, evaluate};
    /// let mut turn = Graph::new();
    /// let [x, e, k] = [0, 1, 2].map(|at| turn.input(at, []));
    /// let square = turn.square(x);
    /// let scaled = turn.mul(k, square);
    /// let next = turn.add(scaled, e);
    /// let body = Body::new(&turn, &[next]);
    /// let mut graph = Graph::new();
    /// let (start, half) = (graph.constant(2.0), graph.constant(0.5));
    /// let shocks = graph.data(Tensor::new([3], vec![0.0, 1.0, -2.0]));
    /// let states = graph.scan(body, [&[start], &[shocks], &[half]], 3, false);
    /// assert_eq!(evaluate(&graph, &[], &[states])[0].values[..], [2.0, 2.0, 3.0, 2.5]);
    /// ```
    ///
    /// # Panics
    /// Where the body does not return one number a carry or reads more than it is given, and where a shape does not fit.
    pub fn scan(
        &mut self,
        body: impl Into<Arc<Body>>,
        [initial, each, shared]: [&[NodeId]; 3],
        turns: usize,
        reverse: bool,
    ) -> NodeId {
        let body = body.into();
        assert_eq!(body.outputs().len(), initial.len(), "a body returns one number a carry");
        assert!(body.graph().inputs_len() <= initial.len() + each.len() + shared.len());
        assert!(initial.iter().chain(shared).all(|&id| self.shape(id).is_scalar()));
        assert!(each.iter().all(|&id| self.shape(id)[..] == [turns]), "an array has one element a turn");
        let (body, states) = (self.intern(body), [initial.len(), turns + 1]);
        let [initial, each, shared] = [initial, each, shared].map(<[NodeId]>::to_vec);
        self.push(Op::Scan { body, initial, each, shared, reverse }, states.into())
    }

    /// For each turn of a loop, a carry before it: an array of `[T]`.
    ///
    /// # Panics
    /// Where the node is no loop.
    pub fn states_before(&mut self, sequence: NodeId, carry: usize) -> NodeId {
        let start = usize::from(self.is_reverse(sequence));
        self.states_from(sequence, carry, start)
    }

    /// For each turn of a loop, a carry after it: an array of `[T]`.
    ///
    /// # Panics
    /// Where the node is no loop.
    pub fn states_after(&mut self, sequence: NodeId, carry: usize) -> NodeId {
        let start = usize::from(!self.is_reverse(sequence));
        self.states_from(sequence, carry, start)
    }

    fn is_reverse(&self, sequence: NodeId) -> bool {
        match self.node(sequence).op {
            Op::LinearRecurrence { reverse, .. } | Op::Scan { reverse, .. } => reverse,
            _ => panic!("{sequence:?} is no loop"),
        }
    }

    fn states_from(&mut self, sequence: NodeId, carry: usize, start: usize) -> NodeId {
        let states = self.shape(sequence).last().copied().unwrap_or(1);
        let first = carry * states + start;
        self.slice(sequence, first..first + states - 1)
    }

    /// Consecutive elements of an array, by flat positions.
    pub fn slice(&mut self, source: NodeId, range: Range<usize>) -> NodeId {
        let positions: Vec<u32> = range.map(|p| p as u32).collect();
        let length = positions.len();
        self.gather(source, positions, [length])
    }

    /// One element of an array, by its flat position.
    pub fn element(&mut self, source: NodeId, at: usize) -> NodeId {
        self.gather(source, vec![at as u32], [])
    }
}
