//! Operations of devices as several that processors have.
//!
//! [`for_processors`] takes `f_of_half`, `f_to_half`, `half_fma`, `f_to_bfloat`, `bfloat_fma` and
//! `native` out of a module that is to run on a processor: the last by its last operand, the
//! others with the same bits (`cumbia_ir::half` and `bfloat` say what they mean). Modules for
//! devices keep them, but for [`without_bfloats`] on devices that have no such instructions. It
//! isn't a pass of the pipeline: the module is the one that a device would get.

use crate::rewrite::Replacements;
use cumbia_ir::{Builder, FloatCond, Function, IntCond, Module, Opcode, Type, Value};

/// Rewrites all functions of a module.
pub fn for_processors(module: &mut Module) {
    for func in &mut module.functions {
        rewrite(func, Opcode::is_of_devices);
    }
}

/// Rewrites the operations of bfloat16 alone.
pub fn without_bfloats(module: &mut Module) {
    for func in &mut module.functions {
        rewrite(func, is_of_bfloats);
    }
}

/// Whether a module has operations that [`without_bfloats`] rewrites.
pub fn has_bfloats(module: &Module) -> bool {
    let blocks = module.functions.iter().flat_map(|f| f.layout.iter().map(move |&b| (f, b)));
    let mut insts = blocks.flat_map(|(f, block)| f.block(block).insts.iter().map(move |&i| (f, i)));
    insts.any(|(func, inst)| is_of_bfloats(func.inst(inst).op))
}

fn is_of_bfloats(op: Opcode) -> bool {
    matches!(op, Opcode::FToBfloat | Opcode::BfloatFma)
}

fn rewrite(func: &mut Function, concerns: fn(Opcode) -> bool) {
    let mut replaced = Replacements::new(func);
    for at in 0..func.layout.len() {
        let block = func.layout[at];
        if !func.block(block).insts.iter().any(|&inst| concerns(func.inst(inst).op)) {
            continue;
        }
        for inst in std::mem::take(&mut func.block_mut(block).insts) {
            if !concerns(func.inst(inst).op) {
                func.block_mut(block).insts.push(inst);
                continue;
            }
            let data = func.inst(inst).clone();
            let mut b = Builder::new(func, block);
            b.loc = data.loc;
            let new = match data.op {
                Opcode::FOfHalf => single_of_half(&mut b, data.args[0]),
                Opcode::FToHalf => half_of_float(&mut b, data.args[0]),
                Opcode::HalfFma => fused(&mut b, [data.args[0], data.args[1], data.args[2]]),
                Opcode::FToBfloat => bfloat_of_float(&mut b, data.args[0]),
                Opcode::BfloatFma => {
                    fused_bfloats(&mut b, [data.args[0], data.args[1], data.args[2]])
                }
                _ => data.args[data.args.len() - 1],
            };
            replaced.replace(data.results[0], new);
        }
    }
    replaced.apply(func);
}

/// Exponent and fraction where `f32` has them, and 2^112 times that: what was subnormal becomes
/// a usual number, and what is 2^16 or more was an infinity or nan.
fn single_of_half(b: &mut Builder<'_>, half: Value) -> Value {
    let word = b.convert(Opcode::Zext, Type::I32, half);
    let size = masked(b, word, 0x7fff);
    let size = shifted(b, Opcode::Ishl, size, 13);
    let size = b.convert(Opcode::Bitcast, Type::F32, size);
    let scale = b.f32const(2f32.powi(112));
    let number = b.binary(Opcode::Fmul, size, scale);
    let beyond = b.f32const(65536.0);
    let beyond = b.fcmp(FloatCond::Ge, number, beyond);
    let exponent = b.iconst(Type::I32, 0x7f80_0000);
    let zero = b.iconst(Type::I32, 0);
    let exponent = b.select(beyond, exponent, zero);
    let sign = masked(b, word, 0x8000);
    let sign = shifted(b, Opcode::Ishl, sign, 16);
    let bits = b.convert(Opcode::Bitcast, Type::I32, number);
    let bits = b.binary(Opcode::Bor, bits, exponent);
    let bits = b.binary(Opcode::Bor, bits, sign);
    b.convert(Opcode::Bitcast, Type::F32, bits)
}

fn half_of_float(b: &mut Builder<'_>, x: Value) -> Value {
    let bits = single_bits(b, x);
    let sign = masked(b, bits, i64::from(i32::MIN));
    let size = b.binary(Opcode::Bxor, bits, sign);
    // Below 2^-14: a sum with 1/2, whose last bit is the smallest number, rounds as is asked for.
    let number = b.convert(Opcode::Bitcast, Type::F32, size);
    let half = b.f32const(0.5);
    let small = b.binary(Opcode::Fadd, number, half);
    let small = b.convert(Opcode::Bitcast, Type::I32, small);
    let half = b.iconst(Type::I32, 0x3f00_0000);
    let small = b.binary(Opcode::Isub, small, half);
    // Otherwise: a new exponent, and 13 bits less, rounded.
    let odd = shifted(b, Opcode::Ushr, size, 13);
    let odd = masked(b, odd, 1);
    let rebased = b.iconst(Type::I32, 0xfff - (112 << 23));
    let usual = b.binary(Opcode::Iadd, size, rebased);
    let usual = b.binary(Opcode::Iadd, usual, odd);
    let usual = shifted(b, Opcode::Ushr, usual, 13);
    let infinity = b.iconst(Type::I32, 0x7f80_0000);
    let nan = b.icmp(IntCond::Sgt, size, infinity);
    let [quiet, large] = [0x7e00, 0x7c00].map(|bits| b.iconst(Type::I32, bits));
    let large = b.select(nan, quiet, large);
    let least = b.iconst(Type::I32, 0x3880_0000);
    let is_small = b.icmp(IntCond::Slt, size, least);
    let result = b.select(is_small, small, usual);
    let most = b.iconst(Type::I32, 0x4780_0000);
    let is_large = b.icmp(IntCond::Sge, size, most);
    let result = b.select(is_large, large, result);
    let sign = shifted(b, Opcode::Ushr, sign, 16);
    let result = b.binary(Opcode::Bor, result, sign);
    b.convert(Opcode::Trunc, Type::I16, result)
}

/// The bits of an `f32`, or of one that rounds to what `x` does.
fn single_bits(b: &mut Builder<'_>, x: Value) -> Value {
    match b.func.value_type(x) {
        Type::F32 => b.convert(Opcode::Bitcast, Type::I32, x),
        _ => bits_to_odd(b, x),
    }
}

/// The upper half, with what is below it rounded: a carry into the exponent is the next number.
fn bfloat_of_float(b: &mut Builder<'_>, x: Value) -> Value {
    let bits = single_bits(b, x);
    let upper = shifted(b, Opcode::Ushr, bits, 16);
    let odd = masked(b, upper, 1);
    let almost_half = b.iconst(Type::I32, 0x7fff);
    let sum = b.binary(Opcode::Iadd, bits, almost_half);
    let sum = b.binary(Opcode::Iadd, sum, odd);
    let usual = shifted(b, Opcode::Ushr, sum, 16);
    let size = masked(b, bits, i64::from(i32::MAX));
    let infinity = b.iconst(Type::I32, 0x7f80_0000);
    let is_nan = b.icmp(IntCond::Sgt, size, infinity);
    let sign = masked(b, upper, 0x8000);
    let quiet = b.iconst(Type::I32, 0x7fc0);
    let nan = b.binary(Opcode::Bor, sign, quiet);
    let result = b.select(is_nan, nan, usual);
    b.convert(Opcode::Trunc, Type::I16, result)
}

/// The bits of an `f64` rounded to `f32` so that it can be rounded once more: where it isn't
/// exact, to the neighbor whose last bit is set.
fn bits_to_odd(b: &mut Builder<'_>, x: Value) -> Value {
    let near = b.convert(Opcode::Fdemote, Type::F32, x);
    let back = b.convert(Opcode::Fpromote, Type::F64, near);
    let bits = b.convert(Opcode::Bitcast, Type::I32, near);
    let [size, near_size] = [x, back].map(|x| b.unary(Opcode::Fabs, x));
    let below = b.fcmp(FloatCond::Lt, near_size, size);
    let above = b.fcmp(FloatCond::Gt, near_size, size);
    let [one, zero, minus] = [1, 0, -1].map(|n| b.iconst(Type::I32, n));
    let step = b.select(above, minus, zero);
    let step = b.select(below, one, step);
    let other = b.binary(Opcode::Iadd, bits, step);
    let odd = masked(b, bits, 1);
    let is_odd = b.icmp(IntCond::Ne, odd, zero);
    b.select(is_odd, bits, other)
}

/// See `cumbia_ir::half::fma`.
fn fused(b: &mut Builder<'_>, operands: [Value; 3]) -> Value {
    let [x, y, z] = operands.map(|half| {
        let single = single_of_half(b, half);
        b.convert(Opcode::Fpromote, Type::F64, single)
    });
    let product = b.binary(Opcode::Fmul, x, y);
    let sum = b.binary(Opcode::Fadd, product, z);
    half_of_float(b, sum)
}

/// The sum in `f64`, rounded to odd by what it loses, which is exact there as the product is.
fn fused_bfloats(b: &mut Builder<'_>, operands: [Value; 3]) -> Value {
    let [x, y, z] = operands.map(|bits| {
        let word = b.convert(Opcode::Zext, Type::I32, bits);
        let word = shifted(b, Opcode::Ishl, word, 16);
        let single = b.convert(Opcode::Bitcast, Type::F32, word);
        b.convert(Opcode::Fpromote, Type::F64, single)
    });
    let product = b.binary(Opcode::Fmul, x, y);
    let sum = b.binary(Opcode::Fadd, product, z);
    let of_z = b.binary(Opcode::Fsub, sum, product);
    let of_product = b.binary(Opcode::Fsub, sum, of_z);
    let lost_of_product = b.binary(Opcode::Fsub, product, of_product);
    let lost_of_z = b.binary(Opcode::Fsub, z, of_z);
    let lost = b.binary(Opcode::Fadd, lost_of_product, lost_of_z);
    // Away from zero if the sum and what it lost have one sign; a nan is neither.
    let zero = b.f64const(0.0);
    let [positive, above, below] =
        [(sum, FloatCond::Gt), (lost, FloatCond::Gt), (lost, FloatCond::Lt)]
            .map(|(x, cond)| b.fcmp(cond, x, zero));
    let [one, none, minus] = [1, 0, -1].map(|n| b.iconst(Type::I64, n));
    let if_above = b.select(positive, one, minus);
    let if_below = b.select(positive, minus, one);
    let step = b.select(below, if_below, none);
    let step = b.select(above, if_above, step);
    let bits = b.convert(Opcode::Bitcast, Type::I64, sum);
    let odd = b.binary(Opcode::Band, bits, one);
    let is_odd = b.icmp(IntCond::Ne, odd, none);
    let step = b.select(is_odd, none, step);
    let bits = b.binary(Opcode::Iadd, bits, step);
    let sum = b.convert(Opcode::Bitcast, Type::F64, bits);
    bfloat_of_float(b, sum)
}

fn masked(b: &mut Builder<'_>, word: Value, mask: i64) -> Value {
    let mask = b.iconst(Type::I32, mask);
    b.binary(Opcode::Band, word, mask)
}

fn shifted(b: &mut Builder<'_>, op: Opcode, word: Value, by: i64) -> Value {
    let by = b.iconst(Type::I32, by);
    b.binary(op, word, by)
}
