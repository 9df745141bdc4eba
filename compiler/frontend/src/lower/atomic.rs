//! Atomic operations on elements of arrays (`cumbia.atomic`).
//!
//! What is signed is the front end's to say; floats take the place of others by their bits.

use super::TypedValue;
use super::function::Lowering;
use super::index::view;
use super::memory::ArrayParts;
use crate::infer::index::plan;
use crate::numeric;
use crate::types::{DType, Lit, Ty};
use cumbia_ir::{IntCond, Opcode, Type, Value};

impl Lowering<'_, '_> {
    /// `prim.atomic`; see `infer/atomic.rs`.
    pub(super) fn atomic(&mut self, args: &[TypedValue], out: &Ty) -> TypedValue {
        let (Ty::Lit(Lit::Str(op)), Ty::Array(array)) = (&args[0].ty, &args[1].ty) else {
            panic!("prim.atomic of {}", args[1].ty)
        };
        let plan = plan(array, &args[2].ty).unwrap_or_else(|(message, _)| panic!("{message}"));
        if array.readonly {
            let never = self.fx.bool(false);
            self.fx.b().guard(never, "ValueError", "assignment destination is read-only", &[]);
        }
        let element = view(&mut self.fx, &ArrayParts::of(&args[1]), &plan, &args[2]).data;
        let fx = &mut self.fx;
        let number = fx.b().convert(Opcode::Bitcast, Type::I64, element);
        let low = fx.int(i64::from(array.dtype.itemsize()) - 1);
        let low = fx.b().binary(Opcode::Band, number, low);
        let zero = fx.int(0);
        let aligned = fx.b().icmp(IntCond::Eq, low, zero);
        fx.b().guard(
            aligned,
            "ValueError",
            "atomic operations need an array whose elements are aligned",
            &[],
        );
        let values: Vec<Value> = args[3..]
            .iter()
            .map(|value| {
                let stored = numeric::store_convert(fx, value, array.dtype)
                    .unwrap_or_else(|e| panic!("inference let a store pass: {}", e.message));
                stored.value()
            })
            .collect();
        let mut values = values;
        if &**op == "sub" {
            // Modulo the range, of integers.
            let negative = if array.dtype.is_float() { Opcode::Fneg } else { Opcode::Ineg };
            values[0] = fx.b().unary(negative, values[0]);
        }
        let signed = matches!(array.dtype, DType::I32 | DType::I64);
        let opcode = match (&**op, signed) {
            ("add" | "sub", _) => Opcode::AtomicAdd,
            ("and", _) => Opcode::AtomicAnd,
            ("or", _) => Opcode::AtomicOr,
            ("xor", _) => Opcode::AtomicXor,
            ("min", true) => Opcode::AtomicSmin,
            ("min", false) => Opcode::AtomicUmin,
            ("max", true) => Opcode::AtomicSmax,
            ("max", false) => Opcode::AtomicUmax,
            ("exch", _) => Opcode::AtomicExch,
            ("cas" | "cas_bits", _) => Opcode::AtomicCas,
            (other, _) => panic!("prim.atomic of {other}"),
        };
        let float = array.dtype.ir_type();
        let old = match float {
            Type::F32 | Type::F64 if opcode != Opcode::AtomicAdd => {
                let bits = if float == Type::F32 { Type::I32 } else { Type::I64 };
                let values: Vec<Value> = values
                    .iter()
                    .map(|&value| fx.b().convert(Opcode::Bitcast, bits, value))
                    .collect();
                let old = fx.b().atomic(opcode, &values, element);
                fx.b().convert(Opcode::Bitcast, float, old)
            }
            _ => fx.b().atomic(opcode, &values, element),
        };
        TypedValue::scalar(out.clone(), old)
    }
}
