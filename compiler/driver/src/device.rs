//! Kernels for devices: from a function and argument types to a module, and from that to
//! assembly (PTX) for an architecture.
//!
//! The module is what both ways to run a kernel begin with: the driver's, by assembly, and the
//! emulation's, which turns it into code for the processor. What devices lack is told as a
//! diagnostic before LLVM sees it.

use crate::emulation::entered;
use crate::error::{CompileError, InternalError};
use crate::escaping::returned_local;
use crate::llvm::llvm;
use crate::session::{FunctionOrigin, Session};
use crate::stages::Stage;
use crate::stand_ins::NoStandIn;
use cumbia_abi::{Linked, Site};
use cumbia_backend::artifact_from_bytes;
use cumbia_backend::device::{ARCHITECTURES, DECLARED_TWICE, Device, Lack, lacking};
use cumbia_backend::shared::{Emit, Options};
use cumbia_backend::written::written;
use cumbia_diagnostics::{Diagnostic, Source, SourceId, Sources, Span};
use cumbia_frontend::environment::{Environment, FunctionSource};
use cumbia_frontend::types::Ty;
use cumbia_frontend::{DeviceLoop, KernelParam, LoopKernel, Overwritten, kernel_params};
use cumbia_ir::{FuncId, Imm, Loc, Module};
use cumbia_opt::{has_bfloats, without_bfloats};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What the names of texts begin with that cumbia has written itself.
const WRITTEN: &str = "<cumbia ";

/// A kernel as a module of the IR.
pub struct KernelModule {
    /// The optimized module: the kernel, what it calls, and an entry by slots.
    pub module: Module,
    /// Name of the entry, which calls the kernel.
    pub entry: String,
    /// Types of the arguments.
    pub args: Vec<Ty>,
    /// What the kernel takes, but for the address of the error record behind all.
    pub params: Vec<KernelParam>,
    /// By IR function name.
    pub functions: FxHashMap<String, FunctionOrigin>,
    /// What `cumbia.reveal_type` was asked, a line each.
    pub notes: Vec<String>,
    sources: Sources,
}

/// A kernel's code for an architecture.
pub struct KernelCode {
    /// Assembly.
    pub ptx: String,
    /// The name under which it is launched.
    pub name: String,
    /// Raise and call sites, by the numbers that the error record has.
    pub sites: Vec<Site>,
}

/// Why there is no code.
pub enum NoCode {
    /// The function can't be compiled, or the compiler failed.
    Compile(Box<CompileError>),
    /// The architecture isn't known, or there is no LLVM: a sentence.
    Unavailable(String),
}

impl Session {
    /// Compiles a function as a kernel.
    ///
    /// # Errors
    ///
    /// As [`Session::compile`].
    pub fn kernel(
        &self,
        env: &mut dyn Environment,
        source: &FunctionSource,
        args: &[Ty],
    ) -> Result<KernelModule, CompileError> {
        let mut source = source.clone();
        source.relaxed.device = true;
        source.relaxed.single = true;
        let lowered = self.to_ir(env, &source, args)?;
        let params = kernel_params(&lowered.args).map_err(|ty| {
            InternalError::new(Stage::Lower, format!("a kernel with an argument {ty}"), None)
        })?;
        let functions = crate::session::origins(lowered.functions);
        let entry = lowered.module.function(lowered.entry).name.clone();
        let escaping = returned_local(&lowered.module);
        let module = self.optimized(lowered.module, true)?;
        let kernel = KernelModule {
            module,
            entry,
            args: lowered.args,
            params,
            functions,
            notes: lowered.notes,
            sources: lowered.sources,
        };
        if let Some((function, loc)) = escaping {
            return Err(kernel.local_returned(&function, loc));
        }
        // Whatever all architectures lack is told at once.
        match lacking(&kernel.module, ARCHITECTURES[0].0) {
            Some(lack) => Err(kernel.refused(&lack)),
            None => Ok(kernel),
        }
    }
}

/// A parallel loop for a device: where it is in the text, and its kernel.
pub struct Offloaded {
    /// Qualified name of the user's function.
    pub function: String,
    /// File or cell.
    pub filename: String,
    /// Line of what it goes over.
    pub line: u32,
    /// Byte column.
    pub column: u32,
    /// What it goes over, as text.
    pub text: String,
    /// Names of what it takes from the function around it, with their types.
    pub captured: Vec<(Arc<str>, Ty)>,
    /// Machine values that a block of turns gives.
    pub results: usize,
    /// Whether its turns run in the blocks of its record; otherwise each turn is a block.
    pub in_blocks: bool,
    /// Arrays that it overwrites wholly, if it goes over all of them.
    pub overwritten: Vec<Overwritten>,
    /// Slots of the addresses of arrays that the host never writes; whether they are zeros.
    pub fresh: Vec<(usize, bool)>,
    /// The kernel, and for each of its arrays whether it may be written; or why there is none: a
    /// clause.
    pub kernel: Result<(KernelModule, Vec<bool>), String>,
}

impl std::fmt::Debug for Offloaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let why = self.kernel.as_ref().err();
        write!(f, "{} of line {} in {} ({why:?})", self.text, self.line, self.function)
    }
}

impl Session {
    /// The kernels of a function's parallel loops.
    pub(crate) fn offloaded(
        &self,
        loops: Vec<DeviceLoop>,
        sources: &Sources,
    ) -> Result<Vec<Offloaded>, CompileError> {
        let one = |of: DeviceLoop| {
            let kernel = match of.kernel {
                Ok(kernel) => self.loop_kernel(kernel, sources)?,
                Err(why) => Err(why),
            };
            let DeviceLoop { function, filename, line, column, text, captured, .. } = of;
            let (results, in_blocks) = (of.results, of.in_blocks);
            let (overwritten, fresh) = (of.overwritten, of.fresh);
            Ok(Offloaded {
                function,
                filename,
                line,
                column,
                text,
                captured,
                results,
                in_blocks,
                overwritten,
                fresh,
                kernel,
            })
        };
        loops.into_iter().map(one).collect()
    }

    fn loop_kernel(
        &self,
        of: LoopKernel,
        sources: &Sources,
    ) -> Result<Result<(KernelModule, Vec<bool>), String>, CompileError> {
        let params = kernel_params(&of.args).map_err(|ty| {
            InternalError::new(Stage::Lower, format!("a loop's kernel with {ty}"), None)
        })?;
        let kernel = KernelModule {
            entry: of.module.function(of.entry).name.clone(),
            module: self.optimized(of.module, true)?,
            args: of.args,
            params,
            functions: crate::session::origins(of.functions),
            notes: Vec::new(),
            sources: sources.clone(),
        };
        Ok(match lacking(&kernel.module, ARCHITECTURES[0].0) {
            None => {
                let written = written(&kernel.module, entered(&kernel.module, &kernel.entry));
                Ok((kernel, written))
            }
            Some(lack) => {
                let (_, loc) = kernel.place(&lack.function, lack.loc);
                Err(format!("{} (line {})", wording(&lack).0, loc.line))
            }
        })
    }
}

impl KernelModule {
    /// Of a module that was kept; `None` where no kernel takes these types.
    pub(crate) fn kept(
        module: Module,
        entry: String,
        args: Vec<Ty>,
        functions: FxHashMap<String, FunctionOrigin>,
    ) -> Option<KernelModule> {
        let params = kernel_params(&args).ok()?;
        let mut sources = Sources::default();
        // For what an architecture lacks, whose place is then told by its line alone.
        let (filename, text) = ("<kept>".to_owned(), " ".to_owned());
        sources.add(Source { filename, first_line: 1, text });
        let notes = Vec::new();
        Some(KernelModule { module, entry, args, params, functions, notes, sources })
    }

    /// Whether a thread may raise, and whether what one does shows elsewhere than in memory.
    pub fn effects(&self) -> (bool, bool) {
        let functions = &self.module.functions;
        let insts = || {
            functions
                .iter()
                .flat_map(|f| f.layout.iter().flat_map(|&b| &f.block(b).insts).map(|&i| f.inst(i)))
        };
        let named = |imm: &Imm, name: &str| match imm {
            Imm::Extern(callee) => self.module.externs[callee.index()].name == name,
            _ => false,
        };
        let raises = insts().any(|inst| match inst.imm {
            // Seen there.
            Imm::Func(_) => false,
            _ => inst.op.may_raise(),
        });
        (raises, insts().any(|inst| named(&inst.imm, "kernel_print")))
    }
}

impl KernelCode {
    /// The code that [`KernelModule::artifact`] has given.
    pub fn of(bytes: &[u8]) -> Option<KernelCode> {
        let artifact = artifact_from_bytes(bytes)?;
        let name = artifact.entries.into_iter().next()?;
        let ptx = String::from_utf8(artifact.object).ok()?;
        Some(KernelCode { ptx, name, sites: artifact.sites })
    }
}

impl KernelModule {
    /// What LLVM makes of it for a device: a text that `emit` says.
    ///
    /// # Errors
    ///
    /// See [`NoCode`].
    pub fn text(&self, device: Device, emit: Emit) -> Result<String, NoCode> {
        let bytes = self.answer(device, emit)?;
        Ok(self.with_files(&String::from_utf8_lossy(&bytes)))
    }

    /// Code for a device, as bytes that can be kept ([`KernelCode::of`]).
    ///
    /// # Errors
    ///
    /// See [`NoCode`].
    pub fn artifact(&self, device: Device) -> Result<Vec<u8>, NoCode> {
        self.answer(device, Emit::Artifact)
    }

    /// Assembly in which places of the source have the names of files, where it has those of
    /// functions.
    pub fn with_files(&self, ptx: &str) -> String {
        let mut text = String::with_capacity(ptx.len());
        for line in ptx.split_inclusive('\n') {
            let directive = line.trim_start().strip_prefix(".file");
            let quoted = directive.and_then(|rest| rest.split_once('"'));
            let parts = quoted.and_then(|(number, rest)| Some((number, rest.rsplit_once('"')?)));
            let known = parts
                .and_then(|(number, (name, _))| Some((number.trim(), self.functions.get(name)?)));
            match known {
                Some((number, origin)) => {
                    let name = origin.filename.replace(['"', '\\', '\n'], "_");
                    text.push_str(&format!("\t.file\t{number} \"{name}\"\n"));
                }
                None => text.push_str(line),
            }
        }
        text
    }

    fn answer(&self, device: Device, emit: Emit) -> Result<Vec<u8>, NoCode> {
        if !ARCHITECTURES.iter().any(|row| row.0 == device.sm) {
            let known: Vec<String> = ARCHITECTURES.iter().map(|row| row.0.to_string()).collect();
            return Err(NoCode::Unavailable(format!(
                "there is no architecture sm_{}; the ones known are sm_{}",
                device.sm,
                known.join(", sm_")
            )));
        }
        if let Some(lack) = lacking(&self.module, device.sm) {
            return Err(NoCode::Compile(Box::new(self.refused(&lack))));
        }
        let llvm = llvm().map_err(|none| {
            NoCode::Unavailable(format!(
                "kernels are compiled by LLVM, and there is none: {}",
                none.why
            ))
        })?;
        let options = Options { emit, device: Some(device), ..Options::default() };
        let rewritten = (device.sm < 80 && has_bfloats(&self.module)).then(|| {
            let mut module = self.module.clone();
            without_bfloats(&mut module);
            module
        });
        let module = rewritten.as_ref().unwrap_or(&self.module);
        llvm.answer(module, options).map_err(|error| self.internal(error.to_string()))
    }

    fn internal(&self, message: String) -> NoCode {
        let ir = Some(self.module.to_string());
        NoCode::Compile(Box::new(InternalError::new(Stage::Codegen, message, ir).into()))
    }

    fn local_returned(&self, function: &str, loc: Loc) -> CompileError {
        let text = "a local array can't be returned: the next call has the same one";
        let hint = "make it in the kernel, and give it to the function";
        let error = Diagnostic::error("CB0702", self.span(function, loc), text).help(hint);
        CompileError::User { diagnostics: vec![error], sources: self.sources.clone() }
    }

    /// The diagnostic for what devices lack: at the place in the user's text that leads to it.
    fn refused(&self, lack: &Lack) -> CompileError {
        let (function, loc) = self.place(&lack.function, lack.loc);
        let (text, hint) = wording(lack);
        let error = Diagnostic::error("CB0706", self.span(&function, loc), text).help(hint);
        CompileError::User { diagnostics: vec![error], sources: self.sources.clone() }
    }

    /// The functions of other code that are called, by their keys: each once.
    pub fn linked(&self) -> Vec<Linked<'_>> {
        let names = self.module.externs.iter().map(|decl| decl.name.as_str());
        names.filter_map(Linked::of).collect()
    }

    /// The diagnostic for a call of other code in a kernel that is emulated.
    pub(crate) fn not_emulated(&self, missing: &NoStandIn) -> NoCode {
        let (function, loc) = self.place(&missing.function, missing.loc);
        let text = format!(
            "{}() is code for devices alone, which the emulation can't run",
            missing.symbol
        );
        let hint = "say what stands for it: cuda.declare_device(..., emulate=function), with a \
                    function that gives the same";
        let error = Diagnostic::error("CB0706", self.span(&function, loc), text).help(hint);
        let sources = self.sources.clone();
        NoCode::Compile(Box::new(CompileError::User { diagnostics: vec![error], sources }))
    }

    /// The innermost place of the user's that leads to one in a function.
    fn place(&self, function: &str, loc: Loc) -> (String, Loc) {
        let (mut function, mut loc) = (function.to_owned(), loc);
        for _ in 0..self.module.functions.len() {
            // Functions that cumbia has written for the user's aren't theirs either.
            let own = self
                .functions
                .get(&function)
                .is_some_and(|origin| !origin.internal && !origin.filename.starts_with(WRITTEN));
            let found = self.module.find_function(&function);
            if own || found.is_none() {
                break;
            }
            let Some((caller, at)) = found.and_then(|callee| self.call_of(callee)) else { break };
            (function, loc) = (caller, at);
        }
        (function, loc)
    }

    fn call_of(&self, callee: FuncId) -> Option<(String, Loc)> {
        let callers = self.module.functions.iter().filter(|func| func.name != self.entry);
        for func in callers {
            for &inst in func.layout.iter().flat_map(|&block| &func.block(block).insts) {
                let data = func.inst(inst);
                if data.imm == Imm::Func(callee) {
                    return Some((func.name.clone(), data.loc));
                }
            }
        }
        None
    }

    /// The bytes of a place in a function's source.
    fn span(&self, function: &str, loc: Loc) -> Span {
        let origin = self.functions.get(function);
        let of = |(_, source): &(SourceId, &Source)| {
            origin.is_some_and(|origin| {
                source.filename == origin.filename && source.first_line == origin.first_line
            })
        };
        let Some((id, source)) = self.sources.iter().find(of) else {
            return Span { source: SourceId(0), start: 0, end: 1 };
        };
        let offset = |line: u32, column: u32| {
            let skip = line.checked_sub(source.first_line)? as usize;
            let start: usize = source.text.split_inclusive('\n').take(skip).map(str::len).sum();
            u32::try_from(start + column as usize).ok()
        };
        let start = offset(loc.line, loc.col).unwrap_or(0);
        let end = match loc.end_line {
            0 => start + 1,
            line => offset(line, loc.end_col).unwrap_or(start + 1),
        };
        Span { source: id, start, end }
    }
}

/// What is said of something that devices lack, and what to do instead.
fn wording(lack: &Lack) -> (String, &'static str) {
    if lack.name == DECLARED_TWICE {
        let text = format!("{}() is declared with different types in one kernel", lack.what);
        return (text, "declare it once, with the types that the other code has");
    }
    let is_helper = cumbia_abi::helper_index(&lack.name).is_some();
    let stem = lack.name.split('_').next().unwrap_or_default();
    let (what, hint) = match stem {
        // Before the stems: an operation is called `set_raise`.
        _ if lack.what.contains("handler") || stem == "exc" => (
            "an exception is not caught in a kernel".to_owned(),
            "test for what would raise; an exception that leaves a kernel is told after the launch",
        ),
        "alloc" => (
            "memory for an array isn't allocated in a kernel".to_owned(),
            "use cuda.local.array or cuda.shared.array, or pass the array as an argument",
        ),
        _ if lack.name.contains("_of_str") => (
            "texts are not read in a kernel".to_owned(),
            "read the number before the launch, and pass it",
        ),
        // All that makes a text takes room for it first, and so does a hash.
        "scratch" | "hash" => (
            "texts and hashes are not made in a kernel".to_owned(),
            "pass numbers, and make the text or hash where the kernel is launched",
        ),
        "str" | "bytes" | "format" | "print" | "value" | "percent" | "text" if is_helper => (
            "texts are not made in a kernel".to_owned(),
            "pass numbers, and make the text where the kernel is launched",
        ),
        "warn" => (
            "a warning isn't given in a kernel".to_owned(),
            "test for what it warns of, and compute with what doesn't warn: np.sum(x) / x.size for \
             np.mean(x)",
        ),
        "clock" => (
            "a kernel can't read the host's clock, nor wait by it".to_owned(),
            "time the launch: cuda.event() before and behind it, or a clock and cuda.synchronize()",
        ),
        "real" | "complex" | "matrix" | "lapack" if is_helper => (
            "linear algebra's routines are the host's".to_owned(),
            "write the sums as loops, or compute it before the launch",
        ),
        "sort" | "sorted" | "partition" if is_helper => {
            ("arrays are not sorted in a kernel".to_owned(), "sort before the launch")
        }
        "buffer" => (
            "bytearrays, memoryviews and arrays of the module array are not made in a kernel"
                .to_owned(),
            "use an array: cuda.local.array, cuda.shared.array or an argument",
        ),
        "frame" => (
            "an exception of a kernel tells texts that stand in the program and Python's numbers, \
             and generators are not made there"
                .to_owned(),
            "convert what it tells by int(), float() or bool(); write a generator as a loop",
        ),
        "list" | "set" | "dict" | "table" | "item" => (
            "lists, sets and dicts are not made in a kernel".to_owned(),
            "use an array: cuda.local.array, cuda.shared.array or an argument",
        ),
        "rng" | "np" | "py" => (
            "a generator of random numbers is the host's".to_owned(),
            "draw by cuda.random, or before the launch and pass the numbers as an array",
        ),
        "parallel" => (
            "a loop over prange of a function that a turn calls isn't run in a kernel".to_owned(),
            "call a function that isn't compiled with parallel=True or target='cuda'",
        ),
        _ if is_helper => (
            "this is done by a function of the host's, which a kernel can't call".to_owned(),
            "compute it before the launch, or with the functions of math and numpy that kernels have",
        ),
        _ => (format!("devices have no {}", lack.what), "write it with what docs/cuda.md lists"),
    };
    (what, hint)
}
