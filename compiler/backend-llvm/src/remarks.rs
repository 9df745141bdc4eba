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
use std::sync::{Once, PoisonError, RwLock, RwLockReadGuard};

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

/// What the passes always do, and don't.
///
/// Choices stay choices: LLVM makes branches of conditional moves in loops where a guess is
/// quicker if it is right, which it isn't for data in no order (a heap took twice as long, a
/// binary search 2.4 times); where it mostly is, the translation says so (`extremes`).
///
/// Sums of floats stay in Python's order, and are added up one
/// by one behind what is computed for them with vectors: that the order is the same is
/// LLVM's promise, that it pays its cost model's decision, which it asks for other
/// processors without being told.
const ALWAYS: [&CStr; 3] =
    [c"cumbia", c"-force-ordered-reductions=true", c"-x86-cmov-converter=false"];

/// Sets the options of all compilations, once.
fn set_always() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _alone = OPTIONS.write().unwrap_or_else(PoisonError::into_inner);
        parse(&ALWAYS);
    });
}

/// Gives LLVM options. The caller has seen to it that no compilation runs.
fn parse(arguments: &[&'static CStr]) {
    let arguments: Vec<_> = arguments.iter().map(|text| text.as_ptr()).collect();
    // SAFETY: an array of texts that live for ever; nothing else uses LLVM's options
    // while the lock is held for writing, which both callers do.
    unsafe {
        LLVMParseCommandLineOptions(arguments.len() as i32, arguments.as_ptr(), std::ptr::null());
    }
}

/// Keeps the options as they are.
pub(crate) fn keep_options() -> RwLockReadGuard<'static, bool> {
    set_always();
    OPTIONS.read().unwrap_or_else(PoisonError::into_inner)
}

/// Has passes make remarks, from now on.
pub(crate) fn enable() {
    if *keep_options() {
        return;
    }
    let mut enabled = OPTIONS.write().unwrap_or_else(PoisonError::into_inner);
    if !std::mem::replace(&mut *enabled, true) {
        parse(&ARGUMENTS);
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
