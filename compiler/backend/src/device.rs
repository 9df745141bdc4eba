//! Devices that code is compiled for: what is chosen for them, and what each of them has.
//!
//! LLVM ends the process where an architecture lacks an operation, so [`lacking`] is asked
//! first. The version of PTX is the lowest that the architecture has, so that every driver
//! that knows the device accepts it.

use cumbia_abi::{IS_EMULATED, Linked};
use cumbia_ir::{Imm, Loc, Module, Opcode};

/// What code for a device is made for. Numbers, so that they travel as text: 0 leaves a
/// limit open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Device {
    /// The architecture: 80 is sm_80.
    pub sm: u32,
    /// 1 if arrays of a launch lie apart and each begins at a multiple of 16 bytes.
    pub apart: u32,
    /// Most threads of a block.
    pub max_threads: u32,
    /// Blocks that a multiprocessor is to have at once.
    pub min_blocks: u32,
    /// Most registers of a thread.
    pub max_registers: u32,
    /// 1 with the lines of the source, for profilers; 2 with all that debuggers ask for.
    pub line_info: u32,
    /// 1 if LLVM leaves the code as it is written.
    pub unoptimized: u32,
}

/// The architectures that code is compiled for, ascending, with the version of PTX that each
/// needs: later devices run the code of earlier ones.
pub const ARCHITECTURES: &[(u32, (u32, u32))] = &[
    (75, (6, 3)),
    (80, (7, 0)),
    (86, (7, 1)),
    (89, (7, 8)),
    (90, (7, 8)),
    (100, (8, 6)),
    (120, (8, 7)),
];

impl Default for Device {
    fn default() -> Device {
        Device {
            sm: 75,
            apart: 0,
            max_threads: 0,
            min_blocks: 0,
            max_registers: 0,
            line_info: 0,
            unoptimized: 0,
        }
    }
}

impl Device {
    /// Its fields as text, one `name=value` a line.
    pub fn to_text(mut self) -> String {
        let names = [
            "sm",
            "apart",
            "max_threads",
            "min_blocks",
            "max_registers",
            "line_info",
            "unoptimized",
        ];
        let line = |name| format!("{name}={}\n", self.field(name).copied().unwrap_or_default());
        names.map(line).concat()
    }

    /// A field by its name.
    pub fn field(&mut self, name: &str) -> Option<&mut u32> {
        Some(match name {
            "sm" => &mut self.sm,
            "apart" => &mut self.apart,
            "max_threads" => &mut self.max_threads,
            "min_blocks" => &mut self.min_blocks,
            "max_registers" => &mut self.max_registers,
            "line_info" => &mut self.line_info,
            "unoptimized" => &mut self.unoptimized,
            _ => return None,
        })
    }

    /// The architecture to compile for, of a device that calls itself `sm`: the latest that
    /// isn't beyond it.
    pub fn architecture(sm: u32) -> Option<u32> {
        ARCHITECTURES.iter().map(|row| row.0).rfind(|&known| known <= sm)
    }
}

/// What an operation needs of a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// An architecture from this one on, and this version of PTX.
    From(u32, (u32, u32)),
    /// No device has it: what it is for.
    Never(&'static str),
}

/// The capability table: what each operation needs.
pub fn need(op: Opcode) -> Need {
    match op {
        Opcode::ExternCall | Opcode::TryExternCall => Need::Never("a function of the runtime"),
        Opcode::FuncAddr => Need::Never("an address of a function"),
        Opcode::TryCall | Opcode::TryPoll | Opcode::SetRaise | Opcode::NoteCall => {
            Need::Never("a handler of exceptions")
        }
        Opcode::Rethrow => Need::Never("a handler of exceptions"),
        Opcode::OsrPoll => Need::Never("a loop that goes on in other code"),
        _ => Need::From(75, (6, 3)),
    }
}

/// The one function of the runtime that devices have too, by another name.
pub const PRINT: &str = "kernel_print";

/// Whether a name is one that only code for devices calls: a function of other code, or the
/// question whether it is emulated.
pub fn is_of_devices(name: &str) -> bool {
    name == IS_EMULATED || Linked::of(name).is_some()
}

/// The name of what is lacking where a symbol is declared with different types.
pub const DECLARED_TWICE: &str = "declared twice";

/// What a module asks for that a device hasn't.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lack {
    /// The IR function.
    pub function: String,
    /// Where in the source.
    pub loc: Loc,
    /// What it is: `a function of the runtime`.
    pub what: String,
    /// Its name, where it has one.
    pub name: String,
}

/// The first operation of a module that an architecture lacks.
pub fn lacking(module: &Module, sm: u32) -> Option<Lack> {
    let mut declared: Vec<Linked<'_>> = Vec::new();
    let ptx = ARCHITECTURES.iter().find(|row| row.0 == sm).map_or((0, 0), |row| row.1);
    for func in &module.functions {
        if func.name.starts_with("entry.") {
            continue;
        }
        for &inst in func.layout.iter().flat_map(|&block| &func.block(block).insts) {
            let data = func.inst(inst);
            let what = match need(data.op) {
                Need::From(least, version) if least <= sm && version <= ptx => continue,
                Need::From(least, _) => {
                    format!("{}, which devices have from sm_{least} on", data.op.name())
                }
                Need::Never(what) => what.to_owned(),
            };
            if let Imm::Extern(callee) = data.imm
                && let Some(linked) = Linked::of(&module.externs[callee.index()].name)
            {
                let other =
                    |one: &Linked<'_>| one.symbol == linked.symbol && one.types != linked.types;
                if declared.iter().any(other) {
                    let what = linked.symbol.to_owned();
                    let name = DECLARED_TWICE.to_owned();
                    return Some(Lack { function: func.name.clone(), loc: data.loc, what, name });
                }
                declared.push(linked);
                continue;
            }
            let name = match data.imm {
                Imm::Extern(callee) => module.externs[callee.index()].name.clone(),
                _ => data.op.name().to_owned(),
            };
            if name == PRINT || name == IS_EMULATED {
                continue;
            }
            return Some(Lack { function: func.name.clone(), loc: data.loc, what, name });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_runs_the_latest_code_it_knows() {
        let of = Device::architecture;
        assert_eq!(
            [of(70), of(75), of(87), of(103), of(130)],
            [None, Some(75), Some(86), Some(100), Some(120)]
        );
    }
}
