//! Layouts of Python's strings, lists, sets and dicts, and how a value lies in slots.
//!
//! Every object starts with an [`Owner`], whose `kind` says what follows. An element, a
//! key, a dict's value and a frame's variables lie in 8-byte slots as a [`Layout`] says:
//! one slot for each part of the type, narrower integers extended, a bool as 0 or 1, an
//! `f32` in the low 4 bytes (the rest is unspecified).

use crate::Owner;
use core::mem::offset_of;

/// Slots of [`crate::Context::scratch`].
pub const SCRATCH_SLOTS: usize = 64;

/// How one value lies in slots. `code_len` bytes of code follow the struct directly.
///
/// The compiler writes layouts into a kernel's constant data ([`layout_bytes`]); objects
/// refer to them and so must not outlive the kernel's code.
///
/// The code, in prefix notation:
///
/// | code | value | slots |
/// |---|---|---|
/// | `b` `i` `f` | Python bool, int, float | 1 |
/// | `c` | Python complex | 2 |
/// | `n` and `a`..`m` | NumPy scalar: bool, int8..int64, uint8..uint64, float32, float64, complex64, complex128 | 1, complex 2 |
/// | `s` `y` `l` `t` `z` `d` | address of a str, bytes, list, set, frozenset, dict | 1, counted |
/// | `r` | address of a counted frame or buffer | 1, counted |
/// | `a` and `'0' + ndim` | array: owner, data, shape, strides | 2 + 2 ndim, the first counted |
/// | `(` ... `)` | tuple | its items' |
/// | `?` and a code | flag, then the value's slots, which mean nothing where the flag is 0 | 1 more |
/// | `N` | None | 0 |
/// | `e` and a class's number and `;` | member of an enum: its position | 1 |
/// | `E`, the same | member of an enum of ints: its value | 1 |
/// | `k`, the same, and a tuple's code | instance that can't be changed: its fields | its items' |
/// | `o`, the same, and a tuple's code | address of an instance that compares by its fields | 1, counted |
/// | `j`, the same, and a tuple's code | address of any other instance | 1, counted |
/// | `x` and `'0' + n` | raw slots: not counted, not compared | n |
#[repr(C)]
#[derive(Debug)]
pub struct Layout {
    /// Slots of one value.
    pub slots: u32,
    /// One of [`class`]: what fast paths look at.
    pub class: u32,
    /// Bytes of code after the struct.
    pub code_len: u32,
    /// Number of counted slots; 0 says that a value may be copied and dropped as bytes.
    pub counted: u32,
}

/// Values of [`Layout::class`].
#[allow(missing_docs)]
pub mod class {
    pub const OTHER: u32 = 0;
    pub const BOOL: u32 = 1;
    pub const INT: u32 = 2;
    pub const FLOAT: u32 = 3;
    pub const STR: u32 = 4;
    pub const BYTES: u32 = 5;
    pub const LIST: u32 = 6;
    pub const SET: u32 = 7;
    pub const DICT: u32 = 8;
    /// The class of a code.
    pub const fn of(code: &[u8]) -> u32 {
        match code {
            [b'b'] => BOOL,
            [b'i'] => INT,
            [b'f'] => FLOAT,
            [b's'] => STR,
            [b'y'] => BYTES,
            [b'l'] => LIST,
            [b't'] => SET,
            [b'd'] => DICT,
            _ => OTHER,
        }
    }
}

impl Layout {
    /// The code.
    ///
    /// The reference must come from the whole layout (struct and code in one block).
    ///
    /// # Safety
    ///
    /// `code_len` bytes of code follow `layout`.
    pub unsafe fn code<'a>(layout: *const Layout) -> &'a [u8] {
        // SAFETY: by the contract; layouts are constant for as long as objects use them.
        unsafe { core::slice::from_raw_parts(layout.add(1).cast(), (*layout).code_len as usize) }
    }
}

/// The number before the first `;` of a code, and the bytes that both take.
pub fn class_number(code: &[u8]) -> Option<(u64, usize)> {
    let end = code.iter().position(|&byte| byte == b';')?;
    let text = core::str::from_utf8(&code[..end]).ok()?;
    Some((text.parse().ok()?, end + 1))
}

/// Slots and counted slots of the first value in a code, and the bytes it takes of it;
/// `None` for a code that isn't one.
pub fn measure(code: &[u8]) -> Option<(u32, u32, usize)> {
    let operand = |base: u8| Some(u32::from(code.get(1)?.checked_sub(base)?));
    Some(match *code.first()? {
        b'b' | b'i' | b'f' => (1, 0, 1),
        b'c' => (2, 0, 1),
        b'n' => match operand(b'a')? {
            // Beyond the dtypes of processors: float16 and bfloat16, as arguments of a kernel's errors.
            0..=10 | 13 | 14 => (1, 0, 2),
            11 | 12 => (2, 0, 2),
            _ => return None,
        },
        b's' | b'y' | b'l' | b'u' | b't' | b'z' | b'd' | b'r' => (1, 1, 1),
        b'a' => (2 + 2 * operand(b'0')?, 1, 2),
        b'N' => (0, 0, 1),
        b'x' => (operand(b'0')?, 0, 2),
        b'?' => {
            let (slots, counted, length) = measure(&code[1..])?;
            (slots + 1, counted, length + 1)
        }
        b'e' | b'E' => (1, 0, 1 + class_number(&code[1..])?.1),
        b'k' => {
            let head = 1 + class_number(&code[1..])?.1;
            let (slots, counted, length) = measure(&code[head..])?;
            (slots, counted, head + length)
        }
        b'o' | b'j' => {
            let head = 1 + class_number(&code[1..])?.1;
            (1, 1, head + measure(&code[head..])?.2)
        }
        b'(' => {
            let (mut slots, mut counted, mut at) = (0, 0, 1);
            while *code.get(at)? != b')' {
                let (s, c, length) = measure(&code[at..])?;
                (slots, counted, at) = (slots + s, counted + c, at + length);
            }
            (slots, counted, at + 1)
        }
        _ => return None,
    })
}

/// A layout as the compiler puts it into constant data (aligned to 4 bytes or more).
///
/// # Panics
///
/// When the code isn't that of one value: a bug of the compiler.
pub fn layout_bytes(code: &str) -> Vec<u8> {
    let bytes = code.as_bytes();
    let (slots, counted) = match measure(bytes) {
        Some((slots, counted, length)) if length == bytes.len() => (slots, counted),
        _ => panic!("`{code}` is no layout"),
    };
    let head = [slots, class::of(bytes), bytes.len() as u32, counted];
    head.iter().flat_map(|word| word.to_le_bytes()).chain(bytes.iter().copied()).collect()
}

/// A string. `length * unit` bytes of units follow the struct directly: the code points as
/// integers of `unit` bytes.
#[repr(C)]
pub struct StrObject {
    /// Head; `data` is null, `size` the bytes there are for units, at least those in use.
    pub owner: Owner,
    /// Number of code points.
    pub length: i64,
    /// Bytes of one code point: 1, 2 or 4, always the narrowest that fits.
    pub unit: i64,
    /// Python's hash, -1 when it isn't computed yet.
    pub hash: i64,
}

/// Bytes. `length` bytes follow the struct directly.
#[repr(C)]
pub struct BytesObject {
    /// Head; `data` is null, `size` the number of bytes.
    pub owner: Owner,
    /// Number of bytes.
    pub length: i64,
    /// Always 1.
    pub unit: i64,
    /// Python's hash, -1 when it isn't computed yet.
    pub hash: i64,
}

/// A list.
#[repr(C)]
pub struct ListObject {
    /// Head; `data` are the elements' slots (null while there was none), `size` the
    /// capacity in bytes, from `data` on.
    pub owner: Owner,
    /// Number of elements.
    pub length: i64,
    /// An element's.
    pub layout: *const Layout,
    /// Together with the length it grows with each change of the length and each sort:
    /// what adds elements needn't touch it, what removes some adds more than their number.
    pub changes: i64,
    /// Unused slots in front of `data`, within its block: what is taken off the front stays
    /// there until the list is moved.
    pub front: i64,
    /// The most elements that it may have as a `deque`; -1 for any number.
    pub limit: i64,
}

/// A set or a dict. `data` belongs to the runtime: entries are read through
/// `table_next`, `table_key` and `dict_value`.
#[repr(C)]
pub struct TableObject {
    /// Head; `data` is the table's memory, `size` its bytes.
    pub owner: Owner,
    /// Number of entries.
    pub length: i64,
    /// A key's.
    pub layout: *const Layout,
    /// A dict's values'; null for a set.
    pub value_layout: *const Layout,
    /// Grows with each entry added or removed.
    pub changes: i64,
    /// Slots of an entry: hash, key, value.
    pub stride: i64,
    /// Size of the hash table less one: it is a power of two, or 0 for no table yet.
    pub mask: i64,
    /// Places of the table in use, also by removed entries: of a set, hash table entries;
    /// of a dict, entries in the order of insertion.
    pub fill: i64,
    /// Dict: entries that still fit. Set: where `pop` goes on.
    pub room: i64,
    /// Dict: `changes` when the entry `memo_at` was found for the key `memo_key`, whose
    /// slot stands for it all through the call; negative for none.
    pub memo_changes: i64,
    /// See `memo_changes`.
    pub memo_key: u64,
    /// See `memo_changes`.
    pub memo_at: i64,
}

/// A bytearray, array.array or memoryview: elements side by side.
#[repr(C)]
pub struct BufferObject {
    /// Head; `data` is the first element, `size` the bytes there are. Of an argument,
    /// `object` is Python's object, which owns the memory.
    pub owner: Owner,
    /// Number of elements.
    pub length: i64,
    /// Bytes of an element.
    pub item: i64,
    /// Of a part of a caller's memoryview: the whole, whose memory this is in; else null.
    pub whole: *mut BufferObject,
}

/// NumPy's `bitgen_t`, as `numpy/random/bitgen.h` has it: a source of random bits.
#[repr(C)]
pub struct BitGenerator {
    /// What the functions take.
    pub state: *mut u8,
    /// 64 bits.
    pub next_uint64: unsafe extern "C" fn(*mut u8) -> u64,
    /// 32 bits.
    pub next_uint32: unsafe extern "C" fn(*mut u8) -> u32,
    /// A float in [0, 1).
    pub next_double: unsafe extern "C" fn(*mut u8) -> f64,
    /// What the generator itself gives.
    pub next_raw: unsafe extern "C" fn(*mut u8) -> u64,
}

/// A random number generator: `numpy.random.Generator`.
#[repr(C)]
pub struct RandomObject {
    /// Head. Of a caller's generator, `object` is Python's object.
    pub owner: Owner,
    /// Where bits come from: NumPy's, which an argument has, or one behind this struct.
    pub bits: *mut BitGenerator,
    /// Of a PCG64: its state and increment, 128 bits each, the lower half first; else null.
    pub pcg: *mut u64,
    /// Room for what NumPy's binomial distribution keeps (`binomial_t`), zero at first.
    pub binomial: [u64; 20],
    /// Bytes left in `spare`, of integers narrower than 32 bits.
    pub spare_count: i32,
    /// See `spare_count`.
    pub spare: u32,
}

/// A closure's variable or a generator's frame. `layout.slots` slots follow the struct
/// directly, and `owner.data` points to them.
#[repr(C)]
pub struct FrameObject {
    /// Head; `size` are the bytes of the slots.
    pub owner: Owner,
    /// The slots'.
    pub layout: *const Layout,
}

/// Byte offsets that compiled code uses; those of [`Owner`] are in [`crate::offsets`].
pub mod object_offsets {
    use super::{
        BufferObject, BytesObject, FrameObject, ListObject, StrObject, TableObject, offset_of,
    };
    /// [`StrObject::length`], and that of bytes
    pub const STR_LENGTH: i32 = offset_of!(StrObject, length) as i32;
    /// [`StrObject::unit`]
    pub const STR_UNIT: i32 = offset_of!(StrObject, unit) as i32;
    /// [`StrObject::hash`]
    pub const STR_HASH: i32 = offset_of!(StrObject, hash) as i32;
    /// First unit of a string.
    pub const STR_UNITS: i32 = size_of::<StrObject>() as i32;
    /// First byte of bytes.
    pub const BYTES_UNITS: i32 = size_of::<BytesObject>() as i32;
    /// [`ListObject::length`]
    pub const LIST_LENGTH: i32 = offset_of!(ListObject, length) as i32;
    /// [`ListObject::layout`]
    pub const LIST_LAYOUT: i32 = offset_of!(ListObject, layout) as i32;
    /// [`ListObject::changes`]
    pub const LIST_CHANGES: i32 = offset_of!(ListObject, changes) as i32;
    /// [`ListObject::limit`]
    pub const LIST_LIMIT: i32 = offset_of!(ListObject, limit) as i32;
    /// [`TableObject::length`]
    pub const TABLE_LENGTH: i32 = offset_of!(TableObject, length) as i32;
    /// [`TableObject::changes`]
    pub const TABLE_CHANGES: i32 = offset_of!(TableObject, changes) as i32;
    /// [`BufferObject::length`]
    pub const BUFFER_LENGTH: i32 = offset_of!(BufferObject, length) as i32;
    /// First slot of a frame.
    pub const FRAME_SLOTS: i32 = size_of::<FrameObject>() as i32;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        let rows = [
            ("i", 1, 0, class::INT),
            ("s", 1, 1, class::STR),
            ("nl", 2, 0, class::OTHER),
            ("nn", 1, 0, class::OTHER),
            ("no", 1, 0, class::OTHER),
            ("(i(fs)N)", 3, 1, class::OTHER),
            ("?(sa2)", 8, 2, class::OTHER),
            ("()", 0, 0, class::OTHER),
            ("x5", 5, 0, class::OTHER),
        ];
        for (code, slots, counted, class) in rows {
            assert_eq!(measure(code.as_bytes()), Some((slots, counted, code.len())), "{code}");
            let bytes = layout_bytes(code);
            let words: Vec<u32> =
                bytes[..16].chunks(4).map(|w| u32::from_le_bytes(w.try_into().unwrap())).collect();
            assert_eq!(words, [slots, class, code.len() as u32, counted]);
            assert_eq!(&bytes[16..], code.as_bytes());
        }
        for code in ["", "(", "n", "np", "?", "q", "(i"] {
            assert_eq!(measure(code.as_bytes()), None, "{code}");
        }
    }
}
