//! Kernels for the processor: the module that devices get, as code that carries one thread of
//! a grid on at a time (`cumbia_opt::threads`).

use crate::device::{KernelModule, NoCode};
use crate::session::{Compiled, Session, Signature};
use crate::stages::Timings;
use crate::stand_ins::stand_in;
use cumbia_abi::grid::KernelPlan;
use cumbia_frontend::types::Ty;
use cumbia_ir::{ArrayParams, FuncId, Imm, Module, Opcode};
pub use cumbia_opt::Told;
use cumbia_opt::threads::resumable;
use cumbia_opt::{for_processors, poll_loops, watch_accesses};

/// A kernel as code for the processor.
pub struct EmulatedKernel {
    /// The code.
    pub compiled: Compiled,
    /// What running a grid needs to know.
    pub plan: KernelPlan,
    /// Where the arrays are among the arguments' slots, and whether each may be written; empty
    /// where the code tells of no access.
    pub arrays: Vec<(ArrayParams, bool)>,
}

impl Session {
    /// Code for the threads of a kernel, and what running a grid of them needs to know:
    /// which accesses it tells of is said by `told`, none without.
    ///
    /// # Errors
    ///
    /// What the emulation can't do, and bugs of the compiler.
    pub fn emulated(
        &self,
        kernel: &KernelModule,
        told: Option<Told>,
    ) -> Result<EmulatedKernel, NoCode> {
        let mut module = kernel.module.clone();
        stand_in(&mut module).map_err(|missing| kernel.not_emulated(&missing))?;
        for_processors(&mut module);
        poll_loops(&mut module);
        let root = entered(&module, &kernel.entry);
        let written = told.map(|told| watch_accesses(&mut module, root, told));
        let arrays = module.function(root).arrays.clone();
        let arrays = arrays.into_iter().zip(written.unwrap_or_default()).collect();
        let name = format!("{}.thread", module.function(root).name);
        let origin = kernel.functions.get(&module.function(root).name).cloned();
        let plan = resumable(&mut module, root, &name).map_err(|why| {
            NoCode::Unavailable(format!("this kernel can't run on the processor: {why}"))
        })?;
        let mut functions = kernel.functions.clone();
        functions.extend(origin.map(|origin| (name.clone(), origin)));
        let signature = Signature { args: kernel.args.clone(), ret: Ty::None };
        let compiled = self
            .finish(module, name, signature, functions, Timings::default())
            .map_err(|error| NoCode::Compile(Box::new(error)))?;
        Ok(EmulatedKernel { compiled, plan, arrays })
    }
}

/// The function that an entry is for: the one it calls.
pub(crate) fn entered(module: &Module, entry: &str) -> FuncId {
    let func = module.function(module.find_function(entry).expect("the module has its entry"));
    let mut insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
    let called = insts.find_map(|&inst| match (func.inst(inst).op, &func.inst(inst).imm) {
        (Opcode::Call, &Imm::Func(callee)) => Some(callee),
        _ => None,
    });
    called.expect("an entry calls its function")
}
