//! What a call does: the path that must cost no more than a Python call.
//!
//! Bind (nothing to do when all arguments are positional), read types and values,
//! compare the types with those of the last call, check guards, run, box. Whatever
//! isn't that is cold and elsewhere. No Python object is made here but the result,
//! and no PyO3 token is taken on the way.

use super::{Dispatcher, bind, explicit, object, quick};
use crate::arguments::{Frame, Refusal};
use crate::exporters::{self, Lent};
use crate::kernel::Specialization;
use crate::{
    errors, frame_arguments, free_threading, functions, generators, keys, numpy_api, refusal,
};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use smallvec::SmallVec;
use std::ptr;
use std::sync::Arc;

/// `PY_VECTORCALL_ARGUMENTS_OFFSET`: a bit of the argument count.
const OFFSET_FLAG: usize = 1 << (usize::BITS - 1);

/// The vectorcall function of dispatcher objects.
pub unsafe extern "C" fn vectorcall(
    callable: *mut PyObject,
    args: *const *mut PyObject,
    count: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: Python calls this with a dispatcher object, the arguments of a
    // vectorcall, which live until it returns, and the GIL held.
    errors::no_panics(ptr::null_mut(), || unsafe {
        let data = object::data(callable);
        let _pin = data.pin();
        let positional = count & !OFFSET_FLAG;
        let result = match quick::call(data, args, positional, names) {
            Some(result) => result,
            None => call(callable, data, args, positional, names),
        };
        if result.is_null() {
            frame_arguments::of_call(|py| data.function(py), args, positional, names);
        }
        result
    })
}

/// The general way.
#[inline(never)]
unsafe fn call(
    callable: *mut PyObject,
    data: &Dispatcher,
    args: *const *mut PyObject,
    positional: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: contract of `vectorcall`.
    unsafe {
        if names.is_null() && data.parameters.trivially(positional) {
            let bound: &[*mut PyObject] =
                if positional == 0 { &[] } else { std::slice::from_raw_parts(args, positional) };
            run(callable, data, bound)
        } else if data.parameters.is_variadic() {
            run_variadic(callable, data, args, positional, names)
        } else {
            match data.parameters.bind(args, positional, names) {
                Some(bound) => run(callable, data, &bound),
                None => unbound(data, args, positional, names),
            }
        }
    }
}

unsafe fn run(callable: *mut PyObject, data: &Dispatcher, args: &[*mut PyObject]) -> *mut PyObject {
    let mut frame = Frame::new();
    // SAFETY: contract of `vectorcall`; the frame doesn't outlive the call.
    unsafe {
        let numpy = numpy_api::loaded();
        for (i, &arg) in args.iter().enumerate() {
            if let Err(why) = frame.read(arg, numpy) {
                return unread(callable, data, args, i, why);
            }
        }
        run_frame(callable, data, &mut frame)
    }
}

/// A call of a function with `*args` or `**kwargs`.
unsafe fn run_variadic(
    callable: *mut PyObject,
    data: &Dispatcher,
    args: *const *mut PyObject,
    positional: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: contract of `vectorcall`; the thread holds the GIL.
    unsafe {
        let py = Python::assume_attached();
        let Some(spread) = data.parameters.spread(py, args, positional, names) else {
            return unbound(data, args, positional, names);
        };
        let mut all: Vec<*mut PyObject> = spread
            .named
            .iter()
            .chain(&spread.rest)
            .copied()
            .chain(spread.keywords.iter().map(|(_, value)| *value))
            .collect();
        let mut lent = Vec::new();
        loop {
            let mut frame = Frame::new();
            match read_spread(&mut frame, data, &spread, &all) {
                Ok(()) => {
                    let result = run_frame(callable, data, &mut frame);
                    drop(frame);
                    lent.into_iter().for_each(|array: Py<PyAny>| drop(array.into_bound(py)));
                    return result;
                }
                // Each round something new was learned, so this ends.
                Err((at, why)) => match learn(data, &all, at, why) {
                    Learned::Known => {}
                    Learned::Instead(array) => {
                        all[at] = array.as_ptr();
                        lent.push(array);
                    }
                    Learned::Nothing => return ptr::null_mut(),
                },
            }
        }
    }
}

unsafe fn read_spread(
    frame: &mut Frame,
    data: &Dispatcher,
    spread: &bind::Spread<'_>,
    all: &[*mut PyObject],
) -> Result<(), (usize, Refusal)> {
    let numpy = numpy_api::loaded();
    let named = spread.named.len();
    let positional = named + spread.rest.len();
    for (i, &arg) in all.iter().enumerate() {
        if i == named && data.parameters.var_args.is_some() {
            frame.begin_tuple(spread.rest.len());
        }
        if i >= positional {
            if i == positional {
                frame.begin_keywords(spread.keywords.len());
            }
            frame.keyword(&spread.keywords[i - positional].0.to_string_lossy());
        }
        // SAFETY: the arguments live until the call returns.
        unsafe { frame.read(arg, numpy) }.map_err(|why| (i, why))?;
    }
    // What is empty has a head all the same.
    if all.len() == named && data.parameters.var_args.is_some() {
        frame.begin_tuple(0);
    }
    if all.len() == positional && data.parameters.var_keywords.is_some() {
        frame.begin_keywords(0);
    }
    Ok(())
}

#[inline]
unsafe fn run_frame(
    callable: *mut PyObject,
    data: &Dispatcher,
    frame: &mut Frame,
) -> *mut PyObject {
    frame.seal();
    // SAFETY: the call is pinned.
    unsafe {
        if let Some(resolution) = data.last()
            && keys::equal(&resolution.keys, &frame.keys)
            && resolution.conversions.is_empty()
            && resolution.specialization.guards.hold()
        {
            return execute(callable, data, &resolution.specialization, &frame.slots);
        }
        choose_and_run(callable, data, frame)
    }
}

#[inline]
unsafe fn execute(
    callable: *mut PyObject,
    data: &Dispatcher,
    specialization: &Arc<Specialization>,
    slots: &[u64],
) -> *mut PyObject {
    if specialization.generator.is_some() {
        // SAFETY: as below.
        return unsafe { start(callable, specialization, slots) };
    }
    // SAFETY: the slots are of this specialization's types, the arguments are
    // those of the call, and the GIL is held.
    unsafe { specialization.run(slots, |py| data.function(py)) }
}

#[inline(never)]
unsafe fn start(
    callable: *mut PyObject,
    specialization: &Arc<Specialization>,
    slots: &[u64],
) -> *mut PyObject {
    // SAFETY: passed on.
    unsafe { generators::start(callable, specialization, slots) }
}

#[cold]
unsafe fn choose_and_run(
    callable: *mut PyObject,
    data: &Dispatcher,
    frame: &Frame,
) -> *mut PyObject {
    let chosen = Python::attach(|py| {
        // SAFETY: the callable lives until the call returns.
        let object = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, callable) };
        data.choose(&object, &frame.keys, &frame.slots).map_err(|error| error.restore(py))
    });
    let Ok(chosen) = chosen else { return ptr::null_mut() };
    let converted: Option<explicit::Slots> = chosen.slots;
    let slots = converted.as_deref().unwrap_or(&frame.slots);
    // SAFETY: the slots are of the chosen specialization's types.
    unsafe { execute(callable, data, &chosen.specialization, slots) }
}

/// An argument was refused: NumPy may have been imported only now, or the argument lends its
/// memory as an array; else an error.
#[cold]
unsafe fn unread(
    callable: *mut PyObject,
    data: &Dispatcher,
    args: &[*mut PyObject],
    at: usize,
    why: Refusal,
) -> *mut PyObject {
    // SAFETY: as the caller's; the array is held until the call is over.
    unsafe {
        match learn(data, args, at, why) {
            Learned::Known => run(callable, data, args),
            Learned::Instead(array) => {
                let mut all: SmallVec<[*mut PyObject; 8]> = SmallVec::from_slice(args);
                all[at] = array.as_ptr();
                let result = run(callable, data, &all);
                // At once, as the memory may be asked back.
                Python::attach(|py| drop(array.into_bound(py)));
                result
            }
            Learned::Nothing => ptr::null_mut(),
        }
    }
}

/// What came of an argument that was refused.
enum Learned {
    /// NumPy or a kind of function was seen for the first time: it may be taken now.
    Known,
    /// This stands for it.
    Instead(Py<PyAny>),
    /// The exception is set.
    Nothing,
}

/// Whether reading an argument again may succeed.
unsafe fn learn(data: &Dispatcher, args: &[*mut PyObject], at: usize, why: Refusal) -> Learned {
    let known = numpy_api::loaded().is_some();
    Python::attach(|py| {
        // SAFETY: the arguments live until the call returns.
        let object = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, args[at]) };
        let found = numpy_api::if_imported(py).and_then(|numpy| {
            if numpy.is_some() && !known {
                return Ok(Learned::Known);
            }
            if why == Refusal::Gil {
                return free_threading::take_gil(py, "such an argument").map(|()| Learned::Known);
            }
            let mut words = None;
            if why == Refusal::Type {
                let on_device = data.options.bind(py).get_item("target")?;
                let on_device = on_device.is_some_and(|target| target.eq("cuda").unwrap_or(false));
                match exporters::lent(&object, on_device)? {
                    Lent::Instead(array) => return Ok(Learned::Instead(array)),
                    Lent::Refused(text) => words = Some(text),
                    Lent::Nothing if functions::learn(&object) || is_read(&object) => {
                        return Ok(Learned::Known);
                    }
                    Lent::Nothing => {}
                }
            }
            let parameter = data.parameters.name_of(at);
            Err(match words {
                Some(text) => PyTypeError::new_err(format!(
                    "{}: {text}",
                    refusal::place(&data.qualname, parameter)
                )),
                None => refusal::error(&data.qualname, parameter, &object, why),
            })
        });
        found.unwrap_or_else(|error| {
            error.restore(py);
            Learned::Nothing
        })
    })
}

/// Whether an argument that was refused for its type is taken now: another thread may have
/// learned what it needs since.
fn is_read(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the object is held, and the probe is gone before it.
    unsafe { Frame::new().read(object.as_ptr(), numpy_api::loaded()) }.is_ok()
}

#[cold]
unsafe fn unbound(
    data: &Dispatcher,
    args: *const *mut PyObject,
    positional: usize,
    names: *mut PyObject,
) -> *mut PyObject {
    Python::attach(|py| {
        let error = match data.function(py) {
            // SAFETY: the arguments of the call in progress.
            Some(func) => unsafe { bind::mismatch(&func, args, positional, names) },
            None => PyRuntimeError::new_err("the jitted function was already torn down"),
        };
        error.restore(py);
        ptr::null_mut()
    })
}

/// `tp_call`: for callers that have a tuple and a dict.
pub unsafe extern "C" fn tp_call(
    callable: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: Python passes a tuple and a dict or null. All objects collected are
    // held by these, which live until the call returns; the tuple of names is ours.
    unsafe {
        let positional = ffi::PyTuple_Size(args) as usize;
        let mut all: Vec<*mut PyObject> =
            (0..positional).map(|i| ffi::PyTuple_GetItem(args, i as isize)).collect();
        let mut names = ptr::null_mut();
        if !kwargs.is_null() && ffi::PyDict_Size(kwargs) > 0 {
            names = ffi::PyTuple_New(ffi::PyDict_Size(kwargs));
            if names.is_null() {
                return names;
            }
            let (mut position, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
            let mut at = 0;
            while ffi::PyDict_Next(kwargs, &raw mut position, &raw mut key, &raw mut value) != 0 {
                ffi::Py_INCREF(key);
                ffi::PyTuple_SetItem(names, at, key);
                all.push(value);
                at += 1;
            }
        }
        let result = vectorcall(callable, all.as_ptr(), positional, names);
        ffi::Py_XDECREF(names);
        result
    }
}
