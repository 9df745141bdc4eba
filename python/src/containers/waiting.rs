//! Containers that Python and a generator both have while the generator waits.
//!
//! A call's loan ends with the call; a generator's lasts as long as it. So it is settled at
//! each item, and before the generator goes on, what Python has changed meanwhile is read
//! again ([`Loan::read_again`]). A container that the generator yields, or puts into one of
//! Python's, becomes part of the loan as long as the generator refers to it
//! (`crate::ledger`): it is one container in both.
//!
//! All this costs time in proportion to the content at each item, though little of it:
//! addresses and slots are compared. New content must have the types of the old one: the
//! code was compiled for them.

use super::write_back::{content, each_entry, entry, write_back};
use super::{Done, Lent, Loan, bare, changed, helper, helpers, pass};
use crate::boxing::Boxes;
use crate::container_keys::{each_of_set, fits};
use crate::direct::Direct;
use cumbia_abi::{Context, ListObject, Owner};
use cumbia_frontend::types::Ty;
use pyo3::exceptions::PyTypeError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::ptr;

/// The Python objects in a container, a reference to each.
#[derive(Default)]
pub(super) struct Items(Vec<*mut PyObject>);

impl Items {
    unsafe fn of(container: *mut PyObject, ty: &Ty) -> Items {
        let mut all = Vec::new();
        // SAFETY: a live container of the type, and the GIL.
        unsafe {
            each_item(container, ty, |item| {
                ffi::Py_INCREF(item);
                all.push(item);
                true
            });
        }
        Items(all)
    }

    /// Whether the container has these, in this order.
    unsafe fn are_those_of(&self, container: *mut PyObject, ty: &Ty) -> bool {
        // SAFETY: as `of`: an exact list, which nothing changes meanwhile. Addresses are
        // compared as the numbers that they are.
        unsafe {
            if matches!(ty, Ty::List(..))
                && let Some(items) = Direct::get().items(container)
            {
                let now = std::slice::from_raw_parts(items.as_ptr().cast::<usize>(), items.len());
                let then =
                    std::slice::from_raw_parts(self.0.as_ptr().cast::<usize>(), self.0.len());
                return now == then;
            }
        }
        let mut at = 0;
        // SAFETY: as `of`.
        unsafe {
            each_item(container, ty, |item| {
                let same = self.0.get(at) == Some(&item);
                at += 1;
                same
            }) && at == self.0.len()
        }
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        // SAFETY: the references that `of` took; a loan is dropped with the GIL.
        self.0.iter().for_each(|&item| unsafe { ffi::Py_DECREF(item) });
    }
}

/// Calls `f` with each item (of a dict, with each key and value) until it gives false;
/// whether it never did.
unsafe fn each_item(
    container: *mut PyObject,
    ty: &Ty,
    mut f: impl FnMut(*mut PyObject) -> bool,
) -> bool {
    // SAFETY: a live container of the type, and the GIL; `f` runs no Python code.
    unsafe {
        match ty {
            Ty::List(..) => {
                (0..ffi::PyList_Size(container)).all(|i| f(ffi::PyList_GetItem(container, i)))
            }
            Ty::Dict(..) => {
                let (mut at, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
                while ffi::PyDict_Next(container, &raw mut at, &raw mut key, &raw mut value) != 0 {
                    if !f(key) || !f(value) {
                        return false;
                    }
                }
                true
            }
            _ => {
                let mut all = true;
                let _ = each_of_set(container, |item| {
                    all = all && f(item);
                    Ok(())
                });
                all
            }
        }
    }
}

/// Whether a value may hold an instance of a dataclass that can be changed: what Python
/// assigns to it while a generator waits isn't read again.
pub fn holds_objects(ty: &Ty) -> bool {
    match ty {
        Ty::Object(..) => true,
        Ty::List(t, _) | Ty::Set(t, _) | Ty::Optional(t) | Ty::Collection(_, t) => holds_objects(t),
        Ty::Dict(pair, _) => holds_objects(&pair.0) || holds_objects(&pair.1),
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().any(holds_objects),
        Ty::Keywords(items) => items.iter().any(|(_, t)| holds_objects(t)),
        _ => false,
    }
}

/// Whether a value may hold containers.
pub fn holds_containers(ty: &Ty) -> bool {
    match ty {
        Ty::List(..) | Ty::Set(..) | Ty::Dict(..) => true,
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().any(holds_containers),
        Ty::Optional(t) => holds_containers(t),
        _ => false,
    }
}

impl<'a> Loan<'a> {
    /// Puts what the generator has changed into Python's containers.
    ///
    /// # Safety
    ///
    /// The generator waits; `boxes` are of its context, with its ledger; the GIL is held.
    pub unsafe fn settle_step(&mut self, py: Python<'_>, boxes: &mut Boxes<'_>) -> Done {
        let mut at = 0;
        // What is put into one of these may add others.
        while at < self.lent.len() {
            // SAFETY: the loan's objects are alive.
            unsafe {
                let lent = &self.lent[at];
                if !is_unchanged(lent) {
                    let now = content(lent.native, lent.ty);
                    write_back(py, lent, &now, boxes)?;
                    let (ty, native) = (lent.ty, lent.native);
                    self.adopt_elements(ty, native, boxes);
                    self.lent[at].before = now;
                    self.lent[at].items = None;
                }
            }
            at += 1;
        }
        Ok(())
    }

    /// Makes the containers in a value part of the loan, which Python has seen just now.
    ///
    /// # Safety
    ///
    /// As `settle_step`; the slots hold a value of the type whose Python object was made in
    /// `boxes`.
    pub unsafe fn adopt(&mut self, ty: &'a Ty, slots: *const u64, boxes: &mut Boxes<'_>) {
        // SAFETY: passed on.
        unsafe {
            match ty {
                Ty::List(..) | Ty::Set(..) | Ty::Dict(..) => {
                    let native = slots.read() as *mut Owner;
                    // One that has its Python object already is part of the loan.
                    if !(*native).object.is_null() {
                        return;
                    }
                    let Some(object) = boxes.share(native) else { return };
                    self.hold(object, native, ty);
                    let before = content(native, ty);
                    self.lent.push(Lent { object, native, ty, before, items: None });
                    self.adopt_elements(ty, native, boxes);
                }
                Ty::Tuple(items) | Ty::Record(_, items) => {
                    let mut at = slots;
                    for item in items.iter() {
                        self.adopt(item, at, boxes);
                        at = at.add(item.part_types().len());
                    }
                }
                Ty::Optional(t) if slots.read() & 1 == 1 => self.adopt(t, slots.add(1), boxes),
                _ => {}
            }
        }
    }

    unsafe fn adopt_elements(&mut self, ty: &'a Ty, native: *mut Owner, boxes: &mut Boxes<'_>) {
        // SAFETY: passed on; the elements stay where they are.
        unsafe {
            match ty {
                Ty::List(t, _) if holds_containers(t) => {
                    let list: *const ListObject = native.cast();
                    for i in 0..(*list).length as usize {
                        let first = (*native).data.cast::<u64>();
                        self.adopt(t, first.add(i * t.part_types().len()), boxes);
                    }
                }
                // Keys are never containers.
                Ty::Dict(pair, _) if holds_containers(&pair.1) => {
                    let mut places = Vec::new();
                    each_entry(native.cast(), |at| places.push(at));
                    for at in places {
                        let value = entry(helpers::DICT_VALUE, native.cast(), at);
                        self.adopt(&pair.1, value, boxes);
                    }
                }
                _ => {}
            }
        }
    }

    /// Gives back what the generator doesn't refer to any more.
    ///
    /// # Safety
    ///
    /// The records are those that the ledger has just swept; the GIL is held.
    pub unsafe fn forget(&mut self, gone: &[*mut Owner]) {
        if gone.is_empty() {
            return;
        }
        self.lent.retain(|lent| !gone.contains(&lent.native));
        self.natives.retain(|&object, (native, _)| {
            let keep = !gone.contains(native);
            if !keep {
                // SAFETY: the reference that `hold` took.
                unsafe { ffi::Py_DECREF(object) };
            }
            keep
        });
    }

    /// Notes what Python's containers hold while the generator waits.
    ///
    /// # Safety
    ///
    /// As `settle_step`.
    pub unsafe fn note(&mut self) {
        for lent in &mut self.lent {
            if lent.items.is_none() {
                // SAFETY: live containers of their types.
                lent.items = Some(unsafe { Items::of(lent.object, lent.ty) });
            }
        }
    }

    /// Reads again what Python has changed.
    ///
    /// # Safety
    ///
    /// As `settle_step`, with the generator's context.
    pub unsafe fn read_again(&mut self, context: &mut Context) -> Done {
        let mut at = 0;
        while at < self.lent.len() {
            let lent = &self.lent[at];
            // SAFETY: live containers of their types.
            unsafe {
                let same = lent.items.as_ref().is_none_or(|i| i.are_those_of(lent.object, lent.ty));
                if !same {
                    self.refill(at, context)?;
                }
            }
            at += 1;
        }
        // What came in anew is noted like the rest.
        // SAFETY: passed on.
        unsafe { self.note() };
        Ok(())
    }

    unsafe fn refill(&mut self, at: usize, context: &mut Context) -> Done {
        let lent = &mut self.lent[at];
        let (object, native, ty) = (lent.object, lent.native, lent.ty);
        let before = std::mem::take(&mut lent.before);
        let old = lent.items.take().unwrap_or_default();
        // SAFETY: the container is alive, its items checked against its type before they
        // are stored; new references are taken before the old ones go.
        unsafe {
            let items = Items::of(object, ty);
            let (first, second) = match ty {
                Ty::List(t, _) | Ty::Set(t, _) => (&**t, None),
                Ty::Dict(pair, _) => (&pair.0, Some(&pair.1)),
                _ => return Err(changed()),
            };
            for (i, &item) in items.0.iter().enumerate() {
                let expected = second.filter(|_| i % 2 == 1).unwrap_or(first);
                if !fits(item, self.numpy, expected) {
                    return Err(PyTypeError::new_err(format!(
                        "a {ty:#} that a compiled generator uses got an element of another \
                         type while the generator waited; it was compiled for the types at \
                         the call"
                    )));
                }
            }
            // An item that was there before has its value already: of a list.
            let width = first.part_types().len();
            let known: FxHashMap<*mut PyObject, usize> = match ty {
                Ty::List(..) if width > 0 && before.len() == old.0.len() * width => {
                    old.0.iter().enumerate().map(|(i, &item)| (item, i)).collect()
                }
                _ => FxHashMap::default(),
            };
            let mut slots: Vec<SmallVec<[u64; 4]>> = Vec::with_capacity(items.0.len());
            for (i, &item) in items.0.iter().enumerate() {
                let of = second.filter(|_| i % 2 == 1).unwrap_or(first);
                let mut value: SmallVec<[u64; 4]> = SmallVec::new();
                match known.get(&item) {
                    Some(&k) => {
                        value.extend_from_slice(&before[k * width..(k + 1) * width]);
                        let layout = self.layouts.of(of) as u64;
                        bare(helpers::VALUE_RETAIN, &[layout, value.as_ptr() as u64]);
                    }
                    None => {
                        value.resize(of.part_types().len(), 0);
                        self.store(context, of, item, value.as_mut_ptr())?;
                    }
                }
                slots.push(value);
            }
            match ty {
                Ty::List(..) => {
                    helper(helpers::LIST_CLEAR, context, &[native as u64])?;
                    for value in &slots {
                        let place = helper(helpers::LIST_APPEND, context, &[native as u64])?;
                        write(place, value);
                    }
                }
                Ty::Set(..) => {
                    helper(helpers::TABLE_CLEAR, context, &[native as u64])?;
                    for value in &slots {
                        pass(context, value)?;
                        helper(helpers::SET_ADD, context, &[native as u64])?;
                    }
                }
                _ => {
                    helper(helpers::TABLE_CLEAR, context, &[native as u64])?;
                    for pair in slots.chunks_exact(2) {
                        pass(context, &pair[0])?;
                        let place = helper(helpers::DICT_ASSIGN, context, &[native as u64])?;
                        write(place, &pair[1]);
                    }
                }
            }
            let lent = &mut self.lent[at];
            lent.before = content(native, ty);
            lent.items = Some(items);
        }
        Ok(())
    }
}

/// Writes a value to the slots that a container has made for it.
unsafe fn write(place: u64, value: &[u64]) {
    for (i, &slot) in value.iter().enumerate() {
        // SAFETY: the helper gave the address of an element's slots.
        unsafe { (place as *mut u64).add(i).write(slot) };
    }
}

/// Whether the object's content is as it was.
unsafe fn is_unchanged(lent: &Lent<'_>) -> bool {
    // SAFETY: a live object of the type.
    unsafe {
        match lent.ty {
            Ty::List(t, _) => {
                let list: *const ListObject = lent.native.cast();
                let slots = (*list).length as usize * t.part_types().len();
                if slots == 0 {
                    return content(lent.native, lent.ty) == lent.before;
                }
                let data = (*list).owner.data.cast::<u64>();
                std::slice::from_raw_parts(data, slots) == lent.before
            }
            _ => content(lent.native, lent.ty) == lent.before,
        }
    }
}
