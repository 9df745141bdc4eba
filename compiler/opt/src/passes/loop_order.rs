//! Loops of a nest in another order, and in blocks.
//!
//! A nest that goes down the columns of an array whose rows lie side by side takes a line of
//! the cache from memory for each element, and no vectors are made of it. Its loops change
//! places (loop interchange). A product of matrices reads one of them again in each turn of
//! the outer loop; if that is larger than a cache, the inner loops are made in blocks (tiling).
//!
//! ```text
//!   for i in range(n):                  for i in range(n):
//!       for j in range(m):                  for j in range(m):
//!           s = 0.0                             c[i, j] = 0.0
//!           for k in range(l):      =>      for k in range(l):
//!               s += a[i, k] * b[k, j]          for j in range(m):
//!           c[i, j] = s                             c[i, j] += a[i, k] * b[k, j]
//! ```
//!
//! Nothing is reassociated: what is added to an element is added in the same order, since whole
//! loops change places and blocks come one behind the other. Values are the same, those of the
//! loops' variables behind the nest too. A nest that may raise isn't touched: those that are
//! have no checks left ([`super::nests`]), so memory is as it was wherever an exception could
//! show it. A poll that raises may show elements of later turns.
//!
//! The nest as it was stays, for all turns if a test in front fails: that loops turn at all,
//! that arrays are apart, that strides of rows are longer than rows, and that it pays.
//!
//! Left alone: loops whose limits change in the nest (triangles), that count down or by other
//! steps, sums over several loops, addresses that aren't sums of counters. Complexity: linear
//! in the sizes of the nests, quadratic in their accesses, which are few.

mod meet;
mod plan;
mod shape;
mod write;

use super::nests::{self, Entrance, Extent, Found, Products};
use crate::analysis::{Level, Linear};
use crate::loops::affordable;
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Builder, Function, IntCond, Module, Opcode, Target, Type, Value};
use plan::Plan;
use rustc_hash::FxHashMap;
use shape::Shape;
use write::Write;

/// Most instructions of a nest that is written anew.
const LARGEST: usize = 80;
/// Most accesses.
const MOST_ACCESSES: usize = 16;
/// Fewest turns of a loop that becomes the innermost one.
const FEWEST: i64 = 16;
/// Fewest turns of a sum that goes to memory for it, and how many bytes they go through: a
/// shorter one is as fast where it is, with several side by side.
const LONG_SUM: [i64; 2] = [128, 1 << 17];
/// Blocks end below this.
const HIGHEST: i64 = 1 << 62;

/// The `loop_order` pass.
pub struct LoopOrder;

impl Pass for LoopOrder {
    fn name(&self) -> &'static str {
        "loop_order"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let mut changes = vec![false; func.num_values()];
        for &block in forest.loops.iter().flat_map(|this| &this.blocks) {
            let data = func.block(block);
            let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
            data.params.iter().chain(results).for_each(|v| changes[v.index()] = true);
        }
        let mut done = vec![false; forest.loops.len()];
        let mut left = affordable(func);
        let mut outermost_first: Vec<_> = forest.innermost_first().collect();
        outermost_first.reverse();
        for id in outermost_first {
            let parent = forest.loops[id].parent;
            if parent.is_some_and(|parent| done[parent]) {
                done[id] = true;
                continue;
            }
            let has_inner = forest.loops.iter().any(|other| other.parent == Some(id));
            if !has_inner || left == 0 || func.block(forest.loops[id].header).cold {
                continue;
            }
            if let Some(found) = nests::find(func, module, &cfg, &forest, id)
                && reorder(func, &found, &changes)
            {
                done[id] = true;
                left -= 1;
            }
        }
        done.contains(&true)
    }
}

fn reorder(func: &mut Function, found: &Found, changes: &[bool]) -> bool {
    if found.size > LARGEST || plan_of(func, found, changes).is_none() {
        return false;
    }
    // What is written is copied from the function as it was.
    let old = func.clone();
    let Some((shape, plan, products)) = plan_of(&old, found, changes) else { return false };
    let Some(loops) = nests::limits(found) else { return false };
    let this = &found.nest.this;
    let Some(Entrance { loc, entering, rest, params }) = Entrance::open(func, this) else {
        return false;
    };
    let [test, enter] = std::array::from_fn(|_| func.add_block());
    let mut b = Builder::new(func, this.preheader);
    b.loc = loc;
    let Front { holds, turns, blocks } = front(&mut b, (&shape, &plan), &products, &loops);
    b.br(holds, Target::new(test), Target::with(rest, &entering));
    b.switch_to(test);
    let mut holds = nests::write_ends(&mut b, found, &loops);
    let mut extent = Extent::new(&mut b, &products, &loops);
    for test in &plan.tests {
        let test = test.write(&mut extent, &turns);
        holds = Some(match holds {
            Some(holds) => extent.b.binary(Opcode::Band, holds, test),
            None => test,
        });
    }
    match holds {
        Some(holds) => b.br(holds, Target::new(enter), Target::with(rest, &entering)),
        None => b.jump(Target::new(enter)),
    }
    b.switch_to(rest);
    b.jump(Target::with(this.header, &params));
    let write = Write { old: &old, shape: &shape, plan: &plan, blocks };
    let behind = write.nests(func, enter);
    let last = write.last(func, behind);
    let mut b = Builder::new(func, behind);
    b.loc = loc;
    b.jump(Target::with(rest, &last));
    true
}

/// How a nest is to be written, if that pays, and the products in its addresses.
fn plan_of<'a>(
    func: &'a Function,
    found: &'a Found,
    changes: &[bool],
) -> Option<(Shape<'a>, Plan, Products)> {
    let shape = Shape::find(func, found)?;
    let (accesses, products) = nests::accesses(func, found)?;
    if accesses.len() > MOST_ACCESSES {
        return None;
    }
    let plan = plan::find(func, &shape, &accesses, changes)?;
    Some((shape, plan, products))
}

/// What is known in front of a nest.
struct Front {
    /// Whether to go on with the tests.
    holds: Value,
    /// Turns of each loop.
    turns: Vec<Value>,
    /// Turns of a block of each loop that has blocks.
    blocks: FxHashMap<usize, Value>,
}

/// Computes whether loops turn, and so often that another order pays.
fn front(
    b: &mut Builder<'_>,
    (shape, plan): (&Shape<'_>, &Plan),
    products: &Products,
    loops: &[(Value, Value)],
) -> Front {
    let mut all: Vec<Value> = Vec::new();
    let most = meet::most_turns(b);
    let mut turns = Vec::new();
    for &(first, limit) in loops {
        let count = b.binary(Opcode::Isub, limit, first);
        all.push(b.icmp(IntCond::Slt, first, limit));
        all.push(b.icmp(IntCond::Ult, count, most));
        turns.push(count);
    }
    for &(condition, is) in &shape.found.conditions {
        all.push(if is { condition } else { b.unary(Opcode::Bnot, condition) });
    }
    let innermost = shape.depth() - 1;
    let reached = |b: &mut Builder<'_>, each: &Linear, level: usize| {
        let mut extent = Extent::new(b, products, loops);
        let by = extent.linear(each);
        let by = extent.magnitude(by);
        b.binary(Opcode::Imul, by, turns[level])
    };
    let at_least = |b: &mut Builder<'_>, value: Value, least: i64| {
        let least = b.iconst(Type::I64, least);
        b.icmp(IntCond::Sge, value, least)
    };
    let inner = plan.schedule.last().map(|level| match *level {
        Level::Whole(level) | Level::Within(level) | Level::Blocks(level) => level,
    });
    if let Some(inner) = inner.filter(|&inner| inner != innermost) {
        all.push(at_least(b, turns[inner], FEWEST));
        if shape.carried.is_some() {
            all.push(at_least(b, turns[innermost], LONG_SUM[0]));
            if let Some(stride) = &plan.stride {
                let through = reached(b, stride, innermost);
                all.push(at_least(b, through, LONG_SUM[1]));
            }
        }
    }
    let mut blocks = FxHashMap::default();
    if let Some(blocked) = &plan.blocked {
        let through = reached(b, &blocked.stride, blocked.of);
        let large = at_least(b, through, blocked.least);
        if !plan.changed {
            all.push(large);
        }
        for (level, size) in blocked.loops {
            let highest = b.iconst(Type::I64, HIGHEST);
            all.push(b.icmp(IntCond::Slt, loops[level].1, highest));
            let size = b.iconst(Type::I64, size);
            let size = if plan.changed { b.select(large, size, turns[level]) } else { size };
            blocks.insert(level, size);
        }
    }
    let mut all = all.into_iter();
    let first = all.next().expect("a nest has loops");
    let holds = all.fold(first, |holds, next| b.binary(Opcode::Band, holds, next));
    Front { holds, turns, blocks }
}
