//! Random IR functions, and the comparison of everything that can run them.
//!
//! `generate` makes modules that verify as lowered and break no precondition, so
//! that whoever disagrees with the interpreter is wrong. `oracle` compares. A seed
//! gives the same module everywhere.

mod expressions;
mod generate;
mod oracle;
mod rng;

pub use generate::generate;
pub use oracle::{Failure, check_seed};
pub use rng::Rng;
