//! Kernels from assembly: the driver's linker makes code for the device (a cubin), which is
//! loaded from memory. The code can be kept and loaded again by the same driver on the same
//! architecture.

use super::api::{Api, DriverError, call};
use super::gpu::{Gpu, lock};
use cudarc::driver::sys::{
    CUfunction, CUfunction_attribute, CUjit_option, CUjitInputType, CUlinkState, CUmodule, CUresult,
};
use std::ffi::{CString, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Bytes of each log that the assembler may fill.
const LOG: usize = 8192;

/// What the linker is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkOptions {
    /// Most registers of a thread; 0: as the assembler likes.
    pub max_registers: u32,
    /// Whether lines of the source are kept.
    pub has_lines: bool,
    /// Whether there is all that debuggers ask for.
    pub has_debug: bool,
    /// How much is optimized, from 0 to 4.
    pub level: u32,
}

impl Default for LinkOptions {
    fn default() -> LinkOptions {
        LinkOptions { max_registers: 0, has_lines: false, has_debug: false, level: 4 }
    }
}

/// What other code is that is linked with a kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkKind {
    /// Assembly, as text.
    Ptx,
    /// Code of an architecture.
    Cubin,
    /// Code of several architectures.
    Fatbin,
    /// An object of the host's with code for devices in it.
    Object,
    /// A library of such objects.
    Archive,
}

impl LinkKind {
    /// All kinds by their names.
    pub const ALL: [(&str, LinkKind); 5] = [
        ("ptx", LinkKind::Ptx),
        ("cubin", LinkKind::Cubin),
        ("fatbin", LinkKind::Fatbin),
        ("object", LinkKind::Object),
        ("archive", LinkKind::Archive),
    ];

    fn input(self) -> CUjitInputType {
        match self {
            LinkKind::Ptx => CUjitInputType::CU_JIT_INPUT_PTX,
            LinkKind::Cubin => CUjitInputType::CU_JIT_INPUT_CUBIN,
            LinkKind::Fatbin => CUjitInputType::CU_JIT_INPUT_FATBINARY,
            LinkKind::Object => CUjitInputType::CU_JIT_INPUT_OBJECT,
            LinkKind::Archive => CUjitInputType::CU_JIT_INPUT_LIBRARY,
        }
    }
}

/// Other code that is linked with a kernel.
#[derive(Clone, Debug)]
pub struct Linked {
    /// What it is.
    pub kind: LinkKind,
    /// What the linker calls it when it complains.
    pub name: String,
    /// The code.
    pub bytes: Vec<u8>,
}

/// Code for a device.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// What is loaded.
    pub cubin: Vec<u8>,
    /// What the assembler said.
    pub log: String,
}

/// What a kernel takes of a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)]
pub struct Resources {
    pub registers: u32,
    /// Bytes of shared memory of a block, of local memory of a thread, of constants.
    pub shared: u32,
    pub local: u32,
    pub constants: u32,
    /// Most threads of a block.
    pub threads: u32,
}

/// A kernel that can be launched.
pub struct Kernel {
    /// The device that it is loaded for.
    pub gpu: Arc<Gpu>,
    /// What it takes of it.
    pub resources: Resources,
    pub(super) function: CUfunction,
    module: CUmodule,
    /// Bytes of shared memory that launches may give so far.
    pub(super) given: AtomicU32,
}

// SAFETY: handles of the driver's, which may be used by any thread.
unsafe impl Send for Kernel {}
// SAFETY: as above.
unsafe impl Sync for Kernel {}

impl Gpu {
    /// Makes code of assembly, linked with other code.
    ///
    /// # Errors
    ///
    /// The driver's, with what the assembler says.
    pub fn build(
        &self,
        ptx: &str,
        options: LinkOptions,
        others: &[Linked],
    ) -> Result<Built, DriverError> {
        self.enter()?;
        let (mut errors, mut notes) = (vec![0u8; LOG], vec![0u8; LOG]);
        let number = |value: usize| ptr::without_provenance_mut::<c_void>(value);
        let mut rows = vec![
            (CUjit_option::CU_JIT_ERROR_LOG_BUFFER, errors.as_mut_ptr().cast()),
            (CUjit_option::CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, number(LOG)),
            (CUjit_option::CU_JIT_INFO_LOG_BUFFER, notes.as_mut_ptr().cast()),
            (CUjit_option::CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES, number(LOG)),
            (CUjit_option::CU_JIT_OPTIMIZATION_LEVEL, number(options.level as usize)),
        ];
        if options.max_registers != 0 {
            let most = number(options.max_registers as usize);
            rows.push((CUjit_option::CU_JIT_MAX_REGISTERS, most));
        }
        if options.has_lines {
            rows.push((CUjit_option::CU_JIT_GENERATE_LINE_INFO, number(1)));
        }
        if options.has_debug {
            rows.push((CUjit_option::CU_JIT_GENERATE_DEBUG_INFO, number(1)));
        }
        let (mut names, mut values): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let mut state: CUlinkState = ptr::null_mut();
        // SAFETY: as many names as values, and the logs, outlive the linker's state.
        unsafe {
            let count = names.len() as u32;
            call!(
                self.api,
                cuLinkCreate_v2(count, names.as_mut_ptr(), values.as_mut_ptr(), &raw mut state)
            )?;
        }
        // SAFETY: the state was just made.
        let cubin = unsafe { link(self.api, state, ptx, others) };
        // SAFETY: as above, and nobody uses it any more.
        let ended = unsafe { call!(self.api, cuLinkDestroy(state)) };
        let said = |log: &[u8]| {
            let text = log.split(|&byte| byte == 0).next().unwrap_or_default();
            String::from_utf8_lossy(text).trim().to_owned()
        };
        let cubin = cubin.map_err(|error| explained(error, said(&errors), self.api.version))?;
        ended?;
        Ok(Built { cubin, log: said(&notes) })
    }

    /// Loads a kernel from code.
    ///
    /// # Errors
    ///
    /// The driver's: the code is none for this device.
    ///
    /// # Safety
    ///
    /// The code is whole, and was made by [`Gpu::build`] or an assembler.
    pub unsafe fn load(self: &Arc<Gpu>, cubin: &[u8], name: &str) -> Result<Kernel, DriverError> {
        self.enter()?;
        let (mut module, mut function) = (ptr::null_mut(), ptr::null_mut());
        let name = CString::new(name).unwrap_or_default();
        // SAFETY: the caller's promise; the functions take these addresses.
        unsafe {
            call!(self.api, cuModuleLoadData(&raw mut module, cubin.as_ptr().cast()))?;
            let found =
                call!(self.api, cuModuleGetFunction(&raw mut function, module, name.as_ptr()));
            let resources = found.and_then(|()| resources(self.api, function));
            match resources {
                Ok(resources) => Ok(Kernel {
                    gpu: self.clone(),
                    resources,
                    function,
                    module,
                    given: AtomicU32::new(self.facts.shared.saturating_sub(resources.shared)),
                }),
                Err(error) => {
                    let _ = call!(self.api, cuModuleUnload(module));
                    Err(error)
                }
            }
        }
    }
}

/// Adds what is known of an error of the assembler's.
fn explained(mut error: DriverError, log: String, version: i32) -> DriverError {
    if error.is(CUresult::CUDA_ERROR_UNSUPPORTED_PTX_VERSION) {
        error.detail = format!(
            "the driver is one for CUDA {}.{}, and too old for the assembly of this device: \
             update it",
            version / 1000,
            version % 1000 / 10
        );
    }
    if !log.is_empty() {
        error.detail = if error.detail.is_empty() { log } else { error.detail + "; " + &log };
    }
    error
}

/// # Safety
///
/// The state is one that was just made.
unsafe fn link(
    api: &Api,
    state: CUlinkState,
    ptx: &str,
    others: &[Linked],
) -> Result<Vec<u8>, DriverError> {
    let add = |kind: LinkKind, name: &str, bytes: &[u8]| {
        // Texts end with a zero, which the size has.
        let text = (kind == LinkKind::Ptx).then(|| [bytes, &[0]].concat());
        let bytes = text.as_deref().unwrap_or(bytes);
        let name = CString::new(name).unwrap_or_default();
        // SAFETY: as many bytes as the size says, which the driver copies.
        unsafe {
            call!(
                api,
                cuLinkAddData_v2(
                    state,
                    kind.input(),
                    bytes.as_ptr().cast_mut().cast(),
                    bytes.len(),
                    name.as_ptr(),
                    0,
                    ptr::null_mut(),
                    ptr::null_mut(),
                )
            )
        }
    };
    add(LinkKind::Ptx, "kernel.ptx", ptx.as_bytes())?;
    for other in others {
        add(other.kind, &other.name, &other.bytes)?;
    }
    let (mut cubin, mut size): (*mut c_void, usize) = (ptr::null_mut(), 0);
    // SAFETY: the code belongs to the state, and is copied before that ends.
    unsafe {
        call!(api, cuLinkComplete(state, &raw mut cubin, &raw mut size))?;
        Ok(std::slice::from_raw_parts(cubin.cast::<u8>(), size).to_vec())
    }
}

fn resources(api: &Api, function: CUfunction) -> Result<Resources, DriverError> {
    use CUfunction_attribute as A;
    let ask = |attribute| {
        let mut value = 0;
        // SAFETY: the function takes this address.
        unsafe { call!(api, cuFuncGetAttribute(&raw mut value, attribute, function))? };
        Ok(value.max(0) as u32)
    };
    Ok(Resources {
        registers: ask(A::CU_FUNC_ATTRIBUTE_NUM_REGS)?,
        shared: ask(A::CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES)?,
        local: ask(A::CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES)?,
        constants: ask(A::CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES)?,
        threads: ask(A::CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK)?,
    })
}

impl Kernel {
    /// Blocks of so many threads that a multiprocessor has at once.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn blocks_at_once(&self, threads: u32, shared: usize) -> Result<u32, DriverError> {
        self.gpu.enter()?;
        let mut blocks = 0;
        // SAFETY: the function takes this address.
        unsafe {
            call!(
                self.gpu.api,
                cuOccupancyMaxActiveBlocksPerMultiprocessor(
                    &raw mut blocks,
                    self.function,
                    threads as i32,
                    shared
                )
            )?;
        }
        Ok(blocks.max(0) as u32)
    }

    /// A grid that fills the device, and the block for it; 0: of any size.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn filling(&self, shared: usize, most: u32) -> Result<(u32, u32), DriverError> {
        self.gpu.enter()?;
        let (mut grid, mut block) = (0, 0);
        // SAFETY: the function takes these addresses; no function says what a block takes.
        unsafe {
            call!(
                self.gpu.api,
                cuOccupancyMaxPotentialBlockSize(
                    &raw mut grid,
                    &raw mut block,
                    self.function,
                    None,
                    shared,
                    most as i32
                )
            )?;
        }
        Ok((grid.max(0) as u32, block.max(0) as u32))
    }

    /// Lets launches give so many bytes of shared memory.
    pub(super) fn ask_for(&self, shared: u32) -> Result<(), DriverError> {
        let attribute = CUfunction_attribute::CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
        // SAFETY: the function is the module's.
        unsafe {
            call!(self.gpu.api, cuFuncSetAttribute(self.function, attribute, shared as i32))?;
        }
        self.given.fetch_max(shared, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        // It may be under way: whoever waits for the device next unloads it.
        lock(&self.gpu.late).push(self.module.addr());
    }
}
