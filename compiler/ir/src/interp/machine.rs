//! The machine: frames, control, and the dispatch on opcodes.
//!
//! Frames are on the heap, so that deep recursion of the program is none of the
//! interpreter.

use super::atomic;
use super::host::{Host, HostError, Place};
use super::integer::IntError;
use super::{Exception, Stop, canonical, float, format_message, integer};
use crate::bfloat;
use crate::entities::{Block, FuncId, Inst, Value};
use crate::function::{Function, Imm, InstData, RaiseSpec, Target};
use crate::half;
use crate::module::Module;
use crate::opcode::{Opcode, Shape};
use crate::raise::standard_raise;
use crate::text::Numbering;
use crate::types::Type;

/// How far a run may go.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Instructions.
    pub fuel: u64,
    /// Frames at which `stack_check` raises RecursionError. A program that doesn't
    /// check is stopped at twice as many.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { fuel: 100_000_000, depth: 1000 }
    }
}

/// Runs functions of a module.
pub struct Interpreter<'m, H> {
    module: &'m Module,
    /// Memory, runtime functions, signals.
    pub host: H,
    /// What is left of the limits.
    pub limits: Limits,
    /// The exception that `try_call` and its like left, or `set_raise` made.
    pending: Option<Exception>,
}

/// One function on its way.
struct Frame {
    func: FuncId,
    values: Vec<u64>,
    block: Block,
    next: usize,
}

/// What an instruction leads to.
enum Step {
    Next,
    Jump(usize),
    Call(FuncId),
    Return,
}

enum Fault {
    Raise(Raise),
    /// The host keeps what was raised.
    Kept(i32),
    /// The pending exception goes on, with this status.
    Rethrow(i32),
    Bug(String),
    /// An exception left a block of a parallel loop, which has its own frames.
    Left(Box<Exception>),
    /// The limits are reached.
    Exhausted,
}

struct Raise {
    spec: RaiseSpec,
    args: Vec<(Type, u64)>,
}

impl From<HostError> for Fault {
    fn from(error: HostError) -> Fault {
        match error {
            HostError::Raised { class, message } => {
                // The host's text is final: braces in it aren't arguments.
                let message = message.replace('{', "{{").replace('}', "}}");
                Fault::Raise(Raise { spec: RaiseSpec { class, message }, args: Vec::new() })
            }
            HostError::Kept(status) => Fault::Kept(status),
            HostError::Bug(message) => Fault::Bug(message),
        }
    }
}

impl<'m, H: Host> Interpreter<'m, H> {
    /// An interpreter of a verified module.
    pub fn new(module: &'m Module, host: H, limits: Limits) -> Interpreter<'m, H> {
        Interpreter { module, host, limits, pending: None }
    }

    /// Calls a function; gives its results in canonical form. Arguments may have
    /// anything above their types' width.
    ///
    /// # Errors
    ///
    /// An exception, reached limits, or a bug of the IR.
    pub fn call(&mut self, func: FuncId, args: &[u64]) -> Result<Vec<u64>, Stop> {
        let params = &self.module.function(func).params;
        if params.len() != args.len() {
            return Err(Stop::Bug {
                function: self.module.function(func).name.clone(),
                inst: String::new(),
                message: format!("{} arguments for {} parameters", args.len(), params.len()),
            });
        }
        if self.module.function(func).for_c.is_some() {
            return Err(Stop::Bug {
                function: self.module.function(func).name.clone(),
                inst: String::new(),
                message: "functions for callers in C aren't interpreted".into(),
            });
        }
        let args: Vec<u64> =
            params.iter().zip(args).map(|(&ty, &bits)| canonical(ty, bits)).collect();
        let mut stack = vec![self.frame(func, &args)];
        loop {
            let depth = stack.len();
            let Some(frame) = stack.last_mut() else {
                return Ok(Vec::new());
            };
            if self.limits.fuel == 0 || depth > self.limits.depth.saturating_mul(2) {
                return Err(Stop::Exhausted);
            }
            self.limits.fuel -= 1;
            let function = self.module.function(frame.func);
            let inst = function.block(frame.block).insts[frame.next];
            let data = function.inst(inst);
            match self.step(function, frame, data, depth) {
                Ok(Step::Next) => frame.next += 1,
                Ok(Step::Jump(target)) => jump(function, frame, &data.targets[target]),
                Ok(Step::Call(callee)) => {
                    let args = values(frame, &data.args);
                    stack.push(self.frame(callee, &args));
                }
                Ok(Step::Return) => {
                    let mut results = values(frame, &data.args);
                    stack.pop();
                    let Some(caller) = stack.last_mut() else {
                        return Ok(results);
                    };
                    let function = self.module.function(caller.func);
                    let call = function.block(caller.block).insts[caller.next];
                    if function.inst(call).op == Opcode::TryCall {
                        results.push(0);
                    }
                    define(function, caller, call, &results);
                    caller.next += 1;
                }
                Err(Fault::Bug(message)) => return Err(bug(self.module, function, inst, message)),
                Err(Fault::Raise(raise)) => {
                    let place = place(self.module, frame);
                    match start(&mut self.host, place, raise) {
                        Ok(exception) => self.unwind(&mut stack, exception)?,
                        Err(message) => return Err(bug(self.module, function, inst, message)),
                    }
                }
                Err(Fault::Kept(status)) => {
                    let place = place(self.module, frame);
                    let exception = kept(place.clone(), status);
                    if !self.caught(&mut stack, &exception) {
                        self.host.pass(&place);
                        stack.pop();
                        self.leave(&mut stack, exception)?;
                    }
                }
                Err(Fault::Exhausted) => return Err(Stop::Exhausted),
                Err(Fault::Left(exception)) => self.leave(&mut stack, *exception)?,
                Err(Fault::Rethrow(status)) => {
                    let pending = match self.host.keeps_exceptions() {
                        true => Some(kept(place(self.module, frame), status)),
                        false => self.pending.take(),
                    };
                    let Some(exception) = pending else {
                        let message = "no exception is pending".into();
                        return Err(bug(self.module, function, inst, message));
                    };
                    stack.pop();
                    self.leave(&mut stack, exception)?;
                }
            }
        }
    }

    /// `parallel_run`: the blocks of a loop one after the other.
    fn run_blocks(&mut self, record: u64, entry: FuncId) -> Result<Option<u64>, Fault> {
        let ended = self.each_block(record, entry);
        self.host.parallel_end(record, ended.is_ok())?;
        ended
    }

    fn each_block(&mut self, record: u64, entry: FuncId) -> Result<Option<u64>, Fault> {
        for number in 0.. {
            let Some(slots) = self.host.parallel_block(record, number)? else { break };
            match self.call(entry, &slots) {
                Ok(_) => {}
                Err(Stop::Raised(exception)) => return Err(Fault::Left(exception)),
                Err(Stop::Exhausted) => return Err(Fault::Exhausted),
                Err(Stop::Bug { function, inst, message }) => {
                    return Err(Fault::Bug(format!("in @{function}, {inst}: {message}")));
                }
            }
        }
        Ok(None)
    }

    fn frame(&self, func: FuncId, args: &[u64]) -> Frame {
        let function = self.module.function(func);
        let block = function.entry();
        let mut values = vec![0; function.num_values()];
        for (param, &arg) in function.block(block).params.iter().zip(args) {
            values[param.index()] = arg;
        }
        Frame { func, values, block, next: 0 }
    }

    /// The exception of the top frame's instruction: it stays pending if that catches it.
    fn unwind(&mut self, stack: &mut Vec<Frame>, exception: Exception) -> Result<(), Stop> {
        if !self.caught(stack, &exception) {
            stack.pop();
            return self.leave(stack, exception);
        }
        Ok(())
    }

    /// An exception has left a frame, which is gone: to the nearest call that catches it.
    fn leave(&mut self, stack: &mut Vec<Frame>, mut exception: Exception) -> Result<(), Stop> {
        while !stack.is_empty() {
            if self.caught(stack, &exception) {
                return Ok(());
            }
            if let Some(frame) = stack.pop() {
                let place = place(self.module, &frame);
                self.host.pass(&place);
                exception.calls.push((place.function, place.loc));
            }
        }
        Err(Stop::Raised(Box::new(exception)))
    }

    /// Whether the top frame's instruction takes an exception as pending; goes on if so.
    fn caught(&mut self, stack: &mut [Frame], exception: &Exception) -> bool {
        let Some(frame) = stack.last_mut() else { return false };
        let function = self.module.function(frame.func);
        let inst = function.block(frame.block).insts[frame.next];
        let data = function.inst(inst);
        if !matches!(data.op, Opcode::TryCall | Opcode::TryExternCall | Opcode::TryPoll) {
            return false;
        }
        let mut bits = vec![0; data.results.len()];
        if let Some(status) = bits.last_mut() {
            *status = exception.status as u64;
        }
        define(function, frame, inst, &bits);
        frame.next += 1;
        self.pending = Some(exception.clone());
        true
    }

    fn step(
        &mut self,
        func: &Function,
        frame: &mut Frame,
        data: &InstData,
        depth: usize,
    ) -> Result<Step, Fault> {
        if data.op.is_of_kernels() {
            return Err(Fault::Bug(format!("`{}` needs a grid of threads", data.op.name())));
        }
        let arg = |i: usize| frame.values[data.args[i].index()];
        let result = match data.op.shape() {
            Shape::Jump => return Ok(Step::Jump(0)),
            Shape::Branch => return Ok(Step::Jump(usize::from(arg(0) == 0))),
            Shape::Return => return Ok(Step::Return),
            Shape::Raise => return Err(raise(func, frame, data, &data.args)),
            Shape::Rethrow => return Err(Fault::Rethrow(arg(0) as i32)),
            Shape::SetRaise => {
                let Fault::Raise(raise) = raise(func, frame, data, &data.args) else {
                    return Err(malformed());
                };
                let place = place(self.module, frame);
                self.pending = Some(start(&mut self.host, place, raise).map_err(Fault::Bug)?);
                None
            }
            // There is no better code here.
            Shape::OsrPoll => {
                self.host.poll()?;
                None
            }
            Shape::TryEffect => {
                self.host.poll()?;
                Some(0)
            }
            Shape::Guard => {
                if arg(0) == 0 {
                    return Err(raise(func, frame, data, &data.args[1..]));
                }
                None
            }
            Shape::Effect => {
                match data.op {
                    Opcode::Poll => self.host.poll()?,
                    Opcode::NoteCall => {
                        let place = place(self.module, frame);
                        self.host.pass(&place);
                        if let Some(pending) = &mut self.pending {
                            pending.calls.push((place.function, place.loc));
                        }
                    }
                    _ if depth >= self.limits.depth => return Err(raise(func, frame, data, &[])),
                    _ => {}
                }
                None
            }
            Shape::Call | Shape::TryCall => {
                let Imm::Func(callee) = data.imm else { return Err(malformed()) };
                return Ok(Step::Call(callee));
            }
            Shape::ExternCall | Shape::TryExternCall => {
                let Imm::Extern(callee) = data.imm else { return Err(malformed()) };
                let decl = &self.module.externs[callee.index()];
                let given = values(frame, &data.args);
                let result = match decl.name == "parallel_run" {
                    true => self.run_blocks(given[0], FuncId::new(given[1] as usize))?,
                    false => self.host.extern_call(decl, &given)?,
                };
                if result.is_some() != decl.result.is_some() {
                    return Err(Fault::Bug("the host's result isn't as declared".into()));
                }
                let result = result.zip(decl.result).map(|(bits, ty)| canonical(ty, bits));
                if data.op == Opcode::TryExternCall {
                    // The status is the last result, after the callee's, if it has one.
                    if let (Some(bits), [value, _]) = (result, &data.results[..]) {
                        frame.values[value.index()] = bits;
                    }
                    if let Some(status) = data.results.last() {
                        frame.values[status.index()] = 0;
                    }
                    return Ok(Step::Next);
                }
                result
            }
            Shape::Load | Shape::Store => {
                let (Imm::Mem { offset, region }, Some(ty)) = (&data.imm, data.ty) else {
                    return Err(malformed());
                };
                let base = arg(data.args.len() - 1);
                let address = base.wrapping_add_signed(i64::from(*offset));
                if data.op == Opcode::Load {
                    Some(canonical(ty, self.host.load(address, ty, *region)?))
                } else {
                    self.host.store(address, ty, *region, arg(0))?;
                    None
                }
            }
            Shape::Atomic | Shape::AtomicSwap => {
                let (Imm::Mem { offset, region }, Some(ty)) = (&data.imm, data.ty) else {
                    return Err(malformed());
                };
                let address = arg(data.args.len() - 1).wrapping_add_signed(i64::from(*offset));
                if address % u64::from(ty.bytes()) != 0 {
                    return Err(Fault::Bug("an atomic operation on unaligned memory".into()));
                }
                let old = canonical(ty, self.host.load(address, ty, *region)?);
                let new = atomic::changed(data.op, ty, old, arg(0), arg(data.args.len() - 2));
                self.host.store(address, ty, *region, new)?;
                Some(old)
            }
            Shape::DataAddr => {
                let Imm::Data(id) = data.imm else { return Err(malformed()) };
                Some(self.host.data(id, &self.module.data[id.index()])?)
            }
            // Only `parallel_run` takes it, which is carried out below.
            Shape::FuncAddr => {
                let Imm::Func(of) = data.imm else { return Err(malformed()) };
                Some(of.index() as u64)
            }
            Shape::PtrEffect => {
                match data.op {
                    Opcode::Retain => self.host.retain(arg(0))?,
                    _ => self.host.release(arg(0))?,
                }
                None
            }
            Shape::Index => {
                let (index, length) = (arg(0) as i64, arg(1) as i64);
                let wrapped = match data.op {
                    Opcode::Index if index < 0 => index.wrapping_add(length),
                    _ => index,
                };
                // A negative length is none: nothing is below it when compared
                // signed, and everything when compared unsigned, so it is refused.
                if length < 0 {
                    return Err(Fault::Bug("a negative length".into()));
                }
                if !(0..length).contains(&wrapped) {
                    return Err(raise(func, frame, data, &data.args));
                }
                Some(wrapped as u64)
            }
            _ => Some(compute(func, frame, data)?),
        };
        if let (Some(bits), Some(&value)) = (result, data.results.first()) {
            frame.values[value.index()] = bits;
        }
        Ok(Step::Next)
    }
}

/// An exception that starts at a place.
fn start(host: &mut impl Host, place: Place, raise: Raise) -> Result<Exception, String> {
    let status = match host.start(&place, &raise.spec, &raise.args) {
        Ok(status) => status,
        Err(error) => return Err(format!("the host keeps no exception: {error:?}")),
    };
    Ok(Exception {
        message: format_message(&raise.spec.message, &raise.args),
        class: raise.spec.class,
        args: raise.args,
        function: place.function,
        loc: place.loc,
        calls: Vec::new(),
        status,
    })
}

/// An exception of which the host knows everything else.
fn kept(place: Place, status: i32) -> Exception {
    Exception {
        class: String::new(),
        message: String::new(),
        args: Vec::new(),
        function: place.function,
        loc: place.loc,
        calls: Vec::new(),
        status,
    }
}

/// Where a frame stands.
fn place(module: &Module, frame: &Frame) -> Place {
    let function = module.function(frame.func);
    let inst = function.block(frame.block).insts[frame.next];
    Place { function: function.name.clone(), loc: function.inst(inst).loc }
}

/// Operations without effects.
fn compute(func: &Function, frame: &Frame, data: &InstData) -> Result<u64, Fault> {
    let arg = |i: usize| frame.values[data.args[i].index()];
    let ty = data.ty.unwrap_or(Type::I64);
    let result = match (data.op.shape(), &data.imm) {
        (Shape::IntConst, &Imm::Int(value)) => Some(canonical(ty, value as u64)),
        (Shape::FloatConst, &Imm::Float(bits)) => Some(canonical(ty, bits)),
        (Shape::Unary, _) if !ty.is_float() => integer::unary(data.op, ty, arg(0)),
        (Shape::Binary, _) if !ty.is_float() => {
            match integer::binary(data.op, ty, arg(0), arg(1)) {
                Ok(bits) => Some(bits),
                Err(IntError::Overflow) => return Err(raise(func, frame, data, &[])),
                Err(IntError::Precondition(message)) => return Err(Fault::Bug(message.into())),
            }
        }
        (Shape::Ternary, _) if ty == Type::I16 => {
            let [a, b, c] = [0, 1, 2].map(|i| arg(i) as u16);
            let fma = if data.op == Opcode::HalfFma { half::fma } else { bfloat::fma };
            Some(canonical(ty, fma(a, b, c).into()))
        }
        (Shape::Unary | Shape::Binary | Shape::Ternary, _) => {
            float::apply(data.op, ty, &values(frame, &data.args))
        }
        (Shape::IntCompare, &Imm::IntCond(cond)) => {
            Some(u64::from(integer::compare(cond, ty, arg(0), arg(1))))
        }
        (Shape::FloatCompare, &Imm::FloatCond(cond)) => {
            Some(u64::from(float::compare(cond, ty, arg(0), arg(1))))
        }
        (Shape::Convert, _) => Some(convert(data.op, func.value_type(data.args[0]), ty, arg(0))?),
        (Shape::Select, _) => Some(if arg(0) != 0 { arg(1) } else { arg(2) }),
        (Shape::Native, _) => Some(arg(data.args.len() - 1)),
        (Shape::PtrAdd, _) => Some(arg(0).wrapping_add(arg(1))),
        _ => None,
    };
    result.ok_or_else(malformed)
}

fn convert(op: Opcode, from: Type, to: Type, bits: u64) -> Result<u64, Fault> {
    Ok(match op {
        Opcode::Sext | Opcode::Zext | Opcode::Trunc => integer::resize(op, from, to, bits),
        Opcode::SintToF | Opcode::UintToF => float::from_int(op, from, to, bits),
        Opcode::FToSint | Opcode::FToUint => float::to_int(op, from, to, bits)
            .ok_or_else(|| Fault::Bug("a float that the integer type doesn't hold".into()))?,
        Opcode::Fpromote | Opcode::Fdemote => float::resize(from, to, bits),
        Opcode::FOfHalf => u64::from(half::to_single(bits as u16).to_bits()),
        Opcode::FToHalf => canonical(to, half::from_float(from, bits).into()),
        Opcode::FToBfloat => canonical(to, bfloat::from_float(from, bits).into()),
        Opcode::Bitcast => canonical(to, bits),
        _ => return Err(malformed()),
    })
}

/// The exception of a raising instruction. `shown` are the values that `{0}` and so
/// on stand for.
fn raise(func: &Function, frame: &Frame, data: &InstData, shown: &[Value]) -> Fault {
    let Some(spec) = standard_raise(data.op, &data.imm) else {
        return malformed();
    };
    let args = shown.iter().map(|&v| (func.value_type(v), frame.values[v.index()])).collect();
    Fault::Raise(Raise { spec, args })
}

/// What the verifier refuses.
fn malformed() -> Fault {
    Fault::Bug("the instruction is malformed".into())
}

fn values(frame: &Frame, values: &[Value]) -> Vec<u64> {
    values.iter().map(|v| frame.values[v.index()]).collect()
}

fn define(func: &Function, frame: &mut Frame, inst: Inst, bits: &[u64]) {
    for (value, &bits) in func.inst(inst).results.iter().zip(bits) {
        frame.values[value.index()] = bits;
    }
}

/// Parameters get their arguments all at once: one may be another's argument.
fn jump(func: &Function, frame: &mut Frame, target: &Target) {
    let args = values(frame, &target.args);
    for (param, bits) in func.block(target.block).params.iter().zip(args) {
        frame.values[param.index()] = bits;
    }
    frame.block = target.block;
    frame.next = 0;
}

fn bug(module: &Module, func: &Function, inst: Inst, message: String) -> Stop {
    let numbering = Numbering::new(func);
    let text = func.display_inst(Some(module), &numbering, inst).to_string();
    Stop::Bug { function: func.name.clone(), inst: text, message }
}
