//! Every diagnostic of this crate: one constructor a code, with the smallest program that triggers it.

use ppl_diagnostic::{Diagnostic, Span};

/// `E0101`: something stands where it cannot. Smallest: `x = )`.
pub(crate) fn unexpected(found: &str, span: Span, expected: &str) -> Diagnostic {
    let message = if found.is_empty() {
        "the model ends in the middle of a statement".to_string()
    } else {
        format!("`{}` cannot stand here", shortened(found))
    };
    Diagnostic::error("E0101", message).at(span, format!("expected {expected}"))
}

/// `E0101`, where the line ends too soon: the place is the last thing on it. Smallest: `for i in obs`.
pub(crate) fn incomplete(last: &str, span: Span, expected: &str) -> Diagnostic {
    Diagnostic::error("E0101", format!("something is missing after `{}`", shortened(last)))
        .at(span, format!("expected {expected} after this"))
}

/// `E0102`: a spelling of another language. Smallest: `x <- 1`.
pub(crate) fn foreign(message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error("E0102", message).at(span, "")
}

/// `E0103`: nested too deeply. Smallest: 201 opening brackets.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("E0103", format!("nested more than {} deep", crate::scan::DEEPEST))
        .at(span, "brackets, `if`s, signs and powers around this place are counted")
        .help("give parts of it names of their own; or an earlier bracket is not closed")
}

/// `E0104`: two statements on one line. Smallest: `x = 1 y = 2`.
pub(crate) fn no_semicolon(text: &str, place: Span) -> Diagnostic {
    let before = Span { end: place.start, ..place };
    Diagnostic::error("E0104", "two statements on one line need `;` between them")
        .at(place, format!("`{}` begins a statement here", shortened(text)))
        .fix(before, "; ")
}

/// `E0104`, where what follows is no statement: more likely an operator was forgotten. Smallest: `x = a b`.
pub(crate) fn no_operator(text: &str, place: Span, expected: &str) -> Diagnostic {
    Diagnostic::error("E0104", format!("`{}` follows a complete statement", shortened(text)))
        .at(place, format!("expected {expected}"))
        .help("write what is missing, or `;` between two statements on one line")
}

/// `E0105`: a number glued to letters, or with a bare point. Smallest: `x = .5`.
pub(crate) fn bad_number(text: &str, span: Span) -> Diagnostic {
    let error = Diagnostic::error("E0105", format!("`{}` is not a number", shortened(text))).at(span, "");
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    match (text.strip_prefix('.'), text.strip_suffix('.')) {
        (Some(rest), _) if digits(rest) => error.fix(span, format!("0.{rest}")),
        (_, Some(rest)) if digits(rest) => error.fix(span, format!("{rest}.0")),
        _ => error.help("numbers are `1`, `1.5`, `2e-3`, `1_000`; between a number and a name stands an operator"),
    }
}

/// `E0105`, where no 64-bit number is as large. Smallest: `x = 1e999`.
pub(crate) fn huge_number(span: Span) -> Diagnostic {
    Diagnostic::error("E0105", "the number is too large").at(span, "the largest is about 1.8e308")
}

/// `E0106`: only names are called. Smallest: `x = 2(a + b)`.
pub(crate) fn not_callable(span: Span, brackets: Span) -> Diagnostic {
    let before = Span { end: brackets.start, ..brackets };
    Diagnostic::error("E0106", "only a name can be called").at(span, "this is a value").fix(before, " * ")
}

/// `E0107`: comparisons do not chain. Smallest: `x = 0 < y < 1`.
pub(crate) fn chained_comparison(span: Span, rewritten: String) -> Diagnostic {
    Diagnostic::error("E0107", "comparisons cannot be chained")
        .at(span, "each comparison has two sides")
        .fix(span, rewritten)
}

/// `E0108`: a letter pasted from a paper or a word processor. Smallest: `x ∼ normal(0, 1)`.
pub(crate) fn pasted(c: char, replacement: &str, span: Span) -> Diagnostic {
    let error = match replacement.trim() {
        "" => Diagnostic::error("E0108", format!("a special blank (U+{:04X}) stands here", c as u32)),
        plain => Diagnostic::error("E0108", format!("`{c}` (U+{:04X}) is not `{plain}`", c as u32)),
    };
    let fix = if replacement.is_empty() { "" } else { replacement };
    error.at(span, "pasted from elsewhere?").fix(span, fix)
}

/// `E0109`: a reserved word where a name belongs. Smallest: `from = 3`.
pub(crate) fn reserved(word: &str, span: Span, as_label: bool) -> Diagnostic {
    let error = Diagnostic::error("E0109", format!("`{word}` is a reserved word and cannot be a name")).at(span, "");
    error.fix(span, if as_label { format!("\"{word}\"") } else { format!("{word}_") })
}

/// `E0110`: a text that is too large to be a model.
pub(crate) fn too_large(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error("E0110", format!("a model has at most {} MiB", limit >> 20))
        .at(span, "")
        .help("data belong into a CSV or JSON file")
}

/// `E0110`, where the caller's thread has too little stack for even a legal nesting.
pub(crate) fn out_of_stack(span: Span) -> Diagnostic {
    Diagnostic::error("E0110", "the statement needs more stack than this thread has")
        .at(span, "")
        .help("read models on a thread with 2 MB of stack or more, or nest less")
}

/// `E0111`: a bracket without its partner. Smallest: `x = (1`.
pub(crate) fn unclosed(bracket: &str, span: Span) -> Diagnostic {
    let closing = match bracket {
        "(" => ")",
        "[" => "]",
        _ => "}",
    };
    Diagnostic::error("E0111", format!("this `{bracket}` is never closed"))
        .at(span, format!("no `{closing}` belongs to it"))
}

/// `E0111`, for a text. Smallest: `use "a`.
pub(crate) fn unclosed_text(span: Span) -> Diagnostic {
    let end = Span { start: span.end, ..span };
    Diagnostic::error("E0111", "the text has no closing quote")
        .at(span, "a text ends on the line where it starts")
        .fix(end, "\"")
}

/// `E0112`: a closing bracket that closes nothing. Smallest: `}`.
pub(crate) fn stray_bracket(bracket: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0112", format!("this `{bracket}` closes nothing")).at(span, "").fix(span, "")
}

/// `E0113`: a value is missing at the end of a line. Smallest: `x =`.
pub(crate) fn missing_value(last: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0113", format!("nothing follows `{}`", shortened(last))).at(span, "expected a value after this")
}

/// `E0114`: a declaration within a block. Smallest: `for i in obs { dim k }`.
pub(crate) fn not_in_block(word: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0114", format!("`{word}` cannot stand within a block"))
        .at(span, "")
        .help(format_args!("move the `{word}` out of the braces, above the `for` or `if`"))
}

/// `E0115`: `not` as an operand of a tighter operator. Smallest: `x = a == not b`.
pub(crate) fn tight_not(span: Span, rewritten: String) -> Diagnostic {
    Diagnostic::error("E0115", "`not` needs parentheses here")
        .at(span, "the operator on its left binds tighter")
        .fix(span, rewritten)
}

/// A piece of the user's text, cut to a length that a message can hold.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
