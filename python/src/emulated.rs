//! Kernels that run on the processor: launches of `CUMBIA_CUDA=emulate`.
//!
//! A launch reads its arguments as a call of compiled code does, lets go of the GIL, and runs
//! the grid (`cumbia_cuda::emulate`). What goes wrong comes back as an exception: one of a
//! thread with its traceback and a note that says which thread it was, and what only a grid can
//! do wrong by an exception of `cumbia.cuda`.

use crate::cuda::{Kernel, failed, frame_of};
use crate::dispatcher::{Dispatcher, explicit, specialize};
use crate::guards::Guards;
use crate::kernel::Specialization;
use crate::keys;
use cumbia_abi::STATUS_OK;
use cumbia_abi::grid::KernelPlan;
use cumbia_cuda::emulate::{self, Fault, Launch, MOST_THREADS, Patterns};
use cumbia_driver::emulation::{EmulatedKernel, Told};
use cumbia_ir::ArrayParams;
use pyo3::exceptions::{PyMemoryError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::sync::OnceLock;

/// A kernel as code for the processor.
#[pyclass(name = "EmulatedKernel", module = "cumbia._cumbia", frozen)]
pub struct Emulated {
    kernel: Py<Kernel>,
    /// What launches run; where they are watched and the arrays lie apart, that is code that
    /// doesn't tell of reads of arrays that aren't written.
    code: Code,
    /// Tells of all accesses; made when it is first needed.
    complete: OnceLock<Code>,
}

/// Code, and what running it needs to know.
struct Code {
    run: Specialization,
    plan: KernelPlan,
    arrays: Vec<(ArrayParams, bool)>,
}

/// Makes code for the processor of a kernel; whether it tells of its accesses.
#[pyfunction]
pub fn _emulated(kernel: &Bound<'_, Kernel>, is_watched: bool) -> PyResult<Emulated> {
    let told = is_watched.then_some(Told::ButReadOnly);
    let code = code_of(kernel.py(), kernel.get(), told)?;
    Ok(Emulated { kernel: kernel.clone().unbind(), code, complete: OnceLock::new() })
}

fn code_of(py: Python<'_>, kernel: &Kernel, told: Option<Told>) -> PyResult<Code> {
    let EmulatedKernel { compiled, plan, arrays } = py
        .detach(|| specialize::session().emulated(&kernel.made, told))
        .map_err(|why| failed(py, why))?;
    let object = &kernel.object;
    let options = Dispatcher::of(object.bind(py)).options.clone_ref(py);
    let exceptions = kernel.exceptions.iter().map(|one| one.clone_ref(py)).collect();
    // What the kernel assumes is asked before a launch, by whoever keeps it.
    let guards = Guards::default();
    let functions = &kernel.functions;
    let run = Specialization::new(py, compiled, guards, functions, exceptions, &options, None)?;
    Ok(Code { run, plan, arrays })
}

#[pymethods]
impl Emulated {
    /// Bytes of shared memory of a block, without what a launch gives.
    #[getter]
    fn shared_bytes(&self) -> usize {
        self.code.plan.shared_bytes
    }

    /// Whether all blocks of the grid have to be there at once.
    #[getter]
    fn is_whole(&self) -> bool {
        self.code.plan.is_whole
    }

    /// Runs a grid to its end.
    fn launch(
        &self,
        py: Python<'_>,
        grid: [u32; 3],
        block: [u32; 3],
        shared: usize,
        args: &Bound<'_, PyTuple>,
    ) -> PyResult<()> {
        self.run(py, grid, block, shared, args, &mut None)
    }

    /// The same, and gives how memory was accessed: for each site line, column, whether it is
    /// shared memory, what is done, bytes, and the costs (`AccessCosts`).
    fn accesses(
        &self,
        py: Python<'_>,
        grid: [u32; 3],
        block: [u32; 3],
        shared: usize,
        args: &Bound<'_, PyTuple>,
    ) -> PyResult<Vec<AccessRow>> {
        let mut patterns = Some(Patterns::default());
        self.run(py, grid, block, shared, args, &mut patterns)?;
        let sites = patterns.unwrap_or_default().sites;
        Ok(sites
            .into_iter()
            .map(|(site, costs)| {
                let of = (site.line, site.col, site.is_shared, site.deed().to_string(), site.size);
                (of, (costs.warps, costs.lanes, costs.took, costs.least, costs.worst))
            })
            .collect())
    }
}

/// A site, and what it costs.
type AccessRow = ((u32, u32, bool, String, u32), (u64, u64, u64, u64, u64));

impl Emulated {
    fn run(
        &self,
        py: Python<'_>,
        grid: [u32; 3],
        block: [u32; 3],
        shared: usize,
        args: &Bound<'_, PyTuple>,
        patterns: &mut Option<Patterns>,
    ) -> PyResult<()> {
        let threads = block.iter().map(|&n| n as usize).product::<usize>();
        if threads == 0 || threads > MOST_THREADS || grid.contains(&0) {
            return Err(PyValueError::new_err("no such grid"));
        }
        let mut frame = frame_of(args)?;
        frame.seal();
        let types = keys::types(&frame.keys);
        let slots = explicit::conversions(&types, &self.code.run.compiled.signature.args)
            .and_then(|(_, steps)| explicit::convert(&frame.slots, &steps))
            .ok_or_else(|| PyTypeError::new_err("the kernel was compiled for other types"))?;
        let launch = Launch { blocks: grid, threads: block, shared, arguments: &slots };
        self.run_launch(py, &launch, patterns)
    }

    /// Runs a grid, with the values that an entry by slots takes.
    pub fn run_slots(
        &self,
        py: Python<'_>,
        blocks: [u32; 3],
        threads: [u32; 3],
        slots: &[u64],
    ) -> PyResult<()> {
        let count: usize =
            self.code.run.compiled.signature.args.iter().map(|t| t.part_types().len()).sum();
        if slots.len() != count {
            return Err(PyValueError::new_err("slots of another kernel"));
        }
        let launch = Launch { blocks, threads, shared: 0, arguments: slots };
        self.run_launch(py, &launch, &mut None)
    }

    fn run_launch(
        &self,
        py: Python<'_>,
        launch: &Launch<'_>,
        patterns: &mut Option<Patterns>,
    ) -> PyResult<()> {
        let is_enough =
            patterns.is_none() && unwritten_lie_apart(&self.code.arrays, launch.arguments);
        let code = if is_enough { &self.code } else { self.complete(py)? };
        let function = self.kernel.get().object.bind(py).getattr("__wrapped__")?;
        let mut fault = None;
        let run = |context: &mut cumbia_abi::Context, entry| {
            // SAFETY: the code was made for this plan and these types of arguments, which the
            // tuple keeps alive.
            let outcome =
                unsafe { emulate::run_noting(entry, &code.plan, launch, context, patterns) };
            match outcome {
                Ok(()) => STATUS_OK,
                Err(Fault::Raised { place, status }) => {
                    fault = Some(Fault::Raised { place, status });
                    status
                }
                Err(other) => {
                    fault = Some(other);
                    STATUS_OK
                }
            }
        };
        let raised = code.run.run_grid(py, run, function);
        match (raised, fault) {
            (Some(error), Some(Fault::Raised { place, .. })) => {
                error.value(py).call_method1("add_note", (format!("in {place} of the grid"),))?;
                Err(error)
            }
            (Some(error), _) => Err(error),
            (None, Some(fault)) => Err(self.fault(py, &fault)),
            (None, None) => Ok(()),
        }
    }

    /// Code that tells of all accesses.
    fn complete(&self, py: Python<'_>) -> PyResult<&Code> {
        if let Some(code) = self.complete.get() {
            return Ok(code);
        }
        let code = code_of(py, self.kernel.get(), Some(Told::All))?;
        Ok(self.complete.get_or_init(|| code))
    }

    fn fault(&self, py: Python<'_>, fault: &Fault) -> PyErr {
        if matches!(fault, Fault::NoMemory { .. }) {
            return PyMemoryError::new_err(fault.to_string());
        }
        let name = match fault {
            Fault::Race { .. } => "race",
            Fault::Unset { .. } => "unset",
            _ => "meeting",
        };
        let made = py.import("cumbia.cuda._errors").and_then(|errors| {
            let object = self.kernel.get().object.bind(py);
            errors.call_method1("fault", (name, fault.to_string(), object))
        });
        made.map_or_else(|error| error, PyErr::from_value)
    }
}

/// Whether no array that may be written shares an address with one that isn't.
fn unwritten_lie_apart(arrays: &[(ArrayParams, bool)], slots: &[u64]) -> bool {
    let spans: Vec<(u64, u64, bool)> = arrays
        .iter()
        .filter_map(|(array, is_written)| {
            let (at, axes) = (array.data as usize, array.axes as usize);
            let (mut first, mut last) = (slots[at], slots[at]);
            let extents = &slots[at + 1..at + 1 + axes];
            for (&extent, &stride) in extents.iter().zip(&slots[at + 1 + axes..]) {
                let reach = (stride as i64).wrapping_mul(extent as i64 - 1);
                let side = if reach < 0 { &mut first } else { &mut last };
                *side = side.wrapping_add_signed(reach);
            }
            let end = last + u64::from(array.item);
            (!extents.contains(&0)).then_some((first, end, *is_written))
        })
        .collect();
    spans.iter().filter(|span| span.2).all(|&(first, end, _)| {
        let mut unwritten = spans.iter().filter(|span| !span.2);
        unwritten.all(|&(other, other_end, _)| end <= other || other_end <= first)
    })
}
