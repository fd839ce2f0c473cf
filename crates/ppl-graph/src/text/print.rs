//! Printing.

use std::collections::HashMap;
use std::fmt::{Display, Write};

use crate::{Body, Graph, NodeId, Op};

/// Constants with more numbers than this are left out for people.
const SHORT: usize = 8;

/// The nodes that the outputs need, for people: of long constants only a hash.
pub fn print(graph: &Graph, outputs: &[NodeId]) -> String {
    Printer { graph, full: false, names: HashMap::new() }.print(outputs)
}

/// The nodes that the outputs need, with every number, so that [`super::parse`] gives the same graph.
pub fn print_full(graph: &Graph, outputs: &[NodeId]) -> String {
    Printer { graph, full: true, names: HashMap::new() }.print(outputs)
}

struct Printer<'a> {
    graph: &'a Graph,
    full: bool,
    /// Positions among the printed nodes.
    names: HashMap<NodeId, usize>,
}

impl Printer<'_> {
    fn print(mut self, outputs: &[NodeId]) -> String {
        let mut text = String::new();
        for (k, id) in self.graph.needs_of(outputs).into_iter().enumerate() {
            self.names.insert(id, k);
            let _ = writeln!(text, "%{k} = {}", self.line(id));
        }
        let _ = writeln!(text, "return{}", self.operands(outputs));
        text
    }

    fn line(&self, id: NodeId) -> String {
        let node = self.graph.node(id);
        let mut line = self.body(&node.op);
        if !matches!(node.op, Op::Const(_)) {
            let _ = write!(line, " : {}", node.shape);
        }
        if self.graph.origin(id).0 != 0 {
            let _ = write!(line, " @{}", self.graph.origin(id).0);
        }
        line
    }

    fn body(&self, op: &Op) -> String {
        let mut operands = Vec::new();
        op.for_each_operand(|operand| operands.push(operand));
        if let Op::Scan { body, initial, each, shared, reverse } = op {
            let [initial, each, shared] = [initial, each, shared].map(|ids| self.operands(ids));
            let reverse = if *reverse { " reverse" } else { "" };
            return format!("scan{initial} each{each} shared{shared}{reverse} {}", body_text(self.graph.body(*body)));
        }
        let head = format!("{}{}", name(op), self.operands(&operands));
        match op {
            Op::Input { offset } => format!("{head} {offset}"),
            Op::Const(bits) => format!("{head} {}", number(f64::from_bits(*bits))),
            Op::Data(data) => {
                let values = &self.graph.tensor(*data).values;
                format!("{head} {}", self.constants(values, |x| number(*x), |x| x.to_bits()))
            }
            Op::Gather { index, .. } | Op::Scatter { index, .. } => {
                let positions = self.graph.index(*index);
                format!("{head} at {}", self.constants(positions, u32::to_string, |&p| u64::from(p)))
            }
            Op::SparseProduct { matrix, transposed, .. } => {
                let suffix = if *transposed { " transposed" } else { "" };
                format!("{head} {}{suffix}", self.sparse(*matrix))
            }
            Op::Broadcast { axes, .. } | Op::Reduce { axes, .. } => format!("{head} axes {}", list(axes)),
            Op::Transpose { permutation, .. } => format!("{head} axes {}", list(permutation)),
            Op::CumulativeSum { reverse: true, .. } | Op::LinearRecurrence { reverse: true, .. } => {
                format!("{head} reverse")
            }
            Op::SolveTriangular { transposed: true, .. } => format!("{head} transposed"),
            _ => head,
        }
    }

    /// The number of columns, then the elements.
    fn sparse(&self, id: crate::SparseId) -> String {
        let matrix = self.graph.sparse_matrix(id);
        let whole = |positions: &[u32]| self.constants(positions, u32::to_string, |&p| u64::from(p));
        let (starts, columns) = (whole(matrix.row_starts()), whole(matrix.column_indices()));
        let values = self.constants(matrix.values(), |x| number(*x), |x| x.to_bits());
        format!("width {} starts {starts} columns {columns} values {values}", matrix.columns())
    }

    fn operands(&self, ids: &[NodeId]) -> String {
        ids.iter().map(|id| format!(" %{}", self.names[id])).collect()
    }

    fn constants<T>(&self, values: &[T], show: impl Fn(&T) -> String, bits: impl Fn(&T) -> u64) -> String {
        if self.full || values.len() <= SHORT {
            return list(&values.iter().map(show).collect::<Vec<_>>());
        }
        format!("#{:016x}", hash(values.iter().map(bits)))
    }
}

/// The lines of a body behind each other.
fn body_text(body: &Body) -> String {
    let lines = print_full(body.graph(), body.outputs());
    format!("{{ {} }}", lines.trim_end().replace('\n', "; "))
}

/// What the operation is called, up to its operands.
pub(crate) fn name(op: &Op) -> String {
    let name = match op {
        Op::Input { .. } => "input",
        Op::Data(_) => "data",
        Op::Const(_) => "const",
        Op::Unary(f, _) => f.name(),
        Op::Binary(f, ..) => f.name(),
        Op::Select(..) => "select",
        Op::Broadcast { .. } => "broadcast",
        Op::Transpose { .. } => "transpose",
        Op::Reshape(_) => "reshape",
        Op::Gather { .. } => "gather",
        Op::Scatter { .. } => "scatter",
        Op::Take { .. } => "take",
        Op::Put { .. } => "put",
        Op::Concat(_) => "concat",
        Op::Reduce { kind, .. } => return format!("reduce {}", kind.name()),
        Op::CumulativeSum { .. } => "cumulative_sum",
        Op::LinearRecurrence { .. } => "linear_recurrence",
        Op::Scan { .. } => "scan",
        Op::MatMul(..) => "matmul",
        Op::SparseProduct { .. } => "sparse_product",
        Op::Cholesky(_) => "cholesky",
        Op::SolveTriangular { .. } => "solve_triangular",
        Op::Solve(..) => "solve",
        Op::Inverse(_) => "inverse",
        Op::LogDeterminant(_) => "log_determinant",
        Op::Sort(_) => "sort",
        Op::ArgSort(_) => "arg_sort",
    };
    name.into()
}

/// The shortest decimal that reads back as the same number.
fn number(x: f64) -> String {
    let text = format!("{x:?}");
    match text.strip_suffix(".0") {
        Some(whole) if whole != "-0" => whole.into(),
        _ => text,
    }
}

fn list(items: &[impl Display]) -> String {
    let items: Vec<String> = items.iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(", "))
}

/// FNV-1a over words.
fn hash(words: impl Iterator<Item = u64>) -> u64 {
    words.fold(0xcbf2_9ce4_8422_2325, |hash, word| (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3))
}
