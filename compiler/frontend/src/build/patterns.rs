//! `match`: cases are tried in order, each a chain of tests and branches.
//!
//! The names that a pattern captures are assigned when all of it has matched, before the
//! guard, as CPython does. An alternative of an or-pattern hands its captures to the block
//! after the pattern as arguments. What the type of the subject decides is decided by
//! inference ([`crate::hir::PatternTest`]), so a case that can't match needs no code, and
//! what is in it isn't even typed.

use super::Builder;
use super::expressions::literal_constant;
use crate::hir::{CompareOp, Const, Container, Edge, HBlock, HValue, Op, PatternTest, ValueInfo};
use crate::scope::pattern_names;
use crate::unsupported::Construct;
use cumbia_diagnostics::Span;
use rustpython_parser::ast::{self, Pattern};
use std::sync::Arc;

/// Names and their values, in the order of the pattern.
type Bindings = Vec<(Arc<str>, HValue)>;

impl Builder<'_> {
    pub(super) fn match_statement(&mut self, s: &ast::StmtMatch) {
        let span = self.span(&*s.subject);
        let subject = self.expression(&s.subject);
        let end = self.ssa.new_block(span);
        for case in &s.cases {
            let next = self.ssa.new_block(span);
            let mut bindings = Bindings::new();
            self.pattern(&case.pattern, subject, next, &mut bindings);
            for (name, value) in bindings {
                self.assign_name(&name, value);
            }
            if let Some(guard) = &case.guard {
                let holds = self.ssa.new_block(self.span(&**guard));
                self.condition(guard, holds, next);
                self.ssa.enter(holds);
            }
            self.statements(&case.body);
            self.ssa.jump(end, vec![], span);
            self.ssa.enter(next);
        }
        self.ssa.jump(end, vec![], span);
        self.ssa.enter(end);
    }

    /// Goes on in a new block where the pattern matches, and to `fail` where not.
    fn pattern(&mut self, pattern: &Pattern, subject: HValue, fail: HBlock, out: &mut Bindings) {
        let span = self.span(pattern);
        match pattern {
            Pattern::MatchValue(p) => {
                let value = self.expression(&p.value);
                let equal = self.ssa.emit(Op::Compare(CompareOp::Eq, subject, value), span);
                self.go_on_if(equal, fail, span);
            }
            Pattern::MatchSingleton(p) => {
                let Some(constant) = literal_constant(&p.value) else { return };
                self.test(PatternTest::Is(constant), subject, fail, span);
            }
            Pattern::MatchSequence(p) => self.sequence_pattern(p, subject, fail, out, span),
            Pattern::MatchClass(p) => self.class_pattern(p, subject, fail, out, span),
            Pattern::MatchAs(p) => {
                if let Some(inner) = &p.pattern {
                    self.pattern(inner, subject, fail, out);
                }
                if let Some(name) = &p.name {
                    out.push((Arc::from(name.as_str()), subject));
                }
            }
            Pattern::MatchOr(p) => self.or_pattern(p, subject, fail, out, span),
            Pattern::MatchMapping(p) => self.mapping_pattern(p, subject, fail, out, span),
            // Only in sequences, which handle it.
            Pattern::MatchStar(_) => {}
        }
    }

    fn go_on_if(&mut self, holds: HValue, fail: HBlock, span: Span) {
        let matched = self.ssa.new_block(span);
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(holds, edge(matched), edge(fail), span);
        self.ssa.enter(matched);
    }

    fn test(&mut self, test: PatternTest, subject: HValue, fail: HBlock, span: Span) {
        let holds = self.ssa.emit(Op::PatternTest(test, subject, None), span);
        self.go_on_if(holds, fail, span);
    }

    fn sequence_pattern(
        &mut self,
        p: &ast::PatternMatchSequence,
        subject: HValue,
        fail: HBlock,
        out: &mut Bindings,
        span: Span,
    ) {
        let star = p.patterns.iter().position(|p| matches!(p, Pattern::MatchStar(_)));
        let fixed = (p.patterns.len() - usize::from(star.is_some())) as i64;
        let test = match star {
            None => PatternTest::Length(fixed),
            Some(_) => PatternTest::AtLeast(fixed),
        };
        self.test(test, subject, fail, span);
        let count = p.patterns.len() as i64;
        for (i, inner) in p.patterns.iter().enumerate() {
            let at = self.span(inner);
            let i = i as i64;
            match inner {
                Pattern::MatchStar(s) => {
                    if let Some(name) = &s.name {
                        let rest = self.rest_of_sequence(subject, i, count - i - 1, at);
                        out.push((Arc::from(name.as_str()), rest));
                    }
                }
                // A wildcard doesn't look at the item.
                Pattern::MatchAs(ast::PatternMatchAs { pattern: None, name: None, .. }) => {}
                _ => {
                    let index = match star {
                        Some(star) if i as usize > star => i - count,
                        _ => i,
                    };
                    let index = self.constant(Const::Int(index), at);
                    let item = self.ssa.emit(Op::Item(subject, index), at);
                    self.pattern(inner, item, fail, out);
                }
            }
        }
    }

    /// A list of the items from `before` on, but for the last `after`.
    pub(super) fn rest_of_sequence(
        &mut self,
        sequence: HValue,
        before: i64,
        after: i64,
        span: Span,
    ) -> HValue {
        let start = self.constant(Const::Int(before), span);
        let stop = (after > 0).then(|| self.constant(Const::Int(-after), span));
        let slice = self.ssa.emit(Op::Slice([Some(start), stop, None]), span);
        let part = self.ssa.emit(Op::Item(sequence, slice), span);
        let list = self.ssa.emit(Op::Display(Container::List, Vec::new()), span);
        self.ssa.emit_effect(Op::Extend(Container::List, list, part), span);
        list
    }

    fn mapping_pattern(
        &mut self,
        p: &ast::PatternMatchMapping,
        subject: HValue,
        fail: HBlock,
        out: &mut Bindings,
        span: Span,
    ) {
        // Equal constants are no Python; of others, which raise when they turn out equal,
        // one key alone is compiled.
        let constant = |e: &ast::Expr| match e {
            ast::Expr::Constant(_) => true,
            ast::Expr::UnaryOp(e) => matches!(&*e.operand, ast::Expr::Constant(_)),
            _ => false,
        };
        if p.keys.len() > 1 && !p.keys.iter().all(constant) {
            self.refuse(Construct::MappingPattern, span);
            return;
        }
        self.test(PatternTest::Mapping, subject, fail, span);
        let keys: Vec<HValue> = p.keys.iter().map(|key| self.expression(key)).collect();
        // All keys are there before a value is looked at.
        for &key in &keys {
            let found = self.ssa.emit(Op::Compare(CompareOp::In, key, subject), span);
            self.go_on_if(found, fail, span);
        }
        for (&key, inner) in keys.iter().zip(&p.patterns) {
            if let Pattern::MatchAs(ast::PatternMatchAs { pattern: None, name: None, .. }) = inner {
                continue;
            }
            let item = self.ssa.emit(Op::Item(subject, key), self.span(inner));
            self.pattern(inner, item, fail, out);
        }
        if let Some(name) = &p.rest {
            let rest = self.ssa.emit(Op::Display(Container::Dict, Vec::new()), span);
            self.ssa.emit_effect(Op::Extend(Container::Dict, rest, subject), span);
            for &key in &keys {
                self.ssa.emit_effect(Op::DelItem(rest, key), span);
            }
            out.push((Arc::from(name.as_str()), rest));
        }
    }

    fn class_pattern(
        &mut self,
        p: &ast::PatternMatchClass,
        subject: HValue,
        fail: HBlock,
        out: &mut Bindings,
        span: Span,
    ) {
        let class = self.expression(&p.cls);
        let holds = self.ssa.emit(Op::PatternTest(PatternTest::Class, subject, Some(class)), span);
        self.go_on_if(holds, fail, span);
        for (i, inner) in p.patterns.iter().enumerate() {
            // What a position means is the class's `__match_args__`; of `int` and its like,
            // the only one is the subject itself.
            let test = PatternTest::Position(i as u32);
            let item = self.ssa.emit(Op::PatternTest(test, subject, Some(class)), span);
            self.pattern(inner, item, fail, out);
        }
        for (name, inner) in p.kwd_attrs.iter().zip(&p.kwd_patterns) {
            let at = self.span(inner);
            let item = self.ssa.emit(Op::Attr(subject, Arc::from(name.as_str())), at);
            self.pattern(inner, item, fail, out);
        }
    }

    fn or_pattern(
        &mut self,
        p: &ast::PatternMatchOr,
        subject: HValue,
        fail: HBlock,
        out: &mut Bindings,
        span: Span,
    ) {
        let mut names = Vec::new();
        if let Some(first) = p.patterns.first() {
            pattern_names(first, &mut names);
        }
        let matched = self.ssa.new_block(span);
        for name in &names {
            let value = self.ssa.add_param(matched, ValueInfo { name: Some(name.clone()), span });
            out.push((name.clone(), value));
        }
        for alternative in &p.patterns {
            let next = self.ssa.new_block(span);
            let mut bindings = Bindings::new();
            self.pattern(alternative, subject, next, &mut bindings);
            let mut args = Vec::with_capacity(names.len());
            for name in &names {
                match bindings.iter().find(|(n, _)| n == name) {
                    Some((_, value)) => args.push(*value),
                    // Not Python: alternatives bind the same names.
                    None => args.push(self.constant(Const::None, span)),
                }
            }
            self.ssa.jump(matched, args, span);
            self.ssa.enter(next);
        }
        self.ssa.jump(fail, vec![], span);
        self.ssa.enter(matched);
    }
}
