//! `try` statements.
//!
//! A `try` body is a *region*: its blocks have an edge to the handler block, and an
//! assignment in it begins a new block (`ssa.rs`), so that the handler sees each variable
//! as it was when the exception came. The handler block begins with `Catch`, tests the
//! classes in order, and ends in `Reraise`:
//!
//! ```text
//!   body:     ...                      except handler
//!   handler:  e = catch; branch exc_match e, ValueError: clause, next
//!   clause:   ...                      except cleanup
//!             end_catch e; jump join
//!   cleanup:  f = catch; end_catch f; end_catch e; reraise f
//!   next:     end_catch e; reraise e
//! ```
//!
//! The body of a clause is a region as well: whatever way control leaves it, the exception
//! is handled then, and its variable deleted. The body of a `finally` is built for each way
//! out: the end of the `try`, an exception, and each `return`, `break` and `continue`.

use super::Builder;
use super::contexts::Entered;
use crate::captures::Storage;
use crate::hir::{HBlock, HValue, NameKind, Op, Terminator};
use crate::scope::{Resolution, Var};
use crate::unsupported::Construct;
use cumbia_abi::exceptions::class_number;
use cumbia_diagnostics::Span;
use rustpython_parser::ast::{self, Expr, Stmt};
use std::rc::Rc;
use std::sync::Arc;

/// Most copies of `finally` bodies in a function.
const MAX_FINALLY_COPIES: usize = 1000;

/// What a way out of a region has to do.
#[derive(Clone)]
pub(super) enum Cleanup {
    /// An exception is handled; its variable is deleted.
    Handled(HValue, Option<Var>),
    /// The body of a `finally`.
    Finally(Rc<Vec<Stmt>>),
    /// What a `with` statement has entered.
    Context(Entered),
}

/// A part of the function that isn't left without a cleanup.
pub(super) struct Region {
    cleanup: Cleanup,
    /// Where exceptions lead outside of it.
    outer: Option<HBlock>,
    /// Number of loops around it.
    loops: usize,
}

/// Whether a clause may catch the GeneratorExit of a generator that is closed, for all that
/// its text says.
fn may_catch_exit(handler: &ast::ExceptHandler) -> bool {
    let ast::ExceptHandler::ExceptHandler(clause) = handler;
    let named = |class: &Expr| match class {
        Expr::Name(name) => matches!(name.id.as_str(), "BaseException" | "GeneratorExit"),
        _ => false,
    };
    match clause.type_.as_deref() {
        None => true,
        Some(Expr::Tuple(classes)) => classes.elts.iter().any(named),
        Some(class) => named(class),
    }
}

impl Builder<'_> {
    pub(super) fn try_statement(&mut self, s: &ast::StmtTry) {
        if s.finalbody.is_empty() {
            self.try_except(s);
            return;
        }
        let span = self.span(&s.finalbody[0]);
        let body = Rc::new(s.finalbody.clone());
        let handler = self.ssa.new_block(span);
        self.open_region(Cleanup::Finally(body.clone()));
        let outer = self.ssa.set_handler(Some(handler), span);
        self.try_except(s);
        self.regions.pop();
        self.ssa.set_handler(outer, span);
        self.finally_body(&body, span);
        let join = self.ssa.new_block(span);
        self.ssa.jump(join, vec![], span);

        self.ssa.enter(handler);
        let caught = self.ssa.emit(Op::Catch, span);
        self.handling(caught, None, span, |b| b.finally_body(&body, span));
        self.ssa.terminate(Terminator::Reraise(caught), span);
        self.ssa.enter(join);
    }

    pub(super) fn open_region(&mut self, cleanup: Cleanup) {
        let (outer, loops) = (self.ssa.handler(), self.loops.len());
        self.regions.push(Region { cleanup, outer, loops });
    }

    fn finally_body(&mut self, body: &[Stmt], span: Span) {
        self.finally_copies += 1;
        if self.finally_copies > MAX_FINALLY_COPIES {
            if self.finally_copies == MAX_FINALLY_COPIES + 1 {
                self.refuse(Construct::Finally, span);
            }
            return;
        }
        self.statements(body);
    }

    fn try_except(&mut self, s: &ast::StmtTry) {
        if s.handlers.is_empty() {
            self.statements(&s.body);
            self.statements(&s.orelse);
            return;
        }
        let ast::ExceptHandler::ExceptHandler(first) = &s.handlers[0];
        let span = self.first_line(first);
        let (handler, join) = (self.ssa.new_block(span), self.ssa.new_block(span));
        let outer = self.ssa.set_handler(Some(handler), span);
        let guards = s.handlers.iter().any(may_catch_exit);
        self.guards += usize::from(guards);
        self.statements(&s.body);
        self.guards -= usize::from(guards);
        self.ssa.set_handler(outer, span);
        self.statements(&s.orelse);
        self.ssa.jump(join, vec![], span);

        self.ssa.enter(handler);
        let caught = self.ssa.emit(Op::Catch, span);
        for ast::ExceptHandler::ExceptHandler(clause) in &s.handlers {
            let span = self.first_line(clause);
            let next = self.ssa.new_block(span);
            if let Some(class) = &clause.type_ {
                let at = self.span(&**class);
                let fits = self.class_test(caught, class, at);
                let inside = self.ssa.new_block(span);
                let edge = |block| crate::hir::Edge { block, args: vec![] };
                self.ssa.branch(fits, edge(inside), edge(next), at);
                self.ssa.enter(inside);
            }
            let variable = clause.name.as_ref().and_then(|name| match self.scope.resolve(name) {
                Resolution::Local(var) => Some(var),
                Resolution::Outer(_) => None,
            });
            if variable.is_some_and(|var| self.storage(var) == Storage::Cell) {
                self.refuse(Construct::SharedExceptionName, span);
            }
            self.handling(caught, variable, span, |b| {
                if let Some(var) = variable {
                    b.ssa.write(var, caught);
                }
                b.statements(&clause.body);
            });
            self.ssa.jump(join, vec![], span);
            self.ssa.enter(next);
        }
        // Nothing fits; after a clause without a class nothing comes here.
        self.ssa.emit_effect(Op::EndCatch(caught), span);
        self.ssa.terminate(Terminator::Reraise(caught), span);
        self.ssa.enter(join);
    }

    /// Whether the exception that was caught is of a class. What naming the class raises is
    /// raised while that one is handled.
    fn class_test(&mut self, caught: HValue, class: &Expr, at: Span) -> HValue {
        if !self.may_be_missing(class) {
            let class = self.expression(class);
            return self.ssa.emit(Op::ExcMatch(caught, class), at);
        }
        let (cleanup, tested) = (self.ssa.new_block(at), self.ssa.new_block(at));
        let outer = self.ssa.set_handler(Some(cleanup), at);
        let class = self.expression(class);
        let fits = self.ssa.emit(Op::ExcMatch(caught, class), at);
        self.ssa.set_handler(outer, at);
        self.ssa.jump(tested, vec![], at);
        self.ssa.enter(cleanup);
        let raised = self.ssa.emit(Op::Catch, at);
        self.ssa.emit_effect(Op::EndCatch(raised), at);
        self.ssa.emit_effect(Op::EndCatch(caught), at);
        self.ssa.terminate(Terminator::Reraise(raised), at);
        self.ssa.enter(tested);
        fits
    }

    /// Whether naming a class may raise: it isn't one of Python's own exceptions.
    fn may_be_missing(&self, class: &Expr) -> bool {
        match class {
            Expr::Name(name) => {
                class_number(&name.id).is_none()
                    || matches!(self.resolve(&name.id), Resolution::Local(_))
            }
            Expr::Tuple(classes) => classes.elts.iter().any(|class| self.may_be_missing(class)),
            _ => true,
        }
    }

    /// Builds what runs while an exception is being handled. Control that comes to its
    /// end goes on after it; exceptions go on to where they led before.
    pub(super) fn handling(
        &mut self,
        caught: HValue,
        variable: Option<Var>,
        span: Span,
        body: impl FnOnce(&mut Self),
    ) {
        let cleanup = self.ssa.new_block(span);
        self.open_region(Cleanup::Handled(caught, variable));
        let outer = self.ssa.set_handler(Some(cleanup), span);
        body(self);
        self.regions.pop();
        self.ssa.set_handler(outer, span);
        self.end_handling(caught, variable, span);
        let after = self.ssa.new_block(span);
        self.ssa.jump(after, vec![], span);

        self.ssa.enter(cleanup);
        let raised = self.ssa.emit(Op::Catch, span);
        self.ssa.emit_effect(Op::EndCatch(raised), span);
        self.end_handling(caught, variable, span);
        self.ssa.terminate(Terminator::Reraise(raised), span);
        self.ssa.enter(after);
    }

    fn end_handling(&mut self, caught: HValue, variable: Option<Var>, span: Span) {
        if let Some(var) = variable {
            self.ssa.delete(var, span);
        }
        self.ssa.emit_effect(Op::EndCatch(caught), span);
    }

    /// Does what leaving all regions but the outer `keep`, and all loops but the outer
    /// `loops`, asks for, then `leave`, which ends the block.
    pub(super) fn leaving(
        &mut self,
        keep: usize,
        loops: usize,
        span: Span,
        leave: impl FnOnce(&mut Self),
    ) {
        let handler = self.ssa.handler();
        let mut inside = Vec::new();
        let mut left = self.loops.len();
        while self.regions.len() > keep {
            let Some(region) = self.regions.pop() else { break };
            let outer = region.loops.max(loops);
            self.leave_loops(outer, left, span);
            left = left.min(outer);
            let inner = self.loops.split_off(region.loops);
            self.ssa.set_handler(region.outer, span);
            match region.cleanup.clone() {
                Cleanup::Handled(caught, variable) => self.end_handling(caught, variable, span),
                Cleanup::Finally(body) => self.finally_body(&body, span),
                Cleanup::Context(entered) => self.leave_context(&entered),
            }
            self.loops.extend(inner);
            inside.push(region);
        }
        self.leave_loops(loops, left, span);
        leave(self);
        self.regions.extend(inside.into_iter().rev());
        self.ssa.restore_handler(handler);
    }

    /// The loops from `outer` up to `inner` end, inner ones first.
    fn leave_loops(&mut self, outer: usize, inner: usize, span: Span) {
        for at in (outer..inner).rev() {
            let iterator = self.loops[at].iterator;
            self.keep(iterator, span);
        }
    }

    /// The exceptions that are being handled here, outermost first, and whether there is a
    /// `finally` or `with` around.
    pub(super) fn around(&self) -> (Vec<HValue>, bool) {
        let mut handled = Vec::new();
        let mut has_finally = false;
        for region in &self.regions {
            match region.cleanup {
                Cleanup::Handled(caught, _) => handled.push(caught),
                Cleanup::Finally(_) | Cleanup::Context(_) => has_finally = true,
            }
        }
        (handled, has_finally)
    }

    /// `raise`: the exception that is being handled.
    pub(super) fn bare_raise(&mut self, span: Span) {
        let caught = self.regions.iter().rev().find_map(|region| match region.cleanup {
            Cleanup::Handled(caught, _) => Some(caught),
            Cleanup::Finally(_) | Cleanup::Context(_) => None,
        });
        if let Some(caught) = caught {
            self.ssa.terminate(Terminator::Reraise(caught), span);
        } else if self.finally_copies > 0 {
            // In a `finally` that no exception led to.
            let name = Op::Name(Arc::from("RuntimeError"), NameKind::Global);
            let class = self.ssa.emit(name, span);
            let text = crate::hir::Const::Str(Arc::from("No active exception to reraise"));
            let args = vec![self.constant(text, span)];
            self.ssa.terminate(Terminator::Raise { class, args, cause: None }, span);
        } else {
            self.refuse(Construct::BareRaise, span);
        }
    }
}
