//! Warnings of whole-array arithmetic: the processor's flags, and the second look.
//!
//! The flags say that something may have happened, and cost nothing in a loop. Only where
//! they do, what was computed is done again by NumPy, over the same operands
//! (`infer/watching.rs` writes down what that is): so what warns, of what, in which order and
//! under which `np.errstate` is NumPy's own affair. Flags may be too many, which costs a look
//! in vain, never too few.
//!
//! Not for targets without such flags: there nothing is ever looked at. Flags belong to a
//! thread, and so do the operands between `look_operand` and `look`, and what is to be raised
//! between `look` and `look_raise`, which compiled code calls one after the other.

use crate::strings::{Text, object_text};
use cumbia_abi::{Context, SCRATCH_SLOTS, STATUS_PYTHON};
use std::cell::{Cell, RefCell};
use std::sync::OnceLock;

/// Has NumPy do something again: what, the slots of its operands, the handle of the user's
/// function, the flags. Gives the line where that has raised, with the exception set in Python.
pub type LookHook = fn(&mut Context, &str, &[u64], i64, i64) -> Option<i64>;

static HOOK: OnceLock<LookHook> = OnceLock::new();

thread_local! {
    static OPERANDS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    static RAISED: Cell<Option<i64>> = const { Cell::new(None) };
}

/// Installs the process's hook; the first one stays.
pub fn set_look_hook(hook: LookHook) {
    let _ = HOOK.set(hook);
}

/// What is said about a kind of error, three bits for each in the order of the flags below.
const IGNORED: i64 = 1;

/// Bits of [`float_flags`], which are NumPy's: divide, over, under, invalid.
const UNDER: i64 = 4;

/// Clears the flags of this thread; gives 0.
pub(crate) extern "C" fn float_flags_clear(_: *mut Context) -> f64 {
    if flags() != 0 {
        clear();
    }
    0.0
}

/// The flags that may matter: not those of errors that compiled code ignores, and underflow,
/// which NumPy ignores if nobody says otherwise, only where compiled code has said so.
pub(crate) extern "C" fn float_flags(context: *mut Context) -> i64 {
    let raised = flags();
    if raised == 0 {
        return 0;
    }
    // SAFETY: compiled code passes its own context.
    let (modes, parallel) = unsafe { ((*context).error_modes, (*context).parallel) };
    // Other threads don't know what the caller has said to NumPy, nor may they ask.
    if !parallel.is_null() {
        return 0;
    }
    let mut left = raised;
    for at in 0..4 {
        let mode = modes >> (3 * at) & 7;
        let bit = 1 << at;
        if mode == IGNORED || (bit == UNDER && mode == 0) {
            left &= !bit;
        }
    }
    left
}

/// The flags of a thread of the pool, which are cleared for what it does next.
pub(crate) fn take_flags() -> i64 {
    let raised = flags();
    if raised != 0 {
        clear();
    }
    raised
}

/// Sets flags, for errors of operations that set none: of integers, and conversions to them.
pub(crate) extern "C" fn float_flags_raise(_: *mut Context, flags: i64) {
    if flags != 0 {
        set(flags);
    }
}

/// Takes slots of the scratch buffer as further operands of the next look.
pub(crate) extern "C" fn look_operand(context: *mut Context, slots: i64) {
    let count = (slots as usize).min(SCRATCH_SLOTS);
    // SAFETY: compiled code passes its own context and has set so many slots.
    let taken = &unsafe { &*context }.scratch[..count];
    OPERANDS.with_borrow_mut(|operands| {
        // SAFETY: as above.
        operands.extend(taken.iter().map(|slot| unsafe { slot.assume_init() }));
    });
}

/// Has NumPy look again.
pub(crate) extern "C" fn look(context: *mut Context, text: *mut u8, function: i64, flags: i64) {
    let operands = OPERANDS.take();
    let Some(hook) = HOOK.get() else { return };
    // SAFETY: compiled code passes a string constant of its own.
    let Text::One(units) = (unsafe { object_text(text) }) else { return };
    let text = String::from_utf8_lossy(units).into_owned();
    // SAFETY: compiled code passes its own context.
    let raised = hook(unsafe { &mut *context }, &text, &operands, function, flags);
    RAISED.set(raised);
}

/// Raises what the look before has raised, if that was at this line.
pub(crate) extern "C" fn look_raise(context: *mut Context, line: i64) {
    if RAISED.get() == Some(line) {
        RAISED.set(None);
        // SAFETY: compiled code passes its own context.
        unsafe { (*context).status = STATUS_PYTHON };
    }
}

/// Runs something, and leaves the processor's floating-point flags as they were before.
pub fn keeping_flags<R>(run: impl FnOnce() -> R) -> R {
    let before = flags();
    let result = run();
    clear();
    set(before);
    result
}

#[cfg(target_arch = "x86_64")]
fn control() -> u32 {
    let mut word = 0_u32;
    // SAFETY: stores the control and status register of this thread into a local variable.
    unsafe {
        std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut word, options(nostack, preserves_flags));
    }
    word
}

/// The flags in NumPy's order.
#[cfg(target_arch = "x86_64")]
fn flags() -> i64 {
    let word = i64::from(control());
    // Invalid, denormal, divide, over, under: from the lowest bit.
    (word >> 2 & 7) | (word & 1) << 3
}

#[cfg(target_arch = "x86_64")]
fn clear() {
    let word = control() & !0x1D;
    // SAFETY: the register's own value, but for sticky flags, which nothing else relies on.
    unsafe {
        std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const word, options(nostack, preserves_flags));
    }
}

/// Sets flags in NumPy's order.
#[cfg(target_arch = "x86_64")]
fn set(flags: i64) {
    let word = control() | (flags as u32 & 7) << 2 | (flags as u32 >> 3 & 1);
    // SAFETY: as in `clear`; exceptions are masked, so that setting a flag traps nowhere.
    unsafe {
        std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const word, options(nostack, preserves_flags));
    }
}

/// The flags in NumPy's order.
#[cfg(target_arch = "aarch64")]
fn flags() -> i64 {
    let word: u64;
    // SAFETY: reads the status register of this thread.
    unsafe { std::arch::asm!("mrs {}, fpsr", out(reg) word, options(nomem, nostack)) };
    // Invalid, divide, over, under: from the lowest bit.
    (word >> 1 & 7) as i64 | ((word & 1) << 3) as i64
}

#[cfg(target_arch = "aarch64")]
fn clear() {
    let word: u64;
    // SAFETY: the register's own value, but for sticky flags, which nothing else relies on.
    unsafe {
        std::arch::asm!("mrs {}, fpsr", out(reg) word, options(nomem, nostack));
        std::arch::asm!("msr fpsr, {}", in(reg) word & !0xF, options(nomem, nostack));
    }
}

/// Sets flags in NumPy's order.
#[cfg(target_arch = "aarch64")]
fn set(flags: i64) {
    let word: u64;
    // SAFETY: as in `clear`.
    unsafe {
        std::arch::asm!("mrs {}, fpsr", out(reg) word, options(nomem, nostack));
        let word = word | (flags as u64 & 7) << 1 | (flags as u64 >> 3 & 1);
        std::arch::asm!("msr fpsr, {}", in(reg) word, options(nomem, nostack));
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn flags() -> i64 {
    0
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn clear() {}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn set(_: i64) {}
