//! What differs in code for NVIDIA devices (NVPTX).
//!
//! - `kernels` writes the functions that are launched,
//! - `errors` leaves exceptions in the launch's error record,
//! - `hints` are accesses with hints for caches,
//! - `grids` is the barrier of a whole grid,
//! - `linked` calls functions of other code,
//! - `memory` places static data and storage,
//! - `operations` are those that only kernels have.
//!
//! The convention is that of the host, but for the context: its place has the address of the
//! error record (`cumbia_abi::DeviceRecord`). A raise writes the record where it happens, and
//! each caller on the way adds its call site. There are no interrupts, no better code to go on
//! in and no runtime functions; memory that arrays own is the host's, so references aren't
//! counted. Assumes a module in which `cumbia_backend::device::lacking` has found nothing.

pub(super) mod errors;
pub(super) mod grids;
mod hints;
pub(super) mod kernels;
pub(super) mod linked;
pub(super) mod memory;
pub(super) mod operations;

use cumbia_ir::{Function, Imm, Module};

/// The text before all functions: what the code is for.
pub(super) const TARGET: &str = "target triple = \"nvptx64-nvidia-cuda\"\n";

/// Whether a function is the host's way into another one, which devices don't have.
pub(super) fn is_host_entry(function: &Function) -> bool {
    cumbia_backend::is_entry(function) && function.name.starts_with("entry.")
}

/// The functions that are launched: those that the host's entries call.
pub(super) fn kernels(module: &Module) -> Vec<usize> {
    let entries = module.functions.iter().filter(|function| is_host_entry(function));
    let insts = entries.flat_map(|function| {
        let insts = function.layout.iter().flat_map(|&block| &function.block(block).insts);
        insts.map(|&inst| &function.inst(inst).imm)
    });
    let mut found: Vec<usize> = insts
        .filter_map(|imm| match imm {
            Imm::Func(callee) => Some(callee.index()),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}
