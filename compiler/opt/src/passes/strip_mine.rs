//! Interrupt polls taken out of inner loops.
//!
//! A poll in each turn keeps a loop from being vectorized. A counted loop with no other
//! than short ones inside becomes two: the inner one runs [`STRIP`] turns without polling,
//! the outer one polls between such strips.
//!
//! ```text
//!   block1(v3: i64, v4: f64):          outer(v30: i64, v40: f64):
//!     v5 = icmp.i64.slt v3, v1           v50 = icmp.i64.slt v30, v1
//!     br v5, block2, block3              br v50, strip, block3
//!   block2:                            strip:
//!     ...                        =>      v61 = isub.i64 v1, v30
//!     poll                               v62 = umin.i64 v61, STRIP
//!     v6 = iadd.i64 v3, v8               v63 = iadd.i64 v30, v62
//!     jump block1(v6, v7)                jump block1(v30, v40)
//!                                      block1(v3: i64, v4: f64):
//!                                        v5 = icmp.i64.slt v3, v63
//!                                        br v5, block2, between
//!                                      block2: as before, without the poll
//!                                      between:
//!                                        v70 = icmp.i64.slt v3, v1
//!                                        br v70, pause, again
//!                                      pause: poll; jump again
//!                                      again: jump outer(v3, v4)
//! ```
//!
//! So a loop of fewer turns doesn't poll: what it is in does, a loop around it or Python's
//! calling one. A loop that counts down likewise. Where a loop has other ways out, they are
//! taken from inside a strip.
//!
//! A loop inside another one mostly has few turns, and begins often: where it has no more
//! than a strip of them, it runs as a copy that is a single loop, so that nothing is computed
//! for strips and all that doesn't change moves out of the loop around it.
//!
//! Two kinds of loops don't poll at all: one that clears a bit of a number in each turn until
//! there is none, so that LLVM can recognize it; and one with a call in each turn of a
//! function that polls when it is entered.
//!
//! Left alone: cold loops, which run when another version of theirs failed; loops with calls
//! that do more than compute, which aren't vectorized and may take long; whose header does more than compute, since it runs once more between strips;
//! and where a value of the loop other than a parameter of the header is used behind the
//! counter's way out.
//! Where a turn of an outer loop is the loop's own number of turns, the outer loop polls
//! besides, as before.

use crate::analysis::CountedLoop;
use crate::effects;
use crate::loops::{Copied, Exits, Ways, affordable};
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest, LoopId};
use cumbia_ir::{
    Block, Builder, Effects, Function, Imm, Inst, IntCond, Module, Opcode, Target, Type, Value,
    ValueDef,
};

/// Turns between two polls: some microseconds.
const STRIP: i64 = 1024;
/// Turns between two polls of a loop of few instructions with no calls and one way out, whose
/// turns may take a fraction of a cycle with vectors. `slow_counters` counts on no more.
const STRIP_OF_FEW: i64 = 8192;
/// Turns between two polls of a loop around short ones, which have as many turns as numbers have
/// bits at the most. With fewer, what vectors add up is put together too often: a seventh of the
/// time of a loop that counts bits.
const STRIP_AROUND: i64 = 512;

/// Largest loop that polls so rarely, in instructions.
const FEW: usize = 30;

/// Largest loop that is copied for few turns, in instructions.
const MOST_COPIED: usize = 60;

/// How a loop is stripped.
#[derive(Clone, Copy)]
struct Strips {
    /// Turns of a strip.
    turns: i64,
    /// Whether there is a copy for loops of one strip at most.
    single: bool,
}

/// The `strip_mine` pass.
pub struct StripMine;

impl Pass for StripMine {
    fn name(&self) -> &'static str {
        "strip_mine"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let mut changed = false;
        let mut around = vec![false; forest.loops.len()];
        forest.loops.iter().filter_map(|this| this.parent).for_each(|id| around[id] = true);
        let mut short = vec![false; forest.loops.len()];
        for id in forest.innermost_first() {
            if is_short(func, &forest, id, &around) {
                short[id] = true;
                for &block in &forest.loops[id].blocks {
                    changed |= drop_polls(func, block);
                }
            } else if is_polled_by_calls(func, module, &forest, id, &domtree) {
                for &block in &forest.loops[id].blocks {
                    if forest.loop_of(block) == Some(id) {
                        changed |= drop_polls(func, block);
                    }
                }
            }
        }
        let mut turns = vec![Some(STRIP); forest.loops.len()];
        for (id, this) in forest.loops.iter().enumerate() {
            if let Some(around) = this.parent {
                let both = turns[around].filter(|_| short[id]);
                turns[around] = both.map(|_| STRIP_AROUND);
            }
        }
        let loops: Vec<(CountedLoop, Strips)> = forest
            .innermost_first()
            .filter(|&id| !short[id])
            .filter_map(|id| {
                let this = CountedLoop::find_any(func, &cfg, &forest, id)?;
                if func.block(this.header).cold {
                    return None;
                }
                let inside = forest.loops[id].parent.is_some() && !around[id];
                let single = inside && size(func, &this) <= MOST_COPIED;
                let few = !around[id]
                    && this.exits.len() == 1
                    && size(func, &this) <= FEW
                    && !has_calls(func, &this);
                let turns = turns[id].map(|turns| if few { STRIP_OF_FEW } else { turns })?;
                Some((this, Strips { turns, single }))
            })
            .take(affordable(func))
            .filter(|(this, _)| may_strip(func, module, this))
            .collect();
        let blocks = func.num_blocks();
        for (this, strips) in loops {
            changed |= strip(func, &this.refreshed(func), strips, (&domtree, blocks));
        }
        changed
    }
}

fn size(func: &Function, this: &CountedLoop) -> usize {
    this.blocks.iter().map(|&block| func.block(block).insts.len()).sum()
}

fn has_calls(func: &Function, this: &CountedLoop) -> bool {
    let insts = this.blocks.iter().flat_map(|&block| &func.block(block).insts);
    insts.into_iter().any(|&inst| is_call(func.inst(inst).op))
}

/// Whether it may do anything at all, as calls may.
pub fn is_call(op: Opcode) -> bool {
    op.effects() == Effects::All && op != Opcode::Poll
}

/// Takes the polls out of a block; whether there were any.
pub fn drop_polls(func: &mut Function, block: Block) -> bool {
    let mut insts = std::mem::take(&mut func.block_mut(block).insts);
    let before = insts.len();
    insts.retain(|&inst| func.inst(inst).op != Opcode::Poll);
    let changed = insts.len() != before;
    func.block_mut(block).insts = insts;
    changed
}

/// Whether an innermost loop without calls ends by itself after some turns: it goes on
/// while a value isn't 0, and each turn clears a bit of it.
fn is_short(func: &Function, forest: &LoopForest, id: LoopId, around: &[bool]) -> bool {
    let this = &forest.loops[id];
    let Some(latch) = this.latch() else { return false };
    let insts = this.blocks.iter().flat_map(|&block| &func.block(block).insts);
    if around[id] || !insts.into_iter().all(|&inst| !is_call(func.inst(inst).op)) {
        return false;
    }
    let Some(branch) = func.terminator(this.header) else { return false };
    let data = func.inst(branch);
    if data.op != Opcode::Br {
        return false;
    }
    let Some(test) = func.def_inst(data.args[0]).map(|test| func.inst(test)) else { return false };
    let (on_true, on_false) = (data.targets[0].block, data.targets[1].block);
    let leaves = match (test.op, &test.imm) {
        (Opcode::Icmp, Imm::IntCond(IntCond::Ne)) => on_false,
        (Opcode::Icmp, Imm::IntCond(IntCond::Eq)) => on_true,
        _ => return false,
    };
    if forest.contains(id, leaves) || func.int_const(test.args[1]) != Some(0) {
        return false;
    }
    let bits = test.args[0];
    let ValueDef::Param(home, place) = func.value_def(bits) else { return false };
    let Some(back) = func.terminator(latch) else { return false };
    let mut edges = func.inst(back).targets.iter().filter(|t| t.block == this.header);
    let (Some(edge), None) = (edges.next(), edges.next()) else { return false };
    home == this.header && loses_a_bit(func, edge.args[place as usize], bits)
}

/// Whether `next` has a bit less than `bits`, which isn't 0.
fn loses_a_bit(func: &Function, next: Value, bits: Value) -> bool {
    let Some(inst) = func.def_inst(next) else { return false };
    let data = func.inst(inst);
    let is_less_one = |value: Value| {
        func.def_inst(value).map(|inst| func.inst(inst)).is_some_and(|data| match data.op {
            Opcode::Iadd | Opcode::SaddChk => {
                data.args[0] == bits && func.int_const(data.args[1]) == Some(-1)
            }
            Opcode::Isub | Opcode::SsubChk => {
                data.args[0] == bits && func.int_const(data.args[1]) == Some(1)
            }
            _ => false,
        })
    };
    match data.op {
        // The lowest bit goes: below it `bits - 1` is the complement.
        Opcode::Band => (0..2).any(|at| data.args[at] == bits && is_less_one(data.args[1 - at])),
        // The highest one moves down, and is gone after as many turns as there are bits.
        Opcode::Ushr => {
            data.args[0] == bits && func.int_const(data.args[1]).is_some_and(|by| by > 0)
        }
        _ => false,
    }
}

fn may_strip(func: &Function, module: &Module, this: &CountedLoop) -> bool {
    let mut polls = false;
    for &block in &this.blocks {
        for &inst in &func.block(block).insts {
            let op = func.inst(inst).op;
            polls |= op == Opcode::Poll;
            if is_call(op) && !effects::is_pure_call(func, module, inst) {
                return false;
            }
            if block == this.header
                && !op.is_terminator()
                && !matches!(op.effects(), Effects::Pure | Effects::Guarded)
            {
                return false;
            }
        }
    }
    polls
}

/// Whether each turn of a loop calls a function that polls when it is entered.
fn is_polled_by_calls(
    func: &Function,
    module: &Module,
    forest: &LoopForest,
    id: LoopId,
    domtree: &DominatorTree,
) -> bool {
    let this = &forest.loops[id];
    let Some(latch) = this.latch() else { return false };
    let polls = |callee: &Function| {
        let insts = &callee.block(callee.entry()).insts;
        insts.iter().any(|&inst| callee.inst(inst).op == Opcode::Poll)
    };
    let calls = |&inst: &Inst| {
        let data = func.inst(inst);
        match data.imm {
            Imm::Func(callee) if data.op == Opcode::Call => {
                let callee = module.function(callee);
                // In its own place the module has nothing while it is worked on.
                polls(if callee.layout.is_empty() { func } else { callee })
            }
            _ => false,
        }
    };
    this.blocks
        .iter()
        .filter(|&&block| domtree.dominates(block, latch))
        .any(|&block| func.block(block).insts.iter().any(calls))
}

/// Makes two loops of one, unless values stand in the way. The tree may be that of before
/// others were stripped, when there were so many blocks.
fn strip(
    func: &mut Function,
    this: &CountedLoop,
    strips: Strips,
    tree: (&DominatorTree, usize),
) -> bool {
    let Some(ways) = Ways::find(func, Exits::of(this), Some(tree)) else { return false };
    let params = func.block(this.header).params.clone();
    // What is used behind the counter's way out must be there between strips as well.
    let elsewhere =
        |v: &Value| !params.contains(v) && crate::analysis::is_defined_in(func, &this.blocks, *v);
    let exit_arguments = &func.inst(this.branch).targets[1].args;
    if ways.used_behind(this.exit).iter().chain(exit_arguments).any(elsewhere) {
        return false;
    }
    ways.funnel(func);
    let loc = func.inst(this.test).loc;
    let outer = func.add_block();
    let copies: Vec<Value> =
        params.iter().map(|&param| func.add_param(outer, func.value_type(param))).collect();
    for &block in &this.blocks {
        drop_polls(func, block);
    }
    let single = strips.single.then(|| Copied::new(func, &this.blocks));
    let enter = func.terminator(this.preheader).expect("a preheader ends in a jump");
    func.inst_mut(enter).targets[0].block = outer;
    if let Some(single) = single {
        let begin = func.inst(enter).targets[0].args.clone();
        let [choose, one, several] = std::array::from_fn(|_| func.add_block());
        func.inst_mut(enter).targets[0] = Target::new(choose);
        let (far, near) =
            if this.step > 0 { (this.limit, this.first) } else { (this.first, this.limit) };
        let mut b = Builder::new(func, choose);
        b.loc = loc;
        // Unsigned: a loop of no turns isn't one of few.
        let left = b.binary(Opcode::Isub, far, near);
        let most = b.iconst(Type::I64, strips.turns);
        let few = b.icmp(IntCond::Ule, left, most);
        b.br(few, Target::new(one), Target::new(several));
        b.switch_to(one);
        b.jump(Target { block: single.block(this.header), args: begin.clone() });
        b.switch_to(several);
        b.jump(Target { block: outer, args: begin });
    }

    let copy = |v: Value| params.iter().position(|&param| param == v).map_or(v, |at| copies[at]);
    let [strip, between, pause, again] = std::array::from_fn(|_| func.add_block());
    let mut exit = func.inst(this.branch).targets[1].clone();
    exit.args.iter_mut().for_each(|v| *v = copy(*v));
    let Imm::IntCond(cond) = func.inst(this.test).imm else { return false };
    let (counter, up) = (copy(this.counter), this.step > 0);
    let mut b = Builder::new(func, outer);
    b.loc = loc;
    let more = b.icmp(cond, counter, this.limit);
    b.br(more, Target::new(strip), exit);
    b.switch_to(strip);
    // On this side of the limit: the distance is exact as an unsigned number.
    let (far, near) = if up { (this.limit, counter) } else { (counter, this.limit) };
    let left = b.binary(Opcode::Isub, far, near);
    let most = b.iconst(Type::I64, strips.turns);
    let turns = b.binary(Opcode::Umin, left, most);
    let end = b.binary(if up { Opcode::Iadd } else { Opcode::Isub }, counter, turns);
    b.jump(Target::with(this.header, &copies));
    b.switch_to(between);
    let more = b.icmp(cond, this.counter, this.limit);
    b.br(more, Target::new(pause), Target::new(again));
    b.switch_to(pause);
    b.poll();
    b.jump(Target::new(again));
    b.switch_to(again);
    b.jump(Target::with(outer, &params));
    func.block_mut(pause).cold = true;

    let loc = func.inst(this.branch).loc;
    // The test may have other uses: the header gets one of its own.
    let header = this.header;
    let old = func.block_mut(header).insts.pop();
    debug_assert_eq!(old, Some(this.branch));
    let then = func.inst(this.branch).targets[0].clone();
    let mut b = Builder::new(func, header);
    b.loc = loc;
    let more = b.icmp(cond, this.counter, end);
    b.br(more, then, Target::new(between));
    true
}
