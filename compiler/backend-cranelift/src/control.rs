//! Terminators, the order of blocks, and the two exits with a status.

use crate::checks::{emit_raise, raise_site};
use crate::function::{FunctionCx, Record};
use crate::signature::clif_type;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    self, BlockArg, InstBuilder, MemFlagsData, StackSlotData, StackSlotKind, types,
};
use cumbia_abi::{STATUS_OK, STATUS_RAISED, TRACE_CAPACITY, offsets};
use cumbia_ir::{Block, Effects, Function, InstData, Opcode, Target};

/// Lowers one terminator.
pub(crate) fn lower(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    match data.op {
        Opcode::Jump => {
            let (block, args) = target(fx, &data.targets[0]);
            fx.b.ins().jump(block, &args);
        }
        Opcode::Br => {
            for target in &data.targets {
                anchor(fx, target.block);
            }
            let condition = fx.arg(data, 0);
            let (then, then_args) = target(fx, &data.targets[0]);
            let (otherwise, otherwise_args) = target(fx, &data.targets[1]);
            if fx.shared.near_exits && fx.func.block(data.targets[0].block).cold {
                let not = fx.b.ins().icmp_imm_u(IntCC::Equal, condition, 0);
                fx.b.ins().brif(not, otherwise, &otherwise_args, then, &then_args);
            } else {
                fx.b.ins().brif(condition, then, &then_args, otherwise, &otherwise_args);
            }
        }
        Opcode::Return => emit_return(fx, data),
        Opcode::Raise => {
            let site = raise_site(fx, data, &data.args)?;
            emit_raise(fx, site, &data.args);
        }
        Opcode::Rethrow => {
            let status = fx.arg(data, 0);
            return_status(fx, status);
        }
        op => return Err(format!("{} is not a terminator", op.name())),
    }
    Ok(())
}

fn target(fx: &FunctionCx<'_, '_>, target: &Target) -> (ir::Block, Vec<BlockArg>) {
    (fx.block(target.block), target.args.iter().map(|&arg| fx.value(arg).into()).collect())
}

/// One in so many branches to cold blocks computes what the cold block uses.
const ANCHOR_EVERY: usize = 16;

/// Cranelift computes a pure value where it is used: a chain of sums would be computed
/// anew in each of the cold blocks along it that lead to a handler, which makes the code
/// quadratic in the length of a `try` body. A store now and then, which nothing reads,
/// makes it compute the values on the way.
fn anchor(fx: &mut FunctionCx<'_, '_>, block: Block) {
    let func = fx.func;
    if !func.block(block).cold {
        return;
    }
    let mut values = Vec::new();
    for &inst in &func.block(block).insts {
        func.for_each_use(inst, |value| {
            let made = func.def_inst(value).map(|made| func.inst(made));
            let computed = made
                .is_some_and(|made| made.op.effects() == Effects::Pure && !made.args.is_empty());
            if computed && fx.values[value.index()].is_some() {
                values.push(value);
            }
        });
    }
    fx.cold_branches += usize::from(!values.is_empty());
    if values.is_empty() || !fx.cold_branches.is_multiple_of(ANCHOR_EVERY) {
        return;
    }
    let slot = fx.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3));
    for value in values {
        let value = fx.value(value);
        fx.b.ins().stack_store(types::I64, value, slot, 0);
    }
}

fn emit_return(fx: &mut FunctionCx<'_, '_>, data: &InstData) {
    if fx.func.for_c.is_some() {
        let returned: Vec<ir::Value> = data.args.iter().map(|&result| fx.value(result)).collect();
        fx.b.ins().return_(&returned);
        return;
    }
    let mut returned = vec![fx.b.ins().iconst(types::I32, i64::from(STATUS_OK))];
    let mut offset = 0;
    for (i, &result) in data.args.iter().enumerate() {
        let value = fx.value(result);
        match fx.result_area {
            Some(area) if !fx.plan.in_register[i] => {
                fx.b.ins().store(MemFlagsData::trusted(), value, area, offset);
                offset += 8;
            }
            _ => returned.push(value),
        }
    }
    fx.b.ins().return_(&returned);
}

/// Blocks that leave the function with a status other than 0, shared by the cold
/// blocks that need one. Each serves a few of them: a block with thousands of
/// predecessors makes the register allocator's dominator tree quadratic.
#[derive(Default)]
pub(crate) struct Exits {
    blocks: Vec<ir::Block>,
    uses: usize,
}

/// Most predecessors of one exit.
const EXIT_USES: usize = 32;

impl Exits {
    /// The exit to use next; `None`: a new one is due.
    fn next(&mut self) -> Option<ir::Block> {
        let fits = !self.uses.is_multiple_of(EXIT_USES);
        self.uses += 1;
        self.blocks.last().copied().filter(|_| fits)
    }
}

/// A block that leaves with `STATUS_RAISED`; parameter: the site.
pub(crate) fn raise_exit(fx: &mut FunctionCx<'_, '_>) -> ir::Block {
    if let Some(exit) = fx.raise_exits.next() {
        return exit;
    }
    let block = fx.cold_block();
    fx.b.append_block_param(block, types::I32);
    fx.raise_exits.blocks.push(block);
    block
}

/// Ends the current block: an exception passes through call site `site`.
pub(crate) fn pass_on(fx: &mut FunctionCx<'_, '_>, status: ir::Value, site: u32) {
    let exit = match fx.pass_exits.next() {
        Some(exit) => exit,
        None => {
            let block = fx.cold_block();
            fx.b.append_block_param(block, types::I32);
            fx.b.append_block_param(block, types::I32);
            fx.pass_exits.blocks.push(block);
            block
        }
    };
    let site = fx.b.ins().iconst(types::I32, i64::from(site));
    fx.b.ins().jump(exit, &[status.into(), site.into()]);
}

/// Fills the exits that the function's blocks refer to.
pub(crate) fn emit_exits(fx: &mut FunctionCx<'_, '_>) {
    let flags = fx.record(Record::Context);
    for exit in std::mem::take(&mut fx.raise_exits.blocks) {
        fx.b.switch_to_block(exit);
        let site = fx.b.block_params(exit)[0];
        fx.b.ins().store(flags, site, fx.context, offsets::RAISE_SITE);
        let status = fx.b.ins().iconst(types::I32, i64::from(STATUS_RAISED));
        return_status(fx, status);
    }
    for exit in std::mem::take(&mut fx.pass_exits.blocks) {
        fx.b.switch_to_block(exit);
        let (status, site) = (fx.b.block_params(exit)[0], fx.b.block_params(exit)[1]);
        record_site(fx, site);
        return_status(fx, status);
    }
}

/// Appends a call site to the trace and goes on, in another block.
fn record_site(fx: &mut FunctionCx<'_, '_>, site: ir::Value) {
    let flags = fx.record(Record::Context);
    // The length also counts sites beyond the capacity.
    let length = fx.b.ins().load(types::I32, flags, fx.context, offsets::TRACE_LEN);
    let longer = fx.b.ins().iadd_imm_s(length, 1);
    fx.b.ins().store(flags, longer, fx.context, offsets::TRACE_LEN);
    let room = fx.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, length, TRACE_CAPACITY as i64);
    let (record, leave) = (fx.cold_block(), fx.cold_block());
    fx.b.ins().brif(room, record, &[], leave, &[]);
    fx.b.switch_to_block(record);
    let index = fx.b.ins().uextend(types::I64, length);
    let bytes = fx.b.ins().ishl_imm_u(index, 2);
    let place = fx.b.ins().iadd(fx.context, bytes);
    fx.b.ins().store(flags, site, place, offsets::TRACE);
    fx.b.ins().jump(leave, &[]);
    fx.b.switch_to_block(leave);
}

/// The pending exception has passed the call at this place.
pub(crate) fn note_call(fx: &mut FunctionCx<'_, '_>, data: &InstData) {
    let site = fx.shared.sites.call(fx.index, &fx.func.name, data.loc);
    let site = fx.b.ins().iconst(types::I32, i64::from(site));
    record_site(fx, site);
}

/// Returns a status that isn't 0, with zeros for the results in registers.
fn return_status(fx: &mut FunctionCx<'_, '_>, status: ir::Value) {
    let mut returned = vec![status];
    let func = fx.func;
    for (i, &ty) in func.results.iter().enumerate() {
        if !fx.plan.in_register[i] {
            continue;
        }
        returned.push(match clif_type(ty) {
            types::F32 => fx.b.ins().f32const(0.0),
            types::F64 => fx.b.ins().f64const(0.0),
            ty => fx.b.ins().iconst(ty, 0),
        });
    }
    fx.b.ins().return_(&returned);
}

/// The blocks reachable from the entry, each after its dominators.
pub(crate) fn reverse_postorder(func: &Function) -> Vec<Block> {
    let mut seen = vec![false; func.num_blocks()];
    let mut order = Vec::with_capacity(func.layout.len());
    // Each entry: a block, and its successors not yet visited.
    let mut stack: Vec<(Block, Vec<Block>)> = Vec::new();
    let enter = |block: Block, seen: &mut Vec<bool>| {
        seen[block.index()] = true;
        let mut successors: Vec<Block> = func.successors(block).collect();
        successors.reverse();
        (block, successors)
    };
    stack.push(enter(func.entry(), &mut seen));
    while let Some((block, successors)) = stack.last_mut() {
        match successors.pop() {
            Some(next) if seen[next.index()] => {}
            Some(next) => {
                let entry = enter(next, &mut seen);
                stack.push(entry);
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}
