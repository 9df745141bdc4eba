//! Sets: one hash table, whose order is the order of iteration.
//!
//! The order must be CPython's, so the table's sizes, the probing and the moments of
//! growth are those of its `Objects/setobject.c` (3.11 to 3.13): ten neighbouring places
//! (nine further ones) are tried before a jump, a new key takes the last removed entry's
//! place that the search for it has met, and a table grows when three fifths are in use.
//!
//! An entry is its hash and the key's slots; of a set of ints, whose hash follows from the
//! key, the key alone: half the memory. Apart from the entries each place has a *tag*
//! of a byte: that nothing is there, that a key was removed, or seven bits of the hash. The
//! ten places are looked at in one step by their tags, so that a search meets the larger
//! entries only where there is most likely what it looks for. This way of searching is that
//! of Abseil's "Swiss tables"; the order of places is not.

use super::Failure;
use super::compare::equal;
use super::hash::hash_int;
use super::strings::{str_equal, str_hash};
use super::value::address;
use crate::memory::replace_data;
use cumbia_abi::{Layout, StrObject, TableObject, class};
use std::ptr;

const NEIGHBOURS: usize = 9;
const SMALLEST: usize = 8;
/// The tag of a place where nothing was so far.
const UNUSED: u8 = 0x80;
/// The tag of a removed key's place.
const REMOVED: u8 = 0xff;
/// Bytes behind the tags, so that a group can be read from the last place on.
const PADDING: usize = 16;
/// Places that are tried before a jump, as bits: all, or the first alone near the end.
const ALL_NEAR: u32 = (1 << (NEIGHBOURS + 1)) - 1;

/// The tag of a key's place.
#[inline]
fn tag(hash: i64) -> u8 {
    // An odd number without a pattern: the upper bits of the product depend on all bits.
    ((hash as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 57) as u8
}

/// Sixteen tags.
#[derive(Clone, Copy)]
struct Group(
    #[cfg(target_arch = "x86_64")] std::arch::x86_64::__m128i,
    #[cfg(not(target_arch = "x86_64"))] [u8; 16],
);

impl Group {
    /// # Safety
    ///
    /// Sixteen bytes that can be read.
    #[inline]
    unsafe fn at(tags: *const u8) -> Group {
        // SAFETY: by the contract; every such processor has these instructions.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            Group(std::arch::x86_64::_mm_loadu_si128(tags.cast()))
        }
        // SAFETY: by the contract.
        #[cfg(not(target_arch = "x86_64"))]
        unsafe {
            Group(tags.cast::<[u8; 16]>().read_unaligned())
        }
    }

    /// A bit for each tag that is this one.
    #[inline]
    fn equal(self, tag: u8) -> u32 {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_movemask_epi8, _mm_set1_epi8};
            // SAFETY: every such processor has these instructions.
            #[allow(unused_unsafe, reason = "newer compilers know that")]
            unsafe {
                _mm_movemask_epi8(_mm_cmpeq_epi8(self.0, _mm_set1_epi8(tag as i8))) as u32
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            self.0.iter().enumerate().fold(0, |bits, (i, &t)| bits | u32::from(t == tag) << i)
        }
    }

    /// A bit for each place with a key: tags of keys have no upper bit.
    #[inline]
    fn live(self) -> u32 {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::_mm_movemask_epi8;
            // SAFETY: every such processor has this instruction.
            #[allow(unused_unsafe, reason = "newer compilers know that")]
            unsafe {
                !_mm_movemask_epi8(self.0) as u32 & 0xffff
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            self.0.iter().enumerate().fold(0, |bits, (i, &t)| bits | u32::from(t < UNUSED) << i)
        }
    }
}

/// The mask of the table; that of the smallest one while there is none.
///
/// # Safety
///
/// A live set, here and below.
#[inline]
pub unsafe fn mask(set: *const TableObject) -> usize {
    // SAFETY: by the contract.
    unsafe { if (*set).owner.data.is_null() { SMALLEST - 1 } else { (*set).mask as usize } }
}

/// The tags of a table.
///
/// # Safety
///
/// A live set with a table.
#[inline]
unsafe fn tags(set: *const TableObject) -> *mut u8 {
    // SAFETY: by the contract: they come first in its block.
    unsafe { (*set).owner.data }
}

/// Where the entries are.
///
/// # Safety
///
/// A live set with a table.
#[inline]
unsafe fn entries(set: *const TableObject) -> *mut u64 {
    // SAFETY: by the contract: they are behind the tags.
    unsafe { (*set).owner.data.add((*set).mask as usize + 1 + PADDING).cast() }
}

/// Slots of an entry in a set of keys of this layout.
///
/// # Safety
///
/// A live layout.
pub unsafe fn stride(layout: *const Layout) -> i64 {
    // SAFETY: by the contract.
    unsafe { if (*layout).class == class::INT { 1 } else { 1 + i64::from((*layout).slots) } }
}

/// Whether a set's entries are keys alone: ints.
///
/// # Safety
///
/// A live set.
#[inline]
unsafe fn is_plain(set: *const TableObject) -> bool {
    // SAFETY: by the contract.
    unsafe { (*(*set).layout).class == class::INT }
}

/// The slots of the key at place `i`.
///
/// # Safety
///
/// A live set with a table of so many places.
#[inline]
pub unsafe fn key(set: *const TableObject, i: usize) -> *mut u64 {
    // SAFETY: by the contract.
    unsafe {
        if is_plain(set) {
            entries(set).add(i)
        } else {
            entries(set).add(i * (*set).stride as usize + 1)
        }
    }
}

/// The hash of the key at place `i`.
///
/// # Safety
///
/// A live set with a key at this place.
#[inline]
pub unsafe fn hash(set: *const TableObject, i: usize) -> i64 {
    // SAFETY: by the contract.
    unsafe {
        if is_plain(set) {
            hash_int(*entries(set).add(i) as i64)
        } else {
            *entries(set).add(i * (*set).stride as usize) as i64
        }
    }
}

/// Whether there is a key at place `i`.
///
/// # Safety
///
/// As [`entry`].
#[inline]
pub unsafe fn is_live(set: *const TableObject, i: usize) -> bool {
    // SAFETY: by the contract.
    unsafe { *tags(set).add(i) < UNUSED }
}

/// The first place from `from` on that has a key.
///
/// # Safety
///
/// A live set.
#[inline]
pub unsafe fn next(set: *const TableObject, from: usize) -> Option<usize> {
    // SAFETY: by the contract.
    unsafe {
        if (*set).owner.data.is_null() {
            return None;
        }
        (from..=(*set).mask as usize).find(|&i| is_live(set, i))
    }
}

enum Found {
    Key(usize),
    /// An unused place, and the last place of a removed key before it.
    Unused(usize, Option<usize>),
}

/// The places that are looked at from `at` on before a jump.
#[inline]
fn near(at: usize, mask: usize) -> u32 {
    if at + NEIGHBOURS <= mask { ALL_NEAR } else { 1 }
}

/// Where a search goes on.
#[inline]
fn jump(at: usize, rest: &mut u64, mask: usize) -> usize {
    *rest >>= 5;
    (at * 5 + 1 + *rest as usize) & mask
}

/// # Safety
///
/// A live set with a table; `same` says of a place with a key whether it is the one that is
/// looked for.
#[inline(always)]
unsafe fn search_places(
    set: *const TableObject,
    hash: i64,
    mut same: impl FnMut(usize) -> bool,
) -> Found {
    // SAFETY: by the contract. A table always has an unused place, and sixteen tags can be
    // read from each place on.
    unsafe {
        let (mask, tags, wanted) = ((*set).mask as usize, tags(set), tag(hash));
        let (mut at, mut rest) = (hash as usize & mask, hash as u64);
        let mut removed = None;
        loop {
            let (group, near) = (Group::at(tags.add(at)), near(at, mask));
            let unused = group.equal(UNUSED) & near;
            // What is behind the first unused place is another key's way.
            let before = near & unused.wrapping_sub(1) & !unused;
            let mut likely = group.equal(wanted) & before;
            while likely != 0 {
                let i = at + likely.trailing_zeros() as usize;
                if same(i) {
                    return Found::Key(i);
                }
                likely &= likely - 1;
            }
            let gone = group.equal(REMOVED) & before;
            if gone != 0 {
                removed = Some(at + gone.ilog2() as usize);
            }
            if unused != 0 {
                return Found::Unused(at + unused.trailing_zeros() as usize, removed);
            }
            at = jump(at, &mut rest, mask);
        }
    }
}

/// # Safety
///
/// A live set with a table, of other keys than ints; `same` gets the slots of keys whose
/// hash is `hash`.
#[inline(always)]
unsafe fn search(
    set: *const TableObject,
    hash: i64,
    mut same: impl FnMut(*const u64) -> bool,
) -> Found {
    // SAFETY: by the contract.
    unsafe {
        let (entries, stride) = (entries(set), (*set).stride as usize);
        search_places(set, hash, |i| {
            let slots = entries.add(i * stride);
            *slots as i64 == hash && same(slots.add(1))
        })
    }
}

/// # Safety
///
/// A live set of ints with a table.
#[inline(always)]
unsafe fn search_int(set: *const TableObject, key: i64) -> Found {
    // SAFETY: by the contract.
    unsafe {
        let keys = entries(set);
        search_places(set, hash_int(key), |i| *keys.add(i) == key as u64)
    }
}

/// # Safety
///
/// As [`find`], and there is a table.
#[inline]
unsafe fn search_key(
    set: *const TableObject,
    layout: *const Layout,
    key: *const u64,
    hash: i64,
) -> Found {
    // SAFETY: by the contract.
    unsafe {
        let mine = (*set).layout;
        match ((*mine).class, (*layout).class) {
            (class::INT, class::INT) => search_int(set, *key as i64),
            (class::INT, _) => search_places(set, hash, |i| {
                self::hash(set, i) == hash
                    && equal(mine, self::key(set, i), layout, key).unwrap_or(false)
            }),
            (class::STR, class::STR) => {
                search(set, hash, |found| str_equal(address(*found), address(*key)))
            }
            _ => search(set, hash, |found| equal(mine, found, layout, key).unwrap_or(false)),
        }
    }
}

/// Place of a key with its hash.
///
/// # Safety
///
/// A live set and a live key of a layout.
#[inline]
pub unsafe fn find(
    set: *const TableObject,
    layout: *const Layout,
    key: *const u64,
    hash: i64,
) -> Option<usize> {
    // SAFETY: by the contract.
    unsafe {
        if (*set).length == 0 {
            return None;
        }
        match search_key(set, layout, key, hash) {
            Found::Key(at) => Some(at),
            Found::Unused(..) => None,
        }
    }
}

/// Place of an int.
///
/// # Safety
///
/// A live set of ints, here and in [`add_int`].
#[inline]
pub unsafe fn find_int(set: *const TableObject, key: i64) -> Option<usize> {
    // SAFETY: by the contract.
    unsafe {
        if (*set).length == 0 {
            return None;
        }
        match search_int(set, key) {
            Found::Key(at) => Some(at),
            Found::Unused(..) => None,
        }
    }
}

/// Place of a string.
///
/// # Safety
///
/// A live set of strings and a live string.
#[inline]
pub unsafe fn find_str(set: *const TableObject, key: *mut StrObject) -> Option<usize> {
    // SAFETY: by the contract.
    unsafe {
        if (*set).length == 0 {
            return None;
        }
        match search(set, str_hash(key), |found| str_equal(address(*found), key)) {
            Found::Key(at) => Some(at),
            Found::Unused(..) => None,
        }
    }
}

/// Adds a key if it isn't there; copies its slots without retaining. Whether it was new.
///
/// # Safety
///
/// A live set and a live key of its layout with its hash.
#[inline]
pub unsafe fn add(set: *mut TableObject, key: *const u64, hash: i64) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if (*set).owner.data.is_null() {
            resize(set, 0)?;
        }
        match search_key(set, (*set).layout, key, hash) {
            Found::Unused(at, removed) => place(set, at, removed, key, hash),
            Found::Key(_) => Ok(false),
        }
    }
}

/// As [`add`], an int.
///
/// # Safety
///
/// As [`find_int`].
#[inline]
pub unsafe fn add_int(set: *mut TableObject, key: i64) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if (*set).owner.data.is_null() {
            resize(set, 0)?;
        }
        match search_int(set, key) {
            Found::Unused(at, removed) => {
                let slot = key as u64;
                place(set, at, removed, &raw const slot, hash_int(key))
            }
            Found::Key(_) => Ok(false),
        }
    }
}

/// As [`add`], a string.
///
/// # Safety
///
/// As [`find_str`].
#[inline]
pub unsafe fn add_str(set: *mut TableObject, key: *mut StrObject) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if (*set).owner.data.is_null() {
            resize(set, 0)?;
        }
        let hash = str_hash(key);
        match search(set, hash, |found| str_equal(address(*found), key)) {
            Found::Unused(at, removed) => {
                let key = key.expose_provenance() as u64;
                place(set, at, removed, &raw const key, hash)
            }
            Found::Key(_) => Ok(false),
        }
    }
}

/// Puts a new key where a search has ended; always true.
///
/// # Safety
///
/// As [`add`]: what the search for the key gave.
#[inline]
unsafe fn place(
    set: *mut TableObject,
    at: usize,
    removed: Option<usize>,
    key: *const u64,
    hash: i64,
) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        (*set).length += 1;
        (*set).changes += 1;
        if let Some(removed) = removed {
            put(set, removed, key, hash);
            return Ok(true);
        }
        put(set, at, key, hash);
        (*set).fill += 1;
        if (*set).fill * 5 >= (*set).mask * 3 {
            resize(set, grown((*set).length as usize))?;
        }
        Ok(true)
    }
}

/// What CPython asks for when a table of so many keys is full.
pub fn grown(length: usize) -> usize {
    if length > 50_000 { length * 2 } else { length * 4 }
}

/// # Safety
///
/// A live set with this place; a live key of its layout.
#[inline]
pub unsafe fn put(set: *mut TableObject, at: usize, key: *const u64, hash: i64) {
    // SAFETY: by the contract.
    unsafe {
        *tags(set).add(at) = tag(hash);
        if is_plain(set) {
            *entries(set).add(at) = *key;
            return;
        }
        let slots = entries(set).add(at * (*set).stride as usize);
        *slots = hash as u64;
        // Without a call for keys of one slot.
        match (*set).stride as usize - 1 {
            1 => *slots.add(1) = *key,
            width => ptr::copy_nonoverlapping(key, slots.add(1), width),
        }
    }
}

/// Adds a key that isn't there to a table without removed entries and with room.
///
/// # Safety
///
/// As [`add`], with a table.
#[inline]
pub unsafe fn insert_clean(set: *mut TableObject, key: *const u64, hash: i64) {
    // SAFETY: by the contract.
    unsafe { put(set, free_place(set, hash), key, hash) }
}

/// Where a key that isn't there goes, in a table without removed entries and with room.
///
/// # Safety
///
/// As [`insert_clean`].
#[inline(always)]
unsafe fn free_place(set: *const TableObject, hash: i64) -> usize {
    // SAFETY: by the contract.
    unsafe {
        let (mask, tags) = ((*set).mask as usize, tags(set));
        let (mut at, mut rest) = (hash as usize & mask, hash as u64);
        // Mostly the first place is free.
        if *tags.add(at) == UNUSED {
            return at;
        }
        loop {
            let unused = Group::at(tags.add(at)).equal(UNUSED) & near(at, mask);
            if unused != 0 {
                return at + unused.trailing_zeros() as usize;
            }
            at = jump(at, &mut rest, mask);
        }
    }
}

/// Adds the keys of a table to a fresh and larger one, in the order of their places.
///
/// # Safety
///
/// Two live sets of one layout with tables, the new one without keys.
unsafe fn move_keys(old: *const TableObject, set: *mut TableObject) {
    // SAFETY: by the contract; tags can be read in groups up to the last place, and those
    // behind it are of no key.
    unsafe {
        let (from, to) = (tags(old), tags(set));
        let (keys, places) = (entries(old), entries(set));
        for first in (0..=(*old).mask as usize).step_by(16) {
            let mut live = Group::at(from.add(first)).live();
            while live != 0 {
                let i = first + live.trailing_zeros() as usize;
                live &= live - 1;
                if is_plain(set) {
                    let key = *keys.add(i);
                    let at = free_place(set, hash_int(key as i64));
                    // Of the same hash, the same tag.
                    *to.add(at) = *from.add(i);
                    *places.add(at) = key;
                } else {
                    insert_clean(set, key(old, i), hash(old, i));
                }
            }
        }
    }
}

/// A new table of more than `least` places with the keys.
///
/// # Safety
///
/// A live set.
pub unsafe fn resize(set: *mut TableObject, least: usize) -> Result<(), Failure> {
    // SAFETY: by the contract; the old block is freed after its keys have moved.
    unsafe {
        let size = (least + 1).next_power_of_two().max(SMALLEST);
        let bytes = size.checked_mul(8 * (*set).stride as usize);
        let bytes = bytes.and_then(|bytes| bytes.checked_add(size + PADDING));
        let bytes = bytes.filter(|&b| b <= isize::MAX as usize).ok_or_else(Failure::memory)?;
        let data: *mut u8 = crate::blocks::take(bytes);
        if data.is_null() {
            return Err(Failure::memory());
        }
        ptr::write_bytes(data, UNUSED, size + PADDING);
        let old_bytes = (*set).owner.size;
        let old = TableObject {
            owner: crate::memory::argument_owner((*set).owner.data, 0, ptr::null_mut()),
            ..ptr::read(set)
        };
        (*set).owner.data = ptr::null_mut();
        replace_data(&raw mut (*set).owner, data, bytes);
        (*set).mask = size as i64 - 1;
        (*set).fill = (*set).length;
        if !old.owner.data.is_null() {
            move_keys(&raw const old, set);
        }
        crate::blocks::give(old.owner.data, old_bytes);
        Ok(())
    }
}

/// Marks a place's key as removed. Its slots stay as they were.
///
/// # Safety
///
/// A live set with a key at this place.
pub unsafe fn remove(set: *mut TableObject, at: usize) {
    // SAFETY: by the contract.
    unsafe {
        *tags(set).add(at) = REMOVED;
        (*set).length -= 1;
        (*set).changes += 1;
    }
}

/// The place that `pop` takes, of a set with keys.
///
/// # Safety
///
/// A live set that isn't empty.
pub unsafe fn pop_place(set: *mut TableObject) -> usize {
    // SAFETY: by the contract.
    unsafe {
        let mask = (*set).mask as usize;
        let mut at = (*set).room as usize & mask;
        while !is_live(set, at) {
            at = if at == mask { 0 } else { at + 1 };
        }
        (*set).room = at as i64 + 1;
        at
    }
}

/// What a place of a set's table holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Nothing so far.
    Unused,
    /// A key that was removed.
    Removed,
    /// A key with this hash.
    Key(i64),
}

/// The places of a set's table, for a boundary that makes the same table in Python.
///
/// # Safety
///
/// A live set.
pub unsafe fn set_places(set: *const TableObject) -> Vec<Place> {
    // SAFETY: by the contract.
    unsafe {
        if (*set).owner.data.is_null() {
            return Vec::new();
        }
        let place = |i| match *tags(set).add(i) {
            UNUSED => Place::Unused,
            REMOVED => Place::Removed,
            _ => Place::Key(hash(set, i)),
        };
        (0..=(*set).mask as usize).map(place).collect()
    }
}

/// Gives an empty set a table of `size` unused places, a power of two from 8 on, and the
/// place where `pop` goes on. False without memory.
///
/// # Safety
///
/// A live set that was never added to.
pub unsafe fn set_reserve_places(set: *mut TableObject, size: usize, finger: i64) -> bool {
    // SAFETY: by the contract.
    unsafe {
        (*set).room = finger;
        resize(set, size - 1).is_ok()
    }
}

/// Fills a place of a table, as Python's set has it there: with a key, whose references go
/// over to the set, or with the mark of a removed one.
///
/// # Safety
///
/// A live set with this place, unused; live slots of a key of its layout whose hash is
/// given, or null. The places filled are those of a valid table in the end.
pub unsafe fn set_fill_place(set: *mut TableObject, at: usize, key: *const u64, hash: i64) {
    // SAFETY: by the contract.
    unsafe {
        (*set).fill += 1;
        if key.is_null() {
            *tags(set).add(at) = REMOVED;
        } else {
            put(set, at, key, hash);
            (*set).length += 1;
        }
    }
}
