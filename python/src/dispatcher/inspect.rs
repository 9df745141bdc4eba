//! What a function was compiled to, for reading: IR, LLVM's IR, assembly, and the facts
//! on its loops that `cumbia._explain` makes a report of.
//!
//! Everything is made anew from the specialization's module when it is asked for; nothing
//! is kept for it. Code that runs is never touched.

use super::attributes::{canonical, signatures, specializations, with};
use super::given::given;
use super::{Dispatcher, specialize};
use crate::kernel::Specialization;
use crate::tiers;
use cumbia_driver::explain::{self, LoopFacts, Report};
use cumbia_driver::{Backend, Emit, Options, SharedBackend, disassemble, tiering};
use cumbia_ir::Loc;
use pyo3::exceptions::{PyKeyError, PyRuntimeError, PyValueError};
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use std::sync::Arc;

/// A tier by its name in options.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tier {
    Fast,
    Best,
}

impl Tier {
    fn of(name: &Bound<'_, PyAny>) -> PyResult<Tier> {
        match name.extract::<String>()?.as_str() {
            "fast" => Ok(Tier::Fast),
            "best" => Ok(Tier::Best),
            other => Err(PyValueError::new_err(format!("tier is '{other}', not 'fast' or 'best'"))),
        }
    }
}

/// The specialization of a signature, if one is given: a text of `signatures`, or what
/// `jit` takes.
fn chosen(
    data: &Dispatcher,
    given: &Bound<'_, PyAny>,
) -> PyResult<Option<(String, Arc<Specialization>)>> {
    if given.is_none() {
        return Ok(None);
    }
    let text = given.cast::<PyString>().ok().map(|s| s.to_string_lossy().into_owned());
    let wanted = match &text {
        Some(text) if text.contains("->") => None,
        _ => Some(canonical(given)?.args),
    };
    let found = specializations(data).into_iter().find(|(spelled, specialization)| match &wanted {
        Some(args) => specialization.compiled.signature.args == *args,
        None => text.as_ref() == Some(spelled),
    });
    match found {
        Some(found) => Ok(Some(found)),
        None => Err(PyKeyError::new_err(format!(
            "{}() is not compiled for {}; it is for: {}",
            data.qualname,
            given.str()?,
            signatures(given.py(), data)?
        ))),
    }
}

/// A method's tuple of arguments, and its dict of those by name, or null.
type Given = (*mut PyObject, *mut PyObject);

/// Runs a method that gives a text for each specialization: for one that is chosen the
/// text, otherwise a dict.
///
/// # Safety
///
/// To be called as a method by Python: a dispatcher, a tuple, and a dict or null, that live
/// until the end.
unsafe fn texts<const N: usize>(
    object: *mut PyObject,
    given_to: Given,
    (name, names): (&str, [&str; N]),
    text: impl Fn(Python<'_>, &Specialization, &Bound<'_, PyAny>) -> PyResult<String>,
) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        let py = object.py();
        // SAFETY: by the contract.
        let given = unsafe { given(py, given_to.0, given_to.1, name, names)? };
        let none = py.None().into_bound(py);
        let [signature, option] = [0, N - 1].map(|at| given[at].as_ref().unwrap_or(&none));
        if let Some((_, specialization)) = chosen(data, signature)? {
            let text = text(py, &specialization, option)?;
            return Ok(PyString::new(py, &text).into_any().unbind());
        }
        let dict = PyDict::new(py);
        for (spelled, specialization) in specializations(data) {
            dict.set_item(spelled, text(py, &specialization, option)?)?;
        }
        Ok(dict.into_any().unbind())
    };
    // SAFETY: by the contract.
    unsafe { with(object, run) }
}

pub unsafe extern "C" fn inspect_ir(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let text = |_: Python<'_>, one: &Specialization, tier: &Bound<'_, PyAny>| {
        let tier = if tier.is_none() { Tier::Fast } else { Tier::of(tier)? };
        match tier {
            Tier::Fast => Ok(one.compiled.ir_text()),
            Tier::Best => tiering::further(one.compiled.module(), None, false)
                .map(|module| module.to_string())
                .map_err(|error| PyRuntimeError::new_err(error.to_string())),
        }
    };
    // SAFETY: called by Python as a method.
    unsafe { texts(object, (args, kwargs), ("inspect_ir", ["signature", "tier"]), text) }
}

pub unsafe extern "C" fn inspect_llvm(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let text = |py: Python<'_>, one: &Specialization, _: &Bound<'_, PyAny>| {
        by_llvm(py, one, Emit::Optimized)
    };
    // SAFETY: called by Python as a method.
    unsafe { texts(object, (args, kwargs), ("inspect_llvm", ["signature"]), text) }
}

pub unsafe extern "C" fn inspect_asm(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let text = |py: Python<'_>, one: &Specialization, tier: &Bound<'_, PyAny>| {
        let tier = match (tier.is_none(), one.tiers.name()) {
            (true, "best") => Tier::Best,
            (true, _) => Tier::Fast,
            _ => Tier::of(tier)?,
        };
        match tier {
            Tier::Fast => disassemble(&one.compiled.module_with_exits())
                .map_err(|error| PyRuntimeError::new_err(error.to_string())),
            Tier::Best => by_llvm(py, one, Emit::Assembly),
        }
    };
    // SAFETY: called by Python as a method.
    unsafe { texts(object, (args, kwargs), ("inspect_asm", ["signature", "tier"]), text) }
}

/// What LLVM makes of a specialization, without the GIL.
fn by_llvm(py: Python<'_>, one: &Specialization, emit: Emit) -> PyResult<String> {
    let llvm = willing(one).map_err(PyRuntimeError::new_err)?;
    let module = one.compiled.shared_module();
    py.detach(|| {
        let further = tiering::further(&module, None, false).map_err(|e| e.to_string())?;
        let baseline = cumbia_driver::is_for_any_processor();
        let options = Options { emit, baseline, ..Options::default() };
        llvm.text(&further, options).map_err(|e| e.to_string())
    })
    .map_err(PyRuntimeError::new_err)
}

/// LLVM, or why it doesn't compile this.
fn willing(one: &Specialization) -> Result<&'static SharedBackend, String> {
    let llvm = tiers::find_llvm().map_err(|none| format!("there is no LLVM: {}", none.why))?;
    match llvm.declines(one.compiled.module()) {
        Some(why) => Err(format!("too large for LLVM: {why}")),
        None => Ok(llvm),
    }
}

/// `explain(signature=None)`: the facts go to `cumbia._explain`.
pub unsafe extern "C" fn explain(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        let py = object.py();
        // SAFETY: Python passes what lives until the call returns.
        let [signature] = unsafe { given(py, args, kwargs, "explain", ["signature"])? };
        let signature = signature.unwrap_or_else(|| py.None().into_bound(py));
        let of = match chosen(data, &signature)? {
            Some(one) => vec![one],
            None => specializations(data),
        };
        let facts = PyList::empty(py);
        for (spelled, specialization) in of {
            facts.append(facts_of(object, &spelled, &specialization)?)?;
        }
        let make = py.import("cumbia._explain")?.getattr("explanation")?;
        Ok(make.call1((object, facts))?.unbind())
    };
    // SAFETY: called by Python as a method.
    unsafe { with(object, run) }
}

/// `inspect_types(file=None, pretty=False, style='default', *, signature=None)`: what is
/// printed is made in `cumbia._inspect_types`.
pub unsafe extern "C" fn inspect_types(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called by Python as a method.
    unsafe { told_by(object, args, kwargs, "cumbia._inspect_types", "inspect_types") }
}

/// `parallel_diagnostics(signature=None, level=1, *, format='text')`: what it tells is written
/// in `cumbia._parallel_diagnostics`.
pub unsafe extern "C" fn parallel_diagnostics(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called by Python as a method.
    unsafe { told_by(object, args, kwargs, "cumbia._parallel_diagnostics", "parallel_diagnostics") }
}

/// `offload_report(signature=None)`: what it tells is written in `cumbia.cuda._offload_report`.
pub unsafe extern "C" fn offload_report(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called by Python as a method.
    unsafe { told_by(object, args, kwargs, "cumbia.cuda._offload_report", "offload_report") }
}

/// Calls a function of the package for a dispatcher, with what a method was given.
///
/// # Safety
///
/// To be called as a method by Python: a dispatcher, a tuple, and a dict or null, that live
/// until the end.
unsafe fn told_by(
    object: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
    module: &str,
    function: &str,
) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, _: &Dispatcher| {
        let py = object.py();
        // SAFETY: by the contract.
        let (args, kwargs) = unsafe {
            (
                Bound::<PyAny>::from_borrowed_ptr(py, args).cast_into::<PyTuple>()?,
                Bound::<PyAny>::from_borrowed_ptr_or_opt(py, kwargs),
            )
        };
        let kwargs = kwargs.map(Bound::cast_into::<PyDict>).transpose()?;
        let tell = py.import(module)?.getattr(function)?;
        let tell = py.import("functools")?.getattr("partial")?.call1((tell, object))?;
        Ok(tell.call(args, kwargs.as_ref())?.unbind())
    };
    // SAFETY: by the contract.
    unsafe { with(object, run) }
}

/// `_parallel_report(signature, /)`: for each specialization, or the one of a signature, its
/// signature, and rows of `cumbia._parallel_diagnostics.Part`.
pub unsafe extern "C" fn parallel_report(
    object: *mut PyObject,
    signature: *mut PyObject,
) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        let py = object.py();
        // SAFETY: Python passes an object that lives until the call returns.
        let signature = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, signature) };
        let of = match chosen(data, &signature)? {
            Some(one) => vec![one],
            None => specializations(data),
        };
        let all = PyList::empty(py);
        for (spelled, one) in of {
            let rows = PyList::empty(py);
            for part in specialize::parallel_report(object, &one.compiled.signature.args)? {
                let parallel = part.run == cumbia_frontend::Run::Parallel;
                let place = (part.line, part.column, part.function, part.filename);
                let what = (part.kind, part.text, parallel, part.why, part.facts);
                let row = place.into_pyobject(py)?.as_any().add(what.into_pyobject(py)?)?;
                rows.append(row)?;
            }
            all.append((spelled, rows))?;
        }
        Ok(all.into_any().unbind())
    };
    // SAFETY: called by Python as a method.
    unsafe { with(object, run) }
}

/// `_offload_report(signature, /)`: for each specialization, or the one of a signature, its
/// signature, and its `cumbia.cuda._offload.Loops`, or None.
pub unsafe extern "C" fn offloaded(
    object: *mut PyObject,
    signature: *mut PyObject,
) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        let py = object.py();
        // SAFETY: Python passes an object that lives until the call returns.
        let signature = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, signature) };
        let of = match chosen(data, &signature)? {
            Some(one) => vec![one],
            None => specializations(data),
        };
        let all = PyList::empty(py);
        for (spelled, one) in of {
            all.append((spelled, one.on_device.as_ref().map(|loops| loops.clone_ref(py))))?;
        }
        Ok(all.into_any().unbind())
    };
    // SAFETY: called by Python as a method.
    unsafe { with(object, run) }
}

/// `_annotations(signature, /)`: for each specialization, or the one of a signature, its
/// signature, and rows of line, column, text, whether it is a variable, and type.
pub unsafe extern "C" fn annotations(
    object: *mut PyObject,
    signature: *mut PyObject,
) -> *mut PyObject {
    let run = |object: &Bound<'_, PyAny>, data: &Dispatcher| {
        let py = object.py();
        // SAFETY: Python passes an object that lives until the call returns.
        let signature = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, signature) };
        let of = match chosen(data, &signature)? {
            Some(one) => vec![one],
            None => specializations(data),
        };
        let all = PyList::empty(py);
        for (spelled, one) in of {
            let rows = specialize::annotations(object, &one.compiled.signature.args)?;
            let rows: Vec<_> = rows
                .into_iter()
                .map(|row| (row.line, row.column, row.text, row.variable, row.ty))
                .collect();
            all.append((spelled, rows))?;
        }
        Ok(all.into_any().unbind())
    };
    // SAFETY: called by Python as a method.
    unsafe { with(object, run) }
}

/// A specialization's facts as a dict; the names are `cumbia._explain`'s.
fn facts_of<'py>(
    object: &Bound<'py, PyAny>,
    signature: &str,
    one: &Specialization,
) -> PyResult<Bound<'py, PyDict>> {
    let py = object.py();
    let compiled = &one.compiled;
    let facts = PyDict::new(py);
    facts.set_item("signature", signature)?;
    facts.set_item("tier", one.tiers.name())?;
    let functions = PyDict::new(py);
    for (name, origin) in &compiled.functions {
        let of = (&origin.qualname, &origin.filename, origin.first_line, origin.internal);
        functions.set_item(name, of)?;
    }
    facts.set_item("functions", functions)?;
    // The program may have changed since: then it can't be told what was removed.
    let lowered = specialize::lowered(object, &compiled.signature.args).ok();
    facts.set_item("lowered", lowered.map(|m| loops(py, &explain::loops(&m))).transpose()?)?;
    facts.set_item("fast", loops(py, &explain::loops(compiled.module()))?)?;
    let (report, why) = match report(py, one) {
        Ok(report) => (Some(report), None),
        Err(why) => (None, Some(why)),
    };
    facts.set_item("why_fast", why)?;
    facts.set_item("best", report.as_ref().map(|r| loops(py, &r.loops)).transpose()?)?;
    let remarks = PyList::empty(py);
    for (key, text) in report.iter().flat_map(|report| &report.remarks) {
        remarks.append(((&key.function, key.line, key.col), text))?;
    }
    facts.set_item("remarks", remarks)?;
    facts.set_item("assembly", report.map(|report| report.assembly))?;
    Ok(facts)
}

fn report(py: Python<'_>, one: &Specialization) -> Result<Report, String> {
    if one.generator.is_some() {
        return Err("generators stay on the first tier".to_owned());
    }
    let llvm = willing(one)?;
    let module = one.compiled.shared_module();
    py.detach(|| explain::report(&module, llvm))
}

/// `(function, line, column), depth, checks, calls, places, outer, around`; columns are in bytes, from 0.
fn loops<'py>(py: Python<'py>, facts: &[LoopFacts]) -> PyResult<Bound<'py, PyList>> {
    let place = |loc: Loc| (loc.line, loc.col, loc.end_line, loc.end_col);
    let all = PyList::empty(py);
    for one in facts {
        let checks: Vec<_> = one.checks.iter().map(|&(kind, loc)| (kind, place(loc))).collect();
        let calls: Vec<_> = one.calls.iter().map(|(of, loc)| (of, place(*loc))).collect();
        let key = (&one.key.function, one.key.line, one.key.col);
        let places: Vec<_> = one.places.iter().copied().collect();
        let around: Vec<_> =
            one.around.iter().map(|key| (&key.function, key.line, key.col)).collect();
        all.append((key, one.depth, checks, calls, places, one.outer, around))?;
    }
    Ok(all)
}
