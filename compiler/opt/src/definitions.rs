//! Values with several definitions: which of them reaches a use.
//!
//! Copied blocks define their values anew, and where a function is entered in its middle the
//! values of the blocks that ran before are brought. Until [`Definitions::settle`] uses in other blocks name the
//! original value; then each gets the definition that reaches it. Where several do, a block
//! parameter joins them (the on-demand construction of Braun et al., 2013; superfluous
//! parameters are a later pass's to remove).

use cumbia_ir::{Block, Function, Inst, Value};
use std::collections::BTreeMap;

/// By original value, the blocks that define it too, and what it is called there.
#[derive(Default)]
pub(crate) struct Definitions {
    further: BTreeMap<Value, Vec<(Block, Value)>>,
}

impl Definitions {
    /// `block` defines `value` too, as `new`; its own uses of it are that already.
    pub(crate) fn add(&mut self, value: Value, block: Block, new: Value) {
        self.further.entry(value).or_default().push((block, new));
    }

    /// Gives each use the definition that reaches it. Blocks outside of the layout don't
    /// count.
    pub(crate) fn settle(self, func: &mut Function) {
        let mut homes: Vec<Option<Block>> = vec![None; func.num_values()];
        for &block in &func.layout {
            let data = func.block(block);
            let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
            data.params.iter().chain(results).for_each(|v| homes[v.index()] = Some(block));
        }
        let mut users: BTreeMap<Value, Vec<(Block, Inst)>> = BTreeMap::new();
        for &block in &func.layout {
            for &inst in &func.block(block).insts {
                func.for_each_use(inst, |v| {
                    if homes[v.index()] != Some(block) && self.further.contains_key(&v) {
                        let of = users.entry(v).or_default();
                        if of.last() != Some(&(block, inst)) {
                            of.push((block, inst));
                        }
                    }
                });
            }
        }
        let mut preds = vec![Vec::new(); func.num_blocks()];
        for &block in &func.layout {
            for next in func.successors(block) {
                let preds: &mut Vec<Block> = &mut preds[next.index()];
                if !preds.contains(&block) {
                    preds.push(block);
                }
            }
        }
        let mut inside = vec![false; func.num_blocks()];
        func.layout.iter().for_each(|block| inside[block.index()] = true);
        let further: BTreeMap<Value, Vec<(Block, Value)>> = self
            .further
            .into_iter()
            .filter(|(value, _)| users.contains_key(value))
            .map(|(value, all)| {
                (value, all.into_iter().filter(|(b, _)| inside[b.index()]).collect())
            })
            .collect();
        for (value, mut all) in further {
            all.extend(homes[value.index()].map(|home| (home, value)));
            let ty = func.value_type(value);
            let at_end = all.into_iter().collect();
            let mut join = Join { ty, preds: &preds, at_end, at_start: BTreeMap::new() };
            for &(block, inst) in &users[&value] {
                let new = join.at_start(func, block);
                func.map_uses(inst, |v| if v == value { new } else { v });
            }
        }
    }
}

/// One value's definitions.
struct Join<'p> {
    ty: cumbia_ir::Type,
    preds: &'p [Vec<Block>],
    /// Of the blocks that define it.
    at_end: BTreeMap<Block, Value>,
    at_start: BTreeMap<Block, Value>,
}

impl Join<'_> {
    fn at_end(&mut self, func: &mut Function, block: Block) -> Value {
        match self.at_end.get(&block) {
            Some(&value) => value,
            None => self.at_start(func, block),
        }
    }

    fn at_start(&mut self, func: &mut Function, mut block: Block) -> Value {
        // A block with one predecessor has that one's, however long the chain is.
        loop {
            if let Some(&known) = self.at_start.get(&block) {
                return known;
            }
            match self.preds[block.index()][..] {
                [] => unreachable!("a definition reaches every use"),
                [one] => match self.at_end.get(&one) {
                    Some(&value) => return value,
                    None => block = one,
                },
                _ => break,
            }
        }
        let param = func.add_param(block, self.ty);
        self.at_start.insert(block, param);
        for &pred in &self.preds[block.index()] {
            let value = self.at_end(func, pred);
            let branch = func.terminator(pred).expect("a block ends in a terminator");
            for target in &mut func.inst_mut(branch).targets {
                if target.block == block {
                    target.args.push(value);
                }
            }
        }
        param
    }
}
