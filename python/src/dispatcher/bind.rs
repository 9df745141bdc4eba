//! Binding of a call's arguments to parameters: a plan made once, at decoration.
//!
//! The common call (all positional, none missing) never comes here. When a call
//! doesn't bind, Python itself says why: a function with the same parameters and an
//! empty body is called with the same arguments, so that the text is the running
//! Python's own.

use pyo3::exceptions::PyTypeError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use smallvec::SmallVec;
use std::ptr;

const CO_VARARGS: u32 = 0x04;
const CO_VARKEYWORDS: u32 = 0x08;

/// Arguments in order of the parameters; borrowed from the call or the defaults.
pub type Bound_ = SmallVec<[*mut PyObject; 12]>;

/// A parameter.
pub struct Parameter {
    /// Its name, interned.
    pub name: Py<PyString>,
    /// The same.
    pub text: String,
    /// Its default.
    pub default: Option<Py<PyAny>>,
}

/// The parameters of a function.
pub struct Parameters {
    /// In order: positional, then keyword-only.
    pub all: Vec<Parameter>,
    positional_only: usize,
    positional: usize,
    /// Names of `*args` and `**kwargs`.
    pub var_args: Option<String>,
    /// See `var_args`.
    pub var_keywords: Option<String>,
}

/// The arguments of a function with `*args` or `**kwargs`.
pub struct Spread<'n> {
    /// Of the named parameters.
    pub named: Bound_,
    /// For `*args`.
    pub rest: Bound_,
    /// For `**kwargs`.
    pub keywords: Vec<(Bound<'n, PyString>, *mut PyObject)>,
}

impl Parameters {
    /// The plan for a function.
    pub fn new(func: &Bound<'_, PyAny>) -> PyResult<Parameters> {
        let py = func.py();
        let code = func.getattr("__code__")?;
        let positional: usize = code.getattr("co_argcount")?.extract()?;
        let positional_only: usize = code.getattr("co_posonlyargcount")?.extract()?;
        let keyword_only: usize = code.getattr("co_kwonlyargcount")?.extract()?;
        let names: Vec<String> = code.getattr("co_varnames")?.extract()?;
        let flags: u32 = code.getattr("co_flags")?.extract()?;
        let mut variadic = names.iter().skip(positional + keyword_only).cloned();
        let var_args = (flags & CO_VARARGS != 0).then(|| variadic.next()).flatten();
        let var_keywords = (flags & CO_VARKEYWORDS != 0).then(|| variadic.next()).flatten();
        drop(variadic);
        let defaults = func.getattr("__defaults__")?;
        let defaults: Vec<Bound<'_, PyAny>> =
            if defaults.is_none() { Vec::new() } else { defaults.extract()? };
        let keyword_defaults = func.getattr("__kwdefaults__")?;
        let mut all = Vec::with_capacity(positional + keyword_only);
        for (i, text) in names.into_iter().take(positional + keyword_only).enumerate() {
            let default = if i < positional {
                (i + defaults.len()).checked_sub(positional).map(|at| defaults[at].clone().unbind())
            } else if keyword_defaults.is_none() {
                None
            } else {
                keyword_defaults.cast::<PyDict>()?.get_item(&text)?.map(Bound::unbind)
            };
            all.push(Parameter { name: PyString::intern(py, &text).unbind(), text, default });
        }
        Ok(Parameters { all, positional_only, positional, var_args, var_keywords })
    }

    /// The number of parameters.
    #[inline]
    pub fn len(&self) -> usize {
        self.all.len()
            + usize::from(self.var_args.is_some())
            + usize::from(self.var_keywords.is_some())
    }

    /// Whether there is a `*args` or `**kwargs`.
    #[inline]
    pub fn is_variadic(&self) -> bool {
        self.var_args.is_some() || self.var_keywords.is_some()
    }

    /// The name of the parameter that an argument of [`Spread`] goes to, counted through.
    pub fn name_of(&self, at: usize) -> &str {
        match self.all.get(at) {
            Some(parameter) => &parameter.text,
            None => self.var_args.as_deref().or(self.var_keywords.as_deref()).unwrap_or("?"),
        }
    }

    /// Binds a call of a function with `*args` or `**kwargs`.
    ///
    /// # Safety
    ///
    /// As [`Parameters::bind`].
    pub unsafe fn spread<'n>(
        &self,
        py: Python<'n>,
        args: *const *mut PyObject,
        positional: usize,
        names: *mut PyObject,
    ) -> Option<Spread<'n>> {
        let mut named: Bound_ = SmallVec::from_elem(ptr::null_mut(), self.all.len());
        let mut rest = Bound_::new();
        let mut keywords = Vec::new();
        if positional > self.positional && self.var_args.is_none() {
            return None;
        }
        // SAFETY: vectorcall passes `positional` values, then one for each name.
        unsafe {
            for i in 0..positional {
                match named.get_mut(i).filter(|_| i < self.positional) {
                    Some(slot) => *slot = *args.add(i),
                    None => rest.push(*args.add(i)),
                }
            }
            let count = if names.is_null() { 0 } else { ffi::PyTuple_Size(names) as usize };
            for k in 0..count {
                let name = ffi::PyTuple_GetItem(names, k as isize);
                let value = *args.add(positional + k);
                match self.find(name) {
                    Some(at) if named[at].is_null() => named[at] = value,
                    Some(_) => return None,
                    None if self.var_keywords.is_some() => {
                        let name = Bound::<PyAny>::from_borrowed_ptr(py, name);
                        keywords.push((name.cast_into::<PyString>().ok()?, value));
                    }
                    None => return None,
                }
            }
        }
        for (slot, parameter) in named.iter_mut().zip(&self.all) {
            if slot.is_null() {
                *slot = parameter.default.as_ref()?.as_ptr();
            }
        }
        Some(Spread { named, rest, keywords })
    }

    /// Whether a call with so many positional arguments and no keywords needs no binding.
    #[inline]
    pub fn trivially(&self, positional: usize) -> bool {
        positional == self.all.len() && positional == self.positional && !self.is_variadic()
    }

    /// Whether so many positional arguments and these keywords are all parameters in their
    /// order, so that the call's arguments are as they should be. Names that are equal, but
    /// not the same object, aren't looked at.
    #[inline]
    pub fn in_order(&self, positional: usize, names: &[*mut PyObject]) -> bool {
        (self.positional_only..=self.positional).contains(&positional)
            && positional + names.len() == self.all.len()
            && !self.is_variadic()
            && self.all[positional..].iter().zip(names).all(|(p, name)| p.name.as_ptr() == *name)
    }

    /// Binds a call.
    ///
    /// # Safety
    ///
    /// `args` and `names` are those of a vectorcall in progress, and the thread
    /// holds the GIL.
    pub unsafe fn bind(
        &self,
        args: *const *mut PyObject,
        positional: usize,
        names: *mut PyObject,
    ) -> Option<Bound_> {
        let mut bound: Bound_ = SmallVec::from_elem(ptr::null_mut(), self.all.len());
        if positional > self.positional {
            return None;
        }
        // SAFETY: vectorcall passes `positional` values, then one for each name.
        unsafe {
            for (i, slot) in bound.iter_mut().take(positional).enumerate() {
                *slot = *args.add(i);
            }
            let keywords = if names.is_null() { 0 } else { ffi::PyTuple_Size(names) as usize };
            for k in 0..keywords {
                let at = self.find(ffi::PyTuple_GetItem(names, k as isize))?;
                if !bound[at].is_null() {
                    return None;
                }
                bound[at] = *args.add(positional + k);
            }
        }
        for (slot, parameter) in bound.iter_mut().zip(&self.all) {
            if slot.is_null() {
                *slot = parameter.default.as_ref()?.as_ptr();
            }
        }
        Some(bound)
    }

    /// The parameter that a keyword may name.
    unsafe fn find(&self, name: *mut PyObject) -> Option<usize> {
        let candidates = || self.all.iter().enumerate().skip(self.positional_only);
        candidates()
            .find(|(_, p)| p.name.as_ptr() == name)
            // SAFETY: keyword names are str objects.
            .or_else(|| {
                candidates().find(|(_, p)| {
                    // SAFETY: both are strings: a parameter's name, and a keyword that
                    // the interpreter checked.
                    unsafe { ffi::PyUnicode_Compare(p.name.as_ptr(), name) == 0 }
                })
            })
            .map(|(i, _)| i)
    }
}

/// Python's own exception for arguments that don't bind.
///
/// # Safety
///
/// As [`Parameters::bind`].
pub unsafe fn mismatch(
    func: &Bound<'_, PyAny>,
    args: *const *mut PyObject,
    positional: usize,
    names: *mut PyObject,
) -> PyErr {
    let py = func.py();
    let run = || -> PyResult<()> {
        // SAFETY: the arguments of the call live until it returns.
        let value = |i: usize| unsafe { Bound::<PyAny>::from_borrowed_ptr(py, *args.add(i)) };
        let given = PyTuple::new(py, (0..positional).map(value))?;
        let keywords = PyDict::new(py);
        if !names.is_null() {
            // SAFETY: vectorcall gives a tuple of names.
            let names = unsafe { Bound::from_borrowed_ptr(py, names) };
            for (k, name) in names.try_iter()?.enumerate() {
                keywords.set_item(name?, value(positional + k))?;
            }
        }
        stand_in(func)?.call(given, Some(&keywords))?;
        Ok(())
    };
    match run() {
        Err(error) => error,
        Ok(()) => PyTypeError::new_err("the arguments don't match the function's parameters"),
    }
}

/// A function with the same parameters and no body.
fn stand_in<'py>(func: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = func.py();
    let scope = PyDict::new(py);
    py.run(c"def f(): pass", Some(&scope), None)?;
    let empty = scope.get_item("f")?.ok_or_else(|| PyTypeError::new_err("no stand-in"))?;
    let body = empty.getattr("__code__")?;
    let code = func.getattr("__code__")?;
    let changes = PyDict::new(py);
    for part in ["co_code", "co_consts", "co_stacksize", "co_linetable", "co_exceptiontable"] {
        changes.set_item(part, body.getattr(part)?)?;
    }
    changes.set_item("co_names", PyTuple::empty(py))?;
    changes.set_item("co_cellvars", PyTuple::empty(py))?;
    changes.set_item("co_freevars", PyTuple::empty(py))?;
    let flags: u32 = code.getattr("co_flags")?.extract()?;
    let parameters: usize = code.getattr("co_argcount")?.extract::<usize>()?
        + code.getattr("co_kwonlyargcount")?.extract::<usize>()?
        + (flags & CO_VARARGS != 0) as usize
        + (flags & CO_VARKEYWORDS != 0) as usize;
    let names = code.getattr("co_varnames")?;
    let names: Vec<String> = names.extract()?;
    changes.set_item("co_varnames", PyTuple::new(py, &names[..parameters])?)?;
    changes.set_item("co_nlocals", parameters)?;
    let code = code.call_method("replace", (), Some(&changes))?;
    let made = empty.get_type().call1((code, func.getattr("__globals__")?))?;
    for part in ["__name__", "__qualname__", "__defaults__", "__kwdefaults__"] {
        made.setattr(part, func.getattr(part)?)?;
    }
    Ok(made)
}
