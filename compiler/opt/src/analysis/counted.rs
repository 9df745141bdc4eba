//! Counted loops: a header that compares a counter with a limit that stays.
//!
//! ```text
//!   preheader: jump header(first, ...)
//!   header(counter, ...): ... br (icmp.slt counter, limit), body, exit
//!   ...
//!   latch: jump header(counter + step, ...)
//! ```
//!
//! The counter goes up by a positive constant with a plain `iadd`; or down, while it is at
//! least the limit or above it, where that is asked for. It doesn't wrap where it matters:
//! inside the loop it is below the limit (or not), and whoever goes on from that to its
//! successor has to know by how much. A loop may have other exits.
//!
//! The header runs once more than there are turns, with the limit for its counter, or beyond. So
//! it only computes: `while True: a[i] += 1; if i < n: i += 1; else: break` is no counted loop,
//! as nothing that holds in a turn holds for what such a header does.

use cumbia_ir::analysis::{Cfg, LoopForest, LoopId};
use cumbia_ir::{Block, Effects, Function, Imm, Inst, IntCond, Opcode, Type, Value, ValueDef};

/// A loop that counts up, or down, to a limit.
#[derive(Clone, Debug)]
pub struct CountedLoop {
    /// The block that enters the header from outside.
    pub preheader: Block,
    /// The block with the test.
    pub header: Block,
    /// The block that goes back.
    pub latch: Block,
    /// All blocks, the header first.
    pub blocks: Vec<Block>,
    /// Where the header goes when the limit is reached.
    pub exit: Block,
    /// Edges that leave, from inside to outside.
    pub exits: Vec<(Block, Block)>,
    /// The header's comparison.
    pub test: Inst,
    /// The header's branch.
    pub branch: Inst,
    /// The counter: a parameter of the header.
    pub counter: Value,
    /// Its value when the loop is entered.
    pub first: Value,
    /// What it stays below inside; what it stays at or above if it goes down.
    pub limit: Value,
    /// What is added to it in each turn.
    pub step: i64,
    /// The limit less this is the last value that the counter may have inside.
    pub beyond: i64,
}

impl CountedLoop {
    /// The loop as a counted one, if it is one and there is none inside.
    pub fn find(func: &Function, cfg: &Cfg, forest: &LoopForest, id: LoopId) -> Option<Self> {
        let innermost = !forest.loops.iter().any(|other| other.parent == Some(id));
        if innermost { Self::find_around(func, cfg, forest, id) } else { None }
    }

    /// The loop as one that counts up, if it is one; there may be loops inside.
    pub fn find_around(
        func: &Function,
        cfg: &Cfg,
        forest: &LoopForest,
        id: LoopId,
    ) -> Option<Self> {
        Self::find_any(func, cfg, forest, id).filter(|this| this.step > 0)
    }

    /// The loop as one that counts up or down; there may be loops inside.
    pub fn find_any(func: &Function, cfg: &Cfg, forest: &LoopForest, id: LoopId) -> Option<Self> {
        let this = &forest.loops[id];
        let (preheader, latch) = (this.preheader?, this.latch()?);
        let header = this.header;
        let inside = |block: Block| forest.contains(id, block);
        let branch = func.terminator(header)?;
        let data = func.inst(branch);
        if data.op != Opcode::Br || !inside(data.targets[0].block) || inside(data.targets[1].block)
        {
            return None;
        }
        let exit = data.targets[1].block;
        let test = func.def_inst(data.args[0])?;
        let compare = func.inst(test);
        if compare.op != Opcode::Icmp || compare.ty != Some(Type::I64) {
            return None;
        }
        let (up, beyond) = match compare.imm {
            Imm::IntCond(IntCond::Slt) => (true, 1),
            Imm::IntCond(IntCond::Sge) => (false, 0),
            Imm::IntCond(IntCond::Sgt) => (false, -1),
            _ => return None,
        };
        let computes = |inst: &Inst| {
            let op = func.inst(*inst).op;
            op.is_terminator() || matches!(op.effects(), Effects::Pure | Effects::Guarded)
        };
        if !func.block(header).insts.iter().all(computes) {
            return None;
        }
        let (counter, limit) = (compare.args[0], compare.args[1]);
        let ValueDef::Param(home, place) = func.value_def(counter) else { return None };
        if home != header || is_defined_in(func, &this.blocks, limit) {
            return None;
        }
        let argument = |from: Block| {
            let inst = func.terminator(from)?;
            let mut to_header = func.inst(inst).targets.iter().filter(|t| t.block == header);
            let target = to_header.next()?;
            to_header.next().is_none().then(|| target.args[place as usize])
        };
        let (first, next) = (argument(preheader)?, argument(latch)?);
        let increment = func.inst(func.def_inst(next)?);
        if increment.op != Opcode::Iadd || increment.args[0] != counter {
            return None;
        }
        let step = func.int_const(increment.args[1])?;
        // One step beyond the limit must not wrap: the limit is small where it matters.
        if step == 0 || (step > 0) != up || step.unsigned_abs() > 1 << 32 {
            return None;
        }
        debug_assert!(cfg.is_reachable(header));
        Some(CountedLoop {
            preheader,
            header,
            latch,
            blocks: this.blocks.clone(),
            exit,
            exits: this.exits.clone(),
            test,
            branch,
            counter,
            first,
            limit,
            step,
            beyond,
        })
    }

    /// The same with `first` and `limit` as they are now: what changes a loop in front of
    /// this one, or around it, may have put others in their place.
    pub fn refreshed(mut self, func: &Function) -> Self {
        self.limit = func.inst(self.test).args[1];
        if let ValueDef::Param(_, place) = func.value_def(self.counter)
            && let Some(enter) = func.terminator(self.preheader)
            && let Some(target) =
                func.inst(enter).targets.iter().find(|target| target.block == self.header)
        {
            self.first = target.args[place as usize];
        }
        self
    }

    /// Whether a block is the loop's.
    pub fn contains(&self, block: Block) -> bool {
        self.blocks.contains(&block)
    }

    /// The values that the loop defines and code outside of it uses. The arguments of
    /// edges that leave are uses inside.
    pub fn used_outside(&self, func: &Function) -> Vec<Value> {
        let mut ours = vec![false; func.num_values()];
        for &block in &self.blocks {
            let data = func.block(block);
            let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
            data.params.iter().chain(results).for_each(|v| ours[v.index()] = true);
        }
        let mut found = Vec::new();
        for &block in func.layout.iter().filter(|&&block| !self.contains(block)) {
            for &inst in &func.block(block).insts {
                func.for_each_use(inst, |v| {
                    if std::mem::take(&mut ours[v.index()]) {
                        found.push(v);
                    }
                });
            }
        }
        found.sort_unstable();
        found
    }
}

/// Whether one of the blocks defines the value.
pub fn is_defined_in(func: &Function, blocks: &[Block], value: Value) -> bool {
    match func.value_def(value) {
        ValueDef::Param(block, _) => blocks.contains(&block),
        ValueDef::Result(inst, _) => {
            blocks.iter().any(|&block| func.block(block).insts.contains(&inst))
        }
    }
}
