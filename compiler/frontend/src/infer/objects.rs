//! Operators, comparisons and formats of strings, bytes and containers.
//!
//! Operators are library bodies under the names of Python's methods (`str.__add__`,
//! `list.__iadd__`, `set.__or__`); comparisons are runtime functions. Lowering is in
//! `lower/containers.rs`, what runtime functions take and give in `cumbia_library::natives`.

use super::containers::{class_name, is_hashable, is_object, is_showable, is_storable, kind_name};
use super::equality::comparable;
use super::expressions::{Typed, one, refuse};
use super::index::is_index_int;
use super::introspection::is_data;
use super::{Action, Sweep};
use crate::classes::ClassKind;
use crate::hir::{BinaryOp, CompareOp, HBlock, HValue, Op};
use crate::types::{Lit, Site, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use cumbia_library::natives::NativeTy;
use std::sync::Arc;

/// The method of a binary operator, without underscores.
fn method(op: BinaryOp) -> &'static str {
    match op {
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
    }
}

/// A result that is a container of the caller's has the site that the caller knows, which a
/// call's result has not.
pub(super) fn with_site_of(made: Typed, container: &Ty) -> Typed {
    Ok(made?.map(|types| match types.as_slice() {
        [only] if only == container => vec![container.clone()],
        _ => types,
    }))
}

fn is_text_constant(ty: &Ty) -> bool {
    matches!(ty, Ty::Lit(Lit::Str(_)))
}

impl Sweep<'_, '_, '_> {
    /// A binary operator with a string, bytes or a container among its operands; `None`
    /// if there is none.
    pub(super) fn object_operator(
        &mut self,
        block: HBlock,
        at: usize,
        op: BinaryOp,
        a: HValue,
        b: HValue,
        inst: &Op,
        span: Span,
    ) -> Option<Typed> {
        let (ta, tb) = (self.ty(a)?, self.ty(b)?);
        let text = is_text_constant(&ta) || is_text_constant(&tb);
        let both_constant = matches!((&ta, &tb), (Ty::Lit(_), Ty::Lit(_)));
        let collection = |t: &Ty| matches!(t, Ty::Collection(..));
        let buffer = |t: &Ty| matches!(t, Ty::Buffer(_));
        let object = |t: &Ty| is_object(t) || collection(t) || buffer(t) || is_view(t);
        if !(object(&ta) || object(&tb) || text && (op != BinaryOp::Add || !both_constant)) {
            return None;
        }
        // A class of Python's puts itself before what it is derived from.
        if collection(&tb) && is_object(&ta) && !matches!(ta, Ty::Set(..)) {
            return Some(self.undefined_operator(&ta, &tb, span));
        }
        if is_view(&tb) && !is_view(&ta) {
            return Some(self.undefined_operator(&ta, &tb, span));
        }
        let repeats = op == BinaryOp::Mul && ta.is_number();
        // `n *= items` makes new items: a number changes nothing in place.
        let in_place = matches!(inst, Op::Binary(_, _, _, true)) && !repeats;
        let (first, second, class) = if repeats { (b, a, &tb) } else { (a, b, &ta) };
        let class = class_name(class)?;
        let mut names = Vec::new();
        if in_place {
            names.push(format!("{class}.__i{}__", method(op)));
        }
        names.push(format!("{class}.__{}__", method(op)));
        for qualified in names {
            if cumbia_library::implementation(&qualified).is_none() {
                continue;
            }
            if in_place {
                match self.method_tells(&ta, &qualified, std::slice::from_ref(&tb), span) {
                    Ok(true) => {}
                    Ok(false) => return Some(Ok(None)),
                    Err(e) => return Some(Err(e)),
                }
            }
            let made = self.call_operator(block, at, &qualified, &[first, second], span);
            return Some(if in_place { with_site_of(made, &ta) } else { made });
        }
        Some(self.undefined_operator(&ta, &tb, span))
    }

    fn undefined_operator(&self, a: &Ty, b: &Ty, span: Span) -> Typed {
        refuse("CB0303", span, format!("this operator isn't defined for {a:#} and {b:#}"))
    }

    /// A call of a body that stands for an operator.
    pub(super) fn call_operator(
        &mut self,
        block: HBlock,
        at: usize,
        qualified: &str,
        operands: &[HValue],
        span: Span,
    ) -> Typed {
        self.call_body(block, at, qualified, operands, span)
    }

    /// A comparison with a string, bytes or a container; `None` if there is none.
    pub(super) fn object_comparison(
        &mut self,
        block: HBlock,
        at: usize,
        op: CompareOp,
        a: HValue,
        b: HValue,
        span: Span,
    ) -> Option<Typed> {
        if let Some(typed) = self.buffer_comparison(block, at, op, [a, b], span) {
            return Some(typed);
        }
        let (ta, tb) = (self.ty(a)?, self.ty(b)?);
        match op {
            CompareOp::Is | CompareOp::IsNot => None,
            CompareOp::In | CompareOp::NotIn => {
                let constants = matches!((&ta, &tb), (Ty::Lit(_), Ty::Lit(_)));
                if !matches!(tb, Ty::Range(_) | Ty::Buffer(_))
                    && !is_object(&tb)
                    && !is_view(&tb)
                    && (!is_text_constant(&tb) || constants && !is_text_constant(&ta))
                {
                    return None;
                }
                let class = class_name(&tb)?;
                if let Ty::List(element, _) = &tb
                    && super::are_constant_functions(element)
                    && (super::is_constant_function(&ta) || is_data(&ta))
                    && super::join(element, &ta).as_ref() != Some(element)
                {
                    return Some(one(Ty::Lit(Lit::Bool(op == CompareOp::NotIn))));
                }
                if matches!(tb, Ty::Set(..) | Ty::Dict(..)) && !is_hashable(&ta.widen()) {
                    let message = format!("unhashable type: '{}'", kind_name(&ta));
                    return Some(refuse("CB0321", span, message));
                }
                let qualified = format!("{class}.__contains__");
                Some(match self.call_operator(block, at, &qualified, &[b, a], span) {
                    Ok(Some(_)) => one(Ty::Bool),
                    other => other,
                })
            }
            _ => {
                if let Some(typed) = self.compare_collections(block, at, op, [a, b], span) {
                    return Some(typed);
                }
                let constants = matches!((&ta, &tb), (Ty::Lit(_), Ty::Lit(_)));
                let text = is_text_constant(&ta) || is_text_constant(&tb);
                // A dtype reads texts.
                if matches!((&ta, &tb), (Ty::DType(_), _) | (_, Ty::DType(_))) {
                    return None;
                }
                if !(is_object(&ta) || is_object(&tb) || text && !constants) {
                    // Constants of text are ordered here.
                    return match (op, &ta, &tb) {
                        (CompareOp::Eq | CompareOp::Ne, _, _) => None,
                        (_, Ty::Lit(Lit::Str(x)), Ty::Lit(Lit::Str(y))) => {
                            let holds = match op {
                                CompareOp::Lt => x.chars().lt(y.chars()),
                                CompareOp::Le => x.chars().le(y.chars()),
                                CompareOp::Gt => x.chars().gt(y.chars()),
                                _ => x.chars().ge(y.chars()),
                            };
                            Some(one(Ty::Lit(Lit::Bool(holds))))
                        }
                        _ => None,
                    };
                }
                Some(self.compare_types(block, at, op, [(a, &ta), (b, &tb)], span))
            }
        }
    }

    fn compare_types(
        &mut self,
        block: HBlock,
        at: usize,
        op: CompareOp,
        [(a, ta), (b, tb)]: [(HValue, &Ty); 2],
        span: Span,
    ) -> Typed {
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if matches!(ta, Ty::Optional(_)) || matches!(tb, Ty::Optional(_)) {
            return refuse(
                "CB0303",
                span,
                format!("comparing {ta:#} and {tb:#} is not compiled yet"),
            );
        }
        if class_name(ta) != class_name(tb) || class_name(ta).is_none() {
            // Values of different classes are never equal.
            return match (equality, ta, tb) {
                (true, Ty::Array(_), _) | (true, _, Ty::Array(_)) => refuse(
                    "CB0303",
                    span,
                    format!("comparing {ta:#} and {tb:#} is not compiled yet"),
                ),
                // What compares by a method of its own, or is a string as well.
                (true, Ty::Member(c, _) | Ty::Enum(c), _)
                | (true, _, Ty::Member(c, _) | Ty::Enum(c))
                    if c.is_flag =>
                {
                    self.not_numbers(span, &[ta, tb])
                }
                (true, Ty::Record(c, _) | Ty::Object(c, _), _)
                | (true, _, Ty::Record(c, _) | Ty::Object(c, _))
                    if matches!(
                        c.kind,
                        ClassKind::Dataclass { eq: false, .. } | ClassKind::Instance { .. }
                    ) =>
                {
                    self.not_numbers(span, &[ta, tb])
                }
                (true, ..) => one(Ty::Lit(Lit::Bool(op == CompareOp::Ne))),
                _ => refuse(
                    "CB0303",
                    span,
                    format!("this comparison isn't defined for {ta:#} and {tb:#}"),
                ),
            };
        }
        if !comparable(ta, tb) {
            return refuse(
                "CB0303",
                span,
                format!("comparing {ta:#} and {tb:#} is not compiled yet"),
            );
        }
        match ta {
            Ty::Set(..) if !equality => {
                let name = match op {
                    CompareOp::Lt => "set.__lt__",
                    CompareOp::Le => "set.__le__",
                    CompareOp::Gt => "set.__gt__",
                    _ => "set.__ge__",
                };
                self.call_operator(block, at, name, &[a, b], span)
            }
            Ty::Dict(..) if !equality => refuse("CB0303", span, "dicts have no order"),
            _ => {
                self.act(block, at, Action::Plain);
                one(Ty::Bool)
            }
        }
    }

    /// A field of an f-string.
    pub(super) fn format(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        conversion: Option<char>,
        format: Option<HValue>,
        span: Span,
    ) -> Typed {
        let Some(ty) = self.ty(value) else { return Ok(None) };
        let is_text = matches!(ty, Ty::Str | Ty::Lit(Lit::Str(_)));
        let text = if conversion == Some('r') { "builtins.repr" } else { "builtins.str" };
        if let (Some((what, ty)), None) = (super::exceptions::asked(text, &ty), format) {
            self.act(block, at, Action::Structural(what.into()));
            return one(ty);
        }
        let body = match (conversion, format) {
            (None | Some('s'), None) if is_text => {
                self.act(block, at, Action::Plain);
                return one(ty);
            }
            (None, Some(format)) => {
                return self.call_operator(block, at, "builtins.format", &[value, format], span);
            }
            (Some('r'), _) => "builtins.repr",
            (Some('a'), _) => "builtins.ascii",
            // `format(x, "")`, which for a NumPy scalar isn't `str(x)`.
            (None, None) => "builtins.format",
            _ => "builtins.str",
        };
        self.call_operator(block, at, body, &[value], span)
    }

    /// `prim.<name>(...)` of the table of runtime functions; `None` if the name is none.
    pub(super) fn native(
        &mut self,
        block: HBlock,
        at: usize,
        name: &Arc<str>,
        types: &[Ty],
        span: Span,
    ) -> Option<Typed> {
        let native = cumbia_library::natives::native(name.strip_prefix("prim.")?)?;
        let fits = native.params.len() == types.len()
            && native.params.iter().zip(types).all(|(param, ty)| accepts(*param, ty));
        if !fits {
            if let Some(time) = types.iter().find(|t| t.as_time().is_some()) {
                let error = Diagnostic::error(
                    "CB0303",
                    span,
                    format!("{time:#} has no text and no hash in compiled code"),
                );
                return Some(Err(Box::new(error.help(
                    "return it and format it outside; x.astype(np.int64) is its count of units",
                ))));
            }
            let shown: Vec<String> = types.iter().map(|t| format!("{t:#}")).collect();
            return Some(refuse("CB0303", span, format!("{} don't fit here", shown.join(", "))));
        }
        self.act(block, at, Action::Structural(name.clone()));
        Some(one(result(native.result)))
    }
}

/// Whether a value is keys, values or items of a dict.
fn is_view(ty: &Ty) -> bool {
    matches!(ty, Ty::Lazy(view, _) if view.is_view())
}

/// Whether a runtime function takes a value of a type as this parameter.
fn accepts(param: NativeTy, ty: &Ty) -> bool {
    // One that nothing was put into has nothing of another type.
    let list_of = |element: &Ty| matches!(ty, Ty::List(t, _) if **t == *element || matches!(**t, Ty::Open(..)));
    match param {
        NativeTy::None => *ty == Ty::None,
        NativeTy::Bool => matches!(ty, Ty::Bool | Ty::Lit(Lit::Bool(_))),
        NativeTy::Int => is_index_int(ty) || matches!(ty, Ty::Bool | Ty::Lit(Lit::Bool(_))),
        NativeTy::Float => match ty {
            Ty::Float | Ty::Lit(Lit::Float(_)) => true,
            Ty::Num(d) => d.is_float(),
            _ => false,
        },
        NativeTy::Str => matches!(ty, Ty::Str | Ty::Lit(Lit::Str(_))),
        NativeTy::Bytes => *ty == Ty::Bytes,
        NativeTy::Buffer => matches!(ty, Ty::Buffer(_)),
        NativeTy::Random => *ty == Ty::Random,
        NativeTy::Memory => matches!(ty, Ty::Array(_)),
        NativeTy::ListOfStr => list_of(&Ty::Str),
        NativeTy::ListOfBytes => list_of(&Ty::Bytes),
        NativeTy::ListOfInt => list_of(&Ty::Int),
        NativeTy::Any => is_storable(&ty.widen()) && is_showable(ty),
    }
}

/// The type of a runtime function's result.
fn result(ty: NativeTy) -> Ty {
    let list_of = |element: Ty| Ty::List(Arc::new(element), Site(None));
    match ty {
        NativeTy::None | NativeTy::Any | NativeTy::Buffer | NativeTy::Memory => Ty::None,
        NativeTy::Random => Ty::Random,
        NativeTy::Bool => Ty::Bool,
        NativeTy::Int => Ty::Int,
        NativeTy::Float => Ty::Float,
        NativeTy::Str => Ty::Str,
        NativeTy::Bytes => Ty::Bytes,
        NativeTy::ListOfStr => list_of(Ty::Str),
        NativeTy::ListOfBytes => list_of(Ty::Bytes),
        NativeTy::ListOfInt => list_of(Ty::Int),
    }
}
