//! Buffers: `bytearray`, `array.array`, `memoryview`: items, attributes, operators, and the
//! primitives of the bodies in `buffers.py`, which do nearly all of it.
//!
//! Elements are Python's numbers. A buffer can't be an element of a container.

use super::Sweep;
use super::expressions::{Typed, one};
use super::index::is_index_int;
use super::structural::literal_bool;
use crate::buffers::{BufferKind, BufferTy};
use crate::hir::{CompareOp, HBlock, HValue, HirInst, Op};
use crate::numeric::NumericError;
use crate::types::{Lit, Ty};
use cumbia_diagnostics::Span;

fn text(s: impl AsRef<str>) -> Ty {
    Ty::Lit(Lit::Str(s.as_ref().into()))
}

/// The type of the elements.
pub fn element(buffer: &BufferTy) -> Ty {
    if buffer.dtype().is_float() { Ty::Float } else { Ty::Int }
}

/// The result type of a primitive of buffers; `None` if the name isn't one.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    let made = |kind, code| Ok(Ty::Buffer(BufferTy { kind, code, readonly: false }));
    Some(match (name, args) {
        ("prim.is_buffer", [t]) => Ok(literal_bool(matches!(t, Ty::Buffer(_)))),
        ("prim.buffer_kind", [Ty::Buffer(b)]) => Ok(text(b.kind.name())),
        ("prim.buffer_code", [Ty::Buffer(b)]) => Ok(text((b.code as char).to_string())),
        ("prim.buffer_readonly", [Ty::Buffer(b)]) => Ok(literal_bool(b.readonly)),
        ("prim.buffer_load", [Ty::Buffer(b), i]) if is_index_int(i) => Ok(element(b)),
        ("prim.buffer_store", [Ty::Buffer(_), i, v]) if is_index_int(i) && v.is_number() => {
            Ok(Ty::None)
        }
        ("prim.buffer_like", [Ty::Buffer(b), n]) if is_index_int(n) => made(b.kind, b.code),
        ("prim.buffer_part", [Ty::Buffer(b), i, n])
            if b.kind == BufferKind::Memory && is_index_int(i) && is_index_int(n) =>
        {
            Ok(Ty::Buffer(*b))
        }
        ("prim.bytearray_new", [n]) if is_index_int(n) => made(BufferKind::ByteArray, b'B'),
        ("prim.array_new", [Ty::Lit(Lit::Str(code)), n]) if is_index_int(n) => {
            match code.as_bytes() {
                [code] if BufferTy::dtype_of(*code).is_some() => made(BufferKind::Array, *code),
                _ => Err(NumericError {
                    code: "CB0303",
                    message: format!("array.array of the type code '{code}' is not compiled"),
                    help: None,
                }),
            }
        }
        ("prim.array_new", [_, _]) => Err(NumericError {
            code: "CB0303",
            message: "the type code of array.array must be a constant string".into(),
            help: None,
        }),
        ("builtins.len", [Ty::Buffer(_)]) => Ok(Ty::Int),
        ("builtins.bool", [Ty::Buffer(_)]) => Ok(Ty::Bool),
        _ => return None,
    })
}

impl Sweep<'_, '_, '_> {
    /// The types of an instruction on a buffer; `None` for any other.
    pub(super) fn buffer_instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Typed> {
        let span = inst.span;
        match &inst.op {
            Op::Item(b, i) if matches!(self.ty(*b)?, Ty::Buffer(_)) => {
                self.ty(*i)?;
                Some(self.call_operator(block, at, "buffers.item", &[*b, *i], span))
            }
            Op::SetItem(b, i, v) if matches!(self.ty(*b)?, Ty::Buffer(_)) => {
                self.ty(*i)?;
                self.ty(*v)?;
                Some(self.call_operator(block, at, "buffers.set_item", &[*b, *i, *v], span))
            }
            Op::Attr(b, name) => {
                let Ty::Buffer(ty) = self.ty(*b)? else { return None };
                let memory = ty.kind == BufferKind::Memory;
                Some(match &**name {
                    "itemsize" if ty.kind != BufferKind::ByteArray => {
                        one(Ty::Lit(Lit::Int(ty.dtype().itemsize().into())))
                    }
                    "typecode" if ty.kind == BufferKind::Array => {
                        one(text((ty.code as char).to_string()))
                    }
                    "format" if memory => one(text((ty.code as char).to_string())),
                    "readonly" if memory => one(literal_bool(ty.readonly)),
                    "ndim" if memory => one(Ty::Lit(Lit::Int(1))),
                    "nbytes" if memory => {
                        self.call_operator(block, at, "buffers.nbytes", &[*b], span)
                    }
                    "shape" if memory => {
                        self.call_operator(block, at, "buffers.shape", &[*b], span)
                    }
                    _ => return None,
                })
            }
            _ => None,
        }
    }

    /// A comparison with a buffer, `in` included; `None` if there is none.
    pub(super) fn buffer_comparison(
        &mut self,
        block: HBlock,
        at: usize,
        op: CompareOp,
        [a, b]: [HValue; 2],
        span: Span,
    ) -> Option<Typed> {
        let buffer = |ty: &Ty| matches!(ty, Ty::Buffer(_));
        let (ta, tb) = (self.ty(a)?, self.ty(b)?);
        let (body, operands) = match op {
            CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => return None,
            _ if !buffer(&ta) && !buffer(&tb) => return None,
            CompareOp::Eq => ("buffers.equal", [a, b]),
            CompareOp::Ne => ("buffers.unequal", [a, b]),
            CompareOp::Lt => ("buffers.less", [a, b]),
            CompareOp::Gt => ("buffers.less", [b, a]),
            CompareOp::Le => ("buffers.not_less", [b, a]),
            CompareOp::Ge => ("buffers.not_less", [a, b]),
        };
        Some(self.call_operator(block, at, body, &operands, span))
    }
}
