//! The function that goes on at the header of a loop.
//!
//! It begins in the middle of all loops around that one. To be a function whose loops have
//! one entry each, which is what every pass for loops asks for, it gets copies: the turn of
//! the surrounding loop that was under way runs in a copy of that loop's blocks, and
//! where this turn is over, the loop itself goes on, entered at its header as ever. With more
//! loops around, each has a copy of its own for the turn under way, within which the inner
//! one is whole.

use super::Exit;
use crate::definitions::Definitions;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest, LoopId};
use cumbia_ir::{
    Block, Builder, FuncId, Function, Imm, Inst, InstData, Opcode, Region, Target, Type, Value,
};
use smallvec::SmallVec;

/// Most instructions that are copied; beyond, a loop is entered in its middle instead.
const MOST_COPIED: usize = 4_000;

/// The function from a loop's header on, with what is live there as parameters.
pub(super) fn from_header(func: &Function, exit: &Exit, suffix: &str) -> Function {
    let types: Vec<Type> = exit.live.iter().map(|&v| func.value_type(v)).collect();
    let mut made = func.clone();
    made.name = format!("{}{suffix}", func.name);
    made.params = types.clone();
    made.inline = false;
    made.arrays = Vec::new();
    let entry = made.add_block();
    let params: Vec<Value> = types.iter().map(|&ty| made.add_param(entry, ty)).collect();
    let mut definitions = Definitions::default();
    let header = copy_turns(func, exit.header, &mut made, &mut definitions);
    for &inst in &exit.constants {
        let (old, data) = (func.result(inst), func.inst(inst));
        let data = InstData { results: SmallVec::new(), ..data.clone() };
        let copy = made.make_inst(data, &[func.value_type(old)]);
        made.block_mut(entry).insts.push(copy);
        definitions.add(old, entry, made.result(copy));
    }
    // The header's own parameters get theirs by the jump.
    let own = func.block(exit.header).params.len();
    for (&value, &given) in exit.live.iter().zip(&params).skip(own) {
        definitions.add(value, entry, given);
    }
    Builder::new(&mut made, entry).jump(Target::with(header, &params[..own]));
    keep_reachable(&mut made, entry);
    definitions.settle(&mut made);
    made
}

/// Copies the loops around a header, for the turns that are under way; gives the header to
/// begin at, which is the copied one if there are any.
fn copy_turns(
    func: &Function,
    header: Block,
    made: &mut Function,
    definitions: &mut Definitions,
) -> Block {
    let cfg = Cfg::new(func);
    let forest = LoopForest::new(func, &cfg, &DominatorTree::new(func, &cfg));
    let mut around: Vec<LoopId> = Vec::new();
    let mut next = forest.loop_of(header).and_then(|id| forest.loops[id].parent);
    while let Some(id) = next {
        around.push(id);
        next = forest.loops[id].parent;
    }
    around.reverse();
    let size = |id: &LoopId| -> usize {
        forest.loops[*id].blocks.iter().map(|&b| func.block(b).insts.len()).sum()
    };
    if around.iter().map(size).sum::<usize>() > MOST_COPIED {
        return header;
    }
    // Of each loop around, from the outermost on, the copy of each of its blocks.
    let mut copies: Vec<Vec<Option<Block>>> = Vec::new();
    for &id in &around {
        let this = &forest.loops[id];
        let mut copy = vec![None; func.num_blocks()];
        this.blocks.iter().for_each(|b| copy[b.index()] = Some(made.add_block()));
        copies.push(copy);
        // Within a turn to the copy; its end, and what is outside, to where the loop itself is.
        let goes_to = |target: Block| {
            let level = (0..copies.len()).rev().find(|&level| {
                let stays = forest.loops[around[level]].header != target;
                stays && copies[level][target.index()].is_some()
            });
            level.and_then(|level| copies[level][target.index()]).unwrap_or(target)
        };
        let copy = copies.last().expect("it was just added");
        for &block in &this.blocks {
            let to = copy[block.index()].expect("each block of the loop has one");
            copy_block(func, block, made, to, &goes_to, definitions);
        }
    }
    copies.last().and_then(|copy| copy[header.index()]).unwrap_or(header)
}

/// Fills `to` with a copy of `block`. Values of the block itself are the copy's own; others
/// are left to [`Definitions::settle`].
fn copy_block(
    func: &Function,
    block: Block,
    made: &mut Function,
    to: Block,
    goes_to: &impl Fn(Block) -> Block,
    definitions: &mut Definitions,
) {
    let mut own: Vec<(Value, Value)> = Vec::new();
    for &param in &func.block(block).params {
        own.push((param, made.add_param(to, func.value_type(param))));
    }
    for &inst in &func.block(block).insts {
        let mut data = InstData { results: SmallVec::new(), ..func.inst(inst).clone() };
        data.targets.iter_mut().for_each(|target| target.block = goes_to(target.block));
        let results = &func.inst(inst).results;
        let types: Vec<Type> = results.iter().map(|&v| func.value_type(v)).collect();
        let copy = made.make_inst(data, &types);
        let of = |v: Value| own.iter().rev().find(|(old, _)| *old == v).map_or(v, |&(_, new)| new);
        made.map_uses(copy, of);
        own.extend(results.iter().copied().zip(made.inst(copy).results.iter().copied()));
        made.block_mut(to).insts.push(copy);
    }
    own.into_iter().for_each(|(old, new)| definitions.add(old, to, new));
}

/// Leaves only what can be reached in the layout, `entry` first.
fn keep_reachable(func: &mut Function, entry: Block) {
    let mut reached = vec![false; func.num_blocks()];
    let mut pending = vec![entry];
    while let Some(block) = pending.pop() {
        if !std::mem::replace(&mut reached[block.index()], true) {
            pending.extend(func.successors(block));
        }
    }
    func.layout.retain(|&block| reached[block.index()] && block != entry);
    func.layout.insert(0, entry);
}

/// An entry that calls the continuation, which stands in the place of `root`, with values
/// from its argument slots, and does with the results what `wrapper` does with those of
/// `root`.
pub(super) fn entering(wrapper: &Function, root: FuncId, types: &[Type], name: String) -> Function {
    let mut made = wrapper.clone();
    made.name = name;
    let block = made.entry();
    let slots = made.block(block).params[0];
    let insts = std::mem::take(&mut made.block_mut(block).insts);
    let at = insts
        .iter()
        .position(|&inst| made.inst(inst).imm == Imm::Func(root))
        .expect("the wrapper calls it");
    let call = insts[at];
    let mut b = Builder::new(&mut made, block);
    let mut args = Vec::new();
    for (i, &ty) in types.iter().enumerate() {
        let memory = if ty == Type::Bool { Type::I8 } else { ty };
        let mut value = b.load(memory, slots, 8 * i as i32, Region::Slots);
        if ty == Type::Bool {
            let zero = b.iconst(Type::I8, 0);
            value = b.icmp(cumbia_ir::IntCond::Ne, value, zero);
        }
        args.push(value);
    }
    made.inst_mut(call).args = args.into_iter().collect();
    made.block_mut(block).insts.extend_from_slice(&insts[at..]);
    // What the old loads were for is gone; constants that the stores use came before.
    let kept: Vec<Inst> = insts[..at]
        .iter()
        .copied()
        .filter(|&inst| matches!(made.inst(inst).op, Opcode::Iconst | Opcode::Fconst))
        .collect();
    made.block_mut(block).insts.splice(0..0, kept);
    made
}
