//! Elementwise functions of NumPy, and of SciPy where they are elementary enough: one row each.
//!
//! A row says in which types the function computes ([`Loop`]) and how one element is
//! done ([`How`]). Typing, lowering on every backend and the list of supported
//! functions follow from it. Deliberately without NumPy's `float16`: the functions
//! that would give it for 8-bit integers are refused there. Keywords (`out=`,
//! `where=`, `dtype=`) and arrays are the business of bodies, not of this table.

/// Which dtypes a function computes in, from its operands' common dtype `d`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loop {
    /// In the float that holds `d`: 16-bit integers in `float32`, wider ones in
    /// `float64`; 8-bit ones and bool are refused, complex as well.
    Float,
    /// In `d`; not complex.
    Real,
    /// In `d`, any.
    Any,
    /// In `d`; not bool.
    Signed,
    /// In `d`, bool as `int8`.
    Arithmetic,
    /// In `d`; not bool and not complex: what `round` takes.
    Rounded,
    /// In `d`; the result is real.
    Magnitude,
    /// In each operand's own dtype; the result is bool.
    Predicate,
    /// As `Predicate`; not complex.
    RealPredicate,
    /// In an integer `d` or bool.
    Bits,
    /// In an integer `d`.
    Integer,
    /// An integer in, `uint8` out.
    Count,
    /// In `float64` or `complex128`.
    Double,
    /// In `float64` or the float `d`; complex too, the result is real.
    Angle,
    /// In `float32` where all operands have that dtype, else in `float64`; not complex. What
    /// SciPy's functions do whose `float64` loop stands first.
    Special,
    /// In `float32` where that holds all operands, else in `float64`; not complex. What
    /// SciPy's functions do whose `float32` loop stands first.
    Narrow,
    /// As the operator of the row does.
    Operator,
}

/// How one element is computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// By a primitive, `prim.<name>`, on operands of the loop's type.
    Prim(&'static str),
    /// By an operator: `+`, `-`, `*`, `/`, `//`, `%`, `**`, `<<`, `>>`, `&`, `|`, `^`.
    Operator(&'static str),
    /// By a unary operator: `-`, `+`, `~`.
    Unary(&'static str),
    /// By a comparison: `==`, `!=`, `<`, `<=`, `>`, `>=`.
    Compare(&'static str),
    /// By a body (`file.function`), with the operands as they are.
    Body(&'static str),
}

/// One elementwise function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ufunc {
    /// Name in `numpy`; of another module with its name.
    pub name: &'static str,
    /// Number of operands.
    pub arity: usize,
    /// Types.
    pub types: Loop,
    /// Computation.
    pub how: How,
}

macro_rules! rows {
    ($( $($name:literal)|+ $arity:literal $types:ident $how:ident $what:literal; )*) => {
        /// All rows.
        pub const UFUNCS: &[Ufunc] = &[ $( $(
            Ufunc { name: $name, arity: $arity, types: Loop::$types, how: How::$how($what) },
        )+ )* ];
    };
}

rows! {
    "sqrt" 1 Float Prim "sqrt";
    "cbrt" 1 Float Body "powers.np_cbrt";
    "exp" 1 Float Body "exponentials.np_exp";
    "exp2" 1 Float Body "exponentials.np_exp2";
    "expm1" 1 Float Body "exponentials.np_expm1";
    "log" 1 Float Body "logarithms.np_log";
    "log2" 1 Float Body "logarithms.np_log2";
    "log10" 1 Float Body "logarithms.np_log10";
    "log1p" 1 Float Body "logarithms.np_log1p";
    "sin" 1 Float Body "trigonometry.np_sin";
    "cos" 1 Float Body "trigonometry.np_cos";
    "tan" 1 Float Body "trigonometry.np_tan";
    "arcsin" | "asin" 1 Float Body "inverse_trigonometry.np_arcsin";
    "arccos" | "acos" 1 Float Body "inverse_trigonometry.np_arccos";
    "arctan" | "atan" 1 Float Body "inverse_trigonometry.np_arctan";
    "arctan2" | "atan2" 2 Float Body "inverse_trigonometry.np_arctan2";
    "sinh" 1 Float Body "exponentials.np_sinh";
    "cosh" 1 Float Body "exponentials.np_cosh";
    "tanh" 1 Float Body "exponentials.np_tanh";
    "arcsinh" | "asinh" 1 Float Body "logarithms.np_arcsinh";
    "arccosh" | "acosh" 1 Float Body "logarithms.np_arccosh";
    "arctanh" | "atanh" 1 Float Body "logarithms.np_arctanh";
    "hypot" 2 Float Body "powers.np_hypot";
    "fabs" 1 Float Prim "fabs";
    "rint" 1 Float Prim "rint";
    "deg2rad" | "radians" 1 Float Body "numbers.np_radians";
    "rad2deg" | "degrees" 1 Float Body "numbers.np_degrees";
    "copysign" 2 Float Prim "copysign";
    "nextafter" 2 Float Prim "nextafter";
    "spacing" 1 Float Body "numbers.np_spacing";
    "heaviside" 2 Float Body "numbers.np_heaviside";
    "logaddexp" 2 Float Body "numbers.np_logaddexp";
    "logaddexp2" 2 Float Body "numbers.np_logaddexp2";

    "floor" 1 Real Prim "floor";
    "ceil" 1 Real Prim "ceil";
    "trunc" | "fix" 1 Real Prim "trunc";
    "round" | "around" 1 Rounded Prim "round_even";
    "absolute" | "abs" 1 Magnitude Prim "absolute";
    "sign" 1 Signed Prim "sign";
    "square" 1 Arithmetic Prim "square";
    "reciprocal" 1 Arithmetic Prim "reciprocal";
    "conjugate" | "conj" 1 Arithmetic Prim "conjugate";
    "angle" 1 Angle Prim "angle";

    "add" 2 Operator Operator "+";
    "subtract" 2 Operator Operator "-";
    "multiply" 2 Operator Operator "*";
    "divide" | "true_divide" 2 Operator Operator "/";
    "floor_divide" 2 Operator Operator "//";
    "remainder" | "mod" 2 Operator Operator "%";
    "power" | "pow" 2 Operator Operator "**";
    "bitwise_and" 2 Operator Operator "&";
    "bitwise_or" 2 Operator Operator "|";
    "bitwise_xor" 2 Operator Operator "^";
    "left_shift" | "bitwise_left_shift" 2 Operator Operator "<<";
    "right_shift" | "bitwise_right_shift" 2 Operator Operator ">>";
    "fmod" 2 Arithmetic Prim "c_remainder";
    "float_power" 2 Double Prim "power";
    "negative" 1 Signed Unary "-";
    "positive" 1 Signed Unary "+";
    "invert" | "bitwise_not" | "bitwise_invert" 1 Bits Unary "~";
    "bitwise_count" 1 Count Prim "bitwise_count";
    "gcd" 2 Integer Body "numbers.np_gcd";
    "lcm" 2 Integer Body "numbers.np_lcm";
    "ldexp" 2 Float Body "numbers.np_ldexp";

    "maximum" 2 Any Prim "maximum";
    "minimum" 2 Any Prim "minimum";
    "fmax" 2 Any Prim "fmax";
    "fmin" 2 Any Prim "fmin";

    "isnan" 1 Predicate Prim "isnan";
    "isinf" 1 Predicate Prim "isinf";
    "isfinite" 1 Predicate Prim "isfinite";
    "signbit" 1 RealPredicate Prim "signbit";
    "logical_not" 1 Predicate Prim "logical_not";
    "logical_and" 2 Predicate Prim "logical_and";
    "logical_or" 2 Predicate Prim "logical_or";
    "logical_xor" 2 Predicate Prim "logical_xor";
    "equal" 2 Operator Compare "==";
    "not_equal" 2 Operator Compare "!=";
    "less" 2 Operator Compare "<";
    "less_equal" 2 Operator Compare "<=";
    "greater" 2 Operator Compare ">";
    "greater_equal" 2 Operator Compare ">=";

    "scipy.special.erf" 1 Special Body "error_functions.erf";
    "scipy.special.erfc" 1 Special Body "error_functions.erfc";
    "scipy.special.erfcx" 1 Special Body "error_functions.erfcx";
    "scipy.special.ndtr" 1 Special Body "error_functions.ndtr";
    "scipy.special.log_ndtr" 1 Special Body "error_functions.log_ndtr";
    "scipy.special.gamma" 1 Special Body "gamma_functions.gamma";
    "scipy.special.rgamma" 1 Special Body "gamma_functions.rgamma";
    "scipy.special.gammaln" 1 Special Body "gamma_functions.gammaln";
    "scipy.special.loggamma" 1 Special Body "gamma_functions.loggamma";
    "scipy.special.gammasgn" 1 Special Body "gamma_functions.gammasgn";
    "scipy.special.expit" 1 Special Body "special.expit";
    "scipy.special.logit" 1 Special Body "special.logit";
    "scipy.special.log_expit" 1 Special Body "special.log_expit";
    "scipy.special.xlogy" 2 Special Body "special.xlogy";
    "scipy.special.xlog1py" 2 Special Body "special.xlog1py";
    "scipy.special.entr" 1 Narrow Body "special.entr";
    "scipy.special.rel_entr" 2 Narrow Body "special.rel_entr";
    "scipy.special.kl_div" 2 Narrow Body "special.kl_div";
    "scipy.special.expm1" 1 Special Body "special.expm1";
    "scipy.special.log1p" 1 Special Body "special.log1p";
    "scipy.special.exp2" 1 Special Body "special.exp2";
    "scipy.special.exp10" 1 Special Body "special.exp10";
    "scipy.special.cbrt" 1 Special Body "special.cbrt";
}

/// The row of a qualified name, `numpy.sqrt`.
pub fn ufunc(qualified: &str) -> Option<&'static Ufunc> {
    let name = match qualified.strip_prefix("numpy.") {
        // `numpy.scipy.special.erf` is no name.
        Some(name) if !name.contains('.') => name,
        Some(_) => return None,
        None if qualified.starts_with("scipy.special.") => qualified,
        None => return None,
    };
    UFUNCS.iter().find(|u| u.name == name)
}

/// What SciPy has that isn't compiled: the names that there are.
pub fn special_names() -> String {
    let names = UFUNCS.iter().filter_map(|u| u.name.strip_prefix("scipy.special."));
    names.collect::<Vec<_>>().join(", ")
}

impl Ufunc {
    /// The name as it is written: `np.sqrt`, `scipy.special.erf`.
    pub fn shown(&self) -> String {
        match self.name.contains('.') {
            true => self.name.to_owned(),
            false => format!("np.{}", self.name),
        }
    }
}
