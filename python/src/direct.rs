//! What lies in CPython's lists, ints, floats and strs, read without a call for each.
//!
//! Copying a container's content is a few instructions an element, and functions of the
//! limited API would be most of the time. The layouts aren't in that API; they are those
//! of `Include/cpython/`, and each is believed only after [`install`] has found it in
//! objects of known content. Where one isn't found, its readers say `None`, and the API is
//! asked. Subclasses aren't looked into: callers have compared the class.

use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt, PyList, PyString};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where things lie; see [`Direct::get`].
#[derive(Clone, Copy, Default)]
pub struct Direct {
    lists: bool,
    floats: bool,
    ints: Ints,
    /// First unit of an ASCII string, and of others; 0: unknown.
    ascii: u8,
    wide: u8,
    /// Bits below the kind in a string's state.
    shift: u8,
    /// Whether strings' hashes are where they are expected.
    hashes: bool,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Ints {
    #[default]
    Unknown,
    /// Until 3.11: a signed number of digits.
    Signed,
    /// Since 3.12: three bits for the sign below the number of digits.
    Tagged,
}

/// All of [`Direct`] in one word.
static FOUND: AtomicU64 = AtomicU64::new(0);

/// Words from the start of an object: class and references are the first two.
const LENGTH: usize = 2;
const ITEMS: usize = 3;
const DIGITS: usize = 3;
const HASH: usize = 3;
const STATE: usize = 4;
const DIGIT_BITS: u32 = 30;

/// A string's units.
pub struct Units {
    /// First unit.
    pub first: *const u8,
    /// Code points.
    pub length: usize,
    /// Bytes of one.
    pub unit: usize,
    /// Python's hash, -1 when it isn't computed yet.
    pub hash: i64,
}

unsafe fn word(object: *mut PyObject, at: usize) -> u64 {
    // SAFETY: the caller's: an object of so many words.
    unsafe { object.cast::<u64>().add(at).read() }
}

impl Direct {
    /// What [`install`] has found.
    #[inline]
    pub fn get() -> Direct {
        let [lists, floats, ints, ascii, wide, shift, hashes, _] =
            FOUND.load(Ordering::Acquire).to_le_bytes();
        let ints = match ints {
            1 => Ints::Signed,
            2 => Ints::Tagged,
            _ => Ints::Unknown,
        };
        Direct {
            lists: lists == 1,
            floats: floats == 1,
            ints,
            ascii,
            wide,
            shift,
            hashes: hashes == 1,
        }
    }

    /// The items of a list, borrowed as long as nothing changes it.
    ///
    /// # Safety
    ///
    /// An exact list, and the GIL.
    #[inline]
    pub unsafe fn items<'a>(self, list: *mut PyObject) -> Option<&'a [*mut PyObject]> {
        if !self.lists {
            return None;
        }
        // SAFETY: by the contract; `install` has seen the layout. An empty list has none.
        unsafe {
            let length = word(list, LENGTH) as usize;
            let first = word(list, ITEMS) as *const *mut PyObject;
            Some(if length == 0 { &[] } else { std::slice::from_raw_parts(first, length) })
        }
    }

    /// The value of a float.
    ///
    /// # Safety
    ///
    /// An exact float, and the GIL.
    #[inline]
    pub unsafe fn float(self, object: *mut PyObject) -> f64 {
        // SAFETY: by the contract.
        unsafe {
            match self.floats {
                true => f64::from_bits(word(object, LENGTH)),
                false => ffi::PyFloat_AsDouble(object),
            }
        }
    }

    /// The value of an int of up to two digits (60 bits); `None` says nothing.
    ///
    /// # Safety
    ///
    /// An exact int, and the GIL.
    #[inline]
    pub unsafe fn int(self, object: *mut PyObject) -> Option<i64> {
        // SAFETY: by the contract; a number of digits says how many are there.
        unsafe {
            let head = word(object, LENGTH) as i64;
            let (digits, negative) = match self.ints {
                Ints::Unknown => return None,
                Ints::Signed => (head.unsigned_abs(), head < 0),
                Ints::Tagged => (head as u64 >> 3, head & 3 == 2),
            };
            let first: *const u32 = object.cast::<u64>().add(DIGITS).cast();
            let size = match digits {
                0 => 0,
                1 => i64::from(*first),
                2 => i64::from(*first) | i64::from(*first.add(1)) << DIGIT_BITS,
                _ => return None,
            };
            Some(if negative { -size } else { size })
        }
    }

    /// A string's units, borrowed as long as it lives.
    ///
    /// # Safety
    ///
    /// An exact str, and the GIL.
    #[inline]
    pub unsafe fn units(self, object: *mut PyObject) -> Option<Units> {
        // SAFETY: by the contract; `install` has seen where units lie, for each kind.
        unsafe {
            let state = word(object, STATE) as u32 >> self.shift;
            let (unit, compact, ascii) = (state & 7, state >> 3 & 1, state >> 4 & 1);
            let from = if ascii == 1 { self.ascii } else { self.wide };
            if from == 0 || compact == 0 || !matches!(unit, 1 | 2 | 4) {
                return None;
            }
            let hash = if self.hashes { word(object, HASH) as i64 } else { -1 };
            Some(Units {
                first: object.cast::<u8>().add(from.into()),
                length: word(object, LENGTH) as usize,
                unit: unit as usize,
                hash,
            })
        }
    }
}

/// Looks whether objects lie as expected.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let mut found = [0u8; 8];
    // SAFETY: objects of the classes that are asked for, no larger than `__sizeof__` says;
    // addresses in them are followed once the length beside them is right.
    unsafe {
        found[0] = lists(py)?.into();
        found[1] = floats(py).into();
        found[2] = match (ints(py, Ints::Signed)?, ints(py, Ints::Tagged)?) {
            (true, false) => 1,
            (false, true) => 2,
            _ => 0,
        };
        let [ascii, wide, shift] = strings(py)?;
        [found[3], found[4], found[5]] = [ascii, wide, shift];
        // The runtime must hash strings as Python does before it believes Python's hashes.
        let fresh = PyString::new(py, &format!("cumbia {}", std::process::id()));
        let before = word(fresh.as_ptr(), HASH) as i64;
        let hash = fresh.hash()? as i64;
        let same = before == -1 && word(fresh.as_ptr(), HASH) as i64 == hash;
        found[6] =
            (same && cumbia_runtime::hash_bytes(fresh.to_string().as_bytes()) == hash).into();
    }
    FOUND.store(u64::from_le_bytes(found), Ordering::Release);
    Ok(())
}

fn bytes_of(object: &Bound<'_, PyAny>) -> PyResult<usize> {
    object.call_method0("__sizeof__")?.extract()
}

unsafe fn lists(py: Python<'_>) -> PyResult<bool> {
    let here = PyList::empty(py);
    let all: Vec<Bound<'_, PyAny>> =
        (0..5).map(|i| PyFloat::new(py, f64::from(i)).into_any()).collect();
    for item in &all {
        here.append(item)?;
    }
    if bytes_of(&here)? < 40 {
        return Ok(false);
    }
    let known = Direct { lists: true, ..Direct::default() };
    // SAFETY: passed on.
    unsafe {
        if word(here.as_ptr(), LENGTH) != 5 {
            return Ok(false);
        }
        let same = known.items(here.as_ptr()).is_some_and(|items| {
            items.iter().zip(&all).all(|(&item, expected)| item == expected.as_ptr())
        });
        here.del_slice(1, 3)?;
        Ok(same && known.items(here.as_ptr()).is_some_and(|items| items.len() == 3))
    }
}

unsafe fn floats(py: Python<'_>) -> bool {
    let known = Direct { floats: true, ..Direct::default() };
    [0.1, -2.5e300, f64::INFINITY].into_iter().all(|x| {
        // SAFETY: a float has a third word, whatever it is.
        unsafe { known.float(PyFloat::new(py, x).as_ptr()) == x }
    })
}

unsafe fn ints(py: Python<'_>, form: Ints) -> PyResult<bool> {
    let known = Direct { ints: form, ..Direct::default() };
    let bits: u32 = py.import("sys")?.getattr("int_info")?.getattr("bits_per_digit")?.extract()?;
    let values = [0i64, 1, -1, 5, -5, 300, -77_777, (1 << 30) - 1, 1 << 30, -(1 << 30), 1 << 45];
    let values = values.into_iter().chain([(1 << 60) - 1, 1 - (1 << 60), -(1 << 59) - 12_345]);
    for value in values {
        let object = PyInt::new(py, value).into_any();
        // A digit that isn't there could be read otherwise.
        let room = 24 + 4 * (64 - value.unsigned_abs().leading_zeros()).div_ceil(30).max(1);
        if bytes_of(&object)? < room as usize {
            return Ok(false);
        }
        // SAFETY: an int of at least this size.
        if unsafe { known.int(object.as_ptr()) } != Some(value) {
            return Ok(false);
        }
    }
    let large = PyInt::new(py, i64::MIN);
    // SAFETY: an int.
    Ok(bits == DIGIT_BITS && unsafe { known.int(large.as_ptr()) }.is_none())
}

/// Where units of ASCII and other strings begin, and the shift of the state; zeros where
/// they aren't found.
unsafe fn strings(py: Python<'_>) -> PyResult<[u8; 3]> {
    let texts = [
        "plain text",
        "na\u{ef}ve caf\u{e9}",
        "\u{3b1}\u{3b2}\u{3b3}\u{3b4}",
        "\u{1f600}\u{1f601}x",
    ];
    let mut starts = [0u8; 4];
    for (at, (text, unit)) in texts.iter().zip([1usize, 1, 2, 4]).enumerate() {
        let object = PyString::new(py, text);
        let used = (text.chars().count() + 1) * unit;
        // Without a cached UTF-8 form, the units and a zero are the end of the block.
        let Some(start) = bytes_of(object.as_any())?.checked_sub(used).filter(|&s| s >= 40) else {
            return Ok([0; 3]);
        };
        starts[at] = start.try_into().unwrap_or(0);
    }
    let [ascii, wide, ..] = starts;
    if ascii == 0 || wide == 0 || starts[2] != wide || starts[3] != wide {
        return Ok([0; 3]);
    }
    for shift in [2, 16] {
        let known = Direct { ascii, wide, shift, ..Direct::default() };
        let fits = texts.iter().chain(&["", "x", "\u{e9}"]).all(|text| {
            let object = PyString::new(py, text);
            let points: Vec<u32> = text.chars().map(|c| c as u32).collect();
            let widest = points.iter().copied().max().unwrap_or(0);
            let unit = if widest > 0xFFFF {
                4
            } else if widest > 0xFF {
                2
            } else {
                1
            };
            // SAFETY: the length is compared before units are read.
            unsafe {
                known.units(object.as_ptr()).is_some_and(|units| {
                    units.length == points.len()
                        && units.unit == unit
                        && points.iter().enumerate().all(|(i, &point)| {
                            let mut wide = [0u8; 4];
                            let at = units.first.add(i * unit);
                            wide[..unit].copy_from_slice(std::slice::from_raw_parts(at, unit));
                            u32::from_le_bytes(wide) == point
                        })
                })
            }
        });
        if fits {
            return Ok([ascii, wide, shift]);
        }
    }
    Ok([0; 3])
}
