//! What threads of a device ask and do together: indices, barriers, shuffles, votes, fences; and
//! instructions of numbers that processors haven't.

use crate::translate::function::FunctionCx;
use cumbia_ir::{Imm, InstData, NATIVES, Opcode, Type};

/// Registers that `grid_query` reads, in the order of its numbers.
const REGISTERS: [&str; 14] = [
    "tid.x",
    "tid.y",
    "tid.z",
    "ctaid.x",
    "ctaid.y",
    "ctaid.z",
    "ntid.x",
    "ntid.y",
    "ntid.z",
    "nctaid.x",
    "nctaid.y",
    "nctaid.z",
    "laneid",
    "dynamic_smem_size",
];

/// Writes one operation of kernels.
pub(in crate::translate) fn write(
    fx: &mut FunctionCx<'_, '_>,
    data: &InstData,
) -> Result<(), String> {
    match data.op {
        Opcode::GridQuery => {
            let Imm::Int(number) = data.imm else { return Err("no number".into()) };
            let register = usize::try_from(number)
                .ok()
                .and_then(|n| REGISTERS.get(n))
                .ok_or("no such query")?;
            fx.define_intrinsic(data, &format!("llvm.nvvm.read.ptx.sreg.{register}"), "i32", &[]);
        }
        Opcode::StorageAddr => super::memory::storage_address(fx, data)?,
        Opcode::Barrier => effect(fx, "barrier.cta.sync.aligned.all", &[("i32", "0")]),
        Opcode::BarrierCount => {
            let truth = truth(fx, data, 0);
            let name = "llvm.nvvm.barrier.cta.red.popc.aligned.all";
            fx.define_intrinsic(data, name, "i32", &[("i32", "0"), ("i1", &truth)]);
        }
        Opcode::BarrierAnd | Opcode::BarrierOr => {
            let how = if data.op == Opcode::BarrierAnd { "and" } else { "or" };
            let truth = truth(fx, data, 0);
            let name = format!("llvm.nvvm.barrier.cta.red.{how}.aligned.all");
            widened(fx, data, &name, &[("i32", "0"), ("i1", &truth)]);
        }
        Opcode::GridBarrier => super::grids::barrier(fx),
        // The launch sees to it.
        Opcode::GridWhole => {}
        Opcode::WarpSync => {
            let mask = fx.arg(data, 0);
            effect(fx, "bar.warp.sync", &[("i32", &mask)]);
        }
        Opcode::ShuffleIndex => shuffle(fx, data, "idx", 31),
        Opcode::ShuffleUp => shuffle(fx, data, "up", 0),
        Opcode::ShuffleDown => shuffle(fx, data, "down", 31),
        Opcode::ShuffleXor => shuffle(fx, data, "bfly", 31),
        Opcode::VoteAll | Opcode::VoteAny | Opcode::VoteEqual => {
            let how = match data.op {
                Opcode::VoteAll => "all",
                Opcode::VoteAny => "any",
                _ => "uni",
            };
            let (mask, truth) = (fx.arg(data, 0), truth(fx, data, 1));
            let name = format!("llvm.nvvm.vote.{how}.sync");
            widened(fx, data, &name, &[("i32", &mask), ("i1", &truth)]);
        }
        Opcode::VoteBallot => {
            let (mask, truth) = (fx.arg(data, 0), truth(fx, data, 1));
            let name = "llvm.nvvm.vote.ballot.sync";
            fx.define_intrinsic(data, name, "i32", &[("i32", &mask), ("i1", &truth)]);
        }
        Opcode::MatchAny => {
            let (mask, value) = (fx.arg(data, 0), fx.arg(data, 1));
            let name = "llvm.nvvm.match.any.sync.i32";
            fx.define_intrinsic(data, name, "i32", &[("i32", &mask), ("i32", &value)]);
        }
        Opcode::MatchAll => {
            let (mask, value) = (fx.arg(data, 0), fx.arg(data, 1));
            let name = "llvm.nvvm.match.all.sync.i32p";
            let call = fx.intrinsic(name, "{ i32, i1 }", &[("i32", &mask), ("i32", &value)]);
            let both = fx.temporary(&call);
            fx.define(data, &format!("extractvalue {{ i32, i1 }} {both}, 0"));
        }
        Opcode::ActiveMask => fx.define_intrinsic(data, "llvm.nvvm.activemask", "i32", &[]),
        Opcode::FenceBlock => effect(fx, "membar.cta", &[]),
        Opcode::FenceDevice => effect(fx, "membar.gl", &[]),
        Opcode::FenceSystem => effect(fx, "membar.sys", &[]),
        // LLVM computes in `half` where that has the same bits.
        Opcode::FOfHalf => {
            let half = half(fx, data, 0);
            fx.define(data, &format!("fpext half {half} to float"));
        }
        Opcode::FToHalf => {
            let (from, a) = (fx.llvm(fx.type_of(data.args[0])), fx.arg(data, 0));
            let half = fx.temporary(&format!("fptrunc {from} {a} to half"));
            fx.define(data, &format!("bitcast half {half} to i16"));
        }
        Opcode::HalfFma => {
            let [a, b, c] = [0, 1, 2].map(|at| half(fx, data, at));
            let operands = [("half", &*a), ("half", &*b), ("half", &*c)];
            let call = fx.intrinsic("llvm.fma.f16", "half", &operands);
            let half = fx.temporary(&call);
            fx.define(data, &format!("bitcast half {half} to i16"));
        }
        // Devices before sm_80 get these as several operations (`cumbia_opt::software`).
        Opcode::FToBfloat => {
            let (from, a) = (fx.llvm(fx.type_of(data.args[0])), fx.arg(data, 0));
            let bfloat = fx.temporary(&format!("fptrunc {from} {a} to bfloat"));
            fx.define(data, &format!("bitcast bfloat {bfloat} to i16"));
        }
        Opcode::BfloatFma => {
            let [a, b, c] = [0, 1, 2].map(|at| {
                let bits = fx.arg(data, at);
                fx.temporary(&format!("bitcast i16 {bits} to bfloat"))
            });
            let operands = [("bfloat", &*a), ("bfloat", &*b), ("bfloat", &*c)];
            let call = fx.intrinsic("llvm.fma.bf16", "bfloat", &operands);
            let bfloat = fx.temporary(&call);
            fx.define(data, &format!("bitcast bfloat {bfloat} to i16"));
        }
        Opcode::Native => native(fx, data)?,
        op if op.without_hint().is_some() => super::hints::write(fx, data)?,
        op => return Err(format!("{} is no operation of kernels", op.name())),
    }
    Ok(())
}

fn half(fx: &mut FunctionCx<'_, '_>, data: &InstData, at: usize) -> String {
    let bits = fx.arg(data, at);
    fx.temporary(&format!("bitcast i16 {bits} to half"))
}

/// An instruction of [`NATIVES`], where the architecture and type have it, else the value that
/// stands for it.
fn native(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let Imm::Int(what) = data.imm else { return Err("no instruction".into()) };
    let (name, count) = usize::try_from(what)
        .ok()
        .and_then(|what| NATIVES.get(what))
        .ok_or("no such instruction")?;
    let ty = data.ty.ok_or("no controlling type")?;
    let llvm = fx.llvm(ty);
    let args: Vec<String> = (0..=*count).map(|at| fx.arg(data, at)).collect();
    let operands: Vec<(&str, &str)> = args[..*count].iter().map(|a| (&*llvm, &**a)).collect();
    let (function, how) = name.split_once('_').ok_or("a name of two words")?;
    let sm = fx.shared.device.as_ref().map_or(0, |device| device.sm);
    match (function, ty) {
        // From sm_80 on: the version of PTX that sm_75 has doesn't know it.
        ("tanh", Type::F32) if sm >= 80 => {
            let call = fx.intrinsic("llvm.tanh.f32", &llvm, &operands);
            fx.define(data, &call.replacen("call", "call afn", 1));
        }
        _ if how == "approx" && (ty != Type::F32 || function == "tanh") => {
            fx.same(data, &llvm, &args[*count]);
        }
        _ => {
            let function = match function {
                "exp2" => "ex2",
                "log2" => "lg2",
                name => name,
            };
            let suffix = match (function, ty) {
                // Without three more instructions for results below 2^-126, which are 0.
                ("ex2", _) => "ftz.f",
                (_, Type::F32) => "f",
                _ => "d",
            };
            let name = format!("llvm.nvvm.{function}.{how}.{suffix}");
            fx.define_intrinsic(data, &name, &llvm, &operands);
        }
    }
    Ok(())
}

fn effect(fx: &mut FunctionCx<'_, '_>, name: &str, args: &[(&str, &str)]) {
    let call = fx.intrinsic(&format!("llvm.nvvm.{name}"), "void", args);
    fx.line(&call);
}

/// Whether an operand isn't 0.
fn truth(fx: &mut FunctionCx<'_, '_>, data: &InstData, at: usize) -> String {
    let value = fx.arg(data, at);
    fx.temporary(&format!("icmp ne i32 {value}, 0"))
}

/// A truth value of an intrinsic as the result.
fn widened(fx: &mut FunctionCx<'_, '_>, data: &InstData, name: &str, args: &[(&str, &str)]) {
    let call = fx.intrinsic(name, "i1", args);
    let truth = fx.temporary(&call);
    fx.define(data, &format!("zext i1 {truth} to i32"));
}

/// The last operand of the instruction has the bits of a lane's number that lead out of its
/// part of the warp, and the lane beyond which there is none.
fn shuffle(fx: &mut FunctionCx<'_, '_>, data: &InstData, how: &str, clamp: u32) {
    let [mask, value, lane, width] = [0, 1, 2, 3].map(|at| fx.arg(data, at));
    let outside = fx.temporary(&format!("sub i32 32, {width}"));
    let outside = fx.temporary(&format!("shl i32 {outside}, 8"));
    let part = fx.temporary(&format!("or i32 {outside}, {clamp}"));
    let args = [("i32", &*mask), ("i32", &*value), ("i32", &*lane), ("i32", &*part)];
    fx.define_intrinsic(data, &format!("llvm.nvvm.shfl.sync.{how}.i32"), "i32", &args);
}
