//! Exceptions of compiled code as Python exceptions with real traceback frames.
//!
//! For each compiled function that an exception passed there is a frame with the
//! user's file, function name and line, so that `traceback` and debuggers show the
//! same lines as for the undecorated function. A frame comes from a tiny code
//! object that carries these and fails when run: the only way to a frame object
//! that the limited API leaves. This runs on the cold path only. Columns are left
//! out, so no carets are drawn. Frames of library bodies are not shown, as those
//! of NumPy's C code aren't.

use crate::boxing;
use cumbia_abi::{AbiType, Context, ExceptionClass, Layout, Site, SiteKind, TRACE_CAPACITY};
use cumbia_driver::FunctionOrigin;
use cumbia_runtime::Outcome;
use pyo3::exceptions::{PyMemoryError, PyRuntimeError};
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
    let passed = trace(context);
    let (error, start) = match outcome {
        Outcome::Raised { site, args } => (exception(py, *site, args, origins), Some(*site)),
        Outcome::Runtime { class, message } => {
            (raised(py, *class, message.as_deref(), context), None)
        }
        Outcome::Memory => {
            (PyMemoryError::new_err("compiled code could not allocate an array"), None)
        }
        Outcome::Python | Outcome::Ok => (
            PyErr::take(py).unwrap_or_else(|| PyRuntimeError::new_err("compiled code was stopped")),
            None,
        ),
    };
    let mut lines: Vec<(&FunctionOrigin, u32)> = Vec::new();
    // Innermost first.
    for site in start.into_iter().chain(passed) {
        let Some(site) = origins.sites.get(site as usize) else { continue };
        let Some(origin) = origins.functions.get(&site.function) else { continue };
        if site.line != 0 && !origin.internal {
            lines.push((origin, site.line));
        }
    }
    if let Err(error) = restore(py, error, &lines, func) {
        error.restore(py);
    }
}

/// Sites of the calls that the exception has passed, innermost first.
fn trace(context: &Context) -> Vec<u32> {
    let kept = (context.trace_len as usize).min(TRACE_CAPACITY);
    // SAFETY: compiled code wrote the first `trace_len` entries.
    context.trace[..kept].iter().map(|site| unsafe { site.assume_init() }).collect()
}

/// The exception of a runtime function.
fn raised(
    py: Python<'_>,
    class: ExceptionClass,
    message: Option<&str>,
    context: &mut Context,
) -> PyErr {
    let mut made = || -> PyResult<PyErr> {
        let object = py.import("builtins")?.getattr(class.name())?;
        let key = context.raised;
        let value = match message {
            _ if !key.key_layout.is_null() => {
                // SAFETY: the runtime keeps the key's slots until the next exception, and
                // the layout is the kernel's.
                let argument = unsafe {
                    let mut code = Layout::code(key.key_layout);
                    let slots = (*key.key_layout).slots as usize;
                    let mut slots = std::slice::from_raw_parts(key.key, slots);
                    let made = boxing::from_code(&mut code, &mut slots, context);
                    Bound::<PyAny>::from_owned_ptr_or_err(py, made)?
                };
                object.call1((argument,))?
            }
            Some(message) => object.call1((message,))?,
            None => object.call0()?,
        };
        Ok(PyErr::from_value(value))
    };
    made().unwrap_or_else(|error| error)
}

fn exception(py: Python<'_>, site: u32, args: &[u64], origins: &Origins<'_>) -> PyErr {
    let Some(site) = origins.sites.get(site as usize) else {
        return PyRuntimeError::new_err(
            "compiled code raised at an unknown place; this is a bug in cumbia",
        );
    };
    let SiteKind::Raise { class, message, args: types } = &site.kind else {
        return PyRuntimeError::new_err("compiled code raised at a call; this is a bug in cumbia");
    };
    let made = || -> PyResult<PyErr> {
        // A name with dots is that of a class of a module: `numpy.exceptions.AxisError`.
        let (module, name) = class.rsplit_once('.').unwrap_or(("builtins", class));
        let class = py.import(module)?.getattr(name)?;
        // `raise KeyError(3)`: the argument is the number, not its text.
        let value = match (message.as_str(), types.as_slice(), args) {
            ("{0}", [AbiType::I64], [i, ..]) => class.call1((*i as i64,))?,
            ("{0}", [AbiType::F64], [x, ..]) => class.call1((f64::from_bits(*x),))?,
            ("{0}", [AbiType::Bool], [b, ..]) => class.call1((*b & 1 == 1,))?,
            _ => match cumbia_runtime::format_raise(site, args) {
                Some(message) => class.call1((message,))?,
                None => class.call0()?,
            },
        };
        Ok(PyErr::from_value(value))
    };
    made().unwrap_or_else(|error| error)
}

/// Sets the exception with a traceback through the given places.
fn restore(
    py: Python<'_>,
    error: PyErr,
    lines: &[(&FunctionOrigin, u32)],
    func: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let mut traceback = error.traceback(py).map(Bound::into_any);
    if !lines.is_empty() {
        let class = py.import("types")?.getattr("TracebackType")?;
        for (origin, line) in lines {
            let (frame, at) = frame(py, origin, *line, func)?;
            traceback = Some(class.call1((traceback, frame, at, *line))?);
        }
    }
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
