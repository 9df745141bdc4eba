//! Where two paths meet: the type that holds for both.
//!
//! `join` is commutative and associative up to widening of constants. It never
//! invents a union: two types without a common form give `None`, and the caller
//! explains why each path has its type.

use crate::numeric;
use crate::structured::{RecordsTy, RowTy};
use crate::types::{ArrayTy, Layout, Lit, Site, Ty};
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
                        aligned: x.aligned && y.aligned,
                        ..(**x).clone()
                    }
                    .into(),
                )
            })
        }
        (Ty::Row(x), Ty::Row(y)) if x.dtype == y.dtype => Some(Ty::Row(
            RowTy {
                dtype: x.dtype.clone(),
                readonly: x.readonly || y.readonly,
                aligned: x.aligned && y.aligned,
            }
            .into(),
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
        (Ty::Iter(x), Ty::Iter(y)) => Some(Ty::Iter(Arc::new(join(x, y)?))),
        (Ty::Open(..), t) | (t, Ty::Open(..)) => Some(t.clone()),
        (Ty::List(..) | Ty::Set(..) | Ty::Dict(..), _) => same_elements(a, b),
        _ if a.is_number() && b.is_number() => numeric::join(a, b),
        _ => None,
    }
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
        (Ty::Tuple(x), Ty::Tuple(y)) if x.len() == y.len() => {
            let items: Option<Vec<Ty>> =
                x.iter().zip(y.iter()).map(|(p, q)| same_elements(p, q)).collect();
            Some(Ty::tuple(items?))
        }
        (Ty::Optional(x), Ty::Optional(y)) => Some(Ty::Optional(Arc::new(same_elements(x, y)?))),
        _ => None,
    }
}

/// Whether values of the type exist at run time, so that they can be there or not.
fn has_runtime_form(ty: &Ty) -> bool {
    !runtime_form(ty).part_types().is_empty()
}

/// The type of a variable that needs a place at run time: constants widen.
pub fn runtime_form(ty: &Ty) -> Ty {
    ty.widen()
}
