//! Tier 1: IR to relocatable objects through Cranelift.
//!
//! Compiles a verified module in one go, function by function, to one ELF object
//! and a table of sites. It assumes what the verifier checked and never looks at
//! Python's or NumPy's meaning of anything; it does not optimize across
//! instructions either: that is `opt`'s work before, and Cranelift's after.
//!
//! - `signature` holds the native convention of compiled functions,
//! - `module` declares and compiles functions and assembles the artifact,
//! - `function` is the context of one function and the dispatch on opcodes,
//! - `callbacks` makes functions that C can call,
//! - `num`, `convert`, `memory`, `checks`, `calls`, `control` lower one family each.

mod atomic;
mod callbacks;
mod calls;
mod checks;
mod control;
mod convert;
mod for_c;
mod function;
mod memory;
mod module;
mod num;
mod signature;

pub use callbacks::{CALLBACK, CFunction, CParam};

use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cumbia_backend::{Artifact, Backend, BackendError};
use cumbia_ir::Module;
use std::sync::OnceLock;

/// Choices that change code or compile time, never results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Run Cranelift's verifier on each function: for tests.
    pub verify: bool,
    /// Cranelift's mid-end (`opt_level=speed`).
    pub optimize: bool,
    /// The quick single-pass register allocator instead of the thorough one.
    pub quick_registers: bool,
    /// Modules with a function of more instructions get it in any case: the thorough one
    /// takes time out of proportion where very many values live across very many calls.
    pub quick_from: usize,
    /// Code for any processor of the host's family instead of this one's features.
    pub baseline: bool,
    /// With the lines of the code, and tables by which debuggers unwind its frames.
    pub lines: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            verify: cfg!(debug_assertions),
            optimize: true,
            quick_registers: false,
            quick_from: 10_000,
            baseline: false,
            lines: false,
        }
    }
}

/// The Cranelift backend for the host's processor.
pub struct CraneliftBackend {
    isa: OwnedTargetIsa,
    options: Options,
    /// The same with the quick register allocator, made on first need.
    quick: OnceLock<OwnedTargetIsa>,
}

impl CraneliftBackend {
    /// A backend with default options.
    ///
    /// # Panics
    ///
    /// On a host that Cranelift has no code generator for.
    pub fn new() -> CraneliftBackend {
        CraneliftBackend::with_options(Options::default())
    }

    /// A backend with the given options.
    ///
    /// # Panics
    ///
    /// As [`CraneliftBackend::new`].
    pub fn with_options(options: Options) -> CraneliftBackend {
        let isa = host_isa(options).expect("Cranelift supports the host");
        CraneliftBackend { isa, options, quick: OnceLock::new() }
    }

    /// The code generator for a module of this size.
    fn isa_for(&self, module: &Module) -> &OwnedTargetIsa {
        if module.functions.iter().all(|f| f.num_insts() <= self.options.quick_from) {
            return &self.isa;
        }
        if let Some(quick) = self.quick.get() {
            return quick;
        }
        // Made before, so that a fork at that time leaves a child with none rather than with
        // one that never gets ready.
        let options = Options { quick_registers: true, ..self.options };
        let made = host_isa(options).expect("Cranelift supports the host");
        self.quick.get_or_init(|| made)
    }

    /// The target and its features, as text: part of a cache key.
    pub fn target_description(&self) -> String {
        let flags: Vec<String> = self
            .isa
            .isa_flags()
            .iter()
            .filter(|f| f.as_bool() == Some(true))
            .map(|f| f.name.to_owned())
            .collect();
        format!("{} {} {}", self.isa.triple(), cranelift_codegen::VERSION, flags.join(" "))
    }

    /// The machine code of each function as assembly, for golden tests and for
    /// the developer's tool.
    ///
    /// # Errors
    ///
    /// As [`Backend::compile`].
    pub fn disassemble(&self, module: &Module) -> Result<String, BackendError> {
        module::disassemble(&self.isa, module)
    }
}

impl Default for CraneliftBackend {
    fn default() -> CraneliftBackend {
        CraneliftBackend::new()
    }
}

impl Backend for CraneliftBackend {
    fn name(&self) -> &'static str {
        "cranelift"
    }

    fn compile(&self, module: &Module) -> Result<Artifact, BackendError> {
        module::compile(self.isa_for(module), module, self.options.lines)
    }
}

fn host_isa(options: Options) -> Result<OwnedTargetIsa, String> {
    let mut flags = settings::builder();
    let mut set =
        |name: &str, value: &str| flags.set(name, value).map_err(|e| format!("{name}: {e}"));
    set("opt_level", if options.optimize { "speed" } else { "none" })?;
    set(
        "regalloc_algorithm",
        if options.quick_registers { "single_pass" } else { "backtracking" },
    )?;
    set("enable_verifier", if options.verify { "true" } else { "false" })?;
    // The loader relocates before it protects, so absolute addresses are as good
    // as a GOT, and libcalls need no stubs.
    set("is_pic", "false")?;
    // Profilers walk compiled frames without tables; the `tail` convention asks
    // for it too.
    set("preserve_frame_pointers", "true")?;
    set("unwind_info", if options.lines { "true" } else { "false" })?;
    // A frame larger than a page touches each of its pages in order, so that it
    // can't jump over the guard page below the stack.
    set("enable_probestack", "true")?;
    set("probestack_strategy", "inline")?;
    cranelift_native::builder_with_options(!options.baseline)
        .map_err(str::to_owned)?
        .finish(settings::Flags::new(flags))
        .map_err(|e| e.to_string())
}
