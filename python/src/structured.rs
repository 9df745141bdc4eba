//! Structured dtypes at the boundary: arrays and elements as arguments, results and globals.
//!
//! Dtypes are known by handles that live as long as the process. Two dtype objects of the
//! same fields, places and size share one, so that making a dtype anew at each call
//! compiles nothing anew. A field of a dtype that compiled code doesn't know (text, objects,
//! foreign byte order) has a name and a place only.

use crate::arguments::{Frame, Refusal};
use crate::array_results::{Form, View};
use crate::keys;
use crate::numpy_api::{self, NumPy};
use cumbia_frontend::structured::{
    FieldKind, RecordsTy, RowTy, StructDtype, StructField, TextKind,
};
use cumbia_frontend::types::{Layout, Ty};
use numpy::npyffi::objects::PyArrayObject;
use numpy::npyffi::{NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_F_CONTIGUOUS, NPY_ARRAY_WRITEABLE};
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// So many dtype objects are recognized by their address.
const KNOWN_OBJECTS: usize = 256;
/// NumPy's number of the dtype `void`, which structured ones are of.
const VOID: i32 = 20;
/// Those of texts.
const BYTES: i32 = 18;
const POINTS: i32 = 19;

/// A dtype that was seen.
pub struct Entry {
    /// What it is.
    pub dtype: Arc<StructDtype>,
    /// NumPy's object.
    pub object: Py<PyAny>,
    /// Whether a field is a Python object, of which a device would have a copy that nothing counts.
    pub has_objects: bool,
}

#[derive(Default)]
struct Registry {
    entries: Vec<Arc<Entry>>,
    /// Objects in here are kept alive, so that no other takes the address.
    by_object: HashMap<usize, (Py<PyAny>, u32)>,
    by_form: HashMap<String, u32>,
}

fn registry() -> &'static RwLock<Registry> {
    static REGISTRY: OnceLock<RwLock<Registry>> = OnceLock::new();
    REGISTRY.get_or_init(RwLock::default)
}

/// The entry of a handle.
pub fn entry(handle: u64) -> Arc<Entry> {
    registry().read().unwrap_or_else(PoisonError::into_inner).entries[handle as usize].clone()
}

/// The entry of a handle that a text names; `None` if there is none.
pub fn known(handle: u64) -> Option<Arc<Entry>> {
    let registry = registry().read().unwrap_or_else(PoisonError::into_inner);
    registry.entries.get(usize::try_from(handle).ok()?).cloned()
}

/// The number of a structured dtype; `None` if compiled code doesn't take it.
#[pyfunction]
pub fn _struct_dtype(object: &Bound<'_, PyAny>) -> PyResult<Option<u64>> {
    Ok(of_dtype(object)?.map(|entry| entry.dtype.handle))
}

/// The entry of a dtype object; `None` if compiled code doesn't take it.
pub fn of_dtype(object: &Bound<'_, PyAny>) -> PyResult<Option<Arc<Entry>>> {
    {
        let registry = registry().read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, at)) = registry.by_object.get(&(object.as_ptr() as usize)) {
            return Ok(Some(registry.entries[*at as usize].clone()));
        }
    }
    let text = text_kind(object)?;
    let read = match text {
        Some(_) => Some((Vec::new(), object.getattr("itemsize")?.extract()?, false)),
        None => read(object)?,
    };
    let Some((fields, itemsize, record)) = read else { return Ok(None) };
    let has_objects: bool = object.getattr("hasobject")?.extract()?;
    let form = format!("{record} {itemsize} {text:?} {has_objects} {fields:?}");
    let mut registry = registry().write().unwrap_or_else(PoisonError::into_inner);
    let at = match registry.by_form.get(&form) {
        Some(&at) => at,
        None => {
            let at = registry.entries.len() as u32;
            let dtype = StructDtype { handle: at.into(), fields, itemsize, record, text };
            let entry =
                Entry { dtype: Arc::new(dtype), object: object.clone().unbind(), has_objects };
            registry.entries.push(Arc::new(entry));
            registry.by_form.insert(form, at);
            at
        }
    };
    if registry.by_object.len() < KNOWN_OBJECTS {
        let key = object.as_ptr() as usize;
        registry.by_object.insert(key, (object.clone().unbind(), at));
    }
    Ok(Some(registry.entries[at as usize].clone()))
}

/// Which kind of text a dtype is; `None` for others, and in foreign byte order.
fn text_kind(object: &Bound<'_, PyAny>) -> PyResult<Option<TextKind>> {
    let number: i32 = object.getattr("num")?.extract()?;
    let kind = match number {
        BYTES => TextKind::Bytes,
        POINTS => TextKind::Points,
        _ => return Ok(None),
    };
    let native: bool = object.getattr("isnative")?.extract()?;
    let size: u32 = object.getattr("itemsize")?.extract()?;
    Ok((native && size > 0).then_some(kind))
}

fn read(object: &Bound<'_, PyAny>) -> PyResult<Option<(Vec<StructField>, u32, bool)>> {
    let py = object.py();
    let names = object.getattr("names")?;
    let Ok(names) = names.cast::<PyTuple>() else { return Ok(None) };
    let class = object.getattr("type")?;
    let modules = py.import("numpy")?;
    let (record, void) = (modules.getattr("record")?, modules.getattr("void")?);
    let is_record = class.is(&record);
    if !(is_record || class.is(&void)) || names.is_empty() {
        return Ok(None);
    }
    let members = object.getattr("fields")?;
    let mut fields = Vec::new();
    for name in names.iter() {
        let member = members.get_item(&name)?;
        let (mut dtype, mut shape) = (member.get_item(0)?, Vec::new());
        if let Ok((base, extents)) = dtype.getattr("subdtype")?.extract::<(_, Vec<u32>)>() {
            (dtype, shape) = (base, extents);
        }
        let kind = kind_of(&dtype, is_record, &record)?;
        // An array of records within a record is one of `np.void` as an element's attribute.
        let kind = match kind {
            FieldKind::Struct(_) if is_record && !shape.is_empty() => {
                FieldKind::Other("an array of structures in a record".into())
            }
            kind => kind,
        };
        let name = name.extract::<String>()?.into();
        let offset: u32 = member.get_item(1)?.extract()?;
        fields.push(StructField { name, kind, shape: shape.into(), offset });
    }
    Ok(Some((fields, object.getattr("itemsize")?.extract()?, is_record)))
}

fn kind_of(
    dtype: &Bound<'_, PyAny>,
    in_record: bool,
    record: &Bound<'_, PyAny>,
) -> PyResult<FieldKind> {
    let py = dtype.py();
    if !dtype.getattr("names")?.is_none() {
        // What is in a record is one, too.
        let made = match in_record {
            true => py.import("numpy")?.getattr("dtype")?.call1(((record, dtype),))?,
            false => dtype.clone(),
        };
        return Ok(match of_dtype(&made)? {
            Some(entry) => FieldKind::Struct(entry.dtype.clone()),
            None => FieldKind::Other(dtype.str()?.to_string().into()),
        });
    }
    if text_kind(dtype)?.is_some()
        && let Some(entry) = of_dtype(dtype)?
    {
        return Ok(FieldKind::Text(entry.dtype.clone()));
    }
    let native: bool = dtype.getattr("isnative")?.extract()?;
    let numpy = numpy_api::load(py)?;
    // SAFETY: a dtype object, and the thread holds the GIL.
    let known = unsafe { numpy.dtype_of_descr(dtype.as_ptr().cast()) };
    Ok(match known.filter(|_| native) {
        Some(dtype) => FieldKind::Scalar(dtype),
        None => FieldKind::Other(dtype.str()?.to_string().into()),
    })
}

/// The type of a structured array by what its attributes say; `None` for other arrays.
pub fn array_type(array: &Bound<'_, PyAny>) -> PyResult<Option<Arc<RecordsTy>>> {
    let descr = array.getattr("dtype")?;
    if descr.getattr("names")?.is_none() {
        return Ok(None);
    }
    let Some(entry) = of_dtype(&descr)? else { return Ok(None) };
    let ndim = array.getattr("ndim")?.extract()?;
    let dtype = entry.dtype.clone();
    let (layout, readonly, recarray) = (Layout::A, true, false);
    Ok(Some(Arc::new(RecordsTy { dtype, ndim, layout, readonly, recarray })))
}

/// Whether a dtype object is one of the handle's.
pub fn has_handle(descr: *mut PyObject, handle: u64) -> bool {
    Python::attach(|py| {
        // SAFETY: callers hold the array that the dtype belongs to.
        let descr = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, descr) };
        matches!(of_dtype(&descr), Ok(Some(entry)) if entry.dtype.handle == handle)
    })
}

impl Frame {
    /// Appends an array of a structured dtype.
    ///
    /// # Safety
    ///
    /// `array` is an `ndarray` or `recarray`, and the contract of [`Frame::read`] holds.
    #[cold]
    pub unsafe fn read_records(
        &mut self,
        array: *mut PyArrayObject,
        recarray: bool,
    ) -> Result<(), Refusal> {
        // SAFETY: an array's structure is NumPy's, its dimensions and strides have `nd`
        // elements, and its dtype lives as long as it does.
        unsafe {
            let fields = &(*array).fields;
            if !matches!((*fields.descr).fields.type_num, VOID | BYTES | POINTS) {
                return Err(Refusal::Type);
            }
            let entry = Python::attach(|py| {
                of_dtype(&Bound::<PyAny>::from_borrowed_ptr(py, fields.descr.cast()))
            });
            let entry = entry.ok().flatten().ok_or(Refusal::Type)?;
            if self.is_of_kernel() && entry.has_objects {
                return Err(Refusal::Type);
            }
            let ndim = fields.nd as usize;
            let layout = if fields.flags & NPY_ARRAY_C_CONTIGUOUS != 0 {
                Layout::C
            } else if fields.flags & NPY_ARRAY_F_CONTIGUOUS != 0 {
                Layout::F
            } else {
                Layout::A
            };
            let readonly = fields.flags & NPY_ARRAY_WRITEABLE == 0;
            let head = keys::records(ndim as u32, layout, readonly, recarray);
            self.keys.push(head);
            self.keys.push(entry.dtype.handle as u32);
            self.array_slots(array);
        }
        Ok(())
    }
}

impl Frame {
    /// Appends an element of a structured dtype.
    ///
    /// # Safety
    ///
    /// `object` is an `np.void` or `np.record`, and the contract of [`Frame::read`] holds.
    #[cold]
    pub unsafe fn read_row(&mut self, object: *mut PyObject) -> Result<(), Refusal> {
        // SAFETY: such an object begins with this structure; its dtype lives as long.
        unsafe {
            let row = object.cast::<VoidScalar>();
            let entry =
                Python::attach(|py| of_dtype(&Bound::<PyAny>::from_borrowed_ptr(py, (*row).descr)));
            let entry = entry.ok().flatten().ok_or(Refusal::Type)?;
            if self.is_of_kernel() && entry.has_objects {
                return Err(Refusal::Type);
            }
            self.keys.push(keys::row((*row).flags & NPY_ARRAY_WRITEABLE == 0));
            self.keys.push(entry.dtype.handle as u32);
            self.row_slots(object, (*row).value);
        }
        Ok(())
    }
}

/// `PyVoidScalarObject` of NumPy's public `arrayscalars.h`.
#[repr(C)]
struct VoidScalar {
    head: pyo3::ffi::PyVarObject,
    value: *mut u8,
    descr: *mut PyObject,
    flags: std::ffi::c_int,
    base: *mut PyObject,
}

/// The type that two words of a key stand for.
pub fn key_type(word: u32, handle: u32) -> Ty {
    let (ndim, layout, readonly, recarray) = keys::records_of(word);
    let dtype = entry(handle.into()).dtype.clone();
    Ty::Records(RecordsTy { dtype, ndim, layout, readonly, recarray }.into())
}

/// The type of an element.
pub fn row_type(readonly: bool, handle: u32) -> Ty {
    Ty::Row(RowTy { dtype: entry(handle.into()).dtype.clone(), readonly }.into())
}

/// Classes of NumPy for structured data.
#[derive(Clone, Copy, PartialEq)]
pub enum StructuredClass {
    RecArray,
    /// `np.void` or `np.record`
    Row,
}

/// Which of NumPy's classes for structured data this is.
pub fn class_of(class: *mut PyObject) -> Option<StructuredClass> {
    static CLASSES: OnceLock<[usize; 3]> = OnceLock::new();
    let known = match CLASSES.get() {
        Some(known) => known,
        // Without NumPy there are no such objects.
        None => Python::attach(|py| {
            let numpy = py.import("sys")?.getattr("modules")?.get_item("numpy")?;
            let class = |name: &str| Ok::<_, PyErr>(numpy.getattr(name)?.as_ptr() as usize);
            let classes = [class("recarray")?, class("void")?, class("record")?];
            Ok::<_, PyErr>(CLASSES.get_or_init(|| classes))
        })
        .ok()?,
    };
    match known.iter().position(|c| *c == class as usize)? {
        0 => Some(StructuredClass::RecArray),
        _ => Some(StructuredClass::Row),
    }
}

/// Whether an object is an element.
///
/// # Safety
///
/// `object` is null or an object.
pub unsafe fn is_row(object: *mut PyObject) -> bool {
    // SAFETY: an object has a type.
    !object.is_null()
        && class_of(unsafe { pyo3::ffi::Py_TYPE(object) }.cast()) == Some(StructuredClass::Row)
}

/// Whether an object is the element of this dtype at an address.
///
/// # Safety
///
/// As [`is_row`], and the thread holds the GIL.
unsafe fn is_row_at(object: *mut PyObject, data: *mut u8, entry: &Entry) -> bool {
    // SAFETY: an element begins with this structure.
    unsafe {
        is_row(object) && {
            let row = object.cast::<VoidScalar>();
            (*row).value == data && has_handle((*row).descr, entry.dtype.handle)
        }
    }
}

/// An element that is another one, an argument, or a part of it.
///
/// # Safety
///
/// `argument` is an element, `data` is such an element in its memory, and the thread holds
/// the GIL.
pub unsafe fn row_within(
    numpy: &NumPy,
    entry: &Entry,
    form: &Form,
    data: *mut u8,
    argument: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: by the contract; the array keeps the argument alive, and the row the array.
    unsafe {
        if is_row_at(argument, data, entry) {
            pyo3::ffi::Py_INCREF(argument);
            return argument;
        }
        // NumPy wants an array for a base.
        let form = Form { ndim: 0, ..form.clone() };
        let base = View { numpy, form, data, shape: &[], strides: &[] }.over(argument);
        if base.is_null() {
            return base;
        }
        let row = make_row(numpy, entry, data, base);
        pyo3::ffi::Py_DECREF(base);
        row
    }
}

/// Makes an element that refers to memory of an array.
///
/// # Safety
///
/// `data` is an element of this dtype in the memory that `base`, an array, keeps alive;
/// the thread holds the GIL.
pub unsafe fn make_row(
    numpy: &NumPy,
    entry: &Entry,
    data: *mut u8,
    base: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: `PyArray_Scalar` of a structured dtype takes no copy but a reference to the
    // base.
    unsafe { (numpy.scalar)(data.cast(), entry.object.as_ptr().cast(), base) }
}
