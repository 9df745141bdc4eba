//! Guards: what a specialization took for granted about globals and closure cells.
//!
//! Compiled code has the values of the names it uses built in. At each call a guard
//! looks the name up again and compares identities; when that fails but the value is
//! an equal constant of the same type (`N = 10` executed once more), the guard
//! takes the new object as its own. Modules that belong to the library (`math`,
//! `numpy`, `builtins`) are not guarded: replacing their functions at run time has
//! no effect on code compiled before.

use crate::arguments;
use crate::classify;
use crate::container_keys::read_key;
use crate::functions;
use crate::keys::Keys;
use crate::numpy_api;
use cumbia_frontend::environment::{Global, ScalarBits};
use cumbia_frontend::types::Ty;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

/// Where a name's value is found.
pub enum Place {
    /// In a dictionary: globals, or a module's attributes.
    Dict(Py<PyDict>, Py<PyString>),
    /// In a closure cell.
    Cell(Py<PyAny>),
    /// An attribute of a class that is kept in it or in a base.
    Attribute(Py<PyAny>, Py<PyString>),
    /// The function of a class method.
    ClassMethod(Py<PyAny>, Py<PyString>),
    /// In a Python function; absent stands for `None`.
    Function(Py<PyAny>, FunctionField),
}

/// A part of a Python function that can be replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum FunctionField {
    /// `__code__`
    Code,
    /// `__defaults__`
    Defaults,
    /// `__kwdefaults__`
    KeywordDefaults,
}

impl Place {
    /// The value now: a borrowed reference, or null if there is none.
    ///
    /// # Safety
    ///
    /// The thread holds the GIL; the result is used before any Python code runs.
    #[inline]
    unsafe fn read(&self) -> *mut PyObject {
        // SAFETY: the objects are a dict and a str, or a cell, kept alive by `self`.
        unsafe {
            match self {
                Place::Dict(dict, name) => {
                    let found = ffi::PyDict_GetItemWithError(dict.as_ptr(), name.as_ptr());
                    if found.is_null() && !ffi::PyErr_Occurred().is_null() {
                        ffi::PyErr_Clear();
                    }
                    found
                }
                Place::Attribute(class, name) => {
                    // What was found when compiling is no descriptor, so the class keeps
                    // it alive; anything else is another object.
                    let found = ffi::PyObject_GetAttr(class.as_ptr(), name.as_ptr());
                    if found.is_null() {
                        ffi::PyErr_Clear();
                    } else {
                        ffi::Py_DECREF(found);
                    }
                    found
                }
                Place::ClassMethod(class, name) => {
                    let bound = ffi::PyObject_GetAttr(class.as_ptr(), name.as_ptr());
                    if bound.is_null() {
                        ffi::PyErr_Clear();
                        return bound;
                    }
                    // The class keeps the function alive.
                    let found = ffi::PyObject_GetAttrString(bound, c"__func__".as_ptr());
                    ffi::Py_DECREF(bound);
                    if found.is_null() {
                        ffi::PyErr_Clear();
                    } else {
                        ffi::Py_DECREF(found);
                    }
                    found
                }
                Place::Cell(cell) => cell_contents(cell.as_ptr()),
                Place::Function(func, field) => functions::field(func.as_ptr(), *field),
            }
        }
    }

    /// The value now.
    #[cfg(Py_GIL_DISABLED)]
    fn value<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let found = match self {
            Place::Dict(dict, name) => return dict.bind(py).get_item(name.bind(py)).ok().flatten(),
            Place::Cell(cell) => cell.bind(py).getattr("cell_contents"),
            Place::Attribute(class, name) => class.bind(py).getattr(name.bind(py)),
            Place::ClassMethod(class, name) => {
                class.bind(py).getattr(name.bind(py)).and_then(|bound| bound.getattr("__func__"))
            }
            Place::Function(func, FunctionField::Code) => func.bind(py).getattr("__code__"),
            Place::Function(func, FunctionField::Defaults) => func.bind(py).getattr("__defaults__"),
            Place::Function(func, FunctionField::KeywordDefaults) => {
                func.bind(py).getattr("__kwdefaults__")
            }
        };
        found.ok()
    }

    fn same_place(&self, other: &Place) -> bool {
        match (self, other) {
            (Place::Dict(d, n), Place::Dict(e, m)) => d.is(e) && n.is(m),
            (Place::Cell(a), Place::Cell(b)) => a.is(b),
            (Place::Function(f, a), Place::Function(g, b)) => f.is(g) && a == b,
            (Place::Attribute(a, n), Place::Attribute(b, m))
            | (Place::ClassMethod(a, n), Place::ClassMethod(b, m)) => a.is(b) && n.is(m),
            _ => false,
        }
    }
}

/// One assumption.
pub struct Guard {
    place: Place,
    /// A reference of the guard's own; null if the name was absent.
    expected: AtomicPtr<PyObject>,
    /// The value if it is a constant, which may be replaced by an equal one.
    value: Option<Global>,
}

impl Guard {
    /// A guard that the place holds the object, or nothing.
    pub fn new(place: Place, expected: Option<&Bound<'_, PyAny>>) -> Guard {
        let value = expected.and_then(classify::constant);
        let expected = expected.map_or(ptr::null_mut(), |o| o.clone().into_ptr());
        Guard { place, expected: AtomicPtr::new(expected), value }
    }

    /// Whether the assumption still holds.
    ///
    /// # Safety
    ///
    /// The thread holds the GIL.
    #[inline]
    unsafe fn holds(&self) -> bool {
        // SAFETY: as the caller's.
        let now = unsafe { self.place.read() };
        // The guard keeps what it expects: an object at the same address is the same.
        now == self.expected.load(Ordering::Relaxed) || self.holds_by_value(now)
    }

    #[cold]
    fn holds_by_value(&self, now: *mut PyObject) -> bool {
        let Some(value) = &self.value else { return false };
        if now.is_null() {
            return false;
        }
        Python::attach(|py| {
            // SAFETY: `now` was just read and no Python code has run since.
            #[cfg(not(Py_GIL_DISABLED))]
            let now = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, now) };
            // Another thread may have replaced it since: it is read again, and held.
            #[cfg(Py_GIL_DISABLED)]
            let Some(now) = self.place.value(py) else { return false };
            if !classify::constant(&now).is_some_and(|new| same(&new, value)) {
                return false;
            }
            let old = self.expected.swap(now.into_ptr(), Ordering::Relaxed);
            // SAFETY: the guard owned a reference to the old object.
            drop(unsafe { Bound::<PyAny>::from_owned_ptr_or_opt(py, old) });
            true
        })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let expected = *self.expected.get_mut();
        if !expected.is_null() {
            // SAFETY: the guard owns the reference; specializations are dropped by
            // threads that hold the GIL, and attaching makes sure of it.
            Python::try_attach(|py| drop(unsafe { Bound::<PyAny>::from_owned_ptr(py, expected) }));
        }
    }
}

/// All assumptions of a specialization.
#[derive(Default)]
pub struct Guards {
    places: Vec<Guard>,
    /// Arrays and containers that are globals, in the order of their slots.
    pub objects: Vec<GlobalObject>,
    /// Objects that the keys of the specialization name by their address.
    held: Vec<Py<PyAny>>,
    /// Functions in containers among the arguments and globals, with their types: no two
    /// have one type.
    pub given: Vec<(Py<PyAny>, Ty)>,
    /// Other objects that the specialization needs.
    kept: Vec<Py<PyAny>>,
    /// All functions by handle, where containers may get some that they didn't have.
    pub functions: Vec<Py<PyAny>>,
}

/// An array, list, set or dict that code refers to by a name: read anew at each call.
pub struct GlobalObject {
    /// The object; the place where it was found is guarded.
    pub object: Py<PyAny>,
    /// Its type.
    pub ty: Ty,
    /// The type of a container as key words.
    words: Keys,
    slot: u64,
}

impl Guards {
    /// Notes an array or a container; gives the slot of its first part. `free` is the next
    /// free one.
    pub fn object(&mut self, object: &Bound<'_, PyAny>, ty: Ty, words: Keys, free: u64) -> u64 {
        if let Some(known) = self.objects.iter().find(|a| a.object.is(object)) {
            return known.slot;
        }
        let object = object.clone().unbind();
        self.objects.push(GlobalObject { object, ty, words, slot: free });
        free
    }

    /// The object of a slot.
    pub fn object_at(&self, slot: u64) -> Option<&Py<PyAny>> {
        self.objects.iter().find(|known| known.slot == slot).map(|known| &known.object)
    }

    /// The types of the objects, in the order of their slots.
    pub fn types(&self) -> impl Iterator<Item = &Ty> {
        self.objects.iter().map(|known| &known.ty)
    }

    /// Keeps an object alive as long as the specialization.
    pub fn hold_object(&mut self, object: &Bound<'_, PyAny>) {
        self.held.push(object.clone().unbind());
    }

    /// Keeps an object alive that isn't an argument.
    pub fn keep(&mut self, object: &Bound<'_, PyAny>) {
        self.kept.push(object.clone().unbind());
    }

    /// Notes a function in a container; false if another one is known by its type.
    pub fn give(&mut self, object: &Bound<'_, PyAny>, ty: &Ty) -> bool {
        match self.given.iter().find(|(_, known)| known == ty) {
            Some((known, _)) => known.is(object),
            None => {
                self.given.push((object.clone().unbind(), ty.clone()));
                true
            }
        }
    }

    /// Whether the specialization is for particular objects as arguments.
    pub fn holds_objects(&self) -> bool {
        !self.held.is_empty()
    }

    /// Adds one, unless the place is guarded already.
    pub fn add(&mut self, guard: Guard) {
        if !self.places.iter().any(|g| g.place.same_place(&guard.place)) {
            self.places.push(guard);
        }
    }

    /// Whether all of them hold.
    ///
    /// # Safety
    ///
    /// The thread holds the GIL.
    #[inline]
    pub unsafe fn hold(&self) -> bool {
        if self.places.is_empty() && self.objects.is_empty() {
            return true;
        }
        // SAFETY: as the caller's.
        unsafe { self.all_hold() }
    }

    #[inline(never)]
    unsafe fn all_hold(&self) -> bool {
        // SAFETY: as the caller's.
        self.places.iter().all(|g| unsafe { g.holds() })
            && (self.objects.is_empty() || self.objects_hold())
    }

    /// Whether each array and container still has the type that the code was compiled for.
    fn objects_hold(&self) -> bool {
        let numpy = numpy_api::loaded();
        self.objects.iter().all(|known| match &known.ty {
            Ty::Array(ty) => numpy.is_some_and(|numpy| {
                // SAFETY: an array, by its type when it was noted; a class can't change.
                let now = unsafe { arguments::array_type_of_kernels(known.object.as_ptr(), numpy) };
                now == Some(*ty)
            }),
            // The same object, whose class can't change.
            Ty::Random => true,
            _ => {
                let mut words = Keys::new();
                // SAFETY: a container, as above; the callers hold the GIL.
                let read = unsafe { read_key(known.object.as_ptr(), numpy, &mut words, 0) };
                read.is_ok() && words == known.words
            }
        })
    }

    /// Visits the objects for the garbage collector.
    ///
    /// # Safety
    ///
    /// Called from `tp_traverse` with its arguments.
    pub unsafe fn traverse(&self, visit: &mut dyn FnMut(*mut PyObject) -> i32) -> i32 {
        let given = self.given.iter().map(|(object, _)| object);
        let others = self.kept.iter().chain(&self.functions).chain(given);
        let objects = self.objects.iter().map(|a| &a.object).chain(others);
        for object in self.held.iter().chain(objects) {
            let stop = visit(object.as_ptr());
            if stop != 0 {
                return stop;
            }
        }
        for guard in &self.places {
            let expected = guard.expected.load(Ordering::Relaxed);
            let objects = match &guard.place {
                Place::Dict(dict, _) => [dict.as_ptr(), expected],
                Place::Attribute(class, _) | Place::ClassMethod(class, _) => {
                    [class.as_ptr(), expected]
                }
                Place::Cell(cell) => [cell.as_ptr(), expected],
                Place::Function(func, _) => [func.as_ptr(), expected],
            };
            for object in objects.into_iter().filter(|o| !o.is_null()) {
                let stop = visit(object);
                if stop != 0 {
                    return stop;
                }
            }
        }
        0
    }
}

/// Whether two constants are the same value of the same type, bit for bit.
fn same(a: &Global, b: &Global) -> bool {
    let bits = |x: f64, y: f64| x.to_bits() == y.to_bits();
    match (a, b) {
        (Global::Float(x), Global::Float(y)) => bits(*x, *y),
        (Global::Complex(p, q), Global::Complex(r, s)) => bits(*p, *r) && bits(*q, *s),
        (Global::Scalar(d, x), Global::Scalar(e, y)) => {
            d == e
                && match (x, y) {
                    (ScalarBits::Float(x), ScalarBits::Float(y)) => bits(*x, *y),
                    (ScalarBits::Complex(p, q), ScalarBits::Complex(r, s)) => {
                        bits(*p, *r) && bits(*q, *s)
                    }
                    _ => x == y,
                }
        }
        (Global::Tuple(x), Global::Tuple(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y))
        }
        _ => a == b,
    }
}

/// Whether cells keep their content behind the object's head: 0 not yet known.
static CELL_LAYOUT: AtomicU8 = AtomicU8::new(0);
const CELL_DIRECT: u8 = 1;
const CELL_INDIRECT: u8 = 2;

/// The content of a closure cell: borrowed, null if empty.
///
/// The limited API has no accessor, and the attribute costs five times as much, so
/// the place where every CPython so far keeps it is read, after it was tried out on
/// a cell with a known content.
unsafe fn cell_contents(cell: *mut PyObject) -> *mut PyObject {
    match CELL_LAYOUT.load(Ordering::Relaxed) {
        // SAFETY: the layout was verified.
        CELL_DIRECT => unsafe { *cell.add(1).cast::<*mut PyObject>() },
        CELL_INDIRECT => by_attribute(cell),
        _ => {
            let direct = Python::attach(|py| try_layout(py).unwrap_or(false));
            CELL_LAYOUT.store(if direct { CELL_DIRECT } else { CELL_INDIRECT }, Ordering::Relaxed);
            by_attribute(cell)
        }
    }
}

fn try_layout(py: Python<'_>) -> PyResult<bool> {
    let content = PyDict::new(py);
    let cell = py.import("types")?.getattr("CellType")?.call1((&content,))?;
    let size: usize = cell.get_type().getattr("__basicsize__")?.extract()?;
    // SAFETY: the object is as large as its type says.
    Ok(size >= size_of::<PyObject>() + size_of::<usize>()
        && unsafe { *cell.as_ptr().add(1).cast::<*mut PyObject>() } == content.as_ptr())
}

#[cold]
fn by_attribute(cell: *mut PyObject) -> *mut PyObject {
    Python::attach(|py| {
        // SAFETY: the caller's cell is alive.
        let cell = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, cell) };
        // The cell keeps its content alive when the new reference is gone.
        cell.getattr("cell_contents").map_or(ptr::null_mut(), |o| o.as_ptr())
    })
}
