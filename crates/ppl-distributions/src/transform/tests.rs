use nalgebra::DMatrix;
use ppl_graph::{Graph, NodeId, Shape, Tensor, evaluate};
use rand::RngExt;

use super::*;
use crate::testing::{argument_shape, assert_close, rng};
use crate::{Event, Values, families};

/// A support with constant bounds, scalar or one an element.
#[derive(Clone, Debug)]
struct Setting {
    structure: Structure,
    lower: Option<Vec<f64>>,
    upper: Option<Vec<f64>>,
    shape: Vec<usize>,
}

impl Setting {
    fn new(structure: Structure, lower: Option<&[f64]>, upper: Option<&[f64]>, shape: &[usize]) -> Self {
        let [lower, upper] = [lower, upper].map(|bound| bound.map(<[f64]>::to_vec));
        Setting { structure, lower, upper, shape: shape.to_vec() }
    }

    fn resolve(&self, graph: &mut Graph) -> ResolvedSupport {
        let mut node = |bound: &Option<Vec<f64>>| {
            bound.as_ref().map(|values| match values[..] {
                [value] => graph.constant(value),
                _ => graph.data(Tensor::new(self.shape.clone(), values.clone())),
            })
        };
        let (lower, upper) = (node(&self.lower), node(&self.upper));
        ResolvedSupport { values: Values::Real, lower, upper, structure: self.structure }
    }

    fn numeric(&self) -> NumericSupport<'_> {
        NumericSupport {
            values: Values::Real,
            lower: self.lower.as_deref(),
            upper: self.upper.as_deref(),
            structure: self.structure,
        }
    }

    fn event(&self) -> usize {
        *self.shape.last().unwrap_or(&1)
    }

    /// The value and the log Jacobian at coordinates.
    fn constrain(&self, u: &[f64]) -> (Vec<f64>, f64) {
        let mut graph = Graph::new();
        let support = self.resolve(&mut graph);
        let shape = Shape::new(self.shape.clone());
        let input = graph.input(0, unconstrained_shape(&support, &shape));
        let made = constrain(&mut graph, &support, input, &shape);
        assert_eq!(*graph.shape(made.value), shape);
        assert!(graph.shape(made.log_jacobian).is_scalar());
        let [value, log_jacobian] = &evaluate(&graph, u, &[made.value, made.log_jacobian])[..] else {
            unreachable!("two outputs")
        };
        (value.values.to_vec(), log_jacobian.values[0])
    }

    fn coordinates(&self) -> usize {
        let rows = self.shape.iter().product::<usize>() / self.event();
        match self.structure {
            Structure::Simplex | Structure::ZeroSum => rows * (self.event() - 1),
            _ => rows * self.event(),
        }
    }

    /// The elements of a value with respect to which a density is stated.
    fn measured(&self) -> Vec<usize> {
        let all = 0..self.shape.iter().product();
        let last = self.event() - 1;
        all.filter(|k| self.structure != Structure::Simplex || k % self.event() != last).collect()
    }
}

fn settings() -> Vec<Setting> {
    use Structure::{Free, Ordered, Simplex, ZeroSum};
    let (low, high) = (&[-1.5][..], &[2.5][..]);
    let (lows, highs) = (&[0.0, -3.0, 1.0][..], &[1.0, 4.0, 1.5][..]);
    vec![
        Setting::new(Free, None, None, &[3]),
        Setting::new(Free, Some(low), None, &[]),
        Setting::new(Free, Some(low), None, &[2, 2]),
        Setting::new(Free, None, Some(high), &[3]),
        Setting::new(Free, Some(low), Some(high), &[]),
        Setting::new(Free, Some(low), Some(high), &[2, 2]),
        Setting::new(Free, Some(lows), Some(highs), &[3]),
        Setting::new(Free, Some(lows), None, &[3]),
        Setting::new(Ordered, None, None, &[4]),
        Setting::new(Ordered, None, None, &[2, 3]),
        Setting::new(Ordered, Some(low), None, &[2, 3]),
        Setting::new(Ordered, None, Some(high), &[2, 3]),
        Setting::new(Ordered, Some(low), Some(high), &[2, 3]),
        Setting::new(Ordered, Some(low), Some(high), &[1]),
        Setting::new(Simplex, Some(&[0.0]), Some(&[1.0]), &[2]),
        Setting::new(Simplex, Some(&[0.0]), Some(&[1.0]), &[5]),
        Setting::new(Simplex, Some(&[0.0]), Some(&[1.0]), &[2, 3]),
        Setting::new(ZeroSum, None, None, &[2]),
        Setting::new(ZeroSum, None, None, &[5]),
        Setting::new(ZeroSum, None, None, &[2, 2, 3]),
    ]
}

fn random_coordinates(count: usize, seed: u64) -> Vec<f64> {
    let mut rng = rng(seed);
    (0..count).map(|_| 4.0 * rng.random::<f64>() - 2.0).collect()
}

#[test]
fn coordinates_come_back_from_values() {
    for setting in settings() {
        for seed in 0..5 {
            let u = random_coordinates(setting.coordinates(), seed);
            let (value, _) = setting.constrain(&u);
            let back = unconstrain(&setting.numeric(), &value, setting.event()).unwrap();
            assert_eq!(back.len(), u.len());
            back.iter().zip(&u).for_each(|(a, b)| assert_close(*a, *b, 1e-10, &format!("{setting:?}")));
        }
    }
}

/// The log of the volume that the transform gives to a unit cube, by central differences. A zero-sum vector has more
/// elements than coordinates; its volume is measured within its plane.
fn numeric_log_jacobian(setting: &Setting, u: &[f64]) -> f64 {
    let (rows, step) = (setting.measured(), 1e-5);
    let mut matrix = DMatrix::zeros(rows.len(), u.len());
    for k in 0..u.len() {
        let [above, below] = [step, -step].map(|step| {
            let mut moved = u.to_vec();
            moved[k] += step;
            setting.constrain(&moved).0
        });
        for (row, &element) in rows.iter().enumerate() {
            matrix[(row, k)] = (above[element] - below[element]) / (2.0 * step);
        }
    }
    0.5 * (matrix.transpose() * matrix).determinant().ln()
}

#[test]
fn log_jacobians_are_log_determinants() {
    for setting in settings() {
        for seed in 0..3 {
            let u = random_coordinates(setting.coordinates(), seed);
            let (_, log_jacobian) = setting.constrain(&u);
            let numeric = numeric_log_jacobian(&setting, &u);
            assert_close(log_jacobian, numeric, 1e-7, &format!("{setting:?}"));
        }
    }
}

#[test]
fn values_satisfy_their_constraints() {
    for setting in settings() {
        let u = random_coordinates(setting.coordinates(), 9);
        let (value, _) = setting.constrain(&u);
        for row in value.chunks(setting.event()) {
            match setting.structure {
                Structure::Ordered => assert!(row.is_sorted()),
                Structure::Simplex => assert_close(row.iter().sum(), 1.0, 1e-14, "simplex"),
                Structure::ZeroSum => assert!(row.iter().sum::<f64>().abs() < 1e-14),
                _ => {}
            }
        }
        let support = setting.numeric();
        assert!(unconstrain(&support, &value, setting.event()).is_ok());
    }
}

#[test]
fn the_zero_sum_transform_keeps_lengths() {
    let setting = Setting::new(Structure::ZeroSum, None, None, &[6]);
    let u = random_coordinates(5, 3);
    let (value, _) = setting.constrain(&u);
    let length = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>();
    assert_close(length(&value), length(&u), 1e-14, "length");
}

#[test]
fn vectors_of_one_element_have_no_coordinates() {
    for (structure, only) in [(Structure::Simplex, 1.0), (Structure::ZeroSum, 0.0)] {
        let setting = Setting::new(structure, None, None, &[1]);
        let mut graph = Graph::new();
        let support = setting.resolve(&mut graph);
        let shape = unconstrained_shape(&support, &Shape::new(vec![1]));
        assert_eq!(shape.to_vec(), [0]);
        assert_eq!(setting.constrain(&[]), (vec![only], 0.0));
    }
}

#[test]
fn values_outside_the_support_are_refused_with_a_reason() {
    use Structure::{Free, Ordered, Simplex, ZeroSum};
    let refuse = |structure, lower: Option<&[f64]>, upper: Option<&[f64]>, value: &[f64]| {
        let setting = Setting::new(structure, lower, upper, &[value.len()]);
        unconstrain(&setting.numeric(), value, value.len()).unwrap_err()
    };
    let (zero, three) = (Some(&[0.0][..]), Some(&[3.0][..]));
    assert_eq!(refuse(Free, zero, None, &[-1.0]), "-1 is not above 0");
    assert_eq!(refuse(Free, zero, three, &[1.0, 3.5]), "3.5 is not below 3");
    assert_eq!(refuse(Free, None, None, &[f64::NAN]), "NaN is not a finite number");
    assert_eq!(refuse(Ordered, None, None, &[1.0, 0.5]), "0.5 is not above 1, as values must increase");
    assert_eq!(refuse(Simplex, None, None, &[0.5, 0.25]), "the sum is 0.75, not 1");
    assert_eq!(refuse(Simplex, None, None, &[1.0, 0.0]), "0 is not above 0");
    assert_eq!(refuse(ZeroSum, None, None, &[0.5, 0.25]), "the sum is 0.75, not 0");
}

#[test]
fn whole_numbers_stay_as_they_are() {
    let support =
        NumericSupport { values: Values::Integer, lower: Some(&[0.0]), upper: None, structure: Structure::Free };
    assert_eq!(unconstrain(&support, &[0.0, 3.0], 1), Ok(vec![0.0, 3.0]));
}

/// Arguments and a coordinate for a family with location and scale.
fn arguments_of(name: &str) -> Vec<Vec<f64>> {
    match name {
        "student_t" => vec![vec![4.0], vec![0.7], vec![1.3]],
        "multi_normal" => vec![vec![0.5, -1.0], vec![2.0, 0.6, 0.6, 1.5]],
        "multi_normal_cholesky" => vec![vec![0.5, -1.0], vec![1.4, 0.0, 0.3, 1.1]],
        _ => vec![vec![0.7], vec![1.3]],
    }
}

#[test]
fn noncentered_coordinates_have_the_standard_density() {
    let mut seen = 0;
    for &family in families() {
        let Some(roles) = family.location_scale() else {
            continue;
        };
        let mut graph = Graph::new();
        let given = arguments_of(family.name());
        let mut node = |index: usize, values: &[f64]| {
            let shape = argument_shape(family.parameters()[index].domain, values.len());
            let flat = graph.data(Tensor::new(vec![values.len()], values.to_vec()));
            graph.reshape(flat, shape)
        };
        let arguments: Vec<NodeId> = given.iter().enumerate().map(|(k, v)| node(k, v)).collect();
        let standard: Vec<NodeId> = given
            .iter()
            .enumerate()
            .map(|(k, v)| match v.len() {
                _ if Some(k) == roles.location => node(k, &vec![0.0; v.len()]),
                4 if k == roles.scale => node(k, &[1.0, 0.0, 0.0, 1.0]),
                _ if k == roles.scale => node(k, &[1.0]),
                _ => node(k, v),
            })
            .collect();
        let z = graph.data(Tensor::new(vec![3, 2], [0.3, -1.2, 2.0, 0.4, -0.6, 0.0]));
        let made = noncentered(&mut graph, family, &arguments, z).unwrap();
        let density = family.log_density(&mut graph, made.value, &arguments);
        let density = graph.sum(density);
        let total = graph.add(density, made.log_jacobian);
        let (on_z, log_jacobian_of_exp) =
            if roles.on_log { (graph.exp(z), graph.sum(z)) } else { (z, graph.constant(0.0)) };
        let own = family.log_density(&mut graph, on_z, &standard);
        let own = graph.sum(own);
        let own = graph.add(own, log_jacobian_of_exp);
        let outputs = evaluate(&graph, &[], &[total, own, made.value, z]);
        assert_close(outputs[0].values[0], outputs[1].values[0], 1e-12, family.name());
        let slices: Vec<&[f64]> = given.iter().map(|v| &v[..]).collect();
        let width = if family.event() == Event::Vector { 2 } else { 1 };
        let values = outputs[2].values.chunks(width).zip(outputs[3].values.chunks(width));
        for (value, z) in values {
            let back = noncentered_coordinates(family, &slices, value).unwrap();
            back.iter().zip(z).for_each(|(a, b)| assert_close(*a, *b, 1e-12, family.name()));
        }
        seen += 1;
    }
    assert_eq!(seen, 8);
    assert!(noncentered_coordinates(crate::family("gamma").unwrap(), &[&[1.0], &[1.0]], &[1.0]).is_none());
}

#[test]
fn bounds_that_depend_on_unknowns_move_with_them() {
    let mut graph = Graph::new();
    let inputs = graph.input(0, [2]);
    let first = graph.gather(inputs, [0u32], Vec::new());
    let second = graph.gather(inputs, [1u32], Vec::new());
    let one = graph.constant(1.0);
    let upper = graph.sub(one, first);
    let lower = graph.constant(0.0);
    let support =
        ResolvedSupport { values: Values::Real, lower: Some(lower), upper: Some(upper), structure: Structure::Free };
    let made = constrain(&mut graph, &support, second, &Shape::scalar());
    let slope = ppl_graph::gradient(&mut graph, made.value, 2);
    let out = evaluate(&graph, &[0.25, 0.0], &[made.value, made.log_jacobian, slope]);
    assert_close(out[0].values[0], 0.375, 1e-15, "half of the room");
    assert_close(out[1].values[0], out[2].values[1].ln(), 1e-14, "log Jacobian");
    assert_close(out[2].values[0], -0.5, 1e-15, "the bound's share");
}
