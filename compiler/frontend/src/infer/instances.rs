//! Instances of ordinary classes that compiled code makes, and what `super()` finds.
//!
//! A call of the class is a call of its `__init__` in the form that returns the object
//! (`build/initializer.rs`). The attributes that have a value where the object is made are
//! its shape, which the environment keeps; an attribute that has one on some paths only is
//! refused, since a shape has it or hasn't.

use super::expressions::{Typed, known, one, refuse};
use super::sites::without_sites;
use super::{Action, ArgFrom, FunctionKey, Sweep, containers};
use crate::classes::{Class, ClassKind};
use crate::environment::Global;
use crate::hir::{CallArg, HBlock, HValue, HirInst, Op};
use crate::types::{Callable, PartialTy, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

impl Sweep<'_, '_, '_> {
    /// `Class(...)` of an ordinary class.
    pub(super) fn make_instance(
        &mut self,
        block: HBlock,
        at: usize,
        class: &Arc<Class>,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        let function = match self.engine.env.class_attribute(class.handle, "__init__") {
            Some(Global::Function(function)) => Some(function.handle),
            _ => None,
        };
        self.initialize(block, at, class, function, args, span)
    }

    /// `Class(...)` of a dataclass whose `__init__` does more than to set the fields.
    pub(super) fn make_dataclass(
        &mut self,
        block: HBlock,
        at: usize,
        class: &Arc<Class>,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        let Some(function) = self.engine.env.dataclass_initializer(class.handle) else {
            return refuse(
                "CB0404",
                span,
                format!("the __init__ of {} is not compiled", class.name),
            );
        };
        let typed = self.initialize(block, at, class, Some(function), args, span)?;
        if let Some([Ty::Object(made, _)]) = typed.as_deref()
            && made != class
        {
            let missing: Vec<&str> = class
                .fields
                .iter()
                .filter(|f| made.field(&f.name).is_none())
                .map(|f| &*f.name)
                .collect();
            return refuse(
                "CB0404",
                span,
                format!(
                    "fields of {} aren't set when it is made: {}",
                    class.name,
                    missing.join(", ")
                ),
            );
        }
        Ok(typed)
    }

    /// A call of an `__init__` that gives a new object of the class; of `object`'s if there
    /// is no function.
    fn initialize(
        &mut self,
        block: HBlock,
        at: usize,
        class: &Arc<Class>,
        function: Option<u64>,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        match function {
            Some(handle) => {
                let class = Ty::Callable(Callable::Unmade(class.clone()));
                let receiver = (ArgFrom::Unit(class.clone()), class);
                let key = FunctionKey::Initializer(handle);
                self.call_function(block, at, key, Some(receiver), args, span, None)
            }
            None if args.is_empty() => {
                self.act(block, at, Action::Construct(Vec::new(), None));
                self.new_shape(class, &[], Vec::new(), span)
            }
            None => refuse("CB0410", span, format!("{}() takes no arguments", class.name)),
        }
    }

    fn new_shape(
        &mut self,
        class: &Arc<Class>,
        names: &[Arc<str>],
        types: Vec<Ty>,
        span: Span,
    ) -> Typed {
        let fields = without_sites(&Ty::tuple(types).widen());
        for (name, ty) in names.iter().zip(fields.items()) {
            if !containers::is_storable(ty) {
                let message = format!(
                    "{ty:#} can't be attribute '{name}' of {} in compiled code",
                    class.name
                );
                return refuse("CB0404", span, message);
            }
        }
        match self.engine.env.shape(class.handle, names) {
            Some(shape) => {
                // The shape may be known with another order of its attributes.
                let ty = |name: &Arc<str>| {
                    let at = names.iter().position(|n| n == name).unwrap_or_default();
                    fields.items()[at].clone()
                };
                let fields = Ty::tuple(shape.fields.iter().map(|f| ty(&f.name)));
                one(Ty::Object(shape, Arc::new(fields)))
            }
            None => Err(Box::new(
                Diagnostic::error(
                    "CB0404",
                    span,
                    format!("{} can't be made in compiled code with these attributes", class.name),
                )
                .note(format!("they are: {}", names.join(", ")))
                .help("attributes of __slots__ or of a __dict__ are; properties that __init__ sets aren't"),
            )),
        }
    }

    /// What has to do with instances that aren't made yet, and with `super()`.
    pub(super) fn instance_instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Typed {
        let span = inst.span;
        match &inst.op {
            Op::Instance(of, names, values) => {
                if !names.is_empty() && self.is_known_elsewhere(*of) {
                    return Err(Box::new(
                        Diagnostic::error(
                            "CB0404",
                            span,
                            "attributes are set after the base's __init__ has used the object",
                        )
                        .help("set them before super().__init__(), or make the object outside"),
                    ));
                }
                let of = known!(self, *of);
                let (class, mut shape, mut types) = match &of {
                    Ty::Callable(Callable::Unmade(class)) => {
                        (class.clone(), Vec::new(), Vec::new())
                    }
                    Ty::Object(class, fields) => (
                        class.itself(),
                        class.fields.iter().map(|f| f.name.clone()).collect(),
                        fields.items().to_vec(),
                    ),
                    other => return refuse("CB0404", span, format!("{other:#} makes no instance")),
                };
                for (name, value) in names.iter().zip(values) {
                    let ty = match known!(self, *value) {
                        Ty::Unbound => continue,
                        Ty::MaybeUnbound(_) => {
                            return Err(Box::new(
                                Diagnostic::error(
                                    "CB0404",
                                    span,
                                    format!("attribute '{name}' may have no value here"),
                                )
                                .help("set it before the branches, so that all instances have it"),
                            ));
                        }
                        ty => ty,
                    };
                    match shape.iter().position(|known: &Arc<str>| known == name) {
                        Some(at) => types[at] = ty,
                        None => {
                            shape.push(name.clone());
                            types.push(ty);
                        }
                    }
                }
                self.new_shape(&class, &shape, types, span)
            }
            Op::InitField(value, base, name) => match known!(self, *value) {
                Ty::Unbound => {
                    let Some(base) = base else {
                        return refuse(
                            "CB0403",
                            span,
                            format!("attribute '{name}' has no value here"),
                        );
                    };
                    match known!(self, *base) {
                        Ty::Object(class, fields) if class.field(name).is_some() => {
                            let at = class.field(name).unwrap_or_default();
                            one(fields.items()[at].clone())
                        }
                        other => refuse(
                            "CB0403",
                            span,
                            format!("attribute '{name}' of {other:#} is not compiled here"),
                        ),
                    }
                }
                Ty::MaybeUnbound(_) => {
                    refuse("CB0403", span, format!("attribute '{name}' may have no value here"))
                }
                ty => one(ty),
            },
            Op::SuperAttr(holder, of, name) => {
                let (holder, of) = (known!(self, *holder), known!(self, *of));
                self.super_attribute(block, at, &holder, (*of_value(inst), &of), name, span)
            }
            other => unreachable!("{other:?} has nothing to do with instances"),
        }
    }

    /// Whether the `__init__` that made an object has given it to others.
    fn is_known_elsewhere(&self, object: HValue) -> bool {
        let spec = self.engine.spec(self.id);
        spec.hir.blocks.iter().zip(&spec.actions).any(|(block, actions)| {
            block.insts.iter().zip(actions).any(|(inst, action)| match action {
                Action::Call(callee, _) if inst.results.contains(&object) => {
                    self.engine.spec(*callee).hir.made_early
                }
                _ => false,
            })
        })
    }

    fn super_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        holder: &Ty,
        (value, of): (HValue, &Ty),
        name: &Arc<str>,
        span: Span,
    ) -> Typed {
        let class = match of {
            Ty::Callable(Callable::Unmade(class)) => class.clone(),
            Ty::Object(class, _) => class.itself(),
            other => {
                return refuse("CB0403", span, format!("super() of {other:#} is not compiled"));
            }
        };
        let found = match holder {
            Ty::Callable(Callable::Library(super_)) if &**super_ == "builtins.super" => {
                let key = self.engine.spec(self.id).key.clone();
                let function = match self.engine.root_key(&key) {
                    FunctionKey::User(handle) | FunctionKey::Initializer(handle) => handle,
                    _ => return refuse("CB0403", span, "super() is not compiled here"),
                };
                let Some(Global::Class(own)) = self.engine.env.lookup(function, "__class__") else {
                    return refuse("CB0403", span, "the class of this super() isn't known");
                };
                self.engine.env.attribute_after(class.handle, own.handle, name)
            }
            Ty::Callable(Callable::Unmade(_)) => None,
            Ty::Callable(Callable::Class(base)) if class.ancestors.contains(&base.handle) => {
                self.engine.env.class_attribute(base.handle, name)
            }
            other => {
                return refuse("CB0403", span, format!("{other:#} is no base of {}", class.name));
            }
        };
        // The call that ends a dataclass's `__init__` goes on making the object.
        if let (Ty::Object(..), "__post_init__", Ty::Callable(Callable::Unmade(_))) =
            (of, &**name, holder)
        {
            let Some(Global::Function(handle)) =
                self.engine.env.class_attribute(class.handle, name)
            else {
                return refuse("CB0404", span, "this __post_init__ is not compiled");
            };
            let from = vec![ArgFrom::Value(value)];
            self.act(block, at, Action::Apply(Box::new(Action::Plain), from));
            return one(Ty::Callable(Callable::Partial(Arc::new(PartialTy {
                function: Ty::Callable(Callable::Initializer(Some(handle.handle), class)),
                args: [of.clone()].into(),
                keywords: [].into(),
            }))));
        }
        if let Ty::Callable(Callable::Unmade(_)) = of {
            let function = match found {
                Some(Global::Function(function)) => Some(function.handle),
                _ => None,
            };
            return one(Ty::Callable(Callable::Initializer(function, class)));
        }
        match found {
            Some(Global::Function(handle)) => {
                let from = vec![ArgFrom::Value(value)];
                self.act(block, at, Action::Apply(Box::new(Action::Plain), from));
                one(Ty::Callable(Callable::Partial(Arc::new(PartialTy {
                    function: Ty::Callable(Callable::User(handle)),
                    args: [of.clone()].into(),
                    keywords: [].into(),
                }))))
            }
            Some(Global::Static(global)) => match super::names::global_type(&global) {
                Some(ty) => {
                    self.act(block, at, Action::Global(*global));
                    one(ty)
                }
                None => refuse("CB0403", span, format!("super().{name} is not compiled")),
            },
            _ => Err(Box::new(
                Diagnostic::error("CB0403", span, format!("super().{name} is not compiled"))
                    .help("plain methods of the bases are"),
            )),
        }
    }

    /// A call of what `super().__init__` is; `None` for other callees.
    pub(super) fn call_initializer(
        &mut self,
        block: HBlock,
        at: usize,
        callee: &Ty,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let Ty::Callable(Callable::Initializer(function, class)) = callee else { return None };
        Some(self.initialize(block, at, class, *function, args, span))
    }
}

fn of_value(inst: &HirInst) -> &HValue {
    let Op::SuperAttr(_, of, _) = &inst.op else { unreachable!("the caller matched it") };
    of
}

/// Whether calls of a class run its `__init__`.
pub(super) fn is_ordinary(class: &Class) -> bool {
    class.kind == ClassKind::Other && class.not_callable.is_none()
}

/// The refusal of a key, or an element of a set, that has no hash in compiled code.
pub(super) fn unhashable(ty: &Ty, span: Span) -> Diagnostic {
    if let Ty::Object(class, _) = ty {
        let what = format!(
            "instances of {} as keys are not compiled: the class has an __eq__ of its own, or can be changed",
            class.name
        );
        return Diagnostic::error("CB0321", span, what)
            .help("use the fields that count, as in d[x.a, x.b], or a frozen dataclass");
    }
    let name = super::containers::kind_name(ty);
    Diagnostic::error("CB0321", span, format!("unhashable type: '{name}'"))
}
