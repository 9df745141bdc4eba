//! Functions defined inside the function: `def` statements and lambdas.
//!
//! The nested function is built at once, with what it captures as hidden parameters
//! after its own (see `function.rs`); the place of its definition becomes a closure
//! of the captured values or cells and the defaults. A captured variable is a local of
//! the nested function: `captures.rs` decides how it is kept.

use super::Builder;
use super::function::{Wanted, build_wanted};
use crate::captures::{self, Body, Storage};
use crate::hir::{BinaryOp, HValue, Op};
use crate::scope::{Resolution, Var};
use crate::unsupported::Construct;
use cumbia_diagnostics::Span;
use rustc_hash::FxHashMap;
use rustpython_parser::ast::{self, Expr};
use std::sync::Arc;

impl Builder<'_> {
    pub(super) fn function_definition(&mut self, s: &ast::StmtFunctionDef) {
        let header = self.def_header(s);
        if !s.decorator_list.is_empty() {
            let at = self.span(&s.decorator_list[0]);
            self.refuse(Construct::DecoratedInner, at);
        }
        let name = s.name.as_str();
        let body = Body::Block(&s.body);
        let value = self.closure(&s.args, body, name, header, Some(name), s.returns.as_deref());
        if let Resolution::Local(var) = self.scope.resolve(name) {
            self.assign_local(var, value);
        }
    }

    /// A lambda; `own` is the variable that it is at once assigned to.
    pub(super) fn lambda(&mut self, e: &ast::ExprLambda, own: Option<&str>) -> HValue {
        let span = self.span(e);
        self.closure(&e.args, Body::Expression(&e.body), "<lambda>", span, own, None)
    }

    fn closure(
        &mut self,
        args: &ast::Arguments,
        body: Body<'_>,
        name: &str,
        header: Span,
        own: Option<&str>,
        returns: Option<&Expr>,
    ) -> HValue {
        let parameters = args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs);
        let defaults: Vec<HValue> = parameters
            .filter_map(|a| a.default.as_deref())
            .map(|default| self.expression(default))
            .collect();
        let uses = captures::uses(args, body);
        let own = own.filter(|own| {
            uses.contains(own)
                && matches!(self.scope.resolve(own), Resolution::Local(var) if self.scope.is_recursive(var))
        });
        let mut captured = Vec::new();
        let mut values = Vec::new();
        for free in &uses.free {
            let Resolution::Local(var) = self.resolve(free) else { continue };
            if own == Some(&**free) {
                continue;
            }
            values.push(self.ssa.read_unchecked(var, header));
            let kept = match self.storage(var) {
                Storage::Plain | Storage::Captured => Storage::Captured,
                Storage::Cell => Storage::Cell,
            };
            captured.push((free.clone(), kept));
        }
        let wanted = Wanted {
            args,
            body,
            name,
            own,
            header,
            captured,
            is_nested: true,
            class_name: self.class_name,
            makes_instance: false,
            returns,
            python_minor: self.python_minor,
            parallel: self.parallel,
            pranges: self.pranges,
            called: self.called,
            declared: &[],
        };
        let (built, diagnostics) = build_wanted(wanted, self.source, self.text, self.form);
        self.diagnostics.extend(diagnostics);
        self.nested.push(Arc::new(built));
        let index = self.nested.len() as u32 - 1;
        self.ssa.emit(Op::Closure(index, values, defaults), header)
    }

    /// From `def` to the end of its line.
    fn def_header(&self, s: &ast::StmtFunctionDef) -> Span {
        let span = self.span(s);
        let decorators = s.decorator_list.last().map_or(span.start, |d| self.span(d).end);
        let text = self.text.get(decorators as usize..span.end as usize).unwrap_or_default();
        let start = decorators + text.find("def").unwrap_or(0) as u32;
        let line = self.text.get(start as usize..span.end as usize).unwrap_or_default();
        let line = line.split(['\n', '\r']).next().unwrap_or_default().trim_end();
        Span { source: self.source, start, end: start + line.len() as u32 }
    }

    /// Reads a variable that a closure brought along as a value.
    pub(super) fn read_captured(&mut self, var: Var, span: Span) -> HValue {
        let value = self.ssa.read_unchecked(var, span);
        let name = self.scope.locals()[var as usize].clone();
        let checked = self.ssa.emit(Op::CheckFree(value, name), span);
        self.ssa.name_value(checked, var);
        // Past the check the variable has a value.
        self.ssa.write(var, checked);
        checked
    }

    /// Reads a variable that lives in a cell.
    pub(super) fn read_cell(&mut self, var: Var, span: Span) -> HValue {
        let cell = self.ssa.read_unchecked(var, span);
        let name = self.ssa.variable_name(var);
        let own = !self.is_captured(var) && self.depth == 0;
        let value = self.ssa.emit(Op::CellGet(cell, name, own), span);
        self.ssa.name_value(value, var);
        value
    }

    /// Assigns a variable that lives in a cell.
    pub(super) fn write_cell(&mut self, var: Var, value: HValue) {
        self.ssa.name_value(value, var);
        let span = self.ssa.span_of(value);
        let cell = self.ssa.read_unchecked(var, span);
        self.ssa.emit_effect(Op::CellSet(cell, value), span);
    }

    /// How a variable is kept.
    pub(super) fn storage(&self, var: Var) -> Storage {
        if self.shared.contains(&var) { Storage::Cell } else { self.scope.storage(var) }
    }

    /// Cells for the variables of a comprehension that functions in it use.
    pub(super) fn share_variables(
        &mut self,
        variables: &FxHashMap<Arc<str>, Var>,
        elements: &[&Expr],
        generators: &[ast::Comprehension],
        span: Span,
    ) {
        let iterables = generators.iter().skip(1).map(|g| &g.iter);
        let tests = generators.iter().flat_map(|g| &g.ifs);
        let inside: Vec<&Expr> = elements.iter().copied().chain(iterables).chain(tests).collect();
        let used = captures::used_by_functions(&inside);
        if used.is_empty() {
            return;
        }
        let mut shared: Vec<(&Arc<str>, Var)> =
            variables.iter().map(|(n, v)| (n, *v)).filter(|(n, _)| used.contains(*n)).collect();
        shared.sort_by_key(|(_, var)| *var);
        for (name, var) in shared {
            // The variable's number tells it from others of the name.
            let cell = self.ssa.emit(Op::CellNew(format!("{name}#{var}").into()), span);
            self.ssa.write(var, cell);
            self.shared.insert(var);
        }
    }

    fn is_captured(&self, var: Var) -> bool {
        self.scope.captured().contains(&var)
    }

    /// `(a, *b, c)`: pieces joined by tuple addition.
    pub(super) fn starred_tuple(&mut self, items: &[Expr], span: Span) -> HValue {
        let mut whole: Option<HValue> = None;
        let mut plain: Vec<HValue> = Vec::new();
        let mut add = |b: &mut Self, piece: HValue| {
            whole = Some(match whole {
                None => piece,
                Some(before) => b.ssa.emit(Op::Binary(BinaryOp::Add, before, piece, false), span),
            });
        };
        for item in items {
            match item {
                Expr::Starred(s) => {
                    if !plain.is_empty() {
                        let piece = self.ssa.emit(Op::Tuple(std::mem::take(&mut plain)), span);
                        add(self, piece);
                    }
                    let value = self.expression(&s.value);
                    let at = self.span(item);
                    let piece = self.ssa.emit(Op::Splat(value, None), at);
                    add(self, piece);
                }
                other => plain.push(self.expression(other)),
            }
        }
        if !plain.is_empty() {
            let piece = self.ssa.emit(Op::Tuple(plain), span);
            add(self, piece);
        }
        whole.expect("a display with a starred item")
    }
}
