//! Log densities against formulas written out by hand.
//!
//! Between two reference draws the difference of a model's log density must be that of its formula to rounding: on the
//! scale of the model's names, and on the unconstrained scale, where the log Jacobian joins it.

mod fields;
mod regressions;
mod structured;

use libtest_mimic::Failed;
use ppl_compiler::Program;
use ppl_density::LogDensity;
use ppl_diagnostic::Sources;

use crate::cases::Case;
use crate::compiled::{compile, position};
use crate::reference::{Database, Point, as_json};
use fields::Fields;

/// Largest difference, relative to the size of the log densities, which are sums of up to 5000 terms.
const TOLERANCE: f64 = 1e-10;

/// A log density at a point, up to a constant.
#[derive(Clone, Copy, Debug)]
struct Value {
    /// With respect to the quantities as the model names them.
    natural: f64,
    /// The log Jacobian of the transform from unconstrained coordinates.
    log_jacobian: f64,
}

/// A formula with its data filled in.
type Formula = Box<dyn Fn(&Point) -> Value>;

fn formula(case: &str, data: &Fields) -> Option<Formula> {
    structured::formula(case, data).or_else(|| regressions::formula(case, data))
}

/// Compares all of five reference draws with the first, on both scales.
pub fn check(case: &Case, database: &Database) -> Result<(), Failed> {
    let data = database.data(case.name)?;
    let program = compile(&case.model()?, &data)?;
    let formula = formula(case.name, &Fields::new(&data)?).ok_or("there is no formula for this case")?;
    let points = database.draws(case.name)?.five_points();
    let first = (ours(&program, &points[0])?, formula(&points[0]));
    for point in &points[1..] {
        let (ours, theirs) = (ours(&program, point)?, formula(point));
        let unconstrained = |value: &Value| value.natural + value.log_jacobian;
        compare("natural", ours.natural - first.0.natural, theirs.natural - first.1.natural, ours.natural)?;
        let expected = unconstrained(&theirs) - unconstrained(&first.1);
        compare("unconstrained", unconstrained(&ours) - unconstrained(&first.0), expected, ours.natural)?;
    }
    Ok(())
}

fn compare(scale: &str, ours: f64, expected: f64, size: f64) -> Result<(), Failed> {
    match (ours - expected).abs() <= TOLERANCE * (1.0 + size.abs()) {
        true => Ok(()),
        false => Err(format!("on the {scale} scale two draws differ by {ours}, by the formula {expected}").into()),
    }
}

/// The program's own value.
fn ours(program: &Program, point: &Point) -> Result<Value, Failed> {
    let mut sources = Sources::default();
    let text = as_json(point);
    let source = sources.add("point", text.as_str());
    let document = ppl_data::read_json(source, text.into()).value.ok_or("the point is no JSON")?;
    let evaluation = program.evaluate(&document).value.ok_or("the point does not fit the model")?;
    let unconstrained = program.density().log_density(&position(program, point)?)?;
    Ok(Value { natural: evaluation.log_density, log_jacobian: unconstrained - evaluation.log_density })
}

/// Log density of a normal, without its constant.
fn normal(x: f64, mean: f64, sd: f64) -> f64 {
    -0.5 * ((x - mean) / sd).powi(2) - sd.ln()
}

/// Log density of a Student t with `nu` degrees of freedom, without its constants; a Cauchy where `nu` is 1.
fn student(x: f64, nu: f64, location: f64, scale: f64) -> f64 {
    -0.5 * (nu + 1.0) * ((x - location) / scale).powi(2).mul_add(1.0 / nu, 1.0).ln()
}

/// The elements `name[1]`, `name[2]`, … of a point.
fn vector(point: &Point, name: &str) -> Vec<f64> {
    (1..).map_while(|i| point.get(&format!("{name}[{i}]")).copied()).collect()
}
