//! The interpreter's random streams around a call of compiled code that draws.
//!
//! Python's `random` module and `np.random` each have one global generator. A kernel
//! that draws from one works on a copy of its state, taken with `getstate` before and
//! put back with `setstate` after, so that both continue one stream. In between the
//! thread keeps the GIL: no other thread can draw the same numbers. Taking and putting
//! back may run other Python code (a finalizer), so compiled code has a lock of its own
//! as well. So that others get on, and signals are served, the interrupt poll (every
//! 20 ms) puts the state back, lets go of both for a moment, and takes the state again.

use crate::names::name;
use cumbia_driver::Cost;
use cumbia_runtime::{Streams, Twister};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The thread that has borrowed streams; 0 for none. Changed with the GIL held.
static HOLDER: AtomicUsize = AtomicUsize::new(0);

/// Frees the lock in the child of a fork, whose only thread holds nothing: handlers of
/// signals, which may fork, run while the streams are given back.
pub fn after_fork() {
    HOLDER.store(0, Ordering::Relaxed);
}

/// The right to use the interpreter's streams.
struct Hold {
    /// Whether this is the outermost one of its thread.
    outermost: bool,
}

impl Hold {
    fn new(py: Python<'_>) -> Hold {
        // SAFETY: always succeeds.
        let this = unsafe { libc::pthread_self() as usize };
        loop {
            match HOLDER.compare_exchange(0, this, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Hold { outermost: true },
                // Python code that ran while this thread took the state.
                Err(holder) if holder == this => return Hold { outermost: false },
                // The holder is about to run Python code, or waits for the GIL.
                Err(_) => py.detach(|| std::thread::sleep(WAIT)),
            }
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if self.outermost {
            HOLDER.store(0, Ordering::Release);
        }
    }
}

/// Time between two looks whether the streams are free.
const WAIT: Duration = Duration::from_micros(100);

/// Copies of the states that a call draws from.
pub struct Borrowed {
    hold: Option<Hold>,
    python: bool,
    numpy: bool,
    /// What compiled code works on.
    pub streams: Box<Streams>,
}

impl Borrowed {
    /// Takes the states that a kernel draws from.
    pub fn take(py: Python<'_>, cost: &Cost) -> PyResult<Borrowed> {
        let mut borrowed = Borrowed {
            hold: None,
            python: cost.draws_python,
            numpy: cost.draws_numpy,
            streams: Box::default(),
        };
        borrowed.load(py)?;
        Ok(borrowed)
    }

    /// Reads the interpreter's states.
    pub fn load(&mut self, py: Python<'_>) -> PyResult<()> {
        self.hold = Some(Hold::new(py));
        if self.python {
            self.streams.python.twister = python_state(py)?;
        }
        if self.numpy {
            self.streams.numpy.twister = numpy_state(py)?;
        }
        Ok(())
    }

    /// Writes them back.
    pub fn store(&mut self, py: Python<'_>) -> PyResult<()> {
        let _hold = self.hold.take();
        if self.python {
            set_python_state(py, &self.streams.python.twister)?;
        }
        if self.numpy {
            set_numpy_state(py, &self.streams.numpy.twister)?;
        }
        Ok(())
    }
}

fn unexpected(whose: &str) -> PyErr {
    PyRuntimeError::new_err(format!(
        "{whose} doesn't have the state of a Mersenne Twister: compiled code can't draw from it"
    ))
}

/// The class whose methods read and write the state, and the module's generator. Those
/// of `random.Random` around them are Python code, during which threads may change.
fn python_generator<'py>(py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let class = py.import(name!(py, "_random"))?.getattr(name!(py, "Random"))?;
    let generator = py.import(name!(py, "random"))?.getattr(name!(py, "_inst"))?;
    Ok((class, generator))
}

/// 624 words and the position, and the kept variate.
fn python_state(py: Python<'_>) -> PyResult<Twister> {
    let (class, generator) = python_generator(py)?;
    let read = class.getattr(name!(py, "getstate"))?;
    let gauss = generator.getattr(name!(py, "gauss_next"))?.extract()?;
    let words = read.call1((&generator,))?.cast_into::<PyTuple>()?;
    let mut twister = Twister { words: [0; 624], position: 0, gauss };
    if words.len() != twister.words.len() + 1 {
        return Err(unexpected("the random module"));
    }
    for (place, word) in twister.words.iter_mut().zip(words.iter()) {
        *place = word.extract()?;
    }
    twister.position = words.get_item(twister.words.len())?.extract()?;
    Ok(twister)
}

fn set_python_state(py: Python<'_>, twister: &Twister) -> PyResult<()> {
    let (class, generator) = python_generator(py)?;
    let position = u32::try_from(twister.position).unwrap_or(u32::MAX);
    let words: Vec<u32> = twister.words.iter().copied().chain([position]).collect();
    let write = class.getattr(name!(py, "setstate"))?;
    write.call1((&generator, PyTuple::new(py, words)?))?;
    generator.setattr(name!(py, "gauss_next"), twister.gauss)
}

fn numpy_random(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import(name!(py, "numpy.random"))
}

/// `np.random.get_state(legacy=False)`: nested dicts with an array of words.
fn numpy_state(py: Python<'_>) -> PyResult<Twister> {
    let keywords = PyDict::new(py);
    keywords.set_item(name!(py, "legacy"), false)?;
    let random = numpy_random(py)?;
    let state = random.call_method(name!(py, "get_state"), (), Some(&keywords))?;
    let name: String = state.get_item(name!(py, "bit_generator"))?.extract()?;
    if name != "MT19937" {
        return Err(unexpected("np.random's global generator"));
    }
    let inner = state.get_item(name!(py, "state"))?;
    let words = inner.get_item(name!(py, "key"))?.call_method0(name!(py, "tobytes"))?;
    let words = words.cast_into::<PyBytes>()?;
    let mut twister = Twister { words: [0; 624], position: 0, gauss: None };
    if words.as_bytes().len() != 4 * twister.words.len() {
        return Err(unexpected("np.random's global generator"));
    }
    for (place, bytes) in twister.words.iter_mut().zip(words.as_bytes().chunks_exact(4)) {
        *place = u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    twister.position = inner.get_item(name!(py, "pos"))?.extract()?;
    if state.get_item(name!(py, "has_gauss"))?.extract::<i64>()? != 0 {
        twister.gauss = Some(state.get_item(name!(py, "gauss"))?.extract()?);
    }
    Ok(twister)
}

fn set_numpy_state(py: Python<'_>, twister: &Twister) -> PyResult<()> {
    let bytes: Vec<u8> = twister.words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let numpy = py.import(name!(py, "numpy"))?;
    let words = numpy.call_method1(
        name!(py, "frombuffer"),
        (PyBytes::new(py, &bytes), numpy.getattr(name!(py, "uint32"))?),
    )?;
    let state = (
        name!(py, "MT19937"),
        words,
        twister.position,
        i32::from(twister.gauss.is_some()),
        twister.gauss.unwrap_or(0.0),
    );
    numpy_random(py)?.call_method1(name!(py, "set_state"), (state,))?;
    Ok(())
}
