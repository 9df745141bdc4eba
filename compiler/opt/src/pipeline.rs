//! The order of the passes, and running them.
//!
//! [`PIPELINE`] is the whole of it, and [`FURTHER`] for the optimizing tier: no pass
//! schedules another. With
//! [`OptOptions::verify_each`] the verifier runs after each pass, and a pass that
//! broke a function is reported by name with the text before and after.

use crate::pass::Pass;
use crate::passes::{
    BlockParams, BoundaryTurns, BoundsCheckElim, BranchFold, CarriedElements, CarriedLoads,
    CarriedTotals, CheckedSums, DeadCode, FullUnroll, Gvn, IfConversion, Inline, InlinePure,
    LatestLast, Licm, LoopOrder, LoopVersioning, NarrowIntegers, NearLoads, RarePolls,
    RefcountPairs, RunningExtremes, Simplify, SlowCounters, SplitTurns, StripMine, TailMerging,
    UnrollAndJam,
};
use cumbia_ir::analysis::is_pure;
use cumbia_ir::{FuncId, Function, Imm, Inst, Module, Stage, verify_function};
use std::fmt;

/// All passes in the order in which they run on each function.
pub const PIPELINE: &[&dyn Pass] = &[
    // Library bodies become part of what calls them.
    &Inline,
    // The front end's text, as it is, made small and uniform: the later passes see
    // through less and look at less.
    &Simplify,
    &BlockParams,
    &BranchFold,
    &Gvn,
    // Now equal things are one value, which is what symbolic ranges speak of.
    &BoundsCheckElim,
    // Checks gone leave arithmetic that folds, and branches that are decided.
    &Simplify,
    &Gvn,
    &BranchFold,
    &BlockParams,
    &Licm,
    &RefcountPairs,
    &DeadCode,
];

/// What the optimizing tier does besides, in a module that went through [`PIPELINE`]: it
/// costs code and time that the first tier doesn't spend.
pub const FURTHER: &[&dyn Pass] = &[
    // What the backend makes vector forms of has no calls on its main path.
    &InlinePure,
    // Continuations of loops have parameters in plenty.
    &BlockParams,
    // What a loop of three turns checks is checked in the loop around it.
    &FullUnroll,
    &BranchFold,
    &BlockParams,
    &Simplify,
    // Behind the last proof about a sum, which is exact while it is checked.
    &SlowCounters,
    // While checks are there to see what exists by.
    &NearLoads,
    // Turns at the ends of loops are another matter for checks, too.
    &BoundaryTurns,
    &BranchFold,
    &LoopVersioning,
    // The tests in front of loops share much.
    &Simplify,
    &Gvn,
    &Licm,
    &CarriedLoads,
    &CarriedElements,
    // Arms have the same ends once they have no checks.
    &TailMerging,
    // What checks are left by now are in the way of choices.
    &IfConversion,
    // In a loop as a whole: that it runs again as it was costs nothing that lasts.
    &RunningExtremes,
    // Behind the last pass that removes checks.
    &NarrowIntegers,
    // No pass behind this one gives operations an order.
    &LatestLast,
    // Nests are still whole; turns are made side by side in the order that they have then.
    &LoopOrder,
    &CarriedTotals,
    &UnrollAndJam,
    // Parts of loops are loops, which get strips.
    &SplitTurns,
    // After the checks: a loop that can't raise is stripped to what it computes.
    &StripMine,
    &CheckedSums,
    // What polls couldn't be taken out of is no counted loop.
    &RarePolls,
    &BlockParams,
    &DeadCode,
];

/// What is done for a device besides, in a module that went through [`PIPELINE`]. Threads meet
/// in code that is one for all of them, so nothing here makes two of one.
pub const FOR_DEVICES: &[&dyn Pass] =
    &[&InlinePure, &BlockParams, &Simplify, &Gvn, &Licm, &IfConversion, &BlockParams, &DeadCode];

/// The pass of a name.
pub fn pass(name: &str) -> Option<&'static dyn Pass> {
    PIPELINE.iter().chain(FURTHER).copied().find(|pass| pass.name() == name)
}

/// Called after each pass that changed a function, with the module around it, the
/// function and the pass's name.
pub type Observer<'a> = &'a mut dyn FnMut(&Module, &Function, &'static str);

/// How to run the pipeline.
#[derive(Default)]
pub struct OptOptions<'a> {
    /// Verify after each pass. Costs more than the passes: for tests and debugging.
    pub verify_each: bool,
    /// Sees each function after each pass that changed it.
    pub observer: Option<Observer<'a>>,
}

/// What the passes did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// For each entry of [`PIPELINE`] how many functions it changed.
    pub changed: Vec<(&'static str, u32)>,
}

/// A pass that left a function that doesn't verify: a bug in the pass.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PassFailure {
    /// The pass.
    pub pass: &'static str,
    /// The function's name.
    pub function: String,
    /// What the verifier said.
    pub message: String,
    /// The function's text before the pass.
    pub before: String,
    /// The function's text after it.
    pub after: String,
}

impl fmt::Display for PassFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "pass `{}` broke `{}`: {}", self.pass, self.function, self.message)?;
        write!(f, "; before\n{}\n; after\n{}", self.before, self.after)
    }
}

impl std::error::Error for PassFailure {}

/// Runs [`PIPELINE`] on each function of the module.
///
/// # Errors
///
/// With [`OptOptions::verify_each`], the first pass that broke a function.
pub fn optimize(module: &mut Module, options: &mut OptOptions<'_>) -> Result<Stats, PassFailure> {
    let stats = run_passes(module, PIPELINE, options)?;
    drop_unreached(module);
    Ok(stats)
}

/// Runs [`FURTHER`] on each function of a module that [`optimize`] went through.
///
/// # Errors
///
/// As [`optimize`].
pub fn optimize_further(
    module: &mut Module,
    options: &mut OptOptions<'_>,
) -> Result<Stats, PassFailure> {
    run_passes(module, FURTHER, options)
}

/// Runs [`FOR_DEVICES`] on each function of a module that [`optimize`] went through.
///
/// # Errors
///
/// As [`optimize`].
pub fn optimize_for_device(
    module: &mut Module,
    options: &mut OptOptions<'_>,
) -> Result<Stats, PassFailure> {
    run_passes(module, FOR_DEVICES, options)
}

/// Removes the `inline` functions that nothing reaches any more: those whose calls
/// were all replaced by their bodies. Handles of the others change.
pub(crate) fn drop_unreached(module: &mut Module) {
    let mut reached = vec![false; module.functions.len()];
    let mut work: Vec<usize> =
        (0..module.functions.len()).filter(|&i| !module.functions[i].inline).collect();
    work.iter().for_each(|&i| reached[i] = true);
    while let Some(index) = work.pop() {
        let func = &module.functions[index];
        for inst in func.layout.iter().flat_map(|&b| &func.block(b).insts) {
            if let Imm::Func(callee) = func.inst(*inst).imm
                && !std::mem::replace(&mut reached[callee.index()], true)
            {
                work.push(callee.index());
            }
        }
    }
    let mut kept = 0;
    let renumbered: Vec<FuncId> = reached
        .iter()
        .map(|&reached| {
            kept += usize::from(reached);
            FuncId::new(kept.saturating_sub(1))
        })
        .collect();
    if kept == module.functions.len() {
        return;
    }
    let mut keep = reached.iter();
    module.functions.retain(|_| *keep.next().expect("one flag per function"));
    for func in &mut module.functions {
        for inst in (0..func.num_insts()).map(Inst::new) {
            if let Imm::Func(callee) = &mut func.inst_mut(inst).imm {
                *callee = renumbered[callee.index()];
            }
        }
    }
}

/// The functions, callees before callers where they don't call each other in a circle.
fn callees_first(module: &Module) -> Vec<usize> {
    let callees = |index: usize| {
        let func = &module.functions[index];
        let insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
        let mut called: Vec<usize> = insts
            .filter_map(|&inst| match func.inst(inst).imm {
                Imm::Func(callee) => Some(callee.index()),
                _ => None,
            })
            .collect();
        called.dedup();
        called
    };
    let mut order = Vec::new();
    let mut seen = vec![false; module.functions.len()];
    for root in 0..seen.len() {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut open = vec![(root, callees(root))];
        while let Some((index, left)) = open.last_mut() {
            match left.pop() {
                Some(callee) if std::mem::replace(&mut seen[callee], true) => {}
                Some(callee) => open.push((callee, callees(callee))),
                None => {
                    order.push(*index);
                    open.pop();
                }
            }
        }
    }
    order
}

/// Runs the given passes, in order, on each function of the module, callees before
/// callers. Functions that turn out pure are marked so.
///
/// # Errors
///
/// As [`optimize`].
pub fn run_passes(
    module: &mut Module,
    passes: &[&'static dyn Pass],
    options: &mut OptOptions<'_>,
) -> Result<Stats, PassFailure> {
    let mut stats = Stats { changed: passes.iter().map(|pass| (pass.name(), 0)).collect() };
    for index in callees_first(module) {
        if module.functions[index].layout.is_empty() {
            continue;
        }
        let id = FuncId::new(index);
        module.functions[index].pure = false;
        let stage = if options.verify_each { stage_of(module, id) } else { Stage::Draft };
        let mut before = options.verify_each.then(|| module.function(id).clone());
        for (position, &pass) in passes.iter().enumerate() {
            let changed = run_pass(module, id, pass);
            stats.changed[position].1 += u32::from(changed);
            if let Some(before) = &mut before {
                check(module, id, pass, stage, before)?;
                if changed {
                    before.clone_from(module.function(id));
                }
            }
            if changed && let Some(observer) = &mut options.observer {
                observer(module, module.function(id), pass.name());
            }
        }
        // Callers, which follow, may rely on it.
        module.functions[index].pure = is_pure(module.function(id), module);
    }
    Ok(stats)
}

/// Runs one pass on one function and says whether it changed anything.
pub fn run_pass(module: &mut Module, id: FuncId, pass: &dyn Pass) -> bool {
    // The function leaves the module for the time being, so that the pass can have
    // both. Nobody may look at the empty one in its place.
    let place = &mut module.functions[id.index()];
    let empty = Function::new(String::new(), Vec::new(), Vec::new());
    let mut func = std::mem::replace(place, empty);
    let changed = pass.run(&mut func, module);
    module.functions[id.index()] = func;
    changed
}

/// The strictest stage whose rules a function keeps. Passes keep canonical loops
/// canonical, but take functions that never had them (those of tests) as they are.
fn stage_of(module: &Module, id: FuncId) -> Stage {
    match verify_function(module.function(id), module, Stage::Lowered) {
        Ok(()) => Stage::Lowered,
        Err(_) => Stage::Draft,
    }
}

fn check(
    module: &Module,
    id: FuncId,
    pass: &dyn Pass,
    stage: Stage,
    before: &Function,
) -> Result<(), PassFailure> {
    let func = module.function(id);
    verify_function(func, module, stage).map_err(|errors| PassFailure {
        pass: pass.name(),
        function: func.name.clone(),
        message: errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        before: before.display(module).to_string(),
        after: func.display(module).to_string(),
    })
}
