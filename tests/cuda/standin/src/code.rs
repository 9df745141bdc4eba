//! Code: the linker, modules, functions, and launches. What the linker makes of assembly is the
//! assembly itself behind a mark and its length.

use crate::assembly::Assembly;
use crate::state::{
    self, Function, INVALID_CONTEXT, INVALID_HANDLE, INVALID_IMAGE, INVALID_PTX, INVALID_VALUE,
    OUT_OF_RESOURCES, SUCCESS, State, called, entered, state,
};
use crate::work::{self, Work};
use crate::{Handle, Place, Status, give, text};
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr;

/// What begins code that this linker has made.
const MARK: &[u8] = b"\x7fSTANDIN\n";

/// What the driver's `CUlinkState` points to.
pub struct Linker {
    error_log: (*mut u8, usize),
    text: Vec<u8>,
    /// What is linked with it.
    others: Vec<Vec<u8>>,
}

impl Linker {
    /// Leaves a text in the log.
    fn say(&self, said: &str) {
        let (log, room) = self.error_log;
        let said = [said.as_bytes(), &[0]].concat();
        if said.len() <= room && !log.is_null() {
            // SAFETY: who made the linker has let it write as many bytes there, for as long as
            // it lives.
            unsafe { ptr::copy_nonoverlapping(said.as_ptr(), log, said.len()) };
        }
    }

    /// The first function that the kernel takes from other code and that none of it has: code
    /// that is no text has those whose names stand in it.
    fn undefined(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.text).into_owned();
        let mut wanted = text.split(".extern .func").skip(1).filter_map(|rest| {
            // `(.param .b32 func_retval0) name (`, or `name (`.
            let rest = rest.split(';').next()?.trim_start();
            let rest = rest
                .strip_prefix('(')
                .map_or(Some(rest), |rest| rest.split_once(')').map(|(_, behind)| behind))?;
            let name: String = rest.trim_start().chars().take_while(|c| is_of_name(*c)).collect();
            Some(name)
        });
        let has = |name: &str| {
            self.others.iter().any(|code| match Assembly::functions(code) {
                Some(functions) => functions.iter().any(|one| one == name),
                None => code.windows(name.len()).any(|bytes| bytes == name.as_bytes()),
            })
        };
        wanted.find(|name| name != "vprintf" && !has(name))
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$')
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLinkCreate_v2(
    count: c_uint,
    options: *const c_uint,
    values: *const usize,
    to: Place<'_, Box<Linker>>,
) -> Status {
    // SAFETY: the caller has as many options and values.
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
    give(to, Box::new(Linker { error_log, text: Vec::new(), others: Vec::new() }))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLinkAddData_v2(
    linker: Option<&mut Linker>,
    kind: c_uint,
    data: *const u8,
    size: usize,
    name: *const c_char,
    _: c_uint,
    _: *mut c_uint,
    _: *mut *mut c_void,
) -> Status {
    let Some(linker) = linker else { return INVALID_HANDLE };
    if data.is_null() || name.is_null() {
        return INVALID_VALUE;
    }
    // SAFETY: the caller's name is a text, and its data have that size and stay as they are
    // during the call.
    let (name, text) = unsafe { (text(name), std::slice::from_raw_parts(data, size)) };
    let status = called("cuLinkAddData_v2", &format!("{kind} {name}"));
    let whole = kind == 1 && text.last() == Some(&0) && !text[..size - 1].contains(&0);
    let body = if whole { &text[..size - 1] } else { text };
    // The kernel comes first.
    let is_kernel = linker.text.is_empty();
    let readable = match (kind, is_kernel) {
        (_, true) => whole && std::str::from_utf8(body).is_ok_and(Assembly::is_whole),
        (1, false) => whole && Assembly::functions(body).is_some(),
        (0 | 2..=4, false) => true,
        _ => false,
    };
    if status == SUCCESS && readable {
        match is_kernel {
            true => linker.text = body.to_vec(),
            false => linker.others.push(body.to_vec()),
        }
        return SUCCESS;
    }
    linker.say("ptxas application ptx input, line 7; error   : the stand-in doesn't like it");
    if status == SUCCESS { INVALID_PTX } else { status }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLinkComplete(
    linker: Option<&mut Linker>,
    code: Place<'_, *const c_void>,
    size: Place<'_, usize>,
) -> Status {
    inside!(cuLinkComplete);
    let Some(linker) = linker else { return INVALID_HANDLE };
    if let Some(name) = linker.undefined() {
        linker.say(&format!("error   : Undefined reference to '{name}' in 'kernel.ptx'"));
        return INVALID_IMAGE;
    }
    let text = std::mem::take(&mut linker.text);
    linker.text = [MARK, &text.len().to_le_bytes(), &text].concat();
    match give(code, linker.text.as_ptr().cast()) {
        SUCCESS => give(size, linker.text.len()),
        error => error,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLinkDestroy(linker: Option<Box<Linker>>) -> Status {
    noted!(cuLinkDestroy);
    if linker.is_some() { SUCCESS } else { INVALID_HANDLE }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuModuleLoadData(to: Place<'_, Handle>, image: *const u8) -> Status {
    inside!(cuModuleLoadData);
    if image.is_null() {
        return INVALID_VALUE;
    }
    // SAFETY: an image ends with a zero or has a header longer than the mark. There is no zero
    // in the mark, and nothing is read behind the first byte that differs.
    let marked = MARK.iter().enumerate().all(|(i, &byte)| unsafe { *image.add(i) } == byte);
    if !marked {
        return INVALID_IMAGE;
    }
    // SAFETY: what has the mark is what `cuLinkComplete` gave, whole: behind the mark is the
    // length of the text, and then the text, which the caller leaves alone during the call.
    let text = unsafe {
        let head = image.add(MARK.len());
        let length = head.cast::<usize>().read_unaligned();
        std::slice::from_raw_parts(head.add(size_of::<usize>()), length)
    };
    let Some(assembly) = std::str::from_utf8(text).ok().and_then(Assembly::of) else {
        return INVALID_IMAGE;
    };
    give(to, state().load(assembly))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuModuleUnload(module: Handle) -> Status {
    inside!(cuModuleUnload);
    state().unload(module)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuModuleGetFunction(
    to: Place<'_, Handle>,
    module: Handle,
    name: *const c_char,
) -> Status {
    inside!(cuModuleGetFunction);
    if name.is_null() {
        return INVALID_VALUE;
    }
    // SAFETY: the caller's name is a text.
    let name = unsafe { text(name) };
    match state().function_of(module, &name) {
        Some(function) => give(to, function),
        None => state::NOT_FOUND,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuFuncGetAttribute(
    value: Place<'_, c_int>,
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
    give(value, found)
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
    blocks: Place<'_, c_int>,
    function: Handle,
    threads: c_int,
    _: usize,
) -> Status {
    inside!(cuOccupancyMaxActiveBlocksPerMultiprocessor, "{threads}");
    if state().function(function).is_none() || threads < 1 {
        return INVALID_VALUE;
    }
    give(blocks, 2048 / threads)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuOccupancyMaxPotentialBlockSize(
    grid: Place<'_, c_int>,
    block: Place<'_, c_int>,
    function: Handle,
    _: usize,
    _: usize,
    most: c_int,
) -> Status {
    inside!(cuOccupancyMaxPotentialBlockSize, "{most}");
    let Some(function) = state().function(function) else { return INVALID_HANDLE };
    let threads = function.threads as i32;
    let threads = if most > 0 { threads.min(most) } else { threads };
    match give(grid, 4 * (2048 / threads)) {
        SUCCESS => give(block, threads),
        error => error,
    }
}

/// The parameters of a launch, which are to be given as a buffer and its size, and as nothing
/// else.
///
/// # Safety
///
/// The pointer is null or that of `cuLaunchKernel`'s `extra`: names and values by turns, up to
/// the name 0; the value of 1 is a buffer, and that of 2 the address of its size.
unsafe fn packed(extra: *const usize) -> Option<(usize, Vec<u8>)> {
    if extra.is_null() {
        return None;
    }
    // SAFETY: the caller's promise. A name that isn't 0 has a value and a name behind it, and
    // nothing is read behind a name that isn't the one that it has to be.
    unsafe {
        if *extra != 1 || *extra.add(2) != 2 || *extra.add(4) != 0 {
            return None;
        }
        let size = *ptr::with_exposed_provenance::<usize>(*extra.add(3));
        let buffer = *extra.add(1);
        Some((buffer, work::bytes(buffer as u64, size)))
    }
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
    // SAFETY: this is the caller's `extra`.
    let Some((buffer, packed)) = (unsafe { packed(extra) }) else { return INVALID_VALUE };
    if !parameters.is_null() || !state().is_stream(stream) {
        return INVALID_VALUE;
    }
    if packed.len() != function.parameters || buffer % 8 != 0 {
        return INVALID_VALUE;
    }
    match allowed(&function, [x, y, z], [tx, ty, tz], shared) {
        SUCCESS => {}
        error => return error,
    }
    let grid = [[x, y, z], [tx, ty, tz]];
    State::queue(stream, Work::Launch { function: handle, packed, grid, shared })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLaunchCooperativeKernel(
    handle: Handle,
    x: c_uint,
    y: c_uint,
    z: c_uint,
    tx: c_uint,
    ty: c_uint,
    tz: c_uint,
    shared: c_uint,
    stream: Handle,
    parameters: *const usize,
) -> Status {
    inside!(cuLaunchCooperativeKernel, "({x}, {y}, {z}) ({tx}, {ty}, {tz}) {shared} in {stream}");
    let Some(function) = state().function(handle) else { return INVALID_HANDLE };
    if parameters.is_null() || !state().is_stream(stream) {
        return INVALID_VALUE;
    }
    match allowed(&function, [x, y, z], [tx, ty, tz], shared) {
        SUCCESS => {}
        error => return error,
    }
    // As many as `cuOccupancyMaxActiveBlocksPerMultiprocessor` says.
    if x * y * z > crate::MULTIPROCESSORS * (2048 / (tx * ty * tz)) {
        return state::TOO_LARGE;
    }
    let mut packed = vec![0; function.parameters];
    for (i, &(at, size)) in function.places.iter().enumerate() {
        // SAFETY: there is an address for each parameter that the assembly declares, of as many
        // bytes as it has.
        let value = unsafe { work::bytes(*parameters.add(i) as u64, size) };
        packed[at..at + size].copy_from_slice(&value);
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
