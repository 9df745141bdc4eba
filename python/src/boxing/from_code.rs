//! Values described by a layout's code alone: the key of a KeyError, which the runtime kept.

use super::{Boxes, internal};
use crate::containers::helpers;
use cumbia_abi::{Context, Layout, ListObject, TableObject, class_number, measure};
use cumbia_frontend::types::{DType, Ty};
use cumbia_ir::bfloat;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::ptr;

/// The object of a value that lies in slots as a layout's code says: a key of an exception.
///
/// # Safety
///
/// The slots hold a value of that code, and the GIL is held.
pub unsafe fn from_code(
    code: &mut &[u8],
    slots: &mut &[u64],
    context: &mut Context,
) -> *mut PyObject {
    let mut take = |n: usize| {
        let (first, rest) = slots.split_at(n);
        *slots = rest;
        first
    };
    let Some((&head, rest)) = code.split_first() else {
        return internal("a layout without code");
    };
    *code = rest;
    let ty = match head {
        b'b' => Ty::Bool,
        b'i' => Ty::Int,
        b'f' => Ty::Float,
        b'c' => Ty::Complex,
        b's' => Ty::Str,
        b'y' => Ty::Bytes,
        b'N' => Ty::None,
        b'n' => {
            let number = code[0] - b'a';
            *code = &code[1..];
            let beyond = usize::from(number).checked_sub(DType::ALL.len());
            match beyond {
                None => Ty::Num(DType::ALL[usize::from(number)]),
                Some(0) => Ty::Num(DType::F16),
                // A bfloat16, of which NumPy has no scalar: the same number as a float.
                Some(_) => {
                    let single = bfloat::to_single(take(1)[0] as u16);
                    // SAFETY: the thread holds the GIL.
                    return unsafe { ffi::PyFloat_FromDouble(single.into()) };
                }
            }
        }
        b'(' => {
            let mut items = Vec::new();
            while code.first() != Some(&b')') {
                // SAFETY: passed on; the code is that of one value.
                let item = unsafe { from_code(code, slots, context) };
                if item.is_null() {
                    return item;
                }
                items.push(item);
            }
            *code = &code[1..];
            // SAFETY: the tuple takes over the items.
            unsafe {
                let tuple = ffi::PyTuple_New(items.len() as isize);
                for (i, item) in items.into_iter().enumerate() {
                    ffi::PyTuple_SetItem(tuple, i as isize, item);
                }
                return tuple;
            }
        }
        b'e' | b'E' => {
            let entry = crate::records::entry(number(code));
            let at = take(1)[0] as i64;
            return super::object_or_error(|py| crate::records::member_of(py, &entry, at));
        }
        b'k' => {
            let entry = crate::records::entry(number(code));
            // SAFETY: passed on: the code of a tuple follows.
            let items = unsafe { from_code(code, slots, context) };
            return made(&entry, items);
        }
        b'o' | b'j' => {
            let entry = crate::records::entry(number(code));
            let object = take(1)[0] as *const ListObject;
            // SAFETY: a live instance, which holds the fields that the code says.
            unsafe {
                let known = (*object).owner.object.cast::<PyObject>();
                let width = measure(code).map_or(0, |(_, _, length)| length);
                let (mut fields, rest) = code.split_at(width);
                *code = rest;
                if !known.is_null() {
                    ffi::Py_INCREF(known);
                    return known;
                }
                let width = (*(*object).layout).slots as usize;
                let mut slots: &[u64] = match width {
                    0 => &[],
                    _ => std::slice::from_raw_parts((*object).owner.data.cast::<u64>(), width),
                };
                let items = from_code(&mut fields, &mut slots, context);
                return made(&entry, items);
            }
        }
        b'u' => {
            let list = take(1)[0] as *const ListObject;
            // SAFETY: a live list: what an exception keeps holds a reference to it.
            return unsafe { tuple_of(list, context) };
        }
        b'z' => {
            let set = take(1)[0] as *mut TableObject;
            // SAFETY: a live set: what an exception keeps holds a reference to it.
            return unsafe { frozen_set(set, context) };
        }
        _ => return internal("a key of an unexpected type"),
    };
    let width = ty.part_types().len();
    let value = take(width);
    let mut boxes = Boxes::new(context);
    // SAFETY: passed on.
    unsafe { boxes.make(&ty, value) }
}

/// The number of a class at the start of a code, which is taken off.
fn number(code: &mut &[u8]) -> u64 {
    let (number, length) = class_number(code).unwrap_or((0, 0));
    *code = &code[length..];
    number
}

/// An instance of fields in a tuple, which is taken.
fn made(entry: &crate::records::Entry, items: *mut PyObject) -> *mut PyObject {
    if items.is_null() {
        return items;
    }
    super::object_or_error(|py| {
        // SAFETY: a new reference to a tuple.
        let items = unsafe { Bound::from_owned_ptr(py, items) }.cast_into::<PyTuple>()?;
        crate::records::make(py, entry, items)
    })
}

/// # Safety
///
/// A live list whose items have objects, and the GIL.
unsafe fn tuple_of(list: *const ListObject, context: &mut Context) -> *mut PyObject {
    // SAFETY: by the contract; so many items lie in the list's data, and a new tuple takes
    // the references to its items over.
    unsafe {
        let layout = (*list).layout;
        let width = (*layout).slots as usize;
        let made = ffi::PyTuple_New((*list).length as isize);
        for i in 0..(*list).length as usize {
            if made.is_null() {
                break;
            }
            let mut slots: &[u64] = match width {
                0 => &[],
                _ => {
                    let first = (*list).owner.data.cast::<u64>().add(i * width);
                    std::slice::from_raw_parts(first, width)
                }
            };
            let item = from_code(&mut Layout::code(layout), &mut slots, context);
            if item.is_null() || ffi::PyTuple_SetItem(made, i as isize, item) != 0 {
                ffi::Py_DECREF(made);
                return ptr::null_mut();
            }
        }
        made
    }
}

/// # Safety
///
/// A live set of this context whose keys have objects, and the GIL.
unsafe fn frozen_set(set: *mut TableObject, context: &mut Context) -> *mut PyObject {
    let mut items = Vec::new();
    // SAFETY: by the contract; entries are live ones, and a key has the slots of its layout.
    unsafe {
        let layout = (*set).layout;
        for at in super::objects::entries(set.cast()) {
            let width = (*layout).slots as usize;
            let mut slots = super::objects::entry(helpers::TABLE_KEY, set.cast(), at, width);
            items.push(from_code(&mut Layout::code(layout), &mut slots, context));
        }
        let made = ffi::PyFrozenSet_New(ptr::null_mut());
        if made.is_null() || items.iter().any(|item| item.is_null()) {
            items.into_iter().for_each(|item| ffi::Py_XDECREF(item));
            ffi::Py_XDECREF(made);
            return ptr::null_mut();
        }
        if !crate::sets::give_back(made, set, &items) {
            ffi::Py_DECREF(made);
            return ptr::null_mut();
        }
        made
    }
}
