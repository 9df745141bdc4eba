//! Kernels' grids: run by the NVIDIA driver, or on a processor with checks that devices don't
//! make.
//!
//! - `driver` launches kernels on a device,
//! - `emulate` runs a grid block by block, by an entry that carries one thread on to where it
//!   waits (`cumbia_abi::grid`).
//!
//! It assumes code that was compiled from verified IR, and knows no compiler.

pub mod driver;
pub mod emulate;
