//! Integer constants that need more than 64 bits, as results or on the way to one.
//!
//! Python computes `2**62 * 255 % 9` before the function runs. Everything that stays within
//! 64 bits is left to inference, which knows constants as well.

use super::expressions::binary_op;
use crate::hir::Const;
use crate::numeric::wide;
use num_bigint::BigInt;
use rustpython_parser::ast::{self, Constant, Expr};

/// Deeper expressions aren't looked at: each operation asks for its operands again.
const MAX_DEPTH: u32 = 24;

/// The value of an expression of integer constants, if a part of it needs more than 64
/// bits.
pub(super) fn wide_constant(e: &Expr) -> Option<Const> {
    let mut wide = false;
    let value = value(e, MAX_DEPTH, &mut wide)?;
    wide.then(|| constant(&value))
}

/// An integer constant of any size.
pub(super) fn constant(value: &BigInt) -> Const {
    i64::try_from(value).map_or_else(|_| Const::BigInt(value.to_string()), Const::Int)
}

fn value(e: &Expr, depth: u32, wide: &mut bool) -> Option<BigInt> {
    let depth = depth.checked_sub(1)?;
    let value = match e {
        Expr::Constant(ast::ExprConstant { value: Constant::Int(i), .. }) => {
            BigInt::parse_bytes(i.to_string().as_bytes(), 10)?
        }
        Expr::UnaryOp(u) => {
            let operand = value(&u.operand, depth, wide)?;
            match u.op {
                ast::UnaryOp::USub => -operand,
                ast::UnaryOp::UAdd => operand,
                ast::UnaryOp::Invert => !operand,
                ast::UnaryOp::Not => return None,
            }
        }
        Expr::BinOp(e) => {
            // A constant on the right is found sooner.
            let b = value(&e.right, depth, wide)?;
            wide::binary(binary_op(e.op), &value(&e.left, depth, wide)?, &b)?
        }
        _ => return None,
    };
    *wide |= i64::try_from(&value).is_err();
    Some(value)
}
