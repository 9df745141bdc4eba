//! Tier 2: IR to relocatable objects through LLVM.
//!
//! - `translate` writes a verified module as LLVM IR in text form. It needs no LLVM, so
//!   it is built and tested everywhere;
//! - `engine` (feature `llvm`) reads that text into LLVM, runs its passes for the host's
//!   processor and emits an object;
//! - `remarks` hears what LLVM says meanwhile: errors, and reasons for reports;
//! - `elf` gives the object's symbols the names that artifacts promise;
//! - `debug_lines` (feature `llvm`) reads which lines its code comes from;
//! - `interface` (feature `llvm`) is the C interface of `cumbia_backend::shared`, by which
//!   the shared object is used.
//!
//! LLVM is told what the IR knows (regions never overlap, cold blocks, what runtime
//! functions touch) and nothing that would let it change a bit of a result: no fast-math
//! flags, no contraction, and no undefined behaviour beyond the IR's own preconditions.
//! It doesn't know Python, the library or another backend.

#[cfg(feature = "llvm")]
mod debug_lines;
mod elf;
#[cfg(feature = "llvm")]
mod engine;
#[cfg(feature = "llvm")]
mod interface;
#[cfg(feature = "llvm")]
mod remarks;
mod translate;

pub use elf::rename_symbols;
pub use translate::{Choices, Translation, translate};
