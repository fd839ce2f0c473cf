//! Spellings of other languages, each with the right one.
//!
//! Signs that the grammar takes along are refused here when the tree is built; whole shapes, such as blocks and
//! declarations, are recognised in [`shapes`] where the grammar has failed.

mod declarations;
pub(crate) mod shapes;

use ppl_diagnostic::{Diagnostic, Span};

use crate::ast::Ident;
use crate::errors;

/// `&&`, `||`, `!`, `**`, `%*%`, `.*`, …
pub(crate) fn operator(written: &str, meant: &str, replacement: &str, span: Span) -> Diagnostic {
    let error = errors::foreign(format!("`{written}` is written `{meant}` here"), span);
    match written {
        // A function has no place between its arguments.
        "%/%" | "%%" => error,
        ".*" | "./" | ".^" => error.note("all operators but `@` act element by element").fix(span, replacement),
        _ => error.fix(span, replacement),
    }
}

/// `:` in place of `..`.
pub(crate) fn colon(span: Span) -> Diagnostic {
    errors::foreign("a range is written with `..`", span)
        .note("positions count from 1, and both ends belong to the range")
        .fix(span, "..")
}

/// `<-`, `:=`, `+=` and the like in place of `=`; nothing for `=` itself.
pub(crate) fn assignment(written: &str, span: Span) -> Option<Diagnostic> {
    match written {
        "=" => None,
        "<-" | ":=" => Some(errors::foreign(format!("`{written}` is written `=` here"), span).fix(span, "=")),
        _ => Some(
            errors::foreign(format!("there is no `{written}`: every name is defined once"), span)
                .help("give the new value a new name; a total is `sum(…)`"),
        ),
    }
}

/// `target +=`; the place is both words.
pub(crate) fn target(span: Span) -> Diagnostic {
    errors::foreign("Stan's `target +=` is `factor name = …` here", span)
        .note("a distribution needs no factor: write `y ~ normal(mu, sigma)`")
        .fix(span, "factor name =")
}

/// Functions of other languages that have another name or form here.
pub(crate) fn called(name: &Ident) -> Option<Diagnostic> {
    if name.name == "function" {
        return Some(errors::foreign("functions are written `fn name(a, b) = …`", name.span));
    }
    let (stem, ours) = log_density(&name.name)?;
    let wrong = &name.name[stem.len()..];
    let error = errors::foreign(format!("Stan's `{wrong}` is `{ours}` here"), name.span);
    Some(error.fix(name.span, format!("{stem}{ours}")))
}

/// The stem of `normal_lpdf` and the like, and our ending.
fn log_density(name: &str) -> Option<(&str, &'static str)> {
    let density = ["_lpdf", "_lpmf", "_lupdf", "_lupmf"].iter().find_map(|end| name.strip_suffix(end));
    let draw = || name.strip_suffix("_rng").map(|stem| (stem, "_draw"));
    density.map(|stem| (stem, "_logp")).or_else(draw).filter(|(stem, _)| !stem.is_empty())
}

/// `True`, `FALSE`, `None`: constants of Python and R in place of a value.
pub(crate) fn constant(name: &str, span: Span) -> Option<Diagnostic> {
    let ours = match name {
        "True" | "TRUE" => "true",
        "False" | "FALSE" => "false",
        _ => return None,
    };
    let error = errors::foreign(format!("`{name}` is written `{ours}` here"), span);
    Some(error.help(format_args!("a label of this name stands in quotes: \"{name}\"")).fix(span, ours))
}
