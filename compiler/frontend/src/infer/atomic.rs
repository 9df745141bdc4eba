//! Types of `prim.atomic`: the operation by name, an array, an index, one value or two.

use super::index::plan;
use crate::numeric::NumericError;
use crate::types::{DType, Lit, Ty};

/// The type of a result, or why there is none; `None` for what is something else.
pub(super) fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    let ("prim.atomic", [Ty::Lit(Lit::Str(op)), array, index, values @ ..]) = (name, args) else {
        return None;
    };
    let error = |message: String| Some(Err(NumericError { code: "CB0506", message, help: None }));
    let Ty::Array(array) = array else {
        return error(format!("an atomic operation changes an array, not {array:#}"));
    };
    let whole = match array.dtype {
        DType::I32 | DType::I64 | DType::U32 | DType::U64 => true,
        DType::F32 | DType::F64 => false,
        other => {
            return error(format!(
                "there is no such atomic operation on elements of {}",
                other.name()
            ));
        }
    };
    if !whole && matches!(&**op, "and" | "or" | "xor" | "cas") {
        return error(format!(
            "there is no such atomic operation on elements of {}",
            array.dtype.name()
        ));
    }
    if let Some(other) = values.iter().find(|value| !value.is_number()) {
        return error(format!("an atomic operation takes a number, not {other:#}"));
    }
    match plan(array, index) {
        Ok(plan) if matches!(plan.result, Ty::Num(_)) => Some(Ok(plan.result)),
        Ok(_) => error("an atomic operation takes an index for each axis".into()),
        Err((message, _)) => error(message),
    }
}
