//! Dominator tree: iteration over the reverse postorder, meeting at the nearest
//! common ancestor.
//!
//! Near-linear on the graphs that structured source gives. Dominance queries are
//! answered from an interval numbering of the tree.

use super::Cfg;
use crate::entities::Block;
use crate::function::Function;

const NONE: u32 = u32::MAX;

/// Which block dominates which: `a` dominates `b` when each path from the entry to
/// `b` goes through `a`.
#[derive(Clone, Debug)]
pub struct DominatorTree {
    idom: Vec<Option<Block>>,
    children: Vec<Vec<Block>>,
    preorder: Vec<Block>,
    /// For each block the interval of its subtree in `preorder`; empty if the block
    /// is unreachable.
    interval: Vec<(u32, u32)>,
}

impl DominatorTree {
    /// The tree of a function whose graph is `cfg`.
    pub fn new(func: &Function, cfg: &Cfg) -> DominatorTree {
        let rpo = cfg.rpo();
        // By position in the reverse postorder; the entry is its own ancestor.
        let mut up = vec![NONE; rpo.len()];
        if !rpo.is_empty() {
            up[0] = 0;
        }
        let mut changed = true;
        while changed {
            changed = false;
            for (i, &block) in rpo.iter().enumerate().skip(1) {
                let mut meet = NONE;
                for &pred in cfg.preds(block) {
                    let Some(p) = cfg.rpo_number(pred) else { continue };
                    if up[p] == NONE {
                        continue;
                    }
                    meet = if meet == NONE { p as u32 } else { intersect(&up, p as u32, meet) };
                }
                if up[i] != meet {
                    up[i] = meet;
                    changed = true;
                }
            }
        }

        let mut idom = vec![None; func.num_blocks()];
        let mut children = vec![Vec::new(); func.num_blocks()];
        for (i, &block) in rpo.iter().enumerate().skip(1) {
            let parent = rpo[up[i] as usize];
            idom[block.index()] = Some(parent);
            children[parent.index()].push(block);
        }
        let (preorder, interval) = number(func, rpo, &children);
        DominatorTree { idom, children, preorder, interval }
    }

    /// The nearest block that strictly dominates `block`; `None` for the entry and
    /// for unreachable blocks.
    pub fn idom(&self, block: Block) -> Option<Block> {
        self.idom[block.index()]
    }

    /// Whether `a` dominates `b`; a block dominates itself. An unreachable block
    /// dominates and is dominated by itself alone.
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        let (first, last) = self.interval[a.index()];
        let (at, end) = self.interval[b.index()];
        a == b || (at < end && first <= at && at < last)
    }

    /// The blocks that `block` dominates immediately, in reverse postorder.
    pub fn children(&self, block: Block) -> &[Block] {
        &self.children[block.index()]
    }

    /// The reachable blocks, each after the block that dominates it, subtrees
    /// together.
    pub fn preorder(&self) -> &[Block] {
        &self.preorder
    }
}

fn intersect(up: &[u32], mut a: u32, mut b: u32) -> u32 {
    while a != b {
        while a > b {
            a = up[a as usize];
        }
        while b > a {
            b = up[b as usize];
        }
    }
    a
}

fn number(
    func: &Function,
    rpo: &[Block],
    children: &[Vec<Block>],
) -> (Vec<Block>, Vec<(u32, u32)>) {
    let mut preorder = Vec::with_capacity(rpo.len());
    let mut interval = vec![(0, 0); func.num_blocks()];
    let Some(&entry) = rpo.first() else { return (preorder, interval) };
    let mut stack = vec![(entry, false)];
    while let Some((block, leaving)) = stack.pop() {
        if leaving {
            interval[block.index()].1 = preorder.len() as u32;
            continue;
        }
        interval[block.index()].0 = preorder.len() as u32;
        preorder.push(block);
        stack.push((block, true));
        stack.extend(children[block.index()].iter().rev().map(|&child| (child, false)));
    }
    (preorder, interval)
}
