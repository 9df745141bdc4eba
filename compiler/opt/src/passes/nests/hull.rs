//! Conditions that hold in all turns of a nest if they hold at its ends.
//!
//! A comparison of sums of counters and of what doesn't change, `0 <= i + y - half`, holds of
//! all counters between their first and last values if it holds for each choice of first and
//! last ones: of a sum that goes up or down evenly with each of them the extremes are there.
//! So does one that says that such a sum lies between two numbers, and so does it if several
//! hold. This asks for sums that don't wrap: what enters them is small, which is tested too.

use super::nest::Found;
use cumbia_ir::{Builder, Function, Imm, InstData, IntCond, Opcode, Type, Value};
use rustc_hash::FxHashMap;

/// What enters is below two to this power in magnitude.
const SMALL: u32 = 40;
/// Most operations of a condition that is looked at: so no sum of what is small wraps.
const MOST: usize = 64;

/// Which conditions and sums are of the kind.
pub struct Shape<'a> {
    func: &'a Function,
    counters: &'a [Value],
    inside: &'a [bool],
    same: &'a FxHashMap<Value, Value>,
    left: usize,
}

impl<'a> Shape<'a> {
    /// In a nest of these counters. Values that aren't `inside` don't change.
    pub fn new(
        func: &'a Function,
        counters: &'a [Value],
        inside: &'a [bool],
        same: &'a FxHashMap<Value, Value>,
    ) -> Shape<'a> {
        Shape { func, counters, inside, same, left: MOST }
    }

    /// Whether a condition is of the kind.
    pub fn is_convex(&mut self, condition: Value) -> bool {
        self.left = MOST;
        self.condition(condition)
    }

    /// Whether a value is a sum of counters and of what doesn't change.
    pub fn is_sum(&mut self, value: Value) -> bool {
        self.left = MOST;
        self.sum(value)
    }

    fn condition(&mut self, value: Value) -> bool {
        if !self.inside[value.index()] {
            return true;
        }
        let Some(data) = self.next(value) else { return false };
        let args = &data.args;
        match (data.op, &data.imm) {
            (Opcode::Band, _) => args.iter().all(|&arg| self.condition(arg)),
            (
                Opcode::Icmp,
                Imm::IntCond(IntCond::Slt | IntCond::Sle | IntCond::Sgt | IntCond::Sge),
            ) => data.ty == Some(Type::I64) && args.iter().all(|&arg| self.sum(arg)),
            // From 0 to below a number.
            (Opcode::Icmp, Imm::IntCond(IntCond::Ult)) => {
                let number = self.func.int_const(args[1]);
                data.ty == Some(Type::I64) && number.is_some_and(|n| n > 0) && self.sum(args[0])
            }
            _ => false,
        }
    }

    fn sum(&mut self, value: Value) -> bool {
        let value = self.same.get(&value).copied().unwrap_or(value);
        if self.counters.contains(&value) || !self.inside[value.index()] {
            let number = self.func.int_const(value);
            return number.is_none_or(|number| number.unsigned_abs() <= 2 << SMALL);
        }
        let Some(data) = self.next(value) else { return false };
        let args = &data.args;
        matches!(data.op, Opcode::Iadd | Opcode::Isub) && args.iter().all(|&arg| self.sum(arg))
    }

    fn next(&mut self, value: Value) -> Option<&'a InstData> {
        self.left = self.left.checked_sub(1)?;
        Some(self.func.inst(self.func.def_inst(value)?))
    }
}

/// Computes whether the nest's conditions hold at all its ends, at the builder's place;
/// nothing if there are none.
pub fn write(b: &mut Builder<'_>, found: &Found, loops: &[(Value, Value)]) -> Option<Value> {
    let mut writer = Writer { b, found, small: Vec::new(), all: Vec::new() };
    let mut involved = Vec::new();
    for &value in found.in_all_turns.iter().chain(&found.not_negative) {
        writer.look(value, &mut involved);
    }
    for corner in 0..1usize << involved.len() {
        let mut ends = FxHashMap::default();
        for (at, &counter) in involved.iter().enumerate() {
            let (first, limit) = loops[counter];
            let end = match corner >> at & 1 {
                0 => first,
                _ => writer.moved(limit, -1),
            };
            ends.insert(found.counters[counter], end);
        }
        for &condition in &found.in_all_turns {
            let holds = writer.copy(condition, &mut ends);
            writer.all.push(holds);
        }
        for &position in &found.not_negative {
            let position = writer.copy(position, &mut ends);
            let zero = writer.b.iconst(Type::I64, 0);
            let holds = writer.b.icmp(IntCond::Sge, position, zero);
            writer.all.push(holds);
        }
    }
    for counter in involved {
        writer.is_small(loops[counter].0);
        writer.is_small(loops[counter].1);
    }
    let Writer { b, all, .. } = writer;
    all.into_iter().reduce(|a, c| b.binary(Opcode::Band, a, c))
}

struct Writer<'b, 'f> {
    b: &'b mut Builder<'f>,
    found: &'b Found,
    small: Vec<Value>,
    all: Vec<Value>,
}

impl Writer<'_, '_> {
    /// States that what enters sums is small, and finds the counters that do.
    fn look(&mut self, value: Value, involved: &mut Vec<usize>) {
        let value = self.found.same.get(&value).copied().unwrap_or(value);
        if let Some(counter) = self.found.counters.iter().position(|&counter| counter == value) {
            if !involved.contains(&counter) {
                involved.push(counter);
            }
        } else if !self.found.inside[value.index()] {
            if self.b.func.value_type(value) == Type::I64 {
                self.is_small(value);
            }
        } else if let Some(inst) = self.b.func.def_inst(value) {
            for arg in self.b.func.inst(inst).args.clone() {
                self.look(arg, involved);
            }
        }
    }

    fn is_small(&mut self, value: Value) {
        if self.b.func.int_const(value).is_none() && !self.small.contains(&value) {
            self.small.push(value);
            let moved = self.moved(value, 1 << SMALL);
            let limit = self.b.iconst(Type::I64, 2 << SMALL);
            let holds = self.b.icmp(IntCond::Ult, moved, limit);
            self.all.push(holds);
        }
    }

    fn moved(&mut self, value: Value, by: i64) -> Value {
        let by = self.b.iconst(Type::I64, by);
        self.b.binary(Opcode::Iadd, value, by)
    }

    fn copy(&mut self, value: Value, known: &mut FxHashMap<Value, Value>) -> Value {
        let value = self.found.same.get(&value).copied().unwrap_or(value);
        if let Some(&known) = known.get(&value) {
            return known;
        }
        if !self.found.inside[value.index()] {
            return value;
        }
        let inst = self.b.func.def_inst(value).expect("only operations are inside");
        let data = self.b.func.inst(inst).clone();
        let args: Vec<Value> = data.args.iter().map(|&arg| self.copy(arg, known)).collect();
        let ty = self.b.func.value_type(value);
        let made = self.b.append(data.op, data.ty, &args, data.imm, &[], &[ty]);
        let result = self.b.func.result(made);
        known.insert(value, result);
        result
    }
}
