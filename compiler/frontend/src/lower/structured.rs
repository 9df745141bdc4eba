//! Structured data to IR: see `infer/structured.rs`.

use super::function::Lowering;
use super::index::view;
use super::memory::{self, ArrayParts};
use super::ownership::reads_text;
use super::{Fx, TypedValue};
use crate::hir::{HBlock, HValue, HirInst, Op};
use crate::infer::Action;
use crate::infer::index::{is_advanced, plan};
use crate::infer::structured::{indexed, row_field};
use crate::numeric;
use crate::structured::{RecordsTy, RowTy, StructField};
use crate::types::{DType, Lit, TextKind, Ty};
use cumbia_ir::{Opcode, Region, Value};
use std::sync::Arc;

/// The array of bytes that stands for an array of a structured dtype.
fn parts_of(ty: &RecordsTy, value: &TypedValue) -> ArrayParts {
    ArrayParts::of(&TypedValue { ty: Ty::Array(ty.bytes()), parts: value.parts.clone() })
}

/// The value of a field of an element: a number is read, everything else refers to it.
fn load_field(fx: &mut Fx, row: &RowTy, value: &TypedValue, field: &StructField) -> TypedValue {
    let offset = fx.int(field.offset.into());
    let (owner, data) = (value.parts[0], value.parts[1]);
    let address = fx.b().ptr_add(data, offset);
    match row.field(field).expect("checked by inference") {
        Ty::Num(dtype) => memory::load(fx, dtype, address),
        Ty::Text(kind) => load_text(fx, kind, field.size(), address),
        ty => {
            let (shape, strides) = field.axes();
            let mut parts = vec![owner, address];
            parts.extend(shape.into_iter().chain(strides).map(|n| fx.int(n)));
            TypedValue { ty, parts }
        }
    }
}

/// A text of so many bytes at an address.
fn load_text(fx: &mut Fx, kind: TextKind, size: u32, address: Value) -> TypedValue {
    let helper = match kind {
        TextKind::Bytes => "text_of_bytes",
        TextKind::Points => "text_of_points",
    };
    let units = fx.int((size / kind.unit()).into());
    let text = fx.helper(helper, &[address, units]).expect("it has a result");
    TypedValue::scalar(Ty::Text(kind), text)
}

/// Copies an element of at most [`crate::infer::structured::COPIED_AT_ONCE`] bytes: all is
/// read before anything is written.
fn copy_row(fx: &mut Fx, ty: &RowTy, to: Value, from: Value) {
    let unit = ty.dtype.unit();
    let offsets = (0..ty.dtype.itemsize).step_by(unit.itemsize() as usize);
    let values: Vec<(i32, Value)> = offsets
        .map(|at| (at as i32, fx.b().load(unit.ir_type(), from, at as i32, Region::Data)))
        .collect();
    for (at, value) in values {
        fx.b().store(value, to, at, Region::Data);
    }
}

/// A primitive over elements and arrays of them; `None` for any other.
pub(super) fn primitive(
    fx: &mut Fx,
    name: &str,
    args: &[TypedValue],
    out: &Ty,
) -> Option<TypedValue> {
    let first = args.first()?;
    let parts = match (name, &first.ty) {
        ("prim.units", Ty::Records(ty)) => {
            let unit = ty.dtype.unit().itemsize();
            let mut parts = first.parts.clone();
            let (count, step) = (fx.int((ty.dtype.itemsize / unit).into()), fx.int(unit.into()));
            parts.insert(2 + usize::from(ty.ndim), count);
            parts.push(step);
            parts
        }
        ("prim.units", Ty::Row(ty)) => {
            let unit = ty.dtype.unit().itemsize();
            let (count, step) = (fx.int((ty.dtype.itemsize / unit).into()), fx.int(unit.into()));
            vec![first.parts[0], first.parts[1], count, step]
        }
        ("prim.of_units", Ty::Array(units)) => {
            let mut parts = first.parts.clone();
            parts.pop();
            parts.remove(1 + usize::from(units.ndim));
            parts
        }
        _ => return None,
    };
    Some(TypedValue { ty: out.clone(), parts })
}

impl Lowering<'_, '_> {
    /// The results of an instruction on structured data; `None` for any other.
    pub(super) fn structured_instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Vec<TypedValue>> {
        match &inst.op {
            Op::Item(a, i) => {
                let ty = self.ty(*a)?.clone();
                match ty {
                    Ty::Records(ty) => {
                        // Arrays among the subscripts: a call.
                        if let Action::Call(..) = &self.spec.actions[block.0 as usize][at] {
                            return None;
                        }
                        let (value, index) = (self.value(*a), self.value(*i));
                        Some(vec![self.records_item(&ty, &value, &index)])
                    }
                    Ty::Row(ty) => {
                        let (value, index) = (self.value(*a), self.value(*i));
                        let at = row_field(&ty, &index.ty).expect("checked by inference");
                        Some(vec![load_field(&mut self.fx, &ty, &value, &ty.dtype.fields[at])])
                    }
                    _ => None,
                }
            }
            Op::SetItem(a, i, v) => {
                let (value, index) = (self.ty(*a)?.clone(), self.ty(*i)?.clone());
                let place: Place = match value {
                    Ty::Records(_) if is_advanced(&index) => return None,
                    Ty::Records(ty) => {
                        let (value, index) = (self.value(*a), self.value(*i));
                        self.check_writable(ty.readonly);
                        self.records_place(&ty, &value, &index)
                    }
                    Ty::Row(ty) => {
                        let value = self.value(*a);
                        let field = row_field(&ty, &index).expect("checked by inference");
                        self.check_writable(ty.readonly);
                        self.place(&ty, &value, &ty.dtype.fields[field])
                    }
                    _ => return None,
                };
                self.store_at(block, at, place, *v);
                Some(vec![])
            }
            Op::SetAttr(a, name, v) => {
                let (ty, value) = (self.ty(*a)?.clone(), self.value(*a));
                let place = match ty {
                    Ty::Row(ty) => {
                        let field = ty.dtype.field(name).expect("checked by inference");
                        self.check_writable(ty.readonly);
                        self.place(&ty, &value, &ty.dtype.fields[field])
                    }
                    Ty::Records(ty) => {
                        let field = ty.dtype.field(name).expect("checked by inference");
                        self.check_writable(ty.readonly);
                        let field = &ty.dtype.fields[field];
                        Place::Part(self.field_view(&ty, &value, field))
                    }
                    _ => return None,
                };
                self.store_at(block, at, place, *v);
                Some(vec![])
            }
            Op::Attr(a, name) => {
                let ty = self.ty(*a)?.clone();
                let out = inst.results.first().and_then(|&r| self.ty(r)).cloned()?;
                match ty {
                    Ty::Records(ty) => {
                        let value = self.value(*a);
                        Some(vec![self.records_attribute(&ty, &value, name, out)])
                    }
                    Ty::Row(ty) => {
                        let value = self.value(*a);
                        if let Ty::Callable(_) = out {
                            return Some(vec![TypedValue { ty: out, parts: value.parts }]);
                        }
                        if out.part_types().is_empty() {
                            return Some(vec![TypedValue::unit(out)]);
                        }
                        let at = ty.dtype.field(name).expect("checked by inference");
                        Some(vec![load_field(&mut self.fx, &ty, &value, &ty.dtype.fields[at])])
                    }
                    _ => None,
                }
            }
            Op::Unpack(a) => {
                let Ty::Row(ty) = self.ty(*a)?.clone() else { return None };
                let value = self.value(*a);
                let fields = ty.dtype.fields.iter();
                let read: Vec<TypedValue> =
                    fields.map(|f| load_field(&mut self.fx, &ty, &value, f)).collect();
                // Texts come with references of their own, so all do.
                if reads_text(inst, self.spec) {
                    for part in read.iter().filter(|part| !matches!(part.ty, Ty::Text(_))) {
                        self.retain(part);
                    }
                }
                Some(read)
            }
            Op::Call(_, args) => match &self.spec.actions[block.0 as usize][at] {
                Action::Structural(name) if &**name == "records.len" => {
                    let value = self.value(args[0].value);
                    Some(vec![TypedValue::scalar(Ty::Int, value.parts[2])])
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn records_item(
        &mut self,
        ty: &Arc<RecordsTy>,
        value: &TypedValue,
        index: &TypedValue,
    ) -> TypedValue {
        if let Ty::Lit(Lit::Str(name)) = &index.ty {
            let at = ty.dtype.field(name).expect("checked by inference");
            return self.field_view(ty, value, &ty.dtype.fields[at]);
        }
        let plan = plan(&ty.bytes(), &index.ty).unwrap_or_else(|(m, _)| panic!("{m}"));
        let found = view(&mut self.fx, &parts_of(ty, value), &plan, index);
        match indexed(ty, &index.ty) {
            Ok(Ty::Text(kind)) => load_text(&mut self.fx, kind, ty.dtype.itemsize, found.data),
            Ok(out @ Ty::Row(_)) => TypedValue { ty: out, parts: vec![found.owner, found.data] },
            Ok(out) => TypedValue { ty: out, parts: found.value().parts },
            Err((m, _)) => panic!("{m}"),
        }
    }

    /// The part of an array that an index means, to store into it.
    fn records_place(
        &mut self,
        ty: &Arc<RecordsTy>,
        value: &TypedValue,
        index: &TypedValue,
    ) -> Place {
        if ty.dtype.text.is_none() || !matches!(indexed(ty, &index.ty), Ok(Ty::Text(_))) {
            return Place::Part(self.records_item(ty, value, index));
        }
        let plan = plan(&ty.bytes(), &index.ty).unwrap_or_else(|(m, _)| panic!("{m}"));
        let found = view(&mut self.fx, &parts_of(ty, value), &plan, index);
        Place::Part(TypedValue { ty: ty.item_place(), parts: vec![found.owner, found.data] })
    }

    fn field_view(
        &mut self,
        ty: &Arc<RecordsTy>,
        value: &TypedValue,
        field: &StructField,
    ) -> TypedValue {
        let parts = parts_of(ty, value);
        let offset = self.fx.int(field.offset.into());
        let (shape, strides) = field.axes();
        let mut all = vec![parts.owner, self.fx.b().ptr_add(parts.data, offset)];
        all.extend(parts.shape);
        all.extend(shape.into_iter().map(|n| self.fx.int(n)));
        all.extend(parts.strides);
        all.extend(strides.into_iter().map(|n| self.fx.int(n)));
        TypedValue { ty: ty.field(field).expect("checked by inference"), parts: all }
    }

    /// Where a field of an element is stored.
    fn place(&mut self, ty: &RowTy, value: &TypedValue, field: &StructField) -> Place {
        match ty.field_place(field).expect("checked by inference") {
            Ty::Num(dtype) => {
                let offset = self.fx.int(field.offset.into());
                Place::Scalar(dtype, self.fx.b().ptr_add(value.parts[1], offset))
            }
            text @ Ty::Records(_) if field.shape.is_empty() => {
                let offset = self.fx.int(field.offset.into());
                let address = self.fx.b().ptr_add(value.parts[1], offset);
                Place::Part(TypedValue { ty: text, parts: vec![value.parts[0], address] })
            }
            _ => Place::Part(load_field(&mut self.fx, ty, value, field)),
        }
    }

    fn records_attribute(
        &mut self,
        ty: &Arc<RecordsTy>,
        value: &TypedValue,
        name: &str,
        out: Ty,
    ) -> TypedValue {
        let parts = parts_of(ty, value);
        match name {
            "shape" => TypedValue { ty: out, parts: parts.shape },
            "strides" => TypedValue { ty: out, parts: parts.strides },
            "size" => TypedValue::scalar(out, parts.size(&mut self.fx)),
            "nbytes" => {
                let size = parts.size(&mut self.fx);
                let itemsize = self.fx.int(ty.dtype.itemsize.into());
                TypedValue::scalar(out, self.fx.b().binary(Opcode::Imul, size, itemsize))
            }
            _ => match (&out, ty.dtype.field(name)) {
                (Ty::Callable(_), _) => TypedValue { ty: out, parts: value.parts.clone() },
                (Ty::Array(_) | Ty::Records(_), Some(at)) => {
                    self.field_view(ty, value, &ty.dtype.fields[at])
                }
                _ => TypedValue::unit(out),
            },
        }
    }

    /// The item of a loop over an element's fields.
    pub(super) fn field_of_row(
        &mut self,
        ty: &Arc<RowTy>,
        value: &TypedValue,
        at: usize,
    ) -> TypedValue {
        let read = load_field(&mut self.fx, ty, value, &ty.dtype.fields[at]);
        // Where one of the fields is a text, all come with references of their own.
        if ty.has_texts() && !matches!(read.ty, Ty::Text(_)) {
            self.retain(&read);
        }
        read
    }

    /// The item of a loop over the array.
    pub(super) fn leading_record(
        &mut self,
        ty: &Arc<RecordsTy>,
        value: &TypedValue,
        position: Value,
    ) -> TypedValue {
        let parts = parts_of(ty, value);
        let data = parts.advance(&mut self.fx, parts.data, position, 0);
        let out = crate::infer::structured::leading(ty);
        if let Ty::Text(kind) = out {
            return load_text(&mut self.fx, kind, ty.dtype.itemsize, data);
        }
        let parts = match &out {
            Ty::Row(_) => vec![parts.owner, data],
            _ => {
                let mut all = vec![parts.owner, data];
                all.extend(&parts.shape[1..]);
                all.extend(&parts.strides[1..]);
                all
            }
        };
        TypedValue { ty: out, parts }
    }

    fn check_writable(&mut self, readonly: bool) {
        if readonly {
            let never = self.fx.bool(false);
            self.fx.b().guard(never, "ValueError", "assignment destination is read-only", &[]);
        }
    }

    /// Stores a value as inference has decided ([`Action`]).
    fn store_at(&mut self, block: HBlock, at: usize, place: Place, v: HValue) {
        let item = self.value(v);
        let place = match place {
            Place::Scalar(dtype, address) => {
                let stored = numeric::store_convert(&mut self.fx, &item, dtype)
                    .unwrap_or_else(|e| panic!("inference let a store pass: {}", e.message));
                memory::store(&mut self.fx, dtype, &stored, address);
                return;
            }
            Place::Part(place) => place,
        };
        match (&place.ty, self.spec.actions[block.0 as usize][at].clone()) {
            (_, Action::Call(spec, _)) => {
                self.call_spec(spec, &[place, item]);
            }
            (Ty::Row(ty), _) => copy_row(&mut self.fx, ty, place.parts[1], item.parts[1]),
            (ty, other) => panic!("assignment to {ty} with {other:?}"),
        }
    }
}

/// Where something is stored.
enum Place {
    /// A number.
    Scalar(DType, Value),
    /// A part of an array, or an element.
    Part(TypedValue),
}
