//! The memory of one call's arguments: buffers, owner records, slots.

use super::call::{Arg, Buffer, Call};
use cumbia_abi::{IMMORTAL, Owner};
use cumbia_ir::Type;
use cumbia_ir::interp::canonical;
use cumbia_runtime::argument_owner;

/// Arguments laid out in memory, at addresses that stay while it lives.
pub(super) struct Arguments {
    /// What is passed: scalars, or addresses.
    pub slots: Vec<u64>,
    areas: Vec<Area>,
}

/// One buffer's memory. Words keep it aligned for every type.
struct Area {
    ty: Type,
    count: usize,
    /// As raw memory: only compiled code and checked accesses touch it during a call.
    words: *mut [u64],
    owner: Option<*mut Owner>,
}

impl Arguments {
    pub fn new(call: &Call) -> Arguments {
        let mut arguments = Arguments { slots: Vec::new(), areas: Vec::new() };
        for arg in &call.args {
            let slot = match arg {
                Arg::Scalar(bits) => *bits,
                Arg::Buffer(buffer) => arguments.add(buffer),
            };
            arguments.slots.push(slot);
        }
        arguments
    }

    fn add(&mut self, buffer: &Buffer) -> u64 {
        let area = Area::new(buffer);
        let address = match area.owner {
            Some(owner) => owner.expose_provenance() as u64,
            None => area.address(),
        };
        self.areas.push(area);
        address
    }

    /// First address and size of each buffer.
    pub fn buffers(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        self.areas.iter().map(|area| (area.address(), area.bytes()))
    }

    /// Addresses of the owner records.
    pub fn owners(&self) -> impl Iterator<Item = u64> + '_ {
        self.areas
            .iter()
            .filter_map(|area| area.owner)
            .map(|owner| owner.expose_provenance() as u64)
    }

    /// References to the arguments' records beyond the boundary's own.
    pub fn extra_references(&self) -> i64 {
        let count = |owner: *mut Owner| {
            // SAFETY: the record is this area's own, and no code that writes it runs.
            unsafe { (*owner).refcount - IMMORTAL }
        };
        self.areas.iter().filter_map(|area| area.owner).map(count).sum()
    }

    /// What the buffers hold now.
    pub fn contents(&self) -> Vec<(Type, Vec<u64>)> {
        self.areas.iter().map(|area| (area.ty, area.elements())).collect()
    }
}

impl Area {
    fn new(buffer: &Buffer) -> Area {
        let size = buffer.ty.bytes() as usize;
        // One word at least, so that each buffer has an address of its own.
        let mut words = vec![0u64; (buffer.elements.len() * size).div_ceil(8).max(1)];
        for (i, &bits) in buffer.elements.iter().enumerate() {
            let at = i * size;
            words[at / 8] |= (bits & low_bits(size)) << (8 * (at % 8));
        }
        let words = Box::into_raw(words.into_boxed_slice());
        let mut area = Area { ty: buffer.ty, count: buffer.elements.len(), words, owner: None };
        if buffer.owned {
            let data = words.cast::<u8>();
            let record = argument_owner(data, area.bytes(), std::ptr::null_mut());
            area.owner = Some(Box::into_raw(Box::new(record)));
        }
        area
    }

    fn address(&self) -> u64 {
        self.words.cast::<u8>().expose_provenance() as u64
    }

    fn bytes(&self) -> usize {
        self.count * self.ty.bytes() as usize
    }

    fn elements(&self) -> Vec<u64> {
        let size = self.ty.bytes() as usize;
        // SAFETY: the words are this area's own, and no code that writes them runs.
        let words = unsafe { &*self.words };
        let element = |at: usize| (words[at / 8] >> (8 * (at % 8))) & low_bits(size);
        (0..self.count).map(|i| canonical(self.ty, element(i * size))).collect()
    }
}

impl Drop for Area {
    fn drop(&mut self) {
        // SAFETY: both came from `Box::into_raw` in `new` and are dropped once.
        unsafe {
            drop(Box::from_raw(self.words));
            if let Some(owner) = self.owner {
                drop(Box::from_raw(owner));
            }
        }
    }
}

fn low_bits(bytes: usize) -> u64 {
    if bytes == 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 }
}
