//! Warnings of NumPy's functions, issued where the user's function calls them.
//!
//! What a body has noted is an expression of NumPy that warns of the same thing. It is
//! evaluated in a frame with the file, the line and the globals of the user's function: so
//! the category, the text, the place, filters and registries are those of the NumPy that is
//! there, also where it says that its own file warns, and `np.errstate` around the call is
//! heeded. A filter that makes the warning an exception raises it here.

use crate::interrupts::with_gil;
use crate::kernel::Specialization;
use cumbia_abi::Context;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Makes the runtime ready: once, when the module is imported.
pub fn install() {
    cumbia_runtime::set_warning_hook(issue);
}

fn issue(context: &mut Context, what: &str, function: i64, line: i64) -> bool {
    if context.kernel.is_null() {
        return true;
    }
    // SAFETY: `Specialization::prepare` set it, and it lives as long as its code runs.
    let kernel = unsafe { &*context.kernel.cast::<Specialization>() };
    let modes = context.error_modes;
    with_gil(|py| match evaluate(py, kernel, what, function, line, modes) {
        Ok(()) => true,
        Err(error) => {
            raise(py, &error);
            false
        }
    })
}

/// Sets an exception, whose traceback goes on in NumPy's frames: ours aren't shown.
fn raise(py: Python<'_>, error: &PyErr) {
    let mut inner = error.traceback(py).map(Bound::into_any);
    for _ in 0..2 {
        let next = inner.and_then(|inner| inner.getattr("tb_next").ok());
        inner = next.filter(|next| !next.is_none());
    }
    let value = error.value(py).clone();
    let inner = inner.map_or(std::ptr::null_mut(), Bound::into_ptr);
    // SAFETY: the thread holds the GIL; all three are new references.
    #[allow(deprecated)]
    unsafe {
        ffi::PyException_SetTraceback(value.as_ptr(), ffi::Py_None());
        ffi::PyErr_Restore(value.get_type().into_ptr(), value.into_ptr(), inner);
    }
}

fn evaluate(
    py: Python<'_>,
    kernel: &Specialization,
    what: &str,
    function: i64,
    line: i64,
    modes: i64,
) -> PyResult<()> {
    let Some(function) = kernel.function(py, function as usize) else { return Ok(()) };
    let filename = function.getattr("__code__")?.getattr("co_filename")?;
    let globals = function.getattr("__globals__")?.cast_into::<PyDict>()?;
    let run = py.import("cumbia._warnings")?.getattr("issue")?;
    run.call1((what, filename, line, globals, modes)).map(drop)
}
