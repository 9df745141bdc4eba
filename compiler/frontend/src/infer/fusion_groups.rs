//! Which operations of a block make a group, and what becomes of a group's value.
//!
//! The first half of fusion: it looks at types and uses and changes nothing. What a group
//! turns into is the business of `fusion.rs`.

use super::elementwise::{Extras, arity, element, is_cheap, power_function};
use super::summing::summed;
use super::watching::may_warn;
use super::{Action, Specialization};
use crate::hir::{BinaryOp, CallArg, HBlock, HValue, HirBlock, HirFunction, HirInst, Op};
use crate::types::{Callable, Ty};
use rustc_hash::FxHashMap;

/// Most operations in a group.
const MAX_GROUP: usize = 48;

/// What becomes of the value of a group.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Sink {
    /// A new array, or a number.
    Value,
    /// It is written into the left operand.
    InPlace,
    /// It is written into an array that was given for it, perhaps only where a mask is true.
    Out(HValue, Option<HValue>),
    /// A new array, computed only where a mask is true.
    Masked(HValue),
    /// It is assigned to a view by this instruction, its only use.
    Store(usize),
    /// Its elements are added up by this instruction, its only use but for the look at the
    /// method by another one.
    Sum(usize, Option<usize>),
}

/// Operations computed together.
#[derive(Debug)]
pub(super) struct Group {
    /// Positions in the block, in descending order while groups are made; the first is
    /// the last operation.
    pub(super) members: Vec<usize>,
    pub(super) sink: Sink,
    /// Where it is computed.
    pub(super) at: usize,
    pub(super) ndim: usize,
}

/// Where values are used.
pub(super) struct Uses {
    /// By value: instructions of the block that makes it; `None` if it is used elsewhere.
    pub(super) within: Vec<Option<Vec<usize>>>,
}

impl Uses {
    pub(super) fn of(hir: &HirFunction) -> Uses {
        let mut home = vec![usize::MAX; hir.values.len()];
        for (b, block) in hir.blocks.iter().enumerate() {
            for inst in &block.insts {
                inst.results.iter().for_each(|r| home[r.0 as usize] = b);
            }
        }
        let mut within: Vec<Option<Vec<usize>>> = vec![Some(Vec::new()); hir.values.len()];
        for (b, block) in hir.blocks.iter().enumerate() {
            for (i, inst) in block.insts.iter().enumerate() {
                crate::lower::ownership::for_each_operand(&inst.op, |v| {
                    let v = v.0 as usize;
                    match &mut within[v] {
                        Some(uses) if home[v] == b => uses.push(i),
                        uses => *uses = None,
                    }
                });
            }
            for edge in block.edges() {
                edge.args.iter().for_each(|v| within[v.0 as usize] = None);
            }
            block.terminator.clone().for_each_operand_mut(|v| within[v.0 as usize] = None);
        }
        Uses { within }
    }
}

/// Whether an instruction between an operation and its use changes nothing that the
/// operation reads.
fn is_harmless(spec: &Specialization, inst: &HirInst, action: &Action) -> bool {
    let number = |v: &HValue| spec.types[v.0 as usize].as_ref().is_some_and(Ty::is_number);
    match (&inst.op, action) {
        (Op::Binary(.., true), Action::Elementwise) => false,
        (Op::Call(_, args), Action::Elementwise) => {
            args.iter().all(|a| a.name.is_none()) && {
                // A further operand is `out`.
                extras(&inst.op, |v| spec.types[v.0 as usize].clone()).out.is_none()
            }
        }
        (_, Action::Elementwise) => true,
        (Op::Const(_) | Op::Name(..) | Op::Attr(..) | Op::Tuple(_) | Op::Slice(_), _) => true,
        (Op::Refine(..) | Op::CheckBound(..) | Op::Not(_) | Op::Truth(_), _) => true,
        (Op::Unary(_, a), _) => number(a),
        (Op::Binary(_, a, b, _) | Op::Compare(_, a, b), _) => number(a) && number(b),
        (Op::Item(a, _), Action::Plain) => {
            matches!(spec.types[a.0 as usize], Some(Ty::Array(_) | Ty::Tuple(_)))
        }
        (Op::Item(a, _), Action::Call(..)) => {
            matches!(spec.types[a.0 as usize], Some(Ty::Array(_)))
        }
        (Op::Call(..), Action::Numeric(_)) => true,
        (Op::Call(..), Action::Structural(name)) => name.starts_with("builtins."),
        _ => false,
    }
}

/// The number of a call's operands.
fn arity_of(callee: Option<Ty>, args: &[CallArg]) -> usize {
    match callee {
        Some(Ty::Callable(Callable::Library(name))) => arity(&name),
        _ => args.iter().take_while(|arg| arg.name.is_none()).count(),
    }
}

/// What a call has beside its operands.
pub(super) fn extras(op: &Op, ty: impl Fn(HValue) -> Option<Ty>) -> Extras {
    match op {
        Op::Call(callee, args) => {
            let arity = arity_of(ty(*callee), args);
            Extras::of(args, arity, ty).expect("inference took them")
        }
        _ => Extras::default(),
    }
}

/// The operands that elements are taken of.
pub(super) fn operands(op: &Op, callee: impl Fn(HValue) -> Option<Ty>) -> Vec<HValue> {
    match op {
        Op::Unary(_, a) => vec![*a],
        Op::Binary(_, a, b, _) | Op::Compare(_, a, b) => vec![*a, *b],
        Op::Call(function, args) => {
            let arity = arity_of(callee(*function), args);
            args.iter().take(arity).map(|a| a.value).collect()
        }
        other => unreachable!("{other:?} is not elementwise"),
    }
}

/// Whether the computation of elements may raise.
fn elements_raise(spec: &Specialization, op: &Op) -> bool {
    let is_int = |v: HValue| match spec.types[v.0 as usize].as_ref().map(element) {
        Some(Ty::Num(d)) => d.is_int(),
        Some(t) => matches!(t.widen(), Ty::Int | Ty::Bool),
        None => false,
    };
    match op {
        Op::Binary(BinaryOp::Pow, a, b, _) => is_int(*a) && is_int(*b),
        Op::Call(callee, _) => match &spec.types[callee.0 as usize] {
            Some(Ty::Callable(Callable::Library(name))) => {
                matches!(&**name, "numpy.power" | "numpy.pow")
            }
            // One that could isn't marked.
            Some(Ty::Callable(Callable::User(_))) => false,
            _ => true,
        },
        _ => false,
    }
}

fn is_cheap_operation(spec: &Specialization, inst: &HirInst) -> bool {
    if let Some(ufunc) = spec.ufunc_of(inst) {
        return ufunc.elements.cheap;
    }
    let op = &inst.op;
    let complex = operands(op, |v| spec.types[v.0 as usize].clone()).iter().any(|v| {
        matches!(spec.types[v.0 as usize].as_ref().map(element), Some(Ty::Num(d)) if d.is_complex())
    });
    match op {
        Op::Binary(BinaryOp::Pow, a, b, _) => {
            match (&spec.types[a.0 as usize], &spec.types[b.0 as usize]) {
                (Some(a), Some(b)) => match element(a) {
                    Ty::Num(d) => power_function(d, b).is_some(),
                    _ => false,
                },
                _ => false,
            }
        }
        Op::Binary(BinaryOp::FloorDiv | BinaryOp::Mod, ..) => false,
        Op::Binary(BinaryOp::TrueDiv, ..) => !complex,
        Op::Call(callee, _) => {
            !complex && spec.types[callee.0 as usize].as_ref().is_some_and(is_cheap)
        }
        _ => true,
    }
}

/// Whether the flags that an operation leaves in the loop of a group that is computed in place
/// say what they would without it: what is lost there can be told by them alone, and a ufunc
/// of the program leaves some that no operation of NumPy's explains.
fn keeps_flags(spec: &Specialization, block: &HirBlock, group: &Group, joins: &HirInst) -> bool {
    let ty = |v: HValue| spec.types[v.0 as usize].clone();
    let warns = |inst: &HirInst| {
        let types: Option<Vec<Ty>> = operands(&inst.op, ty).into_iter().map(ty).collect();
        let callee = match &inst.op {
            Op::Call(callee, _) => ty(*callee),
            _ => None,
        };
        types.is_none_or(|types| may_warn(&inst.op, &types, callee.as_ref()))
    };
    let all = || group.members.iter().map(|&at| &block.insts[at]).chain([joins]);
    !all().any(|inst| spec.ufunc_of(inst).is_some()) || !all().any(warns)
}

/// What tells results of one shape: an array operand that is as large as the result.
fn shape_of(spec: &Specialization, op: &Op, shapes: &FxHashMap<HValue, HValue>) -> Option<HValue> {
    let mut found = None;
    for operand in operands(op, |v| spec.types[v.0 as usize].clone()) {
        if let Some(Ty::Array(_)) = &spec.types[operand.0 as usize] {
            let shape = shapes.get(&operand).copied().unwrap_or(operand);
            if found.is_some_and(|f| f != shape) {
                return None;
            }
            found = Some(shape);
        }
    }
    found
}

/// The groups of a block; with `alone`, each operation is one.
pub(super) fn groups(
    spec: &Specialization,
    block: &HirBlock,
    id: HBlock,
    uses: &Uses,
    alone: bool,
) -> Vec<Group> {
    let actions = &spec.actions[id.0 as usize];
    // Number of instructions before each that may change an array.
    let mut changes = vec![0_u32];
    for (inst, action) in block.insts.iter().zip(actions) {
        let harmful = !is_harmless(spec, inst, action);
        changes.push(changes.last().expect("the first") + harmful as u32);
    }
    let calm = |from: usize, to: usize| changes[to] == changes[from + 1];
    let mut shapes: FxHashMap<HValue, HValue> = FxHashMap::default();
    for (inst, action) in block.insts.iter().zip(actions) {
        if *action == Action::Elementwise {
            let result = inst.results[0];
            shapes.insert(result, shape_of(spec, &inst.op, &shapes).unwrap_or(result));
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut group_of: FxHashMap<usize, usize> = FxHashMap::default();
    for at in (0..block.insts.len()).rev() {
        if actions[at] != Action::Elementwise {
            continue;
        }
        let inst = &block.insts[at];
        let result = inst.results[0];
        let in_place = matches!(&inst.op, Op::Binary(_, a, _, true)
            if matches!(spec.types[a.0 as usize], Some(Ty::Array(_))));
        let given = extras(&inst.op, |v| spec.types[v.0 as usize].clone());
        // What isn't a new array in the order of the operands, or not all of it.
        let in_place = in_place || given.out.is_some();
        let apart = in_place || given.mask.is_some() || given.order.is_some();
        let ndim = match &spec.types[result.0 as usize] {
            Some(Ty::Array(a)) => a.ndim as usize,
            _ => 0,
        };
        let used = uses.within[result.0 as usize].as_deref();
        let joins =
            used.filter(|u| !alone && ndim > 0 && !apart && !u.is_empty()).and_then(|used| {
                let group = *group_of.get(&used[0])?;
                let with = &groups[group];
                let fits = used.iter().all(|user| {
                    let user_op = &block.insts[*user].op;
                    let given = extras(user_op, |v| spec.types[v.0 as usize].clone());
                    let target = matches!(user_op, Op::Binary(_, a, _, true) if *a == result)
                        || given.out == Some(result)
                        || given.mask == Some(result);
                    group_of.get(user) == Some(&group)
                        && !target
                        && (is_cheap_operation(spec, inst)
                            || shapes.get(&block.insts[*user].results[0]) == shapes.get(&result))
                });
                let whole = fits
                    && (with.sink != Sink::InPlace || keeps_flags(spec, block, with, inst))
                    && with.ndim == ndim
                    && with.members.len() < MAX_GROUP
                    && calm(at, with.at)
                    && !elements_raise(spec, &inst.op);
                whole.then_some(group)
            });
        if let Some(group) = joins {
            groups[group].members.push(at);
            group_of.insert(at, group);
            continue;
        }
        let sink = match used {
            _ if given.out.is_some() => Sink::Out(given.out.expect("just seen"), given.mask),
            _ if in_place => Sink::InPlace,
            _ if given.mask.is_some() => Sink::Masked(given.mask.expect("just seen")),
            _ if apart => Sink::Value,
            Some(&[user])
                if !alone && ndim > 0 && summed(spec, block, uses, user, result).is_some() =>
            {
                let (call, look) = summed(spec, block, uses, user, result).expect("just seen");
                if calm(at, call) && !elements_raise(spec, &inst.op) {
                    Sink::Sum(call, look)
                } else {
                    Sink::Value
                }
            }
            Some(&[user]) if ndim > 0 && calm(at, user) && !elements_raise(spec, &inst.op) => {
                match (&block.insts[user].op, &actions[user]) {
                    (Op::SetItem(array, _, value), Action::Call(_, from))
                        if *value == result
                            && from.is_empty()
                            && matches!(spec.types[array.0 as usize], Some(Ty::Array(_))) =>
                    {
                        Sink::Store(user)
                    }
                    _ => Sink::Value,
                }
            }
            _ => Sink::Value,
        };
        let computed = match sink {
            Sink::Store(user) | Sink::Sum(user, _) => user,
            _ => at,
        };
        group_of.insert(at, groups.len());
        groups.push(Group { members: vec![at], sink, at: computed, ndim });
    }
    for group in &mut groups {
        group.members.reverse();
    }
    groups
}
