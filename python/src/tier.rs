//! Which backend compiles: what `CUMBIA_TIER` asks for.
//!
//! `fast` is the first tier, `best` has LLVM compile at once, while the caller waits; a
//! module that LLVM declines stays with the first tier. Where LLVM can't be had, `best`
//! warns once and goes on with the first tier.

use cumbia_driver::{SharedBackend, Target, best, host, llvm, look_for_llvm_in};
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;
use std::path::Path;
use std::sync::OnceLock;

/// The target that compilations of this process are for.
pub fn target(py: Python<'_>) -> &'static Target {
    static TARGET: OnceLock<&'static Target> = OnceLock::new();
    TARGET.get_or_init(|| match std::env::var("CUMBIA_TIER").as_deref() {
        Ok("best") => match llvm_or_why(py) {
            Ok(_) => best(),
            Err(why) => {
                let text = format!("compiling without LLVM, for the first tier: {why}");
                warn(py, &text);
                host()
            }
        },
        Ok("" | "fast" | "auto") | Err(_) => host(),
        Ok(other) => {
            warn(py, &format!("CUMBIA_TIER is {other:?}; known are fast, best and auto"));
            host()
        }
    })
}

/// Loads LLVM, if it can be had; says what it is.
pub fn llvm_or_why(py: Python<'_>) -> Result<&'static str, String> {
    let file = py.import("cumbia._cumbia").and_then(|m| m.getattr("__file__")?.extract::<String>());
    if let Some(folder) = file.ok().as_deref().map(Path::new).and_then(Path::parent) {
        look_for_llvm_in(folder);
    }
    llvm().map(SharedBackend::description).map_err(str::to_owned)
}

/// A warning; one that became an error is shown where errors can't be raised.
fn warn(py: Python<'_>, text: &str) {
    let text = std::ffi::CString::new(text).unwrap_or_default();
    let category = py.get_type::<PyRuntimeWarning>();
    if let Err(error) = PyErr::warn(py, &category, &text, 1) {
        error.write_unraisable(py, None);
    }
}
