//! Sets: one hash table, whose order is the order of iteration.
//!
//! The order must be CPython's, so the table's sizes, the probing and the moments of
//! growth are those of its `Objects/setobject.c` (3.11 to 3.13): ten neighbouring places
//! (nine further ones) are tried before a jump, a new key takes the last removed entry's
//! place that the search for it has met, and a table grows when three fifths are in use.
//!
//! An entry is its hash and the key's slots. Two hashes say that there is no key:
//! [`UNUSED`], which no key has, and [`DUMMY`] for a removed one; a key with that hash gets
//! another.

use super::Failure;
use super::compare::equal;
use super::hash::hash_int;
use super::strings::{str_equal, str_hash};
use super::value::address;
use crate::memory::replace_data;
use cumbia_abi::{Layout, StrObject, TableObject, class};
use std::ptr;

pub const UNUSED: i64 = -1;
pub const DUMMY: i64 = 0x5bd1_e995_7b93_d0a7;
const NEIGHBOURS: usize = 9;
const SMALLEST: usize = 8;

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

/// The slots of place `i`, its hash first.
///
/// # Safety
///
/// A live set with a table of so many places.
#[inline]
pub unsafe fn entry(set: *const TableObject, i: usize) -> *mut u64 {
    // SAFETY: by the contract.
    unsafe { (*set).owner.data.cast::<u64>().add(i * (*set).stride as usize) }
}

/// Whether a hash slot says that there is a key.
#[inline]
pub fn is_live(hash: u64) -> bool {
    hash as i64 != UNUSED && hash as i64 != DUMMY
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
        (from..=(*set).mask as usize).find(|&i| is_live(*entry(set, i)))
    }
}

enum Found {
    Key(usize),
    /// An unused place, and the last place of a removed key before it.
    Unused(usize, Option<usize>),
}

/// # Safety
///
/// A live set with a table; `same` gets slots of entries whose hash is `hash`.
#[inline]
unsafe fn search(
    set: *const TableObject,
    hash: i64,
    mut same: impl FnMut(*const u64) -> bool,
) -> Found {
    // SAFETY: by the contract. A table always has an unused place.
    unsafe {
        let mask = (*set).mask as usize;
        let (mut at, mut rest) = (hash as usize & mask, hash as u64);
        let mut removed = None;
        loop {
            let last = if at + NEIGHBOURS <= mask { at + NEIGHBOURS } else { at };
            for i in at..=last {
                let slots = entry(set, i);
                let found = *slots as i64;
                if found == UNUSED {
                    return Found::Unused(i, removed);
                }
                if found == hash && same(slots.add(1)) {
                    return Found::Key(i);
                }
                if found == DUMMY {
                    removed = Some(i);
                }
            }
            rest >>= 5;
            at = (at * 5 + 1 + rest as usize) & mask;
        }
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
            (class::INT, class::INT) => search(set, hash, |found| *found == *key),
            (class::STR, class::STR) => {
                search(set, hash, |found| str_equal(address(*found), address(*key)))
            }
            _ => search(set, hash, |found| equal(mine, found, layout, key).unwrap_or(false)),
        }
    }
}

/// The hash that the table keeps for a key's hash.
#[inline]
pub fn kept(hash: i64) -> i64 {
    if hash == DUMMY { DUMMY + 1 } else { hash }
}

/// Place of a key, whose hash is as [`kept`] gives it.
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
        match search(set, kept(hash_int(key)), |found| *found == key as u64) {
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
        match search(set, kept(str_hash(key)), |found| str_equal(address(*found), key)) {
            Found::Key(at) => Some(at),
            Found::Unused(..) => None,
        }
    }
}

/// Adds a key if it isn't there; copies its slots without retaining. Whether it was new.
///
/// # Safety
///
/// A live set and a live key of its layout; the hash is as [`kept`] gives it.
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
        let (hash, key) = (kept(hash_int(key)), key as u64);
        match search(set, hash, |found| *found == key) {
            Found::Unused(at, removed) => place(set, at, removed, &raw const key, hash),
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
        let hash = kept(str_hash(key));
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
unsafe fn put(set: *mut TableObject, at: usize, key: *const u64, hash: i64) {
    // SAFETY: by the contract.
    unsafe {
        let slots = entry(set, at);
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
pub unsafe fn insert_clean(set: *mut TableObject, key: *const u64, hash: i64) {
    // SAFETY: by the contract.
    unsafe {
        if let Found::Unused(at, _) = search(set, hash, |_| false) {
            put(set, at, key, hash);
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
        let bytes = bytes.filter(|&b| b <= isize::MAX as usize).ok_or_else(Failure::memory)?;
        let data: *mut u8 = crate::blocks::take(bytes);
        if data.is_null() {
            return Err(Failure::memory());
        }
        // All hashes are `UNUSED` then.
        ptr::write_bytes(data, 0xff, bytes);
        let old_bytes = (*set).owner.size;
        let mut old = TableObject {
            owner: crate::memory::argument_owner((*set).owner.data, 0, ptr::null_mut()),
            ..ptr::read(set)
        };
        old.mask = if old.owner.data.is_null() { -1 } else { old.mask };
        (*set).owner.data = ptr::null_mut();
        replace_data(&raw mut (*set).owner, data, bytes);
        (*set).mask = size as i64 - 1;
        (*set).fill = (*set).length;
        for i in 0..(old.mask + 1) as usize {
            let slots = entry(&raw const old, i);
            if is_live(*slots) {
                insert_clean(set, slots.add(1), *slots as i64);
            }
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
        *entry(set, at) = DUMMY as u64;
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
        while !is_live(*entry(set, at)) {
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
        let place = |i| match *entry(set, i) as i64 {
            UNUSED => Place::Unused,
            DUMMY => Place::Removed,
            hash => Place::Key(hash),
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
            *entry(set, at) = DUMMY as u64;
        } else {
            put(set, at, key, kept(hash));
            (*set).length += 1;
        }
    }
}
