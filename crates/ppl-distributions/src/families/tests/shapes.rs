//! Arrays of values and arguments give what each element gives alone.

use ppl_graph::{Graph, NodeId, Tensor, evaluate};

use super::cases::CASES;
use crate::testing::{Stage, argument_shape, assert_close, log_density_at};
use crate::{Event, Family};

fn array(graph: &mut Graph, shape: &[usize], values: &[f64]) -> NodeId {
    graph.data(Tensor::new(shape.to_vec(), values.to_vec()))
}

fn values(graph: &Graph, node: NodeId) -> Vec<f64> {
    evaluate(graph, &[], &[node])[0].values.to_vec()
}

/// The density with x and each argument repeated `count` times along a first axis (matrices stay shared).
fn repeated(family: &dyn Family, arguments: &[&[f64]], x: &[f64], count: usize) -> Vec<f64> {
    let mut graph = Graph::new();
    let nodes: Vec<NodeId> = family
        .parameters()
        .iter()
        .zip(arguments)
        .map(|(parameter, values)| {
            let own = argument_shape(parameter.domain, values.len());
            let copies = if own.len() == 2 { 1 } else { count };
            let shape = if copies == 1 { own } else { [&[count][..], &own].concat() };
            array(&mut graph, &shape, &values.repeat(copies))
        })
        .collect();
    let width = x.len() / count;
    let shape = if family.event() == Event::Vector { vec![count, width] } else { vec![count] };
    let x = array(&mut graph, &shape, x);
    let density = family.log_density(&mut graph, x, &nodes);
    assert_eq!(graph.shape(density).to_vec(), [count]);
    values(&graph, density)
}

#[test]
fn one_number_comes_out_for_each_element_or_event() {
    for case in CASES {
        let family = case.family();
        let x = [case.inside, case.inside].concat();
        let width = if family.event() == Event::Vector { case.inside.len() } else { 1 };
        let count = x.len() / width;
        let own = repeated(family, case.arguments, &x, count);
        for (x, log) in x.chunks(width).zip(own) {
            assert_close(log, log_density_at(family, case.arguments, x), 1e-13, case.family);
        }
    }
}

#[test]
fn vectors_share_arguments_without_a_batch() {
    for case in CASES.iter().filter(|case| case.family().event() == Event::Vector) {
        let family = case.family();
        let x = case.inside.repeat(4);
        let mut stage = Stage::new(family, case.arguments, &x, &[2, 2, 3]);
        let density = stage.log_density(family);
        assert_eq!(stage.graph.shape(density).to_vec(), [2, 2]);
        let alone = log_density_at(family, case.arguments, case.inside);
        stage.values(density).iter().for_each(|log| assert_close(*log, alone, 1e-13, case.family));
    }
}

#[test]
fn labels_are_picked_the_same_whether_known_or_computed() {
    let rows = [0.2, 0.5, 0.3, 0.6, 0.3, 0.1, 0.25, 0.25, 0.5];
    let cuts = [-1.0, 0.5, 2.0, 0.0, 1.0, 1.5, -2.0, -1.0, 0.0];
    for (name, table, shape) in [
        ("categorical", &rows[..], vec![3, 3]),
        ("categorical_logit", &rows[..], vec![3, 3]),
        ("categorical_logit", &rows[..3], vec![3]),
        ("ordered_logistic", &cuts[..], vec![3, 3]),
        ("ordered_logistic", &cuts[..3], vec![3]),
    ] {
        let family = crate::family(name).unwrap();
        for labels in [[0.0, 2.0, 1.0], [2.0, 2.0, 0.0]] {
            let mut graph = Graph::new();
            let table = array(&mut graph, &shape, table);
            let eta = array(&mut graph, &[3], &[0.1, -0.4, 0.9]);
            let arguments = if name == "ordered_logistic" { vec![eta, table] } else { vec![table] };
            let known = array(&mut graph, &[3], &labels);
            let computed = graph.input(0, [3]);
            let [a, b] = [known, computed].map(|x| family.log_density(&mut graph, x, &arguments));
            let both = evaluate(&graph, &labels, &[a, b]);
            assert_eq!(both[0].values, both[1].values, "{name}");
            assert!(both[0].values.iter().all(|log| log.is_finite()));
        }
    }
}

#[test]
fn one_label_reads_every_row() {
    let mut graph = Graph::new();
    let table = array(&mut graph, &[2, 2], &[0.2, 0.8, 0.6, 0.4]);
    for x in [graph.constant(1.0), graph.input(0, Vec::new())] {
        let density = crate::family("categorical").unwrap().log_density(&mut graph, x, &[table]);
        let logs = evaluate(&graph, &[1.0], &[density])[0].values.to_vec();
        assert_eq!(logs, [0.8f64.ln(), 0.4f64.ln()]);
    }
}

#[test]
fn scalars_stay_scalars() {
    let mut graph = Graph::new();
    let x = graph.input(0, [1000]);
    let (mu, sigma) = (graph.input(1000, Vec::new()), graph.input(1001, Vec::new()));
    crate::family("normal").unwrap().log_density(&mut graph, x, &[mu, sigma]);
    let wide = graph.nodes().iter().filter(|node| node.shape.size() > 1).count();
    // The values, their distance and ratio, the square, its half, the density.
    assert_eq!(wide, 6);
}
