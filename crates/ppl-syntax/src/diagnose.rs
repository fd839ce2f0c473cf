//! What to say where the grammar has failed and no foreign spelling explains it.

use ppl_diagnostic::Diagnostic;

use crate::errors;
use crate::expected;
use crate::foreign::shapes::Place;
use crate::grammar::Rule;
use crate::parse::Failure;
use crate::scan::{Kind, is_reserved, starts_statement};

/// The most telling explanation; `glued` says that the statement begins behind another on its line.
pub(crate) fn diagnose(place: &Place, failure: &Failure, glued: bool) -> Diagnostic {
    if failure.exhausted {
        return errors::out_of_stack(place.tokens.span(place.start));
    }
    open_text(place)
        .or_else(|| unclosed(place))
        .or_else(|| stray(place))
        .or_else(|| glued.then(|| behind_statement(place, failure)))
        .or_else(|| line_end(place))
        .or_else(|| reserved(place))
        .unwrap_or_else(|| unexpected(place))
}

fn kind(place: &Place, index: usize) -> Option<Kind> {
    place.tokens.list.get(index).map(|t| t.kind)
}

fn behind_statement(place: &Place, failure: &Failure) -> Diagnostic {
    let expected = expected::phrase_behind(&failure.before);
    errors::no_operator(place.tokens.text(place.start), place.tokens.span(place.start), &expected)
}

fn open_text(place: &Place) -> Option<Diagnostic> {
    let broken = (place.start..=place.found).find(|&i| kind(place, i) == Some(Kind::OpenText))?;
    Some(errors::unclosed_text(place.tokens.span(broken)))
}

fn unclosed(place: &Place) -> Option<Diagnostic> {
    let lonely = |i: &usize| place.tokens.list.get(*i).is_some_and(|t| t.kind == Kind::Open && t.partner.is_none());
    let open = (place.start..place.found).rfind(lonely)?;
    Some(errors::unclosed(place.tokens.text(open), place.tokens.span(open)))
}

fn stray(place: &Place) -> Option<Diagnostic> {
    let token = place.tokens.list.get(place.found)?;
    (token.kind == Kind::Close && token.partner.is_none())
        .then(|| errors::stray_bracket(place.tokens.text(place.found), place.tokens.span(place.found)))
}

/// The mistake is at the end of a line, though the grammar noticed on the next.
fn line_end(place: &Place) -> Option<Diagnostic> {
    let next_line = place.tokens.list.get(place.found).is_none_or(|t| t.leads);
    if place.found <= place.start || !next_line {
        return None;
    }
    let (last, span) = (place.tokens.text(place.found - 1), place.tokens.span(place.found - 1));
    if expected::wants_value(place.expected) && !expected::wants_operator(place.expected) {
        return Some(errors::missing_value(last, span));
    }
    Some(errors::incomplete(last, span, &expected::phrase(place.expected)))
}

fn reserved(place: &Place) -> Option<Diagnostic> {
    let before = place.found.wrapping_sub(1);
    let word = place.tokens.text(place.found);
    // `data = 3`: the keyword was read, and no name follows.
    let defined = matches!(word, "=" | "~") && before == place.start && starts_statement(place.tokens.text(before));
    let index = if defined { before } else { place.found };
    let word = place.tokens.text(index);
    let wrong = defined || (is_reserved(word) && expected::wants_name(place.expected) && names_something(place, index));
    let as_label = place.expected.contains(&Rule::label) || place.expected.contains(&Rule::labels);
    wrong.then(|| errors::reserved(word, place.tokens.span(index), as_label))
}

/// Whether a reserved word stands where a name would: it is defined, or is an operand.
fn names_something(place: &Place, index: usize) -> bool {
    let is_defined = matches!(place.tokens.text(index + 1), "=" | "~" | "[" | ":");
    index > place.start || (is_defined && place.tokens.text(index) != "else")
}

const DEFINES: &str = "a statement defines something: `name = …`, `name ~ …`";

fn unexpected(place: &Place) -> Diagnostic {
    let found = place.tokens.text(place.found);
    let expected = expected::phrase(place.expected);
    let error = errors::unexpected(found, place.tokens.span(place.found), &expected);
    match (place.tokens.text(place.start), found) {
        ("return", _) => error.help("`return` ends the body of a `fn`"),
        ("else", _) => error.help("`else` follows the `}` of its `if`"),
        (_, "=") if place.found == place.start => error.help("a statement defines one name"),
        (_, "(") if place.found == place.start + 1 => error.help(DEFINES),
        _ if place.found == place.start && expected == "a statement" => error.help(DEFINES),
        _ if found.starts_with('_') => error.help("a name begins with a letter"),
        _ => error,
    }
}
