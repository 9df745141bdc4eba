//! Elements that only some turns ask for, loaded in all of them where they surely exist.
//!
//! `if n == 2 and a[i, j] == 1` loads behind a branch. Where the turn has made sure of both
//! positions already, because it has read around them, the element is there whatever `n` is,
//! and its line of the cache is at hand. Loaded in front of the branch it leaves comparisons
//! alone behind it, so that two branches become one; and a backend that makes
//! vectors needs no masks.
//!
//! ```text
//!   block1:                                 block1:
//!     v5 = bound v1, v2 axis 0                v5 = bound v1, v2 axis 0
//!     v6 = bound v3, v2 axis 0                v6 = bound v3, v2 axis 0
//!     v7 = ptr_add v0, v5                     v7 = ptr_add v0, v5
//!     v8 = load.i8 v7 !data                   v8 = load.i8 v7 !data
//!     br v4, block2, block3             =>    v9 = ptr_add v0, v6
//!   block2:                                   v10 = load.i8 v9 !data
//!     v9 = ptr_add v0, v6                     v11 = icmp.i8.ult v10, v8
//!     v10 = load.i8 v9 !data                  v12 = band.bool v4, v11
//!     v11 = icmp.i8.ult v10, v8               br v12, block4, block3
//!     br v11, block4, block3
//! ```
//!
//! That an element exists is read off its address: the address of an array that is a
//! parameter, and for each axis a position that an `index` or `bound` has let pass, times the
//! stride of that axis. The checks are in front of the branch, since nothing behind it that may
//! raise is moved.
//!
//! Left alone: what isn't in an innermost loop; blocks with anything but a few pure operations
//! and loads, or that don't end in a branch to where the one in front goes too; arrays that
//! aren't read in front of it; positions that were proven to be inside, of which nothing is left
//! to see.
//! Complexity: linear, times the depth of branches in a loop for each load.

use crate::effects;
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest, LoopId};
use cumbia_ir::{
    ArrayParams, Block, Builder, Function, Imm, Inst, Module, Opcode, Region, Type, Value, ValueDef,
};

/// Most instructions that are moved.
const LARGEST: usize = 8;
/// Most loads of these.
const MOST_LOADS: usize = 2;
/// Most sums that an address is made by.
const DEEPEST: usize = 8;

/// The `near_loads` pass.
pub struct NearLoads;

impl Pass for NearLoads {
    fn name(&self) -> &'static str {
        "near_loads"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        if func.arrays.is_empty() {
            return false;
        }
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let mut changed = false;
        // What was moved behind a branch may be moved in front of it, too.
        for &block in cfg.rpo().iter().rev() {
            let Some(id) = forest.loop_of(block) else { continue };
            let this = &forest.loops[id];
            let &[before] = cfg.preds(block) else { continue };
            let innermost = !forest.loops.iter().any(|other| other.parent == Some(id));
            if innermost
                && block != this.header
                && forest.loop_of(before) == Some(id)
                && is_movable(func, module, &ahead(&domtree, &forest, before, id), block)
            {
                move_up(func, before, block);
                fold(func, before, block);
                changed = true;
            }
        }
        changed
    }
}

/// The blocks of a loop that every turn which gets to `block` goes through, up to it.
fn ahead(domtree: &DominatorTree, forest: &LoopForest, block: Block, id: LoopId) -> Vec<Block> {
    std::iter::successors(Some(block), |&at| domtree.idom(at))
        .take_while(|&at| forest.loop_of(at) == Some(id))
        .collect()
}

/// Whether all that a block does before it branches may be done in front of the one before it,
/// the first of those that are `ahead`.
fn is_movable(func: &Function, module: &Module, ahead: &[Block], block: Block) -> bool {
    let insts = &func.block(block).insts;
    let small = insts.len() <= LARGEST + 1 && func.block(block).params.is_empty();
    if !small || func.block(block).cold || both_to(func, ahead[0], block).is_none() {
        return false;
    }
    let mut loads = 0;
    for &inst in &insts[..insts.len() - 1] {
        if effects::is_speculatable(func, module, inst) {
            continue;
        }
        let Some(base) = existing(func, inst) else { return false };
        let near = ahead.iter().flat_map(|&at| &func.block(at).insts).any(|&other| {
            func.inst(other).op == Opcode::Load
                && parts(func, func.inst(other).args[0]).is_some_and(|(of, _)| of == base)
        });
        if !near {
            return false;
        }
        loads += 1;
    }
    (1..=MOST_LOADS).contains(&loads)
}

fn move_up(func: &mut Function, before: Block, block: Block) {
    let insts = &mut func.block_mut(block).insts;
    let keep = insts.split_off(insts.len() - 1);
    let moved = std::mem::replace(insts, keep);
    let there = &mut func.block_mut(before).insts;
    let end = there.len() - 1;
    there.splice(end..end, moved);
}

/// The branches of two blocks, the first before the second, of which one way of each leads to
/// the same place; and which way of the second one that is.
fn both_to(func: &Function, before: Block, block: Block) -> Option<([Inst; 2], usize)> {
    let insts = [func.terminator(before)?, func.terminator(block)?];
    let [first, second] = insts.map(|inst| func.inst(inst));
    let branches = first.op == Opcode::Br && second.op == Opcode::Br;
    if !branches || first.targets[0].block == first.targets[1].block {
        return None;
    }
    let past = &first.targets[usize::from(first.targets[0].block == block)];
    let way = second.targets.iter().position(|target| target == past)?;
    Some((insts, way))
}

/// Makes one branch of two: what is left of a block is its own.
fn fold(func: &mut Function, before: Block, block: Block) {
    let Some(([first, second], way)) = both_to(func, before, block) else { return };
    let (first, second) = (func.inst(first).clone(), func.inst(second).clone());
    let if_true = first.targets[0].block == block;
    let past = second.targets[way].clone();
    let beyond = second.targets[1 - way].clone();
    func.block_mut(before).insts.pop();
    let mut b = Builder::new(func, before);
    b.loc = first.loc;
    // Both conditions as the way beyond needs them.
    let one = if if_true { first.args[0] } else { not(&mut b, first.args[0]) };
    let other = if way == 1 { second.args[0] } else { not(&mut b, second.args[0]) };
    let both = b.binary(Opcode::Band, one, other);
    b.br(both, beyond, past);
    func.layout.retain(|&at| at != block);
}

fn not(b: &mut Builder<'_>, condition: Value) -> Value {
    let yes = b.iconst(Type::Bool, 1);
    b.binary(Opcode::Bxor, condition, yes)
}

/// The base of the array of which this loads an element, if the element exists wherever the
/// operands do.
fn existing(func: &Function, inst: Inst) -> Option<Value> {
    let data = func.inst(inst);
    let Imm::Mem { offset, region: Region::Data } = data.imm else { return None };
    if data.op != Opcode::Load {
        return None;
    }
    let (base, terms) = parts(func, data.args[0])?;
    let ValueDef::Param(block, place) = func.value_def(base) else { return None };
    let array = func.arrays.iter().find(|array| block == func.entry() && array.data == place)?;
    let size = data.ty.map_or(i64::MAX, |ty| i64::from(ty.bits().max(8) / 8));
    let end = i64::from(offset).checked_add(size)?;
    if offset < 0 || end > i64::from(array.item) || terms.len() != array.axes as usize {
        return None;
    }
    let mut seen = vec![false; terms.len()];
    for term in terms {
        let axis = axis(func, array, term)?;
        if std::mem::replace(&mut seen[axis], true) {
            return None;
        }
    }
    Some(base)
}

/// What an address begins with and what is added to it.
fn parts(func: &Function, mut address: Value) -> Option<(Value, Vec<Value>)> {
    let mut terms = Vec::new();
    while let Some(inst) = func.def_inst(address) {
        let data = func.inst(inst);
        if data.op != Opcode::PtrAdd || terms.len() == DEEPEST {
            return None;
        }
        terms.push(data.args[1]);
        address = data.args[0];
    }
    Some((address, terms))
}

/// Along which axis of the array this goes to a position that is inside.
fn axis(func: &Function, array: &ArrayParams, term: Value) -> Option<usize> {
    let checked = |value: Value| {
        let data = func.inst(func.def_inst(value)?);
        let Imm::Axis(axis) = data.imm else { return None };
        let checks = matches!(data.op, Opcode::Index | Opcode::Bound) && axis < array.axes;
        let length = func.block(func.entry()).params.get((array.data + 1 + axis) as usize);
        (checks && length == Some(&data.args[1])).then_some(axis)
    };
    let item = i64::from(array.item);
    if let Some(axis) = checked(term) {
        return (item == 1).then_some(axis as usize);
    }
    let product = func.inst(func.def_inst(term)?);
    if product.op != Opcode::Imul || product.ty != Some(Type::I64) {
        return None;
    }
    let (a, b) = (product.args[0], product.args[1]);
    let (axis, stride) = checked(a).map(|axis| (axis, b)).or_else(|| Some((checked(b)?, a)))?;
    let own = (array.data + 1 + array.axes + axis) as usize;
    let is_own = func.block(func.entry()).params.get(own) == Some(&stride);
    // Along an axis whose elements lie side by side the stride is a number.
    (is_own || func.int_const(stride) == Some(item)).then_some(axis as usize)
}
