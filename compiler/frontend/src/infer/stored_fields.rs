//! `value.name = item`: fields of objects keep their types.
//!
//! A field has the type that it got when the object was made; of a number that is stored, the
//! class may say that it is converted (`declared`). What is no field is a property of the
//! class, or refused: compiled code adds no attribute. Elements of structured arrays are
//! `structured.rs`'s, attributes of arrays `attributes.rs`'s.

use super::expressions::{Typed, known, refuse};
use super::sites::without_sites;
use super::{Action, ArgFrom, FunctionKey, Sweep};
use crate::classes::ClassKind;
use crate::environment::Global;
use crate::hir::{CallArg, HBlock, HValue};
use crate::types::{DType, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// What assigning to an attribute raises always; `None` where it doesn't.
pub fn raised_by_assignment(
    ty: &Ty,
    name: &str,
    python_minor: u8,
) -> Option<(&'static str, String)> {
    match ty {
        Ty::Record(class, _) => match class.kind {
            ClassKind::Dataclass { frozen: true, .. } => Some((
                "dataclasses.FrozenInstanceError",
                format!("cannot assign to field '{name}'"),
            )),
            ClassKind::NamedTuple if class.field(name).is_some() => {
                Some(("AttributeError", "can't set attribute".into()))
            }
            _ => None,
        },
        Ty::None => Some(("AttributeError", no_attribute_to_set("NoneType", name, python_minor))),
        _ => None,
    }
}

/// What assigning to an attribute of a value without any of its own says.
pub fn no_attribute_to_set(class: &str, name: &str, python_minor: u8) -> String {
    let more = match python_minor {
        ..13 => "",
        _ => " and no __dict__ for setting new attributes",
    };
    format!("'{class}' object has no attribute '{name}'{more}")
}

/// Whether a value is of the class that a field's values are of: an int that becomes a
/// float would be equal, and of another class.
fn stays(field: &Ty, item: &Ty) -> bool {
    match (field, item) {
        (Ty::Optional(inner), Ty::Optional(t)) => stays(inner, t),
        (Ty::Optional(_), Ty::None) => true,
        (Ty::Optional(inner), t) => stays(inner, t),
        _ if item.is_number() => item == field,
        (Ty::Tuple(x), Ty::Tuple(y)) => x.iter().zip(y.iter()).all(|(p, q)| stays(p, q)),
        _ => true,
    }
}

/// The body that converts a number to the type of a field; `None` where nothing is to be
/// converted, or it can't be.
fn converted(
    declared: &[(Arc<str>, Arc<str>)],
    name: &str,
    field: &Ty,
    item: &Ty,
) -> Option<String> {
    let field = match field {
        Ty::Optional(inner) => inner,
        ty => ty,
    };
    let item = item.widen();
    let is_complex = |ty: &Ty| matches!(ty, Ty::Complex | Ty::Num(DType::C64 | DType::C128));
    if !item.is_number() || !field.is_number() || is_complex(&item) && !is_complex(field) {
        return None;
    }
    if let Some((_, ty)) = declared.iter().find(|(of, _)| **of == *name) {
        return Some(format!("declared.{ty}"));
    }
    if item == *field {
        return None;
    }
    Some(match field {
        Ty::Bool => "declared.python_bool".to_string(),
        Ty::Int => "declared.python_int".to_string(),
        Ty::Float => "declared.python_float".to_string(),
        Ty::Complex => "declared.python_complex".to_string(),
        Ty::Num(d) if d.is_half() || d.is_time() => return None,
        Ty::Num(d) if d.is_int() && d.itemsize() < 8 => format!("declared.numpy_{}", d.name()),
        Ty::Num(DType::I64) => "declared.int64".to_string(),
        Ty::Num(d) => format!("declared.{}", d.name()),
        _ => return None,
    })
}

impl Sweep<'_, '_, '_> {
    /// `value.name = item`, but for elements of structured arrays.
    pub(super) fn set_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        name: &Arc<str>,
        item: HValue,
        span: Span,
    ) -> Typed {
        let ty = known!(self, value);
        let stored = item;
        let item = known!(self, item);
        if let Ty::Object(class, fields) = &ty
            && let Some(field) = class.field(name)
        {
            let field = &fields.items()[field];
            if let Some(declared) = &class.converts
                && let Some(body) = converted(declared, name, field, &item)
            {
                let made = self.call_body(block, at, &body, &[stored], span)?;
                let Some(made) = made.as_deref().and_then(<[Ty]>::first) else { return Ok(None) };
                return self.set_field_of(field, name, made, span);
            }
            return self.set_field_of(field, name, &item, span);
        }
        if raised_by_assignment(&ty, name, self.engine.python_minor).is_some() {
            return Ok(Some(Vec::new()));
        }
        if let Ty::Object(class, _) = &ty
            && class.shape_of.is_some()
        {
            return self.set_other_attribute(block, at, (value, &ty), name, stored, span);
        }
        if let Some(done) = self.set_array_attribute(block, at, (value, &ty), name, stored, span) {
            return done;
        }
        let help = match &ty {
            Ty::Object(..) => "only the fields of the dataclass can be assigned",
            _ => "return the value and assign it in the caller",
        };
        Err(Box::new(
            Diagnostic::error(
                "CB0225",
                span,
                format!("assignment to attribute '{name}' of {ty:#} is not compiled"),
            )
            .help(help),
        ))
    }

    /// `object.name = item` where the object has no such attribute yet: the class's
    /// property, or a new attribute.
    fn set_other_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        (object, ty): (HValue, &Ty),
        name: &Arc<str>,
        item: HValue,
        span: Span,
    ) -> Typed {
        let Ty::Object(class, _) = ty else { unreachable!("the caller has seen an object") };
        match self.engine.env.class_attribute(class.handle, name) {
            Some(Global::Property(_, Some(setter))) => {
                let key = FunctionKey::User(setter);
                let receiver = (ArgFrom::Value(object), super::runtime_form(ty));
                let item = [CallArg { name: None, value: item, starred: false }];
                let typed =
                    self.call_function(block, at, key, Some(receiver), &item, span, None)?;
                Ok(typed.map(|_| Vec::new()))
            }
            Some(Global::Property(_, None)) => {
                let text = format!("property '{name}' of '{}' object has no setter", class.name);
                self.act(block, at, Action::NoAttribute(text.into()));
                Ok(None)
            }
            _ => Err(Box::new(
                Diagnostic::error(
                    "CB0225",
                    span,
                    match class.untaken.contains(name) {
                        true => format!("attribute '{name}' of {} is not compiled", class.name),
                        false => format!(
                            "this {} has no attribute '{name}' yet, and compiled code can't add one",
                            class.name
                        ),
                    },
                )
                .help("set it in __init__, or, with a value of its type, before the object is passed"),
            )),
        }
    }

    /// A field keeps its type.
    fn set_field_of(&mut self, field: &Ty, name: &str, item: &Ty, span: Span) -> Typed {
        if !self.engine.sites.unify(field, item) {
            return refuse("CB0322", span, format!("{item:#} can't be stored in '{name}' here"));
        }
        let field = without_sites(&self.engine.sites.resolve(field));
        let item = without_sites(&self.engine.sites.resolve(&item.widen()));
        match super::join(&field, &item) {
            Some(joined) if joined == field && stays(&field, &item) => Ok(Some(Vec::new())),
            _ => Err(Box::new(
                Diagnostic::error(
                    "CB0322",
                    span,
                    format!("'{name}' is {field:#} in this object, and can't become {item:#}"),
                )
                .help("give the field its type when the object is made: 0.0 for a float"),
            )),
        }
    }
}
