//! Operations on whole sets, in the order of steps of CPython's `Objects/setobject.c`:
//! the order of the result's elements follows from it. The second operand may be a dict,
//! of which the keys count, as for `set.update` and its like in Python.

use super::Failure;
use super::set::{add, entry, find, grown, insert_clean, is_live, kept, mask, resize};
use super::tables::{self, clear, find_hashed, is_set, next};
use super::value::retain_value;
use crate::memory::{release_object, replace_data};
use cumbia_abi::{Context, TableObject};
use std::ptr;

/// Adds a key out of another table.
///
/// # Safety
///
/// A live set, and the slots of a live entry of a table of an equal key layout.
unsafe fn add_entry(set: *mut TableObject, slots: *const u64) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let new = add(set, slots.add(1), kept(*slots as i64))?;
        if new {
            retain_value((*set).layout, slots.add(1));
        }
        Ok(new)
    }
}

/// Removes a key that another table has; whether it was there.
///
/// # Safety
///
/// As [`add_entry`]; the key layouts may differ.
unsafe fn discard_entry(
    context: &mut Context,
    set: *mut TableObject,
    other: *const TableObject,
    slots: *const u64,
) -> bool {
    // SAFETY: by the contract.
    unsafe {
        let found = find(set, (*other).layout, slots.add(1), kept(*slots as i64));
        if let Some(at) = found {
            tables::remove(context, set, at);
        }
        found.is_some()
    }
}

/// `set.update(other)`.
///
/// # Safety
///
/// A live set, and a live table of an equal key layout.
pub unsafe fn update(set: *mut TableObject, other: *const TableObject) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        if ptr::eq(set, other) || (is_set(other) && (*other).length == 0) {
            return Ok(());
        }
        let more = (*other).length;
        if ((*set).fill + more) * 5 >= mask(set) as i64 * 3 {
            resize(set, ((*set).length + more) as usize * 2)?;
        }
        if (*set).owner.data.is_null() {
            resize(set, 0)?;
        }
        (*set).changes += 1;
        if !is_set(other) || (*set).fill > 0 {
            let mut at = 0;
            while let Some(i) = next(other, at) {
                add_entry(set, tables::entry(other, i))?;
                at = i + 1;
            }
            return Ok(());
        }
        // Into an empty table: place by place where the tables are alike, or without
        // looking for equal keys.
        let alike = (*set).mask == (*other).mask && (*other).fill == (*other).length;
        for i in 0..=(*other).mask as usize {
            let slots = entry(other, i);
            if !is_live(*slots) {
                continue;
            }
            if alike {
                ptr::copy_nonoverlapping(slots, entry(set, i), (*set).stride as usize);
            } else {
                insert_clean(set, slots.add(1), *slots as i64);
            }
            retain_value((*set).layout, slots.add(1));
        }
        (*set).fill = more;
        (*set).length = more;
        Ok(())
    }
}

/// A copy of a set.
///
/// # Safety
///
/// A live set.
pub unsafe fn copy(
    context: &mut Context,
    set: *const TableObject,
) -> Result<*mut TableObject, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let result = tables::new(context, (*set).layout, ptr::null())?;
        update(result, set)?;
        Ok(result)
    }
}

/// `a | b`.
///
/// # Safety
///
/// As [`update`].
pub unsafe fn union(
    context: &mut Context,
    a: *const TableObject,
    b: *const TableObject,
) -> Result<*mut TableObject, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let result = copy(context, a)?;
        if !ptr::eq(a, b) {
            update(result, b)?;
        }
        Ok(result)
    }
}

/// `a & b`. Of two sets the smaller one is walked; the other one's layout may differ from
/// its.
///
/// # Safety
///
/// Live tables of equal key layouts, `a` a set.
pub unsafe fn intersection(
    context: &mut Context,
    a: *const TableObject,
    b: *const TableObject,
) -> Result<*mut TableObject, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if ptr::eq(a, b) {
            return copy(context, a);
        }
        let result = tables::new(context, (*a).layout, ptr::null())?;
        let swap = is_set(b) && (*b).length > (*a).length;
        let (walked, other) = if swap { (a, b) } else { (b, a) };
        let mut at = 0;
        while let Some(i) = next(walked, at) {
            let slots = tables::entry(walked, i);
            if find_hashed(other, (*walked).layout, slots.add(1), *slots as i64).is_some() {
                add_entry(result, slots)?;
            }
            at = i + 1;
        }
        Ok(result)
    }
}

/// `a &= b`.
///
/// # Safety
///
/// As [`intersection`].
pub unsafe fn intersection_update(
    context: &mut Context,
    a: *mut TableObject,
    b: *const TableObject,
) -> Result<(), Failure> {
    // SAFETY: by the contract. The result's table goes over to `a`, whose place of `pop`
    // stays.
    unsafe {
        let result = intersection(context, a, b)?;
        clear(context, a);
        let (data, size) = ((*result).owner.data, (*result).owner.size);
        (*result).owner.data = ptr::null_mut();
        replace_data(&raw mut (*result).owner, ptr::null_mut(), 0);
        replace_data(&raw mut (*a).owner, data, size);
        ((*a).mask, (*a).fill, (*a).length) = ((*result).mask, (*result).fill, (*result).length);
        ((*result).mask, (*result).fill, (*result).length) = (0, 0, 0);
        release_object(context, result.cast());
        Ok(())
    }
}

/// `a - b`.
///
/// # Safety
///
/// Live tables, `a` a set. Key layouts may differ.
pub unsafe fn difference(
    context: &mut Context,
    a: *const TableObject,
    b: *const TableObject,
) -> Result<*mut TableObject, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if (*a).length >> 2 > (*b).length {
            let result = copy(context, a)?;
            if ptr::eq(a, b) {
                clear(context, result);
            } else {
                difference_update(context, result, b)?;
            }
            return Ok(result);
        }
        let result = tables::new(context, (*a).layout, ptr::null())?;
        let mut at = 0;
        while let Some(i) = next(a, at) {
            let slots = entry(a, i);
            if find_hashed(b, (*a).layout, slots.add(1), *slots as i64).is_none() {
                add_entry(result, slots)?;
            }
            at = i + 1;
        }
        Ok(result)
    }
}

/// `a -= b`.
///
/// # Safety
///
/// As [`difference`].
pub unsafe fn difference_update(
    context: &mut Context,
    a: *mut TableObject,
    b: *const TableObject,
) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        if ptr::eq(a, b) {
            clear(context, a);
            return Ok(());
        }
        // What is removed from `a` and how often decides when its table is cleaned.
        let mut at = 0;
        while let Some(i) = next(b, at) {
            discard_entry(context, a, b, tables::entry(b, i));
            at = i + 1;
        }
        tidy(a)
    }
}

/// More than a quarter of removed entries are too many.
///
/// # Safety
///
/// A live set.
unsafe fn tidy(set: *mut TableObject) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        if (*set).fill - (*set).length > mask(set) as i64 / 4 {
            resize(set, grown((*set).length as usize))?;
        }
        Ok(())
    }
}

/// `a ^ b`.
///
/// # Safety
///
/// Live sets of equal layouts.
pub unsafe fn symmetric_difference(
    context: &mut Context,
    a: *const TableObject,
    b: *const TableObject,
) -> Result<*mut TableObject, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let result = tables::new(context, (*a).layout, ptr::null())?;
        update(result, b)?;
        symmetric_difference_update(context, result, a)?;
        Ok(result)
    }
}

/// `a ^= b`.
///
/// # Safety
///
/// Live sets of equal layouts.
pub unsafe fn symmetric_difference_update(
    context: &mut Context,
    a: *mut TableObject,
    b: *const TableObject,
) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        if ptr::eq(a, b) {
            clear(context, a);
            return Ok(());
        }
        let mut at = 0;
        while let Some(i) = next(b, at) {
            let slots = tables::entry(b, i);
            if !discard_entry(context, a, b, slots) {
                add_entry(a, slots)?;
            }
            at = i + 1;
        }
        Ok(())
    }
}

/// Whether two tables have no key in common.
///
/// # Safety
///
/// Live tables, `a` a set.
pub unsafe fn is_disjoint(a: *const TableObject, b: *const TableObject) -> bool {
    // SAFETY: by the contract.
    unsafe {
        if ptr::eq(a, b) {
            return (*a).length == 0;
        }
        let swap = is_set(b) && (*b).length > (*a).length;
        let (walked, other) = if swap { (a, b) } else { (b, a) };
        let mut at = 0;
        while let Some(i) = next(walked, at) {
            let slots = tables::entry(walked, i);
            if find_hashed(other, (*walked).layout, slots.add(1), *slots as i64).is_some() {
                return false;
            }
            at = i + 1;
        }
        true
    }
}
