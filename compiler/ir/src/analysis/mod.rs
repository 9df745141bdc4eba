//! Analyses of a function's shape: control flow, dominance, loops, liveness, purity.
//!
//! Each is computed from a function at one moment and holds no reference to it;
//! whoever changes blocks or terminators computes it anew. They assume that every
//! block has a terminator and that targets are in the layout (the verifier checks
//! this before it uses them). Unreachable blocks have no place in any of them.

mod cfg;
mod dominators;
mod liveness;
mod loops;
mod purity;

pub use cfg::Cfg;
pub use dominators::DominatorTree;
pub use liveness::Liveness;
pub use loops::{Loop, LoopForest, LoopId};
pub use purity::is_pure;
