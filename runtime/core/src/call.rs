//! The context around one call of compiled code.

use crate::exceptions::drop_handling;
use crate::float_control::DefaultFloats;
use crate::interrupt::interrupt_flag;
use crate::memory::release_all;
use crate::raise::{clear_raised, raised_text};
use crate::stack::stack_limit;
use crate::table::helper_addresses;
use cumbia_abi::{Context, ExceptionClass, Raised, SCRATCH_SLOTS, STATUS_OK, TRACE_CAPACITY};
use std::mem::MaybeUninit;

/// How a call ended, read from its status and context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No exception.
    Ok,
    /// The exception of a site, with its message arguments.
    Raised {
        /// Index into the artifact's site table.
        site: u32,
        /// Message arguments as slots.
        args: [u64; cumbia_abi::MAX_RAISE_ARGS],
    },
    /// MemoryError.
    Memory,
    /// The exception of a runtime function: the context's `raised`.
    Runtime {
        /// Its class.
        class: ExceptionClass,
        /// Its message, or the `repr` of a KeyError's key; none without arguments.
        message: Option<String>,
    },
    /// A Python exception that is already set.
    Python,
}

impl Outcome {
    /// The outcome of a call that returned `status`.
    pub fn new(status: i32, context: &Context) -> Outcome {
        match status {
            STATUS_OK => Outcome::Ok,
            cumbia_abi::STATUS_RAISED => {
                Outcome::Raised { site: context.raise_site, args: context.raise_args }
            }
            cumbia_abi::STATUS_MEMORY => Outcome::Memory,
            cumbia_abi::STATUS_RUNTIME => {
                let (class, message) = raised_text(context);
                Outcome::Runtime { class, message }
            }
            _ => Outcome::Python,
        }
    }
}

/// Runs `body` with a fresh context for calls of compiled code on this thread, under the
/// default floating-point control.
///
/// Allocations that `body` neither detached nor released are freed afterwards,
/// also when it panics.
pub fn with_context<R>(body: impl FnOnce(&mut Context) -> R) -> R {
    with_context_above(stack_limit(), body)
}

/// As [`with_context`], for code that may go down to an address of the stack; 0 for code
/// that never looks how deep it is.
#[inline]
pub fn with_context_above<R>(limit: usize, body: impl FnOnce(&mut Context) -> R) -> R {
    struct Frees<'c>(&'c mut Context);
    impl Drop for Frees<'_> {
        #[inline]
        fn drop(&mut self) {
            free_left(self.0);
        }
    }
    let _floats = DefaultFloats::enter();
    let mut context = fresh(limit);
    let frees = Frees(&mut context);
    body(&mut *frees.0)
}

/// A context that outlives a call, for what is called again and again: a generator.
///
/// What its calls allocate and don't release or detach is freed with it. Who calls sees to
/// [`DefaultFloats`].
pub struct OwnedContext(Box<Context>);

impl OwnedContext {
    /// A fresh one.
    #[expect(clippy::new_without_default, reason = "it belongs to a thread's call")]
    pub fn new() -> OwnedContext {
        OwnedContext(Box::new(fresh(stack_limit())))
    }

    /// The context for the next call, on this thread.
    pub fn renew(&mut self) -> &mut Context {
        let context = &mut *self.0;
        clear_raised(context);
        context.status = STATUS_OK;
        context.stack_limit = stack_limit();
        context.poll_flag = interrupt_flag();
        context.trace_len = 0;
        context.note_count = 0;
        context
    }

    /// The context between calls.
    pub fn get(&mut self) -> &mut Context {
        &mut self.0
    }
}

impl Drop for OwnedContext {
    fn drop(&mut self) {
        free_left(&mut self.0);
    }
}

#[inline]
pub(crate) fn free_left(context: &mut Context) {
    let left = !context.allocations.is_null()
        || !context.pool.is_null()
        || !context.exceptions.is_null()
        || !context.raised.message.is_null()
        || !context.raised.key.is_null();
    // Most calls leave nothing.
    if left {
        clear_raised(context);
        release_all(context);
        drop_handling(context);
    }
}

#[inline]
pub(crate) fn fresh(limit: usize) -> Context {
    Context {
        status: STATUS_OK,
        raise_site: 0,
        raise_args: [0; cumbia_abi::MAX_RAISE_ARGS],
        stack_limit: limit,
        poll_flag: interrupt_flag(),
        helpers: helper_addresses().as_ptr(),
        allocations: std::ptr::null_mut(),
        pool: std::ptr::null_mut(),
        user: std::ptr::null_mut(),
        streams: std::ptr::null_mut(),
        sites: std::ptr::null(),
        site_classes: std::ptr::null(),
        kernel: std::ptr::null(),
        exceptions: std::ptr::null_mut(),
        raised: Raised::NONE,
        scratch: [MaybeUninit::uninit(); SCRATCH_SLOTS],
        globals: std::ptr::null(),
        saved: [MaybeUninit::uninit(); cumbia_abi::MAX_SAVED],
        error_modes: 0,
        parallel: std::ptr::null_mut(),
        grid: std::ptr::null_mut(),
        callback: std::ptr::null(),
        note_count: 0,
        trace_len: 0,
        notes: [MaybeUninit::uninit(); cumbia_abi::MAX_NOTES],
        trace: [MaybeUninit::uninit(); TRACE_CAPACITY],
    }
}
