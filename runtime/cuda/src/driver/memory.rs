//! Memory of a device, and memory that both sides reach: taken, given back, copied.
//!
//! Memory of the device comes from the driver's pool in the order of stream 0, where the
//! device has one. It is given back in that order too, so work that is under way in streams
//! that stream 0 waits for may still use it; where others are about, the device is waited for.
//! Copies are in the order of their stream.

use super::api::{DriverError, call};
use super::gpu::{Gpu, stream};
use cudarc::driver::sys::{CUDA_MEMCPY2D, CUmemAttach_flags, CUmemorytype, CUresult};
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// What memory it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The device's.
    Device,
    /// The host's, at a fixed place: copies from and to it are fast, and are under way while
    /// the host goes on.
    Pinned,
    /// The same, which the device reaches too.
    Mapped,
    /// Moved by the driver to where it is used.
    Managed,
}

/// Memory, given back when it is dropped.
pub struct Allocation {
    gpu: Arc<Gpu>,
    /// As the device has it; 0 for memory that only the host reaches.
    pub address: u64,
    /// As the host has it; null for memory that only the device reaches.
    pub host: *mut u8,
    /// How many bytes were asked for.
    pub bytes: usize,
    /// What it is.
    pub kind: Kind,
    is_pooled: bool,
}

// SAFETY: the memory may be given back by any thread; what is in it isn't looked at here.
unsafe impl Send for Allocation {}
// SAFETY: as above; there is nothing to change.
unsafe impl Sync for Allocation {}

/// Memory that was dropped while a stream was captured.
static LATER: Mutex<Vec<Allocation>> = Mutex::new(Vec::new());

/// Rows of bytes, each at a fixed distance from the one before.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Copy2D {
    pub to: u64,
    pub to_pitch: usize,
    pub from: u64,
    pub from_pitch: usize,
    pub width: usize,
    pub rows: usize,
}

impl Gpu {
    /// Takes memory of so many bytes.
    ///
    /// # Errors
    ///
    /// The driver's; that there is none left, after all that can be given back was.
    pub fn allocate(
        self: &Arc<Gpu>,
        bytes: usize,
        kind: Kind,
        portable: bool,
        write_combined: bool,
    ) -> Result<Allocation, DriverError> {
        self.enter()?;
        let first = self.take(bytes, kind, portable, write_combined);
        match first {
            Err(error) if error.is(CUresult::CUDA_ERROR_OUT_OF_MEMORY) && !self.is_capturing() => {
                self.synchronize()?;
                self.trim();
                self.take(bytes, kind, portable, write_combined)
            }
            other => other,
        }
    }

    fn take(
        self: &Arc<Gpu>,
        bytes: usize,
        kind: Kind,
        portable: bool,
        write_combined: bool,
    ) -> Result<Allocation, DriverError> {
        // The driver gives no memory of no bytes.
        let size = bytes.max(1);
        let api = self.api;
        let (mut address, mut host): (u64, *mut c_void) = (0, ptr::null_mut());
        let is_pooled = kind == Kind::Device && self.is_pooled();
        // SAFETY: the context is current, and the functions take these addresses.
        unsafe {
            match kind {
                Kind::Device => match api.functions.cuMemAllocAsync {
                    Some(take) if is_pooled => {
                        api.check("cuMemAllocAsync", take(&raw mut address, size, stream(0)))?;
                    }
                    _ => call!(api, cuMemAlloc_v2(&raw mut address, size))?,
                },
                Kind::Pinned | Kind::Mapped => {
                    let flag = |on: bool, bit: u32| if on { bit } else { 0 };
                    // CU_MEMHOSTALLOC_PORTABLE, _DEVICEMAP and _WRITECOMBINED.
                    let flags =
                        flag(portable, 1) | flag(kind == Kind::Mapped, 2) | flag(write_combined, 4);
                    call!(api, cuMemHostAlloc(&raw mut host, size, flags))?;
                    if kind == Kind::Mapped {
                        let found =
                            call!(api, cuMemHostGetDevicePointer_v2(&raw mut address, host, 0));
                        if let Err(error) = found {
                            let _ = call!(api, cuMemFreeHost(host));
                            return Err(error);
                        }
                    }
                }
                Kind::Managed => {
                    let flags = CUmemAttach_flags::CU_MEM_ATTACH_GLOBAL as u32;
                    call!(api, cuMemAllocManaged(&raw mut address, size, flags))?;
                    host = ptr::with_exposed_provenance_mut(address as usize);
                }
            }
        }
        Ok(Allocation { gpu: self.clone(), address, host: host.cast(), bytes, kind, is_pooled })
    }

    /// Fixes memory of the host where it is; whether the device is to reach it.
    ///
    /// # Errors
    ///
    /// The driver's.
    ///
    /// # Safety
    ///
    /// The memory is there until [`Gpu::unfix`].
    pub unsafe fn fix(
        &self,
        host: *mut u8,
        bytes: usize,
        mapped: bool,
    ) -> Result<u64, DriverError> {
        self.enter()?;
        let mut address = 0;
        // SAFETY: the caller's promise. CU_MEMHOSTREGISTER_DEVICEMAP is 2.
        unsafe {
            let flags = if mapped { 2 } else { 0 };
            call!(self.api, cuMemHostRegister_v2(host.cast(), bytes, flags))?;
            if mapped {
                let found =
                    call!(self.api, cuMemHostGetDevicePointer_v2(&raw mut address, host.cast(), 0));
                if let Err(error) = found {
                    let _ = call!(self.api, cuMemHostUnregister(host.cast()));
                    return Err(error);
                }
            }
        }
        Ok(address)
    }

    /// Ends [`Gpu::fix`].
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn unfix(&self, host: *mut u8) -> Result<(), DriverError> {
        self.enter()?;
        // SAFETY: the driver knows which memory was fixed.
        unsafe { call!(self.api, cuMemHostUnregister(host.cast())) }
    }

    /// Copies bytes from the host to the device.
    ///
    /// # Errors
    ///
    /// The driver's.
    ///
    /// # Safety
    ///
    /// Both are there, the host's until the copy is over if it is pinned.
    pub unsafe fn copy_in(
        &self,
        to: u64,
        from: *const u8,
        bytes: usize,
        at: usize,
    ) -> Result<(), DriverError> {
        self.enter()?;
        // SAFETY: the caller's promise.
        unsafe { call!(self.api, cuMemcpyHtoDAsync_v2(to, from.cast(), bytes, stream(at))) }
    }

    /// Copies bytes from the device to the host.
    ///
    /// # Errors
    ///
    /// The driver's.
    ///
    /// # Safety
    ///
    /// As for [`Gpu::copy_in`].
    pub unsafe fn copy_out(
        &self,
        to: *mut u8,
        from: u64,
        bytes: usize,
        at: usize,
    ) -> Result<(), DriverError> {
        self.enter()?;
        // SAFETY: the caller's promise.
        unsafe { call!(self.api, cuMemcpyDtoHAsync_v2(to.cast(), from, bytes, stream(at))) }
    }

    /// Copies bytes within the device.
    ///
    /// # Errors
    ///
    /// The driver's.
    ///
    /// # Safety
    ///
    /// Both are there.
    pub unsafe fn copy_within(
        &self,
        to: u64,
        from: u64,
        bytes: usize,
        at: usize,
    ) -> Result<(), DriverError> {
        self.enter()?;
        // SAFETY: the caller's promise.
        unsafe { call!(self.api, cuMemcpyDtoDAsync_v2(to, from, bytes, stream(at))) }
    }

    /// Copies rows; which of both sides are the device's.
    ///
    /// # Errors
    ///
    /// The driver's.
    ///
    /// # Safety
    ///
    /// As for [`Gpu::copy_in`].
    pub unsafe fn copy_rows(
        &self,
        rows: &Copy2D,
        (to_device, from_device): (bool, bool),
        at: usize,
    ) -> Result<(), DriverError> {
        self.enter()?;
        let side = |is_device| {
            if is_device {
                CUmemorytype::CU_MEMORYTYPE_DEVICE
            } else {
                CUmemorytype::CU_MEMORYTYPE_HOST
            }
        };
        let host = |address: u64, is_device| {
            let address = if is_device { 0 } else { address as usize };
            ptr::with_exposed_provenance_mut::<c_void>(address)
        };
        let copy = CUDA_MEMCPY2D {
            srcXInBytes: 0,
            srcY: 0,
            srcMemoryType: side(from_device),
            srcHost: host(rows.from, from_device),
            srcDevice: if from_device { rows.from } else { 0 },
            srcArray: ptr::null_mut(),
            srcPitch: rows.from_pitch,
            dstXInBytes: 0,
            dstY: 0,
            dstMemoryType: side(to_device),
            dstHost: host(rows.to, to_device),
            dstDevice: if to_device { rows.to } else { 0 },
            dstArray: ptr::null_mut(),
            dstPitch: rows.to_pitch,
            WidthInBytes: rows.width,
            Height: rows.rows,
        };
        // SAFETY: the caller's promise.
        unsafe { call!(self.api, cuMemcpy2DAsync_v2(&raw const copy, stream(at))) }
    }

    /// Sets all bytes.
    ///
    /// # Errors
    ///
    /// The driver's.
    ///
    /// # Safety
    ///
    /// The memory is there.
    pub unsafe fn fill(
        &self,
        to: u64,
        byte: u8,
        bytes: usize,
        at: usize,
    ) -> Result<(), DriverError> {
        self.enter()?;
        // SAFETY: the caller's promise.
        unsafe { call!(self.api, cuMemsetD8Async(to, byte, bytes, stream(at))) }
    }
}

impl Drop for Allocation {
    fn drop(&mut self) {
        let gpu = &self.gpu;
        if gpu.is_closed() {
            return;
        }
        if gpu.is_capturing() {
            let later = Allocation { gpu: gpu.clone(), ..*self };
            LATER.lock().unwrap_or_else(PoisonError::into_inner).push(later);
            return;
        }
        // What fails here has been told where it happened, or will be by the next call.
        let _ = self.give_back();
        let later = std::mem::take(&mut *LATER.lock().unwrap_or_else(PoisonError::into_inner));
        drop(later);
    }
}

impl Allocation {
    /// Whether the memory is still there: its device wasn't closed.
    pub fn is_there(&self) -> bool {
        !self.gpu.is_closed()
    }

    /// Whether giving it back waits for work.
    pub fn waits(&self) -> bool {
        !self.is_pooled || self.gpu.foreign.load(Ordering::Relaxed)
    }

    /// The device that it was taken of.
    pub fn gpu(&self) -> &Arc<Gpu> {
        &self.gpu
    }

    fn give_back(&self) -> Result<(), DriverError> {
        let gpu = &self.gpu;
        gpu.enter()?;
        let foreign = gpu.foreign.load(Ordering::Relaxed);
        // SAFETY: the memory was taken in `take`, and nobody else gives it back.
        unsafe {
            match (self.kind, gpu.api.functions.cuMemFreeAsync) {
                (Kind::Device, Some(free)) if self.is_pooled => {
                    if foreign {
                        gpu.synchronize()?;
                    }
                    gpu.api.check("cuMemFreeAsync", free(self.address, stream(0)))
                }
                (Kind::Device | Kind::Managed, _) => {
                    call!(gpu.api, cuMemFree_v2(self.address))
                }
                (Kind::Pinned | Kind::Mapped, _) => {
                    // Copies may be under way, and kernels that reach it.
                    gpu.synchronize()?;
                    call!(gpu.api, cuMemFreeHost(self.host.cast()))
                }
            }
        }
    }
}
