//! Parallel loops as kernels: a function that runs one block of an outlined function's turns for
//! each thread of a grid.
//!
//! ```text
//!   kernel(blocks, each, more, over ..., captured ..., results):
//!       b = the thread's number in the grid
//!       if b < blocks:
//!           results[b] = body(<first turn of b>, <turn behind its last>, over ..., captured ...)
//! ```
//!
//! Blocks are those of the loop's record (`cumbia_abi::parallel`): what they give is put together
//! by the function around the loop, whoever runs them. Where there is nothing to put together a
//! block is a turn.
//! Arrays are taken as kernels take them; of all else its machine values are taken, so a range or
//! a variable that may be unbound needs nothing of its own.

use super::entry::{self, store_slot};
use super::{FunctionInfo, Fx, Program, Targets, TypedValue, device, functions, parallel};
use crate::infer::{Engine, LineTable, SpecId};
use crate::types::{ArrayTy, Callable, DType, Layout, Ty};
use cumbia_abi::parallel::uses;
use cumbia_ir::{Builder, FuncId, Function, IntCond, Module, Opcode, Target, Type, Value};

/// Positions in [`cumbia_ir::opcode::GRID_QUERIES`].
const THREAD_X: usize = 0;
const BLOCK_X: usize = 3;
const THREADS_X: usize = 6;

/// How many machine values come before those of what the loop goes over.
pub const COUNTS: usize = 3;

/// The types that the kernel of an outlined function takes; `Err` with one that no kernel takes.
pub fn kernel_types(args: &[Ty], results: usize) -> Result<Vec<Ty>, Ty> {
    let mut types = vec![Ty::Int; COUNTS];
    // The bounds are for each block.
    args[2..].iter().try_for_each(|ty| add(ty, &mut types))?;
    if results > 0 {
        let (dtype, layout) = (DType::I64, Layout::C);
        types.push(Ty::Array(ArrayTy { dtype, ndim: 1, layout, readonly: false }));
    }
    Ok(types)
}

fn add(ty: &Ty, types: &mut Vec<Ty>) -> Result<(), Ty> {
    match ty {
        Ty::Array(_) | Ty::Records(_) | Ty::Row(_) => types.push(ty.clone()),
        Ty::Tuple(items) | Ty::Record(_, items) => {
            return items.iter().try_for_each(|item| add(item, types));
        }
        _ => {
            for part in ty.part_types() {
                types.push(match part {
                    Type::Bool => Ty::Bool,
                    Type::I8 => Ty::Num(DType::I8),
                    Type::I16 => Ty::Num(DType::I16),
                    Type::I32 => Ty::Num(DType::I32),
                    Type::I64 => Ty::Int,
                    Type::F32 => Ty::Num(DType::F32),
                    Type::F64 => Ty::Float,
                    _ => return Err(ty.clone()),
                });
            }
        }
    }
    Ok(())
}

/// Lowers an outlined function that was inferred for a device, as a kernel that takes `types`.
pub fn kernel(engine: &Engine, body: SpecId, types: &[Ty], in_blocks: bool) -> Program {
    let (mut module, mut targets, callee) = functions(engine, body);
    parallel::drop_beginnings(&mut module);
    let spec = engine.spec(body);
    let results = spec.ret.as_ref().map(Ty::part_types).unwrap_or_default();
    let loc = LineTable::new().loc(&engine.sources, spec.hir.span);
    let kernel = kernel_function(&mut module, (callee, in_blocks), types, &results, loc);
    note(&mut targets, &module, kernel, &super::info(engine, body));
    let entry = entry::wrapper(&mut module, kernel, types, None);
    module.functions[kernel.index()].arrays = device::arrays_of(types);
    let (functions, generator, on_device) = (targets.infos, None, Vec::new());
    Program { module, entry, functions, generator, on_device }
}

/// For tracebacks it isn't there.
fn note(targets: &mut Targets, module: &Module, kernel: FuncId, of: &FunctionInfo) {
    let ir_name = module.function(kernel).name.clone();
    targets.infos.push(FunctionInfo { ir_name, internal: true, outlined: true, ..of.clone() });
}

fn kernel_function(
    module: &mut Module,
    (callee, in_blocks): (FuncId, bool),
    types: &[Ty],
    results: &[Type],
    loc: cumbia_ir::Loc,
) -> FuncId {
    let mut params = Vec::new();
    types.iter().for_each(|ty| ty.parts(&mut params));
    let name = format!("turns.{}", module.function(callee).name);
    let mut func = Function::new(name, params.clone(), vec![]);
    let [block, run, end] = [(); 3].map(|()| func.add_block());
    let given: Vec<Value> = params.iter().map(|&ty| func.add_param(block, ty)).collect();
    let (blocks, each, more) = (given[0], given[1], given[2]);
    let mut b = Builder::new(&mut func, block);
    b.loc = loc;
    let [thread, group, threads] = [THREAD_X, BLOCK_X, THREADS_X].map(|what| {
        let answer = b.grid_query(what);
        b.convert(Opcode::Zext, Type::I64, answer)
    });
    let before = b.binary(Opcode::Imul, group, threads);
    let number = b.binary(Opcode::Iadd, before, thread);
    let takes_part = b.icmp(IntCond::Slt, number, blocks);
    b.br(takes_part, Target::new(run), Target::new(end));
    let mut b = Builder::new(&mut func, end);
    b.loc = loc;
    b.ret(&[]);
    let mut b = Builder::new(&mut func, run);
    b.loc = loc;
    let one = b.iconst(Type::I64, 1);
    let (first, behind) = if !in_blocks {
        (number, b.binary(Opcode::Iadd, number, one))
    } else {
        // As `Shape::turns_of`: the first blocks have one turn more.
        let first = b.binary(Opcode::Imul, number, each);
        let longer = b.binary(Opcode::Smin, number, more);
        let first = b.binary(Opcode::Iadd, first, longer);
        let is_longer = b.icmp(IntCond::Slt, number, more);
        let extra = b.convert(Opcode::Zext, Type::I64, is_longer);
        let behind = b.binary(Opcode::Iadd, first, each);
        (first, b.binary(Opcode::Iadd, behind, extra))
    };
    let mut args = vec![first, behind];
    // The array of results: its owner, address, extent and stride.
    let own = if results.is_empty() { 0 } else { 4 };
    args.extend(&given[COUNTS..given.len() - own]);
    let gives = b.call(callee, &args, results);
    if !results.is_empty() {
        let data = given[given.len() - 3];
        let size = b.iconst(Type::I64, 8 * results.len() as i64);
        let offset = b.binary(Opcode::Imul, number, size);
        let place = b.ptr_add(data, offset);
        for (at, value) in gives.into_iter().enumerate() {
            store_slot(&mut b, value, place, at);
        }
    }
    b.ret(&[]);
    module.add_function(func)
}

/// Tells the runtime that the host is about to touch all that a value leads to.
pub fn tell_use(fx: &mut Fx, value: &TypedValue, writes: bool) {
    let how = if writes { uses::WRITES } else { uses::READS };
    let mut all = false;
    let mut spans = Vec::new();
    arrays(&value.ty, &value.parts, &mut spans, &mut all);
    for (parts, size) in spans {
        let axes = (parts.len() - 2) / 2;
        let zero = fx.int(0);
        let mut low = fx.b().convert(Opcode::Bitcast, Type::I64, parts[1]);
        let mut high = low;
        for axis in 0..axes {
            let (extent, stride) = (parts[2 + axis], parts[2 + axes + axis]);
            let one = fx.int(1);
            let last = fx.b().binary(Opcode::Isub, extent, one);
            let far = fx.b().binary(Opcode::Imul, last, stride);
            let down = fx.b().binary(Opcode::Smin, far, zero);
            low = fx.b().binary(Opcode::Iadd, low, down);
            let up = fx.b().binary(Opcode::Smax, far, zero);
            high = fx.b().binary(Opcode::Iadd, high, up);
        }
        let size = fx.int(size);
        let high = fx.b().binary(Opcode::Iadd, high, size);
        let how = fx.int(how);
        fx.helper("device_use", &[low, high, how]);
    }
    if all {
        let (low, high, how) = (fx.int(0), fx.int(i64::MAX), fx.int(how));
        fx.helper("device_use", &[low, high, how]);
    }
}

/// The arrays in a value: their parts, and the bytes of an element. What may lead to others sets
/// the flag.
fn arrays(ty: &Ty, parts: &[Value], out: &mut Vec<(Vec<Value>, i64)>, all: &mut bool) {
    match ty {
        Ty::Array(array) => out.push((parts.to_vec(), i64::from(array.dtype.itemsize()))),
        Ty::Tuple(items) | Ty::Record(_, items) => {
            let mut at = 0;
            for item in items.iter() {
                let count = item.part_types().len();
                arrays(item, &parts[at..at + count], out, all);
                at += count;
            }
        }
        Ty::Callable(Callable::Method(of, _)) | Ty::Iter(of) => arrays(of, parts, out, all),
        _ => *all |= may_lead(ty),
    }
}

/// Whether a value may lead to an array's elements.
fn may_lead(ty: &Ty) -> bool {
    match ty {
        Ty::Str | Ty::Bytes | Ty::Text(_) | Ty::Exception | Ty::Random => false,
        Ty::List(of, _) | Ty::Set(of, _) => may_lead(of),
        Ty::Dict(of, _) => may_lead(&of.0) || may_lead(&of.1),
        Ty::Array(_) => true,
        Ty::Tuple(items) => items.iter().any(may_lead),
        _ => ty.part_types().contains(&Type::Ptr),
    }
}
