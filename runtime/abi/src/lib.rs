//! What compiled code and the runtime agree on: layouts, status codes, and the
//! table of runtime functions.
//!
//! The compiler reads offsets and declarations from here, the runtime implements
//! them; neither knows the other. This crate depends on nothing, and holds no code
//! that runs in a kernel.

mod context;
mod device;
pub mod exceptions;
pub mod grid;
mod helpers;
mod lines;
mod linked;
mod objects;
pub mod parallel;
mod raised;
mod site;

pub use context::{
    C_CONTEXT_SIZE, Context, EntryFn, IMMORTAL, MAX_NOTES, MAX_RAISE_ARGS, MAX_SAVED, ObjectKind,
    Owner, RECORD_SITE, TRACE_CAPACITY, offsets,
};
pub use device::{
    DEVICE_CLEAR, DEVICE_RAISED, DEVICE_TRACE_CAPACITY, DEVICE_WRITING, DeviceRecord,
    device_offsets,
};
pub use helpers::{AbiType, HELPERS, Helper, HelperEffects, helper_index};
pub use lines::{LineRow, LineTable};
pub use linked::{IS_EMULATED, Linked};
pub use objects::{
    BitGenerator, BufferObject, BytesObject, FrameObject, Layout, ListObject, RandomObject,
    SCRATCH_SLOTS, StrObject, TableObject, class, class_number, layout_bytes, measure,
    object_offsets,
};
pub use raised::{ExceptionClass, Raised};
pub use site::{ARGUMENT_ESCAPE, ARGUMENT_MARK, Site, SiteKind};

/// Status that compiled functions return: no exception.
pub const STATUS_OK: i32 = 0;
/// Status: the exception of site [`Context::raise_site`] is on its way.
pub const STATUS_RAISED: i32 = 1;
/// Status: a runtime function failed to allocate; MemoryError.
pub const STATUS_MEMORY: i32 = 2;
/// Status: a Python exception is already set by a runtime function (an interrupt).
pub const STATUS_PYTHON: i32 = 3;
/// Status: the exception of [`Context::raised`] is on its way.
pub const STATUS_RUNTIME: i32 = 4;

/// Status: not an exception. A loop is to go on in better code, with the values that
/// [`Context::saved`] has; only [`Context::raise_site`], the loop's number, is set besides.
pub const STATUS_OSR: i32 = 5;

/// Prefix of the undefined symbols in an object that stand for C library
/// functions: backends write it, the loader resolves it.
pub const LIBCALL_PREFIX: &str = "cumbia.libcall.";
