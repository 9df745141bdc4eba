//! In which order the loops of a nest are made.
//!
//! *What is allowed.* Accesses that touch the same elements come in the same order: by the
//! directions in which they meet ([`crate::analysis::directions`]). What is made before or
//! behind all turns of the nest doesn't meet what it overtakes.
//!
//! *What pays.* Of each loop it is counted what a turn costs if it is the innermost one: of a
//! load 1 where the next element lies beside the last one, 16 where it doesn't, which is
//! another line of the cache; of a store 1 and 32, since the line is read first; nothing for a
//! load of the same element. Loops are put in the order in which these costs go down. It must
//! be a third less in the innermost loop, or half of it in the next one.
//!
//! *Blocks.* In a nest of three loops of which the two inner ones read an array that the outer
//! one doesn't change, as a product of matrices does, they are made in blocks if it is larger
//! than a cache: the block stays there while the outer loop runs. So are the two inner loops
//! of a nest of which some accesses go down columns in either order, as those of a
//! transposition do: of the lines that one turn takes from memory the next turns find the rest.

use super::meet::{Test, meet};
use super::shape::{Place, Shape};
use crate::analysis::{Direction, Level, Linear, keeps_order, number};
use crate::passes::nests::Access;
use cumbia_ir::{Function, Inst, Opcode, Value};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;

/// Turns of blocks of the middle and of the innermost loop where an array is read again, and
/// from how many bytes on it is.
const AGAIN: ([i64; 2], i64) = ([64, 512], 1 << 20);
/// The same where columns are gone down, and from how many bytes of them on.
const COLUMNS: ([i64; 2], i64) = ([256, 256], 1 << 22);
/// Most tests in front of a nest.
const MOST_TESTS: usize = 12;

/// How a nest is written.
pub struct Plan {
    /// The loops.
    pub schedule: Vec<Level>,
    /// What must hold.
    pub tests: Vec<Test>,
    /// Loads of what no store touches: these may be made anywhere.
    pub free: FxHashSet<Inst>,
    /// Whether the loops change places.
    pub changed: bool,
    /// If they do, the access that shows how long a turn of the old innermost
    /// loop is.
    pub stride: Option<Linear>,
    /// What is made in blocks.
    pub blocked: Option<Blocked>,
}

/// Two loops in blocks.
pub struct Blocked {
    /// The loops, and how many turns a block has.
    pub loops: [(usize, i64); 2],
    /// What a turn of a loop adds to an address,
    pub stride: Linear,
    /// which loop,
    pub of: usize,
    /// and how many bytes all of its turns must be.
    pub least: i64,
}

/// How to write a nest, if that pays. Of values that `changes` marks there are several in a
/// run of the function.
pub fn find(
    func: &Function,
    shape: &Shape<'_>,
    accesses: &[Access],
    changes: &[bool],
) -> Option<Plan> {
    let mut pairs = Pairs {
        func,
        shape,
        tests: Vec::new(),
        free: shape.insts.iter().filter(|&&inst| is_load(func, inst)).copied().collect(),
        directions: Vec::new(),
    };
    let best = |pairs: &Pairs<'_>| {
        let (order, changed) = choose(func, shape, accesses, &pairs.directions);
        let blocks = blocks(changes, shape, accesses, &order).filter(|(schedule, _)| {
            pairs.directions.iter().all(|direction| keeps_order(direction, schedule))
        });
        // What a loop carries has its element in memory if another one is the innermost.
        let blocks = blocks.filter(|_| changed || shape.carried.is_none());
        (changed || blocks.is_some()).then_some((order, changed, blocks))
    };
    // Before anything is asked about accesses, whether anything would pay.
    best(&pairs)?;
    pairs.find(accesses)?;
    let (order, changed, blocks) = best(&pairs)?;
    let Pairs { tests, free, .. } = pairs;
    let innermost = shape.depth() - 1;
    let stride = changed.then(|| old_stride(shape, accesses, innermost)).flatten();
    let mut plan = Plan {
        schedule: order.iter().map(|&level| Level::Whole(level)).collect(),
        tests,
        free,
        changed,
        stride,
        blocked: None,
    };
    if let Some((schedule, blocked)) = blocks {
        plan.schedule = schedule;
        plan.blocked = Some(blocked);
    }
    Some(plan)
}

fn is_load(func: &Function, inst: Inst) -> bool {
    func.inst(inst).op == Opcode::Load
}

/// What the old innermost loop adds to an address, if that isn't a number.
fn old_stride(shape: &Shape<'_>, accesses: &[Access], innermost: usize) -> Option<Linear> {
    let inside = accesses.iter().filter(|access| in_body(shape, access));
    let mut strides = inside.map(|access| access.form.each[innermost].clone());
    strides.find(|each| number(each).is_none())
}

fn in_body(shape: &Shape<'_>, access: &Access) -> bool {
    shape.places.get(&access.inst) == Some(&Place::Front(shape.depth() - 1))
}

/// The order of the loops, and whether it is another one than before.
fn choose(
    func: &Function,
    shape: &Shape<'_>,
    accesses: &[Access],
    directions: &[Direction],
) -> (Vec<usize>, bool) {
    let depth = shape.depth();
    let costs: Vec<i64> = (0..depth).map(|level| cost(func, shape, accesses, level)).collect();
    let mut orders = vec![vec![]];
    for _ in 0..depth {
        let longer = |order: &Vec<usize>| {
            let left = (0..depth).filter(|level| !order.contains(level));
            left.map(|level| [&order[..], &[level]].concat()).collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    let allowed = |order: &&Vec<usize>| {
        let schedule: Vec<Level> = order.iter().map(|&level| Level::Whole(level)).collect();
        directions.iter().all(|direction| keeps_order(direction, &schedule))
    };
    let before: Vec<usize> = (0..depth).collect();
    // The first of equal ones is the one with the fewest changes outside.
    let by_cost = |order: &&Vec<usize>| order.iter().rev().map(|&at| costs[at]).collect::<Vec<_>>();
    let Some(order) = orders.iter().filter(allowed).min_by_key(by_cost) else {
        return (before, false);
    };
    let (old, new) = (depth - 1, order[depth - 1]);
    let pays = match new == old {
        true => {
            depth > 2
                && shape.carried.is_none()
                && costs[order[depth - 2]] * 2 <= costs[before[depth - 2]]
        }
        false => costs[new] * 3 <= costs[old] * 2,
    };
    match pays && *order != before {
        true => (order.clone(), true),
        false => (before, false),
    }
}

/// What a turn costs if a loop is the innermost one.
fn cost(func: &Function, shape: &Shape<'_>, accesses: &[Access], level: usize) -> i64 {
    let mut sum = 0;
    for access in accesses {
        let element = shape.carried.as_ref().is_some_and(|carried| carried.store == access.inst);
        if !element && !in_body(shape, access) {
            continue;
        }
        let near = match number(&access.form.each[level]) {
            Some(0) => 0,
            Some(bytes) if bytes.unsigned_abs() <= 2 * access.size.unsigned_abs() => 1,
            _ => 2,
        };
        let stores = func.inst(access.inst).op == Opcode::Store;
        sum += match (near, stores) {
            (0, false) => 0,
            (0 | 1, _) => 1,
            (_, false) => 16,
            (_, true) => 32,
        };
    }
    sum
}

/// The two inner loops in blocks, if that may pay. Loops whose ends change in a loop around the
/// nest are blocks already.
fn blocks(
    changes: &[bool],
    shape: &Shape<'_>,
    accesses: &[Access],
    order: &[usize],
) -> Option<(Vec<Level>, Blocked)> {
    let (&[middle, inner], around) = order.split_last_chunk::<2>().map(|(a, b)| (b, a))?;
    let none = Linear::default();
    let in_a_loop = |value: Value| changes.get(value.index()).is_some_and(|&changes| changes);
    if [middle, inner].iter().any(|&at| in_a_loop(shape.levels[at].this.limit)) {
        return None;
    }
    let element = |access: &Access| {
        shape.carried.as_ref().is_some_and(|carried| carried.store == access.inst)
    };
    let inside: Vec<&Access> =
        accesses.iter().filter(|access| element(access) || in_body(shape, access)).collect();
    let turns = |sizes: [i64; 2]| [(middle, sizes[0]), (inner, sizes[1])];
    // Down columns, and along rows in the other order.
    let down = inside.iter().find(|access| {
        let [across, along] = [middle, inner].map(|level| number(&access.form.each[level]));
        along.is_none() && across.is_some_and(|by| by != 0)
    });
    if let Some(access) = down {
        let mut schedule: Vec<Level> = around.iter().map(|&level| Level::Whole(level)).collect();
        let (sizes, least) = COLUMNS;
        schedule.extend([Level::Blocks(middle), Level::Blocks(inner)]);
        schedule.extend([Level::Within(middle), Level::Within(inner)]);
        let stride = access.form.each[inner].clone();
        return Some((schedule, Blocked { loops: turns(sizes), stride, of: inner, least }));
    }
    let &[outer] = around else { return None };
    let again = |access: &&&Access| {
        let each = &access.form.each;
        !access.stores
            && each[outer] == none
            && each[middle] != none
            && number(&each[inner]).is_some_and(|by| by != 0)
    };
    let mut found = inside.iter().filter(again);
    let read = found.next().filter(|_| found.next().is_none())?;
    // What is written doesn't go with the middle loop: else nothing is read again sooner.
    if inside.iter().any(|access| access.stores && access.form.each[middle] != none) {
        return None;
    }
    let (sizes, least) = AGAIN;
    let schedule = vec![
        Level::Blocks(middle),
        Level::Blocks(inner),
        Level::Whole(outer),
        Level::Within(middle),
        Level::Within(inner),
    ];
    let stride = read.form.each[middle].clone();
    Some((schedule, Blocked { loops: turns(sizes), stride, of: middle, least }))
}

/// What is found out about pairs of accesses.
struct Pairs<'a> {
    func: &'a Function,
    shape: &'a Shape<'a>,
    tests: Vec<Test>,
    free: FxHashSet<Inst>,
    /// Of accesses in the innermost loop.
    directions: Vec<Direction>,
}

impl Pairs<'_> {
    /// Looks at all pairs; `None` if one is in the way of any other order.
    fn find(&mut self, accesses: &[Access]) -> Option<()> {
        for (at, a) in accesses.iter().enumerate() {
            for b in &accesses[at..] {
                if a.stores || b.stores {
                    self.pair(a, b)?;
                }
            }
        }
        self.carried(accesses)?;
        let loads: Vec<&Access> = accesses.iter().filter(|access| !access.stores).collect();
        loads.into_iter().all(|load| self.may_be_moved(load)).then_some(())
    }

    fn test(&mut self, test: Test) -> Option<()> {
        if !test.is_trivial() && !self.tests.contains(&test) {
            self.tests.push(test);
        }
        (self.tests.len() <= MOST_TESTS).then_some(())
    }

    /// In program order within a turn.
    fn pair(&mut self, a: &Access, b: &Access) -> Option<()> {
        let (directions, test) = meet(self.func, self.shape, a, b);
        self.test(test)?;
        if directions.is_empty() {
            return Some(());
        }
        self.free.remove(&a.inst);
        self.free.remove(&b.inst);
        let (first, second) = (self.part(a)?, self.part(b)?);
        if (first, second) == (1, 1) {
            self.directions.extend(directions);
            return Some(());
        }
        // In nests of their own, one behind the other, but the same order of turns.
        let around = self.shape.depth() - 1;
        let ahead = |direction: &Direction| {
            direction[..around].iter().find(|way| way.is_ne()) == Some(&Ordering::Greater)
        };
        (first == second || !directions.iter().any(ahead)).then_some(())
    }

    /// In which of the three nests an access is.
    fn part(&self, access: &Access) -> Option<usize> {
        let innermost = self.shape.depth() - 1;
        match *self.shape.places.get(&access.inst)? {
            Place::Front(level) if level == innermost => Some(1),
            Place::Front(_) => Some(0),
            Place::Behind(_) => Some(2),
        }
    }

    /// Loads that are made in another nest than in their own loop, or more often, see no store.
    fn may_be_moved(&self, load: &Access) -> bool {
        let shape = self.shape;
        if self.free.contains(&load.inst) {
            return true;
        }
        let innermost = shape.depth() - 1;
        let Some(place) = shape.places.get(&load.inst) else { return false };
        let only = |part: usize| {
            (0..3).all(|other| other == part || !shape.parts[other].contains(&load.inst))
        };
        match *place {
            Place::Front(level) if level == innermost => true,
            Place::Front(level) => level + 1 == innermost && only(0),
            Place::Behind(_) => only(2),
        }
    }

    /// Nothing else touches the element in which a sum is, but what reads it before and writes it
    /// behind, and no two turns of the loops around have the same.
    fn carried(&mut self, accesses: &[Access]) -> Option<()> {
        let Some(carried) = &self.shape.carried else { return Some(()) };
        let own = accesses.iter().find(|access| access.inst == carried.store)?;
        let innermost = self.shape.depth() - 1;
        if own.form.each[innermost] != Linear::default() {
            return None;
        }
        for access in accesses {
            let (directions, test) = meet(self.func, self.shape, own, access);
            self.test(test)?;
            let here = |direction: &Direction| direction[..innermost].iter().all(|way| way.is_eq());
            // What is read behind the sum would be the sum: its element holds that by then.
            let beside = match self.part(access)? {
                0 => true,
                part => part == 2 && access.stores,
            };
            let beside = beside && access.form == own.form;
            let apart = directions.is_empty();
            if !apart && (!beside || !directions.iter().all(here)) {
                return None;
            }
            if access.inst == own.inst {
                // Sums of different turns are independent.
                self.directions.extend(directions);
            }
        }
        Some(())
    }
}
