//! Calls of small functions marked `inline` replaced by their bodies.
//!
//! Only marked functions: the front end marks library bodies, whose frames no
//! traceback shows, so that every instruction of the copy can take the place of the
//! call. A function of the user keeps its own frames and lines and is never inlined
//! here.
//!
//! ```text
//! block0(v0: f64):                        block0(v0: f64):
//!     v1 = call @sqrt(v0)       @3:4          guard v2, ValueError "..."     @3:4
//!     v3 = fadd.f64 v1, v0             =>     v4 = fsqrt.f64 v0              @3:4
//!     return v3                               jump block1(v4)
//!                                         block1(v1: f64):
//!                                             v3 = fadd.f64 v1, v0
//!                                             return v3
//! ```
//!
//! Phases: find the next call worth it, split its block behind it, copy the body
//! with its returns as jumps to the second half; go on in the second half. Loops
//! stay canonical: a body's loops are copied whole, and a latch that is split stays
//! one latch. Functions are optimized callees first (`pipeline.rs`), so a body is in
//! its final form and is copied at most once per call. Complexity: linear in what is
//! copied, which `MAX_GROWTH` bounds.

use crate::pass::Pass;
use cumbia_ir::analysis::is_pure;
use cumbia_ir::{
    Block, ExternEffects, FastMath, FuncId, Function, Imm, Inst, InstData, Module, Opcode, Target,
    Type, Value, ValueList,
};
use smallvec::SmallVec;

/// Largest body that is copied, in instructions.
const MAX_BODY: usize = 48;
/// Smallest pure function that isn't copied for its rare cases, in instructions.
const LEAST_WHOLE: usize = 16;
/// Most instructions that a function may grow by.
const MAX_GROWTH: usize = 2000;

/// The `inline` pass.
pub struct Inline;

impl Pass for Inline {
    fn name(&self) -> &'static str {
        "inline"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let mut replaced: Vec<(Value, Value)> = Vec::new();
        let calmed = calm_try_calls(func, module, &mut replaced);
        let into_pure = is_pure(func, module);
        // A pure function that has rare cases, or was too large for one, stays whole: the
        // optimizing tier has vector forms of such.
        let worth = |_: Block, callee: &Function| {
            body_size(callee) <= MAX_BODY && (into_pure || !callee.pure || !stays_whole(callee))
        };
        inline_calls(func, module, replaced, worth) || calmed
    }
}

/// The `inline_pure` pass: calls of pure functions on the main path of a pure function are
/// replaced by the bodies, of any size; those in cold blocks stay.
pub struct InlinePure;

impl Pass for InlinePure {
    fn name(&self) -> &'static str {
        "inline_pure"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        if !is_pure(func, module) {
            return false;
        }
        let cold: Vec<bool> =
            (0..func.num_blocks()).map(|b| func.block(Block::new(b)).cold).collect();
        // Blocks that copies bring along are as those of the callee: with nothing to inline.
        let is_cold = |block: Block| cold.get(block.index()).copied().unwrap_or(false);
        inline_calls(func, module, Vec::new(), |block, callee| callee.pure && !is_cold(block))
    }
}

/// Replaces all calls of the chosen functions, which don't call each other in a circle, by
/// the bodies, whatever they are marked as.
pub(crate) fn inline_chosen(func: &mut Function, module: &Module, chosen: &[bool]) {
    let mut replaced = Vec::new();
    let mut position = 0;
    while position < func.layout.len() {
        let block = func.layout[position];
        let found = func.block(block).insts.iter().enumerate().find_map(|(at, &inst)| {
            match (func.inst(inst).op, &func.inst(inst).imm) {
                (Opcode::Call, &Imm::Func(id)) if chosen[id.index()] => Some((at, inst, id)),
                _ => None,
            }
        });
        if let Some((at, inst, callee)) = found {
            copy_body(func, module.function(callee), position, at, inst, &mut replaced);
        }
        position += 1;
    }
    replace_all(func, replaced);
}

/// Replaces the calls that are worth it, where they are; `replaced` are values that others
/// stand for.
fn inline_calls(
    func: &mut Function,
    module: &Module,
    mut replaced: Vec<(Value, Value)>,
    worth: impl Fn(Block, &Function) -> bool,
) -> bool {
    let mut growth = 0;
    let mut position = 0;
    while position < func.layout.len() {
        let block = func.layout[position];
        let found = func.block(block).insts.iter().enumerate().find_map(|(at, &inst)| {
            let callee = body_of_call(func, module, inst)?;
            let size = body_size(callee);
            (worth(block, callee) && growth + size <= MAX_GROWTH).then_some((at, inst, size))
        });
        if let Some((at, inst, size)) = found {
            let callee = body_of_call(func, module, inst).expect("found above");
            growth += size;
            copy_body(func, callee, position, at, inst, &mut replaced);
        }
        position += 1;
    }
    if replaced.is_empty() && growth == 0 {
        return false;
    }
    replace_all(func, replaced);
    true
}

/// Results of replaced calls live on as parameters of the second halves.
fn replace_all(func: &mut Function, replaced: Vec<(Value, Value)>) {
    if replaced.is_empty() {
        return;
    }
    let mut to = vec![None; func.num_values()];
    for (old, new) in replaced {
        to[old.index()] = Some(new);
    }
    for inst in 0..func.num_insts() {
        func.map_uses(Inst::new(inst), |v| to[v.index()].unwrap_or(v));
    }
}

/// Whether a function is better left whole: with calls left, or of some size with rare cases.
/// One that calls the runtime has no vector form, which is what it would be kept for.
fn stays_whole(func: &Function) -> bool {
    let insts = || func.layout.iter().flat_map(|&block| &func.block(block).insts);
    let has = |op: Opcode| insts().any(|&inst| func.inst(inst).op == op);
    let cold = func.layout.iter().any(|&block| func.block(block).cold);
    let kept = has(Opcode::Call) || (cold && insts().count() >= LEAST_WHOLE);
    kept && !has(Opcode::ExternCall)
}

/// A `try_call` of a body that can't raise is a `call`, of status 0.
fn calm_try_calls(
    func: &mut Function,
    module: &Module,
    replaced: &mut Vec<(Value, Value)>,
) -> bool {
    let before = replaced.len();
    for position in 0..func.layout.len() {
        let block = func.layout[position];
        for at in (0..func.block(block).insts.len()).rev() {
            let inst = func.block(block).insts[at];
            let data = func.inst(inst);
            let Imm::Func(id) = data.imm else { continue };
            let calm = data.op == Opcode::TryCall
                && inlinable(module, id).is_some_and(|callee| cannot_raise(callee, module));
            if !calm {
                continue;
            }
            let zero = InstData {
                op: Opcode::Iconst,
                ty: Some(Type::I32),
                args: ValueList::new(),
                imm: Imm::Int(0),
                targets: SmallVec::new(),
                results: SmallVec::new(),
                loc: data.loc,
                fast: FastMath::NONE,
            };
            let zero = func.make_inst(zero, &[Type::I32]);
            let call = func.inst_mut(inst);
            call.op = Opcode::Call;
            let status = call.results.pop();
            let value = func.result(zero);
            replaced.extend(status.map(|status| (status, value)));
            func.block_mut(block).insts.insert(at, zero);
        }
    }
    replaced.len() > before
}

/// Whether no exception can start in a function or pass it. Calls of others aren't looked
/// into.
fn cannot_raise(callee: &Function, module: &Module) -> bool {
    let calm = |inst: &Inst| {
        let data = callee.inst(*inst);
        match data.imm {
            Imm::Extern(id) => module.externs[id.index()].effects != ExternEffects::Raises,
            _ => !data.op.may_raise(),
        }
    };
    callee.layout.iter().all(|&block| callee.block(block).insts.iter().all(calm))
}

fn body_of_call<'m>(func: &Function, module: &'m Module, inst: Inst) -> Option<&'m Function> {
    match func.inst(inst).imm {
        Imm::Func(id) if func.inst(inst).op == Opcode::Call => inlinable(module, id),
        _ => None,
    }
}

/// The function if it is marked and there; the one that a pass runs on isn't.
fn inlinable(module: &Module, id: FuncId) -> Option<&Function> {
    let callee = module.function(id);
    (callee.inline && !callee.layout.is_empty()).then_some(callee)
}

fn body_size(callee: &Function) -> usize {
    callee.layout.iter().map(|&b| callee.block(b).insts.len()).sum()
}

/// Replaces the call `inst`, number `at` in the block at `position` of the layout.
/// The copy and the second half follow that block in the layout.
fn copy_body(
    func: &mut Function,
    callee: &Function,
    position: usize,
    at: usize,
    inst: Inst,
    replaced: &mut Vec<(Value, Value)>,
) {
    let block = func.layout[position];
    let call = func.inst(inst).clone();
    let end = func.layout.len();

    let rest = func.add_block();
    // What a rare block calls is as rare.
    let cold = func.block(block).cold;
    func.block_mut(rest).cold = cold;
    let tail = func.block_mut(block).insts.split_off(at);
    func.block_mut(rest).insts = tail[1..].to_vec();
    for &result in &call.results {
        let ty = func.value_type(result);
        let param = func.add_param(rest, ty);
        replaced.push((result, param));
    }

    let mut blocks: Vec<Option<Block>> = vec![None; callee.num_blocks()];
    let mut values: Vec<Option<Value>> = vec![None; callee.num_values()];
    for &from in &callee.layout {
        let to = func.add_block();
        func.block_mut(to).cold = cold || callee.block(from).cold;
        blocks[from.index()] = Some(to);
        for &param in &callee.block(from).params {
            let copy = func.add_param(to, callee.value_type(param));
            values[param.index()] = Some(copy);
        }
    }
    // Instructions first, operands after: a value may be used in a block that
    // precedes its definition in the layout.
    let mut copies = Vec::new();
    for &from in &callee.layout {
        let to = blocks[from.index()].expect("declared above");
        for &old in &callee.block(from).insts {
            let data = callee.inst(old);
            let types: Vec<_> = data.results.iter().map(|&r| callee.value_type(r)).collect();
            let copy = InstData { results: SmallVec::new(), loc: call.loc, ..data.clone() };
            let new = func.make_inst(copy, &types);
            for (&old, i) in data.results.iter().zip(0..) {
                values[old.index()] = Some(func.inst(new).results[i]);
            }
            func.block_mut(to).insts.push(new);
            copies.push(new);
        }
    }
    for new in copies {
        func.map_uses(new, |v| values[v.index()].expect("a value of the body"));
        let data = func.inst_mut(new);
        for target in &mut data.targets {
            target.block = blocks[target.block.index()].expect("a block of the body");
        }
        if data.op == Opcode::Return {
            let args = std::mem::take(&mut data.args);
            data.op = Opcode::Jump;
            data.targets.push(Target { block: rest, args });
        }
    }
    let jump = InstData {
        op: Opcode::Jump,
        ty: None,
        args: ValueList::new(),
        imm: Imm::None,
        targets: SmallVec::from_iter([Target::with(
            blocks[callee.entry().index()].expect("the entry"),
            &call.args,
        )]),
        results: SmallVec::new(),
        loc: call.loc,
        fast: FastMath::NONE,
    };
    let jump = func.make_inst(jump, &[]);
    func.block_mut(block).insts.push(jump);

    // The new blocks are at the end of the layout, the second half first: bring them
    // behind the call, the second half last.
    let mut new: Vec<Block> = func.layout.drain(end..).collect();
    new.rotate_left(1);
    func.layout.splice(position + 1..position + 1, new);
}
