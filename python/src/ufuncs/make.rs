//! Making a `numpy.ufunc` object.
//!
//! Through entry 42 of NumPy's table of ufunc functions, which keeps the addresses that it is
//! given: they belong to the [`Ufunc`] that the object's field `obj` holds. Not here: what the
//! arguments mean (`cumbia/_vectorize.py` has checked them).

use super::loops::{self, Loop};
use super::{Tables, Ufunc, dtype_of, internal, lock, resolve};
use crate::numpy_api;
use cumbia_frontend::types::DType;
use numpy::npyffi::objects::PyArray_Descr;
use numpy::npyffi::{PyUFuncGenericFunction, PyUFuncObject};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods, PyDict, PyTuple};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Mutex;

/// The place of `PyUFunc_FromFuncAndDataAndSignatureAndIdentity`.
const FROM_FUNC: usize = 42;
const CAPSULE: &CStr = c"cumbia.ufunc";

type FromFunc = unsafe extern "C" fn(
    *mut PyUFuncGenericFunction,
    *const *mut c_void,
    *const c_char,
    c_int,
    c_int,
    c_int,
    c_int,
    *const c_char,
    *const c_char,
    c_int,
    *const c_char,
    *mut PyObject,
) -> *mut PyObject;

/// Makes a ufunc. `identity` is NumPy's number of a kind of identity, with the value for
/// the kind that has one; `cores` the core dimensions of each operand; `loops` the dtypes of
/// each loop, which are compiled now.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "what NumPy asks for")]
pub fn _ufunc<'py>(
    py: Python<'py>,
    name: String,
    doc: Option<String>,
    layout: Option<String>,
    inputs: usize,
    identity: (c_int, Bound<'py, PyAny>),
    cores: Vec<Vec<i64>>,
    maker: Bound<'py, PyAny>,
    resolver: Option<Bound<'py, PyAny>>,
    loops: Vec<Vec<String>>,
    parallel: bool,
) -> PyResult<Bound<'py, PyAny>> {
    crate::free_threading::take_gil(py, "ufuncs")?;
    numpy_api::load(py)?;
    let text = |text: String| CString::new(text).map_err(|_| PyValueError::new_err("a null byte"));
    let layout = layout.map(text).transpose()?;
    let made = Ufunc {
        name: text(name)?,
        doc: doc.map(text).transpose()?,
        inputs,
        generalized: layout.is_some(),
        cores,
        parallel,
        maker: maker.clone().unbind(),
        resolver: resolver.clone().map(Bound::unbind),
        tables: Mutex::default(),
    };
    let made = Box::into_raw(Box::new(made));
    // SAFETY: the address is of a `Ufunc` until the capsule's end; null and an exception
    // else.
    let capsule = unsafe {
        let capsule = ffi::PyCapsule_New(made.cast(), CAPSULE.as_ptr(), Some(free));
        Bound::from_owned_ptr_or_err(py, capsule)?
    };
    // SAFETY: just made; the capsule is held.
    let this = unsafe { &*made };
    for names in &loops {
        let dtypes: Option<Vec<DType>> = names.iter().map(|name| dtype_of(name)).collect();
        this.add(dtypes.ok_or_else(|| PyTypeError::new_err("an unknown dtype"))?);
    }
    let object = this.object(py, layout.as_deref(), &identity)?;
    // The collector sees what it is made of through the tuple; the capsule says nothing.
    let kept = PyTuple::new(py, [Some(capsule), Some(maker), resolver])?;
    // SAFETY: a ufunc that nobody has seen, whose field is free for its maker.
    unsafe {
        let fields = &mut (*object.as_ptr().cast::<PyUFuncObject>()).fields;
        fields.obj = kept.into_ptr();
        if this.resolver.is_some() {
            fields.type_resolver = Some(resolve::resolve);
            // NumPy asks no resolver of a ufunc that has neither loops nor such a dict.
            fields.userloops = PyDict::new(py).into_any().into_ptr();
        }
    }
    if let Some(tables) = lock(&this.tables).last() {
        for one in &tables.loops {
            one.compile(py)?;
        }
    }
    Ok(object)
}

/// The capsule's end.
unsafe extern "C" fn free(capsule: *mut PyObject) {
    crate::errors::no_panics((), || {
        // At the interpreter's very end there is nothing to attach to: left alone.
        Python::try_attach(|_| {
            // SAFETY: called once, with the GIL, for a capsule of `_ufunc`.
            unsafe {
                let made = ffi::PyCapsule_GetPointer(capsule, CAPSULE.as_ptr());
                drop(Box::from_raw(made.cast::<Ufunc>()));
            }
        });
    });
}

impl Ufunc {
    /// What a ufunc object is made of; `None` for others.
    ///
    /// # Safety
    ///
    /// `object` is a ufunc that outlives the reference, and the thread holds the GIL.
    pub unsafe fn of<'a>(object: *mut PyUFuncObject) -> Option<&'a Ufunc> {
        // SAFETY: by the contract; only our capsules have the name.
        unsafe {
            let kept = (*object).fields.obj;
            if kept.is_null() || ffi::PyTuple_Check(kept) == 0 || ffi::PyTuple_Size(kept) != 3 {
                return None;
            }
            let capsule = ffi::PyTuple_GetItem(kept, 0);
            if ffi::PyCapsule_IsValid(capsule, CAPSULE.as_ptr()) == 0 {
                return None;
            }
            ffi::PyCapsule_GetPointer(capsule, CAPSULE.as_ptr()).cast::<Ufunc>().as_ref()
        }
    }

    /// Whether there is a loop of these dtypes.
    pub fn has(&self, dtypes: &[DType]) -> bool {
        let all = lock(&self.tables);
        all.last().is_some_and(|t| t.loops.iter().any(|l| *l.dtypes == *dtypes))
    }

    /// Adds a loop. What NumPy has of the former ones stays.
    pub fn add(&self, dtypes: Vec<DType>) {
        let mut all = lock(&self.tables);
        let mut tables = Tables {
            loops: Vec::new(),
            functions: Vec::new(),
            data: Vec::new(),
            types: Vec::new(),
        };
        let known = all.last_mut().map(|t| std::mem::take(&mut t.loops)).unwrap_or_default();
        let added = Box::new(Loop::new(self, dtypes.into()));
        for one in known.into_iter().chain([added]) {
            tables.functions.push(Some(loops::run));
            tables.data.push(ptr::from_ref(&*one).cast_mut().cast());
            tables.types.extend(one.dtypes.iter().map(|&dtype| number(dtype)));
            tables.loops.push(one);
        }
        all.push(tables);
    }

    /// Lets a ufunc object see the loops that there are.
    ///
    /// # Safety
    ///
    /// The object is this one's, and the thread holds the GIL.
    pub unsafe fn show(&self, object: *mut PyUFuncObject) {
        if let Some(tables) = lock(&self.tables).last_mut() {
            // SAFETY: by the contract; the arrays stay as long as the object.
            unsafe {
                let fields = &mut (*object).fields;
                fields.functions = tables.functions.as_mut_ptr();
                fields.data = tables.data.as_mut_ptr();
                fields.types = tables.types.as_mut_ptr();
                fields.ntypes = tables.loops.len() as c_int;
            }
        }
    }

    fn object<'py>(
        &self,
        py: Python<'py>,
        layout: Option<&CStr>,
        identity: &(c_int, Bound<'py, PyAny>),
    ) -> PyResult<Bound<'py, PyAny>> {
        let capsule = py.import("numpy._core._multiarray_umath")?.getattr("_UFUNC_API")?;
        let capsule = capsule.cast_into::<PyCapsule>()?;
        let api = capsule.pointer_checked(None)?.cast::<*mut c_void>().as_ptr();
        // SAFETY: NumPy's table of ufunc functions, of which NumPy 1.16 and later define this
        // entry.
        let from_func: FromFunc =
            unsafe { std::mem::transmute::<*mut c_void, FromFunc>(*api.add(FROM_FUNC)) };
        let mut all = lock(&self.tables);
        let mut none = Tables {
            loops: Vec::new(),
            functions: Vec::new(),
            data: Vec::new(),
            types: Vec::new(),
        };
        let tables = all.last_mut().unwrap_or(&mut none);
        // SAFETY: arrays of as many loops, and texts, that `obj` will keep; NumPy copies the
        // layout and takes a reference to the identity.
        unsafe {
            let made = from_func(
                tables.functions.as_mut_ptr(),
                tables.data.as_ptr(),
                tables.types.as_ptr(),
                tables.loops.len() as c_int,
                self.inputs as c_int,
                (self.cores.len() - self.inputs) as c_int,
                identity.0,
                self.name.as_ptr(),
                self.doc.as_ref().map_or(ptr::null(), |doc| doc.as_ptr()),
                0,
                layout.map_or(ptr::null(), CStr::as_ptr),
                identity.1.as_ptr(),
            );
            Bound::from_owned_ptr_or_err(py, made)
        }
    }
}

/// NumPy's number of a dtype.
fn number(dtype: DType) -> c_char {
    let numpy = numpy_api::loaded().expect("loaded when a ufunc is made");
    // SAFETY: dtype objects in the table live forever.
    unsafe { (*numpy.descr(dtype).cast::<PyArray_Descr>()).fields.type_num as c_char }
}

/// The dtype object of a dtype, as a new reference.
pub fn descr(dtype: DType) -> PyResult<*mut PyArray_Descr> {
    let numpy = numpy_api::loaded().ok_or_else(|| internal("NumPy isn't loaded"))?;
    let found = numpy.descr(dtype);
    // SAFETY: dtype objects in the table live forever; the thread holds the GIL.
    unsafe { ffi::Py_INCREF(found) };
    Ok(found.cast())
}
