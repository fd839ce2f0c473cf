//! Statement by statement through the text, on to the end whatever is wrong.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;
use ppl_diagnostic::{Diagnosed, Diagnostic, SourceId, Span};

use crate::ast::{Ast, Stmt, StmtKind};
use crate::build::Builder;
use crate::clean::clean;
use crate::errors;
use crate::grammar::{Grammar, Rule};
use crate::scan::{Kind, Tokens, scan};
use crate::{docs, nesting};

/// A larger text is no model.
const LARGEST: usize = 16 << 20;

/// After so many mistakes the rest of the text is left unread.
pub(crate) const MOST_ERRORS: usize = 100;

/// Reads a model: the tree of whatever could be read, and everything that is wrong.
pub fn parse(source: SourceId, original: &str) -> Diagnosed<Ast> {
    if original.len() > LARGEST {
        let error = errors::too_large(Span { source, start: 0, end: 0 }, LARGEST);
        return Diagnosed { value: Some(Ast { source, doc: None, items: Vec::new() }), diagnostics: vec![error] };
    }
    let (text, diagnostics) = clean(source, original);
    let tokens = scan(source, original, &text);
    let mut reader = Reader { tokens: &tokens, at: 0, ignored: Vec::new(), diagnostics };
    let mut ast = Ast { source, doc: None, items: Vec::new() };
    match nesting::too_deep(&tokens) {
        Some(index) => reader.diagnostics.push(errors::too_deep(tokens.span(index))),
        None => ast.items = reader.statements(Scope::File),
    }
    docs::attach(&mut ast, &tokens);
    Diagnosed { value: Some(ast), diagnostics: in_order(reader.diagnostics) }
}

/// In the order of the text, each once, and no more than can be read.
fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by_key(|d| d.primary.as_ref().map(|label| label.span.start));
    diagnostics.dedup();
    if diagnostics.len() >= MOST_ERRORS {
        diagnostics.truncate(MOST_ERRORS);
        let last = diagnostics
            .pop()
            .map(|d| d.note(format!("the first {MOST_ERRORS} mistakes are shown; the rest was not read")));
        diagnostics.extend(last);
    }
    diagnostics
}

/// Where a list of statements stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    File,
    Block,
}

/// Where the grammar gave up, and what it would have taken.
pub(crate) struct Failure {
    /// The token.
    pub found: usize,
    pub expected: Vec<Rule>,
    /// What would have gone on with the statement before, where one ends there.
    pub before: Vec<Rule>,
    /// Whether it gave up for lack of stack.
    pub exhausted: bool,
}

pub(crate) struct Reader<'t> {
    pub tokens: &'t Tokens<'t>,
    /// The next token.
    pub at: usize,
    /// Closing braces of blocks that have been refused.
    pub ignored: Vec<usize>,
    pub diagnostics: Vec<Diagnostic>,
}

impl<'t> Reader<'t> {
    pub(crate) fn word(&self) -> &'t str {
        self.tokens.text(self.at)
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at >= self.tokens.list.len() || self.diagnostics.len() >= MOST_ERRORS
    }

    /// The statements up to the end of the text, or of the block.
    fn statements(&mut self, scope: Scope) -> Vec<Stmt> {
        let mut list = Vec::new();
        while !self.is_done() {
            match self.tokens.list[self.at].kind {
                Kind::Close if self.ignored.contains(&self.at) => self.at += 1,
                Kind::Close if scope == Scope::Block && self.word() == "}" => break,
                Kind::Close => {
                    self.diagnostics.push(errors::stray_bracket(self.word(), self.tokens.span(self.at)));
                    self.at += 1;
                }
                Kind::Mark if self.word() == ";" => self.at += 1,
                _ => self.statement(scope, &mut list),
            }
        }
        list
    }

    fn statement(&mut self, scope: Scope, list: &mut Vec<Stmt>) {
        let start = self.at;
        let word = self.word();
        let has_body = matches!(word, "for" | "if");
        if scope == Scope::Block && has_body {
            return self.with_body(list);
        }
        match self.take(Rule::statement, Builder::stmt) {
            Ok(stmt) if scope == Scope::Block && declares(&stmt) => {
                self.diagnostics.push(errors::not_in_block(word, self.tokens.span(start)));
            }
            Ok(stmt) => self.add(stmt, start, list),
            Err(_) if has_body => self.with_body(list),
            Err(failure) => self.fail_here(start, failure, list),
        }
    }

    fn add(&mut self, stmt: Stmt, start: usize, list: &mut Vec<Stmt>) {
        self.separated(start, list);
        self.check_lists(&stmt);
        list.push(stmt);
    }

    /// Refuses a second statement on a line without `;`.
    fn separated(&mut self, start: usize, list: &[Stmt]) {
        if self.is_glued(start, list) {
            self.diagnostics.push(errors::no_semicolon(self.tokens.text(start), self.tokens.span(start)));
        }
    }

    /// Whether nothing but blanks stands between the last statement and this token.
    pub(crate) fn is_glued(&self, start: usize, list: &[Stmt]) -> bool {
        let touches = |last: &Stmt| self.tokens.at(last.span.end as usize) == start;
        self.tokens.continues_line(start) && list.last().is_some_and(touches)
    }

    /// The same within the blocks of a statement that was read whole.
    fn check_lists(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::For { body, .. } => self.check_list(body),
            StmtKind::If { then, otherwise, .. } => {
                self.check_list(then);
                self.check_list(otherwise.as_deref().unwrap_or_default());
            }
            StmtKind::Fn(f) => self.check_list(&f.body),
            StmtKind::Dist(d) => d.items.iter().for_each(|item| self.check_list(&item.body)),
            _ => {}
        }
    }

    fn check_list(&mut self, list: &[Stmt]) {
        for (i, stmt) in list.iter().enumerate() {
            self.separated(self.tokens.at(stmt.span.start as usize), &list[..i]);
            self.check_lists(stmt);
        }
    }

    /// Runs one rule of the grammar from here, and builds what it finds.
    fn take<T>(&mut self, rule: Rule, build: impl FnOnce(&mut Builder<'t>, Pair<'t, Rule>) -> T) -> Result<T, Failure> {
        let base = self.tokens.list.get(self.at).map_or(self.tokens.text.len(), |t| t.start);
        let pair = Grammar::parse(rule, &self.tokens.text[base..])
            .map_err(|error| self.failure(base, error))?
            .next()
            .expect("every rule that is taken makes a pair");
        self.at = self.tokens.list.partition_point(|t| t.start < base + pair.as_span().end());
        let mut builder = Builder { tokens: self.tokens, base, diagnostics: Vec::new() };
        let built = build(&mut builder, pair);
        self.diagnostics.append(&mut builder.diagnostics);
        Ok(built)
    }

    fn failure(&self, base: usize, error: pest::error::Error<Rule>) -> Failure {
        let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
        let found = self.tokens.at(base + at);
        match error.variant {
            ErrorVariant::ParsingError { positives, .. } => {
                Failure { found, expected: positives, before: Vec::new(), exhausted: false }
            }
            ErrorVariant::CustomError { .. } => {
                Failure { found, expected: Vec::new(), before: Vec::new(), exhausted: true }
            }
        }
    }

    /// A `for` or an `if` read piece by piece, so that a mistake in its body hides nothing else.
    pub(crate) fn with_body(&mut self, list: &mut Vec<Stmt>) {
        let start = self.at;
        let read = if self.word() == "for" { self.for_loop() } else { self.if_else() };
        match read {
            Ok(kind) => {
                let span = self.tokens.span(start).to(self.tokens.span(self.at - 1));
                self.separated(start, list);
                list.push(Stmt { kind, span, doc: None });
            }
            Err(failure) => self.fail(start, &failure, list),
        }
    }

    fn for_loop(&mut self) -> Result<StmtKind, Failure> {
        let start = self.at;
        let binders = self.take(Rule::for_head, Builder::for_head)?;
        self.expect_body(start, Rule::for_loop)?;
        Ok(StmtKind::For { binders, body: self.braces() })
    }

    fn if_else(&mut self) -> Result<StmtKind, Failure> {
        let start = self.at;
        let condition = self.take(Rule::if_head, Builder::if_head)?;
        self.expect_body(start, Rule::if_else)?;
        let then = self.braces();
        let otherwise = match self.word() {
            "else" => self.otherwise(),
            _ => None,
        };
        Ok(StmtKind::If { condition, then, otherwise })
    }

    /// What follows `else`. A mistake here is reported here, lest the `then` side be read again.
    fn otherwise(&mut self) -> Option<Vec<Stmt>> {
        let start = self.at;
        self.at += 1;
        let read = match self.word() {
            "if" => self.else_if(),
            "{" => Ok(self.braces()),
            _ => Err(Failure { found: self.at, expected: vec![Rule::block], before: Vec::new(), exhausted: false }),
        };
        read.map_err(|failure| self.fail(start, &failure, &[])).ok()
    }

    fn else_if(&mut self) -> Result<Vec<Stmt>, Failure> {
        let start = self.at;
        let kind = self.if_else()?;
        let span = self.tokens.span(start).to(self.tokens.span(self.at - 1));
        Ok(vec![Stmt { kind, span, doc: None }])
    }

    /// A head may be whole up to a mistake; the rule of the whole statement knows how far the grammar really came.
    fn expect_body(&mut self, start: usize, whole: Rule) -> Result<(), Failure> {
        match self.word() {
            "{" => Ok(()),
            _ => Err(self.how_far(start, whole).unwrap_or(Failure {
                found: self.at,
                expected: vec![Rule::block],
                before: Vec::new(),
                exhausted: false,
            })),
        }
    }

    /// Where a rule fails from a token on.
    pub(crate) fn how_far(&self, start: usize, rule: Rule) -> Option<Failure> {
        let base = self.tokens.list[start].start;
        Grammar::parse(rule, &self.tokens.text[base..]).err().map(|error| self.failure(base, error))
    }

    /// The statements between the brace here and its partner.
    pub(crate) fn braces(&mut self) -> Vec<Stmt> {
        let open = self.at;
        self.at += 1;
        let list = self.statements(Scope::Block);
        if self.word() == "}" {
            self.at += 1;
        } else if self.at >= self.tokens.list.len() {
            self.diagnostics.push(errors::unclosed("{", self.tokens.span(open)));
        }
        list
    }
}

/// Whether a statement may stand at the top only.
fn declares(stmt: &Stmt) -> bool {
    use StmtKind::*;
    matches!(stmt.kind, Use(_) | Dim(_) | Const { .. } | Fn(_) | Dist(_) | Require { .. })
}
