//! What LLVM says while it compiles: errors, which must not end the process, and remarks
//! on loops for reports.
//!
//! Without a handler LLVM prints, and exits after an error; so every context gets one.
//! Remarks are made only after [`enable`], which changes LLVM's own global options: it
//! waits until no other compilation runs, and they cost later ones little.

use inkwell::context::Context;
use inkwell::llvm_sys::LLVMDiagnosticSeverity;
use inkwell::llvm_sys::core::{
    LLVMContextSetDiagnosticHandler, LLVMDisposeMessage, LLVMGetDiagInfoDescription,
    LLVMGetDiagInfoSeverity,
};
use inkwell::llvm_sys::prelude::LLVMDiagnosticInfoRef;
use inkwell::llvm_sys::support::LLVMParseCommandLineOptions;
use std::cell::RefCell;
use std::ffi::{CStr, c_void};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// Held for reading by every compilation, for writing while options change. The value
/// is whether remarks are enabled.
static OPTIONS: RwLock<bool> = RwLock::new(false);

/// Remarks that are kept begin so: LLVM makes those of all passes once there are any.
const KEPT: [&str; 8] = [
    "vectorized loop",
    "interleaved loop",
    "loop not vectorized",
    "the cost-model indicates",
    "completely unrolled",
    "unrolled loop",
    "Formed ",
    "Stores SLP vectorized",
];

/// Passes that speak of loops as a user sees them.
const ARGUMENTS: [&CStr; 4] = [
    c"cumbia",
    c"-pass-remarks=^(loop-vectorize|slp-vectorizer|loop-idiom|loop-unroll)$",
    c"-pass-remarks-missed=^loop-vectorize$",
    c"-pass-remarks-analysis=^loop-vectorize$",
];

/// Keeps the options as they are.
pub(crate) fn keep_options() -> RwLockReadGuard<'static, bool> {
    OPTIONS.read().unwrap_or_else(PoisonError::into_inner)
}

/// Has passes make remarks, from now on.
pub(crate) fn enable() {
    if *keep_options() {
        return;
    }
    let mut enabled = OPTIONS.write().unwrap_or_else(PoisonError::into_inner);
    if !std::mem::replace(&mut *enabled, true) {
        let arguments = ARGUMENTS.map(CStr::as_ptr);
        // SAFETY: an array of texts that live for ever; nothing else uses LLVM's options
        // while the lock is held for writing.
        unsafe {
            LLVMParseCommandLineOptions(
                arguments.len() as i32,
                arguments.as_ptr(),
                std::ptr::null(),
            );
        }
    }
}

/// What was said in one context.
#[derive(Default)]
pub(crate) struct Said {
    /// Each begins with its place, as `file:line:column: `.
    pub remarks: Vec<String>,
    /// Errors.
    pub errors: Vec<String>,
}

/// Listens to a context.
pub(crate) struct Listener<'c> {
    context: &'c Context,
    /// Its address is the handler's, so it is boxed.
    said: Box<RefCell<Said>>,
}

impl<'c> Listener<'c> {
    /// Listens until it is dropped.
    pub(crate) fn new(context: &'c Context) -> Listener<'c> {
        let said = Box::<RefCell<Said>>::default();
        let address = (&raw const *said).cast_mut().cast::<c_void>();
        // SAFETY: the context is alive; `said` outlives the handler, which `drop` removes.
        unsafe { LLVMContextSetDiagnosticHandler(context.raw(), Some(hear), address) };
        Listener { context, said }
    }

    /// What was said since the last time.
    pub(crate) fn take(&self) -> Said {
        self.said.take()
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        // SAFETY: the context outlives this.
        unsafe {
            LLVMContextSetDiagnosticHandler(self.context.raw(), None, std::ptr::null_mut());
        }
    }
}

/// Called by LLVM on the thread that compiles.
extern "C" fn hear(info: LLVMDiagnosticInfoRef, said: *mut c_void) {
    // SAFETY: LLVM passes a live diagnostic, and the address that was set with this
    // function; the text is LLVM's and is freed here. Only this thread uses the context.
    let (said, severity, text) = unsafe {
        let text = LLVMGetDiagInfoDescription(info);
        let owned = CStr::from_ptr(text).to_string_lossy().into_owned();
        LLVMDisposeMessage(text);
        (&*said.cast::<RefCell<Said>>(), LLVMGetDiagInfoSeverity(info), owned)
    };
    let Ok(mut said) = said.try_borrow_mut() else { return };
    match severity {
        LLVMDiagnosticSeverity::LLVMDSError => said.errors.push(text),
        LLVMDiagnosticSeverity::LLVMDSRemark => {
            let words = text.split_once(": ").map_or("", |(_, words)| words);
            if KEPT.iter().any(|start| words.starts_with(start)) {
                said.remarks.push(text);
            }
        }
        _ => {}
    }
}
