//! Array results as NumPy's arrays: over memory of the call or of an argument.
//!
//! `boxing.rs` decides who owns the memory; this makes the array object.

use crate::numpy_api::NumPy;
use crate::structured;
use cumbia_abi::Owner;
use cumbia_frontend::structured::RecordsTy;
use cumbia_frontend::types::{ArrayTy, DType};
use numpy::npyffi::NPY_ARRAY_WRITEABLE;
use numpy::npyffi::objects::PyArrayObject;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use std::ptr;

/// What an array result is made as.
#[derive(Clone)]
pub struct Form {
    /// NumPy's dtype object; borrowed, lives forever.
    pub descr: *mut PyObject,
    /// The dtype, unless it is structured.
    pub dtype: Option<DType>,
    /// Handle of the structured dtype.
    pub structured: Option<u64>,
    pub itemsize: u64,
    pub ndim: u8,
    pub readonly: bool,
    pub class: *mut ffi::PyTypeObject,
}

// SAFETY: the pointers are to dtype and type objects that live as long as the process
// (kept by the tables they come from), and are followed by threads with the GIL only.
unsafe impl Send for Form {}
// SAFETY: as above; immutable.
unsafe impl Sync for Form {}

impl Form {
    /// That of an ordinary array.
    pub fn plain(numpy: &NumPy, ty: &ArrayTy) -> Form {
        Form {
            descr: numpy.descr(ty.dtype),
            dtype: Some(ty.dtype),
            structured: None,
            itemsize: ty.dtype.itemsize().into(),
            ndim: ty.ndim,
            readonly: ty.readonly,
            class: numpy.array_type,
        }
    }

    /// That of an array of a structured dtype.
    pub fn records(ty: &RecordsTy, numpy: &NumPy) -> PyResult<Form> {
        let class = if ty.recarray {
            Python::attach(|py| {
                let class = py.import("numpy")?.getattr("recarray")?;
                Ok::<_, PyErr>(class.into_ptr().cast())
            })?
        } else {
            numpy.array_type
        };
        Ok(Form {
            descr: structured::entry(ty.dtype.handle).object.as_ptr(),
            dtype: None,
            structured: Some(ty.dtype.handle),
            itemsize: ty.dtype.itemsize.into(),
            ndim: ty.ndim,
            readonly: ty.readonly,
            class,
        })
    }
}

/// The parts of an array result.
pub struct View<'a> {
    pub numpy: &'a NumPy,
    pub form: Form,
    pub data: *mut u8,
    pub shape: &'a [u64],
    pub strides: &'a [u64],
}

impl View<'_> {
    /// Whether this is all of an allocation, contiguous from its start.
    pub fn covers(&self, owner: &Owner) -> bool {
        let itemsize = self.form.itemsize;
        let bytes = self.shape.iter().fold(itemsize, |n, &d| n.wrapping_mul(d));
        let contiguous = |dims: &mut dyn Iterator<Item = (&u64, &u64)>| {
            let mut expected = itemsize;
            for (&dim, &stride) in dims {
                if dim != 1 && stride != expected {
                    return false;
                }
                expected = expected.wrapping_mul(dim);
            }
            true
        };
        self.data == owner.data
            && bytes == owner.size as u64
            && (bytes == 0
                || contiguous(&mut self.shape.iter().zip(self.strides).rev())
                || contiguous(&mut self.shape.iter().zip(self.strides)))
    }

    /// Whether this is the array itself.
    ///
    /// # Safety
    ///
    /// `array` is an array or an element of one, and the thread holds the GIL.
    pub unsafe fn is_all_of(&self, array: *mut PyArrayObject) -> bool {
        // SAFETY: what is of the class of an array result is an ndarray.
        unsafe {
            if ffi::Py_TYPE(array.cast()) != self.form.class {
                return false;
            }
            let fields = &(*array).fields;
            let ndim = usize::from(self.form.ndim);
            let same = |ours: &[u64], theirs: *const isize| {
                ours.iter().enumerate().all(|(i, &n)| *theirs.add(i) as u64 == n)
            };
            fields.data.cast::<u8>() == self.data
                && fields.nd as usize == ndim
                && self.numpy.dtype_of_descr(fields.descr) == self.form.dtype
                && self
                    .form
                    .structured
                    .is_none_or(|handle| structured::has_handle(fields.descr.cast(), handle))
                && (fields.flags & NPY_ARRAY_WRITEABLE == 0) == self.form.readonly
                && same(self.shape, fields.dimensions)
                && same(self.strides, fields.strides)
        }
    }

    /// A new array over the memory, which nobody owns yet.
    ///
    /// # Safety
    ///
    /// The memory is what the parts say, and the thread holds the GIL.
    pub unsafe fn make(&self) -> *mut PyObject {
        // SAFETY: `NewFromDescr` takes over a reference to the dtype and copies the
        // dimensions and strides, of which there are `ndim` each.
        unsafe {
            let descr = self.form.descr;
            ffi::Py_INCREF(descr);
            let flags = if self.form.readonly { 0 } else { NPY_ARRAY_WRITEABLE };
            (self.numpy.new_from_descr)(
                self.form.class,
                descr.cast(),
                self.form.ndim.into(),
                self.shape.as_ptr().cast(),
                self.strides.as_ptr().cast(),
                self.data.cast(),
                flags,
                ptr::null_mut(),
            )
        }
    }

    /// A new array over the memory that keeps another array alive.
    ///
    /// # Safety
    ///
    /// As [`View::make`]; `base` is an object that keeps the memory alive.
    pub unsafe fn over(&self, base: *mut PyObject) -> *mut PyObject {
        // SAFETY: `SetBaseObject` takes over a reference also when it fails.
        unsafe {
            let array = self.make();
            if array.is_null() {
                return array;
            }
            ffi::Py_INCREF(base);
            if (self.numpy.set_base)(array.cast(), base) != 0 {
                ffi::Py_DECREF(array);
                return ptr::null_mut();
            }
            array
        }
    }
}
