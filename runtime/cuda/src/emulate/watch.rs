//! What threads tell of while they run: the other end of the helper `grid_access`.

use super::patterns::{AccessSite, Patterns};
use super::shadow::{Access, Now, Shadow, Wrong};
use super::{Deed, Fault, Launch, MOST_THREADS, Memory, Place, WARP, thread_index};
use cumbia_abi::grid::{GridWatch, QUIET_PAGES, QuietPage, access};
use std::ops::Range;

/// The watch of one launch. Its head is what compiled code gets the address of.
#[repr(C)]
pub(super) struct Watch {
    head: GridWatch,
    shadow: Shadow,
    /// The thread that runs, and what it is made of: the block, and barriers so far. Behind each
    /// barrier of the grid blocks have other numbers: `first` is that of the first block.
    now: Now,
    block: u32,
    first: u32,
    barriers: u32,
    /// How often each warp has exchanged something, and when each thread did last.
    of_warps: [u32; MOST_THREADS / WARP],
    of_threads: Vec<u32>,
    blocks: [u32; 3],
    threads: [u32; 3],
    local: Range<u64>,
    fault: Option<Fault>,
    /// How memory is accessed, where somebody wants to know.
    patterns: Option<Patterns>,
}

/// No page has this number.
const NO_PAGE: QuietPage = QuietPage { number: u64::MAX, marks: std::ptr::null() };

impl Watch {
    pub fn new(launch: &Launch<'_>, patterns: Option<Patterns>) -> Watch {
        Watch {
            head: GridWatch {
                any: 0,
                own: 0,
                local: 0,
                local_bytes: 0,
                pages: [NO_PAGE; QUIET_PAGES],
                shared: 0,
                shared_words: 0,
                shared_marks: std::ptr::null(),
                access: told,
            },
            shadow: Shadow::default(),
            now: Now::default(),
            block: 0,
            first: 0,
            barriers: 0,
            of_warps: [0; MOST_THREADS / WARP],
            of_threads: vec![0; MOST_THREADS],
            blocks: launch.blocks,
            threads: launch.threads,
            local: 0..0,
            fault: None,
            patterns,
        }
    }

    /// A block begins, or goes on behind a barrier of the grid.
    pub fn begin(&mut self, index: [u32; 3], shared: Range<u64>, local: Range<u64>) {
        self.settle();
        let [x, y, z] = index;
        self.block = self.first + (z * self.blocks[1] + y) * self.blocks[0] + x;
        self.barriers += 1;
        self.of_warps.fill(0);
        self.of_threads.fill(0);
        (self.head.local, self.head.local_bytes) = (local.start, local.end - local.start);
        self.local = local;
        let head = &mut self.head;
        (head.shared, head.shared_words) = (shared.start, (shared.end - shared.start) / 4);
        head.shared_marks = self.shadow.begin(shared, self.barriers, self.first).as_ptr();
    }

    /// A thread goes on.
    pub fn thread(&mut self, number: usize) {
        self.now = Now::new(self.block, number as u16, self.barriers, self.of_threads[number]);
        (self.head.any, self.head.own) = match self.patterns {
            // No place has this mark: all is told.
            Some(_) => (u64::MAX, u64::MAX),
            None => self.now.marks(),
        };
    }

    /// All threads of the block have met.
    pub fn barrier(&mut self) {
        self.settle();
        self.barriers += 1;
    }

    /// All blocks of the grid have met: what they did is behind all of them.
    pub fn grid_barrier(&mut self) {
        self.settle();
        self.first += self.blocks.iter().product::<u32>();
    }

    fn settle(&mut self) {
        if let Some(patterns) = &mut self.patterns {
            patterns.settle();
        }
    }

    /// What was noted, when all blocks are over.
    pub fn take_patterns(&mut self) -> Option<Patterns> {
        self.settle();
        self.patterns.take()
    }

    /// Lanes of one warp have met.
    pub fn exchanged(&mut self, group: &[usize]) {
        let Some(&first) = group.first() else { return };
        let count = &mut self.of_warps[first / WARP];
        *count += 1;
        group.iter().for_each(|&number| self.of_threads[number] = *count);
    }

    pub fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    #[inline(always)]
    fn access(&mut self, address: u64, how: i64) -> Result<(), Fault> {
        let kind = how & access::KIND;
        if kind == access::FENCE {
            self.shadow.fence();
            return Ok(());
        }
        if self.local.contains(&address) {
            return Ok(());
        }
        let size = 1 << ((how >> access::SIZE_SHIFT) & access::SIZE);
        let line = (how >> access::LINE_SHIFT) as u32;
        if let Some(patterns) = &mut self.patterns {
            let col = (how >> access::COL_SHIFT & access::COL) as u32;
            let is_shared = self.shadow.offset_in_shared(address).is_some();
            let site = AccessSite { line, col, is_shared, deed: kind as u8, size: size as u32 };
            patterns.note(site, self.now.thread(), address);
        }
        let this = Access { by: self.now.does(kind), line };
        match self.shadow.access(address, size, this, &mut self.head.pages) {
            Ok(()) => Ok(()),
            Err(wrong) => Err(self.wrong(wrong, kind, line, address)),
        }
    }

    #[cold]
    fn wrong(&self, wrong: Wrong, kind: i64, line: u32, address: u64) -> Fault {
        let place = self.place(self.now);
        let at = match self.shadow.offset_in_shared(address) {
            Some(offset) => Memory::Shared(offset),
            None => Memory::Global(address),
        };
        match wrong {
            Wrong::Unset => Fault::Unset { place, line, at },
            Wrong::Race(earlier) => Fault::Race {
                place,
                does: (deed(kind), line),
                earlier: self.place(earlier.by),
                did: (deed(earlier.by.kind()), earlier.line),
                at,
            },
        }
    }

    fn place(&self, of: Now) -> Place {
        let ([x, y, z], n) = (self.blocks, of.block());
        let n = n % (x * y * z);
        let block = [n % x, n / x % y, n / (x * y)];
        Place { block, thread: thread_index(usize::from(of.thread()), self.threads) }
    }
}

fn deed(kind: i64) -> Deed {
    match kind {
        access::READ => Deed::Reads,
        access::WRITE => Deed::Writes,
        _ => Deed::ChangesAtomically,
    }
}

/// [`GridWatch::access`].
///
/// # Safety
///
/// `watch` is the address of a [`Watch`] that nothing borrows while a thread runs.
unsafe extern "C" fn told(watch: *mut GridWatch, address: *const u8, how: i64) -> bool {
    // SAFETY: the head is the first field of what the run gave the address of.
    let watch = unsafe { &mut *watch.cast::<Watch>() };
    match watch.access(address.addr() as u64, how) {
        Ok(()) => true,
        Err(fault) => {
            watch.fault.get_or_insert(fault);
            false
        }
    }
}
