//! Addresses, loads, stores and reference counts.
//!
//! No access can fault: checks precede them in the IR. Elements of arrays may lie at any
//! address (fields of packed records), all else is aligned. Each IR region is one alias
//! region of Cranelift, which then forwards and removes loads within it.

use crate::calls::call_runtime;
use crate::function::{FunctionCx, Record};
use cranelift_codegen::ir::{InstBuilder, types};
use cranelift_module::Module as _;
use cumbia_abi::{helper_index, offsets};
use cumbia_ir::{Imm, InstData, Opcode, Region};

/// Lowers one memory operation.
pub(crate) fn lower(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    match data.op {
        Opcode::PtrAdd => {
            let (base, bytes) = (fx.arg(data, 0), fx.arg(data, 1));
            let address = fx.b.ins().iadd(base, bytes);
            fx.define(data, address);
        }
        Opcode::DataAddr => {
            let Imm::Data(id) = data.imm else { return Err("no data immediate".into()) };
            let object = fx.shared.data[id.index()];
            let global = fx.object.declare_data_in_func(object, fx.b.func);
            let address = fx.b.ins().symbol_value(types::I64, global);
            fx.define(data, address);
        }
        Opcode::FuncAddr => {
            let Imm::Func(of) = data.imm else { return Err("no function immediate".into()) };
            let function = fx.func_ref(of.index());
            let address = fx.b.ins().func_addr(types::I64, function);
            fx.define(data, address);
        }
        Opcode::Load => {
            let (offset, region) = place(data)?;
            let ty = crate::signature::clif_type(data.ty.ok_or("no type")?);
            let address = fx.arg(data, 0);
            let flags = fx.region(region);
            let value = fx.b.ins().load(ty, flags, address, offset);
            fx.define(data, value);
        }
        Opcode::Store => {
            let (offset, region) = place(data)?;
            let (value, address) = (fx.arg(data, 0), fx.arg(data, 1));
            let flags = fx.region(region);
            fx.b.ins().store(flags, value, address, offset);
        }
        Opcode::Retain => {
            let owner = fx.arg(data, 0);
            let flags = fx.region(Region::Owner);
            let count = fx.b.ins().load(types::I64, flags, owner, offsets::OWNER_REFCOUNT);
            let count = fx.b.ins().iadd_imm_s(count, 1);
            fx.b.ins().store(flags, count, owner, offsets::OWNER_REFCOUNT);
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

/// One reference less; the last one frees the record in a cold block.
fn release(fx: &mut FunctionCx<'_, '_>, data: &InstData) {
    let owner = fx.arg(data, 0);
    let flags = fx.region(Region::Owner);
    let count = fx.b.ins().load(types::I64, flags, owner, offsets::OWNER_REFCOUNT);
    let count = fx.b.ins().iadd_imm_s(count, -1);
    fx.b.ins().store(flags, count, owner, offsets::OWNER_REFCOUNT);
    let free = fx.cold_block();
    let next = fx.b.create_block();
    fx.b.ins().brif(count, next, &[], free, &[]);
    fx.b.switch_to_block(free);
    let index = helper_index("free_owner").expect("in the table");
    call_runtime(fx, index, &[owner]);
    fx.b.ins().jump(next, &[]);
    fx.b.switch_to_block(next);
}

/// Whether the context's status is set, as an `i32`.
pub(crate) fn load_status(fx: &mut FunctionCx<'_, '_>) -> cranelift_codegen::ir::Value {
    let flags = fx.record(Record::Context);
    fx.b.ins().load(types::I32, flags, fx.context, offsets::STATUS)
}
