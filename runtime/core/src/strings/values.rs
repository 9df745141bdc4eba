//! `str`, `repr`, `ascii` and `format` of any value that lies in slots: numbers, NumPy
//! scalars, strings, and containers of them.
//!
//! A layout's code says what the slots hold. Containers nest as deep as their types, so
//! recursion is bounded by the length of codes. What has no text here (arrays, objects of
//! the user's classes) raises NotImplementedError.

use super::helpers::of;
use super::object::{self, text};
use super::text::Text;
use super::{numbers, quote, to_text};
use crate::host::{HostArg, ask_str};
use crate::message::python_float_repr;
use crate::objects::{table_entry, table_entry_after, table_entry_value};
use crate::raise::raise;
use cumbia_abi::{Context, ExceptionClass, Layout, ListObject, TableObject, measure};
use std::ptr;

/// A number in slots, with what its text depends on.
enum Scalar {
    Bool(bool),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    Single(f32),
    Complex(f64, f64),
    ComplexSingle(f32, f32),
}

impl Scalar {
    /// `str`.
    fn text(&self) -> String {
        match *self {
            Scalar::Bool(value) => if value { "True" } else { "False" }.to_owned(),
            Scalar::Int(value) => value.to_string(),
            Scalar::Unsigned(value) => value.to_string(),
            Scalar::Float(value) => python_float_repr(value),
            Scalar::Single(value) => numbers::float32(value),
            Scalar::Complex(re, im) => numbers::complex(re, im),
            Scalar::ComplexSingle(re, im) => numbers::complex64(re, im),
        }
    }
}

/// Names of NumPy's scalar classes by the letter of a layout's code.
const NUMPY: [&str; 13] = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
    "complex64",
    "complex128",
];

/// A NumPy scalar of a letter.
fn numpy_scalar(letter: u8, slots: &[u64]) -> Scalar {
    let single = |slot: u64| f32::from_bits(slot as u32);
    let slot = slots[0];
    match letter {
        b'a' => Scalar::Bool(slot & 1 == 1),
        b'b' => Scalar::Int((slot as i8).into()),
        b'c' => Scalar::Int((slot as i16).into()),
        b'd' => Scalar::Int((slot as i32).into()),
        b'e' => Scalar::Int(slot as i64),
        b'f' => Scalar::Unsigned((slot as u8).into()),
        b'g' => Scalar::Unsigned((slot as u16).into()),
        b'h' => Scalar::Unsigned((slot as u32).into()),
        b'i' => Scalar::Unsigned(slot),
        b'j' => Scalar::Single(single(slot)),
        b'k' => Scalar::Float(f64::from_bits(slot)),
        b'l' => Scalar::ComplexSingle(single(slot), single(slots[1])),
        _ => Scalar::Complex(f64::from_bits(slot), f64::from_bits(slots[1])),
    }
}

/// The number that a code of one value means, and NumPy's letter.
fn scalar(code: &[u8], slots: &[u64]) -> Option<(Scalar, Option<u8>)> {
    Some(match *code {
        [b'b'] => (Scalar::Bool(slots[0] & 1 == 1), None),
        [b'i'] => (Scalar::Int(slots[0] as i64), None),
        [b'f'] => (Scalar::Float(f64::from_bits(slots[0])), None),
        [b'c'] => (Scalar::Complex(f64::from_bits(slots[0]), f64::from_bits(slots[1])), None),
        [b'n', letter] => (numpy_scalar(letter, slots), Some(letter)),
        _ => return None,
    })
}

/// What has no text; the context's exception says so.
struct Failed;

/// A text that grows; code points.
struct Writer<'c> {
    context: &'c mut Context,
    out: Vec<u32>,
}

impl Writer<'_> {
    fn push(&mut self, text: &str) {
        self.out.extend(text.bytes().map(u32::from));
    }

    /// `repr` of the first value of a code; gives the rest of code and slots.
    ///
    /// # Safety
    ///
    /// `slots` are live slots of a value that `code` begins with.
    unsafe fn value<'a>(
        &mut self,
        code: &'a [u8],
        slots: *const u64,
    ) -> Result<(&'a [u8], *const u64), Failed> {
        let (count, _, length) = measure(code).ok_or(Failed)?;
        let (mine, rest) = code.split_at(length);
        // SAFETY: by the contract; a code stands for as many slots as `measure` says.
        let (here, after) = unsafe {
            let here: &[u64] =
                if count == 0 { &[] } else { std::slice::from_raw_parts(slots, count as usize) };
            (here, slots.add(count as usize))
        };
        // SAFETY: by the contract, counted slots hold live objects of the code's kind.
        unsafe { self.one(mine, here)? };
        Ok((rest, after))
    }

    /// # Safety
    ///
    /// Live slots of one value of this code.
    unsafe fn one(&mut self, code: &[u8], slots: &[u64]) -> Result<(), Failed> {
        if let Some((number, letter)) = scalar(code, slots) {
            let text = number.text();
            match letter {
                None => self.push(&text),
                Some(b'a') => {
                    self.push(if text == "True" { "np.True_" } else { "np.False_" });
                }
                Some(letter) => {
                    // NumPy shows a complex number's parentheses once.
                    let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
                    let name = NUMPY[usize::from(letter - b'a')];
                    self.push(&format!("np.{name}({})", inner.unwrap_or(&text)));
                }
            }
            return Ok(());
        }
        let object = || ptr::with_exposed_provenance_mut::<u8>(slots[0] as usize);
        // SAFETY: by the contract.
        unsafe {
            match code[0] {
                b's' => self.quoted(text(object()))?,
                b'y' => {
                    if let Text::One(units) = text(object()) {
                        let shown = quote::bytes_repr(units);
                        self.push(&shown);
                    }
                }
                b'l' => {
                    self.push("[");
                    self.list(object().cast())?;
                    self.push("]");
                }
                b'u' => {
                    let list: *const ListObject = object().cast();
                    self.push("(");
                    self.list(list)?;
                    self.push(if (*list).length == 1 { ",)" } else { ")" });
                }
                b't' => self.table(object().cast(), false)?,
                b'z' => {
                    let set: *const TableObject = object().cast();
                    self.push("frozenset(");
                    if (*set).length > 0 {
                        self.table(set, false)?;
                    }
                    self.push(")");
                }
                b'd' => self.table(object().cast(), true)?,
                b'N' => self.push("None"),
                b'?' if slots[0] & 1 == 0 => self.push("None"),
                b'?' => self.one(&code[1..], &slots[1..])?,
                b'(' => {
                    let mut rest = &code[1..];
                    let mut at = slots.as_ptr();
                    let mut count = 0;
                    self.push("(");
                    while rest[0] != b')' {
                        if count > 0 {
                            self.push(", ");
                        }
                        (rest, at) = self.value(rest, at)?;
                        count += 1;
                    }
                    self.push(if count == 1 { ",)" } else { ")" });
                }
                what => {
                    let what = if what == b'a' { "an array" } else { "an object" };
                    let message = format!("the text of {what} in a container or a format");
                    raise(self.context, ExceptionClass::NotImplementedError, message);
                    return Err(Failed);
                }
            }
        }
        Ok(())
    }

    fn quoted(&mut self, text: Text<'_>) -> Result<(), Failed> {
        let points = match text {
            Text::One(_) => quote::repr(text, false, |_| false),
            // Beyond Latin-1 the host says what is printable.
            _ => ask_str(self.context, "builtins.repr", &[HostArg::Str(text)]).ok_or(Failed)?,
        };
        self.out.extend(points);
        Ok(())
    }

    /// # Safety
    ///
    /// A live list.
    unsafe fn list(&mut self, list: *const ListObject) -> Result<(), Failed> {
        // SAFETY: by the contract; so many elements lie in the list's data.
        unsafe {
            let code = Layout::code((*list).layout);
            let mut at: *const u64 = (*list).owner.data.cast();
            let width = (*(*list).layout).slots as usize;
            for i in 0..(*list).length {
                if i > 0 {
                    self.push(", ");
                }
                self.value(code, at)?;
                at = at.wrapping_add(width);
            }
        }
        Ok(())
    }

    /// # Safety
    ///
    /// A live set or dict.
    unsafe fn table(&mut self, table: *const TableObject, dict: bool) -> Result<(), Failed> {
        // SAFETY: by the contract; entries are live ones.
        unsafe {
            if (*table).length == 0 {
                self.push(if dict { "{}" } else { "set()" });
                return Ok(());
            }
            let mut next = table_entry_after(table, 0);
            let mut opening = "{";
            while let Some(at) = next {
                self.push(opening);
                opening = ", ";
                self.value(Layout::code((*table).layout), table_entry(table, at))?;
                if dict {
                    self.push(": ");
                    let value = table_entry_value(table, at);
                    self.value(Layout::code((*table).value_layout), value)?;
                }
                next = table_entry_after(table, at + 1);
            }
            self.push("}");
        }
        Ok(())
    }
}

/// Code and slots of the value that a layout and the scratch slots hold.
///
/// # Safety
///
/// A constant layout, and a live value of it in the scratch slots.
unsafe fn passed<'a>(context: &mut Context, layout: *mut u8) -> (&'a [u8], &'a [u64]) {
    let layout: *const Layout = layout.cast();
    // SAFETY: by the contract. The slots stay as they are while a helper runs: what the
    // host does in between runs no compiled code of this call.
    unsafe {
        let (code, count) = (Layout::code(layout), (*layout).slots as usize);
        let slots: *const u64 = context.scratch.as_ptr().cast();
        (code, std::slice::from_raw_parts(slots, count))
    }
}

/// A value's own code and slots: those behind the flag of an optional one.
fn unwrapped<'a>(mut code: &'a [u8], mut slots: &'a [u64]) -> (&'a [u8], &'a [u64]) {
    while code.first() == Some(&b'?') {
        if slots[0] & 1 == 0 {
            return (b"N", &[]);
        }
        (code, slots) = (&code[1..], &slots[1..]);
    }
    (code, slots)
}

/// Whether a value is a string, and which.
fn as_str(code: &[u8], slots: &[u64]) -> Option<*mut u8> {
    (code == b"s").then(|| ptr::with_exposed_provenance_mut(slots[0] as usize))
}

/// # Safety
///
/// Live slots of one value of this code.
unsafe fn repr_points(context: &mut Context, code: &[u8], slots: &[u64]) -> Option<Vec<u32>> {
    let mut writer = Writer { context, out: Vec::new() };
    // SAFETY: by the contract.
    unsafe { writer.one(code, slots) }.ok()?;
    Some(writer.out)
}

fn made_of(context: &mut Context, points: Option<Vec<u32>>) -> *mut u8 {
    match points {
        Some(points) => object::string(context, Text::Four(&points)),
        None => ptr::null_mut(),
    }
}

/// `repr(value)`: the value is in the scratch slots.
pub(crate) extern "C" fn value_repr(context: *mut Context, layout: *mut u8) -> *mut u8 {
    // SAFETY: compiled code passes a constant layout and the value in the scratch slots.
    unsafe {
        let context = of(context);
        let (code, slots) = passed(context, layout);
        let points = repr_points(context, code, slots);
        made_of(context, points)
    }
}

/// `ascii(value)`.
pub(crate) extern "C" fn value_ascii(context: *mut Context, layout: *mut u8) -> *mut u8 {
    // SAFETY: as in `value_repr`.
    unsafe {
        let context = of(context);
        let (code, slots) = passed(context, layout);
        let points = repr_points(context, code, slots).map(|points| {
            let mut out = Vec::with_capacity(points.len());
            for point in points {
                match point {
                    0..=0x7f => out.push(point),
                    _ => {
                        let escaped = match point {
                            0x80..=0xff => format!("\\x{point:02x}"),
                            0x100..=0xffff => format!("\\u{point:04x}"),
                            _ => format!("\\U{point:08x}"),
                        };
                        out.extend(escaped.bytes().map(u32::from));
                    }
                }
            }
            out
        });
        made_of(context, points)
    }
}

/// `str(value)`.
pub(crate) extern "C" fn value_str(context: *mut Context, layout: *mut u8) -> *mut u8 {
    // SAFETY: as in `value_repr`.
    unsafe {
        let context = of(context);
        let (code, slots) = passed(context, layout);
        if let [b'i'] = code {
            return to_text::str_of_int(context, slots[0] as i64);
        }
        str_of(context, code, slots)
    }
}

/// # Safety
///
/// Live slots of one value of this code.
unsafe fn str_of(context: &mut Context, code: &[u8], slots: &[u64]) -> *mut u8 {
    let (code, slots) = unwrapped(code, slots);
    if let Some((number, _)) = scalar(code, slots) {
        return object::ascii_string(context, number.text());
    }
    // SAFETY: by the contract.
    unsafe {
        if let Some(s) = as_str(code, slots) {
            return object::shared(s);
        }
        let points = repr_points(context, code, slots);
        made_of(context, points)
    }
}

/// `format(value, spec)`.
pub(crate) extern "C" fn value_format(
    context: *mut Context,
    layout: *mut u8,
    spec: *mut u8,
) -> *mut u8 {
    // SAFETY: as in `value_repr`.
    unsafe {
        let (code, slots) = passed(of(context), layout);
        if let [b'i'] = code {
            return to_text::format_int(context, slots[0] as i64, spec);
        }
        let (code, slots) = unwrapped(code, slots);
        if let Some((number, _)) = scalar(code, slots) {
            // NumPy's scalars are formatted as the Python number that they hold.
            return match number {
                Scalar::Bool(value) => to_text::format_bool(context, value.into(), spec),
                Scalar::Int(value) => to_text::format_int(context, value, spec),
                Scalar::Unsigned(value) => to_text::format_uint(context, value as i64, spec),
                Scalar::Float(value) => to_text::format_float(context, value, spec),
                Scalar::Single(value) => to_text::format_float(context, value.into(), spec),
                Scalar::Complex(re, im) => to_text::format_complex(context, re, im, spec),
                Scalar::ComplexSingle(re, im) => {
                    to_text::format_complex(context, re.into(), im.into(), spec)
                }
            };
        }
        if let Some(s) = as_str(code, slots) {
            return to_text::format_str(context, s, spec);
        }
        let context = of(context);
        if text(spec).is_empty() {
            return str_of(context, code, slots);
        }
        let class = match code[0] {
            b'l' => "list",
            b't' => "set",
            b'd' => "dict",
            b'(' => "tuple",
            b'y' => "bytes",
            b'N' => "NoneType",
            _ => "object",
        };
        let message = format!("unsupported format string passed to {class}.__format__");
        raise(context, ExceptionClass::TypeError, message);
        ptr::null_mut()
    }
}
