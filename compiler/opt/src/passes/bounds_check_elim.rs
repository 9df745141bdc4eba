//! Removal of checks that can't fail: bounds, overflow, guards, decided branches.
//!
//! Asks [`Ranges`] about each check at its place and weakens or removes it:
//!
//! - `index i, n` becomes `bound i, n` if `i >= 0`, and `i` if `i < n` as well;
//! - `bound i, n` becomes `i` if `0 <= i < n`;
//! - `sadd_chk`, `ssub_chk`, `smul_chk` become `iadd`, `isub`, `imul` if the result fits;
//! - `guard c` goes, and `br c` gets a constant, if `c` is decided;
//! - divisions and remainders of operands that aren't negative become unsigned ones, which
//!   need no adjusting to Python's rounding;
//! - `smax a, b` and `smin a, b` become the operand that is known to win;
//! - a `select` of integers becomes the one that a decided condition takes.
//!
//! ```text
//!   block0(v0: ptr, v1: i64):                 block0(v0: ptr, v1: i64):
//!     v2 = iconst.i64 0                         v2 = iconst.i64 0
//!     v3 = smax.i64 v1, v2                      v3 = smax.i64 v1, v2
//!     jump block1(v2)                           jump block1(v2)
//!   block1(v4: i64):                          block1(v4: i64):
//!     v5 = icmp.i64.slt v4, v3                  v5 = icmp.i64.slt v4, v3
//!     br v5, block2, block3                     br v5, block2, block3
//!   block2:                            =>     block2:
//!     v6 = index v4, v1 axis 0                  ; v6 is v4
//!     v7 = iconst.i64 1                         v7 = iconst.i64 1
//!     v8 = sadd_chk.i64 v4, v7                  v8 = iadd.i64 v4, v7
//!     jump block1(v8)                           jump block1(v8)
//! ```
//!
//! Here `v4 >= 0` by induction from 0 upward; `v4 < smax(v1, 0)` by the branch, and since
//! `v4` isn't below 0 the larger one is `v1`; so `v4 + 1 <= v1` doesn't overflow.
//!
//! Phases: analyse; decide on each check; change. All proofs are about the function as
//! it was, with all its checks, so removing one takes nothing from the proof of
//! another: each removed check is one that never fails in any execution of the original.
//!
//! What it needs from a front end to see through a `range`: a counter that goes up by
//! a plain `iadd` from 0 to a count, tested in the header, with items
//! `start + position * step`, and the count in one of these spellings, where `d` is the
//! distance from the low end to the high one:
//!
//! - `smax(d, 0)`, for steps of 1, where `d` is exact (`ssub_chk`, or bounded operands);
//! - `select(d > 0, udiv(d - 1, size) + 1, 0)` for other steps, with such a `d`;
//! - `select(low < high, isub(high, low), 0)`, where `d` may wrap.
//!
//! A length is known not to be negative where an `index` or `bound` uses it and below.
//! Where that matters earlier, `smax(extent, 0)` says it at the cost of one operation.
//!
//! Complexity: a bounded search per check, so linear in the function.

use crate::analysis::{Effort, Point, Ranges};
use crate::pass::Pass;
use crate::rewrite::{Replacements, make_iconst};
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Block, Cursor, Function, Imm, Inst, IntCond, Module, Opcode, Type, Value};

/// The `bounds_check_elim` pass.
pub struct BoundsCheckElim;

impl Pass for BoundsCheckElim {
    fn name(&self) -> &'static str {
        "bounds_check_elim"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        if !has_candidates(func) {
            return false;
        }
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let changes = decide(func, &cfg, &domtree, &forest);
        apply(func, &changes);
        !changes.is_empty()
    }
}

/// What is done to a check.
enum Change {
    /// The result is this value; the check goes.
    Value(Inst, Value),
    /// The check becomes this operation on the same operands.
    Weaken(Inst, Opcode),
    /// The guard goes.
    Drop(Inst),
    /// The branch's condition is this.
    Decide(Inst, bool),
}

fn is_candidate(op: Opcode) -> bool {
    use Opcode::*;
    let division = matches!(op, Sdiv | Srem | Sfloordiv | Sfloormod);
    division
        || matches!(op, Index | Bound | SaddChk | SsubChk | SmulChk | Guard | Smax | Smin)
        || matches!(op, Select | Br)
}

fn has_candidates(func: &Function) -> bool {
    let insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
    insts.into_iter().any(|&inst| is_candidate(func.inst(inst).op))
}

fn decide(func: &Function, cfg: &Cfg, domtree: &DominatorTree, forest: &LoopForest) -> Vec<Change> {
    let mut ranges = Ranges::new(func, cfg, domtree, forest);
    let mut changes = Vec::new();
    for &block in cfg.rpo() {
        for (i, &inst) in func.block(block).insts.iter().enumerate() {
            if is_candidate(func.inst(inst).op) {
                let at = Point::new(block, i);
                changes.extend(decide_one(func, forest, &mut ranges, inst, at));
            }
        }
    }
    changes
}

fn decide_one(
    func: &Function,
    forest: &LoopForest,
    ranges: &mut Ranges<'_>,
    inst: Inst,
    at: Point,
) -> Option<Change> {
    use Opcode::*;
    let data = func.inst(inst);
    let ty = data.ty.unwrap_or(Type::I64);
    ranges.set_effort(match data.op {
        Smax | Smin | Select | Br | Sdiv | Srem | Sfloordiv | Sfloormod => Effort::Small,
        _ => Effort::Full,
    });
    match data.op {
        Index | Bound => {
            let (i, n) = (data.args[0], data.args[1]);
            if !ranges.at_least(i, 0, at) {
                return None;
            }
            if ranges.at_most(i, n, -1, at) {
                return Some(Change::Value(inst, i));
            }
            (data.op == Index).then_some(Change::Weaken(inst, Bound))
        }
        SaddChk => ranges
            .sum_fits(data.args[0], 1, data.args[1], ty, at)
            .then_some(Change::Weaken(inst, Iadd)),
        SsubChk => ranges
            .sum_fits(data.args[0], -1, data.args[1], ty, at)
            .then_some(Change::Weaken(inst, Isub)),
        SmulChk => ranges
            .product_fits(data.args[0], data.args[1], ty, at)
            .then_some(Change::Weaken(inst, Imul)),
        Sdiv | Sfloordiv | Srem | Sfloormod => {
            let &[a, b] = data.args.as_slice() else { return None };
            let quotient = matches!(data.op, Sdiv | Sfloordiv);
            (ranges.at_least(a, 0, at) && ranges.at_least(b, 0, at))
                .then_some(Change::Weaken(inst, if quotient { Udiv } else { Urem }))
        }
        Smax | Smin => {
            let (a, b) = (data.args[0], data.args[1]);
            let a_least = ranges.at_most(a, b, 0, at);
            let b_least = !a_least && ranges.at_most(b, a, 0, at);
            match (data.op == Smin, a_least, b_least) {
                (true, true, _) | (false, _, true) => Some(Change::Value(inst, a)),
                (true, _, true) | (false, true, _) => Some(Change::Value(inst, b)),
                _ => None,
            }
        }
        Guard => {
            (decided(func, ranges, data.args[0], at)? == Some(true)).then_some(Change::Drop(inst))
        }
        Select if func.value_type(data.args[1]).is_int() => {
            let holds = decided(func, ranges, data.args[0], at)??;
            Some(Change::Value(inst, data.args[if holds { 1 } else { 2 }]))
        }
        Br => {
            // The test that ends a loop holds now and then; asking is a waste.
            if is_loop_test(func, forest, at.block, inst) {
                return None;
            }
            decided(func, ranges, data.args[0], at)?.map(|holds| Change::Decide(inst, holds))
        }
        _ => None,
    }
}

fn is_loop_test(func: &Function, forest: &LoopForest, block: Block, inst: Inst) -> bool {
    let Some(id) = forest.loop_of(block) else { return false };
    forest.loops[id].header == block
        && func.inst(inst).targets.iter().any(|t| !forest.contains(id, t.block))
}

/// Whether a condition is decided at a place, and how; `None` if it isn't a comparison
/// that ranges know about.
fn decided(
    func: &Function,
    ranges: &mut Ranges<'_>,
    cond: Value,
    at: Point,
) -> Option<Option<bool>> {
    let data = func.inst(func.def_inst(cond)?);
    let (Opcode::Icmp, &Imm::IntCond(code)) = (data.op, &data.imm) else { return None };
    let (a, b) = (data.args[0], data.args[1]);
    if !func.value_type(a).is_int() {
        return None;
    }
    Some(if proven(ranges, code, a, b, at) {
        Some(true)
    } else if proven(ranges, code.inverse(), a, b, at) {
        Some(false)
    } else {
        None
    })
}

/// Whether the comparison holds. Where both sides aren't negative, unsigned order is
/// signed order.
fn proven(ranges: &mut Ranges<'_>, code: IntCond, a: Value, b: Value, at: Point) -> bool {
    use IntCond::*;
    match code {
        Slt => ranges.at_most(a, b, -1, at),
        Sle => ranges.at_most(a, b, 0, at),
        Sgt => ranges.at_most(b, a, -1, at),
        Sge => ranges.at_most(b, a, 0, at),
        Eq => ranges.at_most(a, b, 0, at) && ranges.at_most(b, a, 0, at),
        Ne => ranges.at_most(a, b, -1, at) || ranges.at_most(b, a, -1, at),
        Ult | Ule | Ugt | Uge => {
            let signed = match code {
                Ult => Slt,
                Ule => Sle,
                Ugt => Sgt,
                _ => Sge,
            };
            ranges.at_least(a, 0, at)
                && ranges.at_least(b, 0, at)
                && proven(ranges, signed, a, b, at)
        }
    }
}

fn apply(func: &mut Function, changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    let mut replacements = Replacements::new(func);
    let mut gone = vec![false; func.num_insts()];
    for change in changes {
        match *change {
            Change::Value(inst, value) => {
                replacements.replace(func.result(inst), value);
                gone[inst.index()] = true;
            }
            Change::Drop(inst) => gone[inst.index()] = true,
            Change::Weaken(inst, op) => {
                let data = func.inst_mut(inst);
                data.op = op;
            }
            Change::Decide(..) => {}
        }
    }
    for b in 0..func.layout.len() {
        let block = func.layout[b];
        func.block_mut(block).insts.retain(|inst| !gone[inst.index()]);
    }
    for change in changes {
        if let &Change::Decide(inst, holds) = change {
            decide_branch(func, inst, holds);
        }
    }
    replacements.apply(func);
}

fn decide_branch(func: &mut Function, inst: Inst, holds: bool) {
    let loc = func.inst(inst).loc;
    let constant = make_iconst(func, Type::Bool, i64::from(holds), loc);
    let value = func.result(constant);
    func.inst_mut(inst).args[0] = value;
    let home = func.layout.iter().copied().find(|&block| func.terminator(block) == Some(inst));
    if let Some(block) = home {
        Cursor::before_terminator(func, block).insert(constant);
    }
}
