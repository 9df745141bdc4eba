//! Values that may be `None`: refinement, truth, identity.

use super::TypedValue;
use super::convert::convert;
use super::function::Lowering;
use crate::hir::{CompareOp, HValue};
use crate::infer::introspection::is_instance;
use crate::infer::{constant_truth, is_function, join};
use crate::types::{Lit, Ty};
use cumbia_ir::{IntCond, Opcode, Target, Type, Value};

impl Lowering<'_, '_> {
    /// A value known better: the same parts, without the flag that is known now.
    pub(super) fn refined(&mut self, value: HValue, out: Ty) -> TypedValue {
        let value = self.value(value);
        match (&value.ty, &out) {
            (from, to) if from == to => value,
            (Ty::Optional(_), Ty::None) => TypedValue::unit(out),
            (Ty::Optional(_), _) => TypedValue { ty: out, parts: value.parts[1..].to_vec() },
            (from, to) => panic!("{from} refined to {to}"),
        }
    }

    /// Whether a value of several types is of the one at a position.
    pub(super) fn is_of(&mut self, value: HValue, index: u32, out: Ty) -> TypedValue {
        if out != Ty::Bool {
            return TypedValue::unit(out);
        }
        let value = self.value(value);
        let index = self.fx.int(i64::from(index));
        TypedValue::scalar(out, self.fx.b().icmp(IntCond::Eq, value.parts[0], index))
    }

    /// A value of several types as the one at a position, which it is.
    pub(super) fn as_of(&mut self, value: HValue, index: u32, out: Ty) -> TypedValue {
        let value = self.value(value);
        let Ty::Union(of) = &value.ty else { return value };
        let before: usize = of[..index as usize].iter().map(|ty| ty.part_types().len()).sum();
        let parts = value.parts[1 + before..][..out.part_types().len()].to_vec();
        TypedValue { ty: out, parts }
    }

    /// Whether there is a value, and it is true. The value is looked at only where it
    /// is there: it may be behind an address.
    pub(super) fn optional_truth(&mut self, value: &TypedValue) -> Value {
        let Ty::Optional(inner) = &value.ty else { panic!("{} is always there", value.ty) };
        let there = value.parts[0];
        match constant_truth(inner) {
            Some(true) => return there,
            Some(false) => return self.fx.bool(false),
            None => {}
        }
        let inner = TypedValue { ty: (**inner).clone(), parts: value.parts[1..].to_vec() };
        if inner.ty.is_number() {
            let truth = self.truth(&inner);
            return self.fx.b().binary(Opcode::Band, there, truth);
        }
        let (look, join) = (self.fx.new_block(), self.fx.new_block());
        let result = self.fx.func.add_param(join, Type::Bool);
        let never = self.fx.bool(false);
        self.fx.b().br(there, Target::new(look), Target::with(join, &[never]));
        self.fx.switch_to(look);
        let truth = self.truth(&inner);
        self.fx.b().jump(Target::with(join, &[truth]));
        self.fx.switch_to(join);
        result
    }

    /// `a is b` where it isn't known by the types: against `None`, and between bools.
    pub(super) fn identity(&mut self, op: CompareOp, a: &TypedValue, b: &TypedValue) -> TypedValue {
        let mut same = match (&a.ty, &b.ty) {
            (Ty::Lazy(..), _) => self.is_class(a, &b.ty),
            (_, Ty::Lazy(..)) => self.is_class(b, &a.ty),
            (Ty::Exception, Ty::Exception) => self.fx.b().icmp(IntCond::Eq, a.value(), b.value()),
            (Ty::Optional(_), Ty::None) => self.fx.b().unary(Opcode::Bnot, a.parts[0]),
            (Ty::None, Ty::Optional(_)) => self.fx.b().unary(Opcode::Bnot, b.parts[0]),
            (Ty::Optional(t), Ty::Member(..) | Ty::Enum(_)) if **t == b.ty.widen() => {
                let y = convert(&mut self.fx, b, &b.ty.widen()).parts[0];
                let same = self.fx.b().icmp(IntCond::Eq, a.parts[1], y);
                self.fx.b().binary(Opcode::Band, same, a.parts[0])
            }
            (Ty::Member(..) | Ty::Enum(_), Ty::Optional(_)) => {
                return self.identity(op, b, a);
            }
            (x, y) if holds_functions(x) || holds_functions(y) => self.same_function(a, b),
            (Ty::Member(..) | Ty::Enum(_), _) => {
                let x = convert(&mut self.fx, a, &a.ty.widen()).parts[0];
                let y = convert(&mut self.fx, b, &b.ty.widen()).parts[0];
                self.fx.b().icmp(IntCond::Eq, x, y)
            }
            _ => {
                let (there_a, a) = self.bool_parts(a);
                let (there_b, b) = self.bool_parts(b);
                let mut same = self.fx.b().icmp(IntCond::Eq, a, b);
                for there in [there_a, there_b].into_iter().flatten() {
                    same = self.fx.b().binary(Opcode::Band, same, there);
                }
                same
            }
        };
        if matches!(op, CompareOp::IsNot | CompareOp::Ne) {
            same = self.fx.b().unary(Opcode::Bnot, same);
        }
        TypedValue::scalar(Ty::Bool, same)
    }

    /// Whether two functions that hold nothing are one, by their numbers in the choice of
    /// all that they may be.
    fn same_function(&mut self, a: &TypedValue, b: &TypedValue) -> Value {
        let mut there = Vec::new();
        let [a, b] = [a, b].map(|value| match &value.ty {
            Ty::Optional(inner) => {
                there.push(value.parts[0]);
                TypedValue { ty: (**inner).clone(), parts: value.parts[1..].to_vec() }
            }
            _ => value.clone(),
        });
        let mut same = match join(&a.ty, &b.ty) {
            Some(both @ Ty::Choice(_)) => {
                let x = convert(&mut self.fx, &a, &both).parts[0];
                let y = convert(&mut self.fx, &b, &both).parts[0];
                self.fx.b().icmp(IntCond::Eq, x, y)
            }
            one => self.fx.bool(one.is_some()),
        };
        for there in there {
            same = self.fx.b().binary(Opcode::Band, same, there);
        }
        same
    }

    fn bool_parts(&mut self, value: &TypedValue) -> (Option<Value>, Value) {
        match &value.ty {
            Ty::Lit(Lit::Bool(b)) => (None, self.fx.bool(*b)),
            Ty::Optional(_) => (Some(value.parts[0]), value.parts[1]),
            _ => (None, value.value()),
        }
    }

    /// `isinstance` of a value that may be `None`.
    pub(super) fn optional_is_instance(&mut self, value: &TypedValue, classes: &Ty) -> TypedValue {
        let Ty::Optional(inner) = &value.ty else { panic!("isinstance of {}", value.ty) };
        let there = value.parts[0];
        TypedValue::scalar(
            Ty::Bool,
            match is_instance(inner, classes) {
                Some(true) => there,
                _ => self.fx.b().unary(Opcode::Bnot, there),
            },
        )
    }
}

fn holds_functions(ty: &Ty) -> bool {
    match ty {
        Ty::Optional(inner) => is_function(inner),
        other => is_function(other),
    }
}
