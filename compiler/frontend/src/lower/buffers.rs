//! Primitives of buffers to IR: see `infer/buffers.rs`.
//!
//! Bodies have brought positions into range and values into the range of the elements.

use super::function::Lowering;
use super::index::index_value;
use super::{TypedValue, memory};
use crate::infer::buffers::element;
use crate::numeric;
use crate::types::{DType, Ty};
use cumbia_abi::offsets;
use cumbia_ir::{IntCond, Opcode, Region, Type, Value};

impl Lowering<'_, '_> {
    fn buffer_address(&mut self, buffer: &TypedValue, index: &TypedValue) -> (DType, Value) {
        let Ty::Buffer(ty) = &buffer.ty else { panic!("{} is no buffer", buffer.ty) };
        let dtype = ty.dtype();
        let fx = &mut self.fx;
        let data = fx.b().load(Type::Ptr, buffer.value(), offsets::OWNER_DATA, Region::Object);
        let i = index_value(fx, index);
        let width = fx.int(dtype.itemsize().into());
        let bytes = fx.b().binary(Opcode::Imul, i, width);
        (dtype, fx.b().ptr_add(data, bytes))
    }

    /// The element at a position.
    pub(super) fn buffer_load(&mut self, buffer: &TypedValue, index: &TypedValue) -> TypedValue {
        let Ty::Buffer(ty) = buffer.ty else { panic!("{} is no buffer", buffer.ty) };
        let (dtype, address) = self.buffer_address(buffer, index);
        let fx = &mut self.fx;
        let loaded = memory::load(fx, dtype, address);
        if dtype == DType::U64 {
            let zero = fx.int(0);
            let fits = fx.b().icmp(IntCond::Sge, loaded.value(), zero);
            let text = "Python int too large to convert to C long";
            fx.b().guard(fits, "OverflowError", text, &[]);
            return TypedValue::scalar(Ty::Int, loaded.value());
        }
        numeric::convert(fx, &loaded, &element(&ty))
    }

    /// A primitive of buffers; `None` if the name is none.
    pub(super) fn buffer_primitive(
        &mut self,
        name: &str,
        args: &[TypedValue],
        out: &Ty,
    ) -> Option<TypedValue> {
        Some(match name {
            "prim.buffer_load" => self.buffer_load(&args[0], &args[1]),
            "prim.buffer_store" => {
                let (dtype, address) = self.buffer_address(&args[0], &args[1]);
                let value = numeric::cast(&mut self.fx, &args[2], dtype);
                memory::store(&mut self.fx, dtype, &value, address);
                TypedValue::unit(Ty::None)
            }
            "prim.buffer_part" => {
                let from = index_value(&mut self.fx, &args[1]);
                let length = index_value(&mut self.fx, &args[2]);
                let part = self.fx.helper("buffer_part", &[args[0].value(), from, length]);
                TypedValue::scalar(out.clone(), part.expect("a buffer"))
            }
            "prim.buffer_like" | "prim.bytearray_new" | "prim.array_new" => {
                let Ty::Buffer(ty) = out else { panic!("{name} gives {out}") };
                let item = self.fx.int(ty.dtype().itemsize().into());
                let length = index_value(&mut self.fx, args.last().expect("a length"));
                let made = self.fx.helper("buffer_new", &[item, length]).expect("a buffer");
                TypedValue::scalar(out.clone(), made)
            }
            _ => return None,
        })
    }
}
