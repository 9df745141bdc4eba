//! Generators: a call gives an object whose type names the specialization that runs.
//!
//! The result type of a generator function is [`Ty::Generator`] with the common type of
//! all values that it yields; `return` only ends it. A generator expression is a function
//! whose key is that of the function around it and the place in the text.

use super::expressions::{Typed, known};
use super::{Action, ArgFrom, Engine, FunctionKey, Meeting, SpecId, Sweep, runtime_form};
use crate::hir::{HBlock, HValue};
use crate::types::Ty;
use cumbia_diagnostics::{Diagnostic, Span};
use std::rc::Rc;
use std::sync::Arc;

/// The refusal of a result that lives in compiled code only.
pub(super) fn leaving(engine: &Engine, root: SpecId) -> Option<Diagnostic> {
    fn holds_generator(ty: &Ty) -> bool {
        match ty {
            Ty::Generator(..) => true,
            Ty::Tuple(items) => items.iter().any(holds_generator),
            Ty::Optional(t) => holds_generator(t),
            _ => false,
        }
    }
    let spec = engine.spec(root);
    spec.ret.as_ref().filter(|ret| holds_generator(ret)).map(|_| {
        Diagnostic::error("CB0312", spec.hir.span, "a generator can't be given to Python yet")
            .help("iterate over it in a compiled function; list(...) makes a list of its items")
    })
}

impl Sweep<'_, '_, '_> {
    /// `yield value`.
    pub(super) fn yields(&mut self, value: HValue, span: Span) -> Typed {
        let item = runtime_form(&known!(self, value));
        if let Ty::Lazy(..) | Ty::MaybeUnbound(_) | Ty::Unbound = item {
            return super::expressions::refuse(
                "CB0311",
                span,
                format!("{item:#} can't be given out by a generator"),
            );
        }
        let joined = match self.ret.clone() {
            Some(Ty::Generator(_, old)) => match self.meet(&old, &item) {
                Meeting::Type(joined) => joined,
                Meeting::NotYet => return Ok(None),
                Meeting::Never => {
                    return Err(Box::new(
                        Diagnostic::error(
                            "CB0302",
                            span,
                            format!("this yields {item:#}, but another place yields {old:#}"),
                        )
                        .help("yield values of one type everywhere"),
                    ));
                }
            },
            _ => item,
        };
        self.ret = Some(Ty::Generator(self.id.0, Arc::new(joined)));
        Ok(Some(Vec::new()))
    }

    /// A generator expression.
    pub(super) fn generator_expression(
        &mut self,
        block: HBlock,
        at: usize,
        number: u32,
        operands: &[HValue],
        span: Span,
    ) -> Typed {
        let mut types = Vec::with_capacity(operands.len());
        for &operand in operands {
            types.push(runtime_form(&known!(self, operand)));
        }
        let function = &self.hir.children[number as usize];
        let outer = self.engine.spec(self.id).key.clone();
        let key = FunctionKey::Inner(Arc::new(outer), function.span.start);
        self.engine.functions.entry(key.clone()).or_insert_with(|| Ok(Rc::new(function.clone())));
        let spec = self.specialize(key, types, span, None)?;
        let from = operands.iter().map(|&v| ArgFrom::Value(v)).collect();
        self.act(block, at, Action::Call(spec, from));
        Ok(self.engine.spec(spec).ret.clone().map(|ret| vec![ret]))
    }
}
