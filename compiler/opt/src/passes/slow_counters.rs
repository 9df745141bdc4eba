//! Overflow checks of counters that would take weeks to overflow.
//!
//! A *slow* value starts below 2^61 in magnitude and only ever moves by 1 or 2 at a time:
//! `count += 1` under a condition, `steps += 1` in a `while`, positions that go up in one
//! loop and down in another. How far such a value gets is bounded by the number of
//! additions the processor has done since the call began. Loops poll, at the most every
//! 8,192 turns (`strip_mine`), so even if a strip of turns takes a nanosecond, 2^61 steps
//! of 2 take 2^61 / 2^43 seconds, which is 3 days of one call; decision 0027 has the
//! weighing. (Around loops over the bits of a number it is 512 times 64 turns: 9 hours.) Such additions need no check.
//!
//! ```text
//!   block1(v1: i64, v2: i64):             block1(v1: i64, v2: i64):
//!     ...                                   ...
//!     br v5, block3, block4(v2)      =>     br v5, block3, block4(v2)
//!   block3:                               block3:
//!     v6 = sadd_chk.i64 v2, v9  ; v9 = 1    v6 = iadd.i64 v2, v9
//!     jump block4(v6)                       jump block4(v6)
//! ```
//!
//! Slow are: constants below 2^61 in magnitude, and what a narrow type or a mask keeps
//! there; a block's parameter if every edge brings a slow value; sums and differences of a
//! slow value and 1 or 2; what is never farther from 0 than its slow operands. Anything
//! else isn't, in particular a sum of two slow values, which could double in each turn.
//! Parameters of functions and results of calls aren't, so recursion doesn't count.
//!
//! Phases: assume it of all candidates; take it from those with an operand without it,
//! until nothing changes; weaken checks. Complexity: linear, each edge is looked at when
//! its source loses the property.

use crate::pass::Pass;
use cumbia_ir::{Function, Module, Opcode, Type, Value, ValueDef};

/// Constants are below two to this power in magnitude.
const START: u32 = 61;
/// The largest step.
const STEP: u64 = 2;

/// The `slow_counters` pass.
pub struct SlowCounters;

impl Pass for SlowCounters {
    fn name(&self) -> &'static str {
        "slow_counters"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let checked = |op| matches!(op, Opcode::SaddChk | Opcode::SsubChk);
        let blocks = func.layout.clone();
        let any = blocks.iter().flat_map(|&b| &func.block(b).insts);
        if !any.into_iter().any(|&inst| checked(func.inst(inst).op)) {
            return false;
        }
        let slow = slow_values(func);
        let mut changed = false;
        for block in blocks {
            for i in 0..func.block(block).insts.len() {
                let inst = func.block(block).insts[i];
                let data = func.inst(inst);
                if checked(data.op) && slow[data.results[0].index()] {
                    let plain =
                        if data.op == Opcode::SaddChk { Opcode::Iadd } else { Opcode::Isub };
                    func.inst_mut(inst).op = plain;
                    changed = true;
                }
            }
        }
        changed
    }
}

/// What makes a value slow.
enum Reason {
    /// Nothing does.
    No,
    /// It is by itself.
    Bounded,
    /// These being slow.
    If(Vec<Value>),
}

fn slow_values(func: &Function) -> Vec<bool> {
    let mut slow = vec![false; func.num_values()];
    let mut users: Vec<Vec<Value>> = vec![Vec::new(); func.num_values()];
    let mut lost = Vec::new();
    let mut candidate = |value: Value, reason: Reason| match reason {
        Reason::No => lost.push(value),
        Reason::Bounded => slow[value.index()] = true,
        Reason::If(operands) => {
            slow[value.index()] = true;
            operands.iter().for_each(|operand| users[operand.index()].push(value));
        }
    };
    let entry = func.entry();
    let mut brought: Vec<Vec<Value>> = vec![Vec::new(); func.num_values()];
    for &block in &func.layout {
        for &inst in &func.block(block).insts {
            for target in &func.inst(inst).targets {
                for (param, &arg) in func.block(target.block).params.iter().zip(&target.args) {
                    brought[param.index()].push(arg);
                }
            }
        }
    }
    for &block in &func.layout {
        for &param in &func.block(block).params {
            let whole = func.value_type(param) == Type::I64 && block != entry;
            let operands = std::mem::take(&mut brought[param.index()]);
            candidate(param, if whole { Reason::If(operands) } else { Reason::No });
        }
        for &inst in &func.block(block).insts {
            for &result in &func.inst(inst).results {
                candidate(result, reason(func, result));
            }
        }
    }
    while let Some(value) = lost.pop() {
        for user in std::mem::take(&mut users[value.index()]) {
            if std::mem::take(&mut slow[user.index()]) {
                lost.push(user);
            }
        }
    }
    slow
}

fn reason(func: &Function, value: Value) -> Reason {
    let ValueDef::Result(inst, _) = func.value_def(value) else { return Reason::No };
    let data = func.inst(inst);
    if func.value_type(value) != Type::I64 || data.results.len() != 1 {
        return Reason::No;
    }
    let constant = |at: usize| func.int_const(data.args[at]);
    let step = |at: usize| constant(at).is_some_and(|c| c.unsigned_abs() <= STEP);
    let positive = |at: usize| constant(at).is_some_and(|c| c > 0);
    let all = || Reason::If(data.args.to_vec());
    let first = || Reason::If(vec![data.args[0]]);
    use Opcode::*;
    match data.op {
        Iconst => match func.int_const(value) {
            Some(c) if c.unsigned_abs() < 1 << START => Reason::Bounded,
            _ => Reason::No,
        },
        Iadd | SaddChk if step(0) => Reason::If(vec![data.args[1]]),
        Iadd | SaddChk | Isub | SsubChk if step(1) => first(),
        Sext | Zext => Reason::Bounded,
        // The bits of a small constant.
        Band if (0..2).any(|at| constant(at).is_some_and(|c| (0..1 << START).contains(&c))) => {
            Reason::Bounded
        }
        Srem | Sfloormod | Urem if constant(1).is_some_and(|c| (1..1 << START).contains(&c)) => {
            Reason::Bounded
        }
        // Never farther from 0 than an operand, or by rounding down from 0 to -1.
        Sdiv | Sfloordiv if positive(1) => first(),
        Sshr => first(),
        Smin | Smax => all(),
        Select => Reason::If(vec![data.args[1], data.args[2]]),
        // The operand itself, where it doesn't raise.
        Bound => first(),
        Popcnt | Clz | Ctz => Reason::Bounded,
        _ => Reason::No,
    }
}
