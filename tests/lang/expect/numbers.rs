//! Expectations of numbers: densities, coordinates, output, gradients.

use ppl_compiler::Program;
use ppl_density::{Fault, LogDensity};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::compile::document;

/// Agreement asked of numbers that were calculated elsewhere.
const TOLERANCE: f64 = 1e-9;

pub fn same(what: &str, ours: &str, theirs: &str) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what} {ours}")) }
}

pub fn columns(program: &Program) -> String {
    let names: Vec<&str> = program.columns().iter().map(|c| c.name.as_str()).collect();
    names.join(", ")
}

/// `{"mu": 1} = -3.2`
pub fn log_density(program: &Program, line: &str) -> Result<(), String> {
    let (point, value) = equation(line)?;
    let evaluated = program.evaluate(&document(point)?);
    let Some(evaluation) = evaluated.value else { return Err(format!("{:?}", evaluated.diagnostics)) };
    let sum: f64 = evaluation.terms.iter().map(|t| t.value).sum();
    close(evaluation.log_density, number(value)?)?;
    close(sum, evaluation.log_density)?;
    matches_differences(program, point, &evaluation.gradient)
}

/// The gradient by name against differences of natural values, one element after the other.
fn matches_differences(program: &Program, point: &str, gradient: &[(String, f64)]) -> Result<(), String> {
    let fields = natural_values(program, &start(program, point)?)?;
    for (name, slope) in gradient {
        let at = program.columns().iter().position(|c| c.name == *name).ok_or_else(|| format!("no column {name}"))?;
        let step = 1e-4;
        let value = |k: f64| -> Result<Option<f64>, String> {
            let moved = point_text(program, &fields, Some((at, k * step)));
            Ok(program.evaluate(&document(&moved)?).value.map(|e| e.log_density))
        };
        let (Some(above), Some(below)) = (value(1.0)?, value(-1.0)?) else { return Err(format!("{name} cannot move")) };
        let difference = (above - below) / (2.0 * step);
        // Beside a point on an edge of the support there may be nothing.
        if difference.is_finite() && (difference - slope).abs() > 1e-4 * (1.0 + difference.abs()) {
            return Err(format!("slope {slope} of {name}, by differences {difference}"));
        }
    }
    Ok(())
}

/// `{"point": …} E0533 text`: a point that is refused.
pub fn refuses(program: &Program, line: &str) -> Result<(), String> {
    let end = line.rfind('}').ok_or("a point is JSON")? + 1;
    let (point, wanted) = (&line[..end], line[end..].trim());
    let (code, text) = wanted.split_once(' ').unwrap_or((wanted, ""));
    let evaluated = program.evaluate(&document(point)?);
    let told = evaluated.diagnostics.iter().any(|d| d.code == code && d.message.contains(text));
    if told && evaluated.value.is_none() { Ok(()) } else { Err(format!("{:?}", evaluated.diagnostics)) }
}

/// `[0.5, -1] = -3.2`: log density at coordinates, Jacobian included.
pub fn unconstrained(program: &Program, line: &str) -> Result<(), String> {
    let (position, value) = equation(line)?;
    let evaluation = program.evaluate_unconstrained(&list(position)?).map_err(|f| f.to_string())?;
    close(evaluation.log_density, number(value)?)
}

/// `{"tau": 1} = [0]`: the coordinates of natural values.
pub fn coordinates(program: &Program, line: &str) -> Result<(), String> {
    let (point, position) = equation(line)?;
    let ours = start(program, point)?;
    for (ours, theirs) in ours.iter().zip(list(position)?) {
        close(*ours, theirs)?;
    }
    same("coordinates", &ours.len().to_string(), &list(position)?.len().to_string())
}

/// `{"mu": 1} = best: Choate, ratio: 2`: columns of the output at natural values.
pub fn output(program: &Program, line: &str) -> Result<(), String> {
    let (point, wanted) = equation(line)?;
    let position = start(program, point)?;
    let row = row(program, &position)?;
    for pair in wanted.split("; ") {
        let (name, value) = pair.rsplit_once(": ").ok_or_else(|| format!("`{pair}` is not `name: value`"))?;
        let at = program.columns().iter().position(|c| c.name == name);
        let at = at.ok_or_else(|| format!("no column {name} among {}", columns(program)))?;
        let ours = row[at];
        match &program.columns()[at].kind {
            ppl_compiler::ColumnKind::Label(labels) => same(name, &labels[ours as usize - 1], value)?,
            _ => close(ours, number(value)?).map_err(|e| format!("{name}: {e}"))?,
        }
    }
    Ok(())
}

fn row(program: &Program, position: &[f64]) -> Result<Vec<f64>, String> {
    let mut output = program.output();
    let mut row = vec![0.0; output.width()];
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    output.write(position, &mut rng, &mut row).map_err(|f| f.to_string())?;
    Ok(row)
}

/// `{"mu": 1} = x[a]: 2; x[b]: 3`: means of what is simulated at natural values.
pub fn means(program: &Program, line: &str) -> Result<(), String> {
    let (point, wanted) = equation(line)?;
    let position = start(program, point)?;
    let mut output = program.output();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
    let (mut sums, mut squares) = (vec![0.0; output.width()], vec![0.0; output.width()]);
    for _ in 0..DRAWS {
        let mut row = vec![0.0; output.width()];
        output.write(&position, &mut rng, &mut row).map_err(|f| f.to_string())?;
        for (k, value) in row.iter().enumerate() {
            sums[k] += value;
            squares[k] += value * value;
        }
    }
    for pair in wanted.split("; ") {
        let (name, value) = pair.rsplit_once(": ").ok_or_else(|| format!("`{pair}` is not `name: value`"))?;
        let at = program.columns().iter().position(|c| c.name == name).ok_or_else(|| format!("no column {name}"))?;
        let (n, wanted) = (DRAWS as f64, number(value)?);
        let mean = sums[at] / n;
        let error = ((squares[at] / n - mean * mean).max(0.0) / n).sqrt();
        if (mean - wanted).abs() > 5.0 * error + 1e-9 {
            return Err(format!("the mean of {name} is {mean} ± {error}, not {wanted}"));
        }
    }
    Ok(())
}

/// How many draws the mean of a simulated unknown is taken of.
const DRAWS: usize = 4000;

fn start(program: &Program, point: &str) -> Result<Vec<f64>, String> {
    let started = program.start(&document(point)?);
    let Some(position) = started.value else { return Err(format!("{:?}", started.diagnostics)) };
    position.into_iter().enumerate().map(|(i, q)| q.ok_or_else(|| format!("coordinate {} is open", i + 1))).collect()
}

/// Central differences at pseudo-random points.
pub fn gradient(program: &Program) -> Result<(), String> {
    let mut density = program.density();
    let dim = program.dim();
    for seed in 1..=3 {
        let at = scattered(dim, seed);
        let mut slopes = vec![0.0; dim];
        let value = density.log_density_and_gradient(&at, &mut slopes).map_err(|f| f.to_string())?;
        if !value.is_finite() {
            return Err(format!("the log density at {at:?} is {value}"));
        }
        for (i, told) in slopes.iter().enumerate() {
            let slope = difference(&mut density, &at, i).map_err(|f| f.to_string())?;
            if (slope - told).abs() > 1e-5 * (1.0 + slope.abs()) {
                return Err(format!("slope {told} of coordinate {} at {at:?}, by differences {slope}", i + 1));
            }
        }
    }
    Ok(())
}

/// A central difference of fourth order.
fn difference(density: &mut impl LogDensity, at: &[f64], i: usize) -> Result<f64, Fault> {
    let step = 1e-3;
    let mut value = |k: f64| {
        let mut moved = at.to_vec();
        moved[i] += k * step;
        density.log_density(&moved)
    };
    Ok((8.0 * (value(1.0)? - value(-1.0)?) - (value(2.0)? - value(-2.0)?)) / (12.0 * step))
}

/// Coordinates to natural values and back.
pub fn round_trip(program: &Program) -> Result<(), String> {
    let at = scattered(program.dim(), 7);
    let fields = natural_values(program, &at)?;
    let back = start(program, &point_text(program, &fields, None))?;
    same("coordinates", &back.len().to_string(), &at.len().to_string())?;
    let close = |(a, b): (&f64, f64)| if (a - b).abs() < 1e-7 { Ok(()) } else { Err(format!("{a} came back as {b}")) };
    at.iter().zip(back).try_for_each(close)
}

/// The values of a variable of the output, with the place of its first column.
struct Field {
    name: String,
    first: usize,
    values: Vec<f64>,
}

/// The unknowns at a position, by variable.
fn natural_values(program: &Program, position: &[f64]) -> Result<Vec<Field>, String> {
    let mut fields: Vec<Field> = Vec::new();
    for (at, (column, &value)) in program.columns().iter().zip(&row(program, position)?).enumerate() {
        match fields.last_mut() {
            Some(last) if last.name == column.variable => last.values.push(value),
            _ => fields.push(Field { name: column.variable.clone(), first: at, values: vec![value] }),
        }
    }
    fields.retain(|field| is_sampled(program, &field.name));
    Ok(fields)
}

/// Unknowns as JSON, the one at a column moved.
fn point_text(program: &Program, fields: &[Field], moved: Option<(usize, f64)>) -> String {
    let number = |field: &Field, k: usize| match moved {
        Some((at, step)) if at == field.first + k => format!("{:?}", field.values[k] + step),
        _ => format!("{:?}", field.values[k]),
    };
    let text = |field: &Field| {
        let values: Vec<String> = (0..field.values.len()).map(|k| number(field, k)).collect();
        format!("{:?}: {}", field.name, nested(program, &field.name, &values))
    };
    let all: Vec<String> = fields.iter().map(text).collect();
    format!("{{{}}}", all.join(", "))
}

/// Whether a variable of the output is an unknown, which a point may name, or a report.
fn is_sampled(program: &Program, name: &str) -> bool {
    let point = document(&format!("{{{name:?}: null}}")).expect("a point");
    program.start(&point).diagnostics.iter().all(|d| !d.message.contains("samples no"))
}

/// Values as nested arrays over the extents of their variable.
fn nested(program: &Program, name: &str, values: &[String]) -> String {
    let columns: Vec<_> = program.columns().iter().filter(|c| c.variable == name).collect();
    let rank = columns[0].index.len();
    let extents: Vec<usize> = (0..rank).map(|k| columns.iter().map(|c| c.index[k]).max().unwrap_or(0)).collect();
    let mut parts = values.to_vec();
    for &extent in extents.iter().rev() {
        parts = parts.chunks(extent).map(|chunk| format!("[{}]", chunk.join(", "))).collect();
    }
    parts.concat()
}

/// Draws from the prior must have a density.
pub fn prior(program: &Program) -> Result<(), String> {
    let mut density = program.density();
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for _ in 0..20 {
        let mut position = vec![0.0; program.dim()];
        if !density.draw_prior(&mut uniform, &mut position) {
            return Err("there is no draw from the prior".to_string());
        }
        let value = density.log_density(&position).map_err(|f| f.to_string())?;
        if !value.is_finite() {
            return Err(format!("the log density of a draw is {value}"));
        }
    }
    Ok(())
}

/// Coordinates between −1 and 1 that look random.
fn scattered(dim: usize, seed: usize) -> Vec<f64> {
    (0..dim).map(|i| ((i * 7 + seed * 13) as f64 * 1.37).sin()).collect()
}

fn equation(line: &str) -> Result<(&str, &str), String> {
    line.rsplit_once(" = ").ok_or_else(|| "` = ` and a value are missing".to_string())
}

fn number(text: &str) -> Result<f64, String> {
    text.trim().parse().map_err(|_| format!("`{text}` is no number"))
}

fn list(text: &str) -> Result<Vec<f64>, String> {
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    inner.split(',').filter(|part| !part.trim().is_empty()).map(number).collect()
}

fn close(ours: f64, theirs: f64) -> Result<(), String> {
    let same = ours == theirs
        || (ours.is_nan() && theirs.is_nan())
        || (ours - theirs).abs() <= TOLERANCE * (1.0 + theirs.abs());
    if same { Ok(()) } else { Err(format!("{ours}, not {theirs}")) }
}
