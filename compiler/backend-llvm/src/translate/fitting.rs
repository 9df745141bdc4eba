//! Floats that are made integers after a test whether they fit.
//!
//! `int(x)` compares with both ends of what 64 bits hold, and converts behind the branch.
//! The processor's conversion itself says most of that: what doesn't fit becomes the least
//! integer. So the conversion comes first, one comparison with that number follows, and the
//! test is made where the result is that number.
//!
//! ```text
//!   b1:                                   b1:
//!     v3 = fcmp.f64.ge v2, -2^63            i = convert v2
//!     v4 = fcmp.f64.lt v2, 2^63      =>     br i != -2^63, b2, rare
//!     v5 = band.bool v3, v4               rare:
//!     br v5, b2, b3                         br v5, b2, b3
//!   b2:                                   b2:
//!     v6 = f_to_sint.i64 v2                 ; v6 is i
//! ```
//!
//! Only where the other way is cold, as that to an exception is: a loop with such a branch
//! is none of vectors anyway.

use super::function::FunctionCx;
use cumbia_ir::analysis::Cfg;
use cumbia_ir::{Block, FloatCond, Function, Imm, Opcode, Type, Value};
use std::collections::BTreeMap;

/// Two to the 63rd.
const END: f64 = 9_223_372_036_854_775_808.0;

/// The tests of a function, and the conversions behind them.
#[derive(Default)]
pub(super) struct Fitting {
    /// Of blocks that end in such a test: what is converted.
    tests: BTreeMap<Block, Value>,
    /// The results of conversions that have been made by then, and what is converted.
    made: BTreeMap<Value, Value>,
}

impl Fitting {
    /// Finds them.
    pub(super) fn find(func: &Function) -> Fitting {
        let mut found = Fitting::default();
        let converts =
            |data: &cumbia_ir::InstData| data.op == Opcode::FToSint && data.ty == Some(Type::I64);
        let insts = || func.layout.iter().flat_map(|&block| &func.block(block).insts);
        if !insts().any(|&inst| converts(func.inst(inst))) {
            return found;
        }
        let cfg = Cfg::new(func);
        for &block in &func.layout {
            let Some(branch) = func.terminator(block).map(|inst| func.inst(inst)) else { continue };
            let [then, otherwise] = branch.targets.as_slice() else { continue };
            let cold = |block: Block| {
                let jump = func.terminator(block).map(|inst| func.inst(inst));
                func.block(block).cold
                    || jump.is_some_and(|jump| {
                        jump.op == Opcode::Jump && func.block(jump.targets[0].block).cold
                    })
            };
            let Some(tested) = tested(func, branch.args[0]) else { continue };
            if !cold(otherwise.block) || cfg.preds(then.block).len() != 1 {
                continue;
            }
            for &inst in &func.block(then.block).insts {
                let data = func.inst(inst);
                if converts(data) && data.args[0] == tested {
                    found.tests.insert(block, tested);
                    found.made.insert(data.results[0], tested);
                }
            }
        }
        found
    }

    /// What is converted where this block ends.
    pub(super) fn test_of(&self, block: Block) -> Option<Value> {
        self.tests.get(&block).copied()
    }

    /// The name of a conversion's result, if it has been made before.
    pub(super) fn made(&self, result: Value) -> Option<String> {
        self.made.get(&result).map(|&tested| name(tested))
    }
}

fn name(tested: Value) -> String {
    format!("%fit.{tested}")
}

/// The float of which a condition says that it fits into 64 bits.
fn tested(func: &Function, condition: Value) -> Option<Value> {
    let data = |value: Value| func.def_inst(value).map(|inst| func.inst(inst));
    let both = data(condition).filter(|both| both.op == Opcode::Band)?;
    let end = |side: usize, cond: FloatCond, end: f64| {
        let test = data(both.args[side])?;
        let is_it = test.op == Opcode::Fcmp
            && matches!(test.imm, Imm::FloatCond(found) if found == cond)
            && func.value_type(test.args[0]) == Type::F64;
        let limit = data(test.args[1])?;
        let same = limit.op == Opcode::Fconst
            && matches!(limit.imm, Imm::Float(bits) if bits == end.to_bits());
        (is_it && same).then_some(test.args[0])
    };
    let low = end(0, FloatCond::Ge, -END)?;
    (end(1, FloatCond::Lt, END)? == low).then_some(low)
}

/// Writes the conversion; gives the condition that the float fits for sure.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, tested: Value) -> String {
    let float = fx.value(tested);
    let vector = format!("insertelement <2 x double> poison, double {float}, i64 0");
    let vector = fx.temporary(&vector);
    let convert =
        fx.intrinsic("llvm.x86.sse2.cvttsd2si64", "i64", &[("<2 x double>", vector.as_str())]);
    fx.line(&format!("{} = {convert}", name(tested)));
    fx.temporary(&format!("icmp ne i64 {}, {}", name(tested), i64::MIN))
}
