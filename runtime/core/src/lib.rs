//! Memory, Python objects, math and error recording for compiled code.
//!
//! Implements every row of the ABI's helper table, and gives the boundary what it
//! needs around a call: a [`Context`](cumbia_abi::Context), release of what an
//! exception left behind, transfer of results, message texts. It knows neither
//! Python nor the compiler, and never unwinds into compiled code.

mod bits;
mod blocks;
mod call;
mod clock;
mod complex;
mod counted;
mod decimal;
mod distributions;
mod exceptions;
mod float_control;
mod fmod;
mod for_c;
mod foreign;
mod fourier;
mod grid;
mod host;
mod interrupt;
mod linear;
mod looking;
mod math;
mod memory;
mod message;
mod objects;
mod parallel;
mod pool;
mod preserve;
mod races;
mod raise;
mod random;
mod seeding;
mod sorting;
mod special;
mod stack;
mod strings;
mod table;
mod warnings;

pub use call::{Outcome, OwnedContext, with_context, with_context_above};
pub use decimal::round_decimal;
pub use distributions::{
    FindHook, OwnState, has_distributions, own_state, set_distributions, set_find_hook,
};
pub use exceptions::{
    Exception, ExceptionHooks, Origin, exception_of, pending_exception, set_exception_hooks,
    site_classes, throw_object,
};
pub use float_control::DefaultFloats;
pub use for_c::{FailedHook, context_for_c, set_failed_hook};
pub use host::raise_known;
pub use host::{HostArg, HostError, HostHook, HostValue, set_host_hook};
pub use interrupt::{
    OsrHook, PollHook, clear_interrupt, flag_for_c, interrupt_flag, request_interrupt,
    set_osr_hook, set_poll_hook,
};
pub use linear::{
    LinearHook, has_lapack, looked_for_linear_algebra, set_linear_algebra, set_linear_hook,
    without_linear_algebra,
};
pub use looking::{LookHook, keeping_flags, set_look_hook};
pub use memory::{
    Detached, argument_owner, detach, each_allocation, free_detached, hand_over, live_allocations,
    live_bytes, new_object, release_all, release_object,
};
pub use message::{
    RaiseArgument, format_raise, python_float_repr, python_float32_repr, raise_arguments,
};
pub use objects::{
    BytesHasher, Place, ResizeHook, buffer_slice, bytes_bytes, each_entry, follow_python,
    hash_bytes, lend_string, new_units, repr_text, retain_value, set_fill_place, set_member_hashes,
    set_none_hash, set_places, set_reserve_places, set_resize_hook, set_string_hasher, str_bytes,
    str_equal, str_hash, str_order, str_points,
};
pub use parallel::{
    DeviceHook, UseHook, after_fork as parallel_after_fork, most_threads, parallel_begin,
    parallel_block, parallel_end, set_device_hooks, set_threads, threads,
};
pub use raise::{clear_raised, raise, raise_bare, raise_key, raise_memory, raised_text};
pub use random::{Streams, Twister};
pub use seeding::Pcg64;
pub use stack::{stack_left, stack_limit};
pub use strings::{
    Text, new_bytes, new_string, new_string_list, object_text, set_float32_text, static_strings,
};
pub use table::{call_helper, helper_addresses};
pub use warnings::{WarningHook, set_warning_hook};
