//! IR to LLVM IR as text.
//!
//! Text rather than calls of LLVM's builder: what is translated can be read, diffed and
//! tested where there is no LLVM, and a mistake is an error with a line number instead
//! of an assertion in C++ (`docs/decisions/0018`).
//!
//! - `module` declares functions and data,
//! - `function` is the context of one function and the dispatch on opcodes,
//! - `num`, `division`, `convert`, `memory`, `checks`, `calls`, `control` write one family each,
//! - `metadata` is what LLVM is told beyond the instructions,
//! - `recursion` says of how many levels of a recursion a frame has,
//! - `device` is what differs in code for devices,
//! - `disjoint` writes versions for arrays that lie apart,
//! - `clamps` hides constants that are to stay where they are,
//! - `exceptional` finds blocks that rarely run,
//! - `extremes` finds branches that are to stay branches,
//! - `fitting` finds floats that are tested and made integers,
//! - `ordered_sums` finds loops that vectors don't make faster, `predicted` branches that stay,
//! - `for_c` writes what functions for callers in C begin with,
//! - `lines` says of each instruction which place of the source it is from, for reports.
//!
//! The native convention: the context is the first parameter, a status the first result.
//! Entries have the platform's C convention; other functions are internal, have LLVM's
//! `fastcc` and return a structure of the status and the IR's results. *Lean* ones, which
//! only compute, have neither context nor status (`lean`); of these there are vector forms
//! (`vector`).

mod atomic;
mod calls;
mod changing_steps;
mod checks;
mod clamps;
mod control;
mod convert;
mod device;
mod disjoint;
mod division;
mod empty_ranges;
mod exceptional;
mod extremes;
mod fitting;
mod for_c;
mod function;
mod lean;
mod lines;
mod lone_floats;
mod memory;
mod metadata;
mod module;
mod num;
mod ordered_sums;
mod predicted;
mod recursion;
mod uneven_ways;
mod vector;
mod wishes;

use cumbia_abi::Site;
use cumbia_backend::BackendError;
use cumbia_backend::device::Device;
use cumbia_ir::Module;

/// A translated module.
#[derive(Clone, Debug)]
pub struct Translation {
    /// LLVM IR.
    pub text: String,
    /// Raise and call sites, by the indices that the code writes.
    pub sites: Vec<Site>,
    /// Names of the entry functions, as in the IR; for devices those of kernels.
    pub entries: Vec<String>,
}

/// Before the names of all symbols that come from the IR, so that LLVM doesn't take a
/// function called `memcpy` for the C library's; `elf` removes it.
pub(crate) const SYMBOL_PREFIX: &str = "f.";

/// What is written beside the code.
#[derive(Clone, Copy, Default, Debug)]
pub struct Choices {
    /// The places of the source, which change no code.
    pub lines: bool,
    /// Vector forms of pure functions, of so many elements.
    pub lanes: Option<usize>,
    /// Code for a device instead of the host.
    pub device: Option<Device>,
}

/// Writes a verified module as LLVM IR.
///
/// # Errors
///
/// Only on bugs of the compiler: an IR that the verifier would refuse.
pub fn translate(module: &Module, choices: Choices) -> Result<Translation, BackendError> {
    module::translate(module, choices)
}
