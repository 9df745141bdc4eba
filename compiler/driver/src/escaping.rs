//! Local arrays that leave the function that made them: each place in the text makes one array,
//! so a second call would change what the first one has given.
//!
//! It looks at lowered code, before functions are inlined, and follows addresses through values,
//! not through memory: kernels keep no address there.

use cumbia_ir::{Function, Imm, Loc, Module, Opcode, StorageSpace, Type, Value};
use rustc_hash::FxHashSet;

/// A function that returns a local array: its
/// name, and where.
pub fn returned_local(module: &Module) -> Option<(String, Loc)> {
    module.functions.iter().find_map(|func| {
        let at = returned_by(module, func)?;
        Some((func.name.clone(), at))
    })
}

fn returned_by(module: &Module, func: &Function) -> Option<Loc> {
    let mut local: FxHashSet<Value> = FxHashSet::default();
    loop {
        let before = local.len();
        for &block in &func.layout {
            for &inst in &func.block(block).insts {
                let data = func.inst(inst);
                let made = match data.imm {
                    Imm::Storage(id) if data.op == Opcode::StorageAddr => {
                        module.storage[id.index()].space == StorageSpace::Local
                    }
                    _ => data.args.iter().any(|arg| local.contains(arg)),
                };
                if made {
                    let pointers =
                        data.results.iter().filter(|&&v| func.value_type(v) == Type::Ptr);
                    local.extend(pointers);
                }
                for target in &data.targets {
                    let params = &func.block(target.block).params;
                    let given = params.iter().zip(target.args.iter());
                    local.extend(
                        given
                            .filter(|(_, arg)| local.contains(arg))
                            .map(|(&p, _)| p)
                            .collect::<Vec<_>>(),
                    );
                }
            }
        }
        if local.len() == before {
            break;
        }
    }
    let insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
    insts
        .map(|&inst| func.inst(inst))
        .find(|data| data.op == Opcode::Return && data.args.iter().any(|arg| local.contains(arg)))
        .map(|data| data.loc)
}
