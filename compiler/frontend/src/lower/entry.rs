//! The entry wrapper: slots to parts, call, parts to slots.

use crate::types::Ty;
use cumbia_ir::{
    ArrayParams, Builder, FuncId, Function, IntCond, Module, Opcode, Region, Type, Value,
};

/// Adds the wrapper of `callee` to the module.
pub fn wrapper(module: &mut Module, callee: FuncId, args: &[Ty], ret: Option<&Ty>) -> FuncId {
    let mut types = Vec::new();
    args.iter().for_each(|t| t.parts(&mut types));
    module.functions[callee.index()].arrays = arrays_of(args);
    let name = format!("entry.{}", module.function(callee).name);
    wrapper_of(module, callee, name, &types, &ret.map(Ty::part_types).unwrap_or_default())
}

/// Which of the parts of arguments are arrays.
pub(super) fn arrays_of(args: &[Ty]) -> Vec<ArrayParams> {
    let mut found = Vec::new();
    arrays_among(args, 0, &mut found);
    found
}

/// Which of the parts of arguments are arrays, from a number of parts on; gives the number
/// behind them.
fn arrays_among(args: &[Ty], first: u32, found: &mut Vec<ArrayParams>) -> u32 {
    args.iter().fold(first, |at, ty| match ty {
        // Behind the owner's address.
        Ty::Array(a) => {
            let (axes, item) = (u32::from(a.ndim), a.dtype.itemsize());
            found.push(ArrayParams { data: at + 1, axes, item });
            at + 2 + 2 * axes
        }
        Ty::Tuple(items) => arrays_among(items, at, found),
        _ => at + ty.part_types().len() as u32,
    })
}

/// Adds a wrapper of a generator's resume function: from the frame to whether there is an
/// item, and the item.
pub fn resume_wrapper(module: &mut Module, resume: FuncId) -> FuncId {
    let function = module.function(resume);
    let (name, params) = (format!("resume.{}", function.name), function.params.clone());
    let results = function.results.clone();
    wrapper_of(module, resume, name, &params, &results)
}

pub(super) fn wrapper_of(
    module: &mut Module,
    callee: FuncId,
    name: String,
    types: &[Type],
    result_types: &[Type],
) -> FuncId {
    let mut func = Function::new(name, vec![Type::Ptr, Type::Ptr], vec![]);
    let block = func.add_block();
    let arg_slots = func.add_param(block, Type::Ptr);
    let result_slots = func.add_param(block, Type::Ptr);
    let mut b = Builder::new(&mut func, block);
    let values: Vec<Value> =
        types.iter().enumerate().map(|(i, &ty)| load_slot(&mut b, ty, arg_slots, i)).collect();
    let results = b.call(callee, &values, result_types);
    for (i, value) in results.into_iter().enumerate() {
        store_slot(&mut b, value, result_slots, i);
    }
    b.ret(&[]);
    module.add_function(func)
}

pub(super) fn load_slot(b: &mut Builder, ty: Type, slots: Value, index: usize) -> Value {
    let offset = index as i32 * 8;
    match ty {
        Type::Bool => {
            let byte = b.load(Type::I8, slots, offset, Region::Slots);
            let zero = b.iconst(Type::I8, 0);
            b.icmp(IntCond::Ne, byte, zero)
        }
        _ => b.load(ty, slots, offset, Region::Slots),
    }
}

pub(super) fn store_slot(b: &mut Builder, value: Value, slots: Value, index: usize) {
    let offset = index as i32 * 8;
    let value = match b.func.value_type(value) {
        Type::Bool => b.convert(Opcode::Zext, Type::I64, value),
        Type::I8 | Type::I16 | Type::I32 => b.convert(Opcode::Sext, Type::I64, value),
        _ => value,
    };
    b.store(value, slots, offset, Region::Slots);
}
