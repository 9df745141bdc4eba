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
//! Where the integer is an index, or the lesser of it and another one is, one comparison says
//! all: the least integer isn't within any length. So the index comes first, and what is behind
//! its check is entered at once if it is within the length; all else is tested afterwards, by
//! the way that there was.
//!
//! ```text
//!     i = convert v2
//!     j = smin i, k                       (if there is such a choice)
//!     br j <u length, behind, rare
//!   rare:
//!     br v5, b2, b3
//!   b2:
//!     v7 = index j, length                negative ones count from the end, or there is an error
//!   behind:
//! ```
//!
//! Only where the other way is cold, as that to an exception is: a loop with such a branch
//! is none of vectors anyway.

use super::function::{FunctionCx, Label};
use super::metadata::SECOND_IS_COLD;
use cumbia_ir::analysis::Cfg;
use cumbia_ir::{Block, FloatCond, Function, Imm, InstData, Opcode, Target, Type, Value, ValueDef};
use std::collections::BTreeMap;

/// Two to the 63rd.
const END: f64 = 9_223_372_036_854_775_808.0;

/// The tests of a function, and the conversions behind them.
#[derive(Default)]
pub(super) struct Fitting {
    /// Of blocks that end in such a test: what is tested.
    tests: BTreeMap<Block, Tested>,
    /// The results of conversions that have been made by then, and what is converted.
    made: BTreeMap<Value, Value>,
    /// Of positions that such integers become: what is behind the check and its parameter, once
    /// either way to it is written.
    behind: BTreeMap<Value, Option<(Label, String)>>,
}

/// A float that is tested.
#[derive(Clone, Copy)]
pub(super) struct Tested {
    float: Value,
    /// What its integer is for, if that is an index.
    index: Option<Indexed>,
}

/// An index which is a converted float, or the lesser of it and another integer.
#[derive(Clone, Copy)]
struct Indexed {
    /// Its result.
    position: Value,
    length: Value,
    /// The other integer.
    most: Option<Value>,
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
                    let index = indexed(func, then, data.results[0]);
                    found.behind.extend(index.map(|index| (index.position, None)));
                    found.tests.insert(block, Tested { float: tested, index });
                    found.made.insert(data.results[0], tested);
                }
            }
        }
        found
    }

    /// What is tested where this block ends.
    pub(super) fn test_of(&self, block: Block) -> Option<Tested> {
        self.tests.get(&block).copied()
    }

    /// The name of a conversion's result, if it has been made before.
    pub(super) fn made(&self, result: Value) -> Option<String> {
        self.made.get(&result).map(|&tested| name(tested))
    }
}

/// What a block does first with the integer, if it is an index and nothing else.
fn indexed(func: &Function, then: &Target, converted: Value) -> Option<Indexed> {
    let block = func.block(then.block);
    let here = |value: Value| match func.value_def(value) {
        ValueDef::Result(inst, _) => block.insts.contains(&inst),
        ValueDef::Param(home, _) => home == then.block,
    };
    let outside = |value: Value| {
        let constant =
            func.def_inst(value).is_some_and(|inst| func.inst(inst).op == Opcode::Iconst);
        (constant || !here(value)).then_some(value)
    };
    let mut at = converted;
    let mut most = None;
    if !block.params.is_empty() {
        return None;
    }
    for &inst in &block.insts {
        let data = func.inst(inst);
        match data.op {
            Opcode::Iconst | Opcode::Fconst => {}
            Opcode::FToSint if data.results[0] == converted => {}
            Opcode::Smin if most.is_none() && data.args.contains(&at) => {
                let other = data.args[usize::from(data.args[0] == at)];
                most = Some(outside(other).filter(|&other| other != at)?);
                at = data.results[0];
            }
            Opcode::Index if data.args[0] == at => {
                let length = outside(data.args[1])?;
                let chain = [Some(converted), most.map(|_| at)];
                let once = chain.into_iter().flatten().all(|value| uses(func, value) == 1);
                return once.then_some(Indexed { position: data.results[0], length, most });
            }
            _ => return None,
        }
    }
    None
}

/// How often a value is used.
fn uses(func: &Function, value: Value) -> usize {
    let of = |data: &InstData| {
        let passed = data.targets.iter().flat_map(|target| &target.args);
        data.args.iter().chain(passed).filter(|&&arg| arg == value).count()
    };
    let insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
    insts.map(|&inst| of(func.inst(inst))).sum()
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

/// Writes the conversion and a branch to what it is for if the float fits for sure, which is
/// the block `then` or what is behind the check of an index; what follows is for all else.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, tested: Tested, then: (Label, &[String])) {
    let integer = convert(fx, tested.float);
    let rare = fx.new_block();
    match tested.index {
        None => {
            let fits = fx.temporary(&format!("icmp ne i64 {integer}, {}", i64::MIN));
            fx.flows(then.0, then.1);
            fx.branch(&fits, then.0, rare, SECOND_IS_COLD);
        }
        Some(index) => {
            let mut position = integer;
            if let Some(most) = index.most {
                let most = fx.value(most);
                let args = [("i64", most.as_str()), ("i64", position.as_str())];
                let lesser = fx.intrinsic("llvm.smin.i64", "i64", &args);
                position = fx.temporary(&lesser);
            }
            let length = fx.value(index.length);
            let inside = fx.temporary(&format!("icmp ult i64 {position}, {length}"));
            let (behind, _) = behind(fx, index.position);
            fx.flows(behind, &[position]);
            fx.branch(&inside, behind, rare, SECOND_IS_COLD);
        }
    }
    fx.switch_to(rare);
}

/// What is behind the check of an index with this result, and its parameter, the position: a
/// block that may be entered from elsewhere too.
pub(super) fn behind(fx: &mut FunctionCx<'_, '_>, result: Value) -> (Label, String) {
    if let Some(Some(behind)) = fx.fitting.behind.get(&result) {
        return behind.clone();
    }
    let behind = fx.new_block();
    let param = fx.add_param(behind, "i64");
    if let Some(shared) = fx.fitting.behind.get_mut(&result) {
        *shared = Some((behind, param.clone()));
    }
    (behind, param)
}

/// Writes the conversion: the least integer stands for what doesn't fit.
fn convert(fx: &mut FunctionCx<'_, '_>, tested: Value) -> String {
    let float = fx.value(tested);
    let vector = format!("insertelement <2 x double> poison, double {float}, i64 0");
    let vector = fx.temporary(&vector);
    let convert =
        fx.intrinsic("llvm.x86.sse2.cvttsd2si64", "i64", &[("<2 x double>", vector.as_str())]);
    fx.line(&format!("{} = {convert}", name(tested)));
    name(tested)
}

#[cfg(test)]
mod tests {
    use crate::{Choices, translate};

    /// Comparisons with the least integer, and with a length, where an index is what `integer`
    /// makes of a converted float.
    fn comparisons(integer: &str) -> (usize, usize) {
        let text = format!(
            "func @f(f64, i64, i64) -> (i64) {{\n\
             block0(v0: f64, v1: i64, v2: i64):\n    \
             v3 = fconst.f64 -9223372036854775808.0\n    v4 = fconst.f64 9223372036854775808.0\n    \
             v5 = fcmp.f64.ge v0, v3\n    v6 = fcmp.f64.lt v0, v4\n    v7 = band.bool v5, v6\n    \
             br v7, block1, block2\n\
             block1:\n    v8 = f_to_sint.i64 v0\n    {integer}\n    \
             v10 = index v9, v1 axis 0\n    return v10\n\
             block2 cold:\n    raise OverflowError \"too large\"\n}}\n"
        );
        let module = cumbia_ir::parse_module(&text).expect("the text is IR");
        let text = translate(&module, Choices::default()).expect("it translates").text;
        let count = |word: &str| text.lines().filter(|line| line.contains(word)).count();
        (count("icmp ne i64 %fit.v0"), count("icmp ult"))
    }

    #[test]
    fn an_index_is_compared_before_it_is_known_to_fit() {
        assert_eq!(comparisons("v9 = smin.i64 v8, v2"), (0, 3));
        assert_eq!(comparisons("v9 = smin.i64 v2, v8"), (0, 3));
        // The least integer is lost in a greater one.
        assert_eq!(comparisons("v9 = smax.i64 v8, v2"), (1, 2));
        assert_eq!(comparisons("v9 = iadd.i64 v8, v2"), (1, 2));
    }
}
