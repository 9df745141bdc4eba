//! List, set and dict comprehensions: loops that add to a container.
//!
//! A comprehension has a scope of its own: its targets are variables that nothing outside
//! sees. The first iterable is evaluated outside of that scope, before anything else.
//! Generator expressions aren't built here.

use super::{Builder, LoopTargets};
use crate::hir::{Container, Edge, HValue, Op, ValueInfo};
use crate::scope::Var;
use cumbia_diagnostics::Span;
use rustc_hash::FxHashMap;
use rustpython_parser::ast::{Comprehension, Expr};
use std::sync::Arc;

impl Builder<'_> {
    /// `[element for ...]`; of a dict, key and value.
    pub(super) fn comprehension(
        &mut self,
        kind: Container,
        elements: &[&Expr],
        generators: &[Comprehension],
        span: Span,
    ) -> HValue {
        let Some(first) = generators.first() else {
            return self.ssa.emit(Op::Display(kind, Vec::new()), span);
        };
        let iterable = self.iterable(&first.iter);
        let made = self.ssa.emit(Op::Display(kind, Vec::new()), span);
        let mut variables = FxHashMap::default();
        for generator in generators {
            self.declare_targets(&generator.target, &mut variables);
        }
        self.share_variables(&variables, elements, generators, span);
        self.comprehensions.push(variables);
        self.generators(generators, iterable, &mut |b: &mut Self| {
            let items = elements.iter().map(|e| b.expression(e)).collect();
            b.ssa.emit_effect(Op::Insert(kind, made, items), span);
        });
        self.comprehensions.pop();
        made
    }

    /// New variables for the names that a target binds.
    fn declare_targets(&mut self, target: &Expr, variables: &mut FxHashMap<Arc<str>, Var>) {
        match target {
            Expr::Name(e) => {
                let name: Arc<str> = Arc::from(e.id.as_str());
                let var = self.ssa.new_variable(name.clone());
                variables.insert(name, var);
            }
            Expr::Tuple(e) => e.elts.iter().for_each(|t| self.declare_targets(t, variables)),
            Expr::List(e) => e.elts.iter().for_each(|t| self.declare_targets(t, variables)),
            Expr::Starred(e) => self.declare_targets(&e.value, variables),
            _ => {}
        }
    }

    /// The loops, one in the other, with `innermost` for each item that passes.
    fn generators(
        &mut self,
        generators: &[Comprehension],
        iterable: HValue,
        innermost: &mut dyn FnMut(&mut Self),
    ) {
        let Some((generator, rest)) = generators.split_first() else { return };
        let span = self.span(&generator.iter);
        let iterator = self.ssa.emit(Op::Iter(iterable, None), span);
        let start = self.ssa.emit(Op::IterStart(iterator, false), span);
        let blocks = self.loop_blocks(span);
        let position = self.ssa.add_param(blocks.header, ValueInfo { name: None, span });
        self.ssa.jump(blocks.header, vec![start], span);
        self.ssa.switch_to(blocks.header);
        let (more, at) = self.ssa.emit_two(Op::IterNext(iterator, position), span);
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(more, edge(blocks.body), edge(blocks.exit), span);
        self.ssa.enter(blocks.body);
        let item = self.ssa.emit(Op::IterItem(iterator, at), span);
        self.assign_target(&generator.target, item);
        let regions = self.regions.len();
        self.loops.push(LoopTargets {
            latch: blocks.latch,
            exit: blocks.exit,
            iterator: None,
            regions,
        });
        for test in &generator.ifs {
            let passed = self.ssa.new_block(self.span(test));
            self.condition(test, passed, blocks.latch);
            self.ssa.enter(passed);
        }
        match rest.first() {
            None => innermost(self),
            Some(next) => {
                let iterable = self.iterable(&next.iter);
                self.generators(rest, iterable, innermost);
            }
        }
        self.loops.pop();
        self.ssa.jump(blocks.latch, vec![], span);
        self.ssa.enter(blocks.latch);
        self.ssa.emit_effect(Op::Poll, span);
        let next = self.ssa.emit(Op::PosNext(iterator, at), span);
        self.ssa.jump(blocks.header, vec![next], span);
        self.ssa.seal(blocks.header);
        // There is no else clause; its block is left without a way in.
        self.ssa.seal(blocks.otherwise);
        self.ssa.enter(blocks.exit);
    }
}
