//! The lock that keeps two threads from compiling the same thing.
//!
//! It is taken by threads that hold the GIL. Who has to wait lets go of the GIL
//! first, so the holder, which needs it, gets on; a thread that comes back while it
//! holds the lock itself (a finalizer that ran during a compilation) isn't stopped.
//!
//! On free-threaded builds one lock serves all dispatchers: what the compiler shares has locks
//! of its own, which a thread must not wait for while another one, which has it, is stopped by
//! the garbage collector.

use pyo3::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// A mutex that can't deadlock with the GIL or with its own thread.
#[derive(Default)]
pub struct CompileLock {
    own: Lock,
}

#[derive(Default)]
struct Lock {
    mutex: Mutex<()>,
    /// `pthread_self()` of the holder.
    holder: AtomicUsize,
}

static ALL: Lock = Lock { mutex: Mutex::new(()), holder: AtomicUsize::new(0) };

/// Holds the lock, unless this thread held it before.
pub struct Held<'a> {
    lock: &'a Lock,
    guard: Option<MutexGuard<'a, ()>>,
}

/// This thread works for the holder, which waits.
pub struct Lent<'a> {
    lock: &'a Lock,
    holder: usize,
}

impl CompileLock {
    fn lock(&self) -> &Lock {
        if cfg!(Py_GIL_DISABLED) { &ALL } else { &self.own }
    }

    /// Takes the lock; other threads may run Python code in the meantime.
    pub fn take(&self, py: Python<'_>) -> Held<'_> {
        self.lock().take(py)
    }

    /// For a thread that works for the holder, which waits for it.
    pub fn lend(&self) -> Lent<'_> {
        let lock = self.lock();
        Lent { lock, holder: lock.holder.swap(this_thread(), Ordering::Relaxed) }
    }
}

fn this_thread() -> usize {
    // SAFETY: always succeeds.
    unsafe { libc::pthread_self() as usize }
}

impl Lock {
    fn take(&self, py: Python<'_>) -> Held<'_> {
        let me = this_thread();
        let guard = match self.mutex.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(guard)) => Some(guard.into_inner()),
            Err(TryLockError::WouldBlock) if self.holder.load(Ordering::Relaxed) == me => None,
            Err(TryLockError::WouldBlock) => {
                let waiting = Waiting(self);
                Some(py.detach(move || waiting.lock()).0)
            }
        };
        if guard.is_some() {
            self.holder.store(me, Ordering::Relaxed);
        }
        Held { lock: self, guard }
    }
}

struct Waiting<'a>(&'a Lock);
struct Locked<'a>(MutexGuard<'a, ()>);

// SAFETY: the guard is made and used on one thread; `detach` runs its closure there.
unsafe impl Send for Locked<'_> {}

impl<'a> Waiting<'a> {
    fn lock(self) -> Locked<'a> {
        Locked(self.0.mutex.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.lock.holder.store(self.holder, Ordering::Relaxed);
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.guard.is_some() {
            self.lock.holder.store(0, Ordering::Relaxed);
        }
    }
}
