//! A launch of a kernel on this processor: compiled to an entry for its threads, and run.

use super::call::Call;
use super::memory::Arguments;
use super::native::NativeError;
use cumbia_abi::grid::KernelPlan;
use cumbia_abi::{Site, SiteKind};
use cumbia_backend::{Artifact, Backend};
use cumbia_cuda::emulate::{Fault, Launch, Place, run};
use cumbia_ir::{Module, Stage, Type, verify_module};
use cumbia_loader::LoadedModule;
use cumbia_opt::threads::resumable;
use cumbia_opt::{Told, watch_accesses};
use cumbia_runtime::{Outcome, format_raise, with_context};

/// The sizes of a launch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sizes {
    /// Blocks of the grid.
    pub blocks: [u32; 3],
    /// Threads of a block.
    pub threads: [u32; 3],
    /// Bytes of shared memory beside what the kernel declares.
    pub shared: usize,
}

/// A kernel in executable memory.
pub struct Grid {
    artifact: Artifact,
    loaded: LoadedModule,
    plan: KernelPlan,
}

/// How a launch ended: what the buffers hold then, and what went wrong, as text.
#[derive(Clone, PartialEq, Debug)]
pub struct GridAnswer {
    /// Nothing, or a fault; of an exception class, message and thread.
    pub fault: Option<String>,
    /// What the buffers hold.
    pub buffers: Vec<(Type, Vec<u64>)>,
}

const ENTRY: &str = "entry.thread";

impl Grid {
    /// Compiles and loads the kernel of a verified module, with its accesses watched or not.
    ///
    /// # Errors
    ///
    /// What isn't done on a processor, and what the verifier, the backend or the loader says.
    ///
    /// # Panics
    ///
    /// When the module has no such function.
    pub fn new(
        module: &Module,
        kernel: &str,
        is_watched: bool,
        backend: &dyn Backend,
    ) -> Result<Grid, NativeError> {
        let mut module = module.clone();
        let id = module.find_function(kernel).expect("the kernel exists");
        if is_watched {
            watch_accesses(&mut module, id, Told::All);
        }
        let plan = resumable(&mut module, id, ENTRY).map_err(NativeError)?;
        verify_module(&module, Stage::Lowered).map_err(|errors| {
            let errors: String = errors.iter().map(|e| format!("\n  {e}")).collect();
            NativeError(format!("resumable threads don't verify:{errors}\n{module}"))
        })?;
        let error = |e: &dyn std::fmt::Display| NativeError(format!("{}: {e}", backend.name()));
        let artifact = backend.compile(&module).map_err(|e| error(&e))?;
        let loaded = LoadedModule::load(&artifact.object).map_err(|e| error(&e))?;
        Ok(Grid { artifact, loaded, plan })
    }

    /// Runs a launch.
    pub fn run(&self, sizes: Sizes, call: &Call) -> GridAnswer {
        let entry = self.loaded.entry(ENTRY).expect("the entry is there");
        let arguments = Arguments::new(call);
        let Sizes { blocks, threads, shared } = sizes;
        let launch = Launch { blocks, threads, shared, arguments: &arguments.slots };
        let fault = with_context(|context| {
            // SAFETY: the entry and the plan belong together, and `arguments` outlives the
            // run; tests give kernels only memory that these touch.
            let fault = unsafe { run(entry, &self.plan, &launch, context) }.err()?;
            Some(match fault {
                Fault::Raised { place, status } => {
                    self.raised(&Outcome::new(status, context), place)
                }
                fault => fault.to_string(),
            })
        });
        GridAnswer { fault, buffers: arguments.contents() }
    }

    fn raised(&self, outcome: &Outcome, place: Place) -> String {
        let (class, message) = match outcome {
            Outcome::Raised { site, args } => {
                let site: &Site = &self.artifact.sites[*site as usize];
                let class = match &site.kind {
                    SiteKind::Raise { class, .. } => class.clone(),
                    SiteKind::Call => "(a call site)".to_owned(),
                };
                (class, format_raise(site, args).unwrap_or_default())
            }
            Outcome::Runtime { class, message } => {
                (class.name().to_owned(), message.clone().unwrap_or_default())
            }
            _ => ("KeyboardInterrupt".to_owned(), String::new()),
        };
        format!("{class}: {message}: {place}")
    }
}
