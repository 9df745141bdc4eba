//! Calls of functions of other code. See `infer/linked.rs`.
//!
//! By the convention of C for devices: integers below 32 bits travel as such of 32, truth values
//! too. With a status the first argument is the address for the result, which lies in the
//! thread's own memory, and what the function returns is the status.

use super::{Fx, TypedValue};
use crate::infer::linked::{Declared, Param, WITH_STATUS};
use crate::numeric;
use crate::types::{DType, Lit, Ty};
use cumbia_abi::{IS_EMULATED, Linked};
use cumbia_ir::{
    ExternDecl, ExternEffects, IntCond, Opcode, Region, StorageDecl, StorageSpace, Type, Value,
};

/// Whether the code runs in the emulation.
pub(super) fn is_emulated(fx: &mut Fx<'_>) -> TypedValue {
    let decl = ExternDecl {
        name: IS_EMULATED.to_owned(),
        params: Vec::new(),
        result: Some(Type::Bool),
        effects: ExternEffects::Pure,
    };
    let callee = fx.module.declare_extern(&decl);
    let answer = fx.b().extern_call(callee, &[], decl.result).expect("it has a result");
    TypedValue::scalar(Ty::Bool, answer)
}

/// A call by one of the two primitives: the key and symbol, the declaration, the arguments.
pub(super) fn call(fx: &mut Fx<'_>, name: &str, args: &[TypedValue], out: &Ty) -> TypedValue {
    let [Ty::Lit(Lit::Str(function)), Ty::Lit(Lit::Str(text)), Ty::Tuple(types)] =
        [&args[0].ty, &args[1].ty, &args[2].ty]
    else {
        panic!("{name} of {}", args[2].ty)
    };
    let declared = Declared::of(text).expect("typed as a declaration");
    let mut parts = args[2].parts.iter().copied();
    let given = types.iter().map(|ty| TypedValue {
        ty: ty.clone(),
        parts: parts.by_ref().take(ty.part_types().len()).collect(),
    });
    let given: Vec<TypedValue> = given.collect();
    let mut values: Vec<Value> = given
        .iter()
        .zip(&declared.params)
        .map(|(value, param)| match param {
            // Behind the owner of an array.
            Param::Pointer(_) => value.parts[1],
            Param::Number(dtype) => wide(fx, value, *dtype),
        })
        .collect();
    let place = (name == WITH_STATUS).then(|| {
        let storage = fx.module.add_storage(StorageDecl {
            name: format!("local.{}", fx.module.storage.len()),
            space: StorageSpace::Local,
            bytes: 8,
            align: 8,
        });
        fx.b().storage_addr(storage)
    });
    values.splice(0..0, place);
    let result = match place {
        Some(_) => Some(Type::I32),
        None => declared.result.map(widened),
    };
    let params: Vec<Type> = values.iter().map(|&value| fx.func.value_type(value)).collect();
    let types: String = [result.map_or('v', letter)]
        .into_iter()
        .chain(params.iter().map(|&ty| letter(ty)))
        .collect();
    let (key, symbol) = function.split_once('.').expect("a key before the symbol");
    let name = Linked { key, types: &types, symbol }.name();
    let decl = ExternDecl { name, params, result, effects: ExternEffects::Effects };
    let callee = fx.module.declare_extern(&decl);
    let returned = fx.b().extern_call(callee, &values, result);
    match (place, declared.result) {
        (None, None) => TypedValue::unit(Ty::None),
        (None, Some(dtype)) => {
            let value = narrow(fx, returned.expect("it has a result"), dtype);
            TypedValue::scalar(out.clone(), value)
        }
        (Some(place), result) => {
            let mut parts: Vec<Value> = Vec::new();
            if let Some(dtype) = result {
                let stored = if dtype == DType::Bool { Type::I8 } else { dtype.ir_type() };
                let value = fx.b().load(stored, place, 0, Region::Data);
                parts.push(if dtype == DType::Bool { is_set(fx, value) } else { value });
            }
            parts.extend(returned);
            TypedValue { ty: out.clone(), parts }
        }
    }
}

fn letter(ty: Type) -> char {
    match ty {
        Type::I64 => 'l',
        Type::F32 => 'f',
        Type::F64 => 'd',
        Type::Ptr => 'p',
        _ => 'i',
    }
}

/// The type as which a number travels.
fn widened(dtype: DType) -> Type {
    match dtype.ir_type() {
        Type::Bool | Type::I8 | Type::I16 => Type::I32,
        ty => ty,
    }
}

fn wide(fx: &mut Fx<'_>, value: &TypedValue, dtype: DType) -> Value {
    let value = numeric::materialize(fx, value).value();
    match fx.func.value_type(value) {
        Type::Bool => fx.b().convert(Opcode::Zext, Type::I32, value),
        Type::I8 | Type::I16 if dtype.is_signed() => fx.b().convert(Opcode::Sext, Type::I32, value),
        Type::I8 | Type::I16 => fx.b().convert(Opcode::Zext, Type::I32, value),
        _ => value,
    }
}

fn narrow(fx: &mut Fx<'_>, value: Value, dtype: DType) -> Value {
    match dtype.ir_type() {
        Type::Bool => is_set(fx, value),
        ty @ (Type::I8 | Type::I16) => fx.b().convert(Opcode::Trunc, ty, value),
        _ => value,
    }
}

/// Whether a number isn't 0.
fn is_set(fx: &mut Fx<'_>, value: Value) -> Value {
    let ty = fx.func.value_type(value);
    let zero = fx.b().iconst(ty, 0);
    fx.b().icmp(IntCond::Ne, value, zero)
}
