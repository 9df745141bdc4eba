//! Python's lists, sets and dicts, and the heap frames of closures and generators.
//!
//! Objects lie as `cumbia_abi::objects` says and live in their call's allocation list.
//! Ownership, for every helper:
//!
//! - arguments and what lies in the scratch slots are borrowed; what a container keeps of
//!   them it retains;
//! - a result is one new reference;
//! - slots whose address a helper gives (`list_append`, `dict_assign` ...) are zero, and
//!   what the caller writes there belongs to the container. They are valid until the
//!   container changes;
//! - what is removed or overwritten is released. Nothing of the user's runs then.
//!
//! Helpers trust addresses and layouts; positions are checked by compiled code where
//! the helper's comment doesn't say that it does.

mod buffer;
mod compare;
mod dict;
mod exports;
mod hash;
mod list;
mod repr;
mod set;
mod set_operations;
mod slice;
mod sort;
mod strings;
mod tables;
mod timsort;
mod value;

pub(crate) use buffer::*;
pub use buffer::{ResizeHook, buffer_slice, set_resize_hook};
pub(crate) use exports::*;
pub(crate) use hash::hash_is_python;
pub use hash::{BytesHasher, hash_bytes, set_member_hashes, set_none_hash, set_string_hasher};
pub use repr::repr_text;
pub use set::{Place, set_fill_place, set_places, set_reserve_places};
pub use strings::{
    bytes_bytes, lend_string, new_units, str_bytes, str_equal, str_hash, str_order, str_points,
};
pub use tables::each_entry;
pub(crate) use tables::next as table_entry_after;
pub use timsort::follow_python;
pub use value::retain_value;

use crate::memory::release_object;
use crate::raise::{raise, raise_memory};
use cumbia_abi::{
    Context, ExceptionClass, FrameObject, Layout, ListObject, ObjectKind, Owner, TableObject,
};
pub(crate) use value::each_counted;

/// Why an operation failed; becomes the context's exception where a helper ends.
#[derive(Debug)]
pub(crate) struct Failure {
    class: ExceptionClass,
    message: String,
}

impl Failure {
    #[cold]
    pub fn new(class: ExceptionClass, message: impl Into<String>) -> Failure {
        Failure { class, message: message.into() }
    }

    /// No memory.
    #[cold]
    pub fn memory() -> Failure {
        Failure::new(ExceptionClass::MemoryError, "")
    }

    #[cold]
    pub fn raise(self, context: &mut Context) {
        match self.class {
            ExceptionClass::MemoryError => raise_memory(context),
            class => raise(context, class, self.message),
        }
    }
}

/// Calls `visit` for each reference that an object holds.
///
/// # Safety
///
/// A live object. `visit` may write counts and the links of what it is given, and
/// nothing else.
pub(crate) unsafe fn each_reference(object: *mut Owner, visit: &mut impl FnMut(*mut Owner)) {
    // SAFETY: by the contract; the kind says what the object is.
    unsafe {
        match (*object).kind {
            ObjectKind::Memory
            | ObjectKind::Str
            | ObjectKind::Bytes
            | ObjectKind::Buffer
            | ObjectKind::Random => {}
            // `exceptions::drop_contents` gives them.
            ObjectKind::Exception => {}
            ObjectKind::List => {
                let list: *const ListObject = object.cast();
                if (*(*list).layout).counted != 0 {
                    for i in 0..(*list).length as usize {
                        each_counted((*list).layout, list::element(list, i), visit);
                    }
                }
            }
            ObjectKind::Set | ObjectKind::Dict => tables::each_reference(object.cast(), visit),
            ObjectKind::Frame => {
                let frame: *const FrameObject = object.cast();
                each_counted((*frame).layout, (*object).data.cast(), visit);
            }
        }
    }
}

/// Releases what values side by side refer to.
///
/// # Safety
///
/// `count` live values of the layout, whose references are given up.
pub(crate) unsafe fn release_values(
    context: &mut Context,
    layout: *const Layout,
    slots: *const u64,
    count: usize,
) {
    // SAFETY: by the contract. Freeing runs no code that could reach these slots.
    unsafe {
        if (*layout).counted != 0 {
            for i in 0..count {
                let slots = slots.add(i * (*layout).slots as usize);
                each_counted(layout, slots, &mut |owner| release_object(context, owner));
            }
        }
    }
}

/// The key's slots of a live entry of a set or dict.
///
/// # Safety
///
/// A live table with this entry.
pub(crate) unsafe fn table_entry(table: *const TableObject, at: usize) -> *const u64 {
    // SAFETY: by the contract.
    unsafe { tables::key(table, at) }
}

/// The value's slots of a live entry of a dict.
///
/// # Safety
///
/// A live dict with this entry.
pub(crate) unsafe fn table_entry_value(dict: *const TableObject, at: usize) -> *const u64 {
    // SAFETY: by the contract.
    unsafe { dict::value(dict, at) }
}
