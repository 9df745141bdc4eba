//! Checks that can't fail for some turns, because what they are about is small now.
//!
//! `n = 3 * n + 1` is checked in each turn. It can't leave 64 bits in the next four turns if
//! `n` is below 2^56 now, by intervals. So of several turns in a row only the first has a test.
//! What hasn't room for them goes on turn by turn, with its checks.
//!
//! Looked at are checked sums and products, and branches to cold blocks on a comparison, as
//! `if_conversion` makes them; what can enter is said of integer parameters of the header, of
//! two at most. Complexity: linear in the size of the loop, times the number of turns and bounds.

use crate::analysis::{Interval, is_range_type, transfer};
use cumbia_ir::analysis::{Cfg, Loop};
use cumbia_ir::{
    Block, Builder, Function, Imm, Inst, InstData, IntCond, Opcode, Target, Type, Value, ValueDef,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// What is tried: that parameters are from `-(1 << n)` to below `1 << n`.
const ROOMS: [u32; 6] = [60, 56, 48, 40, 32, 24];
/// Most parameters that a test is about.
const MOST: usize = 2;

/// What makes checks of some turns superfluous.
pub struct Headroom {
    /// Positions of the header's parameters that have to be small.
    places: Vec<usize>,
    /// Below two to this power in magnitude.
    bits: u32,
    /// Checked operations and branches that are decided then, in each of the turns.
    decided: FxHashSet<Inst>,
    /// The blocks that are reached then, in reverse postorder.
    pub blocks: Vec<Block>,
}

impl Headroom {
    /// For so many turns of a loop; `None` if none of its checks can be spared.
    pub fn find(func: &Function, cfg: &Cfg, this: &Loop, turns: usize) -> Option<Headroom> {
        let mut order = this.blocks.clone();
        order.sort_by_key(|&block| cfg.rpo_number(block));
        let latch = this.latch()?;
        let walk = Walk { func, this, latch, order };
        let checks: Vec<Inst> = walk.checks().collect();
        let places = walk.entering(&checks);
        if checks.is_empty() || places.is_empty() || places.len() > MOST {
            return None;
        }
        let with = |bits: u32| walk.decided(&checks, &places, bits, turns);
        let best = with(*ROOMS.last()?);
        if best.is_empty() {
            return None;
        }
        let mut found = ROOMS.iter().map(|&bits| (bits, with(bits)));
        let (bits, decided) = found.find(|(_, decided)| decided.len() == best.len())?;
        // A constant step is checked for nearly nothing: the test costs more where the turns
        // are few.
        let is_step = |inst: &Inst| {
            let data = func.inst(*inst);
            matches!(data.op, Opcode::SaddChk | Opcode::SsubChk)
                && data.args.iter().any(|&arg| func.int_const(arg).is_some())
        };
        if decided.iter().all(is_step) {
            return None;
        }
        let blocks = walk.reached(&decided);
        blocks.contains(&latch).then_some(Headroom { places, bits, decided, blocks })
    }

    /// Writes the test of values that are about to enter the header.
    pub fn test(&self, b: &mut Builder<'_>, entering: &[Value]) -> Value {
        let tests = self.places.iter().map(|&place| {
            let low = b.iconst(Type::I64, 1 << self.bits);
            let size = b.iconst(Type::I64, 2 << self.bits);
            let moved = b.binary(Opcode::Iadd, entering[place], low);
            b.icmp(IntCond::Ult, moved, size)
        });
        let tests: Vec<Value> = tests.collect();
        let all = tests.into_iter().reduce(|x, y| b.binary(Opcode::Band, x, y));
        all.expect("a test is about something")
    }

    /// Takes the checks out of a copy of an instruction, which it is the same as otherwise.
    pub fn relax(&self, func: &mut Function, original: Inst, copy: Inst) {
        if !self.decided.contains(&original) {
            return;
        }
        let cold = |block: Block| func.block(block).cold;
        if func.inst(original).op == Opcode::Br {
            let stays = usize::from(cold(func.inst(original).targets[0].block));
            let data = func.inst_mut(copy);
            let target = data.targets[stays].clone();
            data.op = Opcode::Jump;
            data.args.clear();
            data.targets = [target].into_iter().collect();
        } else {
            let data = func.inst_mut(copy);
            data.op = unchecked(data.op).unwrap_or(data.op);
        }
    }
}

fn unchecked(op: Opcode) -> Option<Opcode> {
    match op {
        Opcode::SaddChk => Some(Opcode::Iadd),
        Opcode::SsubChk => Some(Opcode::Isub),
        Opcode::SmulChk => Some(Opcode::Imul),
        _ => None,
    }
}

fn targets(func: &Function, block: Block) -> impl Iterator<Item = &Target> {
    func.terminator(block).into_iter().flat_map(|inst| &func.inst(inst).targets)
}

fn note(blocks: &mut Vec<Block>, block: Block) {
    if !blocks.contains(&block) {
        blocks.push(block);
    }
}

/// What is known in one turn.
struct Turn {
    values: FxHashMap<Value, Interval>,
    reached: Vec<Block>,
}

struct Walk<'a> {
    func: &'a Function,
    this: &'a Loop,
    latch: Block,
    /// The blocks in reverse postorder.
    order: Vec<Block>,
}

impl Walk<'_> {
    /// The instructions that may be decided, in blocks that aren't cold.
    fn checks(&self) -> impl Iterator<Item = Inst> {
        let warm = self.order.iter().filter(|&&block| !self.func.block(block).cold);
        warm.flat_map(|&block| &self.func.block(block).insts).copied().filter(|&inst| {
            let data = self.func.inst(inst);
            unchecked(data.op).is_some() || self.is_test(data)
        })
    }

    /// Whether an instruction branches to a cold block of the loop where a comparison doesn't
    /// hold, or holds.
    fn is_test(&self, data: &InstData) -> bool {
        data.op == Opcode::Br
            && self.comparison(data.args[0]).is_some()
            && data.targets.iter().all(|target| self.this.blocks.contains(&target.block))
            && data.targets.iter().filter(|t| self.func.block(t.block).cold).count() == 1
    }

    fn comparison(&self, value: Value) -> Option<&InstData> {
        let data = self.func.inst(self.func.def_inst(value)?);
        (data.op == Opcode::Icmp && data.ty == Some(Type::I64)).then_some(data)
    }

    /// Positions of the parameters from which a turn computes what checks are about.
    fn entering(&self, checks: &[Inst]) -> Vec<usize> {
        let mut brought: FxHashMap<Value, Vec<Value>> = FxHashMap::default();
        for &block in &self.order {
            for target in targets(self.func, block) {
                if target.block != self.this.header {
                    let params = &self.func.block(target.block).params;
                    for (&param, &arg) in params.iter().zip(&target.args) {
                        brought.entry(param).or_default().push(arg);
                    }
                }
            }
        }
        let of = |&inst: &Inst| self.func.inst(inst).args.clone();
        let mut pending: Vec<Value> = checks.iter().flat_map(of).collect();
        let mut seen: FxHashSet<Value> = FxHashSet::default();
        let mut places = Vec::new();
        while let Some(value) = pending.pop() {
            if !seen.insert(value) {
                continue;
            }
            match self.func.value_def(value) {
                ValueDef::Param(block, place) if block == self.this.header => {
                    if self.func.value_type(value) == Type::I64 {
                        places.push(place as usize);
                    }
                }
                ValueDef::Param(..) => pending.extend(brought.get(&value).into_iter().flatten()),
                // A choice's condition says nothing of what is chosen.
                ValueDef::Result(inst, _) if self.is_inside(inst) => {
                    let data = self.func.inst(inst);
                    let skipped = usize::from(data.op == Opcode::Select);
                    pending.extend(data.args.iter().skip(skipped));
                }
                ValueDef::Result(..) => {}
            }
        }
        places.sort_unstable();
        places
    }

    fn is_inside(&self, inst: Inst) -> bool {
        self.order.iter().any(|&block| self.func.block(block).insts.contains(&inst))
    }

    /// Which checks can be spared in each of some turns if parameters are small in front of them.
    fn decided(
        &self,
        checks: &[Inst],
        places: &[usize],
        bits: u32,
        turns: usize,
    ) -> FxHashSet<Inst> {
        let mut allowed: FxHashSet<Inst> = checks.iter().copied().collect();
        loop {
            let mut entering: Vec<Option<Interval>> =
                vec![None; self.func.block(self.this.header).params.len()];
            for &place in places {
                entering[place] = Some(Interval::new(-(1 << bits), (1 << bits) - 1));
            }
            let mut held = allowed.clone();
            for _ in 0..turns {
                let mut turn = Turn { values: FxHashMap::default(), reached: Vec::new() };
                let params = &self.func.block(self.this.header).params;
                for (&param, interval) in params.iter().zip(entering) {
                    turn.values.extend(interval.map(|interval| (param, interval)));
                }
                let decided = self.turn(&mut turn, &allowed);
                held.retain(|inst| decided.contains(inst));
                let mut back = targets(self.func, self.latch);
                let back = back.find(|target| target.block == self.this.header);
                let args = back.map(|target| target.args.clone()).unwrap_or_default();
                entering = args.iter().map(|&arg| Some(self.interval(&turn, arg))).collect();
            }
            if held.len() == allowed.len() {
                return held;
            }
            allowed = held;
        }
    }

    /// The blocks that are left where branches are decided.
    fn reached(&self, decided: &FxHashSet<Inst>) -> Vec<Block> {
        let mut reached = vec![self.this.header];
        for &block in &self.order {
            if reached.contains(&block) {
                let ways = self.ways(block, decided);
                ways.for_each(|target| note(&mut reached, target.block));
            }
        }
        reached
    }

    /// Where a block goes on inside of the turn.
    fn ways(&self, block: Block, decided: &FxHashSet<Inst>) -> impl Iterator<Item = &Target> {
        let branch = self.func.terminator(block);
        let decided = branch.is_some_and(|branch| decided.contains(&branch));
        targets(self.func, block).filter(move |target| {
            self.this.blocks.contains(&target.block)
                && target.block != self.this.header
                && !(decided && self.func.block(target.block).cold)
        })
    }

    /// Follows a turn. Of what is `allowed`, gives what is decided.
    fn turn(&self, turn: &mut Turn, allowed: &FxHashSet<Inst>) -> FxHashSet<Inst> {
        let mut decided = FxHashSet::default();
        turn.reached.push(self.this.header);
        for &block in &self.order {
            if !turn.reached.contains(&block) {
                continue;
            }
            for &inst in &self.func.block(block).insts {
                let data = self.func.inst(inst);
                if allowed.contains(&inst) && self.is_decided(turn, data) {
                    decided.insert(inst);
                }
                if let &[result] = data.results.as_slice()
                    && let ty = self.func.value_type(result)
                    && is_range_type(ty)
                {
                    let arg = |at: usize| self.interval(turn, data.args[at]);
                    let (interval, _) = transfer(self.func, inst, ty, arg);
                    turn.values.insert(result, interval);
                }
            }
            for target in self.ways(block, &decided) {
                note(&mut turn.reached, target.block);
                let params = &self.func.block(target.block).params;
                for (&param, &arg) in params.iter().zip(&target.args) {
                    let more = self.interval(turn, arg);
                    let all = turn.values.get(&param).map_or(more, |known| known.join(more));
                    turn.values.insert(param, all);
                }
            }
        }
        decided
    }

    fn interval(&self, turn: &Turn, value: Value) -> Interval {
        if let Some(number) = self.func.int_const(value) {
            return Interval::single(number);
        }
        let ty = self.func.value_type(value);
        let full = if is_range_type(ty) { Interval::full(ty) } else { Interval::full(Type::I64) };
        turn.values.get(&value).copied().unwrap_or(full)
    }

    fn is_decided(&self, turn: &Turn, data: &InstData) -> bool {
        let of = |data: &InstData| [0, 1].map(|at| self.interval(turn, data.args[at]));
        if data.op != Opcode::Br {
            let [a, b] = of(data);
            let exact = match data.op {
                Opcode::SaddChk => a.plus(b),
                Opcode::SsubChk => a.minus(b),
                _ => a.times(b),
            };
            return Interval::full(data.ty.unwrap_or(Type::I64)).contains(exact);
        }
        let Some(compare) = self.comparison(data.args[0]) else { return false };
        let (Imm::IntCond(cond), [a, b]) = (&compare.imm, of(compare)) else { return false };
        use IntCond::*;
        let holds = |cond: IntCond| match cond {
            Slt => a.hi < b.lo,
            Sle => a.hi <= b.lo,
            Sgt => a.lo > b.hi,
            Sge => a.lo >= b.hi,
            Ult => a.lo >= 0 && a.hi < b.lo,
            Ule => a.lo >= 0 && a.hi <= b.lo,
            _ => false,
        };
        // The other way is cold.
        match self.func.block(data.targets[1].block).cold {
            true => holds(*cond),
            false => holds(cond.inverse()),
        }
    }
}
