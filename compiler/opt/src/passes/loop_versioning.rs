//! Checks of counted loops made once, before the loop.
//!
//! A check in a loop whose operands go up or down evenly with the counter holds in every
//! turn if it holds in the first and the last. So the loop gets a second version without
//! such checks, and in front of both a test that chooses: if it fails, the version with
//! the checks runs and raises where the program does, if it does.
//!
//! ```text
//!   preheader:                       preheader:
//!     jump block1(v0)                  v90 = ... limit - 1 < length, and so on
//!   block1(v3: i64):                   br v90, fast, slow
//!     v4 = icmp.i64.slt v3, v1  =>   fast: jump block1(v0)
//!     br v4, block2, block3          block1(v3: i64): as before
//!   block2:                          block2:
//!     v5 = bound v3, v2 axis 0         ; v5 is v3
//!     ...                              ...
//!                                    slow: jump block1'(v0), the loop as it was
//! ```
//!
//! *Even* is a value that is the counter, or doesn't change in the loop, or a sum,
//! difference or product with something unchanging of such values. It is computed in front
//! of the loop for both ends. So that this is exact, everything that enters it must be
//! below 2^40 in magnitude, which is part of the test; then no step of the computation
//! overflows, in front of the loop or in it, and overflow checks on the way go too. The two
//! sides of a product that aren't constants must be below 2^30 (`i * columns + j`).
//!
//! Which checks: `index` and `bound` (also of an unchanging index, negative ones
//! included), `sadd_chk`, `ssub_chk`, `smul_chk`, and a `guard` whose condition is outside
//! or compares two even values.
//!
//! What runs only in some turns may well fail in the others (`a[i - 1]` where `i > 0`), and
//! then nobody would get the version without checks: there only overflow checks count, and
//! the counter itself as an index. A check that every way through the loop makes somewhere
//! is made in each turn. Where the loop asks in each turn what doesn't change (`if american:`),
//! what is tested in front of it is asked for under that condition.
//!
//! An overflow check needs no even value, only a small one, by the intervals that hold if what
//! enters the loop is small ([`LoopIntervals`]): what a mask, a narrow type or a remainder
//! keeps small, sums and products of such values, what the loop hands on from turn to turn
//! (`state = state * 1664525 + 1013904223 & 0xFFFFFFFF`), and what it adds up. Then a `guard`
//! goes that such intervals decide, as that of a shift does; and an index in a table that
//! doesn't change, where the table is as long as the index can be (`counts[pixels[i]]`).
//!
//! An even value is also what begins outside and goes up by a constant in each turn, beside a
//! counter that goes by ones.
//!
//! A loop around loops gets two versions for the checks that are its own, also where those
//! inside have theirs in front of them: a loop of three turns inside costs no more than
//! those checks.
//!
//! The version with the checks is cold, so that others leave it as it is: making strips of it
//! as well took an optimizing compiler a seventh of its time.
//!
//! Left alone: loops with a value that is used where several ways out have come together,
//! large loops. Complexity: linear
//! in the sizes of the loops, each with all that is inside, which at most double.

use crate::analysis::{CountedLoop, Interval, LoopContext, LoopIntervals};
use crate::loops::{Copied, Exits, Ways, affordable};
use crate::pass::Pass;
use crate::rewrite::Replacements;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Block, Builder, Function, Imm, Inst, IntCond, Module, Opcode, Target, Type, Value, ValueDef,
};
use rustc_hash::FxHashMap;

/// Most instructions of a loop that gets a second version.
const LARGEST: usize = 600;
/// What enters the computation is below two to this power in magnitude.
const SMALL: u32 = 40;
/// Below what power of two that which enters is taken to be when intervals are asked for, one
/// after the other.
const ENTERING: [u32; 2] = [SMALL, 20];
/// What is as long is asked for what is looked up by a mask or a narrow type.
const LONGEST_TABLE: i64 = 1 << 16;
/// No step of it may need more bits.
const WIDEST: u32 = 62;
/// What is multiplied by what isn't a constant either is below two to this power.
const FACTOR: u32 = 30;

/// The `loop_versioning` pass.
pub struct LoopVersioning;

impl Pass for LoopVersioning {
    fn name(&self) -> &'static str {
        "loop_versioning"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let mut loops: Vec<CountedLoop> = forest
            .innermost_first()
            .filter_map(|id| CountedLoop::find_any(func, &cfg, &forest, id))
            .take(affordable(func))
            .collect();
        // Each change leaves the blocks of the other loops as they are. Outer loops come
        // first: of the loops inside, only those of the version without checks go on to
        // get versions themselves.
        loops.reverse();
        let blocks = func.num_blocks();
        let mut position = vec![0u32; blocks];
        cfg.rpo().iter().zip(0..).for_each(|(block, at)| position[block.index()] = at);
        let mut changed = false;
        for (at, this) in loops.iter().enumerate() {
            let this = this.clone().refreshed(func);
            let inner = |other: &&CountedLoop| this.contains(other.header);
            let others: Vec<CountedLoop> = loops[at + 1..]
                .iter()
                .filter(inner)
                .map(|other| other.clone().refreshed(func))
                .collect();
            let mut order = this.blocks.clone();
            order.sort_by_key(|block| position.get(block.index()));
            let around = Around { domtree: &domtree, blocks, order, others };
            changed |= version(func, &this, &around);
        }
        changed
    }
}

/// What is known around a loop.
struct Around<'a> {
    /// The tree of before anything was changed, when there were so many blocks.
    domtree: &'a DominatorTree,
    blocks: usize,
    /// The loop's blocks in reverse postorder.
    order: Vec<Block>,
    /// Counted loops inside.
    others: Vec<CountedLoop>,
}

/// What becomes of a check in the version without checks.
enum Change {
    /// Its result is this operand or value.
    Value(Inst, Value),
    /// It can't overflow.
    Plain(Inst, Opcode),
    /// It holds.
    Drop(Inst),
}

fn version(func: &mut Function, this: &CountedLoop, around: &Around<'_>) -> bool {
    let domtree = around.domtree;
    let size: usize = this.blocks.iter().map(|&b| func.block(b).insts.len()).sum();
    let checks = |&inst: &Inst| is_check(func.inst(inst).op);
    if size > LARGEST
        || func.block(this.header).cold
        || !this.blocks.iter().any(|&b| func.block(b).insts.iter().any(checks))
    {
        return false;
    }
    let Some(ways) = Ways::find(func, Exits::of(this), Some((domtree, around.blocks))) else {
        return false;
    };
    let Some(jump) = func.terminator(this.preheader) else { return false };

    // Computed behind what the preheader has, before its jump.
    func.block_mut(this.preheader).insts.pop();
    let entering = func.inst(jump).targets[0].args.to_vec();
    let everywhere = made_in_each_turn(func, this, domtree);
    let mut plan = Plan::new(func, this, around, entering);
    let mut changes = Vec::new();
    for &block in &this.blocks {
        for i in 0..plan.b.func.block(block).insts.len() {
            let inst = plan.b.func.block(block).insts[i];
            plan.always = domtree.dominates(block, this.latch)
                || key(plan.b.func, inst).is_some_and(|key| everywhere.contains(&key));
            let choice = (!plan.always && is_check(plan.b.func.inst(inst).op))
                .then(|| unchanging_choice(plan.b.func, this, domtree, block));
            match choice.flatten() {
                Some((condition, truth)) => {
                    changes.extend(plan.decide_where(inst, condition, truth));
                }
                None => changes.extend(plan.decide(inst)),
            }
        }
    }
    let condition = if changes.is_empty() { None } else { plan.condition() };
    let func = plan.b.func;
    let Some(condition) = condition else {
        // What was computed is dead.
        func.block_mut(this.preheader).insts.push(jump);
        return false;
    };
    ways.funnel(func);
    let slow = Copied::new(func, &this.blocks);
    let arguments = func.inst(jump).targets[0].args.clone();
    let loc = func.inst(jump).loc;
    let (to_fast, to_slow) = (func.add_block(), func.add_block());
    for block in [to_slow, slow.block(this.header)] {
        func.block_mut(block).cold = true;
    }
    for (block, header) in [(to_fast, this.header), (to_slow, slow.block(this.header))] {
        let mut b = Builder::new(func, block);
        b.loc = loc;
        b.jump(Target { block: header, args: arguments.clone() });
    }
    let mut b = Builder::new(func, this.preheader);
    b.loc = loc;
    b.br(condition, Target::new(to_fast), Target::new(to_slow));

    let mut replacements = Replacements::new(func);
    let mut gone = vec![false; func.num_insts()];
    for change in changes {
        match change {
            Change::Value(inst, value) => {
                replacements.replace(func.result(inst), value);
                gone[inst.index()] = true;
            }
            Change::Plain(inst, op) => func.inst_mut(inst).op = op,
            Change::Drop(inst) => gone[inst.index()] = true,
        }
    }
    for &block in &this.blocks {
        func.block_mut(block).insts.retain(|inst| !gone[inst.index()]);
    }
    replacements.apply(func);
    true
}

fn is_check(op: Opcode) -> bool {
    use Opcode::*;
    matches!(op, Index | Bound | SaddChk | SsubChk | SmulChk | Guard)
}

/// What makes two index checks equal: operation, index and length.
type Key = (Opcode, Value, Value);

fn key(func: &Function, inst: Inst) -> Option<Key> {
    let data = func.inst(inst);
    matches!(data.op, Opcode::Index | Opcode::Bound).then(|| (data.op, data.args[0], data.args[1]))
}

/// Most different checks that are looked at in one loop.
const MOST_KEYS: usize = 32;

/// The checks that no single block makes in each turn, but that no way from the header to
/// the latch goes without.
fn made_in_each_turn(func: &Function, this: &CountedLoop, domtree: &DominatorTree) -> Vec<Key> {
    let mut places: Vec<(Key, Vec<Block>)> = Vec::new();
    for &block in this.blocks.iter().filter(|&&block| !domtree.dominates(block, this.latch)) {
        for key in func.block(block).insts.iter().filter_map(|&inst| key(func, inst)) {
            match places.iter().position(|place| place.0 == key) {
                Some(at) => places[at].1.push(block),
                None if places.len() < MOST_KEYS => places.push((key, vec![block])),
                None => {}
            }
        }
    }
    let mut found = Vec::new();
    for (key, blocks) in places.into_iter().filter(|place| place.1.len() > 1) {
        let mut seen = vec![this.header];
        let mut next = 0;
        while let Some(&block) = seen.get(next) {
            next += 1;
            for to in func.successors(block) {
                if this.contains(to) && !blocks.contains(&to) && !seen.contains(&to) {
                    seen.push(to);
                }
            }
        }
        if !seen.contains(&this.latch) {
            found.push(key);
        }
    }
    found
}

/// The condition of a block, and its truth there, if each turn goes there or none does: it is
/// decided outside, asked in each turn, and nothing else leads there.
fn unchanging_choice(
    func: &Function,
    this: &CountedLoop,
    domtree: &DominatorTree,
    block: Block,
) -> Option<(Value, bool)> {
    let mut before =
        this.blocks.iter().filter(|&&from| func.successors(from).any(|to| to == block));
    let (&from, None) = (before.next()?, before.next()) else { return None };
    let data = func.inst(func.terminator(from)?);
    if data.op != Opcode::Br || !domtree.dominates(from, this.latch) || block == this.header {
        return None;
    }
    let truth = data.targets[0].block == block;
    let both = truth && data.targets[1].block == block;
    let condition = data.args[0];
    (!both && !crate::analysis::is_defined_in(func, &this.blocks, condition))
        .then_some((condition, truth))
}

/// An even value, at both ends of the loop.
#[derive(Clone, Copy)]
struct Even {
    first: Value,
    last: Value,
    /// Both are below two to this power in magnitude.
    bits: u32,
}

impl Even {
    fn is_unchanging(&self) -> bool {
        self.first == self.last
    }
}

/// The computation in front of a loop.
struct Plan<'f, 'l> {
    b: Builder<'f>,
    this: &'l CountedLoop,
    around: &'l Around<'l>,
    /// Whether the block at hand runs in each turn.
    always: bool,
    /// Whether the loop defines a value.
    inside: Vec<bool>,
    known: FxHashMap<Value, Option<Even>>,
    /// Of values that needn't be even, for each of [`ENTERING`], when they were asked for.
    intervals: [Option<Option<LoopIntervals>>; 2],
    /// What enters the header's parameters when the loop is entered.
    entering: Vec<Value>,
    /// What flows into each parameter of the loop's blocks, from inside.
    brought: FxHashMap<Value, Vec<Value>>,
    conditions: Vec<Value>,
    stated: FxHashMap<(IntCond, Value, Value), ()>,
    constants: FxHashMap<i64, Value>,
}

impl<'f, 'l> Plan<'f, 'l> {
    fn new(
        func: &'f mut Function,
        this: &'l CountedLoop,
        around: &'l Around<'l>,
        entering: Vec<Value>,
    ) -> Plan<'f, 'l> {
        let mut inside = vec![false; func.num_values()];
        for &block in &this.blocks {
            let data = func.block(block);
            let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
            data.params.iter().chain(results).for_each(|v| inside[v.index()] = true);
        }
        let mut brought: FxHashMap<Value, Vec<Value>> = FxHashMap::default();
        for &block in &this.blocks {
            for target in func.block(block).insts.iter().flat_map(|&i| &func.inst(i).targets) {
                for (&param, &arg) in func.block(target.block).params.iter().zip(&target.args) {
                    brought.entry(param).or_default().push(arg);
                }
            }
        }
        let loc = func.inst(this.test).loc;
        let mut b = Builder::new(func, this.preheader);
        b.loc = loc;
        Plan {
            b,
            this,
            around,
            always: false,
            inside,
            known: FxHashMap::default(),
            intervals: [None, None],
            entering,
            brought,
            conditions: Vec::new(),
            stated: FxHashMap::default(),
            constants: FxHashMap::default(),
        }
    }

    /// All conditions as one; `None` if there is none.
    fn condition(&mut self) -> Option<Value> {
        let mut all = std::mem::take(&mut self.conditions).into_iter();
        let first = all.next()?;
        Some(all.fold(first, |a, b| self.b.binary(Opcode::Band, a, b)))
    }

    fn constant(&mut self, value: i64) -> Value {
        if let Some(&known) = self.constants.get(&value) {
            return known;
        }
        let made = self.b.iconst(Type::I64, value);
        self.constants.insert(value, made);
        made
    }

    fn state(&mut self, cond: IntCond, a: Value, b: Value) {
        if self.stated.insert((cond, a, b), ()).is_some() {
            return;
        }
        let holds = match (self.b.func.int_const(a), self.b.func.int_const(b)) {
            (Some(a), Some(b)) => match cond {
                IntCond::Slt => a < b,
                IntCond::Sge => a >= b,
                _ => false,
            },
            _ => false,
        };
        if !holds {
            let condition = self.b.icmp(cond, a, b);
            self.conditions.push(condition);
        }
    }

    /// What enters from outside: small, which is stated.
    fn outside(&mut self, value: Value) -> Even {
        if let Some(known) = self.b.func.int_const(value) {
            let bits = 64 - known.unsigned_abs().leading_zeros();
            return Even { first: value, last: value, bits };
        }
        self.state_within(value, Interval::new(-(1 << SMALL), (1 << SMALL) - 1));
        Even { first: value, last: value, bits: SMALL }
    }

    /// That a value is in an interval, which isn't that of all.
    fn state_within(&mut self, value: Value, within: Interval) {
        let (Ok(lo), Ok(hi)) = (i64::try_from(within.lo), i64::try_from(within.hi)) else { return };
        // How far it is from the low end, as an unsigned number.
        let mut moved = value;
        if lo != 0 {
            let offset = self.constant(lo.wrapping_neg());
            moved = self.b.binary(Opcode::Iadd, value, offset);
        }
        let size = self.constant(hi.wrapping_sub(lo).wrapping_add(1));
        self.state(IntCond::Ult, moved, size);
    }

    /// A value at both ends, if it is even.
    fn even(&mut self, value: Value) -> Option<Even> {
        if self.b.func.value_type(value) != Type::I64 {
            return None;
        }
        if let Some(&known) = self.known.get(&value) {
            return known;
        }
        let found = self.compute(value);
        self.known.insert(value, found);
        found
    }

    fn compute(&mut self, value: Value) -> Option<Even> {
        if value == self.this.counter {
            let first = self.outside(self.this.first);
            let limit = self.outside(self.this.limit);
            let beyond = self.constant(self.this.beyond);
            let last = match self.this.beyond {
                0 => limit.first,
                _ => self.b.binary(Opcode::Isub, limit.first, beyond),
            };
            return Some(Even { first: first.first, last, bits: first.bits.max(limit.bits) + 1 });
        }
        if !self.inside.get(value.index()).copied().unwrap_or(false) {
            return Some(self.outside(value));
        }
        let ValueDef::Result(inst, _) = self.b.func.value_def(value) else {
            return self.beside_counter(value);
        };
        let data = self.b.func.inst(inst).clone();
        use Opcode::*;
        match data.op {
            Iconst => {
                let Imm::Int(number) = data.imm else { return None };
                let constant = self.constant(number);
                Some(self.outside(constant))
            }
            Iadd | SaddChk | Isub | SsubChk => {
                let (a, b) = (self.even(data.args[0])?, self.even(data.args[1])?);
                let op = if matches!(data.op, Iadd | SaddChk) { Iadd } else { Isub };
                self.combined(op, a, b, a.bits.max(b.bits) + 1)
            }
            Imul | SmulChk => {
                let (a, b) = (self.even(data.args[0])?, self.even(data.args[1])?);
                if !a.is_unchanging() && !b.is_unchanging() {
                    return None;
                }
                let (a, b) = match a.bits + b.bits > WIDEST {
                    true => (self.factor(a), self.factor(b)),
                    false => (a, b),
                };
                self.combined(Imul, a, b, a.bits + b.bits)
            }
            // The same value, where it doesn't raise.
            Bound => self.even(data.args[0]),
            _ => None,
        }
    }

    /// One side of a product that could need too many bits: small enough for two of them,
    /// which is stated.
    fn factor(&mut self, of: Even) -> Even {
        if of.bits <= FACTOR {
            return of;
        }
        for end in [of.first, of.last] {
            self.state_within(end, Interval::new(-(1 << FACTOR), (1 << FACTOR) - 1));
        }
        Even { bits: FACTOR, ..of }
    }

    /// What goes up by a constant where the counter goes by ones.
    fn beside_counter(&mut self, param: Value) -> Option<Even> {
        let ValueDef::Param(home, place) = self.b.func.value_def(param) else { return None };
        let &[next] = self.brought.get(&param)?.as_slice() else { return None };
        if home != self.this.header || self.this.step.unsigned_abs() != 1 {
            return None;
        }
        let mut step = 0i64;
        let mut at = next;
        while at != param {
            let data = self.b.func.inst(self.b.func.def_inst(at)?);
            let number = self.b.func.int_const(*data.args.get(1)?)?;
            if number.unsigned_abs() > 1 << 20 || step.unsigned_abs() > 1 << 20 {
                return None;
            }
            step += match data.op {
                Opcode::Iadd | Opcode::SaddChk => number,
                Opcode::Isub | Opcode::SsubChk => -number,
                _ => return None,
            };
            at = data.args[0];
        }
        let counter = self.even(self.this.counter)?;
        let began = self.entering[place as usize];
        let began = self.outside(began);
        let step = self.constant(step * self.this.step);
        let step = self.outside(step);
        let turns = self.b.binary(Opcode::Isub, counter.last, counter.first);
        let risen = self.b.binary(Opcode::Imul, turns, step.first);
        let last = self.b.binary(Opcode::Iadd, began.first, risen);
        let bits = began.bits.max(counter.bits + 1 + step.bits) + 1;
        (bits <= WIDEST).then_some(Even { first: began.first, last, bits })
    }

    /// What values can be, if what enters the loop is small, of which so much is stated as the
    /// answer rests on: for the first of [`ENTERING`] with which there is an answer.
    fn by_intervals<T>(
        &mut self,
        values: &[Value],
        decide: impl Fn(&[Interval]) -> Option<T>,
    ) -> Option<T> {
        let (answer, needs) = self.ask_intervals(values, decide)?;
        for (value, within) in needs {
            self.state_within(value, within);
        }
        Some(answer)
    }

    /// The same with what it rests on, not stated.
    fn ask_intervals<T>(
        &mut self,
        values: &[Value],
        decide: impl Fn(&[Interval]) -> Option<T>,
    ) -> Option<(T, Vec<(Value, Interval)>)> {
        let cx = LoopContext {
            func: self.b.func,
            this: self.this,
            others: &self.around.others,
            order: &self.around.order,
            inside: &self.inside,
            entering: &self.entering,
            brought: &self.brought,
        };
        for (known, bits) in self.intervals.iter_mut().zip(ENTERING) {
            let known = known.get_or_insert_with(|| LoopIntervals::new(&cx, bits));
            let Some(known) = known else { continue };
            let of: Vec<Interval> = values.iter().map(|&value| known.of(&cx, value)).collect();
            if let Some(answer) = decide(&of) {
                return Some((answer, known.needs(&cx, values)));
            }
        }
        None
    }

    /// Whether a condition holds in every turn.
    fn holds(&mut self, condition: Value) -> Option<()> {
        let compare = self.b.func.inst(self.b.func.def_inst(condition)?).clone();
        if compare.op == Opcode::Band {
            return compare.args.iter().try_for_each(|&part| self.holds(part));
        }
        let (Opcode::Icmp, &Imm::IntCond(cond)) = (compare.op, &compare.imm) else { return None };
        let (a, b) = (compare.args[0], compare.args[1]);
        if self.b.func.value_type(a) != Type::I64 {
            return None;
        }
        if let (IntCond::Eq, Some(by)) = (cond, self.shifted_back(a, b)) {
            let room = Interval::new(-(1 << (63 - by)), (1 << (63 - by)) - 1);
            return self.by_intervals(&[b], |of| room.contains(of[0]).then_some(()));
        }
        use IntCond::*;
        self.by_intervals(&[a, b], |of| {
            let (a, b) = (of[0], of[1]);
            let decided = match cond {
                Slt => a.hi < b.lo,
                Sle => a.hi <= b.lo,
                Sgt => a.lo > b.hi,
                Sge => a.lo >= b.hi,
                Ult => a.lo >= 0 && a.hi < b.lo,
                Ule => a.lo >= 0 && a.hi <= b.lo,
                _ => false,
            };
            decided.then_some(())
        })
    }

    /// By how many bits `value` was shifted to the left and back, if `a` is that.
    fn shifted_back(&self, a: Value, value: Value) -> Option<u32> {
        let data = |v: Value| self.b.func.def_inst(v).map(|inst| self.b.func.inst(inst));
        let back = data(a).filter(|data| data.op == Opcode::Sshr)?;
        let there = data(back.args[0]).filter(|data| data.op == Opcode::Ishl)?;
        let by = self.b.func.int_const(back.args[1]).filter(|by| (0..63).contains(by))?;
        let same = there.args[0] == value && self.b.func.int_const(there.args[1]) == Some(by);
        same.then_some(by as u32)
    }

    fn combined(&mut self, op: Opcode, a: Even, b: Even, bits: u32) -> Option<Even> {
        if bits > WIDEST {
            return None;
        }
        let first = self.b.binary(op, a.first, b.first);
        let unchanging = a.is_unchanging() && b.is_unchanging();
        let last = if unchanging { first } else { self.b.binary(op, a.last, b.last) };
        Some(Even { first, last, bits })
    }

    /// The same for a check that all turns make where a condition is true, or false, and none
    /// does elsewhere: then what must hold needn't.
    fn decide_where(&mut self, inst: Inst, condition: Value, truth: bool) -> Option<Change> {
        // What is stated under the condition isn't stated for others.
        let (known, stated) = (self.known.clone(), self.stated.clone());
        let before = self.conditions.len();
        self.always = true;
        let change = self.decide(inst);
        let yes = self.b.iconst(Type::Bool, 1);
        for mut stated in self.conditions.split_off(before) {
            stated = match truth {
                true => self.b.select(condition, stated, yes),
                false => self.b.select(condition, yes, stated),
            };
            self.conditions.push(stated);
        }
        (self.known, self.stated) = (known, stated);
        change
    }

    /// What becomes of a check, with what must hold for that stated.
    fn decide(&mut self, inst: Inst) -> Option<Change> {
        let data = self.b.func.inst(inst).clone();
        use Opcode::*;
        match data.op {
            Index | Bound => {
                if !self.always && data.args[0] != self.this.counter {
                    return None;
                }
                if data.op == Index && self.stays(data.args[0]) && self.stays(data.args[1]) {
                    let from_start = self.counted_from_start(data.args[0], data.args[1]);
                    return Some(Change::Value(inst, from_start));
                }
                let Some(at) = self.even(data.args[0]) else {
                    return self.in_table(inst, data.args[0], data.args[1]);
                };
                let length = self.even(data.args[1])?;
                if !length.is_unchanging() {
                    return None;
                }
                if at.is_unchanging() && data.op == Index {
                    let from_start = self.counted_from_start(at.first, length.first);
                    return Some(Change::Value(inst, from_start));
                }
                let (zero, n) = (self.constant(0), length.first);
                for end in [at.first, at.last] {
                    self.state(IntCond::Sge, end, zero);
                    self.state(IntCond::Slt, end, n);
                }
                let result = self.b.func.result(inst);
                self.known.insert(result, Some(at));
                Some(Change::Value(inst, data.args[0]))
            }
            SaddChk | SsubChk | SmulChk => {
                let result = self.b.func.result(inst);
                if self.even(result).is_none() {
                    let operands = [data.args[0], data.args[1]];
                    self.by_intervals(&operands, |of| {
                        let exact = match data.op {
                            SaddChk => of[0].plus(of[1]),
                            SsubChk => of[0].minus(of[1]),
                            _ => of[0].times(of[1]),
                        };
                        let ty = data.ty.unwrap_or(Type::I64);
                        Interval::full(ty).contains(exact).then_some(())
                    })?;
                }
                let plain = match data.op {
                    SaddChk => Iadd,
                    SsubChk => Isub,
                    _ => Imul,
                };
                Some(Change::Plain(inst, plain))
            }
            Guard => {
                let condition = data.args[0];
                if self.holds(condition).is_some() {
                    return Some(Change::Drop(inst));
                }
                if !self.always {
                    return None;
                }
                if !self.inside.get(condition.index()).copied().unwrap_or(false) {
                    self.conditions.push(condition);
                    return Some(Change::Drop(inst));
                }
                let compare = self.b.func.inst(self.b.func.def_inst(condition)?).clone();
                let (Icmp, &Imm::IntCond(cond)) = (compare.op, &compare.imm) else { return None };
                use IntCond::*;
                let (a, b) = (self.even(compare.args[0])?, self.even(compare.args[1])?);
                let ordered = matches!(cond, Slt | Sle | Sgt | Sge);
                if !(ordered || a.is_unchanging() && b.is_unchanging()) {
                    return None;
                }
                self.state(cond, a.first, b.first);
                self.state(cond, a.last, b.last);
                Some(Change::Drop(inst))
            }
            _ => None,
        }
    }

    /// Whether a value comes from outside.
    fn stays(&self, value: Value) -> bool {
        !self.inside.get(value.index()).copied().unwrap_or(false)
    }

    /// An unchanging index that may count from the end, as one that doesn't: stated to be one of
    /// the length. Neither has to be small, as a negative number and a length don't overflow.
    fn counted_from_start(&mut self, at: Value, n: Value) -> Value {
        let zero = self.constant(0);
        let behind = self.b.binary(Opcode::Iadd, at, n);
        let negative = self.b.icmp(IntCond::Slt, at, zero);
        let from_start = self.b.select(negative, behind, at);
        self.state(IntCond::Sge, from_start, zero);
        self.state(IntCond::Slt, from_start, n);
        from_start
    }

    /// An index that the length of something unchanging is never below.
    fn in_table(&mut self, inst: Inst, at: Value, length: Value) -> Option<Change> {
        if self.inside.get(length.index()).copied().unwrap_or(false) {
            return None;
        }
        let (most, needs) = self.ask_intervals(&[at], |of| {
            let most = i64::try_from(of[0].hi).ok().filter(|&most| most < LONGEST_TABLE);
            most.filter(|_| of[0].lo >= 0)
        })?;
        // A number that the index comes near by itself, not one that is beyond all lengths.
        if !needs.is_empty() {
            return None;
        }
        let most = self.constant(most);
        self.state(IntCond::Slt, most, length);
        Some(Change::Value(inst, at))
    }
}
