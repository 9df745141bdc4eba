//! The queue of tier 2, and the thread that works on it.
//!
//! A job is a module that the optimizing backend is to compile, and what is to be done
//! with the artifact. One thread of the process takes them in order; it is started with
//! the first job, or before when one is likely ([`prepare`]), knows nothing of Python, and
//! so never waits for the GIL. It also looks for the backend: loading LLVM takes
//! milliseconds, which no caller should wait for. Whoever submits keeps what the code
//! needs alive: a job that nobody waits for any more says so by `wanted` and is passed over.
//!
//! A forked child has no such thread and starts anew ([`after_fork`]): jobs of its parent
//! are lost there, which [`epoch`] tells. [`shut_down`] ends the thread before the
//! process takes apart what a running compilation uses.
//!
//! Which code is worth it, and how it takes over, isn't decided here.

use crate::error::{CompileError, InternalError};
use crate::stages::Stage;
use cumbia_backend::{Artifact, Backend};
use cumbia_ir::Module;
use cumbia_opt::OptOptions;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// Something to compile, and what becomes of it.
pub trait Job: Send {
    /// The optimized module.
    fn module(&self) -> Arc<Module>;
    /// Where the code begins, if it isn't for calls: a loop that code which runs already
    /// leaves.
    fn begins_at(&self) -> Option<LoopOf<'_>>;
    /// Whether the IR is to be verified after each pass.
    fn verifies(&self) -> bool;
    /// Whether anybody would use the code.
    fn wanted(&self) -> bool;
    /// What compiles it, if anything does; on the compiling thread, and the first time it
    /// may take long.
    fn backend(&self) -> Option<&'static dyn Backend>;
    /// Takes the result, or that there is no backend for it; on the compiling thread.
    fn finish(self: Box<Self>, result: Option<Result<Artifact, CompileError>>);
}

/// A loop that the code of a called entry can leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LoopOf<'a> {
    /// The entry's name.
    pub entry: &'a str,
    /// Which of its loops, as `cumbia_opt::osr` counts them.
    pub number: usize,
}

/// What the thread and those who submit share.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Box<dyn Job>>,
    /// What the thread does first.
    preparation: Option<fn()>,
    /// Whether the thread exists.
    started: bool,
    /// Whether it is at work on a job.
    busy: bool,
    stopping: bool,
}

/// The process' queue; null before the first job, and in a forked child.
static QUEUE: AtomicPtr<Queue> = AtomicPtr::new(ptr::null_mut());
/// How many forks lie between this process and the one that was started.
static EPOCH: AtomicU32 = AtomicU32::new(0);
/// Whether no job is taken any more.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Stack of the compiling thread: code generators recurse over what they compile.
const STACK: usize = 16 << 20;

/// Tells jobs that a parent process submitted from this one's own.
pub fn epoch() -> u32 {
    EPOCH.load(Ordering::Relaxed)
}

/// Appends a job; one that a running loop waits for goes before all others. Given back when
/// none is taken: at exit, or without threads.
///
/// # Errors
///
/// The job itself.
pub fn submit(job: Box<dyn Job>) -> Result<(), Box<dyn Job>> {
    if CLOSED.load(Ordering::Relaxed) {
        return Err(job);
    }
    let queue = queue();
    let mut state = queue.state.lock().unwrap_or_else(PoisonError::into_inner);
    if !state.start(queue) {
        return Err(job);
    }
    match job.begins_at() {
        Some(_) => state.waiting.push_front(job),
        None => state.waiting.push_back(job),
    }
    queue.changed.notify_all();
    Ok(())
}

/// Has the thread do something that its first job would have to wait for, such as loading
/// the backend. Nothing happens where the thread exists already, or can't.
pub fn prepare(preparation: fn()) {
    if CLOSED.load(Ordering::Relaxed) {
        return;
    }
    let queue = queue();
    let mut state = queue.state.lock().unwrap_or_else(PoisonError::into_inner);
    if !state.started {
        state.preparation = Some(preparation);
        state.start(queue);
    }
}

impl State {
    /// Starts the thread unless it exists; false if it can't be had.
    fn start(&mut self, queue: &'static Queue) -> bool {
        if !self.started {
            let work = move || work(queue);
            let thread = thread::Builder::new().name("cumbia-tier2".to_owned()).stack_size(STACK);
            self.started = thread.spawn(work).is_ok();
        }
        self.started
    }
}

/// Compiles now, on this thread: the further passes, and the backend; the module's entry, or
/// what begins at a loop of it. Verifies the IR after each pass where that is asked for.
///
/// # Errors
///
/// A bug of the compiler; a panic is one.
pub fn compile(
    module: &Module,
    begins_at: Option<LoopOf<'_>>,
    backend: &dyn Backend,
    verify: bool,
) -> Result<Artifact, CompileError> {
    let further = further(module, begins_at, verify)?;
    match catch_unwind(AssertUnwindSafe(|| backend.compile(&further))) {
        Ok(result) => {
            result.map_err(|e| failed(module, Stage::Codegen, format!("{}: {e}", backend.name())))
        }
        Err(_) => Err(failed(module, Stage::Codegen, format!("{} panicked", backend.name()))),
    }
}

fn failed(module: &Module, stage: Stage, message: String) -> CompileError {
    InternalError::new(stage, message, Some(module.to_string())).into()
}

/// What [`compile`] gives to the backend.
///
/// # Errors
///
/// As [`compile`].
pub fn further(
    module: &Module,
    begins_at: Option<LoopOf<'_>>,
    verify: bool,
) -> Result<Module, CompileError> {
    let optimize = || {
        let mut further = module.clone();
        if let Some(LoopOf { entry, number }) = begins_at {
            let most = cumbia_abi::MAX_SAVED;
            let found = cumbia_opt::osr::continue_at(&mut further, entry, number, most);
            assert!(found, "the code has a loop that the module hasn't");
        }
        let mut options = OptOptions { verify_each: verify, ..OptOptions::default() };
        cumbia_opt::optimize_further(&mut further, &mut options).map(|_| further)
    };
    match catch_unwind(AssertUnwindSafe(optimize)) {
        Ok(result) => result.map_err(|error| failed(module, Stage::Opt, error.to_string())),
        Err(_) => Err(failed(module, Stage::Opt, "a pass panicked".to_owned())),
    }
}

/// Drops all jobs and waits for the one at work. Nothing is compiled afterwards.
pub fn shut_down() {
    CLOSED.store(true, Ordering::Relaxed);
    let queue = QUEUE.load(Ordering::Acquire);
    if queue.is_null() {
        return;
    }
    // SAFETY: queues are leaked.
    let queue = unsafe { &*queue };
    let mut state = queue.state.lock().unwrap_or_else(PoisonError::into_inner);
    state.stopping = true;
    let dropped = std::mem::take(&mut state.waiting);
    queue.changed.notify_all();
    while state.busy {
        state = queue.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    drop(state);
    drop(dropped);
}

/// To be called in a forked child. Only stores to atomics.
pub fn after_fork() {
    QUEUE.store(ptr::null_mut(), Ordering::Relaxed);
    EPOCH.fetch_add(1, Ordering::Relaxed);
}

fn queue() -> &'static Queue {
    let mut queue = QUEUE.load(Ordering::Acquire);
    if queue.is_null() {
        let made = Box::into_raw(Box::<Queue>::default());
        queue = match QUEUE.compare_exchange(
            ptr::null_mut(),
            made,
            Ordering::AcqRel,
            Ordering::Acquire,
        ) {
            Ok(_) => made,
            Err(other) => {
                // SAFETY: it was made above, and nobody else has seen it.
                drop(unsafe { Box::from_raw(made) });
                other
            }
        };
    }
    // SAFETY: queues that were published are leaked: a child's parent may hold its lock.
    unsafe { &*queue }
}

/// The thread's life.
fn work(queue: &'static Queue) {
    give_way();
    let mut state = queue.state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if state.stopping {
            return;
        }
        let preparation = state.preparation.take();
        let job = if preparation.is_some() { None } else { state.waiting.pop_front() };
        if preparation.is_none() && job.is_none() {
            state = queue.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        state.busy = true;
        drop(state);
        // What a job or the preparation does is their business; the thread outlives it.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            if let Some(prepare) = preparation {
                prepare();
            }
            if let Some(job) = job.filter(|job| job.wanted()) {
                let made =
                    |backend| compile(&job.module(), job.begins_at(), backend, job.verifies());
                let result = job.backend().map(made);
                job.finish(result);
            }
        }));
        state = queue.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.busy = false;
        queue.changed.notify_all();
    }
}

/// Signals are for the program's threads, and the processor for them first.
fn give_way() {
    #[cfg(unix)]
    // SAFETY: a full set for this thread's own mask; on Linux the priority is the thread's.
    unsafe {
        let mut all = std::mem::zeroed::<libc::sigset_t>();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, ptr::null_mut());
        #[cfg(target_os = "linux")]
        libc::setpriority(libc::PRIO_PROCESS, 0, 10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets;
    use std::sync::mpsc::{Sender, channel};
    use std::time::Duration;

    struct Told {
        text: &'static str,
        wanted: bool,
        to: Sender<Result<Artifact, CompileError>>,
    }

    impl Job for Told {
        fn module(&self) -> Arc<Module> {
            Arc::new(cumbia_ir::parse_module(self.text).expect("the text is IR"))
        }
        fn verifies(&self) -> bool {
            true
        }
        fn begins_at(&self) -> Option<LoopOf<'_>> {
            None
        }
        fn wanted(&self) -> bool {
            self.wanted
        }
        fn backend(&self) -> Option<&'static dyn Backend> {
            Some(targets::host().backend().expect("the host's target is always there"))
        }
        fn finish(self: Box<Self>, result: Option<Result<Artifact, CompileError>>) {
            self.to.send(result.expect("it has a backend")).expect("the test waits");
        }
    }

    #[test]
    fn jobs_are_compiled_in_order_and_unwanted_ones_left_out() {
        let (to, from) = channel();
        let text = "func @main(ptr, ptr) -> () {\nblock0(v0: ptr, v1: ptr):\n    return\n}\n";
        for wanted in [true, false, true] {
            let job = Told { text, wanted, to: to.clone() };
            assert!(submit(Box::new(job)).is_ok());
        }
        drop(to);
        let patience = Duration::from_secs(60);
        for _ in 0..2 {
            let artifact = from.recv_timeout(patience).expect("a result").expect("an artifact");
            assert_eq!(artifact.entries, ["main"]);
        }
        assert!(from.recv_timeout(patience).is_err(), "the unwanted job was compiled");
    }
}
