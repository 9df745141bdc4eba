//! What happened to compiled functions, and when: the latest events of the process.
//!
//! Recorded where it happens, on any thread and without the GIL; read by
//! `cumbia.events`, and told to Python's `logging` where somebody listens (`logging.rs`). Only compilations and changes of tier are events, never calls, so that
//! recording is always on. Nothing is decided by events.

use crate::logging;
use pyo3::prelude::*;
use std::collections::VecDeque;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many are kept.
const KEPT: usize = 4096;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Code of the first tier is there.
    Compiled,
    /// The same, of the cache.
    Found,
    /// It is in the cache from now on.
    Stored,
    /// Waits for the second tier.
    Queued,
    /// Code of the second tier is in place.
    Optimized,
    /// A loop that ran went on in it.
    Moved,
    /// Stays with the first tier.
    Declined,
    /// The cache has no code for it.
    Missed,
    /// Somebody was warned.
    Warned,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Kind::Compiled => "compiled",
            Kind::Found => "found",
            Kind::Stored => "stored",
            Kind::Queued => "queued",
            Kind::Optimized => "optimized",
            Kind::Moved => "moved",
            Kind::Declined => "declined",
            Kind::Missed => "missed",
            Kind::Warned => "warned",
        }
    }
}

struct Event {
    /// Nanoseconds of the monotonic clock.
    at: u64,
    kind: Kind,
    function: String,
    took: Duration,
    detail: String,
}

/// The latest events.
#[derive(Default)]
struct Events {
    rows: VecDeque<Event>,
    /// How many of them, from the end, `logging` hasn't been told.
    untold: usize,
}

/// Null before the first event, and in a forked child.
static EVENTS: AtomicPtr<Mutex<Events>> = AtomicPtr::new(ptr::null_mut());

/// An event as Python gets it: seconds of the clock, kind, function, seconds taken, detail.
pub type Row = (f64, &'static str, String, f64, String);

/// Records an event of a specialization: its function and types, how long it took, and
/// what else is to be said.
pub fn record(kind: Kind, function: &str, took: Duration, detail: &str) {
    let (function, detail) = (function.to_owned(), detail.to_owned());
    let event = Event { at: now(), kind, function, took, detail };
    {
        let mut events = events().lock().unwrap_or_else(PoisonError::into_inner);
        if events.rows.len() == KEPT {
            events.rows.pop_front();
        }
        events.rows.push_back(event);
        events.untold = (events.untold + 1).min(KEPT);
    }
    logging::something_happened();
}

/// Events since this was last called.
pub fn untold() -> Vec<Row> {
    let mut events = events().lock().unwrap_or_else(PoisonError::into_inner);
    let from = events.rows.len() - std::mem::take(&mut events.untold);
    events.rows.range(from..).map(row).collect()
}

/// The clock of Python's `time.perf_counter_ns` and `time.monotonic_ns` on Linux.
fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists on every system that this is built for; the struct is ours.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000
        + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// The events in order.
#[pyfunction]
pub fn _events() -> Vec<Row> {
    let events = events().lock().unwrap_or_else(PoisonError::into_inner);
    events.rows.iter().map(row).collect()
}

fn row(event: &Event) -> Row {
    let at = event.at as f64 * 1e-9;
    let (function, detail) = (event.function.clone(), event.detail.clone());
    (at, event.kind.name(), function, event.took.as_secs_f64(), detail)
}

/// To be called in a forked child, which begins without events: another thread of its
/// parent may have held the lock. Only stores to an atomic.
pub fn after_fork() {
    EVENTS.store(ptr::null_mut(), Ordering::Relaxed);
}

/// The events that are kept; made when there is the first one.
fn events() -> &'static Mutex<Events> {
    let mut known = EVENTS.load(Ordering::Acquire);
    if known.is_null() {
        let made = Box::into_raw(Box::<Mutex<Events>>::default());
        let stored =
            EVENTS.compare_exchange(ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire);
        known = match stored {
            Ok(_) => made,
            Err(other) => {
                // SAFETY: it was made above, and nobody else has seen it.
                drop(unsafe { Box::from_raw(made) });
                other
            }
        };
    }
    // SAFETY: what is published is leaked: a child's parent may hold its lock.
    unsafe { &*known }
}
