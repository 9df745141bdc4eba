//! Natural loops and how they nest.
//!
//! A loop is found by its back edges: edges to a block that dominates their
//! source. Edges that go back to a block that doesn't are listed as irreducible;
//! the verifier refuses them, so that passes needn't think of them.

use super::{Cfg, DominatorTree};
use crate::entities::Block;
use crate::function::Function;

/// Position of a loop in [`LoopForest::loops`].
pub type LoopId = usize;

/// One natural loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// The block that dominates all others of the loop.
    pub header: Block,
    /// Sources of the edges back to the header, each once.
    pub latches: Vec<Block>,
    /// All blocks, those of inner loops included, in reverse postorder: the header
    /// comes first.
    pub blocks: Vec<Block>,
    /// The innermost loop around this one.
    pub parent: Option<LoopId>,
    /// 1 for a loop in no other.
    pub depth: u32,
    /// The one predecessor of the header outside of the loop, if its only successor
    /// is the header.
    pub preheader: Option<Block>,
    /// Edges that leave the loop: from inside, to outside.
    pub exits: Vec<(Block, Block)>,
}

impl Loop {
    /// The only latch, if there is exactly one.
    pub fn latch(&self) -> Option<Block> {
        match self.latches[..] {
            [latch] => Some(latch),
            _ => None,
        }
    }
}

/// The loops of a function.
#[derive(Clone, Debug)]
pub struct LoopForest {
    /// An outer loop comes before those inside of it.
    pub loops: Vec<Loop>,
    /// Edges that go back to a block that doesn't dominate their source.
    pub irreducible: Vec<(Block, Block)>,
    innermost: Vec<Option<LoopId>>,
}

impl LoopForest {
    /// The loops of a function.
    pub fn new(func: &Function, cfg: &Cfg, domtree: &DominatorTree) -> LoopForest {
        let mut loops: Vec<Loop> = Vec::new();
        let mut irreducible = Vec::new();
        for &header in cfg.rpo() {
            let mut latches = Vec::new();
            for &pred in cfg.preds(header) {
                let Some(at) = cfg.rpo_number(pred) else { continue };
                if domtree.dominates(header, pred) {
                    if !latches.contains(&pred) {
                        latches.push(pred);
                    }
                } else if Some(at) >= cfg.rpo_number(header) {
                    irreducible.push((pred, header));
                }
            }
            if !latches.is_empty() {
                loops.push(Loop {
                    header,
                    latches,
                    blocks: Vec::new(),
                    parent: None,
                    depth: 0,
                    preheader: None,
                    exits: Vec::new(),
                });
            }
        }
        let mut forest =
            LoopForest { loops, irreducible, innermost: vec![None; func.num_blocks()] };
        forest.find_blocks(cfg);
        forest.find_edges(cfg);
        forest
    }

    /// The innermost loop that contains the block.
    pub fn loop_of(&self, block: Block) -> Option<LoopId> {
        self.innermost[block.index()]
    }

    /// How many loops contain the block.
    pub fn depth(&self, block: Block) -> u32 {
        self.loop_of(block).map_or(0, |id| self.loops[id].depth)
    }

    /// Whether the loop contains the block.
    pub fn contains(&self, id: LoopId, block: Block) -> bool {
        self.around(self.loop_of(block)).any(|l| l == id)
    }

    /// The loop with this header.
    pub fn loop_with_header(&self, header: Block) -> Option<LoopId> {
        let id = self.loop_of(header)?;
        (self.loops[id].header == header).then_some(id)
    }

    /// Each loop after those inside of it.
    pub fn innermost_first(&self) -> impl Iterator<Item = LoopId> + use<> {
        (0..self.loops.len()).rev()
    }

    /// A loop and the loops around it, from the innermost.
    fn around(&self, from: Option<LoopId>) -> impl Iterator<Item = LoopId> + '_ {
        std::iter::successors(from, |&id| self.loops[id].parent)
    }

    /// Walks back from the latches, inner loops first; a block that already has a
    /// loop stands for the outermost loop found around it so far.
    fn find_blocks(&mut self, cfg: &Cfg) {
        for id in (0..self.loops.len()).rev() {
            let header = self.loops[id].header;
            let mut stack = self.loops[id].latches.clone();
            while let Some(block) = stack.pop() {
                let outermost = self.around(self.loop_of(block)).last();
                let from = match outermost {
                    Some(found) if found == id => continue,
                    Some(found) => {
                        self.loops[found].parent = Some(id);
                        self.loops[found].header
                    }
                    None => {
                        self.innermost[block.index()] = Some(id);
                        block
                    }
                };
                if from != header {
                    stack.extend(cfg.preds(from).iter().filter(|&&b| cfg.is_reachable(b)));
                }
            }
            if self.innermost[header.index()].is_none() {
                self.innermost[header.index()] = Some(id);
            }
        }
        for id in 0..self.loops.len() {
            self.loops[id].depth = 1 + self.loops[id].parent.map_or(0, |p| self.loops[p].depth);
        }
        for &block in cfg.rpo() {
            let mut next = self.loop_of(block);
            while let Some(id) = next {
                self.loops[id].blocks.push(block);
                next = self.loops[id].parent;
            }
        }
    }

    fn find_edges(&mut self, cfg: &Cfg) {
        for id in 0..self.loops.len() {
            let header = self.loops[id].header;
            let outside: Vec<Block> = cfg
                .preds(header)
                .iter()
                .copied()
                .filter(|&b| cfg.is_reachable(b) && !self.contains(id, b))
                .collect();
            let mut exits = Vec::new();
            for &block in &self.loops[id].blocks {
                for &succ in cfg.succs(block) {
                    if !self.contains(id, succ) {
                        exits.push((block, succ));
                    }
                }
            }
            let this = &mut self.loops[id];
            this.exits = exits;
            this.preheader = match outside[..] {
                [block] if cfg.succs(block).len() == 1 => Some(block),
                _ => None,
            };
        }
    }
}
