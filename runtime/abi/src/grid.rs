//! A grid of threads that a processor runs: what a kernel's code and its runner share.
//!
//! A kernel is compiled to an entry that carries one thread on to where it waits for
//! others, or to its end (`cumbia_opt::threads`). What the thread needs is in its record:
//! a head, and behind that a slot for each value that lives across a place where it waits.
//! The runner (`cumbia_cuda`) makes the records, calls the entry, and settles what
//! threads wait for.

/// How memory is accessed: a kind in the low bits, above it the logarithm of the number of
/// bytes, and above that a line of the user's file.
pub mod access {
    /// The bits of the kind.
    pub const KIND: i64 = 3;
    /// It is read.
    pub const READ: i64 = 0;
    /// It is written.
    pub const WRITE: i64 = 1;
    /// It is changed by an atomic operation.
    pub const ATOMIC: i64 = 2;
    /// Nothing is accessed: what was written before is seen before what comes.
    pub const FENCE: i64 = 3;
    /// Where the logarithm begins, and its bits.
    pub const SIZE_SHIFT: u32 = 2;
    /// See `SIZE_SHIFT`.
    pub const SIZE: i64 = 3;
    /// Where the line begins, which has 32 bits, and the column behind it.
    pub const LINE_SHIFT: u32 = 4;
    /// See `LINE_SHIFT`.
    pub const COL_SHIFT: u32 = 36;
    /// The bits of the column.
    pub const COL: i64 = 0xffff;
    /// The address is one of shared memory for certain.
    pub const SHARED: i64 = 1 << 62;
}

/// Bytes of a page, and pages of [`GridWatch::pages`].
pub const PAGE: usize = 4096;
/// See [`PAGE`].
pub const QUIET_PAGES: usize = 64;

/// Where reads need not be told of, in a page of memory.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuietPage {
    /// The address of its first byte, divided by [`PAGE`]; all bits where there is none.
    pub number: u64,
    /// For each four of its bytes a mark, to be compared with [`GridWatch::any`] and
    /// [`GridWatch::own`].
    pub marks: *const u64,
}

/// Who is told of accesses: what [`crate::Context::grid`] points to.
#[repr(C)]
pub struct GridWatch {
    /// Bytes with this mark are read by threads of several warps since the last barrier:
    /// one reader more changes nothing.
    pub any: u64,
    /// The same of bytes that threads of this thread's warp have read.
    pub own: u64,
    /// The first address of local memory, and how many bytes it has: nobody else's.
    pub local: u64,
    /// See `local`.
    pub local_bytes: u64,
    /// Pages by their numbers' remainders.
    pub pages: [QuietPage; QUIET_PAGES],
    /// The first address of shared memory, its size in words of four bytes, and a mark for
    /// each of these. Compiled code looks at them itself.
    pub shared: u64,
    /// See `shared`.
    pub shared_words: u64,
    /// See `shared`.
    pub shared_marks: *const u64,
    /// Takes the watch itself, the address, and how it is accessed ([`access`]). Gives
    /// whether the thread may go on.
    pub access: unsafe extern "C" fn(*mut GridWatch, *const u8, i64) -> bool,
}

impl GridWatch {
    /// Whether an access needs not be told of: of local memory, or a read of bytes that have
    /// been read by enough threads for all that may come.
    ///
    /// # Safety
    ///
    /// The marks of all pages are there.
    #[inline(always)]
    pub unsafe fn is_quiet(&self, address: u64, how: i64) -> bool {
        if address.wrapping_sub(self.local) < self.local_bytes {
            return how & access::KIND != access::FENCE;
        }
        let size = 1usize << ((how >> access::SIZE_SHIFT) & access::SIZE);
        if how & access::KIND != access::READ || size < 4 {
            return false;
        }
        let number = address / PAGE as u64;
        let page = self.pages[number as usize % QUIET_PAGES];
        let in_shared = address.wrapping_sub(self.shared);
        let (marks, offset) = if in_shared / 4 < self.shared_words {
            (self.shared_marks, in_shared as usize)
        } else if page.number == number && address as usize % PAGE + size <= PAGE {
            (page.marks, address as usize % PAGE)
        } else {
            return false;
        };
        if !offset.is_multiple_of(4) {
            return false;
        }
        let is_quiet = |at: usize| {
            // SAFETY: there is a mark for each four bytes of a page and of shared memory, whose
            // size is a multiple of the largest access's.
            let mark = unsafe { *marks.add(at / 4) };
            mark == self.any || mark == self.own
        };
        is_quiet(offset) && (size == 4 || is_quiet(offset + 4))
    }
}

/// [`Thread::state`] of a thread that hasn't begun.
pub const STATE_START: i32 = 0;
/// [`Thread::state`] of a thread that has come to its end.
pub const STATE_END: i32 = -1;
/// Most operands of a meeting.
pub const MOST_OPERANDS: usize = 4;

/// What threads wait for together. The IR's operations have the same names, and say what
/// each gives.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum MeetingKind {
    Barrier,
    BarrierCount,
    BarrierAnd,
    BarrierOr,
    GridBarrier,
    WarpSync,
    ShuffleIndex,
    ShuffleUp,
    ShuffleDown,
    ShuffleXor,
    VoteAll,
    VoteAny,
    VoteEqual,
    VoteBallot,
    MatchAny,
    MatchAll,
    ActiveMask,
}

impl MeetingKind {
    /// All, in order.
    pub const ALL: [MeetingKind; 17] = [
        MeetingKind::Barrier,
        MeetingKind::BarrierCount,
        MeetingKind::BarrierAnd,
        MeetingKind::BarrierOr,
        MeetingKind::GridBarrier,
        MeetingKind::WarpSync,
        MeetingKind::ShuffleIndex,
        MeetingKind::ShuffleUp,
        MeetingKind::ShuffleDown,
        MeetingKind::ShuffleXor,
        MeetingKind::VoteAll,
        MeetingKind::VoteAny,
        MeetingKind::VoteEqual,
        MeetingKind::VoteBallot,
        MeetingKind::MatchAny,
        MeetingKind::MatchAll,
        MeetingKind::ActiveMask,
    ];

    /// The name in messages: that of the function that users call.
    pub fn name(self) -> &'static str {
        match self {
            MeetingKind::Barrier => "syncthreads",
            MeetingKind::BarrierCount => "syncthreads_count",
            MeetingKind::BarrierAnd => "syncthreads_and",
            MeetingKind::BarrierOr => "syncthreads_or",
            MeetingKind::GridBarrier => "the grid's sync",
            MeetingKind::WarpSync => "syncwarp",
            MeetingKind::ShuffleIndex => "shfl_sync",
            MeetingKind::ShuffleUp => "shfl_up_sync",
            MeetingKind::ShuffleDown => "shfl_down_sync",
            MeetingKind::ShuffleXor => "shfl_xor_sync",
            MeetingKind::VoteAll => "all_sync",
            MeetingKind::VoteAny => "any_sync",
            MeetingKind::VoteEqual => "eq_sync",
            MeetingKind::VoteBallot => "ballot_sync",
            MeetingKind::MatchAny => "match_any_sync",
            MeetingKind::MatchAll => "match_all_sync",
            MeetingKind::ActiveMask => "activemask",
        }
    }

    /// Whether all threads of the block take part.
    pub fn is_of_block(self) -> bool {
        (self as u8) <= MeetingKind::GridBarrier as u8
    }
}

/// A place where threads wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meeting {
    /// What for.
    pub kind: MeetingKind,
    /// Line in the user's file, and column in bytes; 0 if there is none.
    pub line: u32,
    /// See `line`.
    pub col: u32,
}

/// What a runner has to know of a kernel's entry.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KernelPlan {
    /// Bytes of a thread's record, its head included.
    pub record_bytes: usize,
    /// Bytes of local storage of each thread.
    pub local_bytes: usize,
    /// Bytes of shared storage of a block, before what the launch gives.
    pub shared_bytes: usize,
    /// Slots of arguments.
    pub arguments: usize,
    /// Where threads wait, by [`Thread::meeting`].
    pub meetings: Vec<Meeting>,
    /// Whether all blocks of the grid have to be there at once.
    pub is_whole: bool,
}

/// The head of a thread's record.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Thread {
    /// Where it goes on.
    pub state: i32,
    /// What it waits for: a position in the kernel's list of meetings.
    pub meeting: i32,
    /// The operands it has brought there.
    pub operands: [i32; MOST_OPERANDS],
    /// What it is given when it goes on.
    pub answer: i32,
    /// Its index in the block.
    pub index: [i32; 3],
    /// Its number in its warp.
    pub lane: i32,
    /// Its number in the block.
    pub number: i32,
    /// What it shares with the others of its block.
    pub block: *const ThreadBlock,
    /// First byte of its local storage.
    pub local: *mut u8,
}

/// What the threads of a block share.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ThreadBlock {
    /// The block's index in the grid, how many threads it has, how many blocks there are:
    /// nine numbers in the order of the IR's `grid_query`.
    pub places: [i32; 9],
    /// Bytes of shared storage that the launch gives, behind the kernel's own.
    pub given: i32,
    /// The kernel's arguments, a slot of 8 bytes each.
    pub arguments: *const u64,
    /// First byte of the shared storage.
    pub shared: *mut u8,
    /// Who is told of accesses; null where the code tells of none.
    pub watch: *const GridWatch,
}
