//! Truth: boolean operators, comparisons, conditional expressions.
//!
//! Each comes in two forms. As a *condition* (`if a and b:`) it becomes control
//! flow, and no value of `a and b` is made. As a *value* (`x = a or b`) it gives
//! one of its operands, through a block parameter. Either way each operand is
//! evaluated once, and tested for truth once.

use super::Builder;
use super::narrowing::may_be_none;
use crate::hir::{CompareOp, Edge, HBlock, HValue, Op, ValueInfo};
use cumbia_diagnostics::Span;
use rustpython_parser::ast::{self, BoolOp, CmpOp, Expr, UnaryOp};

fn to(block: HBlock, args: Vec<HValue>) -> Edge {
    Edge { block, args }
}

impl Builder<'_> {
    /// Ends the current block so that control goes to `then` or `otherwise`, which
    /// the caller seals.
    pub(super) fn condition(&mut self, test: &Expr, then: HBlock, otherwise: HBlock) {
        let span = self.span(test);
        match test {
            Expr::BoolOp(e) => {
                let Some((last, first)) = e.values.split_last() else { return };
                for value in first {
                    let rest = self.ssa.new_block(self.span(value));
                    match e.op {
                        BoolOp::And => self.condition(value, rest, otherwise),
                        BoolOp::Or => self.condition(value, then, rest),
                    }
                    self.ssa.enter(rest);
                }
                self.condition(last, then, otherwise);
            }
            Expr::UnaryOp(e) if e.op == UnaryOp::Not => self.condition(&e.operand, otherwise, then),
            Expr::Compare(e) => {
                let last = self.comparisons(e, |b, result| {
                    let rest = b.ssa.new_block(span);
                    b.ssa.branch(result, to(rest, vec![]), to(otherwise, vec![]), span);
                    b.ssa.enter(rest);
                });
                self.decide(test, last, then, otherwise, span);
            }
            _ => {
                let value = self.expression(test);
                self.decide(test, value, then, otherwise, span);
            }
        }
    }

    /// `a < b < c` evaluates `b` once, and `c` only if `a < b`. `between` gets the
    /// result of each comparison but the last, and goes on where it holds.
    fn comparisons(
        &mut self,
        e: &ast::ExprCompare,
        mut between: impl FnMut(&mut Self, HValue),
    ) -> HValue {
        let span = self.span(e);
        let mut left = self.expression(&e.left);
        let mut result = left;
        for (i, (op, right)) in e.ops.iter().zip(&e.comparators).enumerate() {
            if i > 0 {
                between(self, result);
            }
            let right = self.expression(right);
            result = self.ssa.emit(Op::Compare(compare_op(*op), left, right), span);
            left = right;
        }
        result
    }

    /// A block that goes on with a value.
    fn join_with_value(&mut self, span: Span) -> (HBlock, HValue) {
        let join = self.ssa.new_block(span);
        let value = self.ssa.add_param(join, ValueInfo { name: None, span });
        (join, value)
    }

    pub(super) fn comparison(&mut self, e: &ast::ExprCompare) -> HValue {
        if e.ops.len() == 1 {
            return self.comparisons(e, |_, _| {});
        }
        let span = self.span(e);
        let (join, value) = self.join_with_value(span);
        let last = self.comparisons(e, |b, result| {
            let rest = b.ssa.new_block(span);
            b.ssa.branch(result, to(rest, vec![]), to(join, vec![result]), span);
            b.ssa.enter(rest);
        });
        self.ssa.jump(join, vec![last], span);
        self.ssa.enter(join);
        value
    }

    /// `a or b` is `a` if that is true, else `b`.
    pub(super) fn boolean_operator(&mut self, e: &ast::ExprBoolOp) -> HValue {
        let span = self.span(e);
        let (join, value) = self.join_with_value(span);
        for (i, test) in e.values.iter().enumerate() {
            let operand = self.expression(test);
            if i + 1 == e.values.len() {
                self.ssa.jump(join, vec![operand], span);
                break;
            }
            let rest = self.ssa.new_block(span);
            let leaving = may_be_none(test).then(|| self.ssa.new_block(span));
            let go_on = to(rest, vec![]);
            let leave = match leaving {
                Some(block) => to(block, vec![]),
                None => to(join, vec![operand]),
            };
            let goes_on = e.op == BoolOp::And;
            let truth = self.truth_of(operand, span);
            match e.op {
                BoolOp::And => self.ssa.branch(truth, go_on, leave, span),
                BoolOp::Or => self.ssa.branch(truth, leave, go_on, span),
            }
            if let Some(block) = leaving {
                self.ssa.enter(block);
                let operand = self.tested(operand, !goes_on, span);
                self.ssa.jump(join, vec![operand], span);
            }
            self.ssa.enter(rest);
            self.assume(test, operand, goes_on, span);
        }
        self.ssa.enter(join);
        value
    }

    /// `a if test else b`
    pub(super) fn conditional(&mut self, e: &ast::ExprIfExp) -> HValue {
        let span = self.span(e);
        let then = self.ssa.new_block(span);
        let otherwise = self.ssa.new_block(span);
        self.condition(&e.test, then, otherwise);
        let (join, value) = self.join_with_value(span);
        for (block, operand) in [(then, &e.body), (otherwise, &e.orelse)] {
            self.ssa.enter(block);
            let operand = self.expression(operand);
            self.ssa.jump(join, vec![operand], span);
        }
        self.ssa.enter(join);
        value
    }
}

fn compare_op(op: CmpOp) -> CompareOp {
    match op {
        CmpOp::Eq => CompareOp::Eq,
        CmpOp::NotEq => CompareOp::Ne,
        CmpOp::Lt => CompareOp::Lt,
        CmpOp::LtE => CompareOp::Le,
        CmpOp::Gt => CompareOp::Gt,
        CmpOp::GtE => CompareOp::Ge,
        CmpOp::Is => CompareOp::Is,
        CmpOp::IsNot => CompareOp::IsNot,
        CmpOp::In => CompareOp::In,
        CmpOp::NotIn => CompareOp::NotIn,
    }
}
