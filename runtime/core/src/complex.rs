//! Values of the complex elementary functions where a part of the argument isn't
//! finite: those of C99's annex G, which CPython's `cmath` gives.
//!
//! A table per function, by the kinds of the real and the imaginary part: minus
//! infinity, negative, -0.0, 0.0, positive, infinity, nan. Results that depend on more
//! than the kind, and errors, are the business of the library's bodies: `.` stands there.

/// Functions in the order of the table; bodies use the positions.
const SPECIAL: [[[&[u8; 7]; 7]; 2]; 11] = [
    // acos
    [
        [b"tpppptn", b"h....hn", b"h....hh", b"h....hh", b"h....hn", b"q0000qn", b"nnnnnnn"],
        [b"iiiIIIi", b"i....In", b"i....In", b"i....In", b"i....In", b"iiiIIIi", b"innnnIn"],
    ],
    // acosh
    [
        [b"iiiiiii", b"i....in", b"i....in", b"i....in", b"i....in", b"iiiiiii", b"innnnin"],
        [b"TPPpptn", b"H....hn", b"H....hn", b"H....hn", b"H....hn", b"Qzz00qn", b"nnnnnnn"],
    ],
    // asinh
    [
        [b"IIIIIII", b"I....In", b"I....In", b"i....in", b"i....in", b"iiiiiii", b"innnnin"],
        [b"Qzz00qn", b"H....hn", b"H....hn", b"H....hn", b"H....hn", b"Qzz00qn", b"nnz0nnn"],
    ],
    // atanh
    [
        [b"zzzzzzz", b"z....zn", b"z....zz", b"0....00", b"0....0n", b"0000000", b"0nnnn0n"],
        [b"HHHhhhn", b"H....hn", b"H....hn", b"H....hn", b"H....hn", b"HHHhhhn", b"Hnnnnhn"],
    ],
    // cosh
    [
        [b".iiii.i", b"......n", b"......n", b"......n", b"......n", b".iiii.i", b"nnnnnnn"],
        [b".i0zI.n", b"......n", b"......0", b"......0", b"......n", b".Iz0i.n", b"nn00nnn"],
    ],
    // exp
    [
        [b"0000000", b"......n", b"......n", b"......n", b"......n", b".iiii.i", b"nnnnnnn"],
        [b"0zz0000", b"......n", b"......n", b"......n", b"......n", b".Iz0i.n", b"nnz0nnn"],
    ],
    // log
    [
        [b"iiiiiii", b"i....in", b"i....in", b"i....in", b"i....in", b"iiiiiii", b"innnnin"],
        [b"TPPpptn", b"H....hn", b"H....hn", b"H....hn", b"H....hn", b"Qzz00qn", b"nnnnnnn"],
    ],
    // sinh
    [
        [b".IIII.i", b"......n", b"......0", b"......0", b"......n", b".iiii.i", b"nnnnnnn"],
        [b".Iz0i.n", b"......n", b"......n", b"......n", b"......n", b".Iz0i.n", b"nnz0nnn"],
    ],
    // sqrt
    [
        [b"i0000in", b"i....in", b"i....in", b"i....in", b"i....in", b"iiiiiii", b"innnnin"],
        [b"IIIiiii", b"I....in", b"I....in", b"I....in", b"I....in", b"Izz00in", b"Innnnin"],
    ],
    // tanh
    [
        [b"mmmmmmm", b"......n", b"......n", b"......n", b"......n", b"1111111", b"nnnnnnn"],
        [b"0zz0000", b"......n", b"......n", b"......n", b"......n", b"0zz0000", b"nnz0nnn"],
    ],
    // rect
    [
        [b".IIII.i", b"......n", b"0....00", b"0....00", b"......n", b".iiii.i", b"nnnnnnn"],
        [b".i0zI.n", b"......n", b"0....00", b"0....00", b"......n", b".Iz0i.n", b"nn00nnn"],
    ],
];

/// The kind of a part: its row or column.
fn kind(x: f64) -> usize {
    if x.is_nan() {
        6
    } else if x.is_infinite() {
        if x < 0.0 { 0 } else { 5 }
    } else if x == 0.0 {
        if x.is_sign_negative() { 2 } else { 3 }
    } else if x < 0.0 {
        1
    } else {
        4
    }
}

/// Part `2 f` (real) or `2 f + 1` (imaginary) of function `f` at a special argument.
pub(crate) extern "C" fn cmath_special(which: i64, re: f64, im: f64) -> f64 {
    use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};
    let which = usize::try_from(which).unwrap_or(usize::MAX);
    let Some(function) = SPECIAL.get(which / 2) else { return f64::NAN };
    match function[which % 2][kind(re)][kind(im)] {
        b'0' => 0.0,
        b'z' => -0.0,
        b'1' => 1.0,
        b'm' => -1.0,
        b'i' => f64::INFINITY,
        b'I' => f64::NEG_INFINITY,
        b'p' => PI,
        b'P' => -PI,
        b'h' => FRAC_PI_2,
        b'H' => -FRAC_PI_2,
        b'q' => FRAC_PI_4,
        b'Q' => -FRAC_PI_4,
        b't' => 3.0 * FRAC_PI_4,
        b'T' => -3.0 * FRAC_PI_4,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::cmath_special;
    use std::f64::consts::PI;

    #[test]
    fn some_of_annex_g() {
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        // acos(-inf + 1j) is (pi, -inf); sqrt(-inf + 1j) is (0, inf); log(-inf) is (inf, pi).
        assert_eq!((cmath_special(0, -inf, 1.0), cmath_special(1, -inf, 1.0)), (PI, -inf));
        assert_eq!((cmath_special(16, -inf, 1.0), cmath_special(17, -inf, 1.0)), (0.0, inf));
        assert_eq!((cmath_special(12, -inf, 0.0), cmath_special(13, -inf, 0.0)), (inf, PI));
        assert!(cmath_special(16, nan, nan).is_nan() && cmath_special(99, 0.0, 0.0).is_nan());
    }
}
