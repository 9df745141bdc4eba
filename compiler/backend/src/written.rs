//! Which arrays a kernel may write: what need not be brought back from a device is seen here, and
//! what other threads may change while one waits.
//!
//! By address: whatever is made of the address of an array's first element, by arithmetic, choices,
//! blocks and calls, is one of that array. A store or an atomic operation there is a write, and so
//! is a store of the address itself, after which nobody knows. Assumes that arrays' elements are
//! no addresses, as in kernels.

use cumbia_ir::{FuncId, Function, Imm, Module, Opcode, Shape, Type, Value};

/// For each array among a function's parameters, in their order, whether it may be written.
pub fn written(module: &Module, root: FuncId) -> Vec<bool> {
    let of = |func: &Function| vec![false; func.params.len()];
    let mut known: Vec<Vec<bool>> = module.functions.iter().map(of).collect();
    loop {
        let mut changed = false;
        for (at, func) in module.functions.iter().enumerate() {
            for param in 0..func.params.len() {
                if func.params[param] == Type::Ptr
                    && !known[at][param]
                    && writes(func, param, &known)
                {
                    (known[at][param], changed) = (true, true);
                }
            }
        }
        if !changed {
            break;
        }
    }
    let arrays = &module.function(root).arrays;
    arrays.iter().map(|array| known[root.index()][array.data as usize]).collect()
}

/// Whether a function may write what a parameter leads to, as far as is known of those it calls.
fn writes(func: &Function, param: usize, known: &[Vec<bool>]) -> bool {
    let Some(&entry) = func.layout.first() else { return true };
    let mut derived = vec![false; func.num_values()];
    derived[func.block(entry).params[param].index()] = true;
    loop {
        let mut changed = false;
        for &block in &func.layout {
            for &inst in &func.block(block).insts {
                let data = func.inst(inst);
                let is = |value: &Value| derived[value.index()];
                if data.args.iter().any(is) {
                    let writes = match (data.op, &data.imm) {
                        (Opcode::Store, _) => true,
                        (Opcode::Call, Imm::Func(callee)) => {
                            let of = &known[callee.index()];
                            data.args.iter().zip(of).any(|(value, &writes)| is(value) && writes)
                        }
                        (op, _) if op.without_hint() == Some(Opcode::Store) => true,
                        (op, _) => {
                            let atomic = matches!(op.shape(), Shape::Atomic | Shape::AtomicSwap);
                            let call = matches!(
                                op,
                                Opcode::TryCall | Opcode::ExternCall | Opcode::TryExternCall
                            );
                            atomic || call
                        }
                    };
                    if writes {
                        return true;
                    }
                    if data.op.without_hint().unwrap_or(data.op) != Opcode::Load {
                        for &result in &data.results {
                            let may = matches!(func.value_type(result), Type::Ptr | Type::I64);
                            changed |= may && !std::mem::replace(&mut derived[result.index()], may);
                        }
                    }
                }
                for target in &data.targets {
                    let params = &func.block(target.block).params;
                    for (arg, to) in target.args.iter().zip(params) {
                        if derived[arg.index()] {
                            changed |= !std::mem::replace(&mut derived[to.index()], true);
                        }
                    }
                }
            }
        }
        if !changed {
            return false;
        }
    }
}
