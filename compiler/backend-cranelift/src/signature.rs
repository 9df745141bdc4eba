//! The native convention of compiled functions.
//!
//! Every IR function takes the call's `*mut Context` first, then its IR
//! parameters, and returns a status (`i32`) first, then its IR results. When the
//! status isn't 0 the results are unspecified.
//!
//! - An *entry* (IR signature `(ptr, ptr) -> ()`) has the platform's C convention:
//!   it is [`cumbia_abi::EntryFn`].
//! - A function for C has the platform's C convention too, with its IR parameters and its
//!   result alone; its context is in its frame.
//! - Every other function uses Cranelift's `tail` convention, which returns up to
//!   8 integers and 8 floats in registers. Results beyond that go through a last
//!   hidden parameter, the address of 8-byte slots in the caller's frame.
//!
//! Only code of one object calls the second kind; the convention may change with
//! every Cranelift version and is no part of the ABI. `docs/decisions/0004`
//! has the measurements.

use cranelift_codegen::ir::{AbiParam, Signature, Type as ClifType, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cumbia_backend::is_entry;
use cumbia_ir::{ExternDecl, ExternEffects, Function, Type};

/// Integer results in registers, the status not counted.
const INT_RESULTS: usize = 7;
/// Floating results in registers.
const FLOAT_RESULTS: usize = 8;

/// The Cranelift type of an IR type.
pub(crate) fn clif_type(ty: Type) -> ClifType {
    match ty {
        Type::Bool | Type::I8 => types::I8,
        Type::I16 => types::I16,
        Type::I32 => types::I32,
        Type::I64 | Type::Ptr => types::I64,
        Type::F32 => types::F32,
        Type::F64 => types::F64,
    }
}

/// Where each IR result of a function travels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ResultPlan {
    /// For each result: whether it has a register.
    pub in_register: Vec<bool>,
    /// Number of results that go through memory, in order, 8 bytes each.
    pub in_memory: usize,
}

impl ResultPlan {
    pub(crate) fn new(results: &[Type]) -> ResultPlan {
        let (mut ints, mut floats) = (0, 0);
        let mut plan = ResultPlan::default();
        for ty in results {
            let (used, limit) =
                if ty.is_float() { (&mut floats, FLOAT_RESULTS) } else { (&mut ints, INT_RESULTS) };
            let fits = *used < limit;
            *used += usize::from(fits);
            plan.in_memory += usize::from(!fits);
            plan.in_register.push(fits);
        }
        plan
    }
}

/// The native signature of an IR function.
pub(crate) fn function_signature(isa: &dyn TargetIsa, function: &Function) -> Signature {
    if function.for_c.is_some() {
        let mut signature = Signature::new(isa.default_call_conv());
        let native = |ty: &Type| AbiParam::new(clif_type(*ty));
        signature.params.extend(function.params.iter().map(native));
        signature.returns.extend(function.results.iter().map(native));
        return signature;
    }
    let convention = if is_entry(function) { isa.default_call_conv() } else { CallConv::Tail };
    let plan = ResultPlan::new(&function.results);
    let mut signature = Signature::new(convention);
    signature.params.push(AbiParam::new(types::I64));
    signature.params.extend(function.params.iter().map(|&ty| AbiParam::new(clif_type(ty))));
    if plan.in_memory > 0 {
        signature.params.push(AbiParam::new(types::I64));
    }
    signature.returns.push(AbiParam::new(types::I32));
    for (&ty, &register) in function.results.iter().zip(&plan.in_register) {
        if register {
            signature.returns.push(AbiParam::new(clif_type(ty)));
        }
    }
    signature
}

/// The native signature of a runtime function: the platform's C convention.
pub(crate) fn extern_signature(isa: &dyn TargetIsa, decl: &ExternDecl) -> Signature {
    let param = |ty: Type| match ty {
        // C callees expect narrow integers extended.
        Type::Bool => AbiParam::new(types::I8).uext(),
        ty => AbiParam::new(clif_type(ty)),
    };
    let mut signature = Signature::new(isa.default_call_conv());
    if decl.effects != ExternEffects::Pure {
        signature.params.push(AbiParam::new(types::I64));
    }
    signature.params.extend(decl.params.iter().map(|&ty| param(ty)));
    signature.returns.extend(decl.result.map(|ty| AbiParam::new(clif_type(ty))));
    signature
}
