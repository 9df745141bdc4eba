//! Structured data to IR: see `infer/structured.rs`.
//!
//! Fields of a packed dtype are read and written byte by byte: the IR's loads and stores
//! take aligned addresses.

use super::convert::split;
use super::function::Lowering;
use super::index::view;
use super::memory::{self, ArrayParts};
use super::{Fx, TypedValue};
use crate::hir::{HBlock, HValue, HirInst, Op};
use crate::infer::Action;
use crate::infer::index::{plan, tuple_position};
use crate::infer::structured::{field_array, indexed};
use crate::numeric;
use crate::structured::{RecordsTy, RowTy, StructField};
use crate::types::{DType, Lit, Ty};
use cumbia_ir::{Opcode, Region, Type, Value};
use std::sync::Arc;

/// The array of bytes that stands for an array of a structured dtype.
fn parts_of(ty: &RecordsTy, value: &TypedValue) -> ArrayParts {
    ArrayParts::of(&TypedValue { ty: Ty::Array(ty.bytes()), parts: value.parts.clone() })
}

fn read_bytes(fx: &mut Fx, ty: Type, address: Value, offset: i32) -> Value {
    let wide = match ty {
        Type::F64 => Type::I64,
        Type::F32 => Type::I32,
        other => other,
    };
    let mut bits: Option<Value> = None;
    for i in 0..wide.bytes() as i32 {
        let byte = fx.b().load(Type::I8, address, offset + i, Region::Data);
        let byte = if wide == Type::I8 { byte } else { fx.b().convert(Opcode::Zext, wide, byte) };
        bits = Some(match bits {
            None => byte,
            Some(before) => {
                let by = fx.b().iconst(wide, i64::from(i) * 8);
                let shifted = fx.b().binary(Opcode::Ishl, byte, by);
                fx.b().binary(Opcode::Bor, before, shifted)
            }
        });
    }
    let bits = bits.expect("a type of at least a byte");
    if wide == ty { bits } else { fx.b().convert(Opcode::Bitcast, ty, bits) }
}

fn write_bytes(fx: &mut Fx, value: Value, address: Value, offset: i32) {
    let ty = fx.b().func.value_type(value);
    let wide = match ty {
        Type::F64 => Type::I64,
        Type::F32 => Type::I32,
        other => other,
    };
    let bits = if wide == ty { value } else { fx.b().convert(Opcode::Bitcast, wide, value) };
    for i in 0..wide.bytes() as i32 {
        let by = fx.b().iconst(wide, i64::from(i) * 8);
        let shifted = if i == 0 { bits } else { fx.b().binary(Opcode::Ushr, bits, by) };
        let byte = if wide == Type::I8 {
            shifted
        } else {
            fx.b().convert(Opcode::Trunc, Type::I8, shifted)
        };
        fx.b().store(byte, address, offset + i, Region::Data);
    }
}

fn load_field(fx: &mut Fx, row: &RowTy, data: Value, field: &StructField) -> TypedValue {
    let offset = fx.int(field.offset.into());
    let address = fx.b().ptr_add(data, offset);
    if row.aligned || field.dtype.itemsize() == 1 {
        return memory::load(fx, field.dtype, address);
    }
    let part = field.dtype.ir_type();
    let mut parts = vec![read_bytes(fx, part, address, 0)];
    if field.dtype.is_complex() {
        parts.push(read_bytes(fx, part, address, part.bytes() as i32));
    }
    TypedValue { ty: Ty::Num(field.dtype), parts }
}

fn store_field(fx: &mut Fx, row: &RowTy, data: Value, field: &StructField, value: &TypedValue) {
    let offset = fx.int(field.offset.into());
    let address = fx.b().ptr_add(data, offset);
    if row.aligned || field.dtype.itemsize() == 1 {
        memory::store(fx, field.dtype, value, address);
        return;
    }
    for (i, &part) in value.parts.iter().enumerate() {
        write_bytes(fx, part, address, (i as u32 * field.dtype.ir_type().bytes()) as i32);
    }
}

fn store_value(fx: &mut Fx, value: &TypedValue, dtype: DType) -> TypedValue {
    numeric::store_convert(fx, value, dtype)
        .unwrap_or_else(|e| panic!("inference let a store pass: {}", e.message))
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
                        let (value, index) = (self.value(*a), self.value(*i));
                        Some(vec![self.records_item(&ty, &value, &index)])
                    }
                    Ty::Row(ty) => {
                        let (value, index) = (self.value(*a), self.value(*i));
                        let field = row_field(&ty, &index.ty);
                        Some(vec![load_field(&mut self.fx, &ty, value.parts[1], field)])
                    }
                    _ => None,
                }
            }
            Op::SetItem(a, i, v) => {
                let ty = self.ty(*a)?.clone();
                if let Ty::Records(_) | Ty::Row(_) = ty {
                    self.set_structured(block, at, *a, *i, *v);
                    return Some(vec![]);
                }
                None
            }
            Op::SetAttr(a, name, v) => {
                let Ty::Row(ty) = self.ty(*a)?.clone() else { return None };
                let (row, item) = (self.value(*a), self.value(*v));
                let at = ty.dtype.field(name).expect("checked by inference");
                self.check_writable(ty.readonly);
                self.set_field(&ty, &row, &ty.dtype.fields[at], &item);
                Some(vec![])
            }
            Op::Attr(a, name) => {
                let ty = self.ty(*a)?.clone();
                match ty {
                    Ty::Records(ty) => {
                        let value = self.value(*a);
                        let out = inst.results.first().and_then(|&r| self.ty(r)).cloned()?;
                        Some(vec![self.records_attribute(&ty, &value, name, out)])
                    }
                    Ty::Row(ty) => {
                        let value = self.value(*a);
                        let at = ty.dtype.field(name).expect("checked by inference");
                        let field = &ty.dtype.fields[at];
                        Some(vec![load_field(&mut self.fx, &ty, value.parts[1], field)])
                    }
                    _ => None,
                }
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
            Ok(out @ Ty::Row(_)) => TypedValue { ty: out, parts: vec![found.owner, found.data] },
            Ok(out) => TypedValue { ty: out, parts: found.value().parts },
            Err((m, _)) => panic!("{m}"),
        }
    }

    fn field_view(
        &mut self,
        ty: &Arc<RecordsTy>,
        value: &TypedValue,
        field: &StructField,
    ) -> TypedValue {
        let mut parts = parts_of(ty, value);
        let offset = self.fx.int(field.offset.into());
        parts.data = self.fx.b().ptr_add(parts.data, offset);
        parts.ty = field_array(ty, field);
        parts.value()
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
                (Ty::Array(_), Some(at)) => self.field_view(ty, value, &ty.dtype.fields[at]),
                _ => TypedValue::unit(out),
            },
        }
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

    fn set_field(&mut self, ty: &RowTy, row: &TypedValue, field: &StructField, item: &TypedValue) {
        let stored = store_value(&mut self.fx, item, field.dtype);
        store_field(&mut self.fx, ty, row.parts[1], field, &stored);
    }

    fn set_structured(&mut self, block: HBlock, at: usize, a: HValue, i: HValue, v: HValue) {
        let (value, index, item) = (self.value(a), self.value(i), self.value(v));
        let readonly = match &value.ty {
            Ty::Records(ty) => ty.readonly,
            Ty::Row(ty) => ty.readonly,
            other => panic!("{other} is not structured"),
        };
        self.check_writable(readonly);
        if let Ty::Row(ty) = &value.ty {
            self.set_field(ty, &value, row_field(ty, &index.ty), &item);
            return;
        }
        let Ty::Records(ty) = &value.ty else { return };
        let place = self.records_item(ty, &value, &index);
        match (&place.ty, &item.ty) {
            (Ty::Array(_), _) => match self.spec.actions[block.0 as usize][at].clone() {
                Action::Call(spec, _) => {
                    self.call_spec(spec, &[place, item]);
                }
                other => panic!("assignment to a view with {other:?}"),
            },
            (Ty::Row(to), Ty::Row(from)) => {
                let fields = &to.dtype.fields;
                let values: Vec<TypedValue> = fields
                    .iter()
                    .map(|f| load_field(&mut self.fx, from, item.parts[1], f))
                    .collect();
                for (field, value) in fields.iter().zip(&values) {
                    store_field(&mut self.fx, to, place.parts[1], field, value);
                }
            }
            (Ty::Row(to), Ty::Tuple(types)) => {
                let items = split(types, &item.parts);
                let values: Vec<TypedValue> = to
                    .dtype
                    .fields
                    .iter()
                    .zip(&items)
                    .map(|(field, item)| store_value(&mut self.fx, item, field.dtype))
                    .collect();
                for (field, value) in to.dtype.fields.iter().zip(&values) {
                    store_field(&mut self.fx, to, place.parts[1], field, value);
                }
            }
            (to, from) => panic!("{from} assigned to {to}"),
        }
    }
}

fn row_field<'t>(ty: &'t RowTy, index: &Ty) -> &'t StructField {
    let fields = &ty.dtype.fields;
    let at = match index {
        Ty::Lit(Lit::Str(name)) => ty.dtype.field(name),
        Ty::Lit(Lit::Int(i)) => tuple_position(fields.len(), *i),
        _ => None,
    };
    &fields[at.expect("checked by inference")]
}
