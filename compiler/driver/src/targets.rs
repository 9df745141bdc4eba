//! The table of backends: one line each.
//!
//! A target is made on first use and kept, since a backend's set-up (CPU features,
//! register tables) is shared by all compilations. One may not be there.

use crate::llvm::llvm;
use cumbia_backend::{Backend, BackendError};
use cumbia_backend_cranelift::CraneliftBackend;
use cumbia_ir::Module;
use std::sync::OnceLock;

type Made = Result<Box<dyn Backend>, String>;

/// A backend under the name that options and reports use.
pub struct Target {
    /// The name: `cranelift`, `llvm`.
    pub name: &'static str,
    make: fn() -> Made,
    cell: OnceLock<Made>,
}

impl Target {
    const fn new(name: &'static str, make: fn() -> Made) -> Target {
        Target { name, make, cell: OnceLock::new() }
    }

    /// The backend, made when first asked for.
    ///
    /// # Errors
    ///
    /// Why it can't be had here. The host's target ([`host`]) always can.
    pub fn backend(&self) -> Result<&dyn Backend, &str> {
        match self.cell.get_or_init(self.make) {
            Ok(backend) => Ok(backend.as_ref()),
            Err(why) => Err(why),
        }
    }
}

static TARGETS: [Target; 2] = [
    Target::new("cranelift", || Ok(Box::new(CraneliftBackend::new()))),
    Target::new("llvm", || match llvm() {
        Ok(llvm) => Ok(Box::new(llvm.with_options(Default::default()))),
        Err(none) => Err(none.why.clone()),
    }),
];

/// All targets.
pub fn targets() -> &'static [Target] {
    &TARGETS
}

/// The target of tier 1 on this machine.
pub fn host() -> &'static Target {
    &TARGETS[0]
}

/// The assembly of tier 1 for a module.
///
/// # Errors
///
/// A bug of the compiler.
pub fn disassemble(module: &Module) -> Result<String, BackendError> {
    CraneliftBackend::new().disassemble(module)
}

/// The target of tier 2, which may not be there.
pub fn best() -> &'static Target {
    &TARGETS[1]
}
