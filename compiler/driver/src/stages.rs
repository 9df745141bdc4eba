//! The stages by name, and how long each took.

use std::time::Duration;

/// A stage of a compilation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// Text to syntax tree and HIR.
    Parse,
    /// Types of all values.
    Infer,
    /// HIR to IR.
    Lower,
    /// IR to IR.
    Opt,
    /// IR to an object.
    Codegen,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Stage; 5] =
        [Stage::Parse, Stage::Infer, Stage::Lower, Stage::Opt, Stage::Codegen];

    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Parse => "parse",
            Stage::Infer => "infer",
            Stage::Lower => "lower",
            Stage::Opt => "opt",
            Stage::Codegen => "codegen",
        }
    }
}

/// Time spent in each stage.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timings([Duration; 5]);

impl Timings {
    /// Time of a stage.
    pub fn get(&self, stage: Stage) -> Duration {
        self.0[stage as usize]
    }

    /// Adds to a stage.
    pub fn add(&mut self, stage: Stage, time: Duration) {
        self.0[stage as usize] += time;
    }

    /// All stages together.
    pub fn total(&self) -> Duration {
        self.0.iter().sum()
    }
}
