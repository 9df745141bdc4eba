//! Nests of counted loops as they are when rare ways are taken away: their loops, what they
//! access, and what must hold in front of them.
//!
//! What the passes share that write a nest anew, for all that passes the tests in front, and
//! leave the nest as it was for the rest. Nothing here changes a function but by opening the way
//! into a nest and writing tests there.

mod accesses;
mod entrance;
mod extent;
mod hull;
mod nest;

pub use accesses::{Access, Products, accesses, away, base, limits};
pub use entrance::Entrance;
pub use extent::Extent;
pub use hull::write as write_ends;
pub use nest::{Found, Item, Nest, find};
