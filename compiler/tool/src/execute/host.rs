//! The interpreter's host: the real runtime, every access checked.
//!
//! It knows the memory that the call may touch: buffers and owner records among the
//! arguments, static data, the scratch slots, and the arrays and objects that the context
//! has. An access outside of it, of the wrong region, or unaligned and not of an element, is a bug of the IR.

use cumbia_abi::{
    BytesObject, Context, FrameObject, HELPERS, HelperEffects, IMMORTAL, ListObject, ObjectKind,
    Owner, SCRATCH_SLOTS, STATUS_OK, StrObject, TableObject, helper_index,
};
use cumbia_ir::interp::{Host, HostError};
use cumbia_ir::{DataDecl, DataId, ExternDecl, Region, Type};
use cumbia_runtime::{Outcome, call_helper, interrupt_flag};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// What a piece of memory holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Elements of an array.
    Elements,
    /// An owner record.
    Record,
    /// An object: a record with more behind it.
    Object,
    /// Slots of an object, apart from it, and scratch slots.
    Slots,
}

impl Kind {
    /// Whether an access of a region may touch so many bytes of it.
    fn allows(self, region: Region, end: u64) -> bool {
        match region {
            Region::Owner => {
                matches!(self, Kind::Record | Kind::Object) && end <= size_of::<Owner>() as u64
            }
            // A closure's variable is an object with slots behind its head.
            Region::Object | Region::Items => matches!(self, Kind::Object | Kind::Slots),
            Region::Data | Region::Const => self == Kind::Elements,
            Region::Slots => false,
        }
    }
}

type Pieces = BTreeMap<u64, (usize, Kind)>;

/// A host for one call.
pub(super) struct RuntimeHost<'c> {
    context: &'c mut Context,
    /// Memory that stays, by first address: size and kind.
    pieces: Pieces,
    /// The same of what the context's allocations were when `stale` was last false.
    owned: Pieces,
    /// Whether a runtime function may have changed the allocations.
    stale: bool,
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
        let mut pieces: Pieces = buffers.map(|(at, size)| (at, (size, Kind::Elements))).collect();
        pieces.extend(owners.map(|at| (at, (size_of::<Owner>(), Kind::Record))));
        let scratch = context.scratch.as_mut_ptr().expose_provenance() as u64;
        pieces.insert(scratch, (8 * SCRATCH_SLOTS, Kind::Slots));
        RuntimeHost { context, pieces, owned: Pieces::new(), stale: true, data: BTreeMap::new() }
    }

    /// Reads anew what the context has.
    fn refresh(&mut self) {
        if !std::mem::replace(&mut self.stale, false) {
            return;
        }
        self.owned.clear();
        let (strings, bytes) = cumbia_runtime::static_strings();
        self.owned.insert(strings.expose_provenance() as u64, (bytes, Kind::Object));
        cumbia_runtime::each_allocation(self.context, |at| {
            // SAFETY: these are live records, and `kind` says what they are heads of.
            let (owner, behind) = unsafe {
                let behind = match (*at).kind {
                    ObjectKind::Frame => 8 * (*(*at.cast::<FrameObject>()).layout).slots as usize,
                    ObjectKind::Str | ObjectKind::Bytes => (*at).size,
                    _ => 0,
                };
                (&*at, behind)
            };
            let start = at.expose_provenance() as u64;
            let head = match owner.kind {
                // A handled exception's fields are the runtime's alone.
                ObjectKind::Memory | ObjectKind::Exception => size_of::<Owner>(),
                ObjectKind::Str => size_of::<StrObject>(),
                ObjectKind::Bytes => size_of::<BytesObject>(),
                ObjectKind::List => size_of::<ListObject>(),
                ObjectKind::Buffer => size_of::<cumbia_abi::BufferObject>(),
                ObjectKind::Random => size_of::<cumbia_abi::RandomObject>(),
                ObjectKind::Set | ObjectKind::Dict => size_of::<TableObject>(),
                ObjectKind::Frame => size_of::<FrameObject>(),
            };
            let (kind, data) = match owner.kind {
                ObjectKind::Memory => (Kind::Record, Kind::Elements),
                ObjectKind::Buffer => (Kind::Object, Kind::Elements),
                _ => (Kind::Object, Kind::Slots),
            };
            self.owned.insert(start, (head + behind, kind));
            // A part of another buffer has no memory of its own.
            let own = owner.kind != ObjectKind::Frame
                && (owner.kind != ObjectKind::Buffer || owner.size > 0);
            if behind == 0 && !owner.data.is_null() && own {
                self.owned.insert(owner.data.expose_provenance() as u64, (owner.size, data));
            }
        });
    }

    fn check(&mut self, address: u64, bytes: usize, region: Region) -> Result<(), HostError> {
        self.refresh();
        let outside = || HostError::bug("an access outside of all memory");
        let start_in = |pieces: &Pieces| {
            let (&start, &(size, kind)) = pieces.range(..=address).next_back()?;
            let end = (address - start).saturating_add(bytes as u64);
            (end <= size as u64).then_some((kind, end))
        };
        let found = start_in(&self.pieces).or_else(|| start_in(&self.owned));
        let (kind, end) = found.ok_or_else(outside)?;
        match kind.allows(region, end) {
            true => Ok(()),
            false => Err(HostError::bug("an access of the wrong region")),
        }
    }

    fn access(&mut self, address: u64, ty: Type, region: Region) -> Result<*mut u8, HostError> {
        let bytes = ty.bytes() as usize;
        if region != Region::Data && !address.is_multiple_of(bytes as u64) {
            return Err(HostError::bug("an unaligned access"));
        }
        if region == Region::Slots {
            return Err(HostError::bug("the interpreter has no slots"));
        }
        self.check(address, bytes, region)?;
        Ok(pointer(address))
    }

    /// The record at an address.
    fn record(&mut self, address: u64) -> Result<*mut Owner, HostError> {
        self.refresh();
        match self.pieces.get(&address).or_else(|| self.owned.get(&address)) {
            Some((_, Kind::Record | Kind::Object)) => Ok(pointer(address).cast()),
            _ => Err(HostError::bug("no owner record")),
        }
    }

    fn runtime(&mut self, index: usize, args: &[u64]) -> Result<u64, HostError> {
        // SAFETY: whoever calls this has checked the addresses among the arguments.
        let result = unsafe { call_helper(index, self.context, args) };
        self.stale |= HELPERS[index].effects != HelperEffects::Pure;
        let status = std::mem::replace(&mut self.context.status, STATUS_OK);
        match Outcome::new(status, self.context) {
            Outcome::Ok => Ok(result),
            Outcome::Runtime { class, message } => Err(HostError::Raised {
                class: class.name().to_owned(),
                message: message.unwrap_or_default(),
            }),
            Outcome::Memory => Err(raised("MemoryError")),
            Outcome::Raised { .. } | Outcome::Python => Err(raised("KeyboardInterrupt")),
        }
    }

    fn free(&mut self, address: u64) -> Result<(), HostError> {
        self.record(address)?;
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
                self.check(args[0], size, Region::Data)?;
                self.check(args[1], size, Region::Data)?;
            }
            _ => {}
        }
        let result = self.runtime(index, args)?;
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
            let words = Box::into_raw(words.into_boxed_slice());
            let start = words.cast::<u8>().expose_provenance() as u64;
            self.pieces.insert(start, (decl.bytes.len(), Kind::Object));
            self.data.insert(data.0, words);
        }
        Ok(self.data[&data.0].cast::<u8>().expose_provenance() as u64)
    }

    fn load(&mut self, address: u64, ty: Type, region: Region) -> Result<u64, HostError> {
        let at = self.access(address, ty, region)?;
        // SAFETY: the access lies within live memory.
        Ok(unsafe {
            match ty.bytes() {
                1 => u64::from(at.read()),
                2 => u64::from(at.cast::<u16>().read_unaligned()),
                4 => u64::from(at.cast::<u32>().read_unaligned()),
                _ => at.cast::<u64>().read_unaligned(),
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
                2 => at.cast::<u16>().write_unaligned(bits as u16),
                4 => at.cast::<u32>().write_unaligned(bits as u32),
                _ => at.cast::<u64>().write_unaligned(bits),
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
