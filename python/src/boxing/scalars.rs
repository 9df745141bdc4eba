//! Numbers and constants as results, and tuples of them: made of the slots at once, without
//! what results that share memory need.

use super::Plan;
use crate::layouts;
use pyo3::ffi::{self, PyObject};

/// Whether [`scalar`] makes it.
#[inline]
pub fn is_scalar(plan: &Plan) -> bool {
    matches!(plan, Plan::Float | Plan::Int | Plan::Bool | Plan::Constant(_))
}

/// A number or a constant, and how many slots it took; no Python code runs.
///
/// # Safety
///
/// The thread holds the GIL, and the kernel wrote the slot if there is one.
#[inline]
pub unsafe fn scalar(plan: &Plan, slot: *const u64) -> (*mut PyObject, usize) {
    // SAFETY: CPython's constructors, called with the GIL held.
    unsafe {
        match plan {
            Plan::Float => (ffi::PyFloat_FromDouble(f64::from_bits(*slot)), 1),
            Plan::Int => (ffi::PyLong_FromLongLong(*slot as i64), 1),
            Plan::Bool => (ffi::PyBool_FromLong((*slot & 1) as _), 1),
            Plan::Constant(object) => {
                ffi::Py_INCREF(object.as_ptr());
                (object.as_ptr(), 0)
            }
            _ => unreachable!("not a scalar"),
        }
    }
}

/// A tuple of these.
///
/// # Safety
///
/// As [`scalar`]; tuples are as `layouts.rs` reads them.
pub unsafe fn tuple_of_scalars(items: &[Plan], mut slot: *const u64) -> *mut PyObject {
    // SAFETY: nobody else has the tuple yet; its items are null until they are made.
    unsafe {
        let tuple = ffi::PyTuple_New(items.len() as isize);
        let Some(at) = layouts::tuple_items().filter(|_| !tuple.is_null()) else { return tuple };
        let to = tuple.byte_add(at).cast::<*mut PyObject>();
        for (i, item) in items.iter().enumerate() {
            let (made, used) = scalar(item, slot);
            if made.is_null() {
                ffi::Py_DECREF(tuple);
                return made;
            }
            to.add(i).write(made);
            slot = slot.add(used);
        }
        tuple
    }
}
