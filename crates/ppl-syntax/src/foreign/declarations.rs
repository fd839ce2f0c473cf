//! Stan's declarations: `real<lower=0> sigma;`, `array[N] int y;`, `vector[K] beta;`

use super::shapes::{Found, Place, Resume};
use crate::errors;

const TYPES: [&str; 19] = [
    "array",
    "cholesky_factor_corr",
    "cholesky_factor_cov",
    "complex",
    "corr_matrix",
    "cov_matrix",
    "double",
    "float",
    "int",
    "matrix",
    "ordered",
    "positive_ordered",
    "real",
    "row_vector",
    "simplex",
    "sum_to_zero_vector",
    "tuple",
    "unit_vector",
    "vector",
];

/// The bounds and the name of a declaration, and its last token.
struct Declaration<'p> {
    ty: &'p str,
    /// The type of an array's elements; otherwise the type.
    element: &'p str,
    bounds: Vec<(&'p str, &'p str)>,
    name: usize,
    last: usize,
}

pub(super) fn declaration(place: &Place) -> Option<Found> {
    let declaration = read(place)?;
    let name = place.word(declaration.name);
    let span = place.span(place.start, declaration.last);
    let block = place.refused_block();
    let is_scalar = matches!(declaration.ty, "int" | "real") && place.word(declaration.name + 1) != "[";
    let mut diagnostic = errors::foreign(format!("`{name}` is declared in Stan's way"), span);
    if block != Some("data") {
        let distribution = distribution(&declaration);
        diagnostic = diagnostic.help(format_args!("a parameter needs no declaration: `{name} ~ {distribution}`"));
    }
    if block.is_none_or(|block| block == "data") {
        let data = as_data(name, &declaration, is_scalar);
        diagnostic = diagnostic.help(format_args!("an input is `data {data}`"));
        if is_scalar {
            diagnostic = diagnostic.fix(span, format!("data {data}"));
        }
    }
    let next = declaration.last + 1;
    let resume = if matches!(place.word(next), ";" | "}") { Resume::At(next) } else { Resume::NextStatement };
    Some(Found { diagnostic, resume })
}

fn read<'p>(place: &'p Place) -> Option<Declaration<'p>> {
    let ty = place.word(place.start);
    if !TYPES.contains(&ty) {
        return None;
    }
    let mut at = place.start + 1;
    let mut bounds = Vec::new();
    let mut element = ty;
    loop {
        match place.word(at) {
            "<" => at = read_bounds(place, at + 1, &mut bounds)? + 1,
            "[" => at = place.tokens.list[at].partner? + 1,
            word if ty == "array" && TYPES.contains(&word) => (element, at) = (word, at + 1),
            _ => break,
        }
    }
    if !place.tokens.is_word(at) || place.tokens.list[at].leads {
        return None;
    }
    let last = match place.word(at + 1) {
        "[" => place.tokens.list[at + 1].partner?,
        _ => at,
    };
    Some(Declaration { ty, element, bounds, name: at, last })
}

/// Reads `lower=0, upper=1>` and returns the place of `>`.
fn read_bounds<'p>(place: &'p Place, first: usize, bounds: &mut Vec<(&'p str, &'p str)>) -> Option<usize> {
    let mut at = first;
    while matches!(place.word(at), "lower" | "upper" | "offset" | "multiplier") && place.word(at + 1) == "=" {
        let end = (at + 2..at + 20).find(|&i| matches!(place.word(i), "," | ">"))?;
        bounds.push((place.word(at), place.written(at + 2, end - 1)));
        if place.word(end) == ">" {
            return Some(end);
        }
        at = end + 1;
    }
    None
}

fn distribution(declaration: &Declaration) -> &'static str {
    match declaration.bounds.iter().find(|(name, _)| *name == "lower") {
        Some((_, "0")) if declaration.bounds.len() == 1 => "half_normal(1)",
        Some(_) => "uniform(a, b)",
        None => "normal(0, 1)",
    }
}

fn as_data(name: &str, declaration: &Declaration, is_scalar: bool) -> String {
    let bounds = declaration.bounds.iter().filter_map(|(bound, value)| match *bound {
        "lower" => Some(format!("min = {value}")),
        "upper" => Some(format!("max = {value}")),
        _ => None,
    });
    let bounds: Vec<String> = bounds.collect();
    let dims = if is_scalar { "" } else { "[k]" };
    match (declaration.element, bounds.is_empty()) {
        ("int", true) => format!("{name}{dims}: int"),
        (_, true) => format!("{name}{dims}"),
        ("int", false) => format!("{name}{dims}: int({})", bounds.join(", ")),
        (_, false) => format!("{name}{dims}: real({})", bounds.join(", ")),
    }
}
