//! Exceptions of compiled code as Python exceptions with real traceback frames.
//!
//! For each compiled function that an exception passed there is a frame with the
//! user's file, function name and line, so that `traceback` and debuggers show the
//! same lines as for the undecorated function. A frame comes from a tiny code
//! object that carries these and fails when run: the only way to a frame object
//! that the limited API leaves. This runs on the cold path only. Columns are left
//! out, so no carets are drawn. Frames of library bodies are not shown, as those
//! of NumPy's C code aren't.

use crate::exceptions;
use cumbia_abi::{Context, Site};
use cumbia_driver::FunctionOrigin;
use cumbia_runtime::{Outcome, pending_exception};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use rustc_hash::FxHashMap;

/// What tracebacks need of a compiled specialization.
pub struct Origins<'a> {
    /// Sites of the artifact.
    pub sites: &'a [Site],
    /// Functions by IR name.
    pub functions: &'a FxHashMap<String, FunctionOrigin>,
    /// The user's exception classes, by number.
    pub exceptions: &'a [Py<PyAny>],
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
    let lines = lines(&sites, origins);
    if let Err(error) = restore(py, error, &lines, func) {
        error.restore(py);
    }
}

/// What tracebacks show of sites, innermost first.
fn lines<'a>(sites: &[u32], origins: &Origins<'a>) -> Vec<(&'a FunctionOrigin, u32)> {
    let mut lines = Vec::new();
    for &site in sites {
        let Some(site) = origins.sites.get(site as usize) else { continue };
        let Some(origin) = origins.functions.get(&site.function) else { continue };
        if site.line != 0 && !origin.internal {
            lines.push((origin, site.line));
        }
    }
    lines
}

/// A traceback through sites, innermost first, before another one.
pub fn traceback<'py>(
    py: Python<'py>,
    sites: &[u32],
    inner: Option<Bound<'py, PyAny>>,
    origins: &Origins<'_>,
    func: Option<&Bound<'py, PyAny>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    through(py, &lines(sites, origins), inner, func)
}

fn through<'py>(
    py: Python<'py>,
    lines: &[(&FunctionOrigin, u32)],
    inner: Option<Bound<'py, PyAny>>,
    func: Option<&Bound<'py, PyAny>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let mut traceback = inner;
    if !lines.is_empty() {
        let class = py.import("types")?.getattr("TracebackType")?;
        for (origin, line) in lines {
            let (frame, at) = frame(py, origin, *line, func)?;
            traceback = Some(class.call1((traceback, frame, at, *line))?);
        }
    }
    Ok(traceback)
}

/// Sets the exception with a traceback through the given places.
fn restore(
    py: Python<'_>,
    error: PyErr,
    lines: &[(&FunctionOrigin, u32)],
    func: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let inner = error.traceback(py).map(Bound::into_any);
    let traceback = through(py, lines, inner, func)?;
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

/// A frame that stands at a line of a function, and the position in its code.
fn frame<'py>(
    py: Python<'py>,
    origin: &FunctionOrigin,
    line: u32,
    func: Option<&Bound<'py, PyAny>>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let builtins = py.import("builtins")?;
    let template = builtins.call_method1("compile", ("1/0", "", "exec"))?;
    let units = template.getattr("co_code")?.len()? / 2;
    let changes = PyDict::new(py);
    changes.set_item("co_filename", &origin.filename)?;
    changes.set_item("co_name", origin.qualname.rsplit('.').next().unwrap_or_default())?;
    changes.set_item("co_qualname", &origin.qualname)?;
    changes.set_item("co_firstlineno", origin.first_line)?;
    let delta = i64::from(line) - i64::from(origin.first_line);
    changes.set_item("co_linetable", PyBytes::new(py, &line_table(units, delta)))?;
    let code = template.call_method("replace", (), Some(&changes))?;

    let mut globals = PyDict::new(py);
    if let Some(func) = func
        && func.getattr("__code__")?.getattr("co_filename")?.eq(&origin.filename)?
    {
        globals = func.getattr("__globals__")?.cast_into::<PyDict>()?;
    }
    globals.set_default("__builtins__", builtins.as_any())?;
    let locals = PyDict::new(py);
    // SAFETY: a code object and two dicts; the thread holds the GIL.
    let result = unsafe { ffi::PyEval_EvalCode(code.as_ptr(), globals.as_ptr(), locals.as_ptr()) };
    // SAFETY: a new reference or null.
    drop(unsafe { Bound::<PyAny>::from_owned_ptr_or_opt(py, result) });
    let raised = PyErr::take(py)
        .and_then(|error| error.traceback(py))
        .ok_or_else(|| PyRuntimeError::new_err("no frame for a traceback"))?;
    Ok((raised.getattr("tb_frame")?, raised.getattr("tb_lasti")?))
}

/// A line table that puts all code units on one line, without columns
/// (CPython's `Objects/locations.md`).
fn line_table(units: usize, delta: i64) -> Vec<u8> {
    const NO_COLUMNS: u8 = 13;
    let mut table = Vec::new();
    let mut delta = delta;
    let mut left = units;
    while left > 0 {
        let here = left.min(8);
        table.push(0x80 | NO_COLUMNS << 3 | (here as u8 - 1));
        let mut rest = if delta < 0 { delta.unsigned_abs() << 1 | 1 } else { (delta as u64) << 1 };
        while rest >= 64 {
            table.push(0x40 | (rest & 63) as u8);
            rest >>= 6;
        }
        table.push(rest as u8);
        delta = 0;
        left -= here;
    }
    table
}
