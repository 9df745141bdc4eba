//! Launches on a device: arguments as the bytes that a kernel takes.
//!
//! The way of most launches: each argument is read in one pass as a call of compiled code reads
//! it, the types are compared with those of the last launch, what was assumed of globals is
//! looked at, and the values are copied to where the kernel has them. Whatever isn't a number
//! or an array on the device is left to `cumbia.cuda._driver`, which copies arrays of the host
//! and knows other libraries' arrays.
//!
//! The GIL is kept: letting it go costs more than a launch. Only where functions are to be
//! called behind work, which take it, is it let go, since a full queue waits for them.

use super::kernels::{ArrayAt, Core, LoadedKernel, arrays};
use super::memory::DeviceArray;
use super::{Gpu, failed};
use crate::arguments::{Frame, Refusal};
use crate::cuda::Kernel;
use crate::dispatcher::explicit::{self, Conversion};
use crate::keys::Keys;
use crate::{keys, numpy_api};
use cumbia_cuda::driver::{DriverError, Packed, Shape};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A kernel with the shape of a launch.
#[pyclass(name = "Launch", module = "cumbia._cumbia", frozen)]
pub struct Launch {
    gpu: Py<Gpu>,
    shape: Shape,
    stream: usize,
    /// Gives for arguments what was compiled for them, the options of its code, and what is
    /// linked with it: `compile(inside)`.
    compile: Py<PyAny>,
    /// Launches with arguments that aren't on the device: `elsewhere(launch, args)`.
    elsewhere: Py<PyAny>,
    known: Mutex<Vec<Arc<Known>>>,
    /// How often it was launched.
    launches: AtomicU64,
}

/// What a launch with arguments of certain types needs.
struct Known {
    keys: Keys,
    kernel: Py<Kernel>,
    options: Py<PyDict>,
    others: Py<PyList>,
    arrays: Vec<ArrayAt>,
    /// What is done with the parts of arguments first; nothing, where types are the kernel's.
    conversions: Vec<Conversion>,
    /// The code for any arrays, and that for arrays that lie apart.
    cores: [Mutex<Option<Arc<Core>>>; 2],
}

/// A launch whose arguments are packed already.
#[pyclass(name = "BoundLaunch", module = "cumbia._cumbia", frozen)]
pub struct BoundLaunch {
    gpu: Py<Gpu>,
    core: Arc<Core>,
    shape: Shape,
    stream: usize,
    packed: Packed,
    kernel: Py<Kernel>,
    /// What the arguments keep alive.
    _args: Py<PyTuple>,
}

thread_local! {
    static PACKED: RefCell<Packed> = RefCell::default();
}

/// Why arguments can't be launched with as they are.
enum Not {
    /// Something is to be done in Python.
    Here,
    Raised(PyErr),
}

impl From<PyErr> for Not {
    fn from(error: PyErr) -> Not {
        Not::Raised(error)
    }
}

/// Reads an argument: a number, an array of the device, or a tuple of such.
fn read(
    frame: &mut Frame,
    value: &Bound<'_, PyAny>,
    device: i32,
    depth: u32,
    plainly: bool,
) -> Result<(), Not> {
    let py = value.py();
    let numpy = numpy_api::if_imported(py)?;
    if let Ok(array) = value.cast::<DeviceArray>() {
        let array = array.get();
        if array.device >= 0 && array.device != device {
            return Err(Not::Raised(PyValueError::new_err(format!(
                "an array on device {} for a kernel on device {device}",
                array.device
            ))));
        }
        // SAFETY: the array's object lives as long as the argument, and the thread holds the
        // GIL.
        return unsafe { frame.read(array.array.as_ptr(), numpy) }.map_err(|_| Not::Here);
    }
    if let Ok(items) = value.cast_exact::<PyTuple>() {
        if depth > 15 || items.len() > 1000 {
            return Err(Not::Here);
        }
        frame.begin_tuple(items.len());
        let mut items = items.iter_borrowed();
        return items.try_for_each(|item| read(frame, &item, device, depth + 1, plainly));
    }
    if let Some(numpy) = numpy
        && value.get_type_ptr() == numpy.array_type
    {
        return Err(Not::Here);
    }
    // Its bytes are the host's, until `cumbia.cuda._driver` has brought them to the device.
    if let Some(numpy) = numpy
        && !plainly
        // SAFETY: two classes.
        && unsafe { ffi::PyType_IsSubtype(value.get_type_ptr(), numpy.void_type) != 0 }
    {
        return Err(Not::Here);
    }
    // Whatever Python's classes make may stand for an array.
    // SAFETY: the class is the value's.
    let flags = unsafe { ffi::PyType_GetFlags(value.get_type_ptr()) };
    if !plainly && flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 {
        return Err(Not::Here);
    }
    // SAFETY: the tuple keeps the value alive, and the thread holds the GIL.
    unsafe { frame.read(value.as_ptr(), numpy) }.map_err(|_: Refusal| Not::Here)
}

#[pymethods]
impl Launch {
    #[new]
    #[allow(clippy::too_many_arguments)]
    fn new(
        gpu: Py<Gpu>,
        blocks: [u32; 3],
        threads: [u32; 3],
        stream: usize,
        shared: u32,
        compile: Py<PyAny>,
        elsewhere: Py<PyAny>,
    ) -> Launch {
        let (known, launches) = Default::default();
        let shape = Shape { blocks, threads, shared };
        Launch { gpu, shape, stream, compile, elsewhere, known, launches }
    }

    /// Launches.
    #[pyo3(signature = (*args))]
    fn __call__(slf: &Bound<'_, Launch>, args: &Bound<'_, PyTuple>) -> PyResult<()> {
        let (py, launch) = (slf.py(), slf.get());
        match launch.start(args, false) {
            Err(Not::Here) => launch.elsewhere.call1(py, (slf, args)).map(drop),
            Err(Not::Raised(error)) => Err(error),
            Ok(()) => Ok(()),
        }
    }

    /// Launches with arguments of which nothing stands for an array that is elsewhere.
    #[pyo3(signature = (*args))]
    fn plainly(&self, args: &Bound<'_, PyTuple>) -> PyResult<()> {
        match self.start(args, true) {
            Err(Not::Here) => {
                let inside = inside(args)?;
                let types = crate::cuda::_kernel_types(&inside)?;
                Err(PyTypeError::new_err(format!(
                    "a kernel takes no arguments of these types: {}",
                    types.join(", ")
                )))
            }
            Err(Not::Raised(error)) => Err(error),
            Ok(()) => Ok(()),
        }
    }

    /// A launch with these arguments, which are read now: numbers and arrays on the device.
    #[pyo3(signature = (*args))]
    fn bind(&self, args: &Bound<'_, PyTuple>) -> PyResult<BoundLaunch> {
        let py = args.py();
        let (known, core, frame) = match self.prepared(args, false) {
            Ok(found) => found,
            Err(Not::Raised(error)) => return Err(error),
            Err(Not::Here) => {
                return Err(PyTypeError::new_err(
                    "bind() takes numbers and arrays on the device: bring others there with \
                     cuda.to_device first",
                ));
            }
        };
        let mut packed = Packed::default();
        core.layout.pack(&frame.slots, core.record.address(), &mut packed);
        let kernel = known.kernel.clone_ref(py);
        Ok(BoundLaunch {
            gpu: self.gpu.clone_ref(py),
            core,
            shape: self.shape,
            stream: self.stream,
            packed,
            kernel,
            _args: args.clone().unbind(),
        })
    }

    /// The loaded kernel for arguments on the device.
    #[pyo3(signature = (*args))]
    fn loaded(&self, args: &Bound<'_, PyTuple>) -> PyResult<LoadedKernel> {
        match self.prepared(args, false) {
            Ok((_, core, _)) => Ok(LoadedKernel { core }),
            Err(Not::Raised(error)) => Err(error),
            Err(Not::Here) => Err(PyTypeError::new_err("numbers and arrays on the device")),
        }
    }

    /// The bytes that a launch with these arguments passes: for tests.
    #[pyo3(signature = (*args))]
    fn packed(&self, args: &Bound<'_, PyTuple>) -> PyResult<Vec<u8>> {
        Ok(self.bind(args)?.packed.as_bytes().to_vec())
    }

    /// How often it was launched.
    #[getter]
    fn launches(&self) -> u64 {
        self.launches.load(Ordering::Relaxed)
    }

    #[getter]
    fn gpu(&self, py: Python<'_>) -> Py<Gpu> {
        self.gpu.clone_ref(py)
    }

    #[getter]
    fn stream(&self) -> usize {
        self.stream
    }
}

impl Launch {
    fn start(&self, args: &Bound<'_, PyTuple>, plainly: bool) -> Result<(), Not> {
        let (_, core, frame) = self.prepared(args, plainly)?;
        let gpu = self.gpu.get();
        if gpu.gpu.is_capturing() {
            let mut kept = gpu.captured.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push(args.clone().unbind());
        }
        // Taken out: what goes wrong runs Python code.
        let mut packed = PACKED.take();
        core.layout.pack(&frame.slots, core.record.address(), &mut packed);
        self.launches.fetch_add(1, Ordering::Relaxed);
        let done = enqueue(args.py(), gpu, &core, &self.shape, self.stream, &packed);
        PACKED.set(packed);
        Ok(done?)
    }

    /// The code for arguments, and their parts.
    fn prepared(
        &self,
        args: &Bound<'_, PyTuple>,
        plainly: bool,
    ) -> Result<(Arc<Known>, Arc<Core>, Frame), Not> {
        let py = args.py();
        let device = self.gpu.get().gpu.ordinal;
        let mut frame = Frame::of_kernel();
        for value in args.iter_borrowed() {
            read(&mut frame, &value, device, 0, plainly)?;
        }
        let mut known = self.known(py, args, &frame)?;
        if !known.conversions.is_empty() {
            let converted = explicit::convert(&frame.slots, &known.conversions);
            frame.slots = match converted {
                Some(slots) => slots,
                // Another kernel may have room for the values, or none.
                None => {
                    self.forget(&known);
                    known = self.known(py, args, &frame)?;
                    explicit::convert(&frame.slots, &known.conversions).ok_or(Not::Here)?
                }
            };
        }
        let apart = is_apart(&known.arrays, &frame.slots)?;
        let place = &known.cores[usize::from(apart)];
        let kept = place.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(core) = kept {
            return Ok((known, core, frame));
        }
        let options = known.options.bind(py).copy()?;
        options.set_item("apart", u32::from(apart))?;
        let class = py.get_type::<LoadedKernel>();
        let loaded = class.call1((&self.gpu, &known.kernel, options, &known.others))?;
        let core = loaded.cast::<LoadedKernel>().map_err(PyErr::from)?.get().core.clone();
        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(core.clone());
        Ok((known, core, frame))
    }

    fn known(
        &self,
        py: Python<'_>,
        args: &Bound<'_, PyTuple>,
        frame: &Frame,
    ) -> Result<Arc<Known>, Not> {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|known| known.keys == frame.keys).cloned();
        drop(all);
        if let Some(found) = found {
            // SAFETY: the thread holds the GIL, as `py` shows.
            if unsafe { found.kernel.get().guards.hold() } {
                return Ok(found);
            }
            self.forget(&found);
        }
        let inside = inside(args)?;
        let (kernel, options, others): (Py<Kernel>, Py<PyDict>, Py<PyList>) =
            self.compile.call1(py, (inside,))?.extract(py)?;
        let types = keys::types(&frame.keys);
        let wanted = &kernel.get().made.args;
        let (cost, mut conversions) = explicit::conversions(&types, wanted)
            .ok_or_else(|| PyTypeError::new_err("the kernel is one for other types"))?;
        if cost == 0 {
            conversions.clear();
        }
        let arrays = arrays(wanted);
        let keys = frame.keys.clone();
        let cores = Default::default();
        let known = Arc::new(Known { keys, kernel, options, others, arrays, conversions, cores });
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(0, known.clone());
        Ok(known)
    }

    fn forget(&self, gone: &Arc<Known>) {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|known| !Arc::ptr_eq(known, gone));
    }
}

#[pymethods]
impl BoundLaunch {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        // SAFETY: the thread holds the GIL.
        if !unsafe { self.kernel.get().guards.hold() } {
            return Err(PyValueError::new_err(
                "a name that the kernel reads means something else than when it was bound: bind \
                 it again",
            ));
        }
        enqueue(py, self.gpu.get(), &self.core, &self.shape, self.stream, &self.packed)
    }
}

#[inline]
fn enqueue(
    py: Python<'_>,
    gpu: &Gpu,
    core: &Core,
    shape: &Shape,
    stream: usize,
    packed: &Packed,
) -> PyResult<()> {
    // SAFETY: the parameters were packed for this kernel, and arrays on the device are given
    // back in the order of its work.
    let launch = || unsafe { core.kernel.launch(shape, stream, packed) };
    let launched: Result<(), DriverError> =
        if gpu.callbacks.load(Ordering::Acquire) > 0 { py.detach(launch) } else { launch() };
    launched.map_err(|error| failed_launch(py, gpu, error))
}

/// Launches with slots, whose arrays are at addresses of the device.
pub fn launch_slots(
    py: Python<'_>,
    gpu: &Gpu,
    core: &Core,
    (blocks, threads): ([u32; 3], [u32; 3]),
    slots: &[u64],
) -> PyResult<()> {
    let mut packed = Packed::default();
    if core.layout.fields.iter().any(|field| field.slot as usize >= slots.len()) {
        return Err(PyValueError::new_err("slots of another kernel"));
    }
    core.layout.pack(slots, core.record.address(), &mut packed);
    let shape = Shape { blocks, threads, shared: 0 };
    enqueue(py, gpu, core, &shape, 0, &packed)
}

/// See [`is_apart`].
pub fn slots_apart(arrays: &[ArrayAt], slots: &[u64]) -> PyResult<bool> {
    match is_apart(arrays, slots) {
        Ok(apart) => Ok(apart),
        Err(Not::Raised(error)) => Err(error),
        Err(Not::Here) => Ok(false),
    }
}

#[cold]
fn failed_launch(py: Python<'_>, gpu: &Gpu, error: DriverError) -> PyErr {
    match gpu.raise(py) {
        Ok(()) => failed(py, error),
        Err(raised) => raised,
    }
}

/// The arguments with the arrays that stand for those on the device.
fn inside<'py>(args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyTuple>> {
    let py = args.py();
    let one = |value: Bound<'py, PyAny>| -> PyResult<Bound<'py, PyAny>> {
        if let Ok(array) = value.cast::<DeviceArray>() {
            return Ok(array.get().array.bind(py).clone());
        }
        match value.cast_exact::<PyTuple>() {
            Ok(items) => Ok(inside(items)?.into_any()),
            Err(_) => Ok(value),
        }
    };
    let all: PyResult<Vec<_>> = args.iter().map(one).collect();
    PyTuple::new(py, all?)
}

/// Whether the arrays share no element, unless none of them is written, and each begins at a
/// multiple of 16 bytes. A device faults where an element isn't at a multiple of its size.
fn is_apart(arrays: &[ArrayAt], slots: &[u64]) -> Result<bool, Not> {
    let mut spans: smallvec::SmallVec<[(u64, u64, bool); 8]> = smallvec::SmallVec::new();
    let mut apart = true;
    for array in arrays {
        let address = slots[array.slot];
        let extents = &slots[array.slot + 1..array.slot + 1 + array.ndim];
        let strides = &slots[array.slot + 1 + array.ndim..array.slot + 1 + 2 * array.ndim];
        let (mut first, mut last, mut bits) = (address, address, address);
        let mut empty = false;
        for (&extent, &stride) in extents.iter().zip(strides) {
            empty |= extent == 0;
            if extent > 1 {
                bits |= stride;
                let reach = (stride as i64).wrapping_mul(extent as i64 - 1);
                let side = if reach < 0 { &mut first } else { &mut last };
                *side = side.wrapping_add_signed(reach);
            }
        }
        if empty {
            continue;
        }
        if bits % array.align != 0 {
            return Err(Not::Raised(PyValueError::new_err(format!(
                "an array whose elements don't lie at multiples of {} bytes; a device can't \
                 read them: pass a copy",
                array.align
            ))));
        }
        apart &= address.is_multiple_of(16);
        spans.push((first, last + array.size, array.writes));
    }
    for (at, &(first, end, writes)) in spans.iter().enumerate() {
        for &(other, other_end, other_writes) in &spans[..at] {
            apart &= !(writes || other_writes) || end <= other || other_end <= first;
        }
    }
    Ok(apart)
}
