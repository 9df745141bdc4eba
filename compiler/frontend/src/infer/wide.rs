//! Integer constants beyond 64 bits.
//!
//! Nothing at run time holds one. What uses it takes another constant for it, where that
//! means the same: a float beside floats, a `uint64` beside such ([`as_numbers`]); or it is
//! computed here ([`Sweep::wide_instruction`]): with other constants exactly, with an int by
//! a body that raises OverflowError just where the result doesn't fit 64 bits. All else is
//! refused.

use super::Sweep;
use super::expressions::{Typed, one};
use super::structural::literal_bool;
use super::views::Views;
use crate::hir::{BinaryOp, CompareOp, HBlock, HValue, HirInst, Op, UnaryOp};
use crate::numeric::{NumericError, wide};
use crate::types::{Callable, DType, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use num_bigint::{BigInt, Sign};

/// What to write in place of it.
const HELP: &str = "compiled Python integers have 64 bits and a sign: np.uint64(...) has those below 2**64 and wraps there, as a mask would cut; for large numbers write a float, such as 2.0**64";

/// Functions of `math` that take any number for a float.
const OF_FLOATS: &[&str] =
    &["math.sqrt", "math.log", "math.log2", "math.log10", "builtins.float", "builtins.complex"];

fn of(ty: Option<&Ty>) -> Option<&BigInt> {
    match ty {
        Some(Ty::Lit(Lit::Wide(i))) => Some(i),
        _ => None,
    }
}

/// The `uint64` for a constant.
fn unsigned(value: &BigInt) -> Option<Ty> {
    u64::try_from(value).ok().map(|_| Ty::Num(DType::U64))
}

fn float(value: &BigInt) -> Option<Ty> {
    wide::float(value).map(|x| Ty::Lit(Lit::Float(x.to_bits())))
}

/// The number that an element or scalar is.
fn dtype(ty: Option<&Ty>) -> Option<DType> {
    match ty? {
        Ty::Num(d) | Ty::DType(d) => Some(*d),
        Ty::Array(a) => Some(a.dtype),
        _ => None,
    }
}

/// How a constant is seen where a dtype is wanted.
fn in_dtype(value: &BigInt, d: DType) -> Option<Ty> {
    match d {
        DType::U64 => unsigned(value),
        DType::F64 | DType::C128 => float(value),
        // Beyond its range NumPy's ways to an infinity differ.
        DType::F32 | DType::C64 => {
            float(value).filter(|_| wide::float(value).is_some_and(|x| (x as f32).is_finite()))
        }
        _ => None,
    }
}

/// How a constant is seen where its type is declared: by the bits that casts keep.
fn declared(value: &BigInt, name: &str) -> Option<Ty> {
    if name.contains("int") {
        return unsigned(value).map(|_| Ty::Lit(Lit::Int(wide::low_bits(value))));
    }
    float(value)
}

/// Constants that are seen as another number.
pub(super) fn as_numbers<'t>(op: &Op, ty: &impl Fn(HValue) -> Option<&'t Ty>, views: &mut Views) {
    let mut see = |v: HValue, seen: Option<Ty>| {
        if let Some(seen) = seen {
            views.seen.push((v, seen));
        }
    };
    match op {
        Op::Binary(op, a, b, _) => {
            for (v, other) in [(*a, *b), (*b, *a)] {
                let Some(value) = of(ty(v)) else { continue };
                let seen = match ty(other) {
                    Some(Ty::Float | Ty::Lit(Lit::Float(_)) | Ty::Complex) => float(value),
                    // A division by a power of two is exact.
                    Some(Ty::Int | Ty::Bool | Ty::Lit(Lit::Int(_) | Lit::Bool(_)))
                        if *op == BinaryOp::TrueDiv && v == *b =>
                    {
                        let one = value.trailing_zeros().map(|n| n + 1) == Some(value.bits());
                        float(value).filter(|_| one && value.bits() < 900)
                    }
                    other => dtype(other).and_then(|d| in_dtype(value, d)),
                };
                see(v, seen);
            }
        }
        Op::Compare(op, a, b) if !matches!(op, CompareOp::Is | CompareOp::IsNot) => {
            for (v, other) in [(*a, *b), (*b, *a)] {
                let Some(value) = of(ty(v)) else { continue };
                let seen = match ty(other) {
                    // Python compares exactly.
                    Some(Ty::Float | Ty::Lit(Lit::Float(_))) => {
                        float(value).filter(|_| wide::exact_float(value).is_some())
                    }
                    other => dtype(other).and_then(|d| in_dtype(value, d)),
                };
                see(v, seen);
            }
        }
        Op::Format(v, None | Some('s'), None) => {
            let digits = |value: &BigInt| Ty::Lit(Lit::Str(value.to_string().into()));
            see(*v, of(ty(*v)).map(digits));
        }
        Op::SetItem(a, _, v) => {
            if let (Some(value), Some(Ty::Array(array))) = (of(ty(*v)), ty(*a)) {
                see(*v, in_dtype(value, array.dtype));
            }
        }
        Op::Call(callee, args) => {
            for arg in args {
                let Some(value) = of(ty(arg.value)) else { continue };
                let seen = match ty(*callee) {
                    Some(Ty::DType(d)) => in_dtype(value, *d),
                    // It is shown as its digits are, and of the class of any int.
                    Some(Ty::Callable(Callable::Library(name)))
                        if matches!(&**name, "builtins.str" | "builtins.print") =>
                    {
                        Some(Ty::Lit(Lit::Str(value.to_string().into())))
                    }
                    Some(Ty::Callable(Callable::Library(name)))
                        if matches!(&**name, "builtins.isinstance" | "builtins.type") =>
                    {
                        Some(Ty::Lit(Lit::Int(0)))
                    }
                    Some(Ty::Callable(Callable::Method(of, _))) => {
                        dtype(Some(of)).and_then(|d| in_dtype(value, d))
                    }
                    Some(Ty::Callable(Callable::Library(name))) if OF_FLOATS.contains(&&**name) => {
                        float(value)
                    }
                    Some(Ty::Callable(Callable::Library(name)))
                        if name.starts_with("@declared.") =>
                    {
                        declared(value, name)
                    }
                    Some(Ty::Callable(Callable::Library(name)))
                        if name.starts_with("numpy.") && !name.starts_with("numpy.random") =>
                    {
                        let others = || args.iter().filter_map(|a| dtype(ty(a.value)));
                        let fits = args.len() == 1
                            || others().any(|d| d == DType::U64)
                                && others().all(|d| matches!(d, DType::U64 | DType::Bool));
                        unsigned(value).filter(|_| fits)
                    }
                    _ => None,
                };
                see(arg.value, seen);
            }
        }
        _ => {}
    }
}

/// What bodies ask about such a constant.
pub(super) fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    let [Ty::Lit(Lit::Wide(value))] = args else { return None };
    Some(Ok(match name {
        "prim.wide_low" => Ty::Lit(Lit::Int(wide::low_bits(value))),
        "prim.wide_negative" => literal_bool(value.sign() == Sign::Minus),
        // Whether a sum with an int may fit: a distance of 64 bits at most.
        "prim.wide_near" => {
            let end = BigInt::from(u64::MAX) + 1;
            literal_bool(**value < end && **value >= -end)
        }
        // The nearest float, and whether it is less.
        "prim.wide_float" => float(value)?,
        "prim.wide_exceeds" => {
            let nearest = wide::float(value)?;
            literal_bool(**value > format!("{nearest:.0}").parse().ok()?)
        }
        _ => return None,
    }))
}

impl Sweep<'_, '_, '_> {
    /// An instruction with such a constant that stays one; `None` for others, and where the
    /// constant is only passed on.
    pub(super) fn wide_instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Typed> {
        let mut first = None;
        crate::lower::ownership::for_each_operand(&inst.op, |v| {
            if first.is_none()
                && let Some(value) = of(self.ty(v).as_ref())
            {
                first = Some(value.clone());
            }
        });
        let first = first?;
        let constant = |lit: Lit| Some(one(Ty::Lit(lit)));
        match &inst.op {
            Op::Binary(op, a, b, _) => {
                let (ta, tb) = (self.ty(*a)?, self.ty(*b)?);
                let int = |t: &Ty| matches!(t, Ty::Int | Ty::Bool);
                if let (Some(x), Some(y)) = (wide::value(&ta), wide::value(&tb)) {
                    if let Some(value) = wide::binary(*op, &x, &y) {
                        return constant(wide::literal(value));
                    }
                    if *op == BinaryOp::TrueDiv
                        && let (Some(x), Some(y)) = (wide::exact_float(&x), wide::exact_float(&y))
                        && y != 0.0
                    {
                        return constant(Lit::Float((x / y).to_bits()));
                    }
                } else if int(&ta) || int(&tb) {
                    let known = *op != BinaryOp::RShift || u64::try_from(&first).is_ok();
                    if let Some(body) = body(*op, int(&ta)).filter(|_| known) {
                        let operands = if int(&ta) { [*a, *b] } else { [*b, *a] };
                        return Some(self.call_body(block, at, body, &operands, inst.span));
                    }
                }
            }
            Op::Unary(op, _) => {
                return constant(wide::literal(match op {
                    UnaryOp::Neg => -first,
                    UnaryOp::Pos => first,
                    UnaryOp::Invert => !first,
                }));
            }
            Op::Compare(op, a, b) => {
                let (ta, tb) = (self.ty(*a)?, self.ty(*b)?);
                let int = |t: &Ty| matches!(t, Ty::Int | Ty::Bool);
                let order = match (wide::value(&ta), wide::value(&tb)) {
                    (Some(x), Some(y)) => Some(x.cmp(&y)),
                    (Some(x), None) if int(&tb) => Some(x.cmp(&BigInt::ZERO)),
                    (None, Some(y)) if int(&ta) => Some(BigInt::ZERO.cmp(&y)),
                    _ => None,
                };
                if let Some(truth) = order.and_then(|order| wide::ordered(*op, order)) {
                    return constant(Lit::Bool(truth));
                }
                // A float, which is never equal to it: else it were seen as one.
                let (x, w, op) =
                    if ta == Ty::Float { (*a, *b, *op) } else { (*b, *a, op.swapped()) };
                match (self.ty(x)?, op) {
                    (Ty::Float | Ty::Lit(Lit::Float(_)), CompareOp::Eq | CompareOp::Ne) => {
                        return constant(Lit::Bool(op == CompareOp::Ne));
                    }
                    (Ty::Float | Ty::Lit(Lit::Float(_)), CompareOp::Lt | CompareOp::Le)
                        if float(&first).is_some() =>
                    {
                        let body = "wide_integers.float_below";
                        return Some(self.call_body(block, at, body, &[x, w], inst.span));
                    }
                    (Ty::Float | Ty::Lit(Lit::Float(_)), CompareOp::Gt | CompareOp::Ge)
                        if float(&first).is_some() =>
                    {
                        let body = "wide_integers.float_above";
                        return Some(self.call_body(block, at, body, &[x, w], inst.span));
                    }
                    _ => {}
                }
            }
            Op::Call(callee, _) => match self.ty(*callee)? {
                Ty::Callable(Callable::Library(name)) => match &*name {
                    "builtins.int" => return constant(wide::literal(first)),
                    "builtins.abs" => {
                        return constant(wide::literal(first.magnitude().clone().into()));
                    }
                    "cumbia.reveal_type" => return None,
                    name if name.starts_with("prim.") || name.starts_with('@') => return None,
                    _ => {}
                },
                Ty::Callable(Callable::User(_)) | Ty::Closure(_) => return None,
                _ => {}
            },
            Op::Truth(_)
            | Op::Not(_)
            | Op::Tuple(_)
            | Op::Refine(..)
            | Op::CheckBound(..)
            | Op::CheckFree(..)
            | Op::Parallel(..)
            | Op::Keep(_)
            | Op::Unpack(_)
            | Op::PatternTest(..)
            | Op::Closure(..)
            | Op::SelfClosure(..)
            | Op::Generator(..) => return None,
            _ => {}
        }
        Some(Err(Box::new(refusal(&first, inst.span))))
    }
}

/// Refuses such a constant among the types of what is kept.
pub(super) fn none_among(types: &[Ty], span: Span) -> Result<(), Box<Diagnostic>> {
    match types.iter().find_map(|ty| of(Some(ty))) {
        Some(value) => Err(Box::new(refusal(value, span))),
        None => Ok(()),
    }
}

/// The refusal of such a constant.
pub(super) fn refusal(value: &BigInt, span: Span) -> Diagnostic {
    let digits = value.to_string();
    let shown = match digits.len() {
        0..=40 => digits,
        n => format!("{}... of {n} digits", &digits[..20]),
    };
    Diagnostic::error("CB0307", span, format!("the integer {shown} doesn't fit 64 bits")).help(HELP)
}

/// The body for an operator of an int and such a constant, `reversed` if the constant
/// comes first.
fn body(op: BinaryOp, int_first: bool) -> Option<&'static str> {
    Some(match (op, int_first) {
        (BinaryOp::And, _) => "wide_integers.both",
        (BinaryOp::Or, _) => "wide_integers.either",
        (BinaryOp::Xor, _) => "wide_integers.one_of",
        (BinaryOp::Add, _) => "wide_integers.plus",
        (BinaryOp::Mul, _) => "wide_integers.times",
        (BinaryOp::Sub, true) => "wide_integers.minus",
        (BinaryOp::Sub, false) => "wide_integers.taken_from",
        (BinaryOp::FloorDiv, true) => "wide_integers.floor_divided",
        (BinaryOp::Mod, true) => "wide_integers.modulo",
        (BinaryOp::RShift, false) => "wide_integers.shifted_by",
        _ => return None,
    })
}
