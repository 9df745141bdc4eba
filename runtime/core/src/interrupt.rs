//! The interrupt flag that compiled loops poll, and what happens when it is set.
//!
//! One flag serves the process. The Python boundary sets it from a signal handler
//! or a watcher, and installs a hook that runs Python's handlers; without a hook
//! (tests, tools) a set flag means "stop": `poll_slow` raises.

use cumbia_abi::{Context, STATUS_MEMORY, STATUS_OK, STATUS_OSR, STATUS_PYTHON};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

static FLAG: AtomicU32 = AtomicU32::new(0);
static HOOK: OnceLock<PollHook> = OnceLock::new();

/// The flag of calls by C. They come unannounced and are mostly over before they poll: so it is
/// set at the start, and whoever sees to signals sets it again and again.
static FLAG_FOR_C: AtomicU32 = AtomicU32::new(1);

/// See [`FLAG_FOR_C`].
pub fn flag_for_c() -> &'static AtomicU32 {
    &FLAG_FOR_C
}

/// What `poll_slow` runs: gives the status to leave with, or 0 to go on. It is
/// called without the GIL, on the thread that runs the kernel, and clears the
/// flag when it has dealt with the request.
pub type PollHook = fn(&mut Context) -> i32;

/// The flag that contexts point to.
#[inline]
pub fn interrupt_flag() -> &'static AtomicU32 {
    &FLAG
}

/// Makes every running kernel call its poll hook soon. Async-signal-safe.
pub fn request_interrupt() {
    FLAG.store(1, Ordering::Relaxed);
}

/// Withdraws the request. Async-signal-safe.
pub fn clear_interrupt() {
    FLAG.store(0, Ordering::Relaxed);
}

/// Installs the process's hook; the first one stays. Gives whether it is `hook`.
pub fn set_poll_hook(hook: PollHook) -> bool {
    std::ptr::fn_addr_eq(*HOOK.get_or_init(|| hook), hook)
}

/// Says whether the loop whose number is in [`Context::raise_site`] can go on in better code,
/// and sees to it that it soon can; asked at the polls of loops that can be left.
pub type OsrHook = fn(&Context) -> bool;

static OSR_HOOK: OnceLock<OsrHook> = OnceLock::new();

/// Installs the process's hook; the first one stays.
pub fn set_osr_hook(hook: OsrHook) {
    OSR_HOOK.get_or_init(|| hook);
}

/// The helper `osr_poll_slow`.
pub(crate) extern "C" fn osr_poll_slow(context: *mut Context) {
    // Asked first, so that this loop's code is compiled before the whole function's, which
    // the other hook may ask for.
    // SAFETY: as in `poll_slow`; the reference ends here.
    let leaves = OSR_HOOK.get().is_some_and(|hook| hook(unsafe { &*context }));
    poll_slow(context);
    // SAFETY: as in `poll_slow`.
    let context = unsafe { &mut *context };
    if context.status == STATUS_OK && leaves {
        context.status = STATUS_OSR;
    }
}

/// The helper `poll_slow`.
pub(crate) extern "C" fn poll_slow(context: *mut Context) {
    // SAFETY: compiled code passes the context of the running call, and holds no
    // reference to it.
    let context = unsafe { &mut *context };
    let status = match HOOK.get() {
        _ if crate::parallel::is_cancelled(context) => STATUS_MEMORY,
        // Python's handlers are for the thread that it has called.
        _ if !context.parallel.is_null() && context.user.is_null() => STATUS_OK,
        Some(hook) => hook(context),
        None => STATUS_PYTHON,
    };
    context.status = status;
}
