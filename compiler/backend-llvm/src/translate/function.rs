//! The context of one function's translation, and the dispatch on opcodes.
//!
//! A block of the IR becomes one or more of LLVM's: checks end a block and continue in a
//! new one. What flows into a block's parameters is collected while its predecessors are
//! written, and becomes phi nodes at the end.

use super::control::Exits;
use super::fitting::Fitting;
use super::lines::Lines;
use super::metadata::{FIRST_IS_COLD, Kind, SECOND_IS_COLD, Wish};
use super::module::{llvm_type, result_type, symbol_of_copy};
use super::wishes::{self, Wishes};
use super::{
    atomic, calls, checks, clamps, control, convert, device, disjoint, empty_ranges, exceptional,
    extremes, for_c, memory, metadata, num, predicted, recursion,
};
use cumbia_abi::Context;
use cumbia_backend::device::Device;
use cumbia_backend::{Sites, is_entry};
use cumbia_ir::{
    Block, Function, Inst, InstData, Loc, Module, Opcode, Region, Shape, Type, Value, ValueDef,
};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What the functions of a module share.
pub(super) struct Shared<'m> {
    pub module: &'m Module,
    /// For each extern: its position in the helper table.
    pub externs: Vec<usize>,
    pub sites: Sites,
    /// Intrinsics in use: result type and parameter types.
    pub intrinsics: BTreeMap<String, (String, String)>,
    /// Of each function: whether it takes its arguments and gives its results alone,
    /// without context and status.
    pub lean: Vec<bool>,
    /// How many copies of each function there are beside itself.
    pub copies: Vec<usize>,
    /// Of each function with copies: which way its entry goes to the base case, if there is
    /// a front.
    pub fronts: Vec<Option<usize>>,
    /// Of each function: what its version for arrays apart is, if it has one.
    pub disjoint: Vec<Option<disjoint::Plan>>,
    /// Of each function: the marks of its calls that name its vector form, if it has one.
    pub vector_forms: Vec<Option<String>>,
    /// What the loops that have metadata of their own ask for.
    pub loops: Vec<Wish>,
    /// Places of the source, where they are asked for.
    pub lines: Option<Lines>,
    /// The device that code is for, if it isn't the host.
    pub device: Option<Device>,
    /// Of each of the module's data: which of a device's memories it lies in.
    pub data_spaces: Vec<u32>,
    /// The functions that a device's kernels call.
    pub kernels: Vec<usize>,
    /// How exceptions leave a device.
    pub errors: device::errors::Errors,
}

impl Shared<'_> {
    /// The attribute of every function for the width of its vectors: those of vector forms
    /// and their callers must agree.
    pub(super) fn width(&self) -> &'static str {
        let wide = self.vector_forms.iter().any(Option::is_some);
        if wide { " \"prefer-vector-width\"=\"512\"" } else { "" }
    }
}

/// A block of LLVM's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(usize);

#[derive(Default)]
struct LlvmBlock {
    /// One for each parameter: type, name, and what flows in from where.
    phis: Vec<(&'static str, String, Vec<(String, usize)>)>,
    text: String,
}

/// The state of one function's translation.
pub(super) struct FunctionCx<'a, 'm> {
    pub shared: &'a mut Shared<'m>,
    pub func: &'m Function,
    /// Position of `func` in its module.
    pub index: usize,
    /// Which copy of it this is; 0 for the function itself.
    pub copy: usize,
    /// Of each block of the IR: what its loop asks for, if it is a latch.
    pub latches: Vec<Option<Wish>>,
    /// Whether it asks for nothing to be computed side by side.
    pub lone: bool,
    /// Constants that LLVM doesn't see.
    pub clamps: clamps::Clamps,
    /// Of each block of the IR: the rare way of its branch, where it is worth a branch.
    pub rare_ways: Vec<Option<usize>>,
    /// Blocks that stay behind their branches.
    pub predicted: Vec<bool>,
    /// Of each block of the IR: whether it rarely runs.
    pub rare_blocks: Vec<bool>,
    /// Whether its callees stay callees.
    pub has_many_calls: bool,
    /// Floats that are made integers before they are tested.
    pub fitting: Fitting,
    /// Quotients that only ranges with items ask for (`empty_ranges`).
    pub of_ranges: BTreeMap<Value, Value>,
    /// Whether polls are left to another level of the recursion.
    pub quiet: bool,
    /// How many elements a value has; 1 but in vector forms.
    pub lanes: usize,
    blocks: Vec<LlvmBlock>,
    /// Of each block of the IR: the first of its blocks here.
    heads: Vec<Label>,
    current: Label,
    temporaries: usize,
    /// At the end of each line: its place in the source, or nothing.
    place: String,
    /// What each value of the IR is written as.
    operands: Vec<String>,
    /// Leave with `STATUS_RAISED`; parameter: the site.
    pub raise_exits: Exits,
    /// Leave with an exception that passes; parameters: status, call site.
    pub pass_exits: Exits,
    /// The block that returns several values, with their types and names.
    pub return_exit: Option<(Label, Vec<(&'static str, String)>)>,
    /// Cold blocks that raise without message arguments, by site.
    pub raise_blocks: BTreeMap<u32, Label>,
}

/// Writes function `index` of the module to `out`, or a copy of it.
pub(super) fn translate(
    shared: &mut Shared<'_>,
    index: usize,
    copy: usize,
    out: &mut String,
) -> Result<(), String> {
    let func = &shared.module.functions[index];
    let wishes = match shared.device {
        None => wishes::find(shared, func),
        Some(_) => Wishes::default(),
    };
    let mut fx = FunctionCx::new(shared, index, 1)?;
    if fx.shared.device.is_none() {
        fx.latches = wishes.latches;
        fx.lone = wishes.lone;
        fx.rare_ways = extremes::rare_ways(fx.func);
        fx.predicted = predicted::ways(fx.func);
        fx.fitting = Fitting::find(fx.func);
        fx.of_ranges = empty_ranges::find(fx.func);
    }
    fx.copy = copy;
    let recursive = fx.shared.copies[index] > 0;
    let front = fx.shared.fronts[index].filter(|_| copy > fx.shared.copies[index]);
    fx.quiet = copy > 0 && recursive && (front.is_some() || !recursion::has_loops(fx.func));
    let subprogram = fx.shared.lines.as_mut().map(|lines| lines.function(fx.func));
    fx.place(Loc::default());
    match front {
        Some(base) => fx.fill_front(base)?,
        None => fx.fill_blocks()?,
    }
    fx.place(Loc::default());
    control::write_exits(&mut fx);
    fx.finish(subprogram, out);
    Ok(())
}

impl<'a, 'm> FunctionCx<'a, 'm> {
    /// The context of function `index`, with its values named.
    pub(super) fn new(
        shared: &'a mut Shared<'m>,
        index: usize,
        lanes: usize,
    ) -> Result<Self, String> {
        let func = &shared.module.functions[index];
        let mut fx = FunctionCx {
            shared,
            func,
            index,
            copy: 0,
            latches: vec![None; func.num_blocks()],
            lone: false,
            clamps: clamps::Clamps::new(),
            rare_ways: vec![None; func.num_blocks()],
            predicted: vec![false; func.num_blocks()],
            rare_blocks: exceptional::rare_blocks(func),
            has_many_calls: calls::has_many_calls(func),
            fitting: Fitting::default(),
            of_ranges: BTreeMap::new(),
            quiet: false,
            lanes,
            blocks: vec![LlvmBlock::default()],
            heads: vec![Label(0); func.num_blocks()],
            current: Label(0),
            temporaries: 0,
            place: String::new(),
            operands: Vec::with_capacity(func.num_values()),
            raise_exits: Exits::default(),
            pass_exits: Exits::default(),
            return_exit: None,
            raise_blocks: BTreeMap::new(),
        };
        fx.name_values()?;
        Ok(fx)
    }
}

impl FunctionCx<'_, '_> {
    /// Constants are written where they are used, other values by name.
    fn name_values(&mut self) -> Result<(), String> {
        for index in 0..self.func.num_values() {
            let value = Value::new(index);
            let made = match self.func.value_def(value) {
                ValueDef::Result(inst, _) => Some(self.func.inst(inst)),
                ValueDef::Param(..) => None,
            };
            self.operands.push(match made {
                Some(data) if matches!(data.op, Opcode::Iconst | Opcode::Fconst) => {
                    let constant = num::constant(data)?;
                    self.splat(data.ty.ok_or("no controlling type")?, &constant)
                }
                _ => format!("%{value}"),
            });
        }
        Ok(())
    }

    fn fill_blocks(&mut self) -> Result<(), String> {
        let func = self.func;
        let reachable = control::reachable(func);
        for &block in &reachable {
            let head = self.new_block();
            self.heads[block.index()] = head;
            for &param in &func.block(block).params {
                let (ty, name) = (llvm_type(func.value_type(param)), format!("%{param}"));
                self.blocks[head.0].phis.push((ty, name, Vec::new()));
            }
        }
        match self.shared.device {
            Some(_) => device::memory::make_room(self),
            None => self.clamps = clamps::write(self),
        }
        if let Some(data) = func.for_c {
            for_c::write_context(self, data);
        }
        // The entry may be a loop's header, so the function begins before it.
        let args: Vec<String> = (0..func.params.len()).map(|i| format!("%a{i}")).collect();
        self.jump_with(func.entry(), &args);
        for &block in &reachable {
            self.switch_to(self.heads[block.index()]);
            if self.predicted[block.index()] {
                self.line(predicted::STAYS);
            }
            for &inst in &func.block(block).insts {
                let place = control::Place {
                    back: self.latches[block.index()],
                    rare: self.rare_ways[block.index()],
                    fits: self.fitting.test_of(block),
                };
                self.instruction(inst, place)
                    .map_err(|e| format!("{inst} ({}): {e}", func.inst(inst).op.name()))?;
            }
        }
        Ok(())
    }

    /// Writes the base case, and a call of the function for all others.
    fn fill_front(&mut self, way: usize) -> Result<(), String> {
        let func = self.func;
        let entry = func.entry();
        let Some(branch) = func.terminator(entry) else { return Err("an open block".into()) };
        let base = &func.inst(branch).targets[way];
        for block in [entry, base.block] {
            let head = self.new_block();
            self.heads[block.index()] = head;
            for &param in &func.block(block).params {
                let (ty, name) = (llvm_type(func.value_type(param)), format!("%{param}"));
                self.blocks[head.0].phis.push((ty, name, Vec::new()));
            }
        }
        let rest = self.new_block();
        let args: Vec<String> = (0..func.params.len()).map(|i| format!("%a{i}")).collect();
        self.jump_with(entry, &args);
        self.switch_to(self.head(entry));
        for &inst in &func.block(entry).insts {
            if inst != branch {
                self.instruction(inst, control::Place::default())?;
            }
        }
        let condition = self.arg(func.inst(branch), 0);
        let args: Vec<String> = base.args.iter().map(|&arg| self.value(arg)).collect();
        let head = self.head(base.block);
        self.flows(head, &args);
        let (then, otherwise) = if way == 0 { (head, rest) } else { (rest, head) };
        self.branch(&condition, then, otherwise, "");
        self.switch_to(head);
        for &inst in &func.block(base.block).insts {
            self.instruction(inst, control::Place::default())?;
        }
        self.switch_to(rest);
        calls::call_whole(self);
        Ok(())
    }

    /// What follows is from this place of the source.
    fn place(&mut self, loc: Loc) {
        // Vector forms have no places: they stand for several.
        if self.lanes == 1
            && let Some(lines) = &mut self.shared.lines
        {
            self.place = lines.mark(loc);
        }
    }

    /// Writes one instruction of a block.
    pub(super) fn instruction(&mut self, inst: Inst, place: control::Place) -> Result<(), String> {
        let data = self.func.inst(inst);
        self.place(data.loc);
        if data.op.is_of_kernels() || data.op.is_of_devices() {
            return match self.shared.device {
                Some(_) => device::operations::write(self, data),
                None => Err(format!("`{}` has no code on a processor", data.op.name())),
            };
        }
        match data.op.shape() {
            Shape::Quaternary
            | Shape::Nullary
            | Shape::UnaryEffect
            | Shape::Query
            | Shape::Native
            | Shape::StorageAddr => unreachable!("operations of kernels"),
            Shape::IntConst | Shape::FloatConst => Ok(()),
            Shape::Unary
            | Shape::Ternary
            | Shape::IntCompare
            | Shape::FloatCompare
            | Shape::Select => num::write(self, data),
            Shape::Binary => match data.op {
                Opcode::SaddChk | Opcode::SsubChk | Opcode::SmulChk => checks::write(self, data),
                _ => num::write(self, data),
            },
            Shape::Convert => convert::write(self, data),
            Shape::DataAddr
            | Shape::FuncAddr
            | Shape::PtrAdd
            | Shape::Load
            | Shape::Store
            | Shape::PtrEffect => memory::write(self, data),
            Shape::Atomic | Shape::AtomicSwap => atomic::write(self, data),
            Shape::Index
            | Shape::Guard
            | Shape::Effect
            | Shape::TryEffect
            | Shape::OsrPoll
            | Shape::SetRaise => checks::write(self, data),
            Shape::Call | Shape::ExternCall | Shape::TryCall | Shape::TryExternCall => {
                calls::write(self, data)
            }
            Shape::Jump | Shape::Branch | Shape::Return | Shape::Raise | Shape::Rethrow => {
                control::write(self, data, place)
            }
        }
    }

    /// Puts head, phi nodes and blocks together.
    fn finish(self, subprogram: Option<String>, out: &mut String) {
        let func = self.func;
        let lean = self.shared.lean[self.index];
        if self.shared.device.is_some() {
            return self.finish_for_device(subprogram, out);
        }
        let is_outer = is_entry(func) || func.for_c.is_some();
        let linkage = if is_outer { "" } else { "internal fastcc " };
        let mut params: Vec<String> = func
            .params
            .iter()
            .enumerate()
            .map(|(i, &ty)| format!("{} %a{i}", llvm_type(ty)))
            .collect();
        if !lean && func.for_c.is_none() {
            let size = size_of::<Context>();
            params
                .insert(0, format!("ptr noalias nonnull align 8 dereferenceable({size}) %context"));
        }
        let returned = match (func.for_c, func.results.as_slice()) {
            (Some(_), []) => "void".to_owned(),
            (Some(_), results) => result_type(results, true),
            (None, results) => result_type(results, lean),
        };
        let _ = write!(
            out,
            "define {linkage}{returned} {}({}",
            symbol_of_copy(func, self.copy),
            params.join(", ")
        );
        // Frames keep `rbp`, so that profilers can walk them without tables; a frame
        // larger than a page touches each of its pages, so that none jumps over the
        // stack's guard page.
        let _ = writeln!(
            out,
            ") nounwind {}{}{}{}\"frame-pointer\"=\"all\" \"probe-stack\"=\"inline-asm\"{}{} {{",
            self.inlining(),
            if self.lone { "noimplicitfloat " } else { "" },
            // Tables by which debuggers unwind its frame.
            if subprogram.is_some() { "uwtable " } else { "" },
            match (lean, &self.shared.vector_forms[self.index]) {
                (true, None) => "willreturn memory(none) ",
                (true, Some(_)) => "noinline willreturn memory(none) ",
                (false, _) => "",
            },
            self.shared.width(),
            subprogram.unwrap_or_default()
        );
        self.write_blocks(out);
    }

    /// As [`Self::finish`], on a device. Whether threads meet in a function LLVM finds out.
    fn finish_for_device(self, subprogram: Option<String>, out: &mut String) {
        let func = self.func;
        let lean = self.shared.lean[self.index];
        let params = func.params.iter().enumerate();
        let params = params.map(|(i, &ty)| format!("{} %a{i}", llvm_type(ty)));
        let context = (!lean).then(|| "ptr noalias %context".to_owned());
        let params: Vec<String> = context.into_iter().chain(params).collect();
        let is_kernel = self.shared.kernels.contains(&self.index);
        let _ = writeln!(
            out,
            "define internal fastcc {} {}({}) nounwind {}{}{} {{",
            result_type(&func.results, lean),
            symbol_of_copy(func, self.copy),
            params.join(", "),
            if is_kernel { "alwaysinline " } else { "" },
            if lean { "willreturn memory(none)" } else { "convergent" },
            subprogram.unwrap_or_default(),
        );
        self.write_blocks(out);
    }

    fn write_blocks(&self, out: &mut String) {
        for (at, block) in self.blocks.iter().enumerate() {
            let _ = writeln!(out, "b{at}:");
            for (ty, name, incoming) in &block.phis {
                let _ = write!(out, "  {name} = phi {ty} ");
                for (i, (value, from)) in incoming.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    let _ = write!(out, "{comma}[ {value}, %b{from} ]");
                }
                out.push('\n');
            }
            out.push_str(&block.text);
        }
        out.push_str("}\n");
    }

    /// Whether LLVM is to inline it: copies of recursive functions yes. The one of two
    /// versions that is for arrays that overlap no: with both in one function LLVM takes a
    /// fifth longer.
    fn inlining(&self) -> &'static str {
        match self.copy {
            0 if self.shared.disjoint[self.index].is_some() => "noinline ",
            1.. if self.shared.copies[self.index] > 0 => "alwaysinline ",
            _ => "",
        }
    }

    /// The LLVM type of a value of a type.
    pub(super) fn llvm(&self, ty: Type) -> String {
        match self.lanes {
            1 => llvm_type(ty).to_owned(),
            lanes => format!("<{lanes} x {}>", llvm_type(ty)),
        }
    }

    /// The part of an intrinsic's name that says the type.
    pub(super) fn overload(&self, ty: Type) -> String {
        match self.lanes {
            1 => ty.to_string(),
            lanes => format!("v{lanes}{ty}"),
        }
    }

    /// A constant as an operand.
    pub(super) fn splat(&self, ty: Type, constant: &str) -> String {
        match self.lanes {
            1 => constant.to_owned(),
            _ => format!("splat ({} {constant})", llvm_type(ty)),
        }
    }

    /// Says what a value is written as, instead of by its name.
    pub(super) fn rename(&mut self, value: Value, operand: String) {
        self.operands[value.index()] = operand;
    }

    /// The lines of a function of one block.
    pub(super) fn into_lines(mut self) -> String {
        std::mem::take(&mut self.blocks[0].text)
    }

    /// What a value is written as.
    pub(super) fn value(&self, value: Value) -> String {
        self.operands[value.index()].clone()
    }

    /// The type of a value.
    pub(super) fn type_of(&self, value: Value) -> Type {
        self.func.value_type(value)
    }

    /// The operand number `index` of an instruction.
    pub(super) fn arg(&self, data: &InstData, index: usize) -> String {
        self.value(data.args[index])
    }

    /// Gives `data`'s single result the value of an operand.
    pub(super) fn same(&mut self, data: &InstData, ty: &str, operand: &str) {
        self.define(data, &format!("bitcast {ty} {operand} to {ty}"));
    }

    /// Writes one line of the current block.
    pub(super) fn line(&mut self, line: &str) {
        let text = &mut self.blocks[self.current.0].text;
        text.push_str("  ");
        text.push_str(line);
        text.push_str(&self.place);
        text.push('\n');
    }

    /// Writes an instruction with a result of a new name, and gives the name.
    pub(super) fn temporary(&mut self, line: &str) -> String {
        let name = format!("%t{}", self.temporaries);
        self.temporaries += 1;
        self.line(&format!("{name} = {line}"));
        name
    }

    /// Writes the instruction that gives `data`'s single result.
    pub(super) fn define(&mut self, data: &InstData, line: &str) {
        let name = format!("%{}", data.results[0]);
        self.line(&format!("{name} = {line}"));
    }

    /// Writes a call of an intrinsic as the instruction that gives `data`'s result.
    pub(super) fn define_intrinsic(
        &mut self,
        data: &InstData,
        name: &str,
        ty: &str,
        args: &[(&str, &str)],
    ) {
        let call = self.intrinsic(name, ty, args);
        self.define(data, &call);
    }

    /// The text of a call of an intrinsic, which is declared.
    pub(super) fn intrinsic(&mut self, name: &str, ty: &str, args: &[(&str, &str)]) -> String {
        let types: Vec<&str> = args.iter().map(|arg| arg.0).collect();
        self.shared
            .intrinsics
            .entry(name.to_owned())
            .or_insert_with(|| (ty.to_owned(), types.join(", ")));
        let args: Vec<String> = args.iter().map(|(ty, value)| format!("{ty} {value}")).collect();
        format!("call {ty} @{name}({})", args.join(", "))
    }

    /// The address `bytes` after `base`.
    pub(super) fn offset(&mut self, base: &str, bytes: i64) -> String {
        if bytes == 0 {
            return base.to_owned();
        }
        self.temporary(&format!("getelementptr i8, ptr {base}, i64 {bytes}"))
    }

    /// Reads a field of the context, or of something it points to.
    pub(super) fn load(&mut self, ty: &str, base: &str, offset: i32, kind: Kind) -> String {
        let address = self.offset(base, i64::from(offset));
        self.temporary(&format!("load {ty}, ptr {address}{}", kind.access()))
    }

    /// The marks of an access to a region. A device reads and writes at multiples of the
    /// type's size alone, so the arrays that it is given are so.
    pub(super) fn access(&self, region: Region, ty: Option<Type>) -> String {
        let marks = Kind::Region(region).access();
        match (self.shared.device, ty) {
            (Some(_), Some(ty)) if region == Region::Data => {
                marks.replacen(", align 1,", &format!(", align {},", ty.bytes()), 1)
            }
            _ => marks,
        }
    }

    /// What LLVM is told of an access at an address beyond its kind, in a version for arrays
    /// that lie apart.
    pub(super) fn scope(&self, region: Region, address: Value) -> String {
        match &self.shared.disjoint[self.index] {
            Some(plan) if self.copy == disjoint::COPY && region == Region::Data => {
                plan.marks(address)
            }
            _ => String::new(),
        }
    }

    /// Writes a field of the context.
    pub(super) fn store(&mut self, ty: &str, value: &str, base: &str, offset: i32, kind: Kind) {
        let address = self.offset(base, i64::from(offset));
        self.line(&format!("store {ty} {value}, ptr {address}{}", kind.access()));
    }

    /// A new block.
    pub(super) fn new_block(&mut self) -> Label {
        self.blocks.push(LlvmBlock::default());
        Label(self.blocks.len() - 1)
    }

    /// A parameter of a block of this translation's own.
    pub(super) fn add_param(&mut self, block: Label, ty: &'static str) -> String {
        let name = format!("%t{}", self.temporaries);
        self.temporaries += 1;
        self.blocks[block.0].phis.push((ty, name.clone(), Vec::new()));
        name
    }

    pub(super) fn switch_to(&mut self, block: Label) {
        self.current = block;
    }

    pub(super) fn current(&self) -> Label {
        self.current
    }

    /// The first of an IR block's blocks.
    pub(super) fn head(&self, block: Block) -> Label {
        self.heads[block.index()]
    }

    /// Says that the current block leads to `target` with these arguments.
    pub(super) fn flows(&mut self, target: Label, args: &[String]) {
        let from = self.current.0;
        for (phi, arg) in self.blocks[target.0].phis.iter_mut().zip(args) {
            phi.2.push((arg.clone(), from));
        }
    }

    /// Ends the current block.
    pub(super) fn jump(&mut self, target: Label, args: &[String]) {
        self.flows(target, args);
        self.line(&format!("br label %b{}", target.0));
    }

    /// As [`Self::jump_with`], from the latch of a loop that asks LLVM's vectorizer for
    /// something.
    pub(super) fn jump_back(&mut self, block: Block, args: &[String], wish: Wish) {
        let target = self.head(block);
        self.flows(target, args);
        let node = metadata::loop_node(self.shared.loops.len());
        self.shared.loops.push(wish);
        self.line(&format!("br label %b{}, !llvm.loop !{node}", target.0));
    }

    /// Ends the current block with a jump to a block of the IR.
    pub(super) fn jump_with(&mut self, block: Block, args: &[String]) {
        self.jump(self.head(block), args);
    }

    /// Ends the current block with a branch; what flows is said apart.
    pub(super) fn branch(&mut self, condition: &str, then: Label, otherwise: Label, marks: &str) {
        self.line(&format!(
            "br i1 {condition}, label %b{}, label %b{}{marks}",
            then.0, otherwise.0
        ));
    }

    /// Ends the current block with a branch to `cold` when `condition` holds, and
    /// continues in a new block.
    pub(super) fn branch_cold(&mut self, condition: &str, cold: Label) {
        let next = self.new_block();
        self.branch(condition, cold, next, FIRST_IS_COLD);
        self.switch_to(next);
    }

    /// As [`Self::branch_cold`], when `condition` doesn't hold.
    pub(super) fn branch_cold_unless(&mut self, condition: &str, cold: Label) {
        let next = self.new_block();
        self.branch(condition, next, cold, SECOND_IS_COLD);
        self.switch_to(next);
    }
}
