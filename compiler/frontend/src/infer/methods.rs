//! Operators of the user's classes: `a + b`, `a == b`, `a[i]`, `len(a)`, `a(x)` where a class
//! has the method.
//!
//! The operation becomes a call of the method, found in the class as Python finds it, with
//! the operands as arguments. What Python decides by what the method returns
//! (`NotImplemented`) is not compiled: the name is refused in the method itself, so a method
//! that gets here always answers. An operator whose right operand is of a class derived from
//! the left one's is refused, since Python asks that one first.

use super::expressions::{Typed, one, refuse};
use super::introspection::{self, Identity};
use super::{Action, ArgFrom, FunctionKey, Sweep};
use crate::classes::{Class, ClassKind, Hashing};
use crate::environment::Global;
use crate::hir::{BinaryOp, CallArg, CompareOp, HBlock, HValue, HirInst, Op, UnaryOp};
use crate::types::{Callable, Lit, Ty};
use cumbia_diagnostics::Span;
use std::sync::Arc;

/// The method of an operator, that of the right operand, and the one of the augmented form.
fn binary(op: BinaryOp) -> [&'static str; 3] {
    match op {
        BinaryOp::Add => ["__add__", "__radd__", "__iadd__"],
        BinaryOp::Sub => ["__sub__", "__rsub__", "__isub__"],
        BinaryOp::Mul => ["__mul__", "__rmul__", "__imul__"],
        BinaryOp::TrueDiv => ["__truediv__", "__rtruediv__", "__itruediv__"],
        BinaryOp::FloorDiv => ["__floordiv__", "__rfloordiv__", "__ifloordiv__"],
        BinaryOp::Mod => ["__mod__", "__rmod__", "__imod__"],
        BinaryOp::Pow => ["__pow__", "__rpow__", "__ipow__"],
        BinaryOp::MatMul => ["__matmul__", "__rmatmul__", "__imatmul__"],
        BinaryOp::LShift => ["__lshift__", "__rlshift__", "__ilshift__"],
        BinaryOp::RShift => ["__rshift__", "__rrshift__", "__irshift__"],
        BinaryOp::And => ["__and__", "__rand__", "__iand__"],
        BinaryOp::Or => ["__or__", "__ror__", "__ior__"],
        BinaryOp::Xor => ["__xor__", "__rxor__", "__ixor__"],
    }
}

/// The method of a comparison, and that of the right operand.
fn comparison(op: CompareOp) -> Option<[&'static str; 2]> {
    Some(match op {
        CompareOp::Eq => ["__eq__", "__eq__"],
        CompareOp::Ne => ["__ne__", "__ne__"],
        CompareOp::Lt => ["__lt__", "__gt__"],
        CompareOp::Le => ["__le__", "__ge__"],
        CompareOp::Gt => ["__gt__", "__lt__"],
        CompareOp::Ge => ["__ge__", "__le__"],
        _ => return None,
    })
}

/// The method that a builtin function calls, where its result is what the builtin gives;
/// text and numbers are checked by type.
fn builtin(name: &str) -> Option<(&'static str, &'static [Ty])> {
    Some(match name {
        "builtins.abs" => ("__abs__", &[]),
        "builtins.len" => ("__len__", &[Ty::Int]),
        "builtins.next" => ("__next__", &[]),
        "builtins.float" => ("__float__", &[Ty::Float]),
        "builtins.int" => ("__int__", &[Ty::Int]),
        "builtins.bool" => ("__bool__", &[Ty::Bool]),
        "builtins.repr" => ("__repr__", &[Ty::Str]),
        "builtins.str" => ("__str__", &[Ty::Str]),
        _ => return None,
    })
}

fn class_of(ty: &Ty) -> Option<&Arc<Class>> {
    match ty {
        Ty::Record(class, _) | Ty::Object(class, _) => Some(class),
        _ => None,
    }
}

impl Sweep<'_, '_, '_> {
    /// The function of a class's method; `None` if it has none that is compiled.
    fn method_of(&mut self, ty: &Ty, name: &str) -> Option<u64> {
        let class = class_of(ty)?;
        // Of namedtuples it is the tuple's, of dataclasses the generated one.
        let generated = match class.kind {
            ClassKind::NamedTuple => true,
            ClassKind::Dataclass { eq, order, .. } => match name {
                "__eq__" | "__ne__" => eq,
                "__lt__" | "__le__" | "__gt__" | "__ge__" => order,
                "__repr__" => class.shown.is_some(),
                _ => false,
            },
            _ => false,
        };
        if generated {
            return None;
        }
        match self.engine.env.class_attribute(class.handle, name) {
            Some(Global::Function(function)) => Some(function.handle),
            _ => None,
        }
    }

    /// Whether an instance's class has one of some methods.
    pub(super) fn has_method(&mut self, ty: &Ty, names: &[&str]) -> bool {
        class_of(ty).is_some() && names.iter().any(|name| self.method_of(ty, name).is_some())
    }

    fn call_method(
        &mut self,
        block: HBlock,
        at: usize,
        function: u64,
        operands: &[HValue],
        span: Span,
    ) -> Typed {
        let mut args = operands.iter();
        let Some(&receiver) = args.next() else { return Ok(None) };
        let Some(ty) = self.ty(receiver) else { return Ok(None) };
        let receiver = (ArgFrom::Value(receiver), super::runtime_form(&ty));
        let args: Vec<CallArg> =
            args.map(|&value| CallArg { name: None, value, starred: false }).collect();
        let key = FunctionKey::User(function);
        self.call_function(block, at, key, Some(receiver), &args, span, None)
    }

    /// An operation on an instance whose class has a method for it; `None` for any other.
    pub(super) fn method_instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Typed> {
        let span = inst.span;
        let of_class = |cx: &Self, v: HValue| {
            let types = &cx.engine.spec(cx.id).types;
            types[v.0 as usize].as_ref().is_some_and(|t| class_of(t).is_some())
        };
        match &inst.op {
            Op::Unary(op, a) if of_class(self, *a) => {
                let name = match op {
                    UnaryOp::Neg => "__neg__",
                    UnaryOp::Pos => "__pos__",
                    UnaryOp::Invert => "__invert__",
                };
                let function = self.method_of(&self.ty(*a)?, name)?;
                Some(self.call_method(block, at, function, &[*a], span))
            }
            Op::Binary(op, a, b, augmented) if of_class(self, *a) || of_class(self, *b) => {
                self.binary_method(block, at, binary(*op), (*a, *b), *augmented, span)
            }
            Op::Compare(op @ (CompareOp::In | CompareOp::NotIn), a, b) if of_class(self, *b) => {
                let ty = self.ty(*b)?;
                self.ty(*a)?;
                let Some(function) = self.method_of(&ty, "__contains__") else {
                    if !self.has_method(&ty, &["__iter__", "__getitem__"]) {
                        return None;
                    }
                    let found = self.call_body(block, at, "protocols.contains", &[*b, *a], span);
                    return Some(self.as_truth(found, span, *op == CompareOp::NotIn));
                };
                let called = self.call_method(block, at, function, &[*b, *a], span);
                Some(self.as_truth(called, span, *op == CompareOp::NotIn))
            }
            Op::Compare(op, a, b) if of_class(self, *a) || of_class(self, *b) => {
                self.compare_method(block, at, *op, (*a, *b), span)
            }
            // Without a format `object.__format__` gives what `str` does.
            Op::Format(value, conversion, None) if of_class(self, *value) => match conversion {
                Some('r') => self.builtin_method(block, at, "builtins.repr", *value, span),
                Some('s') => self.builtin_method(block, at, "builtins.str", *value, span),
                None => match self.method_of(&self.ty(*value)?, "__format__") {
                    None => self.builtin_method(block, at, "builtins.str", *value, span),
                    Some(_) => None,
                },
                _ => None,
            },
            Op::Truth(a) | Op::Not(a) if of_class(self, *a) => {
                let ty = self.ty(*a)?;
                if !self.has_method(&ty, &["__bool__", "__len__"]) {
                    return None;
                }
                let body = match inst.op {
                    Op::Not(_) => "protocols.is_false",
                    _ => "protocols.is_true",
                };
                Some(self.call_body(block, at, body, &[*a], span))
            }
            Op::Item(a, i) if of_class(self, *a) => {
                let function = self.method_of(&self.ty(*a)?, "__getitem__")?;
                self.ty(*i)?;
                Some(self.call_method(block, at, function, &[*a, *i], span))
            }
            Op::SetItem(a, i, v) if of_class(self, *a) => {
                let function = self.method_of(&self.ty(*a)?, "__setitem__")?;
                let called = self.call_method(block, at, function, &[*a, *i, *v], span);
                Some(called.map(|typed| typed.map(|_| Vec::new())))
            }
            Op::DelItem(a, i) if of_class(self, *a) => {
                let function = self.method_of(&self.ty(*a)?, "__delitem__")?;
                let called = self.call_method(block, at, function, &[*a, *i], span);
                Some(called.map(|typed| typed.map(|_| Vec::new())))
            }
            Op::Call(callee, args) => match self.ty(*callee)? {
                ty if class_of(&ty).is_some() => {
                    let function = self.method_of(&ty, "__call__")?;
                    let key = FunctionKey::User(function);
                    let receiver = Some((ArgFrom::Value(*callee), super::runtime_form(&ty)));
                    Some(self.call_function(block, at, key, receiver, args, span, None))
                }
                Ty::Callable(Callable::Library(name)) => {
                    let [CallArg { name: None, value, starred: false }] = args[..] else {
                        return None;
                    };
                    if !of_class(self, value) {
                        return None;
                    }
                    self.builtin_method(block, at, &name, value, span)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// What a method gives where its truth is asked for.
    fn as_truth(&mut self, called: Typed, span: Span, negated: bool) -> Typed {
        let Some(types) = called? else { return Ok(None) };
        match &types[0] {
            Ty::Lit(Lit::Bool(truth)) => one(Ty::Lit(Lit::Bool(*truth != negated))),
            other => {
                if super::constant_truth(other).is_none() {
                    self.truth(other, span)?;
                }
                one(Ty::Bool)
            }
        }
    }

    fn binary_method(
        &mut self,
        block: HBlock,
        at: usize,
        [plain, reflected, in_place]: [&'static str; 3],
        (a, b): (HValue, HValue),
        augmented: bool,
        span: Span,
    ) -> Option<Typed> {
        let (ta, tb) = (self.ty(a)?, self.ty(b)?);
        if let Some(refused) = self.derived_on_the_right(&ta, &tb, reflected, span) {
            return Some(refused);
        }
        if augmented && let Some(function) = self.method_of(&ta, in_place) {
            return Some(self.call_method(block, at, function, &[a, b], span));
        }
        if let Some(function) = self.method_of(&ta, plain) {
            return Some(self.call_method(block, at, function, &[a, b], span));
        }
        // An array on the left would take the object apart element by element.
        if class_of(&ta).is_none() && (!introspection::is_data(&ta) || is_numpy(&ta)) {
            return None;
        }
        let same = class_of(&ta).map(|c| c.itself()) == class_of(&tb).map(|c| c.itself());
        if same {
            return None;
        }
        let function = self.method_of(&tb, reflected)?;
        Some(self.call_method(block, at, function, &[b, a], span))
    }

    fn derived_on_the_right(
        &mut self,
        ta: &Ty,
        tb: &Ty,
        reflected: &str,
        span: Span,
    ) -> Option<Typed> {
        let (left, right) = (class_of(ta)?.itself(), class_of(tb)?.itself());
        if left == right || !right.ancestors.contains(&left.handle) {
            return None;
        }
        self.method_of(tb, reflected)?;
        Some(refuse(
            "CB0303",
            span,
            format!("an operator of {} and {}, which is derived from it", left.name, right.name),
        ))
    }

    fn compare_method(
        &mut self,
        block: HBlock,
        at: usize,
        op: CompareOp,
        (a, b): (HValue, HValue),
        span: Span,
    ) -> Option<Typed> {
        let [plain, reflected] = comparison(op)?;
        let (ta, tb) = (self.ty(a)?, self.ty(b)?);
        if let Some(refused) = self.derived_on_the_right(&ta, &tb, reflected, span) {
            return Some(refused);
        }
        if let Some(function) = self.method_of(&ta, plain) {
            return Some(self.call_method(block, at, function, &[a, b], span));
        }
        if op == CompareOp::Ne
            && let Some(function) = self.method_of(&ta, "__eq__")
        {
            // `object.__ne__` negates what `__eq__` says.
            // The slot serves to learn the call; it is as it was afterwards.
            let slot = |cx: &mut Self| {
                std::mem::take(&mut cx.engine.spec_mut(cx.id).actions[block.0 as usize][at])
            };
            let (before, changed) = (slot(self), self.changed);
            let typed = self.call_method(block, at, function, &[a, b], span);
            let action = slot(self);
            self.engine.spec_mut(self.id).actions[block.0 as usize][at] = before;
            self.changed = changed;
            if let (Action::Call(spec, from), Ok(_)) = (action, &typed) {
                self.act(block, at, Action::Negated(spec, from));
            }
            return Some(self.as_truth(typed, span, true));
        }
        let leaves_it = class_of(&ta).is_some_and(|c| !matches!(c.kind, ClassKind::NamedTuple))
            || introspection::is_data(&ta) && !is_numpy(&ta);
        if leaves_it
            && op != CompareOp::Ne
            && let Some(function) = self.method_of(&tb, reflected)
        {
            return Some(self.call_method(block, at, function, &[b, a], span));
        }
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return None;
        }
        // Both sides leave it to `object`, which asks whether they are the same.
        let identity = |ty: &Ty| match class_of(ty) {
            Some(class) => match class.kind {
                ClassKind::Instance { identity } => identity,
                _ => class.hashing == Hashing::Identity,
            },
            None => *ty == Ty::None || introspection::is_data(ty) && !is_numpy(ty),
        };
        if !identity(&ta) || !identity(&tb) {
            return None;
        }
        Some(match introspection::identity(&ta, &tb) {
            Some(Identity::Always(same)) => one(Ty::Lit(Lit::Bool(same == (op == CompareOp::Eq)))),
            Some(Identity::Runtime) => one(Ty::Bool),
            None => return None,
        })
    }

    fn builtin_method(
        &mut self,
        block: HBlock,
        at: usize,
        name: &str,
        value: HValue,
        span: Span,
    ) -> Option<Typed> {
        let ty = self.ty(value)?;
        if name == "builtins.callable" {
            let callable = self.has_attribute(&ty, &"__call__".into())?;
            return Some(one(Ty::Lit(Lit::Bool(callable))));
        }
        let (method, results) = builtin(name)?;
        let mut function = self.method_of(&ty, method);
        if name == "builtins.bool" && self.has_method(&ty, &["__bool__", "__len__"]) {
            return Some(self.call_body(block, at, "protocols.is_true", &[value], span));
        }
        // `object.__str__` gives what `__repr__` does.
        if function.is_none() && method == "__str__" {
            function = self.method_of(&ty, "__repr__");
        }
        let typed = self.call_method(block, at, function?, &[value], span);
        if let Ok(Some(types)) = &typed
            && !results.is_empty()
            && !results.contains(&types[0].widen())
        {
            let class = class_of(&ty).map(|c| c.name.to_string()).unwrap_or_default();
            let message = format!("{method}() of {class} gives {:#} here", types[0]);
            return Some(refuse("CB0303", span, message));
        }
        Some(typed)
    }
}

/// What NumPy's operators are asked for.
fn is_numpy(ty: &Ty) -> bool {
    matches!(ty, Ty::Array(_) | Ty::Num(_))
}
