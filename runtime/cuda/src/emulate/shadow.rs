//! Shadow memory: who has accessed a place, and what that races with.
//!
//! Two accesses of a place race when they are of different threads, one of them writes, not
//! both are atomic, and nothing orders them, whatever order the threads really had. Threads
//! of a block are ordered by its barriers, lanes of a warp by what they exchange or wait for
//! too. Blocks are ordered where one has passed a fence and changed a place atomically that
//! the other one changed atomically afterwards. What a mask leaves out counts as if it had
//! been there: a race may go unseen, none is made up.
//!
//! A place is four bytes, in a page with a smaller access one byte.

use cumbia_abi::grid::access;
use std::collections::HashMap;
use std::ops::Range;

/// Bytes that one page is for.
const PAGE: usize = 4096;

/// Who is at it: a thread, what orders it, and what it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Now {
    /// The block, in the order in which they run.
    pub block: u32,
    /// The thread in its block.
    pub thread: u16,
    /// A kind of [`access`].
    pub kind: u8,
    /// Barriers of all blocks so far, counted on from block to block; from 1. 0: nobody.
    pub barriers: u32,
    /// Exchanges of the thread's warp so far.
    pub exchanges: u32,
}

/// An access.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Access {
    pub by: Now,
    pub line: u32,
}

/// What has happened to a place: the last write, and the last reads of two threads.
#[derive(Clone, Copy, Default)]
struct Cell {
    written: Now,
    read: [Now; 2],
}

/// The lines of a cell's accesses, which are rarely asked for.
type Lines = [u32; 3];

struct Page {
    /// The logarithm of a place's size.
    shift: u32,
    cells: Box<[Cell]>,
    lines: Box<[Lines]>,
}

impl Page {
    fn new(shift: u32) -> Page {
        let (cells, lines) = (vec![Cell::default(); PAGE >> shift], vec![[0; 3]; PAGE >> shift]);
        Page { shift, cells: cells.into(), lines: lines.into() }
    }

    /// Places of one byte from now on.
    fn refine(&mut self) {
        let old = std::mem::replace(self, Page::new(0));
        for (i, cell) in self.cells.iter_mut().enumerate() {
            *cell = old.cells[i >> old.shift];
            self.lines[i] = old.lines[i >> old.shift];
        }
    }
}

/// What orders blocks: for each place changed atomically behind a fence, the blocks that did.
#[derive(Default)]
struct Order {
    /// Of the block that runs: whose writes it has seen.
    seen: Blocks,
    released: HashMap<u64, Blocks>,
    has_fenced: bool,
}

/// A set of blocks, as ranges apart from each other, in order.
#[derive(Clone, Default, PartialEq)]
struct Blocks(Vec<Range<u32>>);

impl Blocks {
    fn contains(&self, block: u32) -> bool {
        self.0.iter().any(|range| range.contains(&block))
    }

    fn add(&mut self, other: &Blocks) {
        let mut all: Vec<Range<u32>> = self.0.iter().chain(&other.0).cloned().collect();
        all.sort_unstable_by_key(|range| range.start);
        self.0.clear();
        for range in all {
            match self.0.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => self.0.push(range),
            }
        }
    }
}

/// What an access does wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wrong {
    /// It races with an earlier one.
    Race(Access),
    /// It reads shared memory that no thread of the block has written.
    Unset,
}

/// The shadow memory of a launch.
#[derive(Default)]
pub(super) struct Shadow {
    pages: Vec<Page>,
    /// Which page is for which addresses, and the one that was asked for last.
    places: HashMap<u64, usize>,
    last: (u64, usize),
    order: Order,
    /// The addresses of the block's shared memory, and its first barrier's number.
    shared: Range<u64>,
    since: u32,
}

impl Shadow {
    /// A block begins, with shared memory at these addresses; `barriers` is new.
    pub fn begin(&mut self, shared: Range<u64>, barriers: u32) {
        (self.shared, self.since) = (shared, barriers);
        self.order.seen = Blocks::default();
        self.order.has_fenced = false;
    }

    pub fn fence(&mut self) {
        self.order.has_fenced = true;
    }

    /// Whether an address is shared memory, and where in it.
    pub fn offset_in_shared(&self, address: u64) -> Option<u64> {
        self.shared.contains(&address).then(|| address - self.shared.start)
    }

    /// An access of `size` bytes, which is noted.
    pub fn access(&mut self, address: u64, size: usize, this: Access) -> Result<(), Wrong> {
        let is_shared = self.shared.contains(&address);
        if i64::from(this.by.kind) == access::ATOMIC && !is_shared {
            self.order_by(address, this.by.block);
        }
        let mut at = address;
        let end = address + size as u64;
        while at < end {
            let (number, offset) = (at / PAGE as u64, (at % PAGE as u64) as usize);
            let here = (PAGE - offset).min((end - at) as usize);
            let page = self.page(number);
            let page = &mut self.pages[page];
            if page.shift > 0 && !(offset | here).is_multiple_of(4) {
                page.refine();
            }
            let places = offset >> page.shift..(offset + here) >> page.shift;
            let since = if is_shared { self.since } else { 0 };
            for (cell, lines) in page.cells[places.clone()].iter_mut().zip(&mut page.lines[places])
            {
                touch(cell, lines, this, since, &self.order.seen)?;
            }
            at += here as u64;
        }
        Ok(())
    }

    /// A place is changed atomically: what was done before such changes of it is seen.
    fn order_by(&mut self, address: u64, block: u32) {
        let order = &mut self.order;
        let released = order.released.entry(address).or_default();
        if released.0.last().is_some_and(|last| last.end == block + 1) {
            return;
        }
        order.seen.add(released);
        if order.has_fenced {
            released.add(&order.seen);
            #[expect(clippy::single_range_in_vec_init, reason = "a set of one range")]
            released.add(&Blocks(vec![block..block + 1]));
        }
    }

    /// The position of a page, which is there afterwards.
    fn page(&mut self, number: u64) -> usize {
        if self.last.0 != number || self.pages.is_empty() {
            let next = self.pages.len();
            let at = *self.places.entry(number).or_insert(next);
            if at == next {
                self.pages.push(Page::new(2));
            }
            self.last = (number, at);
        }
        self.last.1
    }
}

/// An access of one place. `since` is the block's first barrier where that is shared memory,
/// which holds nothing before; else 0.
#[inline(always)]
fn touch(
    cell: &mut Cell,
    lines: &mut Lines,
    this: Access,
    since: u32,
    seen: &Blocks,
) -> Result<(), Wrong> {
    let now = this.by;
    let atomic = |by: Now| i64::from(by.kind) == access::ATOMIC;
    let races = |earlier: Now| {
        earlier.barriers != 0
            && !(atomic(earlier) && atomic(now))
            && !is_ordered(earlier, now, seen)
    };
    if cell.written.barriers < since {
        // Of another block, whose shared memory is another memory.
        *cell = Cell::default();
        if i64::from(now.kind) != access::WRITE {
            return Err(Wrong::Unset);
        }
    }
    if races(cell.written) {
        return Err(Wrong::Race(Access { by: cell.written, line: lines[0] }));
    }
    let [first, second] = cell.read;
    if i64::from(now.kind) != access::READ {
        for (by, line) in [(first, lines[1]), (second, lines[2])] {
            if races(by) {
                return Err(Wrong::Race(Access { by, line }));
            }
        }
        (cell.written, lines[0]) = (now, this.line);
        return Ok(());
    }
    // Two readers of this phase stand for all others of a warp that one of them is of: whoever
    // races with these races with one of the two.
    let stands = |by: Now| {
        (by.block, by.barriers) == (now.block, now.barriers) && by.exchanges >= now.exchanges
    };
    let is_near = |by: Now| warp(by) == warp(now);
    if stands(first) && stands(second) && (is_near(first) || is_near(second)) {
        return Ok(());
    }
    if (first.block, first.thread) != (now.block, now.thread) {
        (cell.read[1], lines[2]) = (first, lines[1]);
    }
    (cell.read[0], lines[1]) = (now, this.line);
    Ok(())
}

fn is_ordered(earlier: Now, now: Now, seen: &Blocks) -> bool {
    if earlier.block != now.block {
        return seen.contains(earlier.block);
    }
    earlier.thread == now.thread
        || earlier.barriers != now.barriers
        || (warp(earlier) == warp(now) && earlier.exchanges < now.exchanges)
}

fn warp(of: Now) -> usize {
    usize::from(of.thread) / super::WARP
}
