//! Where a blank stands within a line.

use super::roles::Roles;
use crate::scan::{Kind, Tokens, is_reserved};

/// Whether a blank stands before this token, which is not the first of its line.
pub(super) fn between(tokens: &Tokens, roles: &Roles, index: usize) -> bool {
    let (left, right) = (index - 1, index);
    match (tokens.text(left), tokens.text(right)) {
        (_, "," | ";" | ")" | "]") | ("(" | "[", _) => false,
        (_, ":") => tokens.text(left) == ",",
        (_, "..") | ("..", _) | (_, "^") | ("^", _) => false,
        ("{", "}") => false,
        ("{", _) => roles.encloses(left),
        (_, "}") => roles.encloses(right),
        ("-", _) => !is_sign(tokens, left),
        (_, "(") => !is_called(tokens, left),
        (_, "[") => !tokens.ends_operand(left),
        _ => true,
    }
}

/// Whether a minus belongs to the operand on its right alone.
fn is_sign(tokens: &Tokens, minus: usize) -> bool {
    minus == 0 || !tokens.ends_operand(minus - 1)
}

/// Whether a bracket behind this token encloses arguments.
fn is_called(tokens: &Tokens, before: usize) -> bool {
    let word = tokens.list[before].kind == Kind::Word;
    word && (tokens.text(before) == "do" || !is_reserved(tokens.text(before)))
}
