//! Calls: of functions of the module, and of runtime functions.

use crate::control::pass_on;
use crate::function::FunctionCx;
use crate::memory::load_status;
use crate::signature::{ResultPlan, clif_type};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, StackSlotData, StackSlotKind, types};
use cumbia_abi::offsets;
use cumbia_ir::{ExternEffects, Imm, InstData, Opcode};

/// Lowers one call.
pub(crate) fn lower(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    match data.imm {
        Imm::Func(callee) => call(fx, data, callee.index()),
        Imm::Extern(callee) => extern_call(fx, data, callee.index()),
        _ => return Err("no callee".into()),
    }
    Ok(())
}

fn call(fx: &mut FunctionCx<'_, '_>, data: &InstData, callee: usize) {
    let plan = ResultPlan::new(&fx.shared.module.functions[callee].results);
    let mut args = vec![fx.context];
    args.extend(data.args.iter().map(|&arg| fx.value(arg)));
    let area = (plan.in_memory > 0).then(|| {
        let slot = call_area(fx, plan.in_memory);
        fx.b.ins().stack_addr(types::I64, slot, 0)
    });
    args.extend(area);
    let func_ref = fx.func_ref(callee);
    let inst = fx.b.ins().call(func_ref, &args);
    let returned = fx.b.inst_results(inst).to_vec();
    match data.op {
        Opcode::TryCall => define_status(fx, data, returned[0]),
        _ => check_status(fx, data, returned[0]),
    }
    let mut registers = returned[1..].iter().copied();
    let mut offset = 0;
    for (&result, &in_register) in data.results.iter().zip(&plan.in_register) {
        let value = match (in_register, area) {
            (false, Some(area)) => {
                let ty = clif_type(fx.func.value_type(result));
                offset += 8;
                fx.b.ins().load(ty, MemFlagsData::trusted(), area, offset - 8)
            }
            _ => registers.next().expect("as many as the callee's signature has"),
        };
        fx.values[result.index()] = Some(value);
    }
}

/// The slots for results beyond the registers, at least `count`; every call of
/// the function uses the same ones, and reads them right after it.
fn call_area(fx: &mut FunctionCx<'_, '_>, count: usize) -> ir::StackSlot {
    let slot = match fx.call_area {
        Some(slot) => slot,
        None => {
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, 0, 3);
            *fx.call_area.insert(fx.b.create_sized_stack_slot(data))
        }
    };
    fx.call_area_size = fx.call_area_size.max(count);
    fx.b.func.sized_stack_slots[slot].size = 8 * fx.call_area_size as u32;
    slot
}

fn extern_call(fx: &mut FunctionCx<'_, '_>, data: &InstData, callee: usize) {
    let decl = &fx.shared.module.externs[callee];
    let helper = fx.shared.externs[callee].0;
    if cumbia_abi::HELPERS[helper].name == "scratch" {
        // An address in the context: no call.
        let address = fx.b.ins().iadd_imm_s(fx.context, i64::from(offsets::SCRATCH));
        fx.define(data, address);
        return;
    }
    if cumbia_abi::HELPERS[helper].name == "c_result" {
        let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3);
        let slot = fx.b.create_sized_stack_slot(slot);
        let address = fx.b.ins().stack_addr(types::I64, slot, 0);
        fx.define(data, address);
        return;
    }
    let mut args = Vec::with_capacity(data.args.len() + 1);
    if decl.effects != ExternEffects::Pure {
        args.push(fx.context);
    }
    args.extend(data.args.iter().map(|&arg| fx.value(arg)));
    let address = fx.helper_address(helper);
    let signature = match fx.sig_refs.get(&callee) {
        Some(&signature) => signature,
        None => {
            let signature = fx.shared.externs[callee].1.clone();
            let signature = fx.b.import_signature(signature);
            fx.sig_refs.insert(callee, signature);
            signature
        }
    };
    let inst = fx.b.ins().call_indirect(signature, address, &args);
    let result = fx.b.inst_results(inst).first().copied();
    if decl.effects == ExternEffects::Raises {
        let status = load_status(fx);
        match data.op {
            Opcode::TryExternCall => define_status(fx, data, status),
            _ => check_status(fx, data, status),
        }
    }
    if let Some(result) = result {
        fx.define(data, result);
    }
}

/// The status is the last result of a call whose exception stays pending.
fn define_status(fx: &mut FunctionCx<'_, '_>, data: &InstData, status: ir::Value) {
    if let Some(result) = data.results.last() {
        fx.values[result.index()] = Some(status);
    }
}

/// Continues when `status` is 0; otherwise records the call site and returns it.
fn check_status(fx: &mut FunctionCx<'_, '_>, data: &InstData, status: ir::Value) {
    let site = fx.shared.sites.call(fx.index, &fx.func.name, data.loc);
    let cold = fx.cold_block();
    fx.branch_cold(status, cold, &[]);
    let next = fx.b.current_block().expect("the block after the call");
    fx.b.switch_to_block(cold);
    pass_on(fx, status, site);
    fx.b.switch_to_block(next);
}

/// Calls a runtime function on the compiled code's own behalf: context and
/// 64-bit arguments, no result.
pub(crate) fn call_runtime(fx: &mut FunctionCx<'_, '_>, helper: usize, args: &[ir::Value]) {
    let address = fx.helper_address(helper);
    let signature = fx.runtime_signature(args.len());
    let mut all = vec![fx.context];
    all.extend_from_slice(args);
    fx.b.ins().call_indirect(signature, address, &all);
}
