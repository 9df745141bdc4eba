//! Calls of compiled code back into Python: the runtime's host hook.
//!
//! A helper that needs the Unicode database, a codec or a format specification that the
//! runtime doesn't know asks Python itself, by the name of a method or builtin. The GIL
//! is taken around the call, whether the kernel runs with it or without. Strings pass
//! with all code points, lone surrogates included.
//!
//! Also the test entry `_call_helper`, which calls one runtime function with Python's
//! values.

use cumbia_abi::{
    AbiType, Context, ExceptionClass, HELPERS, HelperEffects, ListObject, ObjectKind, Owner,
    STATUS_OK, StrObject, helper_index,
};
use cumbia_runtime::{HostArg, HostError, HostValue, Text};
use pyo3::exceptions::{PyMemoryError, PyRuntimeError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// Makes the runtime ready: once, when the module is imported.
pub fn install(py: Python<'_>) -> PyResult<()> {
    cumbia_runtime::set_host_hook(call);
    crate::buffers::install(py)?;
    crate::random_generators::install();
    cumbia_runtime::follow_python(py.version_info().minor);
    crate::offload::install();
    crate::linear_algebra::install();
    crate::warnings::install();
    // NumPy 2.3 changed from where on it writes single precision with an exponent.
    let single = py.import("numpy")?.getattr("float32")?.call1((1e8,))?.str()?;
    cumbia_runtime::set_float32_text(single.to_string().contains('e'));
    Ok(())
}

/// The hook.
fn call(_context: &mut Context, name: &str, args: &[HostArg<'_>]) -> Result<HostValue, HostError> {
    crate::interrupts::with_gil(|py| {
        invoke(py, name, args).map_err(|error| {
            if error.is_instance_of::<PyMemoryError>(py) {
                return HostError::Memory;
            }
            known(py, &error).unwrap_or_else(|| {
                error.restore(py);
                HostError::Python
            })
        })
    })
}

/// An exception that the runtime can raise as its own, so that compiled code may catch
/// it: of exactly a class that it knows, with at most one argument, a string.
pub fn known(py: Python<'_>, error: &PyErr) -> Option<HostError> {
    let class = ExceptionClass::from_name(&error.get_type(py).name().ok()?.to_string())?;
    let builtin = py.import("builtins").ok()?.getattr(class.name()).ok()?;
    if !error.get_type(py).is(&builtin) {
        return None;
    }
    let args = error.value(py).getattr("args").ok()?.cast_into::<PyTuple>().ok()?;
    match args.len() {
        0 => Some(HostError::Known(class, None)),
        1 => {
            let text = args.get_item(0).ok()?.cast_into::<PyString>().ok()?;
            Some(HostError::Known(class, Some(text.to_str().ok()?.to_owned())))
        }
        _ => None,
    }
}

fn invoke(py: Python<'_>, name: &str, args: &[HostArg<'_>]) -> PyResult<HostValue> {
    let values: Vec<Bound<'_, PyAny>> =
        args.iter().map(|arg| argument(py, *arg)).collect::<PyResult<_>>()?;
    let result = match name.split_once('.') {
        Some(("builtins", "print")) => {
            let keywords = PyDict::new(py);
            keywords.set_item("end", "")?;
            py.import("builtins")?
                .getattr("print")?
                .call(PyTuple::new(py, values)?, Some(&keywords))?
        }
        Some(("builtins", function)) => {
            let mut found = py.import("builtins")?.into_any();
            for name in function.split('.') {
                found = found.getattr(name)?;
            }
            found.call1(PyTuple::new(py, values)?)?
        }
        Some((_, method)) => values[0].call_method1(method, PyTuple::new(py, &values[1..])?)?,
        None => return Err(PyRuntimeError::new_err(format!("no host function {name}"))),
    };
    value(&result)
}

fn argument<'py>(py: Python<'py>, arg: HostArg<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match arg {
        HostArg::Bool(value) => PyBool::new(py, value).to_owned().into_any(),
        HostArg::Int(value) => value.into_pyobject(py)?.into_any(),
        HostArg::Unsigned(value) => value.into_pyobject(py)?.into_any(),
        HostArg::Float(value) => PyFloat::new(py, value).into_any(),
        HostArg::Complex(re, im) => PyComplex::from_doubles(py, re, im).into_any(),
        HostArg::Str(text) => string(py, text)?,
        HostArg::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
    })
}

/// A Python string of code points.
fn string<'py>(py: Python<'py>, text: Text<'_>) -> PyResult<Bound<'py, PyAny>> {
    const PASS: &std::ffi::CStr = c"surrogatepass";
    // The machine's own order, said explicitly so that no byte order mark is looked for.
    let mut order: i32 = if cfg!(target_endian = "little") { -1 } else { 1 };
    let points;
    // SAFETY: live slices of these sizes; the thread holds the GIL.
    unsafe {
        let object = match text {
            Text::One(units) => ffi::PyUnicode_DecodeLatin1(
                units.as_ptr().cast(),
                units.len() as isize,
                std::ptr::null(),
            ),
            _ => {
                points = text.wide();
                ffi::PyUnicode_DecodeUTF32(
                    points.as_ptr().cast(),
                    size_of_val(&points[..]) as isize,
                    PASS.as_ptr(),
                    &raw mut order,
                )
            }
        };
        Bound::from_owned_ptr_or_err(py, object)
    }
}

/// The code points of a Python string.
fn points(text: &Bound<'_, PyString>) -> PyResult<Vec<u32>> {
    let length = text.len()?;
    let mut points = vec![0u32; length];
    // SAFETY: room for so many code points; the thread holds the GIL.
    let copied =
        unsafe { ffi::PyUnicode_AsUCS4(text.as_ptr(), points.as_mut_ptr(), length as isize, 0) };
    if copied.is_null() { Err(PyErr::fetch(text.py())) } else { Ok(points) }
}

fn value(object: &Bound<'_, PyAny>) -> PyResult<HostValue> {
    if object.is_none() {
        return Ok(HostValue::None);
    }
    if let Ok(value) = object.cast::<PyBool>() {
        return Ok(HostValue::Bool(value.is_true()));
    }
    if let Ok(value) = object.cast::<PyString>() {
        return Ok(HostValue::Str(points(value)?));
    }
    if let Ok(value) = object.cast::<PyBytes>() {
        return Ok(HostValue::Bytes(value.as_bytes().to_vec()));
    }
    if object.is_instance_of::<PyInt>() {
        // An int beyond 64 bits raises OverflowError here.
        return Ok(HostValue::Int(object.extract()?));
    }
    if let Ok(value) = object.cast::<PyFloat>() {
        return Ok(HostValue::Float(value.value()));
    }
    if let Ok(value) = object.cast::<PyComplex>() {
        return Ok(HostValue::Complex(value.real(), value.imag()));
    }
    Err(PyTypeError::new_err("a host function gave an unexpected type"))
}

/// Calls a runtime function of strings by its name: for tests. Arguments are str, bytes,
/// lists of them, ints, floats and bools; objects that it makes are freed afterwards.
#[pyfunction]
#[pyo3(signature = (name, *args))]
pub fn _call_helper<'py>(
    py: Python<'py>,
    name: &str,
    args: &Bound<'py, PyTuple>,
) -> PyResult<Py<PyAny>> {
    let index = helper_index(name)
        .filter(|&index| HELPERS[index].effects != HelperEffects::Pure)
        .filter(|&index| HELPERS[index].params.len() == args.len())
        .ok_or_else(|| {
            PyTypeError::new_err(format!("no helper {name} with {} parameters", args.len()))
        })?;
    cumbia_runtime::with_context(|context| {
        let mut slots = Vec::with_capacity(args.len());
        for (arg, ty) in args.iter().zip(HELPERS[index].params) {
            slots.push(match ty {
                AbiType::I64 => arg.extract::<i64>()? as u64,
                AbiType::Bool => arg.extract::<bool>()?.into(),
                AbiType::F64 => arg.extract::<f64>()?.to_bits(),
                AbiType::F32 => arg.extract::<f32>()?.to_bits().into(),
                AbiType::Ptr => object(context, &arg)?.expose_provenance() as u64,
            });
        }
        // SAFETY: the pointers are objects of this context, of the kinds that the test
        // chose for this helper.
        let slot = unsafe { cumbia_runtime::call_helper(index, context, &slots) };
        match context.status {
            STATUS_OK => {}
            cumbia_abi::STATUS_MEMORY => return Err(PyMemoryError::new_err(())),
            cumbia_abi::STATUS_RUNTIME => {
                let (class, message) = cumbia_runtime::raised_text(context);
                let class = py.import("builtins")?.getattr(class.name())?;
                return Err(PyErr::from_value(class.call1((message,))?));
            }
            _ => return Err(PyErr::fetch(py)),
        }
        Ok(match HELPERS[index].result {
            None => py.None(),
            Some(AbiType::Bool) => PyBool::new(py, slot & 1 == 1).to_owned().into_any().unbind(),
            Some(AbiType::I64) => (slot as i64).into_pyobject(py)?.into_any().unbind(),
            Some(AbiType::F32) => {
                PyFloat::new(py, f32::from_bits(slot as u32).into()).into_any().unbind()
            }
            Some(AbiType::F64) => PyFloat::new(py, f64::from_bits(slot)).into_any().unbind(),
            // SAFETY: a helper's object, alive until the context ends.
            Some(AbiType::Ptr) => unsafe { from_object(py, slot)? }.unbind(),
        })
    })
}

/// An object of the context with the value of a Python one.
fn object(context: &mut Context, value: &Bound<'_, PyAny>) -> PyResult<*mut u8> {
    let made = if let Ok(text) = value.cast::<PyString>() {
        let points = points(text)?;
        cumbia_runtime::new_string(context, Text::Four(&points))
    } else if let Ok(bytes) = value.cast::<PyBytes>() {
        cumbia_runtime::new_bytes(context, bytes.as_bytes())
    } else if let Ok(list) = value.cast::<PyList>() {
        let texts: Vec<Vec<u32>> = list
            .iter()
            .map(|item| points(&item.cast_into::<PyString>()?))
            .collect::<PyResult<_>>()?;
        cumbia_runtime::new_string_list(context, texts.iter().map(|text| Text::Four(text)))
    } else {
        return Err(PyTypeError::new_err("an argument of an unexpected type"));
    };
    if made.is_null() { Err(PyMemoryError::new_err(())) } else { Ok(made) }
}

/// # Safety
///
/// The slot holds a live string, bytes or list of them.
unsafe fn from_object(py: Python<'_>, slot: u64) -> PyResult<Bound<'_, PyAny>> {
    let address: *const u8 = std::ptr::with_exposed_provenance(slot as usize);
    // SAFETY: by the contract.
    unsafe {
        match (*address.cast::<Owner>()).kind {
            ObjectKind::Str => {
                let text = cumbia_runtime::object_text(address);
                // What the runtime promises, and all comparisons rely on.
                if (*address.cast::<StrObject>()).unit as usize != text.narrowest() {
                    return Err(PyRuntimeError::new_err("a string with too wide units"));
                }
                string(py, text)
            }
            ObjectKind::Bytes => match cumbia_runtime::object_text(address) {
                Text::One(units) => Ok(PyBytes::new(py, units).into_any()),
                _ => Err(PyRuntimeError::new_err("bytes with wide units")),
            },
            ObjectKind::List => {
                let list: *const ListObject = address.cast();
                let result = PyList::empty(py);
                for i in 0..(*list).length as usize {
                    let item = *(*list).owner.data.cast::<u64>().add(i);
                    result.append(from_object(py, item)?)?;
                }
                Ok(result.into_any())
            }
            _ => Err(PyRuntimeError::new_err("an object of an unexpected kind")),
        }
    }
}
