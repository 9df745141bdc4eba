//! What frames of compiled code say of their functions' parameters.
//!
//! A frame of Python has its arguments, and whoever shows one asks for them by name: IPython,
//! `inspect.getargvalues`, debuggers. Compiled code keeps no objects for them. So each
//! parameter of a frame stands for a value that isn't kept, and says so; in the frame of the
//! function that was called from Python, what the caller gave takes its place where the
//! function binds the name to nothing else. Not here: other variables, which are unbound.

use crate::names::name;
use crate::positions::Place;
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};
use std::sync::OnceLock;

/// Stands for the value of a parameter that compiled code had.
#[pyclass(name = "NotKept", module = "cumbia", frozen)]
pub struct NotKept {
    /// Whether the function may have bound the name to something else.
    rebound: bool,
}

#[pymethods]
impl NotKept {
    fn __repr__(&self) -> &'static str {
        "<not kept by compiled code>"
    }
}

/// Makes the type at import, where no other thread forks in the middle of that.
pub fn install(py: Python<'_>) -> PyResult<()> {
    py.get_type::<NotKept>().getattr("__name__").map(drop)
}

/// A parameter of a code object.
pub struct Parameter {
    name: Py<PyString>,
    /// Whether some instruction binds the name anew, or unbinds it.
    rebound: bool,
}

const HAS_REST: usize = 4;
const HAS_KEYWORDS: usize = 8;

fn number(code: &Bound<'_, PyAny>, name: &str) -> PyResult<usize> {
    code.getattr(name)?.extract()
}

/// The parameters of a code object, in the order of its variables.
pub fn parameters(code: &Bound<'_, PyAny>) -> PyResult<Vec<Parameter>> {
    let flags = number(code, "co_flags")?;
    let count = number(code, "co_argcount")?
        + number(code, "co_kwonlyargcount")?
        + usize::from(flags & HAS_REST != 0)
        + usize::from(flags & HAS_KEYWORDS != 0);
    let mut rebound = vec![false; count];
    if count > 0 {
        rebinding(code, &mut rebound)?;
    }
    let names = code.getattr("co_varnames")?.cast_into::<PyTuple>()?;
    names
        .iter()
        .zip(rebound)
        .map(|(name, rebound)| {
            Ok(Parameter { name: name.cast_into::<PyString>()?.unbind(), rebound })
        })
        .collect()
}

/// Marks the first variables of a code object that its instructions bind or unbind.
fn rebinding(code: &Bound<'_, PyAny>, found: &mut [bool]) -> PyResult<()> {
    let names = code.py().import("opcode")?.getattr("opname")?.extract::<Vec<String>>()?;
    let bytes = code.getattr("co_code")?.cast_into::<PyBytes>()?;
    let mut extended = 0;
    for unit in bytes.as_bytes().chunks_exact(2) {
        let argument = extended << 8 | usize::from(unit[1]);
        extended = 0;
        // Since Python 3.13 one instruction may stand for two, with four bits for each.
        let bound = match names.get(usize::from(unit[0])).map(String::as_str) {
            Some("EXTENDED_ARG") => {
                extended = argument;
                continue;
            }
            Some("STORE_FAST_STORE_FAST") => [Some(argument >> 4), Some(argument & 15)],
            Some("STORE_FAST_LOAD_FAST") => [Some(argument >> 4), None],
            Some(name)
                if ["STORE_FAST", "DELETE_FAST", "STORE_DEREF", "DELETE_DEREF"]
                    .iter()
                    .any(|begin| name.starts_with(begin)) =>
            {
                [Some(argument), None]
            }
            _ => continue,
        };
        for at in bound.into_iter().flatten() {
            if let Some(mark) = found.get_mut(at) {
                *mark = true;
            }
        }
    }
    Ok(())
}

/// Gives the parameters of a new frame of a place values that aren't kept.
pub fn stand_in(frame: &Bound<'_, PyAny>, place: &Place) -> PyResult<()> {
    if place.parameters.is_empty() {
        return Ok(());
    }
    let locals = frame.getattr("f_locals")?;
    for parameter in &place.parameters {
        locals.set_item(&parameter.name, NotKept { rebound: parameter.rebound })?;
    }
    keep(frame);
    Ok(())
}

/// `PyFrame_LocalsToFast` of CPython: frame, whether to unbind what isn't there.
type LocalsToFast = unsafe extern "C" fn(*mut PyObject, i32);

/// Writes what was set in a frame's `f_locals` to its variables: before Python 3.13 they are
/// a copy of these.
fn keep(frame: &Bound<'_, PyAny>) {
    static FOUND: OnceLock<Option<LocalsToFast>> = OnceLock::new();
    if frame.py().version_info() >= (3, 13) {
        return;
    }
    let function = FOUND.get_or_init(|| {
        #[cfg(unix)]
        {
            // SAFETY: a name that ends with a zero byte, in the libraries of the process.
            let symbol =
                unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"PyFrame_LocalsToFast".as_ptr()) };
            // SAFETY: CPython 3.11 and 3.12 declare it so; a null pointer is `None`.
            unsafe { std::mem::transmute::<*mut libc::c_void, Option<LocalsToFast>>(symbol) }
        }
        #[cfg(not(unix))]
        None
    });
    if let Some(function) = function {
        // SAFETY: a frame object whose locals were asked for; the thread holds the GIL.
        unsafe { function(frame.as_ptr(), 0) };
    }
}

/// Puts the arguments of a call that raised into the frame of the function that was called.
///
/// # Safety
///
/// The thread holds the GIL, an exception is set, and the arguments are those of a vectorcall
/// of the function.
#[cold]
pub unsafe fn of_call<'py>(
    function: impl FnOnce(Python<'py>) -> Option<Bound<'py, PyAny>>,
    args: *const *mut PyObject,
    positional: usize,
    names: *mut PyObject,
) {
    // SAFETY: passed on.
    let py = unsafe { Python::assume_attached() };
    let Some(error) = PyErr::take(py) else { return };
    if let Some(traceback) = error.traceback(py)
        && let Some(function) = function(py)
    {
        // Whatever fails here, the exception is the call's.
        // SAFETY: passed on.
        let _ = unsafe { fill(&traceback, &function, args, positional, names) };
    }
    error.restore(py);
}

unsafe fn fill(
    traceback: &Bound<'_, PyAny>,
    function: &Bound<'_, PyAny>,
    args: *const *mut PyObject,
    positional: usize,
    names: *mut PyObject,
) -> PyResult<()> {
    let py = function.py();
    let frame = traceback.getattr(name!(py, "tb_frame"))?;
    let code = function.getattr(name!(py, "__code__"))?;
    if !frame.getattr(name!(py, "f_code"))?.is(&code) {
        return Ok(());
    }
    let locals = frame.getattr(name!(py, "f_locals"))?;
    // SAFETY: passed on.
    for (name, value) in unsafe { bound(function, &code, args, positional, names)? } {
        if let Ok(there) = locals.get_item(&name)
            && let Ok(there) = there.cast::<NotKept>()
            && !there.get().rebound
        {
            locals.set_item(name, value)?;
        }
    }
    keep(&frame);
    Ok(())
}

/// The variables of a function as a call begins, which had arguments that it takes.
unsafe fn bound<'py>(
    function: &Bound<'py, PyAny>,
    code: &Bound<'py, PyAny>,
    args: *const *mut PyObject,
    positional: usize,
    names: *mut PyObject,
) -> PyResult<Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
    let py = function.py();
    let all = code.getattr("co_varnames")?.cast_into::<PyTuple>()?;
    let flags = number(code, "co_flags")?;
    let by_place = number(code, "co_argcount")?;
    let alone = number(code, "co_posonlyargcount")?;
    let named = by_place + number(code, "co_kwonlyargcount")?;
    // SAFETY: the arguments live until the call returns.
    let argument = |at: usize| unsafe { Bound::from_borrowed_ptr(py, *args.add(at)) };
    let mut values: Vec<Option<Bound<'py, PyAny>>> = vec![None; all.len()];
    for (at, value) in values.iter_mut().enumerate().take(by_place.min(positional)) {
        *value = Some(argument(at));
    }
    let mut next = named;
    if flags & HAS_REST != 0 {
        values[next] = Some(PyTuple::new(py, (by_place..positional).map(argument))?.into_any());
        next += 1;
    }
    let rest = PyDict::new(py);
    if !names.is_null() {
        // SAFETY: the names of a vectorcall are a tuple.
        let names = unsafe { Bound::from_borrowed_ptr(py, names) }.cast_into::<PyTuple>()?;
        for (i, key) in names.iter().enumerate() {
            let mut known = all.iter().take(named).enumerate().skip(alone);
            match known.find(|(_, name)| name.eq(&key).unwrap_or(false)) {
                Some((at, _)) => values[at] = Some(argument(positional + i)),
                None => rest.set_item(key, argument(positional + i))?,
            }
        }
    }
    if flags & HAS_KEYWORDS != 0 {
        values[next] = Some(rest.into_any());
    }
    if let Ok(defaults) = function.getattr("__defaults__")?.cast_into::<PyTuple>() {
        let first = by_place.saturating_sub(defaults.len());
        for (value, default) in values[first..by_place].iter_mut().zip(defaults.iter()) {
            value.get_or_insert(default);
        }
    }
    if let Ok(defaults) = function.getattr("__kwdefaults__")?.cast_into::<PyDict>() {
        for (at, value) in values.iter_mut().enumerate().take(named).skip(by_place) {
            if value.is_none() {
                *value = defaults.get_item(all.get_item(at)?)?;
            }
        }
    }
    Ok(all.iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect())
}
