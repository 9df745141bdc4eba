//! Why an object can't be loaded.

use std::fmt;

/// A failure to load an object. The process is unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// Not a relocatable ELF object for this processor, or damaged.
    Malformed(String),
    /// A feature that the loader doesn't have.
    Unsupported(String),
    /// A symbol that nothing defines.
    Undefined(String),
    /// A relocation whose target is too far away.
    OutOfRange(String),
    /// The system gave no memory.
    Memory(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Malformed(what) => write!(f, "malformed object: {what}"),
            LoadError::Unsupported(what) => write!(f, "unsupported in an object: {what}"),
            LoadError::Undefined(name) => write!(f, "undefined symbol `{name}`"),
            LoadError::OutOfRange(what) => write!(f, "relocation out of range: {what}"),
            LoadError::Memory(what) => write!(f, "no memory for code: {what}"),
        }
    }
}

impl std::error::Error for LoadError {}

impl From<object::Error> for LoadError {
    fn from(e: object::Error) -> LoadError {
        LoadError::Malformed(e.to_string())
    }
}
