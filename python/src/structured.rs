//! Arrays of structured dtypes at the boundary: as arguments, results and globals.
//!
//! Dtypes are known by handles that live as long as the process. Two dtype objects of the
//! same fields, places and size share one, so that making a dtype anew at each call
//! compiles nothing anew. Taken are fields of native scalar dtypes; nested fields,
//! sub-arrays, strings and titles are not.

use crate::arguments::{Frame, Refusal};
use crate::keys;
use crate::numpy_api::{self, NumPy};
use cumbia_frontend::structured::{RecordsTy, StructDtype, StructField};
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

/// A dtype that was seen.
pub struct Entry {
    /// What it is.
    pub dtype: Arc<StructDtype>,
    /// NumPy's object.
    pub object: Py<PyAny>,
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

/// The entry of a dtype object; `None` if compiled code doesn't take it.
pub fn of_dtype(object: &Bound<'_, PyAny>) -> PyResult<Option<Arc<Entry>>> {
    {
        let registry = registry().read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, at)) = registry.by_object.get(&(object.as_ptr() as usize)) {
            return Ok(Some(registry.entries[*at as usize].clone()));
        }
    }
    let Some((fields, itemsize, record)) = read(object)? else { return Ok(None) };
    let form = format!("{record} {itemsize} {fields:?}");
    let mut registry = registry().write().unwrap_or_else(PoisonError::into_inner);
    let at = match registry.by_form.get(&form) {
        Some(&at) => at,
        None => {
            let at = registry.entries.len() as u32;
            let dtype = StructDtype { handle: at.into(), fields, itemsize, record };
            let entry = Entry { dtype: Arc::new(dtype), object: object.clone().unbind() };
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

fn read(object: &Bound<'_, PyAny>) -> PyResult<Option<(Vec<StructField>, u32, bool)>> {
    let py = object.py();
    let numpy = numpy_api::load(py)?;
    let names = object.getattr("names")?;
    let Ok(names) = names.cast::<PyTuple>() else { return Ok(None) };
    let members = object.getattr("fields")?;
    let mut fields = Vec::new();
    for name in names.iter() {
        let member = members.get_item(&name)?;
        if member.len()? != 2 {
            return Ok(None);
        }
        let dtype = member.get_item(0)?;
        let number: i32 = dtype.getattr("num")?.extract()?;
        let native: bool = dtype.getattr("isnative")?.extract()?;
        let Some(dtype) = numpy.dtype_of_number(number).filter(|_| native) else {
            return Ok(None);
        };
        let offset: u32 = member.get_item(1)?.extract()?;
        fields.push(StructField { name: name.extract::<String>()?.into(), dtype, offset });
    }
    let kind = object.getattr("type")?;
    let modules = py.import("numpy")?;
    let (record, void) = (modules.getattr("record")?, modules.getattr("void")?);
    if !(kind.is(&record) || kind.is(&void)) || fields.is_empty() {
        return Ok(None);
    }
    Ok(Some((fields, object.getattr("itemsize")?.extract()?, kind.is(&record))))
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
            if (*fields.descr).fields.type_num != VOID {
                return Err(Refusal::Type);
            }
            let entry = Python::attach(|py| {
                of_dtype(&Bound::<PyAny>::from_borrowed_ptr(py, fields.descr.cast()))
            });
            let entry = entry.ok().flatten().ok_or(Refusal::Type)?;
            let ndim = fields.nd as usize;
            let layout = if fields.flags & NPY_ARRAY_C_CONTIGUOUS != 0 {
                Layout::C
            } else if fields.flags & NPY_ARRAY_F_CONTIGUOUS != 0 {
                Layout::F
            } else {
                Layout::A
            };
            let readonly = fields.flags & NPY_ARRAY_WRITEABLE == 0;
            let mask = u64::from(entry.dtype.alignment()) - 1;
            let mut places = fields.data as u64;
            for i in 0..ndim {
                // The stride of an axis of one item leads nowhere.
                if *fields.dimensions.add(i) > 1 {
                    places |= *fields.strides.add(i) as u64;
                }
            }
            let aligned = places & mask == 0 && entry.dtype.aligned();
            let head = keys::records(ndim as u32, layout, readonly, aligned, recarray);
            self.keys.push(head);
            self.keys.push(entry.dtype.handle as u32);
            self.array_slots(array);
        }
        Ok(())
    }
}

/// The type that two words of a key stand for.
pub fn key_type(word: u32, handle: u32) -> Ty {
    let (ndim, layout, readonly, aligned, recarray) = keys::records_of(word);
    let dtype = entry(handle.into()).dtype.clone();
    Ty::Records(RecordsTy { dtype, ndim, layout, readonly, aligned, recarray }.into())
}

/// Whether a class is `numpy.recarray`.
pub fn is_recarray(class: *mut PyObject) -> bool {
    Python::attach(|py| {
        let modules = py.import("sys").and_then(|s| s.getattr("modules"));
        let numpy = modules.and_then(|m| m.get_item("numpy"));
        numpy.and_then(|n| n.getattr("recarray")).is_ok_and(|r| r.as_ptr() == class)
    })
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
