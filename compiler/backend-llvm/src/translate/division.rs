//! Floor divisions of integers by what isn't a constant.
//!
//! The processor rounds to zero; Python rounds down. What to add is computed beside the
//! division, and only whether to add it waits for the remainder.
//!
//! Of 64 bits the processor takes twice as long as of 32, so LLVM tests whether these hold both
//! operands. The test is made here, because it says more: then neither is negative, and there
//! is nothing to round.
//!
//! Where a turn of a loop waits for the last turn's division (`x = x * y % m`), what is added
//! makes every turn longer. A remainder has the divisor's sign, and so have mostly what is made
//! of remainders: there it is a branch whether the signs differ.

use super::function::FunctionCx;
use super::metadata::FIRST_IS_COLD;
use cumbia_ir::{Function, InstData, Opcode, Value, ValueDef};

/// How many values are looked at on the way back from an operand.
const MOST_VALUES: usize = 200;

/// Writes a floor division or its remainder.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, data: &InstData, llvm: &str) {
    let (a, b) = (fx.arg(data, 0), fx.arg(data, 1));
    let result = match llvm {
        "i64" => halved(fx, data, &a, &b),
        _ => rounded(fx, data, llvm, &a, &b),
    };
    fx.same(data, llvm, &result);
}

fn halved(fx: &mut FunctionCx<'_, '_>, data: &InstData, a: &str, b: &str) -> String {
    let [short, long, joined] = std::array::from_fn(|_| fx.new_block());
    let result = fx.add_param(joined, "i64");
    let both = fx.temporary(&format!("or i64 {a}, {b}"));
    let fits = fx.temporary(&format!("icmp ult i64 {both}, 4294967296"));
    fx.branch(&fits, short, long, "");
    fx.switch_to(short);
    let a32 = fx.temporary(&format!("trunc i64 {a} to i32"));
    let b32 = fx.temporary(&format!("trunc i64 {b} to i32"));
    let op = if data.op == Opcode::Sfloordiv { "udiv" } else { "urem" };
    let quick = fx.temporary(&format!("{op} i32 {a32}, {b32}"));
    let quick = fx.temporary(&format!("zext i32 {quick} to i64"));
    fx.jump(joined, &[quick]);
    fx.switch_to(long);
    if waits_for_itself(fx.func, data) {
        let [rounds, exact] = std::array::from_fn(|_| fx.new_block());
        let op = if data.op == Opcode::Sfloordiv { "sdiv" } else { "srem" };
        let differ = signs_differ(fx, "i64", a, b);
        fx.branch(&differ, rounds, exact, FIRST_IS_COLD);
        fx.switch_to(exact);
        let whole = fx.temporary(&format!("{op} i64 {a}, {b}"));
        fx.jump(joined, &[whole]);
        fx.switch_to(rounds);
    }
    let slow = rounded(fx, data, "i64", a, b);
    fx.jump(joined, &[slow]);
    fx.switch_to(joined);
    result
}

fn signs_differ(fx: &mut FunctionCx<'_, '_>, llvm: &str, a: &str, b: &str) -> String {
    let signs = fx.temporary(&format!("xor {llvm} {a}, {b}"));
    fx.temporary(&format!("icmp slt {llvm} {signs}, 0"))
}

fn rounded(fx: &mut FunctionCx<'_, '_>, data: &InstData, llvm: &str, a: &str, b: &str) -> String {
    let remainder = fx.temporary(&format!("srem {llvm} {a}, {b}"));
    let differ = signs_differ(fx, llvm, a, b);
    let inexact = fx.temporary(&format!("icmp ne {llvm} {remainder}, 0"));
    let (whole, step) = match data.op {
        Opcode::Sfloordiv => (fx.temporary(&format!("sdiv {llvm} {a}, {b}")), "-1"),
        _ => (remainder, b),
    };
    let step = fx.temporary(&format!("select i1 {differ}, {llvm} {step}, {llvm} 0"));
    let moved = fx.temporary(&format!("add {llvm} {whole}, {step}"));
    fx.temporary(&format!("select i1 {inexact}, {llvm} {moved}, {llvm} {whole}"))
}

/// Whether what is divided comes from the division's own result of another turn.
fn waits_for_itself(func: &Function, data: &InstData) -> bool {
    let result = data.results[0];
    let mut seen = vec![data.args[0]];
    let mut next = 0;
    while let Some(&value) = seen.get(next) {
        next += 1;
        if value == result {
            return true;
        }
        let before: Vec<Value> = match func.value_def(value) {
            ValueDef::Result(inst, _) => func.inst(inst).args.to_vec(),
            ValueDef::Param(block, place) => {
                let targets = func.layout.iter().filter_map(|&from| func.terminator(from));
                let targets = targets.flat_map(|inst| &func.inst(inst).targets);
                let here = targets.filter(|target| target.block == block);
                here.map(|target| target.args[place as usize]).collect()
            }
        };
        for value in before {
            if seen.len() < MOST_VALUES && !seen.contains(&value) {
                seen.push(value);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::{Choices, translate};

    /// Whether the signs are a branch where `divided` is divided in a loop that carries `next`.
    fn branches_on_signs(divided: &str, next: &str) -> bool {
        let text = format!(
            "func @f(i64, i64) -> (i64) {{\n\
             block0(v0: i64, v1: i64):\n    v2 = iconst.i64 0\n    v3 = iconst.i64 1\n    \
             jump block1(v2, v0)\n\
             block1(v4: i64, v5: i64):\n    v6 = icmp.i64.slt v4, v1\n    br v6, block2, block3\n\
             block2:\n    v7 = iadd.i64 v5, v3\n    v8 = sfloormod.i64 {divided}, v1\n    \
             v9 = iadd.i64 v4, v3\n    poll\n    jump block1(v9, {next})\n\
             block3:\n    return v5\n}}\n"
        );
        let module = cumbia_ir::parse_module(&text).expect("the text is IR");
        let text = translate(&module, Choices::default()).expect("it translates").text;
        assert_eq!(text.matches("urem i32").count(), 1);
        text.matches("srem i64").count() == 2
    }

    #[test]
    fn chains_of_divisions_branch_on_signs() {
        assert!(branches_on_signs("v7", "v8"));
        assert!(!branches_on_signs("v4", "v8"));
        assert!(!branches_on_signs("v7", "v7"));
    }
}
