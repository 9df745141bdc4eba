//! Launches of kernels that wait for their whole grid: all blocks are on the device at once, and
//! each launch has two words of its own for them (`cumbia_backend_llvm`'s `device/grids.rs`).
//!
//! The words are taken, cleared and given back in the order of the launch's stream, so nobody
//! waits for them, and a captured launch has them in its graph. Where memory isn't taken in the
//! order of a stream, the launch is waited for.

use super::api::{DriverError, call};
use super::gpu::stream;
use super::launch::{Packed, Shape};
use super::module::Kernel;
use std::ffi::c_void;

/// Bytes of the words.
const WORDS: usize = 8;

impl Kernel {
    /// See [`Kernel::launch`]; the device is entered, and shared memory was asked for.
    ///
    /// # Safety
    ///
    /// As there.
    #[cold]
    pub(super) unsafe fn launch_whole(
        &self,
        shape: &Shape,
        at: usize,
        packed: &Packed,
    ) -> Result<(), DriverError> {
        let api = self.gpu.api;
        let pool = (api.functions.cuMemAllocAsync, api.functions.cuMemFreeAsync);
        let mut address = 0;
        // SAFETY: the functions take this address, and memory that they gave; the rest is the
        // caller's promise.
        unsafe {
            if let (true, (Some(take), Some(free))) = (self.gpu.is_pooled(), pool) {
                api.check("cuMemAllocAsync", take(&raw mut address, WORDS, stream(at)))?;
                let launched = self.start_whole(shape, at, packed, address);
                let freed = api.check("cuMemFreeAsync", free(address, stream(at)));
                return launched.and(freed);
            }
            call!(api, cuMemAlloc_v2(&raw mut address, WORDS))?;
            let launched = self.start_whole(shape, at, packed, address);
            let over = match launched {
                Ok(()) => self.gpu.wait_for(at),
                Err(_) => Ok(()),
            };
            let freed = call!(api, cuMemFree_v2(address));
            launched.and(over).and(freed)
        }
    }

    /// # Safety
    ///
    /// As above; at the address is room for the words.
    unsafe fn start_whole(
        &self,
        shape: &Shape,
        at: usize,
        packed: &Packed,
        address: u64,
    ) -> Result<(), DriverError> {
        let mut words = packed.words.clone();
        *words.last_mut().expect("the address of the words") = address;
        let first = words.as_mut_ptr().cast::<u8>();
        let mut parameters: Vec<*mut c_void> =
            packed.places.iter().map(|&place| first.wrapping_add(place as usize).cast()).collect();
        let ([x, y, z], [tx, ty, tz]) = (shape.blocks, shape.threads);
        // SAFETY: the caller's promise; the driver copies the parameters before it returns.
        let launched = unsafe {
            call!(self.gpu.api, cuMemsetD8Async(address, 0, WORDS, stream(at)))?;
            call!(
                self.gpu.api,
                cuLaunchCooperativeKernel(
                    self.function,
                    x,
                    y,
                    z,
                    tx,
                    ty,
                    tz,
                    shape.shared,
                    stream(at),
                    parameters.as_mut_ptr(),
                )
            )
        };
        launched.map_err(|error| self.diagnosed(error, shape))
    }

    /// How many blocks of so many threads the device has at once.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn most_at_once(&self, threads: u32, shared: usize) -> Result<u32, DriverError> {
        Ok(self.blocks_at_once(threads, shared)? * self.gpu.facts.multiprocessors)
    }

    /// Why a launch that the driver finds too large isn't taken.
    pub(super) fn too_many_at_once(&self, shape: &Shape) -> String {
        let threads = shape.threads.iter().product::<u32>();
        let blocks: u64 = shape.blocks.iter().map(|&n| u64::from(n)).product();
        let most = self.most_at_once(threads, shape.shared as usize);
        let most = most.map_or(String::new(), |most| {
            format!("; of {threads} threads it has {most} (max_cooperative_grid_blocks)")
        });
        format!(
            "the kernel waits for its whole grid, and the device doesn't have {blocks} blocks at \
             once{most}"
        )
    }
}
