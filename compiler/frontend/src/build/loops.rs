//! `while` and `for`, in canonical form.
//!
//! ```text
//!   preheader:  ... jump header
//!   header:     branch on the condition: body, or the else clause
//!   body:       ... jump latch          (`continue` goes to the latch as well)
//!   latch:      poll; jump header
//!   else:       ... jump exit           (`break` goes to the exit)
//!   exit:
//! ```
//!
//! The preheader is the block before the loop; its only successor is the header.
//! Where nothing reaches the latch, there is no loop, and the header is an ordinary
//! block. A `while` whose condition is a true constant has no branch in its header
//! and is left by `break`, `return` and `raise` alone.

use super::Builder;
use super::LoopTargets;
use super::expressions::literal;
use super::parallel;
use crate::captures::Storage;
use crate::hir::{Const, Edge, HBlock, HValue, LoopPlace, Op, ValueInfo};
use crate::scope::Var;
use crate::unsupported::Construct;
use cumbia_diagnostics::Span;
use rustpython_parser::ast::{self, Ranged, Stmt};

/// The blocks of a loop.
pub(super) struct LoopBlocks {
    pub header: HBlock,
    pub body: HBlock,
    pub latch: HBlock,
    pub otherwise: HBlock,
    pub exit: HBlock,
}

impl Builder<'_> {
    pub(super) fn loop_blocks(&mut self, span: Span) -> LoopBlocks {
        let mut block = || self.ssa.new_block(span);
        let blocks = LoopBlocks {
            header: block(),
            body: block(),
            latch: block(),
            otherwise: block(),
            exit: block(),
        };
        self.ssa.mark_loop_header(blocks.header);
        blocks
    }

    pub(super) fn while_loop(&mut self, s: &ast::StmtWhile) {
        let span = self.span(&*s.test);
        let blocks = self.loop_blocks(span);
        self.ssa.jump(blocks.header, vec![], span);
        self.ssa.switch_to(blocks.header);
        if literal(&s.test).is_some_and(|c| is_true(&c)) {
            self.ssa.jump(blocks.body, vec![], span);
        } else {
            self.condition(&s.test, blocks.body, blocks.otherwise);
        }
        self.ssa.enter(blocks.body);
        self.loop_body(&s.body, &blocks, None, span);
        self.ssa.enter(blocks.latch);
        self.ssa.emit_effect(Op::Poll, span);
        self.ssa.jump(blocks.header, vec![], span);
        self.ssa.seal(blocks.header);
        self.loop_end(&s.orelse, &blocks, span);
    }

    /// `for target in iterable`, by the position in the iteration, which is a
    /// parameter of the header.
    pub(super) fn for_loop(&mut self, s: &ast::StmtFor) {
        if let Some(how) = self.parallel
            && parallel::is_prange(self, &s.iter)
        {
            return self.parallel_loop(s, how);
        }
        self.note_serial(s);
        let span = self.span(&*s.iter);
        let iterable = self.iterable(&s.iter);
        let (number, copies) = self.loop_number(s.range().start().into());
        let place = LoopPlace { number, unrolled: copies.is_some() };
        let iterator = self.ssa.emit(Op::Iter(iterable, Some(place)), span);
        let start = self.ssa.emit(Op::IterStart(iterator, copies.is_some()), span);
        if let Some(copies) = copies {
            return self.unrolled_loop(s, iterator, start, copies);
        }
        let blocks = self.loop_blocks(span);
        let position = self.ssa.add_param(blocks.header, ValueInfo { name: None, span });
        self.ssa.jump(blocks.header, vec![start], span);
        self.ssa.switch_to(blocks.header);
        let (more, at) = self.ssa.emit_two(Op::IterNext(iterator, position), span);
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(more, edge(blocks.body), edge(blocks.otherwise), span);
        self.ssa.enter(blocks.body);
        let item = self.ssa.emit(Op::IterItem(iterator, at), span);
        self.assign_target(&s.target, item);
        self.loop_body(&s.body, &blocks, Some(iterator), span);
        self.ssa.enter(blocks.latch);
        self.ssa.emit_effect(Op::Poll, span);
        let next = self.ssa.emit(Op::PosNext(iterator, at), span);
        self.ssa.jump(blocks.header, vec![next], span);
        self.ssa.seal(blocks.header);
        self.loop_end(&s.orelse, &blocks, span);
    }

    /// A loop over an iterable, with a body made by `body` from the item.
    pub(super) fn loop_over(
        &mut self,
        iterable: HValue,
        span: Span,
        body: impl FnOnce(&mut Self, HValue),
    ) {
        let iterator = self.ssa.emit(Op::Iter(iterable, None), span);
        let start = self.ssa.emit(Op::IterStart(iterator, false), span);
        let blocks = self.loop_blocks(span);
        let position = self.ssa.add_param(blocks.header, ValueInfo { name: None, span });
        self.ssa.jump(blocks.header, vec![start], span);
        self.ssa.switch_to(blocks.header);
        let (more, at) = self.ssa.emit_two(Op::IterNext(iterator, position), span);
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(more, edge(blocks.body), edge(blocks.otherwise), span);
        self.ssa.enter(blocks.body);
        let item = self.ssa.emit(Op::IterItem(iterator, at), span);
        let regions = self.regions.len();
        let (latch, exit) = (blocks.latch, blocks.exit);
        self.loops.push(LoopTargets { latch, exit, iterator: Some(iterator), regions });
        body(self, item);
        self.loops.pop();
        self.ssa.jump(blocks.latch, vec![], span);
        self.ssa.enter(blocks.latch);
        self.ssa.emit_effect(Op::Poll, span);
        let next = self.ssa.emit(Op::PosNext(iterator, at), span);
        self.ssa.jump(blocks.header, vec![next], span);
        self.ssa.seal(blocks.header);
        self.loop_end(&[], &blocks, span);
    }

    /// The number of a `for` loop that starts here in the text, and how many copies of
    /// its body the plan asks for.
    fn loop_number(&mut self, start: u32) -> (u32, Option<u32>) {
        let mut path = self.copies.clone();
        path.push((start, 0));
        let copies = self.form.unroll.get(&path).copied();
        self.loop_paths.push(path);
        (self.loop_paths.len() as u32 - 1, copies)
    }

    /// A loop over items of different types: the body once for each, with constant
    /// positions. `continue` goes on with the next copy; there is no latch.
    fn unrolled_loop(&mut self, s: &ast::StmtFor, iterator: HValue, start: HValue, copies: u32) {
        let span = self.span(&*s.iter);
        let otherwise = self.ssa.new_block(span);
        let exit = self.ssa.new_block(span);
        let edge = |block| Edge { block, args: vec![] };
        let mut position = start;
        for copy in 0..copies {
            let (body, next) = (self.ssa.new_block(span), self.ssa.new_block(span));
            let (more, at) = self.ssa.emit_two(Op::IterNext(iterator, position), span);
            self.ssa.branch(more, edge(body), edge(otherwise), span);
            self.ssa.enter(body);
            let item = self.ssa.emit(Op::IterItem(iterator, at), span);
            let after = self.ssa.emit(Op::PosNext(iterator, at), span);
            self.assign_target(&s.target, item);
            self.copies.push((s.range().start().into(), copy));
            let regions = self.regions.len();
            self.loops.push(LoopTargets { latch: next, exit, iterator: Some(iterator), regions });
            self.statements(&s.body);
            self.loops.pop();
            self.copies.pop();
            self.ssa.jump(next, vec![], span);
            self.ssa.enter(next);
            position = after;
        }
        // The end is an item's absence, which a strict zip looks for.
        self.ssa.emit_two(Op::IterNext(iterator, position), span);
        self.ssa.jump(otherwise, vec![], span);
        self.ssa.enter(otherwise);
        self.statements(&s.orelse);
        self.ssa.jump(exit, vec![], span);
        self.ssa.enter(exit);
    }

    fn loop_body(
        &mut self,
        body: &[Stmt],
        blocks: &LoopBlocks,
        iterator: Option<HValue>,
        span: Span,
    ) {
        let regions = self.regions.len();
        let (latch, exit) = (blocks.latch, blocks.exit);
        self.loops.push(LoopTargets { latch, exit, iterator, regions });
        self.statements(body);
        self.loops.pop();
        self.ssa.jump(blocks.latch, vec![], span);
    }

    /// A value is there until here, if it matters.
    pub(super) fn keep(&mut self, value: Option<HValue>, span: Span) {
        if let (Some(value), Some(_)) = (value, &self.form.keep) {
            self.ssa.emit_effect(Op::Keep(value), span);
        }
    }

    /// The variables end with the function, in their order.
    pub(super) fn end_of_variables(&mut self, span: Span) {
        if self.form.keep.is_none() {
            return;
        }
        for var in 0..self.scope.locals().len() as u32 {
            self.keep_variable(var, span);
        }
    }

    /// A variable has its value until here, if it is one of those that are kept.
    pub(super) fn keep_variable(&mut self, var: Var, span: Span) {
        let Some(names) = &self.form.keep else { return };
        let name = self.ssa.variable_name(var);
        if names.contains(&name) && self.storage(var) == Storage::Plain {
            let value = self.ssa.read_unchecked(var, span);
            self.keep(Some(value), span);
        }
    }

    fn loop_end(&mut self, orelse: &[Stmt], blocks: &LoopBlocks, span: Span) {
        self.ssa.enter(blocks.otherwise);
        self.statements(orelse);
        self.ssa.jump(blocks.exit, vec![], span);
        self.ssa.enter(blocks.exit);
    }

    pub(super) fn break_statement(&mut self, span: Span) {
        if self.outlined.is_some() && self.loops.len() == 1 {
            self.refuse(Construct::BreakInParallel, span);
            return;
        }
        match self.loops.last().map(|l| (l.exit, l.iterator, l.regions)) {
            Some((exit, iterator, regions)) => self.leaving(regions, self.loops.len(), span, |b| {
                b.keep(iterator, span);
                b.ssa.jump(exit, vec![], span);
            }),
            None => self.outside_loop("break", span),
        }
    }

    pub(super) fn continue_statement(&mut self, span: Span) {
        match self.loops.last().map(|l| (l.latch, l.regions)) {
            Some((latch, regions)) => self.leaving(regions, self.loops.len(), span, |b| {
                b.ssa.jump(latch, vec![], span);
            }),
            None => self.outside_loop("continue", span),
        }
    }
}

/// Truth of a constant, as the condition of a loop that never ends.
fn is_true(constant: &Const) -> bool {
    match constant {
        Const::Bool(b) => *b,
        Const::Int(i) => *i != 0,
        _ => false,
    }
}
