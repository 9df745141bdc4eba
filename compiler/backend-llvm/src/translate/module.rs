//! A module: data, functions, declarations of intrinsics, metadata.

use super::function::{self, Shared};
use super::lines::Lines;
use super::{
    Choices, SYMBOL_PREFIX, Translation, device, disjoint, lean, metadata, recursion, vector,
};
use cumbia_backend::device::is_of_devices;
use cumbia_backend::{BackendError, Sites, helper_of, is_entry};
use cumbia_ir::{DataDecl, DataId, ExternDecl, Function, Module, Type};
use std::collections::BTreeMap;
use std::fmt::Write;

pub(super) fn translate(module: &Module, choices: Choices) -> Result<Translation, BackendError> {
    let for_device = choices.device.is_some();
    // Copies and versions cost a device more, in registers and room, than they gain.
    let copies = match for_device {
        true => vec![0; module.functions.len()],
        false => recursion::copies(module),
    };
    let disjoint = match for_device {
        true => module.functions.iter().map(|_| None).collect(),
        false => disjoint::plans(module, &copies),
    };
    // What only devices call is in no table: its number means nothing.
    let row = |decl: &ExternDecl| match for_device && is_of_devices(&decl.name) {
        true => Ok(0),
        false => helper_of(decl),
    };
    let mut shared = Shared {
        module,
        externs: module.externs.iter().map(row).collect::<Result<_, _>>()?,
        sites: Sites::default(),
        intrinsics: BTreeMap::new(),
        lean: lean::functions(module),
        disjoint,
        fronts: recursion::fronts(module, &copies),
        copies,
        vector_forms: vec![None; module.functions.len()],
        loops: Vec::new(),
        lines: choices.lines.then(Lines::default),
        device: choices.device,
        data_spaces: device::memory::spaces(module),
        kernels: if for_device { device::kernels(module) } else { Vec::new() },
        errors: Default::default(),
    };
    let mut text = String::new();
    if let Some(lanes) = choices.lanes {
        vector::write_forms(&mut shared, lanes, &mut text)
            .map_err(|message| BackendError { function: "a vector form".into(), message })?;
    }
    match for_device {
        true => {
            text.push_str(device::TARGET);
            device::memory::define(module, &shared.data_spaces, &mut text);
        }
        false => {
            for (index, decl) in module.data.iter().enumerate() {
                // What the boundary finds by its name.
                let of_c = module.functions.iter().any(|f| f.for_c == Some(DataId::new(index)));
                define_data(&mut text, index, decl, "", of_c);
            }
        }
    }
    for (index, function) in module.functions.iter().enumerate() {
        if for_device && device::is_host_entry(function) {
            continue;
        }
        let version = shared.disjoint[index].as_ref().map_or(0, |_| disjoint::COPY);
        let front = usize::from(shared.fronts[index].is_some());
        for copy in 0..=(shared.copies[index] + front).max(version) {
            function::translate(&mut shared, index, copy, &mut text)
                .map_err(|message| BackendError { function: function.name.clone(), message })?;
        }
    }
    for (function, plan) in module.functions.iter().zip(&shared.disjoint) {
        if let Some(plan) = plan {
            plan.write_choice(function, shared.width(), &mut text);
        }
    }
    if let Some(device) = &choices.device {
        let is_whole = module.asks_for_whole_grids();
        for &kernel in &shared.kernels {
            let lines = shared.lines.as_mut();
            device::kernels::write(module, kernel, device, lines, &mut text);
        }
        if is_whole {
            text.push_str(&device::grids::definitions(&mut shared.intrinsics));
        }
        let errors = shared.errors.definitions(is_whole, &mut shared.intrinsics);
        text.push_str(&errors);
    }
    for (name, signature) in &shared.intrinsics {
        let (result, params) = signature;
        let _ = writeln!(text, "declare {result} @{name}({params})");
    }
    text.push_str(&metadata::definitions(&shared.loops));
    for plan in shared.disjoint.iter().flatten() {
        text.push_str(&plan.definitions());
    }
    if let Some(lines) = &shared.lines {
        text.push_str(&lines.definitions(choices.device));
    }
    let entries = match for_device {
        true => {
            let name = |&kernel: &usize| device::kernels::name(&module.functions[kernel]);
            shared.kernels.iter().map(name).collect()
        }
        false => module.functions.iter().filter(|f| is_entry(f)).map(|f| f.name.clone()).collect(),
    };
    Ok(Translation { text, sites: shared.sites.table, entries })
}

/// The LLVM type of an IR type.
pub(super) fn llvm_type(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "i1",
        Type::I8 => "i8",
        Type::I16 => "i16",
        Type::I32 => "i32",
        Type::I64 => "i64",
        Type::F32 => "float",
        Type::F64 => "double",
        Type::Ptr => "ptr",
    }
}

/// The symbol of a function.
pub(super) fn symbol(function: &Function) -> String {
    format!("@{}", quoted(&format!("{SYMBOL_PREFIX}{}", function.name)))
}

/// The symbol of a function's copy of a number; 0 is the function itself.
pub(super) fn symbol_of_copy(function: &Function, copy: usize) -> String {
    match copy {
        0 => symbol(function),
        _ => format!("@{}", quoted(&format!("copy{copy}.{}", function.name))),
    }
}

/// The symbol of static data, by number: the names aren't needed.
pub(super) fn data_symbol(index: usize) -> String {
    format!("@data.{index}")
}

/// A name or text between quotes, every other byte than plain ones escaped.
fn quoted(name: &str) -> String {
    let mut text = String::from("\"");
    for byte in name.bytes() {
        escape(&mut text, byte);
    }
    text + "\""
}

fn escape(text: &mut String, byte: u8) {
    match byte {
        b'"' | b'\\' | 0..=0x1f | 0x7f.. => {
            let _ = write!(text, "\\{byte:02x}");
        }
        _ => text.push(char::from(byte)),
    }
}

/// The type of what a function returns: its status, or a structure that begins with it; of
/// a lean one, its result or a structure of its results.
pub(super) fn result_type(results: &[Type], lean: bool) -> String {
    let fields: Vec<&str> = results.iter().map(|&ty| llvm_type(ty)).collect();
    match (lean, fields.as_slice()) {
        (true, [field]) => (*field).to_owned(),
        (true, fields) => format!("{{ {} }}", fields.join(", ")),
        (false, []) => "i32".to_owned(),
        (false, fields) => format!("{{ i32, {} }}", fields.join(", ")),
    }
}

/// Defines static data, with marks of the memory that it lies in.
pub(super) fn define_data(
    text: &mut String,
    index: usize,
    decl: &DataDecl,
    space: &str,
    outside: bool,
) {
    let kind = if decl.writable { "global" } else { "constant" };
    let (own, size) = (data_symbol(index), decl.bytes.len());
    if outside {
        // Somebody else writes it, who knows it by its name.
        let name = format!("@{}", quoted(&format!("{SYMBOL_PREFIX}data.{}", decl.name)));
        let _ = writeln!(text, "{own} = internal alias [{size} x i8], ptr {name}");
        let _ = write!(text, "{name} = hidden {kind} [{size} x i8] ");
    } else {
        let _ = write!(text, "{own} = internal {space}{kind} [{size} x i8] ");
    }
    if decl.bytes.iter().all(|&byte| byte == 0) {
        text.push_str("zeroinitializer");
    } else {
        text.push_str("c\"");
        for &byte in &decl.bytes {
            escape(text, byte);
        }
        text.push('"');
    }
    text.push_str(", align 16\n");
}
