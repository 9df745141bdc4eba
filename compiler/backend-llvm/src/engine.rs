//! LLVM itself: reads the translated text, runs the passes, emits an object.
//!
//! Each compilation has a context of its own, so any number of threads may compile at
//! once. LLVM ends the process on some mistakes of its callers, so whatever it is given
//! is verified first, and errors are heard ([`remarks`]); the translation uses no operation that x86-64 lacks.

use crate::debug_lines::line_table;
use crate::remarks::{self, Listener};
use crate::rename_symbols;
use crate::translate::{Choices, Translation, translate};
use cumbia_backend::device::{ARCHITECTURES, Device, lacking};
use cumbia_backend::shared::{Emit, Options};
use cumbia_backend::{Artifact, BackendError};
use cumbia_ir::Module;
use inkwell::OptimizationLevel;
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::{
    CodeModel, FileType, InitializationConfig, RelocMode, Target, TargetMachine, TargetTriple,
};
use std::mem::ManuallyDrop;
use std::sync::{Mutex, Once, OnceLock};

/// What a compilation yields.
pub(crate) enum Output {
    Artifact(Artifact),
    Text(String),
}

/// Compiles a verified module.
pub(crate) fn compile(module: &Module, options: Options) -> Result<Output, BackendError> {
    let (_, features) = processor(options.baseline);
    let lanes = if options.device.is_none() { lanes(features) } else { None };
    let told = options.device.map_or(0, |device| device.line_info);
    let lines = options.lines || options.emit == Emit::Report || told != 0;
    let choices = Choices { lines, lanes, device: options.device };
    if let Some(device) = options.device
        && let Some(lack) = lacking(module, device.sm)
    {
        let message = format!("devices have no {}: {}", lack.what, lack.name);
        return Err(BackendError { function: lack.function, message });
    }
    let translation = translate(module, choices)?;
    if options.emit == Emit::Translated {
        return Ok(Output::Text(translation.text));
    }
    let branchy = module.functions.iter().any(|func| func.layout.len() > BRANCHY);
    let passes = if branchy { "default<O1>" } else { "default<O3>" };
    run(translation, passes, options).map_err(failure)
}

/// A function of more blocks goes without LLVM's dearest passes: jump threading takes
/// quadratic time over chains of branches (5 seconds for 2,000 of them).
const BRANCHY: usize = 1000;

fn failure(message: String) -> BackendError {
    BackendError { function: String::new(), message }
}

fn run(translation: Translation, pipeline: &str, options: Options) -> Result<Output, String> {
    if options.emit == Emit::Report {
        remarks::enable();
    }
    let _kept = remarks::keep_options();
    let machine = Machine::take(options)?;
    let machine = &machine.machine;
    let context = Context::create();
    let listener = Listener::new(&context);
    let buffer = MemoryBuffer::create_from_memory_range_copy(translation.text.as_bytes(), "cumbia");
    let module = context.create_module_from_ir(buffer).map_err(|e| e.to_string())?;
    module.set_triple(&machine.get_triple());
    module.set_data_layout(&machine.get_target_data().get_data_layout());
    module.verify().map_err(|e| format!("before the passes: {e}"))?;
    let is_plain = options.is_plain();
    if !is_plain {
        let passes = PassBuilderOptions::create();
        passes.set_loop_vectorization(true);
        passes.set_loop_slp_vectorization(true);
        passes.set_loop_interleaving(true);
        passes.set_loop_unrolling(true);
        module.run_passes(pipeline, machine, passes).map_err(|e| e.to_string())?;
        if let Some(kept) = module.get_global("llvm.compiler.used") {
            // The vector forms: those that loops use are inlined, all others go.
            // SAFETY: nothing refers to this list, and `kept` isn't used any more.
            unsafe { kept.delete() };
            let passes = PassBuilderOptions::create();
            let rest = "always-inline,globaldce";
            module.run_passes(rest, machine, passes).map_err(|e| e.to_string())?;
        }
        if options.verify {
            module.verify().map_err(|e| format!("after the passes: {e}"))?;
        }
    }
    let emit = |kind| {
        let written = machine.write_to_memory_buffer(&module, kind).map_err(|e| e.to_string())?;
        match listener.take() {
            said if said.errors.is_empty() => Ok((written, said.remarks)),
            said => Err(said.errors.join("; ")),
        }
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned();
    Ok(match options.emit {
        Emit::Translated => Output::Text(translation.text),
        Emit::Optimized => Output::Text(module.print_to_string().to_string()),
        Emit::Assembly => Output::Text(text(emit(FileType::Assembly)?.0.as_slice())),
        Emit::Report => {
            let (assembly, remarks) = emit(FileType::Assembly)?;
            // A remark is one line, whatever it quotes.
            let remarks: String =
                remarks.iter().map(|remark| remark.replace('\n', " ") + "\n").collect();
            Output::Text(format!("{remarks}\0{}", text(assembly.as_slice())))
        }
        Emit::Artifact => {
            let (object, lines) = match options.device {
                Some(_) => {
                    let assembly = text(emit(FileType::Assembly)?.0.as_slice());
                    (assembly.into_bytes(), Default::default())
                }
                None => {
                    let mut object = emit(FileType::Object)?.0.as_slice().to_vec();
                    rename_symbols(&mut object)?;
                    let lines =
                        if options.lines { line_table(&object)? } else { Default::default() };
                    (object, lines)
                }
            };
            let Translation { sites, entries, .. } = translation;
            Output::Artifact(Artifact { object, sites, entries, lines })
        }
    })
}

/// The processor that is compiled for: its name and what it has. The host's is asked once:
/// in a virtual machine each of some forty questions takes 20 microseconds.
fn processor(baseline: bool) -> (&'static str, &'static str) {
    static HOST: OnceLock<(String, String)> = OnceLock::new();
    if baseline {
        return ("x86-64", "");
    }
    let (name, features) = HOST.get_or_init(|| {
        (
            TargetMachine::get_host_cpu_name().to_string(),
            TargetMachine::get_host_cpu_features().to_string(),
        )
    });
    (name, features)
}

/// LLVM's name of a device's architecture; of one that isn't known LLVM would choose another.
fn architecture(device: Device) -> Result<String, String> {
    match ARCHITECTURES.iter().any(|row| row.0 == device.sm) {
        true => Ok(format!("sm_{}", device.sm)),
        false => Err(format!("there is no architecture sm_{}", device.sm)),
    }
}

/// Beyond the architecture's own version of PTX: debuggers' sections have differences of labels.
fn version(device: Device) -> &'static str {
    let own = ARCHITECTURES.iter().find(|row| row.0 == device.sm).map_or((0, 0), |row| row.1);
    if device.line_info == 2 && own < (7, 5) { "+ptx75" } else { "" }
}

/// How many doubles a vector form works on: as many as a register holds, where multiplying
/// and adding is one instruction.
fn lanes(features: &str) -> Option<usize> {
    let has = |feature: &str| features.split(',').any(|f| f.strip_prefix('+') == Some(feature));
    if ["avx512f", "avx512dq", "avx512vl", "avx512bw"].into_iter().all(has) {
        Some(8)
    } else {
        (has("avx2") && has("fma")).then_some(4)
    }
}

/// Whether for any processor of the host's family, whether without passes, and for which
/// architecture of devices, if for one.
type MachineKind = (bool, bool, Option<u32>);

/// The code generator. Addresses are relative to the code, as the loader may map it
/// anywhere; a module's parts are within 2 GiB of each other.
struct Machine {
    kind: MachineKind,
    /// Dropped into [`IDLE`] rather than for good, if that is free.
    machine: ManuallyDrop<TargetMachine>,
}

/// Code generators that nobody uses: making one takes a millisecond.
static IDLE: Mutex<Vec<Machine>> = Mutex::new(Vec::new());

// SAFETY: a target machine belongs to no thread and to no context; whoever has taken it has
// it alone.
unsafe impl Send for Machine {}

impl Machine {
    /// An idle one of the kind that is asked for, or a new one.
    fn take(options: Options) -> Result<Machine, String> {
        let kind = (options.baseline, options.is_plain(), options.device.map(|device| device.sm));
        // Nobody waits here: the child of a fork might for ever.
        if options.device.is_none()
            && let Ok(mut idle) = IDLE.try_lock()
            && let Some(at) = idle.iter().position(|machine| machine.kind == kind)
        {
            return Ok(idle.swap_remove(at));
        }
        let level = match options.is_plain() {
            true => OptimizationLevel::None,
            false => OptimizationLevel::Aggressive,
        };
        let (triple, cpu, features) = match options.device {
            None => {
                static INITIALIZED: Once = Once::new();
                INITIALIZED.call_once(|| Target::initialize_x86(&InitializationConfig::default()));
                let (cpu, features) = processor(options.baseline);
                (TargetMachine::get_default_triple(), cpu.to_owned(), features)
            }
            Some(device) => {
                static INITIALIZED: Once = Once::new();
                INITIALIZED
                    .call_once(|| Target::initialize_nvptx(&InitializationConfig::default()));
                (
                    TargetTriple::create("nvptx64-nvidia-cuda"),
                    architecture(device)?,
                    version(device),
                )
            }
        };
        let target = Target::from_triple(&triple).map_err(|e| e.to_string())?;
        let (place, model) = match options.device {
            None => (RelocMode::PIC, CodeModel::Small),
            Some(_) => (RelocMode::Default, CodeModel::Default),
        };
        let machine = target
            .create_target_machine(&triple, &cpu, features, level, place, model)
            .ok_or_else(|| format!("LLVM has no code generator for {triple}"))?;
        Ok(Machine { kind, machine: ManuallyDrop::new(machine) })
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: this one is going, and doesn't drop what it had.
        let machine = unsafe { ManuallyDrop::take(&mut self.machine) };
        // Those for devices number the calls that they have ever written, in the text.
        if self.kind.2.is_none()
            && let Ok(mut idle) = IDLE.try_lock()
        {
            idle.push(Machine { kind: self.kind, machine: ManuallyDrop::new(machine) });
        }
    }
}
