//! Random modules: nested statements turned into canonical control flow.
//!
//! Each function takes a scalar of each type and more, two buffers of [`LENGTH`]
//! elements, integers and floats, an owner record, and the buffers' length. Loops are counted and short, and
//! some run past the length. A function calls those before it only.

use super::expressions::{Pool, TYPES, constant, operation, scalar, value};
use super::rng::Rng;
use cumbia_ir::{
    Block, Builder, ExternDecl, ExternEffects, ExternId, FuncId, Function, IntCond, Loc, Module,
    Opcode, Region, Target, Type, Value,
};
use cumbia_tool::execute::{Arg, Buffer, Call};

/// Elements of each buffer.
const LENGTH: i64 = 8;
/// Parameters after the scalars: both buffers, the owner and the length.
const LAST: [Type; 4] = [Type::Ptr, Type::Ptr, Type::Ptr, Type::I64];

/// Makes a module and calls of its last function.
pub fn generate(seed: u64) -> (Module, Vec<Call>) {
    let mut rng = Rng::new(seed);
    let mut module = Module::new();
    for (name, params) in [("sin_f64", 1), ("pow_f64", 2), ("fmod_f64", 2)] {
        module.declare_extern(&ExternDecl {
            name: name.to_owned(),
            params: vec![Type::F64; params],
            result: Some(Type::F64),
            effects: ExternEffects::Pure,
        });
    }
    for index in 0..1 + rng.below(3) {
        let func = Generator::function(&mut rng, &module, index);
        module.add_function(func);
    }
    let last = module.functions.last().expect("one function at least");
    let calls = (0..4).map(|_| call(&mut rng, last)).collect();
    (module, calls)
}

fn call(rng: &mut Rng, func: &Function) -> Call {
    let mut buffers = [(Type::I64, false), (Type::F64, false), (Type::I8, true)].into_iter();
    let args = func.params.iter().map(|&ty| match ty {
        Type::Ptr => {
            let (ty, owned) = buffers.next().unwrap_or((Type::F64, false));
            let elements = (0..LENGTH).map(|_| scalar(rng, ty)).collect();
            Arg::Buffer(Buffer { ty, elements, owned })
        }
        ty => Arg::Scalar(scalar(rng, ty)),
    });
    let mut args: Vec<Arg> = args.collect();
    if let Some(length) = args.last_mut() {
        *length = Arg::Scalar(LENGTH as u64);
    }
    Call { function: func.name.clone(), args }
}

/// State of one function's generation.
struct Generator<'a> {
    rng: &'a mut Rng,
    module: &'a Module,
    func: Function,
    ints: Value,
    floats: Value,
    owner: Value,
    length: Value,
    /// References to the owner taken and not yet given back, by the innermost
    /// statements around the place of generation.
    retained: usize,
    /// Statements that may still be made.
    budget: usize,
    /// Loops around the place of generation: where `break` and `continue` go.
    loops: Vec<LoopTargets>,
    results: Vec<Type>,
    line: u32,
}

#[derive(Clone)]
struct LoopTargets {
    exit: Block,
    latch: Block,
    carried: Vec<Type>,
    counter: Value,
    retained: usize,
}

/// The end of a generated piece: where it goes on, or nowhere.
type Open = Option<(Block, Pool)>;

impl Generator<'_> {
    fn function(rng: &mut Rng, module: &Module, index: usize) -> Function {
        let mut params = TYPES.to_vec();
        params.extend((0..rng.below(4)).map(|_| rng.pick(&TYPES)));
        let scalars = params.len();
        params.extend(LAST);
        let results: Vec<Type> = (0..1 + rng.below(3)).map(|_| rng.pick(&TYPES)).collect();
        let mut func = Function::new(format!("f{index}"), params.clone(), results.clone());
        let entry = func.add_block();
        let values: Vec<Value> = params.iter().map(|&ty| func.add_param(entry, ty)).collect();
        let mut pool = Pool::default();
        values[..scalars].iter().for_each(|&v| pool.add(v));
        let &[ints, floats, owner, length] = &values[scalars..] else {
            unreachable!("as in `LAST`")
        };
        let budget = 10 + rng.below(40);
        let loops = Vec::new();
        let mut this = Generator {
            rng,
            module,
            func,
            ints,
            floats,
            owner,
            length,
            retained: 0,
            budget,
            loops,
            results,
            line: 0,
        };
        if let Some((block, pool)) = this.statements(entry, pool, 0) {
            this.give_results(block, &pool);
        }
        this.func
    }

    /// A builder at the end of a block, each time at a new source line.
    fn at(&mut self, block: Block) -> (&mut Rng, Builder<'_>) {
        self.line += 1;
        let mut builder = Builder::new(&mut self.func, block);
        builder.loc = Loc::start(self.line, 4);
        (self.rng, builder)
    }

    fn value(&mut self, block: Block, pool: &Pool, ty: Type) -> Value {
        let (rng, mut b) = self.at(block);
        value(rng, &mut b, pool, ty)
    }

    fn values(&mut self, block: Block, pool: &Pool, types: &[Type]) -> Vec<Value> {
        types.iter().map(|&ty| self.value(block, pool, ty)).collect()
    }

    fn statements(&mut self, mut block: Block, mut pool: Pool, depth: usize) -> Open {
        for _ in 0..2 + self.rng.below(8) {
            if self.budget == 0 {
                break;
            }
            self.budget -= 1;
            (block, pool) = self.statement(block, pool, depth)?;
        }
        Some((block, pool))
    }

    fn statement(&mut self, block: Block, mut pool: Pool, depth: usize) -> Open {
        match self.rng.below(20) {
            0..=1 if depth < 3 => return self.branch(block, pool, depth),
            2 if depth < 3 => return self.counted_loop(block, pool, depth),
            3..=4 => self.load(block, &mut pool),
            5 => self.store(block, &pool),
            6 => self.guard(block, &pool),
            7 => self.call(block, &mut pool),
            8 => self.extern_call(block, &mut pool),
            9 => return self.retained(block, pool, depth),
            10 if depth > 0 && self.rng.one_in(3) => {
                self.leave(block, &pool);
                return None;
            }
            _ => {
                let (rng, mut b) = self.at(block);
                operation(rng, &mut b, &mut pool);
            }
        }
        Some((block, pool))
    }

    /// Statements that hold a reference to the owner.
    fn retained(&mut self, block: Block, pool: Pool, depth: usize) -> Open {
        let owner = self.owner;
        self.at(block).1.retain(owner);
        self.retained += 1;
        let end = self.statements(block, pool, depth + 1);
        self.retained -= 1;
        let (block, pool) = end?;
        self.at(block).1.release(owner);
        Some((block, pool))
    }

    /// Gives back all references taken since there were `kept`.
    fn give_back(&mut self, block: Block, kept: usize) {
        for _ in kept..self.retained {
            let owner = self.owner;
            self.at(block).1.release(owner);
        }
    }

    /// `if` with an `else`; values made in it reach what follows as parameters.
    fn branch(&mut self, block: Block, pool: Pool, depth: usize) -> Open {
        let cond = self.value(block, &pool, Type::Bool);
        let arms = [self.func.add_block(), self.func.add_block()];
        self.func.block_mut(arms[1]).cold = self.rng.one_in(4);
        let (_, mut b) = self.at(block);
        b.br(cond, Target::new(arms[0]), Target::new(arms[1]));
        let merged: Vec<Type> = (0..self.rng.below(3)).map(|_| self.rng.pick(&TYPES)).collect();
        let mut ends = Vec::new();
        for arm in arms {
            if let Some((end, inner)) = self.statements(arm, pool.clone(), depth + 1) {
                let args = self.values(end, &inner, &merged);
                ends.push((end, args));
            }
        }
        if ends.is_empty() {
            return None;
        }
        let next = self.func.add_block();
        for (end, args) in ends {
            self.at(end).1.jump(Target::with(next, &args));
        }
        Some((next, self.with_params(pool, next, &merged)))
    }

    /// The pool with new parameters of `block`.
    fn with_params(&mut self, mut pool: Pool, block: Block, types: &[Type]) -> Pool {
        for &ty in types {
            let param = self.func.add_param(block, ty);
            pool.add(param);
        }
        pool
    }

    /// `for i in range(n)` with carried values, `break` and `continue`.
    fn counted_loop(&mut self, block: Block, pool: Pool, depth: usize) -> Open {
        let carried: Vec<Type> = (0..self.rng.below(4)).map(|_| self.rng.pick(&TYPES)).collect();
        let start = self.values(block, &pool, &carried);
        let [header, body, latch, exit] = [(); 4].map(|()| self.func.add_block());
        let some = self.value(block, &pool, Type::I64);
        let length = self.length;
        let (rng, mut b) = self.at(block);
        let first = b.iconst(Type::I64, rng.pick(&[0, 0, 0, 1, -2]));
        let limit = match rng.below(4) {
            0 => length,
            1 => {
                let mask = b.iconst(Type::I64, 15);
                b.binary(Opcode::Band, some, mask)
            }
            _ => b.iconst(Type::I64, 1 + rng.below(9) as i64),
        };
        let mut args = vec![first];
        args.extend(start);
        b.jump(Target::with(header, &args));

        let counter = self.func.add_param(header, Type::I64);
        let mut inner = self.with_params(pool.clone(), header, &carried);
        let params: Vec<Value> = self.func.block(header).params[1..].to_vec();
        let (_, mut b) = self.at(header);
        let more = b.icmp(IntCond::Slt, counter, limit);
        b.br(more, Target::new(body), Target::with(exit, &params));
        inner.add(counter);

        self.loops.push(LoopTargets {
            exit,
            latch,
            carried: carried.clone(),
            counter,
            retained: self.retained,
        });
        if let Some((end, last)) = self.statements(body, inner, depth + 1) {
            let args = self.values(end, &last, &carried);
            self.at(end).1.jump(Target::with(latch, &args));
        }
        self.loops.pop();

        let next: Vec<Value> = carried.iter().map(|&ty| self.func.add_param(latch, ty)).collect();
        let (rng, mut b) = self.at(latch);
        if rng.one_in(2) {
            b.poll();
        }
        let step = b.iconst(Type::I64, rng.pick(&[1, 1, 1, 2, 3]));
        let op = rng.pick(&[Opcode::Iadd, Opcode::SaddChk]);
        let mut args = vec![b.binary(op, counter, step)];
        args.extend(next);
        b.jump(Target::with(header, &args));
        Some((exit, self.with_params(pool, exit, &carried)))
    }

    /// `break`, `continue`, `return` or `raise`.
    fn leave(&mut self, block: Block, pool: &Pool) {
        let target = self.loops.last().cloned();
        match (self.rng.below(4), target) {
            (0, _) => {
                let shown = self.value(block, pool, Type::I64);
                self.at(block).1.raise("ValueError", "raised {0}", &[shown]);
            }
            (1, _) | (_, None) => self.give_results(block, pool),
            (kind, Some(targets)) => {
                let args = self.values(block, pool, &targets.carried);
                self.give_back(block, targets.retained);
                let to = if kind == 2 { targets.exit } else { targets.latch };
                self.at(block).1.jump(Target::with(to, &args));
            }
        }
    }

    fn give_results(&mut self, block: Block, pool: &Pool) {
        let types = self.results.clone();
        let values = self.values(block, pool, &types);
        self.give_back(block, 0);
        self.at(block).1.ret(&values);
    }

    /// The address of an element, its index checked or masked.
    fn element(&mut self, block: Block, pool: &Pool, base: Value) -> Value {
        let counter = self.loops.last().map(|l| l.counter).filter(|_| !self.rng.one_in(3));
        let any = self.value(block, pool, Type::I64);
        let known = self.length;
        let (rng, mut b) = self.at(block);
        let length = if rng.one_in(2) { known } else { b.iconst(Type::I64, LENGTH) };
        let mut index = counter.unwrap_or(any);
        if counter.is_some() && rng.one_in(3) {
            let shift = b.iconst(Type::I64, rng.pick(&[-1, 1, 2]));
            index = b.binary(rng.pick(&[Opcode::Iadd, Opcode::SaddChk]), index, shift);
        }
        let checks = if counter.is_some() { 2 } else { 6 };
        let index = match rng.below(checks) {
            0 => b.index(index, length, 0),
            1 => b.bound(index, length, 1),
            _ => {
                let mask = b.iconst(Type::I64, LENGTH - 1);
                b.binary(Opcode::Band, index, mask)
            }
        };
        let three = b.iconst(Type::I64, 3);
        let bytes = b.binary(Opcode::Ishl, index, three);
        b.ptr_add(base, bytes)
    }

    fn load(&mut self, block: Block, pool: &mut Pool) {
        let (base, ty) =
            if self.rng.one_in(2) { (self.ints, Type::I64) } else { (self.floats, Type::F64) };
        let address = self.element(block, pool, base);
        let loaded = self.at(block).1.load(ty, address, 0, Region::Data);
        pool.add(loaded);
    }

    fn store(&mut self, block: Block, pool: &Pool) {
        let (base, ty) =
            if self.rng.one_in(2) { (self.ints, Type::I64) } else { (self.floats, Type::F64) };
        let stored = self.value(block, pool, ty);
        let address = self.element(block, pool, base);
        self.at(block).1.store(stored, address, 0, Region::Data);
    }

    /// A guard that mostly holds.
    fn guard(&mut self, block: Block, pool: &Pool) {
        let tested = self.value(block, pool, Type::I32);
        let shown = self.value(block, pool, Type::F64);
        let (rng, mut b) = self.at(block);
        let other = constant(rng, &mut b, Type::I32);
        let holds = b.icmp(IntCond::Ne, tested, other);
        b.guard(holds, "ZeroDivisionError", "{0} is {1}", &[tested, shown]);
    }

    fn call(&mut self, block: Block, pool: &mut Pool) {
        if self.module.functions.is_empty() {
            return;
        }
        let index = self.rng.below(self.module.functions.len());
        let callee = &self.module.functions[index];
        let scalars = &callee.params[..callee.params.len() - LAST.len()];
        let mut args = self.values(block, pool, scalars);
        args.extend([self.ints, self.floats, self.owner, self.length]);
        let results = callee.results.clone();
        let returned = self.at(block).1.call(FuncId::new(index), &args, &results);
        returned.into_iter().for_each(|v| pool.add(v));
    }

    fn extern_call(&mut self, block: Block, pool: &mut Pool) {
        let index = self.rng.below(self.module.externs.len());
        let count = self.module.externs[index].params.len();
        let args = self.values(block, pool, &vec![Type::F64; count]);
        let result = self.at(block).1.extern_call(ExternId::new(index), &args, Some(Type::F64));
        result.into_iter().for_each(|v| pool.add(v));
    }
}
