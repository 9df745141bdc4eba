//! The turns at the ends of a counted loop, apart from those between.
//!
//! Neighbours that wrap around, or stay at the border, make the first turns or the last ones of
//! a loop another matter than all others: `a[i - 1]` counts from the end where `i` is 0,
//! `a[(i + 1) % n]` begins again, `if i == 0` is of one turn. So the loop gets a second version
//! for the turns between, in which such questions have one answer.
//!
//! ```text
//!   block1(v3: i64):                   outer(v30: i64):
//!     v4 = icmp.i64.slt v3, v1           v31 = icmp.i64.slt v30, v1
//!     br v4, block2, block3              br v31, choose, block3
//!   block2:                            choose:
//!     v5 = iadd.i64 v3, v8    ; 1        v32 = ... v30 is a turn between, v33 = the part's end
//!     v6 = sfloormod.i64 v5, v1          br v32, between, ends
//!     v7 = index v6, v2 axis 0         between: the loop, up to v34
//!     ...                         =>     ... v5 for v6 and v7
//!     poll                               then outer
//!     jump block1(v5)                  ends: the loop as it was, up to v33
//!                                        then outer
//! ```
//!
//! *Questions* are asked of the counter and a number beside it (`i - 1`, `i + 1`), against what
//! doesn't change: remainders; indices and bounds; comparisons, `min` and `max`, whose answer
//! changes near the loop's first turn or its last one. Each says from where and up to where it
//! has the one answer, and the turns between are those that lie within all of these, within 0
//! and 2^62 besides, so that nothing wraps on the way. They are found in front of the loop when
//! it runs, so nothing has to be known of lengths; what the turns between don't cover runs as it
//! did, and raises where it did.
//!
//! The version for the ends is cold, so that others leave it as it is.
//!
//! Left alone: loops around loops, large ones, those that go by more than ones; comparisons that
//! change in the middle. Complexity: linear in the loops' sizes, which at most double.

use crate::analysis::{CountedLoop, is_defined_in};
use crate::loops::{Copied, Exits, Ways, affordable};
use crate::pass::Pass;
use crate::rewrite::Replacements;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Block, Builder, Function, Imm, Inst, IntCond, Module, Opcode, Target, Type, Value,
};
use rustc_hash::FxHashMap;

/// Most instructions of a loop that gets a second version.
const LARGEST: usize = 300;
/// A comparison that changes so many turns from an end is a question of the ends.
const NEAR: i128 = 8;
/// A remainder of what is farther from the counter makes for ends of too many turns.
const FAR: i64 = 64;
/// A loop of so many turns is all ends.
const FEW: i128 = 16;
/// Numbers beside the counter are below this in magnitude.
const SMALL: i64 = 1 << 20;
/// Turns between are below this.
const BELOW: i64 = 1 << 62;

/// The `boundary_turns` pass.
pub struct BoundaryTurns;

impl Pass for BoundaryTurns {
    fn name(&self) -> &'static str {
        "boundary_turns"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let mut position = vec![0u32; func.num_blocks()];
        cfg.rpo().iter().zip(0..).for_each(|(block, at)| position[block.index()] = at);
        let found: Vec<(CountedLoop, Questions)> = forest
            .innermost_first()
            .filter_map(|id| {
                let this = CountedLoop::find(func, &cfg, &forest, id)?;
                let mut order = this.blocks.clone();
                order.sort_by_key(|block| position[block.index()]);
                let questions = Questions::of(func, &this, &order)?;
                Some((this, questions))
            })
            .take(affordable(func))
            .collect();
        let blocks = func.num_blocks();
        let mut changed = false;
        for (this, questions) in found {
            changed |= questions.answer(func, &this.refreshed(func), &domtree, blocks);
        }
        changed
    }
}

/// What the turns between reach to: something unchanging and a number, or a number alone.
type Reach = (Option<Value>, i64);

/// What an instruction is for the turns between.
enum Answer {
    /// Its result is this value.
    Is(Value),
    /// Its result is this truth value.
    Truth(bool),
    /// It can't overflow.
    Plain(Opcode),
}

/// The questions of a loop, all with an answer for the turns between.
#[derive(Default)]
struct Questions {
    answers: Vec<(Inst, Answer)>,
    /// The turns between begin at the greatest of these,
    from: Vec<Reach>,
    /// and end before the least of these.
    until: Vec<Reach>,
}

impl Questions {
    fn of(func: &Function, this: &CountedLoop, order: &[Block]) -> Option<Questions> {
        let size: usize = order.iter().map(|&block| func.block(block).insts.len()).sum();
        let constant = |v| func.int_const(v).map(i128::from);
        let turns = constant(this.limit).zip(constant(this.first)).map(|(to, from)| to - from);
        let few = turns.is_some_and(|turns| turns <= FEW);
        if size > LARGEST || few || this.step != 1 || func.block(this.header).cold {
            return None;
        }
        let mut inside = vec![false; func.num_values()];
        for &block in order {
            let data = func.block(block);
            let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
            data.params.iter().chain(results).for_each(|v| inside[v.index()] = true);
        }
        let mut search = Search {
            func,
            this,
            inside,
            beside: FxHashMap::from_iter([(this.counter, 0)]),
            found: Questions::default(),
            worth: false,
        };
        for &block in order {
            for &inst in &func.block(block).insts {
                search.look_at(inst);
            }
        }
        if !search.worth {
            return None;
        }
        search.begin_at(None, 0);
        search.end_before(None, BELOW);
        Some(search.found)
    }

    fn answer(
        self,
        func: &mut Function,
        this: &CountedLoop,
        domtree: &DominatorTree,
        blocks: usize,
    ) -> bool {
        let tree = Some((domtree, blocks));
        let Some(ways) = Ways::find(func, Exits::of(this), tree) else { return false };
        // Behind the loop there are only its parameters, which `outer` has as well.
        let params = func.block(this.header).params.clone();
        let elsewhere = |v: &Value| !params.contains(v) && is_defined_in(func, &this.blocks, *v);
        let exit_arguments = &func.inst(this.branch).targets[1].args;
        if ways.used_behind(this.exit).iter().chain(exit_arguments).any(elsewhere) {
            return false;
        }
        ways.funnel(func);
        let loc = func.inst(this.test).loc;
        let Some(enter) = func.block_mut(this.preheader).insts.pop() else { return false };
        let mut b = Builder::new(func, this.preheader);
        b.loc = loc;
        let from = self.from.iter().map(|&reach| place(&mut b, reach)).collect::<Vec<_>>();
        let from = from.into_iter().fold(this.first, |a, v| b.binary(Opcode::Smax, a, v));
        let until = self.until.iter().map(|&reach| place(&mut b, reach)).collect::<Vec<_>>();
        let until = until.into_iter().fold(this.limit, |a, v| b.binary(Opcode::Smin, a, v));
        let soon = b.binary(Opcode::Smin, from, this.limit);
        b.func.block_mut(this.preheader).insts.push(enter);

        // Another loop may stand around both versions now.
        let ends = Copied::new(func, &this.blocks);
        for &block in &this.blocks {
            func.block_mut(ends.block(block)).cold = true;
        }
        let [outer, choose, to_between, to_ends, back, back_from_ends, latch] =
            std::array::from_fn(|_| func.add_block());
        let mut with_params = |block| -> Vec<Value> {
            params.iter().map(|&param| func.add_param(block, func.value_type(param))).collect()
        };
        let (copies, handed) = (with_params(outer), with_params(latch));
        let copy =
            |v: Value| params.iter().position(|&param| param == v).map_or(v, |at| copies[at]);
        func.inst_mut(enter).targets[0].block = outer;
        let mut exit = func.inst(this.branch).targets[1].clone();
        exit.args.iter_mut().for_each(|v| *v = copy(*v));
        let counter = copy(this.counter);
        let mut b = Builder::new(func, outer);
        b.loc = loc;
        let more = b.icmp(IntCond::Slt, counter, this.limit);
        b.br(more, Target::new(choose), exit);
        b.switch_to(choose);
        let begun = b.icmp(IntCond::Sge, counter, from);
        let open = b.icmp(IntCond::Slt, counter, until);
        let between = b.binary(Opcode::Band, begun, open);
        let end = b.select(begun, this.limit, soon);
        b.br(between, Target::new(to_between), Target::new(to_ends));
        b.switch_to(to_between);
        b.jump(Target::with(this.header, &copies));
        b.switch_to(to_ends);
        b.jump(Target::with(ends.block(this.header), &copies));
        b.switch_to(back);
        b.jump(Target::with(latch, &params));
        b.switch_to(back_from_ends);
        let theirs: Vec<Value> = params.iter().map(|&param| ends.value(param)).collect();
        b.jump(Target::with(latch, &theirs));
        b.switch_to(latch);
        b.jump(Target::with(outer, &handed));
        b.func.block_mut(to_ends).cold = true;
        b.func.block_mut(back_from_ends).cold = true;

        let parts = [
            (this.header, this.counter, until, back),
            (ends.block(this.header), ends.value(this.counter), end, back_from_ends),
        ];
        for (header, counter, limit, behind) in parts {
            let Some(old) = func.block_mut(header).insts.pop() else { return false };
            let then = func.inst(old).targets[0].clone();
            let mut b = Builder::new(func, header);
            b.loc = loc;
            let more = b.icmp(IntCond::Slt, counter, limit);
            b.br(more, then, Target::new(behind));
        }

        let mut replacements = Replacements::new(func);
        let mut b = Builder::new(func, to_between);
        b.loc = loc;
        let Some(jump) = b.func.block_mut(to_between).insts.pop() else { return false };
        let mut gone = Vec::new();
        for (inst, answer) in self.answers {
            let value = match answer {
                Answer::Is(value) => value,
                Answer::Truth(truth) => b.iconst(Type::Bool, truth.into()),
                Answer::Plain(op) => {
                    b.func.inst_mut(inst).op = op;
                    continue;
                }
            };
            replacements.replace(b.func.result(inst), value);
            gone.push(inst);
        }
        b.func.block_mut(to_between).insts.push(jump);
        for &block in &this.blocks {
            func.block_mut(block).insts.retain(|inst| !gone.contains(inst));
            for i in 0..func.block(block).insts.len() {
                let inst = func.block(block).insts[i];
                replacements.apply_to(func, inst);
            }
        }
        true
    }
}

/// Looking for a loop's questions.
struct Search<'a> {
    func: &'a Function,
    this: &'a CountedLoop,
    inside: Vec<bool>,
    /// What values are beside the counter, in the turns between.
    beside: FxHashMap<Value, i64>,
    found: Questions,
    /// Whether a question changes its answer near an end.
    worth: bool,
}

impl Search<'_> {
    fn look_at(&mut self, inst: Inst) {
        let data = self.func.inst(inst);
        let [a, b] = data.args[..] else { return };
        if inst == self.this.test || self.func.value_type(a) != Type::I64 {
            return;
        }
        use Opcode::*;
        match data.op {
            Iadd | SaddChk | Isub | SsubChk => self.add(inst, a, b),
            Srem | Urem | Sfloormod => {
                if let Some(off) = self.asked(a, b).filter(|off| off.abs() <= FAR)
                    && self.before_limit(b, 0).is_some_and(|far| far.abs() <= NEAR)
                {
                    self.within(off, b);
                    self.stand_for(inst, a, off);
                    self.worth = true;
                }
            }
            Index | Bound => {
                if let Some(off) = self.asked(a, b) {
                    self.within(off, b);
                    self.stand_for(inst, a, off);
                    let first = self.func.int_const(self.this.first).map(i128::from);
                    let least = first.map(|first| first + i128::from(off));
                    self.worth |= least.is_some_and(|least| (-NEAR..0).contains(&least));
                }
            }
            // The counter's side is left as it is from some turn on, or up to it.
            Smin | Smax => {
                let (cond, sides) = match data.op {
                    Smin => (IntCond::Sle, [(a, b), (b, a)]),
                    _ => (IntCond::Sge, [(a, b), (b, a)]),
                };
                for (of, against) in sides {
                    let Some(off) = self.asked(of, against) else { continue };
                    let asked = (self.found.from.len(), self.found.until.len(), self.worth);
                    if self.compare(cond, off, against) == Some(true) {
                        self.stand_for(inst, of, off);
                        return;
                    }
                    // That the other one is taken between the ends is no answer.
                    self.found.from.truncate(asked.0);
                    self.found.until.truncate(asked.1);
                    self.worth = asked.2;
                }
            }
            Icmp => {
                let Imm::IntCond(cond) = data.imm else { return };
                let truth = match (self.asked(a, b), self.asked(b, a)) {
                    (Some(off), _) => self.compare(cond, off, b),
                    (_, Some(off)) => self.compare(cond.swapped(), off, a),
                    _ => None,
                };
                if let Some(truth) = truth {
                    self.found.answers.push((inst, Answer::Truth(truth)));
                }
            }
            _ => {}
        }
    }

    /// What a value is beside the counter, where it is asked against what doesn't change.
    fn asked(&self, of: Value, against: Value) -> Option<i64> {
        let stays = !self.inside[against.index()] || self.func.int_const(against).is_some();
        self.beside.get(&of).copied().filter(|_| stays)
    }

    fn stand_for(&mut self, inst: Inst, value: Value, off: i64) {
        self.beside.insert(self.func.result(inst), off);
        self.found.answers.push((inst, Answer::Is(value)));
    }

    fn add(&mut self, inst: Inst, a: Value, b: Value) {
        let op = self.func.inst(inst).op;
        let minus = matches!(op, Opcode::Isub | Opcode::SsubChk);
        let number = |v| self.func.int_const(v).filter(|by| by.unsigned_abs() < SMALL as u64);
        let off = match (self.beside.get(&a), number(b), self.beside.get(&b), number(a)) {
            (Some(&off), Some(by), ..) if minus => off - by,
            (Some(&off), Some(by), ..) | (_, _, Some(&off), Some(by)) if !minus => off + by,
            _ => return,
        };
        if off.abs() >= SMALL {
            return;
        }
        self.beside.insert(self.func.result(inst), off);
        let plain = if minus { Opcode::Isub } else { Opcode::Iadd };
        if op != plain {
            self.found.answers.push((inst, Answer::Plain(plain)));
        }
    }

    /// Asks for the counter and `off` to be at least 0 and below `length`.
    fn within(&mut self, off: i64, length: Value) {
        self.begin_at(None, -off);
        self.end_before(Some(length), -off);
    }

    fn begin_at(&mut self, base: Option<Value>, off: i64) {
        let reach = self.reach(base, off);
        if !self.found.from.contains(&reach) {
            self.found.from.push(reach);
        }
    }

    fn end_before(&mut self, base: Option<Value>, off: i64) {
        let reach = self.reach(base, off);
        if !self.found.until.contains(&reach) {
            self.found.until.push(reach);
        }
    }

    /// A number may stand in the loop.
    fn reach(&self, base: Option<Value>, off: i64) -> Reach {
        match base.and_then(|base| self.func.int_const(base)) {
            Some(number) => (None, number.clamp(-BELOW, BELOW + 2 * SMALL) + off),
            None => (base, off),
        }
    }

    /// How far `value + off` is from the loop's first turn, if that is known.
    fn behind_first(&self, value: Value, off: i64) -> Option<i128> {
        let (base, at) = beside_base(self.func, value);
        let (first_base, first) = beside_base(self.func, self.this.first);
        (base == first_base).then_some(at + i128::from(off) - first)
    }

    /// How far the loop's limit is from `value + off`, if that is known.
    fn before_limit(&self, value: Value, off: i64) -> Option<i128> {
        let (base, at) = beside_base(self.func, value);
        let (limit_base, limit) = beside_base(self.func, self.this.limit);
        (base == limit_base).then_some(limit - at - i128::from(off))
    }

    /// The truth of `counter + off cond against` in the turns between, which is asked for, if it
    /// is another one near an end only.
    fn compare(&mut self, cond: IntCond, off: i64, against: Value) -> Option<bool> {
        use IntCond::*;
        let near =
            |far: Option<i128>, least: i128| far.is_some_and(|far| (least..=NEAR).contains(&far));
        match cond {
            Eq | Ne => {
                if near(self.behind_first(against, -off), 0) {
                    self.begin_at(Some(against), 1 - off);
                } else if near(self.before_limit(against, -off), 1) {
                    self.end_before(Some(against), -off);
                } else {
                    return None;
                }
                self.worth = true;
                Some(cond == Ne)
            }
            Slt | Sle | Sgt | Sge => {
                // True below the turn, or false.
                let (behind, below) = match cond {
                    Slt => (0, true),
                    Sle => (1, true),
                    Sgt => (1, false),
                    _ => (0, false),
                };
                let truth = if near(self.behind_first(against, behind - off), 1) {
                    self.begin_at(Some(against), behind - off);
                    !below
                } else if near(self.before_limit(against, behind - off), 1) {
                    self.end_before(Some(against), behind - off);
                    below
                } else {
                    return None;
                };
                self.worth = true;
                Some(truth)
            }
            Ult if off != 0 => {
                let far = self.before_limit(against, -off)?;
                if far.abs() > NEAR {
                    return None;
                }
                self.within(off, against);
                self.worth = true;
                Some(true)
            }
            _ => None,
        }
    }
}

/// A value as another one, or nothing, and a number: for an estimate, as sums may wrap.
fn beside_base(func: &Function, mut value: Value) -> (Option<Value>, i128) {
    let mut off = 0i128;
    loop {
        if let Some(number) = func.int_const(value) {
            return (None, off + i128::from(number));
        }
        let Some(data) = func.def_inst(value).map(|inst| func.inst(inst)) else { break };
        let number = |at: usize| data.args.get(at).and_then(|&v| func.int_const(v));
        use Opcode::*;
        match (data.op, number(0), number(1)) {
            (Iadd | SaddChk, _, Some(by)) => off += i128::from(by),
            (Isub | SsubChk, _, Some(by)) => off -= i128::from(by),
            // A loop that has turns isn't bounded by the 0.
            (Smax, _, Some(0)) => {}
            _ => break,
        }
        value = data.args[0];
    }
    (Some(value), off)
}

/// Where the turns between begin or end: what is far beyond all of them is brought near, so
/// that nothing wraps, and none lies between what it is and what it has become.
fn place(b: &mut Builder<'_>, (base, off): Reach) -> Value {
    let off = b.iconst(Type::I64, off);
    let Some(base) = base else { return off };
    let least = b.iconst(Type::I64, -BELOW);
    let most = b.iconst(Type::I64, BELOW + 2 * SMALL);
    let near = b.binary(Opcode::Smin, base, most);
    let near = b.binary(Opcode::Smax, near, least);
    b.binary(Opcode::Iadd, near, off)
}
