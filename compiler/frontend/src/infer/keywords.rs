//! The dict of a `**kwargs` parameter: its names are constants, each value has a type of
//! its own, and its parts are those of the values.
//!
//! It is never an object. Reading by a constant name is a selection, going over it is going
//! over a tuple, and what needs all of it (`keywords.py`) takes it apart name by name. It
//! can't be changed or passed on as a whole: `dict(kwargs)` is for that.

use super::binding::{Given, Hidden, spread};
use super::expressions::{Typed, one, refuse};
use super::{Action, ArgFrom, FunctionKey, Sweep};
use crate::environment::Global;
use crate::hir::{CompareOp, HBlock, HValue, HirInst, Op};
use crate::types::{Callable, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// What to write for what isn't compiled.
const AS_DICT: &str =
    "dict(kwargs) makes a dict that has all methods, where its values have one type";

impl Sweep<'_, '_, '_> {
    /// The body, and its operands, for what takes such a dict as a whole.
    #[allow(clippy::type_complexity)]
    fn whole_keywords(
        &self,
        inst: &HirInst,
    ) -> Option<Result<(&'static str, Vec<HValue>), Box<Diagnostic>>> {
        match &inst.op {
            Op::Compare(op @ (CompareOp::Eq | CompareOp::Ne), a, b)
                if self.is_keywords(*a) || self.is_keywords(*b) =>
            {
                let dict = |v: HValue| matches!(self.ty(v), Some(Ty::Dict(..) | Ty::Keywords(_)));
                if !dict(*a) || !dict(*b) {
                    let text = "comparing a **kwargs dict with this is not compiled";
                    let error = Diagnostic::error("CB0303", inst.span, text);
                    return Some(Err(Box::new(error.help(AS_DICT))));
                }
                let body =
                    if *op == CompareOp::Eq { "keywords.equal" } else { "keywords.different" };
                Some(Ok((body, vec![*a, *b])))
            }
            Op::Format(value, _, None) if self.is_keywords(*value) => {
                Some(Ok(("keywords.text", vec![*value])))
            }
            Op::Call(callee, args) => match (self.ty(*callee)?, args.as_slice()) {
                (Ty::Callable(Callable::Library(name)), [only])
                    if matches!(&*name, "builtins.str" | "builtins.repr")
                        && only.name.is_none()
                        && !only.starred
                        && self.is_keywords(only.value) =>
                {
                    Some(Ok(("keywords.text", vec![only.value])))
                }
                _ => None,
            },
            Op::SetItem(a, ..) | Op::DelItem(a, _) if self.is_keywords(*a) => {
                let error = Diagnostic::error(
                    "CB0404",
                    inst.span,
                    "changing a **kwargs dict, or an `_asdict()` of fields of several types, is not compiled",
                );
                Some(Err(Box::new(error.help(AS_DICT))))
            }
            _ => None,
        }
    }

    pub(super) fn is_keywords(&self, value: HValue) -> bool {
        matches!(self.ty(value), Some(Ty::Keywords(_)))
    }

    /// What can be done with the dict of a `**kwargs` parameter, beside calls.
    pub(super) fn keywords_instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Typed> {
        let span = inst.span;
        if let Some(body) = self.whole_keywords(inst) {
            return Some(match body {
                Ok((body, operands)) => self.call_body(block, at, body, &operands, span),
                Err(refused) => Err(refused),
            });
        }
        let (value, key) = match &inst.op {
            Op::Item(value, key) => (*value, Some(*key)),
            Op::Attr(value, _) => (*value, None),
            Op::Compare(CompareOp::In | CompareOp::NotIn, key, value) => (*value, Some(*key)),
            _ => return None,
        };
        let Some(Ty::Keywords(items)) = self.ty(value) else { return None };
        if let Op::Attr(_, name) = &inst.op {
            return match &**name {
                "get" | "items" | "keys" | "values" => {
                    let receiver = Arc::new(Ty::Keywords(items.clone()));
                    Some(one(Ty::Callable(Callable::Method(receiver, name.clone()))))
                }
                "clear" | "copy" | "pop" | "popitem" | "setdefault" | "update" => {
                    let what = format!("{name}() of a **kwargs dict is not compiled");
                    Some(Err(Box::new(Diagnostic::error("CB0404", span, what).help(AS_DICT))))
                }
                _ => None,
            };
        }
        let key_type = match key.map(|k| self.ty(k))? {
            None => return Some(Ok(None)),
            Some(Ty::Lit(Lit::Str(key))) => key,
            Some(Ty::Str) => {
                let body = match &inst.op {
                    Op::Item(..) => "keywords.item",
                    // Lowering negates it for `not in`.
                    _ => "keywords.has",
                };
                return Some(self.call_body(block, at, body, &[value, key?], span));
            }
            Some(other) => {
                return Some(Err(Box::new(
                    Diagnostic::error(
                        "CB0411",
                        span,
                        format!("the keys of a **kwargs dict are strings, not {other:#}"),
                    )
                    .help(AS_DICT),
                )));
            }
        };
        let found = items.iter().position(|(name, _)| *name == key_type);
        if let Op::Compare(op, ..) = &inst.op {
            let truth = found.is_some() == (*op == CompareOp::In);
            return Some(one(Ty::Lit(Lit::Bool(truth))));
        }
        Some(match found {
            Some(i) => {
                let (from, ty) = spread(value, 0, items.iter().map(|(_, t)| t)).swap_remove(i);
                self.act(block, at, Action::Apply(Box::new(Action::Plain), vec![from]));
                one(ty)
            }
            // It raises KeyError.
            None => Ok(None),
        })
    }

    /// `kwargs.get(key, default)`
    #[allow(clippy::too_many_arguments)]
    pub(super) fn call_keywords(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        items: &[(Arc<str>, Ty)],
        name: &str,
        given: Vec<Given>,
        span: Span,
    ) -> Typed {
        if let ("items" | "keys" | "values", []) = (name, given.as_slice()) {
            return self.keywords_view(block, at, callee, items, name, span);
        }
        let (key, default) = match given.as_slice() {
            [key] if name == "get" => (key, None),
            [key, default] if name == "get" => (key, Some(default)),
            _ => {
                return refuse(
                    "CB0410",
                    span,
                    format!("{name}() of a **kwargs dict isn't called like this"),
                );
            }
        };
        let Ty::Lit(Lit::Str(key)) = &key.ty else {
            if key.ty != Ty::Str {
                let what = format!("the keys of a **kwargs dict are strings, not {:#}", key.ty);
                return Err(Box::new(Diagnostic::error("CB0411", span, what).help(AS_DICT)));
            }
            let body = super::calls::find_body("keywords.get");
            let of = Ty::Keywords(items.into());
            let from = ArgFrom::Part(callee, 0, of.clone());
            let mut all = vec![Given { name: None, from, ty: of }];
            all.extend(given);
            let key = FunctionKey::Body(body.file, body.name);
            return self.call_given(block, at, key, None, all, Hidden::default(), span, None);
        };
        let (from, ty) = match (items.iter().position(|(n, _)| n == key), default) {
            (Some(i), _) => spread(callee, 0, items.iter().map(|(_, t)| t)).swap_remove(i),
            (None, Some(default)) => (default.from.clone(), default.ty.clone()),
            (None, None) => (ArgFrom::Default(Global::None), Ty::None),
        };
        self.act(block, at, Action::Apply(Box::new(Action::Plain), vec![from]));
        one(ty)
    }

    /// `kwargs.items()`, `.keys()` or `.values()`: a tuple to whoever iterates over it.
    fn keywords_view(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        items: &[(Arc<str>, Ty)],
        name: &str,
        span: Span,
    ) -> Typed {
        let view = self.hir.blocks[block.0 as usize].insts[at].results[0];
        let mut other_use = false;
        for block in &self.hir.blocks {
            for inst in &block.insts {
                let reads = match &inst.op {
                    Op::Iter(..) | Op::Extend(..) => true,
                    // What a generator expression goes over.
                    Op::Generator(_, operands) => !operands[1..].contains(&view),
                    Op::Compare(CompareOp::In | CompareOp::NotIn, a, _) => *a != view,
                    Op::Call(callee, args) => match self.ty(*callee) {
                        Some(Ty::Callable(Callable::Library(function))) => {
                            matches!(&*function, "builtins.len" | "builtins.tuple")
                                || super::collections::only_reads(&function, args.len())
                        }
                        _ => false,
                    },
                    _ => false,
                };
                let mut uses = false;
                inst.op.clone().for_each_operand_mut(|v| uses |= *v == view);
                other_use |= uses && !reads;
            }
            block.terminator.clone().for_each_operand_mut(|v| other_use |= *v == view);
        }
        if other_use {
            let text =
                format!("the {name} of a **kwargs dict are used for something else than a loop");
            return Err(Box::new(
                Diagnostic::error("CB0311", span, text)
                    .help("write it where it is iterated over, as in `for name in kwargs:`"),
            ));
        }
        let name_of = |name: &Arc<str>| Ty::Lit(Lit::Str(name.clone()));
        let ty = Ty::tuple(items.iter().map(|(key, ty)| match name {
            "keys" => name_of(key),
            "values" => ty.clone(),
            _ => Ty::tuple([name_of(key), ty.clone()]),
        }));
        let from = match name {
            "keys" => Vec::new(),
            _ => spread(callee, 0, items.iter().map(|(_, t)| t))
                .into_iter()
                .map(|(f, _)| f)
                .collect(),
        };
        self.act(block, at, Action::Apply(Box::new(Action::Plain), from));
        one(ty)
    }
}
