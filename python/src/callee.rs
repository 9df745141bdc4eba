//! Functions that a compilation reaches: jitted ones, plain Python functions, and
//! those that another library's decorator wraps and shows as `py_func`.
//!
//! What a plain function is made of can be replaced (`f.__code__ = ...`); these parts
//! are guarded as names are. Its source is taken when a caller is compiled, in the way
//! of a decorated one.

use crate::dispatcher::bind::Parameters;
use crate::dispatcher::source::{Source, pairs};
use crate::dispatcher::{self, Dispatcher};
use crate::guards::{FunctionField, Guard, Guards, Place};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::sync::OnceLock;

/// The attribute of a method that says types of what it stores, as the option `locals` does.
const DECLARED: &str = "__cumbia_declared__";

/// A function by handle.
pub struct Callee<'py> {
    /// The object that the name stands for.
    pub object: Bound<'py, PyAny>,
    /// The Python function in it; `None` for a dispatcher that is torn down.
    pub func: Option<Bound<'py, PyAny>>,
    /// Its name.
    pub name: String,
    /// Whether it was defined at the top of its module.
    pub is_module_level: bool,
}

/// The plain function that an object is or shows; `None` for other objects.
pub fn plain_function<'py>(object: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    if is_function(object) {
        return Some(object.clone());
    }
    // Numba's dispatchers and their like. Builtin types have no such attribute.
    let inner = object.getattr_opt("py_func").ok().flatten()?;
    is_function(&inner).then_some(inner)
}

/// Whether an object is exactly a Python function.
pub fn is_function(object: &Bound<'_, PyAny>) -> bool {
    static TYPE: OnceLock<Option<Py<PyAny>>> = OnceLock::new();
    let py = object.py();
    // Python code doesn't run while other threads wait for it here.
    let find = || Some(py.import("types").ok()?.getattr("FunctionType").ok()?.unbind());
    let class = match TYPE.get() {
        Some(class) => class,
        None => {
            let found = find();
            TYPE.get_or_init(|| found)
        }
    };
    class.as_ref().is_some_and(|class| object.get_type().is(class.bind(py)))
}

/// Whether an object is a function that `functools.singledispatch` has made.
pub fn is_dispatching(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(is_function(object)
        && object.getattr_opt("registry")?.is_some()
        && object.getattr_opt("dispatch")?.is_some())
}

impl<'py> Callee<'py> {
    /// A jitted function.
    pub fn dispatcher(object: &Bound<'py, PyAny>) -> Callee<'py> {
        let data = Dispatcher::of(object);
        Callee {
            object: object.clone(),
            func: data.function(object.py()),
            name: data.name.clone(),
            is_module_level: data.is_module_level(),
        }
    }

    /// A plain function in an object, whose parts are guarded from now on.
    pub fn plain(
        object: &Bound<'py, PyAny>,
        func: Bound<'py, PyAny>,
        guards: &mut Guards,
    ) -> PyResult<Callee<'py>> {
        for (field, attribute) in [
            (FunctionField::Code, "__code__"),
            (FunctionField::Defaults, "__defaults__"),
            (FunctionField::KeywordDefaults, "__kwdefaults__"),
        ] {
            let value = func.getattr(attribute)?;
            let place = Place::Function(func.clone().unbind(), field);
            guards.add(Guard::new(place, Some(&value).filter(|v| !v.is_none())));
        }
        if let Ok(defaults) = func.getattr("__kwdefaults__")?.cast_into::<PyDict>() {
            for (name, value) in &defaults {
                let name = name.cast_into::<PyString>()?.unbind();
                guards.add(Guard::new(Place::Dict(defaults.clone().unbind(), name), Some(&value)));
            }
        }
        let name: String = func.getattr("__name__")?.extract()?;
        let qualname: String = func.getattr("__qualname__")?.extract()?;
        let is_module_level = qualname == name;
        Ok(Callee { object: object.clone(), func: Some(func), name, is_module_level })
    }

    /// Source and parameters; an exception where the source can't be had.
    pub fn text<R>(&self, then: impl FnOnce(&Source, &Parameters) -> PyResult<R>) -> PyResult<R> {
        if dispatcher::is_dispatcher(&self.object) {
            let data = Dispatcher::of(&self.object);
            return then(&data.source, &data.parameters);
        }
        let Some(func) = &self.func else {
            return Err(PyTypeError::new_err(format!(
                "{} has overloads: compiled code can only call it",
                self.name
            )));
        };
        let capture = func.py().import("cumbia._source")?.getattr("capture")?;
        let snapshot = capture.call1((func,))?.call_method0("as_tuple")?;
        let mut source = Source::new(&snapshot.cast_into::<PyTuple>()?)?;
        if let Some(types) = func.getattr_opt(DECLARED)? {
            source.declared = pairs(&types)?;
        }
        then(&source, &Parameters::new(func)?)
    }
}
