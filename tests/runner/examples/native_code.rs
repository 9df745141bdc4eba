//! Prints what compiling, loading and running cost, for each backend and option:
//! `cargo run --release -p cumbia-test-runner --example native_code`.

#[path = "../tests/native/common.rs"]
mod common;

use common::{entry, function, module};
use cumbia_backend::Backend;
use cumbia_backend::shared;
use cumbia_backend_cranelift::{CraneliftBackend, Options};
use cumbia_ir::{Builder, FuncId, IntCond, Module, Opcode, Region, Target, Type, Value};
use cumbia_loader::LoadedModule;
use cumbia_runtime::with_context;
use std::time::{Duration, Instant};

fn main() {
    let mut matrix = vec![0.5f64; 300 * 300 * 3];
    let m = matrix.as_mut_ptr() as u64;
    let bytes = 300 * 300 * 8;
    let cases: Vec<(&str, Module, Vec<u64>)> = vec![
        ("fib(32)", fib_module(), vec![32]),
        ("divmod pairs, 20M calls", pair_module(), vec![20_000_000]),
        ("checked matmul 300", matmul_module(), vec![m, m + bytes, m + 2 * bytes, 300]),
        ("10 lines straight", straight_module(10), vec![7]),
        ("100 lines straight", straight_module(100), vec![7]),
        ("1000 lines straight", straight_module(1000), vec![7]),
        ("5000 lines straight", straight_module(5000), vec![7]),
    ];
    let cranelift = |optimize, quick_registers| {
        let options = Options { optimize, quick_registers, ..Options::default() };
        let backend = CraneliftBackend::with_options(Options {
            verify: false,
            quick_from: usize::MAX,
            ..options
        });
        Box::new(backend) as Box<dyn Backend>
    };
    let mut backends = vec![
        ("speed, backtracking", cranelift(true, false)),
        ("speed, single pass", cranelift(true, true)),
        ("none, backtracking", cranelift(false, false)),
        ("none, single pass", cranelift(false, true)),
    ];
    if let Some(llvm) = cumbia_test_runner::targets::llvm() {
        backends.push(("llvm", Box::new(llvm.with_options(shared::Options::default()))));
    }
    println!(
        "{:<26} {:<20} {:>11} {:>9} {:>9} {:>11}",
        "case", "options", "compile µs", "load µs", "bytes", "run ms"
    );
    for (name, module, args) in &cases {
        for (label, backend) in &backends {
            let repeat = if name.contains("lines") { 5 } else { 50 };
            let compile = best(repeat, || drop(backend.compile(module).unwrap()));
            let artifact = backend.compile(module).unwrap();
            let load = best(repeat, || drop(LoadedModule::load(&artifact.object).unwrap()));
            let code = LoadedModule::load(&artifact.object).unwrap();
            let main = code.entry("main").unwrap();
            let run = best(3, || {
                with_context(|context| {
                    let mut results = [0u64; 4];
                    // SAFETY: an entry whose slots and arrays are as it expects;
                    // `code` is alive.
                    let status = unsafe { main(context, args.as_ptr(), results.as_mut_ptr()) };
                    assert_eq!(status, 0);
                })
            });
            println!(
                "{name:<26} {label:<20} {:>11.1} {:>9.1} {:>9} {:>11.3}",
                compile.as_secs_f64() * 1e6,
                load.as_secs_f64() * 1e6,
                code.code_range().len(),
                run.as_secs_f64() * 1e3
            );
        }
    }
    call_overhead();
    let start = Instant::now();
    let backend = CraneliftBackend::new();
    println!(
        "backend made in {:.1} µs: {}",
        start.elapsed().as_secs_f64() * 1e6,
        backend.target_description()
    );
}

/// A call with its context, and one that allocates and frees.
fn call_overhead() {
    use cumbia_ir::{ExternDecl, ExternEffects, ExternId};
    let mut module = module([
        entry("empty", &[], |_, _| vec![]),
        entry("allocates", &[Type::I64], |b, v| {
            let zeroed = b.iconst(Type::Bool, 0);
            let owner = b.extern_call(ExternId::new(0), &[v[0], zeroed], Some(Type::Ptr)).unwrap();
            b.release(owner);
            vec![]
        }),
    ]);
    module.declare_extern(&ExternDecl {
        name: "alloc".into(),
        params: vec![Type::I64, Type::Bool],
        result: Some(Type::Ptr),
        effects: ExternEffects::Raises,
    });
    let artifact = CraneliftBackend::new().compile(&module).unwrap();
    let code = LoadedModule::load(&artifact.object).unwrap();
    for (name, size) in [("empty", 0u64), ("allocates", 100), ("allocates", 10_000)] {
        let function = code.entry(name).unwrap();
        const CALLS: u32 = 1_000_000;
        let time = best(3, || {
            for _ in 0..CALLS {
                // SAFETY: an entry with its slots; `code` is alive.
                with_context(|context| unsafe { function(context, &size, std::ptr::null_mut()) });
            }
        });
        println!(
            "{name}({size}): {:.1} ns a call with its context",
            time.as_secs_f64() * 1e9 / f64::from(CALLS)
        );
    }
}

fn best(repeat: usize, mut step: impl FnMut()) -> Duration {
    (0..repeat)
        .map(|_| {
            let start = Instant::now();
            step();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

/// `for i in range(n)`: runs `body(i, carried) -> carried`, and gives the last.
fn count(
    b: &mut Builder<'_>,
    n: Value,
    carried: &[Value],
    body: impl FnOnce(&mut Builder<'_>, Value, &[Value]) -> Vec<Value>,
) -> Vec<Value> {
    let (header, inside, exit) = (b.func.add_block(), b.func.add_block(), b.func.add_block());
    let i = b.func.add_param(header, Type::I64);
    let types: Vec<Type> = carried.iter().map(|&v| b.func.value_type(v)).collect();
    let params: Vec<Value> = types.iter().map(|&ty| b.func.add_param(header, ty)).collect();
    let zero = b.iconst(Type::I64, 0);
    let mut args = vec![zero];
    args.extend_from_slice(carried);
    b.jump(Target::with(header, &args));
    b.switch_to(header);
    let more = b.icmp(IntCond::Slt, i, n);
    b.br(more, Target::new(inside), Target::new(exit));
    b.switch_to(inside);
    let mut next = body(b, i, &params);
    let one = b.iconst(Type::I64, 1);
    next.insert(0, b.binary(Opcode::Iadd, i, one));
    b.poll();
    b.jump(Target::with(header, &next));
    b.switch_to(exit);
    params
}

fn fib_module() -> Module {
    let this = FuncId::new(0);
    let fib = function("fib", &[Type::I64], &[Type::I64], |b, v| {
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
    });
    module([fib, entry("main", &[Type::I64], |b, v| b.call(this, &[v[0]], &[Type::I64]))])
}

fn pair_module() -> Module {
    let pair =
        function("pair", &[Type::I64, Type::I64], &[Type::I64, Type::I64, Type::I64], |b, v| {
            let x = b.binary(Opcode::Iadd, v[0], v[1]);
            let y = b.binary(Opcode::Isub, v[0], v[1]);
            let z = b.binary(Opcode::Bxor, v[0], v[1]);
            b.ret(&[x, y, z]);
        });
    let main = entry("main", &[Type::I64], |b, v| {
        let zero = b.iconst(Type::I64, 0);
        count(b, v[0], &[zero], |b, i, c| {
            let r = b.call(FuncId::new(0), &[i, c[0]], &[Type::I64, Type::I64, Type::I64]);
            let s = b.binary(Opcode::Bxor, r[0], r[1]);
            vec![b.binary(Opcode::Iadd, s, r[2])]
        })
    });
    module([pair, main])
}

fn matmul_module() -> Module {
    module([entry("main", &[Type::Ptr, Type::Ptr, Type::Ptr, Type::I64], |b, v| {
        let n = v[3];
        // Row-major element (row, column), both checked.
        fn element(b: &mut Builder<'_>, base: Value, row: Value, column: Value, n: Value) -> Value {
            let row = b.index(row, n, 0);
            let column = b.index(column, n, 1);
            let eight = b.iconst(Type::I64, 8);
            let stride = b.binary(Opcode::Imul, n, eight);
            let down = b.binary(Opcode::Imul, row, stride);
            let across = b.binary(Opcode::Imul, column, eight);
            let offset = b.binary(Opcode::Iadd, down, across);
            b.ptr_add(base, offset)
        }
        count(b, n, &[], |b, i, _| {
            count(b, n, &[], |b, j, _| {
                let zero = b.f64const(0.0);
                let sum = count(b, n, &[zero], |b, k, sum| {
                    let x = element(b, v[0], i, k, n);
                    let x = b.load(Type::F64, x, 0, Region::Data);
                    let y = element(b, v[1], k, j, n);
                    let y = b.load(Type::F64, y, 0, Region::Data);
                    let product = b.binary(Opcode::Fmul, x, y);
                    vec![b.binary(Opcode::Fadd, sum[0], product)]
                });
                let place = element(b, v[2], i, j, n);
                b.store(sum[0], place, 0, Region::Data);
                vec![]
            });
            vec![]
        });
        vec![]
    })])
}

/// Many statements, each with an overflow check of its own.
fn straight_module(lines: u32) -> Module {
    module([entry("main", &[Type::I64], |b, v| {
        let mut x = v[0];
        for line in 0..lines {
            b.loc.line = line + 1;
            let k = b.iconst(Type::I64, i64::from(line));
            let y = b.binary(Opcode::Bxor, x, k);
            let mask = b.iconst(Type::I64, 0xffff);
            let z = b.binary(Opcode::Band, y, mask);
            x = b.binary(Opcode::SaddChk, z, k);
        }
        vec![x]
    })])
}
