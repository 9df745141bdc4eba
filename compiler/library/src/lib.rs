//! Everything user code may call: primitive tables (Rust) and bodies in the Python
//! subset (`bodies/*.py`).
//!
//! The front end asks [`lookup`] what a qualified name is. Nothing here knows types,
//! the IR or a backend; a body is text that the front end compiles like a user's
//! function, on demand and by name.

mod bodies;
pub mod natives;
mod refused;
#[cfg_attr(not(feature = "bodies-from-disk"), allow(dead_code))]
mod scan;
mod ufuncs;

pub use bodies::{
    Body, bodies_on_disk, body, implementation, implementations, implementations_for_times,
};
pub use refused::{REFUSED, Refused, instead_of, refused};
pub use ufuncs::{How, Loop, UFUNCS, Ufunc, special_names, ufunc};
