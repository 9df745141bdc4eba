//! Members of `enum.Flag` and `IntFlag`: operators, length, iteration, names.
//!
//! A member of flags is its value at run time, also one without a name of its own: Python
//! keeps one object for each value, so equal values are the same member. Operators are
//! library bodies (`flags.py`) over primitives that say what is known of the class. A class
//! with methods of its own for these isn't taken for flags (`Enum::is_flag`).

use super::expressions::{Typed, one};
use super::structural::literal_bool;
use super::{Action, FunctionKey, Sweep};
use crate::classes::{Boundary, Enum, FlagText, Flags};
use crate::hir::{BinaryOp, CompareOp, HBlock, HValue, HirInst, Op, UnaryOp};
use crate::numeric::NumericError;
use crate::types::{Callable, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// The class of a value that is a member of flags.
pub fn class_of(ty: &Ty) -> Option<&Arc<Enum>> {
    match ty {
        Ty::Member(class, _) | Ty::Enum(class) if class.flags.is_some() => Some(class),
        _ => None,
    }
}

/// What Python's `isinstance(x, int)` holds for, members of the class's own left out.
fn is_python_int(ty: &Ty) -> bool {
    match ty.widen() {
        Ty::Int | Ty::Bool => true,
        Ty::Enum(class) => class.is_int && class.flags.is_none(),
        _ => false,
    }
}

/// Whether a call that inference made is one of the bodies of flags, which take the operands
/// as they are.
pub fn is_body(key: &FunctionKey) -> bool {
    matches!(key, FunctionKey::Body("flags", _))
}

fn text(s: impl AsRef<str>) -> Ty {
    Ty::Lit(Lit::Str(s.as_ref().into()))
}

/// What a body says of `in`, where lowering turns the answer round for `not in`.
fn turned(found: Typed, op: CompareOp) -> Typed {
    match found?.as_deref() {
        Some([Ty::Lit(Lit::Bool(found))]) => one(literal_bool(*found == (op == CompareOp::In))),
        Some(_) => one(Ty::Bool),
        None => Ok(None),
    }
}

/// The class and what is known of it, of a member or of the class itself.
fn asked(ty: &Ty) -> Option<(&Arc<Enum>, &Flags)> {
    let class = match ty {
        Ty::Member(class, _) | Ty::Enum(class) | Ty::Callable(Callable::Enum(class)) => class,
        _ => return None,
    };
    Some((class, class.flags.as_ref()?))
}

/// The result type of a primitive about flags; `None` if the name isn't one.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    if name == "prim.is_flag" {
        return Some(Ok(literal_bool(args.first().and_then(asked).is_some())));
    }
    let what = name.strip_prefix("prim.flag_")?;
    let (class, flags) = asked(args.first()?)?;
    let int = |i: i64| Ty::Lit(Lit::Int(i));
    Some(Ok(match (what, args) {
        ("int", [Ty::Member(class, at)]) => int(class.code(*at)),
        ("int", [Ty::Enum(_)]) => Ty::Int,
        // A member of this class with a value that is checked.
        ("of", [_, _]) => Ty::Enum(class.clone()),
        ("mask", [_]) => int(flags.mask),
        ("boundary", [_]) => int(match flags.boundary {
            Boundary::Strict => 0,
            Boundary::Conform => 1,
            Boundary::Keep => 2,
        }),
        ("shown", [_]) => text(&flags.shown),
        ("title", [_]) => text(&flags.name),
        // Members with one bit each, in Python's order.
        ("singles", [_]) => {
            Ty::tuple((0..class.canonical as u32).map(|at| Ty::Member(class.clone(), at)))
        }
        ("members", [_]) => {
            Ty::tuple((0..class.members.len() as u32).map(|at| Ty::Member(class.clone(), at)))
        }
        ("member_name", [Ty::Member(class, at)]) => text(&class.members[*at as usize].0),
        ("style", [t, Ty::Lit(Lit::Int(which))]) => match flags.styles {
            Some(styles) => int(match styles[*which as usize] {
                FlagText::Value => 0,
                FlagText::Name => 1,
                FlagText::Both => 2,
            }),
            None => return Some(Err(super::texts::own_text(t))),
        },
        _ => return None,
    }))
}

impl Sweep<'_, '_, '_> {
    /// An operation on members of flags; `None` for any other.
    pub(super) fn flag_instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Typed> {
        let (body, operands): (&str, Vec<HValue>) = match &inst.op {
            Op::Unary(UnaryOp::Invert, a) => {
                class_of(self.known_type(*a)?)?;
                ("flags.inverted", vec![*a])
            }
            Op::Binary(op @ (BinaryOp::Or | BinaryOp::And | BinaryOp::Xor), a, b, _) => {
                let (ta, tb) = (self.known_type(*a)?, self.known_type(*b)?);
                let operands = match (class_of(ta), class_of(tb)) {
                    (Some(c), Some(d)) if c == d => vec![*a, *b],
                    (Some(c), None) if c.is_int && is_python_int(tb) => vec![*a, *b],
                    // The methods of a class that isn't a base of it come first.
                    (None, Some(d)) if d.is_int && ta.widen() == Ty::Int => vec![*b, *a],
                    _ => return None,
                };
                let body = match op {
                    BinaryOp::Or => "flags.either",
                    BinaryOp::And => "flags.both",
                    _ => "flags.one_of",
                };
                (body, operands)
            }
            Op::Compare(op @ (CompareOp::In | CompareOp::NotIn), a, b) => {
                let (ta, tb) = (self.known_type(*a)?, self.known_type(*b)?);
                if class_of(ta)? != class_of(tb)? {
                    return None;
                }
                let found = self.call_body(block, at, "flags.contains", &[*b, *a], inst.span);
                return Some(turned(found, *op));
            }
            Op::Call(callee, args) => {
                let Ty::Callable(Callable::Library(name)) = self.known_type(*callee)? else {
                    return None;
                };
                let [arg] = &args[..] else { return None };
                if &**name != "builtins.len" || arg.name.is_some() || arg.starred {
                    return None;
                }
                class_of(self.known_type(arg.value)?)?;
                ("flags.count", vec![arg.value])
            }
            _ => return None,
        };
        Some(self.call_body(block, at, body, &operands, inst.span))
    }

    /// `x in Color`; `None` where the right side is no class of members.
    pub(super) fn enum_membership(
        &mut self,
        op: CompareOp,
        (a, ta): (HValue, &Ty),
        tb: &Ty,
        (block, at): (HBlock, usize),
        span: Span,
    ) -> Option<Typed> {
        let Ty::Callable(Callable::Enum(class)) = tb else { return None };
        let said = |truth: bool| one(literal_bool(truth == (op == CompareOp::In)));
        Some(match ta {
            // One of flags may have no name, which was asked for before Python 3.12.
            Ty::Enum(own) if own == class && own.flags.is_some() => {
                if self.engine.python_minor < 12 {
                    let found = self.call_body(block, at, "flags.has_name", &[a], span);
                    return Some(turned(found, op));
                }
                said(true)
            }
            Ty::Member(own, _) | Ty::Enum(own) if own == class => said(true),
            Ty::Member(..) | Ty::Enum(_) if self.engine.python_minor < 12 => said(false),
            _ => Err(Box::new(
                Diagnostic::error(
                    "CB0303",
                    span,
                    format!("'in' with {ta:#} and {tb:#} is not compiled"),
                )
                .help("ask for a member, or compare with the members' values"),
            )),
        })
    }

    fn known_type(&self, value: HValue) -> Option<&Ty> {
        self.engine.spec(self.id).types[value.0 as usize].as_ref()
    }

    /// The value or the name of a member of flags; `None` for other attributes.
    pub(super) fn flag_attribute(
        &mut self,
        block: HBlock,
        at: usize,
        (value, ty): (HValue, &Ty),
        name: &str,
        span: Span,
    ) -> Option<Typed> {
        let Ty::Enum(class) = ty else { return None };
        class.flags.as_ref()?;
        match name {
            "value" | "_value_" => {
                self.act(block, at, Action::Plain);
                Some(one(Ty::Int))
            }
            "name" | "_name_" => Some(self.call_body(block, at, "flags.name_of", &[value], span)),
            _ => None,
        }
    }
}
