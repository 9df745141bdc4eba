//! Warnings of NumPy's functions, issued where the user's function calls them.
//!
//! What a body has noted is an expression of NumPy that warns of the same thing. It is
//! evaluated in a frame with the file, the line and the globals of the user's function: so
//! the category, the text, the place, filters and registries are those of the NumPy that is
//! there, also where it says that its own file warns, and `np.errstate` around the call is
//! heeded. A filter that makes the warning an exception raises it here.
//!
//! Of whole-array arithmetic that may have warned NumPy does the same again, in such frames,
//! over the arrays of compiled code (`runtime/core/src/looking.rs`).

use crate::interrupts::with_gil;
use crate::kernel::Specialization;
use cumbia_abi::Context;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::borrow::Cow;
use std::fmt::Write;

/// Makes the runtime ready: once, when the module is imported.
pub fn install() {
    cumbia_runtime::set_warning_hook(issue);
    cumbia_runtime::set_look_hook(look);
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

fn look(
    context: &mut Context,
    text: &str,
    slots: &[u64],
    function: i64,
    flags: i64,
) -> Option<i64> {
    if context.kernel.is_null() {
        return None;
    }
    // SAFETY: as above.
    let kernel = unsafe { &*context.kernel.cast::<Specialization>() };
    let modes = context.error_modes;
    let text = &*at_present_lines(kernel, function, text);
    with_gil(|py| {
        let looked = (|| {
            let Some(place) = Place::of(py, kernel, function)? else { return Ok(()) };
            let run = py.import("cumbia._looking")?.getattr("look")?;
            let Place { filename, globals, function } = place;
            run.call1((text, slots.to_vec(), filename, globals, modes, flags, function)).map(drop)
        })();
        let error: PyErr = looked.err()?;
        let line = line_of(py, &error).unwrap_or(0);
        raise(py, &error);
        // Compiled code compares it with those that it has.
        let in_code = u32::try_from(line)
            .map(|line| kernel.compiled.moved.line_in_code(function as u64, line));
        Some(in_code.map_or(line, i64::from))
    })
}

/// The line of the user's function that compiled code means by this one: it may have been
/// made when the function stood elsewhere.
fn present_line(kernel: &Specialization, function: i64, line: i64) -> i64 {
    let now = u32::try_from(line).map(|line| kernel.compiled.moved.line(function as u64, line));
    now.map_or(line, i64::from)
}

/// A text of operations with the present lines: each but the first begins with one.
fn at_present_lines<'t>(kernel: &Specialization, function: i64, text: &'t str) -> Cow<'t, str> {
    if kernel.compiled.moved.is_empty() {
        return text.into();
    }
    let mut rows = text.split('\n');
    let mut out = rows.next().unwrap_or_default().to_owned();
    for row in rows {
        let (line, rest) = row.split_once('\t').unwrap_or((row, ""));
        let now = line.parse().map_or(0, |line| present_line(kernel, function, line));
        let _ = write!(out, "\n{now}\t{rest}");
    }
    out.into()
}

/// The line of the user's function where an exception was raised: that of the second frame.
fn line_of(py: Python<'_>, error: &PyErr) -> Option<i64> {
    let frame = error.traceback(py)?.into_any().getattr("tb_next").ok()?;
    frame.getattr("tb_lineno").ok()?.extract().ok()
}

/// The user's function.
struct Place<'py> {
    filename: Bound<'py, PyAny>,
    globals: Bound<'py, PyDict>,
    function: Bound<'py, PyAny>,
}

impl<'py> Place<'py> {
    /// Nothing where the function is gone.
    fn of(py: Python<'py>, kernel: &Specialization, function: i64) -> PyResult<Option<Place<'py>>> {
        let Some(function) = kernel.function(py, function as usize) else { return Ok(None) };
        let filename = function.getattr("__code__")?.getattr("co_filename")?;
        let globals = function.getattr("__globals__")?.cast_into::<PyDict>()?;
        Ok(Some(Place { filename, globals, function }))
    }
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
    let Some(place) = Place::of(py, kernel, function)? else { return Ok(()) };
    let line = present_line(kernel, function, line);
    let run = py.import("cumbia._warnings")?.getattr("issue")?;
    run.call1((what, place.filename, line, place.globals, modes)).map(drop)
}
