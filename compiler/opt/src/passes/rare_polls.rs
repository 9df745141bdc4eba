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
//! Checks that are about small numbers are spared in these bodies where there is room for what
//! several turns can make of them (`headroom`): then the loop as it was is for larger numbers.
//!
//! ```text
//!   block1(v3: i64):                   block9(v8: i64):
//!     br .., block2, out                 br (v8 is from -2^56 to 2^56), block1', block1
//!   block2:                            block1'(v3: i64):
//!     v4 = smul_chk.i64 v3, 3     =>     br .., block2', out
//!     poll                             block2':
//!     jump block1(v4)                    v4 = imul.i64 v3, 3
//!                                        ... as above, then block10(..)
//!                                      block1(v5: i64) cold: as it was, then block10(..)
//!                                      block10(v9: i64):
//!                                        poll
//!                                        jump block9(v9)
//! ```
//!
//! Behind `strip_mine`, which takes what polls it can out of counted loops. Left alone: loops
//! with others inside, with calls, long or cold ones, and where a value of the loop is used at a
//! place behind several ways out. An interrupt is seen some turns later, each of a few
//! instructions.

mod headroom;

use super::strip_mine::{drop_polls, is_call};
use crate::loops::{Copied, Exits, Ways, affordable};
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, Loop, LoopForest};
use cumbia_ir::{Block, Builder, Function, Module, Opcode, Target, Value};
use headroom::Headroom;

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
                changed |= repeat(func, &cfg, this, latch, (&domtree, blocks));
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

fn repeat(
    func: &mut Function,
    cfg: &Cfg,
    this: &Loop,
    latch: Block,
    tree: (&DominatorTree, usize),
) -> bool {
    let exits = Exits { blocks: &this.blocks, edges: &this.exits };
    let Some(ways) = Ways::find(func, exits, Some(tree)) else { return false };
    ways.funnel(func);
    let bodies = if size(func, this) <= FEW { SEVERAL } else { 2 };
    if let Some(preheader) = this.preheader
        && let Some(room) = Headroom::find(func, cfg, this, bodies)
    {
        spare(func, this, (preheader, latch), &room, bodies);
        return true;
    }
    let copies: Vec<Copied> = (1..bodies).map(|_| Copied::new(func, &this.blocks)).collect();
    let last = chain(func, this, latch, (latch, this.header), &copies);
    lead(func, last, this.header);
    for &block in &this.blocks {
        drop_polls(func, block);
        for copy in &copies[..copies.len() - 1] {
            drop_polls(func, copy.block(block));
        }
    }
    true
}

/// Has bodies follow one after the other, the first one an edge from a latch to a header;
/// gives the last one's.
fn chain(
    func: &mut Function,
    this: &Loop,
    latch: Block,
    mut from: (Block, Block),
    copies: &[Copied],
) -> (Block, Block) {
    for copy in copies {
        let header = copy.block(this.header);
        lead(func, from, header);
        from = (copy.block(latch), header);
    }
    from
}

/// Writes bodies without the checks that there is room for, beside the loop as it was, and
/// the choice between them around both.
fn spare(func: &mut Function, this: &Loop, ends: (Block, Block), room: &Headroom, bodies: usize) {
    let (preheader, latch) = ends;
    let copies: Vec<Copied> = (0..bodies).map(|_| Copied::new(func, &room.blocks)).collect();
    for copy in &copies {
        for &block in &room.blocks {
            for at in 0..func.block(block).insts.len() {
                let insts = [block, copy.block(block)].map(|block| func.block(block).insts[at]);
                room.relax(func, insts[0], insts[1]);
            }
        }
    }
    let loc = func.terminator(latch).map(|jump| func.inst(jump).loc).unwrap_or_default();
    let [choice, turned] = std::array::from_fn(|_| func.add_block());
    let types = func.block(this.header).params.clone();
    let types: Vec<_> = types.iter().map(|&param| func.value_type(param)).collect();
    let [entering, next]: [Vec<Value>; 2] =
        [choice, turned].map(|block| types.iter().map(|&ty| func.add_param(block, ty)).collect());
    let first = (copies[0].block(latch), copies[0].block(this.header));
    let last = chain(func, this, latch, first, &copies[1..]);
    lead(func, (preheader, this.header), choice);
    for from in [last, (latch, this.header)] {
        lead(func, from, turned);
    }
    let mut b = Builder::new(func, choice);
    b.loc = loc;
    let small = room.test(&mut b, &entering);
    let ways = [first.1, this.header].map(|header| Target::with(header, &entering));
    let [spared, as_was] = ways;
    b.br(small, spared, as_was);
    b.switch_to(turned);
    b.poll();
    b.jump(Target::with(choice, &next));
    for &block in &this.blocks {
        drop_polls(func, block);
        func.block_mut(block).cold = true;
        if room.blocks.contains(&block) {
            copies.iter().for_each(|copy| {
                drop_polls(func, copy.block(block));
            });
        }
    }
}

/// Has the edges from a block to another one lead elsewhere.
fn lead(func: &mut Function, (from, to): (Block, Block), elsewhere: Block) {
    if let Some(branch) = func.terminator(from) {
        for target in func.inst_mut(branch).targets.iter_mut().filter(|t| t.block == to) {
            target.block = elsewhere;
        }
    }
}
