//! Elements that change in one turn of a loop, loaded once before it and once behind.
//!
//! `d[i, j] = min(d[i, j], d[i, k] + d[k, j])` over `j` reads `d[i, k]` in each turn, and
//! writes it in the turn in which `j` is `k`. So it is loaded each time, and nothing is made
//! with vectors. Such a loop is made in up to three parts: the turns before that one, that
//! one, and those behind it. In each the element is loaded once, in front.
//!
//! ```text
//!   block1(v3: i64):                   outer(v30: i64):
//!     v4 = icmp.i64.slt v3, v1           v31 = icmp.i64.slt v30, v1
//!     br v4, block2, block3              br v31, part, block3
//!   block2:                            part:
//!     v5 = load.f64 v0 !data             v32 = ... v30 is before, at or behind the turn
//!     ...                         =>     v5 = load.f64 v0 !data
//!     store.f64 v6, v7 !data             jump block1(v30)
//!     poll                             block1(v3: i64):
//!     v8 = iadd.i64 v3, v9               v33 = icmp.i64.slt v3, v32
//!     jump block1(v8)                    br v33, block2, between
//!                                      block2: as before, without the load
//!                                      between: jump outer(v3)
//! ```
//!
//! Which turn it is follows from the addresses, by their affine forms; where an element of
//! another alignment is overlapped by two, both are parts of their own. Where the turn isn't
//! among the loop's there is one part.
//!
//! Left alone: loops with other ways out, that may raise or call, that store at more than one
//! place, to elements that don't lie side by side, or before they load; loads from another
//! array, which a backend tells apart by itself. Complexity: linear in the loops' sizes.

use crate::analysis::{AffineForms, CountedLoop, Linear, product_number};
use crate::effects;
use crate::loops::{Exits, Ways, affordable};
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Builder, Effects, Function, Imm, Inst, IntCond, Module, Opcode, Region, Target, Type, Value,
};

/// Most instructions of a loop that is looked at.
const LARGEST: usize = 200;

/// The `split_turns` pass.
pub struct SplitTurns;

impl Pass for SplitTurns {
    fn name(&self) -> &'static str {
        "split_turns"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let found: Vec<(CountedLoop, Split)> = forest
            .innermost_first()
            .filter_map(|id| {
                let this = CountedLoop::find(func, &cfg, &forest, id)?;
                let split = Split::find(func, module, &domtree, &this)?;
                Some((this, split))
            })
            .take(affordable(func))
            .collect();
        let mut changed = false;
        for (this, split) in found {
            changed |= split.make(func, &this.refreshed(func));
        }
        changed
    }
}

/// An element that one turn changes.
struct Split {
    load: Inst,
    /// By how many bytes it is behind what is stored when the counter is 0.
    behind: Linear,
    /// Bytes of an element.
    size: i64,
}

impl Split {
    fn find(
        func: &Function,
        module: &Module,
        domtree: &DominatorTree,
        this: &CountedLoop,
    ) -> Option<Split> {
        let insts: usize = this.blocks.iter().map(|&block| func.block(block).insts.len()).sum();
        let alone = this.exits.iter().all(|exit| *exit == (this.header, this.exit));
        if insts > LARGEST || this.step != 1 || !alone || func.block(this.header).cold {
            return None;
        }
        let mut store = None;
        let mut loads = Vec::new();
        let mut inside = vec![false; func.num_values()];
        for &block in &this.blocks {
            let data = func.block(block);
            data.params.iter().for_each(|v| inside[v.index()] = true);
            for (at, &inst) in data.insts.iter().enumerate() {
                let data = func.inst(inst);
                data.results.iter().for_each(|v| inside[v.index()] = true);
                let place = (block, at, inst);
                match (data.op, &data.imm) {
                    (Opcode::Poll, _) => {}
                    (Opcode::Store, Imm::Mem { region: Region::Data, .. }) => {
                        if store.replace(place).is_some() {
                            return None;
                        }
                    }
                    (Opcode::Load, Imm::Mem { region: Region::Data, .. }) => loads.push(place),
                    (op, _) => {
                        let fails = matches!(op.effects(), Effects::Raise | Effects::Write);
                        let calls = op.effects() == Effects::All;
                        if fails || calls && !effects::is_pure_call(func, module, inst) {
                            return None;
                        }
                    }
                }
            }
        }
        let (home, place, store) = store?;
        let stored = func.value_type(func.inst(store).args[0]);
        let size = i64::from(stored.bits() / 8);
        let mut forms = AffineForms::new(func, vec![this.counter], inside.clone());
        let to = forms.of(func.inst(store).args[1])?.moved(offset(func, store));
        if !size.is_positive() || to.each[0] != Linear::number(size.into()) {
            return None;
        }
        let mut found = None;
        for (block, at, load) in loads {
            let address = func.inst(load).args[0];
            if inside[address.index()] || !domtree.dominates(block, this.latch) {
                continue;
            }
            let first = match block == home {
                true => at < place,
                false => domtree.dominates(block, home),
            };
            let from = forms.of(address)?.moved(offset(func, load));
            let behind = from.rest.plus(-1, &to.rest)?;
            let numbers = behind.terms.iter().all(|&(value, _)| {
                product_number(value).is_none() && func.value_type(value) == Type::I64
            });
            // Of the same array, or else the addresses stay in the difference.
            if numbers && first && func.value_type(func.result(load)) == stored {
                // One at a time.
                if found.replace(Split { load, behind, size }).is_some() {
                    return None;
                }
            }
        }
        found
    }

    fn make(self, func: &mut Function, this: &CountedLoop) -> bool {
        let Some(ways) = Ways::find(func, Exits::of(this), None) else { return false };
        let params = func.block(this.header).params.clone();
        let elsewhere = |v: &Value| {
            !params.contains(v) && crate::analysis::is_defined_in(func, &this.blocks, *v)
        };
        let exit_arguments = &func.inst(this.branch).targets[1].args;
        if ways.used_behind(this.exit).iter().chain(exit_arguments).any(elsewhere) {
            return false;
        }
        ways.funnel(func);
        let loc = func.inst(this.test).loc;
        let Some(enter) = func.block_mut(this.preheader).insts.pop() else { return false };
        let mut b = Builder::new(func, this.preheader);
        b.loc = loc;
        let (turn, behind) = self.turns(&mut b);
        b.func.block_mut(this.preheader).insts.push(enter);

        let [outer, part, between] = std::array::from_fn(|_| func.add_block());
        let copies: Vec<Value> =
            params.iter().map(|&param| func.add_param(outer, func.value_type(param))).collect();
        let copy =
            |v: Value| params.iter().position(|&param| param == v).map_or(v, |at| copies[at]);
        func.inst_mut(enter).targets[0].block = outer;
        let mut exit = func.inst(this.branch).targets[1].clone();
        exit.args.iter_mut().for_each(|v| *v = copy(*v));
        let counter = copy(this.counter);
        let mut b = Builder::new(func, outer);
        b.loc = loc;
        let more = b.icmp(IntCond::Slt, counter, this.limit);
        b.br(more, Target::new(part), exit);
        b.switch_to(part);
        let one = b.iconst(Type::I64, 1);
        let next = b.binary(Opcode::Iadd, counter, one);
        let near = b.binary(Opcode::Smin, turn, this.limit);
        let before = b.icmp(IntCond::Slt, counter, turn);
        let at = b.icmp(IntCond::Slt, counter, behind);
        let end = b.select(at, next, this.limit);
        let end = b.select(before, near, end);
        b.func.block_mut(part).insts.push(self.load);
        b.jump(Target::with(this.header, &copies));
        b.switch_to(between);
        b.jump(Target::with(outer, &params));

        for &block in &this.blocks {
            func.block_mut(block).insts.retain(|&inst| inst != self.load);
        }
        let header = this.header;
        let old = func.block_mut(header).insts.pop();
        debug_assert_eq!(old, Some(this.branch));
        let then = func.inst(this.branch).targets[0].clone();
        let mut b = Builder::new(func, header);
        b.loc = loc;
        let more = b.icmp(IntCond::Slt, this.counter, end);
        b.br(more, then, Target::new(between));
        true
    }

    /// The turn that changes the element, or the first of two, and the one behind.
    fn turns(&self, b: &mut Builder<'_>) -> (Value, Value) {
        let mut bytes = b.iconst(Type::I64, self.behind.constant as i64);
        for &(value, by) in &self.behind.terms {
            let by = b.iconst(Type::I64, by);
            let term = b.binary(Opcode::Imul, value, by);
            bytes = b.binary(Opcode::Iadd, bytes, term);
        }
        let shift = b.iconst(Type::I64, self.size.trailing_zeros().into());
        let turn = b.binary(Opcode::Sshr, bytes, shift);
        let all_but_one = b.iconst(Type::I64, self.size - 1);
        let up = b.binary(Opcode::Iadd, bytes, all_but_one);
        let last = b.binary(Opcode::Sshr, up, shift);
        let one = b.iconst(Type::I64, 1);
        (turn, b.binary(Opcode::Iadd, last, one))
    }
}

fn offset(func: &Function, inst: Inst) -> i128 {
    match func.inst(inst).imm {
        Imm::Mem { offset, .. } => i128::from(offset),
        _ => 0,
    }
}
