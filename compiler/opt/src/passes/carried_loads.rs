//! Fields of objects that a loop reads in each turn, carried from turn to turn.
//!
//! Appending to a list reads its length, its capacity and where its elements are, writes
//! the length, and calls the runtime now and then to grow. That rare call keeps the reads
//! in the loop, and each waits for the last turn's write. So what a field holds becomes a
//! parameter of the loop: it is read in front of the loop and behind what may change it
//! in cold blocks, and a store tells its value.
//!
//! ```text
//!     jump block1(v0)                    v80 = icmp.i64.slt v0, v1
//!   block1(v3: i64):                     br v80, block8, block3
//!     v4 = icmp.i64.slt v3, v1        block8:
//!     br v4, block2, block3              v81 = load.i64 v2+56 !object
//!   block2:                              jump block1(v0, v81)
//!     v5 = load.i64 v2+56 !object     block1(v3: i64, v82: i64):
//!     v6 = iadd.i64 v5, v8       =>      v4 = icmp.i64.slt v3, v1
//!     br v7, block4, block5              br v4, block2, block3
//!   block4:                           block2:
//!     store.i64 v6, v2+56 !object        v6 = iadd.i64 v82, v8
//!     jump block6                        br v7, block4, block5
//!   block5 cold:                      block4:
//!     ecall @f(v2)                       store.i64 v6, v2+56 !object
//!     jump block6                        jump block6(v6)
//!   block6:                           block5 cold:
//!     jump block1(v9)                    ecall @f(v2)
//!                                        v83 = load.i64 v2+56 !object
//!                                        jump block6(v83)
//!                                     block6(v84: i64):
//!                                        jump block1(v9, v84)
//! ```
//!
//! Stores stay, so memory is as it was wherever anybody else looks, on the way of an
//! exception too. The loop gets a test in front, so that the first reads happen only where
//! the loop's first turn would make them: an object is there when the turn, up to its
//! first call, guard or release, accesses it (sums, bounds and polls in between don't
//! decide whether an object lives).
//!
//! Left alone: loops that aren't counted or have loops inside, those where something that
//! isn't cold may write the field otherwise than by storing to it, and those without such a
//! write anywhere (`licm` moves their loads). Two objects that this function made, or one
//! of them and a parameter, are never the same. Complexity: linear in the loop's size for
//! each field, at most [`MOST_FIELDS`].

use crate::analysis::CountedLoop;
use crate::effects;
use crate::loops::{affordable, funnel};
use crate::pass::Pass;
use crate::rewrite::Replacements;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Block, Builder, Function, Imm, Inst, InstData, IntCond, Module, Opcode, Region, Target, Type,
    Value, ValueDef,
};
use rustc_hash::FxHashMap;

/// Most fields that a loop carries: each takes a register.
const MOST_FIELDS: usize = 6;

/// The `carried_loads` pass.
pub struct CarriedLoads;

impl Pass for CarriedLoads {
    fn name(&self) -> &'static str {
        "carried_loads"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let mut changed = false;
        let loops: Vec<CountedLoop> = forest
            .innermost_first()
            .filter_map(|id| CountedLoop::find(func, &cfg, &forest, id))
            .filter(|this| {
                let mut insts = this.blocks.iter().flat_map(|&block| &func.block(block).insts);
                insts.any(|&inst| Field::of(func, inst).is_some())
            })
            .take(affordable(func))
            .collect();
        for this in &loops {
            let fields = carried_fields(func, module, &cfg, this);
            if !fields.is_empty() && enter_by_test(func, this) {
                fields.iter().for_each(|field| carry(func, module, &cfg, this, field));
                changed = true;
            }
        }
        changed
    }
}

/// A field of an object that stays the same while the loop runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Field {
    object: Value,
    offset: i32,
    ty: Type,
}

impl Field {
    /// The field that a load or store accesses, if it is one.
    fn of(func: &Function, inst: Inst) -> Option<Field> {
        let data = func.inst(inst);
        let (object, ty) = match data.op {
            Opcode::Load => (data.args[0], data.ty?),
            Opcode::Store => (data.args[1], func.value_type(data.args[0])),
            _ => return None,
        };
        match data.imm {
            Imm::Mem { offset, region: Region::Object } if offset >= 0 => {
                Some(Field { object, offset, ty })
            }
            _ => None,
        }
    }

    fn end(self) -> i32 {
        self.offset + self.ty.bytes() as i32
    }

    /// Whether the fields may share memory without being the same.
    fn overlaps(self, other: Field, func: &Function, module: &Module) -> bool {
        if self.object == other.object {
            return self != other && self.offset < other.end() && other.offset < self.end();
        }
        let (a, b) = (origin(func, module, self.object), origin(func, module, other.object));
        use Origin::{Made, Parameter};
        !matches!((a, b), (Made, Made | Parameter) | (Parameter, Made))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// This function made it.
    Made,
    /// It was there before.
    Parameter,
    Unknown,
}

/// Where an object comes from, that is the same all through a loop.
fn origin(func: &Function, module: &Module, object: Value) -> Origin {
    match func.value_def(object) {
        ValueDef::Param(block, _) if block == func.entry() => Origin::Parameter,
        ValueDef::Param(..) => Origin::Unknown,
        ValueDef::Result(inst, _) => match func.inst(inst).imm {
            Imm::Extern(id)
                if matches!(
                    module.externs[id.index()].name.as_str(),
                    "list_new" | "set_new" | "dict_new"
                ) =>
            {
                Origin::Made
            }
            _ => Origin::Unknown,
        },
    }
}

/// The fields to carry.
fn carried_fields(func: &Function, module: &Module, cfg: &Cfg, this: &CountedLoop) -> Vec<Field> {
    let mut inside = vec![false; func.num_values()];
    let mut written = false;
    let mut found: Vec<Field> = Vec::new();
    let mut stores: Vec<Field> = Vec::new();
    for &block in &this.blocks {
        let cold = func.block(block).cold;
        let data = func.block(block);
        data.params.iter().for_each(|v| inside[v.index()] = true);
        for &inst in &data.insts {
            func.inst(inst).results.iter().for_each(|v| inside[v.index()] = true);
            let clobbers = effects::clobbers(func, module, inst, Region::Object);
            written |= clobbers;
            let field = Field::of(func, inst);
            match (func.inst(inst).op, field) {
                (Opcode::Store, Some(field)) if clobbers && !cold => stores.push(field),
                (Opcode::Load, Some(field)) if !cold && !found.contains(&field) => {
                    found.push(field);
                }
                _ if clobbers && !cold => return Vec::new(),
                _ => {}
            }
        }
    }
    if !written {
        return Vec::new();
    }
    let present = certain_ends(func, module, cfg, this);
    found.retain(|field| {
        !inside[field.object.index()]
            && present.get(&field.object).is_some_and(|&end| field.end() <= end)
            && !stores.iter().any(|store| field.overlaps(*store, func, module))
    });
    found.truncate(MOST_FIELDS);
    found
}

/// The objects that each turn accesses at once, and up to which byte.
fn certain_ends(
    func: &Function,
    module: &Module,
    cfg: &Cfg,
    this: &CountedLoop,
) -> FxHashMap<Value, i32> {
    let mut ends = FxHashMap::default();
    let mut block = func.inst(this.branch).targets[0].block;
    loop {
        for &inst in &func.block(block).insts {
            let op = func.inst(inst).op;
            if let Some(field) = Field::of(func, inst) {
                let end = ends.entry(field.object).or_insert(field.end());
                *end = field.end().max(*end);
            }
            let about_numbers = matches!(
                op,
                Opcode::SaddChk
                    | Opcode::SsubChk
                    | Opcode::SmulChk
                    | Opcode::Index
                    | Opcode::Bound
                    | Opcode::Poll
                    | Opcode::OsrPoll
                    | Opcode::Store
                    | Opcode::Retain
            );
            if !about_numbers && effects::is_barrier(func, module, inst) && !op.is_terminator() {
                return ends;
            }
        }
        let &[next] = cfg.succs(block) else { return ends };
        if next == this.header || cfg.preds(next).len() != 1 || !this.contains(next) {
            return ends;
        }
        block = next;
    }
}

/// Puts a test in front of a loop: a preheader of its own is reached only when there is a
/// turn. False, and nothing done, where the loop's values can't be had without it.
fn enter_by_test(func: &mut Function, this: &CountedLoop) -> bool {
    let params = func.block(this.header).params.clone();
    let from_header = |v: &Value| params.contains(v);
    let exit = func.inst(this.branch).targets[1].clone();
    let ours =
        |v: &Value| !from_header(v) && crate::analysis::is_defined_in(func, &this.blocks, *v);
    if !this.used_outside(func).iter().all(from_header)
        || exit.args.iter().any(ours)
        || !funnel(func, this)
    {
        return false;
    }
    let Some(enter) = func.terminator(this.preheader) else { return false };
    let given = func.inst(enter).targets[0].args.clone();
    let at_first = |v: Value| params.iter().position(|&p| p == v).map_or(v, |i| given[i]);
    let mut around = func.inst(this.branch).targets[1].clone();
    around.args.iter_mut().for_each(|v| *v = at_first(*v));
    let compare = func.inst(this.test).args.clone();
    let loc = func.inst(this.test).loc;
    let own = func.add_block();
    func.block_mut(this.preheader).insts.pop();
    func.block_mut(own).insts.push(enter);
    let mut b = Builder::new(func, this.preheader);
    b.loc = loc;
    let any = b.icmp(IntCond::Slt, at_first(compare[0]), at_first(compare[1]));
    b.br(any, Target::new(own), around);
    true
}

/// Replaces the loads of a field in a loop whose header has a preheader of its own.
fn carry(func: &mut Function, module: &Module, cfg: &Cfg, this: &CountedLoop, field: &Field) {
    let loc = func.inst(this.test).loc;
    let load = |func: &mut Function| {
        let data = InstData {
            op: Opcode::Load,
            ty: Some(field.ty),
            args: [field.object].into_iter().collect(),
            imm: Imm::Mem { offset: field.offset, region: Region::Object },
            targets: Default::default(),
            results: Default::default(),
            loc,
            fast: Default::default(),
        };
        func.make_inst(data, &[field.ty])
    };
    let mut replacements = Replacements::new(func);
    let mut at_end: FxHashMap<Block, Value> = FxHashMap::default();
    let carried = func.add_param(this.header, field.ty);
    for &block in &this.blocks {
        let mut now = if block == this.header {
            Some(carried)
        } else {
            Some(at_start(func, cfg, field, block, &mut at_end))
        };
        let insts = std::mem::take(&mut func.block_mut(block).insts);
        let mut kept = Vec::with_capacity(insts.len() + 1);
        for inst in insts {
            let same = Field::of(func, inst) == Some(*field);
            let op = func.inst(inst).op;
            match (op, now) {
                (Opcode::Load, Some(known)) if same => {
                    replacements.replace(func.result(inst), known);
                    continue;
                }
                (Opcode::Load, None) if same => now = Some(func.result(inst)),
                (Opcode::Store, _) if same => now = Some(func.inst(inst).args[0]),
                _ if op.is_terminator() => {
                    let stays = cfg.succs(block).iter().any(|&next| this.contains(next));
                    if now.is_none() && stays {
                        let again = load(func);
                        kept.push(again);
                        now = Some(func.result(again));
                    }
                }
                // Elsewhere nothing but the stores above writes the field.
                _ if func.block(block).cold
                    && effects::clobbers(func, module, inst, Region::Object) =>
                {
                    now = None;
                }
                _ => {}
            }
            kept.push(inst);
        }
        func.block_mut(block).insts = kept;
        if let Some(now) = now {
            at_end.insert(block, now);
        }
    }
    let own = (0..func.layout.len())
        .map(|at| func.layout[at])
        .find(|&block| {
            !this.contains(block) && func.successors(block).any(|next| next == this.header)
        })
        .expect("the loop has a preheader");
    let first = load(func);
    let at = func.block(own).insts.len() - 1;
    func.block_mut(own).insts.insert(at, first);
    let first = func.result(first);
    pass(func, own, this.header, first);
    let last = at_end[&this.latch];
    pass(func, this.latch, this.header, last);
    replacements.apply(func);
}

/// What the field holds where a block begins: a parameter where that depends on the way.
fn at_start(
    func: &mut Function,
    cfg: &Cfg,
    field: &Field,
    block: Block,
    at_end: &mut FxHashMap<Block, Value>,
) -> Value {
    let preds = cfg.preds(block);
    let first = at_end[&preds[0]];
    if preds.iter().all(|pred| at_end[pred] == first) {
        return first;
    }
    let param = func.add_param(block, field.ty);
    let mut seen: Vec<Block> = Vec::new();
    for &pred in preds {
        if !seen.contains(&pred) {
            seen.push(pred);
            let value = at_end[&pred];
            pass(func, pred, block, value);
        }
    }
    param
}

/// One more argument on all edges from one block to another.
fn pass(func: &mut Function, from: Block, to: Block, value: Value) {
    let branch = func.terminator(from).expect("a block ends in a terminator");
    for target in &mut func.inst_mut(branch).targets {
        if target.block == to {
            target.args.push(value);
        }
    }
}
