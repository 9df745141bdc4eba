//! Session, targets, specialization keys, the queue of tier 2, and the cost of a kernel.
//!
//! The driver runs the stages in order (front end, optimizer, backend), measures
//! them, and turns whatever goes wrong into one of two errors: the user's mistake,
//! as diagnostics, or the compiler's bug, with the name of the stage and the IR at
//! hand. It does no I/O and knows no Python object: the boundary loads the artifact
//! and writes reports.

mod cost;
mod error;
mod key;
mod session;
mod stages;
mod targets;
pub mod tiering;

pub use cost::Cost;
pub use cumbia_backend::{Artifact, Backend};
pub use cumbia_opt::osr::{continuation, continued};
pub use error::{CompileError, InternalError};
pub use key::SpecializationKey;
pub use session::{Compiled, FunctionOrigin, Session, Signature, from_ir};
pub use stages::{Stage, Timings};
pub use targets::{Target, host, targets};
