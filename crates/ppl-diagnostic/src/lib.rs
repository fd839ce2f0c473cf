//! What went wrong, where, and what to do about it, as a value.
//!
//! The one main type is [`Diagnostic`]: a stable code, a severity, a message, a labelled place, and often a fix.
//! Phases of the compiler return [`Diagnosed`] values; nothing prints until a program renders them.
//!
//! ```
//! use ppl_diagnostic::{Diagnostic, Sources};
//! let mut sources = Sources::default();
//! let file = sources.add("m.model", "mu ~ normal(0, 1)");
//! let error = Diagnostic::error("E0201", "`nu` is not defined")
//!     .at(sources.span(file, 0, 2), "not found")
//!     .help("did you mean `mu`?");
//! assert_eq!(error.code, "E0201");
//! ```
//!
//! Laws: a span always names its source; a diagnostic is data until it is rendered; codes never change their meaning.

#![forbid(unsafe_code)]

mod explain;
#[cfg(feature = "render")]
mod render;
mod source;

pub use explain::{Explanation, all_explanations, explain};
#[cfg(feature = "render")]
pub use render::{Style, render};
pub use source::{Source, SourceId, Sources, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is refused.
    Warning,
    /// The program, the data or the run is refused.
    Error,
}

/// A place and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say there; may be empty.
    pub text: String,
}

/// A replacement that would mend the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What to replace; empty for an insertion.
    pub span: Span,
    /// The text to put there.
    pub replacement: String,
}

/// One thing to tell the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, such as `E0304`; [`explain`] has a page for each.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The place, where there is one.
    pub primary: Option<Label>,
    /// Other places that matter, possibly in other files.
    pub secondary: Vec<Label>,
    /// Further sentences; those that start with `help: ` say what to do.
    pub notes: Vec<String>,
    /// A replacement that mends it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            fix: None,
        }
    }

    /// An error without a place yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning without a place yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// Sets the main place.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: text.into() });
        self
    }

    /// Adds another place.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Adds a sentence of background.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a sentence that says what to do.
    pub fn help(mut self, text: impl std::fmt::Display) -> Self {
        self.notes.push(format!("help: {text}"));
        self
    }

    /// Adds a replacement that would mend it.
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// Whether this refuses the program.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// A value with everything that was noticed on the way to it.
#[derive(Clone, Debug)]
pub struct Diagnosed<T> {
    /// The value, or none where it could not be built.
    pub value: Option<T>,
    /// All that was noticed, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Diagnosed<T> {
    /// Whether any diagnostic is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}
