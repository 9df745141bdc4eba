//! Code: the linker, modules, functions, and launches. What the linker makes of assembly is the
//! assembly itself behind a mark and its length.

use crate::assembly::Assembly;
use crate::state::{
    self, Function, INVALID_CONTEXT, INVALID_HANDLE, INVALID_IMAGE, INVALID_PTX, INVALID_VALUE,
    OUT_OF_RESOURCES, SUCCESS, State, called, entered, state,
};
use crate::work::{self, Work};
use crate::{Handle, Status};
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::ptr;

/// What begins code that this linker has made.
const MARK: &[u8] = b"\x7fSTANDIN\n";

struct Linker {
    error_log: (*mut u8, usize),
    text: Vec<u8>,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLinkCreate_v2(
    count: c_uint,
    options: *const c_uint,
    values: *const usize,
    to: *mut *mut c_void,
) -> Status {
    let options: Vec<(u32, usize)> =
        (0..count as usize).map(|i| unsafe { (*options.add(i), *values.add(i)) }).collect();
    let shown: Vec<String> = options
        .iter()
        // Buffers have other addresses each time.
        .map(|&(name, value)| format!("{name}={}", if matches!(name, 3 | 5) { 0 } else { value }))
        .collect();
    inside!(cuLinkCreate_v2, "{}", shown.join(" "));
    let value = |wanted| options.iter().find(|row| row.0 == wanted).map_or(0, |row| row.1);
    let error_log = (ptr::with_exposed_provenance_mut(value(5)), value(6));
    let linker = Box::new(Linker { error_log, text: Vec::new() });
    unsafe { *to = Box::into_raw(linker).cast() };
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLinkAddData_v2(
    linker: *mut c_void,
    kind: c_uint,
    data: *const u8,
    size: usize,
    name: *const c_char,
    _: c_uint,
    _: *mut c_uint,
    _: *mut *mut c_void,
) -> Status {
    let linker = unsafe { &mut *linker.cast::<Linker>() };
    let name = unsafe { CStr::from_ptr(name) }.to_string_lossy();
    let status = called("cuLinkAddData_v2", &format!("{kind} {name}"));
    let text = unsafe { std::slice::from_raw_parts(data, size) };
    let whole = kind == 1 && text.last() == Some(&0) && !text[..size - 1].contains(&0);
    let readable = whole && std::str::from_utf8(&text[..size - 1]).is_ok_and(Assembly::is_whole);
    if status == SUCCESS && readable {
        linker.text = text[..size - 1].to_vec();
        return SUCCESS;
    }
    let said = b"ptxas application ptx input, line 7; error   : the stand-in doesn't like it\0";
    if said.len() <= linker.error_log.1 {
        unsafe { ptr::copy_nonoverlapping(said.as_ptr(), linker.error_log.0, said.len()) };
    }
    if status == SUCCESS { INVALID_PTX } else { status }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLinkComplete(
    linker: *mut c_void,
    code: *mut *const c_void,
    size: *mut usize,
) -> Status {
    inside!(cuLinkComplete);
    let linker = unsafe { &mut *linker.cast::<Linker>() };
    let text = std::mem::take(&mut linker.text);
    linker.text = [MARK, &text.len().to_le_bytes(), &text].concat();
    unsafe { (*code, *size) = (linker.text.as_ptr().cast(), linker.text.len()) };
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLinkDestroy(linker: *mut c_void) -> Status {
    noted!(cuLinkDestroy);
    drop(unsafe { Box::from_raw(linker.cast::<Linker>()) });
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuModuleLoadData(to: *mut Handle, image: *const u8) -> Status {
    inside!(cuModuleLoadData);
    let head = unsafe { std::slice::from_raw_parts(image, MARK.len()) };
    if head != MARK {
        return INVALID_IMAGE;
    }
    let text = unsafe {
        let head = image.add(MARK.len());
        let length = head.cast::<usize>().read_unaligned();
        std::slice::from_raw_parts(head.add(size_of::<usize>()), length)
    };
    let Some(assembly) = std::str::from_utf8(text).ok().and_then(Assembly::of) else {
        return INVALID_IMAGE;
    };
    unsafe { *to = state().load(assembly) };
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuModuleUnload(module: Handle) -> Status {
    inside!(cuModuleUnload);
    state().unload(module)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuModuleGetFunction(
    to: *mut Handle,
    module: Handle,
    name: *const c_char,
) -> Status {
    inside!(cuModuleGetFunction);
    let name = unsafe { CStr::from_ptr(name) }.to_string_lossy();
    match state().function_of(module, &name) {
        Some(function) => {
            unsafe { *to = function };
            SUCCESS
        }
        None => state::NOT_FOUND,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuFuncGetAttribute(
    value: *mut c_int,
    attribute: c_uint,
    function: Handle,
) -> Status {
    inside!(cuFuncGetAttribute, "{attribute}");
    let Some(function) = state().function(function) else { return INVALID_HANDLE };
    let found = match attribute {
        0 => function.threads as i32,
        1 => function.shared as i32,
        2 | 3 => 0,
        4 => 32,
        _ => return INVALID_VALUE,
    };
    unsafe { *value = found };
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuFuncSetAttribute(
    function: Handle,
    attribute: c_uint,
    value: c_int,
) -> Status {
    inside!(cuFuncSetAttribute, "{attribute} {value}");
    state().let_give(function, attribute, value)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuOccupancyMaxActiveBlocksPerMultiprocessor(
    blocks: *mut c_int,
    function: Handle,
    threads: c_int,
    _: usize,
) -> Status {
    inside!(cuOccupancyMaxActiveBlocksPerMultiprocessor, "{threads}");
    if state().function(function).is_none() || threads < 1 {
        return INVALID_VALUE;
    }
    unsafe { *blocks = 2048 / threads };
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuOccupancyMaxPotentialBlockSize(
    grid: *mut c_int,
    block: *mut c_int,
    function: Handle,
    _: usize,
    _: usize,
    most: c_int,
) -> Status {
    inside!(cuOccupancyMaxPotentialBlockSize, "{most}");
    let Some(function) = state().function(function) else { return INVALID_HANDLE };
    let threads = function.threads as i32;
    let threads = if most > 0 { threads.min(most) } else { threads };
    unsafe { (*grid, *block) = (4 * (2048 / threads), threads) };
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLaunchKernel(
    handle: Handle,
    x: c_uint,
    y: c_uint,
    z: c_uint,
    tx: c_uint,
    ty: c_uint,
    tz: c_uint,
    shared: c_uint,
    stream: Handle,
    parameters: *mut *mut c_void,
    extra: *const usize,
) -> Status {
    inside!(cuLaunchKernel, "({x}, {y}, {z}) ({tx}, {ty}, {tz}) {shared} in {stream}");
    let Some(function) = state().function(handle) else { return INVALID_HANDLE };
    // A buffer and its size, and nothing else.
    let extra = unsafe { std::slice::from_raw_parts(extra, 5) };
    let &[1, buffer, 2, size, 0] = extra else { return INVALID_VALUE };
    if !parameters.is_null() || !state().is_stream(stream) {
        return INVALID_VALUE;
    }
    let size = unsafe { *ptr::with_exposed_provenance::<usize>(size) };
    let packed = unsafe { work::bytes(buffer as u64, size) }.to_vec();
    if size != function.parameters || buffer % 8 != 0 {
        return INVALID_VALUE;
    }
    match allowed(&function, [x, y, z], [tx, ty, tz], shared) {
        SUCCESS => {}
        error => return error,
    }
    let grid = [[x, y, z], [tx, ty, tz]];
    State::queue(stream, Work::Launch { function: handle, packed, grid, shared })
}

fn allowed(function: &Function, blocks: [u32; 3], threads: [u32; 3], shared: u32) -> Status {
    let count: u64 = threads.iter().map(|&n| u64::from(n)).product();
    let zero = blocks.contains(&0) || threads.contains(&0);
    if zero || threads[2] > 64 || blocks[1] > 65535 || blocks[2] > 65535 || count > 1024 {
        return INVALID_VALUE;
    }
    if count > u64::from(function.threads) {
        return OUT_OF_RESOURCES;
    }
    if shared > function.given { INVALID_VALUE } else { SUCCESS }
}
