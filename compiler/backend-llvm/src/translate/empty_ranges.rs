//! Ranges whose number of items takes a division, which those without items do without.
//!
//! ```text
//!     v3 = icmp.i64.sgt v2, v0                br v2 > 0, some, none
//!     v4 = iadd.i64 v2, -1                  some:
//!     v5 = udiv.i64 v4, v1           =>       q = udiv v4, v1
//!     v6 = iadd.i64 v5, 1                   none:
//!     v7 = select.i64 v3, v6, v0              v5 is q, or anything
//! ```
//!
//! A processor divides for as long as a short loop runs. Most ranges of a sieve are empty.
//! Only where nothing else asks for the quotient; constants are divided by without a division.

use super::function::FunctionCx;
use cumbia_ir::{Function, Imm, InstData, IntCond, Opcode, Type, Value};
use std::collections::BTreeMap;

/// Quotients that are asked for where a distance is positive, with that distance.
pub(super) fn find(func: &Function) -> BTreeMap<Value, Value> {
    let mut found = BTreeMap::new();
    let insts = || func.layout.iter().flat_map(|&block| &func.block(block).insts);
    for data in insts().map(|&inst| func.inst(inst)).filter(|data| data.op == Opcode::Select) {
        if let Some((quotient, distance)) = of_positive(func, data) {
            found.insert(quotient, distance);
        }
    }
    if found.is_empty() {
        return found;
    }
    let mut uses = vec![0u32; func.num_values()];
    for data in insts().map(|&inst| func.inst(inst)) {
        let handed_on = data.targets.iter().flat_map(|target| &target.args);
        data.args.iter().chain(handed_on).for_each(|value| uses[value.index()] += 1);
    }
    let once = |value: Value| uses[value.index()] == 1;
    // The sum with 1 is used once by the choice that it was found from, or more often.
    let sums = insts().map(|&inst| func.inst(inst)).filter(|data| data.op == Opcode::Iadd);
    let sums: BTreeMap<Value, bool> =
        sums.map(|data| (data.args[0], once(data.results[0]))).collect();
    found.retain(|quotient, _| once(*quotient) && sums.get(quotient) == Some(&true));
    found
}

/// The quotient that is chosen with 1 added, and the distance that is positive then.
fn of_positive(func: &Function, choice: &InstData) -> Option<(Value, Value)> {
    let data = |value: Value| func.def_inst(value).map(|inst| func.inst(inst));
    let plus = |value: Value, number: i64| {
        let sum = data(value).filter(|sum| sum.op == Opcode::Iadd)?;
        (func.int_const(sum.args[1]) == Some(number)).then_some(sum.args[0])
    };
    let quotient = plus(choice.args[1], 1)?;
    let division = data(quotient).filter(|data| {
        data.op == Opcode::Udiv
            && data.ty == Some(Type::I64)
            && func.int_const(data.args[1]).is_none()
    })?;
    let distance = plus(division.args[0], -1)?;
    let test = data(choice.args[0])?;
    let positive = test.op == Opcode::Icmp
        && matches!(test.imm, Imm::IntCond(IntCond::Sgt))
        && test.args[0] == distance
        && func.int_const(test.args[1]) == Some(0);
    positive.then_some((quotient, distance))
}

/// Writes the division behind a test of the distance.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, data: &InstData, distance: Value) {
    let distance = fx.value(distance);
    let (before, step) = (fx.arg(data, 0), fx.arg(data, 1));
    let [some, joined] = std::array::from_fn(|_| fx.new_block());
    let none = fx.new_block();
    let result = fx.add_param(joined, "i64");
    let positive = fx.temporary(&format!("icmp sgt i64 {distance}, 0"));
    fx.branch(&positive, some, none, "");
    fx.switch_to(none);
    fx.jump(joined, &["0".to_owned()]);
    fx.switch_to(some);
    let quotient = fx.temporary(&format!("udiv i64 {before}, {step}"));
    fx.jump(joined, &[quotient]);
    fx.switch_to(joined);
    fx.same(data, "i64", &result);
}

#[cfg(test)]
mod tests {
    use crate::{Choices, translate};

    /// Whether the division is behind a branch where `chosen` is what is chosen.
    fn branches(condition: &str, other: &str) -> bool {
        let text = format!(
            "func @f(i64, i64) -> (i64, i64) {{\n\
             block0(v0: i64, v1: i64):\n    v2 = iconst.i64 0\n    v3 = iconst.i64 1\n    \
             v4 = iconst.i64 -1\n    v5 = icmp.i64.{condition} v0, v2\n    v6 = iadd.i64 v0, v4\n    \
             v7 = udiv.i64 v6, v1\n    v8 = iadd.i64 v7, v3\n    v9 = select.i64 v5, v8, v2\n    \
             return v9, {other}\n}}\n"
        );
        let module = cumbia_ir::parse_module(&text).expect("the text is IR");
        let text = translate(&module, Choices::default()).expect("it translates").text;
        assert_eq!(text.matches("udiv i64").count(), 1);
        let before = text.split("udiv i64").next().expect("some text");
        before.contains("br i1")
    }

    #[test]
    fn ranges_without_items_are_not_divided() {
        assert!(branches("sgt", "v0"));
        assert!(!branches("sge", "v0"));
        assert!(!branches("sgt", "v7"));
        assert!(!branches("sgt", "v8"));
    }
}
