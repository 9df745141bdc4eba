//! Kernels: functions without a result that the driver launches.
//!
//! A kernel takes the parts of its arguments, but for owners, which are the host's, and then
//! the address of the error record. `bool` travels as a byte. Where the arrays are known to
//! lie apart LLVM is told, so that what a kernel only reads is read through the cache for
//! constants, and that each begins at a multiple of 16 bytes, so that neighbours are read
//! together.

use crate::translate::lines::Lines;
use crate::translate::module::{llvm_type, symbol};
use cumbia_backend::device::Device;
use cumbia_ir::{Function, Loc, Type};
use std::fmt::Write;

/// The name under which a kernel is launched.
pub(in crate::translate) fn name(function: &Function) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    function.name.chars().map(plain).collect()
}

/// Writes the kernel that calls a function; its places are those of the function.
pub(in crate::translate) fn write(
    function: &Function,
    device: &Device,
    lines: Option<&mut Lines>,
    out: &mut String,
) {
    let (subprogram, place) = match lines {
        Some(lines) => (lines.function(function), lines.mark(Loc::default())),
        None => Default::default(),
    };
    let is_owner = |at: usize| function.arrays.iter().any(|array| array.data as usize == at + 1);
    let is_array = |at: usize| function.arrays.iter().any(|array| array.data as usize == at);
    let marks = if device.apart == 1 { " noalias align 16" } else { "" };
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
                let marks = if is_array(at) { marks } else { "" };
                params.push(format!("{llvm}{marks} %p{at}"));
                args.push(format!("{llvm} %p{at}"));
            }
        }
    }
    params.push("ptr noalias %record".to_owned());
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
