//! Calls: the callee, then positional and `*` arguments from left to right, then
//! keyword arguments, as CPython evaluates them (so `f(a=x, *y)` evaluates `y`
//! first). How arguments meet parameters is inference's work.

use super::Builder;
use crate::hir::{CallArg, HValue, Op};
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
                None => {
                    let value = self.expression(&keyword.value);
                    args.push(CallArg { name: Some(Arc::from("**")), value, starred: true });
                }
            }
        }
        args
    }
}
