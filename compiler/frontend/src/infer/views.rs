//! Operands that an operation takes in another form than they have.
//!
//! An `Optional` where a value is needed is the value, behind a guard that raises what
//! Python raises for `None`; a namedtuple where a tuple is needed is the tuple of its
//! fields. The plan is made from the types alone: inference types the instruction with
//! the operands so seen, lowering (`lower/views.rs`) emits the guards and gives it the
//! operands in that form.
//!
//! Where Python's text isn't known the operand stays as it is, and the operation
//! refuses it.

use super::expressions::Typed;
use super::{Action, Sweep};
use crate::classes::ClassKind;
use crate::hir::{BinaryOp, CompareOp, HBlock, HValue, HirInst, Op, UnaryOp};
use crate::types::{Callable, TextKind, Ty};
use cumbia_abi::exceptions::MISSING_ATTRIBUTE;

/// Raises unless at least one of the values is there.
#[derive(Clone, PartialEq, Debug)]
pub struct Guard {
    /// Optional values.
    pub any_of: Vec<HValue>,
    /// Class of the exception.
    pub class: &'static str,
    /// Its text.
    pub text: String,
}

/// How an instruction sees its operands.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Views {
    /// Operands with the type they are seen with.
    pub seen: Vec<(HValue, Ty)>,
    /// What has to hold, in order.
    pub guards: Vec<Guard>,
}

/// The views of an instruction's operands, by their types; `None` if all operands are
/// taken as they are.
pub fn views<'t>(op: &Op, ty: impl Fn(HValue) -> Option<&'t Ty>) -> Option<Views> {
    let mut views = Views::default();
    optional(op, &ty, &mut views);
    as_tuples_and_ints(op, &ty, &mut views);
    super::collections::as_storage(op, &ty, &mut views);
    super::wide::as_numbers(op, &ty, &mut views);
    (!views.seen.is_empty()).then_some(views)
}

fn optional<'t>(op: &Op, ty: &impl Fn(HValue) -> Option<&'t Ty>, views: &mut Views) {
    let inner = |v: HValue| match ty(v) {
        Some(Ty::Optional(t)) => Some(&**t),
        _ => None,
    };
    let mut unwrap = |v: HValue, class: &'static str, text: String| {
        if let Some(t) = inner(v) {
            views.seen.push((v, t.clone()));
            views.guards.push(Guard { any_of: vec![v], class, text });
        }
    };
    const TYPE: &str = "TypeError";
    match op {
        Op::Unary(op, a) => {
            let symbol = match op {
                UnaryOp::Neg => "-",
                UnaryOp::Pos => "+",
                UnaryOp::Invert => "~",
            };
            unwrap(*a, TYPE, format!("bad operand type for unary {symbol}: 'NoneType'"));
        }
        Op::Binary(op, a, b, augmented) => binary(*op, *a, *b, *augmented, ty, views),
        Op::Compare(op, a, b) => compare(*op, *a, *b, ty, views),
        Op::Attr(a, name) => {
            unwrap(*a, MISSING_ATTRIBUTE, format!("'NoneType' object has no attribute '{name}'"))
        }
        Op::Item(a, i) => {
            unwrap(*a, TYPE, "'NoneType' object is not subscriptable".into());
            let container = inner(*a).or(ty(*a));
            let text = match container {
                Some(Ty::Tuple(_)) => "tuple indices must be integers or slices, not NoneType",
                Some(Ty::List(..)) => "list indices must be integers or slices, not NoneType",
                Some(Ty::Str) => "string indices must be integers, not 'NoneType'",
                Some(Ty::Bytes) => "byte indices must be integers or slices, not NoneType",
                _ => return,
            };
            unwrap(*i, TYPE, text.into());
        }
        Op::SetAttr(a, name, _) => {
            unwrap(*a, "AttributeError", format!("'NoneType' object has no attribute '{name}'"))
        }
        Op::SetItem(a, _, _) => {
            unwrap(*a, TYPE, "'NoneType' object does not support item assignment".into());
        }
        Op::Iter(a, _) => unwrap(*a, TYPE, "'NoneType' object is not iterable".into()),
        Op::Unpack(a) => {
            unwrap(*a, TYPE, "cannot unpack non-iterable NoneType object".into());
        }
        Op::Call(callee, args) => {
            let Some(Ty::Callable(Callable::Library(name))) = ty(*callee) else { return };
            for arg in args {
                if let Some(text) = argument_text(name, args.len()) {
                    unwrap(arg.value, TYPE, text.into());
                }
            }
        }
        _ => {}
    }
}

/// Builtins that ask what an object is, and don't use it as what it derives from.
pub(super) const ASKING: &[&str] = &[
    "builtins.isinstance",
    "builtins.type",
    "builtins.callable",
    "builtins.id",
    "builtins.repr",
    "builtins.str",
    "builtins.print",
    "builtins.format",
    "builtins.hasattr",
    "builtins.getattr",
];

/// Builtins that take an int for what it is worth.
const AS_INTS: &[&str] = &[
    "builtins.abs",
    "builtins.bin",
    "builtins.bool",
    "builtins.chr",
    "builtins.complex",
    "builtins.divmod",
    "builtins.float",
    "builtins.hex",
    "builtins.int",
    "builtins.oct",
    "builtins.pow",
    "builtins.range",
    "builtins.round",
    "builtins.slice",
];

/// Builtins that take a string for what it is.
const AS_STRS: &[&str] = &[
    "builtins.float",
    "builtins.hash",
    "builtins.int",
    "builtins.len",
    "builtins.list",
    "builtins.ord",
    "builtins.sorted",
];

/// Builtins for which a text of NumPy is one of Python.
const TEXTS: &[&str] = &[
    "builtins.bool",
    "builtins.bytes",
    "builtins.print",
    "builtins.set",
    "builtins.str",
    "builtins.tuple",
    "builtins.enumerate",
    "builtins.reversed",
];

/// Namedtuples where tuples are needed, members of int enums where ints are.
fn as_tuples_and_ints<'t>(op: &Op, ty: &impl Fn(HValue) -> Option<&'t Ty>, views: &mut Views) {
    // Operands, whether as tuples and whether as ints.
    let mut operands: Vec<(HValue, bool, bool)> = Vec::new();
    let indexed = |v: HValue| {
        matches!(
            ty(v),
            Some(Ty::Array(_) | Ty::Tuple(_) | Ty::List(..) | Ty::Str | Ty::Bytes | Ty::Record(..))
        )
    };
    match op {
        Op::Unary(_, a) => operands.push((*a, true, true)),
        Op::Binary(_, a, b, _) => operands.extend([(*a, true, true), (*b, true, true)]),
        Op::Compare(op, a, b) => {
            if matches!(op, CompareOp::Is | CompareOp::IsNot) {
                return;
            }
            let class = |v: HValue| match ty(v) {
                Some(Ty::Member(c, _) | Ty::Enum(c)) => Some(c),
                _ => None,
            };
            // Instances of one dataclass compare as tuples of their fields.
            if let (Some(Ty::Record(c, x)), Some(Ty::Record(d, y))) = (ty(*a), ty(*b))
                && let ClassKind::Dataclass { eq, order, .. } = c.kind
                && c == d
            {
                let compared = match op {
                    CompareOp::Eq | CompareOp::Ne => eq,
                    CompareOp::In | CompareOp::NotIn => false,
                    _ => order,
                };
                if compared {
                    views.seen = vec![(*a, Ty::Tuple(x.clone())), (*b, Ty::Tuple(y.clone()))];
                }
                return;
            }
            if let (Some(Ty::Object(c, x)), Some(Ty::Object(d, y))) = (ty(*a), ty(*b))
                && let ClassKind::Dataclass { eq, order, .. } = c.kind
                && c == d
            {
                let compared = match op {
                    CompareOp::Eq | CompareOp::Ne => eq,
                    CompareOp::In | CompareOp::NotIn => false,
                    _ => order,
                };
                if compared {
                    views.seen = vec![(*a, (**x).clone()), (*b, (**y).clone())];
                }
                return;
            }
            // Members of one enum compare by identity.
            let same = class(*a).is_some() && class(*a) == class(*b);
            let ints = !(same && matches!(op, CompareOp::Eq | CompareOp::Ne));
            let contains = matches!(op, CompareOp::In | CompareOp::NotIn);
            operands.extend([(*a, true, ints && !contains), (*b, true, ints)]);
        }
        Op::Attr(a, name)
            if cumbia_library::implementation(&format!("int.{name}")).is_some()
                || matches!(&**name, "real" | "imag" | "numerator" | "denominator") =>
        {
            operands.push((*a, false, true));
        }
        // A format as that of the number that it is.
        Op::Format(a, None, _) if shows_value(ty(*a), 2) => operands.push((*a, false, true)),
        Op::Item(a, i) => {
            let array = matches!(ty(*a), Some(Ty::Array(_)));
            operands.extend([(*a, true, false), (*i, array, indexed(*a))]);
        }
        Op::SetItem(a, i, v) => {
            let array = matches!(ty(*a), Some(Ty::Array(_)));
            operands.extend([(*i, array, indexed(*a)), (*v, false, array)]);
        }
        Op::Iter(a, _) | Op::Unpack(a) | Op::Splat(a, _) => operands.push((*a, true, false)),
        Op::Slice(parts) => operands.extend(parts.iter().flatten().map(|&p| (p, false, true))),
        Op::Call(callee, args) => match ty(*callee) {
            Some(Ty::DType(_)) => operands.extend(args.iter().map(|a| (a.value, false, true))),
            Some(Ty::Callable(Callable::Library(name)))
                if !ASKING.contains(&&**name) && !super::texts::asks(name) =>
            {
                let chooses = matches!(&**name, "builtins.min" | "builtins.max") && args.len() > 1;
                let ints = AS_INTS.contains(&&**name)
                    || name.starts_with("math.")
                    || name.starts_with("numpy.");
                let is_record = |v: HValue| matches!(ty(v), Some(Ty::Record(..)));
                let stays = args.iter().any(|a| is_record(a.value)) && hands_on(name);
                let as_tuples = !chooses && !stays;
                operands.extend(args.iter().map(|a| (a.value, as_tuples, ints)));
            }
            _ => {}
        },
        _ => {}
    }
    let str_of = |value: HValue| match ty(value) {
        Some(Ty::Member(class, at)) if class.is_str => super::records::member_value(class, *at),
        Some(Ty::Enum(class)) if class.is_str => Some(Ty::Str),
        Some(Ty::Text(kind)) if !matches!(op, Op::SetItem(..)) => Some(kind.plain()),
        _ => None,
    };
    for value in taken_for_text(op, ty) {
        if let Some(text) = str_of(value) {
            views.seen.push((value, text));
        }
    }
    for (value, as_tuple, as_int) in operands {
        let seen = views.seen.iter().position(|(v, _)| *v == value);
        let now = match seen {
            Some(at) => Some(views.seen[at].1.clone()),
            None => ty(value).cloned(),
        };
        let view = match now {
            Some(Ty::Record(class, items)) if as_tuple && class.is_tuple() => Ty::Tuple(items),
            Some(Ty::Member(class, at)) if class.is_int && as_int => {
                match super::records::member_value(&class, at) {
                    Some(value) => value,
                    None => continue,
                }
            }
            Some(Ty::Enum(class)) if class.is_int && as_int => Ty::Int,
            // A class of members is iterated, and is no tuple otherwise.
            Some(Ty::Callable(Callable::Enum(class)))
                if as_tuple && !class.is_flag && iterates(op) =>
            {
                let members = 0..class.canonical as u32;
                Ty::tuple(members.map(|i| Ty::Member(class.clone(), i)))
            }
            _ => continue,
        };
        match seen {
            Some(at) => views.seen[at].1 = view,
            None => views.seen.push((value, view)),
        }
    }
}

/// Whether a function may hand on or give back what it is given, so that a namedtuple has
/// to stay one; its body takes it for a tuple where one is needed.
fn hands_on(name: &str) -> bool {
    if let Some(primitive) = name.strip_prefix("prim.") {
        return ["list_", "set_", "dict_", "partial"].iter().any(|of| primitive.starts_with(of));
    }
    if name.starts_with("numpy.") {
        return false;
    }
    let counted = |n: usize| cumbia_library::implementation(&format!("{name}/{n}")).is_some();
    name.starts_with('@')
        || name == "functools.partial"
        || cumbia_library::implementation(name).is_some()
        || (0..5).any(counted)
}

/// Whether a text of an enum's members is that of their values.
fn shows_value(ty: Option<&Ty>, which: i64) -> bool {
    let Some(Ty::Member(class, _) | Ty::Enum(class)) = ty else { return false };
    let Some(texts) = super::texts::member_texts(class, which) else { return false };
    class.is_int
        && class.by_value
        && texts.iter().enumerate().all(|(at, text)| **text == class.code(at as u32).to_string())
}

/// Operands that are taken for the strings that they are, if they are members of an enum of
/// strings.
fn taken_for_text<'t>(op: &Op, ty: &impl Fn(HValue) -> Option<&'t Ty>) -> Vec<HValue> {
    let class = |v: HValue| match ty(v) {
        Some(Ty::Member(c, _) | Ty::Enum(c)) => Some(c),
        _ => None,
    };
    match op {
        Op::Binary(_, a, b, _) => vec![*a, *b],
        Op::Compare(CompareOp::Is | CompareOp::IsNot, ..) => vec![],
        Op::Compare(CompareOp::In | CompareOp::NotIn, a, b) => match ty(*b) {
            Some(Ty::Str | Ty::Bytes | Ty::Lit(_) | Ty::Enum(_) | Ty::Member(..) | Ty::Text(_)) => {
                vec![*a, *b]
            }
            Some(t) if is_of_text(t, ty(*a)) => vec![*a],
            _ => vec![],
        },
        Op::Compare(CompareOp::Eq | CompareOp::Ne, a, b)
            if class(*a).is_some() && class(*a) == class(*b) =>
        {
            vec![]
        }
        Op::Compare(_, a, b) => vec![*a, *b],
        Op::Item(a, i) => match ty(*a) {
            Some(t @ Ty::Dict(..)) if is_of_text(t, ty(*i)) => vec![*a, *i],
            _ => vec![*a],
        },
        Op::SetItem(a, i, _) | Op::DelItem(a, i) => match ty(*a) {
            Some(t @ Ty::Dict(..)) if is_of_text(t, ty(*i)) => vec![*i],
            _ => vec![],
        },
        Op::Iter(a, _) | Op::Unpack(a) => vec![*a],
        // `repr` shows the class; `format` of bytes with a specification is NumPy's own.
        Op::Format(a, Some('s'), _) | Op::Format(a, None, None)
            if matches!(ty(*a), Some(Ty::Text(_))) =>
        {
            vec![*a]
        }
        Op::Format(a, None, Some(_)) if matches!(ty(*a), Some(Ty::Text(TextKind::Points))) => {
            vec![*a]
        }
        Op::Attr(a, name) => {
            let class = match ty(*a) {
                Some(Ty::Text(TextKind::Bytes)) => "bytes",
                _ => "str",
            };
            match cumbia_library::implementation(&format!("{class}.{name}")) {
                Some(_) => vec![*a],
                None => vec![],
            }
        }
        Op::Not(a) | Op::Truth(a) if matches!(ty(*a), Some(Ty::Text(_))) => vec![*a],
        Op::Call(callee, args) => match ty(*callee) {
            Some(Ty::Callable(Callable::Library(name))) if AS_STRS.contains(&&**name) => {
                args.iter().map(|a| a.value).collect()
            }
            // Their text is that of Python's class.
            Some(Ty::Callable(Callable::Library(name))) if TEXTS.contains(&&**name) => args
                .iter()
                .map(|a| a.value)
                .filter(|v| matches!(ty(*v), Some(Ty::Text(_))))
                .collect(),
            _ => vec![],
        },
        _ => vec![],
    }
}

/// Whether a container's elements or keys are of the class that a text is taken for.
fn is_of_text(ty: &Ty, text: Option<&Ty>) -> bool {
    let plain = match text {
        Some(Ty::Text(kind)) => kind.plain(),
        _ => Ty::Str,
    };
    match ty {
        Ty::List(t, _) | Ty::Set(t, _) => **t == plain,
        Ty::Dict(of, _) => of.0 == plain,
        Ty::Tuple(items) => matches!(text, Some(Ty::Text(_))) && !items.is_empty(),
        _ => false,
    }
}

fn iterates(op: &Op) -> bool {
    matches!(op, Op::Iter(..) | Op::Unpack(_) | Op::Call(..))
}

/// What a builtin says of an argument that is `None`.
fn argument_text(name: &str, count: usize) -> Option<&'static str> {
    Some(match (name, count) {
        ("builtins.len", 1) => "object of type 'NoneType' has no len()",
        ("builtins.abs", 1) => "bad operand type for abs(): 'NoneType'",
        ("builtins.int", 1) => {
            "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"
        }
        ("builtins.float", 1) => {
            "float() argument must be a string or a real number, not 'NoneType'"
        }
        ("builtins.round", 1) => "type NoneType doesn't define __round__ method",
        ("builtins.range", _) => "'NoneType' object cannot be interpreted as an integer",
        ("builtins.sum" | "builtins.tuple" | "builtins.list" | "builtins.sorted", 1) => {
            "'NoneType' object is not iterable"
        }
        (
            "math.sqrt" | "math.exp" | "math.log" | "math.log2" | "math.log10" | "math.sin"
            | "math.cos" | "math.tan" | "math.asin" | "math.acos" | "math.atan" | "math.sinh"
            | "math.cosh" | "math.tanh" | "math.fabs" | "math.floor" | "math.ceil" | "math.trunc"
            | "math.isnan" | "math.isinf" | "math.isfinite" | "math.degrees" | "math.radians",
            1,
        ) => match name {
            "math.trunc" => "type NoneType doesn't define __trunc__ method",
            _ => "must be real number, not NoneType",
        },
        _ => return None,
    })
}

/// The name of a number's class in messages of operators, which NumPy's scalars reach
/// as Python numbers; whether it is NumPy's.
fn operand_name(ty: &Ty) -> Option<(&'static str, bool)> {
    Some(match ty.widen() {
        Ty::None => ("NoneType", false),
        Ty::Bool => ("bool", false),
        Ty::Int => ("int", false),
        Ty::Float => ("float", false),
        Ty::Complex => ("complex", false),
        Ty::Str => ("str", false),
        Ty::Bytes => ("bytes", false),
        Ty::Tuple(_) => ("tuple", false),
        Ty::List(..) => ("list", false),
        Ty::Set(..) => ("set", false),
        Ty::Dict(..) => ("dict", false),
        Ty::Num(d) if d.is_int() => ("int", true),
        Ty::Num(d) if d.is_float() => ("float", true),
        Ty::Num(d) if d.is_complex() => ("complex", true),
        Ty::Num(_) => ("bool", true),
        _ => return None,
    })
}

/// The guards of an operation of two values, each of which may be `None`. `text` says
/// what is raised for a left and a right operand.
fn two<'t>(
    a: HValue,
    b: HValue,
    ty: &impl Fn(HValue) -> Option<&'t Ty>,
    views: &mut Views,
    text: impl Fn(&Ty, &Ty) -> Option<String>,
) {
    let (Some(ta), Some(tb)) = (ty(a), ty(b)) else { return };
    let inner = |t: &Ty| match t {
        Ty::Optional(t) => Some((**t).clone()),
        _ => None,
    };
    let (va, vb) = (inner(ta), inner(tb));
    let mut guards = Vec::new();
    let mut guard = |any_of: Vec<HValue>, left: &Ty, right: &Ty| {
        let text = text(left, right)?;
        guards.push(Guard { any_of, class: "TypeError", text });
        Some(())
    };
    let known = match (&va, &vb) {
        (Some(_), Some(_)) if a == b => guard(vec![a], &Ty::None, &Ty::None),
        (Some(x), Some(y)) => guard(vec![a, b], &Ty::None, &Ty::None)
            .and_then(|()| guard(vec![a], &Ty::None, y))
            .and_then(|()| guard(vec![b], x, &Ty::None)),
        (Some(_), None) => guard(vec![a], &Ty::None, tb),
        (None, Some(_)) => guard(vec![b], ta, &Ty::None),
        (None, None) => None,
    };
    if known.is_some() {
        views.seen.extend(va.map(|t| (a, t)));
        views.seen.extend(vb.map(|t| (b, t)));
        views.guards.extend(guards);
    }
}

fn binary<'t>(
    op: BinaryOp,
    a: HValue,
    b: HValue,
    augmented: bool,
    ty: &impl Fn(HValue) -> Option<&'t Ty>,
    views: &mut Views,
) {
    let symbol = match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::TrueDiv => "/",
        BinaryOp::FloorDiv => "//",
        BinaryOp::Mod => "%",
        BinaryOp::Pow => "**",
        BinaryOp::MatMul => "@",
        BinaryOp::LShift => "<<",
        BinaryOp::RShift => ">>",
        BinaryOp::And => "&",
        BinaryOp::Or => "|",
        BinaryOp::Xor => "^",
    };
    two(a, b, ty, views, |left, right| {
        let ((l, np_l), (r, np_r)) = (operand_name(left)?, operand_name(right)?);
        let sequence = |t: &Ty| {
            matches!(t, Ty::Tuple(_) | Ty::Str | Ty::Bytes | Ty::List(..))
                || matches!(t, Ty::Lit(crate::types::Lit::Str(_)))
        };
        match op {
            // What containers do in place, and `%` of strings, has texts of its own.
            _ if augmented && (sequence(left) || sequence(right)) => return None,
            BinaryOp::Mod if matches!(l, "str" | "bytes") => return None,
            BinaryOp::MatMul if np_l || np_r => return None,
            BinaryOp::Add if matches!(l, "str" | "tuple" | "list") => {
                return Some(format!("can only concatenate {l} (not \"NoneType\") to {l}"));
            }
            BinaryOp::Add if l == "bytes" => return None,
            BinaryOp::Mul if sequence(left) || sequence(right) => {
                return Some("can't multiply sequence by non-int of type 'NoneType'".into());
            }
            _ => {}
        }
        // NumPy's scalars know no operation in place.
        let sign = match op {
            BinaryOp::Pow if !augmented || np_l || np_r => "** or pow()".to_string(),
            _ if augmented && !np_l && !np_r => format!("{symbol}="),
            _ => symbol.to_string(),
        };
        Some(format!("unsupported operand type(s) for {sign}: '{l}' and '{r}'"))
    });
}

fn compare<'t>(
    op: CompareOp,
    a: HValue,
    b: HValue,
    ty: &impl Fn(HValue) -> Option<&'t Ty>,
    views: &mut Views,
) {
    let (symbol, mirrored) = match op {
        CompareOp::Lt => ("<", ">"),
        CompareOp::Le => ("<=", ">="),
        CompareOp::Gt => (">", "<"),
        CompareOp::Ge => (">=", "<="),
        CompareOp::In | CompareOp::NotIn => {
            if let Some(Ty::Optional(t)) = ty(b) {
                views.seen.push((b, (**t).clone()));
                views.guards.push(Guard {
                    any_of: vec![b],
                    class: "TypeError",
                    text: "argument of type 'NoneType' is not iterable".into(),
                });
            }
            return;
        }
        CompareOp::Eq | CompareOp::Ne | CompareOp::Is | CompareOp::IsNot => return,
    };
    two(a, b, ty, views, |left, right| {
        let ((l, _), (r, np_r)) = (operand_name(left)?, operand_name(right)?);
        // A NumPy scalar on the right is asked by the mirrored operator.
        let (symbol, l, r) =
            if np_r && *left == Ty::None { (mirrored, r, l) } else { (symbol, l, r) };
        Some(format!("'{symbol}' not supported between instances of '{l}' and '{r}'"))
    });
}

impl Sweep<'_, '_, '_> {
    /// The types of an instruction's results, its operands seen as the operation needs
    /// them.
    pub(super) fn viewed_instruction(&mut self, block: HBlock, at: usize, inst: &HirInst) -> Typed {
        let slot = &mut self.engine.spec_mut(self.id).actions[block.0 as usize][at];
        // What failed with the types that were known may not with those that came since.
        let before = match slot {
            Action::Missing(..) => std::mem::take(slot),
            _ => Action::Plain,
        };
        let changed = self.changed;
        let mut typed = self.seen_instruction(block, at, inst);
        typed = match typed {
            Err(_) if self.raises_instead(block, at, inst) => Ok(None),
            Err(refusal) => Err(self.told(inst, refusal)),
            typed => typed,
        };
        self.seen.clear();
        if before != Action::Plain {
            let now = &self.engine.spec(self.id).actions[block.0 as usize][at];
            self.changed = changed | (*now != before);
        }
        typed
    }

    /// The same; leaves the operands as they were seen.
    fn seen_instruction(&mut self, block: HBlock, at: usize, inst: &HirInst) -> Typed {
        if let Some((inst, stores)) = self.attribute_by_name(inst) {
            let typed = self.viewed_instruction(block, at, &inst)?;
            return Ok(if stores { typed.map(|_| vec![Ty::None]) } else { typed });
        }
        if let Some(typed) = self.flag_instruction(block, at, inst) {
            return typed;
        }
        if let Some(typed) = self.method_instruction(block, at, inst) {
            return typed;
        }
        self.text_for_a_number(inst)?;
        let types = &self.engine.spec(self.id).types;
        if let Some(views) = views(&inst.op, |v| types[v.0 as usize].as_ref()) {
            self.seen = views.seen;
        }
        self.either_instruction(block, at, inst)
    }

    fn either_instruction(&mut self, block: HBlock, at: usize, inst: &HirInst) -> Typed {
        match self.structured_instruction(block, at, inst) {
            Some(typed) => typed,
            None => match self.buffer_instruction(block, at, inst) {
                Some(typed) => typed,
                None => self.instruction(block, at, inst),
            },
        }
    }
}
