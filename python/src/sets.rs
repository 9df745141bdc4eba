//! Python's sets place by place, so that a set goes over to compiled code and back with its
//! order of iteration.
//!
//! The order of a set depends on its history: the size of its table, and where keys were
//! put that had to give way. Adding the same keys to a new set may give another order. So
//! the table itself is read and written. Its layout isn't in the limited API; it is that of
//! `Include/cpython/setobject.h`, unchanged since CPython 3.7, and is believed only after
//! [`install`] has found it in sets of known content. Where it isn't found, keys are added
//! one by one.

use cumbia_abi::{Context, TableObject};
use cumbia_runtime::{Place, set_fill_place, set_places, set_reserve_places};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PySet;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Places of the table inside of a set object.
const SMALL: usize = 8;
const REMOVED: isize = -1;

#[repr(C)]
#[derive(Clone, Copy)]
struct Entry {
    key: *mut PyObject,
    hash: isize,
}

/// A set object of CPython 3.7 and later.
#[repr(C)]
struct SetObject {
    head: PyObject,
    fill: isize,
    used: isize,
    mask: isize,
    table: *mut Entry,
    hash: isize,
    finger: isize,
    small: [Entry; SMALL],
    weak_references: *mut PyObject,
}

/// The key of removed entries: an object of CPython's own. Null until the layout is known
/// to be right.
static DUMMY: AtomicPtr<PyObject> = AtomicPtr::new(ptr::null_mut());

/// Looks whether sets lie as expected.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let basic: usize = py.get_type::<PySet>().getattr("__basicsize__")?.extract()?;
    if basic != size_of::<SetObject>() {
        return Ok(());
    }
    // 1 and 9 want the same place; 9 goes to place 6.
    let few = PySet::new(py, [1, 9])?;
    few.discard(1)?;
    let many = PySet::new(py, 0..100)?;
    let nine = few.iter().next();
    // SAFETY: objects of the size of the struct; each field is looked at before what it
    // says is used, and places beyond the first are read only of tables that lie in the
    // object or have the number of places that the other fields agree on.
    unsafe {
        let set: *const SetObject = few.as_ptr().cast();
        let small: *const Entry = (&raw const (*set).small).cast();
        if ((*set).fill, (*set).used, (*set).mask) != (2, 1, SMALL as isize - 1)
            || !ptr::eq((*set).table, small)
        {
            return Ok(());
        }
        let (removed, kept) = ((*set).small[1], (*set).small[6]);
        let same = nine.is_some_and(|nine| nine.as_ptr() == kept.key);
        let empty = |i: usize| (*set).small[i].key.is_null() && (*set).small[i].hash == 0;
        if removed.key.is_null()
            || removed.hash != REMOVED
            || kept.hash != 9
            || !same
            || ![0, 2, 3, 4, 5, 7].into_iter().all(empty)
        {
            return Ok(());
        }
        let set: *const SetObject = many.as_ptr().cast();
        if ((*set).fill, (*set).used, (*set).mask) != (100, 100, 511) {
            return Ok(());
        }
        if !(0..100).all(|i| (*(*set).table.add(i)).hash == i as isize) {
            return Ok(());
        }
        DUMMY.store(removed.key, Ordering::Release);
    }
    Ok(())
}

/// Makes the table of a Python set in an empty set of compiled code. `store` puts a key's
/// slots to the address, owned, and gives the runtime's hash of it. False where the tables
/// can't be the same; the set may have keys then and is to be cleared.
///
/// # Safety
///
/// A valid set object, a fresh set of the context whose keys have at most as many slots as
/// the scratch buffer, and the GIL; `store` runs no Python code.
pub unsafe fn take_over(
    context: &mut Context,
    object: *mut PyObject,
    native: *mut TableObject,
    mut store: impl FnMut(&mut Context, *mut PyObject, *mut u64) -> PyResult<i64>,
) -> PyResult<bool> {
    let dummy = DUMMY.load(Ordering::Acquire);
    if dummy.is_null() {
        return Ok(false);
    }
    // SAFETY: `install` has seen the layout; the table doesn't change meanwhile.
    unsafe {
        let set: *const SetObject = object.cast();
        let size = (*set).mask as usize + 1;
        if (*set).used == 0 || !set_reserve_places(native, size, (*set).finger as i64) {
            return Ok(false);
        }
        for at in 0..size {
            let Entry { key, hash } = *(*set).table.add(at);
            if key == dummy {
                set_fill_place(native, at, ptr::null(), 0);
            } else if !key.is_null() {
                let mut slots = [0; cumbia_abi::SCRATCH_SLOTS];
                let own = store(context, key, slots.as_mut_ptr())?;
                set_fill_place(native, at, slots.as_ptr(), own);
                if own != hash as i64 {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// Puts items into an empty Python set, at the places that compiled code's set has them.
/// `items` are new references in the order of iteration, which are taken. False with an
/// exception set.
///
/// # Safety
///
/// An empty set object that nothing else uses, a live set of as many keys, and the GIL.
pub unsafe fn give_back(
    object: *mut PyObject,
    native: *const TableObject,
    items: &[*mut PyObject],
) -> bool {
    // SAFETY: by the contract; hashing the items runs no code of the user's, since they are
    // numbers, strings, bytes and tuples of these.
    unsafe {
        let places = set_places(native);
        if let Some(dummy) = ptr::NonNull::new(DUMMY.load(Ordering::Acquire))
            && !items.is_empty()
            && let Some(entries) = entries(&places, items, dummy.as_ptr())
            && write_table(object, &entries, items.len(), (*native).room)
        {
            return true;
        }
        ffi::PyErr_Clear();
        let mut failed = false;
        for &item in items {
            failed = failed || ffi::PySet_Add(object, item) != 0;
            ffi::Py_DECREF(item);
        }
        !failed
    }
}

/// The entries of a table; `None` where an item's hash isn't the one it was placed by.
unsafe fn entries(
    places: &[Place],
    items: &[*mut PyObject],
    dummy: *mut PyObject,
) -> Option<Vec<Entry>> {
    let mut items = items.iter();
    let entry = |place: &Place| match *place {
        Place::Unused => Some(Entry { key: ptr::null_mut(), hash: 0 }),
        Place::Removed => Some(Entry { key: dummy, hash: REMOVED }),
        Place::Key(hash) => {
            let &key = items.next()?;
            // SAFETY: a valid object, and the GIL.
            let own = unsafe { ffi::PyObject_Hash(key) };
            (own as i64 == hash).then_some(Entry { key, hash: own })
        }
    };
    places.iter().map(entry).collect()
}

/// Writes the table of an empty set; takes the keys' references. False without memory.
unsafe fn write_table(object: *mut PyObject, entries: &[Entry], used: usize, finger: i64) -> bool {
    // SAFETY: the set is empty, so that its table is the one inside of it; a table apart is
    // freed by `PyMem_Free`. Nothing of Python runs in between.
    unsafe {
        let set: *mut SetObject = object.cast();
        let table = if entries.len() == SMALL {
            (&raw mut (*set).small).cast()
        } else {
            ffi::PyMem_Malloc(size_of_val(entries)).cast::<Entry>()
        };
        if table.is_null() {
            return false;
        }
        ptr::copy_nonoverlapping(entries.as_ptr(), table, entries.len());
        (*set).table = table;
        (*set).mask = entries.len() as isize - 1;
        (*set).fill = entries.iter().filter(|entry| !entry.key.is_null()).count() as isize;
        (*set).used = used as isize;
        (*set).finger = finger as isize;
    }
    true
}
