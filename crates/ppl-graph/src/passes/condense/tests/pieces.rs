//! The parts of the rewrites, each on its own.

use nalgebra::DMatrix;

use super::*;
use crate::Unary;
use crate::testing::SplitMix;
use numbers::{Numbers, Sum};
use triangle::{BLOCK, Triangle, dot};

#[test]
fn sums_keep_what_rounding_would_lose() {
    let mut sum = Sum::default();
    [1.0, 1e100, 1.0, -1e100].into_iter().for_each(|x| sum.add(x));
    assert_eq!(sum.value(), 2.0);
    let mut products = Sum::default();
    products.add_product(1.0 + f64::EPSILON, 1.0 + f64::EPSILON);
    products.add(-1.0 - 2.0 * f64::EPSILON);
    assert_eq!(products.value(), f64::EPSILON * f64::EPSILON);
    let mut thirds = Sum::default();
    [1.0, 1e-17].into_iter().for_each(|x| thirds.add(x));
    assert_eq!(thirds.parts(), (1.0, 1e-17));
}

#[test]
fn numbers_that_are_the_same_stay_one_number() {
    let (same, each) = (Numbers::Same(2.0), Numbers::Each([1.0, 3.0].into()));
    assert_eq!(same.times(&same), Numbers::Same(4.0));
    assert_eq!(same.times(&each), Numbers::Each([2.0, 6.0].into()));
    assert_eq!(Numbers::Same(1.0).times(&each), each);
}

#[test]
fn triangles_are_those_of_a_factorisation() {
    let (rows, width) = (3 * BLOCK - 100, 5);
    let mut random = SplitMix(11);
    let matrix = DMatrix::from_fn(rows, width, |_, _| random.uniform(-1.0, 1.0));
    let mut triangle = Triangle::new(width);
    for from in (0..rows).step_by(BLOCK) {
        let at = |k: usize, row: usize| if from + row < rows { matrix[(from + row, k)] } else { 0.0 };
        let mut block: Vec<f64> = (0..width * BLOCK).map(|i| at(i / BLOCK, i % BLOCK)).collect();
        triangle.absorb(&mut block, 0);
    }
    let expected = matrix.qr().r();
    for row in 0..width {
        let sign = expected[(row, row)].signum() * triangle.at(row, row).signum();
        for column in 0..width {
            let close = (triangle.at(row, column) - sign * expected[(row, column)]).abs() < 1e-12;
            assert!(close, "row {row}, column {column}");
        }
    }
    let root = triangle.root();
    assert!((0..width - 1).all(|k| triangle.row_at(k, &root).abs() < 1e-14));
}

#[test]
fn a_pivot_that_is_nothing_has_a_root_of_zero() {
    let mut triangle = Triangle::new(3);
    triangle.set(0, 0, 2.0);
    triangle.set(0, 1, 2.0);
    triangle.set(0, 2, -6.0);
    triangle.set(1, 1, 1e-16);
    triangle.set(1, 2, 1.0);
    assert_eq!(triangle.root(), [3.0, 0.0]);
}

#[test]
fn dot_products_take_all_elements() {
    let values: Vec<f64> = (1..=19).map(f64::from).collect();
    assert_eq!(dot(&values, &values), 2470.0);
}

/// The groups of rows by one column of data.
fn groups_by(values: Vec<f64>) -> Option<(Vec<u32>, Vec<u32>)> {
    let mut g = Graph::new();
    let rows = values.len();
    let data = g.data(Tensor::new([rows], values));
    let key = keys::key(&g, &[data], rows)?;
    let groups = Sorter::default().groups(&g, &key, rows)?;
    Some((groups.of.clone(), groups.first.clone()))
}

#[test]
fn groups_come_in_the_order_of_their_first_rows() {
    let values = [5.0, 1.0, 5.0, 0.0, -0.0, 1.0, f64::NAN, f64::NAN, 5.0, 0.0];
    let groups = groups_by(values.to_vec());
    assert_eq!(groups, Some((vec![0, 1, 0, 2, 3, 1, 4, 4, 0, 2], vec![0, 1, 3, 4, 6])));
}

#[test]
fn rows_in_the_order_of_their_groups_are_found_by_the_probe() {
    let sorted = groups_by((0..60_000).map(|row| f64::from(row / 60)).collect());
    assert!(sorted.is_some_and(|(_, first)| first.len() == 1000));
    assert_eq!(groups_by((0..60_000).map(f64::from).collect()), None);
}

#[test]
fn seven_in_ten_are_the_most_that_pay() {
    let of_ten = |distinct: u32| groups_by((0..100).map(|row| f64::from(row.min(distinct - 1))).collect());
    assert!(of_ten(70).is_some() && of_ten(71).is_none());
}

#[test]
fn kernels_are_flat_and_upright() {
    let mut g = Graph::new();
    let v = g.input(0, [2]);
    let data = g.data(Tensor::new([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let repeated = g.broadcast(v, &[0], [2, 3]);
    let sum = g.add(data, repeated);
    let lying = g.transpose(sum, &[1, 0]);
    let curved = g.unary(Unary::Exp, lying);
    let shares = g.reduce_last(Reduction::LogSumExp, curved);
    let [whole, rows] = [curved, shares].map(|id| Flatten::default().flat(&mut g, id));
    assert_eq!((g.shape(whole).to_vec(), g.shape(rows).to_vec()), (vec![6], vec![3]));
    let needed = g.needs_of(&[rows]);
    assert!(needed.iter().all(|&id| !matches!(g.node(id).op, Op::Transpose { .. })));
    let outputs = evaluate(&g, &[0.1, 0.2], &[curved, whole, shares, rows]);
    assert_eq!(outputs[0].values, outputs[1].values);
    assert_eq!(outputs[2], outputs[3]);
}
