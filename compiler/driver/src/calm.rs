//! Whether a compiled function of numbers may be computed anywhere, in any order.
//!
//! A ufunc's function may be fused with the expression around its call only if nobody can see
//! that elements of several operations are computed in turns: nothing in it raises, nothing is
//! written, and nothing is read that somebody writes. Read off the optimized IR, where checks
//! that can't fail are gone. A loop that doesn't end is no matter, and an interrupt comes where
//! it comes.

use cumbia_ir::{Effects, ExternEffects, Function, Imm, Inst, Module, Opcode, Region};

/// Most operations of a function that isn't dearer than an access to memory.
const CHEAP: usize = 24;

/// A function without effects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Calm {
    /// A few operations, without a loop or a call.
    pub cheap: bool,
}

impl Calm {
    /// Of the function that an entry calls with the numbers from its slots; `None` where it
    /// has effects, or isn't known to have none.
    pub fn of(module: &Module, entry: &str) -> Option<Calm> {
        let entry = module.find_function(entry)?.index();
        let mut seen = vec![false; module.functions.len()];
        let mut pending = vec![entry];
        let mut operations = 0;
        let mut calm = Calm { cheap: true };
        while let Some(index) = pending.pop() {
            if std::mem::replace(&mut seen[index], true) {
                continue;
            }
            let function = &module.functions[index];
            for &inst in function.layout.iter().flat_map(|&block| &function.block(block).insts) {
                let data = function.inst(inst);
                match (data.op, &data.imm) {
                    (Opcode::Call, Imm::Func(callee)) => {
                        // The entry's own is no work of the function's.
                        calm.cheap &= index == entry;
                        pending.push(callee.index());
                    }
                    (Opcode::Poll, _) => calm.cheap = false,
                    _ if index == entry && is_of_slots(function, inst) => {}
                    _ if !is_calm(module, function, inst) => return None,
                    (op, _) => {
                        calm.cheap &= !is_dear(op);
                        operations += usize::from(!matches!(op, Opcode::Iconst | Opcode::Fconst));
                    }
                }
            }
        }
        calm.cheap &= operations <= CHEAP;
        Some(calm)
    }
}

/// Whether an instruction takes an argument, or leaves the result.
fn is_of_slots(function: &Function, inst: Inst) -> bool {
    let data = function.inst(inst);
    matches!(data.op, Opcode::Load | Opcode::Store)
        && matches!(data.imm, Imm::Mem { region: Region::Slots, .. })
}

fn is_calm(module: &Module, function: &Function, inst: Inst) -> bool {
    let data = function.inst(inst);
    match data.op.effects() {
        Effects::Pure | Effects::Guarded => true,
        Effects::Read => matches!(data.imm, Imm::Mem { region: Region::Const, .. }),
        Effects::Terminator => matches!(data.op, Opcode::Jump | Opcode::Br | Opcode::Return),
        Effects::All => match data.imm {
            Imm::Extern(id) => module.externs[id.index()].effects == ExternEffects::Pure,
            _ => false,
        },
        Effects::Write | Effects::Raise => false,
    }
}

/// Whether an operation takes longer than a load.
fn is_dear(op: Opcode) -> bool {
    matches!(
        op,
        Opcode::Sdiv
            | Opcode::Udiv
            | Opcode::Srem
            | Opcode::Urem
            | Opcode::Sfloordiv
            | Opcode::Sfloormod
            | Opcode::ExternCall
    )
}

#[cfg(test)]
mod tests {
    use super::Calm;

    /// What is said of a function with this body over two integers.
    fn calm(body: &str) -> Option<Calm> {
        let text = format!(
            "extern @sin_f64(f64) -> f64 pure\nextern @clock_now() -> f64 effects\n\
             func @f(i64, i64) -> (i64) {{\nblock0(v0: i64, v1: i64):\n{body}}}\n\
             func @entry(ptr, ptr) -> () {{\nblock0(v0: ptr, v1: ptr):\n\
             v2 = load.i64 v0 !slots\nv3 = load.i64 v0+8 !slots\nv4 = call @f(v2, v3)\n\
             store.i64 v4, v1 !slots\nreturn\n}}\n"
        );
        let module = cumbia_ir::parse_module(&text).expect("the text is IR");
        Calm::of(&module, "entry")
    }

    #[test]
    fn arithmetic_is_cheap() {
        assert_eq!(calm("v2 = iadd.i64 v0, v1\nreturn v2\n"), Some(Calm { cheap: true }));
    }

    #[test]
    fn loops_and_divisions_are_dear() {
        let turns = "jump block1(v0)\nblock1(v2: i64):\nv3 = iadd.i64 v2, v1\n\
                     v4 = icmp.i64.slt v3, v1\nbr v4, block2, block3\nblock2:\npoll\n\
                     jump block1(v3)\nblock3:\nreturn v3\n";
        assert_eq!(calm(turns), Some(Calm { cheap: false }));
        let quotient = "v2 = iconst.i64 3\nv3 = sdiv.i64 v0, v2\nreturn v3\n";
        assert_eq!(calm(quotient), Some(Calm { cheap: false }));
    }

    #[test]
    fn what_raises_or_has_effects_is_not() {
        assert_eq!(calm("v2 = sadd_chk.i64 v0, v1\nreturn v2\n"), None);
        assert_eq!(calm("v2 = ecall @clock_now()\nreturn v0\n"), None);
        assert_eq!(calm("v2 = call @f(v0, v1)\nstack_check\nreturn v2\n"), None);
    }
}
