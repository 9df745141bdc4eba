//! Expressions without control flow: constants, names, operators, subscripts,
//! attributes, tuples. Calls are in `calls.rs`, what branches in `conditions.rs`.

use super::Builder;
use super::constants::wide_constant;
use crate::captures::Storage;
use crate::hir::{BinaryOp, Const, Container, HValue, Op, UnaryOp};
use crate::scope::Resolution;
use crate::unsupported::Construct;
use cumbia_diagnostics::{Diagnostic, Span};
use rustpython_parser::ast::{self, Constant, Expr, Operator};
use std::sync::Arc;

impl Builder<'_> {
    /// Evaluates an expression.
    pub(super) fn expression(&mut self, e: &Expr) -> HValue {
        let span = self.span(e);
        match e {
            Expr::Constant(_) => match literal(e) {
                Some(constant) => self.constant(constant, span),
                // The parser makes tuples of expressions, no constant ones.
                None => unreachable!("a constant that is none"),
            },
            Expr::Name(e) => self.name(&e.id, span),
            Expr::BinOp(_) if let Some(value) = wide_constant(e) => self.constant(value, span),
            Expr::BinOp(e) => self.binary(e, span),
            Expr::UnaryOp(u) => match literal(e) {
                // `-1` is a constant, also where its type depends on its value.
                Some(constant) => self.constant(constant, span),
                None => match wide_constant(e) {
                    Some(value) => self.constant(value, span),
                    None => self.unary(u, span),
                },
            },
            Expr::BoolOp(e) => self.boolean_operator(e),
            Expr::Compare(e) => self.comparison(e),
            Expr::IfExp(e) => self.conditional(e),
            Expr::Call(e) => match self.combining_call(e) {
                Some(value) => value,
                None => self.call(e),
            },
            Expr::Attribute(e) => {
                if let Some(found) = self.super_attribute(e) {
                    return found;
                }
                if let Some(field) = self.initializer_field(&e.value, &e.attr, span) {
                    return field;
                }
                let value = self.expression(&e.value);
                let name = self.attribute_name(&e.attr);
                self.ssa.emit(Op::Attr(value, name), span)
            }
            Expr::Subscript(e) => {
                let value = self.expression(&e.value);
                let index = self.expression(&e.slice);
                self.ssa.emit(Op::Item(value, index), span)
            }
            Expr::Slice(e) => {
                let mut part = |e: &Option<Box<Expr>>| e.as_ref().map(|e| self.expression(e));
                let parts = [part(&e.lower), part(&e.upper), part(&e.step)];
                self.ssa.emit(Op::Slice(parts), span)
            }
            Expr::Tuple(e) if e.elts.iter().any(|e| e.is_starred_expr()) => {
                self.starred_tuple(&e.elts, span)
            }
            Expr::Tuple(e) => {
                let items = e.elts.iter().map(|e| self.expression(e)).collect();
                self.ssa.emit(Op::Tuple(items), span)
            }
            Expr::JoinedStr(s) => match literal(e) {
                Some(constant) => self.constant(constant, span),
                None => self.f_string(&s.values, span),
            },
            Expr::FormattedValue(e) => self.formatted_value(e),
            Expr::Starred(_) => self.refuse(Construct::StarredItem, span),
            Expr::NamedExpr(e) => self.named_expression(e, span),
            Expr::Lambda(_) if self.depth > 0 => self.refuse(Construct::LambdaInGenerator, span),
            Expr::Lambda(e) => self.lambda(e, None),
            Expr::List(e) => self.display(Container::List, &e.elts, span),
            Expr::Set(e) => self.display(Container::Set, &e.elts, span),
            Expr::Dict(e) => self.dict_display(e, span),
            Expr::ListComp(e) => {
                self.comprehension(Container::List, &[&e.elt], &e.generators, span)
            }
            Expr::SetComp(e) => self.comprehension(Container::Set, &[&e.elt], &e.generators, span),
            Expr::DictComp(e) => {
                self.comprehension(Container::Dict, &[&e.key, &e.value], &e.generators, span)
            }
            Expr::GeneratorExp(e) => self.generator_expression(e),
            Expr::YieldFrom(e) if self.depth == 0 => self.yield_from_value(e),
            Expr::Yield(e) if self.depth == 0 => self.yield_value(e, true),
            Expr::Yield(_) | Expr::YieldFrom(_) => self.refuse(Construct::YieldInExpression, span),
            Expr::Await(_) => self.refuse(Construct::Await, span),
        }
    }

    /// Reads a name.
    pub(super) fn name(&mut self, name: &str, span: Span) -> HValue {
        match self.resolve(name) {
            Resolution::Local(var) => match self.storage(var) {
                Storage::Plain => self.ssa.read(var, span),
                Storage::Captured => self.read_captured(var, span),
                Storage::Cell => self.read_cell(var, span),
            },
            Resolution::Outer(kind) => match self.captured(name, span) {
                Some(value) => value,
                None => self.ssa.emit(Op::Name(Arc::from(name), kind), span),
            },
        }
    }

    /// `(name := value)`: the value, which is assigned as well.
    fn named_expression(&mut self, e: &ast::ExprNamedExpr, span: Span) -> HValue {
        let value = self.expression(&e.value);
        if let (true, Expr::Name(name)) = (self.depth > 0, &*e.target)
            && !matches!(self.resolve(&name.id), Resolution::Local(_))
        {
            // Its cell is a parameter in the second round.
            self.captured(&name.id, span);
            return value;
        }
        self.assign_target(&e.target, value);
        value
    }

    fn binary(&mut self, e: &ast::ExprBinOp, span: Span) -> HValue {
        let left = self.expression(&e.left);
        let right = self.expression(&e.right);
        self.ssa.emit(Op::Binary(binary_op(e.op), left, right, false), span)
    }

    fn unary(&mut self, e: &ast::ExprUnaryOp, span: Span) -> HValue {
        let operand = self.expression(&e.operand);
        let op = match e.op {
            ast::UnaryOp::Not => Op::Not(operand),
            ast::UnaryOp::USub => Op::Unary(UnaryOp::Neg, operand),
            ast::UnaryOp::UAdd => Op::Unary(UnaryOp::Pos, operand),
            ast::UnaryOp::Invert => Op::Unary(UnaryOp::Invert, operand),
        };
        self.ssa.emit(op, span)
    }

    /// `break` or `continue` where there is no loop: not Python, but the parser
    /// takes it.
    pub(super) fn outside_loop(&mut self, what: &str, span: Span) {
        self.diagnostics.push(Diagnostic::error(
            "CB0120",
            span,
            format!("`{what}` outside of a loop"),
        ));
    }
}

/// Variables of enclosing functions that a generator expression reads.
pub(super) struct Captures {
    /// Their names.
    pub names: Vec<Arc<str>>,
    /// Whether they stand for nothing yet.
    pub placeholders: bool,
}

/// The constant that an expression spells: a literal, one with a minus, or an
/// f-string without fields.
pub(super) fn literal(e: &Expr) -> Option<Const> {
    match e {
        Expr::Constant(c) => constant(&c.value),
        Expr::UnaryOp(u) if u.op == ast::UnaryOp::USub => match &*u.operand {
            Expr::Constant(c) => negated(&c.value),
            _ => None,
        },
        Expr::JoinedStr(s) => {
            let mut text = String::new();
            for part in &s.values {
                match part {
                    Expr::Constant(ast::ExprConstant { value: Constant::Str(s), .. }) => {
                        text.push_str(s)
                    }
                    _ => return None,
                }
            }
            Some(Const::Str(Arc::from(text)))
        }
        _ => None,
    }
}

/// The constant of a `match` pattern.
pub(super) fn literal_constant(value: &Constant) -> Option<Const> {
    constant(value)
}

fn constant(value: &Constant) -> Option<Const> {
    Some(match value {
        Constant::None => Const::None,
        Constant::Bool(b) => Const::Bool(*b),
        Constant::Str(s) => Const::Str(Arc::from(s.as_str())),
        Constant::Bytes(b) => Const::Bytes(Arc::from(b.as_slice())),
        Constant::Int(i) => match i64::try_from(i) {
            Ok(i) => Const::Int(i),
            Err(_) => Const::BigInt(i.to_string()),
        },
        Constant::Float(f) => Const::Float(*f),
        Constant::Complex { real, imag } => Const::Complex(*real, *imag),
        Constant::Ellipsis => Const::Ellipsis,
        // The parser makes none: a tuple is an expression.
        Constant::Tuple(_) => return None,
    })
}

fn negated(value: &Constant) -> Option<Const> {
    Some(match value {
        Constant::Int(i) => match i64::try_from(-i) {
            Ok(i) => Const::Int(i),
            Err(_) => Const::BigInt((-i).to_string()),
        },
        Constant::Float(f) => Const::Float(-f),
        Constant::Complex { real, imag } => Const::Complex(-real, -imag),
        _ => return None,
    })
}

pub(super) fn binary_op(op: Operator) -> BinaryOp {
    match op {
        Operator::Add => BinaryOp::Add,
        Operator::Sub => BinaryOp::Sub,
        Operator::Mult => BinaryOp::Mul,
        Operator::Div => BinaryOp::TrueDiv,
        Operator::FloorDiv => BinaryOp::FloorDiv,
        Operator::Mod => BinaryOp::Mod,
        Operator::Pow => BinaryOp::Pow,
        Operator::MatMult => BinaryOp::MatMul,
        Operator::LShift => BinaryOp::LShift,
        Operator::RShift => BinaryOp::RShift,
        Operator::BitAnd => BinaryOp::And,
        Operator::BitOr => BinaryOp::Or,
        Operator::BitXor => BinaryOp::Xor,
    }
}
