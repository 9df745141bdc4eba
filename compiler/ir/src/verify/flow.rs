//! Blocks and control flow: terminators, entry, targets, loops.

use super::{Rules, Verifier};
use crate::analysis::{Cfg, LoopForest};
use crate::entities::{Block, Inst};
use crate::types::Type;

impl Verifier<'_> {
    /// What the analyses count on: layout, terminators, targets, and that handles
    /// are within their tables.
    pub(super) fn blocks(&mut self) {
        let func = self.func;
        if func.layout.is_empty() {
            return self.function_error("has no blocks");
        }
        let mut in_layout = vec![false; func.num_blocks()];
        for &block in &func.layout {
            match in_layout.get_mut(block.index()) {
                None => return self.function_error(format!("{block:?} doesn't exist")),
                Some(true) => return self.block_error(block, "is in the layout twice"),
                Some(seen) => *seen = true,
            }
        }
        let mut placed = vec![false; func.num_insts()];
        for &block in &func.layout {
            self.block(block, &mut placed, &in_layout);
        }
        let entry = func.entry();
        let types: Vec<Type> =
            func.block(entry).params.iter().map(|&v| func.value_type(v)).collect();
        if types != func.params {
            self.block_error(entry, "the entry's parameters aren't the function's");
        }
    }

    fn block(&mut self, block: Block, placed: &mut [bool], in_layout: &[bool]) {
        let func = self.func;
        let insts = &func.block(block).insts;
        if func.terminator(block).is_none() {
            self.block_error(block, "has no terminator");
        }
        for (i, &inst) in insts.iter().enumerate() {
            match placed.get_mut(inst.index()) {
                None => {
                    self.block_error(block, format!("{inst:?} doesn't exist"));
                    continue;
                }
                Some(true) => self.inst_error(block, inst, "is in the layout twice"),
                Some(seen) => *seen = true,
            }
            if func.inst(inst).op.is_terminator() && i + 1 != insts.len() {
                self.inst_error(block, inst, "a terminator isn't the last in its block");
            }
            self.handles(block, inst, in_layout);
        }
    }

    /// Values and targets of an instruction exist.
    fn handles(&mut self, block: Block, inst: Inst, in_layout: &[bool]) {
        let func = self.func;
        let data = func.inst(inst);
        let mut missing = None;
        let mut check = |value: crate::Value| {
            if value.index() >= func.num_values() {
                missing = Some(value);
            }
        };
        func.for_each_use(inst, &mut check);
        data.results.iter().copied().for_each(&mut check);
        if let Some(value) = missing {
            self.inst_error(block, inst, format!("{value:?} doesn't exist"));
        }
        for target in &data.targets {
            if in_layout.get(target.block.index()) != Some(&true) {
                self.inst_error(block, inst, "a target isn't in the layout");
            } else if target.block == func.entry() {
                self.inst_error(block, inst, "jumps to the entry");
            }
        }
    }

    /// Loops and reachability.
    pub(super) fn flow(&mut self, cfg: &Cfg, loops: &LoopForest, rules: &Rules) {
        for &(from, to) in &loops.irreducible {
            let header = self.numbering.block(to);
            let message = format!("goes back to {header}, which doesn't dominate it");
            self.at_terminator(from, message);
        }
        if rules.canonical_loops {
            for this in &loops.loops {
                if this.preheader.is_none() {
                    self.block_error(this.header, "the loop has no preheader");
                }
                if this.latches.len() > 1 {
                    let count = this.latches.len();
                    self.block_error(this.header, format!("the loop has {count} latches"));
                }
            }
        }
        if !rules.unreachable_blocks {
            for &block in self.func.layout.iter().filter(|&&b| !cfg.is_reachable(b)) {
                self.block_error(block, "is unreachable");
            }
        }
    }

    fn at_terminator(&mut self, block: Block, message: String) {
        match self.func.terminator(block) {
            Some(inst) => self.inst_error(block, inst, message),
            None => self.block_error(block, message),
        }
    }
}
