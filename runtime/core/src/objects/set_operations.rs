//! Operations on whole sets, in the order of steps of CPython's `Objects/setobject.c`:
//! the order of the result's elements follows from it. The second operand may also be a
//! dict, of which the keys count, or a list, for `set.update` and the other methods.

use super::set::{self, add, find, grown, insert_clean, is_live, mask, put, resize};
use super::tables::{self, clear, find_hashed, next};
use super::value::retain_value;
use super::{Failure, list};
use crate::memory::{release_object, replace_data};
use cumbia_abi::{Context, Layout, ListObject, ObjectKind, Owner, TableObject};
use std::ptr;

/// The keys of a set or dict or the elements of a list, with their hashes.
struct Keys {
    object: *const Owner,
    at: usize,
}

impl Keys {
    /// # Safety
    ///
    /// A live set, dict or list, which isn't changed while its keys are walked.
    unsafe fn of(object: *const Owner) -> Keys {
        Keys { object, at: 0 }
    }

    fn kind(&self) -> ObjectKind {
        // SAFETY: by the contract of `of`.
        unsafe { (*self.object).kind }
    }

    /// Number of keys, equal elements of a list counted each.
    fn count(&self) -> i64 {
        // SAFETY: by the contract of `of`.
        unsafe {
            match self.kind() {
                ObjectKind::List => (*self.object.cast::<ListObject>()).length,
                _ => (*self.object.cast::<TableObject>()).length,
            }
        }
    }

    fn layout(&self) -> *const Layout {
        // SAFETY: by the contract of `of`.
        unsafe {
            match self.kind() {
                ObjectKind::List => (*self.object.cast::<ListObject>()).layout,
                _ => (*self.object.cast::<TableObject>()).layout,
            }
        }
    }

    /// The next key's slots and hash.
    fn next(&mut self) -> Result<Option<(*const u64, i64)>, Failure> {
        // SAFETY: by the contract of `of`.
        unsafe {
            if self.kind() == ObjectKind::List {
                let elements: *const ListObject = self.object.cast();
                if self.at >= (*elements).length as usize {
                    return Ok(None);
                }
                let slots = list::element(elements, self.at);
                self.at += 1;
                let hash = super::hash::hash_value((*elements).layout, slots)?;
                return Ok(Some((slots, hash)));
            }
            let table: *const TableObject = self.object.cast();
            Ok(next(table, self.at).map(|i| {
                self.at = i + 1;
                (tables::key(table, i).cast_const(), tables::hash(table, i))
            }))
        }
    }
}

/// Adds a key and retains it when it is new.
///
/// # Safety
///
/// A live set, and a live key of its layout with its hash.
unsafe fn add_key(set: *mut TableObject, key: *const u64, hash: i64) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        if add(set, key, hash)? {
            retain_value((*set).layout, key);
        }
        Ok(())
    }
}

/// Removes a key; whether it was there.
///
/// # Safety
///
/// A live set, and a live key of the given layout with its hash.
unsafe fn discard_key(
    context: &mut Context,
    set: *mut TableObject,
    layout: *const Layout,
    key: *const u64,
    hash: i64,
) -> bool {
    // SAFETY: by the contract.
    unsafe {
        let found = find(set, layout, key, hash);
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
/// A live set, and a live table or list with an equal key layout.
pub unsafe fn update(set: *mut TableObject, other: *const Owner) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        let mut keys = Keys::of(other);
        let (kind, more) = (keys.kind(), keys.count());
        if ptr::eq(set.cast(), other) || (kind == ObjectKind::Set && more == 0) {
            return Ok(());
        }
        if kind != ObjectKind::List && ((*set).fill + more) * 5 >= mask(set) as i64 * 3 {
            resize(set, ((*set).length + more) as usize * 2)?;
        }
        if (*set).owner.data.is_null() {
            resize(set, 0)?;
        }
        if kind != ObjectKind::Set || (*set).fill > 0 {
            while let Some((key, hash)) = keys.next()? {
                add_key(set, key, hash)?;
            }
            return Ok(());
        }
        // Into an empty table: place by place where the tables are alike, or without
        // looking for equal keys.
        let other: *const TableObject = other.cast();
        let alike = (*set).mask == (*other).mask && (*other).fill == (*other).length;
        for i in 0..=(*other).mask as usize {
            if !is_live(other, i) {
                continue;
            }
            let (key, hash) = (set::key(other, i), set::hash(other, i));
            if alike {
                put(set, i, key, hash);
            } else {
                insert_clean(set, key, hash);
            }
            retain_value((*set).layout, key);
        }
        (*set).fill = more;
        (*set).length = more;
        (*set).changes += 1;
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
        update(result, set.cast())?;
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
    b: *const Owner,
) -> Result<*mut TableObject, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let result = copy(context, a)?;
        if !ptr::eq(a.cast(), b) {
            update(result, b)?;
        }
        Ok(result)
    }
}

/// `a & b`. Of two sets the smaller one is walked.
///
/// # Safety
///
/// As [`update`], `a` being the set.
pub unsafe fn intersection(
    context: &mut Context,
    a: *const TableObject,
    b: *const Owner,
) -> Result<*mut TableObject, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if ptr::eq(a.cast(), b) {
            return copy(context, a);
        }
        let result = tables::new(context, (*a).layout, ptr::null())?;
        let (mut keys, other) = walk_smaller(a, b);
        let layout = keys.layout();
        while let Some((key, hash)) = keys.next()? {
            if find_hashed(other, layout, key, hash).is_some() {
                add_key(result, key, hash)?;
            }
        }
        Ok(result)
    }
}

/// The keys of the smaller one of two sets, and the other one; of a set and something
/// else, the keys of that.
///
/// # Safety
///
/// As [`update`], `a` being the set.
unsafe fn walk_smaller(a: *const TableObject, b: *const Owner) -> (Keys, *const TableObject) {
    // SAFETY: by the contract.
    unsafe {
        let keys = Keys::of(b);
        if keys.kind() == ObjectKind::Set && keys.count() > (*a).length {
            (Keys::of(a.cast()), b.cast())
        } else {
            (keys, a)
        }
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
    b: *const Owner,
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
/// A live set, and a live table or list; layouts may differ.
pub unsafe fn difference(
    context: &mut Context,
    a: *const TableObject,
    b: *const Owner,
) -> Result<*mut TableObject, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let keys = Keys::of(b);
        if keys.kind() == ObjectKind::List || (*a).length >> 2 > keys.count() {
            let result = copy(context, a)?;
            difference_update(context, result, b)?;
            return Ok(result);
        }
        let other: *const TableObject = b.cast();
        let result = tables::new(context, (*a).layout, ptr::null())?;
        let mut keys = Keys::of(a.cast());
        while let Some((key, hash)) = keys.next()? {
            if find_hashed(other, (*a).layout, key, hash).is_none() {
                add_key(result, key, hash)?;
            }
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
    b: *const Owner,
) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        if ptr::eq(a.cast(), b) {
            clear(context, a);
            return Ok(());
        }
        let mut keys = Keys::of(b);
        let layout = keys.layout();
        while let Some((key, hash)) = keys.next()? {
            discard_key(context, a, layout, key, hash);
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
/// As [`update`], `a` being the set.
pub unsafe fn symmetric_difference(
    context: &mut Context,
    a: *const TableObject,
    b: *const Owner,
) -> Result<*mut TableObject, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let result = tables::new(context, (*a).layout, ptr::null())?;
        update(result, b)?;
        symmetric_difference_update(context, result, a.cast())?;
        Ok(result)
    }
}

/// `a ^= b`.
///
/// # Safety
///
/// As [`update`], `a` being the set.
pub unsafe fn symmetric_difference_update(
    context: &mut Context,
    a: *mut TableObject,
    b: *const Owner,
) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        if ptr::eq(a.cast(), b) {
            clear(context, a);
            return Ok(());
        }
        let mut keys = Keys::of(b);
        if keys.kind() == ObjectKind::List {
            // An element that is there twice counts once.
            let set = tables::new(context, keys.layout(), ptr::null())?;
            update(set, b)?;
            let done = symmetric_difference_update(context, a, set.cast());
            release_object(context, set.cast());
            return done;
        }
        let layout = keys.layout();
        while let Some((key, hash)) = keys.next()? {
            if !discard_key(context, a, layout, key, hash) {
                add_key(a, key, hash)?;
            }
        }
        Ok(())
    }
}

/// Whether a set has no key of a table or list.
///
/// # Safety
///
/// As [`difference`].
pub unsafe fn is_disjoint(a: *const TableObject, b: *const Owner) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let (mut keys, other) = walk_smaller(a, b);
        let layout = keys.layout();
        while let Some((key, hash)) = keys.next()? {
            if find_hashed(other, layout, key, hash).is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether each key of a table or list is in a set.
///
/// # Safety
///
/// As [`difference`].
pub unsafe fn is_superset(a: *const TableObject, b: *const Owner) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let mut keys = Keys::of(b);
        if keys.kind() == ObjectKind::Set && keys.count() > (*a).length {
            return Ok(false);
        }
        let layout = keys.layout();
        while let Some((key, hash)) = keys.next()? {
            if find_hashed(a, layout, key, hash).is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
