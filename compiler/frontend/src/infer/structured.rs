//! Arrays of structured dtypes and their elements: fields, items, stores, attributes.
//!
//! `a["f"]` is a view of ordinary dtype, `a[i]` an element that refers to the array.
//! Everything else that arrays can do is refused here by the operation's own words.

use super::expressions::{Typed, known, one, refuse};
use super::index::plan;
use super::{Action, Sweep};
use crate::hir::{HBlock, HValue, HirInst, Op};
use crate::numeric;
use crate::structured::{RecordsTy, RowTy, StructField};
use crate::types::{ArrayTy, Callable, DType, Layout, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// The type of `a["f"]`.
pub fn field_array(a: &RecordsTy, field: &StructField) -> ArrayTy {
    ArrayTy { dtype: field.dtype, ndim: a.ndim, layout: Layout::A, readonly: a.readonly }
}

/// The type of `a[index]` for integers and slices.
pub fn indexed(a: &RecordsTy, index: &Ty) -> Result<Ty, (String, Option<&'static str>)> {
    // The layout follows from that of the array; the steps don't depend on it.
    let array = ArrayTy { layout: a.layout, ..a.bytes() };
    Ok(match plan(&array, index)?.result {
        Ty::Array(view) => {
            Ty::Records(RecordsTy { ndim: view.ndim, layout: view.layout, ..a.clone() }.into())
        }
        _ => Ty::Row(a.row().into()),
    })
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
                Ty::Records(ty) => Some(self.records_item(&ty, *i, span)),
                Ty::Row(ty) => Some(self.row_item(&ty, *i, span)),
                _ => None,
            },
            Op::SetItem(a, i, v) => match self.ty(*a)? {
                Ty::Records(ty) => Some(self.set_records(block, at, &ty, *i, *v, span)),
                Ty::Row(ty) => Some(self.set_row(&ty, *i, *v, span)),
                _ => None,
            },
            Op::SetAttr(a, name, v) => match self.ty(*a)? {
                // These of a record are no fields, whatever the fields are called.
                Ty::Row(_) if matches!(&**name, "dtype" | "getfield" | "setfield") => None,
                Ty::Row(ty) if ty.dtype.record => {
                    let field = match field_of(&ty.dtype.fields, name, span) {
                        Ok(field) => field.dtype,
                        Err(e) => return Some(Err(e)),
                    };
                    Some(self.set_field(field, *v, span))
                }
                _ => None,
            },
            Op::Attr(a, name) => match self.ty(*a)? {
                Ty::Records(ty) => Some(records_attribute(&ty, name, span)),
                Ty::Row(ty) if ty.dtype.record && !of_scalars(name) => {
                    Some(match field_of(&ty.dtype.fields, name, span) {
                        Ok(field) => one(Ty::Num(field.dtype)),
                        Err(e) => Err(e),
                    })
                }
                Ty::Row(ty) => Some(Err(Box::new(
                    Diagnostic::error(
                        "CB0403",
                        span,
                        format!("attribute '{name}' of {} is not compiled", Ty::Row(ty)),
                    )
                    .help(format!("write x[\"{name}\"]: a field of a record is an attribute unless scalars have one of its name")),
                ))),
                _ => None,
            },
            Op::Call(callee, args) => match (self.ty(*callee)?, args.as_slice()) {
                (Ty::Callable(Callable::Library(name)), [arg]) if &*name == "builtins.len" => {
                    match self.ty(arg.value)? {
                        Ty::Records(ty) if ty.ndim > 0 => {
                            self.act(block, at, Action::Structural("records.len".into()));
                            Some(one(Ty::Int))
                        }
                        Ty::Row(ty) => {
                            self.act(block, at, Action::Plain);
                            Some(one(Ty::Lit(Lit::Int(ty.dtype.fields.len() as i64))))
                        }
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn records_item(&mut self, ty: &Arc<RecordsTy>, index: HValue, span: Span) -> Typed {
        match known!(self, index) {
            Ty::Lit(Lit::Str(name)) => {
                let field = field_of(&ty.dtype.fields, &name, span)?;
                if !ty.aligned {
                    return Err(Box::new(
                        Diagnostic::error(
                            "CB0503",
                            span,
                            "a field of a packed dtype is not aligned in memory, and can't be an array in compiled code",
                        )
                        .help("read a[i][\"f\"] element by element, or make the dtype with align=True"),
                    ));
                }
                one(Ty::Array(field_array(ty, field)))
            }
            index => match indexed(ty, &index) {
                Ok(ty) => one(ty),
                Err((message, help)) => {
                    let mut d = Diagnostic::error("CB0501", span, message);
                    d.help = help.map(str::to_string);
                    Err(Box::new(d))
                }
            },
        }
    }

    fn row_item(&mut self, ty: &Arc<RowTy>, index: HValue, span: Span) -> Typed {
        match known!(self, index) {
            Ty::Lit(Lit::Str(name)) => one(Ty::Num(field_of(&ty.dtype.fields, &name, span)?.dtype)),
            Ty::Lit(Lit::Int(i)) => match super::index::tuple_position(ty.dtype.fields.len(), i) {
                Some(i) => one(Ty::Num(ty.dtype.fields[i].dtype)),
                None => refuse("CB0502", span, "invalid index"),
            },
            other => refuse(
                "CB0503",
                span,
                format!("a record can't be indexed with {other:#}; name a field"),
            ),
        }
    }

    fn set_row(&mut self, ty: &Arc<RowTy>, index: HValue, value: HValue, span: Span) -> Typed {
        let Some(fields) = self.row_item(ty, index, span)? else { return Ok(None) };
        let [Ty::Num(dtype)] = fields.as_slice() else { return Ok(None) };
        self.set_field(*dtype, value, span)
    }

    fn set_field(&mut self, dtype: DType, value: HValue, span: Span) -> Typed {
        let value = known!(self, value);
        if !value.is_number() {
            return refuse("CB0504", span, format!("{value:#} can't be stored in a field"));
        }
        numeric::store_rule(&value, dtype).map_err(|e| super::numeric_error(e, span))?;
        Ok(Some(Vec::new()))
    }

    fn set_records(
        &mut self,
        block: HBlock,
        at: usize,
        ty: &Arc<RecordsTy>,
        index: HValue,
        value: HValue,
        span: Span,
    ) -> Typed {
        let Some(place) = self.records_item(ty, index, span)? else { return Ok(None) };
        let value = known!(self, value);
        match (&place[0], &value) {
            (Ty::Array(_), v) if v.is_number() || matches!(v, Ty::Array(_)) => {
                let body = if v.is_number() { "arrays.fill" } else { "arrays.assign" };
                let types = vec![place[0].clone(), value.clone()];
                self.call_body_types(block, at, body, types, span)?;
                Ok(Some(Vec::new()))
            }
            (Ty::Row(to), Ty::Row(from)) if to.dtype == from.dtype => {
                self.act(block, at, Action::Plain);
                Ok(Some(Vec::new()))
            }
            (Ty::Row(to), Ty::Tuple(items)) if items.len() == to.dtype.fields.len() => {
                for (field, item) in to.dtype.fields.iter().zip(items.iter()) {
                    if !item.is_number() {
                        return refuse(
                            "CB0504",
                            span,
                            format!("{item:#} can't be stored in the field '{}'", field.name),
                        );
                    }
                    numeric::store_rule(item, field.dtype)
                        .map_err(|e| super::numeric_error(e, span))?;
                }
                self.act(block, at, Action::Plain);
                Ok(Some(Vec::new()))
            }
            (_, other) => refuse(
                "CB0504",
                span,
                format!("{other:#} can't be assigned to a part of {}", Ty::Records(ty.clone())),
            ),
        }
    }
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

fn records_attribute(ty: &Arc<RecordsTy>, name: &str, span: Span) -> Typed {
    let ints = Ty::tuple(std::iter::repeat_n(Ty::Int, ty.ndim as usize));
    // As in NumPy, attributes of arrays come before fields.
    match name {
        "shape" | "strides" => return one(ints),
        "ndim" => return one(Ty::Lit(Lit::Int(ty.ndim.into()))),
        "size" | "nbytes" => return one(Ty::Int),
        "itemsize" => return one(Ty::Lit(Lit::Int(ty.dtype.itemsize.into()))),
        "dtype" => return one(Ty::StructDType(ty.dtype.clone())),
        _ => {}
    }
    if ty.recarray && ty.dtype.field(name).is_some() && ty.aligned && !of_arrays(name) {
        let field = field_of(&ty.dtype.fields, name, span)?;
        return one(Ty::Array(field_array(ty, field)));
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
pub fn allocation(ndim: u8, dtype: &Arc<crate::structured::StructDtype>) -> Ty {
    Ty::Records(
        RecordsTy {
            dtype: dtype.clone(),
            ndim,
            layout: Layout::C,
            readonly: false,
            aligned: dtype.aligned(),
            recarray: false,
        }
        .into(),
    )
}
