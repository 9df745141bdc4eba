//! HIR as text, for tests and bug reports.
//!
//! ```text
//! func total(a, n = ...) {
//! b0(v0 a, v1 n):
//!     v2 s = const 0.0
//!     v3 = name range
//!     v4 = call v3(v1)
//!     v5 = iter v4
//!     v6 = iter_start v5
//!     jump b1(v6, v2)
//! b1(v7, v8 s): loop
//!     ...
//! ```
//!
//! A value is followed by the variable it is a version of where it is made. The
//! text says everything but spans; it isn't parsed back.

use crate::hir::{BinaryOp, CompareOp, UnaryOp};
use crate::hir::{
    CallArg, Const, Edge, HBlock, HValue, HirFunction, HirInst, LoopPlace, NameKind, Op, Param,
    ParamKind, Refinement, Terminator,
};
use std::fmt::{self, Display, Formatter};

impl Display for HValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl Display for HBlock {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "b{}", self.0)
    }
}

/// Items with commas between.
fn list<T>(
    f: &mut Formatter<'_>,
    items: &[T],
    mut item: impl FnMut(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (i, x) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        item(f, x)?;
    }
    Ok(())
}

fn values(f: &mut Formatter<'_>, items: &[HValue]) -> fmt::Result {
    list(f, items, |f, v| write!(f, "{v}"))
}

impl Display for Const {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Const::None => f.write_str("None"),
            Const::Bool(true) => f.write_str("True"),
            Const::Bool(false) => f.write_str("False"),
            Const::Int(i) => write!(f, "{i}"),
            Const::BigInt(digits) => f.write_str(digits),
            Const::Float(x) => write!(f, "{x:?}"),
            Const::Complex(re, im) => write!(f, "complex({re:?}, {im:?})"),
            Const::Str(s) => write!(f, "{s:?}"),
            Const::Bytes(b) => write!(f, "b\"{}\"", b.escape_ascii()),
            Const::Ellipsis => f.write_str("..."),
        }
    }
}

impl Display for BinaryOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BinaryOp::Add => "add",
            BinaryOp::Sub => "sub",
            BinaryOp::Mul => "mul",
            BinaryOp::TrueDiv => "truediv",
            BinaryOp::FloorDiv => "floordiv",
            BinaryOp::Mod => "mod",
            BinaryOp::Pow => "pow",
            BinaryOp::MatMul => "matmul",
            BinaryOp::LShift => "lshift",
            BinaryOp::RShift => "rshift",
            BinaryOp::And => "and",
            BinaryOp::Or => "or",
            BinaryOp::Xor => "xor",
        })
    }
}

impl Display for UnaryOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            UnaryOp::Neg => "neg",
            UnaryOp::Pos => "pos",
            UnaryOp::Invert => "invert",
        })
    }
}

impl Display for CompareOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CompareOp::Eq => "eq",
            CompareOp::Ne => "ne",
            CompareOp::Lt => "lt",
            CompareOp::Le => "le",
            CompareOp::Gt => "gt",
            CompareOp::Ge => "ge",
            CompareOp::Is => "is",
            CompareOp::IsNot => "is_not",
            CompareOp::In => "in",
            CompareOp::NotIn => "not_in",
        })
    }
}

impl Display for CallArg {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "{name}=")?;
        }
        write!(f, "{}{}", if self.starred { "*" } else { "" }, self.value)
    }
}

impl Display for Refinement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Refinement::IsNone => f.write_str("none"),
            Refinement::NotNone => f.write_str("not_none"),
            Refinement::Truthy => f.write_str("true"),
            Refinement::Falsy => f.write_str("false"),
            Refinement::Instance(callee, classes, truth) => {
                write!(f, "{callee}({classes}) {truth}")
            }
        }
    }
}

impl Display for Op {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Op::Refine(a, refinement) => write!(f, "refine {a} {refinement}"),
            Op::Const(c) => write!(f, "const {c}"),
            Op::Name(name, NameKind::Global) => write!(f, "name {name}"),
            Op::Name(name, NameKind::Free) => write!(f, "free {name}"),
            Op::Name(name, NameKind::Library) => write!(f, "library {name}"),
            Op::Unary(op, a) => write!(f, "{op} {a}"),
            Op::Binary(op, a, b, false) => write!(f, "{op} {a}, {b}"),
            Op::Binary(op, a, b, true) => write!(f, "i{op} {a}, {b}"),
            Op::Compare(op, a, b) => write!(f, "{op} {a}, {b}"),
            Op::Not(a) => write!(f, "not {a}"),
            Op::Truth(a) => write!(f, "truth {a}"),
            Op::Attr(a, name) => write!(f, "attr {a}.{name}"),
            Op::Item(a, index) => write!(f, "item {a}[{index}]"),
            Op::SetItem(a, index, value) => write!(f, "set_item {a}[{index}], {value}"),
            Op::SetAttr(a, name, value) => write!(f, "set_attr {a}.{name}, {value}"),
            Op::Tuple(items) => {
                f.write_str("tuple(")?;
                values(f, items)?;
                f.write_str(")")
            }
            Op::Display(kind, items) => {
                write!(f, "{}(", kind.name())?;
                values(f, items)?;
                f.write_str(")")
            }
            Op::Insert(kind, a, items) => {
                write!(f, "insert {} {a}, ", kind.name())?;
                values(f, items)
            }
            Op::Extend(kind, a, b) => write!(f, "extend {} {a}, {b}", kind.name()),
            Op::Format(a, conversion, format) => {
                write!(f, "format {a}")?;
                if let Some(conversion) = conversion {
                    write!(f, " !{conversion}")?;
                }
                if let Some(format) = format {
                    write!(f, " : {format}")?;
                }
                Ok(())
            }
            Op::Concat(parts) => {
                f.write_str("concat(")?;
                values(f, parts)?;
                f.write_str(")")
            }
            Op::Slice(parts) => {
                f.write_str("slice(")?;
                list(f, parts, |f, part| match part {
                    Some(v) => write!(f, "{v}"),
                    None => f.write_str("_"),
                })?;
                f.write_str(")")
            }
            Op::Call(callee, args) => {
                write!(f, "call {callee}(")?;
                list(f, args, |f, a| write!(f, "{a}"))?;
                f.write_str(")")
            }
            Op::Unpack(a) => write!(f, "unpack {a}"),
            Op::Iter(a, Some(LoopPlace { unrolled: true, .. })) => write!(f, "iter {a} unrolled"),
            Op::Iter(a, _) => write!(f, "iter {a}"),
            Op::IterStart(iter, _) => write!(f, "iter_start {iter}"),
            Op::IterNext(iter, pos) => write!(f, "iter_next {iter}, {pos}"),
            Op::IterItem(iter, at) => write!(f, "iter_item {iter}, {at}"),
            Op::PosNext(iter, at) => write!(f, "pos_next {iter}, {at}"),
            Op::Unbound => f.write_str("unbound"),
            Op::CheckBound(a, name) => write!(f, "check_bound {a} {name}"),
            Op::PatternTest(test, a, None) => write!(f, "pattern {test:?} {a}"),
            Op::PatternTest(test, a, Some(class)) => write!(f, "pattern {test:?} {a}, {class}"),
            Op::CheckItems(a, count) => write!(f, "check_items {a}, {count}"),
            Op::DelItem(a, index) => write!(f, "del_item {a}[{index}]"),
            Op::Yield(a, at) => {
                let how = if at.delegates { "yield from" } else { "yield" };
                write!(f, "{how} {a}")?;
                at.handled.iter().try_for_each(|e| write!(f, " handling {e}"))
            }
            Op::Delegate(a, b) => write!(f, "delegate {a}, {b}"),
            Op::DelegateThrow(a) => write!(f, "delegate throw {a}"),
            Op::Keep(a) => write!(f, "keep {a}"),
            Op::Given(a) => write!(f, "given {a}"),
            Op::IsOf(a, index) => write!(f, "is_of {a}, {index}"),
            Op::AsOf(a, index) => write!(f, "as_of {a}, {index}"),
            Op::Generator(number, items) => {
                write!(f, "generator {number}(")?;
                list(f, items, |f, v| write!(f, "{v}"))?;
                f.write_str(")")
            }
            Op::Poll => f.write_str("poll"),
            Op::Closure(index, captures, defaults) => {
                write!(f, "closure {index}[")?;
                values(f, captures)?;
                f.write_str("](")?;
                values(f, defaults)?;
                f.write_str(")")
            }
            Op::SelfClosure(captures, defaults) => {
                f.write_str("self_closure [")?;
                values(f, captures)?;
                f.write_str("](")?;
                values(f, defaults)?;
                f.write_str(")")
            }
            Op::CellNew(name) => write!(f, "cell_new {name}"),
            Op::CellGet(a, name, _) => write!(f, "cell_get {a} {name}"),
            Op::CellSet(a, value) => write!(f, "cell_set {a}, {value}"),
            Op::CheckFree(a, name) => write!(f, "check_free {a} {name}"),
            Op::Splat(a, _) => write!(f, "splat {a}"),
            Op::Catch => f.write_str("catch"),
            Op::EndCatch(a) => write!(f, "end_catch {a}"),
            Op::Parallel(what, items) => {
                write!(f, "parallel {what:?}(")?;
                list(f, items, |f, v| write!(f, "{v}"))?;
                f.write_str(")")
            }
            Op::Fused(values) => {
                f.write_str("fused(")?;
                for (i, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Op::SuperAttr(a, b, name) => write!(f, "super {a} {b}.{name}"),
            Op::Instance(a, names, items) => {
                write!(f, "instance {a}(")?;
                for (i, (name, value)) in names.iter().zip(items).enumerate() {
                    write!(f, "{}{name}={value}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Op::InitField(a, None, name) => write!(f, "init_field {a} {name}"),
            Op::InitField(a, Some(base), name) => write!(f, "init_field {a} {name} of {base}"),
            Op::ExcMatch(a, class) => write!(f, "exc_match {a}, {class}"),
        }
    }
}

impl Display for Edge {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.block)?;
        if !self.args.is_empty() {
            f.write_str("(")?;
            values(f, &self.args)?;
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl Display for Terminator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Terminator::Jump(edge) => write!(f, "jump {edge}"),
            Terminator::Branch { cond, then, otherwise } => {
                write!(f, "branch {cond}, {then}, {otherwise}")
            }
            Terminator::Return(value) => write!(f, "return {value}"),
            Terminator::Raise { class, args, cause } => {
                write!(f, "raise {class}(")?;
                values(f, args)?;
                f.write_str(")")?;
                cause.map_or(Ok(()), |cause| write!(f, " from {cause}"))
            }
            Terminator::Reraise(value) => write!(f, "reraise {value}"),
            Terminator::Unreachable => f.write_str("unreachable"),
        }
    }
}

/// Parameters as Python writes them, with `/` and `*`; a default that isn't a
/// constant is `...`.
fn signature(f: &mut Formatter<'_>, params: &[Param]) -> fmt::Result {
    let mut first = true;
    let mut item = |f: &mut Formatter<'_>, text: &dyn Display| {
        let comma = if std::mem::take(&mut first) { "" } else { ", " };
        write!(f, "{comma}{text}")
    };
    let mut previous = ParamKind::Plain;
    for param in params {
        if previous == ParamKind::PositionalOnly && param.kind != previous {
            item(f, &"/")?;
        }
        if param.kind == ParamKind::KeywordOnly && param.kind != previous {
            item(f, &"*")?;
        }
        previous = param.kind;
        item(f, &param.name)?;
        match &param.default_const {
            Some(c) => write!(f, " = {c}")?,
            None if param.has_default => f.write_str(" = ...")?,
            None => {}
        }
    }
    if previous == ParamKind::PositionalOnly {
        item(f, &"/")?;
    }
    Ok(())
}

impl HirFunction {
    fn fmt_definition(&self, f: &mut Formatter<'_>, value: HValue) -> fmt::Result {
        write!(f, "{value}")?;
        match self.values.get(value.0 as usize).and_then(|v| v.name.as_ref()) {
            Some(name) => write!(f, " {name}"),
            None => Ok(()),
        }
    }

    fn fmt_inst(&self, f: &mut Formatter<'_>, inst: &HirInst) -> fmt::Result {
        f.write_str("    ")?;
        list(f, &inst.results, |f, &v| self.fmt_definition(f, v))?;
        if !inst.results.is_empty() {
            f.write_str(" = ")?;
        }
        writeln!(f, "{}", inst.op)
    }
}

impl Display for HirFunction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "func {}(", self.name)?;
        signature(f, &self.params)?;
        f.write_str(") {\n")?;
        for (i, block) in self.blocks.iter().enumerate() {
            write!(f, "b{i}")?;
            if !block.params.is_empty() {
                f.write_str("(")?;
                list(f, &block.params, |f, &v| self.fmt_definition(f, v))?;
                f.write_str(")")?;
            }
            f.write_str(if block.loop_header { ": loop" } else { ":" })?;
            if let Some(handler) = &block.handler {
                write!(f, " except {handler}")?;
            }
            f.write_str("\n")?;
            for inst in &block.insts {
                self.fmt_inst(f, inst)?;
            }
            writeln!(f, "    {}", block.terminator)?;
        }
        f.write_str("}\n")
    }
}
