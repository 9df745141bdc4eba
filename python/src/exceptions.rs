//! Exceptions of compiled code as Python objects: classes, arguments, and what one
//! exception has to do with another.
//!
//! An exception that compiled code never caught is made from its site alone. One that was
//! caught and raised again, or raised while another was handled, is a record with links
//! (`runtime/core/src/exceptions.rs`): each record becomes one object with its own
//! traceback. Here are also the hooks for exceptions that Python itself has set, such as
//! an interrupt, when compiled code catches them.

use crate::boxing::{self, Boxes};
use crate::interrupts::with_gil;
use crate::kernel::Specialization;
use crate::tracebacks::{Origins, traceback};
use cumbia_abi::exceptions::{
    ExceptionText, FIRST_USER_CLASS, MISSING_ATTRIBUTE, MISSING_NAME, class_number,
    number_of_spelling,
};
use cumbia_abi::parallel::race;
use cumbia_abi::{
    AbiType, Context, ExceptionClass, FrameObject, Layout, ObjectKind, Owner, Raised, SiteKind,
};
use cumbia_frontend::types::Ty;
use cumbia_runtime::{
    Exception, ExceptionHooks, Origin, RaiseArgument, exception_of, raise_arguments,
};
use pyo3::exceptions::{PyMemoryError, PyRuntimeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple, PyType};
use std::collections::HashMap;

/// Installs the hooks: once, when the module is imported.
pub fn install() {
    cumbia_runtime::set_exception_hooks(ExceptionHooks {
        fetch,
        drop: drop_object,
        text,
        arguments,
        ignored,
    });
}

/// MemoryError of a runtime function.
pub fn memory_error() -> PyErr {
    PyMemoryError::new_err("compiled code could not allocate an array")
}

/// The exception of a raising site.
pub fn of_site(
    py: Python<'_>,
    site: u32,
    args: &[u64],
    origins: &Origins<'_>,
    context: &mut Context,
) -> PyErr {
    let Some(site) = origins.sites.get(site as usize) else {
        return PyRuntimeError::new_err(
            "compiled code raised at an unknown place; this is a bug in cumbia",
        );
    };
    let SiteKind::Raise { class: spelling, .. } = &site.kind else {
        return PyRuntimeError::new_err("compiled code raised at a call; this is a bug in cumbia");
    };
    let mut made = || -> PyResult<PyErr> {
        let class = class_object(py, spelling, origins)?;
        let args: PyResult<Vec<_>> =
            raise_arguments(site, args).into_iter().map(|a| argument(py, a, context)).collect();
        let value = class.call1(PyTuple::new(py, args?)?)?;
        if matches!(spelling.as_str(), MISSING_NAME | MISSING_ATTRIBUTE) {
            let text = value.str()?.to_string();
            let quoted: Vec<&str> = text.split('\'').skip(1).step_by(2).collect();
            let name = match spelling.as_str() {
                MISSING_NAME => quoted.first(),
                _ => quoted.last(),
            };
            value.setattr("name", name)?;
        }
        Ok(PyErr::from_value(value))
    };
    made().unwrap_or_else(|error| error)
}

/// The exception of a runtime function.
pub fn of_raised(py: Python<'_>, raised: &Raised, context: &mut Context) -> PyErr {
    let mut made = || -> PyResult<PyErr> {
        let class = ExceptionClass::from_number(raised.class).unwrap_or(ExceptionClass::Exception);
        let (module, name) = class.name().rsplit_once('.').unwrap_or(("builtins", class.name()));
        let class = py.import(module)?.getattr(name)?;
        let value = match message_of(raised) {
            _ if !raised.key_layout.is_null() => {
                // SAFETY: the runtime or a record keeps the key's slots, and the layout is
                // the kernel's.
                let key = unsafe {
                    let mut code = Layout::code(raised.key_layout);
                    let slots = (*raised.key_layout).slots as usize;
                    let mut slots = std::slice::from_raw_parts(raised.key, slots);
                    let made = boxing::from_code(&mut code, &mut slots, context);
                    Bound::<PyAny>::from_owned_ptr_or_err(py, made)?
                };
                class.call1((key,))?
            }
            // The report of a race has parts.
            Some(text) if text.contains(race::APART) => {
                let parts: Vec<&str> = text.split(race::APART).collect();
                class.call1(PyTuple::new(py, parts)?)?
            }
            Some(text) => class.call1((text,))?,
            None => class.call0()?,
        };
        Ok(PyErr::from_value(value))
    };
    made().unwrap_or_else(|error| error)
}

fn message_of(raised: &Raised) -> Option<String> {
    (!raised.message.is_null()).then(|| {
        // SAFETY: the runtime's text of this length, as long as it is not cleared.
        let text = unsafe { std::slice::from_raw_parts(raised.message, raised.message_length) };
        String::from_utf8_lossy(text).into_owned()
    })
}

fn class_object<'py>(
    py: Python<'py>,
    spelling: &str,
    origins: &Origins<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let number = number_of_spelling(spelling);
    if let Some(at) = number.checked_sub(FIRST_USER_CLASS) {
        return match origins.exceptions.get(at as usize) {
            Some(class) => Ok(class.bind(py).clone()),
            None => {
                Err(PyRuntimeError::new_err("unknown exception class; this is a bug in cumbia"))
            }
        };
    }
    // A name with dots is that of a class of a module: `numpy.exceptions.AxisError`.
    let (module, name) = spelling.rsplit_once('.').unwrap_or(("builtins", spelling));
    py.import(module)?.getattr(name)
}

fn argument<'py>(
    py: Python<'py>,
    argument: RaiseArgument,
    context: &mut Context,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match argument {
        RaiseArgument::Text(text) => text.into_pyobject(py)?.into_any(),
        RaiseArgument::Slot(AbiType::I64, slot) => (slot as i64).into_pyobject(py)?.into_any(),
        RaiseArgument::Slot(AbiType::F64, slot) => {
            f64::from_bits(slot).into_pyobject(py)?.into_any()
        }
        RaiseArgument::Slot(AbiType::F32, slot) => {
            f32::from_bits(slot as u32).into_pyobject(py)?.into_any()
        }
        RaiseArgument::Slot(AbiType::Bool, slot) => {
            (slot & 1 == 1).into_pyobject(py)?.to_owned().into_any()
        }
        // Only strings and frames pass by address (`lower/exceptions.rs`).
        // SAFETY: the exception holds a reference to the object, and a frame's slots are
        // of its layout.
        RaiseArgument::Slot(AbiType::Ptr, slot) => unsafe {
            let object: *const Owner = std::ptr::with_exposed_provenance(slot as usize);
            let made = match (*object).kind {
                ObjectKind::Frame => {
                    let layout = (*object.cast::<FrameObject>()).layout;
                    let slots = (*layout).slots as usize;
                    let mut slots = std::slice::from_raw_parts((*object).data.cast(), slots);
                    boxing::from_code(&mut Layout::code(layout), &mut slots, context)
                }
                _ => Boxes::new(context).make(&Ty::Str, &[slot]),
            };
            Bound::from_owned_ptr_or_err(py, made)?
        },
    })
}

/// Sets the exception of a record, with all those that it refers to.
///
/// # Safety
///
/// `record` and the records it leads to are live, and compiled code has returned.
pub unsafe fn restore_chain(
    py: Python<'_>,
    record: *mut Owner,
    context: &mut Context,
    origins: &Origins<'_>,
    func: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let mut objects: HashMap<*mut Owner, Bound<'_, PyAny>> = HashMap::new();
    let mut found = vec![record];
    let mut next = 0;
    while let Some(&at) = found.get(next) {
        next += 1;
        if objects.contains_key(&at) {
            continue;
        }
        // SAFETY: by the contract.
        let exception = unsafe { exception_of(at) };
        let mut sites = exception.trace.clone();
        if at == record {
            sites.extend_from_slice(context.call_sites());
        }
        let object = object(py, exception, origins, context);
        let inner = object.getattr("__traceback__")?;
        let inner = Some(inner).filter(|tb| !tb.is_none());
        let trace = traceback(py, &sites, inner, origins, func)?;
        object.setattr("__traceback__", trace)?;
        for note in &exception.notes {
            let bytes: Vec<u8> = note.iter().flat_map(|point| point.to_le_bytes()).collect();
            let bytes = PyBytes::new(py, &bytes);
            let text = bytes.call_method1("decode", ("utf-32-le", "surrogatepass"))?;
            object.call_method1("add_note", (text,))?;
        }
        objects.insert(at, object);
        found.extend([exception.cause, exception.context].into_iter().filter(|o| !o.is_null()));
    }
    for (&at, object) in &objects {
        // SAFETY: by the contract.
        let exception = unsafe { exception_of(at) };
        if let Some(around) = objects.get(&exception.context) {
            object.setattr("__context__", around)?;
        }
        if let Some(cause) = objects.get(&exception.cause) {
            object.setattr("__cause__", cause)?;
        }
        if exception.suppress_context {
            object.setattr("__suppress_context__", true)?;
        }
    }
    // The first of them was raised while Python handled whatever it handles now.
    let mut first = record;
    loop {
        // SAFETY: by the contract.
        let around = unsafe { exception_of(first) }.context;
        if around.is_null() {
            break;
        }
        first = around;
    }
    let handled = py.import("sys")?.getattr("exc_info")?.call0()?.get_item(1)?;
    let first = &objects[&first];
    if !handled.is_none() && !handled.is(first) && first.getattr("__context__")?.is_none() {
        first.setattr("__context__", handled)?;
    }
    let value = objects[&record].clone();
    let class = value.get_type().into_any();
    let trace = value.getattr("__traceback__")?;
    // SAFETY: class, instance and traceback, or none, of one exception; the references
    // are given away. This call, unlike others, leaves `__context__` as it is.
    #[allow(deprecated)]
    unsafe {
        let trace = if trace.is_none() { std::ptr::null_mut() } else { trace.into_ptr() };
        ffi::PyErr_Restore(class.into_ptr(), value.into_ptr(), trace);
    }
    Ok(())
}

fn object<'py>(
    py: Python<'py>,
    exception: &Exception,
    origins: &Origins<'_>,
    context: &mut Context,
) -> Bound<'py, PyAny> {
    let error = match exception.origin {
        Origin::Site(site, args) => of_site(py, site, &args, origins, context),
        Origin::Memory => memory_error(),
        Origin::Runtime(raised) => of_raised(py, &raised, context),
        // SAFETY: the record holds a reference to the object.
        Origin::Python(object) => unsafe {
            return Bound::from_borrowed_ptr(py, object.cast());
        },
    };
    error.into_value(py).into_bound(py).into_any()
}

/// A text of an exception. Kernels run without the GIL.
fn text(context: &mut Context, exception: &Exception, which: ExceptionText) -> Option<Vec<u32>> {
    asked(context, exception, |object| {
        let text = match which {
            ExceptionText::Str => object.str()?.into_any(),
            ExceptionText::Repr => object.repr()?.into_any(),
            ExceptionText::Name => object.get_type().getattr("__name__")?,
            ExceptionText::Qualname => object.get_type().getattr("__qualname__")?,
            ExceptionText::Args => object.getattr("args")?.repr()?.into_any(),
        };
        let bytes = text.call_method1("encode", ("utf-32-le", "surrogatepass"))?;
        let bytes: &[u8] = bytes.cast::<PyBytes>()?.as_bytes();
        let points = bytes.chunks_exact(4);
        Ok(points.map(|c| u32::from_le_bytes(c.try_into().expect("four bytes"))).collect())
    })
}

/// The number of an exception's arguments.
fn arguments(context: &mut Context, exception: &Exception) -> i64 {
    let count = asked(context, exception, |object| {
        // `args` of BaseException always is a tuple.
        Ok(object.getattr("args").and_then(|args| args.len()).unwrap_or(0))
    });
    count.unwrap_or(0) as i64
}

/// Asks an exception's object; without an answer an exception is set.
fn asked<R>(
    context: &mut Context,
    exception: &Exception,
    ask: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<R>,
) -> Option<R> {
    if context.kernel.is_null() {
        return None;
    }
    // SAFETY: `Specialization::prepare` set it, and it lives as long as its code runs.
    let kernel = unsafe { &*context.kernel.cast::<Specialization>() };
    with_gil(|py| {
        let object = object(py, exception, &kernel.origins(context), context);
        ask(&object).map_err(|error| error.restore(py)).ok()
    })
}

/// Reports an exception that closing a dropped generator has raised.
fn ignored(context: &mut Context, record: *mut Owner) {
    if context.kernel.is_null() {
        return;
    }
    // SAFETY: see `text`.
    let kernel = unsafe { &*context.kernel.cast::<Specialization>() };
    with_gil(|py| {
        let before = PyErr::take(py);
        let origins = kernel.origins(context);
        // SAFETY: the record is live while its code runs; its own trace is complete.
        let made = unsafe { restore_chain(py, record, context, &origins, None) };
        let error = match made {
            Ok(()) => PyErr::take(py),
            Err(error) => Some(error),
        };
        if let Some(error) = error {
            error.write_unraisable(py, None);
        }
        if let Some(before) = before {
            before.restore(py);
        }
    });
}

/// The number that code of a specialization knows an exception's class by, and whether
/// that is the very class.
pub fn class_known_to(kernel: &Specialization, class: &Bound<'_, PyType>) -> (u32, bool) {
    let py = class.py();
    let known = |base: &Bound<'_, PyAny>| {
        let at = kernel.user_exceptions().iter().position(|c| c.bind(py).is(base))?;
        Some((FIRST_USER_CLASS + at as u32, base.is(class)))
    };
    let found = class.mro().iter().find_map(|base| known(&base));
    found.or_else(|| class_of(class)).unwrap_or((0, false))
}

/// Takes the exception that is set on this thread. Kernels run without the GIL.
fn fetch() -> (*mut u8, u32, bool) {
    // SAFETY: pairs with the release below; the thread state is this thread's own, also
    // while its kernel has let go of the GIL.
    let state = unsafe { ffi::PyGILState_Ensure() };
    // SAFETY: the GIL is held.
    let py = unsafe { Python::assume_attached() };
    let error = PyErr::take(py).unwrap_or_else(|| PyRuntimeError::new_err("no exception is set"));
    let (class, exact) = class_of(&error.get_type(py)).unwrap_or((0, false));
    let object = error.into_value(py).into_ptr();
    // SAFETY: as above.
    unsafe { ffi::PyGILState_Release(state) };
    (object.cast(), class, exact)
}

/// The number of the nearest class that compiled code knows, and whether it is this one.
fn class_of(class: &Bound<'_, PyType>) -> Option<(u32, bool)> {
    class.mro().iter().find_map(|base| {
        let name: String = base.getattr("__name__").ok()?.extract().ok()?;
        Some((class_number(&name)?, base.is(class)))
    })
}

fn drop_object(object: *mut u8) {
    // SAFETY: see `fetch`; the reference is one that `fetch` gave.
    unsafe {
        let state = ffi::PyGILState_Ensure();
        ffi::Py_DECREF(object.cast());
        ffi::PyGILState_Release(state);
    }
}
