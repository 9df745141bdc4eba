//! Which variables a parallel loop's body puts together over its turns.
//!
//! A variable is reduced where every statement that binds it has one of the forms
//! `v += e`, `v = v + e`, `v = min(v, e)`, `v = v and e` and their like, of one kind, and
//! nothing else in the body reads it. Whether the forms mean what they say (that `min` is
//! Python's, that values are numbers) is inference's to see.

use crate::captures::Tally;
use crate::hir::{BinaryOp, Reduction};
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
}

impl Kind<'_> {
    pub(super) fn reduction(&self) -> Reduction {
        match *self {
            Kind::Operator(_, reduction) => reduction,
            Kind::Extreme(_, second) => Reduction::Extreme(second),
            Kind::Truth(_) => Reduction::AllOrAny,
        }
    }

    /// Whether statements of both kinds may reduce one variable.
    fn goes_with(&self, other: &Kind<'_>) -> bool {
        match (self, other) {
            (Kind::Operator(_, a), Kind::Operator(_, b)) => a == b,
            (Kind::Extreme(a, x), Kind::Extreme(b, y)) => {
                x == y && name_of(&a.func).is_some() && name_of(&a.func) == name_of(&b.func)
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
pub(super) fn find<'s>(body: &'s [Stmt], tally: &Tally) -> Found<'s> {
    let mut order = Vec::new();
    let mut candidates = FxHashMap::default();
    each(body, &mut |statement| {
        let Some((name, kind)) = reducing(statement) else { return };
        let candidate = candidates.entry(name.clone()).or_insert_with(|| {
            order.push(name);
            Candidate { kind, statements: 0, at: statement }
        });
        candidate.statements += 1;
        let fits = match (&candidate.kind, &kind) {
            (Some(a), Some(b)) => a.goes_with(b),
            _ => false,
        };
        if !fits {
            (candidate.kind, candidate.at) = (None, statement);
        }
    });
    let mut found = Found::default();
    for name in order {
        let candidate = &candidates[&name];
        let (reads, bindings) = tally.counts.get(&name).copied().unwrap_or_default();
        if (reads, bindings) != (candidate.statements, candidate.statements) {
            // It has another part in the body: a variable of a turn's own, or none at all.
            continue;
        }
        match candidate.kind {
            Some(kind) => found.reduced.push(Reduced { name, kind, at: candidate.at }),
            None => found.impossible.push(candidate.at),
        }
    }
    found
}

/// The variable that a statement reads and binds, and how if that can be done in parts.
fn reducing(statement: &Stmt) -> Option<(Arc<str>, Option<Kind<'_>>)> {
    match statement {
        Stmt::AugAssign(s) => {
            let Expr::Name(name) = &*s.target else { return None };
            Some((Arc::from(name.id.as_str()), operator(s.op, true)))
        }
        Stmt::Assign(s) => {
            let [Expr::Name(target)] = s.targets.as_slice() else { return None };
            let name = target.id.as_str();
            let is_it = |e: &Expr| matches!(e, Expr::Name(n) if n.id.as_str() == name);
            let kind = match &*s.value {
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
                    match name_of(&e.func)? {
                        "min" | "max" => {}
                        "minimum" | "maximum" | "fmin" | "fmax" => {}
                        _ => return None,
                    }
                    match &e.args[..] {
                        [first, _] if is_it(first) => Some(Kind::Extreme(e, false)),
                        [_, second] if is_it(second) => Some(Kind::Extreme(e, true)),
                        _ => return None,
                    }
                }
                _ => return None,
            };
            Some((Arc::from(name), kind))
        }
        _ => None,
    }
}

/// The last part of a callee's name.
fn name_of(callee: &Expr) -> Option<&str> {
    match callee {
        Expr::Name(e) => Some(e.id.as_str()),
        Expr::Attribute(e) => Some(e.attr.as_str()),
        _ => None,
    }
}

/// How parts of an operator's results are put together; `first` says whether the variable
/// is the first operand.
fn operator(op: Operator, first: bool) -> Option<Kind<'static>> {
    let (op, reduction) = match op {
        Operator::Add => (BinaryOp::Add, Reduction::Sum),
        Operator::Sub if first => (BinaryOp::Add, Reduction::Sum),
        Operator::Mult => (BinaryOp::Mul, Reduction::Product),
        Operator::Div if first => (BinaryOp::Mul, Reduction::Product),
        Operator::BitAnd => (BinaryOp::And, Reduction::And),
        Operator::BitOr => (BinaryOp::Or, Reduction::Or),
        Operator::BitXor => (BinaryOp::Xor, Reduction::Xor),
        _ => return None,
    };
    Some(Kind::Operator(op, reduction))
}

/// Calls `visit` with each statement, those in others included, but for nested functions'.
fn each<'s>(body: &'s [Stmt], visit: &mut impl FnMut(&'s Stmt)) {
    for statement in body {
        visit(statement);
        for part in scope::parts(statement) {
            each(part, visit);
        }
    }
}
