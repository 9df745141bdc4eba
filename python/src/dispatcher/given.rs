//! What methods of a dispatcher are given, by place or by name.
//!
//! Only for those with a few arguments that may all be left out. Anything else is a TypeError in
//! Python's words.

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// The arguments of a method in the order of `names`, None for those that aren't given.
///
/// # Errors
///
/// TypeError for more arguments than names, for other names, and for an argument that is given
/// twice.
///
/// # Safety
///
/// To be called with what Python passes to a method: a tuple, and a dict or null, that live until
/// the call returns.
pub unsafe fn given<'py, const N: usize>(
    py: Python<'py>,
    args: *mut ffi::PyObject,
    kwargs: *mut ffi::PyObject,
    method: &str,
    names: [&str; N],
) -> PyResult<[Option<Bound<'py, PyAny>>; N]> {
    // SAFETY: by the contract.
    let (args, kwargs) = unsafe {
        (
            Bound::<PyAny>::from_borrowed_ptr(py, args).cast_into::<PyTuple>()?,
            Bound::<PyAny>::from_borrowed_ptr_or_opt(py, kwargs),
        )
    };
    let kwargs = kwargs.map(Bound::cast_into::<PyDict>).transpose()?;
    let count = args.len() + kwargs.as_ref().map_or(0, |kwargs| kwargs.len());
    let fail = |text: String| Err(PyTypeError::new_err(format!("{method}() {text}")));
    if count > N {
        let plural = if N == 1 { "" } else { "s" };
        return fail(format!("takes at most {N} argument{plural} ({count} given)"));
    }
    let mut found = [(); N].map(|()| None);
    found.iter_mut().zip(&args).for_each(|(place, arg)| *place = Some(arg));
    for (name, value) in kwargs.iter().flatten() {
        let name: String = name.extract()?;
        let Some(at) = names.iter().position(|known| *known == name) else {
            return fail(format!("got an unexpected keyword argument '{name}'"));
        };
        if found[at].replace(value).is_some() {
            return fail(format!("got multiple values for argument '{name}'"));
        }
    }
    Ok(found)
}
