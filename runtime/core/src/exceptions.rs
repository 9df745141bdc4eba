//! Exceptions that compiled code has caught.
//!
//! An exception on its way is a status and a few fields of the context, as in code
//! without handlers. Where a handler takes it, `exc_catch` moves it to a *record*: an
//! [`Owner`] of kind `Exception`, counted like arrays, so that a variable of `except
//! ... as e` holds one, and so that a loop that catches many keeps none of them. The
//! context keeps the stack of the exceptions that are being handled, innermost last:
//! what is raised meanwhile gets the last one as its `__context__`.
//!
//! A record that is raised again is *pending*: the status is `STATUS_RAISED` and the
//! site [`RECORD_SITE`]. The boundary makes Python exceptions of records
//! (`python/src/exceptions.rs`); nothing here knows Python, but for the object of an
//! exception that Python has raised, which two hooks fetch and drop.

use crate::memory;
use crate::objects::each_counted;
use crate::raise::{drop_raised, raise};
use cumbia_abi::exceptions::{ExceptionText, class_number};
use cumbia_abi::{
    AbiType, Context, ExceptionClass, MAX_RAISE_ARGS, ObjectKind, Owner, RECORD_SITE, Raised,
    STATUS_MEMORY, STATUS_OK, STATUS_RAISED, STATUS_RUNTIME, Site, SiteKind,
};
use std::ptr;
use std::sync::OnceLock;

/// Most places of a traceback that a record keeps: raised again in a loop, an exception
/// would grow without an end.
const MAX_TRACE: usize = 1000;

/// Where an exception comes from.
#[derive(Clone, Copy, Debug)]
pub enum Origin {
    /// A raising site, and its message arguments.
    Site(u32, [u64; MAX_RAISE_ARGS]),
    /// Memory was short.
    Memory,
    /// A runtime function raised it; the record owns text and key.
    Runtime(Raised),
    /// Python raised this object; the record holds a reference to it.
    Python(*mut u8),
}

/// What a record says about an exception.
#[derive(Debug)]
pub struct Exception {
    /// Its class, by number.
    pub class: u32,
    /// What raised it.
    pub origin: Origin,
    /// The places that it has passed, innermost first, the raising one included.
    pub trace: Vec<u32>,
    /// `__cause__`: a record of the same call, of which this holds a reference, or null.
    pub cause: *mut Owner,
    /// `__context__`, likewise.
    pub context: *mut Owner,
    /// `__suppress_context__`
    pub suppress_context: bool,
    /// Whether `class` is its class, not one that it is derived from.
    pub exact: bool,
    /// `__notes__`, as code points.
    pub notes: Vec<Vec<u32>>,
}

/// Exceptions of one call: behind [`Context::exceptions`], made on first use.
struct Handling {
    /// Being handled, innermost last; each entry holds a reference.
    handled: Vec<*mut Owner>,
    /// Raised again; holds a reference. Null where none is.
    pending: *mut Owner,
}

/// How the boundary deals with objects of Python's exceptions.
#[derive(Clone, Copy)]
pub struct ExceptionHooks {
    /// Takes the exception that is set on this thread: the object, its class number, and
    /// whether that is the very class.
    pub fetch: fn() -> (*mut u8, u32, bool),
    /// Drops a reference to such an object.
    pub drop: fn(*mut u8),
    /// A text of an exception's object as code points; without an answer the exception
    /// that is set in Python goes on.
    pub text: fn(&mut Context, &Exception, ExceptionText) -> Option<Vec<u32>>,
    /// The number of an exception's arguments.
    pub arguments: fn(&mut Context, &Exception) -> i64,
    /// Reports a live record's exception as Python does where it can't be raised.
    pub ignored: fn(&mut Context, *mut Owner),
}

static HOOKS: OnceLock<ExceptionHooks> = OnceLock::new();

/// Installs the process's hooks; the first ones stay.
pub fn set_exception_hooks(hooks: ExceptionHooks) {
    HOOKS.get_or_init(|| hooks);
}

/// The class numbers of an artifact's sites: what [`Context::site_classes`] points to.
pub fn site_classes(sites: &[Site]) -> Vec<u32> {
    sites
        .iter()
        .map(|site| match &site.kind {
            SiteKind::Raise { class, .. } => cumbia_abi::exceptions::number_of_spelling(class),
            SiteKind::Call => 0,
        })
        .collect()
}

/// The record that leaves the call, if the exception on its way is one.
pub fn pending_exception(context: &Context) -> Option<*mut Owner> {
    // SAFETY: the state is made by `handling` and dropped with the context.
    let handling = unsafe { context.exceptions.cast::<Handling>().as_ref() }?;
    let pending = context.raise_site == RECORD_SITE && !handling.pending.is_null();
    pending.then_some(handling.pending)
}

/// What a record says.
///
/// # Safety
///
/// `record` is a live record of kind `Exception`, and nothing changes it meanwhile.
pub unsafe fn exception_of<'a>(record: *mut Owner) -> &'a Exception {
    // SAFETY: by the contract; `data` of such a record is its `Exception`.
    unsafe { &*(*record).data.cast::<Exception>() }
}

unsafe fn exception_mut<'a>(record: *mut Owner) -> &'a mut Exception {
    // SAFETY: records belong to one call on one thread, and the helpers below hold one
    // such reference at a time.
    unsafe { &mut *(*record).data.cast::<Exception>() }
}

fn handling(context: &mut Context) -> &mut Handling {
    if context.exceptions.is_null() {
        let fresh = Handling { handled: Vec::new(), pending: ptr::null_mut() };
        context.exceptions = Box::into_raw(Box::new(fresh)).cast();
    }
    // SAFETY: made above, of this type; dropped by `drop_handling` alone.
    unsafe { &mut *context.exceptions.cast::<Handling>() }
}

/// Drops the state at the end of a call; the records are freed with all allocations.
pub(crate) fn drop_handling(context: &mut Context) {
    let state = std::mem::replace(&mut context.exceptions, ptr::null_mut());
    if !state.is_null() {
        // SAFETY: made by `handling`, and not referred to any more.
        drop(unsafe { Box::from_raw(state.cast::<Handling>()) });
    }
}

/// Moves the exception that is on its way in a context, a record, to another one, to which its
/// allocations go too.
pub(crate) fn adopt(context: &mut Context, from: &mut Context) {
    if let Some(record) = pending_exception(from) {
        handling(context).pending = record;
    }
    drop_handling(from);
}

/// The end of a record's contents; gives the references that it held. (At the end of a
/// call all records go, in any order, and what they refer to may be gone already.)
///
/// # Safety
///
/// `record` is a record of kind `Exception` in no list, and its last reference is gone.
pub(crate) unsafe fn drop_contents(context: &mut Context, record: *mut Owner) -> Vec<*mut Owner> {
    // SAFETY: by the contract; the box was made by `new_record`.
    let contents = unsafe { Box::from_raw((*record).data.cast::<Exception>()) };
    let mut links = vec![contents.cause, contents.context];
    match contents.origin {
        Origin::Python(object) => {
            if let Some(hooks) = HOOKS.get() {
                (hooks.drop)(object);
            }
        }
        // SAFETY: the record owned the text and the key, whose layout is live.
        Origin::Runtime(raised) => unsafe {
            if !raised.key.is_null() {
                each_counted(raised.key_layout, raised.key, &mut |owner| links.push(owner));
            }
            drop_raised(raised);
        },
        Origin::Site(site, args) => links.extend(argument_objects(context, site, &args)),
        Origin::Memory => {}
    }
    links.retain(|link| !link.is_null());
    links
}

/// Objects among the arguments of a raising site: they belong to its exception.
fn argument_objects(context: &Context, site: u32, args: &[u64; MAX_RAISE_ARGS]) -> Vec<*mut Owner> {
    if context.sites.is_null() {
        return Vec::new();
    }
    // SAFETY: the boundary sets the artifact's table, which covers all sites that its
    // code names, for the time of the call.
    let site = unsafe { &*context.sites.add(site as usize) };
    let SiteKind::Raise { args: types, .. } = &site.kind else { return Vec::new() };
    let objects = types.iter().zip(args).filter(|(ty, _)| **ty == AbiType::Ptr);
    objects.map(|(_, &slot)| ptr::with_exposed_provenance_mut(slot as usize)).collect()
}

fn retain(record: *mut Owner) {
    if !record.is_null() {
        // SAFETY: callers hold a reference or know of one.
        unsafe { (*record).refcount += 1 };
    }
}

fn release(context: &mut Context, record: *mut Owner) {
    if record.is_null() {
        return;
    }
    // SAFETY: the caller gives up a reference, so the record is live.
    unsafe { memory::release_object(context, record) };
}

fn new_record(context: &mut Context, contents: Exception) -> *mut Owner {
    let data: *mut u8 = Box::into_raw(Box::new(contents)).cast();
    let bytes = size_of::<Owner>();
    let Some(owner) = memory::new_object(context, ObjectKind::Exception, bytes, 0) else {
        // A few bytes: as Rust's own allocations.
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<Owner>());
    };
    // SAFETY: a live object of this call that nobody else knows yet.
    unsafe { (*owner).data = data };
    owner
}

/// The exception that is being handled innermost, or null.
fn handled(context: &mut Context) -> *mut Owner {
    handling(context).handled.last().copied().unwrap_or(ptr::null_mut())
}

/// The exception of a status, as a record of which the caller gets a reference. What
/// has no record yet was raised just now, for all that Python can tell.
fn take(context: &mut Context, status: i32) -> *mut Owner {
    context.status = STATUS_OK;
    let passed: Vec<u32> = context.call_sites().to_vec();
    context.trace_len = 0;
    if status == STATUS_RAISED && context.raise_site == RECORD_SITE {
        let record = std::mem::replace(&mut handling(context).pending, ptr::null_mut());
        context.raise_site = 0;
        // SAFETY: the pending record is live: `pending` had a reference.
        let contents = unsafe { exception_mut(record) };
        contents.trace.extend(passed);
        contents.trace.truncate(MAX_TRACE);
        return record;
    }
    let mut trace = Vec::with_capacity(passed.len() + 1);
    let mut exact = true;
    let (class, origin) = match status {
        STATUS_RAISED => {
            let site = context.raise_site;
            trace.push(site);
            (class_of_site(context, site), Origin::Site(site, context.raise_args))
        }
        STATUS_RUNTIME => {
            let raised = std::mem::replace(&mut context.raised, Raised::NONE);
            let class =
                ExceptionClass::from_number(raised.class).unwrap_or(ExceptionClass::Exception);
            (class_number(class.name()).unwrap_or(0), Origin::Runtime(raised))
        }
        STATUS_MEMORY => (class_number("MemoryError").unwrap_or(0), Origin::Memory),
        _ => match HOOKS.get() {
            Some(hooks) => {
                let (object, class, very) = (hooks.fetch)();
                exact = very;
                (class, Origin::Python(object))
            }
            None => (class_number("KeyboardInterrupt").unwrap_or(0), Origin::Memory),
        },
    };
    trace.extend(passed);
    let around = handled(context);
    retain(around);
    let contents = Exception {
        class,
        origin,
        trace,
        cause: ptr::null_mut(),
        context: around,
        suppress_context: false,
        exact,
        notes: Vec::new(),
    };
    new_record(context, contents)
}

/// The class number of a raising site.
fn class_of_site(context: &Context, site: u32) -> u32 {
    match context.site_classes.is_null() {
        true => 0,
        // SAFETY: the boundary sets the artifact's table, which covers all sites that its
        // code names, for the time of the call.
        false => unsafe { *context.site_classes.add(site as usize) },
    }
}

/// Makes a record the exception on its way; its reference moves.
fn set_pending(context: &mut Context, record: *mut Owner) {
    handling(context).pending = record;
    context.raise_site = RECORD_SITE;
    context.trace_len = 0;
}

/// Makes an object of Python's, of which this takes a reference, the exception on its way:
/// what is thrown at a generator. `exact` says whether it is of the very class.
pub fn throw_object(context: &mut Context, object: *mut u8, class: u32, exact: bool) {
    let around = handled(context);
    retain(around);
    let record = new_record(
        context,
        Exception {
            class,
            origin: Origin::Python(object),
            trace: Vec::new(),
            cause: ptr::null_mut(),
            context: around,
            suppress_context: false,
            exact,
            notes: Vec::new(),
        },
    );
    set_pending(context, record);
}

/// The helper `exc_catch`: the exception on its way, which is being handled from now on.
pub(crate) extern "C" fn exc_catch(context: *mut Context, status: i64) -> *mut u8 {
    // SAFETY: compiled code passes the context of the running call, and holds no
    // reference to it; so in all helpers of this file.
    let context = unsafe { &mut *context };
    let record = take(context, status as i32);
    // One reference for the stack, one for the caller.
    retain(record);
    handling(context).handled.push(record);
    record.cast()
}

/// The helper `exc_end`: the exception caught last is handled.
pub(crate) extern "C" fn exc_end(context: *mut Context) {
    // SAFETY: see `exc_catch`.
    let context = unsafe { &mut *context };
    let last = handling(context).handled.pop().unwrap_or(ptr::null_mut());
    release(context, last);
}

/// The helper `exc_resume`: a generator goes on where this exception is being handled.
pub(crate) extern "C" fn exc_resume(context: *mut Context, record: *mut u8) {
    // SAFETY: see `exc_catch`; the record is live.
    let context = unsafe { &mut *context };
    let record: *mut Owner = record.cast();
    retain(record);
    handling(context).handled.push(record);
}

/// The helper `exc_thrown`: the pending exception, which was thrown at a generator, has
/// arrived where that waits.
pub(crate) extern "C" fn exc_thrown(context: *mut Context) {
    // SAFETY: see `exc_catch`.
    let context = unsafe { &mut *context };
    let record = take(context, STATUS_RAISED);
    raise_record(context, record);
}

/// The helper `exc_leaves_generator`: an exception leaves a generator's body. StopIteration
/// would end the loop of whoever asks for items; it becomes a RuntimeError (PEP 479).
pub(crate) extern "C" fn exc_leaves_generator(context: *mut Context, status: i64) -> i64 {
    // SAFETY: see `exc_catch`.
    let context = unsafe { &mut *context };
    let record = take(context, status as i32);
    // SAFETY: `take` gave a live record.
    if Some(unsafe { exception_of(record) }.class) != class_number("StopIteration") {
        set_pending(context, record);
        return i64::from(STATUS_RAISED);
    }
    raise(context, ExceptionClass::RuntimeError, "generator raised StopIteration");
    let outer = take(context, STATUS_RUNTIME);
    retain(record);
    // SAFETY: as above; one reference for each link.
    let contents = unsafe { exception_mut(outer) };
    contents.suppress_context = true;
    let before = std::mem::replace(&mut contents.context, record);
    contents.cause = record;
    release(context, before);
    set_pending(context, outer);
    i64::from(STATUS_RAISED)
}

/// The helper `exc_ignored`: an exception that nobody can handle is reported.
pub(crate) extern "C" fn exc_ignored(context: *mut Context, record: *mut u8) {
    if let Some(hooks) = HOOKS.get() {
        // SAFETY: see `exc_catch`; the record is live.
        (hooks.ignored)(unsafe { &mut *context }, record.cast());
    }
}

/// The helper `exc_new`: an exception object that was made, and isn't raised: the class
/// and the arguments are those that the context has been given as for a raise. Nothing is
/// on its way meanwhile.
pub(crate) extern "C" fn exc_new(context: *mut Context) -> *mut u8 {
    // SAFETY: see `exc_catch`.
    let context = unsafe { &mut *context };
    let site = std::mem::replace(&mut context.raise_site, 0);
    context.trace_len = 0;
    let contents = Exception {
        class: class_of_site(context, site),
        origin: Origin::Site(site, context.raise_args),
        trace: Vec::new(),
        cause: ptr::null_mut(),
        context: ptr::null_mut(),
        suppress_context: false,
        exact: true,
        notes: Vec::new(),
    };
    new_record(context, contents).cast()
}

/// The helper `exc_class`: the class number of a record.
pub(crate) extern "C" fn exc_class(_context: *mut Context, record: *mut u8) -> i64 {
    // SAFETY: compiled code passes a live record.
    i64::from(unsafe { exception_of(record.cast()) }.class)
}

/// The helper `exc_is_exactly`: whether the class is the one of a number.
pub(crate) extern "C" fn exc_is_exactly(
    _context: *mut Context,
    record: *mut u8,
    number: i64,
) -> u8 {
    // SAFETY: compiled code passes a live record.
    let exception = unsafe { exception_of(record.cast()) };
    u8::from(exception.exact && i64::from(exception.class) == number)
}

/// The helper `exc_link`: the record of `__cause__`, or of `__context__`, or null.
pub(crate) extern "C" fn exc_link(_context: *mut Context, record: *mut u8, cause: u8) -> *mut u8 {
    // SAFETY: compiled code passes a live record.
    let exception = unsafe { exception_of(record.cast()) };
    (if cause != 0 { exception.cause } else { exception.context }).cast()
}

/// The helper `exc_add_note`.
pub(crate) extern "C" fn exc_add_note(_context: *mut Context, record: *mut u8, text: *mut u8) {
    // SAFETY: compiled code passes a live record, and a live string.
    unsafe {
        let points = crate::strings::points_of(text);
        exception_mut(record.cast()).notes.push(points);
    }
}

/// The helper `exc_args`: the number of an exception's arguments.
pub(crate) extern "C" fn exc_args(context: *mut Context, record: *mut u8) -> i64 {
    // SAFETY: compiled code passes the running call's context and a live record.
    let (context, exception) = unsafe { (&mut *context, exception_of(record.cast())) };
    HOOKS.get().map_or(0, |hooks| (hooks.arguments)(context, exception))
}

/// The helper `exc_text`: a text of an exception.
pub(crate) extern "C" fn exc_text(context: *mut Context, record: *mut u8, which: i64) -> *mut u8 {
    // SAFETY: compiled code passes the running call's context and a live record.
    let (context, exception) = unsafe { (&mut *context, exception_of(record.cast())) };
    let Some(hooks) = HOOKS.get() else {
        raise(context, ExceptionClass::RuntimeError, "the text of an exception needs Python");
        return std::ptr::null_mut();
    };
    let which = ExceptionText::from_number(which).unwrap_or(ExceptionText::Str);
    match (hooks.text)(context, exception, which) {
        Some(points) => crate::strings::string_of_points(context, &points),
        None => {
            context.status = cumbia_abi::STATUS_PYTHON;
            std::ptr::null_mut()
        }
    }
}

/// The helper `exc_is`: whether the class is in a set of the table's numbers.
pub(crate) extern "C" fn exc_is(
    _context: *mut Context,
    record: *mut u8,
    low: i64,
    high: i64,
) -> u8 {
    // SAFETY: compiled code passes a live record.
    let class = unsafe { exception_of(record.cast()) }.class;
    let word = match class {
        0..64 => low,
        64..128 => high,
        _ => 0,
    };
    (word >> (class % 64) & 1) as u8
}

/// The helper `exc_reraise`: a bare `raise`, or no handler fits. Takes the reference.
pub(crate) extern "C" fn exc_reraise(context: *mut Context, record: *mut u8) {
    // SAFETY: see `exc_catch`.
    set_pending(unsafe { &mut *context }, record.cast());
}

/// The helper `exc_raise`: `raise e`. Takes the reference.
pub(crate) extern "C" fn exc_raise(context: *mut Context, record: *mut u8) {
    // SAFETY: see `exc_catch`.
    raise_record(unsafe { &mut *context }, record.cast());
}

/// A record is raised anew: what is being handled becomes its context.
fn raise_record(context: &mut Context, record: *mut Owner) {
    let around = handled(context);
    if !around.is_null() && around != record {
        // As CPython: a chain that leads back to the exception is cut there.
        let mut at = around;
        while !at.is_null() {
            // SAFETY: links of live records are live.
            let next = unsafe { exception_of(at) }.context;
            if next == record {
                // SAFETY: as above; no other reference to it is held here.
                unsafe { exception_mut(at) }.context = ptr::null_mut();
                release(context, record);
                break;
            }
            at = next;
        }
        retain(around);
        // SAFETY: compiled code passes a live record, of which it holds a reference.
        let old = std::mem::replace(unsafe { &mut exception_mut(record).context }, around);
        release(context, old);
    }
    set_pending(context, record);
}

/// The helper `exc_from`: `from cause`, of the exception that was just raised with
/// `STATUS_RAISED`. The cause is a record or null, for `None`.
pub(crate) extern "C" fn exc_from(context: *mut Context, cause: *mut u8) {
    // SAFETY: see `exc_catch`.
    let context = unsafe { &mut *context };
    let cause: *mut Owner = cause.cast();
    let record = take(context, STATUS_RAISED);
    retain(cause);
    // SAFETY: `take` gave a live record.
    let contents = unsafe { exception_mut(record) };
    contents.suppress_context = true;
    let old = std::mem::replace(&mut contents.cause, cause);
    release(context, old);
    set_pending(context, record);
}
