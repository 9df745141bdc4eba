//! Elements that a turn of a loop reads back from the turn before it.
//!
//! Where each turn stores to the place behind the last one and reads that one, as a running
//! sum or a table filled from left to right does, the value goes through memory: the load
//! waits for the store, some five cycles in each turn, or longer where the processor doesn't
//! see that they meet. So the stored value becomes a parameter of the loop, and only the
//! first turn loads.
//!
//! ```text
//!     jump block1(v0)                        jump block1(v0, v90)  ; any value
//!   block1(v3: i64):                       block1(v3: i64, v80: i64):
//!     v4 = icmp.i64.slt v3, v1               v4 = icmp.i64.slt v3, v1
//!     br v4, block2, block3                  br v4, block2, block3
//!   block2:                                block2:
//!     ; v6 is v9 + 8 * v3, v11 is 8 more     v81 = icmp.i64.eq v3, v0
//!     v7 = load.i64 v6 !data           =>    br v81, block8, block9(v80)
//!     ...                                  block8:
//!     store.i64 v10, v11 !data               v82 = load.i64 v6 !data
//!     jump block1(v12)                       jump block9(v82)
//!                                          block9(v7: i64):
//!                                            ...
//!                                            store.i64 v10, v11 !data
//!                                            jump block1(v12, v10)
//! ```
//!
//! Legal where
//! - the loop has one store to elements, of the same type, and nothing else writes any;
//! - each turn stores, after the load;
//! - the place of the load is the place of the store less what a turn adds to it, as sums
//!   and products of the counter and what doesn't change, for any values of these. Such
//!   equality holds modulo 2^64 too, so sums that wrap don't matter.
//!
//! The loop doesn't pass its first value again, since counters don't wrap. The first load
//! stays where it is, behind what checks its place.
//!
//! Where the place is the same in each turn (`total[j] += a[i, j]` over `i`) it is another
//! pass, `carried_totals`: such loops may change places with the one around, and nothing is
//! handed on then.
//!
//! Left alone: loops that aren't counted or have loops inside, and loads that the stored value
//! doesn't follow from: such loops a backend may vectorize. Complexity: linear in the
//! loop's size.

use crate::analysis::{Affine, AffineForms, CountedLoop, Linear};
use crate::effects;
use crate::loops::affordable;
use crate::pass::Pass;
use crate::rewrite::Replacements;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Block, Builder, Function, Imm, Inst, IntCond, Module, Opcode, Region, Target, Type, Value,
    ValueDef,
};

/// The `carried_elements` pass.
pub struct CarriedElements;

impl Pass for CarriedElements {
    fn name(&self) -> &'static str {
        "carried_elements"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        carry_all(func, module, false)
    }
}

/// The `carried_totals` pass.
pub struct CarriedTotals;

impl Pass for CarriedTotals {
    fn name(&self) -> &'static str {
        "carried_totals"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        carry_all(func, module, true)
    }
}

/// All elements whose place changes from turn to turn, or all whose place stays.
fn carry_all(func: &mut Function, module: &Module, stays: bool) -> bool {
    let cfg = Cfg::new(func);
    let domtree = DominatorTree::new(func, &cfg);
    let forest = LoopForest::new(func, &cfg, &domtree);
    let found: Vec<(CountedLoop, Carried)> = forest
        .innermost_first()
        .filter_map(|id| {
            let innermost = !forest.loops.iter().any(|other| other.parent == Some(id));
            let this = CountedLoop::find_any(func, &cfg, &forest, id).filter(|_| innermost)?;
            let carried = Carried::find(func, module, &domtree, &this, stays)?;
            Some((this, carried))
        })
        .take(affordable(func))
        .collect();
    // Each change leaves the blocks of other loops as they are.
    for (this, carried) in &found {
        carry(func, this, carried);
    }
    !found.is_empty()
}

/// What a loop hands on.
struct Carried {
    /// What each turn stores.
    stored: Value,
    /// The loads that read it in the next turn, with their blocks: the first in its block.
    loads: Vec<(Block, Inst)>,
}

impl Carried {
    fn find(
        func: &Function,
        module: &Module,
        domtree: &DominatorTree,
        this: &CountedLoop,
        stays: bool,
    ) -> Option<Carried> {
        let mut store = None;
        let mut loads = Vec::new();
        for &block in &this.blocks {
            for (at, &inst) in func.block(block).insts.iter().enumerate() {
                let data = func.inst(inst);
                if effects::clobbers(func, module, inst, Region::Data) {
                    if data.op != Opcode::Store || store.is_some() {
                        return None;
                    }
                    store = Some((block, at, inst));
                } else if data.op == Opcode::Load
                    && matches!(data.imm, Imm::Mem { region: Region::Data, .. })
                {
                    loads.push((block, at, inst));
                }
            }
        }
        let (home, place, store) = store?;
        let stored = func.inst(store).args[0];
        if loads.is_empty() || !domtree.dominates(home, this.latch) {
            return None;
        }
        let inside = defined_inside(func, this);
        let mut forms = AffineForms::new(func, vec![this.counter], inside);
        let to = forms.of(address(func, store)?)?.moved(offset(func, store));
        if stays != (to.each[0] == Linear::default()) {
            return None;
        }
        let before = one_turn_back(&to, this.step)?;
        let mut found: Vec<(Block, Inst)> = Vec::new();
        for (block, at, load) in loads {
            let earlier = match block == home {
                true => at < place,
                // Behind the store one gets only through it: a way around it would come
                // to the latch without.
                false => !domtree.dominates(home, block),
            };
            let ty = func.value_type(func.result(load));
            let alone = !found.iter().any(|other| other.0 == block);
            if earlier && alone && ty == func.value_type(stored) && ty != Type::Ptr {
                let from = forms.of(address(func, load)?);
                let from = from.map(|from| from.moved(offset(func, load)));
                if from.as_ref() == Some(&before) && follows(func, this, stored, load) {
                    found.push((block, load));
                }
            }
        }
        (!found.is_empty()).then_some(Carried { stored, loads: found })
    }
}

/// Whether a value of a turn is computed from what a load of the same turn gives.
fn follows(func: &Function, this: &CountedLoop, value: Value, load: Inst) -> bool {
    let from = func.result(load);
    let mut seen = vec![false; func.num_values()];
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        if value == from {
            return true;
        }
        if std::mem::replace(&mut seen[value.index()], true) {
            continue;
        }
        match func.value_def(value) {
            ValueDef::Result(inst, _) => pending.extend(&func.inst(inst).args),
            ValueDef::Param(block, place) if block != this.header && this.contains(block) => {
                for &from in &this.blocks {
                    let Some(branch) = func.terminator(from) else { continue };
                    let to = |target: &&Target| target.block == block;
                    let targets = func.inst(branch).targets.iter().filter(to);
                    pending.extend(targets.map(|target| target.args[place as usize]));
                }
            }
            ValueDef::Param(..) => {}
        }
    }
    false
}

fn address(func: &Function, inst: Inst) -> Option<Value> {
    func.inst(inst).args.last().copied()
}

fn offset(func: &Function, inst: Inst) -> i128 {
    match func.inst(inst).imm {
        Imm::Mem { offset, .. } => i128::from(offset),
        _ => 0,
    }
}

/// What a value was a turn ago.
fn one_turn_back(form: &Affine, step: i64) -> Option<Affine> {
    let rest = form.rest.plus(step.checked_neg()?, &form.each[0])?;
    Some(Affine { each: form.each.clone(), rest })
}

/// Of each value, whether the loop defines it.
fn defined_inside(func: &Function, this: &CountedLoop) -> Vec<bool> {
    let mut inside = vec![false; func.num_values()];
    for &block in &this.blocks {
        let data = func.block(block);
        let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
        data.params.iter().chain(results).for_each(|v| inside[v.index()] = true);
    }
    inside
}

fn carry(func: &mut Function, this: &CountedLoop, carried: &Carried) {
    let ty = func.value_type(carried.stored);
    let param = func.add_param(this.header, ty);
    let mut b = Builder::new(func, this.preheader);
    let jump = b.func.block_mut(this.preheader).insts.pop();
    // Nobody looks at it in the first turn.
    let any = match ty {
        Type::F64 => b.f64const(0.0),
        Type::F32 => b.f32const(0.0),
        _ => b.iconst(ty, 0),
    };
    b.func.block_mut(this.preheader).insts.extend(jump);
    pass(func, this.preheader, this.header, any);
    let mut replacements = Replacements::new(func);
    let latch = split_behind(func, this, carried, param, &mut replacements);
    pass(func, latch, this.header, carried.stored);
    replacements.apply(func);
}

/// Splits the blocks of the loads; gives the loop's latch, which may be another block now.
fn split_behind(
    func: &mut Function,
    this: &CountedLoop,
    carried: &Carried,
    param: Value,
    replacements: &mut Replacements,
) -> Block {
    let mut latch = this.latch;
    let ty = func.value_type(carried.stored);
    for &(block, load) in &carried.loads {
        let loc = func.inst(load).loc;
        let [first, rest] = std::array::from_fn(|_| func.add_block());
        let cold = func.block(block).cold;
        let insts = &mut func.block_mut(block).insts;
        let at = insts.iter().position(|&inst| inst == load).expect("the load is in its block");
        let behind = insts.split_off(at + 1);
        insts.pop();
        func.block_mut(rest).insts = behind;
        func.block_mut(rest).cold = cold;
        func.block_mut(first).cold = true;
        func.block_mut(first).insts.push(load);
        let now = func.add_param(rest, ty);
        let loaded = func.result(load);
        let mut b = Builder::new(func, block);
        b.loc = loc;
        let at_first = b.icmp(IntCond::Eq, this.counter, this.first);
        b.br(at_first, Target::new(first), Target::with(rest, &[param]));
        b.switch_to(first);
        b.jump(Target::with(rest, &[loaded]));
        // The jump keeps the load's own result; all other uses get the parameter.
        replacements.replace(loaded, now);
        let jump = func.terminator(first).expect("it was just made");
        let Some(kept) = copy_of_load(func, first, load) else { unreachable!("a load") };
        func.inst_mut(jump).targets[0].args[0] = kept;
        if block == latch {
            latch = rest;
        }
    }
    latch
}

/// A copy of the load in its place, whose result nothing stands for.
fn copy_of_load(func: &mut Function, block: Block, load: Inst) -> Option<Value> {
    let data = func.inst(load).clone();
    let ty = data.ty?;
    let copy = func.make_inst(cumbia_ir::InstData { results: Default::default(), ..data }, &[ty]);
    *func.block_mut(block).insts.first_mut()? = copy;
    Some(func.result(copy))
}

/// One more argument on the edge from one block to another.
fn pass(func: &mut Function, from: Block, to: Block, value: Value) {
    let branch = func.terminator(from).expect("a block ends in a terminator");
    for target in &mut func.inst_mut(branch).targets {
        if target.block == to {
            target.args.push(value);
        }
    }
}
