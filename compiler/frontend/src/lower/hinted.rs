//! Elements of arrays that kernels read and write with hints for caches: `prim.hinted`.
//!
//! The address is that of an ordinary subscript, with its checks; complex numbers are two parts.
//! That elements lie at multiples of their size is known of all arrays of kernels.

use super::index::view;
use super::memory::ArrayParts;
use super::{Fx, TypedValue};
use crate::infer::index::plan;
use crate::numeric;
use crate::types::{DType, Ty};
use cumbia_ir::{IntCond, Opcode, Type, Value};

/// The operation on `args[1]` at the index `args[2]`, of the value `args[3]`.
pub(super) fn access(fx: &mut Fx<'_>, op: Opcode, args: &[TypedValue], out: &Ty) -> TypedValue {
    let Ty::Array(array) = &args[1].ty else { panic!("prim.hinted of {}", args[1].ty) };
    let dtype = array.dtype;
    let plan = plan(array, &args[2].ty).unwrap_or_else(|(message, _)| panic!("{message}"));
    if args.len() > 3 && array.readonly {
        let never = fx.bool(false);
        fx.b().guard(never, "ValueError", "assignment destination is read-only", &[]);
    }
    let address = view(fx, &ArrayParts::of(&args[1]), &plan, &args[2]).data;
    match args.get(3) {
        None => TypedValue { ty: out.clone(), parts: load(fx, op, dtype, address) },
        Some(value) => {
            let value = numeric::store_convert(fx, value, dtype)
                .unwrap_or_else(|e| panic!("inference let a store pass: {}", e.message));
            store(fx, op, dtype, &value.parts, address);
            TypedValue::unit(Ty::None)
        }
    }
}

fn load(fx: &mut Fx<'_>, op: Opcode, dtype: DType, address: Value) -> Vec<Value> {
    if dtype == DType::Bool {
        let byte = fx.b().load_hinted(op, Type::I8, address, 0);
        let zero = fx.b().iconst(Type::I8, 0);
        return vec![fx.b().icmp(IntCond::Ne, byte, zero)];
    }
    let part = dtype.ir_type();
    let parts = if dtype.is_complex() { 2 } else { 1 };
    (0..parts).map(|i| fx.b().load_hinted(op, part, address, i * part.bytes() as i32)).collect()
}

fn store(fx: &mut Fx<'_>, op: Opcode, dtype: DType, values: &[Value], address: Value) {
    if dtype == DType::Bool {
        let byte = fx.b().convert(Opcode::Zext, Type::I8, values[0]);
        return fx.b().store_hinted(op, byte, address, 0);
    }
    let bytes = dtype.ir_type().bytes() as i32;
    for (&value, i) in values.iter().zip(0..) {
        fx.b().store_hinted(op, value, address, i * bytes);
    }
}
