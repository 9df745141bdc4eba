//! Printer: IR to its text form.

use super::number::float_text;
use super::numbering::Numbering;
use crate::entities::{Inst, Value};
use crate::function::{ArrayParams, Function, Imm, InstData, RaiseSpec, Target};
use crate::module::{DataDecl, ExternDecl, Module, StorageDecl};
use crate::opcode::{GRID_QUERIES, NATIVES, Shape};
use crate::types::Type;
use std::fmt::{self, Display, Formatter, Write};

/// Column that source places are aligned to, where the instruction is shorter.
const LOC_COLUMN: usize = 44;

impl Display for Module {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for decl in &self.externs {
            writeln!(f, "{decl}")?;
        }
        for data in &self.data {
            writeln!(f, "{data}")?;
        }
        for storage in &self.storage {
            writeln!(f, "{storage}")?;
        }
        let declared = self.externs.len() + self.data.len() + self.storage.len();
        for (i, func) in self.functions.iter().enumerate() {
            if i > 0 || declared > 0 {
                writeln!(f)?;
            }
            write!(f, "{}", func.display(self))?;
        }
        Ok(())
    }
}

impl Display for ExternDecl {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "extern @{}({})", name_text(&self.name), types_text(&self.params))?;
        if let Some(result) = self.result {
            write!(f, " -> {result}")?;
        }
        write!(f, " {}", self.effects.name())
    }
}

/// Bytes in hexadecimal.
impl Display for DataDecl {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let writable = if self.writable { " writable" } else { "" };
        write!(f, "data @{}{writable} \"", name_text(&self.name))?;
        for byte in &self.bytes {
            write!(f, "{byte:02x}")?;
        }
        f.write_char('"')
    }
}

/// ` shared 1024 align 4`
impl Display for StorageDecl {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (name, space) = (name_text(&self.name), self.space.name());
        write!(f, "storage @{name} {space} {} align {}", self.bytes, self.align)
    }
}

/// Without its module a function's callees are shown by their ids, which the parser
/// doesn't take: use [`Function::display`] where there is a module.
impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        FunctionDisplay { func: self, module: None }.fmt(f)
    }
}

impl Function {
    /// The function's text, callees by name.
    pub fn display<'a>(&'a self, module: &'a Module) -> FunctionDisplay<'a> {
        FunctionDisplay { func: self, module: Some(module) }
    }

    /// One instruction's text, without its source place.
    pub fn display_inst<'a>(
        &'a self,
        module: Option<&'a Module>,
        numbering: &'a Numbering,
        inst: Inst,
    ) -> InstDisplay<'a> {
        InstDisplay { func: self, module, numbering, inst }
    }
}

/// ` arrays(1:1:8, 5:2:4)`: of each its address's number, its axes, and bytes of an element.
fn arrays_text(arrays: &[ArrayParams]) -> String {
    if arrays.is_empty() {
        return String::new();
    }
    let each: Vec<String> =
        arrays.iter().map(|a| format!("{}:{}:{}", a.data, a.axes, a.item)).collect();
    format!(" arrays({})", each.join(", "))
}

/// Shows a function; see [`Function::display`].
#[derive(Clone, Copy, Debug)]
pub struct FunctionDisplay<'a> {
    func: &'a Function,
    module: Option<&'a Module>,
}

impl FunctionDisplay<'_> {
    /// ` c(@data)` of a function for callers in C.
    fn for_c_text(&self) -> String {
        let Some(data) = self.func.for_c else { return String::new() };
        match self.module.and_then(|module| module.data.get(data.index())) {
            Some(decl) => format!(" c(@{})", name_text(&decl.name)),
            None => format!(" c({data})"),
        }
    }
}

impl Display for FunctionDisplay<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let func = self.func;
        let numbering = Numbering::new(func);
        writeln!(
            f,
            "func @{}({}) -> ({}){}{}{}{} {{",
            name_text(&func.name),
            types_text(&func.params),
            types_text(&func.results),
            if func.inline { " inline" } else { "" },
            if func.pure { " pure" } else { "" },
            arrays_text(&func.arrays),
            self.for_c_text()
        )?;
        let mut line = String::new();
        // Handles beyond the tables are the verifier's to report, with the text.
        for &block in func.layout.iter().filter(|block| block.index() < func.num_blocks()) {
            let data = func.block(block);
            write!(f, "{}", numbering.block(block))?;
            if !data.params.is_empty() {
                f.write_char('(')?;
                for (i, &param) in data.params.iter().enumerate() {
                    let comma = if i > 0 { ", " } else { "" };
                    write!(f, "{comma}{}: {}", numbering.value(param), func.value_type(param))?;
                }
                f.write_char(')')?;
            }
            writeln!(f, "{}:", if data.cold { " cold" } else { "" })?;
            for &inst in data.insts.iter().filter(|inst| inst.index() < func.num_insts()) {
                line.clear();
                write!(line, "    {}", func.display_inst(self.module, &numbering, inst))?;
                let loc = func.inst(inst).loc;
                if loc.line != 0 {
                    write!(line, "{:1$}", "", LOC_COLUMN.saturating_sub(line.chars().count() + 1))?;
                    write!(line, " @{loc}")?;
                }
                writeln!(f, "{line}")?;
            }
        }
        writeln!(f, "}}")
    }
}

/// Shows an instruction; see [`Function::display_inst`].
#[derive(Clone, Copy, Debug)]
pub struct InstDisplay<'a> {
    func: &'a Function,
    module: Option<&'a Module>,
    numbering: &'a Numbering,
    inst: Inst,
}

impl Display for InstDisplay<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let data = self.func.inst(self.inst);
        if !data.results.is_empty() {
            self.values(f, &data.results)?;
            f.write_str(" = ")?;
        }
        f.write_str(data.op.name())?;
        if let Some(ty) = data.ty {
            write!(f, ".{ty}")?;
        }
        match &data.imm {
            Imm::IntCond(cond) => write!(f, ".{}", cond.name())?,
            Imm::FloatCond(cond) => write!(f, ".{}", cond.name())?,
            _ => {}
        }
        self.operands(f, data)?;
        for (i, name) in data.fast.names().enumerate() {
            write!(f, "{}{name}", if i == 0 { " fast " } else { ", " })?;
        }
        Ok(())
    }
}

impl InstDisplay<'_> {
    fn operands(&self, f: &mut Formatter<'_>, data: &InstData) -> fmt::Result {
        match (data.op.shape(), &data.imm) {
            (Shape::IntConst, Imm::Int(value)) => write!(f, " {value}"),
            (Shape::FloatConst, Imm::Float(bits)) => {
                write!(f, " {}", float_text(data.ty.unwrap_or(Type::F64), *bits))
            }
            (
                Shape::Load | Shape::Store | Shape::Atomic | Shape::AtomicSwap,
                Imm::Mem { offset, region },
            ) => {
                self.list(f, &data.args)?;
                if *offset != 0 {
                    write!(f, "{offset:+}")?;
                }
                write!(f, " !{}", region.name())
            }
            (Shape::Index, Imm::Axis(axis)) => {
                self.list(f, &data.args)?;
                write!(f, " axis {axis}")
            }
            (Shape::Guard, Imm::Raise(spec)) if !data.args.is_empty() => {
                write!(f, " {},", self.numbering.value(data.args[0]))?;
                self.raise(f, spec, &data.args[1..])
            }
            (Shape::Raise | Shape::SetRaise, Imm::Raise(spec)) => self.raise(f, spec, &data.args),
            (Shape::Call | Shape::TryCall, Imm::Func(id)) => {
                match self.module.and_then(|m| m.functions.get(id.index())) {
                    Some(callee) => write!(f, " @{}(", name_text(&callee.name))?,
                    None => write!(f, " @?{id}(")?,
                }
                self.values(f, &data.args)?;
                f.write_char(')')
            }
            (Shape::ExternCall | Shape::TryExternCall, Imm::Extern(id)) => {
                match self.module.and_then(|m| m.externs.get(id.index())) {
                    Some(callee) => write!(f, " @{}(", name_text(&callee.name))?,
                    None => write!(f, " @?{id}(")?,
                }
                self.values(f, &data.args)?;
                f.write_char(')')
            }
            (Shape::OsrPoll, Imm::Int(number)) => {
                write!(f, " {number}(")?;
                self.values(f, &data.args)?;
                f.write_char(')')
            }
            (Shape::FuncAddr, Imm::Func(id)) => {
                match self.module.and_then(|m| m.functions.get(id.index())) {
                    Some(of) => write!(f, " @{}", name_text(&of.name)),
                    None => write!(f, " @?{id}"),
                }
            }
            (Shape::DataAddr, Imm::Data(id)) => {
                match self.module.and_then(|m| m.data.get(id.index())) {
                    Some(data) => write!(f, " @{}", name_text(&data.name)),
                    None => write!(f, " @?{id}"),
                }
            }
            (Shape::StorageAddr, Imm::Storage(id)) => {
                match self.module.and_then(|m| m.storage.get(id.index())) {
                    Some(storage) => write!(f, " @{}", name_text(&storage.name)),
                    None => write!(f, " @?{id}"),
                }
            }
            (Shape::Query, Imm::Int(what)) => {
                match usize::try_from(*what).ok().and_then(|what| GRID_QUERIES.get(what)) {
                    Some(name) => write!(f, " {name}"),
                    None => write!(f, " ?{what}"),
                }
            }
            (Shape::Native, Imm::Int(what)) => {
                match usize::try_from(*what).ok().and_then(|what| NATIVES.get(what)) {
                    Some((name, _)) => write!(f, " {name}")?,
                    None => write!(f, " ?{what}")?,
                }
                self.list(f, &data.args)
            }
            (_, Imm::None | Imm::IntCond(_) | Imm::FloatCond(_)) => {
                self.list(f, &data.args)?;
                for (i, target) in data.targets.iter().enumerate() {
                    f.write_str(if i > 0 || !data.args.is_empty() { ", " } else { " " })?;
                    self.target(f, target)?;
                }
                Ok(())
            }
            // A mismatch of operation and immediate is the verifier's to report.
            (_, imm) => {
                self.list(f, &data.args)?;
                write!(f, " ?{imm:?}")
            }
        }
    }

    /// Values after a blank, or nothing.
    fn list(&self, f: &mut Formatter<'_>, values: &[Value]) -> fmt::Result {
        if !values.is_empty() {
            f.write_char(' ')?;
        }
        self.values(f, values)
    }

    fn values(&self, f: &mut Formatter<'_>, values: &[Value]) -> fmt::Result {
        for (i, &value) in values.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{}", self.numbering.value(value))?;
        }
        Ok(())
    }

    fn raise(&self, f: &mut Formatter<'_>, spec: &RaiseSpec, args: &[Value]) -> fmt::Result {
        write!(f, " {} {}", spec.class, quoted(&spec.message))?;
        self.arguments(f, args)
    }

    fn target(&self, f: &mut Formatter<'_>, target: &Target) -> fmt::Result {
        write!(f, "{}", self.numbering.block(target.block))?;
        self.arguments(f, &target.args)
    }

    /// Values in parentheses, or nothing.
    fn arguments(&self, f: &mut Formatter<'_>, values: &[Value]) -> fmt::Result {
        if values.is_empty() {
            return Ok(());
        }
        f.write_char('(')?;
        self.values(f, values)?;
        f.write_char(')')
    }
}

fn types_text(types: &[Type]) -> String {
    let names: Vec<_> = types.iter().map(|ty| ty.name()).collect();
    names.join(", ")
}

/// A function's name: bare if it lexes as one word, else quoted.
fn name_text(name: &str) -> String {
    let mut chars = name.chars();
    let bare =
        chars.next().is_some_and(super::lex::starts_word) && chars.all(super::lex::continues_word);
    if bare { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
