//! Random functions as a front end would lower them: variables in block parameters,
//! structured control flow, ranges in several spellings, checked arithmetic, array
//! accesses behind their checks, objects that grow in cold blocks. Every function verifies and keeps the preconditions
//! of guarded operations; whether its checks fail is up to the arguments.

use cumbia_ir::{
    Block, Builder, ExternDecl, ExternEffects, ExternId, FloatCond, Function, IntCond, Loc, Module,
    Opcode, Region, Target, Type, Value,
};

/// A small generator of random numbers, so that a seed names a case for good.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// Mostly small, now and then at the ends of the range.
    pub fn int(&mut self) -> i64 {
        match self.below(12) {
            0 => i64::MAX - self.below(3) as i64,
            1 => i64::MIN + self.below(3) as i64,
            _ => self.below(12) as i64 - 4,
        }
    }

    pub fn float(&mut self) -> f64 {
        self.pick(&[0.0, -0.0, 1.0, 2.0, -1.5, 0.5, 4.0, f64::INFINITY, f64::NAN, 1e300, 3.0])
    }
}

const INTS: usize = 3;

/// The state of the generator at one place: the block, and the variables' values.
struct Gen<'r> {
    rng: &'r mut Rng,
    func: Function,
    block: Block,
    loc: Loc,
    /// Integer variables, then the floating one.
    vars: Vec<Value>,
    /// Values that never change: the length, other arguments, constants.
    fixed: Vec<Value>,
    /// Items of the loops around: read only.
    items: Vec<Value>,
    data: Value,
    length: Value,
    /// Objects: length, capacity, another field.
    objects: Vec<Value>,
    grow: ExternId,
    budget: usize,
}

/// `(ptr, i64 length, i64, i64, f64, ptr, ptr) -> (i64, i64, i64, f64)` over an array of
/// `length` eight-byte elements and two objects.
pub fn add_function(module: &mut Module, rng: &mut Rng) {
    let declare = |name: &str| ExternDecl {
        name: name.to_owned(),
        params: vec![Type::Ptr],
        result: Some(Type::Ptr),
        effects: ExternEffects::Raises,
    };
    let make = module.declare_extern(&declare("list_new"));
    let grow = module.declare_extern(&declare("list_append"));
    let function = function(rng, make, grow);
    module.add_function(function);
}

fn function(rng: &mut Rng, make: ExternId, grow: ExternId) -> Function {
    use Type::*;
    let params = vec![Ptr, I64, I64, I64, F64, Ptr, Ptr];
    let mut func = Function::new("f", params.clone(), vec![I64, I64, I64, F64]);
    let block = func.add_block();
    let args: Vec<Value> = params.iter().map(|&ty| func.add_param(block, ty)).collect();
    let budget = 4 + rng.below(14);
    let mut g = Gen {
        rng,
        func,
        block,
        loc: Loc::start(1, 0),
        vars: vec![args[2], args[3], args[1], args[4]],
        fixed: vec![args[1], args[2], args[3]],
        items: Vec::new(),
        data: args[0],
        length: args[1],
        objects: args[5..].to_vec(),
        grow,
        budget,
    };
    for _ in 0..g.rng.below(3) {
        let made = g.b().extern_call(make, &[args[0]], Some(Ptr));
        g.objects.extend(made);
    }
    if g.rng.below(4) != 0 {
        // As a front end does for extents.
        let zero = g.iconst(0);
        g.length = g.b().binary(Opcode::Smax, args[1], zero);
        g.fixed[0] = g.length;
    }
    g.statements(0);
    let vars = g.vars.clone();
    g.b().ret(&vars);
    g.func
}

impl Gen<'_> {
    fn b(&mut self) -> Builder<'_> {
        let mut b = Builder::new(&mut self.func, self.block);
        b.loc = self.loc;
        b
    }

    fn iconst(&mut self, value: i64) -> Value {
        self.b().iconst(Type::I64, value)
    }

    fn int(&mut self) -> Value {
        match self.rng.below(8) {
            0 | 1 if !self.items.is_empty() => {
                let i = self.rng.below(self.items.len());
                self.items[i]
            }
            0 | 1 => {
                let value = self.rng.int();
                self.iconst(value)
            }
            2 | 3 => self.rng.pick(&[0, 1, 2]).min(self.fixed.len() - 1).pipe(|i| self.fixed[i]),
            4 => {
                let value = self.rng.pick(&[0, 1, 2, 3, -1, 8]);
                self.iconst(value)
            }
            _ => {
                let i = self.rng.below(INTS);
                self.vars[i]
            }
        }
    }

    fn cond(&mut self) -> Value {
        let (a, c) = (self.int(), self.int());
        let cond = self.rng.pick(IntCond::ALL);
        let first = self.b().icmp(cond, a, c);
        match self.rng.below(8) {
            0 => self.b().unary(Opcode::Bnot, first),
            1 => {
                let cond = self.rng.pick(FloatCond::ALL);
                let x = self.vars[INTS];
                let y = self.rng.float();
                let y = self.b().f64const(y);
                let second = self.b().fcmp(cond, x, y);
                let op = self.rng.pick(&[Opcode::Band, Opcode::Bor, Opcode::Bxor]);
                self.b().binary(op, first, second)
            }
            _ => first,
        }
    }

    fn expression(&mut self) -> Value {
        use Opcode::*;
        let (a, c) = (self.int(), self.int());
        match self.rng.below(16) {
            0..=3 => {
                let op = self.rng.pick(&[SaddChk, SsubChk, SaddChk, SmulChk]);
                self.b().binary(op, a, c)
            }
            4 | 5 => {
                let op = self.rng.pick(&[Iadd, Isub, Imul, Band, Bor, Bxor]);
                self.b().binary(op, a, c)
            }
            6 | 7 => {
                let op = self.rng.pick(&[Smin, Smax, Umin, Umax]);
                self.b().binary(op, a, c)
            }
            8 => {
                let divisor = self.rng.pick(&[1, 2, 3, 4, 7]);
                let divisor = self.iconst(divisor);
                let op = self.rng.pick(&[Sfloordiv, Sfloormod, Sdiv, Srem, Udiv, Urem]);
                self.b().binary(op, a, divisor)
            }
            9 => {
                // A divisor behind its check.
                let zero = self.iconst(0);
                let positive = self.b().icmp(IntCond::Sgt, c, zero);
                self.b().guard(positive, "ZeroDivisionError", "division of {0}", &[a]);
                let op = self.rng.pick(&[Sfloordiv, Sfloormod, Sdiv, Srem]);
                self.b().binary(op, a, c)
            }
            10 => {
                let amount = self.rng.pick(&[0, 1, 2, 5, 63]);
                let amount = self.iconst(amount);
                let op = self.rng.pick(&[Ishl, Sshr, Ushr]);
                self.b().binary(op, a, amount)
            }
            11 => {
                let cond = self.cond();
                self.b().select(cond, a, c)
            }
            12 => {
                let narrow = self.rng.pick(&[Type::I8, Type::I16, Type::I32]);
                let op = self.rng.pick(&[Sext, Zext]);
                let small = self.b().convert(Trunc, narrow, a);
                self.b().convert(op, Type::I64, small)
            }
            13 => {
                let op = self.rng.pick(&[Ineg, Bnot, Clz, Popcnt]);
                self.b().unary(op, a)
            }
            14 => {
                let cond = self.cond();
                self.b().convert(Zext, Type::I64, cond)
            }
            _ => self.element(Type::I64),
        }
    }

    /// The address of an element behind its check.
    fn address(&mut self) -> Value {
        let mut i = self.int();
        if self.rng.below(2) == 0 {
            let one = self.iconst(1);
            let op = self.rng.pick(&[Opcode::SaddChk, Opcode::SsubChk]);
            i = self.b().binary(op, i, one);
        }
        let length = self.length;
        let axis = self.rng.below(2) as u32;
        let position = match self.rng.below(5) {
            0 => self.b().bound(i, length, axis),
            _ => self.b().index(i, length, axis),
        };
        let eight = self.iconst(8);
        let bytes = self.b().binary(Opcode::Imul, position, eight);
        let data = self.data;
        self.b().ptr_add(data, bytes)
    }

    fn element(&mut self, ty: Type) -> Value {
        let address = self.address();
        self.b().load(ty, address, 0, Region::Data)
    }

    fn float_statement(&mut self) {
        use Opcode::*;
        let x = self.vars[INTS];
        let y = match self.rng.below(3) {
            0 => self.element(Type::F64),
            1 => {
                let i = self.int();
                self.b().convert(SintToF, Type::F64, i)
            }
            _ => {
                let y = self.rng.float();
                self.b().f64const(y)
            }
        };
        let op = self.rng.pick(&[Fadd, Fsub, Fmul, Fdiv, Fcopysign]);
        let (x, y) = if self.rng.below(4) == 0 { (y, x) } else { (x, y) };
        let mut value = self.b().binary(op, x, y);
        if self.rng.below(4) == 0 {
            let op = self.rng.pick(&[Fneg, Fabs, Ffloor, Fsqrt]);
            value = self.b().unary(op, value);
        }
        self.vars[INTS] = value;
    }

    /// A few statements; false if the last one left the function.
    fn statements(&mut self, depth: usize) -> bool {
        for _ in 0..1 + self.rng.below(4) {
            if self.budget == 0 {
                break;
            }
            self.budget -= 1;
            self.loc.line += 1;
            if !self.statement(depth) {
                return false;
            }
        }
        true
    }

    fn statement(&mut self, depth: usize) -> bool {
        match self.rng.below(23) {
            0..=3 => {
                let value = self.expression();
                let i = self.rng.below(INTS);
                self.vars[i] = value;
            }
            4 => self.float_statement(),
            5 => {
                let value = self.int();
                let address = self.address();
                self.b().store(value, address, 0, Region::Data);
            }
            6 => {
                let address = self.address();
                let value = self.vars[INTS];
                self.b().store(value, address, 0, Region::Data);
            }
            7 => {
                let cond = self.cond();
                let arg = self.int();
                self.b().guard(cond, "ValueError", "bad {0}", &[arg]);
            }
            14 | 15 => self.guarded_access(0),
            16 => self.load_store_load(),
            17 => self.compare_with_sum(),
            18 | 19 => self.append(),
            20 => self.total(),
            21 => self.recurrence(),
            22 if depth < 3 => self.same_element_in_both_arms(),
            8 | 9 if depth < 3 => return self.branch(depth),
            10..=12 if depth < 3 => self.range(depth),
            13 if depth < 3 => self.while_loop(depth),
            _ => {
                let value = self.expression();
                let i = self.rng.below(INTS);
                self.vars[i] = value;
            }
        }
        true
    }

    /// `v = (v * 1664525 + 1013904223) & 0xFFFFFFFF` and its like, or `v += 1`.
    fn recurrence(&mut self) {
        use Opcode::*;
        let i = self.rng.below(INTS);
        let mut value = self.vars[i];
        let factor = self.rng.pick(&[1, 1, 3, 1_664_525, 1 << 32]);
        let term = self.rng.pick(&[1, -2, 2, 12_345, i64::MAX]);
        let (factor_value, term) = (self.iconst(factor), self.iconst(term));
        if factor != 1 {
            value = self.b().binary(SmulChk, value, factor_value);
        }
        value = self.b().binary(SaddChk, value, term);
        match self.rng.below(4) {
            0 => {
                let mask = self.rng.pick(&[0xFF, 0xFFFF_FFFF, i64::MAX, -8]);
                let mask = self.iconst(mask);
                value = self.b().binary(Band, value, mask);
            }
            1 => {
                let modulus = self.iconst(65_521);
                let op = self.rng.pick(&[Sfloormod, Srem, Urem]);
                value = self.b().binary(op, value, modulus);
            }
            _ => {}
        }
        self.vars[i] = value;
    }

    /// `if c: a[i] = x else: a[i] = y`.
    fn same_element_in_both_arms(&mut self) {
        let i = self.int();
        let length = self.length;
        let cond = self.cond();
        let (then, otherwise) = (self.func.add_block(), self.func.add_block());
        self.b().br(cond, Target::new(then), Target::new(otherwise));
        let before = self.vars.clone();
        let (join, params) = self.block_with_vars();
        for block in [then, otherwise] {
            self.block = block;
            self.vars.clone_from(&before);
            let position = self.b().index(i, length, 0);
            let eight = self.iconst(8);
            let bytes = self.b().binary(Opcode::Imul, position, eight);
            let data = self.data;
            let address = self.b().ptr_add(data, bytes);
            let value = self.int();
            self.b().store(value, address, 0, Region::Data);
            self.jump_with_vars(join, &[]);
        }
        self.block = join;
        self.vars = params;
    }

    /// A value near others: itself, or a small constant away, wrapping or not.
    fn near(&mut self, value: Value) -> Value {
        use Opcode::*;
        let distance = self.rng.pick(&[1, 1, 2, -1, -1, i64::MIN]);
        let distance = self.iconst(distance);
        match self.rng.below(5) {
            0 | 1 => value,
            2 => self.b().binary(Iadd, value, distance),
            3 => self.b().binary(Isub, value, distance),
            _ => {
                let op = self.rng.pick(&[SaddChk, SsubChk]);
                self.b().binary(op, value, distance)
            }
        }
    }

    /// `if x < bound: if x >= bound: ... a[x + 1] ...`: tests that nearly prove a check.
    fn guarded_access(&mut self, level: usize) {
        let mut x = self.int();
        let length = self.length;
        if self.rng.below(3) == 0 {
            let op = self.rng.pick(&[Opcode::Smin, Opcode::Smax, Opcode::Umin]);
            let other = if self.rng.below(2) == 0 { length } else { self.iconst(0) };
            x = self.b().binary(op, x, other);
        }
        let zero = self.iconst(0);
        let upper = self.near(length);
        let lower = self.near(zero);
        let (then, otherwise) = (self.func.add_block(), self.func.add_block());
        let cond =
            self.rng.pick(&[IntCond::Slt, IntCond::Sle, IntCond::Ult, IntCond::Ule, IntCond::Ne]);
        let below = self.b().icmp(cond, x, upper);
        let cond = self.rng.pick(&[IntCond::Sge, IntCond::Sgt, IntCond::Ne, IntCond::Sge]);
        let above = self.b().icmp(cond, x, lower);
        let both = self.b().binary(Opcode::Band, below, above);
        self.b().br(both, Target::new(then), Target::new(otherwise));
        let before = self.vars.clone();
        let (join, params) = self.block_with_vars();
        self.block = then;
        let i = self.near(x);
        let position = self.b().index(i, length, 0);
        let eight = self.iconst(8);
        let bytes = self.b().binary(Opcode::Imul, position, eight);
        let data = self.data;
        let address = self.b().ptr_add(data, bytes);
        self.vars[0] = self.b().load(Type::I64, address, 0, Region::Data);
        if level < 2 && self.rng.below(3) == 0 {
            self.guarded_access(level + 1);
        }
        self.jump_with_vars(join, &[]);
        self.block = otherwise;
        self.vars = before;
        self.jump_with_vars(join, &[]);
        self.block = join;
        self.vars = params;
    }

    /// Two loads of one address with a store to a possibly equal one between.
    fn load_store_load(&mut self) {
        let (a, c) = (self.address(), self.address());
        let first = self.b().load(Type::I64, a, 0, Region::Data);
        let one = self.iconst(1);
        let other = self.b().binary(Opcode::Iadd, first, one);
        self.b().store(other, c, 0, Region::Data);
        let second = self.b().load(Type::I64, a, 0, Region::Data);
        self.vars[1] = self.b().binary(Opcode::Isub, second, first);
    }

    /// `v0 += x`, with terms that may be large.
    fn total(&mut self) {
        let mut term = match self.rng.below(3) {
            0 => self.element(Type::I64),
            _ => self.int(),
        };
        if self.rng.below(3) == 0 {
            let amount = self.rng.pick(&[40, 51, 52, 53, 60, 61, 62]);
            let amount = self.iconst(amount);
            term = self.b().binary(Opcode::Ishl, term, amount);
        }
        let i = self.rng.below(INTS);
        let op = self.rng.pick(&[Opcode::SaddChk, Opcode::SaddChk, Opcode::SsubChk]);
        let sum = self.vars[i];
        self.vars[i] = self.b().binary(op, sum, term);
    }

    /// Adds to an object: where it is full, a cold call makes room.
    fn append(&mut self) {
        use Region::Object;
        let i = self.rng.below(self.objects.len());
        let object = self.objects[i];
        let length = self.b().load(Type::I64, object, 0, Object);
        let capacity = self.b().load(Type::I64, object, 8, Object);
        let room = self.b().icmp(IntCond::Ult, length, capacity);
        let (there, full) = (self.func.add_block(), self.func.add_block());
        self.func.block_mut(full).cold = self.rng.below(8) != 0;
        let after = self.func.add_block();
        let place = self.func.add_param(after, Type::I64);
        self.b().br(room, Target::new(there), Target::new(full));
        self.block = full;
        let grow = self.grow;
        self.b().extern_call(grow, &[object], Some(Type::Ptr));
        if self.rng.below(4) == 0 {
            let other = self.int();
            self.b().store(other, object, 16, Object);
        }
        self.b().jump(Target::with(after, &[length]));
        self.block = there;
        let other = self.b().load(Type::I64, object, 16, Object);
        let one = self.iconst(1);
        let longer = self.b().binary(Opcode::Iadd, length, one);
        self.b().store(longer, object, 0, Object);
        self.b().jump(Target::with(after, &[other]));
        self.block = after;
        let i = self.rng.below(INTS);
        self.vars[i] = place;
    }

    /// `x < x + c`, which in wrapping arithmetic may be false.
    fn compare_with_sum(&mut self) {
        let x = self.int();
        let y = self.near(x);
        let z = self.near(y);
        let cond = self.rng.pick(IntCond::ALL);
        let (then, otherwise) = (self.func.add_block(), self.func.add_block());
        let holds = self.b().icmp(cond, x, z);
        self.b().br(holds, Target::new(then), Target::new(otherwise));
        let before = self.vars.clone();
        let (join, params) = self.block_with_vars();
        for (block, number) in [(then, 1), (otherwise, 2)] {
            self.block = block;
            self.vars.clone_from(&before);
            self.vars[2] = self.iconst(number);
            self.jump_with_vars(join, &[]);
        }
        self.block = join;
        self.vars = params;
    }

    /// A new block with a parameter for each variable.
    fn block_with_vars(&mut self) -> (Block, Vec<Value>) {
        let block = self.func.add_block();
        let types: Vec<Type> = self.vars.iter().map(|&v| self.func.value_type(v)).collect();
        let params = types.into_iter().map(|ty| self.func.add_param(block, ty)).collect();
        (block, params)
    }

    fn jump_with_vars(&mut self, block: Block, extra: &[Value]) {
        let mut args = self.vars.clone();
        args.extend_from_slice(extra);
        self.b().jump(Target::with(block, &args));
    }

    fn branch(&mut self, depth: usize) -> bool {
        let cond = self.cond();
        let (then, otherwise) = (self.func.add_block(), self.func.add_block());
        self.b().br(cond, Target::new(then), Target::new(otherwise));
        let before = self.vars.clone();
        let (join, params) = self.block_with_vars();
        let mut joined = false;
        for block in [then, otherwise] {
            self.block = block;
            self.vars.clone_from(&before);
            if self.rng.below(10) == 0 {
                let vars = self.vars.clone();
                self.b().ret(&vars);
            } else if self.statements(depth + 1) {
                self.jump_with_vars(join, &[]);
                joined = true;
            }
        }
        self.block = join;
        self.vars = params;
        if !joined {
            self.func.layout.retain(|&b| b != join);
        }
        joined
    }

    /// The count of `range(start, stop, step)` in one of several spellings.
    fn count(&mut self, start: Value, stop: Value, step: i64) -> Value {
        use Opcode::*;
        let zero = self.iconst(0);
        let (high, low) = if step > 0 { (stop, start) } else { (start, stop) };
        // Now and then the spelling with another test, which has another meaning.
        let odd = self.rng.below(4) == 0;
        if self.rng.below(3) == 0 && step.abs() == 1 {
            let difference = self.b().binary(Isub, high, low);
            let some = match odd {
                true => self.cond(),
                false => self.b().icmp(IntCond::Slt, low, high),
            };
            return self.b().select(some, difference, zero);
        }
        let op = if odd { Isub } else { SsubChk };
        let mut count = self.b().binary(op, high, low);
        if step.abs() > 1 && self.rng.below(2) == 0 {
            let one = self.iconst(1);
            let size = self.iconst(step.abs());
            let some = match self.rng.below(4) {
                0 => self.cond(),
                _ => self.b().icmp(IntCond::Sgt, count, zero),
            };
            let before = self.b().binary(Isub, count, one);
            let whole = self.b().binary(Udiv, before, size);
            let steps = self.b().binary(Iadd, whole, one);
            return self.b().select(some, steps, zero);
        }
        if step.abs() > 1 {
            let more = self.iconst(step.abs() - 1);
            let size = self.iconst(step.abs());
            count = self.b().binary(SaddChk, count, more);
            count = self.b().binary(Sfloordiv, count, size);
        }
        self.b().binary(Smax, count, zero)
    }

    fn range(&mut self, depth: usize) {
        use Opcode::*;
        let zero = self.iconst(0);
        let step = self.rng.pick(&[1, 1, 1, 1, 2, 3, -1, -1, -2]);
        let one = self.iconst(1);
        let near_length = match self.rng.below(4) {
            0 => {
                let length = self.length;
                self.b().binary(SsubChk, length, one)
            }
            1 => self.int(),
            _ => self.length,
        };
        let start = self.rng.pick(&[zero, zero, one]);
        let start = if self.rng.below(4) == 0 { self.int() } else { start };
        let (start, stop) = if step > 0 { (start, near_length) } else { (near_length, start) };
        let count = self.count(start, stop, step);
        let step_value = self.iconst(step);
        let (header, params) = self.block_with_vars();
        let position = self.func.add_param(header, Type::I64);
        self.jump_with_vars(header, &[zero]);
        self.block = header;
        self.vars = params.clone();
        let more = self.b().icmp(IntCond::Slt, position, count);
        let (body, latch, exit) =
            (self.func.add_block(), self.block_with_vars(), self.block_with_vars());
        self.b().br(more, Target::new(body), Target::with(exit.0, &params));
        self.block = body;
        let scaled = match step {
            1 => position,
            _ => self.b().binary(Imul, position, step_value),
        };
        let item = self.b().binary(Iadd, start, scaled);
        self.items.push(item);
        if self.rng.below(6) == 0 {
            // break
            let cond = self.cond();
            let rest = self.func.add_block();
            let vars = self.vars.clone();
            self.b().br(cond, Target::with(exit.0, &vars), Target::new(rest));
            self.block = rest;
        }
        let goes_on = self.statements(depth + 1);
        self.items.pop();
        if goes_on {
            self.jump_with_vars(latch.0, &[]);
            self.block = latch.0;
            self.vars = latch.1;
            self.b().poll();
            let one = self.iconst(1);
            let next = self.b().binary(Iadd, position, one);
            self.jump_with_vars(header, &[next]);
        } else {
            self.func.layout.retain(|&b| b != latch.0);
        }
        self.block = exit.0;
        self.vars = exit.1;
    }

    /// `while v0 < limit: ...; v0 += 1`, and its mirror image.
    fn while_loop(&mut self, depth: usize) {
        let limit = self.rng.pick(&[0, 1]).pipe(|i| self.fixed[i]);
        let up = self.rng.below(3) != 0;
        let (header, params) = self.block_with_vars();
        self.jump_with_vars(header, &[]);
        self.block = header;
        self.vars = params.clone();
        let cond = if up { IntCond::Slt } else { IntCond::Sgt };
        let more = self.b().icmp(cond, params[0], limit);
        let (body, latch, exit) =
            (self.func.add_block(), self.block_with_vars(), self.block_with_vars());
        self.b().br(more, Target::new(body), Target::with(exit.0, &params));
        self.block = body;
        let goes_on = self.statements(depth + 1);
        if goes_on {
            let step = self.iconst(1);
            let op = if up { Opcode::SaddChk } else { Opcode::SsubChk };
            let current = self.vars[0];
            self.vars[0] = self.b().binary(op, current, step);
            self.jump_with_vars(latch.0, &[]);
            self.block = latch.0;
            self.vars = latch.1;
            self.b().poll();
            self.jump_with_vars(header, &[]);
        } else {
            self.func.layout.retain(|&b| b != latch.0);
        }
        self.block = exit.0;
        self.vars = exit.1;
    }
}

trait Pipe: Sized {
    fn pipe<T>(self, f: impl FnOnce(Self) -> T) -> T {
        f(self)
    }
}
impl<T> Pipe for T {}
