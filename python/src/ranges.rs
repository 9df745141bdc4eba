//! `range` and `slice` objects as arguments: their numbers, which never change.
//!
//! Numbers beyond 64 bits are refused, and so is a range of more items than 64 bits count.
//! A slice of anything but ints and None is left to others.

use crate::arguments::{Frame, Refusal};
use crate::keys;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;

/// Whether a class is that of objects which are read here.
pub fn is_range_or_slice(class: *mut ffi::PyTypeObject) -> bool {
    // The addresses of CPython's own type objects.
    class == &raw mut ffi::PyRange_Type || class == &raw mut ffi::PySlice_Type
}

impl Frame {
    /// Appends a range or a slice.
    ///
    /// # Safety
    ///
    /// A valid object of one of these classes, and the GIL.
    pub unsafe fn read_range_or_slice(&mut self, object: *mut PyObject) -> Result<(), Refusal> {
        // SAFETY: by the contract.
        let (py, object) = unsafe {
            let py = Python::assume_attached();
            (py, Bound::<PyAny>::from_borrowed_ptr(py, object))
        };
        let mut parts = [None; 3];
        for (part, name) in parts.iter_mut().zip(["start", "stop", "step"]) {
            let value = object.getattr(name).map_err(|_| Refusal::Type)?;
            if value.is_none() {
                continue;
            }
            // SAFETY: the class is checked first.
            unsafe {
                if ffi::Py_TYPE(value.as_ptr()) != &raw mut ffi::PyLong_Type {
                    return Err(Refusal::Type);
                }
                let mut overflow = 0;
                let number = ffi::PyLong_AsLongLongAndOverflow(value.as_ptr(), &raw mut overflow);
                if overflow != 0 {
                    return Err(Refusal::IntRange);
                }
                *part = Some(number);
            }
        }
        // SAFETY: a valid object.
        if unsafe { ffi::Py_TYPE(object.as_ptr()) == &raw mut ffi::PyRange_Type } {
            let Ok(count) = object.len() else {
                PyErr::take(py);
                return Err(Refusal::IntRange);
            };
            self.keys.push(keys::RANGE);
            self.slots.extend(parts.into_iter().map(|part| part.unwrap_or(0) as u64));
            self.slots.push(count as u64);
        } else {
            self.keys.push(keys::SLICE);
            for part in parts {
                self.keys.push(if part.is_some() { keys::INT } else { keys::NONE });
                self.slots.extend(part.map(|number| number as u64));
            }
        }
        Ok(())
    }
}
