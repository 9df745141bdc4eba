//! Verifier: what holds of every function, and what each stage adds.
//!
//! **Blocks.** The layout has at least one block and each block once. A block ends
//! with a terminator and has no other. The first block is the entry: its parameters
//! have the types of the function's, and nothing jumps to it.
//!
//! **Instructions.** An instruction is in one place of one block. Its controlling
//! type is in the opcode's set; operands, immediate, targets and results are as its
//! shape says. Constants fit their type. `!const` memory isn't written. Callees
//! exist and are given what they declare. A raised class is a dotted name, and its
//! message refers to arguments that are there, at most [`crate::MAX_MESSAGE_ARGS`].
//!
//! **SSA.** Definitions know their values and the values their definition. Each
//! operand is defined in the layout, and its definition dominates the use; an
//! argument to a target is used by the terminator. In unreachable blocks only the
//! first is asked.
//!
//! **Control flow.** Targets are in the layout. Every loop is natural: an edge goes
//! back only to a block that dominates its source.
//!
//! **Types.** Operands have the types that the shape gives them, arguments those of
//! the parameters they are for, returned values those of the function's results.
//! Conversions go between the types that their row in the opcode table names.
//!
//! **Purity.** A function marked `pure` is ([`is_pure`]).
//!
//! **Functions for C** have data to begin their context with, which may be written, and at most
//! one result; nothing in them raises, and nothing calls them.
//!
//! **Stages** add to this, see [`Stage`]. What isn't checked: preconditions of
//! guarded operations (the interpreter does), addresses, and reference counts.

mod flow;
mod instruction;
mod ssa;

use crate::analysis::{Cfg, DominatorTree, LoopForest, is_pure};
use crate::entities::{Block, DataId, Inst};
use crate::function::{Function, Imm};
use crate::module::{ExternEffects, Module, StorageDecl, StorageSpace};
use crate::opcode::{Effects, Opcode};
use crate::text::Numbering;
use crate::types::Type;
use std::fmt;

/// How far a function has come, which says what may be in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Stage {
    /// In the hands of a pass, or written by hand: nothing beyond the common rules.
    Draft,
    /// From the front end. Loops are canonical: the header has a preheader (one
    /// predecessor outside of the loop, whose only successor is the header) and one
    /// latch. Unreachable blocks may be there. Passes keep loops canonical.
    Lowered,
    /// From the pipeline: as lowered, and every block is reachable.
    Optimized,
    /// Ready for a backend, which lacks none of the operations that are left. As
    /// optimized.
    Expanded,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Stage; 4] = [Stage::Draft, Stage::Lowered, Stage::Optimized, Stage::Expanded];

    /// The name in tests and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Lowered => "lowered",
            Stage::Optimized => "optimized",
            Stage::Expanded => "expanded",
        }
    }

    /// The stage of a name.
    pub fn from_name(name: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|s| s.name() == name)
    }

    const fn rules(self) -> Rules {
        match self {
            Stage::Draft => Rules { canonical_loops: false, unreachable_blocks: true },
            Stage::Lowered => Rules { canonical_loops: true, unreachable_blocks: true },
            Stage::Optimized | Stage::Expanded => {
                Rules { canonical_loops: true, unreachable_blocks: false }
            }
        }
    }
}

/// What differs between stages.
struct Rules {
    canonical_loops: bool,
    unreachable_blocks: bool,
}

/// One violated invariant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// The function.
    pub function: String,
    /// The block, if the error belongs to one.
    pub block: Option<Block>,
    /// The instruction, if the error belongs to one.
    pub inst: Option<Inst>,
    /// The place as the text form shows it.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.function)?;
        if !self.place.is_empty() {
            write!(f, ", {}", self.place)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for VerifyError {}

/// Checks one function against the common rules and those of a stage.
///
/// # Errors
///
/// Everything that is wrong; if blocks or handles are broken, those alone.
pub fn verify_function(
    func: &Function,
    module: &Module,
    stage: Stage,
) -> Result<(), Vec<VerifyError>> {
    let mut verifier =
        Verifier { func, module, numbering: Numbering::new(func), errors: Vec::new() };
    verifier.blocks();
    if verifier.errors.is_empty() {
        for &block in &func.layout {
            for &inst in &func.block(block).insts {
                verifier.instruction(block, inst);
            }
        }
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let loops = LoopForest::new(func, &cfg, &domtree);
        verifier.ssa(&cfg, &domtree);
        verifier.flow(&cfg, &loops, &stage.rules());
        if func.pure && !is_pure(func, module) {
            verifier.function_error("it isn't pure");
        }
        if let Some(data) = func.for_c {
            verifier.for_c(data);
        }
        for array in &func.arrays {
            let parts = func.params.get(array.data as usize..).unwrap_or_default();
            let sizes = parts.get(1..1 + 2 * array.axes as usize);
            if parts.first() != Some(&Type::Ptr)
                || sizes.is_none_or(|sizes| sizes.iter().any(|&ty| ty != Type::I64))
            {
                verifier.function_error(format!("parameter {} is no array", array.data));
            }
        }
    }
    if verifier.errors.is_empty() { Ok(()) } else { Err(verifier.errors) }
}

/// Checks all functions of a module, and that names are unique.
///
/// # Errors
///
/// Everything that is wrong.
pub fn verify_module(module: &Module, stage: Stage) -> Result<(), Vec<VerifyError>> {
    let mut errors = Vec::new();
    let mut once = |name: &str, seen: bool| {
        if seen {
            errors.push(VerifyError {
                function: name.to_owned(),
                block: None,
                inst: None,
                place: String::new(),
                message: "the name is there twice".into(),
            });
        }
    };
    let mut names = rustc_hash::FxHashSet::default();
    module.functions.iter().for_each(|f| once(&f.name, !names.insert(&f.name)));
    names.clear();
    module.externs.iter().for_each(|e| once(&e.name, !names.insert(&e.name)));
    names.clear();
    module.storage.iter().for_each(|s| once(&s.name, !names.insert(&s.name)));
    for storage in &module.storage {
        let message = match storage {
            StorageDecl { align, .. } if !align.is_power_of_two() => "its alignment is none",
            StorageDecl { bytes: 0, space: StorageSpace::Local, .. } => "a thread's needs a size",
            _ => continue,
        };
        let function = storage.name.clone();
        let (place, message) = (String::new(), message.into());
        errors.push(VerifyError { function, block: None, inst: None, place, message });
    }
    for func in &module.functions {
        if let Err(found) = verify_function(func, module, stage) {
            errors.extend(found);
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

struct Verifier<'a> {
    func: &'a Function,
    module: &'a Module,
    numbering: Numbering,
    errors: Vec<VerifyError>,
}

impl Verifier<'_> {
    /// The rules of a function for callers in C.
    fn for_c(&mut self, data: DataId) {
        if self.module.data.get(data.index()).is_none_or(|data| !data.writable) {
            self.function_error("its context is made of no data that may be written");
        }
        if self.func.results.len() > 1 {
            self.function_error("C gets one result");
        }
        let func = self.func;
        for &block in &func.layout {
            for &inst in &func.block(block).insts {
                if self.raises(inst) {
                    self.inst_error(block, inst, "raises in a function for C");
                }
            }
        }
    }

    fn raises(&self, inst: Inst) -> bool {
        let data = self.func.inst(inst);
        match (data.op, &data.imm) {
            (Opcode::Call | Opcode::Poll | Opcode::OsrPoll | Opcode::StackCheck, _)
            | (Opcode::Raise | Opcode::Rethrow, _) => true,
            (Opcode::ExternCall, Imm::Extern(id)) => {
                let callee = self.module.externs.get(id.index());
                callee.is_some_and(|callee| callee.effects == ExternEffects::Raises)
            }
            (op, _) => op.effects() == Effects::Raise,
        }
    }

    fn function_error(&mut self, message: impl Into<String>) {
        self.push(None, None, String::new(), message.into());
    }

    fn block_error(&mut self, block: Block, message: impl Into<String>) {
        self.push(Some(block), None, self.numbering.block(block).to_string(), message.into());
    }

    fn inst_error(&mut self, block: Block, inst: Inst, message: impl Into<String>) {
        let text = self.func.display_inst(Some(self.module), &self.numbering, inst);
        let place = format!("{}, `{text}`", self.numbering.block(block));
        self.push(Some(block), Some(inst), place, message.into());
    }

    fn push(&mut self, block: Option<Block>, inst: Option<Inst>, place: String, message: String) {
        let function = self.func.name.clone();
        self.errors.push(VerifyError { function, block, inst, place, message });
    }
}
