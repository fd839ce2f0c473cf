//! Where reading goes on after a mistake.

use crate::scan::{Kind, Tokens, is_reserved, starts_statement};

/// The first token behind a mistake that can start a statement: it leads its line, or follows a `;`, outside of the
/// brackets that the broken statement has opened. The closing brace of the enclosing block ends the search.
pub(crate) fn next_statement(tokens: &Tokens, start: usize, found: usize) -> usize {
    let mut at = start;
    while at < tokens.list.len() {
        let token = tokens.list[at];
        let behind = at > start && at >= found;
        match token.kind {
            Kind::Open => at = token.partner.map_or(at + 1, |partner| partner + 1),
            Kind::Close if token.partner.is_some_and(|partner| partner < start) => return at,
            Kind::Mark if tokens.text(at) == ";" && at >= found => return at,
            Kind::Word | Kind::Number if behind && token.leads && can_start(tokens, at) => return at,
            _ => at += 1,
        }
    }
    at
}

/// Whether no bracket that opens between two tokens is still open at the second.
pub(crate) fn is_outside_brackets(tokens: &Tokens, from: usize, to: usize) -> bool {
    let mut at = from;
    while at < to {
        at = tokens.list[at].partner.filter(|&partner| partner > at).unwrap_or(at) + 1;
    }
    at == to
}

/// Whether a line that begins with this word is likely to be a statement of its own.
fn can_start(tokens: &Tokens, index: usize) -> bool {
    let word = tokens.text(index);
    if is_reserved(word) {
        return starts_statement(word);
    }
    defines(tokens, index) || tokens.ends_operand(index - 1)
}

/// Whether a name is followed, behind its brackets, by a sign that defines it.
fn defines(tokens: &Tokens, name: usize) -> bool {
    let next = match tokens.text(name + 1) {
        "[" => tokens.list[name + 1].partner.map_or(name + 1, |close| close + 1),
        _ => name + 1,
    };
    match tokens.text(next) {
        "=" | "~" | ":" => true,
        // `<-` and `+=`
        "<" => tokens.text(next + 1) == "-",
        "+" | "-" | "*" | "/" => tokens.text(next + 1) == "=",
        _ => false,
    }
}

/// The brace that opens the body of a `for` or `if` whose head is wrong: on the line of the head, or of the mistake.
pub(crate) fn body(tokens: &Tokens, start: usize, found: usize) -> Option<usize> {
    let last_line = tokens.list.get(found.max(start)).or(tokens.list.last())?.line;
    let mut at = start;
    while let Some(token) = tokens.list.get(at).filter(|t| t.line <= last_line) {
        match (token.kind, tokens.text(at)) {
            (Kind::Open, "{") => return Some(at),
            (Kind::Open, _) => at = token.partner.map_or(at + 1, |partner| partner + 1),
            (Kind::Close, _) if token.partner.is_none_or(|p| p < start) => return None,
            _ => at += 1,
        }
    }
    None
}
