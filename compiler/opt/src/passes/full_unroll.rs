//! Loops of a few turns, as so many copies.
//!
//! `for k in range(3)` within another loop: its checks would be tested in front of it each time
//! it begins, which is as often as they would be made. Written out they are checks of the loop
//! around, with numbers for `k`, and that loop may be tested once.
//!
//! ```text
//!     jump block1(v0)         ; 0        jump block11(v0)
//!   block1(v3: i64):                   block11(v13: i64):
//!     v4 = icmp.i64.slt v3, v2  ; 2      jump block12
//!     br v4, block2, block3            block12:
//!   block2:                              ...
//!     ...                       =>       v15 = iadd.i64 v13, v1
//!     poll                               jump block21(v15)
//!     v5 = iadd.i64 v3, v1             block21(v23: i64): ... the second turn
//!     jump block1(v5)                    jump block1(v25)
//!   block3:                            block1(v3: i64):
//!                                        jump block3
//! ```
//!
//! Parameters of blocks that are reached in one way, and what follows from the numbers, are left
//! to `branch_fold` and `simplify`. A few turns need no poll of their own.
//!
//! Left alone: loops that are in no other, loops around loops (until those inside are gone),
//! large ones, cold ones. Complexity: linear in the function for each depth of such loops, of
//! which there are at most [`ROUNDS`].

use crate::analysis::CountedLoop;
use crate::loops::{Copied, Exits, Ways};
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Block, Builder, Function, Module, Opcode};

/// Most turns of a loop that is written out: a vector of four would come out of more.
const MOST_TURNS: i128 = 4;
/// Most instructions that it comes to.
const LARGEST: usize = 240;
/// Most instructions that a function gets in all.
const MOST_ADDED: usize = 2_000;
/// Loops inside of each other that are written out.
const ROUNDS: usize = 3;

/// The `full_unroll` pass.
pub struct FullUnroll;

impl Pass for FullUnroll {
    fn name(&self) -> &'static str {
        "full_unroll"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let mut room = MOST_ADDED;
        (0..ROUNDS).take_while(|_| round(func, &mut room)).count() > 0
    }
}

/// Writes out loops with none inside.
fn round(func: &mut Function, room: &mut usize) -> bool {
    let cfg = Cfg::new(func);
    let domtree = DominatorTree::new(func, &cfg);
    let forest = LoopForest::new(func, &cfg, &domtree);
    let mut found: Vec<(CountedLoop, i128)> = Vec::new();
    for id in forest.innermost_first() {
        let inside = forest.loops.iter().any(|other| other.parent == Some(id));
        if inside || forest.loops[id].parent.is_none() {
            continue;
        }
        let this = CountedLoop::find_any(func, &cfg, &forest, id);
        let Some(this) = this.filter(|this| !func.block(this.header).cold) else { continue };
        let Some(turns) = turns(func, &this) else { continue };
        let size: usize = this.blocks.iter().map(|&block| func.block(block).insts.len()).sum();
        let added = size * turns as usize;
        if added <= LARGEST.min(*room) {
            *room -= added;
            found.push((this, turns));
        }
    }
    let blocks = func.num_blocks();
    let mut changed = false;
    for (this, turns) in found {
        if let Some(ways) = Ways::find(func, Exits::of(&this), Some((&domtree, blocks))) {
            ways.funnel(func);
            write_out(func, &this, turns);
            changed = true;
        }
    }
    if changed {
        let cfg = Cfg::new(func);
        func.layout.retain(|&block| cfg.is_reachable(block));
    }
    changed
}

/// How many turns it has, if these are a few.
fn turns(func: &Function, this: &CountedLoop) -> Option<i128> {
    let number = |value| func.int_const(value).map(i128::from);
    let (first, limit) = (number(this.first)?, number(this.limit)?);
    let step = i128::from(this.step);
    // From the first value to the last one that the counter may have.
    let last = limit - i128::from(this.beyond);
    let way = if step > 0 { last - first } else { first - last };
    let turns = way.div_euclid(step.abs()) + 1;
    (1..=MOST_TURNS).contains(&turns).then_some(turns)
}

fn write_out(func: &mut Function, this: &CountedLoop, turns: i128) {
    let copies: Vec<Copied> = (0..turns).map(|_| Copied::new(func, &this.blocks)).collect();
    let mut heads: Vec<Block> = copies.iter().map(|copy| copy.block(this.header)).collect();
    heads.push(this.header);
    redirect(func, this.preheader, this.header, heads[0]);
    for (at, copy) in copies.iter().enumerate() {
        redirect(func, copy.block(this.latch), heads[at], heads[at + 1]);
        go(func, heads[at], 0);
        for &block in &this.blocks {
            let of = copy.block(block);
            let kept: Vec<_> = func.block(of).insts.clone();
            let poll = |&inst: &_| func.inst(inst).op != Opcode::Poll;
            func.block_mut(of).insts = kept.into_iter().filter(|inst| poll(inst)).collect();
        }
    }
    go(func, this.header, 1);
}

/// Makes the edge from a block to another one lead elsewhere.
fn redirect(func: &mut Function, from: Block, to: Block, instead: Block) {
    if let Some(end) = func.terminator(from) {
        for target in func.inst_mut(end).targets.iter_mut().filter(|target| target.block == to) {
            target.block = instead;
        }
    }
}

/// Makes a block's branch a jump to the target at a place.
fn go(func: &mut Function, block: Block, place: usize) {
    if let Some(branch) = func.block_mut(block).insts.pop() {
        let data = func.inst(branch);
        let (loc, target) = (data.loc, data.targets[place].clone());
        let mut b = Builder::new(func, block);
        b.loc = loc;
        b.jump(target);
    }
}
