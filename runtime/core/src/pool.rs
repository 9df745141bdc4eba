//! Small blocks for one call's objects: bump allocation in slabs, with free lists.
//!
//! A block starts with an [`Owner`], whose `class` is the block's size in units of
//! [`UNIT`] bytes. A block that isn't in use has the count [`FREE`] there, and its `next`
//! links it to others of its class; so the blocks of a slab can be told one after the
//! other. Slabs are freed together when the call is over: a block goes to another class
//! only then. The pool itself lies at the start of its first slab.

use crate::blocks;
use cumbia_abi::Owner;
use std::ptr;

/// Blocks are multiples of this, and aligned to it.
const UNIT: usize = 16;
/// Larger blocks come from the C library.
const LARGEST: usize = 256;
const FIRST_SLAB: usize = 4 * 1024;
const LARGEST_SLAB: usize = 1024 * 1024;
/// The count of a block that isn't in use: no object's, nor near one.
const FREE: i64 = i64::MIN;

/// The class of a size in bytes: 0 where the pool has no such blocks.
#[inline]
pub fn class_of(bytes: usize) -> u32 {
    if bytes <= LARGEST { bytes.div_ceil(UNIT) as u32 } else { 0 }
}

/// Starts every slab.
struct Slab {
    previous: *mut Slab,
    size: usize,
    /// First block, and the end of the last one handed out; of the newest slab the pool
    /// knows better.
    start: *mut u8,
    used: *mut u8,
}

/// See the module.
pub struct Pool {
    /// Where the next new block goes, and the end of the newest slab.
    at: *mut u8,
    end: *mut u8,
    newest: *mut Slab,
    size: usize,
    /// By class; the first is not used.
    free: [*mut Owner; LARGEST / UNIT + 1],
}

const SLAB_HEAD: usize = size_of::<Slab>().next_multiple_of(UNIT);

impl Pool {
    /// An empty pool, to be freed with [`Pool::free`]; `None` without memory.
    pub fn new() -> Option<*mut Pool> {
        const HEAD: usize = SLAB_HEAD + size_of::<Pool>().next_multiple_of(UNIT);
        // SAFETY: `malloc` accepts any size, and aligns to 16 bytes; both heads fit.
        unsafe {
            let slab: *mut u8 = blocks::take(FIRST_SLAB);
            if slab.is_null() {
                return None;
            }
            let start = slab.add(HEAD);
            let head = Slab { previous: ptr::null_mut(), size: FIRST_SLAB, start, used: start };
            slab.cast::<Slab>().write(head);
            let pool: *mut Pool = slab.add(SLAB_HEAD).cast();
            pool.write(Pool {
                at: start,
                end: slab.add(FIRST_SLAB),
                newest: slab.cast(),
                size: FIRST_SLAB,
                free: [ptr::null_mut(); LARGEST / UNIT + 1],
            });
            Some(pool)
        }
    }

    /// An uninitialized block of a class, or null without memory. The caller writes the
    /// record next, with this class.
    #[inline]
    pub fn take(&mut self, class: u32) -> *mut Owner {
        let block = self.free[class as usize];
        if !block.is_null() {
            // SAFETY: a block of this pool that isn't in use.
            self.free[class as usize] = unsafe { (*block).next };
            return block;
        }
        let bytes = class as usize * UNIT;
        if (self.end.addr() - self.at.addr()) < bytes && !self.add_slab() {
            return ptr::null_mut();
        }
        let block = self.at;
        self.at = block.wrapping_add(bytes);
        block.cast()
    }

    /// Takes a block back.
    ///
    /// # Safety
    ///
    /// A block of [`Pool::take`] whose record says its class; nothing refers to it.
    #[inline]
    pub unsafe fn give(&mut self, block: *mut Owner) {
        // SAFETY: by the contract.
        unsafe {
            let class = (*block).class as usize;
            (*block).refcount = FREE;
            (*block).next = self.free[class];
            self.free[class] = block;
        }
    }

    #[cold]
    fn add_slab(&mut self) -> bool {
        let size = (self.size * 2).min(LARGEST_SLAB);
        // SAFETY: as in `new`.
        unsafe {
            let slab: *mut u8 = blocks::take(size);
            if slab.is_null() {
                return false;
            }
            (*self.newest).used = self.at;
            let start = slab.add(SLAB_HEAD);
            slab.cast::<Slab>().write(Slab { previous: self.newest, size, start, used: start });
            (self.at, self.end) = (start, slab.add(size));
            (self.newest, self.size) = (slab.cast(), size);
        }
        true
    }

    /// Calls `visit` for the record of each block in use.
    ///
    /// # Safety
    ///
    /// All blocks that were taken have their records.
    pub unsafe fn each(&self, mut visit: impl FnMut(*mut Owner)) {
        // SAFETY: by the contract; slabs are a list, and their blocks lie side by side.
        unsafe {
            let mut slab = self.newest;
            while !slab.is_null() {
                let used = if ptr::eq(slab, self.newest) { self.at } else { (*slab).used };
                let mut at = (*slab).start;
                while at < used {
                    let record: *mut Owner = at.cast();
                    if (*record).refcount != FREE {
                        visit(record);
                    }
                    at = at.add((*record).class as usize * UNIT);
                }
                slab = (*slab).previous;
            }
        }
    }

    /// Takes over the slabs of another pool, with the blocks in them.
    ///
    /// # Safety
    ///
    /// A pool of [`Pool::new`], which nothing uses as a pool any more.
    pub unsafe fn adopt(&mut self, other: *mut Pool) {
        // SAFETY: by the contract; slabs are lists, of one at least.
        unsafe {
            let newest = (*other).newest;
            (*newest).used = (*other).at;
            let mut oldest = newest;
            while !(*oldest).previous.is_null() {
                oldest = (*oldest).previous;
            }
            (*oldest).previous = (*self.newest).previous;
            (*self.newest).previous = newest;
        }
    }

    /// Frees all blocks, and the pool.
    ///
    /// # Safety
    ///
    /// A pool of [`Pool::new`]; nothing uses it or its blocks any more.
    pub unsafe fn free(pool: *mut Pool) {
        // SAFETY: by the contract. The first slab, in which the pool lies, is freed last.
        unsafe {
            let mut slab = (*pool).newest;
            while !slab.is_null() {
                let previous = (*slab).previous;
                blocks::give(slab.cast(), (*slab).size);
                slab = previous;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cumbia_abi::ObjectKind;

    fn take(pool: &mut Pool, class: u32) -> *mut Owner {
        let block = pool.take(class);
        assert_eq!(block.addr() % UNIT, 0);
        let mut record = crate::argument_owner(ptr::null_mut(), 0, ptr::null_mut());
        (record.kind, record.class) = (ObjectKind::Str, class);
        // SAFETY: a fresh block of this size.
        unsafe { block.write(record) };
        block
    }

    #[test]
    fn blocks_are_used_again_and_told() {
        let pool = Pool::new().expect("memory");
        // SAFETY: the only user of the pool; each block is given back once.
        unsafe {
            let mut blocks: Vec<*mut Owner> =
                (0..20_000u32).map(|i| take(&mut *pool, 4 + i % 13)).collect();
            for block in blocks.split_off(15_000) {
                (*pool).give(block);
            }
            let class = (*blocks[3]).class;
            (*pool).give(blocks[3]);
            assert_eq!(take(&mut *pool, class), blocks[3]);
            let mut told = Vec::new();
            (*pool).each(|block| told.push(block));
            told.sort();
            blocks.sort();
            assert_eq!(told, blocks);
            for pair in told.windows(2) {
                let bytes = (*pair[0]).class as usize * UNIT;
                assert!(pair[1].addr() - pair[0].addr() >= bytes);
            }
            Pool::free(pool);
        }
    }

    #[test]
    fn classes() {
        assert_eq!(class_of(size_of::<Owner>()), 4);
        assert_eq!(class_of(65), 5);
        assert_eq!((class_of(256), class_of(257)), (16, 0));
    }
}
