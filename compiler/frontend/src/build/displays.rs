//! Displays of lists, sets and dicts, and f-strings.
//!
//! Items are evaluated from left to right; from the first starred one on they are added
//! one by one, so that what a starred item does comes in its place. A dict's key is
//! evaluated before its value. Comprehensions are in `comprehensions.rs`.

use super::Builder;
use super::expressions::literal;
use crate::hir::{Container, HValue, Op};
use cumbia_diagnostics::Span;
use rustpython_parser::ast::{self, ConversionFlag, Expr};

impl Builder<'_> {
    /// `[a, *b]` and `{a, *b}`.
    ///
    /// CPython makes a set of three constants and more from a constant frozenset: its order
    /// of iteration is that of a set which was added to an empty one.
    pub(super) fn display(&mut self, kind: Container, items: &[Expr], span: Span) -> HValue {
        if kind == Container::Set && items.len() > 2 && items.iter().all(is_constant) {
            let constant = self.constant_set(items, span);
            return self.collected(Container::Set, constant, span);
        }
        self.plain_display(kind, items, span)
    }

    /// What a loop goes over: of constants, the frozenset itself.
    pub(super) fn iterable(&mut self, e: &Expr) -> HValue {
        match e {
            Expr::Set(set) if set.elts.iter().all(is_constant) => {
                let span = self.span(e);
                self.constant_set(&set.elts, span)
            }
            _ => self.expression(e),
        }
    }

    /// A frozenset as CPython's compiler makes it: twice, the second one from the items in
    /// the order of the first one (`merge_consts_recursive` in `Python/compile.c`).
    fn constant_set(&mut self, items: &[Expr], span: Span) -> HValue {
        let first = self.plain_display(Container::Set, items, span);
        let in_order = self.collected(Container::List, first, span);
        self.collected(Container::Set, in_order, span)
    }

    /// A new container of the items of another one.
    fn collected(&mut self, kind: Container, items: HValue, span: Span) -> HValue {
        let made = self.ssa.emit(Op::Display(kind, Vec::new()), span);
        self.ssa.emit_effect(Op::Extend(kind, made, items), span);
        made
    }

    fn plain_display(&mut self, kind: Container, items: &[Expr], span: Span) -> HValue {
        let plain = items.iter().position(Expr::is_starred_expr).unwrap_or(items.len());
        let first: Vec<HValue> = items[..plain].iter().map(|e| self.expression(e)).collect();
        let made = self.ssa.emit(Op::Display(kind, first), span);
        for item in &items[plain..] {
            let at = self.span(item);
            match item {
                Expr::Starred(s) => {
                    let all = self.expression(&s.value);
                    self.ssa.emit_effect(Op::Extend(kind, made, all), at);
                }
                _ => {
                    let value = self.expression(item);
                    self.ssa.emit_effect(Op::Insert(kind, made, vec![value]), at);
                }
            }
        }
        made
    }

    /// `{key: value, **other}`.
    pub(super) fn dict_display(&mut self, e: &ast::ExprDict, span: Span) -> HValue {
        let plain = e.keys.iter().position(Option::is_none).unwrap_or(e.keys.len());
        let mut first = Vec::with_capacity(2 * plain);
        for (key, value) in e.keys[..plain].iter().flatten().zip(&e.values) {
            first.push(self.expression(key));
            first.push(self.expression(value));
        }
        let made = self.ssa.emit(Op::Display(Container::Dict, first), span);
        for (key, value) in e.keys[plain..].iter().zip(&e.values[plain..]) {
            let at = self.span(value);
            match key {
                None => {
                    let all = self.expression(value);
                    self.ssa.emit_effect(Op::Extend(Container::Dict, made, all), at);
                }
                Some(key) => {
                    let pair = vec![self.expression(key), self.expression(value)];
                    self.ssa.emit_effect(Op::Insert(Container::Dict, made, pair), at);
                }
            }
        }
        made
    }

    /// An f-string with fields.
    pub(super) fn f_string(&mut self, parts: &[Expr], span: Span) -> HValue {
        let parts: Vec<HValue> = parts.iter().map(|part| self.expression(part)).collect();
        self.ssa.emit(Op::Concat(parts), span)
    }

    /// `{value!r:format}`.
    pub(super) fn formatted_value(&mut self, e: &ast::ExprFormattedValue) -> HValue {
        let value = self.expression(&e.value);
        let of_value = self.span(&*e.value);
        let conversion = match e.conversion {
            ConversionFlag::None => None,
            ConversionFlag::Str => Some('s'),
            ConversionFlag::Repr => Some('r'),
            ConversionFlag::Ascii => Some('a'),
        };
        let format = e.format_spec.as_ref().map(|f| match literal(f) {
            Some(constant) => {
                let at = self.span(&**f);
                self.constant(constant, at)
            }
            None => self.expression(f),
        });
        // `{x!r:>10}` formats the string that `repr` gives.
        let value = match conversion {
            Some(_) => self.ssa.emit(Op::Format(value, conversion, None), of_value),
            None => value,
        };
        match (conversion, format) {
            (Some(_), None) => value,
            _ => self.ssa.emit(Op::Format(value, None, format), of_value),
        }
    }
}

/// Whether CPython's compiler makes a constant of an expression.
fn is_constant(e: &Expr) -> bool {
    match e {
        Expr::Constant(_) => true,
        Expr::UnaryOp(u) => is_constant(&u.operand),
        Expr::BinOp(b) => is_constant(&b.left) && is_constant(&b.right),
        Expr::Tuple(t) => t.elts.iter().all(is_constant),
        _ => false,
    }
}
