//! Kernels for devices, as `cumbia.cuda` sees them: compiled from a dispatcher's function for
//! argument types, turned into assembly for an architecture.
//!
//! Nothing is launched here. What a kernel takes is told as data, so that whoever launches it
//! packs the same values: see `parameters`.

use crate::arguments::Frame;
use crate::dispatcher::explicit::{self, Explicit};
use crate::dispatcher::{self, Dispatcher, specialize};
use crate::guards::Guards;
use crate::{cache, errors, keys, numpy_api, refusal};
use cumbia_abi::{Site, SiteKind};
use cumbia_driver::device::{KernelCode, KernelModule, NoCode};
use cumbia_driver::{ARCHITECTURES, Device, Emit};
use cumbia_frontend::KernelParam;
use cumbia_frontend::types::Ty;
use cumbia_store::digest_of;
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

/// A kernel compiled for argument types.
#[pyclass(name = "Kernel", module = "cumbia._cumbia", frozen)]
pub struct Kernel {
    /// The module, and what was assumed when it was made.
    pub made: KernelModule,
    /// See `made`.
    pub guards: Guards,
    /// The user's functions and exception classes that it knows, by their numbers.
    pub functions: Vec<Py<PyAny>>,
    /// See `functions`.
    pub exceptions: Vec<Py<PyAny>>,
    /// The dispatcher.
    pub object: Py<PyAny>,
}

/// The types of arguments, one for each, as text: what a kernel is compiled for.
#[pyfunction]
pub fn _kernel_types(args: &Bound<'_, PyTuple>) -> PyResult<Vec<String>> {
    Ok(types_of(args)?.iter().map(Ty::to_string).collect())
}

fn types_of(args: &Bound<'_, PyTuple>) -> PyResult<Vec<Ty>> {
    Ok(keys::types(&frame_of(args)?.keys))
}

/// The arguments of a launch, read; the tuple outlives the frame.
pub fn frame_of(args: &Bound<'_, PyTuple>) -> PyResult<Frame> {
    let numpy = numpy_api::if_imported(args.py())?;
    let mut frame = Frame::of_kernel();
    for (at, value) in args.iter().enumerate() {
        // SAFETY: the tuple keeps the value alive, and the thread holds the GIL.
        if let Err(why) = unsafe { frame.read(value.as_ptr(), numpy) } {
            return Err(refusal::error_at(&format!("argument {at} of the kernel"), &value, why));
        }
    }
    Ok(frame)
}

/// Which of some kernels is the nearest that takes these arguments after the conversions that
/// signatures allow.
#[pyfunction]
pub fn _nearest_kernel(
    args: &Bound<'_, PyTuple>,
    kernels: Vec<Bound<'_, Kernel>>,
) -> PyResult<Option<usize>> {
    let frame = frame_of(args)?;
    let types = keys::types(&frame.keys);
    let near = |(at, kernel): (usize, &Bound<'_, Kernel>)| {
        let (cost, steps) = explicit::conversions(&types, &kernel.get().made.args)?;
        explicit::convert(&frame.slots, &steps).map(|_| (cost, at))
    };
    Ok(kernels.iter().enumerate().filter_map(near).min().map(|(_, at)| at))
}

/// Compiles a dispatcher's function as a kernel: for a signature's text, or for arguments.
#[pyfunction]
pub fn _kernel(object: &Bound<'_, PyAny>, given: &Bound<'_, PyAny>) -> PyResult<Kernel> {
    if !dispatcher::is_dispatcher(object) {
        return Err(PyTypeError::new_err("_kernel() takes a jitted function"));
    }
    let types = match given.cast::<PyTuple>() {
        Ok(args) => types_of(args)?,
        Err(_) => {
            let explicit = Explicit::parse(&given.extract::<String>()?)?;
            if !explicit.accepts_result(&Ty::None) {
                return Err(PyTypeError::new_err(format!(
                    "a kernel returns nothing, and the signature {} names a result; write it as \
                     void(...)",
                    explicit.text
                )));
            }
            explicit.args
        }
    };
    let data = Dispatcher::of(object);
    if types.len() != data.parameters.len() {
        return Err(PyTypeError::new_err(format!(
            "{}() takes {} arguments ({} given)",
            data.qualname,
            data.parameters.len(),
            types.len()
        )));
    }
    let kernel = specialize::kernel(object, &types)?;
    for note in &kernel.made.notes {
        let stderr = object.py().import("sys")?.getattr("stderr")?;
        stderr.call_method1("write", (format!("{note}\n"),))?;
    }
    Ok(kernel)
}

/// A kernel's code for a device; kept on disk, by its IR.
pub fn ptx_of(py: Python<'_>, kernel: &Kernel, device: Device) -> PyResult<KernelCode> {
    let mut code = kept_ptx(py, kernel, device)?;
    if device.line_info != 0 {
        code.ptx = kernel.made.with_files(&code.ptx);
    }
    Ok(code)
}

/// See `ptx_of`; places have the names of functions.
fn kept_ptx(py: Python<'_>, kernel: &Kernel, device: Device) -> PyResult<KernelCode> {
    let made = &kernel.made;
    let cache = cache::present(py);
    let name = || {
        let (ir, options) = (made.module.to_string(), device.to_text());
        let parts = [
            cache::this_build()?,
            cache::llvm_build()?,
            options.as_bytes(),
            made.entry.as_bytes(),
            ir.as_bytes(),
        ];
        Some(format!("{}.ptx", digest_of(&parts)))
    };
    let place = cache.and_then(|cache| Some((cache, name()?)));
    if let Some((cache, name)) = &place
        && let Some(code) = cache.get_all(name).find_map(|bytes| KernelCode::of(&bytes))
    {
        return Ok(code);
    }
    let bytes = py.detach(|| made.artifact(device)).map_err(|why| failed(py, why))?;
    if let Some((cache, name)) = &place {
        cache.put(name, &bytes);
    }
    KernelCode::of(&bytes).ok_or_else(|| PyRuntimeError::new_err("LLVM's answer holds no kernel"))
}

/// The architectures that kernels are compiled for, ascending.
#[pyfunction]
pub fn _architectures() -> Vec<u32> {
    ARCHITECTURES.iter().map(|row| row.0).collect()
}

pub fn device(options: &Bound<'_, PyDict>) -> PyResult<Device> {
    let mut device = Device::default();
    for (name, value) in options {
        let name: String = name.extract()?;
        let unknown = || PyValueError::new_err(format!("devices have no option {name:?}"));
        *device.field(&name).ok_or_else(unknown)? = value.extract()?;
    }
    Ok(device)
}

pub fn failed(py: Python<'_>, why: NoCode) -> PyErr {
    match why {
        NoCode::Compile(error) => errors::exception(py, &error),
        NoCode::Unavailable(why) => PyRuntimeError::new_err(why),
    }
}

#[pymethods]
impl Kernel {
    /// Whether all that was looked up when it was compiled is still so.
    fn holds(&self) -> bool {
        // SAFETY: a method runs with the GIL.
        unsafe { self.guards.hold() }
    }

    /// Whether all blocks of its grid have to be there at once.
    #[getter]
    fn is_whole(&self) -> bool {
        self.made.module.asks_for_whole_grids()
    }

    /// The optimized IR as text.
    fn ir(&self) -> String {
        self.made.module.to_string()
    }

    /// Argument types as text.
    fn types(&self) -> Vec<String> {
        self.made.args.iter().map(Ty::to_string).collect()
    }

    /// The keys of the functions of other code that it calls.
    fn linked(&self) -> Vec<String> {
        self.made.linked().iter().map(|one| one.key.to_owned()).collect()
    }

    /// What it takes, in order: `("data", array)`, `("extent", array, axis)`,
    /// `("stride", array, axis)` or `("scalar", type)`; behind all of them the address of the
    /// error record.
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let all = PyList::empty(py);
        for param in &self.made.params {
            match param {
                KernelParam::Data(array) => all.append(("data", array))?,
                KernelParam::Extent(array, axis) => all.append(("extent", array, axis))?,
                KernelParam::Stride(array, axis) => all.append(("stride", array, axis))?,
                KernelParam::Scalar(ty) => all.append(("scalar", ty.name()))?,
            }
        }
        Ok(all)
    }

    /// Assembly, the name under which it is launched, and the sites of its exceptions:
    /// `(function, file, line, column, class or None, message)`.
    fn ptx<'py>(
        &self,
        py: Python<'py>,
        options: &Bound<'py, PyDict>,
    ) -> PyResult<(String, String, Bound<'py, PyList>)> {
        let code = ptx_of(py, self, device(options)?)?;
        let sites = PyList::empty(py);
        for site in &code.sites {
            sites.append(self.site(py, site)?)?;
        }
        Ok((code.ptx, code.name, sites))
    }

    /// LLVM's IR as text: as translated, or after its passes.
    fn llvm(&self, py: Python<'_>, options: &Bound<'_, PyDict>, passes: bool) -> PyResult<String> {
        let device = device(options)?;
        let emit = if passes { Emit::Optimized } else { Emit::Translated };
        py.detach(|| self.made.text(device, emit)).map_err(|why| failed(py, why))
    }
}

impl Kernel {
    fn site<'py>(&self, py: Python<'py>, site: &Site) -> PyResult<Bound<'py, PyTuple>> {
        let origin = self.made.functions.get(&site.function);
        let (name, file) = match origin {
            Some(origin) => (origin.qualname.as_str(), origin.filename.as_str()),
            None => (site.function.as_str(), ""),
        };
        let internal = origin.is_some_and(|origin| origin.internal);
        let (class, message) = match &site.kind {
            SiteKind::Raise { class, message, .. } => (Some(class), message.as_str()),
            SiteKind::Call => (None, ""),
        };
        (name, file, internal, site.line, site.col, class, message).into_pyobject(py)
    }
}
