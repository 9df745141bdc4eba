//! Frame objects of functions that ran as compiled code.
//!
//! A frame belongs to the function's own code object where Python lets one be made: the
//! function for that is no part of the limited API, so it is looked up when first needed.
//! Elsewhere a tiny code object that fails when run takes the place of the function's,
//! with its names and its table of positions.

use crate::frame_arguments;
use crate::positions::Place;
use cumbia_driver::FunctionOrigin;
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::{self, PyObject, PyThreadState};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use std::ptr;
use std::sync::OnceLock;

/// `PyFrame_New` of CPython: thread, code, globals, locals.
type NewFrame = unsafe extern "C" fn(
    *mut PyThreadState,
    *mut PyObject,
    *mut PyObject,
    *mut PyObject,
) -> *mut PyObject;

/// `PyFrame_New`, where the process has it.
fn new_frame() -> Option<NewFrame> {
    static FOUND: OnceLock<Option<NewFrame>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        #[cfg(unix)]
        {
            // SAFETY: a name that ends with a zero byte, in the libraries of the process.
            let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"PyFrame_New".as_ptr()) };
            // SAFETY: CPython 3.11 to 3.14 declare it so; a null pointer is `None`.
            unsafe { std::mem::transmute::<*mut libc::c_void, Option<NewFrame>>(symbol) }
        }
        #[cfg(not(unix))]
        None
    })
}

/// A frame of the code object of a place; of the globals where `func` is of that file.
pub fn at<'py>(
    py: Python<'py>,
    place: &Place,
    func: Option<&Bound<'py, PyAny>>,
    filename: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(new_frame) = new_frame().filter(|_| is_readable(place.code.bind(py))) else {
        let (frame, _) = substitute(py, place, func, filename)?;
        stand_at(&frame, place.line);
        return Ok(frame);
    };
    let globals = globals(py, func, filename)?;
    // SAFETY: the thread holds the GIL; a code object of a function, whose locals are the
    // frame's own, and a dict. The result is a new reference, or null with an exception.
    let frame = unsafe {
        let thread = ffi::PyThreadState_Get();
        let code = place.code.as_ptr();
        let frame = new_frame(thread, code, globals.as_ptr(), ptr::null_mut());
        Bound::from_owned_ptr_or_err(py, frame)?
    };
    stand_at(&frame, place.line);
    frame_arguments::stand_in(&frame, place)?;
    Ok(frame)
}

/// Has a frame say that it stands at a line, as a frame that Python ran does: IPython shows
/// `f_lineno` for what is in no file, and a frame that nothing ran in is at its first line.
///
/// No API sets it. In CPython 3.11 to 3.14 the field lies behind the object's head and three
/// pointers, of which the second leads to the interpreter's frame; one that isn't running has
/// that within itself. Where this isn't so, nothing is written, and the line stays the first.
fn stand_at(frame: &Bound<'_, PyAny>, line: u32) {
    const INTERPRETER_FRAME: usize = 3;
    const LINE: usize = 5;
    let py = frame.py();
    let known = py.version_info() >= (3, 11) && py.version_info() < (3, 15);
    let size = frame.get_type().getattr("__basicsize__").and_then(|size| size.extract::<usize>());
    let (true, Ok(size), Ok(line)) = (known, size, i32::try_from(line)) else { return };
    if size < (LINE + 1) * size_of::<usize>() {
        return;
    }
    let words = frame.as_ptr().cast::<usize>();
    let own = (words.addr() + (LINE + 1) * size_of::<usize>())..(words.addr() + size);
    // SAFETY: the object is of `size` bytes at least, and aligned; nobody else has it yet.
    unsafe {
        let field = words.add(LINE).cast::<i32>();
        if own.contains(&words.add(INTERPRETER_FRAME).read()) && field.read() == 0 {
            field.write(line);
        }
    }
}

/// Whether a frame that nothing runs in may be asked for its locals: before Python 3.13
/// variables that functions share are looked for in cells, of which it has none.
fn is_readable(code: &Bound<'_, PyAny>) -> bool {
    let has = |names: &str| code.getattr(names).and_then(|names| names.is_truthy());
    let shares = || has("co_freevars").unwrap_or(true) || has("co_cellvars").unwrap_or(true);
    code.py().version_info() >= (3, 13) || !shares()
}

/// A frame of code that fails at once and has a place's names and positions.
fn substitute<'py>(
    py: Python<'py>,
    place: &Place,
    func: Option<&Bound<'py, PyAny>>,
    filename: &str,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let changes = PyDict::new(py);
    let code = place.code.bind(py);
    let template = failing(py)?;
    // A tracing interpreter lays the table of positions out over the code, unchecked: so the
    // code is as long as the function's, though nothing gets behind its first failure.
    let bytes = template.getattr("co_code")?.extract::<Vec<u8>>()?;
    let times = code.getattr("co_code")?.len()?.div_ceil(bytes.len());
    changes.set_item("co_code", PyBytes::new(py, &bytes.repeat(times)))?;
    for name in ["co_filename", "co_name", "co_qualname", "co_firstlineno", "co_linetable"] {
        changes.set_item(name, code.getattr(name)?)?;
    }
    run(&template.call_method("replace", (), Some(&changes))?, func, filename)
}

/// A code object that fails.
fn failing(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    py.import("builtins")?.call_method1("compile", ("1/0", "", "exec"))
}

fn globals<'py>(
    py: Python<'py>,
    func: Option<&Bound<'py, PyAny>>,
    filename: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let mut globals = PyDict::new(py);
    if let Some(func) = func
        && func.getattr("__code__")?.getattr("co_filename")?.eq(filename)?
    {
        globals = func.getattr("__globals__")?.cast_into::<PyDict>()?;
    }
    globals.set_default("__builtins__", py.import("builtins")?)?;
    Ok(globals)
}

/// A frame at a line of a function that there is no code object of, and the position in
/// its code: a tiny code object that carries the names and fails when run.
pub fn without_code<'py>(
    py: Python<'py>,
    origin: &FunctionOrigin,
    line: u32,
    func: Option<&Bound<'py, PyAny>>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let template = failing(py)?;
    let units = template.getattr("co_code")?.len()? / 2;
    let changes = PyDict::new(py);
    changes.set_item("co_filename", &origin.filename)?;
    changes.set_item("co_name", origin.qualname.rsplit('.').next().unwrap_or_default())?;
    changes.set_item("co_qualname", &origin.qualname)?;
    changes.set_item("co_firstlineno", origin.first_line)?;
    let delta = i64::from(line) - i64::from(origin.first_line);
    changes.set_item("co_linetable", PyBytes::new(py, &line_table(units, delta)))?;
    run(&template.call_method("replace", (), Some(&changes))?, func, &origin.filename)
}

/// Runs code that fails, and gives the frame in which it did.
fn run<'py>(
    code: &Bound<'py, PyAny>,
    func: Option<&Bound<'py, PyAny>>,
    filename: &str,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let py = code.py();
    let globals = globals(py, func, filename)?;
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
