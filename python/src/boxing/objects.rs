//! Strings and containers of results: the caller's own object where it is one, else a new
//! one with its elements.
//!
//! What is one object in compiled code becomes one object here, also where a container is
//! an element of itself: a container is known before its elements are made.

use super::{Plan, Reader, internal, object_or_error};
use crate::collections::Maker;
use crate::containers::{self, helpers};
use crate::records;
use cumbia_abi::{ListObject, Owner, StrObject};
use cumbia_frontend::types::Ty;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::ptr;

/// Whether a result may have an object in two places.
pub(super) fn has_containers(ty: &Ty) -> bool {
    match ty {
        Ty::List(..) | Ty::Set(..) | Ty::Dict(..) | Ty::Collection(..) | Ty::Object(..) => true,
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().any(has_containers),
        Ty::Optional(t) => has_containers(t),
        _ => false,
    }
}

impl Reader<'_> {
    /// A string or container: the caller's own, one that was made before, or a new one.
    ///
    /// # Safety
    ///
    /// The address of an object of this call or of the kernel's constants, of the plan's
    /// type; the GIL is held.
    pub(super) unsafe fn object(&mut self, plan: &Plan, object: *mut Owner) -> *mut PyObject {
        if object.is_null() {
            return internal("a result without an object");
        }
        // SAFETY: a live object of this call or of the kernel's constants, of the plan's
        // type; an argument's Python object is alive.
        unsafe {
            let argument = (*object).object.cast::<PyObject>();
            let known =
                if argument.is_null() { self.made.get(&object).copied() } else { Some(argument) };
            if let Some(known) = known {
                ffi::Py_INCREF(known);
                return known;
            }
            let made = match plan {
                Plan::Str => return string(object.cast()),
                Plan::Bytes => {
                    let bytes = cumbia_runtime::bytes_bytes(object.cast());
                    let size = bytes.len() as isize;
                    return ffi::PyBytes_FromStringAndSize(bytes.as_ptr().cast(), size);
                }
                Plan::Buffer(ty) => crate::buffers::make(*ty, object.cast()),
                Plan::Random => crate::random_generators::make(object),
                Plan::List(..) => ffi::PyList_New(0),
                Plan::Object(entry, fields, width) => {
                    let slots: &[u64] = match width {
                        0 => &[],
                        _ => std::slice::from_raw_parts((*object).data.cast::<u64>(), *width),
                    };
                    let fields = self.make_from(fields, slots);
                    if fields.is_null() {
                        return fields;
                    }
                    let made = object_or_error(|py| {
                        let fields = Bound::from_owned_ptr(py, fields).cast_into::<PyTuple>()?;
                        records::make(py, entry, fields)
                    });
                    if !made.is_null() {
                        ffi::Py_INCREF(made);
                        self.made.insert(object, made);
                    }
                    return made;
                }
                Plan::Set(..) => ffi::PySet_New(ptr::null_mut()),
                Plan::Collection(storage, maker) => {
                    return self.collection(storage, maker, object);
                }
                _ => ffi::PyDict_New(),
            };
            if made.is_null() {
                return made;
            }
            // Before its elements: one of them may be the container itself.
            ffi::Py_INCREF(made);
            self.made.insert(object, made);
            if self.fill(plan, object, made) {
                made
            } else {
                ffi::Py_DECREF(made);
                ptr::null_mut()
            }
        }
    }

    /// A new object of a class of `collections.rs`.
    unsafe fn collection(
        &mut self,
        storage: &Plan,
        maker: &Maker,
        object: *mut Owner,
    ) -> *mut PyObject {
        // SAFETY: as for `object`.
        unsafe {
            let content = match storage {
                Plan::List(..) => ffi::PyList_New(0),
                // Nothing else refers to it while it is filled.
                Plan::Set(..) if maker.is_frozen() => ffi::PyFrozenSet_New(ptr::null_mut()),
                _ => ffi::PyDict_New(),
            };
            if content.is_null() || !self.fill(storage, object, content) {
                ffi::Py_XDECREF(content);
                return ptr::null_mut();
            }
            let made = if let (true, Plan::List(..)) = (maker.is_frozen(), storage) {
                let tuple = ffi::PyList_AsTuple(content);
                ffi::Py_DECREF(content);
                tuple
            } else if maker.is_frozen() {
                content
            } else {
                let limit = match storage {
                    Plan::List(..) => (*object.cast::<ListObject>()).limit,
                    _ => -1,
                };
                super::object_or_error(|py| {
                    let content = Bound::from_owned_ptr(py, content);
                    let made = maker.empty(py, limit)?;
                    maker.fill(&made, &content)?;
                    Ok(made)
                })
            };
            if !made.is_null() {
                ffi::Py_INCREF(made);
                self.made.insert(object, made);
            }
            made
        }
    }

    /// Puts the elements into a new container; false with an exception set.
    unsafe fn fill(&mut self, plan: &Plan, object: *mut Owner, made: *mut PyObject) -> bool {
        // SAFETY: as for `object`.
        unsafe {
            match plan {
                Plan::List(element, width) => {
                    let list: *const ListObject = object.cast();
                    for i in 0..(*list).length as usize {
                        let slots: &[u64] = match width {
                            0 => &[],
                            _ => {
                                let first = (*list).owner.data.cast::<u64>().add(i * width);
                                std::slice::from_raw_parts(first, *width)
                            }
                        };
                        let item = self.make_from(element, slots);
                        if item.is_null() || ffi::PyList_Append(made, item) != 0 {
                            ffi::Py_XDECREF(item);
                            return false;
                        }
                        ffi::Py_DECREF(item);
                    }
                }
                Plan::Set(element, width) => {
                    let mut items = Vec::new();
                    for at in entries(object) {
                        let key = entry(helpers::TABLE_KEY, object, at, *width);
                        items.push(self.make_from(element, key));
                    }
                    if items.iter().any(|item| item.is_null()) {
                        items.into_iter().for_each(|item| ffi::Py_XDECREF(item));
                        return false;
                    }
                    return crate::sets::give_back(made, object.cast(), &items);
                }
                Plan::Dict(pair, [keys, values]) => {
                    for at in entries(object) {
                        let key =
                            self.make_from(&pair.0, entry(helpers::TABLE_KEY, object, at, *keys));
                        let value = entry(helpers::DICT_VALUE, object, at, *values);
                        let value =
                            if key.is_null() { key } else { self.make_from(&pair.1, value) };
                        let failed = key.is_null()
                            || value.is_null()
                            || ffi::PyDict_SetItem(made, key, value) != 0;
                        ffi::Py_XDECREF(key);
                        ffi::Py_XDECREF(value);
                        if failed {
                            return false;
                        }
                    }
                }
                _ => {}
            }
        }
        true
    }
}

/// Positions of the entries of a set or dict.
///
/// # Safety
///
/// The table is alive for as long as the iterator is used.
pub(super) unsafe fn entries(table: *mut Owner) -> impl Iterator<Item = i64> {
    let mut from = 0;
    std::iter::from_fn(move || {
        // SAFETY: a live table.
        let at =
            unsafe { containers::bare(helpers::TABLE_NEXT, &[table as u64, from as u64]) } as i64;
        from = at + 1;
        (at >= 0).then_some(at)
    })
}

/// The slots of an entry's key or value.
///
/// # Safety
///
/// The table is alive and doesn't change while the slots are read; `at` is the position of an
/// entry of it, and `width` the number of slots that `helper` gives.
pub(super) unsafe fn entry<'a>(
    helper: usize,
    table: *mut Owner,
    at: i64,
    width: usize,
) -> &'a [u64] {
    if width == 0 {
        return &[];
    }
    // SAFETY: a live table and the position of an entry, whose slots stay where they are
    // while nothing changes the table.
    unsafe {
        let first = containers::bare(helper, &[table as u64, at as u64]) as *const u64;
        std::slice::from_raw_parts(first, width)
    }
}

/// A str of a string object.
unsafe fn string(string: *const StrObject) -> *mut PyObject {
    // SAFETY: a live string; CPython copies the units.
    unsafe {
        let units = cumbia_runtime::str_bytes(string);
        match (*string).unit {
            1 => ffi::PyUnicode_DecodeLatin1(
                units.as_ptr().cast(),
                units.len() as isize,
                ptr::null(),
            ),
            unit => {
                // As UTF-32, in which every code point stands for itself.
                let wide: Vec<u8> = units
                    .chunks_exact(unit as usize)
                    .flat_map(|c| {
                        let mut point = [0; 4];
                        point[..c.len()].copy_from_slice(c);
                        point
                    })
                    .collect();
                let mut order = -1;
                ffi::PyUnicode_DecodeUTF32(
                    wide.as_ptr().cast(),
                    wide.len() as isize,
                    c"surrogatepass".as_ptr(),
                    &raw mut order,
                )
            }
        }
    }
}

/// A tuple of one object, whose reference is taken over; null for null.
///
/// # Safety
///
/// A reference of the caller's, or null; the GIL is held.
pub(super) unsafe fn pack(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: by the contract.
    unsafe {
        if object.is_null() {
            return object;
        }
        let tuple = ffi::PyTuple_New(1);
        if tuple.is_null() {
            ffi::Py_DECREF(object);
        } else {
            ffi::PyTuple_SetItem(tuple, 0, object);
        }
        tuple
    }
}
