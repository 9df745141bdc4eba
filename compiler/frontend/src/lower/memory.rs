//! Array parts and element access.
//!
//! An array value's parts are owner, data, shape, strides in bytes. Strides are
//! right for every layout; the contiguous one is also known as a constant, which is
//! what addressing uses.

use super::{Fx, TypedValue};
use crate::types::{ArrayTy, DType, Layout, Ty};
use cumbia_ir::{IntCond, Opcode, Region, Type, Value};

/// Named access to an array's parts.
#[derive(Clone)]
pub struct ArrayParts {
    /// Type.
    pub ty: ArrayTy,
    /// Owner record.
    pub owner: Value,
    /// First element.
    pub data: Value,
    /// Extents.
    pub shape: Vec<Value>,
    /// Bytes between elements along each axis.
    pub strides: Vec<Value>,
}

impl ArrayParts {
    /// The parts of an array value.
    pub fn of(value: &TypedValue) -> ArrayParts {
        let Ty::Array(ty) = &value.ty else { panic!("{} is not an array", value.ty) };
        let n = ty.ndim as usize;
        ArrayParts {
            ty: *ty,
            owner: value.parts[0],
            data: value.parts[1],
            shape: value.parts[2..2 + n].to_vec(),
            strides: value.parts[2 + n..2 + 2 * n].to_vec(),
        }
    }

    /// Back to a value.
    pub fn value(self) -> TypedValue {
        let mut parts = vec![self.owner, self.data];
        parts.extend(self.shape);
        parts.extend(self.strides);
        TypedValue { ty: Ty::Array(self.ty), parts }
    }

    /// The stride of an axis, a constant where the layout says so.
    pub fn stride(&self, fx: &mut Fx, axis: usize) -> Value {
        let n = self.ty.ndim as usize;
        let unit = match self.ty.layout {
            Layout::C => axis + 1 == n,
            Layout::F => axis == 0,
            Layout::A => false,
        };
        if unit { fx.int(self.ty.dtype.itemsize() as i64) } else { self.strides[axis] }
    }

    /// `address + index * stride`
    pub fn advance(&self, fx: &mut Fx, address: Value, index: Value, axis: usize) -> Value {
        let stride = self.stride(fx, axis);
        let bytes = fx.b().binary(Opcode::Imul, index, stride);
        fx.b().ptr_add(address, bytes)
    }

    /// Number of elements.
    pub fn size(&self, fx: &mut Fx) -> Value {
        let mut size = fx.int(1);
        for (i, &extent) in self.shape.iter().enumerate() {
            size = if i == 0 { extent } else { fx.b().binary(Opcode::Imul, size, extent) };
        }
        size
    }
}

/// Reads the element at an address.
pub fn load(fx: &mut Fx, dtype: DType, address: Value) -> TypedValue {
    let ty = Ty::Num(dtype);
    match dtype {
        DType::Bool => {
            let byte = fx.b().load(Type::I8, address, 0, Region::Data);
            let zero = fx.b().iconst(Type::I8, 0);
            TypedValue::scalar(ty, fx.b().icmp(IntCond::Ne, byte, zero))
        }
        d if d.is_complex() => {
            let part = d.ir_type();
            let re = fx.b().load(part, address, 0, Region::Data);
            let im = fx.b().load(part, address, part.bytes() as i32, Region::Data);
            TypedValue { ty, parts: vec![re, im] }
        }
        d => TypedValue::scalar(ty, fx.b().load(d.ir_type(), address, 0, Region::Data)),
    }
}

/// Writes an element; the value already has the dtype.
pub fn store(fx: &mut Fx, dtype: DType, value: &TypedValue, address: Value) {
    debug_assert_eq!(value.ty, Ty::Num(dtype));
    match dtype {
        DType::Bool => {
            let byte = fx.b().convert(Opcode::Zext, Type::I8, value.value());
            fx.b().store(byte, address, 0, Region::Data);
        }
        d if d.is_complex() => {
            fx.b().store(value.parts[0], address, 0, Region::Data);
            fx.b().store(value.parts[1], address, d.ir_type().bytes() as i32, Region::Data);
        }
        _ => fx.b().store(value.value(), address, 0, Region::Data),
    }
}
