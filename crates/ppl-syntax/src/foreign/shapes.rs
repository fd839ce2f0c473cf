//! Shapes of other languages, recognised where the grammar has failed.

use ppl_diagnostic::{Diagnostic, Span};

use super::{declarations, log_density};
use crate::ast::{BindingBody, Stmt, StmtKind, Tilde};
use crate::errors;
use crate::expected;
use crate::grammar::Rule;
use crate::scan::{Kind, Tokens};

/// Where and how the grammar failed.
pub(crate) struct Place<'p> {
    pub tokens: &'p Tokens<'p>,
    /// The token with which the statement begins.
    pub start: usize,
    /// The token that could not be read.
    pub found: usize,
    pub expected: &'p [Rule],
    /// The statement before, in the same list.
    pub previous: Option<&'p Stmt>,
    /// The closing braces of refused blocks.
    pub refused: &'p [usize],
}

/// What was recognised, and where reading goes on.
pub(crate) struct Found {
    pub diagnostic: Diagnostic,
    pub resume: Resume,
}

/// Where reading goes on after a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resume {
    /// Where the next statement can start.
    NextStatement,
    /// At this token.
    At(usize),
    /// Behind this opening brace, whose partner is then left out.
    Within(usize),
    /// In the braces that follow, whose statements are read for their own mistakes.
    Body,
}

impl Place<'_> {
    pub(super) fn word(&self, index: usize) -> &str {
        self.tokens.text(index)
    }

    pub(super) fn span(&self, first: usize, last: usize) -> Span {
        self.tokens.span(first).to(self.tokens.span(last.max(first)))
    }

    /// What is written from one token to another, both included; nothing if there is none.
    pub(super) fn written(&self, first: usize, last: usize) -> &str {
        if first > last || last >= self.tokens.list.len() {
            return "";
        }
        &self.tokens.text[self.tokens.list[first].start..self.tokens.list[last].end]
    }

    /// Whether two neighbours touch.
    fn touches(&self, left: usize) -> bool {
        matches!(self.tokens.list.get(left..left + 2), Some([a, b]) if a.end == b.start)
    }

    /// The last word before the refused block in which the statement stands: `data`, `parameters`, …
    pub(super) fn refused_block(&self) -> Option<&str> {
        let close = self.refused.iter().filter(|&&close| close > self.start).min()?;
        let open = self.tokens.list[*close].partner?;
        Some(self.word(open.checked_sub(1)?))
    }

    /// The opening bracket in which a token stands, from the statement's start on.
    fn bracket_around(&self, index: usize) -> Option<usize> {
        let mut at = index;
        while at > self.start {
            at -= 1;
            let token = self.tokens.list[at];
            match (token.kind, token.partner) {
                (Kind::Open, _) => return Some(at),
                (Kind::Close, Some(partner)) => at = partner,
                _ => {}
            }
        }
        None
    }
}

fn at_next(diagnostic: Diagnostic) -> Option<Found> {
    Some(Found { diagnostic, resume: Resume::NextStatement })
}

/// The first shape that fits.
pub(crate) fn recognise(place: &Place) -> Option<Found> {
    let shapes: [fn(&Place) -> Option<Found>; 13] = [
        block_of_declarations,
        declarations::declaration,
        colon_before_body,
        loop_head,
        while_loop,
        function,
        else_if,
        truncation,
        bar_in_call,
        dotted_name,
        question_mark,
        colon_range,
        single_equals,
    ];
    shapes.iter().find_map(|shape| shape(place))
}

/// `data {`, `transformed parameters {`, `model {`
fn block_of_declarations(place: &Place) -> Option<Found> {
    let known = ["data", "parameters", "model", "transformed", "generated", "functions", "quantities"];
    let first = place.word(place.start);
    if !known.contains(&first) {
        return None;
    }
    let two_words = matches!(first, "transformed" | "generated");
    let brace = place.start + if two_words { 2 } else { 1 };
    if place.word(brace) != "{" {
        return None;
    }
    let name = place.written(place.start, brace - 1);
    let diagnostic = errors::foreign(
        format!("there is no `{name}` block: a model is one list of statements"),
        place.span(place.start, brace),
    )
    .help("inputs and outcomes begin with `data`; everything else follows in reading order");
    Some(Found { diagnostic, resume: Resume::Within(brace) })
}

/// `for (i in 1:N)`, `for i in 1..N`, `for i in range(N)`
fn loop_head(place: &Place) -> Option<Found> {
    if place.word(place.start) != "for" {
        return None;
    }
    let bracketed = place.word(place.start + 1) == "(";
    let variable = place.start + if bracketed { 2 } else { 1 };
    if place.word(variable + 1) != "in" {
        return None;
    }
    let dim = variable + 2;
    let name = place.word(variable);
    let plain_dim = place.tokens.is_word(dim) && !matches!(place.word(dim + 1), "(" | ":" | "..");
    match (plain_dim, bracketed) {
        (true, true) => {
            let close = place.tokens.list[place.start + 1].partner?;
            let head = place.written(variable, close - 1);
            let diagnostic = errors::foreign("a `for` has no parentheses", place.span(place.start + 1, close));
            Some(Found { diagnostic: diagnostic.fix(place.span(place.start + 1, close), head), resume: Resume::Body })
        }
        (true, false) => None,
        (false, _) => {
            let diagnostic = errors::foreign("a `for` runs over a dim, not over numbers", place.span(place.start, dim))
                .help(format_args!("declare `dim k = 1..3` and write `for {name} in k {{ … }}`"));
            Some(Found { diagnostic, resume: Resume::Body })
        }
    }
}

fn while_loop(place: &Place) -> Option<Found> {
    if place.word(place.start) != "while" || place.found > place.start + 1 {
        return None;
    }
    let diagnostic = errors::foreign("there is no `while`", place.span(place.start, place.start))
        .help("how often something is done must be known: `for i in dim { … }`");
    Some(Found { diagnostic, resume: Resume::Body })
}

/// `def f(x):`, `function f(x)`, `let x = 1`
fn function(place: &Place) -> Option<Found> {
    let word = place.word(place.start);
    if place.found != place.start + 1 || !place.tokens.is_word(place.found) {
        return None;
    }
    let span = place.span(place.start, place.start);
    match word {
        "def" | "function" | "func" | "fun" => {
            let error = errors::foreign(format!("`{word}` is written `fn` here"), span);
            at_next(error.help("a function is `fn f(a, b) = a + b`, or `fn f(a) { … return e }`").fix(span, "fn"))
        }
        "let" | "var" | "val" | "auto" => {
            let through = Span { end: place.span(place.found, place.found).start, ..span };
            let error = errors::foreign(format!("there is no `{word}`: a name is defined by `=` alone"), span);
            Some(Found { diagnostic: error.fix(through, ""), resume: Resume::At(place.found) })
        }
        _ => None,
    }
}

/// `elif`
fn else_if(place: &Place) -> Option<Found> {
    let word = place.word(place.start);
    if !matches!(word, "elif" | "elsif" | "elseif") || place.found > place.start + 1 {
        return None;
    }
    let span = place.span(place.start, place.start);
    let diagnostic = errors::foreign(format!("`{word}` is written `else if` here"), span).fix(span, "else if");
    Some(Found { diagnostic, resume: Resume::Body })
}

/// `y ~ normal(0, 1) T[0, ]`
fn truncation(place: &Place) -> Option<Found> {
    let open = place.start + 1;
    if !matches!(place.word(place.start), "T" | "I") || !matches!(place.word(open), "[" | "(") {
        return None;
    }
    let close = place.tokens.list[open].partner?;
    let tilde = last_tilde(place.previous?)?;
    let same_line = place.tokens.continues_line(place.start);
    if !same_line && place.found > close {
        return None;
    }
    let comma = (open..close).find(|&i| place.word(i) == ",")?;
    let given = |name: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!(", {name} = {text}") }
    };
    let lower = given("lower", place.written(open + 1, comma - 1));
    let upper = given("upper", place.written(comma + 1, close - 1));
    let distribution = tilde.distribution.span;
    let inner = &place.tokens.text[distribution.start as usize..distribution.end as usize];
    let whole = distribution.to(place.span(place.start, close));
    let diagnostic = errors::foreign(
        "a truncated distribution is written `truncated(d, lower = a, upper = b)`",
        place.span(place.start, close),
    )
    .fix(whole, format!("truncated({inner}{lower}{upper})"));
    Some(Found { diagnostic, resume: Resume::At(close + 1) })
}

fn last_tilde(statement: &Stmt) -> Option<&Tilde> {
    match &statement.kind {
        StmtKind::Binding(b) | StmtKind::ReportBinding(b) => match &b.body {
            BindingBody::Tilde(tilde) => Some(tilde),
            BindingBody::Define(_) => None,
        },
        StmtKind::Data(items) => items.last()?.tilde.as_ref(),
        _ => None,
    }
}

/// `normal_lpdf(y | mu, sigma)`
fn bar_in_call(place: &Place) -> Option<Found> {
    // `|` may begin `| do(…)`, so that it is what follows which fails.
    let bar = [place.found, place.found.wrapping_sub(1)].into_iter().find(|&i| place.word(i) == "|")?;
    let name = place.bracket_around(bar)?.checked_sub(1)?;
    let (stem, ours) = log_density(place.word(name))?;
    let wrong = place.word(name);
    let before_bar = place.written(name + 1, bar - 1);
    let diagnostic =
        errors::foreign(format!("`{wrong}(y | …)` is written `{stem}{ours}(y, …)` here"), place.span(name, bar))
            .fix(place.span(name, bar), format!("{stem}{ours}{before_bar},"));
    at_next(diagnostic)
}

/// `sigma.y`
fn dotted_name(place: &Place) -> Option<Found> {
    let dot = place.found;
    let before = dot.checked_sub(1)?;
    let joined =
        |at: usize| place.word(at) == "." && place.touches(at - 1) && place.touches(at) && place.tokens.is_word(at + 1);
    if !joined(dot) || !place.tokens.is_word(before) {
        return None;
    }
    let mut last = dot + 1;
    while joined(last + 1) {
        last += 2;
    }
    let span = place.span(before, last);
    let error = errors::foreign("a name has no points in it", span);
    at_next(error.fix(span, place.written(before, last).replace('.', "_")))
}

/// `c ? a : b`
fn question_mark(place: &Place) -> Option<Found> {
    if place.word(place.found) != "?" {
        return None;
    }
    at_next(errors::foreign("a choice is written `if c then a else b`", place.span(place.found, place.found)))
}

/// `for i in obs:`, `if c:`
fn colon_before_body(place: &Place) -> Option<Found> {
    let colon = match place.word(place.start) {
        "for" | "if" => place.found,
        "else" => place.start + 1,
        _ => return None,
    };
    let last_of_line = place.tokens.list.get(colon + 1).is_none_or(|t| t.leads);
    if place.word(colon) != ":" || !last_of_line {
        return None;
    }
    let span = place.span(colon, colon);
    at_next(errors::foreign("the body stands in braces: `{ … }`", span).fix(span, " {"))
}

/// `x = 1:3`
fn colon_range(place: &Place) -> Option<Found> {
    if place.found != place.start || place.word(place.found) != ":" || !place.tokens.continues_line(place.found) {
        return None;
    }
    let diagnostic = errors::foreign("a range is written with `..`", place.span(place.found, place.found))
        .help("ranges stand in `dim k = 1..3` and in brackets: `x[2..]`");
    at_next(diagnostic.fix(place.span(place.found, place.found), ".."))
}

/// `if t = 1 { … }`
fn single_equals(place: &Place) -> Option<Found> {
    let wrong = place.word(place.found) == "=" && place.found > place.start && expected::wants_operator(place.expected);
    if !wrong {
        return None;
    }
    let span = place.span(place.found, place.found);
    let diagnostic = errors::foreign("`=` defines; two values are compared with `==`", span).fix(span, "==");
    let resume = if place.word(place.start) == "if" { Resume::Body } else { Resume::NextStatement };
    Some(Found { diagnostic, resume })
}
