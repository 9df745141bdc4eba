//! The context of a running call, and owner records of allocations.

use crate::{Raised, SCRATCH_SLOTS};
use core::mem::{MaybeUninit, offset_of};
use core::sync::atomic::AtomicU32;

/// Most message arguments of one raise.
pub const MAX_RAISE_ARGS: usize = 8;
/// Most values that a loop can take along into better code.
pub const MAX_SAVED: usize = 96;
/// Call sites kept of a traceback, innermost first; deeper ones are counted only.
pub const TRACE_CAPACITY: usize = 128;
/// Most warnings that are noted before they are issued.
pub const MAX_NOTES: usize = 4;
/// Instead of a site in [`Context::raise_site`]: the exception is one that was caught
/// and is raised again.
pub const RECORD_SITE: u32 = u32::MAX;
/// Reference count of records that are never freed by compiled code: those that
/// the boundary makes for array arguments.
pub const IMMORTAL: i64 = 1 << 60;

/// Bytes of a [`Context`] that have a value when a call begins: all before `raise_args`. A
/// function for C copies them.
pub const C_CONTEXT_SIZE: usize = offset_of!(Context, raise_args);

/// Signature of an entry function: context, argument slots, result slots; gives a
/// status. A slot is 8 bytes; narrower values are in its low bytes, the rest is
/// unspecified on the way in and zero or sign bits on the way out.
pub type EntryFn = unsafe extern "C" fn(*mut Context, *const u64, *mut u64) -> i32;

/// State of one call from Python, on the caller's stack. Every compiled function
/// gets its address as the first native parameter.
#[repr(C)]
pub struct Context {
    /// Set by a runtime function that raises; [`crate::STATUS_OK`] otherwise.
    pub status: i32,
    /// The raising site: index into the artifact's site table.
    pub raise_site: u32,
    /// Lowest stack address that a function may start at.
    pub stack_limit: usize,
    /// Non-zero when `poll` must call `poll_slow`.
    pub poll_flag: *const AtomicU32,
    /// Addresses of the runtime functions, in the order of [`crate::HELPERS`].
    pub helpers: *const *const u8,
    /// Head of the list of records allocated and not freed in this call, but for those
    /// that lie in the pool and own nothing outside of it.
    pub allocations: *mut Owner,
    /// The runtime's pool of small blocks; null until there is one.
    pub pool: *mut u8,
    /// For the boundary's own use (the Python side of `poll_slow`).
    pub user: *mut u8,
    /// Streams of random numbers of the call (`cumbia_runtime::Streams`), or null.
    pub streams: *mut u8,
    /// The artifact's sites, and the class number of each: for handlers. Null where
    /// nothing is caught.
    pub sites: *const crate::Site,
    /// See `sites`.
    pub site_classes: *const u32,
    /// For the boundary's own use: whose sites these are.
    pub kernel: *const u8,
    /// The runtime's state of exceptions that were caught; null until there is one.
    pub exceptions: *mut u8,
    /// The exception of a runtime function that gave [`crate::STATUS_RUNTIME`].
    pub raised: Raised,
    /// Slots of the arrays that code refers to as globals, set by the boundary.
    pub globals: *const u64,
    /// What compiled code has said about floating-point errors, by `np.errstate`: three bits
    /// for each kind (`compiler/library/bodies/contexts.py`).
    pub error_modes: i64,
    /// The part of a parallel loop that this context is for (`cumbia_runtime`), or null.
    pub parallel: *mut u8,
    /// Who is told of what the threads of a grid do (`grid_access`), or null.
    pub grid: *mut crate::grid::GridWatch,
    /// For the boundary's own use: the function for C that is being called, or null.
    pub callback: *const u8,
    /// How many warnings are noted.
    pub note_count: u32,
    /// Number of call sites an exception has passed, also beyond the capacity.
    pub trace_len: u32,
    /// Message arguments of the raising site, as 64-bit slots. The first field that needs no
    /// value before it is written.
    pub raise_args: [u64; MAX_RAISE_ARGS],
    /// What a loop needs to go on in better code: see [`crate::STATUS_OSR`].
    pub saved: [MaybeUninit<u64>; MAX_SAVED],
    // What isn't initialized comes last: between fields that are set to 0 it would be
    // cleared with them.
    /// Slots through which keys and values pass to runtime functions and back.
    pub scratch: [MaybeUninit<u64>; SCRATCH_SLOTS],
    /// String constants: what the first `note_count` warnings are.
    pub notes: [MaybeUninit<*const u8>; MAX_NOTES],
    /// Site indices of the calls that an exception has passed, innermost first;
    /// the first `trace_len` are set. Read through [`Context::call_sites`].
    pub trace: [MaybeUninit<u32>; TRACE_CAPACITY],
}

impl Context {
    /// The recorded call sites, innermost first.
    pub fn call_sites(&self) -> &[u32] {
        let length = (self.trace_len as usize).min(TRACE_CAPACITY);
        // SAFETY: compiled code sets the entries below `trace_len` in order, and
        // `MaybeUninit<u32>` has the layout of `u32`.
        unsafe { core::slice::from_raw_parts(self.trace.as_ptr().cast(), length) }
    }
}

/// What an [`Owner`] record is the head of.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ObjectKind {
    /// Plain memory: an array's, or raw bytes.
    Memory = 0,
    /// A string.
    Str = 1,
    /// Bytes.
    Bytes = 2,
    /// A list.
    List = 3,
    /// A set.
    Set = 4,
    /// A dict.
    Dict = 5,
    /// Slots of a layout: a closure's variable, a generator's frame.
    Frame = 6,
    /// An exception that was caught.
    Exception = 7,
    /// A bytearray, array.array or memoryview.
    Buffer = 8,
    /// A random number generator.
    Random = 9,
}

/// The head of everything that is counted. For arrays it owns the memory: one record
/// per allocation, or one per array argument (immortal, made by the boundary).
///
/// Compiled code loads `data` after an allocation, and changes `refcount` by
/// `retain` and `release`; when it falls to 0, `release` calls `free_owner`.
#[repr(C)]
pub struct Owner {
    /// References by compiled code; not atomic: a record belongs to one call.
    pub refcount: i64,
    /// First byte of the memory.
    pub data: *mut u8,
    /// Bytes of the memory.
    pub size: usize,
    /// Neighbours in the context's list of allocations.
    pub previous: *mut Owner,
    /// See `previous`.
    pub next: *mut Owner,
    /// The Python object that an argument comes from; null for what compiled code made.
    pub object: *mut u8,
    /// What the record is the head of.
    pub kind: ObjectKind,
    /// Size class of the pool's block that the record starts; 0 for one of the C library.
    pub class: u32,
}

/// Byte offsets that compiled code uses.
pub mod offsets {
    use super::{Context, Owner, offset_of};
    /// [`Context::status`]
    pub const STATUS: i32 = offset_of!(Context, status) as i32;
    /// [`Context::raise_site`]
    pub const RAISE_SITE: i32 = offset_of!(Context, raise_site) as i32;
    /// [`Context::raise_args`]
    pub const RAISE_ARGS: i32 = offset_of!(Context, raise_args) as i32;
    /// [`Context::stack_limit`]
    pub const STACK_LIMIT: i32 = offset_of!(Context, stack_limit) as i32;
    /// [`Context::poll_flag`]
    pub const POLL_FLAG: i32 = offset_of!(Context, poll_flag) as i32;
    /// [`Context::helpers`]
    pub const HELPERS: i32 = offset_of!(Context, helpers) as i32;
    /// [`Context::trace_len`]
    pub const TRACE_LEN: i32 = offset_of!(Context, trace_len) as i32;
    /// [`Context::saved`]
    pub const SAVED: i32 = offset_of!(Context, saved) as i32;
    /// [`Context::scratch`]
    pub const SCRATCH: i32 = offset_of!(Context, scratch) as i32;
    /// [`Context::trace`]
    pub const TRACE: i32 = offset_of!(Context, trace) as i32;
    /// [`Owner::refcount`]
    pub const OWNER_REFCOUNT: i32 = offset_of!(Owner, refcount) as i32;
    /// [`Owner::data`]
    pub const OWNER_DATA: i32 = offset_of!(Owner, data) as i32;
    /// [`Owner::size`]
    pub const OWNER_SIZE: i32 = offset_of!(Owner, size) as i32;
}
