//! Control flow: predecessors, successors and a reverse postorder.
//!
//! An edge is one target of a terminator, so a `br` with twice the same target
//! makes two edges, and the lists have the block twice. The order of blocks is
//! determined by the function alone.

use crate::entities::Block;
use crate::function::Function;

const UNREACHABLE: u32 = u32::MAX;

/// Control-flow graph of a function.
#[derive(Clone, Debug)]
pub struct Cfg {
    preds: Lists,
    succs: Lists,
    rpo: Vec<Block>,
    rpo_number: Vec<u32>,
}

/// Lists of blocks for each block, one after the other.
#[derive(Clone, Debug)]
struct Lists {
    starts: Vec<u32>,
    items: Vec<Block>,
}

impl Lists {
    fn get(&self, block: Block) -> &[Block] {
        let i = block.index();
        &self.items[self.starts[i] as usize..self.starts[i + 1] as usize]
    }
}

impl Cfg {
    /// The graph of a function as it is now.
    pub fn new(func: &Function) -> Cfg {
        let succs = successors(func);
        let preds = predecessors(&succs, func);
        let rpo = reverse_postorder(func, &succs);
        let mut rpo_number = vec![UNREACHABLE; func.num_blocks()];
        for (i, &block) in rpo.iter().enumerate() {
            rpo_number[block.index()] = i as u32;
        }
        Cfg { preds, succs, rpo, rpo_number }
    }

    /// Sources of the edges into a block, unreachable ones included, one for each
    /// edge.
    pub fn preds(&self, block: Block) -> &[Block] {
        self.preds.get(block)
    }

    /// Ends of the edges out of a block, in target order.
    pub fn succs(&self, block: Block) -> &[Block] {
        self.succs.get(block)
    }

    /// The reachable blocks in reverse postorder: the entry first, and each block
    /// before its successors but for edges that go back.
    pub fn rpo(&self) -> &[Block] {
        &self.rpo
    }

    /// Position in [`Cfg::rpo`]; `None` if the block is unreachable.
    pub fn rpo_number(&self, block: Block) -> Option<usize> {
        let number = self.rpo_number[block.index()];
        (number != UNREACHABLE).then_some(number as usize)
    }

    /// Whether there is a path from the entry to the block.
    pub fn is_reachable(&self, block: Block) -> bool {
        self.rpo_number[block.index()] != UNREACHABLE
    }
}

fn successors(func: &Function) -> Lists {
    let mut in_layout = vec![false; func.num_blocks()];
    for &block in &func.layout {
        in_layout[block.index()] = true;
    }
    let mut starts = Vec::with_capacity(func.num_blocks() + 1);
    let mut items = Vec::with_capacity(func.num_blocks() * 2);
    for (i, &inside) in in_layout.iter().enumerate() {
        starts.push(items.len() as u32);
        if inside {
            items.extend(func.successors(Block::new(i)));
        }
    }
    starts.push(items.len() as u32);
    Lists { starts, items }
}

fn predecessors(succs: &Lists, func: &Function) -> Lists {
    let n = func.num_blocks();
    let mut starts = vec![0u32; n + 1];
    for target in &succs.items {
        starts[target.index() + 1] += 1;
    }
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut items = vec![Block(0); succs.items.len()];
    // In layout order, so that the lists don't depend on block numbers.
    for &block in &func.layout {
        for target in succs.get(block) {
            let slot = &mut next[target.index()];
            items[*slot as usize] = block;
            *slot += 1;
        }
    }
    Lists { starts, items }
}

fn reverse_postorder(func: &Function, succs: &Lists) -> Vec<Block> {
    let mut order = Vec::with_capacity(func.layout.len());
    if func.layout.is_empty() {
        return order;
    }
    let mut seen = vec![false; func.num_blocks()];
    // Each entry: a block, and how many of its successors were visited. Visited
    // from the last: then the first target of a `br` comes first in the result.
    let mut stack = vec![(func.entry(), 0usize)];
    seen[func.entry().index()] = true;
    while let Some((block, done)) = stack.last_mut() {
        let list = succs.get(*block);
        if *done == list.len() {
            order.push(*block);
            stack.pop();
            continue;
        }
        let next = list[list.len() - 1 - *done];
        *done += 1;
        if !std::mem::replace(&mut seen[next.index()], true) {
            stack.push((next, 0));
        }
    }
    order.reverse();
    order
}
