//! How types are written: in specifications and tests, and in messages to users.

use crate::classes;
use crate::types::{Callable, Layout, Lit, Ty};
use std::fmt;

/// `{}` is the canonical spelling, which tells weak Python numbers from NumPy scalars
/// (`pyint`, `int64`) and shows constants. `{:#}` is what messages to users say: `int`,
/// `np.int64`, constants as the type they are of.
impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            match self {
                Ty::Lit(Lit::Str(_)) => return f.write_str("str"),
                Ty::Lit(Lit::Wide(_)) => return f.write_str("int beyond 64 bits"),
                Ty::Lit(_) => return write!(f, "{:#}", self.widen()),
                Ty::Bool => return f.write_str("bool"),
                Ty::Int => return f.write_str("int"),
                Ty::Float => return f.write_str("float"),
                Ty::Complex => return f.write_str("complex"),
                Ty::Num(d) => return write!(f, "np.{}", d.name()),
                Ty::List(t, _) => return write!(f, "list[{t:#}]"),
                Ty::Set(t, _) => return write!(f, "set[{t:#}]"),
                Ty::Dict(t, _) => return write!(f, "dict[{:#}, {:#}]", t.0, t.1),
                Ty::Optional(t) => return write!(f, "{t:#} or None"),
                Ty::Union(of) => {
                    for (i, ty) in of.iter().enumerate() {
                        write!(f, "{}{ty:#}", if i == 0 { "" } else { " or " })?;
                    }
                    return Ok(());
                }
                Ty::Tuple(items) => {
                    f.write_str("tuple(")?;
                    for (i, item) in items.iter().enumerate() {
                        write!(f, "{}{item:#}", if i == 0 { "" } else { ", " })?;
                    }
                    return f.write_str(")");
                }
                _ => {}
            }
        }
        match self {
            Ty::Records(a) => write!(f, "{a}"),
            Ty::Row(row) => write!(f, "{row}"),
            Ty::Text(kind) => f.write_str(kind.class()),
            Ty::StructDType(dtype) => write!(f, "dtype({dtype})"),
            Ty::Record(class, items) => classes::show_record(f, class, items),
            Ty::Object(class, fields) => classes::show_record(f, class, fields.items()),
            Ty::Member(class, at) => {
                write!(f, "{}.{}", class.class.name, class.members[*at as usize].0)
            }
            Ty::Enum(class) => f.write_str(&class.class.name),
            Ty::Callable(Callable::Class(class)) => write!(f, "class {}", class.name),
            Ty::Callable(Callable::Unmade(class)) => {
                write!(f, "{} whose attributes aren't set", class.name)
            }
            Ty::Callable(Callable::Initializer(_, class)) => {
                write!(f, "__init__ of {}", class.name)
            }
            Ty::Callable(Callable::Enum(class)) => write!(f, "class {}", class.class.name),
            Ty::None => f.write_str("None"),
            Ty::Bool => f.write_str("pybool"),
            Ty::Int => f.write_str("pyint"),
            Ty::Float => f.write_str("pyfloat"),
            Ty::Complex => f.write_str("pycomplex"),
            Ty::Num(d) => f.write_str(d.name()),
            Ty::Lit(Lit::Bool(b)) => {
                f.write_str(if *b { "Literal[True]" } else { "Literal[False]" })
            }
            Ty::Lit(Lit::Int(i)) => write!(f, "Literal[{i}]"),
            Ty::Lit(Lit::Float(bits)) => write!(f, "Literal[{:?}]", f64::from_bits(*bits)),
            Ty::Lit(Lit::Str(s)) => write!(f, "Literal[{s:?}]"),
            Ty::Lit(Lit::Wide(i)) => write!(f, "Literal[{i}]"),
            Ty::Tuple(items) => {
                f.write_str("tuple(")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Ty::Array(a) => {
                let layout = match a.layout {
                    Layout::C => "C",
                    Layout::F => "F",
                    Layout::A => "A",
                };
                let readonly = if a.readonly { ", readonly" } else { "" };
                write!(f, "array({}, {}, {layout}{readonly})", a.dtype.name(), a.ndim)
            }
            Ty::Range(_) => f.write_str("range"),
            Ty::Slice(parts) => write!(f, "slice({}, {}, {})", parts[0], parts[1], parts[2]),
            Ty::Ellipsis => f.write_str("ellipsis"),
            Ty::Module(name) => write!(f, "module {name}"),
            Ty::DType(d) => write!(f, "dtype({})", d.name()),
            Ty::Callable(Callable::Library(name)) => write!(f, "function {name}"),
            Ty::Callable(Callable::User(of)) if of.name.is_empty() => f.write_str("function"),
            Ty::Callable(Callable::User(of)) => write!(f, "function {}", of.name),
            Ty::Callable(Callable::Kernel(_)) => f.write_str("elementwise function"),
            Ty::Callable(Callable::Exception(name)) => write!(f, "class {name}"),
            Ty::Callable(Callable::UserException(class)) => write!(f, "class {}", class.name),
            Ty::Exception => f.write_str("exception"),
            Ty::Callable(Callable::Method(receiver, name)) => {
                write!(f, "method {name} of {receiver}")
            }
            Ty::Callable(Callable::Union(of)) => {
                for (i, ty) in of.iter().enumerate() {
                    write!(f, "{}{ty}", if i == 0 { "" } else { " | " })?;
                }
                Ok(())
            }
            Ty::Callable(Callable::Partial(p)) => write!(f, "partial of {}", p.function),
            Ty::Closure(c) => write!(f, "function {}", c.name),
            Ty::Cell(_) => f.write_str("shared variable"),
            Ty::Choice(of) | Ty::Union(of) => {
                for (i, ty) in of.iter().enumerate() {
                    write!(f, "{}{ty}", if i == 0 { "" } else { " or " })?;
                }
                Ok(())
            }
            Ty::Keywords(items) => {
                f.write_str("keywords(")?;
                for (i, (name, ty)) in items.iter().enumerate() {
                    write!(f, "{}{name}: {ty}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Ty::Iter(t) => write!(f, "iterator({t})"),
            Ty::Generator(_, t) => write!(f, "generator({t})"),
            Ty::Lazy(lazy, items) => {
                write!(f, "{}(", lazy.name())?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Ty::Pos => f.write_str("position"),
            Ty::Str => f.write_str("str"),
            Ty::Bytes => f.write_str("bytes"),
            Ty::Buffer(b) => write!(f, "{b}"),
            Ty::Random => f.write_str("Generator"),
            Ty::List(t, _) => write!(f, "list[{t}]"),
            Ty::Set(t, _) => write!(f, "set[{t}]"),
            Ty::Dict(t, _) => write!(f, "dict[{}, {}]", t.0, t.1),
            Ty::Collection(kind, storage) => kind.show(storage, f),
            Ty::Open(..) => f.write_str("unknown"),
            Ty::Optional(t) => write!(f, "optional({t})"),
            Ty::Unbound => f.write_str("unbound"),
            Ty::MaybeUnbound(t) => write!(f, "maybe unbound {t}"),
        }
    }
}
