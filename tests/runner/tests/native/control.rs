//! Loops, calls, recursion, exceptions and their traces, interrupts.

use super::common::{Ran, compile_with, entry, function, module, on_each, variants};
use cumbia_ir::{
    Builder, ExternDecl, ExternEffects, FuncId, Function, IntCond, Loc, Module, Opcode, Target,
    Type, Value,
};
use cumbia_runtime::{clear_interrupt, request_interrupt};
use std::sync::{Mutex, MutexGuard};

/// Tests with loops that poll run one after another with the one that interrupts.
fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// `while i < n: total += i` with a checked sum and a poll on the latch.
fn sum_loop(b: &mut Builder<'_>, n: Value) -> Value {
    let header = b.func.add_block();
    let body = b.func.add_block();
    let exit = b.func.add_block();
    let i = b.func.add_param(header, Type::I64);
    let total = b.func.add_param(header, Type::I64);
    let zero = b.iconst(Type::I64, 0);
    b.jump(Target::with(header, &[zero, zero]));
    b.switch_to(header);
    let more = b.icmp(IntCond::Slt, i, n);
    b.br(more, Target::new(body), Target::new(exit));
    b.switch_to(body);
    let next_total = b.binary(Opcode::SaddChk, total, i);
    let one = b.iconst(Type::I64, 1);
    let next = b.binary(Opcode::Iadd, i, one);
    b.poll();
    b.jump(Target::with(header, &[next, next_total]));
    b.switch_to(exit);
    total
}

#[test]
fn loop_with_results() {
    let _alone = alone();
    on_each(|compile| {
        let code = compile(&module([entry("sum", &[Type::I64], |b, v| vec![sum_loop(b, v[0])])]));
        assert_eq!(code.run("sum", &[1000], 1), Ran::Results(vec![499_500]));
    });
}

/// `fib(n)`, doubly recursive, with a stack check; function number `this`.
fn fib(this: FuncId) -> Function {
    function("fib", &[Type::I64], &[Type::I64], |b, v| {
        b.stack_check();
        let two = b.iconst(Type::I64, 2);
        let small = b.icmp(IntCond::Slt, v[0], two);
        let (base, step) = (b.func.add_block(), b.func.add_block());
        b.br(small, Target::new(base), Target::new(step));
        b.switch_to(base);
        b.ret(&[v[0]]);
        b.switch_to(step);
        let one = b.iconst(Type::I64, 1);
        let n1 = b.binary(Opcode::SsubChk, v[0], one);
        let a = b.call(this, &[n1], &[Type::I64])[0];
        let n2 = b.binary(Opcode::SsubChk, v[0], two);
        let c = b.call(this, &[n2], &[Type::I64])[0];
        let sum = b.binary(Opcode::SaddChk, a, c);
        b.ret(&[sum]);
    })
}

#[test]
fn recursion() {
    on_each(|compile| {
        let main =
            entry("main", &[Type::I64], |b, v| b.call(FuncId::new(0), &[v[0]], &[Type::I64]));
        let code = compile(&module([fib(FuncId::new(0)), main]));
        assert_eq!(code.run("main", &[20], 1), Ran::Results(vec![6765]));
    });
}

/// Functions of one call each around a raise, to see the trace.
fn raising_chain(b_raise: impl FnOnce(&mut Builder<'_>, Value)) -> Module {
    let inner = function("inner", &[Type::I64], &[Type::I64, Type::F64], |b, v| {
        b.loc = Loc::start(30, 4);
        b_raise(b, v[0]);
        let x = b.f64const(0.5);
        b.ret(&[v[0], x]);
    });
    let middle = function("middle", &[Type::I64], &[Type::F64], |b, v| {
        b.loc = Loc::start(20, 4);
        let r = b.call(FuncId::new(0), &[v[0]], &[Type::I64, Type::F64]);
        b.ret(&[r[1]]);
    });
    let main = entry("main", &[Type::I64], |b, v| {
        b.loc = Loc::start(10, 4);
        b.call(FuncId::new(1), &[v[0]], &[Type::F64])
    });
    module([inner, middle, main])
}

#[test]
fn exception_with_message_and_trace() {
    on_each(|compile| {
        let chain = raising_chain(|b, n| {
            let limit = b.iconst(Type::I64, 10);
            let fine = b.icmp(IntCond::Slt, n, limit);
            let half = b.f64const(2.5);
            b.guard(fine, "ValueError", "{0} is too much for {1}: {2}", &[n, half, fine]);
        });
        let code = compile(&chain);
        assert_eq!(code.run("main", &[3], 1), Ran::Results(vec![0.5f64.to_bits()]));
        assert_eq!(
            code.run("main", &[93], 1),
            Ran::Raised {
                class: "ValueError".into(),
                message: "93 is too much for 2.5: False".into(),
                lines: vec![30, 20, 10],
            }
        );
    });
}

#[test]
fn pending_interrupt_leaves_the_loop() {
    let _alone = alone();
    on_each(|compile| {
        let code = compile(&module([entry("sum", &[Type::I64], |b, v| {
            b.loc.line = 44;
            vec![sum_loop(b, v[0])]
        })]));
        // Without a hook a pending interrupt ends the call.
        let thread = std::thread::spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            request_interrupt();
        });
        let ran = code.run("sum", &[4_000_000_000], 1);
        clear_interrupt();
        thread.join().unwrap();
        assert_eq!(ran, Ran::Python { lines: vec![44] });
        assert_eq!(code.run("sum", &[10], 1), Ran::Results(vec![45]));
    });
}

#[test]
fn index_and_bound() {
    on_each(|compile| {
        let code = compile(&module([
            entry("index", &[Type::I64, Type::I64], |b, v| vec![b.index(v[0], v[1], 1)]),
            entry("bound", &[Type::I64, Type::I64], |b, v| vec![b.bound(v[0], v[1], 0)]),
        ]));
        let raised = |i: i64, n: i64, axis: u32| Ran::Raised {
            class: "IndexError".into(),
            message: format!("index {i} is out of bounds for axis {axis} with size {n}"),
            lines: vec![1],
        };
        for n in [0, 1, 5, i64::MAX] {
            for i in [0, 1, 4, 5, -1, -5, -6, i64::MAX, i64::MIN] {
                let position = if i < 0 { i.checked_add(n) } else { Some(i) };
                let expected = match position {
                    Some(p) if 0 <= p && p < n => Ran::Results(vec![p as u64]),
                    _ => raised(i, n, 1),
                };
                assert_eq!(code.run("index", &[i as u64, n as u64], 1), expected, "{i} {n}");
                let expected =
                    if 0 <= i && i < n { Ran::Results(vec![i as u64]) } else { raised(i, n, 0) };
                assert_eq!(code.run("bound", &[i as u64, n as u64], 1), expected, "{i} {n}");
            }
        }
    });
}

#[test]
fn raise_with_narrow_arguments() {
    on_each(|compile| {
        let code = compile(&module([function("f", &[Type::Ptr, Type::Ptr], &[], |b, _| {
            let a = b.iconst(Type::I8, -1);
            let c = b.iconst(Type::Bool, 1);
            let d = b.f32const(0.1);
            let e = b.f64const(1e16);
            b.loc = Loc::start(5, 2);
            b.raise("ZeroDivisionError", "{0} {1} {2} {3} {{}}", &[a, c, d, e]);
        })]));
        assert_eq!(
            code.run("f", &[], 0),
            Ran::Raised {
                class: "ZeroDivisionError".into(),
                message: "-1 True 0.1 1e+16 {}".into(),
                lines: vec![5]
            }
        );
    });
}

#[test]
fn deep_recursion_is_an_error_not_a_crash() {
    let this = FuncId::new(0);
    let down = function("down", &[Type::I64], &[Type::I64], |b, v| {
        b.loc = Loc::start(3, 0);
        b.stack_check();
        let zero = b.iconst(Type::I64, 0);
        let done = b.icmp(IntCond::Eq, v[0], zero);
        let (stop, more) = (b.func.add_block(), b.func.add_block());
        b.br(done, Target::new(stop), Target::new(more));
        b.switch_to(stop);
        b.ret(&[zero]);
        b.switch_to(more);
        let one = b.iconst(Type::I64, 1);
        let less = b.binary(Opcode::Isub, v[0], one);
        b.loc = Loc::start(4, 0);
        let below = b.call(this, &[less], &[Type::I64])[0];
        let sum = b.binary(Opcode::Iadd, below, one);
        b.ret(&[sum]);
    });
    let module =
        module([down, entry("main", &[Type::I64], |b, v| b.call(this, &[v[0]], &[Type::I64]))]);
    for options in &variants() {
        let code = compile_with(&module, options);
        assert_eq!(code.run("main", &[1000], 1), Ran::Results(vec![1000]));
        let ran = code.run("main", &[1 << 40], 1);
        let Ran::Raised { class, message, lines } = ran else { panic!("{ran:?}") };
        assert_eq!(
            (class.as_str(), message.as_str()),
            ("RecursionError", "maximum recursion depth exceeded")
        );
        // The raise, then as many callers as the trace keeps: those nearest to it.
        assert_eq!(lines[0], 3);
        assert_eq!(lines[1..], [4; cumbia_abi::TRACE_CAPACITY]);
    }
}

/// More results of every class than there are registers.
#[test]
fn many_parameters_and_results() {
    let mut types = Vec::new();
    for _ in 0..5 {
        types.extend([Type::I64, Type::F64, Type::Bool, Type::F32, Type::I8, Type::Ptr]);
    }
    let rotate = function("rotate", &types, &types, |b, v| {
        // The six types repeat: rotating by six keeps the signature.
        let mut results = v.to_vec();
        results.rotate_left(6);
        b.ret(&results);
    });
    let main = entry("main", &types, |b, v| {
        let first = b.call(FuncId::new(0), v, &types);
        let second = b.call(FuncId::new(0), &first, &types);
        [first, second].concat()
    });
    let module = module([rotate, main]);
    let count = types.len();
    let args: Vec<u64> = (0..count as u64)
        .map(|i| if types[i as usize] == Type::Bool { i % 4 / 2 } else { i + 1 })
        .collect();
    for options in &variants() {
        let code = compile_with(&module, options);
        let Ran::Results(got) = code.run("main", &args, 2 * count) else { panic!("raised") };
        for i in 0..count {
            let mask = if types[i] == Type::F32 { u64::from(u32::MAX) } else { u64::MAX };
            assert_eq!(got[i] & mask, args[(i + 6) % count], "{i}");
            assert_eq!(got[count + i] & mask, args[(i + 12) % count], "{i}");
        }
    }
}

#[test]
fn runtime_functions() {
    on_each(|compile| {
        let pure = |name: &str, params: &[Type], result: Type| ExternDecl {
            name: name.into(),
            params: params.to_vec(),
            result: Some(result),
            effects: ExternEffects::Pure,
        };
        let mut module = Module::new();
        let pow = module.declare_extern(&pure("pow_f64", &[Type::F64, Type::F64], Type::F64));
        let sin = module.declare_extern(&pure("sin_f32", &[Type::F32], Type::F32));
        let ldexp = module.declare_extern(&pure("ldexp_f64", &[Type::F64, Type::I64], Type::F64));
        let exponent = module.declare_extern(&pure("frexp_exponent_f64", &[Type::F64], Type::I64));
        let move_bytes = module.declare_extern(&ExternDecl {
            name: "move_bytes".into(),
            params: vec![Type::Ptr, Type::Ptr, Type::I64],
            result: None,
            effects: ExternEffects::Effects,
        });
        module.add_function(entry("f", &[Type::F64, Type::F32, Type::Ptr], |b, v| {
            let square = b.f64const(2.0);
            let n = b.iconst(Type::I64, 3);
            let eight = b.iconst(Type::I64, 8);
            let next = b.ptr_add(v[2], eight);
            b.extern_call(move_bytes, &[next, v[2], eight], None);
            vec![
                b.extern_call(pow, &[v[0], square], Some(Type::F64)).unwrap(),
                b.extern_call(sin, &[v[1]], Some(Type::F32)).unwrap(),
                b.extern_call(ldexp, &[v[0], n], Some(Type::F64)).unwrap(),
                b.extern_call(exponent, &[v[0]], Some(Type::I64)).unwrap(),
            ]
        }));
        let code = compile(&module);
        let mut cells = [5u64, 6];
        let args = [12.0f64.to_bits(), u64::from(0.5f32.to_bits()), cells.as_mut_ptr() as u64];
        let Ran::Results(got) = code.run("f", &args, 4) else { panic!("raised") };
        assert_eq!(got[0], 144.0f64.to_bits());
        assert_eq!(got[1] as u32, 0.5f32.sin().to_bits());
        assert_eq!((got[2], got[3]), (96.0f64.to_bits(), 4));
        assert_eq!(cells, [5, 5]);
    });
}

#[test]
fn unknown_and_wrongly_declared_externs_are_refused() {
    for variant in variants() {
        for (name, params) in [("no_such_function", vec![]), ("sin_f64", vec![Type::F32])] {
            let mut module = Module::new();
            module.declare_extern(&ExternDecl {
                name: name.into(),
                params,
                result: Some(Type::F64),
                effects: ExternEffects::Pure,
            });
            assert_eq!(variant.backend.compile(&module).unwrap_err().function, name);
        }
    }
}

/// Names of IR functions don't collide with those of the C library.
#[test]
fn function_named_like_a_libcall() {
    let floor = function("floor", &[Type::F64], &[Type::F64], |b, v| {
        let down = b.unary(Opcode::Ffloor, v[0]);
        b.ret(&[down]);
    });
    let main = entry("main", &[Type::F64], |b, v| b.call(FuncId::new(0), &[v[0]], &[Type::F64]));
    for options in &variants() {
        let code = compile_with(&module([floor.clone(), main.clone()]), options);
        assert_eq!(code.run("main", &[2.5f64.to_bits()], 1), Ran::Results(vec![2.0f64.to_bits()]));
    }
}

#[test]
fn sites_name_functions_and_lines() {
    on_each(|compile| {
        let chain = raising_chain(|b, n| {
            b.index(n, n, 0);
            b.index(n, n, 0);
        });
        let code = compile(&chain);
        let sites: Vec<(&str, u32)> =
            code.artifact.sites.iter().map(|s| (s.function.as_str(), s.line)).collect();
        // Equal raises share a site.
        assert_eq!(sites, [("inner", 30), ("middle", 20), ("main", 10)]);
        assert_eq!(code.artifact.entries, ["main"]);
    });
}

#[test]
fn unreachable_blocks_compile() {
    on_each(|compile| {
        let code = compile(&module([function("f", &[Type::Ptr, Type::Ptr], &[], |b, v| {
            let dead = b.func.add_block();
            b.ret(&[]);
            b.switch_to(dead);
            let x = b.load(Type::I64, v[0], 0, cumbia_ir::Region::Slots);
            b.store(x, v[1], 0, cumbia_ir::Region::Slots);
            b.jump(Target::new(dead));
        })]));
        assert_eq!(code.run("f", &[], 0), Ran::Results(vec![]));
    });
}

/// `n` calls of a function whose exception passes; each result is used by the next call.
fn chain_of_calls(calls: usize) -> Module {
    let half = function("half", &[Type::I64], &[Type::I64], |b, params| {
        let zero = b.iconst(Type::I64, 0);
        let positive = b.icmp(IntCond::Sgt, params[0], zero);
        b.guard(positive, "ValueError", "not positive", &[]);
        let one = b.iconst(Type::I64, 1);
        let less = b.binary(Opcode::Isub, params[0], one);
        b.ret(&[less]);
    });
    let main = entry("main", &[Type::I64], |b, params| {
        let mut value = params[0];
        for line in 0..calls {
            b.loc = Loc::start(10 + line as u32, 0);
            value = b.call(FuncId::new(0), &[value], &[Type::I64])[0];
        }
        vec![value]
    });
    module([half, main])
}

/// Many calls go to the quick register allocator, with the order of blocks that it needs:
/// results, and the line of what was raised, are those of few calls.
#[test]
fn many_calls_in_one_function() {
    for variant in variants() {
        for calls in [100, 16_000] {
            let module = chain_of_calls(calls);
            if variant.backend.declines(&module).is_some() {
                assert!(calls > 1000, "{variant:?}");
                continue;
            }
            let compiled = compile_with(&module, &variant);
            let last = calls as u64;
            assert_eq!(compiled.run("main", &[last + 5], 1), Ran::Results(vec![5]));
            match compiled.run("main", &[last - 3], 1) {
                Ran::Raised { lines, .. } => assert_eq!(lines[1], 10 + last as u32 - 3),
                other => panic!("{other:?}"),
            }
        }
    }
}
