//! Everything of a dispatcher that isn't a call: attributes, methods, binding to
//! instances, copies and pickles.
//!
//! What `functools.wraps` would set (`__name__`, `__doc__`, `__wrapped__` ...) is in
//! the object's dictionary, so that it can be set and deleted as on a function.

use super::explicit::Explicit;
use super::given::given;
use super::{Dispatcher, inspect, managing};
use crate::errors::object_or_null;
use crate::kernel::Specialization;
use cumbia_driver::Stage;
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString, PyTuple};
use std::ffi::{CStr, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Runs a getter or method on the dispatcher.
///
/// # Safety
///
/// The object is a dispatcher that lives until the call returns.
pub(super) unsafe fn with(
    object: *mut PyObject,
    run: impl FnOnce(&Bound<'_, PyAny>, &Dispatcher) -> PyResult<Py<PyAny>>,
) -> *mut PyObject {
    object_or_null(|py| {
        // SAFETY: Python passes a dispatcher that lives until the call returns.
        let object = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, object) };
        run(&object, Dispatcher::of(&object))
    })
}

macro_rules! getters {
    ($($name:literal, $doc:literal, $run:expr;)*) => {
        /// The table of attributes.
        pub fn getset() -> *mut ffi::PyGetSetDef {
            let mut table = vec![
                $( {
                    unsafe extern "C" fn get(object: *mut PyObject, _: *mut c_void) -> *mut PyObject {
                        // SAFETY: called by Python as a getter.
                        unsafe { with(object, $run) }
                    }
                    ffi::PyGetSetDef {
                        name: concat!($name, "\0").as_ptr().cast(),
                        get: Some(get),
                        set: None,
                        doc: concat!($doc, "\0").as_ptr().cast(),
                        closure: ptr::null_mut(),
                    }
                }, )*
            ];
            unsafe extern "C" fn get_signature(object: *mut PyObject, _: *mut c_void) -> *mut PyObject {
                // SAFETY: called by Python as a getter.
                unsafe { with(object, signature) }
            }
            table.push(ffi::PyGetSetDef {
                name: c"__signature__".as_ptr(),
                get: Some(get_signature),
                set: Some(set_signature),
                doc: c"That of the function, unless another was set.".as_ptr(),
                closure: ptr::null_mut(),
            });
            table.push(ffi::PyGetSetDef {
                name: c"__dict__".as_ptr(),
                get: Some(ffi::PyObject_GenericGetDict),
                set: Some(ffi::PyObject_GenericSetDict),
                doc: ptr::null(),
                closure: ptr::null_mut(),
            });
            // SAFETY: an all-zero entry ends the table.
            table.push(unsafe { std::mem::zeroed() });
            Box::leak(table.into_boxed_slice()).as_mut_ptr()
        }
    };
}

getters! {
    "py_func", "The function as Python runs it.",
        function;
    "signatures", "The types it is compiled for, as text.",
        |object, data| Ok(signatures(object.py(), data)?.into_any().unbind());
    "stats", "Counts of calls and compilations, and the time of each stage in seconds.",
        |object, data| stats(object.py(), data);
    "tier", "Which tier its code is of: 'fast' or 'best'; None before it is compiled. 'fast' if any specialization's is.",
        |object, data| Ok(tier(object.py(), data));
    "nopython_signatures", "As `signatures`: there is no other mode.",
        |object, data| Ok(signatures(object.py(), data)?.into_any().unbind());
    "overloads", "By signature: its tier, and the seconds of each stage of compiling it.",
        managing::overloads;
    "__code__", "That of the function as Python runs it.",
        |object, data| of_function(object, data, "__code__");
    "__defaults__", "Those of the function as Python runs it.",
        |object, data| of_function(object, data, "__defaults__");
    "__kwdefaults__", "Those of the function as Python runs it.",
        |object, data| of_function(object, data, "__kwdefaults__");
    "__closure__", "That of the function as Python runs it.",
        |object, data| of_function(object, data, "__closure__");
    "__globals__", "Those of the function as Python runs it.",
        |object, data| of_function(object, data, "__globals__");
    "options", "The options it was decorated with.",
        |object, data| Ok(data.options.bind(object.py()).copy()?.into_any().unbind());
}

/// The table of methods.
pub fn methods() -> *mut ffi::PyMethodDef {
    let method =
        |name: &'static CStr, run: ffi::PyCFunction, flags, doc: &'static CStr| ffi::PyMethodDef {
            ml_name: name.as_ptr(),
            ml_meth: ffi::PyMethodDefPointer { PyCFunction: run },
            ml_flags: flags,
            ml_doc: doc.as_ptr(),
        };
    let with_names =
        |name: &'static CStr, run: ffi::PyCFunctionWithKeywords, doc: &'static CStr| {
            ffi::PyMethodDef {
                ml_name: name.as_ptr(),
                ml_meth: ffi::PyMethodDefPointer { PyCFunctionWithKeywords: run },
                ml_flags: ffi::METH_VARARGS | ffi::METH_KEYWORDS,
                ml_doc: doc.as_ptr(),
            }
        };
    let table = vec![
        method(c"compile", compile, ffi::METH_O, c"compile($self, signature, /)\n--\n\nCompile for the types of a signature."),
        method(
            c"recompile",
            managing::recompile,
            ffi::METH_NOARGS,
            c"recompile($self, /)\n--\n\nCompile everything anew that it is compiled for, whatever the cache holds.\n\nChanged globals and functions that it calls are noticed without.",
        ),
        with_names(
            c"disable_compile",
            managing::disable_compile,
            c"disable_compile($self, /, flag=True)\n--\n\nTake no other argument types than those it is compiled for; with False all again.",
        ),
        with_names(
            c"inspect_ir",
            inspect::inspect_ir,
            c"inspect_ir($self, /, signature=None, tier='fast')\n--\n\nThe optimized IR as text, as one tier compiles it: of one signature, or a dict of all.",
        ),
        with_names(
            c"inspect_llvm",
            inspect::inspect_llvm,
            c"inspect_llvm($self, /, signature=None)\n--\n\nLLVM's IR after its passes as text: of one signature, or a dict of all.\n\nRaises RuntimeError where LLVM isn't there or the function is too large for it.",
        ),
        with_names(
            c"inspect_asm",
            inspect::inspect_asm,
            c"inspect_asm($self, /, signature=None, tier=None)\n--\n\nThe assembly of a tier ('fast', 'best', None for the one that runs now) as text: of one signature, or a dict of all.",
        ),
        with_names(c"inspect_types", inspect::inspect_types, c"inspect_types($self, /, file=None, pretty=False, style='default', *, signature=None)\n--\n\nPrint the source with the types of its variables and expressions."),
        with_names(c"parallel_diagnostics", inspect::parallel_diagnostics, c"parallel_diagnostics($self, /, signature=None, level=1, *, format='text')\n--\n\nPrint which loops run on several threads, what is fused, and what is serial and why; with format='html' give it as HTML."),
        with_names(c"offload_report", inspect::offload_report, c"offload_report($self, /, signature=None)\n--\n\nWhich loops over prange are kernels on a device, why others aren't, and what was copied for them.\n\nReturns an OffloadReport, which prints as text; its to_dict() is plain data."),
        method(
            c"_offload_report",
            inspect::offloaded,
            ffi::METH_O,
            c"_offload_report($self, signature, /)\n--\n\nWhat offload_report() tells.",
        ),
        method(
            c"_parallel_report",
            inspect::parallel_report,
            ffi::METH_O,
            c"_parallel_report($self, signature, /)\n--\n\nWhat parallel_diagnostics() prints.",
        ),
        method(
            c"_annotations",
            inspect::annotations,
            ffi::METH_O,
            c"_annotations($self, signature, /)\n--\n\nWhat inspect_types() prints.",
        ),
        with_names(
            c"explain",
            inspect::explain,
            c"explain($self, /, signature=None)\n--\n\nWhat became of each loop: vectorized or why not, checks removed, hoisted or left, calls, allocations.\n\nReturns an Explanation, which prints as a report; see cumbia.Explanation.",
        ),
        with_names(
            c"wait",
            wait,
            c"wait($self, /, timeout=None)\n--\n\nHave every specialization compiled by the optimizing compiler and wait until it is done.\n\nReturns whether it was within `timeout` seconds; at once where there is no such compiler.",
        ),
        method(c"__reduce__", reduce, ffi::METH_NOARGS, c"What pickle keeps."),
        method(c"__copy__", itself, ffi::METH_NOARGS, c"The dispatcher itself, as copying a function does."),
        method(c"__deepcopy__", itself, ffi::METH_O, c"The dispatcher itself, as copying a function does."),
        method(
            c"__class_getitem__",
            ffi::Py_GenericAlias,
            ffi::METH_O | ffi::METH_CLASS,
            c"Dispatcher[P, R] in annotations.",
        ),
        // SAFETY: an all-zero entry ends the table.
        unsafe { std::mem::zeroed() },
    ];
    Box::leak(table.into_boxed_slice()).as_mut_ptr()
}

fn function(object: &Bound<'_, PyAny>, data: &Dispatcher) -> PyResult<Py<PyAny>> {
    let func = data.function(object.py());
    let func =
        func.ok_or_else(|| PyRuntimeError::new_err("the jitted function was already torn down"))?;
    Ok(func.unbind())
}

fn of_function(object: &Bound<'_, PyAny>, data: &Dispatcher, name: &str) -> PyResult<Py<PyAny>> {
    Ok(function(object, data)?.bind(object.py()).getattr(name)?.unbind())
}

/// The signature that somebody gave it, else the function's; both as a function has it,
/// whose own signature is no attribute until it is asked for.
fn signature(object: &Bound<'_, PyAny>, data: &Dispatcher) -> PyResult<Py<PyAny>> {
    let py = object.py();
    // SAFETY: a dispatcher, whose dictionary is there.
    let dict = unsafe {
        Bound::from_owned_ptr_or_err(
            py,
            ffi::PyObject_GenericGetDict(object.as_ptr(), ptr::null_mut()),
        )?
    };
    if let Some(given) = dict.cast_into::<PyDict>()?.get_item("__signature__")? {
        return Ok(given.unbind());
    }
    let func = function(object, data)?;
    Ok(py.import("inspect")?.getattr("signature")?.call1((func,))?.unbind())
}

unsafe extern "C" fn set_signature(
    object: *mut PyObject,
    value: *mut PyObject,
    _: *mut c_void,
) -> std::ffi::c_int {
    // SAFETY: called by Python as a setter: a dispatcher, and a value or null to delete it.
    unsafe {
        let dict = ffi::PyObject_GenericGetDict(object, ptr::null_mut());
        if dict.is_null() {
            return -1;
        }
        let key = c"__signature__".as_ptr();
        let result = if value.is_null() {
            ffi::PyDict_DelItemString(dict, key)
        } else {
            ffi::PyDict_SetItemString(dict, key, value)
        };
        ffi::Py_DECREF(dict);
        result
    }
}

/// The dictionary of a new dispatcher.
pub fn wrapper_attributes<'py>(func: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(func.py());
    dict.update(func.getattr("__dict__")?.cast::<PyDict>()?.as_mapping())?;
    for name in
        ["__module__", "__name__", "__qualname__", "__doc__", "__annotations__", "__type_params__"]
    {
        if let Some(value) = func.getattr_opt(name)? {
            dict.set_item(name, value)?;
        }
    }
    dict.set_item("__wrapped__", func)?;
    Ok(dict)
}

/// All specializations, each once, in order of their spelling.
pub(super) fn specializations(data: &Dispatcher) -> Vec<(String, Arc<Specialization>)> {
    let mut all: Vec<(String, Arc<Specialization>)> = Vec::new();
    let kept = data.explicit.iter().filter_map(|e| {
        e.specialization.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    });
    let resolved = data.resolutions();
    for found in resolved.iter().map(|r| r.specialization.clone()).chain(kept) {
        if !all.iter().any(|(_, other)| Arc::ptr_eq(other, &found)) {
            all.push((spelling(&found), found));
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

fn spelling(specialization: &Specialization) -> String {
    let signature = &specialization.compiled.signature;
    let args: Vec<String> = signature.args.iter().map(ToString::to_string).collect();
    format!("({}) -> {}", args.join(", "), signature.ret)
}

pub(super) fn signatures<'py>(py: Python<'py>, data: &Dispatcher) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, specializations(data).into_iter().map(|(text, _)| text))
}

/// Stage names and seconds, over all specializations.
pub fn times<'py>(py: Python<'py>, data: &Dispatcher) -> PyResult<Bound<'py, PyDict>> {
    let all = specializations(data);
    let dict = PyDict::new(py);
    for stage in Stage::ALL {
        let sum = total(all.iter().map(|(_, s)| s.compiled.timings.get(stage)));
        dict.set_item(stage.name(), sum)?;
    }
    dict.set_item("load", total(all.iter().map(|(_, s)| s.load_time)))?;
    Ok(dict)
}

fn total(times: impl Iterator<Item = Duration>) -> f64 {
    times.sum::<Duration>().as_secs_f64()
}

fn stats(py: Python<'_>, data: &Dispatcher) -> PyResult<Py<PyAny>> {
    let dict = PyDict::new(py);
    dict.set_item("calls", data.pins.calls())?;
    dict.set_item("compiles", data.compiles.load(Ordering::Relaxed))?;
    dict.set_item("found", data.found.load(Ordering::Relaxed))?;
    dict.set_item("specializations", specializations(data).len())?;
    dict.set_item("times", times(py, data)?)?;
    let waited = total(specializations(data).iter().map(|(_, s)| s.tiers.time()));
    dict.set_item("best", waited)?;
    // Attributes for what is read as `f.stats.calls`.
    let moved: u64 = specializations(data).iter().map(|(_, s)| s.tiers.moved()).sum();
    dict.set_item("moved", moved)?;
    Ok(py.import("cumbia._events")?.getattr("Stats")?.call1((dict,))?.unbind())
}

/// The lowest tier among the specializations.
fn tier(py: Python<'_>, data: &Dispatcher) -> Py<PyAny> {
    let all = specializations(data);
    let lowest = all.iter().map(|(_, s)| s.tiers.name()).min_by_key(|name| *name == "best");
    match lowest {
        None => py.None(),
        Some(name) => PyString::new(py, name).into_any().unbind(),
    }
}

unsafe extern "C" fn wait(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        let py = object.py();
        // SAFETY: Python passes what lives until the call returns.
        let [timeout] = unsafe { given(py, args, kwargs, "wait", ["timeout"])? };
        let timeout: Option<f64> = timeout.map_or(Ok(None), |timeout| timeout.extract())?;
        let limit = match timeout {
            None => Duration::MAX,
            Some(seconds) if seconds.is_nan() => {
                return Err(PyValueError::new_err("the timeout isn't a number of seconds"));
            }
            Some(seconds) => Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX),
        };
        let end = Instant::now().checked_add(limit);
        let all = specializations(data);
        all.iter().for_each(|(_, specialization)| specialization.tiers.submit());
        for (_, specialization) in &all {
            // In short turns, so that Ctrl-C gets through.
            loop {
                let turn = Instant::now() + Duration::from_millis(50);
                let until = end.map_or(turn, |end| end.min(turn));
                let tiers = specialization.tiers.clone();
                if py.detach(|| tiers.wait(until)) {
                    break;
                }
                py.check_signals()?;
                if end.is_some_and(|end| Instant::now() >= end) {
                    return Ok(PyBool::new(py, false).to_owned().into_any().unbind());
                }
            }
        }
        Ok(PyBool::new(py, true).to_owned().into_any().unbind())
    };
    // SAFETY: called by Python as a method.
    unsafe { with(object, run) }
}

/// What a user gave as a signature, in canonical spelling.
pub(super) fn canonical(given: &Bound<'_, PyAny>) -> PyResult<Explicit> {
    let parse = given.py().import("cumbia._signature")?.getattr("parse_all")?;
    let all = parse.call1((given,))?;
    if all.len()? != 1 {
        return Err(PyTypeError::new_err("one signature is taken, not a list"));
    }
    let text: String = all.get_item(0)?.call_method0("canonical")?.extract()?;
    Explicit::parse(&text)
}

unsafe extern "C" fn compile(object: *mut PyObject, given: *mut PyObject) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        let py = object.py();
        // SAFETY: Python passes an argument that lives until the call returns.
        let given = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, given) };
        let explicit = canonical(&given)?;
        match explicit.keys() {
            Some(keys) if explicit.args.len() == data.parameters.len() => {
                let made = data.specialization(object, &keys, &explicit.args)?;
                let actual = &made.compiled.signature.ret;
                if !explicit.accepts_result(actual) {
                    return Err(PyTypeError::new_err(format!(
                        "{}() returns {actual}, not what {} declares",
                        data.qualname, explicit.text
                    )));
                }
                Ok(py.None())
            }
            _ => Err(PyTypeError::new_err(format!(
                "the signature {} doesn't fit the {} parameters of {}()",
                explicit.text,
                data.parameters.len(),
                data.qualname
            ))),
        }
    };
    // SAFETY: called by Python as a method.
    unsafe { with(object, run) }
}

unsafe extern "C" fn reduce(object: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        let py = object.py();
        let helper = py.import("cumbia._pickle")?.getattr("reduce")?;
        let snapshot = data.source.snapshot.bind(py);
        let texts = PyTuple::new(py, &data.signature_texts)?;
        Ok(helper.call1((object, snapshot, data.options.bind(py), texts))?.unbind())
    };
    // SAFETY: called by Python as a method.
    unsafe { with(object, run) }
}

unsafe extern "C" fn itself(object: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: the object is alive; a new reference is given.
    unsafe {
        ffi::Py_INCREF(object);
        object
    }
}

/// `repr`: where the function is, and how many specializations it has.
pub unsafe extern "C" fn tp_repr(object: *mut PyObject) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        let count = specializations(data).len();
        let text = format!(
            "<jitted function {} at {:#x}, {count} specialization{}>",
            data.qualname,
            object.as_ptr() as usize,
            if count == 1 { "" } else { "s" }
        );
        Ok(PyString::new(object.py(), &text).into_any().unbind())
    };
    // SAFETY: called by Python with a dispatcher.
    unsafe { with(object, run) }
}

/// `__get__`: in a class the dispatcher is a method, as a function is.
pub unsafe extern "C" fn tp_descr_get(
    object: *mut PyObject,
    instance: *mut PyObject,
    _: *mut PyObject,
) -> *mut PyObject {
    object_or_null(|py| {
        // SAFETY: Python passes live objects; the instance is null on the class.
        let (object, instance) = unsafe {
            (
                Bound::<PyAny>::from_borrowed_ptr(py, object),
                Bound::<PyAny>::from_borrowed_ptr_or_opt(py, instance),
            )
        };
        match instance.filter(|i| !i.is_none()) {
            None => Ok(object.unbind()),
            Some(instance) => {
                Ok(py.import("types")?.getattr("MethodType")?.call1((object, instance))?.unbind())
            }
        }
    })
}
