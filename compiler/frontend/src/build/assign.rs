//! Assignments: plain, to tuples, chained, annotated, augmented.
//!
//! Order of evaluation, in `a[i] = f()`: the value, then `a`, then `i`, then the
//! store; in `a[i] += f()`: `a`, `i`, the load, the value, the operation, the store,
//! with `a` and `i` evaluated once. Attributes go the same way.

use super::Builder;
use super::expressions::binary_op;
use crate::captures::Storage;
use crate::hir::{CallArg, Const, HValue, NameKind, Op};
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
        let value = match (&*s.value, s.targets.as_slice()) {
            (Expr::Lambda(lambda), [Expr::Name(name)]) => self.lambda(lambda, Some(&name.id)),
            (value, [Expr::Name(name)]) if self.is_keywords(&name.id) => {
                self.keywords(value).expect("what it is bound to are names of the text")
            }
            (value, _) => self.expression(value),
        };
        for target in &s.targets {
            self.assign_target(target, value);
        }
    }

    /// `x: int = 1`; the annotation isn't evaluated, as in any function.
    pub(super) fn annotated_assign(&mut self, s: &ast::StmtAnnAssign) {
        match (&s.value, &*s.target) {
            (Some(value), target) => {
                let value = match target {
                    Expr::Name(name) if self.is_keywords(&name.id) => {
                        self.keywords(value).expect("what it is bound to are names of the text")
                    }
                    _ => self.expression(value),
                };
                self.assign_target(target, value);
            }
            (None, Expr::Name(_)) => {}
            // `a[i]: int` evaluates `a` and `i`.
            (None, Expr::Subscript(e)) => {
                self.expression(&e.value);
                self.expression(&e.slice);
            }
            // `x.y: int` evaluates `x`.
            (None, Expr::Attribute(e)) => {
                self.expression(&e.value);
            }
            (None, _) => {}
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
            Expr::Attribute(e) => {
                let value = self.as_declared_field(&e.value, &e.attr, value, span);
                if self.set_initializer_field(&e.value, &e.attr, value) {
                    return;
                }
                let object = self.expression(&e.value);
                let name = self.attribute_name(&e.attr);
                self.ssa.emit_effect(Op::SetAttr(object, name, value), span);
            }
            // Nothing else is a target.
            _ => {
                self.refuse(Construct::StarredTarget, span);
            }
        }
    }

    /// Stores a value to a variable.
    pub(super) fn assign_name(&mut self, name: &str, value: HValue) {
        if let Resolution::Local(var) = self.resolve(name) {
            self.assign_local(var, value);
        }
    }

    /// `del target`.
    pub(super) fn delete(&mut self, target: &Expr) {
        let span = self.span(target);
        match target {
            Expr::Name(e) => {
                if let Resolution::Local(var) = self.resolve(&e.id) {
                    if self.outlined.is_some() {
                        self.refuse(Construct::DeleteInParallel, span);
                        return;
                    }
                    if self.storage(var) == Storage::Cell {
                        self.refuse(Construct::DeleteShared, span);
                        return;
                    }
                    self.ssa.read(var, span);
                    self.keep_variable(var, span);
                    self.ssa.delete(var, span);
                }
            }
            Expr::Tuple(e) => e.elts.iter().for_each(|t| self.delete(t)),
            Expr::List(e) => e.elts.iter().for_each(|t| self.delete(t)),
            Expr::Subscript(e) => {
                let container = self.expression(&e.value);
                let index = self.expression(&e.slice);
                self.ssa.emit_effect(Op::DelItem(container, index), span);
            }
            _ => {
                self.refuse(Construct::DeleteAttribute, span);
            }
        }
    }

    /// `a, *b, c = value`: items from both ends, and a list of the rest.
    fn unpack_starred(&mut self, targets: &[Expr], star: usize, value: HValue, span: Span) {
        let (before, after) = (star, targets.len() - star - 1);
        let value = self.ssa.emit(Op::Splat(value, Some(before as u32)), span);
        self.ssa.emit_effect(Op::CheckItems(value, (before + after) as u32), span);
        // All values first, then the targets.
        let mut values = Vec::with_capacity(targets.len());
        for i in 0..targets.len() {
            if i == star {
                values.push(self.rest_of_sequence(value, before as i64, after as i64, span));
                continue;
            }
            let index = if i < star { i as i64 } else { i as i64 - targets.len() as i64 };
            let index = self.constant(Const::Int(index), span);
            values.push(self.ssa.emit(Op::Item(value, index), span));
        }
        for (target, value) in targets.iter().zip(values) {
            match target {
                Expr::Starred(s) => self.assign_target(&s.value, value),
                _ => self.assign_target(target, value),
            }
        }
    }

    /// The one way to give a variable a value.
    pub(super) fn assign_local(&mut self, var: Var, value: HValue) {
        let value = match self.declared {
            [] => value,
            _ => {
                let name = self.scope.locals().get(var as usize).cloned();
                let span = self.ssa.span_of(value);
                name.map_or(value, |name| self.as_declared(&name, value, span))
            }
        };
        if self.storage(var) == Storage::Cell {
            return self.write_cell(var, value);
        }
        self.ssa.name_value(value, var);
        let span = self.ssa.span_of(value);
        self.keep_variable(var, span);
        self.ssa.write(var, value);
        self.note_latest(var, value);
    }

    /// A value in the type that is declared for what it is given to, if there is one.
    pub(super) fn as_declared(&mut self, name: &str, value: HValue, span: Span) -> HValue {
        let Some((_, ty)) = self.declared.iter().find(|(declared, _)| **declared == *name) else {
            return value;
        };
        let function = Op::Name(format!("declared.{ty}").into(), NameKind::Library);
        let callee = self.ssa.emit(function, span);
        self.ssa.emit(Op::Call(callee, vec![CallArg { name: None, value, starred: false }]), span)
    }

    /// What an attribute is given, in the type that is declared for it: of a method's own object,
    /// which is the first parameter.
    fn as_declared_field(
        &mut self,
        object: &Expr,
        attr: &str,
        value: HValue,
        span: Span,
    ) -> HValue {
        match object {
            Expr::Name(e)
                if !self.declared.is_empty()
                    && self.scope.locals().first().is_some_and(|first| **first == *e.id) =>
            {
                self.as_declared(&format!(".{attr}"), value, span)
            }
            _ => value,
        }
    }

    fn unpack(&mut self, targets: &[Expr], value: HValue, span: Span) {
        if let Some(star) = targets.iter().position(|t| t.is_starred_expr()) {
            self.unpack_starred(targets, star, value, span);
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
            Expr::Attribute(e) => {
                let at = self.span(&*s.target);
                if let Some(old) = self.initializer_field(&e.value, &e.attr, at) {
                    let operand = self.expression(&s.value);
                    let new = self.ssa.emit(Op::Binary(op, old, operand, true), span);
                    let new = self.as_declared_field(&e.value, &e.attr, new, span);
                    self.set_initializer_field(&e.value, &e.attr, new);
                    return;
                }
                let object = self.expression(&e.value);
                let name = self.attribute_name(&e.attr);
                let old = self.ssa.emit(Op::Attr(object, name.clone()), at);
                let operand = self.expression(&s.value);
                let new = self.ssa.emit(Op::Binary(op, old, operand, true), span);
                let new = self.as_declared_field(&e.value, &e.attr, new, span);
                self.ssa.emit_effect(Op::SetAttr(object, name, new), at);
            }
            // Nothing else is a target.
            _ => {}
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
