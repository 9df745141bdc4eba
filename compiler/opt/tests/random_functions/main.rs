//! Random functions mean the same before and after each pass and the whole pipeline:
//! equal results, equal exceptions, equal memory, by the reference interpreter.
//!
//! `CUMBIA_SEEDS=from..to` runs other seeds than the few of every day.

mod generate;
mod resumed;

use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::interp::{Host, HostError, Interpreter, Limits, Stop};
use cumbia_ir::{
    Builder, DataDecl, DataId, ExternDecl, FuncId, Function, Imm, Module, Opcode, Region, Stage,
    Type, Value, verify_module,
};
use cumbia_opt::pipeline::{FURTHER, PIPELINE};
use cumbia_opt::{OptOptions, osr, run_passes};
use generate::Rng;
use std::collections::BTreeMap;

const BASE: u64 = 0x10_0000;
const FUEL: u64 = 20_000;

/// Where objects are, of [`FIELDS`] fields of eight bytes each: two parameters (which may
/// be one), then those that the function makes.
const OBJECTS: u64 = 0x20_0000;
const FIELDS: u64 = 4;
const MOST_OBJECTS: usize = 8;

/// An array and some objects, and nothing else: any other access is a bug that the
/// interpreter reports.
struct Memory {
    array: Vec<u64>,
    objects: Vec<u64>,
    made: u64,
    /// What was stored at addresses of [`resumed::RECORDS`] and above.
    records: BTreeMap<u64, u64>,
}

impl Memory {
    fn new(array: &[u64]) -> Memory {
        let objects = (0..MOST_OBJECTS as u64 * FIELDS).map(|i| i % 3).collect();
        Memory { array: array.to_vec(), objects, made: 2, records: BTreeMap::new() }
    }

    fn cell(&mut self, address: u64) -> Result<&mut u64, HostError> {
        if address >= resumed::RECORDS {
            return Ok(self.records.entry(address).or_insert(0));
        }
        if address >= OBJECTS {
            let offset = address - OBJECTS;
            return match self.objects.get_mut((offset / 8) as usize) {
                Some(cell) if offset.is_multiple_of(8) => Ok(cell),
                _ => Err(HostError::bug(format!("access at object byte {offset}"))),
            };
        }
        let offset = address.wrapping_sub(BASE);
        match self.array.get_mut((offset / 8) as usize) {
            Some(cell) if offset.is_multiple_of(8) => Ok(cell),
            _ => Err(HostError::bug(format!("access at {offset}"))),
        }
    }
}

impl Host for Memory {
    fn extern_call(&mut self, callee: &ExternDecl, args: &[u64]) -> Result<Option<u64>, HostError> {
        match callee.name.as_str() {
            "list_new" => {
                self.made = (self.made + 1).min(MOST_OBJECTS as u64);
                Ok(Some(OBJECTS + (self.made - 1) * FIELDS * 8))
            }
            // Grows an object: its capacity and another field change.
            "list_append" => {
                *self.cell(args[0] + 8)? += 3;
                *self.cell(args[0] + 16)? ^= 5;
                Ok(Some(args[0]))
            }
            other => Err(HostError::bug(format!("no runtime function {other}"))),
        }
    }
    fn poll(&mut self) -> Result<(), HostError> {
        Ok(())
    }
    fn data(&mut self, _: DataId, _: &DataDecl) -> Result<u64, HostError> {
        Err(HostError::bug("there is no static data"))
    }

    fn load(&mut self, address: u64, _: Type, _: Region) -> Result<u64, HostError> {
        self.cell(address).map(|cell| *cell)
    }
    fn store(&mut self, address: u64, _: Type, _: Region, bits: u64) -> Result<(), HostError> {
        self.cell(address).map(|cell| *cell = bits)
    }
    fn retain(&mut self, _: u64) -> Result<(), HostError> {
        Ok(())
    }
    fn release(&mut self, _: u64) -> Result<(), HostError> {
        Ok(())
    }
}

/// What a run shows to the outside.
#[derive(PartialEq, Debug)]
enum Outcome {
    Returned(Vec<u64>, Vec<u64>),
    Raised { class: String, message: String, line: u32, memory: Vec<u64> },
}

/// All nans as one.
fn seen(bits: u64) -> u64 {
    if f64::from_bits(bits).is_nan() { f64::NAN.to_bits() } else { bits }
}

fn run(
    module: &Module,
    args: &[u64],
    memory: &[u64],
    fuel: u64,
) -> Result<Option<Outcome>, String> {
    let limits = Limits { fuel, ..Limits::default() };
    let mut interpreter = Interpreter::new(module, Memory::new(memory), limits);
    let result = interpreter.call(FuncId::new(0), args);
    let Memory { array, objects, .. } = interpreter.host;
    let memory: Vec<u64> = array.into_iter().map(seen).chain(objects).collect();
    match result {
        Ok(results) => Ok(Some(Outcome::Returned(results.into_iter().map(seen).collect(), memory))),
        Err(Stop::Exhausted) => Ok(None),
        Err(Stop::Raised(e)) => {
            let (class, message, line) = (e.class.clone(), e.message.clone(), e.loc.line);
            Ok(Some(Outcome::Raised { class, message, line, memory }))
        }
        Err(bug @ Stop::Bug { .. }) => Err(bug.to_string()),
    }
}

fn arguments(rng: &mut Rng) -> (Vec<u64>, Vec<u64>) {
    let length = rng.below(7);
    let memory = (0..length)
        .map(|_| if rng.below(2) == 0 { rng.int() as u64 } else { rng.float().to_bits() })
        .collect();
    let mut int = || match rng.below(3) {
        0 => length as i64 + rng.below(4) as i64 - 2,
        _ => rng.int(),
    };
    let (first, second) = (int(), int());
    let objects = [OBJECTS, OBJECTS + rng.below(2) as u64 * FIELDS * 8];
    let float = rng.float().to_bits();
    let args =
        vec![BASE, length as u64, first as u64, second as u64, float, objects[0], objects[1]];
    (args, memory)
}

/// The module with all its loops left at the end of their first turn: each poll that could
/// leave is a call of the continuation, whose results are returned.
fn continued(module: &Module, further: bool) -> Module {
    let mut whole = module.clone();
    let types = (whole.functions[0].params.clone(), whole.functions[0].results.clone());
    let mut wrapper = Function::new("entry", vec![Type::Ptr, Type::Ptr], vec![]);
    let block = wrapper.add_block();
    let slots = [wrapper.add_param(block, Type::Ptr), wrapper.add_param(block, Type::Ptr)];
    let mut b = Builder::new(&mut wrapper, block);
    let load = |(i, &ty): (usize, &Type)| b.load(ty, slots[0], 8 * i as i32, Region::Slots);
    let args: Vec<Value> = types.0.iter().enumerate().map(load).collect();
    for (i, value) in b.call(FuncId::new(0), &args, &types.1).into_iter().enumerate() {
        b.store(value, slots[1], 8 * i as i32, Region::Slots);
    }
    b.ret(&[]);
    whole.add_function(wrapper);
    let mut leaving = whole.clone();
    let count = osr::add_exits(&mut leaving, "entry", 96);
    let mut continuations = Vec::new();
    for number in 0..count {
        let mut going_on = whole.clone();
        assert!(osr::continue_at(&mut going_on, "entry", number, 96));
        verify_module(&going_on, Stage::Draft).unwrap_or_else(|e| panic!("{}\n{going_on}", e[0]));
        let most = latches(&module.functions[0]);
        assert!(latches(&going_on.functions[0]) <= most, "loops became one\n{going_on}");
        if further {
            let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
            run_passes(&mut going_on, FURTHER, &mut options).unwrap_or_else(|e| panic!("{e}"));
        }
        continuations.push(going_on.functions.swap_remove(0));
    }
    assert!(!osr::continue_at(&mut whole.clone(), "entry", count, 96));
    continuations.into_iter().for_each(|func| whole.functions.push(func));
    let mut func = leaving.functions.swap_remove(0);
    for block in func.layout.clone() {
        let insts = func.block(block).insts.clone();
        let Some(at) = insts.iter().position(|&inst| func.inst(inst).op == Opcode::OsrPoll) else {
            continue;
        };
        let poll = func.inst(insts[at]).clone();
        let Imm::Int(number) = poll.imm else { panic!("no loop number") };
        let name = format!("f.osr{number}");
        let callee = whole.find_function(&name).expect("the continuation");
        func.block_mut(block).insts.truncate(at);
        let mut b = Builder::new(&mut func, block);
        let results = b.call(callee, &poll.args, &types.1);
        b.ret(&results);
    }
    whole.functions[0] = func;
    verify_module(&whole, Stage::Draft).unwrap_or_else(|e| panic!("{}\n{whole}", e[0]));
    whole
}

/// How many edges back the header with most of them has; none may go to it from a loop around.
fn latches(func: &Function) -> usize {
    let cfg = Cfg::new(func);
    let forest = LoopForest::new(func, &cfg, &DominatorTree::new(func, &cfg));
    assert!(forest.irreducible.is_empty(), "a loop with two entries");
    forest.loops.iter().map(|this| this.latches.len()).max().unwrap_or(0)
}

fn check(seed: u64) -> usize {
    let mut rng = Rng::new(seed);
    let mut original = Module::new();
    generate::add_function(&mut original, &mut rng);
    verify_module(&original, Stage::Lowered)
        .unwrap_or_else(|e| panic!("seed {seed}: {}\n{original}", e[0]));

    let cases: Vec<_> = (0..8).map(|_| arguments(&mut rng)).collect();
    let expected: Vec<_> = cases
        .iter()
        .map(|(args, memory)| {
            run(&original, args, memory, FUEL)
                .unwrap_or_else(|bug| panic!("seed {seed}: {bug}\n{original}"))
        })
        .collect();
    let compare = |module: &Module, what: &str| {
        for ((args, memory), expected) in cases.iter().zip(&expected) {
            let Some(expected) = expected else { continue };
            // Hoisting may run what the loop didn't; it never costs this much. A thread that
            // waits loads all that lives, in each turn.
            let found = run(module, args, memory, 80 * FUEL);
            assert_eq!(
                found.as_ref().map(|f| f.as_ref()),
                Ok(Some(expected)),
                "seed {seed}, {what}, args {args:?}, memory {memory:?}\n; before\n{original}\n; after\n{module}"
            );
        }
    };
    let all: Vec<_> = PIPELINE.iter().chain(FURTHER).copied().collect();
    for (i, &pass) in all.iter().enumerate() {
        if all[..i].iter().any(|p| p.name() == pass.name()) {
            continue;
        }
        let mut module = original.clone();
        let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
        run_passes(&mut module, &[pass], &mut options)
            .unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        compare(&module, pass.name());
    }
    let mut module = original.clone();
    let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
    run_passes(&mut module, PIPELINE, &mut options).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    verify_module(&module, Stage::Optimized)
        .unwrap_or_else(|e| panic!("seed {seed}: {}\n{module}", e[0]));
    compare(&module, "pipeline");

    for further in [false, true] {
        let what = "going on in a continuation";
        compare(&continued(&original, further), what);
        compare(&continued(&module, further), what);
    }

    for _ in 0..2 {
        compare(&resumed::resumed(&original, &mut rng), "a thread that waits");
        compare(&resumed::resumed(&module, &mut rng), "a thread that waits, optimized");
    }

    // The same input gives the same text, and optimizing twice is allowed.
    let mut again = original.clone();
    run_passes(&mut again, PIPELINE, &mut OptOptions::default()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(again.to_string(), module.to_string(), "seed {seed}: not deterministic");
    run_passes(&mut again, PIPELINE, &mut options).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    compare(&again, "pipeline twice");
    for _ in 0..2 {
        run_passes(&mut module, FURTHER, &mut options)
            .unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        compare(&module, "further passes");
    }
    expected.iter().filter(|e| e.is_some()).count()
}

#[test]
fn random_functions_keep_their_meaning() {
    let seeds = match std::env::var("CUMBIA_SEEDS") {
        Ok(text) => {
            let (from, to) = text.split_once("..").expect("CUMBIA_SEEDS=from..to");
            from.parse().expect("a number")..to.parse().expect("a number")
        }
        Err(_) => 0..1500,
    };
    let finished: usize = seeds.clone().map(check).sum();
    // Most runs must end, or nothing was compared.
    assert!(finished * 2 > (seeds.end - seeds.start) as usize * 8, "{finished} runs finished");
}
