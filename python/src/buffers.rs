//! Buffers at the boundary: `bytearray`, `array.array` and `memoryview` as arguments, and as
//! results.
//!
//! An argument's memory is used in place. It is exported for as long as the call lasts, so
//! that no other thread can resize it (Python raises BufferError there). Where compiled code
//! resizes, the export is given up for the moment and Python resizes its own object, which
//! raises what Python raises.

use crate::arguments::{Frame, Refusal};
use crate::host::known;
use crate::keys;
use cumbia_abi::{BufferObject, IMMORTAL, ObjectKind, Owner};
use cumbia_frontend::buffers::{BufferKind, BufferTy};
use cumbia_runtime::HostError;
use pyo3::exceptions::PyBufferError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A caller's buffer and its object for the call.
#[repr(C)]
pub struct Lent {
    /// The hook gets the address of this, which is that of the whole.
    native: BufferObject,
    view: ffi::Py_buffer,
}

impl Drop for Lent {
    fn drop(&mut self) {
        // SAFETY: the view was filled in by `PyObject_GetBuffer`, and is released once; a
        // view that was given up has no object. Frames are dropped with the GIL.
        unsafe { ffi::PyBuffer_Release(&raw mut self.view) };
    }
}

/// The class `array.array`: a type of the module, which stays.
static ARRAY_CLASS: AtomicUsize = AtomicUsize::new(0);

/// Makes buffers known: once, when the module is imported.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let class = py.import("array")?.getattr("array")?.unbind();
    ARRAY_CLASS.store(class.into_ptr() as usize, Ordering::Relaxed);
    cumbia_runtime::set_resize_hook(resize);
    Ok(())
}

fn is_array_class(class: *mut ffi::PyTypeObject) -> bool {
    class as usize == ARRAY_CLASS.load(Ordering::Relaxed)
}

/// The kind of buffer that a class makes.
pub fn kind_of(class: *mut ffi::PyTypeObject) -> Option<BufferKind> {
    // The addresses of CPython's own type objects.
    if class == &raw mut ffi::PyByteArray_Type {
        Some(BufferKind::ByteArray)
    } else if class == &raw mut ffi::PyMemoryView_Type {
        Some(BufferKind::Memory)
    } else if is_array_class(class) {
        Some(BufferKind::Array)
    } else {
        None
    }
}

/// Exports an object's memory.
unsafe fn export(object: *mut PyObject) -> Option<ffi::Py_buffer> {
    // SAFETY: a live object and the GIL; the view is used only where it was filled in.
    unsafe {
        let mut view: ffi::Py_buffer = std::mem::zeroed();
        if ffi::PyObject_GetBuffer(object, &raw mut view, ffi::PyBUF_FULL_RO) != 0 {
            ffi::PyErr_Clear();
            return None;
        }
        Some(view)
    }
}

/// What compiled code takes of a view: one dimension, side by side, of a known format.
unsafe fn type_of(kind: BufferKind, view: &ffi::Py_buffer) -> Option<BufferTy> {
    // SAFETY: a view that was filled in with all that `PyBUF_FULL_RO` asks for.
    unsafe {
        let format = match view.format.is_null() {
            true => b"B".as_slice(),
            false => std::ffi::CStr::from_ptr(view.format).to_bytes(),
        };
        let [code] = *format else { return None };
        let dtype = BufferTy::dtype_of(code)?;
        let item = dtype.itemsize() as isize;
        let whole = view.ndim == 1
            && view.itemsize == item
            && (view.len <= item || *view.strides == item)
            && (view.suboffsets.is_null() || *view.suboffsets < 0);
        let aligned = view.len == 0 || (view.buf as usize).is_multiple_of(item as usize);
        (whole && aligned).then_some(BufferTy { kind, code, readonly: view.readonly != 0 })
    }
}

impl Frame {
    /// Appends a buffer.
    ///
    /// # Safety
    ///
    /// An object of a class of [`kind_of`], and the contract of [`Frame::read`].
    pub unsafe fn read_buffer(
        &mut self,
        object: *mut PyObject,
        kind: BufferKind,
    ) -> Result<(), Refusal> {
        // SAFETY: by the contract.
        unsafe {
            let view = export(object).ok_or(Refusal::Type)?;
            let Some(ty) = type_of(kind, &view) else {
                let mut view = view;
                ffi::PyBuffer_Release(&raw mut view);
                return Err(Refusal::Type);
            };
            self.keys.extend(keys::buffer(ty));
            let buffers = &mut self.rare().buffers;
            let same = buffers.iter_mut().find(|b| b.native.owner.object == object.cast());
            if let Some(same) = same {
                let mut view = view;
                ffi::PyBuffer_Release(&raw mut view);
                let address = ptr::from_mut(&mut **same) as u64;
                self.slots.push(address);
                return Ok(());
            }
            let item = i64::from(ty.dtype().itemsize());
            let owner = Owner {
                refcount: IMMORTAL,
                data: view.buf.cast(),
                size: view.len as usize,
                previous: ptr::null_mut(),
                next: ptr::null_mut(),
                object: object.cast(),
                kind: ObjectKind::Buffer,
                class: 0,
            };
            let native = BufferObject {
                owner,
                length: view.len as i64 / item,
                item,
                whole: ptr::null_mut(),
            };
            let mut lent = Box::new(Lent { native, view });
            self.slots.push(ptr::from_mut(&mut *lent) as u64);
            self.rare().buffers.push(lent);
        }
        Ok(())
    }
}

/// The runtime's hook: a caller's buffer gets another length.
fn resize(buffer: *mut BufferObject, length: usize, at: usize) -> Result<(), HostError> {
    Python::attach(|py| {
        let lent: *mut Lent = buffer.cast();
        // SAFETY: the runtime passes what `read_buffer` made, which lives as long as the
        // call; compiled code keeps no address of the memory across this.
        unsafe {
            let object: *mut PyObject = (*buffer).owner.object.cast();
            let object = Bound::<PyAny>::from_borrowed_ptr(py, object);
            ffi::PyBuffer_Release(&raw mut (*lent).view);
            let old = (*buffer).length as usize;
            let result = if length < old {
                let end = (at + old - length) as isize;
                match ffi::PySequence_DelSlice(object.as_ptr(), at as isize, end) {
                    0 => Ok(()),
                    _ => Err(PyErr::fetch(py)),
                }
            } else {
                lengthen(&object, old, length, (*buffer).item as usize)
            };
            let Some(view) = export(object.as_ptr()) else {
                (*buffer).length = 0;
                return Err(HostError::Memory);
            };
            (*buffer).owner.data = view.buf.cast();
            (*buffer).owner.size = view.len as usize;
            (*buffer).length = view.len as i64 / (*buffer).item;
            (*lent).view = view;
            result.map_err(|error| {
                known(py, &error).unwrap_or_else(|| {
                    error.restore(py);
                    HostError::Python
                })
            })
        }
    })
}

/// Appends zeros.
fn lengthen(object: &Bound<'_, PyAny>, old: usize, new: usize, item: usize) -> PyResult<()> {
    let py = object.py();
    // SAFETY: live objects of the classes that are asked for, and the GIL.
    unsafe {
        if ffi::PyByteArray_Check(object.as_ptr()) != 0 {
            if ffi::PyByteArray_Resize(object.as_ptr(), new as isize) != 0 {
                return Err(PyErr::fetch(py));
            }
            let data = ffi::PyByteArray_AsString(object.as_ptr()).cast::<u8>();
            ptr::write_bytes(data.add(old), 0, new - old);
            return Ok(());
        }
        if !is_array_class(ffi::Py_TYPE(object.as_ptr())) {
            return Err(PyBufferError::new_err("this buffer can't be resized"));
        }
    }
    let zeros = vec![0u8; (new - old) * item];
    object.call_method1("frombytes", (PyBytes::new(py, &zeros),))?;
    Ok(())
}

/// A new Python object with the content of a buffer.
///
/// # Safety
///
/// A live buffer that compiled code made, and the GIL; the argument that it is a part of
/// is alive.
pub unsafe fn make(ty: BufferTy, buffer: *const BufferObject) -> *mut PyObject {
    // SAFETY: by the contract; a part lies inside the whole.
    unsafe {
        if let Some(whole) = (*buffer).whole.as_ref() {
            let bytes = (*buffer).owner.data as isize - whole.owner.data as isize;
            let from = bytes / whole.item as isize;
            let to = from + (*buffer).length as isize;
            return ffi::PySequence_GetSlice(whole.owner.object.cast(), from, to);
        }
    }
    // SAFETY: by the contract.
    let content = unsafe { cumbia_runtime::buffer_slice(buffer) };
    match ty.kind {
        // SAFETY: a live slice, which is copied.
        BufferKind::ByteArray => unsafe {
            ffi::PyByteArray_FromStringAndSize(content.as_ptr().cast(), content.len() as isize)
        },
        _ => Python::attach(|py| {
            let made = py.import("array").and_then(|module| {
                let code = (ty.code as char).to_string();
                module.getattr("array")?.call1((code, PyBytes::new(py, content)))
            });
            match made {
                Ok(made) => made.into_ptr(),
                Err(error) => {
                    error.restore(py);
                    ptr::null_mut()
                }
            }
        }),
    }
}
