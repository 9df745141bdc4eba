//! Static data and storage of kernels in the memories of a device.
//!
//! Constants lie in global memory, where threads read different elements at once; those that
//! a program itself made constants lie in constant memory, as far as there is room.
//! Addresses are generic, as all addresses of the IR are; LLVM finds out where they lead.

use crate::translate::function::FunctionCx;
use crate::translate::module::{data_symbol, define_data};
use cumbia_ir::{Imm, InstData, Module, Opcode, StorageDecl, StorageSpace};
use std::fmt::Write;

/// Bytes of constant memory that a kernel's parameters leave.
const CONSTANT_MEMORY: usize = 60 << 10;

/// The prefix of names of data that a program made constants (`cuda.const.array_like`).
pub(in crate::translate) const PROGRAM_CONSTANT: &str = "constant.";

const GLOBAL: u32 = 1;
const SHARED: u32 = 3;
const CONSTANT: u32 = 4;

/// The address space of each of a module's data.
pub(in crate::translate) fn spaces(module: &Module) -> Vec<u32> {
    let mut room = CONSTANT_MEMORY;
    let place = |decl: &cumbia_ir::DataDecl| {
        let wanted = decl.name.starts_with(PROGRAM_CONSTANT) && !decl.writable;
        match room.checked_sub(decl.bytes.len().next_multiple_of(16)) {
            Some(left) if wanted => {
                room = left;
                CONSTANT
            }
            _ => GLOBAL,
        }
    };
    module.data.iter().map(place).collect()
}

/// Writes data and shared memory.
pub(in crate::translate) fn define(module: &Module, spaces: &[u32], text: &mut String) {
    for (index, decl) in module.data.iter().enumerate() {
        define_data(text, index, decl, &format!("addrspace({}) ", spaces[index]), false);
    }
    let mut dynamic = 0;
    for (index, decl) in module.storage.iter().enumerate() {
        match (decl.space, decl.bytes) {
            (StorageSpace::Local, _) => {}
            (StorageSpace::Shared, 0) => dynamic = dynamic.max(decl.align.max(16)),
            (StorageSpace::Shared, bytes) => {
                let _ = writeln!(
                    text,
                    "@shared.{index} = internal addrspace({SHARED}) global [{bytes} x i8] undef, \
                     align {}",
                    decl.align
                );
            }
        }
    }
    if dynamic > 0 {
        let _ = writeln!(
            text,
            "@shared_dynamic = external addrspace({SHARED}) global [0 x i8], align {dynamic}"
        );
    }
}

/// The generic address of static data.
pub(in crate::translate) fn data_address(space: u32, index: usize) -> String {
    format!("addrspacecast (ptr addrspace({space}) {} to ptr)", data_symbol(index))
}

/// Makes room for the thread's own storage that a function uses, at its beginning.
pub(in crate::translate) fn make_room(fx: &mut FunctionCx<'_, '_>) {
    let func = fx.func;
    let mut used: Vec<usize> = Vec::new();
    for &inst in func.layout.iter().flat_map(|&block| &func.block(block).insts) {
        if let Imm::Storage(id) = func.inst(inst).imm {
            used.push(id.index());
        }
    }
    used.sort_unstable();
    used.dedup();
    for index in used {
        let StorageDecl { space, bytes, align, .. } = &fx.shared.module.storage[index];
        if *space == StorageSpace::Local {
            fx.line(&format!("%local.{index} = alloca [{bytes} x i8], align {align}"));
        }
    }
}

/// Writes `storage_addr`.
pub(in crate::translate) fn storage_address(
    fx: &mut FunctionCx<'_, '_>,
    data: &InstData,
) -> Result<(), String> {
    debug_assert_eq!(data.op, Opcode::StorageAddr);
    let Imm::Storage(id) = data.imm else { return Err("no storage immediate".into()) };
    let decl = &fx.shared.module.storage[id.index()];
    let address = match (decl.space, decl.bytes) {
        (StorageSpace::Local, _) => format!("%local.{}", id.index()),
        (StorageSpace::Shared, 0) => {
            format!("addrspacecast (ptr addrspace({SHARED}) @shared_dynamic to ptr)")
        }
        (StorageSpace::Shared, _) => {
            format!("addrspacecast (ptr addrspace({SHARED}) @shared.{} to ptr)", id.index())
        }
    };
    fx.define(data, &format!("getelementptr i8, ptr {address}, i64 0"));
    Ok(())
}
