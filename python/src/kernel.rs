//! A specialization: loaded code with all that a call of it needs.
//!
//! Made once from what the driver compiled; immutable afterwards. Running it reads
//! slots that `arguments.rs` filled and makes the result, or sets the exception.

use crate::arguments::Frame;
use crate::boxing::{Boxer, Boxes};
use crate::cache::Kept;
use crate::containers::{self, Layouts, Loan};
use crate::free_threading;
use crate::functions::MadeOf;
use crate::guards::Guards;
use crate::interpreted::{Interpreted, Machine};
use crate::interrupts;
use crate::numpy_api;
use crate::offload;
use crate::positions::Positions;
use crate::random_generators::{self, Locks};
use crate::tiers::{self, Code, Tiers, Wanted};
use crate::tracebacks::{self, Origins};
use cumbia_abi::{Context, EntryFn, STATUS_OK, STATUS_OSR, STATUS_PYTHON};
use cumbia_driver::{Compiled, Cost};
use cumbia_frontend::GeneratorResult;
use cumbia_frontend::infer::containers::has_functions;
use cumbia_frontend::lower::ownership;
use cumbia_frontend::types::Ty;
use cumbia_runtime::Outcome;
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So many result slots are kept on the stack.
const FEW_RESULTS: usize = 12;

/// Compiled code for one list of argument types.
pub struct Specialization {
    /// Whether a call needs nothing but the code: a few instructions on numbers and arrays
    /// that make a small result.
    plain: bool,
    /// The code, of one tier or two.
    pub tiers: Arc<Tiers>,
    boxer: Boxer,
    /// Options of the dispatcher.
    options: Py<PyDict>,
    /// Layouts of the arguments' containers, if there are strings or containers.
    layouts: Option<Layouts>,
    /// What must hold for it to be used.
    pub guards: Guards,
    /// Types, sites, timings, IR.
    pub compiled: Compiled,
    /// Time to load the code.
    pub load_time: Duration,
    /// Where the result is a generator.
    pub generator: Option<Resume>,
    /// Slots of the arguments, and of the global objects, that hold random generators.
    generators: [Box<[usize]>; 2],
    /// The user's exception classes, by number.
    exceptions: Vec<Py<PyAny>>,
    /// Where the sites are in the functions' code objects.
    positions: Positions,
    /// What runs instead of the code, where tests ask for it.
    machine: Option<Box<Machine>>,
    /// Its parallel loops for a device: a `cumbia.cuda._offload.Loops`.
    pub on_device: Option<Py<PyAny>>,
    /// Whether its code has handlers.
    pub catches: bool,
}

impl Resume {
    /// Gives up the reference to an item.
    ///
    /// # Safety
    ///
    /// The slots hold an item that `resume` gave, in its context.
    pub unsafe fn release_item(&self, context: &mut Context, slots: &[u64]) {
        let layout = self.layouts.of(&self.of.item);
        // SAFETY: by the contract; the layout is the item's.
        unsafe {
            let args = [layout as u64, slots.as_ptr() as u64];
            cumbia_runtime::call_helper(containers::helpers::VALUE_RELEASE, context, &args);
        }
    }
}

/// Where compiled code is entered.
struct Entry<'a> {
    code: EntryFn,
    /// Its name in the module.
    name: &'a str,
    cost: Cost,
}

/// What resumes the generator that a specialization makes.
pub struct Resume {
    entry: EntryFn,
    cost: Cost,
    /// Makes the items.
    pub item: Boxer,
    /// Makes what it returns.
    pub given: Boxer,
    /// Types, and the name.
    pub of: GeneratorResult,
    /// The items' layout, and those of all containers in these and in the arguments.
    pub layouts: Layouts,
    /// Whether items have anything that is counted.
    pub counted: bool,
}

impl Specialization {
    /// Loads what was compiled.
    pub fn new(
        py: Python<'_>,
        compiled: Compiled,
        guards: Guards,
        functions: &[Py<PyAny>],
        exceptions: Vec<Py<PyAny>>,
        options: &Py<PyDict>,
        kept: Option<Kept>,
    ) -> PyResult<Specialization> {
        let wanted = match options.bind(py).get_item("tier")? {
            Some(tier) => Wanted::of(&tier.extract::<String>()?)?,
            None => Wanted::Fast,
        };
        let made_of = MadeOf {
            functions,
            closures: &compiled.closures,
            given: &guards.given,
            options: Some(options),
        };
        // A generator's own address is its slot.
        let ret = match &compiled.generator {
            Some(_) => &Ty::Int,
            None => &compiled.signature.ret,
        };
        let boxer = Boxer::new(py, ret, &made_of)?;
        let start = Instant::now();
        let tiers = Tiers::new(py, &compiled, wanted, kept)?;
        let generator = match &compiled.generator {
            None => None,
            Some((of, cost)) => Some(Resume {
                entry: tiers.first().entry_of(&of.resume).ok_or_else(|| {
                    PyRuntimeError::new_err("a generator has no entry; this is a bug in cumbia")
                })?,
                cost: *cost,
                item: Boxer::new(py, &of.item, &made_of)?,
                given: Boxer::new(py, &of.given, &made_of)?,
                of: of.clone(),
                layouts: Layouts::new(compiled.signature.args.iter().chain(guards.types()))
                    .with(&of.item)
                    .knowing(&guards.given),
                counted: ownership::is_counted(&of.item),
            }),
        };
        let load_time = start.elapsed();
        let machine = match Interpreted::asked() {
            Interpreted::No => None,
            _ => Machine::new(&compiled).map(Box::new),
        };
        let args = &compiled.signature.args;
        let lends = args.iter().chain(guards.types()).any(containers::needs_loan);
        let layouts =
            lends.then(|| Layouts::new(args.iter().chain(guards.types())).knowing(&guards.given));
        let mut guards = guards;
        if args.iter().chain(guards.types()).any(has_functions) {
            guards.functions = functions.iter().map(|f| f.clone_ref(py)).collect();
        }
        let generators =
            [random_generators::slots_of(args.iter()), random_generators::slots_of(guards.types())];
        let cost = &compiled.cost;
        let plain = cost.tiny
            && !cost.checks_stack
            && !cost.draws_python
            && !cost.draws_numpy
            && boxer.slots <= FEW_RESULTS
            && guards.objects.is_empty()
            && machine.is_none()
            && layouts.is_none()
            && generators.iter().all(|slots| slots.is_empty())
            && generator.is_none();
        let needs_gil = layouts.is_some()
            || machine.is_some()
            || generator.is_some()
            || !guards.objects.is_empty()
            || generators.iter().any(|slots| !slots.is_empty())
            || cost.draws_python
            || cost.draws_numpy;
        if needs_gil {
            let what = "containers, strings, objects, generators and the streams of random numbers";
            free_threading::take_gil(py, what)?;
        }
        Ok(Specialization {
            options: options.clone_ref(py),
            plain,
            tiers,
            boxer,
            layouts,
            guards,
            compiled,
            load_time,
            generator,
            generators,
            exceptions,
            positions: Positions::new(py, functions),
            machine,
            on_device: None,
            catches: false,
        })
    }

    /// The same, with parallel loops for a device, if there are any or it is for one.
    pub fn with_loops(mut self, loops: Option<Py<PyAny>>, catches: bool) -> Specialization {
        self.plain &= loops.is_none();
        (self.on_device, self.catches) = (loops, catches);
        self
    }

    /// Runs the code; null with an exception set if it raised.
    ///
    /// # Safety
    ///
    /// `slots` are those of arguments of this specialization's types, sealed, and
    /// the objects they came from are alive; the thread holds the GIL. `func` gives
    /// the Python function, for a traceback.
    #[inline]
    pub unsafe fn run<'py>(
        &self,
        slots: &[u64],
        func: impl FnOnce(Python<'py>) -> Option<Bound<'py, PyAny>>,
    ) -> *mut PyObject {
        // SAFETY: passed on.
        unsafe {
            match self.plain {
                true => self.run_plain(slots.as_ptr(), func),
                false => match &self.on_device {
                    None => self.run_fully(slots, func),
                    Some(_) => {
                        let made = self.run_fully(slots, func);
                        if made.is_null() {
                            offload::clear_traceback();
                        }
                        made
                    }
                },
            }
        }
    }

    /// Whether a call needs nothing but the code.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// As [`Specialization::run`], where all that such a kernel doesn't need was seen when
    /// it was compiled.
    ///
    /// # Safety
    ///
    /// As [`Specialization::run`], and [`Specialization::is_plain`].
    #[inline]
    pub unsafe fn run_plain<'py>(
        &self,
        slots: *const u64,
        func: impl FnOnce(Python<'py>) -> Option<Bound<'py, PyAny>>,
    ) -> *mut PyObject {
        let mut results = [const { MaybeUninit::<u64>::uninit() }; FEW_RESULTS];
        cumbia_runtime::with_context_above(0, |context| {
            let code = self.tiers.current();
            self.prepare(context, code);
            // The code was compiled for these slots; it gets a context of its own and room
            // for its results, doesn't touch Python, and is over at once.
            let results = results.as_mut_ptr().cast();
            // SAFETY: as above.
            let status = unsafe { (code.entry)(context, slots, results) };
            if status == STATUS_OK {
                // SAFETY: the kernel of this result type wrote the slots, which are at most so
                // many.
                return unsafe {
                    let results = std::slice::from_raw_parts(results, self.boxer.slots);
                    self.boxer.make(results, context)
                };
            }
            // SAFETY: the thread holds the GIL.
            let func = func(unsafe { Python::assume_attached() });
            self.set_exception(status, context, func);
            ptr::null_mut()
        })
    }

    #[inline(never)]
    unsafe fn run_fully<'py>(
        &self,
        slots: &[u64],
        func: impl FnOnce(Python<'py>) -> Option<Bound<'py, PyAny>>,
    ) -> *mut PyObject {
        let mut few = [0; FEW_RESULTS];
        let mut many = Vec::new();
        let results: &mut [u64] = if self.boxer.slots <= FEW_RESULTS {
            &mut few[..self.boxer.slots]
        } else {
            many.resize(self.boxer.slots, 0);
            &mut many
        };
        let out = results.as_mut_ptr();
        // Few kernels read global objects; a frame that isn't needed would cost each call.
        let mut globals =
            if self.guards.objects.is_empty() { None } else { Some(self.global_objects()) };
        if let Some(layouts) = &self.layouts {
            // SAFETY: passed on.
            return unsafe {
                self.run_with_loans(layouts, slots, globals.as_deref_mut(), results, func)
            };
        }
        let globals = globals.as_ref().map_or(ptr::null(), |frame| frame.slots.as_ptr());
        cumbia_runtime::with_context(|context| {
            context.globals = globals;
            let code = self.tiers.current();
            self.prepare(context, code);
            // SAFETY: passed on.
            let status = unsafe { self.enter(code, context, slots.as_ptr(), out) };
            if status == STATUS_OK {
                // SAFETY: the kernel of this result type wrote the slots.
                return unsafe { self.boxer.make(results, context) };
            }
            // SAFETY: the thread holds the GIL.
            let func = func(unsafe { Python::assume_attached() });
            self.set_exception(status, context, func);
            ptr::null_mut()
        })
    }

    /// What functions are made of that are put into the caller's containers.
    pub fn made_of(&self) -> MadeOf<'_> {
        MadeOf {
            functions: &self.guards.functions,
            closures: &self.compiled.closures,
            given: &self.guards.given,
            options: Some(&self.options),
        }
    }

    /// The parts of the arrays and containers that the code reads as globals.
    #[cold]
    pub fn global_objects(&self) -> Box<Frame> {
        let mut globals = Box::new(Frame::new());
        for known in &self.guards.objects {
            // SAFETY: kept alive by the guards, which hold: so it can be read.
            if unsafe { globals.read(known.object.as_ptr(), numpy_api::loaded()) }.is_err() {
                unreachable!("an object that was just looked at");
            }
        }
        globals.seal();
        globals
    }

    /// Runs the code itself, with or without the GIL and the interpreter's streams of
    /// random numbers, as it needs; gives its status. The only way into the code.
    ///
    /// # Safety
    ///
    /// As `run`; there is room for the results at `out`.
    #[inline]
    unsafe fn enter(
        &self,
        code: &Code,
        context: &mut Context,
        slots: *const u64,
        out: *mut u64,
    ) -> i32 {
        let place =
            Entry { code: code.entry, name: &self.compiled.entry, cost: self.compiled.cost };
        let [arguments, globals] = &self.generators;
        if let Some(loops) = &self.on_device {
            let locked = !arguments.is_empty() || !globals.is_empty();
            // SAFETY: passed on, as below.
            return unsafe {
                let arrays = offload::addresses(&self.compiled.signature.args, slots);
                offload::around(loops, &arrays, || match locked {
                    true => self.enter_locked(&place, context, slots, out),
                    false => self.enter_at(&place, context, slots, out),
                })
            };
        }
        if !arguments.is_empty() || !globals.is_empty() {
            // SAFETY: passed on; the slots are of this signature, and of the guards' objects.
            return unsafe { self.enter_locked(&place, context, slots, out) };
        }
        // SAFETY: passed on.
        unsafe { self.enter_at(&place, context, slots, out) }
    }

    /// As `enter_at`, with the locks of the random generators that it draws from.
    unsafe fn enter_locked(
        &self,
        place: &Entry<'_>,
        context: &mut Context,
        slots: *const u64,
        out: *mut u64,
    ) -> i32 {
        let [arguments, globals] = &self.generators;
        // SAFETY: the slots are of this signature's arguments, and of the guards' objects.
        let generators = unsafe {
            let of = |from: *const u64| move |&at: &usize| *from.add(at);
            arguments.iter().map(of(slots)).chain(globals.iter().map(of(context.globals)))
        };
        // SAFETY: the thread holds the GIL, here and when the code is done; the frames that
        // were read outlive the call.
        let locks = unsafe { Locks::take(Python::assume_attached(), generators) };
        match locks {
            Ok(_locks) => {
                // SAFETY: passed on.
                unsafe { self.enter_at(place, context, slots, out) }
            }
            Err(error) => {
                // SAFETY: as above.
                error.restore(unsafe { Python::assume_attached() });
                STATUS_PYTHON
            }
        }
    }

    /// Whether it draws from random generators of the caller.
    pub fn draws(&self) -> bool {
        self.generators.iter().any(|slots| !slots.is_empty())
    }

    /// Whether calls need Python, but for exceptions and signals.
    pub fn needs_python(&self) -> bool {
        let cost = &self.compiled.cost;
        self.draws()
            || cost.draws_python
            || cost.draws_numpy
            || !self.guards.objects.is_empty()
            || self.machine.is_some()
            || self.layouts.is_some()
            || self.generator.is_some()
    }

    /// Goes on where a call by C has ended with a status: whether in better code to the end.
    ///
    /// # Safety
    ///
    /// The context's code has just given this status, and its result is None.
    pub unsafe fn go_on_for_c(&self, context: &mut Context, mut status: i32) -> Result<(), i32> {
        while status == STATUS_OSR {
            // SAFETY: None has no slots.
            status = unsafe { self.go_on(context, ptr::null_mut()) };
        }
        if status == STATUS_OK { Ok(()) } else { Err(status) }
    }

    /// Runs the threads of a grid, by the code's entry, without the GIL; gives the exception
    /// if the status says so.
    pub fn run_grid<'py>(
        &self,
        py: Python<'py>,
        run: impl FnOnce(&mut Context, EntryFn) -> i32,
        func: Bound<'py, PyAny>,
    ) -> Option<PyErr> {
        cumbia_runtime::with_context(|context| {
            let code = self.tiers.current();
            self.prepare(context, code);
            // SAFETY: the thread holds the GIL, as `py` shows.
            let status = unsafe {
                interrupts::without_gil(context, true, false, |context| run(context, code.entry))
            };
            if status == STATUS_OK {
                return None;
            }
            self.set_exception(status, context, Some(func));
            PyErr::take(py)
        })
    }

    #[inline]
    unsafe fn enter_at(
        &self,
        place: &Entry<'_>,
        context: &mut Context,
        slots: *const u64,
        out: *mut u64,
    ) -> i32 {
        if let Some(machine) = &self.machine {
            // SAFETY: passed on.
            return unsafe { self.interpret(machine, place, context, slots, out) };
        }
        let (first, cost) = (place.code, place.cost);
        let entry = |context: &mut Context, slots: *const u64, out: *mut u64| {
            // SAFETY: as below.
            let status = unsafe { first(context, slots, out) };
            if status == STATUS_OSR {
                // SAFETY: as below; the code has saved what the loop needs.
                return unsafe { self.go_on(context, out) };
            }
            status
        };
        // SAFETY: the code was compiled for these slots; it gets a context of its own and
        // room for its results, and doesn't touch Python.
        unsafe {
            if cost.draws_python || cost.draws_numpy {
                interrupts::with_streams(context, &cost, |context| entry(context, slots, out))
            } else if cost.tiny {
                entry(context, slots, out)
            } else {
                let measured = |context: &mut Context| {
                    if !self.tiers.is_measured() {
                        return entry(context, slots, out);
                    }
                    let start = tiers::now();
                    let status = entry(context, slots, out);
                    self.tiers.ran(tiers::now().wrapping_sub(start));
                    status
                };
                let improves = self.tiers.improves();
                interrupts::without_gil(context, cost.polls, improves, measured)
            }
        }
    }

    /// Goes on in better code with the loop that the present code has left.
    ///
    /// # Safety
    ///
    /// The code of tier 1 has just returned [`STATUS_OSR`]; otherwise as `run`.
    #[cold]
    unsafe fn go_on(&self, context: &mut Context, out: *mut u64) -> i32 {
        let number = context.raise_site as usize;
        let Some((code, entry)) = self.tiers.continuation(number) else {
            unreachable!("code was left for what isn't there");
        };
        let saved = context.saved;
        context.status = STATUS_OK;
        context.trace_len = 0;
        self.prepare(context, code);
        // SAFETY: the continuation reads the slots that the loop's code has written, which
        // are at the start of what was copied.
        unsafe { entry(context, saved.as_ptr().cast(), out) }
    }

    /// Makes the generator of a call, in a context that will outlive it; its frame.
    ///
    /// # Safety
    ///
    /// As `run`; whatever the slots point to lives as long as the context is used.
    pub unsafe fn make_generator(
        &self,
        context: &mut Context,
        slots: &[u64],
        globals: *const u64,
    ) -> Result<u64, i32> {
        context.globals = globals;
        let code = self.tiers.first();
        self.prepare(context, code);
        let mut frame = 0;
        // SAFETY: passed on; a generator is one slot.
        match unsafe { self.enter(code, context, slots.as_ptr(), &raw mut frame) } {
            STATUS_OK => Ok(frame),
            status => Err(status),
        }
    }

    /// Runs a generator up to its next item; gives the status.
    ///
    /// # Safety
    ///
    /// The frame was made by `make_generator` of this specialization in this context, and
    /// what its slots point to is alive; there is room for a flag and the item; the thread
    /// holds the GIL.
    pub unsafe fn resume(
        &self,
        of: &Resume,
        context: &mut Context,
        frame: u64,
        out: &mut [u64],
    ) -> i32 {
        self.prepare(context, self.tiers.first());
        let place = Entry { code: of.entry, name: &of.of.resume, cost: of.cost };
        // SAFETY: passed on.
        unsafe { self.enter_at(&place, context, &raw const frame, out.as_mut_ptr()) }
    }

    /// As `enter`, on the reference interpreter.
    #[cold]
    unsafe fn interpret(
        &self,
        machine: &Machine,
        place: &Entry<'_>,
        context: &mut Context,
        slots: *const u64,
        out: *mut u64,
    ) -> i32 {
        // SAFETY: passed on.
        let run = |context: &mut Context| unsafe {
            machine.run(&self.compiled, place.name, context, slots, out)
        };
        let cost = place.cost;
        // SAFETY: as in `enter`.
        unsafe {
            if cost.draws_python || cost.draws_numpy {
                interrupts::with_streams(context, &cost, run)
            } else {
                interrupts::without_gil(context, cost.polls, false, run)
            }
        }
    }

    /// What handlers need to know of this code's sites.
    #[inline]
    fn prepare(&self, context: &mut Context, code: &Code) {
        context.sites = code.sites.as_ptr();
        context.site_classes = code.site_classes.as_ptr();
        context.kernel = std::ptr::from_ref(self).cast();
    }

    /// What the sites of the code that runs in a context mean.
    pub fn origins(&self, context: &Context) -> Origins<'_> {
        Origins {
            sites: &self.tiers.of_sites(context.sites).sites,
            functions: &self.compiled.functions,
            exceptions: &self.exceptions,
            positions: &self.positions,
        }
    }

    /// A function of the user by its handle, while it lives.
    pub fn function<'py>(&self, py: Python<'py>, handle: usize) -> Option<Bound<'py, PyAny>> {
        self.positions.function(py, handle)
    }

    /// The user's exception classes that the code knows, by number.
    pub fn user_exceptions(&self) -> &[Py<PyAny>] {
        &self.exceptions
    }

    /// Sets the exception of a call that gave this status.
    #[cold]
    pub fn set_exception(
        &self,
        status: i32,
        context: &mut Context,
        func: Option<Bound<'_, PyAny>>,
    ) {
        let outcome = Outcome::new(status, context);
        let origins = self.origins(context);
        Python::attach(|attached| {
            tracebacks::set(attached, &outcome, context, &origins, func.as_ref());
            drop(func);
        });
    }

    /// As [`Specialization::run`], with strings or containers among the arguments.
    unsafe fn run_with_loans<'py>(
        &self,
        layouts: &Layouts,
        slots: &[u64],
        mut globals: Option<&mut Frame>,
        results: &mut [u64],
        func: impl FnOnce(Python<'py>) -> Option<Bound<'py, PyAny>>,
    ) -> *mut PyObject {
        let mut slots = slots.to_vec();
        let out = results.as_mut_ptr();
        cumbia_runtime::with_context(|context| {
            // SAFETY: the thread holds the GIL.
            let py = unsafe { Python::assume_attached() };
            let mut loan = Loan::new(layouts, numpy_api::loaded());
            loan.lists_stay = !self.compiled.cost.writes_lists;
            // SAFETY: the slots are of this signature's arguments.
            let lent = unsafe {
                loan.borrow(context, &self.compiled.signature.args, &mut slots).and_then(|()| {
                    match &mut globals {
                        Some(frame) => loan.borrow(context, self.guards.types(), &mut frame.slots),
                        None => Ok(()),
                    }
                })
            };
            context.globals = globals.as_ref().map_or(ptr::null(), |frame| frame.slots.as_ptr());
            if let Err(error) = lent {
                error.restore(py);
                return ptr::null_mut();
            }
            let code = self.tiers.current();
            self.prepare(context, code);
            // SAFETY: as in `run`.
            let status = unsafe { self.enter(code, context, slots.as_ptr(), out) };
            let mut made = ptr::null_mut();
            if status != STATUS_OK {
                self.set_exception(status, context, func(py));
            }
            let raised = PyErr::take(py);
            let mut boxes = Boxes::new(context).of(self.made_of());
            // SAFETY: the call is over; the kernel wrote the slots if it didn't raise.
            unsafe {
                if status == STATUS_OK {
                    made = self.boxer.make_in(results, &mut boxes);
                }
                let settled = match PyErr::take(py) {
                    Some(error) => Err(error),
                    None => loan.settle(py, &mut boxes),
                };
                if let Err(error) = settled {
                    ffi::Py_XDECREF(made);
                    made = ptr::null_mut();
                    error.restore(py);
                }
            }
            if let Some(error) = raised {
                error.restore(py);
            }
            made
        })
    }
}

/// A kernel has run for so long that signals are looked at: better code is asked for.
pub fn still_running(context: &Context) {
    if !context.kernel.is_null() {
        // SAFETY: `Specialization::prepare` set it, and it lives as long as its code runs.
        let kernel = unsafe { &*context.kernel.cast::<Specialization>() };
        if kernel.tiers.is_measured() {
            kernel.tiers.submit();
        }
    }
}

/// Whether the loop that asks, by its number, can go on in better code; if not, that is asked
/// for.
pub fn has_better(context: &Context) -> bool {
    if context.kernel.is_null() || !crate::interrupts::lasts(context) {
        return false;
    }
    // SAFETY: as in `still_running`.
    let kernel = unsafe { &*context.kernel.cast::<Specialization>() };
    kernel.tiers.has_better(context.sites, context.raise_site as usize)
}
