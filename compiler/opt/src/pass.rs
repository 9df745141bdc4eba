//! What a pass is.

use cumbia_ir::{Function, Module};

/// One transformation of a function.
///
/// A pass keeps the function's results, exceptions and memory effects as they are
/// and leaves a function that verifies. It holds no state between functions and
/// gives the same output for the same input: no hash map's order may show.
pub trait Pass: Sync {
    /// The name in the pipeline, in file tests and in messages.
    fn name(&self) -> &'static str;

    /// Runs on one function and says whether anything changed. `module` declares the
    /// runtime functions; the function itself is out of it while the pass runs.
    fn run(&self, func: &mut Function, module: &Module) -> bool;
}
