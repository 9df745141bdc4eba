//! The table of backends: one line each.
//!
//! A target is made on first use and kept, since a backend's set-up (CPU features,
//! register tables) is shared by all compilations. One may not be there.

use crate::llvm::{Unforked, llvm};
use cumbia_backend::{Backend, BackendError, shared};
use cumbia_backend_cranelift::{CFunction, CraneliftBackend};
use cumbia_ir::Module;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

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
        let made = self.cell.get().unwrap_or_else(|| {
            let _unforked = Unforked::enter();
            self.cell.get_or_init(self.make)
        });
        match made {
            Ok(backend) => Ok(backend.as_ref()),
            Err(why) => Err(why),
        }
    }
}

/// Whether code comes with its lines.
static LINES: AtomicBool = AtomicBool::new(false);

/// Has all code that is compiled from now on come with its lines, for debuggers and profilers:
/// to be said before anything is compiled.
pub fn keep_lines() {
    LINES.store(true, Ordering::Relaxed);
}

/// Whether [`keep_lines`] was said.
pub fn keeps_lines() -> bool {
    LINES.load(Ordering::Relaxed)
}

/// Whether code is for any processor of this family.
static BASELINE: AtomicBool = AtomicBool::new(false);

/// Has all code that is compiled from now on run on every processor of the host's family: to be
/// said before anything is compiled.
pub fn compile_for_any_processor() {
    BASELINE.store(true, Ordering::Relaxed);
}

/// Whether [`compile_for_any_processor`] was said.
pub fn is_for_any_processor() -> bool {
    BASELINE.load(Ordering::Relaxed)
}

static TARGETS: [Target; 2] = [
    Target::new("cranelift", || {
        let options = cumbia_backend_cranelift::Options {
            lines: keeps_lines(),
            baseline: is_for_any_processor(),
            ..Default::default()
        };
        Ok(Box::new(CraneliftBackend::with_options(options)))
    }),
    Target::new("llvm", || match llvm() {
        Ok(llvm) => {
            let options = shared::Options {
                lines: keeps_lines(),
                baseline: is_for_any_processor(),
                ..Default::default()
            };
            Ok(Box::new(llvm.with_options(options)))
        }
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
    let options = cumbia_backend_cranelift::Options {
        baseline: is_for_any_processor(),
        ..Default::default()
    };
    CraneliftBackend::with_options(options).disassemble(module)
}

/// An object with a function that C can call.
///
/// # Errors
///
/// A bug of the compiler.
pub fn callback(function: &CFunction) -> Result<Vec<u8>, String> {
    let options = cumbia_backend_cranelift::Options {
        baseline: is_for_any_processor(),
        ..Default::default()
    };
    CraneliftBackend::with_options(options).callback(function)
}

/// The target of tier 2, which may not be there.
pub fn best() -> &'static Target {
    &TARGETS[1]
}
