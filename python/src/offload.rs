//! Parallel loops on a device: `jit(target="cuda")`.
//!
//! What runs a loop, moves its arrays and reports is `cumbia.cuda._offload`; here a
//! specialization's loops are made known to it, a call is begun and ended there, and the record of
//! a loop that compiled code has filled is handed over. The GIL is taken for that.

use crate::cuda::Kernel;
use crate::gpu::kernels::arrays;
use crate::guards::Guards;
use crate::host;
use crate::interrupts::with_gil;
use crate::kernel::Specialization;
use cumbia_abi::parallel::{LOOP_SLOT, Shape};
use cumbia_abi::{Context, IMMORTAL, Owner, STATUS_OK, STATUS_PYTHON};
use cumbia_driver::{Compiled, Offloaded};
use cumbia_frontend::types::Ty;
use cumbia_frontend::{Axis, Bound as Stop};
use cumbia_runtime::HostError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use std::cell::RefCell;
use std::sync::Arc;

/// Has the runtime ask here for loops that are for a device.
pub fn install() {
    cumbia_runtime::set_device_hooks(run, settle);
}

/// What `cumbia.cuda._offload` makes of a function's loops for a device; `None` for all functions
/// that have none, and weren't asked for any.
pub fn loops(
    object: &Bound<'_, PyAny>,
    compiled: &mut Compiled,
    functions: &[Py<PyAny>],
    exceptions: &[Py<PyAny>],
    is_asked: bool,
) -> PyResult<Option<Py<PyAny>>> {
    let found = std::mem::take(&mut compiled.on_device);
    if found.is_empty() && !is_asked {
        return Ok(None);
    }
    let py = object.py();
    let rows = PyList::empty(py);
    for of in found {
        rows.append(row(object, of, functions, exceptions)?)?;
    }
    let made = py.import("cumbia.cuda._offload")?.getattr("Loops")?;
    let gives = compiled.signature.ret.part_types().contains(&cumbia_ir::Type::Ptr);
    let facts = (compiled.touches, compiled.waits, gives);
    Ok(Some(made.call1((object, rows, facts))?.unbind()))
}

/// A row of `cumbia.cuda._offload.Loop`.
fn row<'py>(
    object: &Bound<'py, PyAny>,
    of: Offloaded,
    functions: &[Py<PyAny>],
    exceptions: &[Py<PyAny>],
) -> PyResult<Bound<'py, PyTuple>> {
    let py = object.py();
    let place = (of.function, of.filename, of.line, of.column, of.text);
    let captured: Vec<(String, String)> =
        of.captured.iter().map(|(name, ty)| (name.to_string(), ty.to_string())).collect();
    let mut names = Vec::new();
    of.captured.iter().for_each(|(name, ty)| array_names(name, ty, &mut names));
    let fresh = of.fresh;
    let axes = |axis: &Axis| match axis {
        Axis::Turns => ("turns", 0),
        Axis::All => ("all", 0),
        Axis::UpTo(Stop::Known(number)) => ("number", *number),
        Axis::UpTo(Stop::Slot(slot)) => ("slot", *slot as i64),
    };
    let overwritten: Vec<(usize, Vec<(&str, i64)>)> =
        of.overwritten.iter().map(|one| (one.slot, one.axes.iter().map(axes).collect())).collect();
    let (kernel, why, at, effects) = match of.kernel {
        Err(why) => (None, why, Vec::new(), (true, true)),
        Ok((made, written)) => {
            let effects = made.effects();
            let at = arrays(&made.args);
            let all = at.iter().zip(names).zip(written);
            let at: Vec<_> = all
                .map(|((at, name), writes)| (name, at.slot, at.ndim, at.size, at.writes && writes))
                .collect();
            let kernel = Kernel {
                made,
                guards: Guards::default(),
                functions: functions.iter().map(|one| one.clone_ref(py)).collect(),
                exceptions: exceptions.iter().map(|one| one.clone_ref(py)).collect(),
                object: object.clone().unbind(),
            };
            (Some(Py::new(py, kernel)?), String::new(), at, effects)
        }
    };
    let known = (overwritten, fresh, effects);
    (place, captured, (of.results, of.in_blocks), kernel, why, at, known).into_pyobject(py)
}

/// The names of the arrays in a variable.
fn array_names(name: &str, ty: &Ty, names: &mut Vec<String>) {
    match ty {
        Ty::Array(_) | Ty::Records(_) | Ty::Row(_) => names.push(name.to_owned()),
        Ty::Tuple(items) | Ty::Record(_, items) => {
            for (at, item) in items.iter().enumerate() {
                array_names(&format!("{name}[{at}]"), item, names);
            }
        }
        _ => {}
    }
}

/// The hook: hands a loop's record to Python.
///
/// # Safety
///
/// See [`cumbia_runtime::DeviceHook`].
unsafe fn run(context: &mut Context, data: *mut u64, shape: &Shape) -> Option<bool> {
    if context.kernel.is_null() {
        return Some(false);
    }
    // SAFETY: `Specialization::prepare` set it, and it lives as long as its code runs; the record
    // has these slots.
    let (kernel, number, given, results) = unsafe {
        let given = data.add(shape.arguments() + 2);
        (
            &*context.kernel.cast::<Specialization>(),
            *data.add(LOOP_SLOT),
            std::slice::from_raw_parts(given, shape.given - 2),
            data.add(shape.results_of(0)),
        )
    };
    let Some(loops) = &kernel.on_device else { return Some(false) };
    let results = if shape.results == 0 { 0 } else { results.expose_provenance() };
    let ran = with_gil(|py| {
        let given = PyTuple::new(py, given).and_then(|given| {
            let args = (number, given, shape.turns, shape.blocks, results);
            let ran = loops.bind(py).call_method1("run", args)?;
            let (done, keep, free): (bool, Vec<u64>, Vec<u64>) = ran.extract()?;
            // SAFETY: they are owners among what this loop takes, or one before it has taken.
            unsafe { hold(context, &keep, &free) };
            Ok(done)
        });
        given.map_err(|error| {
            // What a handler of the function may take is the runtime's to raise.
            match if kernel.catches { host::known(py, &error) } else { None } {
                Some(known) => known,
                None => {
                    error.restore(py);
                    HostError::Python
                }
            }
        })
    });
    match ran {
        Ok(done) => Some(done),
        Err(HostError::Known(class, message)) => {
            cumbia_runtime::raise_known(context, class, message);
            None
        }
        Err(_) => {
            context.status = STATUS_PYTHON;
            None
        }
    }
}

thread_local! {
    /// What the device has of the host's memory in this thread's innermost call: from an address to
    /// another, and whether the host's own is older.
    static COPIES: RefCell<Vec<(u64, u64, bool)>> = const { RefCell::new(Vec::new()) };
}

/// The hook: the host is about to touch memory between two addresses.
fn settle(context: &mut Context, low: u64, high: u64, writes: bool) -> bool {
    let meets =
        |&(first, end, newer): &(u64, u64, bool)| (newer || writes) && first < high && low < end;
    if !COPIES.with_borrow(|copies| copies.iter().any(meets)) {
        return true;
    }
    let settled = with_gil(|py| {
        let module = py.import("cumbia.cuda._offload")?;
        module.call_method1("host_uses", (low, high, writes)).map(drop)
    });
    if let Err(error) = settled {
        with_gil(|py| error.restore(py));
        context.status = STATUS_PYTHON;
        return false;
    }
    true
}

/// Says what the device has of the host's memory.
#[pyfunction]
pub fn _device_has(copies: Vec<(u64, u64, bool)>) {
    COPIES.set(copies);
}

/// How many references owners have that a loop has said to keep.
#[pyfunction]
pub fn _owners_counts(owners: Vec<u64>) -> Vec<i64> {
    let count = |owner: u64| {
        let owner: *const Owner = std::ptr::with_exposed_provenance(owner as usize);
        // SAFETY: `hold` counted it, so it is alive as long as the call is.
        unsafe { (*owner).refcount }
    };
    owners.into_iter().map(count).collect()
}

/// Counts owners of memory that has a copy on the device, and those that have none any more.
///
/// # Safety
///
/// Owners of the context's call: the first ones are alive, the others were given here as such.
unsafe fn hold(context: &mut Context, keep: &[u64], free: &[u64]) {
    for &owner in keep {
        let owner: *mut Owner = std::ptr::with_exposed_provenance_mut(owner as usize);
        // SAFETY: by the contract; no other thread counts while a loop is handed over.
        unsafe {
            if (*owner).refcount < IMMORTAL / 2 {
                (*owner).refcount += 1;
            }
        }
    }
    for &owner in free {
        let owner: *mut Owner = std::ptr::with_exposed_provenance_mut(owner as usize);
        // SAFETY: by the contract it was counted above.
        unsafe {
            if (*owner).refcount < IMMORTAL / 2 {
                cumbia_runtime::release_object(context, owner);
            }
        }
    }
}

/// The addresses of the arrays among the slots of a call.
///
/// # Safety
///
/// The slots are those of arguments of these types.
pub unsafe fn addresses(types: &[Ty], slots: *const u64) -> Vec<u64> {
    // SAFETY: by the contract.
    arrays(types).iter().map(|array| unsafe { *slots.add(array.slot) }).collect()
}

/// Enters code between the beginning and the end of its call's use of a device; gives its status.
///
/// # Safety
///
/// The thread holds the GIL.
pub unsafe fn around(loops: &Py<PyAny>, addresses: &[u64], enter: impl FnOnce() -> i32) -> i32 {
    // SAFETY: by the contract.
    let py = unsafe { Python::assume_attached() };
    let session = match loops.bind(py).call_method1("begin", (addresses,)) {
        Ok(session) => session,
        Err(error) => {
            error.restore(py);
            return STATUS_PYTHON;
        }
    };
    let status = enter();
    let raised = PyErr::take(py);
    // What the loops wrote is in the host's memory before anything of the call is freed or made
    // a result.
    match (session.call_method0("end"), raised, status) {
        (_, Some(error), _) => {
            error.restore(py);
            status
        }
        (Err(error), None, STATUS_OK) => {
            error.restore(py);
            STATUS_PYTHON
        }
        (_, None, _) => status,
    }
}

/// Leaves out of the present exception's traceback how a loop came to the device.
///
/// # Safety
///
/// The thread holds the GIL.
#[cold]
pub unsafe fn clear_traceback() {
    // SAFETY: by the contract.
    let py = unsafe { Python::assume_attached() };
    if let Some(error) = PyErr::take(py) {
        let value = error.into_value(py).into_bound(py).into_any();
        let module = py.import("cumbia.cuda._offload");
        let cleared = module.and_then(|module| module.call_method1("clear_traceback", (&value,)));
        // With the traceback that it has now.
        cleared.err().unwrap_or_else(|| PyErr::from_value(value)).restore(py);
    }
}

/// Runs a loop's kernel on the processor, by the slots that it takes.
#[pyfunction]
pub fn _emulate_slots(
    py: Python<'_>,
    kernel: &crate::emulated::Emulated,
    grid: [u32; 3],
    block: [u32; 3],
    slots: Vec<u64>,
) -> PyResult<()> {
    kernel.run_slots(py, grid, block, &slots)
}

/// Launches a loop's kernel, by the slots that it takes, with addresses of the device.
#[pyfunction]
pub fn _launch_slots(
    py: Python<'_>,
    gpu: &crate::gpu::Gpu,
    loaded: &crate::gpu::kernels::LoadedKernel,
    grid: [u32; 3],
    block: [u32; 3],
    slots: Vec<u64>,
) -> PyResult<()> {
    crate::gpu::launches::launch_slots(py, gpu, &Arc::clone(&loaded.core), (grid, block), &slots)
}

/// Whether the arrays among the slots of a kernel lie apart, each at a multiple of 16 bytes.
#[pyfunction]
pub fn _slots_apart(kernel: &Kernel, slots: Vec<u64>) -> PyResult<bool> {
    crate::gpu::launches::slots_apart(&arrays(&kernel.made.args), &slots)
}
