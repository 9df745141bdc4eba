//! Kernels for a processor: threads that can wait.
//!
//! Where a kernel's threads wait for each other, a processor that runs one after the other
//! has to leave the kernel and come back. [`resumable`] makes of a kernel an entry that
//! carries one thread from where it is to where it waits next, or to its end
//! (`cumbia_abi::grid` has the thread's record). Values that live across a place where
//! threads wait have slots in the record: they are stored where they are defined, and loaded
//! where the thread goes on.
//!
//! ```text
//! block1(v4: i32):                        block1(v4: i32):
//!     v5 = iadd.i32 v4, v3                    v5 = iadd.i32 v4, v3
//!     barrier                                 store.i32 v5, v0+56 !object
//!     v6 = imul.i32 v5, v3          =>        store.i32 v7, v0+0 !slots
//!     ...                                     return
//!                                         block2:        ; reached by the state's number
//!                                             v8 = load.i32 v0+56 !object
//!                                             v6 = imul.i32 v8, v3
//! ```
//!
//! A loop with a place to wait would be entered in its middle. Its header is a place to go
//! on at too, without leaving: all of these are reached from one block that tells them
//! apart, whose loop is the only one around them, so every loop stays a natural one. Loops
//! without such places are as they were.
//!
//! What calls of other functions need that wait, or ask where the thread is, is in the
//! kernel afterwards, so no traceback shows these functions. Fences are gone: one thread
//! runs at a time. Whether blocks have to be there at once is in the plan. It isn't a pass of the pipeline, which runs before it, over the kernel as
//! all backends get it.

use crate::definitions::Definitions;
use crate::passes::inline_chosen;
use crate::pipeline::drop_unreached;
use crate::quiet::look_before_telling;
use cumbia_abi::grid::{KernelPlan, Meeting, MeetingKind, STATE_END, Thread, ThreadBlock};
use cumbia_ir::analysis::{Cfg, DominatorTree, Liveness, LoopForest};
use cumbia_ir::{
    Block, Builder, FuncId, Function, Imm, Inst, InstData, IntCond, Module, Opcode, Region,
    StorageSpace, Target, Type, Value, ValueDef,
};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::mem::{offset_of, size_of};

/// Adds the entry `name` for the threads of a kernel. The kernel itself, and what else has
/// operations of kernels, leaves the module.
///
/// # Errors
///
/// What threads can't do on a processor: functions that call themselves and wait, or wait
/// within `try`.
pub fn resumable(module: &mut Module, kernel: FuncId, name: &str) -> Result<KernelPlan, String> {
    drop_hints(module);
    let chosen = of_kernels(module)?;
    let is_whole = module.asks_for_whole_grids();
    let mut func = module.function(kernel).clone();
    inline_chosen(&mut func, module, &chosen);
    let storage = Storage::new(module);
    let arguments = func.params.len();
    let mut meetings = Vec::new();
    let waits = split(&mut func, &mut meetings);
    let states = States::new(&func, &waits);
    let (mut func, entry, record) = enter(func, &waits, &states, &storage, name);
    look_before_telling(&mut func, module, entry, &record);
    module.add_function(func);
    // Nothing reaches these any more, and no backend for processors takes them.
    for (func, _) in module.functions.iter_mut().zip(&chosen).filter(|(_, chosen)| **chosen) {
        func.inline = true;
    }
    drop_unreached(module);
    Ok(KernelPlan {
        record_bytes: size_of::<Thread>() + 8 * states.slots.len(),
        local_bytes: storage.local,
        shared_bytes: storage.shared,
        arguments,
        meetings,
        is_whole,
    })
}

/// Makes loads and stores with hints for caches plain ones.
fn drop_hints(module: &mut Module) {
    for func in &mut module.functions {
        for inst in (0..func.num_insts()).map(Inst::new) {
            if let Some(plain) = func.inst(inst).op.without_hint() {
                func.inst_mut(inst).op = plain;
            }
        }
    }
}

/// The functions that have operations of kernels, or call such.
fn of_kernels(module: &Module) -> Result<Vec<bool>, String> {
    let callees = |func: &Function| -> Vec<(Opcode, usize)> {
        let insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
        insts
            .filter_map(|&inst| match func.inst(inst).imm {
                Imm::Func(callee) => Some((func.inst(inst).op, callee.index())),
                _ => None,
            })
            .collect()
    };
    let has = |func: &Function| {
        let mut insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
        insts.any(|&inst| func.inst(inst).op.is_of_kernels())
    };
    let calls: Vec<Vec<(Opcode, usize)>> = module.functions.iter().map(callees).collect();
    let mut chosen: Vec<bool> = module.functions.iter().map(has).collect();
    while let Some(more) = (0..chosen.len())
        .find(|&index| !chosen[index] && calls[index].iter().any(|&(_, callee)| chosen[callee]))
    {
        chosen[more] = true;
    }
    for index in (0..chosen.len()).filter(|&index| chosen[index]) {
        let name = &module.functions[index].name;
        let mut seen = vec![false; chosen.len()];
        let mut pending = vec![index];
        while let Some(caller) = pending.pop() {
            for &(op, callee) in calls[caller].iter().filter(|&&(_, callee)| chosen[callee]) {
                if op != Opcode::Call {
                    let callee = &module.functions[callee].name;
                    return Err(format!("{callee} uses its thread, within `try`"));
                }
                if callee == index {
                    return Err(format!("{name} calls itself, and uses its thread"));
                }
                if !std::mem::replace(&mut seen[callee], true) {
                    pending.push(callee);
                }
            }
        }
    }
    Ok(chosen)
}

/// Where each storage begins.
struct Storage {
    places: Vec<(StorageSpace, i64)>,
    shared: usize,
    local: usize,
}

impl Storage {
    fn new(module: &Module) -> Storage {
        let mut this = Storage { places: Vec::new(), shared: 0, local: 0 };
        for decl in &module.storage {
            let end = match decl.space {
                StorageSpace::Shared => &mut this.shared,
                StorageSpace::Local => &mut this.local,
            };
            let start = end.next_multiple_of(decl.align as usize);
            if decl.bytes > 0 {
                *end = start + decl.bytes as usize;
            }
            this.places.push((decl.space, start as i64));
        }
        // What a launch gives is behind the rest, for all that have no size of their own.
        this.shared = this.shared.next_multiple_of(DYNAMIC_ALIGN);
        let behind = this.shared as i64;
        for (decl, place) in module.storage.iter().zip(&mut this.places) {
            if decl.bytes == 0 {
                place.1 = behind;
            }
        }
        this
    }
}

/// Where the shared memory that a launch gives begins: aligned for everything.
const DYNAMIC_ALIGN: usize = 16;

/// A place to wait: its block ends with the operation, and `next` goes on.
struct Wait {
    block: Block,
    inst: Inst,
    next: Block,
}

/// Cuts blocks behind the operations that wait; what these give is a parameter of the block
/// that goes on. Fences are removed.
fn split(func: &mut Function, meetings: &mut Vec<Meeting>) -> Vec<Wait> {
    let cfg = Cfg::new(func);
    func.layout.retain(|&block| cfg.is_reachable(block));
    let mut waits = Vec::new();
    let mut results = FxHashMap::default();
    let mut position = 0;
    while position < func.layout.len() {
        let block = func.layout[position];
        // Nothing is left to do for these.
        let fence = |op| {
            use Opcode::{FenceBlock, FenceDevice, FenceSystem, GridWhole};
            matches!(op, FenceBlock | FenceDevice | FenceSystem | GridWhole)
        };
        let insts = std::mem::take(&mut func.block_mut(block).insts);
        let kept = insts.into_iter().filter(|&inst| !fence(func.inst(inst).op)).collect();
        func.block_mut(block).insts = kept;
        let found =
            func.block(block).insts.iter().enumerate().find_map(|(at, &inst)| {
                meeting_kind(func.inst(inst).op).map(|kind| (at, inst, kind))
            });
        if let Some((at, inst, kind)) = found {
            let loc = func.inst(inst).loc;
            meetings.push(Meeting { kind, line: loc.line, col: loc.col });
            let next = func.add_block();
            let cold = func.block(block).cold;
            func.block_mut(next).cold = cold;
            let tail = func.block_mut(block).insts.split_off(at + 1);
            func.block_mut(next).insts = tail;
            if let Some(&result) = func.inst(inst).results.first() {
                let param = func.add_param(next, Type::I32);
                results.insert(result, param);
            }
            waits.push(Wait { block, inst, next });
            Builder::new(func, block).jump(Target::new(next));
            let added = func.layout.pop().expect("the block just added");
            func.layout.insert(position + 1, added);
        }
        position += 1;
    }
    for inst in 0..func.num_insts() {
        func.map_uses(Inst::new(inst), |v| results.get(&v).copied().unwrap_or(v));
    }
    waits
}

fn meeting_kind(op: Opcode) -> Option<MeetingKind> {
    use MeetingKind as Kind;
    Some(match op {
        Opcode::Barrier => Kind::Barrier,
        Opcode::BarrierCount => Kind::BarrierCount,
        Opcode::BarrierAnd => Kind::BarrierAnd,
        Opcode::BarrierOr => Kind::BarrierOr,
        Opcode::GridBarrier => Kind::GridBarrier,
        Opcode::WarpSync => Kind::WarpSync,
        Opcode::ShuffleIndex => Kind::ShuffleIndex,
        Opcode::ShuffleUp => Kind::ShuffleUp,
        Opcode::ShuffleDown => Kind::ShuffleDown,
        Opcode::ShuffleXor => Kind::ShuffleXor,
        Opcode::VoteAll => Kind::VoteAll,
        Opcode::VoteAny => Kind::VoteAny,
        Opcode::VoteEqual => Kind::VoteEqual,
        Opcode::VoteBallot => Kind::VoteBallot,
        Opcode::MatchAny => Kind::MatchAny,
        Opcode::MatchAll => Kind::MatchAll,
        Opcode::ActiveMask => Kind::ActiveMask,
        _ => return None,
    })
}

/// Places where a thread goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entered {
    Start,
    /// Behind a wait.
    Answered,
    /// At the header of a loop that waits.
    Turn,
}

/// Where threads go on in a kernel cut at its waits.
struct States {
    /// Blocks that threads go on at, by the states' numbers.
    list: Vec<(Entered, Block)>,
    /// What each state needs from before: values with slots, constants to make anew.
    needs: Vec<(Vec<Value>, Vec<Inst>)>,
    /// Offsets in the record, in the order of the offsets.
    slots: Vec<(Value, i32)>,
}

impl States {
    fn new(func: &Function, waits: &[Wait]) -> States {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let liveness = Liveness::new(func, &cfg);
        let mut list = vec![(Entered::Start, func.entry())];
        list.extend(waits.iter().map(|wait| (Entered::Answered, wait.next)));
        for (id, this) in forest.loops.iter().enumerate() {
            if waits.iter().any(|wait| forest.contains(id, wait.block)) {
                list.push((Entered::Turn, this.header));
            }
        }
        let mut with_slot: Vec<Value> = Vec::new();
        let mut needs = Vec::new();
        let arguments = &func.block(func.entry()).params;
        for &(entered, block) in &list {
            if entered == Entered::Turn {
                with_slot.extend(&func.block(block).params);
            }
            let (mut values, mut constants) = (Vec::new(), Vec::new());
            for &value in liveness.live_in(block) {
                match made_anew(func, value) {
                    Some(inst) => constants.push(inst),
                    None => values.push(value),
                }
            }
            with_slot.extend(values.iter().filter(|v| !arguments.contains(v)));
            needs.push((values, constants));
        }
        with_slot.sort_unstable();
        with_slot.dedup();
        let at = |i: usize| (size_of::<Thread>() + 8 * i) as i32;
        let slots = with_slot.into_iter().enumerate().map(|(i, value)| (value, at(i))).collect();
        States { list, needs, slots }
    }

    fn slot(&self, value: Value) -> i32 {
        let found = self.slots.binary_search_by_key(&value, |&(v, _)| v);
        self.slots[found.expect("it has a slot")].1
    }

    fn number(&self, block: Block) -> i64 {
        let found = self.list.iter().position(|&(_, b)| b == block);
        found.expect("threads go on there") as i64
    }

    fn is_turn(&self, block: Block) -> bool {
        self.list.contains(&(Entered::Turn, block))
    }
}

/// The instruction of a value that is made anew where it is needed.
fn made_anew(func: &Function, value: Value) -> Option<Inst> {
    let inst = func.def_inst(value)?;
    use Opcode::*;
    let cheap = matches!(
        func.inst(inst).op,
        Iconst | Fconst | DataAddr | FuncAddr | GridQuery | StorageAddr
    );
    cheap.then_some(inst)
}

/// What the entry has loaded.
pub(crate) struct Record {
    /// The thread's record, and its block's.
    thread: Value,
    pub(crate) block: Value,
    /// First bytes of storage, and of the arguments.
    shared: Value,
    local: Value,
    given: Value,
}

impl Record {
    fn load(b: &mut Builder<'_>, thread: Value) -> Record {
        let block = b.load(Type::Ptr, thread, head(offset_of!(Thread, block)), Region::Slots);
        let of_block = |at: usize| (block, head(at), Region::Slots);
        let (address, at, region) = of_block(offset_of!(ThreadBlock, shared));
        let shared = b.load(Type::Ptr, address, at, region);
        let (address, at, region) = of_block(offset_of!(ThreadBlock, arguments));
        let given = b.load(Type::Ptr, address, at, region);
        let local = b.load(Type::Ptr, thread, head(offset_of!(Thread, local)), Region::Slots);
        Record { thread, block, shared, local, given }
    }
}

/// The entry over a kernel cut at its waits.
fn enter(
    mut func: Function,
    waits: &[Wait],
    states: &States,
    storage: &Storage,
    name: &str,
) -> (Function, Block, Record) {
    let arguments = func.block(func.entry()).params.clone();
    func.name = name.to_owned();
    func.params = vec![Type::Ptr, Type::Ptr];
    (func.inline, func.pure, func.arrays) = (false, false, Vec::new());
    let entry = func.add_block();
    func.layout.rotate_right(1);
    let thread = func.add_param(entry, Type::Ptr);
    func.add_param(entry, Type::Ptr);
    let mut b = Builder::new(&mut func, entry);
    let at = head(offset_of!(Thread, state));
    let state = b.load(Type::I32, thread, at, Region::Object);
    let record = Record::load(&mut b, thread);

    store_definitions(&mut func, thread, states);
    leave(&mut func, thread, waits, states);
    let choice = func.add_block();
    let chosen = func.add_param(choice, Type::I32);
    Builder::new(&mut func, entry).jump(Target::with(choice, &[state]));
    turns_by_choice(&mut func, thread, states, choice);
    let mut definitions = Definitions::default();
    let mut from = choice;
    for number in 0..states.list.len() {
        let block = state_block(&mut func, number, states, &arguments, &record, &mut definitions);
        let mut b = Builder::new(&mut func, from);
        if number + 1 == states.list.len() {
            b.jump(Target::new(block));
        } else {
            let this = b.iconst(Type::I32, number as i64);
            let is_this = b.icmp(IntCond::Eq, chosen, this);
            from = b.func.add_block();
            b.br(is_this, Target::new(block), Target::new(from));
        }
    }
    definitions.settle(&mut func);
    replace_queries(&mut func, &record, storage);
    (func, entry, record)
}

/// The block that brings what state `number` needs, and goes on there.
fn state_block(
    func: &mut Function,
    number: usize,
    states: &States,
    arguments: &[Value],
    record: &Record,
    definitions: &mut Definitions,
) -> Block {
    let (entered, goes_on) = states.list[number];
    let (values, constants) = &states.needs[number];
    let block = func.add_block();
    let mut b = Builder::new(func, block);
    let argument = |b: &mut Builder<'_>, value: Value| {
        let at = arguments.iter().position(|&a| a == value)?;
        let ty = b.func.value_type(value);
        Some(load(b, ty, record.given, 8 * at as i32, Region::Slots))
    };
    for &value in values {
        let loaded = argument(&mut b, value).unwrap_or_else(|| {
            let ty = b.func.value_type(value);
            load(&mut b, ty, record.thread, states.slot(value), Region::Object)
        });
        definitions.add(value, block, loaded);
    }
    for &inst in constants {
        let old = b.func.result(inst);
        let ty = b.func.value_type(old);
        let data = InstData { results: SmallVec::new(), ..b.func.inst(inst).clone() };
        let copy = b.func.make_inst(data, &[ty]);
        b.func.block_mut(block).insts.push(copy);
        definitions.add(old, block, b.func.result(copy));
    }
    let mut args = Vec::new();
    for param in b.func.block(goes_on).params.clone() {
        let ty = b.func.value_type(param);
        args.push(match entered {
            Entered::Start => argument(&mut b, param).expect("a parameter of the kernel"),
            Entered::Answered => {
                let at = head(offset_of!(Thread, answer));
                b.load(Type::I32, record.thread, at, Region::Object)
            }
            Entered::Turn => load(&mut b, ty, record.thread, states.slot(param), Region::Object),
        });
    }
    b.jump(Target::with(goes_on, &args));
    block
}

/// Stores the values that have slots where they are defined, but for the parameters of
/// headers that threads go on at: these have theirs before.
fn store_definitions(func: &mut Function, thread: Value, states: &States) {
    for &(value, at) in &states.slots {
        let (block, position) = match func.value_def(value) {
            ValueDef::Param(block, _) if states.is_turn(block) => continue,
            ValueDef::Param(block, _) => (block, 0),
            ValueDef::Result(inst, _) => {
                let place = func.layout.iter().find_map(|&block| {
                    let position = func.block(block).insts.iter().position(|&i| i == inst)?;
                    Some((block, position + 1))
                });
                place.expect("a live value is defined in the layout")
            }
        };
        let stores = made_apart(func, |b| store(b, value, thread, at));
        func.block_mut(block).insts.splice(position..position, stores);
    }
}

/// Where a thread waits it leaves, with what it brings to the meeting; and where it returns.
fn leave(func: &mut Function, thread: Value, waits: &[Wait], states: &States) {
    let state = head(offset_of!(Thread, state));
    for at in 0..func.layout.len() {
        let block = func.layout[at];
        let Some(terminator) = func.terminator(block) else { continue };
        if func.inst(terminator).op == Opcode::Return {
            func.block_mut(block).insts.pop();
            let mut b = Builder::new(func, block);
            let end = b.iconst(Type::I32, i64::from(STATE_END));
            b.store(end, thread, state, Region::Object);
            b.ret(&[]);
        }
    }
    for (number, wait) in waits.iter().enumerate() {
        let operands = func.inst(wait.inst).args.clone();
        let insts = &mut func.block_mut(wait.block).insts;
        insts.truncate(insts.len() - 2);
        let mut b = Builder::new(func, wait.block);
        for (i, &operand) in operands.iter().enumerate() {
            let at = head(offset_of!(Thread, operands)) + 4 * i as i32;
            b.store(operand, thread, at, Region::Object);
        }
        let meeting = b.iconst(Type::I32, number as i64);
        b.store(meeting, thread, head(offset_of!(Thread, meeting)), Region::Object);
        let next = b.iconst(Type::I32, states.number(wait.next));
        b.store(next, thread, state, Region::Object);
        b.ret(&[]);
    }
}

/// Where a turn of a loop that waits begins, the thread goes on by way of the choice.
fn turns_by_choice(func: &mut Function, thread: Value, states: &States, choice: Block) {
    if !states.list.iter().any(|s| s.0 == Entered::Turn) {
        return;
    }
    let again = func.add_block();
    let chosen = func.add_param(again, Type::I32);
    Builder::new(func, again).jump(Target::with(choice, &[chosen]));
    for at in 0..func.layout.len() {
        let block = func.layout[at];
        let Some(terminator) = func.terminator(block) else { continue };
        for number in 0..func.inst(terminator).targets.len() {
            let target = func.inst(terminator).targets[number].clone();
            if !states.is_turn(target.block) {
                continue;
            }
            let edge = func.add_block();
            let params = func.block(target.block).params.clone();
            let mut b = Builder::new(func, edge);
            for (&param, &value) in params.iter().zip(&target.args) {
                store(&mut b, value, thread, states.slot(param));
            }
            let next = b.iconst(Type::I32, states.number(target.block));
            b.jump(Target::with(again, &[next]));
            func.inst_mut(terminator).targets[number] = Target::new(edge);
        }
    }
}

/// What asks where the thread is, or for its storage, reads its record.
fn replace_queries(func: &mut Function, record: &Record, storage: &Storage) {
    for at in 0..func.layout.len() {
        let block = func.layout[at];
        let mut position = 0;
        while position < func.block(block).insts.len() {
            let inst = func.block(block).insts[position];
            position += 1;
            let (new, imm) = match (func.inst(inst).op, &func.inst(inst).imm) {
                (Opcode::GridQuery, &Imm::Int(what)) => {
                    let (address, offset) = match what as usize {
                        axis @ 0..=2 => (record.thread, offset_of!(Thread, index) + 4 * axis),
                        place @ 3..=11 => {
                            (record.block, offset_of!(ThreadBlock, places) + 4 * (place - 3))
                        }
                        13 => (record.block, offset_of!(ThreadBlock, given)),
                        _ => (record.thread, offset_of!(Thread, lane)),
                    };
                    let imm = Imm::Mem { offset: head(offset), region: Region::Slots };
                    ((Opcode::Load, Some(Type::I32), vec![address]), imm)
                }
                (Opcode::StorageAddr, &Imm::Storage(id)) => {
                    let (space, offset) = storage.places[id.index()];
                    let base = match space {
                        StorageSpace::Shared => record.shared,
                        StorageSpace::Local => record.local,
                    };
                    let mut bytes = base;
                    let made = made_apart(func, |b| bytes = b.iconst(Type::I64, offset));
                    func.block_mut(block).insts.splice(position - 1..position - 1, made);
                    position += 1;
                    ((Opcode::PtrAdd, None, vec![base, bytes]), Imm::None)
                }
                _ => continue,
            };
            let data = func.inst_mut(inst);
            (data.op, data.ty) = (new.0, new.1);
            data.args = new.2.into_iter().collect();
            data.imm = imm;
        }
    }
}

/// Instructions that are in no block yet.
fn made_apart(func: &mut Function, make: impl FnOnce(&mut Builder<'_>)) -> Vec<Inst> {
    let block = func.add_block();
    make(&mut Builder::new(func, block));
    func.layout.pop();
    std::mem::take(&mut func.block_mut(block).insts)
}

fn load(b: &mut Builder<'_>, ty: Type, address: Value, offset: i32, region: Region) -> Value {
    if ty != Type::Bool {
        return b.load(ty, address, offset, region);
    }
    let byte = b.load(Type::I8, address, offset, region);
    let zero = b.iconst(Type::I8, 0);
    b.icmp(IntCond::Ne, byte, zero)
}

fn store(b: &mut Builder<'_>, value: Value, address: Value, offset: i32) {
    let value = match b.func.value_type(value) {
        Type::Bool => b.convert(Opcode::Zext, Type::I8, value),
        _ => value,
    };
    b.store(value, address, offset, Region::Object);
}

/// An offset in a record's head.
fn head(offset: usize) -> i32 {
    offset as i32
}
