//! Which code serves which arguments, and compiling what is missing.
//!
//! Behind the resolution used last is a table by argument types. An entry whose
//! guards don't hold any more is dropped and compiled again, since the program has
//! changed. Compiling holds the GIL, as the front end asks Python about names, but for what
//! takes long after that (decision 0078).

use super::explicit::{self, Explicit, Slots};
use super::{Dispatcher, Resolution};
use crate::cache::{self, Kept, Place};
use crate::cuda::Kernel;
use crate::environment::PythonEnvironment;
use crate::interpreted::Interpreted;
use crate::kernel::Specialization;
use crate::{errors, functions, keys, offload, tiers};
use cumbia_driver::cache::{Recorder, replay};
use cumbia_driver::{Compiled, ForC, Session};
use cumbia_frontend::environment::FunctionSource;
use cumbia_frontend::types::{DType, Ty};
use cumbia_frontend::{Annotation, Part};
use cumbia_ir::Module;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock, PoisonError};

/// Code for a call, with its slots if they had to be changed.
pub struct Chosen {
    /// The code.
    pub specialization: Arc<Specialization>,
    /// The slots in the types of its signature.
    pub slots: Option<Slots>,
}

/// Stack that compiling may take: the front end recurses over nested expressions and chains of
/// calls, both of which it limits, and the code generator has large frames. A chain of as many
/// calls as there may be takes 2.2 MiB.
const COMPILER_STACK: usize = 4 << 20;

/// Whether code that an earlier process has kept will do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Freshness {
    /// It will.
    Any,
    /// It is compiled in any case, and kept in place of what was.
    Anew,
}

/// What a compilation begins with.
struct Start<'py> {
    environment: PythonEnvironment<'py>,
    source: FunctionSource,
    types: Vec<Ty>,
}

impl<'py> Start<'py> {
    fn new(object: &Bound<'py, PyAny>, types: &[Ty]) -> PyResult<Start<'py>> {
        let mut environment = PythonEnvironment::new(object.clone());
        let source = environment.root()?;
        let types = functions::argument_types(object, &mut environment, types)?;
        Ok(Start { environment, source, types })
    }

    fn finish(
        mut self,
        object: &Bound<'_, PyAny>,
        data: &Dispatcher,
        compiled: Compiled,
        kept: Option<Kept>,
    ) -> PyResult<Specialization> {
        let py = self.environment.py;
        let exceptions = self.environment.take_exceptions();
        let (functions, guards) = self.environment.into_functions();
        let options = data.options.clone_ref(py);
        let mut compiled = compiled;
        let is_asked = self.source.relaxed.on_device;
        let catches = !compiled.on_device.is_empty() && catches(compiled.module());
        let loops = offload::loops(object, &mut compiled, &functions, &exceptions, is_asked)?;
        let made =
            Specialization::new(py, compiled, guards, &functions, exceptions, &options, kept)?;
        Ok(made.with_loops(loops, catches))
    }
}

/// Whether a handler of the program's may take an exception that a runtime function raises.
fn catches(module: &Module) -> bool {
    let insts = |func: &cumbia_ir::Function| -> bool {
        let mut all = func.layout.iter().flat_map(|&block| &func.block(block).insts);
        all.any(|&inst| {
            let op = func.inst(inst).op;
            matches!(op, cumbia_ir::Opcode::TryCall | cumbia_ir::Opcode::TryExternCall)
        })
    };
    module.functions.iter().any(insts)
}

/// The `float16` or `bfloat16` that a type of a signature has in it, which only kernels have.
fn half_in(ty: &Ty) -> Option<DType> {
    match ty {
        Ty::Num(d) => Some(*d).filter(|d| d.is_half()),
        Ty::Array(a) => Some(a.dtype).filter(|d| d.is_half()),
        Ty::Tuple(items) => items.iter().find_map(half_in),
        _ => None,
    }
}

/// Makes the code for argument types, or finds it in the cache.
fn compile(
    object: &Bound<'_, PyAny>,
    types: &[Ty],
    freshness: Freshness,
) -> PyResult<Specialization> {
    let py = object.py();
    let data = Dispatcher::of(object);
    if let Some(half) = types.iter().find_map(half_in) {
        return Err(PyTypeError::new_err(format!(
            "{}() can't be compiled for {}: half precision is for kernels (cuda.jit); use float32",
            data.qualname,
            half.name()
        )));
    }
    let session = session().clone().for_c(data.for_c.get().copied());
    let mut start = Start::new(object, types)?;
    let mut place = match cache::is_wanted(data.caches(py)?, &start.source.filename) {
        true => Place::of(py, &session, &start.source, &start.types),
        false => None,
    };
    if let Some(place) = &mut place {
        let variants = if freshness == Freshness::Any { place.variants() } else { Vec::new() };
        for (log, entry) in variants {
            let found = replay(&mut start.environment, &start.source, &log)
                .and_then(|places| place.load(entry, &places));
            if let Some((compiled, kept)) = found {
                data.found.fetch_add(1, Ordering::Relaxed);
                return start.finish(object, data, compiled, Some(kept));
            }
            // The environment has noted what another program asks.
            start = Start::new(object, types)?;
        }
    }
    let Start { environment, source, types } = &mut start;
    let failed = |error| errors::exception(py, &error);
    let (compiled, kept) = match place {
        None => (session.compile(environment, source, types).map_err(failed)?, None),
        Some(place) => {
            place.missed(&data.qualname, types);
            let has_addresses = environment.has_addresses.clone();
            let mut recorder = Recorder::new(environment, source);
            let compiled = session.compile(&mut recorder, source, types).map_err(failed)?;
            // Addresses are others in the next process.
            let stored = match has_addresses.get() {
                true => None,
                false => place.store(&compiled, recorder),
            };
            (compiled, stored.map(|kept| kept.for_code(freshness)))
        }
    };
    data.compiles.fetch_add(1, Ordering::Relaxed);
    for note in &compiled.notes {
        py.import("sys")?.getattr("stderr")?.call_method1("write", (format!("{note}\n"),))?;
    }
    if !compiled.warnings.is_empty() {
        let class = py.import("cumbia.errors")?.getattr("CumbiaParallelSafetyWarning")?;
        let warn = py.import("warnings")?.getattr("warn_explicit")?;
        for warning in &compiled.warnings {
            warn.call1((&warning.text, &class, &warning.filename, warning.line))?;
        }
    }
    start.finish(object, data, compiled, kept)
}

/// The module of a function as it is lowered for these types, before any pass.
pub fn lowered(object: &Bound<'_, PyAny>, types: &[Ty]) -> PyResult<Module> {
    let mut environment = PythonEnvironment::new(object.clone());
    let source = environment.root()?;
    let types = functions::argument_types(object, &mut environment, types)?;
    let lowered = session().lower(&mut environment, &source, &types);
    lowered.map_err(|error| errors::exception(object.py(), &error))
}

/// Its function as a kernel for these argument types, and what was assumed.
pub fn kernel(object: &Bound<'_, PyAny>, types: &[Ty]) -> PyResult<Kernel> {
    let _floats = cumbia_runtime::DefaultFloats::enter();
    with_stack(object, |object, _| {
        let Start { mut environment, source, types } = Start::new(object, types)?;
        let made = session().kernel(&mut environment, &source, &types);
        let made = made.map_err(|error| errors::exception(object.py(), &error))?;
        let exceptions = environment.take_exceptions();
        let (functions, guards) = environment.into_functions();
        Ok(Kernel { made, guards, functions, exceptions, object: object.clone().unbind() })
    })
}

/// The types of its variables and expressions for these argument types.
pub fn annotations(object: &Bound<'_, PyAny>, types: &[Ty]) -> PyResult<Vec<Annotation>> {
    with_stack(object, |object, _| {
        let mut environment = PythonEnvironment::new(object.clone());
        let source = environment.root()?;
        let types = functions::argument_types(object, &mut environment, types)?;
        let found = session().annotate(&mut environment, &source, &types);
        found.map_err(|error| errors::exception(object.py(), &error))
    })
}

/// What of it runs on several threads, is fused, or isn't, for these argument types.
pub fn parallel_report(object: &Bound<'_, PyAny>, types: &[Ty]) -> PyResult<Vec<Part>> {
    with_stack(object, |object, _| {
        let mut environment = PythonEnvironment::new(object.clone());
        let source = environment.root()?;
        let types = functions::argument_types(object, &mut environment, types)?;
        let found = session().parallel_report(&mut environment, &source, &types);
        found.map_err(|error| errors::exception(object.py(), &error))
    })
}

/// Does what takes the compiler's stack: here, or on a thread of its own, with the GIL, while
/// this one waits without it, where little stack is left. `work` learns whether it is elsewhere.
fn with_stack<T: Send>(
    object: &Bound<'_, PyAny>,
    work: impl FnOnce(&Bound<'_, PyAny>, bool) -> PyResult<T> + Send,
) -> PyResult<T> {
    if cumbia_runtime::stack_left() >= COMPILER_STACK {
        return work(object, false);
    }
    let owned = object.clone().unbind();
    object.py().detach(|| {
        std::thread::scope(|scope| {
            let work = || Python::attach(|py| work(owned.bind(py), true));
            std::thread::Builder::new()
                .stack_size(8 * COMPILER_STACK)
                .spawn_scoped(scope, work)?
                .join()
                .unwrap_or_else(|_| {
                    Err(PyRuntimeError::new_err(
                        "the compiler's thread panicked; this is a bug in cumbia",
                    ))
                })
        })
    })
}

pub fn session() -> &'static Session {
    static SESSION: OnceLock<Session> = OnceLock::new();
    SESSION.get_or_init(|| {
        let session = Session::new(tiers::first_target())
            .optimizing(Interpreted::asked() != Interpreted::Lowered)
            .leaving(tiers::is_there());
        if tiers::verifies() { session.verifying(true) } else { session }
    })
}

impl Dispatcher {
    /// From now on what is compiled has a function that C can call.
    pub fn compile_for_c(&self, for_c: ForC) {
        let _ = self.for_c.set(for_c);
    }

    /// The resolution of argument types from the table, if it still holds.
    fn known(&self, words: &[u32]) -> Option<Arc<Resolution>> {
        let found = {
            let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
            table.get(words).cloned()?
        };
        // SAFETY: callers hold the GIL.
        if unsafe { found.specialization.guards.hold() } {
            return Some(found);
        }
        self.forget(&found.specialization);
        None
    }

    /// Finds or makes the code for a call. `object` is this dispatcher's object.
    pub fn choose(
        &self,
        object: &Bound<'_, PyAny>,
        words: &[u32],
        slots: &[u64],
    ) -> PyResult<Chosen> {
        if let Some(found) = self.known(words) {
            self.remember(&found);
            if found.conversions.is_empty() {
                return Ok(Chosen { specialization: found.specialization.clone(), slots: None });
            }
            if let Some(slots) = explicit::convert(slots, &found.conversions) {
                return Ok(Chosen {
                    specialization: found.specialization.clone(),
                    slots: Some(slots),
                });
            }
        }
        let types = keys::types(words);
        if !self.explicit.is_empty() {
            return self.choose_explicit(object, words, &types, slots);
        }
        if !self.may_compile(words) {
            return Err(self.no_signature(&types));
        }
        let specialization = self.specialization(object, words, &types)?;
        Ok(Chosen { specialization, slots: None })
    }

    /// The code for exactly these argument types.
    pub fn specialization(
        &self,
        object: &Bound<'_, PyAny>,
        words: &[u32],
        types: &[Ty],
    ) -> PyResult<Arc<Specialization>> {
        let _held = self.compiling.take(object.py());
        // Another thread may have compiled it while this one waited.
        if let Some(found) = self.known(words) {
            return Ok(found.specialization.clone());
        }
        let specialization = self.compile(object, types, Freshness::Any)?;
        self.insert(Resolution::new(words.into(), specialization.clone(), Box::default()));
        Ok(specialization)
    }

    /// The nearest of the signatures given in advance.
    fn choose_explicit(
        &self,
        object: &Bound<'_, PyAny>,
        words: &[u32],
        types: &[Ty],
        slots: &[u64],
    ) -> PyResult<Chosen> {
        let mut candidates: Vec<_> = self
            .explicit
            .iter()
            .filter_map(|explicit| Some((explicit, explicit.conversions(types)?)))
            .collect();
        candidates.sort_by_key(|(_, (cost, _))| *cost);
        for (explicit, (cost, steps)) in candidates {
            let Some(converted) = explicit::convert(slots, &steps) else { continue };
            let specialization = self.compiled_signature(object, explicit, Freshness::Any)?;
            let conversions = if cost == 0 { Box::default() } else { steps.into_boxed_slice() };
            self.insert(Resolution::new(words.into(), specialization.clone(), conversions));
            return Ok(Chosen { specialization, slots: Some(converted) });
        }
        Err(self.no_signature(types))
    }

    /// The code of a signature given in advance.
    pub fn compiled_signature(
        &self,
        object: &Bound<'_, PyAny>,
        explicit: &Explicit,
        freshness: Freshness,
    ) -> PyResult<Arc<Specialization>> {
        let _held = self.compiling.take(object.py());
        let kept = explicit.specialization.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept
            // SAFETY: `object` is proof of the GIL.
            && unsafe { kept.guards.hold() }
        {
            return Ok(kept);
        }
        if explicit.args.len() != self.parameters.len() {
            return Err(PyTypeError::new_err(format!(
                "the signature {} has {} arguments, but {}() has {} parameters",
                explicit.text,
                explicit.args.len(),
                self.qualname,
                self.parameters.len()
            )));
        }
        let specialization = self.compile(object, &explicit.args, freshness)?;
        let actual = &specialization.compiled.signature.ret;
        if !explicit.accepts_result(actual) {
            return Err(PyTypeError::new_err(format!(
                "{}() returns {actual} for the signature {}, which declares another result type; \
                 leave it out to have it inferred",
                self.qualname, explicit.text
            )));
        }
        let old = explicit
            .specialization
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(specialization.clone());
        drop(old);
        Ok(specialization)
    }

    fn no_signature(&self, types: &[Ty]) -> PyErr {
        let given: Vec<String> = types.iter().map(Ty::to_string).collect();
        let known: String = self.explicit.iter().map(|e| format!("\n    {}", e.text)).collect();
        if known.is_empty() {
            let known: String = super::attributes::specializations(self)
                .iter()
                .map(|(text, _)| format!("\n    {text}"))
                .collect();
            return PyTypeError::new_err(format!(
                "{}() isn't compiled for ({}), and disable_compile() says that nothing more is. \
                 It is compiled for:{}",
                self.qualname,
                given.join(", "),
                if known.is_empty() { " nothing" } else { &known }
            ));
        }
        PyTypeError::new_err(format!(
            "no signature of {}() takes ({}). It was compiled for:{known}\n\
             Convert the arguments, add a signature, or leave the signatures out to have it \
             compiled for whatever it is called with.",
            self.qualname,
            given.join(", ")
        ))
    }

    pub(super) fn compile(
        &self,
        object: &Bound<'_, PyAny>,
        types: &[Ty],
        freshness: Freshness,
    ) -> PyResult<Arc<Specialization>> {
        // Constants are folded; a thread that is started here has the same control.
        let _floats = cumbia_runtime::DefaultFloats::enter();
        let made = with_stack(object, |object, elsewhere| {
            let _lent = elsewhere.then(|| Dispatcher::of(object).compiling.lend());
            compile(object, types, freshness)
        });
        crate::logging::tell(object.py(), true);
        Ok(Arc::new(made?))
    }

    /// Installs code compiled from IR text for the argument types of a signature
    /// that names the result type: for tests of the boundary.
    pub fn install_ir(
        &self,
        py: Python<'_>,
        text: &str,
        entry: &str,
        signature: &str,
    ) -> PyResult<()> {
        let parsed = Explicit::parse(signature)?;
        let (Some(keys), Some(ret)) = (parsed.keys(), parsed.returns) else {
            return Err(PyTypeError::new_err("the signature must name the result type"));
        };
        let signature = cumbia_driver::Signature { args: parsed.args, ret };
        let compiled = cumbia_driver::from_ir(text, entry, signature)
            .map_err(|error| errors::exception(py, &error))?;
        let made = Specialization::new(
            py,
            compiled,
            Default::default(),
            &[],
            Vec::new(),
            &self.options,
            None,
        )?;
        self.insert(Resolution::new(keys, Arc::new(made), Box::default()));
        Ok(())
    }
}
