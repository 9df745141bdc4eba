//! Structured dtypes, arrays of them, and their elements.
//!
//! An element (`np.void`, `np.record`) refers to the array's memory, as in NumPy: its
//! parts are the owner and the address. Arrays have the parts of ordinary arrays.

use crate::types::{ArrayTy, DType, Layout};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A field of a scalar dtype.
#[derive(Clone, PartialEq, Debug)]
pub struct StructField {
    /// Name.
    pub name: Arc<str>,
    /// What lies there.
    pub dtype: DType,
    /// Bytes from the element's start.
    pub offset: u32,
}

/// A structured dtype, known by the handle that the environment gives it.
#[derive(Debug)]
pub struct StructDtype {
    /// Which dtype it is.
    pub handle: u64,
    /// Fields in order.
    pub fields: Vec<StructField>,
    /// Bytes per element.
    pub itemsize: u32,
    /// Whether elements are `np.record`, which has fields as attributes.
    pub record: bool,
}

impl StructDtype {
    /// The position of a field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| &*f.name == name)
    }

    /// Whether every field of an element at an aligned address is aligned, and the next
    /// element's too.
    pub fn aligned(&self) -> bool {
        let all = self.fields.iter().all(|f| f.offset.is_multiple_of(alignment(f.dtype)));
        all && self.itemsize.is_multiple_of(self.alignment())
    }

    /// The alignment that fields ask for.
    pub fn alignment(&self) -> u32 {
        self.fields.iter().map(|f| alignment(f.dtype)).max().unwrap_or(1)
    }
}

/// Natural alignment of a dtype's parts.
pub fn alignment(dtype: DType) -> u32 {
    if dtype.is_complex() { dtype.itemsize() / 2 } else { dtype.itemsize() }
}

impl PartialEq for StructDtype {
    fn eq(&self, other: &StructDtype) -> bool {
        self.handle == other.handle
    }
}

impl Eq for StructDtype {}

impl Hash for StructDtype {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.handle.hash(state);
    }
}

impl fmt::Display for StructDtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, field) in self.fields.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{}: {}", field.name, field.dtype.name())?;
        }
        f.write_str("}")
    }
}

/// Type of an array of a structured dtype.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RecordsTy {
    /// Dtype.
    pub dtype: Arc<StructDtype>,
    /// Number of dimensions.
    pub ndim: u8,
    /// Memory order.
    pub layout: Layout,
    /// Whether stores are refused.
    pub readonly: bool,
    /// Whether each field of each element is at an aligned address.
    pub aligned: bool,
    /// Whether it is an `np.recarray`, which has fields as attributes.
    pub recarray: bool,
}

impl RecordsTy {
    /// An array of bytes with the same shape and strides: for indexing.
    pub fn bytes(&self) -> ArrayTy {
        ArrayTy { dtype: DType::U8, ndim: self.ndim, layout: Layout::A, readonly: self.readonly }
    }

    /// The type of an element.
    pub fn row(&self) -> RowTy {
        RowTy { dtype: self.dtype.clone(), readonly: self.readonly, aligned: self.aligned }
    }
}

/// Type of an element of an array of a structured dtype.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RowTy {
    /// Dtype.
    pub dtype: Arc<StructDtype>,
    /// Whether stores are refused.
    pub readonly: bool,
    /// Whether each field is at an aligned address.
    pub aligned: bool,
}

impl fmt::Display for RecordsTy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.recarray { "recarray" } else { "array" };
        let layout = match self.layout {
            Layout::C => "C",
            Layout::F => "F",
            Layout::A => "A",
        };
        write!(f, "{what}({}, {}, {layout}", self.dtype, self.ndim)?;
        f.write_str(if self.readonly { ", readonly" } else { "" })?;
        f.write_str(if self.aligned { ")" } else { ", unaligned)" })
    }
}

impl fmt::Display for RowTy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.dtype.record { "record" } else { "void" };
        write!(f, "{what}({})", self.dtype)
    }
}
