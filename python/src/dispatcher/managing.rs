//! What a dispatcher is compiled for, taken in hand: the list of it, all of it anew, and no
//! more of it. Not here: compiling (`specialize.rs`), looking into the code (`inspect.rs`).

use super::attributes::{specializations, with};
use super::given::given;
use super::specialize::Freshness;
use super::{Dispatcher, Resolution};
use crate::keys::{self, Keys};
use crate::names::name;
use cumbia_driver::Stage;
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::PoisonError;

/// What there is of each signature: its tier, and the seconds of each stage of compiling.
pub fn overloads(object: &Bound<'_, PyAny>, data: &Dispatcher) -> PyResult<Py<PyAny>> {
    let py = object.py();
    let all = PyDict::new(py);
    for (spelled, specialization) in specializations(data) {
        let times = PyDict::new(py);
        for stage in Stage::ALL {
            times
                .set_item(stage.name(), specialization.compiled.timings.get(stage).as_secs_f64())?;
        }
        times.set_item("load", specialization.load_time.as_secs_f64())?;
        let facts = PyDict::new(py);
        facts.set_item("tier", specialization.tiers.name())?;
        facts.set_item("times", times)?;
        all.set_item(spelled, facts)?;
    }
    let found = py.import(name!(py, "cumbia._overloads"))?.getattr(name!(py, "Overloads"))?;
    Ok(found.call1((all,))?.unbind())
}

/// `recompile()`.
pub unsafe extern "C" fn recompile(object: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        data.compile_anew(object)?;
        Ok(object.py().None())
    };
    // SAFETY: called by Python as a method.
    unsafe { with(object, run) }
}

/// `disable_compile(flag)`.
pub unsafe extern "C" fn disable_compile(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        let py = object.py();
        // SAFETY: Python passes what lives until the call returns.
        let [flag] = unsafe { given(py, args, kwargs, "disable_compile", ["flag"])? };
        let closes = flag.map_or(Ok(true), |flag| flag.is_truthy())?;
        let known = || data.resolutions().iter().map(|r| r.keys.clone()).collect();
        *data.closed.lock().unwrap_or_else(PoisonError::into_inner) = closes.then(known);
        Ok(py.None())
    };
    // SAFETY: called by Python as a method.
    unsafe { with(object, run) }
}

impl Dispatcher {
    /// Whether code for other types than before may be made; what was made before is made
    /// again where the program has changed.
    pub fn may_compile(&self, words: &[u32]) -> bool {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.as_ref().is_none_or(|known| known.iter().any(|keys| keys::equal(keys, words)))
    }

    /// Everything that it is compiled for, compiled again, whatever the cache has; the old code goes when no call
    /// is in it any more. Where that fails the old code is there still.
    fn compile_anew(&self, object: &Bound<'_, PyAny>) -> PyResult<()> {
        let old = self.resolutions();
        if !self.explicit.is_empty() {
            for explicit in &self.explicit {
                let kept =
                    || explicit.specialization.lock().unwrap_or_else(PoisonError::into_inner);
                let before = kept().take();
                if let Err(error) = self.compiled_signature(object, explicit, Freshness::Anew) {
                    *kept() = before;
                    return Err(error);
                }
            }
            // Calls find the new code by the signatures.
            old.iter().for_each(|resolution| self.forget(&resolution.specialization));
            return Ok(());
        }
        let made: Vec<(Keys, _)> = old
            .iter()
            .map(|resolution| {
                let types = keys::types(&resolution.keys);
                Ok((resolution.keys.clone(), self.compile(object, &types, Freshness::Anew)?))
            })
            .collect::<PyResult<_>>()?;
        for (keys, specialization) in made {
            self.insert(Resolution::new(keys, specialization, Box::default()));
        }
        Ok(())
    }
}
