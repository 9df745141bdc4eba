//! A grid on a processor: its blocks one after the other, in a block its threads in turn.
//!
//! A thread runs until it waits for others or ends. When none can go on, what they wait for
//! is settled: a barrier when all threads of the block are there, what lanes exchange when
//! all lanes of the mask are. A device leaves open what happens when they aren't; here it is
//! a [`Fault`], as are masks without the caller and values of lanes that don't take part.
//! A kernel that waits for its whole grid has the memory of all blocks at once: each runs up to
//! the grid's barrier, and when all are there they go on in the same order (`whole`).
//!
//! Code that tells of its accesses (`cumbia_opt::watch_accesses`) is watched: for threads whose
//! accesses race, and for shared memory that is read before anybody has written it.
//!
//! The order of the threads is fixed, so a run is repeatable. What depends on threads of
//! different blocks running at once (a block that spins until another one has written) ends
//! by the caller's interrupt only.

mod patterns;
mod shadow;
mod warp;
mod watch;
mod whole;

use cumbia_abi::grid::{
    KernelPlan, Meeting, MeetingKind, STATE_END, STATE_START, Thread, ThreadBlock,
};
use cumbia_abi::{Context, EntryFn, STATUS_OK, helper_index};
pub use patterns::{AccessCosts, AccessSite, Patterns};
use std::fmt;
use std::mem::size_of;
use std::sync::atomic::Ordering;
use watch::Watch;

/// Threads of a warp.
pub const WARP: usize = 32;
/// Most threads of a block, as devices have it.
pub const MOST_THREADS: usize = 1024;
/// What shared and local memory holds at first: as floats nan, as integers -1.
const UNSET: u8 = 0xff;

/// What is launched.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// Blocks of the grid, and threads of a block, in three directions.
    pub blocks: [u32; 3],
    /// See `blocks`.
    pub threads: [u32; 3],
    /// Bytes of shared memory beside what the kernel declares.
    pub shared: usize,
    /// A slot for each argument.
    pub arguments: &'a [u64],
}

/// Where a thread is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The block in the grid.
    pub block: [u32; 3],
    /// The thread in its block.
    pub thread: [u32; 3],
}

/// What one thread of a block is at, when others wait in vain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum At {
    /// Waits here.
    Waits(Meeting),
    /// Has ended.
    Ended,
}

/// What a thread does to memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Deed {
    Reads,
    Writes,
    ChangesAtomically,
}

/// A place in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Memory {
    /// Bytes from the beginning of the block's shared memory.
    Shared(u64),
    /// An address.
    Global(u64),
}

/// Why a launch ended early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A thread raised: the context has the exception, of this status.
    Raised {
        /// The thread.
        place: Place,
        /// The status.
        status: i32,
    },
    /// A thread waits for others that are elsewhere.
    Apart {
        /// The thread.
        place: Place,
        /// Where it waits.
        waits: Meeting,
        /// One that it waits for.
        other: Place,
        /// And where that is.
        at: At,
    },
    /// A lane's mask doesn't have the lane itself.
    NotInMask {
        /// The thread.
        place: Place,
        /// Where.
        meeting: Meeting,
        /// The mask.
        mask: u32,
    },
    /// A lane reads the value of one that takes no part.
    AbsentLane {
        /// The thread.
        place: Place,
        /// Where.
        meeting: Meeting,
        /// The lane.
        lane: u32,
    },
    /// Two threads access one place, at least one of them to change it, and nothing says who
    /// is first.
    Race {
        /// The thread that came later here.
        place: Place,
        /// How, and the line of the user's file.
        does: (Deed, u32),
        /// The other one.
        earlier: Place,
        /// How, and the line.
        did: (Deed, u32),
        /// Where.
        at: Memory,
    },
    /// Shared memory is read that no thread of the block has written.
    Unset {
        /// The thread.
        place: Place,
        /// The line of the user's file.
        line: u32,
        /// Where.
        at: Memory,
    },
    /// What blocks have can't be had.
    NoMemory {
        /// How many there are at once.
        blocks: usize,
    },
    /// The parts of a warp have no such width.
    BadWidth {
        /// The thread.
        place: Place,
        /// Where.
        meeting: Meeting,
        /// The width.
        width: i32,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([x, y, z], [bx, by, bz]) = (self.thread, self.block);
        write!(f, "thread ({x}, {y}, {z}) of block ({bx}, {by}, {bz})")
    }
}

/// ` at line 3`, or nothing.
fn at_line(line: u32) -> String {
    if line == 0 { String::new() } else { format!(" at line {line}") }
}

fn line(meeting: &Meeting) -> String {
    at_line(meeting.line)
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Deed::Reads => "reads",
            Deed::Writes => "writes",
            Deed::ChangesAtomically => "changes atomically",
        })
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Memory::Shared(offset) => write!(f, "byte {offset} of shared memory"),
            Memory::Global(address) => write!(f, "global memory at 0x{address:x}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Raised { place, .. } => write!(f, "{place} raised"),
            Fault::Apart { place, waits, other, at } => {
                write!(f, "{place} waits in {}{} for ", waits.kind.name(), line(waits))?;
                match (other.block == place.block, other.thread) {
                    (true, [x, y, z]) => write!(f, "thread ({x}, {y}, {z}), which ")?,
                    (false, _) => write!(f, "{other}, which ")?,
                }
                match at {
                    At::Ended => write!(f, "has ended"),
                    At::Waits(other) => write!(f, "waits in {}{}", other.kind.name(), line(other)),
                }
            }
            Fault::NoMemory { blocks: 1 } => write!(f, "no memory for a block"),
            Fault::NoMemory { blocks } => write!(
                f,
                "no memory for {blocks} blocks: those of a grid that waits for all of it are there at once"
            ),
            Fault::NotInMask { place, meeting, mask } => {
                let (name, line) = (meeting.kind.name(), line(meeting));
                write!(f, "{place} is not in the mask 0x{mask:08x} of its {name}{line}")
            }
            Fault::AbsentLane { place, meeting, lane } => {
                let (name, line) = (meeting.kind.name(), line(meeting));
                write!(
                    f,
                    "{place} reads the value of lane {lane}, which takes no part in {name}{line}"
                )
            }
            Fault::Race { place, does, earlier, did, at } => {
                let ((does, line), (did, earlier_line)) = (does, did);
                write!(f, "a race: {place} {does} {at}{}, ", at_line(*line))?;
                write!(f, "{earlier} {did} it{}, and nothing orders them", at_line(*earlier_line))
            }
            Fault::Unset { place, line, at } => {
                let line = at_line(*line);
                write!(f, "{place} reads {at}{line}, which no thread of its block has written")
            }
            Fault::BadWidth { place, meeting, width } => {
                let (name, line) = (meeting.kind.name(), line(meeting));
                write!(f, "{place} gives {name}{line} a width of {width}: 1, 2, 4, 8, 16 or 32")
            }
        }
    }
}

impl std::error::Error for Fault {}

/// Runs a grid to its end.
///
/// # Errors
///
/// The first fault, in the order in which threads run; what was written stays.
///
/// # Safety
///
/// `entry` is that of the kernel that `plan` is for, in memory for as long as this runs, and
/// the arguments are what it takes, valid for what its threads do with them.
///
/// # Panics
///
/// Where a size is 0, or a block has more than [`MOST_THREADS`] threads: the caller refuses
/// such launches.
pub unsafe fn run(
    entry: EntryFn,
    plan: &KernelPlan,
    launch: &Launch<'_>,
    context: &mut Context,
) -> Result<(), Fault> {
    // SAFETY: the caller's promise.
    unsafe { run_noting(entry, plan, launch, context, &mut None) }
}

/// The same, and what is there in `patterns` is filled, if the code tells of its accesses.
///
/// # Errors
///
/// As [`run`].
///
/// # Safety
///
/// As for [`run`].
///
/// # Panics
///
/// As [`run`].
pub unsafe fn run_noting(
    entry: EntryFn,
    plan: &KernelPlan,
    launch: &Launch<'_>,
    context: &mut Context,
    patterns: &mut Option<Patterns>,
) -> Result<(), Fault> {
    let count = launch.threads.iter().map(|&n| n as usize).product::<usize>();
    assert!(count > 0 && count <= MOST_THREADS, "no block has {count} threads");
    assert!(launch.blocks.iter().all(|&n| n > 0), "a grid without blocks");
    assert_eq!(launch.arguments.len(), plan.arguments, "a slot for each argument");
    let mut watch = Watch::new(launch, patterns.take());
    // Threads reach it by their context, the run by the same address.
    let watch = &raw mut watch;
    context.grid = watch.cast();
    // SAFETY: the caller's promise.
    let result = unsafe {
        match plan.is_whole {
            true => whole::run(entry, plan, launch, watch, context),
            false => one_by_one(entry, plan, launch, watch, context),
        }
    };
    context.grid = std::ptr::null_mut();
    // SAFETY: no thread runs any more.
    *patterns = unsafe { (*watch).take_patterns() };
    result
}

/// Runs one block after the other, in the same memory.
///
/// # Safety
///
/// As for [`run`]; the watch is the launch's, which nobody borrows.
unsafe fn one_by_one(
    entry: EntryFn,
    plan: &KernelPlan,
    launch: &Launch<'_>,
    watch: *mut Watch,
    context: &mut Context,
) -> Result<(), Fault> {
    let mut memory = BlockMemory::new(plan, launch, watch, 1)?;
    blocks_of(launch).try_for_each(|index| {
        memory.begin(index, launch);
        let mut block = BlockRun { memory: &mut memory, plan, index, watch };
        block.begin();
        // SAFETY: the caller's promise.
        unsafe { block.run(entry, context) }.map(|_| ())
    })
}

/// What `poll` does in compiled code; gives the status.
fn poll(context: &mut Context) -> i32 {
    // SAFETY: contexts refer to a flag and a table of runtime functions that live as long as
    // the process.
    unsafe {
        if (*context.poll_flag).load(Ordering::Relaxed) == 0 {
            return STATUS_OK;
        }
        let index = helper_index("poll_slow").expect("a runtime function");
        let function = *context.helpers.add(index);
        // SAFETY: the table has the function of that name at its position, which takes the
        // context and gives nothing.
        let function: extern "C" fn(*mut Context) = std::mem::transmute(function);
        function(context);
    }
    context.status
}

/// The indices of a grid's blocks, in order.
fn blocks_of(launch: &Launch<'_>) -> impl Iterator<Item = [u32; 3]> + use<> {
    let [xs, ys, zs] = launch.blocks;
    (0..zs).flat_map(move |z| (0..ys).flat_map(move |y| (0..xs).map(move |x| [x, y, z])))
}

/// The memory of one block's threads, used for each block in turn.
struct BlockMemory {
    /// Records, each of `record` words.
    records: Vec<u64>,
    record: usize,
    shared: Vec<u128>,
    local: Vec<u128>,
    first_local: *mut u8,
    local_each: usize,
    count: usize,
    block: Box<ThreadBlock>,
}

impl BlockMemory {
    /// The memory of one of so many blocks that are there at once.
    fn new(
        plan: &KernelPlan,
        launch: &Launch<'_>,
        watch: *const Watch,
        blocks: usize,
    ) -> Result<BlockMemory, Fault> {
        let none = |_| Fault::NoMemory { blocks };
        let count = launch.threads.iter().map(|&n| n as usize).product::<usize>();
        let record = plan.record_bytes.max(size_of::<Thread>()).div_ceil(8);
        let local_each = plan.local_bytes.div_ceil(16);
        let block = ThreadBlock {
            places: [0; 9],
            given: i32::try_from(launch.shared).unwrap_or(i32::MAX),
            arguments: launch.arguments.as_ptr(),
            shared: std::ptr::null_mut(),
            watch: watch.cast(),
        };
        let shared = (plan.shared_bytes + launch.shared).div_ceil(16);
        Ok(BlockMemory {
            records: zeros(record * count).map_err(none)?,
            record,
            shared: zeros(shared).map_err(none)?,
            local: zeros(local_each * count).map_err(none)?,
            first_local: std::ptr::null_mut(),
            local_each,
            count,
            block: Box::new(block),
        })
    }

    /// Makes all threads ready for a block.
    fn begin(&mut self, index: [u32; 3], launch: &Launch<'_>) {
        let unset = u128::from_ne_bytes([UNSET; 16]);
        self.shared.fill(unset);
        self.local.fill(unset);
        let places = [index, launch.threads, launch.blocks];
        for (place, number) in self.block.places.iter_mut().zip(places.as_flattened()) {
            *place = *number as i32;
        }
        self.block.shared = self.shared.as_mut_ptr().cast();
        let block: *const ThreadBlock = &raw const *self.block;
        let local = self.local.as_mut_ptr();
        self.first_local = local.cast();
        for number in 0..self.count {
            let index = thread_index(number, launch.threads);
            let local = local.wrapping_add(number * self.local_each).cast();
            *self.thread(number) = Thread {
                state: STATE_START,
                meeting: 0,
                operands: [0; 4],
                answer: 0,
                index: index.map(|i| i as i32),
                lane: (number % WARP) as i32,
                number: number as i32,
                block,
                local,
            };
        }
    }

    fn record(&mut self, number: usize) -> *mut u64 {
        debug_assert!(number < self.count);
        self.records.as_mut_ptr().wrapping_add(number * self.record)
    }

    /// The head of a thread's record.
    fn thread(&mut self, number: usize) -> &mut Thread {
        // SAFETY: the record is `self`'s own, in words, and begins with a head, which has no
        // invalid bits; no code of threads runs while it is borrowed.
        unsafe { &mut *self.record(number).cast::<Thread>() }
    }
}

/// So many zeros, if there is memory for them.
fn zeros<T: Clone + Default>(count: usize) -> Result<Vec<T>, std::collections::TryReserveError> {
    let mut made = Vec::new();
    made.try_reserve_exact(count)?;
    made.resize(count, T::default());
    Ok(made)
}

fn thread_index(number: usize, threads: [u32; 3]) -> [u32; 3] {
    let [x, y, _] = threads.map(|n| n as usize);
    [number % x, number / x % y, number / (x * y)].map(|i| i as u32)
}

/// One block under way.
struct BlockRun<'a> {
    memory: &'a mut BlockMemory,
    plan: &'a KernelPlan,
    index: [u32; 3],
    watch: *mut Watch,
}

impl BlockRun<'_> {
    /// The block begins, or goes on behind a barrier of the grid.
    fn begin(&mut self) {
        let memory = &self.memory;
        let bytes = |first: *mut u8, words: usize| {
            let first = first.addr() as u64;
            first..first + 16 * words as u64
        };
        let shared = bytes(memory.block.shared, memory.shared.len());
        let local = bytes(memory.first_local, memory.local.len());
        let index = self.index;
        self.watch().begin(index, shared, local);
    }

    /// The watch; not while a thread runs.
    fn watch(&mut self) -> &mut Watch {
        // SAFETY: it lives in `run`, which uses it by this address only, and no thread runs
        // while the reference is used.
        unsafe { &mut *self.watch }
    }

    /// Runs the block up to its end or to the grid's barrier; gives whether it is over.
    ///
    /// # Safety
    ///
    /// As for [`run`].
    unsafe fn run(&mut self, entry: EntryFn, context: &mut Context) -> Result<bool, Fault> {
        // Kernels without loops look for no interrupt themselves.
        let status = poll(context);
        if status != STATUS_OK {
            return Err(Fault::Raised { place: self.place(0), status });
        }
        let count = self.memory.count;
        // A block that goes on is whole.
        let mut ready: Vec<usize> = (0..count).collect();
        let mut ended = 0;
        while ended < count {
            for &number in &ready {
                let record = self.memory.record(number);
                self.watch().thread(number);
                // SAFETY: the caller's promise; the record is one of the plan's size, and the
                // entry has no results.
                let status = unsafe { entry(context, record, record) };
                if let Some(fault) = self.watch().take_fault() {
                    return Err(fault);
                }
                if status != STATUS_OK {
                    return Err(Fault::Raised { place: self.place(number), status });
                }
                ended += usize::from(self.state(number) == STATE_END);
            }
            ready.clear();
            if ended < count {
                self.settle(&mut ready)?;
                // Settled, and nobody goes on: that is for the whole grid to say.
                if ready.is_empty() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn state(&mut self, number: usize) -> i32 {
        self.memory.thread(number).state
    }

    fn place(&mut self, number: usize) -> Place {
        let thread = self.memory.thread(number).index.map(|i| i as u32);
        Place { block: self.index, thread }
    }

    /// Where a thread waits; `None` if it has ended.
    fn meeting(&mut self, number: usize) -> Option<Meeting> {
        let thread = *self.memory.thread(number);
        let meetings = &self.plan.meetings;
        (thread.state != STATE_END).then(|| meetings[thread.meeting as usize].clone())
    }

    /// No thread can go on: settles what can be, and says which can then; none, where all of
    /// the block wait for the grid.
    fn settle(&mut self, ready: &mut Vec<usize>) -> Result<(), Fault> {
        let count = self.memory.count;
        let first = (0..count).find(|&n| self.state(n) != STATE_END).expect("one is left");
        if (0..count).all(|n| self.meeting(n).is_some_and(|m| m.kind.is_of_block())) {
            self.barrier(first)?;
            self.watch().barrier();
            if self.meeting(first).is_some_and(|m| m.kind != MeetingKind::GridBarrier) {
                ready.extend(0..count);
            }
            return Ok(());
        }
        let mut left_behind = None;
        for warp in (0..count).step_by(WARP) {
            let lanes = warp..(warp + WARP).min(count);
            if let Err(fault) = self.settle_warp(lanes, ready) {
                left_behind.get_or_insert(fault);
            }
        }
        // A wait in vain is one only if nobody at all goes on.
        match left_behind {
            Some(fault) if ready.is_empty() || !matches!(fault, Fault::Apart { .. }) => Err(fault),
            _ if ready.is_empty() => Err(self.divergent_barrier()),
            _ => Ok(()),
        }
    }

    /// All threads are at barriers.
    fn barrier(&mut self, first: usize) -> Result<(), Fault> {
        let meeting = self.memory.thread(first).meeting;
        let (mut set, mut unset) = (0, 0);
        for number in 0..self.memory.count {
            let thread = *self.memory.thread(number);
            if thread.meeting != meeting {
                return Err(self.apart(first, number));
            }
            let which = if thread.operands[0] != 0 { &mut set } else { &mut unset };
            *which += 1;
        }
        let answer = match self.plan.meetings[meeting as usize].kind {
            MeetingKind::BarrierCount => set,
            MeetingKind::BarrierAnd => i32::from(unset == 0),
            MeetingKind::BarrierOr => i32::from(set > 0),
            _ => 0,
        };
        (0..self.memory.count).for_each(|number| self.memory.thread(number).answer = answer);
        Ok(())
    }

    /// A thread waits at a barrier that another one doesn't come to.
    fn divergent_barrier(&mut self) -> Fault {
        let count = self.memory.count;
        let of_block = |m: Option<Meeting>| m.is_some_and(|m| m.kind.is_of_block());
        let waiting = (0..count).find(|&n| of_block(self.meeting(n))).expect("nobody goes on");
        let other = (0..count).find(|&n| !of_block(self.meeting(n))).expect("not all are there");
        self.apart(waiting, other)
    }

    fn apart(&mut self, number: usize, other: usize) -> Fault {
        let at = self.meeting(other).map_or(At::Ended, At::Waits);
        let waits = self.meeting(number).expect("it waits");
        let other = self.place(other);
        Fault::Apart { place: self.place(number), waits, other, at }
    }
}
