//! Generators: a call gives an object whose type names the specialization that runs.
//!
//! The result type of a generator function is [`Ty::Generator`] with the common type of
//! all values that it yields; `return` only ends it. A generator expression is a function
//! whose key is that of the function around it and the place in the text.

use super::exceptions::{classes, derives};
use super::expressions::{Typed, known};
use super::{Action, ArgFrom, Engine, FunctionKey, Meeting, SpecId, Sweep, runtime_form};
use crate::hir::{HBlock, HValue, Op, Suspension};
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
    let item = if **item == Ty::Unbound { &Ty::None } else { &**item };
    for (what, ty) in [("yields", item), ("returns", &given)] {
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

/// The type of what is sent, where something is.
fn not_none(ty: &Ty) -> Option<Ty> {
    match ty {
        Ty::None => None,
        Ty::Optional(t) => Some((**t).clone()),
        other => Some(other.clone()),
    }
}

/// The type of the value of a `yield`: whoever calls `next` sends `None`.
pub fn sent_value(sent: Option<&Ty>) -> Ty {
    match sent {
        None => Ty::None,
        Some(Ty::None) => Ty::None,
        Some(ty @ Ty::Optional(_)) => ty.clone(),
        Some(ty) => Ty::Optional(Arc::new(ty.clone())),
    }
}

/// The types that an annotation may say are sent, and the name that Python has for them.
fn annotated(text: &str) -> Option<Option<Ty>> {
    let plain = text.trim();
    let plain = plain.strip_suffix("| None").map_or(plain, str::trim);
    let plain = match plain.strip_prefix("Optional[").and_then(|t| t.strip_suffix(']')) {
        Some(inner) => inner.trim(),
        None => plain,
    };
    Some(Some(match plain {
        "None" => return Some(None),
        "bool" => Ty::Bool,
        "int" => Ty::Int,
        "float" => Ty::Float,
        "complex" => Ty::Complex,
        _ => return None,
    }))
}

impl Engine<'_> {
    /// Whether a generator uses what is sent to it, or passes it on to one that does.
    pub(super) fn wants_sent(&self, of: SpecId, seen: &mut Vec<SpecId>) -> bool {
        if seen.contains(&of) {
            return false;
        }
        seen.push(of);
        let spec = self.spec(of);
        spec.hir.blocks.iter().flat_map(|block| &block.insts).any(|inst| match &inst.op {
            Op::Yield(_, s) => s.wanted && !s.delegates,
            Op::Delegate(to, _) => match &spec.types[to.0 as usize] {
                Some(Ty::Generator(to, _)) => self.wants_sent(SpecId(*to), seen),
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether an exception may be thrown at a generator.
    pub fn throws(&self) -> bool {
        self.throws || self.guarded
    }

    /// Whether a generator uses what is sent to it, or has a `yield from`.
    pub fn takes_sent(&self, of: SpecId) -> bool {
        let mut insts = self.spec(of).hir.blocks.iter().flat_map(|block| &block.insts);
        insts.any(|inst| matches!(&inst.op, Op::Yield(_, how) if how.wanted))
    }

    /// Nothing but `None` is sent to the generators that nobody has sent anything to; whether
    /// there are such.
    pub(super) fn settle_sent_types(&mut self) -> bool {
        let mut found = false;
        for at in 0..self.specializations.len() {
            let id = SpecId(at as u32);
            if self.spec(id).hir.generator
                && self.spec(id).sent.is_none()
                && self.wants_sent(id, &mut Vec::new())
            {
                self.spec_mut(id).sent = Some(Ty::None);
                found = true;
            }
        }
        found
    }

    /// What Python sends to the generator that it gets, by the annotation of its function;
    /// whether that is news.
    pub(super) fn take_sent_types(&mut self, root: SpecId) -> Result<bool, Vec<Diagnostic>> {
        let spec = self.spec(root);
        let of = match &spec.ret {
            Some(Ty::Generator(of, _)) => SpecId(*of),
            _ if spec.hir.generator => root,
            _ => return Ok(false),
        };
        // Python may throw.
        self.throws = true;
        if !self.wants_sent(of, &mut Vec::new()) {
            return Ok(false);
        }
        let spec = self.spec(of);
        let refused = |message: String| {
            vec![
                Diagnostic::error("CB0204", spec.hir.span, message).help(
                    "annotate the generator function, as in `-> Generator[float, float, None]`: the second type is what is sent: bool, int, float or complex",
                ),
            ]
        };
        let Some(text) = &spec.hir.sends else {
            return Err(refused(
                "Python can send values to this generator, and their type isn't known".into(),
            ));
        };
        let Some(sent) = annotated(text) else {
            return Err(refused(format!("a value of type '{text}' can't be sent by Python yet")));
        };
        let sent = Some(sent.unwrap_or(Ty::None));
        if spec.sent == sent {
            return Ok(false);
        }
        if let Some(other) = spec.sent.as_ref().filter(|other| **other != Ty::None) {
            return Err(refused(format!("this generator is sent {other:#} as well")));
        }
        self.spec_mut(of).sent = sent;
        Ok(true)
    }
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
    pub(super) fn yields(&mut self, value: HValue, suspension: &Suspension, span: Span) -> Typed {
        self.engine.guarded |= suspension.guarded;
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
        if suspension.wanted
            && self.engine.spec(self.id).sent.is_none()
            && self.engine.wants_sent(self.id, &mut Vec::new())
        {
            // What follows is typed once it is known what is sent.
            return Ok(None);
        }
        let sent = match suspension.wanted {
            true => sent_value(self.engine.spec(self.id).sent.as_ref()),
            false => Ty::None,
        };
        Ok(Some(if suspension.delegates { vec![sent, Ty::Bool] } else { vec![sent] }))
    }

    /// What is sent at a `yield from` goes on to a generator; others take nothing.
    pub(super) fn delegates(&mut self, of: HValue, sent: HValue, span: Span) -> Typed {
        let (of, sent) = (known!(self, of), known!(self, sent));
        if let (Ty::Generator(of, _), Some(sent)) = (&of, not_none(&sent)) {
            self.is_sent(SpecId(*of), &sent, span)?;
        }
        Ok(Some(vec![]))
    }

    /// A value of this type is sent to a generator.
    fn is_sent(&mut self, of: SpecId, ty: &Ty, span: Span) -> Result<(), Box<Diagnostic>> {
        if !self.engine.wants_sent(of, &mut Vec::new()) {
            return Ok(());
        }
        let ty = runtime_form(ty);
        if !is_element(&ty) {
            return Err(Box::new(
                Diagnostic::error("CB0204", span, format!("{ty:#} can't be sent to a generator"))
                    .help("send numbers, strings, arrays, containers or tuples of them"),
            ));
        }
        let joined = match self.engine.spec(of).sent.clone() {
            None | Some(Ty::None) => ty,
            Some(old) => match self.meet(&old, &ty) {
                Meeting::Type(joined) => joined,
                Meeting::NotYet => return Ok(()),
                Meeting::Never => {
                    return Err(Box::new(
                        Diagnostic::error(
                            "CB0302",
                            span,
                            format!("this sends {ty:#}, but another place sends {old:#}"),
                        )
                        .help("send values of one type everywhere"),
                    ));
                }
            },
        };
        if self.engine.spec(of).sent.as_ref() != Some(&joined) {
            self.engine.spec_mut(of).sent = Some(joined);
            self.engine.outdated = true;
        }
        Ok(())
    }

    /// The primitives behind a generator's methods: what they do before it goes on.
    pub(super) fn generator_primitive(
        &mut self,
        block: HBlock,
        at: usize,
        name: &Arc<str>,
        args: &[HValue],
        span: Span,
    ) -> Option<Typed> {
        let (what, rest) = (name.strip_prefix("prim.generator_")?, args.get(1).copied());
        let Some(Ty::Generator(of, _)) = self.ty(*args.first()?) else { return None };
        self.act(block, at, Action::Structural(name.clone()));
        let none = Some(Ok(Some(vec![Ty::None])));
        match what {
            "close" => none,
            "given" => Some(self.returned_value(args[0], span)),
            "send" => {
                let value = self.ty(rest?)?;
                match not_none(&value).map(|ty| self.is_sent(SpecId(of), &ty, span)) {
                    Some(Err(refused)) => Some(Err(refused)),
                    _ => none,
                }
            }
            "throw" => {
                self.engine.throws = true;
                let class = self.ty(rest?)?;
                let checked = match &class {
                    Ty::Exception => Ok(()),
                    Ty::Callable(Callable::Exception(_) | Callable::UserException(_)) => {
                        super::exceptions::check_class(&class, &[], span)
                    }
                    other => Err(Box::new(Diagnostic::error(
                        "CB0407",
                        span,
                        format!(
                            "only exception classes and exceptions can be thrown, not {other:#}"
                        ),
                    ))),
                };
                match checked {
                    Ok(()) => none,
                    Err(refused) => Some(Err(refused)),
                }
            }
            _ => None,
        }
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
            let unguarded = |op: &Op| matches!(op, Op::Yield(_, s) if !s.guarded);
            if !block.insts.iter().any(|inst| unguarded(&inst.op)) {
                continue;
            }
            let mut handler = block.handler.as_ref();
            while let Some(edge) = handler {
                if handles(edge.block) {
                    return Err(Box::new(Construct::HiddenExit.refuse(span)));
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
