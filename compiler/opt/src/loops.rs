//! Changing the shape of loops: copies, and one way out.
//!
//! What the passes that make two loops of one share. They keep the function valid at
//! every step; which copy means what is the caller's.

use crate::analysis::CountedLoop;
use cumbia_ir::analysis::DominatorTree;
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

/// Where a loop ends.
#[derive(Clone, Copy)]
pub struct Exits<'a> {
    /// All blocks of the loop.
    pub blocks: &'a [Block],
    /// Edges that leave, from inside to outside.
    pub edges: &'a [(Block, Block)],
}

impl<'a> Exits<'a> {
    /// Those of a counted loop.
    pub fn of(this: &'a CountedLoop) -> Self {
        Exits { blocks: &this.blocks, edges: &this.exits }
    }
}

/// The ways out of a loop, each with the values of the loop that are used behind it.
pub struct Ways(Vec<Way>);

struct Way {
    /// Where it leads.
    to: Block,
    /// Blocks of the loop with an edge there.
    from: Vec<Block>,
    /// Values of the loop that are used where one comes this way only.
    used: Vec<Value>,
    /// Those places.
    behind: Vec<Block>,
}

impl Ways {
    /// The ways out; `None` where a value is used behind a place at which ways come
    /// together. The tree, without which only one way can have uses behind it, may be that
    /// of before other loops were changed, when there were so many blocks.
    pub fn find(
        func: &Function,
        this: Exits<'_>,
        tree: Option<(&DominatorTree, usize)>,
    ) -> Option<Ways> {
        let mut ways: Vec<Way> = Vec::new();
        for &(from, to) in this.edges {
            match ways.iter_mut().find(|way| way.to == to) {
                Some(way) if way.from.contains(&from) => {}
                Some(way) => way.from.push(from),
                None => {
                    ways.push(Way { to, from: vec![from], used: Vec::new(), behind: Vec::new() });
                }
            }
        }
        let mut ours = vec![false; func.num_values()];
        for &block in this.blocks {
            let data = func.block(block);
            let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
            data.params.iter().chain(results).for_each(|v| ours[v.index()] = true);
        }
        // Newer blocks aren't known to the tree.
        let behind = |block: Block, to: Block| {
            tree.is_some_and(|(tree, blocks)| {
                block.index().max(to.index()) < blocks && tree.dominates(to, block)
            })
        };
        let single = ways.len() == 1;
        for &block in func.layout.iter().filter(|&block| !this.blocks.contains(block)) {
            let mut used = Vec::new();
            for &inst in &func.block(block).insts {
                func.for_each_use(inst, |v| {
                    if ours[v.index()] {
                        used.push(v);
                    }
                });
            }
            if used.is_empty() {
                continue;
            }
            // A value that is used behind the only way out is used behind it.
            let way = ways.iter_mut().find(|way| single || behind(block, way.to))?;
            way.used.append(&mut used);
            way.behind.push(block);
        }
        for way in &mut ways {
            way.used.sort_unstable();
            way.used.dedup();
            if way.used.is_empty() {
                continue;
            }
            // Nothing else leads there.
            let others = func.layout.iter().filter(|&block| !this.blocks.contains(block));
            if others.into_iter().any(|&block| func.successors(block).any(|to| to == way.to)) {
                return None;
            }
        }
        Some(Ways(ways))
    }

    /// The loop's values that are used behind the way to a block.
    pub fn used_behind(&self, to: Block) -> &[Value] {
        self.0.iter().find(|way| way.to == to).map_or(&[], |way| &way.used)
    }

    /// Makes all that is used behind a way go through parameters of a block on it, so that
    /// another loop can go there with values of its own.
    pub fn funnel(self, func: &mut Function) {
        for Way { to, from, used, behind } in self.0 {
            if used.is_empty() {
                continue;
            }
            let out = func.add_block();
            let handed = func.block(to).params.clone();
            let handed: ValueList =
                handed.iter().map(|&param| func.add_param(out, func.value_type(param))).collect();
            let mut stand_in: Vec<Option<Value>> = vec![None; func.num_values()];
            for &value in &used {
                let param = func.add_param(out, func.value_type(value));
                stand_in[value.index()] = Some(param);
            }
            for block in behind {
                for i in 0..func.block(block).insts.len() {
                    let inst = func.block(block).insts[i];
                    func.map_uses(inst, |v| {
                        stand_in.get(v.index()).copied().flatten().unwrap_or(v)
                    });
                }
            }
            let mut loc = None;
            for block in from {
                let Some(branch) = func.terminator(block) else { continue };
                let data = func.inst_mut(branch);
                loc = loc.or(Some(data.loc));
                for target in data.targets.iter_mut().filter(|target| target.block == to) {
                    target.block = out;
                    target.args.extend(used.iter().copied());
                }
            }
            let mut b = Builder::new(func, out);
            b.loc = loc.unwrap_or_default();
            b.jump(Target { block: to, args: handed });
        }
    }
}

/// As [`Ways::find`] and [`Ways::funnel`] for a loop that is left in one way; false, and
/// nothing done, where there are several and values are used.
pub fn funnel(func: &mut Function, this: &CountedLoop) -> bool {
    Ways::find(func, Exits::of(this), None).map(|ways| ways.funnel(func)).is_some()
}
