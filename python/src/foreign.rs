//! Functions of C among the names of a program: those of ctypes and cffi.
//!
//! What stands for one in compiled code is a function in Python's text that calls it by its
//! address (`cumbia/_foreign.py`). Here is only which objects are asked about, and libraries,
//! whose functions are attributes as those of modules are.

use pyo3::prelude::*;

/// Names of libraries as modules begin so; no module's name does.
const LIBRARY: &str = "<library ";

/// Whether an object may be a function of C or a library of them: cheap, since most aren't.
pub fn may_be(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let class = object.get_type();
    for class in class.mro().iter() {
        let module = class.getattr("__module__")?;
        let module = module.extract::<String>().unwrap_or_default();
        if matches!(&*module, "_ctypes" | "ctypes" | "_cffi_backend" | "cffi.api") {
            return Ok(true);
        }
    }
    let name = class.name()?;
    if name != "builtin_function_or_method" && name != "method" {
        return Ok(false);
    }
    let of = object.getattr("__self__")?.get_type().module()?;
    Ok(of == "_cffi_backend" || of == "cffi.api")
}

/// The name as a module of a library that was loaded by ctypes or cffi.
pub fn library_name(object: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let foreign = object.py().import("cumbia._foreign")?;
    if !foreign.call_method1("is_library", (object,))?.extract::<bool>()? {
        return Ok(None);
    }
    Ok(Some(format!("{LIBRARY}at {:#x}>", object.as_ptr() as usize)))
}

/// Whether a module's name is one of [`library_name`]: what it has doesn't change.
pub fn is_library(module: &str) -> bool {
    module.starts_with(LIBRARY)
}

/// The function that calls a function of C; `None` for other objects.
pub fn function_for<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let foreign = object.py().import("cumbia._foreign")?;
    let found = foreign.call_method1("function_for", (object,))?;
    Ok(if found.is_none() { None } else { Some(found) })
}
