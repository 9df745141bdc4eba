//! Several turns of a short loop for each of its polls.
//!
//! A loop whose number of turns nobody knows when it begins (`while x != 1`) can't be cut into
//! strips, and where a turn takes a few cycles, looking for an interrupt in each of them takes
//! a tenth of it. The loop's body is written several times in a row, each with its ways out,
//! and the last one polls.
//!
//! ```text
//!   block1(v3: i64):                   block1(v3: i64):
//!     br .., block2, out                 br .., block2, out
//!   block2:                            block2:
//!     v4 = ..                     =>     v4 = ..
//!     poll                               jump block3(v4)
//!     jump block1(v4)                  block3(v5: i64):
//!                                        br .., block4, out
//!                                      block4:
//!                                        v6 = ..
//!                                        poll
//!                                        jump block1(v6)
//! ```
//!
//! Behind `strip_mine`, which takes what polls it can out of counted loops. Left alone: loops
//! with others inside, with calls, long or cold ones, and where a value of the loop is used at a
//! place behind several ways out. An interrupt is seen some turns later, each of a few
//! instructions.

use super::strip_mine::{drop_polls, is_call};
use crate::loops::{Copied, Exits, Ways, affordable};
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, Loop, LoopForest};
use cumbia_ir::{Block, Function, Module, Opcode};

/// Largest loop, in instructions.
const LARGEST: usize = 48;
/// Bodies in a row of a loop of that size at most; of others there are two.
const SEVERAL: usize = 4;
const FEW: usize = 24;

/// The `rare_polls` pass.
pub struct RarePolls;

impl Pass for RarePolls {
    fn name(&self) -> &'static str {
        "rare_polls"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let blocks = func.num_blocks();
        let mut around = vec![false; forest.loops.len()];
        forest.loops.iter().filter_map(|this| this.parent).for_each(|id| around[id] = true);
        let mut changed = false;
        let innermost = forest.loops.iter().enumerate().filter(|&(id, _)| !around[id]);
        for (_, this) in innermost.take(affordable(func)) {
            if let Some(latch) = this.latch()
                && polls_for_little(func, this)
            {
                changed |= repeat(func, this, latch, (&domtree, blocks));
            }
        }
        changed
    }
}

fn size(func: &Function, this: &Loop) -> usize {
    this.blocks.iter().map(|&block| func.block(block).insts.len()).sum()
}

/// Whether a loop polls once in each turn and does little else.
fn polls_for_little(func: &Function, this: &Loop) -> bool {
    if func.block(this.header).cold || size(func, this) > LARGEST {
        return false;
    }
    let insts = || this.blocks.iter().flat_map(|&block| &func.block(block).insts);
    let polls = insts().filter(|&&inst| func.inst(inst).op == Opcode::Poll).count();
    polls == 1 && !insts().any(|&inst| is_call(func.inst(inst).op))
}

fn repeat(func: &mut Function, this: &Loop, latch: Block, tree: (&DominatorTree, usize)) -> bool {
    let exits = Exits { blocks: &this.blocks, edges: &this.exits };
    let Some(ways) = Ways::find(func, exits, Some(tree)) else { return false };
    ways.funnel(func);
    let bodies = if size(func, this) <= FEW { SEVERAL } else { 2 };
    let copies: Vec<Copied> = (1..bodies).map(|_| Copied::new(func, &this.blocks)).collect();
    let mut from = (latch, this.header);
    for copy in &copies {
        let header = copy.block(this.header);
        lead(func, from, header);
        from = (copy.block(latch), header);
    }
    lead(func, from, this.header);
    for &block in &this.blocks {
        drop_polls(func, block);
        for copy in &copies[..copies.len() - 1] {
            drop_polls(func, copy.block(block));
        }
    }
    true
}

/// Has the edges from a block to another one lead elsewhere.
fn lead(func: &mut Function, (from, to): (Block, Block), elsewhere: Block) {
    if let Some(branch) = func.terminator(from) {
        for target in func.inst_mut(branch).targets.iter_mut().filter(|t| t.block == to) {
            target.block = elsewhere;
        }
    }
}
