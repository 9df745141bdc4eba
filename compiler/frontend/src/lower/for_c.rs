//! The function that C calls: from numbers and addresses to parts, call, result.
//!
//! ```text
//! func @c.f(f64, ptr) -> (i32) c(@c.context) {
//!     result = ecall @c_result()      ; a slot of the frame, which the callee writes
//!     ...                             ; an address becomes an array without an end
//!     status = try_call @f(...)       ; the last argument is an array over the slot
//!     br status is 0, done, failed
//! ```
//!
//! Its context is made where it begins (`ir.md`). What else an entry from outside needs are
//! runtime functions of their own, of which `cumbia_opt::for_c` leaves those that the code
//! needs. Not here: what an exception becomes, and code that needs Python, which the boundary
//! enters by another way.

use crate::types::{DType, Ty};
use cumbia_abi::{AbiType, C_CONTEXT_SIZE, HELPERS, HelperEffects, IMMORTAL, Owner};
use cumbia_ir::{
    Builder, DataDecl, DataId, ExternDecl, ExternEffects, FuncId, Function, Imm, IntCond, Module,
    Opcode, Region, Target, Type, Value,
};

/// In front of the name of the function that it calls.
pub const PREFIX: &str = "c.";
/// The data that its context is copied from.
pub const CONTEXT: &str = "c.context";

/// How many elements an array without an end has.
fn endless(itemsize: u32) -> i64 {
    (1 << 62) / i64::from(itemsize.max(1))
}

/// Adds the function for the callee of an entry wrapper. With `result`, the last argument is
/// an array of one element, for what C gets.
pub fn add(module: &mut Module, entry: FuncId, args: &[Ty], result: bool) {
    let Some(callee) = callee_of(module.function(entry)) else { return };
    let context = data(module, CONTEXT, vec![0; C_CONTEXT_SIZE]);
    let mut owner = vec![0; size_of::<Owner>()];
    // An `Owner` begins with its count; one of plain memory is zero otherwise.
    owner[..8].copy_from_slice(&IMMORTAL.to_le_bytes());
    let owner = data(module, "c.owner", owner);
    // Arrays without ends never lie apart.
    module.functions[callee.index()].arrays.clear();

    let (given, out) = match args.split_last() {
        Some((Ty::Array(out), given)) if result => (given, Some(out.dtype)),
        _ => (args, None),
    };
    let params: Vec<Type> = given.iter().map(passed_as).collect();
    let results: Vec<Type> = out.iter().map(|&dtype| returned_as(dtype)).collect();
    let name = format!("{PREFIX}{}", module.function(callee).name);
    let mut func = Function::new(name, params.clone(), results);
    func.for_c = Some(context);
    let [first, failed, called, floats_back, done] = std::array::from_fn(|_| func.add_block());
    for rare in [failed, floats_back] {
        func.block_mut(rare).cold = true;
    }
    let values: Vec<Value> = params.iter().map(|&ty| func.add_param(first, ty)).collect();
    let returned = out.map(|dtype| func.add_param(called, returned_as(dtype)));

    let mut b = Builder::new(&mut func, first);
    let floats = helper(&mut b, module, "c_floats", &[]).expect("a word");
    let slot = out.and_then(|_| helper(&mut b, module, "c_result", &[]));
    helper(&mut b, module, "c_stack", &[]);
    let owner = b.data_addr(owner);
    let mut passed = Vec::new();
    for (ty, &value) in given.iter().zip(&values) {
        match ty {
            Ty::Array(array) => {
                let itemsize = array.dtype.itemsize();
                push_array(&mut b, &mut passed, owner, value, endless(itemsize), itemsize);
            }
            Ty::Num(DType::Bool) => {
                let zero = b.iconst(Type::I8, 0);
                passed.push(b.icmp(IntCond::Ne, value, zero));
            }
            _ => passed.push(value),
        }
    }
    if let (Some(slot), Some(dtype)) = (slot, out) {
        push_array(&mut b, &mut passed, owner, slot, 1, dtype.itemsize());
    }
    let (_, status) = b.try_call(callee, &passed, &[]);
    let ok = b.iconst(Type::I32, 0);
    let is_ok = b.icmp(IntCond::Eq, status, ok);
    let value = slot.zip(out).map(|(slot, dtype)| load_result(&mut b, slot, dtype));
    b.br(is_ok, Target::with(called, value.as_slice()), Target::new(failed));

    // What a loop that goes on in better code has given, or a zero.
    b.switch_to(failed);
    let status = b.convert(Opcode::Sext, Type::I64, status);
    let finished = helper(&mut b, module, "c_failed", &[status]).expect("a truth value");
    let value = slot.zip(out).map(|(slot, dtype)| {
        let value = load_result(&mut b, slot, dtype);
        let zero = match returned_as(dtype) {
            Type::F32 => b.f32const(0.0),
            Type::F64 => b.f64const(0.0),
            ty => b.iconst(ty, 0),
        };
        b.select(finished, value, zero)
    });
    b.jump(Target::with(called, value.as_slice()));

    b.switch_to(called);
    helper(&mut b, module, "c_leave", &[]);
    let default = b.iconst(Type::I64, 0);
    let is_default = b.icmp(IntCond::Eq, floats, default);
    b.br(is_default, Target::new(done), Target::new(floats_back));
    b.switch_to(floats_back);
    helper(&mut b, module, "c_floats_back", &[floats]);
    b.jump(Target::new(done));
    b.switch_to(done);
    b.ret(returned.as_slice());
    module.add_function(func);
}

fn callee_of(wrapper: &Function) -> Option<FuncId> {
    let mut insts = wrapper.layout.iter().flat_map(|&block| &wrapper.block(block).insts);
    insts.find_map(|&inst| match wrapper.inst(inst).imm {
        Imm::Func(callee) => Some(callee),
        _ => None,
    })
}

fn data(module: &mut Module, name: &str, bytes: Vec<u8>) -> DataId {
    module.data.push(DataDecl { name: name.to_owned(), bytes, writable: true });
    DataId::new(module.data.len() - 1)
}

/// The parts of an array in one row.
fn push_array(
    b: &mut Builder<'_>,
    parts: &mut Vec<Value>,
    owner: Value,
    address: Value,
    length: i64,
    itemsize: u32,
) {
    let length = b.iconst(Type::I64, length);
    let step = b.iconst(Type::I64, i64::from(itemsize));
    parts.extend([owner, address, length, step]);
}

/// How an argument comes: a truth value as C's byte.
fn passed_as(ty: &Ty) -> Type {
    match ty {
        Ty::Array(_) => Type::Ptr,
        Ty::Num(DType::Bool) => Type::I8,
        ty => ty.part_types()[0],
    }
}

/// How a result goes: narrow integers as C's `int`, which all callers can read.
fn returned_as(dtype: DType) -> Type {
    match dtype.ir_type() {
        Type::Bool | Type::I8 | Type::I16 => Type::I32,
        ty => ty,
    }
}

fn load_result(b: &mut Builder<'_>, slot: Value, dtype: DType) -> Value {
    let ty = match dtype.ir_type() {
        Type::Bool => Type::I8,
        ty => ty,
    };
    let value = b.load(ty, slot, 0, Region::Data);
    match (returned_as(dtype) == ty, dtype.is_signed()) {
        (true, _) => value,
        (false, true) => b.convert(Opcode::Sext, Type::I32, value),
        (false, false) => b.convert(Opcode::Zext, Type::I32, value),
    }
}

/// Calls a runtime function by name.
fn helper(b: &mut Builder<'_>, module: &mut Module, name: &str, args: &[Value]) -> Option<Value> {
    let row = HELPERS.iter().find(|row| row.name == name).expect("a runtime function");
    let ty = |ty: AbiType| match ty {
        AbiType::Bool => Type::Bool,
        AbiType::I64 => Type::I64,
        AbiType::F32 => Type::F32,
        AbiType::F64 => Type::F64,
        AbiType::Ptr => Type::Ptr,
    };
    assert_eq!(row.effects, HelperEffects::Effects, "{name}");
    let decl = ExternDecl {
        name: name.to_owned(),
        params: row.params.iter().map(|&param| ty(param)).collect(),
        result: row.result.map(ty),
        effects: ExternEffects::Effects,
    };
    let callee = module.declare_extern(&decl);
    b.extern_call(callee, args, decl.result)
}
