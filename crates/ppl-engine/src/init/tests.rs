use ppl_density::{Fault, LogDensity, Slope, Term};

use super::*;

#[derive(Clone)]
struct Picky {
    value: fn(&[f64]) -> f64,
    gradient: fn(&[f64]) -> [f64; 2],
    prior: Option<f64>,
}

impl Picky {
    fn new(value: fn(&[f64]) -> f64) -> Self {
        Picky { value, gradient: |q| [-q[0], -q[1]], prior: None }
    }
}

fn normal(q: &[f64]) -> f64 {
    -0.5 * (q[0] * q[0] + q[1] * q[1])
}

fn within(inside: bool, q: &[f64]) -> f64 {
    if inside { normal(q) } else { f64::NEG_INFINITY }
}

impl LogDensity for Picky {
    fn dim(&self) -> usize {
        2
    }
    fn log_density(&mut self, q: &[f64]) -> Result<f64, Fault> {
        Ok((self.value)(q))
    }
    fn log_density_and_gradient(&mut self, q: &[f64], gradient: &mut [f64]) -> Result<f64, Fault> {
        gradient.copy_from_slice(&(self.gradient)(q));
        self.log_density(q)
    }
    fn terms(&mut self, q: &[f64]) -> Vec<Term> {
        let value = self.log_density(q).unwrap();
        let finite = Term { name: "x (1:1)".to_string(), value: -1.0, example: None };
        vec![finite, Term { name: "y (2:1)".to_string(), value, example: Some("y[3] = 4".to_string()) }]
    }
    fn slopes(&mut self, q: &[f64]) -> Vec<Slope> {
        let slope = |(k, value): (usize, f64)| Slope {
            name: "y (2:1)".to_string(),
            coordinate: k,
            unknown: Some(format!("z[{k}]")),
            value,
        };
        (self.gradient)(q).into_iter().enumerate().filter(|(_, g)| !g.is_finite()).map(slope).take(1).collect()
    }
    fn draw_prior(&mut self, _: &mut dyn FnMut() -> f64, q: &mut [f64]) -> bool {
        q.fill(self.prior.unwrap_or(0.0));
        self.prior.is_some()
    }
}

fn wanted() -> Wanted {
    Wanted { radius: 2.0, gradient: true, walker: None }
}

fn search(density: Picky, given: [Option<f64>; 2], wanted: Wanted) -> Result<Vec<f64>, ChainError> {
    find(&mut Target::new(density), &Streams::new(1, 1), &given, wanted)
}

fn failure(density: Picky, given: [Option<f64>; 2]) -> InitFailure {
    match search(density, given, wanted()) {
        Err(ChainError::Initialisation(failure)) => *failure,
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[test]
fn given_values_are_kept_and_the_others_drawn() {
    let found = search(Picky::new(normal), [Some(7.0), Some(f64::NAN)], wanted()).unwrap();
    assert_eq!(found[0], 7.0);
    assert!(found[1].abs() <= 2.0 && found[1] != 0.0);
}

#[test]
fn each_rung_of_the_ladder_is_reached() {
    let near: fn(&[f64]) -> f64 = |q| within(q.iter().all(|v| v.abs() < 1e-4), q);
    let tilted = Picky { gradient: |_| [1.0, 1.0], ..Picky::new(near) };
    assert_eq!(search(tilted, [None, None], wanted()), Ok(vec![0.0, 0.0]));
    let far = Picky { prior: Some(31.0), ..Picky::new(|q| within(q[0] > 30.0, q)) };
    assert_eq!(search(far, [None, None], wanted()), Ok(vec![31.0, 31.0]));
    // The last box is a point at which the gradient is zero: the climb leaves it.
    let climbed = search(Picky::new(near), [None, None], wanted()).unwrap();
    assert!(climbed != [0.0, 0.0] && near(&climbed).is_finite());
}

#[test]
fn the_climb_goes_up_to_where_the_whole_gradient_exists() {
    let slope = Picky { value: |q| q[1], gradient: |q| [if q[1] < 5.0 { f64::NAN } else { -1.0 }, 1.0], prior: None };
    let found = search(slope, [Some(1.0), None], wanted()).unwrap();
    assert!(found[0] == 1.0 && found[1] >= 5.0);
}

#[test]
fn a_failure_names_the_statement_and_the_direction_of_a_gradient_that_is_not_finite() {
    let bad = Picky { gradient: |_| [1.0, f64::NAN], ..Picky::new(normal) };
    let failed = failure(bad, [None, None]);
    assert_eq!(failed.gradient_not_finite, failed.attempts);
    let told = format!(
        ": the gradient of y (2:1) was not finite {} times, for example NaN in the direction of z[1]. Check",
        failed.attempts
    );
    assert!(failed.to_string().contains(&told), "{failed}");
}

#[test]
fn a_failure_names_the_statement_the_value_and_the_tries() {
    let failed = failure(Picky::new(|q| within(false, q)), [None, None]);
    assert_eq!(failed.attempts, 176);
    assert_eq!(failed.terms.len(), 1);
    assert_eq!(
        failed.to_string(),
        "no starting point found in 176 tries: y (2:1) was −∞ 176 times, for example y[3] = 4. \
         Check the data and the supports, or give starting values"
    );
}

#[test]
fn values_that_are_all_given_are_tried_once_and_may_be_a_mode() {
    assert_eq!(search(Picky::new(normal), [Some(0.0), Some(0.0)], wanted()), Ok(vec![0.0, 0.0]));
    let failed = failure(Picky::new(|q| within(q[0] < 0.0, q)), [Some(1.0), Some(0.0)]);
    assert_eq!((failed.attempts, failed.all_given), (1, true));
}

#[test]
fn walkers_start_near_given_values_and_apart() {
    let at = |walker| {
        let wanted = Wanted { walker: Some(walker), gradient: false, ..wanted() };
        search(Picky::new(normal), [Some(5.0), None], wanted).unwrap()
    };
    assert_ne!(at(0), at(1));
    assert!((at(0)[0] - 5.0).abs() <= 0.1 && at(0)[0] != 5.0);
}
