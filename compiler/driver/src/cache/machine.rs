//! What code for this processor depends on.

/// A text that differs wherever code made here may not run, or be another: the processor's
/// kind and its features, as both compilers ask for them.
pub fn processor() -> String {
    let mut text = format!("{} {}", std::env::consts::ARCH, std::env::consts::OS);
    match crate::targets::is_for_any_processor() {
        true => text.push_str(" any"),
        false => features(&mut text),
    }
    text
}

#[cfg(target_arch = "x86_64")]
fn features(text: &mut String) {
    use std::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};
    use std::fmt::Write;
    let mut add = |words: &[u32]| {
        for word in words {
            let _ = write!(text, " {word:x}");
        }
    };
    let most = __cpuid(0);
    add(&[most.ebx, most.ecx, most.edx]);
    let one = __cpuid(1);
    // Not `ebx`, which says which core this is.
    add(&[one.eax, one.ecx, one.edx]);
    for (leaf, sub) in [(7, 0), (7, 1), (0xd, 1), (0x14, 0), (0x19, 0)] {
        if leaf <= most.eax {
            let found = __cpuid_count(leaf, sub);
            // How much room the states take that are enabled just now is no feature.
            let room = if leaf == 0xd { 0 } else { found.ebx };
            add(&[found.eax, room, found.ecx, found.edx]);
        }
    }
    for leaf in [0x8000_0001, 0x8000_0008] {
        if leaf <= __cpuid(0x8000_0000).eax {
            let found = __cpuid(leaf);
            add(&[found.ebx, found.edx]);
            // Of the second leaf it is the number of cores.
            if leaf == 0x8000_0001 {
                add(&[found.ecx]);
            }
        }
    }
    // Which registers the system keeps.
    if one.ecx >> 27 & 1 != 0 {
        // SAFETY: the processor has said that it has the instruction and it is enabled.
        let kept = unsafe { enabled() };
        let _ = write!(text, " {kept:x}");
    }

    #[target_feature(enable = "xsave")]
    unsafe fn enabled() -> u64 {
        // SAFETY: register 0 is there where the instruction is.
        unsafe { _xgetbv(0) }
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn features(text: &mut String) {
    use std::fmt::Write;
    #[cfg(target_os = "linux")]
    for what in [libc::AT_HWCAP, libc::AT_HWCAP2, libc::AT_PLATFORM] {
        // SAFETY: reads a vector of the process' own.
        let word = unsafe { libc::getauxval(what) };
        // The platform is an address.
        let word = if what == libc::AT_PLATFORM { u64::from(word != 0) } else { word as u64 };
        let _ = write!(text, " {word:x}");
    }
}
