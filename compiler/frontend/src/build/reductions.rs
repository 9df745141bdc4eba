//! Which variables a parallel loop's body puts together over its turns.
//!
//! A variable is reduced where every statement that binds it has one of the forms
//! `v += e`, `v = v + e`, `v = min(v, e)`, `v = f(v, e)`, `v = v and e` and their like, of one kind, also
//! within `v, w = v + e, w + f`, and nothing else in the body reads it; or where one statement
//! `if e < v: v = e` does, which may bind other variables. Arrays are `accumulators.rs`'s. Whether the forms mean what they say (that `min` is
//! Python's, that values are numbers) is inference's to see.

use crate::captures::Tally;
use crate::hir::{BinaryOp, CompareOp, Reduction};
use crate::scope;
use rustc_hash::FxHashMap;
use rustpython_parser::ast::{self, BoolOp, Expr, Operator, Stmt};
use std::sync::Arc;

/// How a variable is reduced.
#[derive(Clone, Debug)]
pub(super) struct Reduced<'s> {
    pub name: Arc<str>,
    pub kind: Kind<'s>,
    /// The first statement that does it.
    pub at: &'s Stmt,
    /// Whether all statements are `v += e` and their like: it may be an array.
    pub in_place: bool,
    /// The calls, where functions do it.
    pub calls: Vec<&'s ast::ExprCall>,
    /// Of what is chosen: variables that are bound together with it, and nowhere else.
    pub followers: Vec<Arc<str>>,
}

/// What puts two parts together.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'s> {
    /// An operator.
    Operator(BinaryOp, Reduction),
    /// A call of `min` or `max`, whose first argument is the variable, or second.
    Extreme(&'s ast::ExprCall, bool),
    /// `and`, or `or`.
    Truth(BoolOp),
    /// A call of a function of two values that inference knows to be associative, whose first
    /// argument is the variable, or second.
    Associative(&'s ast::ExprCall, bool),
    /// `if e < v: v = e`: the comparison, and whether the variable is its left operand.
    Chosen(CompareOp, bool),
}

impl Kind<'_> {
    pub(super) fn reduction(&self) -> Reduction {
        match *self {
            Kind::Operator(_, reduction) => reduction,
            Kind::Extreme(_, second) => Reduction::Extreme(second),
            Kind::Truth(_) => Reduction::AllOrAny,
            Kind::Associative(..) => Reduction::Associative,
            Kind::Chosen(..) => Reduction::Chosen,
        }
    }

    /// Whether statements of both kinds may reduce one variable.
    fn goes_with(&self, other: &Kind<'_>) -> bool {
        match (self, other) {
            (Kind::Operator(_, a), Kind::Operator(_, b)) => a == b,
            (Kind::Extreme(a, x), Kind::Extreme(b, y))
            | (Kind::Associative(a, x), Kind::Associative(b, y)) => {
                x == y && dotted(&a.func).is_some() && dotted(&a.func) == dotted(&b.func)
            }
            (Kind::Truth(a), Kind::Truth(b)) => a == b,
            _ => false,
        }
    }
}

/// What is known of a name while statements are looked at.
struct Candidate<'s> {
    kind: Option<Kind<'s>>,
    statements: usize,
    at: &'s Stmt,
    in_place: bool,
    calls: Vec<&'s ast::ExprCall>,
    followers: Vec<Arc<str>>,
}

/// What a body does with variables.
#[derive(Default)]
pub(super) struct Found<'s> {
    /// Those that are reduced.
    pub reduced: Vec<Reduced<'s>>,
    /// Statements that would reduce a variable in a way that has no parts.
    pub impossible: Vec<&'s Stmt>,
}

/// The variables that a body reduces, in the order of the text.
pub(super) fn find<'s>(body: &'s [Stmt], tally: &Tally, text: &str) -> Found<'s> {
    let mut order = Vec::new();
    let mut candidates = FxHashMap::default();
    each(body, &mut |statement| {
        let mut add = |name: Arc<str>, kind: Option<Kind<'s>>, followers: Vec<Arc<str>>| {
            let in_place = matches!(statement, Stmt::AugAssign(_));
            let candidate = candidates.entry(name.clone()).or_insert_with(|| {
                order.push(name);
                let calls = Vec::new();
                Candidate { kind, statements: 0, at: statement, in_place, calls, followers }
            });
            candidate.statements += 1;
            if let Some(Kind::Associative(call, _)) = kind {
                candidate.calls.push(call);
            }
            candidate.in_place &= in_place;
            let fits = match (&candidate.kind, &kind) {
                (Some(a), Some(b)) => a.goes_with(b) || candidate.statements == 1,
                _ => false,
            };
            if !fits {
                (candidate.kind, candidate.at) = (None, statement);
            }
        };
        if let Stmt::If(s) = statement
            && let Some((name, kind, followers)) = choosing(s, text)
        {
            add(name, Some(kind), followers);
        }
        // `s, n = s + x, n + 1` is two statements that don't see each other.
        if let Stmt::Assign(s) = statement
            && let [Expr::Tuple(targets)] = s.targets.as_slice()
            && let Expr::Tuple(values) = &*s.value
            && targets.elts.len() == values.elts.len()
        {
            for (target, value) in targets.elts.iter().zip(&values.elts) {
                if let Some((name, kind)) = reducing_value(target, value) {
                    add(name, kind, Vec::new());
                }
            }
        } else if let Some((name, kind)) = reducing(statement) {
            add(name, kind, Vec::new());
        }
    });
    let mut found = Found::default();
    for name in order {
        let candidate = &candidates[&name];
        let counts = |name: &Arc<str>| tally.counts.get(name).copied().unwrap_or_default();
        if counts(&name) != (candidate.statements, candidate.statements)
            || candidate.followers.iter().any(|f| counts(f) != (0, 1))
        {
            // It has another part in the body: a variable of a turn's own, or none at all.
            continue;
        }
        if let Some(Kind::Associative(call, _)) = candidate.kind
            && dotted(&call.func).is_none_or(|parts| counts(&Arc::from(parts[0])).1 > 0)
        {
            // Which function it is changes from turn to turn.
            continue;
        }
        let (at, in_place) = (candidate.at, candidate.in_place);
        match candidate.kind {
            Some(kind) => {
                let followers = candidate.followers.clone();
                let calls = candidate.calls.clone();
                found.reduced.push(Reduced { name, kind, at, in_place, calls, followers });
            }
            None => found.impossible.push(at),
        }
    }
    found
}

/// What `if e < v: v = e` chooses, whatever else is bound in it.
fn choosing<'s>(s: &'s ast::StmtIf, text: &str) -> Option<(Arc<str>, Kind<'s>, Vec<Arc<str>>)> {
    if !s.orelse.is_empty() {
        return None;
    }
    // One of several conditions that must all hold.
    let conditions = match &*s.test {
        Expr::BoolOp(e) if e.op == BoolOp::And => &e.values[..],
        one => std::slice::from_ref(one),
    };
    let mut bound: Vec<(Arc<str>, &Expr)> = Vec::new();
    for statement in &s.body {
        let Stmt::Assign(assign) = statement else { return None };
        let [target] = assign.targets.as_slice() else { return None };
        match (target, &*assign.value) {
            (Expr::Name(name), value) => bound.push((Arc::from(name.id.as_str()), value)),
            (Expr::Tuple(targets), Expr::Tuple(values))
                if targets.elts.len() == values.elts.len() =>
            {
                for (target, value) in targets.elts.iter().zip(&values.elts) {
                    let Expr::Name(name) = target else { return None };
                    bound.push((Arc::from(name.id.as_str()), value));
                }
            }
            _ => return None,
        }
    }
    for condition in conditions {
        let Expr::Compare(compare) = condition else { continue };
        let ([op], [right]) = (&compare.ops[..], &compare.comparators[..]) else { continue };
        let op = match op {
            ast::CmpOp::Lt => CompareOp::Lt,
            ast::CmpOp::LtE => CompareOp::Le,
            ast::CmpOp::Gt => CompareOp::Gt,
            ast::CmpOp::GtE => CompareOp::Ge,
            _ => continue,
        };
        for (variable, other, first) in
            [(&*compare.left, right, true), (right, &*compare.left, false)]
        {
            let Expr::Name(name) = variable else { continue };
            let chosen = bound.iter().find(|(n, _)| **n == *name.id.as_str());
            let Some((name, value)) = chosen else { continue };
            if is_same_each_time(other) && spelled(value, text) == spelled(other, text) {
                let others = bound.iter().filter(|(n, _)| n != name);
                let followers = others.map(|(n, _)| n.clone()).collect();
                return Some((name.clone(), Kind::Chosen(op, first), followers));
            }
        }
    }
    None
}

/// Whether an expression, evaluated twice in a row, gives the same.
fn is_same_each_time(e: &Expr) -> bool {
    match e {
        Expr::Name(_) | Expr::Constant(_) => true,
        Expr::Attribute(e) => is_same_each_time(&e.value),
        Expr::Subscript(e) => is_same_each_time(&e.value) && is_same_each_time(&e.slice),
        Expr::Tuple(e) => e.elts.iter().all(is_same_each_time),
        Expr::UnaryOp(e) => is_same_each_time(&e.operand),
        Expr::BinOp(e) => is_same_each_time(&e.left) && is_same_each_time(&e.right),
        _ => false,
    }
}

/// An expression's text without blanks.
pub(super) fn spelled(e: &Expr, text: &str) -> String {
    let (start, end) = crate::parse::range_of(e);
    text.get(start as usize..end as usize).unwrap_or_default().split_whitespace().collect()
}

/// The variable that a statement reads and binds, and how if that can be done in parts.
fn reducing(statement: &Stmt) -> Option<(Arc<str>, Option<Kind<'_>>)> {
    match statement {
        Stmt::AugAssign(s) => {
            let Expr::Name(name) = &*s.target else { return None };
            Some((Arc::from(name.id.as_str()), operator(s.op, true)))
        }
        Stmt::Assign(s) => {
            let [target] = s.targets.as_slice() else { return None };
            reducing_value(target, &s.value)
        }
        _ => None,
    }
}

/// The same of a target and what is assigned to it.
fn reducing_value<'s>(target: &Expr, value: &'s Expr) -> Option<(Arc<str>, Option<Kind<'s>>)> {
    let Expr::Name(target) = target else { return None };
    let name = target.id.as_str();
    let is_it = |e: &Expr| matches!(e, Expr::Name(n) if n.id.as_str() == name);
    let kind = match value {
        Expr::BinOp(e) if is_it(&e.left) => operator(e.op, true),
        Expr::BinOp(e) if is_it(&e.right) => operator(e.op, false),
        // `v + a + b` is `(v + a) + b`.
        Expr::BinOp(e) => {
            let mut left = &*e.left;
            let mut kind = operator(e.op, true);
            loop {
                let Expr::BinOp(inner) = left else { return None };
                kind = match (kind, operator(inner.op, true)) {
                    (Some(a), Some(b)) if a.goes_with(&b) => Some(a),
                    _ => None,
                };
                if is_it(&inner.left) {
                    break;
                }
                left = &inner.left;
            }
            kind
        }
        Expr::BoolOp(e) if e.values.first().is_some_and(is_it) => Some(Kind::Truth(e.op)),
        Expr::Call(e) if e.keywords.is_empty() && e.args.len() == 2 => {
            let second = match &e.args[..] {
                [_, Expr::Starred(_)] | [Expr::Starred(_), _] => return None,
                [first, _] if is_it(first) => false,
                [_, second] if is_it(second) => true,
                _ => return None,
            };
            match *dotted(&e.func)?.last()? {
                "min" | "max" | "minimum" | "maximum" | "fmin" | "fmax" => {
                    Some(Kind::Extreme(e, second))
                }
                _ => Some(Kind::Associative(e, second)),
            }
        }
        _ => return None,
    };
    Some((Arc::from(name), kind))
}

/// The parts of a callee's dotted name.
fn dotted(callee: &Expr) -> Option<Vec<&str>> {
    match callee {
        Expr::Name(e) => Some(vec![e.id.as_str()]),
        Expr::Attribute(e) => {
            let mut parts = dotted(&e.value)?;
            parts.push(e.attr.as_str());
            Some(parts)
        }
        _ => None,
    }
}

/// How parts of an operator's results are put together; `first` says whether the variable
/// is the first operand.
fn operator(op: Operator, first: bool) -> Option<Kind<'static>> {
    combined(op, first).map(|(op, reduction)| Kind::Operator(op, reduction))
}

/// The same as an operator.
pub(super) fn combined(op: Operator, first: bool) -> Option<(BinaryOp, Reduction)> {
    Some(match op {
        Operator::Add => (BinaryOp::Add, Reduction::Sum),
        Operator::Sub if first => (BinaryOp::Add, Reduction::Sum),
        Operator::Mult => (BinaryOp::Mul, Reduction::Product),
        Operator::Div if first => (BinaryOp::Mul, Reduction::Product),
        Operator::BitAnd => (BinaryOp::And, Reduction::And),
        Operator::BitOr => (BinaryOp::Or, Reduction::Or),
        Operator::BitXor => (BinaryOp::Xor, Reduction::Xor),
        _ => return None,
    })
}

/// Calls `visit` with each statement, those in others included, but for nested functions'.
pub(super) fn each<'s>(body: &'s [Stmt], visit: &mut impl FnMut(&'s Stmt)) {
    for statement in body {
        visit(statement);
        for part in scope::parts(statement) {
            each(part, visit);
        }
    }
}
