//! Operations that may raise by themselves: checked arithmetic, index checks,
//! guards, polls and the stack check.
//!
//! The fast path is inline. The slow path is a cold block that stores the
//! message arguments, names the site and leaves through the function's raise exit.

use crate::calls::call_runtime;
use crate::control::pass_on;
use crate::function::{FunctionCx, Record};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use cumbia_abi::{MAX_RAISE_ARGS, MAX_SAVED, STATUS_OSR, helper_index, offsets};
use cumbia_ir::{Imm, InstData, Opcode, RaiseSpec, Type, Value, standard_raise};

/// Lowers one check.
pub(crate) fn lower(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    match data.op {
        Opcode::SaddChk | Opcode::SsubChk | Opcode::SmulChk => {
            let (a, b) = (fx.arg(data, 0), fx.arg(data, 1));
            let (value, overflow) = match data.op {
                Opcode::SaddChk => fx.b.ins().sadd_overflow(a, b),
                Opcode::SsubChk => fx.b.ins().ssub_overflow(a, b),
                _ => fx.b.ins().smul_overflow(a, b),
            };
            let cold = raise_block(fx, data, &[])?;
            fx.branch_cold(overflow, cold, &[]);
            fx.define(data, value);
        }
        Opcode::Index => {
            let (index, length) = (fx.arg(data, 0), fx.arg(data, 1));
            let wrapped = fx.b.ins().iadd(index, length);
            let negative = fx.b.ins().icmp_imm_s(IntCC::SignedLessThan, index, 0);
            let position = fx.b.ins().select(negative, wrapped, index);
            check_bound(fx, data, position, length)?;
        }
        Opcode::Bound => {
            let (index, length) = (fx.arg(data, 0), fx.arg(data, 1));
            check_bound(fx, data, index, length)?;
        }
        Opcode::Guard => {
            let condition = fx.arg(data, 0);
            let cold = raise_block(fx, data, &data.args[1..])?;
            fx.branch_cold_unless(condition, cold);
        }
        Opcode::Poll => poll(fx, data),
        Opcode::TryPoll => try_poll(fx, data),
        Opcode::OsrPoll => osr_poll(fx, data)?,
        Opcode::NoteCall => crate::control::note_call(fx, data),
        Opcode::SetRaise => {
            let site = raise_site(fx, data, &data.args)?;
            store_arguments(fx, &data.args);
            let flags = fx.record(Record::Context);
            let site = fx.b.ins().iconst(types::I32, i64::from(site));
            fx.b.ins().store(flags, site, fx.context, offsets::RAISE_SITE);
            let none = fx.b.ins().iconst(types::I32, 0);
            fx.b.ins().store(flags, none, fx.context, offsets::TRACE_LEN);
        }
        Opcode::StackCheck => {
            let flags = fx.record(Record::Constant);
            let limit = fx.b.ins().load(types::I64, flags, fx.context, offsets::STACK_LIMIT);
            let pointer = fx.b.ins().get_stack_pointer(types::I64);
            let low = fx.b.ins().icmp(IntCC::UnsignedLessThan, pointer, limit);
            let cold = raise_block(fx, data, &[])?;
            fx.branch_cold(low, cold, &[]);
        }
        op => return Err(format!("{} is not a check", op.name())),
    }
    Ok(())
}

/// Raises unless `position` is below `length`, unsigned: a negative one is not.
fn check_bound(
    fx: &mut FunctionCx<'_, '_>,
    data: &InstData,
    position: ir::Value,
    length: ir::Value,
) -> Result<(), String> {
    let outside = fx.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, position, length);
    let cold = raise_block(fx, data, &data.args)?;
    fx.branch_cold(outside, cold, &[]);
    fx.define(data, position);
    Ok(())
}

/// The interrupt flag, read atomically so that no two polls become one.
fn interrupt_flag(fx: &mut FunctionCx<'_, '_>) -> ir::Value {
    let constant = fx.record(Record::Constant);
    let address = fx.b.ins().load(types::I64, constant, fx.context, offsets::POLL_FLAG);
    let flags = fx.record(Record::Context);
    fx.b.ins().atomic_load(types::I32, flags, address)
}

/// Calls `poll_slow`; gives the status.
fn poll_slow(fx: &mut FunctionCx<'_, '_>) -> ir::Value {
    let index = helper_index("poll_slow").expect("in the table");
    call_runtime(fx, index, &[]);
    crate::memory::load_status(fx)
}

/// As [`poll`], but the status becomes the result.
fn try_poll(fx: &mut FunctionCx<'_, '_>, data: &InstData) {
    let flag = interrupt_flag(fx);
    let slow = fx.cold_block();
    let next = fx.b.create_block();
    let status = fx.b.append_block_param(next, types::I32);
    let ok = fx.b.ins().iconst(types::I32, 0);
    fx.b.ins().brif(flag, slow, &[], next, &[ok.into()]);
    fx.b.switch_to_block(slow);
    let slow_status = poll_slow(fx);
    fx.b.ins().jump(next, &[slow_status.into()]);
    fx.b.switch_to_block(next);
    fx.define(data, status);
}

/// As [`poll`]; with the status of better code the loop's values are saved on the way out.
fn osr_poll(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    let Imm::Int(number) = data.imm else { return Err("no loop number".into()) };
    if data.args.len() > MAX_SAVED {
        return Err(format!("{} saved values; at most {MAX_SAVED}", data.args.len()));
    }
    let flag = interrupt_flag(fx);
    let slow = fx.cold_block();
    let next = fx.b.create_block();
    fx.b.ins().brif(flag, slow, &[], next, &[]);
    fx.b.switch_to_block(slow);
    // The runtime asks for code that begins at this loop.
    let number = fx.b.ins().iconst(types::I32, number);
    let flags = fx.record(Record::Context);
    fx.b.ins().store(flags, number, fx.context, offsets::RAISE_SITE);
    let status = osr_poll_slow(fx);
    let site = fx.shared.sites.call(fx.index, &fx.func.name, data.loc);
    let (leaving, raised) = (fx.cold_block(), fx.cold_block());
    fx.b.ins().brif(status, leaving, &[], next, &[]);
    fx.b.switch_to_block(leaving);
    let better = fx.b.ins().icmp_imm_s(IntCC::Equal, status, i64::from(STATUS_OSR));
    let save = fx.cold_block();
    fx.b.ins().brif(better, save, &[], raised, &[]);
    fx.b.switch_to_block(save);
    store_slots(fx, &data.args, offsets::SAVED);
    fx.b.ins().jump(raised, &[]);
    fx.b.switch_to_block(raised);
    pass_on(fx, status, site);
    fx.b.switch_to_block(next);
    Ok(())
}

/// Calls `osr_poll_slow`; gives the status.
fn osr_poll_slow(fx: &mut FunctionCx<'_, '_>) -> ir::Value {
    let index = helper_index("osr_poll_slow").expect("in the table");
    call_runtime(fx, index, &[]);
    crate::memory::load_status(fx)
}

fn poll(fx: &mut FunctionCx<'_, '_>, data: &InstData) {
    let flag = interrupt_flag(fx);
    let slow = fx.cold_block();
    let next = fx.b.create_block();
    fx.b.ins().brif(flag, slow, &[], next, &[]);
    fx.b.switch_to_block(slow);
    let status = poll_slow(fx);
    let site = fx.shared.sites.call(fx.index, &fx.func.name, data.loc);
    let raised = fx.cold_block();
    fx.b.ins().brif(status, raised, &[], next, &[]);
    fx.b.switch_to_block(raised);
    pass_on(fx, status, site);
    fx.b.switch_to_block(next);
}

/// What an instruction raises, from its own immediate or its fixed meaning.
fn raise_spec(data: &InstData) -> Result<RaiseSpec, String> {
    standard_raise(data.op, &data.imm)
        .ok_or_else(|| format!("{} has nothing to raise", data.op.name()))
}

/// A cold block that raises what `data` raises, with message arguments. Equal
/// raises without arguments share one.
fn raise_block(
    fx: &mut FunctionCx<'_, '_>,
    data: &InstData,
    args: &[Value],
) -> Result<ir::Block, String> {
    let site = raise_site(fx, data, args)?;
    if args.is_empty()
        && let Some(&block) = fx.raise_blocks.get(&site)
    {
        return Ok(block);
    }
    let here = fx.b.current_block().expect("lowering is within a block");
    let block = fx.cold_block();
    if args.is_empty() {
        fx.raise_blocks.insert(site, block);
    }
    fx.b.switch_to_block(block);
    emit_raise(fx, site, args);
    fx.b.switch_to_block(here);
    Ok(block)
}

/// The site of what `data` raises.
pub(crate) fn raise_site(
    fx: &mut FunctionCx<'_, '_>,
    data: &InstData,
    args: &[Value],
) -> Result<u32, String> {
    if args.len() > MAX_RAISE_ARGS {
        return Err(format!("{} message arguments; at most {MAX_RAISE_ARGS}", args.len()));
    }
    let types: Vec<Type> = args.iter().map(|&arg| fx.func.value_type(arg)).collect();
    Ok(fx.shared.sites.raise(fx.index, &fx.func.name, data.loc, raise_spec(data)?, &types))
}

/// Stores the message arguments as slots and leaves by the raise exit.
pub(crate) fn emit_raise(fx: &mut FunctionCx<'_, '_>, site: u32, args: &[Value]) {
    store_arguments(fx, args);
    let site = fx.b.ins().iconst(types::I32, i64::from(site));
    let exit = crate::control::raise_exit(fx);
    fx.b.ins().jump(exit, &[site.into()]);
}

fn store_arguments(fx: &mut FunctionCx<'_, '_>, args: &[Value]) {
    store_slots(fx, args, offsets::RAISE_ARGS);
}

/// Stores values as slots of 8 bytes in the context, from `offset` on.
fn store_slots(fx: &mut FunctionCx<'_, '_>, args: &[Value], offset: i32) {
    let flags = fx.record(Record::Context);
    for (i, &arg) in args.iter().enumerate() {
        let value = fx.value(arg);
        let value = match fx.func.value_type(arg) {
            Type::Bool => fx.b.ins().uextend(types::I64, value),
            Type::I8 | Type::I16 | Type::I32 => fx.b.ins().sextend(types::I64, value),
            _ => value,
        };
        fx.b.ins().store(flags, value, fx.context, offset + 8 * i as i32);
    }
}
