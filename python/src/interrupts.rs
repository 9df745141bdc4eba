//! Letting go of the GIL around a kernel, and Ctrl-C while it runs.
//!
//! Compiled loops poll one flag of the process. A ticker thread sets it at a low
//! rate while a kernel with loops runs on Python's main thread; the kernel then
//! takes the GIL for a moment, lets Python run its signal handlers, and goes on or
//! leaves with their exception. Python handles signals on the main thread only: kernels on
//! other threads get a flag that tells how long they have been running, while better code
//! may come for them, and else one that is never set. The ticker starts
//! with the first such kernel, sleeps when none has run for a while, and never
//! touches Python. A forked child starts its own.

use crate::streams::Borrowed;
use cumbia_abi::{Context, STATUS_OK, STATUS_PYTHON};
use cumbia_driver::Cost;
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
/// The flag of kernels on other threads for which there may be better code. One of them sees
/// it at a time; with each tick it may be another one.
static LASTING: AtomicU32 = AtomicU32::new(0);
/// How many of these run.
static ELSEWHERE: AtomicUsize = AtomicUsize::new(0);
/// Kernels with loops that run on the main thread, or that keep the GIL.
static RUNNING: AtomicUsize = AtomicUsize::new(0);
/// Whether a call by C has seen its flag since the last tick.
static BY_C: AtomicBool = AtomicBool::new(false);
/// Whether the ticker sleeps until it is woken.
static ASLEEP: AtomicBool = AtomicBool::new(false);
/// Handle of the ticker; null before it was started.
static TICKER: AtomicPtr<Thread> = AtomicPtr::new(ptr::null_mut());
/// `pthread_self()` of Python's main thread.
static MAIN_THREAD: AtomicUsize = AtomicUsize::new(0);

/// What the poll hook finds through [`Context::user`].
struct Suspended {
    /// The state of the thread that let go of the GIL; null if it kept it.
    thread: *mut ffi::PyThreadState,
    /// Whether this is another thread than the main one, where nobody looks at signals.
    elsewhere: bool,
    /// What a kernel that keeps the GIL has borrowed; null for others.
    borrowed: *mut Borrowed,
    /// Whether Python's signals have been looked at in this call: it has been running for a
    /// part of [`TICK`] then, and at the next look for a whole one.
    looked: bool,
}

/// Makes the process ready: once, when the module is imported.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let main = py.import("threading")?.call_method0("main_thread")?;
    let ident: usize = main.getattr("ident")?.extract()?;
    MAIN_THREAD.store(ident, Ordering::Relaxed);
    cumbia_runtime::set_poll_hook(poll);
    cumbia_runtime::set_osr_hook(crate::kernel::has_better);
    static FORK_HANDLER: Once = Once::new();
    FORK_HANDLER.call_once(|| {
        // SAFETY: the child's handler only stores to atomics, which is safe there.
        unsafe { libc::pthread_atfork(Some(before_fork), Some(forked), Some(after_fork)) };
    });
    Ok(())
}

extern "C" fn before_fork() {
    cumbia_driver::before_fork();
}

extern "C" fn forked() {
    cumbia_driver::forked();
}

/// The child of a fork has one thread, which is Python's main thread there, and no
/// ticker.
extern "C" fn after_fork() {
    MAIN_THREAD.store(this_thread(), Ordering::Relaxed);
    TICKER.store(ptr::null_mut(), Ordering::Relaxed);
    ASLEEP.store(false, Ordering::Relaxed);
    RUNNING.store(0, Ordering::Relaxed);
    BY_C.store(false, Ordering::Relaxed);
    cumbia_runtime::flag_for_c().store(1, Ordering::Relaxed);
    crate::streams::after_fork();
    crate::events::after_fork();
    cumbia_runtime::parallel_after_fork();
    crate::logging::after_fork();
    cumbia_loader::after_fork();
    cumbia_driver::tiering::after_fork();
    cumbia_driver::after_fork();
    cumbia_runtime::clear_interrupt();
}

fn this_thread() -> usize {
    // SAFETY: always succeeds.
    unsafe { libc::pthread_self() as usize }
}

/// Runs a kernel without the GIL and gives its status. `improves` says whether better code may
/// come while it runs.
///
/// # Safety
///
/// The thread holds the GIL, and `kernel` doesn't touch Python.
#[inline]
pub unsafe fn without_gil(
    context: &mut Context,
    polls: bool,
    improves: bool,
    kernel: impl FnOnce(&mut Context) -> i32,
) -> i32 {
    let elsewhere = this_thread() != MAIN_THREAD.load(Ordering::Relaxed);
    // SAFETY: the thread holds the GIL.
    let thread = unsafe { ffi::PyEval_SaveThread() };
    let mut suspended = Suspended { thread, elsewhere, borrowed: ptr::null_mut(), looked: false };
    let status = if polls && (improves || !elsewhere) {
        context.user = (&raw mut suspended).cast();
        let running = if elsewhere {
            context.poll_flag = &raw const LASTING;
            &ELSEWHERE
        } else {
            &RUNNING
        };
        running.fetch_add(1, Ordering::SeqCst);
        wake_ticker();
        let status = kernel(context);
        running.fetch_sub(1, Ordering::Relaxed);
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

/// What [`Context::user`] is in a call by C, of which nobody knows whether the thread has the
/// GIL: before and behind the first look at Python's signals.
static CALLED_BY_C: [u8; 2] = [0; 2];

/// What [`Context::user`] is when C calls.
pub fn called_by_c() -> *mut u8 {
    (&raw const CALLED_BY_C[0]).cast_mut()
}

fn is_called_by_c(context: &Context) -> bool {
    CALLED_BY_C.as_ptr_range().contains(&context.user.cast_const())
}

/// The poll of a call by C. On another thread than the main one there is nothing to look for:
/// that sees the flag in one of the next ticks.
fn poll_for_c(context: &mut Context) -> i32 {
    cumbia_runtime::flag_for_c().store(0, Ordering::Relaxed);
    if !BY_C.load(Ordering::Relaxed) {
        BY_C.store(true, Ordering::SeqCst);
        wake_ticker();
    }
    if this_thread() != MAIN_THREAD.load(Ordering::Relaxed) {
        return STATUS_OK;
    }
    let looked = (&raw const CALLED_BY_C[1]).cast_mut();
    if std::mem::replace(&mut context.user, looked) == looked {
        crate::kernel::still_running(context);
    }
    with_gil(|py| match py.check_signals() {
        Ok(()) => STATUS_OK,
        Err(error) => {
            error.restore(py);
            STATUS_PYTHON
        }
    })
}

/// Runs a kernel that draws from the interpreter's random streams: with the GIL, and
/// with copies of the states (`streams.rs`). Gives its status, with an exception set if
/// the states can't be taken or put back.
///
/// # Safety
///
/// The thread holds the GIL, and `kernel` doesn't touch Python.
pub unsafe fn with_streams(
    context: &mut Context,
    cost: &Cost,
    kernel: impl FnOnce(&mut Context) -> i32,
) -> i32 {
    Python::attach(|py| {
        let mut borrowed = match Borrowed::take(py, cost) {
            Ok(borrowed) => borrowed,
            Err(error) => {
                error.restore(py);
                return STATUS_PYTHON;
            }
        };
        context.streams = (&raw mut *borrowed.streams).cast();
        let mut suspended = Suspended {
            thread: ptr::null_mut(),
            elsewhere: false,
            borrowed: &raw mut borrowed,
            looked: false,
        };
        context.user = (&raw mut suspended).cast();
        if cost.polls {
            RUNNING.fetch_add(1, Ordering::SeqCst);
            wake_ticker();
        }
        let status = kernel(context);
        if cost.polls {
            RUNNING.fetch_sub(1, Ordering::Relaxed);
        }
        context.user = ptr::null_mut();
        context.streams = ptr::null_mut();
        // An interrupt's exception is set already, and what the handler drew is newer.
        let interrupted = PyErr::take(py);
        match (borrowed.store(py), interrupted) {
            (_, Some(error)) | (Err(error), None) => {
                error.restore(py);
                STATUS_PYTHON
            }
            (Ok(()), None) => status,
        }
    })
}

/// Does something with the GIL in the midst of a kernel, which may run without it.
///
/// PyO3 counts how often a thread has attached, not whether it holds the GIL: under a method
/// of a PyO3 class (a generator's) `Python::attach` would take it for held.
pub fn with_gil<R>(body: impl FnOnce(Python<'_>) -> R) -> R {
    struct Held(ffi::PyGILState_STATE);
    impl Drop for Held {
        fn drop(&mut self) {
            // SAFETY: pairs with the call below, on the same thread.
            unsafe { ffi::PyGILState_Release(self.0) };
        }
    }
    // SAFETY: kernels run on threads that Python knows, or that may get a state.
    let held = Held(unsafe { ffi::PyGILState_Ensure() });
    // SAFETY: the GIL is held until `held` is dropped, after `body`.
    let result = body(unsafe { Python::assume_attached() });
    drop(held);
    result
}

/// The poll of a kernel that keeps the GIL: others get it for a moment, and see the
/// streams as far as they are used up.
fn poll_with_gil(borrowed: &mut Borrowed) -> i32 {
    Python::attach(|py| {
        let served = borrowed.store(py).and_then(|()| {
            py.detach(|| {});
            py.check_signals()
        });
        match served.and(borrowed.load(py)) {
            Ok(()) => STATUS_OK,
            Err(error) => {
                error.restore(py);
                STATUS_PYTHON
            }
        }
    })
}

/// Whether the running call has lasted for some time. Of short calls one after the other, each
/// may be met by a look by chance.
pub fn lasts(context: &Context) -> bool {
    if is_called_by_c(context) {
        return context.user != called_by_c();
    }
    let suspended = context.user.cast::<Suspended>();
    // SAFETY: as in `poll`.
    !suspended.is_null() && unsafe { (*suspended).looked }
}

/// The hook of `poll_slow`: runs Python's signal handlers.
fn poll(context: &mut Context) -> i32 {
    if is_called_by_c(context) {
        return poll_for_c(context);
    }
    let suspended = context.user.cast::<Suspended>();
    // SAFETY: as below.
    let elsewhere = !suspended.is_null() && unsafe { (*suspended).elsewhere };
    if elsewhere {
        LASTING.store(0, Ordering::Relaxed);
    } else {
        cumbia_runtime::clear_interrupt();
    }
    if suspended.is_null() {
        return STATUS_OK;
    }
    // SAFETY: as below.
    if std::mem::replace(unsafe { &mut (*suspended).looked }, true) {
        crate::kernel::still_running(context);
    }
    if elsewhere {
        return STATUS_OK;
    }
    // SAFETY: `with_streams` on this thread set both pointers for the time of the
    // kernel, which uses neither.
    if let Some(borrowed) = unsafe { (*suspended).borrowed.as_mut() } {
        return poll_with_gil(borrowed);
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
    // Mostly the main thread comes here; two tickers would do no harm. Without one Ctrl-C waits for the
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
        let by_c = BY_C.swap(false, Ordering::SeqCst);
        let elsewhere = ELSEWHERE.load(Ordering::SeqCst) != 0;
        if elsewhere {
            LASTING.store(1, Ordering::Relaxed);
        }
        cumbia_runtime::flag_for_c().store(1, Ordering::Relaxed);
        let here = RUNNING.load(Ordering::SeqCst) != 0;
        if here {
            cumbia_runtime::request_interrupt();
        }
        if here || elsewhere || by_c {
            idle = 0;
            continue;
        }
        idle += 1;
        if idle >= IDLE_TICKS {
            ASLEEP.store(true, Ordering::SeqCst);
            let none = || {
                RUNNING.load(Ordering::SeqCst) == 0
                    && ELSEWHERE.load(Ordering::SeqCst) == 0
                    && !BY_C.load(Ordering::SeqCst)
            };
            while none() {
                thread::park();
            }
            ASLEEP.store(false, Ordering::SeqCst);
            idle = 0;
        }
    }
}
