//! Exceptions of a `try` body as control flow.
//!
//! A block is lowered as if there were no handler; then each of its operations that may
//! raise becomes one that doesn't, followed by a branch to a cold block. That block makes
//! the exception the pending one and goes on to a *landing*, which releases what dies
//! there, and jumps to the handler with the status and the variables:
//!
//! ```text
//!     v3 = sadd_chk.i64 v1, v2           v3 = iadd.i64 v1, v2
//!                                        v7 = ...                  ; overflow
//!                                   =>   br v7, block8, block9
//!                                    block8 cold:
//!                                        set_raise OverflowError "..."
//!                                        jump block5(v6)           ; the landing
//! ```
//!
//! Calls and polls become their `try_` forms. After this step nothing in the IR speaks of
//! handlers: passes and backends see ordinary control flow. Functions without `try` are
//! lowered as ever. Linear in the size of the function.

use super::function::Lowering;
use crate::hir::{Edge, HBlock, HValue, HirFunction, Op};
use cumbia_abi::STATUS_RAISED;
use cumbia_ir::{
    Block, Builder, ExternEffects, Function, Imm, Inst, IntCond, Opcode, RaiseSpec, Target, Type,
    Value, standard_raise,
};
use rustc_hash::FxHashMap;

/// Added to the number of a `yield` where an exception is thrown.
const THROWN: usize = 1 << 40;

/// What is known about handlers while a function is lowered.
pub struct Handlers {
    any: bool,
    /// By HIR block: whether handler edges lead there.
    is_handler: Vec<bool>,
    /// The status that handlers get.
    status: FxHashMap<HBlock, Value>,
    /// Where the current block's new IR blocks begin.
    first_block: usize,
    /// For each HIR instruction of the current block: its first IR instruction.
    marks: Vec<(usize, usize)>,
    /// The exception whose reference the current block's end gives up.
    given_up: Option<HValue>,
    /// New blocks, by the block that they follow.
    placed: FxHashMap<Block, Vec<Block>>,
}

impl Handlers {
    pub fn new(hir: &HirFunction, cleans: bool) -> Handlers {
        let begins = |op: Option<&Op>| op == Some(&Op::Catch);
        let is_handler: Vec<bool> =
            hir.blocks.iter().map(|b| begins(b.insts.first().map(|i| &i.op))).collect();
        Handlers {
            any: is_handler.contains(&true) || cleans,
            is_handler,
            status: FxHashMap::default(),
            first_block: 0,
            marks: Vec::new(),
            given_up: None,
            placed: FxHashMap::default(),
        }
    }

    /// Whether exceptions lead to a block.
    pub fn is_handler(&self, block: HBlock) -> bool {
        self.is_handler[block.0 as usize]
    }

    pub fn set_status(&mut self, block: HBlock, status: Value) {
        self.status.insert(block, status);
    }

    /// The status of the exception that led to a block.
    pub fn status(&self, block: HBlock) -> Value {
        self.status[&block]
    }

    /// A block begins.
    pub fn begin(&mut self, func: &Function) {
        self.first_block = func.num_blocks();
        self.marks.clear();
        self.given_up = None;
    }

    /// The code of what is thrown at a `yield` begins.
    pub fn mark_thrown(&mut self, func: &Function, at: usize) {
        self.marks.push((func.num_insts(), THROWN + at));
    }

    /// The code of an instruction of the block begins, or of its end.
    pub fn mark(&mut self, func: &Function, at: usize) {
        if self.any {
            self.marks.push((func.num_insts(), at));
        }
    }

    /// The block's end gives up its reference to an exception.
    pub fn give_up(&mut self, exception: HValue) {
        self.given_up = Some(exception);
    }

    /// The HIR instruction that an IR instruction comes from.
    fn origin(&self, inst: Inst) -> usize {
        let after = self.marks.partition_point(|&(first, _)| first <= inst.index());
        self.marks[..after].last().map_or(0, |&(_, at)| at)
    }

    /// Puts the new blocks behind those that they were split off from.
    pub fn place_blocks(&mut self, func: &mut Function) {
        if self.placed.is_empty() {
            return;
        }
        let mut new = vec![false; func.num_blocks()];
        self.placed.values().flatten().for_each(|b| new[b.index()] = true);
        let old: Vec<Block> = func.layout.iter().copied().filter(|b| !new[b.index()]).collect();
        func.layout.clear();
        for block in old {
            func.layout.push(block);
            func.layout.extend(self.placed.remove(&block).unwrap_or_default());
        }
    }
}

/// What an operation that may raise becomes.
enum Check {
    /// A condition, true where the exception is raised, and its arguments.
    Condition(Value, RaiseSpec, Vec<Value>),
    /// The status of a call or poll.
    Status(Value),
    /// It always raises, or goes on raising.
    Always(Option<Value>),
}

impl Lowering<'_, '_> {
    /// Leads the exceptions of a block that was lowered just now to its handler.
    pub(super) fn connect_handler(&mut self, block: HBlock) {
        let edge = self.spec.hir.blocks[block.0 as usize].handler.clone();
        if edge.is_none() && !self.ownership.cleans() {
            return;
        }
        let declared = match self.behind_front(block) {
            Some(behind) => behind,
            None => self.blocks[block.0 as usize].expect("a lowered block"),
        };
        let created = self.handlers.first_block..self.fx.func.num_blocks();
        let blocks = std::iter::once(declared).chain(created.map(Block::new));
        let mut landings = FxHashMap::default();
        for ir in blocks.collect::<Vec<_>>() {
            self.split(block, ir, edge.as_ref(), &mut landings);
        }
    }

    /// Splits an IR block at each operation that may raise.
    fn split(
        &mut self,
        block: HBlock,
        ir: Block,
        edge: Option<&Edge>,
        landings: &mut FxHashMap<usize, Block>,
    ) {
        let raises = |cx: &Self, inst: &Inst| {
            let data = cx.fx.func.inst(*inst);
            match (data.op, &data.imm) {
                (Opcode::ExternCall, Imm::Extern(id)) => {
                    cx.fx.module.externs[id.index()].effects == ExternEffects::Raises
                }
                (op, _) => op.may_raise(),
            }
        };
        // Without a handler, an exception only stops where something is to be released.
        let raises = |cx: &Self, inst: &Inst| {
            raises(cx, inst)
                && (edge.is_some() || !cx.left_behind(block, cx.handlers.origin(*inst)).is_empty())
        };
        let insts = self.fx.func.block(ir).insts.clone();
        if !insts.iter().any(|inst| raises(self, inst)) {
            return;
        }
        let cold = self.fx.func.block(ir).cold;
        let mut placed = Vec::new();
        let mut here = ir;
        self.fx.func.block_mut(ir).insts.clear();
        for inst in insts {
            if !raises(self, &inst) {
                self.fx.func.block_mut(here).insts.push(inst);
                continue;
            }
            let at = self.handlers.origin(inst);
            let landing = match edge {
                Some(edge) => self.landing(block, at, edge, landings, &mut placed),
                None => self.unwinding(block, at, landings, &mut placed),
            };
            self.fx.loc = self.fx.func.inst(inst).loc;
            self.fx.switch_to(here);
            let check = self.unraise(here, inst);
            if let Check::Always(status) = check {
                let status = status.unwrap_or_else(|| raised(&mut self.fx.b()));
                self.fx.b().jump(Target::with(landing, &[status]));
                continue;
            }
            let exit = self.fx.new_cold_block();
            let next = self.fx.new_block();
            self.fx.func.block_mut(next).cold = cold;
            let condition = match &check {
                Check::Condition(condition, ..) => *condition,
                Check::Status(status) => {
                    let zero = self.fx.b().iconst(Type::I32, 0);
                    self.fx.b().icmp(IntCond::Ne, *status, zero)
                }
                Check::Always(_) => unreachable!("handled above"),
            };
            self.fx.b().br(condition, Target::new(exit), Target::new(next));
            self.fx.switch_to(exit);
            let status = match check {
                Check::Condition(_, spec, args) => {
                    self.fx.b().set_raise(spec, &args);
                    raised(&mut self.fx.b())
                }
                Check::Status(status) => {
                    self.fx.b().note_call();
                    status
                }
                Check::Always(_) => unreachable!("handled above"),
            };
            self.fx.b().jump(Target::with(landing, &[status]));
            placed.extend([exit, next]);
            here = next;
        }
        self.handlers.placed.entry(ir).or_default().extend(placed);
    }

    /// Where the exceptions of an instruction go: one block for all instructions of the
    /// block that leave nothing to release, one each for others.
    fn landing(
        &mut self,
        block: HBlock,
        at: usize,
        edge: &Edge,
        landings: &mut FxHashMap<usize, Block>,
        placed: &mut Vec<Block>,
    ) -> Block {
        let live = self.live_when_raised(block, at);
        let dies = live.iter().any(|&v| !self.ownership.is_live_in(edge.block, v));
        let key = if dies { at } else { usize::MAX };
        if let Some(&known) = landings.get(&key) {
            return known;
        }
        let first = self.fx.func.num_blocks();
        let landing = self.fx.new_cold_block();
        let status = self.fx.func.add_param(landing, Type::I32);
        self.fx.switch_to(landing);
        self.reload_for_edge(&live, edge);
        let cleans = |&v: &HValue| {
            self.ownership.is_cleaning(v) && !self.ownership.is_live_in(edge.block, v)
        };
        // What is released may run code of generators.
        let mut target = Target::new(landing);
        let status = match live.iter().any(cleans) {
            true => self.aside(status, |cx| target = cx.edge_with(&live, edge)),
            false => {
                target = self.edge_with(&live, edge);
                status
            }
        };
        target.args.insert(0, status);
        self.fx.b().jump(target);
        placed.extend((first..self.fx.func.num_blocks()).map(Block::new));
        landings.insert(key, landing);
        landing
    }

    /// Owned values that are alive when an instruction raises.
    fn live_when_raised(&self, block: HBlock, at: usize) -> Vec<HValue> {
        let insts = &self.spec.hir.blocks[block.0 as usize].insts;
        if at >= THROWN {
            // What was yielded is gone, and nothing has been sent.
            let at = at - THROWN;
            let mut live = self.ownership.live_before(block, at);
            let dies = self.ownership.dies(block, at);
            live.retain(|v| !dies.contains(v));
            return live;
        }
        let mut live = self.ownership.live_before(block, at);
        if at == insts.len() {
            live.retain(|&v| Some(v) != self.handlers.given_up);
        }
        live
    }

    /// What an exception that leaves the function has to release: what does something when
    /// its last reference goes.
    fn left_behind(&self, block: HBlock, at: usize) -> Vec<HValue> {
        let mut live = self.live_when_raised(block, at);
        live.retain(|&v| self.ownership.is_cleaning(v));
        live
    }

    /// As [`Lowering::landing`] where the exception goes on out of the function.
    fn unwinding(
        &mut self,
        block: HBlock,
        at: usize,
        landings: &mut FxHashMap<usize, Block>,
        placed: &mut Vec<Block>,
    ) -> Block {
        if let Some(&known) = landings.get(&at) {
            return known;
        }
        let left = self.left_behind(block, at);
        let first = self.fx.func.num_blocks();
        let landing = self.fx.new_cold_block();
        let status = self.fx.func.add_param(landing, Type::I32);
        self.fx.switch_to(landing);
        self.forget_loaded();
        let status = self.aside(status, |cx| {
            for &value in &left {
                cx.reload(value);
                let dead = cx.value(value);
                cx.release(&dead);
                cx.clear(value);
            }
        });
        self.fx.b().rethrow(status);
        placed.extend((first..self.fx.func.num_blocks()).map(Block::new));
        landings.insert(at, landing);
        landing
    }

    /// Appends an operation to a block in a form that doesn't raise.
    fn unraise(&mut self, here: Block, inst: Inst) -> Check {
        let data = self.fx.func.inst(inst).clone();
        let spec = standard_raise(data.op, &data.imm);
        let push = |func: &mut Function| func.block_mut(here).insts.push(inst);
        match data.op {
            Opcode::SaddChk | Opcode::SsubChk | Opcode::SmulChk => {
                let (a, b, result) = (data.args[0], data.args[1], data.results[0]);
                self.fx.func.inst_mut(inst).op = match data.op {
                    Opcode::SaddChk => Opcode::Iadd,
                    Opcode::SsubChk => Opcode::Isub,
                    _ => Opcode::Imul,
                };
                push(&mut self.fx.func);
                let overflow = overflow(&mut self.fx.b(), data.op, a, b, result);
                Check::Condition(overflow, spec.expect("it has one"), Vec::new())
            }
            Opcode::Index | Opcode::Bound => {
                let (index, length, result) = (data.args[0], data.args[1], data.results[0]);
                let zero = self.fx.int(0);
                let changed = match data.op {
                    Opcode::Index => {
                        let wrapped = self.fx.b().binary(Opcode::Iadd, index, length);
                        let negative = self.fx.b().icmp(IntCond::Slt, index, zero);
                        (Opcode::Select, vec![negative, wrapped, index])
                    }
                    _ => (Opcode::Iadd, vec![index, zero]),
                };
                let place = self.fx.func.inst_mut(inst);
                place.op = changed.0;
                place.args = changed.1.into_iter().collect();
                (place.ty, place.imm) = (Some(Type::I64), Imm::None);
                push(&mut self.fx.func);
                let outside = self.fx.b().icmp(IntCond::Uge, result, length);
                Check::Condition(outside, spec.expect("it has one"), vec![index, length])
            }
            Opcode::Guard => {
                let fails = self.fx.b().unary(Opcode::Bnot, data.args[0]);
                Check::Condition(fails, spec.expect("it has one"), data.args[1..].to_vec())
            }
            Opcode::Call | Opcode::ExternCall | Opcode::Poll => {
                self.fx.func.inst_mut(inst).op = match data.op {
                    Opcode::Call => Opcode::TryCall,
                    Opcode::ExternCall => Opcode::TryExternCall,
                    _ => Opcode::TryPoll,
                };
                push(&mut self.fx.func);
                Check::Status(self.fx.func.append_result(inst, Type::I32))
            }
            Opcode::Raise => {
                self.fx.b().set_raise(spec.expect("it has one"), &data.args);
                Check::Always(None)
            }
            Opcode::Rethrow => Check::Always(Some(data.args[0])),
            op => panic!("{} in a try body", op.name()),
        }
    }
}

fn raised(b: &mut Builder) -> Value {
    b.iconst(Type::I32, i64::from(STATUS_RAISED))
}

/// Whether a wrapped result isn't the exact one.
fn overflow(b: &mut Builder, op: Opcode, x: Value, y: Value, result: Value) -> Value {
    let ty = b.func.value_type(result);
    if op == Opcode::SmulChk {
        let high = b.binary(Opcode::Smulhi, x, y);
        let amount = b.iconst(ty, i64::from(ty.bits()) - 1);
        let sign = b.binary(Opcode::Sshr, result, amount);
        return b.icmp(IntCond::Ne, high, sign);
    }
    // The operands' signs are alike (of a difference: unlike), the result's is another.
    let first = b.binary(Opcode::Bxor, x, result);
    let second = match op {
        Opcode::SaddChk => b.binary(Opcode::Bxor, y, result),
        _ => b.binary(Opcode::Bxor, x, y),
    };
    let both = b.binary(Opcode::Band, first, second);
    let zero = b.iconst(ty, 0);
    b.icmp(IntCond::Slt, both, zero)
}
