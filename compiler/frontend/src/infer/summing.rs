//! Sums and means of elementwise operations, whose elements then needn't be stored.
//!
//! Only over all elements of a dtype of reals, and without other arguments: what is left is
//! one number, in the order in which NumPy adds the elements of an array in C order
//! (`sum_of` in `elementwise.py`).

use super::Specialization;
use super::elementwise::element;
use super::fusion_groups::Uses;
use crate::hir::{HValue, HirBlock, Op};
use crate::types::{Callable, DType, Ty};

/// What is made of all elements together.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Summing {
    Sum,
    Mean,
    /// As a method: its warnings are of another place.
    MeanMethod,
}

impl Summing {
    /// The body that does it.
    pub(super) fn body(self) -> &'static str {
        match self {
            Summing::Sum => "sum_of",
            Summing::Mean => "mean_of",
            Summing::MeanMethod => "mean_method_of",
        }
    }
}

/// Whether a callee is a sum or a mean.
pub(super) fn summing(callee: &Ty) -> Option<Summing> {
    match callee {
        Ty::Callable(Callable::Library(name)) => match &**name {
            "numpy.sum" => Some(Summing::Sum),
            "numpy.mean" => Some(Summing::Mean),
            _ => None,
        },
        Ty::Callable(Callable::Method(of, name)) if matches!(**of, Ty::Array(_)) => match &**name {
            "sum" => Some(Summing::Sum),
            "mean" => Some(Summing::MeanMethod),
            _ => None,
        },
        _ => None,
    }
}

/// The call that adds up all elements of a value, without other arguments, and what looks
/// at the method for it, if the instruction that uses the value is either.
pub(super) fn summed(
    spec: &Specialization,
    block: &HirBlock,
    uses: &Uses,
    user: usize,
    value: HValue,
) -> Option<(usize, Option<usize>)> {
    let real = match spec.types[value.0 as usize].as_ref().map(element) {
        Some(Ty::Num(d)) => d == DType::Bool || d.is_int() || d.is_float(),
        _ => false,
    };
    let is_sum = |callee: HValue| {
        spec.types[callee.0 as usize].as_ref().and_then(summing).is_some_and(|what| {
            // The mean of integers is that of their conversions.
            let float = |t: Ty| matches!(t, Ty::Num(d) if d.is_float());
            what == Summing::Sum
                || spec.types[value.0 as usize].as_ref().map(element).is_some_and(float)
        })
    };
    if !real {
        return None;
    }
    match &block.insts[user].op {
        Op::Call(callee, args) if *callee != value && is_sum(*callee) => match &args[..] {
            [arg] if arg.name.is_none() && !arg.starred => Some((user, None)),
            _ => None,
        },
        Op::Attr(..) => {
            let method = block.insts[user].results[0];
            let [call] = uses.within[method.0 as usize].as_deref()? else { return None };
            match &block.insts[*call].op {
                Op::Call(callee, args)
                    if *callee == method && args.is_empty() && is_sum(*callee) =>
                {
                    Some((*call, Some(user)))
                }
                _ => None,
            }
        }
        _ => None,
    }
}
