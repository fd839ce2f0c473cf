//! The text as a flat list of tokens with their brackets paired.
//!
//! The grammar needs no tokens. Everything around it does: the nesting limit, recovery, documentation, the formatter,
//! and messages that point at the last thing written rather than at the next line.

use ppl_diagnostic::{SourceId, Span};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a reserved word.
    Word,
    /// A number, well formed or not.
    Number,
    /// A quoted text.
    Text,
    /// A quoted text whose line ends before its quote.
    OpenText,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// Any other sign.
    Mark,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Line, from 0.
    pub line: usize,
    /// Whether only white space stands before it on its line.
    pub leads: bool,
    /// The index of the matching bracket.
    pub partner: Option<usize>,
}

/// One comment, from its `#` to the end of its line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comment {
    pub start: usize,
    pub end: usize,
    /// Line, from 0.
    pub line: usize,
    /// Whether only white space stands before it on its line.
    pub leads: bool,
}

/// A scanned text.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    pub source: SourceId,
    /// What the user has written.
    pub original: &'t str,
    /// The same with foreign letters replaced, byte for byte in place; this is what is read.
    pub text: &'t str,
    pub list: Vec<Token>,
    pub comments: Vec<Comment>,
}

impl<'t> Tokens<'t> {
    /// The place of some bytes, widened to whole letters of what the user has written.
    pub fn place(&self, start: usize, end: usize) -> Span {
        let start = (0..=start).rev().find(|&i| self.original.is_char_boundary(i));
        let end = (end..).find(|&i| i >= self.original.len() || self.original.is_char_boundary(i));
        Span { source: self.source, start: start.unwrap_or(0) as u32, end: end.unwrap_or(self.original.len()) as u32 }
    }

    /// The place of a token; the end of the text beyond the last one.
    pub fn span(&self, index: usize) -> Span {
        let length = self.text.len();
        let (start, end) = self.list.get(index).map_or((length, length), |t| (t.start, t.end));
        self.place(start, end)
    }

    /// The letters of a token; nothing beyond the last one.
    pub fn text(&self, index: usize) -> &'t str {
        self.list.get(index).map_or("", |t| &self.text[t.start..t.end])
    }

    /// The index of the first token that ends behind a byte.
    pub fn at(&self, byte: usize) -> usize {
        self.list.partition_point(|t| t.end <= byte)
    }

    /// Where the last token before a byte ends.
    pub fn end_before(&self, byte: usize) -> usize {
        match self.list.partition_point(|t| t.start < byte) {
            0 => byte,
            n => self.list[n - 1].end.min(byte),
        }
    }

    /// Whether a token is a word, and which.
    pub fn is_word(&self, index: usize) -> bool {
        self.list.get(index).is_some_and(|t| t.kind == Kind::Word)
    }

    /// Whether a token stands on the line of the one before it.
    pub fn continues_line(&self, index: usize) -> bool {
        index > 0 && self.list.get(index).is_some_and(|t| !t.leads)
    }

    /// Whether an operand may end with this token, so that what follows continues or begins something.
    pub fn ends_operand(&self, index: usize) -> bool {
        match self.list.get(index).map(|t| t.kind) {
            Some(Kind::Number | Kind::Text | Kind::OpenText | Kind::Close) => true,
            Some(Kind::Word) => matches!(self.text(index), "true" | "false") || !is_reserved(self.text(index)),
            _ => false,
        }
    }
}

/// The words that cannot be names.
pub(crate) const RESERVED: [&str; 24] = [
    "and", "const", "data", "dim", "dist", "do", "else", "factor", "false", "fn", "for", "from", "if", "in", "not",
    "or", "report", "require", "return", "then", "true", "use", "with", "within",
];

/// Whether a word cannot be a name.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word).is_ok()
}

/// Whether a word starts a statement.
pub(crate) fn starts_statement(word: &str) -> bool {
    matches!(word, "use" | "dim" | "data" | "const" | "fn" | "dist" | "require" | "report" | "factor" | "for" | "if")
}

/// Whether a letter may stand in a name; the same as `name_char` of the grammar.
pub(crate) fn is_name_char(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    pest::unicode::XID_CONTINUE(c) || ('₀'..='₉').contains(&c)
}

/// Letters, and `_`, which the grammar refuses as a first letter; so it is one token to complain about.
fn is_name_start(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() || c == '_' } else { pest::unicode::XID_START(c) }
}

/// Splits a text into tokens and comments, and pairs the brackets.
pub(crate) fn scan<'t>(source: SourceId, original: &'t str, text: &'t str) -> Tokens<'t> {
    let mut tokens = Tokens { source, original, text, list: Vec::with_capacity(text.len() / 4), comments: Vec::new() };
    let (mut at, mut line, mut leads) = (0, 0, true);
    while let Some(c) = text[at..].chars().next() {
        match c {
            '\n' => (at, line, leads) = (at + 1, line + 1, true),
            ' ' | '\t' | '\r' => at += 1,
            '#' => {
                let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
                tokens.comments.push(Comment { start: at, end, line, leads });
                at = end;
            }
            _ => {
                let (kind, length) = token(&text[at..], c);
                tokens.list.push(Token { kind, start: at, end: at + length, line, leads, partner: None });
                at += length;
                // A `;` before everything else means nothing, and is left out by the formatter.
                leads &= c == ';';
            }
        }
    }
    pair_brackets(&mut tokens);
    tokens
}

fn token(rest: &str, first: char) -> (Kind, usize) {
    match first {
        '"' => quoted(rest),
        '(' | '[' | '{' => (Kind::Open, 1),
        ')' | ']' | '}' => (Kind::Close, 1),
        _ if is_name_start(first) => (Kind::Word, rest.find(|c| !is_name_char(c)).unwrap_or(rest.len())),
        _ if first.is_ascii_digit() || starts_with_point(rest) => (Kind::Number, number(rest)),
        _ => (Kind::Mark, mark(rest).unwrap_or(first.len_utf8())),
    }
}

fn starts_with_point(rest: &str) -> bool {
    matches!(rest.as_bytes(), [b'.', digit, ..] if digit.is_ascii_digit())
}

fn quoted(rest: &str) -> (Kind, usize) {
    let mut escaped = false;
    for (i, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return (Kind::OpenText, i),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return (Kind::Text, i + 1),
            _ => {}
        }
    }
    (Kind::OpenText, rest.len())
}

/// The length of a number with whatever is glued to it, as `malformed_number` of the grammar takes it.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut at = 1;
    while let Some(c) = rest[at..].chars().next() {
        let sign_of_exponent =
            matches!(c, 'e' | 'E') && matches!(bytes.get(at + 1), Some(b'+' | b'-')) && digit(at + 2);
        match c {
            _ if sign_of_exponent => at += 3,
            '.' if bytes.get(at + 1) != Some(&b'.') => at += 1,
            _ if is_name_char(c) => at += c.len_utf8(),
            _ => break,
        }
    }
    at
}

fn mark(rest: &str) -> Option<usize> {
    let two = rest.get(..2)?;
    ["..", "==", "!=", "<=", ">=", "**", ".^"].contains(&two).then_some(2)
}

/// Deeper nesting than this is refused; see the limits of `nesting`.
pub(crate) const DEEPEST: usize = 200;

/// Pairs brackets: a closing one takes the nearest opening one of its kind, but only `}` reaches beyond a `{`, so that
/// a bracket forgotten in one statement of a block does not unpair the block.
fn pair_brackets(tokens: &mut Tokens) {
    let mut open: Vec<(usize, u8)> = Vec::new();
    for index in 0..tokens.list.len() {
        let token = tokens.list[index];
        let byte = tokens.text.as_bytes()[token.start];
        match token.kind {
            Kind::Open if open.len() > DEEPEST => return,
            Kind::Open => open.push((index, byte)),
            Kind::Close => {
                let wanted = match byte {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                let found = open.iter().rposition(|&(_, b)| b == wanted || (b == b'{' && wanted != b'{'));
                if let Some(at) = found.filter(|&at| open[at].1 == wanted) {
                    let partner = open[at].0;
                    open.truncate(at);
                    tokens.list[partner].partner = Some(index);
                    tokens.list[index].partner = Some(partner);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Tokens<'_> {
        super::scan(SourceId(0), text, text)
    }

    fn words(text: &str) -> Vec<&str> {
        let tokens = scan(text);
        (0..tokens.list.len()).map(|i| tokens.text(i)).collect()
    }

    #[test]
    fn a_range_of_whole_numbers_is_three_tokens() {
        assert_eq!(words("1..3"), ["1", "..", "3"]);
        assert_eq!(words("2e-3-x 1_000.5"), ["2e-3", "-", "x", "1_000.5"]);
    }

    #[test]
    fn reserved_words_are_sorted_for_the_search() {
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn a_quote_ends_with_its_line() {
        let tokens = scan("\"a # b\nc \"d\\\"e\" # f");
        assert_eq!(tokens.list[0].kind, Kind::OpenText);
        assert_eq!(tokens.text(2), "\"d\\\"e\"");
        assert_eq!(tokens.comments.len(), 1);
    }

    #[test]
    fn a_forgotten_bracket_leaves_the_block_paired() {
        let tokens = scan("for i in k { x = f(a }");
        let brace = tokens.list.iter().position(|t| t.partner.is_some()).unwrap();
        assert_eq!(tokens.text(brace), "{");
        assert_eq!(tokens.list.iter().filter(|t| t.partner.is_some()).count(), 2);
    }

    #[test]
    fn subscript_digits_belong_to_names() {
        assert_eq!(words("β₁+μ"), ["β₁", "+", "μ"]);
    }
}
