//! The Python type `Dispatcher`: a heap type with vectorcall.
//!
//! Made through the C API because PyO3's classes have no vectorcall, which costs a
//! tuple per call. The limited API of 3.11 has no name for the slot, but
//! `PyType_FromSpec` has read the member `__vectorcalloffset__` since 3.9 and the
//! type flag's bit is fixed by the stable ABI of 3.12, so both are given by value
//! (`docs/decisions/0005-dispatch-abi3.md`). Assumes builds with the GIL.

use super::Dispatcher;
use super::attributes;
use super::bind::Parameters;
use super::call;
use super::explicit::Explicit;
use super::source::{Source, declared, relaxed};
use super::specialize::Freshness;
use crate::errors;
use pyo3::exceptions::PyTypeError;
use pyo3::ffi::{self, PyObject, PyTypeObject};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::ffi::{c_int, c_uint, c_void};
use std::mem::offset_of;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, Ordering};

/// `Py_TPFLAGS_HAVE_VECTORCALL`
const HAVE_VECTORCALL: c_uint = 1 << 11;
/// `Py_TPFLAGS_METHOD_DESCRIPTOR`: `object.f(x)` may call `f(object, x)` directly.
const METHOD_DESCRIPTOR: c_uint = 1 << 17;

/// The object in memory.
#[repr(C)]
struct Object {
    head: PyObject,
    vectorcall: ffi::vectorcallfunc,
    dict: *mut PyObject,
    weakrefs: *mut PyObject,
    data: *mut Dispatcher,
}

static TYPE: AtomicPtr<PyTypeObject> = AtomicPtr::new(ptr::null_mut());

/// Whether an object is a dispatcher. The type can't be derived from.
#[inline]
pub fn is_dispatcher(object: &Bound<'_, PyAny>) -> bool {
    object.get_type_ptr() == TYPE.load(Ordering::Relaxed)
}

/// The data of a dispatcher object.
///
/// # Safety
///
/// `object` is a dispatcher, made by `tp_new`, and outlives the reference.
#[inline]
pub unsafe fn data<'a>(object: *mut PyObject) -> &'a Dispatcher {
    // SAFETY: `tp_new` gives every object its data before anybody sees it.
    unsafe { &*(*object.cast::<Object>()).data }
}

/// Makes the type; once per process.
pub fn make_type(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let offset = |name: &'static std::ffi::CStr, at: usize| ffi::PyMemberDef {
        name: name.as_ptr(),
        type_code: ffi::Py_T_PYSSIZET,
        offset: at as isize,
        flags: ffi::Py_READONLY,
        doc: ptr::null(),
    };
    let members = Box::leak(Box::new([
        offset(c"__vectorcalloffset__", offset_of!(Object, vectorcall)),
        offset(c"__dictoffset__", offset_of!(Object, dict)),
        offset(c"__weaklistoffset__", offset_of!(Object, weakrefs)),
        // SAFETY: an all-zero entry ends the table.
        unsafe { std::mem::zeroed() },
    ]));
    let slot = |slot: c_int, pfunc: *mut c_void| ffi::PyType_Slot { slot, pfunc };
    let mut slots = vec![
        slot(ffi::Py_tp_members, members.as_mut_ptr().cast()),
        slot(ffi::Py_tp_getset, attributes::getset().cast()),
        slot(ffi::Py_tp_methods, attributes::methods().cast()),
        slot(
            ffi::Py_tp_doc,
            c"A compiled function, called as the Python function is.".as_ptr() as *mut c_void,
        ),
        slot(ffi::Py_tp_new, tp_new as *mut c_void),
        slot(ffi::Py_tp_dealloc, tp_dealloc as *mut c_void),
        slot(ffi::Py_tp_traverse, tp_traverse as *mut c_void),
        slot(ffi::Py_tp_clear, tp_clear as *mut c_void),
        slot(ffi::Py_tp_call, call::tp_call as *mut c_void),
        slot(ffi::Py_tp_repr, attributes::tp_repr as *mut c_void),
        slot(ffi::Py_tp_descr_get, attributes::tp_descr_get as *mut c_void),
        slot(0, ptr::null_mut()),
    ];
    let flags = ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_HAVE_GC | ffi::Py_TPFLAGS_IMMUTABLETYPE;
    let mut spec = ffi::PyType_Spec {
        name: c"cumbia._cumbia.Dispatcher".as_ptr(),
        basicsize: size_of::<Object>() as c_int,
        itemsize: 0,
        flags: flags as c_uint | HAVE_VECTORCALL | METHOD_DESCRIPTOR,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the specification is complete; what it points to and the type keeps
    // using (names, members, getters, methods) lives forever.
    let made = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&raw mut spec))? };
    TYPE.store(made.as_ptr().cast(), Ordering::Relaxed);
    std::mem::forget(made.clone());
    Ok(made)
}

unsafe extern "C" fn tp_new(
    class: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    errors::object_or_null(|py| {
        // SAFETY: Python passes a tuple, and a dict or null.
        let (args, kwargs) = unsafe {
            (
                Bound::<PyAny>::from_borrowed_ptr(py, args),
                Bound::<PyAny>::from_borrowed_ptr_or_opt(py, kwargs),
            )
        };
        if kwargs.is_some_and(|k| k.len().unwrap_or(0) > 0) || args.len()? != 4 {
            return Err(PyTypeError::new_err(
                "Dispatcher() takes func, source, options and signatures; use cumbia.jit",
            ));
        }
        let func = args.get_item(0)?;
        let source = args.get_item(1)?.cast_into::<PyTuple>()?;
        let options = args.get_item(2)?.cast_into::<PyDict>()?;
        let signatures: Vec<String> = args.get_item(3)?.extract()?;
        let data = Box::new(dispatcher(&func, &source, options, signatures)?);
        let dict = attributes::wrapper_attributes(&func)?;
        // SAFETY: an object of our type, which isn't subclassed; all fields are set
        // before it is seen. From here on `tp_dealloc` frees the data.
        let object = unsafe {
            let object = ffi::PyType_GenericAlloc(class, 0).cast::<Object>();
            if object.is_null() {
                return Err(PyErr::fetch(py));
            }
            (*object).vectorcall = call::vectorcall;
            (*object).dict = dict.into_ptr();
            (*object).weakrefs = ptr::null_mut();
            (*object).data = Box::into_raw(data);
            Bound::<PyAny>::from_owned_ptr(py, object.cast())
        };
        let data = Dispatcher::of(&object);
        for explicit in &data.explicit {
            data.compiled_signature(&object, explicit, Freshness::Any)?;
        }
        Ok(object.unbind())
    })
}

fn dispatcher(
    func: &Bound<'_, PyAny>,
    source: &Bound<'_, PyTuple>,
    options: Bound<'_, PyDict>,
    signatures: Vec<String>,
) -> PyResult<Dispatcher> {
    let qualname: String = func.getattr("__qualname__")?.extract()?;
    let mut source = Source::new(source)?;
    source.relaxed = relaxed(&options)?;
    source.declared = declared(&options)?;
    let explicit = signatures.iter().map(|text| Explicit::parse(text)).collect::<PyResult<_>>()?;
    Ok(Dispatcher {
        func: Mutex::new(Some(func.clone().unbind())),
        name: func.getattr("__name__")?.extract()?,
        qualname,
        source,
        parameters: Parameters::new(func)?,
        options: options.unbind(),
        explicit,
        signature_texts: signatures,
        last: AtomicPtr::new(ptr::null_mut()),
        table: Default::default(),
        retired: Default::default(),
        pins: Default::default(),
        retiring: Default::default(),
        compiling: Default::default(),
        closed: Default::default(),
        compiles: Default::default(),
        found: Default::default(),
        for_c: Default::default(),
    })
}

unsafe extern "C" fn tp_dealloc(object: *mut PyObject) {
    // SAFETY: Python calls this once, with the last reference gone and the GIL held.
    unsafe {
        ffi::PyObject_GC_UnTrack(object.cast());
        let this = object.cast::<Object>();
        if !(*this).weakrefs.is_null() {
            ffi::PyObject_ClearWeakRefs(object);
        }
        let data = std::mem::replace(&mut (*this).data, ptr::null_mut());
        // At the interpreter's very end there is nothing to attach to: left alone.
        errors::no_panics((), || {
            Python::try_attach(|_| {
                if !data.is_null() {
                    drop(Box::from_raw(data));
                }
            });
        });
        ffi::Py_CLEAR(&raw mut (*this).dict);
        let class = ffi::Py_TYPE(object);
        ffi::PyObject_GC_Del(object.cast());
        ffi::Py_DECREF(class.cast());
    }
}

unsafe extern "C" fn tp_traverse(
    object: *mut PyObject,
    visit: ffi::visitproc,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: called by the collector on a valid object; only addresses are read,
    // and what is locked by another thread's work in progress is left out, which
    // keeps it alive.
    unsafe {
        let this = object.cast::<Object>();
        let mut visit = |found: *mut PyObject| if found.is_null() { 0 } else { visit(found, arg) };
        for found in [ffi::Py_TYPE(object).cast(), (*this).dict] {
            let stop = visit(found);
            if stop != 0 {
                return stop;
            }
        }
        if (*this).data.is_null() { 0 } else { (*(*this).data).traverse(&mut visit) }
    }
}

unsafe extern "C" fn tp_clear(object: *mut PyObject) -> c_int {
    // SAFETY: called by the collector with the GIL held.
    unsafe {
        let this = object.cast::<Object>();
        ffi::Py_CLEAR(&raw mut (*this).dict);
        if !(*this).data.is_null() {
            errors::no_panics((), || {
                Python::try_attach(|_| (*(*this).data).clear());
            });
        }
    }
    0
}
