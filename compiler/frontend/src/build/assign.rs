//! Assignments: plain, to tuples, chained, annotated, augmented.
//!
//! Order of evaluation, in `a[i] = f()`: the value, then `a`, then `i`, then the
//! store; in `a[i] += f()`: `a`, `i`, the load, the value, the operation, the store,
//! with `a` and `i` evaluated once.

use super::Builder;
use super::expressions::binary_op;
use crate::hir::{HValue, Op};
use crate::scope::{Resolution, Var};
use crate::unsupported::Construct;
use cumbia_diagnostics::Span;
use rustpython_parser::ast::{self, Expr};

impl Builder<'_> {
    pub(super) fn assign(&mut self, s: &ast::StmtAssign) {
        if let [target] = s.targets.as_slice()
            && let Some(pairs) = parallel(target, &s.value)
        {
            // `a, b = b, a`: all values first, then the targets, without a tuple.
            let values: Vec<HValue> = pairs.1.iter().map(|v| self.expression(v)).collect();
            for (target, value) in pairs.0.iter().zip(values) {
                self.assign_target(target, value);
            }
            return;
        }
        let value = self.expression(&s.value);
        for target in &s.targets {
            self.assign_target(target, value);
        }
    }

    /// `x: int = 1`; the annotation isn't evaluated, as in any function.
    pub(super) fn annotated_assign(&mut self, s: &ast::StmtAnnAssign) {
        match (&s.value, &*s.target) {
            (Some(value), target) => {
                let value = self.expression(value);
                self.assign_target(target, value);
            }
            (None, Expr::Name(_)) => {}
            // `a[i]: int` evaluates `a` and `i`.
            (None, Expr::Subscript(e)) => {
                self.expression(&e.value);
                self.expression(&e.slice);
            }
            (None, target) => {
                let span = self.span(target);
                self.refuse(Construct::AttributeTarget, span);
            }
        }
    }

    /// Stores a value to a target.
    pub(super) fn assign_target(&mut self, target: &Expr, value: HValue) {
        let span = self.span(target);
        match target {
            Expr::Name(e) => {
                if let Resolution::Local(var) = self.resolve(&e.id) {
                    self.assign_local(var, value);
                }
                // Else it is declared global, which is refused at the declaration.
            }
            Expr::Tuple(e) => self.unpack(&e.elts, value, span),
            Expr::List(e) => self.unpack(&e.elts, value, span),
            Expr::Subscript(e) => {
                let container = self.expression(&e.value);
                let index = self.expression(&e.slice);
                self.ssa.emit_effect(Op::SetItem(container, index, value), span);
            }
            Expr::Starred(_) => {
                self.refuse(Construct::StarredTarget, span);
            }
            _ => {
                self.refuse(Construct::AttributeTarget, span);
            }
        }
    }

    fn assign_local(&mut self, var: Var, value: HValue) {
        self.ssa.name_value(value, var);
        self.ssa.write(var, value);
    }

    fn unpack(&mut self, targets: &[Expr], value: HValue, span: Span) {
        if let Some(starred) = targets.iter().find(|t| t.is_starred_expr()) {
            let at = self.span(starred);
            self.refuse(Construct::StarredTarget, at);
            return;
        }
        let values = self.ssa.emit_unpack(value, targets.len(), span);
        for (target, value) in targets.iter().zip(values) {
            self.assign_target(target, value);
        }
    }

    pub(super) fn augmented_assign(&mut self, s: &ast::StmtAugAssign) {
        let span = self.span(s);
        let op = binary_op(s.op);
        match &*s.target {
            Expr::Name(e) => {
                let old = self.name(&e.id, self.span(&*s.target));
                let operand = self.expression(&s.value);
                let new = self.ssa.emit(Op::Binary(op, old, operand, true), span);
                self.assign_target(&s.target, new);
            }
            Expr::Subscript(e) => {
                let at = self.span(&*s.target);
                let container = self.expression(&e.value);
                let index = self.expression(&e.slice);
                let old = self.ssa.emit(Op::Item(container, index), at);
                let operand = self.expression(&s.value);
                let new = self.ssa.emit(Op::Binary(op, old, operand, true), span);
                self.ssa.emit_effect(Op::SetItem(container, index, new), at);
            }
            target => {
                let at = self.span(target);
                self.refuse(Construct::AttributeTarget, at);
            }
        }
    }
}

/// Targets and values of `a, b = x, y`, when both sides are displays of one length.
fn parallel<'a>(target: &'a Expr, value: &'a Expr) -> Option<(&'a [Expr], &'a [Expr])> {
    let targets = match target {
        Expr::Tuple(e) => &e.elts,
        Expr::List(e) => &e.elts,
        _ => return None,
    };
    let Expr::Tuple(values) = value else { return None };
    let starred = targets.iter().chain(&values.elts).any(|e| e.is_starred_expr());
    (!starred && targets.len() == values.elts.len()).then_some((targets, &values.elts))
}
