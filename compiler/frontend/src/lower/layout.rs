//! How values lie in the slots of objects: the layout code of a type, loads and stores.
//!
//! One 8-byte slot for each part of the type ([`cumbia_abi::Layout`]).

use super::ownership::owners;
use super::{Fx, TypedValue};
use crate::classes::ClassKind;
use crate::infer::is_function;
use crate::types::{Collection, DType, Ty};
use cumbia_ir::{IntCond, Opcode, Region, Type, Value};

/// The layout code of a type.
///
/// # Panics
///
/// For types that no container holds: inference lets none pass.
pub fn code(ty: &Ty) -> String {
    let mut out = String::new();
    write(ty, &mut out);
    out
}

fn write(ty: &Ty, out: &mut String) {
    match ty {
        Ty::Bool => out.push('b'),
        Ty::Int => out.push('i'),
        Ty::Float => out.push('f'),
        Ty::Complex => out.push('c'),
        // A count; inference lets nothing compare or print it as the number that it isn't.
        Ty::Num(d) if d.is_time() => out.push('i'),
        Ty::Num(d) => {
            let half = DType::ALL.len() + usize::from(*d == DType::BF16);
            let number = DType::ALL.iter().position(|x| x == d).unwrap_or(half);
            out.push('n');
            out.push((b'a' + number as u8) as char);
        }
        Ty::Str => out.push('s'),
        Ty::Bytes => out.push('y'),
        Ty::List(..) => out.push('l'),
        Ty::Object(class, fields) => {
            out.push(match class.kind {
                ClassKind::Dataclass { eq: true, .. } => 'o',
                _ => 'j',
            });
            numbered(class.handle, out);
            write(&fields.widen(), out);
        }
        Ty::Buffer(_) => out.push('r'),
        Ty::Set(..) => out.push('t'),
        Ty::Dict(..) => out.push('d'),
        Ty::Collection(Collection::FrozenSet, _) => out.push('z'),
        Ty::Collection(Collection::Tuple, _) => out.push('u'),
        Ty::Collection(_, storage) => write(storage, out),
        Ty::Array(a) => {
            out.push('a');
            out.push((b'0' + a.ndim) as char);
        }
        Ty::Tuple(items) | Ty::Record(_, items) => {
            if let Ty::Record(class, _) = ty
                && !class.is_tuple()
            {
                out.push('k');
                numbered(class.handle, out);
            }
            out.push('(');
            items.iter().for_each(|t| write(t, out));
            out.push(')');
        }
        Ty::Optional(t) => {
            out.push('?');
            write(t, out);
        }
        // Elements of one type are of one enum, and inference lets nothing compare a position
        // with what isn't one of the same enum.
        Ty::Enum(class) => {
            out.push(if class.by_value { 'E' } else { 'e' });
            numbered(class.class.handle, out);
        }
        // What was never told is never there.
        Ty::None | Ty::Open(..) => out.push('N'),
        // All functions that elements may be hold nothing: a number, which compares.
        Ty::Choice(_) if ty.part_types().len() == 1 => out.push('i'),
        _ if is_function(ty) && ty.part_types().is_empty() => out.push('N'),
        // What it holds, part by part. Nothing compares it, and a counted part of another
        // function than the value is null.
        _ if is_function(ty) => {
            let parts: Vec<Value> = (0..ty.part_types().len()).map(Value::new).collect();
            let owners: Vec<Value> = owners(ty, &parts).iter().map(|o| o.owner).collect();
            out.push('(');
            parts.iter().for_each(|p| out.push_str(if owners.contains(p) { "r" } else { "x1" }));
            out.push(')');
        }
        other => panic!("{other} has no layout"),
    }
}

/// The number of a class.
fn numbered(handle: u64, out: &mut String) {
    out.push_str(&handle.to_string());
    out.push(';');
}

/// The address of a type's layout.
pub fn address(fx: &mut Fx, ty: &Ty) -> Value {
    let bytes = cumbia_abi::layout_bytes(&code(ty));
    let data = fx.module.intern_data("layout", bytes, false);
    fx.b().data_addr(data)
}

/// The value of a type in slots at an address.
pub fn load(fx: &mut Fx, ty: &Ty, address: Value) -> TypedValue {
    let parts = ty
        .part_types()
        .into_iter()
        .enumerate()
        .map(|(i, part)| load_part(fx, part, address, 8 * i as i32))
        .collect();
    TypedValue { ty: ty.clone(), parts }
}

/// Reads one part from its slot.
pub fn load_part(fx: &mut Fx, part: Type, address: Value, offset: i32) -> Value {
    match part {
        Type::Bool => {
            let byte = fx.b().load(Type::I8, address, offset, Region::Items);
            let zero = fx.b().iconst(Type::I8, 0);
            fx.b().icmp(IntCond::Ne, byte, zero)
        }
        _ => fx.b().load(part, address, offset, Region::Items),
    }
}

/// Writes a value into slots at an address. Counts are the caller's business.
pub fn store(fx: &mut Fx, value: &TypedValue, address: Value) {
    for (i, &part) in value.parts.iter().enumerate() {
        store_part(fx, part, address, 8 * i as i32);
    }
}

/// Writes one part into its slot.
pub fn store_part(fx: &mut Fx, part: Value, address: Value, offset: i32) {
    let part = match fx.func.value_type(part) {
        Type::Bool => fx.b().convert(Opcode::Zext, Type::I64, part),
        Type::I8 | Type::I16 | Type::I32 => fx.b().convert(Opcode::Sext, Type::I64, part),
        _ => part,
    };
    fx.b().store(part, address, offset, Region::Items);
}
