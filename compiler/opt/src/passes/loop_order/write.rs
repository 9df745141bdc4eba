//! Writes a nest in another order.

use super::plan::Plan;
use super::shape::{Last, Shape};
use crate::analysis::Level;
use cumbia_ir::{
    Block, Builder, FastMath, Function, Imm, Inst, InstData, IntCond, Opcode, Region, Target, Type,
    Value,
};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// What is known of a nest before it is written.
pub struct Write<'a> {
    /// The function as it was.
    pub old: &'a Function,
    /// The nest.
    pub shape: &'a Shape<'a>,
    /// How it is to be.
    pub plan: &'a Plan,
    /// Turns of a block of each loop that has blocks, by its number.
    pub blocks: FxHashMap<usize, Value>,
}

/// A nest that is being written.
struct Nest<'w, 'f> {
    func: &'f mut Function,
    write: &'w Write<'w>,
    schedule: &'w [Level],
    /// What is made, with how many levels around it.
    ops: Vec<(Op, usize)>,
    map: FxHashMap<Value, Value>,
    /// Where a block that is made ends.
    ends: FxHashMap<usize, Value>,
    current: Block,
}

#[derive(Clone, Copy)]
enum Op {
    Copy(Inst),
    /// What the innermost loop carries, from its element,
    Load,
    /// and back.
    Store(Value),
}

impl Write<'_> {
    /// Writes all from a block on, which is empty; gives the block behind.
    pub fn nests(&self, func: &mut Function, from: Block) -> Block {
        let shape = self.shape;
        let before: Vec<Level> = (0..shape.depth() - 1).map(Level::Whole).collect();
        let [front, body, behind] = &shape.parts;
        let stores = |insts: &[Inst]| insts.iter().any(|&i| self.old.inst(i).op == Opcode::Store);
        let mut current = from;
        let carried = shape.carried.as_ref();
        if carried.is_some_and(|c| !self.is_there(c.entering)) || stores(front) {
            let entering = carried.map(|c| Op::Store(c.entering));
            current = self.nest(func, current, &before, None, front, entering);
        }
        let (load, store) = (carried.map(|_| Op::Load), carried.map(|c| Op::Store(c.back)));
        current = self.nest(func, current, &self.plan.schedule, load, body, store);
        if stores(behind) {
            current = self.nest(func, current, &before, load, behind, None);
        }
        current
    }

    /// Whether what the innermost loop begins with is what its element holds.
    fn is_there(&self, entering: Value) -> bool {
        let Some(carried) = &self.shape.carried else { return false };
        let Some(load) = self.old.def_inst(entering) else { return false };
        let (load, store) = (self.old.inst(load), self.old.inst(carried.store));
        load.op == Opcode::Load
            && load.imm == store.imm
            && self.shape.resolve(load.args[0]) == self.shape.resolve(store.args[1])
            && self.shape.parts[0].iter().all(|&i| self.old.inst(i).op != Opcode::Store)
    }

    fn nest(
        &self,
        func: &mut Function,
        from: Block,
        schedule: &[Level],
        first: Option<Op>,
        insts: &[Inst],
        last: Option<Op>,
    ) -> Block {
        let mut nest = Nest {
            func,
            write: self,
            schedule,
            ops: Vec::new(),
            map: FxHashMap::default(),
            ends: FxHashMap::default(),
            current: from,
        };
        nest.place(first, insts, last);
        nest.level(0);
        nest.current
    }

    /// What the loop's parameters are behind the nest, at the end of a block.
    pub fn last(&self, func: &mut Function, at: Block) -> Vec<Value> {
        let mut b = Builder::new(func, at);
        b.loc = self.old.inst(self.shape.levels[0].this.branch).loc;
        self.shape.last.iter().map(|last| self.last_value(&mut b, last)).collect()
    }

    fn last_value(&self, b: &mut Builder<'_>, last: &Last) -> Value {
        match last {
            Last::Outside(value) => *value,
            Last::Behind(level) => self.shape.levels[*level].this.limit,
            Last::Counter(level) => {
                let one = b.iconst(Type::I64, 1);
                b.binary(Opcode::Isub, self.shape.levels[*level].this.limit, one)
            }
            Last::Computed(inst, args) => {
                let data = self.old.inst(*inst);
                let args: Vec<Value> = args.iter().map(|arg| self.last_value(b, arg)).collect();
                let ty = self.old.value_type(data.results[0]);
                let made = b.append(data.op, data.ty, &args, data.imm.clone(), &[], &[ty]);
                b.func.result(made)
            }
        }
    }
}

impl Nest<'_, '_> {
    /// Gives each operation the level at which all it needs is there.
    fn place(&mut self, first: Option<Op>, insts: &[Inst], last: Option<Op>) {
        let (old, shape) = (self.write.old, self.write.shape);
        let deepest = self.schedule.len();
        let mut levels: FxHashMap<Value, usize> = FxHashMap::default();
        for (level, counter) in shape.found.counters.iter().enumerate() {
            let makes =
                |at: &Level| matches!(at, Level::Whole(l) | Level::Within(l) if *l == level);
            if let Some(at) = self.schedule.iter().position(makes) {
                levels.insert(*counter, at + 1);
            }
        }
        if let Some(carried) = &shape.carried {
            levels.insert(carried.param, deepest);
        }
        // The element is loaded behind what its address is computed from, and in front of all
        // that need it, or touch elements: those accesses stay in their order.
        let mut late: Vec<Value> = shape.carried.iter().map(|carried| carried.param).collect();
        let mut rest = Vec::new();
        for &inst in insts {
            let data = old.inst(inst);
            let (mut at, mut needs) = (0, false);
            old.for_each_use(inst, |v| {
                let v = shape.resolve(v);
                at = at.max(levels.get(&v).copied().unwrap_or(0));
                needs |= late.contains(&v);
            });
            if shape.is_access(inst) && !self.write.plan.free.contains(&inst) {
                (at, needs) = (deepest, true);
            }
            data.results.iter().for_each(|&result| {
                levels.insert(result, at);
            });
            if needs && first.is_some() {
                late.extend(&data.results);
                rest.push((Op::Copy(inst), at));
            } else {
                self.ops.push((Op::Copy(inst), at));
            }
        }
        self.ops.extend(first.map(|op| (op, deepest)));
        self.ops.extend(rest);
        self.ops.extend(last.map(|op| (op, deepest)));
    }

    fn value(&self, value: Value) -> Value {
        let value = self.write.shape.resolve(value);
        match self.map.get(&value) {
            Some(&new) => new,
            None => {
                debug_assert!(!self.write.shape.found.inside[value.index()]);
                value
            }
        }
    }

    /// What is made with so many levels around it.
    fn ops(&mut self, level: usize) {
        for (op, at) in self.ops.clone() {
            if at == level {
                self.make(op);
            }
        }
    }

    fn make(&mut self, op: Op) {
        let (old, shape) = (self.write.old, self.write.shape);
        let element = shape.carried.as_ref();
        match op {
            Op::Copy(inst) => {
                let data = old.inst(inst);
                let args: SmallVec<_> = data.args.iter().map(|&arg| self.value(arg)).collect();
                let types: Vec<Type> = data.results.iter().map(|&r| old.value_type(r)).collect();
                let copy = InstData { args, results: SmallVec::new(), ..data.clone() };
                let new = self.func.make_inst(copy, &types);
                for (&result, &made) in data.results.iter().zip(&self.func.inst(new).results) {
                    self.map.insert(result, made);
                }
                self.func.block_mut(self.current).insts.push(new);
            }
            Op::Load => {
                let Some(carried) = element else { return };
                let store = old.inst(carried.store);
                let ty = old.value_type(carried.param);
                let data = InstData {
                    op: Opcode::Load,
                    ty: store.ty,
                    args: SmallVec::from_iter([self.value(store.args[1])]),
                    imm: store.imm.clone(),
                    targets: SmallVec::new(),
                    results: SmallVec::new(),
                    loc: store.loc,
                    fast: FastMath::NONE,
                };
                debug_assert!(matches!(data.imm, Imm::Mem { region: Region::Data, .. }));
                let new = self.func.make_inst(data, &[ty]);
                self.map.insert(carried.param, self.func.result(new));
                self.func.block_mut(self.current).insts.push(new);
            }
            Op::Store(value) => {
                let Some(carried) = element else { return };
                let store = old.inst(carried.store);
                let args = SmallVec::from_iter([self.value(value), self.value(store.args[1])]);
                let data = InstData { args, ..store.clone() };
                let new = self.func.make_inst(data, &[]);
                self.func.block_mut(self.current).insts.push(new);
            }
        }
    }

    fn level(&mut self, at: usize) {
        self.ops(at);
        let Some(&level) = self.schedule.get(at) else { return };
        let (Level::Whole(number) | Level::Blocks(number) | Level::Within(number)) = level;
        let shape = self.write.shape;
        let this = &shape.levels[number].this;
        let counter = shape.found.counters[number];
        let old = self.write.old;
        let loc = old.inst(this.branch).loc;
        let [header, body, behind] = std::array::from_fn(|_| self.func.add_block());
        let new = self.func.add_param(header, Type::I64);
        let (first, limit) = match level {
            Level::Within(_) => (self.map[&counter], self.ends[&number]),
            _ => (this.first, this.limit),
        };
        let mut b = Builder::new(self.func, self.current);
        b.loc = loc;
        b.jump(Target::with(header, &[first]));
        b.switch_to(header);
        let more = b.icmp(IntCond::Slt, new, limit);
        b.br(more, Target::new(body), Target::new(behind));
        self.current = body;
        let size = self.write.blocks.get(&number).copied();
        let mut next = None;
        if let (Level::Blocks(_), Some(size)) = (level, size) {
            let mut b = Builder::new(self.func, body);
            b.loc = loc;
            let end = b.binary(Opcode::Iadd, new, size);
            next = Some(end);
            let end = b.binary(Opcode::Smin, end, limit);
            self.ends.insert(number, end);
        }
        self.map.insert(counter, new);
        self.level(at + 1);
        // A block is short, and the loop around it polls.
        let poll = shape.polls[number].filter(|_| !matches!(level, Level::Within(_)));
        if let Some(poll) = poll {
            let data = old.inst(poll).clone();
            let new = self.func.make_inst(data, &[]);
            self.func.block_mut(self.current).insts.push(new);
        }
        let mut b = Builder::new(self.func, self.current);
        b.loc = loc;
        let next = next.unwrap_or_else(|| {
            let one = b.iconst(Type::I64, 1);
            b.binary(Opcode::Iadd, new, one)
        });
        b.jump(Target::with(header, &[next]));
        if let Level::Within(_) = level {
            self.map.insert(counter, first);
        }
        self.current = behind;
    }
}
