//! Where two paths meet: the type that holds for both.
//!
//! `join` is commutative and associative up to widening of constants. It never
//! invents a union: two types without a common form give `None`, and the caller
//! explains why each path has its type, or tells the paths apart (`paths.rs`).

use crate::numeric;
use crate::structured::{RecordsTy, RowTy};
use crate::types::{ArrayTy, Callable, ClosureTy, Layout, Lit, PartialTy, Site, Ty};
use std::sync::Arc;

/// The common type of two paths.
pub fn join(a: &Ty, b: &Ty) -> Option<Ty> {
    if a == b {
        return Some(a.clone());
    }
    match (a, b) {
        (Ty::Unbound, Ty::MaybeUnbound(_)) => Some(b.clone()),
        (Ty::MaybeUnbound(_), Ty::Unbound) => Some(a.clone()),
        (Ty::Unbound, t) | (t, Ty::Unbound) => Some(Ty::MaybeUnbound(Arc::new(runtime_form(t)))),
        (Ty::MaybeUnbound(x), Ty::MaybeUnbound(y)) => Some(Ty::MaybeUnbound(Arc::new(join(x, y)?))),
        (Ty::MaybeUnbound(x), t) | (t, Ty::MaybeUnbound(x)) => {
            Some(Ty::MaybeUnbound(Arc::new(join(x, t)?)))
        }
        // `None` is one of the types, and more of them are `union`'s to find.
        (Ty::Union(_), _) | (_, Ty::Union(_)) => None,
        (Ty::None, Ty::Optional(_)) => Some(b.clone()),
        (Ty::Optional(_), Ty::None) => Some(a.clone()),
        (Ty::None, t) | (t, Ty::None) if has_runtime_form(t) => {
            Some(Ty::Optional(Arc::new(runtime_form(t))))
        }
        (Ty::Optional(x), Ty::Optional(y)) => Some(Ty::Optional(Arc::new(join(x, y)?))),
        (Ty::Optional(x), t) | (t, Ty::Optional(x)) => {
            Some(Ty::Optional(Arc::new(runtime_form(&join(x, t)?))))
        }
        (Ty::Lit(Lit::Str(_)) | Ty::Str, Ty::Lit(Lit::Str(_)) | Ty::Str) => Some(Ty::Str),
        (Ty::Tuple(x), Ty::Tuple(y)) if x.len() == y.len() => {
            let items: Option<Vec<Ty>> = x.iter().zip(y.iter()).map(|(p, q)| join(p, q)).collect();
            Some(Ty::tuple(items?))
        }
        (Ty::Record(c, x), Ty::Record(d, y)) if c == d => {
            let items: Option<Arc<[Ty]>> =
                x.iter().zip(y.iter()).map(|(p, q)| join(p, q)).collect();
            Some(Ty::Record(c.clone(), items?))
        }
        (Ty::Records(x), Ty::Records(y)) if x.dtype == y.dtype && x.ndim == y.ndim => {
            (x.recarray == y.recarray).then(|| {
                Ty::Records(
                    RecordsTy {
                        layout: if x.layout == y.layout { x.layout } else { Layout::A },
                        readonly: x.readonly || y.readonly,
                        ..(**x).clone()
                    }
                    .into(),
                )
            })
        }
        (Ty::Row(x), Ty::Row(y)) if x.dtype == y.dtype => Some(Ty::Row(
            RowTy { dtype: x.dtype.clone(), readonly: x.readonly || y.readonly }.into(),
        )),
        (Ty::Member(c, _) | Ty::Enum(c), Ty::Member(d, _) | Ty::Enum(d)) if c == d => {
            Some(Ty::Enum(c.clone()))
        }
        (Ty::Array(x), Ty::Array(y)) if x.dtype == y.dtype && x.ndim == y.ndim => {
            Some(Ty::Array(ArrayTy {
                layout: if x.layout == y.layout { x.layout } else { Layout::A },
                readonly: x.readonly || y.readonly,
                ..*x
            }))
        }
        (Ty::Range(_), Ty::Range(_)) => Some(Ty::Range(Arc::new(Ty::Int))),
        (Ty::Slice(x), Ty::Slice(y)) => {
            let part = |i: usize| join(&x[i], &y[i]);
            Some(Ty::Slice(Arc::new([part(0)?, part(1)?, part(2)?])))
        }
        (Ty::Generator(i, x), Ty::Generator(j, y)) if i == j => {
            Some(Ty::Generator(*i, Arc::new(join(x, y)?)))
        }
        (Ty::Keywords(x), Ty::Keywords(y)) if x.len() == y.len() => {
            let items: Option<Vec<(Arc<str>, Ty)>> = x
                .iter()
                .zip(y.iter())
                .map(|((n, p), (m, q))| Some((n.clone(), join(p, q).filter(|_| n == m)?)))
                .collect();
            Some(Ty::Keywords(items?.into()))
        }
        (Ty::Iter(x), Ty::Iter(y)) => Some(Ty::Iter(Arc::new(join(x, y)?))),
        (Ty::Open(..), t) | (t, Ty::Open(..)) => Some(t.clone()),
        (Ty::List(..) | Ty::Set(..) | Ty::Dict(..) | Ty::Collection(..) | Ty::Object(..), _) => {
            same_elements(a, b)
        }
        _ if a.is_number() && b.is_number() => numeric::join(a, b),
        _ => choice(a, b),
    }
}

/// Most types that the result of a function can have.
const MAX_UNION: usize = 16;

/// One type or another, of results that don't join: numbers, `None`, and tuples of these.
/// What is a part of a value of counted memory has none.
pub fn union(a: &Ty, b: &Ty) -> Option<Ty> {
    let mut all: Vec<Ty> = Vec::new();
    for ty in alternatives(a).chain(alternatives(b)) {
        if !is_plain(&ty) {
            return None;
        }
        if !all.contains(&ty) {
            all.push(ty);
        }
    }
    (all.len() > 1 && all.len() <= MAX_UNION).then(|| Ty::Union(all.into()))
}

/// Which of several types holds values of a type.
pub fn union_index(of: &[Ty], ty: &Ty) -> Option<usize> {
    let ty = ty.widen();
    let exactly = of.iter().position(|one| *one == ty);
    exactly.or_else(|| of.iter().position(|one| plain_join(one, &ty).as_ref() == Some(one)))
}

/// `None` stays a type of its own.
fn plain_join(a: &Ty, b: &Ty) -> Option<Ty> {
    if *a == Ty::None || *b == Ty::None { None } else { join(a, b) }
}

fn alternatives(ty: &Ty) -> impl Iterator<Item = Ty> {
    let all = match ty {
        Ty::Union(of) => of.to_vec(),
        Ty::Optional(inner) => vec![Ty::None, inner.widen()],
        other => vec![other.widen()],
    };
    all.into_iter()
}

/// Numbers, `None` and tuples of these.
pub(super) fn is_plain(ty: &Ty) -> bool {
    match ty {
        Ty::None => true,
        Ty::Tuple(items) => items.iter().all(is_plain),
        Ty::Optional(inner) => is_plain(inner),
        ty => ty.is_number(),
    }
}

/// Most functions that a variable, or an element of a container, can be one of.
const MAX_CHOICES: usize = 64;

/// One function or another.
fn choice(a: &Ty, b: &Ty) -> Option<Ty> {
    let mut all: Vec<Ty> = Vec::new();
    for ty in variants(a)?.iter().chain(variants(b)?) {
        let joined = || all.iter().enumerate().find_map(|(i, one)| Some((i, same_code(one, ty)?)));
        match joined() {
            Some((i, joined)) => all[i] = joined,
            None => all.push(ty.clone()),
        }
    }
    match all.len() {
        1 => all.pop(),
        n => (n <= MAX_CHOICES).then(|| Ty::Choice(all.into())),
    }
}

/// The type of two functions that are one piece of code, with what they hold joined: a
/// closure of one text, a partial object of one function with as many arguments.
fn same_code(a: &Ty, b: &Ty) -> Option<Ty> {
    let all = |x: &[Ty], y: &[Ty]| -> Option<Box<[Ty]>> {
        x.iter().zip(y).map(|(p, q)| join(p, q)).collect()
    };
    match (a, b) {
        _ if a == b => Some(a.clone()),
        (Ty::Closure(x), Ty::Closure(y)) if x.function == y.function => {
            Some(Ty::Closure(Arc::new(ClosureTy {
                captures: all(&x.captures, &y.captures)?,
                defaults: all(&x.defaults, &y.defaults)?,
                ..(**x).clone()
            })))
        }
        (Ty::Callable(Callable::Partial(x)), Ty::Callable(Callable::Partial(y)))
            if x.args.len() == y.args.len() && x.keywords.len() == y.keywords.len() =>
        {
            let keywords: Option<Box<[_]>> = x
                .keywords
                .iter()
                .zip(&y.keywords)
                .map(|((n, p), (m, q))| Some((n.clone(), join(p, q).filter(|_| n == m)?)))
                .collect();
            Some(Ty::Callable(Callable::Partial(Arc::new(PartialTy {
                function: same_code(&x.function, &y.function)?,
                args: all(&x.args, &y.args)?,
                keywords: keywords?,
            }))))
        }
        (Ty::Callable(Callable::Method(x, name)), Ty::Callable(Callable::Method(y, other)))
            if name == other && !x.is_number() =>
        {
            Some(Ty::Callable(Callable::Method(Arc::new(join(x, y)?), name.clone())))
        }
        _ => None,
    }
}

/// The functions that a value of a type can be; `None` for what isn't a function.
fn variants(ty: &Ty) -> Option<&[Ty]> {
    match ty {
        Ty::Choice(of) => Some(of),
        Ty::Closure(_) | Ty::DType(_) => Some(std::slice::from_ref(ty)),
        Ty::Callable(
            Callable::Library(_) | Callable::User(_) | Callable::Partial(_) | Callable::Method(..),
        ) => Some(std::slice::from_ref(ty)),
        _ => None,
    }
}

/// Which of several functions a function is.
pub fn choice_index(of: &[Ty], ty: &Ty) -> Option<usize> {
    let exactly = of.iter().position(|one| one == ty);
    exactly.or_else(|| of.iter().position(|one| same_code(one, ty).as_ref() == Some(one)))
}

/// Whether a type is that of one function alone, which holds nothing: what is equal to it
/// is it.
pub fn is_constant_function(ty: &Ty) -> bool {
    matches!(ty, Ty::Callable(Callable::Library(_) | Callable::User(_)))
}

/// Whether all functions that values of a type are hold nothing.
pub fn are_constant_functions(ty: &Ty) -> bool {
    variants(ty).is_some_and(|of| of.iter().all(is_constant_function))
}

/// Whether values of a type are functions, or what is called as one.
pub fn is_function(ty: &Ty) -> bool {
    variants(ty).is_some()
}

/// The common type of two containers: an object is shared, so its elements must lie in
/// memory in one way, and only what is open may be told.
fn same_elements(a: &Ty, b: &Ty) -> Option<Ty> {
    let site = |a: &Site, b: &Site| if a.0.is_some() { *a } else { *b };
    match (a, b) {
        _ if a == b => Some(a.clone()),
        (Ty::Open(..), t) | (t, Ty::Open(..)) => Some(t.clone()),
        (Ty::List(x, s), Ty::List(y, t)) => {
            Some(Ty::List(Arc::new(same_elements(x, y)?), site(s, t)))
        }
        (Ty::Set(x, s), Ty::Set(y, t)) => Some(Ty::Set(Arc::new(same_elements(x, y)?), site(s, t))),
        (Ty::Dict(x, s), Ty::Dict(y, t)) => {
            let pair = (same_elements(&x.0, &y.0)?, same_elements(&x.1, &y.1)?);
            Some(Ty::Dict(Arc::new(pair), site(s, t)))
        }
        (Ty::Collection(k, x), Ty::Collection(l, y)) if k == l => {
            Some(Ty::Collection(k.clone(), Arc::new(same_elements(x, y)?)))
        }
        (Ty::Tuple(x), Ty::Tuple(y)) if x.len() == y.len() => {
            let items: Option<Vec<Ty>> =
                x.iter().zip(y.iter()).map(|(p, q)| same_elements(p, q)).collect();
            Some(Ty::tuple(items?))
        }
        (Ty::Record(c, x), Ty::Record(d, y)) if c == d => {
            let items: Option<Arc<[Ty]>> =
                x.iter().zip(y.iter()).map(|(p, q)| same_elements(p, q)).collect();
            Some(Ty::Record(c.clone(), items?))
        }
        (Ty::Object(c, x), Ty::Object(d, y)) if c == d => {
            Some(Ty::Object(c.clone(), Arc::new(same_elements(x, y)?)))
        }
        (Ty::Optional(x), Ty::Optional(y)) => Some(Ty::Optional(Arc::new(same_elements(x, y)?))),
        _ => None,
    }
}

/// Whether values of the type exist at run time, so that they can be there or not.
fn has_runtime_form(ty: &Ty) -> bool {
    !runtime_form(ty).part_types().is_empty() || variants(ty).is_some()
}

/// The type of a variable that needs a place at run time: constants widen.
pub fn runtime_form(ty: &Ty) -> Ty {
    ty.widen()
}
