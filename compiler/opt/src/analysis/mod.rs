//! What is known about integer values: range analysis with symbolic bounds.
//!
//! [`Ranges`] answers "is this linear inequality true whenever control is here?". It
//! is built in three steps, each in its own file:
//!
//! 1. `facts`: inequalities that conditions, checks and definitions establish, each
//!    with the place from which on it holds;
//! 2. `intervals`: for each value a constant interval, by a forward fixpoint that
//!    uses the facts;
//! 3. `ranges`: values written as sums of others where that is proven not to wrap,
//!    and a goal-directed search that adds facts up until a constant is left.
//!
//! All numbers here are mathematical integers. A value stands for its *signed*
//! number, and an arithmetic operation for the sum or product of its operands only
//! where it is proven not to wrap; that proof comes first, always. Nothing is changed
//! by an analysis, and it is about the function as it was when it was built.
//!
//! Facts stay true under dominance: if `x` and `y` dominate a block that establishes
//! `x <= y`, then in all that this block dominates `x` and `y` are still those of that
//! moment, since a path that defines either anew comes through the block again before
//! it gets there. That is what allows flow-sensitive facts on SSA values.

mod affine;
mod counted;
mod dependence;
mod facts;
mod float_floor;
mod interval;
mod intervals;
mod linear;
mod loop_intervals;
mod ranges;
mod transfer;

pub use affine::{Affine, AffineForms, number, product_number};
pub use counted::{CountedLoop, is_defined_in};
pub use dependence::{Direction, Level, Meeting, directions, keeps_order};
pub use facts::Point;
pub use float_floor::float_floor;
pub use interval::Interval;
pub use linear::Linear;
pub use loop_intervals::{LoopContext, LoopIntervals};
pub use ranges::{Effort, Ranges};
pub use transfer::{is_range_type, transfer};
