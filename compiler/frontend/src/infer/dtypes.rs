//! What is known of dtypes by their types alone: the spellings that NumPy takes,
//! attributes of dtype objects, `np.finfo` and `np.iinfo`.
//!
//! Byte orders other than the machine's, and dtypes that compiled code has no numbers
//! for, have no answer here. The limits of `uint64` don't fit a Python int of 64 bits.

use super::Sweep;
use crate::environment::{Global, ScalarBits};
use crate::hir::{HValue, Op};
use crate::numeric::NumericError;
use crate::structured::{StructDtype, TextKind};
use crate::times::TimeUnit;
use crate::types::{Callable, DType, Lit, Ty};
use cumbia_diagnostics::nearest;

/// The dtype of a text, as `np.dtype` reads it.
pub fn spelled(text: &str) -> Option<DType> {
    use DType::*;
    let (order, code) = match text.as_bytes().first() {
        Some(b'<' | b'=' | b'|' | b'>') => text.split_at(1),
        _ => ("", text),
    };
    let dtype = match code {
        "?" | "b1" => Bool,
        "b" | "i1" => I8,
        "B" | "u1" => U8,
        "h" | "i2" => I16,
        "H" | "u2" => U16,
        "i" | "i4" => I32,
        "I" | "u4" => U32,
        "l" | "q" | "p" | "n" | "i8" => I64,
        "L" | "Q" | "P" | "N" | "u8" => U64,
        "f" | "f4" => F32,
        "d" | "f8" => F64,
        "F" | "c8" => C64,
        "D" | "c16" => C128,
        // Names take no byte order.
        _ if !order.is_empty() => return None,
        "bool_" => Bool,
        "byte" => I8,
        "ubyte" => U8,
        "short" => I16,
        "ushort" => U16,
        "intc" => I32,
        "uintc" => U32,
        "int" | "int_" | "intp" | "long" | "longlong" => I64,
        "uint" | "uintp" | "ulong" | "ulonglong" => U64,
        "single" => F32,
        "float" | "double" => F64,
        "csingle" => C64,
        "complex" | "cdouble" => C128,
        name => return DType::from_spelling(name),
    };
    (order != ">" || dtype.itemsize() == 1).then_some(dtype)
}

/// Why a dtype of a NumPy name or code isn't compiled, and what to use; `None` for a name
/// that isn't one.
pub fn not_compiled(name: &str) -> Option<(&'static str, &'static str)> {
    let code = name.trim_start_matches(['<', '=', '|', '>']);
    let sized = |letters: &[char]| {
        code.strip_prefix(letters).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
    };
    Some(match code {
        "float16" | "half" | "f2" | "e" => {
            ("half precision is not compiled", "use np.float32, and convert outside")
        }
        "longdouble" | "float128" | "float96" | "f16" | "f12" | "g" => {
            ("long double is not compiled", "use np.float64")
        }
        "clongdouble" | "complex256" | "complex192" | "c32" | "c24" | "G" => {
            ("long double is not compiled", "use np.complex128")
        }
        "object" | "object_" | "O" => {
            ("its elements would be Python objects", "use a numeric dtype, or a list")
        }
        "str" | "str_" | "bytes" | "bytes_" | "character" => (
            "arrays of text are not made by compiled code",
            "use a list of strings, or pass the array as an argument",
        ),
        _ if sized(&['U', 'S', 'a']) => (
            "arrays of text are not made by compiled code",
            "use a list of strings, or pass the array as an argument",
        ),
        "void" => ("raw bytes are not compiled", "use np.uint8"),
        _ if sized(&['V']) => ("raw bytes are not compiled", "use np.uint8"),
        other if name.starts_with('>') && spelled(other).is_some() => (
            "a foreign byte order is not compiled",
            "leave the order out, and convert outside: x.astype(x.dtype.newbyteorder('='))",
        ),
        _ => return None,
    })
}

/// The refusal of a dtype's name.
pub fn unknown(name: &str) -> NumericError {
    match not_compiled(name) {
        Some((why, help)) => {
            NumericError::new("CB0303", format!("dtype '{name}': {why}")).help(help)
        }
        None => {
            let error = NumericError::new("CB0303", format!("dtype '{name}' is not known"));
            match nearest(name, DType::ALL.iter().map(|d| d.name())) {
                Some(meant) => error.help(format!("did you mean '{meant}'?")),
                None => error,
            }
        }
    }
}

/// The refusal of a value where a dtype is asked for; `None` for what may be one.
pub fn no_dtype(given: &Ty) -> Option<NumericError> {
    if !given.is_number() && !matches!(given, Ty::Array(_) | Ty::Records(_) | Ty::Row(_)) {
        return None;
    }
    let text = match given {
        Ty::Lit(Lit::Int(i)) => format!("cannot interpret {i} as a data type"),
        other => format!("cannot interpret {other:#} as a data type"),
    };
    let error = NumericError::new("CB0303", text);
    Some(match given.widen() {
        Ty::Int => error.help("a shape of several dimensions is a tuple, as in np.zeros((2, 3))"),
        Ty::Array(_) | Ty::Num(_) => error.help("write its dtype: x.dtype"),
        _ => error,
    })
}

/// The refusal of what has no dtype.
pub fn none_of(ty: &Ty) -> NumericError {
    if let Ty::Callable(Callable::Library(name)) = ty
        && let Some((module, name)) = name.rsplit_once('.')
        && let Some((why, help)) = not_compiled(name)
    {
        let short = if module == "numpy" { "np." } else { "" };
        return NumericError::new("CB0303", format!("dtype {short}{name}: {why}")).help(help);
    }
    NumericError::new("CB0303", format!("{ty:#} has no dtype"))
}

/// The dtype that NumPy takes a class of Python for.
pub fn of_python_class(name: &str) -> Option<DType> {
    match name {
        "builtins.bool" => Some(DType::Bool),
        "builtins.int" => Some(DType::I64),
        "builtins.float" => Some(DType::F64),
        "builtins.complex" => Some(DType::C128),
        _ => None,
    }
}

/// An attribute of a structured dtype.
pub fn structured_attribute(d: &StructDtype, name: &str) -> Option<Global> {
    if let Some(text) = d.text {
        return Some(match name {
            "names" | "fields" | "subdtype" => Global::None,
            "itemsize" => Global::Int(d.itemsize.into()),
            "kind" | "char" => Global::Str(text.letter().into()),
            "num" => Global::Int(if text == TextKind::Bytes { 18 } else { 19 }),
            "ndim" => Global::Int(0),
            "shape" => Global::Tuple(Vec::new()),
            "hasobject" => Global::Bool(false),
            _ => return None,
        });
    }
    Some(match name {
        "names" => Global::Tuple(d.fields.iter().map(|f| Global::Str(f.name.clone())).collect()),
        "itemsize" => Global::Int(d.itemsize.into()),
        "kind" | "char" => Global::Str("V".into()),
        "num" => Global::Int(20),
        "ndim" => Global::Int(0),
        "shape" => Global::Tuple(Vec::new()),
        "hasobject" => Global::Bool(false),
        _ => return None,
    })
}

impl Sweep<'_, '_, '_> {
    /// Whether an array's dtype is that of a class of Python: `a.dtype == float`. Of other
    /// values the type doesn't say whether they are a dtype, which NumPy compares in this
    /// way, or a scalar class, which it doesn't.
    pub(super) fn dtype_is_class(
        &self,
        (a, ta): (HValue, &Ty),
        (b, tb): (HValue, &Ty),
    ) -> Option<bool> {
        let (value, dtype, class) = match (ta, tb) {
            (Ty::DType(d), Ty::Callable(Callable::Library(class))) => (a, d, class),
            (Ty::Callable(Callable::Library(class)), Ty::DType(d)) => (b, d, class),
            _ => return None,
        };
        let spec = self.engine.spec(self.id);
        let made = spec.hir.blocks.iter().flat_map(|block| &block.insts);
        let mut made = made.filter(|inst| inst.results.contains(&value));
        let is_attribute = made.all(|inst| match &inst.op {
            Op::Attr(of, name) if &**name == "dtype" => {
                matches!(self.ty(*of), Some(Ty::Array(_) | Ty::Num(_)))
            }
            _ => false,
        }) && spec.hir.blocks.iter().all(|block| !block.params.contains(&value));
        let wanted = of_python_class(class)?;
        is_attribute.then_some(*dtype == wanted)
    }
}

/// An attribute of a dtype object.
pub fn attribute(d: DType, name: &str) -> Option<Global> {
    let (char, number) = match d {
        DType::Bool => ("?", 0),
        DType::I8 => ("b", 1),
        DType::U8 => ("B", 2),
        DType::I16 => ("h", 3),
        DType::U16 => ("H", 4),
        DType::I32 => ("i", 5),
        DType::U32 => ("I", 6),
        DType::I64 => ("l", 7),
        DType::U64 => ("L", 8),
        DType::F32 => ("f", 11),
        DType::F16 => ("e", 23),
        // As `ml_dtypes` has it; NumPy gives a number when that is imported.
        DType::BF16 => ("E", 256),
        DType::F64 => ("d", 12),
        DType::C64 => ("F", 14),
        DType::C128 => ("D", 15),
        DType::Date(_) => ("M", 21),
        DType::Delta(_) => ("m", 22),
    };
    let kind = super::structural::kind(d);
    let single = d.itemsize() == 1;
    Some(match name {
        "name" => Global::Str(d.name().into()),
        "kind" => Global::Str(kind.into()),
        "char" => Global::Str(char.into()),
        "num" => Global::Int(number),
        "str" => {
            let order = if single { '|' } else { '<' };
            let unit = match d.unit() {
                Some(unit) if unit != TimeUnit::Generic => format!("[{}]", unit.symbol()),
                _ => String::new(),
            };
            Global::Str(format!("{order}{kind}{}{unit}", d.itemsize()).into())
        }
        "byteorder" => Global::Str(if single { "|" } else { "=" }.into()),
        "alignment" => {
            let parts = if d.is_complex() { 2 } else { 1 };
            Global::Int(i64::from(d.itemsize() / parts))
        }
        "isnative" => Global::Bool(true),
        "hasobject" => Global::Bool(false),
        "names" | "fields" | "subdtype" => Global::None,
        "shape" => Global::Tuple(Vec::new()),
        "ndim" => Global::Int(0),
        "base" => Global::DType(d),
        "type" if !d.is_time() => Global::DType(d),
        _ => return None,
    })
}

/// The type of `np.finfo(...)` or `np.iinfo(...)`: a name that [`limit`] understands.
pub fn limits(function: &str, d: DType) -> Option<Ty> {
    let d = match d {
        DType::C64 => DType::F32,
        DType::C128 => DType::F64,
        d => d,
    };
    let is_float = d.is_float() && !d.is_half();
    let fits = if function == "numpy.finfo" { is_float } else { d.is_int() };
    let name = format!("{function}.{}", d.name());
    fits.then(|| Ty::Callable(Callable::Library(name.into())))
}

/// An attribute of what [`limits`] gives; `None` if the name or attribute is another.
pub fn limit(name: &str, attribute: &str) -> Option<Global> {
    let (class, dtype) = name.strip_prefix("numpy.")?.split_once('.')?;
    let d = DType::from_name(dtype)?;
    match (class, attribute) {
        ("finfo" | "iinfo", "dtype") => Some(Global::DType(d)),
        ("finfo" | "iinfo", "bits") => Some(Global::Int(8 * i64::from(d.itemsize()))),
        ("finfo", _) => float_limit(d, attribute),
        ("iinfo", "kind") => Some(Global::Str(super::structural::kind(d).into())),
        ("iinfo", "min" | "max") => {
            let bits = 8 * d.itemsize();
            let max = match (d.is_signed(), bits) {
                (true, _) => i64::MAX >> (64 - bits),
                (false, 64) if attribute == "max" => return Global::int(&u64::MAX.to_string()),
                (false, 64) => 0,
                (false, _) => (1 << bits) - 1,
            };
            let min = if d.is_signed() { -max - 1 } else { 0 };
            Some(Global::Int(if attribute == "max" { max } else { min }))
        }
        _ => None,
    }
}

fn float_limit(d: DType, attribute: &str) -> Option<Global> {
    // Bits of the mantissa and of the exponent, and decimal digits that are kept.
    let (mantissa, exponent, digits): (i32, i32, i32) =
        if d == DType::F32 { (23, 8, 6) } else { (52, 11, 15) };
    let bias = (1 << (exponent - 1)) - 1;
    let power = |n: i32| 2f64.powi(n);
    let number = |n: i32| Some(Global::Int(i64::from(n)));
    let x = match attribute {
        "max" => (2.0 - power(-mantissa)) * power(bias),
        "min" => -(2.0 - power(-mantissa)) * power(bias),
        "eps" => power(-mantissa),
        "epsneg" => power(-mantissa - 1),
        "tiny" | "smallest_normal" => power(1 - bias),
        "smallest_subnormal" if d == DType::F64 => f64::from_bits(1),
        "smallest_subnormal" => power(1 - bias - mantissa),
        "resolution" if d == DType::F32 => f64::from(1e-6f32),
        "resolution" => 1e-15,
        "nmant" => return number(mantissa),
        "nexp" | "iexp" => return number(exponent),
        "machep" => return number(-mantissa),
        "negep" => return number(-mantissa - 1),
        "maxexp" => return number(bias + 1),
        "minexp" => return number(1 - bias),
        "precision" => return number(digits),
        _ => return None,
    };
    Some(Global::Scalar(d, ScalarBits::Float(x)))
}
