//! The C interface of `cumbia_backend::shared`.

use crate::engine::{self, Output};
use cumbia_backend::shared::{Answer, Options, fingerprint};
use cumbia_backend::{BackendError, artifact_to_bytes};
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

/// What caller and object must have in common.
#[unsafe(no_mangle)]
pub extern "C" fn cumbia_backend_fingerprint() -> *const c_char {
    static TEXT: LazyLock<CString> = LazyLock::new(|| text(fingerprint()));
    TEXT.as_ptr()
}

/// What this is, for reports.
#[unsafe(no_mangle)]
pub extern "C" fn cumbia_backend_description() -> *const c_char {
    static TEXT: LazyLock<CString> = LazyLock::new(|| {
        let (major, minor, patch) = inkwell::support::get_llvm_version();
        text(format!("LLVM {major}.{minor}.{patch}"))
    });
    TEXT.as_ptr()
}

fn text(text: String) -> CString {
    CString::new(text).unwrap_or_default()
}

/// Compiles a module.
///
/// # Safety
///
/// `ir` and `options` are the addresses of so many readable bytes; `answer` may be
/// written. The answer's bytes are freed by [`cumbia_backend_free`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cumbia_backend_compile(
    ir: *const u8,
    ir_size: usize,
    options: *const u8,
    options_size: usize,
    answer: *mut Answer,
) {
    // SAFETY: the caller's promise.
    let (ir, options) = unsafe {
        (std::slice::from_raw_parts(ir, ir_size), std::slice::from_raw_parts(options, options_size))
    };
    let result = catch_unwind(AssertUnwindSafe(|| compile(ir, options)));
    let (ok, bytes) = match result {
        Ok(Ok(bytes)) => (1, bytes),
        Ok(Err(e)) => (0, format!("{}\0{}", e.function, e.message).into_bytes()),
        Err(_) => (0, b"a panic".to_vec()),
    };
    let bytes = Box::leak(bytes.into_boxed_slice());
    // SAFETY: the caller's promise.
    unsafe { answer.write(Answer { ok, data: bytes.as_mut_ptr(), size: bytes.len() }) };
}

/// Frees the bytes of an answer.
///
/// # Safety
///
/// [`cumbia_backend_compile`] wrote the answer, and it isn't freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cumbia_backend_free(answer: *mut Answer) {
    // SAFETY: the caller's promise; the bytes are a leaked boxed slice of this size.
    unsafe {
        let Answer { data, size, .. } = *answer;
        drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(data, size)));
    }
}

fn compile(ir: &[u8], options: &[u8]) -> Result<Vec<u8>, BackendError> {
    let failure = |message: String| BackendError { function: String::new(), message };
    let utf8 = |bytes| str::from_utf8(bytes).map_err(|e| failure(e.to_string()));
    let options = Options::from_text(utf8(options)?).map_err(failure)?;
    let module = cumbia_ir::parse_module(utf8(ir)?).map_err(|e| failure(e.to_string()))?;
    Ok(match engine::compile(&module, options)? {
        Output::Artifact(artifact) => artifact_to_bytes(&artifact),
        Output::Text(text) => text.into_bytes(),
    })
}
