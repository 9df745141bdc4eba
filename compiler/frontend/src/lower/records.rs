//! Namedtuples, dataclasses and enum members: see `infer/records.rs`.

use super::convert::{convert, split};
use super::function::Lowering;
use super::ownership::owners;
use super::{Fx, TypedValue, layout, strings};
use crate::classes::Enum;
use crate::environment::Global;
use crate::infer::stored_fields::raised_by_assignment;
use crate::infer::{ArgFrom, SpecId, texts};
use crate::types::{Callable, Site, Ty};
use cumbia_abi::offsets;
use cumbia_ir::{IntCond, Region, Type, Value};
use std::sync::Arc;

impl Lowering<'_, '_> {
    /// A record of these fields after its `__post_init__`; `None` if that never returns.
    pub(super) fn made(
        &mut self,
        from: &[ArgFrom],
        after: Option<SpecId>,
        out: Option<Ty>,
    ) -> Option<TypedValue> {
        let Some(spec) = after else { return Some(self.construct(from, &out?)) };
        let record = self.engine.spec(spec).args[0].clone();
        let made = self.construct(from, &record);
        self.call_spec(spec, std::slice::from_ref(&made))?;
        Some(made)
    }

    /// An assignment to an attribute, which raises.
    pub(super) fn set_attribute(&mut self, ty: &Ty, name: &str) {
        let (class, message) =
            raised_by_assignment(ty, name, self.engine.python_minor).expect("checked by inference");
        let never = self.fx.bool(false);
        self.fx.b().guard(never, class, &message, &[]);
    }

    /// `object.name = item`
    pub(super) fn set_field_of(&mut self, object: &TypedValue, name: &str, item: &TypedValue) {
        let (ty, place) = field_place(&mut self.fx, object, name).expect("checked by inference");
        let item = convert(&mut self.fx, item, &ty);
        let counted = !owners(&ty, &item.parts).is_empty();
        let old = counted.then(|| layout::load(&mut self.fx, &ty, place));
        self.retain(&item);
        layout::store(&mut self.fx, &item, place);
        if let Some(old) = old {
            self.release(&old);
        }
    }

    /// A record of these fields, or a new object.
    fn construct(&mut self, from: &[ArgFrom], out: &Ty) -> TypedValue {
        let fields = self.arguments(from);
        self.made_of(fields, out)
    }

    /// A new instance of an ordinary class: what its base has made, with attributes that
    /// are set now.
    pub(super) fn instance(
        &mut self,
        of: crate::hir::HValue,
        names: &[Arc<str>],
        values: &[crate::hir::HValue],
        out: &Ty,
    ) -> TypedValue {
        let Ty::Object(shape, types) = out else { panic!("{out} is no object") };
        let base = self.value(of);
        if names.is_empty() && base.ty == *out {
            self.retain(&base);
            return base;
        }
        let fields = shape.fields.iter().zip(types.items()).map(|(field, ty)| {
            let own = names.iter().position(|name| *name == field.name);
            match own.map(|at| self.value(values[at])) {
                Some(value) if value.ty != Ty::Unbound => value,
                _ => self.class_attribute(&base, &field.name, ty).expect("of the base"),
            }
        });
        let fields = fields.collect();
        self.made_of(fields, out)
    }

    fn made_of(&mut self, fields: Vec<TypedValue>, out: &Ty) -> TypedValue {
        if let Ty::Object(_, tuple) = out {
            let element = layout::address(&mut self.fx, tuple);
            let one = self.fx.int(1);
            let object = self.fx.helper("list_new", &[element, one]).expect("an object");
            let items = TypedValue {
                ty: Ty::tuple(fields.iter().map(|f| f.ty.clone())),
                parts: fields.into_iter().flat_map(|f| f.parts).collect(),
            };
            let list = Ty::List(tuple.clone(), Site(None));
            self.insert(&TypedValue::scalar(list, object), &[items]);
            return TypedValue::scalar(out.clone(), object);
        }
        let ty = match out {
            Ty::Record(class, _) => {
                Ty::Record(class.clone(), fields.iter().map(|f| f.ty.clone()).collect())
            }
            other => panic!("{other} is no record"),
        };
        TypedValue { ty, parts: fields.into_iter().flat_map(|f| f.parts).collect() }
    }

    /// A field of the record that a bound method carries.
    pub(super) fn receiver_field(&mut self, callee: crate::hir::HValue, at: usize) -> TypedValue {
        let record = self.receiver(callee);
        self.record_field(&record, at)
    }

    fn record_field(&self, record: &TypedValue, at: usize) -> TypedValue {
        let Ty::Record(_, items) = &record.ty else { panic!("{} has no fields", record.ty) };
        split(items, &record.parts).swap_remove(at)
    }

    /// An attribute of a record or member that isn't a constant.
    pub(super) fn class_attribute(
        &mut self,
        value: &TypedValue,
        name: &str,
        out: &Ty,
    ) -> Option<TypedValue> {
        match &value.ty {
            Ty::Record(class, _) => class.field(name).map(|at| self.record_field(value, at)),
            Ty::Object(..) => {
                let (ty, place) = field_place(&mut self.fx, value, name)?;
                Some(layout::load(&mut self.fx, &ty, place))
            }
            Ty::Enum(class) if matches!(name, "value" | "_value_") => {
                let class = class.clone();
                Some(enum_value(&mut self.fx, &class, value.parts[0], out))
            }
            Ty::Enum(class) if matches!(name, "name" | "_name_") => {
                let names: Vec<Arc<str>> = class.members.iter().map(|(n, _)| n.clone()).collect();
                let class = class.clone();
                Some(chosen_text(&mut self.fx, &class, &names, value.parts[0]))
            }
            Ty::Callable(Callable::Method(..)) => None,
            _ => None,
        }
    }
}

/// The type of an object's field, and where it lies.
fn field_place(fx: &mut Fx, object: &TypedValue, name: &str) -> Option<(Ty, Value)> {
    let (class, items) = object.ty.as_record()?;
    let at = class.field(name)?;
    let before: usize = items[..at].iter().map(|t| t.part_types().len()).sum();
    let data = fx.b().load(Type::Ptr, object.value(), offsets::OWNER_DATA, Region::Object);
    let offset = fx.int(8 * before as i64);
    Some((items[at].clone(), fx.b().ptr_add(data, offset)))
}

/// The tuple of an object's fields, as they are now.
pub fn fields(fx: &mut Fx, object: &TypedValue) -> TypedValue {
    let Ty::Object(_, fields) = &object.ty else { panic!("{} is no object", object.ty) };
    let data = fx.b().load(Type::Ptr, object.value(), offsets::OWNER_DATA, Region::Object);
    layout::load(fx, fields, data)
}

/// The value of the member at a position, or which stands for itself.
pub fn enum_value(fx: &mut Fx, class: &Arc<Enum>, position: Value, out: &Ty) -> TypedValue {
    if class.by_value {
        let value = TypedValue::scalar(Ty::Int, position);
        return convert(fx, &value, out);
    }
    let mut result: Option<Value> = None;
    for (at, (_, value)) in class.members.iter().enumerate() {
        let constant = match value {
            Global::Int(_) | Global::Float(_) | Global::Bool(_) | Global::Str(_) => {
                let ty = crate::infer::names::global_type(value).expect("a number or string");
                convert(fx, &TypedValue::unit(ty), out).parts[0]
            }
            other => panic!("the value {other:?} of a member"),
        };
        result = Some(match result {
            None => constant,
            Some(before) => {
                let this = fx.int(at as i64);
                let here = fx.b().icmp(IntCond::Eq, position, this);
                fx.b().select(here, constant, before)
            }
        });
    }
    TypedValue::scalar(out.clone(), result.expect("an enum with members"))
}

/// The text of a member that is known at run time only, of the kind that a constant says.
pub fn member_text(fx: &mut Fx, member: &TypedValue, which: &Ty) -> TypedValue {
    let (Ty::Enum(class), Some(which)) = (&member.ty, which.as_int()) else {
        panic!("{} has no text at run time", member.ty)
    };
    let texts = texts::member_texts(class, which).expect("inference found them").to_vec();
    let class = class.clone();
    chosen_text(fx, &class, &texts, member.parts[0])
}

/// The text of a member, of one for each.
fn chosen_text(fx: &mut Fx, class: &Enum, texts: &[Arc<str>], member: Value) -> TypedValue {
    let mut result = strings::constant(fx, &texts[0]);
    for (at, text) in texts.iter().enumerate().skip(1) {
        let this = fx.int(class.code(at as u32));
        let here = fx.b().icmp(IntCond::Eq, member, this);
        let constant = strings::constant(fx, text);
        result = fx.b().select(here, constant, result);
    }
    TypedValue::scalar(Ty::Str, result)
}
