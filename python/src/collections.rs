//! `deque`, `Counter`, `defaultdict`, `OrderedDict` and `frozenset` at the boundary: their
//! classes, checked exactly, and what is particular to them beside the list, set or dict
//! that compiled code has of them (`containers.rs`, `boxing/objects.rs`).
//!
//! A `defaultdict` comes in and goes out if its function is one of a few classes of
//! builtins: others would have to be compiled, or made of compiled code.

use crate::arguments::Refusal;
use cumbia_frontend::types::{Callable, Collection, Ty};
use pyo3::exceptions::PyTypeError;
use pyo3::ffi::{self, PyObject, PyTypeObject};
use pyo3::prelude::*;
use std::ptr;
use std::sync::Arc;
use std::sync::OnceLock;

/// The classes of `collections`, by address, in the order of their codes.
struct Classes([usize; 4]);

static CLASSES: OnceLock<Classes> = OnceLock::new();

const FROZEN_SET: u32 = 4;
/// Never an argument: tuples among these have a known length.
const TUPLE: u32 = 5;

/// Functions of a `defaultdict` that are known, from code 1 on; 0 is `None`.
const FACTORIES: &[&str] = &["int", "float", "complex", "bool", "str", "list", "set", "dict"];

/// Looks the classes up.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let module = py.import("collections")?;
    let mut classes = [0; 4];
    for (class, name) in classes.iter_mut().zip(["deque", "Counter", "defaultdict", "OrderedDict"])
    {
        // They stay alive.
        *class = module.getattr(name)?.into_ptr() as usize;
    }
    CLASSES.get_or_init(|| Classes(classes));
    Ok(())
}

/// The code of a class, if it is one of these.
pub fn code_of(class: *mut PyTypeObject) -> Option<u32> {
    if class == &raw mut ffi::PyFrozenSet_Type {
        return Some(FROZEN_SET);
    }
    let at = CLASSES.get()?.0.iter().position(|&known| known == class as usize)?;
    Some(at as u32)
}

/// What a key says of an object beside its content: the class's code, and the function's.
///
/// # Safety
///
/// A valid object of the class with this code, and the GIL.
pub unsafe fn details(object: *mut PyObject, code: u32) -> Result<u32, Refusal> {
    if code != 2 {
        return Ok(code);
    }
    // SAFETY: by the contract; reading the attribute of an exact class runs no Python code.
    unsafe {
        let made = ffi::PyObject_GetAttrString(object, c"default_factory".as_ptr());
        if made.is_null() {
            ffi::PyErr_Clear();
            return Err(Refusal::Type);
        }
        let known = factory_code(made);
        ffi::Py_DECREF(made);
        Ok(code | known.ok_or(Refusal::Type)? << 8)
    }
}

fn factory_code(made: *mut PyObject) -> Option<u32> {
    let types: [*mut PyTypeObject; 8] = [
        &raw mut ffi::PyLong_Type,
        &raw mut ffi::PyFloat_Type,
        &raw mut ffi::PyComplex_Type,
        &raw mut ffi::PyBool_Type,
        &raw mut ffi::PyUnicode_Type,
        &raw mut ffi::PyList_Type,
        &raw mut ffi::PySet_Type,
        &raw mut ffi::PyDict_Type,
    ];
    // SAFETY: the address of CPython's own object.
    if made == unsafe { ffi::Py_None() } {
        return Some(0);
    }
    types.iter().position(|ty| ty.cast() == made).map(|at| at as u32 + 1)
}

/// The type that [`details`] and a storage stand for.
pub fn type_of(details: u32, storage: Ty) -> Ty {
    let kind = match details & 0xFF {
        0 => Collection::Deque,
        1 => Collection::Counter,
        2 => Collection::DefaultDict(Arc::new(match (details >> 8) as usize {
            0 => Ty::None,
            at => Ty::Callable(Callable::Library(format!("builtins.{}", FACTORIES[at - 1]).into())),
        })),
        3 => Collection::OrderedDict,
        TUPLE => Collection::Tuple,
        _ => Collection::FrozenSet,
    };
    Ty::Collection(kind, Arc::new(storage))
}

/// The reverse; `None` for a `defaultdict` with another function.
pub fn details_of(kind: &Collection) -> Option<u32> {
    Some(match kind {
        Collection::Deque => 0,
        Collection::Counter => 1,
        Collection::DefaultDict(made) => match &**made {
            Ty::None => 2,
            Ty::Callable(Callable::Library(name)) => {
                let name = name.strip_prefix("builtins.")?;
                let at = FACTORIES.iter().position(|known| *known == name)?;
                2 | (at as u32 + 1) << 8
            }
            _ => return None,
        },
        Collection::OrderedDict => 3,
        Collection::FrozenSet => FROZEN_SET,
        Collection::Tuple => TUPLE,
    })
}

/// A list of a deque's items, or a dict in the order of an OrderedDict, as a new reference;
/// null for the others, which are read themselves, and with an exception set.
///
/// # Safety
///
/// A valid object of the class, and the GIL.
pub unsafe fn plain_copy(kind: &Collection, object: *mut PyObject) -> *mut PyObject {
    // SAFETY: by the contract.
    unsafe {
        match kind {
            Collection::Deque => ffi::PySequence_List(object),
            Collection::OrderedDict => {
                let copy = ffi::PyDict_New();
                if !copy.is_null() && ffi::PyDict_Merge(copy, object, 1) != 0 {
                    ffi::Py_DECREF(copy);
                    return ptr::null_mut();
                }
                copy
            }
            _ => ptr::null_mut(),
        }
    }
}

/// The most items of a deque; -1 for any number.
///
/// # Safety
///
/// A valid deque, and the GIL.
pub unsafe fn limit(object: *mut PyObject) -> i64 {
    // SAFETY: by the contract; reading the attribute of an exact class runs no Python code.
    unsafe {
        let limit = ffi::PyObject_GetAttrString(object, c"maxlen".as_ptr());
        let known = !limit.is_null() && limit != ffi::Py_None();
        let number = if known { ffi::PyLong_AsLongLong(limit) } else { -1 };
        ffi::Py_XDECREF(limit);
        ffi::PyErr_Clear();
        number
    }
}

/// Gives a deque or an OrderedDict the content of a list or dict.
pub fn replace(
    object: &Bound<'_, PyAny>,
    kind: &Collection,
    content: &Bound<'_, PyAny>,
) -> PyResult<()> {
    object.call_method0("clear")?;
    let method = if *kind == Collection::Deque { "extend" } else { "update" };
    object.call_method1(method, (content,))?;
    Ok(())
}

/// How results of a class are made.
pub struct Maker {
    class: Py<PyAny>,
    factory: Option<Py<PyAny>>,
    kind: Collection,
}

impl Maker {
    /// For a class; an error if no Python function stands for what a `defaultdict` calls.
    pub fn new(py: Python<'_>, kind: &Collection) -> PyResult<Maker> {
        let (module, name) = kind.qualified().split_once('.').unwrap_or(("builtins", ""));
        let class = py.import(module)?.getattr(name)?.unbind();
        let factory = match kind {
            Collection::DefaultDict(made) => match details_of(kind) {
                Some(2) => Some(py.None()),
                Some(details) => {
                    let name = FACTORIES[(details >> 8) as usize - 1];
                    Some(py.import("builtins")?.getattr(name)?.unbind())
                }
                None => {
                    return Err(PyTypeError::new_err(format!(
                        "a compiled function can't return a defaultdict that calls {made}; \
                         return dict(...) of it"
                    )));
                }
            },
            _ => None,
        };
        Ok(Maker { class, factory, kind: kind.clone() })
    }

    /// Whether what is made can't change any more.
    pub fn is_frozen(&self) -> bool {
        self.kind.is_frozen()
    }

    /// An empty object; `limit` is a deque's.
    pub fn empty<'py>(&self, py: Python<'py>, limit: i64) -> PyResult<Bound<'py, PyAny>> {
        let class = self.class.bind(py);
        match (&self.kind, &self.factory) {
            (Collection::Deque, _) if limit >= 0 => class.call1(((), limit)),
            (_, Some(factory)) => class.call1((factory,)),
            _ => class.call0(),
        }
    }

    /// Fills a new object with the content of a list or dict.
    pub fn fill(&self, made: &Bound<'_, PyAny>, content: &Bound<'_, PyAny>) -> PyResult<()> {
        match self.kind {
            Collection::Deque => made.call_method1("extend", (content,)).map(drop),
            Collection::OrderedDict => made.call_method1("update", (content,)).map(drop),
            _ => made.cast::<pyo3::types::PyDict>()?.update(content.cast()?),
        }
    }
}
