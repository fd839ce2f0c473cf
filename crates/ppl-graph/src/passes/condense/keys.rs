//! Which rows are equal: the data that an expression reads in each row, and the rows in which all of it is the same.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::{DataId, Graph, IndexId, NodeId, Op};

/// Numbers or positions that an expression reads, one in each row: the elements from `offset` in steps of `stride`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Column {
    read: Read,
    stride: usize,
    offset: usize,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Read {
    Numbers(DataId),
    Positions(IndexId),
    /// Positions within a row of so many.
    Within(IndexId, usize),
}

/// All that an expression reads in each row; rows that agree in it have the same value.
pub(super) type Key = BTreeSet<Column>;

/// The key of an array whose first axis goes over `rows`; nothing where an element is a matter of its place.
pub(super) fn key(g: &Graph, ids: &[NodeId], rows: usize) -> Option<Key> {
    let mut collect = Collect { g, rows, columns: Key::new(), seen: BTreeSet::new() };
    ids.iter().all(|&id| collect.node(id)).then_some(collect.columns)
}

struct Collect<'a> {
    g: &'a Graph,
    rows: usize,
    columns: Key,
    seen: BTreeSet<NodeId>,
}

impl Collect<'_> {
    /// Adds what a node reads; false where rows cannot be told apart by data.
    fn node(&mut self, id: NodeId) -> bool {
        let shape = self.g.shape(id);
        if shape.is_scalar() || !self.seen.insert(id) {
            return true;
        }
        if shape[0] != self.rows {
            return false;
        }
        let g = self.g;
        match &g.node(id).op {
            Op::Data(data) => self.columns(Read::Numbers(*data), shape.size()),
            Op::Gather { source, index } => self.gather(id, *source, *index),
            op @ (Op::Unary(..) | Op::Binary(..) | Op::Select(..)) => {
                let mut fits = true;
                op.for_each_operand(|operand| fits = fits && self.node(operand));
                fits
            }
            Op::Broadcast { source, axes } => axes.first() != Some(&0) || self.node(*source),
            Op::Transpose { source, permutation } => permutation[0] == 0 && self.node(*source),
            Op::Reduce { source, axes, .. } => !axes.contains(&0) && self.node(*source),
            Op::CumulativeSum { source, .. } | Op::Sort(source) | Op::ArgSort(source) => {
                shape.len() > 1 && self.node(*source)
            }
            Op::Reshape(source) => self.g.shape(*source).first() == Some(&self.rows) && self.node(*source),
            Op::Take { index, .. } => self.node(*index),
            Op::MatMul(a, _) => self.g.shape(*a).len() == 2 && self.node(*a),
            _ => false,
        }
    }

    /// Elements of the own row read that row, and a position in it; others read a position.
    fn gather(&mut self, id: NodeId, source: NodeId, index: IndexId) -> bool {
        let size = self.g.shape(id).size();
        if let Some(width) = row_width(self.g, id, source, index) {
            let mut row = Collect { g: self.g, rows: self.rows, columns: Key::new(), seen: BTreeSet::new() };
            if row.node(source) {
                self.columns.extend(row.columns);
                return self.columns(Read::Within(index, width), size);
            }
        }
        self.columns(Read::Positions(index), size)
    }

    fn columns(&mut self, read: Read, size: usize) -> bool {
        let stride = size / self.rows.max(1);
        self.columns.extend((0..stride).map(|offset| Column { read, stride, offset }));
        true
    }
}

/// How long a row of `source` is, where every row of a gather from it reads within its own.
pub(super) fn row_width(g: &Graph, id: NodeId, source: NodeId, index: IndexId) -> Option<usize> {
    let (rows, size) = (*g.shape(id).first()?, g.shape(id).size());
    let all = g.shape(source).size();
    if g.shape(source).first() != Some(&rows) || all == 0 || size == 0 {
        return None;
    }
    let (width, own) = (all / rows, size / rows);
    let within = |(at, &p): (usize, &u32)| p as usize / width == at / own;
    g.index(index).iter().enumerate().all(within).then_some(width)
}

/// Rows sorted into groups of equal ones.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Groups {
    /// The group of each row.
    pub(super) of: Vec<u32>,
    /// The first row of each group, in order.
    pub(super) first: Vec<u32>,
}

impl Groups {
    pub(super) fn len(&self) -> usize {
        self.first.len()
    }
}

/// A share of the rows above which equal ones are not worth it.
const MOST: f64 = 0.7;
/// Rows looked at before all are.
const PROBE: usize = 512;

/// Sorts rows by keys, each key once.
#[derive(Debug, Default)]
pub(super) struct Sorter {
    known: HashMap<(Key, usize), Option<Arc<Groups>>>,
}

impl Sorter {
    /// The groups of equal rows; nothing where they are too many to gain anything.
    pub(super) fn groups(&mut self, g: &Graph, key: &Key, rows: usize) -> Option<Arc<Groups>> {
        let known = self.known.entry((key.clone(), rows));
        known.or_insert_with(|| groups(g, key, rows).map(Arc::new)).clone()
    }
}

fn groups(g: &Graph, key: &Key, rows: usize) -> Option<Groups> {
    let most = (rows as f64 * MOST) as usize;
    if rows > 8 * PROBE && sort(g, key, &probe(rows), PROBE - 1).is_none() {
        return None;
    }
    let all: Vec<u32> = (0..rows as u32).collect();
    sort(g, key, &all, most)
}

/// Rows here and there, none twice.
fn probe(rows: usize) -> Vec<u32> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut chosen = BTreeSet::new();
    while chosen.len() < PROBE {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        chosen.insert(((state >> 33) % rows as u64) as u32);
    }
    chosen.into_iter().collect()
}

/// The groups of the given rows, numbered as they first occur; nothing where there are more than `most`.
fn sort(g: &Graph, key: &Key, rows: &[u32], most: usize) -> Option<Groups> {
    let mut groups = Groups { of: vec![0; rows.len()], first: rows.first().copied().into_iter().collect() };
    for column in key {
        groups.refine(rows, |row| column.at(g, row));
        if groups.len() > most {
            return None;
        }
    }
    (groups.len() <= most).then_some(groups)
}

impl Groups {
    /// Tells rows of a group apart by one more column.
    fn refine(&mut self, rows: &[u32], column: impl Fn(usize) -> u64) {
        let mut numbers: HashMap<(u32, u64), u32, BuildHasherDefault<Mix>> = HashMap::default();
        self.first.clear();
        for (group, &row) in self.of.iter_mut().zip(rows) {
            let number = numbers.entry((*group, column(row as usize))).or_insert_with(|| {
                self.first.push(row);
                self.first.len() as u32 - 1
            });
            *group = *number;
        }
    }
}

impl Column {
    /// The bits of what is read in a row.
    fn at(&self, g: &Graph, row: usize) -> u64 {
        let at = row * self.stride + self.offset;
        match self.read {
            Read::Numbers(data) => g.tensor(data).values[at].to_bits(),
            Read::Positions(index) => g.index(index)[at].into(),
            Read::Within(index, width) => u64::from(g.index(index)[at]) % width as u64,
        }
    }
}

/// A quick hash of small keys.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    fn write_u32(&mut self, x: u32) {
        self.write_u64(x.into());
    }

    fn write_u64(&mut self, x: u64) {
        let mixed = (self.0 ^ x).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        self.0 = mixed ^ (mixed >> 32);
    }
}
