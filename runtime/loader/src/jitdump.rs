//! The file by which `perf inject --jit` learns of code, its bytes and its lines:
//! `/tmp/jit-PID.dump`, where `CUMBIA_PERF=jitdump` asks for it.
//!
//! The format is that of the kernel's `tools/perf/Documentation/jitdump-specification.txt`.
//! One page of the file is mapped, which tells `perf record` where the file is. Times are of
//! the monotonic clock: `perf record -k mono`. What can't be written is left out, silently.
//! Never through a link that somebody else put there, and for no others to read.

use crate::described::Described;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Mutex, OnceLock, PoisonError, TryLockError};

const MAGIC: u32 = 0x4a69_5444;
const VERSION: u32 = 1;
/// `EM_X86_64`
const MACHINE: u32 = 62;
const CODE_LOAD: u32 = 0;
const DEBUG_INFO: u32 = 2;
/// Bytes of the file's head, and of each record's.
const FILE_HEAD: u32 = 40;
const RECORD_HEAD: usize = 16;

/// Whether the environment asks for it.
pub(crate) fn asked() -> bool {
    static ASKED: OnceLock<bool> = OnceLock::new();
    *ASKED.get_or_init(|| std::env::var_os("CUMBIA_PERF").is_some_and(|value| value == "jitdump"))
}

/// The process's file.
struct Dump {
    file: File,
    process: u32,
    /// How many functions it has.
    count: u64,
}

static DUMP: Mutex<Option<Dump>> = Mutex::new(None);

/// Adds functions to this process's file.
pub(crate) fn register(functions: &[Described], files: &[String]) {
    // A forked child whose parent's other thread was writing does without.
    let mut dump = match DUMP.try_lock() {
        Ok(dump) => dump,
        Err(TryLockError::Poisoned(dump)) => dump.into_inner(),
        Err(TryLockError::WouldBlock) if forked() => return,
        Err(TryLockError::WouldBlock) => DUMP.lock().unwrap_or_else(PoisonError::into_inner),
    };
    let process = std::process::id();
    if dump.as_ref().is_none_or(|dump| dump.process != process) {
        *dump = Dump::begin(process);
    }
    if let Some(dump) = &mut *dump {
        for function in functions {
            dump.add(function, files);
        }
    }
}

/// Whether this process is another one than that which asked first.
fn forked() -> bool {
    static FIRST: OnceLock<u32> = OnceLock::new();
    *FIRST.get_or_init(std::process::id) != std::process::id()
}

impl Dump {
    fn begin(process: u32) -> Option<Dump> {
        forked();
        let path = format!("/tmp/jit-{process}.dump");
        let open = || {
            OpenOptions::new()
                .read(true)
                .write(true)
                .create_new(true)
                .mode(0o600)
                .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
                .open(&path)
        };
        let mut file = open()
            .or_else(|_| {
                // Of an earlier process with this number, if it is the user's own.
                std::fs::remove_file(&path)?;
                open()
            })
            .ok()?;
        let mut head = Vec::new();
        for word in [MAGIC, VERSION, FILE_HEAD, MACHINE, 0, process] {
            head.extend_from_slice(&word.to_le_bytes());
        }
        head.extend_from_slice(&now().to_le_bytes());
        head.extend_from_slice(&0_u64.to_le_bytes());
        file.write_all(&head).ok()?;
        // SAFETY: a fresh private mapping of the file's first page, which nobody reads or
        // runs: `perf` records that it was made. It stays for the life of the process.
        let page = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                4096,
                libc::PROT_READ | libc::PROT_EXEC,
                libc::MAP_PRIVATE,
                file.as_raw_fd(),
                0,
            )
        };
        (page != libc::MAP_FAILED).then_some(Dump { file, process, count: 0 })
    }

    fn add(&mut self, function: &Described, files: &[String]) {
        let (start, size) = (function.code.start, function.code.end - function.code.start);
        let mut out = Vec::new();
        let lines: Vec<_> = function.rows.iter().filter(|row| row.line != 0).collect();
        if !lines.is_empty() {
            let mut body = Vec::new();
            for word in [start as u64, lines.len() as u64] {
                body.extend_from_slice(&word.to_le_bytes());
            }
            for row in lines {
                body.extend_from_slice(&(row.address as u64).to_le_bytes());
                body.extend_from_slice(&row.line.to_le_bytes());
                body.extend_from_slice(&0_u32.to_le_bytes());
                text(&mut body, files.get(row.file).map_or("", String::as_str));
            }
            record(&mut out, DEBUG_INFO, &body);
        }
        let mut body = Vec::new();
        // SAFETY: takes nothing, always succeeds.
        let thread = unsafe { libc::syscall(libc::SYS_gettid) } as u32;
        for word in [self.process, thread] {
            body.extend_from_slice(&word.to_le_bytes());
        }
        for word in [start as u64, start as u64, size as u64, self.count] {
            body.extend_from_slice(&word.to_le_bytes());
        }
        text(&mut body, &format!("cumbia::{}", function.name));
        // SAFETY: the code of a module that the caller keeps loaded; it is readable.
        body.extend_from_slice(unsafe {
            std::slice::from_raw_parts(std::ptr::with_exposed_provenance(start), size)
        });
        record(&mut out, CODE_LOAD, &body);
        if self.file.write_all(&out).is_ok() {
            self.count += 1;
        }
    }
}

fn record(out: &mut Vec<u8>, kind: u32, body: &[u8]) {
    // Readers want each record to begin at a multiple of 8.
    let size = (RECORD_HEAD + body.len()).next_multiple_of(8);
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(&(size as u32).to_le_bytes());
    out.extend_from_slice(&now().to_le_bytes());
    out.extend_from_slice(body);
    out.resize(out.len() + size - RECORD_HEAD - body.len(), 0);
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend(text.bytes().map(|byte| if byte == 0 { b'?' } else { byte }));
    out.push(0);
}

fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists on every system that this is built for; the struct is ours.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
