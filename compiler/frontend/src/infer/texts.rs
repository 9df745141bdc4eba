//! Texts of namedtuples, dataclasses and members of enums, for the bodies of `str`,
//! `repr` and `format` (`texts.py`).
//!
//! What a text consists of besides the fields' own texts is known with the class. A class
//! with a method of its own for it is refused.

use super::containers::{has_named_flags, is_hashable, is_storable};
use super::structural::literal_bool;
use crate::classes::ClassKind;
use crate::numeric::NumericError;
use crate::types::{Callable, Lit, Ty};

fn text(s: impl AsRef<str>) -> Ty {
    Ty::Lit(Lit::Str(s.as_ref().into()))
}

/// The texts of an enum's members: 0 `str`, 1 `repr`, 2 `format`.
pub fn member_texts(class: &crate::classes::Enum, which: i64) -> Option<&[std::sync::Arc<str>]> {
    class.texts.as_ref()?.get(usize::try_from(which).ok()?).map(|t| &**t)
}

/// Whether values can't change, so that a copy of one is the one.
fn is_plain(ty: &Ty) -> bool {
    match ty {
        Ty::None | Ty::Str | Ty::Bytes | Ty::Lit(_) | Ty::Enum(_) | Ty::Member(..) => true,
        Ty::Optional(t) => is_plain(t),
        Ty::Tuple(items) => items.iter().all(is_plain),
        other => other.is_number() || other.as_time().is_some(),
    }
}

/// A refusal of a text that a method of the class makes.
pub fn own_text(ty: &Ty) -> NumericError {
    NumericError {
        code: "CB0303",
        message: format!("the text of {ty:#} is not compiled: its class makes it by itself"),
        help: Some("put the text together from the fields, or make it outside".into()),
    }
}

/// The result type of a primitive of texts; `None` if the name isn't one.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    let own = own_text;
    Some(match (name, args) {
        ("prim.is_record", [t]) => Ok(literal_bool(t.as_record().is_some())),
        ("prim.is_dataclass", [t]) => Ok(literal_bool(
            t.as_record()
                .is_some_and(|(class, _)| matches!(class.kind, ClassKind::Dataclass { .. })),
        )),
        // Copied by being itself.
        ("prim.is_plain", [t]) => Ok(literal_bool(is_plain(t))),
        ("prim.is_tuple", [t]) => Ok(literal_bool(matches!(t, Ty::Tuple(_)))),
        ("prim.record_names", [Ty::Record(class, _) | Ty::Object(class, _)]) => {
            Ok(Ty::tuple(class.fields.iter().map(|f| text(&f.name))))
        }
        ("prim.is_hashable", [t]) => {
            let ty = t.widen();
            Ok(literal_bool(is_hashable(&ty) && is_storable(&ty) && !has_named_flags(&ty)))
        }
        ("prim.is_instance", [t]) => Ok(literal_bool(matches!(t, Ty::Object(..)))),
        ("prim.is_probe", [Ty::List(element, _), t]) => {
            Ok(literal_bool(super::equality::is_probe(element, t)))
        }
        ("prim.has_order", [Ty::List(element, _)]) => {
            Ok(literal_bool(super::containers::is_ordered(element)))
        }
        ("prim.is_bool_literal", [t]) => Ok(literal_bool(matches!(t, Ty::Lit(Lit::Bool(_))))),
        ("prim.is_member", [t]) => Ok(literal_bool(matches!(t, Ty::Member(..) | Ty::Enum(_)))),
        ("prim.record_name", [t @ (Ty::Record(class, _) | Ty::Object(class, _))]) => {
            match &class.shown {
                Some(name) => Ok(text(name)),
                None => Err(own(t)),
            }
        }
        ("prim.record_hashes_fields", [t]) => {
            Ok(literal_bool(t.as_record().is_some_and(|(class, _)| {
                class.is_tuple() || class.hashing == crate::classes::Hashing::Fields
            })))
        }
        // A namedtuple of a class, and how many fields it has.
        ("prim.record_of", [Ty::Callable(Callable::Class(class)), Ty::Tuple(items)]) => {
            Ok(Ty::Record(class.clone(), items.clone()))
        }
        ("prim.record_count", [Ty::Callable(Callable::Class(class))]) => {
            Ok(Ty::Lit(Lit::Int(class.fields.len() as i64)))
        }
        // The text in front of each field.
        ("prim.record_heads", [Ty::Record(class, _) | Ty::Object(class, _)]) => {
            let head = |(i, name): (usize, &str)| {
                text(format!("{}{name}=", if i == 0 { "(" } else { ", " }))
            };
            Ok(Ty::tuple(class.fields.iter().map(|f| &*f.name).enumerate().map(head)))
        }
        ("prim.record_items", [Ty::Record(_, items)]) => Ok(Ty::Tuple(items.clone())),
        ("prim.record_items", [Ty::Object(_, fields)]) => Ok((**fields).clone()),
        // Members by number, and their names with those of aliases.
        ("prim.enum_count", [Ty::Callable(Callable::Enum(class))]) => {
            Ok(Ty::Lit(Lit::Int(class.members.len() as i64)))
        }
        ("prim.enum_names", [Ty::Callable(Callable::Enum(class))]) => {
            Ok(Ty::Lit(Lit::Int((class.members.len() + class.aliases.len()) as i64)))
        }
        ("prim.enum_name", [Ty::Callable(Callable::Enum(class)), Ty::Lit(Lit::Int(i))]) => {
            let i = *i as usize;
            Ok(text(match class.members.get(i) {
                Some((name, _)) => name,
                None => &class.aliases[i - class.members.len()].0,
            }))
        }
        ("prim.enum_named", [Ty::Callable(Callable::Enum(class)), Ty::Lit(Lit::Int(i))]) => {
            let (i, count) = (*i as usize, class.members.len());
            let member = if i < count { i as u32 } else { class.aliases[i - count].1 };
            Ok(Ty::Member(class.clone(), member))
        }
        ("prim.enum_value", [Ty::Callable(Callable::Enum(class)), Ty::Lit(Lit::Int(i))]) => {
            let value = super::records::member_value(class, *i as u32);
            Ok(value.expect("values of one type, as inference saw"))
        }
        ("prim.enum_title", [Ty::Callable(Callable::Enum(class))]) => Ok(text(&class.qualname)),
        ("prim.member_text", [t @ Ty::Member(class, at), Ty::Lit(Lit::Int(which))]) => {
            match member_texts(class, *which) {
                Some(texts) => Ok(text(&texts[*at as usize])),
                None => Err(own(t)),
            }
        }
        ("prim.member_text", [t @ Ty::Enum(class), Ty::Lit(Lit::Int(which))]) => {
            match member_texts(class, *which) {
                Some(_) => Ok(Ty::Str),
                None => Err(own(t)),
            }
        }
        _ => return None,
    })
}

/// Whether a name is one of these primitives: they ask what a value is.
pub fn asks(name: &str) -> bool {
    name.starts_with("prim.record_")
        || name.starts_with("prim.enum_")
        || name.starts_with("prim.flag_")
        || name.starts_with("@enums.")
        || name.starts_with("@flags.")
        || matches!(
            name,
            "prim.is_record"
                | "prim.is_flag"
                | "prim.is_instance"
                | "prim.is_member"
                | "prim.member_text"
        )
}
