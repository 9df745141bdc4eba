//! The beginning of a function for callers in C: its context, in its frame.
//!
//! The first part is a copy of what the boundary has filled; the rest gets values before it is
//! read.

use crate::function::{FunctionCx, Record};
use cranelift_codegen::ir::{self, InstBuilder, StackSlotData, StackSlotKind, types};
use cranelift_module::Module as _;
use cumbia_abi::{C_CONTEXT_SIZE, Context};
use cumbia_ir::DataId;

/// Makes the context in the native entry block; gives its address.
pub(crate) fn make_context(fx: &mut FunctionCx<'_, '_>, data: DataId) -> ir::Value {
    let size = size_of::<Context>() as u32;
    let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, size, 4);
    let slot = fx.b.create_sized_stack_slot(slot);
    let context = fx.b.ins().stack_addr(types::I64, slot, 0);
    let object = fx.shared.data[data.index()];
    let global = fx.object.declare_data_in_func(object, fx.b.func);
    let filled = fx.b.ins().symbol_value(types::I64, global);
    let flags = fx.record(Record::Context);
    for offset in (0..C_CONTEXT_SIZE as i32).step_by(8) {
        let word = fx.b.ins().load(types::I64, flags, filled, offset);
        fx.b.ins().store(flags, word, context, offset);
    }
    context
}
