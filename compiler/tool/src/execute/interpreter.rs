//! A call on the reference interpreter.

use super::answer::{Answer, Ending, Raised};
use super::call::Call;
use super::host::RuntimeHost;
use super::memory::Arguments;
use cumbia_abi::Context;
use cumbia_ir::Module;
use cumbia_ir::interp::{Interpreter, Limits, Stop};
use cumbia_runtime::with_context;

/// Runs a call of a function of a verified module.
///
/// # Panics
///
/// When the module has no such function.
pub fn interpret(module: &Module, call: &Call, limits: Limits) -> Answer {
    let id = module.find_function(&call.function).expect("the function exists");
    let results = &module.function(id).results;
    let arguments = Arguments::new(call);
    let (ending, kept) = with_context(|context| {
        // SAFETY: `arguments` outlives the host, and nobody else writes its memory.
        let host = unsafe { RuntimeHost::new(context, arguments.buffers(), arguments.owners()) };
        let mut interpreter = Interpreter::new(module, host, limits);
        let ending = match interpreter.call(id, &arguments.slots) {
            Ok(bits) => Ending::Values(results.iter().copied().zip(bits).collect()),
            Err(Stop::Exhausted) => Ending::Exhausted,
            Err(stop @ Stop::Bug { .. }) => Ending::Bug(stop.to_string()),
            Err(Stop::Raised(exception)) => {
                let mut trace = vec![(exception.function, exception.loc)];
                trace.extend(exception.calls);
                let (class, message) = (exception.class, exception.message);
                Ending::Raised(Box::new(Raised { class, message, trace }))
            }
        };
        drop(interpreter);
        let kept = match ending {
            Ending::Values(_) => allocations(context) + arguments.extra_references(),
            _ => 0,
        };
        (ending, kept)
    });
    Answer { ending, buffers: arguments.contents(), kept }
}

/// Number of records that the context still has.
pub(super) fn allocations(context: &Context) -> i64 {
    let mut count = 0;
    cumbia_runtime::each_allocation(context, |_| count += 1);
    count
}
