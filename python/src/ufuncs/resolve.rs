//! Loops for the dtypes that a ufunc without signatures meets.
//!
//! NumPy asks a ufunc's type resolver which loop serves operands for which it knows none,
//! and keeps the answer for operands of the same classes. The rules are Python's, in
//! `cumbia/_vectorize.py`; here the question is read and the answer's loop made.

use super::{Ufunc, dtype_of, internal, make};
use crate::errors;
use crate::numpy_api;
use cumbia_frontend::types::DType;
use numpy::npyffi::objects::{PyArray_Descr, PyArrayObject};
use numpy::npyffi::{NPY_CASTING, PyUFuncObject};
use pyo3::exceptions::PyTypeError;
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::ffi::c_int;

/// Flags of the array that NumPy makes of a Python int, float or complex.
const WAS_PYTHON: [(c_int, &str); 3] = [(1 << 30, "int"), (1 << 29, "float"), (1 << 28, "complex")];

/// NumPy's `type_resolver`: fills in the dtypes of all operands.
pub unsafe extern "C" fn resolve(
    object: *mut PyUFuncObject,
    _: NPY_CASTING,
    operands: *mut *mut PyArrayObject,
    wanted: *mut PyObject,
    found: *mut *mut PyArray_Descr,
) -> c_int {
    errors::no_panics(-1, || {
        Python::attach(|py| {
            // SAFETY: NumPy passes a ufunc of ours, an operand or null for each of its
            // arguments, a tuple or null, and room for as many dtypes.
            match unsafe { answer(py, object, operands, wanted, found) } {
                Ok(()) => 0,
                Err(error) => {
                    error.restore(py);
                    -1
                }
            }
        })
    })
}

unsafe fn answer(
    py: Python<'_>,
    object: *mut PyUFuncObject,
    operands: *mut *mut PyArrayObject,
    wanted: *mut PyObject,
    found: *mut *mut PyArray_Descr,
) -> PyResult<()> {
    // SAFETY: passed on.
    let this = unsafe { Ufunc::of(object) }.ok_or_else(|| internal("not a ufunc of ours"))?;
    let resolver = this.resolver.as_ref().ok_or_else(|| internal("nothing to resolve"))?;
    let mut given = Vec::new();
    for at in 0..this.cores.len() {
        // SAFETY: by the contract of `resolve`: a live array or null.
        given.push(unsafe { described(py, *operands.add(at)) }?);
    }
    // SAFETY: a tuple or null.
    let wanted = unsafe { Bound::<PyAny>::from_borrowed_ptr_or_opt(py, wanted) };
    let given = PyTuple::new(py, given)?;
    let names: Vec<String> = resolver.bind(py).call1((given, wanted))?.extract()?;
    let dtypes: Option<Vec<DType>> = names.iter().map(|name| dtype_of(name)).collect();
    let dtypes = dtypes
        .filter(|dtypes| dtypes.len() == this.cores.len())
        .ok_or_else(|| PyTypeError::new_err("a loop's operands are of other dtypes"))?;
    if !this.has(&dtypes) {
        this.add(dtypes.clone());
        // SAFETY: passed on.
        unsafe { this.show(object) };
    }
    for (at, &dtype) in dtypes.iter().enumerate() {
        // SAFETY: room for each operand's.
        unsafe { *found.add(at) = make::descr(dtype)? };
    }
    Ok(())
}

/// What the rules need of an operand: its dtype, or the name of Python's class; None for
/// an output that isn't given.
unsafe fn described<'py>(
    py: Python<'py>,
    operand: *mut PyArrayObject,
) -> PyResult<Bound<'py, PyAny>> {
    if operand.is_null() {
        return Ok(py.None().into_bound(py));
    }
    // SAFETY: a live array.
    let (flags, descr) = unsafe {
        let fields = &(*operand).fields;
        (fields.flags, Bound::<PyAny>::from_borrowed_ptr(py, fields.descr.cast()))
    };
    let weak = WAS_PYTHON.iter().find(|(flag, _)| flags & flag != 0);
    Ok(match weak {
        Some((_, class)) => py.import("builtins")?.getattr(*class)?,
        None => {
            numpy_api::load(py)?;
            descr
        }
    })
}
