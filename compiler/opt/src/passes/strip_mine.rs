//! Interrupt polls taken out of inner loops.
//!
//! A poll in each turn keeps a loop from being vectorized. An innermost counted loop
//! becomes two: the inner one runs [`STRIP`] turns without polling, the outer one polls
//! between such strips.
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
//! Left alone: loops with calls, which aren't vectorized and may take long; with several
//! exits; whose header does more than compute, since it runs once more between strips.
//! Where a turn of an outer loop is the loop's own number of turns, the outer loop polls
//! besides, as before.

use crate::analysis::CountedLoop;
use crate::effects;
use crate::loops::affordable;
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Builder, Effects, Function, IntCond, Module, Opcode, Target, Type, Value};

/// Turns between two polls: some microseconds.
const STRIP: i64 = 1024;

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
        let loops: Vec<CountedLoop> = forest
            .innermost_first()
            .filter_map(|id| CountedLoop::find(func, &cfg, &forest, id))
            .take(affordable(func))
            .filter(|this| may_strip(func, module, this))
            .collect();
        for this in &loops {
            strip(func, this);
        }
        !loops.is_empty()
    }
}

fn may_strip(func: &Function, module: &Module, this: &CountedLoop) -> bool {
    let mut polls = false;
    for &block in &this.blocks {
        for &inst in &func.block(block).insts {
            let op = func.inst(inst).op;
            polls |= op == Opcode::Poll;
            let call = op.effects() == Effects::All && op != Opcode::Poll;
            if call && !effects::is_pure_extern(func, module, inst) {
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

fn strip(func: &mut Function, this: &CountedLoop) {
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
        let mut insts = std::mem::take(&mut func.block_mut(block).insts);
        insts.retain(|&inst| func.inst(inst).op != Opcode::Poll);
        func.block_mut(block).insts = insts;
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
    let most = b.iconst(Type::I64, STRIP);
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
