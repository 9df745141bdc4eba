//! Generators: a frame that keeps what lives across a `yield`, and a function that resumes.
//!
//! Calling a generator function makes a frame: a counted object of 8-byte slots. Slot 0 is
//! the state: 0 before the first item, `k` at the `k`-th `yield` in the order of the
//! blocks, -1 while it runs and when it has ended (also by an exception). The parameters
//! follow, then the values that are alive at some `yield`. The resume function takes the
//! frame and gives whether there is an item, and the item.
//!
//! A value that has slots is stored where it is made, and loaded anew in each block that
//! uses it and after each `yield`; that repairs dominance without further thought. The
//! frame owns its parameters, so values that derive from them borrow, as in any function.
//! The slots of an owned value are cleared where the value dies or moves on, so that a
//! frame freed half way releases what is still alive, and nothing twice.

use super::function::Lowering;
use super::ownership::{Ownership, edges, for_each_operand, owners};
use super::{Fx, TypedValue};
use crate::hir::{HBlock, HValue, Op, Terminator};
use crate::infer::{Specialization, reverse_postorder};
use crate::types::Ty;
use cumbia_abi::{layout_bytes, object_offsets::FRAME_SLOTS};
use cumbia_ir::{IntCond, Opcode, Region, Target, Type, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// State of a generator that runs or has ended.
const ENDED: i64 = -1;

/// What a generator's frame holds.
pub struct FramePlan {
    /// First slot of each value that has some.
    slots: FxHashMap<HValue, u32>,
    /// The runtime's description of the slots.
    layout: Vec<u8>,
}

impl FramePlan {
    /// The plan for a generator function.
    pub fn new(spec: &Specialization) -> FramePlan {
        let ownership = Ownership::new(spec);
        let hir = &*spec.hir;
        let mut plan = FramePlan { slots: FxHashMap::default(), layout: Vec::new() };
        let mut code = String::from("(x1");
        let mut next = 1;
        for &param in &hir.blocks[0].params {
            plan.add(spec, param, true, &mut next, &mut code);
        }
        let mut kept: Vec<HValue> = live_across_yields(spec).into_iter().collect();
        kept.sort();
        for value in kept {
            plan.add(spec, value, ownership.is_owned(value), &mut next, &mut code);
        }
        code.push(')');
        plan.layout = layout_bytes(&code);
        plan
    }

    fn add(
        &mut self,
        spec: &Specialization,
        value: HValue,
        owned: bool,
        next: &mut u32,
        code: &mut String,
    ) {
        let Some(ty) = &spec.types[value.0 as usize] else { return };
        let count = ty.part_types().len();
        if count == 0 || self.slots.contains_key(&value) {
            return;
        }
        self.slots.insert(value, *next);
        *next += count as u32;
        let owner_parts = owner_parts(ty);
        for part in 0..count {
            code.push_str(if owned && owner_parts.contains(&part) { "r" } else { "x1" });
        }
    }
}

/// Which parts of a type are owners.
fn owner_parts(ty: &Ty) -> Vec<usize> {
    let count = ty.part_types().len();
    let parts: Vec<Value> = (0..count).map(Value::new).collect();
    owners(ty, &parts).into_iter().map(|o| o.owner.index()).collect()
}

/// Values that are used after a `yield` which comes after their definition.
fn live_across_yields(spec: &Specialization) -> FxHashSet<HValue> {
    let hir = &*spec.hir;
    let order = reverse_postorder(hir);
    let mut live_in: Vec<FxHashSet<HValue>> = vec![FxHashSet::default(); hir.blocks.len()];
    let mut kept = FxHashSet::default();
    let mut changed = true;
    while changed {
        changed = false;
        for &block in order.iter().rev() {
            if !spec.reachable[block.0 as usize] {
                continue;
            }
            let data = &hir.blocks[block.0 as usize];
            let mut live = FxHashSet::default();
            for edge in edges(&data.terminator) {
                live.extend(live_in[edge.block.0 as usize].iter().copied());
                live.extend(edge.args.iter().copied());
            }
            match &data.terminator {
                Terminator::Branch { cond, .. } => {
                    live.insert(*cond);
                }
                Terminator::Raise { class, args } => {
                    live.insert(*class);
                    live.extend(args.iter().copied());
                }
                _ => {}
            }
            for inst in data.insts.iter().rev() {
                for result in &inst.results {
                    live.remove(result);
                }
                if let Op::Yield(_) = inst.op {
                    kept.extend(live.iter().copied());
                }
                for_each_operand(&inst.op, |v| {
                    live.insert(v);
                });
            }
            for param in &data.params {
                live.remove(param);
            }
            if live.len() != live_in[block.0 as usize].len() {
                live_in[block.0 as usize] = live;
                changed = true;
            }
        }
    }
    kept
}

/// State of lowering a resume function.
pub struct Resume {
    plan: Rc<FramePlan>,
    frame: Value,
    /// Values whose parts in `Lowering::values` hold in the current block.
    fresh: FxHashSet<HValue>,
    /// Blocks to go on in, by state.
    points: Vec<cumbia_ir::Block>,
    dispatch: cumbia_ir::Block,
}

fn store_slot(fx: &mut Fx, value: Value, frame: Value, slot: u32) {
    let value = match fx.func.value_type(value) {
        Type::Bool => fx.b().convert(Opcode::Zext, Type::I64, value),
        Type::I8 | Type::I16 | Type::I32 => fx.b().convert(Opcode::Sext, Type::I64, value),
        _ => value,
    };
    fx.b().store(value, frame, FRAME_SLOTS + 8 * slot as i32, Region::Object);
}

fn load_slot(fx: &mut Fx, ty: Type, frame: Value, slot: u32) -> Value {
    let offset = FRAME_SLOTS + 8 * slot as i32;
    match ty {
        Type::Bool => {
            let word = fx.b().load(Type::I64, frame, offset, Region::Object);
            let zero = fx.int(0);
            fx.b().icmp(IntCond::Ne, word, zero)
        }
        _ => fx.b().load(ty, frame, offset, Region::Object),
    }
}

impl Lowering<'_, '_> {
    /// A generator object: a frame with the arguments.
    pub(super) fn new_generator(
        &mut self,
        plan: &FramePlan,
        callee: &Specialization,
        parts: &[Value],
    ) -> TypedValue {
        let data = self.fx.module.intern_data("layout", plan.layout.clone(), false);
        let layout = self.fx.b().data_addr(data);
        let frame = self.fx.helper("frame_new", &[layout]).expect("frame_new gives a frame");
        let mut at = 0;
        for (&param, ty) in callee.hir.blocks[0].params.iter().zip(&callee.args) {
            let count = ty.part_types().len();
            let value = TypedValue { ty: ty.clone(), parts: parts[at..at + count].to_vec() };
            at += count;
            self.retain(&value);
            if let Some(&slot) = plan.slots.get(&param) {
                for (i, &part) in value.parts.iter().enumerate() {
                    store_slot(&mut self.fx, part, frame, slot + i as u32);
                }
            }
        }
        let ty = callee.ret.clone().unwrap_or_else(|| panic!("a generator without a type"));
        TypedValue::scalar(ty, frame)
    }

    /// Starts a resume function: its first block decides where to go on.
    pub(super) fn begin_resume(&mut self, plan: Rc<FramePlan>) {
        let dispatch = self.fx.new_block();
        let frame = self.fx.func.add_param(dispatch, Type::Ptr);
        let fresh = FxHashSet::default();
        self.resume = Some(Resume { plan, frame, fresh, points: Vec::new(), dispatch });
    }

    /// Fills in the first block, now that all points to go on from are known.
    pub(super) fn end_resume(&mut self, first: cumbia_ir::Block) {
        let Some(resume) = self.resume.take() else { return };
        self.fx.switch_to(resume.dispatch);
        self.at(self.spec.hir.span);
        if self.spec.recursive {
            self.fx.b().stack_check();
            self.fx.b().poll();
        }
        let state = load_slot(&mut self.fx, Type::I64, resume.frame, 0);
        let running = self.fx.int(ENDED);
        store_slot(&mut self.fx, running, resume.frame, 0);
        for (i, &point) in std::iter::once(&first).chain(&resume.points).enumerate() {
            let number = self.fx.int(i as i64);
            let here = self.fx.b().icmp(IntCond::Eq, state, number);
            let other = self.fx.new_block();
            self.fx.b().br(here, Target::new(point), Target::new(other));
            self.fx.switch_to(other);
        }
        self.no_item();
    }

    /// Leaves a resume function without an item.
    pub(super) fn no_item(&mut self) {
        let results = self.fx.func.results.clone();
        let parts: Vec<Value> =
            results.into_iter().map(|ty| super::convert::zero(&mut self.fx, ty)).collect();
        self.fx.b().ret(&parts);
    }

    /// `yield value`: stores the state, leaves with the item, goes on in a new block.
    pub(super) fn yield_item(&mut self, block: HBlock, at: usize, value: HValue) {
        let Some(Ty::Generator(_, item)) = self.spec.ret.clone() else {
            panic!("a yield in a function that is no generator")
        };
        let value = self.value(value);
        self.retain(&value);
        let converted = super::convert(&mut self.fx, &value, &item);
        self.release_dead(block, at);
        let point = self.fx.new_block();
        let resume = self.resume.as_mut().expect("a generator");
        resume.points.push(point);
        let (number, frame) = (resume.points.len() as i64, resume.frame);
        let state = self.fx.int(number);
        store_slot(&mut self.fx, state, frame, 0);
        let mut results = vec![self.fx.bool(true)];
        results.extend(converted.parts);
        self.fx.b().ret(&results);
        self.fx.switch_to(point);
        self.forget_loaded();
    }

    /// The parts of values in slots hold in one block only.
    pub(super) fn forget_loaded(&mut self) {
        if let Some(resume) = &mut self.resume {
            resume.fresh.clear();
        }
    }

    /// Loads a value's parts if it lives in slots and isn't loaded here yet.
    pub(super) fn reload(&mut self, value: HValue) {
        let Some(resume) = &mut self.resume else { return };
        let Some(&slot) = resume.plan.slots.get(&value) else { return };
        if !resume.fresh.insert(value) {
            return;
        }
        let frame = resume.frame;
        let Some(ty) = self.spec.types[value.0 as usize].clone() else { return };
        let parts = ty
            .part_types()
            .into_iter()
            .enumerate()
            .map(|(i, part)| load_slot(&mut self.fx, part, frame, slot + i as u32))
            .collect();
        self.set_value(value, TypedValue { ty, parts });
    }

    /// Loads what a block's end needs: before anything branches.
    pub(super) fn reload_for_end(&mut self, block: HBlock) {
        if self.resume.is_none() {
            return;
        }
        let spec = self.spec;
        let data = &spec.hir.blocks[block.0 as usize];
        match &data.terminator {
            Terminator::Branch { cond, .. } => self.reload(*cond),
            Terminator::Raise { class, args } => {
                self.reload(*class);
                args.iter().for_each(|&v| self.reload(v));
            }
            Terminator::Return(v) => self.reload(*v),
            _ => {}
        }
        for edge in edges(&data.terminator) {
            edge.args.iter().for_each(|&v| self.reload(v));
        }
        for value in self.live_at_end(block) {
            self.reload(value);
        }
    }

    /// Stores a value that has just been made, if it lives in slots.
    pub(super) fn keep(&mut self, value: HValue) {
        let Some(resume) = &mut self.resume else { return };
        let Some(&slot) = resume.plan.slots.get(&value) else { return };
        resume.fresh.insert(value);
        let frame = resume.frame;
        for (i, part) in self.value(value).parts.into_iter().enumerate() {
            store_slot(&mut self.fx, part, frame, slot + i as u32);
        }
    }

    /// Clears the slots of an owned value whose references are gone or elsewhere.
    pub(super) fn clear(&mut self, value: HValue) {
        let Some(resume) = &self.resume else { return };
        let Some(&slot) = resume.plan.slots.get(&value) else { return };
        let frame = resume.frame;
        let Some(ty) = self.spec.types[value.0 as usize].clone() else { return };
        for part in owner_parts(&ty) {
            let zero = self.fx.b().iconst(Type::Ptr, 0);
            store_slot(&mut self.fx, zero, frame, slot + part as u32);
        }
    }
}
