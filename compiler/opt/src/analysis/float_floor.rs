//! From where on a floating value lies: what squares, roots, sums and constants tell.
//!
//! `1.0 + x * x` isn't 0 and `a * a + b * b` has a root, whatever the operands are: the
//! check of the divisor or of the domain goes. Rounding never goes past a number that can be
//! represented, so what holds of the exact results holds of the rounded ones.
//!
//! Of what a loop hands on from turn to turn, as a sum of squares, only "not below 0" is found
//! out: it is assumed, and has to follow for what each way into the block brings.
//!
//! What is not a number is below nothing: callers ask only what a nan doesn't spoil.
//! Looks at values, not at where they are: no branch tells anything here.

use crate::fold::to_f64;
use cumbia_ir::{Block, Function, Imm, Opcode, Type, Value, ValueDef};

/// How many operations are looked through.
const DEEPEST: u32 = 6;

/// How many parameters of blocks are looked through, one behind the other.
const MOST_PARAMS: usize = 4;

/// A number that the value isn't below, unless it is a nan.
pub fn float_floor(func: &Function, value: Value) -> Option<f64> {
    at_least(func, value, &mut Vec::new(), DEEPEST)
}

fn at_least(func: &Function, value: Value, assumed: &mut Vec<Value>, depth: u32) -> Option<f64> {
    let depth = depth.checked_sub(1)?;
    let inst = match func.value_def(value) {
        ValueDef::Result(inst, _) => inst,
        ValueDef::Param(block, place) => {
            return brought(func, value, (block, place), assumed, depth).then_some(0.0);
        }
    };
    let data = func.inst(inst);
    let ty = func.value_type(value);
    let mut of = |at: usize| at_least(func, data.args[at], assumed, depth);
    let mut positive = |at: usize| of(at).filter(|&floor| floor >= 0.0);
    let floor = match data.op {
        Opcode::Fconst => match data.imm {
            Imm::Float(bits) => to_f64(ty, bits),
            _ => return None,
        },
        Opcode::Fabs => of(0).unwrap_or(0.0).max(0.0),
        // The root of -0.0 is -0.0, and of what is below it a nan.
        Opcode::Fsqrt => of(0).unwrap_or(0.0).max(0.0).sqrt(),
        Opcode::Fmul if data.args[0] == data.args[1] => {
            let floor = positive(0).unwrap_or(0.0);
            floor * floor
        }
        Opcode::Fmul => positive(0)? * positive(1)?,
        // By -0.0, which isn't below 0, the quotient may be minus infinity.
        Opcode::Fdiv => {
            positive(0)?;
            of(1).filter(|&floor| floor > 0.0)?;
            0.0
        }
        Opcode::Fadd => of(0)? + of(1)?,
        Opcode::Select => of(1)?.min(of(2)?),
        _ => return None,
    };
    // As the operation rounds.
    let floor = if ty == Type::F32 { f64::from(floor as f32) } else { floor };
    floor.is_finite().then_some(floor)
}

/// Whether nothing that flows into a parameter is below 0, if it isn't itself.
fn brought(
    func: &Function,
    param: Value,
    (block, place): (Block, u32),
    assumed: &mut Vec<Value>,
    depth: u32,
) -> bool {
    if assumed.contains(&param) {
        return true;
    }
    if assumed.len() == MOST_PARAMS || block == func.entry() {
        return false;
    }
    let before = assumed.len();
    assumed.push(param);
    let targets = func.layout.iter().filter_map(|&from| func.terminator(from));
    let mut targets = targets.flat_map(|inst| &func.inst(inst).targets);
    let holds = targets.all(|target| {
        let value = || target.args[place as usize];
        target.block != block
            || value() == param
            || at_least(func, value(), assumed, depth.max(3)).is_some_and(|floor| floor >= 0.0)
    });
    if !holds {
        // Nor does what was found out on the assumption.
        assumed.truncate(before);
    }
    holds
}
