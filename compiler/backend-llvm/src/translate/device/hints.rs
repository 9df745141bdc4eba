//! Loads and stores with hints for caches, which LLVM has no operations for: PTX, written inline.
//!
//! An address that is a kernel's own argument is one of global memory; where that isn't seen the
//! instruction names no memory, and the device finds out.

use crate::translate::function::FunctionCx;
use crate::translate::module::llvm_type;
use cumbia_ir::{Function, Imm, InstData, Opcode, Type, Value, ValueDef};

/// The cache operator of PTX.
fn operator(op: Opcode) -> &'static str {
    match op {
        Opcode::LoadCached => "ca",
        Opcode::LoadShared | Opcode::StoreShared => "cg",
        Opcode::LoadOnce | Opcode::StoreOnce => "cs",
        Opcode::LoadLast => "lu",
        Opcode::LoadAnew => "cv",
        Opcode::StoreCached => "wb",
        Opcode::StoreThrough => "wt",
        op => unreachable!("{} has no hint", op.name()),
    }
}

/// The type in PTX's name of the instruction, and the register's letter and type.
fn register(ty: Type) -> Result<(&'static str, &'static str, &'static str), String> {
    Ok(match ty {
        // There are no registers of 8 bits.
        Type::I8 => ("b8", "h", "i16"),
        Type::I16 => ("b16", "h", "i16"),
        Type::I32 => ("b32", "r", "i32"),
        Type::I64 => ("b64", "l", "i64"),
        Type::F32 => ("f32", "f", "float"),
        Type::F64 => ("f64", "d", "double"),
        Type::Bool | Type::Ptr => return Err(format!("no hint for {ty}")),
    })
}

/// Writes one of them.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let Imm::Mem { offset, .. } = data.imm else { return Err("no memory immediate".into()) };
    let is_load = data.op.without_hint() == Some(Opcode::Load);
    let at = data.args.len() - 1;
    let base = fx.arg(data, at);
    let mut address = fx.offset(&base, i64::from(offset));
    let (mut space, mut pointer) = ("", "ptr");
    if fx.shared.kernels.contains(&fx.index) && is_of_argument(fx.func, data.args[at]) {
        address = fx.temporary(&format!("addrspacecast ptr {address} to ptr addrspace(1)"));
        (space, pointer) = (".global", "ptr addrspace(1)");
    }
    let hint = operator(data.op);
    let ty = if is_load { data.ty.ok_or("no type")? } else { fx.type_of(data.args[0]) };
    let (name, letter, held) = register(ty)?;
    let call = |result: &str, text: &str, constraints: &str, args: &str| {
        format!("call {result} asm sideeffect \"{text}\", \"{constraints},~{{memory}}\"({args})")
    };
    if is_load {
        let text = format!("ld{space}.{hint}.{name} $0, [$1];");
        let line = call(held, &text, &format!("={letter},l"), &format!("{pointer} {address}"));
        match ty {
            Type::I8 => {
                let wide = fx.temporary(&line);
                fx.define(data, &format!("trunc i16 {wide} to i8"));
            }
            _ => fx.define(data, &line),
        }
        return Ok(());
    }
    let mut value = fx.arg(data, 0);
    if ty == Type::I8 {
        value = fx.temporary(&format!("zext {} {value} to i16", llvm_type(ty)));
    }
    let text = format!("st{space}.{hint}.{name} [$0], $1;");
    let args = format!("{pointer} {address}, {held} {value}");
    fx.line(&call("void", &text, &format!("l,{letter}"), &args));
    Ok(())
}

/// Whether an address is a parameter of the function, and bytes.
fn is_of_argument(func: &Function, mut value: Value) -> bool {
    loop {
        match func.value_def(value) {
            ValueDef::Param(block, _) => return block == func.entry(),
            ValueDef::Result(inst, _) if func.inst(inst).op == Opcode::PtrAdd => {
                value = func.inst(inst).args[0];
            }
            ValueDef::Result(..) => return false,
        }
    }
}
