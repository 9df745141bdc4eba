//! Slices of lists: reading, assigning, deleting. Start, step and count are those of
//! Python's `slice.indices`, within the list.

use super::list::{delete, element, extend, new, reserve, width};
use super::value::{retain_value, retain_values};
use super::{Failure, release_values};
use crate::memory::release_object;
use cumbia_abi::{Context, ExceptionClass, ListObject};
use std::ptr;

/// `list[start::step]` of `count` elements.
///
/// # Safety
///
/// A live list with these elements.
pub unsafe fn get(
    context: &mut Context,
    list: *const ListObject,
    start: i64,
    step: i64,
    count: i64,
) -> Result<*mut ListObject, Failure> {
    // SAFETY: by the contract; `result` has room for all.
    unsafe {
        let count = count.max(0);
        let result = new(context, (*list).layout, count as usize)?;
        let width = width(list);
        if step == 1 {
            let (from, to) = (element(list, start as usize), element(result, 0));
            ptr::copy_nonoverlapping(from, to, count as usize * width);
        } else {
            for i in 0..count {
                let from = element(list, (start + i * step) as usize);
                ptr::copy_nonoverlapping(from, element(result, i as usize), width);
            }
        }
        retain_values((*list).layout, element(result, 0), count as usize);
        (*result).length = count;
        Ok(result)
    }
}

/// `list[start:start + count] = other`; `other` may be the same list.
///
/// # Safety
///
/// Live lists of equal layouts; the range is within the list.
pub unsafe fn assign(
    context: &mut Context,
    list: *mut ListObject,
    start: usize,
    count: usize,
    other: *const ListObject,
) -> Result<(), Failure> {
    // SAFETY: by the contract. The new elements are retained before old ones are
    // released, since those may hold the last reference to them.
    unsafe {
        if ptr::eq(list, other) {
            let copy = get(context, other, 0, 1, (*other).length)?;
            let done = assign(context, list, start, count, copy);
            release_object(context, copy.cast());
            return done;
        }
        let width = width(list);
        let new_count = (*other).length as usize;
        reserve(list, new_count.saturating_sub(count))?;
        retain_values((*other).layout, element(other, 0), new_count);
        let at = element(list, start);
        release_values(context, (*list).layout, at, count);
        let behind = (*list).length as usize - start - count;
        ptr::copy(element(list, start + count), element(list, start + new_count), behind * width);
        ptr::copy_nonoverlapping(element(other, 0), at, new_count * width);
        (*list).length += new_count as i64 - count as i64;
        (*list).changes += count as i64 + i64::from(count + new_count > 0);
        Ok(())
    }
}

/// `list[start::step] = other`; a step of 1 makes it a plain slice, which may change in length.
///
/// # Safety
///
/// As [`assign`].
pub unsafe fn assign_steps(
    context: &mut Context,
    list: *mut ListObject,
    start: i64,
    step: i64,
    count: i64,
    other: *const ListObject,
) -> Result<(), Failure> {
    // SAFETY: by the contract; retained before released, as in `assign`.
    unsafe {
        if step == 1 {
            return assign(context, list, start as usize, count as usize, other);
        }
        let given = (*other).length;
        if given != count {
            return Err(Failure::new(
                ExceptionClass::ValueError,
                format!(
                    "attempt to assign sequence of size {given} to extended slice of size {count}"
                ),
            ));
        }
        if ptr::eq(list, other) {
            let copy = get(context, other, 0, 1, given)?;
            let done = assign_steps(context, list, start, step, count, copy);
            release_object(context, copy.cast());
            return done;
        }
        let width = width(list);
        for i in 0..count {
            let (from, to) =
                (element(other, i as usize), element(list, (start + i * step) as usize));
            retain_value((*other).layout, from);
            release_values(context, (*list).layout, to, 1);
            ptr::copy_nonoverlapping(from, to, width);
        }
        Ok(())
    }
}

/// `del list[start::step]` of `count` elements.
///
/// # Safety
///
/// A live list with these elements.
pub unsafe fn delete_steps(
    context: &mut Context,
    list: *mut ListObject,
    start: i64,
    step: i64,
    count: i64,
) {
    if count <= 0 {
        return;
    }
    // From the front, whatever the direction.
    let (start, step) = if step < 0 { (start + (count - 1) * step, -step) } else { (start, step) };
    // SAFETY: by the contract; kept elements move to the front only.
    unsafe {
        if step == 1 {
            return delete(context, list, start as usize, count as usize);
        }
        let (width, length) = (width(list), (*list).length);
        let mut to = start as usize;
        for i in start..length {
            let slots = element(list, i as usize);
            let offset = i - start;
            if offset % step == 0 && offset / step < count {
                release_values(context, (*list).layout, slots, 1);
            } else {
                ptr::copy(slots, element(list, to), width);
                to += 1;
            }
        }
        (*list).length = to as i64;
        (*list).changes += count + 1;
    }
}

/// `a + b`.
///
/// # Safety
///
/// Live lists of equal layouts.
pub unsafe fn concatenate(
    context: &mut Context,
    a: *const ListObject,
    b: *const ListObject,
) -> Result<*mut ListObject, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let result = new(context, (*a).layout, ((*a).length + (*b).length) as usize)?;
        extend(result, a)?;
        extend(result, b)?;
        Ok(result)
    }
}
