//! What a condition says about the local variable that it tests.
//!
//! `x is None`, `x == None`, `x`, `isinstance(x, C)` and their negations: each branch
//! starts with an `Op::Refine` whose result is the variable's new version there. That
//! makes no code; inference narrows the type, and refinements that nothing uses go
//! with `finish.rs`. Only plain local names are refined, not `a.b` or `a[i]`, which
//! something else may change.

use super::Builder;
use crate::hir::{Edge, HBlock, HValue, Op, Refinement};
use crate::scope::{Resolution, Var};
use cumbia_diagnostics::Span;
use rustpython_parser::ast::{self, CmpOp, Expr, UnaryOp};

/// A variable with what is known of it when the condition holds, and when it doesn't.
struct Facts {
    var: Var,
    holds: Refinement,
    fails: Refinement,
}

impl Builder<'_> {
    /// Ends the current block by a condition whose value is at hand.
    pub(super) fn decide(
        &mut self,
        test: &Expr,
        value: HValue,
        then: HBlock,
        otherwise: HBlock,
        span: Span,
    ) {
        let to = |block| Edge { block, args: vec![] };
        let variable = value;
        let value = self.truth_of(value, span);
        let Some(facts) = self.facts(test, variable) else {
            self.ssa.branch(value, to(then), to(otherwise), span);
            return;
        };
        let (yes, no) = (self.ssa.new_block(span), self.ssa.new_block(span));
        self.ssa.branch(value, to(yes), to(no), span);
        for (block, refinement, target) in [(yes, facts.holds, then), (no, facts.fails, otherwise)]
        {
            self.ssa.enter(block);
            self.refine(facts.var, refinement, span);
            self.ssa.jump(target, vec![], span);
        }
    }

    /// What a branch asks a value.
    pub(super) fn truth_of(&mut self, value: HValue, span: Span) -> HValue {
        if self.form.truths { self.ssa.emit(Op::Truth(value), span) } else { value }
    }

    /// From here on the condition, whose value is at hand, is known to have a truth.
    pub(super) fn assume(&mut self, test: &Expr, value: HValue, truth: bool, span: Span) {
        if let Some(facts) = self.facts(test, value) {
            self.refine(facts.var, if truth { facts.holds } else { facts.fails }, span);
        }
    }

    /// A value that was tested and is passed on for that.
    pub(super) fn tested(&mut self, value: HValue, truth: bool, span: Span) -> HValue {
        let refinement = if truth { Refinement::Truthy } else { Refinement::Falsy };
        self.ssa.emit(Op::Refine(value, refinement), span)
    }

    fn refine(&mut self, var: Var, refinement: Refinement, span: Span) {
        let old = self.ssa.read(var, span);
        let new = self.ssa.emit(Op::Refine(old, refinement), span);
        self.ssa.name_value(new, var);
        self.ssa.write(var, new);
    }

    fn facts(&self, test: &Expr, value: HValue) -> Option<Facts> {
        let (var, holds, fails) = match test {
            Expr::Name(_) | Expr::NamedExpr(_) => {
                (self.tested_variable(test)?, Refinement::Truthy, Refinement::Falsy)
            }
            Expr::UnaryOp(e) if e.op == UnaryOp::Not => {
                // The operand's own value isn't at hand, but a call has nothing to say
                // without it.
                if matches!(&*e.operand, Expr::Call(_)) {
                    return None;
                }
                let Facts { var, holds, fails } = self.facts(&e.operand, value)?;
                (var, fails, holds)
            }
            Expr::Compare(e) => {
                let ([op], [right]) = (e.ops.as_slice(), e.comparators.as_slice()) else {
                    return None;
                };
                let tested = match (is_none(&e.left), is_none(right)) {
                    (false, true) => &*e.left,
                    (true, false) => right,
                    _ => return None,
                };
                let var = self.tested_variable(tested)?;
                match op {
                    CmpOp::Is | CmpOp::Eq => (var, Refinement::IsNone, Refinement::NotNone),
                    CmpOp::IsNot | CmpOp::NotEq => (var, Refinement::NotNone, Refinement::IsNone),
                    _ => return None,
                }
            }
            Expr::Call(e) => {
                let named = matches!(&*e.func, Expr::Name(n) if n.id.as_str() == "isinstance");
                let [tested, _] = e.args.as_slice() else { return None };
                if !named || !e.keywords.is_empty() {
                    return None;
                }
                let var = self.tested_variable(tested)?;
                let (callee, classes) = self.ssa.call_of(value)?;
                let by = |truth| Refinement::Instance(callee, classes, truth);
                (var, by(true), by(false))
            }
            _ => return None,
        };
        Some(Facts { var, holds, fails })
    }

    fn tested_variable(&self, tested: &Expr) -> Option<Var> {
        let name = match tested {
            Expr::Name(e) => e,
            Expr::NamedExpr(e) => match &*e.target {
                Expr::Name(e) => e,
                _ => return None,
            },
            _ => return None,
        };
        match self.scope.resolve(&name.id) {
            Resolution::Local(var) => Some(var),
            Resolution::Outer(_) => None,
        }
    }
}

fn is_none(e: &Expr) -> bool {
    matches!(e, Expr::Constant(ast::ExprConstant { value: ast::Constant::None, .. }))
}

/// Whether the value of an operand of `and` or `or` can be more than a truth value.
pub(super) fn may_be_none(e: &Expr) -> bool {
    matches!(
        e,
        Expr::Name(_)
            | Expr::Call(_)
            | Expr::Attribute(_)
            | Expr::Subscript(_)
            | Expr::NamedExpr(_)
    )
}
