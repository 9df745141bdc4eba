//! Allocations of compiled code: arrays' memory, and Python objects.
//!
//! An allocation is an [`Owner`] record and a block of bytes, both from the C
//! library's allocator, so that the bytes can be handed to NumPy and freed by
//! `free`. Records hang in their context's list until they are freed or detached:
//! after an exception the boundary frees what is left. A record belongs to one
//! call on one thread; nothing here is shared but the two counters. An object is a
//! record with more behind it (`cumbia_abi::objects`); what is in it is the business of
//! `crate::objects`. Small objects lie in the context's pool (`crate::pool`), which goes
//! as a whole; those that own no other memory are in no list.

use crate::blocks;
use crate::objects::each_reference;
use crate::pool::{self, Pool};
use cumbia_abi::{BufferObject, Context, IMMORTAL, ListObject, ObjectKind, Owner, STATUS_MEMORY};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Uninitialized blocks from this size on start at a cache line; below it, the
/// aligned allocation would cost more (110 ns against 34) than it gives. Zeroed
/// ones come from `calloc`, which gives fresh pages without touching them.
const ALIGNED_FROM: usize = 32 * 1024;
const CACHE_LINE: usize = 64;
/// Blocks from this size on are asked to be in huge pages, as NumPy's are: the first use of
/// a page costs more than filling it.
const HUGE_FROM: usize = 4 << 20;

static LIVE_ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static LIVE_BYTES: AtomicUsize = AtomicUsize::new(0);

/// Allocations that are neither freed nor detached, over all threads. A pool counts as one
/// until its call is over, whatever is in it.
pub fn live_allocations() -> usize {
    LIVE_ALLOCATIONS.load(Ordering::Relaxed)
}

/// Bytes of these allocations, less the pools'.
pub fn live_bytes() -> usize {
    LIVE_BYTES.load(Ordering::Relaxed)
}

/// Memory that has left compiled code.
#[derive(Debug)]
pub struct Detached {
    /// First byte; to be freed with the C library's `free` (or [`free_detached`]).
    pub data: *mut u8,
    /// Bytes.
    pub size: usize,
}

/// The helper `alloc`: a record with one reference, or null and `STATUS_MEMORY`.
pub(crate) extern "C" fn alloc(context: *mut Context, size: i64, zeroed: u8) -> *mut u8 {
    // SAFETY: compiled code passes the context of the running call, and holds no
    // reference to it.
    let context = unsafe { &mut *context };
    let owner = usize::try_from(size).ok().and_then(|size| allocate(size, zeroed != 0));
    match owner {
        Some(owner) => {
            link(context, owner);
            // SAFETY: a fresh record.
            unsafe { crate::races::forget((*owner).data, (*owner).size) };
            owner.cast()
        }
        None => {
            context.status = STATUS_MEMORY;
            ptr::null_mut()
        }
    }
}

/// The helper `global_slots`: where the boundary put the arrays that are globals.
pub(crate) extern "C" fn global_slots(context: *mut Context) -> *mut u8 {
    // SAFETY: compiled code passes the context of the running call.
    unsafe { (*context).globals.cast::<u8>().cast_mut() }
}

/// A record and its block, in no list yet.
fn allocate(size: usize, zeroed: bool) -> Option<*mut Owner> {
    // NumPy, too, gives arrays without elements an address of their own.
    let bytes = size.max(1);
    let data: *mut u8 = if zeroed {
        // SAFETY: `calloc` accepts any size.
        unsafe { libc::calloc(bytes, 1) }.cast()
    } else if bytes < ALIGNED_FROM {
        // SAFETY: `malloc` accepts any size.
        unsafe { libc::malloc(bytes) }.cast()
    } else {
        let mut data = ptr::null_mut();
        // SAFETY: the alignment is a power of two and a multiple of a pointer's size.
        let failed = unsafe { libc::posix_memalign(&mut data, CACHE_LINE, bytes) } != 0;
        if failed { ptr::null_mut() } else { data.cast() }
    };
    if data.is_null() {
        return None;
    }
    if bytes >= HUGE_FROM {
        blocks::in_huge_pages(data, bytes);
    }
    // SAFETY: `malloc` accepts any size.
    let owner: *mut Owner = unsafe { libc::malloc(size_of::<Owner>()) }.cast();
    if owner.is_null() {
        // SAFETY: `data` came from the same allocator and is not used any more.
        unsafe { libc::free(data.cast()) };
        return None;
    }
    let record = Owner {
        refcount: 1,
        data,
        size,
        previous: ptr::null_mut(),
        next: ptr::null_mut(),
        object: ptr::null_mut(),
        kind: ObjectKind::Memory,
        class: 0,
    };
    // SAFETY: `owner` is a fresh block of the record's size; `malloc` aligns it.
    unsafe { owner.write(record) };
    LIVE_ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    LIVE_BYTES.fetch_add(size, Ordering::Relaxed);
    Some(owner)
}

fn link(context: &mut Context, owner: *mut Owner) {
    // SAFETY: `owner` is a live record in no list; the head is null or a live
    // record of this context (the list holds live records only).
    unsafe {
        (*owner).next = context.allocations;
        if let Some(next) = context.allocations.as_mut() {
            next.previous = owner;
        }
    }
    context.allocations = owner;
}

/// Moves all that a context has allocated to another one's, where it lives on.
pub(crate) fn adopt(context: &mut Context, from: &mut Context) {
    let first = std::mem::replace(&mut from.allocations, ptr::null_mut());
    if !first.is_null() {
        // SAFETY: both lists hold live records only; each head's `previous` is never read.
        unsafe {
            let mut last = first;
            while !(*last).next.is_null() {
                last = (*last).next;
            }
            (*last).next = context.allocations;
            if let Some(next) = context.allocations.as_mut() {
                next.previous = last;
            }
        }
        context.allocations = first;
    }
    let pool = std::mem::replace(&mut from.pool, ptr::null_mut());
    if context.pool.is_null() {
        context.pool = pool;
    } else if !pool.is_null() {
        // SAFETY: two pools of contexts; nothing refers to the other one as a pool any more.
        unsafe { (*context.pool.cast::<Pool>()).adopt(pool.cast()) };
        LIVE_ALLOCATIONS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Takes a record out of its context's list, if it is of those that are there.
///
/// # Safety
///
/// `owner` is a live record of `context`.
unsafe fn unlink(context: &mut Context, owner: *mut Owner) {
    // SAFETY: by the contract `owner` and its neighbours are live records.
    unsafe {
        if !is_listed((*owner).kind, (*owner).class) {
            return;
        }
        let (previous, next) = ((*owner).previous, (*owner).next);
        match previous.as_mut() {
            Some(previous) => previous.next = next,
            None => context.allocations = next,
        }
        if let Some(next) = next.as_mut() {
            next.previous = previous;
        }
    }
}

/// Frees the record and gives its block.
///
/// # Safety
///
/// `owner` is a live record of `context` in no list; it is dead afterwards.
unsafe fn dissolve(context: &mut Context, owner: *mut Owner) -> Detached {
    // SAFETY: by the contract; a record with a class lies in its context's pool.
    unsafe {
        let mut detached = Detached { data: (*owner).data, size: (*owner).size };
        let elsewhere = match (*owner).kind {
            // The slots are in the record's own block.
            ObjectKind::Frame => true,
            ObjectKind::Buffer => !(*owner.cast::<BufferObject>()).whole.is_null(),
            _ => false,
        };
        if elsewhere {
            detached.data = ptr::null_mut();
        }
        if (*owner).kind == ObjectKind::List {
            // The block starts with the slots that are free in front.
            let front = (*owner.cast::<ListObject>()).front as usize * 8;
            detached.data = detached.data.wrapping_sub(front);
            detached.size += front;
        }
        if (*owner).class != 0 {
            if !detached.data.is_null() {
                LIVE_BYTES.fetch_sub(detached.size, Ordering::Relaxed);
            }
            (*context.pool.cast::<Pool>()).give(owner);
            return detached;
        }
        libc::free(owner.cast());
        LIVE_ALLOCATIONS.fetch_sub(1, Ordering::Relaxed);
        if detached.size > 0 {
            LIVE_BYTES.fetch_sub(detached.size, Ordering::Relaxed);
        }
        detached
    }
}

/// An object of `bytes` bytes with one reference, in the context's list; its `size` is
/// `payload`, its `data` null, and all behind the head is uninitialized. `None` without
/// memory.
#[inline]
pub fn new_object(
    context: &mut Context,
    kind: ObjectKind,
    bytes: usize,
    payload: usize,
) -> Option<*mut Owner> {
    debug_assert!(bytes >= size_of::<Owner>());
    let class = pool::class_of(bytes);
    let owner = match class {
        // SAFETY: `malloc` accepts any size.
        0 => unsafe { libc::malloc(bytes) }.cast(),
        _ => {
            if context.pool.is_null() {
                new_pool(context)?;
            }
            // SAFETY: the context's own pool.
            unsafe { (*context.pool.cast::<Pool>()).take(class) }
        }
    };
    if owner.is_null() {
        return None;
    }
    let record = Owner {
        refcount: 1,
        data: ptr::null_mut(),
        size: payload,
        previous: ptr::null_mut(),
        next: ptr::null_mut(),
        object: ptr::null_mut(),
        kind,
        class,
    };
    // SAFETY: `owner` is a fresh block of the record's size or more, aligned to 16.
    unsafe { owner.write(record) };
    if class == 0 {
        LIVE_ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        LIVE_BYTES.fetch_add(payload, Ordering::Relaxed);
    }
    if is_listed(kind, class) {
        link(context, owner);
    }
    Some(owner)
}

/// Whether a record is in its context's list: what lies in the pool with all that it owns
/// needn't be.
#[inline]
fn is_listed(kind: ObjectKind, class: u32) -> bool {
    class == 0 || !matches!(kind, ObjectKind::Str | ObjectKind::Bytes | ObjectKind::Frame)
}

#[cold]
fn new_pool(context: &mut Context) -> Option<()> {
    context.pool = Pool::new()?.cast();
    LIVE_ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    Some(())
}

/// Calls `visit` for each record that the context has.
pub fn each_allocation(context: &Context, mut visit: impl FnMut(*mut Owner)) {
    let mut record = context.allocations;
    while !record.is_null() {
        visit(record);
        // SAFETY: the list holds live records only.
        record = unsafe { (*record).next };
    }
    if !context.pool.is_null() {
        // SAFETY: the context's own pool; blocks in use hold live records.
        unsafe {
            (*context.pool.cast::<Pool>()).each(|record| {
                if !is_listed((*record).kind, (*record).class) {
                    visit(record);
                }
            });
        }
    }
}

/// Gives an object's data another size; false without memory, and the old data stays.
///
/// # Safety
///
/// A live object whose `data` is null or a block of the C library, to which nothing else
/// refers.
pub(crate) unsafe fn resize_data(owner: *mut Owner, size: usize) -> bool {
    // SAFETY: by the contract.
    unsafe {
        let data: *mut u8 = match (*owner).data.is_null() {
            true => blocks::take(size.max(1)),
            false => libc::realloc((*owner).data.cast(), size.max(1)).cast(),
        };
        if data.is_null() {
            return false;
        }
        (*owner).data = data;
        count_size(owner, size);
    }
    true
}

/// Puts another block in the place of an object's data, which is freed.
///
/// # Safety
///
/// As [`resize_data`]; `data` is null, or a block of `size` bytes of the C library that
/// nothing else refers to.
pub(crate) unsafe fn replace_data(owner: *mut Owner, data: *mut u8, size: usize) {
    // SAFETY: by the contract.
    unsafe {
        blocks::give((*owner).data, (*owner).size);
        (*owner).data = data;
        count_size(owner, size);
    }
}

unsafe fn count_size(owner: *mut Owner, size: usize) {
    // SAFETY: the callers pass a live object.
    unsafe {
        LIVE_BYTES.fetch_add(size.wrapping_sub((*owner).size), Ordering::Relaxed);
        (*owner).size = size;
    }
}

/// The helper `free_owner`, called when a record's last reference is gone.
pub(crate) extern "C" fn free_owner(context: *mut Context, owner: *mut u8) {
    let owner: *mut Owner = owner.cast();
    // SAFETY: compiled code passes the running call's context, and a record of
    // this context whose count has just fallen to 0: no reference is left, neither
    // to the record nor to its memory.
    unsafe { free_object(&mut *context, owner) };
}

/// Frees an object and what only it refers to.
///
/// Objects to be freed wait in a list of their own, linked by `next`: however deep they
/// are nested, the stack stays flat.
///
/// # Safety
///
/// A live object in the context's list whose count is 0.
pub(crate) unsafe fn free_object(context: &mut Context, owner: *mut Owner) {
    // SAFETY: by the contract; what an object refers to is live and in the same list, or
    // immortal, and each reference is dropped once.
    unsafe {
        if (*owner).class != 0 && matches!((*owner).kind, ObjectKind::Str | ObjectKind::Bytes) {
            // All of it is its block in the pool.
            (*context.pool.cast::<Pool>()).give(owner);
            return;
        }
        unlink(context, owner);
        (*owner).next = ptr::null_mut();
        let mut waiting = owner;
        while !waiting.is_null() {
            let object = waiting;
            waiting = (*object).next;
            let links = take_exception(context, object);
            let mut drop_reference = |child: *mut Owner| {
                (*child).refcount -= 1;
                if (*child).refcount == 0 {
                    unlink(context, child);
                    (*child).next = waiting;
                    waiting = child;
                }
            };
            links.into_iter().for_each(&mut drop_reference);
            each_reference(object, &mut drop_reference);
            free_data((*object).kind, dissolve(context, object));
        }
    }
}

/// Drops what is in the record of an exception; gives the references that it held. Other
/// objects stay as they are.
///
/// # Safety
///
/// A live object in no list that is freed next.
unsafe fn take_exception(context: &mut Context, object: *mut Owner) -> Vec<*mut Owner> {
    // SAFETY: by the contract.
    unsafe {
        if (*object).kind != ObjectKind::Exception {
            return Vec::new();
        }
        let links = crate::exceptions::drop_contents(context, object);
        (*object).data = ptr::null_mut();
        links
    }
}

/// One reference less to an object.
///
/// # Safety
///
/// A live object in the context's list, or an immortal one; the reference is the
/// caller's.
pub unsafe fn release_object(context: &mut Context, owner: *mut Owner) {
    // SAFETY: by the contract.
    unsafe {
        (*owner).refcount -= 1;
        if (*owner).refcount == 0 {
            free_object(context, owner);
        }
    }
}

/// Frees everything that the call allocated and still has: after an exception,
/// and for results that the boundary didn't detach.
pub fn release_all(context: &mut Context) {
    while !context.allocations.is_null() {
        let owner = context.allocations;
        // SAFETY: the list holds live records of this context, and the call that
        // used them is over.
        unsafe {
            unlink(context, owner);
            take_exception(context, owner);
            free_data((*owner).kind, dissolve(context, owner));
        }
    }
    if !context.pool.is_null() {
        // SAFETY: the context's own pool; nothing uses its objects any more, and what they
        // owned outside of it was freed just now.
        unsafe { Pool::free(context.pool.cast()) };
        context.pool = ptr::null_mut();
        LIVE_ALLOCATIONS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Hands the memory of a record over to the caller; the record is gone
/// afterwards. A record that appears in several results is detached once.
///
/// # Safety
///
/// `owner` is a live allocation of `context`, and no compiled code that uses it
/// runs any more.
pub unsafe fn detach(context: &mut Context, owner: *mut Owner) -> Detached {
    // SAFETY: by the contract.
    unsafe {
        unlink(context, owner);
        dissolve(context, owner)
    }
}

/// Hands the memory of a record over to the caller, while compiled code goes on using
/// both: the record stays, and frees nothing when its last reference goes.
///
/// # Safety
///
/// A live record of kind `Memory` of a context; the caller keeps the memory, to be freed
/// with the C library's `free`, until the record is gone.
pub unsafe fn hand_over(owner: *mut Owner) -> Detached {
    // SAFETY: by the contract.
    unsafe {
        let detached = Detached { data: (*owner).data, size: (*owner).size };
        LIVE_BYTES.fetch_sub(detached.size, Ordering::Relaxed);
        (*owner).data = ptr::null_mut();
        (*owner).size = 0;
        detached
    }
}

/// Frees memory that has left compiled code.
///
/// # Safety
///
/// `detached` is as [`detach`] gave it, and nothing else refers to the memory.
pub unsafe fn free_detached(detached: Detached) {
    // SAFETY: the block came from the C library's allocator; by the contract this
    // is the only claim on it.
    unsafe { libc::free(detached.data.cast()) };
}

/// Frees what a record owned; containers' blocks wait for the next ones.
///
/// # Safety
///
/// As [`free_detached`]: of an object of the kind.
unsafe fn free_data(kind: ObjectKind, detached: Detached) {
    // SAFETY: by the contract; containers' blocks have their record's size.
    unsafe {
        match kind {
            ObjectKind::List | ObjectKind::Set | ObjectKind::Dict => {
                blocks::give(detached.data, detached.size);
            }
            _ => free_detached(detached),
        }
    }
}

/// A record for an array argument: immortal, in no list, on the caller's stack.
pub fn argument_owner(data: *mut u8, size: usize, object: *mut u8) -> Owner {
    Owner {
        refcount: IMMORTAL,
        data,
        size,
        previous: ptr::null_mut(),
        next: ptr::null_mut(),
        object,
        kind: ObjectKind::Memory,
        class: 0,
    }
}

/// The helper `move_bytes`.
pub(crate) extern "C" fn move_bytes(_context: *mut Context, to: *mut u8, from: *mut u8, size: i64) {
    // SAFETY: compiled code passes ranges that it has checked.
    unsafe { ptr::copy(from, to, size as usize) };
}
