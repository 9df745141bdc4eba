//! Namedtuples, dataclasses, enums and classes: attributes, calls of the class, methods.
//! What is stored to fields is in `stored_fields.rs`.
//!
//! A record is its fields side by side; making one is [`Action::Construct`], and so is
//! `_replace`. Where a namedtuple is used as the tuple that it is, `views.rs` shows it as
//! one. Attributes of classes other than fields and members are asked of the environment,
//! which guards them.

use super::expressions::{Typed, known, one, refuse};
use super::sites::without_sites;
use super::{Action, ArgFrom, FunctionKey, Sweep, containers, names};
use crate::classes::{Class, ClassKind, Enum};
use crate::environment::Global;
use crate::hir::{CallArg, HBlock, HValue};
use crate::types::{Callable, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

fn text(s: &str) -> Ty {
    Ty::Lit(Lit::Str(s.into()))
}

/// The type of a member's value.
pub fn member_value(class: &Enum, at: u32) -> Option<Ty> {
    names::global_type(&class.members[at as usize].1)
}

/// The type of the values of all members, for one that is known at run time only.
pub fn value_type(class: &Enum) -> Option<Ty> {
    let mut joined: Option<Ty> = None;
    for at in 0..class.members.len() as u32 {
        let ty = member_value(class, at)?.widen();
        match &joined {
            None => joined = Some(ty),
            Some(before) if *before == ty => {}
            Some(_) => return None,
        }
    }
    joined.filter(|t| matches!(t, Ty::Int | Ty::Float | Ty::Bool | Ty::Str))
}

fn method(receiver: Ty, name: &Arc<str>) -> Typed {
    one(Ty::Callable(Callable::Method(Arc::new(receiver), name.clone())))
}

impl Sweep<'_, '_, '_> {
    /// A property of a record's or member's class: a call of its function; `None` for
    /// other attributes.
    pub(super) fn property(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        ty: &Ty,
        name: &Arc<str>,
        span: Span,
    ) -> Option<Typed> {
        let class = match ty {
            Ty::Record(class, _) | Ty::Object(class, _)
                if class.field(name).is_none() && !class.untaken.contains(name) =>
            {
                class.handle
            }
            Ty::Member(class, _) | Ty::Enum(class) => class.class.handle,
            _ => return None,
        };
        let Some(Global::Property(function, _)) = self.engine.env.class_attribute(class, name)
        else {
            return None;
        };
        let key = FunctionKey::User(function);
        let receiver = (ArgFrom::Value(value), super::runtime_form(ty));
        Some(self.call_function(block, at, key, Some(receiver), &[], span, None))
    }

    /// An attribute of a record, a member or a class; `None` for other values.
    pub(super) fn class_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        ty: &Ty,
        name: &Arc<str>,
        span: Span,
    ) -> Option<Typed> {
        Some(match ty {
            Ty::Record(class, items) => {
                self.record_attribute(block, at, class, items, ty, name, span)
            }
            Ty::Object(class, fields) => {
                self.record_attribute(block, at, class, fields.items(), ty, name, span)
            }
            Ty::Member(class, place) => match &**name {
                "name" | "_name_" => one(text(&class.members[*place as usize].0)),
                "value" | "_value_" => {
                    let global = class.members[*place as usize].1.clone();
                    match names::global_type(&global) {
                        Some(ty) => {
                            self.act(block, at, Action::Global(global));
                            one(ty)
                        }
                        None => self.no_attribute(ty, name, span),
                    }
                }
                _ => self.found_in_class(block, at, &class.class, ty, name, span),
            },
            Ty::Enum(class) => match &**name {
                "value" | "_value_" => match value_type(class) {
                    Some(value) => {
                        self.act(block, at, Action::Plain);
                        one(value)
                    }
                    None => Err(Box::new(
                        Diagnostic::error(
                            "CB0403",
                            span,
                            format!("the values of {ty:#} are not numbers or strings of one type"),
                        )
                        .help("compare the member with `is`, one after another"),
                    )),
                },
                "name" | "_name_" => {
                    self.act(block, at, Action::Plain);
                    one(Ty::Str)
                }
                _ => self.found_in_class(block, at, &class.class, ty, name, span),
            },
            Ty::Callable(Callable::Enum(class)) => match class.member(name) {
                Some(member) => one(Ty::Member(class.clone(), member)),
                None if &**name == "__members__" => {
                    let what = format!("__members__ of {} is not compiled", class.class.name);
                    let help = "go over the class: `for m in Class` has m.name and m.value";
                    Err(Box::new(Diagnostic::error("CB0403", span, what).help(help)))
                }
                None => self.found_in_class(block, at, &class.class, ty, name, span),
            },
            Ty::Callable(Callable::Class(class)) => match &**name {
                "_make" if class.is_tuple() => method(ty.clone(), name),
                "_fields" if class.is_tuple() => {
                    one(Ty::tuple(class.fields.iter().map(|f| text(&f.name))))
                }
                _ => self.found_in_class(block, at, class, ty, name, span),
            },
            _ => return None,
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn record_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        class: &Arc<Class>,
        items: &[Ty],
        ty: &Ty,
        name: &Arc<str>,
        span: Span,
    ) -> Typed {
        if let Some(field) = class.field(name) {
            self.act(block, at, Action::Plain);
            return one(items[field].clone());
        }
        if class.untaken.contains(name) {
            return Err(Box::new(
                Diagnostic::error(
                    "CB0403",
                    span,
                    format!(
                        "attribute '{name}' of this {} is of a type that compiled code can't take",
                        class.name
                    ),
                )
                .help("numbers, text, arrays, and tuples, containers and objects of them are"),
            ));
        }
        match (class.kind, &**name) {
            (ClassKind::NamedTuple, "_fields") => {
                one(Ty::tuple(class.fields.iter().map(|f| text(&f.name))))
            }
            (ClassKind::NamedTuple, "_replace") => method(ty.clone(), name),
            (ClassKind::NamedTuple, "index" | "count") => method(Ty::Tuple(items.into()), name),
            (ClassKind::NamedTuple, "_asdict") => method(ty.clone(), name),
            _ => self.found_in_class(block, at, class, ty, name, span),
        }
    }

    /// What the environment finds in the class: a method, or a constant.
    fn found_in_class(
        &mut self,
        block: HBlock,
        at: usize,
        class: &Class,
        of: &Ty,
        name: &Arc<str>,
        span: Span,
    ) -> Typed {
        let instance = !matches!(of, Ty::Callable(_));
        if instance && &**name == "__class__" {
            return match super::introspection::class_of(of) {
                Some(class) => one(class),
                None => self.no_attribute(of, name, span),
            };
        }
        if let Some((_, text)) = class.unset.iter().find(|(slot, _)| slot == name) {
            self.act(block, at, Action::NoAttribute(text.clone()));
            return Ok(None);
        }
        if instance && self.engine.env.class_lacks(class.handle, name) {
            if matches!(class.kind, ClassKind::Instance { .. }) {
                let text = format!("'{}' object has no attribute '{name}'", class.name);
                self.act(block, at, Action::NoAttribute(text.into()));
                return Ok(None);
            }
            return self.no_attribute(of, name, span);
        }
        let found = self.engine.env.class_attribute(class.handle, name);
        match found {
            Some(Global::Function(_)) if instance => method(of.clone(), name),
            Some(Global::Static(global)) => match names::global_type(&global) {
                Some(ty) => {
                    self.act(block, at, Action::Global(*global));
                    one(ty)
                }
                None => self.no_attribute(of, name, span),
            },
            Some(global) => match names::global_type(&global) {
                Some(ty) if !matches!(global, Global::Function(_)) || !instance => {
                    self.act(block, at, Action::Global(global));
                    one(ty)
                }
                _ => self.no_attribute(of, name, span),
            },
            None => self.no_attribute(of, name, span),
        }
    }

    fn no_attribute(&self, of: &Ty, name: &str, span: Span) -> Typed {
        Err(Box::new(
            Diagnostic::error(
                "CB0403",
                span,
                format!("attribute '{name}' of {of:#} is not compiled"),
            )
            .help("fields, constants of the class, and its plain methods are"),
        ))
    }

    /// A call of a class, or of a record's method; `None` for other callees.
    pub(super) fn call_class(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        callee_ty: &Ty,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        if let Some(typed) = self.call_initializer(block, at, callee_ty, args, span) {
            return Some(typed);
        }
        match callee_ty {
            Ty::Callable(Callable::Class(class)) => {
                Some(self.construct(block, at, class, args, span))
            }
            Ty::Callable(Callable::Enum(class)) => {
                Some(self.by_value(block, at, callee, class, args, span))
            }
            Ty::Callable(Callable::Library(name)) if &**name == "dataclasses.replace" => {
                self.replace_dataclass(block, at, args, span)
            }
            Ty::Callable(Callable::Method(receiver, name)) => match &**receiver {
                Ty::Record(class, items) if class.is_tuple() && &**name == "_replace" => {
                    Some(self.replace(block, at, callee, (class, items), args, span))
                }
                Ty::Callable(Callable::Class(class)) if &**name == "_make" => {
                    Some(self.make_namedtuple(block, at, class, args, span))
                }
                Ty::Record(class, _) if class.is_tuple() && &**name == "_asdict" => {
                    let body = super::calls::find_body("records.of_namedtuple");
                    let key = FunctionKey::Body(body.file, body.name);
                    let receiver = Some((ArgFrom::Receiver(callee), (**receiver).clone()));
                    let of = Some("namedtuple._asdict");
                    Some(self.call_function(block, at, key, receiver, args, span, of))
                }
                Ty::Record(class, _) | Ty::Object(class, _) => {
                    Some(self.user_method(block, at, callee, class, (receiver, name), args, span))
                }
                Ty::Member(class, _) | Ty::Enum(class) => {
                    let class = class.clone();
                    let bound = (receiver, name);
                    Some(self.user_method(block, at, callee, &class.class, bound, args, span))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `Point._make(items)` of a tuple.
    fn make_namedtuple(
        &mut self,
        block: HBlock,
        at: usize,
        class: &Arc<Class>,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        let [CallArg { name: None, value, starred: false }] = args else {
            return refuse("CB0410", span, "_make() takes one iterable");
        };
        let items = match known!(self, *value) {
            Ty::Tuple(items) => items,
            Ty::Record(of, items) if of.is_tuple() => items,
            _ => {
                // Of anything else as many items are taken when it is there.
                let body = super::calls::find_body("records.made_of_items");
                let key = FunctionKey::Body(body.file, body.name);
                let class = Ty::Callable(Callable::Class(class.clone()));
                let class = Some((ArgFrom::Unit(class.clone()), class));
                let of = Some("namedtuple._make");
                return self.call_function(block, at, key, class, args, span, of);
            }
        };
        if items.len() != class.fields.len() {
            let (wanted, given) = (class.fields.len(), items.len());
            let message = format!("Expected {wanted} arguments, got {given}");
            return refuse("CB0410", span, message);
        }
        let mut start = 0;
        let mut from = Vec::with_capacity(items.len());
        for item in items.iter() {
            from.push(ArgFrom::Part(*value, start, item.clone()));
            start += item.part_types().len();
        }
        self.act(block, at, Action::Construct(from, None));
        one(Ty::Record(class.clone(), items))
    }

    #[allow(clippy::too_many_arguments)]
    fn user_method(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        class: &Class,
        (receiver, name): (&Arc<Ty>, &Arc<str>),
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        match self.engine.env.class_attribute(class.handle, name) {
            Some(Global::Function(function)) => {
                let key = FunctionKey::User(function.handle);
                let receiver = (ArgFrom::Receiver(callee), super::runtime_form(receiver));
                self.call_function(block, at, key, Some(receiver), args, span, None)
            }
            _ => self.no_attribute(receiver, name, span),
        }
    }

    /// `Class(...)`: arguments to fields, as the generated `__new__` or `__init__` does.
    fn construct(
        &mut self,
        block: HBlock,
        at: usize,
        class: &Arc<Class>,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        if super::instances::is_ordinary(class) {
            return self.make_instance(block, at, class, args, span);
        }
        if class.more_to_init
            && class.not_callable.is_none()
            && let ClassKind::Dataclass { frozen: false, .. } = class.kind
        {
            return self.make_dataclass(block, at, class, args, span);
        }
        if class.more_to_init && class.not_callable.is_none() {
            return Err(Box::new(
                Diagnostic::error(
                    "CB0404",
                    span,
                    format!(
                        "{} can't be made in compiled code: its __init__ does more than to set \
                         the fields",
                        class.name
                    ),
                )
                .help("make the object outside of the function, or the class without frozen=True"),
            ));
        }
        if let Some(why) = class.not_callable {
            return Err(Box::new(
                Diagnostic::error(
                    "CB0404",
                    span,
                    format!("{} can't be made in compiled code: {why}", class.name),
                )
                .help("make the object outside of the function and pass it as an argument"),
            ));
        }
        let function = if class.is_tuple() {
            format!("{}.__new__()", class.name)
        } else {
            format!("{}.__init__()", class.name)
        };
        let mut slots: Vec<Option<(ArgFrom, Ty)>> = vec![None; class.fields.len()];
        let mut place = 0;
        for arg in args {
            let Some(ty) = self.ty(arg.value) else { return Ok(None) };
            if let Ty::MaybeUnbound(_) | Ty::Unbound = ty {
                return refuse("CB0404", span, "an argument may have no value here");
            }
            let slot = match &arg.name {
                Some(name) => match class.field(name) {
                    Some(slot) => slot,
                    None => {
                        return refuse(
                            "CB0410",
                            span,
                            format!("{function} got an unexpected keyword argument '{name}'"),
                        );
                    }
                },
                None => {
                    let wanted = class.fields.iter().filter(|f| !f.keyword_only).count();
                    if place >= wanted {
                        let given = args.iter().filter(|a| a.name.is_none()).count() + 1;
                        return refuse(
                            "CB0410",
                            span,
                            format!(
                                "{function} takes {} positional arguments but {given} were given",
                                wanted + 1
                            ),
                        );
                    }
                    let mut positional =
                        class.fields.iter().enumerate().filter(|(_, f)| !f.keyword_only);
                    place += 1;
                    positional.nth(place - 1).map_or(0, |(i, _)| i)
                }
            };
            if slots[slot].is_some() {
                let name = &class.fields[slot].name;
                return refuse(
                    "CB0410",
                    span,
                    format!("{function} got multiple values for argument '{name}'"),
                );
            }
            slots[slot] = Some((ArgFrom::Value(arg.value), ty));
        }
        let mut from = Vec::new();
        let mut types = Vec::new();
        for (field, slot) in class.fields.iter().zip(slots) {
            let default = |global: &Global| {
                Some((ArgFrom::Default(global.clone()), names::global_type(global)?))
            };
            match slot.or_else(|| field.default.as_ref().and_then(default)) {
                Some((source, ty)) => {
                    from.push(source);
                    types.push(ty);
                }
                None => {
                    return refuse(
                        "CB0410",
                        span,
                        format!("{function} missing the argument '{}'", field.name),
                    );
                }
            }
        }
        self.made(block, at, class, from, types, span)
    }

    /// A new record, with what its class does after setting the fields.
    fn made(
        &mut self,
        block: HBlock,
        at: usize,
        class: &Arc<Class>,
        from: Vec<ArgFrom>,
        types: Vec<Ty>,
        span: Span,
    ) -> Typed {
        let ty = match class.kind {
            ClassKind::Dataclass { frozen: false, .. } => {
                let fields = without_sites(&Ty::tuple(types).widen());
                if let Some(other) = fields.items().iter().find(|t| !containers::is_storable(t)) {
                    let message = format!("{other:#} can't be in a field of {}", class.name);
                    return refuse("CB0404", span, message);
                }
                if class.post_init {
                    return refuse(
                        "CB0404",
                        span,
                        format!(
                            "the __post_init__ of {}, which isn't frozen, is not compiled",
                            class.name
                        ),
                    );
                }
                Ty::Object(class.clone(), Arc::new(fields))
            }
            _ => Ty::Record(class.clone(), types.into()),
        };
        let mut after = None;
        if class.post_init {
            let found = self.engine.env.class_attribute(class.handle, "__post_init__");
            let Some(Global::Function(function)) = found else {
                return refuse("CB0404", span, "this __post_init__ is not compiled");
            };
            let types = vec![super::runtime_form(&ty)];
            let spec = self.specialize(FunctionKey::User(function.handle), types, span, None)?;
            self.note_cells(spec);
            if self.engine.spec(spec).ret.is_none() {
                // It raises always.
                self.act(block, at, Action::Construct(from, Some(spec)));
                return Ok(None);
            }
            after = Some(spec);
        }
        self.act(block, at, Action::Construct(from, after));
        one(ty)
    }

    /// `dataclasses.replace(record, ...)`; `None` for other first arguments.
    fn replace_dataclass(
        &mut self,
        block: HBlock,
        at: usize,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let [record, changes @ ..] = args else { return None };
        if record.name.is_some() || record.starred {
            return None;
        }
        let ty = self.ty(record.value)?;
        let (class, items) = ty.as_record()?;
        let class = class.clone();
        if !matches!(class.kind, ClassKind::Dataclass { .. })
            || class.not_callable.is_some()
            || class.more_to_init
        {
            return None;
        }
        let mut start = 0;
        let mut from = Vec::with_capacity(items.len());
        for (field, item) in class.fields.iter().zip(items) {
            from.push(match &ty {
                Ty::Object(..) => ArgFrom::Attribute(record.value, field.name.clone()),
                _ => ArgFrom::Part(record.value, start, item.clone()),
            });
            start += item.part_types().len();
        }
        let mut types = items.to_vec();
        for arg in changes {
            let Some(name) = &arg.name else {
                return Some(refuse("CB0410", span, "replace() takes one positional argument"));
            };
            let Some(field) = class.field(name) else {
                let message = format!(
                    "{}.__init__() got an unexpected keyword argument '{name}'",
                    class.name
                );
                return Some(refuse("CB0410", span, message));
            };
            let ty = self.ty(arg.value)?;
            if let Ty::MaybeUnbound(_) | Ty::Unbound = ty {
                return Some(refuse("CB0404", span, "an argument may have no value here"));
            }
            from[field] = ArgFrom::Value(arg.value);
            types[field] = ty;
        }
        Some(self.made(block, at, &class, from, types, span))
    }

    fn replace(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        (class, items): (&Arc<Class>, &Arc<[Ty]>),
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        let mut from: Vec<ArgFrom> = (0..items.len()).map(|i| ArgFrom::Field(callee, i)).collect();
        let mut types = items.to_vec();
        for arg in args {
            let Some(ty) = self.ty(arg.value) else { return Ok(None) };
            let Some(name) = &arg.name else {
                return refuse("CB0410", span, "_replace() takes keyword arguments only");
            };
            let Some(field) = class.field(name) else {
                return refuse("CB0410", span, format!("Got unexpected field names: ['{name}']"));
            };
            from[field] = ArgFrom::Value(arg.value);
            types[field] = ty;
        }
        self.act(block, at, Action::Construct(from, None));
        one(Ty::Record(class.clone(), types.into()))
    }

    /// `Color(2)`
    fn by_value(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        class: &Arc<Enum>,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        let [arg] = args else {
            return refuse("CB0404", span, "an enum class takes one value in compiled code");
        };
        let Some(ty) = self.ty(arg.value) else { return Ok(None) };
        match &ty {
            Ty::Member(c, _) | Ty::Enum(c) if c == class => return one(ty),
            Ty::Lit(_) if !class.is_flag => {
                let found = (0..class.members.len() as u32)
                    .find(|&i| member_value(class, i).as_ref() == Some(&ty));
                if let Some(member) = found {
                    return one(Ty::Member(class.clone(), member));
                }
            }
            _ => {}
        }
        let values = value_type(class);
        let asked = ty.widen();
        if class.flags.is_some() && asked == Ty::Int && arg.name.is_none() {
            return self.call_body(block, at, "flags.of_value", &[arg.value, callee], span);
        }
        let fits = values.is_some_and(|t| t == asked) && matches!(asked, Ty::Int | Ty::Str);
        if fits && class.plain_lookup && !class.is_flag && arg.name.is_none() {
            return self.call_body(block, at, "enums.by_value", &[arg.value, callee], span);
        }
        Err(Box::new(
            Diagnostic::error(
                "CB0404",
                span,
                format!("{}({asked:#}) is not compiled", class.class.name),
            )
            .help("ints and strings are, if all members have such values"),
        ))
    }
}
