//! Compares rounding, `repr` and elementary functions with a running CPython:
//! `cargo run --release -p cumbia-runtime --example against_python [python3]`.

use cumbia_abi::helper_index;
use cumbia_runtime::{call_helper, python_float_repr, round_decimal, with_context};
use std::process::Command;

/// Prints lines `kind|arguments|result`, floats as hexadecimal bits.
const SCRIPT: &str = r#"
import math, random, struct
random.seed(20240607)
bits = lambda x: struct.pack('>d', x).hex()
def draw():
    k = random.randrange(5)
    if k == 0: return struct.unpack('>d', random.randbytes(8))[0]
    if k == 1: return random.uniform(-1000, 1000)
    if k == 2: return random.randrange(-10**6, 10**6) / 2**random.randrange(12)
    if k == 3: return round(random.uniform(-10, 10), random.randrange(6)) + 0.5 * 10.0**-random.randrange(6)
    return float(random.randrange(-10**17, 10**17) * 5)
for _ in range(60000):
    x, n = draw(), random.randrange(-25, 30)
    if math.isfinite(x):
        try: r = bits(round(x, n))
        except OverflowError: r = bits(math.copysign(math.inf, x))
        print(f'round|{bits(x)} {n}|{r}')
    print(f'repr|{bits(x)}|{x!r}')
unary = 'sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp exp2 expm1 log2 log10 log1p cbrt erf erfc'.split()
for name in unary:
    f = getattr(math, name)
    for _ in range(3000):
        x = random.choice([random.uniform(-1, 1), random.uniform(-30, 30), random.uniform(0, 1e6)])
        try: print(f'{name}_f64|{bits(x)}|{bits(f(x))}')
        except (ValueError, OverflowError): pass
for _ in range(3000):
    x, y = random.uniform(0, 50), random.uniform(-20, 20)
    print(f'pow_f64|{bits(x)} {bits(y)}|{bits(x ** y)}')
    print(f'atan2_f64|{bits(x)} {bits(y)}|{bits(math.atan2(x, y))}')
    print(f'fmod_f64|{bits(x)} {bits(y)}|{bits(math.fmod(x, y))}')
    print(f'remainder_f64|{bits(x)} {bits(y)}|{bits(math.remainder(x, y))}')
    print(f'hypot_f64|{bits(x)} {bits(y)}|{bits(math.hypot(x, y))}')
    print(f'tgamma_f64|{bits(x)}|{bits(math.gamma(x))}')
    print(f'lgamma_f64|{bits(x)}|{bits(math.lgamma(x))}')
    print(f'log_f64|{bits(x)}|{bits(math.log(x))}')
"#;

fn main() {
    let python = std::env::args().nth(1).unwrap_or_else(|| "python3".into());
    let output = Command::new(python).args(["-c", SCRIPT]).output().expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut counts = std::collections::BTreeMap::<String, (usize, usize)>::new();
    for line in String::from_utf8(output.stdout).expect("UTF-8").lines() {
        let mut parts = line.split('|');
        let (kind, args, expected) =
            (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let args: Vec<&str> = args.split(' ').collect();
        let float = |text: &str| f64::from_bits(u64::from_str_radix(text, 16).unwrap());
        let got = match kind {
            "round" => format!(
                "{:016x}",
                round_decimal(float(args[0]), args[1].parse().unwrap()).to_bits()
            ),
            "repr" => python_float_repr(float(args[0])),
            name => {
                let slots: Vec<u64> = args.iter().map(|a| float(a).to_bits()).collect();
                // SAFETY: functions of numbers alone.
                let bits = with_context(|cx| unsafe {
                    call_helper(helper_index(name).unwrap(), cx, &slots)
                });
                format!("{bits:016x}")
            }
        };
        let entry = counts.entry(kind.to_owned()).or_default();
        entry.0 += 1;
        if got != expected {
            entry.1 += 1;
            if entry.1 <= 3 {
                println!("{kind} {args:?}: {got}, Python {expected}");
            }
        }
    }
    for (kind, (all, wrong)) in counts {
        println!("{kind:<14} {all:>6} compared, {wrong} differ");
    }
}
