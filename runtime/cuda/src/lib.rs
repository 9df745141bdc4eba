//! Kernels' grids: run on a processor, with checks that devices don't make.
//!
//! - `emulate` runs a grid block by block, by an entry that carries one thread on to where it
//!   waits (`cumbia_abi::grid`).
//!
//! It assumes code that was compiled from verified IR, and knows no compiler. The driver's
//! side, which needs a device, isn't here yet.

pub mod emulate;
