//! Generators: a call gives an object whose type names the specialization that runs.
//!
//! The result type of a generator function is [`Ty::Generator`] with the common type of
//! all values that it yields; `return` only ends it. A generator expression is a function
//! whose key is that of the function around it and the place in the text.

use super::exceptions::{classes, derives};
use super::expressions::{Typed, known};
use super::{Action, ArgFrom, Engine, FunctionKey, Meeting, SpecId, Sweep, runtime_form};
use crate::hir::{HBlock, HValue, Op};
use crate::types::{Callable, Ty};
use crate::unsupported::Construct;
use cumbia_abi::exceptions::class_number;
use cumbia_diagnostics::{Diagnostic, Span};
use std::rc::Rc;
use std::sync::Arc;

/// The refusal of a generator among the results that Python can't get: one inside of
/// another value, or one whose items or whose function's arguments can't go to and fro
/// while it waits.
pub(super) fn leaving(engine: &Engine, root: SpecId) -> Option<Diagnostic> {
    fn holds_generator(ty: &Ty) -> bool {
        match ty {
            Ty::Generator(..) => true,
            Ty::Tuple(items) | Ty::Record(_, items) => items.iter().any(holds_generator),
            Ty::Optional(t) => holds_generator(t),
            _ => false,
        }
    }
    let spec = engine.spec(root);
    let refuse = |message: String| {
        Diagnostic::error("CB0312", spec.hir.span, message)
            .help("iterate over it in a compiled function; list(...) makes a list of its items")
    };
    let Some(Ty::Generator(of, item)) = spec.ret.as_ref() else {
        let held = spec.ret.as_ref().is_some_and(holds_generator);
        return held.then(|| {
            refuse("a generator inside of another result can't be given to Python yet".into())
        });
    };
    let given = engine.spec(SpecId(*of)).gives.clone().unwrap_or(Ty::None);
    for (what, ty) in [("yields", &**item), ("returns", &given)] {
        if !can_wait(ty) || what == "yields" && !is_element(ty) {
            return Some(refuse(format!(
                "a generator that {what} {ty:#} can't be given to Python yet"
            )));
        }
    }
    let args = engine.argument_types(root);
    let kept = args.iter().zip(&spec.hir.params).find(|(ty, _)| !can_wait(ty));
    kept.map(|(ty, param)| {
        refuse(format!(
            "a generator can't be given to Python yet by a function whose argument '{}' is {ty:#}",
            param.name
        ))
    })
}

/// Whether values of a type lie in slots as the elements of containers do.
fn is_element(ty: &Ty) -> bool {
    match ty {
        Ty::Lit(_)
        | Ty::Range(_)
        | Ty::Ellipsis
        | Ty::DType(_)
        | Ty::Member(..)
        | Ty::Callable(_) => false,
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().all(is_element),
        Ty::Optional(t) => is_element(t),
        _ => true,
    }
}

/// Whether values of a type may be used by Python and by a generator that waits, with both
/// seeing what the other does.
fn can_wait(ty: &Ty) -> bool {
    match ty {
        Ty::None
        | Ty::Bool
        | Ty::Int
        | Ty::Float
        | Ty::Complex
        | Ty::Num(_)
        | Ty::Lit(_)
        | Ty::Str
        | Ty::Bytes
        | Ty::Array(_)
        | Ty::Range(_)
        | Ty::Ellipsis
        | Ty::DType(_)
        | Ty::Member(..)
        | Ty::Enum(_) => true,
        Ty::Tuple(items) => items.iter().all(can_wait),
        Ty::Record(class, items) => class.is_tuple() && items.iter().all(can_wait),
        Ty::Optional(t) => can_wait(t),
        Ty::Open(..) => true,
        Ty::List(t, _) | Ty::Set(t, _) => can_wait(t),
        Ty::Dict(pair, _) => can_wait(&pair.0) && can_wait(&pair.1),
        Ty::Callable(Callable::User(_) | Callable::Library(_)) => true,
        _ => false,
    }
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

    /// A generator returns: what `StopIteration` and `yield from` give.
    pub(super) fn generator_ends(&mut self, value: HValue) {
        let Some(ty) = self.ty(value).map(|ty| runtime_form(&ty)) else { return };
        let joined = match self.engine.spec(self.id).gives.clone() {
            None => ty,
            Some(old) => match self.meet(&old, &ty) {
                Meeting::Type(joined) => joined,
                Meeting::NotYet => return,
                Meeting::Never => Ty::Unbound,
            },
        };
        let spec = self.engine.spec_mut(self.id);
        if spec.gives.as_ref() != Some(&joined) {
            spec.gives = Some(joined);
            self.changed = true;
        }
    }

    /// What `yield from` gives.
    pub(super) fn returned_value(&mut self, of: HValue, span: Span) -> Typed {
        match known!(self, of) {
            // Nothing yet where it never ends.
            Ty::Generator(spec, _) => match self.engine.spec(SpecId(spec)).gives.clone() {
                Some(Ty::Unbound | Ty::MaybeUnbound(_)) => super::expressions::refuse(
                    "CB0302",
                    span,
                    "this generator returns values of different types".to_owned(),
                ),
                given => Ok(given.map(|ty| vec![ty])),
            },
            _ => Ok(Some(vec![Ty::None])),
        }
    }

    /// Refuses a clause that would catch the GeneratorExit of a generator that is dropped
    /// where it waits.
    pub(super) fn not_on_the_way_out(
        &self,
        caught: HValue,
        class: HValue,
        span: Span,
    ) -> Result<(), Box<Diagnostic>> {
        if !self.hir.generator {
            return Ok(());
        }
        let exit = class_number("GeneratorExit");
        let ty = self.ty(class);
        let classes = ty.as_ref().and_then(classes).unwrap_or_default();
        if !classes.iter().any(|class| exit.is_some_and(|exit| derives(exit, &[], class))) {
            return Ok(());
        }
        let handles = |block: HBlock| {
            let first = self.hir.blocks[block.0 as usize].insts.first();
            first.is_some_and(|inst| inst.results.first() == Some(&caught))
        };
        for block in &self.hir.blocks {
            if !block.insts.iter().any(|inst| matches!(inst.op, Op::Yield(_))) {
                continue;
            }
            let mut handler = block.handler.as_ref();
            while let Some(edge) = handler {
                if handles(edge.block) {
                    return Err(Box::new(Construct::YieldInFinally.refuse(span)));
                }
                handler = self.hir.blocks[edge.block.0 as usize].handler.as_ref();
            }
        }
        Ok(())
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
