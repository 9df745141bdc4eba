//! What the whole numbers of a loop's body are: as polynomials, or their bounds.

use super::affine::Poly;
use super::apart::Turns;
use super::{DEEP, Position, TURN, Walk, last_name};
use rustc_hash::FxHashMap;
use rustpython_parser::ast::{Constant, Expr, Operator, UnaryOp};

impl<'s> Walk<'s, '_> {
    /// What the turns of a loop over a range are.
    pub(super) fn turns_of(&self, args: &'s [Expr]) -> Turns {
        let form = |e: &'s Expr| self.form(e, 0);
        let (first, behind, step) = match args {
            [behind] => (Some(Poly::constant(0)), form(behind), Some(Poly::constant(1))),
            [first, behind] => (form(first), form(behind), Some(Poly::constant(1))),
            [first, behind, step] => (form(first), form(behind), form(step)),
            _ => (None, None, None),
        };
        // `range(n // 2)`
        let behind_of = args.get(usize::from(args.len() > 1));
        let twice = match behind_of {
            Some(Expr::BinOp(e)) if e.op == Operator::FloorDiv => {
                let half = self.form(&e.right, 0).and_then(|by| by.as_constant()) == Some(2);
                if half { self.form(&e.left, 0) } else { None }
            }
            Some(Expr::Name(name)) => match self.around.once.get(name.id.as_str()) {
                Some(Expr::BinOp(e)) if e.op == Operator::FloorDiv => {
                    let half = self.form(&e.right, 0).and_then(|by| by.as_constant()) == Some(2);
                    if half { self.form_around(&e.left, 0) } else { None }
                }
                _ => None,
            },
            _ => None,
        };
        Turns { first, behind, step, twice, in_steps: FxHashMap::default() }
    }

    /// An expression as a polynomial, as far as it has one.
    pub(super) fn form(&self, e: &'s Expr, depth: usize) -> Option<Poly> {
        if depth > DEEP {
            return None;
        }
        let part = |e: &'s Expr| self.form(e, depth + 1);
        match e {
            Expr::Name(name) => self.form_of_name(name.id.as_str(), depth),
            Expr::Constant(c) => match &c.value {
                Constant::Int(value) => value.to_string().parse().ok().map(Poly::constant),
                _ => None,
            },
            Expr::UnaryOp(e) if e.op == UnaryOp::USub => {
                part(&e.operand)?.times(&Poly::constant(-1))
            }
            Expr::Call(e) => match (last_name(&e.func)?, &e.args[..]) {
                // `int(i)`, `np.int64(i)`
                ("int" | "int64" | "intp" | "int32" | "uint64", [one]) => part(one),
                ("len", [Expr::Name(array)]) if !self.bound.contains(array.id.as_str()) => {
                    Some(Poly::atom(&format!("{}.shape[0]", array.id.as_str())))
                }
                _ => None,
            },
            Expr::BinOp(b) => {
                let (left, right) = (part(&b.left)?, part(&b.right)?);
                match b.op {
                    Operator::Add => left.plus(&right),
                    Operator::Sub => left.minus(&right),
                    Operator::Mult => left.times(&right),
                    Operator::FloorDiv | Operator::Mod => {
                        let by = if b.op == Operator::Mod { "%" } else { "//" };
                        let is_turn = left == Poly::atom(TURN);
                        let fixed = |p: &Poly| p.atoms().all(|atom| !atom.starts_with('<'));
                        // The turn's quotient and remainder are known by their divisor.
                        (fixed(&right) && (fixed(&left) || is_turn)).then(|| {
                            Poly::atom(&format!(
                                "{}({left:?}{by}{right:?})",
                                if is_turn { "<" } else { "" }
                            ))
                        })
                    }
                    _ => None,
                }
            }
            // What no turn changes: `a.shape[0]`, `self.n`, `offsets[k]`.
            Expr::Attribute(_) => Some(Poly::atom(&self.fixed(e)?)),
            Expr::Subscript(s) => {
                if let (Expr::Attribute(a), Expr::Constant(_)) = (&*s.value, &*s.slice)
                    && a.attr.as_str() == "shape"
                {
                    return Some(Poly::atom(&self.fixed(e)?));
                }
                let index = part(&s.slice)?;
                let fixed = index.atoms().all(|atom| !atom.starts_with('<'));
                let array = self.fixed(&s.value)?;
                fixed.then(|| Poly::atom(&format!("{array}[{index:?}]")))
            }
            _ => None,
        }
    }

    fn form_of_name(&self, name: &'s str, depth: usize) -> Option<Poly> {
        if name == self.variable {
            return Some(Poly::atom(TURN));
        }
        if let Some(atom) = self.running.get(name).or_else(|| self.parts.get(name)) {
            return Some(Poly::atom(atom));
        }
        if let Some(&e) = self.stands.get(name) {
            return self.form(e, depth + 1);
        }
        if self.bound.contains(name) {
            return None;
        }
        let around = self.around.once.get(name).and_then(|e| self.form_around(e, depth + 1));
        Some(around.unwrap_or_else(|| Poly::atom(name)))
    }

    /// As [`Self::form`] of what a name was bound to before the loop: where nothing in it was
    /// bound to anything else since.
    fn form_around(&self, e: &'s Expr, depth: usize) -> Option<Poly> {
        let mut read = Vec::new();
        crate::captures::reads_of(e, &mut read);
        if let Expr::Name(name) = e {
            read.push(name.id.as_str().into());
        }
        let changes = |name: &str| {
            self.bound.contains(name) || self.around.often.contains(name) || name == self.variable
        };
        if read.iter().any(|name| changes(name)) {
            return None;
        }
        self.form(e, depth)
    }

    /// The text of a dotted name, perhaps with constant subscripts, that no turn changes.
    fn fixed(&self, e: &Expr) -> Option<String> {
        match e {
            Expr::Name(name) => {
                let name = name.id.as_str();
                let known = self.bound.contains(name) || name == self.variable;
                (!known).then(|| name.to_owned())
            }
            Expr::Attribute(a) => Some(format!("{}.{}", self.fixed(&a.value)?, a.attr.as_str())),
            Expr::Subscript(s) => {
                let Expr::Constant(_) = &*s.slice else { return None };
                let (start, end) = crate::parse::range_of(&*s.slice);
                let index = self.text.get(start as usize..end as usize)?;
                Some(format!("{}[{index}]", self.fixed(&s.value)?))
            }
            _ => None,
        }
    }

    /// What an expression is at least and at most.
    pub(super) fn bounds(&self, e: &'s Expr) -> Position {
        if let Some(exact) = self.form(e, 0) {
            let (low, high) = (vec![exact.clone()], vec![exact.clone()]);
            return Position { exact: Some(exact), low, high, ellipsis: false };
        }
        match e {
            Expr::Call(call) if call.keywords.is_empty() => {
                let each = || call.args.iter().map(|arg| self.bounds(arg));
                match last_name(&call.func) {
                    Some("min") => {
                        let high = each().flat_map(|p| p.high).collect();
                        Position { high, ..Position::default() }
                    }
                    Some("max") => {
                        let low = each().flat_map(|p| p.low).collect();
                        Position { low, ..Position::default() }
                    }
                    _ => Position::default(),
                }
            }
            Expr::Name(name) => match self.stands.get(name.id.as_str()) {
                Some(e) if !matches!(e, Expr::Name(_)) => self.bounds(e),
                _ => Position::default(),
            },
            _ => Position::default(),
        }
    }

    /// An index, one expression for each position.
    pub(super) fn index(&self, slice: &'s Expr) -> Vec<Position> {
        let parts: Vec<&Expr> = match slice {
            Expr::Tuple(tuple) => tuple.elts.iter().collect(),
            one => vec![one],
        };
        let is_new_axis = |e: &&Expr| !matches!(e, Expr::Constant(c) if c.value == Constant::None);
        parts.into_iter().filter(is_new_axis).map(|e| self.position(e)).collect()
    }

    fn position(&self, e: &'s Expr) -> Position {
        match e {
            Expr::Constant(c) if c.value == Constant::Ellipsis => {
                Position { ellipsis: true, ..Position::default() }
            }
            // A mask may stand for several positions.
            Expr::Compare(_) | Expr::BoolOp(_) => {
                Position { ellipsis: true, ..Position::default() }
            }
            Expr::Slice(s) => {
                let backwards = s.step.as_deref().is_some_and(|step| {
                    self.form(step, 0).and_then(|p| p.as_constant()).is_none_or(|c| c < 0)
                });
                if backwards {
                    return Position::default();
                }
                let from_start = |p: &Poly| p.as_constant().is_none_or(|c| c >= 0);
                let low = match &s.lower {
                    None => vec![Poly::constant(0)],
                    Some(e) => self.bounds(e).low,
                };
                let high = s.upper.as_deref().map_or(Vec::new(), |e| self.bounds(e).high);
                Position {
                    exact: None,
                    low: low.into_iter().filter(from_start).collect(),
                    high: high
                        .iter()
                        .filter(|p| from_start(p))
                        .filter_map(|p| p.offset(-1))
                        .collect(),
                    ellipsis: false,
                }
            }
            e => self.bounds(e),
        }
    }
}
