//! Result types of single instructions, by family of operation.
//!
//! Each method gives the result types, `None` when control doesn't arrive or come
//! past (an operand has no type yet), or a diagnostic.

use super::introspection::{self, Identity};
use super::{Action, Sweep, constant_truth, dtypes, has_no_result, is_function, numeric_error};
use crate::environment::Global;
use crate::hir::{BinaryOp, CompareOp, Const, HBlock, HValue, HirInst, NameKind, Op};
use crate::infer::{FunctionKey, names};
use crate::numeric::{self, Rule};
use crate::types::{ArrayTy, Callable, Collection, Layout, Lazy, Lit, Ty};
use cumbia_abi::exceptions::{MISSING_ATTRIBUTE, MISSING_NAME};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// Types of an instruction's results; `None` where control doesn't come past.
pub(super) type Typed = Result<Option<Vec<Ty>>, Box<Diagnostic>>;

pub(super) fn one(ty: Ty) -> Typed {
    Ok(Some(vec![ty]))
}

pub(super) fn refuse<T>(
    code: &'static str,
    span: Span,
    message: impl Into<String>,
) -> Result<T, Box<Diagnostic>> {
    Err(Box::new(Diagnostic::error(code, span, message)))
}

/// Unwraps the type of an operand, or leaves: control doesn't arrive here yet.
macro_rules! known {
    ($self:ident, $value:expr) => {
        match $self.ty($value) {
            Some(ty) => ty,
            None => return Ok(None),
        }
    };
}
pub(super) use known;

impl Sweep<'_, '_, '_> {
    pub(super) fn act(&mut self, block: HBlock, at: usize, action: Action) {
        let slot = &mut self.engine.spec_mut(self.id).actions[block.0 as usize][at];
        if *slot != action {
            *slot = action;
            self.changed = true;
        }
    }

    pub(super) fn instruction(&mut self, block: HBlock, at: usize, inst: &HirInst) -> Typed {
        let span = inst.span;
        if let Some(done) = self.keywords_instruction(block, at, inst) {
            return done;
        }
        if let Some(done) = self.array_operator(block, at, &inst.op, span) {
            return done;
        }
        if let Some(done) = self.wide_instruction(block, at, inst) {
            return done;
        }
        if let Some(done) = self.zip_of_rows(block, at, inst) {
            return done;
        }
        match &inst.op {
            Op::Const(c) => one(self.constant(block, at, c)?),
            Op::Name(name, kind) => self.name(block, at, name, *kind, span),
            Op::Refine(a, refinement) => self.refine(*a, *refinement),
            Op::Unary(op, a) => {
                let operand = *a;
                let a = known!(self, operand);
                if a.as_time().is_some() {
                    return self.time_unary(block, at, *op, operand, &a, span);
                }
                if !a.is_number() {
                    return self.not_numbers(span, &[&a]);
                }
                let rule = numeric::unary_rule(*op, &a).map_err(|e| numeric_error(e, span))?;
                self.apply_rule(block, at, rule, &inst.op, span)
            }
            Op::Binary(op, a, b, _) => self.binary(block, at, *op, *a, *b, &inst.op, span),
            Op::Compare(op, a, b) => self.compare(block, at, *op, *a, *b, &inst.op, span),
            Op::Truth(a) => {
                let a = known!(self, *a);
                match constant_truth(&a) {
                    Some(truth) => one(Ty::Lit(Lit::Bool(truth))),
                    None => {
                        self.truth(&a, span)?;
                        one(Ty::Bool)
                    }
                }
            }
            Op::Not(a) => {
                let a = known!(self, *a);
                match constant_truth(&a) {
                    Some(truth) => one(Ty::Lit(Lit::Bool(!truth))),
                    None => {
                        self.truth(&a, span)?;
                        one(Ty::Bool)
                    }
                }
            }
            Op::Attr(a, name) => self.attribute(block, at, *a, name, span),
            Op::Item(a, i) if matches!(self.ty(*a), Some(Ty::Collection(..))) => {
                self.collection_operation(block, at, "__getitem__", &[*a, *i], span)
            }
            Op::Item(a, i) => match self.member_by_name(block, at, *a, *i, span) {
                Some(typed) => typed,
                None => self.item(block, at, *a, *i, span),
            },
            Op::SetItem(a, i, v) => self.set_item(block, at, *a, *i, *v, span),
            Op::SetAttr(a, name, v) => self.set_attribute(block, at, *a, name, *v, span),
            Op::Tuple(items) => {
                let mut types = Vec::with_capacity(items.len());
                for &item in items {
                    types.push(known!(self, item));
                }
                tuple(Ty::tuple(types), span)
            }
            Op::Display(kind, items) => {
                self.display_or_tuple((block, at), *kind, items, inst.results[0], span)
            }
            Op::Insert(_, container, items) => self.insert(*container, items, span),
            Op::Extend(kind, container, items) => {
                self.extend(block, at, *kind, *container, *items, span)
            }
            Op::Format(value, conversion, format) => {
                self.format(block, at, *value, *conversion, *format, span)
            }
            Op::Concat(parts) => {
                for &part in parts {
                    known!(self, part);
                }
                one(Ty::Str)
            }
            Op::Slice(parts) => {
                let mut types = [Ty::None, Ty::None, Ty::None];
                for (slot, part) in types.iter_mut().zip(parts) {
                    if let Some(part) = part {
                        *slot = known!(self, *part);
                    }
                }
                one(Ty::Slice(Arc::new(types)))
            }
            Op::Call(callee, args) => self.call(block, at, *callee, args, span),
            Op::Unpack(a) => self.unpack(block, at, *a, inst.results.len(), span),
            Op::Iter(a, place) => self.iter(block, at, *a, *place, span),
            Op::PatternTest(test, value, class) => {
                self.pattern_test(block, at, test, *value, *class, span)
            }
            Op::Splat(value, Some(before)) => self.sequence(block, at, *value, *before, span),
            Op::CheckItems(value, count) => self.check_items(*value, *count, span),
            Op::DelItem(value, index) => self.del_item(block, at, *value, *index, span),
            Op::Yield(value, suspension) => self.yields(*value, suspension, span),
            Op::Delegate(of, sent) => self.delegates(*of, *sent, span),
            Op::DelegateThrow(of) => {
                known!(self, *of);
                Ok(Some(vec![]))
            }
            Op::Keep(_) => Ok(Some(vec![])),
            Op::Given(of) => self.returned_value(*of, span),
            Op::Generator(number, operands) => {
                self.generator_expression(block, at, *number, operands, span)
            }
            Op::IterStart(..) | Op::IterNext(..) | Op::IterItem(..) | Op::PosNext(..) => {
                self.iteration(&inst.op)
            }
            Op::Catch => one(Ty::Exception),
            Op::EndCatch(_) => Ok(Some(vec![])),
            Op::ExcMatch(caught, class) => {
                self.not_on_the_way_out(*caught, *class, span)?;
                self.exception_matches(*class, false, span)
            }
            Op::Unbound => one(Ty::Unbound),
            Op::CheckBound(..) => self.check_bound(&inst.op, span),
            Op::Closure(..)
            | Op::SelfClosure(..)
            | Op::CellNew(_)
            | Op::CellGet(..)
            | Op::CellSet(..)
            | Op::CheckFree(..)
            | Op::Splat(_, None) => self.closure_instruction(inst),
            Op::SuperAttr(..) | Op::Instance(..) | Op::InitField(..) => {
                self.instance_instruction(block, at, inst)
            }
            Op::Parallel(what, operands) => self.parallel(block, at, *what, operands, span),
            Op::IsOf(a, index) => self.is_of(*a, *index),
            Op::AsOf(a, index) => self.as_of(*a, *index),
            Op::Fused(_) => unreachable!("inference starts from the text's HIR"),
            Op::Poll => {
                debug_assert!(has_no_result(&inst.op));
                Ok(Some(Vec::new()))
            }
        }
    }

    fn constant(&mut self, block: HBlock, at: usize, c: &Const) -> Result<Ty, Box<Diagnostic>> {
        Ok(match c {
            Const::None => Ty::None,
            Const::Bool(b) => Ty::Lit(Lit::Bool(*b)),
            Const::Int(i) => Ty::Lit(Lit::Int(*i)),
            Const::Float(x) => Ty::Lit(Lit::Float(x.to_bits())),
            Const::Str(s) => Ty::Lit(Lit::Str(s.clone())),
            Const::Ellipsis => Ty::Ellipsis,
            Const::Complex(re, im) => {
                self.act(block, at, Action::Global(Global::Complex(*re, *im)));
                Ty::Complex
            }
            Const::BigInt(digits) => {
                Ty::Lit(Lit::Wide(digits.parse().map(Arc::new).expect("digits")))
            }
            Const::Bytes(_) => Ty::Bytes,
        })
    }

    fn name(
        &mut self,
        block: HBlock,
        at: usize,
        name: &Arc<str>,
        kind: NameKind,
        span: Span,
    ) -> Typed {
        let key = self.engine.spec(self.id).key.clone();
        let global = match self.engine.root_key(&key) {
            _ if kind == NameKind::Library => Some(Global::Library(format!("@{name}").into())),
            FunctionKey::User(handle) | FunctionKey::Initializer(handle) => {
                match self.engine.env.lookup(handle, name) {
                    None if let Some(text) = self.engine.env.missing_name(handle, name) => {
                        return self.missing(block, at, MISSING_NAME, text);
                    }
                    found => found,
                }
            }
            FunctionKey::Body(file, _) => names::in_body(file, name),
            FunctionKey::Nested(_) | FunctionKey::Inner(..) => unreachable!("a root isn't nested"),
            FunctionKey::Kernel(_) => unreachable!("a kernel has no names"),
        };
        match global.map(|global| self.of_this_target(global)) {
            Some(global) => {
                let ty = self.global_type(&global, name, span)?;
                self.no_global_of_the_host(&global, block, at, span)?;
                self.act(block, at, Action::Global(global));
                one(ty)
            }
            None => Err(Box::new(
                Diagnostic::error("CB0401", span, format!("name '{name}' is not defined"))
                    .help("it must exist as a global, builtin or closure variable when the function is first called"),
            )),
        }
    }

    /// What is named doesn't exist: control goes no further.
    fn missing(&mut self, block: HBlock, at: usize, class: &'static str, text: String) -> Typed {
        self.act(block, at, Action::Missing(class, text.into()));
        Ok(None)
    }

    pub(super) fn not_numbers(&self, span: Span, types: &[&Ty]) -> Typed {
        let list: Vec<String> = types.iter().map(|t| format!("{t:#}")).collect();
        let mut d = Diagnostic::error(
            "CB0303",
            span,
            format!("this operator isn't defined for {}", list.join(" and ")),
        );
        if types.iter().any(|t| matches!(t, Ty::Array(_))) {
            d.message = format!(
                "whole-array arithmetic is not compiled yet (operands: {})",
                list.join(" and ")
            );
            d = d.help("write a loop over the elements, or do this step outside the function");
        }
        if types.iter().any(|t| matches!(t, Ty::MaybeUnbound(_))) {
            d = d.note("a variable here may have no value");
        }
        Err(Box::new(d))
    }

    /// A rule for numbers: a result type, or a call of a library body with the
    /// operation's operands.
    pub(super) fn apply_rule(
        &mut self,
        block: HBlock,
        at: usize,
        rule: Rule,
        op: &Op,
        span: Span,
    ) -> Typed {
        match rule {
            Rule::Direct(ty) => {
                self.act(block, at, Action::Plain);
                one(ty)
            }
            Rule::Body(qualified) => {
                let operands: Vec<HValue> = match op {
                    Op::Unary(_, a) => vec![*a],
                    Op::Binary(_, a, b, _) | Op::Compare(_, a, b) => vec![*a, *b],
                    other => unreachable!("a rule for {other:?}"),
                };
                self.call_body(block, at, qualified, &operands, span)
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn binary(
        &mut self,
        block: HBlock,
        at: usize,
        op: BinaryOp,
        a: HValue,
        b: HValue,
        inst: &Op,
        span: Span,
    ) -> Typed {
        let (ta, tb) = (known!(self, a), known!(self, b));
        if ta.is_number() && tb.is_number() {
            let rule = numeric::binary_rule(op, &ta, &tb).map_err(|e| numeric_error(e, span))?;
            let rule = self.device_rule(op, &ta, &tb).unwrap_or(rule);
            return self.apply_rule(block, at, rule, inst, span);
        }
        if ta.as_time().is_some() || tb.as_time().is_some() {
            return self.time_binary(block, at, op, [(a, &ta), (b, &tb)], span);
        }
        if let Some(typed) = self.object_operator(block, at, op, a, b, inst, span) {
            return typed;
        }
        if op == BinaryOp::MatMul && matches!((&ta, &tb), (Ty::Array(_), _) | (_, Ty::Array(_))) {
            let in_place = matches!(inst, Op::Binary(_, _, _, true));
            let body = if in_place { "multiplying.matmul_into" } else { "multiplying.matmul_of" };
            return self.call_body(block, at, body, &[a, b], span);
        }
        match (op, &ta, &tb) {
            (BinaryOp::Add, Ty::Tuple(x), Ty::Tuple(y)) => {
                tuple(Ty::tuple(x.iter().chain(y.iter()).cloned()), span)
            }
            (BinaryOp::Mul, Ty::Tuple(x), Ty::Lit(Lit::Int(n)))
            | (BinaryOp::Mul, Ty::Lit(Lit::Int(n)), Ty::Tuple(x))
                if n.saturating_mul(x.len() as i64) <= MAX_TUPLE as i64 =>
            {
                let n = (*n).max(0) as usize;
                tuple(Ty::tuple(std::iter::repeat_n(x.iter().cloned(), n).flatten()), span)
            }
            (BinaryOp::Mul, Ty::Tuple(_), t) if super::tuples::is_variable_count(t) => {
                self.of_any_length(block, at, "collections.repeated", [a, b], span)
            }
            (BinaryOp::Mul, t, Ty::Tuple(_)) if super::tuples::is_variable_count(t) => {
                self.of_any_length(block, at, "collections.repeated", [b, a], span)
            }
            (BinaryOp::Add, Ty::Lit(Lit::Str(x)), Ty::Lit(Lit::Str(y))) => {
                one(Ty::Lit(Lit::Str(format!("{x}{y}").into())))
            }
            (BinaryOp::Or, x, y)
                if introspection::is_class(x)
                    && introspection::is_class(y)
                    && (*x != Ty::None || *y != Ty::None) =>
            {
                let of =
                    introspection::classes_of(x).into_iter().chain(introspection::classes_of(y));
                one(Ty::Callable(Callable::Union(of.collect())))
            }
            _ => self.not_numbers(span, &[&ta, &tb]),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn compare(
        &mut self,
        block: HBlock,
        at: usize,
        op: CompareOp,
        a: HValue,
        b: HValue,
        inst: &Op,
        span: Span,
    ) -> Typed {
        let (ta, tb) = (known!(self, a), known!(self, b));
        // The body compares the values where both are there.
        let optional = |t: &Ty| matches!(t, Ty::Optional(_));
        if matches!(op, CompareOp::Eq | CompareOp::Ne) && (optional(&ta) || optional(&tb)) {
            return self.compare_by_body(block, at, op, a, b, span);
        }
        let ordered =
            !matches!(op, CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn);
        if ordered && (ta.as_time().is_some() || tb.as_time().is_some()) {
            return self.time_comparison(block, at, op, [(a, &ta), (b, &tb)], span);
        }
        let identity =
            matches!(op, CompareOp::Eq | CompareOp::Ne | CompareOp::Is | CompareOp::IsNot);
        if identity && super::exceptions::is_class_test(&ta, &tb) {
            return one(Ty::Bool);
        }
        if let Some(typed) = self.object_comparison(block, at, op, a, b, span) {
            return typed;
        }
        match op {
            CompareOp::Is | CompareOp::IsNot => {
                let same = match introspection::identity(&ta, &tb) {
                    Some(Identity::Always(same)) => same,
                    Some(Identity::Runtime) => return one(Ty::Bool),
                    None => {
                        return Err(Box::new(
                            Diagnostic::error(
                                "CB0303",
                                span,
                                format!("'is' between {ta:#} and {tb:#} is not compiled"),
                            )
                            .help("compare values with ==; 'is' works with None, True, False and classes"),
                        ));
                    }
                };
                one(Ty::Lit(Lit::Bool(same == (op == CompareOp::Is))))
            }
            CompareOp::In | CompareOp::NotIn
                if let Some(typed) = self.enum_membership(op, (a, &ta), &tb, (block, at), span) =>
            {
                typed
            }
            CompareOp::In | CompareOp::NotIn => match &tb {
                Ty::Tuple(_) => self.in_tuple(block, at, op, a, b, span),
                // Lowering turns the answer round for `not in`.
                Ty::Array(_) => {
                    let called =
                        self.call_body(block, at, "ndarray.__contains__", &[b, a], span)?;
                    Ok(called.map(|_| vec![Ty::Bool]))
                }
                _ => Err(Box::new(
                    Diagnostic::error(
                        "CB0303",
                        span,
                        format!("'in' with {tb:#} is not compiled yet"),
                    )
                    .help("'in' works with tuples; for an array write a loop"),
                )),
            },
            _ if ta.is_number() && tb.is_number() => {
                let rule =
                    numeric::compare_rule(op, &ta, &tb).map_err(|e| numeric_error(e, span))?;
                self.apply_rule(block, at, rule, inst, span)
            }
            CompareOp::Eq | CompareOp::Ne => {
                let equal = match (&ta, &tb) {
                    (Ty::Lit(Lit::Str(x)), Ty::Lit(Lit::Str(y))) => x == y,
                    (Ty::DType(x), Ty::DType(y)) => x == y,
                    (
                        Ty::Callable(x @ (Callable::User(_) | Callable::Library(_))),
                        Ty::Callable(y @ (Callable::User(_) | Callable::Library(_))),
                    ) => x == y,
                    // `a.dtype == "f4"`.
                    (Ty::DType(x), Ty::Lit(Lit::Str(s))) | (Ty::Lit(Lit::Str(s)), Ty::DType(x))
                        if dtypes::spelled(s).is_some() =>
                    {
                        dtypes::spelled(s) == Some(*x)
                    }
                    (Ty::None, Ty::None) => true,
                    (Ty::None, t) | (t, Ty::None)
                        if !matches!(t, Ty::Array(_) | Ty::Optional(_)) =>
                    {
                        false
                    }
                    (
                        Ty::Callable(_) | Ty::DType(_) | Ty::StructDType(_),
                        Ty::Callable(_) | Ty::DType(_) | Ty::StructDType(_),
                    ) if !introspection::dtype_and_python_class(&ta, &tb)
                        && let Some(Identity::Always(same)) = introspection::identity(&ta, &tb) =>
                    {
                        same
                    }
                    (x, y)
                        if (is_function(x) || is_function(y))
                            && !introspection::dtype_and_python_class(x, y)
                            && let Some(same) = introspection::identity(x, y) =>
                    {
                        match same {
                            Identity::Always(same) => same,
                            Identity::Runtime => return one(Ty::Bool),
                        }
                    }
                    _ => match self.dtype_is_class((a, &ta), (b, &tb)) {
                        Some(equal) => equal,
                        None => return self.compare_by_body(block, at, op, a, b, span),
                    },
                };
                one(Ty::Lit(Lit::Bool(equal == (op == CompareOp::Eq))))
            }
            _ => self.compare_by_body(block, at, op, a, b, span),
        }
    }

    pub(super) fn attribute(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        name: &Arc<str>,
        span: Span,
    ) -> Typed {
        let ty = known!(self, value);
        if let Some(typed) = self.overloaded_attribute(block, at, value, &ty, name, span) {
            return typed;
        }
        if let Some(typed) = self.flag_attribute(block, at, (value, &ty), name, span) {
            return typed;
        }
        if let Some(typed) = self.property(block, at, value, &ty, name, span) {
            return typed;
        }
        if let Some(typed) = self.class_attribute(block, at, &ty, name, span) {
            return typed;
        }
        if let Some(typed) = self.array_attribute(block, at, value, &ty, name, span) {
            return typed;
        }
        if let Some((action, ty)) = super::exceptions::attribute(&ty, name) {
            if let Some(action) = action {
                self.act(block, at, Action::Structural(action.into()));
            }
            return one(ty);
        }
        let ints = |n: u8| Ty::tuple(std::iter::repeat_n(Ty::Int, n as usize));
        match (&ty, &**name) {
            (Ty::Range(_), "start" | "stop") => one(Ty::Int),
            (Ty::Range(step), "step") => one((**step).clone()),
            (Ty::Slice(parts), "start") => one(parts[0].clone()),
            (Ty::Slice(parts), "stop") => one(parts[1].clone()),
            (Ty::Slice(parts), "step") => one(parts[2].clone()),
            (Ty::Array(a), "shape" | "strides") => one(ints(a.ndim)),
            (Ty::Array(a), "ndim") => one(Ty::Lit(Lit::Int(a.ndim as i64))),
            (Ty::Array(a), "size") => one(if a.ndim == 0 { Ty::Lit(Lit::Int(1)) } else { Ty::Int }),
            (Ty::Array(_), "nbytes") => one(Ty::Int),
            (Ty::Array(a), "itemsize") => one(Ty::Lit(Lit::Int(a.dtype.itemsize() as i64))),
            (Ty::Array(a), "dtype") => one(Ty::DType(a.dtype)),
            (Ty::Array(_), "flat") => one(Ty::Lazy(Lazy::Flat, [ty.clone()].into())),
            (Ty::Array(a), "T") => one(Ty::Array(transposed(a))),
            (Ty::DType(d), "itemsize") => one(Ty::Lit(Lit::Int(d.itemsize() as i64))),
            (Ty::Num(d), "dtype") => one(Ty::DType(*d)),
            (Ty::Num(_), "ndim") => one(Ty::Lit(Lit::Int(0))),
            (Ty::Num(_), "size") => one(Ty::Lit(Lit::Int(1))),
            (Ty::Num(_), "shape" | "strides") => one(ints(0)),
            (Ty::Num(d), "itemsize" | "nbytes") => one(Ty::Lit(Lit::Int(d.itemsize() as i64))),
            (Ty::Num(d), "astype" | "copy") if d.is_time() => {
                one(Ty::Callable(Callable::Method(Arc::new(ty.clone()), name.clone())))
            }
            (Ty::Num(d), "T") if !d.is_time() => {
                self.act(block, at, Action::Numeric("prim.to_numpy".into()));
                one(ty.clone())
            }
            (t, "numerator" | "denominator") if integer_ty(t) => match &**name {
                "denominator" => one(Ty::Lit(Lit::Int(1))),
                _ => {
                    self.act(block, at, Action::Numeric("prim.real".into()));
                    one(if t.widen() == Ty::Bool { Ty::Int } else { t.widen() })
                }
            },
            (Ty::StructDType(d), _) if dtypes::structured_attribute(d, name).is_some() => {
                let global = dtypes::structured_attribute(d, name).expect("just seen");
                let ty = self.global_type(&global, name, span)?;
                self.act(block, at, Action::Global(global));
                one(ty)
            }
            (Ty::DType(d), _) if dtypes::attribute(*d, name).is_some() => {
                let global = dtypes::attribute(*d, name).expect("just seen");
                let ty = self.global_type(&global, name, span)?;
                self.act(block, at, Action::Global(global));
                one(ty)
            }
            (Ty::Callable(Callable::Library(of)), _) if dtypes::limit(of, name).is_some() => {
                let global = dtypes::limit(of, name).expect("just seen");
                let ty = self.global_type(&global, name, span)?;
                self.act(block, at, Action::Global(global));
                one(ty)
            }
            (t, "real" | "imag") if t.is_number() => {
                let qualified: Arc<str> = format!("prim.{name}").into();
                match numeric::builtin_rule(&qualified, std::slice::from_ref(t)) {
                    Some(Ok(Rule::Direct(result))) => {
                        self.act(block, at, Action::Numeric(qualified));
                        one(result)
                    }
                    Some(Err(e)) => Err(numeric_error(e, span)),
                    _ => refuse("CB0403", span, format!("{t:#} has no attribute '{name}' here")),
                }
            }
            (Ty::Collection(Collection::Deque, _), "maxlen") => {
                self.call_body(block, at, "deque.maxlen", &[value], span)
            }
            (Ty::Module(module), _) if self.is_device_value(module, name) => {
                self.device_value(block, at, module, name, span)
            }
            (Ty::Module(module), _) => {
                let global = match self.engine.root_key(&self.engine.spec(self.id).key) {
                    FunctionKey::Body(..) if &**module == "prim" => match self.asked(name) {
                        None => names::in_module(module, name),
                        asked => asked,
                    },
                    FunctionKey::Body(..) => names::in_module(module, name),
                    _ => match self.engine.env.module_attribute(module, name) {
                        None if let Some(text) =
                            self.engine.env.missing_attribute(module, name) =>
                        {
                            return self.missing(block, at, MISSING_ATTRIBUTE, text);
                        }
                        found => found,
                    },
                };
                match global.map(|global| self.of_this_target(global)) {
                    Some(global) => {
                        let ty = self.global_type(&global, &format!("{module}.{name}"), span)?;
                        self.no_global_of_the_host(&global, block, at, span)?;
                        self.act(block, at, Action::Global(global));
                        one(ty)
                    }
                    None => refuse(
                        "CB0403",
                        span,
                        format!("module '{module}' has no attribute '{name}'"),
                    ),
                }
            }
            (t, "__name__") if let Some(names) = self.function_names(t) => match names.as_slice() {
                [only] => one(Ty::Lit(Lit::Str(only.clone()))),
                _ => {
                    let names = names.into_iter().map(Global::Str).collect();
                    self.act(block, at, Action::Global(Global::Tuple(names)));
                    one(Ty::Str)
                }
            },
            (Ty::Array(_), _)
                if cumbia_library::implementation(&format!("ndarray.{name}")).is_some() =>
            {
                one(Ty::Callable(Callable::Method(Arc::new(ty.clone()), name.clone())))
            }
            (t, _) if t.is_number() && number_method(t, name) => {
                one(Ty::Callable(Callable::Method(Arc::new(ty.clone()), name.clone())))
            }
            (t, _) if super::collections::method(t, name).is_some() => {
                one(Ty::Callable(Callable::Method(Arc::new(ty.clone()), name.clone())))
            }
            (Ty::Callable(Callable::Library(holder)), _)
                if cumbia_library::implementation(&format!("{holder}.{name}")).is_some() =>
            {
                let global = Global::Library(format!("{holder}.{name}").into());
                let ty = self.global_type(&global, name, span)?;
                self.act(block, at, Action::Global(global));
                one(ty)
            }
            // A method of any ufunc: its body takes the function first.
            (Ty::Callable(Callable::Library(holder)), _)
                if cumbia_library::ufunc(holder).is_some()
                    && cumbia_library::implementation(&format!("ufunc.{name}")).is_some() =>
            {
                let global = Global::Library(format!("{holder}.{name}").into());
                let ty = self.global_type(&global, name, span)?;
                self.act(block, at, Action::Global(global));
                one(ty)
            }
            // A method of a class of the language, not bound: `str.upper`. Its body takes
            // no other class for `self`.
            (Ty::Callable(Callable::Library(holder)), _)
                if matches!(&**holder, "builtins.str" | "builtins.bytes")
                    && !name.starts_with('_')
                    && cumbia_library::implementation(&unbound(holder, name)).is_some() =>
            {
                let global = Global::Library(unbound(holder, name).into());
                let ty = self.global_type(&global, name, span)?;
                self.act(block, at, Action::Global(global));
                one(ty)
            }
            (Ty::MaybeUnbound(_), _) => {
                refuse("CB0403", span, "this variable may have no value here")
            }
            (Ty::Exception, _) => Err(Box::new(super::exceptions::no_attribute(name, span))),
            _ => Err(Box::new(match refused_attribute(&ty, name) {
                Some(row) => Diagnostic::error(
                    "CB0403",
                    span,
                    format!("attribute '{name}' of {ty:#} can't be compiled: {}", row.why),
                )
                .help(row.instead),
                None => Diagnostic::error(
                    "CB0403",
                    span,
                    format!("attribute '{name}' of {ty:#} is not compiled yet"),
                )
                .help("see docs/supported.md for the attributes and methods that are"),
            })),
        }
    }
}

/// Why a class of NumPy's has no such attribute in compiled code, if there is a reason of its own.
fn refused_attribute(ty: &Ty, name: &str) -> Option<&'static cumbia_library::Refused> {
    let class = match ty {
        Ty::Array(_) => "ndarray",
        Ty::Random => "Generator",
        _ => return None,
    };
    cumbia_library::refused(&format!("{class}.{name}"))
}

/// The name of the body of a class's method.
fn unbound(class: &str, name: &str) -> String {
    format!("{}.{name}", class.trim_start_matches("builtins."))
}

/// Methods of numbers: numeric builtins `number.<name>`, and bodies of their class.
fn number_method(ty: &Ty, name: &str) -> bool {
    let builtin = matches!(name, "conjugate" | "conj" | "item");
    builtin && numeric::builtin_rule(&format!("number.{name}"), std::slice::from_ref(ty)).is_some()
        || cumbia_library::implementation(&number_body(ty, name)).is_some()
}

/// The name of the body that implements a method of a number.
pub fn number_body(ty: &Ty, name: &str) -> String {
    let class = match ty.widen() {
        Ty::Bool | Ty::Int => "int",
        Ty::Float => "float",
        Ty::Complex => "complex",
        _ => "generic",
    };
    format!("{class}.{name}")
}

fn integer_ty(ty: &Ty) -> bool {
    match ty.widen() {
        Ty::Bool | Ty::Int => true,
        Ty::Num(d) => d.is_int(),
        _ => false,
    }
}

/// Most items of a tuple, nested ones counted. Every item is a value of its own in
/// compiled code; a function that calls itself with pairs of pairs doubles them.
const MAX_TUPLE: usize = 1000;

fn tuple(ty: Ty, span: Span) -> Typed {
    if ty.has_at_most(MAX_TUPLE) {
        return one(ty);
    }
    Err(Box::new(
        Diagnostic::error(
            "CB0310",
            span,
            format!("this tuple has more than {MAX_TUPLE} items, nested ones counted"),
        )
        .help("put the values into an array"),
    ))
}

/// The common type of a tuple's items, for access by a position known at run time.
pub fn tuple_item(items: &[Ty]) -> Option<Ty> {
    let mut items = items.iter();
    let mut ty = items.next()?.widen();
    for item in items {
        ty = super::join(&ty, item)?;
    }

    Some(ty)
}

/// The type of an item of a tuple at a position that an index says at run time: the common one,
/// or one of several, of numbers. `None` where the item would have to be counted in another way
/// than arrays are, which borrow or count their own memory.
pub fn any_item(items: &[Ty]) -> Option<Ty> {
    match tuple_item(items) {
        Some(item) if super::join::is_plain(&item) || super::closures::is_callable(&item) => {
            Some(item)
        }
        Some(item @ (Ty::Array(_) | Ty::Str)) => Some(item),
        Some(_) => None,
        None => {
            let mut items = items.iter().map(Ty::widen);
            let first = items.next()?;
            items.try_fold(
                first,
                |all, item| if all == item { Some(all) } else { super::union(&all, &item) },
            )
        }
    }
}

/// The type of `a.T`.
pub fn transposed(a: &ArrayTy) -> ArrayTy {
    let layout = match a.layout {
        l if a.ndim < 2 => l,
        Layout::C => Layout::F,
        Layout::F => Layout::C,
        Layout::A => Layout::A,
    };
    ArrayTy { layout, ..*a }
}
