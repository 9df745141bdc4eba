//! Kernels of elementwise operations as functions: a straight line over one element of each
//! operand. Which operations go together is decided in `fusion.rs`.

use super::ArgFrom;
use crate::hir::{
    BinaryOp, CallArg, HValue, HirBlock, HirFunction, HirInst, Op, Param, ParamKind, Terminator,
    UnaryOp, ValueInfo,
};
use crate::types::DType;
use cumbia_diagnostics::Span;

/// An operation of a kernel over leaves and results of earlier ones.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Input {
    Leaf(usize),
    Result(usize),
}

/// The operations of a kernel.
pub(super) type Steps = Vec<(KernelOp, Vec<Input>, Span)>;

/// An operation of a kernel.
#[derive(Clone, Copy, Debug)]
pub(super) enum KernelOp {
    Unary(UnaryOp),
    Binary(BinaryOp),
    Compare(crate::hir::CompareOp),
    Call(Input),
}

/// The kernel as a function: a straight line over its parameters.
pub(super) fn kernel_function(
    around: &HirFunction,
    span: Span,
    leaves: usize,
    operations: &[(KernelOp, Vec<Input>, Span)],
) -> HirFunction {
    let value = |input: &Input| match input {
        Input::Leaf(i) => HValue(*i as u32),
        Input::Result(i) => HValue((leaves + i) as u32),
    };
    let insts: Vec<HirInst> = operations
        .iter()
        .enumerate()
        .map(|(i, (op, inputs, span))| {
            let inputs: Vec<HValue> = inputs.iter().map(value).collect();
            let op = match op {
                KernelOp::Unary(op) => Op::Unary(*op, inputs[0]),
                KernelOp::Binary(op) => Op::Binary(*op, inputs[0], inputs[1], false),
                KernelOp::Compare(op) => Op::Compare(*op, inputs[0], inputs[1]),
                KernelOp::Call(callee) => Op::Call(
                    value(callee),
                    inputs
                        .iter()
                        .map(|&value| CallArg { name: None, value, starred: false })
                        .collect(),
                ),
            };
            HirInst { op, results: vec![HValue((leaves + i) as u32)], span: *span }
        })
        .collect();
    let last = HValue((leaves + operations.len() - 1) as u32);
    HirFunction {
        source: around.source,
        name: "kernel".into(),
        span,
        params: (0..leaves)
            .map(|i| Param {
                name: format!("x{i}").into(),
                kind: ParamKind::PositionalOnly,
                has_default: false,
                default_const: None,
                span,
            })
            .collect(),
        blocks: vec![HirBlock {
            params: (0..leaves as u32).map(HValue).collect(),
            insts,
            terminator: Terminator::Return(last),
            terminator_span: span,
            loop_header: false,
            handler: None,
        }],
        values: vec![ValueInfo { name: None, span }; leaves + operations.len()],
        loops: Vec::new(),
        generator: false,
        children: Vec::new(),
        nested: Vec::new(),
        inner: None,
        sends: None,
        made_early: false,
        warned: Vec::new(),
        serial: Vec::new(),
    }
}

/// Whether an integer is one of a dtype of integers.
pub(super) fn fits(i: i64, dtype: DType) -> bool {
    let bits = dtype.itemsize() * 8;
    if dtype.is_signed() {
        bits == 64 || (-(1_i64 << (bits - 1))..1_i64 << (bits - 1)).contains(&i)
    } else {
        i >= 0 && (bits == 64 || i < 1_i64 << bits)
    }
}

/// The values that an argument of a kernel is made of.
pub(super) fn values_of(from: &ArgFrom, out: &mut Vec<HValue>) {
    match from {
        ArgFrom::Value(v) => out.push(*v),
        ArgFrom::Tuple(items) => items.iter().for_each(|f| values_of(f, out)),
        ArgFrom::Unit(_) => {}
        other => unreachable!("{other:?} isn't given to a kernel"),
    }
}
