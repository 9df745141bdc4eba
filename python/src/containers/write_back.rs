//! What has changed in a call goes back into the caller's containers.
//!
//! Assumes the objects of a loan, alive, and the GIL. What a container held at the start of the
//! call ([`content`]) tells whether anything has changed, and which elements are still the
//! Python objects that they were.

use super::{Done, Lent, bare, helpers};
use crate::boxing::Boxes;
use crate::collections;
use crate::sets;
use cumbia_abi::{ListObject, Owner, TableObject};
use cumbia_frontend::types::{Collection, Ty};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::FxHashMap;

/// Whether a container has the content that it had.
///
/// # Safety
///
/// What was lent is alive, and so is its Python object.
pub(super) unsafe fn is_as_before(lent: &Lent) -> bool {
    // SAFETY: a live object of the type.
    unsafe {
        match lent.ty {
            Ty::List(t, _) if !t.part_types().is_empty() => {
                let list: *mut ListObject = lent.native.cast();
                let slots = (*list).length as usize * t.part_types().len();
                slots == lent.before.len()
                    && (slots == 0
                        || std::slice::from_raw_parts((*list).owner.data.cast::<u64>(), slots)
                            == lent.before)
            }
            _ => content(lent.native, lent.ty) == lent.before,
        }
    }
}

/// The slots of all elements, in order.
///
/// # Safety
///
/// A live object of the type.
pub(super) unsafe fn content(native: *mut Owner, ty: &Ty) -> Vec<u64> {
    let ty = ty.storage();
    // SAFETY: a live object of the type.
    unsafe {
        match ty {
            Ty::List(t, _) => {
                let list: *mut ListObject = native.cast();
                let slots = (*list).length as usize * t.part_types().len();
                if slots == 0 {
                    // The length is all there is to elements without parts.
                    return vec![(*list).length as u64; usize::from((*list).length > 0)];
                }
                std::slice::from_raw_parts((*list).owner.data.cast::<u64>(), slots).to_vec()
            }
            Ty::Object(_, fields) => match fields.part_types().len() {
                0 => Vec::new(),
                slots => {
                    let first = (*native).data.cast::<u64>();
                    std::slice::from_raw_parts(first, slots).to_vec()
                }
            },
            _ => {
                let table: *mut TableObject = native.cast();
                let (keys, values) = match ty {
                    Ty::Dict(pair, _) => (pair.0.part_types().len(), pair.1.part_types().len()),
                    Ty::Set(t, _) => (t.part_types().len(), 0),
                    _ => (0, 0),
                };
                let size = 1 + (*table).length as usize * (keys + values);
                let mut out = Vec::with_capacity(size);
                out.push((*table).length as u64);
                cumbia_runtime::each_entry(table, |key, value| {
                    out.extend_from_slice(std::slice::from_raw_parts(key, keys));
                    out.extend_from_slice(std::slice::from_raw_parts(value, values));
                });
                out
            }
        }
    }
}

/// Calls `f` with the position of each entry.
///
/// # Safety
///
/// A live table, which `f` doesn't change.
pub(super) unsafe fn each_entry(table: *mut TableObject, mut f: impl FnMut(i64)) {
    let mut at = 0;
    loop {
        // SAFETY: a live table; this helper needs nothing of its context.
        let found = unsafe { bare(helpers::TABLE_NEXT, &[table as u64, at as u64]) } as i64;
        if found < 0 {
            return;
        }
        f(found);
        at = found + 1;
    }
}

/// The slots of an entry.
///
/// # Safety
///
/// A live table with an entry at the position; `index` is of a helper that gives slots of one.
pub(super) unsafe fn entry(index: usize, table: *mut TableObject, at: i64) -> *const u64 {
    // SAFETY: a live table and the position of an entry.
    unsafe { bare(index, &[table as u64, at as u64]) as *const u64 }
}

/// Puts what a container holds now into the caller's.
///
/// # Safety
///
/// What was lent is alive, of the class that its type says, `now` is its content, and the GIL is held.
pub(super) unsafe fn write_back(
    py: Python<'_>,
    lent: &Lent<'_>,
    now: &[u64],
    boxes: &mut Boxes<'_>,
) -> Done {
    let error =
        || PyErr::take(py).unwrap_or_else(|| PyRuntimeError::new_err("writing back failed"));
    // SAFETY: the caller's container is alive and of the class that its type says; new
    // objects are owned here until a container takes them.
    unsafe {
        if let Ty::Collection(kind @ (Collection::Deque | Collection::OrderedDict), storage) =
            lent.ty
        {
            // The content goes to a list or dict of what it was, and from there back.
            let copy = collections::plain_copy(kind, lent.object);
            if copy.is_null() {
                return Err(error());
            }
            let content = Bound::from_owned_ptr(py, copy);
            let (native, before) = (lent.native, lent.before.clone());
            let plain = Lent { object: copy, native, ty: storage, before, items: None };
            write_back(py, &plain, now, boxes)?;
            let object = Bound::from_borrowed_ptr(py, lent.object);
            return collections::replace(&object, kind, &content);
        }
        match lent.ty.storage() {
            Ty::List(t, _) => {
                let width = t.part_types().len();
                let list: *mut ListObject = lent.native.cast();
                let length = (*list).length as usize;
                let old = ffi::PyList_Size(lent.object) as usize;
                let new = ffi::PyList_New(length as isize);
                if new.is_null() {
                    return Err(error());
                }
                for i in 0..length {
                    let slots = &now[(i * width).min(now.len())..];
                    let same = width > 0
                        && i < old
                        && lent.before.get(i * width..(i + 1) * width) == slots.get(..width);
                    let item = if same {
                        let item = ffi::PyList_GetItem(lent.object, i as isize);
                        ffi::Py_INCREF(item);
                        item
                    } else {
                        boxes.make(t, slots)
                    };
                    if item.is_null() {
                        ffi::Py_DECREF(new);
                        return Err(error());
                    }
                    ffi::PyList_SetItem(new, i as isize, item);
                }
                let failed = ffi::PyList_SetSlice(lent.object, 0, isize::MAX, new) != 0;
                ffi::Py_DECREF(new);
                if failed { Err(error()) } else { Ok(()) }
            }
            Ty::Object(class, fields) => {
                let mut at = 0;
                for (i, field) in fields.items().iter().enumerate() {
                    let end = at + field.part_types().len();
                    if now[at..end] != lent.before[at..end] {
                        let item = boxes.make(field, &now[at..end]);
                        if item.is_null() {
                            return Err(error());
                        }
                        let set = crate::records::set_attribute(class.handle, lent.object, i, item);
                        ffi::Py_DECREF(item);
                        if !set {
                            return Err(error());
                        }
                    }
                    at = end;
                }
                Ok(())
            }
            Ty::Set(t, _) => {
                let (mut items, mut failed) = (Vec::new(), false);
                each_entry(lent.native.cast(), |at| {
                    let key = entry(helpers::TABLE_KEY, lent.native.cast(), at);
                    let key = std::slice::from_raw_parts(key, t.part_types().len());
                    let item = boxes.make(t, key);
                    failed |= item.is_null();
                    items.push(item);
                });
                if failed {
                    items.into_iter().for_each(|item| ffi::Py_XDECREF(item));
                    return Err(error());
                }
                ffi::PySet_Clear(lent.object);
                failed = !sets::give_back(lent.object, lent.native.cast(), &items);
                if failed { Err(error()) } else { Ok(()) }
            }
            Ty::Dict(pair, _) => {
                // What stays the same object: keys by themselves, values by their slots.
                let old = ffi::PyDict_Copy(lent.object);
                if old.is_null() {
                    return Err(error());
                }
                ffi::PyDict_Clear(lent.object);
                let (keys, values) = (pair.0.part_types().len(), pair.1.part_types().len());
                let before: FxHashMap<&[u64], &[u64]> = match keys + values {
                    0 => FxHashMap::default(),
                    n => lent.before[1..].chunks_exact(n).map(|e| e.split_at(keys)).collect(),
                };
                let mut failed = false;
                each_entry(lent.native.cast(), |at| {
                    let key = entry(helpers::TABLE_KEY, lent.native.cast(), at);
                    let key = std::slice::from_raw_parts(key, keys);
                    let value = entry(helpers::DICT_VALUE, lent.native.cast(), at);
                    let value = std::slice::from_raw_parts(value, values);
                    let name = boxes.make(&pair.0, key);
                    if name.is_null() {
                        failed = true;
                        return;
                    }
                    let kept = (before.get(key) == Some(&value))
                        .then(|| ffi::PyDict_GetItemWithError(old, name))
                        .filter(|kept| !kept.is_null());
                    let item = match kept {
                        Some(kept) => {
                            ffi::Py_INCREF(kept);
                            kept
                        }
                        None => boxes.make(&pair.1, value),
                    };
                    failed |= item.is_null() || ffi::PyDict_SetItem(lent.object, name, item) != 0;
                    ffi::Py_XDECREF(item);
                    ffi::Py_DECREF(name);
                });
                ffi::Py_DECREF(old);
                if failed { Err(error()) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }
}
