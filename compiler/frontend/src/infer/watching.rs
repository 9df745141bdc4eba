//! What NumPy would do for a group of elementwise operations: for its warnings.
//!
//! Around the loop of a group that may warn the processor's flags are cleared and read
//! ([`Action::ClearFlags`], [`Action::Look`]). Where they say that something may have
//! happened, NumPy does the same again over the same operands (`runtime/core/src/looking.rs`,
//! `python/cumbia/_looking.py`): here it is written down what that is, one step for each
//! operation, at its own line.
//!
//! An operand that was written over is lost. Then only an operation that is one instruction of
//! the processor can be told, by the flags themselves: `+`, `-`, `*`, `/`, square, square root
//! and reciprocal of real floats; others aren't looked at.
//!
//! Only in functions of the user: what a library body computes inside is no operation of
//! NumPy's. Integers set no flags: the bodies that divide them in a kernel do that
//! (`bodies/error_flags.py`), and the loops that convert to them.

use super::elementwise::{element, power_function};
use super::fusion::Rewriting;
use super::fusion_groups::{Group, Sink, operands};
use super::{Action, ArgFrom, FunctionKey, Specialization};
use crate::hir::{BinaryOp, HValue, HirInst, Op};
use crate::types::{ArrayTy, Callable, DType, Lit, Ty};
use cumbia_diagnostics::Span;
use rustc_hash::FxHashMap;

/// A second look.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Look {
    /// What is given to NumPy.
    pub operands: Vec<ArgFrom>,
    /// Their types.
    pub codes: Vec<String>,
    /// What NumPy does, in order.
    pub steps: Vec<Step>,
    /// A number that was computed: no store keeps its operations before the flags are read.
    pub made: Option<HValue>,
    /// Whether a nan in the result tells as much as a flag.
    pub(super) tells_by_nan: bool,
    /// Whether there is one.
    pub nan: Option<HValue>,
}

/// One operation.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// Where it stands.
    pub span: Span,
    /// The name of its result.
    pub result: String,
    /// What it is, in Python.
    pub expression: String,
    /// Results that nobody needs after it.
    pub dropped: Vec<String>,
}

impl Look {
    /// The name of an operand that is a value; `None` if NumPy can't have it.
    pub(super) fn operand(&mut self, from: ArgFrom, ty: &Ty) -> Option<String> {
        if let Some(text) = literal(ty) {
            return Some(text);
        }
        let known = self.operands.iter().position(|o| *o == from);
        let at = match known {
            Some(at) => at,
            None => {
                self.codes.push(code(ty)?);
                self.operands.push(from);
                self.operands.len() - 1
            }
        };
        Some(format!("x{at}"))
    }

    /// Whether a name is that of an array.
    fn is_array(&self, name: &str) -> bool {
        let at = name.strip_prefix('x').and_then(|at| at.parse::<usize>().ok());
        at.is_some_and(|at| self.codes[at].starts_with('A'))
    }

    /// Adds an operation; gives the name of its result.
    pub(super) fn step(&mut self, span: Span, expression: String) -> String {
        let result = format!("t{}", self.steps.len());
        self.steps.push(Step { span, result: result.clone(), expression, dropped: Vec::new() });
        result
    }

    /// Drops each result behind its last use.
    pub(super) fn finish(&mut self) {
        for at in 0..self.steps.len() {
            let name = self.steps[at].result.clone();
            let uses = |step: &Step| {
                step.expression.split(|c: char| !c.is_alphanumeric()).any(|word| word == name)
            };
            let last = self.steps.iter().rposition(uses).unwrap_or(at);
            if !self.steps[at].expression.is_empty() && name.starts_with('t') {
                self.steps[last].dropped.push(name);
            }
        }
    }
}

/// A constant as Python writes it.
fn literal(ty: &Ty) -> Option<String> {
    Some(match ty {
        Ty::Lit(Lit::Bool(true)) => "True".into(),
        Ty::Lit(Lit::Bool(false)) => "False".into(),
        Ty::Lit(Lit::Int(i)) => format!("({i})"),
        Ty::Lit(Lit::Wide(i)) => format!("({i})"),
        Ty::Lit(Lit::Float(bits)) => match f64::from_bits(*bits) {
            x if x.is_finite() => format!("({x:?})"),
            x => format!("float('{x}')"),
        },
        Ty::Lit(Lit::Str(s)) if s.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            format!("'{s}'")
        }
        Ty::None => "None".into(),
        _ => return None,
    })
}

/// The code of an operand's type (`python/cumbia/_looking.py`).
fn code(ty: &Ty) -> Option<String> {
    Some(match ty {
        Ty::Array(a) if !a.dtype.is_time() => format!("A{}{}", a.ndim, a.dtype.name()),
        Ty::Num(d) if !d.is_time() => format!("N{}", d.name()),
        Ty::Int => "i".into(),
        Ty::Float => "f".into(),
        Ty::Bool => "b".into(),
        Ty::Complex => "c".into(),
        _ => return None,
    })
}

/// An elementwise operation as Python writes it.
pub(super) fn expression(
    op: &Op,
    operands: &[String],
    callee: Option<&Ty>,
    keywords: &str,
) -> Option<String> {
    Some(match (op, operands) {
        (Op::Unary(op, _), [a]) => {
            let symbol = match op {
                crate::hir::UnaryOp::Neg => "-",
                crate::hir::UnaryOp::Pos => "+",
                crate::hir::UnaryOp::Invert => "~",
            };
            format!("{symbol}{a}")
        }
        (Op::Binary(op, ..), [a, b]) => format!("{a} {} {b}", crate::numeric::symbol(*op)),
        (Op::Compare(op, ..), [a, b]) => format!("{a} {} {b}", op.symbol()),
        (Op::Call(..), _) => {
            let Some(Ty::Callable(Callable::Library(name))) = callee else { return None };
            let name = match &**name {
                "builtins.abs" => "abs".to_string(),
                name if name.contains('/') => return None,
                // Beside the module's own imports; it has been imported by whoever uses it.
                name => match name.strip_prefix("scipy.special.") {
                    Some(own) => format!("__import__('scipy.special').special.{own}"),
                    None => format!("np.{}", name.strip_prefix("numpy.")?),
                },
            };
            format!("{name}({}{keywords})", operands.join(", "))
        }
        _ => return None,
    })
}

/// NumPy's function of an operation that is one instruction of the processor, for operands
/// of a real float dtype.
pub(super) fn instruction(op: &Op, types: &[Ty], callee: Option<&Ty>) -> Option<&'static str> {
    match op {
        Op::Binary(op, ..) => match op {
            BinaryOp::Add => Some("add"),
            BinaryOp::Sub => Some("subtract"),
            BinaryOp::Mul => Some("multiply"),
            BinaryOp::TrueDiv => Some("divide"),
            BinaryOp::Pow => match (element(&types[0]), &types[1]) {
                (Ty::Num(d), exponent) => match power_function(d, exponent)? {
                    "numpy.square" => Some("square"),
                    "numpy.sqrt" => Some("sqrt"),
                    "numpy.reciprocal" => Some("reciprocal"),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        },
        Op::Call(..) => {
            let Some(Ty::Callable(Callable::Library(name))) = callee else { return None };
            Some(match name.strip_prefix("numpy.")? {
                "add" => "add",
                "subtract" => "subtract",
                "multiply" => "multiply",
                "divide" | "true_divide" => "divide",
                "sqrt" => "sqrt",
                "square" => "square",
                "reciprocal" => "reciprocal",
                _ => return None,
            })
        }
        _ => None,
    }
}

/// Whether NumPy may warn of an operation on operands of these types.
pub(super) fn may_warn(op: &Op, types: &[Ty], callee: Option<&Ty>) -> bool {
    let dtype = |ty: &Ty| match element(ty) {
        Ty::Num(d) => Some(d),
        _ => None,
    };
    let inexact = |ty: &Ty| match dtype(ty) {
        Some(d) => d.is_float() || d.is_complex(),
        None => matches!(ty.widen(), Ty::Float | Ty::Complex),
    };
    let complex = types.iter().any(|t| dtype(t).is_some_and(DType::is_complex));
    let inexact = types.iter().any(inexact);
    if types.iter().any(|t| dtype(t).is_some_and(DType::is_time)) {
        return false;
    }
    match op {
        Op::Binary(BinaryOp::TrueDiv, ..) => true,
        Op::Binary(
            BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Mul
            | BinaryOp::FloorDiv
            | BinaryOp::Mod
            | BinaryOp::Pow,
            ..,
        ) => inexact,
        Op::Call(..) => {
            let Some(Ty::Callable(Callable::Library(name))) = callee else { return false };
            match &**name {
                "builtins.abs" | "numpy.abs" | "numpy.absolute" => complex,
                name => {
                    let name = name.strip_prefix("numpy.").unwrap_or("where");
                    !QUIET.contains(&name) && (inexact || !OF_INTEGERS.contains(&name))
                }
            }
        }
        _ => false,
    }
}

/// The name of NumPy's function if an operation divides integers, which may warn.
fn integer_division(op: &Op, types: &[Ty], callee: Option<&Ty>) -> Option<&'static str> {
    let integer = |ty: &Ty| match element(ty) {
        Ty::Num(d) => d.is_int() || d == DType::Bool,
        other => matches!(other.widen(), Ty::Int | Ty::Bool),
    };
    if !types.iter().all(integer) || matches!(types.last(), Some(Ty::Lit(Lit::Int(i))) if *i != 0) {
        return None;
    }
    match op {
        Op::Binary(BinaryOp::FloorDiv, ..) => Some("floor_divide"),
        Op::Binary(BinaryOp::Mod, ..) => Some("remainder"),
        Op::Call(..) => {
            let Some(Ty::Callable(Callable::Library(name))) = callee else { return None };
            Some(match name.strip_prefix("numpy.")? {
                "floor_divide" => "floor_divide",
                "remainder" | "mod" => "remainder",
                "fmod" => "fmod",
                "reciprocal" => "reciprocal",
                _ => return None,
            })
        }
        _ => None,
    }
}

/// Whether an operation may be a root of a negative number, which sets no flag.
fn is_root(op: &Op, types: &[Ty], callee: Option<&Ty>) -> bool {
    let power = match (op, callee) {
        (Op::Binary(BinaryOp::Pow, ..), _) => true,
        (Op::Call(..), Some(Ty::Callable(Callable::Library(name)))) => {
            matches!(&**name, "numpy.power" | "numpy.pow" | "numpy.float_power")
        }
        _ => false,
    };
    let whole = |ty: &Ty| match ty {
        Ty::Lit(Lit::Float(bits)) => f64::from_bits(*bits).fract() == 0.0,
        Ty::Lit(Lit::Int(_)) | Ty::Int => true,
        other => matches!(element(other), Ty::Num(d) if d.is_int()),
    };
    power && types.len() == 2 && !whole(&types[1])
}

/// Functions that never warn.
const QUIET: &[&str] = &[
    "where",
    "fabs",
    "rint",
    "copysign",
    "signbit",
    "floor",
    "ceil",
    "trunc",
    "fix",
    "sign",
    "conjugate",
    "conj",
    "real",
    "imag",
    "negative",
    "positive",
    "invert",
    "bitwise_not",
    "bitwise_invert",
    "bitwise_count",
    "gcd",
    "lcm",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "isnan",
    "isinf",
    "isfinite",
    "isnat",
    "logical_not",
    "logical_and",
    "logical_or",
    "logical_xor",
    "equal",
    "not_equal",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "heaviside",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "left_shift",
    "right_shift",
    "bitwise_left_shift",
    "bitwise_right_shift",
];

/// Functions that compute in integers of integers.
const OF_INTEGERS: &[&str] = &[
    "round",
    "around",
    "square",
    "reciprocal",
    "add",
    "subtract",
    "multiply",
    "floor_divide",
    "remainder",
    "mod",
    "power",
    "pow",
    "fmod",
];

impl Rewriting<'_, '_, '_> {
    /// Whether the function is one of the user's.
    fn is_users(&self) -> bool {
        let engine = &self.sweep.engine;
        let key = engine.root_key(&engine.spec(self.sweep.id).key);
        matches!(key, FunctionKey::User(_) | FunctionKey::Initializer(_))
    }

    /// What computes an element in the kernel, if the operation divides integers.
    pub(super) fn noted_division(&self, inst: &HirInst) -> Option<String> {
        let ty = |v: HValue| self.original[v.0 as usize].clone();
        let types: Vec<Ty> = operands(&inst.op, ty).into_iter().map(ty).collect::<Option<_>>()?;
        let callee = match &inst.op {
            Op::Call(callee, _) => ty(*callee),
            _ => None,
        };
        let name = integer_division(&inst.op, &types, callee.as_ref())?;
        self.is_users().then(|| format!("numpy.{name}/noted"))
    }

    /// Whether an operation of a group that may warn is one of those that `where` chooses
    /// between in the same group.
    pub(super) fn watches_choices(&self, group: &Group) -> bool {
        let insts = &self.sweep.hir.blocks[self.block].insts;
        let ty = |v: HValue| self.original[v.0 as usize].clone();
        let warns = |inst: &HirInst| {
            let types: Option<Vec<Ty>> = operands(&inst.op, ty).into_iter().map(ty).collect();
            let callee = match &inst.op {
                Op::Call(callee, _) => ty(*callee),
                _ => None,
            };
            types.is_some_and(|types| may_warn(&inst.op, &types, callee.as_ref()))
        };
        let is_choice = |inst: &HirInst| {
            matches!(&inst.op, Op::Call(callee, _)
                if matches!(ty(*callee), Some(Ty::Callable(Callable::Library(name))) if &*name == "numpy.where"))
        };
        let members = || group.members.iter().map(|&at| &insts[at]);
        self.is_users()
            && members().filter(|inst| is_choice(inst)).any(|choice| {
                operands(&choice.op, ty)[1..]
                    .iter()
                    .any(|v| members().any(|inst| inst.results[0] == *v && warns(inst)))
            })
    }

    /// What NumPy does for a group, if it may warn of it and can be asked. `stored` is the
    /// view that the group's value is assigned to.
    pub(super) fn watch(&self, group: &Group, stored: Option<(HValue, ArrayTy)>) -> Option<Look> {
        if !self.is_users() {
            return None;
        }
        let insts = &self.sweep.hir.blocks[self.block].insts;
        let ty = |v: HValue| self.original[v.0 as usize].clone();
        let last = *group.members.last().expect("a group isn't empty");
        let mut look = Look::default();
        let mut names: FxHashMap<HValue, String> = FxHashMap::default();
        let mut watched = false;
        let mut place = None;
        // Arrays that are read.
        let mut read: Vec<String> = Vec::new();
        for &at in &group.members {
            let inst = &insts[at];
            let values = operands(&inst.op, ty);
            let types: Vec<Ty> = values.iter().map(|&v| ty(v)).collect::<Option<_>>()?;
            let callee = match &inst.op {
                Op::Call(callee, _) => ty(*callee),
                _ => None,
            };
            let callee = callee.as_ref();
            watched |= may_warn(&inst.op, &types, callee);
            let division = integer_division(&inst.op, &types, callee);
            watched |= division.is_some();
            look.tells_by_nan |= is_root(&inst.op, &types, callee);
            let Ty::Num(made) = element(&ty(inst.results[0])?) else { return None };
            if at == last
                && let Sink::InPlace = group.sink
            {
                // The left operand is gone.
                let target = values[0];
                let name = division.or_else(|| instruction(&inst.op, &types, callee))?;
                let kept = look.operands.contains(&ArgFrom::Value(target));
                let exact = division.is_some() || in_dtype(&types, made);
                let own = element(&types[0]) == Ty::Num(made) && exact;
                if kept || !own {
                    return None;
                }
                if !look.steps.is_empty() {
                    place = Some((ArgFrom::Value(target), types[0].clone(), String::new()));
                }
                look.step(inst.span, format!("!{} {name}", made.name()));
                continue;
            }
            let mut texts = Vec::with_capacity(values.len());
            for (&value, ty) in values.iter().zip(&types) {
                texts.push(match names.get(&value) {
                    Some(name) => name.clone(),
                    None => look.operand(ArgFrom::Value(value), ty)?,
                });
            }
            read.extend(texts.iter().filter(|text| look.is_array(text)).cloned());
            let extras = self.extras_of(inst);
            let mut keywords = String::new();
            if let Some(dtype) = extras.dtype {
                keywords += &format!(", dtype='{}'", dtype.name());
            }
            if let Some(casting) = &extras.casting {
                keywords += &format!(", casting='{casting}'");
            }
            let alone = group.members.len() == 1 && extras.dtype.is_none();
            let lost = match instruction(&inst.op, &types, callee) {
                Some(name) if alone && in_dtype(&types, made) => format!("!{} {name}", made.name()),
                _ => String::new(),
            };
            if at == last {
                match group.sink {
                    Sink::Out(out, mask) => {
                        let (from, of) = (ArgFrom::Value(out), ty(out)?);
                        let Ty::Array(target) = &of else { return None };
                        let own = target.dtype == made && mask.is_none();
                        let out = look.operand(from.clone(), &of)?;
                        let dtype = target.dtype.name();
                        keywords += &format!(", out=np.empty({out}.shape, '{dtype}')");
                        watched |= target.dtype != made;
                        if let Some(mask) = mask {
                            let mask = look.operand(ArgFrom::Value(mask), &ty(mask)?)?;
                            keywords += &format!(", where={mask}");
                            read.push(mask);
                        }
                        place = Some((from, of.clone(), if own { lost } else { String::new() }));
                    }
                    Sink::Masked(mask) => {
                        let mask = look.operand(ArgFrom::Value(mask), &ty(mask)?)?;
                        let all = format!("{}, {mask}", texts.join(", "));
                        let dtype = made.name();
                        keywords += &format!(
                            ", out=np.empty(np.broadcast({all}).shape, '{dtype}'), where={mask}"
                        );
                    }
                    Sink::Store(_) => {
                        let (view, target) = stored?;
                        let own = target.dtype == made;
                        let lost = if own { lost } else { String::new() };
                        place = Some((ArgFrom::Value(view), Ty::Array(target), lost));
                    }
                    _ => {}
                }
            }
            let text = match self.ufunc_of(inst) {
                // It restores the flags, and so says nothing of its own.
                Some(ufunc) => format!("{}({}{keywords})", ufunc.path, texts.join(", ")),
                None => expression(&inst.op, &texts, callee, &keywords)?,
            };
            names.insert(inst.results[0], look.step(inst.span, text));
        }
        let result = insts[last].results[0];
        match (group.sink, stored) {
            (Sink::Store(at), Some((_, target))) => {
                let Ty::Num(made) = element(&ty(result)?) else { return None };
                let real = made.is_float() || made.is_complex();
                if target.dtype != made && real {
                    watched = true;
                    let (of, dtype) = (&names[&result], target.dtype.name());
                    let text = format!("{of}.astype('{dtype}')");
                    look.step(insts[at].span, text);
                }
            }
            (Sink::Sum(call, _), _) => {
                let inst = &insts[call];
                let Op::Call(callee, _) = &inst.op else { return None };
                let of = &names[&result];
                let text = match &ty(*callee)? {
                    Ty::Callable(Callable::Library(name)) => {
                        format!("np.{}({of})", name.strip_prefix("numpy.")?)
                    }
                    Ty::Callable(Callable::Method(_, name)) => format!("{of}.{name}()"),
                    _ => return None,
                };
                let Ty::Num(made) = element(&ty(result)?) else { return None };
                watched |= made.is_float();
                look.step(inst.span, text);
            }
            _ => {}
        }
        if !watched {
            return None;
        }
        if let Some((from, ty, lost)) = place {
            let target = look.operand(from, &ty)?;
            let expression = format!("?{target} {}", read.join(" "));
            let span = insts[last].span;
            look.steps.insert(0, Step { span, result: lost, expression, dropped: Vec::new() });
        }
        let given = match group.sink {
            Sink::Sum(call, _) => insts[call].results[0],
            _ => result,
        };
        let real = matches!(ty(given), Some(Ty::Array(a)) if a.dtype.is_float() && a.ndim > 0);
        look.tells_by_nan &= real && group.sink == Sink::Value;
        look.made = Some(given).filter(|&v| matches!(ty(v), Some(Ty::Num(_))));
        look.finish();
        Some(look)
    }
}

/// Whether an operation on operands of these types is computed in a real float dtype, without
/// conversions that could set a flag.
fn in_dtype(types: &[Ty], dtype: DType) -> bool {
    dtype.is_float()
        && types.iter().all(|ty| match element(ty) {
            Ty::Num(d) => !d.is_complex() && crate::numeric::result_type(d, dtype) == dtype,
            other => matches!(other.widen(), Ty::Int | Ty::Float | Ty::Bool),
        })
}

/// Whether a call is one of a function that computes with whole arrays, which NumPy can do
/// again: it changes nothing, and notes no warnings of its own but of nothing.
pub(super) fn is_watched_call(spec: &Specialization, inst: &HirInst, action: &Action) -> bool {
    let ty = |v: HValue| spec.types[v.0 as usize].as_ref();
    let warns = |d: DType| d.is_float() || d.is_complex();
    let inexact = |t: &Ty| matches!(t, Ty::Array(a) if warns(a.dtype));
    let Action::Call(..) = action else { return false };
    match &inst.op {
        Op::Binary(BinaryOp::MatMul, a, b, false) => {
            ty(*a).is_some_and(inexact) || ty(*b).is_some_and(inexact)
        }
        Op::Call(callee, args) => match ty(*callee) {
            Some(Ty::Callable(Callable::Library(name))) => {
                let first = args.first().and_then(|a| ty(a.value)).is_some_and(inexact);
                first && name.strip_prefix("numpy.").is_some_and(|n| FUNCTIONS.contains(&n))
            }
            Some(Ty::Callable(Callable::Method(of, name))) => {
                inexact(of) && METHODS.contains(&&**name)
            }
            _ => false,
        },
        _ => false,
    }
}

const FUNCTIONS: &[&str] = &[
    "sum", "prod", "mean", "cumsum", "cumprod", "dot", "matmul", "vdot", "inner", "trace",
    "nansum", "nanprod", "diff", "outer", "astype",
];

const METHODS: &[&str] = &["sum", "prod", "mean", "cumsum", "cumprod", "dot", "trace", "astype"];

impl Rewriting<'_, '_, '_> {
    /// What NumPy does for a call, if it may warn of it and can be asked.
    pub(super) fn watch_call(&self, inst: &HirInst, action: &Action) -> Option<Look> {
        let spec = self.sweep.engine.spec(self.sweep.id);
        let ty = |v: HValue| self.original[v.0 as usize].clone();
        // Operands that aren't made are no arrays.
        let made = |v: HValue| ty(v) == spec.types[v.0 as usize];
        if !self.is_users() || !is_watched_call(spec, inst, action) {
            return None;
        }
        let mut look = Look::default();
        let expression = match &inst.op {
            Op::Binary(_, a, b, _) => {
                let mut text = |v: HValue| look.operand(ArgFrom::Value(v), &ty(v)?);
                let (x, y) = (text(*a)?, text(*b)?);
                (made(*a) && made(*b)).then(|| format!("{x} @ {y}"))?
            }
            Op::Call(callee, args) => {
                let function = match ty(*callee)? {
                    Ty::Callable(Callable::Library(name)) => {
                        format!("np.{}", name.strip_prefix("numpy.")?)
                    }
                    Ty::Callable(Callable::Method(of, name)) => {
                        let of = look.operand(ArgFrom::Receiver(*callee), &of)?;
                        format!("{of}.{name}")
                    }
                    _ => return None,
                };
                let mut texts = Vec::with_capacity(args.len());
                for arg in args {
                    let given = ty(arg.value)?;
                    let known = argument(&given);
                    let named = arg.name.as_deref();
                    if arg.starred || !made(arg.value) || matches!(named, Some("out" | "where")) {
                        return None;
                    }
                    let text = match known {
                        Some(text) => text,
                        None => look.operand(ArgFrom::Value(arg.value), &given)?,
                    };
                    texts.push(match named {
                        Some(name) => format!("{name}={text}"),
                        None => text,
                    });
                }
                format!("{function}({})", texts.join(", "))
            }
            _ => return None,
        };
        look.step(inst.span, expression);
        let result = *inst.results.first()?;
        if element(&ty(result)?) == Ty::Num(DType::Bool) {
            // Every number has a truth value.
            return None;
        }
        look.made = Some(result).filter(|&v| matches!(ty(v), Some(Ty::Num(_))));
        look.finish();
        Some(look)
    }
}

/// An argument that is known when compiling and no number.
fn argument(ty: &Ty) -> Option<String> {
    Some(match ty {
        Ty::DType(d) if !d.is_time() => format!("np.dtype('{}')", d.name()),
        Ty::Callable(Callable::Library(name)) => match &**name {
            "builtins.int" => "int".into(),
            "builtins.float" => "float".into(),
            "builtins.bool" => "bool".into(),
            "builtins.complex" => "complex".into(),
            name => format!("np.{}", name.strip_prefix("numpy.")?),
        },
        Ty::Tuple(items) => {
            let items: Vec<String> = items.iter().map(literal).collect::<Option<_>>()?;
            format!("({},)", items.join(", "))
        }
        _ => return None,
    })
}
