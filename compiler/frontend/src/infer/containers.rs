//! Types around lists, sets and dicts: displays, items, what elements a use tells, and
//! the primitives that library bodies have for them.
//!
//! Methods are library bodies (`list.pop` in `lists.py` ...), but for the few that are one
//! primitive. What a call tells about the elements is decided here, before the body is
//! inferred: [`TELLS`]. Lowering is in `lower/containers.rs`.

use super::equality::is_probe;
use super::expressions::{Typed, known, one, refuse};
use super::index::is_index_int;
use super::sites::is_open;
use super::{Action, Meeting, Sweep};
use crate::classes::{ClassKind, Hashing};
use crate::hir::{Container, HBlock, HValue};
use crate::types::{Collection, DType, Lit, Site, TextKind, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// What arguments of a method say about the receiver's elements.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// The argument is an element (of a dict: a key).
    Element(usize),
    /// The argument is a dict's value.
    Value(usize),
    /// The argument's items are elements; for a dict's `update`, key and value of a dict.
    Items(usize),
    /// The argument's items are counted: they are keys, or those of a dict are.
    Counted(usize),
}

/// Methods that put arguments into their receiver.
const TELLS: &[(&str, &[Tells])] = &[
    ("list.append", &[Tells::Element(0)]),
    ("list.insert", &[Tells::Element(1)]),
    ("list.extend", &[Tells::Items(0)]),
    ("list.__iadd__", &[Tells::Items(0)]),
    ("set.add", &[Tells::Element(0)]),
    ("set.update", &[Tells::Items(0)]),
    ("set.__ior__", &[Tells::Items(0)]),
    ("set.symmetric_difference_update", &[Tells::Items(0)]),
    ("set.__ixor__", &[Tells::Items(0)]),
    ("dict.setdefault", &[Tells::Element(0), Tells::Value(1)]),
    ("dict.update", &[Tells::Items(0)]),
    ("dict.__ior__", &[Tells::Items(0)]),
    ("deque.append", &[Tells::Element(0)]),
    ("deque.appendleft", &[Tells::Element(0)]),
    ("deque.insert", &[Tells::Element(1)]),
    ("deque.extend", &[Tells::Items(0)]),
    ("deque.extendleft", &[Tells::Items(0)]),
    ("deque.__iadd__", &[Tells::Items(0)]),
    ("Counter.update", &[Tells::Counted(0)]),
    ("Counter.subtract", &[Tells::Counted(0)]),
    ("Counter.__iadd__", &[Tells::Counted(0)]),
    ("Counter.__isub__", &[Tells::Counted(0)]),
];

/// What a primitive takes and gives, for its container's types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// The container itself, a list, set or dict, or another one that is only looked into.
    Container,
    /// Another container of the same type, whose elements come into the first or a new one.
    Same,
    /// A value that becomes an element or key: of that type, in the scratch buffer.
    Element,
    /// A value that is looked for: of its own type, in the scratch buffer; the address
    /// of its layout is an argument.
    Probe,
    /// A value that is written to the address that the runtime gives.
    Stored,
    /// A slice of the container: as start, step and count.
    Slice,
    /// A Python int.
    Int,
    /// A Python bool.
    Bool,
    /// A list of ints.
    Order,
    /// Nothing.
    Nothing,
    /// The element or key at the address that the runtime gives.
    ElementAt,
    /// The dict's value at the address that the runtime gives.
    ValueAt,
}

/// One primitive over containers: the runtime function of the same name.
pub struct Primitive {
    /// The name behind `prim.`.
    pub name: &'static str,
    /// Parameters.
    pub params: &'static [Slot],
    /// Result.
    pub result: Slot,
}

macro_rules! primitives {
    ($( $name:ident ($($param:ident),*) -> $result:ident; )*) => {
        /// All primitives.
        pub const PRIMITIVES: &[Primitive] = &[ $(
            Primitive {
                name: stringify!($name),
                params: &[ $( Slot::$param ),* ],
                result: Slot::$result,
            },
        )* ];
    };
}

primitives! {
    list_delete (Container, Int, Int) -> Nothing;
    list_clear (Container) -> Nothing;
    list_extend (Container, Same) -> Nothing;

    list_repeat (Container, Int) -> Container;
    list_reverse (Container) -> Nothing;
    list_concat (Container, Same) -> Container;
    list_insert (Container, Int, Stored) -> Nothing;
    list_delete_steps (Container, Slice) -> Nothing;
    list_assign_steps (Container, Slice, Same) -> Nothing;
    list_repeat_in_place (Container, Int) -> Nothing;
    list_find_as (Container, Probe, Int, Int) -> Int;
    list_count_as (Container, Probe) -> Int;
    list_sort (Container, Bool) -> Nothing;
    list_order (Container, Bool) -> Order;
    list_take (Container, Order) -> Container;
    list_rotate (Container, Int) -> Nothing;
    list_changes (Container) -> Int;
    list_limit (Container) -> Int;
    list_set_limit (Container, Int) -> Nothing;
    set_add (Container, Element) -> Bool;
    table_find_as (Container, Probe) -> Int;
    table_remove (Container, Int) -> Nothing;
    table_next (Container, Int) -> Int;
    table_key (Container, Int) -> ElementAt;
    dict_value (Container, Int) -> ValueAt;
    table_clear (Container) -> Nothing;
    table_copy (Container) -> Container;
    set_pop (Container) -> Int;
    dict_popitem (Container) -> Int;
    set_union (Container, Same) -> Container;
    set_intersection (Container, Same) -> Container;
    set_difference (Container, Container) -> Container;
    set_symmetric_difference (Container, Same) -> Container;
    set_update (Container, Same) -> Nothing;
    set_update_keys (Container, Container) -> Nothing;
    set_intersection_update (Container, Same) -> Nothing;
    set_difference_update (Container, Container) -> Nothing;
    set_symmetric_difference_update (Container, Same) -> Nothing;
    set_is_subset (Container, Container) -> Bool;
    set_is_disjoint (Container, Container) -> Bool;
    dict_update (Container, Same) -> Nothing;
    raise_key_error (Container, Probe) -> Nothing;
}

/// The primitive of a name without its `prim.`.
pub fn primitive(name: &str) -> Option<&'static Primitive> {
    PRIMITIVES.iter().find(|p| p.name == name)
}

/// Methods that are no library bodies.
pub fn native_method(qualified: &str) -> bool {
    matches!(qualified, "list.append" | "dict.keys" | "dict.values" | "dict.items")
}

/// What `list()`, `set()` and `dict()` without arguments make.
pub fn empty_constructor(name: &str) -> Option<Container> {
    Some(match name {
        "builtins.list" | "cumbia.typed.List" => Container::List,
        "builtins.set" => Container::Set,
        "builtins.dict" | "cumbia.typed.Dict" => Container::Dict,
        _ => return typed_constructor(name),
    })
}

/// What makes an empty container whatever its arguments are: types, which the uses say here.
pub fn typed_constructor(name: &str) -> Option<Container> {
    match name {
        "cumbia.typed.List.empty_list" => Some(Container::List),
        "cumbia.typed.Dict.empty" => Some(Container::Dict),
        _ => None,
    }
}

/// The type's name as methods are looked up under it.
pub fn class_name(ty: &Ty) -> Option<&'static str> {
    Some(match ty {
        Ty::Str | Ty::Lit(Lit::Str(_)) => "str",
        Ty::Bytes => "bytes",
        Ty::Buffer(b) => b.kind.name(),
        Ty::Random => "Generator",
        Ty::List(..) => "list",
        Ty::Set(..) => "set",
        Ty::Dict(..) => "dict",
        Ty::Array(_) => "ndarray",
        Ty::Tuple(_) => "tuple",
        Ty::Range(_) => "range",
        Ty::Slice(_) => "slice",
        Ty::Generator(..) => "generator",
        Ty::Collection(kind, _) => kind.name(),
        Ty::Lazy(view, _) if view.is_view() => view.name(),
        _ => return None,
    })
}

/// The class of Python's iterator over a value.
pub fn iterator_name(ty: &Ty) -> String {
    match ty {
        Ty::Str | Ty::Lit(Lit::Str(_)) => "str_ascii_iterator".into(),
        Ty::Dict(..) => "dict_keyiterator".into(),
        Ty::Array(_) => "iterator".into(),
        Ty::Lazy(lazy, _) if lazy.is_view() => format!(
            "{}iterator",
            lazy.name().replace("keys", "key").replace("values", "value").replace("items", "item")
        ),
        Ty::Lazy(lazy, _) => lazy.name().into(),
        other => format!("{}_iterator", class_name(other).unwrap_or("object")),
    }
}

/// Whether a value is a string, bytes or a container: what operators and comparisons look
/// up a body for.
pub fn is_object(ty: &Ty) -> bool {
    matches!(ty, Ty::Str | Ty::Bytes | Ty::List(..) | Ty::Set(..) | Ty::Dict(..))
}

/// Element types of a container: of a dict, key and value.
pub fn element_types(ty: &Ty) -> Option<(&Ty, Option<&Ty>, Site)> {
    match ty {
        Ty::List(t, site) | Ty::Set(t, site) => Some((t, None, *site)),
        Ty::Dict(t, site) => Some((&t.0, Some(&t.1), *site)),
        _ => None,
    }
}

/// Whether values of a type can be in a set or a dict's key.
pub fn is_hashable(ty: &Ty) -> bool {
    match ty {
        Ty::Str | Ty::Bytes | Ty::None | Ty::Open(..) | Ty::Lit(_) => true,
        Ty::Tuple(items) => items.iter().all(is_hashable),
        Ty::Record(class, items) => {
            (class.is_tuple() || class.hashing == Hashing::Fields) && items.iter().all(is_hashable)
        }
        Ty::Object(class, fields) => match class.hashing {
            Hashing::Fields => is_hashable(fields),
            Hashing::Identity => true,
            Hashing::Other => false,
        },
        Ty::Optional(t) => is_hashable(t),
        Ty::Enum(class) | Ty::Member(class, _) => class.by_identity && class.hashable,
        Ty::Collection(Collection::FrozenSet, _) => true,
        Ty::Collection(Collection::Tuple, storage) => {
            matches!(&**storage, Ty::List(t, _) if is_hashable(t))
        }
        other => other.is_number(),
    }
}

/// Whether a type has flags in it that aren't ints: they are hashed by names that Python makes,
/// so a set of them has an order that isn't known here.
pub fn has_named_flags(ty: &Ty) -> bool {
    match ty {
        Ty::Enum(class) | Ty::Member(class, _) => class.flags.is_some() && !class.is_int,
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().any(has_named_flags),
        Ty::Optional(t) | Ty::List(t, _) | Ty::Set(t, _) | Ty::Collection(_, t) => {
            has_named_flags(t)
        }
        Ty::Dict(pair, _) => has_named_flags(&pair.0) || has_named_flags(&pair.1),
        Ty::Object(_, t) => has_named_flags(t),
        _ => false,
    }
}

/// Whether elements of a type can be sorted, or Python says itself that they can't.
pub(super) fn is_ordered(ty: &Ty) -> bool {
    match ty {
        Ty::Enum(class) | Ty::Member(class, _) => class.is_int && class.by_value,
        Ty::Collection(Collection::Tuple, storage) => {
            matches!(&**storage, Ty::List(t, _) if is_ordered(t))
        }
        Ty::Collection(..) => false,
        ty if super::is_function(ty) => false,
        Ty::Num(d) => !d.is_time(),
        Ty::Object(class, fields) => {
            matches!(class.kind, ClassKind::Dataclass { order: true, .. }) && is_ordered(fields)
        }
        Ty::Record(class, items) => {
            let ordered = matches!(class.kind, ClassKind::Dataclass { order: true, .. });
            (class.is_tuple() || ordered) && items.iter().all(is_ordered)
        }
        Ty::Tuple(items) => items.iter().all(is_ordered),
        Ty::Optional(t) | Ty::List(t, _) => is_ordered(t),
        _ => true,
    }
}

/// Whether values of a type can be in a container at all: they must have a form in memory.
pub fn is_storable(ty: &Ty) -> bool {
    match ty {
        Ty::Tuple(items) => items.iter().all(is_storable),
        // A namedtuple lies there, and compares, as the tuple that it is. So does a
        // dataclass where a copy is as good.
        Ty::Record(class, items) => {
            let copied = matches!(class.kind, ClassKind::Dataclass { frozen: true, .. });
            (class.is_tuple() || copied) && items.iter().all(is_storable)
        }
        Ty::Optional(t) | Ty::Object(_, t) | Ty::Collection(_, t) => is_storable(t),
        Ty::None | Ty::Array(_) | Ty::Open(..) | Ty::Enum(_) => true,
        // A set is in the order of Python's hashes.
        Ty::Set(t, _) => !has_named_flags(t),
        other if super::is_function(other) => true,
        other => other.is_number() || other.as_time().is_some() || is_object(other),
    }
}

/// Whether a type has functions in it, which have no order, no text and no equality of
/// the runtime's.
pub fn has_functions(ty: &Ty) -> bool {
    match ty {
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().any(has_functions),
        Ty::Optional(t) | Ty::List(t, _) | Ty::Set(t, _) | Ty::Collection(_, t) => has_functions(t),
        Ty::Dict(pair, _) => has_functions(&pair.0) || has_functions(&pair.1),
        Ty::Object(_, t) => has_functions(t),
        other => super::is_function(other),
    }
}

/// Whether a value can be looked up among keys of a type: of which type it is then.
pub fn lookup_type(key: &Ty, value: &Ty) -> Option<Ty> {
    let value = value.widen();
    if *key == value {
        return Some(value);
    }
    let is_python_int = |t: &Ty| matches!(t, Ty::Int | Ty::Bool);
    match (key, &value) {
        (Ty::Int, Ty::Num(d)) if d.is_int() && *d != DType::U64 => Some(Ty::Int),
        (Ty::Num(d), v) if d.is_int() && is_python_int(v) => None,
        _ => match super::join(key, &value) {
            Some(joined) if joined == *key => Some(joined),
            _ => None,
        },
    }
}

impl Sweep<'_, '_, '_> {
    /// A display: `items` are elements, or a dict's keys and values in turn.
    pub(super) fn display(
        &mut self,
        block: HBlock,
        at: usize,
        kind: Container,
        items: &[HValue],
        span: Span,
    ) -> Typed {
        let site = self.engine.sites.site(self.id, block.0, at as u32);
        let made = |sweep: &Self| {
            let element = |position| sweep.engine.sites.element(site, position);
            let site = Site(Some(site));
            match kind {
                Container::List => Ty::List(Arc::new(element(0)), site),
                Container::Set => Ty::Set(Arc::new(element(0)), site),
                Container::Dict => Ty::Dict(Arc::new((element(0), element(1))), site),
            }
        };
        let width = if kind == Container::Dict { 2 } else { 1 };
        for (i, &item) in items.iter().enumerate() {
            let ty = known!(self, item);
            let container = made(self);
            let told = self.tell(&container, (i % width) as u8, &ty, span);
            if !told.map_err(|refusal| self.of_item(refusal, items, i, width, span))? {
                return Ok(None);
            }
        }
        one(made(self))
    }

    /// Notes that a container gets an element of a type. `false`: its type has just
    /// changed, and control doesn't come past in this sweep.
    ///
    /// # Errors
    ///
    /// When the container's elements are of another type for good.
    pub(super) fn tell(
        &mut self,
        container: &Ty,
        position: u8,
        value: &Ty,
        span: Span,
    ) -> Result<bool, Box<Diagnostic>> {
        let Some((first, second, site)) = element_types(container) else {
            return refuse("CB0320", span, format!("{container:#} is no container"));
        };
        let element = if position == 0 { first } else { second.unwrap_or(first) };
        let value = value.widen();
        if !is_storable(&value) {
            return Err(Box::new(
                Diagnostic::error(
                    "CB0320",
                    span,
                    format!("{value:#} can't be kept in a {}", kind_name(container)),
                )
                .help(match value {
                    Ty::Text(TextKind::Points) => "str(x) makes it a string of Python, which can be",
                    Ty::Text(TextKind::Bytes) => "bytes(x) makes it bytes of Python, which can be",
                    _ => "containers hold numbers, strings, None, arrays, functions, and tuples and containers of them",
                }),
            ));
        }
        let keyed = position == 0 && !matches!(container, Ty::List(..));
        if keyed && has_functions(&value) {
            let what = match container {
                Ty::Set(..) => "an element of a set",
                _ => "the key of a dict",
            };
            return Err(Box::new(
                Diagnostic::error(
                    "CB0320",
                    span,
                    format!("{value:#} as {what} is not compiled"),
                )
                .help("functions can be elements of lists and values of dicts; find one by a name or number"),
            ));
        }
        if keyed && !is_hashable(&value) {
            return Err(Box::new(super::instances::unhashable(&value, span)));
        }
        if matches!(container, Ty::Set(..)) && has_named_flags(&value) {
            return refuse("CB0320", span, format!("{value:#} can't be kept in a set"));
        }
        let before = self.engine.sites.changes;
        let fits = match (element, site) {
            (Ty::Open(open, i), _) => self.engine.sites.tell(*open, *i, &value),
            _ => match (super::join(element, &value), site) {
                (Some(joined), _) if joined == *element => self.engine.sites.unify(element, &value),
                (Some(joined), Site(Some(site))) => self.engine.sites.tell(site, position, &joined),
                (None, Site(Some(_))) => self.engine.sites.reconcile(element, &value),
                _ => false,
            },
        };
        if !fits {
            let what = match (container, position) {
                (Ty::Dict(..), 0) => "keys",
                (Ty::Dict(..), _) => "values",
                _ => "elements",
            };
            return Err(Box::new(
                Diagnostic::error(
                    "CB0322",
                    span,
                    format!(
                        "the {what} of this {} are {element:#}, and this one is {value:#}",
                        kind_name(container)
                    ),
                )
                .labelled(format!("{value:#} here"))
                .help(if super::tuples::differ_in_length(element, &value) {
                    super::tuples::MEETING
                } else {
                    "the elements of a container have one type; convert the value, or keep the two kinds apart"
                }),
            ));
        }
        Ok(self.engine.sites.changes == before)
    }

    /// `container.append(value)` of displays and comprehensions.
    pub(super) fn insert(&mut self, container: HValue, items: &[HValue], span: Span) -> Typed {
        let container = known!(self, container);
        for (i, &item) in items.iter().enumerate() {
            let ty = known!(self, item);
            if !self.tell(&container, i as u8, &ty, span)? {
                return Ok(None);
            }
        }
        Ok(Some(Vec::new()))
    }

    /// `*items` and `**items` in a display.
    pub(super) fn extend(
        &mut self,
        block: HBlock,
        at: usize,
        kind: Container,
        container: HValue,
        items: HValue,
        span: Span,
    ) -> Typed {
        let (to, from) = (known!(self, container), known!(self, items));
        let method = match kind {
            Container::List => "list.extend",
            Container::Set => "set.update",
            Container::Dict => "dict.update",
        };
        if !self.tell_items(&to, &from, span)? {
            return Ok(None);
        }
        match self.call_body(block, at, method, &[container, items], span)? {
            Some(_) => Ok(Some(Vec::new())),
            None => Ok(None),
        }
    }

    pub(super) fn tell_items(
        &mut self,
        to: &Ty,
        from: &Ty,
        span: Span,
    ) -> Result<bool, Box<Diagnostic>> {
        let from = from.storage();
        if let (Ty::Dict(..), Ty::Dict(pair, _)) = (to, from) {
            let pair = pair.clone();
            return Ok(self.tell(to, 0, &pair.0, span)? && self.tell(to, 1, &pair.1, span)?);
        }
        // An open element type says nothing, and an empty iterable tells nothing.
        match item_type(from) {
            Some(item) if matches!(to, Ty::Dict(..)) => match &item {
                Ty::Tuple(pair) if pair.len() == 2 => {
                    Ok(self.tell(to, 0, &pair[0], span)? && self.tell(to, 1, &pair[1], span)?)
                }
                _ => Ok(true),
            },
            Some(Ty::Open(..)) | None => Ok(true),
            Some(item) => self.tell(to, 0, &item, span),
        }
    }

    /// What a call of a method tells about the receiver's elements. `false`: their type
    /// has just changed.
    pub(super) fn method_tells(
        &mut self,
        receiver: &Ty,
        qualified: &str,
        args: &[Ty],
        span: Span,
    ) -> Result<bool, Box<Diagnostic>> {
        let Some((_, tells)) = TELLS.iter().find(|(name, _)| *name == qualified) else {
            return Ok(true);
        };
        let receiver = receiver.storage();
        for tell in *tells {
            let ready = match *tell {
                Tells::Element(i) => args.get(i).map(|ty| self.tell(receiver, 0, ty, span)),
                Tells::Value(i) => args.get(i).map(|ty| self.tell(receiver, 1, ty, span)),
                Tells::Items(i) => args.get(i).map(|ty| self.tell_items(receiver, ty, span)),
                Tells::Counted(i) => args.get(i).map(|ty| self.tell_counted(receiver, ty, span)),
            };
            if !ready.transpose()?.unwrap_or(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `container[index]`.
    pub(super) fn container_item(&mut self, ty: &Ty, index: &Ty, span: Span) -> Typed {
        match (ty, index) {
            (Ty::List(t, _), i) if is_index_int(i) || is_bool(i) => match &**t {
                // Nothing was ever put in: it raises.
                Ty::Open(..) => Ok(None),
                t => one(t.clone()),
            },
            (Ty::Str, i) if is_index_int(i) || is_bool(i) => one(Ty::Str),
            (Ty::Lit(Lit::Str(_)), i) if is_index_int(i) => one(Ty::Str),
            (Ty::Bytes, i) if is_index_int(i) || is_bool(i) => one(Ty::Int),
            (Ty::List(..) | Ty::Str | Ty::Bytes | Ty::Lit(Lit::Str(_)), Ty::Slice(parts)) => {
                for part in parts.iter() {
                    if !(is_index_int(part) || is_bool(part) || *part == Ty::None) {
                        return refuse(
                            "CB0501",
                            span,
                            format!("slice indices must be integers or None, not {part:#}"),
                        );
                    }
                }
                one(match ty {
                    Ty::Lit(_) => Ty::Str,
                    Ty::List(t, _) => Ty::List(t.clone(), Site(None)),
                    other => other.clone(),
                })
            }
            (Ty::Dict(pair, _), key) => match &**pair {
                (Ty::Open(..), _) | (_, Ty::Open(..)) => Ok(None),
                (k, v) if is_hashable(&key.widen()) => {
                    if !is_probe(k, key) {
                        let what =
                            format!("looking up {key:#} among keys that are {k:#} is not compiled");
                        let mut error = Diagnostic::error("CB0303", span, what);
                        if super::tuples::is_tuple(k) && super::tuples::is_tuple(key) {
                            error = error.help(super::tuples::MEETING);
                        }
                        return Err(Box::new(error));
                    }
                    one(v.clone())
                }
                _ => Err(Box::new(super::instances::unhashable(key, span))),
            },
            _ => refuse(
                "CB0503",
                span,
                format!("{} indices must be integers or slices, not {index:#}", kind_name(ty)),
            ),
        }
    }

    /// `container[index] = item`.
    pub(super) fn set_container_item(
        &mut self,
        ty: &Ty,
        index: &Ty,
        item: &Ty,
        span: Span,
    ) -> Result<bool, Box<Diagnostic>> {
        match (ty, index) {
            (Ty::List(..), i) if is_index_int(i) || is_bool(i) => self.tell(ty, 0, item, span),
            (Ty::Dict(..), key) => {
                Ok(self.tell(ty, 0, key, span)? && self.tell(ty, 1, item, span)?)
            }
            _ => refuse("CB0503", span, format!("{ty:#} doesn't support item assignment")),
        }
    }

    /// `prim.<name>(...)` over containers; `None` if the name is none.
    pub(super) fn container_primitive(
        &mut self,
        block: HBlock,
        at: usize,
        name: &Arc<str>,
        types: &[Ty],
        span: Span,
    ) -> Option<Typed> {
        let primitive = primitive(name.strip_prefix("prim.")?)?;
        let Some((first, second, _)) = types.first().and_then(element_types) else {
            return Some(refuse("CB0901", span, format!("{name} of no container")));
        };
        let receiver = &types[0];
        let fits = primitive.params.len() == types.len()
            && primitive.params.iter().zip(types).all(|(param, ty)| match param {
                Slot::Container | Slot::Same => element_types(ty).is_some(),
                Slot::Element | Slot::Stored => {
                    matches!(first, Ty::Open(..)) || lookup_type(first, ty).is_some()
                }
                Slot::Probe => is_storable(&ty.widen()) && is_probe(first, ty),
                Slot::Slice => matches!(ty, Ty::Slice(_)),
                Slot::Int => is_index_int(ty) || is_bool(ty),
                Slot::Bool => ty.is_number(),
                Slot::Order => matches!(ty, Ty::List(t, _) if **t == Ty::Int),
                _ => false,
            });
        let ordered = matches!(primitive.name, "list_sort" | "list_order");
        if !fits || ordered && !is_ordered(first) {
            let shown: Vec<String> = types.iter().map(|t| format!("{t:#}")).collect();
            let what = format!("{} don't go together", shown.join(" and "));
            let mut error = Diagnostic::error("CB0320", span, what);
            let element = element_types(first).map(|(element, ..)| element);
            if element.is_some_and(super::tuples::is_tuple)
                && types.iter().skip(1).any(super::tuples::is_tuple)
            {
                error = error.help(super::tuples::MEETING);
            }
            return Some(Err(Box::new(error)));
        }
        // What is put into an empty container says what its elements are.
        for (param, ty) in primitive.params.iter().zip(types) {
            if matches!(param, Slot::Element | Slot::Stored) && matches!(first, Ty::Open(..)) {
                match self.tell(receiver, 0, ty, span) {
                    Ok(true) => {}
                    Ok(false) => return Some(Ok(None)),
                    Err(e) => return Some(Err(e)),
                }
            }
        }
        for (_, ty) in primitive.params.iter().zip(types).filter(|(p, _)| **p == Slot::Same) {
            let fits = match self.meet(receiver, ty) {
                Meeting::Type(joined) => joined == *receiver && joined == *ty || is_open(&joined),
                Meeting::NotYet => return Some(Ok(None)),
                Meeting::Never => false,
            };
            if !fits && !is_open(receiver) && !is_open(ty) {
                let message = format!("{receiver:#} and {ty:#} don't go together");
                let help = "the elements of a container have one type; convert those of the other";
                let error = Diagnostic::error("CB0322", span, message).help(help);
                return Some(Err(Box::new(error)));
            }
        }
        let result = match primitive.result {
            Slot::Container => match receiver {
                Ty::List(t, _) => Ty::List(t.clone(), Site(None)),
                Ty::Set(t, _) => Ty::Set(t.clone(), Site(None)),
                Ty::Dict(t, _) => Ty::Dict(t.clone(), Site(None)),
                other => other.clone(),
            },
            Slot::Int => Ty::Int,
            Slot::Bool => Ty::Bool,
            Slot::Order => Ty::List(Arc::new(Ty::Int), Site(None)),
            Slot::ElementAt => first.clone(),
            Slot::ValueAt => second.unwrap_or(first).clone(),
            _ => Ty::None,
        };
        if let Ty::Open(..) = result {
            return Some(Ok(None));
        }
        self.act(block, at, Action::Structural(name.clone()));
        Some(one(result))
    }
}

/// The type of an iterable's items.
pub fn item_type(ty: &Ty) -> Option<Ty> {
    let at = super::iteration::start_type_of(ty)?;
    super::iteration::item_type(ty, &at)
}

fn is_bool(ty: &Ty) -> bool {
    matches!(ty, Ty::Bool | Ty::Lit(Lit::Bool(_)))
}

/// A type's name without what is in it.
pub fn kind_name(ty: &Ty) -> String {
    match ty {
        Ty::Array(_) => "numpy.ndarray".into(),
        Ty::Tuple(_) => "tuple".into(),
        other => match class_name(other) {
            Some(name) => name.to_string(),
            None => format!("{other:#}"),
        },
    }
}

/// Whether a value has a text that the runtime makes from its slots: a namedtuple has not.
pub fn is_showable(ty: &Ty) -> bool {
    match ty {
        Ty::Record(..) | Ty::Object(..) | Ty::Enum(_) | Ty::Member(..) => false,
        Ty::Buffer(_) | Ty::Random => false,
        ty if super::is_function(ty) => false,
        Ty::Collection(kind, t) => kind.is_frozen() && is_showable(t),
        Ty::Num(d) => !d.is_time(),
        Ty::Tuple(items) => items.iter().all(is_showable),
        Ty::Optional(t) | Ty::List(t, _) | Ty::Set(t, _) => is_showable(t),
        Ty::Dict(pair, _) => is_showable(&pair.0) && is_showable(&pair.1),
        _ => true,
    }
}
