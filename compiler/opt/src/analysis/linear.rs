//! Linear forms: a sum of values with integer coefficients, and a constant.

use cumbia_ir::Value;
use smallvec::SmallVec;

/// `c1 * v1 + c2 * v2 + ... + constant`, in mathematical integers. Terms are sorted by
/// value and have coefficients other than 0, so equal forms are equal structures.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Linear {
    /// Values and their coefficients.
    pub terms: SmallVec<[(Value, i64); 4]>,
    /// The constant part.
    pub constant: i128,
}

impl Linear {
    /// A constant.
    pub fn number(constant: i128) -> Linear {
        Linear { terms: SmallVec::new(), constant }
    }

    /// A value.
    pub fn value(value: Value) -> Linear {
        Linear { terms: SmallVec::from_iter([(value, 1)]), constant: 0 }
    }

    /// The coefficient of a value, 0 if it doesn't occur.
    pub fn coefficient(&self, value: Value) -> i64 {
        self.terms.iter().find(|t| t.0 == value).map_or(0, |t| t.1)
    }

    /// `self + factor * other`; `None` if a coefficient or the constant would leave
    /// a range in which all later arithmetic is safe.
    pub fn plus(&self, factor: i64, other: &Linear) -> Option<Linear> {
        let mut terms: SmallVec<[(Value, i64); 4]> = SmallVec::new();
        let (mut a, mut b) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        loop {
            let (value, coefficient) = match (a.peek(), b.peek()) {
                (None, None) => break,
                (Some(&&(v, c)), None) => {
                    a.next();
                    (v, c)
                }
                (None, Some(&&(v, c))) => {
                    b.next();
                    (v, c.checked_mul(factor)?)
                }
                (Some(&&(v, c)), Some(&&(w, d))) => {
                    if v < w {
                        a.next();
                        (v, c)
                    } else if w < v {
                        b.next();
                        (w, d.checked_mul(factor)?)
                    } else {
                        a.next();
                        b.next();
                        (v, c.checked_add(d.checked_mul(factor)?)?)
                    }
                }
            };
            if coefficient != 0 {
                terms.push((value, coefficient));
            }
        }
        let constant = self.constant.checked_add(other.constant.checked_mul(factor.into())?)?;
        let tame =
            constant.unsigned_abs() < 1 << 96 && terms.iter().all(|t| t.1.unsigned_abs() < 1 << 40);
        tame.then_some(Linear { terms, constant })
    }

    /// `factor * self`.
    pub fn times(&self, factor: i64) -> Option<Linear> {
        Linear::default().plus(factor, self)
    }

    /// With a number added.
    pub fn offset(mut self, by: i128) -> Linear {
        self.constant += by;
        self
    }

    /// The form divided by the common divisor of all its numbers. A constant that
    /// isn't divisible stays and keeps the rest as it is: rounding it would be allowed for
    /// integers, but asks for more once other forms are added.
    pub fn reduced(&self) -> Linear {
        let divisor = self.terms.iter().fold(0, |d, t| gcd(d, t.1.unsigned_abs()));
        if divisor <= 1 || self.constant % i128::from(divisor) != 0 {
            return self.clone();
        }
        // Coefficients are below 2^40 in size, so the divisor is.
        let divisor = divisor as i64;
        let terms = self.terms.iter().map(|&(v, c)| (v, c / divisor)).collect();
        Linear { terms, constant: self.constant / i128::from(divisor) }
    }

    /// With a value replaced by a linear form.
    pub fn substitute(&self, value: Value, by: &Linear) -> Option<Linear> {
        let factor = self.coefficient(value);
        let mut rest = self.clone();
        rest.terms.retain(|t| t.0 != value);
        rest.plus(factor, by)
    }
}

/// The greatest common divisor; 0 is no divisor of anything but 0.
pub(super) fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
