//! Structural builtins to IR: see `infer/structural.rs` for what each is.

use super::convert::{convert, split};
use super::function::Lowering;
use super::index::index_value;
use super::iteration;
use super::memory::{self, ArrayParts};
use super::{Fx, TypedValue};
use crate::infer::index::tuple_position;
use crate::numeric;
use crate::types::{ArrayTy, Layout, Lit, Ty};
use cumbia_abi::{MAX_RAISE_ARGS, offsets};
use cumbia_ir::{IntCond, Opcode, Region, Type, Value};

/// The extents of a shape argument: a tuple of integers or one integer.
fn extents(fx: &mut Fx, shape: &TypedValue) -> Vec<Value> {
    match &shape.ty {
        Ty::Tuple(types) => split(types, &shape.parts).iter().map(|i| index_value(fx, i)).collect(),
        _ => vec![index_value(fx, shape)],
    }
}

/// Strides of a contiguous array of the given extents.
fn contiguous_strides(fx: &mut Fx, ty: &ArrayTy, shape: &[Value]) -> Vec<Value> {
    strides_of(fx, ty.dtype.itemsize(), ty.layout, shape)
}

fn strides_of(fx: &mut Fx, itemsize: u32, layout: Layout, shape: &[Value]) -> Vec<Value> {
    let n = shape.len();
    let mut strides = vec![fx.int(itemsize.into()); n];
    match layout {
        Layout::F => {
            for i in 1..n {
                strides[i] = fx.b().binary(Opcode::Imul, strides[i - 1], shape[i - 1]);
            }
        }
        _ => {
            for i in (0..n.saturating_sub(1)).rev() {
                strides[i] = fx.b().binary(Opcode::Imul, strides[i + 1], shape[i + 1]);
            }
        }
    }
    strides
}

/// A new array; negative or too large extents raise as NumPy's do.
fn allocate(fx: &mut Fx, ty: ArrayTy, shape: Vec<Value>, zeroed: bool) -> TypedValue {
    let (owner, data) = allocate_memory(fx, ty.dtype.itemsize(), &shape, zeroed);
    let strides = contiguous_strides(fx, &ty, &shape);
    ArrayParts { ty, owner, data, shape, strides }.value()
}

/// Memory for an array, with its checks: owner and data.
fn allocate_memory(fx: &mut Fx, itemsize: u32, shape: &[Value], zeroed: bool) -> (Value, Value) {
    let zero = fx.int(0);
    let mut bytes = fx.int(itemsize.into());
    for &extent in shape {
        let valid = fx.b().icmp(IntCond::Sge, extent, zero);
        fx.b().guard(valid, "ValueError", "negative dimensions are not allowed", &[]);
        let high = fx.b().binary(Opcode::Umulhi, bytes, extent);
        let product = fx.b().binary(Opcode::Imul, bytes, extent);
        let no_high = fx.b().icmp(IntCond::Eq, high, zero);
        let positive = fx.b().icmp(IntCond::Sge, product, zero);
        let fits = fx.b().binary(Opcode::Band, no_high, positive);
        fx.b().guard(
            fits,
            "ValueError",
            "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.",
            &[],
        );
        bytes = product;
    }
    let zeroed = fx.bool(zeroed);
    let owner = fx.helper("alloc", &[bytes, zeroed]).expect("alloc gives an owner");
    let data = fx.b().load(Type::Ptr, owner, offsets::OWNER_DATA, Region::Owner);
    (owner, data)
}

/// The message of a raise: each `{}` of `text` for one value, whose numbers become
/// the operation's message arguments. Beyond their limit a value is shown as `...`.
fn message(fx: &mut Fx, text: &str, values: &[TypedValue]) -> (String, Vec<Value>) {
    let mut args = Vec::new();
    let mut pieces = text.split("{}");
    let mut message = pieces.next().unwrap_or_default().to_string();
    for (value, piece) in values.iter().zip(pieces) {
        let items = match &value.ty {
            Ty::Tuple(types) => split(types, &value.parts),
            _ => vec![value.clone()],
        };
        let shown: Vec<String> = if args.len() + items.len() > MAX_RAISE_ARGS {
            vec!["...".to_string()]
        } else {
            items
                .iter()
                .map(|item| {
                    let number = convert(fx, item, &item.ty.widen());
                    args.push(number.parts[0]);
                    format!("{{{}}}", args.len() - 1)
                })
                .collect()
        };
        message += &match (&value.ty, shown.as_slice()) {
            (Ty::Tuple(_), [one]) => format!("({one},)"),
            (Ty::Tuple(_), many) => format!("({})", many.join(",")),
            _ => shown.concat(),
        };
        message += piece;
    }
    (message, args)
}

impl Lowering<'_, '_> {
    pub(super) fn structural(&mut self, name: &str, args: &[TypedValue], out: &Ty) -> TypedValue {
        if let Some(bare) = name.strip_prefix("prim.") {
            if crate::infer::containers::primitive(bare).is_some() {
                return self.container_primitive(bare, args, out);
            }
            if cumbia_library::natives::native(bare).is_some() {
                return self.native(bare, args, out);
            }
        }
        if let Some(value) = self.buffer_primitive(name, args, out) {
            return value;
        }
        if let Some(value) = super::structured::primitive(&mut self.fx, name, args, out) {
            return value;
        }
        if let Some(value) = self.device_primitive(name, args, out) {
            return value;
        }
        if name == "prim.atomic" {
            return self.atomic(args, out);
        }
        if name == "builtins.bool" && !matches!(out, Ty::Lit(_)) {
            let truth = self.truth(&args[0]);
            return TypedValue::scalar(Ty::Bool, truth);
        }
        let fx = &mut self.fx;
        match name {
            "prim.time" if matches!(out, Ty::Array(_)) => {
                TypedValue { ty: out.clone(), parts: args[0].parts.clone() }
            }
            "prim.time" => {
                let count = convert(fx, &args[0], &Ty::Int).parts;
                TypedValue { ty: out.clone(), parts: count }
            }
            "prim.address_of" => {
                // The number keeps nothing alive: memory that somebody may get it for isn't
                // freed before the call from Python is over.
                fx.b().retain(args[0].parts[0]);
                let address = fx.b().convert(Opcode::Bitcast, Type::I64, args[0].parts[1]);
                TypedValue::scalar(Ty::Int, address)
            }
            "prim.ticks" => TypedValue { ty: out.clone(), parts: args[0].parts.clone() },
            "builtins.len" => {
                let length = self.iteration_length(&args[0]);
                TypedValue::scalar(out.clone(), length)
            }
            "builtins.range" | "cumbia.prange" => iteration::range(fx, args, out),
            "builtins.slice" | "builtins.tuple" => TypedValue {
                ty: out.clone(),
                parts: args.iter().flat_map(|a| a.parts.clone()).collect(),
            },
            "prim.empty" | "prim.zeros" | "prim.empty_f" | "prim.zeros_f" => {
                if let Ty::Records(ty) = out {
                    let shape = extents(fx, &args[0]);
                    let itemsize = ty.dtype.itemsize;
                    let zeroed = name == "prim.zeros";
                    let (owner, data) = allocate_memory(fx, itemsize, &shape, zeroed);
                    let strides = strides_of(fx, itemsize, Layout::C, &shape);
                    let mut parts = vec![owner, data];
                    parts.extend(shape);
                    parts.extend(strides);
                    return TypedValue { ty: out.clone(), parts };
                }
                let Ty::Array(ty) = out else { panic!("{name} gives {out}") };
                let shape = extents(fx, &args[0]);
                allocate(fx, *ty, shape, name.starts_with("prim.zeros"))
            }
            "prim.view" | "prim.view_as" => {
                let Ty::Array(ty) = out else { panic!("{name} gives {out}") };
                let array = ArrayParts::of(&args[0]);
                let args = if name == "prim.view" { args } else { &args[1..] };
                let (shape, strides) = (extents(fx, &args[1]), extents(fx, &args[2]));
                let offset = index_value(fx, &args[3]);
                let data = fx.b().ptr_add(array.data, offset);
                ArrayParts { ty: *ty, owner: array.owner, data, shape, strides }.value()
            }
            "prim.frozen" => TypedValue { ty: out.clone(), parts: args[0].parts.clone() },
            "prim.view_c" | "prim.view_as_c" => {
                let Ty::Array(ty) = out else { panic!("{name} gives {out}") };
                let array = ArrayParts::of(&args[0]);
                let shape = extents(fx, args.last().expect("a shape"));
                let strides = contiguous_strides(fx, ty, &shape);
                ArrayParts { ty: *ty, owner: array.owner, data: array.data, shape, strides }.value()
            }
            "prim.load" => {
                let array = ArrayParts::of(&args[0]);
                let offset = index_value(fx, &args[1]);
                let address = fx.b().ptr_add(array.data, offset);
                memory::load(fx, array.ty.dtype, address)
            }
            "prim.store" => {
                let array = ArrayParts::of(&args[0]);
                let offset = index_value(fx, &args[1]);
                let value = numeric::cast(fx, &args[2], array.ty.dtype);
                let address = fx.b().ptr_add(array.data, offset);
                memory::store(fx, array.ty.dtype, &value, address);
                TypedValue::unit(Ty::None)
            }
            "prim.guard" => {
                let (Ty::Lit(Lit::Str(class)), Ty::Lit(Lit::Str(text))) =
                    (&args[1].ty, &args[2].ty)
                else {
                    panic!("{name} of {}", args[1].ty)
                };
                let (message, values) = message(fx, text, &args[3..]);
                let cond = self.truth(&args[0]);
                self.fx.b().guard(cond, class, &message, &values);
                TypedValue::unit(Ty::None)
            }
            "prim.lookup" => {
                let Ty::Tuple(items) = &args[0].ty else { panic!("{name} of {}", args[0].ty) };
                let index = index_value(fx, &args[1]);
                TypedValue { ty: out.clone(), parts: vec![lookup(fx, items, index)] }
            }
            "prim.address" => {
                let data = ArrayParts::of(&args[0]).data;
                TypedValue::scalar(Ty::Int, fx.b().convert(Opcode::Bitcast, Type::I64, data))
            }
            "prim.tuple_set" => {
                let (Ty::Tuple(types), Ty::Lit(Lit::Int(i))) = (&args[0].ty, &args[1].ty) else {
                    panic!("{name} of {}", args[0].ty)
                };
                let position = tuple_position(types.len(), *i).expect("checked by inference");
                let mut items = split(types, &args[0].parts);
                items[position] = args[2].clone();
                TypedValue {
                    ty: out.clone(),
                    parts: items.into_iter().flat_map(|i| i.parts).collect(),
                }
            }
            "prim.record_items" if matches!(args[0].ty, Ty::Object(..)) => {
                super::records::fields(fx, &args[0])
            }
            "prim.manager" => TypedValue { ty: out.clone(), parts: args[1].parts.clone() },
            "prim.keyword_values" | "prim.view_of" | "prim.made_of" | "prim.plain_text" => {
                TypedValue { ty: out.clone(), parts: args[0].parts.clone() }
            }
            "prim.storage" => TypedValue { ty: out.clone(), parts: args[0].parts.clone() },
            "prim.like" | "prim.keywords_of" | "prim.record_of" => {
                TypedValue { ty: out.clone(), parts: args[1].parts.clone() }
            }
            "prim.record_items" => TypedValue { ty: out.clone(), parts: args[0].parts.clone() },
            "prim.flag_int" if *out == Ty::Int => TypedValue::scalar(Ty::Int, args[0].parts[0]),
            "prim.flag_of" => {
                let value = super::convert::convert(fx, &args[1], &Ty::Int);
                TypedValue { ty: out.clone(), parts: value.parts }
            }
            "prim.member_text" if *out == Ty::Str => {
                super::records::member_text(fx, &args[0], &args[1].ty)
            }
            "cumbia.reveal_type" => args[0].clone(),
            "builtins.bool" if *out == Ty::Bool => {
                let truth = self.truth(&args[0]);
                TypedValue::scalar(Ty::Bool, truth)
            }
            "builtins.isinstance" => self.optional_is_instance(&args[0], &args[1].ty),
            // Known by its type alone.
            _ if out.part_types().is_empty() => TypedValue::unit(out.clone()),
            other => panic!("structural builtin {other} has no lowering"),
        }
    }
}

/// An entry of a table of constants; the last one for an index beyond it.
fn lookup(fx: &mut Fx, items: &[Ty], index: Value) -> Value {
    let word = |item: &Ty| match item {
        Ty::Lit(Lit::Int(i)) => i.to_le_bytes(),
        Ty::Lit(Lit::Float(bits)) => bits.to_le_bytes(),
        other => panic!("{other} in a table"),
    };
    let bytes: Vec<u8> = items.iter().flat_map(word).collect();
    let data = fx.module.intern_data("table", bytes, false);
    let last = fx.int(items.len() as i64 - 1);
    let index = fx.b().binary(Opcode::Umin, index, last);
    let size = fx.int(8);
    let offset = fx.b().binary(Opcode::Imul, index, size);
    let start = fx.b().data_addr(data);
    let address = fx.b().ptr_add(start, offset);
    let ty = if matches!(items[0], Ty::Lit(Lit::Int(_))) { Type::I64 } else { Type::F64 };
    fx.b().load(ty, address, 0, Region::Const)
}
