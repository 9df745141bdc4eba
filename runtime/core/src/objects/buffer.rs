//! Buffers: `bytearray`, `array.array` and `memoryview`.
//!
//! The elements of an argument lie in the caller's own memory, which the boundary keeps
//! exported while the call lasts; a change of its size is asked of the boundary
//! ([`set_resize_hook`]), which lets Python do it. The memory of a buffer that is made
//! within belongs to its object here.
//!
//! Every pointer argument is a live object of the kind that the helper's row says: compiled
//! code holds a reference to it, and has brought positions into range.

use crate::host::HostError;
use crate::memory::{new_object, resize_data};
use crate::objects::bytes_bytes;
use crate::raise::{raise, raise_bare, raise_memory};
use cumbia_abi::{BufferObject, Context, ObjectKind, STATUS_PYTHON};
use std::ptr;
use std::sync::OnceLock;

/// Gives a caller's buffer another length: new data and length are in the object
/// afterwards. Elements that are added are zero and the last ones; those that go begin at
/// the position. Where it fails, the content is as it was. Called without the GIL.
pub type ResizeHook = fn(*mut BufferObject, usize, usize) -> Result<(), HostError>;

static HOOK: OnceLock<ResizeHook> = OnceLock::new();

/// Installs the process's hook; the first one stays.
pub fn set_resize_hook(hook: ResizeHook) {
    HOOK.get_or_init(|| hook);
}

/// The bytes of a buffer.
///
/// # Safety
///
/// A live buffer; it isn't resized while the slice is used.
pub unsafe fn buffer_slice<'a>(buffer: *const BufferObject) -> &'a [u8] {
    // SAFETY: by the contract; without elements there may be no memory.
    unsafe {
        match ((*buffer).length * (*buffer).item) as usize {
            0 => &[],
            size => std::slice::from_raw_parts((*buffer).owner.data, size),
        }
    }
}

/// A buffer of so many elements of a size, all zero.
pub(crate) extern "C" fn buffer_new(context: *mut Context, item: i64, length: i64) -> *mut u8 {
    // SAFETY: compiled code passes the context of the running call.
    let context = unsafe { &mut *context };
    let Some(object) = new_object(context, ObjectKind::Buffer, size_of::<BufferObject>(), 0) else {
        raise_memory(context);
        return ptr::null_mut();
    };
    let buffer: *mut BufferObject = object.cast();
    // SAFETY: a fresh object of this size.
    unsafe {
        (*buffer).length = 0;
        (*buffer).item = item;
        (*buffer).whole = ptr::null_mut();
    }
    buffer_resize(context, buffer.cast(), length);
    if context.status == 0 { buffer.cast() } else { ptr::null_mut() }
}

/// So many elements of a memoryview from one on: a view of them. All memoryviews are the
/// caller's, or parts of these, so nothing need be counted: the memory outlives the call.
pub(crate) extern "C" fn buffer_part(
    context: *mut Context,
    buffer: *mut u8,
    from: i64,
    length: i64,
) -> *mut u8 {
    let buffer: *mut BufferObject = buffer.cast();
    // SAFETY: compiled code passes the context of the running call; for the rest see the
    // module's comment.
    unsafe {
        let context = &mut *context;
        let bytes = size_of::<BufferObject>();
        let Some(object) = new_object(context, ObjectKind::Buffer, bytes, 0) else {
            raise_memory(context);
            return ptr::null_mut();
        };
        let part: *mut BufferObject = object.cast();
        (*part).owner.data = (*buffer).owner.data.wrapping_offset((from * (*buffer).item) as isize);
        (*part).length = length;
        (*part).item = (*buffer).item;
        (*part).whole = if (*buffer).whole.is_null() { buffer } else { (*buffer).whole };
        part.cast()
    }
}

/// Gives a buffer another length; what is added is zero.
pub(crate) extern "C" fn buffer_resize(context: *mut Context, buffer: *mut u8, length: i64) {
    // SAFETY: see the module's comment.
    unsafe { resize(&mut *context, buffer.cast(), length, length) }
}

/// Takes elements out of a buffer.
pub(crate) extern "C" fn buffer_delete(
    context: *mut Context,
    buffer: *mut u8,
    at: i64,
    count: i64,
) {
    let object: *mut BufferObject = buffer.cast();
    // SAFETY: see the module's comment.
    unsafe {
        let length = (*object).length;
        if (*object).owner.object.is_null() {
            buffer_move(context, buffer, at, at + count, length - at - count);
        }
        resize(&mut *context, object, length - count, at);
    }
}

/// Gives a buffer another length. What goes from a caller's buffer begins at the position;
/// from one that was made within, it is the end.
///
/// # Safety
///
/// A live buffer, and a position in it.
unsafe fn resize(context: &mut Context, buffer: *mut BufferObject, length: i64, at: i64) {
    // SAFETY: by the contract. What is new behind the old elements is written before it
    // counts.
    unsafe {
        if length == (*buffer).length {
            return;
        }
        let size = length.checked_mul((*buffer).item).filter(|size| *size < isize::MAX as i64 / 2);
        let Some(size) = size.and_then(|size| usize::try_from(size).ok()) else {
            return raise_memory(context);
        };
        if !(*buffer).owner.object.is_null() {
            let Some(hook) = HOOK.get() else { return raise_memory(context) };
            match hook(buffer, length as usize, at as usize) {
                Ok(()) => {}
                Err(HostError::Known(class, Some(message))) => raise(context, class, message),
                Err(HostError::Known(class, None)) => raise_bare(context, class),
                Err(HostError::Python) => context.status = STATUS_PYTHON,
                Err(HostError::Memory) => raise_memory(context),
            }
            return;
        }
        let used = ((*buffer).length * (*buffer).item) as usize;
        let room = (*buffer).owner.size;
        if size > room || size < room / 4 {
            let wanted = if size > room && used > 0 { size + size / 8 + 16 } else { size };
            if !resize_data(&raw mut (*buffer).owner, wanted) {
                return raise_memory(context);
            }
        }
        if size > used {
            ptr::write_bytes((*buffer).owner.data.add(used), 0, size - used);
        }
        (*buffer).length = length;
    }
}

/// The bytes of a buffer as an object of bytes.
pub(crate) extern "C" fn buffer_bytes(context: *mut Context, buffer: *mut u8) -> *mut u8 {
    // SAFETY: see the module's comment.
    unsafe { crate::strings::new_bytes(&mut *context, buffer_slice(buffer.cast())) }
}

/// Writes bytes from an element on.
pub(crate) extern "C" fn buffer_write(
    _context: *mut Context,
    buffer: *mut u8,
    at: i64,
    bytes: *mut u8,
) {
    let buffer: *mut BufferObject = buffer.cast();
    // SAFETY: see the module's comment; bytes are memory of their own.
    unsafe {
        let from = bytes_bytes(bytes.cast());
        if !from.is_empty() {
            let to = (*buffer).owner.data.add((at * (*buffer).item) as usize);
            ptr::copy_nonoverlapping(from.as_ptr(), to, from.len());
        }
    }
}

/// Moves so many elements from one place to another.
pub(crate) extern "C" fn buffer_move(
    _context: *mut Context,
    buffer: *mut u8,
    to: i64,
    from: i64,
    count: i64,
) {
    let buffer: *mut BufferObject = buffer.cast();
    // SAFETY: see the module's comment.
    unsafe {
        if count > 0 {
            let (data, item) = ((*buffer).owner.data, (*buffer).item);
            let (to, from) = (data.add((to * item) as usize), data.add((from * item) as usize));
            ptr::copy(from, to, (count * item) as usize);
        }
    }
}
