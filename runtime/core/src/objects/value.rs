//! Walking a value's slots by its layout's code.
//!
//! Assumes what the ABI promises: codes are well formed, and counted slots hold the
//! address of a live object or null (a value that is still being written). What the
//! values mean to each other is in `compare.rs` and `hash.rs`.

use cumbia_abi::{
    BytesObject, Layout, ListObject, Owner, StrObject, TableObject, class, class_number, measure,
};

/// A number, with what decides how it meets another one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Number {
    /// Python bool.
    Bool(bool),
    /// Python int.
    Int(i64),
    /// Python float.
    Float(f64),
    /// Python complex.
    Complex(f64, f64),
    /// NumPy integer or bool: value, and whether its conversion to `float32` is exact
    /// enough for NumPy to promote to that (up to 16 bits).
    NumpyInt(i128, bool),
    /// NumPy float; whether it is `float32`.
    NumpyFloat(f64, bool),
    /// NumPy complex; whether it is `complex64`.
    NumpyComplex(f64, f64, bool),
}

/// One step in a walk.
#[derive(Clone, Copy, Debug)]
pub enum Item {
    Number(Number),
    Str(*mut StrObject),
    Bytes(*mut BytesObject),
    List(*mut ListObject),
    /// Of a length known at run time only.
    Tuple(*mut ListObject),
    Set(*mut TableObject),
    FrozenSet(*mut TableObject),
    Dict(*mut TableObject),
    Frame(*mut Owner),
    /// Instance that compares by its fields.
    Instance(*mut ListObject),
    /// Member of an enum: the class's number, its position.
    Member(u64, i64),
    /// Array: its slots and their number.
    Array(*const u64, usize),
    None,
    /// Start of a tuple.
    Open,
    /// End of a tuple.
    Close,
    /// Slots that say nothing.
    Raw,
}

/// A place in a value.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    code: &'a [u8],
    slots: *const u64,
}

impl<'a> Cursor<'a> {
    /// At the start of a value.
    ///
    /// # Safety
    ///
    /// The layout and the slots of a value of it are alive as long as the cursor.
    pub unsafe fn new(layout: *const Layout, slots: *const u64) -> Cursor<'a> {
        // SAFETY: by the contract.
        Cursor { code: unsafe { Layout::code(layout) }, slots }
    }

    fn slot(&mut self) -> u64 {
        // SAFETY: by the contract of `new`: the code stands for as many slots as it takes.
        unsafe {
            let slot = self.slots.read();
            self.slots = self.slots.add(1);
            slot
        }
    }

    fn address<T>(&mut self) -> *mut T {
        address(self.slot())
    }

    fn byte(&mut self) -> u8 {
        let (&first, rest) = self.code.split_first().unwrap_or((&b'N', &[]));
        self.code = rest;
        first
    }

    /// The next item.
    pub fn next(&mut self) -> Item {
        match self.byte() {
            b'b' => Item::Number(Number::Bool(self.slot() & 1 == 1)),
            b'i' => Item::Number(Number::Int(self.slot() as i64)),
            b'f' => Item::Number(Number::Float(f64::from_bits(self.slot()))),
            b'c' => {
                let (re, im) = (self.slot(), self.slot());
                Item::Number(Number::Complex(f64::from_bits(re), f64::from_bits(im)))
            }
            b'n' => Item::Number(self.numpy()),
            b's' => Item::Str(self.address()),
            b'y' => Item::Bytes(self.address()),
            b'l' => Item::List(self.address()),
            b'u' => Item::Tuple(self.address()),
            b't' => Item::Set(self.address()),
            b'z' => Item::FrozenSet(self.address()),
            b'd' => Item::Dict(self.address()),
            b'r' => Item::Frame(self.address()),
            b'a' => {
                let count = 2 + 2 * usize::from(self.byte() - b'0');
                let at = self.slots;
                self.skip(count);
                Item::Array(at, count)
            }
            b'e' => Item::Member(self.number(), self.slot() as i64),
            b'E' => {
                self.number();
                Item::Number(Number::Int(self.slot() as i64))
            }
            b'k' => {
                self.number();
                self.next()
            }
            instance @ (b'o' | b'j') => {
                self.number();
                if let Some((_, _, length)) = measure(self.code) {
                    self.code = &self.code[length..];
                }
                match instance {
                    b'o' => Item::Instance(self.address()),
                    _ => Item::Frame(self.address()),
                }
            }
            b'x' => {
                let count = usize::from(self.byte() - b'0');
                self.skip(count);
                Item::Raw
            }
            b'(' => Item::Open,
            b')' => Item::Close,
            b'?' => {
                if self.slot() & 1 == 1 {
                    return self.next();
                }
                if let Some((slots, _, length)) = measure(self.code) {
                    self.skip(slots as usize);
                    self.code = &self.code[length..];
                }
                Item::None
            }
            _ => Item::None,
        }
    }

    fn number(&mut self) -> u64 {
        let (number, length) = class_number(self.code).unwrap_or((0, 0));
        self.code = &self.code[length..];
        number
    }

    fn skip(&mut self, count: usize) {
        // SAFETY: as in `slot`; the end of the slots is a valid place, too.
        self.slots = unsafe { self.slots.add(count) };
    }

    fn numpy(&mut self) -> Number {
        let dtype = self.byte();
        let slot = self.slot();
        let single = |slot: u64| f64::from(f32::from_bits(slot as u32));
        match dtype {
            b'a' => Number::NumpyInt(i128::from(slot & 1), true),
            b'b' => Number::NumpyInt(i128::from(slot as i8), true),
            b'c' => Number::NumpyInt(i128::from(slot as i16), true),
            b'd' => Number::NumpyInt(i128::from(slot as i32), false),
            b'e' => Number::NumpyInt(i128::from(slot as i64), false),
            b'f' => Number::NumpyInt(i128::from(slot as u8), true),
            b'g' => Number::NumpyInt(i128::from(slot as u16), true),
            b'h' => Number::NumpyInt(i128::from(slot as u32), false),
            b'i' => Number::NumpyInt(i128::from(slot), false),
            b'j' => Number::NumpyFloat(single(slot), true),
            b'k' => Number::NumpyFloat(f64::from_bits(slot), false),
            b'l' => Number::NumpyComplex(single(slot), single(self.slot()), true),
            _ => Number::NumpyComplex(f64::from_bits(slot), f64::from_bits(self.slot()), false),
        }
    }
}

/// The pointer that a slot holds.
pub fn address<T>(slot: u64) -> *mut T {
    std::ptr::with_exposed_provenance_mut(slot as usize)
}

/// Calls `visit` for each object that a value refers to.
///
/// # Safety
///
/// `slots` are live slots of a value of the layout.
#[inline]
pub unsafe fn each_counted(
    layout: *const Layout,
    slots: *const u64,
    visit: &mut impl FnMut(*mut Owner),
) {
    // SAFETY: by the contract.
    unsafe {
        match (*layout).class {
            _ if (*layout).counted == 0 => {}
            class::STR..=class::DICT => {
                let owner: *mut Owner = address(*slots);
                if !owner.is_null() {
                    visit(owner);
                }
            }
            _ => each_counted_by_code(Layout::code(layout), slots, visit),
        }
    }
}

unsafe fn each_counted_by_code(
    mut code: &[u8],
    mut slots: *const u64,
    visit: &mut impl FnMut(*mut Owner),
) {
    while let Some((&first, rest)) = code.split_first() {
        // SAFETY: by the caller's contract: the code stands for the slots it takes.
        unsafe {
            match first {
                b'(' | b')' => code = rest,
                b'k' => code = &rest[class_number(rest).map_or(0, |(_, length)| length)..],
                b'?' => {
                    code = rest;
                    let set = *slots & 1 == 1;
                    slots = slots.add(1);
                    if !set && let Some((count, _, length)) = measure(code) {
                        slots = slots.add(count as usize);
                        code = &code[length..];
                    }
                }
                _ => {
                    let Some((count, counted, length)) = measure(code) else { return };
                    if counted > 0 {
                        let owner: *mut Owner = address(*slots);
                        if !owner.is_null() {
                            visit(owner);
                        }
                    }
                    slots = slots.add(count as usize);
                    code = &code[length..];
                }
            }
        }
    }
}

/// One more reference to each object that a value refers to.
///
/// # Safety
///
/// As [`each_counted`].
#[inline]
pub unsafe fn retain_value(layout: *const Layout, slots: *const u64) {
    // SAFETY: by the contract; counted slots hold live objects.
    unsafe { each_counted(layout, slots, &mut |owner| (*owner).refcount += 1) }
}

/// The same for `count` values side by side.
///
/// # Safety
///
/// As [`each_counted`], for each of the values.
pub unsafe fn retain_values(layout: *const Layout, slots: *const u64, count: usize) {
    // SAFETY: by the contract.
    unsafe {
        if (*layout).counted != 0 {
            for i in 0..count {
                retain_value(layout, slots.add(i * (*layout).slots as usize));
            }
        }
    }
}
