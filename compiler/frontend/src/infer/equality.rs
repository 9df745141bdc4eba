//! Which types have values that a runtime function compares by `==`.
//!
//! Values in containers are compared by their layouts (`runtime/core/src/objects/compare.rs`),
//! which is right only where lying alike means being alike: the rest is refused, or has an
//! equality of its own (`objects.rs`, `collections.rs`).

use super::containers::{is_object, lookup_type};
use crate::classes::{ClassKind, Hashing};
use crate::numeric;
use crate::types::{Collection, Ty};

/// Whether values of two types can be compared by `==` in a runtime function: numbers of
/// Python and NumPy, strings, and tuples and containers of them.
pub fn comparable(a: &Ty, b: &Ty) -> bool {
    match (&a.widen(), &b.widen()) {
        (Ty::Open(..), _) | (_, Ty::Open(..)) => true,
        (Ty::List(x, _), Ty::List(y, _)) | (Ty::Set(x, _), Ty::Set(y, _)) => comparable(x, y),
        (Ty::Dict(x, _), Ty::Dict(y, _)) => comparable(&x.0, &y.0) && comparable(&x.1, &y.1),
        (Ty::Record(c, x), Ty::Record(d, y)) if c == d && !c.is_tuple() => {
            matches!(c.kind, ClassKind::Dataclass { eq: true, .. })
                && x.iter().zip(y.iter()).all(|(p, q)| comparable(p, q))
        }
        (Ty::Record(class, _), _) | (_, Ty::Record(class, _)) if !class.is_tuple() => false,
        // Namedtuples are the tuples that they are.
        (Ty::Tuple(x) | Ty::Record(_, x), Ty::Tuple(y) | Ty::Record(_, y)) => {
            match x.len() == y.len() {
                true => x.iter().zip(y.iter()).all(|(p, q)| comparable(p, q)),
                false => x.iter().chain(y.iter()).all(|t| comparable(t, t)),
            }
        }
        (Ty::Enum(c), Ty::Enum(d)) if c == d => c.by_identity,
        // Members of enums of ints are the ints that they are.
        (Ty::Enum(c), Ty::Enum(d)) => is_int_member(c) && is_int_member(d),
        (Ty::Enum(c), t) | (t, Ty::Enum(c)) if is_int_member(c) && t.is_number() => true,
        (x, y) if super::is_function(x) || super::is_function(y) => {
            x == y && super::are_constant_functions(x)
        }
        // The others have an equality of their own, or none that the runtime knows.
        (Ty::Collection(k, x), Ty::Collection(l, y)) => {
            let plain = *k == Collection::Deque || k.is_frozen();
            k == l && plain && comparable(x, y)
        }
        (Ty::Collection(..), _) | (_, Ty::Collection(..)) => false,
        (Ty::Optional(x), y) | (y, Ty::Optional(x)) => *y == Ty::None || comparable(x, y),
        (Ty::Object(c, x), Ty::Object(d, y)) => {
            let same = c == d;
            match c.kind {
                ClassKind::Dataclass { eq: true, .. } => same && comparable(x, y),
                _ => same && c.hashing == Hashing::Identity,
            }
        }
        (Ty::Array(_) | Ty::Object(..), _) | (_, Ty::Array(_) | Ty::Object(..)) => false,
        _ => {
            let plain = |t: &Ty| t.is_number() || is_object(t) || *t == Ty::None;
            plain(&a.widen()) && plain(&b.widen()) && numeric_or_same(a, b)
        }
    }
}

/// Whether a value can be looked for among elements of a type: what lies in memory in one
/// way must not be taken for something else.
pub(super) fn is_probe(element: &Ty, value: &Ty) -> bool {
    if super::are_constant_functions(element) {
        // By its number among them.
        return lookup_type(element, value).is_some_and(|ty| ty == *element);
    }
    fn is_plain(ty: &Ty) -> bool {
        match ty {
            Ty::Enum(_) | Ty::Member(..) | Ty::Array(_) | Ty::Object(..) => false,
            ty if super::is_function(ty) => false,
            Ty::Num(d) => !d.is_time(),
            Ty::Record(class, items) => class.is_tuple() && items.iter().all(is_plain),
            Ty::Tuple(items) => items.iter().all(is_plain),
            Ty::Collection(kind, t) => *kind == Collection::FrozenSet && is_plain(t),
            Ty::Optional(t) | Ty::List(t, _) | Ty::Set(t, _) => is_plain(t),
            Ty::Dict(pair, _) => is_plain(&pair.0) && is_plain(&pair.1),
            _ => true,
        }
    }
    is_plain(element) && is_plain(value) || comparable(element, value)
}

fn is_int_member(class: &crate::classes::Enum) -> bool {
    class.is_int && class.by_value && class.by_identity
}

fn numeric_or_same(a: &Ty, b: &Ty) -> bool {
    match (a.is_number(), b.is_number()) {
        (true, true) => numeric::compare_rule(crate::hir::CompareOp::Eq, a, b).is_ok(),
        _ => true,
    }
}
