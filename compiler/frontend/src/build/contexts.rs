//! `with` statements.
//!
//! The body is a region (`exceptions.rs`) whose cleanup is a call: each way out of it calls
//! the manager's `__exit__`, an exception with what it is, and goes on after the statement
//! if that says so:
//!
//! ```text
//!   value, state = contexts.enter(manager)
//!   body:     target = value; ...      except handler
//!             contexts.leave(manager, state); jump join
//!   handler:  e = catch
//!             go_on = not contexts.leave_by(manager, state, e)     except cleanup
//!             end_catch e; branch go_on: raise, join
//!   raise:    reraise e
//! ```
//!
//! What entering and leaving are is the business of library bodies (`contexts.py`): methods
//! of the user's classes, and what the library knows of a manager by its name.

use super::Builder;
use super::exceptions::Cleanup;
use crate::hir::{CallArg, Const, Edge, HValue, NameKind, Op, Terminator};
use cumbia_diagnostics::Span;
use rustpython_parser::ast;
use std::sync::Arc;

/// A manager that is to be left.
#[derive(Clone, Copy)]
pub(super) struct Entered {
    manager: HValue,
    /// What its entering has left for it.
    state: HValue,
    /// Where CPython calls it from.
    span: Span,
}

impl Builder<'_> {
    pub(super) fn with_statement(&mut self, s: &ast::StmtWith) {
        self.with_items(s, &s.items);
    }

    /// Several items are statements in one another.
    fn with_items(&mut self, s: &ast::StmtWith, items: &[ast::WithItem]) {
        let Some((item, rest)) = items.split_first() else {
            self.statements(&s.body);
            return;
        };
        let at = self.span(&item.context_expr);
        // Since 3.13 the calls are at the item.
        let span = if self.python_minor < 13 { self.span(s) } else { at };
        let manager = self.expression(&item.context_expr);
        self.context_call("known", &[manager], at);
        let entered = self.context_call("enter", &[manager], span);
        let [value, state] = [0, 1].map(|i| {
            let position = self.constant(Const::Int(i), span);
            self.ssa.emit(Op::Item(entered, position), span)
        });
        let entered = Entered { manager, state, span };

        let handler = self.ssa.new_block(span);
        self.open_region(Cleanup::Context(entered));
        let outer = self.ssa.set_handler(Some(handler), span);
        if let Some(target) = &item.optional_vars {
            self.assign_target(target, value);
        }
        self.with_items(s, rest);
        self.regions.pop();
        self.ssa.set_handler(outer, span);
        self.leave_context(&entered);
        let join = self.ssa.new_block(span);
        self.ssa.jump(join, vec![], span);

        self.ssa.enter(handler);
        let caught = self.ssa.emit(Op::Catch, span);
        let mut goes_on = caught;
        self.handling(caught, None, span, |b| {
            let handled = b.context_call("leave_by", &[manager, state, caught], span);
            let handled = b.truth_of(handled, span);
            goes_on = b.ssa.emit(Op::Not(handled), span);
        });
        let raised = self.ssa.new_block(span);
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(goes_on, edge(raised), edge(join), span);
        self.ssa.enter(raised);
        self.ssa.terminate(Terminator::Reraise(caught), span);
        self.ssa.enter(join);
    }

    /// The body of a `with` statement is left, but for an exception.
    pub(super) fn leave_context(&mut self, entered: &Entered) {
        self.context_call("leave", &[entered.manager, entered.state], entered.span);
    }

    fn context_call(&mut self, function: &str, args: &[HValue], span: Span) -> HValue {
        let name = Arc::from(format!("contexts.{function}"));
        let callee = self.ssa.emit(Op::Name(name, NameKind::Library), span);
        let args = args.iter().map(|&value| CallArg { name: None, value, starred: false });
        self.ssa.emit(Op::Call(callee, args.collect()), span)
    }
}
