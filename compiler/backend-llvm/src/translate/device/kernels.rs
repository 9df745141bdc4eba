//! Kernels: functions without a result that the driver launches.
//!
//! A kernel takes the parts of its arguments, but for owners, which are the host's, and then
//! the address of the error record, and where its grid is one whole that of the words for its
//! barrier (`grids`). `bool` travels as a byte. Where the arrays are known to
//! lie apart LLVM is told, so that what a kernel only reads is read through the cache for
//! constants, and that each begins at a multiple of 16 bytes, so that neighbours are read
//! together. LLVM takes what lies apart for what nobody else changes, whatever a thread waits
//! for: where threads are ordered it is told of arrays alone that none of them writes.

use crate::translate::lines::Lines;
use crate::translate::module::{llvm_type, symbol};
use cumbia_abi::Linked;
use cumbia_backend::device::Device;
use cumbia_backend::written::written;
use cumbia_ir::{FuncId, Function, Imm, Loc, Module, Opcode, Type};
use std::fmt::Write;

/// The name under which a kernel is launched.
pub(in crate::translate) fn name(function: &Function) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    function.name.chars().map(plain).collect()
}

/// Writes the kernel that calls a function; its places are those of the function.
pub(in crate::translate) fn write(
    module: &Module,
    index: usize,
    device: &Device,
    lines: Option<&mut Lines>,
    out: &mut String,
) {
    let function = &module.functions[index];
    let (subprogram, place) = match lines {
        Some(lines) => (lines.function(function), lines.mark(Loc::default())),
        None => Default::default(),
    };
    let is_owner = |at: usize| function.arrays.iter().any(|array| array.data as usize == at + 1);
    let changes = match are_ordered(module) {
        true => written(module, FuncId::new(index)),
        false => vec![false; function.arrays.len()],
    };
    let marks = |at: usize| {
        let array = function.arrays.iter().position(|array| array.data as usize == at);
        match array.filter(|_| device.apart == 1) {
            Some(array) if changes[array] => " align 16",
            Some(_) => " noalias align 16",
            None => "",
        }
    };
    let (mut params, mut args, mut body) =
        (Vec::new(), vec!["ptr %record".to_owned()], String::new());
    for (at, &ty) in function.params.iter().enumerate() {
        let llvm = llvm_type(ty);
        match ty {
            Type::Ptr if is_owner(at) => args.push("ptr null".to_owned()),
            Type::Bool => {
                params.push(format!("i8 %p{at}"));
                let _ = writeln!(body, "  %a{at} = icmp ne i8 %p{at}, 0");
                args.push(format!("i1 %a{at}"));
            }
            _ => {
                let marks = marks(at);
                params.push(format!("{llvm}{marks} %p{at}"));
                args.push(format!("{llvm} %p{at}"));
            }
        }
    }
    params.push("ptr noalias %record".to_owned());
    if module.asks_for_whole_grids() {
        params.push(super::grids::PARAMETER.to_owned());
        body.push_str(super::grids::KEPT);
    }
    let _ = writeln!(
        out,
        "define ptx_kernel void @{}({}) nounwind{}{subprogram} {{\n{body}  \
         %status = call fastcc i32 {}({}){place}\n  ret void{place}\n}}",
        name(function),
        params.join(", "),
        bounds(device),
        symbol(function),
        args.join(", "),
    );
}

/// Whether something in a module orders what its threads do, or may: other code does.
fn are_ordered(module: &Module) -> bool {
    use Opcode::{FenceBlock, FenceDevice, FenceSystem};
    let orders =
        |op: Opcode| op.is_meeting() || matches!(op, FenceBlock | FenceDevice | FenceSystem);
    module.functions.iter().any(|func| {
        let mut insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
        insts.any(|&inst| match func.inst(inst).imm {
            Imm::Extern(callee) => Linked::of(&module.externs[callee.index()].name).is_some(),
            _ => orders(func.inst(inst).op),
        })
    })
}

/// The limits within which a kernel is launched.
fn bounds(device: &Device) -> String {
    let limit = |name: &str, value: u32| match value {
        0 => String::new(),
        _ => format!(" \"nvvm.{name}\"=\"{value}\""),
    };
    limit("maxntid", device.max_threads)
        + &limit("minctasm", device.min_blocks)
        + &limit("maxnreg", device.max_registers)
}
