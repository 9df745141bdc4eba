//! Stable sorting of lists.
//!
//! Ints, strings and floats without nan have a total order and go to the standard
//! library's sorts. Everything else is merged as CPython does it (`timsort.rs`): `<` may
//! fail, and with nan it orders nothing, so that the result depends on which elements are
//! compared (the standard library may panic then).

use super::Failure;
use super::compare::order;
use super::list::{element, new, width};
use super::strings::{str_bytes, str_order};
use super::timsort::timsort;
use super::value::address;
use cumbia_abi::{Context, Layout, ListObject, StrObject, class};
use std::cmp::Ordering;

/// `list.sort(reverse=...)`.
///
/// # Safety
///
/// A live list.
pub unsafe fn sort(list: *mut ListObject, reverse: bool) -> Result<(), Failure> {
    // SAFETY: by the contract.
    unsafe {
        let length = (*list).length as usize;
        if length < 2 {
            return Ok(());
        }
        (*list).changes += 1;
        let width = width(list);
        if width == 0 {
            // Only whether they have an order at all.
            return positions(list, reverse).map(drop);
        }
        let slots = std::slice::from_raw_parts_mut(element(list, 0), length * width);
        if matches!((*(*list).layout).class, class::INT | class::BOOL) {
            // Equal ones can't be told apart.
            let ints = std::slice::from_raw_parts_mut(slots.as_mut_ptr().cast::<i64>(), length);
            ints.sort_unstable();
            if reverse {
                ints.reverse();
            }
            return Ok(());
        }
        let order = positions(list, reverse)?;
        let old = slots.to_vec();
        for (to, from) in slots.chunks_exact_mut(width).zip(order) {
            to.copy_from_slice(&old[from * width..][..width]);
        }
        Ok(())
    }
}

/// The layout of Python ints, for lists that the runtime makes: code follows the struct.
#[repr(C)]
struct IntLayout {
    layout: Layout,
    code: [u8; 4],
}

static INTS: IntLayout = IntLayout {
    layout: Layout { slots: 1, class: class::INT, code_len: 1, counted: 0 },
    code: *b"i\0\0\0",
};

/// The positions of a list's elements in sorted order, as a list of ints.
///
/// # Safety
///
/// A live list.
pub unsafe fn order_of(
    context: &mut Context,
    list: *const ListObject,
    reverse: bool,
) -> Result<*mut ListObject, Failure> {
    // SAFETY: by the contract; `result` has room for all.
    unsafe {
        let order = positions(list, reverse)?;
        let result = new(context, (&raw const INTS).cast(), order.len())?;
        for (i, from) in order.iter().enumerate() {
            *element(result, i) = *from as u64;
        }
        (*result).length = order.len() as i64;
        Ok(result)
    }
}

/// # Safety
///
/// A live list.
unsafe fn positions(list: *const ListObject, reverse: bool) -> Result<Vec<usize>, Failure> {
    // SAFETY: by the contract.
    unsafe {
        let length = (*list).length as usize;
        let mut order: Vec<usize> = (0..length).collect();
        // Equal elements keep their order also in a reversed sort.
        if reverse {
            order.reverse();
        }
        let layout = (*list).layout;
        let slot = |i: usize| *element(list, i);
        match (*layout).class {
            // Keys beside the positions: comparing then follows no index.
            class::INT | class::BOOL => {
                let mut keyed: Vec<(i64, usize)> =
                    order.iter().map(|&i| (slot(i) as i64, i)).collect();
                keyed.sort_by_key(|&(key, _)| key);
                order = keyed.into_iter().map(|(_, i)| i).collect();
            }
            class::STR => {
                let mut keyed: Vec<(u64, *const StrObject, usize)> = Vec::with_capacity(length);
                let narrow = (0..length).all(|i| (*address::<StrObject>(slot(i))).unit == 1);
                for &i in &order {
                    let string = address(slot(i));
                    keyed.push((if narrow { prefix(str_bytes(string)) } else { 0 }, string, i));
                }
                keyed.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| str_order(a.1, b.1)));
                order = keyed.into_iter().map(|(_, _, i)| i).collect();
            }
            class::FLOAT if (0..length).all(|i| !f64::from_bits(slot(i)).is_nan()) => {
                let mut keyed: Vec<(f64, usize)> =
                    order.iter().map(|&i| (f64::from_bits(slot(i)), i)).collect();
                keyed.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
                order = keyed.into_iter().map(|(_, i)| i).collect();
            }
            _ => timsort(&mut order, &mut |i, j| {
                let found = order_elements(list, layout, i, j)?;
                Ok(found == Some(Ordering::Less))
            })?,
        }
        if reverse {
            order.reverse();
        }
        Ok(order)
    }
}

/// The first bytes as a number: bytes with a smaller one come first, and with the same one
/// it isn't known.
fn prefix(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = bytes.len().min(8);
    first[..length].copy_from_slice(&bytes[..length]);
    u64::from_be_bytes(first)
}

/// # Safety
///
/// A live list with elements `i` and `j`.
unsafe fn order_elements(
    list: *const ListObject,
    layout: *const Layout,
    i: usize,
    j: usize,
) -> Result<Option<Ordering>, Failure> {
    // SAFETY: by the contract.
    unsafe { order(layout, element(list, i), layout, element(list, j)) }
}
