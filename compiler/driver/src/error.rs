//! What a compilation that fails gives.

use crate::stages::Stage;
use cumbia_diagnostics::{Diagnostic, Sources, render_all};
use std::fmt;

/// A bug of the compiler, never of the user.
#[derive(Clone, Debug)]
pub struct InternalError {
    /// Where it showed: a stage, or a pass within one.
    pub pass: String,
    /// What was found.
    pub message: String,
    /// The module before the stage, as IR text, once there was one.
    pub ir: Option<String>,
}

impl InternalError {
    pub(crate) fn new(
        stage: Stage,
        message: impl Into<String>,
        ir: Option<String>,
    ) -> InternalError {
        InternalError { pass: stage.name().to_owned(), message: message.into(), ir }
    }
}

impl fmt::Display for InternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pass, self.message)
    }
}

/// Why there is no code.
#[derive(Clone, Debug)]
pub enum CompileError {
    /// The program can't be compiled: diagnostics, the most important first, and
    /// the texts that their spans point into.
    User {
        /// At least one.
        diagnostics: Vec<Diagnostic>,
        /// Texts.
        sources: Sources,
    },
    /// The compiler failed.
    Internal(Box<InternalError>),
}

impl CompileError {
    /// The diagnostics as text, one after the other; for a bug its description.
    pub fn rendered(&self) -> String {
        match self {
            CompileError::User { diagnostics, sources } => render_all(diagnostics, sources),
            CompileError::Internal(error) => error.to_string(),
        }
    }
}

impl From<InternalError> for CompileError {
    fn from(error: InternalError) -> CompileError {
        CompileError::Internal(Box::new(error))
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rendered())
    }
}

impl std::error::Error for CompileError {}
