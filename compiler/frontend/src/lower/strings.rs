//! String and bytes constants, f-strings.
//!
//! A constant is a whole object in the kernel's static data, with a count that never
//! falls to zero: as a value it is an address, and nobody has to free it.

use super::function::Lowering;
use super::{Fx, TypedValue, layout};
use crate::hir::{BinaryOp, HBlock, HValue, Op};
use crate::types::{Lit, Ty};
use cumbia_abi::{IMMORTAL, ObjectKind, Owner, SCRATCH_SLOTS, StrObject, object_offsets, offsets};
use cumbia_ir::{Region, Value};

/// A string constant's object.
pub fn constant(fx: &mut Fx, text: &str) -> Value {
    let points: Vec<u32> = text.chars().map(u32::from).collect();
    let unit = match points.iter().max() {
        Some(&top) if top > 0xFFFF => 4,
        Some(&top) if top > 0xFF => 2,
        _ => 1,
    };
    let units: Vec<u8> =
        points.iter().flat_map(|p| p.to_le_bytes().into_iter().take(unit)).collect();
    let object = object(ObjectKind::Str, points.len(), unit, &units);
    let data = fx.module.intern_data("str", object, true);
    fx.b().data_addr(data)
}

/// A bytes constant's object.
pub fn bytes_constant(fx: &mut Fx, bytes: &[u8]) -> Value {
    let object = object(ObjectKind::Bytes, bytes.len(), 1, bytes);
    let data = fx.module.intern_data("bytes", object, true);
    fx.b().data_addr(data)
}

/// The bytes of a string or bytes object that is never freed.
fn object(kind: ObjectKind, length: usize, unit: usize, units: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0u8; size_of::<StrObject>()];
    let mut put = |offset: i32, value: i64| {
        let at = offset as usize;
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    };
    put(offsets::OWNER_REFCOUNT, IMMORTAL);
    put(core::mem::offset_of!(Owner, size) as i32, units.len() as i64);
    put(object_offsets::STR_LENGTH, length as i64);
    put(object_offsets::STR_UNIT, unit as i64);
    put(object_offsets::STR_HASH, -1);
    let at = core::mem::offset_of!(Owner, kind);
    bytes[at..at + 4].copy_from_slice(&(kind as u32).to_le_bytes());
    bytes.extend_from_slice(units);
    bytes
}

/// A string constant as an object; other values as they are.
pub fn value(fx: &mut Fx, value: &TypedValue) -> TypedValue {
    match &value.ty {
        Ty::Lit(Lit::Str(text)) => {
            let text = text.clone();
            TypedValue::scalar(Ty::Str, constant(fx, &text))
        }
        _ => value.clone(),
    }
}

impl Lowering<'_, '_> {
    /// `a + b` of strings where `a` is this function's own and dies there: the runtime may
    /// then write behind it. `None` for other instructions, and where nothing is won.
    pub(super) fn append_string(
        &mut self,
        block: HBlock,
        at: usize,
        op: &Op,
    ) -> Option<TypedValue> {
        let Op::Binary(BinaryOp::Add, a, b, _) = op else { return None };
        let text = |ty: Option<&Ty>| matches!(ty, Some(Ty::Str | Ty::Lit(Lit::Str(_))));
        if self.resume.is_some() || !self.seen.is_empty() || !text(self.ty(*b)) {
            return None;
        }
        let own = self.ownership.same(*a);
        let dies = self.ownership.dies(block, at).contains(&own);
        if self.ty(*a) != Some(&Ty::Str) || self.ty(own) != Some(&Ty::Str) || !dies {
            return None;
        }
        let (a, b) = (self.value(*a), self.value(*b));
        let b = value(&mut self.fx, &b);
        let sum = self.fx.helper("str_append", &[a.value(), b.value()]).expect("a string");
        Some(TypedValue::scalar(Ty::Str, sum))
    }

    /// The parts of an f-string, joined: at least one is no constant.
    pub(super) fn concat(&mut self, parts: &[HValue]) -> TypedValue {
        if parts.len() <= SCRATCH_SLOTS {
            let scratch = self.fx.helper("scratch", &[]).expect("an address");
            for (i, &part) in parts.iter().enumerate() {
                let part = self.value(part);
                let part = value(&mut self.fx, &part);
                let at = 8 * i as i32;
                self.fx.b().store(part.value(), scratch, at, Region::Items);
            }
            let count = self.fx.int(parts.len() as i64);
            let joined = self.fx.helper("str_pieces", &[count]).expect("a string");
            return TypedValue::scalar(Ty::Str, joined);
        }
        let layout = layout::address(&mut self.fx, &Ty::Str);
        let capacity = self.fx.int(parts.len() as i64);
        let list = self.fx.helper("list_new", &[layout, capacity]).expect("a list");
        for &part in parts {
            let part = self.value(part);
            let part = value(&mut self.fx, &part);
            self.retain(&part);
            let place = self.fx.helper("list_append", &[list]).expect("an address");
            layout::store(&mut self.fx, &part, place);
        }
        let empty = constant(&mut self.fx, "");
        let joined = self.fx.helper("str_join", &[empty, list]).expect("a string");
        self.fx.b().release(list);
        TypedValue::scalar(Ty::Str, joined)
    }
}
