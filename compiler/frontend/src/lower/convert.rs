//! A value in the form of another type: where paths join, and where arguments meet
//! parameters.

use super::{Fx, TypedValue};
use crate::infer::{choice_index, union_index};
use crate::numeric;
use crate::types::{Callable, Lit, Ty, choice_parts};
use cumbia_ir::{IntCond, Type, Value};
use std::sync::Arc;

/// The value as type `to`, which inference found by joining or widening.
pub fn convert(fx: &mut Fx, value: &TypedValue, to: &Ty) -> TypedValue {
    if value.ty == *to {
        return value.clone();
    }
    match (&value.ty, to) {
        (Ty::Unbound, Ty::MaybeUnbound(inner)) => {
            let mut parts = vec![fx.bool(false)];
            for ty in inner.part_types() {
                parts.push(zero(fx, ty));
            }
            TypedValue { ty: to.clone(), parts }
        }
        (Ty::MaybeUnbound(from), Ty::MaybeUnbound(inner)) => {
            let mut parts = vec![value.parts[0]];
            let value = TypedValue { ty: (**from).clone(), parts: value.parts[1..].to_vec() };
            parts.extend(convert(fx, &value, inner).parts);
            TypedValue { ty: to.clone(), parts }
        }
        (Ty::None, Ty::Optional(inner)) => {
            let mut parts = vec![fx.bool(false)];
            for ty in inner.part_types() {
                parts.push(zero(fx, ty));
            }
            TypedValue { ty: to.clone(), parts }
        }
        (Ty::Optional(from), Ty::Optional(inner)) => {
            let mut parts = vec![value.parts[0]];
            let value = TypedValue { ty: (**from).clone(), parts: value.parts[1..].to_vec() };
            parts.extend(convert(fx, &value, inner).parts);
            TypedValue { ty: to.clone(), parts }
        }
        (_, Ty::MaybeUnbound(inner) | Ty::Optional(inner)) => {
            let converted = convert(fx, value, inner);
            let mut parts = vec![fx.bool(true)];
            parts.extend(converted.parts);
            TypedValue { ty: to.clone(), parts }
        }
        (Ty::Tuple(from), Ty::Tuple(items)) => {
            let mut parts = Vec::new();
            for (item, to) in split(from, &value.parts).iter().zip(items.iter()) {
                parts.extend(convert(fx, item, to).parts);
            }
            TypedValue { ty: to.clone(), parts }
        }
        (Ty::Choice(from), Ty::Choice(of)) => {
            let number = value.parts[0];
            let mut new_number = number;
            let mut given = vec![None; of.len()];
            for (i, one) in choice_parts(from).into_iter().enumerate() {
                let index = choice_index(of, one.ty).expect("inference joined the choices");
                if index != i {
                    let (old, new) = (fx.int(i as i64), fx.int(index as i64));
                    let is_it = fx.b().icmp(IntCond::Eq, number, old);
                    new_number = fx.b().select(is_it, new, new_number);
                }
                let parts = value.parts[one.start..][..one.len].to_vec();
                let flag = one.flag.map(|at| value.parts[at]);
                given[index] = Some((flag, TypedValue { ty: one.ty.clone(), parts }));
            }
            choice(fx, new_number, given, of, to)
        }
        (_, Ty::Choice(of)) => {
            let index = choice_index(of, &value.ty).expect("inference joined the choice");
            let mut given = vec![None; of.len()];
            given[index] = Some((Some(fx.bool(true)), value.clone()));
            let number = fx.int(index as i64);
            choice(fx, number, given, of, to)
        }
        (Ty::Union(from), Ty::Union(of)) => among_more(fx, value, from, of, to),
        (Ty::Optional(inner), Ty::Union(of)) => {
            let there = value.parts[0];
            let inner = TypedValue { ty: (**inner).clone(), parts: value.parts[1..].to_vec() };
            let mut result = union(fx, &inner, of, to);
            let none = union_index(of, &Ty::None).expect("inference joined the types");
            let none = fx.int(none as i64);
            result.parts[0] = fx.b().select(there, result.parts[0], none);
            result
        }
        (_, Ty::Union(of)) => union(fx, value, of, to),
        (Ty::Closure(from), Ty::Closure(target)) => {
            items(fx, from.items(), target.items(), &value.parts, to)
        }
        (Ty::Callable(Callable::Partial(from)), Ty::Callable(Callable::Partial(target))) => {
            items(fx, from.items(), target.items(), &value.parts, to)
        }
        (Ty::Callable(Callable::Method(..)), Ty::Callable(Callable::Method(..))) => {
            let (from, target) = (value.ty.function_items(), to.function_items());
            items(fx, from.into_iter(), target.into_iter(), &value.parts, to)
        }
        (Ty::Keywords(from), Ty::Keywords(target)) => {
            let types = |of: &Arc<[(Arc<str>, Ty)]>| -> Vec<Ty> {
                of.iter().map(|(_, t)| t.clone()).collect()
            };
            let (from, target) = (types(from), types(target));
            items(fx, from.iter(), target.iter(), &value.parts, to)
        }
        (Ty::Record(_, from), Ty::Record(_, items)) => {
            let mut parts = Vec::new();
            for (item, to) in split(from, &value.parts).iter().zip(items.iter()) {
                parts.extend(convert(fx, item, to).parts);
            }
            TypedValue { ty: to.clone(), parts }
        }
        (Ty::Member(class, at), Ty::Enum(_)) => {
            TypedValue { ty: to.clone(), parts: vec![fx.int(class.code(*at))] }
        }
        (Ty::Slice(from), Ty::Slice(items)) => {
            let mut parts = Vec::new();
            for (item, to) in split(&from[..], &value.parts).iter().zip(items.iter()) {
                parts.extend(convert(fx, item, to).parts);
            }
            TypedValue { ty: to.clone(), parts }
        }
        (Ty::Iter(from), Ty::Iter(inner)) => {
            let value = TypedValue { ty: (**from).clone(), parts: value.parts.clone() };
            TypedValue { ty: to.clone(), parts: convert(fx, &value, inner).parts }
        }
        (Ty::Records(_), Ty::Records(_)) | (Ty::Row(_), Ty::Row(_)) => {
            TypedValue { ty: to.clone(), parts: value.parts.clone() }
        }
        (Ty::Array(_), Ty::Array(_)) | (Ty::Range(_), Ty::Range(_)) => {
            TypedValue { ty: to.clone(), parts: value.parts.clone() }
        }
        (Ty::Lit(Lit::Str(text)), Ty::Str) => {
            TypedValue::scalar(Ty::Str, super::strings::constant(fx, text))
        }
        // What is open in one of them is never there.
        (Ty::List(..), Ty::List(..))
        | (Ty::Set(..), Ty::Set(..))
        | (Ty::Object(..), Ty::Object(..))
        | (Ty::Dict(..), Ty::Dict(..))
        | (Ty::Collection(..), Ty::Collection(..)) => {
            TypedValue { ty: to.clone(), parts: value.parts.clone() }
        }
        // Its names are constants.
        (Ty::Keywords(_), Ty::Tuple(_)) => TypedValue { ty: to.clone(), parts: vec![] },
        // A method that its class has from the one it is made of.
        (Ty::Collection(_, storage), _) => {
            let storage = TypedValue { ty: (**storage).clone(), parts: value.parts.clone() };
            convert(fx, &storage, to)
        }
        _ => numeric::convert(fx, value, to),
    }
}

/// A value as one of several types.
fn union(fx: &mut Fx, value: &TypedValue, of: &[Ty], to: &Ty) -> TypedValue {
    let index = union_index(of, &value.ty).expect("inference joined the types");
    let mut parts = vec![fx.int(index as i64)];
    for (i, ty) in of.iter().enumerate() {
        if i == index {
            parts.extend(convert(fx, value, ty).parts);
        } else {
            for part in ty.part_types() {
                parts.push(zero(fx, part));
            }
        }
    }
    TypedValue { ty: to.clone(), parts }
}

/// A value of several types as one of more types, of which they are.
fn among_more(fx: &mut Fx, value: &TypedValue, from: &[Ty], of: &[Ty], to: &Ty) -> TypedValue {
    let place = |ty: &Ty| of.iter().position(|one| one == ty).expect("inference joined the types");
    let mut index = fx.int(place(&from[0]) as i64);
    for (i, ty) in from.iter().enumerate().skip(1) {
        let (before, after) = (fx.int(i as i64), fx.int(place(ty) as i64));
        let is_it = fx.b().icmp(IntCond::Eq, value.parts[0], before);
        index = fx.b().select(is_it, after, index);
    }
    let given = split(from, &value.parts[1..]);
    let mut parts = vec![index];
    for ty in of {
        match from.iter().position(|one| one == ty) {
            Some(i) => parts.extend(&given[i].parts),
            None => parts.extend(ty.part_types().into_iter().map(|part| zero(fx, part))),
        }
    }
    TypedValue { ty: to.clone(), parts }
}

/// A choice with a number from the functions that it may be, some with their flags.
fn choice(
    fx: &mut Fx,
    number: Value,
    given: Vec<Option<(Option<Value>, TypedValue)>>,
    of: &[Ty],
    to: &Ty,
) -> TypedValue {
    let mut parts = vec![number];
    for (i, (one, target)) in given.into_iter().zip(choice_parts(of)).enumerate() {
        let ty = target.ty;
        match one {
            Some((flag, one)) => {
                if target.flag.is_some() {
                    parts.push(match flag {
                        Some(flag) => flag,
                        // What it holds has become a counted object.
                        None => {
                            let this = fx.int(i as i64);
                            fx.b().icmp(IntCond::Eq, number, this)
                        }
                    });
                }
                parts.extend(convert(fx, &one, ty).parts);
            }
            None => {
                if target.flag.is_some() {
                    parts.push(fx.bool(false));
                }
                for part in ty.part_types() {
                    parts.push(zero(fx, part));
                }
            }
        }
    }
    TypedValue { ty: to.clone(), parts }
}

/// A value made of others, each converted.
fn items<'t>(
    fx: &mut Fx,
    from: impl Iterator<Item = &'t Ty>,
    target: impl Iterator<Item = &'t Ty>,
    parts: &[Value],
    to: &Ty,
) -> TypedValue {
    let from: Vec<Ty> = from.cloned().collect();
    let mut out = Vec::new();
    for (item, to) in split(&from, parts).iter().zip(target) {
        out.extend(convert(fx, item, to).parts);
    }
    TypedValue { ty: to.clone(), parts: out }
}

/// The items of a tuple's (or slice's) parts.
pub fn split(types: &[Ty], parts: &[Value]) -> Vec<TypedValue> {
    let mut at = 0;
    types
        .iter()
        .map(|ty| {
            let n = ty.part_types().len();
            at += n;
            TypedValue { ty: ty.clone(), parts: parts[at - n..at].to_vec() }
        })
        .collect()
}

/// The zero of an IR type.
pub fn zero(fx: &mut Fx, ty: Type) -> Value {
    match ty {
        Type::F64 => fx.b().f64const(0.0),
        Type::F32 => fx.b().f32const(0.0),
        _ => fx.b().iconst(ty, 0),
    }
}
