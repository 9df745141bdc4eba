//! Random programs of nested control flow: what is built is valid HIR and does what
//! the program does.
//!
//! A program is a tree of our own; it is printed as Python and built, and both the
//! tree and the HIR are run here on integers. Both note the calls of `t`, so that
//! order, conditions and loop exits are compared, not only results. Loops that don't
//! end are stopped after the same number of turns.

mod support;

use cumbia_frontend::hir::{BinaryOp, CompareOp, Const, Edge, HValue, HirFunction, Op, Terminator};
use std::collections::HashMap;
use std::fmt::Write;
use support::{Rng, build};

const NAMES: [&str; 5] = ["a", "b", "c", "d", "x"];
const MAX_TURNS: usize = 40;

enum Expr {
    Int(i64),
    Var(usize),
    Add(Box<Expr>, Box<Expr>),
    Less(Vec<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `t(e)`: noted; gives its argument plus one.
    Trace(Box<Expr>),
}

enum Stmt {
    Assign(usize, Expr),
    Pair(usize, usize, Expr, Expr),
    Augment(usize, Expr),
    If(Expr, Vec<Stmt>, Vec<Stmt>),
    While(Option<Expr>, Vec<Stmt>, Vec<Stmt>),
    For(usize, Expr, Vec<Stmt>, Vec<Stmt>),
    Break,
    Continue,
    Return(Expr),
    Assert(Expr),
    Expr(Expr),
    Pass,
}

fn random_expr(rng: &mut Rng, depth: usize) -> Expr {
    let sub = |rng: &mut Rng| Box::new(random_expr(rng, depth - 1));
    if depth == 0 {
        return if rng.chance(3) {
            Expr::Int(rng.below(4) as i64)
        } else {
            Expr::Var(rng.below(NAMES.len()))
        };
    }
    let many = |rng: &mut Rng| (0..2 + rng.below(2)).map(|_| random_expr(rng, depth - 1)).collect();
    match rng.below(10) {
        0 => Expr::Add(sub(rng), sub(rng)),
        1 => Expr::Less(many(rng)),
        2 => Expr::And(many(rng)),
        3 => Expr::Or(many(rng)),
        4 => Expr::Not(sub(rng)),
        5 => Expr::If(sub(rng), sub(rng), sub(rng)),
        6 | 7 => Expr::Trace(sub(rng)),
        _ => random_expr(rng, 0),
    }
}

fn random_body(rng: &mut Rng, depth: usize, in_loop: bool) -> Vec<Stmt> {
    (0..1 + rng.below(3)).map(|_| random_stmt(rng, depth, in_loop)).collect()
}

fn random_stmt(rng: &mut Rng, depth: usize, in_loop: bool) -> Stmt {
    let var = rng.below(NAMES.len());
    let orelse = |rng: &mut Rng, in_loop| {
        if rng.chance(2) { vec![] } else { random_body(rng, depth - 1, in_loop) }
    };
    match rng.below(if depth == 0 { 9 } else { 15 }) {
        0 | 1 => Stmt::Assign(var, random_expr(rng, 2)),
        2 => Stmt::Pair(var, rng.below(NAMES.len()), random_expr(rng, 1), random_expr(rng, 1)),
        3 => Stmt::Augment(var, random_expr(rng, 1)),
        4 => Stmt::Expr(Expr::Trace(Box::new(random_expr(rng, 1)))),
        5 if rng.chance(4) => Stmt::Return(random_expr(rng, 1)),
        6 if rng.chance(2) => Stmt::Assert(random_expr(rng, 2)),
        7 if in_loop => Stmt::Break,
        8 if in_loop => Stmt::Continue,
        5..=8 => Stmt::Pass,
        9..=11 => Stmt::If(
            random_expr(rng, 2),
            random_body(rng, depth - 1, in_loop),
            orelse(rng, in_loop),
        ),
        12 => {
            let test = if rng.chance(4) { None } else { Some(random_expr(rng, 2)) };
            Stmt::While(test, random_body(rng, depth - 1, true), orelse(rng, in_loop))
        }
        _ => Stmt::For(
            var,
            random_expr(rng, 0),
            random_body(rng, depth - 1, true),
            orelse(rng, in_loop),
        ),
    }
}

fn print_expr(e: &Expr, out: &mut String) {
    let many = |items: &[Expr], between: &str, out: &mut String| {
        for (i, item) in items.iter().enumerate() {
            out.push_str(if i == 0 { "(" } else { between });
            print_expr(item, out);
        }
        out.push(')');
    };
    match e {
        Expr::Int(i) => write!(out, "{i}").unwrap(),
        Expr::Var(v) => out.push_str(NAMES[*v]),
        Expr::Add(a, b) => {
            out.push('(');
            print_expr(a, out);
            out.push_str(" + ");
            print_expr(b, out);
            out.push(')');
        }
        Expr::Less(items) => many(items, " < ", out),
        Expr::And(items) => many(items, " and ", out),
        Expr::Or(items) => many(items, " or ", out),
        Expr::Not(a) => {
            out.push_str("(not ");
            print_expr(a, out);
            out.push(')');
        }
        Expr::If(a, test, b) => {
            out.push('(');
            print_expr(a, out);
            out.push_str(" if ");
            print_expr(test, out);
            out.push_str(" else ");
            print_expr(b, out);
            out.push(')');
        }
        Expr::Trace(a) => {
            out.push_str("t(");
            print_expr(a, out);
            out.push(')');
        }
    }
}

fn print_body(body: &[Stmt], level: usize, out: &mut String) {
    let pad = "    ".repeat(level);
    let text = |e: &Expr| {
        let mut s = String::new();
        print_expr(e, &mut s);
        s
    };
    for stmt in body {
        match stmt {
            Stmt::Assign(v, e) => writeln!(out, "{pad}{} = {}", NAMES[*v], text(e)).unwrap(),
            Stmt::Pair(v, w, a, b) => {
                writeln!(out, "{pad}{}, {} = {}, {}", NAMES[*v], NAMES[*w], text(a), text(b))
                    .unwrap()
            }
            Stmt::Augment(v, e) => writeln!(out, "{pad}{} += {}", NAMES[*v], text(e)).unwrap(),
            Stmt::Return(e) => writeln!(out, "{pad}return {}", text(e)).unwrap(),
            Stmt::Assert(e) => writeln!(out, "{pad}assert {}", text(e)).unwrap(),
            Stmt::Expr(e) => writeln!(out, "{pad}{}", text(e)).unwrap(),
            Stmt::Break => writeln!(out, "{pad}break").unwrap(),
            Stmt::Continue => writeln!(out, "{pad}continue").unwrap(),
            Stmt::Pass => writeln!(out, "{pad}pass").unwrap(),
            Stmt::If(test, then, orelse) => {
                writeln!(out, "{pad}if {}:", text(test)).unwrap();
                print_body(then, level + 1, out);
                print_else(orelse, level, out);
            }
            Stmt::While(test, body, orelse) => {
                writeln!(out, "{pad}while {}:", test.as_ref().map_or("True".to_string(), text))
                    .unwrap();
                print_body(body, level + 1, out);
                print_else(orelse, level, out);
            }
            Stmt::For(v, e, body, orelse) => {
                writeln!(out, "{pad}for {} in range({}):", NAMES[*v], text(e)).unwrap();
                print_body(body, level + 1, out);
                print_else(orelse, level, out);
            }
        }
    }
}

fn print_else(orelse: &[Stmt], level: usize, out: &mut String) {
    if !orelse.is_empty() {
        writeln!(out, "{}else:", "    ".repeat(level)).unwrap();
        print_body(orelse, level + 1, out);
    }
}

/// How a run ends.
#[derive(Clone, PartialEq, Debug)]
enum End {
    Break,
    Continue,
    Return(Option<i64>),
    Unbound(String),
    AssertionError,
    TooLong,
}

/// Runs the tree.
#[derive(Default)]
struct TreeRun {
    vars: [Option<i64>; NAMES.len()],
    trace: Vec<i64>,
    turns: usize,
}

impl TreeRun {
    fn expr(&mut self, e: &Expr) -> Result<i64, End> {
        Ok(match e {
            Expr::Int(i) => *i,
            Expr::Var(v) => self.vars[*v].ok_or_else(|| End::Unbound(NAMES[*v].to_string()))?,
            Expr::Add(a, b) => self.expr(a)?.wrapping_add(self.expr(b)?),
            Expr::Less(items) => {
                let mut left = self.expr(&items[0])?;
                for item in &items[1..] {
                    let right = self.expr(item)?;
                    if left >= right {
                        return Ok(0);
                    }
                    left = right;
                }
                1
            }
            Expr::And(items) | Expr::Or(items) => {
                let stop = matches!(e, Expr::Or(_));
                let mut value = 0;
                for item in items {
                    value = self.expr(item)?;
                    if (value != 0) == stop {
                        break;
                    }
                }
                value
            }
            Expr::Not(a) => i64::from(self.expr(a)? == 0),
            Expr::If(a, test, b) => {
                let test = self.expr(test)?;
                self.expr(if test != 0 { a } else { b })?
            }
            Expr::Trace(a) => {
                let value = self.expr(a)?;
                self.trace.push(value);
                value.wrapping_add(1)
            }
        })
    }

    fn body(&mut self, body: &[Stmt]) -> Result<(), End> {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    /// One turn of a loop; false when it is left by `break`.
    fn turn(&mut self, body: &[Stmt]) -> Result<bool, End> {
        match self.body(body) {
            Err(End::Break) => return Ok(false),
            Ok(()) | Err(End::Continue) => {}
            Err(end) => return Err(end),
        }
        self.turns += 1;
        if self.turns > MAX_TURNS { Err(End::TooLong) } else { Ok(true) }
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result<(), End> {
        match stmt {
            Stmt::Assign(v, e) => self.vars[*v] = Some(self.expr(e)?),
            Stmt::Pair(v, w, a, b) => {
                let (a, b) = (self.expr(a)?, self.expr(b)?);
                self.vars[*v] = Some(a);
                self.vars[*w] = Some(b);
            }
            Stmt::Augment(v, e) => {
                let old = self.expr(&Expr::Var(*v))?;
                self.vars[*v] = Some(old.wrapping_add(self.expr(e)?));
            }
            Stmt::If(test, then, orelse) => {
                let test = self.expr(test)?;
                self.body(if test != 0 { then } else { orelse })?;
            }
            Stmt::While(test, body, orelse) => loop {
                if let Some(test) = test
                    && self.expr(test)? == 0
                {
                    return self.body(orelse);
                }
                if !self.turn(body)? {
                    return Ok(());
                }
            },
            Stmt::For(v, e, body, orelse) => {
                for i in 0..self.expr(e)? {
                    self.vars[*v] = Some(i);
                    if !self.turn(body)? {
                        return Ok(());
                    }
                }
                self.body(orelse)?;
            }
            Stmt::Break => return Err(End::Break),
            Stmt::Continue => return Err(End::Continue),
            Stmt::Return(e) => return Err(End::Return(Some(self.expr(e)?))),
            Stmt::Assert(e) => {
                if self.expr(e)? == 0 {
                    return Err(End::AssertionError);
                }
            }
            Stmt::Expr(e) => {
                self.expr(e)?;
            }
            Stmt::Pass => {}
        }
        Ok(())
    }
}

/// Runs the HIR: the operations that the programs use, on integers. `None` is a
/// value that is no integer (`None`, a function, unbound).
fn run_hir(function: &HirFunction, arg: i64) -> (End, Vec<i64>) {
    let mut values: HashMap<HValue, Option<i64>> = HashMap::new();
    let mut trace = Vec::new();
    let mut turns = 0;
    let mut block = &function.blocks[0];
    values.insert(block.params[0], Some(arg));
    loop {
        for inst in &block.insts {
            let get =
                |v: &HValue| values[v].unwrap_or_else(|| panic!("{v} has no value in\n{function}"));
            let result = match &inst.op {
                Op::Const(Const::Int(i)) => Some(*i),
                Op::Const(Const::None) | Op::Name(..) | Op::Unbound => None,
                Op::Binary(BinaryOp::Add, a, b, _) => Some(get(a).wrapping_add(get(b))),
                Op::Compare(CompareOp::Lt, a, b) => Some(i64::from(get(a) < get(b))),
                Op::Not(a) => Some(i64::from(get(a) == 0)),
                // `range` gives its end, which is the iterator.
                Op::Call(callee, args) if name_of(function, *callee) == "range" => {
                    Some(get(&args[0].value))
                }
                Op::Call(_, args) => {
                    trace.push(get(&args[0].value));
                    Some(get(&args[0].value).wrapping_add(1))
                }
                Op::Refine(a, _) => values[a],
                Op::Iter(a, _) => Some(get(a)),
                Op::IterStart(..) => Some(0),
                Op::IterNext(end, pos) => {
                    let at = get(pos);
                    let more = i64::from(at < get(end));
                    values.insert(inst.results[1], Some(at));
                    Some(more)
                }
                Op::IterItem(_, at) => Some(get(at)),
                Op::PosNext(_, at) => Some(get(at) + 1),
                Op::CheckBound(a, name) => match values[a] {
                    Some(value) => Some(value),
                    None => return (End::Unbound(name.to_string()), trace),
                },
                Op::Poll => {
                    turns += 1;
                    if turns > MAX_TURNS {
                        return (End::TooLong, trace);
                    }
                    continue;
                }
                other => panic!("{other}"),
            };
            values.insert(inst.results[0], result);
        }
        let edge: &Edge = match &block.terminator {
            Terminator::Jump(edge) => edge,
            Terminator::Branch { cond, then, otherwise } => {
                if values[cond].unwrap() != 0 {
                    then
                } else {
                    otherwise
                }
            }
            Terminator::Return(value) => return (End::Return(values[value]), trace),
            Terminator::Raise { .. } | Terminator::Reraise(_) => {
                return (End::AssertionError, trace);
            }
            Terminator::Unreachable => panic!("unreachable"),
        };
        let args: Vec<_> = edge.args.iter().map(|v| values[v]).collect();
        block = &function.blocks[edge.block.0 as usize];
        values.extend(block.params.iter().copied().zip(args));
    }
}

fn name_of(function: &HirFunction, value: HValue) -> String {
    let insts = function.blocks.iter().flat_map(|b| &b.insts);
    match insts.filter(|i| i.results.contains(&value)).map(|i| &i.op).next() {
        Some(Op::Name(name, _)) => name.to_string(),
        _ => String::new(),
    }
}

#[test]
fn random_programs_do_what_python_does() {
    let mut rng = Rng(0x2545_F491_4F6C_DD1D);
    let count =
        std::env::var("CUMBIA_FUZZ_COUNT").ok().and_then(|s| s.parse().ok()).unwrap_or(3_000);
    let mut ends = HashMap::new();
    for _ in 0..count {
        let depth = 1 + rng.below(4);
        let body: Vec<Stmt> =
            (0..2 + rng.below(4)).map(|_| random_stmt(&mut rng, depth, false)).collect();
        // All names are local, and assigned nowhere but in the random part.
        let mut text = String::from("def f(x):\n    if x < x:\n        a = b = c = d = 0\n");
        print_body(&body, 1, &mut text);
        let function = build(&text);
        for arg in [0, 3] {
            let mut run = TreeRun::default();
            run.vars[NAMES.len() - 1] = Some(arg);
            let end = run.body(&body).err().unwrap_or(End::Return(None));
            let (hir_end, hir_trace) = run_hir(&function, arg);
            assert_eq!((&end, &run.trace), (&hir_end, &hir_trace), "f({arg})\n{text}\n{function}");
            *ends.entry(std::mem::discriminant(&end)).or_insert(0) += 1;
        }
    }
    // The generator reaches every way of ending.
    assert!(ends.len() >= 4 && ends.values().all(|&n| n > count / 100), "{ends:?}");
}
