//! Error records of kernels: in memory of the host that the device reaches, one for each
//! kernel that is loaded, so that a record tells whose exception it holds.
//!
//! A record is read when work was waited for, while other kernels may still be running: one
//! that holds an exception isn't written any more, and is free again when it was cleared.

use super::api::DriverError;
use super::gpu::{Gpu, lock};
use super::memory::{Allocation, Kind};
use cumbia_abi::{DEVICE_CLEAR, DEVICE_RAISED, DeviceRecord};
use std::mem::size_of;
use std::sync::atomic::{AtomicU32, Ordering, fence};
use std::sync::{Arc, Mutex};

/// Records that are made at once.
const CHUNK: usize = 16;

/// Records that no kernel has.
#[derive(Default)]
pub struct Records {
    free: Mutex<Vec<Slot>>,
    /// Those whose kernels may be under way.
    late: Mutex<Vec<Slot>>,
}

/// The memory of some records, and which of them it is.
pub type Slot = (Arc<Allocation>, usize);

impl Records {
    /// Those that are free when all work that is under way now is over.
    pub(super) fn late(&self) -> Vec<Slot> {
        std::mem::take(&mut *lock(&self.late))
    }

    /// Says that no kernel has these any more.
    pub(super) fn free(&self, slots: Vec<Slot>) {
        lock(&self.free).extend(slots);
    }
}

/// A kernel's record.
pub struct Record {
    memory: Arc<Allocation>,
    at: usize,
}

impl Record {
    /// A record for a kernel of a device, clear.
    ///
    /// # Errors
    ///
    /// The driver's, if there is no memory for it.
    pub fn new(gpu: &Arc<Gpu>) -> Result<Record, DriverError> {
        let mut free = lock(&gpu.records.free);
        if free.is_empty() {
            let bytes = CHUNK * size_of::<DeviceRecord>();
            let memory = Arc::new(gpu.allocate(bytes, Kind::Mapped, true, false)?);
            free.extend((0..CHUNK).map(|at| (memory.clone(), at)));
        }
        let (memory, at) = free.pop().expect("there are some");
        drop(free);
        let record = Record { memory, at };
        // SAFETY: the memory is large enough, and no kernel has the record yet.
        unsafe { record.place().write(DeviceRecord::default()) };
        Ok(record)
    }

    fn place(&self) -> *mut DeviceRecord {
        self.memory.host.cast::<DeviceRecord>().wrapping_add(self.at)
    }

    /// Its address, as the device has it.
    pub fn address(&self) -> u64 {
        self.memory.address + (self.at * size_of::<DeviceRecord>()) as u64
    }

    /// Whether a thread has raised since it was asked last.
    pub fn is_set(&self) -> bool {
        // SAFETY: as in `take`.
        self.memory.is_there() && unsafe { self.place().read_volatile() }.state == DEVICE_RAISED
    }

    /// What a thread has raised since this was asked last.
    #[inline]
    pub fn take(&self) -> Option<DeviceRecord> {
        if !self.memory.is_there() {
            return None;
        }
        let place = self.place();
        // SAFETY: the record is there as long as the device isn't closed; the state is only ever accessed as
        // an atomic word by the host.
        let state = unsafe { AtomicU32::from_ptr(&raw mut (*place).state) };
        if state.load(Ordering::Acquire) != DEVICE_RAISED {
            return None;
        }
        fence(Ordering::Acquire);
        // SAFETY: a record that holds an exception isn't written but by the thread that
        // raised, whose call sites may still be on the way; they are words, and any of them
        // may be read.
        let found = unsafe { place.read_volatile() };
        state.store(DEVICE_CLEAR, Ordering::Release);
        Some(found)
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let records = &self.memory.gpu().records;
        lock(&records.late).push((self.memory.clone(), self.at));
    }
}
