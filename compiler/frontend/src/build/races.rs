//! Elements that several turns of a parallel loop may touch, of which one writes.
//!
//! The text is all that is looked at, and only elements of arrays by their names in it. Two
//! accesses are apart where in one position both have the same index, of a form that has another
//! value in each turn: the loop's variable, times a constant other than 0, plus what no turn
//! changes. A name that the body binds once, by a plain assignment, stands for what it is bound
//! to. What is written by other names of the same array, or by functions, isn't seen; what is
//! seen and isn't known to be apart is warned of.

use crate::captures::Tally;
use crate::scope;
use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_parser::ast::{self, Constant, Expr, Operator, Stmt, UnaryOp};

/// One access of an element.
struct Access<'s> {
    /// The index, one expression for each position.
    index: Vec<&'s Expr>,
    writes: bool,
    at: (u32, u32),
}

/// Two accesses that may meet, or one with itself in another turn.
pub(super) struct Race {
    /// The array's name.
    pub name: String,
    /// Where it is written.
    pub write: (u32, u32),
    /// Where it is accessed besides; `None` where it is the same place.
    pub other: Option<(u32, u32)>,
}

/// What a loop's body is looked at with.
struct Walk<'s, 'a> {
    /// The text of the loop.
    text: &'a str,
    variable: &'s str,
    /// Names that the body binds.
    bound: &'a FxHashSet<&'a str>,
    /// What names stand for that are bound once.
    stands: FxHashMap<&'s str, &'s Expr>,
    /// Of variables of inner loops over `range(limit)`: the limit.
    below: FxHashMap<&'s str, &'s Expr>,
    found: FxHashMap<&'s str, Vec<Access<'s>>>,
    order: Vec<&'s str>,
}

/// The races of a loop, at most one for each array. `bound` are the names that the body binds,
/// `text` is what positions in the tree count from.
pub(super) fn find(
    s: &ast::StmtFor,
    bound: &FxHashSet<&str>,
    tally: &Tally,
    text: &str,
) -> Vec<Race> {
    let Expr::Name(variable) = &*s.target else { return Vec::new() };
    // Another binding of the variable: nothing is known of it.
    if tally.counts.get(variable.id.as_str()).is_some_and(|counts| counts.1 > 0) {
        return Vec::new();
    }
    let mut stands = FxHashMap::default();
    for statement in &s.body {
        if let Stmt::Assign(assign) = statement
            && let [Expr::Name(name)] = assign.targets.as_slice()
            && tally.counts.get(name.id.as_str()).is_some_and(|counts| counts.1 == 1)
        {
            stands.insert(name.id.as_str(), &*assign.value);
        }
    }
    let mut walk = Walk {
        text,
        variable: variable.id.as_str(),
        bound,
        stands,
        below: FxHashMap::default(),
        found: FxHashMap::default(),
        order: Vec::new(),
    };
    walk.block(&s.body);
    walk.races()
}

impl<'s> Walk<'s, '_> {
    fn races(&self) -> Vec<Race> {
        let mut races = Vec::new();
        for &name in &self.order {
            let accesses = &self.found[name];
            let met = accesses.iter().filter(|a| a.writes).find_map(|write| {
                let apart = self.own(write);
                if apart.is_empty() {
                    return Some((write.at, None));
                }
                let other = accesses.iter().find(|other| !self.are_apart(&apart, other))?;
                Some((write.at, Some(other.at)))
            });
            if let Some((write, other)) = met {
                races.push(Race { name: name.to_owned(), write, other });
            }
        }
        races
    }

    /// Positions of an index that have another value in each turn, with their text.
    fn own(&self, access: &Access<'s>) -> Vec<(usize, String)> {
        let each = access.index.iter().enumerate();
        each.filter(|(_, e)| self.moves(e, 0) == Some(true))
            .map(|(at, e)| (at, self.spelled(e, 0)))
            .collect()
    }

    fn are_apart(&self, own: &[(usize, String)], other: &Access<'s>) -> bool {
        own.iter().any(|(at, text)| {
            other
                .index
                .get(*at)
                .is_some_and(|e| self.moves(e, 0) == Some(true) && self.spelled(e, 0) == *text)
        })
    }

    /// Whether an expression has another value in each turn (`true`), or the same one in all
    /// (`false`); `None`: that isn't known.
    fn moves(&self, e: &Expr, depth: usize) -> Option<bool> {
        if depth > 8 {
            return None;
        }
        let part = |e: &Expr| self.moves(e, depth + 1);
        match e {
            Expr::Name(name) if name.id.as_str() == self.variable => Some(true),
            Expr::Name(name) => match self.stands.get(name.id.as_str()) {
                Some(e) => part(e),
                None => (!self.bound.contains(name.id.as_str())).then_some(false),
            },
            Expr::Constant(c) => matches!(c.value, Constant::Int(_)).then_some(false),
            Expr::UnaryOp(e) if e.op == UnaryOp::USub => part(&e.operand),
            Expr::Call(e) => match (&*e.func, &e.args[..]) {
                // `int(i)`, `np.int64(i)`
                (Expr::Name(f), [one]) if f.id.as_str() == "int" => part(one),
                (Expr::Attribute(f), [one]) if f.attr.as_str() == "int64" => part(one),
                (Expr::Name(f), [Expr::Name(_)]) if f.id.as_str() == "len" => Some(false),
                _ => None,
            },
            // `a.shape[0]`
            Expr::Subscript(e) => match &*e.value {
                Expr::Attribute(a) if a.attr.as_str() == "shape" => Some(false),
                _ => None,
            },
            Expr::Attribute(a) => matches!(a.attr.as_str(), "size" | "ndim").then_some(false),
            // `i * width + j`, where `j` is below `width`: a row for each turn.
            Expr::BinOp(e) if self.is_in_row(e) => Some(true),
            Expr::BinOp(e) => match (e.op, part(&e.left)?, part(&e.right)?) {
                (Operator::Add | Operator::Sub, a, b) => (!(a && b)).then_some(a || b),
                (Operator::Mult, false, false) => Some(false),
                (Operator::Mult, true, false) => (!is_zero(&e.right)).then_some(true),
                (Operator::Mult, false, true) => (!is_zero(&e.left)).then_some(true),
                (Operator::FloorDiv | Operator::Mod, false, false) => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_in_row(&self, e: &ast::ExprBinOp) -> bool {
        let (Operator::Add, Expr::BinOp(row), Expr::Name(column)) = (e.op, &*e.left, &*e.right)
        else {
            return false;
        };
        let Some(width) = self.below.get(column.id.as_str()) else { return false };
        let is_variable = |e: &Expr| matches!(e, Expr::Name(n) if n.id.as_str() == self.variable);
        let by = match row.op {
            Operator::Mult if is_variable(&row.left) => &row.right,
            Operator::Mult if is_variable(&row.right) => &row.left,
            _ => return false,
        };
        self.moves(by, 0) == Some(false) && self.spelled(by, 0) == self.spelled(width, 0)
    }

    /// An expression's text without blanks, names written out.
    fn spelled(&self, e: &Expr, depth: usize) -> String {
        match e {
            Expr::Name(name) if depth < 8 => match self.stands.get(name.id.as_str()) {
                Some(e) => self.spelled(e, depth + 1),
                None => name.id.to_string(),
            },
            Expr::BinOp(b) if depth < 8 => format!(
                "({}{:?}{})",
                self.spelled(&b.left, depth + 1),
                b.op,
                self.spelled(&b.right, depth + 1)
            ),
            other => {
                let (start, end) = crate::parse::range_of(other);
                let text = self.text.get(start as usize..end as usize).unwrap_or_default();
                text.split_whitespace().collect()
            }
        }
    }

    fn access(&mut self, e: &'s ast::ExprSubscript, writes: bool) {
        let Expr::Name(name) = &*e.value else { return };
        let name = name.id.as_str();
        if self.bound.contains(name) {
            return;
        }
        let index = match &*e.slice {
            Expr::Tuple(tuple) => tuple.elts.iter().collect(),
            one => vec![one],
        };
        let accesses = self.found.entry(name).or_insert_with(|| {
            self.order.push(name);
            Vec::new()
        });
        accesses.push(Access { index, writes, at: crate::parse::range_of(e) });
    }

    fn block(&mut self, body: &'s [Stmt]) {
        for statement in body {
            match statement {
                Stmt::Assign(s) => {
                    self.expression(&s.value);
                    s.targets.iter().for_each(|t| self.target(t));
                }
                Stmt::AnnAssign(s) => {
                    s.value.iter().for_each(|v| self.expression(v));
                    self.target(&s.target);
                }
                Stmt::AugAssign(s) => {
                    self.expression(&s.value);
                    self.target(&s.target);
                }
                Stmt::For(s) => {
                    self.expression(&s.iter);
                    self.target(&s.target);
                    if let (Expr::Name(name), Expr::Call(call)) = (&*s.target, &*s.iter)
                        && let (Expr::Name(range), [limit]) = (&*call.func, &call.args[..])
                        && matches!(range.id.as_str(), "range" | "prange")
                    {
                        self.below.insert(name.id.as_str(), limit);
                    }
                }
                Stmt::While(s) => self.expression(&s.test),
                Stmt::If(s) => self.expression(&s.test),
                Stmt::Expr(s) => self.expression(&s.value),
                Stmt::Assert(s) => self.expression(&s.test),
                _ => {}
            }
            for part in scope::parts(statement) {
                self.block(part);
            }
        }
    }

    fn target(&mut self, target: &'s Expr) {
        match target {
            Expr::Tuple(e) => e.elts.iter().for_each(|t| self.target(t)),
            Expr::List(e) => e.elts.iter().for_each(|t| self.target(t)),
            Expr::Starred(e) => self.target(&e.value),
            Expr::Subscript(e) => {
                self.access(e, true);
                self.expression(&e.slice);
            }
            _ => {}
        }
    }

    fn expression(&mut self, e: &'s Expr) {
        let mut each = |of: &mut dyn Iterator<Item = &'s Expr>| of.for_each(|e| self.expression(e));
        match e {
            Expr::Subscript(e) => {
                self.access(e, false);
                self.expression(&e.value);
                self.expression(&e.slice);
            }
            Expr::BinOp(e) => each(&mut [&*e.left, &*e.right].into_iter()),
            Expr::UnaryOp(e) => self.expression(&e.operand),
            Expr::BoolOp(e) => each(&mut e.values.iter()),
            Expr::Compare(e) => {
                each(&mut std::iter::once(&*e.left).chain(&e.comparators));
            }
            Expr::IfExp(e) => each(&mut [&*e.test, &*e.body, &*e.orelse].into_iter()),
            Expr::Tuple(e) => each(&mut e.elts.iter()),
            Expr::List(e) => each(&mut e.elts.iter()),
            Expr::Call(e) => {
                each(&mut e.args.iter().chain(e.keywords.iter().map(|k| &k.value)));
                self.expression(&e.func);
            }
            Expr::Attribute(e) => self.expression(&e.value),
            Expr::NamedExpr(e) => self.expression(&e.value),
            Expr::Slice(e) => {
                let parts = [&e.lower, &e.upper, &e.step];
                each(&mut parts.into_iter().flatten().map(|e| &**e));
            }
            _ => {}
        }
    }
}

/// Whether an expression is the constant 0. (Of a variable nobody would multiply by it.)
fn is_zero(e: &Expr) -> bool {
    matches!(e, Expr::Constant(c) if matches!(&c.value, Constant::Int(v) if v.to_string() == "0"))
}
