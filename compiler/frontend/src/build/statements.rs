//! Statements that are neither assignments nor loops.

use super::{Builder, LoopTargets};
use crate::hir::{Const, NameKind, Op, Terminator};
use crate::scope::Resolution;
use crate::unsupported::Construct;
use cumbia_diagnostics::{Diagnostic, Span};
use rustpython_parser::ast::{self, Expr, Stmt};
use std::sync::Arc;

impl Builder<'_> {
    /// Builds statements in order. What follows a `return`, `raise`, `break` or
    /// `continue` is built as well, and dropped at the end: it may have something
    /// to refuse (a `yield` there makes the function a generator).
    pub(super) fn statements(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assign(s) => self.assign(s),
            Stmt::AugAssign(s) => self.augmented_assign(s),
            Stmt::AnnAssign(s) => self.annotated_assign(s),
            Stmt::If(s) => self.if_statement(s),
            Stmt::While(s) => self.while_loop(s),
            Stmt::For(s) => self.for_loop(s),
            Stmt::Break(_) => self.break_statement(self.span(statement)),
            Stmt::Continue(_) => self.continue_statement(self.span(statement)),
            Stmt::Return(s) => self.return_statement(s),
            Stmt::Raise(s) => self.raise_statement(s),
            Stmt::Assert(s) => self.assert_statement(s),
            Stmt::Pass(_) => {}
            Stmt::Expr(s) => self.expression_statement(s),
            Stmt::Global(s) => self.declaration(&s.names, Construct::Global, self.span(statement)),
            Stmt::Nonlocal(s) => {
                self.declaration(&s.names, Construct::Nonlocal, self.span(statement))
            }
            Stmt::Try(s) => self.try_statement(s),
            Stmt::TryStar(s) => self.refuse_block(Construct::ExceptStar, statement, &s.body),
            Stmt::With(s) => self.with_statement(s),
            Stmt::AsyncFor(s) => self.refuse_block(Construct::AsyncStatement, statement, &s.body),
            Stmt::AsyncWith(s) => self.refuse_block(Construct::AsyncStatement, statement, &s.body),
            Stmt::Match(s) => self.match_statement(s),
            Stmt::FunctionDef(s) => self.function_definition(s),
            Stmt::AsyncFunctionDef(_) => {
                self.refuse_statement(Construct::AsyncFunction, statement);
            }
            Stmt::ClassDef(_) => self.refuse_statement(Construct::Class, statement),
            Stmt::Delete(s) => s.targets.iter().for_each(|t| self.delete(t)),
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                self.refuse_statement(Construct::Import, statement)
            }
            Stmt::TypeAlias(_) => self.refuse_statement(Construct::TypeAlias, statement),
        }
    }

    fn refuse_statement(&mut self, construct: Construct, statement: &Stmt) {
        let span = self.first_line(statement);
        self.diagnostics.push(construct.refuse(span));
    }

    /// The body of a refused statement may hold more to refuse.
    fn refuse_block(&mut self, construct: Construct, statement: &Stmt, body: &[Stmt]) {
        self.refuse_statement(construct, statement);
        // A `break` there is at home in the refused `async for`.
        let inside = self.ssa.new_block(self.span(statement));
        let regions = self.regions.len();
        self.loops.push(LoopTargets { latch: inside, exit: inside, iterator: None, regions });
        self.statements(body);
        self.loops.pop();
        self.ssa.jump(inside, vec![], self.span(statement));
        self.ssa.enter(inside);
    }

    fn if_statement(&mut self, s: &ast::StmtIf) {
        let span = self.span(&*s.test);
        let then = self.ssa.new_block(span);
        let otherwise = self.ssa.new_block(span);
        self.condition(&s.test, then, otherwise);
        let join = self.ssa.new_block(span);
        self.ssa.enter(then);
        self.statements(&s.body);
        self.ssa.jump(join, vec![], span);
        self.ssa.enter(otherwise);
        self.statements(&s.orelse);
        self.ssa.jump(join, vec![], span);
        self.ssa.enter(join);
    }

    fn return_statement(&mut self, s: &ast::StmtReturn) {
        let span = self.span(s);
        if self.outlined.is_some() {
            self.refuse(Construct::ReturnInParallel, span);
            return;
        }
        let value = match &s.value {
            Some(value) => {
                let value = self.expression(value);
                self.as_declared("return", value, span)
            }
            None => self.constant(Const::None, span),
        };
        if self.makes_instance {
            let none = s.value.as_deref().is_none_or(is_none);
            if !none {
                self.diagnostics.push(
                    Diagnostic::error("CB0404", span, "__init__ returns something but None")
                        .help("Python raises a TypeError for this"),
                );
            }
            self.leaving(0, 0, span, |b| {
                b.end_of_variables(span);
                let made = b.initialized(span);
                b.ssa.terminate(Terminator::Return(made), span);
            });
            return;
        }
        self.leaving(0, 0, span, |b| {
            b.end_of_variables(span);
            b.ssa.terminate(Terminator::Return(value), span);
        });
    }

    /// `raise E`, `raise E(args ...)`: the arguments are evaluated here, the
    /// exception is made at the boundary.
    fn raise_statement(&mut self, s: &ast::StmtRaise) {
        let span = self.span(s);
        let Some(exception) = &s.exc else {
            self.bare_raise(span);
            return;
        };
        let (class, args) = match &**exception {
            Expr::Call(call) if !call.args.iter().any(Expr::is_starred_expr) => {
                let class = self.expression(&call.func);
                let args = call.args.iter().map(|arg| self.expression(arg)).collect();
                for keyword in &call.keywords {
                    let at = self.span(keyword);
                    self.refuse(Construct::RaiseKeywords, at);
                }
                (class, args)
            }
            other => (self.expression(other), Vec::new()),
        };
        let cause = s.cause.as_ref().map(|cause| self.expression(cause));
        self.ssa.terminate(Terminator::Raise { class, args, cause }, span);
    }

    /// `if not test: raise AssertionError(message)`
    fn assert_statement(&mut self, s: &ast::StmtAssert) {
        let span = self.span(s);
        let holds = self.ssa.new_block(span);
        let fails = self.ssa.new_block(span);
        self.condition(&s.test, holds, fails);
        self.ssa.enter(fails);
        let class = self.ssa.emit(Op::Name(Arc::from("AssertionError"), NameKind::Global), span);
        let args = s.msg.iter().map(|m| self.expression(m)).collect();
        // CPython's traceback names the line of the test.
        let test = self.span(&*s.test);
        self.ssa.terminate(Terminator::Raise { class, args, cause: None }, test);
        self.ssa.enter(holds);
    }

    /// Constants as statements (docstrings, `...`) do nothing.
    fn expression_statement(&mut self, s: &ast::StmtExpr) {
        match &*s.value {
            Expr::Constant(_) => {}
            Expr::Yield(e) => {
                self.yield_value(e, false);
            }
            Expr::YieldFrom(e) => {
                self.yield_from_statement(e);
            }
            value => {
                self.expression(value);
            }
        }
    }

    /// `global x` means nothing where `x` is only read.
    fn declaration(&mut self, names: &[ast::Identifier], construct: Construct, span: Span) {
        let assigned: Vec<&str> = names
            .iter()
            .map(|n| n.as_str())
            .filter(|n| {
                self.scope.is_bound(n) && matches!(self.scope.resolve(n), Resolution::Outer(_))
            })
            .collect();
        if !assigned.is_empty() {
            let note = format!("assigned in this function: {}", assigned.join(", "));
            self.diagnostics.push(construct.refuse(span).note(note));
        }
    }
}

fn is_none(e: &Expr) -> bool {
    matches!(e, Expr::Constant(c) if c.value.is_none())
}
