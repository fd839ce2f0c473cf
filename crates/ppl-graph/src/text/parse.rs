//! Parsing.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::{Binary, Body, Graph, Node, NodeId, Op, Origin, Reduction, Shape, SparseMatrix, Tensor, Unary};

/// What is wrong with a text, and on which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

/// The graph and the outputs of a text that [`super::print_full`] printed, or that was written by hand.
///
/// # Errors
/// The first line that is wrong: a name that is not known, an operand that is not defined, a shape that does not fit.
pub fn parse(text: &str) -> Result<(Graph, Vec<NodeId>), ParseError> {
    let mut parser = Parser { graph: Graph::new(), names: HashMap::new() };
    for (k, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parsed = parser.line(&mut Tokens { rest: line });
        let outputs = parsed.map_err(|message| ParseError { line: k + 1, message })?;
        if let Some(outputs) = outputs {
            return Ok((parser.graph, outputs));
        }
    }
    Err(ParseError { line: text.lines().count() + 1, message: "there is no `return`".into() })
}

struct Parser {
    graph: Graph,
    names: HashMap<usize, NodeId>,
}

impl Parser {
    /// Reads a definition, or the outputs.
    fn line(&mut self, tokens: &mut Tokens) -> Result<Option<Vec<NodeId>>, String> {
        if tokens.accept("return") {
            let outputs = self.operands(tokens)?;
            tokens.end()?;
            return Ok(Some(outputs));
        }
        let name = tokens.name()?;
        tokens.expect("=")?;
        let id = self.definition(tokens)?;
        tokens.end()?;
        match self.names.insert(name, id) {
            Some(_) => Err(format!("%{name} is defined twice")),
            None => Ok(None),
        }
    }

    fn definition(&mut self, tokens: &mut Tokens) -> Result<NodeId, String> {
        let word = tokens.word();
        if word == "const" {
            let value: f64 = tokens.parse("a number")?;
            self.origin(tokens)?;
            return Ok(self.graph.constant(value));
        }
        if word == "data" {
            let values: Vec<f64> = tokens.list("a number")?;
            let shape = tokens.shape()?;
            self.origin(tokens)?;
            if values.len() != shape.size() || shape.is_scalar() {
                return Err(format!("{} elements stand against {}", values.len(), shape.size()));
            }
            return Ok(self.graph.data(Tensor::new(shape, values)));
        }
        let op = self.op(word, tokens)?;
        let node = Node { op, shape: tokens.shape()? };
        self.origin(tokens)?;
        self.graph.check(&node)?;
        Ok(self.graph.push(node.op, node.shape))
    }

    fn origin(&mut self, tokens: &mut Tokens) -> Result<(), String> {
        let number = if tokens.accept("@") { tokens.parse("a number")? } else { 0 };
        self.graph.set_origin(Origin(number));
        Ok(())
    }

    fn op(&mut self, word: &str, tokens: &mut Tokens) -> Result<Op, String> {
        if let Some(f) = Unary::from_name(word) {
            return Ok(Op::Unary(f, self.operand(tokens)?));
        }
        // `min` and `max` name reductions too, but those follow `reduce`.
        if let Some(f) = Binary::from_name(word) {
            return Ok(Op::Binary(f, self.operand(tokens)?, self.operand(tokens)?));
        }
        Ok(match word {
            "input" => Op::Input { offset: tokens.parse("an offset")? },
            "select" => Op::Select(self.operand(tokens)?, self.operand(tokens)?, self.operand(tokens)?),
            "broadcast" => Op::Broadcast { source: self.operand(tokens)?, axes: tokens.axes()? },
            "transpose" => Op::Transpose { source: self.operand(tokens)?, permutation: tokens.axes()? },
            "reshape" => Op::Reshape(self.operand(tokens)?),
            "gather" => Op::Gather { source: self.operand(tokens)?, index: self.positions(tokens)? },
            "scatter" => Op::Scatter { source: self.operand(tokens)?, index: self.positions(tokens)? },
            "take" => Op::Take { source: self.operand(tokens)?, index: self.operand(tokens)? },
            "put" => Op::Put { source: self.operand(tokens)?, index: self.operand(tokens)? },
            "concat" => Op::Concat(self.operands(tokens)?),
            "reduce" => {
                let word = tokens.word();
                let kind = Reduction::from_name(word).ok_or_else(|| format!("there is no reduction `{word}`"))?;
                Op::Reduce { kind, source: self.operand(tokens)?, axes: tokens.axes()? }
            }
            "cumulative_sum" => Op::CumulativeSum { source: self.operand(tokens)?, reverse: tokens.accept("reverse") },
            "linear_recurrence" => {
                let [coefficient, addend, initial] =
                    [self.operand(tokens)?, self.operand(tokens)?, self.operand(tokens)?];
                Op::LinearRecurrence { coefficient, addend, initial, reverse: tokens.accept("reverse") }
            }
            "scan" => self.scan(tokens)?,
            "matmul" => Op::MatMul(self.operand(tokens)?, self.operand(tokens)?),
            "sparse_product" => {
                let (vector, matrix) = (self.operand(tokens)?, tokens.sparse_matrix()?);
                Op::SparseProduct { matrix: self.graph.sparse(matrix), vector, transposed: tokens.accept("transposed") }
            }
            "cholesky" => Op::Cholesky(self.operand(tokens)?),
            "solve_triangular" => {
                let (lower, right) = (self.operand(tokens)?, self.operand(tokens)?);
                Op::SolveTriangular { lower, right, transposed: tokens.accept("transposed") }
            }
            "solve" => Op::Solve(self.operand(tokens)?, self.operand(tokens)?),
            "inverse" => Op::Inverse(self.operand(tokens)?),
            "log_determinant" => Op::LogDeterminant(self.operand(tokens)?),
            "sort" => Op::Sort(self.operand(tokens)?),
            "arg_sort" => Op::ArgSort(self.operand(tokens)?),
            _ => return Err(format!("there is no operation `{word}`")),
        })
    }

    fn scan(&mut self, tokens: &mut Tokens) -> Result<Op, String> {
        let initial = self.operands(tokens)?;
        tokens.expect("each")?;
        let each = self.operands(tokens)?;
        tokens.expect("shared")?;
        let shared = self.operands(tokens)?;
        let reverse = tokens.accept("reverse");
        let (graph, outputs) = parse(&tokens.block()?).map_err(|error| format!("the body: {}", error.message))?;
        let body = Body::checked(&graph, &outputs)?;
        Ok(Op::Scan { body: self.graph.intern(body), initial, each, shared, reverse })
    }

    fn operand(&mut self, tokens: &mut Tokens) -> Result<NodeId, String> {
        let name = tokens.name()?;
        self.names.get(&name).copied().ok_or_else(|| format!("%{name} is not defined before"))
    }

    fn operands(&mut self, tokens: &mut Tokens) -> Result<Vec<NodeId>, String> {
        let mut operands = Vec::new();
        while tokens.rest.starts_with('%') {
            operands.push(self.operand(tokens)?);
        }
        Ok(operands)
    }

    fn positions(&mut self, tokens: &mut Tokens) -> Result<crate::IndexId, String> {
        tokens.expect("at")?;
        let positions: Vec<u32> = tokens.list("a position")?;
        Ok(self.graph.positions(Arc::from(positions)))
    }
}

/// The rest of a line.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// The next run of letters and digits, or one sign.
    fn word(&mut self) -> &'a str {
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+');
        let end = self.rest.find(|c| !inside(c)).unwrap_or(self.rest.len());
        let end = if end == 0 { self.rest.chars().next().map_or(0, char::len_utf8) } else { end };
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn accept(&mut self, word: &str) -> bool {
        let before = self.rest;
        let accepted = self.word() == word;
        if !accepted {
            self.rest = before;
        }
        accepted
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        if self.accept(word) { Ok(()) } else { Err(format!("expected `{word}`, found `{}`", self.rest)) }
    }

    fn end(&self) -> Result<(), String> {
        if self.rest.is_empty() { Ok(()) } else { Err(format!("expected the end of the line, found `{}`", self.rest)) }
    }

    /// The number of a node.
    fn name(&mut self) -> Result<usize, String> {
        let found = self.rest;
        let number = if self.accept("%") { self.word().parse().ok() } else { None };
        number.ok_or_else(|| format!("expected `%` and a number, found `{found}`"))
    }

    fn parse<T: FromStr>(&mut self, what: &str) -> Result<T, String> {
        let word = self.word();
        word.parse().map_err(|_| format!("expected {what}, found `{word}`"))
    }

    /// Items between brackets.
    fn list<T: FromStr>(&mut self, what: &str) -> Result<Vec<T>, String> {
        if self.rest.starts_with('#') {
            return Err("the numbers are left out; print the graph in full".into());
        }
        self.expect("[")?;
        let mut items = Vec::new();
        while !self.accept("]") {
            items.push(self.parse(what)?);
            if !self.accept(",") {
                self.expect("]")?;
                break;
            }
        }
        Ok(items)
    }

    /// The lines between braces, which stand behind each other.
    fn block(&mut self) -> Result<String, String> {
        self.expect("{")?;
        let (block, rest) = self.rest.split_once('}').ok_or("expected `}` after a body")?;
        self.rest = rest.trim_start();
        Ok(block.replace(';', "\n"))
    }

    fn sparse_matrix(&mut self) -> Result<SparseMatrix, String> {
        self.expect("width")?;
        let width = self.parse("a number of columns")?;
        self.expect("starts")?;
        let starts: Vec<u32> = self.list("a position")?;
        self.expect("columns")?;
        let columns = self.list("a column")?;
        self.expect("values")?;
        let values = self.list("a number")?;
        SparseMatrix::new(starts.len().saturating_sub(1), width, starts, columns, values)
    }

    fn axes(&mut self) -> Result<Vec<usize>, String> {
        self.expect("axes")?;
        self.list("an axis")
    }

    fn shape(&mut self) -> Result<Shape, String> {
        if !self.accept(":") {
            return Err("expected `:` and a shape".into());
        }
        self.list("an extent").map(Shape::new)
    }
}
