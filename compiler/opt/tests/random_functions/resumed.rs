//! A random function as a kernel of one thread that waits in random places, and what carries
//! it from one to the next: the function means what it did.

use super::generate::Rng;
use cumbia_abi::grid::{STATE_END, STATE_START, Thread, ThreadBlock};
use cumbia_ir::{
    Builder, FuncId, Function, IntCond, Module, Opcode, Region, Stage, Target, Type, Value,
    verify_module,
};
use cumbia_opt::threads::resumable;
use std::mem::{offset_of, size_of};

/// Where the thread's record is, its block's, the arguments and the results.
pub const RECORDS: u64 = 0x30_0000;
const BLOCK: u64 = RECORDS + 0x8000;
const ARGUMENTS: u64 = RECORDS + 0x9000;
const RESULTS: u64 = RECORDS + 0xa000;

/// Most waits.
const MOST: usize = 4;

/// The module with its first function run in that way.
pub fn resumed(module: &Module, rng: &mut Rng) -> Module {
    let func = &module.functions[0];
    let (params, results) = (func.params.clone(), func.results.clone());
    let mut whole = module.clone();
    let kernel = whole.add_function(kernel(func, rng));
    verify_module(&whole, Stage::Draft).unwrap_or_else(|e| panic!("{}\n{whole}", e[0]));
    let plan = resumable(&mut whole, kernel, "thread").expect("it can be run");
    assert!(plan.record_bytes >= size_of::<Thread>() && plan.record_bytes < 0x8000);
    let thread = whole.find_function("thread").expect("the entry");
    whole.functions[0] = runner(params, results, thread);
    verify_module(&whole, Stage::Lowered).unwrap_or_else(|e| panic!("{}\n{whole}", e[0]));
    whole
}

/// The function with its results in memory, and waits.
fn kernel(func: &Function, rng: &mut Rng) -> Function {
    let mut made = func.clone();
    made.name = "kernel".to_owned();
    made.results = Vec::new();
    made.pure = false;
    for block in made.layout.clone() {
        let terminator = made.terminator(block).expect("a block ends");
        if made.inst(terminator).op != Opcode::Return {
            continue;
        }
        let values = made.inst(terminator).args.clone();
        made.block_mut(block).insts.pop();
        let mut b = Builder::new(&mut made, block);
        let results = b.iconst(Type::Ptr, RESULTS as i64);
        for (i, &value) in values.iter().enumerate() {
            store(&mut b, value, results, 8 * i as i32);
        }
        b.ret(&[]);
    }
    for _ in 0..1 + rng.below(MOST) {
        let block = made.layout[rng.below(made.layout.len())];
        let at = rng.below(made.block(block).insts.len());
        let tail = made.block_mut(block).insts.split_off(at);
        Builder::new(&mut made, block).meeting(Opcode::Barrier, &[]);
        made.block_mut(block).insts.extend(tail);
    }
    made
}

/// A function of the original's parameters and results that runs the one thread to its end.
fn runner(params: Vec<Type>, results: Vec<Type>, thread: FuncId) -> Function {
    let mut made = Function::new("runner", params.clone(), results.clone());
    let entry = made.add_block();
    let args: Vec<Value> = params.iter().map(|&ty| made.add_param(entry, ty)).collect();
    let (turn, end) = (made.add_block(), made.add_block());
    let mut b = Builder::new(&mut made, entry);
    let at = |b: &mut Builder<'_>, address: u64| b.iconst(Type::Ptr, address as i64);
    let arguments = at(&mut b, ARGUMENTS);
    for (i, &value) in args.iter().enumerate() {
        store(&mut b, value, arguments, 8 * i as i32);
    }
    let (record, block) = (at(&mut b, RECORDS), at(&mut b, BLOCK));
    let start = b.iconst(Type::I32, i64::from(STATE_START));
    b.store(start, record, offset_of!(Thread, state) as i32, Region::Slots);
    b.store(block, record, offset_of!(Thread, block) as i32, Region::Slots);
    b.store(record, record, offset_of!(Thread, local) as i32, Region::Slots);
    b.store(arguments, block, offset_of!(ThreadBlock, arguments) as i32, Region::Slots);
    b.store(record, block, offset_of!(ThreadBlock, shared) as i32, Region::Slots);
    b.jump(Target::new(turn));
    b.switch_to(turn);
    b.call(thread, &[record, record], &[]);
    let state = b.load(Type::I32, record, offset_of!(Thread, state) as i32, Region::Slots);
    let ended = b.iconst(Type::I32, i64::from(STATE_END));
    let is_over = b.icmp(IntCond::Eq, state, ended);
    let back = b.func.add_block();
    b.br(is_over, Target::new(end), Target::new(back));
    b.switch_to(back);
    b.jump(Target::new(turn));
    b.switch_to(end);
    let place = at(&mut b, RESULTS);
    let values: Vec<Value> = results
        .iter()
        .enumerate()
        .map(|(i, &ty)| match ty {
            Type::Bool => {
                let byte = b.load(Type::I8, place, 8 * i as i32, Region::Slots);
                let zero = b.iconst(Type::I8, 0);
                b.icmp(IntCond::Ne, byte, zero)
            }
            ty => b.load(ty, place, 8 * i as i32, Region::Slots),
        })
        .collect();
    b.ret(&values);
    made
}

fn store(b: &mut Builder<'_>, value: Value, address: Value, offset: i32) {
    let value = match b.func.value_type(value) {
        Type::Bool => b.convert(Opcode::Zext, Type::I8, value),
        _ => value,
    };
    b.store(value, address, offset, Region::Slots);
}
