//! Times the pipeline, pass by pass: `compile_cost FILE.cir [copies] [rounds]`.
//!
//! With `copies` above 1 the file's loops are run one after the other in one function
//! of that many times the size, to see that cost grows with size and no faster.

use cumbia_ir::{FuncId, parse_module};
use cumbia_opt::pipeline::PIPELINE;
use cumbia_opt::run_pass;
use std::time::{Duration, Instant};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&args[1]).expect("a readable file");
    let text = text.split("; expected").next().unwrap_or_default();
    let number = |i: usize, or: usize| args.get(i).and_then(|a| a.parse().ok()).unwrap_or(or);
    let (copies, rounds) = (number(2, 1), number(3, 50));
    let module = parse_module(&repeated(text, copies)).expect("the text form");
    let insts = module.functions[0].num_insts();
    let mut best = vec![Duration::MAX; PIPELINE.len()];
    for _ in 0..rounds {
        let mut module = module.clone();
        for (i, &pass) in PIPELINE.iter().enumerate() {
            let start = Instant::now();
            run_pass(&mut module, FuncId::new(0), pass);
            best[i] = best[i].min(start.elapsed());
        }
    }
    for (pass, time) in PIPELINE.iter().zip(&best) {
        println!("{:>20} {:>10.1} us", pass.name(), time.as_secs_f64() * 1e6);
    }
    let total: Duration = best.iter().sum();
    println!("{:>20} {:>10.1} us for {insts} instructions", "all", total.as_secs_f64() * 1e6);
}

/// The function's body after itself `copies` times: each `return` of a copy jumps to
/// the next one's first block. For functions that return nothing.
fn repeated(text: &str, copies: usize) -> String {
    if copies == 1 {
        return text.to_owned();
    }
    let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with(';') && !l.is_empty()).collect();
    let body = &lines[1..lines.len() - 1];
    let mut out = format!("{}\n", lines[0]);
    for copy in 0..copies {
        for line in body {
            let renumbered = renumber(line, copy);
            match (copy, line.strip_prefix("block0(")) {
                (1.., Some(_)) => out.push_str(&format!("block{}:\n", copy * 1000)),
                _ if line.trim() == "return" && copy + 1 < copies => {
                    out.push_str(&format!("    jump block{}\n", (copy + 1) * 1000));
                }
                _ => out.push_str(&format!("{renumbered}\n")),
            }
        }
    }
    out + "}\n"
}

/// Adds 1000 to the numbers of values and blocks for each copy before this one; the
/// function's parameters keep theirs.
fn renumber(line: &str, copy: usize) -> String {
    let params = 3;
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['v', 'b']) {
        let prefix = if rest[at..].starts_with("block") { "block" } else { "v" };
        let digits: String =
            rest[at..].chars().skip(prefix.len()).take_while(char::is_ascii_digit).collect();
        let before = rest[..at].chars().next_back();
        if digits.is_empty()
            || !rest[at..].starts_with(prefix)
            || before.is_some_and(char::is_alphanumeric)
        {
            out.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        }
        let number: usize = digits.parse().expect("digits");
        let fixed = prefix == "v" && number < params;
        let number = if fixed { number } else { number + 1000 * copy };
        out.push_str(&rest[..at]);
        out.push_str(&format!("{prefix}{number}"));
        rest = &rest[at + prefix.len() + digits.len()..];
    }
    out + rest
}
