//! Classes of the user at the boundary: namedtuples, dataclasses and enums as arguments,
//! results and globals.
//!
//! A class that was seen is kept for the life of the process under a number, its handle:
//! argument keys and types name it by that. What a class is, is read once, by Python's
//! own means; fields and members are assumed not to change afterwards. A class that
//! redefines what compiled code takes for granted isn't taken (or only for its
//! attributes).

use crate::arguments::{Frame, Refusal};
use crate::classes::{in_classes, is_builtin, read_dataclass, read_enum, read_namedtuple};
use crate::container_keys::MAX_DEPTH;
use crate::dispatcher::source::pairs;
use crate::instances::{self, Shapes};
use crate::keys;
use crate::numpy_api::NumPy;
use crate::structured::StructuredClass;
use cumbia_frontend::classes::{Class, ClassKind, Enum, Field, Hashing};
use cumbia_frontend::environment::Global;
use cumbia_frontend::infer::containers::is_storable;
use cumbia_frontend::types::Ty;
use pyo3::exceptions::{PyBaseException, PyTypeError};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString, PyTuple, PyType};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// What is known of a class.
pub enum Known {
    /// Namedtuple, dataclass, or any other class.
    Class(Arc<Class>),
    /// Enum.
    Enum(Arc<Enum>),
}

/// A class that was seen.
pub struct Entry {
    /// What it is.
    pub known: Known,
    /// The class.
    pub object: Py<PyAny>,
    /// Names of the fields.
    pub names: Vec<Py<PyString>>,
    /// Members.
    pub members: Vec<Py<PyAny>>,
    /// Of an ordinary class: what instances have.
    pub shapes: Option<Shapes>,
    /// Of a dataclass: its `__init__` with a text, once needed.
    pub initializer: OnceLock<Py<PyAny>>,
    /// The order in which that sets the fields.
    pub set_order: OnceLock<Vec<usize>>,
}

#[derive(Default)]
struct Registry {
    entries: HashMap<u64, Arc<Entry>>,
    by_class: HashMap<usize, u64>,
}

fn registry() -> &'static RwLock<Registry> {
    static REGISTRY: OnceLock<RwLock<Registry>> = OnceLock::new();
    REGISTRY.get_or_init(RwLock::default)
}

fn find(class: usize) -> Option<Arc<Entry>> {
    let registry = registry().read().unwrap_or_else(PoisonError::into_inner);
    registry.by_class.get(&class).map(|at| registry.entries[at].clone())
}

/// The entry of a handle.
pub fn entry(handle: u64) -> Arc<Entry> {
    registry().read().unwrap_or_else(PoisonError::into_inner).entries[&handle].clone()
}

/// A handle that no class has. It follows from a description of the class where no other one
/// has it, so that processes that meet their classes in different orders have the same
/// handles: code that is kept on disk has them in it.
pub fn new_handle(description: &str) -> u64 {
    static TAKEN: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());
    // FNV-1a, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>.
    let digest = description.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    // The words of keys have room for so many.
    let mut handle = (digest ^ digest >> 24 ^ digest >> 48) & 0xFF_FFFF;
    while !taken.insert(handle) {
        handle = (handle + 1) & 0xFF_FFFF;
    }
    handle
}

/// What tells a shape of a class from its other shapes.
pub fn shape_description<'a>(class: &Class, fields: impl Iterator<Item = &'a str>) -> String {
    let mut text = format!("{} {}", class.handle, class.name);
    fields.for_each(|field| text.extend([" ", field]));
    text
}

/// A class by its module and name: others may have the same.
fn description(class: &Bound<'_, PyType>) -> String {
    let text = |name: &str| class.getattr(name).and_then(|t| t.extract::<String>());
    format!(
        "{}.{}",
        text("__module__").unwrap_or_default(),
        text("__qualname__").unwrap_or_default()
    )
}

/// Keeps a class forever.
pub fn add(class: &Bound<'_, PyAny>, entry: Entry) -> Arc<Entry> {
    let mut registry = registry().write().unwrap_or_else(PoisonError::into_inner);
    let entry = Arc::new(entry);
    let handle = handle_of(&entry);
    registry.entries.insert(handle, entry.clone());
    registry.by_class.insert(class.as_ptr() as usize, handle);
    entry
}

/// Keeps a shape of an ordinary class forever.
pub fn add_shape(class: &Bound<'_, PyAny>, read: Class, names: Vec<Py<PyString>>) -> Arc<Entry> {
    let (handle, object) = (read.handle, class.clone().unbind());
    let known = Known::Class(Arc::new(read));
    let entry = Arc::new(Entry {
        known,
        object,
        names,
        members: Vec::new(),
        shapes: None,
        initializer: OnceLock::new(),
        set_order: OnceLock::new(),
    });
    let mut registry = registry().write().unwrap_or_else(PoisonError::into_inner);
    registry.entries.insert(handle, entry.clone());
    entry
}

/// Keeps a part of a dataclass's fields: the one that is known, or this.
fn add_part(class: &Bound<'_, PyAny>, part: Class, names: Vec<Py<PyString>>) -> Option<Arc<Class>> {
    let same = |known: &Class| {
        let fields = |class: &Class| -> Vec<Arc<str>> {
            class.fields.iter().map(|f| f.name.clone()).collect()
        };
        known.shape_of == part.shape_of && fields(known) == fields(&part)
    };
    let known = {
        let registry = registry().read().unwrap_or_else(PoisonError::into_inner);
        registry.entries.values().find_map(|entry| match &entry.known {
            Known::Class(known) if same(known) => Some(known.clone()),
            _ => None,
        })
    };
    known.or_else(|| match &add_shape(class, part, names).known {
        Known::Class(made) => Some(made.clone()),
        Known::Enum(_) => None,
    })
}

/// The entry of a class object, read now if it wasn't yet; `None` for what is no class
/// of the user's own making.
pub fn of_class(class: &Bound<'_, PyAny>) -> PyResult<Option<Arc<Entry>>> {
    if let Some(known) = find(class.as_ptr() as usize) {
        return Ok(Some(known));
    }
    let py = class.py();
    let Ok(class) = class.cast::<PyType>() else { return Ok(None) };
    if class.is_subclass_of::<PyBaseException>()? {
        return Ok(None);
    }
    let enum_meta = py.import("enum")?.getattr("EnumMeta")?;
    let meta = class.get_type();
    let plain = meta.is(py.get_type::<PyType>());
    // No number is made for what would be asked again at each call.
    if !plain && !meta.is(&enum_meta) && !meta.is(py.import("abc")?.getattr("ABCMeta")?) {
        return Ok(None);
    }
    // What it derives from comes first, so that handles say it.
    let mut ancestors = Vec::new();
    let object = py.get_type::<PyAny>();
    for base in class.mro().iter() {
        let of_enum = base.get_type().is(&enum_meta);
        if base.is(class) || base.is(&object) || is_builtin(&base)? && !of_enum {
            continue;
        }
        if let Some(base) = of_class(&base)? {
            ancestors.push(handle_of(&base));
        }
    }
    let handle = new_handle(&description(class));
    ancestors.push(handle);
    let plain_check = plain || meta.is(&enum_meta);
    let mut read = Class {
        handle,
        name: class.name()?.to_str()?.into(),
        kind: ClassKind::Other,
        fields: Vec::new(),
        shown: None,
        not_callable: Some("only namedtuples and dataclasses are"),
        ancestors,
        plain_check,
        post_init: false,
        more_to_init: false,
        hashing: Hashing::Other,
        always_true: in_classes(class.as_any(), "__bool__")?.is_none()
            && in_classes(class.as_any(), "__len__")?.is_none(),
        shape_of: None,
        converts: conversions(class)?,
        untaken: Vec::new(),
        unset: Vec::new(),
    };
    let mut names = Vec::new();
    if meta.is(&enum_meta) {
        return read_enum(class, read).map(Some);
    }
    if !read_namedtuple(class, &mut read, &mut names)? {
        read_dataclass(class, &mut read, &mut names)?;
    }
    let object = class.clone().into_any().unbind();
    let shapes = match read.kind {
        ClassKind::Other => Shapes::new(class)?,
        _ => None,
    };
    let new = in_classes(class.as_any(), "__new__")?;
    let object_new = in_classes(py.get_type::<PyAny>().as_any(), "__new__")?;
    let is_abstract =
        class.getattr_opt("__abstractmethods__")?.is_some_and(|m| m.is_truthy().unwrap_or(true));
    let made_by_init = new.is_some_and(|new| object_new.is_some_and(|o| o.is(&new)));
    let prefixed = shapes.as_ref().is_some_and(|shapes| shapes.prefix.is_some());
    if shapes.is_some() && (made_by_init || prefixed) && !is_abstract {
        read.not_callable = None;
    }
    let known = Known::Class(Arc::new(read));
    let entry = Entry {
        known,
        object,
        names,
        members: Vec::new(),
        shapes,
        initializer: OnceLock::new(),
        set_order: OnceLock::new(),
    };
    Ok(Some(add(class.as_any(), entry)))
}

/// The handle of a class.
pub fn handle_of(entry: &Entry) -> u64 {
    match &entry.known {
        Known::Class(class) => class.handle,
        Known::Enum(class) => class.class.handle,
    }
}

/// What a class or an instance of one is as a global; `None` if it is neither.
pub fn global<'py>(
    object: &Bound<'py, PyAny>,
    item: &dyn Fn(&Bound<'py, PyAny>) -> PyResult<Option<Global>>,
) -> PyResult<Option<Global>> {
    if object.cast::<PyType>().is_ok() {
        return Ok(of_class(object)?.map(|entry| match &entry.known {
            Known::Class(class) => Global::Class(class.clone()),
            Known::Enum(class) => Global::Enum(class.clone()),
        }));
    }
    instance(object, item)
}

pub fn instance<'py>(
    object: &Bound<'py, PyAny>,
    item: &dyn Fn(&Bound<'py, PyAny>) -> PyResult<Option<Global>>,
) -> PyResult<Option<Global>> {
    let class = object.get_type();
    if is_builtin(class.as_any())? {
        return Ok(None);
    }
    let Some(entry) = of_class(class.as_any())? else { return Ok(None) };
    match &entry.known {
        Known::Enum(class) => {
            let at = entry.members.iter().position(|m| m.is(object));
            Ok(match at {
                Some(at) => Some(Global::Member(class.clone(), at as u32)),
                None => code_of(class, &entry, object.as_ptr())
                    .map(|value| Global::Flags(class.clone(), value)),
            })
        }
        Known::Class(class) => {
            let items: Vec<Bound<'_, PyAny>> = match class.kind {
                ClassKind::NamedTuple => object.try_iter()?.collect::<PyResult<_>>()?,
                ClassKind::Dataclass { frozen: true, .. } => entry
                    .names
                    .iter()
                    .map(|name| object.getattr(name.bind(object.py())))
                    .collect::<PyResult<_>>()?,
                _ => return Ok(None),
            };
            let mut values = Vec::new();
            for one in &items {
                match item(one)? {
                    Some(value) => values.push(value),
                    None => return Ok(None),
                }
            }
            Ok((values.len() == class.fields.len()).then(|| Global::Record(class.clone(), values)))
        }
    }
}

/// Whether an instance has attributes of its own that hide what its class has, as compiled
/// code sees it. Cached values of properties are none.
fn hides_attributes(entry: &Entry, object: &Bound<'_, PyAny>) -> bool {
    let hides = || -> PyResult<bool> {
        let Some(own) = object.getattr_opt("__dict__")? else { return Ok(false) };
        let own = own.cast_into::<PyDict>()?;
        if own.len() <= entry.names.len() {
            return Ok(false);
        }
        let class = object.get_type();
        let cached = object.py().import("functools")?.getattr("cached_property")?;
        for name in own.keys() {
            let field =
                entry.names.iter().any(|n| n.bind(object.py()).as_any().eq(&name).unwrap_or(false));
            if !field
                && let Some(found) = class.getattr_opt(name.cast::<PyString>()?)?
                && !found.is_instance(&cached)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    };
    hides().unwrap_or(true)
}

impl Frame {
    /// Appends an instance that can be changed: it stands in the slot itself until its
    /// fields are copied for the call. False for others.
    ///
    /// # Safety
    ///
    /// As for [`Frame::read`].
    unsafe fn read_object(
        &mut self,
        entry: &Entry,
        class: &Class,
        object: *mut PyObject,
        numpy: Option<&NumPy>,
        depth: u32,
    ) -> Result<bool, Refusal> {
        if !matches!(class.kind, ClassKind::Dataclass { frozen: false, .. }) {
            return Ok(false);
        }
        if depth >= MAX_DEPTH {
            return Err(Refusal::Tuple);
        }
        // SAFETY: the object is valid, and the GIL is held.
        let hides = Python::attach(|py| unsafe {
            hides_attributes(entry, &Bound::from_borrowed_ptr(py, object))
        });
        if hides {
            return Err(Refusal::Type);
        }
        let mut fields = Frame::new();
        for name in &entry.names {
            // SAFETY: as in `read_instance`; the frame is dropped with the GIL held.
            unsafe {
                let value = ffi::PyObject_GetAttr(object, name.as_ptr());
                if value.is_null() {
                    ffi::PyErr_Clear();
                    return Err(Refusal::Type);
                }
                fields.hold(value);
                fields.read_at(value, numpy, depth + 1)?;
            }
        }
        if !by_reference(class, &keys::types(&fields.keys)) {
            return Ok(false);
        }
        self.keys.push(keys::record(class.handle));
        self.keys.extend_from_slice(&fields.keys);
        self.slots.push(object as u64);
        Ok(true)
    }

    /// Appends an argument that is an instance of a class of the user.
    ///
    /// # Safety
    ///
    /// As for [`Frame::read`].
    #[cold]
    pub unsafe fn read_instance(
        &mut self,
        object: *mut PyObject,
        numpy: Option<&NumPy>,
        depth: u32,
    ) -> Result<(), Refusal> {
        // SAFETY: the object is valid.
        let class = unsafe { ffi::Py_TYPE(object) };
        if crate::ranges::is_range_or_slice(class) {
            // SAFETY: an object of such a class.
            return unsafe { self.read_range_or_slice(object) };
        }
        match crate::structured::class_of(class.cast()) {
            // SAFETY: an instance of `numpy.recarray` is an array.
            Some(StructuredClass::RecArray) => unsafe {
                return self.read_records(object.cast(), true);
            },
            // SAFETY: an instance of `np.void` or `np.record`.
            Some(StructuredClass::Row) => unsafe { return self.read_row(object) },
            None => {}
        }
        let entry = match find(class as usize) {
            Some(entry) => entry,
            None => Python::attach(|py| {
                // SAFETY: a type object lives as long as its instance.
                let class = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, class.cast()) };
                if is_builtin(&class)? {
                    return Ok(None);
                }
                of_class(&class)
            })
            .ok()
            .flatten()
            .ok_or(Refusal::Type)?,
        };
        match &entry.known {
            Known::Enum(class) => {
                let code = code_of(class, &entry, object).ok_or(Refusal::Type)?;
                self.keys.push(keys::record(class.class.handle));
                self.slots.push(code as u64);
            }
            Known::Class(class) if class.kind == ClassKind::NamedTuple => {
                // SAFETY: an instance of a subclass of `tuple`, whose items live as long.
                unsafe {
                    if ffi::PyTuple_Size(object) as usize != class.fields.len() {
                        return Err(Refusal::Type);
                    }
                    self.keys.push(keys::record(class.handle));
                    for i in 0..class.fields.len() {
                        let item = ffi::PyTuple_GetItem(object, i as isize);
                        self.read_nested(item, numpy, depth + 1)?;
                    }
                }
            }
            Known::Class(class) if matches!(class.kind, ClassKind::Dataclass { .. }) => {
                // SAFETY: as for this function.
                if unsafe { self.read_object(&entry, class, object, numpy, depth)? } {
                    return Ok(());
                }
                self.keys.push(keys::record(class.handle));
                for name in &entry.names {
                    // SAFETY: no field is a descriptor that runs code; a field that isn't
                    // set gives an AttributeError, which is cleared. The frame keeps the
                    // value alive.
                    unsafe {
                        let value = ffi::PyObject_GetAttr(object, name.as_ptr());
                        if value.is_null() {
                            ffi::PyErr_Clear();
                            return Err(Refusal::Type);
                        }
                        self.hold(value);
                        self.read_nested(value, numpy, depth + 1)?;
                    }
                }
            }
            Known::Class(_) => {
                let shapes = entry.shapes.as_ref().ok_or(Refusal::Type)?;
                // SAFETY: as for this function.
                return unsafe { self.read_shape(&entry, shapes, object, numpy, depth) };
            }
        }
        Ok(())
    }
}

/// The value of a dataclass's field by position; `None` if it isn't set.
///
/// # Safety
///
/// `object` is an instance of the class of the handle, and the thread holds the GIL.
pub unsafe fn attribute(handle: u64, object: *mut PyObject, field: usize) -> Option<Py<PyAny>> {
    let entry = entry(handle);
    Python::attach(|py| {
        // SAFETY: by the contract.
        let object = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, object) };
        object.getattr(entry.names.get(field)?.bind(py)).ok().map(Bound::unbind)
    })
}

/// Assigns a dataclass's field by position; false with an exception set.
///
/// # Safety
///
/// `object` is an instance of the class of the handle, `value` a valid object, and the
/// thread holds the GIL.
pub unsafe fn set_attribute(
    handle: u64,
    object: *mut PyObject,
    field: usize,
    value: *mut PyObject,
) -> bool {
    // SAFETY: by the contract.
    unsafe { ffi::PyObject_SetAttr(object, entry(handle).names[field].as_ptr(), value) == 0 }
}

/// What stands for a member in compiled code: its position in its enum, of flags its value.
fn code_of(class: &Enum, entry: &Entry, object: *mut PyObject) -> Option<i64> {
    let at = entry.members.iter().position(|m| m.as_ptr() == object);
    match (at, &class.flags) {
        (Some(at), _) => Some(class.code(at as u32)),
        (None, Some(_)) => Python::attach(|py| {
            // SAFETY: the caller has a member, and holds the GIL.
            let object = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, object) };
            if !object.get_type().is(entry.object.bind(py)) {
                return None;
            }
            object.getattr("_value_").ok()?.extract().ok()
        }),
        (None, None) => None,
    }
}

/// [`code_of`] an object by the handle of its class.
pub fn member_code(handle: u64, object: *mut PyObject) -> Option<i64> {
    let entry = entry(handle);
    match &entry.known {
        Known::Enum(class) => code_of(class, &entry, object),
        Known::Class(_) => None,
    }
}

/// The member that something stands for in compiled code. One of flags, Python may make now.
pub fn member_of<'py>(py: Python<'py>, entry: &Entry, code: i64) -> PyResult<Bound<'py, PyAny>> {
    let Known::Enum(class) = &entry.known else {
        return Err(PyTypeError::new_err("no class of members"));
    };
    match (0..class.members.len()).find(|&at| class.code(at as u32) == code) {
        Some(at) => Ok(entry.members[at].bind(py).clone()),
        None => entry.object.bind(py).call1((code,)),
    }
}

/// Whether instances with fields of these types are objects of compiled code: those that
/// can be changed, if all fields have a form in memory.
fn by_reference(class: &Class, fields: &[Ty]) -> bool {
    match class.kind {
        ClassKind::Dataclass { frozen: false, .. } => fields.iter().all(is_storable),
        // A shape has no others.
        ClassKind::Instance { .. } => true,
        _ => false,
    }
}

/// The type of an instance's key, the types of its fields being read by `field`.
pub fn key_type(handle: u64, mut field: impl FnMut() -> Ty) -> Ty {
    match &entry(handle).known {
        Known::Enum(class) => Ty::Enum(class.clone()),
        Known::Class(class) => {
            let items: Vec<Ty> = class.fields.iter().map(|_| field()).collect();
            if by_reference(class, &items) {
                Ty::Object(class.clone(), Ty::tuple(items).into())
            } else {
                Ty::Record(class.clone(), items.into())
            }
        }
    }
}

/// Makes an instance of its fields, without calling `__init__`.
pub fn make<'py>(
    py: Python<'py>,
    entry: &Entry,
    items: Bound<'py, PyTuple>,
) -> PyResult<Bound<'py, PyAny>> {
    let class = entry.object.bind(py);
    match &entry.known {
        Known::Class(known) if known.is_tuple() => {
            py.get_type::<PyTuple>().getattr("__new__")?.call1((class, items))
        }
        _ => {
            let object = py.import("builtins")?.getattr("object")?;
            let made = object.getattr("__new__")?.call1((class,))?;
            let set = object.getattr("__setattr__")?;
            let in_order = (0..entry.names.len()).collect();
            for &at in entry.set_order.get().unwrap_or(&in_order) {
                set.call1((&made, entry.names[at].bind(py), items.get_item(at)?))?;
            }
            Ok(made)
        }
    }
}

/// Refuses results that would have to be the very object that was passed.
pub fn check_result(class: &Class) -> PyResult<()> {
    match class.kind {
        ClassKind::Dataclass { frozen: false, .. } => Err(PyTypeError::new_err(format!(
            "a compiled function can't return a {}: it can be changed, and would be a copy; \
             return its fields, or make the dataclass frozen",
            class.name
        ))),
        _ => Ok(()),
    }
}

/// A constant of a class, for results.
pub fn member_object<'py>(py: Python<'py>, class: &Enum, at: u32) -> Bound<'py, PyAny> {
    entry(class.class.handle).members[at as usize].bind(py).clone()
}

/// What a class says of its fields' conversions.
fn conversions(class: &Bound<'_, PyAny>) -> PyResult<Option<Vec<(Arc<str>, Arc<str>)>>> {
    if in_classes(class, instances::PREFIX)?.is_none() {
        return Ok(None);
    }
    match in_classes(class, "__cumbia_fields__")? {
        Some(types) => pairs(&types).map(Some),
        None => Ok(Some(Vec::new())),
    }
}

/// The name of the method that makes instances when compiled code calls a class.
pub fn initializer_name(handle: u64) -> &'static str {
    match &entry(handle).shapes {
        Some(shapes) if shapes.prefix.is_some() => "__cumbia_init__",
        _ => "__init__",
    }
}

/// What a class says its instances' type is for overload functions: the object of
/// `cumbia.types` for the names and types of their fields.
pub fn told_type<'py>(
    py: Python<'py>,
    class: &Class,
    fields: &[Bound<'py, PyAny>],
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let object = entry(class.handle).object.bind(py).clone();
    let Some(make) = object.getattr_opt("__cumbia_type__")?.filter(|make| !make.is_none()) else {
        return Ok(None);
    };
    let pairs: Vec<(&str, &Bound<'py, PyAny>)> =
        class.fields.iter().map(|field| &*field.name).zip(fields).collect();
    make.call1((pairs,)).map(Some)
}

/// A function with a text that does what the `__init__` of a dataclass does.
pub fn initializer<'py>(py: Python<'py>, handle: u64) -> PyResult<Bound<'py, PyAny>> {
    let entry = entry(handle);
    if let Some(known) = entry.initializer.get() {
        return Ok(known.bind(py).clone());
    }
    let make = py.import("cumbia._dataclasses")?.getattr("initializer")?;
    let made = make.call1((entry.object.bind(py),))?;
    // Another thread may have been first.
    Ok(entry.initializer.get_or_init(|| made.unbind()).bind(py).clone())
}

/// The shape of a class for instances that compiled code makes: of a dataclass, itself once
/// all fields are there.
pub fn shape(py: Python<'_>, handle: u64, attributes: &[Arc<str>]) -> PyResult<Option<Arc<Class>>> {
    let base = entry(handle);
    if let Known::Class(class) = &base.known
        && let ClassKind::Dataclass { frozen: false, .. } = class.kind
    {
        if attributes.iter().any(|name| class.field(name).is_none()) {
            return Ok(None);
        }
        if attributes.len() == class.fields.len() {
            base.set_order
                .get_or_init(|| attributes.iter().filter_map(|name| class.field(name)).collect());
            return Ok(Some(class.clone()));
        }
        // What `__init__` has set so far; nobody sees it.
        let part = Class {
            handle: new_handle(&shape_description(class, attributes.iter().map(|name| &**name))),
            name: class.name.clone(),
            kind: ClassKind::Instance { identity: false },
            fields: attributes
                .iter()
                .map(|name| Field { name: name.clone(), default: None, keyword_only: false })
                .collect(),
            shown: None,
            not_callable: None,
            ancestors: class.ancestors.clone(),
            plain_check: class.plain_check,
            post_init: false,
            more_to_init: false,
            hashing: Hashing::Other,
            always_true: class.always_true,
            shape_of: Some(class.clone()),
            converts: class.converts.clone(),
            untaken: Vec::new(),
            unset: Vec::new(),
        };
        let names = attributes.iter().map(|name| PyString::new(py, name).unbind()).collect();
        let known = add_part(base.object.bind(py), part, names);
        return Ok(known);
    }
    let (Some(shapes), Known::Class(class)) = (&base.shapes, &base.known) else { return Ok(None) };
    let found = shapes.of_names(base.object.bind(py), class, attributes)?;
    Ok(found.and_then(|entry| match &entry.known {
        Known::Class(shape) => Some(shape.clone()),
        Known::Enum(_) => None,
    }))
}

/// The class from which `super()` takes an attribute: the first that has it after another
/// one in the order of a class's bases.
pub fn next_with(py: Python<'_>, handle: u64, after: u64, name: &str) -> PyResult<Option<u64>> {
    let class = entry(handle).object.bind(py).clone();
    let own = entry(after).object.bind(py).clone();
    let mut bases = class.cast_into::<PyType>()?.mro().iter().skip_while(|base| !base.is(&own));
    bases.next();
    for base in bases {
        if base.getattr("__dict__")?.contains(name)? {
            return Ok(of_class(&base)?.map(|entry| handle_of(&entry)));
        }
    }
    Ok(None)
}

/// Whether a class and all that it derives from lack an attribute.
pub fn lacks(py: Python<'_>, handle: u64, name: &str) -> PyResult<bool> {
    Ok(in_classes(entry(handle).object.bind(py), name)?.is_none())
}

/// An attribute of a class as the class has it, before it is bound to anything.
pub fn unbound<'py>(
    py: Python<'py>,
    handle: u64,
    name: &str,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    in_classes(entry(handle).object.bind(py), name)
}

/// Whether an attribute of a class is a constant: the same object at each look.
pub fn class_attribute<'py>(
    py: Python<'py>,
    handle: u64,
    name: &str,
) -> PyResult<Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
    let class = entry(handle).object.bind(py).clone();
    let Some(found) = class.getattr_opt(name)? else { return Ok(None) };
    let again = class.getattr(name)?;
    let constant = found.is(&again) || found.cast_exact::<PyBool>().is_ok();
    Ok(constant.then_some((class, found)))
}
