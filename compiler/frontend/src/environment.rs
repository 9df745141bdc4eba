//! What the front end asks the outside: which objects names stand for, and the
//! sources of functions that are called.
//!
//! The boundary implements this over Python objects and records each answer as a
//! guard; tests implement it over tables. The front end never sees an object.

use crate::classes::{Class, Enum};
use crate::structured::{RecordsTy, StructDtype};
use crate::types::{ArrayTy, DType, Ty, UserException, UserFunction};
use cumbia_ir::FastMath;
use num_bigint::BigInt;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// A compile-time view of a Python object. Equality is of bits: a nan equals itself,
/// 0.0 isn't -0.0.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Global {
    /// `None`
    None,
    /// A bool.
    Bool(bool),
    /// An int that fits 64 bits.
    Int(i64),
    /// An int beyond 64 bits.
    Wide(Arc<BigInt>),
    /// A float.
    Float(f64),
    /// A complex.
    Complex(f64, f64),
    /// A string.
    Str(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A range whose start, stop and step fit 64 bits.
    Range(i64, i64, i64),
    /// A slice of ints and `None`.
    Slice(Box<[Global; 3]>),
    /// `...`
    Ellipsis,
    /// A NumPy scalar: dtype and value (integers as `i64` bits in the first).
    Scalar(DType, ScalarBits),
    /// A tuple.
    Tuple(Vec<Global>),
    /// A module, by its `__name__`.
    Module(Arc<str>),
    /// A function or class of a known module, by qualified name: `numpy.sum`,
    /// `builtins.range`, `math.sqrt`.
    Library(Arc<str>),
    /// A dtype object or NumPy scalar class.
    DType(DType),
    /// An exception class of `builtins`.
    Exception(Arc<str>),
    /// An exception class of the user.
    UserException(Arc<UserException>),
    /// A function that can be compiled: handle for [`Environment::function`].
    Function(UserFunction),
    /// An array, by reference: the slot where its parts begin among those of all arrays
    /// (`Context::globals`), and its type.
    Array(u64, ArrayTy),
    /// An array of a structured dtype: its slot among those of the arrays, and its type. Code
    /// for devices makes constants of it; other code doesn't have it.
    Records(u64, Arc<RecordsTy>),
    /// A list, set or dict, by reference: its slot among those of the arrays, and its type.
    Container(u64, Ty),
    /// A `functools.partial`: function, arguments, keyword arguments.
    Partial(Box<Global>, Vec<Global>, Vec<(Arc<str>, Global)>),
    /// A structured dtype.
    StructDType(Arc<StructDtype>),
    /// A class of the user.
    Class(Arc<Class>),
    /// An enum class.
    Enum(Arc<Enum>),
    /// A member of an enum: by position.
    Member(Arc<Enum>, u32),
    /// A member of flags without a name of its own: its value.
    Flags(Arc<Enum>, i64),
    /// A property of a class: its function's handle, and that of its setter.
    Property(u64, Option<u64>),
    /// An attribute of a class that instances don't bind: a static method's function, or
    /// a class method with its class.
    Static(Box<Global>),
    /// An instance of a namedtuple or frozen dataclass.
    Record(Arc<Class>, Vec<Global>),
    /// Anything else: its type's name.
    Other(Arc<str>),
}

impl PartialEq for Global {
    fn eq(&self, other: &Global) -> bool {
        use Global::*;
        match (self, other) {
            (None, None) => true,
            (Bool(a), Bool(b)) => a == b,
            (Int(a), Int(b)) => a == b,
            (Wide(a), Wide(b)) => a == b,
            (Float(a), Float(b)) => a.to_bits() == b.to_bits(),
            (Complex(a, b), Complex(c, d)) => {
                (a.to_bits(), b.to_bits()) == (c.to_bits(), d.to_bits())
            }
            (Scalar(d, a), Scalar(e, b)) => d == e && a == b,
            (Tuple(a), Tuple(b)) => a == b,
            (Bytes(a), Bytes(b)) => a == b,
            (Range(a, b, c), Range(d, e, f)) => (a, b, c) == (d, e, f),
            (Slice(a), Slice(b)) => a == b,
            (Ellipsis, Ellipsis) => true,
            (Str(a), Str(b))
            | (Module(a), Module(b))
            | (Library(a), Library(b))
            | (Exception(a), Exception(b))
            | (Other(a), Other(b)) => a == b,
            (UserException(a), UserException(b)) => a == b,
            (DType(a), DType(b)) => a == b,
            (Function(a), Function(b)) => a == b,
            (Property(a, s), Property(b, t)) => a == b && s == t,
            (Static(a), Static(b)) => a == b,
            (Array(a, s), Array(b, t)) => a == b && s == t,
            (Records(a, s), Records(b, t)) => a == b && s == t,
            (Container(a, s), Container(b, t)) => a == b && s == t,
            (Partial(f, a, k), Partial(g, b, l)) => f == g && a == b && k == l,
            (StructDType(a), StructDType(b)) => a == b,
            (Class(a), Class(b)) => a == b,
            (Enum(a), Enum(b)) => a == b,
            (Member(a, i), Member(b, j)) => a == b && i == j,
            (Flags(a, i), Flags(b, j)) => a == b && i == j,
            (Record(a, x), Record(b, y)) => a == b && x == y,
            _ => false,
        }
    }
}

impl Eq for Global {}

impl Global {
    /// A constant int of any size, by its decimal digits.
    pub fn int(digits: &str) -> Option<Global> {
        let value: BigInt = digits.parse().ok()?;
        Some(match i64::try_from(&value) {
            Ok(i) => Global::Int(i),
            Err(_) => Global::Wide(Arc::new(value)),
        })
    }
}

/// The value of a NumPy scalar. Equality is of bits.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum ScalarBits {
    /// Bool and integers, as 64 bits (`uint64` reinterpreted).
    Int(i64),
    /// `float32` and `float64`.
    Float(f64),
    /// Complex.
    Complex(f64, f64),
}

impl PartialEq for ScalarBits {
    fn eq(&self, other: &ScalarBits) -> bool {
        use ScalarBits::*;
        match (self, other) {
            (Int(a), Int(b)) => a == b,
            (Float(a), Float(b)) => a.to_bits() == b.to_bits(),
            (Complex(a, b), Complex(c, d)) => {
                (a.to_bits(), b.to_bits()) == (c.to_bits(), d.to_bits())
            }
            _ => false,
        }
    }
}

impl Eq for ScalarBits {}

/// The elements of an array, when it was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArrayContent {
    /// Extents.
    pub shape: Vec<i64>,
    /// Elements in C's order.
    pub bytes: Vec<u8>,
}

/// A function's text and what identifies it.
#[derive(Clone, PartialEq, Debug)]
pub struct FunctionSource {
    /// The function's own lines; borrowed for those of the library, which never change.
    pub text: Cow<'static, str>,
    /// File or cell.
    pub filename: String,
    /// Line of the text's first line.
    pub first_line: u32,
    /// Name of the `def`, or `<lambda>`.
    pub name: String,
    /// Qualified name, for tracebacks.
    pub qualname: String,
    /// For a lambda: byte offset of its start in the text.
    pub lambda_offset: Option<u32>,
    /// Handle for [`Environment::lookup`].
    pub handle: u64,
    /// Values of the defaults, by parameter name.
    pub defaults: Vec<(Arc<str>, Global)>,
    /// What its user allows.
    pub relaxed: Relaxed,
    /// The minor version of the Python that runs: where it sees what raises.
    pub python_minor: u8,
    /// Further names that `prange` has in the function; the engine looks them up.
    pub pranges: Vec<Arc<str>>,
    /// Functions that names stand for which it calls; the engine looks them up, for functions
    /// with parallel loops.
    pub called: Vec<Called>,
    /// Types that its user declares for numbers: by the names of variables, of what is given for
    /// a parameter by `arg.` and its name, of the result by `return`, of the attributes of a
    /// method's own object by `.` and their names. A type is a function of the bodies in
    /// `declared.py`.
    pub declared: Vec<(Arc<str>, Arc<str>)>,
}

/// A function by the name that another one calls it by: its text, for what it does with arrays.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Called {
    /// The name in the calling function.
    pub name: Arc<str>,
    /// Its own lines.
    pub text: Arc<str>,
    /// Name of the `def`.
    pub function: String,
    /// For a lambda: where it starts in the text.
    pub lambda_offset: Option<u32>,
    /// Functions that it calls itself.
    pub called: Vec<Called>,
}

/// What a function's user gives up for speed; nothing by default.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Relaxed {
    /// What its own floating operations may be turned into.
    pub fast: FastMath,
    /// Whether indices of arrays aren't checked.
    pub unchecked: bool,
    /// Whether loops over `prange` run on several threads, and how.
    pub parallel: Option<crate::hir::ParallelHow>,
    /// What runs on several threads besides.
    pub automatic: Automatic,
    /// Whether Python's own numbers are divided as NumPy's are: by zero without an exception.
    pub quiet_division: bool,
    /// Whether it combines two values so that it doesn't matter which neighbors are combined first.
    pub associative: bool,
    /// Whether its parallel loops are for a device.
    pub on_device: bool,
    /// Whether it is for a device, with all that it calls, where it is the one that is launched.
    pub device: bool,
    /// Whether functions of `math` give `float32` of `float32`, as kernels have it.
    pub single: bool,
}

/// What of the library runs on several threads without being asked for at its place, and
/// whether array expressions are fused; by default nothing, and they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Automatic {
    /// Reductions of arrays.
    pub reduction: bool,
    /// Array expressions, products of matrices, arrays that are made.
    pub numpy: bool,
    /// Assignments to views.
    pub setitem: bool,
    /// Each operation of array expressions has a loop of its own.
    pub unfused: bool,
}

impl Automatic {
    /// Elements from which on several threads pay: entering a loop costs about what a thread
    /// does with a few thousand (`benches/parallel.py`).
    pub const ENOUGH: i64 = 32_768;

    /// What a body asks by an attribute of `prim`.
    pub fn asked_by_body(&self, name: &str) -> Option<Global> {
        match name {
            "on_threads_reduction" => Some(Global::Bool(self.reduction)),
            "on_threads_numpy" => Some(Global::Bool(self.numpy)),
            "on_threads_setitem" => Some(Global::Bool(self.setitem)),
            "enough" => Some(Global::Int(Self::ENOUGH)),
            _ => None,
        }
    }
}

/// What computes one element of a ufunc of the program, without anything that anybody could see
/// but its result: no exception, no memory.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct UfuncElements {
    /// The function, over one element of each operand.
    pub function: UserFunction,
    /// The dtype of the results.
    pub dtype: DType,
    /// Whether it is cheap enough to be computed wherever it is used, however often that is.
    pub cheap: bool,
}

/// What a user's package can teach the compiler.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Extended {
    /// A function, by its handle.
    Function(u64),
    /// A method, by its name.
    Method(Arc<str>),
    /// An attribute, by its name.
    Attribute(Arc<str>),
}

/// The outside world, as the front end sees it.
pub trait Environment {
    /// Does what takes long and asks nothing, so that others may go on meanwhile.
    fn apart(&mut self, work: &mut (dyn FnMut() + Send)) {
        work();
    }

    /// The minor version of the Python that runs, whose texts and sums differ.
    fn python_minor(&self) -> u8 {
        11
    }

    /// What a name that isn't local means in the function of a handle.
    fn lookup(&mut self, function: u64, name: &str) -> Option<Global>;

    /// What Python says where a name is used that means nothing; `None` if that can't be
    /// told.
    fn missing_name(&mut self, function: u64, name: &str) -> Option<String> {
        let _ = function;
        Some(format!("name '{name}' is not defined"))
    }

    /// What Python says where an attribute of a module is used that it hasn't.
    fn missing_attribute(&mut self, module: &str, name: &str) -> Option<String> {
        let _ = (module, name);
        None
    }

    /// An attribute of a module.
    fn module_attribute(&mut self, module: &str, name: &str) -> Option<Global>;

    /// An attribute of a class of the user, by its handle: a function, or a constant.
    fn class_attribute(&mut self, class: u64, name: &str) -> Option<Global> {
        let _ = (class, name);
        None
    }

    /// Whether anything is registered under a function or name.
    fn is_extended(&mut self, of: &Extended) -> bool {
        let _ = of;
        false
    }

    /// Whether a method or attribute is registered for values of a type.
    fn has_extension(&mut self, of: &Extended, ty: &Ty) -> bool {
        let _ = (of, ty);
        false
    }

    /// The function that stands for a call with arguments of these types, the receiver
    /// first; `None` where nothing is registered for the receiver's type.
    ///
    /// # Errors
    ///
    /// A sentence for the user where what is registered takes no such arguments.
    fn extension(
        &mut self,
        of: &Extended,
        args: &[Ty],
        named: &[(Arc<str>, Ty)],
    ) -> Option<Result<u64, String>> {
        let _ = (of, args, named);
        None
    }

    /// What computes the elements of a ufunc's result for operands of these types, if loops
    /// over them may be fused with others.
    fn elements(&mut self, handle: u64, operands: &[Ty]) -> Option<UfuncElements> {
        let _ = (handle, operands);
        None
    }

    /// Whether a class and all that it derives from lack an attribute.
    fn class_lacks(&mut self, class: u64, name: &str) -> bool {
        let _ = (class, name);
        false
    }

    /// The shape of a class for instances with these attributes; `None` where there can be
    /// none.
    fn shape(&mut self, class: u64, attributes: &[Arc<str>]) -> Option<Arc<Class>> {
        let _ = (class, attributes);
        None
    }

    /// The handle of a function that does what a dataclass's `__init__` does.
    fn dataclass_initializer(&mut self, class: u64) -> Option<u64> {
        let _ = class;
        None
    }

    /// What `super().name` finds: in the bases of a class after another one of them.
    fn attribute_after(&mut self, class: u64, after: u64, name: &str) -> Option<Global> {
        let _ = (class, after, name);
        None
    }

    /// Whether a class of the library, by qualified name, has an attribute.
    fn library_class_has(&mut self, class: &str, name: &str) -> Option<bool> {
        let _ = (class, name);
        None
    }

    /// The names of the attributes of a class of the library: for suggestions.
    fn library_class_names(&mut self, class: &str) -> Vec<String> {
        let _ = class;
        Vec::new()
    }

    /// Whether LAPACK can be called when the function runs: library bodies ask before they
    /// choose how to compute.
    fn has_lapack(&mut self) -> bool {
        false
    }

    /// A class that bodies make instances of, by name: of results that NumPy's linear algebra
    /// has (`EigResult`), or of a kernel's vectors (`float32x4Vector`).
    fn library_class(&mut self, name: &str) -> Option<Global> {
        let _ = name;
        None
    }

    /// The extents and the elements, in C's order, of a global array, by its slot, as they are
    /// now.
    fn array_content(&mut self, slot: u64) -> Option<ArrayContent> {
        let _ = slot;
        None
    }

    /// The `__name__` of a function.
    fn function_name(&mut self, handle: u64) -> Option<Arc<str>> {
        let _ = handle;
        None
    }

    /// The handle of an object's method, where the object is one that stands for functions of
    /// several types and the method does too: `reduce` of a ufunc.
    fn method_of(&mut self, handle: u64, name: &str) -> Option<u64> {
        let _ = (handle, name);
        None
    }

    /// Source of a function.
    ///
    /// # Errors
    ///
    /// A sentence for the user when it can't be had.
    fn function(&mut self, handle: u64) -> Result<FunctionSource, String>;
}
