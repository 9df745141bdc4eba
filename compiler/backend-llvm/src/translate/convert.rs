//! Conversions between types.

use super::function::FunctionCx;
use cumbia_ir::{InstData, Opcode, Type};

/// Writes one conversion.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let to = data.ty.ok_or("no controlling type")?;
    let from = fx.type_of(data.args[0]);
    let a = fx.arg(data, 0);
    if let Some(made) = fx.fitting.made(data.results[0]) {
        fx.same(data, "i64", &made);
        return Ok(());
    }
    let name = match data.op {
        Opcode::Sext => "sext",
        Opcode::Zext => "zext",
        Opcode::Trunc => "trunc",
        Opcode::SintToF => "sitofp",
        Opcode::UintToF => "uitofp",
        // In range by the IR's contract.
        Opcode::FToSint => "fptosi",
        Opcode::FToUint => "fptoui",
        Opcode::Fpromote => "fpext",
        Opcode::Fdemote => "fptrunc",
        Opcode::Bitcast => match (from, to) {
            (Type::Ptr, Type::I64) => "ptrtoint",
            (Type::I64, Type::Ptr) => "inttoptr",
            (Type::Ptr, Type::F64) => {
                let bits = fx.temporary(&format!("ptrtoint ptr {a} to i64"));
                fx.define(data, &format!("bitcast i64 {bits} to double"));
                return Ok(());
            }
            (Type::F64, Type::Ptr) => {
                let bits = fx.temporary(&format!("bitcast double {a} to i64"));
                fx.define(data, &format!("inttoptr i64 {bits} to ptr"));
                return Ok(());
            }
            _ => "bitcast",
        },
        op => return Err(format!("{} from {from} to {to}", op.name())),
    };
    let (from, to) = (fx.llvm(from), fx.llvm(to));
    fx.define(data, &format!("{name} {from} {a} to {to}"));
    Ok(())
}
