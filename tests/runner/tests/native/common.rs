//! Builds IR, compiles, loads and runs it: what each of these tests needs.
#![allow(dead_code)]

use cumbia_abi::{Context, Site};
use cumbia_backend::Artifact;
use cumbia_ir::{Builder, Function, Loc, Module, Region, Type, Value};
use cumbia_loader::LoadedModule;
use cumbia_runtime::{Outcome, format_raise, with_context};
pub use cumbia_test_runner::targets::{Variant, variants};

/// A compiled and loaded module.
pub struct Compiled {
    pub artifact: Artifact,
    pub code: LoadedModule,
}

/// How a run ended: results, or class, message, and lines from the raise outwards.
#[derive(Debug, PartialEq)]
pub enum Ran {
    Results(Vec<u64>),
    Raised { class: String, message: String, lines: Vec<u32> },
    Memory { lines: Vec<u32> },
    Python { lines: Vec<u32> },
}

/// Compiles and loads.
pub fn compile_with(module: &Module, variant: &Variant) -> Compiled {
    let artifact = variant.backend.compile(module).unwrap_or_else(|e| panic!("{variant:?}: {e}"));
    let code = LoadedModule::load(&artifact.object).unwrap_or_else(|e| panic!("{variant:?}: {e}"));
    Compiled { artifact, code }
}

/// Runs a test once for each backend, with what compiles for it.
pub fn on_each(test: impl Fn(&dyn Fn(&Module) -> Compiled)) {
    for variant in variants() {
        test(&|module| compile_with(module, &variant));
    }
}

impl Compiled {
    /// Runs an entry with argument slots; `results` result slots.
    pub fn run(&self, entry: &str, args: &[u64], results: usize) -> Ran {
        with_context(|context| self.run_in(context, entry, args, results))
    }

    /// As `run`, in a given context.
    pub fn run_in(&self, context: &mut Context, entry: &str, args: &[u64], results: usize) -> Ran {
        assert!(self.artifact.entries.iter().any(|name| name == entry));
        let function = self.code.entry(entry).expect("the entry is there");
        let mut slots = vec![0xdead_beef_dead_beefu64; results];
        // SAFETY: an entry of the artifact; the module outlives the call, and the
        // slots are as many as the tests' functions access.
        let status = unsafe { function(context, args.as_ptr(), slots.as_mut_ptr()) };
        let sites = &self.artifact.sites;
        let calls: Vec<u32> =
            context.call_sites().iter().map(|&s| sites[s as usize].line).collect();
        match Outcome::new(status, context) {
            Outcome::Ok => Ran::Results(slots),
            Outcome::Raised { site, args } => {
                let site: &Site = &sites[site as usize];
                let cumbia_abi::SiteKind::Raise { class, .. } = &site.kind else {
                    panic!("a call site raised")
                };
                let mut lines = vec![site.line];
                lines.extend(calls);
                Ran::Raised {
                    class: class.clone(),
                    message: format_raise(site, &args).unwrap_or_default(),
                    lines,
                }
            }
            Outcome::Memory => Ran::Memory { lines: calls },
            Outcome::Runtime { class, message } => Ran::Raised {
                class: class.name().to_owned(),
                message: message.unwrap_or_default(),
                lines: calls,
            },
            Outcome::Python => Ran::Python { lines: calls },
        }
    }
}

/// Builds `name(params) -> results` with one block to start in.
pub fn function(
    name: &str,
    params: &[Type],
    results: &[Type],
    body: impl FnOnce(&mut Builder<'_>, &[Value]),
) -> Function {
    let mut func = Function::new(name, params.to_vec(), results.to_vec());
    let entry = func.add_block();
    let values: Vec<Value> = params.iter().map(|&ty| func.add_param(entry, ty)).collect();
    let mut b = Builder::new(&mut func, entry);
    b.loc = Loc::start(1, 0);
    body(&mut b, &values);
    func
}

/// Builds an entry that reads its parameters from the argument slots and writes
/// the body's values to the result slots.
pub fn entry(
    name: &str,
    params: &[Type],
    body: impl FnOnce(&mut Builder<'_>, &[Value]) -> Vec<Value>,
) -> Function {
    function(name, &[Type::Ptr, Type::Ptr], &[], |b, slots| {
        let values: Vec<Value> =
            params.iter().enumerate().map(|(i, &ty)| load_slot(b, ty, slots[0], i)).collect();
        let results = body(b, &values);
        for (i, &result) in results.iter().enumerate() {
            store_slot(b, result, slots[1], i);
        }
        b.ret(&[]);
    })
}

fn load_slot(b: &mut Builder<'_>, ty: Type, slots: Value, index: usize) -> Value {
    let offset = 8 * index as i32;
    if ty == Type::Bool {
        let byte = b.load(Type::I8, slots, offset, Region::Slots);
        let zero = b.iconst(Type::I8, 0);
        return b.icmp(cumbia_ir::IntCond::Ne, byte, zero);
    }
    b.load(ty, slots, offset, Region::Slots)
}

/// Narrow integers are sign-extended, truth values zero-extended.
fn store_slot(b: &mut Builder<'_>, value: Value, slots: Value, index: usize) {
    use cumbia_ir::Opcode;
    let value = match b.func.value_type(value) {
        Type::Bool => b.convert(Opcode::Zext, Type::I64, value),
        Type::I8 | Type::I16 | Type::I32 => b.convert(Opcode::Sext, Type::I64, value),
        _ => value,
    };
    b.store(value, slots, 8 * index as i32, Region::Slots);
}

/// A module of one function.
pub fn module(functions: impl IntoIterator<Item = Function>) -> Module {
    let mut module = Module::new();
    for function in functions {
        module.add_function(function);
    }
    module
}
