//! The table of backends: one line each.
//!
//! A target is made on first use and kept, since a backend's set-up (CPU features,
//! register tables) is shared by all compilations.

use cumbia_backend::Backend;
use cumbia_backend_cranelift::CraneliftBackend;
use std::sync::OnceLock;

/// A backend under the name that options and reports use.
pub struct Target {
    /// The name: `cranelift`.
    pub name: &'static str,
    make: fn() -> Box<dyn Backend>,
    cell: OnceLock<Box<dyn Backend>>,
}

impl Target {
    const fn new(name: &'static str, make: fn() -> Box<dyn Backend>) -> Target {
        Target { name, make, cell: OnceLock::new() }
    }

    /// The backend, made when first asked for.
    pub fn backend(&self) -> &dyn Backend {
        self.cell.get_or_init(self.make).as_ref()
    }
}

static TARGETS: [Target; 1] = [Target::new("cranelift", || Box::new(CraneliftBackend::new()))];

/// All targets.
pub fn targets() -> &'static [Target] {
    &TARGETS
}

/// The target of tier 1 on this machine.
pub fn host() -> &'static Target {
    &TARGETS[0]
}
