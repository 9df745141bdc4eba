//! Code that goes on with the loops of a specialization's first code, one piece for each loop
//! that asked: a call that lasts finds it at the end of a turn (`cumbia_opt::osr`).
//!
//! Asking and finding are on the threads that run kernels, putting in place is on the
//! compiling thread; nothing waits. It holds no Python object.

use crate::tiers::Code;
use cumbia_abi::{EntryFn, Site};
use cumbia_driver::tiering;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Of one loop.
#[derive(Default)]
struct Continuation {
    code: OnceLock<Code>,
    /// 1 more than the epoch in which it was asked for; 0 before.
    asked: AtomicU32,
}

/// Of all loops that can be left, by number.
pub struct Continuations(Box<[Continuation]>);

impl Continuations {
    /// Of this many loops.
    pub fn new(loops: usize) -> Continuations {
        Continuations((0..loops).map(|_| Continuation::default()).collect())
    }

    /// The code that begins at a loop, if it is there.
    pub fn get(&self, number: usize) -> Option<(&Code, EntryFn)> {
        let code = self.0.get(number)?.code.get()?;
        Some((code, code.entry))
    }

    /// Whether the caller is to submit the job for a loop: true once in this process. A
    /// parent's job was lost in the fork.
    pub fn ask(&self, number: usize) -> bool {
        let now = tiering::epoch().wrapping_add(1);
        self.0.get(number).is_some_and(|of| of.asked.swap(now, Ordering::Relaxed) != now)
    }

    /// Puts the code of a loop in its place.
    pub fn put(&self, number: usize, code: Code) {
        if let Some(of) = self.0.get(number) {
            // Of two, the first stays: a parent may have had its own.
            let _ = of.code.set(code);
        }
    }

    /// The code that these sites belong to.
    pub fn of_sites(&self, sites: *const Site) -> Option<&Code> {
        self.0.iter().filter_map(|of| of.code.get()).find(|code| code.sites.as_ptr() == sites)
    }
}
