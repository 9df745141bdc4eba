//! Operations that fail for all values of their operands' types: `x + "s"` of an int.
//!
//! Python notices where the operation is reached, and code that isn't reached, or is
//! guarded by a handler, is fine. So such an operation raises what Python raises, with its
//! text, and control goes no further. Only where a call of the compiled function can't but
//! come to it is it refused, with the place and the types.
//!
//! Only plain types of the language are looked at, whose texts are the same in all versions
//! of Python that are supported; what isn't known for sure stays a refusal.

use super::{Action, FunctionKey, SpecId, Sweep, constant_truth, stored_fields};
use crate::hir::{BinaryOp, CompareOp, HBlock, HValue, HirInst, Op, Terminator, UnaryOp};
use crate::types::{Callable, Collection, Lit, Ty};
use cumbia_diagnostics::Diagnostic;
use std::sync::Arc;

pub(super) type Raised = (&'static str, String);

/// The name of the class of plain values: of the language, without subclasses.
fn plain(ty: &Ty) -> Option<&'static str> {
    Some(match ty {
        Ty::None => "NoneType",
        Ty::Bool | Ty::Lit(Lit::Bool(_)) => "bool",
        Ty::Int | Ty::Lit(Lit::Int(_)) => "int",
        Ty::Float | Ty::Lit(Lit::Float(_)) => "float",
        Ty::Complex => "complex",
        Ty::Str | Ty::Lit(Lit::Str(_)) => "str",
        Ty::Bytes => "bytes",
        Ty::Tuple(_) => "tuple",
        Ty::List(..) => "list",
        Ty::Set(..) => "set",
        Ty::Dict(..) => "dict",
        Ty::Range(_) => "range",
        Ty::Slice(_) => "slice",
        Ty::Collection(Collection::FrozenSet, _) => "frozenset",
        Ty::Collection(Collection::Tuple, _) => "tuple",
        Ty::Generator(..) => "generator",
        _ => return None,
    })
}

/// The name of the class of NumPy's values of one number.
fn scalar(ty: &Ty) -> Option<String> {
    match ty {
        Ty::Num(dtype) if !dtype.is_time() => Some(format!("numpy.{}", dtype.name())),
        _ => None,
    }
}

fn is_int(name: &str) -> bool {
    matches!(name, "int" | "bool")
}

fn is_real(name: &str) -> bool {
    is_int(name) || name == "float"
}

fn is_number(name: &str) -> bool {
    is_real(name) || name == "complex"
}

fn is_set(name: &str) -> bool {
    matches!(name, "set" | "frozenset")
}

/// Sequences that are repeated and joined.
fn is_sequence(name: &str) -> bool {
    matches!(name, "str" | "bytes" | "tuple" | "list")
}

fn is_iterable(name: &str) -> bool {
    !is_number(name) && !matches!(name, "NoneType" | "slice")
}

fn is_hashable(name: &str) -> bool {
    !matches!(name, "list" | "set" | "dict")
}

/// What an operator says of two classes; `None` where it may work.
fn binary(op: BinaryOp, augmented: bool, l: &str, r: &str) -> Option<String> {
    let numbers = is_number(l) && is_number(r);
    let ints = is_int(l) && is_int(r);
    let sets = is_set(l) && is_set(r);
    let (symbol, works) = match op {
        BinaryOp::Add => ("+", numbers || is_sequence(l) && l == r),
        BinaryOp::Sub => ("-", numbers || sets),
        BinaryOp::Mul => {
            ("*", numbers || is_sequence(l) && is_int(r) || is_int(l) && is_sequence(r))
        }
        BinaryOp::TrueDiv => ("/", numbers),
        BinaryOp::FloorDiv => ("//", is_real(l) && is_real(r)),
        BinaryOp::Mod => ("%", is_real(l) && is_real(r) || matches!(l, "str" | "bytes")),
        BinaryOp::Pow => ("** or pow()", numbers),
        BinaryOp::MatMul => ("@", false),
        BinaryOp::LShift => ("<<", ints),
        BinaryOp::RShift => (">>", ints),
        BinaryOp::And => ("&", ints || sets),
        BinaryOp::Or => ("|", ints || sets || l == "dict" && (r == "dict" || augmented)),
        BinaryOp::Xor => ("^", ints || sets),
    };
    if works {
        return None;
    }
    Some(match op {
        BinaryOp::Add if augmented && l == "list" => {
            if is_iterable(r) {
                return None;
            }
            format!("'{r}' object is not iterable")
        }
        BinaryOp::Add if l == "bytes" => format!("can't concat {r} to bytes"),
        BinaryOp::Add if is_sequence(l) => {
            format!("can only concatenate {l} (not \"{r}\") to {l}")
        }
        BinaryOp::Mul if is_sequence(l) => {
            format!("can't multiply sequence by non-int of type '{r}'")
        }
        BinaryOp::Mul if is_sequence(r) => {
            format!("can't multiply sequence by non-int of type '{l}'")
        }
        _ => {
            let sign = match op {
                BinaryOp::Pow if augmented => "**=".to_string(),
                _ if augmented => format!("{symbol}="),
                _ => symbol.to_string(),
            };
            format!("unsupported operand type(s) for {sign}: '{l}' and '{r}'")
        }
    })
}

/// What a comparison says of two classes; `None` where it may work.
fn compare(op: CompareOp, l: &str, r: &str) -> Option<String> {
    let symbol = match op {
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
        CompareOp::Eq | CompareOp::Ne | CompareOp::Is | CompareOp::IsNot => return None,
        CompareOp::In | CompareOp::NotIn => {
            return match r {
                "str" if l != "str" => {
                    Some(format!("'in <string>' requires string as left operand, not {l}"))
                }
                "bytes" if l != "bytes" && !is_int(l) => {
                    Some(format!("a bytes-like object is required, not '{l}'"))
                }
                "dict" if !is_hashable(l) => Some(format!("unhashable type: '{l}'")),
                _ if !is_iterable(r) => Some(format!("argument of type '{r}' is not iterable")),
                // A set among sets is looked up as a frozenset.
                _ if is_set(r) && !is_hashable(l) && l != "set" => {
                    Some(format!("unhashable type: '{l}'"))
                }
                _ => None,
            };
        }
    };
    let works = is_real(l) && is_real(r) || is_set(l) && is_set(r) || is_sequence(l) && l == r;
    (!works).then(|| format!("'{symbol}' not supported between instances of '{l}' and '{r}'"))
}

/// What a subscript says of two classes; `None` where it may work.
fn item(of: &str, at: &str) -> Option<String> {
    let position = is_int(at) || at == "slice";
    match of {
        "str" if !position => Some(format!("string indices must be integers, not '{at}'")),
        "bytes" if !position => Some(format!("byte indices must be integers or slices, not {at}")),
        "list" | "tuple" | "range" if !position => {
            Some(format!("{of} indices must be integers or slices, not {at}"))
        }
        "dict" if !is_hashable(at) => Some(format!("unhashable type: '{at}'")),
        "str" | "bytes" | "list" | "tuple" | "range" | "dict" => None,
        _ => Some(format!("'{of}' object is not subscriptable")),
    }
}

/// What a function says of its only argument's class; `None` where it may work.
fn of_one(function: &str, name: &str) -> Option<String> {
    let number = is_number(name);
    let real = is_real(name);
    let (works, text) = match function {
        "builtins.len" => (is_iterable(name), format!("object of type '{name}' has no len()")),
        "builtins.abs" => (number, format!("bad operand type for abs(): '{name}'")),
        "builtins.round" => (real, format!("type {name} doesn't define __round__ method")),
        "builtins.int" => (
            real || matches!(name, "str" | "bytes"),
            format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{name}'"
            ),
        ),
        "builtins.float" => (
            real || matches!(name, "str" | "bytes"),
            format!("float() argument must be a string or a real number, not '{name}'"),
        ),
        "builtins.range" | "builtins.chr" | "builtins.bin" | "builtins.hex" | "builtins.oct"
        | "math.factorial" | "math.isqrt" => {
            (is_int(name), format!("'{name}' object cannot be interpreted as an integer"))
        }
        "builtins.sum" | "builtins.list" | "builtins.tuple" | "builtins.set"
        | "builtins.sorted" | "builtins.min" | "builtins.max" | "builtins.any" | "builtins.all"
        | "builtins.enumerate" | "builtins.iter" | "builtins.frozenset" => {
            (is_iterable(name), format!("'{name}' object is not iterable"))
        }
        "builtins.hash" => {
            (is_hashable(name) && name != "slice", format!("unhashable type: '{name}'"))
        }
        "math.trunc" => (real, format!("type {name} doesn't define __trunc__ method")),
        "math.sqrt" | "math.exp" | "math.expm1" | "math.log" | "math.log2" | "math.log10"
        | "math.log1p" | "math.sin" | "math.cos" | "math.tan" | "math.asin" | "math.acos"
        | "math.atan" | "math.sinh" | "math.cosh" | "math.tanh" | "math.asinh" | "math.acosh"
        | "math.atanh" | "math.fabs" | "math.floor" | "math.ceil" | "math.isnan" | "math.isinf"
        | "math.isfinite" | "math.degrees" | "math.radians" | "math.gamma" | "math.lgamma"
        | "math.erf" | "math.erfc" => (real, format!("must be real number, not {name}")),
        _ => return None,
    };
    (!works).then_some(text)
}

impl Sweep<'_, '_, '_> {
    /// Refuses text where `math` and `cmath` want a number: their bodies convert what they
    /// are given, and text can be converted.
    pub(super) fn text_for_a_number(&self, inst: &HirInst) -> Result<(), Box<Diagnostic>> {
        let Op::Call(callee, args) = &inst.op else { return Ok(()) };
        let Some(Ty::Callable(Callable::Library(function))) = self.ty(*callee) else {
            return Ok(());
        };
        if !function.starts_with("math.") && !function.starts_with("cmath.") {
            return Ok(());
        }
        for arg in args {
            if let Some(ty @ (Ty::Str | Ty::Bytes | Ty::Lit(Lit::Str(_)))) = self.ty(arg.value) {
                let message = format!("{function}() takes numbers, not {:#}", ty.widen());
                return Err(Box::new(Diagnostic::error("CB0506", inst.span, message)));
            }
        }
        Ok(())
    }

    /// Makes an instruction that was refused raise, if Python does so whatever the values;
    /// whether it could be.
    pub(super) fn raises_instead(&mut self, block: HBlock, at: usize, inst: &HirInst) -> bool {
        let key = &self.engine.spec(self.id).key;
        if !matches!(self.engine.root_key(key), FunctionKey::User(_) | FunctionKey::Initializer(_))
        {
            return false;
        }
        if self.id == SpecId(0) && self.always_comes_to(block) {
            return false;
        }
        let Some((class, text)) = self.raised(&inst.op, inst.results.len()) else { return false };
        self.act(block, at, Action::Missing(class, text.into()));
        true
    }

    /// Whether each call of the function comes to a block, unless it raises before.
    fn always_comes_to(&self, block: HBlock) -> bool {
        let mut at = HBlock(0);
        for _ in 0..self.hir.blocks.len() {
            let data = &self.hir.blocks[at.0 as usize];
            if data.handler.is_some() {
                return false;
            }
            if at == block {
                return true;
            }
            at = match &data.terminator {
                Terminator::Jump(edge) => edge.block,
                Terminator::Branch { cond, then, otherwise } => {
                    match self.ty(*cond).as_ref().and_then(constant_truth) {
                        Some(true) => then.block,
                        Some(false) => otherwise.block,
                        None => return false,
                    }
                }
                _ => return false,
            };
        }
        false
    }

    /// The name of the class of a value, unless it is only seen as one of that class.
    fn plain(&self, value: HValue) -> Option<&'static str> {
        match self.engine.spec(self.id).types[value.0 as usize].as_ref()? {
            Ty::Optional(_) => plain(&self.ty(value)?),
            itself => plain(itself),
        }
    }

    /// What Python raises for all values of the operands' types.
    pub(super) fn raised(&mut self, op: &Op, results: usize) -> Option<Raised> {
        let of = |value: HValue| self.plain(value);
        let text = match op {
            Op::Unary(op, a) => {
                let (symbol, works): (_, fn(&str) -> bool) = match op {
                    UnaryOp::Neg => ("-", is_number),
                    UnaryOp::Pos => ("+", is_number),
                    UnaryOp::Invert => ("~", is_int),
                };
                let name = of(*a)?;
                (!works(name)).then(|| format!("bad operand type for unary {symbol}: '{name}'"))?
            }
            Op::Binary(op, a, b, augmented) => binary(*op, *augmented, of(*a)?, of(*b)?)?,
            Op::Compare(op, a, b) => compare(*op, of(*a)?, of(*b)?)?,
            Op::Attr(a, name) => {
                let class = self.class_without(*a, name)?;
                let text = format!("'{class}' object has no attribute '{name}'");
                return Some((cumbia_abi::exceptions::MISSING_ATTRIBUTE, text));
            }
            // One that is there may be read-only, which has another text.
            Op::SetAttr(a, name, _) => {
                let class = self.class_without(*a, name)?;
                let text =
                    stored_fields::no_attribute_to_set(&class, name, self.engine.python_minor);
                return Some(("AttributeError", text));
            }
            Op::Item(a, i) => match self.ty(*a)? {
                Ty::Array(_) => {
                    let name = of(*i)?;
                    let position = is_int(name) || matches!(name, "NoneType" | "slice" | "tuple");
                    if position || name == "list" {
                        return None;
                    }
                    let text = "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis \
                                (`None`) and integer or boolean arrays are valid indices";
                    return Some(("IndexError", text.into()));
                }
                // `x[()]`, `x[...]`, `x[None]` and `x[True]` work.
                ty if scalar(&ty).is_some()
                    && matches!(of(*i)?, "int" | "float" | "str" | "slice") =>
                {
                    return Some(("IndexError", "invalid index to scalar variable.".into()));
                }
                _ => item(of(*a)?, of(*i)?)?,
            },
            Op::SetItem(a, i, _) => match of(*a)? {
                name @ ("list" | "dict") => item(name, of(*i)?)?,
                name => format!("'{name}' object does not support item assignment"),
            },
            Op::DelItem(a, i) => match of(*a)? {
                name @ ("list" | "dict") => item(name, of(*i)?)?,
                name if is_iterable(name) => {
                    format!("'{name}' object doesn't support item deletion")
                }
                name => format!("'{name}' object does not support item deletion"),
            },
            Op::Iter(a, _) => match self.ty(*a)? {
                Ty::Array(array) if array.ndim == 0 => "iteration over a 0-d array".into(),
                ty if let Some(name) = scalar(&ty) => format!("'{name}' object is not iterable"),
                _ => {
                    let name = of(*a)?;
                    (!is_iterable(name)).then(|| format!("'{name}' object is not iterable"))?
                }
            },
            Op::Unpack(a) => match self.ty(*a)? {
                Ty::Tuple(items) => return raised_by_length(items.len(), results),
                _ => {
                    let name = of(*a)?;
                    (!is_iterable(name))
                        .then(|| format!("cannot unpack non-iterable {name} object"))?
                }
            },
            Op::CheckItems(a, least) => match self.ty(*a)? {
                Ty::Tuple(items) if items.len() < *least as usize => {
                    let text = format!(
                        "not enough values to unpack (expected at least {least}, got {})",
                        items.len()
                    );
                    return Some(("ValueError", text));
                }
                _ => {
                    let name = of(*a)?;
                    (!is_iterable(name))
                        .then(|| format!("cannot unpack non-iterable {name} object"))?
                }
            },
            Op::Call(callee, args) => match self.ty(*callee)? {
                Ty::Callable(Callable::Library(function)) => {
                    let [arg] = &args[..] else { return None };
                    if arg.name.is_some() || arg.starred {
                        return None;
                    }
                    match scalar(&self.ty(arg.value)?) {
                        Some(name) if &*function == "builtins.len" => {
                            format!("object of type '{name}' has no len()")
                        }
                        _ => of_one(&function, of(arg.value)?)?,
                    }
                }
                Ty::Array(_) => "'numpy.ndarray' object is not callable".into(),
                ty if let Some(name) = scalar(&ty) => format!("'{name}' object is not callable"),
                _ => format!("'{}' object is not callable", of(*callee)?),
            },
            _ => return None,
        };
        Some(("TypeError", text))
    }

    /// The name of the class of a value that hasn't an attribute.
    fn class_without(&mut self, of: HValue, name: &Arc<str>) -> Option<String> {
        let ty = self.ty(of)?;
        let class = match &ty {
            Ty::Array(_) => "numpy.ndarray".to_string(),
            ty if let Some(name) = scalar(ty) => name,
            _ => self.plain(of)?.to_string(),
        };
        (!self.has_attribute(&ty.widen(), name)?).then_some(class)
    }
}

fn raised_by_length(items: usize, targets: usize) -> Option<Raised> {
    let text = match items.cmp(&targets) {
        std::cmp::Ordering::Less => {
            format!("not enough values to unpack (expected {targets}, got {items})")
        }
        std::cmp::Ordering::Greater => format!("too many values to unpack (expected {targets})"),
        std::cmp::Ordering::Equal => return None,
    };
    Some(("ValueError", text))
}
