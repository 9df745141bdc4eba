//! Generators: a frame that keeps what lives across a `yield`, and a function that resumes.
//!
//! Calling a generator function makes a frame: a counted object of 8-byte slots. Slot 0 is
//! the state: 0 before the first item, `2k - 1` at the `k`-th `yield` in the order of the
//! blocks, -1 while it runs and when it has ended (also by an exception). What it returns
//! follows, what is sent to it, the parameters, then the values that are alive at some
//! `yield`. The resume function takes the frame and gives whether there is an item, and the
//! item.
//!
//! Whoever throws an exception makes it the one on its way and adds 1 to the state: each
//! `yield` has a second point to go on, which goes on raising.
//!
//! A value that has slots is stored where it is made, and loaded anew in each block that
//! uses it and after each `yield`; that repairs dominance without further thought. The
//! frame owns its parameters, so values that derive from them borrow, as in any function.
//! To go on in the middle of a loop would make a loop of two entries, which no pass knows.
//! So the way back leads through the headers: a *front* block before the header of each
//! loop with a `yield` in it takes the state as one more parameter, 0 for an ordinary turn.
//!
//! The slots of an owned value are cleared where the value dies or moves on, so that a
//! frame freed half way releases what is still alive, and nothing twice.

use super::function::{Lowering, retain};
use super::ownership::{Ownership, for_each_operand, owners};
use super::{Fx, TypedValue};
use crate::hir::{HBlock, HValue, Op, Suspension, Terminator};
use crate::infer::cleanup::Cleanups;
use crate::infer::{SpecId, Specialization, reverse_postorder, sent_value};
use crate::types::Ty;
use cumbia_abi::{layout_bytes, object_offsets::FRAME_SLOTS};
use cumbia_ir::{FuncId, Function, IntCond, Module, Opcode, Region, Target, Type, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// State of a generator that runs or has ended.
pub(super) const ENDED: i64 = -1;

/// State of a generator that an exception is thrown at before it has begun.
pub const THROWN_AT_START: i64 = -2;

/// The slot after the state, where what the generator returns begins.
pub const GIVEN_SLOT: u32 = 1;

/// What a generator's frame holds.
pub struct FramePlan {
    /// First slot of each value that has some.
    slots: FxHashMap<HValue, u32>,
    /// First slot for what is sent, and its type.
    sent: Option<(u32, Ty)>,
    /// The runtime's description of the slots.
    layout: Vec<u8>,
}

impl FramePlan {
    /// The plan for a generator function.
    pub fn new(spec: &Specialization, cleanups: &Cleanups) -> FramePlan {
        let ownership = Ownership::new(spec, cleanups);
        let hir = &*spec.hir;
        let mut plan = FramePlan { slots: FxHashMap::default(), sent: None, layout: Vec::new() };
        let mut code = String::from("(x1");
        let mut next = GIVEN_SLOT;
        if let Some(given) = given_type(spec) {
            let owners = owner_parts(&given);
            let count = given.part_types().len();
            (0..count).for_each(|i| code.push_str(if owners.contains(&i) { "r" } else { "x1" }));
            next += count as u32;
        }
        let sent = sent_value(spec.sent.as_ref());
        let count = sent.part_types().len();
        if count > 0 {
            let owners = owner_parts(&sent);
            (0..count).for_each(|i| code.push_str(if owners.contains(&i) { "r" } else { "x1" }));
            plan.sent = Some((next, sent));
            next += count as u32;
        }
        for &param in &hir.blocks[0].params {
            plan.add(spec, param, true, &mut next, &mut code);
        }
        // What stands for another value has no slots: it is loaded as that one.
        let live = live_across_yields(spec, cleanups);
        let mut kept: Vec<HValue> = live.into_iter().map(|v| ownership.same(v)).collect();
        kept.sort();
        kept.dedup();
        for value in kept {
            plan.add(spec, value, ownership.is_owned(value), &mut next, &mut code);
        }
        code.push(')');
        plan.layout = layout_bytes(&code);
        plan
    }

    /// First slot for what is sent, and its type: none where only `None` is.
    pub(super) fn sent(&self) -> Option<(u32, &Ty)> {
        self.sent.as_ref().map(|(slot, ty)| (*slot, ty))
    }

    /// First slot of a value.
    pub(super) fn slot(&self, value: HValue) -> Option<u32> {
        self.slots.get(&value).copied()
    }

    /// Clears the owners among the slots of a value.
    pub(super) fn clear(&self, fx: &mut Fx, ty: &Ty, frame: Value, slot: u32) {
        for part in owner_parts(ty) {
            let zero = fx.b().iconst(Type::Ptr, 0);
            store_slot(fx, zero, frame, slot + part as u32);
        }
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

/// The type of what a generator returns, if it can be told.
pub fn given_type(spec: &Specialization) -> Option<Ty> {
    spec.gives.clone().filter(|ty| !matches!(ty, Ty::Unbound | Ty::MaybeUnbound(_)))
}

/// Which parts of a type are owners.
fn owner_parts(ty: &Ty) -> Vec<usize> {
    let count = ty.part_types().len();
    let parts: Vec<Value> = (0..count).map(Value::new).collect();
    owners(ty, &parts).into_iter().map(|o| o.owner.index()).collect()
}

/// Values that are used after a `yield` which comes after their definition.
fn live_across_yields(spec: &Specialization, cleanups: &Cleanups) -> FxHashSet<HValue> {
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
            for edge in data.edges() {
                live.extend(live_in[edge.block.0 as usize].iter().copied());
                live.extend(edge.args.iter().copied());
            }
            match &data.terminator {
                Terminator::Branch { cond, .. } => {
                    live.insert(*cond);
                }
                Terminator::Raise { class, args, cause } => {
                    live.insert(*class);
                    live.extend(args.iter().chain(cause).copied());
                }
                Terminator::Return(value) => {
                    live.insert(*value);
                }
                _ => {}
            }
            for inst in data.insts.iter().rev() {
                for result in &inst.results {
                    live.remove(result);
                }
                if let Op::Yield(_, how) = &inst.op {
                    kept.extend(live.iter().chain(&how.handled).copied());
                }
                if let Op::Keep(v) = inst.op {
                    let ty = spec.types[v.0 as usize].as_ref();
                    if !ty.is_some_and(|ty| cleanups.holds(ty)) {
                        continue;
                    }
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
    /// Where to go on, by state: the IR block, and the block of the `yield`.
    points: Vec<(cumbia_ir::Block, HBlock)>,
    dispatch: cumbia_ir::Block,
    /// Whether exceptions may be thrown at it.
    throws: bool,
    /// Loops with a `yield`: header and blocks, inner ones first.
    loops: Vec<(HBlock, FxHashSet<HBlock>)>,
    fronts: FxHashMap<HBlock, Front>,
}

/// The block before a loop's header, which has its parameters and the state.
#[derive(Clone, Copy)]
struct Front {
    block: cumbia_ir::Block,
    /// The one way in from outside of the loop.
    preheader: cumbia_ir::Block,
    state: Value,
    /// The header itself.
    header: cumbia_ir::Block,
}

/// Loops that contain a `yield`: header and blocks, smaller ones first.
fn loops_with_yields(spec: &Specialization) -> Vec<(HBlock, FxHashSet<HBlock>)> {
    let hir = &*spec.hir;
    let order = reverse_postorder(hir);
    let mut place = vec![usize::MAX; hir.blocks.len()];
    order.iter().enumerate().for_each(|(i, b)| place[b.0 as usize] = i);
    let reached = |b: &HBlock| spec.reachable[b.0 as usize];
    let mut preds: Vec<Vec<HBlock>> = vec![Vec::new(); hir.blocks.len()];
    for &block in order.iter().filter(|b| reached(b)) {
        for edge in hir.blocks[block.0 as usize].edges() {
            preds[edge.block.0 as usize].push(block);
        }
    }
    let yields =
        |b: &HBlock| hir.blocks[b.0 as usize].insts.iter().any(|i| matches!(i.op, Op::Yield(..)));
    let mut loops = Vec::new();
    for &header in order.iter().filter(|b| reached(b)) {
        let latches = preds[header.0 as usize].iter().copied();
        let mut work: Vec<HBlock> =
            latches.filter(|l| place[l.0 as usize] >= place[header.0 as usize]).collect();
        if work.is_empty() {
            continue;
        }
        let mut body = FxHashSet::default();
        body.insert(header);
        while let Some(block) = work.pop() {
            if body.insert(block) {
                work.extend(preds[block.0 as usize].iter().copied());
            }
        }
        if body.iter().any(yields) {
            loops.push((header, body));
        }
    }
    loops.sort_by_key(|(header, body)| (body.len(), *header));
    loops
}

pub(super) fn store_slot(fx: &mut Fx, value: Value, frame: Value, slot: u32) {
    let value = match fx.func.value_type(value) {
        Type::Bool => fx.b().convert(Opcode::Zext, Type::I64, value),
        Type::I8 | Type::I16 | Type::I32 => fx.b().convert(Opcode::Sext, Type::I64, value),
        _ => value,
    };
    fx.b().store(value, frame, FRAME_SLOTS + 8 * slot as i32, Region::Object);
}

pub(super) fn load_slot(fx: &mut Fx, ty: Type, frame: Value, slot: u32) -> Value {
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

fn new_frame(fx: &mut Fx, plan: &FramePlan, callee: &Specialization, parts: &[Value]) -> Value {
    let data = fx.module.intern_data("layout", plan.layout.clone(), false);
    let layout = fx.b().data_addr(data);
    let frame = fx.helper("frame_new", &[layout]).expect("frame_new gives a frame");
    let mut at = 0;
    for (&param, ty) in callee.hir.blocks[0].params.iter().zip(&callee.args) {
        let count = ty.part_types().len();
        let value = TypedValue { ty: ty.clone(), parts: parts[at..at + count].to_vec() };
        at += count;
        retain(fx, &value);
        if let Some(&slot) = plan.slots.get(&param) {
            for (i, &part) in value.parts.iter().enumerate() {
                store_slot(fx, part, frame, slot + i as u32);
            }
        }
    }
    frame
}

/// Adds the function that a call of a generator function from outside is: from its
/// arguments to a new frame.
pub fn maker(module: &mut Module, plan: &FramePlan, spec: &Specialization) -> FuncId {
    let mut types = Vec::new();
    spec.args.iter().for_each(|t| t.parts(&mut types));
    let name = format!("make.{}", spec.hir.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
    let func = Function::new(name, types.clone(), vec![Type::Ptr]);
    let mut fx = Fx {
        func,
        block: cumbia_ir::Block::new(0),
        loc: Default::default(),
        module,
        rare: Vec::new(),
        relaxed: Default::default(),
    };
    let block = fx.new_block();
    let parts: Vec<Value> = types.into_iter().map(|ty| fx.func.add_param(block, ty)).collect();
    fx.switch_to(block);
    let frame = new_frame(&mut fx, plan, spec, &parts);
    fx.b().ret(&[frame]);
    let func = fx.func;
    module.add_function(func)
}

impl Lowering<'_, '_> {
    /// A generator object: a frame with the arguments.
    pub(super) fn new_generator(
        &mut self,
        plan: &FramePlan,
        callee: &Specialization,
        parts: &[Value],
    ) -> TypedValue {
        let frame = new_frame(&mut self.fx, plan, callee, parts);
        let ty = callee.ret.clone().unwrap_or_else(|| panic!("a generator without a type"));
        TypedValue::scalar(ty, frame)
    }

    /// Starts a resume function: its first block decides where to go on.
    pub(super) fn begin_resume(&mut self, plan: Rc<FramePlan>) {
        let dispatch = self.fx.new_block();
        let frame = self.fx.func.add_param(dispatch, Type::Ptr);
        let fresh = FxHashSet::default();
        self.resume = Some(Resume {
            plan,
            frame,
            fresh,
            points: Vec::new(),
            dispatch,
            throws: self.engine.throws(),
            loops: loops_with_yields(self.spec),
            fronts: FxHashMap::default(),
        });
        // Here, since the body is entered at many places.
        self.fx.switch_to(dispatch);
        self.at(self.spec.hir.span);
        self.load_global_objects();
    }

    /// The block of a loop's header has been declared: it is the front.
    pub(super) fn declare_front(&mut self, header: HBlock, block: cumbia_ir::Block) {
        let Some(resume) = &mut self.resume else { return };
        if !resume.loops.iter().any(|(h, _)| *h == header) {
            return;
        }
        let state = self.fx.func.add_param(block, Type::I64);
        let inside = self.fx.new_block();
        let preheader = self.fx.new_block();
        let params = self.fx.func.block(block).params.clone();
        for param in params {
            let ty = self.fx.func.value_type(param);
            self.fx.func.add_param(preheader, ty);
        }
        resume.fronts.insert(header, Front { block, preheader, state, header: inside });
    }

    /// Where the code of a block goes, if not to its first IR block.
    pub(super) fn behind_front(&self, block: HBlock) -> Option<cumbia_ir::Block> {
        self.resume.as_ref()?.fronts.get(&block).map(|f| f.header)
    }

    /// Where an edge to a loop with a front goes, and the argument that it has more.
    pub(super) fn ordinary_turn(
        &mut self,
        from: HBlock,
        to: HBlock,
    ) -> Option<(cumbia_ir::Block, Value)> {
        let resume = self.resume.as_ref()?;
        let front = *resume.fronts.get(&to)?;
        let inside = resume.loops.iter().any(|(h, body)| *h == to && body.contains(&from));
        Some((if inside { front.block } else { front.preheader }, self.fx.int(0)))
    }

    /// Goes on at a state: directly, or into the next loop around it. `within` is the
    /// number of loops around that point that have been entered.
    fn go_on(&mut self, resume: &Resume, number: usize, within: Option<HBlock>, state: Value) {
        let (point, block) = resume.points[number - 1];
        // From the outermost loop inwards.
        let mut around = resume.loops.iter().rev().filter(|(_, body)| body.contains(&block));
        if let Some(within) = within {
            around.by_ref().find(|(header, _)| *header == within);
        }
        match around.next() {
            None => self.fx.b().jump(Target::new(point)),
            Some((header, _)) => {
                let front = resume.fronts[header];
                let types: Vec<Type> = {
                    let params = self.fx.func.block(front.block).params.clone();
                    params.iter().map(|&p| self.fx.func.value_type(p)).collect()
                };
                let mut args: Vec<Value> = types[..types.len() - 1]
                    .iter()
                    .map(|&ty| super::convert::zero(&mut self.fx, ty))
                    .collect();
                args.push(state);
                self.fx.b().jump(Target::with(front.preheader, &args));
            }
        }
    }

    /// A chain of comparisons of the state, for the points of `numbers`; the current block
    /// then is where none of them fits.
    fn decide(&mut self, resume: &Resume, numbers: &[usize], within: Option<HBlock>, state: Value) {
        for &number in numbers {
            let wanted = self.fx.int(number as i64);
            let here = self.fx.b().icmp(IntCond::Eq, state, wanted);
            let (then, other) = (self.fx.new_block(), self.fx.new_block());
            self.fx.b().br(here, Target::new(then), Target::new(other));
            self.fx.switch_to(then);
            self.go_on(resume, number, within, state);
            self.fx.switch_to(other);
        }
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
        let zero = self.fx.int(0);
        let starts = self.fx.b().icmp(IntCond::Eq, state, zero);
        let other = self.fx.new_block();
        self.fx.b().br(starts, Target::new(first), Target::new(other));
        self.fx.switch_to(other);
        // The points of exceptions last.
        let mut all: Vec<usize> = (1..=resume.points.len()).collect();
        all.sort_by_key(|number| number % 2 == 0);
        if !resume.throws {
            all.retain(|number| number % 2 == 1);
        }
        self.decide(&resume, &all, None, state);
        if resume.throws {
            let thrown = self.fx.int(THROWN_AT_START);
            let here = self.fx.b().icmp(IntCond::Eq, state, thrown);
            let (raises, ended) = (self.fx.new_cold_block(), self.fx.new_block());
            self.fx.b().br(here, Target::new(raises), Target::new(ended));
            self.fx.switch_to(raises);
            self.fx.helper("exc_thrown", &[]);
            self.fx.b().note_call();
            super::cleanup::leave_raised(&mut self.fx);
            self.fx.switch_to(ended);
        }
        self.no_item();
        for (header, body) in &resume.loops {
            let Some(&front) = resume.fronts.get(header) else { continue };
            self.fx.switch_to(front.preheader);
            let params = self.fx.func.block(front.preheader).params.clone();
            self.fx.b().jump(Target::with(front.block, &params));
            self.fx.switch_to(front.block);
            let zero = self.fx.int(0);
            let ordinary = self.fx.b().icmp(IntCond::Eq, front.state, zero);
            let resuming = self.fx.new_block();
            self.fx.b().br(ordinary, Target::new(front.header), Target::new(resuming));
            self.fx.switch_to(resuming);
            let inside: Vec<usize> =
                all.iter().copied().filter(|&n| body.contains(&resume.points[n - 1].1)).collect();
            match inside.split_last() {
                None => self.no_item(),
                Some((&last, rest)) => {
                    self.decide(&resume, rest, Some(*header), front.state);
                    self.go_on(&resume, last, Some(*header), front.state);
                }
            }
        }
    }

    /// Puts what the generator returns into its frame.
    pub(super) fn keep_given(&mut self, value: HValue) {
        let (Some(resume), Some(given)) = (&self.resume, given_type(self.spec)) else { return };
        let frame = resume.frame;
        let value = self.value(value);
        self.retain(&value);
        let converted = super::convert(&mut self.fx, &value, &given);
        for (i, part) in converted.parts.into_iter().enumerate() {
            store_slot(&mut self.fx, part, frame, GIVEN_SLOT + i as u32);
        }
    }

    /// What a generator that has ended returned, from its frame.
    pub(super) fn given(&mut self, of: HValue, ty: Ty) -> TypedValue {
        let of = self.value(of);
        if !matches!(of.ty, Ty::Generator(..)) {
            return TypedValue::unit(ty);
        }
        let parts = ty
            .part_types()
            .into_iter()
            .enumerate()
            .map(|(i, part)| load_slot(&mut self.fx, part, of.parts[0], GIVEN_SLOT + i as u32))
            .collect();
        TypedValue { ty, parts }
    }

    /// Leaves a resume function without an item.
    pub(super) fn no_item(&mut self) {
        let results = self.fx.func.results.clone();
        let parts: Vec<Value> =
            results.into_iter().map(|ty| super::convert::zero(&mut self.fx, ty)).collect();
        self.fx.b().ret(&parts);
    }

    /// `yield value`: stores the state, leaves with the item, goes on in a new block.
    ///
    /// The exceptions that are being handled there are handled no more until it goes on.
    pub(super) fn yield_item(
        &mut self,
        block: HBlock,
        at: usize,
        value: HValue,
        how: &Suspension,
        results: &[HValue],
    ) -> Vec<TypedValue> {
        let Some(Ty::Generator(_, item)) = self.spec.ret.clone() else {
            panic!("a yield in a function that is no generator")
        };
        let value = self.value(value);
        self.retain(&value);
        let converted = super::convert(&mut self.fx, &value, &item);
        for dead in self.ownership.dies(block, at).to_vec() {
            if !results.contains(&dead) {
                let value = self.value(dead);
                self.release(&value);
                self.clear(dead);
            }
        }
        for _ in &how.handled {
            self.fx.helper("exc_end", &[]);
        }
        let (point, thrown) = (self.fx.new_block(), self.fx.new_cold_block());
        let resume = self.resume.as_mut().expect("a generator");
        resume.points.push((point, block));
        let (number, frame) = (resume.points.len() as i64, resume.frame);
        resume.points.push((thrown, block));
        let throws = resume.throws;
        let state = self.fx.int(number);
        store_slot(&mut self.fx, state, frame, 0);
        let mut results = vec![self.fx.bool(true)];
        results.extend(converted.parts);
        self.fx.b().ret(&results);
        // What is thrown.
        self.forget_loaded();
        self.handlers.mark_thrown(&self.fx.func, at);
        self.fx.switch_to(thrown);
        let join = how.delegates.then(|| {
            let join = self.fx.new_block();
            (join, self.fx.func.add_param(join, Type::Bool))
        });
        if throws {
            self.handle_again(&how.handled);
            self.fx.helper("exc_thrown", &[]);
            match join {
                Some((join, _)) => {
                    let yes = self.fx.bool(true);
                    self.fx.b().jump(Target::with(join, &[yes]));
                }
                None => {
                    self.fx.b().note_call();
                    super::cleanup::leave_raised(&mut self.fx);
                }
            }
        } else {
            self.dead_end();
        }
        self.handlers.mark(&self.fx.func, at);
        self.forget_loaded();
        self.fx.switch_to(point);
        self.handle_again(&how.handled);
        if let Some((join, _)) = join {
            let no = self.fx.bool(false);
            self.fx.b().jump(Target::with(join, &[no]));
            self.fx.switch_to(join);
            self.forget_loaded();
        }
        let sent = match how.wanted {
            true => self.take_sent(frame),
            false => TypedValue::unit(Ty::None),
        };
        let thrown = join.map(|(_, thrown)| TypedValue::scalar(Ty::Bool, thrown));
        std::iter::once(sent).chain(thrown).collect()
    }

    /// Exceptions are being handled again, outermost first.
    fn handle_again(&mut self, handled: &[HValue]) {
        for &exception in handled {
            self.reload(exception);
            let record = self.value(exception).value();
            self.fx.helper("exc_resume", &[record]);
        }
    }

    /// What was sent, which isn't there any more then.
    fn take_sent(&mut self, frame: Value) -> TypedValue {
        let plan = self.resume.as_ref().expect("a generator").plan.clone();
        let Some((slot, ty)) = plan.sent() else { return TypedValue::unit(Ty::None) };
        let types = ty.part_types().into_iter().enumerate();
        let parts =
            types.map(|(i, part)| load_slot(&mut self.fx, part, frame, slot + i as u32)).collect();
        let nothing = self.fx.bool(false);
        store_slot(&mut self.fx, nothing, frame, slot);
        plan.clear(&mut self.fx, ty, frame, slot);
        TypedValue { ty: ty.clone(), parts }
    }

    /// What was sent at a `yield from` goes on.
    pub(super) fn delegate(&mut self, of: HValue, sent: HValue) {
        let (of, sent) = (self.value(of), self.value(sent));
        if let Ty::Generator(spec, _) = of.ty {
            return self.leave_sent(SpecId(spec), of.parts[0], &sent);
        }
        let Some(&is_some) = sent.parts.first() else { return };
        let none = self.fx.b().unary(Opcode::Bnot, is_some);
        let class = crate::infer::containers::iterator_name(&of.ty);
        let message = format!("'{class}' object has no attribute 'send'");
        self.fx.b().guard(none, "AttributeError", &message, &[]);
    }

    /// The parts of values in slots hold in one block only.
    pub(super) fn forget_loaded(&mut self) {
        if let Some(resume) = &mut self.resume {
            resume.fresh.clear();
        }
    }

    /// Loads a value's parts if it lives in slots and isn't loaded here yet.
    pub(super) fn reload(&mut self, value: HValue) {
        let root = self.ownership.same(value);
        if root != value {
            self.reload(root);
            let kept = self.resume.as_ref().is_some_and(|r| r.plan.slots.contains_key(&root));
            if kept && let Some(ty) = self.spec.types[value.0 as usize].clone() {
                let parts = self.value(root).parts;
                self.set_value(value, TypedValue { ty, parts });
            }
            return;
        }
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
            Terminator::Raise { class, args, cause } => {
                self.reload(*class);
                args.iter().chain(cause).for_each(|&v| self.reload(v));
            }
            Terminator::Return(v) => self.reload(*v),
            _ => {}
        }
        for edge in data.edges() {
            edge.args.iter().for_each(|&v| self.reload(v));
        }
        for value in self.live_at_end(block) {
            self.reload(value);
        }
    }

    /// Loads anew what an edge from a block of its own needs.
    pub(super) fn reload_for_edge(&mut self, live: &[HValue], edge: &crate::hir::Edge) {
        self.forget_loaded();
        live.iter().chain(&edge.args).for_each(|&v| self.reload(v));
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
