//! What a function does, outside of its loops for a device, with memory that these use: before it
//! does, that memory has to be up to date on the host.
//!
//! Seen from the HIR: what is done with values that hold addresses is to ask for shapes, take
//! views, give them on to functions of the user's that do the same, or to loops. Anything else
//! counts as touching, whether it does or not, and as writing, but for what is known to read.

use crate::environment::Global;
use crate::hir::{CompareOp, HValue, HirInst, Op, ParallelOp};
use crate::infer::{Action, Engine, FunctionKey, SpecId, Specialization};
use crate::parallel_report::callees;
use crate::types::{Callable, Ty};
use cumbia_ir::Type;
use std::collections::BTreeSet;

/// Attributes of arrays that aren't elements.
pub(super) const ABOUT: &[&str] =
    &["shape", "size", "ndim", "strides", "dtype", "itemsize", "nbytes", "T"];
/// Functions that look at no element of what they are given.
pub(super) const LOOKS: &[&str] =
    &["builtins.len", "numpy.empty_like", "numpy.zeros_like", "numpy.shape", "numpy.size"];
/// Functions of `numpy`, and methods of arrays, that only read, if they aren't told where to write.
pub(super) const READS: &[&str] = &[
    "abs",
    "all",
    "allclose",
    "any",
    "argmax",
    "argmin",
    "array_equal",
    "astype",
    "copy",
    "dot",
    "item",
    "max",
    "mean",
    "min",
    "prod",
    "sqrt",
    "std",
    "sum",
    "tolist",
    "var",
    "vdot",
];
/// How the names of `elementwise.py`'s bodies begin that make something new.
const COMPUTES: &[&str] = &["compute", "sum_of", "mean", "has_nan", "as_element", "shape_of"];

/// Whether anything that a specialization reaches touches such memory, but for its loops' bodies.
pub(crate) fn touches(engine: &Engine<'_>, root: SpecId) -> bool {
    users(engine, root).into_iter().any(|id| {
        let spec = engine.spec(id);
        spec.hir.generator || matches!(spec.key, FunctionKey::Kernel(_)) || {
            let blocks = spec.hir.blocks.iter().zip(&spec.actions).zip(&spec.reachable);
            blocks.filter(|(_, reachable)| **reachable).any(|((block, actions), _)| {
                let mut insts = block.insts.iter().zip(actions);
                insts.any(|(inst, action)| inst_touches(engine, spec, inst, action))
            })
        }
    })
}

/// Whether a specialization reaches a generator, which may go on in another call.
pub(crate) fn waits(engine: &Engine<'_>, root: SpecId) -> bool {
    users(engine, root).into_iter().any(|id| engine.spec(id).hir.generator)
}

/// The functions of the user's that a specialization reaches on the host.
fn users(engine: &Engine<'_>, root: SpecId) -> BTreeSet<SpecId> {
    let mut seen = BTreeSet::new();
    let mut work = vec![root];
    while let Some(id) = work.pop() {
        let spec = engine.spec(id);
        // A loop's own, or seen where it is called.
        if is_seen_elsewhere(engine, spec) || !seen.insert(id) {
            continue;
        }
        spec.actions.iter().flatten().for_each(|action| callees(action, &mut work));
    }
    seen
}

/// Whether what a function touches is seen where it is called, or is no matter of the host's.
pub(super) fn is_seen_elsewhere(engine: &Engine<'_>, spec: &Specialization) -> bool {
    let outlined = spec.hir.inner.as_ref().is_some_and(|inner| inner.outlined);
    outlined || matches!(engine.root_key(&spec.key), FunctionKey::Body(..))
}

/// Whether a value holds addresses.
pub(super) fn holds(spec: &Specialization, value: HValue) -> bool {
    let ty = spec.types[value.0 as usize].as_ref();
    ty.is_some_and(|ty| ty.part_types().contains(&Type::Ptr))
}

/// Whether an instruction takes a view of an array.
pub(super) fn is_view(spec: &Specialization, inst: &HirInst) -> bool {
    let ty = |value: HValue| spec.types[value.0 as usize].as_ref();
    let is_array = |value: HValue| matches!(ty(value), Some(Ty::Array(_)));
    match &inst.op {
        Op::Item(of, index) if is_array(*of) => {
            !holds(spec, *index) && inst.results.first().is_some_and(|&result| is_array(result))
        }
        _ => false,
    }
}

/// Whether an instruction touches memory that a value holds the address of.
pub(super) fn inst_touches(
    engine: &Engine<'_>,
    spec: &Specialization,
    inst: &HirInst,
    action: &Action,
) -> bool {
    if matches!(
        action,
        Action::Global(Global::Array(..) | Global::Records(..) | Global::Container(..))
    ) {
        return true;
    }
    let mut given = false;
    inst.op.clone().for_each_operand_mut(|v| given |= holds(spec, *v));
    if !given {
        return false;
    }
    let ty = |value: HValue| spec.types[value.0 as usize].as_ref();
    let is_array = |value: HValue| matches!(ty(value), Some(Ty::Array(_)));
    match &inst.op {
        Op::Parallel(what, _) => !matches!(
            what,
            ParallelOp::Span(_)
                | ParallelOp::Begin(_)
                | ParallelOp::Run(_)
                | ParallelOp::Block
                | ParallelOp::Results
                | ParallelOp::Latest
                | ParallelOp::Lost
                | ParallelOp::End
        ),
        Op::Closure(..) | Op::CheckBound(..) | Op::Refine(..) | Op::Tuple(_) | Op::Unpack(_) => {
            false
        }
        Op::Compare(CompareOp::Is | CompareOp::IsNot, ..) => false,
        Op::Attr(_, name) => !ABOUT.contains(&&**name),
        Op::Item(of, _) if is_array(*of) => !is_view(spec, inst),
        Op::Item(of, _) => !matches!(ty(*of), Some(Ty::Tuple(_))),
        Op::Call(callee, _) => match (action, ty(*callee)) {
            (_, Some(Ty::Callable(Callable::Library(name)))) => !LOOKS.contains(&&**name),
            // What it does is seen there.
            (Action::Call(to, _), _) => {
                matches!(engine.root_key(&engine.spec(*to).key), FunctionKey::Body(..))
            }
            _ => true,
        },
        _ => true,
    }
}

/// Whether an instruction that touches memory may write it.
pub(super) fn writes(
    engine: &Engine<'_>,
    spec: &Specialization,
    inst: &HirInst,
    action: &Action,
) -> bool {
    match &inst.op {
        Op::Item(..)
        | Op::Attr(..)
        | Op::Compare(..)
        | Op::Unary(..)
        | Op::Not(_)
        | Op::Truth(_)
        | Op::Iter(..)
        | Op::IterStart(..)
        | Op::IterNext(..)
        | Op::IterItem(..)
        | Op::PosNext(..)
        | Op::Format(..) => false,
        Op::Binary(_, _, _, in_place) => *in_place,
        Op::Fused(_) => match action {
            Action::Call(to, _) => match &engine.spec(*to).key {
                FunctionKey::Body(_, name) => !COMPUTES.iter().any(|one| name.starts_with(one)),
                _ => true,
            },
            Action::ClearFlags | Action::Look(_) => false,
            _ => true,
        },
        Op::Call(callee, args) => {
            let name = match spec.types[callee.0 as usize].as_ref() {
                Some(Ty::Callable(Callable::Library(name))) => name.strip_prefix("numpy."),
                Some(Ty::Callable(Callable::Method(_, name))) => Some(&**name),
                _ => None,
            };
            let told = args.iter().any(|arg| arg.name.as_deref() == Some("out") || arg.starred);
            told || args.len() > 3 || !name.is_some_and(|name| READS.contains(&name))
        }
        _ => true,
    }
}
