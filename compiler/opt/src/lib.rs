//! IR to IR: pipeline, analyses, passes.
//!
//! Makes functions faster without changing what they do: the same results, the same
//! exceptions in the same order relative to effects, the same memory. It knows the
//! IR and nothing else: no Python, no NumPy, no backend. It holds no state between
//! calls and its output is determined by its input.
//!
//! [`optimize`] runs the [`pipeline`], one flat list of [`passes`]; [`optimize_further`] a
//! second list for the tier that isn't waited for. Peephole rules
//! are in [`rules`], the range analysis behind the removal of checks in
//! [`analysis`]. `docs/how-to/add-an-optimization.md` is the walkthrough for a new one.

pub mod analysis;
mod definitions;
mod effects;
pub mod fold;
pub mod for_c;
mod loops;
pub mod osr;
mod pass;
pub mod passes;
pub mod pipeline;
mod quiet;
mod rewrite;
pub mod rules;
mod software;
pub mod threads;
mod watch;

pub use pass::Pass;
pub use pipeline::{
    OptOptions, PassFailure, Stats, optimize, optimize_for_device, optimize_further, pass,
    run_pass, run_passes,
};
pub use software::{for_processors, has_bfloats, without_bfloats};
pub use watch::{Told, poll_loops, watch_accesses};
