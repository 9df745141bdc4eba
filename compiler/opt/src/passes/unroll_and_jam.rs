//! Several turns of an outer loop side by side.
//!
//! A sum in an inner loop is made in order, one addition after the other, and takes four
//! cycles for each term however much the processor could do besides. An inner loop that adds
//! to elements loads and stores each of them in every turn of the loop around. In both cases
//! some neighbouring turns of the outer loop are made at once: their inner loops run as one
//! (unroll and jam). Each sum keeps its order, and so do the additions to each element.
//!
//! ```text
//!   for i in range(n):                for i in range(0, n - 3, 4):
//!       s = 0.0                           s0 = s1 = s2 = s3 = 0.0
//!       for j in range(m):                for j in range(m):
//!           s += a[i, j] * x[j]    =>         s0 += a[i, j] * x[j]
//!       y[i] = s                              s1 += a[i + 1, j] * x[j]
//!                                             ...
//!                                         y[i] = s0
//!                                         ...
//!                                     (the nest as it was, for what is left)
//! ```
//!
//! The nest as it was stays: for the turns that are left, and for all turns where the tests in
//! front fail, those of `apart` and those that choose versions without checks inside. So
//! nothing that can raise is in the new one. Polls inside see memory of some turns half
//! done: a signal handler that looks at an array that is being filled can't rely on more.
//!
//! Which nests: loops of up to three levels that count up, whose inner ones have limits that
//! the outer one doesn't change, of pieces without branches and calls; with an innermost loop
//! that has a floating recurrence without the permission to reorder it, or that adds to
//! elements that the outer loop's turns share. Complexity: linear in the sizes of the nests,
//! times the number of turns.

mod apart;
mod fuse;

use super::nests::{self, Access, Entrance, Found, Item, Nest};
use crate::analysis::{Linear, number};
use crate::loops::affordable;
use crate::pass::Pass;
use apart::Apart;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Builder, FastMath, Function, IntCond, Module, Opcode, Target, Type, Value};
use fuse::Fuse;

/// Turns at once of a nest of few instructions, or of others.
const TURNS: [usize; 2] = [8, 4];
/// Most instructions of a nest in which sums are made by eight.
const SMALL: usize = 40;
/// Most instructions of a nest that is made by four.
const LARGEST: usize = 80;
/// Limits are not below this, so that they can be lowered by some turns.
const LOWEST: i64 = -(1 << 62);

/// The `unroll_and_jam` pass.
pub struct UnrollAndJam;

impl Pass for UnrollAndJam {
    fn name(&self) -> &'static str {
        "unroll_and_jam"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let mut done = vec![false; forest.loops.len()];
        let mut left = affordable(func);
        for id in forest.innermost_first() {
            // Blocks of loops that aren't touched stay as they are.
            let inner = |at: usize| forest.loops[at].parent == Some(id);
            let has_inner = (0..done.len()).any(inner);
            if (0..done.len()).any(|at| inner(at) && done[at]) {
                done[id] = true;
                continue;
            }
            if !has_inner || left == 0 || func.block(forest.loops[id].header).cold {
                continue;
            }
            if let Some(found) = nests::find(func, module, &cfg, &forest, id)
                && jam(func, &found)
            {
                done[id] = true;
                left -= 1;
            }
        }
        done.contains(&true)
    }
}

fn jam(func: &mut Function, found: &Found) -> bool {
    if found.size > LARGEST || !fuse::is_in_order(func, found) {
        return false;
    }
    let Some((accesses, products)) = nests::accesses(func, found) else { return false };
    let Some(turns) = turns(func, found, &accesses) else { return false };
    let Some(apart) = Apart::find(func, found, &accesses) else { return false };
    let this = &found.nest.this;
    let Some(Entrance { loc, entering, rest, params }) = Entrance::open(func, this) else {
        return false;
    };
    let [test, enter] = std::array::from_fn(|_| func.add_block());
    let mut b = Builder::new(func, this.preheader);
    b.loc = loc;
    let lowest = b.iconst(Type::I64, LOWEST);
    let mut holds = b.icmp(IntCond::Sge, this.limit, lowest);
    let back = b.iconst(Type::I64, -(turns as i64 - 1) * this.step);
    let limit = b.binary(Opcode::Iadd, this.limit, back);
    let enough = b.icmp(IntCond::Slt, this.first, limit);
    holds = b.binary(Opcode::Band, holds, enough);
    for &(condition, is) in &found.conditions {
        let condition = if is { condition } else { b.unary(Opcode::Bnot, condition) };
        holds = b.binary(Opcode::Band, holds, condition);
    }
    b.br(holds, Target::new(test), Target::with(rest, &entering));
    b.switch_to(test);
    let tests =
        [nests::write_ends(&mut b, found, &apart.loops), apart.write(&mut b, &products, turns)];
    match tests.into_iter().flatten().reduce(|a, c| b.binary(Opcode::Band, a, c)) {
        Some(holds) => b.br(holds, Target::new(enter), Target::with(rest, &entering)),
        None => b.jump(Target::new(enter)),
    }
    b.switch_to(rest);
    b.jump(Target::with(this.header, &params));
    let header = Fuse::write(func, found, &apart.pairs, turns, limit, rest);
    let mut b = Builder::new(func, enter);
    b.loc = loc;
    b.jump(Target::with(header, &entering));
    true
}

/// How many turns at once pay; `None` if none do.
fn turns(func: &Function, found: &Found, accesses: &[Access]) -> Option<usize> {
    if has_recurrence(func, found, accesses, &found.nest) {
        return Some(if found.size <= SMALL { TURNS[0] } else { TURNS[1] });
    }
    let shared = |form: &Linear| *form == Linear::default();
    let adds = accesses.iter().filter(|access| access.stores).any(|store| {
        shared(&store.form.each[0])
            && store.form.each[1..].iter().any(|each| !shared(each))
            && accesses.iter().any(|load| !load.stores && load.form == store.form)
    });
    adds.then_some(TURNS[1])
}

/// Whether an innermost loop has a float that each turn computes from the last one's, in an
/// order that must be kept, or over elements that don't lie side by side.
fn has_recurrence(func: &Function, found: &Found, accesses: &[Access], nest: &Nest) -> bool {
    let mut innermost = true;
    for item in &nest.items {
        if let Item::Loop(inner) = item {
            innermost = false;
            if has_recurrence(func, found, accesses, inner) {
                return true;
            }
        }
    }
    if !innermost || nest.number == 0 {
        return false;
    }
    let params = &func.block(nest.this.header).params;
    // What may be reordered is made with vectors along the inner loop, if these can be read
    // and it is long: one of two loops that sum up mostly isn't.
    let strided = nest.number > 1
        || accesses.iter().any(|access| {
            let each = &access.form.each[nest.number];
            number(each).is_none_or(|by| by.unsigned_abs() > 8)
        });
    params.iter().zip(&nest.back).any(|(&param, &next)| {
        func.value_type(param).is_float() && follows(func, found, strided, (next, param), 0)
    })
}

/// Most operations between a value and what it is computed from.
const LONGEST: usize = 12;

fn follows(
    func: &Function,
    found: &Found,
    any_order: bool,
    (mut value, from): (Value, Value),
    depth: usize,
) -> bool {
    while let Some(&other) = found.same.get(&value) {
        value = other;
    }
    if value == from {
        return depth > 0;
    }
    let Some(inst) = func.def_inst(value).filter(|_| depth < LONGEST) else { return false };
    use Opcode::*;
    let data = func.inst(inst);
    matches!(data.op, Fadd | Fsub | Fmul | Fdiv | Fma | Fsqrt)
        && (any_order || !data.fast.has(FastMath::REASSOC))
        && data.args.iter().any(|&arg| follows(func, found, any_order, (arg, from), depth + 1))
}
