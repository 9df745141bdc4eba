//! Global value numbering: of equal computations the dominating one stays.
//!
//! A walk over the dominator tree with a table of what is available, in which a
//! subtree's entries are forgotten when it is left. Shared are pure, guarded and
//! raising operations (an equal check that dominates has passed, so the later one
//! would pass too, whatever axis or message it names), pure extern calls, and loads
//! as long as no write to their region may lie between. A load after a store to the
//! same address gives the stored value. Conditions are known below the branch or
//! guard that tested them.
//!
//! ```text
//!     v2 = index v0, v1 axis 0            v2 = index v0, v1 axis 0
//!     v3 = index v0, v1 axis 1     =>     v4 = iadd.i64 v2, v2
//!     v4 = iadd.i64 v2, v3
//! ```
//!
//! Memory: each region has an *epoch*, a number that names its content. A write
//! starts a new one. A block with one predecessor begins in that one's last epoch,
//! any other block in a new one; a region that the function never writes has one
//! epoch throughout. Equal addresses in equal epochs hold equal values.
//!
//! Phases: one walk, then operands are rewritten. Complexity: linear, with one hash
//! lookup an instruction. It doesn't find equal loop-carried values (`block_params`
//! finds plain twins) and moves nothing.

use crate::effects;
use crate::pass::Pass;
use crate::rewrite::{Replacements, make_iconst};
use cumbia_ir::analysis::{Cfg, DominatorTree};
use cumbia_ir::{
    Block, Effects, FastMath, Function, Imm, Inst, Module, Opcode, Region, Type, Value, ValueList,
};
use rustc_hash::FxHashMap;

/// The `gvn` pass.
pub struct Gvn;

impl Pass for Gvn {
    fn name(&self) -> &'static str {
        "gvn"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let mut walk = Walk {
            module,
            replacements: Replacements::new(func),
            available: FxHashMap::default(),
            known: FxHashMap::default(),
            undo: Vec::new(),
            written: written_regions(func, module),
            next_epoch: 1,
            changed: false,
        };
        walk.run(func, &cfg, &domtree);
        let Walk { replacements, changed, .. } = walk;
        replacements.apply(func);
        changed
    }
}

/// What makes two computations equal.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    op: Opcode,
    ty: Option<Type>,
    args: ValueList,
    imm: Imm,
    fast: FastMath,
    epoch: u32,
}

type Epochs = [u32; Region::ALL.len()];

enum Undo {
    Available(Key),
    Known(Value),
}

struct Walk<'m> {
    module: &'m Module,
    replacements: Replacements,
    /// The first result of each available computation; guards, which have none, map
    /// to their condition.
    available: FxHashMap<Key, Value>,
    /// Conditions whose value is known here.
    known: FxHashMap<Value, bool>,
    undo: Vec<Undo>,
    written: [bool; Region::ALL.len()],
    next_epoch: u32,
    changed: bool,
}

fn written_regions(func: &Function, module: &Module) -> [bool; Region::ALL.len()] {
    let mut written = [false; Region::ALL.len()];
    for &block in &func.layout {
        for &inst in &func.block(block).insts {
            if func.inst(inst).op.effects() == Effects::Pure {
                continue;
            }
            for region in Region::ALL {
                written[region as usize] |= effects::clobbers(func, module, inst, region);
            }
        }
    }
    written
}

impl Walk<'_> {
    fn run(&mut self, func: &mut Function, cfg: &Cfg, domtree: &DominatorTree) {
        enum Step {
            Enter(Block),
            Leave(usize),
        }
        let mut last_epochs: Vec<Epochs> = vec![[0; Region::ALL.len()]; func.num_blocks()];
        let mut stack = vec![Step::Enter(func.entry())];
        while let Some(step) = stack.pop() {
            match step {
                Step::Leave(mark) => self.roll_back(mark),
                Step::Enter(block) => {
                    stack.push(Step::Leave(self.undo.len()));
                    let epochs = match cfg.preds(block) {
                        [pred] if Some(*pred) == domtree.idom(block) => {
                            self.learn_from_edge(func, *pred, block);
                            last_epochs[pred.index()]
                        }
                        _ => self.fresh_epochs(),
                    };
                    last_epochs[block.index()] = self.visit(func, block, epochs);
                    stack.extend(domtree.children(block).iter().rev().map(|&b| Step::Enter(b)));
                }
            }
        }
    }

    fn fresh_epochs(&mut self) -> Epochs {
        let fresh = self.next_epoch;
        self.next_epoch += 1;
        self.written.map(|written| if written { fresh } else { 0 })
    }

    fn roll_back(&mut self, mark: usize) {
        for undo in self.undo.drain(mark..).rev() {
            match undo {
                Undo::Available(key) => {
                    self.available.remove(&key);
                }
                Undo::Known(value) => {
                    self.known.remove(&value);
                }
            }
        }
    }

    /// `block` is entered from `pred` alone: on one side of its branch the condition
    /// is true, on the other false.
    fn learn_from_edge(&mut self, func: &Function, pred: Block, block: Block) {
        let Some(inst) = func.terminator(pred) else { return };
        let data = func.inst(inst);
        if data.op == Opcode::Br && data.targets[0].block != data.targets[1].block {
            self.learn(func, data.args[0], data.targets[0].block == block);
        }
    }

    fn learn(&mut self, func: &Function, cond: Value, holds: bool) {
        if self.known.contains_key(&cond) {
            return;
        }
        self.known.insert(cond, holds);
        self.undo.push(Undo::Known(cond));
        // Both parts of a true conjunction are true, of a false disjunction false.
        let Some(def) = func.def_inst(cond) else { return };
        let data = func.inst(def);
        match (data.op, holds) {
            (Opcode::Band, true) | (Opcode::Bor, false) => {
                for &part in &data.args {
                    self.learn(func, part, holds);
                }
            }
            (Opcode::Bnot, _) => self.learn(func, data.args[0], !holds),
            _ => {}
        }
    }

    fn visit(&mut self, func: &mut Function, block: Block, mut epochs: Epochs) -> Epochs {
        let insts = std::mem::take(&mut func.block_mut(block).insts);
        let mut kept = Vec::with_capacity(insts.len());
        for inst in insts {
            self.replacements.apply_to(func, inst);
            self.use_known_condition(func, inst, &mut kept);
            if self.number(func, inst, &mut epochs) {
                kept.push(inst);
            } else {
                self.changed = true;
            }
        }
        func.block_mut(block).insts = kept;
        epochs
    }

    /// A branch or select on a known condition gets the constant.
    fn use_known_condition(&mut self, func: &mut Function, inst: Inst, out: &mut Vec<Inst>) {
        let data = func.inst(inst);
        if !matches!(data.op, Opcode::Br | Opcode::Select | Opcode::Guard) {
            return;
        }
        if func.int_const(data.args[0]).is_some() {
            return;
        }
        if let Some(&holds) = self.known.get(&data.args[0]) {
            let constant = make_iconst(func, Type::Bool, i64::from(holds), data.loc);
            out.push(constant);
            func.inst_mut(inst).args[0] = func.result(constant);
            self.changed = true;
        }
    }

    /// Looks the instruction up and enters it; false if it isn't needed any more.
    fn number(&mut self, func: &Function, inst: Inst, epochs: &mut Epochs) -> bool {
        let data = func.inst(inst);
        match data.op {
            Opcode::Load => {
                let Imm::Mem { region, .. } = data.imm else { return true };
                let key = load_key(data.ty, data.args[0], &data.imm, epochs[region as usize]);
                self.share(func, inst, key)
            }
            Opcode::Store => {
                let Imm::Mem { region, .. } = data.imm else { return true };
                epochs[region as usize] = self.next_epoch;
                self.next_epoch += 1;
                let key = load_key(data.ty, data.args[1], &data.imm, epochs[region as usize]);
                self.enter(key, data.args[0]);
                true
            }
            Opcode::Guard => {
                let cond = data.args[0];
                if func.int_const(cond) == Some(1) {
                    return false;
                }
                self.learn(func, cond, true);
                true
            }
            _ if effects::is_shareable(func, self.module, inst) => {
                let key = computation_key(func, inst);
                // A checked sum that passed is the wrapping sum.
                let checked = match data.op {
                    Opcode::Iadd => Some(Opcode::SaddChk),
                    Opcode::Isub => Some(Opcode::SsubChk),
                    Opcode::Imul => Some(Opcode::SmulChk),
                    _ => None,
                };
                let stronger =
                    checked.and_then(|op| self.available.get(&Key { op, ..key.clone() }));
                if let Some(&value) = stronger {
                    self.replacements.replace(func.result(inst), value);
                    return false;
                }
                self.share(func, inst, key)
            }
            _ => {
                for region in Region::ALL {
                    if effects::clobbers(func, self.module, inst, region) {
                        epochs[region as usize] = self.next_epoch;
                        self.next_epoch += 1;
                    }
                }
                true
            }
        }
    }

    fn share(&mut self, func: &Function, inst: Inst, key: Key) -> bool {
        let &[result] = func.inst(inst).results.as_slice() else { return true };
        if let Some(&value) = self.available.get(&key) {
            self.replacements.replace(result, value);
            return false;
        }
        self.enter(key, result);
        true
    }

    fn enter(&mut self, key: Key, value: Value) {
        self.available.insert(key.clone(), value);
        self.undo.push(Undo::Available(key));
    }
}

fn load_key(ty: Option<Type>, address: Value, imm: &Imm, epoch: u32) -> Key {
    let (args, fast) = (ValueList::from_iter([address]), FastMath::NONE);
    Key { op: Opcode::Load, ty, args, imm: imm.clone(), fast, epoch }
}

/// The key of an operation on values, with commuted operands in one order.
fn computation_key(func: &Function, inst: Inst) -> Key {
    let data = func.inst(inst);
    let mut args = data.args.clone();
    let mut imm = data.imm.clone();
    if args.len() == 2 && args[0] > args[1] {
        if data.op.is_commutative() {
            args.swap(0, 1);
        } else if let (Opcode::Icmp, Imm::IntCond(cond)) = (data.op, &imm) {
            imm = Imm::IntCond(cond.swapped());
            args.swap(0, 1);
        }
    }
    if matches!(data.op, Opcode::Index | Opcode::Bound) {
        // The axis matters to the message alone.
        imm = Imm::None;
    }
    Key { op: data.op, ty: data.ty, args, imm, fast: data.fast, epoch: 0 }
}
