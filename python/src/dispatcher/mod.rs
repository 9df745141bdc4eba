//! The dispatcher: a compiled function as Python sees it.
//!
//! `object.rs` is the Python type, `call.rs` what a call does, `quick.rs` what most do, `bind.rs` keywords
//! and defaults, `specialize.rs` which code serves which arguments, `explicit.rs`
//! signatures given in advance, `attributes.rs` everything that isn't a call,
//! `managing.rs` compiling again and no more. This file holds the data and who may touch it: threads
//! that are attached to Python. Neither with the GIL nor without it does a call take a lock,
//! unless its types aren't those of the last one.

mod attributes;
pub mod bind;
mod call;
pub mod explicit;
mod given;
mod inspect;
mod lock;
mod managing;
mod object;
mod pins;
mod quick;
pub mod source;
pub mod specialize;

pub use attributes::times;
pub use object::{is_dispatcher, make_type};
pub use specialize::Freshness;

use crate::kernel::Specialization;
use crate::keys::Keys;
use bind::Parameters;
use cumbia_driver::ForC;
use explicit::{Conversion, Explicit};
use lock::CompileLock;
use pins::Pins;
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use quick::Quick;
use rustc_hash::FxHashMap;
use source::Source;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// Most specializations for particular functions as arguments; with one more, all of
/// these go. Else a program that passes a new lambda each time would fill the memory.
const MAX_FOR_OBJECTS: usize = 64;

/// What a list of argument types resolves to.
pub struct Resolution {
    keys: Keys,
    specialization: Arc<Specialization>,
    /// Changes of slots, where an explicit signature asks for other types.
    conversions: Box<[Conversion]>,
    /// For calls that need no more than their kernel.
    quick: Option<Quick>,
}

impl Resolution {
    fn new(
        keys: Keys,
        specialization: Arc<Specialization>,
        conversions: Box<[Conversion]>,
    ) -> Arc<Resolution> {
        let exact = conversions.is_empty();
        let quick = exact.then(|| Quick::new(&keys, &specialization)).flatten();
        Arc::new(Resolution { keys, specialization, conversions, quick })
    }
}

/// A call in progress.
struct Pin<'a>(&'a Dispatcher);

impl Drop for Pin<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.0.pins.leave() && self.0.retiring.load(Ordering::SeqCst) {
            self.0.drop_retired();
        }
    }
}

/// The data of a dispatcher object.
pub struct Dispatcher {
    /// The Python function; taken by the garbage collector when it breaks a cycle.
    func: Mutex<Option<Py<PyAny>>>,
    /// Name, as in `def`.
    pub name: String,
    /// Name with the enclosing classes and functions, as errors show it.
    pub qualname: String,
    /// Text and place.
    pub source: Source,
    /// Parameters and defaults.
    pub parameters: Parameters,
    pub options: Py<PyDict>,
    /// Signatures given in advance; if there are any, no others are accepted.
    explicit: Vec<Explicit>,
    /// The texts of these, for pickling.
    signature_texts: Vec<String>,
    /// The resolution used last: the table holds it too.
    last: AtomicPtr<Resolution>,
    table: RwLock<FxHashMap<Keys, Arc<Resolution>>>,
    /// Taken out of the table while calls were in progress.
    retired: Mutex<Vec<Arc<Resolution>>>,
    /// Calls, and those in progress, on all threads.
    pins: Pins,
    /// Whether `retired` holds anything.
    retiring: AtomicBool,
    compiling: CompileLock,
    /// What it was compiled for when compiling was switched off.
    closed: Mutex<Option<Vec<Keys>>>,
    compiles: AtomicU64,
    /// Specializations whose code was in the cache.
    found: AtomicU64,
    /// Whether C is to call its code, and what it gets then.
    for_c: OnceLock<ForC>,
}

impl Dispatcher {
    /// The data of an object for which [`is_dispatcher`] holds.
    pub fn of<'a>(object: &'a Bound<'_, PyAny>) -> &'a Dispatcher {
        assert!(is_dispatcher(object), "not a dispatcher");
        // SAFETY: the type was checked; the data lives as long as the object.
        unsafe { object::data(object.as_ptr()) }
    }

    /// The Python function, unless the dispatcher is being torn down.
    pub fn function<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let func = self.func.lock().unwrap_or_else(PoisonError::into_inner);
        func.as_ref().map(|f| f.bind(py).clone())
    }

    /// What the option `cache` says.
    fn caches(&self, py: Python<'_>) -> PyResult<Option<bool>> {
        match self.options.bind(py).get_item("cache")? {
            Some(value) => value.extract(),
            None => Ok(None),
        }
    }

    /// Whether the function was defined at the top of its module.
    pub fn is_module_level(&self) -> bool {
        self.qualname == self.name
    }

    fn resolutions(&self) -> Vec<Arc<Resolution>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.values().cloned().collect()
    }

    /// What was used last.
    ///
    /// # Safety
    ///
    /// The call in which it is used is pinned.
    #[inline]
    unsafe fn last(&self) -> Option<&Resolution> {
        // SAFETY: the table holds what `last` points to, since both are changed under the
        // table's lock; what leaves the table while it may be in use is kept until the last
        // pin is gone.
        unsafe { self.last.load(Ordering::SeqCst).as_ref() }
    }

    /// Makes a resolution the first to be tried, if it is still in the table.
    fn remember(&self, resolution: &Arc<Resolution>) {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        if table.get(&resolution.keys).is_some_and(|kept| Arc::ptr_eq(kept, resolution)) {
            self.last.store(Arc::as_ptr(resolution).cast_mut(), Ordering::SeqCst);
        }
    }

    fn insert(&self, resolution: Arc<Resolution>) {
        let keys = resolution.keys.clone();
        let mut old = Vec::new();
        {
            let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
            let particular = |r: &Resolution| r.specialization.guards.holds_objects();
            if particular(&resolution)
                && table.values().filter(|r| particular(r)).count() >= MAX_FOR_OBJECTS
            {
                table.retain(|_, kept| {
                    let keep = !particular(kept);
                    if !keep {
                        old.push(kept.clone());
                    }
                    keep
                });
            }
            self.last.store(Arc::as_ptr(&resolution).cast_mut(), Ordering::SeqCst);
            old.extend(table.insert(keys, resolution));
        }
        self.retire(old);
    }

    /// Drops resolutions, now or when no call is in progress.
    fn retire(&self, old: Vec<Arc<Resolution>>) {
        if old.is_empty() {
            return;
        }
        if self.pins.none() {
            // Outside of the locks: that may run Python code.
            drop(old);
        } else {
            self.retired.lock().unwrap_or_else(PoisonError::into_inner).extend(old);
            self.retiring.store(true, Ordering::SeqCst);
        }
    }

    /// Keeps what the table holds now alive until the pin is dropped.
    #[inline]
    fn pin(&self) -> Pin<'_> {
        self.pins.enter();
        Pin(self)
    }

    #[cold]
    fn drop_retired(&self) {
        let old = {
            let mut retired = self.retired.lock().unwrap_or_else(PoisonError::into_inner);
            // What is there was taken out of the table before.
            if !self.pins.none() {
                return;
            }
            self.retiring.store(false, Ordering::SeqCst);
            std::mem::take(&mut *retired)
        };
        Python::attach(|_| drop(old));
    }

    /// Takes everything that leads to a specialization out of the table.
    fn forget(&self, specialization: &Arc<Specialization>) {
        let mut old = Vec::new();
        {
            let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
            self.last.store(ptr::null_mut(), Ordering::SeqCst);
            table.retain(|_, resolution| {
                let keep = !Arc::ptr_eq(&resolution.specialization, specialization);
                if !keep {
                    old.push(resolution.clone());
                }
                keep
            });
        }
        self.retire(old);
    }

    /// Visits what the dispatcher refers to, each reference once. What another
    /// thread's work in progress has locked is left out, and so kept alive.
    ///
    /// # Safety
    ///
    /// Called from `tp_traverse` with its arguments.
    unsafe fn traverse(&self, visit: &mut dyn FnMut(*mut PyObject) -> i32) -> i32 {
        let mut stop = visit(self.options.as_ptr());
        if let Ok(func) = self.func.try_lock()
            && let Some(func) = &*func
            && stop == 0
        {
            stop = visit(func.as_ptr());
        }
        for default in self.parameters.all.iter().filter_map(|p| p.default.as_ref()) {
            if stop == 0 {
                stop = visit(default.as_ptr());
            }
        }
        let mut seen: Vec<*const Specialization> = Vec::new();
        let mut specialization = |found: &Arc<Specialization>, stop: &mut i32| {
            if *stop == 0 && !seen.contains(&Arc::as_ptr(found)) {
                seen.push(Arc::as_ptr(found));
                // SAFETY: as the caller's.
                *stop = unsafe { found.guards.traverse(visit) };
            }
        };
        if let Ok(table) = self.table.try_read() {
            table.values().for_each(|r| specialization(&r.specialization, &mut stop));
        }
        for explicit in &self.explicit {
            if let Ok(kept) = explicit.specialization.try_lock()
                && let Some(kept) = &*kept
            {
                specialization(kept, &mut stop);
            }
        }
        stop
    }

    /// Gives up all references, so that the collector can free a cycle.
    fn clear(&self) {
        let func = self.func.lock().unwrap_or_else(PoisonError::into_inner).take();
        let table = {
            let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
            self.last.store(ptr::null_mut(), Ordering::SeqCst);
            std::mem::take(&mut *table)
        };
        let kept =
            |e: &Explicit| e.specialization.lock().unwrap_or_else(PoisonError::into_inner).take();
        let explicit: Vec<_> = self.explicit.iter().map(kept).collect();
        drop((func, table, explicit));
    }
}
