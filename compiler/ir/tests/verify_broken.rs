//! Broken functions that have no text form: the verifier names what is wrong, and
//! nothing panics on the way. Everything else is in `tests/ir/verify`.

use cumbia_ir::{
    Block, Builder, FuncId, Function, Imm, Inst, IntCond, Module, Opcode, Stage, Target, Type,
    Value, verify_function, verify_module,
};

/// `(i64) -> (i64)`: the entry jumps to a block that returns the sum of its parameter
/// with itself.
fn sound() -> Function {
    let mut func = Function::new("f", vec![Type::I64], vec![Type::I64]);
    let (entry, last) = (func.add_block(), func.add_block());
    let arg = func.add_param(entry, Type::I64);
    let param = func.add_param(last, Type::I64);
    Builder::new(&mut func, entry).jump(Target::with(last, &[arg]));
    let mut b = Builder::new(&mut func, last);
    let sum = b.binary(Opcode::Iadd, param, param);
    b.ret(&[sum]);
    func
}

/// The first message after a change to the sound function.
fn check(change: impl FnOnce(&mut Function), expected: &str) {
    let mut func = sound();
    change(&mut func);
    let errors = verify_function(&func, &Module::new(), Stage::Optimized).expect_err(expected);
    assert_eq!(errors[0].message, expected);
    // Whatever is wrong, it can be shown.
    assert!(!errors[0].to_string().is_empty() && !func.to_string().is_empty());
}

const JUMP: Inst = Inst(0);
const SUM: Inst = Inst(1);

#[test]
fn sound_verifies() {
    assert_eq!(verify_function(&sound(), &Module::new(), Stage::Optimized), Ok(()));
}

#[test]
fn layout() {
    check(|f| f.layout.push(Block(1)), "is in the layout twice");
    check(|f| f.layout.push(Block(9)), "block9 doesn't exist");
    check(|f| f.layout.truncate(1), "a target isn't in the layout");
    check(|f| f.layout.clear(), "has no blocks");
    check(|f| f.block_mut(Block(1)).insts.insert(0, SUM), "is in the layout twice");
    check(|f| f.block_mut(Block(1)).insts.insert(0, Inst(9)), "inst9 doesn't exist");
}

#[test]
fn values() {
    check(|f| f.inst_mut(SUM).args[0] = Value(99), "v99 doesn't exist");
    check(|f| f.inst_mut(JUMP).targets[0].args[0] = Value(99), "v99 doesn't exist");
    check(|f| f.inst_mut(JUMP).targets[0].block = Block(7), "a target isn't in the layout");
    check(|f| f.block_mut(Block(1)).params.clear(), "1 values for 0 of block1");
    check(|f| f.inst_mut(SUM).results[0] = Value(0), "a result doesn't know its definition");
    check(
        |f| {
            f.block_mut(Block(1)).insts.remove(0);
        },
        "v?2 is not in the layout",
    );
    check(|f| f.block_mut(Block(1)).params[0] = Value(0), "v1 doesn't know that it is a parameter");
}

#[test]
fn parts() {
    check(|f| f.inst_mut(SUM).imm = Imm::Int(1), "has the wrong kind of immediate: Int(1)");
    check(
        |f| f.inst_mut(SUM).imm = Imm::IntCond(IntCond::Eq),
        "has the wrong kind of immediate: IntCond(Eq)",
    );
    check(|f| f.inst_mut(SUM).ty = None, "has no controlling type");
    check(|f| f.inst_mut(JUMP).ty = Some(Type::I64), "has a controlling type but takes none");
    check(|f| f.inst_mut(SUM).args.truncate(1), "has 1 operands, not 2");
    check(|f| f.inst_mut(SUM).targets.push(Target::new(Block(1))), "has 1 targets, not 0");
    check(|f| f.inst_mut(JUMP).targets.clear(), "has 0 targets, not 1");
    check(|f| f.inst_mut(SUM).results.clear(), "results are (), not (i64)");
    let constant = |ty, imm: Imm| {
        move |f: &mut Function| {
            let data = f.inst_mut(SUM);
            (data.op, data.ty, data.imm) =
                (if ty == Type::F32 { Opcode::Fconst } else { Opcode::Iconst }, Some(ty), imm);
            data.args.clear();
        }
    };
    check(constant(Type::I8, Imm::Int(128)), "128 doesn't fit in i8");
    check(constant(Type::Bool, Imm::Int(-1)), "-1 doesn't fit in bool");
    check(constant(Type::F32, Imm::Float(1 << 32)), "an f32 with bits in the high half");
    check(constant(Type::I64, Imm::None), "has the wrong kind of immediate: None");
    let call = |f: &mut Function| {
        let data = f.inst_mut(SUM);
        (data.op, data.ty, data.imm) = (Opcode::Call, None, Imm::Func(FuncId(3)));
    };
    check(call, "no such function");
}

#[test]
fn names() {
    let mut module = Module::new();
    module.add_function(sound());
    module.add_function(sound());
    let errors = verify_module(&module, Stage::Optimized).expect_err("two functions of one name");
    assert_eq!(errors[0].to_string(), "@f: the name is there twice");
}
