//! Parallel loops: a record is filled with the arguments of the outlined function, and the
//! runtime runs an entry for each block (`runtime/core/src/parallel.rs`).
//!
//! What draws random numbers, prints or warns belongs to the thread that Python has called: a
//! loop that reaches such a thing is told to run there.

use super::convert::convert;
use super::entry::{load_slot, store_slot, wrapper_of};
use super::function::Lowering;
use super::ownership::owners;
use super::{Fx, TypedValue, races};
use crate::hir::{HBlock, HValue, HirInst, Op, ParallelHow, ParallelOp, Reduction};
use crate::infer::{Action, SpecId};
use crate::types::Ty;
use cumbia_abi::{offsets, parallel as abi};
use cumbia_ir::{Block, FuncId, Function, Imm, Inst, Module, Opcode, Region, Type, Value};

/// Beginnings of the names of runtime functions that are for the calling thread alone.
const CALLERS: &[&str] =
    &["rng_", "print_text", "warn_noted", "clock_pause", "host_", "exc_text", "exc_ignored"];

impl Lowering<'_, '_> {
    /// An operation of a parallel loop; `None` if control doesn't come past.
    pub(super) fn parallel(
        &mut self,
        block: HBlock,
        at: usize,
        what: ParallelOp,
        operands: &[HValue],
        inst: &HirInst,
    ) -> Option<Vec<TypedValue>> {
        let out = inst.results.first().and_then(|&r| self.ty(r).cloned());
        let one = |value| Some(vec![value]);
        match what {
            ParallelOp::Span(from_zero) => {
                let (over, first) = (self.value(operands[0]), self.value(operands[1]).value());
                let end = self.value(operands[2]).value();
                one(span(&mut self.fx, &over, first, end, from_zero))
            }
            ParallelOp::Begin(Reduction::Associative) => one(TypedValue::unit(out?)),
            ParallelOp::First => {
                let value = self.value(operands[1]);
                one(convert(&mut self.fx, &value, &out?))
            }
            ParallelOp::Has => {
                let value = self.value(operands[0]);
                one(match out? {
                    Ty::Bool => TypedValue::scalar(Ty::Bool, value.parts[0]),
                    known => TypedValue::unit(known),
                })
            }
            ParallelOp::Held => {
                let value = self.value(operands[0]);
                one(match value.ty {
                    Ty::MaybeUnbound(inner) => {
                        TypedValue { ty: (*inner).clone(), parts: value.parts[1..].to_vec() }
                    }
                    _ => value,
                })
            }
            ParallelOp::Begin(reduction) => {
                let value = self.value(operands[0]);
                one(begin(&mut self.fx, &value, reduction, out?))
            }
            ParallelOp::Parts(..) | ParallelOp::Part => {
                match self.spec.actions[block.0 as usize][at].clone() {
                    Action::Call(callee, from) => {
                        let args = self.arguments(&from);
                        one(self.call_spec(callee, &args)?)
                    }
                    _ => one(TypedValue::unit(out?)),
                }
            }
            ParallelOp::Results => {
                let parts = operands.iter().flat_map(|&v| self.value(v).parts).collect();
                one(TypedValue { ty: out?, parts })
            }
            ParallelOp::Run(how) => self.run(block, at, operands, how, inst),
            ParallelOp::Block => {
                let record = self.value(operands[2]).value();
                let number = self.value(operands[3]);
                let number = convert(&mut self.fx, &number, &Ty::Int).value();
                self.results(record, number, &inst.results)
            }
            ParallelOp::Latest => {
                let (old, new) = (self.value(operands[0]), self.value(operands[1]));
                one(latest(&mut self.fx, &old, &new, out?))
            }
            ParallelOp::Turn => {
                let value = self.value(operands[0]);
                let value = convert(&mut self.fx, &value, &Ty::Int).value();
                self.fx.helper("race_turn", &[value]);
                Some(vec![])
            }
            ParallelOp::Draws => {
                let turn = self.value(operands[0]);
                let turn = convert(&mut self.fx, &turn, &Ty::Int).value();
                self.fx.helper("turn_begins", &[turn]);
                Some(vec![])
            }
            ParallelOp::Lost => one(self.value(operands[0])),
            ParallelOp::End => {
                let record = self.value(operands[0]).value();
                let record = self.fx.b().convert(Opcode::Bitcast, Type::Ptr, record);
                self.fx.b().release(record);
                Some(vec![])
            }
        }
    }

    /// Runs a loop: the record, the number of blocks.
    fn run(
        &mut self,
        block: HBlock,
        at: usize,
        operands: &[HValue],
        how: ParallelHow,
        inst: &HirInst,
    ) -> Option<Vec<TypedValue>> {
        let Action::Call(callee, from) = self.spec.actions[block.0 as usize][at].clone() else {
            panic!("a parallel loop without its body")
        };
        let over = self.value(operands[1]);
        let turns = over.parts[3];
        let mut given = vec![over];
        // The bounds are for each block.
        given.extend(self.arguments(&from[3..]));
        let types = self.engine.spec(callee).args.clone();
        let (mut parts, mut counted) = (Vec::new(), Vec::new());
        for (value, to) in given.iter().zip(&types[2..]) {
            let value = convert(&mut self.fx, value, to);
            counted.extend(owners(&value.ty, &value.parts));
            parts.extend(value.parts);
        }
        let ret = self.engine.spec(callee).ret.clone();
        let results = ret.map_or(0, |ty| ty.part_types().len());
        // A block for each row of what arrays are put together from, as few as there are.
        let rows = operands[2..].iter().map(|&v| self.value(v));
        let rows: Vec<Value> =
            rows.filter(|v| matches!(v.ty, Ty::Array(_))).map(|v| v.parts[2]).collect();
        let results = results.max(usize::from(!rows.is_empty()));
        let most = match rows.split_first() {
            None if how.is_for_device() && results > 0 => self.fx.int(abi::MOST_ON_DEVICE as i64),
            None => self.fx.int(0),
            Some((&first, others)) => others
                .iter()
                .fold(first, |least, &other| self.fx.b().binary(Opcode::Smin, least, other)),
        };
        let shape = [2 + parts.len(), results, counted.len()].map(|n| self.fx.int(n as i64));
        let record = self
            .fx
            .helper("parallel_new", &[turns, shape[0], shape[1], shape[2], most])
            .expect("a record");
        let data = self.fx.b().load(Type::Ptr, record, offsets::OWNER_DATA, Region::Owner);
        for (i, &part) in parts.iter().enumerate() {
            store_slot(&mut self.fx.b(), part, data, abi::HEAD_SLOTS + 2 + i);
        }
        let first_owner = abi::HEAD_SLOTS + 2 + parts.len();
        for (i, owner) in counted.iter().enumerate() {
            let address = match owner.flag {
                None => owner.owner,
                Some(flag) => {
                    let none = self.fx.b().iconst(Type::Ptr, 0);
                    self.fx.b().select(flag, owner.owner, none)
                }
            };
            store_slot(&mut self.fx.b(), address, data, first_owner + i);
        }
        if how.is_watched() {
            let text = races::description(self.engine.spec(callee));
            let text = self.fx.module.intern_data("race", text, false);
            let text = self.fx.b().data_addr(text);
            store_slot(&mut self.fx.b(), text, data, abi::RACES_SLOT);
        }
        if how.is_for_device() {
            let site = (self.id, self.captured(operands[0]));
            let number = self.targets.number_on_device(callee, inst.span, site);
            let number = self.fx.int(number);
            store_slot(&mut self.fx.b(), number, data, abi::LOOP_SLOT);
        }
        let entry = self.block_entry(callee);
        let entry = self.fx.b().func_addr(entry);
        let how = self.fx.int(how.bits);
        let kinds = self.fx.int(0);
        self.fx.helper("turns_begin", &[kinds]);
        self.fx.helper("parallel_run", &[record, entry, how]);
        self.fx.helper("turns_end", &[kinds]);
        let slot = abi::BLOCKS_SLOT as i32 * 8;
        let blocks = self.fx.b().load(Type::I64, data, slot, Region::Slots);
        let record = self.fx.b().convert(Opcode::Bitcast, Type::I64, record);
        Some([record, blocks].map(|v| TypedValue::scalar(Ty::Int, v)).to_vec())
    }

    /// What the outlined function captures where it is made.
    fn captured(&self, closure: HValue) -> Vec<HValue> {
        let insts = self.spec.hir.blocks.iter().flat_map(|block| &block.insts);
        let mut made = insts.filter(|inst| inst.results.contains(&closure));
        match made.next().map(|inst| &inst.op) {
            Some(Op::Closure(_, captured, _)) => captured.clone(),
            _ => Vec::new(),
        }
    }

    /// The entry that runs a block of an outlined function's turns.
    fn block_entry(&mut self, callee: SpecId) -> FuncId {
        if let Some(&known) = self.targets.block_entries.get(&callee) {
            return known;
        }
        let spec = self.engine.spec(callee);
        let mut types = Vec::new();
        spec.args.iter().for_each(|ty| ty.parts(&mut types));
        let results = spec.ret.as_ref().map(Ty::part_types).unwrap_or_default();
        let function = self.targets.get(self.engine, self.fx.module, callee);
        let name = format!("block.{}", self.fx.module.function(function).name);
        let entry = wrapper_of(self.fx.module, function, name, &types, &results);
        self.targets.block_entries.insert(callee, entry);
        entry
    }

    /// The results of a block.
    fn results(
        &mut self,
        record: Value,
        block: Value,
        results: &[HValue],
    ) -> Option<Vec<TypedValue>> {
        let types: Vec<Ty> = results.iter().map(|&r| self.ty(r).cloned()).collect::<Option<_>>()?;
        let record = self.fx.b().convert(Opcode::Bitcast, Type::Ptr, record);
        let data = self.fx.b().load(Type::Ptr, record, offsets::OWNER_DATA, Region::Owner);
        // Behind the arguments and the owners, of which the head says how many there are.
        let head =
            |cx: &mut Self, slot: i32| cx.fx.b().load(Type::I64, data, slot * 8, Region::Slots);
        let (given, each, owners) = (head(self, 2), head(self, 3), head(self, 4));
        let before = self.fx.b().binary(Opcode::Iadd, given, owners);
        let those = self.fx.b().binary(Opcode::Imul, block, each);
        let slot = self.fx.b().binary(Opcode::Iadd, before, those);
        let three = self.fx.int(3);
        let bytes = self.fx.b().binary(Opcode::Ishl, slot, three);
        let place = self.fx.b().ptr_add(data, bytes);
        let mut next = abi::HEAD_SLOTS;
        let mut values = Vec::with_capacity(types.len());
        for ty in types {
            let mut parts = Vec::new();
            for part in ty.part_types() {
                parts.push(load_slot(&mut self.fx.b(), part, place, next));
                next += 1;
            }
            values.push(TypedValue { ty, parts });
        }
        Some(values)
    }
}

/// The part of a range from one position to another.
fn span(fx: &mut Fx, over: &TypedValue, first: Value, end: Value, from_zero: bool) -> TypedValue {
    let (begin, step) = (over.parts[0], over.parts[2]);
    let count = fx.b().binary(Opcode::Isub, end, first);
    let start = if from_zero {
        // So that everybody sees that turns aren't negative.
        let zero = fx.int(0);
        fx.b().binary(Opcode::Smax, first, zero)
    } else {
        let distance = fx.b().binary(Opcode::Imul, first, step);
        fx.b().binary(Opcode::Iadd, begin, distance)
    };
    let length = fx.b().binary(Opcode::Imul, count, step);
    let stop = fx.b().binary(Opcode::Iadd, start, length);
    TypedValue { ty: over.ty.clone(), parts: vec![start, stop, step, count] }
}

/// What a reduction begins with: what leaves every other operand as it is.
fn begin(fx: &mut Fx, value: &TypedValue, reduction: Reduction, out: Ty) -> TypedValue {
    let number = match reduction {
        // The variable's own value, which may come any number of times.
        Reduction::And
        | Reduction::Or
        | Reduction::Extreme(_)
        | Reduction::AllOrAny
        | Reduction::Chosen => {
            return convert(fx, value, &out);
        }
        Reduction::Associative => unreachable!("begins without a value"),
        Reduction::Sum | Reduction::Xor => 0,
        Reduction::Product => 1,
    };
    let parts = out.part_types().into_iter().enumerate().map(|(i, part)| match (part, number) {
        // Not 0.0, to which -0.0 would be added.
        (Type::F64, 0) => fx.b().f64const(-0.0),
        (Type::F32, 0) => fx.b().f32const(-0.0),
        (Type::F64, _) => fx.b().f64const(if i == 0 { 1.0 } else { 0.0 }),
        (Type::F32, _) => fx.b().f32const(if i == 0 { 1.0 } else { 0.0 }),
        (part, _) => fx.b().iconst(part, number),
    });
    let parts = parts.collect();
    TypedValue { ty: out, parts }
}

/// The new value where there is one, else the old one.
fn latest(fx: &mut Fx, old: &TypedValue, new: &TypedValue, out: Ty) -> TypedValue {
    let flag = match &new.ty {
        Ty::Unbound => return convert(fx, old, &out),
        Ty::MaybeUnbound(_) => new.parts[0],
        _ => return convert(fx, new, &out),
    };
    let known = TypedValue { ty: bound(&new.ty), parts: new.parts[1..].to_vec() };
    let (old, new) = match &out {
        Ty::MaybeUnbound(_) => (convert(fx, old, &out), convert(fx, new, &out)),
        _ => (convert(fx, old, &out), convert(fx, &known, &out)),
    };
    let parts = old.parts.iter().zip(&new.parts).map(|(&old, &new)| fx.b().select(flag, new, old));
    let parts = parts.collect();
    TypedValue { ty: out, parts }
}

fn bound(ty: &Ty) -> Ty {
    match ty {
        Ty::MaybeUnbound(inner) => (**inner).clone(),
        other => other.clone(),
    }
}

/// Has loops run on the calling thread whose bodies reach what is for that one alone, and tells
/// which streams of random numbers a loop's turns draw from; where they draw from none, what
/// begins such streams goes.
pub(super) fn settle(module: &mut Module) {
    let mut runs = Vec::new();
    for (index, func) in module.functions.iter().enumerate() {
        for &inst in func.layout.iter().flat_map(|&block| &func.block(block).insts) {
            let data = func.inst(inst);
            let Imm::Extern(callee) = data.imm else { continue };
            if module.externs[callee.index()].name != "parallel_run" {
                continue;
            }
            let entry = func.def_inst(data.args[1]).map(|made| &func.inst(made).imm);
            if let (Some(&Imm::Func(entry)), Some(how)) = (entry, func.def_inst(data.args[2])) {
                runs.push((index, how, entry));
            }
        }
    }
    for (index, how, entry) in runs {
        if reached_of_callers(module, entry).is_some()
            && let Imm::Int(bits) = &mut module.functions[index].inst_mut(how).imm
        {
            *bits |= abi::how::SERIAL;
        }
    }
    streams(module);
}

/// The streams that loops draw from, innermost calls included.
fn streams(module: &mut Module) {
    let named = |module: &Module, imm: &Imm, name: &str| match imm {
        Imm::Extern(callee) => module.externs[callee.index()].name == name,
        _ => false,
    };
    let mut drop = Vec::new();
    let mut keep = Vec::new();
    for index in 0..module.functions.len() {
        // A run lies between the two calls, with the same number.
        let mut begun = Vec::new();
        let func = &module.functions[index];
        for &block in &func.layout {
            for &inst in &func.block(block).insts {
                let data = func.inst(inst);
                if named(module, &data.imm, "turns_begin") {
                    begun.push((block, inst, data.args[0]));
                } else if named(module, &data.imm, "turns_end") {
                    let kinds = data.args[0];
                    let (at, begin, _) = *begun
                        .iter()
                        .find(|(_, _, known)| *known == kinds)
                        .expect("a loop begins before it ends");
                    let run = entry_behind(module, func, at, begin);
                    let entry = run.map(|(entry, _)| entry);
                    let drawn = entry.map_or(0, |entry| drawn(module, entry));
                    match drawn {
                        0 => drop.extend([(index, at, begin), (index, block, inst)]),
                        drawn => keep.push((index, func.def_inst(kinds), run.map(|r| r.1), drawn)),
                    }
                    if let (Some(entry), 0) = (entry, drawn) {
                        let entry = module.function(entry);
                        let calls = entry.layout.iter().flat_map(|&b| &entry.block(b).insts);
                        let body = calls.filter_map(|&i| match entry.inst(i).imm {
                            Imm::Func(body) => Some(body),
                            _ => None,
                        });
                        for body in body {
                            let func = module.function(body);
                            for &block in &func.layout {
                                for &inst in &func.block(block).insts {
                                    if named(module, &func.inst(inst).imm, "turn_begins") {
                                        drop.push((body.index(), block, inst));
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    for (index, kinds, how, drawn) in keep {
        for (constant, set) in [(kinds, drawn), (how, drawn << abi::how::DRAWS_SHIFT)] {
            let constant = constant.expect("a constant");
            if let Imm::Int(bits) = &mut module.functions[index].inst_mut(constant).imm {
                *bits |= set;
            }
        }
    }
    for (index, block, inst) in drop {
        module.functions[index].block_mut(block).insts.retain(|&known| known != inst);
    }
}
/// The entry of the loop that runs behind an instruction of a block, or in what follows it.
fn entry_behind(
    module: &Module,
    func: &Function,
    block: Block,
    begin: Inst,
) -> Option<(FuncId, Inst)> {
    let at = func.layout.iter().position(|&b| b == block)?;
    let rest = func.layout[at..].iter().flat_map(|&b| &func.block(b).insts);
    let mut behind = rest.skip_while(|&&inst| inst != begin);
    let run = behind.find(|&&inst| match func.inst(inst).imm {
        Imm::Extern(callee) => module.externs[callee.index()].name == "parallel_run",
        _ => false,
    })?;
    let args = &func.inst(*run).args;
    match func.inst(func.def_inst(args[1])?).imm {
        Imm::Func(entry) => Some((entry, func.def_inst(args[2])?)),
        _ => None,
    }
}

/// The streams that an entry's turns draw from, as `random.rs` of the runtime counts them.
fn drawn(module: &Module, entry: FuncId) -> i64 {
    let python = reached(module, entry, &["py_random"]).is_some();
    let numpy = reached(module, entry, &["np_random"]).is_some();
    i64::from(python) | i64::from(numpy) << 1
}

/// The runtime function for which a loop runs on the calling thread, by the entry of its blocks.
pub(crate) fn reached_of_callers(module: &Module, entry: FuncId) -> Option<&str> {
    reached(module, entry, CALLERS)
}

/// A runtime function that an entry reaches whose name begins so.
fn reached<'m>(module: &'m Module, entry: FuncId, starts: &[&str]) -> Option<&'m str> {
    let mut seen = vec![false; module.functions.len()];
    let mut work = vec![entry];
    while let Some(id) = work.pop() {
        if std::mem::replace(&mut seen[id.index()], true) {
            continue;
        }
        let func = module.function(id);
        for &inst in func.layout.iter().flat_map(|&block| &func.block(block).insts) {
            match func.inst(inst).imm {
                Imm::Func(callee) => work.push(callee),
                Imm::Extern(callee) => {
                    let name = &module.externs[callee.index()].name;
                    if starts.iter().any(|start| name.starts_with(start)) {
                        return Some(name);
                    }
                }
                _ => {}
            }
        }
    }
    None
}

/// Drops what begins a turn's streams of random numbers, where nothing draws from them: in a
/// module that holds one loop's body.
pub(super) fn drop_beginnings(module: &mut Module) {
    if draws(module).is_some() {
        return;
    }
    let begins = module.externs.iter().position(|decl| decl.name == "turn_begins");
    for func in &mut module.functions {
        for block in func.layout.clone() {
            let insts = std::mem::take(&mut func.block_mut(block).insts);
            let is_other = |inst: &Inst| match func.inst(*inst).imm {
                Imm::Extern(callee) => Some(callee.index()) != begins,
                _ => true,
            };
            let kept = insts.into_iter().filter(is_other).collect();
            func.block_mut(block).insts = kept;
        }
    }
}

/// Why a loop's body that draws random numbers is no kernel; `None` if it doesn't.
pub(crate) fn draws(module: &Module) -> Option<String> {
    let all = (0..module.functions.len()).map(FuncId::new);
    let streams = ["py_random", "np_random"];
    let mut found = all.filter_map(|id| reached(module, id, &streams));
    found.next().map(|_| "its turns draw random numbers from streams of the processor".to_owned())
}
