//! Calls in progress: what the table has given up is kept until those that may use it are over.
//!
//! With the GIL one number is enough, changed without atomic read-modify-write operations.
//! Without it threads must not wait for each other's cache line, so each has one of a few
//! numbers by its identity. A call first counts itself and then reads what is there; who takes
//! something away does so first and then looks at the numbers. All of this is
//! sequentially consistent: whoever counts after its numbers were seen finds it gone.

use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(Py_GIL_DISABLED)]
const SHARDS: usize = 32;
#[cfg(not(Py_GIL_DISABLED))]
const SHARDS: usize = 1;

/// Apart from others by two cache lines, which processors fetch together.
#[repr(align(128))]
#[derive(Default)]
struct Shard {
    /// Calls that have begun.
    begun: AtomicU64,
    /// Calls that are over.
    over: AtomicU64,
}

/// The calls of a dispatcher.
#[derive(Default)]
pub struct Pins {
    #[cfg(Py_GIL_DISABLED)]
    shards: Box<[Shard; SHARDS]>,
    #[cfg(not(Py_GIL_DISABLED))]
    shards: [Shard; SHARDS],
}

impl Pins {
    #[inline]
    fn shard(&self) -> &Shard {
        #[cfg(Py_GIL_DISABLED)]
        {
            // The address of a thread's descriptor: at least a page apart.
            // SAFETY: always succeeds.
            let thread = unsafe { libc::pthread_self() as u64 };
            &self.shards[(thread.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 59) as usize % SHARDS]
        }
        #[cfg(not(Py_GIL_DISABLED))]
        &self.shards[0]
    }

    /// A call begins, on a thread that is attached to Python.
    #[inline]
    pub fn enter(&self) {
        add(&self.shard().begun);
    }

    /// It is over, on the same thread; whether it may have been the last.
    #[inline]
    pub fn leave(&self) -> bool {
        let shard = self.shard();
        let over = add(&shard.over);
        shard.begun.load(Ordering::Relaxed) == over
    }

    /// Whether no call is in progress that began before this.
    pub fn none(&self) -> bool {
        // Neither number falls, and `over` is never larger: if they are equal, they were when
        // the second was read.
        let is_idle = |shard: &Shard| {
            let over = shard.over.load(Ordering::SeqCst);
            shard.begun.load(Ordering::SeqCst) == over
        };
        self.shards.iter().all(is_idle)
    }

    /// All calls so far.
    pub fn calls(&self) -> u64 {
        self.shards.iter().map(|shard| shard.begun.load(Ordering::Relaxed)).sum()
    }
}

/// Adds 1; what it is now.
#[inline]
fn add(number: &AtomicU64) -> u64 {
    if cfg!(Py_GIL_DISABLED) {
        return number.fetch_add(1, Ordering::SeqCst) + 1;
    }
    let now = number.load(Ordering::Relaxed) + 1;
    number.store(now, Ordering::Relaxed);
    now
}
