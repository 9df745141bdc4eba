//! Generators of compiled code as Python iterators.
//!
//! A call that gives a generator makes a context that outlives it ([`OwnedContext`]): the
//! generator's frame and all that it refers to lie there. So do the records of the
//! arguments' arrays, which are copied out of the call's frame; strings and containers are lent
//! for as long as it lives (`containers/waiting.rs`). Each item is one entry into compiled code, which
//! then gives up its reference to the item.
//!
//! What differs from Python's own generators is in `docs/semantics.md`: a global that has
//! changed meanwhile ends it with an error.

use crate::arguments::Frame;
use crate::boxing::Boxes;
use crate::containers::waiting::{holds_containers, holds_objects};
use crate::containers::{Layouts, Loan, needs_loan};
use crate::dispatcher::Dispatcher;
use crate::exceptions;
use crate::guards::Guards;
use crate::kernel::{Resume, Specialization};
use crate::ledger::Ledger;
use crate::numpy_api;
use cumbia_abi::{Owner, STATUS_OK};
use cumbia_frontend::GeneratorResult;
use cumbia_frontend::types::Ty;
use cumbia_runtime::{DefaultFloats, OwnedContext};
use pyo3::exceptions::{
    PyBaseException, PyGeneratorExit, PyRuntimeError, PyStopIteration, PyTypeError, PyValueError,
};
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyFloat, PyInt, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

/// A generator whose body is compiled.
#[pyclass(name = "generator", module = "cumbia", frozen, weakref)]
pub struct Generator {
    name: Mutex<String>,
    qualname: Mutex<String>,
    /// `None` when it has ended. Locked while it runs.
    state: Mutex<Option<Box<State>>>,
}

/// What a generator needs as long as it can go on. Fields are dropped in this order.
struct State {
    frame: u64,
    started: bool,
    slots: Vec<u64>,
    ledger: Ledger,
    context: OwnedContext,
    /// Borrows from `specialization`.
    loan: Option<Loan<'static>>,
    arrays: Arrays,
    _globals: Option<Box<Frame>>,
    /// The dispatcher that was called.
    callable: Py<PyAny>,
    specialization: Arc<Specialization>,
}

/// Records of arrays among the arguments, which a frame refers to, and the arrays.
#[derive(Default)]
struct Arrays {
    #[expect(clippy::vec_box, reason = "their addresses are given away")]
    records: Vec<Box<Owner>>,
    held: Vec<Py<PyAny>>,
}

// SAFETY: the pointers are to objects of the state's own context and to Python objects that
// it holds; whoever gets at a state has locked it and holds the GIL.
unsafe impl Send for State {}

/// Adds the type to the module.
pub fn install(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Generator>()?;
    let abstract_class = module.py().import("collections.abc")?.getattr("Generator")?;
    abstract_class.call_method1("register", (module.getattr("generator")?,))?;
    Ok(())
}

/// The generator of a call; null with an exception set if it can't be made.
///
/// # Safety
///
/// As `Specialization::run`, of a specialization whose result is a generator; `callable` is
/// the dispatcher that was called.
pub unsafe fn start(
    callable: *mut PyObject,
    specialization: &Arc<Specialization>,
    slots: &[u64],
) -> *mut PyObject {
    crate::errors::object_or_null(|py| {
        // SAFETY: passed on; the callable is alive.
        unsafe {
            let callable = Bound::<PyAny>::from_borrowed_ptr(py, callable);
            let state = new_state(&callable, specialization, slots)?;
            let of = resume_of(specialization);
            let name = of.of.qualname.rsplit('.').next().unwrap_or_default().to_owned();
            let made = Generator {
                name: Mutex::new(name),
                qualname: Mutex::new(of.of.qualname.clone()),
                state: Mutex::new(Some(Box::new(state))),
            };
            Ok(Bound::new(py, made)?.into_any().unbind())
        }
    })
}

fn resume_of(specialization: &Specialization) -> &Resume {
    specialization.generator.as_ref().expect("a specialization that makes generators")
}

unsafe fn new_state(
    callable: &Bound<'_, PyAny>,
    specialization: &Arc<Specialization>,
    slots: &[u64],
) -> PyResult<State> {
    let py = callable.py();
    let mut slots = slots.to_vec();
    let mut arrays = Arrays::default();
    let args = &specialization.compiled.signature.args;
    let mut at = 0;
    for ty in args {
        // SAFETY: the slots are of arguments of these types, which are alive.
        unsafe { take_arrays(py, ty, &mut slots, &mut at, &mut arrays)? };
    }
    let _floats = DefaultFloats::enter();
    let mut context = OwnedContext::new();
    let mut loan = None;
    let of = resume_of(specialization);
    if let Some(ty) = args.iter().chain([&of.of.item]).find(|ty| holds_objects(ty)) {
        return Err(PyTypeError::new_err(format!(
            "a compiled generator can't share a {ty:#} with Python: it can be changed while the \
             generator waits; pass its fields, or make the dataclass frozen"
        )));
    }
    let guards = &specialization.guards;
    let mut globals = (!guards.objects.is_empty()).then(|| specialization.global_objects());
    if args.iter().chain(guards.types()).any(needs_loan) || holds_containers(&of.of.item) {
        // SAFETY: the specialization is kept by the state, which drops the loan before it,
        // and nothing moves within an `Arc`.
        let (layouts, args, guards): (&'static Layouts, &'static [Ty], &'static Guards) = unsafe {
            (
                &*ptr::from_ref(&of.layouts),
                &*ptr::from_ref(args.as_slice()),
                &*ptr::from_ref(guards),
            )
        };
        let mut lending = Loan::new(layouts, numpy_api::loaded());
        // SAFETY: the slots are of this signature's arguments, and of the globals; the GIL
        // is held.
        unsafe {
            lending.borrow(context.get(), args, &mut slots)?;
            if let Some(frame) = &mut globals {
                lending.borrow(context.get(), guards.types(), &mut frame.slots)?;
            }
            lending.note();
        }
        loan = Some(lending);
    }
    if specialization.draws() {
        return Err(PyTypeError::new_err(
            "a generator function that is given to Python can't use a numpy.random.Generator of \
             the caller; draw the numbers before, or in a function that it calls with arrays",
        ));
    }
    let addresses = globals.as_ref().map_or(ptr::null(), |frame| frame.slots.as_ptr());
    // SAFETY: what the slots point to is kept in the state, beside the context.
    let made = unsafe { specialization.make_generator(context.get(), &slots, addresses) };
    let frame = match made {
        Ok(frame) => frame,
        Err(status) => {
            let function = Dispatcher::of(callable).function(py);
            specialization.set_exception(status, context.get(), function);
            return Err(PyErr::fetch(py));
        }
    };
    Ok(State {
        frame,
        started: false,
        slots: vec![0; 1 + of.item.slots],
        ledger: Ledger::default(),
        context,
        loan,
        arrays,
        _globals: globals,
        callable: callable.clone().unbind(),
        specialization: specialization.clone(),
    })
}

/// Puts records that last in the place of those of the call's frame.
unsafe fn take_arrays(
    py: Python<'_>,
    ty: &Ty,
    slots: &mut [u64],
    at: &mut usize,
    arrays: &mut Arrays,
) -> PyResult<()> {
    match ty {
        Ty::Tuple(items) | Ty::Record(_, items) => {
            for item in items.iter() {
                // SAFETY: passed on.
                unsafe { take_arrays(py, item, slots, at, arrays)? };
            }
            return Ok(());
        }
        Ty::Array(_) => {
            let old = slots[*at] as *const Owner;
            // SAFETY: the call's frame has the record of the argument.
            let (record, object) = unsafe {
                let old = &*old;
                let object = Bound::<PyAny>::from_borrowed_ptr(py, old.object.cast());
                (cumbia_runtime::argument_owner(old.data, old.size, old.object), object)
            };
            // The memory of other buffers may move while nobody looks.
            if numpy_api::loaded().is_none_or(|n| object.get_type_ptr() != n.array_type) {
                return Err(PyTypeError::new_err(format!(
                    "a generator that is given to Python can't use a {} argument; pass a NumPy array",
                    object.get_type().name()?
                )));
            }
            let mut record = Box::new(record);
            slots[*at] = ptr::from_mut(&mut *record) as u64;
            arrays.records.push(record);
            arrays.held.push(object.unbind());
        }
        _ => {}
    }
    *at += ty.part_types().len();
    Ok(())
}

/// How a step of a generator ended.
enum Step {
    Item(Py<PyAny>),
    Returned(Py<PyAny>),
}

impl State {
    /// The frame's slots: the generator's state is the first.
    fn frame_slot(&mut self, at: usize) -> &mut u64 {
        // SAFETY: the frame is this state's, and its code isn't running.
        unsafe { &mut *(*(self.frame as *const Owner)).data.cast::<u64>().add(at) }
    }

    /// Puts what is sent where the code finds it.
    fn leave(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let specialization = self.specialization.clone();
        let of = &resume_of(&specialization).of;
        if value.is_none() || !of.takes_sent {
            return Ok(());
        }
        let given = value.get_type();
        let sent = of.sent.as_ref().map(|(slot, ty)| (*slot, ty));
        let (slot, Some(word)) = (match sent {
            Some((slot, Ty::Optional(ty))) => (slot, sent_words(ty, value)?),
            _ => (0, None),
        }) else {
            let takes = sent.map_or("None alone".to_owned(), |(_, ty)| format!("{ty:#}"));
            return Err(PyTypeError::new_err(format!(
                "a value of type {} can't be sent to this compiled generator, which takes {takes}",
                given.name()?
            )));
        };
        *self.frame_slot(slot) = 1;
        for (i, word) in word.into_iter().enumerate() {
            *self.frame_slot(slot + 1 + i) = word;
        }
        Ok(())
    }

    /// Runs up to the next item; an exception is thrown where it waits.
    fn step(&mut self, py: Python<'_>, thrown: Option<Bound<'_, PyAny>>) -> PyResult<Step> {
        let specialization = self.specialization.clone();
        // SAFETY: the thread holds the GIL.
        if !unsafe { specialization.guards.hold() } {
            return Err(PyRuntimeError::new_err(
                "a global that this generator uses was changed while it waited; make a new generator",
            ));
        }
        let of = resume_of(&specialization);
        let _floats = DefaultFloats::enter();
        self.started = true;
        if let Some(exception) = thrown {
            let (class, exact) = exceptions::class_known_to(&specialization, &exception.get_type());
            let state = self.frame_slot(0);
            *state = match *state as i64 {
                0 => GeneratorResult::THROWN_AT_START as u64,
                waits => (waits + 1) as u64,
            };
            let context = self.context.renew();
            cumbia_runtime::throw_object(context, exception.into_ptr().cast(), class, exact);
        } else {
            self.context.renew();
        }
        let context = self.context.get();
        if let Some(loan) = &mut self.loan {
            // SAFETY: the generator waits, and this is its context.
            unsafe { loan.read_again(context)? };
        }
        // SAFETY: the frame is this state's, which keeps what it refers to.
        let status = unsafe { specialization.resume(of, context, self.frame, &mut self.slots) };
        if status != STATUS_OK {
            let callable = self.callable.bind(py);
            let function = Dispatcher::of(callable).function(py);
            specialization.set_exception(status, context, function);
            let error = PyErr::fetch(py);
            if let Some(loan) = &mut self.loan {
                // SAFETY: as above.
                let mut boxes =
                    Boxes::shared(context, &mut self.ledger).of(specialization.made_of());
                // SAFETY: as above.
                unsafe { loan.settle_step(py, &mut boxes)? };
            }
            return Err(not_stop_iteration(py, error));
        }
        // SAFETY: the resume function wrote the slots, with one reference to what they
        // refer to, which is given up once the item is made. What it returned lies in the
        // frame.
        unsafe {
            // Most generators give numbers, and have borrowed nothing.
            if self.slots[0] & 1 == 1 && self.loan.is_none() && !of.counted {
                let made = of.item.make(&self.slots[1..], context);
                return Ok(Step::Item(Bound::from_owned_ptr_or_err(py, made)?.unbind()));
            }
            let mut boxes = Boxes::shared(context, &mut self.ledger).of(specialization.made_of());
            if let Some(loan) = &mut self.loan {
                loan.settle_step(py, &mut boxes)?;
            }
            if self.slots[0] & 1 == 0 {
                let slots = GeneratorResult::GIVEN_SLOT + of.given.slots;
                let owner = self.frame as *const Owner;
                let slots = std::slice::from_raw_parts((*owner).data.cast::<u64>(), slots);
                let given = &slots[GeneratorResult::GIVEN_SLOT..];
                let made = of.given.make_in(given, &mut boxes);
                return Ok(Step::Returned(Bound::from_owned_ptr_or_err(py, made)?.unbind()));
            }
            let slots = &self.slots[1..];
            let made = of.item.make_in(slots, &mut boxes);
            if let Some(loan) = &mut self.loan {
                // SAFETY: the type is the specialization's, which outlives the loan.
                loan.adopt(&*ptr::from_ref(&of.of.item), slots.as_ptr(), &mut boxes);
            }
            drop(boxes);
            of.release_item(context, slots);
            let gone = self.ledger.sweep(context);
            if let Some(loan) = &mut self.loan {
                loan.forget(&gone);
                loan.note();
            }
            Ok(Step::Item(Bound::from_owned_ptr_or_err(py, made)?.unbind()))
        }
    }
}

impl State {
    /// Whether it waits where something runs when it is closed.
    fn must_close(&mut self) -> bool {
        resume_of(&self.specialization).of.cleans_up && (*self.frame_slot(0) as i64) > 0
    }

    fn has_ended(&mut self) -> bool {
        !self.must_close()
    }

    /// Throws GeneratorExit where it waits, if something runs then; gives what it returns.
    fn close(&mut self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        if !self.must_close() {
            return Ok(py.None());
        }
        let exit = PyGeneratorExit::new_err(()).into_value(py).into_bound(py).into_any();
        match self.step(py, Some(exit)) {
            Ok(Step::Returned(value)) => Ok(value),
            Ok(Step::Item(_)) => Err(PyRuntimeError::new_err("generator ignored GeneratorExit")),
            Err(error)
                if error.is_instance_of::<PyGeneratorExit>(py)
                    || error.is_instance_of::<PyStopIteration>(py) =>
            {
                Ok(py.None())
            }
            Err(error) => Err(error),
        }
    }
}

/// A value of exactly this type as the words of its slots.
fn sent_words(ty: &Ty, value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<u64>>> {
    let bits = |x: f64| x.to_bits();
    Ok(match ty {
        Ty::Bool if value.is_exact_instance_of::<PyBool>() => {
            Some(vec![u64::from(value.extract::<bool>()?)])
        }
        Ty::Int if value.is_exact_instance_of::<PyInt>() => {
            Some(vec![value.extract::<i64>()? as u64])
        }
        Ty::Float if value.is_exact_instance_of::<PyFloat>() => {
            Some(vec![bits(value.extract::<f64>()?)])
        }
        Ty::Complex if value.is_exact_instance_of::<PyComplex>() => {
            let number = value.cast::<PyComplex>()?;
            Some(vec![
                bits(number.getattr("real")?.extract()?),
                bits(number.getattr("imag")?.extract()?),
            ])
        }
        _ => None,
    })
}

/// The exception that `throw(class, value, traceback)` names.
fn thrown_exception<'py>(
    class: &Bound<'py, PyAny>,
    value: Option<Bound<'py, PyAny>>,
    traceback: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let value = value.filter(|value| !value.is_none());
    let exception = if class.is_instance_of::<PyBaseException>() {
        if value.is_some() {
            return Err(PyTypeError::new_err("instance exception may not have a separate value"));
        }
        class.clone()
    } else if let Ok(class) = class.cast::<PyType>()
        && class.is_subclass_of::<PyBaseException>()?
    {
        match value {
            None => class.call0()?,
            Some(value) if value.is_instance(class)? => value,
            Some(value) => match value.cast::<PyTuple>() {
                Ok(args) => class.call1(args)?,
                Err(_) => class.call1((value,))?,
            },
        }
    } else {
        return Err(PyTypeError::new_err(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            class.get_type().name()?
        )));
    };
    match traceback.filter(|traceback| !traceback.is_none()) {
        Some(traceback) => exception.call_method1("with_traceback", (traceback,)),
        None => Ok(exception),
    }
}

/// A `StopIteration` that leaves a generator's body is a mistake (PEP 479).
fn not_stop_iteration(py: Python<'_>, error: PyErr) -> PyErr {
    if !error.is_instance_of::<PyStopIteration>(py) {
        return error;
    }
    let outer = PyRuntimeError::new_err("generator raised StopIteration");
    outer.set_context(py, Some(error.clone_ref(py)));
    outer.set_cause(py, Some(error));
    outer
}

impl Generator {
    fn locked<R>(
        &self,
        use_it: impl FnOnce(&mut Option<Box<State>>) -> PyResult<R>,
    ) -> PyResult<R> {
        match self.state.try_lock() {
            Ok(mut state) => use_it(&mut state),
            Err(TryLockError::Poisoned(poisoned)) => use_it(&mut poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => {
                Err(PyValueError::new_err("generator already executing"))
            }
        }
    }

    fn advance(
        &self,
        py: Python<'_>,
        sent: Option<&Bound<'_, PyAny>>,
        thrown: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Option<Py<PyAny>>> {
        self.locked(|place| {
            let Some(state) = place else {
                return thrown.map_or(Ok(None), |exception| Err(PyErr::from_value(exception)));
            };
            if let Some(value) = sent {
                state.leave(value)?;
            }
            match state.step(py, thrown) {
                Ok(Step::Item(item)) => Ok(Some(item)),
                Ok(Step::Returned(value)) => {
                    *place = None;
                    if value.is_none(py) {
                        Ok(None)
                    } else {
                        Err(PyStopIteration::new_err((value,)))
                    }
                }
                Err(error) => {
                    *place = None;
                    Err(error)
                }
            }
        })
    }
}

#[pymethods]
impl Generator {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.advance(py, None, None)
    }

    /// Goes on; the value is what `yield` gives.
    fn send(&self, py: Python<'_>, value: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.locked(|place| match place {
            Some(state) if !state.started && !value.is_none() => {
                Err(PyTypeError::new_err("can't send non-None value to a just-started generator"))
            }
            _ => Ok(()),
        })?;
        match self.advance(py, Some(&value), None)? {
            Some(item) => Ok(item),
            None => Err(PyStopIteration::new_err(())),
        }
    }

    /// Goes on with an exception where it waits.
    #[pyo3(signature = (typ, val=None, tb=None, /))]
    fn throw<'py>(
        &self,
        py: Python<'py>,
        typ: Bound<'py, PyAny>,
        val: Option<Bound<'py, PyAny>>,
        tb: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let exception = thrown_exception(&typ, val, tb)?;
        match self.advance(py, None, Some(exception))? {
            Some(item) => Ok(item),
            None => Err(PyStopIteration::new_err(())),
        }
    }

    /// Ends it: where it waits in a `try`, with GeneratorExit. What it returns then is the
    /// result since 3.13.
    fn close(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.locked(|place| {
            let Some(state) = place else { return Ok(py.None()) };
            let mut closed = state.close(py);
            if py.version_info() < (3, 13) {
                closed = closed.map(|_| py.None());
            }
            // One that has yielded goes on.
            if state.has_ended() {
                *place = None;
            }
            closed
        })
    }

    #[getter]
    fn gi_running(&self) -> bool {
        matches!(self.state.try_lock(), Err(TryLockError::WouldBlock))
    }

    #[getter(__name__)]
    fn name(&self) -> String {
        self.name.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[setter(__name__)]
    fn set_name(&self, name: String) {
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = name;
    }

    #[getter(__qualname__)]
    fn qualname(&self) -> String {
        self.qualname.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[setter(__qualname__)]
    fn set_qualname(&self, name: String) {
        *self.qualname.lock().unwrap_or_else(PoisonError::into_inner) = name;
    }

    fn __repr__(slf: &Bound<'_, Self>) -> String {
        format!("<generator object {} at {:#x}>", slf.get().qualname(), slf.as_ptr() as usize)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Ok(state) = self.state.try_lock()
            && let Some(state) = &*state
        {
            visit.call(&state.callable)?;
            for held in &state.arrays.held {
                visit.call(held)?;
            }
        }
        Ok(())
    }

    fn __clear__(&self) {
        self.end();
    }
}

impl Generator {
    /// Ends it where nobody can be told of an exception.
    fn end(&self) {
        let Ok(mut place) = self.state.try_lock() else { return };
        let Some(mut state) = place.take() else { return };
        drop(place);
        if !state.must_close() {
            return;
        }
        Python::attach(|py| {
            let before = PyErr::take(py);
            if let Err(error) = state.close(py) {
                error.write_unraisable(py, None);
            }
            if let Some(before) = before {
                before.restore(py);
            }
        });
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.end();
    }
}
