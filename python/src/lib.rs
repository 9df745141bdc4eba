//! The native module `cumbia._cumbia`: the only crate that knows Python.
//!
//! The way of a call: `dispatcher/call.rs` binds it and finds the code,
//! `arguments.rs` reads the arguments into slots, `kernel.rs` runs the code without
//! the GIL (`interrupts.rs`), `boxing.rs` makes the result, or `tracebacks.rs` the
//! exception. The way of a compilation: `dispatcher/specialize.rs` asks the driver,
//! which asks `environment.rs` what names mean (`classify.rs`); the answers become
//! guards (`guards.rs`).
//!
//! Rules that hold throughout: the limited API of CPython 3.11 only, with the
//! exceptions of `dispatcher/object.rs`, `layouts.rs` and `guards.rs`; what relies
//! on the GIL asks for it on free-threaded builds (`free_threading.rs`); no panic crosses into
//! Python; `Python::attach` on cold paths only.

mod arguments;
mod array_results;
mod boxing;
mod buffers;
mod cache;
mod callbacks;
mod callee;
mod classes;
mod classify;
mod collections;
mod container_keys;
mod containers;
mod continuations;
mod cuda;
mod direct;
mod dispatcher;
mod emulated;
mod environment;
mod errors;
mod events;
mod exceptions;
mod exporters;
mod extending;
mod foreign;
mod frame_arguments;
mod frames;
mod free_threading;
mod functions;
mod generators;
mod gpu;
mod guards;
mod hashing;
mod host;
mod instances;
mod interpreted;
mod interrupts;
mod kernel;
mod keys;
mod layouts;
mod ledger;
mod linear_algebra;
mod logging;
mod names;
mod numpy_api;
mod offload;
mod positions;
mod random_generators;
mod ranges;
mod records;
mod refusal;
mod sets;
mod streams;
mod structured;
mod tiers;
mod tracebacks;
mod ufuncs;
mod warnings;

use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Allocations of compiled code that are neither freed nor given to NumPy: 0
/// between calls. For tests.
#[pyfunction]
fn live_allocations() -> usize {
    cumbia_runtime::live_allocations()
}

/// Seconds spent in each stage of compiling a dispatcher's specializations.
#[pyfunction]
fn compile_times<'py>(dispatcher: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    if !dispatcher::is_dispatcher(dispatcher) {
        return Err(pyo3::exceptions::PyTypeError::new_err(
            "compile_times() takes a jitted function",
        ));
    }
    dispatcher::times(dispatcher.py(), dispatcher::Dispatcher::of(dispatcher))
}

/// How many threads parallel loops of this thread may use.
#[pyfunction]
fn _threads() -> PyResult<usize> {
    cumbia_runtime::threads().map_err(pyo3::exceptions::PyValueError::new_err)
}

/// How many threads parallel loops may use at most.
#[pyfunction]
fn _most_threads() -> PyResult<usize> {
    cumbia_runtime::most_threads().map_err(pyo3::exceptions::PyValueError::new_err)
}

/// Says how many threads parallel loops of this thread may use.
#[pyfunction]
fn _set_threads(count: i64) -> PyResult<()> {
    cumbia_runtime::set_threads(count).map_err(pyo3::exceptions::PyValueError::new_err)
}

/// The type that compiled code has for a value as an argument, spelled as in messages.
#[pyfunction]
fn typeof_(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = value.py();
    free_threading::take_gil(py, "values of any type")?;
    let mut frame = arguments::Frame::new();
    let numpy = numpy_api::if_imported(py)?;
    // SAFETY: the value lives longer than the frame, and the thread holds the GIL.
    match unsafe { frame.read(value.as_ptr(), numpy) } {
        Ok(()) => Ok(keys::types(&frame.keys).iter().map(ToString::to_string).collect()),
        Err(why) => Err(refusal::error("typeof", "value", value, why)),
    }
}

/// Puts code compiled from IR text into a dispatcher, for one list of argument
/// types: for tests of the boundary.
#[pyfunction]
fn _from_ir(
    dispatcher: &Bound<'_, PyAny>,
    text: &str,
    entry: &str,
    signature: &str,
) -> PyResult<()> {
    if !dispatcher::is_dispatcher(dispatcher) {
        return Err(pyo3::exceptions::PyTypeError::new_err("_from_ir() takes a jitted function"));
    }
    dispatcher::Dispatcher::of(dispatcher).install_ir(dispatcher.py(), text, entry, signature)
}

/// What there is to know of the codes of diagnostics, in their order: code, title,
/// explanation, and an example with what to write instead, where there are.
#[pyfunction]
fn _codes()
-> Vec<(&'static str, &'static str, &'static str, Option<&'static str>, Option<&'static str>)> {
    let all = cumbia_diagnostics::codes::CODES.iter();
    all.map(|c| {
        let example = cumbia_diagnostics::codes::example(c.code);
        (
            c.code,
            c.title,
            c.explanation,
            example.map(|e| e.refused),
            example.and_then(|e| e.instead),
        )
    })
    .collect()
}

#[pymodule(gil_used = false)]
fn _cumbia(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    names::install(py)?;
    interrupts::install(py)?;
    layouts::install(py)?;
    callbacks::install();
    hashing::install(py)?;
    sets::install(py)?;
    direct::install(py)?;
    collections::install(py)?;
    exceptions::install();
    frame_arguments::install(py)?;
    host::install(py)?;
    generators::install(module)?;
    tiers::install(module)?;
    cache::install(module)?;
    ufuncs::install(module)?;
    exporters::install(module)?;
    gpu::install(module)?;
    module.add_function(wrap_pyfunction!(events::_events, module)?)?;
    module.add("Dispatcher", dispatcher::make_type(py)?)?;
    module.add("version", env!("CARGO_PKG_VERSION"))?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(live_allocations, module)?)?;
    module.add_function(wrap_pyfunction!(compile_times, module)?)?;
    module.add_function(wrap_pyfunction!(_from_ir, module)?)?;
    module.add_function(wrap_pyfunction!(_codes, module)?)?;
    module.add_function(wrap_pyfunction!(_threads, module)?)?;
    module.add_function(wrap_pyfunction!(_set_threads, module)?)?;
    module.add_function(wrap_pyfunction!(_most_threads, module)?)?;
    module.add_function(wrap_pyfunction!(typeof_, module)?)?;
    module.add_function(wrap_pyfunction!(callbacks::_callback, module)?)?;
    module.add_class::<cuda::Kernel>()?;
    module.add_function(wrap_pyfunction!(structured::_struct_dtype, module)?)?;
    module.add_function(wrap_pyfunction!(cuda::_kernel, module)?)?;
    module.add_function(wrap_pyfunction!(cuda::_nearest_kernel, module)?)?;
    module.add_function(wrap_pyfunction!(emulated::_emulated, module)?)?;
    module.add_function(wrap_pyfunction!(offload::_emulate_slots, module)?)?;
    module.add_function(wrap_pyfunction!(offload::_launch_slots, module)?)?;
    module.add_function(wrap_pyfunction!(offload::_slots_apart, module)?)?;
    module.add_function(wrap_pyfunction!(offload::_device_has, module)?)?;
    module.add_function(wrap_pyfunction!(offload::_owners_counts, module)?)?;
    module.add_function(wrap_pyfunction!(cuda::_kernel_types, module)?)?;
    module.add_function(wrap_pyfunction!(cuda::_architectures, module)?)?;
    module.add_function(wrap_pyfunction!(host::_call_helper, module)?)?;
    Ok(())
}
