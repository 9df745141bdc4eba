//! Exceptions of compiled code as Python exceptions with real traceback frames.
//!
//! For each compiled function that an exception passed there is a frame of the function's
//! own code object (`frames.rs`), at the instruction that CPython would stand at
//! (`positions.rs`), so that `traceback` and debuggers show the same lines and carets as
//! for the undecorated function. This runs on the cold path only. Frames of library
//! bodies and of ufuncs' loops are not shown, as those of NumPy's C code aren't.

use crate::positions::Positions;
use crate::ufuncs::LOOP_FILE;
use crate::{exceptions, frames};
use cumbia_abi::{Context, Site};
use cumbia_driver::FunctionOrigin;
use cumbia_runtime::{Outcome, pending_exception};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::FxHashMap;

/// What tracebacks need of a compiled specialization.
pub struct Origins<'a> {
    /// Sites of the artifact.
    pub sites: &'a [Site],
    /// Functions by IR name.
    pub functions: &'a FxHashMap<String, FunctionOrigin>,
    /// The user's exception classes, by number.
    pub exceptions: &'a [Py<PyAny>],
    /// Where the sites are in the functions' code objects.
    pub positions: &'a Positions,
}

/// Sets the Python exception of a call that didn't end well.
///
/// `func` is the function that was called; its globals serve the frames in its file.
pub fn set(
    py: Python<'_>,
    outcome: &Outcome,
    context: &mut Context,
    origins: &Origins<'_>,
    func: Option<&Bound<'_, PyAny>>,
) {
    if let Some(record) = pending_exception(context) {
        // SAFETY: the record and all that it leads to live as long as the context's call.
        if let Err(error) = unsafe { exceptions::restore_chain(py, record, context, origins, func) }
        {
            error.restore(py);
        }
        return;
    }
    let (error, start) = match outcome {
        Outcome::Raised { site, args } => {
            (exceptions::of_site(py, *site, args, origins, context), Some(*site))
        }
        Outcome::Memory => (exceptions::memory_error(), None),
        Outcome::Runtime { .. } => {
            (exceptions::of_raised(py, &context.raised.clone(), context), None)
        }
        Outcome::Python | Outcome::Ok => (
            PyErr::take(py).unwrap_or_else(|| PyRuntimeError::new_err("compiled code was stopped")),
            None,
        ),
    };
    let sites: Vec<u32> = start.into_iter().chain(context.call_sites().iter().copied()).collect();
    if let Err(error) = restore(py, error, &sites, origins, func) {
        error.restore(py);
    }
}

/// A traceback through sites, innermost first, before another one.
pub fn traceback<'py>(
    py: Python<'py>,
    sites: &[u32],
    inner: Option<Bound<'py, PyAny>>,
    origins: &Origins<'_>,
    func: Option<&Bound<'py, PyAny>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let mut traceback = inner;
    let class = py.import("types")?.getattr("TracebackType")?;
    // The call of a parallel loop's body, which Python doesn't see.
    let mut outlined = false;
    for &number in sites {
        let Some(site) = origins.sites.get(number as usize) else { continue };
        let Some(origin) = origins.functions.get(&site.function) else { continue };
        if std::mem::replace(&mut outlined, origin.outlined) {
            continue;
        }
        if site.line == 0 || origin.internal || origin.filename.starts_with(LOOP_FILE) {
            continue;
        }
        let places = origins.positions.of_site(py, site, origin)?;
        for place in places.iter() {
            let frame = frames::at(py, place, func, &origin.filename)?;
            let parts = (traceback, frame, place.instruction, place.line);
            traceback = Some(class.call1(parts)?);
        }
        if places.is_empty() {
            let (frame, at) = frames::without_code(py, origin, site.line, func)?;
            traceback = Some(class.call1((traceback, frame, at, site.line))?);
        }
    }
    Ok(traceback)
}

/// Sets the exception with a traceback through the given sites.
fn restore(
    py: Python<'_>,
    error: PyErr,
    sites: &[u32],
    origins: &Origins<'_>,
    func: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let inner = error.traceback(py).map(Bound::into_any);
    let traceback = traceback(py, sites, inner, origins, func)?;
    let value = error.into_value(py);
    let ty = value.bind(py).get_type();
    // SAFETY: the thread holds the GIL. Setting by class and value chains the
    // exception to one that is being handled; the traceback is put in afterwards.
    #[allow(deprecated)]
    unsafe {
        ffi::PyErr_SetObject(ty.as_ptr(), value.as_ptr());
        let (mut t, mut v, mut tb) =
            (std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut());
        ffi::PyErr_Fetch(&raw mut t, &raw mut v, &raw mut tb);
        match traceback {
            Some(own) => {
                ffi::Py_XDECREF(tb);
                ffi::PyErr_Restore(t, v, own.into_ptr());
            }
            None => ffi::PyErr_Restore(t, v, tb),
        }
    }
    Ok(())
}
