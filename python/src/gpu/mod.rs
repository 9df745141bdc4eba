//! A device, as `cumbia.cuda` sees it: the driver's functions with addresses and handles as
//! numbers, whose owners are Python's objects.
//!
//! - `memory` is memory of the device as a buffer, so that a NumPy array over it has the
//!   geometry of an array there; its elements are never touched here,
//! - `kernels` are kernels that are loaded, and what their threads have raised,
//! - `launches` reads arguments and launches.
//!
//! Whatever waits lets go of the GIL. What threads of kernels raised is raised by the first
//! function that waits for work, also if it waits for other work.

pub mod kernels;
pub mod launches;
pub mod memory;

use cumbia_cuda::driver::{self, Absent, Api, Copy2D, DriverError, Graph, Kind};
use kernels::Core;
use memory::DeviceMemory;
use pyo3::exceptions::{PyMemoryError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::ffi::c_void;
use std::path::PathBuf;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

static DRIVER: OnceLock<Result<&'static Api, Absent>> = OnceLock::new();

/// Loads the driver, from a file or where the system has it; why it can't be used, in a
/// sentence, and otherwise its version and how many devices it finds. Once in a process.
#[pyfunction]
#[pyo3(signature = (path=None))]
pub fn _driver(py: Python<'_>, path: Option<PathBuf>) -> (String, i32, i32) {
    let load = || {
        // SAFETY: the system's driver, or a file that the user trusts as one (SECURITY.md).
        unsafe { Api::load(path.as_deref()) }.map(|api| &*Box::leak(Box::new(api)))
    };
    match py.detach(|| DRIVER.get_or_init(load)) {
        Ok(api) => (String::new(), api.version, api.devices),
        Err(why) => (why.to_string(), 0, 0),
    }
}

/// Adds the classes and functions to the module.
pub fn install(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_driver, module)?)?;
    module.add_class::<Gpu>()?;
    module.add_class::<CapturedGraph>()?;
    module.add_class::<DeviceMemory>()?;
    module.add_class::<memory::DeviceArray>()?;
    module.add_class::<kernels::LoadedKernel>()?;
    module.add_class::<launches::Launch>()?;
    module.add_class::<launches::BoundLaunch>()?;
    Ok(())
}

/// An error of the driver's as an exception.
pub fn failed(py: Python<'_>, error: DriverError) -> PyErr {
    let made = py.import("cumbia.cuda._errors").and_then(|errors| {
        let DriverError { function, status, name, text, detail } = error;
        errors.call_method1("driver_error", (function, status, name, text, detail))
    });
    made.map_or_else(|error| error, PyErr::from_value)
}

/// A device with its context.
#[pyclass(name = "Gpu", module = "cumbia._cumbia", frozen)]
pub struct Gpu {
    pub gpu: Arc<driver::Gpu>,
    /// Kernels that are loaded, which are asked for exceptions of their threads.
    pub cores: Mutex<Vec<Arc<Core>>>,
    /// Functions that are still to be called behind work: launches let go of the GIL
    /// meanwhile, which these take.
    pub callbacks: Arc<AtomicU32>,
    /// What launches were given while a stream was captured.
    pub captured: Mutex<Vec<Py<PyTuple>>>,
}

/// A captured order of work.
#[pyclass(name = "CapturedGraph", module = "cumbia._cumbia", frozen)]
pub struct CapturedGraph {
    graph: Graph,
    /// What its launches were given.
    _args: Vec<Py<PyTuple>>,
}

impl Gpu {
    /// Runs something of the driver's without the GIL.
    fn wait<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&driver::Gpu) -> Result<T, DriverError> + Send,
    ) -> PyResult<T> {
        let done = py.detach(|| work(&self.gpu));
        // What a thread raised says more than that something failed.
        self.raise(py)?;
        done.map_err(|error| failed(py, error))
    }

    /// Raises what the thread of a kernel has raised.
    pub fn raise(&self, py: Python<'_>) -> PyResult<()> {
        let cores = self.cores.lock().unwrap_or_else(PoisonError::into_inner);
        let found = cores.iter().find_map(|core| Some((core.record.take()?, core.clone())));
        drop(cores);
        match found {
            None => Ok(()),
            Some((record, core)) => Err(core.exception(py, &record)),
        }
    }

    /// Loads a kernel's core into the list of those that are asked.
    pub fn keep(&self, core: Arc<Core>) {
        let mut cores = self.cores.lock().unwrap_or_else(PoisonError::into_inner);
        cores.push(core);
        // Those that nobody can launch any more, when they are many.
        if cores.len().is_power_of_two() && cores.len() >= 256 && !self.gpu.is_capturing() {
            cores.retain(|core| Arc::strong_count(core) > 1 || core.record.is_set());
        }
    }
}

#[pymethods]
impl Gpu {
    /// Opens a device, by its number.
    #[new]
    fn new(py: Python<'_>, ordinal: i32) -> PyResult<Gpu> {
        let Some(Ok(api)) = DRIVER.get() else {
            return Err(PyRuntimeError::new_err("there is no driver"));
        };
        let gpu = py.detach(|| driver::Gpu::open(api, ordinal)).map_err(|e| failed(py, e))?;
        Ok(Gpu {
            gpu,
            cores: Mutex::default(),
            callbacks: Arc::default(),
            captured: Mutex::default(),
        })
    }

    #[getter]
    fn ordinal(&self) -> i32 {
        self.gpu.ordinal
    }

    /// What it is: name, uuid, compute capability, multiprocessors, threads of a block, bytes
    /// of shared memory of a block at once and on request, registers, bytes of memory, whether
    /// memory comes from a pool, domain, bus and device on the bus.
    #[allow(clippy::type_complexity)]
    fn facts(
        &self,
    ) -> (String, String, (u32, u32), u32, u32, u32, u32, u32, usize, bool, (i32, i32, i32)) {
        let f = &self.gpu.facts;
        let pooled = self.gpu.is_pooled();
        (
            f.name.clone(),
            f.uuid.clone(),
            f.capability,
            f.multiprocessors,
            f.threads_per_block,
            f.shared,
            f.shared_on_request,
            f.registers,
            f.total_memory,
            pooled,
            f.pci,
        )
    }

    /// One of the driver's numbers of the device, by its number.
    fn attribute(&self, py: Python<'_>, number: u32) -> PyResult<i32> {
        self.gpu.attribute(number).map_err(|error| failed(py, error))
    }

    /// Free and all bytes of memory.
    fn memory(&self, py: Python<'_>) -> PyResult<(usize, usize)> {
        self.gpu.memory().map_err(|error| failed(py, error))
    }

    /// Waits for all work, and raises what its threads have raised.
    fn synchronize(&self, py: Python<'_>) -> PyResult<()> {
        self.wait(py, driver::Gpu::synchronize)
    }

    /// Destroys all that was made of the device.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let raised = self.raise(py);
        self.cores.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.gpu.reset().map_err(|error| failed(py, error))?;
        raised
    }

    /// Takes memory: `device`, `pinned`, `mapped` or `managed`.
    #[pyo3(signature = (bytes, kind="device", portable=false, write_combined=false))]
    fn allocate(
        &self,
        py: Python<'_>,
        bytes: usize,
        kind: &str,
        portable: bool,
        write_combined: bool,
    ) -> PyResult<DeviceMemory> {
        let kind = match kind {
            "device" => Kind::Device,
            "pinned" => Kind::Pinned,
            "mapped" => Kind::Mapped,
            "managed" => Kind::Managed,
            other => return Err(PyValueError::new_err(format!("no memory is {other:?}"))),
        };
        if isize::try_from(bytes).is_err() {
            return Err(PyMemoryError::new_err("more bytes than there can be"));
        }
        let taken = self.gpu.allocate(bytes, kind, portable, write_combined);
        Ok(DeviceMemory::of(taken.map_err(|error| failed(py, error))?))
    }

    /// Fixes memory of the host where it is; its address on the device if it is mapped.
    fn fix(&self, py: Python<'_>, host: usize, bytes: usize, mapped: bool) -> PyResult<u64> {
        // SAFETY: the caller keeps the memory until `unfix` (`_arrays.pinned`).
        let fixed = unsafe { self.gpu.fix(pointer(host), bytes, mapped) };
        fixed.map_err(|error| failed(py, error))
    }

    fn unfix(&self, py: Python<'_>, host: usize) -> PyResult<()> {
        self.gpu.unfix(pointer(host)).map_err(|error| failed(py, error))
    }

    // Copies: the caller keeps both sides, of the host's until the copy is over.

    /// From the host to the device.
    fn copy_in(
        &self,
        py: Python<'_>,
        to: u64,
        from: usize,
        bytes: usize,
        stream: usize,
    ) -> PyResult<()> {
        // SAFETY: see above.
        let copy = || unsafe { self.gpu.copy_in(to, pointer(from), bytes, stream) };
        py.detach(copy).map_err(|error| failed(py, error))
    }

    /// From the device to the host.
    fn copy_out(
        &self,
        py: Python<'_>,
        to: usize,
        from: u64,
        bytes: usize,
        stream: usize,
    ) -> PyResult<()> {
        // SAFETY: see above.
        let copy = || unsafe { self.gpu.copy_out(pointer(to), from, bytes, stream) };
        py.detach(copy).map_err(|error| failed(py, error))
    }

    /// Within the device.
    fn copy_within(
        &self,
        py: Python<'_>,
        to: u64,
        from: u64,
        bytes: usize,
        stream: usize,
    ) -> PyResult<()> {
        // SAFETY: see above.
        let copy = || unsafe { self.gpu.copy_within(to, from, bytes, stream) };
        py.detach(copy).map_err(|error| failed(py, error))
    }

    /// Rows: to and from, each with the bytes from row to row and whether it is the device's.
    fn copy_rows(
        &self,
        py: Python<'_>,
        to: (u64, usize, bool),
        from: (u64, usize, bool),
        size: (usize, usize),
        stream: usize,
    ) -> PyResult<()> {
        let ((to, to_pitch, to_device), (from, from_pitch, from_device)) = (to, from);
        let (width, rows) = size;
        let copy = Copy2D { to, to_pitch, from, from_pitch, width, rows };
        // SAFETY: see above.
        let copy = || unsafe { self.gpu.copy_rows(&copy, (to_device, from_device), stream) };
        py.detach(copy).map_err(|error| failed(py, error))
    }

    /// Sets bytes.
    fn fill(&self, py: Python<'_>, to: u64, byte: u8, bytes: usize, stream: usize) -> PyResult<()> {
        // SAFETY: see above.
        let filled = unsafe { self.gpu.fill(to, byte, bytes, stream) };
        filled.map_err(|error| failed(py, error))
    }

    // Streams.

    fn stream(&self, py: Python<'_>) -> PyResult<usize> {
        self.gpu.stream().map_err(|error| failed(py, error))
    }

    fn meet_foreign(&self) {
        self.gpu.meet_foreign();
    }

    /// Lets a profiler begin or end.
    fn profile(&self, py: Python<'_>, on: bool) -> PyResult<()> {
        self.gpu.profile(on).map_err(|error| failed(py, error))
    }

    fn drop_stream(&self, stream: usize) {
        // SAFETY: its one owner drops it (`_streams.Stream`).
        unsafe { self.gpu.drop_stream(stream) };
    }

    fn wait_for(&self, py: Python<'_>, stream: usize) -> PyResult<()> {
        self.wait(py, |gpu| gpu.wait_for(stream))
    }

    fn is_over(&self, py: Python<'_>, stream: usize) -> PyResult<bool> {
        self.gpu.is_over(stream).map_err(|error| failed(py, error))
    }

    /// Calls a function, without arguments, when all that is in a stream is over.
    fn call_after(&self, py: Python<'_>, stream: usize, function: Py<PyAny>) -> PyResult<()> {
        let data = Box::into_raw(Box::new((function, self.callbacks.clone())));
        self.callbacks.fetch_add(1, Ordering::AcqRel);
        // SAFETY: the data is the function's, which takes it back once.
        let done = unsafe { self.gpu.call_after(stream, called, data.cast()) };
        if done.is_err() {
            // SAFETY: the function won't be called, so nobody else has the data.
            drop(unsafe { Box::from_raw(data) });
            self.callbacks.fetch_sub(1, Ordering::AcqRel);
        }
        done.map_err(|error| failed(py, error))
    }

    // Events.

    fn event(&self, py: Python<'_>, has_time: bool) -> PyResult<usize> {
        self.gpu.event(has_time).map_err(|error| failed(py, error))
    }

    fn drop_event(&self, event: usize) {
        // SAFETY: its one owner drops it (`_streams.Event`).
        unsafe { self.gpu.drop_event(event) };
    }

    fn record(&self, py: Python<'_>, event: usize, stream: usize) -> PyResult<()> {
        self.gpu.record(event, stream).map_err(|error| failed(py, error))
    }

    fn has_come(&self, py: Python<'_>, event: usize) -> PyResult<bool> {
        self.gpu.has_come(event).map_err(|error| failed(py, error))
    }

    fn wait_for_event(&self, py: Python<'_>, event: usize) -> PyResult<()> {
        self.wait(py, |gpu| gpu.wait_for_event(event))
    }

    fn let_wait(&self, py: Python<'_>, stream: usize, event: usize) -> PyResult<()> {
        self.gpu.let_wait(stream, event).map_err(|error| failed(py, error))
    }

    fn elapsed(&self, py: Python<'_>, start: usize, end: usize) -> PyResult<f32> {
        self.gpu.elapsed(start, end).map_err(|error| failed(py, error))
    }

    // Graphs.

    fn capture(&self, py: Python<'_>, stream: usize) -> PyResult<()> {
        self.gpu.capture(stream).map_err(|error| failed(py, error))
    }

    fn captured(&self, py: Python<'_>, stream: usize) -> PyResult<CapturedGraph> {
        let graph = self.gpu.captured(stream);
        let args = &mut *self.captured.lock().unwrap_or_else(PoisonError::into_inner);
        let args = std::mem::take(args);
        Ok(CapturedGraph { graph: graph.map_err(|error| failed(py, error))?, _args: args })
    }

    #[getter]
    fn is_capturing(&self) -> bool {
        self.gpu.is_capturing()
    }
}

#[pymethods]
impl CapturedGraph {
    /// Launches it; the caller keeps what it uses (`_streams.Graph`).
    fn launch(&self, py: Python<'_>, stream: usize) -> PyResult<()> {
        // SAFETY: see above.
        unsafe { self.graph.launch(stream) }.map_err(|error| failed(py, error))
    }
}

/// Calls the function of `call_after`.
unsafe extern "C" fn called(data: *mut c_void) {
    // SAFETY: `call_after` has made the data, and the driver calls once.
    let data = unsafe { Box::from_raw(data.cast::<(Py<PyAny>, Arc<AtomicU32>)>()) };
    let (function, pending) = *data;
    // A process that ends has no Python any more.
    Python::try_attach(|py| {
        if let Err(error) = function.call0(py) {
            error.write_unraisable(py, Some(function.bind(py)));
        }
        drop(function);
    });
    pending.fetch_sub(1, Ordering::AcqRel);
}

fn pointer(address: usize) -> *mut u8 {
    ptr::with_exposed_provenance_mut(address)
}
