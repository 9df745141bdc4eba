//! What a thread of a grid does is told to who watches it (`cumbia_cuda::emulate`), and what it
//! prints goes to `sys.stdout`.

use crate::host::{HostArg, ask};
use crate::raise::raise;
use crate::strings::Text;
use cumbia_abi::{Context, ExceptionClass};
use std::ffi::{CStr, c_char};

/// The helper `grid_access`. A fault leaves the kernel as an exception, in whose place who
/// runs the grid puts what it was told.
pub(crate) extern "C" fn grid_access(context: *mut Context, address: *mut u8, how: i64) {
    // SAFETY: compiled code gives its own context, and who has set `grid` keeps it alive for
    // the call.
    unsafe {
        let watch = (*context).grid;
        if watch.is_null() || (*watch).is_quiet(address.addr() as u64, how) {
            return;
        }
        if !((*watch).access)(watch, address, how) {
            raise(&mut *context, ExceptionClass::RuntimeError, "a fault of the grid");
        }
    }
}

/// The helper `kernel_print`: what a device's `vprintf` prints.
pub(crate) extern "C" fn kernel_print(context: *mut Context, text: *mut u8, words: *mut u8) {
    // SAFETY: compiled code gives its own context, a text of the module that a zero ends, and a
    // word for each place in it (`lower/kernel_print.rs`).
    unsafe {
        let text = CStr::from_ptr(text.cast::<c_char>()).to_string_lossy();
        let printed = filled(&text, words.cast::<u64>());
        let wide: Vec<u32> = printed.chars().map(u32::from).collect();
        ask(&mut *context, "builtins.print", &[HostArg::Str(Text::Four(&wide))]);
    }
}

/// A text with its places filled.
///
/// # Safety
///
/// There is a word for each place; that of `%s` is the address of a text that a zero ends.
unsafe fn filled(text: &str, words: *const u64) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    let mut at = 0;
    while let Some((before, behind)) = rest.split_once('%') {
        made += before;
        if let Some(behind) = behind.strip_prefix('%') {
            made.push('%');
            rest = behind;
            continue;
        }
        // SAFETY: the caller's promise.
        let word = unsafe { *words.add(at) };
        at += 1;
        let end = behind.find(['d', 'u', 'f', 's']).expect("a place has a kind");
        match &behind[end..=end] {
            "d" => made += &(word as i64).to_string(),
            "u" => made += &word.to_string(),
            "f" => made += &fixed(f64::from_bits(word)),
            _ => {
                // SAFETY: the caller's promise.
                let said =
                    unsafe { CStr::from_ptr(std::ptr::with_exposed_provenance(word as usize)) };
                made += &said.to_string_lossy();
            }
        }
        rest = &behind[end + 1..];
    }
    made + rest
}

/// A number as `%f` prints it.
fn fixed(x: f64) -> String {
    let sign = if x.is_sign_negative() { "-" } else { "" };
    if x.is_nan() {
        // Devices print no sign of what is no number.
        "nan".to_owned()
    } else if x.is_infinite() {
        format!("{sign}inf")
    } else {
        format!("{x:.6}")
    }
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn texts_are_filled_as_printf_does() {
        let word = c"True";
        let words = [(-3i64) as u64, u64::MAX, 0.1f64.to_bits(), word.as_ptr().addr() as u64];
        let _ = word.as_ptr().expose_provenance();
        // SAFETY: there are as many words as places, and the last is a text.
        let made = unsafe { filled("%lld and %llu: %f%% %s.\n", words.as_ptr()) };
        assert_eq!(made, "-3 and 18446744073709551615: 0.100000% True.\n");
        let floats = [f64::NAN, f64::NEG_INFINITY, -0.0, 1e22, 0.5e-6, 2.5].map(f64::to_bits);
        // SAFETY: as above.
        let made = unsafe { filled("%f %f %f %f %f %f", floats.as_ptr()) };
        assert_eq!(made, "nan -inf -0.000000 10000000000000000000000.000000 0.000000 2.500000");
    }
}
