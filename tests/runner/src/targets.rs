//! The backends that run tests apply to: one line each.

use cumbia_backend::Backend;
use cumbia_backend_cranelift::{CraneliftBackend, Options};

/// All backends, with their own verifiers on where they have one.
pub fn targets() -> Vec<Box<dyn Backend>> {
    vec![Box::new(CraneliftBackend::with_options(Options { verify: true, ..Options::default() }))]
}
