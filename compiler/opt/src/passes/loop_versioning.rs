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
//! overflows, in front of the loop or in it, and overflow checks on the way go too.
//!
//! Which checks: `index` and `bound` (also of an unchanging index, negative ones
//! included), `sadd_chk`, `ssub_chk`, `smul_chk`, and a `guard` whose condition is outside
//! or compares two even values.
//!
//! What runs only in some turns may well fail in the others (`a[i - 1]` where `i > 0`), and
//! then nobody would get the version without checks: there only overflow checks count, and
//! the counter itself as an index. A check that every way through the loop makes somewhere
//! is made in each turn.
//!
//! An overflow check needs no even value, only a small one: what a mask, a narrow type or a
//! remainder keeps small, sums and products of such values, and what the loop hands on from
//! turn to turn if it is small at the end of one and was so when it began, which is tested
//! (`state = state * 1664525 + 1013904223 & 0xFFFFFFFF`).
//!
//! A loop around loops gets two versions for the checks that are its own, also where those
//! inside have theirs in front of them: a loop of three turns inside costs no more than
//! those checks.
//!
//! Left alone: loops with a value that is used where several ways out have come together,
//! large loops. Complexity: linear
//! in the sizes of the loops, each with all that is inside, which at most double.

use crate::analysis::CountedLoop;
use crate::loops::{Copied, Ways, affordable};
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
/// What the loop hands on begins below two to this power at least.
const SMALLEST: u32 = 16;
/// No step of it may need more bits.
const WIDEST: u32 = 62;

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
        let mut changed = false;
        for this in loops {
            changed |= version(func, &this.refreshed(func), &domtree, blocks);
        }
        changed
    }
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

fn version(
    func: &mut Function,
    this: &CountedLoop,
    domtree: &DominatorTree,
    blocks: usize,
) -> bool {
    let size: usize = this.blocks.iter().map(|&b| func.block(b).insts.len()).sum();
    let checks = |&inst: &Inst| is_check(func.inst(inst).op);
    if size > LARGEST || !this.blocks.iter().any(|&b| func.block(b).insts.iter().any(checks)) {
        return false;
    }
    let Some(ways) = Ways::find(func, this, Some((domtree, blocks))) else { return false };
    let Some(jump) = func.terminator(this.preheader) else { return false };

    // Computed behind what the preheader has, before its jump.
    func.block_mut(this.preheader).insts.pop();
    let entering = func.inst(jump).targets[0].args.to_vec();
    let everywhere = made_in_each_turn(func, this, domtree);
    let mut plan = Plan::new(func, this, entering);
    let mut changes = Vec::new();
    for &block in &this.blocks {
        for i in 0..plan.b.func.block(block).insts.len() {
            let inst = plan.b.func.block(block).insts[i];
            plan.always = domtree.dominates(block, this.latch)
                || key(plan.b.func, inst).is_some_and(|key| everywhere.contains(&key));
            changes.extend(plan.decide(inst));
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
    /// Whether the block at hand runs in each turn.
    always: bool,
    /// Whether the loop defines a value.
    inside: Vec<bool>,
    known: FxHashMap<Value, Option<Even>>,
    /// Of values that needn't be even: the bits of their magnitude, if few. Nothing while it
    /// is being found.
    small: FxHashMap<Value, Option<u32>>,
    /// What enters the header's parameters when the loop is entered.
    entering: Vec<Value>,
    /// What flows into each parameter of the loop's blocks, from inside.
    brought: FxHashMap<Value, Vec<Value>>,
    conditions: Vec<Value>,
    stated: FxHashMap<(IntCond, Value, Value), ()>,
    constants: FxHashMap<i64, Value>,
}

impl<'f, 'l> Plan<'f, 'l> {
    fn new(func: &'f mut Function, this: &'l CountedLoop, entering: Vec<Value>) -> Plan<'f, 'l> {
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
            always: false,
            inside,
            known: FxHashMap::default(),
            small: FxHashMap::default(),
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
        self.outside_within(value, SMALL)
    }

    fn outside_within(&mut self, value: Value, bits: u32) -> Even {
        if let Some(known) = self.b.func.int_const(value) {
            let bits = 64 - known.unsigned_abs().leading_zeros();
            return Even { first: value, last: value, bits };
        }
        let (offset, end) = (self.constant(1 << bits), self.constant(1 << (bits + 1)));
        let moved = self.b.binary(Opcode::Iadd, value, offset);
        self.state(IntCond::Ult, moved, end);
        Even { first: value, last: value, bits }
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
        let ValueDef::Result(inst, _) = self.b.func.value_def(value) else { return None };
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
                self.combined(Imul, a, b, a.bits + b.bits)
            }
            // The same value, where it doesn't raise.
            Bound => self.even(data.args[0]),
            _ => None,
        }
    }

    /// The bits of a value's magnitude, if it is known to be small in every turn.
    fn magnitude(&mut self, value: Value) -> Option<u32> {
        if let Some(&known) = self.small.get(&value) {
            return known;
        }
        if self.b.func.value_type(value) != Type::I64 {
            return None;
        }
        self.small.insert(value, None);
        let found = self.find_magnitude(value).filter(|&bits| bits <= WIDEST);
        self.small.insert(value, found);
        found
    }

    fn find_magnitude(&mut self, value: Value) -> Option<u32> {
        if value == self.this.counter || !self.inside.get(value.index()).copied().unwrap_or(false) {
            return self.even(value).map(|even| even.bits);
        }
        let inst = match self.b.func.value_def(value) {
            ValueDef::Result(inst, _) => inst,
            ValueDef::Param(block, place) => {
                let mut bits = 0;
                for arg in self.brought.get(&value).cloned().unwrap_or_default() {
                    bits = bits.max(self.magnitude(arg)?);
                }
                if block == self.this.header {
                    // Small at the end of each turn; that it begins so is tested.
                    let first = self.entering.get(place as usize).copied()?;
                    bits = bits.max(self.outside_within(first, bits.clamp(SMALLEST, SMALL)).bits);
                }
                return Some(bits);
            }
        };
        let data = self.b.func.inst(inst).clone();
        let constant = |func: &Function, at: usize| func.int_const(data.args[at]);
        let width = |known: i64| 64 - known.unsigned_abs().leading_zeros();
        use Opcode::*;
        match data.op {
            Iconst => self.b.func.int_const(value).map(width),
            Zext | Sext => Some(self.b.func.value_type(data.args[0]).bits()),
            Band => (0..2).find_map(|at| constant(self.b.func, at).filter(|&c| c >= 0)).map(width),
            Srem | Sfloormod | Urem => constant(self.b.func, 1).filter(|&c| c > 0).map(width),
            Iadd | SaddChk | Isub | SsubChk => {
                let (a, b) = self.magnitudes(data.args[0], data.args[1])?;
                Some(a.max(b) + 1)
            }
            Imul | SmulChk => {
                let (a, b) = self.magnitudes(data.args[0], data.args[1])?;
                Some(a + b)
            }
            Smin | Smax => {
                let (a, b) = self.magnitudes(data.args[0], data.args[1])?;
                Some(a.max(b))
            }
            Select => {
                let (a, b) = self.magnitudes(data.args[1], data.args[2])?;
                Some(a.max(b))
            }
            // Down to -1 where the operand is negative: as far as the operand.
            Sshr | Bound => self.magnitude(data.args[0]),
            Sdiv | Sfloordiv if constant(self.b.func, 1).is_some_and(|c| c > 0) => {
                self.magnitude(data.args[0])
            }
            _ => None,
        }
    }

    /// Of two values; what enters from outside last, since that states something.
    fn magnitudes(&mut self, a: Value, b: Value) -> Option<(u32, u32)> {
        let first = self.inside.get(a.index()).copied().unwrap_or(false);
        let (a, b) = if first { (a, b) } else { (b, a) };
        Some((self.magnitude(a)?, self.magnitude(b)?))
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

    /// What becomes of a check, with what must hold for that stated.
    fn decide(&mut self, inst: Inst) -> Option<Change> {
        let data = self.b.func.inst(inst).clone();
        use Opcode::*;
        match data.op {
            Index | Bound => {
                let (at, length) = (self.even(data.args[0])?, self.even(data.args[1])?);
                if !length.is_unchanging() {
                    return None;
                }
                if !self.always && data.args[0] != self.this.counter {
                    return None;
                }
                let (zero, n) = (self.constant(0), length.first);
                if at.is_unchanging() && data.op == Index {
                    let behind = self.b.binary(Iadd, at.first, n);
                    let negative = self.b.icmp(IntCond::Slt, at.first, zero);
                    let from_start = self.b.select(negative, behind, at.first);
                    self.state(IntCond::Sge, from_start, zero);
                    self.state(IntCond::Slt, from_start, n);
                    return Some(Change::Value(inst, from_start));
                }
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
                    self.magnitude(result)?;
                }
                let plain = match data.op {
                    SaddChk => Iadd,
                    SsubChk => Isub,
                    _ => Imul,
                };
                Some(Change::Plain(inst, plain))
            }
            Guard if self.always => {
                let condition = data.args[0];
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
}
