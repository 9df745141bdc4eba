//! Large blocks of memory that one call gave back and the next one takes.
//!
//! The C library returns large blocks to the system, and fresh pages cost more than what
//! is done with them: a call that copies its containers' content in would spend a third of
//! its time in page faults. So blocks between [`LEAST`] and [`LARGEST`] bytes wait here, a
//! bounded number of bytes of them for the whole process. Each is a block of the C
//! library like any other: who has one may also `free` it, and who gives one back may have
//! got it elsewhere. What is in a block means nothing. When two threads want this at the
//! same time, one goes to the C library.

use std::sync::Mutex;

/// Smaller blocks aren't kept: the C library does that well.
pub const LEAST: usize = 64 * 1024;
const LARGEST: usize = 8 * 1024 * 1024;
/// Bytes kept in all.
const MOST: usize = 16 * 1024 * 1024;
const SHELVES: usize = 64;

#[derive(Clone, Copy)]
struct Block {
    address: usize,
    size: usize,
}

struct Shelf {
    blocks: [Block; SHELVES],
    count: usize,
    bytes: usize,
}

static SHELF: Mutex<Shelf> =
    Mutex::new(Shelf { blocks: [Block { address: 0, size: 0 }; SHELVES], count: 0, bytes: 0 });

/// A block of at least so many bytes, uninitialized; null without memory.
pub fn take(bytes: usize) -> *mut u8 {
    // One that is much too large is left to others.
    if let Some((block, _)) = take_kept(bytes, bytes.saturating_mul(2)) {
        return block;
    }
    // SAFETY: `malloc` accepts any size.
    unsafe { libc::malloc(bytes) }.cast()
}

/// The smallest block that waits here and has at least `bytes` and at most `most` bytes,
/// and its size.
pub fn take_kept(bytes: usize, most: usize) -> Option<(*mut u8, usize)> {
    if !(LEAST..=LARGEST).contains(&bytes) {
        return None;
    }
    let mut shelf = SHELF.try_lock().ok()?;
    let mut best: Option<usize> = None;
    for at in 0..shelf.count {
        let size = shelf.blocks[at].size;
        let fits = (bytes..=most).contains(&size);
        if fits && best.is_none_or(|b| size < shelf.blocks[b].size) {
            best = Some(at);
        }
    }
    let at = best?;
    let block = shelf.blocks[at];
    shelf.count -= 1;
    shelf.blocks[at] = shelf.blocks[shelf.count];
    shelf.bytes -= block.size;
    Some((std::ptr::with_exposed_provenance_mut(block.address), block.size))
}

/// Gives a block back.
///
/// # Safety
///
/// Null, or a block of the C library of at least `size` bytes to which nothing refers.
pub unsafe fn give(block: *mut u8, size: usize) {
    if (LEAST..=LARGEST).contains(&size)
        && !block.is_null()
        && let Ok(mut shelf) = SHELF.try_lock()
        && shelf.count < SHELVES
        && shelf.bytes + size <= MOST
    {
        let at = shelf.count;
        shelf.blocks[at] = Block { address: block.expose_provenance(), size };
        shelf.count += 1;
        shelf.bytes += size;
        return;
    }
    // SAFETY: by the contract.
    unsafe { libc::free(block.cast()) };
}

/// Asks the system to back a fresh block with huge pages; where it doesn't, nothing is lost.
pub(crate) fn in_huge_pages(data: *mut u8, bytes: usize) {
    #[cfg(target_os = "linux")]
    {
        const PAGE: usize = 4096;
        let start = data.wrapping_add(data.align_offset(PAGE));
        let bytes = bytes.saturating_sub(start as usize - data as usize) & !(PAGE - 1);
        // SAFETY: whole pages of a block of the caller's; the advice changes no content.
        unsafe { libc::madvise(start.cast(), bytes, libc::MADV_HUGEPAGE) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (data, bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_back_and_are_bounded() {
        // SAFETY: each block is given back once.
        unsafe {
            let size = LEAST + 4096 * 3;
            let block = take(size);
            give(block, size);
            let again: Vec<*mut u8> = (0..8).map(|_| take(size)).collect();
            assert!(again.iter().all(|block| !block.is_null()));
            again.iter().for_each(|&block| block.add(size - 1).write(1));
            again.into_iter().for_each(|block| give(block, size));
            let many: Vec<*mut u8> = (0..5).map(|_| take(LARGEST)).collect();
            many.into_iter().for_each(|block| give(block, LARGEST));
            give(take(10), 10);
            // A larger one, for who says so.
            let block = take(size);
            give(block, size);
            let (block, found) = take_kept(LEAST, 16 * size).expect("one was given back");
            assert!(found >= LEAST && found <= 16 * size);
            block.add(found - 1).write(1);
            give(block, found);
            assert!(take_kept(10, size).is_none());
            give(std::ptr::null_mut(), size);
            let shelf = SHELF.lock().unwrap();
            assert!(shelf.bytes <= MOST && shelf.count <= SHELVES);
        }
    }
}
