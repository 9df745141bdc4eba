//! Finding a text in another.
//!
//! Forward search of every unit size is the C library's `memmem` over the bytes, which
//! is linear; a hit between two units is passed over. Backward search compares at each
//! place of the last unit.

use super::text::{Text, Unit, widened, with_units};

/// The first place of `needle` in `hay`.
pub fn find(hay: Text<'_>, needle: Text<'_>) -> Option<usize> {
    with_units!(hay, hay => same_units(hay, needle, first))
}

/// The last place of `needle` in `hay`.
pub fn rfind(hay: Text<'_>, needle: Text<'_>) -> Option<usize> {
    with_units!(hay, hay => same_units(hay, needle, last))
}

/// All places of a needle with at least one unit that don't overlap, from the left; at
/// most `limit`.
pub fn places(hay: Text<'_>, needle: Text<'_>, limit: usize) -> Vec<usize> {
    let mut found = Vec::new();
    each(hay, needle, limit, |at| found.push(at));
    found
}

/// Number of these places.
pub fn count(hay: Text<'_>, needle: Text<'_>) -> usize {
    let mut found = 0;
    each(hay, needle, usize::MAX, |_| found += 1);
    found
}

fn each(hay: Text<'_>, needle: Text<'_>, limit: usize, mut take: impl FnMut(usize)) {
    with_units!(hay, hay => {
        let wide;
        let Some(needle) = (match fitting(hay, needle) {
            Fitting::Never => None,
            Fitting::Same(units) => Some(units),
            Fitting::Widened(units) => { wide = units; Some(&wide[..]) }
        }) else { return };
        let mut from = 0;
        let mut left = limit;
        while left > 0 && let Some(at) = first(&hay[from..], needle) {
            take(from + at);
            from += at + needle.len();
            left -= 1;
        }
    });
}

/// A needle in the units of the hay.
enum Fitting<'a, T: Unit> {
    /// It has code points that the hay's units can't hold, or more than the hay.
    Never,
    Same(&'a [T]),
    Widened(Vec<T>),
}

fn fitting<'a, T: Unit>(hay: &[T], needle: Text<'a>) -> Fitting<'a, T> {
    if needle.len() > hay.len() || needle.narrowest() > T::SIZE {
        return Fitting::Never;
    }
    with_units!(needle, units => match same::<_, T>(units) {
        Some(units) => Fitting::Same(units),
        None => Fitting::Widened(widened(needle)),
    })
}

fn same<A: Unit, B: Unit>(units: &[A]) -> Option<&[B]> {
    // SAFETY: integers of the same size; a slice of one is one of the other.
    (A::SIZE == B::SIZE)
        .then(|| unsafe { std::slice::from_raw_parts(units.as_ptr().cast(), units.len()) })
}

fn same_units<T: Unit>(
    hay: &[T],
    needle: Text<'_>,
    search: impl Fn(&[T], &[T]) -> Option<usize>,
) -> Option<usize> {
    match fitting(hay, needle) {
        Fitting::Never => None,
        Fitting::Same(needle) => search(hay, needle),
        Fitting::Widened(needle) => search(hay, &needle),
    }
}

fn first<T: Unit>(hay: &[T], needle: &[T]) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    let mut from = 0;
    while hay.len() - from >= needle.len() {
        let rest = &hay[from..];
        // SAFETY: both ranges are live slices, of at least one byte.
        let hit: *const u8 = unsafe {
            if T::SIZE == 1 && needle.len() == 1 {
                let byte: u32 = needle[0].into();
                libc::memchr(rest.as_ptr().cast(), byte as i32, rest.len())
            } else {
                libc::memmem(
                    rest.as_ptr().cast(),
                    size_of_val(rest),
                    needle.as_ptr().cast(),
                    size_of_val(needle),
                )
            }
        }
        .cast();
        if hit.is_null() {
            return None;
        }
        let offset = hit.addr() - rest.as_ptr().addr();
        if offset.is_multiple_of(T::SIZE) {
            return Some(from + offset / T::SIZE);
        }
        from += offset / T::SIZE + 1;
    }
    None
}

fn last<T: Unit>(hay: &[T], needle: &[T]) -> Option<usize> {
    let Some((&end, begin)) = needle.split_last() else {
        return Some(hay.len());
    };
    let mut until = hay.len();
    while until >= needle.len() {
        let at = hay[begin.len()..until].iter().rposition(|&c| c == end)?;
        if hay[at..at + begin.len()] == *begin {
            return Some(at);
        }
        until = at + begin.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against comparing at every place.
    #[test]
    fn as_by_comparing_everywhere() {
        let words: Vec<Vec<u32>> = (0..400u32)
            .map(|n| {
                (0..n % 9)
                    .map(|i| {
                        [0x61, 0x62, 0x161, 0x6161, 0x1_0061][((n * 7 + i * i * n) % 5) as usize]
                    })
                    .collect()
            })
            .collect();
        for (number, hay) in words.iter().enumerate() {
            for needle in words.iter().skip(number % 7).step_by(5) {
                if needle.len() > 4 {
                    continue;
                }
                let at: Vec<usize> =
                    (0..=hay.len()).filter(|&i| hay[i..].starts_with(needle)).collect();
                let (hay, needle) = (Text::Four(hay), Text::Four(needle));
                assert_eq!(find(hay, needle), at.first().copied(), "{hay:?} {needle:?}");
                assert_eq!(rfind(hay, needle), at.last().copied(), "{hay:?} {needle:?}");
            }
        }
        let hay: Vec<u16> = vec![0x100, 0x0001, 0x0100, 0x6161];
        assert_eq!(find(Text::Two(&hay), Text::Two(&[0x0100, 0x6161])), Some(2));
        assert_eq!(find(Text::Two(&hay), Text::One(&[1])), Some(1));
        assert_eq!(find(Text::One(b"abc"), Text::Two(&[0x161])), None);
        assert_eq!(count(Text::One(b"aaaa"), Text::One(b"aa")), 2);
        assert_eq!(places(Text::One(b"aaaa"), Text::One(b"a"), 3), [0, 1, 2]);
    }
}
