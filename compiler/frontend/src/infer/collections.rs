//! `deque`, `Counter`, `defaultdict`, `OrderedDict`, `frozenset` and tuples of any length: a
//! list, set or dict in memory, with other methods.
//!
//! [`Ty::Collection`] keeps the class and the type of what is in memory, its storage. What
//! such an object does as its storage does is done by that: the operands are seen as their
//! storage ([`as_storage`]), or a method is that of the storage's class ([`method`]). All
//! else are library bodies under the class's name (`collections.py`).
//!
//! What isn't listed here is refused: nothing takes a collection for a plain container by
//! itself.

use super::expressions::{Typed, known, refuse};
use super::views::Views;
use super::{Action, ArgFrom, FunctionKey, Sweep, containers};
use crate::hir::{CallArg, CompareOp, Container, HBlock, HValue, Op, PatternTest};
use crate::types::{Callable, Collection, Lazy, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// Methods that a class has from the one it is made of.
const INHERITED: &[&str] = &["clear", "get", "items", "keys", "pop", "setdefault", "values"];

/// The body of a method or of its like, and the receiver as it takes it.
pub fn method(receiver: &Ty, name: &str) -> Option<(String, Ty)> {
    let exists = |qualified: &str| {
        containers::native_method(qualified) || cumbia_library::implementation(qualified).is_some()
    };
    let own = format!("{}.{name}", containers::class_name(receiver)?);
    let Ty::Collection(kind, storage) = receiver else {
        return exists(&own).then(|| (own, receiver.clone()));
    };
    if exists(&own) {
        return Some((own, receiver.clone()));
    }
    let inherited = match kind {
        Collection::Deque | Collection::Tuple => return None,
        Collection::Counter => INHERITED.contains(&name) || name == "popitem",
        Collection::DefaultDict(_) => {
            INHERITED.contains(&name) || matches!(name, "popitem" | "update")
        }
        Collection::OrderedDict => INHERITED.contains(&name) || name == "update",
        Collection::FrozenSet => matches!(name, "isdisjoint" | "issubset" | "issuperset"),
    };
    let qualified = format!("{}.{name}", containers::class_name(storage)?);
    // A view knows what it is of.
    let receiver = match name {
        "keys" | "values" | "items" => receiver.clone(),
        _ => (**storage).clone(),
    };
    (inherited && exists(&qualified)).then_some((qualified, receiver))
}

/// Operands that an operation takes as what they are made of.
pub(super) fn as_storage<'t>(op: &Op, ty: &impl Fn(HValue) -> Option<&'t Ty>, views: &mut Views) {
    let mut operands: Vec<HValue> = Vec::new();
    let kind = |v: HValue| match ty(v) {
        Some(Ty::Collection(kind, _)) => Some(kind),
        Some(Ty::Optional(t)) => match &**t {
            Ty::Collection(kind, _) => Some(kind),
            _ => None,
        },
        _ => None,
    };
    // Iterated over, it raises what its storage raises.
    let plain = |v: HValue| {
        kind(v).is_some_and(|k| !matches!(k, Collection::Deque | Collection::OrderedDict))
    };
    match op {
        Op::Iter(a, _) if plain(*a) => operands.push(*a),
        Op::Unpack(a) | Op::Not(a) | Op::Truth(a) => operands.push(*a),
        Op::Extend(_, _, from) => operands.push(*from),
        Op::Item(a, _) if kind(*a) == Some(&Collection::OrderedDict) => operands.push(*a),
        Op::SetItem(a, _, _) if kind(*a).is_some_and(Collection::is_dict) => operands.push(*a),
        Op::DelItem(a, _)
            if matches!(kind(*a), Some(Collection::OrderedDict | Collection::DefaultDict(_))) =>
        {
            operands.push(*a);
        }
        Op::Compare(CompareOp::In | CompareOp::NotIn, _, b) => operands.push(*b),
        Op::Compare(op, a, b) if !matches!(op, CompareOp::Is | CompareOp::IsNot) => {
            // What may be `None` is unwrapped by the comparison first.
            let class = |v: HValue| match ty(v) {
                Some(Ty::Collection(Collection::Deque, _)) => 1,
                Some(Ty::Collection(Collection::FrozenSet, _) | Ty::Set(..)) => 2,
                Some(Ty::Collection(Collection::Tuple, _)) => 4,
                Some(Ty::Collection(..) | Ty::Dict(..)) => 3,
                _ => 0,
            };
            let (x, y) = (kind(*a), kind(*b));
            // Two of them compare in a way of their own.
            let own = x == y && matches!(x, Some(Collection::Counter | Collection::OrderedDict));
            if class(*a) == class(*b) && class(*a) != 0 && !own {
                operands.extend([*a, *b]);
            }
        }
        // The class of the result is the left operand's.
        Op::Binary(_, a, b, _) => {
            let set = |v: HValue| kind(v) == Some(&Collection::FrozenSet);
            if set(*b) && (set(*a) || matches!(ty(*a), Some(Ty::Set(..)))) {
                operands.push(*b);
            }
        }
        Op::Call(callee, args) => match ty(*callee) {
            Some(Ty::Callable(Callable::Library(name))) => match &**name {
                "builtins.len" | "builtins.bool" => operands.extend(args.iter().map(|a| a.value)),
                // Of a dict itself a set is made in another way, which shows in its order.
                "builtins.set" => operands.extend(
                    args.iter()
                        .map(|a| a.value)
                        .filter(|&v| kind(v).is_some_and(Collection::is_frozen)),
                ),
                name if super::views::ASKING.contains(&name)
                    || name.starts_with("prim.")
                    || name.starts_with('@')
                    || name == "builtins.frozenset"
                    || name == "builtins.hash" => {}
                name => {
                    // What gives back an argument gives back a tuple, and what changes a list
                    // can't change one.
                    let reads = only_reads(name, args.len());
                    let seen =
                        |v: HValue| plain(v) && (reads || kind(v) != Some(&Collection::Tuple));
                    let args = args.iter().filter(|a| !a.starred);
                    operands.extend(args.map(|a| a.value).filter(|&v| seen(v)));
                }
            },
            Some(Ty::Callable(Callable::Method(_, name)))
                if matches!(&**name, "add" | "discard" | "remove") => {}
            Some(Ty::Callable(Callable::Method(receiver, _))) => {
                let of_set = matches!(receiver.storage(), Ty::Set(..));
                operands.extend(args.iter().map(|a| a.value).filter(|&v| {
                    of_set && kind(v).is_some_and(Collection::is_frozen)
                        || matches!(receiver.storage(), Ty::Dict(..))
                            && plain(v)
                            && kind(v).is_some_and(Collection::is_dict)
                }));
                // An element of a set of frozensets is one.
                if let Ty::Set(element, _) = receiver.storage()
                    && matches!(**element, Ty::Collection(..))
                {
                    operands.clear();
                }
            }
            _ => {}
        },
        _ => {}
    }
    // Going over a **kwargs dict gives its names.
    let mut iterated: Vec<HValue> = Vec::new();
    match op {
        Op::Iter(a, _) => iterated.push(*a),
        Op::Call(callee, args) => {
            if let Some(Ty::Callable(Callable::Library(name))) = ty(*callee)
                && let Some(
                    "enumerate" | "zip" | "map" | "filter" | "reversed" | "iter" | "tuple" | "set"
                    | "frozenset",
                ) = name.strip_prefix("builtins.")
            {
                iterated.extend(
                    args.iter().filter(|a| a.name.is_none() && !a.starred).map(|a| a.value),
                );
            }
        }
        _ => {}
    }
    for value in iterated {
        if let Some(Ty::Keywords(items)) = ty(value) {
            let names = items.iter().map(|(name, _)| Ty::Lit(Lit::Str(name.clone())));
            views.seen.push((value, Ty::tuple(names)));
        }
    }
    for value in operands {
        let seen = views.seen.iter().position(|(v, _)| *v == value);
        let now = match seen {
            Some(at) => Some(views.seen[at].1.clone()),
            None => ty(value).cloned(),
        };
        let storage = match now {
            Some(Ty::Collection(_, storage)) => storage,
            // A key among the keys of a dict.
            Some(Ty::Lazy(Lazy::Keys, of)) => Arc::new(of[0].storage().clone()),
            _ => continue,
        };
        match seen {
            Some(at) => views.seen[at].1 = (*storage).clone(),
            None => views.seen.push((value, (*storage).clone())),
        }
    }
}

/// Whether a function of the library only iterates over what it gets so many of.
pub(super) fn only_reads(name: &str, count: usize) -> bool {
    match name {
        "builtins.max" | "builtins.min" => count == 1,
        "builtins.list" | "builtins.sorted" | "builtins.sum" | "builtins.any" | "builtins.all"
        | "builtins.enumerate" | "builtins.zip" | "builtins.map" | "builtins.filter"
        | "builtins.reversed" | "builtins.iter" | "builtins.dict" | "builtins.bytes"
        | "builtins.bytearray" => true,
        _ => ["numpy.", "math.", "itertools.", "collections."].iter().any(|m| name.starts_with(m)),
    }
}

/// The class that a name stands for: what it is made of, and, for a `defaultdict`, a
/// place for its function.
fn class(name: &str) -> Option<(Collection, Container)> {
    Some(match name {
        "collections.deque" => (Collection::Deque, Container::List),
        "collections.Counter" => (Collection::Counter, Container::Dict),
        "collections.defaultdict" => (Collection::DefaultDict(Arc::new(Ty::None)), Container::Dict),
        "collections.OrderedDict" => (Collection::OrderedDict, Container::Dict),
        "builtins.frozenset" => (Collection::FrozenSet, Container::Set),
        _ => return None,
    })
}

impl Sweep<'_, '_, '_> {
    /// A call of a collection's class; `None` if the name is none.
    pub(super) fn new_collection(
        &mut self,
        block: HBlock,
        at: usize,
        name: &str,
        mut args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        if name == "builtins.tuple" {
            return self.new_tuple(block, at, args, span);
        }
        let (mut kind, container) = class(name)?;
        if let Collection::DefaultDict(function) = &mut kind
            && let Some(first) = args.first().filter(|a| a.name.is_none() && !a.starred)
        {
            let ty = match self.ty(first.value) {
                Some(ty) => ty,
                None => return Some(Ok(None)),
            };
            let known = matches!(ty, Ty::None | Ty::Callable(_) | Ty::Closure(_) | Ty::DType(_));
            if !known || !ty.part_types().is_empty() {
                return Some(Err(Box::new(
                    Diagnostic::error(
                        "CB0404",
                        span,
                        format!("a defaultdict that calls {ty:#} is not compiled"),
                    )
                    .help("pass a class, or a function that captures no variable that changes"),
                )));
            }
            *function = Arc::new(ty);
            args = &args[1..];
        }
        Some(self.collection_of(block, at, kind, container, args, span))
    }

    /// A tuple of what is iterated over; `None` where its length is known here.
    fn new_tuple(
        &mut self,
        block: HBlock,
        at: usize,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let [only] = args else { return None };
        if only.name.is_some() || only.starred {
            return None;
        }
        let Some(ty) = self.ty(only.value) else { return Some(Ok(None)) };
        match &ty {
            // It is one already.
            Ty::Collection(Collection::Tuple, _) => {
                Some(self.call_body(block, at, "tuple.copy", &[only.value], span))
            }
            Ty::List(..)
            | Ty::Set(..)
            | Ty::Dict(..)
            | Ty::Collection(..)
            | Ty::Str
            | Ty::Lit(Lit::Str(_))
            | Ty::Bytes
            | Ty::Buffer(_)
            | Ty::Array(_)
            | Ty::Range(_)
            | Ty::Generator(..)
            | Ty::Lazy(..) => {
                Some(self.collection_of(block, at, Collection::Tuple, Container::List, args, span))
            }
            _ => None,
        }
    }

    fn collection_of(
        &mut self,
        block: HBlock,
        at: usize,
        kind: Collection,
        container: Container,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        let items = match args.first() {
            Some(first) if first.name.is_none() && !first.starred => {
                Some(known!(self, first.value))
            }
            _ => None,
        };
        // A frozenset of a frozenset is the same object.
        if let (Collection::FrozenSet, Some(Ty::Collection(Collection::FrozenSet, _)), [only]) =
            (&kind, &items, args)
        {
            return self.call_body(block, at, "frozenset.copy", &[only.value], span);
        }
        let made = |sweep: &mut Self| -> Result<Option<Ty>, Box<Diagnostic>> {
            let types = sweep.display(block, at, container, &[], span)?;
            Ok(types.and_then(|types| types.into_iter().next()))
        };
        let Some(storage) = made(self)? else { return Ok(None) };
        if kind == Collection::Counter && !self.tell(&storage, 1, &Ty::Int, span)? {
            return Ok(None);
        }
        let ready = match &items {
            Some(items) if kind == Collection::Counter => {
                self.tell_counted(&storage, items, span)?
            }
            Some(items) => self.tell_items(&storage, items, span)?,
            None => true,
        };
        if !ready {
            return Ok(None);
        }
        let Some(storage) = made(self)? else { return Ok(None) };
        let qualified = format!("{}.__init__", kind.name());
        let ty = Ty::Collection(kind, Arc::new(storage));
        let body = super::calls::find_body(&qualified);
        let key = FunctionKey::Body(body.file, body.name);
        let receiver = (ArgFrom::Tuple(Vec::new()), ty.clone());
        // To a call it is a call: what is decided again isn't a change.
        let turn = |sweep: &mut Self, back: bool| {
            let action = &mut sweep.engine.spec_mut(sweep.id).actions[block.0 as usize][at];
            *action = match (std::mem::take(action), back) {
                (Action::Call(spec, from), false) => Action::Collect(spec, from),
                (Action::Collect(spec, from), true) => Action::Call(spec, from),
                (other, _) => other,
            };
        };
        turn(self, true);
        let called =
            self.call_function(block, at, key, Some(receiver), args, span, Some(&qualified))?;
        turn(self, false);
        Ok(called.map(|_| vec![ty]))
    }

    /// What a Counter counts tells its keys.
    pub(super) fn tell_counted(
        &mut self,
        to: &Ty,
        from: &Ty,
        span: Span,
    ) -> Result<bool, Box<Diagnostic>> {
        if let Ty::Dict(..) = from.storage() {
            return self.tell_items(to, from, span);
        }
        match containers::item_type(from) {
            Some(Ty::Open(..)) | None => Ok(true),
            Some(item) => self.tell(to, 0, &item, span),
        }
    }

    /// `collection[index]`, `collection[index] = item`, `del collection[index]` and
    /// operators by bodies of the class.
    pub(super) fn collection_operation(
        &mut self,
        block: HBlock,
        at: usize,
        method: &str,
        operands: &[HValue],
        span: Span,
    ) -> Typed {
        let ty = known!(self, operands[0]);
        let Ty::Collection(kind, _) = &ty else { unreachable!("{ty} is no collection") };
        let qualified = format!("{}.{method}", kind.name());
        if cumbia_library::implementation(&qualified).is_none() {
            let what = match method {
                "__getitem__" => "can't be indexed",
                "__setitem__" => "doesn't support item assignment",
                "__delitem__" => "doesn't support item deletion",
                _ => "doesn't support this operation",
            };
            return refuse("CB0503", span, format!("{ty:#} {what}"));
        }
        let made = self.call_operator(block, at, &qualified, operands, span);
        match (method, containers::element_types(ty.storage())) {
            ("__getitem__", Some((element, value, _))) => {
                super::objects::with_site_of(made, value.unwrap_or(element))
            }
            _ => made,
        }
    }

    /// A comparison of two Counters, or of two OrderedDicts.
    pub(super) fn compare_collections(
        &mut self,
        block: HBlock,
        at: usize,
        op: CompareOp,
        [a, b]: [HValue; 2],
        span: Span,
    ) -> Option<Typed> {
        let (ta, tb) = (self.ty(a)?, self.ty(b)?);
        let tuple = |t: &Ty| matches!(t, Ty::Collection(Collection::Tuple, _));
        let (Ty::Collection(k, _), Ty::Collection(l, _)) = (&ta, &tb) else {
            return match (&ta, &tb, op) {
                (_, Ty::Tuple(_), _) if tuple(&ta) => {
                    self.compare_tuples(block, at, op, a, b, span)
                }
                (Ty::Tuple(_), _, _) if tuple(&tb) => {
                    self.compare_tuples(block, at, op.swapped(), b, a, span)
                }
                (_, _, CompareOp::Is | CompareOp::IsNot) => None,
                (Ty::Collection(..), _, _) | (_, Ty::Collection(..), _) => {
                    Some(self.collection_and_other(op, &ta, &tb, span))
                }
                _ => None,
            };
        };
        let method = match op {
            CompareOp::Eq => "__eq__",
            CompareOp::Ne => "__ne__",
            CompareOp::Is | CompareOp::IsNot => return None,
            _ => return Some(self.no_order(&ta, &tb, span)),
        };
        if k != l {
            return Some(self.collection_and_other(op, &ta, &tb, span));
        }
        let qualified = format!("{}.{method}", k.name());
        Some(self.call_operator(block, at, &qualified, &[a, b], span))
    }

    /// A comparison of a tuple of any length with one of a known length.
    fn compare_tuples(
        &mut self,
        block: HBlock,
        at: usize,
        op: CompareOp,
        a: HValue,
        b: HValue,
        span: Span,
    ) -> Option<Typed> {
        let method = match op {
            CompareOp::Eq => "eq",
            CompareOp::Ne => "ne",
            CompareOp::Lt => "lt",
            CompareOp::Le => "le",
            CompareOp::Gt => "gt",
            CompareOp::Ge => "ge",
            CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => return None,
        };
        Some(self.call_operator(block, at, &format!("tuple.__{method}__"), &[a, b], span))
    }

    fn no_order(&self, a: &Ty, b: &Ty, span: Span) -> Typed {
        refuse("CB0303", span, format!("this comparison isn't defined for {a:#} and {b:#}"))
    }

    /// Values of classes that have nothing in common are never equal.
    fn collection_and_other(&self, op: CompareOp, a: &Ty, b: &Ty, span: Span) -> Typed {
        let plain = |t: &Ty| {
            t.is_number()
                || containers::is_object(t)
                || matches!(t, Ty::None | Ty::Tuple(_) | Ty::Collection(..) | Ty::Lit(_))
        };
        match op {
            CompareOp::Eq | CompareOp::Ne if plain(a) && plain(b) => {
                Ok(Some(vec![super::structural::literal_bool(op == CompareOp::Ne)]))
            }
            CompareOp::Eq | CompareOp::Ne => {
                refuse("CB0303", span, format!("comparing {a:#} and {b:#} is not compiled yet"))
            }
            _ => self.no_order(a, b, span),
        }
    }

    /// Whether a pattern of a sequence or mapping meets a collection, which it may match.
    pub(super) fn collection_pattern(
        &self,
        test: &PatternTest,
        ty: &Ty,
        span: Span,
    ) -> Option<Typed> {
        let Ty::Collection(Collection::Deque | Collection::Tuple, _) = ty else { return None };
        matches!(test, PatternTest::Length(_) | PatternTest::AtLeast(_)).then(|| {
            Err(Box::new(
                Diagnostic::error(
                    "CB0303",
                    span,
                    format!("matching {ty:#} against this pattern is not compiled yet"),
                )
                .help("match list(...) of it"),
            ))
        })
    }
}
