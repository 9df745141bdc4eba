//! Arguments that lend their memory as an array.
//!
//! Which objects do, and what is refused, is Python's (`cumbia/_exporters.py`): an argument
//! that was refused for its type is asked there, and what comes back is read in its place.
//! Here is only what needs C: the structures of Arrow's C data interface.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::ffi::{CStr, c_char, c_void};

/// Makes the module's function.
pub fn install(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_arrow_parts, module)?)
}

/// What an object is read as.
pub enum Lent {
    /// It lends nothing.
    Nothing,
    /// An array, or a tuple with arrays.
    Instead(Py<PyAny>),
    /// Why it can't be taken without a copy.
    Refused(String),
}

/// What stands for an object that compiled code doesn't take as it is; of a function whose loops
/// run on a device, or another one.
pub fn lent(object: &Bound<'_, PyAny>, on_device: bool) -> PyResult<Lent> {
    let py = object.py();
    if on_device {
        let found = py.import("cumbia.cuda._offload")?.call_method1("lent", (object,))?;
        if !found.is_none() {
            return Ok(Lent::Instead(found.unbind()));
        }
    }
    let found = py.import("cumbia._exporters")?.getattr("converted")?.call1((object,))?;
    if found.is_none() {
        return Ok(Lent::Nothing);
    }
    Ok(match found.cast::<PyString>() {
        Ok(text) => Lent::Refused(text.to_string_lossy().into_owned()),
        Err(_) => Lent::Instead(found.unbind()),
    })
}

/// `struct ArrowSchema`.
#[repr(C)]
struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    children_count: i64,
    children: *mut *mut Schema,
    dictionary: *mut Schema,
    release: Option<unsafe extern "C" fn(*mut Schema)>,
    private: *mut c_void,
}

/// `struct ArrowArray`.
#[repr(C)]
struct Array {
    length: i64,
    nulls: i64,
    offset: i64,
    buffer_count: i64,
    children_count: i64,
    buffers: *const *const u8,
    children: *mut *mut Array,
    dictionary: *mut Array,
    release: Option<unsafe extern "C" fn(*mut Array)>,
    private: *mut c_void,
}

/// Of the capsules of `__arrow_c_array__`: the format, the length, how many elements are null,
/// the address of the first element where elements are of a fixed size, and whether they are
/// encoded by a dictionary.
#[pyfunction]
fn _arrow_parts(
    schema: &Bound<'_, PyAny>,
    array: &Bound<'_, PyAny>,
) -> PyResult<(String, i64, i64, usize, bool)> {
    let py = schema.py();
    let address = |capsule: &Bound<'_, PyAny>, name: &CStr| {
        // SAFETY: a live object; null and an exception for any but a capsule of this name.
        let found = unsafe { ffi::PyCapsule_GetPointer(capsule.as_ptr(), name.as_ptr()) };
        if found.is_null() { Err(PyErr::fetch(py)) } else { Ok(found) }
    };
    let schema = address(schema, c"arrow_schema")?.cast::<Schema>();
    let array = address(array, c"arrow_array")?.cast::<Array>();
    // SAFETY: capsules of these names hold these structures, which nobody moves out of them
    // while the caller has them; an array without nulls need not have a bitmap of them.
    unsafe {
        if (*schema).release.is_none() || (*array).release.is_none() {
            return Err(PyValueError::new_err("the Arrow array was released"));
        }
        let format = CStr::from_ptr((*schema).format).to_string_lossy().into_owned();
        let array = &*array;
        let encoded = !(*schema).dictionary.is_null() || !array.dictionary.is_null();
        let width = match format.as_bytes() {
            [b'c' | b'C'] => 1,
            [b's' | b'S' | b'e'] => 2,
            [b'i' | b'I' | b'f'] => 4,
            [b'l' | b'L' | b'g'] | [b't', b's', ..] | [b't', b'D', ..] | b"tdm" => 8,
            _ => return Ok((format, array.length, 0, 0, encoded)),
        };
        if array.buffer_count != 2 || array.offset < 0 || array.length < 0 {
            return Err(PyTypeError::new_err("the Arrow array isn't one of numbers"));
        }
        let [bitmap, data] = *array.buffers.cast::<[*const u8; 2]>();
        let nulls = match array.nulls {
            0 => 0,
            _ if bitmap.is_null() => 0,
            count if count > 0 => count,
            // Not counted yet.
            _ => {
                let place = |at: i64| (array.offset + at) as usize;
                let valid = |at: &i64| *bitmap.add(place(*at) / 8) >> (place(*at) % 8) & 1 == 1;
                (0..array.length).filter(|at| !valid(at)).count() as i64
            }
        };
        let first = data as usize + array.offset as usize * width;
        Ok((format, array.length, nulls, first, encoded))
    }
}
