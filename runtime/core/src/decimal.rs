//! Rounding to decimal digits as CPython's `round(x, n)`: the exact decimal
//! expansion, rounded half to even, read back as the nearest float.

/// Beyond this many digits every finite float is itself, below the negative of
/// [`LARGEST_EXPONENT`] every one is 0 (CPython's `NDIGITS_MAX` and `NDIGITS_MIN`).
const MOST_DIGITS: i64 = 323;
const LARGEST_EXPONENT: i64 = 308;

/// `round(x, digits)`. A result beyond the range is an infinity; Python raises
/// OverflowError for it, which the caller checks.
pub fn round_decimal(x: f64, digits: i64) -> f64 {
    if !x.is_finite() || digits > MOST_DIGITS {
        return x;
    }
    if digits < -LARGEST_EXPONENT {
        return 0.0 * x;
    }
    let text = if digits >= 0 {
        // Formatting rounds the exact expansion, ties to even.
        format!("{x:.*}", digits as usize)
    } else {
        round_integer_digits(x, digits.unsigned_abs() as usize)
    };
    text.parse().expect("a decimal number")
}

/// The decimal text of `x` with its last `drop` integer digits rounded to 0.
fn round_integer_digits(x: f64, drop: usize) -> String {
    // The integer digits are exact; whether a fraction is there settles ties.
    let magnitude = format!("{:.0}", x.abs().trunc());
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let fraction = x.fract() != 0.0;
    let padded = format!("{magnitude:0>width$}", width = drop + 1);
    let (kept, dropped) = padded.split_at(padded.len() - drop);
    let half = format!("5{}", "0".repeat(drop - 1));
    let odd = kept.as_bytes().last().is_some_and(|digit| (digit - b'0') % 2 == 1);
    let up = match dropped.cmp(half.as_str()) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => fraction || odd,
    };
    let kept = if up { increment(kept) } else { kept.to_owned() };
    format!("{sign}{kept}e{drop}")
}

/// The next larger decimal integer.
fn increment(digits: &str) -> String {
    let mut digits = digits.as_bytes().to_vec();
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return String::from_utf8(digits).expect("digits");
        }
        *digit = b'0';
    }
    format!("1{}", String::from_utf8(digits).expect("digits"))
}

#[cfg(test)]
mod tests {
    use super::round_decimal;

    /// Each row as CPython 3.11 gives it.
    #[test]
    fn as_cpython() {
        let rows: &[(f64, i64, f64)] = &[
            (2.675, 2, 2.67),
            (0.5, 0, 0.0),
            (1.5, 0, 2.0),
            (2.5, 0, 2.0),
            (-0.5, 0, -0.0),
            (1e22, 2, 1e22),
            (25.0, -1, 20.0),
            (35.0, -1, 40.0),
            (25.1, -1, 30.0),
            (15.0, -1, 20.0),
            (5.0, -1, 0.0),
            (5.000001, -1, 10.0),
            (-5.0, -1, -0.0),
            (50.0, -2, 0.0),
            (150.0, -2, 200.0),
            (99.5, -1, 100.0),
            (999.0, -1, 1000.0),
            (1.7e308, -308, f64::INFINITY),
            (1e308, -308, 1e308),
            (1e308, -309, 0.0),
            (-1e308, -400, -0.0),
            (5e-324, 323, 0.0),
            (5e-324, 324, 5e-324),
            (1.0 / 3.0, 15, 0.333333333333333),
            (123456.789, -3, 123000.0),
            (562949953421312.5, 0, 562949953421312.0),
        ];
        for &(x, digits, expected) in rows {
            let got = round_decimal(x, digits);
            assert_eq!(got.to_bits(), expected.to_bits(), "round({x:?}, {digits}) gave {got:?}");
        }
        assert!(round_decimal(f64::NAN, 2).is_nan());
    }
}
