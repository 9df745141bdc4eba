//! Arrays of structured dtypes and their elements: fields, items, stores, attributes.
//!
//! `a["f"]` is a view, `a[i]` an element that refers to the array. What moves whole elements
//! is written in the language (`library/bodies/structured.py`), over the integers that an
//! element is made of. Everything else that arrays can do is refused here by the
//! operation's own words.

use super::expressions::{Typed, known, one, refuse};
use super::index::{is_advanced, plan};
use super::structural::literal_bool;
use super::{Action, FunctionKey, Sweep};
use crate::hir::{CompareOp, HBlock, HValue, HirInst, Op};
use crate::numeric;
use crate::structured::{RecordsTy, RowTy, StructDtype, StructField};
use crate::types::{ArrayTy, Callable, Layout, Lit, TextKind, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// The type of `a[index]` for integers and slices.
pub fn indexed(a: &RecordsTy, index: &Ty) -> Result<Ty, (String, Option<&'static str>)> {
    // The layout follows from that of the array; the steps don't depend on it.
    let array = ArrayTy { layout: a.layout, ..a.bytes() };
    Ok(match plan(&array, index)?.result {
        Ty::Array(view) => {
            Ty::Records(RecordsTy { ndim: view.ndim, layout: view.layout, ..a.clone() }.into())
        }
        _ => a.element(),
    })
}

/// The type of a field of an element by its position in a loop over the fields.
pub fn field_at(row: &RowTy, at: i64) -> Option<Ty> {
    let field = row.dtype.fields.get(usize::try_from(at).ok()?)?;
    row.field(field).ok()
}

/// The type of an item of a loop over the array.
pub fn leading(a: &RecordsTy) -> Ty {
    match indexed(a, &Ty::Int) {
        Ok(ty) => ty,
        Err(_) => unreachable!("an array of no dimensions has no items"),
    }
}

fn field_of<'d>(
    fields: &'d [StructField],
    name: &str,
    span: Span,
) -> Result<&'d StructField, Box<Diagnostic>> {
    match fields.iter().find(|f| &*f.name == name) {
        Some(field) => Ok(field),
        None => {
            let known: Vec<&str> = fields.iter().map(|f| &*f.name).collect();
            Err(Box::new(
                Diagnostic::error("CB0503", span, format!("no field of name {name}"))
                    .note(format!("the fields are {}", known.join(", "))),
            ))
        }
    }
}

/// The type of a field, or why it has none.
fn taken(name: &str, ty: Result<Ty, Arc<str>>, span: Span) -> Result<Ty, Box<Diagnostic>> {
    ty.map_err(|what| {
        let message = format!("the field '{name}' is of {what}, which compiled code can't use");
        Box::new(
            Diagnostic::error("CB0503", span, message)
                .help("the other fields can be used; convert this one outside of the function"),
        )
    })
}

/// The position of a field by its name, or for an element also by its number.
pub fn row_field(ty: &RowTy, index: &Ty) -> Option<usize> {
    match index {
        Ty::Lit(Lit::Str(name)) => ty.dtype.field(name),
        Ty::Lit(Lit::Int(i)) => super::index::tuple_position(ty.dtype.fields.len(), *i),
        _ => None,
    }
}

/// Whether a value can be stored as a text: strings, bytes, and what has the text that
/// `str` gives.
fn is_text_value(ty: &Ty) -> bool {
    match ty {
        Ty::Text(_) | Ty::Str | Ty::Bytes | Ty::None => true,
        Ty::Lit(_) | Ty::Int | Ty::Bool | Ty::Float => true,
        Ty::Num(dtype) => dtype.is_int(),
        _ => false,
    }
}

fn is_structured(ty: &Ty) -> bool {
    match ty {
        Ty::Records(_) | Ty::Row(_) => true,
        Ty::Tuple(items) => items.iter().any(is_structured),
        _ => false,
    }
}

/// The result type of a primitive; `None` if the name is none of these.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, numeric::NumericError>> {
    Some(Ok(match (name, args) {
        ("prim.is_records", [t]) => literal_bool(matches!(t, Ty::Records(_))),
        ("prim.is_row", [t]) => literal_bool(matches!(t, Ty::Row(_))),
        ("prim.is_text_array", [t]) => {
            literal_bool(matches!(t, Ty::Records(a) if a.dtype.text.is_some()))
        }
        ("prim.is_numpy_text", [t]) => literal_bool(matches!(t, Ty::Text(_))),
        ("prim.is_points", [Ty::Records(a)]) => {
            literal_bool(a.dtype.text == Some(TextKind::Points))
        }
        ("prim.plain_text", [Ty::Text(kind)]) => kind.plain(),
        ("prim.class_of_text", [Ty::Text(kind)]) => {
            Ty::Lit(Lit::Str(kind.class().replacen("numpy", "np", 1).into()))
        }
        ("prim.dtype", [Ty::Records(a)]) => Ty::StructDType(a.dtype.clone()),
        ("prim.dtype", [Ty::Row(a)]) => Ty::StructDType(a.dtype.clone()),
        ("prim.readonly", [Ty::Records(a)]) => literal_bool(a.readonly),
        ("prim.readonly", [Ty::Row(a)]) => literal_bool(a.readonly),
        ("prim.layout", [Ty::Records(a)]) => super::structural::layout_name(a.layout),
        ("prim.units", [Ty::Records(a)]) if a.dtype.is_plain() => Ty::Array(a.units()),
        ("prim.units", [Ty::Row(a)]) if a.dtype.is_plain() => Ty::Array(a.units()),
        // Integers as elements again, of an array like the second; their last dimension is
        // an element's.
        ("prim.of_units", [Ty::Array(units), Ty::Records(like)]) if units.ndim > 0 => Ty::Records(
            RecordsTy {
                ndim: units.ndim - 1,
                layout: if units.layout == Layout::C { Layout::C } else { Layout::A },
                readonly: units.readonly,
                ..(**like).clone()
            }
            .into(),
        ),
        _ => return None,
    }))
}

impl Sweep<'_, '_, '_> {
    /// The types of an instruction on structured data; `None` for any other.
    pub(super) fn structured_instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Typed> {
        let span = inst.span;
        match &inst.op {
            Op::Item(a, i) => match self.ty(*a)? {
                Ty::Records(ty) => Some(self.records_item(block, at, (*a, &ty), *i, span)),
                Ty::Row(ty) => Some(self.row_item(&ty, *i, span)),
                _ => None,
            },
            Op::SetItem(a, i, v) => match self.ty(*a)? {
                Ty::Records(ty) => Some(self.set_records(block, at, (*a, &ty), (*i, *v), span)),
                Ty::Row(ty) => Some(self.set_row(block, at, &ty, *i, *v, span)),
                _ => None,
            },
            Op::SetAttr(a, name, v) => match self.ty(*a)? {
                // These of a record are no fields, whatever the fields are called.
                Ty::Row(_) if matches!(&**name, "dtype" | "getfield" | "setfield") => None,
                Ty::Row(ty) if self.has_named_fields(&ty, name) => {
                    let place = |f: &StructField| ty.field_place(f);
                    Some(self.set_named(block, at, &ty.dtype, place, name, *v, span))
                }
                Ty::Records(ty) if ty.recarray && ty.dtype.field(name).is_some() => {
                    if of_arrays(name) {
                        return None;
                    }
                    Some(self.set_named(block, at, &ty.dtype, |f| ty.field(f), name, *v, span))
                }
                _ => None,
            },
            Op::Attr(a, name) => match self.ty(*a)? {
                Ty::Records(ty) => Some(records_attribute(&ty, name, span)),
                Ty::Row(ty) if self.engine.device && ty.dtype.field(name).is_some() => {
                    let found = field_of(&ty.dtype.fields, name, span);
                    Some(found.and_then(|f| one(taken(name, ty.field(f), span)?)))
                }
                Ty::Row(ty) => Some(row_attribute(&ty, name, span)),
                _ => None,
            },
            Op::Unpack(a) => match self.ty(*a)? {
                Ty::Row(ty) if ty.dtype.fields.len() == inst.results.len() => {
                    let fields = ty.dtype.fields.iter();
                    Some(
                        fields
                            .map(|f| taken(&f.name, ty.field(f), span))
                            .collect::<Result<Vec<_>, _>>()
                            .map(Some),
                    )
                }
                _ => None,
            },
            Op::Compare(op, a, b)
                if !matches!(op, CompareOp::Is | CompareOp::IsNot)
                    && let (ta, tb) = (self.ty(*a)?, self.ty(*b)?)
                    && (matches!(ta, Ty::Records(_)) || matches!(tb, Ty::Records(_))) =>
            {
                let body = match op {
                    CompareOp::Eq => "records_compared.equal",
                    CompareOp::Ne => "records_compared.unequal",
                    CompareOp::Lt => "records_compared.less",
                    CompareOp::Le => "records_compared.less_equal",
                    CompareOp::Gt => "records_compared.greater",
                    CompareOp::Ge => "records_compared.greater_equal",
                    // Lowering turns the answer round for `not in`.
                    _ => "records_compared.is_in",
                };
                // Membership in a container is decided by `==` of its items.
                if matches!(op, CompareOp::In | CompareOp::NotIn) && !matches!(tb, Ty::Records(_)) {
                    let message = format!("whether {tb:#} has {ta:#} in it is not compiled");
                    return Some(refuse("CB0303", span, message));
                }
                Some(self.call_body(block, at, body, &[*a, *b], span))
            }
            Op::Compare(op @ (CompareOp::Eq | CompareOp::Ne), a, b) => {
                match (self.ty(*a)?, self.ty(*b)?) {
                    (Ty::Row(x), Ty::Row(y)) if x.dtype == y.dtype => {
                        let body = match op {
                            CompareOp::Eq => "structured.equal",
                            _ => "structured.unequal",
                        };
                        Some(self.call_body(block, at, body, &[*a, *b], span))
                    }
                    (x @ Ty::Row(_), y) | (y, x @ Ty::Row(_)) => {
                        let message = format!("comparing {x:#} and {y:#} is not compiled");
                        Some(refuse("CB0303", span, message))
                    }
                    _ => None,
                }
            }
            Op::Call(callee, args) => {
                let Ty::Callable(Callable::Library(name)) = self.ty(*callee)? else { return None };
                let mut found = false;
                for arg in args {
                    found |= is_structured(&self.ty(arg.value)?);
                }
                match (found, args.as_slice()) {
                    (false, _) => None,
                    (_, [arg]) if &*name == "builtins.len" => match self.ty(arg.value)? {
                        Ty::Records(ty) if ty.ndim > 0 => {
                            self.act(block, at, Action::Structural("records.len".into()));
                            Some(one(Ty::Int))
                        }
                        Ty::Row(ty) => {
                            self.act(block, at, Action::Plain);
                            Some(one(Ty::Lit(Lit::Int(ty.dtype.fields.len() as i64))))
                        }
                        _ => None,
                    },
                    (_, [arg])
                        if &*name == "builtins.tuple"
                            && matches!(self.ty(arg.value)?, Ty::Row(_))
                            && arg.name.is_none()
                            && !arg.starred =>
                    {
                        Some(self.call_body(block, at, "structured.fields_of", &[arg.value], span))
                    }
                    // A function of NumPy that has a body of its own for records.
                    _ if name.starts_with("numpy.") => {
                        let qualified = format!("{name}/records");
                        let body = cumbia_library::implementation(&qualified)?;
                        let key = FunctionKey::Body(body.file, body.name);
                        let of = Some(&*name);
                        Some(self.call_function(block, at, key, None, args, span, of))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether a field can be assigned as an attribute: of NumPy's records, and in kernels of
    /// all structured elements, as in Numba.
    fn has_named_fields(&self, ty: &RowTy, name: &str) -> bool {
        ty.dtype.record || self.engine.device && ty.dtype.field(name).is_some()
    }

    fn records_item(
        &mut self,
        block: HBlock,
        at: usize,
        (array, ty): (HValue, &Arc<RecordsTy>),
        index: HValue,
        span: Span,
    ) -> Typed {
        let index_ty = known!(self, index);
        if matches!(&index_ty, Ty::List(t, _) if t.widen() == Ty::Str) {
            let message = "several fields of an array at once are not compiled";
            let error = Diagnostic::error("CB0303", span, message);
            return Err(Box::new(
                error.help("take the fields one by one, as in a['x'] and a['y']"),
            ));
        }
        if is_advanced(&index_ty) {
            return self.call_body(block, at, "structured.pick_records", &[array, index], span);
        }
        self.act(block, at, Action::Plain);
        one(place(ty, &index_ty, span)?)
    }

    fn row_item(&mut self, ty: &Arc<RowTy>, index: HValue, span: Span) -> Typed {
        one(row_place(ty, &known!(self, index), RowTy::field, span)?)
    }

    fn set_row(
        &mut self,
        block: HBlock,
        at: usize,
        ty: &Arc<RowTy>,
        index: HValue,
        value: HValue,
        span: Span,
    ) -> Typed {
        let place = row_place(ty, &known!(self, index), RowTy::field_place, span)?;
        self.set_place(block, at, &place, value, span)
    }

    #[expect(clippy::too_many_arguments, reason = "an instruction, its place and a field")]
    fn set_named(
        &mut self,
        block: HBlock,
        at: usize,
        dtype: &StructDtype,
        field_ty: impl Fn(&StructField) -> Result<Ty, Arc<str>>,
        name: &str,
        value: HValue,
        span: Span,
    ) -> Typed {
        let field = field_of(&dtype.fields, name, span)?;
        let place = taken(name, field_ty(field), span)?;
        self.set_place(block, at, &place, value, span)
    }

    fn set_records(
        &mut self,
        block: HBlock,
        at: usize,
        (array, ty): (HValue, &Arc<RecordsTy>),
        (index, value): (HValue, HValue),
        span: Span,
    ) -> Typed {
        let index_ty = known!(self, index);
        if is_advanced(&index_ty) {
            let done =
                self.call_body(block, at, "structured.put_records", &[array, index, value], span)?;
            return Ok(done.map(|_| Vec::new()));
        }
        let place = match place(ty, &index_ty, span)? {
            Ty::Text(_) => ty.item_place(),
            place => place,
        };
        self.set_place(block, at, &place, value, span)
    }

    /// A store into a field, an element or a part of an array; lowering makes the place, and
    /// gives it to the body first.
    fn set_place(
        &mut self,
        block: HBlock,
        at: usize,
        place: &Ty,
        value: HValue,
        span: Span,
    ) -> Typed {
        let value = known!(self, value);
        let refused = || {
            refuse("CB0504", span, format!("{value:#} can't be assigned to a part that is {place}"))
        };
        match (place, &value) {
            (Ty::Num(dtype), v) if v.is_number() || v.as_time().is_some() => {
                numeric::store_rule(v, *dtype).map_err(|e| super::numeric_error(e, span))?;
                self.act(block, at, Action::Plain);
                return Ok(Some(Vec::new()));
            }
            (Ty::Records(to), v) if to.dtype.text.is_some() && is_text_value(v) => {}
            (Ty::Row(to), Ty::Row(from)) if to.dtype == from.dtype && to.dtype.is_plain() => {
                if to.dtype.itemsize <= COPIED_AT_ONCE {
                    self.act(block, at, Action::Plain);
                    return Ok(Some(Vec::new()));
                }
            }
            (Ty::Row(to), Ty::Tuple(items)) if items.len() != to.dtype.fields.len() => {
                let (given, wanted) = (items.len(), to.dtype.fields.len());
                return refuse(
                    "CB0504",
                    span,
                    format!(
                        "could not assign tuple of length {given} to structure with {wanted} fields."
                    ),
                );
            }
            (Ty::Row(_), v) if v.is_number() => {}
            (Ty::Row(_), Ty::Tuple(_)) => {}
            (Ty::Array(_), v) if v.is_number() || v.as_time().is_some() => {}
            (Ty::Array(_), Ty::Array(_) | Ty::Tuple(_) | Ty::List(..)) => {}
            (Ty::Records(to), Ty::Records(from)) if to.dtype == from.dtype => {}
            (Ty::Records(to), Ty::Row(from)) if to.dtype == from.dtype => {}
            (Ty::Records(to), _) if to.dtype.text.is_some() => return refused(),
            (Ty::Records(to), Ty::Tuple(items)) if items.len() == to.dtype.fields.len() => {}
            (Ty::Records(_), v) if v.is_number() => {}
            _ => return refused(),
        }
        self.call_body_types(
            block,
            at,
            "structured.store",
            vec![place.clone(), value.clone()],
            span,
        )?;
        Ok(Some(Vec::new()))
    }
}

/// Elements of so many bytes are copied without a loop.
pub const COPIED_AT_ONCE: u32 = 128;

/// The part of an array that an index without arrays means.
fn place(ty: &Arc<RecordsTy>, index: &Ty, span: Span) -> Result<Ty, Box<Diagnostic>> {
    if let Ty::Lit(Lit::Str(name)) = index {
        let field = field_of(&ty.dtype.fields, name, span)?;
        return taken(name, ty.field(field), span);
    }
    indexed(ty, index).map_err(|(message, help)| {
        let mut d = Diagnostic::error("CB0501", span, message);
        d.help = help.map(str::to_string);
        Box::new(d)
    })
}

fn row_place(
    ty: &RowTy,
    index: &Ty,
    of: fn(&RowTy, &StructField) -> Result<Ty, Arc<str>>,
    span: Span,
) -> Result<Ty, Box<Diagnostic>> {
    let fields = &ty.dtype.fields;
    let field = match (row_field(ty, index), index) {
        (Some(at), _) => &fields[at],
        (None, Ty::Lit(Lit::Str(name))) => field_of(fields, name, span)?,
        (None, Ty::Lit(Lit::Int(i))) => {
            // NumPy counts a negative one from the end first.
            let i = if *i < 0 { i + fields.len() as i64 } else { *i };
            return Err(Box::new(Diagnostic::error(
                "CB0502",
                span,
                format!("invalid index ({i})"),
            )));
        }
        (None, other) => {
            return Err(Box::new(
                Diagnostic::error(
                    "CB0503",
                    span,
                    format!("a record can't be indexed with {other:#}"),
                )
                .help("name a field by a constant"),
            ));
        }
    };
    taken(&field.name, of(ty, field), span)
}

fn row_attribute(ty: &Arc<RowTy>, name: &Arc<str>, span: Span) -> Typed {
    let method = format!("void.{name}");
    match &**name {
        "dtype" => return one(Ty::StructDType(ty.dtype.clone())),
        "shape" | "strides" => return one(Ty::tuple([])),
        "ndim" => return one(Ty::Lit(Lit::Int(0))),
        "size" => return one(Ty::Lit(Lit::Int(1))),
        "itemsize" | "nbytes" => return one(Ty::Lit(Lit::Int(ty.dtype.itemsize.into()))),
        _ if cumbia_library::implementation(&method).is_some() => {
            let receiver = Arc::new(Ty::Row(ty.clone()));
            return one(Ty::Callable(Callable::Method(receiver, name.clone())));
        }
        _ => {}
    }
    if ty.dtype.record && !of_scalars(name) {
        let field = field_of(&ty.dtype.fields, name, span)?;
        return one(taken(name, ty.field(field), span)?);
    }
    Err(Box::new(
        Diagnostic::error(
            "CB0403",
            span,
            format!("attribute '{name}' of {} is not compiled", Ty::Row(ty.clone())),
        )
        .help(format!("write x[\"{name}\"]: a field of a record is an attribute unless scalars have one of its name")),
    ))
}

/// Whether NumPy's scalars have such an attribute, which hides a field of a record.
fn of_scalars(name: &str) -> bool {
    const NAMES: &str = " T all any argmax argmin argsort astype base byteswap choose clip \
        compress conj conjugate copy cumprod cumsum data device diagonal dtype dump dumps fill \
        flags flat flatten getfield imag item itemsize max mean min nbytes ndim nonzero pprint \
        prod put ravel real repeat reshape resize round searchsorted setfield setflags shape \
        size sort squeeze std strides sum swapaxes take to_device tobytes tofile tolist trace \
        transpose var view ";
    name.starts_with("__") || NAMES.contains(&format!(" {name} "))
}

/// The same for arrays of records.
fn of_arrays(name: &str) -> bool {
    let more = ["argpartition", "ctypes", "dot", "field", "mT", "partition"];
    of_scalars(name) && name != "pprint" || more.contains(&name)
}

fn records_attribute(ty: &Arc<RecordsTy>, name: &Arc<str>, span: Span) -> Typed {
    let ints = Ty::tuple(std::iter::repeat_n(Ty::Int, ty.ndim as usize));
    // As in NumPy, attributes of arrays come before fields.
    match &**name {
        "shape" | "strides" => return one(ints),
        "ndim" => return one(Ty::Lit(Lit::Int(ty.ndim.into()))),
        "size" | "nbytes" => return one(Ty::Int),
        "itemsize" => return one(Ty::Lit(Lit::Int(ty.dtype.itemsize.into()))),
        "dtype" => return one(Ty::StructDType(ty.dtype.clone())),
        _ => {}
    }
    if cumbia_library::implementation(&format!("structured_array.{name}")).is_some() {
        let receiver = Arc::new(Ty::Records(ty.clone()));
        return one(Ty::Callable(Callable::Method(receiver, name.clone())));
    }
    if ty.recarray && ty.dtype.field(name).is_some() && !of_arrays(name) {
        let field = field_of(&ty.dtype.fields, name, span)?;
        return one(taken(name, ty.field(field), span)?);
    }
    Err(Box::new(
        Diagnostic::error(
            "CB0403",
            span,
            format!("attribute '{name}' of {} is not compiled", Ty::Records(ty.clone())),
        )
        .help(format!("for a field write a[\"{name}\"]")),
    ))
}

/// `np.zeros(shape, dtype)` of a structured dtype.
pub fn allocation(ndim: u8, dtype: &Arc<StructDtype>) -> Ty {
    Ty::Records(
        RecordsTy {
            dtype: dtype.clone(),
            ndim,
            layout: Layout::C,
            readonly: false,
            recarray: false,
        }
        .into(),
    )
}
