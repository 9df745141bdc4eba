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
    pub(super) fn display(&mut self, kind: Container, items: &[Expr], span: Span) -> HValue {
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
    pub(super) fn formatted_value(&mut self, e: &ast::ExprFormattedValue, span: Span) -> HValue {
        let value = self.expression(&e.value);
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
            Some(_) => self.ssa.emit(Op::Format(value, conversion, None), span),
            None => value,
        };
        match (conversion, format) {
            (Some(_), None) => value,
            _ => self.ssa.emit(Op::Format(value, None, format), span),
        }
    }
}
