//! Vector forms of pure functions, for loops that call them.
//!
//! LLVM's loop vectorizer puts a call of the form in the place of as many calls of the
//! function as it has lanes; what names it is an attribute of the calls, the "vector
//! function ABI". So a function of any size vectorizes, and rare cases can stay branches,
//! which a vectorizer that takes branches apart would compute for every element.
//!
//! A form is the function without branches: both sides of each, and a `select` where they
//! meet. Cold blocks aren't in it. If any lane would have gone there, these lanes are
//! computed by the function itself and put into the result: the same bits either way.
//!
//! ```text
//! block0(v0: f64):                     define <8 x double> @form(<8 x double> %a0)
//!     v1 = fcmp.f64.lt v0, v9            %v1 = fcmp olt <8 x double> %a0, ...
//!     br v1, block1, block2       =>     %v3 = fmul <8 x double> %a0, %a0
//! block1 cold: ...                       if any of %v1: lanes by @function
//! block2:
//!     v3 = fmul.f64 v0, v0
//!     return v3
//! ```
//!
//! Which functions: lean ones with one result, of more than [`LEAST`] operations on the
//! main path, where there are no calls, loads, and operations with preconditions that other
//! lanes needn't keep. Smaller ones are inlined and vectorized as part of the loop.

use super::function::{FunctionCx, Shared};
use super::module::{llvm_type, symbol};
use cumbia_ir::analysis::{Cfg, Loop};
use cumbia_ir::{Block, Effects, Function, Imm, Inst, Opcode, Type, Value};
use std::fmt::Write;

/// Fewest operations of a function that gets a form.
const LEAST: usize = 24;

/// Most operations of a form that is inlined into the loops that use it.
const MOST_INLINED: usize = 160;

/// Attributes of forms.
const MARKS: &str = "nounwind willreturn memory(none) \"frame-pointer\"=\"all\"";

/// Writes the forms of all functions that have one, and notes them.
pub(super) fn write_forms(
    shared: &mut Shared<'_>,
    lanes: usize,
    out: &mut String,
) -> Result<(), String> {
    let module = shared.module;
    let mut names = Vec::new();
    for (index, function) in module.functions.iter().enumerate() {
        if !shared.lean[index] || !has_form(function) {
            continue;
        }
        let name = format!("form.{index}");
        shared.vector_forms[index] = Some(marks(function, lanes, &name));
        names.push(name);
    }
    for (index, function) in module.functions.iter().enumerate() {
        if shared.vector_forms[index].is_some() {
            write_form(shared, index, lanes, out)
                .map_err(|message| format!("{}: {message}", function.name))?;
        }
    }
    if !names.is_empty() {
        // Nothing uses them before the vectorizer does.
        let list: Vec<String> = names.iter().map(|name| format!("ptr @{name}")).collect();
        let _ = writeln!(
            out,
            "@llvm.compiler.used = appending global [{} x ptr] [{}], section \"llvm.metadata\"",
            names.len(),
            list.join(", ")
        );
    }
    Ok(())
}

/// The attribute of calls that names the form.
fn marks(function: &Function, lanes: usize, name: &str) -> String {
    let kinds = "v".repeat(function.params.len());
    let scalar = symbol(function);
    let scalar = scalar.trim_start_matches('@').trim_matches('"');
    format!(" \"vector-function-abi-variant\"=\"_ZGV_LLVM_N{lanes}{kinds}_{scalar}({name})\"")
}

/// The blocks of the main path, in an order in which each follows those that lead to it.
fn main_path(func: &Function, cfg: &Cfg) -> Vec<Block> {
    let mut skipped = vec![true; func.num_blocks()];
    for &block in cfg.rpo() {
        let entered = block == func.entry() || cfg.preds(block).iter().any(|p| !skipped[p.index()]);
        skipped[block.index()] = func.block(block).cold || !entered;
    }
    cfg.rpo().iter().copied().filter(|block| !skipped[block.index()]).collect()
}

fn has_form(func: &Function) -> bool {
    let plain = |ty: &Type| !matches!(ty, Type::Ptr | Type::Bool);
    if !matches!(func.results.as_slice(), [ty] if plain(ty)) || !func.params.iter().all(plain) {
        return false;
    }
    let cfg = Cfg::new(func);
    let path = main_path(func, &cfg);
    let insts = || path.iter().flat_map(|&block| &func.block(block).insts);
    insts().count() >= LEAST
        && insts().all(|&inst| widens(func, inst))
        && path
            .iter()
            .any(|&b| func.terminator(b).is_some_and(|t| func.inst(t).op == Opcode::Return))
}

/// Whether an instruction has a vector form that may run for any lane.
fn widens(func: &Function, inst: Inst) -> bool {
    let data = func.inst(inst);
    match data.op.effects() {
        Effects::Pure => {
            !matches!(
                data.op,
                Opcode::Smulhi
                    | Opcode::Umulhi
                    | Opcode::DataAddr
                    | Opcode::FuncAddr
                    | Opcode::GridQuery
                    | Opcode::StorageAddr
                    | Opcode::PtrAdd
            ) && data.results.iter().all(|&r| func.value_type(r) != Type::Ptr)
                && data.args.iter().all(|&a| func.value_type(a) != Type::Ptr)
        }
        Effects::Guarded => {
            let amount = data.args.last().and_then(|&v| func.int_const(v));
            matches!(data.op, Opcode::Ishl | Opcode::Sshr | Opcode::Ushr)
                && amount
                    .is_some_and(|n| (0..i64::from(data.ty.map_or(0, |ty| ty.bits()))).contains(&n))
        }
        Effects::Terminator => true,
        _ => false,
    }
}

/// Whether a loop has a call that has a form.
pub(super) fn is_called_in(shared: &Shared<'_>, func: &Function, this: &Loop) -> bool {
    let mut insts = this.blocks.iter().flat_map(|&block| &func.block(block).insts);
    insts.any(|&inst| match func.inst(inst).imm {
        Imm::Func(callee) => shared.vector_forms[callee.index()].is_some(),
        _ => false,
    })
}

/// A mask of lanes; `None` is all.
type Mask = Option<String>;

/// What is known while a form is written.
struct Form<'f, 'a, 'm> {
    fx: &'f mut FunctionCx<'a, 'm>,
    /// Of each block: the lanes that enter it, by each edge.
    edges: Vec<Vec<(Mask, Vec<Value>)>>,
    /// Lanes that leave the main path.
    rare: Mask,
    /// Lanes that return, and what.
    returns: Vec<(Mask, Value)>,
}

fn write_form(
    shared: &mut Shared<'_>,
    index: usize,
    lanes: usize,
    out: &mut String,
) -> Result<(), String> {
    let func = &shared.module.functions[index];
    let width = shared.width();
    let cfg = Cfg::new(func);
    let path = main_path(func, &cfg);
    let mut fx = FunctionCx::new(shared, index, lanes)?;
    let entry = &func.block(func.entry()).params;
    for (i, &param) in entry.iter().enumerate() {
        fx.rename(param, format!("%a{i}"));
    }
    let result = fx.llvm(func.results[0]);
    let params: Vec<String> =
        func.params.iter().enumerate().map(|(i, &ty)| format!("{} %a{i}", fx.llvm(ty))).collect();
    let mut form = Form {
        fx: &mut fx,
        edges: vec![Vec::new(); func.num_blocks()],
        rare: None,
        returns: Vec::new(),
    };
    for &block in &path {
        form.block(func, block, &path)?;
    }
    let value = form.returned(func.results[0]);
    let rare = form.rare.take();
    let size: usize = path.iter().map(|&block| func.block(block).insts.len()).sum();
    // Only after the vectorizer has put it there: nothing calls it before.
    let inlined = if size <= MOST_INLINED { "alwaysinline " } else { "" };
    let all: Vec<&str> = params.iter().map(String::as_str).collect();
    let _ = writeln!(
        out,
        "define internal fastcc {result} @form.{index}({}) {inlined}{MARKS}{width} {{\nb0:",
        all.join(", ")
    );
    match rare {
        None => {
            let _ = writeln!(out, "{}  ret {result} {value}\n}}", fx.into_lines());
        }
        Some(rare) => {
            let or = fx.intrinsic(
                &format!("llvm.vector.reduce.or.v{lanes}i1"),
                "i1",
                &[(&format!("<{lanes} x i1>"), &rare)],
            );
            let any = fx.temporary(&or);
            let args = format!("{}, {result} {value}, <{lanes} x i1> {rare}", all.join(", "));
            let _ = writeln!(
                out,
                "{}  br i1 {any}, label %b1, label %b2, !prof !1\n\
                 b1:\n  %some = call fastcc {result} @rare.{index}({args})\n  br label %b2\n\
                 b2:\n  %r = phi {result} [ {value}, %b0 ], [ %some, %b1 ]\n  ret {result} %r\n}}",
                fx.into_lines()
            );
            write_rare(func, index, lanes, width, out);
        }
    }
    Ok(())
}

/// The function that computes some lanes one by one.
fn write_rare(func: &Function, index: usize, lanes: usize, width: &str, out: &mut String) {
    let ty = llvm_type(func.results[0]);
    let (mut params, mut elements, mut args) = (String::new(), String::new(), Vec::new());
    for (i, &param) in func.params.iter().enumerate() {
        let param = llvm_type(param);
        let _ = write!(params, "<{lanes} x {param}> %a{i}, ");
        let _ = writeln!(elements, "  %e{i} = extractelement <{lanes} x {param}> %a{i}, i64 %i");
        args.push(format!("{param} %e{i}"));
    }
    let vector = format!("<{lanes} x {ty}>");
    let _ = write!(
        out,
        "define internal fastcc {vector} @rare.{index}({params}{vector} %y, <{lanes} x i1> %m) \
         noinline cold {MARKS}{width} {{\n\
         b0:\n  br label %b1\n\
         b1:\n  %i = phi i64 [ 0, %b0 ], [ %n, %b3 ]\n  \
         %v = phi {vector} [ %y, %b0 ], [ %w, %b3 ]\n  \
         %f = extractelement <{lanes} x i1> %m, i64 %i\n  br i1 %f, label %b2, label %b3\n\
         b2:\n{elements}  %r = call fastcc {ty} {}({})\n  \
         %u = insertelement {vector} %v, {ty} %r, i64 %i\n  br label %b3\n\
         b3:\n  %w = phi {vector} [ %v, %b1 ], [ %u, %b2 ]\n  %n = add i64 %i, 1\n  \
         %c = icmp eq i64 %n, {lanes}\n  br i1 %c, label %b4, label %b1\n\
         b4:\n  ret {vector} %w\n}}\n",
        symbol(func),
        args.join(", ")
    );
}

impl Form<'_, '_, '_> {
    fn block(&mut self, func: &Function, block: Block, path: &[Block]) -> Result<(), String> {
        let incoming = std::mem::take(&mut self.edges[block.index()]);
        let mask = match incoming.as_slice() {
            [] => None,
            [(mask, _)] => mask.clone(),
            several => self.any(several.iter().map(|(mask, _)| mask.clone()).collect()),
        };
        if block != func.entry() {
            for (place, &param) in func.block(block).params.iter().enumerate() {
                let values =
                    incoming.iter().map(|(mask, args)| (mask.clone(), args[place])).collect();
                let value = self.chosen(values, func.value_type(param));
                self.fx.rename(param, value);
            }
        }
        for &inst in &func.block(block).insts {
            let data = func.inst(inst);
            match data.op {
                Opcode::Jump => self.leads(path, &data.targets[0], mask.clone()),
                Opcode::Return => self.returns.push((mask.clone(), data.args[0])),
                Opcode::Br => {
                    let condition = self.fx.value(data.args[0]);
                    let otherwise = self.not(&condition);
                    let then = self.both(&mask, condition);
                    let otherwise = self.both(&mask, otherwise);
                    self.leads(path, &data.targets[0], Some(then));
                    self.leads(path, &data.targets[1], Some(otherwise));
                }
                _ => self.fx.instruction(inst, super::control::Place::default())?,
            }
        }
        Ok(())
    }

    /// Notes an edge: to the main path, or away from it.
    fn leads(&mut self, path: &[Block], target: &cumbia_ir::Target, mask: Mask) {
        if path.contains(&target.block) {
            self.edges[target.block.index()].push((mask, target.args.to_vec()));
            return;
        }
        let mask = mask.unwrap_or_else(|| self.fx.splat(Type::Bool, "true"));
        self.rare = Some(match self.rare.take() {
            None => mask,
            Some(before) => self.either(&before, &mask),
        });
    }

    fn bools(&self) -> String {
        self.fx.llvm(Type::Bool)
    }

    fn not(&mut self, mask: &str) -> String {
        let line = format!("xor {} {mask}, {}", self.bools(), self.fx.splat(Type::Bool, "true"));
        self.fx.temporary(&line)
    }

    fn either(&mut self, a: &str, b: &str) -> String {
        let line = format!("or {} {a}, {b}", self.bools());
        self.fx.temporary(&line)
    }

    fn both(&mut self, mask: &Mask, condition: String) -> String {
        let Some(mask) = mask else { return condition };
        let line = format!("and {} {mask}, {condition}", self.bools());
        self.fx.temporary(&line)
    }

    /// The lanes of any of some masks.
    fn any(&mut self, masks: Vec<Mask>) -> Mask {
        let mut masks = masks.into_iter();
        let mut sum = masks.next()??;
        for mask in masks {
            sum = self.either(&sum, &mask?);
        }
        Some(sum)
    }

    /// What flows from several edges: of lanes in none, anything.
    fn chosen(&mut self, values: Vec<(Mask, Value)>, ty: Type) -> String {
        let mut values = values.into_iter().rev();
        let (_, last) = values.next().expect("a block that something leads to");
        let mut result = self.fx.value(last);
        for (mask, value) in values {
            let value = self.fx.value(value);
            if value == result {
                continue;
            }
            let Some(mask) = mask else {
                result = value;
                continue;
            };
            let (bools, ty) = (self.bools(), self.fx.llvm(ty));
            let line = format!("select {bools} {mask}, {ty} {value}, {ty} {result}");
            result = self.fx.temporary(&line);
        }
        result
    }

    fn returned(&mut self, ty: Type) -> String {
        let returns = std::mem::take(&mut self.returns);
        self.chosen(returns, ty)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Choices, translate};

    /// A pure function of some size; `edge` is where lanes of block1 go on.
    fn module(cold: &str, operation: &str) -> String {
        let mut text = String::from("func @f(f64) -> (f64) pure {\nblock0(v0: f64):\n");
        for i in 1..40 {
            text += &format!("    v{i} = {operation} v{}, v0\n", i - 1);
        }
        text += "    v90 = fcmp.f64.lt v39, v0\n    br v90, block1, block2(v39)\n";
        text += &format!("block1{cold}:\n    v91 = fneg.f64 v39\n    jump block2(v91)\n");
        text + "block2(v92: f64):\n    return v92\n}\n"
    }

    fn translated(text: &str, lanes: Option<usize>) -> String {
        let module = cumbia_ir::parse_module(text).expect("the text is IR");
        translate(&module, Choices { lanes, ..Choices::default() }).expect("it translates").text
    }

    #[test]
    fn sides_meet_in_a_select() {
        let text = translated(&module("", "fmul.f64"), Some(4));
        assert!(text.contains("define internal fastcc <4 x double> @form.0(<4 x double> %a0)"));
        assert!(text.contains("select <4 x i1>") && !text.contains("@rare.0"));
    }

    #[test]
    fn cold_blocks_are_left_to_the_function() {
        let text = translated(&module(" cold", "fmul.f64"), Some(8));
        let form = text.split("@form.0(").nth(1).expect("a form");
        let form = form.split("define").next().expect("its text");
        assert!(!form.contains("fneg") && !form.contains("select"));
        assert!(form.contains("call fastcc <8 x double> @rare.0("));
        assert!(text.contains("call fastcc double @\"f.f\"(double %e0)"));
    }

    #[test]
    fn others_have_no_form() {
        assert!(!translated(&module("", "fmul.f64"), None).contains("@form"));
        let small = "func @f(f64) -> (f64) pure {\nblock0(v0: f64):\n    return v0\n}\n";
        assert!(!translated(small, Some(8)).contains("@form"));
        let unmarked = module("", "fmul.f64").replace(" pure", "");
        assert!(!translated(&unmarked, Some(8)).contains("@form"));
        let divides =
            module("", "sdiv.i64").replace("f64", "i64").replace("fcmp.i64.lt", "icmp.i64.slt");
        let divides = divides.replace("fneg", "ineg");
        assert!(!translated(&divides, Some(8)).contains("@form"));
    }
}
