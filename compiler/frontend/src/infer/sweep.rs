//! One pass over a function: types flow from block to block along the edges that can be
//! taken, and join where edges meet.
//!
//! What an instruction gives is decided in the modules by subject (`expressions.rs`,
//! `calls.rs`, `containers.rs` ...).

use super::{JOIN_HELP, Meeting, Sweep, constant_truth, join, numeric_error, records};
use crate::hir::{HBlock, HValue, Terminator};
use crate::types::{Lazy, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// The refusal of an array as a condition.
fn ambiguous(ty: &Ty, span: Span) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error("CB0303", span, format!("the truth of {ty:#} is ambiguous"))
            .help("use a.any() or a.all(), or compare a.size with 0"),
    )
}

impl Sweep<'_, '_, '_> {
    pub(super) fn run(mut self, order: &[HBlock]) -> bool {
        // Types of block parameters are joined anew from the edges taken in this
        // sweep and, for back edges, in the last one.
        let entry = &self.hir.blocks[0];
        let args = self.engine.argument_types(self.id);
        for (&param, ty) in entry.params.iter().zip(args) {
            self.set(param, ty);
        }
        self.engine.spec_mut(self.id).reachable[0] = true;
        for &block in order {
            if self.engine.spec(self.id).reachable[block.0 as usize] {
                self.block(block);
            }
        }
        if let Some(ret) = self.ret.take() {
            let spec = self.engine.spec_mut(self.id);
            if spec.ret.as_ref() != Some(&ret) {
                spec.ret = Some(ret);
            }
        }
        self.changed
    }

    pub(super) fn ty(&self, value: HValue) -> Option<Ty> {
        if let Some((_, seen)) = self.seen.iter().find(|(v, _)| *v == value) {
            return Some(seen.clone());
        }
        self.engine.spec(self.id).types[value.0 as usize].clone()
    }

    pub(super) fn set(&mut self, value: HValue, ty: Ty) {
        let slot = &mut self.engine.spec_mut(self.id).types[value.0 as usize];
        if slot.as_ref() != Some(&ty) {
            *slot = Some(ty);
            self.changed = true;
        }
    }

    pub(super) fn error(&mut self, diagnostic: Diagnostic) {
        let errors = &mut self.engine.spec_mut(self.id).errors;
        if !errors.iter().any(|e| e.span == diagnostic.span && e.code == diagnostic.code) {
            errors.push(diagnostic);
        }
    }

    pub(super) fn block(&mut self, block: HBlock) {
        let hir = self.hir;
        let data = &hir.blocks[block.0 as usize];
        if let Some(handler) = &data.handler {
            self.edge(block, handler);
        }
        for (i, inst) in data.insts.iter().enumerate() {
            match self.viewed_instruction(block, i, inst) {
                Ok(Some(types)) => {
                    if let [Ty::Union(of)] = &types[..]
                        && !self.tells_apart(block, i, inst, of)
                    {
                        return;
                    }
                    for (&result, ty) in inst.results.iter().zip(types) {
                        self.set(result, ty);
                    }
                }
                // Control doesn't come past this instruction (so far).
                Ok(None) => return,
                Err(diagnostic) => {
                    self.error(*diagnostic);
                    return;
                }
            }
        }
        match &data.terminator {
            Terminator::Jump(edge) => self.edge(block, edge),
            Terminator::Branch { cond, then, otherwise } => {
                let Some(ty) = self.ty(*cond) else { return };
                match constant_truth(&ty) {
                    Some(true) => self.edge(block, then),
                    Some(false) => self.edge(block, otherwise),
                    None if self.has_method(&ty, &["__bool__", "__len__"]) => {
                        self.engine.spec_mut(self.id).form.truths = true;
                        self.engine.spec_mut(self.id).new_form = true;
                    }
                    None => {
                        let span = data.terminator_span;
                        let checked = match &ty {
                            // It may raise, and the end of a block has no way to a handler.
                            Ty::Array(a) if a.ndim > 0 && data.handler.is_some() => {
                                Err(ambiguous(&ty, span))
                            }
                            ty => self.truth(ty, span),
                        };
                        if let Err(e) = checked {
                            self.error(*e);
                            return;
                        }
                        self.edge(block, then);
                        self.edge(block, otherwise);
                    }
                }
            }
            Terminator::Return(value) if hir.generator => self.generator_ends(*value),
            Terminator::Return(value) => {
                let Some(ty) = self.ty(*value) else { return };
                let joined = match &self.ret.clone() {
                    None => Some(ty.clone()),
                    Some(old) => match self.meet_apart(old, &ty) {
                        Meeting::Type(joined) => Some(joined),
                        Meeting::NotYet => return,
                        Meeting::Never => self.union_of_returns(old, &ty),
                    },
                };
                match joined {
                    Some(joined) => self.ret = Some(joined),
                    None => {
                        let old = self.ret.clone().unwrap_or(Ty::None);
                        let (new, old) = (ty.widen(), old.widen());
                        let mut error = Diagnostic::error(
                            "CB0302",
                            data.terminator_span,
                            format!("this returns {new:#}, but another path returns {old:#}"),
                        )
                        .labelled(format!("{new:#} here"))
                        .help("return one type on all paths (also at the end of the function, which returns None)");
                        let other = hir.blocks.iter().find(|block| match block.terminator {
                            Terminator::Return(value) => {
                                block.terminator_span != data.terminator_span
                                    && self.ty(value).is_some_and(|t| t.widen() == old)
                            }
                            _ => false,
                        });
                        if let Some(other) = other {
                            error = error.also(other.terminator_span, format!("{old:#} here"));
                        }
                        self.error(error);
                    }
                }
            }
            Terminator::Raise { class, args, cause } => {
                self.raise(data.terminator_span, *class, args, *cause)
            }
            Terminator::Reraise(_) => {}
            Terminator::Unreachable => {}
        }
    }

    /// Passes types over an edge: the target's parameters join what all taken
    /// edges bring.
    pub(super) fn edge(&mut self, _from: HBlock, edge: &crate::hir::Edge) {
        let hir = self.hir;
        let target = edge.block.0 as usize;
        let first = !std::mem::replace(&mut self.engine.spec_mut(self.id).reachable[target], true);
        self.changed |= first;
        for (&param, &arg) in hir.blocks[target].params.iter().zip(&edge.args) {
            let Some(ty) = self.ty(arg) else { continue };
            match self.ty(param) {
                None => self.set(param, ty),
                Some(old) => match self.meet_apart(&old, &ty) {
                    Meeting::Type(joined) => self.set(param, joined),
                    Meeting::NotYet => {}
                    Meeting::Never => {
                        self.conflict(edge.block);
                        let name = hir.values[param.0 as usize].name.clone();
                        let error = self.cannot_join(name, param, arg, &old, &ty);
                        self.error(error);
                    }
                },
            }
        }
    }

    /// The same where paths meet that may be told apart by their numbers.
    fn meet_apart(&mut self, old: &Ty, new: &Ty) -> Meeting {
        match self.meet(old, new) {
            Meeting::Type(joined) => match self.engine.spec(self.id).paths.met(old, new, joined) {
                Some(joined) => Meeting::Type(joined),
                None => Meeting::Never,
            },
            other => other,
        }
    }

    /// Joins the types of two paths; containers that meet become one.
    pub(super) fn meet(&mut self, old: &Ty, new: &Ty) -> Meeting {
        match join(old, new) {
            Some(joined) => {
                if self.engine.sites.unify(old, new) {
                    Meeting::Type(joined)
                } else {
                    Meeting::Never
                }
            }
            None if self.engine.sites.reconcile(old, new) => Meeting::NotYet,
            None => Meeting::Never,
        }
    }

    pub(super) fn cannot_join(
        &self,
        name: Option<Arc<str>>,
        param: HValue,
        arg: HValue,
        old: &Ty,
        new: &Ty,
    ) -> Diagnostic {
        let values = &self.hir.values;
        if let Ty::Lit(Lit::Wide(value)) =
            if matches!(old, Ty::Lit(Lit::Wide(_))) { old } else { new }
        {
            let blocks = self.hir.blocks.iter();
            let mut args = blocks.flat_map(|b| b.edges()).flat_map(|e| e.args.iter().copied());
            let wide = |v: &HValue| matches!(self.ty(*v), Some(Ty::Lit(Lit::Wide(_))));
            let given = args.find(wide).unwrap_or(arg);
            return super::wide::refusal(value, values[given.0 as usize].span);
        }
        let (old, new) = (&old.widen(), &new.widen());
        let tuples = super::tuples::differ_in_length(old, new);
        let array = matches!(old, Ty::Array(_)) || matches!(new, Ty::Array(_));
        let text = matches!(old, Ty::Str) || matches!(new, Ty::Str);
        let number = old.is_number() || new.is_number();
        let help = match () {
            () if tuples => super::tuples::MEETING,
            () if array && number => {
                "begin with an array of that dtype and shape, as np.zeros_like(x) makes one, or use two variables"
            }
            () if text && number => "make the number text with str(x), or use two variables",
            () => JOIN_HELP,
        };
        let what = name.map_or_else(|| "the value".to_string(), |n| format!("variable '{n}'"));
        let mut error = Diagnostic::error(
            "CB0301",
            values[arg.0 as usize].span,
            format!("{what} would be {old:#} on one path and {new:#} on another"),
        )
        .labelled(format!("{new:#} here"));
        // A path that brings the other type, for the second label.
        for block in &self.hir.blocks {
            for edge in block.edges() {
                let params = &self.hir.blocks[edge.block.0 as usize].params;
                if let Some(i) = params.iter().position(|&p| p == param)
                    && let Some(&other) = edge.args.get(i)
                    && self.ty(other).is_some_and(|t| t.widen() == *old)
                    && other != arg
                {
                    error = error.also(values[other.0 as usize].span, format!("{old:#} here"));
                    return error.help(help);
                }
            }
        }
        error.help(help)
    }

    pub(super) fn truth(&self, ty: &Ty, span: Span) -> Result<(), Box<Diagnostic>> {
        if ty.is_number() {
            return crate::numeric::truth_rule(ty).map_err(|e| numeric_error(e, span));
        }
        match ty {
            Ty::Enum(class) if class.flags.is_some() => Ok(()),
            Ty::Enum(class) if class.is_int && records::value_type(class).is_some() => Ok(()),
            Ty::Optional(inner) if constant_truth(inner).is_some() => Ok(()),
            Ty::Optional(inner) if matches!(&**inner, Ty::Array(a) if a.ndim > 0) => {
                Err(ambiguous(ty, span))
            }
            Ty::Optional(inner) => self.truth(inner, span),
            Ty::Range(_)
            | Ty::Text(_)
            | Ty::Str
            | Ty::Bytes
            | Ty::List(..)
            | Ty::Set(..)
            | Ty::Dict(..) => Ok(()),
            Ty::Buffer(_) | Ty::Collection(..) | Ty::Lazy(Lazy::Args, _) => Ok(()),
            // With another number of elements than one it raises.
            Ty::Array(_) => Ok(()),
            _ => Err(Box::new(Diagnostic::error(
                "CB0303",
                span,
                format!("{ty:#} can't be tested for truth"),
            ))),
        }
    }
}
