//! The helpers of lists, sets and dicts: what compiled code calls.
//!
//! Each takes the context and addresses that compiled code vouches for: live objects of
//! this context of the kind that the name says, layouts, and a scratch value of the layout
//! that the container or the call names. A failure becomes the context's exception; the
//! result is null or 0 then.

use super::{Failure, compare, hash, list, release_values, set, set_operations, slice, sort};
use super::{tables, value};
use crate::memory::new_object;
use crate::raise::{raise, raise_key};
use cumbia_abi::{
    Context, ExceptionClass, FrameObject, Layout, ListObject, ObjectKind, StrObject, TableObject,
};
use std::cmp::Ordering;
use std::ptr;

type Object = *mut u8;

/// Defines helpers: `context` is `&mut Context`, `key` the address of the scratch slots,
/// and the body gives `Result<T, Failure>`.
macro_rules! helpers {
    ($(
        $(#[$doc:meta])*
        fn $name:ident($context:ident, $key:ident $(, $param:ident: $ty:ty)*)
            -> $result:ty = $default:expr; $body:block
    )*) => { $(
        $(#[$doc])*
        pub(crate) extern "C" fn $name(
            context: *mut Context
            $(, $param: $ty)*
        ) -> $result {
            // SAFETY: compiled code passes the context of the running call and holds no
            // reference to it.
            let $context = unsafe { &mut *context };
            let $key: *mut u64 = $context.scratch.as_mut_ptr().cast();
            let _ = $key;
            let run = |$context: &mut Context| -> Result<$result, Failure> {
                // SAFETY: compiled code vouches for the arguments (see above).
                #[allow(unused_unsafe, reason = "`scratch` needs none")]
                unsafe {
                    $body
                }
            };
            match run($context) {
                Ok(result) => result,
                Err(failure) => {
                    failure.raise($context);
                    $default
                }
            }
        }
    )* };
}

/// `-1`, `0`, `1`, or `2` where there is no order.
fn order_number(order: Option<Ordering>) -> i64 {
    order.map_or(2, |order| order as i64)
}

fn position(found: Option<usize>) -> i64 {
    found.map_or(-1, |at| at as i64)
}

helpers! {
    /// The scratch slots.
    fn scratch(_context, key) -> Object = ptr::null_mut(); { Ok(key.cast()) }

    /// Whether two values are equal: layout, two addresses.
    fn value_equal(_context, _key, layout: Object, a: Object, b: Object) -> u8 = 0; {
        let layout: *const Layout = layout.cast();
        Ok(compare::equal(layout, a.cast(), layout, b.cast())?.into())
    }
    /// How two values are ordered: -1, 0, 1; 2 where `<`, `==` and `>` are all false.
    fn value_compare(_context, _key, layout: Object, a: Object, b: Object) -> i64 = 0; {
        let layout: *const Layout = layout.cast();
        Ok(order_number(compare::order(layout, a.cast(), layout, b.cast())?))
    }
    /// Python's hash of a value.
    fn value_hash(_context, _key, layout: Object, slots: Object) -> i64 = 0; {
        hash::hash_value(layout.cast(), slots.cast())
    }
    /// Retains what a value refers to.
    fn value_retain(_context, _key, layout: Object, slots: Object) -> () = (); {
        value::retain_value(layout.cast(), slots.cast());
        Ok(())
    }
    /// Releases what a value refers to; the slots stay as they are.
    fn value_release(context, _key, layout: Object, slots: Object) -> () = (); {
        release_values(context, layout.cast(), slots.cast(), 1);
        Ok(())
    }

    /// A frame of zeroed slots.
    fn frame_new(context, _key, layout: Object) -> Object = ptr::null_mut(); {
        let layout: *const Layout = layout.cast();
        let bytes = 8 * (*layout).slots as usize;
        let total = size_of::<FrameObject>() + bytes;
        let owner = new_object(context, ObjectKind::Frame, total, bytes)
            .ok_or_else(Failure::memory)?;
        let frame: *mut FrameObject = owner.cast();
        (*frame).layout = layout;
        let slots: *mut u8 = frame.add(1).cast();
        ptr::write_bytes(slots, 0, bytes);
        (*owner).data = slots;
        Ok(owner.cast())
    }

    /// An empty list with room.
    fn list_new(context, _key, layout: Object, capacity: i64) -> Object = ptr::null_mut(); {
        Ok(list::new(context, layout.cast(), capacity.max(0) as usize)?.cast())
    }
    /// Appends zeroed slots; gives their address.
    fn list_append(_context, _key, list: Object) -> Object = ptr::null_mut(); {
        Ok(list::append(list.cast())?.cast())
    }
    /// Inserts zeroed slots at a position as `list.insert` takes it.
    fn list_insert(_context, _key, list: Object, at: i64) -> Object = ptr::null_mut(); {
        let list: *mut ListObject = list.cast();
        let length = (*list).length;
        let at = if at < 0 { at.saturating_add(length).max(0) } else { at.min(length) };
        Ok(list::open(list, at as usize, 1)?.cast())
    }
    /// Removes elements: start, count; within the list.
    fn list_delete(context, _key, list: Object, start: i64, count: i64) -> () = (); {
        list::delete(context, list.cast(), start as usize, count.max(0) as usize);
        Ok(())
    }
    /// `del list[start::step]` of `count` elements, within the list.
    fn list_delete_steps(context, _key, list: Object, start: i64, step: i64, count: i64)
        -> () = (); {
        slice::delete_steps(context, list.cast(), start, step, count);
        Ok(())
    }
    /// Removes all elements.
    fn list_clear(context, _key, list: Object) -> () = (); {
        let list: *mut ListObject = list.cast();
        list::delete(context, list, 0, (*list).length as usize);
        Ok(())
    }
    /// `deque.rotate(count)`.
    fn list_rotate(_context, _key, list: Object, count: i64) -> () = (); {
        list::rotate(list.cast(), count);
        Ok(())
    }
    /// How often the list has changed.
    fn list_changes(_context, _key, list: Object) -> i64 = 0; {
        let list: *const ListObject = list.cast();
        Ok((*list).changes + (*list).length)
    }
    /// The most elements that it may have as a `deque`; -1 for any number.
    fn list_limit(_context, _key, list: Object) -> i64 = -1; {
        Ok((*list.cast::<ListObject>()).limit)
    }
    /// Sets what `list_limit` gives.
    fn list_set_limit(_context, _key, list: Object, limit: i64) -> () = (); {
        (*list.cast::<ListObject>()).limit = limit;
        Ok(())
    }
    /// Appends the elements of a list, which may be the same.
    fn list_extend(_context, _key, list: Object, other: Object) -> () = (); {
        list::extend(list.cast(), other.cast())
    }
    /// `a + b`.
    fn list_concat(context, _key, a: Object, b: Object) -> Object = ptr::null_mut(); {
        Ok(slice::concatenate(context, a.cast(), b.cast())?.cast())
    }
    /// A slice as a new list: start, step, count; within the list.
    fn list_slice(context, _key, list: Object, start: i64, step: i64, count: i64)
        -> Object = ptr::null_mut(); {
        Ok(slice::get(context, list.cast(), start, step, count)?.cast())
    }
    /// `list[start:start + count] = other`.
    fn list_assign_slice(context, _key, list: Object, start: i64, count: i64, other: Object)
        -> () = (); {
        let count = count.max(0) as usize;
        slice::assign(context, list.cast(), start as usize, count, other.cast())
    }
    /// `list[start::step] = other`, for `count` elements; ValueError for another number.
    fn list_assign_steps(
        context, _key, list: Object, start: i64, step: i64, count: i64, other: Object
    ) -> () = (); {
        slice::assign_steps(context, list.cast(), start, step, count.max(0), other.cast())
    }
    /// `list * n`.
    fn list_repeat(context, _key, list: Object, n: i64) -> Object = ptr::null_mut(); {
        Ok(list::repeat(context, list.cast(), n)?.cast())
    }
    /// `list *= n`.
    fn list_repeat_in_place(context, _key, list: Object, n: i64) -> () = (); {
        list::repeat_in_place(context, list.cast(), n)
    }
    /// Reverses in place.
    fn list_reverse(_context, _key, list: Object) -> () = (); {
        list::reverse(list.cast());
        Ok(())
    }
    /// `a == b`; layouts may differ.
    fn list_equal(_context, _key, a: Object, b: Object) -> u8 = 0; {
        Ok(compare::lists_equal(a.cast(), b.cast(), 0)?.into())
    }
    /// The order of two lists, as `value_compare`; layouts may differ.
    fn list_compare(_context, _key, a: Object, b: Object) -> i64 = 0; {
        Ok(order_number(compare::lists_order(a.cast(), b.cast(), 0)?))
    }
    /// The first position of the scratch value from start up to stop (as in
    /// `list.index`), or -1.
    fn list_find(_context, key, list: Object, start: i64, stop: i64) -> i64 = -1; {
        let list: *const ListObject = list.cast();
        Ok(position(list::find(list, (*list).layout, key, start, stop)?))
    }
    /// As `list_find`, of a scratch value of another layout.
    fn list_find_as(_context, key, list: Object, layout: Object, start: i64, stop: i64)
        -> i64 = -1; {
        Ok(position(list::find(list.cast(), layout.cast(), key, start, stop)?))
    }
    /// How often the scratch value is in a list.
    fn list_count(_context, key, list: Object) -> i64 = 0; {
        let list: *const ListObject = list.cast();
        list::count(list, (*list).layout, key)
    }
    /// As `list_count`, of a scratch value of another layout.
    fn list_count_as(_context, key, list: Object, layout: Object) -> i64 = 0; {
        list::count(list.cast(), layout.cast(), key)
    }
    /// Sorts in place, stably; the flag is `reverse`.
    fn list_sort(_context, _key, list: Object, reverse: u8) -> () = (); {
        sort::sort(list.cast(), reverse != 0)
    }
    /// The positions that sort a list, stably, as a list of ints.
    fn list_order(context, _key, list: Object, reverse: u8) -> Object = ptr::null_mut(); {
        Ok(sort::order_of(context, list.cast(), reverse != 0)?.cast())
    }
    /// The elements at the positions that a list of ints holds.
    fn list_take(context, _key, list: Object, order: Object) -> Object = ptr::null_mut(); {
        Ok(list::take(context, list.cast(), order.cast())?.cast())
    }

    /// An empty set.
    fn set_new(context, _key, layout: Object) -> Object = ptr::null_mut(); {
        Ok(tables::new(context, layout.cast(), ptr::null())?.cast())
    }
    /// An empty dict: layouts of keys and values.
    fn dict_new(context, _key, layout: Object, values: Object) -> Object = ptr::null_mut(); {
        Ok(tables::new(context, layout.cast(), values.cast())?.cast())
    }
    /// Adds the scratch key; whether it was new.
    fn set_add(_context, key, table: Object) -> u8 = 0; {
        let table: *mut TableObject = table.cast();
        let layout = (*table).layout;
        let new = set::add(table, key, hash::hash_value(layout, key)?)?;
        if new {
            value::retain_value(layout, key);
        }
        Ok(new.into())
    }
    /// The entry with the scratch key, or -1.
    fn table_find(_context, key, table: Object) -> i64 = -1; {
        let table: *const TableObject = table.cast();
        Ok(position(tables::find(table, (*table).layout, key)?))
    }
    /// As `table_find`, of a scratch key of another layout.
    fn table_find_as(_context, key, table: Object, layout: Object) -> i64 = -1; {
        Ok(position(tables::find(table.cast(), layout.cast(), key)?))
    }
    /// Removes the scratch key; whether it was there.
    fn table_delete(context, key, table: Object) -> u8 = 0; {
        let table: *mut TableObject = table.cast();
        let found = tables::find(table, (*table).layout, key)?;
        if let Some(at) = found {
            tables::remove(context, table, at);
        }
        Ok(found.is_some().into())
    }
    /// Removes a live entry by position.
    fn table_remove(context, _key, table: Object, at: i64) -> () = (); {
        tables::remove(context, table.cast(), at as usize);
        Ok(())
    }
    /// The address to write the scratch key's new value to: zeroed, an old one released.
    fn dict_assign(context, key, table: Object) -> Object = ptr::null_mut(); {
        let table: *mut TableObject = table.cast();
        let (slots, new) = tables::slot(table, key)?;
        if !new {
            let values = (*table).value_layout;
            release_values(context, values, slots, 1);
            ptr::write_bytes(slots, 0, (*values).slots as usize);
        }
        Ok(slots.cast())
    }
    /// The address of the scratch key's value, or null.
    fn dict_find(_context, key, table: Object) -> Object = ptr::null_mut(); {
        let table: *const TableObject = table.cast();
        let found = tables::find(table, (*table).layout, key)?;
        Ok(found.map_or(ptr::null_mut(), |at| super::dict::value(table, at).cast()))
    }
    /// The address of the scratch key's value; KeyError when it isn't there.
    fn dict_get(context, key, table: Object) -> Object = ptr::null_mut(); {
        let table: *const TableObject = table.cast();
        match tables::find(table, (*table).layout, key)? {
            Some(at) => Ok(super::dict::value(table, at).cast()),
            None => {
                raise_key(context, (*table).layout, key);
                Ok(ptr::null_mut())
            }
        }
    }
    /// The address of the scratch key's value, zeroed and the dict longer when it is new.
    fn dict_setdefault_slot(_context, key, table: Object) -> Object = ptr::null_mut(); {
        Ok(tables::slot(table.cast(), key)?.0.cast())
    }
    /// As `set_add`, of an int.
    fn set_add_int(_context, _key, table: Object, key: i64) -> u8 = 0; {
        Ok(set::add_int(table.cast(), key)?.into())
    }
    /// As `set_add`, of a string.
    fn set_add_str(_context, _key, table: Object, key: Object) -> u8 = 0; {
        let key: *mut StrObject = key.cast();
        let new = set::add_str(table.cast(), key)?;
        (*key).owner.refcount += i64::from(new);
        Ok(new.into())
    }
    /// As `table_find`, of an int in a set.
    fn set_find_int(_context, _key, table: Object, key: i64) -> i64 = -1; {
        Ok(position(set::find_int(table.cast(), key)))
    }
    /// As `table_find`, of a string in a set.
    fn set_find_str(_context, _key, table: Object, key: Object) -> i64 = -1; {
        Ok(position(set::find_str(table.cast(), key.cast())))
    }
    /// As `table_find`, of an int in a dict.
    fn dict_find_int(_context, _key, table: Object, key: i64) -> i64 = -1; {
        Ok(position(super::dict::find_int(table.cast(), key)))
    }
    /// As `table_find`, of a string in a dict.
    fn dict_find_str(_context, _key, table: Object, key: Object) -> i64 = -1; {
        Ok(position(super::dict::find_str(table.cast(), key.cast())))
    }
    /// As `dict_get`, of an int.
    fn dict_get_int(context, _key, table: Object, key: i64) -> Object = ptr::null_mut(); {
        let table: *mut TableObject = table.cast();
        match super::dict::find_int(table, key) {
            Some(at) => Ok(super::dict::value(table, at).cast()),
            None => {
                missing(context, table, key as u64);
                Ok(ptr::null_mut())
            }
        }
    }
    /// As `dict_get`, of a string.
    fn dict_get_str(context, _key, table: Object, key: Object) -> Object = ptr::null_mut(); {
        let table: *mut TableObject = table.cast();
        match super::dict::find_str(table, key.cast()) {
            Some(at) => Ok(super::dict::value(table, at).cast()),
            None => {
                missing(context, table, key.expose_provenance() as u64);
                Ok(ptr::null_mut())
            }
        }
    }
    /// As `dict_setdefault_slot`, of an int.
    fn dict_slot_int(_context, _key, table: Object, key: i64) -> Object = ptr::null_mut(); {
        Ok(tables::slot_int(table.cast(), key)?.cast())
    }
    /// As `dict_setdefault_slot`, of a string.
    fn dict_slot_str(_context, _key, table: Object, key: Object) -> Object = ptr::null_mut(); {
        Ok(tables::slot_str(table.cast(), key.cast())?.cast())
    }
    /// The first live entry at or after a position, or -1.
    fn table_next(_context, _key, table: Object, from: i64) -> i64 = -1; {
        Ok(position(tables::next(table.cast(), from as usize)))
    }
    /// A step of a `for` loop: as `table_next`, but RuntimeError when the table hasn't the
    /// length any more that it had, or (of a dict) gives more keys than that.
    fn table_step(_context, _key, table: Object, from: i64, length: i64, seen: i64)
        -> i64 = -1; {
        let table: *const TableObject = table.cast();
        let wrong = |message| Err(Failure::new(ExceptionClass::RuntimeError, message));
        if (*table).length != length {
            return_wrong_length(table).map(|()| -1)
        } else {
            let found = tables::next(table, from as usize);
            if found.is_some() && seen >= length && !tables::is_set(table) {
                wrong("dictionary keys changed during iteration")
            } else {
                Ok(position(found))
            }
        }
    }
    /// The address of a live entry's key.
    fn table_key(_context, _key, table: Object, at: i64) -> Object = ptr::null_mut(); {
        Ok(tables::key(table.cast(), at as usize).cast())
    }
    /// The address of a live entry's value.
    fn dict_value(_context, _key, table: Object, at: i64) -> Object = ptr::null_mut(); {
        Ok(super::dict::value(table.cast(), at as usize).cast())
    }
    /// Removes all entries.
    fn table_clear(context, _key, table: Object) -> () = (); {
        tables::clear(context, table.cast());
        Ok(())
    }
    /// A copy of a set or dict.
    fn table_copy(context, _key, table: Object) -> Object = ptr::null_mut(); {
        let table: *const TableObject = table.cast();
        if tables::is_set(table) {
            return_object(set_operations::copy(context, table))
        } else {
            let copy = tables::new(context, (*table).layout, (*table).value_layout)?;
            super::dict::copy_entries(copy, table)?;
            tables::retain_all(copy);
            Ok(copy.cast())
        }
    }
    /// The entry that `set.pop` takes, to be given to `table_remove`; KeyError when empty.
    fn set_pop(context, _key, table: Object) -> i64 = -1; {
        let table: *mut TableObject = table.cast();
        if (*table).length == 0 {
            raise(context, ExceptionClass::KeyError, "pop from an empty set");
            Ok(-1)
        } else {
            Ok(set::pop_place(table) as i64)
        }
    }
    /// The entry that `dict.popitem` takes, to be given to `table_remove` next; KeyError
    /// when empty.
    fn dict_popitem(context, _key, table: Object) -> i64 = -1; {
        let table: *mut TableObject = table.cast();
        if (*table).length == 0 {
            raise(context, ExceptionClass::KeyError, "popitem(): dictionary is empty");
            Ok(-1)
        } else {
            Ok(super::dict::last(table) as i64)
        }
    }
    /// `a | b`. The second operand may be a dict or list, here and below.
    fn set_union(context, _key, a: Object, b: Object) -> Object = ptr::null_mut(); {
        return_object(set_operations::union(context, a.cast(), b.cast()))
    }
    /// `a & b`.
    fn set_intersection(context, _key, a: Object, b: Object) -> Object = ptr::null_mut(); {
        return_object(set_operations::intersection(context, a.cast(), b.cast()))
    }
    /// `a - b`.
    fn set_difference(context, _key, a: Object, b: Object) -> Object = ptr::null_mut(); {
        return_object(set_operations::difference(context, a.cast(), b.cast()))
    }
    /// `a ^ b`.
    fn set_symmetric_difference(context, _key, a: Object, b: Object)
        -> Object = ptr::null_mut(); {
        return_object(set_operations::symmetric_difference(context, a.cast(), b.cast()))
    }
    /// `a |= b`, `a.update(b)`.
    fn set_update(_context, _key, a: Object, b: Object) -> () = (); {
        set_operations::update(a.cast(), b.cast())
    }
    /// `a &= b`.
    fn set_intersection_update(context, _key, a: Object, b: Object) -> () = (); {
        set_operations::intersection_update(context, a.cast(), b.cast())
    }
    /// `a -= b`.
    fn set_difference_update(context, _key, a: Object, b: Object) -> () = (); {
        set_operations::difference_update(context, a.cast(), b.cast())
    }
    /// `a ^= b`.
    fn set_symmetric_difference_update(context, _key, a: Object, b: Object) -> () = (); {
        set_operations::symmetric_difference_update(context, a.cast(), b.cast())
    }
    /// `a <= b`: whether all of `a`, which may be a dict or list, is in the set `b`;
    /// layouts may differ, here and below.
    fn set_is_subset(_context, _key, a: Object, b: Object) -> u8 = 0; {
        Ok(set_operations::is_superset(b.cast(), a.cast())?.into())
    }
    /// Whether a set has nothing of a table or list.
    fn set_is_disjoint(_context, _key, a: Object, b: Object) -> u8 = 0; {
        Ok(set_operations::is_disjoint(a.cast(), b.cast())?.into())
    }
    /// `a == b`.
    fn set_equal(_context, _key, a: Object, b: Object) -> u8 = 0; {
        Ok(tables::sets_equal(a.cast(), b.cast()).into())
    }
    /// `a == b`.
    fn dict_equal(_context, _key, a: Object, b: Object) -> u8 = 0; {
        Ok(tables::dicts_equal(a.cast(), b.cast(), 0)?.into())
    }
    /// `a |= b`, `a.update(b)`.
    fn dict_update(context, _key, a: Object, b: Object) -> () = (); {
        tables::dict_update(context, a.cast(), b.cast())
    }

    /// Raises KeyError with the scratch value, which is of the layout.
    fn raise_key_error(context, key, layout: Object) -> () = (); {
        raise_key(context, layout.cast(), key);
        Ok(())
    }
    /// Raises an exception of `ExceptionClass` by number, with the text of a string.
    fn raise_text(context, _key, class: i64, text: Object) -> () = (); {
        let class = u32::try_from(class).ok().and_then(ExceptionClass::from_number);
        let text: *const StrObject = text.cast();
        let replaced = char::REPLACEMENT_CHARACTER;
        let text: String = super::str_points(text)
            .map(|point| char::from_u32(point).unwrap_or(replaced))
            .collect();
        raise(context, class.unwrap_or(ExceptionClass::Exception), text);
        Ok(())
    }
}

/// KeyError with a key of one slot.
///
/// # Safety
///
/// A live dict and a live key of its layout.
#[cold]
unsafe fn missing(context: &mut Context, table: *const TableObject, key: u64) {
    // SAFETY: by the contract.
    unsafe { raise_key(context, (*table).layout, &raw const key) };
}

fn return_object(result: Result<*mut TableObject, Failure>) -> Result<Object, Failure> {
    result.map(<*mut TableObject>::cast)
}

/// # Safety
///
/// A live table.
#[cold]
unsafe fn return_wrong_length(table: *const TableObject) -> Result<(), Failure> {
    // SAFETY: by the contract.
    let set = unsafe { tables::is_set(table) };
    let message = if set {
        "Set changed size during iteration"
    } else {
        "dictionary changed size during iteration"
    };
    Err(Failure::new(ExceptionClass::RuntimeError, message))
}
