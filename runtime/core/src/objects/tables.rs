//! What sets and dicts have in common, and dicts' operations on whole tables.

use super::compare::equal_at;
use super::hash::{hash_int, hash_value};
use super::strings::str_hash;
use super::value::{each_counted, retain_value};
use super::{Failure, dict, release_values, set};
use crate::memory::{new_object, replace_data};
use cumbia_abi::{Context, Layout, ObjectKind, Owner, StrObject, TableObject};
use std::ptr;

/// A new empty set (without a value layout) or dict.
///
/// # Safety
///
/// Live layouts, or null for the values'.
pub unsafe fn new(
    context: &mut Context,
    layout: *const Layout,
    value_layout: *const Layout,
) -> Result<*mut TableObject, Failure> {
    let kind = if value_layout.is_null() { ObjectKind::Set } else { ObjectKind::Dict };
    let table: *mut TableObject =
        new_object(context, kind, size_of::<TableObject>(), 0).ok_or_else(Failure::memory)?.cast();
    // SAFETY: a fresh object of this size; the layouts are live by the contract.
    unsafe {
        let stride = match value_layout.as_ref() {
            None => set::stride(layout),
            Some(values) => i64::from(1 + (*layout).slots + values.slots),
        };
        (*table).length = 0;
        (*table).layout = layout;
        (*table).value_layout = value_layout;
        (*table).changes = 0;
        (*table).stride = stride;
        (*table).mask = 0;
        (*table).fill = 0;
        (*table).room = 0;
        (*table).memo_changes = -1;
        (*table).memo_key = 0;
        (*table).memo_at = 0;
    }
    Ok(table)
}

/// # Safety
///
/// A live table, here and below.
#[inline]
pub unsafe fn is_set(table: *const TableObject) -> bool {
    // SAFETY: by the contract.
    unsafe { (*table).owner.kind == ObjectKind::Set }
}

/// The first live entry from `from` on.
///
/// # Safety
///
/// A live table.
#[inline]
pub unsafe fn next(table: *const TableObject, from: usize) -> Option<usize> {
    // SAFETY: by the contract.
    unsafe {
        if is_set(table) {
            return set::next(table, from);
        }
        (from..(*table).fill as usize).find(|&i| *dict::entry(table, i) as i64 != dict::DEAD)
    }
}

/// The slots of a live entry's key; a dict's value comes behind.
///
/// # Safety
///
/// A live table with this entry.
#[inline]
pub unsafe fn key(table: *const TableObject, at: usize) -> *mut u64 {
    // SAFETY: by the contract.
    unsafe { if is_set(table) { set::key(table, at) } else { dict::entry(table, at).add(1) } }
}

/// The hash of a live entry's key.
///
/// # Safety
///
/// A live table with this entry.
#[inline]
pub unsafe fn hash(table: *const TableObject, at: usize) -> i64 {
    // SAFETY: by the contract; the hash comes first in a dict's entry.
    unsafe { if is_set(table) { set::hash(table, at) } else { *dict::entry(table, at) as i64 } }
}

/// The entry with a key whose hash is known.
///
/// # Safety
///
/// A live table and a live key of a layout.
#[inline]
pub unsafe fn find_hashed(
    table: *const TableObject,
    layout: *const Layout,
    key: *const u64,
    hash: i64,
) -> Option<usize> {
    // SAFETY: by the contract.
    unsafe {
        if is_set(table) {
            set::find(table, layout, key, hash)
        } else {
            dict::find(table, layout, key, hash)
        }
    }
}

/// The entry with a key.
///
/// # Safety
///
/// As [`find_hashed`].
#[inline]
pub unsafe fn find(
    table: *const TableObject,
    layout: *const Layout,
    key: *const u64,
) -> Result<Option<usize>, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if !is_set(table) {
            if let Some(at) = dict::remembered(table, layout, key) {
                return Ok(Some(at));
            }
            let hash = hash_value(layout, key)?;
            let found = find_hashed(table, layout, key, hash);
            if let Some(at) = found {
                dict::remember(table.cast_mut(), layout, key, at);
            }
            return Ok(found);
        }
        Ok(find_hashed(table, layout, key, hash_value(layout, key)?))
    }
}

/// Removes a live entry and releases its key and value.
///
/// # Safety
///
/// A live table with this entry.
pub unsafe fn remove(context: &mut Context, table: *mut TableObject, at: usize) {
    // SAFETY: by the contract. The entry is no longer live when its parts are released,
    // and its slots stay: releasing runs no code that changes the table.
    unsafe {
        let key = key(table, at);
        if is_set(table) {
            set::remove(table, at);
        } else {
            dict::remove(table, at);
        }
        release_entry(context, table, key);
    }
}

/// # Safety
///
/// Slots of a key of this table, and of its value, whose references are given up.
unsafe fn release_entry(context: &mut Context, table: *const TableObject, key: *const u64) {
    // SAFETY: by the contract.
    unsafe {
        let layout = (*table).layout;
        release_values(context, layout, key, 1);
        if !(*table).value_layout.is_null() {
            let value = key.add((*layout).slots as usize);
            release_values(context, (*table).value_layout, value, 1);
        }
    }
}

/// Calls `visit` for each reference of a table.
///
/// # Safety
///
/// A live table; see `super::each_reference`.
pub unsafe fn each_reference(table: *const TableObject, visit: &mut impl FnMut(*mut Owner)) {
    // SAFETY: by the contract.
    unsafe {
        let (layout, values) = ((*table).layout, (*table).value_layout);
        let counted = (*layout).counted + values.as_ref().map_or(0, |layout| layout.counted);
        if counted == 0 {
            return;
        }
        let mut at = 0;
        while let Some(i) = next(table, at) {
            let key = key(table, i);
            each_counted(layout, key, visit);
            if !values.is_null() {
                each_counted(values, key.add((*layout).slots as usize), visit);
            }
            at = i + 1;
        }
    }
}

/// Calls `visit` with the key's and the value's slots of each entry, in order; of a set
/// without a value's.
///
/// # Safety
///
/// A live table, which `visit` doesn't change.
pub unsafe fn each_entry(table: *const TableObject, mut visit: impl FnMut(*const u64, *const u64)) {
    // SAFETY: by the contract.
    unsafe {
        let keys = (*(*table).layout).slots as usize;
        let mut at = 0;
        while let Some(i) = next(table, at) {
            let key = key(table, i);
            visit(key, key.add(keys));
            at = i + 1;
        }
    }
}

/// One more reference to all that a table's entries refer to.
///
/// # Safety
///
/// A live table.
pub unsafe fn retain_all(table: *const TableObject) {
    // SAFETY: by the contract.
    unsafe { each_reference(table, &mut |owner| (*owner).refcount += 1) }
}

/// Removes all entries.
///
/// # Safety
///
/// A live table.
pub unsafe fn clear(context: &mut Context, table: *mut TableObject) {
    // SAFETY: by the contract. The table is empty before anything is released, and its
    // block is freed after that.
    unsafe {
        let mut old = ptr::read(table);
        (*table).owner.data = ptr::null_mut();
        replace_data(&raw mut (*table).owner, ptr::null_mut(), 0);
        (*table).length = 0;
        (*table).mask = 0;
        (*table).fill = 0;
        (*table).changes += 1;
        if !is_set(table) {
            (*table).room = 0;
        }
        if !old.owner.data.is_null() {
            each_reference(&raw mut old, &mut |owner| {
                crate::memory::release_object(context, owner);
            });
            crate::blocks::give(old.owner.data, old.owner.size);
        }
    }
}

/// The value's slots for a key, which is added with zeroed value slots when it is new.
///
/// # Safety
///
/// A live dict and a live key of its layout, which the dict retains when it is new.
#[inline]
pub unsafe fn slot(table: *mut TableObject, key: *const u64) -> Result<(*mut u64, bool), Failure> {
    // SAFETY: by the contract.
    unsafe {
        let layout = (*table).layout;
        if let Some(at) = dict::remembered(table, layout, key) {
            return Ok((dict::value(table, at), false));
        }
        let hash = hash_value(layout, key)?;
        if let Some(at) = dict::find(table, layout, key, hash) {
            dict::remember(table, layout, key, at);
            return Ok((dict::value(table, at), false));
        }
        let at = dict::add(table, hash)?;
        let width = (*layout).slots as usize;
        ptr::copy_nonoverlapping(key, dict::entry(table, at).add(1), width);
        retain_value(layout, key);
        Ok((dict::value(table, at), true))
    }
}

/// As [`slot`], of an int.
///
/// # Safety
///
/// A live dict whose keys are ints.
#[inline]
pub unsafe fn slot_int(table: *mut TableObject, key: i64) -> Result<*mut u64, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if let Some(at) = dict::find_int(table, key) {
            return Ok(dict::value(table, at));
        }
        let at = dict::add(table, hash_int(key))?;
        *dict::entry(table, at).add(1) = key as u64;
        Ok(dict::value(table, at))
    }
}

/// As [`slot`], of a string.
///
/// # Safety
///
/// A live dict whose keys are strings, and a live string.
#[inline]
pub unsafe fn slot_str(table: *mut TableObject, key: *mut StrObject) -> Result<*mut u64, Failure> {
    // SAFETY: by the contract; the dict keeps the string.
    unsafe {
        if let Some(at) = dict::find_str(table, key) {
            return Ok(dict::value(table, at));
        }
        let at = dict::add(table, str_hash(key))?;
        *dict::entry(table, at).add(1) = key.expose_provenance() as u64;
        (*key).owner.refcount += 1;
        Ok(dict::value(table, at))
    }
}

/// `dict.update(other)` of two dicts.
///
/// # Safety
///
/// Live dicts of equal layouts.
pub unsafe fn dict_update(
    context: &mut Context,
    table: *mut TableObject,
    other: *const TableObject,
) -> Result<(), Failure> {
    // SAFETY: by the contract; new values are retained before old ones are released.
    unsafe {
        if ptr::eq(table, other) || (*other).length == 0 {
            return Ok(());
        }
        dict::reserve(table, other)?;
        let values = (*table).value_layout;
        let mut at = 0;
        while let Some(i) = next(other, at) {
            let (to, new) = slot(table, dict::entry(other, i).add(1))?;
            let from = dict::value(other, i);
            retain_value(values, from);
            if !new {
                release_values(context, values, to, 1);
            }
            ptr::copy_nonoverlapping(from, to, (*values).slots as usize);
            at = i + 1;
        }
        Ok(())
    }
}

/// Whether two dicts have equal keys with equal values.
///
/// # Errors
///
/// RecursionError for values nested too deeply.
///
/// # Safety
///
/// Live dicts.
pub unsafe fn dicts_equal(
    a: *const TableObject,
    b: *const TableObject,
    depth: u32,
) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if ptr::eq(a, b) {
            return Ok(true);
        }
        if (*a).length != (*b).length {
            return Ok(false);
        }
        let mut at = 0;
        while let Some(i) = next(a, at) {
            let slots = dict::entry(a, i);
            let Some(j) = dict::find(b, (*a).layout, slots.add(1), *slots as i64) else {
                return Ok(false);
            };
            let (x, y) = (dict::value(a, i), dict::value(b, j));
            if !equal_at((*a).value_layout, x, (*b).value_layout, y, depth)? {
                return Ok(false);
            }
            at = i + 1;
        }
        Ok(true)
    }
}

/// Whether each key of `a` is in `b`, which may be a set or a dict.
///
/// # Safety
///
/// Live tables.
pub unsafe fn is_subset(a: *const TableObject, b: *const TableObject) -> bool {
    // SAFETY: by the contract.
    unsafe {
        let mut at = 0;
        while let Some(i) = next(a, at) {
            if find_hashed(b, (*a).layout, key(a, i), hash(a, i)).is_none() {
                return false;
            }
            at = i + 1;
        }
        true
    }
}

/// Whether two sets have the same elements.
///
/// # Safety
///
/// Live sets.
pub unsafe fn sets_equal(a: *const TableObject, b: *const TableObject) -> bool {
    // SAFETY: by the contract.
    unsafe { ptr::eq(a, b) || ((*a).length == (*b).length && is_subset(a, b)) }
}

/// The hash of a frozenset: of its elements' hashes in any order, as CPython mixes them.
///
/// # Safety
///
/// A live set.
pub unsafe fn hash_of_keys(set: *const TableObject) -> i64 {
    let shuffled = |hash: u64| ((hash ^ 89_869_747) ^ (hash << 16)).wrapping_mul(3_644_798_167);
    let mut mixed = 0u64;
    let mut from = 0;
    // SAFETY: by the contract.
    unsafe {
        while let Some(at) = next(set, from) {
            mixed ^= shuffled(hash(set, at) as u64);
            from = at + 1;
        }
        mixed ^= ((*set).length as u64).wrapping_add(1).wrapping_mul(1_927_868_237);
    }
    mixed ^= (mixed >> 11) ^ (mixed >> 25);
    mixed = mixed.wrapping_mul(69_069).wrapping_add(907_133_923);
    if mixed == u64::MAX { 590_923_713 } else { mixed as i64 }
}
