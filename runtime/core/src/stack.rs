//! How deep compiled code may go on the current thread's stack.
//!
//! A stack check compares the stack pointer with one address. Below it stays a
//! reserve for what runs without a check: leaf frames, runtime functions, libm,
//! and Python's own machinery in `poll_slow`. Signal handlers, its deepest use, run on
//! the main thread alone, so a thread with a small stack gets by with less.

use std::cell::Cell;

/// Bytes kept free below the limit, but at most half of the stack.
const RESERVE: usize = 256 * 1024;
/// Of a stack that claims to be larger, only this much is used: with an unlimited
/// stack size the system's answer says where mappings end today, not tomorrow.
const LARGEST: usize = 512 * 1024 * 1024;
/// Allowed depth when the stack in use isn't the one the thread was born with
/// (a fiber's).
const UNKNOWN_STACK: usize = 64 * 1024;

thread_local! {
    /// Lowest and highest address of this thread's stack; (0, 0): not asked yet.
    static BOUNDS: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// The lowest address at which a compiled function may start on this thread.
pub fn stack_limit() -> usize {
    let here = frame_address();
    let (low, high) = bounds();
    if here < low || here >= high {
        return here.saturating_sub(UNKNOWN_STACK);
    }
    limit_between(low, high)
}

/// Bytes of this thread's stack below the caller.
pub fn stack_left() -> usize {
    let here = frame_address();
    let (low, high) = bounds();
    if here < low || here >= high { UNKNOWN_STACK } else { here - low }
}

fn bounds() -> (usize, usize) {
    let (mut low, mut high) = BOUNDS.get();
    if high == 0 {
        (low, high) = thread_bounds().unwrap_or((1, 1));
        BOUNDS.set((low, high));
    }
    (low, high)
}

fn limit_between(low: usize, high: usize) -> usize {
    let low = low.max(high.saturating_sub(LARGEST));
    low + RESERVE.min((high - low) / 2)
}

/// An address within the caller's frame.
fn frame_address() -> usize {
    let probe = 0u8;
    (&raw const probe).addr()
}

/// Asks the system for the bounds of this thread's stack.
fn thread_bounds() -> Option<(usize, usize)> {
    main_bounds().or_else(asked_bounds)
}

/// The bounds of the first thread's stack, `None` on other threads and where the stack
/// isn't as expected.
///
/// The C library would read the list of all mappings for it, which takes a tenth of the
/// time of a first call.
#[cfg(target_os = "linux")]
fn main_bounds() -> Option<(usize, usize)> {
    // SAFETY: these have no preconditions.
    let (process, thread) = unsafe { (libc::getpid(), libc::syscall(libc::SYS_gettid)) };
    if i64::from(process) == thread { first_stack(frame_address()) } else { None }
}

/// The bounds of the stack that the program started with, if `here` is an address in it:
/// from what Linux puts at its top.
#[cfg(target_os = "linux")]
fn first_stack(here: usize) -> Option<(usize, usize)> {
    /// Linux leaves more than that between the stack and what is mapped below it, whatever
    /// the limit was when the program started.
    const GAP: usize = 64 * 1024 * 1024;
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is a valid place.
    if unsafe { libc::getrlimit(libc::RLIMIT_STACK, &mut limit) } != 0 {
        return None;
    }
    let most = usize::try_from(limit.rlim_cur).ok().filter(|&most| most <= GAP)?;
    // The program's name is the last thing on the stack, before 8 bytes of zeros and the
    // end of the page.
    // SAFETY: no preconditions; the address of a text that stays, or 0.
    let name = unsafe { libc::getauxval(libc::AT_EXECFN) } as usize;
    if name <= here || name - here >= most {
        return None;
    }
    // SAFETY: as above, and not 0.
    let length = unsafe { libc::strlen(std::ptr::with_exposed_provenance(name)) };
    let high = (name + length + 1 + 8).next_multiple_of(4096);
    Some((high.checked_sub(most)?, high))
}

#[cfg(not(target_os = "linux"))]
fn main_bounds() -> Option<(usize, usize)> {
    None
}

fn asked_bounds() -> Option<(usize, usize)> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    // SAFETY: `attributes` is a valid place; it is initialized when 0 is returned.
    if unsafe { libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) } != 0 {
        return None;
    }
    let (mut low, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: `attributes` was initialized above; the outputs are valid places.
    let found =
        unsafe { libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut size) } == 0;
    // SAFETY: initialized above and not used afterwards.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    found.then(|| (low.addr(), low.addr() + size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_lies_below_and_near() {
        let limit = stack_limit();
        let here = frame_address();
        assert!(limit < here);
        assert!(here - limit <= LARGEST);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_first_stack_is_where_the_system_says() {
        // Tests run on threads of their own.
        assert!(main_bounds().is_none() && first_stack(frame_address()).is_none());
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let line = maps.lines().find(|line| line.ends_with("[stack]")).expect("a stack");
        let range = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [low, high] = [range.0, range.1].map(|n| usize::from_str_radix(n, 16).unwrap());
        if let Some(found) = first_stack(low) {
            assert_eq!(found.1, high);
            assert!(found.0 <= low);
        }
    }

    #[test]
    fn small_stacks_are_usable() {
        let bounds = |size: usize| limit_between(1 << 40, (1 << 40) + size) - (1 << 40);
        assert_eq!(bounds(8 << 20), RESERVE);
        assert_eq!(bounds(256 << 10), 128 << 10);
    }

    #[test]
    fn each_thread_has_its_own() {
        let main = stack_limit();
        let other = std::thread::spawn(stack_limit).join().unwrap();
        assert_ne!(main, other);
    }
}
