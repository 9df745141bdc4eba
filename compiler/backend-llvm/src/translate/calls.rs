//! Calls: of functions of the module, and of runtime functions.
//!
//! Runtime functions are reached through the context's table, which never changes: the
//! address is loaded once where LLVM finds it worth while.

use super::control::{pass_on, write_return};
use super::device;
use super::disjoint::symbol_of_choice;
use super::for_c;
use super::function::FunctionCx;
use super::memory::load_status;
use super::metadata::{Kind, NONNULL};
use super::module::{llvm_type, result_type, symbol, symbol_of_copy};
use cumbia_abi::{HELPERS, offsets};
use cumbia_backend::device::{PRINT, is_of_devices};
use cumbia_backend::is_entry;
use cumbia_ir::{ExternEffects, Imm, InstData, Opcode, Type};

/// Writes one call.
pub(super) fn write(fx: &mut FunctionCx<'_, '_>, data: &InstData) -> Result<(), String> {
    match data.imm {
        Imm::Func(callee) => call(fx, data, callee.index()),
        Imm::Extern(callee) => extern_call(fx, data, callee.index()),
        _ => return Err("no callee".into()),
    }
    Ok(())
}

/// Callees stay callees in a function of more calls than this: LLVM's time grows with the
/// square of what it has inlined.
const MANY: usize = 500;

/// Whether a function has many calls.
pub(super) fn has_many_calls(func: &cumbia_ir::Function) -> bool {
    let is_call = |op: Opcode| matches!(op, Opcode::Call | Opcode::TryCall);
    let calls = |&block: &cumbia_ir::Block| {
        func.block(block).insts.iter().filter(|&&inst| is_call(func.inst(inst).op)).count()
    };
    func.layout.iter().map(calls).sum::<usize>() > MANY
}

fn call(fx: &mut FunctionCx<'_, '_>, data: &InstData, callee: usize) {
    if fx.shared.lean[callee] {
        return call_lean(fx, data, callee);
    }
    // A call of itself is one of the next copy, which is inlined here.
    let levels = fx.shared.copies[callee] + 1 + usize::from(fx.shared.fronts[callee].is_some());
    let copy = if callee == fx.index { (fx.copy + 1) % levels } else { 0 };
    let chosen = fx.shared.disjoint[callee].is_some();
    let callee = &fx.shared.module.functions[callee];
    let mut args = String::from("ptr %context");
    for &arg in &data.args {
        let (ty, value) = (fx.type_of(arg), fx.value(arg));
        let value = for_c::fenced(fx, ty, &value);
        args += &format!(", {} {value}", llvm_type(ty));
    }
    let convention = match fx.shared.device {
        None if is_entry(callee) => "",
        _ => "fastcc ",
    };
    let ty = result_type(&callee.results, false);
    let symbol = if chosen { symbol_of_choice(callee) } else { symbol_of_copy(callee, copy) };
    let mark = if fx.has_many_calls { " noinline" } else { "" };
    let returned = fx.temporary(&format!("call {convention}{ty} {symbol}({args}){mark}"));
    let status = match callee.results.is_empty() {
        true => returned.clone(),
        false => fx.temporary(&format!("extractvalue {ty} {returned}, 0")),
    };
    for (i, &result) in data.results.iter().take(callee.results.len()).enumerate() {
        let name = fx.value(result);
        fx.line(&format!("{name} = extractvalue {ty} {returned}, {}", i + 1));
    }
    finish(fx, data, &status, data.op == Opcode::TryCall);
}

/// Calls the function itself with the arguments that came, and returns what it does.
pub(super) fn call_whole(fx: &mut FunctionCx<'_, '_>) {
    let func = fx.func;
    let mut args = String::from("ptr %context");
    for (at, &ty) in func.params.iter().enumerate() {
        args += &format!(", {} %a{at}", llvm_type(ty));
    }
    let ty = result_type(&func.results, false);
    let returned = fx.temporary(&format!("call fastcc {ty} {}({args})", symbol(func)));
    if func.results.is_empty() {
        return write_return(fx, &returned, &[]);
    }
    let status = fx.temporary(&format!("extractvalue {ty} {returned}, 0"));
    let mut results = Vec::with_capacity(func.results.len());
    for (i, &result) in func.results.iter().enumerate() {
        let value = fx.temporary(&format!("extractvalue {ty} {returned}, {}", i + 1));
        results.push((llvm_type(result), value));
    }
    write_return(fx, &status, &results);
}

/// A call of a function that only computes.
fn call_lean(fx: &mut FunctionCx<'_, '_>, data: &InstData, index: usize) {
    let callee = &fx.shared.module.functions[index];
    let ty = result_type(&callee.results, true);
    let args: Vec<String> = data
        .args
        .iter()
        .map(|&arg| format!("{} {}", llvm_type(fx.type_of(arg)), fx.value(arg)))
        .collect();
    let marks = fx.shared.vector_forms[index].as_deref().unwrap_or_default();
    let line = format!(
        "call fastcc {ty} {}({}) nounwind willreturn memory(none){marks}",
        symbol(callee),
        args.join(", ")
    );
    if let [_] = callee.results.as_slice() {
        let name = fx.value(data.results[0]);
        fx.line(&format!("{name} = {line}"));
    } else {
        let returned = fx.temporary(&line);
        for (i, &result) in data.results.iter().take(callee.results.len()).enumerate() {
            let name = fx.value(result);
            fx.line(&format!("{name} = extractvalue {ty} {returned}, {i}"));
        }
    }
    if data.op == Opcode::TryCall {
        finish(fx, data, "0", true);
    }
}

fn extern_call(fx: &mut FunctionCx<'_, '_>, data: &InstData, callee: usize) {
    let decl = &fx.shared.module.externs[callee];
    if fx.shared.device.is_some() && is_of_devices(&decl.name) {
        return device::linked::write(fx, data, callee);
    }
    let helper = fx.shared.externs[callee];
    if HELPERS[helper].name == "scratch" {
        // An address in the context: no call.
        fx.define(data, &format!("getelementptr i8, ptr %context, i64 {}", offsets::SCRATCH));
        return;
    }
    if HELPERS[helper].name == PRINT && fx.shared.device.is_some() {
        let [text, words] = [0, 1].map(|at| fx.arg(data, at));
        let call = fx.intrinsic("vprintf", "i32", &[("ptr", &text), ("ptr", &words)]);
        fx.temporary(&call);
        return;
    }
    if HELPERS[helper].name == "c_result" {
        fx.define(data, "getelementptr i8, ptr %result, i64 0");
        return;
    }
    let mut args = Vec::with_capacity(data.args.len() + 1);
    let context = match HELPERS[helper].name {
        "c_floats" | "c_floats_back" => for_c::filled_context(fx),
        _ => "%context".to_owned(),
    };
    if decl.effects != ExternEffects::Pure {
        args.push(format!("ptr {context}"));
    }
    for (&arg, &ty) in data.args.iter().zip(&decl.params) {
        args.push(format!("{} {}", extended(ty), fx.value(arg)));
    }
    let address = helper_address(fx, &context, helper);
    let effects = match decl.effects {
        // Nothing but a result: shared, moved and removed freely.
        ExternEffects::Pure => "nounwind willreturn memory(none)",
        _ => "nounwind",
    };
    let ty = decl.result.map_or("void", llvm_type);
    let zero_extended = if decl.result == Some(Type::Bool) { "zeroext " } else { "" };
    let line = format!("call {zero_extended}{ty} {address}({}) {effects}", args.join(", "));
    match decl.result {
        Some(_) if HELPERS[helper].name == "c_floats" => for_c::write_floats(fx, data, &line),
        Some(_) => fx.define(data, &line),
        None => fx.line(&line),
    }
    if decl.effects == ExternEffects::Raises {
        let status = load_status(fx);
        finish(fx, data, &status, data.op == Opcode::TryExternCall);
    }
}

/// A parameter type of a C function; narrow ones are extended by the caller.
fn extended(ty: Type) -> &'static str {
    if ty == Type::Bool { "i1 zeroext" } else { llvm_type(ty) }
}

/// Makes the status the last result, or leaves with it if it isn't 0.
fn finish(fx: &mut FunctionCx<'_, '_>, data: &InstData, status: &str, keep: bool) {
    if keep {
        if let Some(&result) = data.results.last() {
            let name = fx.value(result);
            fx.line(&format!("{name} = bitcast i32 {status} to i32"));
        }
        return;
    }
    let failed = fx.temporary(&format!("icmp ne i32 {status}, 0"));
    let cold = fx.new_block();
    fx.branch_cold(&failed, cold);
    let next = fx.current();
    fx.switch_to(cold);
    let site = fx.shared.sites.call(fx.index, &fx.func.name, data.loc);
    pass_on(fx, status, site);
    fx.switch_to(next);
}

/// The address of helper `index`, loaded from a context's table.
fn helper_address(fx: &mut FunctionCx<'_, '_>, context: &str, index: usize) -> String {
    let place = fx.offset(context, i64::from(offsets::HELPERS));
    let marks = Kind::Constant.access();
    let table = fx.temporary(&format!("load ptr, ptr {place}{marks}{NONNULL}"));
    let place = fx.offset(&table, 8 * index as i64);
    fx.temporary(&format!("load ptr, ptr {place}{marks}{NONNULL}"))
}

/// Calls a runtime function on the compiled code's own behalf: context and addresses, no
/// result.
///
/// These functions save more than `preserve_most` asks for, namely vector registers; of
/// those only the low 128 bits, so LLVM isn't told of any.
pub(super) fn call_runtime(fx: &mut FunctionCx<'_, '_>, helper: usize, args: &[String]) {
    let address = helper_address(fx, "%context", helper);
    let args: String = args.iter().map(|arg| format!(", ptr {arg}")).collect();
    fx.line(&format!("call preserve_mostcc void {address}(ptr %context{args}) cold nounwind"));
}
