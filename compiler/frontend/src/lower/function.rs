//! One specialization to one IR function: blocks, edges, returns, ownership.

use super::convert::convert;
use super::handlers::Handlers;
use super::ownership::{Ownership, owners};
use super::{Fx, Targets, TypedValue};
use crate::hir::{Edge, HBlock, HValue, HirBlock, Op, Terminator};
use crate::infer::{Engine, LineTable, SpecId, Specialization, constant_truth, reverse_postorder};
use crate::on_device::{Uses, uses};
use crate::types::Ty;
use cumbia_diagnostics::Span;
use cumbia_ir::{Block, Function, Module, Target};
use rustc_hash::{FxHashMap, FxHashSet};

/// State of lowering one function.
pub struct Lowering<'m, 'e> {
    /// Emission.
    pub fx: Fx<'m>,
    /// Results of inference.
    pub engine: &'m Engine<'e>,
    /// What is lowered.
    pub spec: &'m Specialization,
    /// Its number.
    pub(super) id: SpecId,
    /// Where what it touches is told to whoever has copies on a device.
    uses: Uses,
    /// Callees.
    pub targets: &'m mut Targets,
    pub(super) ownership: Ownership,
    lines: &'m mut LineTable,
    /// Parts of arrays and containers that are globals, by slot.
    pub(super) global_objects: FxHashMap<u64, Vec<cumbia_ir::Value>>,
    values: Vec<Option<TypedValue>>,
    /// For a generator: its frame.
    pub(super) resume: Option<super::generators::Resume>,
    pub(super) blocks: Vec<Option<Block>>,
    pub(super) handlers: Handlers,
    /// Results that may wrap: `lower/wrapping.rs`.
    pub(super) wrapping: FxHashSet<HValue>,
    /// Operands of the instruction at hand that it sees in another form.
    pub(super) seen: Vec<(HValue, TypedValue)>,
}

/// Lowers one specialization.
pub fn lower_function(
    engine: &Engine,
    id: SpecId,
    module: &mut Module,
    targets: &mut Targets,
    lines: &mut LineTable,
) -> Function {
    let declared = targets.get(engine, module, id);
    let func = {
        let f = module.function(declared);
        let mut func = Function::new(f.name.clone(), f.params.clone(), f.results.clone());
        func.inline = f.inline;
        func
    };
    let spec = engine.spec(id);
    let order = reverse_postorder(&spec.hir);
    let fx = Fx {
        func,
        block: Block::new(0),
        loc: Default::default(),
        module,
        rare: Vec::new(),
        relaxed: engine.relaxed(&spec.key),
    };
    let mut cx = Lowering {
        fx,
        engine,
        spec,
        id,
        uses: match targets.reaching.is_empty() {
            true => Uses::default(),
            false => uses(engine, id, &targets.reaching),
        },
        ownership: Ownership::new(spec, &targets.cleanups),
        targets,
        lines,
        global_objects: FxHashMap::default(),
        values: vec![None; spec.hir.values.len()],
        resume: None,
        blocks: vec![None; spec.hir.blocks.len()],
        seen: Vec::new(),
        handlers: Handlers::new(&spec.hir, false),
        wrapping: super::wrapping::wrapping(spec),
    };
    cx.handlers = Handlers::new(&spec.hir, cx.ownership.cleans());
    if spec.hir.generator {
        let plan = cx.targets.frame_plan(engine, id);
        cx.begin_resume(plan);
    }
    // Blocks first: reverse postorder is the layout.
    for &block in &order {
        if spec.reachable[block.0 as usize] {
            cx.declare_block(block);
        }
    }
    for &block in &order {
        if spec.reachable[block.0 as usize] {
            cx.block(block);
            cx.connect_handler(block);
        }
    }
    if let (true, Some(first)) = (spec.hir.generator, cx.blocks[0]) {
        cx.end_resume(first);
    }
    cx.handlers.place_blocks(&mut cx.fx.func);
    cx.fx.func
}

impl Lowering<'_, '_> {
    /// Type of a value that control reaches.
    pub fn ty(&self, value: HValue) -> Option<&Ty> {
        if let Some((_, seen)) = self.seen.iter().find(|(v, _)| *v == value) {
            return Some(&seen.ty);
        }
        self.spec.types[value.0 as usize].as_ref()
    }

    /// The lowered form of a value.
    pub fn value(&self, value: HValue) -> TypedValue {
        if let Some((_, seen)) = self.seen.iter().find(|(v, _)| *v == value) {
            return seen.clone();
        }
        self.values[value.0 as usize]
            .clone()
            .unwrap_or_else(|| panic!("{value:?} is not lowered yet"))
    }

    /// Puts a value's lowered form in its place.
    pub(super) fn set_value(&mut self, value: HValue, typed: TypedValue) {
        self.values[value.0 as usize] = Some(typed);
    }

    /// Owned values alive at the end of a block.
    pub(super) fn live_at_end(&self, block: HBlock) -> Vec<HValue> {
        self.ownership.live_at_end(block)
    }

    /// New instructions come from this place.
    pub fn at(&mut self, span: Span) {
        self.fx.loc = self.lines.loc(&self.engine.sources, span);
    }

    fn declare_block(&mut self, block: HBlock) {
        let ir = self.fx.new_block();
        self.blocks[block.0 as usize] = Some(ir);
        if self.handlers.is_handler(block) {
            let status = self.fx.func.add_param(ir, cumbia_ir::Type::I32);
            self.handlers.set_status(block, status);
        }
        for &param in &self.spec.hir.blocks[block.0 as usize].params {
            let Some(ty) = self.ty(param).cloned() else { continue };
            if block.0 == 0 && self.resume.is_some() {
                // Parameters of a generator are in its frame.
                if ty.part_types().is_empty() {
                    self.values[param.0 as usize] = Some(TypedValue::unit(ty));
                }
                continue;
            }
            let parts =
                ty.part_types().into_iter().map(|t| self.fx.func.add_param(ir, t)).collect();
            self.values[param.0 as usize] = Some(TypedValue { ty, parts });
        }
        self.declare_front(block, ir);
    }

    fn block(&mut self, block: HBlock) {
        let spec = self.spec;
        let data = &spec.hir.blocks[block.0 as usize];
        self.fx.switch_to(self.blocks[block.0 as usize].expect("declared"));
        if let Some(behind) = self.behind_front(block) {
            self.fx.switch_to(behind);
        }
        self.forget_loaded();
        if block.0 > 0 {
            data.params
                .iter()
                .filter(|p| spec.types[p.0 as usize].is_some())
                .for_each(|&p| self.keep(p));
        }
        self.handlers.begin(&self.fx.func);
        if block.0 == 0 && spec.recursive && self.resume.is_none() {
            self.at(spec.hir.span);
            self.fx.b().stack_check();
            // A cycle of calls is a loop: interrupts must get in.
            self.fx.b().poll();
        }
        // A generator goes on in the middle, behind whatever its first block reads.
        if block.0 == 0 && self.resume.is_none() {
            self.at(spec.hir.span);
            self.load_global_objects();
        }
        let delegations = delegations(spec, data);
        for (at, inst) in data.insts.iter().enumerate() {
            self.at(inst.span);
            if is_around(&inst.op) && !delegations.contains(&inst.span) {
                self.fx.loc = self.fx.loc.without_end();
            }
            self.handlers.mark(&self.fx.func, at);
            if self.resume.is_some() {
                super::ownership::for_each_operand(&inst.op, |v| self.reload(v));
            }
            self.tell_uses(block, at);
            let Some(results) = self.viewed_instruction(block, at, inst) else {
                self.dead_end();
                return;
            };
            let typed = inst.results.iter().all(|&r| self.ty(r).is_some());
            if !typed {
                self.dead_end();
                return;
            }
            debug_assert_eq!(results.len(), inst.results.len(), "{:?}", inst.op);
            for (&result, value) in inst.results.iter().zip(results) {
                debug_assert_eq!(Some(&value.ty), self.ty(result), "{:?}", inst.op);
                // What stands for another value has that one's references.
                let own = self.ownership.same(result) == result;
                if own
                    && self.ownership.is_owned(result)
                    && self.ownership.retains(inst, spec, block, at)
                {
                    self.retain(&value);
                }
                self.values[result.0 as usize] = Some(value);
                self.keep(result);
            }
            match inst.op {
                // The others were released before it waited.
                Op::Yield(..) => self.release_unused(block, at, &inst.results),
                _ => self.release_dead(block, at),
            }
        }
        self.reload_for_end(block);
        self.at(data.terminator_span);
        self.handlers.mark(&self.fx.func, data.insts.len());
        self.tell_uses(block, data.insts.len());
        match &data.terminator {
            Terminator::Jump(edge) => {
                let target = self.edge(block, edge);
                self.fx.b().jump(target);
            }
            Terminator::Branch { cond, then, otherwise } => {
                self.branch(block, *cond, then, otherwise)
            }
            Terminator::Return(value) if self.resume.is_some() => {
                if self.ty(*value).is_some() {
                    self.keep_given(*value);
                }
                for dead in self.ownership.live_at_end(block) {
                    let value = self.value(dead);
                    self.release(&value);
                    self.clear(dead);
                }
                self.no_item();
            }
            Terminator::Return(value) => {
                let Some(ret) = spec.ret.clone() else { return self.dead_end() };
                if self.ty(*value).is_none() {
                    return self.dead_end();
                }
                let result = self.value(*value);
                if !self.ownership.is_owned(*value) {
                    self.retain(&result);
                }
                for other in self.ownership.live_at_end(block) {
                    if other != self.ownership.same(*value) {
                        let dead = self.value(other);
                        self.release(&dead);
                    }
                }
                let converted = convert(&mut self.fx, &result, &ret);
                self.fx.b().ret(&converted.parts);
            }
            Terminator::Raise { class, args, cause } => self.raise(block, *class, args, *cause),
            Terminator::Reraise(value) => self.reraise(block, *value),
            Terminator::Unreachable => self.dead_end(),
        }
    }

    /// Tells what is about to be touched.
    fn tell_uses(&mut self, block: HBlock, at: usize) {
        let Some(uses) = self.uses.remove(&(block.0 as usize, at)) else { return };
        for one in uses {
            // What has no form of its own is used by nobody.
            if let Some(value) = self.values[one.value.0 as usize].clone() {
                super::on_device::tell_use(&mut self.fx, &value, one.writes);
            }
        }
    }

    /// Releases what an instruction is the last use of.
    pub(super) fn release_dead(&mut self, block: HBlock, at: usize) {
        for dead in self.ownership.dies(block, at).to_vec() {
            let value = self.value(dead);
            self.release(&value);
            self.clear(dead);
        }
    }

    /// Releases those of an instruction's results that nothing uses.
    fn release_unused(&mut self, block: HBlock, at: usize, results: &[HValue]) {
        for dead in self.ownership.dies(block, at).to_vec() {
            if results.contains(&dead) {
                let value = self.value(dead);
                self.release(&value);
                self.clear(dead);
            }
        }
    }

    fn branch(&mut self, block: HBlock, cond: HValue, then: &Edge, otherwise: &Edge) {
        let Some(ty) = self.ty(cond).cloned() else { return self.dead_end() };
        if let Some(truth) = constant_truth(&ty) {
            let target = self.edge(block, if truth { then } else { otherwise });
            self.fx.b().jump(target);
            return;
        }
        let cond = self.value(cond);
        let flag = self.truth(&cond);
        let rare = self.fx.rare.contains(&flag);
        // What an edge needs (conversions, counts) happens on that edge alone: in a
        // block of its own unless the edge needs nothing.
        let here = self.fx.block;
        let mut targets = Vec::new();
        for edge in [then, otherwise] {
            let block_of_edge = self.fx.new_block();
            self.fx.switch_to(block_of_edge);
            let target = self.edge(block, edge);
            if self.fx.block == block_of_edge && self.fx.func.block(block_of_edge).insts.is_empty()
            {
                let last = self.fx.func.layout.pop();
                debug_assert_eq!(last, Some(block_of_edge));
                // Not where other ways lead as well.
                if rare && targets.is_empty() && target.args.is_empty() {
                    self.fx.func.block_mut(target.block).cold = true;
                }
                targets.push(target);
            } else {
                self.fx.b().jump(target);
                targets.push(Target::new(block_of_edge));
            }
        }
        self.fx.switch_to(here);
        let otherwise = targets.pop().expect("two targets");
        let then = targets.pop().expect("two targets");
        self.fx.b().br(flag, then, otherwise);
    }

    /// The target of an edge; conversions and counts go to the current block.
    fn edge(&mut self, from: HBlock, edge: &Edge) -> Target {
        let target = self.edge_with(&self.ownership.live_at_end(from), edge);
        match self.ordinary_turn(from, edge.block) {
            None => target,
            Some((block, state)) => {
                let mut args = target.args.to_vec();
                args.push(state);
                Target::with(block, &args)
            }
        }
    }

    /// The same where these owned values are alive.
    pub(super) fn edge_with(&mut self, live: &[HValue], edge: &Edge) -> Target {
        let params = self.spec.hir.blocks[edge.block.0 as usize].params.clone();
        let mut moved: Vec<HValue> = Vec::new();
        let mut args = Vec::new();
        for (&param, &arg) in params.iter().zip(&edge.args) {
            let (Some(to), Some(_)) = (self.ty(param).cloned(), self.ty(arg)) else { continue };
            let value = self.value(arg);
            let arg = self.ownership.same(arg);
            if self.ownership.is_owned(param) {
                let can_move = self.ownership.is_owned(arg)
                    && !self.ownership.is_live_in(edge.block, arg)
                    && !moved.contains(&arg);
                if can_move {
                    moved.push(arg);
                    self.clear(arg);
                } else {
                    self.retain(&value);
                }
            }
            args.extend(convert(&mut self.fx, &value, &to).parts);
        }
        for &value in live {
            if !self.ownership.is_live_in(edge.block, value) && !moved.contains(&value) {
                let dead = self.value(value);
                self.release(&dead);
                self.clear(value);
            }
        }
        Target::with(self.blocks[edge.block.0 as usize].expect("a reachable block"), &args)
    }

    pub(super) fn retain(&mut self, value: &TypedValue) {
        retain(&mut self.fx, value);
    }

    /// Ends a block that control never comes to the end of.
    pub(super) fn dead_end(&mut self) {
        if !self.fx.b().is_terminated() {
            self.fx.b().raise(
                "SystemError",
                "compiled code passed a point that can't be reached",
                &[],
            );
        }
    }
}

/// One reference more to each owner in a value.
pub(super) fn retain(fx: &mut Fx, value: &TypedValue) {
    for part in owners(&value.ty, &value.parts) {
        counted(fx, part.flag, |fx| fx.b().retain(part.owner));
    }
}

pub(super) fn counted(fx: &mut Fx, flag: Option<cumbia_ir::Value>, count: impl Fn(&mut Fx)) {
    match flag {
        None => count(fx),
        Some(flag) => {
            let (then, after) = (fx.new_block(), fx.new_block());
            fx.b().br(flag, Target::new(then), Target::new(after));
            fx.switch_to(then);
            count(fx);
            fx.b().jump(Target::new(after));
            fx.switch_to(after);
        }
    }
}

/// Whether an operation is no expression of the text: the step of a loop to its next item,
/// and the formatting of an f-string's field. Their place is the start of the expression
/// in them.
fn is_around(op: &Op) -> bool {
    matches!(op, Op::IterNext(..) | Op::IterItem(..) | Op::PosNext(..) | Op::Format(..))
}

/// Places of `yield from` whose step to the next item is in a block: that is the place of
/// the whole expression.
fn delegations(spec: &Specialization, block: &HirBlock) -> Vec<Span> {
    let steps = block.insts.iter().any(|inst| matches!(inst.op, Op::IterNext(..)));
    if !spec.hir.generator || !steps {
        return Vec::new();
    }
    let insts = spec.hir.blocks.iter().flat_map(|block| &block.insts);
    insts.filter(|inst| matches!(inst.op, Op::Delegate(..))).map(|inst| inst.span).collect()
}
