//! Names as interned strings, made once in a process: [`name!`].
//!
//! Not `pyo3::intern`: it lets go of the GIL while it makes its string, behind a lock. Another
//! thread that waits for the GIL may fork just then, and its child would wait for ever for a
//! string that nobody makes. Here two threads may both make the string, and one of them
//! keeps it.

use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};
use std::ffi::CStr;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A string that is made when it is first asked for, and stays.
pub struct Name {
    text: &'static CStr,
    object: AtomicPtr<PyObject>,
}

impl Name {
    pub const fn new(text: &'static CStr) -> Name {
        Name { text, object: AtomicPtr::new(ptr::null_mut()) }
    }

    /// The string.
    pub fn get<'py>(&'static self, py: Python<'py>) -> Borrowed<'static, 'py, PyString> {
        let mut object = self.object.load(Ordering::Acquire);
        if object.is_null() {
            object = self.make(py);
        }
        // SAFETY: a string of which one reference is never given up.
        unsafe { Borrowed::from_ptr(py, object).cast_unchecked() }
    }

    #[cold]
    fn make(&self, py: Python<'_>) -> *mut PyObject {
        // SAFETY: `py` is proof of an attached thread; the text ends with a zero.
        let made = unsafe { ffi::PyUnicode_InternFromString(self.text.as_ptr()) };
        if made.is_null() {
            panic!("no memory for a name: {}", PyErr::fetch(py));
        }
        let none = ptr::null_mut();
        match self.object.compare_exchange(none, made, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => made,
            Err(other) => {
                // SAFETY: the reference that was just made.
                unsafe { ffi::Py_DECREF(made) };
                other
            }
        }
    }
}

/// The interned string of a literal.
macro_rules! name {
    ($py:expr, $text:literal) => {{
        const TEXT: &std::ffi::CStr =
            match std::ffi::CStr::from_bytes_with_nul(concat!($text, "\0").as_bytes()) {
                Ok(text) => text,
                Err(_) => panic!("a name with a zero"),
            };
        static NAME: $crate::names::Name = $crate::names::Name::new(TEXT);
        NAME.get($py)
    }};
}
pub(crate) use name;

/// Has pyo3 make the strings of its own that are used here, while the module is imported.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let class = py.get_type::<PyInt>();
    let _ = (class.module()?, class.name()?, class.qualname()?, class.fully_qualified_name()?);
    let _ = (class.mro(), class.bases());
    Ok(())
}
