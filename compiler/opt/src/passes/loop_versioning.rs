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
//! the counter itself as an index.
//!
//! Left alone: loops around loops, loops that hand out values by several ways, large
//! loops. Complexity: linear in the loops' sizes, which at most double.

use crate::analysis::CountedLoop;
use crate::loops::{Copied, affordable, funnel};
use crate::pass::Pass;
use crate::rewrite::Replacements;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Builder, Function, Imm, Inst, IntCond, Module, Opcode, Target, Type, Value, ValueDef,
};
use rustc_hash::FxHashMap;

/// Most instructions of a loop that gets a second version.
const LARGEST: usize = 600;
/// What enters the computation is below two to this power in magnitude.
const SMALL: u32 = 40;
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
        let loops: Vec<CountedLoop> = forest
            .innermost_first()
            .filter_map(|id| CountedLoop::find(func, &cfg, &forest, id))
            .take(affordable(func))
            .collect();
        // Each change leaves the blocks of the other loops as they are.
        let mut changed = false;
        for this in loops {
            changed |= version(func, &this, &domtree);
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

fn version(func: &mut Function, this: &CountedLoop, domtree: &DominatorTree) -> bool {
    let size: usize = this.blocks.iter().map(|&b| func.block(b).insts.len()).sum();
    let checks = |&inst: &Inst| is_check(func.inst(inst).op);
    if size > LARGEST || !this.blocks.iter().any(|&b| func.block(b).insts.iter().any(checks)) {
        return false;
    }
    let several = this.exits.len() != 1;
    if several && !this.used_outside(func).is_empty() {
        return false;
    }
    let Some(jump) = func.terminator(this.preheader) else { return false };

    // Computed behind what the preheader has, before its jump.
    func.block_mut(this.preheader).insts.pop();
    let mut plan = Plan::new(func, this);
    let mut changes = Vec::new();
    for &block in &this.blocks {
        for i in 0..plan.b.func.block(block).insts.len() {
            let inst = plan.b.func.block(block).insts[i];
            plan.always = domtree.dominates(block, this.latch);
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
    if !funnel(func, this) {
        unreachable!("loops with several exits and outside uses were left out");
    }
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
    conditions: Vec<Value>,
    stated: FxHashMap<(IntCond, Value, Value), ()>,
    constants: FxHashMap<i64, Value>,
}

impl<'f, 'l> Plan<'f, 'l> {
    fn new(func: &'f mut Function, this: &'l CountedLoop) -> Plan<'f, 'l> {
        let mut inside = vec![false; func.num_values()];
        for &block in &this.blocks {
            let data = func.block(block);
            let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
            data.params.iter().chain(results).for_each(|v| inside[v.index()] = true);
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
        let (offset, end) = (self.constant(1 << SMALL), self.constant(1 << (SMALL + 1)));
        let moved = self.b.binary(Opcode::Iadd, value, offset);
        self.state(IntCond::Ult, moved, end);
        Even { first: value, last: value, bits: SMALL }
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
            let one = self.constant(1);
            let last = self.b.binary(Opcode::Isub, limit.first, one);
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
                self.even(self.b.func.result(inst))?;
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
