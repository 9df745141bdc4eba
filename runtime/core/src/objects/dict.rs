//! Dicts: entries in the order of insertion, and a hash table of their positions.
//!
//! The data block holds `mask + 1` positions (`u32`), then entries of `stride` slots: hash,
//! key, value. A removed entry stays until the table grows, with the hash [`DEAD`], which
//! no key has. When the table grows, and by how much, is as in CPython
//! (`Objects/dictobject.c`), so that a loop that both removes and adds keys sees the same
//! ones.

use super::Failure;
use super::compare::equal;
use super::hash::hash_int;
use super::strings::{str_equal, str_hash};
use super::value::address;
use crate::memory::replace_data;
use cumbia_abi::{Layout, StrObject, TableObject, class};
use std::ptr;

/// The hash of a removed entry.
pub const DEAD: i64 = -1;
const UNUSED: u32 = u32::MAX;
const DUMMY: u32 = u32::MAX - 1;
const SMALLEST: usize = 8;

/// Entries that a table of a size takes.
fn usable(size: usize) -> usize {
    size * 2 / 3
}

/// The size of a table for `wanted`, as CPython's `calculate_log2_keysize` has it: it sets
/// a bit of the number before it rounds up, so that 6 gives 16, and 16 gives 32.
fn size_for(wanted: usize) -> usize {
    let bits = ((wanted | SMALLEST) - 1) | (SMALLEST - 1);
    1 << (usize::BITS - bits.leading_zeros())
}

/// The slots of entry `i`, its hash first.
///
/// # Safety
///
/// A live dict with so many entries.
#[inline]
pub unsafe fn entry(dict: *const TableObject, i: usize) -> *mut u64 {
    // SAFETY: by the contract.
    unsafe {
        let entries = (*dict).owner.data.add(4 * ((*dict).mask as usize + 1)).cast::<u64>();
        entries.add(i * (*dict).stride as usize)
    }
}

/// The value's slots of entry `i`.
///
/// # Safety
///
/// As [`entry`].
#[inline]
pub unsafe fn value(dict: *const TableObject, i: usize) -> *mut u64 {
    // SAFETY: by the contract.
    unsafe { entry(dict, i).add(1 + (*(*dict).layout).slots as usize) }
}

/// Walks the places of a hash.
struct Probe {
    place: usize,
    rest: u64,
    mask: usize,
}

impl Probe {
    #[inline]
    fn new(hash: i64, mask: usize) -> Probe {
        Probe { place: hash as usize & mask, rest: hash as u64, mask }
    }

    #[inline]
    fn advance(&mut self) {
        self.rest >>= 5;
        self.place = (self.place * 5 + self.rest as usize + 1) & self.mask;
    }
}

/// The entry that was found last, if it was for this very key: `if k in d: d[k] += 1` looks
/// three times.
///
/// # Safety
///
/// A live dict and a live key of a layout.
#[inline]
pub unsafe fn remembered(
    dict: *const TableObject,
    layout: *const Layout,
    key: *const u64,
) -> Option<usize> {
    // SAFETY: by the contract. A key is remembered only where its slot stands for it, and
    // the number of changes says that all entries are where they were.
    unsafe {
        let known = (*dict).memo_changes == (*dict).changes
            && (*layout).class == (*(*dict).layout).class
            && (*dict).memo_key == *key;
        known.then(|| (*dict).memo_at as usize)
    }
}

/// Remembers where a key was found.
///
/// # Safety
///
/// A live dict with this entry for a live key of a layout.
#[inline]
pub unsafe fn remember(dict: *mut TableObject, layout: *const Layout, key: *const u64, at: usize) {
    // SAFETY: by the contract.
    unsafe {
        let class = (*layout).class;
        // The address of a string that may go could be another one's next.
        let lasts = match class {
            class::INT => true,
            class::STR => {
                let string: *const cumbia_abi::Owner = address(*key);
                (*string).refcount > cumbia_abi::IMMORTAL / 2
            }
            _ => false,
        };
        if lasts && class == (*(*dict).layout).class {
            note(dict, *key, at);
        }
    }
}

/// Position of the entry with a key.
///
/// # Safety
///
/// A live dict and a live key of a layout.
#[inline]
pub unsafe fn find(
    dict: *const TableObject,
    layout: *const Layout,
    key: *const u64,
    hash: i64,
) -> Option<usize> {
    // SAFETY: by the contract.
    unsafe {
        if (*dict).length == 0 {
            return None;
        }
        let mine = (*dict).layout;
        match ((*mine).class, (*layout).class) {
            (class::INT, class::INT) => {
                let wanted = *key;
                search(dict, hash, |found| *found.add(1) == wanted)
            }
            (class::STR, class::STR) => search(dict, hash, |found| {
                *found == hash as u64 && str_equal(address(*found.add(1)), address(*key))
            }),
            _ => search(dict, hash, |found| {
                *found == hash as u64 && equal(mine, found.add(1), layout, key).unwrap_or(false)
            }),
        }
    }
}

/// Position of the entry with an int.
///
/// # Safety
///
/// A live dict whose keys are ints.
#[inline]
pub unsafe fn find_int(dict: *mut TableObject, key: i64) -> Option<usize> {
    // SAFETY: by the contract. What is remembered: see `remembered`.
    unsafe {
        let key = key as u64;
        if (*dict).memo_changes == (*dict).changes && (*dict).memo_key == key {
            return Some((*dict).memo_at as usize);
        }
        if (*dict).length == 0 {
            return None;
        }
        let found = search(dict, hash_int(key as i64), |found| *found.add(1) == key)?;
        note(dict, key, found);
        Some(found)
    }
}

/// Position of the entry with a string.
///
/// # Safety
///
/// A live dict whose keys are strings, and a live string.
#[inline]
pub unsafe fn find_str(dict: *mut TableObject, key: *mut StrObject) -> Option<usize> {
    // SAFETY: by the contract. What is remembered: see `remembered`.
    unsafe {
        let slot = key.expose_provenance() as u64;
        if (*dict).memo_changes == (*dict).changes && (*dict).memo_key == slot {
            return Some((*dict).memo_at as usize);
        }
        if (*dict).length == 0 {
            return None;
        }
        let hash = str_hash(key);
        let found = search(dict, hash, |found| {
            *found == hash as u64 && str_equal(address(*found.add(1)), key)
        })?;
        if (*key).owner.refcount > cumbia_abi::IMMORTAL / 2 {
            note(dict, slot, found);
        }
        Some(found)
    }
}

/// # Safety
///
/// As [`remember`]: a key whose slot stands for it all through the call.
#[inline]
unsafe fn note(dict: *mut TableObject, key: u64, at: usize) {
    // SAFETY: by the contract.
    unsafe {
        (*dict).memo_changes = (*dict).changes;
        (*dict).memo_key = key;
        (*dict).memo_at = at as i64;
    }
}

/// # Safety
///
/// A live dict with a table; `same` gets slots of entries.
#[inline]
unsafe fn search(
    dict: *const TableObject,
    hash: i64,
    mut same: impl FnMut(*const u64) -> bool,
) -> Option<usize> {
    // SAFETY: by the contract. A table always has an unused place.
    unsafe {
        let places: *const u32 = (*dict).owner.data.cast();
        let mut probe = Probe::new(hash, (*dict).mask as usize);
        loop {
            let at = *places.add(probe.place);
            if at == UNUSED {
                return None;
            }
            if at != DUMMY && same(entry(dict, at as usize)) {
                return Some(at as usize);
            }
            probe.advance();
        }
    }
}

/// Adds an entry for a key that isn't there; the key and value slots of the entry are
/// zero. Gives its position.
///
/// # Safety
///
/// A live dict.
pub unsafe fn add(dict: *mut TableObject, hash: i64) -> Result<usize, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if (*dict).room == 0 {
            rebuild(dict, size_for((*dict).length as usize * 3))?;
        }
        let at = (*dict).fill as usize;
        set_place(dict, hash, at as u32);
        let slots = entry(dict, at);
        ptr::write_bytes(slots, 0, (*dict).stride as usize);
        *slots = hash as u64;
        (*dict).fill += 1;
        (*dict).room -= 1;
        (*dict).length += 1;
        (*dict).changes += 1;
        Ok(at)
    }
}

/// Makes room for the keys of another dict, as CPython's `dict_merge` does before it adds
/// them: an empty dict becomes like the other one, if nothing was removed from that; a
/// table that couldn't hold the other one's keys alone grows.
///
/// # Safety
///
/// Live dicts, the other one not empty.
pub unsafe fn reserve(dict: *mut TableObject, other: *const TableObject) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        let (length, more) = ((*dict).length as usize, (*other).length as usize);
        let others = (*other).mask as usize + 1;
        let whole = (*other).fill == (*other).length;
        if length == 0 && whole && (others == SMALLEST || usable(others / 2) < more) {
            return rebuild(dict, others);
        }
        let size = if (*dict).owner.data.is_null() { 1 } else { (*dict).mask as usize + 1 };
        if usable(size) < more {
            rebuild(dict, size_for(((length + more) * 3).div_ceil(2)))?;
        }
        Ok(())
    }
}

/// Puts a position at the first place that is unused.
///
/// # Safety
///
/// A live dict with an unused place.
unsafe fn set_place(dict: *mut TableObject, hash: i64, at: u32) {
    // SAFETY: by the contract.
    unsafe {
        let places: *mut u32 = (*dict).owner.data.cast();
        let mut probe = Probe::new(hash, (*dict).mask as usize);
        while *places.add(probe.place) < DUMMY {
            probe.advance();
        }
        *places.add(probe.place) = at;
    }
}

/// A new table of a size with the live entries.
///
/// # Safety
///
/// A live dict, whose entries fit.
unsafe fn rebuild(dict: *mut TableObject, new_size: usize) -> Result<(), Failure> {
    // SAFETY: by the contract; the new block has room for `usable` entries.
    unsafe {
        let stride = (*dict).stride as usize;
        let bytes = usable(new_size)
            .checked_mul(8 * stride)
            .and_then(|bytes| bytes.checked_add(4 * new_size))
            .filter(|_| new_size < DUMMY as usize)
            .ok_or_else(Failure::memory)?;
        let data: *mut u8 = crate::blocks::take(bytes);
        if data.is_null() {
            return Err(Failure::memory());
        }
        ptr::write_bytes(data, 0xff, 4 * new_size);
        let entries: *mut u64 = data.add(4 * new_size).cast();
        let mut count = 0;
        for i in 0..(*dict).fill as usize {
            let old = entry(dict, i);
            if *old as i64 != DEAD {
                ptr::copy_nonoverlapping(old, entries.add(count * stride), stride);
                count += 1;
            }
        }
        replace_data(&raw mut (*dict).owner, data, bytes);
        (*dict).memo_changes = -1;
        (*dict).mask = new_size as i64 - 1;
        (*dict).fill = count as i64;
        (*dict).room = (usable(new_size) - count) as i64;
        for i in 0..count {
            set_place(dict, *entry(dict, i) as i64, i as u32);
        }
        Ok(())
    }
}

/// Marks an entry as removed. Its slots stay as they were.
///
/// # Safety
///
/// A live dict and a live entry of it.
pub unsafe fn remove(dict: *mut TableObject, at: usize) {
    // SAFETY: by the contract; the entry's position is in the table.
    unsafe {
        let places: *mut u32 = (*dict).owner.data.cast();
        let slots = entry(dict, at);
        let mut probe = Probe::new(*slots as i64, (*dict).mask as usize);
        while *places.add(probe.place) != at as u32 {
            probe.advance();
        }
        *places.add(probe.place) = DUMMY;
        *slots = DEAD as u64;
        (*dict).length -= 1;
        (*dict).changes += 1;
    }
}

/// Copies all entries of a dict into an empty one, without retaining them.
///
/// # Safety
///
/// Live dicts of equal layouts, the first without a table.
pub unsafe fn copy_entries(to: *mut TableObject, from: *const TableObject) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        if (*from).length == 0 {
            return Ok(());
        }
        if (*from).length >= (*from).fill * 2 / 3 {
            // As it is, with its removed entries.
            let bytes = (*from).owner.size;
            let data: *mut u8 = crate::blocks::take(bytes);
            if data.is_null() {
                return Err(Failure::memory());
            }
            let used = entry(from, (*from).fill as usize).addr() - (*from).owner.data.addr();
            ptr::copy_nonoverlapping((*from).owner.data, data, used);
            replace_data(&raw mut (*to).owner, data, bytes);
            ((*to).mask, (*to).fill, (*to).room) = ((*from).mask, (*from).fill, (*from).room);
            (*to).length = (*from).length;
            return Ok(());
        }
        rebuild(to, size_for(((*from).length as usize * 3).div_ceil(2)))?;
        for i in 0..(*from).fill as usize {
            let old = entry(from, i);
            if *old as i64 != DEAD {
                let at = add(to, *old as i64)?;
                let stride = (*to).stride as usize;
                ptr::copy_nonoverlapping(old, entry(to, at), stride);
            }
        }
        Ok(())
    }
}

/// The last live entry; what is behind it, and it itself, is to be overwritten by keys to
/// come, as after CPython's `popitem`.
///
/// # Safety
///
/// A live dict that isn't empty; the caller removes the entry next.
pub unsafe fn last(dict: *mut TableObject) -> usize {
    // SAFETY: by the contract.
    unsafe {
        let mut at = (*dict).fill as usize - 1;
        while *entry(dict, at) as i64 == DEAD {
            at -= 1;
        }
        (*dict).fill = at as i64;
        at
    }
}
