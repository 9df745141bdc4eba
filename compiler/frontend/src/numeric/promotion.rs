//! Which dtype two operands have in common (NEP 50), and what two paths have in
//! common.
//!
//! `float16` is for kernels (`half.rs`): where NumPy would give it for other dtypes, the
//! operation is refused by its own rule (`ufunc.rs`). `bfloat16` follows the same rules; the two
//! together are `float32`.

use super::kind::{Kind, Py};
use crate::types::{DType, Ty};

/// NumPy's promotion of two dtypes.
pub fn result_type(a: DType, b: DType) -> DType {
    use DType::*;
    if a == b {
        return a;
    }
    if a == Bool {
        return b;
    }
    if b == Bool {
        return a;
    }
    if a.is_int() && b.is_int() {
        if a.is_signed() == b.is_signed() {
            return if a.itemsize() >= b.itemsize() { a } else { b };
        }
        let (signed, unsigned) = if a.is_signed() { (a, b) } else { (b, a) };
        return match signed.itemsize().max(2 * unsigned.itemsize()) {
            2 => I16,
            4 => I32,
            8 => I64,
            _ => F64,
        };
    }
    // At least one is inexact: its precision, or double where an integer needs it.
    let double = |d: DType| match d {
        F64 | C128 => true,
        F16 | BF16 | F32 | C64 => false,
        d => d.itemsize() > 2,
    };
    let byte = |d: DType| d.is_int() && d.itemsize() == 1;
    if a.is_half() && byte(b) {
        return a;
    }
    if b.is_half() && byte(a) {
        return b;
    }
    match (a.is_complex() || b.is_complex(), double(a) || double(b)) {
        (true, true) => C128,
        (true, false) => C64,
        (false, true) => F64,
        (false, false) => F32,
    }
}

/// The dtype of a NumPy scalar with a Python number: the number gives way, unless
/// its kind is higher.
pub fn weak_result(d: DType, p: Py) -> DType {
    match p {
        Py::Bool => d,
        Py::Int if d == DType::Bool => DType::I64,
        Py::Int => d,
        Py::Float if d.is_int() || d == DType::Bool => DType::F64,
        Py::Float => d,
        Py::Complex => match d {
            DType::F16 | DType::BF16 | DType::F32 | DType::C64 => DType::C64,
            _ => DType::C128,
        },
    }
}

/// The dtype of a NumPy scalar with a number of Python's; `None` if it isn't one.
pub fn with_weak(d: DType, number: &Ty) -> Option<DType> {
    match Kind::of(number)? {
        Kind::Py(p) => Some(weak_result(d, p)),
        Kind::Np(_) => None,
    }
}

/// The common dtype of two numbers of which at least one is a NumPy scalar; of two
/// Python numbers, that of the higher kind (NumPy functions on Python numbers).
pub fn common(a: Kind, b: Kind) -> DType {
    match (a, b) {
        (Kind::Np(a), Kind::Np(b)) => result_type(a, b),
        (Kind::Np(d), Kind::Py(p)) | (Kind::Py(p), Kind::Np(d)) => weak_result(d, p),
        (Kind::Py(a), Kind::Py(b)) => a.max(b).dtype(),
    }
}

/// The dtype a number has as an argument of a NumPy function: `int64` for a Python
/// int. `None` for what isn't a number.
pub fn scalar_dtype(ty: &Ty) -> Option<DType> {
    Kind::of(ty).map(Kind::dtype)
}

/// The type that two paths have in common, for numbers.
///
/// Python numbers meet in the higher kind, and a Python number that meets a NumPy
/// scalar of its kind or a higher one takes its dtype: both are in the table of
/// deviations. Other pairs have no common form: in a wider dtype the arithmetic that
/// follows would not wrap or round as NumPy's does on the path taken.
pub fn join(a: &Ty, b: &Ty) -> Option<Ty> {
    if a == b {
        return Some(a.clone());
    }
    match (Kind::of(a)?, Kind::of(b)?) {
        (Kind::Py(a), Kind::Py(b)) => Some(a.max(b).ty()),
        (Kind::Np(x), Kind::Np(y)) => (x == y).then_some(Ty::Num(x)),
        (Kind::Np(d), Kind::Py(p)) | (Kind::Py(p), Kind::Np(d)) => {
            (weak_result(d, p) == d).then_some(Ty::Num(d))
        }
    }
}

/// The type of what `min` and `max` choose from: wide enough for every operand, so
/// that the value is right whichever it is (its type may not be: a deviation).
/// `int64` and `uint64` have none, since `float64` would lose digits.
pub fn choice(a: &Ty, b: &Ty) -> Option<Ty> {
    match (Kind::of(a)?, Kind::of(b)?) {
        (Kind::Py(a), Kind::Py(b)) => Some(a.max(b).ty()),
        (Kind::Np(x), Kind::Np(y)) => {
            let d = result_type(x, y);
            (!(x.is_int() && y.is_int()) || d.is_int()).then_some(Ty::Num(d))
        }
        (a, b) => Some(Ty::Num(common(a, b))),
    }
}

/// Whether NumPy casts from one dtype to another under the rule `same_kind`.
pub fn same_kind(from: DType, to: DType) -> bool {
    let rank = |d: DType| match d {
        DType::Bool => 0,
        d if d.is_unsigned() => 1,
        d if d.is_int() => 2,
        d if d.is_float() => 3,
        _ => 4,
    };
    rank(from) <= rank(to)
}
