//! The types of the language, as inference sees them.
//!
//! Python numbers are *weak* (`Int`, `Float` ...), NumPy scalars and array elements
//! carry a dtype (`Num`). A compile-time constant has a type of its own (`Lit`),
//! which widens to the plain type where two paths meet; that is what prunes
//! branches such as `if axis is None`. Types are values: cheap to clone, compared
//! structurally, with one canonical spelling (`Display`) that `tests/lang`,
//! diagnostics and the Python boundary share.

use crate::buffers::BufferTy;
use crate::classes::{Class, Enum};
pub use crate::collections::Collection;
pub use crate::lazy::Lazy;
pub use crate::structured::TextKind;
use crate::structured::{RecordsTy, RowTy, StructDtype};
use crate::times::{self, TimeUnit};
use num_bigint::BigInt;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// NumPy element types.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum DType {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    /// In kernels only: its bits are an `i16`, and it is computed in `float32`.
    F16,
    /// In kernels only: the upper half of a `float32`, and it is computed there.
    BF16,
    F32,
    F64,
    C64,
    C128,
    /// `datetime64`
    Date(TimeUnit),
    /// `timedelta64`
    Delta(TimeUnit),
}

/// Spellings of the dtypes of time, in the order of [`TimeUnit::ALL`].
const DATES: [&str; 14] = [
    "datetime64",
    "datetime64[Y]",
    "datetime64[M]",
    "datetime64[W]",
    "datetime64[D]",
    "datetime64[h]",
    "datetime64[m]",
    "datetime64[s]",
    "datetime64[ms]",
    "datetime64[us]",
    "datetime64[ns]",
    "datetime64[ps]",
    "datetime64[fs]",
    "datetime64[as]",
];

const DELTAS: [&str; 14] = [
    "timedelta64",
    "timedelta64[Y]",
    "timedelta64[M]",
    "timedelta64[W]",
    "timedelta64[D]",
    "timedelta64[h]",
    "timedelta64[m]",
    "timedelta64[s]",
    "timedelta64[ms]",
    "timedelta64[us]",
    "timedelta64[ns]",
    "timedelta64[ps]",
    "timedelta64[fs]",
    "timedelta64[as]",
];

impl DType {
    /// All dtypes of numbers that processors compute with.
    pub const ALL: [DType; 13] = [
        DType::Bool,
        DType::I8,
        DType::I16,
        DType::I32,
        DType::I64,
        DType::U8,
        DType::U16,
        DType::U32,
        DType::U64,
        DType::F32,
        DType::F64,
        DType::C64,
        DType::C128,
    ];

    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::I8 => "int8",
            DType::I16 => "int16",
            DType::I32 => "int32",
            DType::I64 => "int64",
            DType::U8 => "uint8",
            DType::U16 => "uint16",
            DType::U32 => "uint32",
            DType::U64 => "uint64",
            DType::F16 => "float16",
            DType::BF16 => "bfloat16",
            DType::F32 => "float32",
            DType::F64 => "float64",
            DType::C64 => "complex64",
            DType::C128 => "complex128",
            DType::Date(unit) => DATES[unit as usize],
            DType::Delta(unit) => DELTAS[unit as usize],
        }
    }

    /// The dtype of a NumPy name.
    pub fn from_name(name: &str) -> Option<DType> {
        DType::ALL.into_iter().find(|d| d.name() == name)
    }

    /// As [`DType::from_spelling`], with what only kernels have.
    pub fn of_kernels(name: &str) -> Option<DType> {
        match name {
            "float16" => Some(DType::F16),
            "bfloat16" => Some(DType::BF16),
            _ => DType::from_spelling(name),
        }
    }

    /// The dtype of the spelling that [`DType::name`] gives, those of time included.
    pub fn from_spelling(name: &str) -> Option<DType> {
        DType::from_name(name).or_else(|| times::of_name(name))
    }

    /// A number below 64 for each dtype.
    pub fn code(self) -> u8 {
        match self {
            DType::Date(unit) => 13 + unit as u8,
            DType::Delta(unit) => 27 + unit as u8,
            DType::F16 => 41,
            DType::BF16 => 42,
            other => DType::ALL.iter().position(|d| *d == other).expect("in the list of all") as u8,
        }
    }

    /// The dtype of a [`DType::code`].
    pub fn from_code(code: u8) -> Option<DType> {
        Some(match code {
            0..13 => DType::ALL[code as usize],
            13..27 => DType::Date(TimeUnit::ALL[code as usize - 13]),
            27..41 => DType::Delta(TimeUnit::ALL[code as usize - 27]),
            41 => DType::F16,
            42 => DType::BF16,
            _ => return None,
        })
    }

    /// The unit of a date or a difference of dates.
    pub const fn unit(self) -> Option<TimeUnit> {
        match self {
            DType::Date(unit) | DType::Delta(unit) => Some(unit),
            _ => None,
        }
    }

    /// Dates and differences of dates, which are no numbers.
    pub const fn is_time(self) -> bool {
        self.unit().is_some()
    }

    /// Bytes per element.
    pub const fn itemsize(self) -> u32 {
        match self {
            DType::Bool | DType::I8 | DType::U8 => 1,
            DType::I16 | DType::U16 | DType::F16 | DType::BF16 => 2,
            DType::I32 | DType::U32 | DType::F32 => 4,
            DType::I64 | DType::U64 | DType::F64 | DType::C64 => 8,
            DType::Date(_) | DType::Delta(_) => 8,
            DType::C128 => 16,
        }
    }

    /// `int8` to `int64`.
    pub const fn is_signed(self) -> bool {
        matches!(self, DType::I8 | DType::I16 | DType::I32 | DType::I64)
    }

    /// `uint8` to `uint64`.
    pub const fn is_unsigned(self) -> bool {
        matches!(self, DType::U8 | DType::U16 | DType::U32 | DType::U64)
    }

    /// Signed or unsigned integer, not bool.
    pub const fn is_int(self) -> bool {
        self.is_signed() || self.is_unsigned()
    }

    /// `float16`, `bfloat16`, `float32` or `float64`.
    pub const fn is_float(self) -> bool {
        self.is_half() || matches!(self, DType::F32 | DType::F64)
    }

    /// `float16` or `bfloat16`: what kernels alone have, and compute in `float32`.
    pub const fn is_half(self) -> bool {
        matches!(self, DType::F16 | DType::BF16)
    }

    /// `complex64` or `complex128`.
    pub const fn is_complex(self) -> bool {
        matches!(self, DType::C64 | DType::C128)
    }

    /// The IR type of one part in memory and registers (`bool` in memory is `i8`).
    pub const fn ir_type(self) -> cumbia_ir::Type {
        use cumbia_ir::Type;
        match self {
            DType::Bool => Type::Bool,
            DType::I8 | DType::U8 => Type::I8,
            DType::I16 | DType::U16 | DType::F16 | DType::BF16 => Type::I16,
            DType::I32 | DType::U32 => Type::I32,
            DType::I64 | DType::U64 | DType::Date(_) | DType::Delta(_) => Type::I64,
            DType::F32 | DType::C64 => Type::F32,
            DType::F64 | DType::C128 => Type::F64,
        }
    }
}

/// Memory order of an array type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Layout {
    /// C-contiguous: strides follow from the shape.
    C,
    /// Fortran-contiguous: strides follow from the shape.
    F,
    /// Any strides.
    A,
}

/// Type of an n-dimensional array.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct ArrayTy {
    /// Element type.
    pub dtype: DType,
    /// Number of dimensions, 0 included.
    pub ndim: u8,
    /// Memory order.
    pub layout: Layout,
    /// Whether stores are refused.
    pub readonly: bool,
}

/// A compile-time constant.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Lit {
    /// A Python bool.
    Bool(bool),
    /// A Python int that fits 64 bits.
    Int(i64),
    /// A Python float, by its bits.
    Float(u64),
    /// A Python string.
    Str(Arc<str>),
    /// A Python int beyond 64 bits (`infer/wide.rs`). There is no such value at run time:
    /// it stays a constant, also where other constants widen.
    Wide(Arc<BigInt>),
}

/// The place in a program that makes a container: how an empty list is typed by its
/// later use (`infer/sites.rs`). It says where a type comes from and is no part of the
/// type: all sites are equal.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Site(pub Option<u32>);

impl PartialEq for Site {
    fn eq(&self, _: &Site) -> bool {
        true
    }
}

impl Eq for Site {}

impl std::hash::Hash for Site {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

/// An exception class of the user.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct UserException {
    /// Its number, from `cumbia_abi::exceptions::FIRST_USER_CLASS` on: the environment's.
    pub number: u32,
    /// Name.
    pub name: Arc<str>,
    /// Numbers of all classes that it derives from, its own left out.
    pub ancestors: Vec<u32>,
    /// Whether code of the user makes its instances: an `__init__` or a `__new__`.
    pub makes_itself: bool,
}

/// A function of the user, by its handle; the name is for messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UserFunction {
    /// Given by the environment.
    pub handle: u64,
    /// Its name.
    pub name: Arc<str>,
}

impl UserFunction {
    /// A function whose name isn't known.
    pub fn unnamed(handle: u64) -> UserFunction {
        UserFunction { handle, name: Arc::default() }
    }
}

impl PartialEq for UserFunction {
    fn eq(&self, other: &UserFunction) -> bool {
        self.handle == other.handle
    }
}

impl Eq for UserFunction {}

impl std::hash::Hash for UserFunction {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.handle.hash(state);
    }
}

/// A callable known at compile time.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Callable {
    /// A name of `builtins`, `math`, `numpy`, ... by its qualified name: the
    /// library says what it is.
    Library(Arc<str>),
    /// A function of the user.
    User(UserFunction),
    /// An exception class of `builtins`, by name.
    Exception(Arc<str>),
    /// An exception class of the user.
    UserException(Arc<UserException>),
    /// A method looked up on a value: the receiver's type and the name. The
    /// value's parts are the receiver's.
    Method(Arc<Ty>, Arc<str>),
    /// `functools.partial`: a callable with arguments that are given already. The
    /// value's parts are the callable's, then the arguments' in order.
    Partial(Arc<PartialTy>),
    /// A class of the user.
    Class(Arc<Class>),
    /// An instance of a class of the user that its `__init__` is about to make: nothing can
    /// be done with it.
    Unmade(Arc<Class>),
    /// `super().__init__` of such an instance: the function, if it isn't `object`'s.
    Initializer(Option<u64>, Arc<Class>),
    /// An enum class.
    Enum(Arc<Enum>),
    /// What fused elementwise operations do with one element of each operand:
    /// `infer::Engine::kernels`.
    Kernel(u32),
    /// `int | float`: classes, and `None` for its own.
    Union(Arc<[Ty]>),
}

/// What a `functools.partial` consists of.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct PartialTy {
    /// What is called.
    pub function: Ty,
    /// Arguments in front.
    pub args: Box<[Ty]>,
    /// Keyword arguments.
    pub keywords: Box<[(Arc<str>, Ty)]>,
}

impl PartialTy {
    /// All types whose parts a value has, in order.
    pub fn items(&self) -> impl Iterator<Item = &Ty> {
        let keywords = self.keywords.iter().map(|(_, t)| t);
        std::iter::once(&self.function).chain(&self.args).chain(keywords)
    }
}

/// A function defined in a compiled function. Its code is known at compile time; a
/// value's parts are those of what it captures, then of its defaults.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct ClosureTy {
    /// Which function: `infer::Engine::nested`.
    pub function: u32,
    /// Its name.
    pub name: Arc<str>,
    /// What it captures.
    pub captures: Box<[Ty]>,
    /// Its defaults, in order of the parameters that have one.
    pub defaults: Box<[Ty]>,
}

impl ClosureTy {
    /// All types whose parts a value has, in order.
    pub fn items(&self) -> impl Iterator<Item = &Ty> {
        self.captures.iter().chain(&self.defaults)
    }
}

/// A type of the language.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Ty {
    /// `None`.
    None,
    /// Python bool.
    Bool,
    /// Python int (64-bit, checked).
    Int,
    /// Python float.
    Float,
    /// Python complex.
    Complex,
    /// NumPy scalar.
    Num(DType),
    /// Compile-time constant.
    Lit(Lit),
    /// Tuple.
    Tuple(Arc<[Ty]>),
    /// Array.
    Array(ArrayTy),
    /// `range` object: start, stop, step and count as integers; the step's type
    /// says whether it is a constant.
    Range(Arc<Ty>),
    /// `slice` object: types of start, stop and step.
    Slice(Arc<[Ty; 3]>),
    /// `...`
    Ellipsis,
    /// A module, by name.
    Module(Arc<str>),
    /// A dtype object or scalar class (`np.float32`, `a.dtype`).
    DType(DType),
    /// Something to call.
    Callable(Callable),
    /// Iterator over a value of the given type.
    Iter(Arc<Ty>),
    /// A generator object, by reference: the specialization of its function (of the
    /// inference that is running), the type of its items.
    Generator(u32, Arc<Ty>),
    /// A lazy iterator over other values.
    Lazy(Lazy, Arc<[Ty]>),
    /// A position in an iteration: a raw counter that user code never sees.
    Pos,
    /// Python string at run time.
    Str,
    /// Python bytes.
    Bytes,
    /// A bytearray, array.array or memoryview, by reference.
    Buffer(BufferTy),
    /// A `numpy.random.Generator`, by reference.
    Random,
    /// Python list of one element type, by reference.
    List(Arc<Ty>, Site),
    /// Python set of one element type, by reference.
    Set(Arc<Ty>, Site),
    /// Python dict of one key and one value type, by reference.
    Dict(Arc<(Ty, Ty)>, Site),
    /// An instance of a class that is a list, set or dict with other methods, and the type
    /// of what it is made of; the parts are the same.
    Collection(Collection, Arc<Ty>),
    /// An element type that no use has told yet: of a site, by position (1 for a
    /// dict's values).
    Open(u32, u8),
    /// An exception that was caught: its record.
    Exception,
    /// `None`, or a value of the type; a flag tells at run time.
    Optional(Arc<Ty>),
    /// A function defined in a compiled function.
    Closure(Arc<ClosureTy>),
    /// One of several functions: which is known at run time only. Its number, then the
    /// parts of each, zeros but for that one's ([`choice_parts`]).
    Choice(Arc<[Ty]>),
    /// A number, or a tuple of them, of one type or another: what a call or a tuple gives,
    /// until paths are told apart by it (`infer/paths.rs`). Its position, then the parts of
    /// each, zeros but for that one's. No variable has it.
    Union(Arc<[Ty]>),
    /// The variable that closures share, by its cell: `infer::Engine::cells`.
    Cell(u32),
    /// What `**kwargs` receives: names known at compile time, with their values.
    Keywords(Arc<[(Arc<str>, Ty)]>),
    /// Instance of a namedtuple or dataclass: its fields side by side.
    Record(Arc<Class>, Arc<[Ty]>),
    /// Instance of a dataclass that can be changed, by reference: an object that holds
    /// the tuple of its fields as a list holds its only element.
    Object(Arc<Class>, Arc<Ty>),
    /// Member of an enum, known when compiling: by position.
    Member(Arc<Enum>, u32),
    /// Member of an enum: its position.
    Enum(Arc<Enum>),
    /// Array of a structured dtype; the parts are those of an array.
    Records(Arc<RecordsTy>),
    /// Element of such an array, by reference: owner and address.
    Row(Arc<RowTy>),
    /// `np.str_` or `np.bytes_`: an object as that of Python's class is.
    Text(TextKind),
    /// A structured dtype object.
    StructDType(Arc<StructDtype>),
    /// A variable that has no value on any path so far.
    Unbound,
    /// A variable that has a value on some paths only; a flag tells at run time.
    MaybeUnbound(Arc<Ty>),
}

impl Ty {
    /// A tuple type.
    pub fn tuple(items: impl IntoIterator<Item = Ty>) -> Ty {
        Ty::Tuple(items.into_iter().collect())
    }

    /// The plain type of a constant; other types are themselves.
    pub fn widen(&self) -> Ty {
        match self {
            Ty::Lit(Lit::Bool(_)) => Ty::Bool,
            Ty::Lit(Lit::Int(_)) => Ty::Int,
            Ty::Lit(Lit::Float(_)) => Ty::Float,
            Ty::Lit(Lit::Str(_)) => Ty::Str,
            Ty::Tuple(items) => Ty::tuple(items.iter().map(Ty::widen)),
            Ty::Record(class, items) => {
                Ty::Record(class.clone(), items.iter().map(Ty::widen).collect())
            }
            Ty::Member(class, _) => Ty::Enum(class.clone()),
            other => other.clone(),
        }
    }

    /// Whether the type has at most `limit` items, nested ones counted. Stops at the
    /// limit: types share their parts, so one of a few bytes can have very many.
    pub fn has_at_most(&self, limit: usize) -> bool {
        fn count(ty: &Ty, left: &mut usize) -> bool {
            if *left == 0 {
                return false;
            }
            *left -= 1;
            match ty {
                Ty::Tuple(items) | Ty::Lazy(_, items) | Ty::Record(_, items) => {
                    items.iter().all(|t| count(t, left))
                }
                Ty::Slice(parts) => parts.iter().all(|t| count(t, left)),
                Ty::Iter(t) | Ty::MaybeUnbound(t) | Ty::Optional(t) => count(t, left),
                Ty::Collection(_, t) => count(t, left),
                Ty::List(t, _) | Ty::Set(t, _) | Ty::Generator(_, t) => count(t, left),
                Ty::Dict(t, _) => count(&t.0, left) && count(&t.1, left),
                Ty::Object(_, t) => count(t, left),
                Ty::Callable(Callable::Method(receiver, _)) => count(receiver, left),
                Ty::Callable(Callable::Partial(p)) => p.items().all(|t| count(t, left)),
                Ty::Closure(c) => c.items().all(|t| count(t, left)),
                Ty::Choice(of) | Ty::Union(of) => of.iter().all(|t| count(t, left)),
                Ty::Keywords(items) => items.iter().all(|(_, t)| count(t, left)),
                _ => true,
            }
        }
        count(self, &mut { limit })
    }

    /// The types side by side in a function value or in what `**kwargs` receives; empty
    /// for all others.
    pub fn function_items(&self) -> Vec<&Ty> {
        match self {
            Ty::Closure(c) => c.items().collect(),
            Ty::Callable(Callable::Partial(p)) => p.items().collect(),
            Ty::Callable(Callable::Method(receiver, _)) => vec![&**receiver],
            Ty::Keywords(items) => items.iter().map(|(_, t)| t).collect(),
            Ty::Choice(of) => of.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The type with [`Ty::function_items`] changed.
    pub fn map_function_items(&self, mut f: impl FnMut(&Ty) -> Ty) -> Ty {
        let named =
            |items: &[(Arc<str>, Ty)], f: &mut dyn FnMut(&Ty) -> Ty| -> Vec<(Arc<str>, Ty)> {
                items.iter().map(|(n, t)| (n.clone(), f(t))).collect()
            };
        match self {
            Ty::Closure(c) => Ty::Closure(Arc::new(ClosureTy {
                captures: c.captures.iter().map(&mut f).collect(),
                defaults: c.defaults.iter().map(&mut f).collect(),
                ..(**c).clone()
            })),
            Ty::Callable(Callable::Partial(p)) => {
                Ty::Callable(Callable::Partial(Arc::new(PartialTy {
                    function: f(&p.function),
                    args: p.args.iter().map(&mut f).collect(),
                    keywords: named(&p.keywords, &mut f).into(),
                })))
            }
            Ty::Callable(Callable::Method(receiver, name)) => {
                Ty::Callable(Callable::Method(Arc::new(f(receiver)), name.clone()))
            }
            Ty::Keywords(items) => Ty::Keywords(named(items, &mut f).into()),
            Ty::Choice(of) => Ty::Choice(of.iter().map(&mut f).collect()),
            other => other.clone(),
        }
    }

    /// The items of a tuple; of other types none.
    pub fn items(&self) -> &[Ty] {
        match self {
            Ty::Tuple(items) => items,
            _ => &[],
        }
    }

    /// The items of a tuple or namedtuple.
    pub fn as_tuple_items(&self) -> Option<&[Ty]> {
        match self {
            Ty::Tuple(items) => Some(items),
            Ty::Record(class, items) if class.is_tuple() => Some(items),
            _ => None,
        }
    }

    /// The class and the types of the fields of a record or object.
    pub fn as_record(&self) -> Option<(&Arc<Class>, &[Ty])> {
        match self {
            Ty::Record(class, items) => Some((class, items)),
            Ty::Object(class, fields) => Some((class, fields.items())),
            _ => None,
        }
    }

    /// What a collection is made of; other types are themselves.
    pub fn storage(&self) -> &Ty {
        match self {
            Ty::Collection(_, storage) => storage,
            other => other,
        }
    }

    /// The constant integer this type stands for.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Ty::Lit(Lit::Int(i)) => Some(*i),
            _ => None,
        }
    }

    /// Whether the type is a Python or NumPy number.
    pub fn is_number(&self) -> bool {
        match self {
            Ty::Num(d) => !d.is_time(),
            Ty::Bool | Ty::Int | Ty::Float | Ty::Complex => true,
            Ty::Lit(Lit::Bool(_) | Lit::Int(_) | Lit::Float(_)) => true,
            _ => false,
        }
    }

    /// The dtype of a date or a difference of dates.
    pub fn as_time(&self) -> Option<DType> {
        match self {
            Ty::Num(d) if d.is_time() => Some(*d),
            _ => None,
        }
    }

    /// The IR types of the parts that a value of this type consists of, in order.
    ///
    /// `Array`: owner and data addresses, shape, strides in bytes. `Complex`: real,
    /// imaginary. `Tuple`: its items' parts. `Range`: start, stop, step, count.
    /// `Slice`: its three parts'. `MaybeUnbound`, `Optional`: the flag (true when there
    /// is a value), then the value's. Strings and containers: the address of the object
    /// (`cumbia_abi::objects`). Constants and compile-time things: none.
    pub fn parts(&self, out: &mut Vec<cumbia_ir::Type>) {
        use cumbia_ir::Type;
        match self {
            Ty::Bool => out.push(Type::Bool),
            Ty::Int | Ty::Pos => out.push(Type::I64),
            Ty::Float => out.push(Type::F64),
            Ty::Complex => out.extend([Type::F64, Type::F64]),
            Ty::Num(d) => {
                out.push(d.ir_type());
                if d.is_complex() {
                    out.push(d.ir_type());
                }
            }
            Ty::Tuple(items) | Ty::Record(_, items) => items.iter().for_each(|t| t.parts(out)),
            Ty::Enum(_) => out.push(Type::I64),
            Ty::Records(a) => {
                out.extend([Type::Ptr, Type::Ptr]);
                out.extend(std::iter::repeat_n(Type::I64, 2 * a.ndim as usize));
            }
            Ty::Row(_) => out.extend([Type::Ptr, Type::Ptr]),
            Ty::Array(a) => {
                out.extend([Type::Ptr, Type::Ptr]);
                out.extend(std::iter::repeat_n(Type::I64, 2 * a.ndim as usize));
            }
            Ty::Range(_) => out.extend([Type::I64; 4]),
            Ty::Slice(parts) => parts.iter().for_each(|t| t.parts(out)),
            Ty::Iter(t) => t.parts(out),
            Ty::Lazy(lazy, items) => {
                items.iter().for_each(|t| t.parts(out));
                out.extend(std::iter::repeat_n(Type::I64, lazy.extra_parts()));
            }
            Ty::Callable(Callable::Method(receiver, _)) => receiver.parts(out),
            Ty::Callable(Callable::Partial(p)) => p.items().for_each(|t| t.parts(out)),
            Ty::Closure(c) => c.items().for_each(|t| t.parts(out)),
            Ty::Cell(_) => out.push(Type::Ptr),
            Ty::Choice(of) => {
                out.push(Type::I64);
                for ty in of.iter() {
                    let own = ty.part_types();
                    if own.contains(&Type::Ptr) {
                        out.push(Type::Bool);
                    }
                    out.extend(own);
                }
            }
            Ty::Union(of) => {
                out.push(Type::I64);
                of.iter().for_each(|t| t.parts(out));
            }
            Ty::Keywords(items) => items.iter().for_each(|(_, t)| t.parts(out)),
            Ty::MaybeUnbound(t) | Ty::Optional(t) => {
                out.push(Type::Bool);
                t.parts(out);
            }
            Ty::Str | Ty::Bytes | Ty::List(..) | Ty::Set(..) | Ty::Dict(..) => out.push(Type::Ptr),
            Ty::Text(_) => out.push(Type::Ptr),
            Ty::Collection(_, storage) => storage.parts(out),
            Ty::Exception | Ty::Generator(..) | Ty::Object(..) | Ty::Buffer(_) | Ty::Random => {
                out.push(Type::Ptr)
            }
            Ty::None
            | Ty::Open(..)
            | Ty::Lit(_)
            | Ty::Member(..)
            | Ty::StructDType(_)
            | Ty::Ellipsis
            | Ty::Module(_)
            | Ty::DType(_)
            | Ty::Callable(_)
            | Ty::Unbound => {}
        }
    }

    /// [`Ty::parts`] as a list.
    pub fn part_types(&self) -> Vec<cumbia_ir::Type> {
        let mut out = Vec::new();
        self.parts(&mut out);
        out
    }
}

/// One function of a choice: where its parts lie among those of the value.
pub struct ChoicePart<'t> {
    /// The function.
    pub ty: &'t Ty,
    /// The part that says whether the value is this function: there is one before the parts
    /// of functions that may refer to counted objects.
    pub flag: Option<usize>,
    /// The first of its parts.
    pub start: usize,
    /// Number of its parts.
    pub len: usize,
}

/// The functions of a choice, in order. The number of the one that it is is part 0.
pub fn choice_parts(of: &[Ty]) -> Vec<ChoicePart<'_>> {
    let mut at = 1;
    of.iter()
        .map(|ty| {
            let own = ty.part_types();
            let flag = own.contains(&cumbia_ir::Type::Ptr).then_some(at);
            let start = at + usize::from(flag.is_some());
            at = start + own.len();
            ChoicePart { ty, flag, start, len: own.len() }
        })
        .collect()
}
