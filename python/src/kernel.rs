//! A specialization: loaded code with all that a call of it needs.
//!
//! Made once from what the driver compiled; immutable afterwards. Running it reads
//! slots that `arguments.rs` filled and makes the result, or sets the exception.

use crate::boxing::Boxer;
use crate::guards::Guards;
use crate::interrupts;
use crate::tracebacks::{self, Origins};
use cumbia_abi::{EntryFn, STATUS_OK};
use cumbia_driver::Compiled;
use cumbia_loader::LoadedModule;
use cumbia_runtime::Outcome;
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use std::ptr;
use std::time::{Duration, Instant};

/// So many result slots are kept on the stack.
const FEW_RESULTS: usize = 12;

/// Compiled code for one list of argument types.
pub struct Specialization {
    entry: EntryFn,
    boxer: Boxer,
    /// What must hold for it to be used.
    pub guards: Guards,
    /// Types, sites, timings, IR.
    pub compiled: Compiled,
    /// Time to load the code.
    pub load_time: Duration,
    // Keeps the code mapped.
    _code: LoadedModule,
}

impl Specialization {
    /// Loads what was compiled.
    pub fn new(
        py: Python<'_>,
        compiled: Compiled,
        guards: Guards,
        functions: &[Py<PyAny>],
    ) -> PyResult<Specialization> {
        let boxer = Boxer::new(py, &compiled.signature.ret, functions)?;
        let start = Instant::now();
        let code = LoadedModule::load(&compiled.artifact.object).map_err(|error| {
            PyRuntimeError::new_err(format!("compiled code can't be loaded: {error}"))
        })?;
        let entry = code.entry(&compiled.entry).ok_or_else(|| {
            PyRuntimeError::new_err("compiled code has no entry; this is a bug in cumbia")
        })?;
        let load_time = start.elapsed();
        Ok(Specialization { entry, boxer, guards, compiled, load_time, _code: code })
    }

    /// Runs the code; null with an exception set if it raised.
    ///
    /// # Safety
    ///
    /// `slots` are those of arguments of this specialization's types, sealed, and
    /// the objects they came from are alive; the thread holds the GIL. `func` gives
    /// the Python function, for a traceback.
    #[inline]
    pub unsafe fn run<'py>(
        &self,
        slots: &[u64],
        func: impl FnOnce(Python<'py>) -> Option<Bound<'py, PyAny>>,
    ) -> *mut PyObject {
        let mut few = [0; FEW_RESULTS];
        let mut many = Vec::new();
        let results: &mut [u64] = if self.boxer.slots <= FEW_RESULTS {
            &mut few[..self.boxer.slots]
        } else {
            many.resize(self.boxer.slots, 0);
            &mut many
        };
        let out = results.as_mut_ptr();
        cumbia_runtime::with_context(|context| {
            let cost = self.compiled.cost;
            // SAFETY: the code was compiled for these slots; it gets a context of its
            // own and room for its results, and doesn't touch Python.
            let status = unsafe {
                if cost.draws_python || cost.draws_numpy {
                    interrupts::with_streams(context, &cost, |context| {
                        (self.entry)(context, slots.as_ptr(), out)
                    })
                } else if cost.tiny {
                    (self.entry)(context, slots.as_ptr(), out)
                } else {
                    interrupts::without_gil(context, cost.polls, |context| {
                        (self.entry)(context, slots.as_ptr(), out)
                    })
                }
            };
            if status == STATUS_OK {
                // SAFETY: the kernel of this result type wrote the slots.
                return unsafe { self.boxer.make(results, context) };
            }
            let outcome = Outcome::new(status, context);
            // SAFETY: the thread holds the GIL.
            let py = unsafe { Python::assume_attached() };
            let func = func(py);
            let origins = Origins {
                sites: &self.compiled.artifact.sites,
                functions: &self.compiled.functions,
            };
            Python::attach(|attached| {
                tracebacks::set(attached, &outcome, context, &origins, func.as_ref());
                drop(func);
            });
            ptr::null_mut()
        })
    }
}
