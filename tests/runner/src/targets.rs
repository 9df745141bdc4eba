//! The backends that run tests apply to: one line each.
//!
//! LLVM may be absent: then its tests are left out, and the reason is printed. One that is
//! there, or that `CUMBIA_LLVM` names, must load.

use cumbia_backend::Backend;
use cumbia_backend::shared::{self, SharedBackend};
use cumbia_backend_cranelift::{CraneliftBackend, Options};
use std::fmt;
use std::sync::Once;

/// All backends, with their own verifiers on where they have one.
pub fn targets() -> Vec<Box<dyn Backend>> {
    let cranelift = CraneliftBackend::with_options(Options { verify: true, ..Options::default() });
    let mut all: Vec<Box<dyn Backend>> = vec![Box::new(cranelift)];
    if let Some(llvm) = llvm() {
        let options = shared::Options { verify: true, ..shared::Options::default() };
        all.push(Box::new(llvm.with_options(options)));
    }
    all
}

/// A backend with options under which results must be the same as with others.
pub struct Variant {
    /// Which.
    pub name: String,
    /// The backend.
    pub backend: Box<dyn Backend>,
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Every backend under every choice of options that changes its code.
pub fn variants() -> Vec<Variant> {
    let default = Options { verify: true, ..Options::default() };
    let mut all = Vec::new();
    for (name, options) in [
        ("default", default),
        ("unoptimized", Options { optimize: false, ..default }),
        ("quick registers", Options { quick_registers: true, ..default }),
        ("quick from 0", Options { quick_from: 0, ..default }),
        ("baseline", Options { baseline: true, ..default }),
    ] {
        let backend = Box::new(CraneliftBackend::with_options(options));
        all.push(Variant { name: format!("cranelift, {name}"), backend });
    }
    let default = shared::Options { verify: true, ..shared::Options::default() };
    for (name, options) in [
        ("default", default),
        ("plain", shared::Options { plain: true, ..default }),
        ("baseline", shared::Options { baseline: true, ..default }),
    ] {
        if let Some(llvm) = llvm() {
            let backend = Box::new(llvm.with_options(options));
            all.push(Variant { name: format!("llvm, {name}"), backend });
        }
    }
    all
}

/// LLVM, from where the Makefile puts it.
///
/// # Panics
///
/// When there is one, or `CUMBIA_LLVM` names one, and it can't be loaded.
pub fn llvm() -> Option<&'static SharedBackend> {
    static REPORT: Once = Once::new();
    cumbia_driver::look_for_llvm_in(crate::root().join("python/cumbia"));
    match cumbia_driver::llvm() {
        Ok(llvm) => Some(llvm),
        Err(none) => {
            let why = &none.why;
            assert!(none.kind != cumbia_driver::NoLlvmKind::Broken, "{why}");
            REPORT.call_once(|| eprintln!("nothing is tested on LLVM: {why}"));
            None
        }
    }
}
