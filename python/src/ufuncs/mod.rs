//! NumPy's ufuncs of compiled functions, for `vectorize` and `guvectorize`.
//!
//! `make.rs` makes the `numpy.ufunc` object, `loops.rs` is what NumPy calls with pointers,
//! counts and steps, `resolve.rs` makes loops for dtypes that a ufunc meets for the first
//! time. The text of a loop, what a signature means and every refusal are Python's
//! (`cumbia/_vectorize.py`): here is only what needs C. Broadcasting, casting, buffers,
//! overlap, `out=`, `where=`, `axis=` and the methods are NumPy's own.
//!
//! A loop is an ordinary function over arrays that is compiled by its dispatcher, once for
//! each way in which operands may lie in memory, so that tiers, the cache, guards, signals
//! and tracebacks are as for any call.

mod loops;
mod make;
mod resolve;

use crate::dispatcher::{self, Dispatcher};
use crate::kernel::Specialization;
use crate::keys::{self, Keys};
use cumbia_driver::Calm;
use cumbia_frontend::types::{DType, Ty};
use loops::Loop;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use std::ffi::{CString, c_char, c_void};
use std::sync::{Arc, Mutex, PoisonError};

/// Names of files of loops begin so: their frames are no part of a program's tracebacks.
pub const LOOP_FILE: &str = "<cumbia loop of ";

/// An axis of one element, which NumPy doesn't have: a scalar that a function sees as an array.
const ONE: i64 = -1;

/// What a `numpy.ufunc` object of ours is made of; its field `obj` keeps it.
struct Ufunc {
    name: CString,
    doc: Option<CString>,
    inputs: usize,
    /// For each operand the numbers of its core dimensions, or [`ONE`].
    cores: Vec<Vec<i64>>,
    /// Whether operands have core dimensions.
    generalized: bool,
    /// Whether loops of many positions run on several threads.
    parallel: bool,
    /// Gives the dispatcher of a loop; its arguments are a number with a bit for each input
    /// that stays the same in the loop and one for loops whose order matters, and whether it is
    /// the loop of a reduction.
    maker: Py<PyAny>,
    /// Gives the dtypes of a loop for the operands' dtypes.
    resolver: Option<Py<PyAny>>,
    tables: Mutex<Vec<Tables>>,
}

/// Loops as NumPy reads them; the last ones are in use, and those before it may be on
/// some other thread's way.
struct Tables {
    #[expect(clippy::vec_box, reason = "NumPy has their addresses")]
    loops: Vec<Box<Loop>>,
    functions: Vec<numpy::npyffi::PyUFuncGenericFunction>,
    data: Vec<*mut c_void>,
    types: Vec<c_char>,
}

// SAFETY: the pointers are to the loops beside them, and followed with the GIL held.
unsafe impl Send for Tables {}

/// Makes the module's functions.
pub fn install(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(make::_ufunc, module)?)?;
    module.add_function(wrap_pyfunction!(_result_types, module)?)?;
    module.add_function(wrap_pyfunction!(_calm, module)?)?;
    Ok(())
}

/// The types of a jitted function's results for arguments of these types, as texts: one for
/// each item where it gives a tuple, and whether it does.
#[pyfunction]
fn _result_types(function: &Bound<'_, PyAny>, types: Vec<String>) -> PyResult<(bool, Vec<String>)> {
    let found = of_elements(function, &types)?;
    if found.generator.is_some() {
        return Ok((false, vec!["generator".to_owned()]));
    }
    Ok(match found.compiled.signature.ret.widen() {
        Ty::Tuple(items) => (true, items.iter().map(|item| item.widen().to_string()).collect()),
        one => (false, vec![one.to_string()]),
    })
}

/// Whether a jitted function of elements of these types raises nothing and touches no memory,
/// and if so, whether it is cheap; None where it may.
#[pyfunction]
fn _calm(function: &Bound<'_, PyAny>, types: Vec<String>) -> PyResult<Option<bool>> {
    let found = of_elements(function, &types)?;
    // SAFETY: the thread holds the GIL.
    if found.generator.is_some() || !unsafe { found.guards.hold() } {
        return Ok(None);
    }
    let compiled = &found.compiled;
    Ok(Calm::of(compiled.module(), &compiled.entry).map(|calm| calm.cheap))
}

/// The code of a jitted function for elements of these types.
fn of_elements(function: &Bound<'_, PyAny>, types: &[String]) -> PyResult<Arc<Specialization>> {
    if !dispatcher::is_dispatcher(function) {
        return Err(PyTypeError::new_err("a ufunc's function is a jitted one"));
    }
    let words: Option<Keys> = types.iter().map(|name| Some(keys::num(dtype_of(name)?))).collect();
    let words = words.ok_or_else(|| PyTypeError::new_err("an unknown dtype"))?;
    Dispatcher::of(function).specialization(function, &words, &keys::types(&words))
}

fn dtype_of(name: &str) -> Option<DType> {
    DType::from_name(name).filter(|dtype| !dtype.is_time())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn internal(what: &str) -> PyErr {
    PyRuntimeError::new_err(format!("{what}; this is a bug in cumbia"))
}
