//! Calls of specializations.

use super::TypedValue;
use super::convert::convert;
use super::function::Lowering;
use crate::environment::{Global, ScalarBits};
use crate::hir::HValue;
use crate::infer::{Action, ArgFrom, SpecId, names};
use crate::types::{ArrayTy, Callable, DType, Ty};
use cumbia_ir::{Region, Value};

impl Lowering<'_, '_> {
    /// Calls a specialization with values in parameter order; `None` if it never
    /// returns.
    pub(super) fn call_spec(&mut self, id: SpecId, args: &[TypedValue]) -> Option<TypedValue> {
        let callee = self.engine.spec(id);
        let mut parts = Vec::new();
        for (arg, to) in args.iter().zip(&callee.args) {
            parts.extend(convert(&mut self.fx, arg, to).parts);
        }
        if callee.hir.generator {
            let plan = self.targets.frame_plan(self.engine, id);
            return Some(self.new_generator(&plan, callee, &parts));
        }
        let function = self.targets.get(self.engine, self.fx.module, id);
        let results = callee.ret.as_ref().map(Ty::part_types).unwrap_or_default();
        let values = self.fx.b().call(function, &parts, &results);
        callee.ret.clone().map(|ty| TypedValue { ty, parts: values })
    }

    /// The arguments of a resolved call.
    pub(super) fn arguments(&mut self, from: &[ArgFrom]) -> Vec<TypedValue> {
        from.iter().map(|arg| self.argument(arg)).collect()
    }

    fn argument(&mut self, from: &ArgFrom) -> TypedValue {
        match from {
            ArgFrom::Value(v) => self.value(*v),
            ArgFrom::Receiver(callee) => self.receiver(*callee),
            ArgFrom::Default(global) => self.global(global),
            ArgFrom::Unit(ty) => TypedValue::unit(ty.clone()),
            ArgFrom::Field(callee, at) => self.receiver_field(*callee, *at),
            ArgFrom::Part(value, start, ty) => {
                let parts = self.value(*value).parts[*start..][..ty.part_types().len()].to_vec();
                TypedValue { ty: ty.clone(), parts }
            }
            ArgFrom::Tuple(items) => {
                let items = self.arguments(items);
                TypedValue {
                    ty: Ty::tuple(items.iter().map(|i| i.ty.clone())),
                    parts: items.into_iter().flat_map(|i| i.parts).collect(),
                }
            }
            ArgFrom::Keywords(items) => {
                let mut types = Vec::with_capacity(items.len());
                let mut parts = Vec::new();
                for (name, from) in items {
                    let item = self.argument(from);
                    types.push((name.clone(), item.ty));
                    parts.extend(item.parts);
                }
                TypedValue { ty: Ty::Keywords(types.into()), parts }
            }
        }
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
            Global::Array(slot, ty) => self.global_array(*slot, *ty),
            Global::Partial(function, args, keywords) => {
                let all = std::iter::once(&**function).chain(args);
                let parts = all
                    .chain(keywords.iter().map(|(_, g)| g))
                    .flat_map(|g| self.global(g).parts)
                    .collect();
                let ty = names::global_type(global).expect("inference gave it a type");
                TypedValue { ty, parts }
            }
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

    /// An array that is a global: read where the boundary has put it for this call, once
    /// per function.
    fn global_array(&mut self, slot: u64, ty: ArrayTy) -> TypedValue {
        if let Some(parts) = self.global_arrays.get(&slot) {
            return TypedValue { ty: Ty::Array(ty), parts: parts.clone() };
        }
        let slots = self.fx.helper("global_slots", &[]).expect("global_slots gives an address");
        let types = Ty::Array(ty).part_types();
        let parts: Vec<Value> = types
            .into_iter()
            .enumerate()
            .map(|(i, part)| {
                let offset = (slot as usize + i) as i32 * 8;
                self.fx.b().load(part, slots, offset, Region::Slots)
            })
            .collect();
        TypedValue { ty: Ty::Array(ty), parts }
    }

    /// Reads all arrays that are globals at the function's start.
    pub(super) fn load_global_arrays(&mut self) {
        fn arrays(global: &Global, out: &mut Vec<(u64, ArrayTy)>) {
            match global {
                Global::Array(slot, ty) if !out.contains(&(*slot, *ty)) => out.push((*slot, *ty)),
                Global::Tuple(items) => items.iter().for_each(|g| arrays(g, out)),
                Global::Partial(function, args, keywords) => {
                    arrays(function, out);
                    args.iter().chain(keywords.iter().map(|(_, g)| g)).for_each(|g| arrays(g, out));
                }
                _ => {}
            }
        }
        fn of_arguments(from: &[ArgFrom], out: &mut Vec<(u64, ArrayTy)>) {
            for from in from {
                match from {
                    ArgFrom::Default(global) => arrays(global, out),
                    ArgFrom::Tuple(items) => of_arguments(items, out),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        for (block, actions) in self.spec.actions.iter().enumerate() {
            for action in actions.iter().filter(|_| self.spec.reachable[block]) {
                match action {
                    Action::Global(global) => arrays(global, &mut found),
                    Action::Call(_, from) | Action::Apply(_, from) => {
                        of_arguments(from, &mut found)
                    }
                    _ => {}
                }
            }
        }
        for (slot, ty) in found {
            let parts = self.global_array(slot, ty).parts;
            self.global_arrays.insert(slot, parts);
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
