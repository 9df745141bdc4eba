//! Loop-invariant hoisting: what a loop computes anew each time with the same result
//! moves to the loop's preheader.
//!
//! *Invariant* is an instruction whose operands are all defined outside the loop or
//! invariant themselves. What may move depends on the operation:
//!
//! - pure ones, and guarded ones whose constant operand alone satisfies the
//!   precondition, move from anywhere in the loop: running them without need does
//!   nothing but cost their time;
//! - other guarded ones, loads, and checks move only from the *certain* part: what
//!   runs whenever the loop is entered, before any effect that stays in the loop. There
//!   they would have run anyway, with the same operands, next. A load needs besides
//!   that nothing in the loop writes its region.
//!
//! - a load of an object's field, when another field of the object, at the same place or
//!   behind it, is read in the certain part or just before the loop, moves from anywhere
//!   too: the memory is there. This is how a list's data address leaves a loop whose
//!   header looks at the length alone.
//!
//! The certain part begins with the header and goes on through blocks with one
//! predecessor as long as blocks end in a plain jump; the first store, call, poll or
//! check that stays ends it. A check hoisted from it doesn't.
//!
//! ```text
//!   block0:                               block0:
//!     jump block1(v9)                       v4 = imul.i64 v0, v1
//!   block1(v3: i64):               =>       jump block1(v9)
//!     v4 = imul.i64 v0, v1                block1(v3: i64):
//!     v5 = iadd.i64 v3, v4                  v5 = iadd.i64 v3, v4
//! ```
//!
//! Phases: for each loop, innermost first, so that what leaves an inner loop can
//! leave the outer one too. A loop without preheader is left as it is. Complexity:
//! each instruction is looked at once per loop around it.

use crate::effects;
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest, LoopId};
use cumbia_ir::{Block, Effects, Function, Imm, Inst, Module, Opcode, Region, Value};
use rustc_hash::FxHashMap;

/// The `licm` pass.
pub struct Licm;

impl Pass for Licm {
    fn name(&self) -> &'static str {
        "licm"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        if forest.loops.is_empty() {
            return false;
        }
        let mut home = vec![func.entry(); func.num_values()];
        for &block in cfg.rpo() {
            let results = func.block(block).insts.iter().flat_map(|&inst| &func.inst(inst).results);
            for &value in func.block(block).params.iter().chain(results) {
                home[value.index()] = block;
            }
        }
        let mut hoisting = Hoisting { module, cfg: &cfg, forest: &forest, home };
        let mut changed = false;
        for id in forest.innermost_first() {
            if let Some(preheader) = forest.loops[id].preheader {
                changed |= hoisting.hoist(func, id, preheader);
            }
        }
        changed
    }
}

/// So many blocks before a loop are looked at.
const NEAR: usize = 4;

/// Objects, and up to which byte they have been accessed.
type Fields = FxHashMap<Value, i64>;

/// The object and the end of the field that an instruction accesses.
fn field(func: &Function, inst: Inst) -> Option<(Value, i64)> {
    let data = func.inst(inst);
    let (object, ty) = match data.op {
        Opcode::Load => (data.args[0], data.ty?),
        Opcode::Store => (data.args[1], func.value_type(data.args[0])),
        _ => return None,
    };
    match data.imm {
        Imm::Mem { offset, region: Region::Object } if offset >= 0 => {
            Some((object, i64::from(offset) + i64::from(ty.bytes())))
        }
        _ => None,
    }
}

fn note_field(func: &Function, inst: Inst, present: &mut Fields) {
    if let Some((object, end)) = field(func, inst) {
        let known = present.entry(object).or_insert(end);
        *known = end.max(*known);
    }
}

struct Hoisting<'a> {
    module: &'a Module,
    cfg: &'a Cfg,
    forest: &'a LoopForest,
    /// The block that defines each value.
    home: Vec<Block>,
}

impl Hoisting<'_> {
    fn hoist(&mut self, func: &mut Function, id: LoopId, preheader: Block) -> bool {
        let forest = self.forest;
        let this = &forest.loops[id];
        let written = self.written_regions(func, id);
        let mut present = self.fields_before(func, preheader);
        let mut hoisted: Vec<Inst> = Vec::new();
        // The block of the certain part that comes next, if it goes on.
        let mut certain_block = Some(this.header);
        for &block in &this.blocks {
            let mut certain = certain_block == Some(block);
            let mut insts = std::mem::take(&mut func.block_mut(block).insts);
            insts.retain(|&inst| {
                if certain {
                    note_field(func, inst, &mut present);
                }
                if self.may_hoist(func, id, inst, certain, &written, &present) {
                    for &result in &func.inst(inst).results {
                        self.home[result.index()] = preheader;
                    }
                    hoisted.push(inst);
                    return false;
                }
                if certain
                    && effects::is_barrier(func, self.module, inst)
                    && !func.inst(inst).op.is_terminator()
                {
                    certain = false;
                    certain_block = None;
                }
                true
            });
            func.block_mut(block).insts = insts;
            if certain {
                certain_block = self.certain_successor(id, block);
            }
        }
        if hoisted.is_empty() {
            return false;
        }
        let insts = &mut func.block_mut(preheader).insts;
        let at = insts.len() - 1;
        insts.splice(at..at, hoisted);
        true
    }

    /// Fields of objects that are accessed on the only way to a block's end, with nothing
    /// behind that may free an object.
    fn fields_before(&self, func: &Function, mut block: Block) -> Fields {
        let mut present = Fields::default();
        // As far as a loop's surroundings reach in practice.
        for _ in 0..NEAR {
            for &inst in func.block(block).insts.iter().rev() {
                let frees = match func.inst(inst).op {
                    Opcode::Release | Opcode::TryCall => true,
                    Opcode::Call | Opcode::ExternCall | Opcode::TryExternCall => {
                        !effects::is_pure_call(func, self.module, inst)
                    }
                    _ => false,
                };
                if frees {
                    return present;
                }
                note_field(func, inst, &mut present);
            }
            match self.cfg.preds(block) {
                &[before] if before != block => block = before,
                _ => break,
            }
        }
        present
    }

    fn certain_successor(&self, id: LoopId, block: Block) -> Option<Block> {
        let &[next] = self.cfg.succs(block) else { return None };
        (self.cfg.preds(next).len() == 1 && self.forest.contains(id, next)).then_some(next)
    }

    fn written_regions(&self, func: &Function, id: LoopId) -> [bool; Region::ALL.len()] {
        let mut written = [false; Region::ALL.len()];
        let blocks = &self.forest.loops[id].blocks;
        for &inst in blocks.iter().flat_map(|&block| &func.block(block).insts) {
            if func.inst(inst).op.effects() == Effects::Pure {
                continue;
            }
            for region in Region::ALL {
                written[region as usize] |= effects::clobbers(func, self.module, inst, region);
            }
        }
        written
    }

    fn may_hoist(
        &self,
        func: &Function,
        id: LoopId,
        inst: Inst,
        certain: bool,
        written: &[bool; Region::ALL.len()],
        present: &Fields,
    ) -> bool {
        let data = func.inst(inst);
        if data.op.is_terminator() {
            return false;
        }
        let allowed = effects::is_speculatable(func, self.module, inst)
            || field(func, inst).is_some_and(|(object, end)| {
                data.op == Opcode::Load
                    && !written[Region::Object as usize]
                    && present.get(&object).is_some_and(|&known| end <= known)
            })
            || certain
                && match data.op.effects() {
                    Effects::Guarded | Effects::Raise => true,
                    Effects::Read => match (data.op, &data.imm) {
                        (Opcode::Load, &Imm::Mem { region, .. }) => !written[region as usize],
                        _ => false,
                    },
                    _ => false,
                };
        allowed && data.args.iter().all(|arg| !self.forest.contains(id, self.home[arg.index()]))
    }
}
