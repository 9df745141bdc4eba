//! Functions of other code in a kernel that is emulated.
//!
//! A kernel asks whether it is emulated, and calls one of two functions by the answer: the other
//! code, or the function that stands for it (`cumbia/cuda/_linked.py`). In the emulation the
//! answer is yes, so the calls of other code are never reached, and go. Where nothing stands for
//! a function the kernel isn't emulated.

use cumbia_abi::{IS_EMULATED, Linked};
use cumbia_ir::{ExternId, Imm, Loc, Module, Opcode, Type};

/// A call of a function for which nothing stands.
pub struct NoStandIn {
    /// The IR function that calls it.
    pub function: String,
    /// Where in the source.
    pub loc: Loc,
    /// Its symbol.
    pub symbol: String,
}

/// Takes out what only code for devices has.
pub fn stand_in(module: &mut Module) -> Result<(), NoStandIn> {
    let Module { functions, externs, .. } = module;
    for func in functions {
        for block in func.layout.clone() {
            let mut insts = std::mem::take(&mut func.block_mut(block).insts);
            let mut refused = None;
            insts.retain(|&inst| {
                let data = func.inst_mut(inst);
                let Imm::Extern(callee) = data.imm else { return true };
                let decl = &externs[callee.index()];
                let linked = Linked::of(&decl.name);
                if linked.is_none() && decl.name != IS_EMULATED {
                    return true;
                }
                if let Some(linked) = linked.filter(|linked| !linked.is_stood_for()) {
                    refused.get_or_insert((data.loc, linked.symbol.to_owned()));
                }
                let Some(ty) = decl.result else { return false };
                data.args.clear();
                data.ty = Some(ty);
                (data.op, data.imm) = match ty {
                    Type::F32 | Type::F64 => (Opcode::Fconst, Imm::Float(0)),
                    _ => (Opcode::Iconst, Imm::Int(i64::from(linked.is_none()))),
                };
                true
            });
            func.block_mut(block).insts = insts;
            if let Some((loc, symbol)) = refused {
                return Err(NoStandIn { function: func.name.clone(), loc, symbol });
            }
        }
    }
    forget(module);
    Ok(())
}

/// Drops the declarations of what isn't called any more: no backend knows these names.
fn forget(module: &mut Module) {
    let is_left = |name: &str| name != IS_EMULATED && Linked::of(name).is_none();
    let mut left = 0;
    let places: Vec<usize> = module
        .externs
        .iter()
        .map(|decl| {
            left += usize::from(is_left(&decl.name));
            left.wrapping_sub(1)
        })
        .collect();
    module.externs.retain(|decl| is_left(&decl.name));
    for func in &mut module.functions {
        for block in func.layout.clone() {
            for inst in func.block(block).insts.clone() {
                if let Imm::Extern(callee) = &mut func.inst_mut(inst).imm {
                    *callee = ExternId::new(places[callee.index()]);
                }
            }
        }
    }
}
