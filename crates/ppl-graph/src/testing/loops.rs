//! Random turns of loops that forget where they began, so that rounding does not grow however many turns there are.

use super::SplitMix;
use crate::{Binary, Body, Graph, NodeId, Unary};

/// A number in a body with bounds on its size and on the sum of its slopes in the carries.
#[derive(Clone, Copy)]
struct Bounded {
    id: NodeId,
    size: f64,
    slope: f64,
}

/// Functions whose size and slope never exceed those of their operand.
const FLAT: &[Unary] = &[Unary::Sin, Unary::Tanh, Unary::Atan, Unary::Neg, Unary::Abs];

/// A body for operands between −1 and 1; its outputs are too, and their slopes in the carries sum to less than 1.
pub(super) fn random_body(random: &mut SplitMix, carries: usize, others: usize) -> Body {
    let mut graph = Graph::new();
    let input = |k: usize| Bounded { id: graph.input(k, []), size: 1.0, slope: f64::from(k < carries) };
    let mut pool: Vec<Bounded> = (0..carries + others).map(input).collect();
    pool.push(Bounded { id: graph.constant(0.6), size: 0.6, slope: 0.0 });
    for _ in 0..2 + random.below(8) {
        let made = step(random, &mut graph, &pool);
        pool.push(made);
    }
    let newest = pool.len() - carries.min(pool.len() - 1);
    let outputs: Vec<NodeId> = pool[newest..].iter().map(|&last| contracted(&mut graph, last)).collect();
    Body::new(&graph, &outputs)
}

/// Divided by what bounds it.
fn contracted(graph: &mut Graph, node: Bounded) -> NodeId {
    graph.scaled(0.8 / node.size.max(node.slope).max(0.8), node.id)
}

fn step(random: &mut SplitMix, graph: &mut Graph, pool: &[Bounded]) -> Bounded {
    let [a, b, c] = [(); 3].map(|()| random.pick(pool));
    let (size, slope) = (a.size.max(b.size), a.slope.max(b.slope));
    match random.below(10) {
        0 | 1 => Bounded { id: graph.unary(random.pick(FLAT), a.id), ..a },
        2 => Bounded { id: graph.add(a.id, b.id), size: a.size + b.size, slope: a.slope + b.slope },
        3 => Bounded { id: graph.sub(a.id, b.id), size: a.size + b.size, slope: a.slope + b.slope },
        4 => {
            let f = random.pick(&[Binary::Mul, Binary::MulOrZero]);
            let slope = a.size * b.slope + b.size * a.slope;
            Bounded { id: graph.binary(f, a.id, b.id), size: a.size * b.size, slope }
        }
        5 => Bounded { id: graph.log_add_exp(a.id, b.id), size: size + 0.7, slope },
        6 => Bounded { id: graph.binary(random.pick(&[Binary::Min, Binary::Max]), a.id, b.id), size, slope },
        7 => quotient(graph, a, b),
        8 => {
            let sine = graph.unary(Unary::Sin, a.id);
            Bounded { id: graph.exp(sine), size: 3.0, slope: 3.0 * a.slope }
        }
        _ => {
            let condition = graph.lt(c.id, a.id);
            Bounded { id: graph.select(condition, a.id, b.id), size, slope }
        }
    }
}

/// a over a number between 0.5 and 2.5.
fn quotient(graph: &mut Graph, a: Bounded, b: Bounded) -> Bounded {
    let sine = graph.unary(Unary::Sin, b.id);
    let divisor = graph.shifted(1.5, sine);
    Bounded { id: graph.div(a.id, divisor), size: 2.0 * a.size, slope: 2.0 * a.slope + 4.0 * a.size * b.slope }
}
