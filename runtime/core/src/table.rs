//! The helper table: addresses for compiled code, and calls by position for the
//! reference interpreter. Both follow from the ABI's rows, so that a missing or
//! differently typed function doesn't compile.

use crate::clock::{clock_ns, clock_pause};
use crate::complex::cmath_special;
use crate::distributions::*;
use crate::exceptions::{
    exc_add_note, exc_args, exc_catch, exc_class, exc_end, exc_from, exc_ignored, exc_is,
    exc_is_exactly, exc_leaves_generator, exc_link, exc_new, exc_raise, exc_reraise, exc_resume,
    exc_text, exc_thrown,
};
use crate::for_c::{c_failed, c_floats, c_floats_back, c_leave, c_result, c_stack};
use crate::foreign::{foreign_float, foreign_int};
use crate::fourier::fourier_lines;
use crate::grid::{grid_access, kernel_print};
use crate::linear::{
    complex_dot, lapack_cholesky, lapack_determinant, lapack_eig, lapack_eigh, lapack_inverse,
    lapack_least_squares, lapack_qr, lapack_solve, lapack_svd, matrix_product, real_dot,
};
use crate::looking::{
    float_flags, float_flags_clear, float_flags_raise, look, look_operand, look_raise,
};
use crate::math::*;
use crate::memory::{alloc, global_slots, move_bytes};
use crate::objects::*;
use crate::parallel::{device_use, parallel_new, parallel_run, thread_count, thread_number};
use crate::preserve::{free_owner, osr_poll_slow, poll_slow};
use crate::races::{race_access, race_line, race_turn};
use crate::random::*;
use crate::sorting::{partition_numbers, sort_numbers, sorted_positions};
use crate::special::{lgamma_f64, tgamma_f64};
use crate::strings::str_equal;
use crate::strings::*;
use crate::warnings::{warn_modes, warn_note, warn_noted};
use cumbia_abi::{Context, HELPERS};

/// A value that travels in a 64-bit slot.
trait Slot: Sized {
    fn from_slot(slot: u64) -> Self;
    fn into_slot(self) -> u64;
}

impl Slot for () {
    fn from_slot(_: u64) {}
    fn into_slot(self) -> u64 {
        0
    }
}
impl Slot for u8 {
    fn from_slot(slot: u64) -> u8 {
        u8::from(slot & 1 == 1)
    }
    fn into_slot(self) -> u64 {
        u64::from(self)
    }
}
impl Slot for i64 {
    fn from_slot(slot: u64) -> i64 {
        slot as i64
    }
    fn into_slot(self) -> u64 {
        self as u64
    }
}
impl Slot for f32 {
    fn from_slot(slot: u64) -> f32 {
        f32::from_bits(slot as u32)
    }
    fn into_slot(self) -> u64 {
        u64::from(self.to_bits())
    }
}
impl Slot for f64 {
    fn from_slot(slot: u64) -> f64 {
        f64::from_bits(slot)
    }
    fn into_slot(self) -> u64 {
        self.to_bits()
    }
}
impl Slot for *mut u8 {
    fn from_slot(slot: u64) -> *mut u8 {
        std::ptr::with_exposed_provenance_mut(slot as usize)
    }
    fn into_slot(self) -> u64 {
        self.expose_provenance() as u64
    }
}

/// The native type of an ABI type.
macro_rules! native {
    () => { () };
    (Bool) => { u8 };
    (I64) => { i64 };
    (F32) => { f32 };
    (F64) => { f64 };
    (Ptr) => { *mut u8 };
}

/// The native function type of a row.
macro_rules! signature {
    (Pure ($($param:ident),*) ($($result:ident)?)) => {
        extern "C" fn($(native!($param)),*) -> native!($($result)?)
    };
    ($effects:ident ($($param:ident),*) ($($result:ident)?)) => {
        extern "C" fn(*mut Context $(, native!($param))*) -> native!($($result)?)
    };
}

/// A call of a row's function with arguments from slots.
macro_rules! call {
    (Pure $function:ident $context:ident $args:ident ($($param:ident),*)) => {
        $function($( <native!($param)>::from_slot(*$args.next().expect("an argument for each parameter")) ),*)
    };
    ($effects:ident $function:ident $context:ident $args:ident ($($param:ident),*)) => {
        $function($context $(, <native!($param)>::from_slot(*$args.next().expect("an argument for each parameter")) )*)
    };
}

type SlotCall = fn(*mut Context, &[u64]) -> u64;

macro_rules! tables {
    ($( $name:ident ($($param:ident),*) -> ($($result:ident)?) $effects:ident; )*) => {
        /// Addresses in the order of the ABI's table.
        static ADDRESSES: Addresses = Addresses([ $(
            {
                let function: signature!($effects ($($param),*) ($($result)?)) = $name;
                function as *const u8
            },
        )* ]);

        static SLOT_CALLS: [SlotCall; HELPERS.len()] = [ $(
            |_context, args| {
                #[allow(unused_mut, unused_variables)]
                let mut args = args.iter();
                Slot::into_slot(call!($effects $name _context args ($($param),*)))
            },
        )* ];
    };
}

struct Addresses([*const u8; HELPERS.len()]);
// SAFETY: addresses of functions, which are the same for all threads.
unsafe impl Sync for Addresses {}

cumbia_abi::for_each_helper!(tables);

/// The addresses of all helpers, in the order of [`HELPERS`].
#[inline]
pub fn helper_addresses() -> &'static [*const u8] {
    &ADDRESSES.0
}

/// Calls helper number `index` of [`HELPERS`] with arguments as slots, and gives
/// its result as a slot (0 if it has none): what the reference interpreter does.
/// A helper that fails sets the context's status.
///
/// # Safety
///
/// Addresses among the arguments are as the helper expects them: records of
/// `context`, and byte ranges that may be accessed.
///
/// # Panics
///
/// When there is no such helper, or an argument is missing.
pub unsafe fn call_helper(index: usize, context: &mut Context, args: &[u64]) -> u64 {
    SLOT_CALLS[index](context, args)
}
