//! Changing the shape of loops: copies, and one way out.
//!
//! What the passes that make two loops of one share. They keep the function valid at
//! every step; which copy means what is the caller's.

use crate::analysis::CountedLoop;
use cumbia_ir::{Block, Builder, Function, InstData, Target, Value, ValueList};
use smallvec::SmallVec;

/// How many loops of a function a pass may reshape that looks at the whole function for each
/// of them: so many that its time stays within bounds. Others stay as they are.
pub fn affordable(func: &Function) -> usize {
    (2_000_000 / func.num_insts().max(1)).max(8)
}

/// A copy of some blocks, with copies of all that they define.
pub struct Copied {
    blocks: Vec<Option<Block>>,
    values: Vec<Option<Value>>,
}

impl Copied {
    /// Copies blocks. Edges among them lead to the copies, others where they led; values
    /// from outside are shared. Nothing leads to a copy yet.
    pub fn new(func: &mut Function, of: &[Block]) -> Copied {
        let mut copied =
            Copied { blocks: vec![None; func.num_blocks()], values: vec![None; func.num_values()] };
        for &from in of {
            let to = func.add_block();
            func.block_mut(to).cold = func.block(from).cold;
            copied.blocks[from.index()] = Some(to);
            for param in func.block(from).params.clone() {
                let copy = func.add_param(to, func.value_type(param));
                copied.values[param.index()] = Some(copy);
            }
        }
        let mut made = Vec::new();
        for &from in of {
            let to = copied.block(from);
            for old in func.block(from).insts.clone() {
                let data = func.inst(old).clone();
                let types: Vec<_> = data.results.iter().map(|&r| func.value_type(r)).collect();
                let results = data.results.clone();
                let new = func.make_inst(InstData { results: SmallVec::new(), ..data }, &types);
                for (i, old) in results.into_iter().enumerate() {
                    copied.values[old.index()] = Some(func.inst(new).results[i]);
                }
                func.block_mut(to).insts.push(new);
                made.push(new);
            }
        }
        for new in made {
            func.map_uses(new, |v| copied.value(v));
            for target in &mut func.inst_mut(new).targets {
                target.block = copied.block(target.block);
            }
        }
        copied
    }

    /// The copy of a block; itself if it wasn't copied.
    pub fn block(&self, block: Block) -> Block {
        self.blocks.get(block.index()).copied().flatten().unwrap_or(block)
    }

    /// The copy of a value; itself if it wasn't copied.
    pub fn value(&self, value: Value) -> Value {
        self.values.get(value.index()).copied().flatten().unwrap_or(value)
    }
}

/// Makes all that code outside uses of a loop go through parameters of one block on the way
/// out, so that another loop can enter there with values of its own. False, and nothing
/// done, where several edges leave and values are used: no one block is on all ways.
pub fn funnel(func: &mut Function, this: &CountedLoop) -> bool {
    let mut used = this.used_outside(func);
    if used.is_empty() {
        return true;
    }
    let &[(from, to)] = &this.exits[..] else { return false };
    let Some(branch) = func.terminator(from) else { return false };
    let mut edges = func.inst(branch).targets.iter().filter(|t| t.block == to);
    let (Some(edge), None) = (edges.next(), edges.next()) else { return false };
    let arguments = edge.args.clone();
    let mut ours = vec![false; func.num_values()];
    for &block in &this.blocks {
        let data = func.block(block);
        let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
        data.params.iter().chain(results).for_each(|v| ours[v.index()] = true);
    }
    used.extend(arguments.iter().copied().filter(|v| ours[v.index()]));
    used.sort_unstable();
    used.dedup();

    let out = func.add_block();
    let mut stand_in: Vec<Option<Value>> = vec![None; func.num_values()];
    for &value in &used {
        let param = func.add_param(out, func.value_type(value));
        stand_in[value.index()] = Some(param);
    }
    let resolve = |v: Value| stand_in.get(v.index()).copied().flatten().unwrap_or(v);
    for position in 0..func.layout.len() {
        let block = func.layout[position];
        if this.contains(block) {
            continue;
        }
        for i in 0..func.block(block).insts.len() {
            let inst = func.block(block).insts[i];
            func.map_uses(inst, resolve);
        }
    }
    let arguments: ValueList = arguments.into_iter().map(resolve).collect();
    let loc = func.inst(branch).loc;
    let mut b = Builder::new(func, out);
    b.loc = loc;
    b.jump(Target { block: to, args: arguments });
    for target in &mut func.inst_mut(branch).targets {
        if target.block == to {
            *target = Target::with(out, &used);
        }
    }
    true
}
