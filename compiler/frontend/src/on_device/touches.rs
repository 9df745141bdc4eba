//! Whether a function, outside of its loops for a device, touches memory that these use: if not,
//! arrays stay on the device from loop to loop, and are brought back when the call is over.
//!
//! Seen from the HIR: what is done with values that hold addresses is to ask for shapes, take
//! views, give them on to functions of the user's that do the same, or to loops. Anything else
//! counts as touching, whether it does or not.

use crate::environment::Global;
use crate::hir::{CompareOp, HValue, HirInst, Op, ParallelOp};
use crate::infer::{Action, Engine, FunctionKey, SpecId, Specialization};
use crate::parallel_report::callees;
use crate::types::{Callable, Ty};
use cumbia_ir::Type;
use std::collections::BTreeSet;

/// Attributes of arrays that aren't elements.
const ABOUT: &[&str] = &["shape", "size", "ndim", "strides", "dtype", "itemsize", "nbytes", "T"];
/// Functions that look at no element of what they are given.
const LOOKS: &[&str] = &["builtins.len", "numpy.empty_like", "numpy.shape", "numpy.size"];

/// Whether anything that a specialization reaches touches such memory, but for its loops' bodies.
pub(crate) fn touches(engine: &Engine<'_>, root: SpecId) -> bool {
    let mut seen = BTreeSet::new();
    let mut work = vec![root];
    while let Some(id) = work.pop() {
        let spec = engine.spec(id);
        let outlined = spec.hir.inner.as_ref().is_some_and(|inner| inner.outlined);
        if outlined || matches!(engine.root_key(&spec.key), FunctionKey::Body(..)) {
            // A loop's own, or seen where it is called.
            continue;
        }
        if !seen.insert(id) {
            continue;
        }
        if spec.hir.generator || matches!(spec.key, FunctionKey::Kernel(_)) {
            return true;
        }
        for ((block, actions), &reachable) in
            spec.hir.blocks.iter().zip(&spec.actions).zip(&spec.reachable)
        {
            let mut insts = block.insts.iter().zip(actions);
            if reachable && insts.any(|(inst, action)| inst_touches(engine, spec, inst, action)) {
                return true;
            }
        }
        spec.actions.iter().flatten().for_each(|action| callees(action, &mut work));
    }
    false
}

fn holds(spec: &Specialization, value: HValue) -> bool {
    let ty = spec.types[value.0 as usize].as_ref();
    ty.is_some_and(|ty| ty.part_types().contains(&Type::Ptr))
}

fn inst_touches(
    engine: &Engine<'_>,
    spec: &Specialization,
    inst: &HirInst,
    action: &Action,
) -> bool {
    if matches!(action, Action::Global(Global::Array(..) | Global::Container(..))) {
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
        // A view.
        Op::Item(of, index) if is_array(*of) => {
            holds(spec, *index) || !inst.results.first().is_some_and(|&result| is_array(result))
        }
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
