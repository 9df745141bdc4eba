//! Calls: the callee, then positional and `*` arguments from left to right, then
//! keyword arguments, as CPython evaluates them (so `f(a=x, *y)` evaluates `y`
//! first). How arguments meet parameters is inference's work.
//!
//! A dict of names that are in the text, in `**{"a": x}` or in a variable that is only
//! passed on and read by such names ([`Scope::is_keywords`]), is made as what a `**kwargs`
//! parameter receives.
//!
//! [`Scope::is_keywords`]: crate::scope::Scope::is_keywords

use super::Builder;
use crate::captures;
use crate::hir::{CallArg, HValue, NameKind, Op};
use crate::scope::Resolution;
use rustpython_parser::ast::{self, Expr};
use std::sync::Arc;

impl Builder<'_> {
    pub(super) fn call(&mut self, e: &ast::ExprCall) -> HValue {
        let span = self.span(e);
        let callee = self.expression(&e.func);
        let args = self.arguments(&e.args, &e.keywords);
        self.ssa.emit(Op::Call(callee, args), span)
    }

    /// The arguments of a call, in the order in which they are evaluated.
    pub(super) fn arguments(&mut self, given: &[Expr], keywords: &[ast::Keyword]) -> Vec<CallArg> {
        let mut args = Vec::with_capacity(given.len() + keywords.len());
        for arg in given {
            let (starred, arg) = match arg {
                Expr::Starred(s) => (true, &*s.value),
                other => (false, other),
            };
            let value = match arg {
                Expr::GeneratorExp(e) => self.generator_expression(e),
                _ => self.expression(arg),
            };
            args.push(CallArg { name: None, value, starred });
        }
        for keyword in keywords {
            match &keyword.arg {
                Some(name) => {
                    let value = self.expression(&keyword.value);
                    args.push(CallArg {
                        name: Some(Arc::from(name.as_str())),
                        value,
                        starred: false,
                    });
                }
                // `**{"a": x}` is `a=x`.
                None if let (Expr::Dict(_), Some(named)) =
                    (&keyword.value, captures::names_of_dict(&keyword.value)) =>
                {
                    for (name, value) in named {
                        let value = self.expression(value);
                        args.push(CallArg { name: Some(Arc::from(name)), value, starred: false });
                    }
                }
                None => {
                    let made = self.keywords(&keyword.value);
                    let value = made.unwrap_or_else(|| self.expression(&keyword.value));
                    args.push(CallArg { name: Some(Arc::from("**")), value, starred: true });
                }
            }
        }
        args
    }

    /// Whether a name is a variable for which that is made.
    pub(super) fn is_keywords(&self, name: &str) -> bool {
        matches!(self.resolve(name), Resolution::Local(var) if self.scope.is_keywords(var))
    }

    /// What a `**kwargs` parameter would receive, from a dict of names in the text; `None`
    /// for other expressions.
    pub(super) fn keywords(&mut self, e: &Expr) -> Option<HValue> {
        let named = captures::names_of_dict(e)?;
        let span = self.span(e);
        let (function, mut args) = match e {
            Expr::Call(call) => {
                let make = self.expression(&call.func);
                ("made_by", vec![CallArg { name: None, value: make, starred: false }])
            }
            _ => ("keywords", Vec::new()),
        };
        for (name, value) in named {
            let value = self.expression(value);
            args.push(CallArg { name: Some(Arc::from(name)), value, starred: false });
        }
        let function = Arc::from(format!("calling.{function}"));
        let callee = self.ssa.emit(Op::Name(function, NameKind::Library), span);
        Some(self.ssa.emit(Op::Call(callee, args), span))
    }
}
