//! What code for devices lacks on a processor: interrupts, and who watches it.
//!
//! Kernels tell what they access: a call in front of each access of elements and each
//! fence (`grid_access`), for who runs them on a processor and looks for races.
//!
//! It runs behind the pipeline and in front of [`crate::threads`]: what the optimizer has
//! shared or removed isn't an access any more, on a device either.

use cumbia_abi::grid::access;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Block, Builder, ExternDecl, ExternEffects, ExternId, Function, Imm, Inst, Module, Opcode,
    Region, Type,
};

/// Puts the calls into all functions of a module.
pub fn watch_accesses(module: &mut Module) {
    let told = module.declare_extern(&ExternDecl {
        name: "grid_access".to_owned(),
        params: vec![Type::Ptr, Type::I64],
        result: None,
        effects: ExternEffects::Raises,
    });
    for func in &mut module.functions {
        for block in func.layout.clone() {
            watch_block(func, block, told);
        }
    }
}

fn watch_block(func: &mut Function, block: Block, told: ExternId) {
    let insts = std::mem::take(&mut func.block_mut(block).insts);
    for inst in insts {
        if let Some((kind, at)) = accessed(func, inst) {
            let data = func.inst(inst);
            let size = data.ty.map_or(0, |ty| i64::from(ty.bytes().trailing_zeros()));
            let line = i64::from(data.loc.line);
            let col = i64::from(data.loc.col.min(0xffff)) << access::COL_SHIFT;
            let how = kind | size << access::SIZE_SHIFT | line << access::LINE_SHIFT | col;
            let (loc, address) =
                (data.loc, at.map(|offset| (*data.args.last().expect("an address"), offset)));
            let mut b = Builder::new(func, block);
            b.loc = loc;
            let address = match address {
                Some((base, 0)) => base,
                Some((base, offset)) => {
                    let offset = b.iconst(Type::I64, i64::from(offset));
                    b.ptr_add(base, offset)
                }
                None => b.iconst(Type::Ptr, 0),
            };
            let how = b.iconst(Type::I64, how);
            b.extern_call(told, &[address, how], None);
        }
        func.block_mut(block).insts.push(inst);
    }
}

/// The kind of an access of elements, and the offset to its last operand, the address.
fn accessed(func: &Function, inst: Inst) -> Option<(i64, Option<i32>)> {
    let data = func.inst(inst);
    let offset = match data.imm {
        Imm::Mem { offset, region: Region::Data } => Some(offset),
        _ => None,
    };
    match data.op {
        Opcode::FenceDevice | Opcode::FenceSystem => Some((access::FENCE, None)),
        Opcode::Load => offset.map(|offset| (access::READ, Some(offset))),
        Opcode::Store => offset.map(|offset| (access::WRITE, Some(offset))),
        _ => offset.map(|offset| (access::ATOMIC, Some(offset))),
    }
}

/// Lets each loop of a module look for interrupts at the ends of its turns: code for devices
/// doesn't.
pub fn poll_loops(module: &mut Module) {
    for func in &mut module.functions {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        for latch in forest.loops.into_iter().flat_map(|this| this.latches) {
            let end = func.block_mut(latch).insts.pop();
            Builder::new(func, latch).poll();
            func.block_mut(latch).insts.extend(end);
        }
    }
}
