//! Calls of specializations.

use super::TypedValue;
use super::convert::convert;
use super::function::Lowering;
use crate::environment::{Global, ScalarBits};
use crate::hir::HValue;
use crate::infer::{ArgFrom, SpecId, names};
use crate::types::{Callable, DType, Ty};

impl Lowering<'_, '_> {
    /// Calls a specialization with values in parameter order; `None` if it never
    /// returns.
    pub(super) fn call_spec(&mut self, id: SpecId, args: &[TypedValue]) -> Option<TypedValue> {
        let callee = self.engine.spec(id);
        let mut parts = Vec::new();
        for (arg, to) in args.iter().zip(&callee.args) {
            parts.extend(convert(&mut self.fx, arg, to).parts);
        }
        let function = self.targets.get(self.engine, self.fx.module, id);
        let results = callee.ret.as_ref().map(Ty::part_types).unwrap_or_default();
        let values = self.fx.b().call(function, &parts, &results);
        callee.ret.clone().map(|ty| TypedValue { ty, parts: values })
    }

    /// The arguments of a resolved call.
    pub(super) fn arguments(&mut self, from: &[ArgFrom]) -> Vec<TypedValue> {
        from.iter()
            .map(|arg| match arg {
                ArgFrom::Value(v) => self.value(*v),
                ArgFrom::Receiver(callee) => self.receiver(*callee),
                ArgFrom::Default(global) => self.global(global),
                ArgFrom::Field(callee, at) => self.receiver_field(*callee, *at),
            })
            .collect()
    }

    /// What a bound method is bound to.
    pub(super) fn receiver(&mut self, callee: HValue) -> TypedValue {
        let bound = self.value(callee);
        match &bound.ty {
            Ty::Callable(Callable::Method(receiver, _)) => {
                TypedValue { ty: (**receiver).clone(), parts: bound.parts }
            }
            other => panic!("{other} is not a bound method"),
        }
    }

    /// An object known at compile time, as a value.
    pub(super) fn global(&mut self, global: &Global) -> TypedValue {
        match global {
            Global::Complex(re, im) => {
                let parts = vec![self.fx.b().f64const(*re), self.fx.b().f64const(*im)];
                TypedValue { ty: Ty::Complex, parts }
            }
            Global::Scalar(dtype, bits) => self.scalar(*dtype, *bits),
            Global::Tuple(items) => {
                let items: Vec<TypedValue> = items.iter().map(|g| self.global(g)).collect();
                TypedValue {
                    ty: Ty::tuple(items.iter().map(|i| i.ty.clone())),
                    parts: items.into_iter().flat_map(|i| i.parts).collect(),
                }
            }
            Global::Record(class, items) => {
                let items: Vec<TypedValue> = items.iter().map(|g| self.global(g)).collect();
                TypedValue {
                    ty: Ty::Record(class.clone(), items.iter().map(|i| i.ty.clone()).collect()),
                    parts: items.into_iter().flat_map(|i| i.parts).collect(),
                }
            }
            other => {
                let ty =
                    names::global_type(other).unwrap_or_else(|| panic!("{other:?} has no type"));
                TypedValue::unit(ty)
            }
        }
    }

    fn scalar(&mut self, dtype: DType, bits: ScalarBits) -> TypedValue {
        let mut b = self.fx.b();
        let mut float = |x: f64| match dtype {
            DType::F32 | DType::C64 => b.f32const(x as f32),
            _ => b.f64const(x),
        };
        let parts = match bits {
            ScalarBits::Float(x) => vec![float(x)],
            ScalarBits::Complex(re, im) => vec![float(re), float(im)],
            ScalarBits::Int(i) => vec![b.iconst(dtype.ir_type(), i)],
        };
        TypedValue { ty: Ty::Num(dtype), parts }
    }
}
