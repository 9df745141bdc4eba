//! A session of results: arguments that compiled code has changed, and objects that several
//! of them share.

use super::{Reader, plan};
use crate::functions::MadeOf;
use crate::ledger::Ledger;
use crate::numpy_api;
use cumbia_abi::{Context, Owner};
use cumbia_frontend::types::Ty;
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::ptr;

/// Results and arguments of one call as Python objects: what is one object in compiled
/// code is one object in Python.
pub struct Boxes<'a> {
    pub(super) reader: Reader<'a>,
    /// Of functions that containers get.
    made_of: MadeOf<'a>,
}

impl<'a> Boxes<'a> {
    /// A session for a call's context.
    pub fn new(context: &'a mut Context) -> Boxes<'a> {
        Boxes {
            reader: Reader {
                slots: &[],
                at: 0,
                context,
                owners: None,
                numpy: numpy_api::loaded(),
                bases: SmallVec::new(),
                made: FxHashMap::default(),
                memo: ptr::null_mut(),
                ledger: None,
            },
            made_of: MadeOf::nothing(),
        }
    }

    /// With what functions are made of.
    pub fn of(mut self, made_of: MadeOf<'a>) -> Boxes<'a> {
        self.made_of = made_of;
        self
    }

    /// A session for a generator that goes on: what both have, they share, and the ledger
    /// knows.
    pub fn shared(context: &'a mut Context, ledger: &'a mut Ledger) -> Boxes<'a> {
        let mut boxes = Boxes::new(context);
        boxes.reader.ledger = Some(ledger);
        boxes
    }

    /// Enters a container that this session has made into the ledger; its Python object.
    ///
    /// # Safety
    ///
    /// A live object of the session's context, and the GIL.
    pub unsafe fn share(&mut self, native: *mut Owner) -> Option<*mut PyObject> {
        let object = *self.reader.made.get(&native)?;
        // SAFETY: by the contract; the session holds the Python object.
        unsafe { self.reader.ledger.as_mut()?.add(native, object) };
        Some(object)
    }

    /// The object of a value in slots; null with an exception set if it can't be made.
    ///
    /// # Safety
    ///
    /// The slots hold a value of the type, of this call, and the GIL is held.
    pub unsafe fn make(&mut self, ty: &Ty, slots: &[u64]) -> *mut PyObject {
        let plan = Python::attach(|py| {
            plan(py, ty, &self.made_of, &mut 0, &mut Vec::new()).map_err(|error| error.restore(py))
        });
        match plan {
            // SAFETY: passed on.
            Ok(plan) => unsafe { self.reader.make_from(&plan, slots) },
            Err(()) => ptr::null_mut(),
        }
    }
}
