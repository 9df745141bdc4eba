//! Checks of the sources themselves: who may import whom, and the form of files.
//!
//! Each gives a list of what is wrong, one line each, with the place.

mod imports;
mod sources;

pub use imports::check_imports;
pub use sources::check_sources;
