//! Where CPython's floats and tuples have what they hold.
//!
//! The limited API has functions for this and doesn't tell the places; in calls that take
//! tens of nanoseconds these functions are a good part. So the places that every CPython so
//! far has are tried out on objects with known contents, once, and used only if they are right.

use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes from a tuple's start to its items; 0 if floats or tuples aren't as they are read here.
static ITEMS: AtomicUsize = AtomicUsize::new(0);

/// Tries out where floats and tuples have what they hold.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let float = PyFloat::new(py, -1.7e-300);
    let marks = [PyFloat::new(py, 1.5), PyFloat::new(py, 2.5), PyFloat::new(py, 3.5)];
    let tuple = PyTuple::new(py, &marks)?;
    let large = |of: &Bound<'_, PyAny>| -> PyResult<usize> {
        of.get_type().getattr("__basicsize__")?.extract()
    };
    let float_fits = large(float.as_any())? == size_of::<PyObject>() + size_of::<f64>();
    // What varies in size has its items behind what its class calls its size.
    let items = large(tuple.as_any())?;
    // SAFETY: within the objects, by the sizes that their classes tell; the tuple has three
    // items.
    let (float_is, tuple_is) = unsafe {
        let float_is = float_fits && float_bits(float.as_ptr()) == (-1.7e-300f64).to_bits();
        let item = |i: usize| *tuple.as_ptr().byte_add(items).cast::<*mut PyObject>().add(i);
        let items_are =
            items > size_of::<PyObject>() && (0..3).all(|i| item(i) == marks[i].as_ptr());
        (float_is, items_are && tuple_size(tuple.as_ptr()) == 3)
    };
    ITEMS.store(if float_is && tuple_is { items } else { 0 }, Ordering::Relaxed);
    Ok(())
}

/// Bytes from a tuple's start to its items; `None` if floats or tuples aren't as they are read
/// here.
#[inline]
pub fn tuple_items() -> Option<usize> {
    let items = ITEMS.load(Ordering::Relaxed);
    (items != 0).then_some(items)
}

/// The bits of an exact float's value.
///
/// # Safety
///
/// Exactly a float, and [`tuple_items`] has a value.
#[inline(always)]
pub unsafe fn float_bits(object: *mut PyObject) -> u64 {
    // SAFETY: `install` has seen that the value follows the head.
    unsafe { *object.add(1).cast::<u64>() }
}

/// The length of an exact tuple.
///
/// # Safety
///
/// Exactly a tuple, and [`tuple_items`] has a value.
#[inline(always)]
pub unsafe fn tuple_size(object: *mut PyObject) -> usize {
    // SAFETY: what varies in size has its length behind the head.
    unsafe { *object.add(1).cast::<usize>() }
}
