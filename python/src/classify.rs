//! Python objects as the compiler sees them: constants, and members of the library.
//!
//! An object is what it is by identity, not by the name it was reached through:
//! `from math import sqrt as s` is `math.sqrt`. The name a library object reports
//! about itself is believed only if looking it up gives the same object. Functions
//! that can be compiled are the environment's business.

use crate::numpy_api::{self, NumPy};
use cumbia_abi::exceptions::class_number;
use cumbia_frontend::environment::{Global, ScalarBits};
use cumbia_frontend::types::DType;
use cumbia_ir::{bfloat, half};
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyBytes, PyComplex, PyFloat, PyInt, PyModule, PyRange, PySlice, PyString, PyTuple,
    PyType,
};

/// Top-level modules whose members the library may know.
const LIBRARY: &[&str] = &[
    "builtins",
    "math",
    "cmath",
    "operator",
    "functools",
    "itertools",
    "numbers",
    "types",
    "numpy",
    "cumbia",
    "random",
    "time",
    "dataclasses",
    "heapq",
    "bisect",
    "contextlib",
    "array",
    "collections",
    // Where the C forms of these live.
    "_heapq",
    "_bisect",
    "_warnings",
    "warnings",
];

/// Whether a module's members are the library's: assumed never to change.
pub fn is_library(module: &str) -> bool {
    !COMPILED.contains(&module)
        && (is_special(module) || LIBRARY.contains(&module.split('.').next().unwrap_or_default()))
}

/// The modules of the package whose functions and classes are compiled as a user's are.
const COMPILED: &[&str] = &["cumbia._pointers", "cumbia._relative", "cumbia._structref"];

/// SciPy's special functions, the only ones of SciPy that the library has.
const SPECIAL: &str = "scipy.special";

fn is_special(module: &str) -> bool {
    module.strip_prefix(SPECIAL).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A constant: None, numbers, strings, and tuples of them.
pub fn constant(object: &Bound<'_, PyAny>) -> Option<Global> {
    if object.is_none() {
        Some(Global::None)
    } else if let Ok(b) = object.cast_exact::<PyBool>() {
        Some(Global::Bool(b.is_true()))
    } else if object.cast_exact::<PyInt>().is_ok() {
        match object.extract() {
            Ok(i) => Some(Global::Int(i)),
            // Longer ones than Python writes out are no constants.
            Err(_) => Global::int(object.str().ok()?.to_str().ok()?),
        }
    } else if let Ok(f) = object.cast_exact::<PyFloat>() {
        Some(Global::Float(f.value()))
    } else if object.cast_exact::<PyComplex>().is_ok() {
        let part = |name| object.getattr(name).and_then(|p| p.extract::<f64>()).ok();
        Some(Global::Complex(part("real")?, part("imag")?))
    } else if let Ok(s) = object.cast_exact::<PyString>() {
        s.to_str().ok().map(|s| Global::Str(s.into()))
    } else if let Ok(tuple) = object.cast_exact::<PyTuple>() {
        tuple.iter().map(|item| constant(&item)).collect::<Option<_>>().map(Global::Tuple)
    } else if let Ok(bytes) = object.cast_exact::<PyBytes>() {
        Some(Global::Bytes(bytes.as_bytes().into()))
    } else if let Ok(range) = object.cast_exact::<PyRange>() {
        let part = |name| range.getattr(name).and_then(|part| part.extract::<i64>()).ok();
        Some(Global::Range(part("start")?, part("stop")?, part("step")?))
    } else if let Ok(slice) = object.cast_exact::<PySlice>() {
        let part = |name| {
            let part = constant(&slice.getattr(name).ok()?)?;
            matches!(part, Global::None | Global::Int(_)).then_some(part)
        };
        Some(Global::Slice(Box::new([part("start")?, part("stop")?, part("step")?])))
    } else if object.is(object.py().Ellipsis()) {
        Some(Global::Ellipsis)
    } else {
        let numpy = numpy_api::if_imported(object.py()).ok()??;
        scalar(object, numpy)
    }
}

fn scalar(object: &Bound<'_, PyAny>, numpy: &NumPy) -> Option<Global> {
    // SAFETY: a valid object; the value of a date or difference is an `int64`.
    if let Some(dtype) = unsafe { numpy.time_of_scalar(object.as_ptr()) } {
        // SAFETY: as above.
        let count = unsafe { *numpy_api::scalar_value(object.as_ptr()).cast::<i64>() };
        return Some(Global::Scalar(dtype, ScalarBits::Int(count)));
    }
    let class = object.get_type_ptr();
    let half = (class == numpy.half_type).then_some(DType::F16);
    // SAFETY: the class of an object, and the GIL is held.
    let bfloat = || unsafe { numpy_api::is_bfloat(class) }.then_some(DType::BF16);
    let dtype = numpy.dtype_of_class(class).or(half).or_else(bfloat)?;
    // SAFETY: the class is exactly one of those that the table knows, so a value of
    // the dtype stands there.
    let bits = unsafe {
        let at = numpy_api::scalar_value(object.as_ptr());
        match dtype {
            DType::Bool | DType::U8 => ScalarBits::Int((*at).into()),
            DType::I8 => ScalarBits::Int((*at.cast::<i8>()).into()),
            DType::I16 => ScalarBits::Int((*at.cast::<i16>()).into()),
            DType::U16 => ScalarBits::Int((*at.cast::<u16>()).into()),
            DType::I32 => ScalarBits::Int((*at.cast::<i32>()).into()),
            DType::U32 => ScalarBits::Int((*at.cast::<u32>()).into()),
            DType::I64 | DType::U64 | DType::Date(_) | DType::Delta(_) => {
                ScalarBits::Int(*at.cast::<i64>())
            }
            DType::F16 => ScalarBits::Float(half::to_single(*at.cast::<u16>()).into()),
            DType::BF16 => ScalarBits::Float(bfloat::to_single(*at.cast::<u16>()).into()),
            DType::F32 => ScalarBits::Float((*at.cast::<f32>()).into()),
            DType::F64 => ScalarBits::Float(*at.cast::<f64>()),
            DType::C64 => {
                let parts = *at.cast::<[f32; 2]>();
                ScalarBits::Complex(parts[0].into(), parts[1].into())
            }
            DType::C128 => {
                let parts = *at.cast::<[f64; 2]>();
                ScalarBits::Complex(parts[0], parts[1])
            }
        }
    };
    Some(Global::Scalar(dtype, bits))
}

/// The name of an exception class of `builtins`, or of another one that compiled code
/// knows by number.
pub fn known_exception(class: &Bound<'_, PyType>) -> PyResult<Option<String>> {
    let py = class.py();
    let name: String = class.getattr("__name__")?.extract()?;
    let builtin = py.import("builtins")?.getattr_opt(&name)?;
    if builtin.is_some_and(|b| b.is(class)) {
        return Ok(Some(name));
    }
    let module: String = class.getattr("__module__")?.extract().unwrap_or_default();
    let qualified = format!("{module}.{name}");
    if class_number(&qualified).is_none() {
        return Ok(None);
    }
    let found = py.import("sys")?.getattr("modules")?.get_item(&module)?.getattr_opt(&name)?;
    Ok(found.is_some_and(|f| f.is(class)).then_some(qualified))
}

/// A dtype object, a scalar class, or a member of the library.
pub fn named(object: &Bound<'_, PyAny>) -> PyResult<Option<Global>> {
    let py = object.py();
    if let Some(dtype) = scalar_type(object)? {
        return Ok(Some(match dtype {
            // For kernels alone, which the front end knows.
            dtype if dtype.is_half() => Global::Library(format!("cumbia.{}", dtype.name()).into()),
            _ => Global::DType(dtype),
        }));
    }
    if is_bfloat_class(object)? {
        return Ok(Some(Global::Library("cumbia.bfloat16".into())));
    }
    if is_signature_type(object)? {
        return Ok(Some(Global::Library(format!("cumbia.types.{}", object.str()?).into())));
    }
    if let Some(numpy) = numpy_api::if_imported(py)? {
        if let Some(dtype) = numpy.dtype_of_class(object.as_ptr().cast()) {
            return Ok(Some(Global::DType(dtype)));
        }
        // SAFETY: type objects in the table live forever.
        let descr = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, numpy.descr_type.cast()) };
        if object.is_instance(&descr)? {
            let native: bool = object.getattr("isnative")?.extract()?;
            // SAFETY: a dtype object, as just seen.
            let dtype = unsafe { numpy.dtype_of_descr(object.as_ptr().cast()) };
            return Ok(dtype.filter(|_| native).map(Global::DType));
        }
    }
    Ok(library_name(object)?.map(|name| Global::Library(name.into())))
}

/// The dtype of one of the types of signatures, which convert as NumPy's classes do.
fn scalar_type(object: &Bound<'_, PyAny>) -> PyResult<Option<DType>> {
    let class = object.get_type();
    if class.name()? != "Scalar" || class.module()? != "cumbia.types" {
        return Ok(None);
    }
    Ok(DType::of_kernels(&object.getattr("name")?.extract::<String>()?))
}

/// Whether an object is `ml_dtypes.bfloat16`, or its dtype.
fn is_bfloat_class(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let Some(numpy) = numpy_api::if_imported(object.py())? else { return Ok(false) };
    let class = match object.cast::<PyType>() {
        Ok(class) => class.clone(),
        Err(_) if object.is_instance(&numpy.descr_class(object.py()))? => {
            object.getattr("type")?.cast_into::<PyType>()?
        }
        Err(_) => return Ok(false),
    };
    // SAFETY: a type object, and the GIL is held.
    Ok(unsafe { numpy_api::is_bfloat(class.as_type_ptr()) })
}

/// Whether an object is another one of the types of signatures: no value of compiled code, but
/// what functions may be given that ask for no more than its name.
fn is_signature_type(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let class = object.get_type();
    let module = class.module()?;
    Ok((module == "cumbia.types" || module == "cumbia._type_kinds")
        && class.mro().iter().any(|base| {
            base.cast::<PyType>().is_ok_and(|base| base.name().is_ok_and(|name| name == "Type"))
        }))
}

/// The name of one of NumPy's objects that are subscripted to make arrays or indices.
fn index_maker(object: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let modules = object.py().import("sys")?.getattr("modules")?;
    let Ok(numpy) = modules.get_item("numpy") else { return Ok(None) };
    for name in ["r_", "c_", "s_", "index_exp", "mgrid", "ogrid"] {
        if numpy.getattr_opt(name)?.is_some_and(|found| found.is(object)) {
            return Ok(Some(format!("numpy.{name}")));
        }
    }
    Ok(None)
}

/// The qualified name of a member of the library.
fn library_name(object: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let py = object.py();
    let text = |attribute: &str| -> Option<String> {
        object.getattr_opt(attribute).ok().flatten()?.extract().ok()
    };
    let Some(name) = text("__qualname__").or_else(|| text("__name__")) else {
        return index_maker(object);
    };
    // The C halves of the library's modules.
    let own = text("__module__").map(|m| match &*m {
        "_operator" => "operator".to_owned(),
        "_functools" => "functools".to_owned(),
        // The builtin function is made by another module.
        "io" | "_io" if name == "open" => "builtins".to_owned(),
        // Its functions in Python live in private modules.
        m if is_special(m) => SPECIAL.to_owned(),
        _ => m,
    });
    if own.as_deref().is_some_and(|module| COMPILED.contains(&module)) {
        return Ok(None);
    }
    let own = own.filter(|m| is_library(m));
    let modules = py.import("sys")?.getattr("modules")?;
    // Functions of a module that are methods of its global generator.
    if let Some(generator) = object.getattr_opt("__self__")? {
        for (module, global) in [("random", "_inst"), ("numpy.random", "mtrand._rand")] {
            let mut holder = modules.get_item(module).ok();
            for part in global.split('.') {
                holder = holder.and_then(|h| h.getattr_opt(part).ok().flatten());
            }
            if holder.is_some_and(|h| h.is(&generator)) {
                let name = text("__name__").unwrap_or_default();
                let found = modules.get_item(module)?.getattr_opt(&name)?;
                // Bound methods are made anew by each look.
                return Ok(match found {
                    Some(found) if found.eq(object)? => Some(format!("{module}.{name}")),
                    _ => None,
                });
            }
        }
    }
    // NumPy has some of its public functions from private ones (`np.char.split`).
    let public = name.strip_prefix('_').filter(|_| own.as_deref() == Some("numpy.strings"));
    if let (Some(public), Ok(found)) = (public, modules.get_item("numpy.char"))
        && found.getattr_opt(public)?.is_some_and(|f| f.is(object))
    {
        return Ok(Some(format!("numpy.char.{public}")));
    }
    for module in own.as_deref().into_iter().chain(["numpy", "types", "cumbia", SPECIAL]) {
        let Ok(found) = modules.get_item(module) else { continue };
        let mut found = Some(found);
        for part in name.split('.') {
            found = match found {
                Some(holder) => holder.getattr_opt(part)?,
                None => None,
            };
        }
        if found.is_some_and(|f| f.is(object)) {
            let module = module.strip_prefix('_').unwrap_or(module);
            return Ok(Some(format!("{module}.{name}")));
        }
    }
    Ok(None)
}

/// The name of a module object.
pub fn module_name(object: &Bound<'_, PyAny>) -> Option<String> {
    let module = object.cast::<PyModule>().ok()?;
    module.getattr("__name__").ok()?.extract().ok()
}
