//! Code points as slices of units: what strings are made of, without the object around.
//!
//! A [`Text`] of a string object has the narrowest unit that fits all its code points;
//! a part of one needn't. Nothing here allocates objects.

use std::cmp::Ordering;

/// A code point as stored: 1, 2 or 4 bytes.
pub trait Unit: Copy + Eq + Ord + Into<u32> + 'static {
    /// Bytes.
    const SIZE: usize;
    /// The code point; the caller knows that it fits.
    fn of(point: u32) -> Self;
}

macro_rules! unit {
    ($ty:ty) => {
        impl Unit for $ty {
            const SIZE: usize = size_of::<$ty>();
            #[inline]
            fn of(point: u32) -> $ty {
                point as $ty
            }
        }
    };
}
unit!(u8);
unit!(u16);
unit!(u32);

/// Code points, by the size of their units.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Text<'a> {
    One(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

/// Runs an expression for the units of a text, whatever their size.
macro_rules! with_units {
    ($text:expr, $units:ident => $body:expr) => {
        match $text {
            $crate::strings::Text::One($units) => $body,
            $crate::strings::Text::Two($units) => $body,
            $crate::strings::Text::Four($units) => $body,
        }
    };
}
pub(crate) use with_units;

impl<'a> Text<'a> {
    /// Number of code points.
    #[inline]
    pub fn len(self) -> usize {
        with_units!(self, units => units.len())
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Bytes of a unit.
    pub fn unit(self) -> usize {
        match self {
            Text::One(_) => 1,
            Text::Two(_) => 2,
            Text::Four(_) => 4,
        }
    }

    /// One code point.
    #[inline]
    pub fn at(self, index: usize) -> u32 {
        with_units!(self, units => units[index].into())
    }

    /// A range of it, in units of the same size.
    #[inline]
    pub fn part(self, start: usize, end: usize) -> Text<'a> {
        match self {
            Text::One(units) => Text::One(&units[start..end]),
            Text::Two(units) => Text::Two(&units[start..end]),
            Text::Four(units) => Text::Four(&units[start..end]),
        }
    }

    /// The bytes, when every code point is ASCII.
    #[inline]
    pub fn ascii(self) -> Option<&'a [u8]> {
        match self {
            Text::One(units) if units.is_ascii() => Some(units),
            Text::Two([]) | Text::Four([]) => Some(&[]),
            _ => None,
        }
    }

    /// The narrowest unit that fits.
    pub fn narrowest(self) -> usize {
        match self {
            Text::One(_) => 1,
            Text::Two(units) => 1 + usize::from(units.iter().any(|&c| c > 0xff)),
            Text::Four(units) => match units.iter().copied().max().unwrap_or(0) {
                0..=0xff => 1,
                0x100..=0xffff => 2,
                _ => 4,
            },
        }
    }

    /// All code points.
    pub fn points(self) -> impl Iterator<Item = u32> + 'a {
        let this = self;
        (0..self.len()).map(move |index| this.at(index))
    }

    /// The code points as a vector.
    pub fn wide(self) -> Vec<u32> {
        with_units!(self, units => units.iter().map(|&c| c.into()).collect())
    }

    /// As UTF-8; lone surrogates, which have none, as `\udcXX` are written.
    pub fn lossy(self) -> String {
        let mut text = String::with_capacity(self.len());
        for point in self.points() {
            match char::from_u32(point) {
                Some(c) => text.push(c),
                None => text.push_str(&format!("\\u{point:04x}")),
            }
        }
        text
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Text::One(a), Text::One(b)) => a == b,
            (Text::Two(a), Text::Two(b)) => a == b,
            (Text::Four(a), Text::Four(b)) => a == b,
            (a, b) => a.len() == b.len() && compare(a, b) == Ordering::Equal,
        }
    }
}

/// The order of two texts by code points.
pub fn compare(a: Text<'_>, b: Text<'_>) -> Ordering {
    if let (Text::One(a), Text::One(b)) = (a, b) {
        return a.cmp(b);
    }
    with_units!(a, a => with_units!(b, b => {
        a.iter().map(|&c| Into::<u32>::into(c)).cmp(b.iter().map(|&c| Into::<u32>::into(c)))
    }))
}

/// The units of `text` as units of another size, which fits them.
pub fn widened<T: Unit>(text: Text<'_>) -> Vec<T> {
    with_units!(text, units => units.iter().map(|&c| T::of(c.into())).collect())
}

/// Whether Python counts a code point as whitespace. The set has been the same since
/// Unicode 6.3; the tests hold it against the running Python.
#[inline]
pub fn is_space(point: u32) -> bool {
    match point {
        0x09..=0x0d | 0x1c..=0x20 => true,
        0..=0x7f => false,
        0x85 | 0xa0 | 0x1680 | 0x2000..=0x200a | 0x2028 | 0x2029 | 0x202f | 0x205f | 0x3000 => true,
        _ => false,
    }
}

/// Whether `str.splitlines` splits at a code point.
#[inline]
pub fn is_line_break(point: u32) -> bool {
    matches!(point, 0x0a..=0x0d | 0x1c..=0x1e | 0x85 | 0x2028 | 0x2029)
}
