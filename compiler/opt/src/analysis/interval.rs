//! Constant intervals of mathematical integers.

use crate::fold::signed_range;
use cumbia_ir::Type;

/// All integers from `lo` to `hi`. Wide enough that sums and products of 64-bit
/// numbers are exact; [`Interval::EMPTY`] means that nothing is known yet or that the
/// place is never reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interval {
    /// The least value.
    pub lo: i128,
    /// The greatest value.
    pub hi: i128,
}

impl Interval {
    /// No integer at all.
    pub const EMPTY: Interval = Interval { lo: 1, hi: 0 };

    /// From `lo` to `hi`.
    pub fn new(lo: i128, hi: i128) -> Interval {
        Interval { lo, hi }
    }

    /// One integer.
    pub fn single(value: i64) -> Interval {
        Interval { lo: value.into(), hi: value.into() }
    }

    /// All values of an integer type, read as signed (0 and 1 for `bool`).
    pub fn full(ty: Type) -> Interval {
        let (lo, hi) = signed_range(ty);
        Interval { lo: lo.into(), hi: hi.into() }
    }

    /// Whether there is no integer in it.
    pub fn is_empty(self) -> bool {
        self.lo > self.hi
    }

    /// Whether all of `other` is in it.
    pub fn contains(self, other: Interval) -> bool {
        other.is_empty() || (self.lo <= other.lo && other.hi <= self.hi)
    }

    /// The smallest interval around both.
    pub fn join(self, other: Interval) -> Interval {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Interval { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// What is in both.
    pub fn meet(self, other: Interval) -> Interval {
        Interval { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) }
    }

    /// Sums.
    pub fn plus(self, other: Interval) -> Interval {
        Interval { lo: self.lo + other.lo, hi: self.hi + other.hi }
    }

    /// Differences.
    pub fn minus(self, other: Interval) -> Interval {
        Interval { lo: self.lo - other.hi, hi: self.hi - other.lo }
    }

    /// Products. Operands are within 64 bits, so nothing overflows.
    pub fn times(self, other: Interval) -> Interval {
        let corners =
            [self.lo * other.lo, self.lo * other.hi, self.hi * other.lo, self.hi * other.hi];
        Interval {
            lo: corners.into_iter().fold(i128::MAX, i128::min),
            hi: corners.into_iter().fold(i128::MIN, i128::max),
        }
    }

    /// Quotients rounded down, by a positive constant.
    pub fn floor_div(self, divisor: i64) -> Interval {
        let divisor = i128::from(divisor);
        Interval { lo: self.lo.div_euclid(divisor), hi: self.hi.div_euclid(divisor) }
    }

    /// The interval if all of it are values of the type, else all values of the type:
    /// what wrapping makes of it.
    pub fn wrapped(self, ty: Type) -> Interval {
        let full = Interval::full(ty);
        if full.contains(self) { self } else { full }
    }

    /// An upper bound of the fixpoint's chain through `self` and `next`: bounds that
    /// moved go to the next of few landmarks, so that chains are short.
    pub fn widen(self, next: Interval, ty: Type) -> Interval {
        if self.is_empty() || self.contains(next) {
            return if self.is_empty() { next } else { self };
        }
        let full = Interval::full(ty);
        let lo = match next.lo {
            lo if lo >= self.lo => self.lo,
            lo if lo >= 0 => 0,
            lo if lo >= -1 => -1,
            _ => full.lo,
        };
        let hi = match next.hi {
            hi if hi <= self.hi => self.hi,
            hi if hi <= -1 => -1,
            hi if hi <= 0 => 0,
            hi if hi <= 1 => 1,
            _ => full.hi,
        };
        Interval { lo, hi }
    }
}
