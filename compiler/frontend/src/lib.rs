//! Source text and argument types to IR.
//!
//! The way of a function: text, syntax tree (`parse.rs`, the only file that knows
//! the parser crate beside `build/`), HIR over SSA values (`build/`), types of all
//! values for the arguments at hand (`infer/`), IR (`lower/`). What can't be
//! compiled is refused by name with a diagnostic. This crate does no I/O and knows
//! no Python object: it asks an [`environment::Environment`].

mod annotations;
pub mod buffers;
pub mod build;
pub mod captures;
pub mod classes;
pub mod collections;
pub mod environment;
pub mod hir;
pub mod hir_print;
pub mod hir_verify;
pub mod infer;
mod lazy;
pub mod lower;
mod names_for_life;
pub mod numeric;
mod on_device;
mod parallel_report;
pub mod parse;
mod paths;
pub mod scope;
pub mod structured;
pub mod times;
mod type_display;
pub mod types;
pub mod unsupported;

use crate::environment::{Environment, FunctionSource};
use crate::infer::{Engine, FunctionKey};
use crate::types::Ty;
use cumbia_diagnostics::{Diagnostic, Sources};
use std::time::{Duration, Instant};

pub use crate::annotations::Annotation;
pub use crate::infer::origins::{Closures, NestedOrigin};
pub use crate::lower::device::{KernelParam, kernel_params};
pub use crate::lower::{FunctionInfo, GeneratorResult};
pub use crate::on_device::{Axis, Bound, DeviceLoop, LoopKernel, Overwritten};
pub use crate::parallel_report::{Part, Run};

/// Something in a function's text that is compiled, and may not be meant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Warning {
    /// File or cell.
    pub filename: String,
    /// Line.
    pub line: u32,
    /// What it is.
    pub text: String,
}

/// A compiled-to-IR function and what the boundary must know about it.
pub struct Lowered {
    /// The function, all that it reaches, and the entry wrapper.
    pub module: cumbia_ir::Module,
    /// The wrapper `(ptr, ptr) -> ()`.
    pub entry: cumbia_ir::FuncId,
    /// Argument types, with what was found about empty containers.
    pub args: Vec<Ty>,
    /// Result type; `None` if the function never returns.
    pub ret: Option<Ty>,
    /// IR functions, for tracebacks.
    pub functions: Vec<FunctionInfo>,
    /// Where the result is a generator.
    pub generator: Option<GeneratorResult>,
    /// Functions nested in others, and the types of cells' contents: for results.
    pub closures: Closures,
    /// Parallel loops for a device, by the numbers that their records have.
    pub on_device: Vec<DeviceLoop>,
    /// Whether it touches memory that these use, outside of them.
    pub touches: bool,
    /// Whether it has a generator, which goes on in another call.
    pub waits: bool,
    /// What `cumbia.reveal_type` was asked.
    pub notes: Vec<String>,
    /// What the user is to be warned of.
    pub warnings: Vec<Warning>,
    /// Texts of all functions.
    pub sources: Sources,
    /// Time for text to HIR.
    pub parse_time: Duration,
    /// Time for types.
    pub infer_time: Duration,
    /// Time for HIR to IR.
    pub lower_time: Duration,
}

/// Why a function can't be compiled.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong, in order of importance.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the spans point into.
    pub sources: Sources,
}

/// How large functions may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Most calls in one function, those of the runtime included: a call takes code
    /// generation some 10 KB, and the time grows a little faster than their number.
    pub calls: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { calls: 100_000 }
    }
}

/// Calls in a function, where there may be more than `most`.
fn calls(function: &cumbia_ir::Function, most: usize) -> usize {
    use cumbia_ir::Opcode;
    let is_call = |op: Opcode| {
        let own = matches!(op, Opcode::Call | Opcode::TryCall);
        own || matches!(op, Opcode::ExternCall | Opcode::TryExternCall)
    };
    if function.num_insts() <= most {
        return 0;
    }
    let insts = function.layout.iter().flat_map(|&b| &function.block(b).insts);
    insts.filter(|&&i| is_call(function.inst(i).op)).count()
}

/// Compiles a function for argument types, one per parameter.
///
/// # Errors
///
/// The user's mistakes, and what is not compiled yet.
pub fn compile(
    env: &mut dyn Environment,
    source: &FunctionSource,
    args: &[Ty],
) -> Result<Lowered, Box<Failure>> {
    compile_within(env, source, args, Limits::default())
}

/// As [`compile`], within other limits.
///
/// # Errors
///
/// As [`compile`].
pub fn compile_within(
    env: &mut dyn Environment,
    source: &FunctionSource,
    args: &[Ty],
    limits: Limits,
) -> Result<Lowered, Box<Failure>> {
    let most = limits.calls;
    let start = Instant::now();
    let mut engine = Engine::new(env);
    engine.add_user_function(source.clone());
    let root = match engine.specialize_entry(FunctionKey::User(source.handle), args.to_vec()) {
        Ok(root) => root,
        Err(diagnostics) => return Err(Box::new(Failure { diagnostics, sources: engine.sources })),
    };
    let parse_time = engine.parse_time;
    let infer_time = start.elapsed().saturating_sub(parse_time);
    let start = Instant::now();
    if source.relaxed.device
        && let Some(error) = refused_kernel(&engine, root)
    {
        return Err(Box::new(Failure { diagnostics: vec![error], sources: engine.sources }));
    }
    let program = lower::lower(&engine, root);
    if let Some(function) = program.module.functions.iter().find(|f| calls(f, most) > most) {
        let name = function.name.split('.').next().unwrap_or_default();
        let error = Diagnostic::error(
            "CB0121",
            engine.spec(root).hir.span,
            format!("{name}() makes more than {most} calls (operations of objects included)"),
        )
        .help("put parts of it into functions of their own");
        return Err(Box::new(Failure { diagnostics: vec![error], sources: engine.sources }));
    }
    let (args, ret) = (engine.argument_types(root), engine.spec(root).ret.clone());
    let (closures, notes, warnings) = (Closures::of(&engine), notes(&engine), warnings(&engine));
    let touches = !program.on_device.is_empty() && on_device::touches(&engine, root);
    let waits = !program.on_device.is_empty() && on_device::waits(&engine, root);
    let on_device = on_device::loops(&mut engine, &program.on_device);
    Ok(Lowered {
        module: program.module,
        entry: program.entry,
        args,
        ret,
        functions: program.functions,
        generator: program.generator,
        closures,
        on_device,
        touches,
        waits,
        notes,
        warnings,
        sources: engine.sources,
        parse_time,
        infer_time,
        lower_time: start.elapsed(),
    })
}

/// Why a function is no kernel: it returns something, or takes what no kernel takes.
fn refused_kernel(engine: &Engine, root: infer::SpecId) -> Option<Diagnostic> {
    let spec = engine.spec(root);
    let (name, span) = (&spec.hir.name, spec.hir.span);
    if let Some(ret) = spec.ret.as_ref().filter(|ret| **ret != Ty::None) {
        let text = format!("the kernel {name}() returns {ret:#}, and a kernel returns nothing");
        let hint = "write the result into an array that is an argument, or make it a device \
                    function: @cuda.jit(device=True)";
        return Some(Diagnostic::error("CB0703", span, text).help(hint));
    }
    let refused = lower::device::kernel_params(&spec.args).err()?;
    let text = format!("the kernel {name}() takes {refused:#}, which devices don't have");
    let hint = "pass numbers, arrays and tuples of them";
    Some(Diagnostic::error("CB0704", span, text).help(hint))
}

/// The warnings of all functions that were compiled, by their places.
fn warnings(engine: &Engine) -> Vec<Warning> {
    let mut lines = infer::LineTable::new();
    let mut all: Vec<Warning> = engine
        .specializations
        .iter()
        .filter(|spec| !matches!(engine.root_key(&spec.key), FunctionKey::Body(..)))
        .flat_map(|spec| &spec.hir.warned)
        .map(|(span, text)| Warning {
            filename: engine.sources.get(span.source).filename.clone(),
            line: lines.loc(&engine.sources, *span).line,
            text: text.clone(),
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

/// What the variables and expressions of a function are for argument types.
///
/// # Errors
///
/// As [`compile`].
pub fn annotate(
    env: &mut dyn Environment,
    source: &FunctionSource,
    args: &[Ty],
) -> Result<Vec<Annotation>, Box<Failure>> {
    let mut engine = Engine::new(env);
    engine.add_user_function(source.clone());
    match engine.specialize_entry(FunctionKey::User(source.handle), args.to_vec()) {
        Ok(root) => Ok(annotations::of(&engine, root)),
        Err(diagnostics) => Err(Box::new(Failure { diagnostics, sources: engine.sources })),
    }
}

/// What runs on several threads, what is fused, and what isn't, for argument types.
///
/// # Errors
///
/// As [`compile`].
pub fn parallel_report(
    env: &mut dyn Environment,
    source: &FunctionSource,
    args: &[Ty],
) -> Result<Vec<Part>, Box<Failure>> {
    let mut engine = Engine::new(env);
    engine.add_user_function(source.clone());
    match engine.specialize_entry(FunctionKey::User(source.handle), args.to_vec()) {
        Ok(root) => Ok(parallel_report::of(&engine, &lower::lower(&engine, root).module, root)),
        Err(diagnostics) => Err(Box::new(Failure { diagnostics, sources: engine.sources })),
    }
}

/// `file:line: call: type` for each `reveal_type`, in the order of the text.
fn notes(engine: &Engine) -> Vec<String> {
    let mut notes = engine.notes.take();
    notes.sort_by_key(|(span, _)| (span.source.0, span.start));
    let mut lines = infer::LineTable::new();
    notes
        .into_iter()
        .map(|(span, ty)| {
            let source = engine.sources.get(span.source);
            let line = lines.loc(&engine.sources, span).line;
            let call = source.text.get(span.start as usize..span.end as usize).unwrap_or_default();
            format!("{}:{line}: {call}: {ty}", source.filename)
        })
        .collect()
}
