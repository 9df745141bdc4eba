//! Exceptions that runtime functions raise: kept in the context until the boundary makes
//! the Python exception, or compiled code that caught it asks for it.
//!
//! A function that raises calls [`raise`] and returns anything; compiled code looks at
//! the status that this sets.

use crate::objects::{repr_text, retain_value};
use cumbia_abi::{Context, ExceptionClass, Layout, Raised, STATUS_MEMORY, STATUS_RUNTIME};
use std::ptr;

/// Raises an exception with a message.
#[cold]
pub fn raise(context: &mut Context, class: ExceptionClass, message: impl Into<String>) {
    clear_raised(context);
    set_message(context, class, message.into());
    context.status = STATUS_RUNTIME;
}

/// Raises an exception without arguments.
#[cold]
pub fn raise_bare(context: &mut Context, class: ExceptionClass) {
    clear_raised(context);
    context.raised.class = class as u32;
    context.status = STATUS_RUNTIME;
}

/// Raises MemoryError.
#[cold]
pub fn raise_memory(context: &mut Context) {
    context.status = STATUS_MEMORY;
}

/// Raises a KeyError whose argument is a value.
///
/// # Safety
///
/// `key` are live slots of this layout, which lives until the call is over.
#[cold]
pub unsafe fn raise_key(context: &mut Context, layout: *const Layout, key: *const u64) {
    clear_raised(context);
    // SAFETY: by the contract.
    let (text, slots) = unsafe {
        let count = (*layout).slots as usize;
        retain_value(layout, key);
        (repr_text(layout, key), std::slice::from_raw_parts(key, count))
    };
    set_message(context, ExceptionClass::KeyError, text);
    context.raised.key = Box::into_raw(slots.to_vec().into_boxed_slice()).cast();
    context.raised.key_layout = layout;
    context.status = STATUS_RUNTIME;
}

fn set_message(context: &mut Context, class: ExceptionClass, message: String) {
    let bytes = message.into_bytes().into_boxed_slice();
    context.raised = Raised {
        class: class as u32,
        message_length: bytes.len(),
        message: Box::into_raw(bytes).cast(),
        ..Raised::NONE
    };
}

/// Class and message of the context's exception.
pub fn raised_text(context: &Context) -> (ExceptionClass, Option<String>) {
    let raised = &context.raised;
    let class = ExceptionClass::from_number(raised.class).unwrap_or(ExceptionClass::Exception);
    let message = (!raised.message.is_null()).then(|| {
        // SAFETY: a message is `message_length` bytes of a String, until it is cleared.
        let bytes = unsafe { std::slice::from_raw_parts(raised.message, raised.message_length) };
        String::from_utf8_lossy(bytes).into_owned()
    });
    (class, message)
}

/// Forgets the context's exception. What its key refers to is freed with the call.
pub fn clear_raised(context: &mut Context) {
    let raised = std::mem::replace(&mut context.raised, Raised::NONE);
    // SAFETY: nothing else refers to it, and the layout lives as long as the call.
    unsafe { drop_raised(raised) };
}

/// Drops what [`raise`] and [`raise_key`] made.
///
/// # Safety
///
/// Nothing else refers to the text and the key, whose layout is live.
pub(crate) unsafe fn drop_raised(raised: Raised) {
    // SAFETY: text and key were made by this module from boxed slices of these lengths;
    // the rest by the contract.
    unsafe {
        if !raised.message.is_null() {
            let bytes = ptr::slice_from_raw_parts_mut(raised.message, raised.message_length);
            drop(Box::from_raw(bytes));
        }
        if !raised.key.is_null() {
            let count = (*raised.key_layout).slots as usize;
            drop(Box::from_raw(ptr::slice_from_raw_parts_mut(raised.key, count)));
        }
    }
}
