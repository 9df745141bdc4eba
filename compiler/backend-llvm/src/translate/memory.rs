//! Addresses, loads, stores and reference counts.
//!
//! No access can fault: checks precede them in the IR. Elements of arrays may lie at any
//! address (fields of packed records), all else is aligned. Addresses are computed without `inbounds`: a pass
//! may form one outside of its array on the way to one within.

use super::calls::call_runtime;
use super::device;
use super::for_c;
use super::function::FunctionCx;
use super::metadata::{Kind, SECOND_IS_COLD};
use super::module::{data_symbol, llvm_type, symbol};
use cumbia_abi::{helper_index, offsets};
use cumbia_ir::{Imm, InstData, Opcode, Region};

/// Writes one memory operation.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    match data.op {
        Opcode::PtrAdd => {
            let (base, bytes) = (fx.arg(data, 0), fx.arg(data, 1));
            fx.define(data, &format!("getelementptr i8, ptr {base}, i64 {bytes}"));
        }
        Opcode::DataAddr => {
            let Imm::Data(id) = data.imm else { return Err("no data immediate".into()) };
            let place = match fx.shared.device {
                Some(_) => {
                    let space = fx.shared.data_spaces[id.index()];
                    device::memory::data_address(space, id.index())
                }
                None => data_symbol(id.index()),
            };
            fx.define(data, &format!("getelementptr i8, ptr {place}, i64 0"));
        }
        Opcode::FuncAddr => {
            let Imm::Func(of) = data.imm else { return Err("no function immediate".into()) };
            let of = symbol(&fx.shared.module.functions[of.index()]);
            fx.define(data, &format!("getelementptr i8, ptr {of}, i64 0"));
        }
        Opcode::Load => {
            let (offset, region) = place(data)?;
            let ty = llvm_type(data.ty.ok_or("no type")?);
            let base = fx.arg(data, 0);
            let address = fx.offset(&base, i64::from(offset));
            let marks = fx.access(region, data.ty) + &fx.scope(region, data.args[0]);
            match (fx.func.for_c, data.ty) {
                (Some(_), Some(of)) if of.is_float() => {
                    let loaded = fx.temporary(&format!("load {ty}, ptr {address}{marks}"));
                    let value = for_c::fenced(fx, of, &loaded);
                    fx.same(data, ty, &value);
                }
                _ => fx.define(data, &format!("load {ty}, ptr {address}{marks}")),
            }
        }
        Opcode::Store => {
            let (offset, region) = place(data)?;
            let (value, base) = (fx.arg(data, 0), fx.arg(data, 1));
            let ty = llvm_type(fx.type_of(data.args[0]));
            let address = fx.offset(&base, i64::from(offset));
            let marks =
                fx.access(region, Some(fx.type_of(data.args[0]))) + &fx.scope(region, data.args[1]);
            fx.line(&format!("store {ty} {value}, ptr {address}{marks}"));
        }
        // What arrays own is the host's.
        Opcode::Retain | Opcode::Release if fx.shared.device.is_some() => {}
        Opcode::Retain => {
            let owner = fx.arg(data, 0);
            count(fx, &owner, 1);
        }
        Opcode::Release => release(fx, data),
        op => return Err(format!("{} is not a memory operation", op.name())),
    }
    Ok(())
}

fn place(data: &InstData) -> Result<(i32, Region), String> {
    match data.imm {
        Imm::Mem { offset, region } => Ok((offset, region)),
        _ => Err("no memory immediate".into()),
    }
}

/// Changes an owner record's count by `step`; gives the new count.
fn count(fx: &mut FunctionCx<'_, '_>, owner: &str, step: i64) -> String {
    let kind = Kind::Region(Region::Owner);
    let count = fx.load("i64", owner, offsets::OWNER_REFCOUNT, kind);
    let count = fx.temporary(&format!("add i64 {count}, {step}"));
    fx.store("i64", &count, owner, offsets::OWNER_REFCOUNT, kind);
    count
}

/// One reference less; the last one frees the record in a cold block.
fn release(fx: &mut FunctionCx<'_, '_>, data: &InstData) {
    let owner = fx.arg(data, 0);
    let count = count(fx, &owner, -1);
    let more = fx.temporary(&format!("icmp ne i64 {count}, 0"));
    let (free, next) = (fx.new_block(), fx.new_block());
    fx.branch(&more, next, free, SECOND_IS_COLD);
    fx.switch_to(free);
    call_runtime(fx, helper_index("free_owner").expect("in the table"), &[owner]);
    fx.jump(next, &[]);
    fx.switch_to(next);
}

/// The context's status, as an `i32`.
pub(super) fn load_status(fx: &mut FunctionCx<'_, '_>) -> String {
    fx.load("i32", "%context", offsets::STATUS, Kind::Context)
}
