//! Kernels: their arrays, the primitives for what threads do together, and what lowering leaves
//! out for devices. See `infer/device.rs`.

use super::function::Lowering;
use super::{Fx, TypedValue};
use crate::environment::ArrayContent;
use crate::infer::device::{KernelArray, operation};
use crate::numeric;
use crate::types::{Lit, Ty};
use cumbia_ir::{ArrayParams, Module, NATIVES, Opcode, StorageDecl, Type, Value};

/// The position of the bytes of shared memory that a launch gives among
/// [`cumbia_ir::opcode::GRID_QUERIES`].
const SHARED_BYTES: usize = 13;

/// The prefix of names of data that a program makes constants; backends know it.
const CONSTANT: &str = "constant";

/// An array in shared or local memory.
pub(super) fn kernel_array(fx: &mut Fx<'_>, array: &KernelArray) -> TypedValue {
    let item = i64::from(array.item);
    let bytes = array.shape.as_ref().map_or(0, |shape| item * shape.iter().product::<i64>());
    let shape: Vec<Value> = match &array.shape {
        Some(shape) => shape.iter().map(|&extent| fx.int(extent)).collect(),
        None => {
            let bytes = fx.b().grid_query(SHARED_BYTES);
            let bytes = fx.b().convert(Opcode::Zext, Type::I64, bytes);
            let item = fx.int(item);
            vec![fx.b().binary(Opcode::Udiv, bytes, item)]
        }
    };
    let data = match array.shape {
        // Nobody can get at its elements: there are none.
        Some(_) if bytes == 0 => fx.b().iconst(Type::Ptr, 0),
        _ => {
            let name = format!("{}.{}", array.space.name(), fx.module.storage.len());
            let storage = fx.module.add_storage(StorageDecl {
                name,
                space: array.space,
                bytes: bytes as u64,
                align: array.align,
            });
            fx.b().storage_addr(storage)
        }
    };
    let strides = constant_strides(item, array.shape.as_deref().unwrap_or(&[0]));
    array_at(fx, array.ty.clone(), data, shape, &strides)
}

/// An array whose elements are data of the module.
pub(super) fn constant_array(fx: &mut Fx<'_>, ty: &Ty, content: &ArrayContent) -> TypedValue {
    let data = fx.module.intern_data(CONSTANT, content.bytes.clone(), false);
    let data = fx.b().data_addr(data);
    let shape = content.shape.iter().map(|&extent| fx.int(extent)).collect();
    let item = match ty {
        Ty::Array(array) => array.dtype.itemsize(),
        Ty::Records(array) => array.dtype.itemsize,
        other => panic!("a constant array that is {other}"),
    };
    let strides = constant_strides(item.into(), &content.shape);
    array_at(fx, ty.clone(), data, shape, &strides)
}

/// A global array itself, which only `cuda.const.array_like` takes, and doesn't read.
pub(super) fn no_array(fx: &mut Fx<'_>, ty: Ty, ndim: u8) -> TypedValue {
    let data = fx.b().iconst(Type::Ptr, 0);
    let shape = (0..ndim).map(|_| fx.int(0)).collect();
    array_at(fx, ty, data, shape, &vec![0; ndim as usize])
}

fn constant_strides(item: i64, shape: &[i64]) -> Vec<i64> {
    let mut strides = vec![item; shape.len()];
    for axis in (0..shape.len().saturating_sub(1)).rev() {
        strides[axis] = strides[axis + 1] * shape[axis + 1];
    }
    strides
}

/// An array that owns nothing.
fn array_at(
    fx: &mut Fx<'_>,
    ty: Ty,
    data: Value,
    shape: Vec<Value>,
    strides: &[i64],
) -> TypedValue {
    let mut parts = vec![fx.b().iconst(Type::Ptr, 0), data];
    parts.extend(shape);
    parts.extend(strides.iter().map(|&stride| fx.int(stride)));
    TypedValue { ty, parts }
}

impl Lowering<'_, '_> {
    /// Primitives of kernels; `None` for other names.
    pub(super) fn device_primitive(
        &mut self,
        name: &str,
        args: &[TypedValue],
        out: &Ty,
    ) -> Option<TypedValue> {
        let fx = &mut self.fx;
        let literal = |value: &TypedValue| match &value.ty {
            Ty::Lit(Lit::Str(text)) => text.clone(),
            other => panic!("{name} of {other}"),
        };
        Some(match name {
            "prim.grid_query" => {
                let Ty::Lit(Lit::Int(what)) = args[0].ty else { panic!("a constant question") };
                let answer = fx.b().grid_query(what as usize);
                TypedValue::scalar(Ty::Int, fx.b().convert(Opcode::Zext, Type::I64, answer))
            }
            "prim.device" => {
                let op = operation(&literal(&args[0])).expect("typed as an operation");
                let words: Vec<Value> = args[1..].iter().map(|arg| word(fx, arg)).collect();
                match fx.b().meeting(op, &words) {
                    Some(result) => TypedValue::scalar(out.clone(), result),
                    None => TypedValue::unit(Ty::None),
                }
            }
            "prim.kernel_print" => {
                let Ty::Tuple(types) = &args[0].ty else { panic!("what is printed is a tuple") };
                let mut parts = args[0].parts.iter().copied();
                let values: Vec<TypedValue> = types
                    .iter()
                    .map(|ty| TypedValue {
                        ty: ty.clone(),
                        parts: parts.by_ref().take(ty.part_types().len()).collect(),
                    })
                    .collect();
                super::kernel_print::write(fx, &values, &args[1].ty, &args[2].ty);
                TypedValue::unit(Ty::None)
            }
            "prim.hinted" => {
                let op = operation(&literal(&args[0])).expect("typed as an operation");
                super::hinted::access(fx, op, args, out)
            }
            "prim.is_emulated" => super::linked::is_emulated(fx),
            crate::infer::linked::PLAIN | crate::infer::linked::WITH_STATUS => {
                super::linked::call(fx, name, args, out)
            }
            "prim.native" => {
                let name = literal(&args[0]);
                let what = NATIVES.iter().position(|row| row.0 == &*name).expect("typed");
                let operands: Vec<Value> = args[1..].iter().map(TypedValue::value).collect();
                TypedValue::scalar(out.clone(), fx.b().native(what, &operands))
            }
            "prim.words" => TypedValue { ty: out.clone(), parts: words(fx, &args[0]) },
            "prim.shuffle" => {
                let op = operation(&literal(&args[0])).expect("typed as an operation");
                let (mask, lane) = (word(fx, &args[1]), word(fx, &args[3]));
                let width = fx.b().iconst(Type::I32, 32);
                let words = words(fx, &args[2]);
                let exchanged: Vec<Value> = words
                    .iter()
                    .map(|&value| {
                        fx.b().meeting(op, &[mask, value, lane, width]).expect("a shuffle's result")
                    })
                    .collect();
                let ty = out.part_types()[0];
                TypedValue::scalar(out.clone(), of_words(fx, ty, &exchanged))
            }
            _ => return None,
        })
    }
}

/// The low 32 bits of an integer, or 1 or 0 for a truth value.
fn word(fx: &mut Fx<'_>, value: &TypedValue) -> Value {
    let value = numeric::materialize(fx, value);
    let from = value.ty.part_types()[0];
    let value = value.value();
    match from {
        Type::I32 => value,
        Type::I64 => fx.b().convert(Opcode::Trunc, Type::I32, value),
        Type::Bool => fx.b().convert(Opcode::Zext, Type::I32, value),
        _ => fx.b().convert(Opcode::Sext, Type::I32, value),
    }
}

/// The bits of a number in words, the lower ones first.
fn words(fx: &mut Fx<'_>, value: &TypedValue) -> Vec<Value> {
    let value = numeric::materialize(fx, value);
    let from = value.ty.part_types()[0];
    let value = value.value();
    let whole = match from {
        Type::I32 => return vec![value],
        Type::F32 => return vec![fx.b().convert(Opcode::Bitcast, Type::I32, value)],
        Type::F64 => fx.b().convert(Opcode::Bitcast, Type::I64, value),
        Type::Bool => fx.b().convert(Opcode::Zext, Type::I64, value),
        _ => value,
    };
    let low = fx.b().convert(Opcode::Trunc, Type::I32, whole);
    let places = fx.int(32);
    let high = fx.b().binary(Opcode::Ushr, whole, places);
    vec![low, fx.b().convert(Opcode::Trunc, Type::I32, high)]
}

/// The number of a type whose bits these words are.
fn of_words(fx: &mut Fx<'_>, ty: Type, words: &[Value]) -> Value {
    if let [word] = words {
        return match ty {
            Type::F32 => fx.b().convert(Opcode::Bitcast, Type::F32, *word),
            _ => *word,
        };
    }
    let low = fx.b().convert(Opcode::Zext, Type::I64, words[0]);
    let high = fx.b().convert(Opcode::Zext, Type::I64, words[1]);
    let places = fx.int(32);
    let high = fx.b().binary(Opcode::Ishl, high, places);
    let whole = fx.b().binary(Opcode::Bor, low, high);
    match ty {
        Type::F64 => fx.b().convert(Opcode::Bitcast, Type::F64, whole),
        _ => whole,
    }
}

/// Takes out what has no meaning on a device: nobody interrupts a kernel, its stack has a size
/// of its own, and it owns no memory of the host whose references were counted.
pub(super) fn strip(module: &mut Module) {
    for func in &mut module.functions {
        for block in func.layout.clone() {
            let insts = std::mem::take(&mut func.block_mut(block).insts);
            let kept = insts.into_iter().filter(|&inst| {
                !matches!(
                    func.inst(inst).op,
                    Opcode::Poll | Opcode::StackCheck | Opcode::Retain | Opcode::Release
                )
            });
            let kept: Vec<_> = kept.collect();
            func.block_mut(block).insts = kept;
        }
    }
}

/// Which of the parts of a kernel's arguments are arrays: their owners are left out.
pub(super) fn arrays_of(args: &[Ty]) -> Vec<ArrayParams> {
    fn among(args: &[Ty], first: u32, found: &mut Vec<ArrayParams>) -> u32 {
        args.iter().fold(first, |at, ty| {
            let (ndim, item) = match ty {
                Ty::Array(a) => (u32::from(a.ndim), a.dtype.itemsize()),
                Ty::Records(a) => (u32::from(a.ndim), a.dtype.itemsize),
                Ty::Row(a) => (0, a.dtype.itemsize),
                Ty::Tuple(items) | Ty::Record(_, items) => return among(items, at, found),
                _ => return at + ty.part_types().len() as u32,
            };
            found.push(ArrayParams { data: at + 1, axes: ndim, item });
            at + 2 + 2 * ndim
        })
    }
    let mut found = Vec::new();
    among(args, 0, &mut found);
    found
}

/// A part of a kernel's arguments, in the order in which the kernel takes them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KernelParam {
    /// The address of an array's first element; the array's number among all.
    Data(u32),
    /// The extent of an array along an axis.
    Extent(u32, u32),
    /// The bytes between an array's elements along an axis.
    Stride(u32, u32),
    /// A number.
    Scalar(Type),
}

/// The parameters of the kernel for argument types; `Err` for a type that no kernel takes.
pub fn kernel_params(args: &[Ty]) -> Result<Vec<KernelParam>, Ty> {
    let (mut params, mut arrays) = (Vec::new(), 0);
    for ty in args {
        add_params(ty, &mut arrays, &mut params)?;
    }
    Ok(params)
}

fn add_params(ty: &Ty, arrays: &mut u32, params: &mut Vec<KernelParam>) -> Result<(), Ty> {
    let mut array = |ndim: u32, params: &mut Vec<KernelParam>| {
        params.push(KernelParam::Data(*arrays));
        params.extend((0..ndim).map(|axis| KernelParam::Extent(*arrays, axis)));
        params.extend((0..ndim).map(|axis| KernelParam::Stride(*arrays, axis)));
        *arrays += 1;
    };
    match ty {
        Ty::Array(a) => array(a.ndim.into(), params),
        Ty::Records(a) => array(a.ndim.into(), params),
        // Refers to memory as an array without axes does.
        Ty::Row(_) => array(0, params),
        Ty::Tuple(items) => {
            for item in items.iter() {
                add_params(item, arrays, params)?;
            }
        }
        Ty::Record(_, items) => {
            for item in items.iter() {
                add_params(item, arrays, params)?;
            }
        }
        Ty::None | Ty::Lit(_) | Ty::DType(_) => {}
        ty if ty.is_number() || ty.as_time().is_some() => {
            params.extend(ty.part_types().into_iter().map(KernelParam::Scalar));
        }
        // A member by its number.
        Ty::Enum(_) => params.push(KernelParam::Scalar(Type::I64)),
        Ty::Callable(_) if ty.part_types().is_empty() => {}
        other => return Err(other.clone()),
    }
    Ok(())
}
