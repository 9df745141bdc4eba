//! Constants, integer and floating arithmetic, comparisons, `select`.
//!
//! Preconditions of guarded operations (a divisor that isn't 0, a shift amount below the
//! width) hold by the IR's contract; where they don't, LLVM's result is as undefined as
//! the IR's. A floating operation carries the flags that the IR gives it, and
//! no other.

use super::function::FunctionCx;
use super::module::llvm_type;
use super::{division, empty_ranges};
use cumbia_ir::{FloatCond, Imm, InstData, IntCond, Opcode, Type};

/// A constant as an operand.
pub(super) fn constant(data: &InstData) -> Result<String, String> {
    let ty = data.ty.ok_or("no controlling type")?;
    match (&data.imm, ty) {
        (&Imm::Int(value), Type::Bool) => {
            Ok(if value & 1 == 0 { "false" } else { "true" }.to_owned())
        }
        (&Imm::Int(0), Type::Ptr) => Ok("null".to_owned()),
        (&Imm::Int(value), Type::Ptr) => Ok(format!("inttoptr (i64 {value} to ptr)")),
        (&Imm::Int(value), _) => Ok(value.to_string()),
        (&Imm::Float(bits), Type::F32) => {
            let value = f32::from_bits(bits as u32);
            if value.is_nan() {
                // As a double it might lose its payload.
                return Ok(format!("bitcast (i32 {} to float)", bits as u32));
            }
            Ok(format!("0x{:016X}", f64::from(value).to_bits()))
        }
        (&Imm::Float(bits), Type::F64) => Ok(format!("0x{bits:016X}")),
        _ => Err("a constant without its value".into()),
    }
}

/// Writes one instruction with a single result.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let ty = data.ty.ok_or("no controlling type")?;
    let llvm = &fx.llvm(ty);
    match (data.op, &data.imm) {
        (Opcode::Icmp, &Imm::IntCond(cond)) => {
            let (a, b) = (fx.arg(data, 0), fx.arg(data, 1));
            // To LLVM the one bit of a true value is its sign; here it is 1.
            let cond =
                if fx.func.value_type(data.args[0]) == Type::Bool { unsigned(cond) } else { cond };
            fx.define(data, &format!("icmp {} {llvm} {a}, {b}", int_condition(cond)));
        }
        (Opcode::Fcmp, &Imm::FloatCond(cond)) => {
            let (a, b) = (fx.arg(data, 0), fx.arg(data, 1));
            let line = format!("fcmp{} {} {llvm} {a}, {b}", flags(data), float_condition(cond));
            fx.define(data, &line);
        }
        (Opcode::Select, _) => {
            let (c, a, b) = (fx.arg(data, 0), fx.arg(data, 1), fx.arg(data, 2));
            let bool = fx.llvm(Type::Bool);
            // Operands that set flags of floating-point errors (`runtime/core/src/looking.rs`)
            // are computed, so they must not be put behind a branch.
            let stays = if ty.is_float() { ", !unpredictable !{}" } else { "" };
            fx.define(data, &format!("select {bool} {c}, {llvm} {a}, {llvm} {b}{stays}"));
        }
        (Opcode::Fma, _) => {
            let (a, b, c) = (fx.arg(data, 0), fx.arg(data, 1), fx.arg(data, 2));
            let name = format!("llvm.fma.{}", fx.overload(ty));
            fx.define_intrinsic(data, &name, llvm, &[(llvm, &a), (llvm, &b), (llvm, &c)]);
        }
        _ if data.args.len() == 1 => unary(fx, data, ty)?,
        _ => binary(fx, data, ty)?,
    }
    Ok(())
}

fn unary(fx: &mut FunctionCx<'_, '_>, data: &InstData, ty: Type) -> Result<(), String> {
    let llvm = &fx.llvm(ty);
    let a = fx.arg(data, 0);
    let plain = match data.op {
        Opcode::Ineg => Some(format!("sub {llvm} {}, {a}", fx.splat(ty, "0"))),
        Opcode::Bnot if ty == Type::Bool => {
            Some(format!("xor {llvm} {a}, {}", fx.splat(ty, "true")))
        }
        Opcode::Bnot => Some(format!("xor {llvm} {a}, {}", fx.splat(ty, "-1"))),
        Opcode::Fneg => Some(format!("fneg{} {llvm} {a}", flags(data))),
        _ => None,
    };
    if let Some(line) = plain {
        fx.define(data, &line);
        return Ok(());
    }
    let (name, more) = match data.op {
        Opcode::Clz => ("ctlz", Some(("i1", "false"))),
        Opcode::Ctz => ("cttz", Some(("i1", "false"))),
        Opcode::Popcnt => ("ctpop", None),
        Opcode::Fabs => ("fabs", None),
        Opcode::Fsqrt => ("sqrt", None),
        Opcode::Ffloor => ("floor", None),
        Opcode::Fceil => ("ceil", None),
        Opcode::Ftrunc => ("trunc", None),
        // In the rounding mode that is always set: to nearest, ties to even.
        Opcode::Fnearest => ("nearbyint", None),
        op => return Err(format!("{} is not a unary operation", op.name())),
    };
    let mut args = vec![(llvm.as_str(), a.as_str())];
    args.extend(more);
    let call = fx.intrinsic(&format!("llvm.{name}.{}", fx.overload(ty)), llvm, &args);
    fx.define(data, &call.replacen("call", &format!("call{}", flags(data)), 1));
    Ok(())
}

fn binary(fx: &mut FunctionCx<'_, '_>, data: &InstData, ty: Type) -> Result<(), String> {
    let llvm = &fx.llvm(ty);
    let mut args = [fx.arg(data, 0), fx.arg(data, 1)];
    if let Some((at, hidden)) = fx.clamps.get(&data.results[0]) {
        args[*at].clone_from(hidden);
    }
    let [a, b] = args;
    let name = match data.op {
        Opcode::Iadd => "add",
        Opcode::Isub => "sub",
        Opcode::Imul => "mul",
        Opcode::Sdiv => "sdiv",
        Opcode::Udiv => {
            if let Some(&distance) = fx.of_ranges.get(&data.results[0]) {
                empty_ranges::write(fx, data, distance);
                return Ok(());
            }
            "udiv"
        }
        Opcode::Srem => "srem",
        Opcode::Urem => "urem",
        Opcode::Band => "and",
        Opcode::Bor => "or",
        Opcode::Bxor => "xor",
        Opcode::Ishl => "shl",
        Opcode::Sshr => "ashr",
        Opcode::Ushr => "lshr",
        Opcode::Fadd => "fadd",
        Opcode::Fsub => "fsub",
        Opcode::Fmul => "fmul",
        Opcode::Fdiv => "fdiv",
        Opcode::Sfloordiv | Opcode::Sfloormod => {
            if fx.lanes == 1 && fx.func.int_const(data.args[1]).is_none() {
                division::write(fx, data, llvm);
            } else {
                floor_division(fx, data, llvm);
            }
            return Ok(());
        }
        Opcode::Smulhi | Opcode::Umulhi => {
            high_half(fx, data, ty);
            return Ok(());
        }
        op => {
            let name = match op {
                Opcode::Smin => "smin",
                Opcode::Smax => "smax",
                Opcode::Umin => "umin",
                Opcode::Umax => "umax",
                Opcode::Fcopysign => "copysign",
                _ => return Err(format!("{} is not a binary operation", op.name())),
            };
            fx.define_intrinsic(
                data,
                &format!("llvm.{name}.{}", fx.overload(ty)),
                llvm,
                &[(llvm, &a), (llvm, &b)],
            );
            return Ok(());
        }
    };
    fx.define(data, &format!("{name}{} {llvm} {a}, {b}", flags(data)));
    Ok(())
}

/// The flags of an operation, with a space before each.
fn flags(data: &InstData) -> String {
    data.fast.names().flat_map(|name| [" ", name]).collect()
}

/// The upper half of a product in twice the width.
fn high_half(fx: &mut FunctionCx<'_, '_>, data: &InstData, ty: Type) {
    let (llvm, width) = (llvm_type(ty), ty.bits());
    let wide = format!("i{}", 2 * width);
    let extend = if data.op == Opcode::Smulhi { "sext" } else { "zext" };
    let (a, b) = (fx.arg(data, 0), fx.arg(data, 1));
    let a = fx.temporary(&format!("{extend} {llvm} {a} to {wide}"));
    let b = fx.temporary(&format!("{extend} {llvm} {b} to {wide}"));
    let product = fx.temporary(&format!("mul {wide} {a}, {b}"));
    let high = fx.temporary(&format!("lshr {wide} {product}, {width}"));
    fx.define(data, &format!("trunc {wide} {high} to {llvm}"));
}

/// Python's `//` and `%` from the truncating division: one step down where the remainder
/// isn't 0 and its sign differs from the divisor's.
fn floor_division(fx: &mut FunctionCx<'_, '_>, data: &InstData, llvm: &str) {
    let (a, b) = (fx.arg(data, 0), fx.arg(data, 1));
    let remainder = fx.temporary(&format!("srem {llvm} {a}, {b}"));
    let signs = fx.temporary(&format!("xor {llvm} {remainder}, {b}"));
    let differ = fx.temporary(&format!("icmp slt {llvm} {signs}, 0"));
    let inexact = fx.temporary(&format!("icmp ne {llvm} {remainder}, 0"));
    let adjust = fx.temporary(&format!("and i1 {differ}, {inexact}"));
    if data.op == Opcode::Sfloordiv {
        let quotient = fx.temporary(&format!("sdiv {llvm} {a}, {b}"));
        let step = fx.temporary(&format!("sext i1 {adjust} to {llvm}"));
        fx.define(data, &format!("add {llvm} {quotient}, {step}"));
    } else {
        let step = fx.temporary(&format!("select i1 {adjust}, {llvm} {b}, {llvm} 0"));
        fx.define(data, &format!("add {llvm} {remainder}, {step}"));
    }
}

fn unsigned(cond: IntCond) -> IntCond {
    match cond {
        IntCond::Slt => IntCond::Ult,
        IntCond::Sle => IntCond::Ule,
        IntCond::Sgt => IntCond::Ugt,
        IntCond::Sge => IntCond::Uge,
        other => other,
    }
}

fn int_condition(cond: IntCond) -> &'static str {
    match cond {
        IntCond::Eq => "eq",
        IntCond::Ne => "ne",
        IntCond::Slt => "slt",
        IntCond::Sle => "sle",
        IntCond::Sgt => "sgt",
        IntCond::Sge => "sge",
        IntCond::Ult => "ult",
        IntCond::Ule => "ule",
        IntCond::Ugt => "ugt",
        IntCond::Uge => "uge",
    }
}

/// All are false with a nan but `ne`, as in Python.
fn float_condition(cond: FloatCond) -> &'static str {
    match cond {
        FloatCond::Eq => "oeq",
        FloatCond::Ne => "une",
        FloatCond::Lt => "olt",
        FloatCond::Le => "ole",
        FloatCond::Gt => "ogt",
        FloatCond::Ge => "oge",
    }
}
