//! Lists: memory, insertion and removal, search.
//!
//! `length <= capacity` always; the slots behind the length are unspecified. A list may
//! have free slots in front (`ListObject::front`): taking elements off the front moves
//! nothing, and putting one there moves all of them only now and then, so that a `deque` is
//! a list.

use super::compare::equal;
use super::value::{retain_value, retain_values};
use super::{Failure, release_values};
use crate::blocks;
use crate::memory::{new_object, replace_data, resize_data};
use cumbia_abi::{Context, Layout, ListObject, ObjectKind};
use std::ptr;

/// Slots of one element.
///
/// # Safety
///
/// A live list.
#[inline]
pub unsafe fn width(list: *const ListObject) -> usize {
    // SAFETY: by the contract.
    unsafe { (*(*list).layout).slots as usize }
}

/// The slots of element `i`.
///
/// # Safety
///
/// A live list with room for so many elements.
#[inline]
pub unsafe fn element(list: *const ListObject, i: usize) -> *mut u64 {
    // SAFETY: by the contract.
    unsafe { (*list).owner.data.cast::<u64>().wrapping_add(i * width(list)) }
}

/// A new empty list.
///
/// # Safety
///
/// A live layout.
pub unsafe fn new(
    context: &mut Context,
    layout: *const Layout,
    capacity: usize,
) -> Result<*mut ListObject, Failure> {
    let list: *mut ListObject = new_object(context, ObjectKind::List, size_of::<ListObject>(), 0)
        .ok_or_else(Failure::memory)?
        .cast();
    // SAFETY: a fresh object of this size.
    unsafe {
        (*list).length = 0;
        (*list).layout = layout;
        (*list).changes = 0;
        (*list).front = 0;
        (*list).limit = -1;
        if capacity > 0 {
            set_capacity(list, capacity)?;
        }
    }
    Ok(list)
}

/// # Safety
///
/// A live list; `capacity` is its length or more.
unsafe fn set_capacity(list: *mut ListObject, capacity: usize) -> Result<(), Failure> {
    // SAFETY: by the contract; a list's data, with the slots in front, is its own block.
    unsafe {
        let front = (*list).front as usize * 8;
        let bytes = width(list).checked_mul(8).and_then(|size| size.checked_mul(capacity));
        let bytes = bytes.and_then(|bytes| bytes.checked_add(front));
        let Some(bytes) = bytes.filter(|&bytes| bytes <= isize::MAX as usize) else {
            return Err(Failure::memory());
        };
        if bytes == 0 {
            return Ok(());
        }
        let owner = &raw mut (*list).owner;
        (*owner).data = (*owner).data.wrapping_sub(front);
        (*owner).size += front;
        let done = resize_data(owner, bytes);
        (*owner).data = (*owner).data.wrapping_add(front);
        (*owner).size -= front;
        if done { Ok(()) } else { Err(Failure::memory()) }
    }
}

/// Moves the elements to the start of their block.
///
/// # Safety
///
/// A live list.
unsafe fn move_to_start(list: *mut ListObject) {
    // SAFETY: by the contract; the slots in front belong to the same block.
    unsafe {
        let front = (*list).front as usize;
        if front > 0 {
            let to = element(list, 0).wrapping_sub(front);
            ptr::copy(element(list, 0), to, (*list).length as usize * width(list));
            (*list).owner.data = to.cast();
            (*list).owner.size += front * 8;
            (*list).front = 0;
        }
    }
}

/// Makes room for `count` elements in front of the first one.
///
/// # Safety
///
/// A live list.
unsafe fn reserve_front(list: *mut ListObject, count: usize) -> Result<(), Failure> {
    // SAFETY: by the contract; the block has room for the elements behind the new front.
    unsafe {
        let (length, width) = ((*list).length as usize, width(list));
        if (*list).front as usize >= count * width {
            return Ok(());
        }
        // A share of the length, so that elements are moved now and then only.
        let more = count.max(length / 2 + 1);
        move_to_start(list);
        let needed = length.checked_add(more).ok_or_else(Failure::memory)?;
        if needed.saturating_mul(width * 8) > (*list).owner.size {
            set_capacity(list, needed)?;
        }
        let to = element(list, more);
        ptr::copy(element(list, 0), to, length * width);
        (*list).owner.data = to.cast();
        (*list).owner.size -= more * width * 8;
        (*list).front = (more * width) as i64;
        Ok(())
    }
}

/// Makes room for `more` elements behind the length.
///
/// # Safety
///
/// A live list.
#[inline]
pub unsafe fn reserve(list: *mut ListObject, more: usize) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        let needed = ((*list).length as usize + more).saturating_mul(width(list) * 8);
        if needed <= (*list).owner.size { Ok(()) } else { grow(list, more) }
    }
}

/// Room for so many elements is made at least.
const SMALLEST: usize = 8;
/// A list of up to so many bytes grows to twice its length, a longer one by half of it.
const DOUBLED: usize = 1 << 20;

/// # Safety
///
/// A live list.
#[cold]
unsafe fn grow(list: *mut ListObject, more: usize) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        let length = (*list).length as usize;
        let needed = length.checked_add(more).ok_or_else(Failure::memory)?;
        // A queue has left much room in front: it is enough to move the elements there.
        if (*list).front as usize > length * width(list) {
            move_to_start(list);
            if (needed + length / 2).saturating_mul(width(list) * 8) <= (*list).owner.size {
                return Ok(());
            }
        }
        // Doubled while that is cheap to have in vain.
        let small = length.saturating_mul(width(list) * 8) <= DOUBLED;
        let more = if small { length } else { length / 2 };
        let capacity = needed.max(length + more).max(SMALLEST);
        if move_to_kept(list, capacity) { Ok(()) } else { set_capacity(list, capacity) }
    }
}

/// Moves a list to a block that another call has left, which may be much larger: its pages
/// are there already, and a list that has become long by growing mostly goes on. False
/// where there is none.
///
/// # Safety
///
/// A live list; `capacity` is its length or more.
unsafe fn move_to_kept(list: *mut ListObject, capacity: usize) -> bool {
    // SAFETY: by the contract; the elements fit, and the old block is the list's own.
    unsafe {
        let element = width(list) * 8;
        let bytes = capacity.saturating_mul(element);
        let Some((block, size)) = blocks::take_kept(bytes, bytes.saturating_mul(16)) else {
            return false;
        };
        let owner = &raw mut (*list).owner;
        ptr::copy_nonoverlapping((*owner).data, block, (*list).length as usize * element);
        let front = (*list).front as usize * 8;
        (*owner).data = (*owner).data.wrapping_sub(front);
        (*owner).size += front;
        (*list).front = 0;
        replace_data(owner, block, size - size % element);
        true
    }
}

/// Makes room for one element at a position, at most the length; gives its zeroed slots.
///
/// # Safety
///
/// A live list.
pub unsafe fn open(list: *mut ListObject, at: usize, count: usize) -> Result<*mut u64, Failure> {
    // SAFETY: by the contract; `reserve` makes room for the slots that move.
    unsafe {
        if at == 0 && (*list).length > 0 {
            reserve_front(list, count)?;
            let slots = count * width(list);
            let first = element(list, 0).wrapping_sub(slots);
            (*list).owner.data = first.cast();
            (*list).owner.size += slots * 8;
            (*list).front -= slots as i64;
            ptr::write_bytes(first, 0, slots);
            (*list).length += count as i64;
            (*list).changes += 1;
            return Ok(first);
        }
        reserve(list, count)?;
        let width = width(list);
        let behind = (*list).length as usize - at;
        let slots = element(list, at);
        ptr::copy(slots, slots.wrapping_add(count * width), behind * width);
        ptr::write_bytes(slots, 0, count * width);
        (*list).length += count as i64;
        (*list).changes += 1;
        Ok(slots)
    }
}

/// Appends an element of zeroed slots.
///
/// # Safety
///
/// A live list.
#[inline]
pub unsafe fn append(list: *mut ListObject) -> Result<*mut u64, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let width = width(list);
        let length = (*list).length as usize;
        if (length + 1) * width * 8 > (*list).owner.size {
            grow(list, 1)?;
        }
        let slots = (*list).owner.data.cast::<u64>().wrapping_add(length * width);
        // Without a call for the most common widths.
        match width {
            1 => *slots = 0,
            2 => ptr::write_bytes(slots, 0, 2),
            _ => ptr::write_bytes(slots, 0, width),
        }
        (*list).length += 1;
        Ok(slots)
    }
}

/// Removes elements and releases them.
///
/// # Safety
///
/// A live list with so many elements.
pub unsafe fn delete(context: &mut Context, list: *mut ListObject, start: usize, count: usize) {
    // SAFETY: by the contract.
    unsafe {
        if count == 0 {
            return;
        }
        let width = width(list);
        let (from, to) = (element(list, start), element(list, start + count));
        (*list).changes += count as i64 + 1;
        if start == 0 {
            // The rest stays where it is.
            (*list).owner.data = to.cast();
            (*list).owner.size -= count * width * 8;
            (*list).front += (count * width) as i64;
            (*list).length -= count as i64;
            release_values(context, (*list).layout, from, count);
            if (*list).length == 0 {
                move_to_start(list);
            }
            return;
        }
        release_values(context, (*list).layout, from, count);
        ptr::copy(to, from, ((*list).length as usize - start - count) * width);
        (*list).length -= count as i64;
    }
}

/// Appends the elements of a list, which may be the same.
///
/// # Safety
///
/// Live lists of equal layouts.
pub unsafe fn extend(list: *mut ListObject, other: *const ListObject) -> Result<(), Failure> {
    // SAFETY: by the contract. The source's address is taken after the growth, which may
    // move it where both are one.
    unsafe {
        let count = (*other).length as usize;
        reserve(list, count)?;
        let to = element(list, (*list).length as usize);
        ptr::copy_nonoverlapping(element(other, 0), to, count * width(list));
        retain_values((*list).layout, to, count);
        (*list).length += count as i64;
        (*list).changes += i64::from(count > 0);
        Ok(())
    }
}

/// `list * n`.
///
/// # Safety
///
/// A live list.
pub unsafe fn repeat(
    context: &mut Context,
    list: *const ListObject,
    n: i64,
) -> Result<*mut ListObject, Failure> {
    // SAFETY: by the contract; the capacity is that of the whole result.
    unsafe {
        let n = n.max(0) as usize;
        let length = (*list).length as usize;
        let total = length.checked_mul(n).filter(|&t| t <= isize::MAX as usize / 8);
        let result = new(context, (*list).layout, total.ok_or_else(Failure::memory)?)?;
        for _ in 0..if length == 0 { 0 } else { n } {
            extend(result, list)?;
        }
        Ok(result)
    }
}

/// `list *= n`.
///
/// # Safety
///
/// A live list.
pub unsafe fn repeat_in_place(
    context: &mut Context,
    list: *mut ListObject,
    n: i64,
) -> Result<(), Failure> {
    // SAFETY: by the contract; copied elements are those before the old length.
    unsafe {
        let length = (*list).length as usize;
        if n <= 0 {
            delete(context, list, 0, length);
            return Ok(());
        }
        let more = length.checked_mul(n as usize - 1).filter(|&t| t <= isize::MAX as usize / 16);
        let more = more.ok_or_else(Failure::memory)?;
        reserve(list, more)?;
        if length > 0 {
            let width = width(list);
            for i in 1..n as usize {
                let to = element(list, i * length);
                ptr::copy_nonoverlapping(element(list, 0), to, length * width);
                retain_values((*list).layout, to, length);
            }
        }
        (*list).length += more as i64;
        (*list).changes += i64::from(more > 0);
        Ok(())
    }
}

/// Reverses in place.
///
/// # Safety
///
/// A live list.
pub unsafe fn reverse(list: *mut ListObject) {
    // SAFETY: by the contract; the two elements are different ones.
    unsafe {
        let (length, width) = ((*list).length as usize, width(list));
        if width == 1 {
            let slots = element(list, 0);
            if !slots.is_null() {
                std::slice::from_raw_parts_mut(slots, length).reverse();
            }
            return;
        }
        for i in 0..length / 2 {
            ptr::swap_nonoverlapping(element(list, i), element(list, length - 1 - i), width);
        }
    }
}

/// Moves the last `count` elements to the front, for negative ones the first to the end.
///
/// # Safety
///
/// A live list.
pub unsafe fn rotate(list: *mut ListObject, count: i64) {
    // SAFETY: by the contract; the slots are those of all elements.
    unsafe {
        let (length, width) = ((*list).length, width(list));
        if length < 2 {
            return;
        }
        (*list).changes += 1;
        let right = count.rem_euclid(length) as usize;
        if width > 0 {
            let slots = std::slice::from_raw_parts_mut(element(list, 0), length as usize * width);
            slots.rotate_right(right * width);
        }
    }
}

/// The first position from `start` up to `stop` (as in `list.index`: negative ones count
/// from the end) of an element equal to a value.
///
/// # Safety
///
/// A live list, and a live value.
pub unsafe fn find(
    list: *const ListObject,
    layout: *const Layout,
    value: *const u64,
    start: i64,
    stop: i64,
) -> Result<Option<usize>, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let length = (*list).length;
        let clamp = |i: i64| if i < 0 { i.saturating_add(length).max(0) } else { i.min(length) };
        for i in clamp(start) as usize..clamp(stop).max(0) as usize {
            if equal((*list).layout, element(list, i), layout, value)? {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }
}

/// Number of elements equal to a value.
///
/// # Safety
///
/// As [`find`].
pub unsafe fn count(
    list: *const ListObject,
    layout: *const Layout,
    value: *const u64,
) -> Result<i64, Failure> {
    let mut found = 0;
    // SAFETY: by the contract.
    unsafe {
        for i in 0..(*list).length as usize {
            found += i64::from(equal((*list).layout, element(list, i), layout, value)?);
        }
    }
    Ok(found)
}

/// The elements at the positions that a list of ints holds, as a new list.
///
/// # Safety
///
/// Live lists; the positions are within the list.
pub unsafe fn take(
    context: &mut Context,
    list: *const ListObject,
    order: *const ListObject,
) -> Result<*mut ListObject, Failure> {
    // SAFETY: by the contract; `result` has room for all.
    unsafe {
        let count = (*order).length as usize;
        let result = new(context, (*list).layout, count)?;
        let width = width(list);
        for i in 0..count {
            let from = element(list, *element(order, i) as usize);
            let to = element(result, i);
            ptr::copy_nonoverlapping(from, to, width);
            retain_value((*list).layout, to);
        }
        (*result).length = count as i64;
        Ok(result)
    }
}
