//! The Backend trait, capabilities, and expansion of what a backend lacks.
//!
//! A backend turns a verified module into a relocatable object. It knows the IR
//! and the runtime's ABI, and neither the front end, nor the library, nor another
//! backend.
//!
//! - `sites` numbers the places where an exception starts or passes,
//! - `declarations` are questions about a module that every backend asks,
//! - `device` is what is chosen and known of devices,
//! - `encode` writes artifacts as bytes,
//! - `written` says which arrays a kernel may write,
//! - `shared` is the C interface of a backend in a shared object of its own.

mod declarations;
pub mod device;
mod encode;
pub mod shared;
mod sites;
pub mod written;

pub use declarations::{helper_of, is_entry};
pub use encode::{artifact_from_bytes, artifact_to_bytes};
pub use sites::Sites;

use cumbia_abi::{LineTable, Site};
use cumbia_ir::Module;

/// Prefix of the symbols of C library functions that a backend's own code calls
/// (`fma`, `memcpy`); the loader resolves them. It keeps them apart from IR
/// functions of the same names.
pub const LIBCALL_PREFIX: &str = cumbia_abi::LIBCALL_PREFIX;

/// What a backend yields: everything needed to load and run a module, and nothing
/// that is bound to this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// A relocatable ELF object. Every IR function is a symbol of its name.
    pub object: Vec<u8>,
    /// Raise and call sites, by the indices that the code writes.
    pub sites: Vec<Site>,
    /// Names of the entry functions (IR signature `(ptr, ptr) -> ()`).
    pub entries: Vec<String>,
    /// The lines of the code, where they were asked for.
    pub lines: LineTable,
}

/// A failure of a backend: always a bug of the compiler, never of the user.
#[derive(Clone, Debug)]
pub struct BackendError {
    /// Which function.
    pub function: String,
    /// What went wrong.
    pub message: String,
}

impl std::fmt::Display for BackendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.function, self.message)
    }
}

impl std::error::Error for BackendError {}

/// A target for code.
pub trait Backend: Send + Sync {
    /// Name in options and reports: `cranelift`.
    fn name(&self) -> &'static str;

    /// Why this module should rather be compiled by a simpler backend; `None` if it
    /// needn't.
    fn declines(&self, _module: &Module) -> Option<String> {
        None
    }

    /// Compiles all functions of a verified module.
    ///
    /// # Errors
    ///
    /// Only on bugs of the compiler.
    fn compile(&self, module: &Module) -> Result<Artifact, BackendError>;
}
