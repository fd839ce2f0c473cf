//! Text of a model to its syntax tree, and back.
//!
//! The one main type is [`ast::Ast`]. [`parse`] reads it from a text, [`format()`] lays a text out in the one style, and
//! [`print_tree`] shows a tree.
//!
//! ```
//! use ppl_diagnostic::Sources;
//! let text = "mu ~ normal(0, 1)\nnu <- mu\n";
//! let mut sources = Sources::default();
//! let source = sources.add("m.model", text);
//! let parsed = ppl_syntax::parse(source, text);
//! let error = &parsed.diagnostics[0];
//! assert_eq!(error.message, "`<-` is written `=` here");
//! assert_eq!(error.fix.as_ref().unwrap().replacement, "=");
//! assert_eq!(parsed.value.unwrap().items.len(), 2);
//! ```
//!
//! Laws: there is always a tree, of whatever could be read, and every mistake is reported, not just the first; reading
//! takes time in proportion to the text and never overflows the stack; formatting changes no tree and is idempotent.

#![forbid(unsafe_code)]

pub mod ast;
mod build;
mod clean;
mod diagnose;
mod docs;
mod errors;
mod expected;
mod foreign;
mod format;
mod grammar;
mod nesting;
mod parse;
mod recover;
mod resume;
mod scan;
mod tree;

pub use format::format;
pub use parse::parse;
pub use tree::print_tree;

/// The reserved words, in the order of the alphabet.
pub fn keywords() -> &'static [&'static str] {
    &scan::RESERVED
}
