//! What Python and a generator that waits both have.
//!
//! An array that a generator yields and still holds is one array in both: its memory
//! belongs to the Python object, and the generator's record of it refers to that object.
//! The ledger has one reference to each of the two, until the generator gives up its own:
//! [`Ledger::sweep`] finds that out after each item. Nothing here is shared between threads:
//! a ledger belongs to a generator, and whoever runs that holds the GIL.

use cumbia_abi::{Context, Owner};
use pyo3::ffi::{self, PyObject};

/// See the module.
#[derive(Default)]
pub struct Ledger {
    shared: Vec<(*mut Owner, *mut PyObject)>,
}

impl Ledger {
    /// Enters an object of compiled code with its Python object.
    ///
    /// # Safety
    ///
    /// A live record of the generator's context and a live object, which isn't entered yet;
    /// the thread holds the GIL.
    pub unsafe fn add(&mut self, native: *mut Owner, object: *mut PyObject) {
        // SAFETY: by the contract.
        unsafe {
            (*native).refcount += 1;
            (*native).object = object.cast();
            ffi::Py_INCREF(object);
        }
        self.shared.push((native, object));
    }

    /// Forgets what the generator doesn't refer to any more, and gives these records, which
    /// are gone.
    ///
    /// # Safety
    ///
    /// The generator's context; the thread holds the GIL.
    pub unsafe fn sweep(&mut self, context: &mut Context) -> Vec<*mut Owner> {
        let mut gone = Vec::new();
        loop {
            let before = gone.len();
            self.shared.retain(|&(native, object)| {
                // SAFETY: the ledger's own references to both.
                unsafe {
                    if (*native).refcount > 1 {
                        return true;
                    }
                    cumbia_runtime::release_object(context, native);
                    ffi::Py_DECREF(object);
                }
                gone.push(native);
                false
            });
            // What was freed may have held the last reference to others.
            if gone.len() == before {
                return gone;
            }
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        // The records go with their context.
        for &(_, object) in &self.shared {
            // SAFETY: the ledger's own reference; generators end with the GIL held.
            unsafe { ffi::Py_DECREF(object) };
        }
    }
}
