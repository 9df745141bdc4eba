//! Types of elementwise operations on arrays: operators, comparisons and ufuncs of which
//! an operand is an array.
//!
//! The dtype of the result is that of the same operation on the operands' elements, so
//! the rules for numbers (`numeric/`) hold for arrays too: Python numbers are weak. The
//! number of dimensions is that of the operand with the most; where no operand has any,
//! NumPy gives a scalar. What is computed in which loop is decided afterwards, when all
//! types are known (`fusion.rs`): here an instruction is only marked.
//!
//! A call may say where the result goes and where it is computed (`out=`, `where=`), in
//! which dtype (`dtype=`), what may be converted (`casting=`) and the order of a new array
//! (`order=`): [`Extras`].

use super::expressions::{Typed, known, one, refuse};
use super::{Action, FunctionKey, Sweep, numeric_error};
use crate::hir::{BinaryOp, CallArg, CompareOp, HBlock, HValue, Op};
use crate::numeric::{self, NumericError, Rule};
use crate::types::{ArrayTy, Callable, DType, Layout, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// What is done with one element of each operand.
#[derive(Clone, Debug)]
pub(super) enum Elementwise<'o> {
    /// An operator or a comparison.
    Operator(&'o Op),
    /// A function by its qualified name.
    Function(&'o str),
    /// A ufunc of the program by its name, and the dtype that it gives.
    Ufunc(&'o str, DType),
}

impl Elementwise<'_> {
    /// NumPy's name for it.
    fn name(&self) -> &str {
        match self {
            Elementwise::Operator(Op::Binary(op, ..)) => ufunc_name(*op),
            Elementwise::Function(name) => name.rsplit('.').next().unwrap_or(name),
            Elementwise::Ufunc(name, _) => name,
            Elementwise::Operator(other) => unreachable!("{other:?} takes no keywords"),
        }
    }
}

/// The type of an operand's elements; numbers are themselves.
pub(super) fn element(ty: &Ty) -> Ty {
    match ty {
        Ty::Array(a) => Ty::Num(a.dtype),
        other => other.clone(),
    }
}

/// The order in memory of what operands of these types give: NumPy keeps the order of the
/// operands' axes where they agree.
pub(super) fn result_layout<'t>(operands: impl Iterator<Item = &'t Ty>, ndim: u8) -> Layout {
    if ndim < 2 {
        return Layout::C;
    }
    let mut all_c = true;
    let mut all_f = true;
    for ty in operands {
        if let Ty::Array(a) = ty
            && a.ndim > 0
        {
            // An operand of one dimension orders no axes.
            all_c &= a.ndim == 1 || a.layout == Layout::C;
            all_f &= a.ndim == ndim && a.layout == Layout::F;
        }
    }
    match (all_c, all_f) {
        (true, _) => Layout::C,
        (_, true) => Layout::F,
        _ => Layout::A,
    }
}

/// The function that stands for a power with this constant exponent, as NumPy has it for
/// arrays.
pub(super) fn power_function(base: DType, exponent: &Ty) -> Option<&'static str> {
    let exponent = match exponent {
        Ty::Lit(Lit::Int(2)) => return Some("numpy.square"),
        Ty::Lit(Lit::Int(i)) => *i as f64,
        Ty::Lit(Lit::Float(bits)) => f64::from_bits(*bits),
        _ => return None,
    };
    let inexact = base.is_float() || base.is_complex();
    match exponent {
        2.0 if inexact => Some("numpy.square"),
        1.0 if inexact => Some("numpy.positive"),
        0.5 if base.is_float() => Some("numpy.sqrt"),
        -1.0 if base.is_float() => Some("numpy.reciprocal"),
        _ => None,
    }
}

/// Whether an operator's left operand, a complex number of Python's, would take a float64
/// element for one of Python's numbers: between scalars that is what Python does
/// (`1j + np.float64(1)`), but with an array the operation is NumPy's.
pub(super) fn is_scalars_complex(op: &Op, a: &Ty, b: &Ty) -> bool {
    matches!(op, Op::Binary(..)) && *a == Ty::Complex && *b == Ty::Num(DType::F64)
}

/// What a call of an elementwise function has beside its operands.
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    /// The array that is written into.
    pub out: Option<HValue>,
    /// Where it is written: an array of truth values.
    pub mask: Option<HValue>,
    /// The dtype that is computed in.
    pub dtype: Option<DType>,
    /// Which conversions are allowed, where it isn't `same_kind`.
    pub casting: Option<Arc<str>>,
    /// The order of a new array in memory (`C`, `F` or `A`), where it isn't that of the
    /// operands.
    pub order: Option<char>,
}

impl Extras {
    /// Those of a call with so many operands; why they are refused.
    pub(super) fn of(
        args: &[CallArg],
        arity: usize,
        ty: impl Fn(HValue) -> Option<Ty>,
    ) -> Result<Extras, String> {
        let mut extras = Extras::default();
        for arg in args.iter().skip(arity) {
            let given = ty(arg.value).ok_or("has an operand without a type")?;
            match (arg.name.as_deref(), &given) {
                (None | Some("out"), Ty::None) => {}
                (None | Some("out"), Ty::Array(_)) => extras.out = Some(arg.value),
                (Some("where"), Ty::Lit(Lit::Bool(true))) => {}
                (Some("where"), Ty::Array(a)) if a.dtype == DType::Bool => {
                    extras.mask = Some(arg.value);
                }
                (Some("dtype"), Ty::None) => {}
                (Some("dtype"), given) => {
                    let dtype = match given {
                        Ty::Lit(Lit::Str(s)) => super::dtypes::spelled(s),
                        given => super::structural::dtype_of(given),
                    };
                    extras.dtype = Some(dtype.ok_or("takes a dtype known when compiling")?);
                }
                (Some("casting"), Ty::Lit(Lit::Str(s))) if &**s == "same_kind" => {}
                (Some("casting"), Ty::Lit(Lit::Str(s)))
                    if matches!(&**s, "no" | "equiv" | "safe" | "unsafe") =>
                {
                    extras.casting = Some(s.clone());
                }
                (Some("order"), Ty::Lit(Lit::Str(s))) if &**s == "K" => {}
                (Some("order"), Ty::Lit(Lit::Str(s))) if matches!(&**s, "C" | "F" | "A") => {
                    extras.order = s.chars().next();
                }
                // There are no subclasses here.
                (Some("subok"), Ty::Lit(Lit::Bool(_))) => {}
                (name, given) => {
                    let name = name.unwrap_or("out");
                    return Err(format!("doesn't take {name}= of {given:#} in compiled code"));
                }
            }
        }
        Ok(extras)
    }

    /// Whether a conversion is allowed.
    fn allows(&self, from: DType, to: DType) -> bool {
        match self.casting.as_deref() {
            Some("no" | "equiv") => from == to,
            Some("safe") => numeric::result_type(from, to) == to,
            Some("unsafe") => true,
            _ => numeric::same_kind(from, to),
        }
    }

    fn rule(&self) -> &str {
        self.casting.as_deref().unwrap_or("same_kind")
    }
}

/// The body that computes one element of `where`, and the name that kernels call it by.
const CHOICE: &str = "selecting.choose";
const CHOICE_IN_KERNELS: &str = "numpy.where/elements";
const WATCHED_CHOICE: &str = "numpy.where/watched";

/// How many operands an elementwise function has that isn't an operator.
pub(super) fn arity(name: &str) -> usize {
    match name {
        "numpy.where" => 3,
        _ => cumbia_library::ufunc(name).map_or(1, |u| u.arity),
    }
}

/// The function that a kernel calls for an element of a function of arrays; a watched one
/// leaves the flags of what it doesn't choose.
pub(super) fn of_elements(name: Arc<str>, watched: bool) -> Arc<str> {
    match &*name {
        "numpy.where" if watched => WATCHED_CHOICE.into(),
        "numpy.where" => CHOICE_IN_KERNELS.into(),
        _ => name,
    }
}

/// Whether `where` of a condition and two operands is computed as ufuncs are. Of operands
/// without dimensions NumPy gives an array; a Python integer has to fit the other's dtype; and
/// dates have rules of their own.
fn is_choice_of_elements(types: &[Ty]) -> bool {
    let axes = |ty: &Ty| matches!(ty, Ty::Array(a) if a.ndim > 0);
    let is_int = |ty: &Ty| matches!(ty.widen(), Ty::Int);
    let integral = |ty: &Ty| match element(ty) {
        Ty::Num(d) => d.is_int() || d == DType::Bool,
        other => matches!(other.widen(), Ty::Int | Ty::Bool),
    };
    let weak = types[1..].iter().any(is_int) && types[1..].iter().all(integral);
    types.iter().any(axes) && !weak && !types.iter().any(|t| element(t).as_time().is_some())
}

fn is_operand(ty: &Ty) -> bool {
    ty.is_number() || ty.as_time().is_some() || matches!(ty, Ty::Array(_))
}

impl Sweep<'_, '_, '_> {
    /// An operator or comparison of which an operand is an array; `None` if none is.
    pub(super) fn array_operator(
        &mut self,
        block: HBlock,
        at: usize,
        op: &Op,
        span: Span,
    ) -> Option<Typed> {
        if let Some(done) = self.sequence_operator(block, at, op, span) {
            return Some(done);
        }
        let operands: Vec<HValue> = match op {
            Op::Unary(_, a) => vec![*a],
            Op::Binary(BinaryOp::MatMul, ..) => return None,
            Op::Binary(_, a, b, _) => vec![*a, *b],
            Op::Compare(
                CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn,
                ..,
            ) => return None,
            Op::Compare(_, a, b) => vec![*a, *b],
            _ => return None,
        };
        let types: Vec<Ty> = operands.iter().map(|&v| self.ty(v)).collect::<Option<_>>()?;
        let maybe = |t: &Ty| matches!(t, Ty::Optional(inner) if matches!(**inner, Ty::Array(_)));
        if types.iter().any(maybe) && types.iter().all(|t| is_operand(t) || maybe(t)) {
            let error = Diagnostic::error(
                "CB0303",
                span,
                "an array that may be None is not compiled as an operand",
            );
            return Some(Err(Box::new(error.help("test it first: if x is not None: ..."))));
        }
        let arrays = types.iter().any(|t| matches!(t, Ty::Array(_)));
        if !arrays || !types.iter().all(is_operand) {
            return None;
        }
        Some(self.elementwise(block, at, &operands, &Elementwise::Operator(op), span))
    }

    /// A call of an elementwise function of which an argument is an array; `None` if it
    /// isn't one.
    pub(super) fn array_function(
        &mut self,
        block: HBlock,
        at: usize,
        name: &str,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let arity = match name {
            "builtins.abs" | "numpy.isnat" => 1,
            "numpy.where" => 3,
            _ => cumbia_library::ufunc(name)?.arity,
        };
        if args.iter().any(|a| a.starred) {
            return None;
        }
        let mut types = Vec::with_capacity(args.len());
        for arg in args {
            types.push(self.ty(arg.value)?);
        }
        let arrays = types.iter().any(|t| matches!(t, Ty::Array(_)));
        let named = |name: &str| args.iter().any(|a| a.name.as_deref() == Some(name));
        let keywords = args.iter().any(|a| a.name.is_some()) || args.len() == arity + 1;
        if !arrays && !(keywords && (named("out") || named("where"))) {
            return None;
        }
        let operands: Vec<HValue> =
            args.iter().take_while(|a| a.name.is_none()).take(arity).map(|a| a.value).collect();
        if operands.len() != arity || !types[..arity].iter().all(is_operand) {
            return None;
        }
        if name == "numpy.where" && !(args.len() == arity && is_choice_of_elements(&types)) {
            return None;
        }
        let extras = match Extras::of(args, arity, |v| self.ty(v)) {
            Ok(extras) => extras,
            // A body may take them.
            Err(_) if cumbia_library::implementation(name).is_some() => return None,
            Err(message) => {
                return Some(refuse(
                    "CB0410",
                    span,
                    format!("{}() {message}", name.replacen("numpy.", "np.", 1)),
                ));
            }
        };
        let what = Elementwise::Function(name);
        Some(self.elementwise_with(block, at, &operands, &what, &extras, span))
    }

    fn elementwise(
        &mut self,
        block: HBlock,
        at: usize,
        operands: &[HValue],
        what: &Elementwise,
        span: Span,
    ) -> Typed {
        self.elementwise_with(block, at, operands, what, &Extras::default(), span)
    }

    pub(super) fn elementwise_with(
        &mut self,
        block: HBlock,
        at: usize,
        operands: &[HValue],
        what: &Elementwise,
        extras: &Extras,
        span: Span,
    ) -> Typed {
        let mut types = Vec::with_capacity(operands.len());
        for &operand in operands {
            types.push(known!(self, operand));
        }
        let mut elements: Vec<Ty> = types.iter().map(element).collect();
        if let Some(dtype) = extras.dtype {
            if dtype.is_time() || elements.iter().any(|t| t.as_time().is_some()) {
                let message = "dtype= is not compiled for dates and differences";
                return refuse("CB0303", span, message);
            }
            let several = elements.len() > 1;
            for (i, element) in elements.iter_mut().enumerate() {
                let from = match &*element {
                    Ty::Num(d) => *d,
                    other => numeric::scalar_dtype(other).unwrap_or(dtype),
                };
                // A Python integer is one of any dtype that holds it.
                let weak_int = matches!(element.widen(), Ty::Int) && dtype != DType::Bool;
                if !weak_int && !extras.allows(from, dtype) {
                    let which = if several { format!(" {i}") } else { String::new() };
                    return refuse(
                        "CB0303",
                        span,
                        format!(
                            "Cannot cast ufunc '{}' input{which} from dtype('{}') to dtype('{}') with casting rule '{}'",
                            what.name(),
                            from.name(),
                            dtype.name(),
                            extras.rule(),
                        ),
                    );
                }
                *element = Ty::Num(dtype);
            }
        }
        if let (Elementwise::Operator(op), [a, b]) = (what, &elements[..])
            && is_scalars_complex(op, a, b)
        {
            elements[0] = Ty::Num(DType::C128);
        }
        let Some(result) = self.scalar_result(what, &elements, span)? else { return Ok(None) };
        let dtype = match result.widen() {
            Ty::Bool => DType::Bool,
            Ty::Num(d) => d,
            other => {
                return refuse(
                    "CB0303",
                    span,
                    format!("elements of the result would be {other:#}"),
                );
            }
        };
        if extras.dtype.is_some_and(|d| d != dtype) {
            return refuse("CB0303", span, format!("there is no loop that gives {}", dtype.name()))
                .map_err(|e| Box::new(e.help("leave dtype= out, and convert the result")));
        }
        if let Some("no" | "equiv") = extras.casting.as_deref()
            && extras.dtype.is_none()
        {
            // The loop's dtype is that of the operands, if they are alike.
            let mut dtypes = elements.iter().filter_map(|t| match t {
                Ty::Num(d) => Some(*d),
                _ => None,
            });
            let first = dtypes.next().unwrap_or(dtype);
            let weak = elements.iter().any(|t| !matches!(t, Ty::Num(_)));
            if weak || dtypes.any(|d| d != first) || (dtype != first && dtype != DType::Bool) {
                let name = what.name();
                let rule = extras.rule();
                return refuse(
                    "CB0303",
                    span,
                    format!(
                        "an operand of '{name}' would be converted: not with casting rule '{rule}'"
                    ),
                );
            }
        }
        self.act(block, at, Action::Elementwise);
        if let Some(out) = extras.out {
            let Some(Ty::Array(target)) = self.ty(out) else { return Ok(None) };
            return self.written(&target, dtype, what, extras, span);
        }
        if let (Elementwise::Operator(Op::Binary(.., true)), Ty::Array(target)) = (what, &types[0])
        {
            return self.written(target, dtype, what, extras, span);
        }
        if let Some(mask) = extras.mask {
            // The elements where it is false aren't computed; its axes count.
            types.push(known!(self, mask));
        }
        let ndim = types
            .iter()
            .map(|t| match t {
                Ty::Array(a) => a.ndim,
                _ => 0,
            })
            .max()
            .unwrap_or(0);
        if ndim == 0 {
            return one(Ty::Num(dtype));
        }
        let layout = match extras.order {
            Some(_) if ndim < 2 => Layout::C,
            Some('C') => Layout::C,
            Some('F') => Layout::F,
            Some(_) => match result_layout(types.iter(), ndim) {
                Layout::A => {
                    let message = "order='A' needs operands whose order is known when compiling";
                    return refuse("CB0410", span, message);
                }
                known => known,
            },
            None => result_layout(types.iter(), ndim),
        };
        one(Ty::Array(ArrayTy { dtype, ndim, layout, readonly: false }))
    }

    /// What is written into an array, if the result can be cast.
    fn written(
        &mut self,
        target: &ArrayTy,
        dtype: DType,
        what: &Elementwise,
        extras: &Extras,
        span: Span,
    ) -> Typed {
        // Elements of time are stored in their own unit alone.
        let times = dtype.is_time() || target.dtype.is_time();
        if !extras.allows(dtype, target.dtype) || times && dtype != target.dtype {
            let name = what.name();
            return refuse(
                "CB0303",
                span,
                format!(
                    "Cannot cast ufunc '{}' output from dtype('{}') to dtype('{}') with casting rule '{}'",
                    name,
                    dtype.name(),
                    target.dtype.name(),
                    extras.rule(),
                ),
            )
            .map_err(|e| Box::new(e.help("write a = a + b for an array of the common type")));
        }
        one(Ty::Array(*target))
    }

    /// The type that one element gives; `None` where the body that computes it doesn't
    /// return (so far).
    fn scalar_result(
        &mut self,
        what: &Elementwise,
        elements: &[Ty],
        span: Span,
    ) -> Result<Option<Ty>, Box<Diagnostic>> {
        if elements.iter().any(|t| t.as_time().is_some()) {
            let qualified = self.time_elements(what, elements, span)?;
            let body = super::calls::find_body(qualified);
            let key = FunctionKey::Body(body.file, body.name);
            let spec = self.specialize(key, elements.to_vec(), span, Some(qualified))?;
            return Ok(self.engine.spec(spec).ret.clone());
        }
        let rule = match what {
            Elementwise::Operator(Op::Binary(BinaryOp::Pow, ..)) => match &elements[0] {
                Ty::Num(d) if power_function(*d, &elements[1]).is_some() => {
                    let name = power_function(*d, &elements[1]).expect("just seen");
                    numeric::builtin_rule(name, &elements[..1]).expect("a ufunc")
                }
                _ => numeric::binary_rule(BinaryOp::Pow, &elements[0], &elements[1]),
            },
            Elementwise::Operator(Op::Binary(op, ..)) => {
                numeric::binary_rule(*op, &elements[0], &elements[1])
            }
            Elementwise::Operator(Op::Unary(op, _)) => numeric::unary_rule(*op, &elements[0]),
            Elementwise::Operator(Op::Compare(op, ..)) => {
                numeric::compare_rule(*op, &elements[0], &elements[1])
            }
            Elementwise::Operator(other) => unreachable!("{other:?} is not elementwise"),
            Elementwise::Ufunc(_, dtype) => Ok(Rule::Direct(Ty::Num(*dtype))),
            Elementwise::Function("numpy.where") => Ok(Rule::Body(CHOICE)),
            Elementwise::Function(name) => {
                numeric::builtin_rule(name, elements).unwrap_or_else(|| {
                    Err(NumericError {
                        code: "CB0404",
                        message: format!("{name}() is not compiled for these operands"),
                        help: None,
                    })
                })
            }
        };
        match rule.map_err(|e| numeric_error(e, span))? {
            Rule::Direct(ty) => Ok(Some(ty)),
            Rule::Body(qualified) => {
                let body = super::calls::find_body(qualified);
                let key = FunctionKey::Body(body.file, body.name);
                let spec = self.specialize(key, elements.to_vec(), span, Some(qualified))?;
                Ok(self.engine.spec(spec).ret.clone())
            }
        }
    }
}

/// NumPy's name for an operator.
fn ufunc_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "subtract",
        BinaryOp::Mul => "multiply",
        BinaryOp::TrueDiv => "divide",
        BinaryOp::FloorDiv => "floor_divide",
        BinaryOp::Mod => "remainder",
        BinaryOp::Pow => "power",
        BinaryOp::MatMul => "matmul",
        BinaryOp::LShift => "left_shift",
        BinaryOp::RShift => "right_shift",
        BinaryOp::And => "bitwise_and",
        BinaryOp::Or => "bitwise_or",
        BinaryOp::Xor => "bitwise_xor",
    }
}

/// Whether a callee is an elementwise function that is cheap enough to be computed where it
/// is used, however often that is.
pub(super) fn is_cheap(callee: &Ty) -> bool {
    let Ty::Callable(Callable::Library(name)) = callee else { return false };
    matches!(
        name.rsplit('.').next(),
        Some(
            "sqrt"
                | "abs"
                | "absolute"
                | "fabs"
                | "square"
                | "negative"
                | "positive"
                | "add"
                | "subtract"
                | "multiply"
                | "divide"
                | "true_divide"
                | "maximum"
                | "minimum"
                | "where"
                | "fmax"
                | "fmin"
                | "floor"
                | "ceil"
                | "trunc"
                | "rint"
                | "isnan"
                | "isinf"
                | "isfinite"
                | "signbit"
                | "logical_not"
                | "logical_and"
                | "logical_or"
                | "logical_xor"
                | "equal"
                | "not_equal"
                | "less"
                | "less_equal"
                | "greater"
                | "greater_equal"
                | "bitwise_and"
                | "bitwise_or"
                | "bitwise_xor"
                | "invert"
                | "reciprocal"
                | "copysign"
                | "sign"
        )
    )
}
