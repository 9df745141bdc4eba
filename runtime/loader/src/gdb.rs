//! The interface by which gdb and lldb learn of code that no file holds: `CUMBIA_GDB=1`.
//!
//! The debugger puts a breakpoint on [`__jit_debug_register_code`] and reads
//! [`__jit_debug_descriptor`] whenever it is reached (GDB manual, "JIT Compilation Interface").
//! Images are registered when a module is loaded and withdrawn before its code is unmapped. All
//! changes are under one lock; a forked child has the same list, and a lock of its own.

use crate::debug_info::Image;
use crate::described::Described;
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Whether the environment asks for it.
pub(crate) fn asked() -> bool {
    static ASKED: OnceLock<bool> = OnceLock::new();
    *ASKED.get_or_init(|| {
        std::env::var_os("CUMBIA_GDB").is_some_and(|value| !value.is_empty() && value != "0")
    })
}

/// `struct jit_code_entry`.
#[repr(C)]
pub struct CodeEntry {
    next: *mut CodeEntry,
    previous: *mut CodeEntry,
    image: *const u8,
    size: u64,
}

/// `struct jit_descriptor`.
#[repr(C)]
pub struct Descriptor {
    version: u32,
    action: u32,
    relevant: *mut CodeEntry,
    first: *mut CodeEntry,
}

const NOTHING: u32 = 0;
const REGISTER: u32 = 1;
const UNREGISTER: u32 = 2;

/// What the debugger reads.
// The name is the interface's.
#[unsafe(no_mangle)]
pub static mut __jit_debug_descriptor: Descriptor =
    Descriptor { version: 1, action: NOTHING, relevant: ptr::null_mut(), first: ptr::null_mut() };

/// Where the debugger stops.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn __jit_debug_register_code() {
    // SAFETY: nothing; keeps the function and its calls.
    unsafe { std::arch::asm!("", options(nostack)) };
}

/// Null before the first module, and in a forked child.
static LOCK: AtomicPtr<Mutex<()>> = AtomicPtr::new(ptr::null_mut());

/// To be called in a forked child: another thread of its parent may have held the lock.
pub fn after_fork() {
    LOCK.store(ptr::null_mut(), Ordering::Relaxed);
}

fn lock() -> &'static Mutex<()> {
    let mut known = LOCK.load(Ordering::Acquire);
    if known.is_null() {
        let made = Box::into_raw(Box::default());
        known =
            match LOCK.compare_exchange(ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => made,
                Err(other) => {
                    // SAFETY: it was made above, and nobody else has seen it.
                    drop(unsafe { Box::from_raw(made) });
                    other
                }
            };
    }
    // SAFETY: locks that were published are leaked.
    unsafe { &*known }
}

/// A module that the debugger knows; withdrawn when it is dropped.
#[derive(Debug)]
pub(crate) struct Registration {
    entry: *mut CodeEntry,
    _image: Vec<u8>,
}

// SAFETY: the entry is used under the lock alone; the image is never changed.
unsafe impl Send for Registration {}
// SAFETY: as above.
unsafe impl Sync for Registration {}

/// Tells the debugger of a module.
pub(crate) fn register(
    code: Range<usize>,
    functions: &[Described],
    files: &[String],
    frames: Option<(usize, &[u8])>,
) -> Option<Registration> {
    let image = Image { code, functions, files, frames }.bytes().ok()?;
    let entry = CodeEntry {
        next: ptr::null_mut(),
        previous: ptr::null_mut(),
        image: image.as_ptr(),
        size: image.len() as u64,
    };
    let entry = Box::into_raw(Box::new(entry));
    let _held = lock().lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the list and its entries are changed under the lock alone; the image outlives
    // its entry's place in the list.
    unsafe {
        let descriptor = &raw mut __jit_debug_descriptor;
        let first = (*descriptor).first;
        (*entry).next = first;
        if !first.is_null() {
            (*first).previous = entry;
        }
        (*descriptor).first = entry;
        tell(descriptor, REGISTER, entry);
    }
    Some(Registration { entry, _image: image })
}

unsafe fn tell(descriptor: *mut Descriptor, action: u32, entry: *mut CodeEntry) {
    // SAFETY: the caller has the lock.
    unsafe {
        (*descriptor).relevant = entry;
        (*descriptor).action = action;
        __jit_debug_register_code();
        (*descriptor).action = NOTHING;
        (*descriptor).relevant = ptr::null_mut();
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let _held = lock().lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: as in `register`; the entry was made there and is freed here alone.
        unsafe {
            let descriptor = &raw mut __jit_debug_descriptor;
            let CodeEntry { next, previous, .. } = *self.entry;
            if previous.is_null() {
                (*descriptor).first = next;
            } else {
                (*previous).next = next;
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
            tell(descriptor, UNREGISTER, self.entry);
            drop(Box::from_raw(self.entry));
        }
    }
}
