//! Strings and bytes of compiled code, and text of numbers.
//!
//! ASCII is handled here; what depends on the Unicode database is asked of the running
//! Python ([`crate::host`]). Helpers borrow their arguments and give new references;
//! results that are an argument share it.

// One expression for units of all sizes, in `with_units!`.
#![allow(clippy::useless_conversion)]

mod ascii;
mod bytes;
mod bytes_methods;
mod fixed;
mod format;
mod from_text;
mod helpers;
mod methods;
mod numbers;
mod object;
mod parse;
mod percent;
mod quote;
mod search;
mod split;
mod text;
mod to_text;
mod values;

pub(crate) use bytes::{
    bytes_compare, bytes_concat, bytes_equal, bytes_has, bytes_hex, bytes_repeat, bytes_slice,
};
pub(crate) use bytes_methods::*;
pub(crate) use fixed::*;
pub(crate) use from_text::*;
pub(crate) use helpers::*;
pub(crate) use methods::*;
pub use numbers::set_float32_text;
pub(crate) use object::copy_short;
pub use object::{
    bytes as new_bytes, static_strings, string as new_string, string_list as new_string_list,
    text as object_text,
};
pub(crate) use percent::*;
pub use text::Text;
pub(crate) use to_text::*;
pub(crate) use values::*;

/// A new string of code points.
pub(crate) fn string_of_points(context: &mut cumbia_abi::Context, points: &[u32]) -> *mut u8 {
    object::string(context, Text::Four(points))
}

/// The code points of a string.
///
/// # Safety
///
/// The address is that of a live string.
pub(crate) unsafe fn points_of(string: *const u8) -> Vec<u32> {
    // SAFETY: passed on.
    unsafe { object::text(string) }.wide()
}
