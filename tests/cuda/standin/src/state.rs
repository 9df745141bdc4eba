//! What the stand-in knows: memory, streams, events, modules, and what is to fail.

use crate::assembly::Assembly;
use crate::work::{Item, Work, is_inside};
use crate::{Place, give};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ffi::{CStr, CString, c_char};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub const SUCCESS: u32 = 0;
pub const INVALID_VALUE: u32 = 1;
pub const OUT_OF_MEMORY: u32 = 2;
pub const NO_DEVICE: u32 = 100;
pub const INVALID_DEVICE: u32 = 101;
pub const INVALID_IMAGE: u32 = 200;
pub const INVALID_CONTEXT: u32 = 201;
pub const INVALID_PTX: u32 = 218;
pub const INVALID_HANDLE: u32 = 400;
pub const NOT_FOUND: u32 = 500;
pub const NOT_READY: u32 = 600;
pub const OUT_OF_RESOURCES: u32 = 701;
pub const TOO_LARGE: u32 = 720;
pub const NOT_PERMITTED: u32 = 800;
const CAPTURE_IMPLICIT: u32 = 906;

const NAMES: &[(u32, &CStr, &CStr)] = &[
    (INVALID_VALUE, c"CUDA_ERROR_INVALID_VALUE", c"invalid argument"),
    (OUT_OF_MEMORY, c"CUDA_ERROR_OUT_OF_MEMORY", c"out of memory"),
    (NO_DEVICE, c"CUDA_ERROR_NO_DEVICE", c"no CUDA-capable device is detected"),
    (INVALID_DEVICE, c"CUDA_ERROR_INVALID_DEVICE", c"invalid device ordinal"),
    (INVALID_IMAGE, c"CUDA_ERROR_INVALID_IMAGE", c"device kernel image is invalid"),
    (INVALID_CONTEXT, c"CUDA_ERROR_INVALID_CONTEXT", c"invalid device context"),
    (INVALID_PTX, c"CUDA_ERROR_INVALID_PTX", c"a PTX JIT compilation failed"),
    (
        222,
        c"CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
        c"the provided PTX was compiled with an unsupported toolchain.",
    ),
    (INVALID_HANDLE, c"CUDA_ERROR_INVALID_HANDLE", c"invalid resource handle"),
    (NOT_FOUND, c"CUDA_ERROR_NOT_FOUND", c"named symbol not found"),
    (NOT_READY, c"CUDA_ERROR_NOT_READY", c"device not ready"),
    (700, c"CUDA_ERROR_ILLEGAL_ADDRESS", c"an illegal memory access was encountered"),
    (
        OUT_OF_RESOURCES,
        c"CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
        c"too many resources requested for launch",
    ),
    (719, c"CUDA_ERROR_LAUNCH_FAILED", c"unspecified launch failure"),
    (
        TOO_LARGE,
        c"CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE",
        c"too many blocks in cooperative launch",
    ),
    (NOT_PERMITTED, c"CUDA_ERROR_NOT_PERMITTED", c"operation not permitted"),
    (
        803,
        c"CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
        c"system has unsupported display driver / cuda driver combination",
    ),
    (
        CAPTURE_IMPLICIT,
        c"CUDA_ERROR_STREAM_CAPTURE_IMPLICIT",
        c"operation would make the legacy stream depend on a capturing blocking stream",
    ),
    (999, c"CUDA_ERROR_UNKNOWN", c"unknown error"),
];

pub fn name_of(status: u32) -> Option<(&'static CStr, &'static CStr)> {
    NAMES.iter().find(|row| row.0 == status).map(|row| (row.1, row.2))
}

#[derive(Clone, Copy, PartialEq)]
pub enum Memory {
    Device,
    Managed,
    Host {
        mapped: bool,
    },
    /// The user's own, fixed where it is.
    Fixed {
        mapped: bool,
    },
}

struct Taken {
    bytes: usize,
    memory: Memory,
    /// Empty for memory that is the user's own.
    words: Vec<u128>,
}

/// A loaded kernel.
#[derive(Clone)]
pub struct Function {
    pub module: usize,
    pub name: String,
    pub parameters: usize,
    pub places: Vec<(usize, usize)>,
    pub shared: u32,
    pub threads: u32,
    /// Bytes of shared memory that launches may give.
    pub given: u32,
}

pub struct State {
    pub devices: i32,
    pub version: i32,
    pub capability: i32,
    pub pools: bool,
    pub memory: usize,
    pub taken: usize,
    /// What the context returns from now on.
    pub sticky: u32,
    pub items: VecDeque<Item>,
    /// Whether some thread is doing work that isn't among the items any more.
    pub doing: bool,
    calls: Vec<String>,
    /// Results that functions are to have, after so many calls; the last one stays.
    fails: HashMap<String, (u32, u32)>,
    places: BTreeMap<u64, Taken>,
    /// Memory that was given back, so that whoever still uses it reads 0xA5.
    gone: Vec<Taken>,
    streams: HashMap<usize, Option<Vec<Work>>>,
    events: HashMap<usize, (bool, Option<Instant>)>,
    graphs: HashMap<usize, Vec<Work>>,
    modules: HashMap<usize, Assembly>,
    functions: HashMap<usize, Function>,
    next: usize,
}

static STATE: LazyLock<Mutex<State>> = LazyLock::new(|| Mutex::new(State::new()));

thread_local! {
    static CURRENT: Cell<usize> = const { Cell::new(0) };
}

pub fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn current() -> usize {
    CURRENT.get()
}

pub fn make_current(context: usize) {
    CURRENT.set(context);
}

pub fn entered() -> bool {
    CURRENT.get() != 0
}

/// Notes a call; what it is to return at once.
pub fn called(name: &str, arguments: &str) -> u32 {
    let mut state = state();
    state.calls.push(format!("{name}({arguments})"));
    match state.fails.get_mut(name) {
        Some((_, skip)) if *skip > 0 => {
            *skip -= 1;
            SUCCESS
        }
        Some((status, _)) => *status,
        None => SUCCESS,
    }
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

impl State {
    fn new() -> State {
        let fails = std::env::var("STANDIN_FAIL").unwrap_or_default();
        let fails = fails.split(',').filter_map(|row| {
            let (name, status) = row.split_once('=')?;
            Some((name.to_owned(), (status.parse().ok()?, 0)))
        });
        State {
            devices: number("STANDIN_DEVICES", 1) as i32,
            version: number("STANDIN_VERSION", 12040) as i32,
            capability: number("STANDIN_CC", 80) as i32,
            pools: number("STANDIN_POOLS", 1) != 0,
            memory: number("STANDIN_MEMORY", 1 << 30),
            fails: fails.collect(),
            taken: 0,
            sticky: SUCCESS,
            items: VecDeque::new(),
            doing: false,
            calls: Vec::new(),
            places: BTreeMap::new(),
            gone: Vec::new(),
            streams: HashMap::new(),
            events: HashMap::new(),
            graphs: HashMap::new(),
            modules: HashMap::new(),
            functions: HashMap::new(),
            next: 0x1000,
        }
    }

    fn handle(&mut self) -> usize {
        self.next += 16;
        self.next
    }

    pub fn reset(&mut self) {
        self.items.clear();
        let places = std::mem::take(&mut self.places);
        self.gone.extend(places.into_values());
        self.streams.clear();
        self.events.clear();
        self.graphs.clear();
        self.modules.clear();
        self.functions.clear();
        (self.taken, self.sticky) = (0, SUCCESS);
    }

    /// Whether another thread is doing work.
    pub fn is_busy(&self) -> bool {
        self.doing && !is_inside()
    }

    pub fn is_idle(&self) -> bool {
        self.items.is_empty() && !self.is_busy()
    }

    // Memory.

    pub fn take(&mut self, bytes: usize, memory: Memory) -> u64 {
        // As a device: whoever reads what nobody wrote sees it. Room behind keeps addresses
        // apart; a device aligns to 256 bytes.
        let mut words = vec![u128::from_ne_bytes([0xC3; 16]); bytes.div_ceil(16) + 32];
        let first = words.as_mut_ptr().expose_provenance() as u64;
        let at = first.next_multiple_of(256);
        if matches!(memory, Memory::Device | Memory::Managed) {
            self.taken += bytes;
        }
        self.places.insert(at, Taken { bytes, memory, words });
        at
    }

    pub fn give_back(&mut self, at: u64) -> u32 {
        let Some(mut taken) = self.places.remove(&at) else { return INVALID_VALUE };
        taken.words.fill(u128::from_ne_bytes([0xA5; 16]));
        if matches!(taken.memory, Memory::Device | Memory::Managed) {
            self.taken -= taken.bytes;
        }
        self.gone.push(taken);
        SUCCESS
    }

    pub fn fix(&mut self, at: u64, bytes: usize, mapped: bool) -> u32 {
        let words = Vec::new();
        match self.places.insert(at, Taken { bytes, memory: Memory::Fixed { mapped }, words }) {
            None => SUCCESS,
            Some(_) => INVALID_VALUE,
        }
    }

    pub fn unfix(&mut self, at: u64) -> u32 {
        let found = self.places.get(&at).map(|taken| taken.memory);
        if !matches!(found, Some(Memory::Fixed { .. })) || !self.is_idle() {
            return INVALID_VALUE;
        }
        self.places.remove(&at);
        SUCCESS
    }

    fn place(&self, at: u64, bytes: usize) -> Option<Memory> {
        let (first, taken) = self.places.range(..=at).next_back()?;
        let before = usize::try_from(at - first).ok()?;
        let left = taken.bytes.checked_sub(before)?;
        (bytes <= left).then_some(taken.memory)
    }

    /// Whether the device has these bytes.
    pub fn has(&self, at: u64, bytes: usize) -> bool {
        match self.place(at, bytes) {
            Some(Memory::Device | Memory::Managed) => true,
            Some(Memory::Host { mapped } | Memory::Fixed { mapped }) => mapped,
            None => false,
        }
    }

    pub fn is_pinned(&self, at: u64, bytes: usize) -> bool {
        matches!(self.place(at, bytes), Some(Memory::Host { .. } | Memory::Fixed { .. }))
    }

    pub fn is_mapped(&self, at: u64) -> bool {
        let mapped = Some(Memory::Host { mapped: true });
        let fixed = Some(Memory::Fixed { mapped: true });
        self.place(at, 1) == mapped || self.place(at, 1) == fixed
    }

    // Streams, events, graphs.

    /// Adds work to a stream, or to what is captured of it.
    pub fn queue(stream: usize, work: Work) -> u32 {
        let mut state = state();
        if stream == 0 || stream == 1 || stream == 2 {
            if state.streams.values().any(Option::is_some) {
                return CAPTURE_IMPLICIT;
            }
        } else {
            match state.streams.get_mut(&stream) {
                None => return INVALID_HANDLE,
                Some(Some(captured)) => {
                    // What a graph takes and gives back is its own for as long as it is there.
                    if !matches!(work, Work::Free(_)) {
                        captured.push(work);
                    }
                    return SUCCESS;
                }
                Some(None) => {}
            }
        }
        let stream = if stream < 3 { 0 } else { stream };
        state.items.push_back(Item { stream, work });
        SUCCESS
    }

    pub fn new_stream(&mut self) -> usize {
        let stream = self.handle();
        self.streams.insert(stream, None);
        stream
    }

    pub fn is_stream(&self, stream: usize) -> bool {
        stream < 3 || self.streams.contains_key(&stream)
    }

    pub fn drop_stream(&mut self, stream: usize) -> u32 {
        if self.streams.remove(&stream).is_some() { SUCCESS } else { INVALID_HANDLE }
    }

    pub fn new_event(&mut self) -> usize {
        let event = self.handle();
        self.events.insert(event, (false, None));
        event
    }

    pub fn is_event(&self, event: usize) -> bool {
        self.events.contains_key(&event)
    }

    pub fn drop_event(&mut self, event: usize) -> u32 {
        if self.events.remove(&event).is_some() { SUCCESS } else { INVALID_HANDLE }
    }

    pub fn begin_event(&mut self, event: usize) {
        self.events.insert(event, (true, None));
    }

    pub fn end_event(&mut self, event: usize) {
        self.events.insert(event, (false, Some(Instant::now())));
    }

    /// Whether its moment is still to come.
    pub fn waits(&self, event: usize) -> bool {
        self.events.get(&event).is_some_and(|event| event.0)
    }

    pub fn between(&self, start: usize, end: usize) -> Result<f32, u32> {
        let (Some(start), Some(end)) = (self.events.get(&start), self.events.get(&end)) else {
            return Err(INVALID_HANDLE);
        };
        match (start, end) {
            ((true, _), _) | (_, (true, _)) => Err(NOT_READY),
            ((_, Some(start)), (_, Some(end))) => {
                Ok(end.duration_since(*start).as_secs_f32() * 1000.0)
            }
            _ => Err(INVALID_HANDLE),
        }
    }

    pub fn begin_capture(&mut self, stream: usize) -> u32 {
        match self.streams.get_mut(&stream) {
            Some(place @ None) => {
                *place = Some(Vec::new());
                SUCCESS
            }
            _ => INVALID_VALUE,
        }
    }

    pub fn end_capture(&mut self, stream: usize) -> Result<usize, u32> {
        let captured = self.streams.get_mut(&stream).and_then(Option::take);
        let captured = captured.ok_or(INVALID_VALUE)?;
        let graph = self.handle();
        self.graphs.insert(graph, captured);
        Ok(graph)
    }

    pub fn graph(&self, graph: usize) -> Option<Vec<Work>> {
        self.graphs.get(&graph).cloned()
    }

    // Code.

    pub fn load(&mut self, assembly: Assembly) -> usize {
        let module = self.handle();
        self.modules.insert(module, assembly);
        module
    }

    pub fn unload(&mut self, module: usize) -> u32 {
        if !self.is_idle() || self.modules.remove(&module).is_none() {
            return INVALID_HANDLE;
        }
        self.functions.retain(|_, function| function.module != module);
        SUCCESS
    }

    pub fn function_of(&mut self, module: usize, name: &str) -> Option<usize> {
        let assembly = self.modules.get(&module)?;
        let function = Function {
            module,
            name: assembly.name.clone(),
            parameters: assembly.parameters,
            places: assembly.places.clone(),
            shared: assembly.shared,
            threads: assembly.threads,
            given: (48u32 << 10).saturating_sub(assembly.shared),
        };
        if function.name != name {
            return None;
        }
        let handle = self.handle();
        self.functions.insert(handle, function);
        Some(handle)
    }

    pub fn function(&self, function: usize) -> Option<Function> {
        self.functions.get(&function).cloned()
    }

    pub fn text(&self, module: usize) -> Option<CString> {
        self.modules.get(&module).map(|assembly| assembly.text.clone())
    }

    /// `cuFuncSetAttribute` of the bytes of shared memory that launches may give.
    pub fn let_give(&mut self, function: usize, attribute: u32, bytes: i32) -> u32 {
        let Some(function) = self.functions.get_mut(&function) else { return INVALID_HANDLE };
        if attribute != 8 || bytes < 0 || bytes as u32 + function.shared > 99 << 10 {
            return INVALID_VALUE;
        }
        function.given = bytes as u32;
        SUCCESS
    }
}

// What tests ask for.

/// Lets a function fail with a status, after so many calls that don't; status 0: no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn standin_fail(name: *const c_char, status: u32, skip: u32) {
    // SAFETY: the test's name is a text.
    let name = unsafe { crate::text(name) };
    let mut state = state();
    if status == SUCCESS {
        state.fails.remove(&name);
    } else {
        state.fails.insert(name, (status, skip));
    }
}

/// Writes the calls since this was asked last, a line each, as far as there is room; gives
/// how many bytes they have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn standin_calls(to: *mut u8, room: usize) -> usize {
    let mut state = state();
    let text = state.calls.join("\n");
    if text.len() <= room {
        // SAFETY: the test has room for as many bytes as it says, and the text isn't longer.
        unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), to, text.len()) };
        state.calls.clear();
    }
    text.len()
}

/// Work that nobody has waited for, and places of memory that weren't given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn standin_left(work: Place<'_, usize>, places: Place<'_, usize>) {
    let state = state();
    give(work, state.items.len());
    give(places, state.places.len());
}
