//! Shadow memory: who has accessed a place, and what that races with.
//!
//! Two accesses of a place race when they are of different threads, one of them writes, not
//! both are atomic, and nothing orders them, whatever order the threads really had. Threads
//! of a block are ordered by its barriers, lanes of a warp by what they exchange or wait for
//! too. Blocks are ordered where one has passed a fence and changed a place atomically that
//! the other one changed atomically afterwards, and by barriers of the grid: behind one each
//! block has another number, and has seen all blocks of lower numbers. What a mask leaves out counts as if it had
//! been there: a race may go unseen, none is made up.
//!
//! A place is four bytes, in a page with a smaller access one byte. The shared memory of a block
//! is a page of its own, which waits for the block where several are under way.
//!
//! Most accesses are reads of what many threads read: when readers are noted that stand for
//! all who may come, the place gets a *mark* ([`GridWatch::any`], [`GridWatch::own`]), with which
//! reads are done before they get here. Any change takes it away.
//!
//! [`GridWatch::any`]: cumbia_abi::grid::GridWatch::any
//! [`GridWatch::own`]: cumbia_abi::grid::GridWatch::own

use cumbia_abi::grid::{PAGE, QUIET_PAGES, QuietPage, access};
use std::collections::HashMap;
use std::ops::Range;

/// Who is at it: a thread, what orders it, and what it does. In two words, which are written and
/// read as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Now {
    /// Barriers of all blocks so far, counted on from block to block, from 1; below that the
    /// exchanges of the thread's warp so far. 0: nobody.
    when: u64,
    /// The block, in the order in which they run, the thread in it, and a kind of [`access`].
    who: u64,
}

impl Now {
    pub fn new(block: u32, thread: u16, barriers: u32, exchanges: u32) -> Now {
        Now {
            when: u64::from(barriers) << 32 | u64::from(exchanges),
            who: u64::from(block) << 32 | u64::from(thread) << 16,
        }
    }

    /// The same thread, which does this.
    pub fn does(self, kind: i64) -> Now {
        Now { who: self.who | kind as u64, ..self }
    }

    pub fn block(self) -> u32 {
        (self.who >> 32) as u32
    }

    pub fn thread(self) -> u16 {
        (self.who >> 16) as u16
    }

    pub fn kind(self) -> i64 {
        (self.who & 0xffff) as i64
    }

    fn warp(self) -> usize {
        usize::from(self.thread()) / super::WARP
    }

    fn barriers(self) -> u32 {
        (self.when >> 32) as u32
    }

    fn exchanges(self) -> u32 {
        self.when as u32
    }

    /// Whether they are of one thread.
    fn is_of(self, other: Now) -> bool {
        (self.who ^ other.who) >> 16 == 0
    }

    /// Whether both are between the same barriers of a block: no other block has their number.
    fn is_with(self, other: Now) -> bool {
        (self.when ^ other.when) >> 32 == 0
    }

    /// The marks of places that anybody, and that threads of this warp can read now without
    /// being noted. Neither is 0.
    pub fn marks(self) -> (u64, u64) {
        let phase = self.when & !0xffff_ffff;
        let exchanges = self.when & 0x03ff_ffff;
        (phase | 0xffff_ffff, phase | exchanges << 5 | self.warp() as u64)
    }
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
    /// For each four bytes.
    marks: Box<[u64]>,
}

impl Page {
    /// The page of so many bytes, a multiple of four.
    fn new(shift: u32, bytes: usize) -> Page {
        let (cells, lines) = (vec![Cell::default(); bytes >> shift], vec![[0; 3]; bytes >> shift]);
        Page { shift, cells: cells.into(), lines: lines.into(), marks: vec![0; bytes / 4].into() }
    }

    /// Places of one byte from now on.
    fn refine(&mut self) {
        let mut old = std::mem::replace(self, Page::new(0, 4 * self.marks.len()));
        // They stay where they are: who runs knows the address.
        std::mem::swap(&mut self.marks, &mut old.marks);
        self.marks.fill(0);
        for (i, cell) in self.cells.iter_mut().enumerate() {
            *cell = old.cells[i >> old.shift];
            self.lines[i] = old.lines[i >> old.shift];
        }
    }

    /// An access of bytes that lie in it.
    #[inline(always)]
    fn access(
        &mut self,
        offset: usize,
        size: usize,
        this: Access,
        since: u32,
        seen: &Blocks,
    ) -> Result<(), Wrong> {
        if self.shift == 0 || !(offset | size).is_multiple_of(4) {
            return self.access_bytes(offset, size, this, since, seen);
        }
        let is_read = this.by.kind() == access::READ;
        for at in offset / 4..(offset + size) / 4 {
            let (cell, lines) = (&mut self.cells[at], &mut self.lines[at]);
            touch(cell, lines, this, since, seen)?;
            self.marks[at] = if is_read { cell.mark(this.by) } else { 0 };
        }
        Ok(())
    }

    /// The same where places are of one byte, from now on.
    #[inline(never)]
    fn access_bytes(
        &mut self,
        offset: usize,
        size: usize,
        this: Access,
        since: u32,
        seen: &Blocks,
    ) -> Result<(), Wrong> {
        if self.shift > 0 {
            self.refine();
        }
        // Readers count one by one.
        self.marks[offset / 4..(offset + size).div_ceil(4)].fill(0);
        let places = offset..offset + size;
        let cells = self.cells[places.clone()].iter_mut().zip(&mut self.lines[places]);
        for (cell, lines) in cells {
            touch(cell, lines, this, since, seen)?;
        }
        Ok(())
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
pub(super) struct Shadow {
    pages: Vec<Page>,
    /// Which page is for which addresses, and those that were asked for lately.
    places: HashMap<u64, usize>,
    recent: [(u64, usize); QUIET_PAGES],
    order: Order,
    /// The addresses of the block's shared memory, and its first barrier's number.
    shared: Range<u64>,
    shared_page: Page,
    since: u32,
    /// The same of blocks that have not come to their ends, by the first address.
    waiting: HashMap<u64, (Page, u32)>,
}

impl Default for Shadow {
    fn default() -> Shadow {
        Shadow {
            pages: Vec::new(),
            places: HashMap::new(),
            // No page has this number.
            recent: [(u64::MAX, 0); QUIET_PAGES],
            order: Order::default(),
            shared: 0..0,
            shared_page: Page::new(2, 0),
            since: 0,
            waiting: HashMap::new(),
        }
    }
}

impl Shadow {
    /// A block begins or goes on, with shared memory at these addresses; `barriers` is new, and
    /// all blocks below `first` are behind a barrier of the grid. Gives the marks of shared
    /// memory, which stay where they are for as long as it does.
    pub fn begin(&mut self, shared: Range<u64>, barriers: u32, first: u32) -> &[u64] {
        let bytes = (shared.end - shared.start) as usize;
        if bytes > 0 && shared.start != self.shared.start && !self.shared.is_empty() {
            // Blocks with other shared memory are under way at once.
            let new = self.waiting.remove(&shared.start);
            let new = new.unwrap_or_else(|| (Page::new(2, bytes), barriers));
            let page = std::mem::replace(&mut self.shared_page, new.0);
            self.waiting.insert(self.shared.start, (page, self.since));
            self.since = new.1;
        } else {
            if self.shared_page.marks.len() * 4 != bytes {
                self.shared_page = Page::new(2, bytes);
            }
            // What goes on in its own memory has what it wrote.
            if first == 0 {
                self.since = barriers;
            }
        }
        self.shared = shared;
        self.order.seen = Blocks::default();
        if first > 0 {
            #[expect(clippy::single_range_in_vec_init, reason = "a set of one range")]
            self.order.seen.add(&Blocks(vec![0..first]));
        }
        self.order.has_fenced = false;
        &self.shared_page.marks
    }

    pub fn fence(&mut self) {
        self.order.has_fenced = true;
    }

    /// Whether an address is shared memory, and where in it.
    pub fn offset_in_shared(&self, address: u64) -> Option<u64> {
        self.shared.contains(&address).then(|| address - self.shared.start)
    }

    /// An access of `size` bytes, which is noted; `quiet` gets its page.
    #[inline(always)]
    pub fn access(
        &mut self,
        address: u64,
        size: usize,
        this: Access,
        quiet: &mut [QuietPage; QUIET_PAGES],
    ) -> Result<(), Wrong> {
        let in_shared = address.wrapping_sub(self.shared.start);
        if in_shared < self.shared.end - self.shared.start {
            // Its size is a multiple of the largest access's.
            let size = size.min((self.shared.end - address) as usize);
            let (page, since) = (&mut self.shared_page, self.since);
            return page.access(in_shared as usize, size, this, since, &self.order.seen);
        }
        if this.by.kind() == access::ATOMIC {
            self.order_by(address, this.by.block());
        }
        let (mut at, end) = (address, address + size as u64);
        while at < end {
            let (number, offset) = (at / PAGE as u64, at as usize % PAGE);
            let here = (PAGE - offset).min((end - at) as usize);
            let page = self.page(number, quiet);
            self.pages[page].access(offset, here, this, 0, &self.order.seen)?;
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

    /// The position of a page, which is there afterwards, also for those who only read marks.
    #[inline(always)]
    fn page(&mut self, number: u64, quiet: &mut [QuietPage; QUIET_PAGES]) -> usize {
        let (known, at) = self.recent[number as usize % QUIET_PAGES];
        if known == number { at } else { self.other_page(number, quiet) }
    }

    #[inline(never)]
    fn other_page(&mut self, number: u64, quiet: &mut [QuietPage; QUIET_PAGES]) -> usize {
        let next = self.pages.len();
        let at = *self.places.entry(number).or_insert(next);
        if at == next {
            self.pages.push(Page::new(2, PAGE));
        }
        let recent = number as usize % QUIET_PAGES;
        self.recent[recent] = (number, at);
        quiet[recent] = QuietPage { number, marks: self.pages[at].marks.as_ptr() };
        at
    }
}

impl Cell {
    /// The mark of a place that somebody has just read, 0 where the next reader counts.
    fn mark(&self, now: Now) -> u64 {
        let [first, second] = self.read;
        // Who has written it in this phase may read it; others may not.
        if self.written.is_with(now) || !first.is_with(now) || !second.is_with(now) {
            return 0;
        }
        let (any, own) = now.marks();
        if first.warp() != second.warp() {
            any
        } else if first.warp() == now.warp()
            && first.exchanges().min(second.exchanges()) >= now.exchanges()
        {
            own
        } else {
            0
        }
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
    let atomic = |by: Now| by.kind() == access::ATOMIC;
    let races = |earlier: Now| {
        earlier != Now::default()
            && !(atomic(earlier) && atomic(now))
            && !is_ordered(earlier, now, seen)
    };
    if cell.written.barriers() < since {
        // Of another block, whose shared memory is another memory.
        *cell = Cell::default();
        if now.kind() != access::WRITE {
            return Err(Wrong::Unset);
        }
    }
    if races(cell.written) {
        return Err(Wrong::Race(Access { by: cell.written, line: lines[0] }));
    }
    let [first, second] = cell.read;
    if now.kind() != access::READ {
        for (by, line) in [(first, lines[1]), (second, lines[2])] {
            if races(by) {
                return Err(Wrong::Race(Access { by, line }));
            }
        }
        (cell.written, lines[0]) = (now, this.line);
        return Ok(());
    }
    // Two readers of this phase in different warps stand for all others, and two of one warp
    // for those of that warp who have exchanged no more than they: whoever races with these
    // races with one of the two.
    if first.is_with(now) && second.is_with(now) {
        let same = first.warp() == second.warp();
        let later = first.exchanges().min(second.exchanges()) >= now.exchanges();
        if !same || first.warp() == now.warp() && later {
            return Ok(());
        }
    }
    if !first.is_of(now) {
        (cell.read[1], lines[2]) = (first, lines[1]);
    }
    (cell.read[0], lines[1]) = (now, this.line);
    Ok(())
}

fn is_ordered(earlier: Now, now: Now, seen: &Blocks) -> bool {
    if earlier.block() != now.block() {
        return seen.contains(earlier.block());
    }
    !earlier.is_with(now)
        || earlier.thread() == now.thread()
        || (earlier.warp() == now.warp() && earlier.exchanges() < now.exchanges())
}
