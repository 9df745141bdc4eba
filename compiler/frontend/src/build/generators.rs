//! `yield`, `yield from`, and generator expressions.
//!
//! A generator expression is a function of its own: its parameters are the first iterable,
//! which is evaluated where the expression stands, and the variables of the enclosing
//! function that it uses: their cells if they have some, and else by value. Python looks
//! them up when an item is asked for; the difference shows when a variable is assigned in
//! between. A variable that the expression assigns, or that may be assigned after it or in
//! a loop around it, has a cell (`captures.rs`), unless the expression is an argument of a
//! call, which uses it up in all but odd cases (`docs/semantics.md` has them).

use super::expressions::Captures;
use super::ssa::{ENTRY, Ssa};
use super::{Builder, Form};
use crate::captures::Storage;
use crate::hir::{
    Const, Edge, HValue, HirFunction, Op, Param, ParamKind, Suspension, Terminator, ValueInfo,
};
use crate::scope::{Resolution, Scope, Var};
use crate::unsupported::Construct;
use cumbia_diagnostics::{Diagnostic, Span};
use rustc_hash::FxHashSet;
use rustpython_parser::ast::{self, Expr};
use std::sync::Arc;

/// Most generator expressions inside one another: each level is built twice.
const MAX_NESTED: usize = 4;

/// The name of the first iterable, as CPython has it.
const ITERABLE: &str = ".0";

impl Builder<'_> {
    /// `yield value`: what is sent, if that is used.
    pub(super) fn yield_value(&mut self, e: &ast::ExprYield, wanted: bool) -> HValue {
        let span = self.span(e);
        self.generator = true;
        let value = match &e.value {
            Some(value) => self.expression(value),
            None => self.constant(Const::None, span),
        };
        let suspension = self.suspension(wanted, false);
        self.ssa.emit(Op::Yield(value, Box::new(suspension)), span)
    }

    /// How the generator waits here.
    fn suspension(&self, wanted: bool, delegates: bool) -> Suspension {
        let (handled, has_finally) = self.around();
        Suspension { handled, guarded: has_finally || self.guards > 0, wanted, delegates }
    }

    /// `yield from iterable` as a value: what the iterable returns.
    pub(super) fn yield_from_value(&mut self, e: &ast::ExprYieldFrom) -> HValue {
        let iterable = self.yield_from_statement(e);
        let span = self.span(e);
        self.ssa.emit(Op::Given(iterable), span)
    }

    /// `yield from iterable` as a statement: a loop that yields the items, and passes on
    /// what comes back.
    pub(super) fn yield_from_statement(&mut self, e: &ast::ExprYieldFrom) -> HValue {
        let span = self.span(e);
        self.generator = true;
        let iterable = self.expression(&e.value);
        self.loop_over(iterable, span, |b, item| {
            let suspension = Box::new(b.suspension(true, true));
            let (sent, thrown) = b.ssa.emit_two(Op::Yield(item, suspension), span);
            let (throws, sends) = (b.ssa.new_block(span), b.ssa.new_block(span));
            let edge = |block| Edge { block, args: vec![] };
            b.ssa.branch(thrown, edge(throws), edge(sends), span);
            b.ssa.enter(throws);
            b.ssa.emit_effect(Op::DelegateThrow(iterable), span);
            if let Some(latch) = b.loops.last().map(|l| l.latch) {
                b.ssa.jump(latch, vec![], span);
            }
            b.ssa.enter(sends);
            b.ssa.emit_effect(Op::Delegate(iterable, sent), span);
        });
        iterable
    }

    /// `(element for target in iterable if condition ...)`.
    pub(super) fn generator_expression(&mut self, e: &ast::ExprGeneratorExp) -> HValue {
        let span = self.span(e);
        if self.depth >= MAX_NESTED {
            return self.refuse(Construct::GeneratorExpression, span);
        }
        let Some(first) = e.generators.first() else {
            return self.refuse(Construct::GeneratorExpression, span);
        };
        let iterable = self.expression(&first.iter);
        let mut names = Vec::new();
        e.generators.iter().for_each(|c| crate::scope::bind(&c.target, &mut names));
        // Once to see which variables it reads, once with these as parameters.
        let mut outer = Captures { names: Vec::new(), placeholders: true };
        self.generator_body(e, &names, &mut outer, span);
        let captured = std::mem::take(&mut outer.names);
        outer.placeholders = false;
        let (function, diagnostics) = {
            let mut params = vec![Arc::from(ITERABLE)];
            params.extend(captured.iter().cloned());
            self.generator_function(e, params, &names, &mut outer, span)
        };
        self.diagnostics.extend(diagnostics);
        let mut operands = vec![iterable];
        for name in &captured {
            // It need not have a value yet: the generator looks when it gets there.
            let operand = match self.resolve(name) {
                Resolution::Local(var) => self.ssa.read_unchecked(var, span),
                _ => self.name(name, span),
            };
            operands.push(operand);
        }
        self.children.push(function);
        self.ssa.emit(Op::Generator(self.children.len() as u32 - 1, operands), span)
    }

    /// The variable of a name that is kept in a cell.
    fn cell_of(&self, name: &str) -> Option<Var> {
        match self.resolve(name) {
            Resolution::Local(var) if self.storage(var) == Storage::Cell => Some(var),
            _ => None,
        }
    }

    fn generator_body(
        &self,
        e: &ast::ExprGeneratorExp,
        names: &[Arc<str>],
        outer: &mut Captures,
        span: Span,
    ) {
        self.generator_function(e, vec![Arc::from(ITERABLE)], names, outer, span);
    }

    /// The function that a generator expression is, and what is refused in it.
    fn generator_function(
        &self,
        e: &ast::ExprGeneratorExp,
        params: Vec<Arc<str>>,
        names: &[Arc<str>],
        outer: &mut Captures,
        span: Span,
    ) -> (HirFunction, Vec<Diagnostic>) {
        let mut scope = Scope::of_names(&params, names);
        for (at, name) in params.iter().enumerate().skip(1) {
            if self.cell_of(name).is_none() {
                scope.set_captured(at as Var);
            }
        }
        let form = Form::default();
        let enclosing: Vec<&Scope> =
            self.enclosing.iter().copied().chain(std::iter::once(self.scope)).collect();
        let mut enclosing_names = self.enclosing_names.clone();
        enclosing_names.extend(self.comprehensions.iter().flat_map(|c| c.keys().cloned()));
        let no_bindings = Default::default();
        let mut b = Builder {
            ssa: Ssa::new(scope.locals(), span),
            scope: &scope,
            source: self.source,
            text: self.text,
            loops: Vec::new(),
            regions: Vec::new(),
            finally_copies: 0,
            comprehensions: Vec::new(),
            form: &form,
            copies: Vec::new(),
            loop_paths: Vec::new(),
            diagnostics: Vec::new(),
            generator: true,
            guards: 0,
            children: Vec::new(),
            enclosing,
            enclosing_names,
            captures: Captures { names: Vec::new(), placeholders: outer.placeholders },
            depth: self.depth + 1,
            nested: Vec::new(),
            shared: FxHashSet::default(),
            class_name: self.class_name,
            first_parameter: None,
            makes_instance: false,
            initializer: None,
            made_itself: None,
            python_minor: self.python_minor,
            parallel: None,
            pranges: &[],
            called: &[],
            declared: self.declared,
            bindings: &no_bindings,
            needed: None,
            outlined: None,
            warned: Vec::new(),
            serial: Vec::new(),
        };
        // The iterable is the first parameter.
        for (at, name) in params.iter().enumerate().skip(1) {
            if self.cell_of(name).is_some() {
                b.shared.insert(at as Var);
            }
        }
        let mut values = Vec::new();
        for (var, param) in params.iter().enumerate() {
            let value = b.ssa.add_param(ENTRY, ValueInfo { name: Some(param.clone()), span });
            b.ssa.write(var as u32, value);
            values.push(value);
        }
        b.generator_clauses(&e.generators, values[0], &e.elt);
        let none = b.constant(Const::None, span);
        b.ssa.terminate(Terminator::Return(none), span);
        outer.names = std::mem::take(&mut b.captures.names);
        let params = params
            .into_iter()
            .map(|name| Param {
                name,
                kind: ParamKind::Plain,
                has_default: false,
                default_const: None,
                span,
            })
            .collect();
        let (diagnostics, children, loops) = (b.diagnostics, b.children, b.loop_paths);
        let (blocks, values) = b.ssa.finish();
        let function = HirFunction {
            source: self.source,
            name: Arc::from("<genexpr>"),
            span,
            params,
            blocks,
            values,
            loops,
            generator: true,
            children,
            nested: Vec::new(),
            inner: None,
            sends: None,
            made_early: false,
            warned: Vec::new(),
            serial: Vec::new(),
        };
        (function, diagnostics)
    }

    /// The loops and conditions from a clause on, and the `yield` inside.
    fn generator_clauses(
        &mut self,
        clauses: &[ast::Comprehension],
        iterable: HValue,
        element: &Expr,
    ) {
        let Some((clause, rest)) = clauses.split_first() else { return };
        let span = self.span(&clause.iter);
        if clause.is_async {
            self.refuse(Construct::AsyncStatement, span);
        }
        self.loop_over(iterable, span, |b, item| {
            b.assign_target(&clause.target, item);
            let skip = b.loops.last().map(|l| l.latch);
            for condition in &clause.ifs {
                let at = b.span(condition);
                let holds = b.ssa.new_block(at);
                let fails = b.ssa.new_block(at);
                b.condition(condition, holds, fails);
                b.ssa.enter(fails);
                if let Some(latch) = skip {
                    b.ssa.jump(latch, vec![], at);
                }
                b.ssa.enter(holds);
            }
            match rest.first() {
                Some(next) => {
                    let inner = b.expression(&next.iter);
                    b.generator_clauses(rest, inner, element);
                }
                None => {
                    let at = b.span(element);
                    let value = b.expression(element);
                    b.ssa.emit(Op::Yield(value, Box::default()), at);
                }
            }
        });
    }

    /// A name that isn't local: a variable of an enclosing function is captured.
    pub(super) fn captured(&mut self, name: &str, span: Span) -> Option<HValue> {
        let outer =
            self.enclosing.iter().any(|scope| matches!(scope.resolve(name), Resolution::Local(_)))
                || self.enclosing_names.contains(name);
        if !outer {
            return None;
        }
        if !self.captures.names.iter().any(|n| &**n == name) {
            self.captures.names.push(Arc::from(name));
        }
        debug_assert!(self.captures.placeholders, "all captured names are parameters");
        Some(self.constant(Const::None, span))
    }
}
