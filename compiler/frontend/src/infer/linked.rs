//! Functions of other code that kernels call (`cuda.declare_device`): what they take and give.
//!
//! `cumbia/cuda/_linked.py` writes a function in Python's text for each, which converts its
//! arguments to the types of the declaration. Here a declaration is read, and the one thing
//! checked that a conversion can't do: that what goes for a pointer is an array of such
//! elements, without gaps, that may be written. What the other code does is trusted.

use crate::numeric::NumericError;
use crate::types::{Callable, DType, Layout, Lit, Ty};

/// The primitive for a function that gives its result.
pub const PLAIN: &str = "prim.linked";
/// The primitive for one that gives a status, and its result by an address.
pub const WITH_STATUS: &str = "prim.linked_with_status";

/// A declaration: `float32(*float32,int32)`.
pub struct Declared {
    /// The result's dtype, if there is a result.
    pub result: Option<DType>,
    /// The parameters.
    pub params: Vec<Param>,
}

/// A parameter of a function of other code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Param {
    /// A number.
    Number(DType),
    /// The address of such elements; of any, where there is none.
    Pointer(Option<DType>),
}

impl Declared {
    /// A declaration from its text.
    pub fn of(text: &str) -> Option<Declared> {
        let (result, params) = text.strip_suffix(')')?.split_once('(')?;
        let of = |name: &str| match (name.strip_prefix('*'), name) {
            (Some("void"), _) => Some(Param::Pointer(None)),
            (Some(name), _) => Some(Param::Pointer(Some(DType::from_name(name)?))),
            (None, name) => Some(Param::Number(DType::from_name(name)?)),
        };
        let result = match result {
            "void" => None,
            name => Some(DType::from_name(name)?),
        };
        let params = params.split(',').filter(|name| !name.is_empty()).map(of);
        Some(Declared { result, params: params.collect::<Option<_>>()? })
    }

    /// The type of its result in the language.
    pub fn result_type(&self) -> Ty {
        match self.result {
            None => Ty::None,
            Some(DType::Bool) => Ty::Bool,
            Some(dtype) => Ty::Num(dtype),
        }
    }
}

/// The types of the primitives; `None` for other names.
pub(super) fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    Some(match (name, args) {
        ("prim.is_emulated", []) => Ok(Ty::Bool),
        (
            PLAIN | WITH_STATUS,
            [Ty::Lit(Lit::Str(_)), Ty::Lit(Lit::Str(text)), Ty::Tuple(given)],
        ) => {
            let declared = Declared::of(text)?;
            let wrong = declared.params.iter().zip(given.iter()).enumerate();
            let wrong = wrong.filter_map(|(at, (param, ty))| refused(*param, ty, at)).next();
            match wrong {
                Some(error) => Err(error),
                None if name == WITH_STATUS => {
                    Ok(Ty::tuple([declared.result_type(), Ty::Num(DType::I32)]))
                }
                None => Ok(declared.result_type()),
            }
        }
        _ => return None,
    })
}

/// Why an argument isn't passed, if so.
fn refused(param: Param, ty: &Ty, at: usize) -> Option<NumericError> {
    let Param::Pointer(wanted) = param else { return None };
    let error = |message: String, help: &str| {
        Some(NumericError { code: "CB0705", message, help: Some(help.to_owned()) })
    };
    let what = wanted.map_or("any elements", DType::name);
    // The array itself, or its attribute `ctypes`, of which anybody knows that it is an address.
    let (ty, is_address) = match ty {
        Ty::Callable(Callable::Method(of, name)) if &**name == "ctypes" => (&**of, true),
        ty => (ty, false),
    };
    let (dtype, layout, ndim, readonly) = match ty {
        Ty::Array(array) => (Some(array.dtype), array.layout, array.ndim, array.readonly),
        Ty::Records(array) => (None, array.layout, array.ndim, array.readonly),
        other => {
            return error(
                format!("argument {at} is a pointer to {what}, not {other:#}"),
                "give it an array, or ffi.from_buffer(array)",
            );
        }
    };
    if wanted.is_some() && dtype != wanted {
        return error(
            format!("argument {at} is a pointer to {what}, and this is {ty:#}"),
            "give it an array of that dtype",
        );
    }
    if layout == Layout::A && ndim > 0 && !is_address {
        return error(
            format!("argument {at} is a pointer, and the elements of {ty:#} may lie apart"),
            "make the kernel for contiguous arrays: float32[::1] in its signature, or arguments \
             that are contiguous",
        );
    }
    if readonly {
        return error(
            format!("argument {at} is a pointer, and {ty:#} can't be written"),
            "give it an array that may be written: what other code does isn't known",
        );
    }
    None
}
