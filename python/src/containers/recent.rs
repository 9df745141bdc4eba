//! Strings that a call was lent lately, by content.
//!
//! A list of words has the same few texts again and again, mostly as objects of their own.
//! Strings don't change, so one object of compiled code stands for all with the same short
//! text: less is copied, and what looks them up meets one address instead of many. Long
//! strings are told by their Python object alone. A place remembers the string that came
//! last; where hardly any comes twice, nothing is remembered any more.
//!
//! Assumes what a loan assures: strings that are remembered live as long as the loan.

use crate::direct::Units;
use cumbia_abi::{Owner, StrObject};
use pyo3::ffi::PyObject;
use std::ptr;

/// From so many strings in a list on, some are remembered; how many at most.
const FEW: usize = 8;
const MOST: usize = 4096;
/// Bytes of a short text.
const SHORT: usize = 16;
/// After so many questions it is looked whether one in eight had an answer.
const TRIAL: u32 = 1024;

/// See the module.
#[derive(Default)]
pub(super) struct Recent {
    /// As many as a power of two, or none.
    places: Vec<*mut StrObject>,
    asked: u32,
    known: u32,
    given_up: bool,
}

/// All of a short text in two words that may overlap.
#[inline]
unsafe fn words(first: *const u8, size: usize) -> [u64; 2] {
    // SAFETY: the caller's: so many bytes, at most 16.
    unsafe {
        match size {
            8.. => [
                first.cast::<u64>().read_unaligned(),
                first.add(size - 8).cast::<u64>().read_unaligned(),
            ],
            4..8 => [
                first.cast::<u32>().read_unaligned().into(),
                first.add(size - 4).cast::<u32>().read_unaligned().into(),
            ],
            1..4 => {
                let ends = u64::from(*first) | u64::from(*first.add(size - 1)) << 8;
                [ends, u64::from(*first.add(size / 2))]
            }
            0 => [0; 2],
        }
    }
}

impl Recent {
    /// So many strings come next.
    pub fn expect(&mut self, count: usize) {
        if self.places.is_empty() && count >= FEW && !self.given_up {
            let size = (count / 4).next_power_of_two().clamp(FEW, MOST);
            self.places = vec![ptr::null_mut(); size];
        }
    }

    /// The place of a string, if strings are remembered.
    ///
    /// # Safety
    ///
    /// The units are those of the live object.
    #[inline]
    pub unsafe fn place(&self, object: *mut PyObject, units: &Units) -> Option<usize> {
        let mask = self.places.len().checked_sub(1)?;
        let size = units.length.saturating_mul(units.unit);
        if size > SHORT {
            return Some(object.addr() >> 4 & mask);
        }
        // SAFETY: by the contract.
        let [a, b] = unsafe { words(units.first, size) };
        // Odd numbers of no pattern; the upper bits of a product depend on all bits.
        let mixed = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        let mixed = (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
        Some((mixed >> 40) as usize & mask)
    }

    /// The string at the place, if it is this one.
    ///
    /// # Safety
    ///
    /// As [`Recent::place`], which gave the place.
    #[inline]
    pub unsafe fn find(
        &mut self,
        place: usize,
        object: *mut PyObject,
        units: &Units,
    ) -> Option<*mut Owner> {
        self.asked += 1;
        if self.asked == TRIAL && self.known < TRIAL / 8 {
            self.given_up = true;
            self.places = Vec::new();
            return None;
        }
        let known = *self.places.get(place)?;
        if known.is_null() {
            return None;
        }
        // SAFETY: a live string, whose units follow the struct.
        unsafe {
            let size = units.length.saturating_mul(units.unit);
            let same = (*known).owner.object == object.cast()
                || size <= SHORT
                    && (*known).length as usize == units.length
                    && (*known).unit as usize == units.unit
                    && words(known.add(1).cast(), size) == words(units.first, size);
            if !same {
                return None;
            }
            self.known = self.known.saturating_add(1);
            if (*known).hash == -1 {
                (*known).hash = units.hash;
            }
            Some(known.cast())
        }
    }

    /// Remembers a string that was lent just now.
    #[inline]
    pub fn keep(&mut self, place: usize, native: *mut Owner) {
        if let Some(known) = self.places.get_mut(place) {
            *known = native.cast();
        }
    }
}
