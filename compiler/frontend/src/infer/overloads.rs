//! Calls, methods and attributes that the user has taught the compiler: what
//! `cumbia.extending` registers.
//!
//! The environment is asked with the types at hand and names the function that is called in
//! place of what is written; from there on it is a call like any other. What isn't
//! registered costs one question with a ready answer.

use super::expressions::{Typed, one, refuse};
use super::{Action, ArgFrom, FunctionKey, Sweep};
use crate::environment::{Extended, Global};
use crate::hir::{CallArg, HBlock, HValue};
use crate::types::{Callable, Ty, UserFunction};
use cumbia_diagnostics::Span;
use std::sync::Arc;

impl Sweep<'_, '_, '_> {
    /// A call of a registered function or method; `None` for all others.
    pub(super) fn call_overloaded(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        callee_ty: &Ty,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let (of, receiver) = match callee_ty {
            Ty::Callable(Callable::User(function)) => (Extended::Function(function.handle), None),
            Ty::Callable(Callable::Method(receiver, name)) => {
                (Extended::Method(name.clone()), Some(receiver))
            }
            _ => return None,
        };
        if !self.engine.env.is_extended(&of) {
            return None;
        }
        let given = match self.given(args, span) {
            Ok(Some(given)) => given,
            Ok(None) => return Some(Ok(None)),
            Err(error) => return Some(Err(error)),
        };
        let mut types: Vec<Ty> = receiver.iter().map(|ty| (***ty).clone()).collect();
        types.extend(given.iter().filter(|g| g.name.is_none()).map(|g| g.ty.clone()));
        let named: Vec<(Arc<str>, Ty)> =
            given.iter().filter_map(|g| Some((g.name.clone()?, g.ty.clone()))).collect();
        let handle = match self.engine.env.extension(&of, &types, &named)? {
            Ok(handle) => handle,
            Err(text) => return Some(refuse("CB0404", span, text)),
        };
        let receiver = receiver.map(|ty| (ArgFrom::Receiver(callee), (**ty).clone()));
        let key = FunctionKey::User(handle);
        Some(self.call_function(block, at, key, receiver, args, span, None))
    }

    /// A registered attribute or method of a value; `None` for all others.
    pub(super) fn overloaded_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        ty: &Ty,
        name: &Arc<str>,
        span: Span,
    ) -> Option<Typed> {
        // `reduce` of a ufunc: called for several types, as the ufunc is.
        if let Ty::Callable(Callable::User(of)) = ty
            && let Some(handle) = self.engine.env.method_of(of.handle, name)
        {
            let function = UserFunction { handle, name: format!("{}.{name}", of.name).into() };
            self.act(block, at, Action::Global(Global::Function(function.clone())));
            return Some(one(Ty::Callable(Callable::User(function))));
        }
        let of = Extended::Attribute(name.clone());
        if self.engine.env.is_extended(&of)
            && let Some(found) = self.engine.env.extension(&of, std::slice::from_ref(ty), &[])
        {
            let handle = match found {
                Ok(handle) => handle,
                Err(text) => return Some(refuse("CB0403", span, text)),
            };
            let receiver = (ArgFrom::Value(value), ty.clone());
            let key = FunctionKey::User(handle);
            return Some(self.call_function(block, at, key, Some(receiver), &[], span, None));
        }
        let of = Extended::Method(name.clone());
        if self.engine.env.is_extended(&of) && self.engine.env.has_extension(&of, ty) {
            let method = Callable::Method(Arc::new(ty.clone()), name.clone());
            return Some(Ok(Some(vec![Ty::Callable(method)])));
        }
        None
    }
}
