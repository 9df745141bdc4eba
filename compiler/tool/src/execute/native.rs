//! A call as native code: an entry around each function, compiled, loaded, run.

use super::answer::{Answer, Ending, Raised};
use super::call::Call;
use super::interpreter::allocations;
use super::memory::Arguments;
use cumbia_abi::{Context, Site, SiteKind};
use cumbia_backend::{Artifact, Backend};
use cumbia_ir::interp::canonical;
use cumbia_ir::{
    Builder, Function, IntCond, Loc, Module, Opcode, Region, Stage, Type, verify_function,
};
use cumbia_loader::LoadedModule;
use cumbia_runtime::{Outcome, format_raise, with_context};
use std::fmt;

/// A module in executable memory, with an entry for each of its functions.
pub struct Native {
    artifact: Artifact,
    loaded: LoadedModule,
    signatures: Vec<(String, Vec<Type>)>,
}

/// Why a module can't be run: a bug of the compiler.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NativeError(pub String);

impl fmt::Display for NativeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NativeError {}

impl Native {
    /// Compiles and loads a verified module.
    ///
    /// # Errors
    ///
    /// What the backend or the loader says.
    pub fn new(module: &Module, backend: &dyn Backend) -> Result<Native, NativeError> {
        let error = |e: &dyn fmt::Display| NativeError(format!("{}: {e}", backend.name()));
        let mut module = module.clone();
        cumbia_opt::for_processors(&mut module);
        for index in 0..module.functions.len() {
            let entry = entry_around(&module, index);
            debug_assert_eq!(verify_function(&entry, &module, Stage::Expanded), Ok(()));
            module.add_function(entry);
        }
        let artifact = backend.compile(&module).map_err(|e| error(&e))?;
        let loaded = LoadedModule::load(&artifact.object).map_err(|e| error(&e))?;
        let signatures =
            module.functions.iter().map(|f| (f.name.clone(), f.results.clone())).collect();
        Ok(Native { artifact, loaded, signatures })
    }

    /// Runs a call.
    ///
    /// # Panics
    ///
    /// When the module has no such function.
    pub fn run(&self, call: &Call) -> Answer {
        let name = entry_name(&call.function);
        let listed = self.artifact.entries.contains(&name);
        let entry =
            self.loaded.entry(&name).filter(|_| listed).expect("an entry for each function");
        let signature = self.signatures.iter().find(|(name, _)| *name == call.function);
        let (_, types) = signature.expect("the function exists");
        let arguments = Arguments::new(call);
        let mut results = vec![0u64; types.len()];
        let (ending, kept) = with_context(|context| {
            // SAFETY: `entry` is listed among the artifact's entries; the slots are as
            // many as the wrapped function's parameters and results, and `arguments`
            // outlives the call. The module was verified, and tests give it calls that
            // the interpreter has found to touch their own memory only.
            let status = unsafe { entry(context, arguments.slots.as_ptr(), results.as_mut_ptr()) };
            match Outcome::new(status, context) {
                Outcome::Ok => {
                    let values = types.iter().zip(&results);
                    let values = values.map(|(&ty, &bits)| (ty, canonical(ty, bits))).collect();
                    (Ending::Values(values), allocations(context) + arguments.extra_references())
                }
                outcome => (Ending::Raised(Box::new(self.raised(&outcome, context))), 0),
            }
        });
        Answer { ending, buffers: arguments.contents(), kept }
    }

    fn raised(&self, outcome: &Outcome, context: &Context) -> Raised {
        let sites = &self.artifact.sites;
        let place = |site: &Site| {
            let Site { line, col, end_line, end_col, .. } = *site;
            (site.function.clone(), Loc { line, col, end_line, end_col })
        };
        let mut trace = Vec::new();
        let (class, message) = match outcome {
            Outcome::Raised { site, args } => {
                let site = &sites[*site as usize];
                trace.push(place(site));
                let class = match &site.kind {
                    SiteKind::Raise { class, .. } => class.clone(),
                    SiteKind::Call => "(a call site)".to_owned(),
                };
                (class, format_raise(site, args).unwrap_or_default())
            }
            Outcome::Memory => ("MemoryError".to_owned(), String::new()),
            Outcome::Runtime { class, message } => {
                (class.name().to_owned(), message.clone().unwrap_or_default())
            }
            _ => ("KeyboardInterrupt".to_owned(), String::new()),
        };
        trace.extend(context.call_sites().iter().map(|&site| place(&sites[site as usize])));
        // The call in the entry, outermost, is none of the program's; of a deep
        // recursion it wasn't recorded.
        if trace.last().is_some_and(|(name, _)| name.starts_with(PREFIX)) {
            trace.pop();
        }
        Raised { class, message, trace }
    }
}

const PREFIX: &str = "entry.";

fn entry_name(function: &str) -> String {
    format!("{PREFIX}{function}")
}

/// An entry function that takes the arguments of function `index` from slots and
/// puts its results into slots.
fn entry_around(module: &Module, index: usize) -> Function {
    let callee = &module.functions[index];
    let mut entry = Function::new(entry_name(&callee.name), vec![Type::Ptr, Type::Ptr], Vec::new());
    let block = entry.add_block();
    let (args, results) = (entry.add_param(block, Type::Ptr), entry.add_param(block, Type::Ptr));
    let mut b = Builder::new(&mut entry, block);
    let mut values = Vec::new();
    for (i, &ty) in callee.params.iter().enumerate() {
        let memory = if ty == Type::Bool { Type::I8 } else { ty };
        let mut value = b.load(memory, args, 8 * i as i32, Region::Slots);
        if ty == Type::Bool {
            let zero = b.iconst(Type::I8, 0);
            value = b.icmp(IntCond::Ne, value, zero);
        }
        values.push(value);
    }
    let returned = b.call(cumbia_ir::FuncId::new(index), &values, &callee.results);
    for (i, (value, &ty)) in returned.into_iter().zip(&callee.results).enumerate() {
        let value = if ty == Type::Bool { b.convert(Opcode::Zext, Type::I8, value) } else { value };
        b.store(value, results, 8 * i as i32, Region::Slots);
    }
    b.ret(&[]);
    entry
}
