//! Calls of the helpers of objects, as compiled code makes them.
#![allow(dead_code, reason = "each test binary uses a part")]

use cumbia_abi::{
    BytesObject, Context, Layout, ListObject, ObjectKind, Owner, STATUS_OK, StrObject, TableObject,
    helper_index, layout_bytes,
};
use cumbia_runtime::{Outcome, call_helper};

/// A layout that lives as long as the tests, like one in a kernel's constant data.
pub fn layout(code: &str) -> u64 {
    let bytes = layout_bytes(code);
    let mut words = vec![0u64; bytes.len().div_ceil(8)];
    for (i, byte) in bytes.iter().enumerate() {
        words[i / 8] |= u64::from(*byte) << (8 * (i % 8));
    }
    Box::leak(words.into_boxed_slice()).as_mut_ptr().expose_provenance() as u64
}

/// What a helper raised: class and message.
#[derive(Debug, PartialEq, Eq)]
pub struct Raised(pub String, pub String);

/// A context to call helpers in.
pub struct Runtime<'c>(pub &'c mut Context);

pub fn pointer<T>(slot: u64) -> *mut T {
    std::ptr::with_exposed_provenance_mut(slot as usize)
}

pub fn int(i: i64) -> u64 {
    i as u64
}

pub fn float(x: f64) -> u64 {
    x.to_bits()
}

impl Runtime<'_> {
    /// Calls a helper; panics when it raises.
    pub fn call(&mut self, name: &str, args: &[u64]) -> u64 {
        self.attempt(name, args).unwrap_or_else(|raised| panic!("{name}: {raised:?}"))
    }

    /// Calls a helper.
    pub fn attempt(&mut self, name: &str, args: &[u64]) -> Result<u64, Raised> {
        let index = helper_index(name).unwrap_or_else(|| panic!("no helper {name}"));
        // SAFETY: the tests pass objects of this context, layouts and live slots.
        let result = unsafe { call_helper(index, self.0, args) };
        let status = std::mem::replace(&mut self.0.status, STATUS_OK);
        match Outcome::new(status, self.0) {
            Outcome::Ok => Ok(result),
            Outcome::Runtime { class, message } => {
                Err(Raised(class.name().to_owned(), message.unwrap_or_default()))
            }
            Outcome::Memory => Err(Raised("MemoryError".into(), String::new())),
            other => panic!("{other:?}"),
        }
    }

    /// Puts a key or value into the scratch slots.
    pub fn scratch(&mut self, slots: &[u64]) {
        let at: *mut u64 = pointer(self.call("scratch", &[]));
        // SAFETY: 64 slots of this context.
        unsafe { std::ptr::copy_nonoverlapping(slots.as_ptr(), at, slots.len()) };
    }

    /// A list of values; their references go over to it.
    pub fn list(&mut self, layout: u64, values: &[&[u64]]) -> u64 {
        let list = self.call("list_new", &[layout, 0]);
        for value in values {
            self.append(list, value);
        }
        list
    }

    pub fn ints(&mut self, values: &[i64]) -> u64 {
        let list = self.call("list_new", &[layout("i"), values.len() as u64]);
        for value in values {
            self.append(list, &[int(*value)]);
        }
        list
    }

    pub fn append(&mut self, list: u64, value: &[u64]) {
        let at = self.call("list_append", &[list]);
        write(at, value);
    }

    pub fn set(&mut self, layout: u64, keys: &[&[u64]]) -> u64 {
        let set = self.call("set_new", &[layout]);
        for key in keys {
            self.scratch(key);
            self.call("set_add", &[set]);
        }
        set
    }

    pub fn assign(&mut self, dict: u64, key: &[u64], value: &[u64]) {
        self.scratch(key);
        let at = self.call("dict_assign", &[dict]);
        write(at, value);
    }

    /// A string, as the runtime's own functions make one.
    pub fn str(&mut self, text: &str) -> u64 {
        let points: Vec<u32> = text.chars().map(u32::from).collect();
        let unit = match points.iter().max() {
            Some(0x1_0000..) => 4,
            Some(0x100..) => 2,
            _ => 1,
        };
        let bytes: Vec<u8> = points.iter().flat_map(|p| p.to_le_bytes()[..unit].to_vec()).collect();
        self.unit_object(ObjectKind::Str, points.len(), unit, &bytes)
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> u64 {
        self.unit_object(ObjectKind::Bytes, bytes.len(), 1, bytes)
    }

    fn unit_object(&mut self, kind: ObjectKind, length: usize, unit: usize, bytes: &[u8]) -> u64 {
        assert_eq!(size_of::<StrObject>(), size_of::<BytesObject>());
        let owner = cumbia_runtime::new_object(
            self.0,
            kind,
            size_of::<StrObject>() + bytes.len(),
            bytes.len(),
        );
        let s: *mut StrObject = owner.unwrap().cast();
        // SAFETY: a fresh object with room for the units.
        unsafe {
            (*s).length = length as i64;
            (*s).unit = unit as i64;
            (*s).hash = -1;
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), s.add(1).cast(), bytes.len());
        }
        s.expose_provenance() as u64
    }

    /// As compiled code does it.
    pub fn release(&mut self, object: u64) {
        let owner: *mut Owner = pointer(object);
        // SAFETY: a live object of this context.
        let left = unsafe {
            (*owner).refcount -= 1;
            (*owner).refcount
        };
        if left == 0 {
            self.call("free_owner", &[object]);
        }
    }

    /// Objects that the context has.
    pub fn objects(&self) -> usize {
        let mut count = 0;
        cumbia_runtime::each_allocation(self.0, |_| count += 1);
        count
    }
}

pub fn retain(object: u64) -> u64 {
    // SAFETY: the tests pass live objects.
    unsafe { (*pointer::<Owner>(object)).refcount += 1 };
    object
}

pub fn refcount(object: u64) -> i64 {
    // SAFETY: the tests pass live objects.
    unsafe { (*pointer::<Owner>(object)).refcount }
}

pub fn write(at: u64, value: &[u64]) {
    // SAFETY: the tests pass addresses with room for the value.
    unsafe { std::ptr::copy_nonoverlapping(value.as_ptr(), pointer(at), value.len()) };
}

pub fn read(at: u64, count: usize) -> Vec<u64> {
    if count == 0 {
        return Vec::new();
    }
    // SAFETY: the tests pass addresses of so many slots.
    unsafe { std::slice::from_raw_parts(pointer(at), count) }.to_vec()
}

/// The elements' slots of a list.
pub fn elements(list: u64) -> Vec<Vec<u64>> {
    let list: *const ListObject = pointer(list);
    // SAFETY: a live list.
    unsafe {
        let width = (*(*list).layout).slots as usize;
        assert!((*list).length as usize * width * 8 <= (*list).owner.size);
        let data = (*list).owner.data.expose_provenance() as u64;
        (0..(*list).length as usize).map(|i| read(data + 8 * (i * width) as u64, width)).collect()
    }
}

/// The elements of a list of ints.
pub fn int_elements(list: u64) -> Vec<i64> {
    elements(list).iter().map(|slots| slots[0] as i64).collect()
}

pub fn length(object: u64) -> i64 {
    // SAFETY: a live list; sets and dicts have their length in the same place.
    unsafe { (*pointer::<ListObject>(object)).length }
}

impl Runtime<'_> {
    /// Keys and values of a table in the order of iteration.
    pub fn entries(&mut self, table: u64) -> Vec<(Vec<u64>, Vec<u64>)> {
        // SAFETY: a live table and its layouts.
        let (width, values): (usize, Option<usize>) = unsafe {
            let table: *const TableObject = pointer(table);
            let values: Option<&Layout> = (*table).value_layout.as_ref();
            ((*(*table).layout).slots as usize, values.map(|l| l.slots as usize))
        };
        let mut out = Vec::new();
        let mut at = 0;
        loop {
            let found = self.call("table_next", &[table, at]) as i64;
            if found < 0 {
                assert_eq!(out.len() as i64, length(table));
                return out;
            }
            let key = read(self.call("table_key", &[table, found as u64]), width);
            let value = values
                .map(|w| read(self.call("dict_value", &[table, found as u64]), w))
                .unwrap_or_default();
            out.push((key, value));
            at = found as u64 + 1;
        }
    }

    pub fn keys(&mut self, table: u64) -> Vec<Vec<u64>> {
        self.entries(table).into_iter().map(|(key, _)| key).collect()
    }
}

/// A small generator of numbers that look random (xorshift).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}
