//! Letting go of the GIL around a kernel, and Ctrl-C while it runs.
//!
//! Compiled loops poll one flag of the process. A ticker thread sets it at a low
//! rate while a kernel with loops runs on Python's main thread; the kernel then
//! takes the GIL for a moment, lets Python run its signal handlers, and goes on or
//! leaves with their exception. Kernels on other threads get a flag that is never
//! set, since Python handles signals on the main thread only. The ticker starts
//! with the first such kernel, sleeps when none has run for a while, and never
//! touches Python. A forked child starts its own.

use cumbia_abi::{Context, STATUS_OK, STATUS_PYTHON};
use pyo3::ffi;
use pyo3::prelude::*;
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

/// Time between two looks at Python's signals.
const TICK: Duration = Duration::from_millis(20);
/// Ticks without a kernel after which the ticker goes to sleep.
const IDLE_TICKS: u32 = 50;

/// The flag of kernels that needn't poll.
static NEVER: AtomicU32 = AtomicU32::new(0);
/// Whether a kernel with loops runs on the main thread.
static RUNNING: AtomicBool = AtomicBool::new(false);
/// Whether the ticker sleeps until it is woken.
static ASLEEP: AtomicBool = AtomicBool::new(false);
/// Handle of the ticker; null before it was started.
static TICKER: AtomicPtr<Thread> = AtomicPtr::new(ptr::null_mut());
/// `pthread_self()` of Python's main thread.
static MAIN_THREAD: AtomicUsize = AtomicUsize::new(0);

/// What the poll hook finds through [`Context::user`].
struct Suspended {
    thread: *mut ffi::PyThreadState,
}

/// Makes the process ready: once, when the module is imported.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let main = py.import("threading")?.call_method0("main_thread")?;
    let ident: usize = main.getattr("ident")?.extract()?;
    MAIN_THREAD.store(ident, Ordering::Relaxed);
    cumbia_runtime::set_poll_hook(poll);
    static FORK_HANDLER: Once = Once::new();
    FORK_HANDLER.call_once(|| {
        // SAFETY: the handler only stores to atomics, which is safe in a child.
        unsafe { libc::pthread_atfork(None, None, Some(after_fork)) };
    });
    Ok(())
}

/// The child of a fork has one thread, which is Python's main thread there, and no
/// ticker.
extern "C" fn after_fork() {
    MAIN_THREAD.store(this_thread(), Ordering::Relaxed);
    TICKER.store(ptr::null_mut(), Ordering::Relaxed);
    ASLEEP.store(false, Ordering::Relaxed);
    cumbia_runtime::clear_interrupt();
}

fn this_thread() -> usize {
    // SAFETY: always succeeds.
    unsafe { libc::pthread_self() as usize }
}

/// Runs a kernel without the GIL and gives its status.
///
/// # Safety
///
/// The thread holds the GIL, and `kernel` doesn't touch Python.
#[inline]
pub unsafe fn without_gil(
    context: &mut Context,
    polls: bool,
    kernel: impl FnOnce(&mut Context) -> i32,
) -> i32 {
    let watched = polls && this_thread() == MAIN_THREAD.load(Ordering::Relaxed);
    // SAFETY: the thread holds the GIL.
    let mut suspended = Suspended { thread: unsafe { ffi::PyEval_SaveThread() } };
    let status = if watched {
        context.user = (&raw mut suspended).cast();
        let before = RUNNING.swap(true, Ordering::SeqCst);
        wake_ticker();
        let status = kernel(context);
        RUNNING.store(before, Ordering::Relaxed);
        context.user = ptr::null_mut();
        status
    } else {
        context.poll_flag = &raw const NEVER;
        kernel(context)
    };
    // SAFETY: the state was saved above, by this thread.
    unsafe { ffi::PyEval_RestoreThread(suspended.thread) };
    status
}

/// The hook of `poll_slow`: runs Python's signal handlers.
fn poll(context: &mut Context) -> i32 {
    cumbia_runtime::clear_interrupt();
    let suspended = context.user.cast::<Suspended>();
    if suspended.is_null() {
        return STATUS_OK;
    }
    // SAFETY: `without_gil` on this thread set the pointer for the time of the
    // kernel; the thread doesn't hold the GIL, since the kernel runs.
    unsafe {
        ffi::PyEval_RestoreThread((*suspended).thread);
        let failed = ffi::PyErr_CheckSignals() != 0;
        (*suspended).thread = ffi::PyEval_SaveThread();
        if failed { STATUS_PYTHON } else { STATUS_OK }
    }
}

#[inline]
fn wake_ticker() {
    let ticker = TICKER.load(Ordering::Relaxed);
    if ticker.is_null() {
        start_ticker();
    } else if ASLEEP.load(Ordering::SeqCst) {
        // SAFETY: the handle was leaked when the ticker was started.
        unsafe { (*ticker).unpark() };
    }
}

#[cold]
fn start_ticker() {
    // Only the main thread comes here. Without a ticker Ctrl-C waits for the
    // kernel's end, so a failure to start it is no error.
    let started =
        thread::Builder::new().name("cumbia-ticker".to_owned()).stack_size(64 * 1024).spawn(tick);
    if let Ok(started) = started {
        TICKER.store(Box::into_raw(Box::new(started.thread().clone())), Ordering::Relaxed);
    }
}

/// The ticker's life.
fn tick() {
    // Signals are for Python's threads.
    // SAFETY: a full set for this thread's own mask.
    unsafe {
        let mut all = std::mem::zeroed::<libc::sigset_t>();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, ptr::null_mut());
    }
    let mut idle = 0;
    loop {
        thread::sleep(TICK);
        if RUNNING.load(Ordering::SeqCst) {
            idle = 0;
            cumbia_runtime::request_interrupt();
            continue;
        }
        idle += 1;
        if idle >= IDLE_TICKS {
            ASLEEP.store(true, Ordering::SeqCst);
            while !RUNNING.load(Ordering::SeqCst) {
                thread::park();
            }
            ASLEEP.store(false, Ordering::SeqCst);
            idle = 0;
        }
    }
}
