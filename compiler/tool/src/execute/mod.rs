//! Running functions of a module on the interpreter and as native code.
//!
//! Both take the same [`Call`] and give the same [`Answer`]: results, what the
//! buffers among the arguments hold afterwards, and how many allocations are left.
//! Memory is real in both; the interpreter's accesses are checked against what the
//! call may touch.

mod answer;
mod call;
mod grid;
mod host;
mod interpreter;
mod memory;
mod native;

pub use answer::{Answer, Ending, Raised, same_bits, same_ending};
pub use call::{Arg, ArgError, Buffer, Call, parse_scalar, scalar_text};
pub use grid::{Grid, GridAnswer, Sizes};
pub use interpreter::interpret;
pub use native::{Native, NativeError};
