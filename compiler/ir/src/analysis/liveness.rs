//! Liveness: which values are needed at the start and the end of each block.
//!
//! Each value is walked from its uses back to its definition, so the cost is that
//! of the answer. The lists are in the order of definitions in the layout: that
//! order survives printing and parsing, and is what on-stack replacement counts on
//! when two tiers compute a header's live-ins apart from each other.

use super::Cfg;
use crate::entities::{Block, Value};
use crate::function::{Function, ValueDef};

/// Live values at block boundaries.
#[derive(Clone, Debug)]
pub struct Liveness {
    live_in: Vec<Vec<Value>>,
    live_out: Vec<Vec<Value>>,
}

impl Liveness {
    /// The live values of a function whose graph is `cfg`.
    pub fn new(func: &Function, cfg: &Cfg) -> Liveness {
        let mut this = Liveness {
            live_in: vec![Vec::new(); func.num_blocks()],
            live_out: vec![Vec::new(); func.num_blocks()],
        };
        let (order, def_block) = definitions(func, cfg);
        let uses = Uses::new(func, cfg);
        let mut stack = Vec::new();
        for value in order {
            let home = def_block[value.index()];
            for &block in uses.of(value) {
                if block != home {
                    this.walk(cfg, value, home, block, &mut stack);
                }
            }
        }
        this
    }

    /// Values defined elsewhere that the block or what follows it uses; the block's
    /// own parameters are not among them.
    pub fn live_in(&self, block: Block) -> &[Value] {
        &self.live_in[block.index()]
    }

    /// Values that a block further on uses. Arguments to the successors' parameters
    /// are not among them unless they are also used further on.
    pub fn live_out(&self, block: Block) -> &[Value] {
        &self.live_out[block.index()]
    }

    /// All that a loop needs to go on from its header: the header's parameters, then
    /// its live-ins, in this order.
    pub fn header_live_ins(&self, func: &Function, header: Block) -> Vec<Value> {
        let params = func.block(header).params.iter();
        params.chain(self.live_in(header)).copied().collect()
    }

    fn walk(&mut self, cfg: &Cfg, value: Value, home: Block, from: Block, stack: &mut Vec<Block>) {
        stack.push(from);
        while let Some(block) = stack.pop() {
            // Values come one after the other, so a list that has this one has it last.
            if self.live_in[block.index()].last() == Some(&value) {
                continue;
            }
            self.live_in[block.index()].push(value);
            for &pred in cfg.preds(block) {
                if !cfg.is_reachable(pred) {
                    continue;
                }
                let out = &mut self.live_out[pred.index()];
                if out.last() != Some(&value) {
                    out.push(value);
                }
                if pred != home {
                    stack.push(pred);
                }
            }
        }
    }
}

/// The values defined in reachable blocks, in layout order, and each value's block.
fn definitions(func: &Function, cfg: &Cfg) -> (Vec<Value>, Vec<Block>) {
    let mut order = Vec::with_capacity(func.num_values());
    let mut def_block = vec![Block(0); func.num_values()];
    for &block in func.layout.iter().filter(|&&b| cfg.is_reachable(b)) {
        let data = func.block(block);
        let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
        for &value in data.params.iter().chain(results) {
            def_block[value.index()] = block;
            order.push(value);
        }
    }
    debug_assert!(order.iter().all(|&v| match func.value_def(v) {
        ValueDef::Param(block, _) => def_block[v.index()] == block,
        ValueDef::Result(..) => true,
    }));
    (order, def_block)
}

/// For each value the blocks that use it; a block may be there more than once.
struct Uses {
    starts: Vec<u32>,
    blocks: Vec<Block>,
}

impl Uses {
    fn new(func: &Function, cfg: &Cfg) -> Uses {
        let mut starts = vec![0u32; func.num_values() + 1];
        let each = |visit: &mut dyn FnMut(Block, Value)| {
            for &block in cfg.rpo() {
                for &inst in &func.block(block).insts {
                    func.for_each_use(inst, |value| visit(block, value));
                }
            }
        };
        each(&mut |_, value| starts[value.index() + 1] += 1);
        for i in 0..func.num_values() {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut blocks = vec![Block(0); starts[func.num_values()] as usize];
        each(&mut |block, value| {
            let slot = &mut next[value.index()];
            blocks[*slot as usize] = block;
            *slot += 1;
        });
        Uses { starts, blocks }
    }

    fn of(&self, value: Value) -> &[Block] {
        &self.blocks[self.starts[value.index()] as usize..self.starts[value.index() + 1] as usize]
    }
}
