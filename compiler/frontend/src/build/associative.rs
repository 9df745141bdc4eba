//! Variables of a parallel loop that a function of two values reduces.
//!
//! ```text
//!   for i in prange(n):           for i in <turns of the block>:
//!       v = f(v, e)         =>        v = f(v, e) if <v has a value> else <e as v's type>
//!                                 for b in range(blocks):
//!                                     if <the block's v has a value>: v = f(v, <block's v>)
//! ```
//!
//! A block begins with what its first turn brings, so no identity is needed, and a block whose
//! turns bring nothing isn't combined. The order of the operands stays the text's: `f` needn't
//! be commutative. Whether it is associative is the program's word, or the library's, which
//! inference looks up.

use super::Builder;
use crate::hir::{CallArg, Edge, HValue, Op, ParallelOp, ValueInfo};
use crate::scope::Var;
use cumbia_diagnostics::Span;
use rustpython_parser::ast;

impl Builder<'_> {
    /// A call in an outlined function, if it is one that reduces.
    pub(super) fn combining_call(&mut self, e: &ast::ExprCall) -> Option<HValue> {
        let span = self.span(e);
        let (var, before, second) = *self.outlined.as_ref()?.combining.get(&span.start)?;
        let callee = self.expression(&e.func);
        let given = self.expression(&e.args[usize::from(!second)]);
        let whole = self.ssa.read_unchecked(var, span);
        let has = self.ssa.emit(Op::Parallel(ParallelOp::Has, vec![whole]), span);
        let [more, first, join] = [(); 3].map(|()| self.ssa.new_block(span));
        let value = self.ssa.add_param(join, ValueInfo { name: None, span });
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(has, edge(more), edge(first), span);
        self.ssa.enter(more);
        let held = self.ssa.emit(Op::Parallel(ParallelOp::Held, vec![whole]), span);
        let combined = self.combined(callee, [held, given], second, span);
        self.ssa.jump(join, vec![combined], span);
        self.ssa.enter(first);
        let operands = vec![before, given, callee];
        let begun = self.ssa.emit(Op::Parallel(ParallelOp::First, operands), span);
        self.ssa.jump(join, vec![begun], span);
        self.ssa.enter(join);
        Some(value)
    }

    /// A variable and a block's part, where it has one, put together.
    pub(super) fn combine_blocks(
        &mut self,
        var: Var,
        call: &ast::ExprCall,
        second: bool,
        part: HValue,
    ) {
        let at = self.span(call);
        let has = self.ssa.emit(Op::Parallel(ParallelOp::Has, vec![part]), at);
        let [take, join] = [(); 2].map(|()| self.ssa.new_block(at));
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(has, edge(take), edge(join), at);
        self.ssa.enter(take);
        let whole = self.ssa.read(var, at);
        let part = self.ssa.emit(Op::Parallel(ParallelOp::Held, vec![part]), at);
        let callee = self.expression(&call.func);
        let new = self.combined(callee, [whole, part], second, at);
        self.ssa.name_value(new, var);
        self.ssa.write(var, new);
        self.ssa.jump(join, vec![], at);
        self.ssa.enter(join);
    }

    fn combined(
        &mut self,
        callee: HValue,
        [whole, part]: [HValue; 2],
        second: bool,
        at: Span,
    ) -> HValue {
        let given = if second { [part, whole] } else { [whole, part] };
        let args = given.map(|value| CallArg { name: None, value, starred: false });
        self.ssa.emit(Op::Call(callee, args.to_vec()), at)
    }
}
