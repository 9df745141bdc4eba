//! The clocks of Python's `time` module, as CPython reads them on POSIX systems.

use cumbia_abi::Context;

/// Nanoseconds of a clock: 0 wall clock, 1 monotonic, 2 the process's processor time, 3
/// the thread's.
pub(crate) extern "C" fn clock_ns(_: *mut Context, which: i64) -> i64 {
    let id = match which {
        0 => libc::CLOCK_REALTIME,
        1 => libc::CLOCK_MONOTONIC,
        2 => libc::CLOCK_PROCESS_CPUTIME_ID,
        _ => libc::CLOCK_THREAD_CPUTIME_ID,
    };
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a valid place; all these clocks exist on Linux.
    unsafe { libc::clock_gettime(id, &mut now) };
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

/// The longest wait at once, in seconds: how late an interrupt may be noticed.
const LONGEST: f64 = 0.05;

/// Waits so many seconds.
pub(crate) extern "C" fn clock_pause(_: *mut Context, seconds: f64) {
    let seconds = if seconds.is_nan() { 0.0 } else { seconds.clamp(0.0, LONGEST) };
    std::thread::sleep(std::time::Duration::from_secs_f64(seconds));
}
