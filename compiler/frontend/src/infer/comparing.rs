//! Comparisons of what isn't two numbers: tuples, values that may be `None`, values of
//! kinds that are never equal. The work is done by bodies of `comparing.py`, so that
//! items compare by whatever rule their types have.

use super::Sweep;
use super::expressions::{Typed, known, one};
use super::introspection;
use super::structural::literal_bool;
use crate::hir::{CompareOp, HBlock, HValue};
use crate::numeric;
use crate::types::{Lit, Ty};
use cumbia_diagnostics::Span;

/// Whether values of the types are never equal, being of kinds that don't compare.
fn never_equal(a: &Ty, b: &Ty) -> bool {
    let kind = |t: &Ty| {
        Some(match t.widen() {
            Ty::None => 0,
            Ty::Bool | Ty::Int | Ty::Float | Ty::Complex => 1,
            Ty::Str => 2,
            Ty::Bytes => 3,
            Ty::Tuple(_) => 4,
            Ty::List(..) => 5,
            Ty::Set(..) => 6,
            Ty::Dict(..) => 7,
            Ty::Range(_) => 8,
            _ => return None,
        })
    };
    matches!((kind(a), kind(b)), (Some(x), Some(y)) if x != y)
}

impl Sweep<'_, '_, '_> {
    /// A comparison of values that aren't both numbers.
    pub(super) fn compare_by_body(
        &mut self,
        block: HBlock,
        at: usize,
        op: CompareOp,
        a: HValue,
        b: HValue,
        span: Span,
    ) -> Typed {
        let (ta, tb) = (known!(self, a), known!(self, b));
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        let body = match (&ta, &tb) {
            (Ty::Array(_), _) | (_, Ty::Array(_)) => return self.not_numbers(span, &[&ta, &tb]),
            (Ty::Optional(_), _) | (_, Ty::Optional(_)) if equality => match op {
                CompareOp::Eq => "comparing.optional_equal",
                _ => "comparing.optional_not_equal",
            },
            (Ty::Tuple(x), Ty::Tuple(y)) => {
                if equality && direct(x, y) {
                    return one(Ty::Bool);
                }
                match op {
                    CompareOp::Eq => "comparing.equal",
                    CompareOp::Ne => "comparing.not_equal",
                    CompareOp::Lt => "comparing.less",
                    CompareOp::Le => "comparing.less_equal",
                    CompareOp::Gt => "comparing.greater",
                    _ => "comparing.greater_equal",
                }
            }
            (Ty::Range(_), Ty::Range(_)) if equality => match op {
                CompareOp::Eq => "ranges_of_ints.equal",
                _ => "ranges_of_ints.not_equal",
            },
            // Members of `str` as well, or with an `__eq__` of their own.
            (Ty::Member(c, _) | Ty::Enum(c), t) | (t, Ty::Member(c, _) | Ty::Enum(c))
                if equality
                    && if let Ty::Member(d, _) | Ty::Enum(d) = t {
                        !c.by_identity || !d.by_identity || c != d && (c.is_flag || d.is_flag)
                    } else {
                        c.is_flag && *t != Ty::None
                    } =>
            {
                return self.not_numbers(span, &[&ta, &tb]);
            }
            (Ty::Member(c, x), Ty::Member(d, y)) if equality && c == d => {
                return one(literal_bool((x == y) == (op == CompareOp::Eq)));
            }
            (Ty::Member(c, _) | Ty::Enum(c), Ty::Member(d, _) | Ty::Enum(d)) if equality => {
                if c == d {
                    return one(Ty::Bool);
                }
                return one(literal_bool(op == CompareOp::Ne));
            }
            (Ty::Member(..) | Ty::Enum(_), t) | (t, Ty::Member(..) | Ty::Enum(_))
                if equality && introspection::is_data(t) =>
            {
                return one(literal_bool(op == CompareOp::Ne));
            }
            _ if equality && never_equal(&ta, &tb) => {
                return one(literal_bool(op == CompareOp::Ne));
            }
            _ => return self.not_numbers(span, &[&ta, &tb]),
        };
        self.call_body(block, at, body, &[a, b], span)
    }

    /// `a in b` for a tuple `b`.
    pub(super) fn in_tuple(
        &mut self,
        block: HBlock,
        at: usize,
        op: CompareOp,
        a: HValue,
        b: HValue,
        span: Span,
    ) -> Typed {
        let (ta, tb) = (known!(self, a), known!(self, b));
        let Ty::Tuple(items) = &tb else { return self.not_numbers(span, &[&ta, &tb]) };
        let constants = items.iter().all(|t| matches!(t, Ty::Lit(Lit::Str(_))));
        if matches!(ta, Ty::Lit(Lit::Str(_))) && constants {
            return one(literal_bool(items.contains(&ta) == (op == CompareOp::In)));
        }
        if ta.is_number()
            && items.iter().all(|t| direct(std::slice::from_ref(&ta), std::slice::from_ref(t)))
        {
            return one(Ty::Bool);
        }
        // Lowering turns the answer round for `not in`.
        match self.call_body(block, at, "comparing.contains", &[b, a], span)?.as_deref() {
            Some([Ty::Lit(Lit::Bool(found))]) => one(literal_bool(*found == (op == CompareOp::In))),
            Some(_) => one(Ty::Bool),
            None => Ok(None),
        }
    }
}

/// Whether items compare pairwise as numbers, in one instruction each.
fn direct(a: &[Ty], b: &[Ty]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(p, q)| {
            p.is_number()
                && q.is_number()
                && matches!(
                    numeric::compare_rule(CompareOp::Eq, p, q),
                    Ok(numeric::Rule::Direct(_))
                )
        })
}
