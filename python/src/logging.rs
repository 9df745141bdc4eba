//! Events for Python's `logging`: the logger `cumbia`.
//!
//! Events happen on any thread and mostly without the GIL; a record is made where Python runs:
//! at the end of a compilation, on the thread that asked for it, and for what the compiling
//! thread has done on Python's main thread, between two of its instructions
//! (`Py_AddPendingCall`), since that thread never waits for the GIL. What records say is
//! decided in `cumbia/_logging.py`.
//!
//! A program that hasn't imported `logging` pays for a look into `sys.modules` at each
//! compilation; the package doesn't import it.

use crate::{errors, events};
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether somebody listened when it was last looked at.
static HEARD: AtomicBool = AtomicBool::new(false);
/// Whether Python was asked to call [`pending`] and hasn't yet.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Sees to it that events are told soon, if somebody listens. From any thread, without the
/// GIL.
pub fn something_happened() {
    if HEARD.load(Ordering::Relaxed) && !ASKED.swap(true, Ordering::Relaxed) {
        // SAFETY: may be called from any thread, with or without the GIL; the function lives
        // forever and takes no argument. Its queue may be full: then the next event asks.
        if unsafe { ffi::Py_AddPendingCall(Some(pending), ptr::null_mut()) } != 0 {
            ASKED.store(false, Ordering::Relaxed);
        }
    }
}

/// To be called in a forked child: what its parent asked for may be lost.
pub fn after_fork() {
    ASKED.store(false, Ordering::Relaxed);
}

extern "C" fn pending(_: *mut c_void) -> c_int {
    errors::no_panics((), || {
        ASKED.store(false, Ordering::Relaxed);
        Python::attach(|py| tell(py, false));
    });
    0
}

/// Makes records of the events that nobody was told; `called` if the user's frame that has
/// called compiled code is the one that runs. What handlers raise is shown and goes no
/// further.
pub fn tell(py: Python<'_>, called: bool) {
    // An exception may be on its way: of a compilation that failed.
    let raised = PyErr::take(py);
    let told = (|| -> PyResult<bool> {
        if !py.import("sys")?.getattr("modules")?.contains("logging")? {
            return Ok(false);
        }
        let rows = events::untold();
        let heard = py.import("cumbia._logging")?.getattr("tell")?.call1((rows, called))?;
        heard.extract()
    })();
    let heard = told.unwrap_or_else(|error| {
        error.write_unraisable(py, None);
        true
    });
    HEARD.store(heard, Ordering::Relaxed);
    if let Some(error) = raised {
        error.restore(py);
    }
}
