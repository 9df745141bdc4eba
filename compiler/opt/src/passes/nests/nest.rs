//! The nest of loops that is left when rare ways are taken away.
//!
//! What runs in a turn of the outer loop, as a list of straight pieces and loops with such
//! lists. Branches whose condition the outer loop doesn't change and of which one side is
//! cold are assumed to go the other way; the conditions are collected. So a loop that has a
//! version with checks counts as its other version. A condition that changes with the counters
//! alone may do too, if it holds everywhere where it holds at the ends of the loops.

use super::hull::Shape;
use crate::analysis::CountedLoop;
use crate::effects;
use cumbia_ir::analysis::{Cfg, LoopForest, LoopId};
use cumbia_ir::{
    Block, Effects, Function, Imm, Inst, IntCond, Module, Opcode, Region, Type, Value,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Most loops of a nest: the outer one, and those inside.
const DEEPEST: usize = 3;

/// A loop and what it does in a turn.
#[derive(Debug)]
pub struct Nest {
    /// The loop.
    pub this: CountedLoop,
    /// The position of its counter among those of the nest; 0 for the outermost.
    pub number: usize,
    /// What is computed in the header, its branch left out.
    pub head: Vec<Inst>,
    /// What enters the header.
    pub entering: Vec<Value>,
    /// A turn, in order.
    pub items: Vec<Item>,
    /// What flows back to the header.
    pub back: Vec<Value>,
}

/// A part of a turn.
#[derive(Debug)]
pub enum Item {
    /// Instructions without branches, with a number that no other piece has.
    Straight(usize, Vec<Inst>),
    /// A loop inside.
    Loop(Box<Nest>),
}

/// What was found out about a nest on the way.
#[derive(Debug)]
pub struct Found {
    /// The outer loop.
    pub nest: Nest,
    /// What must hold, and with which truth value.
    pub conditions: Vec<(Value, bool)>,
    /// What must hold in all turns of all loops ([`super::write_ends`]).
    pub in_all_turns: Vec<Value>,
    /// What isn't negative in any turn if the nest is to be as it is here: positions that
    /// would count from the end.
    pub not_negative: Vec<Value>,
    /// Parameters of blocks that are reached in one way, positions, and what they are.
    pub same: FxHashMap<Value, Value>,
    /// Of each value, whether the outer loop defines it.
    pub inside: Vec<bool>,
    /// Counters of the nest's loops, the outermost first.
    pub counters: Vec<Value>,
    /// How many instructions there are.
    pub size: usize,
}

/// The nest under a loop, if it is one.
pub fn find(
    func: &Function,
    module: &Module,
    cfg: &Cfg,
    forest: &LoopForest,
    id: LoopId,
) -> Option<Found> {
    let this = CountedLoop::find_around(func, cfg, forest, id)?;
    let mut inside = vec![false; func.num_values()];
    for &block in &this.blocks {
        let data = func.block(block);
        let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
        data.params.iter().chain(results).for_each(|v| inside[v.index()] = true);
    }
    let mut walk = Walk {
        func,
        module,
        cfg,
        forest,
        outer: &this.clone(),
        inside,
        conditions: Vec::new(),
        in_all_turns: Vec::new(),
        not_negative: Vec::new(),
        same: FxHashMap::default(),
        counters: Vec::new(),
        pieces: 0,
    };
    let mut nest = walk.nest(this)?;
    let Walk { inside, conditions, in_all_turns, not_negative, same, counters, .. } = walk;
    let mut shape = Shape::new(func, &counters, &inside, &same);
    if !in_all_turns.iter().all(|&condition| shape.is_convex(condition)) {
        return None;
    }
    let mut used = Used { func, same: &same, seen: FxHashSet::default() };
    used.find(&nest);
    let size = used.prune(&mut nest);
    Some(Found { nest, conditions, in_all_turns, not_negative, same, inside, counters, size })
}

/// The values that a nest's stores, and what it hands on, are computed from.
struct Used<'a> {
    func: &'a Function,
    same: &'a FxHashMap<Value, Value>,
    seen: FxHashSet<Value>,
}

impl Used<'_> {
    fn find(&mut self, nest: &Nest) {
        nest.entering.iter().chain(&nest.back).for_each(|&value| self.mark(value));
        for item in &nest.items {
            match item {
                Item::Loop(inner) => self.find(inner),
                Item::Straight(_, insts) => {
                    for &inst in insts {
                        if !self.is_value(inst) {
                            let args = &self.func.inst(inst).args;
                            args.iter().for_each(|&value| self.mark(value));
                        }
                    }
                }
            }
        }
    }

    fn is_value(&self, inst: Inst) -> bool {
        !matches!(self.func.inst(inst).op, Opcode::Store | Opcode::Poll)
    }

    fn mark(&mut self, value: Value) {
        let mut pending = vec![value];
        while let Some(value) = pending.pop() {
            if self.seen.insert(value) {
                pending.extend(self.same.get(&value));
                if let Some(inst) = self.func.def_inst(value) {
                    pending.extend(&self.func.inst(inst).args);
                }
            }
        }
    }

    /// Takes out what isn't used; gives how many instructions are left.
    fn prune(&self, nest: &mut Nest) -> usize {
        let used = |inst: &Inst| {
            !self.is_value(*inst)
                || self.func.inst(*inst).results.iter().any(|r| self.seen.contains(r))
        };
        nest.head.retain(used);
        let mut size = nest.head.len();
        for item in &mut nest.items {
            size += match item {
                Item::Loop(inner) => self.prune(inner),
                Item::Straight(_, insts) => {
                    insts.retain(used);
                    insts.len()
                }
            };
        }
        size
    }
}

struct Walk<'a> {
    func: &'a Function,
    module: &'a Module,
    cfg: &'a Cfg,
    forest: &'a LoopForest,
    outer: &'a CountedLoop,
    inside: Vec<bool>,
    conditions: Vec<(Value, bool)>,
    in_all_turns: Vec<Value>,
    not_negative: Vec<Value>,
    same: FxHashMap<Value, Value>,
    counters: Vec<Value>,
    pieces: usize,
}

impl Walk<'_> {
    fn nest(&mut self, this: CountedLoop) -> Option<Nest> {
        let func = self.func;
        let number = self.counters.len();
        if number == DEEPEST {
            return None;
        }
        self.counters.push(this.counter);
        let entering = self.edge(this.preheader, this.header)?;
        let back = self.edge(this.latch, this.header)?;
        let mut head = func.block(this.header).insts.clone();
        let branch = head.pop()?;
        // The test is made anew.
        let pure = |&inst: &Inst| effects::is_speculatable(func, self.module, inst);
        if branch != this.branch || !head.iter().all(pure) {
            return None;
        }
        let into = func.inst(branch).targets[0].clone();
        let mut items = Vec::new();
        let mut current = (into.block, into.args);
        let mut straight: Vec<Inst> = Vec::new();
        let mut steps = 0;
        loop {
            let (block, args) = current;
            steps += 1;
            if steps > this.blocks.len() + 1 {
                return None;
            }
            if block == this.header {
                break;
            }
            let inner = self.forest.loop_with_header(block);
            if let Some(inner) = inner {
                let inner = CountedLoop::find_around(func, self.cfg, self.forest, inner)?;
                let stays = |v: Value| !self.inside[v.index()];
                if inner.step != 1
                    || !stays(inner.first)
                    || !stays(inner.limit)
                    || inner.exits.iter().any(|exit| *exit != (inner.header, inner.exit))
                {
                    return None;
                }
                self.close(&mut items, &mut straight);
                let exit = func.inst(inner.branch).targets[1].clone();
                items.push(Item::Loop(Box::new(self.nest(inner)?)));
                self.name(exit.block, &exit.args);
                current = self.through(exit.block, &mut straight)?;
                continue;
            }
            self.name(block, &args);
            current = self.through(block, &mut straight)?;
        }
        self.close(&mut items, &mut straight);
        Some(Nest { this, number, head, entering, items, back })
    }

    fn close(&mut self, items: &mut Vec<Item>, straight: &mut Vec<Inst>) {
        if !straight.is_empty() {
            items.push(Item::Straight(self.pieces, std::mem::take(straight)));
            self.pieces += 1;
        }
    }

    /// What the only edge from one block to another hands on.
    fn edge(&self, from: Block, to: Block) -> Option<Vec<Value>> {
        let data = self.func.inst(self.func.terminator(from)?);
        let mut targets = data.targets.iter().filter(|target| target.block == to);
        let args = targets.next()?.args.to_vec();
        targets.next().is_none().then_some(args)
    }

    fn name(&mut self, block: Block, args: &[Value]) {
        for (&param, &arg) in self.func.block(block).params.iter().zip(args) {
            self.same.insert(param, arg);
        }
    }

    /// Takes a block's instructions; gives where it goes on.
    fn through(
        &mut self,
        block: Block,
        straight: &mut Vec<Inst>,
    ) -> Option<(Block, cumbia_ir::ValueList)> {
        let func = self.func;
        if !self.outer.contains(block) || func.block(block).cold {
            return None;
        }
        let (&last, rest) = func.block(block).insts.split_last()?;
        for &inst in rest {
            if !self.may_be_copied(inst) {
                return None;
            }
            if !self.is_position(inst) {
                straight.push(inst);
            }
        }
        let data = func.inst(last);
        let target = match data.op {
            Opcode::Jump => &data.targets[0],
            Opcode::Br => {
                let cold = |at: usize| func.block(data.targets[at].block).cold;
                let way = match (cold(0), cold(1)) {
                    (false, true) => 0,
                    (true, false) => 1,
                    _ => return None,
                };
                match self.inside[data.args[0].index()] {
                    false => self.conditions.push((data.args[0], way == 0)),
                    true if way == 0 => self.in_all_turns.push(data.args[0]),
                    true => return None,
                }
                &data.targets[way]
            }
            _ => return None,
        };
        Some((target.block, target.args.clone()))
    }

    /// Whether an instruction chooses a position that counts from the end where it is negative,
    /// of positions of which can be seen that they aren't. Then it counts as that.
    fn is_position(&mut self, inst: Inst) -> bool {
        let data = self.func.inst(inst);
        if data.op != Opcode::Select || data.ty != Some(Type::I64) {
            return false;
        }
        let Some(test) = self.func.def_inst(data.args[0]) else { return false };
        let (test, position) = (self.func.inst(test), data.args[2]);
        let negative = test.op == Opcode::Icmp
            && test.imm == Imm::IntCond(IntCond::Slt)
            && test.args[0] == position
            && self.func.int_const(test.args[1]) == Some(0);
        let mut shape = Shape::new(self.func, &self.counters, &self.inside, &self.same);
        let known = negative && shape.is_sum(position);
        if known {
            self.same.insert(data.results[0], position);
            self.not_negative.push(position);
        }
        known
    }

    /// Whether an instruction computes, reads or writes elements, or polls.
    fn may_be_copied(&self, inst: Inst) -> bool {
        let data = self.func.inst(inst);
        match data.op {
            Opcode::Poll => true,
            Opcode::Load => {
                matches!(data.imm, Imm::Mem { region, .. } if matches!(region, Region::Data | Region::Const))
            }
            Opcode::Store => matches!(data.imm, Imm::Mem { region: Region::Data, .. }),
            op => matches!(op.effects(), Effects::Pure | Effects::Guarded),
        }
    }
}
