//! What happens when a generator goes that hasn't come to its end.
//!
//! Python closes it: a `finally` around the `yield` where it waits runs, a handler may
//! catch GeneratorExit. So the place where the last reference goes matters. A generator
//! *cleans up* if it can wait inside of such a `try`, or if it holds another one that does;
//! whatever holds it is released by code that closes it first (`lower/cleanup.rs`), and
//! variables have it as long as they have it in Python (`Form::keep`).
//!
//! Containers are released by the runtime, which runs no code of generators: those that
//! clean up can't be put into one.

use super::{Action, Engine, FunctionKey, SpecId, Specialization};
use crate::hir::{HValue, Op, Terminator};
use crate::types::{Callable, Ty};
use cumbia_diagnostics::Diagnostic;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Which generators clean up, and which StopIteration may leave, by specialization.
#[derive(Clone, Default)]
pub struct Cleanups {
    cleans: Vec<bool>,
    stops: Vec<bool>,
}

impl Cleanups {
    /// Those of all that was inferred.
    pub fn new(engine: &Engine) -> Cleanups {
        let specs = &engine.specializations;
        let mut found = Cleanups { cleans: vec![false; specs.len()], stops: Vec::new() };
        if !engine.guarded {
            return found;
        }
        for (spec, cleans) in specs.iter().zip(&mut found.cleans) {
            *cleans = spec.hir.generator && has_guarded_yield(spec);
        }
        let mut changed = true;
        while changed {
            changed = false;
            for (at, spec) in specs.iter().enumerate() {
                let types = spec.args.iter().chain(spec.types.iter().flatten());
                if spec.hir.generator && !found.cleans[at] && { types }.any(|ty| found.holds(ty)) {
                    found.cleans[at] = true;
                    changed = true;
                }
            }
        }
        found
    }

    /// As `new`, with what StopIteration may leave, which is asked for once all is inferred.
    pub fn and_stops(engine: &Engine) -> Cleanups {
        let mut found = Cleanups::new(engine);
        let specs = &engine.specializations;
        let generators = specs.iter().any(|spec| spec.hir.generator);
        if !generators {
            return found;
        }
        found.stops = specs.iter().map(|spec| raises_stop(engine, spec)).collect();
        let mut changed = found.stops.contains(&true);
        while changed {
            changed = false;
            for (at, spec) in specs.iter().enumerate() {
                let called =
                    |action: &Action| called_by(action, &mut |id| found.stops[id.0 as usize]);
                // Generators that it goes over let none through.
                if !found.stops[at] && spec.actions.iter().flatten().any(called) {
                    found.stops[at] = true;
                    changed = true;
                }
            }
        }
        found
    }

    /// Whether StopIteration may leave the body of a generator.
    pub fn may_stop(&self, generator: u32) -> bool {
        self.stops.get(generator as usize).copied().unwrap_or_default()
    }

    /// Whether a generator cleans up.
    pub fn of(&self, generator: u32) -> bool {
        self.cleans.get(generator as usize).copied().unwrap_or_default()
    }

    /// Whether nothing does.
    pub fn is_empty(&self) -> bool {
        !self.cleans.contains(&true)
    }

    /// Whether a value of the type may hold a generator that cleans up.
    pub fn holds(&self, ty: &Ty) -> bool {
        let all = |mut items: std::slice::Iter<'_, Ty>| items.any(|t| self.holds(t));
        match ty {
            Ty::Generator(of, _) => self.of(*of),
            Ty::Tuple(items) | Ty::Lazy(_, items) | Ty::Record(_, items) => all(items.iter()),
            Ty::Iter(t) | Ty::MaybeUnbound(t) | Ty::Optional(t) => self.holds(t),
            Ty::Callable(Callable::Method(receiver, _)) => self.holds(receiver),
            Ty::Callable(Callable::Partial(p)) => p.items().any(|t| self.holds(t)),
            Ty::Closure(c) => c.items().any(|t| self.holds(t)),
            Ty::Choice(of) => of.iter().any(|t| self.holds(t)),
            Ty::Keywords(items) => items.iter().any(|(_, t)| self.holds(t)),
            _ => self.is_contained(ty),
        }
    }

    /// Whether a value is a container that holds a generator that cleans up.
    fn is_contained(&self, ty: &Ty) -> bool {
        match ty {
            Ty::List(t, _) | Ty::Set(t, _) | Ty::Collection(_, t) | Ty::Object(_, t) => {
                self.holds(t)
            }
            Ty::Dict(pair, _) => self.holds(&pair.0) || self.holds(&pair.1),
            _ => false,
        }
    }
}

/// Whether a function raises StopIteration itself, for all that can be told.
fn raises_stop(engine: &Engine, spec: &Specialization) -> bool {
    if spec.hir.generator && engine.throws {
        return true;
    }
    let is_stop = |v: &HValue| match &spec.types[v.0 as usize] {
        Some(Ty::Callable(Callable::Exception(name))) => &**name == "StopIteration",
        // One that the user made of it may be.
        Some(Ty::Callable(Callable::UserException(_))) => true,
        _ => false,
    };
    let blocks = spec.hir.blocks.iter().zip(&spec.reachable).filter(|(_, reached)| **reached);
    blocks.map(|(block, _)| block).any(|block| {
        let made = block.insts.iter().any(|inst| match &inst.op {
            Op::Call(callee, _) => is_stop(callee),
            _ => false,
        });
        made || matches!(&block.terminator, Terminator::Raise { class, .. } if is_stop(class))
    })
}

/// Whether `holds` is true of a function that an action calls.
fn called_by(action: &Action, holds: &mut impl FnMut(SpecId) -> bool) -> bool {
    match action {
        Action::Call(id, _) | Action::Collect(id, _) | Action::Construct(_, Some(id)) => holds(*id),
        Action::NotNone(of) | Action::Apply(of, _) => called_by(of, holds),
        Action::Choose(of) => of.iter().any(|action| called_by(action, holds)),
        _ => false,
    }
}

fn has_guarded_yield(spec: &Specialization) -> bool {
    let blocks = spec.hir.blocks.iter().zip(&spec.reachable);
    blocks
        .filter(|(_, reached)| **reached)
        .flat_map(|(block, _)| &block.insts)
        .any(|inst| matches!(&inst.op, Op::Yield(_, suspension) if suspension.guarded))
}

impl Engine<'_> {
    /// The variables that hold what cleans up, where the function has to be built again so
    /// that they have it as long as in Python.
    pub(super) fn to_keep(&self, id: SpecId) -> Option<FxHashSet<Arc<str>>> {
        let spec = self.spec(id);
        if !self.guarded || matches!(spec.key, FunctionKey::Kernel(_) | FunctionKey::Inner(..)) {
            return None;
        }
        let cleanups = Cleanups::new(self);
        if cleanups.is_empty() {
            return None;
        }
        let holds =
            |v: HValue| spec.types[v.0 as usize].as_ref().is_some_and(|t| cleanups.holds(t));
        let params = &spec.hir.blocks[0].params;
        let mut names = FxHashSet::default();
        for (at, info) in spec.hir.values.iter().enumerate() {
            let value = HValue(at as u32);
            if let Some(name) = &info.name
                && !params.contains(&value)
                && holds(value)
            {
                names.insert(name.clone());
            }
        }
        let iterates = spec
            .hir
            .blocks
            .iter()
            .flat_map(|block| &block.insts)
            .any(|inst| matches!(inst.op, Op::Iter(of, _) if holds(of)));
        let known = spec.form.keep.as_ref();
        if known.is_none() && names.is_empty() && !iterates {
            return None;
        }
        // Only ever more.
        names.extend(known.into_iter().flatten().cloned());
        (known != Some(&names)).then_some(names)
    }
}

/// The refusal of what cleans up in a place from which the runtime would drop it.
pub(super) fn contained(engine: &Engine) -> Option<Diagnostic> {
    let cleanups = Cleanups::new(engine);
    if cleanups.is_empty() {
        return None;
    }
    let shared =
        engine.cells.iter().find(|cell| cell.ty.as_ref().is_some_and(|t| cleanups.holds(t)));
    let refuse = |span, what: &str| {
        Diagnostic::error(
            "CB0209",
            span,
            format!("a generator that has a `yield` in a `try` with `finally` (or a handler of GeneratorExit) can't be {what}"),
        )
        .help("keep it in a variable or a tuple; or put the `try` into a function that the generator calls")
    };
    for spec in &engine.specializations {
        let Some(at) = spec
            .types
            .iter()
            .position(|ty| ty.as_ref().is_some_and(|ty| cleanups.is_contained(ty)))
        else {
            continue;
        };
        return Some(refuse(spec.hir.values[at].span, "in a list, set, dict or object"));
    }
    let span = engine.specializations.first()?.hir.span;
    shared.map(|_| refuse(span, "a variable that nested functions share"))
}
