//! The passes, one per file. [`crate::pipeline`] says in which order they run.

mod block_params;
mod bounds_check_elim;
mod branch_fold;
mod carried_elements;
mod carried_loads;
mod checked_sums;
mod dead_code;
mod gvn;
mod if_conversion;
mod inline;
mod licm;
mod loop_versioning;
mod refcount_pairs;
mod running_extremes;
mod simplify;
mod slow_counters;
mod strip_mine;

pub use block_params::BlockParams;
pub use bounds_check_elim::BoundsCheckElim;
pub use branch_fold::BranchFold;
pub use carried_elements::CarriedElements;
pub use carried_loads::CarriedLoads;
pub use checked_sums::CheckedSums;
pub use dead_code::DeadCode;
pub use gvn::Gvn;
pub use if_conversion::IfConversion;
pub use inline::{Inline, InlinePure};
pub use licm::Licm;
pub use loop_versioning::LoopVersioning;
pub use refcount_pairs::RefcountPairs;
pub use running_extremes::RunningExtremes;
pub use simplify::Simplify;
pub use slow_counters::SlowCounters;
pub use strip_mine::StripMine;
