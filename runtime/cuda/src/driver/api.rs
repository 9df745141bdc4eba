//! The driver's functions, loaded when the first is needed.
//!
//! Types and constants are those of `cudarc`, and each signature here is compared with its
//! own when this is compiled. Its loader isn't used: it looks for the library under names of
//! its own choice, and panics where a function is missing. Results are numbers, not an
//! enumeration, since a later driver has more of them.

use cudarc::driver::sys;
use cudarc::driver::sys::{
    CUDA_MEMCPY2D, CUcontext, CUdevice, CUdevice_attribute, CUdeviceptr, CUevent, CUfunction,
    CUfunction_attribute, CUgraph, CUgraphExec, CUhostFn, CUjit_option, CUjitInputType,
    CUlinkState, CUmemPool_attribute, CUmemoryPool, CUmodule, CUoccupancyB2DSize, CUresult,
    CUstream, CUstreamCaptureMode, CUuuid,
};
use libloading::Library;
use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_ulonglong, c_void};
use std::fmt;
use std::path::Path;

/// The version from which on a driver has all that is needed (CUDA 11.4).
pub const LEAST_VERSION: i32 = 11040;

/// What the library is called where nobody says it.
const NAMES: &[&str] =
    if cfg!(windows) { &["nvcuda.dll"] } else { &["libcuda.so.1", "libcuda.so"] };

/// What a function of the driver returns: a `CUresult`, or a number that a later driver has.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Status(pub u32);

impl Status {
    /// Whether it is this one.
    pub fn is(self, result: CUresult) -> bool {
        self.0 == result as u32
    }
}

macro_rules! functions {
    (
        all: { $($name:ident($($ty:ty),*);)* }
        some: { $($maybe:ident($($maybe_ty:ty),*);)* }
    ) => {
        /// The functions.
        #[allow(non_snake_case, missing_docs)]
        pub struct Functions {
            $(pub $name: unsafe extern "C" fn($($ty),*) -> Status,)*
            $(pub $maybe: Option<unsafe extern "C" fn($($maybe_ty),*) -> Status>,)*
        }

        $(const _: unsafe fn($($ty),*) -> CUresult = sys::$name;)*
        $(const _: unsafe fn($($maybe_ty),*) -> CUresult = sys::$maybe;)*

        impl Functions {
            fn of(library: &Library) -> Result<Functions, &'static str> {
                // SAFETY: the library is the driver, whose functions have these types: they
                // are compared with cudarc's above. It is never unloaded.
                unsafe {
                    Ok(Functions {
                        $($name: *library
                            .get(stringify!($name).as_bytes())
                            .map_err(|_| stringify!($name))?,)*
                        $($maybe: library.get(stringify!($maybe).as_bytes()).ok().map(|f| *f),)*
                    })
                }
            }
        }
    };
}

functions! {
    all: {
        cuInit(c_uint);
        cuDriverGetVersion(*mut c_int);
        cuDeviceGetCount(*mut c_int);
        cuDeviceGet(*mut CUdevice, c_int);
        cuDeviceGetName(*mut c_char, c_int, CUdevice);
        cuDeviceGetUuid_v2(*mut CUuuid, CUdevice);
        cuDeviceGetAttribute(*mut c_int, CUdevice_attribute, CUdevice);
        cuDeviceTotalMem_v2(*mut usize, CUdevice);
        cuDevicePrimaryCtxRetain(*mut CUcontext, CUdevice);
        cuDevicePrimaryCtxReset_v2(CUdevice);
        cuCtxGetCurrent(*mut CUcontext);
        cuCtxSetCurrent(CUcontext);
        cuCtxSynchronize();
        cuMemGetInfo_v2(*mut usize, *mut usize);
        cuMemAlloc_v2(*mut CUdeviceptr, usize);
        cuMemFree_v2(CUdeviceptr);
        cuMemHostAlloc(*mut *mut c_void, usize, c_uint);
        cuMemFreeHost(*mut c_void);
        cuMemHostGetDevicePointer_v2(*mut CUdeviceptr, *mut c_void, c_uint);
        cuMemHostRegister_v2(*mut c_void, usize, c_uint);
        cuMemHostUnregister(*mut c_void);
        cuMemAllocManaged(*mut CUdeviceptr, usize, c_uint);
        cuMemcpyHtoDAsync_v2(CUdeviceptr, *const c_void, usize, CUstream);
        cuMemcpyDtoHAsync_v2(*mut c_void, CUdeviceptr, usize, CUstream);
        cuMemcpyDtoDAsync_v2(CUdeviceptr, CUdeviceptr, usize, CUstream);
        cuMemcpy2DAsync_v2(*const CUDA_MEMCPY2D, CUstream);
        cuMemsetD8Async(CUdeviceptr, c_uchar, usize, CUstream);
        cuStreamCreate(*mut CUstream, c_uint);
        cuStreamDestroy_v2(CUstream);
        cuStreamSynchronize(CUstream);
        cuStreamQuery(CUstream);
        cuStreamWaitEvent(CUstream, CUevent, c_uint);
        cuStreamBeginCapture_v2(CUstream, CUstreamCaptureMode);
        cuStreamEndCapture(CUstream, *mut CUgraph);
        cuLaunchHostFunc(CUstream, CUhostFn, *mut c_void);
        cuEventCreate(*mut CUevent, c_uint);
        cuEventDestroy_v2(CUevent);
        cuEventRecord(CUevent, CUstream);
        cuEventQuery(CUevent);
        cuEventSynchronize(CUevent);
        cuEventElapsedTime(*mut f32, CUevent, CUevent);
        cuLinkCreate_v2(c_uint, *mut CUjit_option, *mut *mut c_void, *mut CUlinkState);
        cuLinkAddData_v2(
            CUlinkState, CUjitInputType, *mut c_void, usize, *const c_char, c_uint,
            *mut CUjit_option, *mut *mut c_void
        );
        cuLinkComplete(CUlinkState, *mut *mut c_void, *mut usize);
        cuLinkDestroy(CUlinkState);
        cuModuleLoadData(*mut CUmodule, *const c_void);
        cuModuleUnload(CUmodule);
        cuModuleGetFunction(*mut CUfunction, CUmodule, *const c_char);
        cuFuncGetAttribute(*mut c_int, CUfunction_attribute, CUfunction);
        cuFuncSetAttribute(CUfunction, CUfunction_attribute, c_int);
        cuLaunchKernel(
            CUfunction, c_uint, c_uint, c_uint, c_uint, c_uint, c_uint, c_uint, CUstream,
            *mut *mut c_void, *mut *mut c_void
        );
        cuLaunchCooperativeKernel(
            CUfunction, c_uint, c_uint, c_uint, c_uint, c_uint, c_uint, c_uint, CUstream,
            *mut *mut c_void
        );
        cuGraphInstantiateWithFlags(*mut CUgraphExec, CUgraph, c_ulonglong);
        cuGraphLaunch(CUgraphExec, CUstream);
        cuGraphExecDestroy(CUgraphExec);
        cuGraphDestroy(CUgraph);
        cuOccupancyMaxActiveBlocksPerMultiprocessor(*mut c_int, CUfunction, c_int, usize);
        cuOccupancyMaxPotentialBlockSize(
            *mut c_int, *mut c_int, CUfunction, CUoccupancyB2DSize, usize, c_int
        );
    }
    some: {
        cuGetErrorName(CUresult, *mut *const c_char);
        cuGetErrorString(CUresult, *mut *const c_char);
        cuMemAllocAsync(*mut CUdeviceptr, usize, CUstream);
        cuMemFreeAsync(CUdeviceptr, CUstream);
        cuDeviceGetDefaultMemPool(*mut CUmemoryPool, CUdevice);
        cuMemPoolSetAttribute(CUmemoryPool, CUmemPool_attribute, *mut c_void);
        cuMemPoolTrimTo(CUmemoryPool, usize);
        cuProfilerStart();
        cuProfilerStop();
    }
}

/// Why there is no driver to use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Absent {
    /// It can't be loaded: what was looked for, and what the loader says.
    Library {
        /// What was looked for.
        wanted: String,
        /// What the loader says, where somebody named the file.
        why: Option<String>,
    },
    /// It lacks a function.
    Function(&'static str),
    /// It is too old: its version.
    Old(i32),
    /// It finds no device.
    NoDevice,
    /// It can't begin: the function's error.
    Fails(DriverError),
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Absent::Library { wanted, why: None } => {
                write!(f, "there is no NVIDIA driver here ({wanted} can't be loaded)")
            }
            Absent::Library { wanted, why: Some(why) } => {
                write!(f, "the driver that CUMBIA_CUDA_DRIVER names, {wanted}, can't be loaded: ")?;
                write!(f, "{why}")
            }
            Absent::Function(name) => {
                write!(f, "the NVIDIA driver is too old: it has no {name}; update it to one for ")?;
                write!(f, "CUDA 11.4 or later")
            }
            Absent::Old(version) => write!(
                f,
                "the NVIDIA driver is too old: it is one for CUDA {}.{}, and CUDA 11.4 or later \
                 is needed",
                version / 1000,
                version % 1000 / 10
            ),
            Absent::NoDevice => f.write_str("the NVIDIA driver finds no device"),
            Absent::Fails(error) => write!(f, "the NVIDIA driver can't begin: {error}"),
        }
    }
}

/// A function of the driver that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DriverError {
    /// The function.
    pub function: &'static str,
    /// What it returned.
    pub status: u32,
    /// The name of that: `CUDA_ERROR_INVALID_VALUE`.
    pub name: String,
    /// What the driver says of it.
    pub text: String,
    /// What is known beside it: an assembler's log, a limit that was exceeded.
    pub detail: String,
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed with {} ({}): {}", self.function, self.name, self.status, self.text)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, "; {}", self.detail) }
    }
}

impl std::error::Error for DriverError {}

impl DriverError {
    /// Whether it is this one.
    pub fn is(&self, result: CUresult) -> bool {
        self.status == result as u32
    }
}

/// The driver.
pub struct Api {
    /// Its functions.
    pub functions: Functions,
    /// Its version: 12040 is one for CUDA 12.4.
    pub version: i32,
    /// How many devices it finds.
    pub devices: i32,
}

impl Api {
    /// Loads it, from a file that somebody names or where the system has it.
    ///
    /// # Errors
    ///
    /// Why it can't be used.
    ///
    /// # Safety
    ///
    /// The library is a driver; code that it runs when it is loaded does no harm.
    pub unsafe fn load(path: Option<&Path>) -> Result<Api, Absent> {
        // SAFETY: the caller's promise.
        let library = unsafe { library(path) }?;
        // It has threads and handlers of its own: unloading it isn't safe.
        let library = Box::leak(Box::new(library));
        let functions = Functions::of(library).map_err(|name| {
            let mut version = 0;
            // SAFETY: as above; an old driver has this function.
            let known = unsafe {
                library
                    .get::<unsafe extern "C" fn(*mut c_int) -> Status>(b"cuDriverGetVersion")
                    .is_ok_and(|f| f(&raw mut version).0 == 0)
            };
            if known && version < LEAST_VERSION {
                Absent::Old(version)
            } else {
                Absent::Function(name)
            }
        })?;
        let mut api = Api { functions, version: 0, devices: 0 };
        let (mut version, mut devices) = (0, 0);
        // SAFETY: the functions take these addresses.
        unsafe {
            // Which version it is can be asked before anything else.
            api.check("cuDriverGetVersion", (api.functions.cuDriverGetVersion)(&raw mut version))
                .map_err(Absent::Fails)?;
            if version < LEAST_VERSION {
                return Err(Absent::Old(version));
            }
            let begun = (api.functions.cuInit)(0);
            if begun.is(CUresult::CUDA_ERROR_NO_DEVICE) {
                return Err(Absent::NoDevice);
            }
            api.check("cuInit", begun).map_err(Absent::Fails)?;
            let counted = (api.functions.cuDeviceGetCount)(&raw mut devices);
            api.check("cuDeviceGetCount", counted).map_err(Absent::Fails)?;
        }
        if devices == 0 {
            return Err(Absent::NoDevice);
        }
        (api.version, api.devices) = (version, devices);
        Ok(api)
    }

    /// What a status says.
    ///
    /// # Errors
    ///
    /// Whatever isn't success.
    #[inline]
    pub fn check(&self, function: &'static str, status: Status) -> Result<(), DriverError> {
        if status.0 == 0 { Ok(()) } else { Err(self.error(function, status)) }
    }

    #[cold]
    fn error(&self, function: &'static str, status: Status) -> DriverError {
        let ask = |f: Option<unsafe extern "C" fn(CUresult, *mut *const c_char) -> Status>| {
            let mut text: *const c_char = std::ptr::null();
            // SAFETY: these two functions take any number for a result, and give the address
            // of a text that lives as long as the library. The enumeration has the size of the
            // number, which is passed as such.
            unsafe {
                type Asked = unsafe extern "C" fn(u32, *mut *const c_char) -> Status;
                let f: Asked = std::mem::transmute(f?);
                if f(status.0, &raw mut text).0 != 0 || text.is_null() {
                    return None;
                }
                Some(CStr::from_ptr(text).to_string_lossy().into_owned())
            }
        };
        DriverError {
            function,
            status: status.0,
            name: ask(self.functions.cuGetErrorName).unwrap_or_else(|| "an error".to_owned()),
            text: ask(self.functions.cuGetErrorString)
                .unwrap_or_else(|| "the driver has no text for it".to_owned()),
            detail: String::new(),
        }
    }
}

unsafe fn library(path: Option<&Path>) -> Result<Library, Absent> {
    if let Some(path) = path {
        // SAFETY: the caller's promise.
        return unsafe { Library::new(path) }.map_err(|error| Absent::Library {
            wanted: path.display().to_string(),
            why: Some(error.to_string()),
        });
    }
    // SAFETY: the caller's promise.
    let found = NAMES.iter().find_map(|name| unsafe { Library::new(*name) }.ok());
    found.ok_or_else(|| Absent::Library { wanted: NAMES[0].to_owned(), why: None })
}

/// Calls a function of the driver, and gives what its status says.
macro_rules! call {
    ($api:expr, $name:ident($($arg:expr),* $(,)?)) => {{
        let api: &$crate::driver::Api = $api;
        api.check(stringify!($name), (api.functions.$name)($($arg),*))
    }};
}
pub(super) use call;
