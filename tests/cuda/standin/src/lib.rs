//! Stands in for the NVIDIA driver, so that launches are tested where there is no GPU.
//!
//! It exports the driver's functions that cumbia calls. Memory of the device is memory of this
//! process, at addresses of its own. Work is done when somebody waits for it and not before,
//! as late as a device may do it: whoever forgets to wait, or to keep what a copy needs, sees
//! it. Kernels are run by a function that the test registers (`standin_runner`).
//!
//! It is stricter than the driver: parameters must have just the bytes that the kernel's
//! assembly declares, copies must lie within memory that was taken, and memory that was given
//! back is filled with 0xA5. What it finds wrong it returns as the driver's error.
//!
//! Tests let functions fail (`standin_fail`), and see what was called (`standin_calls`).
//! Environment: `STANDIN_DEVICES`, `STANDIN_VERSION`, `STANDIN_CC` (`80`), `STANDIN_POOLS`,
//! `STANDIN_MEMORY` (bytes), `STANDIN_FAIL` (`cuInit=100,cuMemAlloc_v2=2`).
//!
//! # Safety
//!
//! The exported functions have the contracts of the driver's, which their callers uphold:
//! a pointer is null or points to what the driver reads or writes there; what the driver has
//! made is used as such, until it is destroyed; and memory of the host that work uses lives,
//! and is left alone, until that work is done. Places of results are `Place`s here, and other
//! pointers references where they are used only during the call.

#![allow(non_snake_case, missing_docs)]
#![allow(
    clippy::missing_safety_doc,
    reason = "the exported functions have the contracts of the driver's: see above"
)]

/// Notes a call, and returns where it is to fail.
macro_rules! noted {
    ($name:ident $(, $($arg:tt)*)?) => {{
        let text = String::new() $(+ &format!($($arg)*))?;
        let status = called(stringify!($name), &text);
        if status != SUCCESS {
            return status;
        }
    }};
}

/// As `noted`, for functions that need a current context.
macro_rules! inside {
    ($name:ident $(, $($arg:tt)*)?) => {{
        noted!($name $(, $($arg)*)?);
        if !entered() {
            return INVALID_CONTEXT;
        }
        let error = state().sticky;
        if error != SUCCESS {
            return error;
        }
    }};
}

mod assembly;
mod code;
mod state;
mod work;

use state::{
    INVALID_CONTEXT, INVALID_HANDLE, INVALID_VALUE, Memory, NOT_PERMITTED, NOT_READY,
    OUT_OF_MEMORY, SUCCESS, State, called, entered, name_of, state,
};
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use work::{Item, Work, is_inside, run_until, step};

type Status = u32;
type Handle = usize;

/// What each device has of them.
const MULTIPROCESSORS: u32 = 4;

/// Where a caller wants a result: null, or memory of that type.
type Place<'a, T> = Option<&'a mut MaybeUninit<T>>;

/// Gives a result to the caller.
fn give<T>(to: Place<'_, T>, value: T) -> Status {
    let Some(to) = to else { return INVALID_VALUE };
    to.write(value);
    SUCCESS
}

/// A name that a caller gives.
///
/// # Safety
///
/// The pointer is a text's, which ends with a zero.
unsafe fn text(name: *const c_char) -> String {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

// Beginning, devices, contexts.

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuInit(flags: c_uint) -> Status {
    noted!(cuInit, "{flags}");
    if state().devices == 0 { state::NO_DEVICE } else { SUCCESS }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDriverGetVersion(version: Place<'_, c_int>) -> Status {
    noted!(cuDriverGetVersion);
    give(version, state().version)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDeviceGetCount(count: Place<'_, c_int>) -> Status {
    noted!(cuDeviceGetCount);
    give(count, state().devices)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDeviceGet(device: Place<'_, c_int>, ordinal: c_int) -> Status {
    noted!(cuDeviceGet, "{ordinal}");
    if ordinal < 0 || ordinal >= state().devices {
        return state::INVALID_DEVICE;
    }
    give(device, ordinal)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDeviceGetName(to: *mut c_char, len: c_int, device: c_int) -> Status {
    noted!(cuDeviceGetName);
    let name = CString::new(format!("Stand-in {device}")).expect("no zero");
    let bytes = name.as_bytes_with_nul();
    let fits = usize::try_from(len).is_ok_and(|len| bytes.len() <= len);
    if to.is_null() || !fits {
        return INVALID_VALUE;
    }
    // SAFETY: the caller has `len` bytes there, and the name isn't longer.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr().cast(), to, bytes.len()) };
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDeviceGetUuid_v2(to: Place<'_, [u8; 16]>, device: c_int) -> Status {
    noted!(cuDeviceGetUuid_v2);
    let mut uuid = *b"0123456789abcdef";
    uuid[15] = device as u8;
    give(to, uuid)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDeviceTotalMem_v2(bytes: Place<'_, usize>, _: c_int) -> Status {
    noted!(cuDeviceTotalMem_v2);
    give(bytes, state().memory)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDeviceGetAttribute(
    value: Place<'_, c_int>,
    attribute: c_uint,
    device: c_int,
) -> Status {
    noted!(cuDeviceGetAttribute, "{attribute}");
    let state = state();
    let found = match attribute {
        1 => 1024,
        2 | 3 => 1024,
        4 => 64,
        5 => i32::MAX,
        6 | 7 => 65535,
        8 => 48 << 10,
        10 => 32,
        12 => 65536,
        16 => MULTIPROCESSORS as i32,
        33 => device + 1,
        34 | 50 => 0,
        75 => state.capability / 10,
        76 => state.capability % 10,
        83 => 1,
        97 => 99 << 10,
        115 => i32::from(state.pools),
        _ => return INVALID_VALUE,
    };
    give(value, found)
}

/// A device's context is its number, from 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDevicePrimaryCtxRetain(
    context: Place<'_, Handle>,
    device: c_int,
) -> Status {
    noted!(cuDevicePrimaryCtxRetain, "{device}");
    give(context, device as usize + 1)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDevicePrimaryCtxReset_v2(device: c_int) -> Status {
    noted!(cuDevicePrimaryCtxReset_v2, "{device}");
    state().reset();
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuCtxGetCurrent(context: Place<'_, Handle>) -> Status {
    // Not noted: it is asked before everything.
    give(context, state::current())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuCtxSetCurrent(context: Handle) -> Status {
    noted!(cuCtxSetCurrent, "{context}");
    state::make_current(context);
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuCtxSynchronize() -> Status {
    inside!(cuCtxSynchronize);
    run_until(|_| false)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuProfilerStart() -> Status {
    inside!(cuProfilerStart);
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuProfilerStop() -> Status {
    inside!(cuProfilerStop);
    SUCCESS
}

// Memory.

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemGetInfo_v2(
    free: Place<'_, usize>,
    total: Place<'_, usize>,
) -> Status {
    inside!(cuMemGetInfo_v2);
    let state = state();
    match give(free, state.memory - state.taken) {
        SUCCESS => give(total, state.memory),
        error => error,
    }
}

fn take(to: Place<'_, u64>, bytes: usize, memory: Memory) -> Status {
    let mut state = state();
    let of_device = matches!(memory, Memory::Device | Memory::Managed);
    if bytes == 0 {
        return INVALID_VALUE;
    }
    if to.is_none() {
        return INVALID_VALUE;
    }
    if of_device && bytes > state.memory - state.taken {
        return OUT_OF_MEMORY;
    }
    give(to, state.take(bytes, memory))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemAlloc_v2(to: Place<'_, u64>, bytes: usize) -> Status {
    inside!(cuMemAlloc_v2, "{bytes}");
    take(to, bytes, Memory::Device)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemAllocAsync(
    to: Place<'_, u64>,
    bytes: usize,
    stream: Handle,
) -> Status {
    inside!(cuMemAllocAsync, "{bytes} in {stream}");
    take(to, bytes, Memory::Device)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemAllocManaged(
    to: Place<'_, u64>,
    bytes: usize,
    flags: c_uint,
) -> Status {
    inside!(cuMemAllocManaged, "{bytes} {flags}");
    take(to, bytes, Memory::Managed)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemHostAlloc(to: Place<'_, u64>, bytes: usize, flags: c_uint) -> Status {
    inside!(cuMemHostAlloc, "{bytes} {flags}");
    take(to, bytes, Memory::Host { mapped: flags & 2 != 0 })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemFree_v2(at: u64) -> Status {
    inside!(cuMemFree_v2);
    State::queue(0, Work::Free(at))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemFreeAsync(at: u64, stream: Handle) -> Status {
    inside!(cuMemFreeAsync, "in {stream}");
    State::queue(stream, Work::Free(at))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemFreeHost(at: u64) -> Status {
    inside!(cuMemFreeHost);
    let work = !state().is_idle();
    // The driver waits; nobody relies on it.
    if work { INVALID_VALUE } else { state().give_back(at) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemHostGetDevicePointer_v2(
    to: Place<'_, u64>,
    at: u64,
    flags: c_uint,
) -> Status {
    inside!(cuMemHostGetDevicePointer_v2, "{flags}");
    if !state().is_mapped(at) {
        return INVALID_VALUE;
    }
    give(to, at)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemHostRegister_v2(at: u64, bytes: usize, flags: c_uint) -> Status {
    inside!(cuMemHostRegister_v2, "{bytes} {flags}");
    state().fix(at, bytes, flags & 2 != 0)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemHostUnregister(at: u64) -> Status {
    inside!(cuMemHostUnregister);
    state().unfix(at)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDeviceGetDefaultMemPool(
    pool: Place<'_, Handle>,
    device: c_int,
) -> Status {
    noted!(cuDeviceGetDefaultMemPool, "{device}");
    give(pool, 77)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemPoolSetAttribute(
    pool: Handle,
    attribute: c_uint,
    value: Option<&u64>,
) -> Status {
    let Some(value) = value else { return INVALID_VALUE };
    noted!(cuMemPoolSetAttribute, "{attribute} {value}");
    if pool == 77 { SUCCESS } else { INVALID_VALUE }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemPoolTrimTo(pool: Handle, bytes: usize) -> Status {
    noted!(cuMemPoolTrimTo, "{bytes}");
    if pool == 77 { SUCCESS } else { INVALID_VALUE }
}

// Copies.

/// Memory of the host as a copy has it: pinned memory is read and written when the copy is
/// done, other memory at once.
///
/// # Safety
///
/// The host has these bytes, as [`work::bytes`] needs them now or, where they are pinned, as
/// [`Work::Copy`] does later.
unsafe fn from_host(at: u64, bytes: usize) -> work::Source {
    if state().is_pinned(at, bytes) {
        work::Source::Address(at)
    } else {
        // SAFETY: the caller's promise.
        work::Source::Bytes(unsafe { work::bytes(at, bytes) })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemcpyHtoDAsync_v2(
    to: u64,
    from: u64,
    bytes: usize,
    stream: Handle,
) -> Status {
    inside!(cuMemcpyHtoDAsync_v2, "{bytes} in {stream}");
    if !state().has(to, bytes) {
        return INVALID_VALUE;
    }
    // SAFETY: the caller has these bytes, until the copy is done where they are pinned.
    let from = unsafe { from_host(from, bytes) };
    State::queue(stream, Work::Copy { to, from, bytes })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemcpyDtoHAsync_v2(
    to: u64,
    from: u64,
    bytes: usize,
    stream: Handle,
) -> Status {
    inside!(cuMemcpyDtoHAsync_v2, "{bytes} in {stream}");
    if !state().has(from, bytes) {
        return INVALID_VALUE;
    }
    let pinned = state().is_pinned(to, bytes);
    if !pinned && is_inside() {
        return NOT_PERMITTED;
    }
    let from = work::Source::Address(from);
    let queued = State::queue(stream, Work::Copy { to, from, bytes });
    if pinned || queued != SUCCESS { queued } else { run_until(|_| false) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemcpyDtoDAsync_v2(
    to: u64,
    from: u64,
    bytes: usize,
    stream: Handle,
) -> Status {
    inside!(cuMemcpyDtoDAsync_v2, "{bytes} in {stream}");
    if !state().has(to, bytes) || !state().has(from, bytes) {
        return INVALID_VALUE;
    }
    let from = work::Source::Address(from);
    State::queue(stream, Work::Copy { to, from, bytes })
}

/// `CUDA_MEMCPY2D`.
#[repr(C)]
pub struct Copy2D {
    from_x: usize,
    from_y: usize,
    from_kind: c_uint,
    from_host: u64,
    from_device: u64,
    from_array: usize,
    from_pitch: usize,
    to_x: usize,
    to_y: usize,
    to_kind: c_uint,
    to_host: u64,
    to_device: u64,
    to_array: usize,
    to_pitch: usize,
    width: usize,
    height: usize,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemcpy2DAsync_v2(copy: Option<&Copy2D>, stream: Handle) -> Status {
    let Some(copy) = copy else { return INVALID_VALUE };
    inside!(cuMemcpy2DAsync_v2, "{} x {} in {stream}", copy.width, copy.height);
    // 1 is the host, 2 the device.
    let side = |kind, host, device| match kind {
        1 => Some((host, false)),
        2 => Some((device, true)),
        _ => None,
    };
    let (Some((to, to_device)), Some((from, from_device))) = (
        side(copy.to_kind, copy.to_host, copy.to_device),
        side(copy.from_kind, copy.from_host, copy.from_device),
    ) else {
        return INVALID_VALUE;
    };
    if copy.to_pitch < copy.width || copy.from_pitch < copy.width {
        return INVALID_VALUE;
    }
    let mut pinned = true;
    for row in 0..copy.height {
        let (to, from) = (to + (row * copy.to_pitch) as u64, from + (row * copy.from_pitch) as u64);
        let lies = |device: bool, at| !device || state().has(at, copy.width);
        if !lies(to_device, to) || !lies(from_device, from) {
            return INVALID_VALUE;
        }
        pinned &= to_device || state().is_pinned(to, copy.width);
        if !pinned && is_inside() {
            return NOT_PERMITTED;
        }
        let from = if from_device {
            work::Source::Address(from)
        } else {
            // SAFETY: the caller has the rows, until the copy is done where they are pinned.
            unsafe { from_host(from, copy.width) }
        };
        let status = State::queue(stream, Work::Copy { to, from, bytes: copy.width });
        if status != SUCCESS {
            return status;
        }
    }
    if pinned { SUCCESS } else { run_until(|_| false) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemsetD8Async(to: u64, byte: u8, bytes: usize, at: Handle) -> Status {
    inside!(cuMemsetD8Async, "{byte} {bytes} in {at}");
    if !state().has(to, bytes) {
        return INVALID_VALUE;
    }
    let from = work::Source::Bytes(vec![byte; bytes]);
    State::queue(at, Work::Copy { to, from, bytes })
}

// Streams and events.

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuStreamCreate(to: Place<'_, Handle>, flags: c_uint) -> Status {
    inside!(cuStreamCreate, "{flags}");
    give(to, state().new_stream())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuStreamDestroy_v2(stream: Handle) -> Status {
    inside!(cuStreamDestroy_v2, "{stream}");
    state().drop_stream(stream)
}

/// Whether an item is one that a stream's end stands for.
fn concerns(item: &Item, stream: Handle) -> bool {
    stream == 0 || item.stream == 0 || item.stream == stream
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuStreamSynchronize(stream: Handle) -> Status {
    inside!(cuStreamSynchronize, "{stream}");
    if !state().is_stream(stream) {
        return INVALID_HANDLE;
    }
    run_until(|items| !items.iter().any(|item| concerns(item, stream)))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuStreamQuery(stream: Handle) -> Status {
    inside!(cuStreamQuery, "{stream}");
    if !state().is_stream(stream) {
        return INVALID_HANDLE;
    }
    let waits =
        |state: &State| state.is_busy() || state.items.iter().any(|item| concerns(item, stream));
    if !waits(&state()) {
        return SUCCESS;
    }
    match step() {
        SUCCESS => NOT_READY,
        error => error,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuStreamWaitEvent(stream: Handle, event: Handle, _: c_uint) -> Status {
    inside!(cuStreamWaitEvent, "{stream} {event}");
    // All work is done in the order in which it came, so there is nothing to wait for.
    if state().is_stream(stream) && state().is_event(event) { SUCCESS } else { INVALID_HANDLE }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLaunchHostFunc(
    stream: Handle,
    function: unsafe extern "C" fn(*mut c_void),
    data: usize,
) -> Status {
    inside!(cuLaunchHostFunc, "{stream}");
    State::queue(stream, Work::Call { function, data })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuEventCreate(to: Place<'_, Handle>, flags: c_uint) -> Status {
    inside!(cuEventCreate, "{flags}");
    give(to, state().new_event())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuEventDestroy_v2(event: Handle) -> Status {
    inside!(cuEventDestroy_v2, "{event}");
    state().drop_event(event)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuEventRecord(event: Handle, stream: Handle) -> Status {
    inside!(cuEventRecord, "{event} in {stream}");
    if !state().is_event(event) {
        return INVALID_HANDLE;
    }
    state().begin_event(event);
    State::queue(stream, Work::Record(event))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuEventQuery(event: Handle) -> Status {
    inside!(cuEventQuery, "{event}");
    if !state().is_event(event) {
        return INVALID_HANDLE;
    }
    if !state().waits(event) {
        return SUCCESS;
    }
    match step() {
        SUCCESS => NOT_READY,
        error => error,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuEventSynchronize(event: Handle) -> Status {
    inside!(cuEventSynchronize, "{event}");
    if !state().is_event(event) {
        return INVALID_HANDLE;
    }
    run_until(|items| {
        !items.iter().any(|item| matches!(item.work, Work::Record(other) if other == event))
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuEventElapsedTime(
    to: Place<'_, f32>,
    start: Handle,
    end: Handle,
) -> Status {
    inside!(cuEventElapsedTime, "{start} {end}");
    match state().between(start, end) {
        Ok(time) => give(to, time),
        Err(status) => status,
    }
}

// Graphs.

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuStreamBeginCapture_v2(stream: Handle, mode: c_uint) -> Status {
    inside!(cuStreamBeginCapture_v2, "{stream} {mode}");
    state().begin_capture(stream)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuStreamEndCapture(stream: Handle, graph: Place<'_, Handle>) -> Status {
    inside!(cuStreamEndCapture, "{stream}");
    match state().end_capture(stream) {
        Ok(made) => give(graph, made),
        Err(status) => status,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuGraphInstantiateWithFlags(
    to: Place<'_, Handle>,
    graph: Handle,
    flags: u64,
) -> Status {
    inside!(cuGraphInstantiateWithFlags, "{flags}");
    give(to, graph)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuGraphLaunch(graph: Handle, stream: Handle) -> Status {
    inside!(cuGraphLaunch, "in {stream}");
    let Some(items) = state().graph(graph) else { return INVALID_HANDLE };
    for work in items {
        State::queue(stream, work);
    }
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuGraphExecDestroy(_: Handle) -> Status {
    inside!(cuGraphExecDestroy);
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuGraphDestroy(_: Handle) -> Status {
    inside!(cuGraphDestroy);
    SUCCESS
}

// Texts.

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuGetErrorName(status: Status, to: Place<'_, *const c_char>) -> Status {
    let Some((name, _)) = name_of(status) else { return INVALID_VALUE };
    give(to, name.as_ptr())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuGetErrorString(status: Status, to: Place<'_, *const c_char>) -> Status {
    let Some((_, text)) = name_of(status) else { return INVALID_VALUE };
    give(to, text.as_ptr())
}
