use ppl_density::Fault;

use super::*;

#[derive(Clone)]
struct Quartic;

impl LogDensity for Quartic {
    fn dim(&self) -> usize {
        2
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        Ok(-q[0].powi(4) - 0.5 * q[1] * q[1] - 0.3 * q[0] * q[1])
    }
    fn log_density_and_gradient(&mut self, q: &[f64], g: &mut [f64]) -> Result<f64, Fault> {
        g[0] = -4.0 * q[0].powi(3) - 0.3 * q[1];
        g[1] = -q[1] - 0.3 * q[0];
        self.log_density(q)
    }
}

/// A point and a momentum to start from.
fn start(target: &mut Target<Quartic>) -> (Point, Vec<f64>) {
    let mut point = Point { position: vec![0.7, -1.1].into(), ..Point::new(2) };
    let value = target.log_density_and_gradient(&point.position, &mut point.gradient);
    point.log_density = value.unwrap();
    (point, vec![0.4, 0.9])
}

/// Leapfrog steps of the given sizes from the start.
fn travel(metric: &Euclidean, steps: impl IntoIterator<Item = f64>) -> (Point, Vec<f64>) {
    let mut target = Target::new(Quartic);
    let (mut here, momentum) = start(&mut target);
    metric.multiply(&here.gradient, &mut here.push);
    let mut motion = Motion { momentum: momentum.into(), ..Motion::new(2) };
    metric.multiply(&motion.momentum, &mut motion.velocity);
    let (mut next, mut arrival) = (here.clone(), motion.clone());
    for step in steps {
        leapfrog(&mut target, metric, step, (&here, &motion), (&mut next, &mut arrival)).unwrap();
        std::mem::swap(&mut here, &mut next);
        std::mem::swap(&mut motion, &mut arrival);
    }
    (here, motion.momentum.into())
}

#[test]
fn leapfrog_is_reversible() {
    let metric = Euclidean::diagonal(vec![0.5, 2.0]).unwrap();
    let (point, momentum) = start(&mut Target::new(Quartic));
    let (back, momentum_back) = travel(&metric, [0.1; 20].into_iter().chain([-0.1; 20]));
    for i in 0..2 {
        assert!((back.position[i] - point.position[i]).abs() < 1e-13);
        assert!((momentum_back[i] - momentum[i]).abs() < 1e-13);
    }
}

#[test]
fn the_energy_error_of_leapfrog_is_of_second_order() {
    let (point, momentum) = start(&mut Target::new(Quartic));
    let metric = Euclidean::dense(nalgebra::DMatrix::identity(2, 2)).unwrap();
    let initial = 0.5 * momentum.iter().map(|p| p * p).sum::<f64>() - point.log_density;
    let error = |step: f64| {
        let steps = (1.0 / step).round() as usize;
        (travel(&metric, std::iter::repeat_n(step, steps)).0.energy - initial).abs()
    };
    let ratio = error(0.02) / error(0.01);
    assert!((ratio - 4.0).abs() < 0.2, "{ratio}");
}
