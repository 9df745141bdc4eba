//! Words for arguments that compiled code can't take.
//!
//! Runs only after [`crate::arguments`] refused, so it may take its time: it looks
//! at the object again through Python, and says what it is and what to do. One text
//! for each kind of mistake.

use crate::arguments::Refusal;
use crate::collections;
use crate::numpy_api;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{
    PyBytes, PyDict, PyFrozenSet, PyInt, PyList, PySet, PySlice, PyString, PyTuple, PyType,
};

/// The exception for an argument.
pub fn error(function: &str, parameter: &str, object: &Bound<'_, PyAny>, why: Refusal) -> PyErr {
    error_at(&place(function, parameter), object, why)
}

/// As [`error`], of an argument that has no name.
pub fn error_at(place: &str, object: &Bound<'_, PyAny>, why: Refusal) -> PyErr {
    match why {
        Refusal::IntRange => int_range(place, object),
        Refusal::Tuple => PyTypeError::new_err(format!(
            "{place}: the {} is too long or nested too deeply for compiled code; \
             pass np.array(x), or unpack it before the call",
            kind(object)
        )),
        Refusal::Mixed => PyTypeError::new_err(format!("{place}: {}", mixed(object))),
        Refusal::Gil => PyTypeError::new_err(format!(
            "{place}: a {} can't be read without Python's GIL",
            kind(object)
        )),
        Refusal::Type => match describe(object) {
            Ok(text) => PyTypeError::new_err(format!("{place}: {text}")),
            Err(error) => error,
        },
    }
}

/// Which argument it is.
pub fn place(function: &str, parameter: &str) -> String {
    format!("argument '{parameter}' of {function}()")
}

/// The name of an object's class, for a sentence.
fn kind(object: &Bound<'_, PyAny>) -> String {
    object.get_type().name().map_or_else(|_| "container".into(), |n| n.to_string())
}

/// What a tuple or builtin container holds, each item with words for where it is.
fn items<'py>(object: &Bound<'py, PyAny>) -> Vec<(String, Bound<'py, PyAny>)> {
    if let Ok(tuple) = object.cast_exact::<PyTuple>() {
        let numbered = tuple.iter().enumerate();
        numbered.map(|(i, item)| (format!("item {i}"), item)).collect()
    } else if let Ok(list) = object.cast_exact::<PyList>() {
        let numbered = list.iter().enumerate();
        numbered.map(|(i, item)| (format!("item {i}"), item)).collect()
    } else if let Ok(set) = object.cast_exact::<PySet>() {
        set.iter().map(|item| ("an element".to_owned(), item)).collect()
    } else if let Ok(dict) = object.cast_exact::<PyDict>() {
        let pairs = dict.iter();
        pairs.flat_map(|(k, v)| [("a key".to_owned(), k), ("a value".to_owned(), v)]).collect()
    } else {
        Vec::new()
    }
}

/// The first item that isn't taken by itself, with its place and the reason.
fn first_refused<'py>(
    object: &Bound<'py, PyAny>,
) -> PyResult<Option<(String, Bound<'py, PyAny>, Refusal)>> {
    let numpy = numpy_api::if_imported(object.py())?;
    for (place, item) in items(object) {
        let mut probe = crate::arguments::Frame::new();
        // SAFETY: `item` holds a reference, and the probe is gone before it.
        let read = unsafe { probe.read(item.as_ptr(), numpy) };
        if let Err(why) = read {
            return Ok(Some((place, item, why)));
        }
    }
    Ok(None)
}

/// The first thing in a container, namedtuple or dataclass that isn't taken for its type.
pub fn first_of_unknown_type<'py>(object: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    let numpy = numpy_api::if_imported(object.py()).ok()?;
    let mut parts: Vec<Bound<'py, PyAny>> = items(object).into_iter().map(|(_, i)| i).collect();
    if let Ok(fields) = object.cast::<PyTuple>() {
        parts.extend(fields.iter());
    } else if let Ok(true) = object.get_type().hasattr("__dataclass_fields__")
        && let Ok(Ok(fields)) = object.getattr("__dict__").map(|d| d.cast_into::<PyDict>())
    {
        parts.extend(fields.values());
    } else if collections::code_of(object.get_type_ptr()).is_some() {
        match object.cast::<PyDict>() {
            Ok(dict) => parts.extend(dict.values()),
            // A deque is no list.
            Err(_) => parts.extend(object.try_iter().into_iter().flatten().flatten()),
        }
    }
    parts.into_iter().find(|part| {
        // SAFETY: `part` holds a reference, and the probe is gone before it.
        let read = unsafe { crate::arguments::Frame::new().read(part.as_ptr(), numpy) };
        read == Err(Refusal::Type)
    })
}

/// Words for a container of several types: the innermost one.
fn mixed(object: &Bound<'_, PyAny>) -> String {
    if let Ok(Some((place, item, Refusal::Mixed))) = first_refused(object) {
        return format!("{place} of the {}: {}", kind(object), mixed(&item));
    }
    match differing(object) {
        Some(which) => format!(
            "the elements of a {} have different types: {which}; \
             give them one type, or use several containers",
            kind(object)
        ),
        None => format!(
            "the elements of a {} have different types, or types that compiled code can't take; \
             give them one type, or use several containers",
            kind(object)
        ),
    }
}

/// The first element that doesn't go with those before it, and the first one of all.
fn differing(object: &Bound<'_, PyAny>) -> Option<String> {
    let py = object.py();
    fn listed<'py>(items: &Bound<'py, PyAny>) -> Option<Vec<Bound<'py, PyAny>>> {
        items.try_iter().ok()?.collect::<PyResult<_>>().ok()
    }
    if let Ok(dict) = object.cast::<PyDict>() {
        let (keys, values) = (listed(dict.keys().as_any())?, listed(dict.values().as_any())?);
        if let Some(at) = first_differing(py, &keys) {
            let (key, first) = (type_of(&keys[at]), type_of(&keys[0]));
            return Some(format!(
                "the key {} is {key}, and {} is {first}",
                short(&keys[at]),
                short(&keys[0])
            ));
        }
        let at = first_differing(py, &values)?;
        let (value, first) = (type_of(&values[at]), type_of(&values[0]));
        return Some(format!(
            "the value at {} is {value}, and that at {} is {first}",
            short(&keys[at]),
            short(&keys[0])
        ));
    }
    let all = listed(object)?;
    let at = first_differing(py, &all)?;
    let (one, first) = (type_of(&all[at]), type_of(&all[0]));
    Some(if object.cast::<PyList>().is_ok() {
        format!("item {at} is {one}, and item 0 is {first}")
    } else {
        format!("{} is {one}, and {} is {first}", short(&all[at]), short(&all[0]))
    })
}

/// The position of the first item that makes a list of several types.
fn first_differing(py: Python<'_>, all: &[Bound<'_, PyAny>]) -> Option<usize> {
    let numpy = numpy_api::if_imported(py).ok()?;
    let mixed = |count: usize| {
        PyList::new(py, &all[..count]).is_ok_and(|part| {
            // SAFETY: `part` holds a reference, and the probe is gone before it.
            let read = unsafe { crate::arguments::Frame::new().read(part.as_ptr(), numpy) };
            read == Err(Refusal::Mixed)
        })
    };
    if !mixed(all.len()) {
        return None;
    }
    // A part of a list that goes together goes together.
    let (mut fits, mut differs) = (0, all.len());
    while differs - fits > 1 {
        let middle = fits + (differs - fits) / 2;
        if mixed(middle) {
            differs = middle;
        } else {
            fits = middle;
        }
    }
    Some(differs - 1)
}

/// The type of an item, as `cumbia.typeof` has it.
fn type_of(item: &Bound<'_, PyAny>) -> String {
    let mut frame = crate::arguments::Frame::new();
    let read = numpy_api::if_imported(item.py()).ok().map(|numpy| {
        // SAFETY: `item` holds a reference, and the frame is gone before it.
        unsafe { frame.read(item.as_ptr(), numpy) }
    });
    match read {
        Some(Ok(())) => {
            crate::keys::types(&frame.keys).iter().map(|ty| format!("{ty:#}")).collect()
        }
        _ => format!("a {}", kind(item)),
    }
}

/// The repr of an item, cut short.
fn short(item: &Bound<'_, PyAny>) -> String {
    let text = item.repr().map_or_else(|_| kind(item), |r| r.to_string_lossy().into_owned());
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

fn int_range(place: &str, object: &Bound<'_, PyAny>) -> PyErr {
    // The offending int may be inside a tuple or container.
    if let Ok(Some((inside, item, Refusal::IntRange))) = first_refused(object) {
        return int_range(&format!("{place}, {inside}"), &item);
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
    if let Some((place, item, _)) = first_refused(object)? {
        return Ok(format!("{place} of the {}: {}", kind(object), describe(&item)?));
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
    Ok(format!("an array of dtype {dtype} {}", dtype_advice(&dtype, "x.astype(float)")?))
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
        "V" if !fields.is_none() && dtype.getattr("hasobject")?.extract()? => {
            "has fields that are Python objects; pass arrays of its other fields".into()
        }
        "V" if !fields.is_none() => {
            let first = fields.get_item(0)?.repr()?;
            format!("is structured; pass its fields one by one, as in x[{first}]")
        }
        "V" if dtype.str()?.to_str()? == "bfloat16" => {
            "is for kernels (cuda.jit); pass x.astype(np.float32)".into()
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
    // Of these the classes themselves are taken, and what they hold was looked at before.
    let base = [
        (object.cast::<PyList>().is_ok(), "list"),
        (object.cast::<PyDict>().is_ok(), "dict"),
        (object.cast::<PySet>().is_ok(), "set"),
        (object.cast::<PyString>().is_ok(), "str"),
        (object.cast::<PyBytes>().is_ok(), "bytes"),
    ];
    let text = if let Some((_, base)) = base.iter().find(|(is, _)| *is) {
        if name == *base {
            // Each item is taken by itself.
            format!("a {base} of such elements can't be passed to compiled code")
        } else {
            format!(
                "{name}, a subclass of {base}, can't be passed to compiled code; pass {base}(x)"
            )
        }
    } else if object.cast::<PyFrozenSet>().is_ok() {
        format!("a {name} can't be passed to compiled code; pass set(x)")
    } else if name == "bytearray" || name == "memoryview" || name == "array.array" {
        format!(
            "this {name} can't be passed to compiled code, which takes them as arguments of \
             their own, with numbers side by side in one dimension; pass np.asarray(x)"
        )
    } else if object.cast::<PySlice>().is_ok() {
        "a slice of anything but ints and None can't be passed to compiled code".into()
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
            "a callable ({name}) can't be passed to compiled code; pass a Python function, one \
             of a known library, or a functools.partial of these"
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
            "{name} can't be passed to compiled code, which takes numbers, None, text, NumPy \
             arrays, and tuples, lists, sets and dicts of them"
        )
    };
    Ok(text)
}
