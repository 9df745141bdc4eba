//! Operations that may raise by themselves: checked arithmetic, index checks, guards,
//! polls and the stack check.
//!
//! The fast path is inline. The slow path is a cold block that stores the message
//! arguments, names the site and leaves through one of the function's raise exits.

use super::calls::call_runtime;
use super::control::{self, pass_on};
use super::device;
use super::fitting;
use super::function::{FunctionCx, Label};
use super::memory::load_status;
use super::metadata::{FIRST_IS_COLD, Kind, NONNULL, SECOND_IS_COLD};
use super::module::llvm_type;
use cumbia_abi::{MAX_RAISE_ARGS, MAX_SAVED, STATUS_OSR, STATUS_RAISED, helper_index, offsets};
use cumbia_ir::{Imm, InstData, Opcode, RaiseSpec, Type, Value, standard_raise};

/// Writes one check.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    match data.op {
        Opcode::SaddChk | Opcode::SsubChk | Opcode::SmulChk => checked_arithmetic(fx, data)?,
        Opcode::Index => {
            let (index, length) = (fx.arg(data, 0), fx.arg(data, 1));
            // One comparison says both that it isn't negative and that it is within the
            // length. Others count from the end, or fail.
            let plain = fx.temporary(&format!("icmp ult i64 {index}, {length}"));
            let other = fx.new_block();
            let (next, position) = fitting::behind(fx, data.results[0]);
            fx.flows(next, std::slice::from_ref(&index));
            fx.branch(&plain, next, other, SECOND_IS_COLD);
            fx.switch_to(other);
            let wrapped = fx.temporary(&format!("add i64 {index}, {length}"));
            let negative = fx.temporary(&format!("icmp slt i64 {index}, 0"));
            let wrapped = format!("select i1 {negative}, i64 {wrapped}, i64 {index}");
            let wrapped = fx.temporary(&wrapped);
            check_bound(fx, data, &wrapped, &length)?;
            fx.jump(next, &[wrapped]);
            fx.switch_to(next);
            fx.same(data, "i64", &position);
        }
        Opcode::Bound => {
            let (index, length) = (fx.arg(data, 0), fx.arg(data, 1));
            check_bound(fx, data, &index, &length)?;
            fx.same(data, "i64", &index);
        }
        Opcode::Guard => {
            let condition = fx.arg(data, 0);
            let cold = raise_block(fx, data, &data.args[1..])?;
            fx.branch_cold_unless(&condition, cold);
        }
        // Nobody interrupts a device, and its stack has a size of its own.
        Opcode::Poll | Opcode::StackCheck if fx.shared.device.is_some() => {}
        // One of a few levels polls, and a level ends soon.
        Opcode::Poll if fx.quiet => {}
        Opcode::Poll => poll(fx, data),
        Opcode::TryPoll => try_poll(fx, data),
        Opcode::OsrPoll => osr_poll(fx, data)?,
        Opcode::NoteCall => control::note_call(fx, data),
        Opcode::SetRaise => {
            let site = raise_site(fx, data, &data.args)?;
            store_arguments(fx, &data.args);
            let site = site.to_string();
            fx.store("i32", &site, "%context", offsets::RAISE_SITE, Kind::Context);
            fx.store("i32", "0", "%context", offsets::TRACE_LEN, Kind::Context);
        }
        // A copy is part of the function's frame.
        Opcode::StackCheck if fx.copy > 0 => {}
        Opcode::StackCheck => {
            let limit = fx.load("i64", "%context", offsets::STACK_LIMIT, Kind::Constant);
            let frame = fx.intrinsic("llvm.frameaddress.p0", "ptr", &[("i32", "0")]);
            let frame = fx.temporary(&frame);
            let pointer = fx.temporary(&format!("ptrtoint ptr {frame} to i64"));
            let low = fx.temporary(&format!("icmp ult i64 {pointer}, {limit}"));
            let cold = raise_block(fx, data, &[])?;
            fx.branch_cold(&low, cold);
        }
        op => return Err(format!("{} is not a check", op.name())),
    }
    Ok(())
}

fn checked_arithmetic(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let ty = data.ty.ok_or("no controlling type")?;
    let llvm = llvm_type(ty);
    let name = match data.op {
        Opcode::SaddChk => "sadd",
        Opcode::SsubChk => "ssub",
        _ => "smul",
    };
    let (a, b) = (fx.arg(data, 0), fx.arg(data, 1));
    let pair = format!("{{ {llvm}, i1 }}");
    let name = format!("llvm.{name}.with.overflow.{ty}");
    let call = fx.intrinsic(&name, &pair, &[(llvm, &a), (llvm, &b)]);
    let both = fx.temporary(&call);
    fx.define(data, &format!("extractvalue {pair} {both}, 0"));
    let overflow = fx.temporary(&format!("extractvalue {pair} {both}, 1"));
    let cold = raise_block(fx, data, &[])?;
    fx.branch_cold(&overflow, cold);
    Ok(())
}

/// Raises unless `position` is below `length`, unsigned: a negative one is not.
fn check_bound(
    fx: &mut FunctionCx<'_, '_>,
    data: &InstData,
    position: &str,
    length: &str,
) -> Result<(), String> {
    let inside = fx.temporary(&format!("icmp ult i64 {position}, {length}"));
    let cold = raise_block(fx, data, &data.args)?;
    fx.branch_cold_unless(&inside, cold);
    Ok(())
}

/// Whether an interrupt is pending, read atomically so that no two polls become one.
fn interrupted(fx: &mut FunctionCx<'_, '_>) -> String {
    let place = fx.offset("%context", i64::from(offsets::POLL_FLAG));
    let marks = Kind::Constant.access();
    let address = fx.temporary(&format!("load ptr, ptr {place}{marks}{NONNULL}"));
    let marks = Kind::Flag.access();
    let flag = fx.temporary(&format!("load atomic i32, ptr {address} monotonic, align 4{marks}"));
    fx.temporary(&format!("icmp ne i32 {flag}, 0"))
}

/// Calls a runtime function of polls; gives the status.
fn poll_slow(fx: &mut FunctionCx<'_, '_>, name: &str) -> String {
    call_runtime(fx, helper_index(name).expect("in the table"), &[]);
    load_status(fx)
}

/// As [`poll`], but the status becomes the result.
fn try_poll(fx: &mut FunctionCx<'_, '_>, data: &InstData) {
    let flag = interrupted(fx);
    let (slow, next) = (fx.new_block(), fx.new_block());
    let status = fx.add_param(next, "i32");
    fx.flows(next, &["0".to_owned()]);
    fx.branch(&flag, slow, next, FIRST_IS_COLD);
    fx.switch_to(slow);
    let slow_status = poll_slow(fx, "poll_slow");
    fx.jump(next, &[slow_status]);
    fx.switch_to(next);
    fx.same(data, "i32", &status);
}

fn poll(fx: &mut FunctionCx<'_, '_>, data: &InstData) {
    let flag = interrupted(fx);
    let (slow, next, raised) = (fx.new_block(), fx.new_block(), fx.new_block());
    fx.branch(&flag, slow, next, FIRST_IS_COLD);
    fx.switch_to(slow);
    let status = poll_slow(fx, "poll_slow");
    let failed = fx.temporary(&format!("icmp ne i32 {status}, 0"));
    fx.branch(&failed, raised, next, FIRST_IS_COLD);
    fx.switch_to(raised);
    let site = fx.shared.sites.call(fx.index, &fx.func.name, data.loc);
    pass_on(fx, &status, site);
    fx.switch_to(next);
}

/// As [`poll`]; with the status of better code the loop's values are saved on the way out.
fn osr_poll(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let Imm::Int(number) = data.imm else { return Err("no loop number".into()) };
    if data.args.len() > MAX_SAVED {
        return Err(format!("{} saved values; at most {MAX_SAVED}", data.args.len()));
    }
    let flag = interrupted(fx);
    let (slow, next, leaving) = (fx.new_block(), fx.new_block(), fx.new_block());
    let (save, raised) = (fx.new_block(), fx.new_block());
    fx.branch(&flag, slow, next, FIRST_IS_COLD);
    fx.switch_to(slow);
    // The runtime asks for code that begins at this loop.
    fx.store("i32", &number.to_string(), "%context", offsets::RAISE_SITE, Kind::Context);
    let status = poll_slow(fx, "osr_poll_slow");
    let failed = fx.temporary(&format!("icmp ne i32 {status}, 0"));
    fx.branch(&failed, leaving, next, FIRST_IS_COLD);
    fx.switch_to(leaving);
    let better = fx.temporary(&format!("icmp eq i32 {status}, {STATUS_OSR}"));
    fx.branch(&better, save, raised, "");
    fx.switch_to(save);
    store_slots(fx, &data.args, offsets::SAVED);
    fx.jump(raised, &[]);
    fx.switch_to(raised);
    let site = fx.shared.sites.call(fx.index, &fx.func.name, data.loc);
    pass_on(fx, &status, site);
    fx.switch_to(next);
    Ok(())
}

/// What an instruction raises, from its own immediate or its fixed meaning.
fn raise_spec(data: &InstData) -> Result<RaiseSpec, String> {
    standard_raise(data.op, &data.imm)
        .ok_or_else(|| format!("{} has nothing to raise", data.op.name()))
}

/// A cold block that raises what `data` raises, with message arguments. Equal raises
/// without arguments share one.
fn raise_block(
    fx: &mut FunctionCx<'_, '_>,
    data: &InstData,
    args: &[Value],
) -> Result<Label, String> {
    let site = raise_site(fx, data, args)?;
    if args.is_empty()
        && let Some(&block) = fx.raise_blocks.get(&site)
    {
        return Ok(block);
    }
    let here = fx.current();
    let block = fx.new_block();
    if args.is_empty() {
        fx.raise_blocks.insert(site, block);
    }
    fx.switch_to(block);
    write_raise(fx, site, args);
    fx.switch_to(here);
    Ok(block)
}

/// The site of what `data` raises.
pub(super) fn raise_site(
    fx: &mut FunctionCx<'_, '_>,
    data: &InstData,
    args: &[Value],
) -> Result<u32, String> {
    if args.len() > MAX_RAISE_ARGS {
        return Err(format!("{} message arguments; at most {MAX_RAISE_ARGS}", args.len()));
    }
    let types: Vec<Type> = args.iter().map(|&arg| fx.type_of(arg)).collect();
    Ok(fx.shared.sites.raise(fx.index, &fx.func.name, data.loc, raise_spec(data)?, &types))
}

/// Stores the message arguments as slots and leaves by a raise exit.
pub(super) fn write_raise(fx: &mut FunctionCx<'_, '_>, site: u32, args: &[Value]) {
    if fx.shared.device.is_some() && !args.is_empty() {
        device::errors::raise(fx, &site.to_string(), args);
        return control::write_return(fx, &STATUS_RAISED.to_string(), &[]);
    }
    store_arguments(fx, args);
    let exit = control::raise_exit(fx);
    fx.jump(exit, &[site.to_string()]);
}

fn store_arguments(fx: &mut FunctionCx<'_, '_>, args: &[Value]) {
    store_slots(fx, args, offsets::RAISE_ARGS);
}

/// Stores values as slots of 8 bytes in the context, from `offset` on.
fn store_slots(fx: &mut FunctionCx<'_, '_>, args: &[Value], offset: i32) {
    for (i, &arg) in args.iter().enumerate() {
        let value = fx.value(arg);
        let ty = fx.type_of(arg);
        let llvm = llvm_type(ty);
        let (llvm, value) = match ty {
            Type::Bool => ("i64", fx.temporary(&format!("zext i1 {value} to i64"))),
            Type::I8 | Type::I16 | Type::I32 => {
                ("i64", fx.temporary(&format!("sext {llvm} {value} to i64")))
            }
            _ => (llvm, value),
        };
        let offset = offset + 8 * i as i32;
        fx.store(llvm, &value, "%context", offset, Kind::Context);
    }
}
