//! Random nests of loops mean the same after `loop_order`, whatever lies over each other: equal
//! memory and results, by the reference interpreter. Values are computed so that another order
//! gives others.
//!
//! `CUMBIA_SEEDS=from..to` runs other seeds than the few of every day.

use cumbia_ir::interp::{Host, HostError, Interpreter, Limits};
use cumbia_ir::{
    DataDecl, DataId, ExternDecl, FuncId, Module, Region, Stage, Type, parse_module, verify_module,
};
use cumbia_opt::passes::LoopOrder;
use cumbia_opt::{OptOptions, run_passes};
use std::fmt::Write;

const BASE: u64 = 0x10_0000;
const CELLS: i64 = 60_000;
const FUEL: u64 = 4_000_000;

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n as u64) as i64
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    fn pick(&mut self, of: &[i64]) -> i64 {
        of[self.below(of.len() as i64) as usize]
    }
}

/// Cells, and in which order they were written.
struct Memory {
    cells: Vec<u64>,
    order: u64,
}

impl Memory {
    fn cell(&mut self, address: u64) -> Result<&mut u64, HostError> {
        let offset = address.wrapping_sub(BASE);
        match self.cells.get_mut((offset / 8) as usize) {
            Some(cell) if offset.is_multiple_of(8) => Ok(cell),
            _ => Err(HostError::bug(format!("access at {offset}"))),
        }
    }
}

impl Host for Memory {
    fn extern_call(&mut self, callee: &ExternDecl, _: &[u64]) -> Result<Option<u64>, HostError> {
        Err(HostError::bug(format!("no runtime function {}", callee.name)))
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
        self.order = self.order.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ address;
        self.cell(address).map(|cell| *cell = bits)
    }
    fn retain(&mut self, _: u64) -> Result<(), HostError> {
        Ok(())
    }
    fn release(&mut self, _: u64) -> Result<(), HostError> {
        Ok(())
    }
}

/// A function of nested loops, as text, and where its accesses go.
struct Nest {
    text: String,
    depth: usize,
    next: usize,
    /// Of each access its base, what it adds for each loop (in cells, or strides) and a number.
    accesses: Vec<Access>,
    /// Addresses in front of the innermost loop, which are those behind it, too.
    front: Vec<(Access, usize)>,
}

#[derive(Clone, PartialEq)]
struct Access {
    base: usize,
    cells: Vec<i64>,
    strides: [Vec<i64>; 2],
    offset: i64,
}

/// Values of parameters: two addresses, turns, two strides.
const FIRST_TURNS: usize = 2;
const FIRST_STRIDE: usize = 5;

impl Nest {
    fn op(&mut self, text: &str) -> usize {
        let value = self.next;
        self.next += 1;
        writeln!(self.text, "    v{value} = {text}").unwrap();
        value
    }

    /// The address of an access in so many loops, by their counters.
    fn address(&mut self, access: &Access, counters: &[usize]) -> usize {
        let around = counters.len() + 1 == self.depth;
        if let Some((_, known)) = self.front.iter().find(|known| around && known.0 == *access) {
            return *known;
        }
        let mut address = access.base;
        for (at, counter) in counters.iter().enumerate() {
            let mut each = vec![(access.cells[at] * 8, None)];
            each.push((access.strides[0][at], Some(FIRST_STRIDE)));
            each.push((access.strides[1][at], Some(FIRST_STRIDE + 1)));
            for (by, stride) in each.into_iter().filter(|each| each.0 != 0) {
                let by = self.op(&format!("iconst.i64 {by}"));
                let mut term = self.op(&format!("imul.i64 v{counter}, v{by}"));
                if let Some(stride) = stride {
                    term = self.op(&format!("imul.i64 v{term}, v{stride}"));
                }
                address = self.op(&format!("ptr_add v{address}, v{term}"));
            }
        }
        self.accesses.push(access.clone());
        if around {
            self.front.push((access.clone(), address));
        }
        address
    }

    fn load(&mut self, access: &Access, counters: &[usize]) -> usize {
        let address = self.address(access, counters);
        self.op(&format!("load.i64 v{address}+{} !data", access.offset * 8).replace("+-", "-"))
    }

    fn store(&mut self, value: usize, access: &Access, counters: &[usize]) {
        let address = self.address(access, counters);
        let to = format!("v{address}+{} !data", access.offset * 8).replace("+-", "-");
        writeln!(self.text, "    store.i64 v{value}, {to}").unwrap();
    }

    /// `3 * a + b`: what comes first counts more.
    fn mix(&mut self, a: usize, b: usize) -> usize {
        let three = self.op("iconst.i64 3");
        let product = self.op(&format!("imul.i64 v{a}, v{three}"));
        self.op(&format!("iadd.i64 v{product}, v{b}"))
    }
}

/// An element of an array of rows: by one loop along, by others across; the innermost left out
/// where the access isn't in it.
fn access(rng: &mut Rng, depth: usize, loops: usize) -> Access {
    let zero = || vec![0; depth];
    let mut found = Access {
        base: rng.below(2) as usize,
        cells: zero(),
        strides: [zero(), zero()],
        offset: if rng.below(2) == 0 { 0 } else { rng.between(-2, 2) },
    };
    let along = rng.below(loops as i64 + 1) as usize;
    if along < loops {
        found.cells[along] = if rng.below(8) == 0 { -1 } else { 1 };
    }
    let across = rng.below(loops as i64 + 1) as usize;
    if across < loops {
        found.strides[rng.below(4) as usize / 3][across] = if rng.below(8) == 0 { -1 } else { 1 };
    }
    found
}

fn nest(rng: &mut Rng) -> Nest {
    let depth = rng.between(2, 3) as usize;
    let mut nest =
        Nest { text: String::new(), depth, next: 7, accesses: Vec::new(), front: Vec::new() };
    let sums = rng.below(3) == 0;
    nest.text.push_str("func @f(ptr, ptr, i64, i64, i64, i64, i64) -> (i64, i64) {\n");
    let params = "v0: ptr, v1: ptr, v2: i64, v3: i64, v4: i64, v5: i64, v6: i64";
    writeln!(nest.text, "block0({params}):").unwrap();
    let zero = nest.op("iconst.i64 0");
    let one = nest.op("iconst.i64 1");
    // Each loop has its counter and the innermost one's last value, the innermost a sum.
    writeln!(nest.text, "    jump block1(v{zero}, v{zero})").unwrap();
    let mut counters = Vec::new();
    let mut latest = Vec::new();
    let mut front = None;
    let mut sum = 0;
    for level in 0..depth {
        let (counter, last) = (nest.next, nest.next + 1);
        nest.next += 2;
        let inner = level + 1 == depth;
        let mut params = format!("v{counter}: i64, v{last}: i64");
        if inner && sums {
            sum = nest.next;
            nest.next += 1;
            write!(params, ", v{sum}: i64").unwrap();
        }
        writeln!(nest.text, "block{}({params}):", 3 * level + 1).unwrap();
        let more = nest.op(&format!("icmp.i64.slt v{counter}, v{}", FIRST_TURNS + level));
        let (body, behind) = (3 * level + 2, 3 * level + 3);
        writeln!(nest.text, "    br v{more}, block{body}, block{behind}\nblock{body}:").unwrap();
        counters.push(counter);
        latest.push(last);
        if level + 2 == depth {
            let mut begin = zero;
            if rng.below(3) == 0 {
                let from = access(rng, depth, depth - 1);
                let value = nest.load(&from, &counters);
                front = Some(value);
                begin = value;
            }
            if rng.below(4) == 0 {
                let to = access(rng, depth, depth - 1);
                let value = nest.mix(counter, begin);
                nest.store(value, &to, &counters);
            }
            let carried = if sums { format!(", v{begin}") } else { String::new() };
            writeln!(nest.text, "    jump block{}(v{zero}, v{last}{carried})", 3 * level + 4)
                .unwrap();
        } else if !inner {
            writeln!(nest.text, "    jump block{}(v{zero}, v{last})", 3 * level + 4).unwrap();
        }
    }
    let mut value = if sums { sum } else { front.unwrap_or(counters[depth - 1]) };
    let mut first = None;
    for _ in 0..rng.between(1, 3) {
        let from = access(rng, depth, depth);
        let loaded = nest.load(&from, &counters);
        first = first.or(Some(from));
        value = nest.mix(value, loaded);
    }
    if !sums || rng.below(6) == 0 {
        // Often in the place of what was read.
        let to = first.filter(|_| rng.below(2) == 0).unwrap_or_else(|| access(rng, depth, depth));
        nest.store(value, &to, &counters);
    }
    for level in (0..depth).rev() {
        if level + 1 < depth {
            writeln!(nest.text, "block{}:", 3 * level + 6).unwrap();
            if level + 2 == depth && (sums || rng.below(5) == 0) {
                let mut stored = if sums { sum } else { counters[level] };
                if rng.below(3) == 0 {
                    stored = nest.mix(stored, counters[level]);
                }
                let before = nest.front.first().map(|known| known.0.clone());
                let mut to = access(rng, depth, depth - 1);
                if let Some(before) = before.filter(|_| rng.below(3) == 0) {
                    to = before;
                } else if sums && rng.below(2) == 0 {
                    // A place for each sum.
                    to = Access { cells: vec![0; depth], ..to };
                    to.strides = [vec![0; depth], vec![0; depth]];
                    to.cells[depth - 2] = 1;
                    if depth == 3 {
                        to.strides[0][0] = 1;
                    }
                }
                if rng.below(3) == 0 {
                    // What is there already counts, or what is somewhere else.
                    let from =
                        if rng.below(4) > 0 { to.clone() } else { access(rng, depth, depth - 1) };
                    let value = nest.load(&from, &counters[..=level]);
                    stored = nest.mix(stored, value);
                }
                nest.store(stored, &to, &counters[..=level]);
            }
        }
        if rng.below(2) == 0 {
            nest.text.push_str("    poll\n");
        }
        let next = nest.op(&format!("iadd.i64 v{}, v{one}", counters[level]));
        let last = if level + 1 == depth { counters[level] } else { latest[level + 1] };
        let carried =
            if level + 1 == depth && sums { format!(", v{value}") } else { String::new() };
        writeln!(nest.text, "    jump block{}(v{next}, v{last}{carried})", 3 * level + 1).unwrap();
    }
    writeln!(nest.text, "block3:\n    return v{}, v{}\n}}", counters[0], latest[0]).unwrap();
    nest
}

fn run(module: &Module, args: &[u64]) -> Result<(Vec<u64>, Vec<u64>, u64), String> {
    let cells = (0..CELLS as u64).map(|at| at.wrapping_mul(0x9e37_79b9) >> 7).collect();
    let memory = Memory { cells, order: 0 };
    let limits = Limits { fuel: FUEL, ..Limits::default() };
    let mut interpreter = Interpreter::new(module, memory, limits);
    let results = interpreter.call(FuncId::new(0), args).map_err(|stop| stop.to_string())?;
    let Memory { cells, order } = interpreter.host;
    Ok((results, cells, order))
}

#[test]
fn random_nests_keep_their_meaning() {
    let given = std::env::var("CUMBIA_SEEDS").ok();
    let parsed = given.and_then(|text| {
        let (from, to) = text.split_once("..")?;
        Some(from.parse::<u64>().ok()?..to.parse().ok()?)
    });
    let (mut changed, mut moved) = (0, 0);
    let seeds = parsed.clone().unwrap_or(0..1500);
    for seed in seeds {
        let mut rng = Rng(seed * 2 + 1);
        let nest = nest(&mut rng);
        let mut module = parse_module(&nest.text)
            .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{}", nest.text));
        verify_module(&module, Stage::Draft)
            .unwrap_or_else(|e| panic!("seed {seed}: {}\n{}", e[0], nest.text));
        let before = module.clone();
        let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
        let stats = run_passes(&mut module, &[&LoopOrder], &mut options)
            .unwrap_or_else(|failure| panic!("seed {seed}: {failure}"));
        if stats.changed[0].1 == 0 {
            continue;
        }
        changed += 1;
        for _ in 0..3 {
            let long = rng.below(3) == 0;
            let mut turns: Vec<i64> =
                (0..3).map(|_| rng.pick(&[0, 1, 2, 3, 5, 16, 17, 18, 20])).collect();
            if long {
                turns[nest.depth - 1] = 130;
                turns[..nest.depth - 1].fill_with(|| rng.pick(&[2, 16, 17]));
            }
            let strides = [(); 2].map(|()| match long {
                true => 8 * rng.pick(&[0, 1, 16, 17, 127, 130, 130, 130, -130]),
                false => 8 * rng.pick(&[0, 1, 2, 16, 17, 20, 20, 40, 400, -20, -17]),
            });
            let bases = [30_000, rng.pick(&[30_000, 30_000, 29_999, 30_001, 30_020, 5_000])];
            let inside = nest.accesses.iter().all(|access| {
                let (mut low, mut high) = (access.offset, access.offset);
                for (at, turns) in turns.iter().enumerate().take(nest.depth) {
                    let each = access.cells[at]
                        + access.strides[0][at] * strides[0] / 8
                        + access.strides[1][at] * strides[1] / 8;
                    let reach = each * (turns - 1).max(0);
                    low += reach.min(0);
                    high += reach.max(0);
                }
                bases[access.base] + low >= 0 && bases[access.base] + high < CELLS
            });
            if !inside {
                continue;
            }
            let mut args = bases.map(|base| BASE + 8 * base as u64).to_vec();
            args.extend(turns.iter().chain(&strides).map(|&n| n as u64));
            let want = run(&before, &args);
            let Ok(want) = want else { continue };
            let got = run(&module, &args)
                .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{before}\n{module}"));
            let same = want.0 == got.0 && want.1 == got.1;
            assert!(same, "seed {seed}, {turns:?}, {strides:?}, {bases:?}:\n{before}\n{module}");
            moved += usize::from(want.2 != got.2);
        }
    }
    if parsed.is_none() {
        assert!(changed > 100 && moved > 20, "{changed} nests were changed, {moved} runs");
    }
    println!("{changed} nests were changed, {moved} runs had another order");
}
