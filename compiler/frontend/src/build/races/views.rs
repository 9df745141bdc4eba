//! Arrays by the names of views of them.

use super::affine::Poly;
use super::{DEEP, Position, RESHAPING, Walk, last_name};
use rustpython_parser::ast::{Constant, Expr};

/// An array by some name: the name of its owner, in which shape it is seen, and what of it.
pub(super) struct Seen {
    pub root: String,
    pub form: String,
    pub index: Vec<Position>,
}

impl<'s> Walk<'s, '_> {
    /// The array that an expression is all or part of, where it has a name around the loop.
    pub(super) fn seen(&self, e: &'s Expr, depth: usize) -> Option<Seen> {
        if depth > DEEP {
            return None;
        }
        match e {
            Expr::Name(name) => {
                let name = name.id.as_str();
                let other = match self.bound.contains(name) {
                    true => Some(*self.stands.get(name)?),
                    false => self.around.once.get(name).copied(),
                };
                let view = other.filter(|e| is_view(e)).and_then(|e| self.seen(e, depth + 1));
                match (view, self.bound.contains(name)) {
                    (Some(view), _) => Some(view),
                    (None, true) => None,
                    (None, false) => {
                        Some(Seen { root: name.into(), form: String::new(), index: Vec::new() })
                    }
                }
            }
            Expr::Attribute(a) => {
                let of = self.seen(&a.value, depth + 1)?;
                match a.attr.as_str() {
                    "T" | "flat" | "real" | "imag" => Some(self.reshaped(of, e)),
                    field => Some(Seen { root: format!("{}.{field}", of.root), ..of }),
                }
            }
            Expr::Call(call) => {
                let of = match &*call.func {
                    Expr::Attribute(a) if RESHAPING.contains(&a.attr.as_str()) => {
                        match self.seen(&a.value, depth + 1) {
                            // `np.ravel(a)`
                            Some(of) if !matches!(of.root.as_str(), "np" | "numpy") => of,
                            _ => self.seen(call.args.first()?, depth + 1)?,
                        }
                    }
                    _ => return None,
                };
                Some(self.reshaped(of, e))
            }
            Expr::Subscript(s) => {
                let mut of = self.seen(&s.value, depth + 1)?;
                if let Expr::Constant(c) = &*s.slice
                    && let Constant::Str(field) = &c.value
                {
                    of.root = format!("{}['{field}']", of.root);
                    return Some(of);
                }
                of.index = compose(of.index, self.index(&s.slice))?;
                Some(of)
            }
            _ => None,
        }
    }

    /// A view in another shape: positions say nothing of the array's own.
    fn reshaped(&self, of: Seen, e: &Expr) -> Seen {
        let (start, end) = crate::parse::range_of(e);
        let text = self.text.get(start as usize..end as usize).unwrap_or_default();
        let text: String = text.split_whitespace().collect();
        // Of a part that depends on the turn, the text is no form that two turns share.
        let form = if of.index.is_empty() { text } else { format!("{text}@{start}") };
        Seen { root: of.root, form: format!("{}|{form}", of.form), index: Vec::new() }
    }
}

/// Whether an expression gives an array's own memory.
fn is_view(e: &Expr) -> bool {
    match e {
        Expr::Name(_) => true,
        Expr::Subscript(e) => is_view(&e.value),
        Expr::Attribute(e) => is_view(&e.value),
        Expr::Call(e) => last_name(&e.func).is_some_and(|name| RESHAPING.contains(&name)),
        _ => false,
    }
}

/// The index of what an index finds in what another one has found.
pub(super) fn compose(first: Vec<Position>, then: Vec<Position>) -> Option<Vec<Position>> {
    let mut then = then.into_iter();
    let mut composed = Vec::new();
    let mut first = first.into_iter();
    for position in first.by_ref() {
        if position.ellipsis {
            // Nobody knows which positions are left.
            composed.push(position);
            return Some(composed);
        }
        if position.exact.is_some() || (position.low.is_empty() && position.high.is_empty()) {
            composed.push(position);
            continue;
        }
        // Part of an axis, of which that is a part.
        let Some(inner) = then.next() else {
            composed.push(position);
            continue;
        };
        let shifted = |of: &[Poly]| -> Vec<Poly> {
            let each = position.low.iter().flat_map(|low| of.iter().map(|p| p.plus(low)));
            each.flatten().collect()
        };
        let starts_at_one_place = position.low.len() == 1;
        let exact = match (&inner.exact, position.low.as_slice()) {
            (Some(inner), [low]) => inner.plus(low),
            _ => None,
        };
        let counts_from_start = |p: &Poly| p.as_constant().is_none_or(|c| c >= 0);
        let from_start = inner.exact.as_ref().is_none_or(counts_from_start);
        composed.push(match starts_at_one_place && from_start {
            true => Position {
                exact,
                low: shifted(&inner.low),
                high: match inner.high.is_empty() {
                    true => position.high.clone(),
                    false => shifted(&inner.high),
                },
                ellipsis: false,
            },
            false => Position { exact: None, ..position },
        });
    }
    composed.extend(then);
    Some(composed)
}
