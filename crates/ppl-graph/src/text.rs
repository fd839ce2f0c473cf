//! The textual form of a graph, one line a node.
//!
//! ```text
//! %0 = input 0 : [2]
//! %1 = data [1, 2, 3, 4] : [2,2]
//! %2 = matmul %1 %0 : [2]
//! %3 = const 0.5
//! %4 = mul %3 %2 : [2]
//! %5 = reduce sum %4 axes [0] : []
//! return %5
//! ```
//!
//! A loop holds its turn between braces, in the same form, on one line: what stands before the first turn, what it reads
//! one element a turn, and what all turns read.
//!
//! ```text
//! %3 = scan %0 each %1 shared %2 { %0 = input 0 : []; %1 = input 1 : []; %2 = mul %0 %1 : []; return %2 } : [1,11]
//! ```
//!
//! A line ends with `@7` where the node belongs to statement 7. Blank lines and lines that begin with `#` do not count.

mod parse;
pub(crate) mod print;

pub use parse::parse;
pub use print::{print, print_full};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::random_graph;
    use crate::{Graph, evaluate, gradient, passes::dead};

    #[test]
    fn random_graphs_survive_printing_and_parsing() {
        for seed in 0..200 {
            let mut random = random_graph(seed, 20);
            let slope = gradient(&mut random.graph, random.output, random.inputs.len());
            let text = print_full(&random.graph, &[random.output, slope]);
            let (graph, outputs) = parse(&text).unwrap();
            assert!(print_full(&graph, &outputs) == text, "seed {seed}");
            let (expected, _) = dead(&random.graph, &[random.output, slope]);
            assert!(graph.nodes() == expected.nodes(), "seed {seed}");
            let before = evaluate(&random.graph, &random.inputs, &[random.output, slope]);
            assert!(before == evaluate(&graph, &random.inputs, &outputs), "seed {seed}");
        }
    }

    #[test]
    fn long_constants_are_left_out_for_people() {
        let mut g = Graph::new();
        let x = g.input(0, [100]);
        let data = g.data(crate::Tensor::new([100], vec![1.5; 100]));
        let sum = g.add(x, data);
        let picked = g.gather(sum, vec![7; 20], [20]);
        let text = print(&g, &[picked]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].starts_with("%1 = data #") && lines[1].ends_with(": [100]"), "{text}");
        assert!(lines[3].starts_with("%3 = gather %2 at #") && lines[3].ends_with(" : [20]"), "{text}");
        let error = parse(&text).unwrap_err();
        assert_eq!(error.to_string(), "line 2: the numbers are left out; print the graph in full");
    }

    #[test]
    fn origins_are_kept() {
        let text = "%0 = input 0 : [] @3\n%1 = exp %0 : []\nreturn %1\n";
        let (graph, outputs) = parse(text).unwrap();
        assert_eq!((graph.origin(crate::NodeId(0)).0, graph.origin(outputs[0]).0), (3, 0));
        assert_eq!(print_full(&graph, &outputs), text);
    }

    #[test]
    fn numbers_keep_their_bits() {
        let text = "%0 = data [0.1, -0.0, NaN, inf, -inf, 1e-300, 1.7976931348623157e308] : [7]\nreturn %0\n";
        let (graph, outputs) = parse(text).unwrap();
        assert_eq!(print_full(&graph, &outputs), text);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let cases = [
            ("%0 = input 0\nreturn %0", "line 1: expected `:` and a shape"),
            ("%0 = input 0 : [2]\n%1 = input 2 : [3]\n%2 = add %0 %1 : [2]", "line 3: an operand does not fit"),
            ("%0 = exp %1 : []", "line 1: %1 is not defined before"),
            ("%0 = wobble %0 : []", "line 1: there is no operation `wobble`"),
            ("%0 = const one", "line 1: expected a number, found `one`"),
            ("%0 = input 0 : [2]\n%1 = gather %0 at [2] : [1]", "line 2: a position is out of range"),
            ("%0 = input 0 : [2]\n%0 = exp %0 : [2]", "line 2: %0 is defined twice"),
            ("%0 = data [1, 2] : [3]", "line 1: 2 elements stand against 3"),
            (
                "%0 = input 0 : [2]\n%1 = sparse_product %0 width 2 starts [0, 1] columns [2] values [1] : [1]",
                "line 2: row 0 has an element in column 2 of 2",
            ),
            ("%0 = const 1", "line 2: there is no `return`"),
            ("%0 = const 1 1", "line 1: expected the end of the line, found `1`"),
            ("return %0", "line 1: %0 is not defined before"),
            ("%0 = scan each shared : [0,1]", "line 1: expected `{`, found `: [0,1]`"),
            ("%0 = scan each shared { return", "line 1: expected `}` after a body"),
            ("%0 = scan each shared { return } : [1,1]", "line 1: the shape is not that of states"),
            (
                "%0 = const 1\n%1 = scan %0 each shared { %0 = input 3 : []; return %0 } : [1,3]",
                "line 2: the body reads more than it is given",
            ),
            (
                "%0 = const 1\n%1 = scan %0 each shared { %0 = input 0 : [2]; return %0 } : [1,3]",
                "line 2: a body holds other things than functions of single numbers",
            ),
            (
                "%0 = const 1\n%1 = scan %0 each shared { return %0 } : [1,3]",
                "line 2: the body: %0 is not defined before",
            ),
            ("hello", "line 1: expected `%` and a number, found `hello`"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).unwrap_err().to_string(), expected);
        }
    }
}
