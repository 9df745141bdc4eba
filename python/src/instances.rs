//! Instances of ordinary classes as arguments: which attributes one has, and their types.
//!
//! A class in which nothing but Python code says what an attribute is (no `__getattr__`, no
//! `__setattr__`, no builtin type that it derives from but `object`) has *shapes*: one for
//! each set of attributes that instances were seen with, told apart further by which of them
//! compiled code can take. A shape is a class of its own to the compiler, with the attributes
//! as fields, so that an instance is lent as one of a dataclass is (`containers.rs`). An
//! attribute that can't be taken is known by its name alone, and refused where it is used.
//!
//! What the class itself has is read when a function is compiled and guarded then; which
//! names are descriptors of the class is read once.
//!
//! A class with [`PREFIX`] keeps what compiled code takes for attributes under names that begin
//! with that text, and these alone are taken: its own attributes and properties in Python may
//! have the plain names (`cumbia/_structref.py`).

use crate::arguments::{Frame, Refusal};
use crate::classes;
use crate::container_keys::MAX_DEPTH;
use crate::functions;
use crate::keys::{self, Keys};
use crate::numpy_api::{self, NumPy};
use crate::records::{self, Entry, Known};
use cumbia_frontend::classes::{Class, ClassKind, Field, Hashing};
use cumbia_frontend::infer::containers::is_storable;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};
use std::cell::RefCell;
use std::ptr;
use std::sync::{Arc, PoisonError, RwLock};

/// Most words of an instance's type, those of what it refers to included.
const MAX_WORDS: usize = 4000;

/// Methods that would run when an attribute is used, or an instance dropped.
const WATCHING: [&str; 6] =
    ["__getattribute__", "__getattr__", "__setattr__", "__delattr__", "__del__", "__class__"];
/// What a class has that stands for an array, a number or a function.
const CONVERTING: [&str; 8] = [
    "__array__",
    "__dlpack__",
    "__arrow_c_array__",
    "__array_interface__",
    "__cuda_array_interface__",
    "to_numpy",
    "__index__",
    "py_func",
];

/// The attribute of a class that says with which text the names of its fields begin. Numbers
/// that such a field is given become of its type.
pub const PREFIX: &str = "__cumbia_prefix__";

/// What is known of a class with shapes.
pub struct Shapes {
    /// What the names of fields in Python begin with, and in compiled code don't.
    pub prefix: Option<Box<str>>,
    /// Attributes that lie in slots.
    slots: Vec<Py<PyString>>,
    /// Sets of attributes that were seen.
    seen: RwLock<Vec<Names>>,
}

/// Instances with the same attributes.
struct Names {
    names: Vec<Py<PyString>>,
    /// By which of them are taken.
    shapes: Vec<(Vec<bool>, Arc<Entry>)>,
}

impl Shapes {
    /// The shapes of a class, none seen yet; `None` for a class that compiled code can't
    /// take instances of.
    pub fn new(class: &Bound<'_, PyType>) -> PyResult<Option<Shapes>> {
        let py = class.py();
        let object = py.get_type::<PyAny>();
        // A builtin class since 3.12, of which instances have nothing.
        let generic = py.import("typing")?.getattr("Generic")?;
        for name in WATCHING {
            let found = classes::in_classes(class.as_any(), name)?;
            let plain = classes::in_classes(object.as_any(), name)?;
            if found.as_ref().map(Bound::as_ptr) != plain.as_ref().map(Bound::as_ptr) {
                return Ok(None);
            }
        }
        for name in CONVERTING {
            if classes::in_classes(class.as_any(), name)?.is_some() {
                return Ok(None);
            }
        }
        if class.is_subclass(&py.import("numbers")?.getattr("Number")?)? {
            return Ok(None);
        }
        let mut slots: Vec<Py<PyString>> = Vec::new();
        for base in class.mro().iter() {
            if base.is(&object) || base.is(&generic) {
                continue;
            }
            let base = base.cast_into::<PyType>()?;
            let own = base.getattr("__dict__")?;
            // Made by a `class` statement: a builtin class has state that isn't seen.
            let derived = base.getattr("__base__")?;
            let written = own.contains("__dict__")? || own.contains("__slots__")?;
            // SAFETY: a type object.
            let heap =
                unsafe { ffi::PyType_GetFlags(base.as_type_ptr()) & ffi::Py_TPFLAGS_HEAPTYPE != 0 };
            if !heap || derived.is(&object) && !written {
                return Ok(None);
            }
            for item in own.call_method0("items")?.try_iter()? {
                let (name, found): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.extract()?;
                let Ok(name) = name.cast_into::<PyString>() else { return Ok(None) };
                let kind = found.get_type().name()?;
                if kind.to_str()? == "member_descriptor"
                    && classes::in_classes(class.as_any(), name.to_str()?)?
                        .is_some_and(|first| first.is(&found))
                {
                    slots.push(name.clone().unbind());
                }
                if name.to_str()? == "__dict__" && kind.to_str()? != "getset_descriptor" {
                    return Ok(None);
                }
            }
        }
        let prefix = classes::in_classes(class.as_any(), PREFIX)?
            .and_then(|found| found.extract::<String>().ok())
            .map(String::into_boxed_str);
        if prefix.is_some() {
            slots.clear();
        }
        Ok(Some(Shapes { prefix, slots, seen: RwLock::default() }))
    }

    /// A field's name in Python.
    fn in_python<'py>(&self, py: Python<'py>, name: &str) -> Bound<'py, PyString> {
        match &self.prefix {
            Some(prefix) => PyString::intern(py, &format!("{prefix}{name}")),
            None => PyString::intern(py, name),
        }
    }

    /// A field's name in compiled code.
    fn in_code(&self, name: &Bound<'_, PyString>) -> Arc<str> {
        let name = name.to_string_lossy();
        let plain = self.prefix.as_ref().and_then(|prefix| name.strip_prefix(&**prefix));
        plain.unwrap_or(&name).into()
    }

    /// The names of attributes of an instance that has these, in the order of the shapes;
    /// `None` while none was seen.
    fn order(&self, names: &[*mut PyObject]) -> Option<Vec<usize>> {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        seen.iter().find_map(|known| known.order(names))
    }

    /// The shape of an instance with these attributes, all of them taken; `None` where an
    /// instance can't have them.
    pub fn of_names(
        &self,
        class: &Bound<'_, PyAny>,
        base: &Arc<Class>,
        attributes: &[Arc<str>],
    ) -> PyResult<Option<Arc<Entry>>> {
        let py = class.py();
        let has_dict = classes::in_classes(class, "__dict__")?.is_some();
        let mut names = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            let name = self.in_python(py, attribute);
            let slot = self
                .slots
                .iter()
                .any(|slot| slot.bind(py).to_str().is_ok_and(|slot| *slot == **attribute));
            if !slot && !has_dict || is_hidden(class, name.as_ptr()) {
                return Ok(None);
            }
            names.push(name);
        }
        let mut pointers: Vec<*mut PyObject> = names.iter().map(Bound::as_ptr).collect();
        if let Some(order) = self.order(&pointers) {
            pointers = order.into_iter().map(|i| pointers[i]).collect();
        }
        self.shape(class, base, &pointers, &vec![true; pointers.len()]).map(Some)
    }

    /// The shape for attributes of which these are taken.
    fn shape(
        &self,
        class: &Bound<'_, PyAny>,
        base: &Arc<Class>,
        names: &[*mut PyObject],
        taken: &[bool],
    ) -> PyResult<Arc<Entry>> {
        {
            let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
            let known = seen.iter().find(|known| known.order(names).is_some());
            if let Some((_, entry)) =
                known.and_then(|known| known.shapes.iter().find(|(t, _)| t == taken))
            {
                return Ok(entry.clone());
            }
        }
        let py = class.py();
        // SAFETY: the names are those of an instance that the caller keeps.
        let names: Vec<Bound<'_, PyString>> = names
            .iter()
            .map(|&name| unsafe { Bound::from_borrowed_ptr(py, name).cast_into_unchecked() })
            .collect();
        let text = |name: &Bound<'_, PyString>| -> Arc<str> { name.to_string_lossy().into() };
        let chosen =
            |want: bool| names.iter().zip(taken).filter(move |(_, t)| **t == want).map(|(n, _)| n);
        let object = py.get_type::<PyAny>();
        let class_type = class.cast::<PyType>()?;
        let identity =
            classes::inherits(class_type, object.as_any(), &["__eq__", "__ne__", "__hash__"])?;
        // Fields, attributes that aren't taken, and slots without anything tell shapes apart.
        let shape: Vec<String> = names
            .iter()
            .zip(taken)
            .map(|(name, taken)| format!("{}{taken}", name.to_string_lossy()))
            .collect();
        // Since 3.13 messages about slots name the class in full.
        let told_of: Arc<str> = match py.version_info() >= (3, 13) {
            true => text(&class_type.fully_qualified_name()?),
            false => base.name.clone(),
        };
        let description = records::shape_description(base, shape.iter().map(String::as_str));
        let read = Class {
            handle: records::new_handle(&description),
            name: base.name.clone(),
            kind: ClassKind::Instance { identity },
            fields: chosen(true)
                .map(|n| Field { name: self.in_code(n), default: None, keyword_only: false })
                .collect(),
            shown: None,
            not_callable: None,
            ancestors: base.ancestors.clone(),
            plain_check: base.plain_check,
            post_init: false,
            more_to_init: false,
            hashing: if identity { Hashing::Identity } else { Hashing::Other },
            always_true: base.always_true,
            shape_of: Some(base.clone()),
            converts: base.converts.clone(),
            untaken: chosen(false).map(|n| self.in_code(n)).collect(),
            unset: self
                .slots
                .iter()
                .map(|slot| text(slot.bind(py)))
                .filter(|slot| !names.iter().any(|name| text(name) == *slot))
                .map(|slot| {
                    let told = format!("'{told_of}' object has no attribute '{slot}'");
                    (slot, told.into())
                })
                .collect(),
        };
        let own = chosen(true).map(|n| n.clone().unbind()).collect();
        let entry = records::add_shape(class, read, own);
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        let pointers: Vec<*mut PyObject> = names.iter().map(Bound::as_ptr).collect();
        let at = match seen.iter().position(|known| known.order(&pointers).is_some()) {
            Some(at) => at,
            None => {
                seen.push(Names {
                    names: names.iter().map(|n| n.clone().unbind()).collect(),
                    shapes: Vec::new(),
                });
                seen.len() - 1
            }
        };
        seen[at].shapes.push((taken.to_vec(), entry.clone()));
        Ok(entry)
    }
}

impl Names {
    /// Where each of the names is among those of an instance, if it has just these.
    fn order(&self, given: &[*mut PyObject]) -> Option<Vec<usize>> {
        if given.len() != self.names.len() {
            return None;
        }
        let same = |one: *mut PyObject, other: *mut PyObject| {
            // SAFETY: two strings; comparing them runs no Python code.
            unsafe { ffi::PyUnicode_Compare(one, other) == 0 && ffi::PyErr_Occurred().is_null() }
        };
        let place = |name: &Py<PyString>| {
            let name = name.as_ptr();
            let known = given.iter().position(|&g| g == name);
            known.or_else(|| given.iter().position(|&g| same(g, name)))
        };
        self.names.iter().map(place).collect()
    }
}

thread_local! {
    /// Instances whose attributes are being read: one that is met again refers to itself.
    static READING: RefCell<Vec<*mut PyObject>> = const { RefCell::new(Vec::new()) };
}

/// Takes an instance off the list when its attributes are read.
struct Reading;

impl Drop for Reading {
    fn drop(&mut self) {
        READING.with_borrow_mut(|all| all.pop());
    }
}

/// The attributes of an instance: names and values, both kept by it.
///
/// # Safety
///
/// An instance of the shapes' class, and the GIL.
unsafe fn attributes(
    shapes: &Shapes,
    object: *mut PyObject,
    frame: &mut Frame,
) -> Result<Vec<(*mut PyObject, *mut PyObject)>, Refusal> {
    let mut found = Vec::new();
    // SAFETY: by the contract; the class has no method that runs when an attribute is read,
    // and the dict isn't changed while this thread holds the GIL and runs no Python code.
    unsafe {
        let own = ffi::PyObject_GenericGetDict(object, ptr::null_mut());
        if own.is_null() {
            ffi::PyErr_Clear();
        } else {
            frame.hold(own);
            let (mut at, mut name, mut value) = (0, ptr::null_mut(), ptr::null_mut());
            while ffi::PyDict_Next(own, &raw mut at, &raw mut name, &raw mut value) != 0 {
                if ffi::Py_TYPE(name) != &raw mut ffi::PyUnicode_Type {
                    return Err(Refusal::Type);
                }
                if shapes.prefix.as_ref().is_none_or(|prefix| begins_with(name, prefix)) {
                    found.push((name, value));
                }
            }
        }
        for name in &shapes.slots {
            let value = ffi::PyObject_GetAttr(object, name.as_ptr());
            if value.is_null() {
                ffi::PyErr_Clear();
                continue;
            }
            frame.hold(value);
            found.push((name.as_ptr(), value));
        }
    }
    Ok(found)
}

/// Whether a string of Python's begins with a text.
///
/// # Safety
///
/// A valid string, and the GIL.
unsafe fn begins_with(name: *mut PyObject, text: &str) -> bool {
    Python::attach(|py| {
        // SAFETY: by the contract.
        let name = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, name) };
        name.cast::<PyString>().is_ok_and(|n| n.to_str().is_ok_and(|n| n.starts_with(text)))
    })
}

/// Whether a descriptor of the class hides what an instance has under a name.
fn is_hidden(class: &Bound<'_, PyAny>, name: *mut PyObject) -> bool {
    // SAFETY: a string of the caller's.
    let name = unsafe { Bound::<PyAny>::from_borrowed_ptr(class.py(), name) };
    let hides = || -> PyResult<bool> {
        let Some(found) = classes::in_classes(class, name.cast::<PyString>()?.to_str()?)? else {
            return Ok(false);
        };
        let kind = found.get_type();
        let slot = kind.name()?.to_str()? == "member_descriptor";
        Ok(!slot && (kind.hasattr("__set__")? || kind.hasattr("__delete__")?))
    };
    hides().unwrap_or(true)
}

impl Frame {
    /// Appends an instance of an ordinary class.
    ///
    /// # Safety
    ///
    /// As for [`Frame::read`]; the entry is that of the object's class.
    pub unsafe fn read_shape(
        &mut self,
        entry: &Entry,
        shapes: &Shapes,
        object: *mut PyObject,
        numpy: Option<&NumPy>,
        depth: u32,
    ) -> Result<(), Refusal> {
        let Known::Class(base) = &entry.known else { return Err(Refusal::Type) };
        if depth >= MAX_DEPTH || READING.with_borrow(|all| all.contains(&object)) {
            return Err(Refusal::Tuple);
        }
        READING.with_borrow_mut(|all| all.push(object));
        let _reading = Reading;
        let mut holder = Frame::new();
        // SAFETY: by the contract.
        let mut found = unsafe { attributes(shapes, object, &mut holder)? };
        let mut names: Vec<*mut PyObject> = found.iter().map(|(name, _)| *name).collect();
        match shapes.order(&names) {
            Some(order) => found = order.into_iter().map(|i| found[i]).collect(),
            None => Python::attach(|py| {
                // A set of names that is new.
                let class = entry.object.bind(py);
                found.retain(|(name, _)| !is_hidden(class, *name));
            }),
        }
        // Whether a field is taken must not depend on who has loaded NumPy's table.
        let numpy = match numpy {
            Some(numpy) => Some(numpy),
            None => Python::attach(|py| numpy_api::if_imported(py).ok().flatten()),
        };
        names.clear();
        names.extend(found.iter().map(|(name, _)| *name));
        let mut words = Keys::new();
        let mut taken = Vec::with_capacity(found.len());
        for (_, value) in &found {
            let mut field = Frame::new();
            // SAFETY: the value is kept by the instance.
            let mut read = unsafe { field.read_at(*value, numpy, depth + 1) };
            // SAFETY: as above. A function of a class not met before is one from now on.
            if read == Err(Refusal::Type) && unsafe { ffi::PyCallable_Check(*value) } != 0 {
                let learnt = Python::attach(|py| {
                    // SAFETY: as above.
                    let value = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, *value) };
                    functions::learn(&value)
                });
                if learnt {
                    field = Frame::new();
                    // SAFETY: as above.
                    read = unsafe { field.read_at(*value, numpy, depth + 1) };
                }
            }
            let simple = matches!(
                field.keys[..],
                [keys::INT | keys::FLOAT | keys::BOOL | keys::STR | keys::NONE]
            );
            let takes =
                read.is_ok() && (simple || keys::types(&field.keys).iter().all(is_storable));
            if takes {
                words.extend_from_slice(&field.keys);
            }
            taken.push(takes);
        }
        if words.len() > MAX_WORDS {
            return Err(Refusal::Tuple);
        }
        let shape =
            Python::attach(|py| shapes.shape(entry.object.bind(py), base, &names, &taken).ok());
        let shape = shape.ok_or(Refusal::Type)?;
        self.keys.push(keys::record(records::handle_of(&shape)));
        self.keys.extend_from_slice(&words);
        self.slots.push(object as u64);
        Ok(())
    }
}
