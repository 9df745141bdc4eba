//! Compiled functions that C calls: `cfunc`.
//!
//! What the types mean, and the function's text with the conversions between C's numbers and
//! Python's, is in `cumbia/_cfunc.py`. It is compiled with a function of C's convention beside
//! it (`frontend/src/lower/for_c.rs`), of both tiers; C knows the address of a jump to the
//! present one (`loader/src/stub.rs`). What the function can't do by itself, signals and
//! exceptions, is here.
//!
//! The thread may be any, with or without the GIL, also one that Python doesn't know. The GIL
//! is taken for an exception, which can't go on into C: it is given to `sys.unraisablehook`,
//! and C gets 0.
//!
//! Code that needs Python itself (global arrays, random streams, generators, the interpreter of
//! the IR) is entered as from Python, with the GIL: a frame lays the arguments out in slots
//! (`backend-cranelift/src/callbacks.rs`) and comes here.
//!
//! Nobody can know when C forgets an address, so what is made here stays for the rest of the
//! process. Guards aren't looked at for each call, which would take the GIL: code goes on with
//! what globals were when it was compiled.

use crate::dispatcher::{self, Dispatcher};
use crate::errors;
use crate::interrupts;
use crate::kernel::Specialization;
use crate::keys::{self, Keys};
use cumbia_abi::{Context, IMMORTAL, ObjectKind, Owner, STATUS_PYTHON};
use cumbia_driver::{CALLBACK, CFunction, CParam, ForC};
use cumbia_frontend::types::{DType, Layout};
use cumbia_loader::{LoadedModule, Stub};
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use std::ptr;
use std::sync::Arc;

/// What one function is made of; never freed.
struct Callback {
    specialization: Arc<Specialization>,
    /// The dispatcher of the function that C sees.
    dispatcher: Py<PyAny>,
    /// What the user has decorated, for reports.
    shown: Py<PyAny>,
    /// Of all that pointers point to.
    owner: Owner,
    slots: usize,
}

/// Makes a function that C can call of a dispatcher, and gives its address. A type is the name
/// of a dtype, with `*` in front for a pointer
/// (`*void` for one to anything); the dispatcher's last parameter is an array of
/// one element for the result, if there is one.
#[pyfunction]
pub fn _callback(
    dispatcher: &Bound<'_, PyAny>,
    shown: &Bound<'_, PyAny>,
    params: Vec<String>,
    result: Option<String>,
) -> PyResult<usize> {
    crate::free_threading::take_gil(dispatcher.py(), "functions that C calls")?;
    if !dispatcher::is_dispatcher(dispatcher) {
        return Err(PyTypeError::new_err("_callback() takes a jitted function"));
    }
    let unknown = |name: &str| PyTypeError::new_err(format!("C has no type {name}"));
    let dtype_of = |name: &str| {
        let found = DType::from_name(name).filter(|dtype| !dtype.is_complex());
        found.ok_or_else(|| unknown(name))
    };
    let mut words = Keys::new();
    let mut given = Vec::new();
    for name in &params {
        match name.strip_prefix('*') {
            Some(item) => {
                let item = if item == "void" { DType::U8.name() } else { item };
                let dtype = DType::from_name(item).ok_or_else(|| unknown(item))?;
                words.push(keys::array(dtype, 1, Layout::C, false));
                given.push(CParam::Pointer(dtype.itemsize()));
            }
            None => {
                let dtype = dtype_of(name)?;
                words.push(keys::num(dtype));
                given.push(CParam::Number(dtype.ir_type()));
            }
        }
    }
    let mut gives = None;
    if let Some(name) = &result {
        let dtype = dtype_of(name)?;
        words.push(keys::array(dtype, 1, Layout::C, false));
        gives = Some((dtype.ir_type(), dtype.is_signed()));
    }
    let slots = given.iter().map(|param| if matches!(param, CParam::Number(_)) { 1 } else { 4 });
    let slots = slots.sum::<usize>() + 4 * usize::from(gives.is_some());
    let function = Dispatcher::of(dispatcher);
    function.compile_for_c(if gives.is_some() { ForC::Element } else { ForC::Nothing });
    let chosen = function.choose(dispatcher, &words, &[])?;
    let callback = Box::leak(Box::new(Callback {
        specialization: chosen.specialization,
        dispatcher: dispatcher.clone().unbind(),
        shown: shown.clone().unbind(),
        owner: Owner {
            refcount: IMMORTAL,
            data: ptr::null_mut(),
            size: 0,
            previous: ptr::null_mut(),
            next: ptr::null_mut(),
            object: ptr::null_mut(),
            kind: ObjectKind::Memory,
            class: 0,
        },
        slots,
    }));
    let callback: &'static mut Callback = callback;
    let bug = |text: String| PyRuntimeError::new_err(format!("{text}; this is a bug in cumbia"));
    if !callback.specialization.needs_python() {
        let callback: &'static Callback = callback;
        let kernel = Arc::as_ptr(&callback.specialization).cast();
        let record = ptr::from_ref(callback).cast();
        let Some(cell) = callback.specialization.tiers.for_c(kernel, record) else {
            return Err(bug("a lost function for C".to_owned()));
        };
        let stub = Stub::new(cell).map_err(|error| bug(error.to_string()))?;
        let address = stub.address();
        std::mem::forget(stub);
        return Ok(address);
    }
    let function = CFunction {
        params: given,
        result: gives,
        owner: (&raw mut callback.owner).expose_provenance(),
        data: ptr::from_mut(callback).expose_provenance(),
        target: called as *const () as usize,
    };
    let object = cumbia_driver::callback(&function).map_err(bug)?;
    let module = LoadedModule::load(&object).map_err(|error| bug(error.to_string()))?;
    let address = module.function(CALLBACK).ok_or_else(|| bug("a lost function".to_owned()))?;
    std::mem::forget(module);
    Ok(address.expose_provenance())
}

/// Makes the process ready: once, when the module is imported.
pub fn install() {
    cumbia_runtime::set_failed_hook(failed);
}

/// A call by C has ended with this status; whether there is a result after all.
fn failed(context: &mut Context, status: i32) -> bool {
    errors::no_panics(false, || {
        // SAFETY: `Tiers::for_c` has put the address of a callback there, which is never freed.
        let callback = unsafe { &*context.callback.cast::<Callback>() };
        // SAFETY: the code of the context is this specialization's, whose result is None.
        match unsafe { callback.specialization.go_on_for_c(context, status) } {
            Ok(()) => true,
            Err(status) => {
                callback.raised(context, status);
                false
            }
        }
    })
}

/// What the frames call.
unsafe extern "C" fn called(callback: *const Callback, slots: *const u64) {
    errors::no_panics((), || {
        // SAFETY: the address of a callback, which is never freed, and as many slots as its
        // parameters have: both are constants in the code that calls.
        unsafe {
            let slots = std::slice::from_raw_parts(slots, (*callback).slots);
            interrupts::with_gil(|py| (*callback).run_with_python(py, slots));
        }
    });
}

impl Callback {
    /// The exception of a call is told to who wants to know.
    fn raised(&self, context: &mut Context, status: i32) {
        interrupts::with_gil(|py| {
            // A signal handler's exception is set already; another one that was set before the
            // call waits.
            let before = if status == STATUS_PYTHON { None } else { PyErr::take(py) };
            let function = Dispatcher::of(self.dispatcher.bind(py)).function(py);
            self.specialization.set_exception(status, context, function);
            self.report(py);
            if let Some(before) = before {
                before.restore(py);
            }
        });
    }

    /// # Safety
    ///
    /// There are `self.slots` slots, of the code's types. What pointers point to is the
    /// caller's promise, as in C.
    unsafe fn run_with_python(&self, py: Python<'_>, slots: &[u64]) {
        let before = PyErr::take(py);
        // SAFETY: passed on; the thread holds the GIL.
        unsafe {
            if self.specialization.guards.objects.is_empty() || self.specialization.guards.hold() {
                let function = |py| Dispatcher::of(self.dispatcher.bind(py)).function(py);
                let result = self.specialization.run(slots, function);
                ffi::Py_XDECREF(result);
            } else {
                PyRuntimeError::new_err(
                    "a global that the function reads has changed since cfunc() compiled it",
                )
                .restore(py);
            }
        }
        self.report(py);
        if let Some(before) = before {
            before.restore(py);
        }
    }

    /// Hands a pending exception to `sys.unraisablehook`. An interrupt comes again when C has
    /// returned to Python.
    fn report(&self, py: Python<'_>) {
        match PyErr::take(py) {
            None => {}
            Some(error) if error.is_instance_of::<PyKeyboardInterrupt>(py) => {
                // SAFETY: has no preconditions.
                unsafe { ffi::PyErr_SetInterrupt() };
            }
            Some(error) => error.write_unraisable(py, Some(self.shown.bind(py))),
        }
    }
}
