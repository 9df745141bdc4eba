//! Hashes as CPython computes them, so that sets iterate in CPython's order.
//!
//! Numbers that are equal have equal hashes: all are reduced modulo 2**61 - 1. The rules
//! are those of Python's reference ("Hashing of numeric types") and of `Objects/
//! tupleobject.c`, which names xxHash. A nan, which CPython hashes by identity, has hash 0.

use super::Failure;
use super::strings::{bytes_hash, str_hash};
use super::value::{Cursor, Item, Number};
use cumbia_abi::{ExceptionClass, Layout, ListObject, Owner, class};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

const MODULUS: u64 = (1 << 61) - 1;
const IMAGINARY: i64 = 1_000_003;

/// Hashes bytes: of a string its units, of bytes themselves.
pub type BytesHasher = extern "C" fn(*const u8, usize) -> i64;

/// A [`BytesHasher`], 0 for the default one.
static HASHER: AtomicUsize = AtomicUsize::new(0);
/// What CPython 3.12 gives for None; older versions hash its address.
static NONE_HASH: AtomicI64 = AtomicI64::new(0xfca8_6420);

/// Sets how strings are hashed: as the process's Python does, whose key is random.
///
/// To be called before the first string is hashed: strings keep their hashes.
pub fn set_string_hasher(hasher: BytesHasher) {
    HASHER.store(hasher as usize, Ordering::Relaxed);
}

/// Whether strings are hashed as the process's Python hashes them.
pub(crate) fn hash_is_python() -> bool {
    HASHER.load(Ordering::Relaxed) != 0
}

/// Sets the hash of None.
pub fn set_none_hash(hash: i64) {
    NONE_HASH.store(hash, Ordering::Relaxed);
}

/// The hash of bytes; never -1.
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    let hash = match HASHER.load(Ordering::Relaxed) {
        0 if bytes.is_empty() => 0,
        0 => siphash13(bytes) as i64,
        address => {
            // SAFETY: only `set_string_hasher` stores here, and it stores such functions.
            let hasher: BytesHasher = unsafe { std::mem::transmute(address) };
            hasher(bytes.as_ptr(), bytes.len())
        }
    };
    not_minus_one(hash)
}

#[inline]
fn not_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

/// Hash of a Python int.
#[inline]
pub fn hash_int(value: i64) -> i64 {
    // Most are small: no division then.
    if value.unsigned_abs() < MODULUS {
        return not_minus_one(value);
    }
    hash_wide(i128::from(value))
}

#[cold]
fn hash_wide(value: i128) -> i64 {
    let reduced = (value.unsigned_abs() % u128::from(MODULUS)) as i64;
    not_minus_one(if value < 0 { -reduced } else { reduced })
}

/// Hash of a Python float.
pub fn hash_float(value: f64) -> i64 {
    const LIMIT: f64 = (1u64 << 60) as f64;
    // The hash of an integral float is the integer's.
    if value.abs() < LIMIT && value.trunc() == value {
        return hash_int(value as i64);
    }
    if value.is_nan() {
        return 0;
    }
    if value.is_infinite() {
        return if value > 0.0 { 314_159 } else { -314_159 };
    }
    // value = ± mantissa * 2**exponent, and 2**61 is 1 modulo the modulus: the power is a
    // rotation of 61 bits.
    let bits = value.to_bits();
    let field = (bits >> 52 & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) =
        if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
    let turn = exponent.rem_euclid(61) as u32;
    let rotated =
        if turn == 0 { mantissa } else { (mantissa << turn & MODULUS) | mantissa >> (61 - turn) };
    let hash = (rotated % MODULUS) as i64;
    not_minus_one(if value < 0.0 { -hash } else { hash })
}

fn hash_complex(re: f64, im: f64) -> i64 {
    not_minus_one(hash_float(re).wrapping_add(IMAGINARY.wrapping_mul(hash_float(im))))
}

/// Hash of a number.
pub fn hash_number(number: Number) -> i64 {
    match number {
        Number::Bool(b) => b.into(),
        Number::Int(i) => hash_int(i),
        Number::NumpyInt(i, _) => hash_wide(i),
        Number::Float(x) | Number::NumpyFloat(x, _) => hash_float(x),
        Number::Complex(re, im) | Number::NumpyComplex(re, im, _) => hash_complex(re, im),
    }
}

/// Hash of a value.
///
/// # Errors
///
/// TypeError for what Python can't hash.
///
/// # Safety
///
/// `slots` are live slots of a value of the layout.
#[inline]
pub unsafe fn hash_value(layout: *const Layout, slots: *const u64) -> Result<i64, Failure> {
    // SAFETY: by the contract.
    unsafe {
        match (*layout).class {
            class::INT => Ok(hash_int(*slots as i64)),
            class::FLOAT => Ok(hash_float(f64::from_bits(*slots))),
            class::STR => Ok(str_hash(super::value::address(*slots))),
            _ => {
                let mut cursor = Cursor::new(layout, slots);
                let first = cursor.next();
                hash_item(first, &mut cursor)
            }
        }
    }
}

/// # Safety
///
/// As [`hash_value`]: `item` and what follows come from live slots.
unsafe fn hash_item(item: Item, cursor: &mut Cursor<'_>) -> Result<i64, Failure> {
    let unhashable = |name: &str| {
        Err(Failure::new(ExceptionClass::TypeError, format!("unhashable type: '{name}'")))
    };
    // SAFETY: by the contract.
    unsafe {
        match item {
            Item::Number(number) => Ok(hash_number(number)),
            Item::Str(s) => Ok(str_hash(s)),
            Item::Bytes(b) => Ok(bytes_hash(b)),
            Item::None => Ok(NONE_HASH.load(Ordering::Relaxed)),
            Item::Open => hash_tuple(cursor),
            Item::List(_) => unhashable("list"),
            Item::Tuple(list) => hash_list_as_tuple(list),
            Item::Set(_) => unhashable("set"),
            Item::FrozenSet(set) => Ok(super::tables::hash_of_keys(set)),
            Item::Dict(_) => unhashable("dict"),
            Item::Array(..) => unhashable("numpy.ndarray"),
            Item::Frame(owner) => Ok(hash_address(owner)),
            Item::Member(class, at) => Ok(hash_member(class, at)),
            Item::Instance(object) => {
                hash_value((*object).layout, (*object).owner.data.cast::<u64>())
            }
            Item::Close | Item::Raw => Ok(0),
        }
    }
}

/// The hash of what is told by its address: of an argument, its Python object's.
///
/// # Safety
///
/// A live object.
unsafe fn hash_address(owner: *const Owner) -> i64 {
    // SAFETY: by the contract.
    let object = unsafe { (*owner).object };
    let address = if object.is_null() { owner.addr() } else { object.addr() };
    not_minus_one((address as u64).rotate_right(4) as i64)
}

/// Python's hashes of the members of enums, by the class's number.
static MEMBERS: RwLock<BTreeMap<u64, Vec<i64>>> = RwLock::new(BTreeMap::new());

/// Says how the members of an enum are hashed, in their order.
pub fn set_member_hashes(class: u64, hashes: Vec<i64>) {
    MEMBERS.write().unwrap_or_else(PoisonError::into_inner).insert(class, hashes);
}

fn hash_member(class: u64, at: i64) -> i64 {
    let members = MEMBERS.read().unwrap_or_else(PoisonError::into_inner);
    let known = members.get(&class).and_then(|hashes| hashes.get(at as usize));
    known.copied().unwrap_or_else(|| hash_int(at))
}

/// # Safety
///
/// As [`hash_item`].
unsafe fn hash_tuple(cursor: &mut Cursor<'_>) -> Result<i64, Failure> {
    let mut lanes = Lanes::default();
    loop {
        let item = cursor.next();
        match item {
            Item::Close => break,
            Item::Raw => continue,
            _ => {}
        }
        // SAFETY: by the contract.
        lanes.add(unsafe { hash_item(item, cursor)? });
    }
    Ok(lanes.finish())
}

/// # Safety
///
/// A live list.
unsafe fn hash_list_as_tuple(list: *const ListObject) -> Result<i64, Failure> {
    let mut lanes = Lanes::default();
    // SAFETY: by the contract; so many items lie in the list's data.
    unsafe {
        let layout = (*list).layout;
        let mut at: *const u64 = (*list).owner.data.cast();
        for _ in 0..(*list).length {
            lanes.add(hash_value(layout, at)?);
            at = at.wrapping_add((*layout).slots as usize);
        }
    }
    Ok(lanes.finish())
}

const PRIME_1: u64 = 11_400_714_785_074_694_791;
const PRIME_2: u64 = 14_029_467_366_897_019_727;
const PRIME_5: u64 = 2_870_177_450_012_600_261;

/// The hashes of a tuple's items, on their way to its own.
struct Lanes {
    sum: u64,
    length: u64,
}

impl Default for Lanes {
    fn default() -> Lanes {
        Lanes { sum: PRIME_5, length: 0 }
    }
}

impl Lanes {
    fn add(&mut self, hash: i64) {
        self.sum = self.sum.wrapping_add((hash as u64).wrapping_mul(PRIME_2));
        self.sum = self.sum.rotate_left(31).wrapping_mul(PRIME_1);
        self.length += 1;
    }

    fn finish(self) -> i64 {
        let sum = self.sum.wrapping_add(self.length ^ (PRIME_5 ^ 3_527_539));
        if sum == u64::MAX { 1_546_275_796 } else { sum as i64 }
    }
}

/// SipHash-1-3 with key 0 (Aumasson and Bernstein; CPython's default since 3.11).
fn siphash13(bytes: &[u8]) -> u64 {
    let mut v = [
        0x736f_6d65_7073_6575u64,
        0x646f_7261_6e64_6f6d,
        0x6c79_6765_6e65_7261,
        0x7465_6462_7974_6573,
    ];
    let round = |v: &mut [u64; 4]| {
        v[0] = v[0].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[2] = v[2].rotate_left(32);
    };
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        v[3] ^= word;
        round(&mut v);
        v[0] ^= word;
    }
    let mut last = (bytes.len() as u64) << 56;
    for (i, &byte) in chunks.remainder().iter().enumerate() {
        last |= u64::from(byte) << (8 * i);
    }
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for _ in 0..3 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As CPython 3.11 gives them.
    #[test]
    fn numbers() {
        let ints = [
            (0, 0),
            (-1, -2),
            (-2, -2),
            (i64::MAX, 3),
            (i64::MIN, -4),
            ((1 << 61) - 1, 0),
            (1 << 61, 1),
            (-(1 << 61), -2),
        ];
        for (value, hash) in ints {
            assert_eq!(hash_int(value), hash, "{value}");
        }
        assert_eq!(hash_wide(i128::from(u64::MAX)), 7);
        let floats = [
            (0.5, 1152921504606846976),
            (-0.0, 0),
            (-1.0, -2),
            (1.5, 1152921504606846977),
            (0.1, 230584300921369408),
            (-2.75, -1729382256910270466),
            (1e300, 1224995262755759164),
            (5e-324, 16777216),
            (f64::MAX, 2234066890152476671),
            (2f64.powi(70), 512),
            (-3e-5, -1891581018785884730),
            (f64::INFINITY, 314159),
            (f64::NAN, 0),
        ];
        for (value, hash) in floats {
            assert_eq!(hash_float(value), hash, "{value}");
        }
    }
}
