//! Branches that a loop is faster with than with a choice of values.
//!
//! ```text
//!   block1(v1: f64):                      what the next turn begins with is chosen by a test of
//!     ...                                 what this one began with
//!     v9 = fcmp.f64.eq v8, v2             some thirty cycles behind v1
//!     br v9, block2(v5), block3
//!   block3:                               two cheap ways
//!     v10 = fadd.f64 v6, v3
//!     jump block2(v10)
//!   block2(v11: f64):
//!     ...
//!     jump block1(v11)
//! ```
//!
//! LLVM computes both ways and chooses, as each is a few operations. Then every turn waits for
//! the test of the turn before. A processor that predicts the branch goes on with the next turn
//! at once; where it is wrong every other time, that still costs less than a long test. So the
//! way that LLVM would compute beforehand gets an empty piece of assembly, which it can't.
//!
//! Not here: short tests, as those of minima, where the choice is better; and tests of what is
//! loaded, which no processor predicts: a search by halves takes twice as long with branches.

use cumbia_ir::analysis::{Cfg, DominatorTree, Loop, LoopForest};
use cumbia_ir::{Block, Function, InstData, Opcode, Value, ValueDef};
use std::collections::HashMap;

/// What LLVM can't compute in another place.
pub(super) const STAYS: &str =
    "call void asm sideeffect \"\", \"\"() nounwind willreturn memory(inaccessiblemem: readwrite)";

/// Cycles by which a test has to be later than what it chooses from: about what half of the
/// branches cost where none can be predicted.
const LATER: u32 = 10;
/// Operations of a turn that are looked at for one value: what is behind more is no matter.
const MOST: usize = 500;

/// For each block: whether it is such a way.
pub(super) fn ways(func: &Function) -> Vec<bool> {
    let mut found = vec![false; func.num_blocks()];
    let branches = |&block: &Block| {
        func.terminator(block).is_some_and(|last| func.inst(last).op == Opcode::Br)
    };
    if func.layout.iter().filter(|block| branches(block)).count() < 2 {
        return found;
    }
    let cfg = Cfg::new(func);
    let domtree = DominatorTree::new(func, &cfg);
    let forest = LoopForest::new(func, &cfg, &domtree);
    for (id, this) in forest.loops.iter().enumerate() {
        let innermost = forest.loops.iter().all(|other| other.parent != Some(id));
        if innermost && let Some(latch) = this.latch() {
            let turn = Turn { func, cfg: &cfg, this, latch };
            for &way in this.blocks.iter().filter(|&&way| turn.is_predicted(way)) {
                found[way.index()] = true;
            }
        }
    }
    found
}

struct Turn<'f> {
    func: &'f Function,
    cfg: &'f Cfg,
    this: &'f Loop,
    latch: Block,
}

impl Turn<'_> {
    fn is_predicted(&self, way: Block) -> bool {
        let func = self.func;
        let terminator = |block: Block| func.terminator(block).map(|last| func.inst(last));
        let Some(jump) = terminator(way).filter(|last| last.op == Opcode::Jump) else {
            return false;
        };
        let joined = &jump.targets[0];
        let [before] = self.cfg.preds(way) else { return false };
        let Some(branch) = terminator(*before).filter(|last| last.op == Opcode::Br) else {
            return false;
        };
        if joined.block == self.this.header
            || way == self.this.header
            || !self.this.blocks.contains(before)
        {
            return false;
        }
        let Some(back) = terminator(self.latch) else { return false };
        let Some(edge) = back.targets.iter().find(|to| to.block == self.this.header) else {
            return false;
        };
        // What the next turn begins with is one of several, or made of it: a turn may have been
        // written out several times.
        let begins = &func.block(self.this.header).params;
        let chosen = &func.block(joined.block).params;
        begins.iter().zip(&edge.args).any(|(&began, &next)| {
            let mut known = HashMap::new();
            let mut late = |value: Value| self.cycles(value, began, &mut known);
            let Some(test) = late(branch.args[0]) else { return false };
            chosen.iter().any(|&one| {
                test >= late(one).unwrap_or(0) + LATER
                    && self.cycles(next, one, &mut HashMap::new()).is_some()
            })
        })
    }

    /// How many cycles behind a value that the turn began with another one is there.
    fn cycles(
        &self,
        value: Value,
        began: Value,
        known: &mut HashMap<Value, Option<u32>>,
    ) -> Option<u32> {
        if value == began {
            return Some(0);
        }
        if let Some(&cycles) = known.get(&value) {
            return cycles;
        }
        if known.len() >= MOST {
            return None;
        }
        known.insert(value, None);
        let cycles = match self.func.value_def(value) {
            ValueDef::Result(inst, _) if self.func.inst(inst).op == Opcode::Load => None,
            ValueDef::Result(inst, _) => {
                let data = self.func.inst(inst);
                let last = data.args.iter().filter_map(|&arg| self.cycles(arg, began, known)).max();
                last.map(|last| last + cycles_of(data))
            }
            ValueDef::Param(block, _) if block == self.this.header => None,
            ValueDef::Param(block, place) => {
                let from = self.cfg.preds(block).iter().filter(|p| self.this.blocks.contains(p));
                let lasts = from.filter_map(|&pred| self.func.terminator(pred));
                let targets = lasts.flat_map(|last| &self.func.inst(last).targets);
                let args = targets.filter(|to| to.block == block).map(|to| to.args[place as usize]);
                args.filter_map(|arg| self.cycles(arg, began, known)).max()
            }
        };
        known.insert(value, cycles);
        cycles
    }
}

/// About how long a result takes.
fn cycles_of(data: &InstData) -> u32 {
    match data.op {
        Opcode::Fadd | Opcode::Fsub | Opcode::Fmul | Opcode::Fma => 4,
        Opcode::Ffloor | Opcode::Fceil | Opcode::Ftrunc | Opcode::Fnearest => 8,
        Opcode::Fdiv | Opcode::Fsqrt => 14,
        Opcode::Sdiv
        | Opcode::Udiv
        | Opcode::Srem
        | Opcode::Urem
        | Opcode::Sfloordiv
        | Opcode::Sfloormod
        | Opcode::Call
        | Opcode::ExternCall => 14,
        Opcode::Load | Opcode::SintToF | Opcode::UintToF | Opcode::FToSint | Opcode::FToUint => 5,
        Opcode::Fcmp | Opcode::Imul | Opcode::SmulChk | Opcode::Smulhi | Opcode::Umulhi => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::STAYS;
    use crate::{Choices, translate};

    /// Whether a branch is kept whose test is made of these operations.
    fn keeps(test: &str, of: &str) -> bool {
        let text = format!(
            "func @f(f64, f64) -> (f64) {{\n\
             block0(v0: f64, v1: f64):\n    jump block1(v0)\n\
             block1(v2: f64):\n    v3 = fcmp.f64.lt v2, v1\n    br v3, block2, block5\n\
             block2:\n    {test}\n    v8 = fcmp.f64.eq {of}, v1\n    v9 = fmul.f64 v2, v1\n    \
             br v8, block4(v9), block3\n\
             block3:\n    v10 = fadd.f64 v2, v1\n    jump block4(v10)\n\
             block4(v11: f64):\n    jump block1(v11)\n\
             block5:\n    return v2\n}}\n"
        );
        let module = cumbia_ir::parse_module(&text).expect("the text is IR");
        let text = translate(&module, Choices::default()).expect("it translates").text;
        text.contains(STAYS)
    }

    #[test]
    fn a_turn_of_many_operations_takes_no_stack() {
        let chain: String =
            (100..90_000).map(|v| format!("v{} = fadd.f64 v{v}, v1\n    ", v + 1)).collect();
        assert!(!keeps(&format!("v100 = fadd.f64 v2, v1\n    {chain}"), "v90000"));
    }

    #[test]
    fn a_long_test_is_predicted() {
        let long = "v4 = fmul.f64 v2, v1\n    v5 = ffloor.f64 v4\n    v6 = fsub.f64 v2, v5";
        assert!(keeps(long, "v6"));
        assert!(!keeps("v4 = fadd.f64 v2, v1", "v4"));
        // Of what is loaded.
        assert!(!keeps(
            "v4 = fmul.f64 v2, v1\n    v7 = bitcast.ptr v4\n    v6 = load.f64 v7 !data",
            "v6"
        ));
        // It doesn't wait for the turn before.
        assert!(!keeps(&long.replace("v2", "v0"), "v6"));
    }
}
