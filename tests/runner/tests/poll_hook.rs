//! A poll whose hook lets the loop go on: nothing in registers is lost. A process
//! has one hook, so this test has a process of its own.

#[path = "native/common.rs"]
mod common;

use common::{Ran, compile_with, entry, module, variants};
use cumbia_abi::Context;
use cumbia_ir::{IntCond, Opcode, Target, Type, Value};
use cumbia_runtime::{interrupt_flag, request_interrupt, set_poll_hook};
use std::sync::atomic::{AtomicU64, Ordering};

static POLLS: AtomicU64 = AtomicU64::new(0);

/// Overwrites floating registers on its way, and leaves the flag set.
fn go_on(_context: &mut Context) -> i32 {
    let n = POLLS.fetch_add(1, Ordering::Relaxed) as f64;
    let noise: f64 = (0..20).map(|k| (n * f64::from(k)).sin()).sum();
    assert!(noise.is_finite());
    0
}

#[test]
fn loop_goes_on_unharmed() {
    assert!(set_poll_hook(go_on));
    assert!(set_poll_hook(go_on), "the same hook again");
    const FLOATS: usize = 14;
    const INTS: usize = 9;
    let module = module([entry("f", &[Type::I64], |b, v| {
        let (header, body, exit) = (b.func.add_block(), b.func.add_block(), b.func.add_block());
        let i = b.func.add_param(header, Type::I64);
        let floats: Vec<Value> = (0..FLOATS).map(|_| b.func.add_param(header, Type::F64)).collect();
        let ints: Vec<Value> = (0..INTS).map(|_| b.func.add_param(header, Type::I64)).collect();
        let zero = b.iconst(Type::I64, 0);
        let mut args = vec![zero];
        args.extend((0..FLOATS).map(|k| b.f64const(k as f64)));
        args.extend((0..INTS).map(|k| b.iconst(Type::I64, k as i64)));
        b.jump(Target::with(header, &args));
        b.switch_to(header);
        let more = b.icmp(IntCond::Slt, i, v[0]);
        b.br(more, Target::new(body), Target::new(exit));
        b.switch_to(body);
        let one = b.iconst(Type::I64, 1);
        let half = b.f64const(0.5);
        let mut next = vec![b.binary(Opcode::Iadd, i, one)];
        next.extend(floats.iter().map(|&x| b.binary(Opcode::Fadd, x, half)));
        next.extend(ints.iter().map(|&x| b.binary(Opcode::Iadd, x, i)));
        b.poll();
        b.jump(Target::with(header, &next));
        b.switch_to(exit);
        [floats, ints].concat()
    })]);
    let expected: Vec<u64> = (0..FLOATS)
        .map(|k| (k as f64 + 50.0).to_bits())
        .chain((0..INTS as u64).map(|k| k + 99 * 100 / 2))
        .collect();
    request_interrupt();
    assert_eq!(interrupt_flag().load(Ordering::Relaxed), 1);
    for options in &variants() {
        let before = POLLS.load(Ordering::Relaxed);
        let code = compile_with(&module, options);
        assert_eq!(code.run("f", &[100], FLOATS + INTS), Ran::Results(expected.clone()));
        // Polls at every iteration: none was merged with another.
        assert_eq!(POLLS.load(Ordering::Relaxed) - before, 100);
    }
}
