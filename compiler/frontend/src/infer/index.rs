//! Subscripts: what an index means for a type, planned once for typing and lowering.

use super::Action;
use super::Sweep;
use super::expressions::{Typed, any_item, known, one, refuse};
use crate::hir::{HBlock, HValue};
use crate::numeric;
use crate::types::{ArrayTy, Callable, DType, Layout, Lazy, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// The most dimensions that an array can have, NumPy's limit.
pub const MAX_NDIM: usize = 64;

/// What one element of an index does.
#[derive(Clone, PartialEq, Debug)]
pub enum IndexStep {
    /// An integer: consumes a dimension. The number of the index element.
    Int(usize),
    /// A slice: keeps a dimension, restricted. The number of the index element.
    Slice(usize),
    /// A whole dimension (`:`, what `...` stands for, what is left out).
    Full,
    /// A new dimension of extent 1.
    NewAxis,
}

/// An index against an array type.
#[derive(Clone, PartialEq, Debug)]
pub struct IndexPlan {
    /// Steps, in order over the array's dimensions.
    pub steps: Vec<IndexStep>,
    /// Type of the elements of the index (one for an index that is no tuple).
    pub elements: Vec<Ty>,
    /// The result: an element's type or a view's.
    pub result: Ty,
}

/// The elements of an index: a tuple's items, or the index itself.
pub fn elements(index: &Ty) -> Vec<Ty> {
    match index {
        Ty::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    }
}

/// Whether a type can be an integer index.
pub fn is_index_int(ty: &Ty) -> bool {
    match ty {
        Ty::Int | Ty::Lit(Lit::Int(_)) => true,
        Ty::Num(d) => d.is_int(),
        _ => false,
    }
}

/// Whether an index picks single elements: an array or a list is among its elements.
pub fn is_advanced(index: &Ty) -> bool {
    elements(index).iter().any(|t| matches!(t, Ty::Array(_) | Ty::List(..)))
}

/// Plans `array[index]`; the message if it can't be.
pub fn plan(array: &ArrayTy, index: &Ty) -> Result<IndexPlan, (String, Option<&'static str>)> {
    let elements = elements(index);
    let consumed = elements.iter().filter(|t| is_index_int(t) || matches!(t, Ty::Slice(_))).count();
    let ellipses = elements.iter().filter(|t| matches!(t, Ty::Ellipsis)).count();
    let ndim = array.ndim as usize;
    if ellipses > 1 {
        return Err(("an index can only have a single ellipsis ('...')".into(), None));
    }
    if consumed > ndim {
        return Err((
            format!(
                "too many indices for array: array is {ndim}-dimensional, but {consumed} were indexed"
            ),
            None,
        ));
    }
    let mut steps = Vec::new();
    for (i, element) in elements.iter().enumerate() {
        match element {
            t if is_index_int(t) => steps.push(IndexStep::Int(i)),
            Ty::Slice(parts) => {
                for part in parts.iter() {
                    if !(is_index_int(part) || *part == Ty::None) {
                        return Err((
                            format!("a slice's bounds are integers or None, not {part:#}"),
                            None,
                        ));
                    }
                }
                if matches!(&parts[2], Ty::Lit(Lit::Int(0))) {
                    return Err(("slice step cannot be zero".into(), None));
                }
                let whole = parts.iter().all(|p| *p == Ty::None);
                steps.push(if whole { IndexStep::Full } else { IndexStep::Slice(i) });
            }
            Ty::Ellipsis => steps.extend(std::iter::repeat_n(IndexStep::Full, ndim - consumed)),
            Ty::None => steps.push(IndexStep::NewAxis),
            Ty::Bool | Ty::Lit(Lit::Bool(_)) | Ty::Num(DType::Bool) => {
                return Err((
                    "an index that is a truth value is not compiled yet".into(),
                    Some("use an integer"),
                ));
            }
            Ty::Float | Ty::Num(_) | Ty::Lit(Lit::Float(_)) | Ty::Complex => {
                return Err((
                    format!(
                        "only integers, slices, ellipsis, newaxis and integer or boolean arrays are valid indices, not {element:#}"
                    ),
                    Some("use `//` for whole numbers, or convert it with int(...)"),
                ));
            }
            Ty::Array(_) => {
                return Err((
                    "indexing with an array is not compiled yet".into(),
                    Some("loop over the indices"),
                ));
            }
            other => return Err((format!("{other:#} can't be an index"), None)),
        }
    }
    if ellipses == 0 {
        steps.extend(std::iter::repeat_n(IndexStep::Full, ndim - consumed));
    }
    let kept = steps.iter().filter(|s| !matches!(s, IndexStep::Int(_))).count();
    if kept > MAX_NDIM {
        return Err((
            format!(
                "number of dimensions must be within [0, {MAX_NDIM}], indexing result would have {kept}"
            ),
            None,
        ));
    }
    let result = if kept == 0 && ellipses == 0 {
        Ty::Num(array.dtype)
    } else {
        let layout = view_layout(array, &steps, &elements);
        Ty::Array(ArrayTy { ndim: kept as u8, layout, ..*array })
    };
    Ok(IndexPlan { steps, elements, result })
}

/// The layout known for a view. C order survives leading integers followed by at
/// most one slice of step 1 and whole dimensions; F order the mirror image.
fn view_layout(array: &ArrayTy, steps: &[IndexStep], elements: &[Ty]) -> Layout {
    let unit = |step: &IndexStep| match step {
        IndexStep::Slice(i) => match &elements[*i] {
            Ty::Slice(parts) => matches!(&parts[2], Ty::None | Ty::Lit(Lit::Int(1))),
            _ => false,
        },
        _ => true,
    };
    let contiguous = |steps: &mut dyn Iterator<Item = &IndexStep>| {
        let mut kept = false;
        for step in steps {
            match step {
                IndexStep::Int(_) if kept => return false,
                IndexStep::Slice(_) if kept || !unit(step) => return false,
                IndexStep::Int(_) => {}
                IndexStep::NewAxis | IndexStep::Slice(_) | IndexStep::Full => kept = true,
            }
        }
        true
    };
    match array.layout {
        Layout::C if contiguous(&mut steps.iter()) => Layout::C,
        Layout::F if contiguous(&mut steps.iter().rev()) => {
            if steps.iter().filter(|s| !matches!(s, IndexStep::Int(_))).count() < 2 {
                Layout::C
            } else {
                Layout::F
            }
        }
        _ => Layout::A,
    }
}

/// The type of `a[i]` with one integer.
pub fn leading_item(a: &ArrayTy) -> Ty {
    match plan(a, &Ty::Int) {
        Ok(plan) => plan.result,
        Err(_) => unreachable!("an array of no dimensions has no items"),
    }
}

/// `tuple[slice]` with constant bounds: which items. `None` if the slice isn't
/// constant or its step is zero.
pub fn tuple_slice(len: usize, parts: &[Ty; 3]) -> Option<Vec<usize>> {
    let constant = |t: &Ty| match t {
        Ty::None => Some(None),
        Ty::Lit(Lit::Int(i)) => Some(Some(*i)),
        _ => None,
    };
    let (start, stop, step) =
        (constant(&parts[0])?, constant(&parts[1])?, constant(&parts[2])?.unwrap_or(1));
    let len = len as i64;
    let clamp = |i: i64, low: i64, high: i64| {
        if i < 0 { (i.saturating_add(len)).max(low) } else { i.min(high) }
    };
    let mut items = Vec::new();
    if step > 0 {
        let (mut i, stop) =
            (clamp(start.unwrap_or(0), 0, len), stop.map_or(len, |s| clamp(s, 0, len)));
        while i < stop {
            items.push(i as usize);
            i = i.saturating_add(step);
        }
    } else if step < 0 {
        let (mut i, stop) = (
            start.map_or(len - 1, |s| clamp(s, -1, len - 1)),
            stop.map_or(-1, |s| clamp(s, -1, len - 1)),
        );
        while i > stop {
            items.push(i as usize);
            i = i.saturating_add(step);
        }
    } else {
        return None;
    }
    Some(items)
}

/// The item of a constant index, negative ones from the end.
pub fn tuple_position(len: usize, index: i64) -> Option<usize> {
    let i = if index < 0 { index + len as i64 } else { index };
    usize::try_from(i).ok().filter(|&i| i < len)
}

/// The attribute of `a.flags` that an item of it is.
fn flag_attribute(flag: &str) -> String {
    match flag {
        "C" | "CONTIGUOUS" => "c_contiguous".into(),
        "F" | "FORTRAN" => "f_contiguous".into(),
        "W" => "writeable".into(),
        "A" => "aligned".into(),
        "O" => "owndata".into(),
        "X" => "writebackifcopy".into(),
        "B" => "behaved".into(),
        "CA" => "carray".into(),
        "FA" => "farray".into(),
        // Only names in capitals are items.
        other if other.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') => other.to_lowercase(),
        other => format!("[{other}]"),
    }
}

impl Sweep<'_, '_, '_> {
    pub(super) fn item(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        index: HValue,
        span: Span,
    ) -> Typed {
        let index_value = index;
        let (ty, index) = (known!(self, value), known!(self, index));
        if let Ty::Array(_) = &ty
            && is_advanced(&index)
        {
            return self.call_body(block, at, "indexing.pick", &[value, index_value], span);
        }
        if let (Ty::Range(_), Ty::Slice(_)) = (&ty, &index) {
            return self.call_body(block, at, "ranges_of_ints.picked", &[value, index_value], span);
        }
        // `a.flags["WRITEABLE"]`
        if let (Ty::Callable(Callable::Method(of, held)), Ty::Lit(Lit::Str(flag))) = (&ty, &index)
            && **held == *"flags"
            && matches!(**of, Ty::Array(_))
        {
            let name: Arc<str> = flag_attribute(flag).into();
            return self.attribute(block, at, value, &name, span);
        }
        // `np.r_[...]` and its like.
        if let Ty::Callable(Callable::Library(name)) = &ty
            && let getter = format!("{name}.__getitem__")
            && cumbia_library::implementation(&getter).is_some()
        {
            return self.call_body(block, at, &getter, &[index_value], span);
        }
        if let Some(item) = self.flat_item(block, at, value, &[index_value], span) {
            return item;
        }
        match (&ty, &index) {
            (Ty::Array(a), _) => match plan(a, &index) {
                Ok(plan) => one(plan.result),
                Err((message, help)) => {
                    let mut d = Diagnostic::error("CB0501", span, message);
                    d.help = help.map(str::to_string);
                    Err(Box::new(d))
                }
            },
            (Ty::Tuple(items), Ty::Lit(Lit::Int(i))) => match tuple_position(items.len(), *i) {
                Some(i) => one(items[i].clone()),
                None => refuse("CB0502", span, "tuple index out of range"),
            },
            (Ty::Range(_), t) if is_index_int(t) => one(Ty::Int),
            (Ty::Tuple(items), Ty::Slice(parts)) => match tuple_slice(items.len(), parts) {
                Some(picked) => one(Ty::tuple(picked.into_iter().map(|i| items[i].clone()))),
                None => {
                    let operands = [value, index_value];
                    self.of_any_length(block, at, "collections.sliced", operands, span)
                }
            },
            (Ty::Tuple(items), t) if is_index_int(t) => match any_item(items) {
                Some(item) => one(item),
                None => Err(Box::new(
                    Diagnostic::error(
                        "CB0502",
                        span,
                        format!("{ty:#} can't be indexed by a number known at run time only"),
                    )
                    .help(
                        "use a constant index, or a tuple of numbers, of arrays of one dtype and number of axes, or of functions",
                    ),
                )),
            },
            (Ty::List(..) | Ty::Dict(..) | Ty::Str | Ty::Bytes | Ty::Lit(Lit::Str(_)), _) => {
                self.container_item(&ty, &index, span)
            }
            (Ty::Lazy(Lazy::Args, _), _) => Err(Box::new(
                Diagnostic::error(
                    "CB0503",
                    span,
                    "an item of an exception's args is not compiled: its type isn't known",
                )
                .help("str(e) is the text of the only argument; keep other values in variables"),
            )),
            _ => refuse("CB0503", span, format!("{ty:#} can't be indexed with {index:#}")),
        }
    }

    pub(super) fn set_item(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        index: HValue,
        item: HValue,
        span: Span,
    ) -> Typed {
        let index_value = index;
        let (ty, index, item_ty) = (known!(self, value), known!(self, index), known!(self, item));
        if let (Ty::List(..), Ty::Slice(_)) = (&ty, &index) {
            // The slice is given to a body as a value.
            return self.call_operator(
                block,
                at,
                "list.__setitem__",
                &[value, index_value, item],
                span,
            );
        }
        if let Ty::Collection(_, storage) = &ty {
            if let Ty::List(..) = &**storage
                && !self.tell(storage, 0, &item_ty, span)?
            {
                return Ok(None);
            }
            let operands = [value, index_value, item];
            let done = self.collection_operation(block, at, "__setitem__", &operands, span)?;
            return Ok(done.map(|_| Vec::new()));
        }
        if let Ty::List(..) | Ty::Dict(..) = &ty {
            let ready = self.set_container_item(&ty, &index, &item_ty, span)?;
            return Ok(ready.then(Vec::new));
        }
        if let Some(done) = self.flat_item(block, at, value, &[index_value, item], span) {
            return Ok(done?.map(|_| Vec::new()));
        }
        let Ty::Array(array) = &ty else {
            return refuse("CB0503", span, format!("{ty:#} doesn't support item assignment"));
        };
        if is_advanced(&index) {
            let done =
                self.call_body(block, at, "indexing.put", &[value, index_value, item], span)?;
            return Ok(done.map(|_| Vec::new()));
        }
        let plan = match plan(array, &index) {
            Ok(plan) => plan,
            Err((message, help)) => {
                let mut d = Diagnostic::error("CB0501", span, message);
                d.help = help.map(str::to_string);
                return Err(Box::new(d));
            }
        };
        match (&plan.result, &item_ty) {
            (Ty::Num(dtype), t) if t.is_number() || t.as_time().is_some() => {
                if let Err(e) = numeric::store_rule(t, *dtype) {
                    return Err(super::numeric_error(e, span));
                }
                self.act(block, at, Action::Plain);
                Ok(Some(Vec::new()))
            }
            (Ty::Num(_), Ty::Array(a)) if a.ndim == 0 => {
                refuse("CB0504", span, "storing a 0-d array as an element is not compiled yet")
            }
            (Ty::Num(_), other) => {
                refuse("CB0504", span, format!("{other:#} can't be an element of {ty:#}"))
            }
            (Ty::Array(_), t)
                if t.is_number()
                    || t.as_time().is_some()
                    || matches!(t, Ty::Array(_))
                    || has_number_items(t) =>
            {
                let body = match t {
                    Ty::Array(_) => "arrays.assign",
                    Ty::Tuple(_) | Ty::List(..) => "arrays.assign_items",
                    _ => "arrays.fill",
                };
                // The view is made by lowering and given as the first argument.
                self.call_body_types(
                    block,
                    at,
                    body,
                    vec![plan.result.clone(), item_ty.clone()],
                    span,
                )?;
                Ok(Some(Vec::new()))
            }
            (_, other) => {
                refuse("CB0504", span, format!("{other:#} can't be assigned to a part of an array"))
            }
        }
    }
}

/// Whether it is a tuple or list of numbers, which are stored one by one.
fn has_number_items(ty: &Ty) -> bool {
    match ty {
        Ty::Tuple(items) => !items.is_empty() && items.iter().all(Ty::is_number),
        Ty::List(item, _) => item.is_number(),
        _ => false,
    }
}
