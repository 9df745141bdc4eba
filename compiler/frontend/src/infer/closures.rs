//! Functions as values: closures, the cells they share, partial objects, and calls of
//! all that isn't called by a plain name with plain arguments.
//!
//! A closure's type says which function it is and the types of what it captures, so a
//! call of it is a call of a specialization like any other, with hidden arguments. A
//! cell's content has one type for all who use it, found by joining what is put in;
//! when that grows, what was inferred with the old one is inferred again
//! (`Engine::specialize`, `Engine::settle_cells`).

use super::binding::{Given, Hidden, spread};
use super::expressions::{Typed, known, one, refuse};
use super::iteration::keeps_numbers;
use super::{
    Action, ArgFrom, FunctionKey, SpecId, Sweep, join, numeric_error, runtime_form, sites,
    structural,
};
use crate::classes::Class;
use crate::environment::Global;
use crate::hir::{CallArg, HBlock, HValue, HirInst, Op};
use crate::numeric::{self, Rule};
use crate::types::{Callable, ChoicePart, ClosureTy, Lit, PartialTy, Ty, choice_parts};
use cumbia_diagnostics::{Diagnostic, Span};
use std::rc::Rc;
use std::sync::Arc;

/// A function that is nested in another one.
pub struct Nested {
    /// The function that it is nested in.
    pub parent: FunctionKey,
    /// The outermost function: the one whose globals it sees.
    pub root: FunctionKey,
    /// Its HIR.
    pub hir: Rc<crate::hir::HirFunction>,
}

/// A variable that closures share.
pub struct Cell {
    /// Its name.
    pub name: Arc<str>,
    /// The type of its content; `None` while nothing was put in.
    pub ty: Option<Ty>,
}

/// Deepest nesting of types in a closure: of closures that capture closures.
const MAX_CLOSURE: usize = 1000;

impl Sweep<'_, '_, '_> {
    /// The operations that only nested functions bring.
    pub(super) fn closure_instruction(&mut self, inst: &HirInst) -> Typed {
        let span = inst.span;
        match &inst.op {
            Op::Closure(index, captures, defaults) => {
                let parent = self.engine.spec(self.id).key.clone();
                let function = self.engine.nested_id(&parent, self.hir, *index);
                let name = self.hir.nested[*index as usize].name.clone();
                self.closure_type(function, name, captures, defaults, span)
            }
            Op::SelfClosure(captures, defaults) => {
                let FunctionKey::Nested(function) = self.engine.spec(self.id).key else {
                    unreachable!("only a nested function knows itself")
                };
                let name = self.hir.name.clone();
                self.closure_type(function, name, captures, defaults, span)
            }
            Op::CellNew(name) => {
                self.engine.spec_mut(self.id).uses_cells = true;
                let id = self.id;
                one(Ty::Cell(self.engine.cell_id(id, name)))
            }
            Op::CellGet(cell, ..) => {
                self.engine.spec_mut(self.id).uses_cells = true;
                match known!(self, *cell) {
                    Ty::Cell(cell) => {
                        let content = self.engine.cells[cell as usize].ty.as_ref();
                        Ok(content.map(|t| vec![self.engine.sites.resolve(t)]))
                    }
                    other => unreachable!("a cell of type {other}"),
                }
            }
            Op::CellSet(cell, value) => self.cell_set(*cell, *value, span),
            Op::CheckFree(value, _) => match known!(self, *value) {
                Ty::Unbound => Ok(None),
                Ty::MaybeUnbound(inner) => one((*inner).clone()),
                other => one(other),
            },
            Op::Splat(value, _) => match known!(self, *value) {
                Ty::Tuple(items) => one(Ty::Tuple(items)),
                other => Err(Box::new(
                    Diagnostic::error(
                        "CB0305",
                        span,
                        format!(
                            "*{other:#} in a tuple isn't compiled: the number of items isn't known"
                        ),
                    )
                    .help(super::tuples::STARRED_ITEM),
                )),
            },
            other => unreachable!("{other:?} has nothing to do with closures"),
        }
    }

    fn closure_type(
        &mut self,
        function: u32,
        name: Arc<str>,
        captures: &[HValue],
        defaults: &[HValue],
        span: Span,
    ) -> Typed {
        let mut types = [Vec::new(), Vec::new()];
        for (types, values) in types.iter_mut().zip([captures, defaults]) {
            for &value in values {
                types.push(known!(self, value));
            }
        }
        let [captures, defaults] = types;
        let ty = Ty::Closure(Arc::new(ClosureTy {
            function,
            name,
            captures: captures.into(),
            defaults: defaults.into(),
        }));
        if !ty.has_at_most(MAX_CLOSURE) {
            return refuse(
                "CB0310",
                span,
                format!(
                    "this function captures more than {MAX_CLOSURE} values, nested ones counted"
                ),
            );
        }
        one(ty)
    }

    fn cell_set(&mut self, cell: HValue, value: HValue, span: Span) -> Typed {
        self.engine.spec_mut(self.id).uses_cells = true;
        let Ty::Cell(cell) = known!(self, cell) else { unreachable!("not a cell") };
        let new = runtime_form(&known!(self, value));
        let old =
            self.engine.cells[cell as usize].ty.clone().map(|t| self.engine.sites.resolve(&t));
        if let Some(old) = &old {
            self.engine.sites.unify(old, &new);
        }
        let slot = &self.engine.cells[cell as usize];
        let joined = match &old {
            None => new,
            Some(old) => match join(old, &new) {
                Some(joined) => joined,
                None => {
                    return Err(Box::new(
                        Diagnostic::error(
                            "CB0301",
                            span,
                            format!(
                                "variable '{}', which a nested function shares, would be {old:#} in one place and {new:#} in another",
                                slot.name.split('#').next().unwrap_or_default()
                            ),
                        )
                        .help(super::JOIN_HELP),
                    ));
                }
            },
        };
        if slot.ty.as_ref() != Some(&joined) {
            self.engine.cells[cell as usize].ty = Some(joined);
            self.engine.cell_epoch += 1;
            self.changed = true;
        }
        Ok(Some(Vec::new()))
    }

    /// Calls that need more than the plain way; `None` for all others.
    pub(super) fn call_special(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        callee_ty: &Ty,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let special = match callee_ty {
            Ty::Closure(_) | Ty::Choice(_) | Ty::Callable(Callable::Partial(_)) => true,
            Ty::Optional(inner) => is_callable(inner),
            Ty::Callable(Callable::Library(name)) => match &**name {
                "functools.partial" | "prim.partial" => true,
                "builtins.len" => args.len() == 1 && self.is_keywords(args[0].value),
                _ => false,
            },
            Ty::Callable(Callable::Method(receiver, _)) => matches!(**receiver, Ty::Keywords(_)),
            _ => false,
        };
        if !special && !args.iter().any(|a| a.starred) {
            return None;
        }
        Some(match self.given(args, span) {
            Ok(Some(given)) => self.call_value(block, at, callee, 0, callee_ty, given, span),
            Ok(None) => Ok(None),
            Err(e) => Err(e),
        })
    }

    /// Calls a value that begins at a part of `callee`.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn call_value(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        start: usize,
        ty: &Ty,
        given: Vec<Given>,
        span: Span,
    ) -> Typed {
        match ty {
            Ty::Closure(c) => {
                let after = start + c.captures.iter().map(|t| t.part_types().len()).sum::<usize>();
                let hidden = Hidden {
                    captures: spread(callee, start, c.captures.iter()),
                    defaults: Some(spread(callee, after, c.defaults.iter())),
                };
                let key = FunctionKey::Nested(c.function);
                self.call_given(block, at, key, None, given, hidden, span, None)
            }
            Ty::Callable(Callable::Partial(partial)) => {
                let given = with_partial(partial, callee, start, given);
                self.call_value(block, at, callee, start, &partial.function, given, span)
            }
            Ty::Optional(inner) if is_callable(inner) => {
                // The slot serves to learn the function's action.
                let changed = self.changed;
                let slot = |cx: &mut Self| {
                    std::mem::take(&mut cx.engine.spec_mut(cx.id).actions[block.0 as usize][at])
                };
                let before = slot(self);
                let typed = self.call_value(block, at, callee, start + 1, inner, given, span);
                let action = slot(self);
                self.engine.spec_mut(self.id).actions[block.0 as usize][at] = before;
                self.changed = changed;
                self.act(block, at, Action::NotNone(Box::new(action)));
                typed
            }
            Ty::Choice(of) => self.call_choice(block, at, callee, start, of, given, span),
            Ty::Callable(Callable::Method(receiver, name)) => match &**receiver {
                Ty::Keywords(items) => {
                    self.call_keywords(block, at, callee, items, name, given, span)
                }
                of if let Some((class, _)) = of.as_record()
                    && let Some(Global::Function(method)) =
                        self.engine.env.class_attribute(class.handle, name) =>
                {
                    let key = FunctionKey::User(method.handle);
                    let from = ArgFrom::Part(callee, start, of.clone());
                    let receiver = Some((from, runtime_form(of)));
                    let hidden = Hidden::default();
                    self.call_given(block, at, key, receiver, given, hidden, span, None)
                }
                _ if is_plain(&given) => {
                    let from = ArgFrom::Part(callee, start, ty.clone());
                    self.call_in_body(block, at, (from, ty.clone()), given, span)
                }
                _ => {
                    self.call_method_given(block, at, callee, start, (receiver, name), given, span)
                }
            },
            Ty::Callable(Callable::Library(name))
                if &**name == "builtins.len"
                    && matches!(given.as_slice(), [Given { ty: Ty::Keywords(_), .. }]) =>
            {
                let count = given[0].ty.function_items().len();
                one(Ty::Lit(Lit::Int(count as i64)))
            }
            Ty::Callable(Callable::Kernel(id)) => {
                let key = FunctionKey::Kernel(*id);
                self.call_given(block, at, key, None, given, Hidden::default(), span, None)
            }
            Ty::Callable(Callable::User(function)) => {
                let key = FunctionKey::User(function.handle);
                self.call_given(block, at, key, None, given, Hidden::default(), span, None)
            }
            // With the object, which a partial object has.
            Ty::Callable(Callable::Initializer(Some(handle), _)) => {
                let key = FunctionKey::Initializer(*handle);
                self.call_given(block, at, key, None, given, Hidden::default(), span, None)
            }
            Ty::Callable(Callable::Library(name))
                if matches!(&**name, "functools.partial" | "prim.partial") =>
            {
                self.make_partial(block, at, given, span)
            }
            Ty::Callable(Callable::Library(name)) => {
                self.call_library_given(block, at, name, given, span)
            }
            Ty::DType(dtype) => {
                let name: Arc<str> = format!("numpy.{}", dtype.name()).into();
                self.call_library_given(block, at, &name, given, span)
            }
            Ty::Callable(Callable::Class(class)) if by_position(class, &given).is_some() => {
                let given = by_position(class, &given).expect("just seen");
                let from = ArgFrom::Part(callee, start, ty.clone());
                self.call_in_body(block, at, (from, ty.clone()), given, span)
            }
            other if is_callable(other) && is_plain(&given) => {
                let from = ArgFrom::Part(callee, start, other.clone());
                self.call_in_body(block, at, (from, other.clone()), given, span)
            }
            other => refuse(
                "CB0406",
                span,
                format!(
                    "{other:#} can't be called with starred arguments, or through a partial object"
                ),
            ),
        }
    }

    /// A call by a body that has it in its text.
    fn call_in_body(
        &mut self,
        block: HBlock,
        at: usize,
        (from, ty): (ArgFrom, Ty),
        mut given: Vec<Given>,
        span: Span,
    ) -> Typed {
        let name = format!("call{}", given.len());
        let body = cumbia_library::body("calling", &name).expect("one for each number");
        given.insert(0, Given { name: None, from, ty });
        let key = FunctionKey::Body(body.file, body.name);
        self.call_given(block, at, key, None, given, Hidden::default(), span, None)
    }

    fn call_library_given(
        &mut self,
        block: HBlock,
        at: usize,
        name: &Arc<str>,
        given: Vec<Given>,
        span: Span,
    ) -> Typed {
        if given.iter().all(|g| g.name.is_none()) {
            let types: Vec<Ty> = given.iter().map(|g| g.ty.clone()).collect();
            let from = || given.iter().map(|g| g.from.clone()).collect();
            if let Some(result) = structural::result_type(name, &types) {
                let ty = result.map_err(|e| numeric_error(e, span))?;
                self.act(
                    block,
                    at,
                    Action::Apply(Box::new(Action::Structural(name.clone())), from()),
                );
                return one(ty);
            }
            let scalars = types.iter().all(|t| t.is_number() || matches!(t, Ty::DType(_)));
            match numeric::builtin_rule(name, &types) {
                Some(Ok(Rule::Direct(ty))) => {
                    self.act(
                        block,
                        at,
                        Action::Apply(Box::new(Action::Numeric(name.clone())), from()),
                    );
                    return one(ty);
                }
                Some(Ok(Rule::Body(body))) => {
                    let found = super::calls::find_body(body);
                    let key = FunctionKey::Body(found.file, found.name);
                    return self.call_given(
                        block,
                        at,
                        key,
                        None,
                        given,
                        Hidden::default(),
                        span,
                        Some(body),
                    );
                }
                Some(Err(e)) if scalars => return Err(numeric_error(e, span)),
                _ => {}
            }
            if cumbia_library::implementation(name).is_none() && is_plain(&given) {
                let function = Ty::Callable(Callable::Library(name.clone()));
                let function = (ArgFrom::Unit(function.clone()), function);
                return self.call_in_body(block, at, function, given, span);
            }
        }
        match super::calls::named_form(name, given.iter().any(|g| g.name.is_some()))
            .or_else(|| cumbia_library::implementation(name))
        {
            Some(body) => {
                let key = FunctionKey::Body(body.file, body.name);
                self.call_given(block, at, key, None, given, Hidden::default(), span, Some(name))
            }
            None => {
                let help = "write the call out, without `*` and without functools.partial";
                Err(super::calls::not_compiled(name, span, help))
            }
        }
    }

    /// A call of one of several functions: of each, with the same arguments.
    #[allow(clippy::too_many_arguments)]
    fn call_choice(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        start: usize,
        of: &[Ty],
        given: Vec<Given>,
        span: Span,
    ) -> Typed {
        let slot = |cx: &mut Self| {
            std::mem::take(&mut cx.engine.spec_mut(cx.id).actions[block.0 as usize][at])
        };
        // The slot serves to learn each function's action; it is as it was afterwards.
        let (before, changed) = (slot(self), self.changed);
        let mut actions = Vec::with_capacity(of.len());
        let mut result: Option<Ty> = None;
        let mut failed = None;
        for ChoicePart { ty, start: at_part, .. } in choice_parts(of) {
            let part = start + at_part;
            match self.call_value(block, at, callee, part, ty, given.clone(), span) {
                Ok(types) => {
                    actions.push(slot(self));
                    let Some(new) = types.and_then(|t| t.into_iter().next()) else { continue };
                    // Which of them it was is not seen later: a number stays what it is.
                    let joined = match &result {
                        None => Some(new.clone()),
                        Some(old) => join(old, &new)
                            .filter(|ty| keeps_numbers(old, ty) && keeps_numbers(&new, ty))
                            .or_else(|| self.union_of_results(old, &new)),
                    };
                    match joined {
                        Some(joined) => result = Some(joined),
                        None => {
                            let old = result.take().unwrap_or(Ty::None);
                            failed = Some(Box::new(
                                Diagnostic::error(
                                    "CB0301",
                                    span,
                                    format!("this call gives {old:#} or {new:#}, depending on which function is called"),
                                )
                                .help(super::JOIN_HELP),
                            ));
                            break;
                        }
                    }
                }
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        self.engine.spec_mut(self.id).actions[block.0 as usize][at] = before;
        self.changed = changed;
        if let Some(error) = failed {
            return Err(error);
        }
        self.act(block, at, Action::Choose(actions));
        // Which function it is isn't known, so neither is a constant that one gives.
        Ok(result.map(|ty| vec![runtime_form(&ty)]))
    }

    /// `__name__` of a function, or of each that it can be; `None` where one has none or
    /// it isn't known.
    pub(super) fn function_names(&mut self, ty: &Ty) -> Option<Vec<Arc<str>>> {
        Some(match ty {
            Ty::Closure(c) => vec![c.name.clone()],
            Ty::Callable(Callable::User(function)) => {
                vec![self.engine.env.function_name(function.handle)?]
            }
            Ty::Callable(Callable::Library(name)) => match name.rsplit_once('.')? {
                ("builtins" | "math" | "cmath" | "operator", name) => vec![name.into()],
                _ => return None,
            },
            Ty::Choice(of) => {
                let mut all = Vec::with_capacity(of.len());
                for one in of.iter() {
                    all.extend(self.function_names(one)?);
                }
                all
            }
            _ => return None,
        })
    }

    /// `functools.partial(function, ...)`
    fn make_partial(&mut self, block: HBlock, at: usize, given: Vec<Given>, span: Span) -> Typed {
        let (positional, keywords): (Vec<Given>, Vec<Given>) =
            given.into_iter().partition(|g| g.name.is_none());
        let Some((function, args)) = positional.split_first() else {
            return refuse("CB0410", span, "type 'partial' takes at least one argument");
        };
        if !is_callable(&function.ty) {
            return refuse("CB0410", span, "the first argument must be callable");
        }
        let ty = Ty::Callable(Callable::Partial(Arc::new(PartialTy {
            function: function.ty.clone(),
            args: args.iter().map(|g| g.ty.clone()).collect(),
            keywords: keywords
                .iter()
                .map(|g| (g.name.clone().expect("a keyword"), g.ty.clone()))
                .collect(),
        })));
        let from = positional.iter().chain(&keywords).map(|g| g.from.clone()).collect();
        self.act(block, at, Action::Apply(Box::new(Action::Plain), from));
        one(ty)
    }

    /// A call of a function with arguments from anywhere.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn call_given(
        &mut self,
        block: HBlock,
        at: usize,
        key: FunctionKey,
        receiver: Option<(ArgFrom, Ty)>,
        given: Vec<Given>,
        hidden: Hidden,
        span: Span,
        library_name: Option<&str>,
    ) -> Typed {
        let hir = match self.engine.function(&key, span) {
            Ok(hir) => hir,
            Err(errors) => return Err(super::calls::called_from(errors, span)),
        };
        let own = hir.params.len();
        let bound = self.bind(&key, &hir, receiver, given, hidden, span)?;
        // A library body sees constants; the user's function would be compiled for each.
        let keep_constants =
            matches!(self.engine.root_key(&key), FunctionKey::Body(..) | FunctionKey::Kernel(_));
        let mut from = Vec::with_capacity(bound.len());
        let mut types = Vec::with_capacity(bound.len());
        let mut constants = Vec::new();
        for (i, (source, ty)) in bound.into_iter().enumerate() {
            types.push(if keep_constants || i >= own {
                sites::without_sites(&ty)
            } else {
                if is_constant(&ty) {
                    constants.push((i, ty.clone()));
                }
                runtime_form(&ty)
            });
            from.push(source);
        }
        // What the function does with a parameter may need a constant, which the call passes.
        let again = (!constants.is_empty()).then(|| (key.clone(), types.clone()));
        let spec = match (self.specialize(key, types, span, library_name), again) {
            (Err(_), Some((key, mut types))) => {
                for (i, ty) in constants {
                    types[i] = ty;
                }
                self.specialize(key, types, span, library_name)?
            }
            (spec, _) => spec?,
        };
        self.note_cells(spec);
        self.act(block, at, Action::Call(spec, from));
        match self.engine.spec(spec).ret.as_ref().map(sites::without_sites) {
            Some(ret) => one(ret),
            None => Ok(None),
        }
    }

    /// What a callee knows of cells, its caller knows through it.
    pub(super) fn note_cells(&mut self, callee: SpecId) {
        if self.engine.spec(callee).uses_cells {
            self.engine.spec_mut(self.id).uses_cells = true;
        }
    }
}

/// The arguments of a partial object before and after those of the call, as Python
/// orders them; a keyword of the call replaces the object's.
fn with_partial(
    partial: &PartialTy,
    callee: HValue,
    start: usize,
    given: Vec<Given>,
) -> Vec<Given> {
    let mut spread = spread(callee, start, partial.items()).into_iter().skip(1);
    let mut all: Vec<Given> = spread
        .by_ref()
        .take(partial.args.len())
        .map(|(from, ty)| Given { name: None, from, ty })
        .collect();
    let (positional, keywords): (Vec<Given>, Vec<Given>) =
        given.into_iter().partition(|g| g.name.is_none());
    all.extend(positional);
    for ((name, _), (from, ty)) in partial.keywords.iter().zip(spread) {
        all.push(match keywords.iter().find(|g| g.name.as_ref() == Some(name)) {
            Some(given) => given.clone(),
            None => Given { name: Some(name.clone()), from, ty },
        });
    }
    let new = |g: &Given| !partial.keywords.iter().any(|(n, _)| g.name.as_ref() == Some(n));
    all.extend(keywords.into_iter().filter(new));
    all
}

/// The arguments of a call of a namedtuple's class, all by position;
/// `None` where one by name is none of the next fields, or there are too many.
fn by_position(class: &Class, given: &[Given]) -> Option<Vec<Given>> {
    if !class.is_tuple() || is_plain(given) || given.len() > MAX_PASSED_ON {
        return None;
    }
    let (mut all, named): (Vec<Given>, Vec<Given>) =
        given.iter().cloned().partition(|g| g.name.is_none());
    for field in class.fields.iter().skip(all.len()).take(named.len()) {
        let found = named.iter().find(|g| g.name.as_deref() == Some(&*field.name))?;
        all.push(Given { name: None, ..found.clone() });
    }
    (all.len() == given.len()).then_some(all)
}

/// Most arguments that the bodies of `calling.py` pass on.
const MAX_PASSED_ON: usize = 6;

/// Whether arguments are positional alone, and no more than bodies pass on.
fn is_plain(given: &[Given]) -> bool {
    given.len() <= MAX_PASSED_ON && given.iter().all(|g| g.name.is_none())
}

/// Whether the type is of one value, or of a tuple of such.
fn is_constant(ty: &Ty) -> bool {
    match ty {
        Ty::Lit(_) => true,
        Ty::Tuple(items) => !items.is_empty() && items.iter().all(is_constant),
        _ => false,
    }
}

/// Whether values of the type can be called.
pub fn is_callable(ty: &Ty) -> bool {
    matches!(ty, Ty::Callable(_) | Ty::Closure(_) | Ty::Choice(_) | Ty::DType(_))
}
