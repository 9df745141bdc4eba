//! Calls of specializations.

use super::TypedValue;
use super::convert::convert;
use super::function::Lowering;
use crate::environment::{Global, ScalarBits};
use crate::hir::HValue;
use crate::infer::{Action, ArgFrom, SpecId, names};
use crate::types::{Callable, DType, Lit, Ty};
use cumbia_ir::{Region, Type, Value, bfloat, half};

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
        self.issue_warnings(id);
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
            ArgFrom::Attribute(object, name) => {
                let object = self.value(*object);
                self.class_attribute(&object, name, &Ty::None).expect("a field of the object")
            }
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
            Global::Bytes(bytes) => {
                let object = super::strings::bytes_constant(&mut self.fx, bytes);
                TypedValue::scalar(Ty::Bytes, object)
            }
            Global::Range(start, stop, step) => {
                let ty = names::typed(global).expect("it has one");
                let parts = [start, stop, step].map(|i| TypedValue::unit(Ty::Lit(Lit::Int(*i))));
                super::iteration::range(&mut self.fx, &parts, &ty)
            }
            Global::Array(_, ty) if self.engine.device => {
                super::device::no_array(&mut self.fx, Ty::Array(*ty), ty.ndim)
            }
            Global::Records(_, ty) => {
                super::device::no_array(&mut self.fx, Ty::Records(ty.clone()), ty.ndim)
            }
            Global::Array(slot, ty) => self.global_object(*slot, &Ty::Array(*ty)),
            Global::Container(slot, ty) => self.global_object(*slot, ty),
            Global::Partial(function, args, keywords) => {
                let all = std::iter::once(&**function).chain(args);
                let parts = all
                    .chain(keywords.iter().map(|(_, g)| g))
                    .flat_map(|g| self.global(g).parts)
                    .collect();
                let ty = names::typed(global).expect("inference gave it a type");
                TypedValue { ty, parts }
            }
            Global::Tuple(items) => {
                let items: Vec<TypedValue> = items.iter().map(|g| self.global(g)).collect();
                TypedValue {
                    ty: Ty::tuple(items.iter().map(|i| i.ty.clone())),
                    parts: items.into_iter().flat_map(|i| i.parts).collect(),
                }
            }
            Global::Flags(class, value) => {
                TypedValue::scalar(Ty::Enum(class.clone()), self.fx.int(*value))
            }
            Global::Record(class, items) => {
                let items: Vec<TypedValue> = items.iter().map(|g| self.global(g)).collect();
                TypedValue {
                    ty: Ty::Record(class.clone(), items.iter().map(|i| i.ty.clone()).collect()),
                    parts: items.into_iter().flat_map(|i| i.parts).collect(),
                }
            }
            other => {
                let ty = names::typed(other).unwrap_or_else(|| panic!("{other:?} has no type"));
                TypedValue::unit(ty)
            }
        }
    }

    /// An array or a container that is a global: read where the boundary has put it for
    /// this call, once per function.
    fn global_object(&mut self, slot: u64, ty: &Ty) -> TypedValue {
        if let Some(parts) = self.global_objects.get(&slot) {
            return TypedValue { ty: ty.clone(), parts: parts.clone() };
        }
        let slots = self.fx.helper("global_slots", &[]).expect("global_slots gives an address");
        let parts: Vec<Value> = ty
            .part_types()
            .into_iter()
            .enumerate()
            .map(|(i, part)| {
                let offset = (slot as usize + i) as i32 * 8;
                self.fx.b().load(part, slots, offset, Region::Slots)
            })
            .collect();
        TypedValue { ty: ty.clone(), parts }
    }

    /// Reads all arrays and containers that are globals at the function's start.
    pub(super) fn load_global_objects(&mut self) {
        fn objects(global: &Global, out: &mut Vec<(u64, Ty)>) {
            let mut note = |slot: u64, ty: Ty| {
                if !out.iter().any(|(known, _)| *known == slot) {
                    out.push((slot, ty));
                }
            };
            match global {
                Global::Array(slot, ty) => note(*slot, Ty::Array(*ty)),
                Global::Container(slot, ty) => note(*slot, ty.clone()),
                Global::Tuple(items) => items.iter().for_each(|g| objects(g, out)),
                Global::Partial(function, args, keywords) => {
                    objects(function, out);
                    args.iter()
                        .chain(keywords.iter().map(|(_, g)| g))
                        .for_each(|g| objects(g, out));
                }
                _ => {}
            }
        }
        fn of_arguments(from: &[ArgFrom], out: &mut Vec<(u64, Ty)>) {
            for from in from {
                match from {
                    ArgFrom::Default(global) => objects(global, out),
                    ArgFrom::Tuple(items) => of_arguments(items, out),
                    _ => {}
                }
            }
        }
        // On a device arrays are read by `cuda.const.array_like` alone, which has their elements.
        if self.engine.device {
            return;
        }
        let mut found = Vec::new();
        for (block, actions) in self.spec.actions.iter().enumerate() {
            for action in actions.iter().filter(|_| self.spec.reachable[block]) {
                match action {
                    Action::Global(global) => objects(global, &mut found),
                    Action::Call(_, from)
                    | Action::Negated(_, from)
                    | Action::Apply(_, from)
                    | Action::Collect(_, from) => of_arguments(from, &mut found),
                    _ => {}
                }
            }
        }
        for (slot, ty) in found {
            let parts = self.global_object(slot, &ty).parts;
            self.global_objects.insert(slot, parts);
        }
    }

    fn scalar(&mut self, dtype: DType, bits: ScalarBits) -> TypedValue {
        let mut b = self.fx.b();
        let mut float = |x: f64| match dtype {
            DType::F16 => b.iconst(Type::I16, i64::from(half::from_double(x) as i16)),
            DType::BF16 => b.iconst(Type::I16, i64::from(bfloat::from_double(x) as i16)),
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
