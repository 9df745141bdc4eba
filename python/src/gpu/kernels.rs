//! Kernels that are loaded: from a kernel's assembly to what a launch needs, and from an error
//! record back to an exception.
//!
//! Code is kept with the cache of compiled code: assembly by the kernel's IR, and what the
//! driver makes of it by the assembly, the architecture and the driver's version. An exception
//! is made by the same code as one of the emulation: the sites are those of the assembly.

use super::{Gpu, failed};
use crate::cuda::{Kernel, ptx_of};
use crate::positions::Positions;
use crate::tracebacks::{Origins, traceback};
use crate::{cache, exceptions};
use cumbia_abi::{AbiType, DEVICE_TRACE_CAPACITY, DeviceRecord, Site, SiteKind};
use cumbia_cuda::driver::{self, Layout, LinkKind, LinkOptions, Linked, Record, Resources};
use cumbia_driver::Device;
use cumbia_frontend::KernelParam;
use cumbia_frontend::types::Ty;
use cumbia_store::digest_of;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

/// An array among a kernel's arguments.
#[derive(Clone, Copy, Debug)]
pub struct ArrayAt {
    /// The slot of its address; extents and strides follow.
    pub slot: usize,
    /// Axes.
    pub ndim: usize,
    /// What addresses are multiples of.
    pub align: u64,
    /// Bytes of an element.
    pub size: u64,
    /// Whether the kernel may write it.
    pub writes: bool,
}

/// A loaded kernel. Fields are dropped in order: the record is free when no kernel writes it.
pub struct Core {
    /// What is launched.
    pub kernel: driver::Kernel,
    /// Its error record.
    pub record: Record,
    /// Where its parameters lie.
    pub layout: Layout,
    /// The assembler's log.
    pub log: String,
    /// Whether the code came from the cache.
    pub was_kept: bool,
    sites: Vec<Site>,
    made: Py<Kernel>,
    positions: Positions,
}

/// A kernel that can be launched: with what a launch asks of it.
#[pyclass(name = "LoadedKernel", module = "cumbia._cumbia", frozen)]
pub struct LoadedKernel {
    pub core: Arc<Core>,
}

/// The slots of a kernel's parameters, and their sizes.
pub fn fields(params: &[KernelParam]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let mut slot = 0;
    params.iter().map(move |param| {
        // The slot of the owner, before the address, isn't passed.
        slot += u32::from(matches!(param, KernelParam::Data(_)));
        let size = match param {
            KernelParam::Data(_) | KernelParam::Extent(..) | KernelParam::Stride(..) => 8,
            KernelParam::Scalar(ty) => ty.bytes(),
        };
        slot += 1;
        (slot - 1, size)
    })
}

/// The arrays among arguments of these types.
pub fn arrays(types: &[Ty]) -> Vec<ArrayAt> {
    fn add(ty: &Ty, slot: &mut usize, found: &mut Vec<ArrayAt>) {
        let (ndim, size, align, writes) = match ty {
            Ty::Array(a) => {
                let part = u64::from(a.dtype.ir_type().bytes());
                let size = if a.dtype.is_complex() { 2 * part } else { part };
                (a.ndim, size, part, !a.readonly)
            }
            Ty::Records(a) => (a.ndim, u64::from(a.dtype.itemsize), 1, !a.readonly),
            Ty::Tuple(items) => return items.iter().for_each(|item| add(item, slot, found)),
            Ty::Record(_, items) => return items.iter().for_each(|item| add(item, slot, found)),
            other => {
                *slot += other.part_types().len();
                return;
            }
        };
        let ndim = usize::from(ndim);
        found.push(ArrayAt { slot: *slot + 1, ndim, align, size, writes });
        *slot += 2 + 2 * ndim;
    }
    let (mut slot, mut found) = (0, Vec::new());
    types.iter().for_each(|ty| add(ty, &mut slot, &mut found));
    found
}

impl Core {
    /// The exception of a record.
    pub fn exception(&self, py: Python<'_>, record: &DeviceRecord) -> PyErr {
        let kernel = self.made.get();
        let origins = Origins {
            sites: &self.sites,
            functions: &kernel.made.functions,
            exceptions: &kernel.exceptions,
            positions: &self.positions,
        };
        let made = || -> PyResult<PyErr> {
            let error = match self.sites.get(record.site as usize).map(|site| &site.kind) {
                // An address of the device's means nothing here.
                Some(SiteKind::Raise { args, class, .. }) if args.contains(&AbiType::Ptr) => {
                    PyRuntimeError::new_err(format!("a thread raised {class}"))
                }
                _ => cumbia_runtime::with_context(|context| {
                    exceptions::of_site(py, record.site, &record.args, &origins, context)
                }),
            };
            let passed = (record.trace_len as usize).min(DEVICE_TRACE_CAPACITY);
            let mut sites = vec![record.site];
            sites.extend_from_slice(&record.trace[..passed]);
            let function = kernel.object.bind(py).getattr("__wrapped__")?;
            let found = traceback(py, &sites, None, &origins, Some(&function))?;
            let value = error.into_value(py);
            let value = value.bind(py);
            let value = match found {
                Some(found) => value.call_method1("with_traceback", (found,))?,
                None => value.clone().into_any(),
            };
            let place = cumbia_cuda::emulate::Place { block: record.block, thread: record.thread };
            value.call_method1("add_note", (format!("in {place} of the grid"),))?;
            Ok(PyErr::from_value(value))
        };
        made().unwrap_or_else(|error| error)
    }
}

#[pymethods]
impl LoadedKernel {
    /// Makes code of a kernel for a device, linked with other code (kind, name and bytes), or
    /// finds it, and loads it.
    #[new]
    #[pyo3(signature = (gpu, kernel, options, others=Vec::new()))]
    fn new(
        py: Python<'_>,
        gpu: &Gpu,
        kernel: Py<Kernel>,
        options: &Bound<'_, PyDict>,
        others: Vec<(String, String, Vec<u8>)>,
    ) -> PyResult<LoadedKernel> {
        let others = others.into_iter().map(linked).collect::<PyResult<Vec<Linked>>>()?;
        let device = crate::cuda::device(options)?;
        let made = kernel.get();
        let code = ptx_of(py, made, device)?;
        let link = link_options(device);
        let cache = cache::present(py);
        let capability = gpu.gpu.facts.capability;
        let made_for = format!("{capability:?} {} {link:?}", gpu.gpu.api.version);
        let mut key = vec![code.ptx.as_bytes(), made_for.as_bytes()];
        let kinds: Vec<String> = others.iter().map(|one| format!("{:?}", one.kind)).collect();
        for (other, kind) in others.iter().zip(&kinds) {
            key.extend([kind.as_bytes(), &other.bytes]);
        }
        let name = format!("{}.cubin", digest_of(&key));
        let found = cache.as_ref().and_then(|cache| cache.get_all(&name).next());
        let load = |cubin: &[u8]| {
            // SAFETY: the code is the driver's, made a moment ago or kept with its digest.
            py.detach(|| unsafe { gpu.gpu.load(cubin, &code.name) })
        };
        // Code that is kept and doesn't load is as good as none.
        let kept = found.and_then(|cubin| load(&cubin).ok());
        let was_kept = kept.is_some();
        let (loaded, log) = match kept {
            Some(loaded) => (loaded, String::new()),
            None => {
                let built = py.detach(|| gpu.gpu.build(&code.ptx, link, &others));
                let built = built.map_err(|error| failed(py, error))?;
                let loaded = load(&built.cubin).map_err(|error| failed(py, error))?;
                if let Some(cache) = &cache {
                    cache.put(&name, &built.cubin);
                }
                (loaded, built.log)
            }
        };
        let record = Record::new(&gpu.gpu).map_err(|error| failed(py, error))?;
        let core = Arc::new(Core {
            kernel: loaded,
            record,
            layout: match made.made.module.asks_for_whole_grids() {
                true => Layout::of(fields(&made.made.params)).with_whole_grid(),
                false => Layout::of(fields(&made.made.params)),
            },
            log,
            was_kept,
            sites: code.sites,
            positions: Positions::new(py, &made.functions),
            made: kernel.clone_ref(py),
        });
        gpu.keep(core.clone());
        Ok(LoadedKernel { core })
    }

    /// Registers, bytes of shared memory, of local memory and of constants, threads of a block.
    fn resources(&self) -> (u32, u32, u32, u32, u32) {
        let Resources { registers, shared, local, constants, threads } = self.core.kernel.resources;
        (registers, shared, local, constants, threads)
    }

    /// What the assembler said when it was made.
    #[getter]
    fn log(&self) -> &str {
        &self.core.log
    }

    /// Whether the code came from the cache.
    #[getter]
    fn was_kept(&self) -> bool {
        self.core.was_kept
    }

    /// Where each parameter lies and how many bytes it has, the record's address last, or behind
    /// it that of the words for the whole grid.
    fn layout(&self) -> Vec<(u32, u32)> {
        let layout = &self.core.layout;
        let fields = layout.fields.iter().map(|field| (field.offset, field.size));
        let words = layout.is_whole.then_some((layout.record + 8, 8));
        fields.chain([(layout.record, 8)]).chain(words).collect()
    }

    /// Blocks of so many threads that the device has at once.
    fn most_at_once(&self, py: Python<'_>, threads: u32, shared: usize) -> PyResult<u32> {
        let most = self.core.kernel.most_at_once(threads, shared);
        most.map_err(|error| failed(py, error))
    }

    /// Blocks of so many threads that a multiprocessor has at once.
    fn blocks_at_once(&self, py: Python<'_>, threads: u32, shared: usize) -> PyResult<u32> {
        let blocks = self.core.kernel.blocks_at_once(threads, shared);
        blocks.map_err(|error| failed(py, error))
    }

    /// A grid that fills the device, and the block for it.
    fn filling(&self, py: Python<'_>, shared: usize, most: u32) -> PyResult<(u32, u32)> {
        self.core.kernel.filling(shared, most).map_err(|error| failed(py, error))
    }
}

fn linked((kind, name, bytes): (String, String, Vec<u8>)) -> PyResult<Linked> {
    match LinkKind::ALL.iter().find(|row| row.0 == kind) {
        Some(&(_, kind)) => Ok(Linked { kind, name, bytes }),
        None => Err(PyValueError::new_err(format!("nothing of the kind {kind:?} is linked"))),
    }
}

fn link_options(device: Device) -> LinkOptions {
    LinkOptions {
        max_registers: device.max_registers,
        has_lines: device.line_info != 0,
        has_debug: device.line_info == 2,
        level: if device.unoptimized == 0 { 4 } else { 0 },
    }
}
