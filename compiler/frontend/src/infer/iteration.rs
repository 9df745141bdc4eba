//! Iteration: what can be iterated over, what its items are, what a position is.
//!
//! A loop is five operations: `Iter` makes the iterator, `IterStart` the position before
//! the first item, `IterNext` looks for an item from a position on and says *at* what it
//! has found it, `IterItem` gives that item, `PosNext` the position after it. Nothing of
//! an iterator changes; the position does, through the parameter of the loop's header.
//! What a position is depends on the iterable: a raw counter for sequences (`Ty::Pos`,
//! or a constant in an unrolled loop), a tuple of positions where several iterables
//! go side by side at different paces.
//!
//! To make a type iterable: its item in [`item_type`], and, unless it is a sequence that
//! a counter from 0 goes through, its positions in [`start_type`], [`next_type`] and
//! [`after_type`]; code in `lower/iteration.rs`, functions of the same names.
//!
//! `enumerate`, `zip`, `reversed`, `np.ndindex`, `np.ndenumerate` and `a.flat` are objects
//! with state in Python. Here they have none, so they must be iterated over where they are
//! made, once: [`check_single_use`] refuses everything else.

use super::expressions::{Typed, known, one, refuse, tuple_item};
use super::{Action, Specialization, Sweep, index};
use crate::hir::{CallArg, HBlock, HValue, LoopPlace, Op, ParamKind, Terminator};
use crate::types::{Callable, Collection, Lazy, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// Most items of a tuple of different types that a loop goes over.
pub const MAX_UNROLLED: usize = 64;

/// Whether a counter from 0 is all there is to a position.
pub fn is_counted_through(ty: &Ty) -> bool {
    match ty {
        Ty::Range(_) | Ty::Array(_) | Ty::Tuple(_) | Ty::Row(_) => true,
        Ty::Records(_) | Ty::Buffer(_) => true,
        Ty::List(..) | Ty::Str | Ty::Bytes | Ty::Lit(Lit::Str(_)) => true,
        Ty::Lazy(Lazy::Enumerate | Lazy::Zip(_) | Lazy::Reversed, of) => {
            of.iter().all(is_counted_through)
        }
        _ => false,
    }
}

/// Whether values of the type can be iterated over: `Err` with the reason if not.
fn check(ty: &Ty) -> Result<(), (String, &'static str)> {
    match ty {
        Ty::Range(_) => Ok(()),
        Ty::Array(array) if array.ndim > 0 => Ok(()),
        Ty::Records(array) if array.ndim > 0 => Ok(()),
        Ty::Array(_) => Err(("iteration over a 0-d array".into(), "")),
        Ty::Row(row) => match row.dtype.fields.iter().find(|f| row.field(f).is_err()) {
            None => Ok(()),
            Some(field) => {
                let text = format!("a field of {ty:#} can't be used: '{}'", field.name);
                Err((text, "name the others"))
            }
        },
        Ty::Tuple(_) => Ok(()),
        Ty::Lazy(lazy, _) if lazy.is_iterator() => Ok(()),
        Ty::Generator(..) => Ok(()),
        Ty::List(..) | Ty::Set(..) | Ty::Dict(..) | Ty::Collection(..) => Ok(()),
        Ty::Str | Ty::Bytes | Ty::Buffer(_) | Ty::Lit(Lit::Str(_)) => Ok(()),
        _ => Err((
            format!("{ty:#} can't be iterated over"),
            "loops go over range(...), arrays and tuples, and enumerate, zip and reversed of them",
        )),
    }
}

/// Whether a loop over the type needs a copy of its body for each item: it goes over
/// tuples whose items have different types.
fn needs_copies(ty: &Ty) -> bool {
    match ty {
        Ty::Tuple(items) => match items.split_first() {
            None => false,
            Some((first, rest)) => {
                let first = first.widen();
                rest.iter().any(|item| item.widen() != first)
            }
        },
        // A field is read when the loop comes to it.
        Ty::Row(_) => true,
        Ty::Lazy(_, of) => of.iter().any(needs_copies),
        _ => false,
    }
}

/// Whether a type is that of constant strings.
fn is_of_names(ty: &Ty) -> bool {
    let name = |item: &Ty| matches!(item, Ty::Lit(Lit::Str(_)));
    matches!(ty, Ty::Tuple(items) if !items.is_empty() && items.iter().all(name))
}

/// Whether no number changes its type when a value becomes one of a joined type.
pub(super) fn keeps_numbers(ty: &Ty, joined: &Ty) -> bool {
    match (ty, joined) {
        (Ty::Optional(t), Ty::Optional(inner)) => keeps_numbers(t, inner),
        (t, Ty::Optional(inner)) => keeps_numbers(t, inner),
        (Ty::Tuple(x), Ty::Tuple(y)) | (Ty::Record(_, x), Ty::Record(_, y)) => {
            x.iter().zip(y.iter()).all(|(p, q)| keeps_numbers(p, q))
        }
        (t, joined) => !t.is_number() || t.widen() == joined.widen(),
    }
}

/// Number of turns of a loop over the type, if the type says it.
fn constant_length(ty: &Ty) -> Option<usize> {
    match ty {
        Ty::Tuple(items) => Some(items.len()),
        Ty::Row(row) => Some(row.dtype.fields.len()),
        Ty::Lazy(Lazy::Enumerate | Lazy::Reversed, of) => constant_length(&of[0]),
        Ty::Lazy(Lazy::Zip(_), of) => of.iter().filter_map(constant_length).min(),
        _ => None,
    }
}

/// The position before the first item.
pub fn start_type(ty: &Ty, unrolled: bool) -> Ty {
    match ty {
        _ if is_counted_through(ty) => {
            if unrolled {
                Ty::Lit(Lit::Int(0))
            } else {
                Ty::Pos
            }
        }
        Ty::Lazy(Lazy::Enumerate, of) => Ty::tuple([
            if unrolled { Ty::Lit(Lit::Int(0)) } else { Ty::Pos },
            start_type(&of[0], unrolled),
        ]),
        Ty::Lazy(Lazy::Zip(_), of) => Ty::tuple(of.iter().map(|t| start_type(t, unrolled))),
        // The place in the table, its length at the start, the number of items so far.
        // Of a deque: the position, and how often it has changed at the start. Of an
        // OrderedDict: the next place, that number, and the place after it.
        Ty::Collection(Collection::Deque, _) => Ty::tuple([Ty::Pos, Ty::Pos]),
        Ty::Collection(..) => Ty::tuple(std::iter::repeat_n(Ty::Pos, 3)),
        Ty::Set(..) | Ty::Dict(..) | Ty::Lazy(Lazy::Keys | Lazy::Values | Lazy::Items, _) => {
            Ty::tuple(std::iter::repeat_n(Ty::Pos, 3))
        }
        // A counter, and one for each axis.
        Ty::Lazy(Lazy::NdIndex | Lazy::NdEnumerate | Lazy::Flat, of) => {
            Ty::tuple(std::iter::repeat_n(Ty::Pos, 1 + axes(&of[0])))
        }
        // Its frame has it.
        Ty::Generator(..) => Ty::None,
        other => unreachable!("a position in {other}"),
    }
}

/// The position before the first item in a loop that isn't unrolled; `None` for what
/// can't be iterated over.
pub fn start_type_of(ty: &Ty) -> Option<Ty> {
    check(ty).is_ok().then(|| start_type(ty, false))
}

/// Whether there is an item from a position on (`pybool`, or a constant), and at what.
pub fn next_type(ty: &Ty, pos: &Ty) -> (Ty, Ty) {
    let constant = |truth: bool| Ty::Lit(Lit::Bool(truth));
    match (ty, pos) {
        (Ty::Tuple(items), Ty::Lit(Lit::Int(at))) => {
            (constant(*at < items.len() as i64), pos.clone())
        }
        (Ty::Row(row), Ty::Lit(Lit::Int(at))) => {
            (constant(*at < row.dtype.fields.len() as i64), pos.clone())
        }
        (Ty::Tuple(items), _) if items.is_empty() => (constant(false), pos.clone()),
        (Ty::Lazy(Lazy::Enumerate, of), Ty::Tuple(parts)) => {
            let (more, at) = next_type(&of[0], &parts[1]);
            (more, Ty::tuple([parts[0].clone(), at]))
        }
        (Ty::Lazy(Lazy::Enumerate | Lazy::Reversed, of), _) => {
            (next_type(&of[0], pos).0, pos.clone())
        }
        (Ty::Lazy(Lazy::Zip(strict), of), _) => {
            let mut at = Vec::new();
            let mut all = of.is_empty().then_some(constant(false));
            for (i, component) in of.iter().enumerate() {
                let (more, found) = next_type(component, zip_position(pos, i));
                at.push(match item_type(component, &found) {
                    Some(item) if is_taken_early(of, i) => {
                        Ty::tuple([found, Ty::MaybeUnbound(item.into())])
                    }
                    _ => found,
                });
                all = Some(match (all, more) {
                    (None, more) => more,
                    (Some(Ty::Lit(Lit::Bool(false))), _) => constant(false),
                    (Some(_), Ty::Lit(Lit::Bool(false))) => constant(false),
                    (Some(Ty::Lit(Lit::Bool(true))), more) => more,
                    (Some(all), _) => all,
                });
            }
            let at = if is_counted_through(ty) { pos.clone() } else { Ty::tuple(at) };
            let more = all.unwrap_or(Ty::Bool);
            // A strict zip decides at run time.
            (if *strict && !of.is_empty() { Ty::Bool } else { more }, at)
        }
        (Ty::Generator(_, item), _) => (Ty::Bool, Ty::MaybeUnbound(item.clone())),
        _ => (Ty::Bool, pos.clone()),
    }
}

/// The position of a zip's component.
pub fn zip_position(pos: &Ty, component: usize) -> &Ty {
    match pos {
        Ty::Tuple(parts) => &parts[component],
        shared => shared,
    }
}

/// Whether asking for the next item runs code.
pub fn has_state(ty: &Ty) -> bool {
    match ty {
        Ty::Generator(..) => true,
        Ty::Lazy(_, of) => of.iter().any(has_state),
        _ => false,
    }
}

/// Whether a zip takes a component's item as soon as it is found: one that is asked later
/// runs code, which could change what this one goes over. At what it was found is then a
/// pair of that and the item.
pub fn is_taken_early(components: &[Ty], i: usize) -> bool {
    fn can_change(ty: &Ty) -> bool {
        match ty {
            Ty::List(..) | Ty::Set(..) | Ty::Dict(..) | Ty::Array(_) | Ty::Records(_) => true,
            Ty::Buffer(_) | Ty::Collection(..) => true,
            Ty::Lazy(_, of) => of.iter().any(can_change),
            _ => false,
        }
    }
    can_change(&components[i]) && components[i + 1..].iter().any(has_state)
}

/// Where a zip's component was found, and the item that was taken there at once; `None`
/// where it wasn't: also where nothing tells what the items are, and so there are none.
pub fn taken<'t>(components: &[Ty], i: usize, at: &'t Ty) -> Option<(&'t Ty, &'t Ty)> {
    match at {
        Ty::Tuple(pair) if is_taken_early(components, i) => match &pair[..] {
            [found, Ty::MaybeUnbound(item)] => Some((found, &**item)),
            _ => None,
        },
        _ => None,
    }
}

/// The position after an item.
pub fn after_type(ty: &Ty, at: &Ty) -> Ty {
    match (ty, at) {
        (Ty::Generator(..), _) => Ty::None,
        (_, Ty::Lit(Lit::Int(i))) => Ty::Lit(Lit::Int(i + 1)),
        (Ty::Lazy(Lazy::Enumerate, of), Ty::Tuple(parts)) => {
            Ty::tuple([after_type(&Ty::tuple([]), &parts[0]), after_type(&of[0], &parts[1])])
        }
        (Ty::Lazy(Lazy::Zip(_), of), Ty::Tuple(parts)) => {
            let after = |(i, t)| match taken(of, i, &parts[i]) {
                Some((found, _)) => after_type(t, found),
                None => after_type(t, &parts[i]),
            };
            Ty::tuple(of.iter().enumerate().map(after))
        }
        _ => at.clone(),
    }
}

/// The item that was found; `None` if there never is one.
pub fn item_type(ty: &Ty, at: &Ty) -> Option<Ty> {
    Some(match (ty, at) {
        (Ty::Range(_), _) => Ty::Int,
        (Ty::Array(a), _) => index::leading_item(a),
        (Ty::Records(a), _) => super::structured::leading(a),
        (Ty::Row(row), Ty::Lit(Lit::Int(at))) => super::structured::field_at(row, *at)?,
        (Ty::List(t, _) | Ty::Set(t, _), _) => known(t)?,
        (Ty::Dict(pair, _), _) => known(&pair.0)?,
        (Ty::Collection(_, storage), _) => item_type(storage, at)?,
        (Ty::Str | Ty::Lit(Lit::Str(_)), _) => Ty::Str,
        (Ty::Bytes, _) => Ty::Int,
        (Ty::Buffer(b), _) => super::buffers::element(b),
        (Ty::Lazy(view @ (Lazy::Keys | Lazy::Values | Lazy::Items), of), _) => {
            match of[0].storage() {
                Ty::Dict(pair, _) => match view {
                    Lazy::Keys => known(&pair.0)?,
                    Lazy::Values => known(&pair.1)?,
                    _ => Ty::tuple([known(&pair.0)?, known(&pair.1)?]),
                },
                _ => return None,
            }
        }
        (Ty::Tuple(items), Ty::Lit(Lit::Int(i))) => items.get(usize::try_from(*i).ok()?)?.clone(),
        (Ty::Tuple(items), _) => tuple_item(items)?,
        (Ty::Lazy(Lazy::Enumerate, of), Ty::Tuple(parts)) => {
            Ty::tuple([Ty::Int, item_type(&of[0], &parts[1])?])
        }
        (Ty::Lazy(Lazy::Enumerate, of), _) => Ty::tuple([Ty::Int, item_type(&of[0], at)?]),
        (Ty::Lazy(Lazy::Zip(_), of), _) => {
            let item = |(i, t)| match taken(of, i, zip_position(at, i)) {
                Some((_, item)) => Some(item.clone()),
                None => item_type(t, zip_position(at, i)),
            };
            let items: Option<Vec<Ty>> = of.iter().enumerate().map(item).collect();
            Ty::tuple(items?)
        }
        (Ty::Lazy(Lazy::Reversed, of), Ty::Lit(Lit::Int(i))) => {
            let last = constant_length(&of[0])? as i64 - 1;
            item_type(&of[0], &Ty::Lit(Lit::Int(last - i)))?
        }
        (Ty::Lazy(Lazy::Reversed, of), _) => item_type(&of[0], at)?,
        (Ty::Lazy(Lazy::NdIndex, of), _) => indices(axes(&of[0])),
        (Ty::Lazy(Lazy::NdEnumerate, of), _) => Ty::tuple([indices(axes(&of[0])), element(&of[0])]),
        (Ty::Lazy(Lazy::Flat, of), _) => element(&of[0]),
        // One that has no `yield` that is reached gives no items.
        (Ty::Generator(_, item), _) if **item == Ty::Unbound => return None,
        (Ty::Generator(_, item), _) => (**item).clone(),
        _ => return None,
    })
}

/// An element type, if something has told it: nothing else was ever put in.
fn known(element: &Ty) -> Option<Ty> {
    (!matches!(element, Ty::Open(..))).then(|| element.clone())
}

fn indices(count: usize) -> Ty {
    Ty::tuple(std::iter::repeat_n(Ty::Int, count))
}

fn element(array: &Ty) -> Ty {
    match array {
        Ty::Array(a) => Ty::Num(a.dtype),
        other => unreachable!("elements of {other}"),
    }
}

/// Number of axes that a position of `np.ndindex` and its like has.
pub fn axes(of: &Ty) -> usize {
    match of {
        Ty::Tuple(extents) => extents.len(),
        Ty::Array(a) => a.ndim as usize,
        other => unreachable!("axes of {other}"),
    }
}

impl Sweep<'_, '_, '_> {
    /// The type of an iterator; asks for a form of the function with the loop unrolled
    /// where that is needed.
    pub(super) fn iter(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        place: Option<LoopPlace>,
        span: Span,
    ) -> Typed {
        let ty = known!(self, value);
        if let Some(place) = place.filter(|place| place.unrolled) {
            self.has_copies(place, &ty, span)?;
        }
        if self.has_method(&ty, &["__iter__", "__getitem__"]) {
            let body = "protocols.iterate";
            let Some(types) = self.call_body(block, at, body, &[value], span)? else {
                return Ok(None);
            };
            return match &types[0] {
                generator @ Ty::Generator(..) => one(Ty::Iter(Arc::new(generator.clone()))),
                other => refuse("CB0304", span, format!("__iter__() gives {other:#} here")),
            };
        }
        if super::flags::class_of(&ty).is_some() {
            let made = self.call_body(block, at, "flags.items", &[value], span)?;
            return Ok(made.map(|types| vec![Ty::Iter(Arc::new(types[0].clone()))]));
        }
        if let Err((message, help)) = check(&ty) {
            let d = Diagnostic::error("CB0304", span, message);
            return Err(Box::new(if help.is_empty() { d } else { d.help(help) }));
        }
        // Where there is a **kwargs dict, loops over names have them as constants.
        let names = place.is_some()
            && is_of_names(&ty)
            && self.hir.params.iter().any(|p| p.kind == ParamKind::VarKeywords);
        let few = constant_length(&ty).is_some_and(|n| n <= MAX_UNROLLED);
        if (needs_copies(&ty) || names && few) && !place.is_some_and(|p| p.unrolled) {
            let length = constant_length(&ty).unwrap_or_default();
            if let (Some(place), true) = (place, length <= MAX_UNROLLED) {
                self.engine.spec_mut(self.id).unroll_requests.push((place.number, length as u32));
                return Ok(None);
            }
            // Where there is no loop to repeat, as in a comprehension, items of one joined
            // type do.
            if let Ty::Row(_) = &ty {
                return self.iterate_fields(block, at, value, span);
            }
            if let Ty::Tuple(items) = &ty
                && let Some(joined) = tuple_item(items)
                && items.iter().all(|item| keeps_numbers(item, &joined))
            {
                return one(Ty::Iter(Arc::new(ty)));
            }
            return Err(Box::new(
                Diagnostic::error(
                    "CB0304",
                    span,
                    format!("the items of {ty:#} have different types"),
                )
                .help(format!(
                    "only a `for` statement goes over such items, and over at most {MAX_UNROLLED}"
                )),
            ));
        }
        one(Ty::Iter(Arc::new(ty)))
    }

    /// Whether an unrolled loop has a copy for each item. On another path than the one that
    /// asked for it there may be more of them, and then more copies are asked for, or there
    /// may be any number.
    fn has_copies(&mut self, place: LoopPlace, ty: &Ty, span: Span) -> Result<(), Box<Diagnostic>> {
        let spec = self.engine.spec_mut(self.id);
        let path = &spec.hir.loops[place.number as usize];
        let copies = spec.form.unroll.get(path).copied().unwrap_or_default() as usize;
        match constant_length(ty) {
            Some(length) if length <= copies => Ok(()),
            Some(length) if length <= MAX_UNROLLED => {
                spec.unroll_requests.push((place.number, length as u32));
                Ok(())
            }
            _ => Err(Box::new(Diagnostic::error(
                "CB0301",
                span,
                format!(
                    "this goes over items of different types on one path and over {ty:#} on another"
                ),
            ))),
        }
    }

    /// Whether values of a type can be iterated over.
    pub(super) fn is_iterable(&mut self, ty: &Ty) -> bool {
        check(ty).is_ok()
            || super::flags::class_of(ty).is_some()
            || self.has_method(ty, &["__iter__", "__getitem__"])
    }

    /// `a, b = value`
    pub(super) fn unpack(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        count: usize,
        span: Span,
    ) -> Typed {
        let ty = known!(self, value);
        match &ty {
            Ty::Tuple(items) if items.len() == count => Ok(Some(items.to_vec())),
            Ty::Tuple(items) => refuse(
                "CB0305",
                span,
                format!("{} values can't be unpacked into {count} variables", items.len()),
            ),
            Ty::Array(a) if a.ndim > 0 => Ok(Some(vec![index::leading_item(a); count])),
            Ty::List(t, _) => match &**t {
                Ty::Open(..) => Ok(None),
                t => Ok(Some(vec![t.clone(); count])),
            },
            Ty::Str | Ty::Lit(Lit::Str(_)) => Ok(Some(vec![Ty::Str; count])),
            _ if self.is_iterable(&ty) => self.unpack_iterable(block, at, value, count, span),
            _ => refuse("CB0305", span, format!("{ty:#} can't be unpacked")),
        }
    }

    /// `a, b = value` where the items come one after another.
    fn unpack_iterable(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        count: usize,
        span: Span,
    ) -> Typed {
        let count = count as i64;
        let made = self.call_counted(block, at, "protocols.unpacked", count, value, span)?;
        Ok(made.map(|types| types[0].items().to_vec()))
    }

    /// A call of a body with a constant and a value.
    fn call_counted(
        &mut self,
        block: HBlock,
        at: usize,
        body: &str,
        count: i64,
        value: HValue,
        span: Span,
    ) -> Typed {
        let count = Ty::Lit(Lit::Int(count));
        let body = super::calls::find_body(body);
        let key = super::FunctionKey::Body(body.file, body.name);
        let receiver = Some((super::ArgFrom::Unit(count.clone()), count));
        let args = [CallArg { name: None, value, starred: false }];
        self.call_function(block, at, key, receiver, &args, span, Some("unpacking"))
    }

    /// What the targets of `a, *b = value` take items from.
    pub(super) fn sequence(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        before: u32,
        span: Span,
    ) -> Typed {
        let ty = known!(self, value);
        if self.has_method(&ty, &["__iter__"]) {
            return self.call_counted(block, at, "protocols.sequence", before.into(), value, span);
        }
        match &ty {
            Ty::Tuple(_) | Ty::List(..) | Ty::Array(_) => one(ty),
            _ if self.is_iterable(&ty) => {
                self.call_body(block, at, "builtins.list", &[value], span)
            }
            // What can't be unpacked is refused, or raises, where items are asked for.
            _ => one(ty),
        }
    }

    /// An iterator over the fields of an element where there is no loop to repeat: they are
    /// all read at the start.
    fn iterate_fields(&mut self, block: HBlock, at: usize, row: HValue, span: Span) -> Typed {
        match self.call_body(block, at, "structured.fields_of", &[row], span)?.as_deref() {
            None => Ok(None),
            Some([ty @ Ty::Tuple(items)])
                if tuple_item(items)
                    .is_some_and(|j| items.iter().all(|item| keeps_numbers(item, &j))) =>
            {
                one(Ty::Iter(Arc::new(ty.clone())))
            }
            Some(_) => Err(Box::new(
                Diagnostic::error("CB0304", span, "the fields of the record have different types")
                    .help("only a `for` statement goes over such fields"),
            )),
        }
    }

    /// The type of what an iterator iterates over.
    pub(super) fn iterated(&self, iter: HValue) -> Option<Arc<Ty>> {
        match self.ty(iter)? {
            Ty::Iter(of) => Some(of),
            other => unreachable!("{other} is no iterator"),
        }
    }

    /// Types of the iteration operations but `Iter`.
    pub(super) fn iteration(&mut self, op: &Op) -> Typed {
        let (iter, pos) = match op {
            Op::IterStart(iter, _) => (*iter, None),
            Op::IterNext(iter, pos) | Op::IterItem(iter, pos) | Op::PosNext(iter, pos) => {
                (*iter, Some(known!(self, *pos)))
            }
            other => unreachable!("{other} is no step of an iteration"),
        };
        let Some(of) = self.iterated(iter) else { return Ok(None) };
        match (op, &pos) {
            (Op::IterStart(_, unrolled), _) => one(start_type(&of, *unrolled)),
            (Op::IterNext(..), Some(pos)) => {
                let (more, at) = next_type(&of, pos);
                Ok(Some(vec![more, at]))
            }
            (Op::IterItem(..), Some(at)) => match item_type(&of, at) {
                Some(item) => one(item),
                None => Ok(None),
            },
            (Op::PosNext(..), Some(at)) => one(after_type(&of, at)),
            _ => Ok(None),
        }
    }

    /// A call that makes a lazy iterator; `None` if the name is another one.
    pub(super) fn lazy_call(
        &mut self,
        block: HBlock,
        at: usize,
        name: &str,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let lazy = match name {
            "builtins.enumerate" => Lazy::Enumerate,
            "builtins.zip" => Lazy::Zip(false),
            "builtins.reversed" => Lazy::Reversed,
            "numpy.ndindex" => Lazy::NdIndex,
            "numpy.ndenumerate" => Lazy::NdEnumerate,
            _ => return None,
        };
        let mut types = Vec::with_capacity(args.len());
        for arg in args {
            match self.ty(arg.value) {
                Some(ty) => types.push((arg.name.as_deref(), ty)),
                None => return Some(Ok(None)),
            }
        }
        // Items of dicts have no positions: bodies go over their keys.
        let body = match (lazy, types.as_slice()) {
            (Lazy::Reversed, [(None, Ty::Dict(..))]) => Some("tables.reversed_keys"),
            (Lazy::Reversed, [(None, Ty::Lazy(view, _))]) if view.is_view() => {
                Some("tables.reversed_view")
            }
            _ => None,
        };
        if let Some(body) = body {
            return Some(self.call_body(block, at, body, &[args[0].value], span));
        }
        // Instances by their methods.
        let instance = types.iter().any(|(_, ty)| match lazy {
            Lazy::Reversed => self.has_method(ty, &["__reversed__", "__getitem__"]),
            _ => self.has_method(ty, &["__iter__", "__getitem__"]),
        });
        let body = match lazy {
            Lazy::Enumerate => "protocols.enumerated",
            Lazy::Zip(_) => "protocols.zipped",
            _ => "protocols.backwards",
        };
        if instance && matches!(lazy, Lazy::Enumerate | Lazy::Zip(_) | Lazy::Reversed) {
            let body = super::calls::find_body(body);
            let key = super::FunctionKey::Body(body.file, body.name);
            return Some(self.call_function(block, at, key, None, args, span, Some(name)));
        }
        Some(match lazy_type(lazy, &types) {
            Ok(ty) => {
                self.act(block, at, Action::Lazy);
                one(ty)
            }
            Err((code, message)) => refuse(code, span, message),
        })
    }
}

type Refused = (&'static str, String);

/// The type of a lazy iterator made with arguments (keyword, type).
fn lazy_type(lazy: Lazy, args: &[(Option<&str>, Ty)]) -> Result<Ty, Refused> {
    let name = lazy.name();
    let iterable = |ty: &Ty| match check(ty) {
        Ok(()) => Ok(ty.clone()),
        Err((message, _)) => Err(("CB0304", message)),
    };
    let wrong = || Err(("CB0410", format!("{name}() doesn't take these arguments")));
    let made = |kind: Lazy, of: Vec<Ty>| Ok(Ty::Lazy(kind, of.into()));
    match (lazy, args) {
        (Lazy::Enumerate, [(None | Some("iterable"), of)]) => made(lazy, vec![iterable(of)?]),
        (Lazy::Enumerate, [(None | Some("iterable"), of), (None | Some("start"), start)])
        | (Lazy::Enumerate, [(Some("start"), start), (Some("iterable"), of)]) => {
            if !index::is_index_int(start) && !matches!(start, Ty::Bool | Ty::Lit(Lit::Bool(_))) {
                return Err((
                    "CB0303",
                    format!("'{start:#}' object cannot be interpreted as an integer"),
                ));
            }
            made(lazy, vec![iterable(of)?])
        }
        (Lazy::Zip(_), _) => {
            let mut strict = false;
            let mut of = Vec::new();
            for (keyword, ty) in args {
                match (keyword, ty) {
                    (None, ty) => of.push(iterable(ty)?),
                    (Some("strict"), ty) => match super::constant_truth(ty) {
                        Some(truth) => strict = truth,
                        None => {
                            return Err((
                                "CB0303",
                                "zip()'s argument 'strict' must be a constant".into(),
                            ));
                        }
                    },
                    (Some(_), _) => return wrong(),
                }
            }
            made(Lazy::Zip(strict), of)
        }
        (Lazy::Reversed, [(None, of)]) => match of {
            Ty::Range(_) | Ty::Array(_) | Ty::Tuple(_) | Ty::List(..) | Ty::Str | Ty::Bytes => {
                made(lazy, vec![iterable(of)?])
            }
            Ty::Buffer(_) => made(lazy, vec![iterable(of)?]),
            other => Err(("CB0303", format!("'{other:#}' object is not reversible"))),
        },
        (Lazy::NdIndex, _) => {
            let extents: Vec<Ty> = match args {
                [(None, Ty::Tuple(extents))] => extents.to_vec(),
                _ => args.iter().map(|(_, ty)| ty.clone()).collect(),
            };
            let plain = args.iter().all(|(keyword, _)| keyword.is_none());
            if !plain || !extents.iter().all(index::is_index_int) {
                return wrong();
            }
            made(lazy, vec![indices(extents.len())])
        }
        (Lazy::NdEnumerate, [(None | Some("arr"), of @ Ty::Array(_))]) => {
            made(lazy, vec![of.clone()])
        }
        _ => wrong(),
    }
}

/// Lazy iterators that are not iterated over where they are made: what compiled code
/// can't do, since they have no state there.
pub fn check_single_use(spec: &Specialization) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    // Library bodies go over what they are given once.
    if let super::FunctionKey::Body(..) = spec.key {
        return errors;
    }
    let is_lazy = |v: HValue| match &spec.types[v.0 as usize] {
        Some(Ty::Lazy(lazy, _)) => !lazy.is_view() && lazy.is_iterator(),
        _ => false,
    };
    let is_flat = |v: HValue| matches!(spec.types[v.0 as usize], Some(Ty::Lazy(Lazy::Flat, _)));
    if !(0..spec.types.len() as u32).any(|v| is_lazy(HValue(v))) {
        return errors;
    }
    let mut refuse = |v: HValue, what: &str| {
        let span = spec.hir.values[v.0 as usize].span;
        let name = match &spec.types[v.0 as usize] {
            Some(Ty::Lazy(lazy, _)) => lazy.name(),
            _ => "iterator",
        };
        errors.push(
            Diagnostic::error("CB0311", span, format!("this {name} object {what}"))
                .help("write it where it is iterated over, as in `for i, x in enumerate(a):`"),
        );
    };
    for (b, block) in spec.hir.blocks.iter().enumerate() {
        if !spec.reachable[b] {
            continue;
        }
        let results = block.insts.iter().flat_map(|i| i.results.iter());
        let made: Vec<HValue> =
            block.params.iter().chain(results).copied().filter(|&v| is_lazy(v)).collect();
        if b > 0 {
            for &param in block.params.iter().filter(|&&v| is_lazy(v)) {
                refuse(param, "is kept in a variable");
            }
        }
        let mut used = Vec::new();
        for inst in block.insts.iter().filter(|inst| !matches!(inst.op, Op::Keep(_))) {
            let allowed = match &inst.op {
                Op::Iter(..) | Op::Generator(..) => true,
                Op::Call(callee, _) => {
                    matches!(spec.types[callee.0 as usize], Some(Ty::Callable(_)))
                }
                Op::Item(..) | Op::Attr(..) | Op::SetItem(..) => true,
                _ => false,
            };
            // Its elements are those of the array.
            let element_of = match inst.op {
                Op::Item(v, _) | Op::SetItem(v, ..) if is_flat(v) && made.contains(&v) => Some(v),
                _ => None,
            };
            crate::lower::ownership::for_each_operand(&inst.op, |v| {
                let method = match &spec.types[v.0 as usize] {
                    Some(Ty::Callable(Callable::Method(of, _))) => matches!(**of, Ty::Lazy(..)),
                    _ => false,
                };
                if !is_lazy(v) && !method || element_of == Some(v) {
                    return;
                }
                if !allowed {
                    refuse(v, "is used for something else than a loop");
                } else if !made.contains(&v) {
                    refuse(v, "is used elsewhere than where it is made");
                } else if used.contains(&v) {
                    refuse(v, "is used more than once");
                }
                used.push(v);
            });
        }
        let mut left = Vec::new();
        match &block.terminator {
            Terminator::Return(v) => left.push(*v),
            Terminator::Branch { cond, .. } => left.push(*cond),
            _ => {}
        }
        for edge in block.edges() {
            left.extend(edge.args.iter().copied());
        }
        for v in left {
            if is_lazy(v) {
                refuse(v, "is kept in a variable or returned");
            }
        }
    }
    errors
}
