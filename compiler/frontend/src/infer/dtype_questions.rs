//! What NumPy says of dtypes that are known when compiling: `result_type`, `issubdtype`,
//! `isdtype`, `common_type`, `min_scalar_type`.
//!
//! The classes of NumPy's scalars are a tree of names; a dtype stands for its class. Kinds
//! that compiled code has no numbers of (`flexible`, `character`, `float16`) are never
//! among the answers.

use super::dtypes::spelled;
use super::structural::dtype_of;
use crate::numeric::{self, NumericError};
use crate::types::{Callable, DType, Lit, Ty};

/// The type that a question's answer has; `None` for another name.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    Some(match (name, args) {
        ("numpy.result_type", []) => refused("at least one array or dtype is required".into()),
        ("numpy.result_type", all) => promoted(all),
        ("numpy.common_type", [Ty::Array(first), rest @ ..]) => common(first.dtype, rest),
        ("numpy.issubdtype", [a, b]) => match (lineage(a), class(b)) {
            (Some(lineage), Some(class)) => Ok(truth(lineage.contains(&class))),
            _ => refused(format!("np.issubdtype({a:#}, {b:#}) is not compiled")),
        },
        ("numpy.isdtype", [Ty::DType(d), kind]) => match is_of_kind(*d, kind) {
            Some(answer) => Ok(truth(answer)),
            None => refused(format!("{kind:#} is not a kind of dtypes to np.isdtype()")),
        },
        ("numpy.min_scalar_type", [a]) => match a {
            Ty::Array(a) if a.ndim > 0 => Ok(Ty::DType(a.dtype)),
            Ty::Lit(Lit::Bool(_)) => Ok(Ty::DType(DType::Bool)),
            Ty::Lit(Lit::Int(i)) => Ok(Ty::DType(smallest(*i))),
            other => refused(format!("np.min_scalar_type() depends on the value of {other:#}")),
        },
        _ => return None,
    })
}

fn refused(message: String) -> Result<Ty, NumericError> {
    Err(NumericError { code: "CB0303", message, help: None })
}

fn truth(answer: bool) -> Ty {
    Ty::Lit(Lit::Bool(answer))
}

/// The dtype of operands taken together; Python's numbers give way to NumPy's.
fn promoted(args: &[Ty]) -> Result<Ty, NumericError> {
    let mut strong: Option<DType> = None;
    let mut weak: Option<&Ty> = None;
    for arg in args {
        let dtype = match arg {
            Ty::Lit(Lit::Str(s)) => spelled(s),
            Ty::Int | Ty::Float | Ty::Complex | Ty::Lit(Lit::Int(_) | Lit::Float(_)) => {
                let higher = |w: &Ty| numeric::scalar_dtype(w) < numeric::scalar_dtype(arg);
                if weak.is_none_or(higher) {
                    weak = Some(arg);
                }
                continue;
            }
            // Python's bool isn't weak here.
            other => dtype_of(other),
        };
        let Some(dtype) = dtype else {
            return refused(format!("np.result_type() of {arg:#} is not compiled"));
        };
        if dtype.is_time() {
            return refused("np.result_type() of dates is not compiled".into());
        }
        strong = Some(strong.map_or(dtype, |d| numeric::result_type(d, dtype)));
    }
    let dtype = match (strong, weak) {
        (Some(d), Some(w)) => numeric::with_weak(d, w),
        (Some(d), None) => Some(d),
        (None, Some(w)) => numeric::scalar_dtype(w),
        (None, None) => None,
    };
    dtype.map(Ty::DType).map_or_else(|| refused("np.result_type() of nothing".into()), Ok)
}

/// The inexact dtype that holds the elements of all arrays; integers count as `float64`.
fn common(first: DType, rest: &[Ty]) -> Result<Ty, NumericError> {
    let mut dtypes = vec![first];
    for ty in rest {
        let Ty::Array(a) = ty else {
            return refused(format!("np.common_type() takes arrays, not {ty:#}"));
        };
        dtypes.push(a.dtype);
    }
    if dtypes.iter().any(|d| *d == DType::Bool || d.is_time()) {
        return refused("can't get common type for non-numeric array".into());
    }
    let inexact = |d: DType| if d.is_int() { DType::F64 } else { d };
    let all = dtypes.into_iter().map(inexact).reduce(numeric::result_type);
    Ok(Ty::DType(all.unwrap_or(DType::F64)))
}

/// The name of a dtype's class, or of an abstract one.
fn class(ty: &Ty) -> Option<&'static str> {
    if let Ty::Callable(Callable::Library(name)) = ty
        && let Some(name) = name.strip_prefix("numpy.")
        && let Some((known, _)) = ABSTRACT.iter().find(|(known, _)| *known == name)
    {
        return Some(known);
    }
    let dtype = match ty {
        Ty::Lit(Lit::Str(s)) => spelled(s)?,
        Ty::DType(_) | Ty::Callable(_) => dtype_of(ty)?,
        _ => return None,
    };
    concrete(dtype)
}

fn concrete(d: DType) -> Option<&'static str> {
    use DType::*;
    Some(match d {
        Bool => "bool",
        I8 => "int8",
        I16 => "int16",
        I32 => "int32",
        I64 => "int64",
        U8 => "uint8",
        U16 => "uint16",
        U32 => "uint32",
        U64 => "uint64",
        F16 => "float16",
        // No class of NumPy's.
        BF16 => return None,
        F32 => "float32",
        F64 => "float64",
        C64 => "complex64",
        C128 => "complex128",
        Date(_) => "datetime64",
        Delta(_) => "timedelta64",
    })
}

/// Abstract classes and what they derive from.
const ABSTRACT: &[(&str, &str)] = &[
    ("generic", ""),
    ("number", "generic"),
    ("integer", "number"),
    ("signedinteger", "integer"),
    ("unsignedinteger", "integer"),
    ("inexact", "number"),
    ("floating", "inexact"),
    ("complexfloating", "inexact"),
    ("flexible", "generic"),
    ("character", "flexible"),
];

/// A class and those it derives from.
fn lineage(ty: &Ty) -> Option<Vec<&'static str>> {
    let mut name = class(ty)?;
    let mut all = vec![name];
    loop {
        name = match ABSTRACT.iter().find(|(known, _)| *known == name) {
            Some((_, "")) => return Some(all),
            Some((_, parent)) => parent,
            None => match name {
                "bool" | "datetime64" => "generic",
                "timedelta64" => "signedinteger",
                name if name.starts_with("uint") => "unsignedinteger",
                name if name.starts_with("int") => "signedinteger",
                name if name.starts_with("float") => "floating",
                _ => "complexfloating",
            },
        };
        all.push(name);
    }
}

/// Whether a dtype is of a kind, by NumPy's names of them, or one of several.
fn is_of_kind(d: DType, kind: &Ty) -> Option<bool> {
    Some(match kind {
        Ty::Tuple(kinds) => {
            let mut found = false;
            for kind in kinds.iter() {
                found |= is_of_kind(d, kind)?;
            }
            found
        }
        Ty::Lit(Lit::Str(s)) => match &**s {
            "bool" => d == DType::Bool,
            "signed integer" => d.is_signed(),
            "unsigned integer" => d.is_unsigned(),
            "integral" => d.is_int(),
            "real floating" => d.is_float(),
            "complex floating" => d.is_complex(),
            "numeric" => d.is_int() || d.is_float() || d.is_complex(),
            _ => return None,
        },
        Ty::DType(other) => d == *other,
        _ => return None,
    })
}

/// The smallest dtype that holds an integer, unsigned where it isn't negative.
fn smallest(i: i64) -> DType {
    use DType::*;
    match i {
        0..=0xff => U8,
        0x100..=0xffff => U16,
        0x1_0000..=0xffff_ffff => U32,
        0x1_0000_0000.. => U64,
        -0x80..0 => I8,
        -0x8000..0 => I16,
        -0x8000_0000..0 => I32,
        _ => I64,
    }
}
