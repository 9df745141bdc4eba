//! Session, targets, specialization keys, the queue of tier 2, the cost of a kernel,
//! reports on its loops, and what a cache of compiled code consists of.
//!
//! The driver runs the stages in order (front end, optimizer, backend), measures
//! them, and turns whatever goes wrong into one of two errors: the user's mistake,
//! as diagnostics, or the compiler's bug, with the name of the stage and the IR at
//! hand. It knows no Python object and does no I/O but to load a backend that is a shared
//! object of its own: the boundary loads the artifact and writes reports.

pub mod cache;
mod calm;
mod cost;
pub mod device;
pub mod emulation;
mod error;
mod escaping;
pub mod explain;
mod key;
mod llvm;
mod session;
mod stages;
mod stand_ins;
mod targets;
pub mod tiering;

pub use crate::device::Offloaded;
pub use calm::Calm;
pub use cost::Cost;
pub use cumbia_backend::device::{ARCHITECTURES, Device};
pub use cumbia_backend::shared::{Emit, Options, SharedBackend};
pub use cumbia_backend::{Artifact, Backend, artifact_from_bytes, artifact_to_bytes};
pub use cumbia_backend_cranelift::{CALLBACK, CFunction, CParam};
pub use cumbia_frontend::lower::for_c::{CONTEXT as CONTEXT_FOR_C, PREFIX as FOR_C};
pub use cumbia_opt::osr::{continuation, continued};
pub use error::{CompileError, InternalError};
pub use key::SpecializationKey;
pub use llvm::{
    LLVM_OBJECT, NoLlvm, NoLlvmKind, Unforked, after_fork, before_fork, forked, llvm, llvm_path,
    look_for_llvm_in, may_have_llvm,
};
pub use session::{Compiled, ForC, FunctionOrigin, Session, Signature, StoredModule, from_ir};
pub use stages::{Stage, Timings};
pub use targets::{
    Target, best, callback, compile_for_any_processor, disassemble, host, is_for_any_processor,
    keep_lines, keeps_lines, targets,
};
