//! Definitions and uses: each value has one definition, which dominates its uses.

use super::Verifier;
use crate::analysis::{Cfg, DominatorTree};
use crate::entities::{Block, Inst, Value};
use crate::function::ValueDef;

/// Where a value is defined: block, and place in it; parameters come before the
/// first instruction.
type Place = (Block, usize);

impl Verifier<'_> {
    pub(super) fn ssa(&mut self, cfg: &Cfg, domtree: &DominatorTree) {
        let func = self.func;
        let mut places: Vec<Option<Place>> = vec![None; func.num_values()];
        for &block in &func.layout {
            let data = func.block(block);
            for (i, &value) in data.params.iter().enumerate() {
                places[value.index()] = Some((block, 0));
                if func.value_def(value) != ValueDef::Param(block, i as u32) {
                    self.block_error(
                        block,
                        format!(
                            "{} doesn't know that it is a parameter",
                            self.numbering.value(value)
                        ),
                    );
                }
            }
            for (at, &inst) in data.insts.iter().enumerate() {
                for (i, &value) in func.inst(inst).results.iter().enumerate() {
                    places[value.index()] = Some((block, at + 1));
                    if func.value_def(value) != ValueDef::Result(inst, i as u32) {
                        self.inst_error(block, inst, "a result doesn't know its definition");
                    }
                }
            }
        }
        for &block in &func.layout {
            for (at, &inst) in func.block(block).insts.iter().enumerate() {
                func.for_each_use(inst, |value| {
                    self.used((block, at), inst, value, places[value.index()], cfg, domtree);
                });
            }
        }
    }

    fn used(
        &mut self,
        (block, at): Place,
        inst: Inst,
        value: Value,
        definition: Option<Place>,
        cfg: &Cfg,
        domtree: &DominatorTree,
    ) {
        let name = self.numbering.value(value);
        let dominates = match definition {
            None => return self.inst_error(block, inst, format!("{name} is not in the layout")),
            Some(_) if !cfg.is_reachable(block) => true,
            Some((home, place)) if home == block => place <= at,
            Some((home, _)) => domtree.dominates(home, block),
        };
        if !dominates {
            self.inst_error(block, inst, format!("{name} doesn't dominate its use"));
        }
    }
}
