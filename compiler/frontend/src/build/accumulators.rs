//! Arrays that a parallel loop's body puts together over its turns.
//!
//! ```text
//!   hist = np.zeros(8, int)              parts = <a row of zeros for each block>
//!   for i in prange(n):           =>     # in a block:  hist = <its row of parts>
//!       hist[a[i]] += 1                  for b in range(blocks): hist += parts[b]
//! ```
//!
//! An array is one where all that the body does with its name are statements of one operator,
//! `hist[k] += e` or `hist[k] = hist[k] + e`, whose indices may be the same in two turns
//! (`races.rs`): where each turn has elements of its own there is nothing to put together.
//! `v += e` of a number or of a whole array look alike; which it is, inference sees, and the
//! blocks for the other one aren't reached. Rows, and how many there are, come from
//! `accumulators.py`.

use super::Builder;
use super::reductions;
use crate::captures::Tally;
use crate::hir::{BinaryOp, CompareOp, Const, Edge, HValue, Op, ParallelOp, Reduction, ValueInfo};
use crate::scope::Var;
use cumbia_diagnostics::Span;
use rustc_hash::FxHashMap;
use rustpython_parser::ast::{Expr, Stmt};
use std::sync::Arc;

/// An array that is put together.
#[derive(Clone, Debug)]
pub(super) struct Accumulated {
    pub var: Var,
    pub name: Arc<str>,
    pub op: BinaryOp,
    pub reduction: Reduction,
    /// The first statement that does it.
    pub at: Span,
    /// Whether the name itself is bound, by `v += e`: it may be a number.
    pub whole: bool,
}

/// An array whose elements are reduced by one operator, by the text.
pub(super) struct Elements<'s> {
    pub name: Arc<str>,
    pub op: BinaryOp,
    pub reduction: Reduction,
    pub at: &'s Stmt,
}

/// The arrays whose elements alone are reduced, in the order of the text.
pub(super) fn elements<'s>(body: &'s [Stmt], tally: &Tally, text: &str) -> Vec<Elements<'s>> {
    let mut order: Vec<Elements<'s>> = Vec::new();
    // Reads by statements of the form, and whether all are of one kind.
    let mut seen: FxHashMap<Arc<str>, (usize, bool)> = FxHashMap::default();
    reductions::each(body, &mut |statement| {
        let Some((name, found, reads)) = reducing(statement, text) else { return };
        let known = order.iter().find(|e| *e.name == *name);
        let agrees = match (known, found) {
            (Some(known), Some((_, reduction))) => known.reduction == reduction,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if known.is_none()
            && let Some((op, reduction)) = found
        {
            order.push(Elements { name: name.clone(), op, reduction, at: statement });
        }
        let entry = seen.entry(name).or_insert((0, true));
        *entry = (entry.0 + reads, entry.1 && agrees);
    });
    order.retain(|one| {
        let (reads, agrees) = seen[&one.name];
        agrees && tally.counts.get(&one.name) == Some(&(reads, 0))
    });
    order
}

/// The array that a statement reduces an element of, how, and how often it reads the name.
type Reducing = (Arc<str>, Option<(BinaryOp, Reduction)>, usize);

fn reducing(statement: &Stmt, text: &str) -> Option<Reducing> {
    let array = |target: &Expr| match target {
        Expr::Subscript(e) => match &*e.value {
            Expr::Name(name) => Some(Arc::from(name.id.as_str())),
            _ => None,
        },
        _ => None,
    };
    match statement {
        // The target is read, and written.
        Stmt::AugAssign(s) => Some((array(&s.target)?, reductions::combined(s.op, true), 2)),
        Stmt::Assign(s) => {
            let [target] = s.targets.as_slice() else { return None };
            let name = array(target)?;
            let Expr::BinOp(e) = &*s.value else { return None };
            let same = |e: &Expr| reductions::spelled(e, text) == reductions::spelled(target, text);
            let kind = match (same(&e.left), same(&e.right)) {
                (true, _) => reductions::combined(e.op, true),
                (_, true) => reductions::combined(e.op, false),
                _ => return None,
            };
            Some((name, kind, 2))
        }
        _ => None,
    }
}

impl Builder<'_> {
    /// Rows for the blocks, or nothing where it is a number.
    pub(super) fn parts(&mut self, one: &Accumulated, over: HValue) -> HValue {
        let value = self.ssa.read_unchecked(one.var, one.at);
        let op = ParallelOp::Parts(one.reduction, one.whole);
        self.ssa.emit(Op::Parallel(op, vec![value, over]), one.at)
    }

    /// In the outlined function: the block's row, from those of all arrays.
    pub(super) fn row(
        &mut self,
        one: &Accumulated,
        [rows, first, over]: [HValue; 3],
        all: &[HValue],
    ) -> HValue {
        let mut operands = vec![rows, first, over];
        operands.extend(all);
        let row = self.ssa.emit(Op::Parallel(ParallelOp::Part, operands), one.at);
        self.ssa.name_value(row, one.var);
        row
    }

    /// In the outlined function: what is a result of the block.
    pub(super) fn part_result(&mut self, one: &Accumulated, parts: HValue) -> HValue {
        let value = self.ssa.read_unchecked(one.var, one.at);
        let none = |b: &mut Self| b.constant(Const::None, one.at);
        self.number_or_array(parts, one.at, |_| value, none)
    }

    /// A block's row is put together with the array.
    pub(super) fn combine_part(
        &mut self,
        one: &Accumulated,
        parts: HValue,
        block: HValue,
    ) -> HValue {
        let whole = self.ssa.read(one.var, one.at);
        let row = self.ssa.emit(Op::Item(parts, block), one.at);
        self.ssa.emit(Op::Binary(one.op, whole, row, true), one.at)
    }

    /// One of two values, by what inference says of the rows.
    pub(super) fn number_or_array(
        &mut self,
        parts: HValue,
        at: Span,
        number: impl FnOnce(&mut Self) -> HValue,
        array: impl FnOnce(&mut Self) -> HValue,
    ) -> HValue {
        let none = self.constant(Const::None, at);
        let is_number = self.ssa.emit(Op::Compare(CompareOp::Is, parts, none), at);
        let [of_number, of_array, join] = [(); 3].map(|()| self.ssa.new_block(at));
        let value = self.ssa.add_param(join, ValueInfo { name: None, span: at });
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(is_number, edge(of_number), edge(of_array), at);
        self.ssa.enter(of_number);
        let given = number(self);
        self.ssa.jump(join, vec![given], at);
        self.ssa.enter(of_array);
        let given = array(self);
        self.ssa.jump(join, vec![given], at);
        self.ssa.enter(join);
        value
    }
}
