//! Text of numbers: `str` and `repr` of Python's, `str` of NumPy's scalars.

use crate::message::{place_point, python_float_repr, shortest, special};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether NumPy writes single precision numbers of a million and more with an
/// exponent; before NumPy 2.3 it did so from 1e16 on, as for double precision.
static SINGLE_FROM_MILLION: AtomicBool = AtomicBool::new(true);

/// Says how the running NumPy writes `np.float32(1e6)`.
pub fn set_float32_text(from_million: bool) {
    SINGLE_FROM_MILLION.store(from_million, Ordering::Relaxed);
}

/// `str(np.float32(x))`.
pub fn float32(x: f32) -> String {
    if let Some(text) = special(x.into()) {
        return text.to_owned();
    }
    let size = f64::from(x.abs());
    let most = if SINGLE_FROM_MILLION.load(Ordering::Relaxed) { 1e6 } else { 1e16 };
    let plain = size == 0.0 || (1e-4..most).contains(&size);
    let digits = shortest(format!("{x:e}"), |digits| format!("{x:.digits$e}"));
    place_point(&digits, Some(plain))
}

/// `str(complex(re, im))` from the texts of the parts' magnitudes as `repr` gives them.
fn complex_text(re: f64, text: impl Fn(bool) -> String) -> String {
    let trim = |text: String| match text.strip_suffix(".0") {
        Some(short) => short.to_owned(),
        None => text,
    };
    let imaginary = trim(text(true));
    if re == 0.0 && re.is_sign_positive() {
        return format!("{imaginary}j");
    }
    // An infinite or negative part brings its own sign; a nan never shows one.
    let plus = if imaginary.starts_with('-') { "" } else { "+" };
    format!("({}{plus}{imaginary}j)", trim(text(false)))
}

/// `str(complex(re, im))`.
pub fn complex(re: f64, im: f64) -> String {
    complex_text(re, |imaginary| python_float_repr(if imaginary { im } else { re }))
}

/// `str(np.complex64(...))`.
pub fn complex64(re: f32, im: f32) -> String {
    complex_text(re.into(), |imaginary| float32(if imaginary { im } else { re }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row as NumPy 2.4 and CPython print it.
    #[test]
    fn as_printed() {
        for (x, text) in [
            (0.1f32, "0.1"),
            (1e-4, "1e-04"),
            (0.00010001, "0.00010001"),
            (99999.0, "99999.0"),
            (1e6, "1e+06"),
            (16777216.0, "1.6777216e+07"),
            (-0.0, "-0.0"),
            (f32::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(float32(x), text);
        }
        assert_eq!(complex(1.0, -2.5), "(1-2.5j)");
        assert_eq!(complex(0.0, -0.0), "-0j");
        assert_eq!(complex(-0.0, f64::NAN), "(-0+nanj)");
        assert_eq!(complex(f64::INFINITY, f64::NEG_INFINITY), "(inf-infj)");
        assert_eq!(complex64(0.1, 1e6), "(0.1+1e+06j)");
    }
}
