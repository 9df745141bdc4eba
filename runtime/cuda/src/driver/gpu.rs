//! A device: what it is, its context, and what is ordered in it: streams, events, graphs.
//!
//! The context is the device's primary one, which other libraries of the process use as well.
//! Handles of streams and events are the driver's own, as numbers, so that those of other
//! libraries are as good; whoever makes one destroys it. Stream 0 is the one of work that
//! names none.

use super::api::{Api, DriverError, Status, call};
use super::records::Records;
use cudarc::driver::sys::{
    CUcontext, CUdevice, CUdevice_attribute, CUevent_flags, CUgraphExec, CUmemPool_attribute,
    CUmemoryPool, CUresult, CUstream, CUstreamCaptureMode, CUuuid,
};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What doesn't change of a device.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Facts {
    pub name: String,
    pub uuid: String,
    /// Compute capability: major, minor.
    pub capability: (u32, u32),
    pub multiprocessors: u32,
    pub threads_per_block: u32,
    pub block: [u32; 3],
    pub grid: [u32; 3],
    /// Bytes of shared memory of a block: at once, and when a kernel asks for more.
    pub shared: u32,
    pub shared_on_request: u32,
    pub registers: u32,
    pub total_memory: usize,
    pub has_pools: bool,
    pub has_managed: bool,
    /// Domain, bus and device on the bus.
    pub pci: (i32, i32, i32),
}

/// A device with its context.
pub struct Gpu {
    /// The driver.
    pub api: &'static Api,
    /// Which device it is, from 0.
    pub ordinal: i32,
    /// What it is.
    pub facts: Facts,
    /// Error records of kernels.
    pub records: Records,
    device: CUdevice,
    context: CUcontext,
    pool: CUmemoryPool,
    /// Streams that are being captured; memory isn't freed meanwhile.
    pub(super) capturing: AtomicU32,
    /// Whether there may be streams that stream 0 doesn't wait for.
    pub(super) foreign: AtomicBool,
    closed: AtomicBool,
    /// Modules that nobody has any more, whose kernels may be under way.
    pub(super) late: Mutex<Vec<usize>>,
}

// SAFETY: the driver's functions may be called from any thread; the context is made current
// in each before it is used.
unsafe impl Send for Gpu {}
// SAFETY: as above.
unsafe impl Sync for Gpu {}

/// A captured order of work that can be launched as one.
pub struct Graph {
    gpu: Arc<Gpu>,
    exec: CUgraphExec,
}

// SAFETY: as for a device; a graph is launched by one thread at a time, as its user's lock
// says.
unsafe impl Send for Graph {}
// SAFETY: as above: nothing but `launch` uses it, which the driver orders.
unsafe impl Sync for Graph {}

impl Gpu {
    /// Opens a device: from 0 to [`Api::devices`]. One that is open is given again, so that
    /// closing it closes it for all.
    ///
    /// # Errors
    ///
    /// The driver's, if it has no such device or can't make a context.
    pub fn open(api: &'static Api, ordinal: i32) -> Result<Arc<Gpu>, DriverError> {
        static OPEN: Mutex<Vec<Arc<Gpu>>> = Mutex::new(Vec::new());
        let mut open = lock(&OPEN);
        open.retain(|gpu| !gpu.is_closed());
        if let Some(gpu) = open.iter().find(|gpu| gpu.ordinal == ordinal) {
            return Ok(gpu.clone());
        }
        let gpu = Gpu::make(api, ordinal)?;
        open.push(gpu.clone());
        Ok(gpu)
    }

    fn make(api: &'static Api, ordinal: i32) -> Result<Arc<Gpu>, DriverError> {
        let (mut device, mut context) = (0, ptr::null_mut());
        // SAFETY: the functions take these addresses.
        unsafe {
            call!(api, cuDeviceGet(&raw mut device, ordinal))?;
            let facts = facts(api, device)?;
            call!(api, cuDevicePrimaryCtxRetain(&raw mut context, device))?;
            let mut gpu = Gpu {
                api,
                ordinal,
                facts,
                records: Records::default(),
                device,
                context,
                pool: ptr::null_mut(),
                capturing: AtomicU32::new(0),
                foreign: AtomicBool::new(false),
                closed: AtomicBool::new(false),
                late: Mutex::default(),
            };
            gpu.enter()?;
            gpu.pool = gpu.default_pool();
            Ok(Arc::new(gpu))
        }
    }

    /// The pool that memory is taken from in the order of a stream; null where there is none.
    fn default_pool(&self) -> CUmemoryPool {
        let functions = &self.api.functions;
        let (true, Some(of), Some(set), Some(_), Some(_)) = (
            self.facts.has_pools,
            functions.cuDeviceGetDefaultMemPool,
            functions.cuMemPoolSetAttribute,
            functions.cuMemAllocAsync,
            functions.cuMemFreeAsync,
        ) else {
            return ptr::null_mut();
        };
        let mut pool = ptr::null_mut();
        // What is freed is kept for the next allocation, not given back at each wait.
        let mut threshold = u64::MAX;
        let attribute = CUmemPool_attribute::CU_MEMPOOL_ATTR_RELEASE_THRESHOLD;
        // SAFETY: the functions take these addresses, and the attribute is a 64-bit number.
        unsafe {
            if of(&raw mut pool, self.device).0 != 0
                || set(pool, attribute, (&raw mut threshold).cast()).0 != 0
            {
                return ptr::null_mut();
            }
        }
        pool
    }

    /// Whether memory is taken from a pool.
    pub fn is_pooled(&self) -> bool {
        !self.pool.is_null()
    }

    /// Gives back what the pool keeps without need.
    pub(super) fn trim(&self) {
        if let (false, Some(trim)) = (self.pool.is_null(), self.api.functions.cuMemPoolTrimTo) {
            // SAFETY: the pool is the device's; what fails changes nothing.
            unsafe { trim(self.pool, 0) };
        }
    }

    /// Makes its context the thread's current one, if it isn't.
    ///
    /// # Errors
    ///
    /// The driver's; that it was closed.
    #[inline]
    pub fn enter(&self) -> Result<(), DriverError> {
        let mut current = ptr::null_mut();
        // SAFETY: the function takes this address.
        unsafe {
            call!(self.api, cuCtxGetCurrent(&raw mut current))?;
            if current == self.context && !self.closed.load(Ordering::Relaxed) {
                return Ok(());
            }
            self.enter_anew()
        }
    }

    #[cold]
    fn enter_anew(&self) -> Result<(), DriverError> {
        if self.is_closed() {
            return Err(DriverError {
                function: "cuCtxSetCurrent",
                status: CUresult::CUDA_ERROR_CONTEXT_IS_DESTROYED as u32,
                name: "CUDA_ERROR_CONTEXT_IS_DESTROYED".to_owned(),
                text: "the device was closed after this was made".to_owned(),
                detail: String::new(),
            });
        }
        // SAFETY: the context is this device's.
        unsafe { call!(self.api, cuCtxSetCurrent(self.context)) }
    }

    /// Waits for all work of the context.
    ///
    /// # Errors
    ///
    /// The driver's, also of work that was under way.
    pub fn synchronize(&self) -> Result<(), DriverError> {
        self.enter()?;
        let late = std::mem::take(&mut *lock(&self.late));
        let records = self.records.late();
        // SAFETY: the context is current.
        let done = unsafe { call!(self.api, cuCtxSynchronize()) };
        if done.is_ok() {
            for module in late {
                // SAFETY: nobody has the module, and what it did is over.
                let _ = unsafe { call!(self.api, cuModuleUnload(handle(module))) };
            }
            self.records.free(records);
        } else {
            lock(&self.late).extend(late);
        }
        done
    }

    /// Free bytes of the device's memory, and all.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn memory(&self) -> Result<(usize, usize), DriverError> {
        self.enter()?;
        let (mut free, mut total) = (0, 0);
        // SAFETY: the function takes these addresses.
        unsafe { call!(self.api, cuMemGetInfo_v2(&raw mut free, &raw mut total))? };
        Ok((free, total))
    }

    /// One of the numbers that the driver has of the device, by its number there.
    ///
    /// # Errors
    ///
    /// The driver's: that it knows no such number.
    pub fn attribute(&self, number: u32) -> Result<i32, DriverError> {
        type ByNumber = unsafe extern "C" fn(*mut c_int, u32, CUdevice) -> Status;
        let mut value = 0;
        // SAFETY: the function takes this address, and any number: the enumeration, which has
        // the size of a number, is of those that were known when its header was written.
        let status = unsafe {
            let ask: ByNumber = std::mem::transmute(self.api.functions.cuDeviceGetAttribute);
            ask(&raw mut value, number, self.device)
        };
        self.api.check("cuDeviceGetAttribute", status)?;
        Ok(value)
    }

    /// Destroys all that is in the context. What was made in it is void, and this as well: the
    /// device can be opened again.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn reset(&self) -> Result<(), DriverError> {
        self.closed.store(true, Ordering::Relaxed);
        // SAFETY: the device is one of the driver's.
        unsafe { call!(self.api, cuDevicePrimaryCtxReset_v2(self.device)) }
    }

    // Streams.

    /// Makes a stream, which stream 0 waits for and that waits for it.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn stream(&self) -> Result<usize, DriverError> {
        self.enter()?;
        let mut stream = ptr::null_mut();
        // SAFETY: the function takes this address.
        unsafe { call!(self.api, cuStreamCreate(&raw mut stream, 0))? };
        Ok(stream.addr())
    }

    /// Says that a stream is used that somebody else has made.
    pub fn meet_foreign(&self) {
        self.foreign.store(true, Ordering::Relaxed);
    }

    /// Lets a profiler that watches this process begin or end; without one nothing happens.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn profile(&self, on: bool) -> Result<(), DriverError> {
        self.enter()?;
        let functions = &self.api.functions;
        let (name, call) = match on {
            true => ("cuProfilerStart", functions.cuProfilerStart),
            false => ("cuProfilerStop", functions.cuProfilerStop),
        };
        // SAFETY: the functions take nothing.
        call.map_or(Ok(()), |call| self.api.check(name, unsafe { call() }))
    }

    /// Destroys a stream; what is in it goes on.
    ///
    /// # Safety
    ///
    /// It was made here, and isn't used afterwards.
    pub unsafe fn drop_stream(&self, stream: usize) {
        if !self.closed.load(Ordering::Relaxed) && self.enter().is_ok() {
            // SAFETY: the caller's promise.
            let _ = unsafe { call!(self.api, cuStreamDestroy_v2(handle(stream))) };
        }
    }

    /// Waits for what is in a stream.
    ///
    /// # Errors
    ///
    /// The driver's, also of work that was under way.
    pub fn wait_for(&self, stream: usize) -> Result<(), DriverError> {
        self.enter()?;
        // SAFETY: a stream of this context; the driver looks at the handle.
        unsafe { call!(self.api, cuStreamSynchronize(handle(stream))) }
    }

    /// Whether all that is in a stream is over.
    ///
    /// # Errors
    ///
    /// The driver's, also of work that was under way.
    pub fn is_over(&self, stream: usize) -> Result<bool, DriverError> {
        self.enter()?;
        // SAFETY: as above.
        ready(unsafe { call!(self.api, cuStreamQuery(handle(stream))) })
    }

    /// Lets a function be called when all that is in a stream is over.
    ///
    /// # Errors
    ///
    /// The driver's; the function isn't called then.
    ///
    /// # Safety
    ///
    /// The function may be called with the data by any thread, once, and calls no function
    /// of the driver.
    pub unsafe fn call_after(
        &self,
        stream: usize,
        function: unsafe extern "C" fn(*mut c_void),
        data: *mut c_void,
    ) -> Result<(), DriverError> {
        self.enter()?;
        // SAFETY: the caller's promise.
        unsafe { call!(self.api, cuLaunchHostFunc(handle(stream), Some(function), data)) }
    }

    // Events.

    /// Makes an event.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn event(&self, has_time: bool) -> Result<usize, DriverError> {
        self.enter()?;
        let (plain, timeless) =
            (CUevent_flags::CU_EVENT_DEFAULT, CUevent_flags::CU_EVENT_DISABLE_TIMING);
        let flags = if has_time { plain } else { timeless };
        let mut event = ptr::null_mut();
        // SAFETY: the function takes this address.
        unsafe { call!(self.api, cuEventCreate(&raw mut event, flags as u32))? };
        Ok(event.addr())
    }

    /// Destroys an event.
    ///
    /// # Safety
    ///
    /// It was made here, and isn't used afterwards.
    pub unsafe fn drop_event(&self, event: usize) {
        if !self.closed.load(Ordering::Relaxed) && self.enter().is_ok() {
            // SAFETY: the caller's promise.
            let _ = unsafe { call!(self.api, cuEventDestroy_v2(handle(event))) };
        }
    }

    /// The moment of an event is now, behind all that is in a stream.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn record(&self, event: usize, stream: usize) -> Result<(), DriverError> {
        self.enter()?;
        // SAFETY: an event of this context; the driver looks at the handles.
        unsafe { call!(self.api, cuEventRecord(handle(event), handle(stream))) }
    }

    /// Whether the moment of an event has come.
    ///
    /// # Errors
    ///
    /// The driver's, also of work that was under way.
    pub fn has_come(&self, event: usize) -> Result<bool, DriverError> {
        self.enter()?;
        // SAFETY: as above.
        ready(unsafe { call!(self.api, cuEventQuery(handle(event))) })
    }

    /// Waits until the moment of an event has come.
    ///
    /// # Errors
    ///
    /// The driver's, also of work that was under way.
    pub fn wait_for_event(&self, event: usize) -> Result<(), DriverError> {
        self.enter()?;
        // SAFETY: as above.
        unsafe { call!(self.api, cuEventSynchronize(handle(event))) }
    }

    /// Lets a stream wait until the moment of an event has come.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn let_wait(&self, stream: usize, event: usize) -> Result<(), DriverError> {
        self.enter()?;
        // SAFETY: as above.
        unsafe { call!(self.api, cuStreamWaitEvent(handle(stream), handle(event), 0)) }
    }

    /// Milliseconds between two events.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn elapsed(&self, start: usize, end: usize) -> Result<f32, DriverError> {
        self.enter()?;
        let mut time = 0.0;
        // SAFETY: as above.
        unsafe {
            call!(self.api, cuEventElapsedTime(&raw mut time, handle(start), handle(end)))?;
        }
        Ok(time)
    }

    // Graphs.

    /// Begins to capture what comes into a stream, instead of doing it.
    ///
    /// # Errors
    ///
    /// The driver's.
    pub fn capture(&self, stream: usize) -> Result<(), DriverError> {
        self.enter()?;
        let mode = CUstreamCaptureMode::CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
        // SAFETY: as above.
        unsafe { call!(self.api, cuStreamBeginCapture_v2(handle(stream), mode))? };
        self.capturing.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Whether a stream of the device is being captured.
    pub fn is_capturing(&self) -> bool {
        self.capturing.load(Ordering::Relaxed) > 0
    }

    /// Ends a capture, and gives what came into the stream.
    ///
    /// # Errors
    ///
    /// The driver's; what was captured is lost then.
    pub fn captured(self: &Arc<Gpu>, stream: usize) -> Result<Graph, DriverError> {
        self.enter()?;
        let (mut graph, mut exec) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the functions take these addresses; what is made of a graph doesn't need it.
        unsafe {
            let ended = call!(self.api, cuStreamEndCapture(handle(stream), &raw mut graph));
            self.capturing.fetch_sub(1, Ordering::Relaxed);
            ended?;
            let made = call!(self.api, cuGraphInstantiateWithFlags(&raw mut exec, graph, 0));
            call!(self.api, cuGraphDestroy(graph))?;
            made?;
        }
        Ok(Graph { gpu: self.clone(), exec })
    }
}

impl Graph {
    /// Launches it in a stream.
    ///
    /// # Errors
    ///
    /// The driver's.
    ///
    /// # Safety
    ///
    /// Memory that the captured work uses is still there.
    pub unsafe fn launch(&self, stream: usize) -> Result<(), DriverError> {
        self.gpu.enter()?;
        // SAFETY: the graph is the driver's, and the caller's promise.
        unsafe { call!(self.gpu.api, cuGraphLaunch(self.exec, handle(stream))) }
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        if !self.gpu.closed.load(Ordering::Relaxed) && self.gpu.enter().is_ok() {
            // SAFETY: nobody else has it.
            let _ = unsafe { call!(self.gpu.api, cuGraphExecDestroy(self.exec)) };
        }
    }
}

impl Gpu {
    /// Whether its context was reset, and what was in it is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A handle of the driver's from its number.
pub(super) fn handle<T>(number: usize) -> *mut T {
    ptr::without_provenance_mut(number)
}

/// A stream's handle, as its number.
pub(super) fn stream(number: usize) -> CUstream {
    handle(number)
}

fn ready(answer: Result<(), DriverError>) -> Result<bool, DriverError> {
    match answer {
        Ok(()) => Ok(true),
        Err(error) if error.is(CUresult::CUDA_ERROR_NOT_READY) => Ok(false),
        Err(error) => Err(error),
    }
}

fn number(api: &Api, device: CUdevice, attribute: CUdevice_attribute) -> Result<i32, DriverError> {
    let mut value = 0;
    // SAFETY: the function takes this address.
    unsafe { call!(api, cuDeviceGetAttribute(&raw mut value, attribute, device))? };
    Ok(value)
}

fn facts(api: &Api, device: CUdevice) -> Result<Facts, DriverError> {
    use CUdevice_attribute as A;
    let mut name = [0 as c_char; 256];
    let mut uuid = CUuuid { bytes: [0; 16] };
    let mut total_memory = 0;
    // SAFETY: the functions take these addresses, and write a text that ends within the
    // length that they are given.
    let name = unsafe {
        call!(api, cuDeviceGetName(name.as_mut_ptr(), name.len() as i32, device))?;
        call!(api, cuDeviceGetUuid_v2(&raw mut uuid, device))?;
        call!(api, cuDeviceTotalMem_v2(&raw mut total_memory, device))?;
        CStr::from_ptr(name.as_ptr()).to_string_lossy().into_owned()
    };
    let signed = |attribute| number(api, device, attribute);
    let ask = |attribute| signed(attribute).map(|value| value.max(0) as u32);
    let digits = |range: std::ops::Range<usize>| -> String {
        uuid.bytes[range].iter().map(|&byte| format!("{:02x}", byte as u8)).collect()
    };
    Ok(Facts {
        name,
        uuid: format!(
            "GPU-{}-{}-{}-{}-{}",
            digits(0..4),
            digits(4..6),
            digits(6..8),
            digits(8..10),
            digits(10..16)
        ),
        capability: (
            ask(A::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?,
            ask(A::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?,
        ),
        multiprocessors: ask(A::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)?,
        threads_per_block: ask(A::CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK)?,
        block: [
            ask(A::CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X)?,
            ask(A::CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y)?,
            ask(A::CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z)?,
        ],
        grid: [
            ask(A::CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X)?,
            ask(A::CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y)?,
            ask(A::CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z)?,
        ],
        shared: ask(A::CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK)?,
        shared_on_request: ask(A::CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)?,
        registers: ask(A::CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK)?,
        total_memory,
        has_pools: ask(A::CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED).unwrap_or(0) != 0,
        has_managed: ask(A::CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY)? != 0,
        pci: (
            signed(A::CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID)?,
            signed(A::CU_DEVICE_ATTRIBUTE_PCI_BUS_ID)?,
            signed(A::CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID)?,
        ),
    })
}
