//! Work of streams: done in the order in which it came, when somebody waits for it.

use crate::state::{Function, SUCCESS, State, state};
use std::cell::Cell;
use std::collections::VecDeque;
use std::ffi::{CString, c_char, c_void};
use std::sync::{Mutex, PoisonError, TryLockError};

/// What a copy reads.
#[derive(Clone)]
pub enum Source {
    Address(u64),
    Bytes(Vec<u8>),
}

#[derive(Clone)]
pub enum Work {
    /// The bytes at both places live until the work is done. Memory of the device does, as it
    /// is never given back to the process; whoever queues a copy of others has its caller's
    /// promise.
    Copy {
        to: u64,
        from: Source,
        bytes: usize,
    },
    Launch {
        function: usize,
        packed: Vec<u8>,
        grid: [[u32; 3]; 2],
        shared: u32,
    },
    /// The function may be called with the data, once each time that the work is queued.
    Call {
        function: unsafe extern "C" fn(*mut c_void),
        data: usize,
    },
    Record(usize),
    Free(u64),
}

/// Work in a stream.
pub struct Item {
    pub stream: usize,
    pub work: Work,
}

/// Runs a kernel: its name, its assembly, its parameters and how many bytes they have, the
/// blocks and threads, and the shared memory that it is given. Gives the context's status.
type Runner = unsafe extern "C" fn(
    *const c_char,
    *const c_char,
    *const u8,
    usize,
    *const u32,
    *const u32,
    u32,
) -> u32;

static RUNNER: Mutex<Option<Runner>> = Mutex::new(None);

/// Who does work now. Whoever waits for it holds nothing that kernels need.
static DOING: Mutex<()> = Mutex::new(());

/// Says how kernels are run.
#[unsafe(no_mangle)]
pub extern "C" fn standin_runner(runner: Option<Runner>) {
    *RUNNER.lock().unwrap_or_else(PoisonError::into_inner) = runner;
}

/// The bytes at an address.
///
/// # Safety
///
/// There are as many bytes, which nobody writes during the call. Of none, any address will do.
pub unsafe fn bytes(at: u64, count: usize) -> Vec<u8> {
    if count == 0 {
        return Vec::new();
    }
    let first = std::ptr::with_exposed_provenance(at as usize);
    // SAFETY: the caller's promise; the slice ends here.
    unsafe { std::slice::from_raw_parts(first, count) }.to_vec()
}

thread_local! {
    /// Whether this thread is running a kernel: what that throws away may wait for work.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is running a kernel, or a function of the host's in a stream.
pub fn is_inside() -> bool {
    INSIDE.get()
}

/// Does work until what is left is as it should be.
pub fn run_until(is_enough: impl Fn(&VecDeque<Item>) -> bool) -> u32 {
    if INSIDE.get() {
        return SUCCESS;
    }
    let _doing = DOING.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let mut state = state();
        if state.sticky != SUCCESS {
            return state.sticky;
        }
        if is_enough(&state.items) {
            return SUCCESS;
        }
        let Some(item) = state.items.pop_front() else { return SUCCESS };
        state.doing = true;
        drop(state);
        work(item.work);
        self::state().doing = false;
    }
}

/// Does one item, unless another thread is at it.
pub fn step() -> u32 {
    if INSIDE.get() {
        return SUCCESS;
    }
    let doing = match DOING.try_lock() {
        Ok(doing) => doing,
        Err(TryLockError::Poisoned(doing)) => doing.into_inner(),
        Err(TryLockError::WouldBlock) => return SUCCESS,
    };
    let mut state = state();
    if state.sticky == SUCCESS
        && let Some(item) = state.items.pop_front()
    {
        state.doing = true;
        drop(state);
        work(item.work);
        state = self::state();
        state.doing = false;
    }
    drop(doing);
    state.sticky
}

fn work(item: Work) {
    match item {
        Work::Copy { to, from, bytes: count } => {
            let from = match &from {
                Source::Address(from) => *from,
                Source::Bytes(bytes) => bytes.as_ptr().expose_provenance() as u64,
            };
            let (from, to) = (
                std::ptr::with_exposed_provenance::<u8>(from as usize),
                std::ptr::with_exposed_provenance_mut::<u8>(to as usize),
            );
            // SAFETY: the source is the work's own bytes, `count` of them, or, as the target,
            // memory that lives until the work is done, which is now.
            unsafe { std::ptr::copy(from, to, count) };
        }
        Work::Launch { function, packed, grid, shared } => {
            let status = launch(function, &packed, grid, shared);
            if status != SUCCESS {
                state().sticky = status;
            }
        }
        Work::Call { function, data } => {
            INSIDE.set(true);
            // SAFETY: who queued the work has promised that it may be called with these data.
            unsafe { function(std::ptr::with_exposed_provenance_mut(data)) };
            INSIDE.set(false);
        }
        Work::Record(event) => state().end_event(event),
        Work::Free(at) => {
            let status = state().give_back(at);
            if status != SUCCESS {
                state().sticky = status;
            }
        }
    }
}

fn launch(function: usize, packed: &[u8], [blocks, threads]: [[u32; 3]; 2], shared: u32) -> u32 {
    let Some(runner) = *RUNNER.lock().unwrap_or_else(PoisonError::into_inner) else { return 719 };
    let found = |state: &State| -> Option<(Function, CString)> {
        let function = state.function(function)?;
        let text = state.text(function.module)?;
        Some((function, text))
    };
    let Some((function, text)) = found(&state()) else { return 719 };
    let name = CString::new(function.name).expect("no zero");
    INSIDE.set(true);
    // SAFETY: the runner is a function of the test's, which takes two texts, the parameters'
    // bytes and their number, and three numbers each for blocks and threads. All of it lives
    // here until it returns.
    let status = unsafe {
        runner(
            name.as_ptr(),
            text.as_ptr(),
            packed.as_ptr(),
            packed.len(),
            blocks.as_ptr(),
            threads.as_ptr(),
            shared,
        )
    };
    INSIDE.set(false);
    status
}
