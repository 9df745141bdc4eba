//! Types of buffers: `bytearray`, `array.array` and `memoryview`, one of which is a class, the
//! type of the elements in memory, and whether stores are refused. Elements are numbers in
//! one dimension; other memoryviews have no type here.

use crate::types::DType;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which class of buffer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum BufferKind {
    /// `bytearray`
    ByteArray,
    /// `array.array`
    Array,
    /// `memoryview`, of one dimension
    Memory,
}

impl BufferKind {
    /// The class's name.
    pub const fn name(self) -> &'static str {
        match self {
            BufferKind::ByteArray => "bytearray",
            BufferKind::Array => "array",
            BufferKind::Memory => "memoryview",
        }
    }
}

/// Type of a buffer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct BufferTy {
    /// Its class.
    pub kind: BufferKind,
    /// The type code of `array`, one that [`BufferTy::dtype_of`] knows.
    pub code: u8,
    /// Whether stores are refused.
    pub readonly: bool,
}

impl BufferTy {
    /// The dtype that the elements have in memory.
    pub fn dtype_of(code: u8) -> Option<DType> {
        Some(match code {
            b'b' => DType::I8,
            b'B' => DType::U8,
            b'h' => DType::I16,
            b'H' => DType::U16,
            b'i' => DType::I32,
            b'I' => DType::U32,
            b'l' | b'q' => DType::I64,
            b'L' | b'Q' => DType::U64,
            b'f' => DType::F32,
            b'd' => DType::F64,
            _ => return None,
        })
    }

    /// The dtype that the elements have in memory.
    pub fn dtype(self) -> DType {
        BufferTy::dtype_of(self.code).expect("a known type code")
    }
}

impl fmt::Display for BufferTy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code as char;
        match self.kind {
            BufferKind::ByteArray => f.write_str("bytearray"),
            BufferKind::Array => write!(f, "array.array({code:?})"),
            BufferKind::Memory if self.readonly => write!(f, "memoryview({code:?}, readonly)"),
            BufferKind::Memory => write!(f, "memoryview({code:?})"),
        }
    }
}
