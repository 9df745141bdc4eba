//! Loads, stores, allocations and reference counts; nothing leaks.

use super::common::{Ran, compile_with, entry, function, module, on_each, variants};
use cumbia_abi::{Owner, offsets};
use cumbia_ir::{
    Builder, ExternDecl, ExternEffects, ExternId, FuncId, Function, IntCond, Loc, Module, Opcode,
    Region, Target, Type, Value,
};
use cumbia_runtime::{
    argument_owner, detach, free_detached, live_allocations, live_bytes, with_context,
};
use std::sync::{Mutex, MutexGuard};

/// Tests that look at the process's counters run one after another.
fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A module with `alloc` as extern 0.
fn with_alloc(functions: impl IntoIterator<Item = Function>) -> Module {
    let mut module = module(functions);
    module.declare_extern(&ExternDecl {
        name: "alloc".into(),
        params: vec![Type::I64, Type::Bool],
        result: Some(Type::Ptr),
        effects: ExternEffects::Raises,
    });
    module
}

fn alloc(b: &mut Builder<'_>, size: Value, zeroed: bool) -> Value {
    let zeroed = b.iconst(Type::Bool, i64::from(zeroed));
    b.extern_call(ExternId::new(0), &[size, zeroed], Some(Type::Ptr)).unwrap()
}

fn data(b: &mut Builder<'_>, owner: Value) -> Value {
    b.load(Type::Ptr, owner, offsets::OWNER_DATA, Region::Owner)
}

#[test]
fn every_memory_type() {
    let types = [Type::I8, Type::I16, Type::I32, Type::I64, Type::F32, Type::F64, Type::Ptr];
    let functions = types.map(|ty| {
        entry(&format!("copy.{ty}"), &[Type::Ptr, Type::Ptr, Type::I64], |b, v| {
            let from = b.ptr_add(v[0], v[2]);
            let value = b.load(ty, from, 8, Region::Data);
            b.store(value, v[1], -8, Region::Data);
            vec![]
        })
    });
    let module = module(functions);
    for options in &variants() {
        let code = compile_with(&module, options);
        for ty in types {
            let source: Vec<u64> =
                (0..8).map(|i| 0x0123_4567_89ab_cdefu64.rotate_left(8 * i)).collect();
            let mut target = [u64::MAX; 3];
            let args = [source.as_ptr() as u64, target.as_mut_ptr() as u64 + 16, 16];
            assert_eq!(code.run(&format!("copy.{ty}"), &args, 0), Ran::Results(vec![]));
            let bytes = ty.bytes() as usize;
            let mut expected = u64::MAX.to_le_bytes();
            expected[..bytes].copy_from_slice(&source[3].to_le_bytes()[..bytes]);
            assert_eq!(target, [u64::MAX, u64::from_le_bytes(expected), u64::MAX], "{ty}");
        }
    }
}

#[test]
fn a_store_is_seen_by_a_later_load() {
    on_each(|compile| {
        let code = compile(&module([entry("f", &[Type::Ptr, Type::Ptr], |b, v| {
            let before = b.load(Type::I64, v[0], 0, Region::Data);
            let seven = b.iconst(Type::I64, 7);
            b.store(seven, v[1], 0, Region::Data);
            let after = b.load(Type::I64, v[0], 0, Region::Data);
            vec![before, after]
        })]));
        let mut cell = 3u64;
        let place = (&raw mut cell) as u64;
        assert_eq!(code.run("f", &[place, place], 2), Ran::Results(vec![3, 7]));
    });
}

#[test]
fn allocation_is_freed_by_the_last_release() {
    let _alone = alone();
    let module = with_alloc([entry("f", &[Type::I64], |b, v| {
        let owner = alloc(b, v[0], true);
        let place = data(b, owner);
        let first = b.load(Type::I64, place, 0, Region::Data);
        b.retain(owner);
        b.release(owner);
        b.release(owner);
        vec![first]
    })]);
    for options in &variants() {
        let code = compile_with(&module, options);
        with_context(|context| {
            assert_eq!(code.run_in(context, "f", &[80_000], 1), Ran::Results(vec![0]));
            assert_eq!((live_allocations(), live_bytes()), (0, 0));
            assert!(context.allocations.is_null());
        });
    }
}

#[test]
fn argument_owner_is_never_freed() {
    on_each(|compile| {
        let code = compile(&module([entry("f", &[Type::Ptr], |b, v| {
            b.release(v[0]);
            let count = b.load(Type::I64, v[0], offsets::OWNER_REFCOUNT, Region::Owner);
            vec![count]
        })]));
        let mut owner = argument_owner(std::ptr::null_mut(), 0, std::ptr::null_mut());
        let expected = cumbia_abi::IMMORTAL as u64 - 1;
        assert_eq!(code.run("f", &[(&raw mut owner) as u64], 1), Ran::Results(vec![expected]));
    });
}

#[test]
fn exception_leaves_allocations_to_the_boundary() {
    let _alone = alone();
    on_each(|compile| {
        let module = with_alloc([entry("f", &[Type::I64, Type::I64], |b, v| {
            alloc(b, v[0], false);
            alloc(b, v[0], true);
            b.index(v[1], v[0], 2);
            vec![]
        })]);
        let code = compile(&module);
        with_context(|context| {
            let ran = code.run_in(context, "f", &[100, (-101i64) as u64], 0);
            let Ran::Raised { class, message, .. } = ran else { panic!("{ran:?}") };
            assert_eq!(class, "IndexError");
            assert_eq!(message, "index -101 is out of bounds for axis 2 with size 100");
            assert_eq!((live_allocations(), live_bytes()), (2, 200));
        });
        assert_eq!((live_allocations(), live_bytes()), (0, 0));
    });
}

#[test]
fn result_is_detached() {
    let _alone = alone();
    on_each(|compile| {
        let module = with_alloc([entry("f", &[], |b, _| {
            let size = b.iconst(Type::I64, 1 << 20);
            let owner = alloc(b, size, false);
            let place = data(b, owner);
            let value = b.f64const(2.5);
            b.store(value, place, (1 << 20) - 8, Region::Data);
            vec![owner]
        })]);
        let code = compile(&module);
        let detached = with_context(|context| {
            let Ran::Results(results) = code.run_in(context, "f", &[], 1) else { panic!("raised") };
            // SAFETY: the function's result is a live record of this context.
            unsafe { detach(context, results[0] as usize as *mut Owner) }
        });
        assert_eq!((live_allocations(), detached.size), (0, 1 << 20));
        assert!(detached.data.addr().is_multiple_of(64));
        // SAFETY: a mebibyte, of which the last 8 bytes were written.
        let last = unsafe { detached.data.add((1 << 20) - 8).cast::<f64>().read() };
        assert_eq!(last, 2.5);
        // SAFETY: detached above; nothing else refers to it.
        unsafe { free_detached(detached) };
    });
}

#[test]
fn too_large_is_a_memory_error_with_its_line() {
    let _alone = alone();
    on_each(|compile| {
        let inner = function("inner", &[Type::I64], &[Type::Ptr], |b, v| {
            b.loc = Loc::start(7, 0);
            let owner = alloc(b, v[0], false);
            b.ret(&[owner]);
        });
        let main = entry("main", &[Type::I64], |b, v| {
            b.loc = Loc::start(9, 0);
            let owner = b.call(FuncId::new(0), &[v[0]], &[Type::Ptr])[0];
            b.release(owner);
            vec![]
        });
        let code = compile(&with_alloc([inner, main]));
        for size in [-1i64, i64::MAX, 1 << 60] {
            assert_eq!(code.run("main", &[size as u64], 0), Ran::Memory { lines: vec![7, 9] });
        }
        assert_eq!(code.run("main", &[0], 0), Ran::Results(vec![]));
        assert_eq!((live_allocations(), live_bytes()), (0, 0));
    });
}

/// Values of every class stay intact around cold calls that preserve registers.
#[test]
fn registers_survive_a_release_in_a_loop() {
    let _alone = alone();
    const FLOATS: usize = 12;
    const INTS: usize = 8;
    let module = with_alloc([entry("f", &[Type::I64], |b, v| {
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
        let eight = b.iconst(Type::I64, 8);
        let owner = alloc(b, eight, true);
        b.release(owner);
        let one = b.iconst(Type::I64, 1);
        let half = b.f64const(0.5);
        let mut next = vec![b.binary(Opcode::Iadd, i, one)];
        for &x in &floats {
            next.push(b.binary(Opcode::Fadd, x, half));
        }
        for &x in &ints {
            next.push(b.binary(Opcode::Iadd, x, i));
        }
        b.poll();
        b.jump(Target::with(header, &next));
        b.switch_to(exit);
        [floats, ints].concat()
    })]);
    for options in &variants() {
        let code = compile_with(&module, options);
        let expected: Vec<u64> = (0..FLOATS)
            .map(|k| (k as f64 + 50.0).to_bits())
            .chain((0..INTS as u64).map(|k| k + 99 * 100 / 2))
            .collect();
        assert_eq!(code.run("f", &[100], FLOATS + INTS), Ran::Results(expected));
    }
    assert_eq!(live_allocations(), 0);
}
