//! How the arguments of a call meet parameters, as Python binds them.
//!
//! First what is starred is spread out: the result is a list of values, each from
//! some place of the caller ([`ArgFrom`]). Then each parameter gets its value, a
//! default, or for `*args` and `**kwargs` a tuple or record of what is left over.
//! What Python raises when a call doesn't bind is a diagnostic here: all of it is
//! known at compile time.

use super::expressions::refuse;
use super::{ArgFrom, FunctionKey, Sweep, names};
use crate::environment::Global;
use crate::hir::{CallArg, Const, HValue, HirFunction, Param, ParamKind};
use crate::types::Ty;
use cumbia_diagnostics::{Diagnostic, Span, nearest};
use std::sync::Arc;

/// One argument of a call after starred ones were spread out.
#[derive(Clone)]
pub(super) struct Given {
    pub name: Option<Arc<str>>,
    pub from: ArgFrom,
    pub ty: Ty,
}

/// What a function is called with beside the arguments in the text.
#[derive(Default)]
pub(super) struct Hidden {
    /// For the entry's hidden parameters.
    pub captures: Vec<(ArgFrom, Ty)>,
    /// Defaults in order of the parameters that have one, for a nested function.
    pub defaults: Option<Vec<(ArgFrom, Ty)>>,
}

/// The parts of `items`, which begin at part `start` of a value.
pub(super) fn spread<'t>(
    value: HValue,
    mut start: usize,
    items: impl Iterator<Item = &'t Ty>,
) -> Vec<(ArgFrom, Ty)> {
    items
        .map(|ty| {
            let from = ArgFrom::Part(value, start, ty.clone());
            start += ty.part_types().len();
            (from, ty.clone())
        })
        .collect()
}

impl Sweep<'_, '_, '_> {
    /// The arguments one by one; `Ok(None)` while a type isn't known.
    pub(super) fn given(
        &mut self,
        args: &[CallArg],
        span: Span,
    ) -> Result<Option<Vec<Given>>, Box<Diagnostic>> {
        let mut out: Vec<Given> = Vec::with_capacity(args.len());
        for arg in args {
            let Some(ty) = self.ty(arg.value) else { return Ok(None) };
            if let Ty::MaybeUnbound(_) | Ty::Unbound = ty {
                return refuse("CB0404", span, "an argument may have no value here");
            }
            match (arg.starred, arg.name.is_some(), &ty) {
                (false, ..) => {
                    out.push(Given { name: arg.name.clone(), from: ArgFrom::Value(arg.value), ty })
                }
                (true, false, Ty::Tuple(items) | Ty::Record(_, items)) if !matches!(&ty, Ty::Record(class, _) if !class.is_tuple()) =>
                {
                    let spread = spread(arg.value, 0, items.iter()).into_iter();
                    out.extend(spread.map(|(from, ty)| Given { name: None, from, ty }));
                }
                (true, true, Ty::Keywords(items)) => {
                    let types = items.iter().map(|(_, t)| t);
                    let spread = spread(arg.value, 0, types).into_iter();
                    out.extend(spread.zip(items.iter()).map(|((from, ty), (name, _))| Given {
                        name: Some(name.clone()),
                        from,
                        ty,
                    }));
                }
                (true, false, _) => {
                    return Err(Box::new(
                        Diagnostic::error(
                            "CB0404",
                            span,
                            format!(
                                "*{ty:#} as arguments isn't compiled: their number isn't known"
                            ),
                        )
                        .help(super::tuples::STARRED_ARGUMENT),
                    ));
                }
                (true, true, _) => {
                    return Err(Box::new(
                        Diagnostic::error(
                            "CB0404",
                            span,
                            format!("**{ty:#} as arguments isn't compiled: their names aren't known"),
                        )
                        .help("a **kwargs parameter can be passed on, and a dict of names in the text that is only read beside that; write the keyword arguments out"),
                    ));
                }
            }
        }
        // Positional ones come first, whatever the text mixes.
        out.sort_by_key(|g| g.name.is_some());
        Ok(Some(out))
    }

    /// Values for the entry's parameters.
    pub(super) fn bind(
        &mut self,
        key: &FunctionKey,
        hir: &HirFunction,
        receiver: Option<(ArgFrom, Ty)>,
        given: Vec<Given>,
        hidden: Hidden,
        span: Span,
    ) -> Result<Vec<(ArgFrom, Ty)>, Box<Diagnostic>> {
        let name = &hir.name;
        let params = &hir.params;
        let mut slots: Vec<Option<(ArgFrom, Ty)>> = vec![None; params.len()];
        let is_positional =
            |p: &&Param| matches!(p.kind, ParamKind::PositionalOnly | ParamKind::Plain);
        let positional_params = params.iter().filter(is_positional).count();
        let has = |kind| params.iter().position(|p: &Param| p.kind == kind);
        let (varargs, varkeywords) = (has(ParamKind::VarArgs), has(ParamKind::VarKeywords));
        let given_positional = given.iter().filter(|g| g.name.is_none()).count();
        let mut rest: Vec<(ArgFrom, Ty)> = Vec::new();
        let mut keywords: Vec<(Arc<str>, ArgFrom, Ty)> = Vec::new();
        let mut next = 0;
        let offset = receiver.is_some() as usize;
        if let Some(receiver) = receiver {
            if positional_params > 0 {
                slots[0] = Some(receiver);
            } else {
                rest.push(receiver);
            }
            next = 1;
        }
        for Given { name: keyword, from, ty } in given {
            let slot = match &keyword {
                None if next >= positional_params && varargs.is_some() => {
                    rest.push((from, ty));
                    continue;
                }
                None if next >= positional_params => {
                    let takes = positional_params - offset;
                    let required = params
                        .iter()
                        .filter(is_positional)
                        .filter(|p| !p.has_default)
                        .count()
                        .saturating_sub(offset);
                    let plural = if takes == 1 { "" } else { "s" };
                    let was = if given_positional == 1 { "was" } else { "were" };
                    let range = if required < takes {
                        format!("from {required} to {takes}")
                    } else {
                        takes.to_string()
                    };
                    return refuse(
                        "CB0410",
                        span,
                        format!(
                            "{name}() takes {range} positional argument{plural} but {given_positional} {was} given"
                        ),
                    );
                }
                None => {
                    next += 1;
                    next - 1
                }
                Some(keyword) => {
                    let known = params.iter().position(|p| {
                        p.name == *keyword
                            && matches!(p.kind, ParamKind::Plain | ParamKind::KeywordOnly)
                    });
                    match known {
                        Some(i) => i,
                        None if varkeywords.is_some() => {
                            if keywords.iter().any(|(n, ..)| n == keyword) {
                                return refuse(
                                    "CB0410",
                                    span,
                                    format!(
                                        "{name}() got multiple values for keyword argument '{keyword}'"
                                    ),
                                );
                            }
                            keywords.push((keyword.clone(), from, ty));
                            continue;
                        }
                        None => {
                            let names: Vec<&str> =
                                params.iter().skip(offset).map(|p| &*p.name).collect();
                            let stars = |i: usize| match params[i + offset].kind {
                                ParamKind::VarArgs => "*",
                                ParamKind::VarKeywords => "**",
                                _ => "",
                            };
                            let shown: Vec<String> = names
                                .iter()
                                .enumerate()
                                .map(|(i, n)| format!("{}{n}", stars(i)))
                                .collect();
                            let d = Diagnostic::error(
                                "CB0410",
                                span,
                                format!("{name}() got an unexpected keyword argument '{keyword}'"),
                            );
                            let meant = match nearest(keyword, names.iter().copied()) {
                                Some(meant) => format!("did you mean '{meant}'? "),
                                None => String::new(),
                            };
                            return Err(Box::new(d.help(format!(
                                "{meant}its parameters are: {}",
                                shown.join(", ")
                            ))));
                        }
                    }
                }
            };
            if slots[slot].is_some() {
                return refuse(
                    "CB0410",
                    span,
                    format!("{name}() got multiple values for argument '{}'", params[slot].name),
                );
            }
            slots[slot] = Some((from, ty));
        }
        if let Some(at) = varargs {
            let ty = Ty::tuple(rest.iter().map(|(_, t)| t.clone()));
            let from = rest.into_iter().map(|(from, _)| from).collect();
            slots[at] = Some((ArgFrom::Tuple(from), ty));
        }
        if let Some(at) = varkeywords {
            let ty =
                Ty::Keywords(keywords.iter().map(|(n, _, t)| (n.clone(), t.clone())).collect());
            let from = keywords.into_iter().map(|(n, from, _)| (n, from)).collect();
            slots[at] = Some((ArgFrom::Keywords(from), ty));
        }
        let mut bound = Vec::with_capacity(slots.len());
        let mut nested_defaults = hidden.defaults.clone().map(Vec::into_iter);
        for (param, slot) in params.iter().zip(slots) {
            let nested = match &mut nested_defaults {
                Some(defaults) if param.has_default => defaults.next(),
                _ => None,
            };
            bound.push(match (slot, nested) {
                (Some(slot), _) => slot,
                (None, Some(default)) => default,
                (None, None) => self.default_value(key, hir, param, span)?,
            });
        }
        bound.extend(hidden.captures);
        if hir.inner.as_ref().is_some_and(|inner| inner.recursive) {
            bound.extend(hidden.defaults.into_iter().flatten());
        }
        Ok(bound)
    }

    fn default_value(
        &mut self,
        key: &FunctionKey,
        hir: &HirFunction,
        param: &Param,
        span: Span,
    ) -> Result<(ArgFrom, Ty), Box<Diagnostic>> {
        let name = &hir.name;
        let Some(global) = self.default(key, param) else {
            let kind = match param.kind {
                ParamKind::KeywordOnly => "keyword-only",
                _ => "positional",
            };
            return refuse(
                "CB0410",
                span,
                format!("{name}() missing 1 required {kind} argument: '{}'", param.name),
            );
        };
        match names::global_type(&global) {
            Some(ty) => Ok((ArgFrom::Default(global), ty)),
            None => refuse(
                "CB0404",
                span,
                format!("the default of {name}()'s parameter '{}' can't be compiled", param.name),
            ),
        }
    }

    fn default(&self, key: &FunctionKey, param: &Param) -> Option<Global> {
        if !param.has_default {
            return None;
        }
        if let FunctionKey::User(handle) | FunctionKey::Initializer(handle) = key {
            let source = self.engine.user_functions.get(handle)?;
            return source.defaults.iter().find(|(n, _)| *n == param.name).map(|(_, g)| g.clone());
        }
        Some(match param.default_const.as_ref()? {
            Const::None => Global::None,
            Const::Bool(b) => Global::Bool(*b),
            Const::Int(i) => Global::Int(*i),
            Const::Float(x) => Global::Float(*x),
            Const::Str(s) => Global::Str(s.clone()),
            Const::Ellipsis => Global::Ellipsis,
            _ => return None,
        })
    }
}
