//! Questions about a module that every backend asks.

use crate::BackendError;
use cumbia_abi::{AbiType, HELPERS, HelperEffects, helper_index};
use cumbia_ir::{ExternDecl, ExternEffects, Function, Type};

/// Whether a function can be called from outside: IR signature `(ptr, ptr) -> ()`.
pub fn is_entry(function: &Function) -> bool {
    function.params == [Type::Ptr, Type::Ptr]
        && function.results.is_empty()
        && function.for_c.is_none()
}

/// The position of an extern in the helper table, its declaration checked.
///
/// # Errors
///
/// A name that isn't there, or another declaration than the table's.
pub fn helper_of(decl: &ExternDecl) -> Result<usize, BackendError> {
    let fail =
        |message: &str| BackendError { function: decl.name.clone(), message: message.to_owned() };
    let index = helper_index(&decl.name).ok_or_else(|| fail("no such runtime function"))?;
    let helper = &HELPERS[index];
    let same_params = helper.params.len() == decl.params.len()
        && helper.params.iter().zip(&decl.params).all(|(&abi, &ty)| ir_type(abi) == ty);
    let effects = match helper.effects {
        HelperEffects::Pure => ExternEffects::Pure,
        HelperEffects::Effects => ExternEffects::Effects,
        HelperEffects::Raises => ExternEffects::Raises,
    };
    if !same_params || helper.result.map(ir_type) != decl.result || effects != decl.effects {
        return Err(fail("declared otherwise than in the table of runtime functions"));
    }
    Ok(index)
}

/// The IR type of an ABI type.
fn ir_type(ty: AbiType) -> Type {
    match ty {
        AbiType::Bool => Type::Bool,
        AbiType::I64 => Type::I64,
        AbiType::F32 => Type::F32,
        AbiType::F64 => Type::F64,
        AbiType::Ptr => Type::Ptr,
    }
}
