//! Words for arguments that compiled code can't take.
//!
//! Runs only after [`crate::arguments`] refused, so it may take its time: it looks
//! at the object again through Python, and says what it is and what to do. One text
//! for each kind of mistake.

use crate::arguments::Refusal;
use crate::numpy_api;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{
    PyBytes, PyDict, PyFrozenSet, PyInt, PyList, PyRange, PySet, PySlice, PyString, PyTuple, PyType,
};

/// The exception for an argument.
pub fn error(function: &str, parameter: &str, object: &Bound<'_, PyAny>, why: Refusal) -> PyErr {
    let place = format!("argument '{parameter}' of {function}()");
    match why {
        Refusal::IntRange => int_range(&place, object),
        Refusal::Tuple => PyTypeError::new_err(format!(
            "{place}: the tuple is too long or nested too deeply for compiled code; \
             pass np.array(x), or unpack it before the call"
        )),
        Refusal::Mixed => PyTypeError::new_err(format!(
            "{place}: the elements of a {} have different types, or types that compiled code \
             can't take; give them one type, or use several containers",
            object.get_type().name().map_or_else(|_| "container".into(), |n| n.to_string())
        )),
        Refusal::Type => match describe(object) {
            Ok(text) => PyTypeError::new_err(format!("{place}: {text}")),
            Err(error) => error,
        },
    }
}

fn int_range(place: &str, object: &Bound<'_, PyAny>) -> PyErr {
    // The offending int may be inside a tuple.
    if let Ok(tuple) = object.cast_exact::<PyTuple>() {
        for (i, item) in tuple.iter().enumerate() {
            let big = item.cast_exact::<PyInt>().is_ok() && item.extract::<i64>().is_err();
            if big || item.cast_exact::<PyTuple>().is_ok() {
                return int_range(&format!("{place}, item {i}"), &item);
            }
        }
    }
    PyOverflowError::new_err(format!(
        "{place}: {} does not fit in 64 bits; compiled ints are 64 bits wide, \
         pass float(x) if an approximation will do",
        shown(object)
    ))
}

/// The repr, cut short; numbers of thousands of digits only by their size.
fn shown(object: &Bound<'_, PyAny>) -> String {
    let bits = object.call_method0("bit_length").and_then(|b| b.extract::<u64>()).unwrap_or(0);
    if bits > 256 {
        return format!("an int of {bits} bits");
    }
    object.repr().map_or_else(|_| "the int".to_owned(), |r| r.to_string_lossy().into_owned())
}

fn describe(object: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = object.py();
    if let Ok(tuple) = object.cast_exact::<PyTuple>() {
        return describe_item(tuple);
    }
    if let Some(numpy) = numpy_api::if_imported(py)? {
        // SAFETY: the types in the table live forever.
        let (array, descr, generic) = unsafe {
            (
                Bound::<PyAny>::from_borrowed_ptr(py, numpy.array_type.cast()),
                Bound::<PyAny>::from_borrowed_ptr(py, numpy.descr_type.cast()),
                Bound::<PyAny>::from_borrowed_ptr(py, numpy.generic_type.cast()),
            )
        };
        if object.is_instance(&array)? {
            return describe_array(object, &array);
        }
        if object.is_instance(&generic)? {
            let dtype = object.getattr("dtype")?;
            return Ok(format!(
                "a NumPy scalar of dtype {dtype} {}",
                dtype_advice(&dtype, "np.float64(x)")?
            ));
        }
        if object.is_instance(&descr)? {
            return Ok(format!(
                "{} is a dtype; name it in the function's body or in a global variable, \
                 dtypes as arguments are not compiled yet",
                object.repr()?
            ));
        }
    }
    describe_other(object)
}

/// The first item that isn't taken.
fn describe_item(tuple: &Bound<'_, PyTuple>) -> PyResult<String> {
    let numpy = numpy_api::if_imported(tuple.py())?;
    for (i, item) in tuple.iter().enumerate() {
        let mut probe = crate::arguments::Frame::new();
        // SAFETY: the item lives as long as `tuple`, which outlives the probe.
        if unsafe { probe.read(item.as_ptr(), numpy) }.is_err() {
            return Ok(format!("item {i} of the tuple: {}", describe(&item)?));
        }
    }
    Ok("this tuple can't be passed to compiled code".to_owned())
}

fn describe_array(object: &Bound<'_, PyAny>, array: &Bound<'_, PyAny>) -> PyResult<String> {
    let class = object.get_type();
    if !class.is(array) {
        let name = class.fully_qualified_name()?;
        let more = if name.to_string_lossy().contains("Masked") {
            "; its mask would be ignored, so pass x.filled(value) or x.data"
        } else {
            ", whose methods may behave differently; pass np.asarray(x)"
        };
        return Ok(format!("an array of the subclass {name}{more}"));
    }
    let dtype = object.getattr("dtype")?;
    let native: bool = dtype.getattr("isnative")?.extract()?;
    let kind: String = dtype.getattr("kind")?.extract()?;
    if !native && "biufc".contains(&kind) {
        return Ok(format!(
            "an array of dtype {dtype} with foreign byte order (big-endian); \
             pass x.astype(x.dtype.newbyteorder('='))"
        ));
    }
    let aligned: bool = object.getattr("flags")?.getattr("aligned")?.extract()?;
    if !aligned && "biufc".contains(&kind) && supported(&dtype)? {
        return Ok(format!(
            "an unaligned array of dtype {dtype} (a field of a packed record, or a view into \
             bytes); pass x.copy()"
        ));
    }
    Ok(format!("an array of dtype {dtype} {}", dtype_advice(&dtype, "x.astype(float)")?))
}

fn supported(dtype: &Bound<'_, PyAny>) -> PyResult<bool> {
    let number: i32 = dtype.getattr("num")?.extract()?;
    Ok(numpy_api::load(dtype.py())?.dtype_of_number(number).is_some())
}

/// Why a dtype isn't taken, and what to do.
fn dtype_advice(dtype: &Bound<'_, PyAny>, convert: &str) -> PyResult<String> {
    let kind: String = dtype.getattr("kind")?.extract()?;
    let itemsize: usize = dtype.getattr("itemsize")?.extract()?;
    let fields = dtype.getattr("names")?;
    Ok(match kind.as_str() {
        "O" => format!(
            "can't be compiled: its elements are Python objects; pass {convert}, or another \
             numeric dtype"
        ),
        "f" if itemsize == 2 => {
            "(half precision) is not compiled; pass x.astype(np.float32)".into()
        }
        "f" => format!("(long double) is not compiled; pass {convert}"),
        "c" => "(long double complex) is not compiled; pass x.astype(complex)".into(),
        "M" => "(dates) is not compiled; pass x.view(np.int64), which counts its units".into(),
        "m" => "(time spans) is not compiled; pass x.view(np.int64), which counts its units".into(),
        "V" if !fields.is_none() => {
            let first = fields.get_item(0)?.repr()?;
            format!("is structured; pass its fields one by one, as in x[{first}]")
        }
        "V" => "(raw bytes) is not compiled; pass x.view(np.uint8)".into(),
        "U" | "T" => "holds text, which is not compiled; pass numbers, such as codes from \
             np.unique(x, return_inverse=True)"
            .into(),
        "S" => "holds bytes strings, which are not compiled; pass x.view(np.uint8)".into(),
        _ => format!("is not compiled; pass {convert}"),
    })
}

fn describe_other(object: &Bound<'_, PyAny>) -> PyResult<String> {
    let class = object.get_type();
    let name = class.fully_qualified_name()?.to_string_lossy().into_owned();
    let text = if object.cast::<PyList>().is_ok() {
        "a list can't be passed to compiled code; pass np.array(x), or a tuple if it is short"
            .into()
    } else if object.cast::<PyDict>().is_ok() {
        "a dict can't be passed to compiled code; pass its values as arguments or as an array"
            .into()
    } else if object.cast::<PySet>().is_ok() || object.cast::<PyFrozenSet>().is_ok() {
        format!("a {name} can't be passed to compiled code; pass np.array(sorted(x))")
    } else if object.cast::<PyString>().is_ok() {
        "a str can't be passed to compiled code; pass a number, or \
         np.frombuffer(x.encode(), np.uint8) for its bytes"
            .into()
    } else if object.cast::<PyBytes>().is_ok() || name == "bytearray" || name == "memoryview" {
        format!("{name} can't be passed to compiled code; pass np.frombuffer(x, np.uint8)")
    } else if object.cast::<PyRange>().is_ok() {
        "a range can't be passed to compiled code; pass its start, stop and step".into()
    } else if object.cast::<PySlice>().is_ok() {
        "a slice can't be passed to compiled code; pass its start and stop".into()
    } else if crate::dispatcher::is_dispatcher(object) {
        let called = object.getattr("__name__")?;
        format!(
            "the jitted function {called}() can't be passed as an argument yet; call it by its \
             name, as a global or closure variable of the function"
        )
    } else if let Ok(class) = object.cast::<PyType>() {
        format!(
            "the class {} can't be passed to compiled code; name it in the function's body",
            class.fully_qualified_name()?
        )
    } else if object.is_callable() {
        format!(
            "a callable ({name}) can't be passed to compiled code; decorate it with @jit and \
             call it by its name"
        )
    } else if object.hasattr("to_numpy")? {
        format!("{name} can't be passed to compiled code; pass x.to_numpy()")
    } else if object.cast::<PyInt>().is_ok() {
        format!("{name}, a subclass of int, can't be passed to compiled code; pass int(x)")
    } else if object.hasattr("__array__")? || object.hasattr("__array_interface__")? {
        format!("{name} can't be passed to compiled code; pass np.asarray(x)")
    } else if object.is_instance_of::<pyo3::types::PyFloat>() || object.hasattr("__float__")? {
        format!("{name} can't be passed to compiled code; pass float(x)")
    } else if object.hasattr("__index__")? {
        format!("{name} can't be passed to compiled code; pass int(x)")
    } else {
        format!(
            "{name} can't be passed to compiled code, which takes numbers, None, tuples of them \
             and NumPy arrays"
        )
    };
    Ok(text)
}
