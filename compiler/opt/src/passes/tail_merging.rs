//! Ends of two arms that do the same, done once where the arms come together.
//!
//! `if c: a[i] = x` with `else: a[i] = y` stores to one place, in two blocks. A backend that
//! makes vectors takes a store behind a condition for one that may not happen, which needs
//! masks, and most processors have none for bytes. Behind the arms it is one store of what was
//! chosen.
//!
//! ```text
//!   block1:                          block1:
//!     v5 = ptr_add v0, v4              jump block3(v2)
//!     store.i8 v2, v5 !data          block2:
//!     jump block3                =>    jump block3(v3)
//!   block2:                          block3(v8: i8):
//!     v6 = ptr_add v0, v4              v5 = ptr_add v0, v4
//!     store.i8 v3, v6 !data            store.i8 v8, v5 !data
//!     jump block3
//!   block3:
//! ```
//!
//! The ends are as many instructions, one by one the same operation of the same operands, or of
//! what came before at the same place, or of what is computed alike in front of both; only
//! what is stored may differ. They don't raise: an
//! exception has the line of its arm.
//!
//! Left alone: what isn't in an innermost loop, more than two arms, ends without a store.
//! Complexity: linear, for each pair of arms quadratic in the length of an end, which is
//! bounded.

use crate::effects;
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Block, Effects, Function, Inst, InstData, Module, Opcode, Value};
use rustc_hash::FxHashMap;

/// Most instructions of an end.
const LONGEST: usize = 16;
/// Most values that are chosen.
const MOST_CHOICES: usize = 2;
/// Most operations in front of the arms that are compared one behind the other.
const DEEPEST: usize = 3;
/// Most blocks in front of the arms that are looked through for one.
const FARTHEST: usize = 64;

/// The `tail_merging` pass.
pub struct TailMerging;

impl Pass for TailMerging {
    fn name(&self) -> &'static str {
        "tail_merging"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let mut changed = false;
        for &join in cfg.rpo() {
            let Some(id) = forest.loop_of(join) else { continue };
            let innermost = !forest.loops.iter().any(|other| other.parent == Some(id));
            let &[one, other] = cfg.preds(join) else { continue };
            let inside = [one, other].iter().all(|&arm| forest.loop_of(arm) == Some(id));
            if innermost && inside && join != forest.loops[id].header {
                let arms = Arms { func, module, domtree: &domtree, blocks: [one, other], join };
                if let Some(end) = arms.find() {
                    end.merge(func, [one, other], join);
                    changed = true;
                }
            }
        }
        changed
    }
}

/// Two arms and where they come together.
struct Arms<'a> {
    func: &'a Function,
    module: &'a Module,
    domtree: &'a DominatorTree,
    blocks: [Block; 2],
    join: Block,
}

/// What two arms do alike.
struct End {
    /// How many instructions before the jumps.
    length: usize,
    /// What they store where that differs: the store, counted from the first of these
    /// instructions, and each arm's value.
    chosen: Vec<(usize, [Value; 2])>,
}

impl Arms<'_> {
    fn find(&self) -> Option<End> {
        let Arms { func, blocks, .. } = *self;
        let plain = blocks.iter().all(|&arm| {
            let jump = func.terminator(arm).map(|jump| func.inst(jump).op);
            jump == Some(Opcode::Jump) && !func.block(arm).cold
        });
        if !plain || blocks[0] == blocks[1] {
            return None;
        }
        let insts = blocks.map(|arm| {
            let insts = &func.block(arm).insts;
            &insts[..insts.len() - 1]
        });
        let most = insts[0].len().min(insts[1].len()).min(LONGEST);
        (1..=most).rev().find_map(|length| {
            let ends = insts.map(|insts| &insts[insts.len() - length..]);
            self.compare(ends)
        })
    }

    fn compare(&self, ends: [&[Inst]; 2]) -> Option<End> {
        let func = self.func;
        let mut same: FxHashMap<Value, Value> = FxHashMap::default();
        let mut chosen = Vec::new();
        let mut stores = false;
        for (at, (&one, &other)) in ends[0].iter().zip(ends[1]).enumerate() {
            if !may_come_later(func, self.module, one) {
                return None;
            }
            let (one, other) = (func.inst(one), func.inst(other));
            if !is_alike(one, other) {
                return None;
            }
            for (place, (&a, &b)) in one.args.iter().zip(&other.args).enumerate() {
                let made_here = |value: &Value| {
                    same.contains_key(value) || same.values().any(|known| known == value)
                };
                let equal = match same.get(&b) {
                    Some(&known) => known == a,
                    None => a == b || (!made_here(&a) && self.is_equal(a, b, DEEPEST)),
                };
                if equal {
                    continue;
                }
                if one.op != Opcode::Store || place != 0 || made_here(&a) || made_here(&b) {
                    return None;
                }
                chosen.push((at, [a, b]));
            }
            stores |= one.op == Opcode::Store;
            same.extend(other.results.iter().copied().zip(one.results.iter().copied()));
        }
        // What the arms hand on is made before their ends.
        let made =
            |value: &Value| same.contains_key(value) || same.values().any(|known| known == value);
        let hands_on = self.blocks.iter().any(|&arm| {
            let jump = func.terminator(arm).map(|jump| &func.inst(jump).targets[0].args);
            jump.is_some_and(|args| args.iter().any(made))
        });
        (stores && !hands_on && chosen.len() <= MOST_CHOICES)
            .then_some(End { length: ends[0].len(), chosen })
    }

    /// Whether `a` is computed as `b` is, in front of both arms. (One value that is there in
    /// both is there in front of them.)
    fn is_equal(&self, a: Value, b: Value, most: usize) -> bool {
        let func = self.func;
        if a == b {
            return true;
        }
        let (Some(one), Some(other)) = (func.def_inst(a), func.def_inst(b)) else { return false };
        let mut ahead =
            std::iter::successors(self.domtree.idom(self.join), |&at| self.domtree.idom(at))
                .take(FARTHEST);
        let (data, like) = (func.inst(one), func.inst(other));
        most > 0
            && effects::is_speculatable(func, self.module, one)
            && is_alike(data, like)
            && data.args.iter().zip(&like.args).all(|(&a, &b)| self.is_equal(a, b, most - 1))
            && ahead.any(|at| func.block(at).insts.contains(&one))
    }
}

/// Whether two instructions do the same with their operands.
fn is_alike(one: &InstData, other: &InstData) -> bool {
    one.op == other.op
        && one.ty == other.ty
        && one.imm == other.imm
        && one.fast == other.fast
        && one.args.len() == other.args.len()
        && one.results.len() == other.results.len()
}

impl End {
    fn merge(self, func: &mut Function, arms: [Block; 2], join: Block) {
        let [kept, _] = arms.map(|arm| {
            let insts = &mut func.block_mut(arm).insts;
            let start = insts.len() - 1 - self.length;
            insts.drain(start..start + self.length).collect::<Vec<Inst>>()
        });
        for (at, values) in self.chosen {
            let ty = func.value_type(values[0]);
            let param = func.add_param(join, ty);
            for (arm, value) in arms.into_iter().zip(values) {
                if let Some(jump) = func.terminator(arm) {
                    func.inst_mut(jump).targets[0].args.push(value);
                }
            }
            func.inst_mut(kept[at]).args[0] = param;
        }
        func.block_mut(join).insts.splice(0..0, kept);
    }
}

/// Whether this does the same behind a jump: whatever doesn't raise.
fn may_come_later(func: &Function, module: &Module, inst: Inst) -> bool {
    match func.inst(inst).op.effects() {
        Effects::Pure | Effects::Guarded | Effects::Read | Effects::Write => true,
        Effects::Raise | Effects::Terminator => false,
        Effects::All => effects::is_pure_call(func, module, inst),
    }
}
