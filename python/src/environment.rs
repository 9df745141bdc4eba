//! The front end's view of the Python world during one compilation.
//!
//! Answers what names mean in a function by looking where Python would look:
//! closure cells, globals, builtins. Each answer is recorded as a guard. Functions
//! (`callee.rs`) are known by handles: positions in a list that lives as long as the
//! compilation.

use crate::arguments::{self, Refusal};
use crate::callee::{self, Callee};
use crate::classes;
use crate::classify;
use crate::container_keys::{is_container, read_key};
use crate::dispatcher;
use crate::extending;
use crate::foreign;
use crate::free_threading;
use crate::functions;
use crate::guards::{Guard, Guards, Place};
use crate::keys::{self, Keys};
use crate::{random_generators, records, structured};
use cumbia_abi::exceptions::{FIRST_USER_CLASS, class_number};
use cumbia_frontend::classes::Class;
use cumbia_frontend::environment::{
    ArrayContent, Environment, Extended, FunctionSource, Global, UfuncElements,
};
use cumbia_frontend::infer::is_function;
use cumbia_frontend::types::{Ty, UserException, UserFunction};
use pyo3::exceptions::{PyAttributeError, PyBaseException, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyList, PyString, PyTuple, PyType};
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// One compilation's environment.
pub struct PythonEnvironment<'py> {
    pub py: Python<'py>,
    /// Functions by handle.
    functions: Vec<Callee<'py>>,
    /// Slots taken by arrays and containers so far.
    object_slots: u64,
    /// Exception classes of the user, by number from the first such number on.
    exceptions: Vec<Bound<'py, PyAny>>,
    modules: HashMap<String, Bound<'py, PyAny>>,
    /// The module `cumbia.extending`, if anything is registered in it.
    pub extensions: Option<Bound<'py, PyAny>>,
    /// What it has answered.
    extended: HashMap<String, Option<Result<u64, String>>>,
    /// What ufuncs have answered about their elements.
    elements: HashMap<String, Option<UfuncElements>>,
    /// What was asked, to be checked at each call.
    pub guards: Guards,
    /// Whether addresses of this process are among what was answered.
    pub has_addresses: Rc<Cell<bool>>,
    /// Closure variables that have no value yet, with their functions.
    unbound: Vec<(u64, String)>,
}

impl<'py> PythonEnvironment<'py> {
    /// An environment for compiling a dispatcher, whose handle is 0.
    pub fn new(dispatcher: Bound<'py, PyAny>) -> PythonEnvironment<'py> {
        PythonEnvironment {
            py: dispatcher.py(),
            functions: vec![Callee::dispatcher(&dispatcher)],
            object_slots: 0,
            exceptions: Vec::new(),
            modules: HashMap::new(),
            extensions: extending::registry(dispatcher.py()),
            extended: HashMap::new(),
            elements: HashMap::new(),
            guards: Guards::default(),
            has_addresses: Rc::default(),
            unbound: Vec::new(),
        }
    }

    /// The functions that were asked for, by handle.
    pub fn into_functions(self) -> (Vec<Py<PyAny>>, Guards) {
        (self.functions.into_iter().map(|f| f.object.unbind()).collect(), self.guards)
    }

    /// The exception classes of the user that were asked for, in order of their numbers.
    pub fn take_exceptions(&mut self) -> Vec<Py<PyAny>> {
        std::mem::take(&mut self.exceptions).into_iter().map(Bound::unbind).collect()
    }

    /// An exception class that isn't one of `builtins`.
    fn exception(&mut self, class: &Bound<'py, PyType>) -> PyResult<Global> {
        if let Some(name) = classify::known_exception(class)? {
            return Ok(Global::Exception(name.into()));
        }
        let number = self.exception_number(class)?;
        let mut ancestors = Vec::new();
        let mut makes_itself = false;
        let object = class.py().get_type::<PyAny>();
        for class in class.mro().iter().filter(|class| !class.is(&object)) {
            let class = class.cast_into::<PyType>()?;
            if classify::known_exception(&class)?.is_none() {
                let own = class.getattr("__dict__")?;
                makes_itself |= own.contains("__init__")? || own.contains("__new__")?;
                // Compiled code takes exceptions for true.
                if own.contains("__bool__")? || own.contains("__len__")? {
                    let name = class.name()?.to_string_lossy().into_owned();
                    return Ok(Global::Other(name.into()));
                }
            }
        }
        for base in class.mro().iter().skip(1) {
            let base = base.cast_into::<PyType>()?;
            if base.is_subclass_of::<PyBaseException>()? {
                ancestors.push(self.exception_number(&base)?);
            }
        }
        let name: String = class.name()?.extract()?;
        Ok(Global::UserException(Arc::new(UserException {
            number,
            name: name.into(),
            ancestors,
            makes_itself,
        })))
    }

    fn exception_number(&mut self, class: &Bound<'py, PyType>) -> PyResult<u32> {
        if let Some(number) = classify::known_exception(class)?.and_then(|n| class_number(&n)) {
            return Ok(number);
        }
        let at = self.exceptions.iter().position(|known| known.is(class));
        let at = at.unwrap_or_else(|| {
            self.exceptions.push(class.clone().into_any());
            self.exceptions.len() - 1
        });
        Ok(FIRST_USER_CLASS + at as u32)
    }

    /// The object of a handle.
    pub fn object_of(&self, handle: u64) -> Bound<'py, PyAny> {
        self.functions[handle as usize].object.clone()
    }

    /// The handle of a callee, which is noted if its object isn't known yet.
    pub fn known_or_added(&mut self, callee: Callee<'py>) -> u64 {
        match self.functions.iter().position(|f| f.object.is(&callee.object)) {
            Some(at) => at as u64,
            None => {
                self.functions.push(callee);
                self.functions.len() as u64 - 1
            }
        }
    }

    /// The handle of a function that can be compiled; `None` for other objects.
    pub fn handle(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<u64>> {
        if let Some(at) = self.functions.iter().position(|f| f.object.is(object)) {
            return Ok(Some(at as u64));
        }
        let callee = if dispatcher::is_dispatcher(object) {
            Callee::dispatcher(object)
        } else {
            match callee::plain_function(object) {
                Some(func) => Callee::plain(object, func, &mut self.guards)?,
                None => return Ok(None),
            }
        };
        self.functions.push(callee);
        Ok(Some(self.functions.len() as u64 - 1))
    }

    /// A function of a handle.
    fn function_of(&self, handle: u64) -> Global {
        let name = self.functions[handle as usize].name.as_str().into();
        Global::Function(UserFunction { handle, name })
    }

    /// What an argument that is a function is; an error names the argument.
    pub fn argument(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<Global>> {
        self.guards.hold_object(object);
        Ok(match self.global(object)? {
            Global::Other(_) => None,
            known => Some(known),
        })
    }

    /// What a function in a container that is a global is.
    pub fn global_element(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<Global>> {
        self.guards.keep(object);
        self.global(object).map(Some)
    }

    /// A `functools.partial` object.
    fn partial(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<Global>> {
        let class = self.py.import("functools")?.getattr("partial")?;
        if !object.get_type().is(&class) {
            return Ok(None);
        }
        let function = self.global(&object.getattr("func")?)?;
        let args = object.getattr("args")?.cast_into::<PyTuple>()?;
        let args = args.iter().map(|a| self.global(&a)).collect::<PyResult<_>>()?;
        let mut keywords = Vec::new();
        for (name, value) in &object.getattr("keywords")?.cast_into::<PyDict>()? {
            keywords.push((name.extract::<String>()?.into(), self.global(&value)?));
        }
        Ok(Some(Global::Partial(Box::new(function), args, keywords)))
    }

    /// An `np.vectorize` object: its function and what it was made with, given to the body
    /// that stands for a call of it. `None` for other objects, and where it has parts that
    /// the body doesn't know.
    fn vectorized(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<Global>> {
        let class = match self.py.import("sys")?.getattr("modules")?.get_item("numpy") {
            Ok(numpy) => numpy.getattr("vectorize")?,
            Err(_) => return Ok(None),
        };
        let plain = object.get_type().is(&class)
            && object.getattr("signature")?.is_none()
            && object.getattr("excluded")?.len()? == 0;
        if !plain {
            return Ok(None);
        }
        let mut parts = Vec::new();
        for name in ["pyfunc", "otypes", "cache"] {
            let part = object.getattr(name)?;
            let known = match part.cast_exact::<PyList>() {
                Ok(list) => self.global(list.to_tuple().as_any())?,
                Err(_) => self.global(&part)?,
            };
            if matches!(known, Global::Other(_)) {
                return Ok(None);
            }
            let key = PyString::intern(self.py, name).unbind();
            let place = Place::Attribute(object.clone().unbind(), key);
            self.guards.add(Guard::new(place, Some(&part)));
            parts.push(known);
        }
        let call = Global::Library("numpy.vectorize.__call__".into());
        Ok(Some(Global::Partial(Box::new(call), parts, Vec::new())))
    }

    /// A list, set or dict of one element type; `None` for other objects.
    fn container(&mut self, object: &Bound<'py, PyAny>) -> Option<Global> {
        let mut words = Keys::new();
        let class = object.get_type_ptr();
        if !is_container(class) || class == &raw mut pyo3::ffi::PyBytes_Type {
            return None;
        }
        free_threading::take_gil(self.py, "global containers").ok()?;
        // SAFETY: the class is one of those that are read; the GIL is held.
        unsafe {
            while let Err(why) =
                read_key(object.as_ptr(), crate::numpy_api::loaded(), &mut words, 0)
            {
                // A kind of function may be seen for the first time.
                if why != Refusal::Type || !functions::learn(object) {
                    return None;
                }
                words.clear();
            }
        }
        let ty = keys::types(&words).pop()?;
        let ty = functions::global_type(self.py, self, &ty).filter(is_complete)?;
        let slot = self.guards.object(object, ty.clone(), words, self.object_slots);
        self.object_slots = self.object_slots.max(slot + 1);
        Some(Global::Container(slot, ty))
    }

    /// What an object is.
    fn global(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Global> {
        match device_function(object)? {
            Some(Some(inner)) => return self.global(&inner),
            Some(None) => return Ok(Global::Other("kernel".into())),
            None => {}
        }
        if let Some(handle) = self.registered_function(object)? {
            return Ok(self.function_of(handle));
        }
        if dispatcher::is_dispatcher(object)
            && let Some(handle) = self.handle(object)?
        {
            return Ok(self.function_of(handle));
        }
        if let Some(constant) = classify::constant(object) {
            return Ok(constant);
        }
        if object.get_type().name()? == "_MISSING_TYPE" {
            return Ok(Global::Library("dataclasses.MISSING".into()));
        }
        if let Some(name) = classify::module_name(object) {
            self.modules.insert(name.clone(), object.clone());
            return Ok(Global::Module(name.into()));
        }
        if let Ok(class) = object.cast::<PyType>()
            && class.is_subclass_of::<PyBaseException>()?
        {
            return self.exception(class);
        }
        if let Some(named) = classify::named(object)? {
            return Ok(named);
        }
        if let Ok(tuple) = object.cast_exact::<PyTuple>() {
            let items = tuple.iter().map(|item| self.global(&item)).collect::<PyResult<_>>()?;
            return Ok(Global::Tuple(items));
        }
        if let Some(numpy) = crate::numpy_api::loaded()
            && object.get_type_ptr() == numpy.array_type
        {
            // SAFETY: exactly an array, by its type.
            if let Some(ty) = unsafe { arguments::array_type_of_kernels(object.as_ptr(), numpy) } {
                let slot =
                    self.guards.object(object, Ty::Array(ty), Keys::new(), self.object_slots);
                self.object_slots = self.object_slots.max(slot + 2 + 2 * u64::from(ty.ndim));
                return Ok(Global::Array(slot, ty));
            }
            if let Some(ty) = structured::array_type(object)? {
                let all = Ty::Records(ty.clone());
                let slot = self.guards.object(object, all, Keys::new(), self.object_slots);
                self.object_slots = self.object_slots.max(slot + 2 + 2 * u64::from(ty.ndim));
                return Ok(Global::Records(slot, ty));
            }
        } else if random_generators::is_generator(object.get_type_ptr()) {
            let words = Keys::from_slice(&[keys::RANDOM]);
            let slot = self.guards.object(object, Ty::Random, words, self.object_slots);
            self.object_slots = self.object_slots.max(slot + 1);
            return Ok(Global::Container(slot, Ty::Random));
        } else if let Some(container) = self.container(object) {
            return Ok(container);
        } else if let Some(partial) = self.partial(object)? {
            return Ok(partial);
        } else if let Some(vectorized) = self.vectorized(object)? {
            return Ok(vectorized);
        } else if callee::is_dispatching(object)? {
            return Ok(Global::Other("singledispatch function".into()));
        } else if let Some(handle) = self.handle(object)? {
            return Ok(self.function_of(handle));
        }
        if let Some(numpy) = crate::numpy_api::loaded()
            && object.get_type().is_subclass(&numpy.descr_class(object.py()))?
            && let Some(entry) = structured::of_dtype(object)?
        {
            return Ok(Global::StructDType(entry.dtype.clone()));
        }
        let found = records::global(object, &|item| Ok(classify::constant(item)))?;
        if let Some(found) = found {
            return Ok(found);
        }
        if let Some(found) = self.foreign(object)? {
            return Ok(found);
        }
        let name = object.get_type().name()?.to_string_lossy().into_owned();
        Ok(Global::Other(name.into()))
    }

    /// A function of C, or a library of such functions, which is taken for a module.
    fn foreign(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<Global>> {
        if !foreign::may_be(object)? {
            return Ok(None);
        }
        if let Some(name) = foreign::library_name(object)? {
            self.modules.insert(name.clone(), object.clone());
            return Ok(Some(Global::Module(name.into())));
        }
        let Some(function) = foreign::function_for(object)? else { return Ok(None) };
        self.has_addresses.set(true);
        self.guards.keep(&function);
        let handle = self.handle(&function)?;
        Ok(handle.map(|handle| self.function_of(handle)))
    }

    fn of_class(&mut self, handle: u64, name: &str) -> PyResult<Option<Global>> {
        let py = self.py;
        let name = if name == "__init__" { records::initializer_name(handle) } else { name };
        let key = PyString::intern(py, name).unbind();
        let raw = records::unbound(py, handle, name)?;
        let builtins = py.import("builtins")?;
        if let Some(raw) = &raw
            && raw.get_type().is(&builtins.getattr("classmethod")?)
        {
            let class = records::entry(handle).object.bind(py).clone();
            let function = raw.getattr("__func__")?;
            self.guards
                .add(Guard::new(Place::ClassMethod(class.clone().unbind(), key), Some(&function)));
            let (function, class) = (self.global(&function)?, self.global(&class)?);
            let bound = Global::Partial(Box::new(function), vec![class], Vec::new());
            return Ok(Some(Global::Static(Box::new(bound))));
        }
        let Some((class, found)) = records::class_attribute(py, handle, name)? else {
            return Ok(None);
        };
        self.guards.add(Guard::new(Place::Attribute(class.unbind(), key), Some(&found)));
        if found.get_type().is(&builtins.getattr("property")?) {
            let getter = self.global(&found.getattr("fget")?)?;
            let setter = found.getattr("fset")?;
            let setter = match setter.is_none() {
                true => None,
                false => match self.global(&setter)? {
                    Global::Function(function) => Some(function.handle),
                    _ => return Ok(None),
                },
            };
            return Ok(match getter {
                Global::Function(function) => Some(Global::Property(function.handle, setter)),
                _ => None,
            });
        }
        // What `object` has, and other methods of builtin classes.
        let builtin = |raw: &Bound<'_, PyAny>| {
            raw.get_type()
                .name()
                .is_ok_and(|kind| kind == "wrapper_descriptor" || kind == "method_descriptor")
        };
        if raw.as_ref().is_some_and(builtin) {
            return Ok(Some(Global::Other("slot wrapper".into())));
        }
        let unbound = raw.is_some_and(|raw| {
            builtins.getattr("staticmethod").is_ok_and(|class| raw.get_type().is(&class))
        });
        let found = self.global(&found)?;
        Ok(Some(if unbound { Global::Static(Box::new(found)) } else { found }))
    }

    fn find(&mut self, function: u64, name: &str) -> PyResult<Option<Global>> {
        let py = self.py;
        let holder = &self.functions[function as usize];
        let (object, module_level) = (holder.object.clone(), holder.is_module_level);
        let is_own_name = holder.name == name;
        let Some(func) = holder.func.clone() else { return Ok(None) };

        // A recursive function may be compiled while it is being decorated: its name
        // isn't bound yet, and will be to the dispatcher.
        let free: Vec<String> = func.getattr("__code__")?.getattr("co_freevars")?.extract()?;
        if let Some(at) = free.iter().position(|f| f == name) {
            let cell = func.getattr("__closure__")?.get_item(at)?;
            let content = cell.getattr("cell_contents").ok();
            if content.is_none() && is_own_name {
                self.guards.add(Guard::new(Place::Cell(cell.unbind()), Some(&object)));
                return Ok(Some(self.function_of(function)));
            }
            if content.is_none() {
                self.unbound.push((function, name.to_owned()));
            }
            self.guards.add(Guard::new(Place::Cell(cell.unbind()), content.as_ref()));
            return content.map(|c| self.global(&c)).transpose();
        }

        let globals = func.getattr("__globals__")?.cast_into::<PyDict>()?;
        let found = globals.get_item(name)?;
        let key = PyString::intern(py, name).unbind();
        if found.is_none() && is_own_name && module_level {
            self.guards.add(Guard::new(Place::Dict(globals.unbind(), key), Some(&object)));
            return Ok(Some(self.function_of(function)));
        }
        self.guards.add(Guard::new(Place::Dict(globals.unbind(), key), found.as_ref()));
        let found = match found {
            Some(found) => Some(found),
            None => {
                let builtins = func.getattr("__builtins__")?.cast_into::<PyDict>()?;
                let found = builtins.get_item(name)?;
                // Python's own functions and classes stay.
                let stays = found.as_ref().is_some_and(|found| {
                    found.is_instance_of::<PyType>() || found.is_instance_of::<PyCFunction>()
                });
                if !stays {
                    let key = PyString::intern(py, name).unbind();
                    let place = Place::Dict(builtins.unbind(), key);
                    self.guards.add(Guard::new(place, found.as_ref()));
                }
                found
            }
        };
        found.map(|object| self.global(&object)).transpose()
    }

    fn attribute(&mut self, module: &str, name: &str) -> PyResult<Option<Global>> {
        let py = self.py;
        let holder = match self.modules.get(module) {
            Some(holder) => holder.clone(),
            None => py.import("sys")?.getattr("modules")?.get_item(module)?,
        };
        // Modules may make attributes on demand, so ask before looking for the place.
        let found = holder.getattr_opt(name)?;
        if !classify::is_library(module) && !foreign::is_library(module) {
            let dict = holder.getattr("__dict__")?.cast_into::<PyDict>()?;
            let key = PyString::intern(py, name).unbind();
            let kept = dict.get_item(name)?;
            self.guards.add(Guard::new(Place::Dict(dict.unbind(), key), kept.as_ref()));
        }
        found.map(|object| self.global(&object)).transpose()
    }

    /// The text of the AttributeError for an attribute that a module hasn't.
    fn attribute_error(&mut self, module: &str, name: &str) -> PyResult<Option<String>> {
        let py = self.py;
        let holder = match self.modules.get(module) {
            Some(holder) => holder.clone(),
            None => py.import("sys")?.getattr("modules")?.get_item(module)?,
        };
        let Err(error) = holder.getattr(name) else { return Ok(None) };
        if !error.is_instance_of::<PyAttributeError>(py) {
            return Ok(None);
        }
        let dict = holder.getattr("__dict__")?.cast_into::<PyDict>()?;
        let key = PyString::intern(py, name).unbind();
        self.guards.add(Guard::new(Place::Dict(dict.unbind(), key), None));
        Ok(Some(error.value(py).to_string()))
    }

    fn source(&mut self, handle: u64) -> PyResult<FunctionSource> {
        let py = self.py;
        let callee = self
            .functions
            .get(handle as usize)
            .ok_or_else(|| PyKeyError::new_err("unknown function handle"))?;
        let mut given = Vec::new();
        let mut source = callee.text(|source, parameters| {
            for parameter in &parameters.all {
                if let Some(default) = &parameter.default {
                    given.push((parameter.text.clone(), default.bind(py).clone()));
                }
            }
            Ok(source.function_source(handle, Vec::new()))
        })?;
        for (name, default) in given {
            source.defaults.push((name.into(), self.global(&default)?));
        }
        Ok(source)
    }

    /// The source of the function that is compiled.
    pub fn root(&mut self) -> PyResult<FunctionSource> {
        self.source(0)
    }
}

impl Environment for PythonEnvironment<'_> {
    fn apart(&mut self, work: &mut (dyn FnMut() + Send)) {
        self.py.detach(work);
    }

    fn python_minor(&self) -> u8 {
        self.py.version_info().minor
    }

    fn lookup(&mut self, function: u64, name: &str) -> Option<Global> {
        self.find(function, name).ok().flatten()
    }

    fn missing_name(&mut self, function: u64, name: &str) -> Option<String> {
        if self.unbound.iter().any(|(f, n)| *f == function && n == name) {
            return Some(format!(
                "cannot access free variable '{name}' where it is not associated with a value \
                 in enclosing scope"
            ));
        }
        // Nothing else may be wrong with it.
        let missing = matches!(self.find(function, name), Ok(None));
        missing.then(|| format!("name '{name}' is not defined"))
    }

    fn missing_attribute(&mut self, module: &str, name: &str) -> Option<String> {
        self.attribute_error(module, name).ok().flatten()
    }

    fn module_attribute(&mut self, module: &str, name: &str) -> Option<Global> {
        self.attribute(module, name).ok().flatten()
    }

    fn class_attribute(&mut self, class: u64, name: &str) -> Option<Global> {
        self.of_class(class, name).ok().flatten()
    }

    fn class_lacks(&mut self, class: u64, name: &str) -> bool {
        let py = self.py;
        let lacks = records::lacks(py, class, name).unwrap_or(false);
        // What the metaclass has is found by way of the class, and stays.
        if lacks && records::class_attribute(py, class, name).is_ok_and(|found| found.is_none()) {
            let object = records::entry(class).object.clone_ref(py);
            let key = PyString::intern(py, name).unbind();
            self.guards.add(Guard::new(Place::Attribute(object, key), None));
        }
        lacks
    }

    fn shape(&mut self, class: u64, attributes: &[Arc<str>]) -> Option<Arc<Class>> {
        records::shape(self.py, class, attributes).ok().flatten()
    }

    fn dataclass_initializer(&mut self, class: u64) -> Option<u64> {
        let made = records::initializer(self.py, class).ok()?;
        self.handle(&made).ok().flatten()
    }

    fn attribute_after(&mut self, class: u64, after: u64, name: &str) -> Option<Global> {
        let next = records::next_with(self.py, class, after, name).ok().flatten()?;
        self.of_class(next, name).ok().flatten()
    }

    fn library_class_has(&mut self, class: &str, name: &str) -> Option<bool> {
        let (module, class) = class.rsplit_once('.')?;
        let class = self.py.import(module).ok()?.getattr(class).ok()?;
        classes::in_classes(&class, name).ok().map(|found| found.is_some())
    }

    fn library_class_names(&mut self, class: &str) -> Vec<String> {
        let names = class.rsplit_once('.').and_then(|(module, class)| {
            self.py.import(module).ok()?.getattr(class).ok()?.dir().ok()?.extract().ok()
        });
        names.unwrap_or_default()
    }

    fn has_lapack(&mut self) -> bool {
        crate::linear_algebra::find(self.py);
        cumbia_runtime::has_lapack()
    }

    fn library_class(&mut self, name: &str) -> Option<Global> {
        // A member of the library, so there is no guard.
        let (module, name) = match name.strip_suffix("Vector") {
            Some(vector) => ("cumbia.cuda._vectors", vector),
            None => ("numpy.linalg._linalg", name),
        };
        let module = self.py.import(module).ok()?;
        records::global(&module.getattr_opt(name).ok()??, &|_| Ok(None)).ok()?
    }

    fn array_content(&mut self, slot: u64) -> Option<ArrayContent> {
        let array = self.guards.object_at(slot)?.bind(self.py).clone();
        let shape = array.getattr("shape").ok()?.extract().ok()?;
        let bytes = array.call_method0("tobytes").ok()?.extract().ok()?;
        // What the code holds must be what the array held.
        self.has_addresses.set(true);
        Some(ArrayContent { shape, bytes })
    }

    fn function_name(&mut self, handle: u64) -> Option<Arc<str>> {
        let object = self.functions.get(handle as usize)?.object.clone();
        let key = PyString::intern(self.py, "__name__");
        let name = object.getattr(&key).ok()?;
        let text: String = name.cast_exact::<PyString>().ok()?.extract().ok()?;
        let place = Place::Attribute(object.unbind(), key.unbind());
        self.guards.add(Guard::new(place, Some(&name)));
        Some(text.into())
    }

    fn method_of(&mut self, handle: u64, name: &str) -> Option<u64> {
        let object = self.functions.get(handle as usize)?.object.clone();
        // A method is another object each time, and has one handle.
        let known = self.functions.iter().position(|f| {
            let of = f.object.getattr_opt("__self__").ok().flatten();
            of.is_some_and(|of| of.is(&object)) && f.name == name
        });
        match known {
            Some(at) => Some(at as u64),
            None => {
                let method = object.getattr_opt(name).ok()??;
                self.registered_function(&method).ok().flatten()
            }
        }
    }

    fn is_extended(&mut self, of: &Extended) -> bool {
        self.extensions.is_some() && self.is_registered(of).unwrap_or(false)
    }

    fn has_extension(&mut self, of: &Extended, ty: &Ty) -> bool {
        self.is_registered_for(of, ty).unwrap_or(false)
    }

    fn extension(
        &mut self,
        of: &Extended,
        args: &[Ty],
        named: &[(Arc<str>, Ty)],
    ) -> Option<Result<u64, String>> {
        let key = format!("{of:?} {args:?} {named:?}");
        if let Some(known) = self.extended.get(&key) {
            return known.clone();
        }
        let py = self.py;
        let found = match self.find_extension(of, args, named) {
            Ok(found) => found.map(Ok),
            Err(error) => Some(Err(error.value(py).to_string())),
        };
        self.extended.insert(key, found.clone());
        found
    }

    fn elements(&mut self, handle: u64, operands: &[Ty]) -> Option<UfuncElements> {
        let key = format!("{handle} {operands:?}");
        if let Some(known) = self.elements.get(&key) {
            return known.clone();
        }
        // Why a call is refused is told where it has a loop of its own.
        let found = self.find_elements(handle, operands).ok().flatten();
        self.elements.insert(key, found.clone());
        found
    }

    fn function(&mut self, handle: u64) -> Result<FunctionSource, String> {
        self.source(handle).map_err(|error| error.value(self.py).to_string())
    }
}

/// The dispatcher in a device function of `cumbia.cuda`, nothing in a kernel, which is launched
/// and not called; `None` for other objects.
fn device_function<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Option<Bound<'py, PyAny>>>> {
    let class = object.get_type();
    let (module, name) = (class.module()?, class.name()?);
    if module != "cumbia.cuda._kernels" && module != "cumbia.cuda._linked" {
        return Ok(None);
    }
    match name == "DeviceFunction" || name == "DeclaredFunction" {
        true => Ok(Some(Some(object.getattr("_dispatcher")?))),
        false => Ok(Some(None)),
    }
}

/// Whether a container's type says what all its elements are, in terms that need no
/// further look at Python's objects.
fn is_complete(ty: &Ty) -> bool {
    match ty {
        Ty::List(t, _) | Ty::Set(t, _) | Ty::Optional(t) => is_complete(t),
        Ty::Dict(pair, _) => is_complete(&pair.0) && is_complete(&pair.1),
        Ty::Tuple(items) => items.iter().all(is_complete),
        Ty::Collection(kind, storage) if kind.is_frozen() => is_complete(storage),
        Ty::None
        | Ty::Bool
        | Ty::Int
        | Ty::Float
        | Ty::Complex
        | Ty::Num(_)
        | Ty::Str
        | Ty::Bytes
        | Ty::Array(_) => true,
        ty => is_function(ty),
    }
}
