//! One compilation, from a function's source and argument types to an artifact.

use crate::cache::Moved;
use crate::cost::Cost;
use crate::device::Offloaded;
use crate::error::{CompileError, InternalError};
use crate::llvm::Unforked;
use crate::stages::{Stage, Timings};
use crate::targets::{self, Target};
use cumbia_backend::Artifact;
use cumbia_frontend::environment::{Environment, FunctionSource};
use cumbia_frontend::lower::for_c;
use cumbia_frontend::types::Ty;
use cumbia_frontend::{Annotation, GeneratorResult, Limits};
use cumbia_ir::Module;
use cumbia_opt::OptOptions;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Types of a compiled function.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Signature {
    /// Arguments, in order of the parameters.
    pub args: Vec<Ty>,
    /// Result.
    pub ret: Ty,
}

/// Which function of the user an IR function was made from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunctionOrigin {
    /// Qualified name.
    pub qualname: String,
    /// File or cell; library bodies have names of their own.
    pub filename: String,
    /// Line of the function's first line.
    pub first_line: u32,
    /// Whether it is a library body: tracebacks leave it out.
    pub internal: bool,
    /// Handle of the user's function that it is or is nested in.
    pub root: Option<u64>,
    /// Whether it is nested in that.
    pub nested: bool,
    /// Whether it is the body of a parallel loop: the call of it is no place of a traceback.
    pub outlined: bool,
}

/// A compiled specialization.
#[derive(Debug)]
pub struct Compiled {
    /// Object code and sites.
    pub artifact: Artifact,
    /// Name of the target that made it.
    pub target: &'static str,
    /// Name of the entry function in the object.
    pub entry: String,
    /// Types.
    pub signature: Signature,
    /// Nested functions and cells, for results that are functions.
    pub closures: cumbia_frontend::Closures,
    /// By IR function name.
    pub functions: FxHashMap<String, FunctionOrigin>,
    /// What running it may take.
    pub cost: Cost,
    /// How many of its loops can go on in better code.
    pub exits: usize,
    /// Where the result is a generator: what resumes it, and what that may take.
    pub generator: Option<(GeneratorResult, Cost)>,
    /// Time of each stage.
    pub timings: Timings,
    /// What `cumbia.reveal_type` was asked, a line each.
    pub notes: Vec<String>,
    /// What the user is to be warned of.
    pub warnings: Vec<cumbia_frontend::Warning>,
    /// Parallel loops for a device, by the numbers that their records have.
    pub on_device: Vec<Offloaded>,
    /// Whether it touches memory that these use, outside of them.
    pub touches: bool,
    /// Whether it has a generator, which goes on in another call.
    pub waits: bool,
    /// Which lines its code has from an earlier state of the files.
    pub moved: Arc<Moved>,
    pub(crate) module: Arc<StoredModule>,
}

/// A module, or the text that it is read from when somebody needs it.
#[derive(Debug, Default)]
pub struct StoredModule {
    module: OnceLock<Arc<Module>>,
    text: String,
    moved: Arc<Moved>,
}

impl StoredModule {
    fn of(module: Module) -> Arc<StoredModule> {
        let stored = StoredModule::default();
        let _ = stored.module.set(Arc::new(module));
        Arc::new(stored)
    }

    /// Of a text that a module has printed, with the lines that it had then.
    pub(crate) fn of_text(text: String, moved: Arc<Moved>) -> Arc<StoredModule> {
        Arc::new(StoredModule { module: OnceLock::new(), text, moved })
    }

    /// The module.
    pub fn get(&self) -> &Arc<Module> {
        self.module.get_or_init(|| {
            let read = cumbia_ir::parse_module(&self.text);
            let mut module = read.expect("what a module prints can be read");
            self.moved.bring_module_up(&mut module);
            Arc::new(module)
        })
    }
}

impl Compiled {
    /// The module that the artifact was made from.
    pub fn module(&self) -> &Module {
        self.module.get()
    }

    /// The same, to be kept: tier 2 compiles it later.
    pub fn shared_module(&self) -> Arc<Module> {
        self.module.get().clone()
    }

    /// The same, not read yet if it is text.
    pub fn stored_module(&self) -> Arc<StoredModule> {
        self.module.clone()
    }

    /// The module as its code was made from it: with exits of loops, if there are any.
    pub fn module_with_exits(&self) -> Module {
        let mut module = self.module().clone();
        if self.exits > 0 {
            cumbia_opt::osr::add_exits(&mut module, &self.entry, cumbia_abi::MAX_SAVED);
        }
        module
    }

    /// Whether it was read back instead of compiled.
    pub fn is_from_cache(&self) -> bool {
        !self.module.text.is_empty()
    }

    /// The optimized module as IR text.
    pub fn ir_text(&self) -> String {
        text_of(self.module())
    }
}

/// Compiles functions for one target.
#[derive(Clone)]
pub struct Session {
    target: &'static Target,
    verify: bool,
    limits: Limits,
    optimize: bool,
    leaves: bool,
    for_c: Option<ForC>,
}

/// What C gets of a function that it calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ForC {
    /// Nothing.
    Nothing,
    /// The element of the array that is the last argument.
    Element,
}

impl Default for Session {
    fn default() -> Session {
        Session::new(targets::host())
    }
}

/// Optimizing so many instructions and making code of them takes some milliseconds, for which
/// other threads shouldn't wait.
const LARGE: usize = 2000;

impl Session {
    /// A session for a target.
    pub fn new(target: &'static Target) -> Session {
        let verify = cfg!(debug_assertions);
        Session {
            target,
            verify,
            limits: Limits::default(),
            optimize: true,
            leaves: false,
            for_c: None,
        }
    }

    /// Verifies the IR after lowering and after each pass, or doesn't. It costs more
    /// than the passes; the default is to do it in debug builds.
    #[must_use]
    pub fn verifying(mut self, verify: bool) -> Session {
        self.verify = verify;
        self
    }

    /// How large functions may be.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Session {
        self.limits = limits;
        self
    }

    /// Runs the passes, or doesn't: then the code is of the IR as it was lowered.
    #[must_use]
    pub fn optimizing(mut self, optimize: bool) -> Session {
        self.optimize = optimize;
        self
    }

    /// Makes code whose loops can go on in better code, or doesn't.
    #[must_use]
    pub fn leaving(mut self, leaves: bool) -> Session {
        self.leaves = leaves;
        self
    }

    /// Adds a function that C can call, or doesn't.
    #[must_use]
    pub fn for_c(mut self, for_c: Option<ForC>) -> Session {
        self.for_c = for_c;
        self
    }

    /// All that was chosen, as text: what it compiles depends on nothing else but what is
    /// compiled, the build and the processor.
    pub fn choices(&self) -> String {
        let Session { target, verify, limits, optimize, leaves, for_c } = self;
        let lines = targets::keeps_lines();
        format!("{} {verify} {limits:?} {optimize} {leaves} {for_c:?} {lines}", target.name)
    }

    /// Compiles a function for argument types.
    ///
    /// # Errors
    ///
    /// The user's mistake as diagnostics, or a bug of the compiler; a panic in a
    /// stage is such a bug.
    pub fn compile(
        &self,
        env: &mut dyn Environment,
        source: &FunctionSource,
        args: &[Ty],
    ) -> Result<Compiled, CompileError> {
        let mut timings = Timings::default();
        let mut lowered = self.to_ir(env, source, args)?;
        timings.add(Stage::Parse, lowered.parse_time);
        timings.add(Stage::Infer, lowered.infer_time);
        timings.add(Stage::Lower, lowered.lower_time);
        let functions = origins(lowered.functions);
        if let Some(for_c) = self.for_c {
            let result = for_c == ForC::Element;
            for_c::add(&mut lowered.module, lowered.entry, &lowered.args, result);
        }
        let entry = lowered.module.function(lowered.entry).name.clone();
        // A function that always raises has no result; None stands for it.
        let ret = lowered.ret.unwrap_or(Ty::None);
        let signature = Signature { args: lowered.args, ret };
        let size: usize = lowered.module.functions.iter().map(cumbia_ir::Function::num_insts).sum();
        let mut given = Some((lowered.module, entry, signature, functions, timings));
        let mut made = None;
        let mut finish = || {
            let given = given.take().map(|(module, entry, signature, functions, timings)| {
                self.finish(module, entry, signature, functions, timings)
            });
            made = given;
        };
        if size < LARGE {
            finish()
        } else {
            env.apart(&mut finish)
        }
        let mut compiled = made.expect("what is apart is done once")?;
        compiled.generator = lowered.generator.map(|generator| {
            let cost = Cost::of(compiled.module(), &generator.resume);
            (generator, cost)
        });
        compiled.closures = lowered.closures;
        compiled.notes = lowered.notes;
        compiled.warnings = lowered.warnings;
        (compiled.touches, compiled.waits) = (lowered.touches, lowered.waits);
        compiled.on_device = self.offloaded(lowered.on_device, &lowered.sources)?;
        Ok(compiled)
    }

    /// The module of a function as it is lowered, before any pass: for reports.
    ///
    /// # Errors
    ///
    /// As [`Self::compile`].
    pub fn lower(
        &self,
        env: &mut dyn Environment,
        source: &FunctionSource,
        args: &[Ty],
    ) -> Result<Module, CompileError> {
        let lower = || cumbia_frontend::compile_within(env, source, args, self.limits);
        match guarded(Stage::Lower, lower)? {
            Ok(lowered) => Ok(lowered.module),
            Err(f) => Err(CompileError::User { diagnostics: f.diagnostics, sources: f.sources }),
        }
    }

    /// The types of a function's variables and expressions: for reports.
    ///
    /// # Errors
    ///
    /// As [`Self::compile`].
    pub fn annotate(
        &self,
        env: &mut dyn Environment,
        source: &FunctionSource,
        args: &[Ty],
    ) -> Result<Vec<Annotation>, CompileError> {
        match guarded(Stage::Infer, || cumbia_frontend::annotate(env, source, args))? {
            Ok(found) => Ok(found),
            Err(f) => Err(CompileError::User { diagnostics: f.diagnostics, sources: f.sources }),
        }
    }

    /// What of a function runs on several threads, is fused, or isn't: for reports.
    ///
    /// # Errors
    ///
    /// As [`Self::compile`].
    pub fn parallel_report(
        &self,
        env: &mut dyn Environment,
        source: &FunctionSource,
        args: &[Ty],
    ) -> Result<Vec<cumbia_frontend::Part>, CompileError> {
        match guarded(Stage::Lower, || cumbia_frontend::parallel_report(env, source, args))? {
            Ok(found) => Ok(found),
            Err(f) => Err(CompileError::User { diagnostics: f.diagnostics, sources: f.sources }),
        }
    }

    /// From the text to the IR.
    pub(crate) fn to_ir(
        &self,
        env: &mut dyn Environment,
        source: &FunctionSource,
        args: &[Ty],
    ) -> Result<cumbia_frontend::Lowered, CompileError> {
        let lower = || cumbia_frontend::compile_within(env, source, args, self.limits);
        guarded(Stage::Lower, lower)?
            .map_err(|f| CompileError::User { diagnostics: f.diagnostics, sources: f.sources })
    }

    /// The module after the passes, those for devices among them where it is for one.
    pub(crate) fn optimized(
        &self,
        module: Module,
        for_device: bool,
    ) -> Result<Module, CompileError> {
        if self.verify {
            check(Stage::Lower, cumbia_ir::Stage::Lowered, &module)?;
        }
        let (verify_each, optimize) = (self.verify, self.optimize);
        let module = guarded_ir(Stage::Opt, module, |module| {
            let mut options = OptOptions { verify_each, ..OptOptions::default() };
            if !optimize {
                return Ok(());
            }
            let done = cumbia_opt::optimize(module, &mut options);
            let done = match for_device {
                true => done.and_then(|_| cumbia_opt::optimize_for_device(module, &mut options)),
                false => done,
            };
            match done {
                Ok(_) => {
                    cumbia_opt::for_c::settle(module);
                    Ok(())
                }
                Err(failure) => Err((format!("opt pass {}", failure.pass), failure.to_string())),
            }
        })?;
        Ok(module)
    }

    pub(crate) fn finish(
        &self,
        module: Module,
        entry: String,
        signature: Signature,
        functions: FxHashMap<String, FunctionOrigin>,
        mut timings: Timings,
    ) -> Result<Compiled, CompileError> {
        let start = Instant::now();
        let module = self.optimized(module, false)?;
        timings.add(Stage::Opt, start.elapsed());

        // The code generator sets up what it needs with the first code that needs it.
        let _unforked = Unforked::enter();
        let start = Instant::now();
        // What another tier can't be had for, or declines, stays with the first.
        let (backend, tier) = match self.target.backend() {
            Ok(backend) if backend.declines(&module).is_none() => (backend, self.target.name),
            _ => {
                let host = targets::host();
                let fail = |why: &str| InternalError::new(Stage::Codegen, why, None);
                (host.backend().map_err(fail)?, host.name)
            }
        };
        let (mut exits, mut leaving) = (0, None);
        if self.leaves && Cost::of(&module, &entry).polls {
            let mut changed = module.clone();
            exits = cumbia_opt::osr::add_exits(&mut changed, &entry, cumbia_abi::MAX_SAVED);
            if self.verify {
                check(Stage::Opt, cumbia_ir::Stage::Draft, &changed)?;
            }
            leaving = Some(changed);
        }
        let code = leaving.as_ref().unwrap_or(&module);
        let artifact = guarded(Stage::Codegen, || backend.compile(code))
            .map_err(|mut error| {
                error.ir = Some(text_of(&module));
                error
            })?
            .map_err(|error| {
                InternalError::new(Stage::Codegen, error.to_string(), Some(text_of(&module)))
            })?;
        timings.add(Stage::Codegen, start.elapsed());
        let cost = Cost::of(&module, &entry);
        let closures = Default::default();
        let notes = Vec::new();
        Ok(Compiled {
            artifact,
            target: tier,
            entry,
            signature,
            closures,
            functions,
            cost,
            exits,
            generator: None,
            timings,
            notes,
            warnings: Vec::new(),
            on_device: Vec::new(),
            touches: false,
            waits: false,
            moved: Arc::default(),
            module: StoredModule::of(module),
        })
    }
}

/// Compiles IR text instead of a function: for tests of the boundary.
///
/// # Errors
///
/// A text that can't be read, and bugs of the compiler.
pub fn from_ir(text: &str, entry: &str, signature: Signature) -> Result<Compiled, CompileError> {
    let module = cumbia_ir::parse_module(text)
        .map_err(|error| InternalError::new(Stage::Parse, error.to_string(), None))?;
    if module.find_function(entry).is_none() {
        let message = format!("there is no function {entry:?}");
        return Err(InternalError::new(Stage::Parse, message, None).into());
    }
    let functions = module.functions.iter().map(|f| {
        let origin = FunctionOrigin {
            qualname: f.name.clone(),
            filename: "<ir>".to_owned(),
            first_line: 1,
            internal: f.name == entry,
            root: None,
            nested: false,
            outlined: false,
        };
        (f.name.clone(), origin)
    });
    let functions = functions.collect();
    let session = Session::default().verifying(true);
    session.finish(module, entry.to_owned(), signature, functions, Timings::default())
}

/// Where functions of the IR come from, by their names.
pub(crate) fn origins(
    functions: Vec<cumbia_frontend::FunctionInfo>,
) -> FxHashMap<String, FunctionOrigin> {
    let origin = |f: cumbia_frontend::FunctionInfo| {
        let origin = FunctionOrigin {
            qualname: f.qualname,
            filename: f.filename,
            first_line: f.first_line,
            internal: f.internal,
            root: f.root,
            nested: f.nested,
            outlined: f.outlined,
        };
        (f.ir_name, origin)
    };
    functions.into_iter().map(origin).collect()
}

/// Verifies a module; a failure is a bug of the stage that made it.
fn check(stage: Stage, level: cumbia_ir::Stage, module: &Module) -> Result<(), InternalError> {
    cumbia_ir::verify_module(module, level).map_err(|error| {
        InternalError::new(stage, format!("the IR is invalid: {error:?}"), Some(text_of(module)))
    })
}

/// Runs a stage; a panic in it is an internal error.
fn guarded<T>(stage: Stage, run: impl FnOnce() -> T) -> Result<T, InternalError> {
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|panic| InternalError::new(stage, panic_text(&*panic), None))
}

/// Runs a stage that changes a module; an error carries the module as it was before.
fn guarded_ir(
    stage: Stage,
    module: Module,
    run: impl FnOnce(&mut Module) -> Result<(), (String, String)>,
) -> Result<Module, InternalError> {
    let mut changed = module.clone();
    match guarded(stage, || run(&mut changed)) {
        Ok(Ok(())) => Ok(changed),
        Ok(Err((pass, message))) => {
            Err(InternalError { pass, message, ir: Some(text_of(&module)) })
        }
        Err(error) => Err(InternalError { ir: Some(text_of(&module)), ..error }),
    }
}

fn text_of(module: &Module) -> String {
    module.to_string()
}

/// The message of a panic.
fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "panic without a message".to_owned())
}
