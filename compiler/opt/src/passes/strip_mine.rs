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
//!                                      between: poll; jump outer(v3, v4)
//! ```
//!
//! A loop that clears a bit of a number in each turn until there is none doesn't poll at
//! all, so that LLVM can recognize it.
//!
//! Left alone: loops with calls that do more than compute, which aren't vectorized and may
//! take long; with several
//! exits; whose header does more than compute, since it runs once more between strips.
//! Where a turn of an outer loop is the loop's own number of turns, the outer loop polls
//! besides, as before.

use crate::analysis::CountedLoop;
use crate::effects;
use crate::loops::affordable;
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest, LoopId};
use cumbia_ir::{
    Block, Builder, Effects, Function, Imm, IntCond, Module, Opcode, Target, Type, Value, ValueDef,
};

/// Turns between two polls: some microseconds.
const STRIP: i64 = 1024;
/// Turns between two polls of a loop around short ones.
const STRIP_AROUND: i64 = 128;

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
            }
        }
        let mut turns = vec![Some(STRIP); forest.loops.len()];
        for (id, this) in forest.loops.iter().enumerate() {
            if let Some(around) = this.parent {
                let both = turns[around].filter(|_| short[id]);
                turns[around] = both.map(|_| STRIP_AROUND);
            }
        }
        let loops: Vec<(CountedLoop, i64)> = forest
            .innermost_first()
            .filter(|&id| !short[id])
            .filter_map(|id| Some((CountedLoop::find_around(func, &cfg, &forest, id)?, turns[id]?)))
            .take(affordable(func))
            .filter(|(this, _)| may_strip(func, module, this))
            .collect();
        changed |= !loops.is_empty();
        for (this, turns) in loops {
            strip(func, &this.refreshed(func), turns);
        }
        changed
    }
}

fn drop_polls(func: &mut Function, block: Block) -> bool {
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
    let quiet = |op: Opcode| op.effects() != Effects::All || op == Opcode::Poll;
    if around[id] || !insts.into_iter().all(|&inst| quiet(func.inst(inst).op)) {
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
            let call = op.effects() == Effects::All && op != Opcode::Poll;
            if call && !effects::is_pure_call(func, module, inst) {
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
    // What the code behind the loop uses must be there between strips as well.
    let params = &func.block(this.header).params;
    let from_header = |v: &Value| params.contains(v);
    let exit_arguments = &func.inst(this.branch).targets[1].args;
    let ours =
        |v: &Value| !from_header(v) && crate::analysis::is_defined_in(func, &this.blocks, *v);
    polls
        && this.exits.len() == 1
        && this.used_outside(func).iter().all(from_header)
        && !exit_arguments.iter().any(ours)
}

fn strip(func: &mut Function, this: &CountedLoop, turns: i64) {
    let params = func.block(this.header).params.clone();
    let loc = func.inst(this.test).loc;
    let outer = func.add_block();
    let copies: Vec<Value> =
        params.iter().map(|&param| func.add_param(outer, func.value_type(param))).collect();
    let mut stand_in: Vec<Option<Value>> = vec![None; func.num_values()];
    for (&param, &copy) in params.iter().zip(&copies) {
        stand_in[param.index()] = Some(copy);
    }
    let resolve = |v: Value| stand_in.get(v.index()).copied().flatten().unwrap_or(v);
    for position in 0..func.layout.len() {
        let block = func.layout[position];
        if !this.contains(block) {
            for i in 0..func.block(block).insts.len() {
                let inst = func.block(block).insts[i];
                func.map_uses(inst, resolve);
            }
        }
    }
    for &block in &this.blocks {
        drop_polls(func, block);
    }
    let enter = func.terminator(this.preheader).expect("a preheader ends in a jump");
    func.inst_mut(enter).targets[0].block = outer;

    let (strip, between) = (func.add_block(), func.add_block());
    let mut exit = func.inst(this.branch).targets[1].clone();
    exit.args.iter_mut().for_each(|v| *v = resolve(*v));
    let counter = resolve(this.counter);
    let mut b = Builder::new(func, outer);
    b.loc = loc;
    let more = b.icmp(IntCond::Slt, counter, this.limit);
    b.br(more, Target::new(strip), exit);
    b.switch_to(strip);
    // Below the limit: the distance is exact as an unsigned number.
    let left = b.binary(Opcode::Isub, this.limit, counter);
    let most = b.iconst(Type::I64, turns);
    let turns = b.binary(Opcode::Umin, left, most);
    let end = b.binary(Opcode::Iadd, counter, turns);
    b.jump(Target::with(this.header, &copies));
    b.switch_to(between);
    b.poll();
    b.jump(Target::with(outer, &params));

    let loc = func.inst(this.branch).loc;
    // The test may have other uses: the header gets one of its own.
    let header = this.header;
    let old = func.block_mut(header).insts.pop();
    debug_assert_eq!(old, Some(this.branch));
    let then = func.inst(this.branch).targets[0].clone();
    let mut b = Builder::new(func, header);
    b.loc = loc;
    let more = b.icmp(IntCond::Slt, this.counter, end);
    b.br(more, then, Target::new(between));
}
