//! Launches: arguments as the bytes that a kernel takes, and what a launch exceeds when the
//! driver doesn't take it.
//!
//! A kernel takes its parameters one behind the other, each at a multiple of its size
//! (PTX's `.param`); last comes the address of the error record, and behind it, for kernels that
//! wait for their whole grid, that of the words for it (`whole`). They are copied into a
//! buffer whose layout is known when the kernel is loaded.

use super::api::{DriverError, call};
use super::gpu::stream;
use super::module::Kernel;
use cudarc::driver::sys::{
    CU_LAUNCH_PARAM_BUFFER_POINTER_AS_INT, CU_LAUNCH_PARAM_BUFFER_SIZE_AS_INT,
    CU_LAUNCH_PARAM_END_AS_INT, CUresult,
};
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::Ordering;

/// A parameter: which slot it is from, where it lies and how many bytes it has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// The slot of the arguments.
    pub slot: u32,
    /// Bytes from the beginning.
    pub offset: u32,
    /// 1, 2, 4 or 8.
    pub size: u32,
}

/// Where a kernel's parameters lie.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// One for each, without the record.
    pub fields: Vec<Field>,
    /// Where the record's address lies, behind all others.
    pub record: u32,
    /// Whether the address of the words for the whole grid comes behind it.
    pub is_whole: bool,
}

/// The bytes of a launch's parameters. Words, so that each lies at a multiple of its size.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Packed {
    pub(super) words: Vec<u64>,
    bytes: usize,
    /// Of kernels that wait for their whole grid: where each parameter lies, the address of the
    /// grid's words last.
    pub(super) places: Vec<u32>,
}

/// How many blocks of how many threads, and bytes of shared memory that the launch gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Shape {
    pub blocks: [u32; 3],
    pub threads: [u32; 3],
    pub shared: u32,
}

impl Layout {
    /// The layout of parameters of these slots and sizes.
    pub fn of(parameters: impl IntoIterator<Item = (u32, u32)>) -> Layout {
        let mut end = 0u32;
        let mut place = |size: u32| {
            let offset = end.next_multiple_of(size);
            end = offset + size;
            offset
        };
        let fields = parameters.into_iter().map(|(slot, size)| {
            let offset = place(size);
            Field { slot, offset, size }
        });
        let fields = fields.collect();
        Layout { fields, record: place(8), is_whole: false }
    }

    /// The same for a kernel that waits for its whole grid.
    pub fn with_whole_grid(self) -> Layout {
        Layout { is_whole: true, ..self }
    }

    /// Bytes of all.
    pub fn bytes(&self) -> usize {
        self.record as usize + if self.is_whole { 16 } else { 8 }
    }

    /// Packs arguments.
    ///
    /// # Panics
    ///
    /// Where a slot isn't there: the layout is another kernel's.
    #[inline]
    pub fn pack(&self, slots: &[u64], record: u64, packed: &mut Packed) {
        packed.bytes = self.bytes();
        packed.words.clear();
        packed.words.resize(packed.bytes.div_ceil(8), 0);
        packed.places.clear();
        if self.is_whole {
            packed.places.extend(self.fields.iter().map(|field| field.offset));
            packed.places.extend([self.record, self.record + 8]);
        }
        // SAFETY: words are bytes, and the slice ends with them.
        let bytes = unsafe {
            let first = packed.words.as_mut_ptr().cast::<u8>();
            std::slice::from_raw_parts_mut(first, 8 * packed.words.len())
        };
        for field in &self.fields {
            let value = slots[field.slot as usize].to_le_bytes();
            let (offset, size) = (field.offset as usize, field.size as usize);
            bytes[offset..offset + size].copy_from_slice(&value[..size]);
        }
        let record_at = self.record as usize;
        bytes[record_at..record_at + 8].copy_from_slice(&record.to_le_bytes());
    }
}

impl Packed {
    /// Them.
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: words are bytes, and there are at least so many.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr().cast(), self.bytes) }
    }
}

impl Kernel {
    /// Launches a grid.
    ///
    /// # Errors
    ///
    /// The driver's, with the limit that the launch exceeds where that is why. Errors of
    /// earlier work may come up here.
    ///
    /// # Safety
    ///
    /// The parameters are those of this kernel, and what they lead to is there until the grid
    /// is over.
    #[inline]
    pub unsafe fn launch(
        &self,
        shape: &Shape,
        at: usize,
        packed: &Packed,
    ) -> Result<(), DriverError> {
        self.gpu.enter()?;
        if shape.shared > self.given.load(Ordering::Relaxed) {
            self.ask_for(shape.shared).map_err(|error| self.diagnosed(error, shape))?;
        }
        if !packed.places.is_empty() {
            // SAFETY: the caller's promise.
            return unsafe { self.launch_whole(shape, at, packed) };
        }
        let mut bytes = packed.bytes;
        let tag = |number: u32| ptr::without_provenance_mut::<c_void>(number as usize);
        let mut extra = [
            tag(CU_LAUNCH_PARAM_BUFFER_POINTER_AS_INT),
            packed.words.as_ptr().cast_mut().cast(),
            tag(CU_LAUNCH_PARAM_BUFFER_SIZE_AS_INT),
            (&raw mut bytes).cast(),
            tag(CU_LAUNCH_PARAM_END_AS_INT),
        ];
        let ([x, y, z], [tx, ty, tz]) = (shape.blocks, shape.threads);
        // SAFETY: the caller's promise; the driver copies the parameters before it returns.
        let launched = unsafe {
            call!(
                self.gpu.api,
                cuLaunchKernel(
                    self.function,
                    x,
                    y,
                    z,
                    tx,
                    ty,
                    tz,
                    shape.shared,
                    stream(at),
                    ptr::null_mut(),
                    extra.as_mut_ptr(),
                )
            )
        };
        launched.map_err(|error| self.diagnosed(error, shape))
    }

    /// Adds the limit that a launch exceeds to what the driver says.
    #[cold]
    pub(super) fn diagnosed(&self, mut error: DriverError, shape: &Shape) -> DriverError {
        let of_launch =
            [CUresult::CUDA_ERROR_INVALID_VALUE, CUresult::CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES];
        if of_launch.into_iter().any(|one| error.is(one)) {
            error.detail = self.exceeded(shape).unwrap_or_default();
        } else if error.is(CUresult::CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE) {
            error.detail = self.too_many_at_once(shape);
        }
        error
    }

    /// Which limit a launch exceeds, in a sentence.
    pub fn exceeded(&self, shape: &Shape) -> Option<String> {
        let (facts, resources) = (&self.gpu.facts, &self.resources);
        let named = |what: &str, given: [u32; 3], most: [u32; 3]| {
            let at = (0..3).find(|&axis| given[axis] > most[axis] || given[axis] == 0)?;
            Some(format!(
                "the {what} has {} along axis {at}, and the device takes 1 to {}",
                given[at], most[at]
            ))
        };
        let threads: u64 = shape.threads.iter().map(|&n| u64::from(n)).product();
        let of_device = u64::from(facts.threads_per_block);
        let of_kernel = u64::from(resources.threads);
        let dimension = named("block", shape.threads, facts.block)
            .or_else(|| named("grid", shape.blocks, facts.grid));
        if dimension.is_some() {
            return dimension;
        }
        if threads > of_device {
            return Some(format!(
                "the block has {threads} threads, and the device takes {of_device}"
            ));
        }
        if threads > of_kernel {
            return Some(format!(
                "the block has {threads} threads, and this kernel takes {of_kernel}: each uses \
                 {} registers, and a block has {}; max_registers= or launch_bounds= of cuda.jit \
                 changes that",
                resources.registers, facts.registers
            ));
        }
        let shared = u64::from(resources.shared) + u64::from(shape.shared);
        if shared > u64::from(facts.shared_on_request) {
            return Some(format!(
                "a block has {} bytes of shared memory and is given {}, and the device has {}",
                resources.shared, shape.shared, facts.shared_on_request
            ));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_lie_at_multiples_of_their_size() {
        let layout = Layout::of([(1, 8), (2, 1), (3, 4), (4, 1), (5, 2), (6, 8), (0, 1)]);
        let offsets: Vec<u32> = layout.fields.iter().map(|field| field.offset).collect();
        assert_eq!(offsets, [0, 8, 12, 16, 18, 24, 32]);
        assert_eq!((layout.record, layout.bytes()), (40, 48));
    }

    #[test]
    fn packing_takes_the_low_bytes() {
        let layout = Layout::of([(1, 4), (0, 8), (2, 1)]);
        let mut packed = Packed::default();
        layout.pack(&[0x1122_3344_5566_7788, u64::MAX - 1, 0x1ff], 77, &mut packed);
        let bytes = packed.as_bytes();
        assert_eq!(bytes[0..8], [0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
        assert_eq!(bytes[8..16], 0x1122_3344_5566_7788u64.to_le_bytes());
        assert_eq!(bytes[16..24], [0xff, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(bytes[24..32], 77u64.to_le_bytes());
        // What was there before is gone.
        layout.pack(&[0, 0, 0], 0, &mut packed);
        assert!(packed.as_bytes().iter().all(|&byte| byte == 0));
    }

    #[test]
    fn the_words_of_a_whole_grid_come_last() {
        let layout = Layout::of([(0, 8), (1, 2)]).with_whole_grid();
        assert_eq!(layout.bytes(), 32);
        let mut packed = Packed::default();
        layout.pack(&[1, 2], 5, &mut packed);
        assert_eq!(packed.places, [0, 8, 16, 24]);
        assert_eq!(packed.words, [1, 2, 5, 0]);
        Layout::of([(0, 8)]).pack(&[1], 5, &mut packed);
        assert!(packed.places.is_empty());
    }

    #[test]
    fn no_parameters_but_the_record() {
        let layout = Layout::of([]);
        let mut packed = Packed::default();
        layout.pack(&[], 5, &mut packed);
        assert_eq!(packed.as_bytes(), 5u64.to_le_bytes());
    }
}
