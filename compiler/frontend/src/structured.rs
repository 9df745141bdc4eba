//! Structured dtypes, arrays of them, and their elements.
//!
//! An element (`np.void`, `np.record`) refers to the array's memory, as in NumPy: its
//! parts are the owner and the address. Arrays have the parts of ordinary arrays. Nothing
//! is said about alignment: elements of arrays may lie at any address.

use crate::types::{ArrayTy, DType, Layout, Ty};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What lies in a field, or in each item of one that is an array.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum FieldKind {
    /// A number, date or difference of dates.
    Scalar(DType),
    /// Fields of its own.
    Struct(Arc<StructDtype>),
    /// Text of a fixed length.
    Text(Arc<StructDtype>),
    /// What compiled code leaves alone, by NumPy's name: objects, foreign byte order.
    Other(Arc<str>),
}

/// A field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StructField {
    /// Name.
    pub name: Arc<str>,
    /// What lies there.
    pub kind: FieldKind,
    /// Extents of a field that is an array; else empty.
    pub shape: Box<[u32]>,
    /// Bytes from the element's start.
    pub offset: u32,
}

impl StructField {
    /// Bytes of a field that is no array.
    pub fn size(&self) -> u32 {
        self.itemsize()
    }

    /// Bytes of one item.
    fn itemsize(&self) -> u32 {
        match &self.kind {
            FieldKind::Scalar(d) => d.itemsize(),
            FieldKind::Struct(d) | FieldKind::Text(d) => d.itemsize,
            FieldKind::Other(_) => 0,
        }
    }

    /// Extents and strides in bytes of a field that is an array.
    pub fn axes(&self) -> (Vec<i64>, Vec<i64>) {
        let shape: Vec<i64> = self.shape.iter().map(|&n| n.into()).collect();
        let mut strides = vec![0; shape.len()];
        let mut step = i64::from(self.itemsize());
        for (stride, extent) in strides.iter_mut().zip(&shape).rev() {
            *stride = step;
            step *= extent;
        }
        (shape, strides)
    }
}

/// The two kinds of text of a fixed length; zeroes behind a text don't count.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum TextKind {
    /// `S`: bytes.
    Bytes,
    /// `U`: code points of four bytes.
    Points,
}

impl TextKind {
    /// Python's type of a text.
    pub fn plain(self) -> Ty {
        match self {
            TextKind::Bytes => Ty::Bytes,
            TextKind::Points => Ty::Str,
        }
    }

    /// NumPy's class of a text.
    pub const fn class(self) -> &'static str {
        match self {
            TextKind::Bytes => "numpy.bytes_",
            TextKind::Points => "numpy.str_",
        }
    }

    /// NumPy's letter.
    pub const fn letter(self) -> &'static str {
        match self {
            TextKind::Bytes => "S",
            TextKind::Points => "U",
        }
    }

    /// Bytes of a unit.
    pub const fn unit(self) -> u32 {
        match self {
            TextKind::Bytes => 1,
            TextKind::Points => 4,
        }
    }
}

/// A structured dtype, known by the handle that the environment gives it; also a dtype of
/// text, which has no fields, and whose arrays have items that are no views.
#[derive(Debug, Serialize, Deserialize)]
pub struct StructDtype {
    /// Which dtype it is.
    pub handle: u64,
    /// Fields in order.
    pub fields: Vec<StructField>,
    /// Bytes per element.
    pub itemsize: u32,
    /// Whether elements are `np.record`, which has fields as attributes.
    pub record: bool,
    /// Of a dtype of text: which kind.
    pub text: Option<TextKind>,
}

impl StructDtype {
    /// The position of a field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| &*f.name == name)
    }

    /// The widest unsigned integers that an element is a whole number of.
    pub fn unit(&self) -> DType {
        match self.itemsize {
            n if n.is_multiple_of(8) => DType::U64,
            n if n.is_multiple_of(4) => DType::U32,
            n if n.is_multiple_of(2) => DType::U16,
            _ => DType::U8,
        }
    }

    /// Whether copying the bytes of an element copies the element.
    pub fn is_plain(&self) -> bool {
        self.fields.iter().all(|f| match &f.kind {
            FieldKind::Scalar(_) | FieldKind::Text(_) => true,
            FieldKind::Struct(d) => d.is_plain(),
            FieldKind::Other(name) => &**name != "object",
        })
    }
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
        if let Some(text) = self.text {
            return write!(f, "{}{}", text.letter(), self.itemsize / text.unit());
        }
        f.write_str("{")?;
        for (i, field) in self.fields.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{}: ", field.name)?;
            match &field.kind {
                FieldKind::Scalar(d) => f.write_str(d.name())?,
                FieldKind::Struct(d) | FieldKind::Text(d) => write!(f, "{d}")?,
                FieldKind::Other(name) => f.write_str(name)?,
            }
            for extent in &field.shape {
                write!(f, "[{extent}]")?;
            }
        }
        f.write_str("}")
    }
}

/// Type of an array of a structured dtype.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct RecordsTy {
    /// Dtype.
    pub dtype: Arc<StructDtype>,
    /// Number of dimensions.
    pub ndim: u8,
    /// Memory order.
    pub layout: Layout,
    /// Whether stores are refused.
    pub readonly: bool,
    /// Whether it is an `np.recarray`, which has fields as attributes.
    pub recarray: bool,
}

impl RecordsTy {
    /// An array of bytes with the same shape and strides: for indexing.
    pub fn bytes(&self) -> ArrayTy {
        ArrayTy { dtype: DType::U8, ndim: self.ndim, layout: Layout::A, readonly: self.readonly }
    }

    /// The type of an element.
    pub fn element(&self) -> Ty {
        match self.dtype.text {
            Some(kind) => Ty::Text(kind),
            None => Ty::Row(RowTy { dtype: self.dtype.clone(), readonly: self.readonly }.into()),
        }
    }

    /// The type of a place where a text is stored.
    fn of_text(dtype: &Arc<StructDtype>, ndim: u8, layout: Layout, readonly: bool) -> Ty {
        let dtype = dtype.clone();
        Ty::Records(RecordsTy { dtype, ndim, layout, readonly, recarray: false }.into())
    }

    /// The place that a text read from the array came from.
    pub fn item_place(&self) -> Ty {
        Self::of_text(&self.dtype, 0, Layout::C, self.readonly)
    }

    /// The array of the integers ([`StructDtype::unit`]) that the elements are made of, which
    /// are one more dimension.
    pub fn units(&self) -> ArrayTy {
        let layout = if self.layout == Layout::C { Layout::C } else { Layout::A };
        let (dtype, ndim) = (self.dtype.unit(), self.ndim + 1);
        ArrayTy { dtype, ndim, layout, readonly: self.readonly }
    }

    /// The type of `a["f"]`; the field's own word where it isn't compiled.
    pub fn field(&self, field: &StructField) -> Result<Ty, Arc<str>> {
        let ndim = self.ndim + field.shape.len() as u8;
        match &field.kind {
            FieldKind::Scalar(dtype) => {
                let (dtype, readonly) = (*dtype, self.readonly);
                Ok(Ty::Array(ArrayTy { dtype, ndim, layout: Layout::A, readonly }))
            }
            // Records in records are `np.void` in an ordinary array.
            FieldKind::Struct(_) if self.dtype.record && !self.recarray => {
                Err("a structure in records that are no recarray".into())
            }
            FieldKind::Struct(dtype) => Ok(Ty::Records(
                RecordsTy { dtype: dtype.clone(), ndim, layout: Layout::A, ..self.clone() }.into(),
            )),
            FieldKind::Text(dtype) => Ok(RecordsTy::of_text(dtype, ndim, Layout::A, self.readonly)),
            FieldKind::Other(name) => Err(name.clone()),
        }
    }
}

/// Type of an element of an array of a structured dtype.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct RowTy {
    /// Dtype.
    pub dtype: Arc<StructDtype>,
    /// Whether stores are refused.
    pub readonly: bool,
}

impl RowTy {
    /// The type of a field; its own word where it isn't compiled.
    pub fn field(&self, field: &StructField) -> Result<Ty, Arc<str>> {
        let (ndim, readonly) = (field.shape.len() as u8, self.readonly);
        match &field.kind {
            FieldKind::Scalar(dtype) if ndim == 0 => Ok(Ty::Num(*dtype)),
            FieldKind::Scalar(dtype) => {
                Ok(Ty::Array(ArrayTy { dtype: *dtype, ndim, layout: Layout::C, readonly }))
            }
            FieldKind::Struct(dtype) if ndim == 0 => {
                Ok(Ty::Row(RowTy { dtype: dtype.clone(), readonly }.into()))
            }
            FieldKind::Struct(dtype) => {
                let (dtype, layout) = (dtype.clone(), Layout::C);
                Ok(Ty::Records(RecordsTy { dtype, ndim, layout, readonly, recarray: false }.into()))
            }
            FieldKind::Text(dtype) => match (ndim, dtype.text) {
                (0, Some(kind)) => Ok(Ty::Text(kind)),
                _ => Ok(RecordsTy::of_text(dtype, ndim, Layout::C, readonly)),
            },
            FieldKind::Other(name) => Err(name.clone()),
        }
    }

    /// The type of what is stored into when a field is assigned: of a text its place.
    pub fn field_place(&self, field: &StructField) -> Result<Ty, Arc<str>> {
        match &field.kind {
            FieldKind::Text(dtype) if field.shape.is_empty() => {
                Ok(RecordsTy::of_text(dtype, 0, Layout::C, self.readonly))
            }
            _ => self.field(field),
        }
    }

    /// Whether a field is a text, which is made when it is read.
    pub fn has_texts(&self) -> bool {
        let text = |f: &StructField| matches!(f.kind, FieldKind::Text(_)) && f.shape.is_empty();
        self.dtype.fields.iter().any(text)
    }

    /// The integers ([`StructDtype::unit`]) that it is made of.
    pub fn units(&self) -> ArrayTy {
        let (dtype, readonly) = (self.dtype.unit(), self.readonly);
        ArrayTy { dtype, ndim: 1, layout: Layout::C, readonly }
    }
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
        f.write_str(if self.readonly { ", readonly)" } else { ")" })
    }
}

impl fmt::Display for RowTy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.dtype.record { "record" } else { "void" };
        write!(f, "{what}({})", self.dtype)
    }
}
