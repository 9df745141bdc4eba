//! Kernels on a device, by the NVIDIA driver.
//!
//! - `api` loads the driver, and says in a sentence why there is none,
//! - `gpu` knows a device, its limits and its context, and has its streams and events,
//! - `memory` owns memory of the device, or that both sides reach,
//! - `module` turns assembly into a kernel that can be launched,
//! - `launch` packs arguments and launches, and says which limit a launch exceeds,
//! - `records` keeps the error records of kernels, and finds what threads have raised.
//!
//! Nothing here runs before a device is asked for, and nothing panics for what a driver does.
//! This module knows no compiler, and nothing of Python; what an array is it knows only as
//! addresses and numbers of bytes. Kernels are trusted to be what was compiled for the packed
//! arguments.

mod api;
mod gpu;
mod launch;
mod memory;
mod module;
mod records;
mod whole;

pub use api::{Absent, Api, DriverError, LEAST_VERSION, Status};
pub use gpu::{Facts, Gpu, Graph};
pub use launch::{Field, Layout, Packed, Shape};
pub use memory::{Allocation, Copy2D, Kind};
pub use module::{Built, Kernel, LinkKind, LinkOptions, Linked, Resources};
pub use records::{Record, Records};
