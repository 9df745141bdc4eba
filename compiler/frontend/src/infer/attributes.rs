//! Attributes by a name that a constant gives: `getattr`, `setattr`, `hasattr`; those of arrays
//! that are assigned, and members of enums by name.
//!
//! `getattr(x, "name")` is `x.name`, and `setattr` the assignment: the instruction is taken
//! for the other one by inference and lowering alike ([`stands_for`]). What `hasattr` says
//! follows from the type, where it is known for sure; a property would have to be run.

use super::expressions::{Typed, one, refuse};
use super::{Action, ArgFrom, FunctionKey, Sweep};
use crate::environment::Global;
use crate::hir::{CallArg, HBlock, HValue, HirInst, Op};
use crate::types::{Callable, Lit, PartialTy, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// The operation that a call of `getattr` or `setattr` is; with a default, where the
/// attribute is there.
pub fn stands_for<'t>(op: &Op, ty: impl Fn(HValue) -> Option<&'t Ty>) -> Option<Op> {
    let Op::Call(callee, args) = op else { return None };
    let Some(Ty::Callable(Callable::Library(function))) = ty(*callee) else { return None };
    if args.iter().any(|a| a.name.is_some() || a.starred) {
        return None;
    }
    let name = |v: HValue| match ty(v) {
        Some(Ty::Lit(Lit::Str(name))) => Some(name.clone()),
        _ => None,
    };
    match (&**function, &args[..]) {
        ("builtins.getattr", [object, attribute] | [object, attribute, _]) => {
            Some(Op::Attr(object.value, name(attribute.value)?))
        }
        ("builtins.setattr", [object, attribute, item]) => {
            Some(Op::SetAttr(object.value, name(attribute.value)?, item.value))
        }
        _ => None,
    }
}

impl Sweep<'_, '_, '_> {
    /// The instruction that a call of `getattr` or `setattr` is, and whether it gives `None`.
    pub(super) fn attribute_by_name(&mut self, inst: &HirInst) -> Option<(HirInst, bool)> {
        let types = &self.engine.spec(self.id).types;
        let op = stands_for(&inst.op, |v| types[v.0 as usize].as_ref())?;
        if let (Op::Attr(object, name), Op::Call(_, args)) = (&op, &inst.op)
            && args.len() == 3
        {
            let object = self.ty(*object)?;
            if self.has_attribute(&object, name) != Some(true) {
                return None;
            }
        }
        let stores = matches!(op, Op::SetAttr(..));
        Some((HirInst { op, ..inst.clone() }, stores))
    }

    /// `hasattr`, and `getattr` with a default; `None` for other functions.
    pub(super) fn asks_for_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        function: &str,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        if !matches!(function, "builtins.hasattr" | "builtins.getattr" | "builtins.setattr") {
            return None;
        }
        if args.iter().any(|a| a.name.is_some() || a.starred) {
            return None;
        }
        let (object, attribute, default) = match (function, args) {
            ("builtins.hasattr", [object, attribute]) => (object, attribute, None),
            ("builtins.getattr", [object, attribute, default]) => {
                (object, attribute, Some(default.value))
            }
            ("builtins.getattr", [_, _]) | ("builtins.setattr", [_, _, _]) => {
                // A name that isn't constant: the others are attributes.
                return Some(self.not_constant(span));
            }
            _ => return None,
        };
        let (ty, name) = (self.ty(object.value)?, self.ty(attribute.value)?);
        let Ty::Lit(Lit::Str(name)) = name else { return Some(self.not_constant(span)) };
        let has = self.has_attribute(&ty, &name);
        Some(match (has, default) {
            (Some(has), None) => one(Ty::Lit(Lit::Bool(has))),
            (Some(_), Some(default)) => {
                let from = vec![ArgFrom::Value(default)];
                self.act(block, at, Action::Apply(Box::new(Action::Plain), from));
                match self.ty(default) {
                    Some(ty) => one(ty),
                    None => Ok(None),
                }
            }
            (None, _) => refuse(
                "CB0403",
                span,
                format!("whether {ty:#} has an attribute '{name}' isn't known when compiling"),
            ),
        })
    }

    fn not_constant(&self, span: Span) -> Typed {
        Err(Box::new(
            Diagnostic::error("CB0411", span, "the name of an attribute must be a constant string")
                .help("write the attribute out"),
        ))
    }

    /// `func`, `args` and `keywords` of a `functools.partial`.
    fn partial_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        partial: &PartialTy,
        name: &str,
    ) -> Option<Typed> {
        let mut items = super::binding::spread(value, 0, partial.items()).into_iter();
        let (function, function_ty) = items.next()?;
        let rest: Vec<(ArgFrom, Ty)> = items.collect();
        let (args, keywords) = rest.split_at(partial.args.len());
        let (from, ty) = match name {
            "func" => (function, function_ty),
            "args" => (
                ArgFrom::Tuple(args.iter().map(|(from, _)| from.clone()).collect()),
                Ty::tuple(args.iter().map(|(_, ty)| ty.clone())),
            ),
            "keywords" => {
                let names = partial.keywords.iter().map(|(name, _)| name.clone());
                let from = names.zip(keywords.iter().map(|(from, _)| from.clone()));
                (ArgFrom::Keywords(from.collect()), Ty::Keywords(partial.keywords.as_ref().into()))
            }
            _ => return None,
        };
        self.act(block, at, Action::Apply(Box::new(Action::Plain), vec![from]));
        Some(one(ty))
    }

    /// A method of a class of the language, not bound: `set.union`, `float.is_integer`.
    fn unbound_method(
        &mut self,
        block: HBlock,
        at: usize,
        (holder, class): (HValue, &str),
        name: &Arc<str>,
        span: Span,
    ) -> Option<Typed> {
        let class = class.strip_prefix("builtins.")?;
        let qualified = format!("{class}.{name}");
        let known = matches!(class, "list" | "set" | "frozenset" | "dict" | "int" | "float")
            && !name.starts_with('_')
            && (super::containers::native_method(&qualified)
                || cumbia_library::implementation(&qualified).is_some());
        if !known {
            return None;
        }
        let body = super::calls::find_body("calling.unbound");
        let key = FunctionKey::Body(body.file, body.name);
        let name = Ty::Lit(Lit::Str(name.clone()));
        let name = Some((ArgFrom::Unit(name.clone()), name));
        let args = [CallArg { name: None, value: holder, starred: false }];
        Some(self.call_function(block, at, key, name, &args, span, Some(&qualified)))
    }

    /// An attribute of an array that is a body, also of what `a.flags` gives, or of a
    /// `functools.partial` or a class of the language; `None` for any other.
    pub(super) fn array_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        ty: &Ty,
        name: &Arc<str>,
        span: Span,
    ) -> Option<Typed> {
        let getter = |class: &str| {
            let qualified = format!("{class}.__get__.{name}");
            cumbia_library::implementation(&qualified).map(|_| qualified)
        };
        match ty {
            Ty::Callable(Callable::Method(of, ctypes))
                if matches!(**of, Ty::Array(_)) && &**ctypes == "ctypes" && &**name == "data" =>
            {
                Some(self.call_operator(block, at, "foreign.data", &[value], span))
            }
            Ty::Array(_) if matches!(&**name, "flags" | "ctypes") => {
                Some(one(Ty::Callable(Callable::Method(Arc::new(ty.clone()), name.clone()))))
            }
            Ty::Array(_) => Some(self.call_body(block, at, &getter("ndarray")?, &[value], span)),
            Ty::Callable(Callable::Library(class)) => {
                self.unbound_method(block, at, (value, class), name, span)
            }
            Ty::Callable(Callable::Partial(partial)) => {
                self.partial_attribute(block, at, value, partial, name)
            }
            Ty::Callable(Callable::Method(of, held))
                if **held == *"flags" && matches!(**of, Ty::Array(_)) =>
            {
                let getter = getter("ndarray.flags")?;
                let body = super::calls::find_body(&getter);
                let key = FunctionKey::Body(body.file, body.name);
                let receiver = Some((ArgFrom::Receiver(value), (**of).clone()));
                Some(self.call_function(block, at, key, receiver, &[], span, Some(&getter)))
            }
            _ => None,
        }
    }

    /// Assignment to an attribute of an array that is a body; `None` for any other.
    pub(super) fn set_array_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        (value, ty): (HValue, &Ty),
        name: &str,
        item: HValue,
        span: Span,
    ) -> Option<Typed> {
        let Ty::Array(_) = ty else { return None };
        let setter = format!("ndarray.__set__.{name}");
        cumbia_library::implementation(&setter)?;
        let done = self.call_body(block, at, &setter, &[value, item], span);
        Some(done.map(|done| done.map(|_| Vec::new())))
    }

    /// `Color["RED"]`; `None` for other values.
    pub(super) fn member_by_name(
        &mut self,
        block: HBlock,
        at: usize,
        holder: HValue,
        name: HValue,
        span: Span,
    ) -> Option<Typed> {
        let Some(Ty::Callable(Callable::Enum(class))) = self.ty(holder) else { return None };
        match self.ty(name)? {
            Ty::Lit(Lit::Str(text)) if class.member(&text).is_some() => {
                self.act(block, at, Action::Plain);
                let member = class.member(&text).unwrap_or_default();
                Some(one(Ty::Member(class, member)))
            }
            Ty::Str | Ty::Lit(Lit::Str(_)) => {
                Some(self.call_body(block, at, "enums.by_name", &[name, holder], span))
            }
            _ => None,
        }
    }

    /// Whether values of a type have an attribute; `None` where that isn't known, or takes
    /// running a property.
    pub(super) fn has_attribute(&mut self, ty: &Ty, name: &Arc<str>) -> Option<bool> {
        let class = match ty {
            Ty::Record(class, _) | Ty::Object(class, _) => {
                if class.field(name).is_some() || class.untaken.contains(name) {
                    return Some(true);
                }
                if class.unset.iter().any(|(slot, _)| slot == name) {
                    return Some(false);
                }
                class.handle
            }
            Ty::Member(class, _) | Ty::Enum(class) => {
                if matches!(&**name, "name" | "value" | "_name_" | "_value_") {
                    return Some(true);
                }
                class.class.handle
            }
            Ty::Module(module) => {
                return Some(self.engine.env.module_attribute(module, name).is_some());
            }
            Ty::Array(_) if matches!(&**name, "shape" | "size" | "ndim" | "dtype" | "T") => {
                return Some(true);
            }
            other => {
                let class = super::introspection::class_of(other)?;
                let Ty::Callable(Callable::Library(class)) = class else { return None };
                return self.engine.env.library_class_has(&class, name);
            }
        };
        if self.engine.env.class_lacks(class, name) {
            return Some(false);
        }
        match self.engine.env.class_attribute(class, name) {
            None | Some(Global::Property(..)) => None,
            Some(_) => Some(true),
        }
    }
}
