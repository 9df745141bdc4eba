//! What a value is: `isinstance`, `type`, `callable`, `is`.
//!
//! All of it follows from types, but whether an `Optional` is `None`. What isn't known
//! for sure gives `None` here and is refused by the caller: a wrong answer would take
//! the wrong branch.

use super::structural::literal_bool as lit;
use crate::buffers::BufferKind;
use crate::classes::Class;
use crate::infer::{are_constant_functions, is_constant_function};
use crate::numeric::NumericError;
use crate::types::{Callable, Collection, DType, Lit, Ty};

/// Whether a value of the type is an instance of the class, or of one of a tuple's.
pub fn is_instance(ty: &Ty, classes: &Ty) -> Option<bool> {
    match classes {
        Ty::Tuple(items) => {
            let mut any = false;
            for item in items.iter() {
                any |= is_instance(ty, item)?;
            }
            Some(any)
        }
        Ty::Callable(Callable::Union(of)) => {
            let mut any = false;
            for class in of.iter() {
                any |= match class {
                    Ty::None => of_library(ty, "types.NoneType")?,
                    class => is_instance(ty, class)?,
                };
            }
            Some(any)
        }
        Ty::DType(d) => Some(*ty == Ty::Num(*d)),
        Ty::Callable(Callable::Class(class)) => of_class(ty, class),
        Ty::Callable(Callable::Enum(class)) => of_class(ty, &class.class),
        Ty::Callable(Callable::Library(name)) => of_library(ty, name),
        _ => None,
    }
}

/// Whether `|` makes a union of it and another class.
pub fn is_class(ty: &Ty) -> bool {
    match ty {
        Ty::None => true,
        Ty::Callable(Callable::Class(_) | Callable::Enum(_) | Callable::Union(_)) => true,
        Ty::Callable(Callable::Library(name)) => of_library(&Ty::Int, name).is_some(),
        _ => false,
    }
}

/// The classes that a union with this one has from it.
pub fn classes_of(ty: &Ty) -> Vec<Ty> {
    match ty {
        Ty::Callable(Callable::Union(of)) => of.to_vec(),
        other => vec![other.clone()],
    }
}

fn of_class(ty: &Ty, class: &Class) -> Option<bool> {
    let own = match ty {
        Ty::Record(own, _) | Ty::Object(own, _) => own,
        Ty::Member(own, _) | Ty::Enum(own) => &own.class,
        _ if is_data(ty) && class.plain_check => return Some(false),
        _ => return None,
    };
    class.plain_check.then(|| own.ancestors.contains(&class.handle))
}

fn of_library(ty: &Ty, class: &str) -> Option<bool> {
    let ty = &ty.widen();
    match ty {
        Ty::Record(own, _) | Ty::Object(own, _) => {
            return match class {
                "builtins.object" => Some(true),
                "builtins.tuple" => Some(own.is_tuple()),
                _ => of_library(&Ty::tuple([]), class),
            };
        }
        Ty::Enum(own) => {
            return match class {
                "builtins.object" => Some(true),
                "enum.Enum" => Some(true),
                "enum.Flag" if !own.is_flag => Some(own.flags.is_some()),
                "enum.IntFlag" | "enum.IntEnum" | "enum.StrEnum" | "enum.ReprEnum" => None,
                _ if own.is_int => of_library(&Ty::Int, class),
                _ if own.is_str => of_library(&Ty::Str, class),
                _ if own.is_flag => None,
                _ => of_library(&Ty::None, class).map(|truth| truth && class != "types.NoneType"),
            };
        }
        _ => {}
    }
    if let Some(dtype) = ty.as_time() {
        return time_of_library(dtype, class);
    }
    if let Ty::Text(kind) = ty {
        return match class {
            "numpy.generic" | "numpy.flexible" | "numpy.character" => Some(true),
            _ if class == kind.class() => Some(true),
            _ if class.starts_with("numpy.") => Some(false),
            _ => of_library(&kind.plain(), class),
        };
    }
    let dtype = match ty {
        Ty::Num(d) => Some(*d),
        _ => None,
    };
    let is = |f: fn(DType) -> bool| Some(dtype.is_some_and(f));
    if !is_data(ty) {
        return None;
    }
    match class {
        "builtins.object" => Some(true),
        // NumPy's float64 and complex128 are Python's, too.
        "builtins.float" => Some(matches!(ty, Ty::Float | Ty::Num(DType::F64))),
        "builtins.complex" => Some(matches!(ty, Ty::Complex | Ty::Num(DType::C128))),
        "builtins.int" => Some(matches!(ty, Ty::Int | Ty::Bool)),
        "builtins.bool" => Some(*ty == Ty::Bool),
        "builtins.str" => Some(*ty == Ty::Str),
        "builtins.bytes" => Some(*ty == Ty::Bytes),
        "builtins.tuple" => Some(matches!(ty, Ty::Tuple(_) | Ty::Collection(Collection::Tuple, _))),
        "builtins.list" => Some(matches!(ty, Ty::List(..))),
        "builtins.set" => Some(matches!(ty, Ty::Set(..))),
        "builtins.dict" => Some(match ty {
            Ty::Collection(kind, _) => kind.is_dict(),
            other => matches!(other, Ty::Dict(..)),
        }),
        "builtins.frozenset"
        | "collections.deque"
        | "collections.Counter"
        | "collections.defaultdict"
        | "collections.OrderedDict" => {
            Some(matches!(ty, Ty::Collection(kind, _) if kind.qualified() == class))
        }
        "builtins.range" => Some(matches!(ty, Ty::Range(_))),
        "builtins.slice" => Some(matches!(ty, Ty::Slice(_))),
        "builtins.bytearray" | "builtins.memoryview" | "array.array" => {
            Some(matches!(ty, Ty::Buffer(b) if class == buffer_class(b.kind)))
        }
        "numpy.random._generator.Generator" => Some(*ty == Ty::Random),
        "types.NoneType" => Some(*ty == Ty::None),
        "numpy.ndarray" => Some(matches!(ty, Ty::Array(_))),
        "numpy.datetime64" | "numpy.timedelta64" => Some(false),
        "numpy.generic" => is(|_| true),
        "numpy.number" => is(|d| d != DType::Bool),
        "numpy.integer" => is(DType::is_int),
        "numpy.signedinteger" => is(DType::is_signed),
        "numpy.unsignedinteger" => is(DType::is_unsigned),
        "numpy.inexact" => is(|d| d.is_float() || d.is_complex()),
        "numpy.floating" => is(DType::is_float),
        name if numpy_class(name).is_some() => numpy_class(name).map(|d| dtype == Some(d)),
        "numpy.complexfloating" => is(DType::is_complex),
        "numbers.Number" | "numbers.Complex" => {
            Some(numeric_tower(ty, dtype, |d| d != DType::Bool))
        }
        "numbers.Real" => {
            Some(*ty != Ty::Complex && numeric_tower(ty, dtype, |d| d.is_int() || d.is_float()))
        }
        "numbers.Rational" | "numbers.Integral" => {
            Some(matches!(ty, Ty::Int | Ty::Bool) || dtype.is_some_and(DType::is_int))
        }
        _ => None,
    }
}

/// The class of a kind of buffers.
fn buffer_class(kind: BufferKind) -> &'static str {
    match kind {
        BufferKind::ByteArray => "builtins.bytearray",
        BufferKind::Array => "array.array",
        BufferKind::Memory => "builtins.memoryview",
    }
}

/// A difference is an integer to NumPy, a date isn't.
fn time_of_library(dtype: DType, class: &str) -> Option<bool> {
    let delta = matches!(dtype, DType::Delta(_));
    match class {
        "builtins.object" | "numpy.generic" => Some(true),
        "numpy.datetime64" => Some(!delta),
        "numpy.timedelta64" => Some(delta),
        "numpy.number" | "numpy.integer" | "numpy.signedinteger" => Some(delta),
        _ if class.starts_with("numbers.") => None,
        _ => of_library(&Ty::Bytes, class).map(|truth| truth && class != "builtins.bytes"),
    }
}

/// The dtype whose scalar class a name is, as `type(x)` gives it.
fn numpy_class(name: &str) -> Option<DType> {
    DType::from_name(name.strip_prefix("numpy.")?)
}

fn numeric_tower(ty: &Ty, dtype: Option<DType>, numpy: fn(DType) -> bool) -> bool {
    match dtype {
        Some(d) => numpy(d),
        None => ty.is_number(),
    }
}

/// Whether the type is that of an ordinary object, whose class is known.
pub fn is_data(ty: &Ty) -> bool {
    ty.is_number()
        || ty.as_time().is_some()
        || matches!(
            ty,
            Ty::None
                | Ty::Str
                | Ty::Bytes
                | Ty::Text(_)
                | Ty::Buffer(_)
                | Ty::Random
                | Ty::Tuple(_)
                | Ty::Array(_)
                | Ty::Range(_)
                | Ty::Slice(_)
                | Ty::List(..)
                | Ty::Set(..)
                | Ty::Dict(..)
                | Ty::Collection(..)
        )
}

/// `type(value)`
pub fn class_of(ty: &Ty) -> Option<Ty> {
    let library = |name: &str| Some(Ty::Callable(Callable::Library(name.into())));
    match ty.widen() {
        // Not the dtype: `a.dtype == float` holds, `type(np.float64(1)) == float` doesn't.
        Ty::Num(DType::Date(_)) => library("numpy.datetime64"),
        Ty::Num(DType::Delta(_)) => library("numpy.timedelta64"),
        Ty::Num(d) => library(&format!("numpy.{}", d.name())),
        Ty::None => library("types.NoneType"),
        Ty::Bool => library("builtins.bool"),
        Ty::Int => library("builtins.int"),
        Ty::Float => library("builtins.float"),
        Ty::Complex => library("builtins.complex"),
        Ty::Str => library("builtins.str"),
        Ty::Bytes => library("builtins.bytes"),
        Ty::Text(kind) => library(kind.class()),
        Ty::Buffer(b) => library(buffer_class(b.kind)),
        Ty::Random => library("numpy.random._generator.Generator"),
        Ty::Tuple(_) => library("builtins.tuple"),
        Ty::List(..) => library("builtins.list"),
        Ty::Set(..) => library("builtins.set"),
        Ty::Dict(..) => library("builtins.dict"),
        Ty::Collection(kind, _) => library(kind.qualified()),
        Ty::Range(_) => library("builtins.range"),
        Ty::Slice(_) => library("builtins.slice"),
        Ty::Array(_) => library("numpy.ndarray"),
        Ty::Record(class, _) | Ty::Object(class, _) => {
            Some(Ty::Callable(Callable::Class(class.itself())))
        }
        Ty::Enum(class) => Some(Ty::Callable(Callable::Enum(class))),
        _ => None,
    }
}

/// The type that stands for all instances of a class, as far as they are asked for their
/// class.
fn instance_of(class: &Ty) -> Option<Ty> {
    let list = |t: Ty| Ty::List(std::sync::Arc::new(t), crate::types::Site(None));
    Some(match class {
        Ty::DType(dtype) => Ty::Num(*dtype),
        Ty::Callable(Callable::Class(class)) => Ty::Record(class.clone(), [].into()),
        Ty::Callable(Callable::Enum(class)) => Ty::Enum(class.clone()),
        Ty::Callable(Callable::Library(name)) => match &**name {
            "builtins.bool" => Ty::Bool,
            "builtins.int" => Ty::Int,
            "builtins.float" => Ty::Float,
            "builtins.complex" => Ty::Complex,
            "builtins.str" => Ty::Str,
            "builtins.bytes" => Ty::Bytes,
            "builtins.tuple" => Ty::tuple([]),
            "builtins.list" => list(Ty::Int),
            "builtins.set" => Ty::Set(std::sync::Arc::new(Ty::Int), crate::types::Site(None)),
            "builtins.dict" => {
                Ty::Dict(std::sync::Arc::new((Ty::Int, Ty::Int)), crate::types::Site(None))
            }
            "types.NoneType" => Ty::None,
            name => Ty::Num(numpy_class(name)?),
        },
        _ => return None,
    })
}

/// Whether two values of these types are one object, where that is the same for all of
/// them; [`Identity::Runtime`] where it is decided when they are there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Identity {
    /// For all values.
    Always(bool),
    /// By value.
    Runtime,
}

/// Whether a dtype meets a class of Python: `==` of a dtype converts the class, that of a
/// scalar class doesn't, and the type doesn't tell the two.
pub fn dtype_and_python_class(a: &Ty, b: &Ty) -> bool {
    let python = |t: &Ty| matches!(t, Ty::Callable(Callable::Library(name)) if name.starts_with("builtins."));
    matches!(a, Ty::DType(_)) && python(b) || matches!(b, Ty::DType(_)) && python(a)
}

/// `a is b` for types.
pub fn identity(a: &Ty, b: &Ty) -> Option<Identity> {
    use Identity::*;
    let bools = |t: &Ty| matches!(t, Ty::Bool | Ty::Lit(Lit::Bool(_)));
    Some(match (a, b) {
        (Ty::None, Ty::None) | (Ty::Ellipsis, Ty::Ellipsis) => Always(true),
        (Ty::Optional(_), Ty::None) | (Ty::None, Ty::Optional(_)) => Runtime,
        (Ty::None, Ty::MaybeUnbound(_)) | (Ty::MaybeUnbound(_), Ty::None) => return None,
        (Ty::None, Ty::Choice(of)) | (Ty::Choice(of), Ty::None) if of.contains(&Ty::None) => {
            return None;
        }
        (Ty::None, _) | (_, Ty::None) => Always(false),
        // A class of NumPy has two types.
        (Ty::Choice(of), _) | (_, Ty::Choice(of))
            if of.iter().any(|t| matches!(t, Ty::DType(_))) =>
        {
            return None;
        }
        (Ty::Choice(of), one) | (one, Ty::Choice(of)) if is_constant_function(one) => {
            if of.contains(one) { Runtime } else { Always(false) }
        }
        (Ty::Choice(_), Ty::Choice(_))
            if are_constant_functions(a) && are_constant_functions(b) =>
        {
            Runtime
        }
        (Ty::Optional(x), y) | (y, Ty::Optional(x))
            if are_constant_functions(x) && are_constant_functions(y) =>
        {
            identity(x, y)?;
            Runtime
        }
        (Ty::Choice(_) | Ty::Closure(_), x) | (x, Ty::Choice(_) | Ty::Closure(_)) if is_data(x) => {
            Always(false)
        }
        (Ty::Callable(_) | Ty::DType(_), Ty::Closure(_))
        | (Ty::Closure(_), Ty::Callable(_) | Ty::DType(_)) => Always(false),
        (Ty::Callable(Callable::Library(missing)), x)
        | (x, Ty::Callable(Callable::Library(missing)))
            if &**missing == "dataclasses.MISSING" =>
        {
            Always(matches!(x, Ty::Callable(Callable::Library(name)) if name == missing))
        }
        (Ty::DType(x), Ty::DType(y)) => Always(x == y),
        (Ty::Callable(x), Ty::Callable(y)) => match (x, y) {
            (Callable::Method(..) | Callable::Union(_), _)
            | (_, Callable::Method(..) | Callable::Union(_)) => return None,
            _ => Always(x == y),
        },
        (Ty::DType(d), Ty::Callable(Callable::Library(name)))
        | (Ty::Callable(Callable::Library(name)), Ty::DType(d)) => {
            Always(name.strip_prefix("numpy.") == Some(d.name()))
        }
        (Ty::DType(_), Ty::Callable(_)) | (Ty::Callable(_), Ty::DType(_)) => Always(false),
        (Ty::StructDType(x), Ty::StructDType(y)) if x == y || x.record == y.record => {
            Always(x == y)
        }
        (Ty::Member(c, x), Ty::Member(d, y)) => Always(c == d && x == y),
        (Ty::Member(c, _) | Ty::Enum(c), Ty::Member(d, _) | Ty::Enum(d)) => {
            if c == d {
                Runtime
            } else {
                Always(false)
            }
        }
        (Ty::Member(..) | Ty::Enum(_), x) | (x, Ty::Member(..) | Ty::Enum(_)) if is_data(x) => {
            Always(false)
        }
        (Ty::Optional(x), Ty::Member(d, _) | Ty::Enum(d))
        | (Ty::Member(d, _) | Ty::Enum(d), Ty::Optional(x))
            if matches!(&**x, Ty::Enum(c) if c == d) =>
        {
            Runtime
        }
        (Ty::Lit(Lit::Bool(x)), Ty::Lit(Lit::Bool(y))) => Always(x == y),
        // True and False are one object each.
        (x, y) if bools(x) && bools(y) => Runtime,
        (Ty::Optional(x), y) | (y, Ty::Optional(x)) if bools(x) && bools(y) => Runtime,
        (x, y) if bools(x) && is_data(y) || bools(y) && is_data(x) => Always(false),
        (Ty::Object(c, x), Ty::Object(d, y)) if c == d && x == y => Runtime,
        (Ty::Object(c, _), Ty::Object(d, _)) if c != d => Always(false),
        (Ty::Object(..), x) | (x, Ty::Object(..)) if is_data(x) => Always(false),
        // A container is one object.
        (Ty::List(..), Ty::List(..))
        | (Ty::Set(..), Ty::Set(..))
        | (Ty::Dict(..), Ty::Dict(..))
        | (Ty::Buffer(_), Ty::Buffer(_))
        | (Ty::Random, Ty::Random) => Runtime,
        (Ty::Collection(k, _), Ty::Collection(l, _)) if k.name() == l.name() => Runtime,
        (Ty::Exception, Ty::Exception) => Runtime,
        (Ty::Ellipsis, x) | (x, Ty::Ellipsis) if is_data(x) => Always(false),
        _ => return None,
    })
}

fn error(message: String, help: &str) -> NumericError {
    NumericError { code: "CB0303", message, help: Some(help.into()) }
}

/// The result type of a question about a value; `None` if the name is none of them.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    Some(match (name, args) {
        ("builtins.isinstance", [Ty::Optional(inner), classes]) => {
            match (is_instance(inner, classes), is_instance(&Ty::None, classes)) {
                (Some(a), Some(b)) if a == b => Ok(lit(a)),
                (Some(_), Some(_)) => Ok(Ty::Bool),
                _ => Err(unknown_class(&args[0], classes)),
            }
        }
        ("builtins.issubclass", [value, _]) if is_data(value) => Err(error(
            "issubclass() arg 1 must be a class".into(),
            "write issubclass(type(x), ...), or isinstance(x, ...)",
        )),
        ("builtins.issubclass", [class, classes]) => {
            match instance_of(class).and_then(|value| is_instance(&value, classes)) {
                Some(truth) => Ok(lit(truth)),
                None => Err(error(
                    format!("issubclass() of {class:#} and {classes:#} is not compiled"),
                    "classes of numbers, strings, lists, sets, dicts and tuples, and classes of the user are known; exceptions are told apart by `except`",
                )),
            }
        }
        ("builtins.isinstance", [value, classes]) => match is_instance(value, classes) {
            Some(truth) => Ok(lit(truth)),
            None => Err(unknown_class(value, classes)),
        },
        ("builtins.bool", [Ty::Optional(t)])
            if t.is_number() || super::constant_truth(t).is_some() =>
        {
            Ok(Ty::Bool)
        }
        ("builtins.type", [value]) => match class_of(value) {
            Some(class) => Ok(class),
            None => Err(error(
                format!("the class of {value:#} isn't known when compiling"),
                "test it with isinstance, or with `is None`",
            )),
        },
        ("builtins.callable", [Ty::Callable(Callable::Union(_))]) => Ok(lit(false)),
        (
            "builtins.callable",
            [Ty::Callable(_) | Ty::DType(_) | Ty::Closure(_) | Ty::Choice(_)],
        ) => Ok(lit(true)),
        ("builtins.callable", [value]) if is_data(value) => Ok(lit(false)),
        ("builtins.callable", [Ty::Optional(value)]) if is_data(value) => Ok(lit(false)),
        ("cumbia.reveal_type", [value]) => Ok(value.clone()),
        ("builtins.id", [_]) => Err(error(
            "id() can't be compiled: values have no lasting address in compiled code".into(),
            "compare values with ==, containers and instances with `is`",
        )),
        _ => return None,
    })
}

fn unknown_class(value: &Ty, classes: &Ty) -> NumericError {
    error(
        format!("isinstance() of {value:#} with {classes:#} is not compiled"),
        "classes of Python, NumPy and the `numbers` module are known, and tuples of them",
    )
}
