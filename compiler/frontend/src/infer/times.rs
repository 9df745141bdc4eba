//! `datetime64` and `timedelta64`: operators, comparisons, calls.
//!
//! Values are counts with the unit in the type. What a pair of types gives is decided
//! here; the arithmetic is in the library (`datetimes.py`), whose primitives are the
//! first part of this file. Elementwise operations on whole arrays are made of the same
//! bodies (`elementwise.rs`). A function of arrays has a body of its own for them
//! (`numpy.sum/times`, in `time_arrays.py`); one that wasn't written for dates gets none
//! ([`ARRAYS`]).

use super::elementwise::{Elementwise, element};
use super::expressions::{Typed, one, refuse};
use super::{Action, FunctionKey, Sweep};
use crate::environment::{Global, ScalarBits};
use crate::hir::{BinaryOp, CompareOp, HBlock, HValue, Op, UnaryOp};
use crate::numeric::NumericError;
use crate::times::{NAT, TimeUnit, common, converted, of_name, parse};
use crate::types::{ArrayTy, DType, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};

/// Bodies that take arrays of dates and differences: they move elements and ask nothing.
const ARRAYS: &[&str] = &[
    "arrays.assign",
    "arrays.fill",
    "ndarray.astype",
    "ndarray.copy",
    "ndarray.ravel",
    "ndarray.reshape",
    "ndarray.transpose",
    "ndarray.flatten",
    "ndarray.repeat",
    "ndarray.squeeze",
    "ndarray.swapaxes",
    "ndarray.take",
    "indexing.pick",
    "indexing.put",
    "ndarray.diagonal",
    "ndarray.__contains__",
    "numpy.append",
    "numpy.array_equal",
    "numpy.array",
    "numpy.ascontiguousarray",
    "numpy.asarray",
    "numpy.atleast_1d",
    "numpy.atleast_2d",
    "numpy.atleast_3d",
    "numpy.array_split",
    "numpy.broadcast_arrays",
    "numpy.broadcast_to",
    "numpy.column_stack",
    "numpy.compress",
    "numpy.delete",
    "numpy.diagonal",
    "numpy.dstack",
    "numpy.extract",
    "numpy.fliplr",
    "numpy.flipud",
    "numpy.insert",
    "numpy.matrix_transpose",
    "numpy.meshgrid",
    "numpy.moveaxis",
    "numpy.ndim",
    "numpy.permute_dims",
    "numpy.resize",
    "numpy.rollaxis",
    "numpy.rot90",
    "numpy.shape",
    "numpy.size",
    "numpy.split",
    "numpy.take_along_axis",
    "numpy.concat",
    "numpy.concatenate",
    "numpy.expand_dims",
    "numpy.flip",
    "numpy.hstack",
    "numpy.repeat",
    "numpy.roll",
    "numpy.squeeze",
    "numpy.stack",
    "numpy.swapaxes",
    "numpy.take",
    "numpy.tile",
    "numpy.vstack",
    "numpy.copy",
    "numpy.empty_like",
    "numpy.ravel",
    "numpy.reshape",
    "numpy.transpose",
];

fn error(message: impl Into<String>) -> NumericError {
    NumericError { code: "CB0303", message: message.into(), help: None }
}

/// A Python or NumPy integer that a difference of dates takes: `uint64` isn't.
fn is_integer(ty: &Ty) -> bool {
    match ty {
        Ty::Int | Ty::Bool | Ty::Lit(Lit::Int(_) | Lit::Bool(_)) => true,
        Ty::Num(d) => d.is_int() && *d != DType::U64 || *d == DType::Bool,
        _ => false,
    }
}

fn is_bool(ty: &Ty) -> bool {
    matches!(ty, Ty::Bool | Ty::Lit(Lit::Bool(_)) | Ty::Num(DType::Bool))
}

fn is_float(ty: &Ty) -> bool {
    match ty {
        Ty::Float | Ty::Lit(Lit::Float(_)) => true,
        Ty::Num(d) => d.is_float(),
        _ => false,
    }
}

/// The result type of a primitive; `None` if the name is none of these.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    Some(match (name, args) {
        ("prim.is_time", [Ty::DType(d)]) => Ok(super::structural::literal_bool(d.is_time())),
        ("prim.is_time", [t]) => Ok(super::structural::literal_bool(t.as_time().is_some())),
        // The count, and a value of a count.
        ("prim.ticks", [t]) if t.as_time().is_some() => Ok(Ty::Int),
        // The same for the elements of an array, which stays where it is.
        ("prim.ticks", [Ty::Array(a)]) if a.dtype.is_time() => {
            Ok(Ty::Array(ArrayTy { dtype: DType::I64, ..*a }))
        }
        ("prim.time", [Ty::Array(a), Ty::DType(d)]) if a.dtype == DType::I64 && d.is_time() => {
            Ok(Ty::Array(ArrayTy { dtype: *d, ..*a }))
        }
        ("prim.time", [Ty::Int | Ty::Lit(Lit::Int(_)), Ty::DType(d)]) if d.is_time() => {
            Ok(Ty::Num(*d))
        }
        // How many of the second's unit the first's has, 0 if there is no such number.
        ("prim.time_ratio", [Ty::DType(a), Ty::DType(b)]) => {
            let ratio = a.unit().zip(b.unit()).and_then(|(x, y)| x.ratio(y));
            Ok(Ty::Lit(Lit::Int(ratio.unwrap_or(0))))
        }
        ("prim.is_calendar", [Ty::DType(d)]) => {
            Ok(super::structural::literal_bool(d.unit().is_some_and(TimeUnit::is_calendar)))
        }
        // A date's or difference's dtype of the unit that two values have in common; a
        // number counts in the other's unit.
        ("prim.common_date" | "prim.common_delta", [a, b]) => {
            let date = name == "prim.common_date";
            let (a, b) = (&element(a), &element(b));
            let units = (a.as_time().and_then(DType::unit), b.as_time().and_then(DType::unit));
            let dates = [a, b].iter().any(|t| matches!(t.as_time(), Some(DType::Date(_))));
            let unit = match units {
                (Some(x), Some(y)) => match common(x, y, dates) {
                    Some(unit) => unit,
                    None => return Some(Err(no_common(a, b))),
                },
                (Some(x), None) | (None, Some(x)) => x,
                (None, None) => return None,
            };
            Ok(Ty::DType(if date { DType::Date(unit) } else { DType::Delta(unit) }))
        }
        ("prim.time_dtype", [Ty::Lit(Lit::Str(text))]) => match of_name(text) {
            Some(d) => Ok(Ty::DType(d)),
            None => Err(error(format!("the unit of {text} is not known"))),
        },
        _ => return None,
    })
}

fn no_common(a: &Ty, b: &Ty) -> NumericError {
    let calendar = |t: &Ty| t.as_time().and_then(DType::unit).is_some_and(TimeUnit::is_calendar);
    let help = match calendar(a) == calendar(b) {
        true => "a count of one doesn't fit the other: convert one with astype",
        false => "years and months have no fixed length: convert one with astype",
    };
    NumericError {
        help: Some(help.into()),
        ..error(format!("{a:#} and {b:#} have no common unit"))
    }
}

/// `datetime64[unit]` as a literal type, as the bodies take it.
fn dtype_name(d: DType) -> Ty {
    Ty::Lit(Lit::Str(d.name().into()))
}

/// The body of an operator with a date or difference among its operands; `None` where it
/// isn't defined.
fn binary_body(op: BinaryOp, ta: &Ty, tb: &Ty) -> Option<&'static str> {
    use BinaryOp::{Add, FloorDiv, Mod, Mul, Sub, TrueDiv};
    use DType::{Date, Delta};
    Some(match (op, ta.as_time(), tb.as_time()) {
        (Add, Some(Date(_)), Some(Delta(_))) | (Add, Some(Delta(_)), Some(Date(_))) => {
            "datetimes.add_date"
        }
        (Add, Some(Date(_)), None) if is_integer(tb) => "datetimes.add_date",
        (Add, None, Some(Date(_))) if is_integer(ta) => "datetimes.add_date",
        (Add, Some(Delta(_)), Some(Delta(_))) => "datetimes.add_delta",
        (Add, Some(Delta(_)), None) if is_integer(tb) => "datetimes.add_delta",
        (Add, None, Some(Delta(_))) if is_integer(ta) => "datetimes.add_delta",
        (Sub, Some(Date(_)), Some(Delta(_))) => "datetimes.sub_date",
        (Sub, Some(Date(_)), None) if is_integer(tb) => "datetimes.sub_date",
        (Sub, Some(Date(_)), Some(Date(_))) => "datetimes.sub_delta",
        (Sub, Some(Delta(_)), Some(Delta(_))) => "datetimes.sub_delta",
        (Sub, Some(Delta(_)), None) if is_integer(tb) => "datetimes.sub_delta",
        (Sub, None, Some(Delta(_))) if is_integer(ta) => "datetimes.sub_delta",
        (Mul, Some(Delta(_)), None) if is_integer(tb) => "datetimes.multiply",
        (Mul, Some(Delta(_)), None) if is_float(tb) => "datetimes.multiply_float",
        (Mul, None, Some(Delta(_))) if is_integer(ta) => "datetimes.multiplied",
        (Mul, None, Some(Delta(_))) if is_float(ta) => "datetimes.multiplied_float",
        (TrueDiv, Some(Delta(_)), Some(Delta(_))) => "datetimes.ratio",
        (FloorDiv, Some(Delta(_)), Some(Delta(_))) => "datetimes.floor_ratio",
        (Mod, Some(Delta(_)), Some(Delta(_))) => "datetimes.remainder",
        (TrueDiv | FloorDiv, Some(Delta(_)), None) if is_integer(tb) && !is_bool(tb) => {
            "datetimes.divide"
        }
        (TrueDiv | FloorDiv, Some(Delta(_)), None) if is_float(tb) => "datetimes.divide_float",
        _ => return None,
    })
}

fn unary_body(op: UnaryOp, ty: &Ty) -> Option<&'static str> {
    match (op, ty.as_time()) {
        (UnaryOp::Neg, Some(DType::Delta(_))) => Some("datetimes.negative"),
        (UnaryOp::Pos, Some(DType::Delta(_))) => Some("datetimes.copy"),
        _ => None,
    }
}

fn comparison_body(op: CompareOp, ta: &Ty, tb: &Ty) -> Option<&'static str> {
    match (ta.as_time(), tb.as_time()) {
        (Some(DType::Date(_)), Some(DType::Date(_)))
        | (Some(DType::Delta(_)), Some(DType::Delta(_))) => {}
        // An integer counts in the difference's unit.
        (Some(DType::Delta(_)), None) if is_integer(tb) => {}
        (None, Some(DType::Delta(_))) if is_integer(ta) => {}
        _ => return None,
    }
    Some(match op {
        CompareOp::Lt => "datetimes.less",
        CompareOp::Le => "datetimes.less_equal",
        CompareOp::Gt => "datetimes.greater",
        CompareOp::Ge => "datetimes.greater_equal",
        CompareOp::Eq => "datetimes.equal",
        _ => "datetimes.not_equal",
    })
}

/// The body of a function of dates and differences; `None` for other names or arguments.
fn function_body(name: &str, types: &[Ty]) -> Option<&'static str> {
    let delta = |t: &Ty| matches!(t.as_time(), Some(DType::Delta(_)));
    let bare = name.strip_prefix("numpy.").unwrap_or_default();
    Some(match (name, types) {
        ("builtins.abs", [t]) if delta(t) => "datetimes.absolute",
        ("builtins.divmod", [a, b]) if delta(a) && delta(b) => "datetimes.divmod_delta",
        ("builtins.min", [a, b]) if a.as_time().is_some() && a == b => "datetimes.smaller",
        ("builtins.max", [a, b]) if a.as_time().is_some() && a == b => "datetimes.larger",
        (_, [t]) if t.as_time().is_some() => match bare {
            "isnat" | "isnan" => "datetimes.isnat",
            "isinf" => "datetimes.isinf",
            "isfinite" => "datetimes.isfinite",
            "abs" | "absolute" if delta(t) => "datetimes.absolute",
            "sign" if delta(t) => "datetimes.sign",
            "negative" => unary_body(UnaryOp::Neg, t)?,
            "positive" => unary_body(UnaryOp::Pos, t)?,
            _ => return None,
        },
        (_, [a, b]) if a.as_time().is_some() || b.as_time().is_some() => {
            let same = matches!(
                (a.as_time(), b.as_time()),
                (Some(DType::Date(_)), Some(DType::Date(_)))
                    | (Some(DType::Delta(_)), Some(DType::Delta(_)))
            );
            match bare {
                "add" => binary_body(BinaryOp::Add, a, b)?,
                "subtract" => binary_body(BinaryOp::Sub, a, b)?,
                "multiply" => binary_body(BinaryOp::Mul, a, b)?,
                "divide" | "true_divide" => binary_body(BinaryOp::TrueDiv, a, b)?,
                "floor_divide" => binary_body(BinaryOp::FloorDiv, a, b)?,
                "remainder" | "mod" => binary_body(BinaryOp::Mod, a, b)?,
                "less" => comparison_body(CompareOp::Lt, a, b)?,
                "less_equal" => comparison_body(CompareOp::Le, a, b)?,
                "greater" => comparison_body(CompareOp::Gt, a, b)?,
                "greater_equal" => comparison_body(CompareOp::Ge, a, b)?,
                "equal" => comparison_body(CompareOp::Eq, a, b)?,
                "not_equal" => comparison_body(CompareOp::Ne, a, b)?,
                "minimum" if same => "datetimes.minimum",
                "maximum" if same => "datetimes.maximum",
                "fmin" if same => "datetimes.fmin",
                "fmax" if same => "datetimes.fmax",
                _ => return None,
            }
        }
        _ => return None,
    })
}

/// An array of dates or differences in a value.
fn times_in(ty: &Ty) -> Option<&Ty> {
    match ty {
        Ty::Array(a) => a.dtype.is_time().then_some(ty),
        Ty::Tuple(items) => items.iter().find_map(times_in),
        Ty::List(item, _) => times_in(item),
        _ => None,
    }
}

/// A date and a difference: that of months isn't added to days.
fn check_units(ta: &Ty, tb: &Ty) -> Result<(), NumericError> {
    use DType::{Date, Delta};
    if let (Some(Date(unit)), Some(Delta(by))) | (Some(Delta(by)), Some(Date(unit))) =
        (ta.as_time(), tb.as_time())
        && by.is_calendar()
        && !unit.is_calendar()
        && unit != TimeUnit::Generic
    {
        return Err(no_common(ta, tb));
    }
    Ok(())
}

impl Sweep<'_, '_, '_> {
    /// What an elementwise operation gives of elements among which are dates or differences:
    /// the body for one element.
    pub(super) fn time_elements(
        &self,
        what: &Elementwise,
        elements: &[Ty],
        span: Span,
    ) -> Result<&'static str, Box<Diagnostic>> {
        let (body, shown) = match (what, elements) {
            (Elementwise::Operator(Op::Binary(op, ..)), [a, b]) => {
                check_units(a, b).map_err(|e| super::numeric_error(e, span))?;
                (binary_body(*op, a, b), format!("the operator {}", crate::numeric::symbol(*op)))
            }
            (Elementwise::Operator(Op::Unary(op, _)), [a]) => {
                (unary_body(*op, a), "this operator".to_string())
            }
            (Elementwise::Operator(Op::Compare(op, ..)), [a, b]) => {
                (comparison_body(*op, a, b), "this comparison".to_string())
            }
            (Elementwise::Function(name), elements) => {
                if let [a, b] = elements {
                    check_units(a, b).map_err(|e| super::numeric_error(e, span))?;
                }
                (function_body(name, elements), format!("{}()", name.replacen("numpy.", "np.", 1)))
            }
            _ => (None, "this operation".to_string()),
        };
        match body {
            Some(body) => Ok(body),
            None => {
                let types: Vec<&Ty> = elements.iter().collect();
                Err(self.no_times(&shown, &types, span).expect_err("always refused"))
            }
        }
    }

    /// The body that a function or method of arrays has for those of dates and differences.
    pub(super) fn time_array_body(
        &self,
        name: &str,
        mut types: impl Iterator<Item = Option<Ty>>,
    ) -> Option<cumbia_library::Body> {
        let body = cumbia_library::implementation(&format!("{name}/times"))?;
        types.any(|t| t.is_some_and(|t| element(&t).as_time().is_some())).then_some(body)
    }

    pub(super) fn no_times(&self, what: &str, types: &[&Ty], span: Span) -> Typed {
        let shown: Vec<String> = types.iter().map(|t| format!("{t:#}")).collect();
        refuse("CB0303", span, format!("{what} is not defined for {}", shown.join(" and ")))
    }

    /// An operator with a date or difference among its operands.
    pub(super) fn time_binary(
        &mut self,
        block: HBlock,
        at: usize,
        op: BinaryOp,
        [(a, ta), (b, tb)]: [(HValue, &Ty); 2],
        span: Span,
    ) -> Typed {
        let Some(body) = binary_body(op, ta, tb) else {
            let what = format!("the operator {}", crate::numeric::symbol(op));
            return self.no_times(&what, &[ta, tb], span);
        };
        check_units(ta, tb).map_err(|e| super::numeric_error(e, span))?;
        self.call_body(block, at, body, &[a, b], span)
    }

    /// `-d`, `+d`
    pub(super) fn time_unary(
        &mut self,
        block: HBlock,
        at: usize,
        op: UnaryOp,
        a: HValue,
        ty: &Ty,
        span: Span,
    ) -> Typed {
        let Some(body) = unary_body(op, ty) else {
            return self.no_times("this operator", &[ty], span);
        };
        self.call_body(block, at, body, &[a], span)
    }

    /// `<` and the like with a date or difference among the operands.
    pub(super) fn time_comparison(
        &mut self,
        block: HBlock,
        at: usize,
        op: CompareOp,
        [(a, ta), (b, tb)]: [(HValue, &Ty); 2],
        span: Span,
    ) -> Typed {
        match comparison_body(op, ta, tb) {
            Some(body) => self.call_body(block, at, body, &[a, b], span),
            None => self.no_times("this comparison", &[ta, tb], span),
        }
    }

    /// A function of dates and differences; `None` for other names or arguments.
    pub(super) fn time_call(
        &mut self,
        block: HBlock,
        at: usize,
        name: &str,
        (values, types): (&[HValue], &[Ty]),
        span: Span,
    ) -> Option<Typed> {
        match name {
            "numpy.datetime64" => {
                return Some(self.made_time(block, at, true, (values, types), span));
            }
            "numpy.timedelta64" => {
                return Some(self.made_time(block, at, false, (values, types), span));
            }
            _ => {}
        }
        let body = function_body(name, types)?;
        if let [a, b] = types
            && let Err(error) = check_units(a, b)
        {
            return Some(Err(super::numeric_error(error, span)));
        }
        Some(self.call_body(block, at, body, values, span))
    }

    /// `np.datetime64(...)` and `np.timedelta64(...)`.
    fn made_time(
        &mut self,
        block: HBlock,
        at: usize,
        date: bool,
        (values, types): (&[HValue], &[Ty]),
        span: Span,
    ) -> Typed {
        let dtype = |unit| if date { DType::Date(unit) } else { DType::Delta(unit) };
        let unit = match types.get(1) {
            None => None,
            Some(Ty::Lit(Lit::Str(text))) => match TimeUnit::of_symbol(text) {
                Some(unit) => Some(unit),
                None => return refuse("CB0303", span, format!("the unit '{text}' is not known")),
            },
            Some(_) => return refuse("CB0303", span, "a unit is a constant, such as \"D\""),
        };
        let constant = |this: &mut Self, d: DType, count: i64| {
            this.act(block, at, Action::Global(Global::Scalar(d, ScalarBits::Int(count))));
            one(Ty::Num(d))
        };
        match types {
            [Ty::Lit(Lit::Str(text)), ..] if types.len() < 3 => {
                let text = text.trim();
                let found = match parse(text) {
                    Some((own, count)) if date || count == NAT => {
                        let to = unit.unwrap_or(own);
                        // Text finer than the unit asked for is an error of its own.
                        let fits = own <= to || own == TimeUnit::Generic || count == NAT;
                        converted(count, own, to).filter(|_| fits).map(|count| (to, count))
                    }
                    _ => None,
                };
                match found {
                    Some((unit, count)) => constant(self, dtype(unit), count),
                    None => Err(Box::new(
                        Diagnostic::error(
                            "CB0303",
                            span,
                            format!("the text '{text}' is not compiled as a date or difference"),
                        )
                        .help("dates are written as in 2024-05-01T10:30:00, with zeros"),
                    )),
                }
            }
            // NumPy makes no date of an integer of its own.
            [t, ..] if is_integer(t) && types.len() < 3 && !(date && matches!(t, Ty::Num(_))) => {
                match unit {
                    None if date => refuse("CB0303", span, "a date of a number needs a unit"),
                    unit => {
                        self.act(block, at, Action::Structural("prim.time".into()));
                        one(Ty::Num(dtype(unit.unwrap_or(TimeUnit::Generic))))
                    }
                }
            }
            [t] if t.as_time().is_some_and(|d| matches!(d, DType::Date(_)) == date) => {
                self.call_body(block, at, "datetimes.copy", values, span)
            }
            [t, _] if t.as_time().is_some_and(|d| matches!(d, DType::Date(_)) == date) => {
                let to = dtype(unit.unwrap_or(TimeUnit::Generic));
                let types = vec![t.clone(), dtype_name(to)];
                let body = super::calls::find_body("datetimes.in_unit");
                let key = FunctionKey::Body(body.file, body.name);
                let spec = self.specialize(key, types, span, Some("datetimes.in_unit"))?;
                let from = vec![
                    super::ArgFrom::Value(values[0]),
                    super::ArgFrom::Default(Global::Str(to.name().into())),
                ];
                self.act(block, at, Action::Call(spec, from));
                match self.engine.spec(spec).ret.clone() {
                    Some(ty) => one(ty),
                    None => Ok(None),
                }
            }
            _ => {
                let shown: Vec<String> = types.iter().map(|t| format!("{t:#}")).collect();
                let class = if date { "datetime64" } else { "timedelta64" };
                refuse("CB0303", span, format!("np.{class}({}) is not compiled", shown.join(", ")))
            }
        }
    }

    /// Refuses a body of the library that wasn't written for arrays of dates.
    pub(super) fn check_times(
        &self,
        name: &str,
        types: &[Ty],
        span: Span,
    ) -> Result<(), Box<Diagnostic>> {
        if let FunctionKey::Body(..) = self.engine.root_key(&self.engine.spec(self.id).key) {
            return Ok(());
        }
        match types.iter().find_map(times_in) {
            Some(ty)
                if !ARRAYS.contains(&name)
                    && !name.starts_with("datetimes.")
                    && !name.starts_with("elementwise.")
                    && !name.ends_with("/times") =>
            {
                let shown = name.replacen("numpy.", "np.", 1);
                Err(Box::new(
                    Diagnostic::error(
                        "CB0303",
                        span,
                        format!("{shown}() of {ty:#} is not compiled yet"),
                    )
                    .help("write a loop over the elements, or call it outside of the function"),
                ))
            }
            _ => Ok(()),
        }
    }
}
