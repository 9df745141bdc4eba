//! Closing generators, and dropping what cleans up (`infer/cleanup.rs`).
//!
//! Each generator that needs it has two functions beside the one that resumes:
//!
//! - `close`: what its method does. Where it waits in a `try`, GeneratorExit is thrown
//!   there; it may let that pass or return, and must not yield.
//! - `drop`: called before a reference is given up. If it is the last one, the generator is
//!   closed, and what its parameters hold is dropped; an exception is reported as ignored.
//!
//! The runtime frees the frame afterwards, and what else is in it.

use super::function::{Lowering, counted};
use super::generators::{ENDED, THROWN_AT_START, load_slot, store_slot};
use super::ownership::owners;
use super::{Fx, Targets, TypedValue};
use crate::infer::{Engine, SpecId};
use cumbia_abi::exceptions::class_number;
use cumbia_abi::{STATUS_RAISED, offsets};
use cumbia_ir::{
    Block, FuncId, Function, IntCond, Module, Opcode, RaiseSpec, Region, Target, Type, Value,
};
use std::rc::Rc;

/// The two words of bits that name classes of the table.
fn class_masks(classes: &[&str]) -> [i64; 2] {
    let mut masks = [0; 2];
    for number in classes.iter().filter_map(|class| class_number(class)) {
        masks[number as usize / 64] |= 1 << (number % 64);
    }
    masks
}

/// Whether the exception of a record is of one of these classes.
pub(super) fn record_is(fx: &mut Fx, record: Value, classes: &[&str]) -> Value {
    let [low, high] = class_masks(classes).map(|mask| fx.int(mask));
    fx.helper("exc_is", &[record, low, high]).expect("it has a result")
}

/// The exception on its way becomes a record, which is being handled.
fn caught(fx: &mut Fx, status: Value) -> Value {
    let wide = fx.b().convert(Opcode::Sext, Type::I64, status);
    fx.helper("exc_catch", &[wide]).expect("it has a result")
}

fn begin<'m>(module: &'m mut Module, name: String) -> (Fx<'m>, Value) {
    let func = Function::new(name, vec![Type::Ptr], Vec::new());
    let mut fx = Fx {
        func,
        block: Block::new(0),
        loc: Default::default(),
        module,
        rare: Vec::new(),
        relaxed: Default::default(),
    };
    let block = fx.new_block();
    let frame = fx.func.add_param(block, Type::Ptr);
    fx.switch_to(block);
    (fx, frame)
}

/// Leaves with the status of a raised exception.
pub(super) fn leave_raised(fx: &mut Fx) {
    let status = fx.b().iconst(Type::I32, i64::from(STATUS_RAISED));
    fx.b().rethrow(status);
}

impl Targets {
    /// The function that closes a generator.
    pub(super) fn closer(&mut self, engine: &Engine, module: &mut Module, id: SpecId) -> FuncId {
        if let Some(&known) = self.closers.get(&id) {
            return known;
        }
        let resume = self.get(engine, module, id);
        let results = module.function(resume).results.clone();
        let (mut fx, frame) = begin(module, format!("close.{}", id.0));
        let state = load_slot(&mut fx, Type::I64, frame, 0);
        let zero = fx.int(0);
        let waits = fx.b().icmp(IntCond::Sgt, state, zero);
        let (close, ended) = (fx.new_block(), fx.new_block());
        fx.b().br(waits, Target::new(close), Target::new(ended));
        fx.switch_to(ended);
        let never = fx.int(ENDED);
        store_slot(&mut fx, never, frame, 0);
        fx.b().ret(&[]);
        fx.switch_to(close);
        if self.cleanups.of(id.0) {
            throw_exit(&mut fx, resume, &results, frame, state);
        } else {
            fx.b().jump(Target::new(ended));
        }
        let func = fx.func;
        let made = module.add_function(func);
        self.closers.insert(id, made);
        made
    }

    /// The function that a reference to a generator that cleans up is given up with.
    fn dropper(&mut self, engine: &Engine, module: &mut Module, id: SpecId) -> FuncId {
        if let Some(&known) = self.droppers.get(&id) {
            return known;
        }
        // A generator may hold others of its own kind.
        let declared = Function::new(format!("drop.{}", id.0), vec![Type::Ptr], Vec::new());
        let made = module.add_function(declared);
        self.droppers.insert(id, made);
        let close = self.closer(engine, module, id);
        let plan = self.frame_plan(engine, id);
        let (mut fx, frame) = begin(module, format!("drop.{}", id.0));
        let count = fx.b().load(Type::I64, frame, offsets::OWNER_REFCOUNT, Region::Owner);
        let one = fx.int(1);
        let last = fx.b().icmp(IntCond::Eq, count, one);
        let (closing, out) = (fx.new_block(), fx.new_block());
        fx.b().br(last, Target::new(closing), Target::new(out));
        fx.switch_to(closing);
        let (_, status) = fx.b().try_call(close, &[frame], &[]);
        let none = fx.b().iconst(Type::I32, 0);
        let failed = fx.b().icmp(IntCond::Ne, status, none);
        let (ignored, closed) = (fx.new_cold_block(), fx.new_block());
        fx.b().br(failed, Target::new(ignored), Target::new(closed));
        fx.switch_to(ignored);
        let record = caught(&mut fx, status);
        fx.helper("exc_ignored", &[record]);
        fx.helper("exc_end", &[]);
        fx.b().release(record);
        fx.b().jump(Target::new(closed));
        fx.switch_to(closed);
        let spec = engine.spec(id);
        for (&param, ty) in spec.hir.blocks[0].params.iter().zip(&spec.args) {
            if !self.cleanups.holds(ty) {
                continue;
            }
            let Some(slot) = plan.slot(param) else { continue };
            let types = ty.part_types().into_iter().enumerate();
            let parts = types.map(|(i, t)| load_slot(&mut fx, t, frame, slot + i as u32)).collect();
            let value = TypedValue { ty: ty.clone(), parts };
            self.release(engine, &mut fx, &value);
            plan.clear(&mut fx, ty, frame, slot);
        }
        fx.b().jump(Target::new(out));
        fx.switch_to(out);
        fx.b().ret(&[]);
        let func = fx.func;
        module.functions[made.index()] = func;
        made
    }

    /// Gives up the references of a value.
    pub(super) fn release(&mut self, engine: &Engine, fx: &mut Fx, value: &TypedValue) {
        for part in owners(&value.ty, &value.parts) {
            let drop = match part.generator {
                Some(of) if self.cleanups.of(of) => {
                    Some(self.dropper(engine, fx.module, SpecId(of)))
                }
                _ => None,
            };
            counted(fx, part.flag, |fx| {
                if let Some(drop) = drop {
                    fx.b().call(drop, &[part.owner], &[]);
                }
                fx.b().release(part.owner);
            });
        }
    }
}

/// The rest of `close`: GeneratorExit where the generator waits.
fn throw_exit(fx: &mut Fx, resume: FuncId, results: &[Type], frame: Value, state: Value) {
    let one = fx.int(1);
    let thrown = fx.b().binary(Opcode::Iadd, state, one);
    store_slot(fx, thrown, frame, 0);
    fx.b().set_raise(RaiseSpec { class: "GeneratorExit".into(), message: String::new() }, &[]);
    let exit = fx.helper("exc_new", &[]).expect("it has a result");
    fx.helper("exc_reraise", &[exit]);
    let (given, status) = fx.b().try_call(resume, &[frame], results);
    let none = fx.b().iconst(Type::I32, 0);
    let raised = fx.b().icmp(IntCond::Ne, status, none);
    let (failed, gave) = (fx.new_block(), fx.new_block());
    fx.b().br(raised, Target::new(failed), Target::new(gave));
    fx.switch_to(gave);
    let (yielded, done) = (fx.new_cold_block(), fx.new_block());
    fx.b().br(given[0], Target::new(yielded), Target::new(done));
    fx.switch_to(yielded);
    fx.b().raise("RuntimeError", "generator ignored GeneratorExit", &[]);
    fx.switch_to(failed);
    let record = caught(fx, status);
    let fine = record_is(fx, record, &["GeneratorExit", "StopIteration"]);
    fx.helper("exc_end", &[]);
    let (swallowed, other) = (fx.new_block(), fx.new_cold_block());
    fx.b().br(fine, Target::new(swallowed), Target::new(other));
    fx.switch_to(other);
    fx.helper("exc_reraise", &[record]);
    leave_raised(fx);
    fx.switch_to(swallowed);
    fx.b().release(record);
    fx.b().jump(Target::new(done));
    fx.switch_to(done);
    fx.b().ret(&[]);
}

impl Lowering<'_, '_> {
    /// Gives up the references of a value.
    pub(super) fn release(&mut self, value: &TypedValue) {
        self.targets.release(self.engine, &mut self.fx, value);
    }

    /// Runs `body` while the exception of a status isn't on its way; it is again then, with
    /// the status that this gives.
    pub(super) fn aside(&mut self, status: Value, body: impl FnOnce(&mut Self)) -> Value {
        let record = caught(&mut self.fx, status);
        body(self);
        self.fx.helper("exc_end", &[]);
        self.fx.helper("exc_reraise", &[record]);
        self.fx.b().iconst(Type::I32, i64::from(STATUS_RAISED))
    }

    /// What the primitives behind a generator's methods do.
    pub(super) fn generator_primitive(&mut self, what: &str, args: &[TypedValue]) -> TypedValue {
        let crate::types::Ty::Generator(of, _) = &args[0].ty else {
            panic!("{} is no generator", args[0].ty)
        };
        let (of, frame) = (SpecId(*of), args[0].parts[0]);
        match what {
            "close" => {
                let close = self.targets.closer(self.engine, self.fx.module, of);
                self.fx.b().call(close, &[frame], &[]);
            }
            "send" => self.send(of, frame, &args[1]),
            other => panic!("prim.generator_{other}"),
        }
        TypedValue::unit(crate::types::Ty::None)
    }

    /// Leaves a value where the generator finds it when it goes on.
    fn send(&mut self, of: SpecId, frame: Value, value: &TypedValue) {
        use crate::types::Ty;
        let is_none = match &value.ty {
            Ty::None => None,
            Ty::Optional(_) => Some(self.fx.b().unary(Opcode::Bnot, value.parts[0])),
            _ => Some(self.fx.bool(false)),
        };
        if let Some(is_none) = is_none {
            let state = load_slot(&mut self.fx, Type::I64, frame, 0);
            let zero = self.fx.int(0);
            let started = self.fx.b().icmp(IntCond::Ne, state, zero);
            let fine = self.fx.b().binary(Opcode::Bor, started, is_none);
            let message = "can't send non-None value to a just-started generator";
            self.fx.b().guard(fine, "TypeError", message, &[]);
        }
        self.leave_sent(of, frame, value);
    }

    /// Puts a value into the slots for what is sent, if the generator waits.
    pub(super) fn leave_sent(&mut self, of: SpecId, frame: Value, value: &TypedValue) {
        let plan: Rc<_> = self.targets.frame_plan(self.engine, of);
        let Some((slot, ty)) = plan.sent() else { return };
        let state = load_slot(&mut self.fx, Type::I64, frame, 0);
        let zero = self.fx.int(0);
        let waits = self.fx.b().icmp(IntCond::Sgt, state, zero);
        let (then, after) = (self.fx.new_block(), self.fx.new_block());
        self.fx.b().br(waits, Target::new(then), Target::new(after));
        self.fx.switch_to(then);
        self.retain(value);
        let converted = super::convert(&mut self.fx, value, ty);
        for (i, part) in converted.parts.into_iter().enumerate() {
            store_slot(&mut self.fx, part, frame, slot + i as u32);
        }
        self.fx.b().jump(Target::new(after));
        self.fx.switch_to(after);
    }

    /// Makes the exception on its way be thrown where a generator waits, when it is asked
    /// for an item next; where it doesn't wait, goes on raising.
    pub(super) fn throw_when_resumed(&mut self, frame: Value) {
        let state = load_slot(&mut self.fx, Type::I64, frame, 0);
        let zero = self.fx.int(0);
        let waits = self.fx.b().icmp(IntCond::Sgt, state, zero);
        let never = self.fx.int(ENDED);
        let alive = self.fx.b().icmp(IntCond::Ne, state, never);
        let (then, raises) = (self.fx.new_block(), self.fx.new_cold_block());
        self.fx.b().br(alive, Target::new(then), Target::new(raises));
        self.fx.switch_to(raises);
        self.fx.b().note_call();
        leave_raised(&mut self.fx);
        self.fx.switch_to(then);
        let one = self.fx.int(1);
        let thrown = self.fx.b().binary(Opcode::Iadd, state, one);
        let at_start = self.fx.int(THROWN_AT_START);
        let thrown = self.fx.b().select(waits, thrown, at_start);
        store_slot(&mut self.fx, thrown, frame, 0);
    }

    /// `throw`: before the generator goes on.
    pub(super) fn throw(&mut self, args: &[crate::hir::HValue]) -> Option<TypedValue> {
        use crate::types::Ty;
        let generator = self.value(args[0]);
        let record = match self.ty(args[1])? {
            Ty::Exception => {
                let value = self.value(args[1]);
                self.retain(&value);
                value.value()
            }
            _ => self.new_exception(args[1], &[])?.value(),
        };
        self.fx.helper("exc_reraise", &[record]);
        self.throw_when_resumed(generator.parts[0]);
        Some(TypedValue::unit(Ty::None))
    }

    /// What was thrown at a `yield from` goes on to what it goes over. A generator is asked
    /// for an item next; GeneratorExit closes it.
    pub(super) fn delegate_throw(&mut self, of: crate::hir::HValue) {
        use crate::types::Ty;
        let of = self.value(of);
        let Ty::Generator(spec, _) = of.ty else {
            self.fx.b().note_call();
            leave_raised(&mut self.fx);
            let after = self.fx.new_block();
            self.fx.switch_to(after);
            return;
        };
        let (spec, frame) = (SpecId(spec), of.parts[0]);
        let raised = self.fx.b().iconst(Type::I32, i64::from(STATUS_RAISED));
        let record = caught(&mut self.fx, raised);
        let exit = record_is(&mut self.fx, record, &["GeneratorExit"]);
        self.fx.helper("exc_end", &[]);
        let (closes, throws) = (self.fx.new_cold_block(), self.fx.new_block());
        self.fx.b().br(exit, Target::new(closes), Target::new(throws));
        self.fx.switch_to(closes);
        let close = self.targets.closer(self.engine, self.fx.module, spec);
        self.fx.b().call(close, &[frame], &[]);
        self.fx.helper("exc_reraise", &[record]);
        self.fx.b().note_call();
        leave_raised(&mut self.fx);
        self.fx.switch_to(throws);
        self.fx.helper("exc_reraise", &[record]);
        self.throw_when_resumed(frame);
    }
}
