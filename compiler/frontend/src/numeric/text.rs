//! Classes and texts of the exceptions that numbers raise, in one place.
//!
//! Texts are CPython's, of 3.11 to 3.13 where they agree. They differ in one:
//! `1.0 % 0.0` says "float modulo" up to 3.12, which is taken, and "float modulo by
//! zero" in 3.13. 3.14 has one text for all, "division by zero": the boundary may
//! rewrite by the running version. Texts in library bodies are of the same choice.

/// Class and text.
pub type Raise = (&'static str, &'static str);

const ZERO: &str = "ZeroDivisionError";
const OVERFLOW: &str = "OverflowError";
const VALUE: &str = "ValueError";

/// `1 / 0`
pub const INT_TRUEDIV_ZERO: Raise = (ZERO, "division by zero");
/// `1 // 0`
pub const INT_FLOORDIV_ZERO: Raise = (ZERO, "integer division or modulo by zero");
/// `1 % 0`
pub const INT_MOD_ZERO: Raise = (ZERO, "integer modulo by zero");
/// `1.0 / 0.0`
pub const FLOAT_TRUEDIV_ZERO: Raise = (ZERO, "float division by zero");
/// `0.0 ** -1`
pub const POW_ZERO: Raise = (ZERO, "0.0 cannot be raised to a negative power");
/// A Python int beyond 64 bits; the text of the checked operations of the IR.
pub const INT_OVERFLOW: Raise = (OVERFLOW, "integer result too large: it does not fit in 64 bits");
/// `1e200 ** 2`; CPython's exception has two arguments that print like this.
pub const FLOAT_OVERFLOW: Raise = (OVERFLOW, "(34, 'Numerical result out of range')");
/// `1 << -1`
pub const NEGATIVE_SHIFT: Raise = (VALUE, "negative shift count");
/// `int(inf)`
pub const INF_TO_INT: Raise = (OVERFLOW, "cannot convert float infinity to integer");
/// `int(nan)`
pub const NAN_TO_INT: Raise = (VALUE, "cannot convert float NaN to integer");
/// A float beyond 64 bits that goes into an integer array.
pub const C_LONG: Raise = (OVERFLOW, "Python int too large to convert to C long");
