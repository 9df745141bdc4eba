//! Diagnostics as values: what a user did that can't be compiled, where, and what
//! to do about it.
//!
//! A diagnostic is data; nothing here prints. Rendering for terminals is in
//! `render.rs` and knows nothing about where diagnostics come from.

pub mod codes;
mod render;
mod similar;
mod source;

pub use render::{MAX_LINES, render, render_all};
pub use similar::nearest;
pub use source::{Source, SourceId, Sources, Span};

/// How serious a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    /// Compilation can't go on.
    Error,
    /// It can, but something is probably not meant.
    Warning,
}

/// The remark on the place of a call that led to another function's refusal.
pub const CALLED_FROM: &str = "called from here";

/// A further place with a remark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What about it.
    pub message: String,
}

/// One message to the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Stable code: `CB0203`. All codes are in `docs/diagnostics.md`.
    pub code: &'static str,
    /// How serious.
    pub severity: Severity,
    /// One short sentence, without a full stop.
    pub message: String,
    /// The exact place.
    pub span: Span,
    /// What stands under the carets of the exact place; may be empty.
    pub label: String,
    /// Further places: why a variable has its type, where a call came from.
    pub labels: Vec<Label>,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            span,
            label: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// The text under the carets.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// One more place.
    #[must_use]
    pub fn also(mut self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// One more fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    /// What to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }
}
