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
    let mut point = Point { position: vec![0.7, -1.1], ..Point::new(2) };
    let value = target.log_density_and_gradient(&point.position, &mut point.gradient);
    point.log_density = value.unwrap();
    (point, vec![0.4, 0.9])
}

/// Leapfrog steps of the given sizes from the start.
fn travel(metric: &mut Euclidean, steps: impl IntoIterator<Item = f64>) -> (Point, Vec<f64>) {
    let mut target = Target::new(Quartic);
    let (mut here, mut momentum) = start(&mut target);
    let mut next = here.clone();
    let mut motion = Motion::new(2);
    for step in steps {
        let pair = [&mut here, &mut next];
        leapfrog(&mut target, metric, step, pair, &mut momentum, &mut motion).unwrap();
        assert_eq!(motion.momentum, momentum);
        std::mem::swap(&mut here, &mut next);
    }
    (here, momentum)
}

#[test]
fn leapfrog_is_reversible() {
    let mut metric = Euclidean::diagonal(vec![0.5, 2.0]).unwrap();
    let (point, momentum) = start(&mut Target::new(Quartic));
    let (back, momentum_back) = travel(&mut metric, [0.1; 20].into_iter().chain([-0.1; 20]));
    for i in 0..2 {
        assert!((back.position[i] - point.position[i]).abs() < 1e-13);
        assert!((momentum_back[i] - momentum[i]).abs() < 1e-13);
    }
}

#[test]
fn the_energy_error_of_leapfrog_is_of_second_order() {
    let (point, momentum) = start(&mut Target::new(Quartic));
    let mut metric = Euclidean::dense(nalgebra::DMatrix::identity(2, 2)).unwrap();
    let initial = metric.velocity(&momentum, &mut [0.0; 2]) - point.log_density;
    let mut error = |step: f64| {
        let steps = (1.0 / step).round() as usize;
        (travel(&mut metric, std::iter::repeat_n(step, steps)).0.energy - initial).abs()
    };
    let ratio = error(0.02) / error(0.01);
    assert!((ratio - 4.0).abs() < 0.2, "{ratio}");
}

/// A segment in one dimension with unit metric, of states with the given momenta.
fn segment(momenta: &[f64]) -> Segment {
    let motion = |p: f64| Motion { momentum: vec![p], velocity: vec![p] };
    let last = *momenta.last().unwrap();
    Segment {
        single: momenta.len() == 1,
        first: motion(momenta[0]),
        last: motion(last),
        sum: vec![momenta.iter().sum()],
    }
}

#[test]
fn the_truth_table_of_turns() {
    let table: [(&[f64], &[f64], bool, &str); 7] = [
        (&[1.0], &[1.0], true, "straight on"),
        (&[1.0], &[-1.0], false, "back"),
        (&[-1.0], &[-2.0], true, "straight on, the other way"),
        (&[1.0, 2.0], &[2.0, 1.0], true, "four states straight on"),
        (&[1.0, 2.0], &[1.0, -1.0], false, "the last state goes back"),
        // Both ends go along with the whole sum, 1 − 9 + 4 + 9 = 5, but the first part and the state after it do not.
        (&[1.0, -9.0], &[4.0, 9.0], false, "a turn between the first part and the next state"),
        (&[9.0, 4.0], &[-9.0, 1.0], false, "a turn between the state before and the last part"),
    ];
    for (earlier, later, goes_on, what) in table {
        let (mut earlier, mut later) = (segment(earlier), segment(later));
        assert_eq!(earlier.keeps_going(&later), goes_on, "{what}");
        earlier.reverse_for_test();
        later.reverse_for_test();
        assert_eq!(later.keeps_going(&earlier), goes_on, "{what}, seen from the other end");
    }
}

#[test]
fn each_cross_test_matters_alone() {
    // In two dimensions, so that one test fails and the others do not.
    let motion = |p: [f64; 2]| Motion { momentum: p.to_vec(), velocity: p.to_vec() };
    let pair = |first, last, sum: [f64; 2]| Segment {
        single: false,
        first: motion(first),
        last: motion(last),
        sum: sum.to_vec(),
    };
    let earlier = pair([1.0, 0.0], [1.0, 1.0], [2.0, 1.0]);
    let straight = pair([1.0, 1.0], [1.0, 0.0], [2.0, 1.0]);
    assert!(earlier.keeps_going(&straight));
    let second = pair([-3.0, 1.0], [4.0, 0.0], [1.0, 1.0]);
    // Whole: (3, 2); first part with the next state: (−1, 2), against (1, 0); last state with later part: (2, 2).
    assert!(!earlier.keeps_going(&second));
    let mut third = second;
    third.reverse_for_test();
    let mut mirrored = earlier;
    mirrored.reverse_for_test();
    assert!(!third.keeps_going(&mirrored));
}

#[test]
fn joined_segments_are_the_segment_of_all_states() {
    let mut left = segment(&[1.0]);
    left.append(&mut segment(&[2.0]));
    let mut right = segment(&[3.0]);
    right.append(&mut segment(&[5.0]));
    left.append(&mut right);
    assert_eq!(left.first.momentum, [1.0]);
    assert_eq!(left.last().momentum, [5.0]);
    assert_eq!(left.sum(), [11.0]);
}

impl Segment {
    fn reverse_for_test(&mut self) {
        if !self.single {
            std::mem::swap(&mut self.first, &mut self.last);
        }
    }
}
