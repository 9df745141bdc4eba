//! Memory of a device, and arrays over it.
//!
//! Memory is a buffer whose first byte has the device's address. NumPy makes an array over it
//! without touching it, and that array's shape, strides and address are what launches read.
//! Only `cumbia.cuda` has such arrays in hand (`_arrays.DeviceNDArray`).

use cumbia_cuda::driver::Allocation;
use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::c_int;
use std::ptr;

/// Memory of a device, or memory that somebody else has there.
#[pyclass(name = "DeviceMemory", module = "cumbia._cumbia", frozen, weakref)]
pub struct DeviceMemory {
    /// As launches have it.
    address: u64,
    /// As the host has it; 0 if it doesn't reach it.
    host: usize,
    bytes: usize,
    /// What keeps it.
    allocation: Option<Allocation>,
    owner: Option<Py<PyAny>>,
}

impl DeviceMemory {
    /// Memory that was taken.
    pub fn of(allocation: Allocation) -> DeviceMemory {
        DeviceMemory {
            address: allocation.address,
            host: allocation.host.expose_provenance(),
            bytes: allocation.bytes,
            allocation: Some(allocation),
            owner: None,
        }
    }
}

impl Drop for DeviceMemory {
    fn drop(&mut self) {
        let Some(allocation) = self.allocation.take() else { return };
        if allocation.waits() {
            // What is waited for may need the GIL.
            Python::attach(|py| py.detach(|| drop(allocation)));
        }
    }
}

#[pymethods]
impl DeviceMemory {
    /// Memory that another object keeps, by its address on the device.
    #[staticmethod]
    fn foreign(address: u64, bytes: usize, owner: Py<PyAny>) -> DeviceMemory {
        DeviceMemory { address, host: 0, bytes, allocation: None, owner: Some(owner) }
    }

    /// The same bytes as the host has them, or as the device has them.
    fn side(slf: Py<DeviceMemory>, py: Python<'_>, of_host: bool) -> DeviceMemory {
        let memory = slf.get();
        let address = if of_host { memory.host as u64 } else { memory.address };
        let bytes = memory.bytes;
        DeviceMemory::foreign(address, bytes, slf.clone_ref(py).into_any())
    }

    #[getter]
    fn address(&self) -> u64 {
        self.address
    }

    #[getter]
    fn host(&self) -> usize {
        self.host
    }

    #[getter]
    fn nbytes(&self) -> usize {
        self.bytes
    }

    /// The object that keeps memory which was taken elsewhere.
    #[getter]
    fn owner(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.owner.as_ref().map(|owner| owner.clone_ref(py))
    }

    /// Whether the memory wasn't taken away with its device.
    #[getter]
    fn is_there(&self) -> bool {
        self.allocation.as_ref().is_none_or(Allocation::is_there)
    }

    /// # Safety
    ///
    /// As CPython's protocol has it: a view to be filled in, with the GIL.
    unsafe fn __getbuffer__(
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        if view.is_null() {
            return Err(PyBufferError::new_err("no view"));
        }
        let memory = slf.get();
        // Memory that both sides reach has one array for each (`_arrays.py`), over buffers of
        // their own, which have the address in question as theirs. Address 0 stands for memory
        // of no bytes.
        let address = match memory.address {
            0 => memory.host,
            address => address as usize,
        };
        let first = ptr::with_exposed_provenance_mut::<std::ffi::c_void>(address);
        // SAFETY: the view is the caller's; the object that it keeps owns the memory.
        unsafe {
            let done =
                ffi::PyBuffer_FillInfo(view, slf.as_ptr(), first, memory.bytes as isize, 0, flags);
            if done == -1 { Err(PyErr::fetch(slf.py())) } else { Ok(()) }
        }
    }
}

/// What launches see of an array on a device: the base of `DeviceNDArray`.
#[pyclass(name = "DeviceArray", module = "cumbia._cumbia", frozen, subclass, weakref)]
pub struct DeviceArray {
    /// The NumPy array over the device's addresses.
    pub array: Py<PyAny>,
    /// The device's number; -1 for none in particular.
    pub device: i32,
}

#[pymethods]
impl DeviceArray {
    #[new]
    #[pyo3(signature = (array, device=-1))]
    fn new(array: Py<PyAny>, device: i32) -> DeviceArray {
        DeviceArray { array, device }
    }

    #[getter]
    fn _array(&self, py: Python<'_>) -> Py<PyAny> {
        self.array.clone_ref(py)
    }

    #[getter]
    fn _device(&self) -> i32 {
        self.device
    }
}
