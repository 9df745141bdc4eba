//! The threads of parallel loops: how many there are, how many a loop may use, and the pool.
//!
//! The pool is rayon's core, made when the first loop wants more than one thread. The thread
//! that runs a loop takes part in it, so the pool has one thread less than the maximum, which
//! is `CUMBIA_NUM_THREADS` or what the system lets this process have (cgroups and affinity
//! included). How many of them a loop may use belongs to the thread that runs it. The child
//! of a fork makes a pool of its own; the parent's, whose threads it hasn't, is left alone.

use rayon_core::{ThreadPool, ThreadPoolBuilder};
use std::cell::Cell;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Stack of a thread of the pool: as Python's first thread has it.
const STACK: usize = 8 * 1024 * 1024;
/// More threads than this are a mistake.
const LIMIT: usize = 4096;

static MOST: OnceLock<Result<usize, String>> = OnceLock::new();
static POOL: AtomicPtr<ThreadPool> = AtomicPtr::new(ptr::null_mut());

thread_local! {
    /// Threads that loops of this thread may use; 0: all.
    static CHOSEN: Cell<usize> = const { Cell::new(0) };
    /// The number of this thread among those of the loop that it works for.
    static NUMBER: Cell<usize> = const { Cell::new(0) };
}

/// The most threads that a loop can use.
///
/// # Errors
///
/// The text of the ValueError for a `CUMBIA_NUM_THREADS` that is none.
pub fn most_threads() -> Result<usize, String> {
    MOST.get_or_init(|| match std::env::var("CUMBIA_NUM_THREADS") {
        Ok(text) if !text.trim().is_empty() => match text.trim().parse() {
            Ok(count) if (1..=LIMIT).contains(&count) => Ok(count),
            _ => Err(format!(
                "CUMBIA_NUM_THREADS must be a number of threads from 1 to {LIMIT}, not '{text}'"
            )),
        },
        _ => Ok(std::thread::available_parallelism().map_or(1, usize::from).min(LIMIT)),
    })
    .clone()
}

/// How many threads loops of this thread may use.
///
/// # Errors
///
/// As [`most_threads`].
pub fn threads() -> Result<usize, String> {
    match CHOSEN.get() {
        0 => most_threads(),
        chosen => Ok(chosen),
    }
}

/// Says how many threads loops of this thread may use.
///
/// # Errors
///
/// The text of the ValueError for a number below 1 or above the most; as [`most_threads`].
pub fn set_threads(count: i64) -> Result<(), String> {
    let most = most_threads()?;
    match usize::try_from(count) {
        Ok(count) if (1..=most).contains(&count) => {
            CHOSEN.set(count);
            Ok(())
        }
        _ => Err(format!("the number of threads must be from 1 to {most}, not {count}")),
    }
}

/// The number of this thread among those of the loop that it works for; 0 elsewhere.
pub fn number() -> usize {
    NUMBER.get()
}

/// Runs `body` as the thread of a number.
pub fn numbered<R>(number: usize, body: impl FnOnce() -> R) -> R {
    let before = NUMBER.replace(number);
    let result = body();
    NUMBER.set(before);
    result
}

/// The pool; `None` where one thread is all, or no more can be started.
pub fn pool() -> Option<&'static ThreadPool> {
    let known = POOL.load(Ordering::Acquire);
    if !known.is_null() {
        // SAFETY: leaked when it was made.
        return Some(unsafe { &*known });
    }
    let most = most_threads().ok()?;
    if most < 2 {
        return None;
    }
    let made = ThreadPoolBuilder::new()
        .num_threads(most - 1)
        .thread_name(|at| format!("cumbia-{}", at + 1))
        .stack_size(STACK)
        .start_handler(|_| block_signals())
        .build()
        .ok()?;
    let made = Box::into_raw(Box::new(made));
    match POOL.compare_exchange(ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: never freed.
        Ok(_) => Some(unsafe { &*made }),
        Err(other) => {
            // SAFETY: nobody else has seen it.
            drop(unsafe { Box::from_raw(made) });
            // SAFETY: leaked when it was made.
            Some(unsafe { &*other })
        }
    }
}

/// The child of a fork has none of the threads. Async-signal-safe.
pub fn after_fork() {
    POOL.store(ptr::null_mut(), Ordering::Release);
    NUMBER.set(0);
}

/// Signals are for Python's threads.
fn block_signals() {
    // SAFETY: a full set for this thread's own mask.
    unsafe {
        let mut all = std::mem::zeroed::<libc::sigset_t>();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, ptr::null_mut());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_threads() {
        let most = most_threads().unwrap();
        assert_eq!(threads(), Ok(most));
        for wrong in [0, -1, most as i64 + 1, i64::MIN] {
            assert!(set_threads(wrong).unwrap_err().contains(&format!("from 1 to {most}")));
        }
        set_threads(1).unwrap();
        assert_eq!(threads(), Ok(1));
        // Another thread has its own.
        assert_eq!(std::thread::spawn(threads).join().unwrap(), Ok(most));
        assert_eq!(numbered(3, number), 3);
        assert_eq!(number(), 0);
    }
}
