//! Elements that several turns of a parallel loop may touch, of which one writes.
//!
//! The text is all that is looked at. Each access of an element by an array's name, or by the
//! name of a view of it, is an index with bounds for each position; two accesses in different
//! turns are apart where that can be shown (`apart.rs`). What is seen and isn't known to be
//! apart is warned of; of functions that are called, what they are known to do (`called.rs`). What
//! is written by two arguments that are the same array isn't seen here: `race="detect"` sees it
//! when the loop runs.

mod affine;
mod apart;
mod bindings;
mod called;
mod forms;
mod views;

pub(super) use bindings::Bindings;

use crate::captures::Tally;
use crate::environment::Called;
use crate::scope;
use affine::Poly;
use apart::Turns;
use bindings::{assigned, count_loops};
use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_parser::ast::{self, CmpOp, Expr, Stmt, UnaryOp};
use std::rc::Rc;
use views::{Seen, compose};

/// The atom for the loop's variable.
const TURN: &str = "<turn>";
/// Methods that write the array, and that read all of it.
const WRITING: &[&str] = &["fill", "sort", "partition", "put", "itemset"];
const READING: &[&str] = &[
    "sum", "prod", "mean", "var", "std", "min", "max", "argmin", "argmax", "any", "all", "copy",
    "dot", "cumsum", "cumprod", "ptp", "trace",
];
/// NumPy's functions that write their first argument.
const WRITING_FIRST: &[&str] = &["copyto", "fill_diagonal", "put", "putmask", "place", "shuffle"];
/// Methods and functions that give a view of an array in another shape.
const RESHAPING: &[&str] = &["ravel", "reshape", "view", "transpose", "swapaxes", "squeeze"];
/// How deep names are followed.
const DEEP: usize = 8;

/// What an access does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Read,
    Write,
    /// An operation of `cumbia.atomic`.
    Atomic,
}

/// What is known of one position of an index.
#[derive(Clone, Debug, Default)]
struct Position {
    /// Its value, where it is one.
    exact: Option<Poly>,
    /// It is at least all of these, and at most all of those.
    low: Vec<Poly>,
    high: Vec<Poly>,
    /// `...`
    ellipsis: bool,
}

/// One access of elements.
#[derive(Clone, Debug)]
struct Access {
    /// How the array is seen: its own shape, or a view's in another one.
    form: String,
    index: Vec<Position>,
    /// What is at least 0 when it happens.
    given: Vec<Poly>,
    kind: Kind,
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
    /// What names stand for that are bound once: in the body, and around the loop.
    stands: FxHashMap<&'s str, &'s Expr>,
    around: &'a Bindings<'s>,
    /// Names that only loops over ranges bind, and of those that have begun: the atom.
    counters: FxHashSet<&'s str>,
    running: FxHashMap<&'s str, String>,
    /// `r, c = divmod(i, w)`: the text of the quotient's and the remainder's atom.
    parts: FxHashMap<&'s str, String>,
    turns: Turns,
    /// What is at least 0 where the walk is.
    given: Vec<Poly>,
    found: FxHashMap<String, Vec<Access>>,
    order: Vec<String>,
    /// Functions that names stand for, and what is known of those that are called.
    called: &'a [Called],
    summaries: FxHashMap<String, Option<Rc<called::Summary>>>,
}

/// The races of a loop, at most one for each array. `bound` are the names that the body binds,
/// `text` is what positions in the tree count from, `called` which functions names stand for.
pub(super) fn find<'s>(
    s: &'s ast::StmtFor,
    bound: &FxHashSet<&str>,
    tally: &Tally,
    around: &Bindings<'s>,
    text: &str,
    called: &[Called],
) -> Vec<Race> {
    let Expr::Name(variable) = &*s.target else { return Vec::new() };
    let bindings = |name: &str| tally.counts.get(name).map_or(0, |counts| counts.1);
    // Another binding of the variable: nothing is known of it.
    if bindings(variable.id.as_str()) > 0 {
        return Vec::new();
    }
    let mut stands = FxHashMap::default();
    assigned(&s.body, &mut stands);
    stands.retain(|name, _| bindings(name) == 1);
    let mut loops = FxHashMap::default();
    count_loops(&s.body, &mut loops);
    let counters =
        loops.into_iter().filter(|(name, n)| bindings(name) == *n).map(|(name, _)| name).collect();
    let mut walk = Walk {
        text,
        variable: variable.id.as_str(),
        bound,
        stands,
        around,
        counters,
        running: FxHashMap::default(),
        parts: FxHashMap::default(),
        turns: Turns::default(),
        given: Vec::new(),
        found: FxHashMap::default(),
        order: Vec::new(),
        called,
        summaries: FxHashMap::default(),
    };
    if let Expr::Call(call) = &*s.iter {
        walk.turns = walk.turns_of(&call.args);
    }
    walk.block(&s.body);
    walk.races()
}

/// The arguments of `range` or `prange`.
fn range_of(e: &Expr) -> Option<&[Expr]> {
    let Expr::Call(call) = e else { return None };
    matches!(last_name(&call.func), Some("range" | "prange")).then_some(&call.args[..])
}

/// The last part of a dotted name.
fn last_name(e: &Expr) -> Option<&str> {
    match e {
        Expr::Name(e) => Some(e.id.as_str()),
        Expr::Attribute(e) => Some(e.attr.as_str()),
        _ => None,
    }
}

impl<'s> Walk<'s, '_> {
    fn races(&self) -> Vec<Race> {
        let mut races = Vec::new();
        for name in &self.order {
            let accesses = &self.found[name];
            let may_meet = |a: &Access, b: &Access| {
                let both_atomic = a.kind == Kind::Atomic && b.kind == Kind::Atomic;
                !both_atomic && (a.form != b.form || !self.turns.are_apart(a, b))
            };
            let met = accesses.iter().filter(|a| a.kind != Kind::Read).find_map(|write| {
                if may_meet(write, write) {
                    return Some((write.at, None));
                }
                let other = accesses.iter().find(|other| may_meet(write, other))?;
                Some((write.at, Some(other.at)))
            });
            if let Some((write, other)) = met {
                races.push(Race { name: name.clone(), write, other });
            }
        }
        races
    }

    fn access(&mut self, e: &'s Expr, kind: Kind) {
        if let Some(seen) = self.seen(e, 0) {
            self.note(seen, kind, crate::parse::range_of(e));
        }
    }

    fn note(&mut self, seen: Seen, kind: Kind, at: (u32, u32)) {
        let given = self.given.clone();
        let access = Access { form: seen.form, index: seen.index, given, kind, at };
        let order = &mut self.order;
        let accesses = self.found.entry(seen.root).or_insert_with_key(|root| {
            order.push(root.clone());
            Vec::new()
        });
        accesses.push(access);
    }

    fn block(&mut self, body: &'s [Stmt]) {
        let known = self.given.len();
        for statement in body {
            match statement {
                Stmt::Assign(s) => {
                    self.expression(&s.value);
                    self.divided(s);
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
                    self.inner_loop(s);
                    continue;
                }
                Stmt::If(s) => {
                    self.expression(&s.test);
                    let before = self.given.len();
                    self.assume(&s.test, true);
                    self.block(&s.body);
                    self.given.truncate(before);
                    self.assume(&s.test, false);
                    self.block(&s.orelse);
                    // Behind `if ...: continue` the condition doesn't hold.
                    let leaves = matches!(s.body.last(), Some(Stmt::Continue(_) | Stmt::Break(_)));
                    if !leaves || !s.orelse.is_empty() {
                        self.given.truncate(before);
                    }
                    continue;
                }
                Stmt::While(s) => self.expression(&s.test),
                Stmt::Expr(s) => self.expression(&s.value),
                Stmt::Assert(s) => self.expression(&s.test),
                Stmt::With(s) => s.items.iter().for_each(|i| self.expression(&i.context_expr)),
                _ => {}
            }
            for part in scope::parts(statement) {
                self.block(part);
            }
        }
        self.given.truncate(known);
    }

    /// `r, c = divmod(i, w)`
    fn divided(&mut self, s: &'s ast::StmtAssign) {
        if let ([Expr::Tuple(targets)], Expr::Call(call)) = (s.targets.as_slice(), &*s.value)
            && let ([Expr::Name(q), Expr::Name(r)], Some("divmod")) =
                (&targets.elts[..], last_name(&call.func))
            && let [Expr::Name(turn), by] = &call.args[..]
            && turn.id.as_str() == self.variable
            && let Some(by) = self.form(by, 0)
            && by.atoms().all(|atom| !atom.starts_with('<'))
        {
            let turn = Poly::atom(TURN);
            for (name, op) in [(q, "//"), (r, "%")] {
                self.parts.insert(name.id.as_str(), format!("<({turn:?}{op}{by:?})"));
            }
        }
    }

    fn inner_loop(&mut self, s: &'s ast::StmtFor) {
        self.expression(&s.iter);
        self.target(&s.target);
        let before = self.given.len();
        if let (Expr::Name(name), Some(args)) = (&*s.target, range_of(&s.iter))
            && self.counters.contains(name.id.as_str())
        {
            let name = name.id.as_str();
            let (start, _) = crate::parse::range_of(&*s.iter);
            let atom = format!("<{name}@{start}");
            let value = Poly::atom(&atom);
            let forward = match args {
                [_] | [_, _] => Some(true),
                [_, _, step] => {
                    self.form(step, 0).map(|step| step.as_constant().is_none_or(|c| c > 0))
                }
                _ => None,
            };
            let first = match args {
                [_] => Position { low: vec![Poly::constant(0)], ..Position::default() },
                [first, ..] => self.bounds(first),
                [] => Position::default(),
            };
            let behind = args.get(usize::from(args.len() > 1)).map(|e| self.bounds(e));
            let behind = behind.unwrap_or_default();
            let (low, high): (Vec<_>, Vec<_>) = match forward {
                Some(true) => {
                    (first.low, behind.high.iter().filter_map(|p| p.offset(-1)).collect())
                }
                Some(false) => {
                    (behind.low.iter().filter_map(|p| p.offset(1)).collect(), first.high)
                }
                None => Default::default(),
            };
            if let [first, _, step] = args
                && let (Some(first), Some(step)) = (self.form(first, 0), self.form(step, 0))
            {
                let steps = step.times(&Poly::atom(&format!("<steps of {atom}>")));
                let value = steps.and_then(|steps| steps.plus(&first));
                self.turns.in_steps.extend(value.map(|value| (atom.clone(), value)));
            }
            self.given.extend(low.iter().filter_map(|low| value.minus(low)));
            self.given.extend(high.iter().filter_map(|high| high.minus(&value)));
            self.running.insert(name, atom);
        }
        self.block(&s.body);
        self.given.truncate(before);
        self.block(&s.orelse);
    }

    /// A condition holds, or doesn't.
    fn assume(&mut self, test: &'s Expr, holds: bool) {
        match test {
            Expr::BoolOp(e) if (e.op == ast::BoolOp::And) == holds => {
                e.values.iter().for_each(|e| self.assume(e, holds));
            }
            Expr::UnaryOp(e) if e.op == UnaryOp::Not => self.assume(&e.operand, !holds),
            Expr::Compare(e) if e.ops.len() == 1 => {
                let (left, right) = (self.form(&e.left, 0), self.form(&e.comparators[0], 0));
                let (Some(left), Some(right)) = (left, right) else { return };
                // `a - b` and `b - a`, each less a number: what is at least 0.
                let more = |by: i64| left.minus(&right).and_then(|p| p.offset(-by));
                let less = |by: i64| right.minus(&left).and_then(|p| p.offset(-by));
                let known = match (e.ops[0], holds) {
                    (CmpOp::Lt, true) | (CmpOp::GtE, false) => [less(1), None],
                    (CmpOp::LtE, true) | (CmpOp::Gt, false) => [less(0), None],
                    (CmpOp::Gt, true) | (CmpOp::LtE, false) => [more(1), None],
                    (CmpOp::GtE, true) | (CmpOp::Lt, false) => [more(0), None],
                    (CmpOp::Eq, true) | (CmpOp::NotEq, false) => [more(0), less(0)],
                    _ => [None, None],
                };
                self.given.extend(known.into_iter().flatten());
            }
            _ => {}
        }
    }

    fn target(&mut self, target: &'s Expr) {
        match target {
            Expr::Tuple(e) => e.elts.iter().for_each(|t| self.target(t)),
            Expr::List(e) => e.elts.iter().for_each(|t| self.target(t)),
            Expr::Starred(e) => self.target(&e.value),
            Expr::Subscript(e) => {
                self.access(target, Kind::Write);
                self.expression(&e.slice);
            }
            // A field of a record.
            Expr::Attribute(e) if e.value.is_subscript_expr() => {
                self.access(&e.value, Kind::Write);
            }
            _ => {}
        }
    }

    fn expression(&mut self, e: &'s Expr) {
        let mut each = |of: &mut dyn Iterator<Item = &'s Expr>| of.for_each(|e| self.expression(e));
        match e {
            Expr::Subscript(s) => {
                self.access(e, Kind::Read);
                // Parts of the same access are none of their own.
                let mut inner = s;
                self.expression(&s.slice);
                while let Expr::Subscript(next) = &*inner.value {
                    self.expression(&next.slice);
                    inner = next;
                }
                if !matches!(&*inner.value, Expr::Name(_) | Expr::Attribute(_)) {
                    self.expression(&inner.value);
                }
            }
            Expr::BinOp(e) => each(&mut [&*e.left, &*e.right].into_iter()),
            Expr::UnaryOp(e) => self.expression(&e.operand),
            Expr::BoolOp(e) => each(&mut e.values.iter()),
            Expr::Compare(e) => each(&mut std::iter::once(&*e.left).chain(&e.comparators)),
            Expr::IfExp(e) => each(&mut [&*e.test, &*e.body, &*e.orelse].into_iter()),
            Expr::Tuple(e) => each(&mut e.elts.iter()),
            Expr::List(e) => each(&mut e.elts.iter()),
            Expr::Call(e) => self.call(e),
            Expr::Attribute(e) => self.expression(&e.value),
            Expr::NamedExpr(e) => self.expression(&e.value),
            Expr::Starred(e) => self.expression(&e.value),
            Expr::Slice(e) => {
                let parts = [&e.lower, &e.upper, &e.step];
                each(&mut parts.into_iter().flatten().map(|e| &**e));
            }
            _ => {}
        }
    }

    fn call(&mut self, e: &'s ast::ExprCall) {
        let Expr::Attribute(callee) = &*e.func else {
            e.args.iter().for_each(|e| self.expression(e));
            e.keywords.iter().for_each(|k| self.expression(&k.value));
            if let Expr::Name(callee) = &*e.func {
                self.call_by_name(callee, e);
            }
            return;
        };
        let method = callee.attr.as_str();
        if last_name(&callee.value) == Some("atomic") && e.args.len() >= 2 {
            if let Some(mut seen) = self.seen(&e.args[0], 0)
                && let Some(index) = compose(seen.index, self.index(&e.args[1]))
            {
                seen.index = index;
                self.note(seen, Kind::Atomic, crate::parse::range_of(&e.args[0]));
            }
            e.args[1..].iter().for_each(|e| self.expression(e));
            return;
        }
        let of_numpy = match &*callee.value {
            Expr::Name(name) => matches!(name.id.as_str(), "np" | "numpy"),
            Expr::Attribute(a) => {
                matches!(&*a.value, Expr::Name(n) if matches!(n.id.as_str(), "np" | "numpy"))
            }
            _ => false,
        };
        if of_numpy {
            let mut args = e.args.iter();
            if WRITING_FIRST.contains(&method)
                && let Some(first) = args.next()
            {
                self.access(first, Kind::Write);
            }
            for arg in args {
                // All of an array.
                if let Expr::Name(_) = arg
                    && !matches!(
                        method,
                        "shape" | "zeros_like" | "empty_like" | "ones_like" | "ndim" | "size"
                    )
                {
                    self.access(arg, Kind::Read);
                }
                self.expression(arg);
            }
        } else {
            if WRITING.contains(&method) {
                self.access(&callee.value, Kind::Write);
            } else if READING.contains(&method) && callee.value.is_name_expr() {
                self.access(&callee.value, Kind::Read);
            }
            self.expression(&callee.value);
            e.args.iter().for_each(|e| self.expression(e));
        }
        for keyword in &e.keywords {
            match keyword.arg.as_ref().map(|name| name.as_str()) {
                Some("out") => self.access(&keyword.value, Kind::Write),
                _ => self.expression(&keyword.value),
            }
        }
    }
}
