//! `cumbia.extending` as the compiler asks it: what is registered, and which function stands
//! for a call.
//!
//! The registry and the choice among overloads are Python's (`python/cumbia/extending.py`);
//! here types become the objects of `cumbia.types` that overload functions look at.

use crate::callee::Callee;
use crate::environment::PythonEnvironment;
use crate::names::name;
use crate::records;
use cumbia_frontend::environment::{Extended, UfuncElements};
use cumbia_frontend::types::{DType, Lit, Ty, UserFunction};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use std::sync::Arc;

/// The module, if it was imported and anything is registered.
pub fn registry(py: Python<'_>) -> Option<Bound<'_, PyAny>> {
    let modules = py.import(name!(py, "sys")).ok()?.getattr(name!(py, "modules")).ok()?;
    let module = modules.get_item(name!(py, "cumbia.extending")).ok()?;
    let any: bool = module.call_method0(name!(py, "_any")).ok()?.extract().ok()?;
    any.then_some(module)
}

/// The object of `cumbia.types` for a type; constants as `Literal` only where asked for.
pub fn type_object<'py>(py: Python<'py>, ty: &Ty, literals: bool) -> PyResult<Bound<'py, PyAny>> {
    let types = py.import(name!(py, "cumbia.types"))?;
    let kinds = py.import(name!(py, "cumbia._type_kinds"))?;
    let named = |name: &str| types.getattr(name);
    let of = |ty: &Ty| type_object(py, ty, false);
    let opaque = |ty: &Ty| kinds.getattr("Opaque")?.call1((format!("{ty:#}"),));
    let list = |items: &[Ty]| -> PyResult<Bound<'py, PyTuple>> {
        let made: Vec<_> =
            items.iter().map(|ty| type_object(py, ty, literals)).collect::<PyResult<_>>()?;
        PyTuple::new(py, made)
    };
    match ty {
        // It has no type but its value's.
        Ty::Lit(Lit::Wide(_)) => named("int64"),
        Ty::Lit(lit) if literals => {
            let value = match lit {
                Lit::Bool(b) => b.into_pyobject(py)?.to_owned().into_any(),
                Lit::Int(i) => i.into_pyobject(py)?.into_any(),
                Lit::Float(bits) => f64::from_bits(*bits).into_pyobject(py)?.into_any(),
                Lit::Str(s) => (&**s).into_pyobject(py)?.into_any(),
                Lit::Wide(_) => unreachable!("matched above"),
            };
            kinds.getattr("Literal")?.call1((value, of(&ty.widen())?))
        }
        Ty::Lit(_) => of(&ty.widen()),
        Ty::None => named("none"),
        Ty::Bool => named("boolean"),
        Ty::Int => named("int64"),
        Ty::Float => named("float64"),
        Ty::Complex => named("complex128"),
        Ty::Num(dtype) if !dtype.is_time() => types.getattr("Scalar")?.call1((dtype.name(),)),
        Ty::Array(a) if !a.dtype.is_time() => {
            let dtype = types.getattr("Scalar")?.call1((a.dtype.name(),))?;
            types.getattr("Array")?.call1((dtype, a.ndim, format!("{:?}", a.layout), a.readonly))
        }
        Ty::Tuple(items) => types.getattr("Tuple")?.call1((list(items)?,)),
        Ty::Str => kinds.getattr("unicode_type"),
        Ty::Bytes => kinds.getattr("bytes_type"),
        Ty::List(item, _) => kinds.getattr("List")?.call1((of(item)?,)),
        Ty::Set(item, _) => kinds.getattr("Set")?.call1((of(item)?,)),
        Ty::Dict(pair, _) => kinds.getattr("DictType")?.call1((of(&pair.0)?, of(&pair.1)?)),
        Ty::Optional(inner) => kinds.getattr("Optional")?.call1((of(inner)?,)),
        Ty::Callable(_) | Ty::Closure(_) => kinds.getattr("Function")?.call1((format!("{ty:#}"),)),
        Ty::Object(class, fields) => {
            let fields: Vec<_> = fields.items().iter().map(of).collect::<PyResult<_>>()?;
            match records::told_type(py, class, &fields)? {
                Some(told) => Ok(told),
                None => opaque(ty),
            }
        }
        other => opaque(other),
    }
}

fn has_literal(ty: &Ty) -> bool {
    ty.widen() != *ty
}

impl<'py> PythonEnvironment<'py> {
    /// The key of the registry for what is asked about.
    fn registered_key(&self, of: &Extended) -> PyResult<(&'static str, Bound<'py, PyAny>)> {
        let py = self.py;
        Ok(match of {
            Extended::Function(handle) => ("function", self.object_of(*handle)),
            Extended::Method(name) => ("method", (&**name).into_pyobject(py)?.into_any()),
            Extended::Attribute(name) => ("attribute", (&**name).into_pyobject(py)?.into_any()),
        })
    }

    /// Whether anything is registered.
    pub fn is_registered(&self, of: &Extended) -> PyResult<bool> {
        let Some(module) = &self.extensions else { return Ok(false) };
        let (kind, key) = self.registered_key(of)?;
        module.call_method1(name!(self.py, "_is_registered"), (kind, key))?.extract()
    }

    /// Whether a method is registered for a type.
    pub fn is_registered_for(&self, of: &Extended, ty: &Ty) -> PyResult<bool> {
        let Some(module) = &self.extensions else { return Ok(false) };
        let (kind, key) = self.registered_key(of)?;
        let ty = type_object(self.py, ty, false)?;
        module.call_method1(name!(self.py, "_is_registered_for"), (kind, key, ty))?.extract()
    }

    /// The handle of an object that overloads are registered for.
    pub fn registered_function(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<u64>> {
        let Some(module) = &self.extensions else { return Ok(None) };
        let known: bool = module
            .call_method1(name!(self.py, "_is_registered"), ("function", object))?
            .extract()?;
        if !known {
            return Ok(None);
        }
        let name = object.getattr_opt("__name__")?.map(|n| n.extract()).transpose()?;
        self.stand_in(object, name.unwrap_or_else(|| "function".to_owned())).map(Some)
    }

    /// The handle of the function that stands for a call.
    pub fn find_extension(
        &mut self,
        of: &Extended,
        args: &[Ty],
        named: &[(Arc<str>, Ty)],
    ) -> PyResult<Option<u64>> {
        let py = self.py;
        let Some(module) = self.extensions.clone() else { return Ok(None) };
        let (kind, key) = self.registered_key(of)?;
        let as_objects = |literals: bool| -> PyResult<(Bound<'py, PyList>, Bound<'py, PyDict>)> {
            let list = PyList::empty(py);
            for ty in args {
                list.append(type_object(py, ty, literals)?)?;
            }
            let keywords = PyDict::new(py);
            for (name, ty) in named {
                keywords.set_item(&**name, type_object(py, ty, literals)?)?;
            }
            Ok((list, keywords))
        };
        let plain = as_objects(false)?;
        let literal = match args.iter().chain(named.iter().map(|(_, ty)| ty)).any(has_literal) {
            true => as_objects(true)?.into_pyobject(py)?.into_any(),
            false => py.None().into_bound(py),
        };
        let chosen = module.call_method1("_choose", (kind, key, plain, literal))?;
        if chosen.is_none() {
            return Ok(None);
        }
        self.guards.keep(&chosen);
        match self.handle(&chosen)? {
            Some(handle) => Ok(Some(handle)),
            None => Err(PyTypeError::new_err("an overload's implementation is a function")),
        }
    }

    /// What computes the elements of a ufunc's result for operands of these types, if that may
    /// be done in any order.
    pub fn find_elements(
        &mut self,
        handle: u64,
        operands: &[Ty],
    ) -> PyResult<Option<UfuncElements>> {
        let py = self.py;
        let Some(module) = self.extensions.clone() else { return Ok(None) };
        let types: Vec<_> =
            operands.iter().map(|ty| type_object(py, ty, true)).collect::<PyResult<_>>()?;
        let found = module.call_method1(name!(py, "_elements"), (self.object_of(handle), types))?;
        if found.is_none() {
            return Ok(None);
        }
        let (function, dtype, cheap): (Bound<'py, PyAny>, String, bool) = found.extract()?;
        self.guards.keep(&function);
        let (Some(handle), Some(dtype)) = (self.handle(&function)?, DType::from_name(&dtype))
        else {
            return Ok(None);
        };
        let name = function.getattr(name!(py, "__name__"))?.extract::<String>()?;
        let function = UserFunction { handle, name: name.into() };
        Ok(Some(UfuncElements { function, dtype, cheap }))
    }

    fn stand_in(&mut self, object: &Bound<'py, PyAny>, name: String) -> PyResult<u64> {
        let callee = Callee { object: object.clone(), func: None, name, is_module_level: true };
        Ok(self.known_or_added(callee))
    }
}
