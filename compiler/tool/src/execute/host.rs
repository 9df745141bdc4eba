//! The interpreter's host: the real runtime, every access checked.
//!
//! It knows the memory that the call may touch: buffers and owner records among the
//! arguments, and what `alloc` gave and `release` hasn't taken back. An access
//! outside of it, of the wrong region, or unaligned is a bug of the IR.

use cumbia_abi::{Context, HELPERS, IMMORTAL, Owner, STATUS_MEMORY, STATUS_OK, helper_index};
use cumbia_ir::interp::{Host, HostError};
use cumbia_ir::{DataDecl, DataId, ExternDecl, Region, Type};
use cumbia_runtime::{call_helper, interrupt_flag};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// What a piece of memory holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Elements,
    Record,
}

/// A host for one call.
pub(super) struct RuntimeHost<'c> {
    context: &'c mut Context,
    /// By first address: size and kind.
    pieces: BTreeMap<u64, (usize, Kind)>,
    /// Static data of the module; words keep it aligned. As raw memory: compiled code
    /// and the runtime write it during the call.
    data: BTreeMap<u32, *mut [u128]>,
}

impl Drop for RuntimeHost<'_> {
    fn drop(&mut self) {
        for &words in self.data.values() {
            // SAFETY: from `Box::into_raw` in `data`, dropped once, after the call.
            drop(unsafe { Box::from_raw(words) });
        }
    }
}

impl<'c> RuntimeHost<'c> {
    /// A host whose call may touch these buffers and owner records.
    ///
    /// # Safety
    ///
    /// Buffers (address and size) and records are live and written by nobody else
    /// while the host lives.
    pub unsafe fn new(
        context: &'c mut Context,
        buffers: impl Iterator<Item = (u64, usize)>,
        owners: impl Iterator<Item = u64>,
    ) -> RuntimeHost<'c> {
        let mut pieces: BTreeMap<_, _> =
            buffers.map(|(at, size)| (at, (size, Kind::Elements))).collect();
        pieces.extend(owners.map(|at| (at, (size_of::<Owner>(), Kind::Record))));
        RuntimeHost { context, pieces, data: BTreeMap::new() }
    }

    fn check(&self, address: u64, bytes: usize, kind: Kind) -> Result<(), HostError> {
        let (&start, &(size, found)) = self
            .pieces
            .range(..=address)
            .next_back()
            .ok_or_else(|| HostError::bug("an access outside of all memory"))?;
        let offset = address - start;
        if offset.saturating_add(bytes as u64) > size as u64 {
            return Err(HostError::bug("an access outside of all memory"));
        }
        if found != kind {
            return Err(HostError::bug("an access of the wrong region"));
        }
        Ok(())
    }

    fn access(&self, address: u64, ty: Type, region: Region) -> Result<*mut u8, HostError> {
        let bytes = ty.bytes() as usize;
        if !address.is_multiple_of(bytes as u64) {
            return Err(HostError::bug("an unaligned access"));
        }
        let kind = match region {
            // Objects are the runtime's: their places aren't known here.
            Region::Object if address >= 4096 => return Ok(pointer(address)),
            Region::Object => return Err(HostError::bug("a null object")),
            Region::Owner => Kind::Record,
            Region::Data | Region::Const => Kind::Elements,
            Region::Slots => return Err(HostError::bug("the interpreter has no slots")),
        };
        self.check(address, bytes, kind)?;
        Ok(pointer(address))
    }

    /// The record at an address.
    fn record(&self, address: u64) -> Result<*mut Owner, HostError> {
        match self.pieces.get(&address) {
            Some((_, Kind::Record)) => Ok(pointer(address).cast()),
            _ => Err(HostError::bug("no owner record")),
        }
    }

    fn runtime(&mut self, index: usize, args: &[u64]) -> Result<u64, HostError> {
        // SAFETY: whoever calls this has checked the addresses among the arguments.
        let result = unsafe { call_helper(index, self.context, args) };
        let status = std::mem::replace(&mut self.context.status, STATUS_OK);
        match status {
            STATUS_OK => Ok(result),
            STATUS_MEMORY => Err(raised("MemoryError")),
            _ => Err(raised("KeyboardInterrupt")),
        }
    }

    fn free(&mut self, address: u64) -> Result<(), HostError> {
        let record = self.record(address)?;
        // SAFETY: a live record, by `pieces`.
        let data = unsafe { (*record).data };
        self.pieces.remove(&address);
        self.pieces.remove(&(data.addr() as u64));
        self.runtime(helper("free_owner")?, &[address]).map(drop)
    }
}

impl Host for RuntimeHost<'_> {
    fn extern_call(&mut self, callee: &ExternDecl, args: &[u64]) -> Result<Option<u64>, HostError> {
        let index = helper(&callee.name)?;
        if HELPERS[index].params.len() != args.len() {
            return Err(HostError::bug("the runtime function has other parameters"));
        }
        match callee.name.as_str() {
            "free_owner" => return self.free(args[0]).map(|()| None),
            "move_bytes" => {
                let size = usize::try_from(args[2] as i64)
                    .map_err(|_| HostError::bug("a negative size"))?;
                self.check(args[0], size, Kind::Elements)?;
                self.check(args[1], size, Kind::Elements)?;
            }
            _ => {}
        }
        let result = self.runtime(index, args)?;
        if callee.name == "alloc" {
            // SAFETY: `alloc` succeeded, so this is a live record.
            let (data, size) = unsafe {
                let record: *mut Owner = pointer(result).cast();
                ((*record).data, (*record).size)
            };
            self.pieces.insert(result, (size_of::<Owner>(), Kind::Record));
            self.pieces.insert(data.expose_provenance() as u64, (size, Kind::Elements));
        }
        Ok(callee.result.map(|_| result))
    }

    fn poll(&mut self) -> Result<(), HostError> {
        match interrupt_flag().load(Ordering::Relaxed) {
            0 => Ok(()),
            _ => self.runtime(helper("poll_slow")?, &[]).map(drop),
        }
    }

    fn data(&mut self, data: DataId, decl: &DataDecl) -> Result<u64, HostError> {
        if !self.data.contains_key(&data.0) {
            let mut words = vec![0u128; decl.bytes.len().div_ceil(16).max(1)];
            for (i, &byte) in decl.bytes.iter().enumerate() {
                words[i / 16] |= u128::from(byte) << (8 * (i % 16));
            }
            self.data.insert(data.0, Box::into_raw(words.into_boxed_slice()));
        }
        Ok(self.data[&data.0].cast::<u8>().expose_provenance() as u64)
    }

    fn load(&mut self, address: u64, ty: Type, region: Region) -> Result<u64, HostError> {
        let at = self.access(address, ty, region)?;
        // SAFETY: the access lies within live memory and is aligned.
        Ok(unsafe {
            match ty.bytes() {
                1 => u64::from(at.read()),
                2 => u64::from(at.cast::<u16>().read()),
                4 => u64::from(at.cast::<u32>().read()),
                _ => at.cast::<u64>().read(),
            }
        })
    }

    fn store(
        &mut self,
        address: u64,
        ty: Type,
        region: Region,
        bits: u64,
    ) -> Result<(), HostError> {
        let at = self.access(address, ty, region)?;
        // SAFETY: as in `load`; nobody else uses the memory during the call.
        unsafe {
            match ty.bytes() {
                1 => at.write(bits as u8),
                2 => at.cast::<u16>().write(bits as u16),
                4 => at.cast::<u32>().write(bits as u32),
                _ => at.cast::<u64>().write(bits),
            }
        }
        Ok(())
    }

    fn retain(&mut self, owner: u64) -> Result<(), HostError> {
        let record = self.record(owner)?;
        // SAFETY: a live record, by `pieces`.
        unsafe { (*record).refcount += 1 };
        Ok(())
    }

    fn release(&mut self, owner: u64) -> Result<(), HostError> {
        let record = self.record(owner)?;
        // SAFETY: a live record, by `pieces`.
        let left = unsafe {
            (*record).refcount -= 1;
            (*record).refcount
        };
        match left {
            0 => self.free(owner),
            // An argument's record: the boundary's reference must not be taken.
            left if left == IMMORTAL - 1 => Err(HostError::bug("one release too many")),
            _ => Ok(()),
        }
    }
}

fn helper(name: &str) -> Result<usize, HostError> {
    helper_index(name)
        .ok_or_else(|| HostError::Bug(format!("there is no runtime function @{name}")))
}

fn pointer(address: u64) -> *mut u8 {
    std::ptr::with_exposed_provenance_mut(address as usize)
}

fn raised(class: &str) -> HostError {
    HostError::Raised { class: class.to_owned(), message: String::new() }
}
