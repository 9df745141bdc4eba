//! Removal of `retain` and `release` pairs that cancel.
//!
//! A `retain x` with a later `release x` in the same block cancels when nothing
//! between can tell: nothing that may raise (the exception would leave with another
//! count), no call, no other `retain` or `release`, no access to owner records. The
//! count can't reach zero between, since it was at least one before the `retain`.
//! The other order, `release x` before `retain x`, may free and stays.
//!
//! ```text
//!     retain v0                            v1 = load.f64 v2 !data
//!     v1 = load.f64 v2 !data        =>
//!     release v0
//! ```
//!
//! Phases: one walk over each block with the last open `retain`. Complexity: linear.
//! Pairs across blocks stay.

use crate::effects;
use crate::pass::Pass;
use cumbia_ir::{Cursor, Function, Imm, Inst, Module, Opcode, Region, Value};

/// The `refcount_pairs` pass.
pub struct RefcountPairs;

impl Pass for RefcountPairs {
    fn name(&self) -> &'static str {
        "refcount_pairs"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let mut changed = false;
        for b in 0..func.layout.len() {
            let block = func.layout[b];
            while let Some((retain, release)) = find_pair(func, module, &func.block(block).insts) {
                // The later one first: its position isn't moved.
                Cursor::at(func, block, release).remove();
                Cursor::at(func, block, retain).remove();
                changed = true;
            }
        }
        changed
    }
}

/// Positions of the first pair that cancels.
fn find_pair(func: &Function, module: &Module, insts: &[Inst]) -> Option<(usize, usize)> {
    let mut open: Option<(usize, Value)> = None;
    for (i, &inst) in insts.iter().enumerate() {
        let data = func.inst(inst);
        match data.op {
            Opcode::Retain => open = Some((i, data.args[0])),
            Opcode::Release => match open.take() {
                Some((at, owner)) if owner == data.args[0] => return Some((at, i)),
                _ => {}
            },
            _ => {
                let owner_access = matches!(data.imm, Imm::Mem { region: Region::Owner, .. });
                let stores = data.op == Opcode::Store;
                if owner_access || (!stores && effects::is_barrier(func, module, inst)) {
                    open = None;
                }
            }
        }
    }
    None
}
