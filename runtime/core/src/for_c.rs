//! What a function for callers in C asks of the runtime around the call.
//!
//! Such a function makes its context from one that [`context_for_c`] has filled, and calls what
//! its code needs of these functions. What an exception becomes is the boundary's, which
//! installs a hook; without it an exception is dropped.

use crate::call::{free_left, fresh};
use crate::float_control;
use crate::interrupt::flag_for_c;
use crate::stack::stack_limit;
use cumbia_abi::Context;
use std::sync::OnceLock;

/// What the boundary does when a call by C has ended with a status; gives whether there is a
/// result after all.
pub type FailedHook = fn(&mut Context, i32) -> bool;

static HOOK: OnceLock<FailedHook> = OnceLock::new();

/// Installs the process's hook; the first one stays.
pub fn set_failed_hook(hook: FailedHook) {
    HOOK.get_or_init(|| hook);
}

/// A context as calls begin with it, for code that doesn't look how deep the stack is.
pub fn context_for_c() -> Context {
    let mut context = fresh(0);
    context.poll_flag = flag_for_c();
    context
}

/// The helper `c_result`, which the backends make an address of the frame.
pub(crate) extern "C" fn c_result(_: *mut Context) -> *mut u8 {
    unreachable!("functions for C are compiled")
}

/// The helper `c_floats`.
pub(crate) extern "C" fn c_floats(_: *mut Context) -> i64 {
    float_control::ask()
}

/// The helper `c_floats_back`.
pub(crate) extern "C" fn c_floats_back(_: *mut Context, word: i64) {
    float_control::put_back(word);
}

/// The helper `c_stack`.
pub(crate) extern "C" fn c_stack(context: *mut Context) {
    // SAFETY: compiled code passes the context of the running call, and holds no reference.
    unsafe { (*context).stack_limit = stack_limit() };
}

/// The helper `c_leave`.
pub(crate) extern "C" fn c_leave(context: *mut Context) {
    // SAFETY: as in `c_stack`.
    free_left(unsafe { &mut *context });
}

/// The helper `c_failed`.
pub(crate) extern "C" fn c_failed(context: *mut Context, status: i64) -> u8 {
    // SAFETY: as in `c_stack`.
    let context = unsafe { &mut *context };
    let finished = HOOK.get().is_some_and(|hook| hook(context, status as i32));
    free_left(context);
    u8::from(finished)
}
