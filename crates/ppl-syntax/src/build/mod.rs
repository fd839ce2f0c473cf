//! From the pairs of the grammar to the tree.

mod expr;
mod operators;
mod stmt;

use pest::iterators::Pair;
use ppl_diagnostic::{Diagnostic, Span};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::ast::{Ident, Text};
use crate::grammar::Rule;
use crate::scan::Tokens;

/// Builds the statements that one run of the grammar has found.
pub(crate) struct Builder<'t> {
    pub tokens: &'t Tokens<'t>,
    /// Where in the text the run started; its places count from there.
    pub base: usize,
    /// What parses, and is refused all the same.
    pub diagnostics: Vec<Diagnostic>,
}

type Children<'t> = std::iter::Peekable<std::vec::IntoIter<Pair<'t, Rule>>>;

/// What a rule consists of, without its keywords, commas and brackets.
fn children<'t>(pair: Pair<'t, Rule>) -> Vec<Pair<'t, Rule>> {
    pair.into_inner().filter(|p| !is_mark(p.as_rule())).collect()
}

fn is_mark(rule: Rule) -> bool {
    use Rule::*;
    matches!(
        rule,
        comma
            | close_paren
            | close_square
            | close_brace
            | open_block
            | equals
            | k_use
            | k_dim
            | k_data
            | k_const
            | k_fn
            | k_dist
            | k_report
            | k_require
            | k_factor
            | k_return
            | k_for
            | k_in
            | k_if
            | k_then
            | k_else
            | k_do
            | k_with
            | k_from
            | k_within
            | k_on
    )
}

impl<'t> Builder<'t> {
    /// The place of a pair, without the white space and comments that the grammar may count in at its end.
    fn span(&self, pair: &Pair<Rule>) -> Span {
        let span = pair.as_span();
        self.tokens.place(self.base + span.start(), self.tokens.end_before(self.base + span.end()))
    }

    fn written(&self, span: Span) -> &'t str {
        &self.tokens.text[span.start as usize..span.end as usize]
    }

    fn ident(&self, pair: &Pair<Rule>) -> Ident {
        Ident { name: normalised(pair.as_str()), span: self.span(pair) }
    }

    fn text(&self, pair: &Pair<Rule>) -> Text {
        Text { value: unquoted(pair.as_str()), span: self.span(pair) }
    }
}

fn normalised(name: &str) -> String {
    match is_nfc_quick(name.chars()) {
        IsNormalized::Yes => name.to_string(),
        _ => name.nfc().collect(),
    }
}

/// `"a\"b"` without its quotes and escapes; `\n` and `\t` mean what they mean elsewhere, any other letter itself.
fn unquoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text[1..text.len() - 1].chars();
    while let Some(c) = letters.next() {
        match (c, c == '\\') {
            (_, true) => out.extend(letters.next().map(|c| match c {
                'n' => '\n',
                't' => '\t',
                other => other,
            })),
            (c, false) => out.push(c),
        }
    }
    out
}
