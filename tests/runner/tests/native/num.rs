//! Arithmetic, comparisons and conversions: every operation on edge values of
//! every type, against Rust's own arithmetic in wider types.

use super::common::{Compiled, Ran, compile_with, entry, module, on_each, variants};
use cumbia_ir::{FloatCond, Function, IntCond, Opcode, Type};

const INTS: [Type; 4] = [Type::I8, Type::I16, Type::I32, Type::I64];

/// Edge values of a type, sign-extended.
fn edges(ty: Type) -> Vec<i64> {
    let bits = ty.bits();
    let (min, max) = (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits));
    let mut values = vec![
        0,
        1,
        -1,
        2,
        -2,
        3,
        -3,
        7,
        -7,
        10,
        63,
        100,
        -100,
        min,
        min + 1,
        max,
        max - 1,
        max / 2,
        min / 2,
    ];
    values.sort_unstable();
    values.dedup();
    values
}

/// The value's low bits, sign-extended.
fn wrap(ty: Type, value: i128) -> i64 {
    let shift = 64 - ty.bits();
    ((value as i64) << shift) >> shift
}

/// The value's low bits, zero-extended.
fn unsigned(ty: Type, value: i64) -> u64 {
    (value as u64) & (u64::MAX >> (64 - ty.bits()))
}

fn run1(code: &Compiled, name: &str, args: &[u64]) -> u64 {
    match code.run(name, args, 1) {
        Ran::Results(results) => results[0],
        other => panic!("{name}{args:?}: {other:?}"),
    }
}

fn floor_div(a: i128, b: i128) -> i128 {
    let q = a / b;
    if a % b != 0 && (a % b < 0) != (b < 0) { q - 1 } else { q }
}

/// What a binary integer operation gives; `None` where its precondition fails.
fn expected_binary(op: Opcode, ty: Type, a: i64, b: i64) -> Option<i64> {
    let (sa, sb) = (i128::from(a), i128::from(b));
    let (ua, ub) = (unsigned(ty, a) as i128, unsigned(ty, b) as i128);
    let divides = b != 0 && !(b == -1 && wrap(ty, -sa) == a && a != 0);
    let shifts = ub < i128::from(ty.bits());
    Some(wrap(
        ty,
        match op {
            Opcode::Iadd => sa + sb,
            Opcode::Isub => sa - sb,
            Opcode::Imul => sa.wrapping_mul(sb),
            Opcode::Sdiv if divides => sa / sb,
            Opcode::Srem if divides => sa % sb,
            Opcode::Udiv if b != 0 => ua / ub,
            Opcode::Urem if b != 0 => ua % ub,
            Opcode::Sfloordiv if divides => floor_div(sa, sb),
            Opcode::Sfloormod if divides => sa - floor_div(sa, sb) * sb,
            Opcode::Smin => sa.min(sb),
            Opcode::Smax => sa.max(sb),
            Opcode::Umin => ua.min(ub),
            Opcode::Umax => ua.max(ub),
            Opcode::Band => sa & sb,
            Opcode::Bor => sa | sb,
            Opcode::Bxor => sa ^ sb,
            Opcode::Ishl if shifts => sa << ub,
            Opcode::Sshr if shifts => sa >> ub,
            Opcode::Ushr if shifts => ua >> ub,
            Opcode::Smulhi => (sa * sb) >> ty.bits(),
            Opcode::Umulhi => ((ua as u128 * ub as u128) >> ty.bits()) as i128,
            _ => return None,
        },
    ))
}

const BINARY: [Opcode; 21] = [
    Opcode::Iadd,
    Opcode::Isub,
    Opcode::Imul,
    Opcode::Sdiv,
    Opcode::Srem,
    Opcode::Udiv,
    Opcode::Urem,
    Opcode::Sfloordiv,
    Opcode::Sfloormod,
    Opcode::Smin,
    Opcode::Smax,
    Opcode::Umin,
    Opcode::Umax,
    Opcode::Band,
    Opcode::Bor,
    Opcode::Bxor,
    Opcode::Ishl,
    Opcode::Sshr,
    Opcode::Ushr,
    Opcode::Smulhi,
    Opcode::Umulhi,
];

#[test]
fn integer_binary() {
    let functions: Vec<Function> = INTS
        .into_iter()
        .flat_map(|ty| {
            BINARY.map(|op| {
                entry(&format!("{}.{ty}", op.name()), &[ty, ty], |b, v| {
                    vec![b.binary(op, v[0], v[1])]
                })
            })
        })
        .collect();
    let module = module(functions);
    for options in &variants() {
        let code = compile_with(&module, options);
        let mut checked = 0;
        for ty in INTS {
            for op in BINARY {
                for a in edges(ty) {
                    for b in edges(ty) {
                        let Some(expected) = expected_binary(op, ty, a, b) else {
                            continue;
                        };
                        let got = run1(&code, &format!("{}.{ty}", op.name()), &[a as u64, b as u64])
                            as i64;
                        assert_eq!(got, expected, "{}.{ty} {a}, {b} under {options:?}", op.name());
                        checked += 1;
                    }
                }
            }
        }
        assert!(checked > 20_000);
    }
}

#[test]
fn checked_arithmetic() {
    const OPS: [Opcode; 3] = [Opcode::SaddChk, Opcode::SsubChk, Opcode::SmulChk];
    let functions: Vec<Function> = INTS
        .into_iter()
        .flat_map(|ty| {
            OPS.map(|op| {
                entry(&format!("{}.{ty}", op.name()), &[ty, ty], |b, v| {
                    vec![b.binary(op, v[0], v[1])]
                })
            })
        })
        .collect();
    let module = module(functions);
    for options in &variants() {
        let code = compile_with(&module, options);
        for ty in INTS {
            for op in OPS {
                for a in edges(ty) {
                    for b in edges(ty) {
                        let (x, y) = (i128::from(a), i128::from(b));
                        let exact = match op {
                            Opcode::SaddChk => x + y,
                            Opcode::SsubChk => x - y,
                            _ => x * y,
                        };
                        let ran =
                            code.run(&format!("{}.{ty}", op.name()), &[a as u64, b as u64], 1);
                        if i128::from(wrap(ty, exact)) == exact {
                            assert_eq!(
                                ran,
                                Ran::Results(vec![exact as u64]),
                                "{} {a} {b}",
                                op.name()
                            );
                        } else {
                            let Ran::Raised { class, message, lines } = ran else {
                                panic!("{op:?} {a} {b}: {ran:?}")
                            };
                            assert_eq!((class.as_str(), lines), ("OverflowError", vec![1]));
                            assert!(!message.is_empty());
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn integer_unary_and_compare() {
    const UNARY: [Opcode; 5] =
        [Opcode::Ineg, Opcode::Bnot, Opcode::Clz, Opcode::Ctz, Opcode::Popcnt];
    let mut functions = Vec::new();
    for ty in INTS {
        for op in UNARY {
            functions
                .push(entry(&format!("{}.{ty}", op.name()), &[ty], |b, v| vec![b.unary(op, v[0])]));
        }
        functions.push(entry(&format!("icmp.{ty}"), &[ty, ty], |b, v| {
            IntCond::ALL.iter().map(|&cond| b.icmp(cond, v[0], v[1])).collect()
        }));
    }
    let module = module(functions);
    for options in &variants() {
        let code = compile_with(&module, options);
        for ty in INTS {
            let bits = ty.bits();
            for a in edges(ty) {
                let u = unsigned(ty, a);
                for op in UNARY {
                    let expected = match op {
                        Opcode::Ineg => wrap(ty, -i128::from(a)),
                        Opcode::Bnot => !a,
                        Opcode::Clz => i64::from(u.leading_zeros() + bits) - 64,
                        Opcode::Ctz => i64::from(u.trailing_zeros().min(bits)),
                        _ => i64::from(u.count_ones()),
                    };
                    let got = run1(&code, &format!("{}.{ty}", op.name()), &[a as u64]) as i64;
                    assert_eq!(got, expected, "{}.{ty} {a}", op.name());
                }
                for b in edges(ty) {
                    let v = unsigned(ty, b);
                    let expected = [
                        a == b,
                        a != b,
                        a < b,
                        a <= b,
                        a > b,
                        a >= b,
                        u < v,
                        u <= v,
                        u > v,
                        u >= v,
                    ]
                    .map(u64::from);
                    let got =
                        code.run(&format!("icmp.{ty}"), &[a as u64, b as u64], IntCond::ALL.len());
                    assert_eq!(got, Ran::Results(expected.to_vec()), "icmp.{ty} {a} {b}");
                }
            }
        }
    }
}

#[test]
fn booleans() {
    on_each(|compile| {
        let module =
            module([entry("f", &[Type::Bool, Type::Bool, Type::F64, Type::F64], |b, v| {
                vec![
                    b.binary(Opcode::Band, v[0], v[1]),
                    b.binary(Opcode::Bor, v[0], v[1]),
                    b.binary(Opcode::Bxor, v[0], v[1]),
                    b.unary(Opcode::Bnot, v[0]),
                    b.icmp(IntCond::Eq, v[0], v[1]),
                    b.select(v[0], v[2], v[3]),
                    b.select(v[0], v[1], v[0]),
                    b.convert(Opcode::Zext, Type::I8, v[0]),
                    b.convert(Opcode::UintToF, Type::F64, v[0]),
                    b.iconst(Type::Bool, 1),
                ]
            })]);
        let code = compile(&module);
        for p in [0u64, 1] {
            for q in [0u64, 1] {
                let (x, y) = (1.5f64.to_bits(), 2.5f64.to_bits());
                let expected = vec![
                    p & q,
                    p | q,
                    p ^ q,
                    1 - p,
                    u64::from(p == q),
                    if p == 1 { x } else { y },
                    p & q,
                    p,
                    (p as f64).to_bits(),
                    1,
                ];
                assert_eq!(code.run("f", &[p, q, x, y], 10), Ran::Results(expected));
            }
        }
    });
}

const FLOATS: [f64; 22] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    -1.5,
    2.5,
    -2.5,
    0.1,
    1e300,
    -1e300,
    1e-310,
    4503599627370497.5,
    1e16,
    -7.75,
    16777217.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    f64::MAX,
];

/// Equal bits, any nan for a nan.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

#[test]
fn floating() {
    const UNARY: [Opcode; 7] = [
        Opcode::Fneg,
        Opcode::Fabs,
        Opcode::Fsqrt,
        Opcode::Ffloor,
        Opcode::Fceil,
        Opcode::Ftrunc,
        Opcode::Fnearest,
    ];
    const BINARY: [Opcode; 5] =
        [Opcode::Fadd, Opcode::Fsub, Opcode::Fmul, Opcode::Fdiv, Opcode::Fcopysign];
    let mut functions = Vec::new();
    for ty in [Type::F32, Type::F64] {
        for op in UNARY {
            functions
                .push(entry(&format!("{}.{ty}", op.name()), &[ty], |b, v| vec![b.unary(op, v[0])]));
        }
        for op in BINARY {
            functions.push(entry(&format!("{}.{ty}", op.name()), &[ty, ty], |b, v| {
                vec![b.binary(op, v[0], v[1])]
            }));
        }
        functions
            .push(entry(&format!("fma.{ty}"), &[ty, ty, ty], |b, v| vec![b.fma(v[0], v[1], v[2])]));
        functions.push(entry(&format!("fcmp.{ty}"), &[ty, ty], |b, v| {
            FloatCond::ALL.iter().map(|&cond| b.fcmp(cond, v[0], v[1])).collect()
        }));
    }
    let module = module(functions);
    for options in &variants() {
        let code = compile_with(&module, options);
        for a in FLOATS {
            for op in UNARY {
                let expected = |x: f64| match op {
                    Opcode::Fneg => -x,
                    Opcode::Fabs => x.abs(),
                    Opcode::Fsqrt => x.sqrt(),
                    Opcode::Ffloor => x.floor(),
                    Opcode::Fceil => x.ceil(),
                    Opcode::Ftrunc => x.trunc(),
                    _ => x.round_ties_even(),
                };
                let got =
                    f64::from_bits(run1(&code, &format!("{}.f64", op.name()), &[a.to_bits()]));
                assert!(same(got, expected(a)), "{} {a}: {got} under {options:?}", op.name());
                // Each of these is exact or correctly rounded: once more in f64 is the same.
                let single = a as f32;
                let got = f32::from_bits(run1(
                    &code,
                    &format!("{}.f32", op.name()),
                    &[u64::from(single.to_bits())],
                ) as u32);
                let expected = expected(f64::from(single)) as f32;
                assert!(
                    same(f64::from(got), f64::from(expected)),
                    "{}.f32 {single}: {got}",
                    op.name()
                );
            }
            for b in FLOATS {
                for op in BINARY {
                    let expected = match op {
                        Opcode::Fadd => a + b,
                        Opcode::Fsub => a - b,
                        Opcode::Fmul => a * b,
                        Opcode::Fdiv => a / b,
                        _ => a.copysign(b),
                    };
                    let got = f64::from_bits(run1(
                        &code,
                        &format!("{}.f64", op.name()),
                        &[a.to_bits(), b.to_bits()],
                    ));
                    assert!(same(got, expected), "{} {a} {b}: {got}", op.name());
                    let (x, y) = (a as f32, b as f32);
                    let expected = match op {
                        Opcode::Fadd => x + y,
                        Opcode::Fsub => x - y,
                        Opcode::Fmul => x * y,
                        Opcode::Fdiv => x / y,
                        _ => x.copysign(y),
                    };
                    let args = [u64::from(x.to_bits()), u64::from(y.to_bits())];
                    let got =
                        f32::from_bits(run1(&code, &format!("{}.f32", op.name()), &args) as u32);
                    assert!(same(got.into(), expected.into()), "{}.f32 {x} {y}: {got}", op.name());
                }
                let conditions = [a == b, a != b, a < b, a <= b, a > b, a >= b].map(u64::from);
                let got = code.run("fcmp.f64", &[a.to_bits(), b.to_bits()], 6);
                assert_eq!(got, Ran::Results(conditions.to_vec()), "{a} {b}");
                for c in [0.0, -1.0, 1e-17, f64::INFINITY] {
                    let got = f64::from_bits(run1(
                        &code,
                        "fma.f64",
                        &[a.to_bits(), b.to_bits(), c.to_bits()],
                    ));
                    assert!(same(got, a.mul_add(b, c)), "fma {a} {b} {c}: {got} under {options:?}");
                }
            }
        }
    }
}

#[test]
fn constants() {
    on_each(|compile| {
        let module = module([entry("f", &[], |b, _| {
            vec![
                b.iconst(Type::I8, -1),
                b.iconst(Type::I16, -300),
                b.iconst(Type::I32, i64::from(i32::MIN)),
                b.iconst(Type::I64, i64::MIN),
                b.f64const(-0.0),
                b.f64const(0.1),
                b.f32const(0.1),
            ]
        })]);
        let code = compile(&module);
        let Ran::Results(got) = code.run("f", &[], 7) else { panic!("raised") };
        let expected = [
            -1i64 as u64,
            -300i64 as u64,
            i64::from(i32::MIN) as u64,
            i64::MIN as u64,
            (-0.0f64).to_bits(),
            0.1f64.to_bits(),
        ];
        assert_eq!(got[..6], expected);
        // An f32's slot: the upper half is unspecified.
        assert_eq!(got[6] as u32, 0.1f32.to_bits());
    });
}

#[test]
fn conversions() {
    let mut functions = Vec::new();
    let mut convert = |op: Opcode, from: Type, to: Type| {
        functions.push(entry(&format!("{} {from} {to}", op.name()), &[from], |b, v| {
            vec![b.convert(op, to, v[0])]
        }));
    };
    for from in INTS {
        for to in INTS {
            if to.bits() > from.bits() {
                convert(Opcode::Sext, from, to);
                convert(Opcode::Zext, from, to);
                convert(Opcode::Trunc, to, from);
            }
        }
        for float in [Type::F32, Type::F64] {
            convert(Opcode::SintToF, from, float);
            convert(Opcode::UintToF, from, float);
            convert(Opcode::FToSint, float, from);
            convert(Opcode::FToUint, float, from);
        }
    }
    convert(Opcode::Fpromote, Type::F32, Type::F64);
    convert(Opcode::Fdemote, Type::F64, Type::F32);
    for (from, to) in [(Type::I64, Type::F64), (Type::I32, Type::F32), (Type::Ptr, Type::I64)] {
        convert(Opcode::Bitcast, from, to);
        convert(Opcode::Bitcast, to, from);
    }
    let module = module(functions);
    for options in &variants() {
        let code = compile_with(&module, options);
        let run = |op: Opcode, from: Type, to: Type, arg: u64| {
            run1(&code, &format!("{} {from} {to}", op.name()), &[arg])
        };
        for from in INTS {
            for a in edges(from) {
                let u = unsigned(from, a);
                for to in INTS {
                    if to.bits() > from.bits() {
                        assert_eq!(run(Opcode::Sext, from, to, a as u64) as i64, a);
                        assert_eq!(run(Opcode::Zext, from, to, a as u64) as i64, u as i64);
                    } else if to.bits() < from.bits() {
                        assert_eq!(
                            run(Opcode::Trunc, from, to, a as u64) as i64,
                            wrap(to, i128::from(a))
                        );
                    }
                }
                assert_eq!(
                    run(Opcode::SintToF, from, Type::F64, a as u64),
                    (a as f64).to_bits(),
                    "{from} {a}"
                );
                assert_eq!(
                    run(Opcode::UintToF, from, Type::F64, a as u64),
                    (u as f64).to_bits(),
                    "{from} {u}"
                );
                assert_eq!(
                    run(Opcode::SintToF, from, Type::F32, a as u64) as u32,
                    (a as f32).to_bits(),
                    "{from} {a}"
                );
                assert_eq!(
                    run(Opcode::UintToF, from, Type::F32, a as u64) as u32,
                    (u as f32).to_bits(),
                    "{from} {u}"
                );
            }
            for x in [
                0.0f64,
                -0.0,
                0.9,
                -0.9,
                1.0,
                -1.0,
                99.5,
                -100.25,
                127.99,
                255.99,
                65535.5,
                4294967295.5,
                9.2e18,
                1.8e19,
                -9.2e18,
            ] {
                let (bits, single) = (from.bits(), x as f32);
                let whole = x.trunc();
                let signed =
                    -(2f64.powi(bits as i32 - 1)) <= whole && whole < 2f64.powi(bits as i32 - 1);
                let unsigned_fits = 0.0 <= whole && whole < 2f64.powi(bits as i32);
                if signed {
                    assert_eq!(
                        run(Opcode::FToSint, Type::F64, from, x.to_bits()) as i64,
                        whole as i64,
                        "{x} {from}"
                    );
                }
                if unsigned_fits {
                    let got =
                        unsigned(from, run(Opcode::FToUint, Type::F64, from, x.to_bits()) as i64);
                    assert_eq!(got, whole as u64, "{x} {from}");
                }
                if signed && f64::from(single) == x {
                    let got =
                        run(Opcode::FToSint, Type::F32, from, u64::from(single.to_bits())) as i64;
                    assert_eq!(got, whole as i64, "{x} {from}");
                }
            }
        }
        for x in FLOATS {
            let demoted =
                f32::from_bits(run(Opcode::Fdemote, Type::F64, Type::F32, x.to_bits()) as u32);
            assert!(same(demoted.into(), (x as f32).into()));
            let promoted = f64::from_bits(run(
                Opcode::Fpromote,
                Type::F32,
                Type::F64,
                u64::from((x as f32).to_bits()),
            ));
            assert!(same(promoted, f64::from(x as f32)));
            assert_eq!(run(Opcode::Bitcast, Type::F64, Type::I64, x.to_bits()), x.to_bits());
            assert_eq!(run(Opcode::Bitcast, Type::I64, Type::F64, x.to_bits()), x.to_bits());
        }
        assert_eq!(run(Opcode::Bitcast, Type::Ptr, Type::I64, 12345), 12345);
    }
}
