//! Parallel loops: blocks of turns on several threads.
//!
//! `parallel_new` makes the record of a loop, which compiled code fills (`cumbia_abi::parallel`
//! says what is where), `parallel_run` has an entry run for its blocks. Each thread that takes
//! part has a context of its own, so that allocations, exceptions and scratch slots are its
//! own; owners among the arguments, which all threads refer to, have an immortal count as long
//! as the loop runs, and their own one afterwards.
//!
//! Blocks are taken in ascending order. When one raises, those above it are stopped and those
//! below it run to their end, so that the first exception in the order of the turns is the one
//! that leaves; what it refers to moves to the caller's context.
//!
//! A loop within a block runs on the thread of the block. What combines the results of the
//! blocks is compiled code; nothing here knows what they are.

mod threads;

pub use threads::{after_fork, most_threads, set_threads, threads};

use crate::call::{free_left, fresh};
use crate::raise::{clear_raised, raise};
use crate::{exceptions, looking, memory, races, random, stack};
use cumbia_abi::parallel::{HEAD_SLOTS, Shape, how, uses};
use cumbia_abi::{
    Context, EntryFn, ExceptionClass, IMMORTAL, Owner, Raised, STATUS_MEMORY, STATUS_OK,
    STATUS_PYTHON,
};
use std::ptr;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Duration;

/// Runs a loop on a device: its record's data (whose first results are at
/// [`Shape::results_of`]), and its shape. `Some(false)`: it is to run here. `None`: an exception,
/// with the context's status set.
///
/// # Safety
///
/// The data are those of a filled record of a running call.
pub type DeviceHook = unsafe fn(&mut Context, *mut u64, &Shape) -> Option<bool>;

/// Has the host's memory between two addresses up to date, and forgets copies of it if it may be
/// written. `false`: an exception, with the context's status set.
pub type UseHook = fn(&mut Context, u64, u64, bool) -> bool;

static ON_DEVICE: OnceLock<(DeviceHook, UseHook)> = OnceLock::new();

/// Installs who runs loops on a device; the first one stays.
pub fn set_device_hooks(run: DeviceHook, uses: UseHook) {
    ON_DEVICE.get_or_init(|| (run, uses));
}

/// The helper `device_use`.
pub(crate) extern "C" fn device_use(context: *mut Context, low: i64, high: i64, how: i64) {
    if let Some((_, settle)) = ON_DEVICE.get() {
        // SAFETY: compiled code passes the context of the running call.
        let context = unsafe { &mut *context };
        settle(context, low as u64, high as u64, how == uses::WRITES);
    }
}

/// Looks for the other threads' end before the caller goes to sleep.
const SPINS: usize = 2000;
/// How long the caller sleeps before it looks for an interrupt.
const NAP: Duration = Duration::from_millis(5);

/// The helper `parallel_new`.
pub(crate) extern "C" fn parallel_new(
    context: *mut Context,
    turns: i64,
    given: i64,
    results: i64,
    owners: i64,
    most: i64,
) -> *mut u8 {
    let [given, results, owners] = [given, results, owners].map(|n| n as usize);
    let shape = Shape::new(turns.max(0) as u64, given, results, owners, most.max(0) as u64);
    let bytes =
        shape.slots().and_then(|slots| slots.checked_mul(8)).and_then(|b| b.try_into().ok());
    let record = match bytes {
        Some(bytes) => memory::alloc(context, bytes, 0),
        None => {
            // SAFETY: compiled code passes the context of the running call.
            unsafe { (*context).status = STATUS_MEMORY };
            ptr::null_mut()
        }
    };
    if !record.is_null() {
        // SAFETY: a fresh record with room for the head.
        unsafe { (*record.cast::<Owner>()).data.cast::<[u64; HEAD_SLOTS]>().write(shape.head()) };
    }
    record
}

/// The helper `thread_count`.
pub(crate) extern "C" fn thread_count(context: *mut Context) -> i64 {
    match threads() {
        Ok(count) => count as i64,
        Err(text) => {
            // SAFETY: compiled code passes the context of the running call.
            raise(unsafe { &mut *context }, ExceptionClass::ValueError, text);
            0
        }
    }
}

/// The helper `thread_number`.
pub(crate) extern "C" fn thread_number(_: *mut Context) -> i64 {
    threads::number() as i64
}

/// Makes a block of a loop ready to be run by the reference interpreter: the addresses of its
/// arguments and results; `None` behind the last one.
///
/// # Safety
///
/// A live record of `parallel_new` that was filled, which no other thread uses.
pub unsafe fn parallel_block(record: *mut u8, block: u64) -> Option<[*mut u64; 2]> {
    // SAFETY: by the contract.
    unsafe {
        let data: *mut u64 = (*record.cast::<Owner>()).data.cast();
        let shape = Shape::of(&*data.cast::<[u64; HEAD_SLOTS]>());
        (block < shape.blocks).then(|| {
            let (first, end) = shape.turns_of(block);
            let given = data.add(shape.arguments());
            given.write(first);
            given.add(1).write(end);
            [given, data.add(shape.results_of(block))]
        })
    }
}

/// As [`parallel_block`], before the first and behind the last block: what they gave, and what
/// is to be given.
///
/// # Safety
///
/// As [`parallel_block`].
pub unsafe fn parallel_begin(record: *mut u8) {
    // SAFETY: by the contract.
    unsafe { races::begin(record) };
}

/// See [`parallel_begin`].
///
/// # Safety
///
/// As [`parallel_block`].
pub unsafe fn parallel_end(context: &mut Context, record: *mut u8, status: i32) -> i32 {
    // SAFETY: by the contract.
    unsafe { races::end(context, record, status) }
}

/// The helper `parallel_run`: gives the status of the first block that doesn't end well in the
/// context, with all that belongs to its exception.
pub(crate) extern "C" fn parallel_run(
    context: *mut Context,
    record: *mut u8,
    entry: *mut u8,
    wanted: i64,
) {
    // SAFETY: compiled code passes the context of the running call, of which nobody holds a
    // reference; a record that it has filled; and the address of an entry of its module.
    unsafe {
        let context = &mut *context;
        let entry = std::mem::transmute::<*mut u8, EntryFn>(entry);
        let data: *mut u64 = (*record.cast::<Owner>()).data.cast();
        let shape = Shape::of(&*data.cast::<[u64; HEAD_SLOTS]>());
        if shape.blocks == 0 {
            return;
        }
        races::begin(record);
        let here = wanted & how::SERIAL != 0 || races::is_watching();
        let on_device = match ON_DEVICE.get() {
            Some((hook, _)) if wanted & how::DEVICE != 0 && !here && context.parallel.is_null() => {
                hook(context, data, &shape)
            }
            _ => Some(false),
        };
        // A loop in a block runs where the block does.
        let status = if on_device != Some(false) {
            context.status
        } else if here || !context.parallel.is_null() {
            run_here(context, entry, data, &shape)
        } else {
            match threads() {
                Ok(count) => {
                    let owners = Held::hold(data.add(shape.first_owner()), shape.owners);
                    let status = run_blocks(context, entry, data, shape, count, wanted);
                    drop(owners);
                    status
                }
                Err(text) => {
                    raise(context, ExceptionClass::ValueError, text);
                    context.status
                }
            }
        };
        let status = races::end(context, record, status);
        if status != STATUS_OK {
            // Compiled code doesn't come to the places where it would do these.
            random::turns_end(context, wanted >> how::DRAWS_SHIFT & 3);
            memory::release_object(context, record.cast());
        }
        context.status = status;
    }
}

/// Owners that several threads count: immortal until this is dropped.
struct Held {
    owners: Vec<(*mut Owner, i64)>,
}

impl Held {
    /// # Safety
    ///
    /// `count` addresses of live owners, or null, lie at `slots`; the owners outlive this.
    unsafe fn hold(slots: *const u64, count: usize) -> Held {
        let mut owners = Vec::with_capacity(count);
        for at in 0..count {
            // SAFETY: by the contract.
            unsafe {
                let owner: *mut Owner = ptr::with_exposed_provenance_mut(*slots.add(at) as usize);
                if !owner.is_null() {
                    owners.push((owner, std::mem::replace(&mut (*owner).refcount, IMMORTAL)));
                }
            }
        }
        Held { owners }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // The one that is there twice has its own count in the first place.
        for &(owner, count) in self.owners.iter().rev() {
            // SAFETY: by the contract of `hold`; no other thread counts any more.
            unsafe { (*owner).refcount = count };
        }
    }
}

/// All blocks one after the other in the caller's context.
unsafe fn run_here(context: &mut Context, entry: EntryFn, data: *mut u64, shape: &Shape) -> i32 {
    for block in 0..shape.blocks {
        // SAFETY: passed on from `parallel_run`.
        let status = unsafe {
            let given = data.add(shape.arguments());
            let (first, end) = shape.turns_of(block);
            given.write(first);
            given.add(1).write(end);
            entry(context, given, data.add(shape.results_of(block)))
        };
        if status != STATUS_OK {
            return status;
        }
    }
    STATUS_OK
}

/// A loop on its way.
///
/// Threads of the pool may come when it is over: they look at `next` alone then.
struct Job {
    entry: EntryFn,
    /// The record's data.
    data: *mut u64,
    shape: Shape,
    /// What the contexts of threads begin as.
    caller: *const Context,
    schedule: Schedule,
    /// Threads that take part, at most.
    threads: usize,
    /// Threads that have come.
    came: AtomicUsize,
    /// Threads that may run a block.
    running: AtomicUsize,
    /// The next block that nobody has taken.
    next: AtomicU64,
    /// The lowest block that hasn't ended well.
    failed: AtomicU64,
    failure: Mutex<Option<Failure>>,
    parts: Box<[Part]>,
    /// The streams of random numbers that threads copy.
    streams: Option<Box<random::Streams>>,
    /// Floating-point flags that other threads have raised; those are a thread's own.
    flags: AtomicI64,
    caller_thread: Thread,
}

// SAFETY: the pointers are used by threads that count as running alone, and the caller waits
// for those; the rest is shared as its types say.
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

/// How an exception ended a block.
struct Failure {
    block: u64,
    status: i32,
    context: Box<Context>,
}

/// What one thread of a loop is at; [`Context::parallel`] points to it.
struct Part {
    /// The first block that it has taken.
    block: AtomicU64,
    /// The poll flag of its context, set when its block is not wanted any more.
    cancelled: AtomicU32,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Schedule {
    /// Ever fewer blocks at once.
    Guided(u64),
    /// So many blocks at once.
    Chunks(u64),
}

impl Schedule {
    fn new(wanted: i64, shape: &Shape, threads: usize) -> Schedule {
        let chunk = (wanted as u64) >> how::CHUNK_SHIFT;
        // In blocks, rounded up.
        let chunk = chunk.div_ceil(shape.turns.div_ceil(shape.blocks));
        if wanted & how::STATIC != 0 {
            let each = shape.blocks.div_ceil(threads as u64);
            return Schedule::Chunks(if chunk == 0 { each } else { chunk });
        }
        if wanted & how::DYNAMIC != 0 {
            return Schedule::Chunks(chunk.max(1));
        }
        Schedule::Guided(chunk.max(1))
    }
}

/// Whether the block that a context is for isn't wanted any more.
pub(crate) fn is_cancelled(context: &Context) -> bool {
    let part: *const Part = context.parallel.cast();
    // SAFETY: set by `take_part`, for as long as it uses the context; or no part's address.
    !part.is_null()
        && part != MARK.as_part()
        && unsafe { (*part).cancelled.load(Ordering::Relaxed) != 0 }
}

/// What [`Context::parallel`] points to where there is but one thread.
struct Mark(Part);
static MARK: Mark = Mark(Part { block: AtomicU64::new(0), cancelled: AtomicU32::new(0) });
impl Mark {
    fn as_part(&self) -> *const Part {
        &raw const self.0
    }
}

/// Runs the blocks, on this thread and others.
unsafe fn run_blocks(
    context: &mut Context,
    entry: EntryFn,
    data: *mut u64,
    shape: Shape,
    threads: usize,
    wanted: i64,
) -> i32 {
    let threads = threads.min(shape.blocks as usize);
    let pool = if threads > 1 { threads::pool() } else { None };
    let Some(pool) = pool else {
        context.parallel = MARK.as_part().cast_mut().cast();
        // SAFETY: passed on.
        let status = unsafe { run_here(context, entry, data, &shape) };
        context.parallel = ptr::null_mut();
        return status;
    };
    let part = |_| Part { block: AtomicU64::new(0), cancelled: AtomicU32::new(0) };
    let job = Arc::new(Job {
        entry,
        data,
        shape,
        caller: &raw const *context,
        schedule: Schedule::new(wanted, &shape, threads),
        threads,
        came: AtomicUsize::new(1),
        running: AtomicUsize::new(0),
        next: AtomicU64::new(0),
        failed: AtomicU64::new(u64::MAX),
        failure: Mutex::new(None),
        parts: (0..threads).map(part).collect(),
        streams: random::for_blocks(context, wanted >> how::DRAWS_SHIFT & 3),
        flags: AtomicI64::new(0),
        caller_thread: std::thread::current(),
    });
    for _ in 1..threads {
        let job = job.clone();
        pool.spawn(move || {
            // Whatever control the thread was started with.
            let _floats = crate::float_control::DefaultFloats::enter();
            let number = job.came.fetch_add(1, Ordering::Relaxed);
            threads::numbered(number, || job.take_part(number));
        });
    }
    threads::numbered(0, || job.take_part(0));
    job.wait(context);
    looking::float_flags_raise(context, job.flags.load(Ordering::SeqCst));
    let failure = job.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    match failure {
        None => STATUS_OK,
        Some(mut failure) => {
            adopt(context, &mut failure.context);
            failure.status
        }
    }
}

impl Job {
    /// Runs blocks until none is left.
    fn take_part(&self, number: usize) {
        self.running.fetch_add(1, Ordering::SeqCst);
        if let Some(taken) = self.take() {
            // SAFETY: this thread counts as running and has a block, so the caller waits.
            unsafe { self.run_from(number, taken) };
            if number != 0 {
                self.flags.fetch_or(looking::take_flags(), Ordering::SeqCst);
            }
        }
        // The last one wakes the caller. The job itself is this thread's too.
        if self.running.fetch_sub(1, Ordering::SeqCst) == 1 && number != 0 {
            self.caller_thread.unpark();
        }
    }

    /// The next blocks for a thread: the first, and the one behind the last.
    fn take(&self) -> Option<(u64, u64)> {
        let blocks = self.shape.blocks;
        let mut next = self.next.load(Ordering::SeqCst);
        loop {
            if next >= blocks {
                return None;
            }
            let left = blocks - next;
            let count = match self.schedule {
                Schedule::Chunks(count) => count,
                Schedule::Guided(least) => (left / (2 * self.threads as u64)).max(least),
            };
            let end = next + count.min(left);
            match self.next.compare_exchange_weak(next, end, Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => return Some((next, end)),
                Err(other) => next = other,
            }
        }
    }

    /// # Safety
    ///
    /// The caller's context and the record are alive, as they are while this thread counts as
    /// running and has taken blocks.
    unsafe fn run_from(&self, number: usize, taken: (u64, u64)) {
        let part = &self.parts[number];
        // SAFETY: by the contract; nobody changes the caller's context meanwhile but the
        // fields of its own that the caller's poll uses.
        let caller = unsafe { &*self.caller };
        let mut streams = self.streams.clone();
        let mut context = context_for(caller, part, number == 0);
        context.streams = address(&mut streams);
        // SAFETY: the arguments lie in the record.
        let mut given = unsafe {
            std::slice::from_raw_parts(self.data.add(self.shape.arguments()), self.shape.given)
        }
        .to_vec();
        let mut taken = Some(taken);
        while let Some((mut block, end)) = taken {
            // Blocks without results are one.
            let step = if self.shape.results == 0 { end - block } else { 1 };
            // First said, then asked: who stops others does it the other way round.
            while block < end && {
                part.block.store(block, Ordering::SeqCst);
                block <= self.failed.load(Ordering::SeqCst)
            } {
                given[0] = self.shape.turns_of(block).0;
                given[1] = self.shape.turns_of(block + step - 1).1;
                // SAFETY: by the contract; the record has room for each block's results.
                let status = unsafe {
                    let out = self.data.add(self.shape.results_of(block));
                    (self.entry)(&mut context, given.as_ptr(), out)
                };
                if status != STATUS_OK {
                    let mut fresh = context_for(caller, part, number == 0);
                    fresh.streams = address(&mut streams);
                    self.fails(block, status, std::mem::replace(&mut context, fresh));
                    break;
                }
                block += step;
            }
            taken = self.take();
        }
        free_left(&mut context);
    }

    /// A block has ended with an exception.
    fn fails(&self, block: u64, status: i32, context: Context) {
        let mut context = Box::new(context);
        context.parallel = ptr::null_mut();
        context.streams = ptr::null_mut();
        let mut kept = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        // What Python's signal handlers raise stops all.
        let rank = if status == STATUS_PYTHON { 0 } else { block };
        let lower = kept.as_ref().is_none_or(|old| {
            old.status != STATUS_PYTHON && (status == STATUS_PYTHON || block < old.block)
        });
        if !lower {
            drop(kept);
            free_left(&mut context);
            return;
        }
        let old = kept.replace(Failure { block, status, context });
        self.stop_above(rank, status == STATUS_PYTHON);
        drop(kept);
        if let Some(mut old) = old {
            free_left(&mut old.context);
        }
    }

    /// No block above one is wanted any more, nor that one where `all` says so.
    fn stop_above(&self, block: u64, all: bool) {
        self.failed.store(block, Ordering::SeqCst);
        self.next.fetch_max(self.shape.blocks, Ordering::SeqCst);
        for part in &self.parts {
            if all || part.block.load(Ordering::SeqCst) > block {
                part.cancelled.store(1, Ordering::Relaxed);
            }
        }
    }

    /// Waits until no thread runs a block.
    fn wait(&self, context: &mut Context) {
        for _ in 0..SPINS {
            if self.running.load(Ordering::SeqCst) == 0 {
                return;
            }
            std::hint::spin_loop();
        }
        while self.running.load(Ordering::SeqCst) != 0 {
            std::thread::park_timeout(NAP);
            // SAFETY: the boundary sets the flag for the time of the call.
            let asked = unsafe { (*context.poll_flag).load(Ordering::Relaxed) != 0 };
            if asked && !self.is_interrupted() {
                crate::interrupt::poll_slow(context);
                let status = std::mem::replace(&mut context.status, STATUS_OK);
                if status != STATUS_OK {
                    self.fails(0, status, fresh(0));
                }
            }
        }
    }

    fn is_interrupted(&self) -> bool {
        let kept = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().is_some_and(|failure| failure.status == STATUS_PYTHON)
    }
}

/// What [`Context::streams`] is for streams of a thread's own, if there are any.
fn address(streams: &mut Option<Box<random::Streams>>) -> *mut u8 {
    streams.as_mut().map_or(ptr::null_mut(), |streams| (&raw mut **streams).cast())
}

/// A context for blocks of a loop of a caller's.
fn context_for(caller: &Context, part: &Part, is_caller: bool) -> Context {
    let mut context = fresh(if is_caller { caller.stack_limit } else { stack::stack_limit() });
    // The thread that Python has called looks for its signals; and it comes by often enough
    // to see that its block is not wanted. With another flag it has none to look for.
    let is_asked = ptr::eq(caller.poll_flag, crate::interrupt::interrupt_flag())
        || ptr::eq(caller.poll_flag, crate::interrupt::flag_for_c());
    if is_caller && is_asked && !caller.user.is_null() {
        context.user = caller.user;
        context.poll_flag = caller.poll_flag;
    } else {
        context.poll_flag = &raw const part.cancelled;
    }
    context.sites = caller.sites;
    context.site_classes = caller.site_classes;
    context.kernel = caller.kernel;
    context.globals = caller.globals;
    context.error_modes = caller.error_modes;
    context.parallel = ptr::from_ref(part).cast_mut().cast();
    context
}

/// The exception on its way in a block's context goes on in the caller's.
fn adopt(context: &mut Context, from: &mut Context) {
    clear_raised(context);
    context.raised = std::mem::replace(&mut from.raised, Raised::NONE);
    context.raise_site = from.raise_site;
    context.raise_args = from.raise_args;
    context.trace_len = from.trace_len;
    context.trace = from.trace;
    exceptions::adopt(context, from);
    memory::adopt(context, from);
}
