//! Loops whose turn multiplies the carries by a small matrix and adds a vector.

use ppl_math::kernels::{Isa, Kernels};

use super::instruction::{Operand, Product, Span, SystemStep};
use super::loops::{Reading, Scan};
use super::places::Places;
use crate::{Binary, Body, NodeId, Op};

/// The most carries of a system.
pub(super) const MOST: usize = 4;

/// What one new carry is made of.
struct Row {
    added: Option<Outer>,
    /// For each carry.
    factors: Vec<Option<Factor>>,
}

/// What a body reads beside its carries.
#[derive(Clone, Copy)]
enum Outer {
    Constant(f64),
    /// By its offset.
    Input(usize),
}

#[derive(Clone, Copy)]
struct Factor {
    outer: Outer,
    product: Product,
}

/// The step of a loop that is such a system.
pub(super) fn system(places: &mut Places, kernels: &Kernels, scan: &Scan) -> Option<SystemStep> {
    let rows: Vec<Row> = scan.body.outputs().iter().map(|&output| Row::of(scan.body, output)).collect::<Option<_>>()?;
    let factors = || rows.iter().flat_map(|row| row.factors.iter().flatten());
    let masked = factors().any(|factor| factor.product == Product::Masked);
    if rows.is_empty() || rows.len() > MOST || masked && !factors().all(Factor::may_be_masked) {
        return None;
    }
    let mut operand = |outer: Option<Outer>| match outer.unwrap_or(Outer::Constant(0.0)) {
        Outer::Constant(value) => number(places.layout.constant(value)),
        Outer::Input(offset) => match scan.reading(offset) {
            Reading::Array(array) => stream(places.span(array)),
            Reading::Number(id) => number(places.span(id)),
            Reading::Carry => unreachable!("carries are not factors"),
        },
    };
    Some(SystemStep {
        turns: scan.turns,
        reverse: scan.reverse,
        fused: kernels.isa >= Isa::Avx2,
        masked,
        products: rows.iter().flat_map(|row| &row.factors).map(|factor| factor.map(|f| f.product)).collect(),
        added: rows.iter().map(|row| operand(row.added)).collect(),
        factors: rows.iter().flat_map(|row| &row.factors).map(|factor| operand(factor.map(|f| f.outer))).collect(),
        initial: scan.initial.iter().map(|&id| places.span(id)).collect(),
        to: scan.to,
    })
}

fn number(span: Span) -> Operand {
    Operand::number(span.arena, span.offset)
}

fn stream(span: Span) -> Operand {
    Operand::stream(span.arena, span.offset)
}

impl Factor {
    /// Whether it makes no difference if the product is 0 where the carry is 0.
    fn may_be_masked(&self) -> bool {
        self.product == Product::Masked || matches!(self.outer, Outer::Constant(value) if value.is_finite())
    }
}

impl Row {
    /// A sum of at most one number from outside and one product with each carry; nothing for other outputs.
    fn of(body: &Body, output: NodeId) -> Option<Row> {
        let (graph, carries) = (body.graph(), body.outputs().len());
        let mut row = Row { added: None, factors: vec![None; carries] };
        let mut rest = vec![output];
        while let Some(id) = rest.pop() {
            let (carry, factor) = match graph.node(id).op {
                Op::Binary(Binary::Add, a, b) => {
                    rest.extend([a, b]);
                    continue;
                }
                Op::Binary(Binary::Mul | Binary::MulOrZero, x, y) if carry(body, x).is_none() => {
                    (carry(body, y), outer(body, x))
                }
                Op::Binary(Binary::Mul | Binary::MulOrZero, x, y) => (carry(body, x), outer(body, y)),
                _ if carry(body, id).is_some() => (carry(body, id), Some(Outer::Constant(1.0))),
                _ if row.added.is_none() => {
                    row.added = Some(outer(body, id)?);
                    continue;
                }
                _ => return None,
            };
            let product = match graph.node(id).op {
                Op::Binary(Binary::MulOrZero, x, _) if outer(body, x).is_some() => Product::Chosen,
                Op::Binary(Binary::MulOrZero, ..) => Product::Masked,
                _ => Product::Plain,
            };
            let slot = &mut row.factors[carry?];
            if slot.replace(Factor { outer: factor?, product }).is_some() {
                return None;
            }
        }
        Some(row)
    }
}

/// Which carry a node is.
fn carry(body: &Body, id: NodeId) -> Option<usize> {
    match body.graph().node(id).op {
        Op::Input { offset } if offset < body.outputs().len() => Some(offset),
        _ => None,
    }
}

fn outer(body: &Body, id: NodeId) -> Option<Outer> {
    match body.graph().node(id).op {
        Op::Input { offset } if offset >= body.outputs().len() => Some(Outer::Input(offset)),
        Op::Const(bits) => Some(Outer::Constant(f64::from_bits(bits))),
        _ => None,
    }
}
