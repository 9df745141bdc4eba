//! The lock that keeps two threads from compiling the same thing.
//!
//! It is taken by threads that hold the GIL. Who has to wait lets go of the GIL
//! first, so the holder, which needs it, gets on; a thread that comes back while it
//! holds the lock itself (a finalizer that ran during a compilation) isn't stopped.
//!
//! The holder may let go of the GIL too, while an optimizer works, and another thread may
//! fork then. In the child the holder doesn't exist: a lock that was taken before the fork
//! counts as free there. That is why it is one atomic word, and who waits looks again and
//! again: nothing of it can be left half changed.
//!
//! On free-threaded builds one lock serves all dispatchers: what the compiler shares has locks
//! of its own, which a thread must not wait for while another one, which has it, is stopped by
//! the garbage collector.

use cumbia_driver::tiering;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// A mutex that can't deadlock with the GIL, with its own thread, or with a thread that a
/// fork has left behind.
#[derive(Default)]
pub struct CompileLock {
    own: Lock,
}

/// The holder: how many forks came before it took the lock, and the thread's number; 0 if
/// nobody holds it.
#[derive(Default)]
struct Lock(AtomicU64);

static ALL: Lock = Lock(AtomicU64::new(0));

/// Holds the lock, unless this thread held it before.
pub struct Held<'a> {
    lock: &'a Lock,
    taken: bool,
}

/// This thread works for the holder, which waits.
pub struct Lent<'a> {
    lock: &'a Lock,
    holder: u64,
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
        Lent { lock, holder: lock.0.swap(here(), Ordering::Relaxed) }
    }
}

/// This thread, as a holder.
fn here() -> u64 {
    static THREADS: AtomicU32 = AtomicU32::new(1);
    thread_local! {
        static NUMBER: u32 = THREADS.fetch_add(1, Ordering::Relaxed);
    }
    word(tiering::epoch(), NUMBER.with(|number| *number))
}

const fn word(epoch: u32, thread: u32) -> u64 {
    (epoch as u64) << 32 | thread as u64
}

const fn thread(word: u64) -> u32 {
    word as u32
}

const fn epoch(word: u64) -> u32 {
    (word >> 32) as u32
}

/// What came of trying.
enum Tried {
    Taken,
    /// By this thread.
    Mine,
    Busy,
}

impl Lock {
    fn take(&self, py: Python<'_>) -> Held<'_> {
        let me = here();
        let taken = match self.try_take(me) {
            Tried::Taken => true,
            Tried::Mine => false,
            Tried::Busy => {
                py.detach(|| self.wait(me));
                true
            }
        };
        Held { lock: self, taken }
    }

    fn try_take(&self, me: u64) -> Tried {
        let found = self.0.load(Ordering::Relaxed);
        if found != 0 && thread(found) == thread(me) {
            return Tried::Mine;
        }
        let free = found == 0 || epoch(found) != epoch(me);
        let take = || self.0.compare_exchange(found, me, Ordering::Acquire, Ordering::Relaxed);
        if free && take().is_ok() { Tried::Taken } else { Tried::Busy }
    }

    fn wait(&self, me: u64) {
        let mut pause = SHORTEST;
        while !matches!(self.try_take(me), Tried::Taken) {
            std::thread::sleep(pause);
            pause = (pause * 3 / 2).min(LONGEST);
        }
    }
}

const SHORTEST: Duration = Duration::from_micros(20);
const LONGEST: Duration = Duration::from_millis(1);

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.lock.0.store(self.holder, Ordering::Relaxed);
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.taken {
            self.lock.0.store(0, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_left_behind_by_a_fork_holds_nothing() {
        let lock = Lock::default();
        assert!(matches!(lock.try_take(word(0, 1)), Tried::Taken));
        assert!(matches!(lock.try_take(word(0, 1)), Tried::Mine));
        assert!(matches!(lock.try_take(word(0, 2)), Tried::Busy));
        // In a child: the thread that forked held it itself, or another one did.
        assert!(matches!(lock.try_take(word(1, 1)), Tried::Mine));
        assert!(matches!(lock.try_take(word(1, 2)), Tried::Taken));
        assert!(matches!(lock.try_take(word(1, 1)), Tried::Busy));
    }
}
