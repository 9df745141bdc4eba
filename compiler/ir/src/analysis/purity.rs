//! Whether a function computes its results from its arguments and does nothing else.
//!
//! Such a function ends (it has no loop), raises nothing and touches no memory but
//! constants. So a call of it may be shared, removed, and made where the program wouldn't.
//! The latter supposes that preconditions of its guarded operations hold for any
//! arguments: what establishes them is in the same function, where the front end puts it,
//! and no pass takes it away for what it knows of callers.

use crate::analysis::Cfg;
use crate::entities::Inst;
use crate::function::{Function, Imm, Region};
use crate::module::{ExternEffects, Module};
use crate::opcode::{Effects, Opcode};

/// Whether a function is pure, given which of its callees are marked so. One without
/// blocks, and one that calls itself unmarked, isn't.
pub fn is_pure(func: &Function, module: &Module) -> bool {
    if func.layout.is_empty() || func.results.is_empty() {
        return false;
    }
    let insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
    insts.copied().all(|inst| inst_is_pure(func, module, inst)) && !has_loop(func)
}

fn inst_is_pure(func: &Function, module: &Module, inst: Inst) -> bool {
    let data = func.inst(inst);
    match data.op.effects() {
        Effects::Pure | Effects::Guarded => true,
        Effects::Read => matches!(data.imm, Imm::Mem { region: Region::Const, .. }),
        Effects::All => match data.imm {
            Imm::Extern(id) => module.externs[id.index()].effects == ExternEffects::Pure,
            Imm::Func(id) => data.op == Opcode::Call && module.function(id).pure,
            _ => false,
        },
        Effects::Terminator => matches!(data.op, Opcode::Jump | Opcode::Br | Opcode::Return),
        Effects::Write | Effects::Raise => false,
    }
}

fn has_loop(func: &Function) -> bool {
    let cfg = Cfg::new(func);
    let mut place = vec![0; func.num_blocks()];
    for (at, block) in cfg.rpo().iter().enumerate() {
        place[block.index()] = at;
    }
    cfg.rpo().iter().any(|&b| cfg.succs(b).iter().any(|s| place[s.index()] <= place[b.index()]))
}
