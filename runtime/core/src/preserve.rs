//! Runtime functions that leave every register as it was.
//!
//! Compiled loops call `poll_slow` and `free_owner` from cold blocks. Under the C
//! convention such a call would cost the hot path its registers: all floating
//! ones are the callee's to overwrite, so values live across the cold call would
//! be spilled in the loop. These wrappers save all general registers and all
//! 128-bit vector registers around the real function; both C callers and callers
//! under Cranelift's `preserve_all` convention may call them.
//!
//! Wider vector parts aren't saved: a backend that keeps values in them across
//! such a call uses the C convention.

use cumbia_abi::Context;

/// Defines a wrapper with up to 3 integer parameters, which stay in their
/// registers, and no result.
macro_rules! preserving {
    ($(#[$doc:meta])* $name:ident ($($param:ident: $ty:ty),*) => $target:path) => {
        $(#[$doc])*
        #[cfg(target_arch = "x86_64")]
        #[unsafe(naked)]
        pub(crate) extern "C" fn $name($($param: $ty),*) {
            core::arch::naked_asm!(
                ".cfi_startproc",
                "push rbp",
                ".cfi_def_cfa_offset 16",
                ".cfi_offset rbp, -16",
                "mov rbp, rsp",
                ".cfi_def_cfa_register rbp",
                "push rax",
                "push rcx",
                "push rdx",
                "push rsi",
                "push rdi",
                "push r8",
                "push r9",
                "push r10",
                "push r11",
                // 9 pushes after an aligned frame, 16 vectors and 8 bytes: aligned.
                "sub rsp, 264",
                "movups [rsp], xmm0",
                "movups [rsp + 16], xmm1",
                "movups [rsp + 32], xmm2",
                "movups [rsp + 48], xmm3",
                "movups [rsp + 64], xmm4",
                "movups [rsp + 80], xmm5",
                "movups [rsp + 96], xmm6",
                "movups [rsp + 112], xmm7",
                "movups [rsp + 128], xmm8",
                "movups [rsp + 144], xmm9",
                "movups [rsp + 160], xmm10",
                "movups [rsp + 176], xmm11",
                "movups [rsp + 192], xmm12",
                "movups [rsp + 208], xmm13",
                "movups [rsp + 224], xmm14",
                "movups [rsp + 240], xmm15",
                "call {target}",
                "movups xmm0, [rsp]",
                "movups xmm1, [rsp + 16]",
                "movups xmm2, [rsp + 32]",
                "movups xmm3, [rsp + 48]",
                "movups xmm4, [rsp + 64]",
                "movups xmm5, [rsp + 80]",
                "movups xmm6, [rsp + 96]",
                "movups xmm7, [rsp + 112]",
                "movups xmm8, [rsp + 128]",
                "movups xmm9, [rsp + 144]",
                "movups xmm10, [rsp + 160]",
                "movups xmm11, [rsp + 176]",
                "movups xmm12, [rsp + 192]",
                "movups xmm13, [rsp + 208]",
                "movups xmm14, [rsp + 224]",
                "movups xmm15, [rsp + 240]",
                "add rsp, 264",
                "pop r11",
                "pop r10",
                "pop r9",
                "pop r8",
                "pop rdi",
                "pop rsi",
                "pop rdx",
                "pop rcx",
                "pop rax",
                "pop rbp",
                "ret",
                ".cfi_endproc",
                target = sym $target,
            )
        }

        #[cfg(not(target_arch = "x86_64"))]
        pub(crate) extern "C" fn $name($($param: $ty),*) {
            $target($($param),*)
        }
    };
}

preserving! {
    /// The helper `poll_slow`.
    poll_slow(context: *mut Context) => crate::interrupt::poll_slow
}
preserving! {
    /// The helper `osr_poll_slow`.
    osr_poll_slow(context: *mut Context) => crate::interrupt::osr_poll_slow
}
preserving! {
    /// The helper `free_owner`.
    free_owner(context: *mut Context, owner: *mut u8) => crate::memory::free_owner
}
