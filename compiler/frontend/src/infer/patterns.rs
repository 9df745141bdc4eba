//! Tests of `match` patterns, starred targets, `del x[i]`.
//!
//! Most patterns are decided by the type of the subject; what is left is lengths of lists
//! and ranges, and whether an optional value is there.

use super::expressions::{Typed, known, one, refuse};
use super::{Action, ArgFrom, Sweep, introspection};
use crate::buffers::BufferKind;
use crate::classes::Class;
use crate::environment::Global;
use crate::hir::{Const, HBlock, HValue, PatternTest};
use crate::types::{Callable, Collection, DType, Lit, Ty};
use cumbia_diagnostics::Span;

fn decided(truth: bool) -> Typed {
    one(Ty::Lit(Lit::Bool(truth)))
}

/// Whether a value of the type is an instance of the class; `None` if that can't be told.
fn is_instance(ty: &Ty, class: &Ty) -> Option<bool> {
    let name = match class {
        Ty::Callable(Callable::Library(name)) => &**name,
        Ty::DType(d) => return Some(*ty == Ty::Num(*d)),
        _ => return None,
    };
    if let Ty::Optional(_) | Ty::MaybeUnbound(_) = ty {
        return None;
    }
    Some(match name {
        "builtins.bool" => matches!(ty, Ty::Bool | Ty::Lit(Lit::Bool(_))),
        "builtins.int" => {
            matches!(ty, Ty::Bool | Ty::Int | Ty::Lit(Lit::Bool(_) | Lit::Int(_)))
        }
        // NumPy's float64 and complex128 are subclasses of Python's classes.
        "builtins.float" => {
            matches!(ty, Ty::Float | Ty::Lit(Lit::Float(_)) | Ty::Num(DType::F64))
        }
        "builtins.complex" => matches!(ty, Ty::Complex | Ty::Num(DType::C128)),
        "builtins.str" => matches!(ty, Ty::Str | Ty::Lit(Lit::Str(_))),
        "builtins.bytes" => matches!(ty, Ty::Bytes),
        "builtins.bytearray" => {
            matches!(ty, Ty::Buffer(b) if b.kind == BufferKind::ByteArray)
        }
        "builtins.memoryview" => matches!(ty, Ty::Buffer(b) if b.kind == BufferKind::Memory),
        "builtins.tuple" => matches!(ty, Ty::Tuple(_) | Ty::Collection(Collection::Tuple, _)),
        "builtins.list" => matches!(ty, Ty::List(..)),
        "builtins.set" => matches!(ty, Ty::Set(..)),
        "builtins.dict" => matches!(ty, Ty::Dict(..)),
        "builtins.range" => matches!(ty, Ty::Range(_)),
        _ => return None,
    })
}

/// Whether it is one class: patterns take no tuples and unions of them.
fn is_one(class: &Ty) -> bool {
    !matches!(class, Ty::Tuple(_) | Ty::Callable(Callable::Union(_)))
}

/// Classes of which a positional sub-pattern is the subject itself.
fn is_its_own_part(class: &Ty) -> bool {
    match class {
        Ty::Callable(Callable::Library(name)) => {
            matches!(
                name.strip_prefix("builtins."),
                Some(
                    "bool"
                        | "int"
                        | "float"
                        | "str"
                        | "bytes"
                        | "bytearray"
                        | "tuple"
                        | "list"
                        | "set"
                        | "dict"
                )
            )
        }
        _ => false,
    }
}

impl Sweep<'_, '_, '_> {
    pub(super) fn pattern_test(
        &mut self,
        block: HBlock,
        at: usize,
        test: &PatternTest,
        value: HValue,
        class: Option<HValue>,
        span: Span,
    ) -> Typed {
        let ty = known!(self, value);
        let class = match class {
            Some(class) => Some(known!(self, class)),
            None => None,
        };
        if let Some(refused) = self.collection_pattern(test, &ty, span) {
            return refused;
        }
        match (test, &ty, class) {
            (PatternTest::Is(Const::None), Ty::Optional(_), _) => one(Ty::Bool),
            (PatternTest::Is(Const::None), _, _) => decided(ty == Ty::None),
            (PatternTest::Is(Const::Bool(b)), Ty::Lit(Lit::Bool(x)), _) => decided(b == x),
            (PatternTest::Is(Const::Bool(_)), Ty::Bool, _) => one(Ty::Bool),
            (PatternTest::Is(_), Ty::Optional(_), _) | (_, Ty::Optional(_), None) => refuse(
                "CB0303",
                span,
                format!("matching {ty:#} against this pattern is not compiled yet"),
            ),
            (PatternTest::Is(_), _, _) => decided(false),
            (PatternTest::Length(n), Ty::Tuple(items), _) => decided(items.len() as i64 == *n),
            (PatternTest::AtLeast(n), Ty::Tuple(items), _) => decided(items.len() as i64 >= *n),
            (PatternTest::Length(_) | PatternTest::AtLeast(_), Ty::List(..) | Ty::Range(_), _) => {
                one(Ty::Bool)
            }
            (PatternTest::Mapping, Ty::Dict(..), _) => decided(true),
            (PatternTest::Mapping, Ty::Collection(..) | Ty::Keywords(_), _) => refuse(
                "CB0303",
                span,
                format!("matching {ty:#} against this pattern is not compiled yet"),
            ),
            (PatternTest::Mapping, _, _) => decided(false),
            (PatternTest::Length(_) | PatternTest::AtLeast(_), Ty::Buffer(b), _)
                if b.kind != BufferKind::ByteArray =>
            {
                let text = format!("matching {ty:#} against this pattern is not compiled yet");
                refuse("CB0303", span, text)
            }
            // Arrays are no sequences to `match`, nor are strings and bytearrays.
            (PatternTest::Length(_) | PatternTest::AtLeast(_), _, _) => decided(false),
            (PatternTest::Class, _, Some(class)) => match is_instance(&ty, &class)
                .or_else(|| introspection::is_instance(&ty, &class).filter(|_| is_one(&class)))
            {
                Some(truth) => decided(truth),
                None => refuse(
                    "CB0303",
                    span,
                    format!("whether {ty:#} is an instance of {class:#} can't be told"),
                ),
            },
            (PatternTest::Position(i), _, Some(class)) => {
                if *i == 0 && is_its_own_part(&class) {
                    return one(ty);
                }
                if let (Ty::Record(own, items), Ty::Callable(Callable::Class(class))) =
                    (&ty, &class)
                {
                    let (own, class, items) = (own.clone(), class.clone(), items.clone());
                    return self.matched_field(
                        block,
                        at,
                        value,
                        (&*own, &*items),
                        &class,
                        *i,
                        span,
                    );
                }
                refuse("CB0303", span, format!("{class:#} has no positional sub-patterns here"))
            }
            (PatternTest::Class | PatternTest::Position(_), _, None) => {
                unreachable!("a class pattern has a class")
            }
        }
    }

    /// The field that a position of a class pattern means, as `__match_args__` says.
    #[allow(clippy::too_many_arguments)]
    fn matched_field(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        (own, items): (&Class, &[Ty]),
        class: &Class,
        position: u32,
        span: Span,
    ) -> Typed {
        let found = self.engine.env.class_attribute(class.handle, "__match_args__");
        let names = match &found {
            Some(Global::Tuple(names)) => names.as_slice(),
            _ => &[],
        };
        let Some(Global::Str(name)) = names.get(position as usize) else {
            return refuse(
                "CB0303",
                span,
                format!(
                    "{}() accepts {} positional sub-patterns here, and there are more",
                    class.name,
                    names.len()
                ),
            );
        };
        let Some(field) = own.field(name) else {
            return refuse("CB0303", span, format!("'{name}' is no field of {}", own.name));
        };
        let start = items[..field].iter().map(|t| t.part_types().len()).sum();
        let from = vec![ArgFrom::Part(value, start, items[field].clone())];
        self.act(block, at, Action::Apply(Box::new(Action::Plain), from));
        one(items[field].clone())
    }

    /// `a, *b = value` needs some items.
    pub(super) fn check_items(&mut self, value: HValue, count: u32, span: Span) -> Typed {
        let ty = known!(self, value);
        match &ty {
            Ty::Tuple(items) if items.len() < count as usize => refuse(
                "CB0305",
                span,
                format!(
                    "not enough values to unpack (expected at least {count}, got {})",
                    items.len()
                ),
            ),
            Ty::Tuple(_) | Ty::List(..) => Ok(Some(Vec::new())),
            Ty::Array(a) if a.ndim > 0 => Ok(Some(Vec::new())),
            _ => refuse("CB0305", span, format!("{ty:#} can't be unpacked to a starred target")),
        }
    }

    /// `del value[index]`.
    pub(super) fn del_item(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        index: HValue,
        span: Span,
    ) -> Typed {
        let ty = known!(self, value);
        let qualified = match &ty {
            Ty::List(..) => "list.__delitem__",
            Ty::Dict(..) => "dict.__delitem__",
            Ty::Buffer(_) => "buffers.del_item",
            Ty::Collection(..) => {
                let operands = [value, index];
                let done = self.collection_operation(block, at, "__delitem__", &operands, span)?;
                return Ok(done.map(|_| Vec::new()));
            }
            _ => return refuse("CB0503", span, format!("{ty:#} doesn't support item deletion")),
        };
        let done = self.call_operator(block, at, qualified, &[value, index], span)?;
        debug_assert!(!matches!(
            self.engine.spec(self.id).actions[block.0 as usize][at],
            Action::Plain if done.is_some()
        ));
        Ok(done.map(|_| Vec::new()))
    }
}
