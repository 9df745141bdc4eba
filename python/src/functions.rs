//! Functions as arguments and results, and the parts of Python functions.
//!
//! A function is an argument by which object it is: code is compiled for that very
//! function, and the specialization keeps it alive, since its key is the address. The
//! classes whose instances are taken in this way are learned as they are met.
//!
//! A closure that compiled code returns becomes the Python function that the same code
//! makes under CPython, with fresh cells, wrapped as the function around it is;
//! `cumbia/_closures.py` does that.

use crate::callee;
use crate::dispatcher::{self, Dispatcher};
use crate::environment::PythonEnvironment;
use crate::guards::FunctionField;
use crate::refusal;
use cumbia_frontend::Closures;
use cumbia_frontend::infer::{is_function as is_function_type, names};
use cumbia_frontend::types::{Callable, Ty};
use pyo3::exceptions::PyTypeError;
use pyo3::ffi::{self, PyObject, PyTypeObject};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Classes whose instances are functions; filled from the front, kept forever.
static CLASSES: [AtomicPtr<PyTypeObject>; 24] = [const { AtomicPtr::new(ptr::null_mut()) }; 24];

/// Whether instances of a class are taken as functions.
#[inline]
pub fn is_known_class(class: *mut PyTypeObject) -> bool {
    CLASSES
        .iter()
        .map(|known| known.load(Ordering::Relaxed))
        .take_while(|known| !known.is_null())
        .any(|known| known == class)
}

/// Looks at an argument that wasn't taken; true if it is a function of a class not met
/// before. Classes (`float`, `np.float32`) are functions here, too, if they are known.
pub fn learn(object: &Bound<'_, PyAny>) -> bool {
    let class = object.get_type();
    let pointer = class.as_ptr().cast::<PyTypeObject>();
    if is_known_class(pointer) || !is_function(object).unwrap_or(false) {
        // It may be in a container.
        return refusal::first_of_unknown_type(object).is_some_and(|part| learn(&part));
    }
    for slot in &CLASSES {
        if slot.load(Ordering::Relaxed).is_null() {
            std::mem::forget(class.unbind());
            slot.store(pointer, Ordering::Relaxed);
            return true;
        }
    }
    false
}

fn is_function(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = object.py();
    if dispatcher::is_dispatcher(object) || callee::plain_function(object).is_some() {
        return Ok(true);
    }
    let partial = py.import("functools")?.getattr("partial")?;
    Ok(object.get_type().is(&partial) || crate::classify::named(object)?.is_some())
}

/// The types of arguments as the front end takes them: a function there is its handle
/// or name in place of its address.
pub fn argument_types<'py>(
    dispatcher: &Bound<'py, PyAny>,
    environment: &mut PythonEnvironment<'py>,
    types: &[Ty],
) -> PyResult<Vec<Ty>> {
    let data = Dispatcher::of(dispatcher);
    let convert = |(i, ty): (usize, &Ty)| {
        argument_type(dispatcher.py(), environment, ty, Place::Argument).map_err(
            |what| match what {
                Ok(class) => PyTypeError::new_err(format!(
                    "argument '{}' of {}(): a {class} object can't be passed to compiled code",
                    data.parameters.name_of(i),
                    data.qualname
                )),
                Err(error) => error,
            },
        )
    };
    types.iter().enumerate().map(convert).collect()
}

/// Where a function stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// An argument, or in a tuple of them.
    Argument,
    /// In a container among the arguments.
    Element,
    /// In a container that is a global.
    GlobalElement,
}

/// The type of a container that is a global, as the front end takes it; `None` if something
/// in it isn't taken.
pub fn global_type<'py>(
    py: Python<'py>,
    environment: &mut PythonEnvironment<'py>,
    ty: &Ty,
) -> Option<Ty> {
    argument_type(py, environment, ty, Place::GlobalElement).ok()
}

/// A function in a container, which the boundary must know again: it holds nothing, and no
/// other object has its type.
fn element_type<'py>(
    environment: &mut PythonEnvironment<'py>,
    object: &Bound<'py, PyAny>,
    place: Place,
) -> Result<Ty, Result<String, PyErr>> {
    let found = match place {
        Place::GlobalElement => environment.global_element(object).map_err(Err)?,
        _ => environment.argument(object).map_err(Err)?,
    };
    let ty = found.as_ref().and_then(names::global_type);
    let fits = |ty: &Ty| is_function_type(ty) && ty.part_types().is_empty();
    match ty.filter(fits) {
        Some(ty) if environment.guards.give(object, &ty) => Ok(ty),
        _ => Err(Ok(object.get_type().name().map_err(Err)?.to_string_lossy().into_owned())),
    }
}

fn argument_type<'py>(
    py: Python<'py>,
    environment: &mut PythonEnvironment<'py>,
    ty: &Ty,
    place: Place,
) -> Result<Ty, Result<String, PyErr>> {
    let inside = if place == Place::Argument { Place::Element } else { place };
    let mut within = |ty: &Ty| argument_type(py, environment, ty, inside);
    Ok(match ty {
        Ty::List(t, site) => Ty::List(within(t)?.into(), *site),
        Ty::Set(t, site) => Ty::Set(within(t)?.into(), *site),
        Ty::Dict(pair, site) => Ty::Dict((within(&pair.0)?, within(&pair.1)?).into(), *site),
        Ty::Collection(kind, t) => Ty::Collection(kind.clone(), within(t)?.into()),
        Ty::Object(class, t) => Ty::Object(class.clone(), within(t)?.into()),
        Ty::Choice(of) => {
            let of: Result<Vec<Ty>, _> = of.iter().map(within).collect();
            Ty::Choice(of?.into())
        }
        Ty::Optional(t) => Ty::Optional(argument_type(py, environment, t, place)?.into()),
        Ty::Record(class, items) => {
            let items: Result<Vec<Ty>, _> =
                items.iter().map(|t| argument_type(py, environment, t, place)).collect();
            Ty::Record(class.clone(), items?.into())
        }
        Ty::Callable(Callable::User(address)) if place != Place::Argument => {
            // SAFETY: the address is that of an object in an argument of the call in
            // progress, or in a global that is being looked at.
            let object = unsafe {
                Bound::<PyAny>::from_borrowed_ptr(py, address.handle as usize as *mut PyObject)
            };
            element_type(environment, &object, place)?
        }
        Ty::Callable(Callable::User(address)) => {
            // SAFETY: the address is that of an argument of the call in progress.
            let object = unsafe {
                Bound::<PyAny>::from_borrowed_ptr(py, address.handle as usize as *mut PyObject)
            };
            let global = environment.argument(&object).map_err(Err)?;
            match global.as_ref().and_then(names::global_type) {
                Some(ty) => ty,
                None => {
                    let class = object.get_type().name().map_err(Err)?;
                    return Err(Ok(class.to_string_lossy().into_owned()));
                }
            }
        }
        Ty::Tuple(items) => {
            let items: Result<Vec<Ty>, _> =
                items.iter().map(|t| argument_type(py, environment, t, place)).collect();
            Ty::tuple(items?)
        }
        Ty::Keywords(items) => {
            let mut converted = Vec::with_capacity(items.len());
            for (name, ty) in items.iter() {
                converted.push((name.clone(), argument_type(py, environment, ty, place)?));
            }
            Ty::Keywords(converted.into())
        }
        other => other.clone(),
    })
}

/// What results that are functions are made of.
#[derive(Clone, Copy)]
pub struct MadeOf<'a> {
    /// Functions by handle.
    pub functions: &'a [Py<PyAny>],
    /// Nested functions and cells.
    pub closures: &'a Closures,
    /// Functions in containers that were given, with their types.
    pub given: &'a [(Py<PyAny>, Ty)],
    /// Options of the dispatcher.
    pub options: Option<&'a Py<PyDict>>,
}

impl MadeOf<'static> {
    /// For values that aren't results: there is no function among them.
    pub fn nothing() -> MadeOf<'static> {
        static NONE: Closures = Closures { nested: Vec::new(), cells: Vec::new() };
        MadeOf { functions: &[], closures: &NONE, given: &[], options: None }
    }
}

/// Whether a value of the type leads to a variable that closures share.
pub fn has_cells(ty: &Ty) -> bool {
    match ty {
        Ty::Cell(_) => true,
        Ty::Tuple(items) => items.iter().any(has_cells),
        Ty::MaybeUnbound(inner) | Ty::Optional(inner) => has_cells(inner),
        other => other.function_items().into_iter().any(has_cells),
    }
}

/// Whether values of the type consist of others that a Python object is made of.
pub fn has_items(ty: &Ty) -> bool {
    matches!(ty, Ty::Closure(_) | Ty::Keywords(_) | Ty::Callable(Callable::Partial(_)))
}

/// A Python callable that makes the object of a function type from its items.
pub fn maker(py: Python<'_>, ty: &Ty, made_of: &MadeOf<'_>) -> PyResult<Py<PyAny>> {
    let module = py.import("cumbia._closures")?;
    let made = match ty {
        Ty::Closure(c) => {
            // From the outermost function to this one.
            let mut path = Vec::new();
            let mut next = Some(c.function);
            let mut root = None;
            while let Some(id) = next {
                let nested = &made_of.closures.nested[id as usize];
                path.insert(0, (&*nested.name, nested.line, nested.column));
                (next, root) = (nested.parent, nested.root);
            }
            let Some(root) = root else {
                return Err(PyTypeError::new_err(
                    "a compiled function can't return this function of the library; \
                     call it in the compiled function",
                ));
            };
            let object = made_of.functions[root as usize].bind(py);
            let func = callee::plain_function(object)
                .ok_or_else(|| PyTypeError::new_err("the function was already torn down"))?;
            let this = &made_of.closures.nested[c.function as usize];
            let captures: Vec<&str> = this.captures.iter().map(|n| &**n).collect();
            let defaults: Vec<(&str, bool)> =
                this.defaults.iter().map(|(n, keyword)| (&**n, *keyword)).collect();
            let own = if this.recursive { Some(&*this.name) } else { None };
            let options = made_of.options.filter(|_| !this.shares_cells);
            let options = options.map(|o| o.bind(py).clone());
            module.getattr("Maker")?.call1((func, path, captures, defaults, own, options))?
        }
        Ty::Callable(Callable::Partial(p)) => {
            let names: Vec<&str> = p.keywords.iter().map(|(n, _)| &**n).collect();
            module.getattr("partial_maker")?.call1((names,))?
        }
        Ty::Keywords(items) => {
            let names: Vec<&str> = items.iter().map(|(n, _)| &**n).collect();
            module.getattr("keywords_maker")?.call1((names,))?
        }
        other => unreachable!("{other} isn't made of items"),
    };
    Ok(made.unbind())
}

/// Where a function keeps its parts, in words from its start, by [`FunctionField`]: 0
/// not yet known.
static LAYOUT: [AtomicUsize; 3] = [const { AtomicUsize::new(0) }; 3];
const BY_ATTRIBUTE: usize = usize::MAX;

/// A part of a Python function: borrowed; null where there is none (`None`).
///
/// As with cells, the limited API has only the attribute, which costs too much for a
/// check at each call: the places are found by looking for known objects in a function
/// made for that.
///
/// # Safety
///
/// `func` is exactly a Python function, and the thread holds the GIL.
pub unsafe fn field(func: *mut PyObject, field: FunctionField) -> *mut PyObject {
    let place = &LAYOUT[field as usize];
    match place.load(Ordering::Relaxed) {
        0 => {
            let found = Python::attach(|py| find_fields(py).unwrap_or([BY_ATTRIBUTE; 3]));
            for (place, found) in LAYOUT.iter().zip(found) {
                place.store(found, Ordering::Relaxed);
            }
            by_attribute(func, field)
        }
        BY_ATTRIBUTE => by_attribute(func, field),
        // SAFETY: the layout was found by looking at a function.
        words => unsafe { *func.cast::<*mut PyObject>().add(words) },
    }
}

fn find_fields(py: Python<'_>) -> PyResult<[usize; 3]> {
    let scope = PyDict::new(py);
    py.run(c"def f(a=(), *, b=1): pass", Some(&scope), None)?;
    let func = scope.get_item("f")?.expect("it was just defined");
    let size: usize = func.get_type().getattr("__basicsize__")?.extract()?;
    let mut found = [BY_ATTRIBUTE; 3];
    for (found, name) in found.iter_mut().zip(["__code__", "__defaults__", "__kwdefaults__"]) {
        let part = func.getattr(name)?;
        for word in 2..size / size_of::<usize>() {
            // SAFETY: within the function object, whose size its type tells.
            let there = unsafe { *func.as_ptr().cast::<*mut PyObject>().add(word) };
            if there == part.as_ptr() {
                *found = word;
                break;
            }
        }
    }
    Ok(found)
}

#[cold]
fn by_attribute(func: *mut PyObject, field: FunctionField) -> *mut PyObject {
    let name = match field {
        FunctionField::Code => "__code__",
        FunctionField::Defaults => "__defaults__",
        FunctionField::KeywordDefaults => "__kwdefaults__",
    };
    Python::attach(|py| {
        // SAFETY: the guard keeps the function alive.
        let func = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, func) };
        match func.getattr(name) {
            // The function itself has the reference that is borrowed.
            Ok(part) if !part.is_none() => part.as_ptr(),
            _ => ptr::null_mut(),
        }
    })
}

/// Calls a maker; null with an exception set if it fails.
///
/// # Safety
///
/// The thread holds the GIL; `items` and `memo` are objects of the caller's.
pub unsafe fn make(maker: &Py<PyAny>, items: *mut PyObject, memo: *mut PyObject) -> *mut PyObject {
    // SAFETY: CPython's calling convention; null ends the arguments.
    unsafe {
        ffi::PyObject_CallFunctionObjArgs(maker.as_ptr(), items, memo, ptr::null_mut::<PyObject>())
    }
}
