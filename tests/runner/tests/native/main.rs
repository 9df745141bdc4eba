//! Native code of small functions, made by hand, on every backend and under every choice
//! of options: each operation against Rust's, memory, calls, exceptions, polls.

mod common;
mod control;
mod memory;
mod num;
