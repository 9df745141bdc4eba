//! Free-threaded Python: what runs without the GIL, and what asks for it.
//!
//! On such a build calls with numbers, arrays, None and tuples of these run without the GIL, and
//! so does compiling for them, one at a time. What reads objects that other threads may be
//! changing (lists, sets, dicts, instances, buffers) relies on the GIL, and asks for it when the
//! first such call comes: a module that says it needs the GIL is imported, upon which Python
//! takes it for the rest of the process and tells the user so. Where that was forbidden
//! (`PYTHON_GIL=0`), these are refused (`docs/decisions/0069-free-threaded-python.md`).
//!
//! On other builds there is nothing to ask for, and all of this is constant.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether Python has taken the GIL for good.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether objects that other threads may change can be read: the GIL is there.
#[inline]
pub fn has_gil() -> bool {
    !cfg!(Py_GIL_DISABLED) || TAKEN.load(Ordering::Relaxed)
}

/// Has Python take the GIL from now on, where it doesn't yet. `what` needs it, in the plural.
pub fn take_gil(py: Python<'_>, what: &str) -> PyResult<()> {
    if has_gil() {
        return Ok(());
    }
    // Whether it has it now doesn't tell: while a module is loaded it does for a moment.
    if py.import("cumbia._gil")?.call_method0("take")?.extract()? {
        TAKEN.store(true, Ordering::Relaxed);
        return Ok(());
    }
    Err(PyRuntimeError::new_err(format!(
        "compiled code needs Python's GIL for {what}, and PYTHON_GIL=0 or -X gil=0 \
         forbids it. Without these Python takes the GIL when it is first needed; numbers, arrays \
         and tuples of them don't need it."
    )))
}

#[cfg(Py_GIL_DISABLED)]
/// Loading this makes Python take the GIL; it holds nothing.
#[pymodule(gil_used = true)]
fn _needs_gil(_module: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
